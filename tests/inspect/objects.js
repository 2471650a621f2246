console.log(['\ud83d', 'a\u007f\x1b\u0085', "it's", `it's "x"`, 'it\'s "x" `y`']);
console.log(Object.create(null), Object.create({}), Object.create(Object.create(null)), Object.create(Object.create({constructor:1})));
console.log({a:{b:{c:{d:1}}}}, [[[[1]]]]);
{
  const r=Proxy.revocable({}, {});
  r.revoke();
  console.log(r.proxy);
}
console.log({get a(){return 1}, set a(v){}, get b(){return 1}, set c(v){}});
{
  const c={name:'c'};
  c.self=c;
  c.arr=[c,{c}];
  console.log(c);
}
console.log({a:1n,b:undefined,c:null,d:'x',e:NaN});
console.log([1.5,2.25,3,4,5,6,7,8],[ 'a','bb','ccc','d','e','f','g','hh'],[1,'a',2,'b',3,'c',4,'d']);
console.log(['日本語','x','日本','日','本','語','a','b']);
console.log({a:1,b:'a long string that makes the object wrap', c:'another long string here', d:4});
console.log({'quoted-key':1,valid_key:2,3:4,'':5,"it's":6});
console.log({a:{a:{a:{}}}}, {a:{a:{a:{a:1}}}}, [[[[[]]]]],[[['a']]], {x:[[[]]]});
