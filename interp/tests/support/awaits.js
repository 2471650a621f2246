const out=[];const log=(...x)=>out.push(x.join(' '));
class P2 extends Promise{}
const thenable={then(r){log('then');r('T')}};
async function seq(name,vals){for(const v of vals){try{log(name,await v)}catch(e){log(name,'E',e&&e.message||e)}}}
function getterPromise(){const p=Promise.resolve('g');Object.defineProperty(p,'constructor',{get(){log('ctor');return Promise}});return p}
function otherCtor(){const p=Promise.resolve('o');p.constructor=P2;return p}
async function* ag(n){try{for(let i=0;i<n;i++)yield i%2?Promise.resolve(i):i}finally{log('agfin',await 5)}}
async function fa(n,k){let s='';for await(const x of ag(n)){s+=x;if(x===k)break}return s}
async function faSync(){let s='';for await(const x of [1,Promise.resolve(2),thenable])s+=x;return s}
async function many(){
 for(let r=0;r<30;r++){
  let un;const pend=new Promise(r=>{un=r});
  seq('a',[1,Promise.resolve(2),null,{x:1}.x,thenable,P2.resolve(3),getterPromise(),otherCtor(),Promise.reject(new Error('rej')),pend,'end']);
  seq('b',[1,2,3,4,5,6,7,8,9]);
  Promise.resolve().then(()=>log('c1')).then(()=>log('c2')).then(()=>log('c3')).then(()=>un('late'));
  (async()=>{try{await Promise.reject(1)}catch(e){log('rej',e)}finally{log('f',await 7)}})();
  log(await fa(5),await fa(6,3),await faSync());
  await 0;for(let i=0;i<50;i++)await 0;
 }
 const oldc=Promise.prototype.constructor;
 Promise.prototype.constructor=P2;
 for(let r=0;r<20;r++){await seq('p',[Promise.resolve(1),2,P2.resolve(3)]);}
 Promise.prototype.constructor=oldc;
 for(let r=0;r<20;r++){await seq('q',[Promise.resolve(1),2,P2.resolve(3)]);}
 const ot=Promise.prototype.then;let n=0;
 Promise.prototype.then=function(...a){n++;return ot.apply(this,a)};
 for(let r=0;r<20;r++){await seq('t',[Promise.resolve(1),2,P2.resolve(3),otherCtor()]);}
 Promise.prototype.then=ot;log(n);
 async function deep(d){if(d===0){await 1;throw new Error('deep')}await deep(d-1)}
 try{await deep(3)}catch(e){log(e.message)}
 class Q{constructor(){this.a=[]}}const q=new Q();
 for(let i=0;i<300;i++)q.a.push(i);let s=0;while(q.a.length){s+=await q.a.shift();if(s%7===0&&q.a.length<200)q.a.push(1)}log(s);
}
let answer='';many().then(()=>{let h=0;for(const l of out)for(let i=0;i<l.length;i++)h=(h*31+l.charCodeAt(i))|0;answer=out.length+' '+h},e=>{answer='failed '+e});