const out=[];const log=(...x)=>out.push(x.join(' '));
function cnt(s){let n=0,t='';for(const c of s){if(c==='a')n++;else if(c==='\u{1F600}')n+=100;t+=c+'.'}return n+t}
function units(s){let h=0;for(const c of s)h=(h*31+c.codePointAt(0)+c.length*7)|0;return h}
function brk(s){for(const c of s)if(c>'m')return c;return '-'}
function two(s){let r='';for(const x of s)for(const y of s)r+=x+y;return r.length+r.slice(-4)}
function part(s){const it=s[Symbol.iterator]();it.next();let r='';for(const c of it){r+=c;if(r.length>1)break}r+='|';for(const c of it)r+=c;for(const c of it)r+='X'+c;return r}
function rope(n){let s='';for(let i=0;i<n;i++)s+=String.fromCharCode(97+i%26,0x100+i);return s}
for(let i=0;i<150;i++){
 log(cnt('banana'),cnt('a\u{1F600}b'),cnt('\ud800a\udc00'),cnt('a\ud83d'),cnt(''),cnt('\u00e9\u4e2d'),brk('abcxyz'),brk('abc'),two('ab\u{1F600}'),part('hello'),part('h\u{1F600}'));
 log(units(rope(i)),units('abc'.repeat(i%7)),units(rope(40).slice(3,i%50)),units(new String('boxed')),cnt(String(i)));
}
function any(x){let r='';for(const c of x)r+=c;return r}
for(let i=0;i<200;i++)log(any(i<100?'str'+i:i%4===0?[1,2]:i%4===1?new Set('xyz'):i%4===2?'q\u{1F600}':new Map([[1,2]]).keys()));
const SI=Object.getPrototypeOf(''[Symbol.iterator]()),old=SI.next;let n=0;
SI.next=function(){n++;return old.call(this)};for(let i=0;i<50;i++)log(cnt('abab'),n);
SI.next=old;for(let i=0;i<50;i++)log(cnt('abab'),n);
let h=0;for(const l of out)for(let i=0;i<l.length;i++)h=(h*31+l.charCodeAt(i))|0;
out.length+' '+h
