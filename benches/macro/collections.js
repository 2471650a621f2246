// Map, Set, WeakMap and plain objects as dictionaries: caches, graphs, set algebra, grouping, iteration with changes.
'use strict';

const EXPECTED = -416779647;

let hash = 0;
const mix = (value) => { hash = (Math.imul(hash, 31) + value) | 0; };
let seed = 11;
const next = (n) => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor((seed / 4294967296) * n);
};

class LruCache {
  constructor(limit) {
    this.limit = limit;
    this.map = new Map();
    this.hits = 0;
  }
  get(key, make) {
    if (this.map.has(key)) {
      const value = this.map.get(key);
      this.map.delete(key);
      this.map.set(key, value);
      this.hits++;
      return value;
    }
    const value = make(key);
    this.map.set(key, value);
    if (this.map.size > this.limit) this.map.delete(this.map.keys().next().value);
    return value;
  }
}

function caches(n) {
  const cache = new LruCache(300);
  for (let i = 0; i < n; i++) mix(cache.get((next(30) * next(30)) % 800, (k) => k * k));
  mix(cache.hits);
}

function keysOfAllKinds(n) {
  const map = new Map();
  const symbol = Symbol('s'), object = {}, f = () => {};
  const odd = [NaN, -0, 0, '', '0', null, undefined, true, symbol, object, f, 1.5, 2n ** 70n];
  odd.forEach((key, i) => map.set(key, i));
  for (let i = 0; i < n; i++) mix(map.get(odd[i % odd.length]));
  mix(map.size);
  if (!Object.is([...map.keys()][1], 0)) throw new Error('collections: negative zero as a key');
}

function graph(nodes) {
  const edges = new Map();
  for (let i = 0; i < nodes; i++) edges.set(`n${i}`, new Set());
  for (let i = 0; i < nodes * 3; i++) {
    const a = `n${next(nodes)}`, b = `n${next(nodes)}`;
    edges.get(a).add(b);
    edges.get(b).add(a);
  }
  // Breadth-first distances; a Set that grows while it is iterated is the queue.
  const distance = new Map([['n0', 0]]);
  const queue = new Set(['n0']);
  for (const node of queue) {
    for (const other of edges.get(node)) {
      if (!distance.has(other)) distance.set(other, distance.get(node) + 1);
      queue.add(other);
    }
  }
  for (const [node, d] of distance) mix(d + node.length);
  let triangles = 0;
  for (const [a, near] of edges) for (const b of near) if (a < b) for (const c of edges.get(b)) if (b < c && near.has(c)) triangles++;
  mix(triangles);
}

function algebra(n) {
  const a = new Set(Array.from({ length: n }, () => next(n)));
  const b = new Set(Array.from({ length: n }, () => next(n)));
  const union = new Set([...a, ...b]);
  const both = new Set([...a].filter((x) => b.has(x)));
  const either = new Set([...union].filter((x) => a.has(x) !== b.has(x)));
  mix(union.size + both.size * 3 + either.size * 7);
  if (union.size !== both.size + either.size) throw new Error('collections: set algebra');
  for (const x of union) if (x % 3 === 0) union.delete(x);
  mix([...union].reduce((s, x) => (s + x) | 0, 0));
}

function dictionaries(n) {
  const object = {};
  for (let i = 0; i < n; i++) {
    const key = `k${next(n / 4)}`;
    object[key] = (object[key] || 0) + i;
    if (i % 9 === 0) delete object[`k${next(n / 4)}`];
  }
  for (const key in object) mix(object[key]);
  mix(Object.entries(object).length);
  const groups = new Map();
  for (const [key, value] of Object.entries(object)) {
    const group = value % 17;
    if (!groups.has(group)) groups.set(group, []);
    groups.get(group).push(key);
  }
  for (const [group, keys] of [...groups].sort(([x], [y]) => x - y)) mix(group * keys.length);
}

function weak(n) {
  const meta = new WeakMap(), seen = new WeakSet();
  const kept = [];
  for (let i = 0; i < n; i++) {
    const key = { i };
    meta.set(key, { tag: i * 2 });
    if (i % 5 === 0) {
      seen.add(key);
      kept.push(key);
    }
  }
  for (const key of kept) {
    if (!seen.has(key)) throw new Error('collections: weak set');
    mix(meta.get(key).tag);
  }
}

caches(250000);
keysOfAllKinds(250000);
graph(9000);
algebra(90000);
dictionaries(100000);
weak(70000);
if (hash !== EXPECTED) throw new Error(`collections: ${hash}, expected ${EXPECTED}`);
console.log(`collections ${hash}`);
