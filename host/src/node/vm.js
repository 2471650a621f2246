// vm: scripts in the program's own context. Other contexts are not there yet and say so.
const { invalidArgType, make } = require('internal/errors');

function notYet(name) {
  return function() {
    throw make(Error, 'ERR_METHOD_NOT_IMPLEMENTED', `The vm.${name}() method is not implemented in sarus yet: there is one context only`);
  };
}

function text(name, value) {
  if (typeof value !== 'string') throw invalidArgType(name, 'string', value);
  return value;
}

/** The file name of options, which may be that name themselves. */
function nameOf(options, fallback = 'evalmachine.<anonymous>') {
  if (typeof options === 'string') return options;
  if (options === undefined) return fallback;
  if (options === null || typeof options !== 'object') throw invalidArgType('options', 'object', options);
  return options.filename === undefined ? fallback : text('options.filename', options.filename);
}

class Script {
  #source;
  #name;
  constructor(code, options) {
    this.#source = `${code}`;
    this.#name = nameOf(options);
    binding.checkScript(this.#source, this.#name);
  }
  runInThisContext() { return binding.runScript(this.#source, this.#name); }
}
Script.prototype.runInContext = notYet('Script.runInContext');
Script.prototype.runInNewContext = notYet('Script.runInNewContext');
Script.prototype.createCachedData = notYet('Script.createCachedData');

function runInThisContext(code, options) {
  return binding.runScript(text('code', code), nameOf(options));
}

function compileFunction(code, params = [], options) {
  text('code', code);
  if (options?.parsingContext !== undefined || options?.contextExtensions?.length) notYet('compileFunction')();
  return new Function(...params, code);
}

function isContext(object) {
  if (object === null || (typeof object !== 'object' && typeof object !== 'function')) {
    throw invalidArgType('object', 'Object', object);
  }
  return false;
}

module.exports = {
  Script,
  createContext: notYet('createContext'),
  createScript: (code, options) => new Script(code, options),
  runInContext: notYet('runInContext'),
  runInNewContext: notYet('runInNewContext'),
  runInThisContext,
  isContext,
  compileFunction,
  constants: Object.freeze({ __proto__: null }),
};
