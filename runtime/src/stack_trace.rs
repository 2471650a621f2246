//! Stack traces as they are captured: raw frames in one heap cell, described only when somebody reads them.
//!
//! ```text
//! interp's walk ──► RawFrame … ──► Trace (cell) ──► builtins::call_site (names, positions) ──► text
//! ```

use crate::agent::Agent;
use crate::code::LinkedCode;
use crate::kind::mark_value;
use crate::object::Object;
use crate::object::elements::ElementsCell;
use crate::value::Value;
use sarus_bytecode::SourceText;
use sarus_gc::{Gc, Tracer};
use std::sync::Arc;

/// What is known of a frame besides its function and position.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub struct FrameFlags(pub u8);

impl FrameFlags {
    /// Called by `new`.
    pub const CONSTRUCT: FrameFlags = FrameFlags(1);
    /// A Rust function: no code, no position.
    pub const NATIVE: FrameFlags = FrameFlags(2);
    /// A suspended activation that awaits what runs.
    pub const ASYNC: FrameFlags = FrameFlags(4);
    /// The frame or one above it is strict: function and receiver are not handed out.
    pub const STRICT: FrameFlags = FrameFlags(8);
    /// `Promise.all` and its kin, waiting for element `offset`; with `ASYNC`. Its number is in `function`.
    pub const COMBINATOR: FrameFlags = FrameFlags(16);
    /// `next` of the generator that is the receiver, where no call of it is seen.
    pub const GENERATOR_NEXT: FrameFlags = FrameFlags(32);

    /// True if any bit of `other` is set.
    #[inline]
    pub const fn has(self, other: FrameFlags) -> bool {
        self.0 & other.0 != 0
    }
    /// Both sets of bits.
    #[inline]
    pub const fn with(self, other: FrameFlags) -> FrameFlags {
        FrameFlags(self.0 | other.0)
    }
}

/// One frame as the walk finds it.
#[derive(Copy, Clone)]
pub struct RawFrame {
    /// The function; `undefined` for scripts, modules and evals.
    pub function: Value,
    /// `this` as the function got it; `undefined` where it has none of its own.
    pub receiver: Value,
    /// The code; None for native functions.
    pub code: Option<Gc<LinkedCode>>,
    /// Word offset in the code; in a combinator the index of the element.
    pub offset: u32,
    /// The rest.
    pub flags: FrameFlags,
}

/// Values per frame in the cell.
pub(crate) const STRIDE: usize = 4;

/// A captured trace.
#[derive(Copy, Clone)]
pub struct Trace(Gc<ElementsCell>);

impl Trace {
    /// The trace in a value, if it is one.
    pub fn of_value(v: Value) -> Option<Trace> {
        v.as_elements_cell().map(Trace)
    }
    /// The value that holds the trace; never visible to JavaScript.
    pub fn value(self) -> Value {
        Value::cell(self.0)
    }
    /// Number of frames.
    pub fn len(self) -> usize {
        self.0.capacity() / STRIDE
    }
    /// True without frames.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
    /// Frame `i`.
    pub fn frame(self, i: usize) -> RawFrame {
        let at = |k: usize| self.0.get(i * STRIDE + k);
        let packed = at(3).as_number().unwrap_or(0.0) as u64;
        RawFrame {
            function: at(0).or_undefined(),
            receiver: at(1).or_undefined(),
            code: at(2).as_linked_code(),
            offset: packed as u32,
            flags: FrameFlags((packed >> 32) as u8),
        }
    }
    /// All frames, innermost first.
    pub fn frames(self) -> impl Iterator<Item = RawFrame> {
        (0..self.len()).map(move |i| self.frame(i))
    }
}

/// A capture under way.
pub struct Capture {
    limit: usize,
    hidden: Option<Value>,
    below: Option<Value>,
    found: bool,
    innermost: bool,
    strict: bool,
    /// The values are on the JS stack, or held by the running job, until they are in the cell.
    frames: Vec<[Value; STRIDE]>,
}

impl Capture {
    /// Takes the next frame; false when no more are wanted.
    #[inline(always)]
    pub fn visit(&mut self, frame: RawFrame) -> bool {
        let innermost = std::mem::replace(&mut self.innermost, false);
        if !self.found {
            self.found = Some(frame.function) == self.below;
            return true;
        }
        if innermost && frame.code.is_none() && Some(frame.function) == self.hidden {
            return true;
        }
        let mut flags = frame.flags;
        self.strict |= frame.code.is_some_and(|c| c.block().flags.strict);
        if self.strict {
            flags = flags.with(FrameFlags::STRICT);
        }
        let packed = (flags.0 as u64) << 32 | frame.offset as u64;
        self.frames.push([
            frame.function,
            frame.receiver,
            frame.code.map_or(Value::UNDEFINED, Value::cell),
            Value::number(packed as f64),
        ]);
        self.frames.len() < self.limit
    }
}

/// Captures at most `limit` frames. `hidden` is the native function that asks, if it runs innermost; with `below` the trace
/// begins under that function's innermost frame (and is empty if there is none).
pub fn capture(
    agent: &mut Agent,
    limit: usize,
    hidden: Option<Object>,
    below: Option<Object>,
) -> Trace {
    let mut frames = std::mem::take(&mut agent.trace_buffer);
    frames.clear();
    let mut capture = Capture {
        limit,
        hidden: hidden.map(Value::from),
        below: below.map(Value::from),
        found: below.is_none(),
        innermost: true,
        strict: false,
        frames,
    };
    if limit > 0 {
        (agent.hooks.capture_stack)(agent, &mut capture);
    }
    let frames = capture.frames;
    let cell = ElementsCell::allocate(agent, frames.len() * STRIDE);
    for (to, from) in cell.values().iter().zip(frames.as_flattened()) {
        to.set(*from);
    }
    agent.trace_buffer = frames;
    Trace(cell)
}

/// Where an exception was thrown.
#[derive(Clone, Default)]
pub enum Place {
    /// Not known.
    #[default]
    Unknown,
    /// The instruction at a word offset.
    Code(Gc<LinkedCode>, u32),
    /// A range of bytes of a source: an early error.
    Source(Arc<SourceText>, u32, u32),
}

impl Place {
    pub(crate) fn trace(&self, tracer: &mut Tracer) {
        if let Place::Code(code, _) = self {
            mark_value(tracer, Value::cell(*code));
        }
    }
}
