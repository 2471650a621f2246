//! `instanceof`, call sites with several callees, lists of actual arguments made by the caller, and constructors: in every mode
//! the answers are the interpreter's.

#[path = "support/modes.rs"]
mod modes;

const INSTANCEOF: &str = r#"
function check(name, got, want) { if (got !== want) throw new Error(name + ': ' + got + ' instead of ' + want); }
function warm(f, ...args) { let v; for (let i = 0; i < 400; i++) v = f(...args); return v; }
function thrown(f) { try { f(); } catch (e) { return e.constructor.name; } return 'nothing'; }

class A {} class B extends A {} class C extends B {} class X {}
function Old() {}
const all = [new A, new B, new C, new X, {}, [], () => 1, Object.create(null), 1, 'a', null, undefined, Symbol(), 1n, true, 1.5];
const isA = (o) => o instanceof A, isC = (o) => o instanceof C, isOld = (o) => o instanceof Old;
const isObject = (o) => o instanceof Object, isArray = (o) => o instanceof Array;
const count = (f) => { let n = 0; for (let i = 0; i < all.length; i++) if (f(all[i])) n = n * 2 + i; return n; };
const want = [isA, isC, isObject, isArray].map(count);
for (let i = 0; i < 100; i++) [isA, isC, isObject, isArray].forEach((f, k) => check('count ' + k, count(f), want[k]));
check('A', want[0], (0 * 2 + 1) * 2 + 2);

// Prototypes change: of objects, of objects in the chain, and of the function.
const o = new X;
check('X', warm(isA, o), false);
Object.setPrototypeOf(o, B.prototype);
check('now B', isA(o), true);
Object.setPrototypeOf(X.prototype, A.prototype);
check('above', warm(isA, new X), true);
Object.setPrototypeOf(X.prototype, null);
check('none', warm(isA, new X), false);
check('no Object', isObject(new X), false);
const old = new Old;
check('old', warm(isOld, old), true);
Old.prototype = {};
check('other prototype', isOld(old), false);
check('new of it', warm(isOld, new Old), true);

// What is looked for is no object.
Old.prototype = 3;
check('number', thrown(() => isOld({})), 'TypeError');
check('primitive left', isOld(3), false);
Old.prototype = null;
check('null', thrown(() => isOld(Object.create(null))), 'TypeError');
check('null of an object', thrown(() => isOld({})), 'TypeError');
Old.prototype = 'text';
check('string', thrown(() => isOld({})), 'TypeError');
Old.prototype = A.prototype;
check('again', isOld(new C), true);

// Proxies on the left and in chains; their traps count.
let traps = 0;
const p = new Proxy({}, { getPrototypeOf() { traps++; return B.prototype; } });
check('proxy', warm(isA, p), true);
check('traps', traps, 400);
check('behind', warm(isA, Object.create(p)), true);
check('not behind', warm(isC, Object.create(Object.create(p))), false);
const revoked = Proxy.revocable({}, {});
revoked.revoke();
check('revoked', thrown(() => isA(revoked.proxy)), 'TypeError');
check('after all', [warm(isA, new C), isA({})].join(), 'true,false');

// Bound functions, Symbol.hasInstance, what is no function.
const is = (o, c) => o instanceof c;
check('is', warm(is, new C, A), true);
check('bound', warm(is, new C, A.bind(1)), true);
check('not bound', is({}, A.bind(1)), false);
check('primitive', warm(is, 1, Number), false);
check('no function', thrown(() => is({}, {})), 'TypeError');
check('no object', thrown(() => is({}, 1)), 'TypeError');
class Even { static [Symbol.hasInstance](n) { return n % 2 === 0; } }
check('hasInstance', [warm(is, 2, Even), is(3, Even)].join(), 'true,false');
check('A still', warm(is, new B, A), true);
Object.defineProperty(A, Symbol.hasInstance, { value: () => false, configurable: true });
check('own hasInstance', isA(new A), false);
delete A[Symbol.hasInstance];
check('deleted', isA(new A), true);
// The walk has many steps, and is in a loop with others.
let deep = A.prototype;
for (let i = 0; i < 300; i++) deep = Object.create(deep);
check('deep', warm((o) => { let n = 0; for (let i = 0; i < 9; i++) { if (o instanceof A) n++; if (o instanceof C) n += 100; } return n; }, deep), 9);
'ok'
"#;

