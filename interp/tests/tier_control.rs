//! Control flow in every mode of the optimizing tier: handlers, `finally`, generators, async functions, `switch`.

#[path = "support/modes.rs"]
mod modes;

use modes::{run, run_jobs};

#[test]
fn throw_is_a_jump_to_the_handler() {
    let source = "function f(n) {
            let s = 0;
            for (let i = 0; i < n; i++) {
                try {
                    if (i % 3 === 0) throw i;
                    s += i;
                    if (i % 5 === 0) throw 'x';
                } catch (e) { s += typeof e === 'number' ? e * 100 : 7 }
            }
            return s;
        }
        let r = []; for (let i = 0; i < 60; i++) r.push(f(i)); r.slice(-3).join()";
    assert_eq!(run(source), "52439,58139,58197");
}

#[test]
fn what_is_called_throws() {
    let source = "function g(n) { if (n & 1) throw new RangeError('odd ' + n); return n }
        function f(n) {
            let before = n * 2, s = 0;
            try { s = g(n); s += g(n + 2) } catch (e) { s = e.message.length + before + s }
            return s;
        }
        function missing(n) { try { return n.x.y } catch (e) { return e.constructor === TypeError } }
        let s = 0; for (let i = 0; i < 400; i++) s += f(i) + missing(i); s";
    assert_eq!(run(source), "161745");
}

#[test]
fn inlined_callees_throw_into_the_callers_handler() {
    let source = "class A { get x() { if (this.n > 5) throw this.n; return this.n } constructor(n) { this.n = n } }
        const inner = (v) => { if (v % 4 === 1) throw v; return v.x };
        const middle = (v, w) => inner(v) + w;
        function f(o, n) {
            let s = n;
            try { s += middle(o, n) } catch (e) { s -= e } finally { s += 1000 }
            return s;
        }
        let s = 0;
        for (let i = 0; i < 500; i++) s += f(i % 3 ? new A(i % 10) : i, i % 7) || 0;
        s";
    let text = run(source);
    assert!(text.parse::<f64>().is_ok(), "{text}");
}

#[test]
fn finally_completions() {
    let source = "function f(n) {
            let out = 0;
            loop: for (let i = 0; i < 12; i++) {
                try {
                    if (i === n % 12) throw i;
                    if (i % 4 === 3) continue loop;
                    out += i;
                } catch (v) {
                    out += v * 100;
                    if (v > 8) break loop;
                } finally {
                    out += 1;
                    if (out > 1000) return out;
                }
            }
            try { return out } finally { out = -1 }
        }
        function g(n) {
            for (;;) {
                try { try { throw n } finally { if (n & 1) throw n * 2 } } catch (v) { return v }
            }
        }
        function h(n) { try { return n } finally { if (n % 3 === 0) return -n } }
        let s = 0; for (let i = 0; i < 300; i++) s = (s * 31 + f(i) + g(i) + h(i)) | 0; s";
    run(source);
}

#[test]
fn rethrowing_through_frames() {
    let source = "let log = 0;
        function down(n, at) {
            if (n === 0) throw at;
            try { return down(n - 1, at) + 1 } finally { log = (log * 3 + n) | 0 }
        }
        function f(n) { try { return down(4, n) } catch (e) { return e } }
        let s = 0; for (let i = 0; i < 200; i++) s += f(i); [s, log].join()";
    assert_eq!(run(source).split(',').next(), Some("19900"));
}

#[test]
fn environments_of_handlers() {
    let source = "function f(n) {
            const fs = [];
            for (let i = 0; i < 5; i++) {
                try {
                    let a = i; fs.push(() => a);
                    { let b = a * 2; fs.push(() => b + a); if (i % 2) throw b }
                } catch (e) { let c = e + i; fs.push(() => c + i) }
            }
            return fs.map((g) => g()).join('');
        }
        let r; for (let i = 0; i < 100; i++) r = f(i); r";
    run(source);
}

#[test]
fn an_iterator_whose_next_throws_is_not_closed() {
    let source = "let closed = 0;
        function make(n) {
            let i = 0;
            return {
                [Symbol.iterator]() { return this },
                next() { if (i++ === 3) throw n; return { value: i, done: false } },
                return() { closed++; return {} },
            };
        }
        function f(n) { let s = 0; try { for (const x of make(n)) s += x } catch (e) { s += e * 100 } return s }
        function g(n) { let s = 0; try { for (const x of make(n)) { s += x; if (x === 2) throw 5 } } catch (e) { s += e } return s }
        function d(n) { try { const [a, b, c, d] = make(n); return a } catch (e) { return e } }
        let t = 0; for (let i = 0; i < 300; i++) t += f(i & 1) + g(i) + d(i); [t, closed].join()";
    assert_eq!(run(source), "64050,300");
}

#[test]
fn handlers_in_loops_and_loops_in_handlers() {
    let source = "function f(n) {
            let s = 0;
            outer: for (let i = 0; i < n; i++) {
                for (let j = 0; j < 4; j++) {
                    try { if (j === 2) throw i; s += j } catch (e) {
                        let k = 0;
                        while (k < 3) { k++; if (e === 7) continue outer; s += k }
                        if (e % 5 === 4) break;
                    }
                }
                try { s += n.missing.length } catch { s ^= 1 }
            }
            return s;
        }
        let s = 0; for (let i = 0; i < 80; i++) s = (s * 7 + f(i)) | 0; s";
    run(source);
}

#[test]
fn stack_overflow_is_caught() {
    let source = "let depth = 0;
        function dive() { depth++; return dive() + 1 }
        function f() { try { dive() } catch (e) { return e instanceof RangeError } return false }
        let ok = true; for (let i = 0; i < 4; i++) ok = ok && f(); ok && depth > 1000";
    assert_eq!(run(source), "true");
}

#[test]
fn resources_are_disposed_of() {
    let source = "let log = [];
        class R { constructor(n) { this.n = n } [Symbol.dispose]() { log.push(this.n); if (this.n % 4 === 3) throw this.n } }
        function f(n) {
            try {
                using a = new R(n), b = new R(n + 1);
                if (n % 3 === 0) throw 'body';
                return n;
            } catch (e) { return e instanceof SuppressedError ? 1000 : typeof e === 'string' ? 2000 : e }
        }
        let s = 0; for (let i = 0; i < 200; i++) { log = []; s = (s * 3 + f(i) + log.length) | 0 } s";
    run(source);
}
