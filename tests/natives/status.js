// The way of a function through the tiers, in bits as V8 gives them.
const bits = { function: 1, never: 2, optimized: 16, top: 64, interpreted: 128, marked: 256, executing: 2048, lazy: 1 << 18 };
function show(what, f) {
  const status = %GetOptimizationStatus(f);
  const names = Object.keys(bits).filter((name) => status & bits[name]);
  console.log(`${what}: ${status} ${names.join(' ')}`);
}
function add(a, b) { return a + b; }
show('not called', add);
%PrepareFunctionForOptimization(add);
show('prepared', add);
add(1, 2); add(3, 4);
%OptimizeFunctionOnNextCall(add);
show('asked for', add);
console.log(add(5, 6));
show('called', add);
console.log(%ActiveTierIsTurbofan(add), %ActiveTierIsIgnition(add));
%DeoptimizeFunction(add);
show('deoptimized', add);
console.log(add('x', 'y'));
%OptimizeFunctionOnNextCall(add);
add('a', 'b');
show('again', add);
%ClearFunctionFeedback(add);
show('cleared', add);

function never() { return 1; }
%NeverOptimizeFunction(never);
%OptimizeFunctionOnNextCall(never);
for (let i = 0; i < 100000; i++) never();
show('never', never);
show('builtin', Math.sin);
console.log(%GetOptimizationStatus(1));
function self() { return %GetOptimizationStatus(self) & bits.executing; }
console.log(self());
