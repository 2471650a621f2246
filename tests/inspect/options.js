const util = require('util');
console.log(util.inspect({['__proto__']:1}));
{
  console.log(util.inspect({a:[1,{b:2}]},{depth:0}), util.inspect({a:[1,{b:2}],m:new Map,s:class Z{}},{depth:0}));
}
console.log(util.inspect([1,'a',null,undefined,true,Symbol('s'),5n,new Date(0),/x/,()=>1],{colors:true}));
console.log(util.inspect({a:1,b:{c:2}},{compact:false}), util.inspect({a:1,b:{c:[1,2]}},{compact:true}));
console.log(util.inspect('a'.repeat(10)), util.inspect('x'.repeat(10005)).length);
console.log(util.inspect(new Proxy({a:1},{get(){return 5}}),{showProxy:true}));
console.log(util.inspect({a:{b:1}},{compact:1}), util.inspect([[[[1]]]],{depth:Infinity,compact:1}));
console.log(util.inspect('x'.repeat(30)+'\n'+'y'.repeat(60)), util.inspect({s:'x'.repeat(30)+'\n'+'y'.repeat(60)}));
console.log(util.inspect({b:1,a:2,c:{z:1,y:2}},{sorted:true}), util.inspect(123456.789,{numericSeparator:true}), util.inspect({get a(){return {x:1}},get b(){return 5}},{getters:true}));
console.log(util.inspect([1,2,3,4],{maxArrayLength:2}), util.inspect(new Set([1,2,3]),{maxArrayLength:1}),util.inspect('abcdef',{maxStringLength:2}), util.inspect(new Map([[1,2],[3,4]]),{maxArrayLength:1}), util.inspect([1,2],{maxArrayLength:0}));
console.log(util.inspect(new Map([[1,{a:{b:{}}}]]),{depth:0}), util.inspect(new WeakSet([{a:1}]),{showHidden:true}));
console.log(util.inspect({a:1n,[Symbol('k')]:'v',f(){},u:undefined,n:null,d:new Date(0),e:-0,g:{get x(){return 1}}},{colors:true}));
{
  console.log(util.inspect(new Proxy(function f(){},{})),util.inspect(new Proxy(class Q{},{})),util.inspect(new Proxy([1,2,3],{}),{showProxy:1}), util.inspect(new Proxy(new Proxy({},{}),{})));
}
console.log(Object.defineProperty({},'hid',{value:1}), util.inspect(Object.defineProperty({},'hid',{value:1}),{showHidden:true}));
