//! The instructions a pattern is compiled to, and what is known about where its matches can start.
//!
//! The matcher runs them; the optimizing compiler makes machine code of them.

pub use super::charset::SetMatcher;
use super::unicode::CaseMode;

/// A test of one character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CharTest {
    /// That character.
    Char(u32),
    /// Either of two: a letter in both cases.
    Either(u32, u32),
    /// Index into [`Program::sets`].
    Set(u32),
    /// `.` without the `s` flag.
    NotLineTerminator,
    /// Every character.
    Any,
}

/// One instruction. "Fails" means: goes back to the last choice.
#[derive(Clone, Copy, Debug)]
pub enum Inst {
    /// Consumes one character that passes, or fails.
    Test(CharTest),
    /// Goes back one character, or fails at the start. Around a test, it makes the test look backward.
    StepBack,
    /// Goes on at `first`, and at `second` if that fails.
    Split {
        /// Tried first.
        first: u32,
        /// Tried then.
        second: u32,
    },
    /// Goes on there.
    Jump(u32),
    /// Stores the position in a slot.
    Save(u32),
    /// Makes a range of slots undefined.
    Clear {
        /// The first slot.
        first: u32,
        /// The slot after the last.
        end: u32,
    },
    /// Stores 0 in a slot: a loop counter starts.
    Zero(u32),
    /// Fails unless this is the start of the input.
    Start {
        /// The start of a line will do.
        multiline: bool,
    },
    /// Fails unless this is the end of the input.
    End {
        /// The end of a line will do.
        multiline: bool,
    },
    /// Fails unless being at a boundary of the set of word characters differs from `negated`.
    WordBoundary {
        /// Index into [`Program::sets`].
        set: u32,
        /// `\B`
        negated: bool,
    },
    /// Matches what a group matched again. Index into [`Program::back_references`].
    BackReference {
        /// The groups.
        index: u32,
        /// Up to case.
        ignore_case: bool,
        /// In a lookbehind: what ends here is compared.
        backward: bool,
    },
    /// Runs the instructions after this up to their [`Inst::Accept`], then goes on at `end` from here.
    Look {
        /// Goes on there if the instructions fail.
        negated: bool,
        /// Behind the `Accept`.
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
pub struct Run {
    /// The test.
    pub test: CharTest,
    /// Fewest characters.
    pub min: u32,
    /// Most characters; `u32::MAX` is no limit.
    pub max: u32,
    /// As many as possible first.
    pub greedy: bool,
    /// Whether giving back characters can never help.
    pub possessive: bool,
    /// What the character after the loop has to pass, if that is known.
    pub next: Option<CharTest>,
}

/// A loop with a counter.
#[derive(Clone, Copy, Debug)]
pub struct Loop {
    /// Fewest iterations.
    pub min: u32,
    /// Most iterations; `u32::MAX` is no limit.
    pub max: u32,
    /// As many as possible first.
    pub greedy: bool,
    /// Number of iterations done.
    pub count_slot: u32,
    /// Where the iteration began.
    pub start_slot: u32,
    /// Slots of the groups in the body.
    pub clear: (u32, u32),
    /// The [`Inst::LoopHead`].
    pub head: u32,
    /// The [`Inst::LoopBody`].
    pub body: u32,
    /// What comes after the loop.
    pub exit: u32,
}

/// Where matches can start.
#[derive(Debug)]
pub enum Prefilter {
    /// Anywhere.
    None,
    /// Only at the start of the input.
    Anchored,
    /// Where this text is. The finder is for Latin-1 input, `None` if the text is not Latin-1.
    Literal {
        /// The text.
        units: Vec<u16>,
        /// Its finder.
        latin1: Option<Box<memchr::memmem::Finder<'static>>>,
    },
    /// Shortly before this text: a match begins at least `min` and at most `max` units before.
    Inner {
        /// The text.
        units: Vec<u16>,
        /// Its finder for Latin-1 input, `None` if the text is not Latin-1.
        latin1: Option<Box<memchr::memmem::Finder<'static>>>,
        /// Least distance.
        min: u32,
        /// Largest distance.
        max: u32,
    },
    /// At characters of a set: a bit map below 256, all or nothing above.
    First {
        /// Members below 256.
        low: [u64; 4],
        /// Whether everything above is a member.
        high: bool,
        /// The members below 256 if there are at most three.
        few: Vec<u8>,
    },
}

/// A compiled pattern.
#[derive(Debug)]
pub struct Program {
    /// The instructions.
    pub insts: Vec<Inst>,
    /// Sets of characters.
    pub sets: Vec<SetMatcher>,
    /// Loops over one test.
    pub runs: Vec<Run>,
    /// Loops with a counter.
    pub loops: Vec<Loop>,
    /// Groups that back references name.
    pub back_references: Vec<Vec<u32>>,
    /// Slots: two per group, then those of loops.
    pub slots: u32,
    /// Number of groups with group 0.
    pub groups: u32,
    /// Where matches can start.
    pub prefilter: Prefilter,
    /// Surrogate pairs are one character.
    pub unicode: bool,
    pub(crate) case_mode: CaseMode,
}
