let u;
const [a, b] = u;
