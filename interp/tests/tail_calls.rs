//! Proper tail calls: frames are reused wherever the specification says so, and nowhere else.

mod support;

use sarus_bytecode::Feature;

/// Deeper than any stack of frames could be.
const DEEP: &str = "'use strict'; const DEEP = 200000;";

fn run(source: &str) -> String {
    support::run(Feature::TailCalls, source)
}

fn deep(source: &str) -> String {
    let source = format!("{DEEP}{source}");
    let plain = support::run_in(&mut support::agent(Feature::TailCalls, None), &source);
    let compiled = support::run_in(&mut support::compiling(Feature::TailCalls), &source);
    assert_eq!(plain, compiled, "compiling changed the result of {source}");
    plain
}

#[test]
fn compiled_callees() {
    let source = "'use strict';
        function work(n, fail) { let s = 0; for (let i = 0; i < n; i++) s += i; if (fail) throw new Error('f' + s); return s; }
        function tail(n, fail) { return work(n, fail); }
        function caught(n) { try { return tail(n, true) + 1 } catch (e) { return e.message } }
        const once = [1, 2, 3].map(n => tail(n * 100, false));
        const twice = [1, 2, 3].map(n => { try { [n].forEach(n => tail(n, n > 1)); return 'ok' } catch (e) { return e.message } });
        let last; for (let i = 0; i < 300; i++) last = caught(i);
        [once, twice, last, [...{ [Symbol.iterator]: () => ({ next: () => step() }) }]].join(' ');
        function step() { return work(10, false) > 40 ? result() : 0 }
        function result() { return { done: true } }";
    assert_eq!(run(source), "4950,19900,44850 ok,f1,f3 f44551 ");
}

#[test]
fn mutual_recursion_of_ten_million() {
    let source = "'use strict';
        function even(n) { return n === 0 ? true : odd(n - 1); }
        function odd(n) { return n === 0 ? false : even(n - 1); }
        even(1e7)";
    let mut agent = support::agent(Feature::TailCalls, None);
    assert_eq!(support::run_in(&mut agent, source), "true");
}

#[test]
fn without_the_feature_the_stack_ends() {
    let source = "'use strict'; function f(n) { return n === 0 ? 'done' : f(n - 1); }
        try { f(1e7) } catch (e) { e.name }";
    let mut agent = support::agent(Feature::Decorators, None);
    assert_eq!(support::run_in(&mut agent, source), "RangeError");
}

#[test]
fn sloppy_code_has_none() {
    let source = "function f(n) { return n === 0 ? 'done' : f(n - 1); }
        try { f(1e7) } catch (e) { e.name }";
    assert_eq!(
        support::run_in(&mut support::agent(Feature::TailCalls, None), source),
        "RangeError"
    );
}

#[test]
fn positions() {
    for body in [
        "return f(n - 1)",
        "return (f(n - 1))",
        "return n ? f(n - 1) : 0",
        "return !n ? 0 : n % 2 ? f(n - 1) : f(n - 1)",
        "return 0, f(n - 1)",
        "return true && f(n - 1)",
        "return false || f(n - 1)",
        "return null ?? f(n - 1)",
        "return (1 && 2 && (0 || f(n - 1)))",
        "return f`${n - 1}`.x, g`${n - 1}`",
        "return o.f(n - 1)",
        "return o['f'](n - 1)",
        "return o?.f(n - 1)",
        "return f?.(n - 1)",
        "return f(...[n - 1])",
        "return o.f(...[n - 1, 2])",
        "if (n) return f(n - 1); else return 1",
        "{ let x = n - 1; { const g = () => x; return f(g()) } }",
        "while (true) return f(n - 1)",
        "do { return f(n - 1) } while (true)",
        "for (;;) return f(n - 1)",
        "for (let i = n - 1;;) { (() => i); return f(i) }",
        "for (const k in { a: 1 }) return f(n - 1)",
        "switch (n) { case 0: return 1; default: return f(n - 1) }",
        "a: { return f(n - 1) }",
        "try { throw 0 } catch (e) { return f(n - 1) }",
        "try { } finally { return f(n - 1) }",
        "return (n => f(n - 1))(n)",
        "return eval('0'), e(n - 1)",
    ] {
        let source = format!(
            "const o = {{ f(n) {{ return f(n) }} }};
             const e = n => f(n);
             function g(strings, n) {{ return f(n) }}
             function f(n) {{ if (n?.raw) return {{ x: 1 }}; if (n <= 0) return 'done'; {body} }}
             f(DEEP)"
        );
        assert_eq!(deep(&source), "done", "{body}");
    }
}

