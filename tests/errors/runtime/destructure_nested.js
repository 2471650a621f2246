const o = {};
const { a: { b } } = o;
