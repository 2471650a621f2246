//! Decorators and auto-accessors: order of evaluation, what is replaced, when initializers run, errors.

mod support;

use sarus_bytecode::Feature;

/// A log, and decorators that write to it.
const HELPERS: &str = "
    const log = [];
    const note = (text, v) => (log.push(text), v);
    const d = (name, make) => note('eval ' + name, (value, context) => {
        note(`${name}:${context.kind}`);
        context.addInitializer(function () { note(`${name}+`) });
        return make?.(value, context);
    });
    const thrown = f => { try { f(); return 'nothing' } catch (e) { return `${e.name}: ${e.message}` } };";

fn run(source: &str) -> String {
    support::run(Feature::Decorators, &format!("{HELPERS}{source}"))
}

#[test]
fn expressions_are_evaluated_in_order_with_keys() {
    let source = "
        @d('c1') @d('c2') class C extends note('heritage', Object) {
            @d('m1') @d('m2') [note('key m', 'm')]() {}
            @d('f') [note('key f', 'f')] = note('value f');
            @d('s') static [note('key s', 's')] = note('value s');
            [note('plain', 'p')]() {}
        }
        log.slice(0, log.findIndex(t => t.includes(':'))).join()";
    assert_eq!(
        run(source),
        "eval c1,eval c2,heritage,eval m1,eval m2,key m,eval f,key f,eval s,key s,plain"
    );
}

#[test]
fn decorators_are_applied_in_groups_and_inside_out() {
    let source = "
        @d('c1') @d('c2') class C {
            @d('f') f; @d('m1') @d('m2') m() {} @d('sf') static sf; @d('a') accessor a; @d('sm') static sm() {}
            @d('g') get g() {} @d('s') set g(v) {} @d('sa') static accessor sa;
        }
        log.filter(t => t.includes(':')).join()";
    assert_eq!(
        run(source),
        "sm:method,sa:accessor,m2:method,m1:method,a:accessor,g:getter,s:setter,sf:field,f:field,c2:class,c1:class"
    );
}

#[test]
fn initializers_run_at_their_times() {
    let source = "
        @d('c') class C {
            static { note('block') }
            @d('m') m() {}
            @d('sm') static sm() {}
            @d('sf') static sf = note('value sf');
            @d('f') f = note('value f');
            plain = note('value plain');
            @d('a') accessor a = note('value a');
            static { note('block 2') }
            constructor() { note('constructor') }
        }
        log.splice(0, log.lastIndexOf('c:class') + 1);
        note('new'); new C; log.join()";
    assert_eq!(
        run(source),
        "sm+,block,value sf,sf+,block 2,c+,new,m+,value f,f+,value plain,value a,a+,constructor"
    );
}

#[test]
fn derived_classes_initialize_after_super() {
    let source = "
        class A { constructor() { note('A') } }
        class B extends A { @d('m') m() {} @d('f') f = note('value'); constructor() { note('B'); super(); note('end') } }
        class E extends A { @d('x') get x() { return 1 } }
        log.length = 0; new B; new E; log.join()";
    assert_eq!(run(source), "B,A,m+,value,f+,end,A,x+");
}

#[test]
fn field_initializers_are_chained_from_outside() {
    let source = "
        const init = (name, f) => () => function (v) { note(name + v + typeof this); return f(v) };
        class C {
            @init('a', v => v + 1) @init('b', v => v * 10) x = 1;
            @init('c', v => 7) y;
            @init('s', v => v + 1) static z = 1;
            @(() => undefined) w = 5;
        }
        const c = new C;
        [c.x, c.y, C.z, c.w, log].join()";
    assert_eq!(
        run(source),
        "20,7,2,5,s1function,a1object,b2object,cundefinedobject"
    );
}

