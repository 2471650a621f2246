// Getters and setters on prototypes and objects, private ones, static ones.
class Counter {
  #n = 0; m = 1;
  static #total = 0;
  get n() { return this.#n; }
  set n(v) { this.#n = v & 0xFFFF; }
  get m2() { return this.m * 2; }
  set m2(v) { this.m = v & 255; }
  static get total() { return Counter.#total; }
  static set total(v) { Counter.#total = v & 0xFFFFFF; }
}
const plain = { v: 1, get twice() { return this.v * 2; }, set twice(x) { this.v = x & 1023; } };
function run(n) {
  const c = new Counter();
  for (let i = 0; i < n; i++) {
    c.n = c.n + i;
    c.m2 = c.m2 + 1;
    Counter.total += c.n;
    plain.twice = plain.twice + i;
  }
  return c.n + c.m2 + Counter.total + plain.v;
}
console.log(run(10_000_000));
