class A {}
class B extends A { constructor() { super(); } }
Object.setPrototypeOf(B, parseInt);
new B();
