function chains(o) { o.a.b(1).c(2)(3)[o.d](o.e()); return o?.a?.[o.b]?.(o.c).d; }
function methods(o, k) { o.m(); o[k](); (o.m)(); (o?.m)(); (0, o.m)(); o?.m(); o.m?.(); o["x"](); o[0](); }
function spread(a) { f(...a); f(1, ...a, 2); new F(...a); new F; new a.b.c(1, 2); o.m(...a); }
function nested() { return f(g(h(1), 2), i(3)); }
function evals(a) { return eval(a) + eval(...a) + (0, eval)(a); }
function args() { return arguments.length + arguments[0]; }
function mapped(a, b) { a = 1; arguments[1] = 2; return () => arguments; }
function strictArgs(a) { "use strict"; return arguments; }
function rest(a, ...r) { return r; }
function newTarget() { return (() => new.target)(); }
async function imports(x) { return [import(x), import(x, { with: {} })]; }
