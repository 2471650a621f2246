const out=[];const log=(...x)=>out.push(x.join(' '));
let fin=0;
function* plain(n){for(let i=0;i<n;i++)yield i}
function* fin1(n){try{for(let i=0;i<n;i++)yield i}finally{fin++}}
function* fin2(n){try{for(let i=0;i<n;i++)yield i}finally{yield 'late';fin++}}
function* catch1(n){for(let i=0;i<n;i++){try{yield i}catch(e){yield 'c'+e}}}
function* deleg(n){yield* plain(n);return 'r'}
function* delegf(n){const r=yield* deleg(n);yield r}
function* tree(d){if(d>0){yield* tree(d-1);yield d;yield* tree(d-1)}}
function* nested(n){for(const x of plain(n))yield x*2}
function* thrower(n){for(let i=0;i<n;i++){if(i===3)throw new Error('t'+i);yield i}}
function* ret(n){yield 1;return 7}
let self;function* reenter(){yield 1;try{self.next()}catch(e){yield e.constructor.name}try{self.return(5)}catch(e){yield 'R'+e.constructor.name}}
function first2(g){const [a,b]=g;return a+','+b}
function brk(g,k){let s='';for(const x of g){if(x===k)break;s+=x}return s+'|'+JSON.stringify(g.next())}
function retn(g){for(const x of g)return x+JSON.stringify(g.next())}
function man(g){let s='';for(let r;!(r=g.next()).done;)s+=r.value;return s}
function man2(g){let s='';let r=g.next();while(!r.done){s+=r.value;r=g.next(s.length)}return s+r.value+Object.keys(r)}
function esc(g){const r=[];r.push(g.next(),g.next(),g.next());return JSON.stringify(r)+(r[0]===r[1])}
function thr(g){try{for(const x of g)if(x===2)throw new Error('o')}catch(e){return e.message+JSON.stringify(g.next())}return 'n'}
function* echo(){let x=0;for(;;)x=yield x}
function ech(n){const g=echo();let s=0;for(let i=0;i<n;i++)s+=g.next(i).value;return s+JSON.stringify(g.return(3))+JSON.stringify(g.next())}
function lab(){let s='';a:for(const x of fin1(5))for(const y of plain(5)){s+=x*y;if(y===2)continue a;if(x===3)break a}return s}
for(let i=0;i<80;i++){
 log(first2(plain(5)),first2(plain(1)),first2(fin1(5)),first2(fin2(5)),first2(catch1(3)),first2(deleg(4)),first2(delegf(1)),first2(nested(4)),first2(tree(3)),fin);
 log(brk(plain(9),4),brk(fin1(9),4),brk(fin2(9),4),brk(delegf(6),3),brk(delegf(2),'r'),brk(nested(9),4),retn(plain(3)),retn(fin1(3)),retn(fin2(3)),fin);
 self=reenter();log([...self].join());log(man(plain(5)),man(tree(3)),man(nested(4)),man(delegf(3)),man2(echo2()),man2(ret()),esc(ret()),esc(plain(5)),ech(9),lab(),thr(plain(5)),thr(fin1(5)),thr(tree(3)),fin);
 try{man(thrower(6))}catch(e){log(e.message)}
 try{first2(thrower(0))}catch(e){log(e.message)}
 const t=thrower(6);try{for(const x of t);}catch(e){log(e.message,JSON.stringify(t.next()))}
 const un=plain(3);log(JSON.stringify(un.return(4)),JSON.stringify(un.next()));
 const [z=9]=plain(0);log(z);const [...all]=plain(4);log(all);
 const c=catch1(4);c.next();log(JSON.stringify(c.throw('q')),JSON.stringify(c.next()),JSON.stringify(c.return(1)));
}
function* echo2(){const a=yield 1;const b=yield a+'x';return b}
// patched return/next
const GP=Object.getPrototypeOf(Object.getPrototypeOf(plain.prototype)),oldr=GP.return,oldn=GP.next;let cr=0;
GP.return=function(v){cr++;return oldr.call(this,v)};
for(let i=0;i<50;i++)log(first2(plain(5)),brk(plain(9),4),cr);
GP.return=function(v){return 1};
for(let i=0;i<50;i++){try{first2(plain(5))}catch(e){log(e.constructor.name)}}
GP.return=5;for(let i=0;i<50;i++){try{first2(plain(5))}catch(e){log(e.constructor.name)}}
GP.return=null;for(let i=0;i<50;i++)log(brk(plain(9),4));
GP.return=oldr;
GP.next=function(v){cr++;return oldn.call(this,v)};
for(let i=0;i<50;i++)log(first2(plain(5)),man(plain(4)),cr);
GP.next=oldn;for(let i=0;i<50;i++)log(first2(plain(5)),man(plain(4)),cr);
for(let i=0;i<50;i++){try{oldn.call(i&1?{}:i)}catch(e){log(e.constructor.name)}}
function mixed(it){let s='';for(let r;!(r=it.next()).done;)s+=r.value;return s}
for(let i=0;i<100;i++)log(mixed(i%3===0?plain(3):i%3===1?[1,2][Symbol.iterator]():new Map([[1,2]]).keys()));
let h=0;for(const l of out)for(let i=0;i<l.length;i++)h=(h*31+l.charCodeAt(i))|0;
out.length+' '+h
