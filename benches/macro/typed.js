// Typed arrays and DataView: a sieve, image convolution, a fast Fourier transform, sorting by radix, records.
'use strict';

const EXPECTED = '114155 1268916448 -1676.80 3534942387 42945309180821.336:-19258340977760 1027,1541';

function sieve(limit) {
  const composite = new Uint8Array(limit + 1);
  let count = 0;
  for (let n = 2; n <= limit; n++) {
    if (composite[n]) continue;
    count++;
    for (let m = n * n; m <= limit; m += n) composite[m] = 1;
  }
  return count;
}

function image(width, height) {
  const pixels = new Uint8ClampedArray(width * height * 4);
  for (let i = 0; i < pixels.length; i++) pixels[i] = (i & 3) === 3 ? 255 : (i * i * 31 + (i >> 5)) & 255;
  return pixels;
}

const KERNEL = Float32Array.of(1, 2, 1, 2, 4, 2, 1, 2, 1).map((v) => v / 16);

function blur(source, width, height) {
  const target = new Uint8ClampedArray(source.length);
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0;
        for (let dy = -1; dy <= 1; dy++) {
          for (let dx = -1; dx <= 1; dx++) {
            sum += source[((y + dy) * width + x + dx) * 4 + channel] * KERNEL[(dy + 1) * 3 + dx + 1];
          }
        }
        target[(y * width + x) * 4 + channel] = sum * 1.1 - 10;
      }
      target[(y * width + x) * 4 + 3] = 255;
    }
  }
  return target;
}

function fourier(re, im, inverse) {
  const n = re.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [re[i], re[j]] = [re[j], re[i]];
      [im[i], im[j]] = [im[j], im[i]];
    }
  }
  for (let size = 2; size <= n; size <<= 1) {
    const angle = (2 * Math.PI / size) * (inverse ? 1 : -1);
    const stepRe = Math.cos(angle), stepIm = Math.sin(angle);
    const half = size >> 1;
    for (let start = 0; start < n; start += size) {
      let wRe = 1, wIm = 0;
      for (let k = start; k < start + half; k++) {
        const tRe = re[k + half] * wRe - im[k + half] * wIm;
        const tIm = re[k + half] * wIm + im[k + half] * wRe;
        re[k + half] = re[k] - tRe;
        im[k + half] = im[k] - tIm;
        re[k] += tRe;
        im[k] += tIm;
        const next = wRe * stepRe - wIm * stepIm;
        wIm = wRe * stepIm + wIm * stepRe;
        wRe = next;
      }
    }
  }
  if (inverse) {
    for (let i = 0; i < n; i++) {
      re[i] /= n;
      im[i] /= n;
    }
  }
}

function radixSort(keys) {
  let from = keys, to = new Uint32Array(keys.length);
  for (let shift = 0; shift < 32; shift += 8) {
    const offsets = new Uint32Array(257);
    for (let i = 0; i < from.length; i++) offsets[((from[i] >>> shift) & 255) + 1]++;
    for (let i = 0; i < 256; i++) offsets[i + 1] += offsets[i];
    for (let i = 0; i < from.length; i++) to[offsets[(from[i] >>> shift) & 255]++] = from[i];
    [from, to] = [to, from];
  }
  return from;
}

function records(count) {
  const size = 24;
  const view = new DataView(new ArrayBuffer(count * size));
  for (let i = 0; i < count; i++) {
    view.setUint32(i * size, i * 2654435761, true);
    view.setFloat64(i * size + 4, i / 3);
    view.setInt16(i * size + 12, -i);
    view.setUint8(i * size + 14, i);
    view.setBigInt64(i * size + 16, BigInt(i) * -12345678901n, true);
  }
  let sum = 0, big = 0n;
  for (let i = 0; i < count; i++) {
    sum += view.getUint32(i * size, true) + view.getFloat64(i * size + 4) + view.getInt16(i * size + 12) + view.getUint8(i * size + 14);
    big ^= view.getBigInt64(i * size + 16, true);
  }
  return `${sum.toFixed(3)}:${big}`;
}

const width = 72, height = 56;
let pixels = image(width, height);
for (let i = 0; i < 12; i++) pixels = blur(pixels, width, height);
let hash = 0;
for (const byte of pixels) hash = (Math.imul(hash, 31) + byte) | 0;

const n = 32768;
const re = Float64Array.from({ length: n }, (_, i) => ((i * 7919) % 1000) / 10 - 50);
const im = new Float64Array(n);
const original = re.slice();
fourier(re, im, false);
const mean = re[0];
fourier(re, im, true);
for (let i = 0; i < n; i++) if (Math.abs(re[i] - original[i]) > 1e-7) throw new Error('typed: transform');

const keys = Uint32Array.from({ length: 150000 }, (_, i) => Math.imul(i, 2654435761) >>> 0);
const sorted = radixSort(keys.slice());
const native = keys.slice().sort();
for (let i = 0; i < keys.length; i++) if (sorted[i] !== native[i]) throw new Error('typed: radix sort');

const shared = new Uint16Array(new Uint8Array([1, 2, 3, 4, 5, 6]).buffer, 2, 2);
const result = `${sieve(1500000)} ${hash} ${mean.toFixed(2)} ${sorted[123456]} ${records(20000)} ${shared.join()}`;
if (result !== EXPECTED) throw new Error(`typed: ${result}, expected ${EXPECTED}`);
console.log(`typed ${result}`);
