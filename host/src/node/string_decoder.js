// StringDecoder: bytes in pieces to text, characters never split.
const { make, invalidArgType } = require('internal/errors');
const { Buffer } = require('buffer');

class StringDecoder {
  #rest = Buffer.alloc(0);
  constructor(encoding = 'utf8') {
    if (!Buffer.isEncoding(encoding)) throw make(TypeError, 'ERR_UNKNOWN_ENCODING', `Unknown encoding: ${encoding}`);
    const e = encoding.toLowerCase().replace('utf-', 'utf').replace('ucs-', 'ucs');
    this.encoding = { ucs2: 'utf16le', binary: 'latin1' }[e] ?? e;
  }
  // How many bytes at the end have to wait for more.
  #keep(b) {
    if (this.encoding === 'utf16le') {
      const odd = b.length % 2;
      const high = b.length - odd >= 2 ? b[b.length - odd - 1] : 0;
      return odd + (high >= 0xd8 && high <= 0xdb ? 2 : 0);
    }
    if (this.encoding.startsWith('base64')) return b.length % 3;
    if (this.encoding !== 'utf8') return 0;
    for (let back = 1; back <= Math.min(3, b.length); back++) {
      const c = b[b.length - back];
      if (c >= 0xc2 && c <= 0xf4) return (c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2) > back ? back : 0;
      if (c < 0x80 || c >= 0xc0) return 0;
    }
    return 0;
  }
  write(chunk) {
    if (typeof chunk === 'string') return chunk;
    if (!ArrayBuffer.isView(chunk)) throw invalidArgType('buf', ['Buffer', 'TypedArray', 'DataView'], chunk);
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const all = this.#rest.length ? Buffer.concat([this.#rest, bytes]) : bytes;
    const end = all.length - this.#keep(all);
    this.#rest = Buffer.from(all.subarray(end));
    return all.toString(this.encoding, 0, end);
  }
  end(chunk) {
    const text = chunk === undefined ? '' : this.write(chunk);
    const rest = this.#rest.toString(this.encoding);
    this.#rest = Buffer.alloc(0);
    return text + rest;
  }
}
module.exports = { StringDecoder };
