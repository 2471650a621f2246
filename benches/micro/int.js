// Loops of int32 arithmetic: sums, bit operations, division, nested counters.
function sum(n) { let s = 0; for (let i = 0; i < n; i++) s = (s + i * 3) | 0; return s; }
function bits(n) { let h = 0x12345678 | 0; for (let i = 0; i < n; i++) { h ^= h << 13; h ^= h >>> 17; h ^= h << 5; } return h; }
function primes(n) { let c = 0; for (let i = 2; i < n; i++) { let p = true; for (let d = 2; d * d <= i; d++) if (i % d === 0) { p = false; break; } if (p) c++; } return c; }
function gcd(a, b) { while (b !== 0) { const t = a % b; a = b; b = t; } return a; }
function gcds(n) { let s = 0; for (let i = 1; i < n; i++) s += gcd(i * 7919, 362880); return s; }
function collatz(n) { let best = 0; for (let i = 1; i < n; i++) { let x = i, c = 0; while (x !== 1) { x = x & 1 ? 3 * x + 1 : x >>> 1; c++; } if (c > best) best = c; } return best; }
console.log("int", sum(2e8), bits(1e8), primes(500000), gcds(2e6), collatz(100000));
