function outer() { return middle(); } function middle() { return inner(); }
function inner() { const o = {}; Error.captureStackTrace(o, middle); return o.stack.split('\n')[1]; }
console.log(outer().replace(/\(.*\//, '('));
const same = { outer: function outer() { const o = {}; Error.captureStackTrace(o, function outer() {}); return o.stack; } }.outer();
console.log(JSON.stringify(same));
try { Error.captureStackTrace(Object.freeze({})); } catch (e) { console.log(e.message); }
console.log(JSON.stringify(Reflect.construct(Error, ['x'], function Foo() {}).stack));
