// Dense arrays: loads, stores, push, pop, growth at the end, holes, out-of-bounds reads.
function sum(a, n) { let s = 0; for (let k = 0; k < n; k++) for (let i = 0; i < a.length; i++) s = (s + a[i]) | 0; return s; }
function sumDoubles(a, n) { let s = 0; for (let k = 0; k < n; k++) for (let i = 0; i < a.length; i++) s += a[i]; return s; }
function reverse(a, n) { for (let k = 0; k < n; k++) for (let i = 0, j = a.length - 1; i < j; i++, j--) { const t = a[i]; a[i] = a[j]; a[j] = t; } return a[3]; }
function stack(n) { const a = []; let s = 0; for (let k = 0; k < n; k++) { for (let i = 0; i < 16; i++) a.push(i ^ k); for (let i = 0; i < 16; i++) s += a.pop(); } return s; }
function grow(n) { let s = 0; for (let k = 0; k < n; k++) { const a = []; for (let i = 0; i < 1000; i++) a[i] = i; s += a.length; } return s; }
function holes(a, n) { let c = 0; for (let k = 0; k < n; k++) for (let i = 0; i < a.length; i++) if (a[i] === undefined) c++; return c; }
function outside(a, n) { let c = 0; for (let k = 0; k < n; k++) for (let i = 0; a[i] !== undefined; i++) c++; return c; }
function sieve(n) { const a = new Array(n + 1).fill(true); let c = 0; for (let i = 2; i <= n; i++) if (a[i]) { c++; for (let j = i * 2; j <= n; j += i) a[j] = false; } return c; }
function fib(n) { let m = 0; for (let k = 0; k < n; k++) { const f = [0, 1]; for (let i = 2; i < 40; i++) f[i] = f[i - 1] + f[i - 2]; m = f[39]; } return m; }
const ints = [], doubles = [], sparse = [];
for (let i = 0; i < 10000; i++) { ints.push(i * 7 | 0); doubles.push(i / 3); if (i % 4) sparse[i] = i; }
console.log("arrays", sum(ints, 5000), sumDoubles(doubles, 3000).toFixed(3), reverse(ints, 3000), stack(3e5), grow(5000), holes(sparse, 2000), outside(ints, 2000), sieve(2e6), fib(1e5));
