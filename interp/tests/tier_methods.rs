//! Values of prototypes that change after compiled code relied on them, methods of receivers that are known where a body is
//! inlined, loose equality, and arrays by constructor: in every mode the answers are the interpreter's.

#[path = "support/modes.rs"]
mod modes;

use sarus_interp::tier::stats;
use sarus_runtime::agent::{Agent, AgentOptions};
use sarus_runtime::script::evaluate_script;

const VALUES: &str = r#"
function check(name, got, want) { if (got !== want) throw new Error(name + ': ' + got + ' instead of ' + want); }
function warm(f, ...args) { let v; for (let i = 0; i < 400; i++) v = f(...args); return v; }

class A { m() { return 1; } get g() { return 10; } static s() { return 100; } }
class B extends A { m() { return 2; } }
class C extends A {}
const a = new A, b = new B, c = new C;
const call = (o) => o.m(), get = (o) => o.g;
check('a', warm(call, a), 1);
check('g', warm(get, c), 10);
A.prototype.m = function () { return 3; };
check('assigned', call(a), 3);
check('assigned, inherited', call(c), 3);
check('warm again', warm(call, a), 3);
check('both', warm((x, y) => call(x) * 10 + call(y), a, b), 32);
Reflect.set(A.prototype, 'm', () => 4);
check('Reflect.set', call(a), 4);
Object.assign(A.prototype, { m() { return 5; } });
check('Object.assign', call(c), 5);
Object.defineProperty(A.prototype, 'm', { value: () => 6 });
check('defineProperty', call(a), 6);
Object.defineProperty(A.prototype, 'g', { get() { return 11; } });
check('getter', get(c), 11);

class D { k() { return 1; } }
const d = new D, kd = (o) => o.k();
check('k', warm(kd, d), 1);
function put(p, f) { p.k = f; }
const fs = [() => 7, () => 8];
for (let i = 0; i < 300; i++) { put(D.prototype, fs[i & 1]); if (kd(d) !== 7 + (i & 1)) throw new Error('stored in a loop at ' + i); }

class S { static n = 0; static bump() { return ++this.n; } }
class T extends S { static read() { return this.n + S.n; } }
const reads = () => T.read();
check('static', warm(reads), 0);
S.n = 5;
check('static stored', reads(), 10);
for (let i = 0; i < 300; i++) { S.n = i; if (reads() !== 2 * i) throw new Error('static at ' + i); }
check('own static', (T.n = 1, reads()), 1 + 299);

// Several methods at one site; the closures differ while the code is the same.
const make = (n) => ({ __proto__: { v() { return n; } } });
const many = [make(1), make(2), make(3)];
const sum = () => { let s = 0; for (const o of many) s += o.v(); return s; };
check('same code', warm(sum), 6);
many[1].__proto__.v = () => 20;
check('one replaced', sum(), 24);
many.push({ v: () => 100 }, make(1000), { __proto__: { get v() { return () => 5; } } });
check('others', sum(), 1129);
many.push({ v: null });
try { sum(); throw 0; } catch (e) { check('not callable', e.constructor, TypeError); }

// Captured bindings of methods, receivers that are primitives, chains that change.
String.prototype.twice = function () { return this + this; };
check('string', warm((s) => s.twice(), 'ab'), 'abab');
String.prototype.twice = function () { return this; };
check('string replaced', String(((s) => s.twice())('ab')), 'ab');
const e = { __proto__: { __proto__: { f() { return 1; } } } };
const ef = (o) => o.f();
check('deep', warm(ef, e), 1);
Object.getPrototypeOf(Object.getPrototypeOf(e)).f = () => 2;
check('deep replaced', ef(e), 2);
Object.getPrototypeOf(e).f = () => 3;
check('shadowed', ef(e), 3);
delete Object.getPrototypeOf(e).f;
check('deleted', ef(e), 2);
Object.setPrototypeOf(e, { f: () => 4 });
check('another chain', ef(e), 4);
'ok'
"#;

#[test]
fn values_of_prototypes_change() {
    assert_eq!(modes::run(VALUES), "ok");
}

