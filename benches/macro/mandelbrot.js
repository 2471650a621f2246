// The Mandelbrot and a Julia set by escape time, plain loops over doubles with data-dependent exits.
'use strict';

const SIZE = 370;
const LIMIT = 100;
const EXPECTED = '29534:-1848409513 15171:-1235242131 214768';

function escape(x, y, cx, cy) {
  let n = 0;
  for (let xx = x * x, yy = y * y; n < LIMIT && xx + yy <= 4; n++) {
    y = 2 * x * y + cy;
    x = xx - yy + cx;
    xx = x * x;
    yy = y * y;
  }
  return n;
}

function draw(pixel) {
  let inside = 0, hash = 0;
  for (let row = 0; row < SIZE; row++) {
    let bits = 0;
    for (let column = 0; column < SIZE; column++) {
      const n = pixel((column * 3) / SIZE - 2, (row * 2.4) / SIZE - 1.2);
      if (n === LIMIT) inside++;
      bits = (bits << 1) | (n & 1);
      if ((column & 31) === 31) {
        hash = (Math.imul(hash, 31) + bits) | 0;
        bits = 0;
      }
    }
  }
  return `${inside}:${hash}`;
}

// The same with complex numbers as objects, a smaller picture.
class Complex {
  constructor(re, im) {
    this.re = re;
    this.im = im;
  }
  plus(o) {
    return new Complex(this.re + o.re, this.im + o.im);
  }
  times(o) {
    return new Complex(this.re * o.re - this.im * o.im, this.re * o.im + this.im * o.re);
  }
  get norm() {
    return this.re * this.re + this.im * this.im;
  }
}

function escapeObjects(x, y) {
  const c = new Complex(x, y);
  let z = c, n = 0;
  while (n < 40 && z.norm <= 4) {
    z = z.times(z).plus(c);
    n++;
  }
  return n;
}

let objects = 0;
for (let y = -1.2; y < 1.2; y += 0.02) for (let x = -2; x < 1; x += 0.02) objects += escapeObjects(x, y);
const result = `${draw((x, y) => escape(0, 0, x, y))} ${draw((x, y) => escape(x + 0.5, y, -0.8, 0.156))} ${objects}`;
if (result !== EXPECTED) throw new Error(`mandelbrot: ${result}, expected ${EXPECTED}`);
console.log(`mandelbrot ${result}`);
