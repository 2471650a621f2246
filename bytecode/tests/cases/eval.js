// eval sloppy-function
var x = 1; function f() { return y; } let z = x + y; { function g() {} }
this.a = new.target; (() => this)();
