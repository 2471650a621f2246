const out=[];
function log(...x){out.push(x.map(String).join(','))}
function run(it){const r=[];let n=0;for(const x of it){r.push(Array.isArray(x)?x.join(':'):typeof x==='symbol'?'sym':x);if(++n>60)break}return r.join(' ')}
function pairs(it){let s='';for(const [k,v,w='-'] of it){s+=k+'='+v+w+' ';}return s}
function rest(it){let s='';for(const [k,...r] of it){s+=k+'='+r.length+r[0]+' ';}return s}
function grow(m){let s='';for(const [k,v] of m){s+=k+' ';if(k<30)m.set(k*2+1,v+1);if(k%3===0)m.delete(k);}return s}
function del(m){let s='';for(const k of m){s+=k+' ';m.delete(k+1);if(k%5===0)m.add(k+100>130?0:k+100);}return s}
function clr(m){let s='';let n=0;for(const k of m.keys()){s+=k+' ';n++;if(n===3)m.clear();if(n<6)m.set('n'+n,1);}return s}
function brk(m){for(const v of m.values()){if(v>3)return v}return -1}
function escape(m){const r=[];for(const e of m)r.push(e);return r.map(e=>e.join()).join(';')}
function rehash(s){let n=0,t=0;for(const k of s){t+=k;if(n<500){n++;s.add(1000+n);s.delete(k)}}return t}
function inner(m){let t=0;for(const [k,v] of m)for(const [k2,v2] of m)t+=k*v2-k2*v;return t}
function thr(m){try{for(const [k,v] of m){if(k===5)throw new Error('x'+v);}}catch(e){return e.message}finally{m.delete(99)}return 'none'}
function manual(m){const it=m.entries();it.next();let s='';for(const [k] of it){s+=k+' ';if(k===4)break}s+='|';for(const [k] of it)s+=k+' ';s+=it.next().done;return s}
function M(n){const m=new Map();for(let i=0;i<n;i++)m.set(i,i*2);return m}
function S(n){const m=new Set();for(let i=0;i<n;i++)m.add(i);return m}
for(let rep=0;rep<60;rep++){
 log(run(M(7)),run(M(7).keys()),run(M(7).values()),run(S(5)),run(S(5).entries()),run('a\u{1F600}b\ud800c'),run([1,,3].entries()),run(new Uint8Array([1,2,300]).entries()),run(new Float32Array([1.5,NaN])),run([,,1].keys()),run(Array(3).keys()));
 log(pairs(M(5)),pairs(S(4).entries()),pairs(['a',,'c'].entries()),pairs(new Map([[{},1],['x',undefined]])),rest(M(4)));
 log(grow(M(10)),del(S(12)),clr(M(8)),brk(M(9)),escape(M(4)),rehash(S(20)),inner(M(6)),thr(M(9)),manual(M(9)));
 log(run(new Map()),run(new Set()),run(''),run(new BigInt64Array(2)),run([[1,2],[3,4]]));
}
// arrays that shrink and grow while iterated
function shrink(a){let s='';for(const [i,x] of a.entries()){s+=i+':'+x+' ';if(i===2)a.length=4;if(i<2)a.push(i)}return s}
for(let i=0;i<60;i++)log(shrink([1,2,3,4,5,6,7]));
// typed arrays that are detached
function det(n){const t=new Uint8Array(8);let s='';try{for(const [i,x] of t.entries()){s+=i;if(i===n)t.buffer.transfer();}}catch(e){s+=e.constructor.name}return s}
for(let i=0;i<40;i++)log(det(i<30?99:3));
function getter(){const a=[1,2,3];Object.defineProperty(a,1,{get(){return 'g'}});let s='';for(const [i,x] of a.entries())s+=i+x;for(const x of a.values())s+=x;return s}
for(let i=0;i<40;i++)log(getter());
// patched next
function patched(m){let s=0;for(const [k,v] of m)s+=k*v;return s}
for(let i=0;i<60;i++)log(patched(M(10)));
const MI=Object.getPrototypeOf(new Map().entries()),old=MI.next;
let count=0;MI.next=function(){count++;return old.call(this)};
for(let i=0;i<60;i++)log(patched(M(10)),count);
MI.next=old;
for(let i=0;i<60;i++)log(patched(M(10)),count);
MI.return=function(){count+=1000;return {}};
for(let i=0;i<60;i++)log(brk(M(10)),count);
delete MI.return;
function own(m){const it=m.values();it.next=()=>({done:true});let n=0;for(const x of {[Symbol.iterator]:()=>it})n++;return n}
for(let i=0;i<60;i++)log(own(M(3)));
class MyMap extends Map{*[Symbol.iterator](){yield [1,2];yield* super.entries()}}
for(let i=0;i<60;i++)log(pairs(i&1?new MyMap([[3,4]]):M(2)),run(i%3?S(2):i%2?'ab':[1,2]));
let h=0;for(const l of out)for(let i=0;i<l.length;i++)h=(h*31+l.charCodeAt(i))|0;
out.length+' '+h
