// Calls: functions, closures, methods, recursion, several callees at one place.
function add(a, b) { return a + b | 0; }
function direct(n) { let s = 0; for (let i = 0; i < n; i++) s = add(s, i); return s; }
function closure(n) { let s = 0; const inc = (d) => { s = s + d | 0; }; for (let i = 0; i < n; i++) inc(i); return s; }
function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
function apply2(f, n) { let s = 0; for (let i = 0; i < n; i++) s = f(s, i); return s; }
function many(fs, n) { let s = 0; for (let i = 0; i < n; i++) s = fs[i & 3](s, i); return s; }
function rest(...xs) { return xs.length; }
function variadic(n) { let s = 0; for (let i = 0; i < n; i++) s += rest(i, i, i); return s; }
function defaults(a, b = 3) { return a + b | 0; }
function missing(n) { let s = 0; for (let i = 0; i < n; i++) s = defaults(s); return s; }
const fs = [(a, b) => a + b | 0, (a, b) => a - b | 0, (a, b) => a ^ b, (a, b) => a | b];
console.log("calls", direct(2e8), closure(1e8), fib(32), apply2(fs[0], 1e7), apply2(fs[2], 1e7), many(fs, 2e7), variadic(1e7), missing(1e8));
