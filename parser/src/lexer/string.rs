//! String literals.

use super::{Legacy, Lexer, Tok, Token};
use crate::diagnostics::DiagnosticKind;
use crate::names::push_code_point;

/// What an escape sequence stands for.
pub(super) enum Escape {
    /// A code point (or lone surrogate).
    CodePoint(u32),
    /// A line continuation: nothing.
    Nothing,
    /// An old octal escape and the code point it stands for.
    Legacy(Legacy, u32),
    /// An error.
    Bad(DiagnosticKind),
}

impl Lexer<'_> {
    /// Lexes a string literal; the position is after its quote.
    pub(super) fn string(&mut self, token: &mut Token) {
        let content = self.position;
        let quote = self.byte(token.start as usize);
        token.kind = Tok::String;
        let mut at = content;
        loop {
            match self.source.get(at) {
                Some(&byte) if byte == quote => {
                    token.name = self.names.intern(&self.source[content..at]);
                    self.position = at + 1;
                    return;
                }
                Some(b'\\') => break,
                None | Some(b'\n' | b'\r') => return self.unterminated(token, at),
                Some(_) => at += 1,
            }
        }
        token.escaped = true;
        self.scratch.clear();
        self.scratch.extend_from_slice(&self.source[content..at]);
        let mut copied = at;
        loop {
            match self.source.get(at) {
                None | Some(b'\n' | b'\r') => return self.unterminated(token, at),
                Some(b'\\') => {
                    self.scratch.extend_from_slice(&self.source[copied..at]);
                    let (escape, end) = self.escape(at);
                    match escape {
                        Escape::CodePoint(code_point) => {
                            push_code_point(&mut self.scratch, code_point);
                        }
                        Escape::Nothing => {}
                        Escape::Legacy(legacy, code_point) => {
                            if token.legacy == Legacy::None {
                                token.legacy = legacy;
                            }
                            push_code_point(&mut self.scratch, code_point);
                        }
                        Escape::Bad(kind) => {
                            self.position = end;
                            return self.fail(token, kind, at, end);
                        }
                    }
                    at = end;
                    copied = end;
                }
                Some(&byte) if byte == quote => break,
                Some(_) => at += 1,
            }
        }
        self.scratch.extend_from_slice(&self.source[copied..at]);
        self.position = at + 1;
        token.name = self.intern_scratch();
    }

    #[cold]
    fn unterminated(&mut self, token: &mut Token, at: usize) {
        self.position = at;
        self.fail(
            token,
            DiagnosticKind::InvalidOrUnexpectedToken,
            token.start as usize,
            at,
        );
    }

    /// Decodes the escape sequence whose backslash is at `at`, and where it ends.
    pub(super) fn escape(&self, at: usize) -> (Escape, usize) {
        let next = self.byte(at + 1);
        let simple = |code_point| (Escape::CodePoint(code_point), at + 2);
        match next {
            b'n' => simple(0x0A),
            b't' => simple(0x09),
            b'r' => simple(0x0D),
            b'b' => simple(0x08),
            b'f' => simple(0x0C),
            b'v' => simple(0x0B),
            b'\n' => (Escape::Nothing, at + 2),
            b'\r' => (
                Escape::Nothing,
                at + 2 + usize::from(self.byte(at + 2) == b'\n'),
            ),
            b'x' => match self.hex_digits(at + 2, 2) {
                Some(value) => (Escape::CodePoint(value), at + 4),
                None => (
                    Escape::Bad(DiagnosticKind::InvalidHexEscape),
                    self.bad_end(at, 4),
                ),
            },
            b'u' => match self.unicode_escape(at + 2) {
                Some((value, end)) => (Escape::CodePoint(value), end),
                None => {
                    let kind = if self.too_large_escape(at + 2) {
                        DiagnosticKind::UndefinedCodePoint
                    } else {
                        DiagnosticKind::InvalidUnicodeEscape
                    };
                    (Escape::Bad(kind), self.bad_end(at, 6))
                }
            },
            b'0' if !self.byte(at + 2).is_ascii_digit() => simple(0),
            b'0'..=b'7' => {
                let mut value = u32::from(next - b'0');
                let mut end = at + 2;
                let limit = if next < b'4' { at + 4 } else { at + 3 };
                while end < limit && matches!(self.byte(end), b'0'..=b'7') {
                    value = value * 8 + u32::from(self.byte(end) - b'0');
                    end += 1;
                }
                (Escape::Legacy(Legacy::OctalEscape, value), end)
            }
            b'8' | b'9' => (Escape::Legacy(Legacy::EightOrNine, u32::from(next)), at + 2),
            0x80.. => {
                let (code_point, len) = crate::names::decode(self.source, at + 1);
                if matches!(code_point, 0x2028 | 0x2029) {
                    (Escape::Nothing, at + 1 + len)
                } else {
                    (Escape::CodePoint(code_point), at + 1 + len)
                }
            }
            _ if at + 1 >= self.source.len() => (Escape::Nothing, at + 1),
            _ => simple(u32::from(next)),
        }
    }

    /// Whether `{…}` at `at` is hex digits for a number that is no code point.
    pub(super) fn too_large_escape(&self, at: usize) -> bool {
        if self.byte(at) != b'{' {
            return false;
        }
        let mut end = at + 1;
        while self.byte(end).is_ascii_hexdigit() {
            end += 1;
        }
        end > at + 1 && self.byte(end) == b'}'
    }

    fn bad_end(&self, at: usize, len: usize) -> usize {
        let mut end = at + 2;
        while end < at + len && self.byte(end).is_ascii_hexdigit() {
            end += 1;
        }
        end.min(self.source.len())
    }
}
