//! Machine code of patterns: where it is kept, when it is worth having, and how it is called.
//!
//! This crate makes and runs none. Whoever does asks [`CompiledRegExp::wants_native`] before a match, and hands over with
//! [`CompiledRegExp::install_native`] what implements [`NativeCode`].

use crate::matcher::{MatchState, POLL_INTERVAL};
use crate::program::{Prefilter, Program};
use crate::text::StrView;
use crate::{CompiledRegExp, ExecError};
use std::cell::{Cell, OnceCell};

/// Which subjects code is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Width {
    /// One byte per code unit.
    Latin1,
    /// Two bytes per code unit.
    Utf16,
}

impl Width {
    /// That of a subject.
    #[inline]
    pub fn of(view: StrView<'_>) -> Width {
        match view {
            StrView::Latin1(_) => Width::Latin1,
            StrView::Utf16(_) => Width::Utf16,
        }
    }
}

/// Steps between two polls.
pub const STEPS: u32 = POLL_INTERVAL;

/// Steps after which code is worth having, by instructions of the program: the longer it is, the longer its compile takes.
const STEPS_PER_INSTRUCTION: u32 = 500;

/// Words that native code's stack of choices has at most: 64 MiB.
pub const MAX_STACK: usize = 1 << 23;

/// Words of it that are kept from one match to the next.
const KEPT_STACK: usize = 1 << 16;

/// A search, or a match at one place.
pub struct Call<'a> {
    /// The pattern.
    pub program: &'a Program,
    /// The subject.
    pub input: StrView<'a>,
    /// Where to begin.
    pub start: usize,
    /// Match there or not at all.
    pub sticky: bool,
    /// `start` is the first place at which a match can begin.
    pub is_candidate: bool,
    /// As many slots as the code asked for. After a match, those of the groups say what they took.
    pub slots: &'a mut [u32],
    /// For choices.
    pub stack: &'a mut Vec<u64>,
    /// Whether to go on; to be called every [`STEPS`] steps.
    pub poll: &'a mut dyn FnMut() -> bool,
}

/// Machine code of a pattern for one width of subjects.
pub trait NativeCode {
    /// The slots it works with: at least those of the program.
    fn slots(&self) -> usize;
    /// Whether it looks for places at which a match can begin itself.
    fn scans(&self) -> bool;
    /// Does it; whether there is a match.
    ///
    /// # Errors
    /// As for [`CompiledRegExp::exec`].
    fn exec(&self, call: Call<'_>) -> Result<bool, ExecError>;
}

/// Machine code and what it says of itself.
pub(crate) struct Held {
    code: Box<dyn NativeCode>,
    slots: usize,
    scans: bool,
}

/// Machine code of a pattern and how much it is wanted, by width.
#[derive(Default)]
pub(crate) struct Natives {
    code: [OnceCell<Held>; 2],
    /// Steps of the matcher; `u32::MAX` once code was asked for.
    heat: [Cell<u32>; 2],
}

impl std::fmt::Debug for Natives {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Natives {:?}", self.heat)
    }
}

impl CompiledRegExp {
    /// The machine code for subjects of a width.
    #[inline]
    pub(crate) fn native(&self, width: Width) -> Option<&Held> {
        self.natives.code[width as usize].get()
    }

    /// Whether the matcher has taken `threshold` steps on such subjects, and what is worth it unless that is 0, and code was not
    /// asked for yet.
    #[inline]
    pub fn wants_native(&self, width: Width, threshold: u32) -> bool {
        let heat = self.natives.heat[width as usize].get();
        heat >= threshold && heat != u32::MAX && (threshold == 0 || self.is_worth_native(width, 1))
    }

    /// Whether the matcher has taken enough steps on such subjects to make up for compiling so large a program, that many times.
    pub fn is_worth_native(&self, width: Width, times: u32) -> bool {
        let heat = self.natives.heat[width as usize].get();
        let needed = STEPS_PER_INSTRUCTION.saturating_mul(times);
        (heat / needed) as usize >= self.program.insts.len()
    }

    /// Whether code was asked for and is not there yet; it may never be.
    #[inline]
    pub fn awaits_native(&self, width: Width) -> bool {
        let asked = self.natives.heat[width as usize].get() == u32::MAX;
        asked && self.native(width).is_none()
    }

    /// Code was asked for.
    pub fn set_asked(&self, width: Width) {
        self.natives.heat[width as usize].set(u32::MAX);
    }

    /// Hands over machine code. What is there already stays.
    pub fn install_native(&self, width: Width, code: Box<dyn NativeCode>) {
        let (slots, scans) = (code.slots(), code.scans());
        let held = Held { code, slots, scans };
        let _ = self.natives.code[width as usize].set(held);
    }

    pub(crate) fn heat_up(&self, width: Width, steps: u32) {
        let heat = &self.natives.heat[width as usize];
        if heat.get() != u32::MAX {
            heat.set(heat.get().saturating_add(steps).min(u32::MAX - 1));
        }
    }
}

/// Runs machine code.
#[inline]
pub(crate) fn exec(
    regexp: &CompiledRegExp,
    held: &Held,
    state: &mut MatchState,
    input: StrView<'_>,
    mut start: usize,
    sticky: bool,
    poll: &mut dyn FnMut() -> bool,
) -> Result<bool, ExecError> {
    let program = regexp.program();
    let anchored = matches!(program.prefilter, Prefilter::Anchored);
    if anchored && !sticky && start > 0 {
        return Ok(false);
    }
    let is_candidate = !sticky && !anchored && !held.scans;
    if is_candidate {
        // Most searches that fail end here.
        let found = match input {
            StrView::Latin1(s) => program.next_in_latin1(s, start),
            StrView::Utf16(_) => program.next_candidate(input, start),
        };
        match found {
            Some(candidate) => start = candidate,
            None => return Ok(false),
        }
    }
    let (slots, stack) = state.prepare(program.groups, held.slots);
    let result = held.code.exec(Call {
        program,
        input,
        start,
        sticky: sticky || anchored,
        is_candidate,
        slots,
        stack,
        poll,
    });
    if state.native_stack.len() > KEPT_STACK {
        state.native_stack = Vec::new();
    }
    result
}
