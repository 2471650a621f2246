function f() {}
const { x } = f();
