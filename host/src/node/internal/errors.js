// Errors with codes, worded as Node words them.
function nameOf(v) {
  if (v == null) return String(v);
  if (typeof v === 'function') return v.name ? `function ${v.name}` : 'function ';
  if (typeof v === 'object') {
    if (v.constructor && v.constructor.name) return `an instance of ${v.constructor.name}`;
    return binding.inspection.inspect(v, { depth: -1 });
  }
  let text = binding.inspection.inspect(v);
  if (text.length > 28) text = text.slice(0, 25) + '...';
  return `type ${typeof v} (${text})`;
}

function make(Base, code, message) {
  const e = new Base(message);
  // The stack begins with the code, as in Node; the name stays.
  const name = e.name;
  Object.defineProperty(e, 'name', { value: `${name} [${code}]`, configurable: true, writable: true });
  Error.captureStackTrace?.(e, make);
  void e.stack;
  delete e.name;
  e.code = code;
  return e;
}

const kinds = ['string', 'function', 'number', 'object', 'Function', 'Object', 'boolean', 'bigint', 'symbol'];

function list(words, last = 'or') {
  if (words.length < 3) return words.join(` ${last} `);
  return `${words.slice(0, -1).join(', ')}, ${last} ${words[words.length - 1]}`;
}

function invalidArgType(name, expected, actual) {
  expected = Array.isArray(expected) ? expected : [expected];
  const noun = name.endsWith(' argument') ? `The ${name}` : `The "${name}" ${name.includes('.') ? 'property' : 'argument'}`;
  const types = expected.filter((e) => kinds.includes(e)).map((e) => e.toLowerCase());
  const classes = expected.filter((e) => !kinds.includes(e) && /^[A-Z]/.test(e));
  const others = expected.filter((e) => !kinds.includes(e) && !/^[A-Z]/.test(e));
  const parts = [];
  if (types.length) parts.push(`${types.length > 1 ? 'one of type' : 'of type'} ${list(types)}`);
  if (classes.length) parts.push(`an instance of ${list(classes)}`);
  if (others.length) parts.push(others.length > 1 ? `one of ${list(others)}` : others[0]);
  return make(TypeError, 'ERR_INVALID_ARG_TYPE', `${noun} must be ${parts.join(' or ')}. Received ${nameOf(actual)}`);
}

function invalidArgValue(name, value, reason = 'is invalid') {
  const noun = name.includes('.') ? 'property' : 'argument';
  return make(TypeError, 'ERR_INVALID_ARG_VALUE', `The ${noun} '${name}' ${reason}. Received ${binding.inspection.inspect(value)}`);
}

function separate(n) {
  const [, sign, digits] = /^(-?)(\d+)$/.exec(String(n)) || [];
  return digits === undefined ? String(n) : sign + digits.replace(/\B(?=(\d{3})+$)/g, '_');
}

function outOfRange(name, range, received) {
  let text;
  if (Number.isInteger(received) && Math.abs(received) > 2 ** 32) text = separate(received);
  else if (typeof received === 'bigint') text = (received > 2n ** 32n || received < -(2n ** 32n) ? separate(received) : String(received)) + 'n';
  else text = binding.inspection.inspect(received);
  return make(RangeError, 'ERR_OUT_OF_RANGE', `The value of "${name}" is out of range. It must be ${range}. Received ${text}`);
}

function checkString(v, name) {
  if (typeof v !== 'string') throw invalidArgType(name, 'string', v);
}
function checkFunction(v, name) {
  if (typeof v !== 'function') throw invalidArgType(name, 'Function', v);
}
function checkNumber(v, name, min, max) {
  if (typeof v !== 'number') throw invalidArgType(name, 'number', v);
  if ((min != null && v < min) || (max != null && v > max) || ((min != null || max != null) && Number.isNaN(v))) {
    throw outOfRange(name, `${min != null ? `>= ${min}` : ''}${min != null && max != null ? ' && ' : ''}${max != null ? `<= ${max}` : ''}`, v);
  }
}
function checkInteger(v, name, min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER) {
  if (typeof v !== 'number') throw invalidArgType(name, 'number', v);
  if (!Number.isInteger(v)) throw outOfRange(name, 'an integer', v);
  if (v < min || v > max) throw outOfRange(name, `>= ${min} && <= ${max}`, v);
}
function checkObject(v, name) {
  if (v === null || typeof v !== 'object' || Array.isArray(v)) throw invalidArgType(name, 'Object', v);
}
function checkBoolean(v, name) {
  if (typeof v !== 'boolean') throw invalidArgType(name, 'boolean', v);
}

class AbortError extends Error {
  constructor(message = 'The operation was aborted', options = undefined) {
    super(message, options);
    this.name = 'AbortError';
    this.code = 'ABORT_ERR';
  }
}

module.exports = {
  make, nameOf, invalidArgType, invalidArgValue, outOfRange, AbortError, list,
  checkString, checkFunction, checkNumber, checkInteger, checkObject, checkBoolean,
};
