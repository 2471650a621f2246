//! What single operations cost when run by the engine: property access by cache state, calls, allocation.
//!
//! Each row of the table is a JavaScript function body that repeats one operation `n` times; the loop itself
//! is measured by the row `empty loop`, to be subtracted when single operations are of interest.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use sarus::{Engine, EngineOptions};

/// How often a function repeats its operation per call.
const REPEATS: u64 = 10_000;

/// One measured operation.
struct Row {
    group: &'static str,
    name: &'static str,
    /// Runs once.
    setup: &'static str,
    /// Runs `n` times in a loop over `i`; `r` is a local to put results in.
    body: &'static str,
}

const fn row(
    group: &'static str,
    name: &'static str,
    setup: &'static str,
    body: &'static str,
) -> Row {
    Row {
        group,
        name,
        setup,
        body,
    }
}

#[rustfmt::skip]
const ROWS: &[Row] = &[
    row("loop",     "empty loop",             "", ""),
    row("loop",     "integer addition",       "", "r = (r + i) | 0;"),
    row("loop",     "double arithmetic",      "", "r = r * 0.5 + i;"),
    row("loop",     "local closure variable", "let c = 0;", "c = c + 1;"),
    row("property", "own, one shape",         "const o = { a: 1, b: 2 };", "r += o.b;"),
    row("property", "own, four shapes",       "const l = [{ b: 1 }, { a: 1, b: 2 }, { c: 1, b: 2 }, { d: 1, e: 2, b: 3 }];", "r += l[i & 3].b;"),
    row("property", "own, many shapes",       "const l = Array.from({ length: 64 }, (_, k) => ({ ['x' + k]: 1, b: 2 }));", "r += l[i & 63].b;"),
    row("property", "of the prototype",       "class A { get() { return 1; } } A.prototype.b = 2; const o = new A();", "r += o.b;"),
    row("property", "third prototype",        "class A {} class B extends A {} class C extends B {} A.prototype.b = 2; const o = new C();", "r += o.b;"),
    row("property", "missing",                "const o = { a: 1 };", "r += o.b === undefined ? 1 : 0;"),
    row("property", "getter",                 "const o = { get b() { return 2; } };", "r += o.b;"),
    row("property", "setter",                 "const o = { set b(v) { this.x = v; }, x: 0 };", "o.b = i;"),
    row("property", "store, one shape",       "const o = { a: 1, b: 2 };", "o.b = i;"),
    row("property", "store, transitions",     "", "const o = {}; o.a = i; o.b = i; o.c = i;"),
    row("property", "computed string key",    "const o = { a: 1, b: 2 }; const k = ['a', 'b'];", "r += o[k[i & 1]];"),
    row("property", "private field",          "class A { #x = 1; next() { return this.#x++; } } const o = new A();", "r += o.next();"),
    row("property", "global variable",        "globalThis.globalNumber = 1;", "r += globalNumber;"),
    row("element",  "array of integers",      "const a = Array.from({ length: 256 }, (_, k) => k);", "r += a[i & 255];"),
    row("element",  "array of doubles",       "const a = Array.from({ length: 256 }, (_, k) => k + 0.5);", "r += a[i & 255];"),
    row("element",  "array store",            "const a = Array.from({ length: 256 }, (_, k) => k);", "a[i & 255] = i;"),
    row("element",  "push and pop",           "const a = [];", "a.push(i); if (i & 1) { a.pop(); a.pop(); }"),
    row("element",  "typed array",            "const a = new Float64Array(256);", "a[i & 255] += 1;"),
    row("element",  "character of a string",  "const s = 'the quick brown fox jumps over the lazy dog'.repeat(8);", "r += s.charCodeAt(i & 255);"),
    row("call",     "function",               "function f(a, b) { return a + b; }", "r = f(r, 1);"),
    row("call",     "closure",                "const make = (k) => (x) => x + k; const f = make(1);", "r = f(r);"),
    row("call",     "method",                 "class A { m(x) { return x + 1; } } const o = new A();", "r = o.m(r);"),
    row("call",     "method, four classes",   "const l = [1, 2, 3, 4].map((k) => new (class { m(x) { return x + k; } })());", "r = l[i & 3].m(r);"),
    row("call",     "bound function",         "const f = function (x) { return x + 1; }.bind(null);", "r = f(r);"),
    row("call",     "built-in",               "", "r = Math.max(r, i);"),
    row("call",     "spread and rest",        "function f(...a) { return a.length; } const l = [1, 2, 3];", "r += f(...l);"),
    row("call",     "default parameters",     "function f(a, b = 2, { c = 3 } = {}) { return a + b + c; }", "r = f(i);"),
    row("call",     "constructor",            "class A { constructor(x) { this.x = x; } }", "r += new A(i).x;"),
    row("call",     "derived constructor",    "class A { constructor(x) { this.x = x; } } class B extends A { constructor(x) { super(x); this.y = x; } }", "r += new B(i).y;"),
    row("call",     "callback of map",        "const l = [1, 2, 3, 4, 5, 6, 7, 8];", "r += l.map((x) => x + 1).length;"),
    row("allocate", "object literal",         "", "r = { a: i, b: r === 0, c: null };"),
    row("allocate", "array literal",          "", "r = [i, i, i, i];"),
    row("allocate", "closure",                "", "r = () => i;"),
    row("allocate", "string concatenation",   "", "r = 's' + i;"),
    row("allocate", "growing rope",           "", "r = (i & 1023 ? r : '') + 'x';"),
    row("control",  "switch",                 "", "switch (i & 7) { case 0: r += 1; break; case 3: r += 2; break; case 5: r += 3; break; default: r += 4; }"),
    row("control",  "try without a throw",    "", "try { r += i; } finally { r -= 1; }"),
    row("control",  "throw and catch",        "", "try { throw i; } catch (e) { r += e; }"),
    row("control",  "for-of over an array",   "const l = [1, 2, 3, 4];", "for (const x of l) r += x;"),
    row("control",  "generator step",         "function* g() { for (;;) yield 1; } const it = g();", "r += it.next().value;"),
    row("control",  "destructuring",          "const o = { a: 1, b: [2, 3] };", "const { a, b: [c, d] } = o; r += a + c + d;"),
    row("control",  "map lookup",             "const m = new Map(Array.from({ length: 256 }, (_, k) => [k, k]));", "r += m.get(i & 255);"),
];

