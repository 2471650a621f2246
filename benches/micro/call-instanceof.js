// instanceof along prototype chains.
class A {} class B extends A {} class C extends B {} class X {}
const objects = [new A(), new B(), new C(), new X(), {}];
function run(n) {
  let v = 0;
  for (let i = 0; i < n; i++) {
    const o = objects[i % 5];
    if (o instanceof A) v++;
    if (o instanceof C) v += 2;
    if (o instanceof X) v += 3;
  }
  return v;
}
console.log(run(10_000_000));
