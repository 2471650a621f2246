//! Frames: windows of the JS stack, and how instructions address them.
//!
//! ```text
//! fp[0] callee        fp[1] caller's fp   fp[2] return pc   fp[3] linked code
//! fp[4] argc|dst|flags fp[5] new.target   fp[6] environment fp[7] pc, stored before anything that can see the stack
//! fp[8] this          fp[9..] parameters, locals, temporaries
//! ```
//!
//! A [`Frame`] is a frame and a position in its code. Only the dispatch loop and the functions it calls make one, always
//! of a live frame whose code passed the verifier; that is why the accessors below are safe to call.

use sarus_bytecode::Op;
use sarus_gc::Gc;
use sarus_runtime::code::{IcSlot, LinkedCode};
use sarus_runtime::environment::{Environment, EnvironmentCell};
use sarus_runtime::property::PropertyKey;
use sarus_runtime::value::Value;

/// Index of the callee.
pub const CALLEE: usize = 0;
/// Index of the caller's frame pointer.
pub const CALLER: usize = 1;
/// Index of the pc to return to.
pub const RETURN_PC: usize = 2;
/// Index of the linked code.
pub const CODE: usize = 3;
/// Index of the packed word: argument count, destination register, flags.
pub const INFO: usize = 4;
/// Index of new.target.
pub const NEW_TARGET: usize = 5;
/// Index of the environment (0 for none).
pub const ENV: usize = 6;
/// Index of the saved pc.
pub const SAVED_PC: usize = 7;
/// Index of `this`.
pub const THIS: usize = 8;
/// Index of the first argument.
pub const ARGS: usize = 9;

/// Position of the destination register in the packed word.
pub const DST_SHIFT: u32 = 32;
/// Everything from this bit up makes leaving the frame special.
pub const FLAGS_SHIFT: u32 = 48;
/// The frame was entered from Rust: leaving it ends the activation of the dispatch loop.
pub const FLAG_ENTRY: u64 = 1 << 48;
/// The frame was entered by Construct: a result that is no object is replaced by `this`.
pub const FLAG_CONSTRUCT: u64 = 1 << 49;
/// The caller's realm differs.
pub const FLAG_REALM: u64 = 1 << 50;
/// The frame is a resumed generator or async activation.
pub const FLAG_RESUMED: u64 = 1 << 51;
/// An async activation exists: exceptions reject its promise.
pub const FLAG_ASYNC: u64 = 1 << 52;
/// The caller is in `IteratorStep` or a sibling: the result is an iterator result.
pub const FLAG_ITERATOR: u64 = 1 << 53;
/// A generator is stepped natively: it leaves its frame with the plain value (or what `yield*` passes on), and its state says
/// whether it is done.
pub const FLAG_STEP: u64 = 1 << 54;
/// A loop of this activation has used up a budget.
pub const FLAG_LOOPED: u64 = 1 << 55;
/// Compiled code is about to resume a generator: the registers are still in its cell, which stands in the word of new.target.
pub const FLAG_IN_CELL: u64 = 1 << 56;
/// A frame pointer.
pub type Fp = *mut Value;
/// A position in code.
pub type Pc = *const u32;

/// A live frame and a position in its code; also the answer "go on there" of functions that change frames.
#[derive(Copy, Clone)]
#[must_use]
pub struct Frame {
    /// The frame; null in [`Frame::THROW`].
    pub fp: Fp,
    /// The position; null when the activation of the dispatch loop ends.
    pub pc: Pc,
}

impl Frame {
    /// "An exception is on its way": the value waits in the agent.
    pub const THROW: Frame = Frame {
        fp: std::ptr::null_mut(),
        pc: std::ptr::null(),
    };

