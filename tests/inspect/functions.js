console.log((function(){return arguments})(1,2), (function(){return arguments})());
console.log([new Proxy({a:1},{}), new Proxy(function f(){}, {}), new Proxy([1,2],{})]);
function* g(){};
console.log(g, g(), async function* ag(){}, async()=>{}, (async function*(){})());
{
  console.log(new (class Foo{ constructor(){this.x=1}}), class A{}, class B extends Array{}, class extends Object{}, new (class B2 extends Array{})(3));
}
console.log(function(){}, function foo(){}, Object.assign(function foo(){}, {a:1}), Object.assign(()=>1,{}) );
{
  console.log({ [Symbol.toStringTag]:'T' }, Object.create({[Symbol.toStringTag]:'T'}), new (class Q { get [Symbol.toStringTag](){return 'R'} }));
}
console.log({f(){}, async g(){}, *h(){}, k:class{}});
{
  console.log(Object.create(class Foo2{}.prototype), Object.setPrototypeOf({a:1}, class Foo3{}.prototype));
}
console.log(new Array(200).fill(0).map((_, i)=>i*1000));
console.log(Object.assign(()=>{}, {a:1,b:{c:2}}), Object.assign(function(){}, {prototype:undefined}));
{
  console.log(class { static x = 1 }, class A { static y = {z:1} });
}
{
  console.log([function a(){}, class B{}], {async:async()=>{}});
}
