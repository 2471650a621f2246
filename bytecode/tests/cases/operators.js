function arith(a, b) { return (a + b) * 2 - a / b % 3 + (a ** b) - -a + +b - ~a; }
function bits(a, b) { return a & 1 | b ^ 255 | a << 2 >> b >>> 3; }
function folding() { return [60 * 60 * 1000, -1, -0, 1 / 2, 5 | 2, -(3)]; }
function compare(a, b) { return [a < b, a <= b, a > b, a >= b, a == b, a != b, a === b, a !== b, a in b, a instanceof b]; }
function fused(a, b) { if (a < b) f(1); if (!(a < 5)) f(2); if (a == null) f(3); if (a !== undefined) f(4); if (a === null) f(5); while (a != b) a++; }
function types(a) { if (typeof a === "string") f(); return typeof a == "object" || typeof b; }
function logical(a, b, c) { let x = a && b || c; x = x ?? a; a && b(); a || b(); a ?? b(); return !(a && b); }
function assign(a) { a += a; a *= (a = 2); a ||= b; a.b &&= a; a[b] ??= 1; a[b] -= 2; a.c++; return a[b++]--; }
function hazards(a, b) { return a + (a = b) + f(a, a++, a)[a = 1]; }
function update(a) { a++; ++a; let b = a++; return --a + b--; }
function unary(a) { void f(); delete a.b; delete a[b]; delete a?.b.c; return delete a; }
var deleted = delete globalName, cond = a ? b : c ? d : e, seq = (f(), g());
function templates(a) { return [`${a}`, `x${a}y${a}z`, `plain`, f`t${a}\u0041`]; }
function regs() { return [/a+/gi, 10n, 0x1fn, "\ud800", "\u00e9", 1e21, 3000000000]; }
