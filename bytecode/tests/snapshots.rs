//! Compares the bytecode of `cases/*.js` with the `.bc` file next to each; `UPDATE=1` rewrites those.
//!
//! A file named `*.module.js` is compiled as a module. A file's first line `// eval`, `// eval sloppy-function` or
//! `// eval derived` makes it a direct eval in that place; options of language features in that line are on.

use sarus_bytecode::{
    CodeBlock, CompileOptions, Features, SourceText, compile_eval, compile_module, compile_script,
    disassemble, verify::verify,
};
use sarus_parser::EvalContext;
use std::path::Path;
use std::sync::Arc;

fn compile(path: &Path) -> Arc<CodeBlock> {
    let text = std::fs::read(path).expect("readable case");
    let head = String::from_utf8_lossy(&text)
        .lines()
        .next()
        .unwrap_or_default()
        .to_owned();
    let features = Features::named_in(&head);
    let source = SourceText::with_features(text, path.display().to_string(), features);
    let result = if path.to_string_lossy().ends_with(".module.js") {
        compile_module(&source, CompileOptions::default())
    } else if let Some(place) = head.strip_prefix("// eval") {
        let derived = place.contains("derived");
        let context = EvalContext {
            strict: derived,
            in_function: derived || place.contains("function"),
            in_method: derived,
            in_derived_constructor: derived,
            in_class_field: false,
        };
        compile_eval(
            &source,
            Some((context, &[String::from("#p")])),
            CompileOptions::default(),
        )
    } else {
        let completion = head == "// completion";
        compile_script(
            &source,
            CompileOptions {
                completion,
                ..Default::default()
            },
        )
    };
    result.unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn verify_all(code: &CodeBlock) {
    let mut stack = vec![code];
    while let Some(code) = stack.pop() {
        if let Err(error) = verify(code) {
            panic!("{error}\n{}", disassemble(code));
        }
        stack.extend(code.functions.iter().map(|inner| &**inner));
    }
}

#[test]
fn snapshots() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let update = std::env::var_os("UPDATE").is_some();
    let mut different = Vec::new();
    let mut count = 0;
    for entry in std::fs::read_dir(&directory).expect("cases") {
        let path = entry.expect("entry").path();
        if path.extension().is_none_or(|extension| extension != "js") {
            continue;
        }
        count += 1;
        let code = compile(&path);
        verify_all(&code);
        let text = disassemble(&code);
        let expected = path.with_extension("bc");
        if update {
            std::fs::write(&expected, &text).expect("writable case");
        } else if std::fs::read_to_string(&expected).ok().as_deref() != Some(&text) {
            different.push(format!("{}:\n{text}", path.display()));
        }
    }
    assert!(count > 0);
    assert!(different.is_empty(), "{}", different.join("\n"));
}

#[test]
fn positions() {
    let source = SourceText::new(&b"function f(o) { return o.a.b(1) + o.c; }"[..], "t.js");
    let code = compile_script(&source, CompileOptions::default()).expect("compiles");
    let inner = &code.functions[0];
    let texts: Vec<&str> = inner
        .source_map
        .iter()
        .map(|(_, position)| std::str::from_utf8(position.span.slice(&source.text)).unwrap_or(""))
        .collect();
    assert_eq!(texts, ["o.a", "o.a.b", "o.c", "o.a.b(1) + o.c"]);
    let call = inner.source_map.iter().nth(1).expect("entry");
    assert_eq!(call.1.point, 27);
    assert_eq!(inner.source_map.lookup(call.0), Some(call.1));
}

#[test]
fn large_functions() {
    let mut locals = String::from("function f() {");
    for index in 0..1000 {
        locals += &format!("var v{index} = g({index}, v{});", index / 2);
    }
    locals += "return v999; }";
    let parameters: Vec<String> = (0..400).map(|index| format!("p{index}")).collect();
    let many = format!(
        "function f({}) {{ let x = p0 + p399; for (const y of p200) x += y[p1]; return x }}",
        parameters.join(",")
    );
    let arguments = format!("f({})", vec!["a"; 3000].join(","));
    for text in [locals, many, arguments] {
        let source = SourceText::new(text.into_bytes(), "t.js");
        let code = compile_script(&source, CompileOptions::default()).expect("compiles");
        verify_all(&code);
    }
}

/// A number of parameters that no frame has is refused before anything counts up to it.
#[test]
fn parameters_beyond_the_registers() {
    let source = SourceText::new(&b"function f(a) {}"[..], "t.js");
    let mut code = compile_script(&source, CompileOptions::default()).expect("compiles");
    let code = Arc::get_mut(&mut code).expect("the only owner");
    code.param_count = u32::MAX;
    assert!(verify(code).is_err());
}

/// The decoder, disassembler and verifier meet damaged code with errors, never with a panic.
#[test]
fn damaged_code() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut state = 0x2545_F491_4F6C_DD1Du64;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    for entry in std::fs::read_dir(&directory).expect("cases") {
        let path = entry.expect("entry").path();
        if path.extension().is_none_or(|extension| extension != "js") {
            continue;
        }
        let code = compile(&path);
        for inner in &code.functions {
            for _ in 0..50 {
                let mut damaged = CodeBlock {
                    words: inner.words.clone(),
                    lazy: None,
                    constants: inner.constants.clone(),
                    handlers: inner.handlers.clone(),
                    jump_tables: inner.jump_tables.clone(),
                    ic_kinds: inner.ic_kinds.clone(),
                    functions: Vec::new(),
                    name: inner.name.clone(),
                    source: inner.source.clone(),
                    source_map: inner.source_map.clone(),
                    loops: inner.loops.clone(),
                    module: None,
                    register_names: Vec::new(),
                    ..**inner
                };
                for _ in 0..1 + random() % 3 {
                    let at = random() as usize % damaged.words.len();
                    damaged.words[at] = match random() % 3 {
                        0 => random() as u32,
                        1 => damaged.words[at] ^ 1 << (random() % 32),
                        _ => random() as u32 & 0xFF,
                    };
                }
                let _ = verify(&damaged);
                let _ = disassemble(&damaged);
            }
        }
    }
}