fn operations(c: &mut Criterion) {
    for row in ROWS {
        let mut engine = Engine::new(EngineOptions::default()).expect("memory for an engine");
        let source = format!(
            "globalThis.bench = (() => {{ {} return (n) => {{ let r = 0; for (let i = 0; i < n; i++) {{ {} }} return r; }}; }})(); 0",
            row.setup, row.body
        );
        engine
            .eval_script(row.name, &source)
            .unwrap_or_else(|error| panic!("{}: {error}", row.name));
        let call = format!("bench({REPEATS})");
        let mut group = c.benchmark_group(row.group);
        group.throughput(Throughput::Elements(REPEATS));
        group.bench_function(row.name, |b| {
            b.iter(|| {
                black_box(
                    engine
                        .eval_script("call.js", &call)
                        .expect("the body does not throw"),
                )
            });
        });
        group.finish();
    }
}

fn engines(c: &mut Criterion) {
    c.bench_function("engine, new and dropped", |b| {
        b.iter(|| black_box(Engine::new(EngineOptions::default()).expect("memory for an engine")));
    });
    c.bench_function("engine, new and an empty script", |b| {
        b.iter(|| {
            let mut engine = Engine::new(EngineOptions::default()).expect("memory for an engine");
            engine.eval_script("empty.js", "").expect("no error");
        });
    });
}

criterion_group!(benches, engines, operations);
criterion_main!(benches);
