// Custom inspection, proxies and cycles through collections.
const util = require('util');
const custom = util.inspect.custom;
console.log({ [custom](depth, options) { return `depth ${depth}, ${options.compact}`; } });
console.log({ a: { [custom](depth) { return { depth }; } } });
console.log({ a: { b: { [custom]() { return 'two\nlines'; } } } });
class Money {
  constructor(n) { this.n = n; }
  [custom](depth, options, inspect) { return `Money<${inspect(this.n, options)}>`; }
}
console.log(new Money(5), [new Money(6)], { m: new Money(7) });
console.log(util.inspect({ [custom]() { return 1; } }, { customInspect: false, showHidden: false, depth: 0 }).slice(0, 2));
const map = new Map();
map.set('self', map).set(map, 1);
console.log(map);
const set = new Set([1]);
set.add(set);
console.log(set);
const a = { name: 'a' };
const b = { name: 'b', a };
a.b = b;
console.log([a, b]);
console.log({ a, b });
const p = new Proxy({ x: 1, y: { z: 2 } }, { get() { throw new Error('no'); } });
console.log(util.inspect(p), util.inspect({ p }, { showProxy: true }));
console.log(util.inspect(new Proxy(new Map([[1, 2]]), {})));
console.log(util.format('%s %o', 'a', { f() {} }.f.name));
console.log(util.inspect({ get a() { throw new Error('oops'); } }, { getters: true }));
console.log(util.inspect({ a: 1, b: [1, 2, 3] }, { breakLength: 5 }));
console.log(util.inspect([[1, 2, [3, 4, [5, [6]]]], { a: 1, b: { c: { d: {} } } }], { depth: null }));
console.log(util.inspect(new Map([['a', { b: 1 }], ['c', [1, 2, 3]]]), { compact: false }));
console.log(util.inspect({ s: 'x'.repeat(200) }, { maxStringLength: 20 }));
