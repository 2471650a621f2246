//! What a compile gives: machine code and exit tables, plain data.

use crate::snapshot::Reason;

/// Native code and what is needed to install it. The code is position independent and is entered at its first byte:
/// `extern "C" fn(agent, fp) -> u64` (a value or `EXCEPTION`), with the frame at `fp` complete and current; when it returns the
/// frame's caller is current.
#[derive(Clone, Debug, Default)]
pub struct CompiledCode {
    /// Machine code.
    pub bytes: Vec<u8>,
    /// Alignment of the first byte.
    pub alignment: usize,
    /// Where and how it goes back to the interpreter, by exit number.
    pub exits: Vec<Exit>,
    /// Words of the JavaScript stack it may use from its frame pointer on.
    pub stack_words: u32,
    /// Words of its native frame that hold spilled values, behind the place that exits tell.
    pub spilled: u32,
    /// Cells it refers to: they live as long as the code.
    pub cells: Vec<u64>,
    /// Shape ids it compares with: their shapes live as long as the code.
    pub shapes: Vec<u32>,
    /// Word offsets at which it goes on with a suspended activation (of a generator, an async function), in order. A frame with
    /// `FLAG_RESUMED` is entered with the place in this list in its return position.
    pub resumes: Vec<u32>,
    /// Number of bytecode instructions compiled, inlined ones included.
    pub instructions: u32,
    /// Of code that is entered at a loop: the headers of the loops it holds, by word offset.
    pub loops: Vec<u32>,
    /// The calls in it that are none any more.
    pub inlined: Vec<Inlined>,
    /// What `Options::print` asked for.
    pub text: String,
}

/// A call in whose place its callee's body stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Inlined {
    /// The caller: index in `Snapshot::functions`.
    pub caller: usize,
    /// Word offset of the call there.
    pub pc: u32,
    /// The callee.
    pub function: usize,
    /// 1 for calls of the compiled function itself.
    pub depth: u32,
}

/// A way back to the interpreter. Before it calls the exit helper, the code has stored every live register of every frame
/// (callee, new.target, environment and `this` of inlined ones too); the rest of the frames' headers is here.
#[derive(Clone, Debug)]
pub struct Exit {
    /// The frames from the outermost, which is the compiled function's own.
    pub frames: Vec<ExitFrame>,
    /// Why.
    pub reason: Reason,
    /// Where the failed check comes from: index in `Snapshot::functions` and word offset.
    pub origin: (usize, u32),
    /// How many shapes or callees the check tells apart, if it fails only for what the site there had not met; else 0.
    pub met: u8,
    /// False: go on at the innermost frame's position. True: an exception is on its way from there.
    pub throws: bool,
    /// Objects to be made, which registers refer to by number.
    pub objects: Vec<ExitObject>,
}

/// An object that an exit makes. What is in its fields has been stored (in a way that `ExitFrame` says) beyond the frames.
#[derive(Clone, Debug)]
pub struct ExitObject {
    /// Size in bytes.
    pub size: u32,
    /// The header.
    pub header: u64,
    /// Byte offsets and bits of constant words.
    pub words: Vec<(i32, u64)>,
    /// Byte offsets of other words, and where they are: words above the compiled function's frame pointer.
    pub fields: Vec<(i32, u32)>,
}

/// One frame of an exit.
#[derive(Clone, Debug)]
pub struct ExitFrame {
    /// Index in `Snapshot::functions`.
    pub function: usize,
    /// Words above the compiled function's frame pointer.
    pub base: u32,
    /// Word offset at which the frame goes on; for outer frames: of the call instruction they wait in.
    pub pc: u32,
    /// Word offset after the call, for frames that wait.
    pub return_pc: u32,
    /// The packed word of an inlined frame: argument count, destination in the caller, flags.
    pub info: u64,
    /// Registers that hold constants: the code has not stored them.
    pub constants: Vec<(u32, u64)>,
    /// Registers that the code has stored in another representation than as a value.
    pub unboxed: Vec<(u32, Unboxed)>,
    /// Registers that hold objects to be made: index in [`Exit::objects`].
    pub objects: Vec<(u32, u32)>,
}

/// How a register was stored: the translator makes a value of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unboxed {
    /// 32 bits.
    Int32,
    /// A double.
    Float64,
    /// A byte, 0 or 1.
    Bool,
}
