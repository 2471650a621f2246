Error.prepareStackTrace = (e, s) => s;
function f() { return new Error('x').stack[0]; }
const o = { m() { return new Error('x').stack[0]; }, get g() { return new Error('x').stack[0]; } };
class A { constructor() { this.s = new Error('x').stack[0]; } static t() { return new Error('x').stack[0]; } }
const sites = [f(), o.m(), o.g, new A().s, A.t(), eval('new Error(1).stack[0]'), [1].map(() => new Error('x').stack[1])[0]];
for (const s of sites) {
  console.log(s.getTypeName(), s.getFunctionName(), s.getMethodName(), s.isToplevel(), s.isEval(), s.isNative(), s.isConstructor(), s.isAsync(), s.isPromiseAll(), s.getPromiseIndex(), s.getLineNumber(), s.getColumnNumber(), typeof s.getThis(), typeof s.getFunction());
}
console.log(Object.prototype.toString.call(sites[0]), sites[6].toString());
