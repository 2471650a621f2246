// Constructors: functions, classes with fields, derived classes with super, super method calls.
function Old(a, b) { this.a = a; this.b = b; }
Old.prototype.sum = function () { return this.a + this.b; };
class Base { kind = 1; constructor(x) { this.x = x; } get() { return this.x; } }
class Derived extends Base { y = 2; constructor(x, z) { super(x + 1); this.z = z; } get() { return super.get() + this.y + this.z; } }
class Implied extends Base { get() { return super.get() - 1; } }
function run(n) {
  let v = 0;
  for (let i = 0; i < n; i++) {
    v = v + new Old(i, 2).sum() & 0xFFFFFF;
    v = v + new Base(i).get() & 0xFFFFFF;
    v = v + new Derived(i, 3).get() & 0xFFFFFF;
    v = v + new Implied(i).get() & 0xFFFFFF;
  }
  return v;
}
console.log(run(3_000_000));
