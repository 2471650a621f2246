//! Library and language operations that have short ways, in every mode of the optimizing tier: all must do what the long way does.

#[path = "support/modes.rs"]
mod modes;

use modes::run;

/// Runs a program that gives lines with `;` between them, and compares.
fn compare(source: &str, lines: &str) {
    let found = run(source);
    for (i, (found, line)) in found.split(';').zip(lines.lines()).enumerate() {
        assert_eq!(found, line, "line {}", i + 1);
    }
    assert_eq!(found.split(';').count(), lines.lines().count());
}

#[test]
fn for_in_of_all_kinds_of_objects() {
    compare(
        include_str!("support/for_in.js"),
        include_str!("support/for_in.txt"),
    );
}

#[test]
fn arguments_and_parameters_are_the_same_where_it_shows() {
    compare(
        include_str!("support/arguments.js"),
        include_str!("support/arguments.txt"),
    );
}

#[test]
fn copies_and_lists_are_what_the_steps_make() {
    compare(
        include_str!("support/copies.js"),
        include_str!("support/copies.txt"),
    );
}

#[test]
fn short_texts_and_slices_of_arguments() {
    compare(
        include_str!("support/texts.js"),
        &include_str!("support/texts.txt")
            .replace('\n', "")
            .replace(';', "\n"),
    );
}

#[test]
fn bound_functions_have_their_names() {
    let source = "function f(a, b, c) {}
        let r = [];
        let show = g => { r.push(Reflect.ownKeys(g).map(String).join(), g.length, g.name) };
        for (let i = 0; i < 3; i++) {
            show(f.bind()); show(f.bind(null, 1, 2, 3, 4)); show(f.bind(null, 1).bind(null, 1).bind()); show(Math.max.bind());
            show((() => 1).bind()); show(class A { static name = 5; static length = 2.5 }.bind()); show((x => x).bind.bind(f));
        }
        let g = f.bind(null, 1);
        Object.defineProperty(f, 'length', { value: Infinity }); Object.defineProperty(f, 'name', { value: 'g' });
        show(g); show(f.bind(null, 1)); delete f.name; show(f.bind()); delete f.length; show(f.bind());
        let d = Object.getOwnPropertyDescriptor(g, 'length'); r.push(d.writable, d.enumerable, d.configurable, 'prototype' in g);
        r.join()";
    let text = run(source);
    assert!(text.starts_with("length,name,3,bound f,length,name,0,bound f,length,name,1,bound bound bound f,length,name,2,bound max"), "{text}");
    assert!(
        text.ends_with("length,name,2,bound f,length,name,Infinity,bound g,length,name,Infinity,bound ,length,name,0,bound ,false,false,true,false"),
        "{text}"
    );
    let order = "let log = [];
        let p = new Proxy(function () {}, { get(t, k) { log.push('get ' + String(k)); return k === 'length' ? 7 : k === 'name' ? 'n' : t[k] },
            getPrototypeOf() { log.push('getPrototypeOf'); return null },
            getOwnPropertyDescriptor(t, k) { log.push('own ' + String(k)); return Reflect.getOwnPropertyDescriptor(t, k) } });
        let b = Function.prototype.bind.call(p, null, 1);
        log.push(b.length, b.name, Object.getPrototypeOf(b)); log.join()";
    assert_eq!(
        run(order),
        "getPrototypeOf,own length,get length,get name,6,bound n,"
    );
}

#[test]
fn tags_that_come_and_go() {
    let source = "let toString = Object.prototype.toString, tag = Symbol.toStringTag, r = [];
        class A {} class B extends A {}
        let all = [{}, [], new A, new B, function () {}, 1, 'a', true, null, undefined, new Date(0), /a/, new Error, new Map, Symbol(),
            Object.create(null), (function () { return arguments })(1), new Proxy([], {}), new Uint8Array(1), Math, 1n];
        let show = () => { for (let i = 0; i < 3; i++) for (let o of all) { let t = toString.call(o); if (i === 2) r.push(t.slice(8, -1)) } r.push('|') };
        show();
        A.prototype[tag] = 'A'; all[0][tag] = 'own'; show();
        Object.prototype[tag] = 'all'; show();
        delete A.prototype[tag]; delete all[0][tag]; show();
        Object.prototype[tag] = 5; show();
        delete Object.prototype[tag]; Object.defineProperty(A.prototype, tag, { get() { return this.t }, configurable: true });
        all[2].t = 'got'; show();
        Object.setPrototypeOf(all[3], Array.prototype); all[1].__proto__ = new Map; show();
        r.join(' ')";
    let expected = include_str!("support/tags.txt");
    assert_eq!(run(source), expected.trim_end());
}

#[test]
fn objects_become_primitives() {
    let source = "class A { constructor(v) { this.v = v; } valueOf() { return this.v; } toString() { return `<${this.v}>`; } }
        class B extends A { [Symbol.toPrimitive](hint) { return hint === 'number' ? this.v : hint + this.v; } }
        class C extends A { get valueOf() { return () => this.v + 1; } get [Symbol.toPrimitive]() { return null; } }
        const own = { v: 4, toString() { return 'own'; } };
        const list = [new A(1), new B(2), new C(3), own, [5, 6], new Date(0), new String('s'), (x) => x, Object.create(null)];
        function all(o) {
          const r = [];
          for (const f of [(o) => o + 1, (o) => o * 2, (o) => `${o}`, (o) => +o, (o) => o < 3, (o) => String(o), (o) => o + 'x', (o) => [o, o].join('')])
            try { const v = f(o); r.push(typeof v === 'string' && v.length > 20 ? v.length > 20 : v); } catch (e) { r.push(e.constructor.name); }
          return r.join();
        }
        let text = '';
        for (let round = 0; round < 60; round++) {
          text = list.map(all).join('|');
          if (round === 50) A.prototype.valueOf = function () { return this.v * 10; };
          if (round === 52) B.prototype[Symbol.toPrimitive] = undefined;
          if (round === 54) own.valueOf = () => 40;
          if (round === 56) Object.prototype[Symbol.toPrimitive] = () => 9;
          if (round === 58) Object.prototype[Symbol.toPrimitive] = 1;
        }
        delete Object.prototype[Symbol.toPrimitive];
        text + '|' + list.slice(0, 4).map(all).join('|')";
    let answers = [
        "TypeError,TypeError,TypeError,TypeError,TypeError,TypeError,TypeError,TypeError|",
        "21,40,<2>,20,false,<2>,20x,<2><2>|5,8,<3>,4,false,<3>,4x,<3><3>|",
        "TypeError,TypeError,TypeError,TypeError,TypeError,TypeError,TypeError,TypeError|",
        "TypeError,TypeError,TypeError,TypeError,TypeError,TypeError,TypeError,TypeError|",
        "true,0,true,0,true,true,true,true|",
        "TypeError,TypeError,TypeError,TypeError,TypeError,TypeError,TypeError,TypeError|",
        "TypeError,TypeError,TypeError,TypeError,TypeError,TypeError,TypeError,TypeError|",
        "TypeError,TypeError,TypeError,TypeError,TypeError,TypeError,TypeError,TypeError|",
        "11,20,<1>,10,false,<1>,10x,<1><1>|21,40,<2>,20,false,<2>,20x,<2><2>|5,8,<3>,4,false,<3>,4x,<3><3>|",
        "41,80,own,40,false,own,40x,ownown",
    ];
    assert_eq!(run(source), answers.concat());
}
