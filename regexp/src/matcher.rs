//! The backtracking matcher.
//!
//! Choices and what has to be undone go on an explicit stack; only lookarounds recurse, as deep as the pattern nests
//! them. The stack is limited as V8's is, and every so many steps the caller is asked whether to go on.

use super::ExecError;
use super::program::{CharTest, Inst, Prefilter, Program, Run};
use super::unicode;
use crate::text::{StrView, index_of, is_lead_surrogate, is_trail_surrogate};
use std::ops::Range;

/// No position.
const NONE: u32 = u32::MAX;

/// Choices and restorations at a time: 64 MiB.
const MAX_STACK: usize = 1 << 22;

/// Steps between two polls.
pub(super) const POLL_INTERVAL: u32 = 1 << 16;

/// Steps that a match takes for the work it is, however short.
const STEPS_PER_MATCH: u32 = 12;

/// What to do when a path fails.
#[derive(Clone, Copy, Debug)]
enum Undo {
    /// Go on there.
    Choice { pc: u32, pos: u32 },
    /// Put a slot back and fail again.
    Slot { slot: u32, value: u32 },
    /// Shorten a greedy run that ended at `end`, down to `least`.
    Shorten { pc: u32, least: u32, end: u32 },
    /// Lengthen a lazy run by one, `count` having been taken.
    Lengthen { pc: u32, pos: u32, count: u32 },
}

/// Working memory of a match, reused from one to the next, and its result.
#[derive(Debug, Default)]
pub struct MatchState {
    slots: Vec<u32>,
    stack: Vec<Undo>,
    groups: u32,
    steps: u32,
    /// Steps counted before the last poll, in this match.
    polled: u32,
    /// Where native code keeps its choices.
    pub(super) native_stack: Vec<u64>,
}

impl MatchState {
    /// An empty state.
    pub fn new() -> Self {
        Self::default()
    }

    /// Number of groups of the last match, with group 0.
    #[inline]
    pub fn len(&self) -> usize {
        self.groups as usize
    }

    /// Leaves the groups of the last match to `other`, and keeps the memory.
    #[inline]
    pub fn give_groups(&mut self, other: &mut MatchState) {
        std::mem::swap(&mut self.slots, &mut other.slots);
        other.groups = self.groups;
    }

    /// Makes it ready for native code: the slots, with those of groups undefined.
    pub(super) fn prepare(&mut self, groups: u32, slots: usize) -> (&mut [u32], &mut Vec<u64>) {
        self.groups = groups;
        if self.slots.len() < slots {
            self.slots.resize(slots, NONE);
        }
        (&mut self.slots[..slots], &mut self.native_stack)
    }

    /// Whether nothing has been matched yet.
    pub fn is_empty(&self) -> bool {
        self.groups == 0
    }

    /// The code units a group of the last successful match took, `None` if it took no part.
    #[inline]
    pub fn group(&self, index: usize) -> Option<Range<usize>> {
        if index < self.len() {
            group_of(&self.slots, index)
        } else {
            None
        }
    }
}

/// Input of one width and reading.
trait Input: Copy {
    /// Whether surrogate pairs are one character.
    const PAIRS: bool;
    fn len(self) -> usize;
    /// The unit at `pos`, which is in range.
    fn unit(self, pos: usize) -> u32;

    /// The character at `pos` and the position after it.
    #[inline(always)]
    fn read(self, pos: usize) -> Option<(u32, usize)> {
        if pos >= self.len() {
            return None;
        }
        let unit = self.unit(pos);
        if Self::PAIRS && is_lead_surrogate(unit as u16) && pos + 1 < self.len() {
            let trail = self.unit(pos + 1);
            if is_trail_surrogate(trail as u16) {
                return Some((
                    crate::text::join_surrogates(unit as u16, trail as u16),
                    pos + 2,
                ));
            }
        }
        Some((unit, pos + 1))
    }

    /// The position before the character that ends at `pos`, which is not the start.
    #[inline(always)]
    fn before(self, pos: usize) -> usize {
        let pos = pos - 1;
        if Self::PAIRS
            && pos > 0
            && is_trail_surrogate(self.unit(pos) as u16)
            && is_lead_surrogate(self.unit(pos - 1) as u16)
        {
            return pos - 1;
        }
        pos
    }
}

