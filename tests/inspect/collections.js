console.log(new Map([[1,2]]).entries(), new Map([[1,2]]).keys(), new Set([5]).values(), new Set([5]).entries(), [1][Symbol.iterator](), 'a'[Symbol.iterator](), 'a'.matchAll(/a/g));
console.log(new WeakMap, new WeakSet, new WeakRef({}), new FinalizationRegistry(()=>{}));
console.log([Math, JSON, Promise.resolve(4), Promise.reject(3).catch(()=>{})&&1]);
console.log(new Set([[1,2],{a:1}]), new Map([[{a:1},'b'],['c',new Map]]), new Set, new Map);
console.log(Object.assign(new Set([1]),{x:1}));
{
  class M extends Map{};
  console.log(new M([[1,2]]), new (class S extends Set{}));
}
{
  console.log({a:[{b:{c:{}}}]}, [[[[]]]], [[[{}]]], {a:{b:{c:[]}}}, {a:{b:{c:new Map}}}, {a:{b:{c:new (class Foo{})}}},{a:{b:{c:Object.create(null)}}});
}
console.log([['a',1],['b',2]], new Map([['k',{a:1,b:[1,2,3]}]]), new Map([[{a:1},new Set([1,2])]]));
{
  console.log(Object.create({a:1}), Object.create(Array.prototype), Object.create(Map.prototype) instanceof Map, new (class extends Object{}), new (class Foo extends null{ constructor(){return Object.create(Foo.prototype)}}));
}
