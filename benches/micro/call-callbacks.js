// Array methods with callbacks.
const list = Array.from({ length: 1000 }, (_, i) => i * 7 % 1013);
function run(n) {
  let v = 0;
  for (let i = 0; i < n; i++) {
    v = v + list.map(x => x + i).length & 0xFFFFFF;
    v = v + list.filter(x => (x & 3) === 0).length & 0xFFFFFF;
    v = v + list.reduce((a, b) => a + b, 0) & 0xFFFFFF;
    list.forEach(x => { v = v + x & 0xFFFFFF; });
    if (list.some(x => x < 0)) v++;
    if (list.every(x => x >= 0)) v++;
    v = v + list.findIndex(x => x === 5) & 0xFFFFFF;
    v = v + list.find(x => x === 6) & 0xFFFFFF;
  }
  return v;
}
console.log(run(5_000));
