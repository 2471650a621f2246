function defaults(a, b = a, { c, d = b } = {}, [e] = []) { var a; return () => a + b + c + d + e; }
function duplicates(a, a) { return a; }
function tdz(a = b, b) { return a; }
var named = function self(n) { self = 1; return n ? self(n - 1) : n; };
var capturedName = function self() { return () => self; };
var arrow = x => x + this.y, thrower = () => { throw 1; };
function sloppyThis() { return this; }
function strictThis() { "use strict"; return this; }
function hoist() { return inner(); function inner() { return 1; } var v = 2; }
function annexB() { { function g() {} } if (a) function h() {} return g; }
function tdzLocal() { x; let x = 1; const c = 2; c = 3; { let x = x; } }
function closures() { let a = 1; { let b = 2; fs = () => a + b; } for (let i = 0; i < 3; i++) fs(() => i); }
function manyVars() { var a, b, c, d; return [a, b, c, d]; }
