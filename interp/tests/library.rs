//! Builtins with ways of their own for the usual case: what they do where the case is another one, or stops being the usual one.

#[path = "support/modes.rs"]
mod modes;

use modes::run;

#[test]
fn stringify_follows_changes() {
    // The third object's getter gives every object a toJSON; those behind it have one.
    assert_eq!(
        run(
            "const list = [{ q: 1 }, { q: 2 }, { get q() { Object.prototype.toJSON = () => 'late'; return 1; } }, { q: 3 }, [1]];
             const text = JSON.stringify(list);
             delete Object.prototype.toJSON;
             text + JSON.stringify(list.slice(0, 2))"
        ),
        r#"[{"q":1},{"q":2},{"q":1},"late","late"][{"q":1},{"q":2}]"#
    );
    // Getters that take properties away and add others.
    assert_eq!(
        run(
            "const less = () => ({ get a() { delete this.b; return 1; }, b: 2, c: 3 });
             const more = () => ({ k: 1, get m() { this.extra = 1; return 2; }, n: 3 });
             JSON.stringify([less(), less(), less(), more(), more(), more()])"
        ),
        r#"[{"a":1,"c":3},{"a":1,"c":3},{"a":1,"c":3},{"k":1,"m":2,"n":3},{"k":1,"m":2,"n":3},{"k":1,"m":2,"n":3}]"#
    );
    assert_eq!(
        run(
            "class P { constructor(x) { this.x = x; } toJSON(key) { return key + this.x; } }
             JSON.stringify([new P(1), { p: new P(2) }, { p: new P(3) }, { p: new P(4) }])"
        ),
        r#"["01",{"p":"p2"},{"p":"p3"},{"p":"p4"}]"#
    );
}

#[test]
fn stringify_quotes_names_in_both_widths() {
    assert_eq!(
        run(
            "const o = (v) => ({ 'a\"b': v, '\\u00e9': 1, skip: undefined, [Symbol()]: 2 });
             JSON.stringify([o(1), o('\\u65e5'), o(2), o(3)]) + JSON.stringify([o(1), o(2), o(3)], null, '-')"
        ),
        "[{\"a\\\"b\":1,\"é\":1},{\"a\\\"b\":\"日\",\"é\":1},{\"a\\\"b\":2,\"é\":1},{\"a\\\"b\":3,\"é\":1}]\
         [\n-{\n--\"a\\\"b\": 1,\n--\"é\": 1\n-},\n-{\n--\"a\\\"b\": 2,\n--\"é\": 1\n-},\n-{\n--\"a\\\"b\": 3,\n--\"é\": 1\n-}\n]"
    );
}