#[derive(Clone, Copy)]
struct Latin1<'a>(&'a [u8]);
#[derive(Clone, Copy)]
struct Units<'a>(&'a [u16]);
#[derive(Clone, Copy)]
struct CodePoints<'a>(&'a [u16]);

impl Input for Latin1<'_> {
    const PAIRS: bool = false;
    #[inline(always)]
    fn len(self) -> usize {
        self.0.len()
    }
    #[inline(always)]
    fn unit(self, pos: usize) -> u32 {
        u32::from(self.0[pos])
    }
}

impl Input for Units<'_> {
    const PAIRS: bool = false;
    #[inline(always)]
    fn len(self) -> usize {
        self.0.len()
    }
    #[inline(always)]
    fn unit(self, pos: usize) -> u32 {
        u32::from(self.0[pos])
    }
}

impl Input for CodePoints<'_> {
    const PAIRS: bool = true;
    #[inline(always)]
    fn len(self) -> usize {
        self.0.len()
    }
    #[inline(always)]
    fn unit(self, pos: usize) -> u32 {
        u32::from(self.0[pos])
    }
}

/// Where a match from `start` on begins: `None` if nowhere, and before a pair that `start` is inside of.
#[inline]
pub(super) fn first_start(program: &Program, input: StrView<'_>, start: usize) -> Option<usize> {
    if start > input.len() || input.len() >= NONE as usize {
        return None;
    }
    let StrView::Utf16(s) = input else {
        return Some(start);
    };
    let inside_pair = program.unicode
        && start > 0
        && s.get(start).is_some_and(|&u| is_trail_surrogate(u))
        && is_lead_surrogate(s[start - 1]);
    Some(if inside_pair { start - 1 } else { start })
}

/// The steps that the last match took.
pub(super) fn work(state: &MatchState, steps_before: u32) -> u32 {
    let steps = u64::from(state.polled) + u64::from(state.steps) + u64::from(STEPS_PER_MATCH);
    u32::try_from(steps.saturating_sub(u64::from(steps_before))).unwrap_or(u32::MAX)
}

impl MatchState {
    pub(super) fn steps(&self) -> u32 {
        self.steps
    }
}

/// Searches from `start`, which [`first_start`] gave, on, or matches exactly there if `sticky`.
pub(super) fn exec(
    program: &Program,
    state: &mut MatchState,
    input: StrView<'_>,
    start: usize,
    sticky: bool,
    poll: &mut dyn FnMut() -> bool,
) -> Result<bool, ExecError> {
    state.groups = program.groups;
    state.polled = 0;
    match input {
        StrView::Latin1(s) => Matcher {
            program,
            state,
            input: Latin1(s),
            view: input,
            poll,
        }
        .search(start, sticky),
        StrView::Utf16(s) if program.unicode => Matcher {
            program,
            state,
            input: CodePoints(s),
            view: input,
            poll,
        }
        .search(start, sticky),
        StrView::Utf16(s) => Matcher {
            program,
            state,
            input: Units(s),
            view: input,
            poll,
        }
        .search(start, sticky),
    }
}

struct Matcher<'a, I> {
    program: &'a Program,
    state: &'a mut MatchState,
    input: I,
    view: StrView<'a>,
    poll: &'a mut dyn FnMut() -> bool,
}

