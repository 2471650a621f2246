// Named properties: own, of prototypes, polymorphic, by keys in variables, with getters.
class Point { constructor(x, y) { this.x = x; this.y = y; } get length2() { return this.x * this.x + this.y * this.y; } add(o) { this.x += o.x; this.y += o.y; } }
function own(p, n) { for (let i = 0; i < n; i++) { p.x = p.x + 1 | 0; p.y = p.y + p.x | 0; } return p.y; }
function methods(p, q, n) { for (let i = 0; i < n; i++) p.add(q); return p.x; }
function getters(p, n) { let s = 0; for (let i = 0; i < n; i++) s = s + p.length2 | 0; return s; }
function poly(os, n) { let s = 0; for (let i = 0; i < n; i++) s = s + os[i & 3].v | 0; return s; }
function mega(os, n) { let s = 0; for (let i = 0; i < n; i++) s = s + os[i & 15].v | 0; return s; }
function megaStore(os, n) { for (let i = 0; i < n; i++) os[i & 15].v = i; return os[5].v; }
function keyed(o, keys, n) { let s = 0; for (let i = 0; i < n; i++) s = s + o[keys[i & 3]] | 0; return s; }
function keyedStore(o, keys, n) { for (let i = 0; i < n; i++) o[keys[i & 3]] = i; return o.a + o.d; }
function forIn(o, n) { let s = 0; for (let i = 0; i < n; i++) for (const k in o) s = s + o[k] | 0; return s; }
function has(o, keys, n) { let c = 0; for (let i = 0; i < n; i++) { if (keys[i & 3] in o) c++; if (o.hasOwnProperty(keys[i & 7])) c++; } return c; }
function alloc(n) { let s = 0; for (let i = 0; i < n; i++) { const p = { x: i, y: i + 1 }; s = s + p.x * p.y | 0; } return s; }
const four = [{ v: 1 }, { a: 1, v: 2 }, { a: 1, b: 2, v: 3 }, { a: 1, b: 2, c: 3, v: 4 }];
const many = []; for (let i = 0; i < 16; i++) { const o = {}; for (let k = 0; k < i; k++) o["p" + k] = k; o.v = i; many.push(o); }
const keys = ["a", "b", "c", "d", "e", "f", "a", "b"], o = { a: 1, b: 2, c: 3, d: 4 };
console.log("property", own(new Point(1, 2), 1e8), methods(new Point(0, 0), new Point(1, 2), 5e7), getters(new Point(1, 2), 5e7), poly(four, 5e7),
  mega(many, 1e7), megaStore(many, 1e7), keyed(o, keys, 1e7), keyedStore(o, keys, 1e7), forIn(o, 1e6), has(o, keys, 5e6), alloc(2e7));
