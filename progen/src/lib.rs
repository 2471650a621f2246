//! Random programs and random bytes against the engine.
//!
//! ```text
//! tables of templates ── grammar, expand ──► programs ──► diff: two engines or tiers print the same
//!    (semantic, syntax)                               ╰─► roundtrip: print, parse, print
//! corpus ── mutate, or libFuzzer in fuzz/ ──► bytes ──► targets: nothing panics
//! ```
//!
//! Everything follows from a seed: program `I` of series `S` is the same everywhere.

#![forbid(unsafe_code)]

pub mod diff;
pub mod expand;
pub mod grammar;
pub mod mutate;
pub mod options;
pub mod random;
pub mod roundtrip;
pub mod semantic;
pub mod syntax;
pub mod targets;
