// Timers with promises.
const { AbortError } = require('internal/errors');
const timers = { setTimeout, setImmediate, setInterval, clearTimeout, clearImmediate, clearInterval };

function wait(start, stop, value, { signal, ref = true } = {}) {
  return new Promise((resolve, reject) => {
    const abort = () => new AbortError(undefined, { cause: signal.reason });
    if (signal?.aborted) return reject(abort());
    const onAbort = () => {
      stop(handle);
      reject(abort());
    };
    const handle = start(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve(value);
    });
    if (!ref) handle.unref?.();
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

const exported = {
  setTimeout: (delay, value, options) => wait((f) => timers.setTimeout(f, delay), timers.clearTimeout, value, options),
  setImmediate: (value, options) => wait(timers.setImmediate, timers.clearImmediate, value, options),
  async *setInterval(delay, value, { signal, ref = true } = {}) {
    if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason });
    let due = 0;
    let wake = null;
    const handle = timers.setInterval(() => {
      due++;
      wake?.();
    }, delay);
    if (!ref) handle.unref?.();
    const onAbort = () => wake?.();
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      for (;;) {
        if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason });
        if (due === 0) {
          await new Promise((resolve) => { wake = resolve; });
          wake = null;
        }
        for (; due > 0; due--) yield value;
      }
    } finally {
      timers.clearInterval(handle);
      signal?.removeEventListener('abort', onAbort);
    }
  },
};
exported.scheduler = { wait: (delay, options) => exported.setTimeout(delay, undefined, options), yield: () => exported.setImmediate() };
module.exports = exported;