const ARRAYS: &str = r#"
function check(name, got, want) { if (got !== want) throw new Error(name + ': ' + got + ' instead of ' + want); }
const o = {}, p = {};
const vals = [o, p, null, undefined, o, p, null];
function eq(a, b) { return a == b; }
let n = 0;
for (let i = 0; i < 200; i++) if (eq(vals[i % 7], vals[(i * 3) % 7])) n++;
check('objects', n, (() => { let c = 0; for (let i = 0; i < 200; i++) { const a = vals[i % 7], b = vals[(i * 3) % 7]; c += Number(a === b || (a === null || a === undefined) && (b === null || b === undefined)); } return c; })());
check('string and object', eq('[object Object]', o), true);
check('number', eq(1, '1'), true); check('NaN', eq(NaN, NaN), false); check('1.5', eq(1.5, 1.5), true);
check('bigint', eq(1n, 1), true); check('valueOf', eq({ valueOf() { return 7; } }, 7), true);
function make(n) { return new Array(n); }
let l = 0; for (let i = 0; i < 200; i++) l += make(i % 10).length;
check('lengths', l, 900);
check('-1', (() => { try { make(-1); } catch (e) { return e.constructor; } })(), RangeError);
check('1.5', (() => { try { make(1.5); } catch (e) { return e.constructor; } })(), RangeError);
check('string', make('x')[0], 'x'); check('big', make(4294967295).length, 4294967295); check('holes', 0 in make(3), false);
function three(a) { const x = new Array(a, 2, 3); x.push(4); return x.length + x[0]; }
l = 0; for (let i = 0; i < 200; i++) l += three(i);
check('listed', l, 4 * 200 + 199 * 100);
function none() { const x = new Array(); x[0] = 1; x.push(2); return x; }
for (let i = 0; i < 200; i++) check('none', none().join(), '1,2');
class Sub extends Array { constructor(n) { super(n); } }
for (let i = 0; i < 200; i++) check('sub', new Sub(3).length, 3);
'ok'
"#;

#[test]
fn loose_equality_and_arrays_by_constructor() {
    assert_eq!(modes::run(ARRAYS), "ok");
}

const KNOWN: &str = r#"
function check(name, got, want) { if (got !== want) throw new Error(name + ': ' + got + ' instead of ' + want); }
function warm(f, ...args) { let v; for (let i = 0; i < 400; i++) v = f(...args); return v; }
// A site that has met several methods, in a body whose receiver is known where it is inlined.
function One(n) { this.n = n; this.start(); }
One.prototype.start = function () { this.kind = 'one'; list.push(this); };
One.prototype.name = function () { return 'one' + this.n; };
function Two(n) { One.call(this, n); }
Two.prototype.start = function () { this.kind = 'two'; this.extra = 2; list.push(this); };
Two.prototype.name = function () { return 'two' + this.n; };
function Three(n) { this.q = 0; One.call(this, n); }
Three.prototype.start = function () { this.kind = 'three'; list.push(this); };
Three.prototype.name = function () { return 'three' + this.n; };
let list = [];
function build(n) {
  list = [];
  for (let i = 0; i < n; i++) {
    const a = new One(i), b = new Two(i), c = new Three(i);
    if (i === n - 1) return a.name() + b.name() + c.name() + list.length;
  }
}
check('known receivers', warm(build, 5), 'one4two4three415');
One.prototype.start = function () { list.push(this, this); };
check('replaced', build(5), 'one4two4three420');
'ok'
"#;

#[test]
fn methods_of_known_receivers() {
    assert_eq!(modes::run(KNOWN), "ok");
    let mut options = AgentOptions::default();
    options.tier.enabled = true;
    options.tier.sync = true;
    let mut agent = Agent::new(options);
    sarus_interp::install(&mut agent).expect("the stack can be reserved");
    evaluate_script(&mut agent, KNOWN.as_bytes(), "test.js").expect("nothing is thrown");
    assert_eq!(stats::totals(&agent).declined, 0);
}

