//! Goals other than scripts, and what scope analysis promises to the compiler.

use sarus_parser::ast::{ExprKind, FunctionBody, ImportName, StmtKind};
use sarus_parser::names::utf16_to_wtf8;
use sarus_parser::scope::BindingKind;
use sarus_parser::{
    Bump, DynamicFunctionKind, EvalContext, Goal, Name, Options, Parsed, parse,
    parse_dynamic_function,
};

fn message(source: &str, goal: Goal) -> String {
    let arena = Bump::new();
    let options = Options {
        goal,
        ..Options::default()
    };
    match parse(&arena, source.as_bytes(), &options) {
        Ok(_) => String::from("OK"),
        Err(error) => error.message,
    }
}

fn eval(source: &str, context: EvalContext) -> String {
    message(source, Goal::Eval(context))
}

#[test]
fn eval_contexts() {
    let none = EvalContext::default();
    let all = EvalContext {
        in_function: true,
        in_method: true,
        in_derived_constructor: true,
        ..none
    };
    assert_eq!(eval("new.target", all), "OK");
    assert_eq!(eval("super.x; super(); () => super.y", all), "OK");
    assert_eq!(
        eval("new.target", none),
        "new.target expression is not allowed here"
    );
    assert_eq!(eval("super.x", none), "'super' keyword unexpected here");
    assert_eq!(
        eval("function f() { super.x }", all),
        "'super' keyword unexpected here"
    );
    let field = EvalContext {
        in_class_field: true,
        ..all
    };
    assert_ne!(eval("() => arguments", field), "OK");
    assert_eq!(eval("function f() { arguments }", field), "OK");
    let strict = EvalContext {
        strict: true,
        ..none
    };
    assert_eq!(
        eval("with (a) b", strict),
        "Strict mode code may not include a with statement"
    );
    let arena = Bump::new();
    let options = Options {
        goal: Goal::Eval(none),
        private_names: &["#p"],
        ..Options::default()
    };
    assert!(parse(&arena, b"a.#p; #p in a", &options).is_ok());
    assert!(parse(&arena, b"a.#q", &options).is_err());
}

fn dynamic(parameters: &str, body: &str) -> Result<String, String> {
    let arena = Bump::new();
    let kind = DynamicFunctionKind::AsyncGenerator;
    let options = Options::default();
    parse_dynamic_function(
        &arena,
        kind,
        parameters.as_bytes(),
        body.as_bytes(),
        &options,
    )
    .map(|parsed| String::from_utf8_lossy(parsed.source).into_owned())
    .map_err(|error| error.message)
}

#[test]
fn dynamic_functions() {
    assert_eq!(
        dynamic("a, b", "yield await a; //"),
        Ok(String::from(
            "async function* anonymous(a, b\n) {\nyield await a; //\n}"
        ))
    );
    assert!(dynamic("a = 1, {b}, ...c", "return b").is_ok());
    assert!(dynamic("/*", "*/){").is_err());
    assert!(dynamic("a){}, function(", "").is_err());
    assert!(dynamic("", "}, function() {").is_err());
    assert!(dynamic("a //", "").is_ok());
    assert!(dynamic("a = 1", "'use strict'").is_err());
    assert!(dynamic("", "super.x").is_err());
}

#[test]
fn lone_surrogates_survive() {
    let mut units: Vec<u16> = "x = '".encode_utf16().collect();
    units.extend([0xD800, 0x41, 0xDC00]);
    units.extend("' + '\\uD83D\\uDE00\\uDE00'".encode_utf16());
    let source = utf16_to_wtf8(&units);
    let arena = Bump::new();
    let parsed = parse(&arena, &source, &Options::default()).expect("it parses");
    let lone = utf16_to_wtf8(&[0xD800, 0x41, 0xDC00]);
    assert!(parsed.names.lookup(&lone).is_some());
    let joined = utf16_to_wtf8(&[0xD83D, 0xDE00, 0xDE00]);
    let name = parsed.names.lookup(&joined).expect("the cooked string");
    assert_eq!(parsed.names.utf16(name), [0xD83D, 0xDE00, 0xDE00]);
}

