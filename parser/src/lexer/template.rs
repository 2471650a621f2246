//! Template literal pieces.

use super::string::Escape;
use super::{Legacy, Lexer};
use crate::diagnostics::DiagnosticKind;
use crate::names::{Name, push_code_point};
use crate::span::Span;

/// A piece of a template.
pub(crate) struct RawTemplate {
    /// Between the delimiters.
    pub span: Span,
    pub raw: Name,
    /// The cooked value, or why there is none.
    pub cooked: Result<Name, TemplateError>,
    /// Ends with a backquote, not `${`.
    pub tail: bool,
}

/// An escape an untagged template may not have.
#[derive(Clone, Copy)]
pub(crate) struct TemplateError {
    pub kind: DiagnosticKind,
    pub span: Span,
}

impl Lexer<'_> {
    /// Lexes a piece of a template whose content starts at `start`, leaving the position after its delimiter. `None` when it
    /// does not end.
    pub fn template_piece(&mut self, start: usize) -> Option<RawTemplate> {
        let mut at = start;
        let mut plain = true;
        loop {
            match self.source.get(at)? {
                b'`' => break,
                b'$' if self.byte(at + 1) == b'{' => break,
                b'\\' => {
                    plain = false;
                    at += 2;
                }
                b'\r' => {
                    plain = false;
                    at += 1;
                }
                _ => at += 1,
            }
        }
        let end = at;
        let tail = self.byte(end) == b'`';
        self.position = end + if tail { 1 } else { 2 };
        let span = Span::new(start as u32, end as u32);
        if plain {
            let raw = self.names.intern(&self.source[start..end]);
            return Some(RawTemplate {
                span,
                raw,
                cooked: Ok(raw),
                tail,
            });
        }
        self.scratch.clear();
        for piece in Lines::new(&self.source[start..end]) {
            self.scratch.extend_from_slice(piece);
        }
        let raw = self.intern_scratch();
        let cooked = self.cook(start, end);
        Some(RawTemplate {
            span,
            raw,
            cooked,
            tail,
        })
    }

    fn cook(&mut self, start: usize, end: usize) -> Result<Name, TemplateError> {
        self.scratch.clear();
        let mut at = start;
        while at < end {
            match self.byte(at) {
                b'\\' => {
                    let (escape, escape_end) = self.escape(at);
                    let kind = match escape {
                        Escape::CodePoint(code_point) => {
                            push_code_point(&mut self.scratch, code_point);
                            None
                        }
                        Escape::Nothing => None,
                        Escape::Legacy(Legacy::OctalEscape, _) => {
                            Some(DiagnosticKind::TemplateOctalEscape)
                        }
                        Escape::Legacy(..) => Some(DiagnosticKind::TemplateEightOrNine),
                        Escape::Bad(kind) => Some(kind),
                    };
                    if let Some(kind) = kind {
                        let span = Span::new(at as u32, escape_end as u32);
                        return Err(TemplateError { kind, span });
                    }
                    at = escape_end;
                }
                b'\r' => {
                    self.scratch.push(b'\n');
                    at += 1 + usize::from(self.byte(at + 1) == b'\n');
                }
                byte => {
                    self.scratch.push(byte);
                    at += 1;
                }
            }
        }
        Ok(self.intern_scratch())
    }
}

/// Splits text so that joined again every CR or CRLF is LF.
struct Lines<'t> {
    rest: &'t [u8],
    newline: bool,
}

impl<'t> Lines<'t> {
    fn new(text: &'t [u8]) -> Lines<'t> {
        Lines {
            rest: text,
            newline: false,
        }
    }
}

impl<'t> Iterator for Lines<'t> {
    type Item = &'t [u8];

    fn next(&mut self) -> Option<&'t [u8]> {
        if std::mem::take(&mut self.newline) {
            return Some(b"\n");
        }
        if self.rest.is_empty() {
            return None;
        }
        let end = memchr::memchr(b'\r', self.rest).unwrap_or(self.rest.len());
        let (piece, rest) = self.rest.split_at(end);
        self.rest = match rest {
            [b'\r', b'\n', rest @ ..] | [b'\r', rest @ ..] => {
                self.newline = true;
                rest
            }
            rest => rest,
        };
        Some(piece)
    }
}