impl<I: Input> Matcher<'_, I> {
    fn search(&mut self, start: usize, sticky: bool) -> Result<bool, ExecError> {
        if sticky {
            return self.attempt(start);
        }
        if matches!(self.program.prefilter, Prefilter::Anchored) {
            return if start == 0 {
                self.attempt(0)
            } else {
                Ok(false)
            };
        }
        let mut pos = start;
        while let Some(candidate) = self.program.next_candidate(self.view, pos) {
            if self.attempt(candidate)? {
                return Ok(true);
            }
            match self.input.read(candidate) {
                Some((_, next)) => pos = next,
                None => return Ok(false),
            }
        }
        Ok(false)
    }

    /// Tries to match at exactly one position.
    fn attempt(&mut self, start: usize) -> Result<bool, ExecError> {
        self.state.slots.clear();
        self.state.slots.resize(self.program.slots as usize, NONE);
        self.state.stack.clear();
        self.count_steps(1)?;
        let Some(end) = self.run(0, start)? else {
            return Ok(false);
        };
        self.state.slots[0] = start as u32;
        self.state.slots[1] = end as u32;
        Ok(true)
    }

    #[inline(always)]
    fn count_steps(&mut self, steps: usize) -> Result<(), ExecError> {
        self.state.steps = self.state.steps.saturating_add(steps as u32);
        if self.state.steps >= POLL_INTERVAL {
            self.state.polled = self.state.polled.saturating_add(self.state.steps);
            self.state.steps = 0;
            if !(self.poll)() {
                return Err(ExecError::Interrupted);
            }
        }
        Ok(())
    }

    #[inline(always)]
    fn push(&mut self, undo: Undo) -> Result<(), ExecError> {
        if self.state.stack.len() >= MAX_STACK {
            return Err(ExecError::StackOverflow);
        }
        self.state.stack.push(undo);
        Ok(())
    }

    #[inline(always)]
    fn set_slot(&mut self, slot: u32, value: u32) -> Result<(), ExecError> {
        let old = std::mem::replace(&mut self.state.slots[slot as usize], value);
        self.push(Undo::Slot { slot, value: old })
    }

    #[inline(always)]
    fn slot(&self, slot: u32) -> u32 {
        self.state.slots[slot as usize]
    }

    #[inline(always)]
    fn passes(&self, test: CharTest, c: u32) -> bool {
        match test {
            CharTest::Char(x) => c == x,
            CharTest::Either(x, y) => c == x || c == y,
            CharTest::Set(index) => self.program.sets[index as usize].matches(c),
            CharTest::NotLineTerminator => !matches!(c, 0x0A | 0x0D | 0x2028 | 0x2029),
            CharTest::Any => true,
        }
    }

    /// Whether the character at `pos` passes.
    #[inline(always)]
    fn passes_at(&self, test: CharTest, pos: usize) -> bool {
        self.input
            .read(pos)
            .is_some_and(|(c, _)| self.passes(test, c))
    }

    /// Runs from `pc` at `pos` to an `Accept`; gives the position there, or `None` if every path failed. What was on
    /// the stack before stays untouched.
    fn run(&mut self, mut pc: usize, mut pos: usize) -> Result<Option<usize>, ExecError> {
        let program = self.program;
        let base = self.state.stack.len();
        loop {
            let ok = match program.insts[pc] {
                Inst::Test(test) => match self.input.read(pos) {
                    Some((c, next)) if self.passes(test, c) => {
                        pos = next;
                        pc += 1;
                        true
                    }
                    _ => false,
                },
                Inst::Run(index) => {
                    let run = &program.runs[index as usize];
                    match self.start_run(run, pc, pos)? {
                        Some(end) => {
                            pos = end;
                            pc += 1;
                            true
                        }
                        None => false,
                    }
                }
                Inst::Split { first, second } => {
                    self.push(Undo::Choice {
                        pc: second,
                        pos: pos as u32,
                    })?;
                    pc = first as usize;
                    true
                }
                Inst::Jump(target) => {
                    pc = target as usize;
                    true
                }
                Inst::Save(slot) => {
                    self.set_slot(slot, pos as u32)?;
                    pc += 1;
                    true
                }
                Inst::Clear { first, end } => {
                    self.clear_slots(first, end)?;
                    pc += 1;
                    true
                }
                Inst::Zero(slot) => {
                    self.set_slot(slot, 0)?;
                    pc += 1;
                    true
                }
                Inst::StepBack => {
                    let possible = pos > 0;
                    if possible {
                        pos = self.input.before(pos);
                        pc += 1;
                    }
                    possible
                }
                Inst::LoopHead(index) => {
                    pc = self.loop_head(index, pos)?;
                    true
                }
                Inst::LoopBody(index) => {
                    let data = &program.loops[index as usize];
                    self.set_slot(data.start_slot, pos as u32)?;
                    self.clear_slots(data.clear.0, data.clear.1)?;
                    pc += 1;
                    true
                }
                Inst::LoopEnd(index) => {
                    let data = &program.loops[index as usize];
                    let count = self.slot(data.count_slot);
                    // An optional iteration has to consume something.
                    let idle = pos as u32 == self.slot(data.start_slot) && count >= data.min;
                    if !idle {
                        self.set_slot(data.count_slot, count.saturating_add(1))?;
                        pc = data.head as usize;
                    }
                    !idle
                }
                Inst::Look { negated, end } => {
                    let found = self.look(pc + 1, pos, negated)?;
                    if found {
                        pc = end as usize;
                    }
                    found
                }
                Inst::BackReference {
                    index,
                    ignore_case,
                    backward,
                } => match self.program.back_reference_in(
                    self.input,
                    &self.state.slots,
                    index,
                    ignore_case,
                    backward,
                    pos,
                ) {
                    Some(end) => {
                        pos = end;
                        pc += 1;
                        true
                    }
                    None => false,
                },
                Inst::Start { .. } | Inst::End { .. } | Inst::WordBoundary { .. } => {
                    pc += 1;
                    self.assertion(program.insts[pc - 1], pos)
                }
                Inst::Accept => return Ok(Some(pos)),
            };
            if !ok {
                match self.fail(base)? {
                    Some(resume) => (pc, pos) = resume,
                    None => return Ok(None),
                }
            }
        }
    }

    /// Undoes up to the last choice above `base` and takes its other way.
    #[inline(always)]
    fn fail(&mut self, base: usize) -> Result<Option<(usize, usize)>, ExecError> {
        self.count_steps(1)?;
        while self.state.stack.len() > base {
            match self.state.stack.pop() {
                Some(Undo::Choice { pc, pos }) => return Ok(Some((pc as usize, pos as usize))),
                Some(Undo::Slot { slot, value }) => self.state.slots[slot as usize] = value,
                Some(Undo::Shorten { pc, least, end }) => {
                    if let Some(resume) = self.shorten(pc, least as usize, end as usize)? {
                        return Ok(Some(resume));
                    }
                }
                Some(Undo::Lengthen { pc, pos, count }) => {
                    if let Some(resume) = self.lengthen(pc, pos as usize, count)? {
                        return Ok(Some(resume));
                    }
                }
                None => break,
            }
        }
        Ok(None)
    }

    fn clear_slots(&mut self, first: u32, end: u32) -> Result<(), ExecError> {
        for slot in first..end {
            if self.slot(slot) != NONE {
                self.set_slot(slot, NONE)?;
            }
        }
        Ok(())
    }

    /// Takes characters while they pass, at most `limit`; the position after them and their number.
    #[inline(always)]
    fn take(&self, test: CharTest, mut pos: usize, limit: u32) -> (usize, u32) {
        let mut count = 0;
        while count < limit {
            match self.input.read(pos) {
                Some((c, next)) if self.passes(test, c) => pos = next,
                _ => break,
            }
            count += 1;
        }
        (pos, count)
    }

    /// The first way through a run from `pos`.
    #[inline(always)]
    fn start_run(&mut self, run: &Run, pc: usize, pos: usize) -> Result<Option<usize>, ExecError> {
        if !run.greedy {
            let (least, count) = self.take(run.test, pos, run.min);
            if count < run.min {
                return Ok(None);
            }
            self.push(Undo::Lengthen {
                pc: pc as u32,
                pos: least as u32,
                count,
            })?;
            return Ok(Some(least));
        }
        // The test is picked once outside the loop, so that each loop is over one simple condition.
        let (end, count) = match run.test {
            CharTest::Any if !I::PAIRS => {
                let count = (self.input.len() - pos).min(run.max as usize);
                (pos + count, count as u32)
            }
            CharTest::Any => self.take(CharTest::Any, pos, run.max),
            CharTest::NotLineTerminator => self.take(CharTest::NotLineTerminator, pos, run.max),
            CharTest::Char(c) => self.take(CharTest::Char(c), pos, run.max),
            CharTest::Either(a, b) => self.take(CharTest::Either(a, b), pos, run.max),
            CharTest::Set(set) => self.take(CharTest::Set(set), pos, run.max),
        };
        if count < run.min {
            return Ok(None);
        }
        self.count_steps(end.saturating_sub(pos) / 16)?;
        if run.possessive || count == run.min {
            return Ok(Some(end));
        }
        let least = match run.min {
            0 => pos,
            _ if !I::PAIRS => pos + run.min as usize,
            min => self.take(run.test, pos, min).0,
        };
        self.push(Undo::Shorten {
            pc: pc as u32,
            least: least as u32,
            end: end as u32,
        })?;
        Ok(Some(end))
    }

    /// Gives back one character of a greedy run, and more where what comes next cannot match.
    #[inline(always)]
    fn shorten(
        &mut self,
        pc: u32,
        least: usize,
        end: usize,
    ) -> Result<Option<(usize, usize)>, ExecError> {
        let next = match self.program.insts[pc as usize] {
            Inst::Run(index) => self.program.runs[index as usize].next,
            _ => None,
        };
        let mut pos = end;
        while pos > least {
            pos = self.input.before(pos);
            if next.is_none_or(|test| self.passes_at(test, pos)) {
                self.count_steps((end - pos) / 16)?;
                if pos > least {
                    self.push(Undo::Shorten {
                        pc,
                        least: least as u32,
                        end: pos as u32,
                    })?;
                }
                return Ok(Some((pc as usize + 1, pos)));
            }
        }
        self.count_steps((end - pos) / 16)?;
        Ok(None)
    }

    /// Takes one more character for a lazy run, and more where what comes next cannot match.
    #[inline(always)]
    fn lengthen(
        &mut self,
        pc: u32,
        start: usize,
        mut count: u32,
    ) -> Result<Option<(usize, usize)>, ExecError> {
        let Inst::Run(index) = self.program.insts[pc as usize] else {
            return Ok(None);
        };
        let run = self.program.runs[index as usize];
        let mut pos = start;
        while count < run.max {
            match self.input.read(pos) {
                Some((c, next)) if self.passes(run.test, c) => pos = next,
                _ => break,
            }
            count += 1;
            if run.next.is_none_or(|test| self.passes_at(test, pos)) {
                self.count_steps((pos - start) / 16)?;
                self.push(Undo::Lengthen {
                    pc,
                    pos: pos as u32,
                    count,
                })?;
                return Ok(Some((pc as usize + 1, pos)));
            }
        }
        self.count_steps((pos - start) / 16)?;
        Ok(None)
    }

    /// Where a counted loop goes on.
    fn loop_head(&mut self, index: u32, pos: usize) -> Result<usize, ExecError> {
        let data = &self.program.loops[index as usize];
        let count = self.slot(data.count_slot);
        if count < data.min {
            return Ok(data.body as usize);
        }
        if count >= data.max {
            return Ok(data.exit as usize);
        }
        let (first, second) = if data.greedy {
            (data.body, data.exit)
        } else {
            (data.exit, data.body)
        };
        self.push(Undo::Choice {
            pc: second,
            pos: pos as u32,
        })?;
        Ok(first as usize)
    }

    /// Runs the body of a lookaround. Once it has matched, its choices are gone, but not what it captured, nor how to
    /// undo that.
    fn look(&mut self, pc: usize, pos: usize, negated: bool) -> Result<bool, ExecError> {
        let base = self.state.stack.len();
        let found = self.run(pc, pos)?.is_some();
        if found && !negated {
            let mut kept = base;
            for i in base..self.state.stack.len() {
                if let undo @ Undo::Slot { .. } = self.state.stack[i] {
                    self.state.stack[kept] = undo;
                    kept += 1;
                }
            }
            self.state.stack.truncate(kept);
        } else {
            while self.state.stack.len() > base {
                if let Some(Undo::Slot { slot, value }) = self.state.stack.pop() {
                    self.state.slots[slot as usize] = value;
                }
            }
        }
        Ok(found != negated)
    }

    fn assertion(&self, inst: Inst, pos: usize) -> bool {
        let is_line_end = |at: usize| matches!(self.input.unit(at), 0x0A | 0x0D | 0x2028 | 0x2029);
        match inst {
            Inst::Start { multiline } => pos == 0 || (multiline && is_line_end(pos - 1)),
            Inst::End { multiline } => pos == self.input.len() || (multiline && is_line_end(pos)),
            Inst::WordBoundary { set, negated } => {
                let set = CharTest::Set(set);
                let before = pos > 0 && self.passes_at(set, self.input.before(pos));
                (before != self.passes_at(set, pos)) != negated
            }
            _ => false,
        }
    }
}

