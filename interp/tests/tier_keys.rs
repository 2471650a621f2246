//! Sites with many shapes and keys that change, in every mode of the optimizing tier: all must agree.

#[path = "support/modes.rs"]
mod modes;

use modes::run;

/// Sixteen shapes with `v` in other places, in the object and out of it.
const MANY: &str = "let many = [];
    for (let i = 0; i < 16; i++) { let o = {}; for (let k = 0; k < i; k++) o['p' + k] = k; o.v = i; many.push(o) }\n";

fn run_many(rest: &str) -> String {
    run(&format!("{MANY}{rest}"))
}

#[test]
fn loads_and_stores_of_many_shapes() {
    let source = "function load(o) { return o.v }
        function store(o, v) { o.v = v }
        let s = 0;
        for (let i = 0; i < 900; i++) { s += load(many[i & 15]); store(many[(i + 3) & 15], i) }
        let r = [s];
        for (let o of many) r.push(load(o));
        r.join()";
    let last = "893,894,895,896,897,898,899,884,885,886,887,888,889,890,891,892";
    assert!(run_many(source).ends_with(last));
}

#[test]
fn loads_of_anything() {
    let source = "function load(o) { try { return o.v } catch (e) { return e.message } }
        class A { get v() { return 'getter' } }
        class B extends A {}
        class C { v() {} }
        Number.prototype.v = 'number'; String.prototype.v = 'string';
        let frozen = Object.freeze({ a: 1, v: 'frozen' });
        let all = many.concat(new A, new B, new C().v.name, 7, 1.5, 'text', Symbol.iterator, true, null, undefined, [], [1],
            new Proxy({}, { get: (t, k) => k === 'v' ? 'proxy v' : undefined }), frozen, function v() {}, new Uint8Array(2),
            Object.create({ v: 'inherited' }), Object.create(null), new String('v'), arguments_of(1));
        function arguments_of() { return arguments }
        let r = [];
        for (let i = 0; i < 40; i++) { r = []; for (let o of all) r.push(load(o)) }
        r.join()";
    let text = run_many(source);
    assert!(
        text.contains("getter,getter,string,number,number,string"),
        "{text}"
    );
    assert!(text.contains("proxy v,frozen"), "{text}");
}

#[test]
fn prototypes_change_under_many_shapes() {
    let source = "class A { m() { return 'A' } } class B extends A {} class C extends B {}
        let list = [];
        for (let i = 0; i < 12; i++) { let o = new [A, B, C][i % 3]; o['q' + i] = i; list.push(o) }
        function call(o) { return o.m() }
        function get(o) { return o.absent }
        let r = [];
        for (let i = 0; i < 600; i++) { call(list[i % 12]); get(list[i % 12]) }
        r.push(list.map(call), list.map(get).join('') === '');
        B.prototype.m = function () { return 'B' };
        for (let i = 0; i < 50; i++) call(list[i % 12]);
        r.push(list.map(call));
        delete B.prototype.m; A.prototype.absent = 'there';
        r.push(list.map(call), list.map(get));
        list[0].m = () => 'own';
        Object.setPrototypeOf(list[1], { m: () => 'other', absent: 1 });
        Object.defineProperty(A.prototype, 'absent', { get() { return 'accessor' } });
        r.push(list.map(call), list.map(get));
        r.join(';')";
    let text = run(source);
    assert!(
        text.starts_with("A,A,A,A,A,A,A,A,A,A,A,A;true;A,B,B,A,B,B"),
        "{text}"
    );
    assert!(text.contains("own,other,A"), "{text}");
    assert!(text.ends_with("accessor,1,accessor,accessor,accessor,accessor,accessor,accessor,accessor,accessor,accessor,accessor"), "{text}");
}

#[test]
fn stores_that_are_more_than_stores() {
    let source = "let log = [];
        function store(o, v) { 'use strict'; try { o.v = v; return o.v } catch (e) { return e.constructor.name } }
        class A { set v(x) { log.push(x) } get v() { return 'A' } }
        let readonly = Object.defineProperty({}, 'v', { value: 1, writable: false });
        let all = many.concat(new A, new (class extends A {}), Object.freeze({ v: 2 }), Object.create(readonly), Object.preventExtensions({}),
            readonly, {}, { z: 1 }, [], function () {}, new Proxy({}, { set() { log.push('trap'); return true } }), 5, 'text', null);
        let r;
        for (let i = 0; i < 40; i++) { all[21] = {}; all[22] = { z: 1 }; r = all.map((o, k) => store(o, k + i)) }
        r.push(log.length, all[21].v, Object.keys(all[22]));
        r.join()";
    let text = run_many(source);
    assert!(
        text.contains("A,A,TypeError,TypeError,TypeError,60,"),
        "{text}"
    );
    assert!(text.ends_with("120,60,z,v"), "{text}");
}

