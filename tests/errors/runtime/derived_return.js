class A {}
class B extends A { constructor() { return 1; } }
new B();
