// Functions too large to be inlined that call each other, mutual recursion, closures that capture.
function even(n) { return n === 0 ? true : odd(n - 1); }
function odd(n) { return n === 0 ? false : even(n - 1); }
function make(k) {
  let state = k;
  return {
    next(x) {
      state = state * 1103515245 + 12345 & 0x7FFFFFFF;
      switch (state & 3) {
        case 0: return x + 1;
        case 1: return x ^ state;
        case 2: return x > 10 ? x - 3 : x + 7;
        default: return (x << 1) & 0xFFFF;
      }
    },
    tree(depth) { return depth === 0 ? 1 : this.tree(depth - 1) + this.tree(depth - 1); },
  };
}
function run(n) {
  const g = make(7);
  let v = 1;
  for (let i = 0; i < n; i++) v = g.next(v) & 0xFFFF;
  for (let i = 0; i < 200; i++) v += even(1000 + i) ? 1 : 0;
  return v + g.tree(20) * 2;
}
let total = 0;
for (let i = 0; i < 10; i++) total = total + run(1_000_000) | 0;
console.log(total);
