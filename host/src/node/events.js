// EventEmitter.
const { make, invalidArgType, checkFunction, checkNumber, AbortError } = require('internal/errors');
const { inspect } = binding.inspection;
let defaultMaxListeners = 10;
const captureRejectionSymbol = Symbol.for('nodejs.rejection');
const errorMonitor = Symbol('events.errorMonitor');
const kCapture = Symbol('kCapture');

function EventEmitter(options) {
  EventEmitter.init.call(this, options);
}
EventEmitter.init = function(options) {
  if (this._events === undefined || this._events === Object.getPrototypeOf(this)._events) {
    this._events = Object.create(null);
    this._eventsCount = 0;
  }
  this._maxListeners = this._maxListeners || undefined;
  this[kCapture] = options?.captureRejections ? true : EventEmitter.captureRejections;
};
EventEmitter.prototype._events = undefined;
EventEmitter.prototype._eventsCount = 0;
EventEmitter.prototype._maxListeners = undefined;
EventEmitter.captureRejections = false;
Object.defineProperty(EventEmitter.prototype, kCapture, { value: false, writable: true });

const listOf = (l) => (l === undefined ? [] : typeof l === 'function' ? [l] : l);
const limitOf = (e) => (e._maxListeners === undefined ? EventEmitter.defaultMaxListeners : e._maxListeners);

function add(emitter, type, listener, first) {
  checkFunction(listener, 'listener');
  let events = emitter._events;
  if (events === undefined) {
    events = emitter._events = Object.create(null);
    emitter._eventsCount = 0;
  } else if (events.newListener !== undefined) {
    emitter.emit('newListener', type, listener.listener ?? listener);
    events = emitter._events;
  }
  const present = events[type];
  if (present === undefined) {
    events[type] = listener;
    emitter._eventsCount++;
    return emitter;
  }
  const list = typeof present === 'function' ? [present] : present.slice();
  if (first) list.unshift(listener);
  else list.push(listener);
  list.warned = present.warned;
  events[type] = list;
  const limit = limitOf(emitter);
  if (limit > 0 && list.length > limit && !list.warned) {
    list.warned = true;
    const e = new Error(`Possible EventEmitter memory leak detected. ${list.length} ${String(type)} listeners added to ${inspect(emitter, { depth: -1 })}. MaxListeners is ${limit}. Use emitter.setMaxListeners() to increase limit`);
    e.name = 'MaxListenersExceededWarning';
    e.emitter = emitter;
    e.type = type;
    e.count = list.length;
    process.emitWarning(e);
  }
  return emitter;
}

function once(emitter, type, listener) {
  checkFunction(listener, 'listener');
  let fired = false;
  function wrapped(...args) {
    if (fired) return undefined;
    fired = true;
    emitter.removeListener(type, wrapped);
    return Reflect.apply(listener, emitter, args);
  }
  wrapped.listener = listener;
  return wrapped;
}

function capture(emitter, result, type, args) {
  if (result === undefined || result === null || typeof result.then !== 'function') return;
  result.then(undefined, (error) => {
    process.nextTick(() => {
      if (typeof emitter[captureRejectionSymbol] === 'function') {
        emitter[captureRejectionSymbol](error, type, ...args);
      } else {
        const before = emitter[kCapture];
        try {
          emitter[kCapture] = false;
          emitter.emit('error', error);
        } finally {
          emitter[kCapture] = before;
        }
      }
    });
  });
}

const methods = {
  setMaxListeners(n) {
    checkNumber(n, 'setMaxListeners', 0);
    this._maxListeners = n;
    return this;
  },
  getMaxListeners() { return limitOf(this); },
  emit(type, ...args) {
    const events = this._events;
    if (type === 'error') {
      if (events?.[errorMonitor] !== undefined) this.emit(errorMonitor, ...args);
      if (events?.error === undefined) {
        const e = args[0];
        if (e instanceof Error) throw e;
        let text;
        try { text = inspect(e); } catch { text = e; }
        const unhandled = make(Error, 'ERR_UNHANDLED_ERROR', `Unhandled error.${args.length ? ` (${typeof e === 'string' ? `'${e}'` : text})` : ' (undefined)'}`);
        unhandled.context = e;
        throw unhandled;
      }
    }
    const handler = events?.[type];
    if (handler === undefined) return false;
    if (typeof handler === 'function') {
      const result = Reflect.apply(handler, this, args);
      if (result !== undefined && this[kCapture]) capture(this, result, type, args);
    } else {
      // Lists are replaced, never changed, so that listeners may add and remove.
      for (let i = 0, n = handler.length; i < n; i++) {
        const result = Reflect.apply(handler[i], this, args);
        if (result !== undefined && this[kCapture]) capture(this, result, type, args);
      }
    }
    return true;
  },
  addListener(type, listener) { return add(this, type, listener, false); },
  on(type, listener) { return add(this, type, listener, false); },
  prependListener(type, listener) { return add(this, type, listener, true); },
  once(type, listener) { return this.on(type, once(this, type, listener)); },
  prependOnceListener(type, listener) { return this.prependListener(type, once(this, type, listener)); },
  removeListener(type, listener) {
    checkFunction(listener, 'listener');
    const events = this._events;
    const present = events?.[type];
    if (present === undefined) return this;
    const list = listOf(present);
    let at = list.length - 1;
    while (at >= 0 && list[at] !== listener && list[at].listener !== listener) at--;
    if (at < 0) return this;
    const removed = list[at];
    const rest = list.filter((_, i) => i !== at);
    if (rest.length === 0) {
      delete events[type];
      this._eventsCount--;
    } else {
      rest.warned = present.warned;
      events[type] = rest.length === 1 ? rest[0] : rest;
    }
    if (events.removeListener !== undefined) this.emit('removeListener', type, removed.listener ?? listener);
    return this;
  },
  removeAllListeners(type) {
    const events = this._events;
    if (events === undefined) return this;
    if (arguments.length === 0) {
      if (events.removeListener !== undefined) {
        for (const key of Reflect.ownKeys(events)) if (key !== 'removeListener') this.removeAllListeners(key);
        this.removeAllListeners('removeListener');
      }
      this._events = Object.create(null);
      this._eventsCount = 0;
      return this;
    }
    for (const l of listOf(events[type]).slice().reverse()) this.removeListener(type, l);
    return this;
  },
  listeners(type) { return listOf(this._events?.[type]).map((l) => l.listener ?? l); },
  rawListeners(type) { return listOf(this._events?.[type]).slice(); },
  listenerCount(type, listener) {
    const list = listOf(this._events?.[type]);
    return listener ? list.filter((l) => l === listener || l.listener === listener).length : list.length;
  },
  eventNames() { return this._events === undefined ? [] : Reflect.ownKeys(this._events); },
};
// Enumerable, as in Node: programs copy them with for-in.
for (const [name, f] of Object.entries(methods)) EventEmitter.prototype[name] = f;
EventEmitter.prototype.off = EventEmitter.prototype.removeListener;
EventEmitter.prototype.addListener = EventEmitter.prototype.on;

