// Call and property sites that see many shapes: an expression algebra, shapes by class, literal and prototype.
'use strict';

const ROUNDS = 7000;
const EXPECTED = '81 520319';

class Num {
  constructor(value) { this.value = value; }
  eval() { return this.value; }
  derive() { return ZERO; }
  simplify() { return this; }
  get size() { return 1; }
}
class Var {
  constructor(name) { this.name = name; }
  eval(env) { return env[this.name]; }
  derive(name) { return this.name === name ? ONE : ZERO; }
  simplify() { return this; }
  get size() { return 1; }
}
class Binary {
  constructor(left, right) {
    this.left = left;
    this.right = right;
  }
  get size() { return 1 + this.left.size + this.right.size; }
}
class Add extends Binary {
  eval(env) { return this.left.eval(env) + this.right.eval(env); }
  derive(name) { return new Add(this.left.derive(name), this.right.derive(name)); }
  simplify() {
    const l = this.left.simplify(), r = this.right.simplify();
    if (l instanceof Num && r instanceof Num) return new Num(l.value + r.value);
    if (l === ZERO || l.value === 0) return r;
    if (r === ZERO || r.value === 0) return l;
    return new Add(l, r);
  }
}
class Sub extends Binary {
  eval(env) { return this.left.eval(env) - this.right.eval(env); }
  derive(name) { return new Sub(this.left.derive(name), this.right.derive(name)); }
  simplify() {
    const l = this.left.simplify(), r = this.right.simplify();
    if (l instanceof Num && r instanceof Num) return new Num(l.value - r.value);
    if (r.value === 0) return l;
    return new Sub(l, r);
  }
}
class Mul extends Binary {
  eval(env) { return this.left.eval(env) * this.right.eval(env); }
  derive(name) {
    return new Add(new Mul(this.left.derive(name), this.right), new Mul(this.left, this.right.derive(name)));
  }
  simplify() {
    const l = this.left.simplify(), r = this.right.simplify();
    if (l instanceof Num && r instanceof Num) return new Num(l.value * r.value);
    if (l.value === 0 || r.value === 0) return ZERO;
    if (l.value === 1) return r;
    if (r.value === 1) return l;
    return new Mul(l, r);
  }
}
class Neg {
  constructor(operand) { this.operand = operand; }
  eval(env) { return -this.operand.eval(env); }
  derive(name) { return new Neg(this.operand.derive(name)); }
  simplify() {
    const o = this.operand.simplify();
    if (o instanceof Neg) return o.operand;
    return o instanceof Num ? new Num(-o.value) : new Neg(o);
  }
  get size() { return 1 + this.operand.size; }
}
class Power {
  constructor(base, n) {
    this.base = base;
    this.n = n;
  }
  eval(env) {
    let value = 1;
    const base = this.base.eval(env);
    for (let i = 0; i < this.n; i++) value *= base;
    return value;
  }
  derive(name) { return new Mul(new Mul(new Num(this.n), new Power(this.base, this.n - 1)), this.base.derive(name)); }
  simplify() { return this.n === 0 ? ONE : this.n === 1 ? this.base.simplify() : new Power(this.base.simplify(), this.n); }
  get size() { return 1 + this.base.size; }
}
const ZERO = new Num(0), ONE = new Num(1);

let seed = 3;
const next = (n) => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor((seed / 4294967296) * n);
};

function random(depth) {
  if (depth === 0) return next(2) ? new Num(next(5)) : new Var('xyz'[next(3)]);
  switch (next(5)) {
    case 0: return new Add(random(depth - 1), random(depth - 1));
    case 1: return new Sub(random(depth - 1), random(depth - 1));
    case 2: return new Mul(random(depth - 1), random(depth - 1));
    case 3: return new Neg(random(depth - 1));
    default: return new Power(random(depth - 1), 1 + next(3));
  }
}

// Figures made in different ways, so that one site meets classes, literals and bare prototypes.
const proto = { area() { return this.w * this.h; } };
const makers = [
  (i) => ({ w: i, area() { return this.w * this.w; } }),
  (i) => ({ h: 2, w: i, area: rectangle }),
  (i) => Object.assign(Object.create(proto), { w: i, h: i + 1 }),
  (i) => ({ r: i, get w() { return this.r * 2; }, area() { return this.r * this.r * 3; } }),
  (i) => new (class Triangle { constructor() { this.w = i; this.h = 4; } area() { return (this.w * this.h) / 2; } })(),
  (i) => {
    const figure = { area: rectangle, extra: i };
    figure.h = 3;
    figure.w = i;
    if (i & 1) delete figure.extra;
    return figure;
  },
  (i) => [i, i, i],
];
function rectangle() {
  return this.w * this.h;
}
Array.prototype.area = function () { return this.length; };

const areas = (list) => {
  let sum = 0;
  for (const figure of list) sum += figure.area() + (figure.w ?? 1);
  return sum;
};

let total = 0, size = 0;
const figures = Array.from({ length: 300 }, (_, i) => makers[i % makers.length](i));
for (let round = 0; round < ROUNDS; round++) {
  const expression = random(6);
  const slope = expression.derive('x');
  const simple = slope.simplify();
  const env = { x: (round % 7) - 3, y: round % 5, z: 1 };
  const a = slope.eval(env), b = simple.eval(env);
  if (a !== b && Math.abs(a - b) > Math.abs(a) * 1e-9) throw new Error(`polymorphic: ${a} and ${b}`);
  total = (total + (a % 1009)) % 1009;
  size += expression.size + simple.size;
  total += areas(figures) % 13;
}
delete Array.prototype.area;
const result = `${total} ${size}`;
if (result !== EXPECTED) throw new Error(`polymorphic: ${result}, expected ${EXPECTED}`);
console.log(`polymorphic ${result}`);
