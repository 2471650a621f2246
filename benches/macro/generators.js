// Generators and iterators: lazy pipelines, recursion with yield*, coroutines, spreading, destructuring.
'use strict';

const EXPECTED = -1929209965;

let hash = 0;
const mix = (value) => { hash = (Math.imul(hash, 31) + value) | 0; };

function* range(from, to, step = 1) {
  for (let i = from; i < to; i += step) yield i;
}
function* map(source, f) {
  for (const value of source) yield f(value);
}
function* filter(source, p) {
  for (const value of source) if (p(value)) yield value;
}
function* take(source, n) {
  if (n <= 0) return;
  for (const value of source) {
    yield value;
    if (--n === 0) return;
  }
}
function* zip(...sources) {
  const iterators = sources.map((s) => s[Symbol.iterator]());
  for (;;) {
    const steps = iterators.map((it) => it.next());
    if (steps.some((s) => s.done)) return;
    yield steps.map((s) => s.value);
  }
}
function* naturals() {
  for (let n = 0; ; n++) yield n;
}
function* primes() {
  const found = [];
  for (const n of naturals()) {
    if (n < 2 || found.some((p) => p * p <= n && n % p === 0)) continue;
    found.push(n);
    yield n;
  }
}

class Tree {
  constructor(value, left, right) {
    this.value = value;
    this.left = left;
    this.right = right;
  }
  *[Symbol.iterator]() {
    if (this.left) yield* this.left;
    yield this.value;
    if (this.right) yield* this.right;
  }
  static of(low, high) {
    if (low >= high) return null;
    const middle = (low + high) >> 1;
    return new Tree(middle, Tree.of(low, middle), Tree.of(middle + 1, high));
  }
}

function* permutations(items) {
  if (items.length <= 1) {
    yield items;
    return;
  }
  for (let i = 0; i < items.length; i++) {
    for (const rest of permutations([...items.slice(0, i), ...items.slice(i + 1)])) yield [items[i], ...rest];
  }
}

function* accumulator() {
  let sum = 0;
  for (;;) {
    try {
      sum += yield sum;
    } catch (error) {
      sum = error;
    }
  }
}

class Countdown {
  constructor(n) {
    this.n = n;
    this.closed = 0;
  }
  [Symbol.iterator]() {
    let n = this.n;
    return {
      next: () => (n > 0 ? { value: n--, done: false } : { value: undefined, done: true }),
      return: (value) => {
        this.closed++;
        return { value, done: true };
      },
    };
  }
}

// Cooperative tasks that pass messages through the scheduler.
function run(tasks) {
  const queue = tasks.map((t) => [t, undefined]);
  let steps = 0;
  while (queue.length > 0) {
    const [task, message] = queue.shift();
    const { value, done } = task.next(message);
    steps++;
    if (!done) queue.push([task, value * 2]);
  }
  return steps;
}
function* task(id, n) {
  let got = id;
  for (let i = 0; i < n; i++) got = ((yield i + id) + got) & 0xffff;
  mix(got);
}

for (const value of take(filter(map(range(0, 1e9), (x) => x * 3), (x) => x % 2 === 0), 180000)) mix(value);
for (const p of take(primes(), 4000)) mix(p);
for (const value of Tree.of(0, 15000)) mix(value);
let count = 0;
for (const [first, , third = 0, ...rest] of permutations([1, 2, 3, 4, 5, 6, 7, 8])) {
  mix(first * 100 + third + rest.length);
  count++;
}
mix(count);
const sums = accumulator();
sums.next();
for (let i = 0; i < 180000; i++) mix(i % 100 === 99 ? sums.throw(0).value : sums.next(i).value);
for (const [a, b, c] of zip(range(0, 80000), map(naturals(), (x) => x * x), [...range(0, 200000, 2)])) mix(a + b + c);
const countdown = new Countdown(40);
for (let i = 0; i < 9000; i++) {
  const [a, b, c] = countdown;
  mix(a + b + c);
  mix(Math.max(...countdown));
  for (const x of countdown) if (x === 30) break;
}
mix(countdown.closed);
mix(run(Array.from({ length: 150 }, (_, i) => task(i, 200 + i))));
if (hash !== EXPECTED) throw new Error(`generators: ${hash}, expected ${EXPECTED}`);
console.log(`generators ${hash}`);