Object.defineProperty(EventEmitter, 'defaultMaxListeners', {
  enumerable: true,
  get: () => defaultMaxListeners,
  set(n) {
    checkNumber(n, 'defaultMaxListeners', 0);
    defaultMaxListeners = n;
  },
});

function addOnce(target, name, listener, flags) {
  if (typeof target.on === 'function') target[flags?.once ? 'once' : 'on'](name, listener);
  else if (typeof target.addEventListener === 'function') target.addEventListener(name, listener, flags);
  else throw invalidArgType('emitter', 'EventEmitter', target);
}
function removeAny(target, name, listener) {
  if (typeof target.removeListener === 'function') target.removeListener(name, listener);
  else target.removeEventListener(name, listener);
}

function oncePromise(emitter, name, { signal } = {}) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(new AbortError(undefined, { cause: signal.reason }));
    const done = () => {
      removeAny(emitter, name, onEvent);
      if (name !== 'error') removeAny(emitter, 'error', onError);
      signal?.removeEventListener('abort', onAbort);
    };
    const onEvent = (...args) => { done(); resolve(args); };
    const onError = (e) => { done(); reject(e); };
    const onAbort = () => { done(); reject(new AbortError(undefined, { cause: signal.reason })); };
    addOnce(emitter, name, onEvent, { once: true });
    if (name !== 'error' && typeof emitter.once === 'function') emitter.once('error', onError);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

function onIterator(emitter, name, { signal, close } = {}) {
  if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason });
  const values = [];
  const waiting = [];
  let failure = null;
  let finished = false;
  const onEvent = (...args) => (waiting.length ? waiting.shift().resolve({ value: args, done: false }) : values.push(args));
  const onError = (e) => {
    if (waiting.length) waiting.shift().reject(e);
    else failure = { e };
    iterator.return();
  };
  const onAbort = () => onError(new AbortError(undefined, { cause: signal.reason }));
  const onClose = () => iterator.return();
  const iterator = {
    __proto__: Object.getPrototypeOf(Object.getPrototypeOf(async function*() {}).prototype),
    next() {
      if (values.length) return Promise.resolve({ value: values.shift(), done: false });
      if (failure) {
        const { e } = failure;
        failure = null;
        return Promise.reject(e);
      }
      if (finished) return Promise.resolve({ value: undefined, done: true });
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    return() {
      removeAny(emitter, name, onEvent);
      if (name !== 'error') removeAny(emitter, 'error', onError);
      for (const c of close ?? []) removeAny(emitter, c, onClose);
      signal?.removeEventListener('abort', onAbort);
      finished = true;
      for (const w of waiting.splice(0)) w.resolve({ value: undefined, done: true });
      return Promise.resolve({ value: undefined, done: true });
    },
    throw(e) {
      onError(e);
      return Promise.resolve({ value: undefined, done: true });
    },
    [Symbol.asyncIterator]() { return this; },
  };
  addOnce(emitter, name, onEvent);
  if (name !== 'error' && typeof emitter.on === 'function') emitter.on('error', onError);
  for (const c of close ?? []) addOnce(emitter, c, onClose);
  signal?.addEventListener('abort', onAbort, { once: true });
  return iterator;
}

module.exports = EventEmitter;
Object.assign(EventEmitter, {
  EventEmitter, once: oncePromise, on: onIterator, captureRejectionSymbol, errorMonitor, usingDomains: false,
  listenerCount: (emitter, type) => emitter.listenerCount(type),
  getEventListeners: (emitter, type) => emitter.listeners(type),
  getMaxListeners: (emitter) => emitter.getMaxListeners(),
  setMaxListeners(n = defaultMaxListeners, ...targets) {
    if (targets.length === 0) defaultMaxListeners = n;
    for (const t of targets) t.setMaxListeners?.(n);
  },
  addAbortListener(signal, listener) {
    if (signal.aborted) queueMicrotask(() => listener());
    else signal.addEventListener('abort', listener, { once: true });
    return { [Symbol.dispose]() { signal.removeEventListener('abort', listener); } };
  },
});
