function f(cb) { cb(); }
f(null);
