// AES-128 in counter mode and back, tables computed at start: byte arithmetic and lookups.
'use strict';

const BLOCKS = 12000;
const EXPECTED = 1761472229;

const multiply = (a, b) => {
  let product = 0;
  for (; b; b >>= 1) {
    if (b & 1) product ^= a;
    a = (a << 1) ^ (a & 0x80 ? 0x11b : 0);
  }
  return product;
};

const SBOX = new Uint8Array(256);
const INVERSE = new Uint8Array(256);
for (let x = 0; x < 256; x++) {
  let inverse = 0;
  for (let y = 1; y < 256; y++) {
    if (multiply(x, y) === 1) {
      inverse = y;
      break;
    }
  }
  let s = inverse;
  for (let i = 1; i < 5; i++) s ^= (inverse << i) | (inverse >> (8 - i));
  s = (s ^ 0x63) & 255;
  SBOX[x] = s;
  INVERSE[s] = x;
}
const TIMES = new Map([2, 3, 9, 11, 13, 14].map((k) => [k, Uint8Array.from({ length: 256 }, (_, x) => multiply(x, k))]));
const [M2, M3, M9, M11, M13, M14] = [2, 3, 9, 11, 13, 14].map((k) => TIMES.get(k));

function expand(key) {
  const schedule = Uint8Array.from({ length: 176 }, (_, i) => (i < 16 ? key[i] : 0));
  let constant = 1;
  for (let i = 16; i < 176; i += 4) {
    let word = [...schedule.subarray(i - 4, i)];
    if (i % 16 === 0) {
      word = [word[1], word[2], word[3], word[0]].map((b) => SBOX[b]);
      word[0] ^= constant;
      constant = multiply(constant, 2);
    }
    for (let j = 0; j < 4; j++) schedule[i + j] = schedule[i + j - 16] ^ word[j];
  }
  return schedule;
}

function addKey(state, schedule, round) {
  const base = round * 16;
  for (let i = 0; i < 16; i++) state[i] ^= schedule[base + i];
}

const SHIFT = Array.from({ length: 16 }, (_, i) => (i + (i & 3) * 4) & 15);
const UNSHIFT = Array.from({ length: 16 }, (_, i) => (i - (i & 3) * 4) & 15);
const scratch = new Uint8Array(16);

function substitute(state, box, order) {
  for (let i = 0; i < 16; i++) scratch[i] = box[state[order[i]]];
  state.set(scratch);
}

function mix(state) {
  for (let c = 0; c < 16; c += 4) {
    const a = state[c], b = state[c + 1], d = state[c + 2], e = state[c + 3];
    state[c] = M2[a] ^ M3[b] ^ d ^ e;
    state[c + 1] = a ^ M2[b] ^ M3[d] ^ e;
    state[c + 2] = a ^ b ^ M2[d] ^ M3[e];
    state[c + 3] = M3[a] ^ b ^ d ^ M2[e];
  }
}

function unmix(state) {
  for (let c = 0; c < 16; c += 4) {
    const a = state[c], b = state[c + 1], d = state[c + 2], e = state[c + 3];
    state[c] = M14[a] ^ M11[b] ^ M13[d] ^ M9[e];
    state[c + 1] = M9[a] ^ M14[b] ^ M11[d] ^ M13[e];
    state[c + 2] = M13[a] ^ M9[b] ^ M14[d] ^ M11[e];
    state[c + 3] = M11[a] ^ M13[b] ^ M9[d] ^ M14[e];
  }
}

function encrypt(state, schedule) {
  addKey(state, schedule, 0);
  for (let round = 1; round <= 10; round++) {
    substitute(state, SBOX, SHIFT);
    if (round < 10) mix(state);
    addKey(state, schedule, round);
  }
}

function decrypt(state, schedule) {
  for (let round = 10; round >= 1; round--) {
    addKey(state, schedule, round);
    if (round < 10) unmix(state);
    substitute(state, INVERSE, UNSHIFT);
  }
  addKey(state, schedule, 0);
}

// The example of FIPS 197.
const schedule = expand(Uint8Array.from({ length: 16 }, (_, i) => i));
const sample = Uint8Array.from({ length: 16 }, (_, i) => i * 17);
encrypt(sample, schedule);
const text = Array.from(sample, (b) => b.toString(16).padStart(2, '0')).join('');
if (text !== '69c4e0d86a7b0430d8cdb78070b4c55a') throw new Error(`aes: ${text}`);

let hash = 0;
const block = new Uint8Array(16);
for (let i = 0; i < BLOCKS; i++) {
  block.fill(0);
  block[0] = i & 255;
  block[1] = i >> 8;
  encrypt(block, schedule);
  for (const byte of block) hash = (Math.imul(hash, 31) + byte) | 0;
  decrypt(block, schedule);
  if (block[0] !== (i & 255) || block[1] !== i >> 8 || block[15] !== 0) throw new Error('aes: does not round-trip');
}
if (hash !== EXPECTED) throw new Error(`aes: ${hash}, expected ${EXPECTED}`);
console.log(`aes ${hash}`);
