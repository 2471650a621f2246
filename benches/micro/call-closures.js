// One site calls eight functions in turn.
const list = [
  x => x + 1, x => x ^ 3, x => x * 2 & 1023, x => x - 5,
  x => x | 1, x => x >> 1, x => x & 511, x => 7 - x,
];
function run(n) {
  let v = 1;
  for (let i = 0; i < n; i++) v = list[i & 7](v);
  return v;
}
console.log(run(20_000_000));
