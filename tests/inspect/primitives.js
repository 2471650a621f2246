console.log({[Symbol('a b')]:1, [Symbol()]:2, 'a-b':3, __proto__:null});
console.log(Symbol('x'), Object(Symbol('x')), Object(1), Object('abc'), Object(true), Object(10n), -0, [-0], 1e21, 123456789.123);
console.log(new Date(0), [new Date(NaN)], /a/g, Object.assign(/a/,{x:1}), Object.assign(new Date(0),{x:1}));
console.log(new Number(-0), new String('a\nb'), Object.assign(new String('ab'),{x:1}), Object.assign(new Number(3),{y:2}));
console.log(globalThis.constructor===Object, Object(1n), [Object('s')], new Boolean(false));
console.log([new Date(0)], {d:new Date(1e12)}, [/r/g], {x:Symbol('y')}, [Symbol.iterator]);
