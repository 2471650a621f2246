//! What the fuzz targets check. `fuzz/` feeds these functions with libFuzzer, `mutate` with random mutations.
//!
//! Every function takes any bytes; a panic is a finding.

use crate::roundtrip;
use sarus_bytecode::{
    CodeBlock, CodeFlags, CodeKind, CompileCounts, CompileError, CompileOptions, Constant, Handler,
    IcKind, JsStr, JumpTable, LoopHeader, NO_REGISTER, OPCODES, SourceText, compile_eval,
    compile_module, compile_script, disassemble, lazy_check, verify::verify,
};
use sarus_parser::{
    Bump, EvalContext, Features, Goal, Options, parse, print_scopes, print_tokens, to_estree_json,
};
use sarus_regexp::text::{StrView, from_utf8_bytes_lossy};
use sarus_regexp::{ExecError, Flags, MatchState, compile};
use std::sync::Arc;

/// A target: any bytes in, a panic is a finding.
pub type Target = fn(&[u8]);

/// All targets by name.
pub const TARGETS: &[(&str, Target)] = &[
    ("lexer", lexer),
    ("parser", parser),
    ("bytecode", bytecode),
    ("regexp", regexp),
];

/// Inputs beyond this are cut: they find nothing that shorter ones do not, only slower.
const MAX_INPUT: usize = 1 << 14;

/// The lexer alone, with both rules for HTML-like comments.
pub fn lexer(data: &[u8]) {
    let data = &data[..data.len().min(MAX_INPUT)];
    for goal in [Goal::Script, Goal::Module] {
        let text = print_tokens(data, goal);
        assert!(text.ends_with('\n'));
    }
}

fn eval_context(bits: u8) -> EvalContext {
    let bit = |index: u8| bits >> index & 1 != 0;
    EvalContext {
        strict: bit(3),
        in_function: bit(4),
        in_method: bit(5),
        in_derived_constructor: bit(6),
        in_class_field: bit(7),
    }
}

/// Parser, scopes, early errors, dumps, compiler, verifier. The first byte says what the rest is parsed as.
pub fn parser(data: &[u8]) {
    let Some((&mode, source)) = data.split_first() else {
        return;
    };
    let source = &source[..source.len().min(MAX_INPUT)];
    let goal = match mode & 3 {
        0 => Goal::Script,
        1 => Goal::Module,
        2 => Goal::Eval(eval_context(mode)),
        _ => Goal::DynamicFunction,
    };
    let options = Options {
        goal,
        private_names: if mode & 8 != 0 { &["#p"] } else { &[] },
        // A debug build with a sanitizer has large frames.
        stack_budget: 1 << 19,
        features: Features::all(),
        ..Options::default()
    };
    let arena = Bump::new();
    match parse(&arena, source, &options) {
        Ok(parsed) => {
            assert!(!to_estree_json(&parsed).is_empty());
            print_scopes(&parsed);
            // The function of that goal is no program that could be printed and read again.
            if goal != Goal::DynamicFunction
                && let Err(error) = roundtrip::check(source, &options)
            {
                panic!("{error}");
            }
        }
        Err(error) => {
            assert!(error.span.start as usize <= source.len());
            assert!(!error.message.is_empty());
            error.render("x.js", source);
        }
    }
    let text = SourceText::new(source, "x.js");
    let compile = |lazy| {
        let options = CompileOptions {
            completion: mode & 4 != 0,
            lazy,
        };
        Some(match mode & 3 {
            0 => compile_script(&text, options),
            1 => compile_module(&text, options),
            2 => {
                let place = (eval_context(mode), &[String::from("#p")][..]);
                compile_eval(&text, Some(place), options)
            }
            _ => return None,
        })
    };
    let Some(code) = compile(false) else { return };
    match code {
        Ok(code) => {
            check_code(&code);
            match compile(true) {
                Some(Ok(lazy)) => {
                    if let Err(difference) = lazy_check::compare(&code, &lazy) {
                        panic!("{difference}");
                    }
                }
                _ => panic!("compiles only without lazy functions"),
            }
        }
        Err(CompileError::Syntax(_)) => {}
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// Whatever the compiler makes is right in the verifier's eyes and can be printed.
fn check_code(code: &Arc<CodeBlock>) {
    let mut pending = vec![code.clone()];
    while let Some(code) = pending.pop() {
        if let Err(error) = verify(&code) {
            panic!("{error}\n{}", disassemble(&code));
        }
        pending.extend(code.functions.iter().cloned());
    }
    disassemble(code);
}

/// Takes numbers off the input, zeros when it is used up.
struct Numbers<'d>(&'d [u8]);

impl Numbers<'_> {
    fn byte(&mut self) -> u8 {
        match self.0.split_first() {
            Some((&first, rest)) => {
                self.0 = rest;
                first
            }
            None => 0,
        }
    }

    /// Mostly small numbers.
    fn number(&mut self) -> u32 {
        match self.byte() {
            255 => u32::from_le_bytes([self.byte(), self.byte(), self.byte(), self.byte()]),
            254 => u32::from_le_bytes([self.byte(), self.byte(), 0, 0]),
            small => u32::from(small),
        }
    }

    /// A list of up to `limit` items.
    fn list<T>(&mut self, limit: u32, mut item: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let count = self.number() % (limit + 1);
        (0..count).map(|_| item(self)).collect()
    }
}

