const o = Object.freeze({ a: 1 });
Object.defineProperty(o, 'a', { value: 2 });
