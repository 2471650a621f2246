const out=[];const log=(...x)=>out.push(x.join(' '));
let closed=0;
function* g(n){try{for(let i=0;i<n;i++)yield i}finally{closed++}}
function* t(n){yield 1;yield 2;if(n)throw new Error('e'+n);return 9}
function* d(n){yield* g(n);yield* [7,8];yield* new Set('ab')}
class C{constructor(n){this.n=n}[Symbol.iterator](){let n=this.n;return{next:()=>n>0?{value:n--,done:false}:{value:undefined,done:true},return(){closed++;return{}}}}}
class B{[Symbol.iterator](){return{next(){return 1}}}}
class D{[Symbol.iterator](){return 5}}
class F{[Symbol.iterator](){return{}}}
class G{[Symbol.iterator](){return{get next(){closed+=10;let i=0;return()=>({get done(){closed+=100;return i++>2},get value(){closed+=1000;return i}})}}}}
function sp(x){return [...x].join()}
function mx(x){return Math.max(...x)}
function re(x){const [a,...r]=x;return a+'/'+r.join()}
function ar(x){return Array.from(x).join()+new Set(x).size}
function tr(f,x){try{return f(x)}catch(e){return e.constructor.name+(e.message[0]==="e"?e.message:"")}}
for(let i=0;i<120;i++){
 log(sp(g(4)),mx(g(5)),re(g(6)),ar(new C(4)),sp(new C(5)),mx(new C(3)),re(new C(4)),sp(d(3)),re(d(2)),closed);
 log(tr(sp,t(0)),tr(sp,t(5)),tr(mx,t(44)),tr(re,t(6)),tr(sp,new B),tr(re,new B),tr(sp,new F),tr(re,new F),sp(new G),re(new G),closed);
 log(sp('a\u{1F600}'),sp(new Map([[1,2],[3,4]])),sp(new Uint8Array(3)),sp([1,,2].entries()),sp([3,4].keys()),mx(new Set([1,5,2])));
 const run=g(3);run.next();log(sp(run),sp(run));
 let inner;function* self(){yield 1;try{yield [...inner].length}catch(e){yield e.constructor.name}}inner=self();log(sp(inner));
}
let h=0;for(const l of out)for(let i=0;i<l.length;i++)h=(h*31+l.charCodeAt(i))|0;
out.length+' '+h