#[test]
fn parse_expects_the_keys_of_the_last_object() {
    // Objects at the same place whose keys are the same, or fewer, more, others, in other orders, twice, escaped, indices or
    // spaced out; in texts of both widths. What `eval` makes of them is the same.
    assert_eq!(
        run(r##"let seed = 7;
             const next = (n) => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) % 65536 % n;
             const names = ['a', 'b', 'name', 'id', '0', '17', 'a\\u0062', 'q\\"', '\u00e9', '\u65e5', 'a longer name than others'];
             const space = () => next(9) ? '' : [' ', '\n', '\t', '\r\n '][next(4)];
             const scalar = (wide) => [next(10), -next(3), next(1e4) / 8, 1e21, true, null, '"x"', wide ? '"\u65e5"' : '"\u00e9\\n"', 123456.25][next(9)];
             const keys = [['a', 'b'], ['id', 'name', 'a'], ['id', 'name'], ['id', 'name', 'a', 'b'], []];
             const value = (depth, wide) => {
                 if (depth === 0 || next(4) === 0) return space() + scalar(wide) + space();
                 const n = next(4);
                 if (next(2)) return '[' + Array.from({ length: n + 1 }, () => value(depth - 1, wide)).join(',') + ']';
                 const list = next(3) ? keys[next(5)] : Array.from({ length: n }, () => names[next(wide ? 11 : 9)]);
                 return '{' + list.map((k) => space() + '"' + k + '"' + space() + ':' + value(depth - 1, wide)).join(',') + space() + '}';
             };
             const same = (a, b) => Object.is(a, b) || typeof a === 'object' && a && b && Array.isArray(a) === Array.isArray(b) &&
                 Reflect.ownKeys(a).join() === Reflect.ownKeys(b).join() && Object.keys(a).every((k) => same(a[k], b[k]));
             let wrong = '';
             for (let i = 0; i < 400; i++) {
                 const text = value(4, i & 1);
                 const made = JSON.parse(text);
                 if (!same(made, (0, eval)('(' + text + ')'))) wrong += text;
                 if (!same(made, JSON.parse(JSON.stringify(made))) && !text.includes('-0')) wrong += JSON.stringify(made);
                 if (!same(made, JSON.parse(text, (k, v) => v))) wrong += 'reviver ' + text;
                 if (!same(JSON.parse(JSON.stringify(made, null, ' ')), JSON.parse(JSON.stringify(made)))) wrong += 'gap ' + text;
             }
             wrong"##),
        ""
    );
}

#[test]
fn stringify_breaks_lines_at_any_depth() {
    assert_eq!(
        run(r##"let tree = 1;
             for (let i = 0; i < 60; i++) tree = i & 1 ? { i: tree } : [tree];
             const levels = (gap) => {
                 const lines = JSON.stringify(tree, null, gap).split('\n');
                 return lines.length === 121 && lines.every((l, i) => l.startsWith(gap.repeat(Math.min(i, 120 - i))) && l[gap.length * Math.min(i, 120 - i)] !== gap[0]);
             };
             [levels(' '), levels('\t\t'), levels('----------'), levels('\u65e5'), JSON.stringify([], null, 1), JSON.stringify({ a: {}, b: undefined, c: [] }, null, 1)].join()"##),
        "true,true,true,true,[],{\n \"a\": {},\n \"c\": []\n}"
    );
}

#[test]
fn bigint_operators_in_loops() {
    // Every operator on operands of one digit and of many, until something else comes by: numbers, objects, errors.
    assert_eq!(
        run(
            r##"const ops = [(a, b) => a + b, (a, b) => a - b, (a, b) => a * b, (a, b) => a / b, (a, b) => a % b, (a, b) => a ** (b & 7n),
                     (a, b) => a & b, (a, b) => a | b, (a, b) => a ^ b, (a, b) => a << (b & 63n), (a, b) => a >> (b & 63n), (a) => -a, (a) => ~a,
                     (a) => { let x = a; x++; return x; }, (a) => { let x = a; return x-- - 1n; }, (a, b) => a < b ? a : b];
             const values = [0n, 1n, -1n, 7n, -12345678901234567890n, 1n << 64n, (1n << 200n) - 3n, -(3n ** 90n)];
             let text = '', hash = 0n;
             for (let round = 0; round < 40; round++) {
                 for (const op of ops) for (const a of values) for (const b of values) {
                     try {
                         hash = BigInt.asUintN(64, hash * 31n + op(a, b));
                     } catch (e) {
                         hash ^= BigInt(e.message.length);
                     }
                 }
             }
             text += hash;
             for (const other of [3, 2.5, '4', { valueOf: () => 5n }, true]) {
                 for (const op of ops) {
                     for (const [a, b] of [[other, other], [6n, other]]) {
                         try { text += ' ' + op(a, b); } catch (e) { text += ' ' + e.constructor.name; }
                     }
                 }
                 for (const op of ops) text += op(100n, 3n);
             }
             const sum = (n) => { let s = 0n; for (let i = 0n; i < n; i++) s += i; return s; };
             let sign = 0;
             for (const c of text) sign = (Math.imul(sign, 31) + c.charCodeAt(0)) | 0;
             [hash, text.length, sign, sum(5000n)].join()"##
        ),
        "4420315815453707248,1085,1748807530,12497500"
    );
}

