// util: formatting is native, the rest is here.
const { invalidArgType, invalidArgValue, checkFunction, checkString, checkObject, make } = require('internal/errors');
const { inspect, format, formatWithOptions } = binding.inspection;
const custom = Symbol.for('nodejs.util.promisify.custom');

function inherits(constructor, parent) {
  if (typeof constructor !== 'function') throw invalidArgType('ctor', 'Function', constructor);
  if (typeof parent !== 'function') throw invalidArgType('superCtor', 'Function', parent);
  if (parent.prototype === undefined) throw invalidArgType('superCtor.prototype', 'Object', parent.prototype);
  Object.defineProperty(constructor, 'super_', { value: parent, writable: true, configurable: true });
  Object.setPrototypeOf(constructor.prototype, parent.prototype);
}

function promisify(original) {
  checkFunction(original, 'original');
  if (original[custom]) {
    checkFunction(original[custom], 'util.promisify.custom');
    return Object.defineProperty(original[custom], custom, { value: original[custom], enumerable: false, writable: false, configurable: true });
  }
  if (original === setTimeout) return require('timers/promises').setTimeout;
  if (original === setImmediate) return require('timers/promises').setImmediate;
  function f(...args) {
    return new Promise((resolve, reject) => {
      Reflect.apply(original, this, [...args, (error, value) => (error ? reject(error) : resolve(value))]);
    });
  }
  Object.setPrototypeOf(f, Object.getPrototypeOf(original));
  Object.defineProperty(f, custom, { value: f, configurable: true });
  return Object.defineProperties(f, Object.getOwnPropertyDescriptors(original));
}
promisify.custom = custom;

function callbackify(original) {
  checkFunction(original, 'original');
  function f(...args) {
    const callback = args.pop();
    checkFunction(callback, 'last argument');
    Reflect.apply(original, this, args).then(
      (value) => process.nextTick(callback, null, value),
      (reason) => {
        if (!reason) {
          const e = make(Error, 'ERR_FALSY_VALUE_REJECTION', 'Promise was rejected with falsy value');
          e.reason = reason;
          reason = e;
        }
        process.nextTick(callback, reason);
      },
    );
  }
  const descriptors = Object.getOwnPropertyDescriptors(original);
  if (typeof descriptors.length?.value === 'number') descriptors.length.value++;
  if (typeof descriptors.name?.value === 'string') descriptors.name.value += 'Callbackified';
  return Object.defineProperties(f, descriptors);
}

const warned = new Set();
function deprecate(f, message, code) {
  if (process.noDeprecation) return f;
  let told = false;
  function deprecated(...args) {
    if (!told) {
      told = true;
      if (code === undefined || !warned.has(code)) {
        if (code !== undefined) warned.add(code);
        process.emitWarning(message, 'DeprecationWarning', code, deprecated);
      }
    }
    return new.target ? Reflect.construct(f, args, new.target) : Reflect.apply(f, this, args);
  }
  Object.setPrototypeOf(deprecated, f);
  if (f.prototype) deprecated.prototype = f.prototype;
  return deprecated;
}

function debuglog(section, callback) {
  section = section.toUpperCase();
  let enabled;
  const test = () => (enabled ??= (process.env.NODE_DEBUG ?? '').toUpperCase().split(',').some((s) => new RegExp(`^${s.trim().replace(/[|\\{}()[\]^$+?.]/g, '\\$&').replace(/\*/g, '.*')}$`).test(section) && s !== ''));
  const log = (...args) => {
    callback?.(log);
    callback = undefined;
    if (test()) process.stderr.write(`${section} ${process.pid}: ${format(...args)}\n`);
  };
  return Object.defineProperty(log, 'enabled', { get: test, configurable: true, enumerable: true });
}