/// Any words and tables: the verifier and the disassembler answer, without a panic.
pub fn bytecode(data: &[u8]) {
    let data = &data[..data.len().min(MAX_INPUT)];
    let mut numbers = Numbers(data);
    let constants = numbers.list(8, |numbers| match numbers.byte() % 4 {
        0 => Constant::Number(f64::from(numbers.number())),
        1 => Constant::String(JsStr::from_wtf8(&[numbers.byte()])),
        2 => Constant::ObjectKeys(vec![JsStr::from_wtf8(b"a")]),
        _ => Constant::MappedArguments(vec![None, Some(numbers.number())]),
    });
    let handlers = numbers.list(6, |numbers| Handler {
        start: numbers.number(),
        end: numbers.number(),
        target: numbers.number(),
        env_reg: match numbers.number() {
            0 => NO_REGISTER,
            register => register,
        },
    });
    let jump_tables = numbers.list(4, |numbers| JumpTable {
        low: numbers.number() as i32,
        targets: numbers.list(6, |numbers| numbers.number() as i32),
    });
    let loops = numbers.list(4, |numbers| LoopHeader {
        offset: numbers.number(),
        live_below: numbers.number(),
    });
    let ic_kinds = vec![IcKind::GetProp; numbers.number() as usize % 64];
    let flags = CodeFlags {
        needs_actuals: numbers.byte() & 1 != 0,
        ..CodeFlags::NONE
    };
    let (register_count, param_count) = (numbers.number() % 5_000, numbers.number());
    let (actuals_reg, generator_reg) = (numbers.number(), numbers.number());
    let mut words = Vec::new();
    while !numbers.0.is_empty() {
        // Half of the words start with an opcode that exists.
        let word = u32::from_le_bytes([
            numbers.byte(),
            numbers.byte(),
            numbers.byte(),
            numbers.byte(),
        ]);
        words.push(if word & 0x80 == 0 {
            (word & !0xFF) | ((word & 0xFF) % OPCODES.len() as u32)
        } else {
            word
        });
    }
    let code = CodeBlock {
        kind: CodeKind::Function,
        flags,
        words,
        constants,
        handlers,
        jump_tables,
        ic_kinds,
        functions: Vec::new(),
        register_count,
        param_count,
        length: 0,
        actuals_reg,
        generator_reg,
        name: JsStr::from_wtf8(b"f"),
        span: sarus_parser::Span::new(0, 0),
        source: SourceText::new(&b""[..], "x.js"),
        source_map: Default::default(),
        loops,
        module: None,
        register_names: Vec::new(),
        lazy: None,
        counts: CompileCounts::default(),
    };
    let _ = verify(&code);
    disassemble(&code);
}

/// How often a match may ask whether to go on.
const POLLS: u32 = 20;

/// Pattern and input, split at the first zero byte after the byte of flags: compiles, and matches the same in both encodings.
pub fn regexp(data: &[u8]) {
    let Some((&bits, rest)) = data.split_first() else {
        return;
    };
    let rest = &rest[..rest.len().min(1 << 10)];
    let mut parts = rest.splitn(2, |byte| *byte == 0);
    let (pattern, input) = (
        from_utf8_bytes_lossy(parts.next().unwrap_or_default()),
        from_utf8_bytes_lossy(parts.next().unwrap_or_default()),
    );
    let letters: String = Flags::ALL
        .iter()
        .enumerate()
        .filter(|(index, _)| bits >> index & 1 != 0)
        .map(|(_, (letter, _))| char::from(*letter))
        .collect();
    let Some(flags) = Flags::parse(StrView::ascii(&letters)) else {
        return;
    };
    let Ok(compiled) = compile(pattern.view(), flags) else {
        return;
    };
    let units: Vec<u16> = input.view().units().collect();
    let first = search(&compiled, input.view());
    let second = search(&compiled, StrView::Utf16(&units));
    assert_eq!(first, second, "the encodings disagree");
}

/// Start and end of every group of the first match, or why there is none.
type Found = Result<Option<Vec<Option<(usize, usize)>>>, ExecError>;

fn search(compiled: &sarus_regexp::CompiledRegExp, input: StrView<'_>) -> Option<Found> {
    let mut state = MatchState::new();
    let mut polls = 0;
    let mut poll = || {
        polls += 1;
        polls < POLLS
    };
    let sticky = compiled.flags().contains(Flags::STICKY);
    let found = compiled.exec(&mut state, input, 0, sticky, &mut poll);
    let groups = (0..compiled.group_count())
        .map(|index| state.group(index))
        .map(|range| {
            range.map(|range| {
                assert!(range.start <= range.end && range.end <= input.len());
                (range.start, range.end)
            })
        });
    match found {
        // Where the time runs out may differ by encoding.
        Err(_) => None,
        Ok(true) => Some(Ok(Some(groups.collect()))),
        Ok(false) => Some(Ok(None)),
    }
}
