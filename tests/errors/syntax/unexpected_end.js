function f() { if (a) {
