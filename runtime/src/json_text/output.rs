//! Text under construction: bytes, one per unit, and in between pieces that need two bytes per unit.
//!
//! Most of any JSON text is ASCII, so that everything but strings is written in one way, whatever the strings hold; bytes
//! become units when the text is complete, all at once.

use super::scan::JsonUnit;
use crate::text::{StrView, is_lead_surrogate, is_trail_surrogate};

const HEX: &[u8; 16] = b"0123456789abcdef";
/// Bytes that are copied at once, whatever part of them counts.
pub const BLOCK: usize = 32;
/// Memory of more bytes than this is given back.
const KEPT: usize = 1 << 20;

/// A text and its pieces.
#[derive(Default)]
pub struct JsonText {
    bytes: Vec<u8>,
    /// The units of all wide pieces.
    units: Vec<u16>,
    /// Of each wide piece: before which byte it stands, and where it ends in `units`.
    pieces: Vec<(usize, usize)>,
}

impl JsonText {
    /// Number of units.
    #[inline]
    pub fn len(&self) -> usize {
        self.bytes.len() + self.units.len()
    }
    /// Whether nothing was appended.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Removes everything, and gives back memory that only a huge text needed.
    pub fn clear(&mut self) {
        if self.bytes.capacity() > KEPT || self.units.capacity() > KEPT {
            *self = JsonText::default();
        }
        self.bytes.clear();
        self.units.clear();
        self.pieces.clear();
    }
    /// The text, if it has no wide piece.
    #[inline]
    pub fn narrow(&self) -> Option<&[u8]> {
        self.pieces.is_empty().then_some(&self.bytes[..])
    }
    /// Writes the units of the text, which are as many as `out` has.
    pub fn copy_to(&self, mut out: &mut [u16]) {
        let (mut byte, mut unit) = (0, 0);
        let widen = |out: &mut [u16], from: &[u8]| {
            for (o, b) in out.iter_mut().zip(from) {
                *o = u16::from(*b);
            }
        };
        for &(before, end) in &self.pieces {
            let (bytes, units) = (&self.bytes[byte..before], &self.units[unit..end]);
            let (low, rest) = std::mem::take(&mut out).split_at_mut(bytes.len());
            widen(low, bytes);
            let (wide, rest) = rest.split_at_mut(units.len());
            wide.copy_from_slice(units);
            (byte, unit, out) = (before, end, rest);
        }
        widen(out, &self.bytes[byte..]);
    }
    /// Where the next byte goes, for [`JsonText::set_byte`].
    #[inline]
    pub fn next_byte(&self) -> usize {
        self.bytes.len()
    }
    /// Replaces a byte.
    #[inline]
    pub fn set_byte(&mut self, at: usize, byte: u8) {
        self.bytes[at] = byte;
    }
    /// Appends a byte.
    #[inline]
    pub fn push_byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }
    /// Appends Latin-1 units.
    #[inline]
    pub fn push_bytes(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }
    /// Appends the first `count` bytes of a block.
    #[inline]
    pub fn push_block(&mut self, block: &[u8; BLOCK], count: usize) {
        let end = self.bytes.len() + count;
        self.bytes.extend_from_slice(block);
        self.bytes.truncate(end);
    }
    /// Appends units of either width.
    pub fn push_view(&mut self, view: StrView<'_>) {
        match view {
            StrView::Latin1(bytes) => self.push_bytes(bytes),
            StrView::Utf16(units) => match narrowed(view) {
                Some(bytes) => self.push_bytes(&bytes),
                None => self.push_units(units),
            },
        }
    }
    /// Appends units as a wide piece, or to the one that ends here.
    fn push_units(&mut self, units: &[u16]) {
        self.units.extend_from_slice(units);
        self.end_piece();
    }
    fn end_piece(&mut self) {
        let end = self.units.len();
        match self.pieces.last_mut() {
            Some((before, last)) if *before == self.bytes.len() => *last = end,
            _ => self.pieces.push((self.bytes.len(), end)),
        }
    }
    /// Appends the digits of an integer.
    #[inline]
    pub fn push_int(&mut self, n: i32) {
        if let 0..10 = n {
            return self.bytes.push(b'0' + n as u8);
        }
        if n < 0 {
            self.bytes.push(b'-');
        }
        let mut rest = n.unsigned_abs();
        let count = rest.checked_ilog10().unwrap_or(0) as usize + 1;
        let (mut block, mut at) = ([0; 16], count);
        while rest >= 10 {
            let pair = (rest % 100) as u8;
            rest /= 100;
            at -= 2;
            [block[at], block[at + 1]] = [b'0' + pair / 10, b'0' + pair % 10];
        }
        if at > 0 {
            block[0] = b'0' + rest as u8;
        }
        let end = self.bytes.len() + count;
        self.bytes.extend_from_slice(&block);
        self.bytes.truncate(end);
    }
    /// QuoteJSONString: the string between quotes, with `"`, `\`, control characters and unpaired surrogates escaped.
    #[inline]
    pub fn push_quoted(&mut self, view: StrView<'_>) {
        match view {
            StrView::Latin1(bytes) => self.push_quoted_bytes(bytes),
            StrView::Utf16(units) => match narrowed(view) {
                Some(bytes) => self.push_quoted_bytes(&bytes),
                None => self.push_quoted_units(units),
            },
        }
    }
    #[inline]
    fn push_quoted_bytes(&mut self, mut bytes: &[u8]) {
        self.bytes.reserve(bytes.len() + 2);
        self.bytes.push(b'"');
        loop {
            let (plain, rest) = bytes.split_at(u8::plain_run(bytes));
            self.bytes.extend_from_slice(plain);
            let Some((&special, after)) = rest.split_first() else {
                break;
            };
            self.bytes.extend_from_slice(escape(special).bytes());
            bytes = after;
        }
        self.bytes.push(b'"');
    }
    fn push_quoted_units(&mut self, units: &[u16]) {
        self.units.reserve(units.len() + 2);
        self.units.push(0x22);
        let mut rest = units;
        while let Some((&unit, after)) = rest.split_first() {
            let escaped = match unit {
                0x22 | 0x5C | 0..0x20 => Some(escape(unit as u8)),
                0xD800..=0xDFFF => match after.first() {
                    Some(&next) if is_lead_surrogate(unit) && is_trail_surrogate(next) => None,
                    _ => Some(unicode_escape(unit)),
                },
                _ => None,
            };
            match escaped {
                Some(text) => self
                    .units
                    .extend(text.bytes().iter().map(|b| u16::from(*b))),
                None if is_lead_surrogate(unit) => {
                    self.units.extend_from_slice(&rest[..2]);
                    rest = &rest[2..];
                    continue;
                }
                None => self.units.push(unit),
            }
            rest = after;
        }
        self.units.push(0x22);
        self.end_piece();
    }
}

