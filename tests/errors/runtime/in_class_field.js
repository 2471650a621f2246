class A { x = undefined.y; }
new A();
