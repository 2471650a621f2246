// completion
function loops(a) { for (;;) { if (a) break; } while (a) a(); do { continue; } while (a--); for (var i = 0, n = a; i < n; i += 2) f(i); for (; a < 5;); }
function labels(a) { outer: for (var i of a) { inner: for (;;) { if (i) continue outer; if (a) break inner; break outer; } } block: { if (a) break block; f(); } }
function iterate(o) { for (const k in o) f(k); for (const [a, b] of o) f(a, b); for (o.x of o) f(); for (let x of o) g(() => x); }
function switches(a) { switch (a) { case 1: case 2: case 3: return 1; case 5: f(); break; default: g(); case 4: h(); } switch (a) { case "x": { let y = 1; } case f(): return 2; } }
function tries() { try { f(); } catch { g(); } try { f(); } catch ({ message }) { g(message); } try { return f(); } finally { h(); } }
function finals(a) { for (const x of a) { try { if (x) continue; if (a) break; return x; } catch (e) { throw e; } finally { f(); } } }
function chain(a) { if (a) f(); else if (b) g(); else h(); if (a && b || c) f(); if (!(a || b)) g(); return a ? b : c; }
function withs(o) { with (o) { x = y; x += 1; f(x); typeof z; delete w; var v = 1; } }
function usings() { using a = f(); { using b = g(); h(b); } for (using c of a) h(c); }
debugger;
label: { 1; break label; }
switch (1) { case 1: 2; }
if (x) 3; else { 4; }
do { 5; } while (false);
try { 6; } finally { 7; }
