//! Classes in compiled code: what instances get, and `super`. In every mode the answers are the interpreter's.

#[path = "support/modes.rs"]
mod modes;

use modes::run;

/// Runs the body of `f(i)` many times after `setup` and joins what the last call and `t` say.
fn text(setup: &str, body: &str) -> String {
    run(&format!(
        "{setup}; let t = ''; function f(i) {{ {body} }}
         let s = 0; for (let i = 0; i < 300; i++) s += f(i); s + t"
    ))
}

#[test]
fn fields_and_private_methods() {
    let setup = "class P { a = 1; #b = 2; #m() { return this.a + this.#b; }
           get #g() { return this.#b; } set #g(v) { this.#b = v; }
           sum(v) { this.#g = v; return this.#m() + this.#g; } static has(o) { return #m in o && #g in o; } }
         class Q extends P { c = this.a + 1; d = () => this.c; }";
    assert_eq!(text(setup, "return new P().sum(i);"), "90000");
    assert_eq!(
        text(
            setup,
            "const q = new Q(); return q.sum(1) + q.d() + P.has(q);"
        ),
        "1800"
    );
    assert_eq!(
        text(
            setup,
            "try { return P.prototype.sum.call({}, 1); } catch (e) { t = e.name; return 1; }"
        ),
        "300TypeError"
    );
}

#[test]
fn instances_of_many_classes() {
    let setup = "class Z { a = 1; #b = 2; #c() { return 3; } v() { return this.a + this.#b + this.#c(); } }
         const all = [Z, class extends Z {}, class extends Z { q = 1; }, class extends Z { w = 1; },
                      class extends Z { e = 1; }, class extends Z { r = 1; }];
         const mix = (B) => class extends B { h = 1; #p = 2; up() { this.h += this.#p; return this.h; } };
         const mixed = [class {}, class { x = 1; }, class extends Array {}].map(mix);";
    assert_eq!(text(setup, "return new all[i % 6]().v();"), "1800");
    assert_eq!(text(setup, "return new mixed[i % 3]().up();"), "900");
}

#[test]
fn elements_of_what_a_parent_returns() {
    let setup = "class Ret { constructor(o) { return o; } }
         class Stamp extends Ret { #q = 1; #w() { return 2; } static g(o) { return o.#q + o.#w(); } }
         class Field extends Ret { #q = 1; static g(o) { return o.#q; } }
         const twice = (C, o) => { new C(o); try { new C(o); } catch (e) { t = e.name; return C.g(o); } return 100; };";
    assert_eq!(
        text(
            setup,
            "const o = {}; new Stamp(o); new Field(o); return Stamp.g(o) + Field.g(o);"
        ),
        "1200"
    );
    assert_eq!(
        text(setup, "return twice(Stamp, {}) + twice(Field, {});"),
        "1200TypeError"
    );
    assert_eq!(
        text(
            setup,
            "const o = i < 290 ? {} : i < 295 ? [] : Object.preventExtensions({});
             try { new Field(o); return Field.g(o); } catch (e) { t += e.name[0]; return 0; }"
        ),
        "295TTTTT"
    );
}

#[test]
fn initializers_that_throw() {
    let setup = "let limit = 1e9;
         class T { a = 1; b = (() => { if (this.a + n > limit) throw new Error('no'); return 3; })(); c = 4; }
         class U extends T { d = this.c + 1; constructor() { try { super(); } catch (e) { return { d: -1, e }; } } }
         let n = 0;";
    assert_eq!(
        text(
            setup,
            "n = i; if (i === 250) limit = 10; const u = new U(); t = u.e?.message; return u.d;"
        ),
        "1200no"
    );
}

#[test]
fn super_whose_chain_changes() {
    let setup = "class A { m() { return 1; } get k() { return 10; } static s() { return 1; } }
         class B { m() { return 2; } get k() { return 20 + this.z; } static s() { return 2; } }
         class C extends A { z = 1; m() { return super.m() + super.k; } static s() { return super.s(); } }
         const c = new C();";
    assert_eq!(text(setup, "return c.m() + C.s();"), "3600");
    assert_eq!(
        text(setup, "if (i === 200) { Object.setPrototypeOf(C.prototype, B.prototype); Object.setPrototypeOf(C, B); }
             if (i === 250) B.prototype.m = function () { return 100; };
             if (i === 280) Object.defineProperty(B.prototype, 'k', { value: 1000 });
             return c.m() + C.s();"),
        "29380"
    );
    assert_eq!(
        text(
            setup,
            "if (i === 250) Object.setPrototypeOf(C.prototype, null);
             try { return c.m(); } catch (e) { t = e.message; return 0; }"
        ),
        "2750Cannot read properties of null (reading 'm')"
    );
    assert_eq!(
        text(
            setup,
            "if (i === 250) Object.setPrototypeOf(C, null);
             try { return new C().z; } catch (e) { t = e.message; return 0; }"
        ),
        "250Super constructor null of C is not a constructor"
    );
}

#[test]
fn this_and_new_target() {
    let setup = "class Z { n = new.target === undefined; a = 1; constructor() { this.t = new.target.name.length; } }
         class Y extends Z { constructor(x) { if (x === 299) this.a; super(); if (x === 298) super(); } }";
    assert_eq!(
        text(
            setup,
            "try { return new Y(i).t; } catch (e) { t += e.name; return 0; }"
        ),
        "298ReferenceErrorReferenceError"
    );
    assert_eq!(
        text(
            setup,
            "const a = Reflect.construct(Z, [], Array); return a.t + Array.isArray(a) + (a instanceof Array) + a.n;"
        ),
        "2100"
    );
}

#[test]
fn frozen_and_sealed_instances() {
    let setup =
        "'use strict'; class M { #p = 1; constructor(v) { this.v = v; Object.freeze(this); }
           get p() { return this.#p; } set p(v) { this.#p = v; } }
         class S { w = 1; constructor() { Object.seal(this); } }";
    assert_eq!(
        text(
            setup,
            "const m = new M(i); m.p = 2; try { m.v = 1; } catch (e) { t = e.name; }
             return m.p + Object.isFrozen(m) + Object.isSealed(m);"
        ),
        "1200TypeError"
    );
    assert_eq!(
        text(
            setup,
            "const s = new S(); s.w = i; try { delete s.w; } catch (e) { t = e.name; }
             return s.w + Object.isSealed(s) + Object.isFrozen(s);"
        ),
        "45150TypeError"
    );
}

#[test]
fn objects_without_elements_that_get_none_share_nothing() {
    let setup = "const a = []; Object.defineProperty(a, 'length', { writable: false });
         const b = Object.freeze({}), c = Object.preventExtensions([]);";
    assert_eq!(
        text(
            setup,
            "const o = {}; Object.defineProperty(o, 0, { value: i, configurable: true });
             try { 'use strict'; b[0] = 1; c[0] = 1; a[0] = 1; } catch (e) { t = e.name; }
             try { Object.defineProperty(b, 0, { value: 1 }); } catch (e) { t = e.name; }
             return o[0] + Object.keys(b).length + c.length + a.length + (0 in b) + (0 in c) + (0 in a);"
        ),
        "44850TypeError"
    );
}

#[test]
fn default_constructors_pass_on_what_parents_take() {
    let source = "class P { constructor(a, b = 7, c) { this.a = a; this.b = b; this.c = c; } }
        class Q extends P {} class R extends Q {} class S extends P { constructor(...all) { super(...all); } }
        class N { constructor() { this.n = arguments.length; } } class M extends N {}
        class E extends Error {} class L extends Array {}
        const list = [1, 2];
        function make(i) {
          const q = new Q(i), r = new R(i, undefined, 3, 4), s = new S(...list, i), m = new M(i, i);
          return q.a + q.b + (q.c === undefined) + (r.b ?? 0) + (r.c ?? 0) + (s.c ?? 0) + m.n + new E('abc').message.length + new L(1, 2, 3).length
            + (r instanceof P) + (Object.getPrototypeOf(s) === S.prototype);
        }
        let sum = 0;
        for (let i = 0; i < 400; i++) {
          sum += make(i);
          if (i === 300) Object.setPrototypeOf(Q, class { constructor(a) { this.a = a; this.b = 100; this.c = undefined; } });
          if (i === 350) list.length = 0;
        }
        String(sum)";
    assert_eq!(run(source), "170542");
}
