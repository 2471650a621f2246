function f() { if (x) {