const BOOLEANS: &str = r#"
function check(name, got, want) { if (got !== want) throw new Error(name + ': ' + got + ' instead of ' + want); }
const values = [true, false, 0, 1, -0, 1.5, NaN, '', '1', '0', 'true', ' 1 ', null, undefined, 0n, 1n, {}, [], [1], [0],
  Symbol(), { valueOf() { return true; } }, { valueOf() { return 0; } }];
const isTrue = (v) => v == true, isFalse = (v) => false == v, notTrue = (v) => v != true;
const less = (a, b) => (a < b) == true, more = (a, b) => (a < b) == false, both = (a, b) => (a < b) == (b < 9);
const text = (f) => values.map((v) => f(v) ? 1 : 0).join('');
for (let i = 0; i < 60; i++) {
  check('true', text(isTrue), '10010000100100010010010'); check('false', text(isFalse), '01101001010000100101001');
  check('not true', text(notTrue), '01101111011011101101101');
}
for (let i = 0; i < 60; i++) {
  check('less', less(i, 30), i < 30); check('more', more(i, 30), i >= 30); check('both', both(i % 7, i % 11), (i % 7 < i % 11) === (i % 11 < 9));
}
// Of one kind for long, then of others.
const only = (v) => v == true;
for (let i = 0; i < 300; i++) check('only', only(i % 2 === 0), i % 2 === 0);
check('after', text(only), '10010000100100010010010');
'ok'
"#;

#[test]
fn loose_equality_with_booleans() {
    assert_eq!(modes::run(BOOLEANS), "ok");
}

const DOUBLES: &str = r#"
function check(name, got, want) { if (!Object.is(got, want)) throw new Error(name + ': ' + got + ' instead of ' + want); }
function step(o, f, n) { for (let i = 0; i < n; i++) o.x = o.x * f + o.y; return o.x; }
function times(a, b) { return a.x * b.x; }
for (let k = 0; k < 20; k++) {
  check('half', step({ x: 1.5, y: 0.5 }, 1, 9), 6);
  check('grows', step({ x: 2147483647, y: 1 }, 1, 2), 2147483649);
  check('falls', step({ x: -2147483648.5, y: 0.5 }, 1, 1), -2147483648);
  check('NaN', step({ x: NaN, y: 1 }, 2, 3), NaN);
  check('infinite', step({ x: Infinity, y: -Infinity }, 1, 3), NaN);
  check('minus zero', step({ x: 0.5, y: -0 }, -0, 1), -0);
  check('zero', step({ x: -0.5, y: -0 }, -0, 1), 0);
  check('large', step({ x: 2 ** 48, y: 1 }, 2, 3), 2 ** 51 + 7);
  for (const x of [0, -0, 1, -1, 0.1, NaN, 2 ** 31, -(2 ** 31), 5e-324, Infinity])
    for (const y of [0, -0, 1, -1, 0.1, NaN, 2 ** 31, -(2 ** 31), 5e-324, Infinity]) {
      const v = { v: times({ x }, { x: y }) };
      check('as key', [v.v].includes(x * y), true); check('same', Object.is(v.v, x * y), true);
    }
}
'ok'
"#;

#[test]
fn doubles_in_properties() {
    assert_eq!(modes::run(DOUBLES), "ok");
}

