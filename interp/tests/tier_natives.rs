//! Calls from functions in Rust to compiled closures and back: traps of proxies, callbacks, getters, conversions.

#[path = "support/modes.rs"]
mod modes;

use modes::run;

#[test]
fn traps_of_proxies() {
    let source = r"
        const out = [];
        const plain = { a: 1, get g() { return this.a } };
        const fixed = Object.freeze({ a: 1 });
        const handler = {
            get(target, key, receiver) { return key === 'lie' ? 5 : Reflect.get(target, key, receiver) },
            set(target, key, value) { target[key] = value; return true },
            has(target, key) { return key in target },
            deleteProperty(target, key) { return delete target[key] },
            apply(target, self, list) { return target.apply(self, list) + 1 },
        };
        const p = new Proxy(plain, handler), q = new Proxy(fixed, handler);
        const wrong = new Proxy(fixed, { get: () => 2, set: () => true, has: () => false });
        const inherits = new Proxy(plain, Object.create(handler));
        const chain = new Proxy(new Proxy(plain, handler), {});
        const listed = new Proxy([1, 2, 3], new Proxy({}, { get: (t, name) => { out.push(name); return undefined } }));
        const f = new Proxy((a, b) => a * b, handler);
        const tried = (g) => { try { return g() } catch (e) { return e.constructor.name } };
        function round(i) {
            p.a = i;
            let s = p.a + p.lie + p.g + q.a + inherits.a + chain.a + f(i, 2);
            if ('a' in p && !('b' in p)) s++;
            p.b = 1; delete p.b;
            if ('b' in plain) s += 1000;
            return s;
        }
        let sum = 0;
        for (let i = 0; i < 40; i++) sum += round(i);
        for (let i = 0; i < 4; i++) {
            out.push(tried(() => wrong.a), tried(() => { wrong.a = 2 }), tried(() => 'a' in wrong), tried(() => wrong.b));
        }
        listed[0]; listed.length;
        const { proxy, revoke } = Proxy.revocable({}, { get() { revoke(); return 3 } });
        out.push(proxy.x, tried(() => proxy.x), tried(() => new Proxy({}, { get: 1 }).x));
        // A trap that changes what the answer is held against.
        const late = {};
        const changes = new Proxy(late, { get(t) { Object.defineProperty(t, 'k', { value: 1 }); return 2 } });
        out.push(tried(() => changes.k));
        sum + ' ' + out.join();
    ";
    assert_eq!(
        run(source),
        "5000 TypeError,TypeError,TypeError,2,TypeError,TypeError,TypeError,2,TypeError,TypeError,TypeError,2,\
         TypeError,TypeError,TypeError,2,get,get,3,TypeError,TypeError,TypeError"
    );
}

#[test]
fn callbacks_of_functions_in_rust() {
    let source = r"
        const out = [];
        class Point { constructor(x) { this.x = x } valueOf() { return this.x } toString() { return 'p' + this.x } toJSON() { return { x: this.x } } }
        function* numbers(n) { for (let i = 0; i < n; i++) yield i }
        async function later(x) { return x }
        function all(a, b) { return arguments.length }
        function sloppy() { return typeof this }
        const outer = { v: 3, arrows() { return [1, 2].flatMap((x) => [x, this.v]) } };
        let thrown = 0;
        function round(i) {
            const text = 'a-b-c'.replace(/[a-z]/g, (m, at) => m + at);
            const keys = JSON.stringify([new Point(i)], (k, v) => v) + JSON.parse('[1,2]', (k, v) => (k === '0' ? v + i : v));
            const numbersSorted = [3, 1, 2].sort((a, b) => b - a).join('');
            const from = Array.from({ length: 2 }, (v, k) => k + i).join('');
            const entries = [...new Map([[1, 2]]).entries()].map(([a, b]) => a + b + new Point(i)).join();
            let seen = 0;
            new Set([1, 2]).forEach((v) => { seen += v + i });
            for (const x of Array.from(numbers(3))) seen += x;
            seen += Reflect.apply(all, null, [1, 2, 3]) + [1].map(all)[0];
            try { [1].forEach(() => { throw new Point(i) }) } catch (e) { thrown += e.x }
            try { Reflect.apply(Point, null, []) } catch (e) { thrown += e instanceof TypeError ? 1 : 0 }
            seen += later(i) instanceof Promise ? 1 : 0;
            return text + keys + numbersSorted + from + entries + seen + sloppy.call(1) + outer.arrows();
        }
        let last;
        for (let i = 0; i < 30; i++) last = round(i);
        last + thrown;
    ";
    assert_eq!(
        run(source),
        r#"a0-b2-c4[{"x":29}]30,232129303271object1,3,2,3465"#
    );
}

#[test]
fn recursion_through_functions_in_rust_ends() {
    let source = r"
        let depth = 0;
        const p = new Proxy({}, { get(t, k, r) { depth++; return r[k] } });
        let ended = 0;
        for (let i = 0; i < 3; i++) try { p.x } catch (e) { if (e instanceof RangeError) ended++ }
        ended + ' ' + (depth > 500);
    ";
    assert_eq!(run(source), "3 true");
}

