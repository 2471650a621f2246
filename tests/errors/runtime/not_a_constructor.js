const A = 1;
new A();
