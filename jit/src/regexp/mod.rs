//! Machine code for regular expressions: a program of `sarus_regexp` in, position-independent bytes and tables out.
//!
//! ```text
//! Program ──Plan──► what needs a choice, what has to be undone ──Emit──► Cranelift IR ──► bytes + tables
//! ```
//!
//! The code is specialised for the pattern and for the width of subjects. It does what the matcher does (`matcher.rs`), with the
//! same choices in the same order, except for such as cannot make a difference: where the next character decides between two
//! ways, none is kept; what a failed way has stored is put back only where it could be seen.
//!
//! ```text
//! enter ─► scan ─► attempt ─► instructions ─► accept ─► return the start
//!            ▲        ▲            │ fail          
//!            └────────┴─ failed ◄─ pop ─► where the last choice goes on
//! ```
//!
//! The code calls nothing. Where it needs help (to be polled, more room for choices, a back reference up to case), it keeps where it was
//! on its stack of choices and returns what it wants; entered again to [`Mode::Resume`], it pops that and goes on. The stack of
//! choices has words with what to do in the lower half and a position or an old value in the upper half; some have a second
//! word below. [`Context`] is what code and caller share.
//!
//! Everything in the language is compiled. Programs that are too large ([`Decline::TooBig`]) stay with the matcher.

mod assertions;
mod chars;
mod class;
mod emit;
mod loops;
mod plan;

use crate::Decline;
use crate::lower::target::Target;
use cranelift_codegen::ir::{AbiParam, Signature, types};
pub use sarus_regexp::Width;
use sarus_regexp::program::{Prefilter, Program};

/// What code and caller share. Addresses are of what lives as long as the call.
#[repr(C)]
#[derive(Debug, Default)]
pub struct Context {
    /// The first code unit.
    pub input: u64,
    /// Number of code units, below 2³².
    pub len: u64,
    /// [`Code::slots`] slots of 32 bits.
    pub slots: u64,
    /// [`Code::tables`], aligned to 8.
    pub tables: u64,
    /// The stack of choices.
    pub stack: u64,
    /// Its end less [`SLACK`] words.
    pub limit: u64,
    /// Where it is filled up to, while the code is not running.
    pub sp: u64,
    /// Steps until the next poll.
    pub steps: i64,
    /// Not 0: a match begins at the first position or nowhere.
    pub once: u64,
    /// The number of the instruction, or of words, that is asked for.
    pub request: u64,
}

/// Words of the stack of choices behind the limit.
pub const SLACK: usize = 40;

/// How code is entered: its third argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum Mode {
    /// Looks for a match from a position on.
    Scan = 0,
    /// Tries to match at a position.
    Attempt = 1,
    /// Goes on with what is on the stack.
    Resume = 2,
}

/// What code returns if there is no match. Otherwise it is the position of the match, and the slots say what was taken.
pub mod status {
    /// There is none.
    pub const NO_MATCH: u64 = 1 << 32;
    /// Someone should say whether to go on, and set [`super::Context::steps`].
    pub const POLL: u64 = 2 << 32;
    /// The stack of choices should grow by at least [`super::Context::request`] words.
    pub const GROW: u64 = 3 << 32;
    /// A back reference, the instruction of that number: the position is in the upper half of the topmost word of the stack, which
    /// is to be replaced by the position behind, or popped.
    pub const BACK_REFERENCE: u64 = 4 << 32;
}

/// What a compile gives. The code is an `extern "C" fn(*mut Context, position: u64, Mode) -> u64`.
#[derive(Debug)]
pub struct Code {
    /// Machine code.
    pub bytes: Vec<u8>,
    /// Alignment of the first byte.
    pub alignment: usize,
    /// What characters are looked up in.
    pub tables: Vec<u8>,
    /// Number of slots.
    pub slots: usize,
    /// What [`Print`] asked for.
    pub text: String,
}

/// What to print.
#[derive(Clone, Copy, Debug, Default)]
pub struct Print {
    /// The code generator's input.
    pub clif: bool,
    /// Its output.
    pub asm: bool,
}

/// Whether code should look for candidates itself; otherwise `Program::next_candidate` finds them faster.
pub fn scans(program: &Program, width: Width) -> bool {
    match &program.prefilter {
        Prefilter::None => true,
        Prefilter::Anchored | Prefilter::Literal { .. } | Prefilter::Inner { .. } => false,
        Prefilter::First { few, .. } => few.is_empty() || width == Width::Utf16,
    }
}

/// How code reads its subjects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    Latin1,
    Units,
    /// Surrogate pairs are one character.
    CodePoints,
}

impl Reading {
    /// Largest character.
    fn max(self) -> u32 {
        match self {
            Reading::Latin1 => 0xFF,
            Reading::Units => 0xFFFF,
            Reading::CodePoints => 0x10_FFFF,
        }
    }
}

/// Compiles a program.
///
/// # Errors
/// Why it stays with the matcher.
pub fn compile(program: &Program, width: Width, print: Print) -> Result<Code, Decline> {
    let reading = match width {
        Width::Latin1 => Reading::Latin1,
        Width::Utf16 if program.unicode => Reading::CodePoints,
        Width::Utf16 => Reading::Units,
    };
    let plan = plan::Plan::new(program, reading.max())?;
    let target = Target::host()?;
    let mut signature = Signature::new(target.isa.default_call_conv());
    signature.params = vec![AbiParam::new(types::I64); 3];
    signature.returns.push(AbiParam::new(types::I64));
    let (mut tables, mut slots, mut text) = (Vec::new(), 0, String::new());
    let output = target.generate(signature, print.asm, |function, buffers| {
        let mut emit = emit::Emit::new(program, reading, plan, function, buffers)?;
        emit.program()?;
        (tables, slots) = emit.finish(target.isa.frontend_config());
        if print.clif {
            text = function.display().to_string();
        }
        Ok(())
    })?;
    text.push_str(output.assembly.as_deref().unwrap_or_default());
    Ok(Code {
        bytes: output.bytes,
        alignment: output.alignment,
        tables,
        slots,
        text,
    })
}
