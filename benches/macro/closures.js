// Functions as values: combinators, currying, memoization, transducers, continuations, parser combinators.
'use strict';

const ROUNDS = 1200;
const EXPECTED = 745622560;

const compose = (...fs) => (x) => fs.reduceRight((value, f) => f(value), x);
const curry = (f, ...bound) => (...args) => {
  const all = [...bound, ...args];
  return all.length >= f.length ? f(...all) : curry(f, ...all);
};
const memoize = (f) => {
  const cache = new Map();
  return (n) => {
    if (!cache.has(n)) cache.set(n, f(n));
    return cache.get(n);
  };
};

// Church numerals and pairs.
const zero = () => (x) => x;
const succ = (n) => (f) => (x) => f(n(f)(x));
const add = (a) => (b) => (f) => (x) => a(f)(b(f)(x));
const mul = (a) => (b) => (f) => a(b(f));
const church = (n) => (n === 0 ? zero : succ(church(n - 1)));
const toNumber = (n) => n((x) => x + 1)(0);
const pair = (a) => (b) => (choose) => choose(a)(b);
const first = (p) => p((a) => () => a);
const second = (p) => p(() => (b) => b);

// Transducers.
const mapping = (f) => (step) => (acc, x) => step(acc, f(x));
const filtering = (p) => (step) => (acc, x) => (p(x) ? step(acc, x) : acc);
const taking = (n) => (step) => {
  let left = n;
  return (acc, x) => (left-- > 0 ? step(acc, x) : acc);
};

// A trampoline and continuation passing.
const trampoline = (f) => {
  while (typeof f === 'function') f = f();
  return f;
};
const even = (n) => (n === 0 ? true : () => odd(n - 1));
const odd = (n) => (n === 0 ? false : () => even(n - 1));
const sumTree = (tree, k) => (tree === null ? k(0) : () => sumTree(tree.l, (a) => () => sumTree(tree.r, (b) => () => k(a + b + tree.v))));
const grow = (depth) => (depth === 0 ? null : { v: depth, l: grow(depth - 1), r: grow(depth - 2 < 0 ? 0 : depth - 2) });

// Parser combinators for arithmetic.
const char = (p) => (s, i) => (i < s.length && p(s[i]) ? [s[i], i + 1] : null);
const seq = (...ps) => (s, i) => {
  const values = [];
  for (const p of ps) {
    const r = p(s, i);
    if (r === null) return null;
    values.push(r[0]);
    i = r[1];
  }
  return [values, i];
};
const alt = (...ps) => (s, i) => {
  for (const p of ps) {
    const r = p(s, i);
    if (r !== null) return r;
  }
  return null;
};
const many = (p) => (s, i) => {
  const values = [];
  for (let r; (r = p(s, i)) !== null; i = r[1]) values.push(r[0]);
  return [values, i];
};
const map = (p, f) => (s, i) => {
  const r = p(s, i);
  return r === null ? null : [f(r[0]), r[1]];
};
const lazy = (f) => (s, i) => f()(s, i);
const is = (text) => char((c) => text.includes(c));
const digit = char((c) => c >= '0' && c <= '9');
const number = map(seq(digit, many(digit)), ([d, ds]) => Number(d + ds.join('')));
const factor = alt(number, map(seq(is('('), lazy(() => sum), is(')')), ([, v]) => v), map(seq(is('-'), lazy(() => factor)), ([, v]) => -v));
const left = (p, ops) => map(seq(p, many(seq(is(Object.keys(ops).join('')), p))), ([v, rest]) => rest.reduce((a, [op, b]) => ops[op](a, b), v));
const product = left(factor, { '*': (a, b) => (a * b) % 10007, '%': (a, b) => (b === 0 ? 0 : a % b) });
const sum = left(product, { '+': (a, b) => a + b, '-': (a, b) => a - b });

// Counters and event emitters share state through their scopes.
function emitter() {
  const handlers = new Map();
  return {
    on(name, f) {
      const list = handlers.get(name) ?? [];
      handlers.set(name, [...list, f]);
      return () => handlers.set(name, handlers.get(name).filter((g) => g !== f));
    },
    emit: (name, ...args) => (handlers.get(name) ?? []).forEach((f) => f(...args)),
  };
}

let hash = 0;
const mix = (value) => { hash = (Math.imul(hash, 31) + value) | 0; };

for (let round = 0; round < ROUNDS; round++) {
  mix(compose((x) => x + 1, (x) => x * 2, Math.floor)(round + 0.5));
  const volume = curry((a, b, c) => a * b * c);
  mix(volume(2)(3, round) + volume(round)(round)(round));
  const fib = memoize((n) => (n < 2 ? n : fib(n - 1) + fib(n - 2)));
  mix(fib(40 + (round % 30)) % 1000003);
  const seven = church(7);
  mix(toNumber(mul(add(seven)(church(round % 10)))(mul(seven)(seven))));
  mix(first(second(pair(1)(pair(round)(3)))));
  const xform = compose(mapping((x) => x * 3), filtering((x) => x % 2 === 0), taking(250));
  const step = xform((acc, x) => acc + x);
  let acc = 0;
  for (let i = 0; i < 900; i++) acc = step(acc, i);
  mix(acc);
  mix(trampoline(even(1500 + round)) ? 1 : 2);
  mix(trampoline(sumTree(grow(11), (v) => v)));
  mix(sum('((1+2)*(3+4)*5-6%4)*(7+(8*(9-(10+11)*12)))+-13*(14-15)', 0)[0] + round);
  const bus = emitter();
  const counters = Array.from({ length: 20 }, () => {
    let n = 0;
    const stop = bus.on('tick', (by) => { n += by; });
    return { stop, get: () => n };
  });
  for (let i = 0; i < 60; i++) {
    bus.emit('tick', i);
    if (i % 3 === 0) counters[i / 3].stop();
  }
  for (const { get } of counters) mix(get());
  const makers = [];
  for (let i = 0; i < 200; i++) makers.push((x) => () => x + i * round);
  mix(makers.map((f) => f(1)()).reduce((a, b) => a + b, 0));
}
if (hash !== EXPECTED) throw new Error(`closures: ${hash}, expected ${EXPECTED}`);
console.log(`closures ${hash}`);
