//! Regular expressions: ECMA-262 patterns with all flags, compiled to a small program for a backtracking matcher.
//!
//! ```text
//! pattern + flags ── parser, class ──► syntax tree ── compiler ──► program + prefilter ── matcher ──► groups
//!                      (ast)   sets from unicode, emoji              (program)
//! ```
//!
//! Case-insensitivity is resolved when a pattern is compiled: sets are closed over case, so matching a character is
//! always one comparison or one look into a bit map. Matching works on Latin-1 and UTF-16 as they are. Possible starts
//! of a match are found by `memchr`-class searches where the pattern allows; runs of one character class neither
//! push a choice per character nor, where what follows cannot be in the class, any choice at all.
//!
//! Patterns that have done much work are compiled to machine code, by others: [`native`] is where it is kept and called.
//!
//! The same parser checks literals when a program is parsed ([`validate`]) and compiles them when they are run.
//!
//! **Architecture invariant:** this crate imports no other crate of the engine. Nothing here runs JavaScript or panics. The native
//! stack is bounded by the nesting limit of the parser, memory by the limit of the backtrack stack, and time by the
//! `poll` callback.
//!
//! Known limits: backtracking is exponential for patterns that invite it; patterns nest at most 600 deep.

#![forbid(unsafe_code)]

mod ast;
mod cache;
mod charset;
mod class;
mod compiler;
mod emoji;
mod matcher;
pub mod native;
mod parser;
pub mod program;
pub mod text;
mod unicode;

pub use cache::RegExpCache;
pub use matcher::MatchState;
pub use native::{NativeCode, Width};

use crate::text::{StrBuf, StrBuilder, StrView};
use native::Natives;
use std::sync::Arc;

/// The flags of a regular expression.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Flags(u8);

impl Flags {
    /// `d`
    pub const HAS_INDICES: Flags = Flags(1);
    /// `g`
    pub const GLOBAL: Flags = Flags(2);
    /// `i`
    pub const IGNORE_CASE: Flags = Flags(4);
    /// `m`
    pub const MULTILINE: Flags = Flags(8);
    /// `s`
    pub const DOT_ALL: Flags = Flags(16);
    /// `u`
    pub const UNICODE: Flags = Flags(32);
    /// `v`
    pub const UNICODE_SETS: Flags = Flags(64);
    /// `y`
    pub const STICKY: Flags = Flags(128);

    /// All flags with their letters, in the order of `RegExp.prototype.flags`.
    pub const ALL: [(u8, Flags); 8] = [
        (b'd', Flags::HAS_INDICES),
        (b'g', Flags::GLOBAL),
        (b'i', Flags::IGNORE_CASE),
        (b'm', Flags::MULTILINE),
        (b's', Flags::DOT_ALL),
        (b'u', Flags::UNICODE),
        (b'v', Flags::UNICODE_SETS),
        (b'y', Flags::STICKY),
    ];

    /// Reads a flags string: `None` if a letter is unknown or repeated, or both `u` and `v` are there.
    pub fn parse(text: StrView<'_>) -> Option<Flags> {
        let mut flags = Flags(0);
        for unit in text.units() {
            let (_, flag) = Flags::ALL
                .iter()
                .find(|(letter, _)| u16::from(*letter) == unit)?;
            if flags.contains(*flag) {
                return None;
            }
            flags.0 |= flag.0;
        }
        let both = flags.contains(Flags::UNICODE) && flags.contains(Flags::UNICODE_SETS);
        (!both).then_some(flags)
    }

    /// Whether all of `other` are set.
    #[inline]
    pub const fn contains(self, other: Flags) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether surrogate pairs count as one character: `u` or `v`.
    #[inline]
    pub const fn is_unicode(self) -> bool {
        self.0 & (Flags::UNICODE.0 | Flags::UNICODE_SETS.0) != 0
    }

    /// The letters that are set, in order.
    pub fn letters(self) -> String {
        Flags::ALL
            .iter()
            .filter(|(_, f)| self.contains(*f))
            .map(|(letter, _)| char::from(*letter))
            .collect()
    }
}

/// Why a match came to no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExecError {
    /// The backtrack stack is full: a RangeError, "Maximum call stack size exceeded".
    StackOverflow,
    /// The poll callback said to stop.
    Interrupted,
}

/// A named group and the numbers it has; several if the name is used in several alternatives.
#[derive(Clone, Debug)]
pub struct GroupName {
    /// The name.
    pub name: StrBuf,
    /// Group numbers in order; at most one of them takes part in a match.
    pub groups: Vec<u32>,
}

/// A compiled regular expression; shared, and immutable but for its native code.
#[derive(Debug)]
pub struct CompiledRegExp {
    program: Arc<program::Program>,
    names: Vec<GroupName>,
    flags: Flags,
    source: StrBuf,
    natives: Natives,
}

/// Compiles a pattern, or gives the message of the SyntaxError.
pub fn compile(pattern: StrView<'_>, flags: Flags) -> Result<CompiledRegExp, StrBuf> {
    let compiled = parser::parse(pattern, flags).and_then(|parsed| {
        let program = compiler::compile(&parsed, flags.is_unicode())?;
        let names = parsed.names.iter().map(|(name, groups)| GroupName {
            name: StrBuf::from_units(name),
            groups: groups.clone(),
        });
        Ok(CompiledRegExp {
            program: Arc::new(program),
            names: names.collect(),
            flags,
            source: pattern.into(),
            natives: Natives::default(),
        })
    });
    compiled.map_err(|message| {
        let mut text = StrBuilder::new();
        text.push_str("Invalid regular expression: /");
        text.push_view(pattern);
        text.push_str(&format!("/{}: {message}", flags.letters()));
        text.finish()
    })
}

/// Checks a pattern without compiling it; the error is the reason, the last part of the SyntaxError's message.
pub fn validate(pattern: StrView<'_>, flags: Flags) -> Result<(), String> {
    match parser::parse(pattern, flags) {
        Ok(_) => Ok(()),
        Err(message) => Err(message.to_string()),
    }
}

impl CompiledRegExp {
    /// The flags it was compiled with.
    #[inline]
    pub fn flags(&self) -> Flags {
        self.flags
    }

    /// Number of groups, with group 0.
    #[inline]
    pub fn group_count(&self) -> usize {
        self.program.groups as usize
    }

    /// Named groups in the order of the pattern.
    #[inline]
    pub fn group_names(&self) -> &[GroupName] {
        &self.names
    }

    /// The pattern.
    #[inline]
    pub fn source(&self) -> StrView<'_> {
        self.source.view()
    }

    /// What it was compiled to.
    #[inline]
    pub fn program(&self) -> &Arc<program::Program> {
        &self.program
    }

    /// Searches `input` from code unit `start` on, or matches exactly there if `sticky`; the groups are then in
    /// `state`. With `u` or `v`, a `start` inside a surrogate pair means the pair. `poll` is called now and then and
    /// says whether to go on.
    #[inline]
    pub fn exec(
        &self,
        state: &mut MatchState,
        input: StrView<'_>,
        start: usize,
        sticky: bool,
        poll: &mut dyn FnMut() -> bool,
    ) -> Result<bool, ExecError> {
        let Some(start) = matcher::first_start(&self.program, input, start) else {
            return Ok(false);
        };
        let width = Width::of(input);
        if let Some(code) = self.native(width) {
            return native::exec(self, code, state, input, start, sticky, poll);
        }
        let before = state.steps();
        let result = matcher::exec(&self.program, state, input, start, sticky, poll);
        self.heat_up(width, matcher::work(state, before));
        result
    }
}

#[cfg(test)]
mod tests;