#[test]
fn methods_getters_and_setters_are_replaced() {
    let source = "
        const wrap = (f, { kind, name }) => function (...list) { return `${kind} ${String(name)}(${f.apply(this, list)})` };
        const store = f => function (v) { f.call(this, v + 1) };
        class C {
            v = 1;
            @wrap m(x) { return x + this.v }
            @wrap @wrap twice() { return 0 }
            @wrap static s() { return this === C }
            @wrap get g() { return this.v }
            @store set g(v) { this.v = v }
            @wrap [Symbol.iterator]() { return 1 }
            @wrap 12() { return 12 }
            @wrap #p() { return this.v }
            p() { return this.#p() }
            @wrap static #q() { return 2 }
            static q() { return C.#q() }
            @wrap get #r() { return 3 }
            r() { return this.#r }
        }
        const c = new C; c.g = 5;
        [c.m(1), c.twice(), C.s(), c.g, c[Symbol.iterator](), c[12](), c.p(), C.q(), c.r()].join('|')";
    assert_eq!(
        run(source),
        "method m(7)|method twice(method twice(0))|method s(true)|getter g(6)|method Symbol(Symbol.iterator)(1)\
         |method 12(12)|method #p(6)|method #q(2)|getter #r(3)"
    );
}

#[test]
fn methods_are_defined_in_source_order_and_not_enumerable() {
    let source = "
        const id = v => undefined;
        class C { a() {} @id b() {} get c() { return 1 } @id set c(v) {} accessor e; d() {} static y() {} @id static z() {} }
        const p = Object.getOwnPropertyDescriptor(C.prototype, 'b'), q = Object.getOwnPropertyDescriptor(C.prototype, 'c');
        [Object.getOwnPropertyNames(C.prototype), Object.getOwnPropertyNames(C).slice(3), p.enumerable, p.writable, p.configurable,
            typeof q.get, typeof q.set, q.enumerable, Object.keys(C.prototype).length].join()";
    assert_eq!(
        run(source),
        "constructor,a,b,c,e,d,y,z,false,true,true,function,function,false,0"
    );
}

#[test]
fn auto_accessors() {
    let source = "
        class C {
            accessor x = 1;
            accessor y;
            static accessor s = 2;
            accessor #p = 3;
            p(v) { if (v !== undefined) this.#p = v; return this.#p }
            static has(o) { return #p in o }
            accessor ['computed' + 1] = function () {};
            accessor f = () => {};
            accessor 'a b' = 4;
            accessor 7 = 5;
            accessor = 6;
            static accessor() { return 'method' }
        }
        const c = new C, g = Object.getOwnPropertyDescriptor(C.prototype, 'x');
        c.x++; C.s += 5; c.p(9);
        [c.x, c.y, C.s, c.p(), C.has(c), C.has({}), c.computed1.name, c.f.name, c['a b'], c[7], c.accessor, C.accessor(),
            g.get.name, g.set.name, g.get.length, g.set.length, g.enumerable, g.configurable, Object.keys(c),
            String(g.get).replace(/\\s+/g, ' ')].join('|')";
    assert_eq!(
        run(source),
        "2||7|9|true|false|computed1|f|4|5|6|method|get x|set x|0|1|false|true|accessor|function get x() { [native code] }"
    );
}

#[test]
fn auto_accessors_check_their_receiver() {
    let source = "
        class C { accessor x = 1; static accessor s = 1 }
        const { get, set } = Object.getOwnPropertyDescriptor(C.prototype, 'x');
        class D extends C {}
        [thrown(() => get.call({})), thrown(() => set.call(1, 2)), thrown(() => D.s), thrown(() => C.prototype.x),
            get.call(new D)].join('|')";
    assert_eq!(
        run(source),
        "TypeError: Cannot read private member x accessor storage from an object whose class did not declare it\
         |TypeError: Cannot write private member x accessor storage to an object whose class did not declare it\
         |TypeError: Cannot read private member s accessor storage from an object whose class did not declare it\
         |TypeError: Cannot read private member x accessor storage from an object whose class did not declare it|1"
    );
}

#[test]
fn auto_accessors_are_decorated() {
    let source = "
        const twice = ({ get, set }, { name }) => ({
            get() { return get.call(this) + name },
            set(v) { set.call(this, v * 2) },
            init(v) { return v + 100 },
        });
        const none = () => ({});
        class C {
            @twice accessor a = 1; @none @twice accessor b = 2; @twice static accessor s = 3;
            @twice accessor #p = 4; p() { const before = this.#p; this.#p = 1; return before + this.#p }
        }
        const c = new C; const before = [c.a, c.b, C.s, c.p()];
        c.a = 5; C.s = 6;
        [before, c.a, C.s].join()";
    assert_eq!(run(source), "101a,102b,103s,104#p2#p,10a,12s");
}

#[test]
fn classes_are_replaced() {
    let source = "
        const wrap = C => class extends C { get wrapped() { return true } };
        @wrap class A { static self = A; static own = this === A; m() { return A } static { this.block = this === A } }
        const a = new A;
        const B = @(() => undefined) class {};
        const named = @((v, c) => { note(c.name) }) class Named {};
        const inferred = @((v, c) => { note(c.name) }) class {};
        (@((v, c) => { note(c.name) }) class {});
        function replacement() { return 5 }
        @(() => replacement) class F { static x = 1 }
        [a.wrapped, A.self === A, A.own, A.block, a.m() === A, typeof B, log, F === replacement, F.x].join()";
    assert_eq!(
        run(source),
        "true,true,true,true,true,function,Named,inferred,,true,1"
    );
}

#[test]
fn the_class_is_uninitialized_until_its_decorators_are_done() {
    let source = "
        const call = (C, context) => { new C };
        const touch = () => C;
        [thrown(() => { @touch class C {} ; C }),
         thrown(() => { @call class C { x = C } }),
         thrown(() => { class C { @(() => { C }) m() {} } }),
         thrown(() => { @C class C {} }),
         thrown(() => { class C { @C m() {} } })].join('|')";
    let early = "ReferenceError: Cannot access 'C' before initialization";
    assert_eq!(
        run(source),
        format!("ReferenceError: C is not defined|{early}|{early}|{early}|{early}")
    );
}

#[test]
fn contexts() {
    let source = "
        const seen = [];
        const see = (value, c) => { seen.push([typeof value, c.kind, String(c.name), c.static, c.private, Object.keys(c.access ?? {}),
            typeof c.addInitializer, typeof c.metadata].join(' ')); see.keys ??= Object.keys(c).join() };
        @see class C {
            @see m() {} @see get g() {} @see set g(v) {} @see f; @see accessor a; @see static #p; @see static [Symbol.iterator]() {}
            @see 1n() {}
        }
        see.keys + '\\n' + seen.join('\\n')";
    assert_eq!(
        run(source),
        "kind,access,static,private,name,addInitializer,metadata\n\
         function method Symbol(Symbol.iterator) true false get,has function object\n\
         function method m false false get,has function object\n\
         function getter g false false get,has function object\n\
         function setter g false false set,has function object\n\
         object accessor a false false get,set,has function object\n\
         function method 1 false false get,has function object\n\
         undefined field #p true true get,set,has function object\n\
         undefined field f false false get,set,has function object\n\
         function class C    function object"
    );
}

#[test]
fn access_reaches_private_elements() {
    let source = "
        const access = {};
        const keep = (v, c) => { access[c.name] = c.access };
        class C { @keep #f = 1; @keep #m() { return 2 } @keep accessor #a = 3; @keep pub = 4; @keep get #g() { return 5 } }
        const c = new C;
        access['#f'].set(c, 10); access['#a'].set(c, 30); access.pub.set(c, 40);
        [access['#f'].get(c), access['#m'].get(c)(), access['#a'].get(c), access.pub.get(c), access['#g'].get(c),
            access['#f'].has(c), access['#f'].has({}), access.pub.has({ __proto__: c }),
            thrown(() => access['#f'].get({})), thrown(() => access.pub.get(1)),
            access.pub.get.name, access.pub.get.length, access.pub.set.length, access.pub.has.name].join('|')";
    assert_eq!(
        run(source),
        "10|2|30|40|5|true|false|true|TypeError: Cannot read private member #f from an object whose class did not declare it\
         |TypeError: access.get needs an object, not 1||1|2|has"
    );
}

#[test]
fn receivers() {
    let source = "
        const ns = { name: 'ns', d() { note(this?.name) }, make() { const self = this; return function () { 'use strict'; note(self.name + (this === undefined)) } },
            inner: { name: 'inner', d() { note(this.name) } } };
        class P { static name2 = 'P'; static #d() { note(this.name2) } static { @P.#d class Q {} } }
        function plain() { 'use strict'; note(String(this)) }
        @ns.d @ns.inner.d @ns.make() @plain @(ns.d) @(0, ns.inner).d2 ?? 0;
        log.join()";
    // The last line is no class: a decorator list must be followed by one.
    assert!(run(source).starts_with("threw SyntaxError"));
    let source = source.replace("@(ns.d) @(0, ns.inner).d2 ?? 0;", "@(ns.d) class C {}");
    assert_eq!(run(&source), "P,ns,undefined,nstrue,inner,ns");
}

#[test]
fn metadata_is_inherited() {
    let source = "
        const meta = (k, v) => (_, c) => { c.metadata[k] = v };
        @meta('c', 1) class A { @meta('m', 2) m() {} }
        class B extends A { @meta('m', 3) m() {} }
        class N {}
        @meta('x', 4) class X extends null {}
        const m = c => JSON.stringify(c[Symbol.metadata]);
        [m(A), m(B), B[Symbol.metadata].c, Object.getPrototypeOf(B[Symbol.metadata]) === A[Symbol.metadata], N[Symbol.metadata], m(X),
            Object.getPrototypeOf(X[Symbol.metadata]), Object.hasOwn(N, Symbol.metadata), Symbol.metadata.toString()].join('|')";
    assert_eq!(
        run(source),
        "{\"m\":2,\"c\":1}|{\"m\":3}|1|true||{\"x\":4}||false|Symbol(Symbol.metadata)"
    );
}

#[test]
fn errors_of_decorators() {
    let source = "
        const give = v => () => v;
        let late; const keep = (v, c) => { late = c.addInitializer };
        [thrown(() => { class C { @(5) m() {} } }),
         thrown(() => { @undefined class C {} }),
         thrown(() => { class C { @give(1) m() {} } }),
         thrown(() => { class C { @give(null) #f } }),
         thrown(() => { class C { @give(1) accessor a } }),
         thrown(() => { class C { @give({ get: 1 }) accessor a } }),
         thrown(() => { class C { @give({ init: 'x' }) accessor a } }),
         thrown(() => { @give({}) class C {} }),
         thrown(() => { class C { @((v, c) => c.addInitializer(1)) m() {} } }),
         thrown(() => { class C { @keep m() {} } late(() => {}) }),
         thrown(() => { class C { @(() => { throw new RangeError('mine') }) m() {} } }),
         thrown(() => { class C extends class { static [Symbol.metadata] = 1 } { @give() m() {} } })].join('\\n')";
    assert_eq!(
        run(source),
        "TypeError: Decorator of method 'm' is not a function: 5\n\
         TypeError: Decorator of class 'C' is not a function: undefined\n\
         TypeError: Decorator of method 'm' must return a function or undefined, not 1\n\
         TypeError: Decorator of field '#f' must return a function or undefined, not null\n\
         TypeError: Decorator of accessor 'a' must return an object or undefined, not 1\n\
         TypeError: Decorator of accessor 'a' must return an object whose 'get' is a function or undefined, not 1\n\
         TypeError: Decorator of accessor 'a' must return an object whose 'init' is a function or undefined, not \"x\"\n\
         TypeError: Decorator of class 'C' must return a function or undefined, not #<Object>\n\
         TypeError: addInitializer needs a function, not 1\n\
         TypeError: addInitializer was called after its decorator returned\n\
         RangeError: mine\n\
         TypeError: Symbol.metadata of the parent class must be an object or null, not 1"
    );
}

#[test]
fn this_of_initializers() {
    let source = "
        const add = (v, c) => { c.addInitializer(function () { note(`${c.kind} ${typeof this} ${this === C} ${this instanceof C}`) }) };
        let C; C = @add class { @add m() {} @add static s() {} @add f; @add static sf; };
        try { new C } catch {}
        log.join('|')";
    // While static initializers run, the outer variable is not assigned yet.
    assert_eq!(
        run(&source
            .replace("this === C", "this === (C ?? this)")
            .replace("this instanceof C", "C && this instanceof C")),
        "method function true undefined|field function true undefined|class function true undefined\
         |method object false true|field object false true"
    );
}

#[test]
fn sources_of_decorated_classes() {
    let source = "
        const d = () => {};
        @d class A { @d m(x) { return 1 } @d static get g() { return 1 } }
        const B = @d /* c */ @(d) class {};
        [A, B, A.prototype.m, Object.getOwnPropertyDescriptor(A, 'g').get].map(String).join('|')"
        .replace("const d", "const dd");
    let source = source.replace("@d", "@dd").replace("@(d)", "@(dd)");
    assert_eq!(
        run(&source),
        "@dd class A { @dd m(x) { return 1 } @dd static get g() { return 1 } }|@dd /* c */ @(dd) class {}\
         |m(x) { return 1 }|get g() { return 1 }"
    );
}

#[test]
fn in_generators_and_closures() {
    let source = "
        function* g() {
            const made = class { @(yield 'decorator') m() {} @(yield 'field') [yield 'key'] = 1; @ns.d(yield 'argument') static s; };
            return made;
        }
        const ns = { d: v => (_, c) => { note(c.name + v) } };
        const it = g(), mark = name => (_, c) => { note(name + String(c.name)) };
        const asked = [it.next().value, it.next(mark('a')).value, it.next(mark('b')).value, it.next('k').value];
        const C = it.next(4).value;
        const classes = [1, 2].map(n => { class K { @((v, c) => () => n) f; accessor a = n } return new K });
        [asked, Object.keys(new C), log, classes.map(k => k.f + k.a)].join('|')";
    assert_eq!(run(source), "decorator,field,key,argument|k|am,s4,bk|2,4");
}

#[test]
fn eval_sees_the_feature() {
    let source = "
        const twice = f => function () { return 2 * f.call(this) };
        [eval('class C { @twice m() { return 4 } accessor x = 1 }; new C().m() + new C().x'),
            new Function('t', 'return new class { @t m() { return 5 } }().m()')(twice)].join()";
    assert_eq!(run(source), "9,10");
}

#[test]
fn without_the_feature_the_option_is_named() {
    let mut agent = support::agent(Feature::TailCalls, None);
    for source in ["@d class C {}", "class C { accessor x }", "(@d class {})"] {
        assert_eq!(
            support::run_in(&mut agent, source),
            "threw SyntaxError: This syntax needs the option --harmony-decorators (decorators and auto-accessors of classes)",
            "{source}"
        );
    }
    let source =
        "class C { accessor\nx; static accessor = 1; accessor() {} } typeof Symbol.metadata";
    assert_eq!(support::run_in(&mut agent, source), "undefined");
}

#[test]
fn many_elements() {
    let source = "
        const names = Array.from({ length: 300 }, (_, i) => 'e' + i);
        const body = names.map((n, i) => `@d${i % 2 ? ' accessor' : ''} ${n} = ${i};`).join('');
        const C = new Function('d', `return class { ${body} }`)((v, c) => c.kind === 'field' ? x => x + 1 : { init: x => x + 1 });
        const c = new C; names.reduce((sum, n) => sum + c[n], 0)";
    assert_eq!(run(source), (299 * 300 / 2 + 300).to_string());
}
