//! The cell of generators, async generators and async activations (27.3 to 27.7): a saved frame with its state.
//!
//! The saved words are those of the interpreter's frame, so they are scanned conservatively.

use super::{Object, ObjectCell};
use crate::agent::Agent;
use crate::kind::{CellKind, Trace, mark_value};
use crate::value::Value;
use sarus_gc::{Gc, HeapCell, Tracer};
use std::cell::Cell;

/// [[GeneratorState]] and [[AsyncGeneratorState]].
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum GeneratorState {
    /// Nothing of the body has run.
    SuspendedStart,
    /// At a `yield` (async: or an `await`).
    SuspendedYield,
    /// Running, or (async) waiting at an `await`.
    Executing,
    /// Async generators: a `return` request waits for its value.
    AwaitingReturn,
    /// Async generators: completed, and requests that waited are answered.
    DrainingQueue,
    /// Nothing left to run.
    Completed,
}

/// What the frame belongs to.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum GeneratorKind {
    /// A generator.
    Sync,
    /// An async generator.
    Async,
    /// An async function or module; never visible to JavaScript.
    AsyncFunction,
    /// A module between linking and evaluation; never visible to JavaScript.
    Module,
}

/// The cell.
#[repr(C)]
pub struct GeneratorCell {
    base: ObjectCell,
    state: Cell<GeneratorState>,
    kind: GeneratorKind,
    /// What the position waits at: see [`Suspension`].
    suspension: Cell<Suspension>,
    /// 1 if what it was left with is the result object of another iterator. The four bytes from the state on are one word for
    /// compiled code.
    passes_result: Cell<u8>,
    len: u32,
    /// Word offset to continue at.
    offset: Cell<u32>,
    /// Where compiled code goes on, and the register that gets what the activation is resumed with: `place | register << 16`;
    /// [`NO_RESUME`] unless it is suspended, by compiled code.
    resume: Cell<u32>,
    /// Async functions: the promise. Async generators: the queue, an array of (mode, value, promise) triples.
    payload: Cell<Value>,
    words: [Cell<u64>; 0],
}

/// Not suspended by compiled code.
pub const NO_RESUME: u32 = u32::MAX;

/// Which instruction suspended a frame.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Suspension {
    /// Nothing has run.
    Start,
    /// `yield`
    Yield,
    /// `yield*`
    Delegate,
    /// `await`
    Await,
}

const _: () = assert!(GeneratorCell::OFFSET_OFFSET.is_multiple_of(8));
const _: () =
    assert!(GeneratorCell::STATE_OFFSET + 2 == std::mem::offset_of!(GeneratorCell, suspension));

// SAFETY: repr(C) with the header first; traced and sized as GeneratorCell.
unsafe impl HeapCell for GeneratorCell {
    const KIND: u8 = CellKind::Generator as u8;
}

impl Trace for GeneratorCell {
    fn size(&self) -> usize {
        std::mem::size_of::<GeneratorCell>() + 8 * self.len as usize
    }
    fn trace(&self, tracer: &mut Tracer) {
        self.base.trace_head(tracer);
        mark_value(tracer, self.payload.get());
        let range = self.words().as_ptr_range();
        // SAFETY: the range is the tail of this cell.
        unsafe { tracer.mark_conservative_range(range.start.cast(), range.end.cast()) };
    }
}

impl GeneratorCell {
    /// Byte offset of a word: state, kind, suspension (a byte each).
    pub const STATE_OFFSET: usize = std::mem::offset_of!(GeneratorCell, state);
    /// Byte offset of the number of words (32 bits).
    pub const LEN_OFFSET: usize = std::mem::offset_of!(GeneratorCell, len);
    /// Byte offset of the place of the instruction that suspended the frame, and above it of the word that says where compiled
    /// code goes on (32 bits each).
    pub const OFFSET_OFFSET: usize = std::mem::offset_of!(GeneratorCell, offset);
    /// Byte offset of the first word of the frame.
    pub const WORDS_OFFSET: usize = std::mem::offset_of!(GeneratorCell, words);

