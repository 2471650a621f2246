//! Programs run through the interpreter: what the dispatch loop, the caches and the frames must get right.

use sarus_runtime::abstract_ops::to_string;
use sarus_runtime::agent::{Agent, AgentOptions};
use sarus_runtime::script::evaluate_script;

fn agent(gc_stress: Option<u32>) -> Box<Agent> {
    let mut options = AgentOptions::default();
    options.heap.gc_stress = gc_stress;
    options.heap.verify = gc_stress.is_some();
    let mut agent = Agent::new(options);
    sarus_interp::install(&mut agent).expect("the stack can be reserved");
    agent
}

fn run_in(agent: &mut Agent, source: &str) -> String {
    match evaluate_script(agent, source.as_bytes(), "test.js") {
        Ok(v) => {
            agent.run_jobs().expect("no job throws");
            to_string(agent, v)
                .expect("a primitive")
                .to_rust_string(agent)
        }
        Err(_) => {
            let e = agent.take_exception().expect("no fault");
            let text = to_string(agent, e).expect("errors have a text");
            format!("threw {}", text.to_rust_string(agent))
        }
    }
}

/// Runs a program plainly and under a collection every few allocations; both must agree.
fn run(source: &str) -> String {
    let plain = run_in(&mut agent(None), source);
    let stressed = run_in(&mut agent(Some(7)), source);
    assert_eq!(
        plain, stressed,
        "a collection changed the result of {source}"
    );
    plain
}

#[test]
fn recursion_ends_in_a_range_error() {
    let source = "let depth = 0;
        function f() { depth++; f(); }
        let message; try { f() } catch (e) { message = e instanceof RangeError && e.message }
        (depth > 10000) + ' ' + message";
    assert_eq!(
        run_in(&mut agent(None), source),
        "true Maximum call stack size exceeded"
    );
}

#[test]
fn native_recursion_ends_in_a_range_error() {
    let source = "let o = { get x() { return [1].map(() => this.x) } };
        try { o.x; 'no' } catch (e) { e.message }";
    assert_eq!(
        run_in(&mut agent(None), source),
        "Maximum call stack size exceeded"
    );
}

#[test]
fn exceptions_unwind_through_native_frames() {
    let source = "function f(x) { try { return [1, 2, 3].map(y => { if (y === x) throw 'at ' + y; return y }).join() }
            finally { log.push(x) } }
        const log = []; let out = [];
        for (const x of [2, 9]) { try { out.push(f(x)) } catch (e) { out.push(e) } }
        out.join(';') + '|' + log";
    assert_eq!(run(source), "at 2;1,2,3|2,9");
}

#[test]
fn caches_see_changes_of_prototypes() {
    let source = "class A { m() { return 'a' } get g() { return 'g' } }
        class B extends A {}
        const b = new B(), out = [];
        const read = o => o.m() + o.g + o.n;
        for (let i = 0; i < 5; i++) {
            out.push(read(b));
            if (i === 0) A.prototype.n = 1;
            if (i === 1) B.prototype.m = () => 'b';
            if (i === 2) Object.defineProperty(A.prototype, 'g', { get: () => 'h' });
            if (i === 3) Object.setPrototypeOf(B.prototype, { n: 2, get g() { return 'k' } });
        }
        out.join()";
    assert_eq!(run(source), "agundefined,ag1,bg1,bh1,bk2");
}

#[test]
fn caches_go_polymorphic_and_megamorphic() {
    let source = "const get = o => o.x, set = (o, v) => { o.x = v; return o };
        let sum = 0;
        for (let round = 0; round < 4; round++)
            for (let i = 0; i < 9; i++) {
                const o = { ['k' + i]: i, x: i };
                sum += get(set(o, i + round)) + Object.keys(o).length;
            }
        sum";
    assert_eq!(run(source), "270");
}

