// assert.
const { invalidArgType, make, checkFunction } = require('internal/errors');
const { isDeepStrictEqual, isDeepEqual } = require('internal/compare');
const { inspect } = binding.inspection;

const show = (v) => inspect(v, { depth: 1000, maxArrayLength: Infinity, maxStringLength: Infinity, sorted: true, compact: false });
const words = {
  deepStrictEqual: 'Expected values to be strictly deep-equal:', strictEqual: 'Expected values to be strictly equal:',
  deepEqual: 'Expected values to be loosely deep-equal:', notDeepStrictEqual: 'Expected "actual" not to be strictly deep-equal to:',
  notStrictEqual: 'Expected "actual" to be strictly unequal to:', notDeepEqual: 'Expected "actual" not to be loosely deep-equal to:',
};

function describe(actual, expected, operator) {
  if (operator === 'equal' || operator === '==') return `${inspect(actual)} == ${inspect(expected)}`;
  if (operator === 'notEqual' || operator === '!=') return `${inspect(actual)} != ${inspect(expected)}`;
  const head = words[operator];
  if (!head) return 'Failed';
  if (operator.startsWith('not')) return `${head.replace(/:$/, '')}${typeof actual === 'object' && actual !== null ? `:\n\n${show(actual)}` : `: ${inspect(actual)}`}\n`.trimEnd();
  const a = show(actual).split('\n');
  const b = show(expected).split('\n');
  if (operator === 'deepEqual') return `${head}\n\n${a.join('\n')}\n\nshould loosely deep-equal\n\n${b.join('\n')}`;
  if (a.length === 1 && b.length === 1 && (typeof actual !== 'object' || actual === null) && (typeof expected !== 'object' || expected === null) && a[0] !== b[0]) {
    return `${head}\n\n${a[0]} !== ${b[0]}\n`;
  }
  const lines = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push(`  ${a[i++]}`);
      j++;
      continue;
    }
    const ahead = i < a.length ? b.indexOf(a[i], j) : -1;
    if (j < b.length && (i >= a.length || ahead > j)) lines.push(`- ${b[j++]}`);
    else {
      lines.push(`+ ${a[i++]}`);
      if (j < b.length && (i >= a.length || b[j] !== a[i]) && !a.includes(b[j], i)) lines.push(`- ${b[j++]}`);
    }
  }
  return `${head}\n+ actual - expected\n\n${lines.join('\n')}`;
}

class AssertionError extends Error {
  constructor(options) {
    if (options === null || typeof options !== 'object') throw invalidArgType('options', 'Object', options);
    const { message, actual, expected, operator, stackStartFn } = options;
    super(message != null ? String(message) : describe(actual, expected, operator));
    this.generatedMessage = message == null;
    Object.defineProperty(this, 'name', { value: 'AssertionError [ERR_ASSERTION]', configurable: true, writable: true });
    this.code = 'ERR_ASSERTION';
    this.actual = actual;
    this.expected = expected;
    this.operator = operator;
    Error.captureStackTrace?.(this, stackStartFn);
    void this.stack;
    this.name = 'AssertionError';
  }
  toString() { return `${this.name} [${this.code}]: ${this.message}`; }
}

function fail(actual, expected, message, operator, stackStartFn) {
  if (message instanceof Error) throw message;
  throw new AssertionError({ actual, expected, message, operator, stackStartFn });
}
function needTwo(n) {
  if (n < 2) throw make(TypeError, 'ERR_MISSING_ARGS', 'The "actual" and "expected" arguments must be specified');
}

function ok(...args) {
  truthy(ok, args);
}
function truthy(f, args) {
  if (args[0]) return;
  const message = args.length === 0 ? 'No value argument passed to `assert.ok()`' : args[1] ?? 'The expression evaluated to a falsy value:\n\n  ' + (f === assert ? 'assert' : 'assert.ok') + `(${inspect(args[0])})\n`;
  if (message instanceof Error) throw message;
  const e = new AssertionError({ actual: args[0], expected: true, message, operator: '==', stackStartFn: f });
  e.generatedMessage = args[1] === undefined;
  throw e;
}
function assert(...args) {
  truthy(assert, args);
}

const comparisons = {
  equal: (a, b) => a == b || (a !== a && b !== b), notEqual: (a, b) => !(a == b || (a !== a && b !== b)),
  strictEqual: Object.is, notStrictEqual: (a, b) => !Object.is(a, b),
  deepEqual: isDeepEqual, notDeepEqual: (a, b) => !isDeepEqual(a, b),
  deepStrictEqual: isDeepStrictEqual, notDeepStrictEqual: (a, b) => !isDeepStrictEqual(a, b),
};
for (const [name, test] of Object.entries(comparisons)) {
  assert[name] = function(actual, expected, message) {
    needTwo(arguments.length);
    if (!test(actual, expected)) fail(actual, expected, message, name === 'equal' ? '==' : name === 'notEqual' ? '!=' : name, assert[name]);
  };
  Object.defineProperty(assert[name], 'name', { value: name });
}