#[test]
fn instance_of() {
    assert_eq!(modes::run(INSTANCEOF), "ok");
}

const CALLEES: &str = r#"
function check(name, got, want) { if (got !== want) throw new Error(name + ': ' + got + ' instead of ' + want); }
function warm(f, ...args) { let v; for (let i = 0; i < 400; i++) v = f(...args); return v; }
function thrown(f) { try { f(); } catch (e) { return e.message; } return 'nothing'; }

const fs = [(x) => x + 1, function (x) { return this === undefined ? x * 2 : -1; }, (x, y = 5) => x - y, (...l) => l.length,
  Math.abs, String, function () { return arguments.length; }, (x) => { if (x > 1000) throw new Error('large'); return x; }];
function sum(list, n, x) { 'use strict'; let s = 0; for (let i = 0; i < list.length; i++) { const f = list[i]; s += f(x) * (i + n); } return s; }
// Every number of callees has its own site, first met one by one.
for (let n = 1; n <= fs.length; n++) {
  const run = new Function('list', 'x', `'use strict'; let s = 0; for (let i = 0; i < list.length; i++) { const f = list[i]; s += Number(f(x)) * (i + 1); } return s; // ${n}`);
  const some = fs.slice(0, n);
  const want = some.reduce((s, f, i) => s + Number((0, f)(7)) * (i + 1), 0);
  for (let i = 0; i < 300; i++) check('callees ' + n, run(some, 7), want);
  // More than have been seen, and what is no function.
  const more = fs.reduce((s, f, i) => s + Number((0, f)(3)) * (i + 1), 0);
  for (let i = 0; i < 50; i++) check('more than ' + n, run(fs, 3), more);
  check('none ' + n, thrown(() => run([fs[0], 5], 1)), 'f is not a function');
  check('object ' + n, thrown(() => run([...some, {}], 1)), 'f is not a function');
  class K {}
  check('class ' + n, thrown(() => run([...some, K], 1)), "Class constructor K cannot be invoked without 'new'");
  check('bound ' + n, run([fs[0].bind(null, 10), fs[1]], 1), 11 - 1 * 2);
  check('proxy ' + n, run([new Proxy(fs[0], {}), new Proxy(fs[0], { apply: () => 50 })], 1), 2 + 100);
  check('still ' + n, run(some, 7), want);
}
check('throws', thrown(() => warm((f) => f(2000), fs[7])), 'large');

// Methods kept in own properties; `this` is the receiver.
const objects = [1, 2, 3, 4, 5].map((n) => ({ n, f: [function () { return this.n; }, function () { return this.n * 10; }, function () { 'use strict'; return this.n * 100; },
  function () { return (() => this.n * 1000)(); }, () => 7][n - 1] }));
const methods = (list) => { let s = 0; for (const o of list) s += o.f(); return s; };
for (let n = 1; n <= 5; n++) check('methods ' + n, warm(methods, objects.slice(0, n)), [1, 21, 321, 4321, 4328][n - 1]);

// A callee that is replaced while its caller runs, and closures of one code.
let g = (x) => x;
const replaced = (n) => { let s = 0; for (let i = 0; i < n; i++) { if (i % 50 === 49) { const k = i; g = [(x) => x + k, (x) => x - k, (x) => x * k][(i / 50 | 0) % 3]; } s = (s + g(i)) % 100003; } return s; };
const expected = replaced(2000);
g = (x) => x;
check('replaced', replaced(2000), expected);
const adders = [1, 2, 3, 4, 5, 6].map((k) => (x) => x + k);
check('adders', warm((x) => adders.reduce((s, f) => f(s), x), 0), 21);
'ok'
"#;

#[test]
fn several_callees() {
    assert_eq!(modes::run(CALLEES), "ok");
}

