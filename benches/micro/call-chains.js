// Chains of callbacks over short arrays, one callback shape per site.
function stats(rows) {
  return rows
    .filter(r => r.on)
    .map(r => ({ name: r.name, score: r.a * 2 + r.b }))
    .reduce((best, r) => (r.score > best ? r.score : best), 0);
}
const rows = Array.from({ length: 20 }, (_, i) => ({ name: 'n' + i, on: i % 3 !== 0, a: i, b: i * i % 7 }));
let v = 0;
for (let i = 0; i < 200_000; i++) {
  rows[i % 20].a = i & 255;
  v = v + stats(rows) & 0xFFFFFF;
}
console.log(v);
