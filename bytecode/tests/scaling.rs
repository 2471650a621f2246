//! Work grows with the size of the source and no faster: each family of sources is compiled at a size and at eight times that size.
//!
//! Times are the best of several runs, and the bound is generous: linear work gives 8, `n log n` somewhat more, quadratic work 64.

use sarus_bytecode::{CompileOptions, SourceText, compile_module, compile_script};
use std::fmt::Write;
use std::time::{Duration, Instant};

const GROWTH: usize = 8;
const BOUND: f64 = 22.0;

enum Family {
    /// Repeats with a number in it.
    List(&'static str, fn(usize) -> String, &'static str),
    /// Nests; never deeper than the parser's limit.
    Nest(&'static str, &'static str, &'static str),
}

use Family::{List, Nest};

const FAMILIES: &[Family] = &[
    // Nested covers and arrows.
    Nest("x = ", "(", "a"),
    Nest("x = ", "[", "a"),
    Nest("(", "[", "a"),
    Nest("x = ", "(a, b = ", "c"),
    Nest("x = ", "a => ", "b"),
    Nest("x = ", "(a = ", "b"),
    Nest("x = ", "async (a, ", "b"),
    Nest("x = ", "(a) => (", "b"),
    Nest("({ a: ", "{ a: ", "b"),
    Nest("x = ", "{ a: [", "b"),
    Nest("x = ", "`${", "a"),
    Nest("x = ", "!", "a"),
    Nest("x = ", "a ? b : ", "c"),
    Nest("x = ", "function () { return ", "a"),
    Nest("", "{ let a; ", "f(() => a)"),
    Nest("", "a: ", ";"),
    Nest("", "{ function f() {} ", ""),
    Nest("", "if (a) ", "b"),
    Nest("", "try { ", "a()"),
    Nest("x = ", "class extends ", "a"),
    // Chains.
    List("x = a", |_| " + a".into(), ""),
    List("x = ''", |i| format!(" + 's{i}'"), ""),
    List("x = a", |_| " || a && b".into(), ""),
    List("x = a", |i| format!(".b{i}"), ""),
    List("x = a", |_| "()".into(), ""),
    List("x = a", |_| "`t`".into(), ""),
    List("x = a", |_| "?.b?.[c]".into(), ""),
    List("x = a", |_| ", a".into(), ""),
    List("x = `", |i| format!("t{i}${{a}}"), "`"),
    List("x = [", |i| format!("{i}, "), "]"),
    List("x = [", |_| "[a], ".into(), "]"),
    List("[", |i| format!("a{i}, "), "] = x"),
    List("x = {", |i| format!("k{i}: {i}, "), "}"),
    List("x = {", |i| format!("[k{i}]: f(), "), "}"),
    List("({", |i| format!("k{i}, "), "} = x)"),
    List("f(", |i| format!("a{i}, "), ")"),
    // Names and scopes.
    List("", |i| format!("var v{i} = {i};"), ""),
    List("", |i| format!("let v{i} = {i};"), ""),
    List(
        "",
        |i| format!("function f{i}() {{ return f{} }}", i / 2),
        "",
    ),
    List(
        "(function () {",
        |i| format!("function f{i}() {{ return f{} }}", i / 2),
        "})()",
    ),
    List(
        "(function () {",
        |i| format!("let v{i} = () => v{};", i / 2),
        "})()",
    ),
    List("", |i| format!("{{ let a{i}; f(() => a{i}) }}"), ""),
    List("", |i| format!("{{ function g{i}() {{}} }}"), ""),
    List(
        "(function () {",
        |i| format!("{{ function g{i}() {{}} }}"),
        "})()",
    ),
    List("", |i| format!("l{i}: for (;;) {{ break l{i} }}"), ""),
    List("(function (", |i| format!("p{i}, "), ") {})"),
    List(
        "(function (",
        |i| format!("p{i}, "),
        ") { return () => arguments })",
    ),
    List("(function (", |i| format!("p{i}, "), "q = 1) { var p0 })"),
    List("(function () { eval('');", |i| format!("var v{i};"), "})"),
    List("with (o) {", |i| format!("v{i};"), "}"),
    List("f(", |i| format!("x{i} => x{i}, "), ")"),
    // Classes.
    List("class C {", |i| format!("m{i}() {{}} "), "}"),
    List("class C {", |i| format!("f{i} = {i}; "), "}"),
    List("class C {", |i| format!("[k{i}] = {i}; "), "}"),
    List("class C {", |i| format!("#f{i} = {i}; "), "}"),
    List("class C {", |i| format!("#f{i} = this.#f{}; ", i / 2), "}"),
    List(
        "class C {",
        |i| format!("get #a{i}() {{}} set #a{i}(v) {{}} "),
        "}",
    ),
    List("class C {", |i| format!("static {{ var v = {i}; }} "), "}"),
    // Statements.
    List("switch (x) {", |i| format!("case {i}: a(); break; "), "}"),
    List("switch (x) {", |i| format!("case 's{i}': a(); "), "}"),
    List(
        "switch (x) {",
        |i| format!("case {i}: let v{i} = () => v{i}; "),
        "}",
    ),
    List("for (;;) {", |_| "if (a) break; else continue;".into(), "}"),
    List(
        "(function () { try {",
        |_| "if (a) return 1;".into(),
        "} finally { b() } })()",
    ),
    List(
        "",
        |_| "try { a() } catch { b() } finally { c() }".into(),
        "",
    ),
    List("", |_| "/[a-z]+/gu.test(x);".into(), ""),
    List("", |_| "for (const x of y) f(() => x);".into(), ""),
    List("(async function* () {", |_| "yield await x;".into(), "})()"),
    List("", |_| "\"use strict\";".into(), ""),
    List("", |_| "/* comment\n */ // more\n;".into(), ""),
];

const MODULES: &[Family] = &[
    List("", |i| format!("export let v{i} = {i};"), ""),
    List("", |i| format!("import {{ a{i} }} from 'm{i}'; a{i};"), ""),
    List("export {", |i| format!("x as v{i}, "), "}; let x"),
    List(
        "export * from 'm'; import {",
        |i| format!("a{i}, "),
        "} from 'm'",
    ),
];

impl Family {
    fn source(&self, size: usize) -> String {
        match self {
            List(before, item, after) => {
                let mut text = String::from(*before);
                for i in 0..size {
                    text.push_str(&item(i));
                }
                text.push_str(after);
                text
            }
            Nest(before, open, inside) => {
                let mut text = String::from(*before);
                for _ in 0..size {
                    text.push_str(open);
                }
                text.push_str(inside);
                for _ in 0..size {
                    text.extend(closers(open));
                }
                text.extend(closers(before));
                if *open == "try { " {
                    text = text.replace('}', "} catch {} ");
                }
                text
            }
        }
    }

