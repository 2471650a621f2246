//! The same programs in every mode of the optimizing tier: all must agree.

#[path = "support/modes.rs"]
mod modes;

use modes::run;

#[test]
fn loops_and_calls() {
    let source = "function add(a, b) { return a + b }
        function sum(n) { let s = 0; for (let i = 0; i < n; i++) s = add(s, i); return s }
        let r = []; for (let i = 0; i < 40; i++) r.push(sum(i));
        r.push(add('a', 1), add(0.5, 1), add(2147483647, 1), add(1n, 2n));
        for (let i = 0; i < 20; i++) r.push(sum(i));
        r.join()";
    assert!(run(source).contains("a1,1.5,2147483648,3"));
}

#[test]
fn decided_comparisons_keep_their_checks() {
    let source = "function sum(a) { return a + 1 <= 2147483647 }
        function same(a) { let b = a * 1; return b === b }
        function store(v) { cell[0] = v === v ? v : 5 }
        let cell = new Float64Array(1), r = [];
        for (let i = 0; i < 3000; i++) { sum(i); same(i); store(i) }
        for (let i = 0; i < 30; i++) { sum(i); same(i); store(Math.trunc(i)) }
        store(Math.trunc(NaN));
        r.push(sum(2147483647), same('x'), cell[0]);
        r.join()";
    assert_eq!(run(source), "false,false,5");
}

#[test]
fn checks_that_always_fail() {
    let source = "function f(a) {
            outer: for (let i = 0; i < 200; i++) {
                for (let j; ({}); j++) { if (({})) continue outer; a -= i }
            }
            return a
        }
        function g(a) { for (let i = 0; i < 200; i++) { let n = null; if (i > 190) a += n * 2147483647 + (2147483647 + i) } return a }
        [f(), f(1), g(1), g(2)].join()";
    assert!(run(source).starts_with(",1,"));
}

#[test]
fn outer_loops_continue_around_inner_ones() {
    let source = "function f(a, n) {
            outer: for (let i = 0; i < n; i++) {
                for (let j; j !== 5; j = j === undefined ? 0 : j + 1) { if (i % 3 === 1) continue outer; a -= i }
                a += 7;
            }
            return a
        }
        let r = [];
        for (let k = 0; k < 30; k++) r.push(f(k, k * 4));
        r.push(f('x', 9), f(1n, 0), f(0.5, 40));
        r.join()";
    assert!(run(source).contains("NaN"));
}

#[test]
fn loops_with_scopes_are_inlined() {
    let source = "let made = [];
        function note(x) { made.push(x) }
        function keys(o) { for (const k in o) { note(k); made.push(() => k) } }
        function values(a) { for (const v of a) { note(v); made.push(() => v) } }
        for (let i = 0; i < 20; i++) { keys({ y: 1, z: 2 }); values([i, i + 1]) }
        made.map(x => typeof x === 'function' ? x() : x).join()";
    assert!(run(source).starts_with("y,y,z,z,0,0,1,1,y"));
}

#[test]
fn results_reach_who_asked() {
    let source = "class P { constructor(x) { this.x = x } get twice() { return this.x * 2 } set both(v) { this.x = v } }
        class Q extends P { constructor(x) { super(x + 1); this.y = 1 } }
        function F(v) { this.v = v; if (v === 7) return { v: 'seven' } }
        let it = { [Symbol.iterator]() { let i = 0; return { next() { return { done: i > 5, value: i++ } } } } };
        let out = [];
        for (let k = 0; k < 30; k++) {
            let p = new Q(k); p.both = p.twice; out.push(p.x, new F(k).v);
            for (let v of it) out.push(v);
            let [a, , b] = it; out.push(a, b);
            out.push(...[3, 1, 2].sort((x, y) => x - y).map(x => x + k));
        }
        out.join()";
    assert!(run(source).contains("seven"));
}

