// Rest parameters and `arguments`, too large to be inlined or not.
function sum(...list) { let s = 0; for (let i = 0; i < list.length; i++) s += list[i]; return s; }
function pass(a, ...rest) { return a + rest.length; }
function count() { return arguments.length; }
function first() { let s = 0; for (let i = 0; i < arguments.length; i++) s += arguments[i]; return s; }
const targets = [sum, pass, count, first];
function run(n) {
  let v = 0;
  for (let i = 0; i < n; i++) {
    v = (v + sum(i, 1, 2) + pass(i, 2, 3) + count(1, 2, 3) + first(v & 7, i, 1)) % 100003;
    v = (v + targets[i & 3](i, 2, 3)) % 100003;
  }
  return v;
}
console.log(run(3_000_000));
