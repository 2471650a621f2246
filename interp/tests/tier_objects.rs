//! Objects that compiled code makes itself, and those that it does not make: in every mode the answers are the interpreter's.

#[path = "support/modes.rs"]
mod modes;

use modes::run;

/// Runs the body of `f(i)` many times and sums up what it answers.
fn sum(body: &str) -> String {
    run(&format!(
        "function P(x, y) {{ this.x = x; this.y = y; }}
         P.prototype.plus = function (o) {{ return new P(this.x + o.x, this.y + o.y); }};
         class V {{ constructor(x) {{ this.x = x; }} get twice() {{ return this.x * 2; }} }}
         let kept = null;
         function f(i) {{ {body} }}
         let s = 0, t = '';
         for (let i = 0; i < 400; i++) {{ const r = f(i); if (typeof r === 'number') s += r; else t = String(r); }}
         s + t"
    ))
}

#[test]
fn objects_that_do_not_escape() {
    assert_eq!(sum("const o = {a: i, b: 2}; return o.a + o.b;"), "80600");
    assert_eq!(
        sum("const o = {a: i}; o.a += 1; o.c = 3; return o.a + o.c;"),
        "81400"
    );
    assert_eq!(
        sum("const p = new P(i, 1).plus(new P(1, 1)).plus(new P(2, 2)); return p.x * p.y;"),
        "324000"
    );
    assert_eq!(sum("return new V(i).twice;"), "159600");
    assert_eq!(sum("const o = {p: {q: {r: i}}}; return o.p.q.r;"), "79800");
}

#[test]
fn objects_that_escape_on_some_ways() {
    assert_eq!(
        sum(
            "const o = {a: i, b: [i, 1]}; if (i % 100 === 0) kept = o; return o.a + o.b[1] + (kept === o ? kept.b[0] : 0);"
        ),
        "80800"
    );
    assert_eq!(
        sum(
            "const o = {a: i}; for (let k = 0; k < 3; k++) { o.a += k; if (k === i) kept = o; } return o.a + (kept === o);"
        ),
        "81003"
    );
    assert_eq!(
        sum("let o = {a: 1}; for (let k = 0; k < 4; k++) o = {a: o.a + k}; return o.a;"),
        "2800"
    );
    assert_eq!(
        sum("const a = {n: i}, b = {n: 1}; const c = i % 3 ? a : b; c.n++; return a.n * 2 + b.n;"),
        "160666"
    );
    assert_eq!(
        sum(
            "const a = {n: i}; const b = {a, m: 1}; a.n = 2; kept = b; return kept.a === a && b.a.n + b.m;"
        ),
        "1200"
    );
}

