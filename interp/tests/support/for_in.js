var log=[];
function k(o){ const r=[]; for(const x in o) r.push(x); return r.join(); }
function twice(f){ log.push(f(),f(),f()); }
// own, proto keys, shadowing
class A{constructor(){this.a=1;this.b=2;}}; A.prototype.p=1; A.prototype.a=5;
twice(()=>k(new A));
const o=new A; log.push(k(o)); A.prototype.q=1; log.push(k(o)); delete A.prototype.p; log.push(k(o)); Object.defineProperty(A.prototype,'q',{enumerable:false}); log.push(k(o));
Object.defineProperty(o,'hid',{value:1,enumerable:false,configurable:true}); A.prototype.hid=3; log.push(k(o)); 
// deletion during iteration
for(let t=0;t<3;t++){ const o={a:1,b:2,c:3}; const r=[]; for(const x in o){ r.push(x); delete o.b; } log.push(r.join()); }
for(let t=0;t<3;t++){ const o=Object.create({x:1,y:2,z:3}); o.a=1; const r=[]; for(const x in o){ r.push(x); delete Object.getPrototypeOf(o).y; } log.push(r.join()); }
for(let t=0;t<3;t++){ const P={x:1,y:2,z:3}; const mk=()=>{const o=Object.create(P); o.a=1; return o;}; k(mk()); k(mk()); const o=mk(); const r=[]; for(const x in o){ r.push(x); delete P.y; P.w=1; } log.push(r.join()); log.push(k(mk())); }
for(let t=0;t<3;t++){ const o={a:1,b:2,c:3}; const r=[]; for(const x in o){ r.push(x); Object.defineProperty(o,'c',{enumerable:false}); } log.push(r.join()); log.push(k(o)); }
// arrays
for(let t=0;t<3;t++){ const a=[1,,3,4]; a.foo=1; const r=[]; for(const x in a){ r.push(typeof x+x); if(x=='0') delete a[2]; if (x=='foo') a.push(3) } log.push(r.join()); }
for(let t=0;t<3;t++){ const a=[1,2,3,4]; const r=[]; for(const x in a){ r.push(x); a.length=2; } log.push(r.join()); }
for(let t=0;t<3;t++){ const a=[1,2,3,4]; const r=[]; for(const x in a){ r.push(x); Object.freeze(a); } log.push(r.join()); }
for(let t=0;t<3;t++){ const a={5:1,1:2,z:1,a:3}; log.push(k(a)); Object.defineProperty(a,'1',{enumerable:false}); log.push(k(a)); }
// dictionary
const d={}; for(let i=0;i<700;i++) d['k'+i]=i; delete d.k5; log.push(k(d).length); 
for(let t=0;t<2;t++){ const r=[]; for(const x in d){ r.push(x); delete d['k'+(10+t)]; if(r.length>12) break; } log.push(r.join()); }
// functions/classes
class B{ static s=1; static m(){} } class C extends B{ static t=2; } twice(()=>k(B)); twice(()=>k(C)); function f(){} log.push(k(f)); f.x=1; log.push(k(f)); Function.prototype.zz=1; log.push(k(f),k(function(){})); Function.prototype.name2=1; log.push(k(f)); delete Function.prototype.zz; delete Function.prototype.name2;
Object.prototype.length=4; log.push(k([1]),k(f),k(function(){}),k({})); delete Object.prototype.length;
Object.prototype.ext=4; log.push(k([1]),k({a:1}),k({a:1}),k(new A)); delete Object.prototype.ext; log.push(k({a:1}));
Object.prototype[3]=4; log.push(k([1]),k({a:1}),k({a:1}),k(new A)); delete Object.prototype[3]; log.push(k({a:1}));
Array.prototype[1]=4; log.push(k([1]),k([1,2]),k({a:1}),k([])); delete Array.prototype[1]; log.push(k([1]));
// proxies
const p=new Proxy({a:1,b:2},{ownKeys(t){ log.push('ownKeys'); return Reflect.ownKeys(t); }, getOwnPropertyDescriptor(t,x){ log.push('gopd '+String(x)); return Reflect.getOwnPropertyDescriptor(t,x); }, getPrototypeOf(t){ log.push('gpo'); return {c:1}; }});
log.push(k(p)); const q=Object.create(p); q.z=1; log.push(k(q)); log.push(k(q));
// null proto, string, number, symbols
const n=Object.create(null); n.a=1; n[Symbol()]=2; twice(()=>k(n)); n.b=1; log.push(k(n)); log.push(k('abc'),k(5),k(null),k(undefined),k(new String('xy')),k(new Uint8Array(2)));
Object.setPrototypeOf(n,{c:1}); log.push(k(n)); Object.setPrototypeOf(n,{d:1}); log.push(k(n));
// unique shapes
const P={a:1}; Object.create(P); log.push(k(P)); P.b=1; log.push(k(P)); delete P.a; log.push(k(P)); Object.defineProperty(P,'b',{enumerable:false}); log.push(k(P)); P.c=1; P.b2=1; log.push(k(P));
(function(a,b){ for(let t=0;t<2;t++) log.push(k(arguments)); arguments.x=1; log.push(k(arguments)); })(1,2);
(function(){ 'use strict'; log.push(k(arguments)); })(1,2);
log.push(k(new Error('x')), k(/x/), k(new Map), k(Math), k(JSON), k(globalThis).includes('log'));
for(let i=0;i<40;i++){ const o={}; o['p'+i]=1; o.x=2; const r=k(o)+k(o); if(r!==`p${i},xp${i},x`) log.push('BAD'+r); }
log.join(';')
