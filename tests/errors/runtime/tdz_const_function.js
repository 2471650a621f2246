f();
const y = 1;
function f() { return y; }
