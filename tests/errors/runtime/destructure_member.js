const data = {};
const { x } = data.inner;
