const util = require('util');
{
  class E2 extends Error{};
  try { throw new E2('m') } catch(e) { console.log(e.stack.split('\n')[0], util.inspect(e).split('\n')[0]) }
}
{
  const e=new Error('x');
  e.stack='Error: x';
  console.log(e, [e]);
  e.code='C';
  console.log(e);
}
{
  const e3=new TypeError('x',{cause:new Error('c')});
  e3.stack='TypeError: x\n    at foo';
  e3.cause.stack='Error: c\n    at bar';
  console.log(e3);console.log({e3});
}
{
  const e4=new Error('a');
  e4.name='Foo';
  e4.stack='Error: a\n    at foo';
  console.log(e4); 
}
console.log(util.inspect(new Error('a'),{compact:true}).split('\n')[0]);
{
  const ae=new AggregateError([new Error('z')],'agg');
  ae.stack='AggregateError: agg\n    at q';
  ae.errors[0].stack='Error: z\n    at t';
  console.log(ae);
}
console.log(new (function Bar(){ this.a=1 }), new (class{}), Object.setPrototypeOf([1], null), Object.setPrototypeOf(new Map([[1,2]]),null), Object.setPrototypeOf(()=>1,null),Object.setPrototypeOf(new Error('q'),null).message);
console.log({e:new RangeError('boo').message, d:{d:{d:{d:new Date(0),r:/x/,f(){},e:Object.assign(new Error('q'),{stack:'Error: q\n    at z'})}}}});
console.log([new Error('x').message, null], [[1,2,[3,4,[5,[6]]]], {a:1,b:{c:{d:{}}}}]);
{
  console.log(new (class extends Error{ constructor(){super('m');
  this.name='Custom';
  this.stack='Custom: m\n    at k';
  this.extra=1}}));
}
{
  class ValidationError extends Error{ constructor(m){super(m);
  this.name='ValidationError';
  this.stack='Error: '+m+'\n    at k';}};
  console.log(new ValidationError('bad'));
}
{
  class HttpError extends Error{};
  const he=new HttpError('bad');
  he.stack='Error: bad\n    at k';
  console.log(he);
  const ne=new Error('');
  ne.stack='Error\n    at k';
  console.log(ne);
  const nn=new Error('multi\nline');
  nn.stack='Error: multi\nline\n    at k';
  console.log([nn],{nn});
}
{
  const we=new Error('msg');
  we.message='changed';
  we.stack='Error: msg\n    at k';
  console.log(we);
  const x1=new Error('m2');
  x1.stack='hello';
  console.log(x1);
  x1.stack=undefined;
  console.log(x1);
  x1.stack='Error: m2\n    at a';
  x1.cause='str';
  x1.o={p:{q:{r:{s:1}}}};
  console.log(x1);
}
console.log(Promise.reject(new Error('zz')).catch(()=>1)&&0, new Promise(()=>{}), Promise.resolve({a:1}), Object.assign(Promise.resolve(1),{x:1}));