fn with_parsed(source: &str, goal: Goal, check: impl FnOnce(&Parsed<'_>)) {
    let arena = Bump::new();
    let options = Options {
        goal,
        ..Options::default()
    };
    match parse(&arena, source.as_bytes(), &options) {
        Ok(parsed) => check(&parsed),
        Err(error) => panic!("{}", error.render("test.js", source.as_bytes())),
    }
}

#[test]
fn module_tables() {
    let source = "import a, * as n from 'm'; import { b as c } from 'k' with { type: 'json' };
        export { a, c as d, n }; export let x = 1; export default function () {}
        export * from 'm'; export * as all from 'm'; await x;";
    with_parsed(source, Goal::Module, |parsed| {
        let module = parsed.program.module.expect("a module");
        assert_eq!(module.requests.len(), 2);
        assert_eq!(module.imports.len(), 3);
        assert_eq!(module.indirect_exports.len(), 3);
        assert_eq!(module.star_exports.len(), 1);
        assert!(module.has_top_level_await);
        let locals: Vec<_> = module
            .local_exports
            .iter()
            .map(|export| parsed.names.text(export.exported).into_owned())
            .collect();
        assert_eq!(locals, ["n", "x", "default"]);
        assert!(
            module
                .indirect_exports
                .iter()
                .any(|export| export.imported == ImportName::Namespace)
        );
    });
}

/// Names of the bindings whose uses somewhere need a check for initialization.
fn checked(source: &str) -> Vec<String> {
    let mut names = Vec::new();
    with_parsed(source, Goal::Script, |parsed| {
        for binding in &parsed.scopes.bindings {
            if binding.maybe_uninitialized {
                names.push(parsed.names.text(binding.name).into_owned());
            }
        }
    });
    names
}

#[test]
fn initialization_checks() {
    assert!(
        checked("{ let a = 1; a; (() => a)(); class C { m() { a; C; } } new C(); }").is_empty()
    );
    assert_eq!(checked("{ a; let a = 1; }"), ["a"]);
    assert_eq!(checked("{ let a = a; }"), ["a"]);
    assert_eq!(checked("{ let a = () => a; }"), ["a"]);
    assert_eq!(checked("{ f(); let a = 1; function f() { a; } }"), ["a"]);
    assert_eq!(
        checked("{ let a = 1; function f() { return () => a; } }"),
        ["a"]
    );
    assert_eq!(
        checked("switch (1) { case 0: let a = 1; case 1: a; }"),
        ["a"]
    );
    assert_eq!(checked("for (let a of a) ;"), ["a"]);
    assert!(checked("for (let a of b) a;").is_empty());
    assert_eq!(checked("(class C { [C.x]() {} })"), ["C"]);
    assert!(checked("(class C { static x = C; static { C; } })").is_empty());
    assert_eq!(checked("function f(a = b, b) {}"), ["b"]);
    assert!(checked("function f(a, b = a) { return () => a + b; }").is_empty());
}

/// Kinds of the bindings of the program's scope.
fn program_bindings(source: &str) -> Vec<(String, BindingKind, bool)> {
    let mut found = Vec::new();
    with_parsed(source, Goal::Script, |parsed| {
        for (_, binding) in parsed.scopes.bindings_of(parsed.program.scope) {
            let name = parsed.names.text(binding.name).into_owned();
            found.push((name, binding.kind, binding.annex_b));
        }
    });
    found
}

#[test]
fn annex_b_functions() {
    let hoisted = (String::from("f"), BindingKind::Var, true);
    assert_eq!(
        program_bindings("{ function f() {} }"),
        std::slice::from_ref(&hoisted)
    );
    assert_eq!(
        program_bindings("{{ function f() {} }}"),
        std::slice::from_ref(&hoisted)
    );
    assert_eq!(
        program_bindings("try {} catch (f) { { function f() {} } }"),
        [hoisted]
    );
    assert!(program_bindings("'use strict'; { function f() {} }").is_empty());
    assert!(program_bindings("{ { function f() {} } let f; }").is_empty());
    assert!(program_bindings("{ async function f() {} }").is_empty());
    assert!(program_bindings("try {} catch ([f]) { { function f() {} } }").is_empty());
    assert_eq!(program_bindings("let f; { function f() {} }").len(), 1);
}

#[test]
fn implicit_bindings() {
    let source = "function f() { return () => () => this + arguments[0]; }";
    with_parsed(source, Goal::Script, |parsed| {
        let StmtKind::Function(declaration) = parsed.program.body[0].kind else {
            panic!("a function");
        };
        let function = declaration.function;
        assert!(function.flags.uses_this() && function.flags.uses_arguments());
        for name in [Name::THIS, Name::ARGUMENTS] {
            let binding = parsed.scopes.find(function.scope, name).expect("implicit");
            assert!(parsed.scopes.binding(binding).captured);
        }
        let FunctionBody::Block(body) = function.body else {
            panic!("a block");
        };
        let StmtKind::Return(Some(value)) = body[0].kind else {
            panic!("a return");
        };
        assert!(matches!(value.kind, ExprKind::Function(arrow) if arrow.flags.is_arrow()));
    });
    with_parsed(
        "(function (arguments) { arguments })",
        Goal::Script,
        |parsed| {
            let scopes = &parsed.scopes;
            let kinds = scopes.bindings.iter().map(|binding| binding.kind);
            assert_eq!(kinds.collect::<Vec<_>>(), [BindingKind::Parameter]);
        },
    );
}

#[test]
fn dynamic_resolution() {
    with_parsed(
        "function f(a) { with (a) { b; a; } eval(''); }",
        Goal::Script,
        |parsed| {
            let dynamic = parsed
                .scopes
                .scopes
                .iter()
                .filter(|scope| scope.dynamic_lookup);
            assert_eq!(dynamic.count(), 3);
            assert!(
                parsed
                    .scopes
                    .bindings
                    .iter()
                    .all(|binding| binding.captured)
            );
        },
    );
}
