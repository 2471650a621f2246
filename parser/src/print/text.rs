//! Literals as text.

use super::{Part, Printer};
use crate::ast::{Name, Word};
use crate::names::wtf8_to_utf16;
use std::fmt::Write;

/// Shortest decimal text of a non-negative number.
pub fn number(value: f64) -> String {
    if value.is_infinite() {
        return String::from("1e400");
    }
    if value != 0.0 && !(1e-6..1e21).contains(&value) {
        return format!("{value:e}");
    }
    value.to_string()
}

/// A string literal; lone surrogates, line ends and control characters are escaped.
pub fn string(bytes: &[u8]) -> Vec<u8> {
    let mut text = String::from("\"");
    for unit in char::decode_utf16(wtf8_to_utf16(bytes)) {
        match unit {
            Ok('"') => text.push_str("\\\""),
            Ok('\\') => text.push_str("\\\\"),
            Ok('\n') => text.push_str("\\n"),
            Ok('\r') => text.push_str("\\r"),
            Ok(c) if (c as u32) < 0x20 || matches!(c as u32, 0x7F | 0x2028 | 0x2029 | 0xFEFF) => {
                let _ = write!(text, "\\u{:04x}", c as u32);
            }
            Ok(c) => text.push(c),
            Err(lone) => {
                let _ = write!(text, "\\u{:04x}", lone.unpaired_surrogate());
            }
        }
    }
    text.push('"');
    text.into_bytes()
}

/// Whether a text can stand as an identifier name.
pub fn is_identifier_name(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    let mut characters = text.chars();
    let start = |c: char| {
        matches!(c, '$' | '_') || c.is_ascii_alphabetic() || {
            !c.is_ascii() && unicode_id_start::is_id_start_unicode(c)
        }
    };
    let rest = |c: char| {
        start(c)
            || c.is_ascii_digit()
            || matches!(c, '\u{200C}' | '\u{200D}')
            || (!c.is_ascii() && unicode_id_start::is_id_continue_unicode(c))
    };
    characters.next().is_some_and(start) && characters.all(rest)
}

impl<'t, 'a> Printer<'t, 'a> {
    pub(super) fn string_part(&self, name: Name) -> Part<'t, 'a> {
        Part::Owned(string(self.parsed.names.bytes(name)))
    }

    /// A module export name: as it was written, an identifier name or a string.
    pub(super) fn word_part(&self, word: &Word) -> Part<'t, 'a> {
        let quoted = word.span.slice(self.parsed.source).first();
        if matches!(quoted, Some(b'"' | b'\'')) {
            self.string_part(word.name)
        } else {
            Part::Name(word.name)
        }
    }
}
