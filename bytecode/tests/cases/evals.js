function body(a = 1) { eval("var a = 2"); return a; }
function parameters(a = eval("var b = 1")) { return b; }
const arrow = (a = eval("var b = 1")) => b;
function plain(a) { { eval(a); } return () => a; }
