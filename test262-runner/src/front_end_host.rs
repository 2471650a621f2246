//! `--mode parse` and `--mode compile`: judge the front end alone, in seconds for the whole suite.
//!
//! A test passes if its source is rejected exactly when its metadata says so, and, with `compile`, if the
//! bytecode of all its functions passes the verifier. Whatever the test would do when run does not count.

use std::sync::Arc;

use sarus_bytecode::{
    CodeBlock, CompileError, CompileOptions, SourceText, compile_parsed, verify::verify,
};
use sarus_parser::{Bump, Options, parse};

use crate::engine::{Execution, Host, Mode, TestCase, Thrown};
use crate::features;
use crate::metadata::{Metadata, Phase};

/// The front end under test.
#[derive(Debug)]
pub struct FrontEndHost {
    /// Kept between tests, so that its memory is.
    arena: Bump,
    /// Whether to compile what has been parsed.
    compile: bool,
}

impl FrontEndHost {
    /// The host of a mode, if it is one of the front end's.
    pub fn for_mode(mode: &str) -> Option<FrontEndHost> {
        let compile = match mode {
            "parse" => false,
            "compile" => true,
            _ => return None,
        };
        Some(FrontEndHost {
            arena: Bump::new(),
            compile,
        })
    }

    fn check(&mut self, test: &TestCase) -> Result<(), Thrown> {
        self.arena.reset();
        let features = features::needed(&test.metadata.features);
        let options = Options {
            features,
            ..match test.mode {
                Mode::Module => Options::module(),
                Mode::Sloppy | Mode::Strict | Mode::Raw => Options::script(),
            }
        };
        let source = SourceText::with_features(
            test.source.as_bytes(),
            test.file.to_string_lossy(),
            features,
        );
        let parsed = parse(&self.arena, &source.text, &options).map_err(|diagnostic| Thrown {
            phase: Some(Phase::Parse),
            name: "SyntaxError".to_string(),
            message: diagnostic.message,
        })?;
        if self.compile {
            let code =
                compile_parsed(&source, &parsed, CompileOptions::default()).map_err(refused)?;
            verify_all(&code)?;
        }
        Ok(())
    }
}

impl Host for FrontEndHost {
    fn adapt(&self, metadata: &mut Metadata) {
        metadata
            .negative
            .take_if(|negative| negative.phase != Phase::Parse);
        metadata.flags.is_async = false;
    }

    fn run(&mut self, test: &TestCase) -> Execution {
        Execution {
            error: self.check(test).err(),
            output: Vec::new(),
        }
    }
}

fn refused(error: CompileError) -> Thrown {
    Thrown {
        message: format!("compiler: {error}"),
        ..Thrown::default()
    }
}

/// Verifies a code block and, without recursion, all functions in it.
fn verify_all(code: &Arc<CodeBlock>) -> Result<(), Thrown> {
    let mut open = vec![code];
    while let Some(code) = open.pop() {
        verify(code).map_err(|error| Thrown {
            message: format!("verifier: {error:?}"),
            ..Thrown::default()
        })?;
        open.extend(&code.functions);
    }
    Ok(())
}
