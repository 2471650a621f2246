//! The lexer: tokens over the source bytes, one at a time.
//!
//! `logos` decides what starts at a position; numbers, strings, templates, escapes and non-ASCII identifiers are finished by
//! hand in the files beside this one. The lexer has no state but its position, so the parser can re-lex from any position:
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
    scratch: Vec<u8>,
}

impl<'a> Lexer<'a> {
    pub fn new(arena: &'a Bump, source: &'a [u8], html_comments: bool) -> Lexer<'a> {
        Lexer {
            source,
            arena,
            names: NameTable::new(source.len()),
            position: if source.starts_with(b"#!") {
                trivia::line_end(source, 2)
            } else {
                0
            },
            html_comments,
            error: None,
            scratch: Vec::new(),
        }
    }

    #[inline]
    pub(super) fn byte(&self, at: usize) -> u8 {
        self.source.get(at).copied().unwrap_or(0)
    }

    /// The next token.
    #[inline]
    pub fn next(&mut self) -> Token {
        let (start, newline_before) = self.skip_trivia();
        let mut token = Token {
            kind: Tok::End,
            newline_before,
            escaped: false,
            legacy: Legacy::None,
            start: start as u32,
            end: start as u32,
            name: Name::EMPTY,
            number: 0.0,
        };
        let Some(rest) = self.source.get(start..).filter(|rest| !rest.is_empty()) else {
            self.position = start;
            return token;
        };
        let mut raw = Tok::lexer(rest);
        let recognized = raw.next();
        let end = start + raw.span().end;
        self.position = end;
        match recognized {
            Some(Ok(Tok::Ident)) if !matches!(self.byte(end), b'\\' | 0x80..) => {
                token.name = self.names.intern(&self.source[start..end]);
                token.kind = KEYWORDS
                    .get(token.name.index())
                    .copied()
                    .unwrap_or(Tok::Ident);
            }
            Some(Ok(Tok::Number)) => self.number(&mut token),
            Some(Ok(Tok::String)) => self.string(&mut token),
            Some(Ok(Tok::Ident)) => self.identifier(&mut token, start),
            Some(Ok(Tok::PrivateName)) => self.identifier(&mut token, start + 1),
            // `a?.5:b` is a conditional.
            Some(Ok(Tok::QuestionDot)) if self.byte(end).is_ascii_digit() => {
                token.kind = Tok::Question;
                self.position = start + 1;
            }
            // The parser asks for the rest of a template.
            Some(Ok(kind)) => token.kind = kind,
            Some(Err(())) | None => {
                self.position = start;
                self.identifier(&mut token, start);
            }
        }
        token.end = self.position as u32;
        token
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