#[test]
fn integrity_of_arrays() {
    assert_eq!(
        run("'use strict';
             const out = [];
             const refused = (f) => { try { f(); return 0; } catch (e) { return e instanceof TypeError ? 1 : e; } };
             const make = [
                 () => [1, 2, 3],
                 () => [1, , 3],
                 () => [],
                 () => Object.assign([1, 2], { x: 1 }),
                 () => Object.defineProperty([1, 2], 1, { get: () => 7, configurable: true, enumerable: true }),
                 () => Object.preventExtensions([1, 2]),
                 () => { const used = [1]; Object.create(used); return used; },
                 () => class extends Array {}.of(1, 2),
                 () => ({ a: 1, 0: 2, 5: 3 }),
             ];
             for (const f of make) {
                 const [o, p] = [Object.freeze(f()), Object.seal(f())];
                 out.push([
                     Object.isFrozen(o), Object.isSealed(p), Object.isExtensible(o) || Object.isExtensible(p),
                     refused(() => { o[0] = 9; }), refused(() => { o[9] = 9; }), refused(() => { delete o[0]; }),
                     refused(() => { p[9] = 9; }), 0 in p && refused(() => { p[0] = 9; }), 0 in p && refused(() => { delete p[0]; }),
                     Array.isArray(o) && refused(() => { o.length = 0; }), Array.isArray(o) && refused(() => o.push(1)),
                     Array.isArray(p) && Object.getOwnPropertyDescriptor(p, 'length').writable,
                 ].map(Number).join(''));
             }
             out.join(' ')"),
        "110111101111 110111101111 110110100111 110111101111 110111101111 110111101111 110111101111 110111101111 110111101000"
    );
}

#[test]
fn matches_make_plain_arrays() {
    assert_eq!(
        run("const r = () => /(b)(c)/.exec('abc').slice(1);
             class Mine extends Array {}
             const out = [];
             for (let i = 0; i < 3; i++) out.push(r().constructor === Array, 'index' in r());
             const own = /b/.exec('abc');
             own.constructor = Mine;
             out.push(own.map((x) => x) instanceof Mine);
             Array.prototype.constructor = Mine;
             out.push(r() instanceof Mine);
             Array.prototype.constructor = Array;
             out.push(r() instanceof Mine);
             out.join()"),
        "true,false,true,false,true,false,true,true,false"
    );
}

#[test]
fn traps_and_methods_that_come_later() {
    assert_eq!(
        run("const handler = {}, late = {};
             Object.setPrototypeOf(handler, late);
             const p = new Proxy({ x: 1 }, handler);
             const out = [p.x, p.x];
             late.get = () => 2;
             out.push(p.x, p.x);
             handler.get = () => 3;
             out.push(p.x, p.x);
             delete handler.get;
             out.push(p.x);
             delete late.get;
             out.push(p.x);
             const proto = {}, o = Object.create(proto);
             out.push(`${o}`);
             proto.toString = () => 'four';
             out.push(`${o}`, `${o}`);
             proto[Symbol.toPrimitive] = () => 'five';
             out.push(`${o}`);
             out.join()"),
        "1,1,2,2,3,3,2,1,[object Object],four,four,five"
    );
}

#[test]
fn bigints_of_all_sizes() {
    assert_eq!(
        run("let bad = 0, s = 12345n;
             const random = (bits) => {
                 let r = 0n;
                 for (let i = 0; i < bits; i += 32) {
                     s = (s * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
                     r = (r << 32n) | (s >> 32n);
                 }
                 return r;
             };
             for (let i = 0; i < 400; i++) {
                 const [a, b] = [random(i % 90 * 8), random(i * 7 % 41 * 16) + 1n];
                 for (const x of [a, -a]) for (const y of [b, -b]) {
                     const ok = (x / y) * y + x % y === x && (x + y) - y === x && (x - y) + y === x
                         && (x * y) / y === x && (x & y) + (x | y) === x + y && (x ^ y) === (x | y) - (x & y)
                         && ~x === -x - 1n && (x << 67n) >> 67n === x && x >> 3n === (x - ((x % 8n) + 8n) % 8n) / 8n
                         && BigInt(x.toString()) === x && (x < y) === (x - y < 0n) && BigInt.asIntN(4000, x) === x;
                     if (!ok) bad++;
                 }
             }
             [bad, BigInt.asUintN(64, -1n), BigInt.asIntN(64, 1n << 63n), BigInt.asUintN(3, 13n), 5n == 5, 5n < 5.5, 2n ** 64n > 2 ** 64].join()"),
        "0,18446744073709551615,-9223372036854775808,5,true,true,false"
    );
}

#[test]
fn errors_have_their_properties_from_the_beginning() {
    assert_eq!(
        run(
            "const names = (e) => Object.getOwnPropertyNames(e).join();
             const flags = (e, k) => { const d = Object.getOwnPropertyDescriptor(e, k); return d ? +d.writable + +d.enumerable * 2 + +d.configurable * 4 : '-'; };
             class Own extends RangeError { constructor(m, o) { super(m, o); this.code = 1; } }
             const all = [];
             for (let i = 0; i < 3; i++)
                 for (const C of [Error, TypeError, Own]) {
                     const list = [new C(), new C('m'), new C(undefined, { cause: 0 }), new C('m', { cause: undefined }), new C('m', {}), C === Own ? new C('') : C('')];
                     if (i === 2) all.push(list.map((e) => names(e) + '/' + flags(e, 'stack') + flags(e, 'message') + flags(e, 'cause')).join(' '));
                 }
             all.push(names(new AggregateError([], 'm', { cause: 1 })));
             all.join('\\n')"
        ),
        "stack/5-- stack,message/55- stack,cause/5-5 stack,message,cause/555 stack,message/55- stack,message/55-\n\
         stack/5-- stack,message/55- stack,cause/5-5 stack,message,cause/555 stack,message/55- stack,message/55-\n\
         stack,code/5-- stack,message,code/55- stack,cause,code/5-5 stack,message,cause,code/555 stack,message,code/55- stack,message,code/55-\n\
         stack,message,cause,errors"
    );
    // What is asked of the options, and in which order; a prototype that changes; many properties added later.
    assert_eq!(
        run(
            "const log = [];
             const options = new Proxy({ cause: 7 }, {
                 has(t, k) { log.push('has ' + k); return k in t; },
                 get(t, k) { log.push('get ' + k); return t[k]; },
             });
             const message = { toString() { log.push('message'); return 'm'; } };
             const e = new Error(message, options);
             log.push(e.cause, new Error('x', Object.create({ cause: 8 })).cause, new Error('x', { get cause() { return 9; } }).cause);
             try { new Error('x', { get cause() { throw 'thrown'; } }); } catch (t) { log.push(t); }
             function F() {}
             for (const proto of [Error.prototype, { name: 'other' }, Error.prototype, 1]) {
                 F.prototype = proto;
                 const e = Reflect.construct(Error, ['m'], F);
                 for (const k of 'abcdefgh') e[k] = k;
                 log.push(String(e.name), Object.keys(e).length);
             }
             log.join()"
        ),
        "message,has cause,get cause,7,8,9,thrown,Error,8,other,8,Error,8,Error,8"
    );
}

#[test]
fn descriptors_keys_and_names() {
    // What answers of `ownKeys` are compared with, descriptors whose parts are inherited or asked for, names from symbols.
    assert_eq!(
        run(r##"
             const out = [];
             const t = (f) => { try { out.push(String(f())); } catch (e) { out.push(e.name + ': ' + e.message); } };
             const keys = (target, list) => Reflect.ownKeys(new Proxy(target, { ownKeys: () => list }));
             const many = Array.from({ length: 20 }, (_, i) => 'k' + i);
             t(() => keys({}, ['a', 'b'])); t(() => keys({}, ['a', 'a'])); t(() => keys({}, [...many, 'k3'])); t(() => keys({}, many).length);
             t(() => keys(Object.freeze({ a: 1 }), ['a'])); t(() => keys(Object.freeze({ a: 1 }), [])); t(() => keys(Object.freeze({ a: 1 }), ['a', 'b']));
             t(() => keys(Object.preventExtensions({ a: 1 }), [])); t(() => keys(Object.preventExtensions({ a: 1 }), ['b']));
             t(() => keys(Object.defineProperty({ b: 1 }, 'a', { value: 1 }), ['b'])); t(() => keys(Object.defineProperty({ b: 1 }, 'a', { value: 1 }), ['a']));
             t(() => keys([1], ['length', 'x'])); t(() => keys([1], ['x'])); t(() => keys(function () {}, ['x'])); t(() => keys({}, [1])); t(() => keys({}, 5));
             t(() => keys({ 1: 1, a: 2, [Symbol.iterator]: 3 }, ['z', Symbol.iterator]).length);
             t(() => JSON.stringify(Object.getOwnPropertyDescriptors({ a: 1, get b() { return 1; }, set b(v) {}, 3: 4 })));
             const d = Object.getOwnPropertyDescriptor({ get x() { return 1; } }, 'x'); t(() => Object.keys(d).join() + typeof d.get + d.set);
             t(() => Object.keys(Object.getOwnPropertyDescriptor([1], 'length')).join() + JSON.stringify(Object.getOwnPropertyDescriptor([1], 'length')));
             d.more = 1; t(() => Object.keys(d)); t(() => Object.keys(Object.getOwnPropertyDescriptor({ get x() { return 1; } }, 'x')));
             // descriptors that inherit, with getters, proxies
             const log = [];
             const dd = new Proxy({ value: 1 }, { has(t, k) { log.push('has ' + k); return k in t; }, get(t, k) { log.push('get ' + k); return t[k]; } });
             t(() => { Object.defineProperty({}, 'x', dd); return log; });
             t(() => JSON.stringify(Object.getOwnPropertyDescriptor(Object.defineProperty({}, 'x', Object.create({ value: 5, enumerable: 1 })), 'x')));
             t(() => JSON.stringify(Object.getOwnPropertyDescriptor(Object.defineProperty({}, 'x', { get value() { return 7; }, writable: '' }), 'x')));
             t(() => Object.defineProperty({}, 'x', { get: 1 })); t(() => Object.defineProperty({}, 'x', { get() {}, value: 1 })); t(() => Object.defineProperty({}, 'x', 1));
             Object.prototype.writable = true; t(() => JSON.stringify(Object.getOwnPropertyDescriptor(Object.defineProperty({}, 'x', { value: 1 }), 'x'))); delete Object.prototype.writable;
             t(() => JSON.stringify(Object.getOwnPropertyDescriptor(Object.defineProperty({}, 'x', { value: 1 }), 'x')));
             t(() => { const o = Object.create(null, { a: { value: 1, enumerable: true }, get b() { return { value: 2 }; }, [Symbol.for('q')]: { get: () => 3 } }); return JSON.stringify(o) + o.b + o[Symbol.for('q')]; });
             // names
             const s = Symbol('d'), s2 = Symbol('e'), s3 = Symbol();
             const o = { [s]: () => 1, [s2]() {}, get [s]() { return 1; }, [s3]: class {}, [Symbol.iterator]: function () {}, ['x' + 1]: () => {}, [s]: function () {} };
             t(() => o[s].name + o[s2].name + o[s3].name + '.' + o[Symbol.iterator].name + o.x1.name + Object.getOwnPropertyDescriptor({ get [s]() { return 1; } }, s).get.name);
             // handlers
             class H { get(t, k) { return 'H' + String(k); } } t(() => new Proxy({}, new H()).a);
             t(() => new Proxy({}, new Proxy({}, { get: (t, k) => () => 'P' + k })).a);
             function K() {} K.prototype = 5; t(() => Reflect.construct(Error, ['m'], K) instanceof Error);
             out.join('\n')"##),
        r##"a,b
TypeError: 'ownKeys' on proxy: trap returned duplicate entries
TypeError: 'ownKeys' on proxy: trap returned duplicate entries
20
a
TypeError: 'ownKeys' on proxy: trap result did not include 'a'
TypeError: 'ownKeys' on proxy: trap returned extra keys but proxy target is non-extensible
TypeError: 'ownKeys' on proxy: trap result did not include 'a'
TypeError: 'ownKeys' on proxy: trap result did not include 'a'
TypeError: 'ownKeys' on proxy: trap result did not include 'a'
a
length,x
TypeError: 'ownKeys' on proxy: trap result did not include 'length'
TypeError: 'ownKeys' on proxy: trap result did not include 'arguments'
TypeError: 1 is not a valid property name
TypeError: CreateListFromArrayLike called on non-object
2
{"3":{"value":4,"writable":true,"enumerable":true,"configurable":true},"a":{"value":1,"writable":true,"enumerable":true,"configurable":true},"b":{"enumerable":true,"configurable":true}}
get,set,enumerable,configurablefunctionundefined
value,writable,enumerable,configurable{"value":1,"writable":true,"enumerable":false,"configurable":false}
get,set,enumerable,configurable,more
get,set,enumerable,configurable
has enumerable,has configurable,has value,get value,has writable,has get,has set
{"value":5,"writable":false,"enumerable":true,"configurable":false}
{"value":7,"writable":false,"enumerable":false,"configurable":false}
TypeError: Getter must be a function: 1
TypeError: Invalid property descriptor. Cannot both specify accessors and a value or writable attribute, #<Object>
TypeError: Property description must be an object: 1
{"value":1,"writable":true,"enumerable":false,"configurable":false}
{"value":1,"writable":false,"enumerable":false,"configurable":false}
{"a":1}23
[d][e].[Symbol.iterator]x1get [d]
Ha
Pget
true"##
    );
}

#[test]
fn stores_through_proxies_without_traps() {
    // Whose own property is set when the receiver is a proxy, and who is asked.
    assert_eq!(
        run(r##"
             const out = [];
             const t = (f) => { try { out.push(String(f())); } catch (e) { out.push(e.name); } };
             const show = (o) => Object.entries(Object.getOwnPropertyDescriptors(o)).map(([k, d]) => k + (d.get || d.set ? '*' : d.value) + +!!d.writable + +d.enumerable).join();
             for (const h of [{}, { defineProperty: null }, { getOwnPropertyDescriptor: (t, k) => { out.push('own ' + k); return Reflect.getOwnPropertyDescriptor(t, k); } }, { defineProperty: (t, k, d) => { out.push('define ' + k + Object.keys(d)); return Reflect.defineProperty(t, k, d); } }, { get getOwnPropertyDescriptor() { out.push('asked'); return undefined; } }]) {
               const target = { a: 1, get g() { return 1; }, set s(v) { out.push('s' + (this === p) + v); } };
               Object.defineProperty(target, 'r', { value: 1, configurable: true });
               const p = new Proxy(target, h), q = new Proxy(p, {});
               t(() => { p.a = 2; p.b = 3; p.s = 4; q.c = 5; p[1] = 7; p[1] = 8; return show(target); });
               t(() => [Reflect.set(p, 'r', 2), Reflect.set({}, 'n', 9, p), Reflect.set({}, 'g', 10, p), Reflect.set({}, 'r', 10, p), show(target)]);
               const list = [1, 2, 3], l = new Proxy(list, h);
               t(() => { l[1] = 5; l[5] = 6; l.length = 2; return show(list); });
               Object.freeze(target); Object.defineProperty(list, 'length', { writable: false });
               t(() => [Reflect.set(p, 'a', 1), Reflect.set(p, 'z', 1), Reflect.set(l, 3, 1), Reflect.set(l, 0, 1), show(list)]);
             }
             const r = Proxy.revocable({}, {}), outer = new Proxy(r.proxy, {});
             r.revoke();
             t(() => Reflect.set({}, 'x', 1, r.proxy)); t(() => Reflect.set({}, 'x', 1, outer));
             t(() => { const f = function () {}; return [Reflect.set({}, 'name', 1, new Proxy(f, {})), Reflect.set({}, 'x', 1, new Proxy(f, {})), f.name, f.x]; });
             t(() => { const u = new Uint8Array(2), p = new Proxy(u, {}); return [Reflect.set({}, 0, 7, p), Reflect.set(p, 1, 8), Reflect.set(p, 5, 8), u]; });
             out.join(' ')"##),
        "strue4 1811,a211,g*01,s*01,r100,b311,c511 false,true,false,false,1811,a211,g*01,s*01,r100,b311,c511,n911 0111,1511,length210 false,false,false,true,0111,1511,length200 strue4 1811,a211,g*01,s*01,r100,b311,c511 false,true,false,false,1811,a211,g*01,s*01,r100,b311,c511,n911 0111,1511,length210 false,false,false,true,0111,1511,length200 own a own b strue4 own c own 1 own 1 1811,a211,g*01,s*01,r100,b311,c511 own n own g own r false,true,false,false,1811,a211,g*01,s*01,r100,b311,c511,n911 own 1 own 5 own length 0111,1511,length210 own z own 3 own 0 false,false,false,true,0111,1511,length200 define avalue define bvalue,writable,enumerable,configurable strue4 define cvalue,writable,enumerable,configurable define 1value,writable,enumerable,configurable define 1value 1811,a211,g*01,s*01,r100,b311,c511 define nvalue,writable,enumerable,configurable false,true,false,false,1811,a211,g*01,s*01,r100,b311,c511,n911 define 1value define 5value,writable,enumerable,configurable define lengthvalue 0111,1511,length210 define zvalue,writable,enumerable,configurable define 3value,writable,enumerable,configurable define 0value false,false,false,true,0111,1511,length200 asked asked strue4 asked asked asked 1811,a211,g*01,s*01,r100,b311,c511 asked asked asked false,true,false,false,1811,a211,g*01,s*01,r100,b311,c511,n911 asked asked asked 0111,1511,length210 asked asked asked false,false,false,true,0111,1511,length200 TypeError TypeError false,true,f,1 true,true,true,7,8"
    );
}

#[test]
fn parts_of_descriptors() {
    // Descriptors whose parts are inherited, for a while.
    assert_eq!(
        run(r##"
             const out = [];
             const show = (d) => { const p = Object.getOwnPropertyDescriptor(Object.defineProperty({}, 'x', d), 'x'); out.push([p.value, +p.writable, +p.enumerable, +p.configurable].join('')); };
             const t = () => show({ value: 1 });
             class D { constructor() { this.value = 2; } }
             for (let i = 0; i < 3; i++) {
               t(); Object.prototype.enumerable = true; t(); Object.prototype.enumerable = 0; t(); delete Object.prototype.enumerable; t();
               Object.defineProperty(Object.prototype, 'writable', { get() { return this.value; }, configurable: true }); t(); delete Object.prototype.writable; t();
               show(new D()); D.prototype.enumerable = 1; show(new D()); t(); Object.setPrototypeOf(D.prototype, { configurable: true }); show(new D()); t();
               show(Object.assign(Object.create(null), { value: 3, writable: 1 })); show({ a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7, h: 8, i: 9, value: 4 });
               show({ 0: 1, value: 5, get enumerable() { return 1; } }); show(Object.create({ value: 6 }));
             }
             out.join(' ')"##),
        "1000 1010 1000 1000 1100 1000 2000 2010 1000 2011 1000 3100 4000 5010 6000 1000 1010 1000 1000 1100 1000 2011 2011 1000 2011 1000 3100 4000 5010 6000 1000 1010 1000 1000 1100 1000 2011 2011 1000 2011 1000 3100 4000 5010 6000"
    );
}

#[test]
fn strings_and_arrays_are_iterated_by_what_is_there() {
    assert_eq!(
        run(r#"const out = [];
    const chars = (s) => { let t = ''; for (const c of s) t += c + '.'; return t; };
    const rest = (s) => { const [a, ...b] = s; return a + b.length; };
    function* each(list) { yield* list; }
    const inputs = ['abc', 'd\u{1f600}e', new String('xy'), [1, 2]];
    const all = () => { for (let i = 0; i < 4; i++) { const s = inputs[i]; out.push(chars(s), rest(s), [...s].length, [...each(s)].join('')); } };
    for (let i = 0; i < 40; i++) all();
    const next = Object.getPrototypeOf(''[Symbol.iterator]());
    const original = next.next, method = String.prototype[Symbol.iterator];
    next.next = function () { const r = original.call(this); return r.done ? r : { value: r.value + '!', done: false }; };
    for (let i = 0; i < 3; i++) all();
    next.next = original;
    String.prototype[Symbol.iterator] = function* () { yield 'own' + this.length; };
    for (let i = 0; i < 3; i++) all();
    String.prototype[Symbol.iterator] = method;
    for (let i = 0; i < 3; i++) all();
    const values = Array.prototype[Symbol.iterator];
    Array.prototype[Symbol.iterator] = function* () { yield 7; yield 8; };
    all();
    Array.prototype[Symbol.iterator] = values;
    delete next.next;
    try { chars('abc'); } catch (e) { out.push(e.name); }
    next.next = original;
    all();
    let h = 0;
    for (const c of out.join()) h = (Math.imul(h, 31) + c.codePointAt(0)) | 0;
    out.length + ' ' + h"#),
        "817 1723397143"
    );
}

#[test]
fn species_and_hints() {
    assert_eq!(
        run("const out = [];
    class Plain extends Array { static get [Symbol.species]() { return Array; } }
    class Own extends Array {}
    class Odd extends Array { static get [Symbol.species]() { out.push('species'); return this.kind; } }
    Odd.kind = class { constructor(n) { this.made = n; } };
    for (let i = 0; i < 20; i++) {
        for (const C of [Plain, Own, Odd]) {
            const a = C.from([1, 2, 3]);
            for (const r of [a.map((x) => x * 2), a.filter((x) => x > 1), a.slice(1), a.concat([4])])
                out.push(r.constructor === Array ? 'Array' : r.constructor.name, Array.isArray(r) ? r.length : r.made + ':' + r[0]);
        }
        if (i === 10) Odd.kind = null;
        if (i === 15) Odd.kind = undefined;
        if (i === 12) Object.defineProperty(Plain, Symbol.species, { get() { return Own; } });
    }
    const hints = [];
    const o = { [Symbol.toPrimitive](hint) { hints.push(hint); return 1; } };
    for (let i = 0; i < 3; i++) { +o; `${o}`; o + 1; o * 2; o == 1; }
    hints.join().length + hints.slice(0, 5).join() + ' ' + out.length + ' ' + out.join().split('').reduce((h, c) => (Math.imul(h, 31) + c.charCodeAt(0)) | 0, 0)"),
        "110number,string,default,number,default 560 636125477"
    );
}