/// What a group took, by the slots.
#[inline]
fn group_of(slots: &[u32], index: usize) -> Option<Range<usize>> {
    match slots.get(index * 2..index * 2 + 2) {
        Some(&[start, end]) if start != NONE && end != NONE => Some(start as usize..end as usize),
        _ => None,
    }
}

impl Program {
    /// The first position from `pos` on where a match could start.
    #[inline]
    pub fn next_candidate(&self, view: StrView<'_>, pos: usize) -> Option<usize> {
        match view {
            StrView::Latin1(s) => self.next_in_latin1(s, pos),
            StrView::Utf16(s) => self.next_in_utf16(s, pos),
        }
    }

    /// The same for the one width: views in memory are read wider than they were written, and then wait for the writes.
    #[inline]
    pub(crate) fn next_in_latin1(&self, s: &[u8], pos: usize) -> Option<usize> {
        match &self.prefilter {
            Prefilter::None | Prefilter::Anchored => Some(pos),
            Prefilter::Literal { latin1, .. } => {
                latin1.as_ref()?.find(s.get(pos..)?).map(|i| i + pos)
            }
            Prefilter::Inner {
                latin1, min, max, ..
            } => {
                let from = pos + *min as usize;
                let found = latin1.as_ref()?.find(s.get(from..)?)? + from;
                Some(found.saturating_sub(*max as usize).max(pos))
            }
            Prefilter::First { low, few, .. } => {
                let rest = s.get(pos..)?;
                let found = match *few.as_slice() {
                    [a] => memchr::memchr(a, rest),
                    [a, b] => memchr::memchr2(a, b, rest),
                    [a, b, c] => memchr::memchr3(a, b, c, rest),
                    _ => rest
                        .iter()
                        .position(|&b| low[usize::from(b >> 6)] >> (b & 63) & 1 == 1),
                };
                found.map(|i| i + pos)
            }
        }
    }

