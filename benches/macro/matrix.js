// Dense and sparse matrices as arrays of arrays: products, LU decomposition, determinant, powers, PageRank.
'use strict';

const N = 160;
const EXPECTED = '461766848.53 695.193705 -1 1597 54829 8 0.004187724';

const make = (rows, columns, f) => Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => f(i, j)));

function multiply(a, b) {
  const n = a.length, m = b[0].length, inner = b.length;
  const out = [];
  for (let i = 0; i < n; i++) {
    const row = new Array(m).fill(0);
    for (let k = 0; k < inner; k++) {
      const x = a[i][k], other = b[k];
      for (let j = 0; j < m; j++) row[j] += x * other[j];
    }
    out.push(row);
  }
  return out;
}

const transpose = (a) => a[0].map((_, j) => a.map((row) => row[j]));

function decompose(source) {
  const a = source.map((row) => row.slice()), n = a.length, order = a.map((_, i) => i);
  let sign = 1;
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(a[i][k]) > Math.abs(a[pivot][k])) pivot = i;
    if (pivot !== k) {
      [a[k], a[pivot]] = [a[pivot], a[k]];
      [order[k], order[pivot]] = [order[pivot], order[k]];
      sign = -sign;
    }
    for (let i = k + 1; i < n; i++) {
      const factor = (a[i][k] /= a[k][k]);
      for (let j = k + 1; j < n; j++) a[i][j] -= factor * a[k][j];
    }
  }
  return { a, order, sign };
}

function solve({ a, order }, b) {
  const n = a.length, x = order.map((i) => b[i]);
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) x[i] -= a[i][j] * x[j];
  for (let i = n - 1; i >= 0; i--) {
    for (let j = i + 1; j < n; j++) x[i] -= a[i][j] * x[j];
    x[i] /= a[i][i];
  }
  return x;
}

function modularPower(a, exponent, p) {
  const product = (x, y) => multiply(x, y).map((row) => row.map((v) => v % p));
  let result = make(a.length, a.length, (i, j) => (i === j ? 1 : 0));
  for (; exponent > 0; exponent >>= 1) {
    if (exponent & 1) result = product(result, a);
    a = product(a, a);
  }
  return result;
}

function pageRank(links, rounds) {
  const n = links.length;
  let rank = new Array(n).fill(1 / n);
  for (let round = 0; round < rounds; round++) {
    const next = new Array(n).fill(0.15 / n);
    links.forEach((targets, i) => {
      for (const target of targets) next[target] += (0.85 * rank[i]) / targets.length;
    });
    rank = next;
  }
  return rank;
}

const a = make(N, N, (i, j) => ((i * 37 + j * 61) % 101) / 10 - 5 + (i === j ? 20 : 0));
const b = make(N, N, (i, j) => ((i * i + 3 * j) % 17) - 8);
const product = multiply(a, b);
const symmetric = multiply(product, transpose(product));
let trace = 0;
for (let i = 0; i < N; i++) trace += symmetric[i][i];
const lu = decompose(a);
let logarithm = 0;
for (let i = 0; i < N; i++) logarithm += Math.log2(Math.abs(lu.a[i][i]));
let worst = 0;
for (let k = 0; k < N; k += 3) {
  const x = solve(lu, product.map((row) => row[k]));
  for (let i = 0; i < N; i++) worst = Math.max(worst, Math.abs(x[i] - b[i][k]));
}
if (worst > 1e-8) throw new Error(`matrix: error ${worst}`);
const fibonacci = modularPower([[1, 1], [1, 0]], 1000000007, 99991)[0][1];
const mixed = modularPower(make(12, 12, (i, j) => (i * 5 + j * 3) % 11), 123457, 99991)[3][7];
const links = Array.from({ length: 700 }, (_, i) => Array.from({ length: 1 + (i % 7) }, (_, k) => (i * 13 + k * k * 29 + 1) % 700));
const rank = pageRank(links, 40);
const top = rank.indexOf(Math.max(...rank));
const result = `${trace.toFixed(2)} ${logarithm.toFixed(6)} ${lu.sign} ${fibonacci} ${mixed} ${top} ${rank[top].toFixed(9)}`;
if (result !== EXPECTED) throw new Error(`matrix: ${result}, expected ${EXPECTED}`);
console.log(`matrix ${result}`);
