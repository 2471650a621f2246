//! Identifiers with escapes or outside ASCII, and private names.

use super::{KEYWORDS, Lexer, Tok, Token};
use crate::diagnostics::DiagnosticKind;
use crate::names::{Name, decode, push_code_point};

impl Lexer<'_> {
    /// Lexes an identifier whose name starts at `start` (after the `#` of a private name).
    pub(super) fn identifier(&mut self, token: &mut Token, start: usize) {
        let is_private = start > token.start as usize;
        let mut at = start;
        let mut escaped = false;
        self.scratch.clear();
        if is_private {
            self.scratch.push(b'#');
        }
        loop {
            let first = at == start;
            let byte = self.byte(at);
            let (code_point, len) = match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'$' | b'_' => (u32::from(byte), 1),
                b'0'..=b'9' if !first => (u32::from(byte), 1),
                b'\\' => {
                    escaped = true;
                    match self.identifier_escape(at) {
                        Some(decoded) if is_identifier_part(decoded.0, first) => decoded,
                        decoded => {
                            let end = self.escape_end(at);
                            let kind = if self.byte(at + 1) == b'u' && self.too_large_escape(at + 2)
                            {
                                DiagnosticKind::UndefinedCodePoint
                            } else if self.byte(at + 1) == b'u' && decoded.is_none() {
                                DiagnosticKind::InvalidUnicodeEscape
                            } else {
                                DiagnosticKind::InvalidOrUnexpectedToken
                            };
                            return self.fail(token, kind, at, end);
                        }
                    }
                }
                0x80.. => match decode(self.source, at) {
                    decoded if is_identifier_part(decoded.0, first) => decoded,
                    _ => break,
                },
                _ => break,
            };
            push_code_point(&mut self.scratch, code_point);
            at += len;
        }
        if at == start {
            let len = if start < self.source.len() {
                decode(self.source, start).1
            } else {
                0
            };
            self.position = start + len;
            return self.fail(
                token,
                DiagnosticKind::InvalidOrUnexpectedToken,
                token.start as usize,
                start + len,
            );
        }
        self.position = at;
        token.escaped = escaped;
        token.name = self.intern_scratch();
        token.kind = if is_private {
            Tok::PrivateName
        } else {
            match KEYWORDS.get(token.name.index()) {
                None => Tok::Ident,
                // These may be identifiers, by name, but never act as keywords.
                Some(Tok::Yield | Tok::Await | Tok::Let | Tok::Static) if escaped => Tok::Ident,
                Some(_) if escaped => Tok::EscapedKeyword,
                Some(&keyword) => keyword,
            }
        };
    }

    /// Decodes the `\uXXXX` or `\u{…}` at `at`: code point and length.
    fn identifier_escape(&self, at: usize) -> Option<(u32, usize)> {
        if self.byte(at + 1) != b'u' {
            return None;
        }
        let (code_point, end) = self.unicode_escape(at + 2)?;
        Some((code_point, end - at))
    }

    /// A plausible end of a bad escape, for its span.
    fn escape_end(&self, at: usize) -> usize {
        let mut end = at + 1;
        while self.byte(end).is_ascii_alphanumeric() && end < at + 6 {
            end += 1;
        }
        end
    }

    /// The code point of a Unicode escape after its `u`, and where it ends.
    pub(super) fn unicode_escape(&self, at: usize) -> Option<(u32, usize)> {
        if self.byte(at) != b'{' {
            let value = self.hex_digits(at, 4)?;
            return Some((value, at + 4));
        }
        let mut value = 0u32;
        let mut end = at + 1;
        loop {
            match self.byte(end) {
                b'}' if end > at + 1 => return Some((value, end + 1)),
                digit => {
                    value = value << 4 | char::from(digit).to_digit(16)?;
                    if value > 0x10_FFFF {
                        return None;
                    }
                }
            }
            end += 1;
        }
    }

    /// Exactly `count` hex digits.
    pub(super) fn hex_digits(&self, at: usize, count: usize) -> Option<u32> {
        let mut value = 0;
        for offset in 0..count {
            value = value << 4 | char::from(self.byte(at + offset)).to_digit(16)?;
        }
        Some(value)
    }
}

/// `IdentifierStartChar` or `IdentifierPartChar`.
fn is_identifier_part(code_point: u32, first: bool) -> bool {
    match code_point {
        0x24 | 0x5F => true,
        0x200C | 0x200D => !first,
        _ => char::from_u32(code_point).is_some_and(|character| {
            if first {
                unicode_id_start::is_id_start_unicode(character) || character.is_ascii_alphabetic()
            } else {
                unicode_id_start::is_id_continue_unicode(character)
                    || character.is_ascii_alphanumeric()
            }
        }),
    }
}

impl Lexer<'_> {
    /// Whether an identifier could start at `at`.
    pub(super) fn starts_identifier(&self, at: usize) -> bool {
        match self.byte(at) {
            b'a'..=b'z' | b'A'..=b'Z' | b'$' | b'_' | b'\\' => true,
            0x80.. => is_identifier_part(decode(self.source, at).0, true),
            _ => false,
        }
    }

    /// Interns text given as a string.
    pub fn intern_text(&mut self, text: &[u8]) -> Name {
        let arena = self.arena;
        self.names
            .intern_with(text, |text| arena.alloc_slice_copy(text), text)
    }
}
