const lines = [];
const cut = (a, from, to) => a.slice(from, to);
const tail = (a) => a.slice(1);
const copy = (a) => a.slice();
const many = (a) => a.slice(0, 2, 9);
class Own extends Array {}
const match = () => /(a)(b)?/.exec('xab');
const inputs = [
  () => [1, 2, 3, 4, 5], () => [], () => [, 1, , 2], () => Array(3), () => [1.5, 'x', {}, null], match,
  () => { const a = [1, 2, 3]; a.length = 10; return a; }, () => Object.freeze([1, 2, 3]), () => Own.from([1, 2, 3]),
  () => { const a = [3, 2, 1]; a.extra = 1; return a; }, () => { const a = [1]; a[100000] = 2; return a; },
  () => { const a = [1, 2, 3]; a.constructor = { [Symbol.species]: function (n) { this.n = n; } }; return a; },
];
const places = [[0, 2], [1, 99], [-2, -1], [-99, 2], [3, 1], [2, undefined], [-1, undefined], [0.5, 2.9], ['1', '3'], [NaN, Infinity], [2 ** 31, 5]];
const show = (a) => `${a.constructor === Array ? '' : a.constructor.name}${a.length}:${Object.keys(a).slice(0, 5)}=${Array.from(a).slice(0, 5)}`;
for (let i = 0; i < 40; i++) {
  for (const make of inputs) {
    for (const [from, to] of places) if (i < 3 || typeof from === 'number' && from < 9) lines.push(show(cut(make(), from, to)));
    lines.push(show(tail(make())), show(copy(make())), show(many(make())));
  }
  lines.push(show(tail({ __proto__: Array.prototype, length: 2, 0: 'p', 1: 'q' })));
  if (i === 20) Array.prototype[1] = 'inherited';
  if (i === 25) delete Array.prototype[1];
  if (i === 30) Object.defineProperty(Array, Symbol.species, { get() { return Own; } });
}
const changed = copy([1, 2, 3]);
changed.push(4);
lines.push(changed.length);

const point = (n) => String.fromCodePoint(n);
const points = [0, 65, 255, 256, 0xd7ff, 0xd800, 0xdfff, 0xffff, 0x10000, 0x1f600, 0x10ffff];
let units = '';
for (let i = 0; i < 300; i++) units += point(points[i % points.length]);
const attempt = (n) => { try { return point(n); } catch (e) { return e.name; } };
for (const n of [0x110000, -1, 1.5, '65', NaN, undefined, 2 ** 32, -0]) for (let i = 0; i < 20; i++) lines.push(attempt(n));
lines.push(String.fromCodePoint(), String.fromCodePoint(97, 0x1f600, 98), String.fromCodePoint(70000).length);
const text = lines.join(';') + units;
let hash = 0;
for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
lines.length + ' ' + hash
