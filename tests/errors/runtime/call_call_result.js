function f() {}
f()();
