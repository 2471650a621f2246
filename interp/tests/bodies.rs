//! Builtins with bodies in JavaScript and calls of every kind, in every mode of the optimizing tier: all must agree.

#[path = "support/modes.rs"]
mod modes;

use modes::run;

#[test]
fn array_methods_with_callbacks() {
    let source = "const list = [1, 2, 3, 4, 5, , 7];
        function once(i) {
            let s = 0;
            list.forEach((x, k) => { s += x * k });
            return [
                list.map(x => x * 2 + i).length, list.map(x => x).hasOwnProperty(5), list.filter(x => x & 1), s,
                list.reduce((a, b) => a + b, 10), list.reduce((a, b) => a + b), list.reduceRight((a, b) => a + '-' + b, ''),
                list.some(x => x > 6), list.every(x => x < 7), list.find(x => x > 3), list.findIndex(x => x > 30),
                list.findLast(x => x > 3), list.findLastIndex(x => x === undefined),
                [5, 3, 9, undefined, 1, , 4].sort((a, b) => a - b).length,
            ].join();
        }
        let r; for (let i = 0; i < 200; i++) r = once(i);
        r";
    assert_eq!(
        run(source),
        "7,false,1,3,5,7,82,32,22,-7-5-4-3-2-1,true,false,4,-1,7,5,7"
    );
}

#[test]
fn callbacks_that_change_the_array() {
    let source = "function grow(a) { let n = 0; a.forEach(x => { if (n++ < 3) a.push(x) }); return a.length + ':' + n }
        function shrink(a) { const seen = []; a.forEach(x => { seen.push(x); a.pop() }); return seen.join('') }
        function sparse(a) { return a.map((x, i) => { if (i === 1) a[100000000] = 1; return x }).join('') }
        function remove(a) { return a.filter((x, i) => { if (i === 0) delete a[1]; return true }).join('') }
        let r; for (let i = 0; i < 60; i++) r = [grow([1, 2, 3]), shrink([1, 2, 3, 4]), sparse([1, 2, 3]), remove([1, 2, 3])].join();
        r";
    assert_eq!(run(source), "6:3,12,123,13");
}

#[test]
fn species_and_prototypes_are_asked() {
    let source = "class M extends Array {}
        function test(a) { const b = a.map(x => x); return b instanceof M ? 'M' : Array.isArray(b) ? 'A' : typeof b }
        const r = [];
        for (let i = 0; i < 60; i++) r.push(test([1]));
        r.push(test(M.from([1])));
        const a = [1]; a.constructor = { [Symbol.species]: function () { return { made: 1 } } };
        r.push(test(a));
        Array.prototype[1] = 'proto';
        r.push([1, , 3].map(x => x).join(), [1, , 3].filter(x => x === 'proto').length);
        delete Array.prototype[1];
        Object.defineProperty(Array, Symbol.species, { get() { return M } });
        r.push(test([1]));
        r.slice(58).join()";
    assert_eq!(run(source), "A,A,M,object,1,proto,3,1,M");
}

#[test]
fn traces_show_the_builtin() {
    let source = "function boom(x) { if (x === 2) throw new Error('x') ; return x }
        function once(f) { try { return f() } catch (e) { return e.stack.split('\\n').slice(1, 3).map(l => l.trim().split(' (')[0]).join(' ') } }
        let r;
        for (let i = 0; i < 60; i++) r = [
            once(() => [1, 2].map(boom)), once(() => [1, 2, 3].sort((a, b) => boom(b))), once(() => [1, 2].sort(() => 1n)),
        ].join();
        r + [].map.name + [].map.length + ('prototype' in [].map) + [].map";
    assert_eq!(
        run(source),
        "at boom at Array.map,at boom at test.js:5:79,at Array.sort at test.js:5:108map1false\
         function map() { [native code] }"
    );
}

#[test]
fn sorting_compares_in_one_order() {
    let source = "let seed = 1;
        const next = n => { seed = seed * 1103515245 + 12345 & 0x7FFFFFFF; return seed % n };
        function sorted(n) {
            let log = 0;
            const list = Array.from({ length: n }, () => next(50));
            list.sort((a, b) => { log = log * 31 + a * 7 + b | 0; return next(3) - 1 });
            return log + list.length;
        }
        const r = [];
        for (let i = 0; i < 40; i++) r.push(sorted(i * 7));
        r.join()";
    run(source);
}

