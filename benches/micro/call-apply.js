// Function.prototype.call, apply and bind.
function add(a, b) { return this.base + a + b | 0; }
function forward() { return add.apply(this, arguments); }
function run(n) {
  const o = { base: 1 }, list = [1, 2];
  const bound = add.bind(o, 5);
  let v = 0;
  for (let i = 0; i < n; i++) {
    v = v + add.call(o, i, 1) & 0xFFFFFF;
    list[0] = v;
    v = add.apply(o, list) & 0xFFFFFF;
    v = v + bound(i) & 0xFFFFFF;
    v = v + forward.call(o, i, 2) & 0xFFFFFF;
  }
  return v;
}
console.log(run(5_000_000));