    /// The word at `STATE_OFFSET` of a synchronous generator that waits at an instruction of that kind, in that state.
    pub const fn state_word(state: GeneratorState, at: Suspension, passes_result: bool) -> u32 {
        let kinds = (GeneratorKind::Sync as u32) << 8 | (at as u32) << 16;
        state as u32 | kinds | (passes_result as u32) << 24
    }
    /// The word of an async function that waits.
    pub const AWAITING: u32 = GeneratorState::Executing as u32
        | (GeneratorKind::AsyncFunction as u32) << 8
        | (Suspension::Await as u32) << 16;

    /// The saved words of the frame.
    #[inline]
    pub fn words(&self) -> &[Cell<u64>] {
        // SAFETY: `len` words follow the head.
        unsafe { std::slice::from_raw_parts(self.words.as_ptr(), self.len as usize) }
    }
    /// The state.
    #[inline(always)]
    pub fn state(&self) -> GeneratorState {
        self.state.get()
    }
    /// Sets the state.
    #[inline(always)]
    pub fn set_state(&self, state: GeneratorState) {
        self.state.set(state);
        if state == GeneratorState::Completed {
            self.forget_resume();
        }
    }
    /// What the frame belongs to.
    #[inline(always)]
    pub fn generator_kind(&self) -> GeneratorKind {
        self.kind
    }
    /// What suspended the frame, and the word offset of that instruction.
    #[inline(always)]
    pub fn suspension(&self) -> (Suspension, u32) {
        (self.suspension.get(), self.offset.get())
    }
    /// Whether what it was left with is the result object of another iterator, which the program gets as it is.
    #[inline(always)]
    pub fn passes_result(&self) -> bool {
        self.passes_result.get() != 0
    }
    /// Says so.
    #[inline(always)]
    pub fn set_passes_result(&self, passes: bool) {
        self.passes_result.set(u8::from(passes));
    }
    /// It runs, or has ended.
    #[inline(always)]
    pub fn forget_resume(&self) {
        self.resume.set(NO_RESUME);
    }
    /// Sets what suspended the frame, in the interpreter.
    #[inline(always)]
    pub fn set_suspension(&self, suspension: Suspension, offset: u32) {
        self.suspension.set(suspension);
        self.offset.set(offset);
        self.passes_result.set(0);
        self.resume.set(NO_RESUME);
    }
    /// Where compiled code goes on, and the register that gets what the activation is resumed with; `None` if it was not
    /// compiled code that suspended it.
    #[inline(always)]
    pub fn compiled_resume(&self) -> Option<(u32, usize)> {
        let resume = self.resume.get();
        (resume != NO_RESUME).then_some((resume & 0xFFFF, (resume >> 16) as usize))
    }
    /// The promise of an async function, the queue of an async generator.
    #[inline(always)]
    pub fn payload(&self) -> Value {
        self.payload.get()
    }
    /// Sets the payload.
    pub fn set_payload(&self, agent: &Agent, v: Value) {
        agent.heap.write_barrier(&self.base.header);
        self.payload.set(v);
    }
    /// The header, for barriers.
    pub fn header(&self) -> &sarus_gc::Header {
        &self.base.header
    }
}

impl Object {
    /// The generator's cell.
    #[inline(always)]
    pub fn as_generator(self) -> Option<Gc<GeneratorCell>> {
        if self.is(CellKind::Generator) {
            // SAFETY: the kind was checked just above.
            Some(unsafe { self.cell() })
        } else {
            None
        }
    }
}

impl Agent {
    /// A generator object with room for a frame of `len` words.
    pub fn new_generator(
        &mut self,
        kind: GeneratorKind,
        proto: Option<Object>,
        len: usize,
    ) -> Object {
        let shape = self.root_shape(CellKind::Generator, proto, 0);
        let cell = GeneratorCell {
            base: ObjectCell::head(self, shape, 0),
            state: Cell::new(GeneratorState::SuspendedStart),
            kind,
            suspension: Cell::new(Suspension::Start),
            passes_result: Cell::new(0),
            len: len as u32,
            offset: Cell::new(0),
            resume: Cell::new(NO_RESUME),
            payload: Cell::new(Value::UNDEFINED),
            words: [],
        };
        let size = std::mem::size_of::<GeneratorCell>() + 8 * len;
        // SAFETY: the size covers the head and the words, which the heap zeroes.
        let cell = unsafe { self.heap.alloc_sized(size, cell) };
        // SAFETY: a GeneratorCell begins with an ObjectCell.
        Object(unsafe { cell.cast() })
    }
}