#[test]
fn callees_of_every_kind() {
    let source = "'use strict';
        const o = { tag: 'o', plain(a, b) { return this.tag + a + b }, get arrow() { return () => this.tag } };
        class K { constructor(x) { this.x = x } }
        const list = [
            (a, b) => [a, b].join('|'), function () { return typeof this + arguments.length }, (...rest) => rest.length,
            function (a, b, c, d, e) { return [a, b, c, d, e].join('') }, (a, b = 3) => a + b, o.plain.bind(o, 1),
            String, async () => 1, function* () {}, new Proxy((a) => 'p' + a, {}), K, 5, null,
        ];
        function call(f, i) { try { return String(f(i, 2)) } catch (e) { return e.message } }
        function pair(f, i) { return f(i) }
        let r = [];
        for (let k = 0; k < 60; k++) {
            r = list.map(f => call(f, k));
            r.push(pair(k & 1 ? (a, b) => a + String(b) : function (a) { return a + arguments.length }, k));
        }
        r.join()";
    assert!(run(source).starts_with("59|2,undefined2,2,592,61,o159,59,[object Promise],[object Generator],p59,Class constructor K"));
}

#[test]
fn forwarded_calls() {
    let source = "function base(x, y) { return this.t + x + y }
        function other(x) { 'use strict'; return typeof this + x + arguments.length }
        function sum() { let s = 0; for (let i = 0; i < arguments.length; i++) s += arguments[i]; return s }
        function mapped(a, b) { arguments[0] = 9; return a + b + arguments.length }
        function forward() { return sum.apply(this, arguments) }
        const o = { t: 1, m(a, b) { return this.t + a + (b || 0) } }, bound = o.m.bind({ t: 100 }, 7), twice = bound.bind(null, 1);
        class K {}
        const tries = f => { try { return f() } catch (e) { return e.message } };
        function args() { return arguments }
        let r;
        for (let i = 0; i < 60; i++) {
            const changed = args(1, 2); changed.length = i % 3;
            r = [
                base.call({ t: i }, 1, 2), (i % 4 ? base : other).call({ t: i }, 1, 2), other.call(), other.call(5, 1, 2, 3),
                tries(() => (i > 50 ? K : base).call({ t: 1 }, 2, 3)), tries(() => (i > 50 ? 5 : o.m).apply({ t: 1 }, [2])),
                tries(() => o.m.apply({ t: 1 }, i > 50 ? 5 : [2])), o.m.apply({ t: i }, [1, , 2]), o.m.apply({ t: 5 }, { length: 1, 0: 3 }),
                forward(i, 2), mapped.apply(null, [1, 2, 3]), bound(i), twice(i), [1, 2].map(bound), o.m.apply({ t: 1 }, changed),
                args(1, 2).callee === args, Object.keys(args(1, 2)),
            ].join();
        }
        r";
    assert!(run(source).starts_with("62,62,undefinedundefined0,number13,Class constructor K"));
}

#[test]
fn instanceof_and_setters() {
    let source = "function F() {} function G() {} G.prototype = Object.create(F.prototype);
        class X { static [Symbol.hasInstance](v) { return v === 7 } }
        class A { set v(x) { if (x === 55) throw new RangeError('v'); this._v = x } get v() { return this._v } } class B extends A {}
        const list = [new F(), new G(), new A(), new B(), 5, null, Object.create(null), [], new Proxy(new G(), {}), 7];
        const count = C => { let n = 0; for (const v of list) if (v instanceof C) n++; return n };
        const put = (o, x) => { try { o.v = x } catch (e) { return e.message } return o.v };
        const r = []; let last, puts = '';
        for (let i = 0; i < 60; i++) { last = [F, G, A, B, Object, Array, X].map(count).join(); puts += put(list[2 + i % 2], i) }
        r.push(last, puts.length);
        F.prototype = {}; r.push(count(F), count(G));
        Object.setPrototypeOf(B.prototype, {}); r.push(count(A), count(B));
        const bound = F.bind(null); F.prototype = G.prototype; r.push(count(bound));
        Object.defineProperty(G, Symbol.hasInstance, { value: () => true }); r.push(count(G), count(F));
        F.prototype = 3; try { list[0] instanceof F } catch (e) { r.push(e.message) }
        r.join()";
    assert_eq!(
        run(source),
        "3,2,2,1,6,1,1,109,0,2,1,1,2,10,2,Function has non-object prototype '3' in instanceof check"
    );
}

#[test]
fn every_call_brings_another_callback() {
    let source = "function bySome(list, f) { return list.some(f); }
        const list = Array.from({ length: 50 }, (_, i) => i);
        let sum = 0;
        for (let round = 0; round < 400; round++) {
          const f = [(x) => x > 40, (x) => x === round % 50, (x, i) => i > 45 && x, function (x) { return this === undefined && x < 0; }, Boolean][round % 5];
          sum += bySome(list, f) + list.filter(f).length + list.map((x) => f(x, x)).filter(Boolean).length;
          sum += [...list].sort(round & 1 ? (a, b) => b - a : (a, b) => a % 7 - b % 7 || a - b)[round % 50];
          if (round > 390) try { list.every((x) => { if (x === 30) throw new Error('at'); return true; }); } catch (e) { sum += e.message.length; }
        }
        String(sum)";
    assert_eq!(run(source), "19994");
}