// Whether a thrown value is what was expected; throws when it is not.
function check(thrown, expected, message, f) {
  if (expected === undefined) return;
  if (typeof expected === 'function') {
    if (expected.prototype !== undefined && thrown instanceof expected) return;
    if (Object.prototype.isPrototypeOf.call(Error, expected)) {
      if (message) fail(thrown, expected, message, f.name, f);
      throw thrown;
    }
    if (expected.call({}, thrown) === true) return;
    fail(thrown, expected, message ?? `The ${expected.name ? `"${expected.name}"` : ''} validation function is expected to return "true". Received ${inspect(expected.call({}, thrown))}\n\nCaught error:\n\n${thrown}`.replace('The  ', 'The '), f.name, f);
  } else if (expected instanceof RegExp) {
    if (!expected.test(String(thrown))) {
      fail(thrown, expected, message ?? `The input did not match the regular expression ${inspect(expected)}. Input:\n\n${inspect(String(thrown))}\n`, f.name, f);
    }
  } else {
    const keys = Object.keys(expected);
    if (expected instanceof Error) keys.push('name', 'message');
    for (const k of keys) {
      if (typeof thrown?.[k] === 'string' && expected[k] instanceof RegExp && expected[k].test(thrown[k])) continue;
      if (thrown !== null && typeof thrown === 'object' && k in thrown && isDeepStrictEqual(thrown[k], expected[k])) continue;
      fail(thrown, expected, message ?? describe(thrown, expected, 'deepStrictEqual'), f.name, f);
    }
  }
}
function missing(f, expected, message, rejection) {
  if (typeof expected === 'string') [expected, message] = [undefined, expected];
  const name = expected?.name ? ` (${expected.name})` : '';
  const tail = message ? `: ${message}` : '.';
  fail(undefined, expected, message instanceof Error ? message : `Missing expected ${rejection ? 'rejection' : 'exception'}${name}${tail}`, f.name, f);
}
function split(expected, message) {
  return typeof expected === 'string' ? [undefined, expected] : [expected, message];
}
async function settle(promise) {
  if (typeof promise === 'function') {
    promise = promise();
    if (typeof promise?.then !== 'function') throw make(TypeError, 'ERR_INVALID_RETURN_VALUE', 'Expected instance of Promise to be returned from the "promiseFn" function but got ' + require('internal/errors').nameOf(promise) + '.');
  } else if (typeof promise?.then !== 'function') throw invalidArgType('promiseFn', ['Function', 'Promise'], promise);
  try {
    await promise;
    return null;
  } catch (e) {
    return { e };
  }
}

Object.assign(assert, {
  ok, AssertionError,
  fail(message = 'Failed') {
    if (message instanceof Error) throw message;
    const e = new AssertionError({ message, operator: 'fail', stackStartFn: assert.fail });
    e.generatedMessage = arguments.length === 0;
    throw e;
  },
  throws(f, ...rest) {
    checkFunction(f, 'fn');
    const [expected, message] = split(...rest);
    let caught = null;
    try { f(); } catch (e) { caught = { e }; }
    if (!caught) missing(assert.throws, ...rest);
    check(caught.e, expected, message, assert.throws);
  },
  async rejects(promise, ...rest) {
    const [expected, message] = split(...rest);
    const caught = await settle(promise);
    if (!caught) missing(assert.rejects, rest[0], rest[1], true);
    check(caught.e, expected, message, assert.rejects);
  },
  doesNotThrow(f, ...rest) {
    checkFunction(f, 'fn');
    const [, message] = split(...rest);
    try { f(); } catch (e) { fail(e, rest[0], `Got unwanted exception${message ? `: ${message}` : '.'}\nActual message: "${e?.message}"`, 'doesNotThrow', assert.doesNotThrow); }
  },
  async doesNotReject(promise, ...rest) {
    const [, message] = split(...rest);
    const caught = await settle(promise);
    if (caught) fail(caught.e, rest[0], `Got unwanted rejection${message ? `: ${message}` : '.'}\nActual message: "${caught.e?.message}"`, 'doesNotReject', assert.doesNotReject);
  },
  ifError(v) {
    if (v === null || v === undefined) return;
    throw new AssertionError({ actual: v, expected: null, operator: 'ifError', message: `ifError got unwanted exception: ${v?.message ?? inspect(v)}`, stackStartFn: assert.ifError });
  },
  match(text, pattern, message) {
    if (typeof text !== 'string' || !pattern.test(text)) fail(text, pattern, message ?? (typeof text !== 'string' ? `The "string" argument must be of type string. Received ${require('internal/errors').nameOf(text)}` : `The input did not match the regular expression ${inspect(pattern)}. Input:\n\n${inspect(text)}\n`), 'match', assert.match);
  },
  doesNotMatch(text, pattern, message) {
    if (typeof text === 'string' && pattern.test(text)) fail(text, pattern, message ?? `The input was expected to not match the regular expression ${inspect(pattern)}. Input:\n\n${inspect(text)}\n`, 'doesNotMatch', assert.doesNotMatch);
  },
});
function strict(...args) {
  truthy(strict, args);
}
assert.strict = Object.assign(strict, assert, {
  equal: assert.strictEqual, deepEqual: assert.deepStrictEqual, notEqual: assert.notStrictEqual, notDeepEqual: assert.notDeepStrictEqual,
});
assert.strict.strict = assert.strict;
module.exports = assert;
