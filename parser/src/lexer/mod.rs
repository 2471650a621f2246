//! The lexer: tokens over the source bytes, one at a time.
//!
//! A table of first bytes decides for words, digits and one-byte tokens, which are most; `logos` tells the rest apart. Numbers,
//! strings, templates, escapes and non-ASCII identifiers are finished by hand in the files beside this one. The lexer has no state but its position, so the parser can re-lex from any position:
//! it does so where `/` starts a regular expression and where `}` continues a template. It never looks at grammar and never
//! reports: a bad token is [`Tok::Error`] and the reason waits in [`Lexer::error`].

mod identifier;
mod number;
mod string;
mod template;
mod token;
mod trivia;

pub use token::*;

use crate::diagnostics::DiagnosticKind;
use crate::names::{Name, NameTable};
use crate::span::Span;
use bumpalo::Bump;
use logos::Logos;

pub(crate) struct Lexer<'a> {
    pub source: &'a [u8],
    pub arena: &'a Bump,
    pub names: NameTable<'a>,
    /// Where the next token is looked for.
    pub position: usize,
    /// HTML-like comments are comments.
    pub html_comments: bool,
    /// Why the last `Tok::Error` is none.
    pub error: Option<(DiagnosticKind, Span)>,
    /// Value of the last `Tok::Number`.
    pub number: f64,
    scratch: Vec<u8>,
}

impl<'a> Lexer<'a> {
    /// A lexer of `source`, about `size` bytes of which will be read.
    pub fn new(arena: &'a Bump, source: &'a [u8], size: usize, html_comments: bool) -> Lexer<'a> {
        Lexer {
            source,
            arena,
            names: NameTable::new(size),
            position: if source.starts_with(b"#!") {
                trivia::line_end(source, 2)
            } else {
                0
            },
            html_comments,
            error: None,
            number: 0.0,
            scratch: Vec::new(),
        }
    }

    #[inline]
    pub(super) fn byte(&self, at: usize) -> u8 {
        self.source.get(at).copied().unwrap_or(0)
    }

    /// The next token.
    pub fn next(&mut self) -> Token {
        let mut token = Token::NONE;
        self.next_into(&mut token);
        token
    }

    /// Reads the next token into `token`, field by field: a token copied as a whole right after it is made would stall on the
    /// store buffer.
    #[inline]
    pub fn next_into(&mut self, token: &mut Token) {
        let (start, newline_before) = if self.starts_token(self.position) {
            (self.position, self.position == 0)
        } else if self.byte(self.position) == b' ' && self.starts_token(self.position + 1) {
            (self.position + 1, self.position == 0)
        } else {
            self.skip_trivia()
        };
        token.newline_before = newline_before;
        token.escaped = false;
        token.legacy = Legacy::None;
        token.start = start as u32;
        let Some(&first) = self.source.get(start) else {
            token.kind = Tok::End;
            token.end = start as u32;
            self.position = start;
            return;
        };
        match FIRST[first as usize] {
            First::Word => {
                let mut end = start + 1;
                while let Some(&byte) = self.source.get(end)
                    && matches!(FIRST[byte as usize], First::Word | First::Digit)
                {
                    end += 1;
                }
                if matches!(self.source.get(end), Some(b'\\' | 0x80..)) {
                    self.identifier(token, start);
                } else {
                    self.position = end;
                    let name = self.names.intern_range(self.source, start, end);
                    token.name = name;
                    token.kind = KEYWORDS.get(name.index()).copied().unwrap_or(Tok::Ident);
                }
            }
            First::Single(kind) => {
                token.kind = kind;
                self.position = start + 1;
            }
            First::Digit => self.number(token),
            First::Other => self.recognize(token, start),
        }
        token.end = self.position as u32;
    }

    /// Whether a token starts at `at` for sure: neither white space nor a comment.
    #[inline]
    fn starts_token(&self, at: usize) -> bool {
        match self.source.get(at) {
            Some(&byte) => !matches!(FIRST[byte as usize], First::Other),
            None => false,
        }
    }

    /// Tokens whose first byte does not tell what they are.
    fn recognize(&mut self, token: &mut Token, start: usize) {
        let mut raw = Tok::lexer(&self.source[start..]);
        let recognized = raw.next();
        let end = start + raw.span().end;
        self.position = end;
        match recognized {
            Some(Ok(Tok::Number)) => self.number(token),
            Some(Ok(Tok::String)) => self.string(token),
            Some(Ok(Tok::Ident)) => self.identifier(token, start),
            Some(Ok(Tok::PrivateName)) => self.identifier(token, start + 1),
            // `a?.5:b` is a conditional.
            Some(Ok(Tok::QuestionDot)) if self.byte(end).is_ascii_digit() => {
                token.kind = Tok::Question;
                self.position = start + 1;
            }
            // The parser asks for the rest of a template.
            Some(Ok(kind)) => token.kind = kind,
            Some(Err(())) | None => {
                self.position = start;
                self.identifier(token, start);
            }
        }
    }

    /// Notes why `token` is bad.
    #[cold]
    pub(super) fn fail(
        &mut self,
        token: &mut Token,
        kind: DiagnosticKind,
        start: usize,
        end: usize,
    ) {
        token.kind = Tok::Error;
        self.error = Some((
            kind,
            Span::new(start as u32, end.min(self.source.len()) as u32),
        ));
    }

    /// Copies text into the arena and interns it.
    pub(super) fn intern_scratch(&mut self) -> Name {
        let arena = self.arena;
        let text = self.scratch.as_slice();
        self.names
            .intern_with(text, |text| arena.alloc_slice_copy(text), text)
    }
}

/// What a first byte says about a token.
#[derive(Clone, Copy)]
enum First {
    /// A letter, `$` or `_`.
    Word,
    Digit,
    /// A token of one byte.
    Single(Tok),
    /// `logos` has to look.
    Other,
}

/// [`First`] of every byte.
static FIRST: [First; 256] = {
    let mut table = [First::Other; 256];
    let mut byte = 0;
    while byte < 128 {
        let first = byte as u8;
        table[byte] = match first {
            b'a'..=b'z' | b'A'..=b'Z' | b'$' | b'_' => First::Word,
            b'0'..=b'9' => First::Digit,
            b'(' => First::Single(Tok::LParen),
            b')' => First::Single(Tok::RParen),
            b'[' => First::Single(Tok::LBracket),
            b']' => First::Single(Tok::RBracket),
            b'{' => First::Single(Tok::LBrace),
            b'}' => First::Single(Tok::RBrace),
            b',' => First::Single(Tok::Comma),
            b';' => First::Single(Tok::Semicolon),
            b':' => First::Single(Tok::Colon),
            b'~' => First::Single(Tok::Tilde),
            _ => First::Other,
        };
        byte += 1;
    }
    table
};