    fn next_in_utf16(&self, s: &[u16], pos: usize) -> Option<usize> {
        let view = StrView::Utf16(s);
        match &self.prefilter {
            Prefilter::None | Prefilter::Anchored => Some(pos),
            Prefilter::Literal { units, .. } => index_of(view, StrView::Utf16(units), pos),
            Prefilter::Inner {
                units, min, max, ..
            } => {
                let from = pos + *min as usize;
                if from > s.len() {
                    return None;
                }
                let found = index_of(view, StrView::Utf16(units), from)?;
                let candidate = found.saturating_sub(*max as usize).max(pos);
                // Not inside of a pair.
                let inside = self.unicode
                    && candidate > pos
                    && s.get(candidate).is_some_and(|&u| is_trail_surrogate(u));
                Some(if inside { candidate - 1 } else { candidate })
            }
            Prefilter::First { low, high, .. } => {
                let hit = |&u: &u16| {
                    if u < 256 {
                        low[usize::from(u >> 6)] >> (u & 63) & 1 == 1
                    } else {
                        *high
                    }
                };
                s.get(pos..)?.iter().position(hit).map(|i| i + pos)
            }
        }
    }

    /// [`Inst::BackReference`] at `pos`: where it goes on, `None` if it fails.
    pub fn back_reference(
        &self,
        view: StrView<'_>,
        slots: &[u32],
        inst: Inst,
        pos: usize,
    ) -> Option<usize> {
        let Inst::BackReference {
            index,
            ignore_case,
            backward,
        } = inst
        else {
            return None;
        };
        match view {
            StrView::Latin1(s) => {
                self.back_reference_in(Latin1(s), slots, index, ignore_case, backward, pos)
            }
            StrView::Utf16(s) if self.unicode => {
                self.back_reference_in(CodePoints(s), slots, index, ignore_case, backward, pos)
            }
            StrView::Utf16(s) => {
                self.back_reference_in(Units(s), slots, index, ignore_case, backward, pos)
            }
        }
    }

    /// The position after matching what one of the groups matched again.
    fn back_reference_in<I: Input>(
        &self,
        input: I,
        slots: &[u32],
        index: u32,
        ignore_case: bool,
        backward: bool,
        pos: usize,
    ) -> Option<usize> {
        let groups = &self.back_references[index as usize];
        let range = groups.iter().find_map(|&g| group_of(slots, g as usize));
        // A group that has not matched refers to nothing.
        let Some(range) = range else { return Some(pos) };
        let len = range.len();
        let start = if backward { pos.checked_sub(len)? } else { pos };
        let end = start.checked_add(len).filter(|&end| end <= input.len())?;
        let same = |a: u32, b: u32| {
            a == b
                || (ignore_case
                    && unicode::canonicalize(a, self.case_mode)
                        == unicode::canonicalize(b, self.case_mode))
        };
        let (mut at, mut captured) = (start, range.start);
        while captured < range.end {
            let (a, next_captured) = input.read(captured)?;
            let (b, next) = input.read(at)?;
            if !same(a, b) || next > end {
                return None;
            }
            (at, captured) = (next, next_captured);
        }
        Some(if backward { start } else { end })
    }
}
