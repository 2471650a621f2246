// Math and number functions in loops.
function ints(n) { let s = 0; for (let i = 0; i < n; i++) s = s + Math.max(i & 255, 100) + Math.min(i & 7, 3) + Math.abs((i & 15) - 8) | 0; return s; }
function rounding(n) { let s = 0; for (let i = 0; i < n; i++) { const x = i * 0.37; s = s + Math.floor(x) - Math.ceil(x) + Math.round(x) - Math.trunc(x) | 0; } return s; }
function roots(n) { let s = 0; for (let i = 0; i < n; i++) s += Math.sqrt(i) + Math.hypot(i & 7, 2); return s; }
function waves(n) { let s = 0; for (let i = 0; i < n; i++) s += Math.sin(i * 0.01) * Math.cos(i * 0.02); return s; }
function powers(n) { let s = 0; for (let i = 0; i < n; i++) s += Math.pow(1.0001, i & 1023) + Math.exp(-(i & 7)) + Math.log(i + 1); return s; }
function hashes(n) { let h = 1; for (let i = 0; i < n; i++) h = Math.imul(h ^ i, 0x5bd1e995) + Math.clz32(h) | 0; return h; }
function tests(n) { let c = 0; for (let i = 0; i < n; i++) { const x = i / 4; if (Number.isInteger(x)) c++; if (Number.isFinite(x)) c++; if (isNaN(x)) c++; if (Number.isSafeInteger(x)) c++; if (Math.sign(x - 5) > 0) c++; } return c; }
function converts(n) { let c = 0; for (let i = 0; i < n; i++) c = c + parseInt(i) + Number(i) + (Boolean(i) ? 1 : 0) + (Object.is(i, c) ? 1 : 0) | 0; return c; }
console.log("math", ints(1e8), rounding(3e7), roots(1e7).toFixed(3), waves(5e6).toFixed(6), powers(3e6).toFixed(6), hashes(1e8), tests(2e7), converts(3e7));
