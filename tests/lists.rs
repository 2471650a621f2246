//! Lists that programs go along are freed behind them: no word of the two stacks, which collections scan conservatively,
//! holds an early node for long.
//!
//! Each case runs the built program in a process of its own, with a heap that only a part of the list fits into.

use std::process::Command;

/// Programs that make lists of a million nodes of which only the last is needed. Whatever word of the stacks is left with an
/// early one keeps all of it.
const LISTS: &[(&str, &str)] = &[
    (
        "a loop of the script",
        "let tail = { next: null };
         for (let i = 0; i < 1e6; i++) { const n = { next: null, a: i }; tail.next = n; tail = n; }",
    ),
    (
        "a loop of a function",
        "function grow(t) { for (let i = 0; i < 1e6; i++) { const n = { next: null, a: i }; t.next = n; t = n; } return t; }
         grow({ next: null })",
    ),
    (
        "a queue changed by calls",
        "function add(q) { const n = { next: null, a: 1 }; q.tail.next = n; q.tail = n; q.size++; }
         function run(n) { const q = { tail: { next: null }, size: 0 }; for (let i = 0; i < n; i++) add(q); }
         for (let i = 0; i < 2000; i++) run(10);
         run(1e6)",
    ),
    (
        "methods that make successors",
        "class State { constructor(last) { this.next = null; if (last) last.next = this; } go() { return new State(this); } }
         let state = new State(null);
         function drive(n) { for (let i = 0; i < n; i++) state = state.go(); }
         for (let i = 0; i < 10; i++) drive(1e4);
         drive(1e6);
         for (let i = 0; i < 1e6; i++) { const last = state; state = last.go(); }",
    ),
    (
        "a generator",
        "function* nodes(n) {
             let last = { next: null };
             for (let i = 0; i < n; i++) { const node = { i, next: null }; last.next = node; last = node; yield node; }
         }
         let s = 0;
         for (const node of nodes(1e6)) s += node.i",
    ),
    (
        "callbacks of builtins",
        "const list = { tail: { next: null } }, a = Array.from({ length: 1000 }, (_, i) => i);
         function push(v) { const n = { v, next: null }; list.tail.next = n; list.tail = n; }
         for (let k = 0; k < 1000; k++) a.forEach(push);
         for (let k = 0; k < 1000; k++) [3, 2, 1].sort((x, y) => { push(x); return x - y; })",
    ),
    (
        "a loop that goes on in the interpreter",
        "const q = { tail: { next: null, a: 0 } };
         function hold(q, depth) {
             const n = q.tail;
             return depth > 0 ? hold(q, depth - 1) + (n === q.tail ? 1 : 0) : 0;
         }
         function rare(a, b, c) { return a + b + c; }
         function fill(q, n, o) {
             let a = 1, b = 2, c = 3, d = 4;
             for (let i = 0; i < n; i++) {
                 const m = { next: null, a: i };
                 q.tail.next = m;
                 q.tail = m;
                 if (i % 100000 === 99999) {
                     const x = o.a, y = o.b, z = o.c;
                     a += rare(x, y, z); b += rare(c, x, y); c += rare(x, a, b); d += rare(c, y, z);
                 }
             }
             return a + b + c + d;
         }
         const o = { a: 1, b: 2, c: 3 };
         for (let i = 0; i < 300; i++) { hold(q, 5); fill(q, 20, o); }
         hold(q, 6);
         fill(q, 1e6, o);",
    ),
    (
        "a map that forgets the oldest",
        "const map = new Map();
         let last = null;
         function put(k) {
             const e = { k, next: null };
             if (last) last.next = e;
             last = e;
             map.set(k, e);
             if (map.size > 1000) map.delete(map.keys().next().value);
         }
         for (let i = 0; i < 1e6; i++) put(i)",
    ),
    (
        "rest, spread and exceptions",
        "let tail = { next: null };
         function make(...xs) { const [a, b] = xs; return { a, b, next: null }; }
         function main() {
             for (let i = 0; i < 5e5; i++) {
                 try {
                     const n = make(i, tail.a);
                     tail.next = n;
                     tail = n;
                     if (i % 1000 === 0) throw n;
                 } catch (e) { tail = e; }
                 const { ...copy } = tail;
                 tail.next = copy;
                 tail = copy;
                 copy.next = null;
             }
         }
         main()",
    ),
];

const MODES: &[&str] = &["--jit-sync", "--jitless", "--always-opt"];

#[test]
#[cfg_attr(
    debug_assertions,
    ignore = "native frames that are not optimized keep each local in a word of its own: cargo test --release --test lists"
)]
fn lists_are_freed_behind_their_last_node() {
    for (name, source) in LISTS {
        for mode in MODES {
            // A million nodes take 48 MB.
            let output = Command::new(env!("CARGO_BIN_EXE_sarus"))
                .args([mode, "--max-heap-size=24", "-e", source])
                .output()
                .expect("the driver starts");
            let errors = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{name}, {mode}: {errors}");
        }
    }
}