#[test]
fn keys_of_every_sort() {
    let source = "let s = Symbol('s'), made = 'na' + ['me'].join('');
        let o = { a: 1, b: 2, name: 'n', 5: 'five', '-1': 'minus', [s]: 'symbol', '1.5': 'half', true: 't', null: 'nil', undefined: 'u' };
        let keys = ['a', 'b', made, 5, '5', -1, '-1', s, 1.5, true, null, undefined, 'absent', 'toString', { toString() { return 'b' } }];
        function get(o, k) { return o[k] }
        function set(o, k, v) { o[k] = v }
        function add(o, k) { return o[k] += 1 }
        let r = [];
        for (let i = 0; i < 60; i++) r = keys.map(k => String(get(o, k)));
        let p = {};
        for (let i = 0; i < 60; i++) keys.forEach((k, j) => set(p, k, i * j));
        r.push(JSON.stringify(p), p[s]);
        let n = 0, key = { toString() { n++; return 'count' } };
        p.count = 0;
        for (let i = 0; i < 300; i++) { add(p, 'a'); add(p, 'b') }
        for (let i = 0; i < 10; i++) add(p, key);
        r.push(p.a, p.b, p.count, n);
        r.push(get('text', 'length'), get([1, 2], 'length'), get('text', 1), get([1, 2], 1));
        r.join()";
    let text = run(source);
    assert!(
        text.starts_with("1,2,n,five,five,minus,minus,symbol,half,t,nil,u,undefined,function"),
        "{text}"
    );
    assert!(text.ends_with("300,1126,10,10,4,2,e,2"), "{text}");
}

#[test]
fn objects_that_lose_and_gain_keys() {
    let source = "let keys = []; for (let i = 0; i < 40; i++) keys.push('k' + i);
        function fill(o, i) { for (let k of keys) o[k] = i }
        function sum(o) { let s = 0; for (let k of keys) s += k in o ? o[k] : 1000; return s }
        function thin(o, i) { for (let k = i; k < 40; k += 3) delete o[keys[k]] }
        let r = [];
        for (let i = 0; i < 30; i++) { let o = {}; fill(o, i); r.push(sum(o)); thin(o, i % 3); r.push(sum(o)); fill(o, 1); r.push(sum(o), Object.keys(o).length) }
        r.join()";
    let text = run(source);
    assert!(
        text.starts_with("0,14000,40,40,40,13027,40,40,80,13054,40,40"),
        "{text}"
    );
}

#[test]
fn questions_for_properties() {
    let source = "let keys = ['a', 'b', 'length', 'x', 'name', 'toString', 0, 1, -1, '0', 'con' + ['str'].join('')];
        function f(a) {} class A { a = 1; get b() { return 1 } static a() {} }
        let proxy = new Proxy({}, { has: (t, k) => k === 'a', getOwnPropertyDescriptor: (t, k) => k === 'x' ? { value: 1, configurable: true } : undefined });
        let all = [{ a: 1 }, { b: 1, a: 2 }, [1], [], new A, A, f, (a) => a, new Uint8Array(1), new String('x'), Object.create({ a: 1 }),
            Object.create(null), proxy, Math, globalThis];
        function has(o, k) { return k in o }
        function own(o, k) { return Object.hasOwn(o, k) }
        function method(o, k) { return Object.prototype.hasOwnProperty.call(o, k) }
        let call = { a: 1 }; function direct(k) { return call.hasOwnProperty(k) }
        let r;
        for (let i = 0; i < 30; i++) { r = ''; for (let o of all) for (let k of keys) r += (has(o, k) ? 1 : 0) + (own(o, k) ? 2 : 0) + (method(o, k) ? 4 : 0) + (direct(k) ? 8 : 0) + ' ' }
        let errors = [];
        for (let g of [() => has(1, 'a'), () => own(null, 'a'), () => method(undefined, 'a')]) try { g() } catch (e) { errors.push(e.constructor.name) }
        errors.push(own('text', 'length'), own('text', 2), method(5, 'a'));
        delete f.name; delete A.a; all[0].x = 1;
        r + errors + has(f, 'name') + own(f, 'name') + own(A, 'a') + has(all[0], 'x') + method(all[0], 'x')";
    let text = run(source);
    assert!(
        text.ends_with("TypeError,TypeError,TypeError,true,true,falsetruefalsefalsetruetrue"),
        "{text}"
    );
    assert!(text.starts_with("15 0 0 0 0 1 0 0 0 0 0 "), "{text}");
}

