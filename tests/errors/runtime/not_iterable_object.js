const o = {};
const [a] = o;
