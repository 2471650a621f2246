//! Prints the bytecode of a file, or measures compilation speed.
//!
//! `bytecode-dump [--module] file.js` prints; `bytecode-dump --bench N file.js` parses and compiles N times.

use sarus_bytecode::{CompileOptions, SourceText, compile_module, compile_parsed, compile_script};
use sarus_parser::{Bump, Options, parse};
use std::time::Instant;

fn main() {
    let mut module = false;
    let mut bench = 0u32;
    let mut path = None;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--module" => module = true,
            "--bench" => bench = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(5),
            _ => path = Some(argument),
        }
    }
    let Some(path) = path else {
        eprintln!("usage: bytecode-dump [--module] [--bench N] file.js");
        std::process::exit(2);
    };
    let text = match std::fs::read(&path) {
        Ok(text) => text,
        Err(error) => {
            eprintln!("{path}: {error}");
            std::process::exit(2);
        }
    };
    let source = SourceText::new(text, path);
    if bench > 0 {
        measure(&source, module, bench);
        return;
    }
    let result = if module {
        compile_module(&source, CompileOptions::default())
    } else {
        compile_script(
            &source,
            CompileOptions {
                completion: true,
                ..Default::default()
            },
        )
    };
    match result {
        Ok(code) => print!("{}", sarus_bytecode::disassemble(&code)),
        Err(error) => {
            eprintln!("{error}");
            std::process::exit(1);
        }
    }
}

fn measure(source: &std::sync::Arc<SourceText>, module: bool, rounds: u32) {
    let options = if module {
        Options::module()
    } else {
        Options::script()
    };
    let size = source.text.len() as f64 / 1e6;
    for _ in 0..rounds {
        let arena = Bump::new();
        let start = Instant::now();
        let parsed = match parse(&arena, &source.text, &options) {
            Ok(parsed) => parsed,
            Err(error) => return eprintln!("{}", error.message),
        };
        let parse_time = start.elapsed().as_secs_f64();
        let start = Instant::now();
        let code = compile_parsed(source, &parsed, CompileOptions::default());
        let compile_time = start.elapsed().as_secs_f64();
        let words: usize = code.as_ref().map_or(0, |code| count_words(code));
        println!(
            "parse {:.1} ms ({:.0} MB/s), compile {:.1} ms ({:.0} MB/s), {words} words",
            parse_time * 1e3,
            size / parse_time,
            compile_time * 1e3,
            size / compile_time,
        );
    }
}

fn count_words(code: &sarus_bytecode::CodeBlock) -> usize {
    let mut stack = vec![code];
    let mut words = 0;
    while let Some(code) = stack.pop() {
        words += code.words.len();
        stack.extend(code.functions.iter().map(|inner| &**inner));
    }
    words
}
