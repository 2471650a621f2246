// Sorting with a comparator.
function shuffled(n, seed) {
  const list = [];
  for (let i = 0; i < n; i++) { seed = seed * 1103515245 + 12345 & 0x7FFFFFFF; list.push(seed % 100003); }
  return list;
}
let v = 0;
for (let i = 0; i < 30; i++) {
  const list = shuffled(20_000, i + 1);
  list.sort((a, b) => a - b);
  const objects = list.slice(0, 5_000).map((x, k) => ({ key: x * 31 % 1009, k }));
  objects.sort((a, b) => a.key - b.key || a.k - b.k);
  v = v + list[100] + objects[7].k & 0xFFFFFF;
}
console.log(v);
