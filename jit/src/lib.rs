//! The optimizing compiler of sarus as a pure function: snapshot in, machine code out.
//!
//! ```text
//! Snapshot ──build──► Graph ──passes──► Graph ──lower──► CompiledCode
//! ```
//!
//! [`regexp`] is a second, smaller compiler with the same code generator: a program of a regular expression in, machine code out.
//!
//! It knows no heap, calls nothing in the runtime and may run on any thread. The side that takes snapshots, installs code,
//! and handles exits is `interp/src/tier/`.

#![forbid(unsafe_code)]

pub mod build;
pub mod code;
pub mod exit_table;
pub mod flow;
pub mod graph;
pub mod helpers;
pub mod layout;
pub mod lower;
pub mod passes;
pub mod print;
pub mod read;
pub mod regexp;
pub mod snapshot;
pub mod template;
pub mod verify;

pub use code::{CompiledCode, Exit, ExitFrame, Inlined, Unboxed};
pub use exit_table::{ExitHead, ExitTable};
pub use lower::lower;
pub use snapshot::Snapshot;

/// Why a function was not compiled; it stays in the interpreter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Decline {
    /// It has an instruction that only the interpreter runs.
    Instruction(&'static str),
    /// It is too big.
    TooBig,
    /// The code generator failed (a bug; the text says how).
    CodeGenerator(String),
}

impl std::fmt::Display for Decline {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Decline::Instruction(name) => write!(f, "{name} stays in the interpreter"),
            Decline::TooBig => f.write_str("too big"),
            Decline::CodeGenerator(text) => write!(f, "the code generator failed: {text}"),
        }
    }
}

/// Compiles a snapshot.
///
/// # Errors
/// Why it was declined.
pub fn compile(snapshot: &Snapshot) -> Result<CompiledCode, Decline> {
    let mut graph = build::build(snapshot)?;
    let mut text = String::new();
    passes::run(&mut graph, snapshot, &mut text).map_err(Decline::CodeGenerator)?;
    let mut code = lower(&graph, snapshot)?;
    code.text.insert_str(0, &text);
    Ok(code)
}
