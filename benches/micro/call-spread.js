// Spread arguments.
function add(a, b, c) { return a + b + c | 0; }
class Point { constructor(x, y) { this.x = x; this.y = y; } }
function run(n) {
  const args = [1, 2, 3], pair = [4, 5];
  let v = 0;
  for (let i = 0; i < n; i++) {
    args[0] = v & 1023;
    v = add(...args);
    v = v + add(1, ...pair) | 0;
    v = v + new Point(...pair).x | 0;
    v = v + Math.max(...args) & 0xFFFFFF;
  }
  return v;
}
console.log(run(3_000_000));
