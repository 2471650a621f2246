// Strings: units, characters, comparison, search and pieces.
function hash(s, n) { let h = 0; for (let k = 0; k < n; k++) for (let i = 0; i < s.length; i++) h = h * 31 + s.charCodeAt(i) | 0; return h; }
function points(s, n) { let h = 0; for (let k = 0; k < n; k++) for (let i = 0; i < s.length; i++) h = h + s.codePointAt(i) | 0; return h; }
function vowels(s, n) { let c = 0; for (let k = 0; k < n; k++) for (let i = 0; i < s.length; i++) { const ch = s[i]; if (ch === "a" || ch === "e" || ch === "i") c++; } return c; }
function digits(s, n) { let c = 0; for (let k = 0; k < n; k++) for (let i = 0; i < s.length; i++) { const ch = s.charAt(i); if (ch >= "0" && ch <= "9") c++; } return c; }
function kinds(s, n) { let c = 0; for (let k = 0; k < n; k++) for (let i = 0; i < s.length; i++) switch (s[i]) { case " ": c++; break; case "e": c += 2; break; case "x": c += 3; break; case ".": c += 4; break; } return c; }
function words(ws, n) { let c = 0; for (let i = 0; i < n; i++) switch (ws[i & 7]) { case "alpha": c += 1; break; case "beta": c += 2; break; case "gamma": c += 3; break; default: c += 4; } return c; }
function order(ws, n) { let c = 0; for (let i = 0; i < n; i++) if (ws[i & 7] < ws[i + 3 & 7]) c++; return c; }
function equal(a, b, n) { let c = 0; for (let i = 0; i < n; i++) if (a[i & 3] === b[i & 3]) c++; return c; }
function pieces(s, n) { let c = 0; for (let i = 0; i < n; i++) { const p = i % 40; c += s.substring(p, p + 5).length + s.slice(p, p + 30).length; if (s.startsWith("fox", p)) c++; } return c; }
function find(s, n) { let c = 0; for (let i = 0; i < n; i++) c += s.indexOf("lazy") + (s.includes("cat") ? 1 : 0); return c; }
const text = "The quick brown fox jumps over the lazy dog. 0123456789 ".repeat(20), wide = "Stra\u00dfe \u4e2d\u6587 text \ud83d\ude00 ".repeat(60);
const ws = ["alpha", "beta", "gamma", "delta", "epsilon", "alpha", "zeta", "beta"];
const as = ["one", "two", "three", "four"], bs = as.map((s, i) => i & 1 ? s.split("").join("") : "x" + s);
console.log("strings", hash(text, 50000), hash(wide, 20000), points(wide, 20000), vowels(text, 20000), digits(text, 10000), kinds(text, 10000),
  words(ws, 2e7), order(ws, 1e7), equal(as, bs, 2e7), pieces(text, 2e6), find(text, 1e6));