const SHAPES: &str = r#"
function check(name, got, want) { if (got !== want) throw new Error(name + ': ' + got + ' instead of ' + want); }
// Objects of different shapes with properties in the same places; aliases; shapes that change.
function Box(v) { this.v = v; }
function Cell(v) { this.w = v; }
function Item(v) { this.u = v; this.list = null; }
function drain(box, cells) { let s = 0; for (let i = 0; i < box.v.length; i++) { const c = cells[i % cells.length]; c.w = i; s += box.v[i] + c.w; } return s; }
function replaced(box, cells, at, by) { let s = 0; for (let i = 0; i < box.v.length; i++) { const c = cells[i]; if (i === at) box.v = by; c.w = i; s += box.v[i % box.v.length]; } return s; }
function alias(a, b) { const x = a.w; b.w = x + 1; return a.w * 10 + b.w; }
function grow(o, p) { const before = o.u; p.u = 5; o.extra = before; p.u = 6; return o.u * 100 + o.extra; }
const cells = [1, 2, 3, 4, 5].map((v) => new Cell(v)), one = new Cell(0);
for (let k = 0; k < 200; k++) {
  check('drain', drain(new Box([1, 2, 3, 4, 5]), cells), 25);
  check('replaced', replaced(new Box([1, 2, 3, 4, 5]), cells, 2, [7, 7, 7, 7, 7]), 24);
  one.w = 4; check('same', alias(one, one), 55);
  one.w = 4; check('other', alias(one, cells[0]), 45);
  const item = new Item(3); check('grown alias', grow(item, item), 603);
  check('grown', grow(new Item(3), new Item(4)), 303);
}
check('box as cell', drain(Object.assign(new Box([1, 2]), { w: 0 }), [new Cell(0), { w: 1, v: 2 }]), 4);
// Sites that meet one shape after the other, predicates, and methods told apart by shapes with and without arguments.
class P { is() { return true; } val(a) { return a + 1; } }
class Q { constructor() { this.q = 1; } is() { return false; } val(a) { return a + this.q * 2; } }
class R { constructor() { this.p = 0; this.r = 1; } is() { return this.r > 0; } val(a) { return a + this.r * 3; } }
class S extends R { constructor() { super(); this.s = 4; } val(a) { return super.val(a) + this.s; } }
const kinds = [new P, new Q, new R, new S, { is: () => 0, val: () => 9 }, { z: 1, is() { return ''; }, val(a) { return -a; } }];
function sum(n, k) { let s = 0; for (let i = 0; i < n; i++) { const o = kinds[i % k]; if (!o.is()) s -= 1; else s += o.val(i); if (o.is() && i & 1) s += 2; } return s; }
function slow(n, k) { let s = 0; for (let i = 0; i < n; i++) { const o = kinds[i % k], is = Reflect.apply(o.is, o, []); s += is ? Reflect.apply(o.val, o, [i]) : -1; if (is && i & 1) s += 2; } return s; }
for (let k = 1; k <= 6; k++) for (let j = 0; j < 60; j++) check('sum of ' + k, sum(12, k), slow(12, k));
P.prototype.is = function () { return this.no; };
for (let k = 6; k >= 1; k--) for (let j = 0; j < 20; j++) check('changed ' + k, sum(12, k), slow(12, k));
// Constructors of class helpers, after collections too.
const create = () => function () { this.init.apply(this, arguments); };
const classes = [0, 1, 2, 3, 4, 5, 6].map((n) => { const C = create(); C.prototype = { init(a, b) { this['x' + n] = a; this.b = b; }, n }; return C; });
function build(C, a, b) { const o = new C(a, b); return o['x' + o.n] * 10 + o.b; }
const builders = classes.map((C) => new Function('C', 'a', 'b', 'const o = new C(a, b); return o["x" + o.n] * 10 + o.b;'));
for (let j = 0; j < 300; j++) for (let i = 0; i < 7; i++) { check('built', builders[i](classes[i], j, i), j * 10 + i); if (j % 100 === 99 && globalThis.gc) gc(); }
classes[2].prototype.init = function (a) { this.x2 = -a; this.b = 0; };
Object.setPrototypeOf(classes[3].prototype, { other: 1 });
delete classes[4].prototype.init; Object.setPrototypeOf(classes[4].prototype, { init(a, b) { this.x4 = b; this.b = a; } });
check('init replaced', builders[2](classes[2], 7, 1), -70); check('another parent', builders[3](classes[3], 7, 1), 71);
check('inherited', builders[4](classes[4], 7, 1), 17);
for (const C of classes) { let n = 0; for (let j = 0; j < 90; j++) n += build(C, 1, 2); check('one site', n, C === classes[2] ? -900 : C === classes[4] ? 90 * 21 : 1080); }
'ok';
"#;

#[test]
fn shapes_tell_objects_and_methods_apart() {
    assert_eq!(modes::run(SHAPES), "ok");
}