#[test]
fn stores_respect_setters_and_readonly_prototypes() {
    let source = "'use strict';
        const seen = [];
        function P() {}
        const put = (o, v) => { try { o.x = v } catch (e) { seen.push(e.constructor.name) } return Object.hasOwn(o, 'x') };
        const out = [put(new P(), 1), put(new P(), 2)];
        Object.defineProperty(P.prototype, 'x', { set(v) { seen.push(v) }, configurable: true });
        out.push(put(new P(), 3));
        Object.defineProperty(P.prototype, 'x', { value: 0, writable: false });
        out.push(put(new P(), 4));
        out.join() + '|' + seen";
    assert_eq!(run(source), "true,true,false,false|3,TypeError");
}

#[test]
fn array_iteration_notices_a_changed_protocol() {
    let source =
        "const sum = a => { let s = 0; for (const x of a) s += x; return s + Math.max(...a) };
        const out = [sum([1, 2]), sum([1, 0, 2].concat([2]))];
        const original = Array.prototype[Symbol.iterator];
        Array.prototype[Symbol.iterator] = function* () { yield 10; yield 20 };
        out.push(sum([1, 2]));
        Array.prototype[Symbol.iterator] = original;
        out.push(sum([1, 2]));
        const next = Object.getPrototypeOf([][Symbol.iterator]());
        const real = next.next;
        next.next = function () { const r = real.call(this); if (!r.done) r.value *= 2; return r };
        out.push(sum([1, 2]));
        out.join()";
    assert_eq!(run(source), "5,7,50,5,10");
}

#[test]
fn generators_keep_their_frames() {
    let source = "function* walk(n, depth) { try { if (depth) { yield* walk(n * 2, depth - 1); const x = yield n;
            if (x) yield x; yield* walk(n * 2 + 1, depth - 1) } } finally { closed++ } }
        let closed = 0, out = [];
        for (const x of walk(1, 3)) { out.push(x); if (x === 5) break }
        const g = walk(7, 1); g.next(); out.push(g.next('sent').value, g.return('r').value, g.next().done);
        out.join() + '|' + closed";
    assert_eq!(run(source), "4,2,5,sent,r,true|9");
}

#[test]
fn await_orders_jobs() {
    let source = "globalThis.log = [];
        (async () => { log.push(1); await null; log.push(4); try { await Promise.reject('no') } catch (e) { log.push(e) } })();
        (async () => { log.push(2); for await (const x of [5, Promise.resolve(6)]) log.push(x) })();
        async function* g() { yield 'a'; yield 'b' }
        (async () => { for await (const x of g()) log.push(x) })();
        log.push(3); 0";
    let mut agent = agent(Some(11));
    run_in(&mut agent, source);
    assert_eq!(run_in(&mut agent, "log.join()"), "1,2,3,4,no,5,a,6,b");
}

#[test]
fn dynamic_scopes() {
    let source = "function f(o) { with (o) { x = 5; var y = x + 1; eval('var z = y + 1; x = z') } return [o.x, y, z, typeof q] }
        function g(a) { eval('var a = 2; function h() { return a }'); return a + h() }
        f({ x: 1 }).join() + '|' + g(1) + '|' + (0, eval)('typeof f')";
    assert_eq!(run(source), "7,6,7,undefined|4|function");
}

