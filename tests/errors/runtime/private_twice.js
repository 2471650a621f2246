class Base { constructor(o) { return o; } }
class A extends Base { #x = 1; }
const o = {};
new A(o); new A(o);