#[test]
fn no_tail_positions() {
    for body in [
        "return 1 + f(n - 1)",
        "return f(n - 1) && 1",
        "return f(n - 1), 1",
        "try { return f(n - 1) } catch { throw 1 }",
        "try { return f(n - 1) } finally { }",
        "for (const x of [1]) return f(n - 1)",
        "using x = null; return f(n - 1)",
        "return new f(n - 1)",
    ] {
        let source = format!(
            "function f(n) {{ {body} }} try {{ f(DEEP) }} catch (e) {{ e.name ?? 'caught' }}"
        );
        let result = deep(&source);
        assert!(
            result == "RangeError" || result == "caught",
            "{body}: {result}"
        );
    }
}

#[test]
fn frames_of_different_sizes() {
    let source = "'use strict';
        function few(n) { return n === 0 ? 'done' : many(n - 1, 1, 2, 3, 4, 5, 6, 7, 8, 9); }
        function many(n, a, b, c, d, e, f, g, h, i, j) {
            let x = a + b, y = c + d, z = e + f, [p, q, r] = [g, h, i];
            if (x + y + z + p + q + r !== 45 || j !== undefined) return 'wrong';
            return n === 0 ? 'done' : rest(n - 1, x, y);
        }
        function rest(n, ...list) { return list.length !== 2 ? 'wrong' : args(n, list); }
        function args() { return arguments.length !== 2 ? 'wrong' : few(arguments[0]); }
        few(3000)";
    assert_eq!(run(source), "done");
}

#[test]
fn missing_and_extra_arguments() {
    let source = "'use strict';
        const log = [];
        function a(x, y, z) { log.push([x, y, z, arguments.length].join()); return b(); }
        function b(x, y) { log.push([x, y, arguments.length].join()); return c(1, 2, 3, 4); }
        function c(x) { log.push([x, arguments[3], arguments.length].join()); return log.join(' '); }
        a(7, 8)";
    assert_eq!(run(source), "7,8,,2 ,,0 1,4,4");
}

#[test]
fn arguments_may_swap_places() {
    let source = "'use strict';
        function f(n, a, b, c) { return n === 0 ? a + b + c : f(n - 1, c, a, b); }
        f(1000, 'x', 'y', 'z')";
    assert_eq!(run(source), "zxy");
}

#[test]
fn this_is_the_callees() {
    let source = "'use strict';
        const o = { name: 'o', m() { return plain() + p.m() } };
        const p = { name: 'p', m() { return q.m() } };
        const q = { name: 'q', m() { return this.name + (() => this.name)() } };
        function plain() { return what() }
        function what() { return String(this) }
        o.m()";
    assert_eq!(run(source), "undefinedqq");
}

#[test]
fn bound_functions_proxies_and_natives() {
    for callee in [
        "f.bind(null, n - 1)()",
        "f.bind(null).bind(null, n - 1)(1, 2)",
        "new Proxy(f, {})(n - 1)",
        "new Proxy(new Proxy(f, {}), {})(n - 1)",
        "new Proxy(f, { apply(t, self, list) { return t(...list) } })(n - 1)",
        "f.call(null, n - 1)",
        "f.apply(null, [n - 1])",
        "Reflect.apply(f, null, [n - 1])",
        "f.call.call(f, null, n - 1)",
    ] {
        let source = format!("function f(n) {{ return n <= 0 ? 'done' : {callee} }} f(60000)");
        assert_eq!(deep(&source), "done", "{callee}");
    }
}

#[test]
fn native_callees_return_their_result() {
    let source = "'use strict';
        function max(a, b) { return Math.max(a, b); }
        function text(v) { return String(v); }
        function made(n) { return Object.create({ n }); }
        text(max(3, 4)) + made(5).n + [3, 1, 2].map(x => max(x, 2))";
    assert_eq!(run(source), "453,2,2");
}

