// Native BigInt: digits of pi from Machin's formula, Fibonacci by doubling, factorials, gcd.
'use strict';

const DIGITS = 12000;
const EXPECTED = '21637140 4180 8143268fae6b';

function arctanInverse(x, unit) {
  const square = x * x;
  let term = unit / x, sum = term, n = 1n, sign = -1n;
  while (term !== 0n) {
    term /= square;
    n += 2n;
    sum += (sign * term) / n;
    sign = -sign;
  }
  return sum;
}

function pi(digits) {
  const guard = 10n ** 10n;
  const unit = 10n ** BigInt(digits) * guard;
  return (4n * (4n * arctanInverse(5n, unit) - arctanInverse(239n, unit))) / guard;
}

function fibonacci(n) {
  let a = 0n, b = 1n;
  for (let bit = 31 - Math.clz32(n); bit >= 0; bit--) {
    const c = a * (2n * b - a), d = a * a + b * b;
    [a, b] = (n >> bit) & 1 ? [d, c + d] : [c, d];
  }
  return a;
}

function factorial(n) {
  let product = 1n;
  for (let i = 2n; i <= n; i++) product *= i;
  return product;
}

function gcd(a, b) {
  while (b) [a, b] = [b, a % b];
  return a;
}

const digits = pi(DIGITS).toString();
if (!digits.startsWith('314159265358979323846264338327950288419716939937510')) throw new Error('bigint: pi');
const f = fibonacci(20000);
let common = 0n;
for (let i = 0; i < 6000; i++) common += gcd(fibonacci(600 + i), fibonacci(900 + i));
const big = factorial(4000n);
let hash = 0n;
for (const value of [BigInt(digits), f, common, big, ~f ^ (big >> 13n), -big / f, BigInt.asUintN(640, -f)]) {
  hash = (hash * 1000003n + (value % 1000000007n)) & 0xffffffffffffn;
}
const result = `${digits.slice(-8)} ${f.toString().length} ${hash.toString(16)}`;
if (result !== EXPECTED) throw new Error(`bigint: ${result}, expected ${EXPECTED}`);
console.log(`bigint ${result}`);
