let u;
f(...u);
function f() {}
