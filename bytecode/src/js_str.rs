//! JavaScript strings as plain data: UTF-16 code units, in one byte each where possible.

use std::fmt;

/// A string of UTF-16 code units, lone surrogates included. Latin-1 whenever every unit fits a byte, so equal strings
/// are equal values.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum JsStr {
    /// All units are below 256.
    Latin1(Box<[u8]>),
    /// Some unit is not.
    Utf16(Box<[u16]>),
}

impl JsStr {
    /// From WTF-8 (the parser's encoding of names and strings).
    pub fn from_wtf8(bytes: &[u8]) -> JsStr {
        if bytes.is_ascii() {
            return JsStr::Latin1(bytes.into());
        }
        Self::from_utf16(&sarus_parser::names::wtf8_to_utf16(bytes))
    }

    /// From UTF-16 code units.
    pub fn from_utf16(units: &[u16]) -> JsStr {
        if units.iter().all(|&unit| unit < 0x100) {
            JsStr::Latin1(units.iter().map(|&unit| unit as u8).collect())
        } else {
            JsStr::Utf16(units.into())
        }
    }

    /// Number of code units.
    pub fn len(&self) -> usize {
        match self {
            JsStr::Latin1(bytes) => bytes.len(),
            JsStr::Utf16(units) => units.len(),
        }
    }

    /// Whether there are no code units.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The code units.
    pub fn units(&self) -> impl Iterator<Item = u16> + '_ {
        let (narrow, wide): (&[u8], &[u16]) = match self {
            JsStr::Latin1(bytes) => (bytes, &[]),
            JsStr::Utf16(units) => (&[], units),
        };
        narrow
            .iter()
            .map(|&byte| u16::from(byte))
            .chain(wide.iter().copied())
    }

    /// The array index this string is the canonical text of, if it is one.
    pub fn array_index(&self) -> Option<u32> {
        let JsStr::Latin1(bytes) = self else {
            return None;
        };
        if bytes.is_empty() || bytes.len() > 10 || (bytes.len() > 1 && bytes[0] == b'0') {
            return None;
        }
        let mut value = 0u64;
        for byte in bytes {
            if !byte.is_ascii_digit() {
                return None;
            }
            value = value * 10 + u64::from(byte - b'0');
        }
        u32::try_from(value).ok().filter(|&index| index != u32::MAX)
    }
}

impl Default for JsStr {
    fn default() -> Self {
        JsStr::Latin1(Box::default())
    }
}

impl From<&str> for JsStr {
    fn from(text: &str) -> JsStr {
        JsStr::from_wtf8(text.as_bytes())
    }
}

impl fmt::Display for JsStr {
    /// Lone surrogates become U+FFFD.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for unit in char::decode_utf16(self.units()) {
            write!(f, "{}", unit.unwrap_or(char::REPLACEMENT_CHARACTER))?;
        }
        Ok(())
    }
}

impl fmt::Debug for JsStr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        for unit in char::decode_utf16(self.units()) {
            match unit {
                Ok(character) => write!(f, "{}", character.escape_debug())?,
                Err(lone) => write!(f, "\\u{{{:x}}}", lone.unpaired_surrogate())?,
            }
        }
        f.write_str("\"")
    }
}
