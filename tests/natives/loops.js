// Loops that go on in compiled code, and code that asks where it runs.
function where() { return %IsBeingInterpreted(); }
%PrepareFunctionForOptimization(where);
console.log(where(), where());
%OptimizeFunctionOnNextCall(where);
console.log(where());

function loop(n) {
  const seen = [];
  for (let i = 0; i < n; i++) {
    if (i === 20) %OptimizeOsr();
    seen.push(%IsBeingInterpreted());
  }
  return `${seen.indexOf(false)} of ${seen.length}`;
}
%PrepareFunctionForOptimization(loop);
console.log(loop(40));

function now(x) { %DeoptimizeNow(); return x + 1; }
%PrepareFunctionForOptimization(now);
now(1); now(2);
%OptimizeFunctionOnNextCall(now);
console.log(now(3), %ActiveTierIsIgnition(now));
%FinalizeOptimization();
