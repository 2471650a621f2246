const source = null;
const { a, b } = source;
