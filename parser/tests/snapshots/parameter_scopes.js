function f(a, b = () => a, c = b) { var a; let d = () => a; return d; }
function g(a = eval('1')) { var b; } function h(x, x) { return x; } const k = ({ l }, [m] = l) => { var m; };