    /// "The activation ends"; the result was stored to `fp[CALLEE]`.
    #[inline(always)]
    pub fn exit(fp: Fp) -> Frame {
        Frame {
            fp,
            pc: std::ptr::null(),
        }
    }
    /// True for [`Frame::THROW`].
    #[inline(always)]
    pub fn is_throw(self) -> bool {
        self.fp.is_null()
    }
    /// The instruction word.
    #[inline(always)]
    pub fn word(self) -> u32 {
        // SAFETY: the pc of a frame is at an instruction of its code.
        unsafe { *self.pc }
    }
    /// Extra word `i` of the instruction (from 1).
    #[inline(always)]
    pub fn x(self, i: usize) -> u32 {
        // SAFETY: the verifier checked that every instruction is complete.
        unsafe { *self.pc.add(i) }
    }
    /// The opcode.
    #[inline(always)]
    pub fn op(self) -> Op {
        // SAFETY: the verifier checked every opcode byte; `Op` is dense from 0.
        unsafe { std::mem::transmute::<u8, Op>(self.word() as u8) }
    }
    /// Operand byte a.
    #[inline(always)]
    pub fn a(self) -> usize {
        (self.word() >> 8 & 0xFF) as usize
    }
    /// Operand byte b.
    #[inline(always)]
    pub fn b(self) -> usize {
        (self.word() >> 16 & 0xFF) as usize
    }
    /// Operand byte c.
    #[inline(always)]
    pub fn c(self) -> usize {
        (self.word() >> 24) as usize
    }
    /// Operand bytes b and c together.
    #[inline(always)]
    pub fn bc(self) -> usize {
        (self.word() >> 16) as usize
    }
    /// Register `i`.
    #[inline(always)]
    pub fn reg(self, i: usize) -> Value {
        // SAFETY: the verifier checked every register operand against the frame size, which the stack check reserved.
        unsafe { *self.fp.add(i) }
    }
    /// Sets register `i`.
    #[inline(always)]
    pub fn set(self, i: usize, v: Value) {
        // SAFETY: as in `reg`.
        unsafe { *self.fp.add(i) = v }
    }
    /// Sets the arguments of a window, word by word: a copy of several words at once would wait until the stores that just made
    /// the list have left for the cache.
    #[inline(always)]
    pub fn set_arguments(self, args: &[Value]) {
        for (i, v) in args.iter().enumerate() {
            // SAFETY: as in `reg`; whoever fills a window has looked at the limit. Volatile stores are not joined.
            unsafe { self.fp.add(ARGS + i).write_volatile(*v) }
        }
    }
    /// Registers `i..i + n`.
    #[inline(always)]
    pub fn regs<'a>(self, i: usize, n: usize) -> &'a [Value] {
        // SAFETY: the verifier checked the range; the callers use it before anything writes to the range.
        unsafe { std::slice::from_raw_parts(self.fp.add(i), n) }
    }
    /// The linked code.
    #[inline(always)]
    pub fn code(self) -> Gc<LinkedCode> {
        // SAFETY: every frame holds its code, which the stack scan keeps alive.
        unsafe { Gc::from_raw((*self.fp.add(CODE)).bits() as *mut LinkedCode) }
    }
    /// The packed word.
    #[inline(always)]
    pub fn info(self) -> u64 {
        self.reg(INFO).bits()
    }
    /// Word offset of the position.
    #[inline(always)]
    pub fn offset(self) -> u32 {
        // SAFETY: the position lies in the words of the code.
        unsafe { self.pc.offset_from(self.code().words()) as u32 }
    }
    /// The position saved in the frame.
    #[inline(always)]
    pub fn saved(fp: Fp) -> Frame {
        // SAFETY: a live frame holds the pc of its current instruction whenever other code runs.
        unsafe {
            Frame {
                fp,
                pc: (*fp.add(SAVED_PC)).bits() as Pc,
            }
        }
    }
    /// Stores the position for whoever looks at the stack.
    #[inline(always)]
    pub fn save(self) {
        self.set(SAVED_PC, Value::from_bits(self.pc as u64));
    }
    /// The environment.
    #[inline(always)]
    pub fn env(self) -> Option<Environment> {
        env_of_word(self.reg(ENV))
    }
    /// Sets the environment.
    #[inline(always)]
    pub fn set_env(self, env: Option<Environment>) {
        self.set(ENV, env.map_or(Value::HOLE, Value::cell));
    }
    /// The constant value in extra word `i`.
    #[inline(always)]
    pub fn constant(self, i: usize) -> Value {
        self.code().constants()[self.x(i) as usize]
    }
    /// The property key of the String constant in extra word `i`.
    #[inline(always)]
    pub fn key(self, i: usize) -> PropertyKey {
        match self.constant(i).as_string() {
            Some(s) => PropertyKey::atom(s),
            None => PropertyKey::index(0),
        }
    }
    /// The inline-cache slot in extra word `i`: writable only if the code has feedback.
    #[inline(always)]
    pub fn ic(self, i: usize) -> *mut IcSlot {
        self.code().ics().wrapping_add(self.x(i) as usize)
    }
    /// A copy of the inline-cache slot in extra word `i`.
    #[inline(always)]
    pub fn ic_copy(self, i: usize) -> IcSlot {
        // SAFETY: the verifier checked the slot number; codes without feedback share a long zeroed vector.
        unsafe { *self.ic(i) }
    }
    /// Overwrites the inline-cache slot in extra word `i`, if the code has feedback.
    #[inline]
    pub fn set_ic(self, i: usize, ic: IcSlot) {
        let code = self.code();
        if code.has_feedback() {
            code.note_change();
            // SAFETY: as in `ic_copy`; the vector belongs to the code alone.
            unsafe { *self.ic(i) = ic }
        }
    }
    /// Sets bits of the feedback byte of the instruction.
    #[inline]
    pub fn feed(self, bits: u8) {
        let feedback = self.code().feedback();
        if !feedback.is_null() {
            // SAFETY: there is one feedback byte per word of code.
            unsafe { *feedback.add(self.offset() as usize) |= bits }
        }
    }
    /// The next instruction.
    #[inline(always)]
    pub fn next(self) -> Frame {
        self.skip(self.op().words())
    }
    /// `words` further.
    #[inline(always)]
    pub fn skip(self, words: usize) -> Frame {
        // SAFETY: used with the length of the instruction; code never ends with an instruction that falls through.
        let pc = unsafe { self.pc.add(words) };
        Frame { fp: self.fp, pc }
    }
    /// The target of the jump offset in extra word `i`.
    #[inline(always)]
    pub fn jump(self, i: usize) -> Frame {
        // SAFETY: the verifier checked that jumps lead to instructions of the same code.
        let pc = unsafe { self.pc.offset(self.x(i) as i32 as isize) };
        Frame { fp: self.fp, pc }
    }
    /// The frame that called this one (for entry frames the one that was current before).
    #[inline(always)]
    pub fn caller(self) -> Fp {
        self.reg(CALLER).bits() as Fp
    }
    /// First word above the frame.
    #[inline(always)]
    pub fn top(self) -> Fp {
        // SAFETY: the stack check reserved the whole frame.
        unsafe { self.fp.add(self.code().register_count() as usize) }
    }
}

/// The environment in a raw word.
#[inline(always)]
pub fn env_of_word(word: Value) -> Option<Environment> {
    if word.is_hole() {
        return None;
    }
    // SAFETY: fp[6] and GetEnv registers hold 0 or the address of a live environment cell.
    Some(unsafe { Gc::from_raw(word.bits() as *mut EnvironmentCell) })
}
