//! Functions that are compiled at their first call behave as if they had been compiled at load.

use sarus_runtime::abstract_ops::to_string;
use sarus_runtime::agent::{Agent, AgentOptions};
use sarus_runtime::script::evaluate_script;

fn agent(lazy: bool, gc_stress: Option<u32>) -> Box<Agent> {
    let mut options = AgentOptions {
        lazy,
        ..AgentOptions::default()
    };
    options.heap.gc_stress = gc_stress;
    options.heap.verify = gc_stress.is_some();
    let mut agent = Agent::new(options);
    sarus_interp::install(&mut agent).expect("the stack can be reserved");
    agent
}

fn run_in(agent: &mut Agent, source: &str) -> String {
    let result = evaluate_script(agent, source.as_bytes(), "test.js");
    let value = result.unwrap_or_else(|_| agent.take_exception().expect("no fault"));
    to_string(agent, value)
        .expect("a primitive or an error")
        .to_rust_string(agent)
}

/// Runs a program in all ways, which must agree.
fn run(source: &str) -> String {
    let eager = run_in(&mut agent(false, None), source);
    for stress in [None, Some(5)] {
        let lazy = run_in(&mut agent(true, stress), source);
        assert_eq!(eager, lazy, "{source}");
    }
    eager
}

#[test]
fn arguments_reach_a_function_compiled_by_the_call() {
    let source = "function f(a, b = 2, ...rest) { return [a, b, rest.join(), arguments.length].join('|') }
        function g() { arguments[0]++; return arguments[0] + ':' + arguments.length }
        function h(a) { arguments[0] = 7; return a }
        let bound = function (a, b, c) { return [this.x, a, b, c, arguments.length].join() }.bind({ x: 1 }, 2);
        [f(1), g(1, 2, 3), h(1), bound(3, 4, 5, 6), f(...[1, 2, 3, 4])].join(' ')";
    assert_eq!(run(source), "1|2||1 2:3 7 1,2,3,4,5 1|2|3,4|4");
}

#[test]
fn constructors_generators_and_async_functions_start_lazily() {
    let source = "class A { constructor(x) { this.x = x; this.f = () => this.x } static s = () => 5 }
        class B extends A { constructor(y) { const g = () => super(y); g(); this.y = y } m() { return super.constructor.name } }
        function F(a) { this.a = a; this.b = 1; this.c = 2 }
        function* g(n) { while (n--) yield () => n }
        let log = []; async function a(x) { log.push(await x) } a(1);
        let b = new B(3);
        [b.x, b.y, b.m(), b.f(), A.s(), JSON.stringify(new F(9)), [...g(2)].map(f => f()).join()].join(' ')";
    assert_eq!(run(source), "3 3 A 3 5 {\"a\":9,\"b\":1,\"c\":2} -1,-1");
}

#[test]
fn what_can_be_seen_of_a_function_does_not_wait() {
    let source = "function f(a, b, c = 1) { 'text'; return 1 }
        let o = { get x() { return 1 }, ['k' + 1](a) {}, async *g() {} };
        let d = Object.getOwnPropertyDescriptor(o, 'x').get;
        [f.length, f.name, f.toString(), o.k1.name, d.name, d.toString(), o.g.toString(), 'prototype' in o.k1, 'prototype' in f].join('#')";
    assert_eq!(
        run(source),
        "2#f#function f(a, b, c = 1) { 'text'; return 1 }#k1#get x#get x() { return 1 }#async *g() {}#false#true"
    );
}

#[test]
fn positions_and_errors_are_those_of_the_source() {
    let source = "function f() {\n  return null.x;\n}\nlet s; try { f() } catch (e) { s = e.stack } s.split('\\n')[1].trim()";
    assert_eq!(run(source), "at f (test.js:2:15)");
}

#[test]
fn early_errors_of_functions_never_called_are_reported_at_load() {
    for source in [
        "function f() { let a; let a }",
        "x => { break }",
        "(class { m() { this.#p } })",
        "function f() { 'use strict'; with (a) {} }",
    ] {
        assert!(run(source).starts_with("SyntaxError"), "{source}");
    }
}

#[test]
fn a_stack_overflow_at_a_first_call_can_be_caught_and_passes() {
    let source = "let message;
        function deep() { try { deep() } catch (e) { message ??= e.message; last(e); throw e } }
        function last(e) { let a = [e, e]; return a.length }
        try { deep() } catch (e) {} [message, last(1)].join()";
    assert_eq!(
        run_in(&mut agent(true, None), source),
        "Maximum call stack size exceeded,2"
    );
}

#[test]
fn functions_that_are_not_called_are_not_compiled() {
    let mut agent = agent(true, None);
    run_in(
        &mut agent,
        "function f() { return 1 } function g() { return 2 } (() => 1)(); f(); f()",
    );
    let counts = agent.code_counts;
    assert_eq!(counts.functions, 4);
    assert_eq!(counts.compiled_at_load, 2);
    assert_eq!(counts.compiled_later, 1);
}
