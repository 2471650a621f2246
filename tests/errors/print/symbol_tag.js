class T extends Error { get [Symbol.toStringTag]() { return 'Tag'; } }
console.log(new T('x'));
