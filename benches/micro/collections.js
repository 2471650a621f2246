// Map and Set with ints and strings as keys.
function ints(n) { const m = new Map(); for (let i = 0; i < n; i++) m.set(i & 4095, i); let s = 0; for (let i = 0; i < n; i++) s = s + m.get(i & 4095) | 0; return s; }
function strings(keys, n) { const m = new Map(); for (let i = 0; i < n; i++) m.set(keys[i & 63], i); let s = 0; for (let i = 0; i < n; i++) s = s + m.get(keys[i & 63]) | 0; return s; }
function sets(n) { const m = new Set(); let c = 0; for (let i = 0; i < n; i++) { if (m.has(i & 1023)) c++; else m.add(i & 1023); } return c; }
function churn(n) { const m = new Map(); let c = 0; for (let i = 0; i < n; i++) { m.set(i, i); if (i >= 100) { if (m.delete(i - 100)) c++; } } return c + m.size; }
function objects(n) { const ks = [], m = new Map(); for (let i = 0; i < 256; i++) { const o = { i }; ks.push(o); m.set(o, i); } let s = 0; for (let i = 0; i < n; i++) s = s + m.get(ks[i & 255]) | 0; return s; }
const keys = []; for (let i = 0; i < 64; i++) keys.push("key" + i);
console.log("collections", ints(1e7), strings(keys, 1e7), sets(2e7), churn(3e6), objects(1e7));
