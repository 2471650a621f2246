//! Elements that are inherited, in every mode of the optimizing tier: all must agree.

#[path = "support/modes.rs"]
mod modes;

use modes::run;
use sarus_runtime::agent::{Agent, AgentOptions};
use sarus_runtime::script::evaluate_script;

/// Whether nothing that arrays and their like inherit from is known to have elements after that, and nothing at all.
fn known_after(source: &str) -> (bool, bool) {
    let mut agent = Agent::new(AgentOptions::default());
    sarus_interp::install(&mut agent).expect("the stack can be reserved");
    assert!(evaluate_script(&mut agent, source.as_bytes(), "test.js").is_ok());
    (
        agent.elements_validity().is_some(),
        agent.all_elements_validity().is_some(),
    )
}

#[test]
fn elements_of_prototypes_of_ordinary_objects_are_no_matter_for_arrays() {
    for source in [
        "let scope = { 1: 'a' }; for (let i = 2; i < 9; i++) { scope = Object.create(scope); scope[i] = i }",
        "function F() {} F.prototype[3] = 1; new F",
        "class A { 1() {} } new A",
        "let o = {}; Object.create(o); o[7] = 7",
        "Object.setPrototypeOf({}, Object.create({ 0: 0 }))",
    ] {
        assert_eq!(known_after(source), (true, false), "{source}");
    }
    assert_eq!(known_after("class A { m() {} } [new A]"), (true, true));
}

#[test]
fn elements_that_arrays_and_their_like_may_inherit_are_noticed() {
    for source in [
        "[]; Array.prototype[3] = 3",
        "[]; Object.prototype[3] = 3",
        "[]; String.prototype[3] = 3",
        "Object.setPrototypeOf([], { 0: 0 })",
        "Object.setPrototypeOf([], Object.create({ 0: 0 }))",
        "let p = {}; Object.setPrototypeOf([], Object.create(p)); p[0] = 0",
        "let p = {}; Object.setPrototypeOf([], p); Object.setPrototypeOf(p, { 0: 0 })",
        "let p = {}, q = Object.create(p); Object.setPrototypeOf([], q); Object.setPrototypeOf(p, Object.create({ 0: 0 }))",
        "class A extends Array { 5() {} } new A",
        "class A extends Array {} new A; A.prototype[5] = 5",
        "function f() { return arguments } Object.setPrototypeOf(f(), { 0: 0 })",
        "let s = new String('a'); Object.setPrototypeOf(s, { 9: 9 })",
        "new String; Object.setPrototypeOf(String.prototype, { 9: 9 })",
        "Object.setPrototypeOf([], new Proxy({}, {}))",
        "Reflect.construct(Array, [], Object.assign(function () {}, { prototype: { 0: 0 } }))",
    ] {
        assert_eq!(known_after(source), (false, false), "{source}");
    }
}

/// Loads of absent elements, stores to them, `push`, spreading and `in`, warm and then with `change` made.
fn around(change: &str) -> String {
    let source = "let holes = [1, , 3], plain = { 0: 'zero', 2: 'two' }, list = [], r = [];
        class Sub extends Array {}
        let sub = new Sub; sub.push(1); sub.length = 3;
        let scope = Object.create({ 1: 'one' });
        function load(o, i) { return o[i] }
        function loadPlain(o, i) { return o[i] }
        function loadText(s, i) { return s[i] }
        function fill(i) { let a = [, , 3]; a[i] = i; return a }
        function push(a, v) { return a.push(v) }
        function count() { return arguments.length }
        function pass(a) { return count.apply(null, a) }
        function all() {
            return [load(holes, 1), load(holes, 5), load(sub, 1), load(sub, 9), loadPlain(plain, 1), loadPlain(scope, 1), loadPlain(scope, 4),
                loadText('ab', 1), loadText('ab', 2), fill(1), push(list, 1) - list.length, pass(holes), 1 in holes, 1 in plain].join();
        }
        for (let i = 0; i < 300; i++) { all(); list.length = 0 }
        r.push(all());\n";
    let after = "\nfor (let i = 0; i < 300; i++) { all(); list.length = 0 }
        r.push(all());
        r.join(';')";
    run(&format!("{source}{change}{after}"))
}

#[test]
fn what_is_inherited_is_found_after_a_change() {
    let before = ",,,,,one,,b,,,1,3,0,3,false,false";
    for (change, after) in [
        ("Object.create({ 1: 'x' })", before),
        ("Object.create(plain)[5] = 5", before),
        (
            "Array.prototype[1] = 'A'",
            "A,,A,,,one,,b,,,1,3,0,3,true,false",
        ),
        (
            "Object.prototype[1] = 'O'",
            "O,,O,,O,one,,b,,,1,3,0,3,true,true",
        ),
        (
            "String.prototype[2] = 'S'",
            ",,,,,one,,b,S,,1,3,0,3,false,false",
        ),
        (
            "Sub.prototype[1] = 'B'",
            ",,B,,,one,,b,,,1,3,0,3,false,false",
        ),
        (
            "Object.setPrototypeOf(holes, { 1: 'P', __proto__: Array.prototype })",
            "P,,,,,one,,b,,,1,3,0,3,true,false",
        ),
        (
            "Object.setPrototypeOf(plain, { 1: 'Q' })",
            ",,,,Q,one,,b,,,1,3,0,3,false,true",
        ),
        (
            "Object.setPrototypeOf(Sub.prototype, Object.create({ 9: 'N' }))",
            ",,,N,,one,,b,,,1,3,0,3,false,false",
        ),
        (
            "Object.getPrototypeOf(scope)[4] = 'four'",
            ",,,,,one,four,b,,,1,3,0,3,false,false",
        ),
    ] {
        assert_eq!(around(change), format!("{before};{after}"), "{change}");
    }
}

#[test]
fn setters_of_inherited_elements_are_called() {
    let source = "let log = [];
        function fill(a, i) { a[i] = i; return a.length }
        function push(a, v) { a.push(v); return a.length }
        for (let i = 0; i < 300; i++) { fill([, , 1], 1); push([], i) }
        let setter = { set 1(v) { log.push('s' + v) }, set 0(v) { log.push('p' + v) }, __proto__: Array.prototype };
        for (let i = 0; i < 50; i++) Object.create(setter)[1] = 'o';
        let a = [, , 1], b = [];
        Object.setPrototypeOf(a, setter); Object.setPrototypeOf(b, setter);
        log.length = 0;
        [fill(a, 1), 1 in Object.keys(a), push(b, 'x'), Object.keys(b).length, log.join()].join()";
    assert_eq!(run(source), "3,false,1,0,s1,px");
}

/// Parts of arrays of all kinds, and strings of code points.
#[test]
fn slices() {
    assert_eq!(run(include_str!("support/slices.js")), "5592 1634828450");
}
