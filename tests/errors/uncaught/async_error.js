async function f(){ await 1; null.x }
f();
