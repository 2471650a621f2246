// `next` of builtin iterators, called by hand and by `yield*`: results kept, taken apart, asked for again at the end.
const lines = [];
const map = new Map([['a', 1], ['b', 2], ['c', 3]]), set = new Set(['x', 'y', 'z']);
const holes = [1, , 3];
const typed = Uint8Array.of(7, 8, 9);
const like = { length: 2, 0: 'p', get 1() { lines.push('got'); return 'q'; } };
const sources = [
  () => [4, 5, 6].values(), () => [4, 5, 6].entries(), () => holes.keys(), () => holes[Symbol.iterator](),
  () => map.values(), () => map.keys(), () => map.entries(), () => set.values(), () => set.entries(),
  () => 'a\u{1f600}z'[Symbol.iterator](), () => typed.values(), () => Array.prototype.values.call(like),
];
const all = (it) => {
  let text = '';
  for (;;) {
    const { value, done } = it.next();
    if (done) return text + (value === undefined);
    text += value + ';';
  }
};
const kept = [];
const keep = (it) => { kept.push(it.next(), it.next()); };
const first = (it) => it.next().value;
const lru = (m) => { const key = m.keys().next().value; m.delete(key); m.set(key, 0); return key; };
function* each(it) { const last = yield* it; return 'end' + last; }
const drain = (it) => {
  const g = each(it), got = [];
  for (let r = g.next(); ; r = g.next()) {
    got.push(r.value);
    if (r.done) return got.join('|');
  }
};
for (let i = 0; i < 60; i++) {
  for (const source of sources) {
    lines.push(all(source()), first(source()), drain(source()), [...each(source())].length);
    keep(source());
  }
  lines.push(lru(map));
}
lines.push(kept.length, kept.every((r) => Object.keys(r).join() === 'value,done'), new Set(kept).size);
kept[0].value = 'changed';
lines.push(kept[0].value, kept[1].value);

// What changes while it is stepped, and what is no such iterator.
const live = [1, 2, 3], step = live.values();
const sum = (it, n) => { let s = 0; for (let i = 0; i < n; i++) s += it.next().value ?? 0; return s; };
lines.push(sum(step, 2));
live.push(4, 5);
lines.push(sum(step, 3), sum(step, 1));
live.push(6);
lines.push(sum(step, 1));
const attempt = (it) => { try { return String(Array.prototype.values.call([]).next.call(it).done); } catch (e) { return e.name; } };
for (let i = 0; i < 100; i++) lines.push(attempt(i < 90 ? [1].values() : [map.values(), {}, null, 1, set.values()][i % 5]));

// Patched, left early, thrown into.
function* guarded(it) { try { yield* it; } finally { lines.push('left'); } }
for (let i = 0; i < 30; i++) {
  const g = guarded([1, 2, 3].values());
  g.next();
  if (i % 3 === 0) lines.push(g.return(i).value);
  else if (i % 3 === 1) try { g.throw(new RangeError('out')); } catch (e) { lines.push(e.name); }
  else for (const x of g) lines.push(x);
}
const proto = Object.getPrototypeOf([].values()), next = proto.next;
proto.next = function () { const r = next.call(this); if (!r.done) r.value += 100; return r; };
for (let i = 0; i < 3; i++) lines.push(all([1, 2].values()), drain([1, 2].values()), sum([1, 2].values(), 2));
proto.next = next;
for (let i = 0; i < 3; i++) lines.push(all([1, 2].values()), drain([1, 2].values()), sum([1, 2].values(), 2));
const text = lines.join(',');
let hash = 0;
for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
lines.length + ' ' + hash
