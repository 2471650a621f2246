//! Dumps of what the front end makes of a program, and `--check`.

use crate::{Input, out};
use sarus::options::Options;
use sarus_bytecode::{
    CodeBlock, CompileError, CompileOptions, SourceText, compile_module, compile_script,
};
use sarus_bytecode::{disassemble, disassemble_one};
use sarus_parser::{Bump, Goal, parse, print_scopes, print_tokens, to_estree_json};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Exit code of a syntax error.
const SYNTAX_ERROR: u8 = 1;

/// Does what a dump option or `--check` asks for; None when the program is to run.
pub fn run(options: &Options, input: &Input) -> Option<ExitCode> {
    let is_module = options.module || input.name.ends_with(".mjs");
    if options.print_tokens {
        let goal = if is_module {
            Goal::Module
        } else {
            Goal::Script
        };
        out(&print_tokens(&input.source, goal));
        return Some(ExitCode::SUCCESS);
    }
    if options.print_ast || options.print_scopes {
        return Some(print_tree(options, input, is_module));
    }
    if options.check || options.print_bytecode.is_some() {
        return Some(compile(options, input, is_module));
    }
    None
}

fn print_tree(options: &Options, input: &Input, is_module: bool) -> ExitCode {
    let arena = Bump::new();
    let goal = if is_module {
        Goal::Module
    } else {
        Goal::Script
    };
    match parse(
        &arena,
        &input.source,
        &sarus_parser::Options {
            goal,
            features: options.features,
            ..Default::default()
        },
    ) {
        Ok(parsed) => {
            if options.print_ast {
                out(&to_estree_json(&parsed));
                out("\n");
            } else {
                out(&print_scopes(&parsed));
            }
            ExitCode::SUCCESS
        }
        Err(d) => {
            let text = d.render(&input.name, &input.source);
            sarus_gc::note!("{}", text.trim_end_matches('\n'));
            ExitCode::from(SYNTAX_ERROR)
        }
    }
}

fn compile(options: &Options, input: &Input, is_module: bool) -> ExitCode {
    let source =
        SourceText::with_features(input.source.clone(), input.name.as_str(), options.features);
    let (parse_time, lazy_time) = if options.stats {
        (
            parse_time(&source, is_module),
            lazy_time(&source, is_module),
        )
    } else {
        Default::default()
    };
    let start = Instant::now();
    let compiled = if is_module {
        compile_module(&source, CompileOptions::default())
    } else {
        compile_script(&source, CompileOptions::default())
    };
    let time = start.elapsed();
    let code = match compiled {
        Ok(code) => code,
        Err(CompileError::Syntax(d)) => {
            let text = d.render(&input.name, &input.source);
            sarus_gc::note!("{}", text.trim_end_matches('\n'));
            return ExitCode::from(SYNTAX_ERROR);
        }
        Err(e) => {
            sarus_gc::note!("sarus: {}: {e}", input.name);
            return ExitCode::from(SYNTAX_ERROR);
        }
    };
    if options.stats {
        let mb = input.source.len() as f64 / 1e6;
        let (functions, words) = count(&code);
        let figure = |time: Duration| {
            let seconds = time.as_secs_f64();
            format!("{:.1} ms ({:.1} MB/s)", seconds * 1e3, mb / seconds)
        };
        sarus_gc::note!(
            "{}: {mb:.2} MB: parsed with scopes and early errors in {}",
            input.name,
            figure(parse_time)
        );
        let (now, lazy) = lazy_time;
        sarus_gc::note!(
            "  parsed and compiled in {}: {functions} functions, {words} words",
            figure(time)
        );
        sarus_gc::note!(
            "  with lazy functions in {}: {now} functions compiled at load",
            figure(lazy)
        );
    }
    match options.print_bytecode.as_deref() {
        None => {}
        Some("") => out(&disassemble(&code)),
        Some(name) => print_named(&code, name),
    }
    ExitCode::SUCCESS
}

/// How long parsing alone takes.
fn parse_time(source: &SourceText, is_module: bool) -> Duration {
    let options = sarus_parser::Options {
        features: source.features,
        ..if is_module {
            sarus_parser::Options::module()
        } else {
            sarus_parser::Options::script()
        }
    };
    let start = Instant::now();
    let arena = Bump::new();
    let parsed = parse(&arena, &source.text, &options);
    let time = start.elapsed();
    drop(parsed);
    time
}

/// Loading as it is done to run a program: functions compiled then, and how long it takes.
fn lazy_time(source: &Arc<SourceText>, is_module: bool) -> (u32, Duration) {
    let options = CompileOptions {
        lazy: true,
        ..Default::default()
    };
    let start = Instant::now();
    let code = if is_module {
        compile_module(source, options)
    } else {
        compile_script(source, options)
    };
    let time = start.elapsed();
    (code.map_or(0, |code| code.counts.compiled), time)
}

/// Number of functions and instruction words.
fn count(code: &Arc<CodeBlock>) -> (usize, usize) {
    let mut stack = vec![code];
    let (mut functions, mut words) = (0, 0);
    while let Some(c) = stack.pop() {
        functions += 1;
        words += c.words.len();
        stack.extend(&c.functions);
    }
    (functions, words)
}

fn print_named(code: &Arc<CodeBlock>, name: &str) {
    let mut stack = vec![code];
    while let Some(c) = stack.pop() {
        if String::from_utf16_lossy(&c.name.units().collect::<Vec<_>>()) == name {
            out(&disassemble_one(c));
        }
        stack.extend(&c.functions);
    }
}