const ACTUALS: &str = r#"
function check(name, got, want) { if (got !== want) throw new Error(name + ': ' + got + ' instead of ' + want); }
// More callees than a site tells apart, with lists of all kinds.
const fs = [(...l) => l.join(), function () { return [].join.call(arguments); }, (a, ...l) => a + ';' + l, (a, b, c, d, ...l) => [a, b, c, d, l.length].join(),
  function (a) { arguments[0] = 9; return a + '/' + arguments.length; }, function (a) { 'use strict'; arguments[0] = 9; return a + '/' + arguments[0]; },
  (a, b) => a + ',' + b, function* (...l) { yield l.length; }, (...l) => { l.push(1); return l.length; }, (...[a, b]) => a + b,
  function () { return (() => arguments.length + new.target)(); }, (a = 1, ...l) => a + l.length, function f(n, ...l) { return n > 0 ? f(n - 1, ...l, n) : l.join(); },
  async (...l) => l, function (a, b, c) { const { length } = arguments; c = length; return a + b + c; }];
const text = (v) => typeof v === 'object' ? 'next' in v ? 'generator ' + v.next().value : 'promise' : String(v);
const calls = [(f) => f(), (f) => f(1), (f) => f(1, 2), (f) => f(1, 2, 3), (f) => f(1, 2, 3, 4, 5, 6), (f) => f(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17),
  (f) => f(1, { valueOf() { return 2; } }, undefined)];
const apart = (k, f) => text(Reflect.apply(f, undefined, [[], [1], [1, 2], [1, 2, 3], [1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17],
  [1, { valueOf() { return 2; } }, undefined]][k]));
const want = calls.map((c, k) => fs.map((f) => apart(k, f)).join('|'));
for (let i = 0; i < 120; i++) calls.forEach((c, k) => check('call ' + k, fs.map((f) => text(c(f))).join('|'), want[k]));
// Recursion through such a site.
const deep = [(f, n, ...l) => n ? 1 + f(f, n - 1, n, ...l.slice(0, 2)) : 0, (f, n) => n ? 1 + f(f, n - 1) : 0, function (f, n) { return n ? arguments.length + f(f, n - 1) : 0; },
  (f, n, ...l) => n ? f(f, n - 1, l.length) : 0, (f, n) => n ? f(f, n - 1) : 0, (f, n, b) => n ? f(f, n - 1, b) : 0];
const start = (k, n) => deep[k](deep[k], n);
for (let i = 0; i < 300; i++) check('deep', start(i % 6, 20), [20, 20, 40, 0, 0, 0][i % 6]);
// Each list is its own.
const keep = [];
const keepers = [(...l) => keep.push(l), function () { keep.push(arguments); }, (a, ...l) => keep.push([a, ...l]), (a, b, ...l) => keep.push([a, b, ...l]), function (...l) { keep.push(l); }, (...l) => { keep.push(l); }];
const keepAll = (i) => { for (const f of keepers) f(i, i + 1, {}); };
for (let i = 0; i < 3000; i++) keepAll(i);
keep.forEach((l, at) => { const i = at / 6 | 0; if (l[0] !== i || l[1] !== i + 1 || typeof l[2] !== 'object' || l.length !== 3) throw new Error('kept ' + at); });
'ok'
"#;

#[test]
fn lists_made_by_callers() {
    assert_eq!(modes::run(ACTUALS), "ok");
}

