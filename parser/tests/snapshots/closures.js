function outer(a, b = a) {
  let x = 1;
  const y = () => x + this.z + arguments.length;
  var a;
  for (let i = 0; i < 3; i++) { fs.push(() => i); }
  return function inner(n) { return n ? inner(n - 1) : y; };
}
