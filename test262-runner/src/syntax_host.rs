//! `--mode parse`: judges the parser alone, in seconds for the whole suite.
//!
//! A test passes if the parser rejects it exactly when its metadata says so; whatever the test would do
//! when run does not count. Nothing is evaluated, so harness files do not matter either.

use sarus_parser::{Bump, Options, parse};

use crate::engine::{Execution, Host, Mode, TestCase, Thrown};
use crate::metadata::{Metadata, Phase};

/// The parser under test.
#[derive(Debug, Default)]
pub struct SyntaxHost {
    /// Kept between tests, so that its memory is.
    arena: Bump,
}

impl Host for SyntaxHost {
    fn adapt(&self, metadata: &mut Metadata) {
        metadata
            .negative
            .take_if(|negative| negative.phase != Phase::Parse);
        metadata.flags.is_async = false;
    }

    fn run(&mut self, test: &TestCase) -> Execution {
        self.arena.reset();
        let options = match test.mode {
            Mode::Module => Options::module(),
            Mode::Sloppy | Mode::Strict | Mode::Raw => Options::script(),
        };
        let error = parse(&self.arena, test.source.as_bytes(), &options)
            .err()
            .map(|diagnostic| Thrown {
                phase: Some(Phase::Parse),
                name: "SyntaxError".to_string(),
                message: diagnostic.message,
            });
        Execution {
            error,
            output: Vec::new(),
        }
    }
}
