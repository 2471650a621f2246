function objects({ a, b: { c }, ...rest }, o) { ({ a, ["x" + c]: o.y, z: o[a] = 1, 0: c } = o); return rest; }
function arrays([a, , b = 1, ...[c, d]], o) { [a, b] = [b, a]; [o.x, o[a], ...o.rest] = o; return c; }
function lets(o) { let { a = f(), b } = o; const [x = y, y] = o; var { c, d } = o; for (const { length } of o) f(length); }
function selfReference(a) { ({ a = a } = {}); ({ a, b: a } = a); }
function names() { let f = () => {}, g = class {}, h = function () {}; ({ f = () => {} } = {}); [g = class {}] = []; f ||= () => {}; (h) = () => {}; }
function empty(a) { const {} = a; const [] = a; }
