function f(a = b, b) {}
f();
