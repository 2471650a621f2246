// Modular arithmetic on long numbers in base 2^14 arrays (Montgomery form), checked with BigInt.
'use strict';

const WORDS = 37; // 518 bits
const EXPECTED = '5gmkdqoovuvdhxkgliwdeixf';

const BITS = 14, BASE = 1 << BITS, MASK = BASE - 1;

function fromBigInt(n) {
  const words = new Array(WORDS).fill(0);
  for (let i = 0; i < WORDS; i++) {
    words[i] = Number(n & BigInt(MASK));
    n >>= BigInt(BITS);
  }
  if (n !== 0n) throw new RangeError('too long');
  return words;
}

function toBigInt(words) {
  return words.reduceRight((n, word) => (n << BigInt(BITS)) | BigInt(word), 0n);
}

function compare(a, b) {
  for (let i = WORDS - 1; i >= 0; i--) if (a[i] !== b[i]) return a[i] - b[i];
  return 0;
}

function subtract(a, b) {
  let borrow = 0;
  for (let i = 0; i < WORDS; i++) {
    const d = a[i] - b[i] - borrow;
    borrow = d < 0 ? 1 : 0;
    a[i] = d & MASK;
  }
}

class Montgomery {
  constructor(modulus) {
    this.modulus = fromBigInt(modulus);
    let inverse = 1;
    for (let i = 0; i < 4; i++) inverse = (inverse * (2 - ((this.modulus[0] * inverse) & MASK))) & MASK;
    this.factor = BASE - inverse;
    const r = 1n << BigInt(BITS * WORDS);
    this.one = fromBigInt(r % modulus);
    this.square = fromBigInt((r * r) % modulus);
  }
  multiply(a, b) {
    const { modulus, factor } = this;
    const sum = new Array(WORDS + 1).fill(0);
    for (let i = 0; i < WORDS; i++) {
      const x = a[i];
      const low = sum[0] + x * b[0];
      const m = ((low & MASK) * factor) & MASK;
      let carry = (low + m * modulus[0]) >>> BITS;
      for (let j = 1; j < WORDS; j++) {
        const t = sum[j] + x * b[j] + m * modulus[j] + carry;
        sum[j - 1] = t & MASK;
        carry = t >>> BITS;
      }
      const t = sum[WORDS] + carry;
      sum[WORDS - 1] = t & MASK;
      sum[WORDS] = t >>> BITS;
    }
    const over = sum.pop();
    if (over || compare(sum, modulus) >= 0) subtract(sum, modulus);
    return sum;
  }
  power(base, exponent) {
    const x = this.multiply(fromBigInt(base), this.square);
    let result = this.one;
    for (const bit of exponent.toString(2)) {
      result = this.multiply(result, result);
      if (bit === '1') result = this.multiply(result, x);
    }
    return toBigInt(this.multiply(result, fromBigInt(1n)));
  }
}

function powerBigInt(base, exponent, modulus) {
  let result = 1n;
  for (; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % modulus;
    base = (base * base) % modulus;
  }
  return result;
}

// p and q are Mersenne primes, so the key pair is real if not secret.
const p = 2n ** 127n - 1n, q = 2n ** 107n - 1n;
const wide = (2n ** 521n - 1n) >> 4n | 1n;
const modulus = p * q;
const e = 65537n;

function inverse(a, m) {
  let [r, s] = [m, a], [x, y] = [0n, 1n];
  while (s !== 0n) {
    const k = r / s;
    [r, s] = [s, r - k * s];
    [x, y] = [y, x - k * y];
  }
  return ((x % m) + m) % m;
}

const d = inverse(e, (p - 1n) * (q - 1n));
const rsa = new Montgomery(modulus);
let message = 0x5361727573n;
for (let i = 0; i < 14; i++) {
  const secret = rsa.power(message, e);
  if (secret !== powerBigInt(message, e, modulus)) throw new Error('bignum: encryption');
  if (rsa.power(secret, d) !== message) throw new Error('bignum: decryption');
  message = secret;
}
const other = new Montgomery(wide);
const power = other.power(message, d);
if (power !== powerBigInt(message, d, wide)) throw new Error('bignum: wide power');
const result = power.toString(36).slice(-24);
if (result !== EXPECTED) throw new Error(`bignum: ${result}, expected ${EXPECTED}`);
console.log(`bignum ${result}`);