#[test]
fn exits_make_objects() {
    // The addition leaves the range of int32 in the middle.
    assert_eq!(
        sum(
            "const o = {a: i, b: {c: i}}, q = o.b; let n = i > 200 ? 2147483647 : 1;
             o.a += 1; n = n + o.b.c; o.b.c = 7;
             return (o.b === q) + o.a + q.c + n % 10;"
        ),
        "85194"
    );
    // One object in two registers and in another object.
    assert_eq!(
        sum(
            "const o = {a: i}, p = o, h = {o}; let k = i === 300 ? 'x' : i; k = k * 1; p.a++; 
             return (h.o === o && o === p ? 1 : 0) + h.o.a + (k !== k);"
        ),
        "80601"
    );
    // Objects of callers that were inlined.
    assert_eq!(
        sum(
            "function g(o, i) { o.n += i; let z = i < 300 ? i : i + 0.5; return h(o, z); }
             function h(o, z) { o.m = z; return (z | 0) + 1; }
             const o = {n: 1, m: 0}; return g(o, i) + o.n + o.m;"
        ),
        "240250"
    );
    // Doubles, booleans, undefined.
    assert_eq!(
        sum("const o = {d: i / 4, b: i > 3, u: undefined, n: null}; const k = i === 333 ? {} : 1;
             const r = k + 1; return (o.u === undefined) + (o.n === null) + o.b + o.d + (typeof r === 'string');"),
        "21147"
    );
}

#[test]
fn arrays() {
    assert_eq!(
        sum("const a = [i, 2, 3]; return a[0] + a[1] * a[2] + a.length;"),
        "83400"
    );
    assert_eq!(
        sum("let a = i, b = 1; [a, b] = [b, a]; return a * 1000 + b;"),
        "479800"
    );
    assert_eq!(sum("const [a, b] = [i, i + 1]; return a + b;"), "160000");
    assert_eq!(
        sum("const [a, b = 5, c] = [i]; return a + b + (c === undefined);"),
        "82200"
    );
    assert_eq!(
        sum("const a = []; a.push(i); a.push(2); return a[0] + a[1];"),
        "80600"
    );
    assert_eq!(
        sum("const a = [1, , 3]; return (a[1] === undefined) + (1 in a) + a.length;"),
        "1600"
    );
    assert_eq!(
        sum("const a = [1.5, 'x', null]; a[0] += i; return a[0] + a.length;"),
        "81600"
    );
    assert_eq!(
        sum("let n = 0; for (const x of [i, 1, 2]) n += x; return n;"),
        "81000"
    );
    assert_eq!(
        sum(
            "const a = [i, i]; if (i === 200) a.foo = 1; return a.concat([1]).length + (a.foo || 0);"
        ),
        "1201"
    );
}

#[test]
fn closures_and_environments() {
    assert_eq!(sum("const g = x => x + i; return g(1);"), "80200");
    assert_eq!(
        sum("let n = 0; const add = x => { n += x; }; add(i); add(1); return n;"),
        "80200"
    );
    assert_eq!(
        sum(
            "const fs = []; for (let k = 0; k < 3; k++) fs.push(() => k + i); return fs[0]() + fs[1]() + fs[2]();"
        ),
        "240600"
    );
    assert_eq!(
        sum("function fact(n) { return n < 2 ? 1 : n * fact(n - 1); } return fact(5) + i;"),
        "127800"
    );
    assert_eq!(
        sum(
            "{ let q = i; const up = () => ++q; up(); if (i === 250) { try { null.x; } catch (e) { q += 100; } } return up() + q; }"
        ),
        "161400"
    );
    assert_eq!(
        sum("const o = {v: i, get() { return () => this.v; }}; return o.get()();"),
        "79800"
    );
}

#[test]
fn exceptions_see_objects() {
    assert_eq!(
        sum(
            "const o = {a: i}; try { o.a++; if (i % 50 === 0) throw o; o.a += 2; } catch (e) { return e === o ? e.a : 0; } return o.a;"
        ),
        "80984"
    );
    assert_eq!(
        sum(
            "const o = {a: 1, b: {i}}; try { o.a = 2; (i === 200 ? null : o.b).i; o.a = 3; } catch (e) { return o.a + o.b.i; } finally { o.a = 9; } return o.a;"
        ),
        "3793"
    );
}

#[test]
fn iteration_protocol_changes() {
    assert_eq!(
        run("function f(a) { const [x, y] = a; let n = x * 10 + y; for (const z of a) n += z; return n; }
             let s = 0;
             for (let i = 0; i < 300; i++) s += f([i, 1]);
             const old = Array.prototype[Symbol.iterator];
             Array.prototype[Symbol.iterator] = function* () { yield 7; yield 8; };
             s += f([1, 2]) * 1e6;
             Array.prototype[Symbol.iterator] = old;
             s += f([1, 2]);
             s += f(new Set([4, 5]));
             s"),
        "93494019"
    );
}

#[test]
fn private_elements_of_several_shapes() {
    let source = "
        class A { #n = 0; #d = 1.5; add(k) { this.#n += k; this.#d = this.#n / 2; return this.#n + this.#d; } has(o) { return #n in o; } }
        class B extends A { b = 1; }
        class C extends A { c = 1; d = 2; }
        class D extends B { e = 1; }
        class E extends C { e = 1; }
        const all = [new A(), new B(), new C(), new D(), new E()];
        let s = 0, t = '';
        for (let round = 1; round <= 5; round++)
            for (let i = 0; i < 120; i++) s += all[i % round].add(i & 3);
        try { A.prototype.add.call({}, 1); } catch (e) { t += e.name; }
        try { A.prototype.add.call(null, 1); } catch (e) { t += e.name; }
        function is(f) { return typeof f === 'function'; }
        let fs = 0;
        for (let i = 0; i < 300; i++) fs += is(i % 3 ? is : i % 2 ? {} : null);
        s + t + fs + is(class {}) + is('') + is(undefined) + is(Math.max)
    ";
    let answer = run(source);
    assert!(
        answer.ends_with("TypeErrorTypeError200truefalsefalsetrue"),
        "{answer}"
    );
}

#[test]
fn derived_constructors() {
    let answer = run("
        class A { constructor(a, b) { this.a = a; this.b = b; this.t = new.target.name; } m() { return 1; } }
        class B extends A { }
        class C extends A { constructor(a, ...r) { super(a, ...r); this.c = r.length; } m() { return super.m() + 1; } }
        class D extends C { f = 3; #p = 4; constructor(...all) { super(...all, 9); } get p() { return this.#p; } }
        class E extends D { constructor(x) { if (x === 77) return {a: x, b: 0, m() { return 0; }}; super(x, 2); } }
        function f(i) {
            const all = [new A(i, 1), new B(i, 1), new C(i, 1, 2), new D(i, 5), new E(i % 100)];
            let s = 0;
            for (const o of all) s += o.a + o.b * 2 + o.m() + (o.c || 0) + (o.f || 0) + (o.p || 0) + (o.t || '').length;
            return s + (new D(1) instanceof B) + Object.keys(new E(i % 50)).length;
        }
        let s = 0;
        for (let i = 0; i < 400; i++) s += f(i);
        class Old extends A { constructor() { super(1, 2); } }
        const make = () => new Old();
        for (let i = 0; i < 200; i++) s += make().b;
        Object.setPrototypeOf(Old, class { constructor(a, b) { this.b = b * 10; } });
        for (let i = 0; i < 200; i++) s += make().b;
        Old.prototype.extra = 1;
        class Twice extends A { constructor(n) { super(n, n); if (n > 250) { try { super(1, 1); } catch (e) { this.a = e.name.length; } } } }
        for (let i = 0; i < 300; i++) s += new Twice(i).a;
        s
    ");
    assert_eq!(answer, "398597");
}

#[test]
fn rest_and_spread() {
    let answer = run("
        function sum(...xs) { let n = 0; for (const x of xs) n += x; return n * 10 + xs.length; }
        function count() { return arguments.length * 100 + (arguments[1] || 0); }
        function pass(...xs) { return sum(...xs, 1) + count(...xs); }
        function change(...xs) { xs[0] = 50; xs.push(3); return sum(...xs); }
        function f(i) { return pass(i, 2, 3) + pass() + pass(i) + change(i, 1) + Math.max(...[i, 7, 100]) + sum(...[1, 0, 2].map(x => x + 1)); }
        let s = 0;
        for (let i = 0; i < 400; i++) s += f(i);
        const wrap = g => (...args) => g(...args);
        const w = wrap(sum), v = wrap(Math.min);
        for (let i = 0; i < 300; i++) s += w(i, 1) + v(i, 150, 3);
        const old = Array.prototype[Symbol.iterator];
        Array.prototype[Symbol.iterator] = function* () { yield 1000; };
        for (let i = 0; i < 100; i++) s += f(i) + w(i);
        Array.prototype[Symbol.iterator] = old;
        s
    ");
    assert_eq!(answer, "8702744");
}

const EQUALITY: &str = r#"
function check(name, got, want) { if (got !== want) throw new Error(name + ': ' + got + ' instead of ' + want); }
const o = {}, f = () => 1, s = Symbol(), text = 'abc';
const values = [o, f, [], { valueOf() { return 1; } }, null, undefined, true, false, 0, -0, 1, -1, 1.5, NaN, Infinity, 2 ** 31, '', text, text.slice(0, 2) + 'c', '1', s, Symbol(), 1n, 10n ** 20n,
  10n ** 20n, Object(1), [1], new Proxy({}, {})];
const eq = (a, b) => a === b, ne = (a, b) => a !== b, loose = (a, b) => a == b, notLoose = (a, b) => a != b;
function matrix(f) { let text = ''; for (const a of values) { let bits = 0; for (const b of values) bits = bits * 2 + (f(a, b) ? 1 : 0); text += bits.toString(36) + ' '; } return text; }
const strict = matrix(eq), equal = matrix(loose);
for (let i = 0; i < 12; i++) { check('strict', matrix(eq), strict); check('loose', matrix(loose), equal); }
const inverse = (text) => text.trim().split(' ').map((n) => (2 ** values.length - 1 - parseInt(n, 36)).toString(36)).join(' ') + ' ';
for (let i = 0; i < 12; i++) { check('not strict', matrix(ne), inverse(strict)); check('not loose', matrix(notLoose), inverse(equal)); }
// Objects, null and undefined only.
const find = (list, what) => { let n = 0; for (let i = 0; i < list.length; i++) { if (list[i] != what) n++; if (what == list[i]) n += 100; if (list[i] === what) n += 10000; } return n; };
const things = [o, null, f, undefined, {}, null, o];
for (let i = 0; i < 300; i++) check('found ' + i % 3, find(things, [o, null, undefined][i % 3]), [20205, 20304, 10304][i % 3]);
check('strict values', strict, '27wr28 13ydj4 jz6rk 9zlds 4zsow 2hwcg 18y68 mh34 gutc gutc 2t4w 1ekg pa8 0 6bk 35s 1kw 16o 16o 74 3k 1s w o o 4 2 1 ');
check('loose values', equal, '27wr28 13ydj4 l2k8w bbcww 7hp1c 7hp1c bbcx2 l2k8w l2k8w l2k8w bbcx2 1ekg pa8 0 6bk 35s l2k8w 16o 16o bbcx2 3k 1s bbcx2 o o 1brj8 1brj6 1 ');
'ok'
"#;

#[test]
fn equality_of_anything() {
    assert_eq!(modes::run(EQUALITY), "ok");
}

const SLOTS: &str = r#"
function check(name, got, want) { if (got !== want) throw new Error(name + ': ' + got + ' instead of ' + want); }
// More properties than objects have room for, added one by one: classes, functions, literals, and at sites of several shapes.
class Many { constructor(n) { this.fill(n); } fill(n) { this.a = n; this.b = {}; this.c = n + 1; this.d = 'd' + n; this.e = n + 2; this.f = [n]; this.g = n + 3; this.h = 1.5 * n; this.i = n; this.j = -n; this.k = n; } }
function Late() {}
function add(o, n) { o.p = n; o.q = n + 1; o.r = [n]; o.s = n + 2; o.t = n + 3; o.u = n + 4; o.v = n + 5; return o; }
function text(o) { return Object.keys(o).join('') + JSON.stringify(o); }
const want = text(new Many(7)), wants = [() => new Late, () => ({}), () => ({ x: 1, y: 2 }), () => Object.create({ z: 1 })].map((f) => text(add(f(), 3)));
const kept = [];
for (let i = 0; i < 3000; i++) {
  kept.push(new Many(i), add([new Late, {}, { x: 1, y: 2 }, Object.create({ z: 1 })][i & 3], i));
  if (i % 100 === 0) check('many', text(new Many(7)), want);
}
kept.forEach((o, at) => {
  const i = at >> 1;
  if (at & 1 ? o.p !== i || o.r[0] !== i || o.v !== i + 5 : o.a !== i || o.d !== 'd' + i || o.f[0] !== i || o.h !== 1.5 * i || o.k !== i) throw new Error('kept ' + at);
});
[() => new Late, () => ({}), () => ({ x: 1, y: 2 }), () => Object.create({ z: 1 })].forEach((f, k) => { for (let i = 0; i < 100; i++) check('added ' + k, text(add(f(), 3)), wants[k]); });
// A setter or a property that may not be written comes into the prototype; frozen objects.
let set = 0;
Object.defineProperty(Late.prototype, 'u', { set(v) { set += v; }, configurable: true });
const late = add(new Late, 1);
check('setter', [set, 'u' in late, Object.hasOwn(late, 'u'), late.v].join(), '5,true,false,6');
delete Late.prototype.u;
check('gone', text(add(new Late, 3)), wants[0]);
check('frozen', text(add(Object.freeze({ x: 1 }), 3)), 'x{"x":1}');
const truth = (x) => x ? 1 : 0;
for (let i = 0; i < 300; i++) check('truth', [0, -0, NaN, 0.5, -1e300, 5e-324, Infinity, 1n, 0n, '', 'a', null, {}, 7].map(truth).join(''), '00011111' + '001011');
'ok'
"#;

#[test]
fn properties_beyond_the_object() {
    assert_eq!(modes::run(SLOTS), "ok");
}

#[test]
fn properties_of_primitives() {
    let body = "
        const v = [i, i / 2, 'x' + i, i % 2 === 0, Symbol.iterator, 5n][i % 6];
        const o = [v, v, v, { valueOf() { return i; } }][i % 4];
        if (i === 250) Number.prototype.valueOf = function () { return 1; };
        if (i === 300) delete String.prototype.nothing, Boolean.prototype.nothing = 7;
        return (typeof o.valueOf === 'function' ? String(o.valueOf()).length : 1000) + (o.nothing || 0);";
    assert_eq!(sum(body), "2525");
    assert_eq!(sum("return (i % 2 ? i : i / 4).toFixed(1).length;"), "1725");
}

#[test]
fn objects_that_lost_properties_are_cached_until_they_change() {
    let source = "const made = [];
        for (let i = 0; i < 12; i++) {
          const o = { a: i, b: 2, c: 3, get d() { return this.a; } };
          delete o.b;
          made.push(o);
        }
        const read = (o) => o.a + (o.b ?? 100) + (o.c ?? 1000) + o.d + (o.toString === Object.prototype.toString);
        let text = '';
        for (let round = 0; round < 400; round++) {
          let sum = 0;
          for (const o of made) sum += read(o);
          if (round % 50 === 49) text += sum + ' ';
          const o = made[round % 12];
          switch (round) {
            case 100: o.b = 7; break;
            case 130: delete o.c; break;
            case 160: Object.defineProperty(o, 'c', { get: () => 5 }); break;
            case 190: Object.defineProperty(o, 'a', { value: 9, writable: false }); break;
            case 220: Object.setPrototypeOf(o, { b: 50, toString: Object.prototype.toString }); break;
            case 250: o.toString = null; break;
            case 280: Object.freeze(o); break;
            case 310: made[11] = Object.create(o); break;
            case 320: o.a = 1000; break;
            case 330: delete o.a; o.a = 3; break;
            case 340: for (let k = 0; k < 100; k++) o['k' + k] = k; delete o.k3; break;
            case 360: delete o.d; o.d = 4; break;
            case 380: for (const o of made) { delete o.a; o.a = 1; } break;
          }
        }
        text + made.map((o) => Object.keys(o).length + JSON.stringify(o).length)";
    assert_eq!(
        run(source),
        "1380 1380 2284 2284 2284 2283 5253 3182 22,22,22,22,29,22,22,22,22,22,32,8"
    );
}