const ansi = /[\u001B\u009B][[\]()#;?]*(?:(?:(?:(?:;[-a-zA-Z\d\/#&.:=?%@~_]+)*|[a-zA-Z\d]+(?:;[-a-zA-Z\d\/#&.:=?%@~_]*)*)?(?:\u0007|\u001B\u005C|\u009C))|(?:(?:\d{1,4}(?:;\d{0,4})*)?[\dA-PR-TZcf-nq-uy=><~]))/g;
function stripVTControlCharacters(text) {
  checkString(text, 'str');
  return text.replace(ansi, '');
}

inspect.colors = Object.assign(Object.create(null), {
  reset: [0, 0], bold: [1, 22], dim: [2, 22], italic: [3, 23], underline: [4, 24], blink: [5, 25], inverse: [7, 27],
  hidden: [8, 28], strikethrough: [9, 29], doubleunderline: [21, 24], black: [30, 39], red: [31, 39], green: [32, 39],
  yellow: [33, 39], blue: [34, 39], magenta: [35, 39], cyan: [36, 39], white: [37, 39], bgBlack: [40, 49], bgRed: [41, 49],
  bgGreen: [42, 49], bgYellow: [43, 49], bgBlue: [44, 49], bgMagenta: [45, 49], bgCyan: [46, 49], bgWhite: [47, 49],
  framed: [51, 54], overlined: [53, 55], gray: [90, 39], grey: [90, 39], redBright: [91, 39], greenBright: [92, 39],
  yellowBright: [93, 39], blueBright: [94, 39], magentaBright: [95, 39], cyanBright: [96, 39], whiteBright: [97, 39],
});
inspect.styles = Object.assign(Object.create(null), {
  special: 'cyan', number: 'yellow', bigint: 'yellow', boolean: 'yellow', undefined: 'grey', null: 'bold', string: 'green',
  symbol: 'green', date: 'magenta', regexp: 'red', module: 'underline',
});

function styleText(formats, text) {
  checkString(text, 'text');
  let [left, right] = ['', ''];
  for (const name of Array.isArray(formats) ? formats : [formats]) {
    const codes = inspect.colors[name];
    if (!codes) throw invalidArgValue('format', name, `must be one of: ${Object.keys(inspect.colors).map((k) => `'${k}'`).join(', ')}`);
    left += `\u001b[${codes[0]}m`;
    right = `\u001b[${codes[1]}m${right}`;
  }
  return left + text + right;
}

function parseArgs(config = {}) {
  const args = config.args ?? process.argv.slice(2);
  const options = config.options ?? {};
  const strict = config.strict ?? true;
  const allowPositionals = config.allowPositionals ?? !strict;
  const values = Object.create(null);
  const positionals = [];
  const tokens = [];
  for (const [name, o] of Object.entries(options)) {
    if (o.type !== 'string' && o.type !== 'boolean') throw invalidArgType(`options.${name}.type`, "('string|boolean')", o.type);
    if (o.short !== undefined && o.short.length !== 1) throw invalidArgValue(`options.${name}.short`, o.short, 'must be a single character');
  }
  const byShort = (c) => Object.keys(options).find((n) => options[n].short === c);
  const shown = (name, rawName) => (options[name]?.short ? `-${options[name].short}, --${name}` : rawName.startsWith('--') ? `--${name}` : rawName);
  const store = (name, rawName, value, index, inlineValue) => {
    tokens.push({ kind: 'option', name, rawName, index, value, inlineValue });
    const o = options[name];
    if (strict) {
      if (!o) {
        throw make(TypeError, 'ERR_PARSE_ARGS_UNKNOWN_OPTION', `Unknown option '${rawName}'${allowPositionals ? `. To specify a positional argument starting with a '-', place it at the end of the command after '--', as in '-- "${rawName}"` : ''}`);
      }
      if (o.type === 'string' && typeof value !== 'string') {
        throw make(TypeError, 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE', `Option '${shown(name, rawName)} <value>' argument missing`);
      }
      if (o.type === 'boolean' && value != null) {
        throw make(TypeError, 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE', `Option '${shown(name, rawName)}' does not take an argument`);
      }
      if (o.type === 'string' && inlineValue === false && value.length > 1 && value[0] === '-') {
        throw make(TypeError, 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE', `Option '${rawName}' argument is ambiguous.\nDid you forget to specify the option argument for '${rawName}'?\nTo specify an option argument starting with a dash use '${rawName.startsWith('--') ? `${rawName}=-XYZ` : `--${name}=-XYZ' or '${rawName}-XYZ`}'.`);
      }
    }
    if (name === '__proto__') return;
    const v = value ?? true;
    if (o?.multiple) (values[name] ??= []).push(v);
    else values[name] = v;
  };
  const queue = args.map((text, index) => ({ text, index }));
  while (queue.length) {
    const { text, index } = queue.shift();
    if (text === '--') {
      tokens.push({ kind: 'option-terminator', index });
      for (const rest of queue.splice(0)) {
        if (!allowPositionals) throw make(TypeError, 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL', `Unexpected argument '${rest.text}'. This command does not take positional arguments`);
        positionals.push(rest.text);
        tokens.push({ kind: 'positional', index: rest.index, value: rest.text });
      }
    } else if (/^-[^-]$/.test(text)) {
      const name = byShort(text[1]) ?? text[1];
      let value;
      let inline;
      if (options[name]?.type === 'string' && queue.length && queue[0].index !== index) {
        value = queue.shift().text;
        inline = false;
      }
      store(name, text, value, index, inline);
    } else if (/^-[^-]./.test(text)) {
      const name = byShort(text[1]) ?? text[1];
      if (options[name]?.type === 'string') {
        store(name, `-${text[1]}`, text.slice(2), index, true);
      } else {
        queue.unshift({ text: `-${text[1]}`, index }, { text: `-${text.slice(2)}`, index });
      }
    } else if (/^--[^=]/.test(text)) {
      const equals = text.indexOf('=');
      if (equals !== -1) {
        store(text.slice(2, equals), text.slice(0, equals), text.slice(equals + 1), index, true);
      } else {
        const name = text.slice(2);
        let value;
        let inline;
        if (options[name]?.type === 'string' && queue.length) {
          value = queue.shift().text;
          inline = false;
        }
        store(name, text, value, index, inline);
      }
    } else {
      if (!allowPositionals) throw make(TypeError, 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL', `Unexpected argument '${text}'. This command does not take positional arguments`);
      positionals.push(text);
      tokens.push({ kind: 'positional', index, value: text });
    }
  }
  for (const [name, o] of Object.entries(options)) if (o.default !== undefined && !(name in values)) values[name] = o.default;
  return config.tokens ? { values, positionals, tokens } : { values, positionals };
}

function toUSVString(v) {
  return String(v).toWellFormed();
}
function aborted(signal) {
  return new Promise((resolve) => (signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true })));
}

const old = {
  isArray: Array.isArray,
  isBoolean: (v) => typeof v === 'boolean',
  isBuffer: (v) => require('buffer').Buffer.isBuffer(v),
  isDeepStrictEqual: (a, b) => require('internal/compare').isDeepStrictEqual(a, b),
  isNull: (v) => v === null,
  isNullOrUndefined: (v) => v == null,
  isNumber: (v) => typeof v === 'number',
  isString: (v) => typeof v === 'string',
  isSymbol: (v) => typeof v === 'symbol',
  isUndefined: (v) => v === undefined,
  isRegExp: (v) => require('internal/types').isRegExp(v),
  isObject: (v) => v !== null && typeof v === 'object',
  isDate: (v) => require('internal/types').isDate(v),
  isError: (v) => require('internal/types').isNativeError(v) || v instanceof Error,
  isFunction: (v) => typeof v === 'function',
  isPrimitive: (v) => v === null || (typeof v !== 'object' && typeof v !== 'function'),
};

void checkObject;
module.exports = {
  ...old, aborted, callbackify, debug: debuglog, debuglog, deprecate, format, formatWithOptions, inherits, inspect,
  log: (...args) => console.log(format(...args)), parseArgs, promisify, stripVTControlCharacters, styleText, toUSVString,
  getSystemErrorName: (n) => Object.entries(require('os').constants.errno).find(([, v]) => v === -n)?.[0],
  types: require('internal/types'),
};
for (const name of ['TextEncoder', 'TextDecoder']) {
  Object.defineProperty(module.exports, name, {
    configurable: true, enumerable: true, get: () => require('internal/text')[name],
  });
}