#[test]
fn constructors_keep_their_frames() {
    let source = "'use strict';
        function other() { return 1; }
        function object() { return { made: true }; }
        function F() { this.x = 2; return other(); }
        function G() { return object(); }
        class A { constructor() { this.y = 3; return object(); } }
        class B extends A { constructor() { super(); return other2(); } }
        function other2() { return undefined; }
        [new F().x, new G().made, new A().made, new B().made, F.call({})].join()";
    assert_eq!(run(source), "2,true,true,true,1");
}

#[test]
fn callbacks_of_natives() {
    let source = "'use strict';
        function count(n) { return n === 0 ? 'x' : count(n - 1); }
        [1, 2].map(n => count(n * 50000)).join() + [3, 1, 2].sort((a, b) => compare(a, b)).join()
        + [...{ *[Symbol.iterator]() { yield count(10) } }]
        + [...{ [Symbol.iterator]() { let i = 0; return { next() { return step(i++) } } } }];
        function compare(a, b) { return Math.sign(a - b); }
        function step(i) { return { done: i === 2, value: i }; }";
    let expected = "x,x1,2,3x0,1";
    let mut agent = support::agent(Feature::TailCalls, None);
    assert_eq!(
        support::run_in(&mut agent, source).replace(' ', ""),
        expected
    );
}

#[test]
fn errors_leave_the_replaced_frames() {
    let source = "'use strict';
        function a() { return b(); }
        function b() { return c(); }
        function c() { throw new Error('no'); }
        let text; try { a() } catch (e) { text = e.stack.includes('at c') + ',' + e.stack.includes('at b') }
        function notCallable(x) { return x.y(); }
        function classCall() { return class K {}(); }
        class K {}
        function callClass() { return K(); }
        for (const f of [() => notCallable({}), callClass]) try { f() } catch (e) { text += '|' + e.message }
        text";
    assert_eq!(
        run(source),
        "true,false|x.y is not a function|Class constructor K cannot be invoked without 'new'"
    );
}

#[test]
fn async_and_generators_are_left_alone() {
    let source = "'use strict';
        async function f(n) { return n === 0 ? 'end' : await g(n); }
        async function g(n) { return f(n - 1); }
        function* h() { return k(); }
        function k() { return 5; }
        let out = h().next().value; f(20).then(v => out += v); globalThis.result = () => out; 'ok'";
    let mut agent = support::agent(Feature::TailCalls, None);
    assert_eq!(support::run_in(&mut agent, source), "ok");
    assert_eq!(support::run_in(&mut agent, "result()"), "5end");
}

#[test]
fn direct_eval_is_a_call_of_its_own() {
    let source = "'use strict';
        function f(x) { return eval('x + 1'); }
        f(41)";
    assert_eq!(run(source), "42");
}

#[test]
fn too_many_arguments_overflow() {
    let source = "'use strict';
        function f(...list) { return f(...list, ...list); }
        try { f(1) } catch (e) { e.name }";
    let mut agent = support::agent(Feature::TailCalls, None);
    assert_eq!(support::run_in(&mut agent, source), "RangeError");
}

#[test]
fn code_that_a_replaced_frame_belonged_to_stays_until_it_returns() {
    // The exit of `start` goes on in `other`, in whose time the code of `start` is given up and its place taken by others.
    let source = "'use strict';
        function start(o, n) { let v = o.x; return other(v, n) }
        function other(v, n) {
            if (n === 0) return v;
            for (let i = 0; i < 400; i++) start({ ['k' + i % 50]: 1, x: i }, 0);
            for (let i = 0; i < 60; i++) {
                let made = new Function('a', 'let s = ' + i + '; for (let k = 0; k < 3; k++) s += a + k; return s');
                for (let k = 0; k < 8; k++) made(k);
                kept.push(made, new Array(100000).fill(i));
            }
            return v;
        }
        let kept = [], r = [];
        for (let i = 0; i < 30; i++) start({ x: i }, 0);
        for (let i = 0; i < 6; i++) r.push(start({ ['other' + i]: 0, x: i }, 1));
        r.join()";
    let mut agent = support::compiling(Feature::TailCalls);
    assert_eq!(support::run_in(&mut agent, source), "0,1,2,3,4,5");
}
