//! The optimizing compiler of sarus as a pure function: snapshot in, machine code out.
//!
//! Only the interface stands here yet; [`compile`] declines every snapshot.

#![forbid(unsafe_code)]

use sarus_bytecode::CodeBlock;
use std::sync::Arc;

/// What the compiler may know of a function: plain data, taken on the main thread.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The function.
    pub code: Arc<CodeBlock>,
    /// Operand kinds seen, one byte per instruction word.
    pub feedback: Vec<u8>,
}

/// Native code and what is needed to install it.
#[derive(Clone, Debug, Default)]
pub struct CompiledCode {
    /// Machine code.
    pub bytes: Vec<u8>,
}

/// Why a function was not compiled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Decline {
    /// The tier is not there.
    NotAvailable,
}

/// Compiles a snapshot.
///
/// # Errors
/// Why it was declined; the function stays in the interpreter.
pub fn compile(_snapshot: &Snapshot) -> Result<CompiledCode, Decline> {
    Err(Decline::NotAvailable)
}
