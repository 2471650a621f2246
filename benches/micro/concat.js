// Building strings: concatenation, numbers, templates, join, fromCharCode.
function repeat(n) { let c = 0; for (let k = 0; k < n; k++) { let s = ""; for (let i = 0; i < 1000; i++) s += "ab"; c += s.length; } return c; }
function short(n) { let c = 0; for (let i = 0; i < n; i++) c += ("a" + "bc".charAt(i & 1)).length; return c; }
function numbers(n) { let c = 0; for (let i = 0; i < n; i++) c += ("n" + i).length; return c; }
function templates(n) { let c = 0; for (let i = 0; i < n; i++) c += `${i & 1023}:${i & 15}/x`.length; return c; }
function codes(n) { let s = ""; for (let i = 0; i < n; i++) s += String.fromCharCode(97 + i % 26); let h = 0; for (let i = 0; i < s.length; i++) h = h * 31 + s.charCodeAt(i) | 0; return h; }
function convert(n) { let c = 0; for (let i = 0; i < n; i++) c += String(i & 511).length + (i & 255).toString().length; return c; }
function join(n) { let c = 0; for (let k = 0; k < n; k++) { const a = []; for (let i = 0; i < 100; i++) a.push("item"); c += a.join(",").length; } return c; }
console.log("concat", repeat(20000), short(1e7), numbers(5e6), templates(5e6), codes(5e6), convert(1e7), join(50000));
