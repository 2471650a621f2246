// MD5, SHA-1, SHA-256 and CRC-32 of the same bytes: 32-bit integer arithmetic and byte arrays.
'use strict';

const BYTES = 26000;
const ROUNDS = 14;
const EXPECTED = 'b23dabfc 308f9b16 55f884b0 bdcb099e';

const rotate = (x, n) => (x << n) | (x >>> (32 - n));

function pad(bytes, bigEndian) {
  const length = ((bytes.length + 8) >> 6) * 16 + 16;
  const words = new Array(length).fill(0);
  const put = (i, byte) => { words[i >> 2] |= byte << (bigEndian ? 24 - (i & 3) * 8 : (i & 3) * 8); };
  for (let i = 0; i < bytes.length; i++) put(i, bytes[i]);
  put(bytes.length, 0x80);
  words[bigEndian ? length - 1 : length - 2] = bytes.length * 8;
  return words;
}

function hex(words, bigEndian) {
  let text = '';
  for (const word of words) {
    for (let i = 0; i < 4; i++) {
      const byte = (word >>> (bigEndian ? 24 - i * 8 : i * 8)) & 255;
      text += (byte < 16 ? '0' : '') + byte.toString(16);
    }
  }
  return text;
}

// Integer parts of 2^32 |sin(i + 1)|, which no engine's sine gets wrong at this precision.
const MD5_TABLE = Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 4294967296) | 0);
const MD5_SHIFTS = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];

function md5(bytes) {
  const words = pad(bytes, false);
  let a = 0x67452301, b = 0xefcdab89 | 0, c = 0x98badcfe | 0, d = 0x10325476;
  for (let block = 0; block < words.length; block += 16) {
    const [a0, b0, c0, d0] = [a, b, c, d];
    for (let i = 0; i < 64; i++) {
      const round = i >> 4;
      let f, at;
      if (round === 0) {
        f = (b & c) | (~b & d);
        at = i;
      } else if (round === 1) {
        f = (d & b) | (~d & c);
        at = (5 * i + 1) & 15;
      } else if (round === 2) {
        f = b ^ c ^ d;
        at = (3 * i + 5) & 15;
      } else {
        f = c ^ (b | ~d);
        at = (7 * i) & 15;
      }
      const sum = (a + f + MD5_TABLE[i] + words[block + at]) | 0;
      a = d;
      d = c;
      c = b;
      b = (b + rotate(sum, MD5_SHIFTS[round][i & 3])) | 0;
    }
    a = (a + a0) | 0;
    b = (b + b0) | 0;
    c = (c + c0) | 0;
    d = (d + d0) | 0;
  }
  return hex([a, b, c, d], false);
}

function sha1(bytes) {
  const words = pad(bytes, true);
  const state = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476, 0xc3d2e1f0 | 0];
  const w = new Int32Array(80);
  for (let block = 0; block < words.length; block += 16) {
    let [a, b, c, d, e] = state;
    for (let i = 0; i < 80; i++) {
      w[i] = i < 16 ? words[block + i] : rotate(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
      let f, k;
      if (i < 20) {
        f = (b & c) | (~b & d);
        k = 0x5a827999;
      } else if (i < 40) {
        f = b ^ c ^ d;
        k = 0x6ed9eba1;
      } else if (i < 60) {
        f = (b & c) | (b & d) | (c & d);
        k = 0x8f1bbcdc | 0;
      } else {
        f = b ^ c ^ d;
        k = 0xca62c1d6 | 0;
      }
      const next = (rotate(a, 5) + f + e + k + w[i]) | 0;
      e = d;
      d = c;
      c = rotate(b, 30);
      b = a;
      a = next;
    }
    [a, b, c, d, e].forEach((value, i) => { state[i] = (state[i] + value) | 0; });
  }
  return hex(state, true);
}

function primes(count) {
  const list = [];
  for (let n = 2; list.length < count; n++) if (list.every((p) => n % p !== 0)) list.push(n);
  return list;
}

const fraction = (x) => ((x - Math.floor(x)) * 4294967296) | 0;
// The cube root by Newton's method: the same bits everywhere.
function cubeRoot(n) {
  let x = n;
  for (let i = 0; i < 100; i++) x -= (x * x * x - n) / (3 * x * x);
  return x;
}
const SHA_K = primes(64).map((p) => fraction(cubeRoot(p)));
const SHA_H = primes(8).map((p) => fraction(Math.sqrt(p)));

function sha256(bytes) {
  const words = pad(bytes, true);
  const state = Int32Array.from(SHA_H);
  const w = new Int32Array(64);
  for (let block = 0; block < words.length; block += 16) {
    for (let i = 0; i < 64; i++) {
      if (i < 16) {
        w[i] = words[block + i];
        continue;
      }
      const x = w[i - 15], y = w[i - 2];
      const s0 = rotate(x, 25) ^ rotate(x, 14) ^ (x >>> 3);
      const s1 = rotate(y, 15) ^ rotate(y, 13) ^ (y >>> 10);
      w[i] = (w[i - 16] + s0 + w[i - 7] + s1) | 0;
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 64; i++) {
      const s1 = rotate(e, 26) ^ rotate(e, 21) ^ rotate(e, 7);
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + SHA_K[i] + w[i]) | 0;
      const s0 = rotate(a, 30) ^ rotate(a, 19) ^ rotate(a, 10);
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + t1) | 0;
      d = c;
      c = b;
      b = a;
      a = (t1 + t2) | 0;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
    state[5] += f;
    state[6] += g;
    state[7] += h;
  }
  return hex(state, true);
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let i = 0; i < 8; i++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});

function crc32(bytes) {
  let crc = -1;
  for (const byte of bytes) crc = CRC_TABLE[(crc ^ byte) & 255] ^ (crc >>> 8);
  return ((crc ^ -1) >>> 0).toString(16);
}

const ascii = (text) => Array.from(text, (c) => c.charCodeAt(0));
const KNOWN = [
  [md5, 'abc', '900150983cd24fb0d6963f7d28e17f72'],
  [sha1, 'abc', 'a9993e364706816aba3e25717850c26c9cd0d89d'],
  [sha256, 'abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [crc32, '123456789', 'cbf43926'],
];
for (const [hash, text, want] of KNOWN) {
  const got = hash(ascii(text));
  if (got !== want) throw new Error(`hashes: ${hash.name}('${text}') is ${got}`);
}

let data = new Uint8Array(BYTES);
for (let i = 0; i < BYTES; i++) data[i] = (i * i * 7 + (i >> 3)) & 255;
let result = '';
for (let round = 0; round < ROUNDS; round++) {
  const digests = [md5, sha1, sha256, crc32].map((hash) => hash(data));
  ascii(digests.join('')).forEach((byte, i) => { data[i * 5] ^= byte; });
  result = digests.map((text) => text.slice(0, 8)).join(' ');
}
if (result !== EXPECTED) throw new Error(`hashes: ${result}, expected ${EXPECTED}`);
console.log(`hashes ${result}`);
