function f(a = b.c) {}
f();