#[test]
fn errors_say_what_was_read() {
    let source = "function inner(o) { return o.v } function outer(o) { return inner(o) + 1 }
        let r = [];
        for (let i = 0; i < 400; i++) outer(many[i & 15]);
        for (let o of [null, undefined]) try { outer(o) } catch (e) { r.push(e.message) }
        let thrower = { get v() { throw new Error('from getter') } };
        try { outer(thrower) } catch (e) { r.push(e.message, /inner/.test(e.stack), /outer/.test(e.stack)) }
        r.join()";
    assert_eq!(
        run_many(source),
        "Cannot read properties of null (reading 'v'),Cannot read properties of undefined (reading 'v'),from getter,true,true"
    );
}

#[test]
fn private_names_of_many_shapes() {
    let source = "class A { #v = 1; constructor(i) { for (let k = 0; k < i; k++) this['f' + k] = k } get() { return this.#v } set(x) { this.#v = x } }
        let list = []; for (let i = 0; i < 12; i++) list.push(new A(i));
        let s = 0;
        for (let i = 0; i < 600; i++) { let o = list[i % 12]; o.set(o.get() + 1); s += o.get() }
        let r = [s];
        try { A.prototype.get.call({}) } catch (e) { r.push(e.constructor.name) }
        r.join()";
    assert_eq!(run(source), "15900,TypeError");
}

#[test]
fn elements_of_prototypes() {
    let source = "function look(a) { return [a.indexOf(2), a.lastIndexOf(2), a.lastIndexOf(undefined), a.includes(undefined), 1 in a].join('/') }
        let dense = [1, 2, 3, 2], holes = [1, , 2, , ], strings = ['2', 2, 'a' + 'b'];
        let r = [];
        for (let i = 0; i < 60; i++) r = [look(dense), look(holes), look(strings), look([])];
        r.push(strings.lastIndexOf('ab'), [0, -0, NaN].lastIndexOf(0), [NaN].lastIndexOf(NaN), dense.lastIndexOf(2, 2), dense.lastIndexOf(2, -4));
        Array.prototype[1] = 2;
        r.push(look(dense), look(holes), look(strings));
        delete Array.prototype[1];
        r.push(look(holes));
        r.join()";
    let text = run(source);
    assert_eq!(
        text,
        "1/3/-1/false/true,2/2/-1/true/false,1/1/-1/false/true,-1/-1/-1/false/false,2,1,-1,1,-1,\
         1/3/-1/false/true,1/2/-1/true/true,1/1/-1/false/true,2/2/-1/true/false"
    );
}

#[test]
fn numbers_from_text() {
    let source = "let texts = ['2', '12345678901234567890', ' 7', '1.5', '', 'x', '0', '-0', '007', '1e3', '999999999999999', '12px', 'Infinity', '\\u20092'];
        function parse(s) { return parseFloat(s) }
        let r;
        for (let i = 0; i < 60; i++) r = texts.map(parse);
        r.push(1 / parse('-0'), parse(5), parse(null), Number.parseFloat('3.25'), parse('ab' + 1), parse('1' + '2'));
        r.join()";
    assert_eq!(
        run(source),
        "2,12345678901234567000,7,1.5,NaN,NaN,0,0,7,1000,999999999999999,12,Infinity,2,-Infinity,5,NaN,3.25,NaN,12"
    );
}

