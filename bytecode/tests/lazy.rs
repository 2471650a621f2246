//! Functions compiled at their first call get the code they would have got at load.

use sarus_bytecode::{
    CodeBlock, CompileOptions, Features, SourceText, compile_lazy, compile_module, compile_script,
    lazy_check,
};
use std::path::Path;
use std::sync::Arc;

fn compile(text: &str, module: bool, lazy: bool) -> Arc<CodeBlock> {
    let features = if text.starts_with("// --harmony-decorators") {
        Features::all()
    } else {
        Features::NONE
    };
    let source = SourceText::with_features(text.as_bytes(), "test.js", features);
    let options = CompileOptions {
        completion: false,
        lazy,
    };
    let result = if module {
        compile_module(&source, options)
    } else {
        compile_script(&source, options)
    };
    result.unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// Compares both ways; the number of functions that waited.
fn check(text: &str, module: bool) -> usize {
    let waited = lazy_check::compare(&compile(text, module, false), &compile(text, module, true));
    waited.unwrap_or_else(|difference| panic!("{difference}\n{text}"))
}

#[test]
fn the_cases_are_the_same() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut waited = 0;
    for entry in std::fs::read_dir(folder).expect("readable folder") {
        let path = entry.expect("readable folder").path();
        let name = path.to_string_lossy().into_owned();
        if !name.ends_with(".js") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("readable case");
        if !text.starts_with("// eval") {
            waited += check(&text, name.ends_with(".module.js"));
        }
    }
    assert!(waited > 50, "{waited} functions waited");
}

#[test]
fn what_the_surroundings_allow_is_kept() {
    for text in [
        // Variables: captured, global, imported by name only, through blocks, loops, `catch`, `switch`.
        "let a = 1; var b; function f(x) { let c = x; return function g() { return a + b + c + x + d } }",
        "function f() { for (let i = 0; i < 3; i++) { let j = i; try { q } catch (e) { h(() => [i, j, e]) } } }",
        "function f(x) { switch (x) { case 0: let y; case 1: return function () { return y } } }",
        // Uninitialized variables: before, after, and in functions that are hoisted.
        "{ h(function () { return a }); let a = 1; h(function () { return a; }); function k() { return a } }",
        "function f() { g(() => C); class C { m() { return C } static s = () => C; [k()]() { return C } } return () => C }",
        "function f(a = () => b, b = () => a, c = function n() { return n }) { return () => [a, b, c] }",
        // `this`, `arguments`, `super`, `new.target` of the functions around.
        "function f() { return () => () => [this, arguments, new.target] }",
        "class A extends B { constructor() { const g = () => super(); g(); return () => super.x } }",
        "class A { #p = 1; #m() {} static #s; get #g() { return 1 } m() { return x => [x.#p, x.#m, A.#s, #g in x] } }",
        "class A { x = () => this.y; static y = function () { return this }; ['k' + 1] = function () {}; static { f(() => this) } }",
        "let o = { m() { return () => super.m() }, get g() { return super.g }, async *a() { yield* super.a() } };",
        // Names of functions.
        "let f = function () {}, g = () => {}, h = class { static m() {} }; ({ k: function () {}, ['l']: () => {}, get m() {}, set m(v) {} });",
        "(function () { h(function fact(n) { return n ? n * fact(n - 1) : () => fact }) })()",
        // Kinds of functions and their parameters.
        "async function a() { await 0; h(async x => await x) } function* g() { yield () => 1 } async function* ag() { yield await 1 }",
        "function f(a, { b, c: [d] }, ...rest) { return arguments.length + rest.length + (() => a + b + d) }",
        "function f(a, a) { arguments[0] = 1; return () => a }",
        // Lookups by name.
        "function f(o, u) { with (o) { h(function () { return u + v }) } eval('1'); return () => u + w }",
        "function f() { eval('var x'); { let y; return function () { return x + y + eval('y') } } }",
        "function f() { 'use strict'; return function () { eval('1'); return this } }",
        // Words that mean something only in some places.
        "var yield_, await; function f() { return await + (await => await) + async(await) }",
        "function* g() { h(function () { var yield; yield = 1 }) }",
        "for (var x = (y => y in z); ;) break; for (var x = y => { y in z }; ;) break",
        "label: for (;;) { h(() => { label: for (;;) break label }); break label }",
        "function f(undefined) { return () => undefined } function g() { return undefined }",
        // Called at once, and not.
        "!function (a, b) { b(function () {}) }(1, function (c) { return () => c }); new function () { this.x = () => 1 }",
        "((a, b) => { return function () { return a } })(1); (function () {}()); (async () => { await 1 })()",
    ] {
        check(text, false);
        check(&format!("(function () {{ {text} }})"), false);
        check(&format!("function outer() {{ {text} }}"), false);
    }
    for text in [
        "import { a as b } from 'm'; export let c = () => b; export default function () { return c } function d() { return [b, c, import.meta] }",
        "export * as ns from 'm'; import * as ns2 from 'm'; const k = await 1; export const f = async () => { for await (const x of ns2) h(() => x + k) }",
    ] {
        check(text, true);
    }
}

#[test]
fn functions_called_at_once_do_not_wait() {
    for (text, waiting) in [
        ("(function () {})()", 0),
        ("(() => {})()", 0),
        ("!function () {}()", 0),
        ("(function (g) {})(this, function (x) {})", 0),
        ("h(function () {})", 1),
        ("function f() {}", 1),
        ("let f = () => 1", 1),
    ] {
        let code = compile(text, false, true);
        let found = code.functions.iter().filter(|f| f.lazy.is_some()).count();
        assert_eq!(found, waiting, "{text}");
    }
}

#[test]
fn deep_nesting_is_parsed_a_bounded_number_of_times() {
    let depth = 200;
    let padding = "x".repeat(400);
    let text = format!(
        "{}{}",
        format!("function f() {{ '{padding}';").repeat(depth),
        "}".repeat(depth)
    );
    let mut code = compile(&text, false, true);
    let mut parses = 0;
    while let Some(inner) = code.functions.first() {
        code = match compile_lazy(inner, 1 << 20) {
            Ok(Some(compiled)) => {
                parses += 1;
                compiled
            }
            _ => inner.clone(),
        };
    }
    assert_eq!(parses, 3);
}

#[test]
fn too_little_stack_is_an_error_that_passes() {
    let code = compile("function f() { return [[[[1]]]] }", false, true);
    let inner = &code.functions[0];
    assert!(compile_lazy(inner, 64).is_err());
    assert!(compile_lazy(inner, 1 << 20).is_ok());
}

#[test]
fn chains_of_scopes_are_dropped_without_recursion() {
    let depth = 2_000;
    let text = format!(
        "{}h(() => a){}",
        "{ let a; h(() => a); ".repeat(depth),
        "}".repeat(depth)
    );
    drop(compile(&text, false, true));
}
