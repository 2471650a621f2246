// Missing and surplus arguments, defaults.
function three(a, b, c) { return b === undefined ? a : c === undefined ? a + b : a + b + c; }
function one(a) { return a + 1 | 0; }
function defaults(a, b = 3, { c = 4 } = {}) { return a + b + c | 0; }
function run(n) {
  let v = 0;
  for (let i = 0; i < n; i++) {
    v = three(v) + three(v, 1) + three(1, 2, 3) | 0;
    v = one(v, i, n, 5);
    v = defaults(v) ^ defaults(v, 2);
  }
  return v;
}
console.log(run(10_000_000));
