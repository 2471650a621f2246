// An endless generator of primes, consumed lazily.
function* primes() {
  const composites = new Map();
  for (let n = 2; ; n++) {
    const factors = composites.get(n);
    if (factors === undefined) {
      yield n;
      composites.set(n * n, [n]);
      continue;
    }
    composites.delete(n);
    for (const p of factors) {
      const next = composites.get(n + p);
      if (next) next.push(p);
      else composites.set(n + p, [p]);
    }
  }
}

const limit = Number(process.argv[2] ?? 100);
const found = [];
for (const p of primes()) {
  if (p > limit) break;
  found.push(p);
}
console.log(found.join(' '));
