// Exceptions as control flow: deep unwinding, finally in loops, error classes, rethrowing, engine-made errors.
'use strict';

const ROUNDS = 18000;
const EXPECTED = 804362304;

let hash = 0;
const mix = (value) => { hash = (Math.imul(hash, 31) + value) | 0; };

class AppError extends Error {
  constructor(message, code, options) {
    super(message, options);
    this.code = code;
  }
  get name() {
    return this.constructor.name;
  }
}
class NotFound extends AppError {}
class Denied extends AppError {}

class Retry {
  constructor(after) {
    this.after = after;
  }
}

function descend(depth, at) {
  if (depth === 0) throw at % 3 === 0 ? new NotFound('leaf', at) : at % 3 === 1 ? new Denied('leaf', at) : new Retry(at);
  try {
    return descend(depth - 1, at) + 1;
  } finally {
    mix(depth);
  }
}

function classify(n) {
  try {
    return descend(6, n);
  } catch (error) {
    if (error instanceof NotFound) return error.code;
    if (error instanceof AppError) return error.code + error.name.length;
    if (error instanceof Retry) return -error.after;
    throw error;
  }
}

// finally overrides, continues and breaks.
function tangled(n) {
  let out = 0;
  loop: for (let i = 0; i < 12; i++) {
    try {
      if (i === n % 12) throw i;
      if (i % 4 === 3) continue loop;
      out += i;
    } catch (value) {
      out += value * 100;
      if (value > 8) break loop;
    } finally {
      out += 1;
      if (out > 1000) return out;
    }
  }
  try {
    return out;
  } finally {
    out = -1;
  }
}

function overridden(n) {
  for (;;) {
    try {
      try {
        throw n;
      } finally {
        if (n & 1) throw n * 2;
      }
    } catch (value) {
      return value;
    }
  }
}

const mistakes = [
  () => null.x,
  () => undefinedName,
  () => (0, {}.f)(),
  () => { const c = 1; c = 2; },
  () => new Array(-1),
  () => 'x'.repeat(-1),
  () => new (() => {})(),
  () => BigInt(1.5),
  () => { 'use strict'; Object.freeze([1]).push(2); },
  () => (1).toFixed(101),
  () => decodeURIComponent('%'),
  () => Symbol() + '',
  () => { let [a] = null; },
  () => { for (const x of 5); },
  () => JSON.parse('{'),
];

function mistake(n) {
  try {
    mistakes[n % mistakes.length]();
    return 0;
  } catch ({ name, constructor }) {
    return name.length * 10 + (constructor === TypeError ? 1 : 0);
  }
}

function causes(n) {
  let error = null;
  for (let i = 0; i < 5; i++) {
    try {
      if (error) throw new AppError(`level ${i}`, n + i, { cause: error });
      throw new Error('root');
    } catch (e) {
      error = e;
    }
  }
  let sum = 0;
  for (let e = error; e; e = e.cause) sum += e.code ?? e.message.length;
  return sum;
}

function overflow() {
  let depth = 0;
  const dive = () => {
    depth++;
    dive();
  };
  try {
    dive();
  } catch (error) {
    return error instanceof RangeError && depth > 500;
  }
  return false;
}

for (let round = 0; round < ROUNDS; round++) {
  mix(classify(round));
  mix(tangled(round));
  mix(overridden(round));
  mix(mistake(round));
  mix(causes(round));
  let closed = 0;
  const iterable = { [Symbol.iterator]: () => ({ next: () => ({ value: 1, done: false }), return: () => (closed++, {}) }) };
  try {
    for (const x of iterable) throw x + round;
  } catch (value) {
    mix(value + closed);
  }
}
if (!overflow()) throw new Error('exceptions: stack overflow is not a RangeError');
if (hash !== EXPECTED) throw new Error(`exceptions: ${hash}, expected ${EXPECTED}`);
console.log(`exceptions ${hash}`);