#[test]
fn classes_and_private_elements() {
    let source = "class A { #p = 1; static #n = 0; #m() { return this.#p } get v() { return this.#m() } set v(x) { this.#p = x }
            static make() { A.#n++; return new this } static has(o) { return #p in o } static get n() { return A.#n } }
        class B extends A { f = super.v + 1; constructor() { const t = () => super(); t(); this.v += 10 } }
        const b = B.make(); A.make();
        [b.v, b.f, A.n, A.has(b), A.has({})].join()";
    assert_eq!(run(source), "11,2,2,true,false");
}

#[test]
fn messages_name_the_callee() {
    for (source, message) in [
        (
            "var o = {}; o.foo()",
            "threw TypeError: o.foo is not a function",
        ),
        (
            "undefined.x",
            "threw TypeError: Cannot read properties of undefined (reading 'x')",
        ),
        (
            "null.x = 1",
            "threw TypeError: Cannot set properties of null (setting 'x')",
        ),
        ("q", "threw ReferenceError: q is not defined"),
        (
            "q; let q",
            "threw ReferenceError: Cannot access 'q' before initialization",
        ),
        (
            "const c = 1; c = 2",
            "threw TypeError: Assignment to constant variable.",
        ),
        (
            "class A {} A()",
            "threw TypeError: Class constructor A cannot be invoked without 'new'",
        ),
        (
            "var n = 5; for (var x of n);",
            "threw TypeError: n is not iterable",
        ),
        (
            "var n = {}; new n.m",
            "threw TypeError: n.m is not a constructor",
        ),
        (
            "var {a} = undefined",
            "threw TypeError: Cannot destructure property 'a' of 'undefined' as it is undefined.",
        ),
    ] {
        assert_eq!(run(source), message, "{source}");
    }
}

#[test]
fn stack_traces_name_functions_and_positions() {
    let source = "function inner() { return new Error('x').stack }\nfunction outer() { return inner() }\nouter().split('\\n').slice(1, 3).join()";
    let trace = run_in(&mut agent(None), source);
    assert!(
        trace.contains("at inner (test.js:1:") && trace.contains("at outer (test.js:2:"),
        "{trace}"
    );
}

#[test]
fn order_of_effects_in_the_library() {
    // The prototype is looked up only when the text has been parsed.
    let source = "let looked = false;
        const target = Object.defineProperty(function () {}.bind(), 'prototype', {
            get() { looked = true; return null }
        });
        const kinds = [Function, async function () {}.constructor, function* () {}.constructor,
            async function* () {}.constructor];
        kinds.map(f => { try { Reflect.construct(f, ['@'], target) } catch (e) { return e.name } }).join() + looked";
    assert_eq!(
        run(source),
        "SyntaxError,SyntaxError,SyntaxError,SyntaxErrorfalse"
    );
    // What a set had at the start is what is asked for.
    let source = "const set = new Set([1, 2, 3]), asked = [];
        set.difference({ size: 9, has(v) { asked.push(v); set.clear(); set.add(4); return v < 3 }, keys() {} });
        const rest = new Set([1, 2, 3]).difference({ size: 9, has: v => v < 3, keys() {} });
        asked.join() + ' ' + [...rest]";
    assert_eq!(run(source), "1,2,3 3");
    // The length of the buffer is read before the length of the view is converted.
    let source = "const buffer = new ArrayBuffer(16);
        try { new DataView(buffer, 8, { valueOf() { buffer.transfer(); return 8 } }) } catch (e) { e.name }";
    assert_eq!(run(source), "TypeError");
}

#[test]
fn calls_are_no_targets_in_patterns() {
    for source in [
        "[f() = 1] = []",
        "[(f()) = 1] = []",
        "({ a: f() = 1 } = {})",
        "[f()] = []",
    ] {
        let result = run(&format!(
            "try {{ eval({source:?}) }} catch (e) {{ e.name }}"
        ));
        assert_eq!(result, "SyntaxError", "{source}");
    }
}

#[test]
fn elements_at_indices_that_double_take_no_memory_for_what_is_between() {
    let source =
        "let flags = {}; for (let i = 0; i < 31; i++) flags[flags['f' + i] = 2 ** i] = 'f' + i;
        let list = []; for (let i = 0; i < 31; i++) list[2 ** i] = i;
        [Object.keys(flags).length, flags[1 << 29], list.length, list[1 << 20]].join()";
    let mut agent = agent(None);
    assert_eq!(run_in(&mut agent, source), "62,f29,1073741825,20");
    assert!(agent.heap.stats().allocated_bytes < 4 << 20);
}

#[test]
fn caches_on_a_chain_are_valid_again_after_its_end_has_changed() {
    let mut agent = agent(None);
    let source = "class A { m() {} } class B extends A {} B.prototype.m; Object.prototype.added = 1; B.prototype";
    let prototype = evaluate_script(&mut agent, source.as_bytes(), "test.js").expect("it runs");
    let prototype = prototype.as_object().expect("an object");
    assert!(agent.validity_cell(prototype).is_valid());
    let before = agent.validity_cell(prototype);
    evaluate_script(&mut agent, b"Object.prototype.more = 1", "test.js").expect("it runs");
    assert!(!before.is_valid());
    assert!(agent.validity_cell(prototype).is_valid());
}

#[test]
fn arguments_objects_are_their_own() {
    let source = "function a() { arguments[0] = 9; return [arguments.length, arguments[0], arguments[5], [...arguments].join()].join('|') }
        function b(x, ...r) { r[0] = 8; arguments[1] = 7; return r.join() + arguments.length + arguments[1] }
        function c() { arguments[3] = 1; delete arguments[0]; arguments.length = 5; return Array.from(arguments).join() }
        function d() { return a.apply(this, arguments) }
        let s = '';
        for (let i = 0; i < 100; i++) s = [a(1, 2, 3), a(), b(1, 2, 3), c(1, 2), d(4, 5), d()].join(';');
        s";
    assert_eq!(run(source), "3|9||9,2,3;0|9||;8,337;,2,,1,;2|9||9,5;0|9||");
}

#[test]
fn functions_of_the_same_text_share_only_their_code() {
    let source = "
        const make = (...args) => new Function(...args);
        const [f, g] = [make('a', 'this.n = a; return () => a++'), make('a', 'this.n = a; return () => a++')];
        f.own = 1;
        const [o, p] = [{}, {}], [x, y] = [f.call(o, 1), g.call(p, 10)];
        x(); y();
        const tag = (t) => t, text = 'return tag`x`';
        globalThis.tag = tag;
        const [s, t] = [make(text), make(text)];
        [f === g, f.prototype === g.prototype, 'own' in g, o.n, p.n, x(), y(), String(f) === String(g), g.name,
         make('a', 'b', 'return 1').length, make('a,b', 'return 1').length, make('a', 'b', 'return 1').length,
         s() === s(), s() === t(), make('return 7')(),
         Object.getPrototypeOf(async function () {}).constructor('return 7') instanceof Function,
         Object.getPrototypeOf(function* () {}).constructor('return 7')().next().value].join()";
    assert_eq!(
        run(source),
        "false,false,false,1,10,2,11,true,anonymous,2,2,2,true,false,7,true,7"
    );
}

#[test]
fn codes_of_texts_go_with_their_realms_and_when_nobody_asks() {
    let mut agent = agent(None);
    let source =
        "for (let i = 0; i < 300; i++) new Function('return ' + i + ';' + ' '.repeat(1000))(); 1";
    assert_eq!(run_in(&mut agent, source), "1");
    let before = agent.heap.stats().live_bytes;
    for _ in 0..5 {
        agent.heap.collect(sarus_gc::CollectReason::Explicit);
    }
    assert!(agent.heap.stats().live_bytes < before.max(1 << 20));
    assert_eq!(run_in(&mut agent, source), "1");
}

#[test]
fn sparse_elements_are_in_order() {
    let source = "
        const a = [], o = {};
        for (let i = 0; i < 2000; i++) { const k = (i * 7919) % 2000 * 50021; a[k] = i; o[k] = i; }
        const keys = Object.keys(a).map(Number);
        let ordered = keys.length === 2000 && Object.keys(o).join() === keys.join();
        for (let i = 1; i < keys.length; i++) ordered &&= keys[i - 1] < keys[i];
        const longest = a.length;
        a.length = 1000 * 50021 + 1;
        Object.defineProperty(a, 7 * 50021, { value: 1, configurable: false });
        const some = [a.length, Object.keys(a).length, a[1000 * 50021], a[1001 * 50021]];
        for (let i = 0; i < 500; i++) a.length--;
        const fewer = [a.length, Object.keys(a).length];
        'use strict';
        try { (() => { 'use strict'; a.length = 3; })(); } catch (e) { fewer.push(e.name); }
        [ordered, longest, some, fewer, a.length, Object.keys(a).length].join()";
    assert_eq!(
        run_in(&mut agent(None), source),
        "true,99991980,50021001,1001,1000,,50020501,1000,TypeError,350148,8"
    );
}