const CONSTRUCTORS: &str = r#"
function check(name, got, want) { if (got !== want) throw new Error(name + ': ' + got + ' instead of ' + want); }
function thrown(f) { try { f(); } catch (e) { return e.message; } return 'nothing'; }
class A { constructor(x) { this.a = x; } get sum() { return this.a; } }
class B { b = 2; constructor(x) { this.x = x; } get sum() { return this.b + this.x; } }
class C extends A { c = 3; get sum() { return this.a * 10 + this.c; } }
class D extends B { constructor(x, ...l) { super(x + 1); this.l = l; } get sum() { return this.x * 100 + this.l.length; } }
function F(x) { if (!new.target) return 'called'; this.f = x; if (x === 6) return { sum: 66 }; }
Object.defineProperty(F.prototype, 'sum', { get() { return this.f * 1000; } });
const all = [A, B, C, D, F, Array, class extends Array { get sum() { return this.length; } }];
const sumOf = (o) => Array.isArray(o) ? -o.length : o.sum;
for (let n = 1; n <= all.length; n++) {
  const make = new Function('list', 'x', 'sumOf', `let s = ''; for (let i = 0; i < list.length; i++) { const o = new list[i](x); if (!(o instanceof list[i]) && x !== 6) throw 'no instance'; s += sumOf(o) + ' '; } return s; // ${n}`);
  const some = all.slice(0, n), want = some.map((c) => sumOf(Reflect.construct(c, [5])) + ' ').join('');
  for (let i = 0; i < 300; i++) check('some ' + n, make(some, 5, sumOf), want);
  const more = all.map((c) => sumOf(Reflect.construct(c, [6])) + ' ').join('');
  for (let i = 0; i < 60; i++) check('all ' + n, make(all, 6, sumOf), more);
  check('arrow ' + n, thrown(() => make([A, () => 1], 1, sumOf)), 'list[i] is not a constructor');
  check('number ' + n, thrown(() => make([3], 1, sumOf)), 'list[i] is not a constructor');
  check('bound ' + n, make([A.bind(null, 4)], 5, () => 1), '1 ');
  check('proxy ' + n, make([new Proxy(B, {})], 5, sumOf), '7 ');
}
// Prototypes and shapes of the constructors change.
function P(x) { this.p = x; }
function Q(x) { this.q = x; }
P.prototype.v = 1; Q.prototype.v = 2;
const v = (k) => new (k ? P : Q)(3).v;
for (let i = 0; i < 300; i++) check('v', v(i & 1), 2 - (i & 1));
P.prototype = { v: 10 };
check('other prototype', [v(1), v(0)].join(), '10,2');
Q.extra = 1;
check('other shape', [v(1), v(0)].join(), '10,2');
for (let i = 0; i < 300; i++) check('v again', v(i & 1), i & 1 ? 10 : 2);
P.prototype = null;
check('no prototype', [v(1), v(0)].join(), ',2');
// One code, many closures: each has its own prototype.
const made = [1, 2, 3, 4, 5, 6].map((n) => class { get n() { return n; } });
const numbers = () => { let s = ''; for (const c of made) s += new c().n; return s; };
for (let i = 0; i < 300; i++) check('numbers', numbers(), '123456');
// new.target and errors inside.
class T { constructor(x) { this.t = new.target.name + x; if (x > 9) throw new RangeError('large'); } }
class U extends T {} class V extends T { constructor(x) { super(x); this.u = 1; } }
const name = (k, x) => new [T, U, V][k](x).t;
for (let i = 0; i < 300; i++) check('name', name(i % 3, i % 7), 'TUV'[i % 3] + i % 7);
check('throws', thrown(() => name(1, 10)), 'large');
let kept = [];
for (let i = 0; i < 3000; i++) kept.push(new (i % 3 ? A : i % 2 ? B : D)(i));
kept.forEach((o, i) => { if ((o.a ?? o.x) !== (i % 3 || i % 2 ? i : i + 1)) throw new Error('kept ' + i); });
'ok'
"#;

#[test]
fn several_constructors() {
    assert_eq!(modes::run(CONSTRUCTORS), "ok");
}

#[test]
fn callees_keep_their_words_when_they_are_left() {
    // The register of `value` seems to live at the second call, whose frame lies on it: only the end of a `for-of` leaves it alone.
    let source = r"
        let hash = 0, count = 0;
        function fold(text) { hash = text.charCodeAt() }
        function show(value) { return String(value) }
        function mix(value) { fold(show(value)); count++ }
        const run = () => {
            const p = {};
            for (let i = 0; i < 20; i++) for (let j = 0; j < 5; j++) {
                for (let k = 0; k < 1; k++) {
                    for (let l = 0; l < 1; l++) for (let m = 0; m < 1; m++) {
                        let x;
                        for (let n = 0; n < 1; n++) {
                            const list = [];
                            for (let o = 0; o < 5; o++) list.push(0);
                            for (const value of list) mix(value)
                        }
                    }
                    const y = p
                }
                {
                    for (const q = 0; 1; ) { try { missing } catch (e) { mix() } finally { } break }
                }
            }
        };
        run();
        count + ',' + hash";
    assert_eq!(modes::run(source), "600,117");
}

/// Bound functions and `apply` enter compiled code from where they are called.
#[test]
fn bound_functions_and_lists() {
    assert_eq!(
        modes::run(include_str!("support/bounds.js")),
        "617227638 | 493 | 249960 | RangeErrorRangeErrorRangeError | inner,outer"
    );
}