/// The units as bytes, where they fit: slices of wide strings may.
fn narrowed(view: StrView<'_>) -> Option<Vec<u8>> {
    let units = view.fits_latin1().then(|| view.units());
    units.map(|units| units.map(|u| u as u8).collect())
}

/// An escape sequence.
struct Escape {
    text: [u8; 6],
    length: usize,
}

impl Escape {
    fn bytes(&self) -> &[u8] {
        &self.text[..self.length]
    }
}

fn escape(byte: u8) -> Escape {
    let short = match byte {
        0x08 => b'b',
        0x09 => b't',
        0x0A => b'n',
        0x0C => b'f',
        0x0D => b'r',
        0x22 | 0x5C => byte,
        _ => return unicode_escape(u16::from(byte)),
    };
    Escape {
        text: [b'\\', short, 0, 0, 0, 0],
        length: 2,
    }
}

fn unicode_escape(unit: u16) -> Escape {
    let digit = |shift: u16| HEX[usize::from((unit >> shift) & 15)];
    Escape {
        text: [b'\\', b'u', digit(12), digit(8), digit(4), digit(0)],
        length: 6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{from_utf8, to_utf8_lossy};

    fn text_of(text: &JsonText) -> String {
        if let Some(bytes) = text.narrow() {
            return to_utf8_lossy(StrView::Latin1(bytes));
        }
        let mut units = vec![0; text.len()];
        text.copy_to(&mut units);
        to_utf8_lossy(StrView::Utf16(&units))
    }

    #[test]
    fn quoting() {
        let q = |view: StrView<'_>| {
            let mut text = JsonText::default();
            text.push_quoted(view);
            text_of(&text)
        };
        let u = |s: &str| q(from_utf8(s).view());
        assert_eq!(u(""), "\"\"");
        assert_eq!(u("plain é"), "\"plain é\"");
        assert_eq!(u("a\"b\\c\n\u{1}\u{7f}"), "\"a\\\"b\\\\c\\n\\u0001\u{7f}\"");
        assert_eq!(u("日\n😀\u{2028}"), "\"日\\n😀\u{2028}\"");
        let lone = [0xDC00, 0x61, 0xD83D, 0xDE00, 0xD83D];
        assert_eq!(q(StrView::Utf16(&lone)), "\"\\udc00a😀\\ud83d\"");
        assert_eq!(q(StrView::Utf16(&[0xD83D])), "\"\\ud83d\"");
        // A special unit at each place of strings of each length.
        for length in 1..40 {
            for at in 0..length {
                let mut s = "x".repeat(length);
                s.replace_range(at..=at, "\"");
                let expected = format!("\"{}\"", s.replace('"', "\\\""));
                assert_eq!(u(&s), expected);
                assert_eq!(u(&format!("日{s}")), format!("\"日{}", &expected[1..]));
            }
        }
    }

    #[test]
    fn pieces() {
        let mut text = JsonText::default();
        for round in 0..3 {
            text.push_bytes(b"[");
            text.push_quoted(StrView::Utf16(&[0x3042]));
            text.push_view(StrView::Utf16(&[0x3044, 0x3046]));
            text.push_block(b",\n                              ", 4);
            let at = text.next_byte();
            text.push_bytes(b",]");
            text.set_byte(at, b'.');
            let once = "[\"あ\"いう,\n  .]";
            assert_eq!(text_of(&text), once.repeat(round + 1));
            assert_eq!(text.len(), 12 * (round + 1));
        }
        text.clear();
        text.push_view(StrView::Utf16(&[0x61]));
        text.push_quoted(StrView::Utf16(&[0xE9]));
        assert_eq!(text.narrow(), Some(&b"a\"\xE9\""[..]));
        text.clear();
        assert!(text.is_empty());
        assert_eq!(text.narrow(), Some(&b""[..]));
    }

    #[test]
    fn integers() {
        let mut n = 1i64;
        while n <= 1 << 31 {
            for i in [n - 1, n, n + 1, -n, 1 - n] {
                if let Ok(i) = i32::try_from(i) {
                    let mut text = JsonText::default();
                    text.push_int(i);
                    assert_eq!(text_of(&text), i.to_string());
                }
            }
            n = if n % 10 == 0 || n == 1 { n * 10 } else { n * 2 };
        }
        let mut text = JsonText::default();
        text.push_int(i32::MIN);
        text.push_int(i32::MAX);
        assert_eq!(text_of(&text), "-21474836482147483647");
    }
}
