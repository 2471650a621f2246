// Builtins that stay calls.
function run(n) {
  const o = { a: 1, b: 2 }, s = 'hello world', list = [3, 1, 2];
  let v = 0;
  for (let i = 0; i < n; i++) {
    if (Object.hasOwn(o, 'a')) v++;
    if (o.hasOwnProperty('c')) v++;
    if (Number.isSafeInteger(i)) v++;
    v += s.indexOf('o') + list.indexOf(2) + list.lastIndexOf(3);
    v += Number.parseFloat('2');
  }
  return v;
}
console.log(run(3_000_000));