#[test]
fn exceptions_cross_compiled_frames() {
    let source = "function thrower(i) { if (i % 3 === 0) throw new Error('e' + i); return i }
        function middle(i) { return thrower(i) + 1 }
        function outer(i) { try { return middle(i) } catch (e) { return e.message } finally { log.push(i) } }
        let log = [], out = [];
        for (let i = 0; i < 40; i++) out.push(outer(i));
        let bad = { [Symbol.iterator]() { return { next() { throw new Error('next') }, return() { log.push('closed') } } } };
        for (let i = 0; i < 10; i++) { try { for (let x of bad); } catch (e) { out.push(e.message) } }
        out.join() + log.join()";
    assert!(!run(source).contains("closed"));
}

#[test]
fn recursion_ends_in_a_range_error() {
    let source = "let depth = 0;
        function f() { depth++; return f() + 1 }
        let ok = 0;
        for (let i = 0; i < 4; i++) { depth = 0; try { f() } catch (e) { if (e instanceof RangeError && depth > 10000) ok++ } }
        function g(n) { return n === 0 ? 0 : 1 + [n].map(x => g(x - 1))[0] }
        for (let i = 0; i < 20; i++) ok += g(i % 5);
        let caught = 0; try { g(1e9) } catch (e) { caught = e instanceof RangeError }
        ok + ' ' + caught";
    assert_eq!(run(source), "44 true");
}

#[test]
fn shapes_and_elements_change() {
    let source = "function get(o) { return o.x } function at(a, i) { return a[i] } function put(a, i, v) { a[i] = v; return a.length }
        let out = [];
        for (let k = 0; k < 30; k++) {
            let o = k % 4 === 0 ? { x: k } : k % 4 === 1 ? { y: 1, x: k } : k % 4 === 2 ? Object.create({ x: 'p' + k }) : 'str';
            out.push(get(o));
            let a = k < 15 ? [1, , 3] : k < 20 ? new Uint8Array([7, 8]) : 'abc';
            out.push(at(a, k % 4), put([1, 2], k % 5, k));
        }
        Array.prototype[1] = 'proto'; out.push(at([0, , 2], 1)); delete Array.prototype[1];
        out.join()";
    assert!(run(source).ends_with("proto"));
}

#[test]
fn stack_traces_are_the_same() {
    let source = "function a(i) { if (i === 25) throw new Error('x'); return i }
        function b(i) { return a(i) + 1 }
        let stack = '';
        for (let i = 0; i < 30; i++) { try { b(i) } catch (e) { stack = e.stack } }
        stack";
    assert!(run(source).contains("at b (test.js:2:"));
}

#[test]
fn instanceof_sees_prototypes_change() {
    let source = "class A {} class B extends A {} function F() {}
        class Odd { static [Symbol.hasInstance](v) { return v === 1 } }
        function is(v, c) { try { return +(v instanceof c) } catch (e) { return e.message } }
        let values = [new A, new B, new F, 1, {}, Object.create(null), new Proxy(new A, {})];
        let out = [];
        for (let n = 0; n < 40; n++) {
            let line = [];
            for (const c of [A, B, F, F.bind(null), Odd, Object]) line.push(values.map(v => is(v, c)).join(''));
            if (n === 0 || line.join() !== out[out.length - 1]) out.push(line.join());
        }
        function g(v) { return is(v, F) }
        for (let n = 0; n < 40; n++) g(values[2]);
        F.prototype = {}; out.push(g(values[2]), g(Object.create(F.prototype)));
        F.prototype = 1; out.push(g(values[2]), g(5));
        function h(v) { return is(v, B) }
        for (let n = 0; n < 40; n++) h(values[1]);
        Object.setPrototypeOf(B, Odd); out.push(h(1), h(values[1]));
        out.join(' ')";
    let expected = "1100001,0100000,0010000,0010000,0001000,1110101 0 1 \
        Function has non-object prototype '1' in instanceof check 0 1 0";
    assert_eq!(run(source), expected);
}