    fn sizes(&self) -> (usize, usize) {
        match self {
            List(..) => (1_000, 1_000 * GROWTH),
            Nest(..) => (60, 60 * GROWTH),
        }
    }

    fn name(&self) -> &'static str {
        match self {
            List(before, ..) => before,
            Nest(_, open, _) => open,
        }
    }
}

/// What closes the brackets of `text` that it leaves open, innermost first.
fn closers(text: &str) -> Vec<char> {
    let mut open = Vec::new();
    for c in text.chars() {
        match c {
            '(' => open.push(')'),
            '[' => open.push(']'),
            '{' => open.push('}'),
            '`' if open.last() == Some(&'`') => {
                open.pop();
            }
            '`' => open.push('`'),
            ')' | ']' | '}' => {
                open.pop();
            }
            _ => {}
        }
    }
    open.reverse();
    open
}

fn time(text: &str, module: bool, lazy: bool) -> Duration {
    let options = CompileOptions {
        completion: false,
        lazy,
    };
    let source = SourceText::new(text.as_bytes(), "scaling.js");
    let start = Instant::now();
    let result = if module {
        compile_module(&source, options)
    } else {
        compile_script(&source, options)
    };
    let time = start.elapsed();
    // Whether it compiles is not the question: an error must come as fast.
    drop(result);
    time
}

fn ratio(family: &Family, module: bool, lazy: bool) -> f64 {
    let (small, large) = family.sizes();
    let (small, large) = (family.source(small), family.source(large));
    let best = |text: &str, runs: u32| {
        let times = (0..runs).map(|_| time(text, module, lazy));
        times.min().unwrap_or_default().as_secs_f64()
    };
    // The smallest sources are dominated by what every compilation costs: that only lowers the ratio.
    best(&large, 5) / best(&small, 20)
}

#[test]
#[cfg_attr(
    debug_assertions,
    ignore = "debug builds verify all code, which takes longer than making it"
)]
fn work_grows_with_the_size_of_the_source() {
    let mut text = String::new();
    let all = FAMILIES.iter().map(|family| (family, false));
    for (family, module) in all.chain(MODULES.iter().map(|family| (family, true))) {
        for lazy in [false, true] {
            // A busy machine may disturb one measurement, hardly four.
            let measured = (0..4).map(|_| ratio(family, module, lazy));
            let ratio = measured
                .take_while(|ratio| *ratio > BOUND)
                .enumerate()
                .last();
            if let Some((3, ratio)) = ratio {
                let example = family.source(3);
                let _ = writeln!(
                    text,
                    "{ratio:.0} for {} lazy={lazy} {example}",
                    family.name()
                );
            }
        }
    }
    assert!(text.is_empty(), "{text}");
}
