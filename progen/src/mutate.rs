//! Runs the fuzz targets without libFuzzer: random mutations of a corpus, no coverage. Finds less, needs nothing.

use crate::random::Random;
use crate::targets::Target;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

/// Inserted into mutants: what lexers, parsers and regular expressions care about.
const PIECES: &[&str] = &[
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    "=>",
    "=",
    ",",
    ";",
    "...",
    "`",
    "${",
    "/",
    "'",
    "\"",
    "\\",
    "\\u{",
    "\\p{L}",
    "\\k<a>",
    "(?<a>",
    "(?=",
    "(?<!",
    "(?i:",
    "[^",
    "&&",
    "--",
    "+?",
    "{2,}",
    "|",
    "await ",
    "yield ",
    "async ",
    "static ",
    "let ",
    "using ",
    "of ",
    "in ",
    "#x",
    "?.",
    "**",
    "??=",
    "\u{2028}",
    "\n",
    "*/",
    "/*",
    "<!--",
    "-->",
    "0_",
    "1n",
    "super",
    "new.target",
    "import.meta",
    "eval(",
    "class{",
    "function*",
    "for(",
    "switch(0){",
    "try{",
    "catch{",
    "0x",
    "1e",
    ".5",
    "with(a)",
    "label:",
    "@@",
    "\u{0}",
];

/// What a run gave.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Inputs tried.
    pub inputs: u64,
    /// An input that panicked.
    pub finding: Option<Vec<u8>>,
}

/// Feeds mutants of the files in `corpus` to a target until the time is up or it panics.
///
/// # Errors
/// When the corpus cannot be read.
pub fn run(target: Target, corpus: &Path, seed: u64, time: Duration) -> io::Result<Outcome> {
    let mut seeds = Vec::new();
    for entry in std::fs::read_dir(corpus)? {
        seeds.push(std::fs::read(entry?.path())?);
    }
    // The order of a folder is nobody's promise.
    seeds.sort();
    let until = Instant::now() + time;
    let mut outcome = Outcome::default();
    for seed in &seeds {
        if !survives(target, seed) {
            outcome.finding = Some(seed.clone());
            return Ok(outcome);
        }
    }
    while Instant::now() < until {
        let mut random = Random::new(seed, outcome.inputs);
        let mut input = random.pick(&seeds).cloned().unwrap_or_default();
        for _ in 0..=random.below(5) {
            mutate(&mut input, &mut random, &seeds);
        }
        outcome.inputs += 1;
        if !survives(target, &input) {
            outcome.finding = Some(input);
            return Ok(outcome);
        }
    }
    Ok(outcome)
}

fn survives(target: Target, input: &[u8]) -> bool {
    catch_unwind(AssertUnwindSafe(|| target(input))).is_ok()
}

fn mutate(input: &mut Vec<u8>, random: &mut Random, seeds: &[Vec<u8>]) {
    let at = random.below(input.len() + 1);
    let end = (at + random.below(8)).min(input.len());
    match random.below(7) {
        0 => {
            input.drain(at..end);
        }
        1 => {
            let other = random.pick(seeds).cloned().unwrap_or_default();
            let from = random.below(other.len() + 1);
            let to = (from + random.below(40)).min(other.len());
            input.splice(at..at, other[from..to].iter().copied());
        }
        2 => {
            let copied = input[at..end].to_vec();
            input.splice(at..at, copied);
        }
        3 => {
            if let Some(byte) = input.get_mut(at) {
                *byte ^= 1 << random.below(8);
            }
        }
        4 => {
            if let Some(byte) = input.get_mut(at) {
                *byte = random.bits() as u8;
            }
        }
        _ => {
            let piece = random.pick(PIECES).copied().unwrap_or_default();
            input.splice(at..at, piece.bytes());
        }
    }
}
