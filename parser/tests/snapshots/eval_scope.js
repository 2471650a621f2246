function f(a) { let b; { const c = 1; eval('a + b + c'); } return () => b; }
function g() { 'use strict'; let d; eval('var d2'); } const h = (x) => eval(x); (0, eval)('y'); eval?.('z');