#[test]
fn getters_of_many_shapes() {
    let source = "class A { constructor(i) { this['a' + i] = i; this.i = i } get size() { return this.i + 1 } }
        class B extends A { get size() { return super.size * 2 } }
        let arrow = () => 7, bound = function () { return this.z }.bind({ z: 5 });
        let odd = [Object.defineProperty({}, 'size', { get: arrow }), Object.defineProperty({}, 'size', { get: bound }),
            Object.defineProperty({}, 'size', { set(v) {} }), new Map([[1, 2]]), { size: 'data' }, {}, 'text', 5, [1],
            { get size() { return arguments.length + (new.target === undefined) } },
            { get size() { 'use strict'; return typeof this } }, new Proxy({}, { get: (t, k) => 'proxied' })];
        let many = []; for (let i = 0; i < 10; i++) many.push(new (i & 1 ? A : B)(i));
        many.push(...odd);
        Object.defineProperty(String.prototype, 'size', { get() { 'use strict'; return typeof this + this.length } });
        function outer(o) { return inner(o) }
        function inner(o) { return o.size }
        let r;
        for (let i = 0; i < 60; i++) { r = []; for (let o of many) r.push(outer(o)) }
        let thrower = { get size() { throw new Error('size') } };
        for (let i = 0; i < 20; i++) try { outer(thrower) } catch (e) { r[20 + 2] = e.message + /inner/.test(e.stack) }
        Object.defineProperty(A.prototype, 'size', { get() { return 'new' } });
        r.push(outer(many[1]), outer(many[0]));
        let depth = 0, deep = { get size() { depth++; return outer(this) } };
        try { outer(deep) } catch (e) { r.push(e.constructor.name, depth > 100) }
        r.join()";
    let text = run(source);
    assert_eq!(
        text,
        "2,2,6,4,10,6,14,8,18,10,7,5,,1,data,,string4,,,1,object,proxied,sizetrue,new,NaN,RangeError,true"
    );
}

#[test]
fn places_from_either_end() {
    let source = "function at(a, i) { return a.at(i | 0) }
        function last(a) { return a.at(-1) }
        let list = [1, 2, 3], r;
        for (let i = 0; i < 60; i++) r = [last(list), at(list, 0), at(list, -3), at(list, 2)];
        r.push(at(list, 3), at(list, -4), at([1, , 3], 1), last([]), last('text'), at(new Uint8Array(2), 1), Array.prototype.at.call({ length: 2, 1: 'x' }, -1));
        list.length = 1;
        r.push(last(list), at(list, 1));
        r.join()";
    assert_eq!(run(source), "3,1,1,3,,,,,t,0,x,1,");
}

#[test]
fn getters_at_sites_with_many_shapes() {
    let source = "const key = 'size', other = Symbol('other');
        class Leaf { constructor(n) { this.n = n } get size() { return this.n } get [other]() { return 'leaf' } }
        class Wide extends Leaf { constructor(n) { super(n); this.a = this.b = this.c = this.d = this.e = this.f = n } }
        const bare = n => ({ n, get size() { return this.n * 2 } }), plain = n => ({ m: n, size: n });
        const made = n => Object.create(bare(n), { k: { value: n } });
        const lone = n => Object.defineProperty({ ['x' + n]: 1 }, 'size', { get: undefined, configurable: true });
        const set = n => Object.defineProperty({ ['y' + n]: 1 }, 'size', { set() {}, configurable: true });
        const thrown = n => ({ ['z' + n]: 1, get size() { throw n } });
        const late = n => { const o = { ['w' + n]: 1 }; o.size = n; return o };
        const makers = [n => new Leaf(n), n => new Wide(n), bare, plain, made, lone, set, thrown, late, n => [1, 2, n], n => 'four', n => new Map([[n, n]])];
        function both(o) { let r; try { r = o.size; r += '/' + o.size } catch (e) { r = 't' + e } return r }
        function computed(o, k) { try { return o[k] } catch (e) { return 't' + e } }
        const objects = makers.flatMap((make, i) => [make(i), make(i + 20)]);
        let r = [];
        for (let round = 0; round < 60; round++) {
            r = objects.map(o => both(o) + ' ' + computed(o, round % 3 ? key : other));
        }
        Object.defineProperty(Leaf.prototype, 'size', { get() { return -this.n } });
        r.push(...objects.map(both));
        delete Leaf.prototype[key];
        for (let round = 0; round < 3; round++) r.push(...objects.map(both));
        r.join()";
    assert!(run(source).contains("0/0 0,20/20 20,1/1 1,21/21 21,4/4 4,44/44 44,3/3 3"));
}
