'use strict';
const log = [];
const target = { a: 1, b: { c: 2 } };
const s = Symbol('s');
const handler = {
    get(t, k, r) { log.push('get ' + String(k) + (t === target) + (r === p) + (this === handler)); return t[k]; },
    set(t, k, v, r) { log.push('set ' + String(k) + v + (r === p) + (this === handler)); t[k] = v; return v % 100 !== 13; },
};
let p = new Proxy(target, handler);
let errors = 0;
function f(i) {
    try { p.a = i; } catch (e) { errors += e.message.length; }
    try { p[i & 3] = i; } catch (e) { errors += e.message.length; }
    p[s] = p.a + p['b'].c + p[i & 1];
    p.n = (p.n | 0) + 1;
    const key = i % 5 ? 'a' : 'b';
    return p[s] + (typeof p[key] === 'number' ? p[key] : 1) + (p[1.5] === undefined) + (p[null] ?? 2);
}
let n = 0;
for (let i = 0; i < 300; i++) { try { n += f(i); } catch (e) { errors += e.message.length; } }
// Promises of the target.
const fixed = Object.freeze({ x: 1, get g() { return 5; } });
const liars = [
    new Proxy(fixed, { get: (t, k) => k === 'x' ? 2 : t[k] }),
    new Proxy(Object.defineProperty({}, 'x', { set() {}, configurable: false }), { get: () => 3 }),
    new Proxy(Object.defineProperty({}, 'x', { value: 7, writable: true }), { get: () => 3, set: () => true }),
    new Proxy([1, 2, 3], { get: (t, k) => k === 'length' ? 99 : t[k], set(t, k, v) { t[k] = v; return true; } }),
    new Proxy(fixed, { get: (t, k) => t[k], set: () => true }),
    new Proxy({ x: NaN }, { get: (t, k) => t[k], set: () => 1 }),
    new Proxy({ x: 4 }, {}), new Proxy(new Proxy({ x: 4 }, { get: () => 8 }), {}),
    new Proxy({ x: 4 }, { get: null }), new Proxy({ x: 4 }, Object.create({ get: () => 9 })),
    new Proxy({ x: 4 }, { get get() { return () => 10; } }), new Proxy({ x: 4 }, new Proxy({}, { get: () => () => 11 })),
    new Proxy({ x: 4 }, { get: 5 }), new Proxy(Object, { get: (t, k) => t[k] }), new Proxy(new Uint8Array(2), { get: (t, k) => 12 }),
    new Proxy({ x: 4 }, { get: class {} }), new Proxy({ x: 4 }, { get: Math.max.bind(null, 1), set: Math.max }),
    new Proxy({ x: 4 }, { get() { throw new RangeError('thrown'); }, set() { throw new RangeError('thrown'); } }),
    new Proxy({ x: 4 }, { get(...all) { return all.length; }, set() { return arguments.length === 4; } }),
    new Proxy({ x: 4 }, { get: function* () {}, set: async () => 0 }),
    Proxy.revocable({ x: 4 }, {}).proxy,
    { x: 5 }, [1], 'text', 5, function () {},
];
function load(o) { try { return String(o.x); } catch (e) { return e.constructor.name + e.message; } }
function element(o, k) { try { return String(o[k]); } catch (e) { return e.constructor.name + e.message; } }
function store(o, v) { try { o.x = v; return 'stored'; } catch (e) { return e.constructor.name + e.message; } }
function storeElement(o, k, v) { try { o[k] = v; return 'stored'; } catch (e) { return e.constructor.name + e.message; } }
const sloppy = new Function('o', 'v', "try { o.x = v; return 'stored'; } catch (e) { return e.constructor.name + e.message; }");
const q = new Proxy({ x: 1 }, { get: (t, k) => t[k], set(t, k, v) { t[k] = v; return k !== '3'; } });
for (let i = 0; i < 200; i++) { load(q); element(q, i & 3); element(q, 'x'); store(q, i); storeElement(q, i & 3, i); sloppy(q, i); }
const answers = [];
for (let round = 0; round < 3; round++) {
    for (const o of liars) {
        const { proxy, revoke } = Proxy.revocable({ x: 1 }, { get(t, k) { if (round) revoke(); return t[k]; }, set(t, k, v) { if (round > 1) revoke(); t[k] = v; return true; } });
        answers.push(load(o), element(o, 'x'), element(o, 1), element(o, { toString: () => 'x' }), store(o, 6), storeElement(o, 'x', 7), storeElement(o, 1, 8), sloppy(o, 9));
        answers.push(load(proxy), load(proxy), store(proxy, 3));
    }
}
// Throughout: a trap that changes what it is called for.
const h = { get(t, k) { if (t.count++ === 100) h.get = () => 'other'; return 'first'; } };
const changing = new Proxy({ count: 0 }, h);
let seen = '';
for (let i = 0; i < 200; i++) { const v = changing.z; if (!seen.endsWith(v)) seen += v; }
class Base { get z() { return this.w; } }
class Derived extends Base { read() { return super.z + this.w; } }
const d = new Proxy(new Derived(), { get: (t, k, r) => k === 'w' ? 20 : Reflect.get(t, k, r) });
let w = 0;
for (let i = 0; i < 200; i++) w += d.z + d.read();
// Constructors that are proxies or bound.
const K = new Proxy(class { constructor(a) { this.a = a; } }, { construct: (t, list, nt) => ({ a: list[0] + (nt === K) }) });
const Bound = function (a, b) { this.a = a + b; }.bind(null, 5);
let made = 0;
for (let i = 0; i < 200; i++) made += new K(i).a + new Bound(i).a;
let text = answers.join('\n');
let hash = 0;
for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
[n, errors, log.length, log.slice(0, 6).join(), log.at(-1), Object.keys(target).join(), answers.length, hash, seen, w, made].join(' | ')
