class A {}
class B extends A { m() { super.nope(); } }
new B().m();
