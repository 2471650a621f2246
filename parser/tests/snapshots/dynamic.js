function f(p) {
  let l = 1;
  with (p) { l; (() => l)(); }
  { function hoisted() {} }
}
function g(q) {
  var v = q;
  return function () { eval(q); return v + free; };
}
{ let shadow; { function shadow() {} } }
