// The timer functions as a module.
const { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate } = globalThis;
module.exports = { setTimeout, clearTimeout, setImmediate, clearImmediate, setInterval, clearInterval };
Object.defineProperty(module.exports, 'promises', { enumerable: true, configurable: true, get: () => require('timers/promises') });
