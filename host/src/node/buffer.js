// Buffer: a Uint8Array with text encodings and numbers.
const { make, invalidArgType, invalidArgValue, outOfRange, checkString, checkNumber } = require('internal/errors');
const { inspect } = binding.inspection;
const kMaxLength = 2 ** 33;
const kStringMaxLength = 2 ** 29 - 24;

const encodings = {
  utf8: 'utf8', 'utf-8': 'utf8', hex: 'hex', base64: 'base64', base64url: 'base64url', ascii: 'ascii', latin1: 'latin1',
  binary: 'latin1', ucs2: 'utf16le', 'ucs-2': 'utf16le', utf16le: 'utf16le', 'utf-16le': 'utf16le',
};
function encodingOf(name) {
  if (name === undefined || name === null || name === '' || name === 'utf8') return 'utf8';
  const known = encodings[String(name).toLowerCase()];
  if (!known) throw make(TypeError, 'ERR_UNKNOWN_ENCODING', `Unknown encoding: ${name}`);
  return known;
}

function checkSize(size) {
  checkNumber(size, 'size');
  if (!(size >= 0 && size <= kMaxLength)) throw outOfRange('size', `>= 0 && <= ${kMaxLength}`, size);
}

// Uint8Array whose prototype is Buffer's; `new` gives these.
class FastBuffer extends Uint8Array {}
const wrap = (u8) => new FastBuffer(u8.buffer, u8.byteOffset, u8.byteLength);

function Buffer(arg, encodingOrOffset, length) {
  if (typeof arg === 'number') {
    if (typeof encodingOrOffset === 'string') throw invalidArgType('string', 'string', arg);
    return Buffer.alloc(arg);
  }
  return Buffer.from(arg, encodingOrOffset, length);
}
Object.defineProperty(Buffer, Symbol.species, { configurable: true, get: () => FastBuffer });
Object.setPrototypeOf(Buffer, Uint8Array);
FastBuffer.prototype.constructor = Buffer;
Buffer.prototype = FastBuffer.prototype;
Buffer.poolSize = 8192;

const isAnyArrayBuffer = (v) => ['ArrayBuffer', 'SharedArrayBuffer'].includes(binding.kindOf(v));
const isBytes = (v) => v instanceof Uint8Array;

