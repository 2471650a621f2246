function f() { return {}; }
f(1, 2).g(3);
