function test(keys, n) {
  const m = new Map(), s = new Set(), o = {};
  let h = 0;
  for (let i = 0; i < n; i++) {
    const k = keys[i % keys.length];
    if (m.has(k)) { h = (h * 31 + (m.get(k) | 0)) | 0; if (i % 7 === 0) m.delete(k); }
    else m.set(k, i);
    h = (h + (s.has(k) ? 1 : 3)) | 0;
    if (m.get(k) === undefined) h = (h * 7 + 1) | 0;
    if (i % 3 === 0) s.add(k); else if (i % 11 === 0) s.delete(k);
    if (i % 2500 === 2499) { m.clear(); }
  }
  return h + ':' + m.size + ':' + s.size;
}
const objs = []; for (let i = 0; i < 300; i++) objs.push({ i });
const ints = []; for (let i = 0; i < 500; i++) ints.push((i * 7919) % 613 - 100);
const strs = []; for (let i = 0; i < 200; i++) strs.push('k' + (i % 150));
const mixed = [1, '1', 1.5, -0, 0, NaN, 'a', Symbol.iterator, objs[0], null, undefined, true, 10n, 2n ** 70n, 2147483647, -2147483648, 2147483648, [], () => 1];
const lines = [test(ints, 9000), test(objs, 9000), test(strs, 9000), test(mixed, 9000), test([...ints, ...objs, ...mixed], 9000)];
function ints2(n) { const m = new Map(); let h = 0; for (let i = 0; i < n; i++) { const k = (i * 17) & 1023; if (m.has(k)) h = (h + m.get(k)) | 0; else m.set(k, i); h ^= m.get(k & 511) | 0; h += new Map().get(k) === undefined ? 1 : 0; } return h; }
lines.push(ints2(9000));
lines.join(" ")
