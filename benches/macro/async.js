// Promises and async functions: chains, combinators, async generators, a channel and a bounded pool.
'use strict';

const JOBS = 50000;
const EXPECTED = 1445559506;

let hash = 0;
const mix = (value) => { hash = (Math.imul(hash, 31) + value) | 0; };

class Channel {
  #values = [];
  #waiting = [];
  send(value) {
    const waiter = this.#waiting.shift();
    if (waiter) waiter(value);
    else this.#values.push(value);
  }
  receive() {
    if (this.#values.length > 0) return Promise.resolve(this.#values.shift());
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

const tick = () => new Promise((resolve) => queueMicrotaskLike(resolve));
const queueMicrotaskLike = (f) => Promise.resolve().then(f);

async function compute(n) {
  let sum = 0;
  for (let i = 0; i < 5; i++) sum += await (i & 1 ? n * i : Promise.resolve(n + i));
  return sum;
}

async function nested(depth) {
  if (depth === 0) return 1;
  await null;
  return (await nested(depth - 1)) + 1;
}

async function pool(limit, jobs) {
  const results = [];
  let next = 0;
  const worker = async () => {
    while (next < jobs.length) {
      const i = next++;
      try {
        results[i] = await jobs[i]();
      } catch (error) {
        results[i] = -error.code;
      }
    }
  };
  await Promise.all(Array.from({ length: limit }, worker));
  return results;
}

async function* numbers(n) {
  try {
    for (let i = 0; i < n; i++) {
      if (i % 10 === 0) await tick();
      yield i;
    }
  } finally {
    mix(n);
  }
}

async function* mapped(source, f) {
  for await (const value of source) yield f(value);
}

async function pipeline() {
  const channel = new Channel();
  const producer = (async () => {
    for (let i = 0; i < JOBS; i++) {
      channel.send(i);
      if (i % 7 === 0) await tick();
    }
    channel.send(null);
  })();
  const consumer = (async () => {
    let sum = 0;
    for (let value; (value = await channel.receive()) !== null;) sum = (sum * 3 + value) | 0;
    return sum;
  })();
  await producer;
  return consumer;
}

function chain(n) {
  let promise = Promise.resolve(0);
  for (let i = 0; i < n; i++) {
    promise = promise.then((v) => {
      if (v % 50 === 49) throw v + 1;
      return v + 1;
    }).catch((v) => v + 2).finally(() => {});
  }
  return promise;
}

async function main() {
  mix(await pipeline());
  const jobs = Array.from({ length: JOBS }, (_, i) => async () => {
    if (i % 11 === 10) throw Object.assign(new Error('planned'), { code: i });
    return compute(i);
  });
  for (const value of await pool(8, jobs)) mix(value);
  mix(await nested(1000));
  mix(await chain(JOBS));
  let sum = 0;
  for await (const value of mapped(numbers(JOBS), (v) => v * v)) {
    sum = (sum + value) | 0;
    if (value > 5000000) break;
  }
  mix(sum);
  const settled = await Promise.allSettled(Array.from({ length: JOBS }, (_, i) => (i % 3 ? compute(i) : Promise.reject(i))));
  for (const { status, value, reason } of settled) mix(status.length + (value ?? reason));
  mix(await Promise.race([nested(5), nested(2).then((v) => v * 10), tick().then(() => 77)]));
  mix(await Promise.any([Promise.reject(1), nested(3)]));
  await Promise.any([Promise.reject(1), Promise.reject(2)]).catch((error) => mix(error.errors.length));
  const thenable = { then(resolve) { resolve(42); } };
  mix(await thenable);
}

main().then(() => {
  if (hash !== EXPECTED) throw new Error(`async: ${hash}, expected ${EXPECTED}`);
  console.log(`async ${hash}`);
});
