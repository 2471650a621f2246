// TextEncoder and TextDecoder.
const { make, invalidArgType } = require('internal/errors');

class TextEncoder {
  get encoding() { return 'utf-8'; }
  encode(text = '') { return binding.encode(String(text), 'utf8'); }
  encodeInto(text, target) {
    let read = 0;
    let written = 0;
    for (const c of String(text)) {
      const bytes = binding.encode(c, 'utf8');
      if (written + bytes.length > target.length) break;
      target.set(bytes, written);
      written += bytes.length;
      read += c.length;
    }
    return { read, written };
  }
}

const labels = new Map(Object.entries({
  'utf-8': 'utf-8', utf8: 'utf-8', 'unicode-1-1-utf-8': 'utf-8', 'utf-16le': 'utf-16le', 'utf-16': 'utf-16le', ucs2: 'utf-16le',
  'ucs-2': 'utf-16le', latin1: 'windows-1252', 'iso-8859-1': 'windows-1252', ascii: 'windows-1252', 'us-ascii': 'windows-1252',
  'windows-1252': 'windows-1252',
}));
// The code points of windows-1252 from 0x80 to 0x9f.
const upper = '\u20AC\x81\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\x8D\u017D\x8F\x90\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\x9D\u017E\u0178';

// How many bytes at the end begin a character that is not complete.
function incomplete(bytes) {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const b = bytes[bytes.length - back];
    if (b >= 0xc0) return (b >= 0xf0 ? 4 : b >= 0xe0 ? 3 : 2) > back ? back : 0;
    if (b < 0x80) return 0;
  }
  return 0;
}

class TextDecoder {
  #encoding;
  #fatal;
  #ignoreBOM;
  #rest = new Uint8Array(0);
  #begun = false;
  constructor(label = 'utf-8', options = {}) {
    this.#encoding = labels.get(String(label).trim().toLowerCase());
    if (!this.#encoding) throw make(RangeError, 'ERR_ENCODING_NOT_SUPPORTED', `The "${label}" encoding is not supported`);
    this.#fatal = !!options?.fatal;
    this.#ignoreBOM = !!options?.ignoreBOM;
  }
  get encoding() { return this.#encoding; }
  get fatal() { return this.#fatal; }
  get ignoreBOM() { return this.#ignoreBOM; }
  decode(input = new Uint8Array(0), { stream = false } = {}) {
    let bytes;
    if (ArrayBuffer.isView(input)) bytes = new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
    else if (require('internal/types').isAnyArrayBuffer(input)) bytes = new Uint8Array(input);
    else throw invalidArgType('list', ['ArrayBuffer', 'ArrayBufferView'], input);
    if (this.#encoding === 'windows-1252') {
      return binding.decode(bytes, 'latin1').replace(/[\x80-\x9f]/g, (c) => upper[c.charCodeAt(0) - 0x80]);
    }
    if (this.#rest.length) {
      const all = new Uint8Array(this.#rest.length + bytes.length);
      all.set(this.#rest);
      all.set(bytes, this.#rest.length);
      bytes = all;
      this.#rest = new Uint8Array(0);
    }
    const wide = this.#encoding === 'utf-16le';
    if (stream) {
      const keep = wide ? bytes.length % 2 : incomplete(bytes);
      this.#rest = bytes.slice(bytes.length - keep);
      bytes = bytes.subarray(0, bytes.length - keep);
    }
    let text;
    if (this.#fatal && !wide) {
      try {
        text = binding.decodeUtf8(bytes);
      } catch {
        throw make(TypeError, 'ERR_ENCODING_INVALID_ENCODED_DATA', 'The encoded data was not valid for encoding utf-8');
      }
    } else {
      text = binding.decode(bytes, wide ? 'utf16le' : 'utf8');
      if (wide && !stream && bytes.length % 2) text += '\ufffd';
    }
    if (!this.#begun && !this.#ignoreBOM && text[0] === '\ufeff') text = text.slice(1);
    if (text !== '' || bytes.length) this.#begun = stream;
    if (!stream) this.#begun = false;
    return text;
  }
}
for (const C of [TextEncoder, TextDecoder]) Object.defineProperty(C.prototype, Symbol.toStringTag, { value: C.name, configurable: true });
module.exports = { TextEncoder, TextDecoder };
