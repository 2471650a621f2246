function f({ a }) {}
f();