#[test]
fn the_same_words_for_the_same_failing_expression() {
    let source = r"
        const words = new Set();
        const tried = (f) => { try { f() } catch (e) { words.add(e.message) } };
        for (let i = 0; i < 30; i++) {
            tried(() => (0, {}.f)()); tried(() => ({}).g()); tried(() => { let [a] = null });
            tried(() => { const { b } = undefined }); tried(() => { for (const x of 5); });
            tried(() => new (() => {})());
        }
        [...words].join('; ');
    ";
    let expected = [
        "(0 , {}.f) is not a function",
        "{}.g is not a function",
        "null is not iterable",
        "Cannot destructure property 'b' of 'undefined' as it is undefined.",
        "5 is not iterable",
        "(intermediate value) is not a constructor",
    ];
    assert_eq!(run(source), expected.join("; "));
}

#[test]
fn json_knows_the_objects_around_at_every_depth() {
    let source = r"
        const out = [];
        const nest = (n, inner) => { let o = inner; for (let i = 0; i < n; i++) o = i & 1 ? [o] : { o }; return o };
        for (const n of [0, 1, 14, 15, 16, 17, 40]) {
            const twice = { a: 1 };
            out.push(JSON.stringify(nest(n, [twice, twice, [twice]])).length);
            const inner = {}, around = nest(n, inner);
            inner.around = around;
            try { JSON.stringify(around) } catch (e) { out.push(e.constructor.name) }
            inner.around = { inner };
            try { JSON.stringify(around) } catch (e) { out.push(e.message.split('\n').length) }
            delete inner.around;
            inner.toJSON = () => ({ inner: 1 });
            out.push(JSON.stringify(around).length);
        }
        out.join();
    ";
    assert_eq!(
        run(source),
        "27,TypeError,4,11,33,TypeError,4,17,83,TypeError,4,67,89,TypeError,4,73,91,TypeError,4,75,97,TypeError,4,81,187,TypeError,4,171"
    );
}

#[test]
fn results_of_iterators_of_every_look() {
    let source = r"
        const out = [];
        function* inner(n) { for (let i = 0; i < n; i++) yield i; return 'end' }
        function* outer(source) { out.push(yield* source) }
        const results = [
            () => ({ value: 1, done: false }), () => ({ done: false, value: 2 }), () => ({ value: 3 }),
            () => ({ get value() { return 4 }, done: 0 }), () => Object.freeze({ value: 5, done: '' }), () => ({ value: 6, done: NaN }),
            () => { const r = inner(1).next(); r.value = 7; return r }, () => { const r = inner(1).next(); delete r.value; return r },
            () => ({ value: 'last', done: 1 }),
        ];
        const source = () => { let i = 0; return { [Symbol.iterator]() { return this }, next: () => results[i++]() } };
        for (let round = 0; round < 20; round++) {
            out.length = 0;
            for (const x of outer(source())) out.push(x);
            for (const x of outer(inner(3))) out.push(x);
            for (const x of source()) out.push(x);
            out.push(...outer(outer(inner(2))));
        }
        out.join();
    ";
    assert_eq!(
        run(source),
        "1,2,3,4,5,6,7,,last,0,1,2,end,1,2,3,4,5,6,7,,end,,0,1"
    );
}

#[test]
fn descriptors_are_read_in_order_whatever_they_are() {
    let source = r"
        const out = [];
        const log = (of) => new Proxy(of, { has(t, k) { out.push('has ' + k); return k in t }, get(t, k) { out.push('get ' + k); return t[k] } });
        class Descriptor { constructor() { this.writable = true } get value() { out.push('value'); return 4 } }
        Descriptor.prototype.enumerable = 1;
        function define(d) { const o = {}; Object.defineProperty(o, 'x', d); return JSON.stringify(Object.getOwnPropertyDescriptor(o, 'x')) }
        let last;
        for (let i = 0; i < 20; i++) {
            out.length = 0;
            last = [{ value: 1 }, { get: undefined }, [], new Descriptor(), log({ value: 2, configurable: 0 }), Object.create({ value: 3 })].map(define);
            for (const bad of [{ get: 1 }, { get() {}, value: 1 }, { set() {}, writable: false }, null]) {
                try { define(bad) } catch (e) { out.push(e.message) }
            }
        }
        last.join() + ' ' + out.join();
    ";
    assert_eq!(
        run(source),
        r#"{"value":1,"writable":false,"enumerable":false,"configurable":false},{"enumerable":false,"configurable":false},{"writable":false,"enumerable":false,"configurable":false},{"value":4,"writable":true,"enumerable":true,"configurable":false},{"value":2,"writable":false,"enumerable":false,"configurable":false},{"value":3,"writable":false,"enumerable":false,"configurable":false} value,has enumerable,has configurable,get configurable,has value,get value,has writable,has get,has set,Getter must be a function: 1,Invalid property descriptor. Cannot both specify accessors and a value or writable attribute, #<Object>,Invalid property descriptor. Cannot both specify accessors and a value or writable attribute, #<Object>,Property description must be an object: null"#
    );
}
