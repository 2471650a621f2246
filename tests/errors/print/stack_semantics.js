const e = new Error('a'); const o = Object.create(e);
console.log(o.stack === e.stack, Object.hasOwn(o, 'stack')); o.stack = 5;
console.log(Object.getOwnPropertyDescriptor(o, 'stack'), typeof e.stack);
const f = Object.freeze(new Error('f')); console.log(typeof f.stack, Object.isFrozen(f)); f.stack = 1; console.log(typeof f.stack);
const g = new Error('g'); Object.defineProperty(g, 'stack', { enumerable: true }); console.log(Object.keys(g), typeof g.stack);
const h = { ...new Error('h') }; console.log(h); const p = new Proxy(new Error('p'), {}); console.log(typeof p.stack);
