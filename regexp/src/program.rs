//! The instructions a pattern is compiled to, and what is known about where its matches can start.

use super::charset::SetMatcher;
use super::unicode::CaseMode;

/// A test of one character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CharTest {
    Char(u32),
    /// Either of two: a letter in both cases.
    Either(u32, u32),
    /// Index into [`Program::sets`].
    Set(u32),
    /// `.` without the `s` flag.
    NotLineTerminator,
    Any,
}

/// One instruction. "Fails" means: goes back to the last choice.
#[derive(Clone, Copy, Debug)]
pub(super) enum Inst {
    /// Consumes one character that passes, or fails.
    Test(CharTest),
    /// Goes back one character, or fails at the start. Around a test, it makes the test look backward.
    StepBack,
    /// Goes on at `first`, and at `second` if that fails.
    Split {
        first: u32,
        second: u32,
    },
    Jump(u32),
    /// Stores the position in a slot.
    Save(u32),
    /// Makes a range of slots undefined.
    Clear {
        first: u32,
        end: u32,
    },
    /// Stores 0 in a slot: a loop counter starts.
    Zero(u32),
    Start {
        multiline: bool,
    },
    End {
        multiline: bool,
    },
    /// Fails unless being at a boundary of the set of word characters differs from `negated`.
    WordBoundary {
        set: u32,
        negated: bool,
    },
    /// Matches what a group matched again. Index into [`Program::back_references`].
    BackReference {
        index: u32,
        ignore_case: bool,
        backward: bool,
    },
    /// Runs the instructions after this up to their [`Inst::Accept`], then goes on at `end` from here.
    Look {
        negated: bool,
        end: u32,
    },
    /// A loop over one test. Index into [`Program::runs`].
    Run(u32),
    /// Decides whether a counted loop goes on. Index into [`Program::loops`].
    LoopHead(u32),
    /// Begins an iteration.
    LoopBody(u32),
    /// Ends an iteration and goes to the head.
    LoopEnd(u32),
    /// The pattern, or the body of a lookaround, has matched.
    Accept,
}

/// A loop over one test.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    pub test: CharTest,
    pub min: u32,
    pub max: u32,
    pub greedy: bool,
    /// Whether giving back characters can never help.
    pub possessive: bool,
    /// What the character after the loop has to pass, if that is known.
    pub next: Option<CharTest>,
}

/// A loop with a counter.
#[derive(Clone, Copy, Debug)]
pub(super) struct Loop {
    pub min: u32,
    pub max: u32,
    pub greedy: bool,
    pub count_slot: u32,
    /// Where the iteration began.
    pub start_slot: u32,
    /// Slots of the groups in the body.
    pub clear: (u32, u32),
    pub head: u32,
    pub body: u32,
    pub exit: u32,
}

/// Where matches can start.
#[derive(Debug)]
pub(super) enum Prefilter {
    /// Anywhere.
    None,
    /// Only at the start of the input.
    Anchored,
    /// Where this text is. The finder is for Latin-1 input, `None` if the text is not Latin-1.
    Literal {
        units: Vec<u16>,
        latin1: Option<Box<memchr::memmem::Finder<'static>>>,
    },
    /// At characters of a set: a bit map below 256, all or nothing above.
    First {
        low: [u64; 4],
        high: bool,
        few: Vec<u8>,
    },
}

/// A compiled pattern.
#[derive(Debug)]
pub(super) struct Program {
    pub insts: Vec<Inst>,
    pub sets: Vec<SetMatcher>,
    pub runs: Vec<Run>,
    pub loops: Vec<Loop>,
    pub back_references: Vec<Vec<u32>>,
    /// Slots: two per group, then those of loops.
    pub slots: u32,
    /// Number of groups with group 0.
    pub groups: u32,
    pub prefilter: Prefilter,
    pub unicode: bool,
    pub case_mode: CaseMode,
}
