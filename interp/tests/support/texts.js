var log=[];
for (var i=0;i<3;i++) {
 (function(){ log.push([].slice.call(arguments), [].slice.call(arguments,1), [].slice.call(arguments,-2,-1), [].slice.call(arguments,5).length, JSON.stringify([].slice.call(arguments,0,10))); })(1,2,3);
 (function(){ arguments.length=5; var a=[].slice.call(arguments); log.push(a.length, 3 in a, 2 in a); })(1,2,3);
 (function(){ delete arguments[1]; var a=[].slice.call(arguments); log.push(a.length, 1 in a); Array.prototype[1]='p'; Object.prototype[1]='q'; a=[].slice.call(arguments); log.push(a[1], a.hasOwnProperty(1)); delete Array.prototype[1]; delete Object.prototype[1]; })(1,2,3);
 (function(a){ a=9; log.push([].slice.call(arguments,0)); })(1,2,3);
 (function(){ 'use strict'; log.push([].slice.call(arguments,1)); Object.defineProperty(arguments,'1',{get(){return 'g'}}); log.push([].slice.call(arguments,1)); Object.freeze(arguments); log.push([].slice.call(arguments)); })(1,2,3);
 (function(){ var r=[].slice.call(arguments,{valueOf(){ return 0; }}, {valueOf:()=>2}); log.push(r); })(1,2,3);
 log.push(['','0','00','12',' 12 ','123456789','999999999','1234567890','12x','-5','+5','1e3','.5','0x1f','１２'].map(Number));
 log.push([1,-0,1.5,NaN,Infinity,true,false,null,undefined,'a','"\\\n\u2028\ud800é','',Symbol(),new String('x'),new Number(3)].map(v=>String(JSON.stringify(v))));
 log.push(JSON.stringify('a',null,2), JSON.stringify(1,(k,v)=>v+1), JSON.stringify('x',['a']), JSON.stringify(5,undefined,{valueOf(){log.push('called')}}));
 String.prototype.toJSON=function(){ log.push('toJSON'); return 1; }; log.push(JSON.stringify('a'), JSON.stringify({a:'b'})); delete String.prototype.toJSON;
 try { JSON.stringify(1n) } catch(e) { log.push(e.constructor.name) } BigInt.prototype.toJSON=function(){ return 'big' }; log.push(JSON.stringify(1n)); delete BigInt.prototype.toJSON;
}
log.map(String).join(';')
