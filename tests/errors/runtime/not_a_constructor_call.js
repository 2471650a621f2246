function f() { return 1; }
new (f())();
