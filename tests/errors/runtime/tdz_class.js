new A();
class A {}