Buffer.from = function from(value, encodingOrOffset, length) {
  if (typeof value === 'string') return wrap(binding.encode(value, encodingOf(typeof encodingOrOffset === 'string' ? encodingOrOffset : 'utf8')));
  if (value !== null && typeof value === 'object') {
    if (isAnyArrayBuffer(value)) {
      const offset = +encodingOrOffset || 0;
      if (offset > value.byteLength) throw make(RangeError, 'ERR_BUFFER_OUT_OF_BOUNDS', '"offset" is outside of buffer bounds');
      if (length !== undefined) {
        length = +length > 0 ? +length : 0;
        if (length > value.byteLength - offset) throw make(RangeError, 'ERR_BUFFER_OUT_OF_BOUNDS', '"length" is outside of buffer bounds');
      }
      return new FastBuffer(value, offset, length);
    }
    if (ArrayBuffer.isView(value) && typeof value.length === 'number') return new FastBuffer(value);
    const primitive = typeof value.valueOf === 'function' ? value.valueOf() : value;
    if (primitive != null && primitive !== value && (typeof primitive === 'string' || typeof primitive === 'object')) {
      return from(primitive, encodingOrOffset, length);
    }
    if (value.length !== undefined || isAnyArrayBuffer(value.buffer)) {
      return typeof value.length === 'number' ? new FastBuffer(Array.from(value)) : new FastBuffer(0);
    }
    if (value.type === 'Buffer' && Array.isArray(value.data)) return new FastBuffer(value.data);
    if (typeof value[Symbol.toPrimitive] === 'function') {
      const p = value[Symbol.toPrimitive]('string');
      if (typeof p === 'string') return from(p, encodingOrOffset);
    }
  }
  throw make(TypeError, 'ERR_INVALID_ARG_TYPE', `The first argument must be of type string or an instance of Buffer, ArrayBuffer, or Array or an Array-like Object. Received ${require('internal/errors').nameOf(value)}`);
};
Buffer.of = (...items) => new FastBuffer(items);
Buffer.alloc = (size, fill, encoding) => {
  checkSize(size);
  const b = new FastBuffer(size);
  return fill !== undefined && fill !== 0 && size > 0 ? b.fill(fill, encoding) : b;
};
Buffer.allocUnsafe = (size) => { checkSize(size); return new FastBuffer(size); };
Buffer.allocUnsafeSlow = Buffer.allocUnsafe;
Buffer.isBuffer = (v) => v instanceof Buffer;
Buffer.isEncoding = (name) => typeof name === 'string' && name !== '' && encodings[name.toLowerCase()] !== undefined;
Buffer.byteLength = (value, encoding) => {
  if (typeof value !== 'string') {
    if (ArrayBuffer.isView(value) || isAnyArrayBuffer(value)) return value.byteLength;
    throw invalidArgType('string', ['string', 'Buffer', 'ArrayBuffer'], value);
  }
  switch (encodings[String(encoding ?? 'utf8').toLowerCase()]) {
    case 'ascii': case 'latin1': return value.length;
    case 'utf16le': return value.length * 2;
    case 'hex': return value.length >>> 1;
    case 'base64': case 'base64url': return Math.floor(value.replace(/=+$/, '').length * 3 / 4);
    default: return binding.encode(value, 'utf8').length;
  }
};
Buffer.compare = (a, b) => {
  if (!isBytes(a)) throw invalidArgType('buf1', ['Buffer', 'Uint8Array'], a);
  if (!isBytes(b)) throw invalidArgType('buf2', ['Buffer', 'Uint8Array'], b);
  return binding.compare(a, b);
};
Buffer.concat = (list, total) => {
  if (!Array.isArray(list)) throw invalidArgType('list', 'Array', list);
  list.forEach((b, i) => { if (!isBytes(b)) throw invalidArgType(`list[${i}]`, ['Buffer', 'Uint8Array'], b); });
  total ??= list.reduce((n, b) => n + b.length, 0);
  checkNumber(total, 'length', 0);
  const out = Buffer.alloc(total);
  let at = 0;
  for (const b of list) {
    if (at >= total) break;
    const part = at + b.length > total ? b.subarray(0, total - at) : b;
    out.set(part, at);
    at += part.length;
  }
  return out;
};
Buffer.copyBytesFrom = (view, offset = 0, length = view.length - offset) => {
  const part = view.subarray(offset, offset + length);
  return Buffer.from(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
};

const clamp = (n, size, otherwise) => {
  if (n === undefined) return otherwise;
  n = Math.trunc(+n) || 0;
  if (n < 0) n += size;
  return Math.min(Math.max(n, 0), size);
};
function bytesFor(value, encoding) {
  if (typeof value === 'string') return binding.encode(value, encodingOf(encoding));
  if (typeof value === 'number') return new Uint8Array([value & 255]);
  if (isBytes(value)) return value;
  throw invalidArgType('value', ['number', 'string', 'Buffer', 'Uint8Array'], value);
}
function search(b, value, from, encoding, backwards) {
  if (typeof from === 'string') [from, encoding] = [undefined, from];
  from = +from;
  if (Number.isNaN(from)) from = backwards ? b.length : 0;
  from = Math.trunc(from);
  if (from < 0) from += b.length;
  if (from < 0) {
    if (backwards) return -1;
    from = 0;
  }
  const wanted = bytesFor(value, encoding);
  if (wanted.length === 0) return Math.min(from, b.length);
  return binding.indexOf(b, wanted, from, backwards);
}

const methods = {
  toString(encoding, start, end) {
    if (arguments.length === 0) return binding.decode(this, 'utf8');
    const e = encodingOf(encoding);
    const from = start === undefined ? 0 : Math.max(0, Math.trunc(+start) || 0);
    const to = end === undefined ? this.length : Math.min(this.length, Math.max(0, Math.trunc(+end) || 0));
    return to <= from ? '' : binding.decode(this, e, from, to);
  },
  toLocaleString(...args) { return this.toString(...args); },
  toJSON() { return { type: 'Buffer', data: Array.from(this) }; },
  equals(other) {
    if (!isBytes(other)) throw invalidArgType('otherBuffer', ['Buffer', 'Uint8Array'], other);
    return this === other || (this.length === other.length && binding.compare(this, other) === 0);
  },
  compare(target, ts = 0, te = target?.length, ss = 0, se = this.length) {
    if (!isBytes(target)) throw invalidArgType('target', ['Buffer', 'Uint8Array'], target);
    return binding.compare(this.subarray(ss, Math.max(ss, se)), target.subarray(ts, Math.max(ts, te)));
  },
  copy(target, targetStart = 0, start = 0, end = this.length) {
    if (!ArrayBuffer.isView(target)) throw invalidArgType('target', ['Buffer', 'Uint8Array'], target);
    targetStart = Math.trunc(+targetStart) || 0;
    start = Math.trunc(+start) || 0;
    end = Math.trunc(+end) || 0;
    if (targetStart < 0) throw outOfRange('targetStart', '>= 0', targetStart);
    if (start < 0 || start > this.length) throw outOfRange('sourceStart', `>= 0 && <= ${this.length}`, start);
    if (end < 0) throw outOfRange('sourceEnd', '>= 0', end);
    if (targetStart >= target.length || start >= end) return 0;
    const part = this.subarray(start, Math.min(end, this.length, start + target.length - targetStart));
    target.set(part, targetStart);
    return part.length;
  },
  slice(start, end) { return this.subarray(start, end); },
  subarray(start, end) {
    const from = clamp(start, this.length, 0);
    const to = clamp(end, this.length, this.length);
    return new FastBuffer(this.buffer, this.byteOffset + from, Math.max(0, to - from));
  },
  write(text, offset, length, encoding) {
    checkString(text, 'argument');
    if (typeof offset === 'string') [encoding, offset, length] = [offset, 0, undefined];
    if (typeof length === 'string') [encoding, length] = [length, undefined];
    offset ??= 0;
    checkNumber(offset, 'offset', 0, this.length);
    const space = Math.min(length ?? Infinity, this.length - offset);
    const e = encodingOf(encoding);
    const bytes = binding.encode(text, e);
    let n = Math.min(bytes.length, space);
    // Only whole characters are written.
    if (n < bytes.length && e === 'utf8') while (n > 0 && (bytes[n] & 0xc0) === 0x80) n--;
    if (e === 'utf16le') n -= n % 2;
    this.set(bytes.subarray(0, n), offset);
    return n;
  },
  fill(value, offset, end, encoding) {
    if (typeof offset === 'string') [encoding, offset, end] = [offset, undefined, undefined];
    else if (typeof end === 'string') [encoding, end] = [end, undefined];
    offset ??= 0;
    end ??= this.length;
    checkNumber(offset, 'offset', 0);
    checkNumber(end, 'end', 0, this.length);
    if (typeof value === 'string' || isBytes(value)) {
      const bytes = typeof value === 'string' ? (value === '' ? new Uint8Array(1) : bytesFor(value, encoding)) : value;
      if (bytes.length === 0) throw invalidArgValue('value', value);
      for (let i = offset; i < end; i++) this[i] = bytes[(i - offset) % bytes.length];
      return this;
    }
    Uint8Array.prototype.fill.call(this, typeof value === 'boolean' ? +value : value & 255, offset, end);
    return this;
  },
  indexOf(value, from, encoding) { return search(this, value, from, encoding, false); },
  lastIndexOf(value, from, encoding) { return search(this, value, from, encoding, true); },
  includes(value, from, encoding) { return search(this, value, from, encoding, false) !== -1; },
};

function swapper(size) {
  return function() {
    if (this.length % size) throw make(RangeError, 'ERR_INVALID_BUFFER_SIZE', `Buffer size must be a multiple of ${size * 8}-bits`);
    for (let i = 0; i < this.length; i += size) this.subarray(i, i + size).reverse();
    return this;
  };
}
Object.assign(methods, { swap16: swapper(2), swap32: swapper(4), swap64: swapper(8) });

function checkOffset(b, offset, size) {
  if (typeof offset !== 'number') throw invalidArgType('offset', 'number', offset);
  if (Number.isInteger(offset) && offset >= 0 && offset + size <= b.length) return;
  if (!Number.isInteger(offset)) throw outOfRange('offset', 'an integer', offset);
  if (b.length < size) throw make(RangeError, 'ERR_BUFFER_OUT_OF_BOUNDS', 'Attempt to access memory outside buffer bounds');
  throw outOfRange('offset', `>= 0 && <= ${b.length - size}`, offset);
}
const view = (b) => new DataView(b.buffer, b.byteOffset, b.byteLength);

// Fixed widths: name, DataView method, bytes, range of integers.
const numbers = [
  ['UInt8', 'Uint8', 1, 0, 255], ['Int8', 'Int8', 1, -128, 127], ['UInt16', 'Uint16', 2, 0, 65535], ['Int16', 'Int16', 2, -32768, 32767],
  ['UInt32', 'Uint32', 4, 0, 4294967295], ['Int32', 'Int32', 4, -2147483648, 2147483647], ['Float', 'Float32', 4], ['Double', 'Float64', 8],
  ['BigUInt64', 'BigUint64', 8, 0n, 2n ** 64n - 1n], ['BigInt64', 'BigInt64', 8, -(2n ** 63n), 2n ** 63n - 1n],
];
function alias(name, f) {
  methods[name] = f;
  if (name.includes('UInt')) methods[name.replace('UInt', 'Uint')] = f;
}
function rangeText(name, min, max, size) {
  if (typeof min === 'bigint') return min === 0n ? '>= 0n and < 2n ** 64n' : '>= -(2n ** 63n) and < 2n ** 63n';
  if (size > 4) return min === 0 ? `>= 0 and < 2 ** ${size * 8}` : `>= -(2 ** ${size * 8 - 1}) and < 2 ** ${size * 8 - 1}`;
  return `>= ${min} and <= ${max}`;
}
function checkRange(value, min, max, size) {
  if (min === undefined) return;
  if (value > max || value < min) throw outOfRange('value', rangeText('', min, max, size), value);
}
for (const [name, method, size, min, max] of numbers) {
  for (const [suffix, little] of size === 1 ? [['', true]] : [['LE', true], ['BE', false]]) {
    alias(`read${name}${suffix}`, function(offset = 0) {
      checkOffset(this, offset, size);
      return view(this)[`get${method}`](offset, little);
    });
    alias(`write${name}${suffix}`, function(value, offset = 0) {
      value = typeof min === 'bigint' ? value : +value;
      if (typeof min === 'bigint' && typeof value !== 'bigint') throw invalidArgType('value', 'bigint', value);
      checkRange(value, min, max, size);
      checkOffset(this, offset, size);
      view(this)[`set${method}`](offset, value, little);
      return offset + size;
    });
  }
}
function checkByteLength(size) {
  if (typeof size !== 'number') throw invalidArgType('byteLength', 'number', size);
  if (!Number.isInteger(size)) throw outOfRange('byteLength', 'an integer', size);
  if (size < 1 || size > 6) throw outOfRange('byteLength', '>= 1 and <= 6', size);
}
for (const [suffix, little] of [['LE', true], ['BE', false]]) {
  for (const signed of [false, true]) {
    const name = signed ? 'Int' : 'UInt';
    alias(`read${name}${suffix}`, function(offset, size) {
      checkByteLength(size);
      checkOffset(this, offset, size);
      let n = 0;
      for (let i = 0; i < size; i++) n = n * 256 + this[little ? offset + size - 1 - i : offset + i];
      return signed && n >= 2 ** (size * 8 - 1) ? n - 2 ** (size * 8) : n;
    });
    alias(`write${name}${suffix}`, function(value, offset, size) {
      checkByteLength(size);
      value = +value;
      const half = 2 ** (size * 8 - 1);
      checkRange(value, signed ? -half : 0, signed ? half - 1 : half * 2 - 1, size);
      checkOffset(this, offset, size);
      let n = value < 0 ? value + half * 2 : value;
      for (let i = 0; i < size; i++) {
        this[little ? offset + i : offset + size - 1 - i] = n % 256;
        n = Math.floor(n / 256);
      }
      return offset + size;
    });
  }
}
for (const e of ['utf8', 'latin1', 'ascii', 'hex', 'base64', 'base64url', 'ucs2']) {
  methods[`${e}Slice`] = function(start, end) { return this.toString(e, start, end); };
  methods[`${e}Write`] = function(text, offset, length) { return this.write(text, offset, length, e); };
}
for (const [name, value] of Object.entries(methods)) {
  Object.defineProperty(value, 'name', { value: name, configurable: true });
  Object.defineProperty(Buffer.prototype, name, { value, writable: true, configurable: true, enumerable: true });
}
Object.defineProperty(Buffer.prototype, 'parent', { enumerable: true, get() { return this instanceof Buffer ? this.buffer : undefined; } });
Object.defineProperty(Buffer.prototype, 'offset', { enumerable: true, get() { return this instanceof Buffer ? this.byteOffset : undefined; } });
Object.defineProperty(Buffer.prototype, Symbol.for('nodejs.util.inspect.custom'), {
  writable: true, configurable: true, enumerable: true,
  value(depth, context) {
    const max = module.exports.INSPECT_MAX_BYTES;
    const hex = Array.from(this.subarray(0, max), (b) => b.toString(16).padStart(2, '0')).join(' ');
    const more = this.length - max;
    let text = hex + (more > 0 ? ` ... ${more} more byte${more > 1 ? 's' : ''}` : '');
    const extra = Object.keys(this).filter((k) => !/^\d+$/.test(k));
    if (context && extra.length) {
      const shown = extra.map((k) => `${k}: ${inspect(this[k], { ...context, breakLength: Infinity, compact: true })}`).join(', ');
      text += `${text ? ', ' : ''}${shown}`;
    }
    return `<${this.constructor.name}${text ? ' ' : ''}${text}>`;
  },
});

function btoa(text) {
  if (arguments.length === 0) throw make(TypeError, 'ERR_MISSING_ARGS', 'The "data" argument must be specified');
  text = `${text}`;
  if (/[^\0-\xff]/.test(text)) throw new DOMException('Invalid character', 'InvalidCharacterError');
  return binding.decode(binding.encode(text, 'latin1'), 'base64');
}
function atob(text) {
  if (arguments.length === 0) throw make(TypeError, 'ERR_MISSING_ARGS', 'The "data" argument must be specified');
  text = `${text}`.replace(/[\t\n\f\r ]/g, '');
  if (text.length % 4 === 0) text = text.replace(/==?$/, '');
  if (/[^A-Za-z0-9+/]/.test(text) || text.length % 4 === 1) throw new DOMException('The string to be decoded is not correctly encoded.', 'InvalidCharacterError');
  return binding.decode(binding.encode(text, 'base64'), 'latin1');
}

class Blob {
  #bytes;
  #type;
  constructor(parts = [], options = {}) {
    const list = Array.from(parts, (p) => (p instanceof Blob ? p.#bytes : typeof p === 'string' ? binding.encode(p, 'utf8') : ArrayBuffer.isView(p) ? new Uint8Array(p.buffer, p.byteOffset, p.byteLength) : isAnyArrayBuffer(p) ? new Uint8Array(p) : binding.encode(String(p), 'utf8')));
    this.#bytes = Buffer.concat(list);
    this.#type = String(options.type ?? '').toLowerCase();
  }
  get size() { return this.#bytes.length; }
  get type() { return this.#type; }
  async text() { return this.#bytes.toString(); }
  async arrayBuffer() { return this.#bytes.buffer.slice(this.#bytes.byteOffset, this.#bytes.byteOffset + this.#bytes.length); }
  async bytes() { return new Uint8Array(await this.arrayBuffer()); }
  slice(start, end, type) { return new Blob([this.#bytes.subarray(start, end)], { type }); }
}
Object.defineProperty(Blob.prototype, Symbol.toStringTag, { value: 'Blob', configurable: true });

module.exports = {
  Buffer, Blob, SlowBuffer: (size) => Buffer.allocUnsafe(size), INSPECT_MAX_BYTES: 50, kMaxLength, kStringMaxLength, atob, btoa,
  constants: { MAX_LENGTH: kMaxLength, MAX_STRING_LENGTH: kStringMaxLength },
  isUtf8: (v) => { try { binding.decodeUtf8(v); return true; } catch { return false; } },
  isAscii: (v) => Buffer.from(v.buffer ?? v).every((b) => b < 128),
  transcode: (source, from, to) => Buffer.from(Buffer.from(source).toString(from), to),
};
