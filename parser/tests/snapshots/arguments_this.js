function f(a) { return () => [this, arguments, new.target, a]; }
function g(a = arguments) { var arguments; }
const h = () => this; function i(arguments) { return arguments; } function j() { function arguments() {} return arguments; }
