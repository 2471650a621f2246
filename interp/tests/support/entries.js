// Entries of Maps and Sets that are asked for, set and added in one go, with keys of all kinds.
const lines = [];
const object = {}, symbol = Symbol();
const parts = ['k', 'key', 'a longer text that is put together'];
const text = (i) => parts[i % 3] + (i % 7);
const kinds = [1, -0, 0, NaN, 0.5, '', 'k1', true, null, undefined, object, symbol, 5n];

const count = (map, key) => { map.set(key, (map.get(key) ?? 0) + 1); };
const once = (set, key) => {
  if (set.has(key)) return false;
  set.add(key);
  return true;
};
const group = (map, key, value) => {
  if (!map.has(key)) map.set(key, []);
  map.get(key).push(value);
};
const replace = (map, key, make) => {
  const old = map.get(key);
  make(map, key);
  map.set(key, [old === undefined, key]);
};

function counts(n) {
  const counted = new Map(), met = new Set(), grouped = new Map();
  let fresh = 0;
  for (let i = 0; i < n; i++) {
    const key = i % 3 ? text(i) : kinds[i % kinds.length];
    count(counted, key);
    if (once(met, key)) fresh++;
    group(grouped, key, i);
    if (i % 50 === 49) counted.delete(text(i + 1));
    if (i % 97 === 96) met.clear();
  }
  const sum = [...counted.values()].reduce((a, b) => a + b, 0);
  return [counted.size, sum, met.size, fresh, [...grouped.values()].map((v) => v.length).join('.')];
}
for (let i = 0; i < 6; i++) lines.push(counts(400).join());

// What happens between the look and the change.
const changes = [
  () => {},
  (map, key) => map.delete(key),
  (map, key) => map.set(key, 0),
  (map) => map.clear(),
  (map) => { for (let i = 0; i < 40; i++) map.set({}, i); },
];
const changed = new Map();
for (let i = 0; i < 300; i++) replace(changed, kinds[i % kinds.length], changes[i % changes.length]);
lines.push(changed.size, [...changed.values()].filter((v) => v[0]).length);

// Chains of set, and what else is called so.
const chained = (map, i) => map.set(i % 20, i).set(String(i % 20), -i).set(i % 20, i + 1).size;
let size = 0;
for (let i = 0; i < 200; i++) size += chained(i < 150 ? new Map([[i, i]]) : { n: 0, set() { this.n++; return this; }, get size() { return this.n; } }, i);
lines.push(size);
const frozen = Object.freeze(new Set([1]));
for (let i = 0; i < 100; i++) once(frozen, i % 9);
lines.push(frozen.size, Object.is([...new Set().add(-0)][0], 0));
const text2 = lines.join(';');
let hash = 0;
for (let i = 0; i < text2.length; i++) hash = (Math.imul(hash, 31) + text2.charCodeAt(i)) | 0;
text2.length + ' ' + hash
