// Proxies, Reflect, accessors, symbols and property descriptors: a reactive store, a membrane, defaults.
'use strict';

const ROUNDS = 14000;
const EXPECTED = 1649963879;

let hash = 0;
const mix = (value) => { hash = (Math.imul(hash, 31) + value) | 0; };

// A reactive store: effects re-run when a property they read is written.
let active = null;
const targets = new WeakMap();

function track(target, key) {
  if (active === null) return;
  let keys = targets.get(target);
  if (!keys) targets.set(target, (keys = new Map()));
  let effects = keys.get(key);
  if (!effects) keys.set(key, (effects = new Set()));
  effects.add(active);
}

function trigger(target, key) {
  const effects = targets.get(target)?.get(key);
  if (effects) for (const effect of [...effects]) effect();
}

const wrapped = new WeakMap();
function reactive(target) {
  if (typeof target !== 'object' || target === null) return target;
  if (wrapped.has(target)) return wrapped.get(target);
  const proxy = new Proxy(target, {
    get(object, key, receiver) {
      track(object, key);
      return reactive(Reflect.get(object, key, receiver));
    },
    set(object, key, value, receiver) {
      const old = object[key];
      const done = Reflect.set(object, key, value, receiver);
      if (old !== value) trigger(object, key);
      return done;
    },
    deleteProperty(object, key) {
      const done = Reflect.deleteProperty(object, key);
      trigger(object, key);
      return done;
    },
    has(object, key) {
      track(object, key);
      return Reflect.has(object, key);
    },
  });
  wrapped.set(target, proxy);
  return proxy;
}

function effect(f) {
  const run = () => {
    const outer = active;
    active = run;
    try {
      f();
    } finally {
      active = outer;
    }
  };
  run();
}

const state = reactive({ count: 0, list: [1, 2, 3], nested: { value: 1 } });
let runs = 0, seen = 0;
effect(() => {
  runs++;
  seen = state.count + state.list.length + state.nested.value;
});
effect(() => {
  if ('extra' in state) runs += 10;
  else runs += state.list.reduce((a, b) => a + b, 0) % 3;
});

// A dictionary with defaults, negative indexing, a recorder of calls, and a read-only membrane.
const defaults = (make) => new Proxy({}, {
  get: (target, key) => (key in target ? target[key] : (target[key] = make(key))),
  ownKeys: (target) => Reflect.ownKeys(target).sort(),
});
const negative = (list) => new Proxy(list, {
  get: (target, key, receiver) => Reflect.get(target, typeof key === 'string' && /^-\d+$/.test(key) ? String(target.length + Number(key)) : key, receiver),
});
const recorder = (log, path = []) => new Proxy(function () {}, {
  get: (_, key) => recorder(log, [...path, key]),
  apply: (_, self, args) => log.push(`${path.join('.')}(${args.length})`),
  construct: (_, args) => ({ made: args.length }),
});
const readOnly = (object) => new Proxy(object, {
  get: (target, key) => {
    const value = target[key];
    return typeof value === 'object' && value !== null ? readOnly(value) : value;
  },
  set: () => false,
  defineProperty: () => false,
});

for (let round = 0; round < ROUNDS; round++) {
  state.count++;
  state.list[round % 5] = round;
  if (round % 7 === 0) state.nested = { value: round };
  if (round % 11 === 0) state.extra = round;
  if (round % 11 === 5) delete state.extra;
  mix(seen + runs);

  const counts = defaults((key) => key.length);
  for (const key of ['b', 'aa', 'ccc', 'aa']) counts[key] += round;
  for (const key of Object.keys(counts)) mix(counts[key]);
  const list = negative([round, round + 1, round + 2]);
  mix(list[-1] * list[-3] + list.length);
  const log = [];
  const api = recorder(log);
  api.users.find(1, 2);
  api.a.b.c();
  mix(log.join().length + new api.Thing(1, 2, 3).made);
  const frozen = readOnly({ a: { b: round } });
  try {
    frozen.a.b = 1;
    throw new Error('proxies: written');
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  mix(frozen.a.b);

  // Descriptors and accessors.
  const object = {};
  Object.defineProperty(object, 'half', { get() { return this.whole / 2; }, set(v) { this.whole = v * 2; }, enumerable: true, configurable: true });
  Object.defineProperties(object, { hidden: { value: round }, [Symbol.for('s')]: { value: 3, enumerable: true } });
  object.half = round;
  mix(Object.keys(object).length + Reflect.ownKeys(object).length * 10 + object.half + object.hidden);
  const copy = Object.create(Object.getPrototypeOf(object), Object.getOwnPropertyDescriptors(object));
  copy.whole = 7;
  mix(copy.half * 2 + (Object.getOwnPropertyDescriptor(copy, 'hidden').writable ? 1 : 0));
  mix(Reflect.construct(Array, [round % 9]).length + Reflect.apply(Math.max, null, [1, round]));
}
if (hash !== EXPECTED) throw new Error(`proxies: ${hash}, expected ${EXPECTED}`);
console.log(`proxies ${hash}`);
