(function f() { f = 1; return () => f; }); (function g() { var g; }); (function h(h) {}); (class C { m() { return C; } }); x = { async *y() {}, get z() {} };
