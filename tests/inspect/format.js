console.log('%s %s %s %s', 1, -0, 5n, Symbol('a'), 'x', {a:{b:1}}, [1]);
console.log('%s|%s|%s|%s', {a:{b:1}}, [1,[2]], null, undefined, ()=>1);
console.log('%d %d %d %i %f', '42', 5n, {}, 42.7, '3.5abc', 'rest');
console.log('%j %o %O', {a:1}, [1], {a:{b:{c:{d:1}}}});
console.log('%% %c x', 'css');
console.log('100%%');
console.log('%x', 1);
console.log('a', 'b', {a:'b'});
console.log('%s');
{
  console.log('%s', new Error('E').message, '%s', 'x');
  console.log('%s', {toString(){return 'custom'}}, class A{}, Symbol('q'));
  console.log('%s', new (class X{toString(){return 'tx'}}));
  console.log('%s', new Date(0), [1,[2,[3]]], -0, 1e21);
}
