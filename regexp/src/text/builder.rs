//! Owned string contents and the builder that keeps them in one byte per unit for as long as it can.

use super::view::StrView;

/// Owned flat string contents, as results of string operations come back before a string cell is made of them.
#[derive(Clone, Debug)]
pub enum StrBuf {
    /// One byte per code unit.
    Latin1(Vec<u8>),
    /// UTF-16 code units.
    Utf16(Vec<u16>),
}

impl Default for StrBuf {
    fn default() -> Self {
        StrBuf::Latin1(Vec::new())
    }
}

impl StrBuf {
    /// Copies ASCII text (see [`StrView::ascii`]).
    pub fn ascii(text: &str) -> StrBuf {
        debug_assert!(text.is_ascii());
        StrBuf::Latin1(text.as_bytes().to_vec())
    }

    /// The borrowed form.
    #[inline]
    pub fn view(&self) -> StrView<'_> {
        match self {
            StrBuf::Latin1(s) => StrView::Latin1(s),
            StrBuf::Utf16(s) => StrView::Utf16(s),
        }
    }

    /// Number of code units.
    #[inline]
    pub fn len(&self) -> usize {
        self.view().len()
    }

    /// Whether there is no code unit.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes UTF-16 units, stored as Latin-1 when they all fit.
    pub fn from_units(units: &[u16]) -> StrBuf {
        if StrView::Utf16(units).fits_latin1() {
            StrBuf::Latin1(units.iter().map(|&u| u as u8).collect())
        } else {
            StrBuf::Utf16(units.to_vec())
        }
    }
}

impl From<StrView<'_>> for StrBuf {
    fn from(view: StrView<'_>) -> StrBuf {
        match view {
            StrView::Latin1(s) => StrBuf::Latin1(s.to_vec()),
            StrView::Utf16(s) => StrBuf::Utf16(s.to_vec()),
        }
    }
}

impl PartialEq for StrBuf {
    fn eq(&self, other: &Self) -> bool {
        self.view() == other.view()
    }
}

impl Eq for StrBuf {}

impl PartialEq<str> for StrBuf {
    /// Compares with UTF-8 text by code units.
    fn eq(&self, other: &str) -> bool {
        self.view().units().eq(other.encode_utf16())
    }
}

impl PartialEq<&str> for StrBuf {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

/// Appends pieces; starts as Latin-1 and widens once, at the first unit above U+00FF.
#[derive(Clone, Debug, Default)]
pub struct StrBuilder {
    buf: StrBuf,
}

/// Appends bytes as units, in chunks that are one operation each; most pieces are short.
#[inline]
fn extend_wide(to: &mut Vec<u16>, bytes: &[u8]) {
    to.reserve(bytes.len());
    let (chunks, rest) = bytes.as_chunks::<8>();
    for chunk in chunks {
        to.extend_from_slice(&chunk.map(u16::from));
    }
    for &b in rest {
        to.push(u16::from(b));
    }
}

impl StrBuilder {
    /// An empty builder.
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty builder with room for `units` Latin-1 units.
    #[inline]
    pub fn with_capacity(units: usize) -> Self {
        StrBuilder {
            buf: StrBuf::Latin1(Vec::with_capacity(units)),
        }
    }

    /// Number of code units so far.
    #[inline]
    pub fn len(&self) -> usize {
        self.buf.len()
    }

    /// Whether nothing has been appended.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.buf.is_empty()
    }

    /// What has been appended so far.
    #[inline]
    pub fn view(&self) -> StrView<'_> {
        self.buf.view()
    }

    /// The UTF-16 vector, converting what is there on the first call.
    fn widen(&mut self, extra: usize) -> &mut Vec<u16> {
        if let StrBuf::Latin1(bytes) = &self.buf {
            let mut wide = Vec::with_capacity(
                (bytes.len() + extra).max(bytes.capacity().min(bytes.len() * 2)),
            );
            wide.extend(bytes.iter().map(|&b| u16::from(b)));
            self.buf = StrBuf::Utf16(wide);
        }
        match &mut self.buf {
            StrBuf::Utf16(wide) => wide,
            StrBuf::Latin1(_) => unreachable!("widened above"),
        }
    }

    /// Appends one unit below U+0100.
    #[inline]
    pub fn push_byte(&mut self, byte: u8) {
        match &mut self.buf {
            StrBuf::Latin1(s) => s.push(byte),
            StrBuf::Utf16(s) => s.push(u16::from(byte)),
        }
    }

    /// Appends one code unit.
    #[inline]
    pub fn push_unit(&mut self, unit: u16) {
        match &mut self.buf {
            StrBuf::Latin1(s) if unit < 0x100 => s.push(unit as u8),
            StrBuf::Latin1(_) => self.widen(1).push(unit),
            StrBuf::Utf16(s) => s.push(unit),
        }
    }

    /// Appends a code point as one or two units; surrogate code points go in as they are, and anything above U+10FFFF
    /// as U+FFFD.
    #[inline]
    pub fn push_code_point(&mut self, code_point: u32) {
        match code_point {
            0..=0xFFFF => self.push_unit(code_point as u16),
            0x1_0000..=0x10_FFFF => {
                let offset = code_point - 0x1_0000;
                let wide = self.widen(2);
                wide.push(0xD800 | (offset >> 10) as u16);
                wide.push(0xDC00 | (offset & 0x3FF) as u16);
            }
            _ => self.push_unit(0xFFFD),
        }
    }

    /// Appends a `char`.
    #[inline]
    pub fn push_char(&mut self, c: char) {
        self.push_code_point(c as u32);
    }

    /// Appends ASCII or Latin-1 bytes.
    #[inline]
    pub fn push_latin1(&mut self, bytes: &[u8]) {
        match &mut self.buf {
            StrBuf::Latin1(s) => s.extend_from_slice(bytes),
            StrBuf::Utf16(s) => extend_wide(s, bytes),
        }
    }

    /// Appends UTF-16 units, staying Latin-1 when they all fit.
    pub fn push_utf16(&mut self, units: &[u16]) {
        match &mut self.buf {
            StrBuf::Latin1(s) if StrView::Utf16(units).fits_latin1() => {
                s.extend(units.iter().map(|&u| u as u8))
            }
            StrBuf::Latin1(_) => self.widen(units.len()).extend_from_slice(units),
            StrBuf::Utf16(s) => s.extend_from_slice(units),
        }
    }

    /// Appends a view.
    #[inline]
    pub fn push_view(&mut self, view: StrView<'_>) {
        match view {
            StrView::Latin1(s) => self.push_latin1(s),
            StrView::Utf16(s) => self.push_utf16(s),
        }
    }

    /// Appends UTF-8 text.
    pub fn push_str(&mut self, text: &str) {
        if text.is_ascii() {
            self.push_latin1(text.as_bytes());
        } else {
            text.chars().for_each(|c| self.push_char(c));
        }
    }

    /// Makes room for `extra` more units.
    pub fn reserve(&mut self, extra: usize) {
        match &mut self.buf {
            StrBuf::Latin1(s) => s.reserve(extra),
            StrBuf::Utf16(s) => s.reserve(extra),
        }
    }

    /// The result.
    #[inline]
    pub fn finish(self) -> StrBuf {
        self.buf
    }
}

impl std::fmt::Write for StrBuilder {
    fn write_str(&mut self, s: &str) -> std::fmt::Result {
        self.push_str(s);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widens_once() {
        let mut b = StrBuilder::new();
        b.push_str("aé");
        assert!(matches!(b.view(), StrView::Latin1(_)));
        b.push_code_point(0x1F600);
        b.push_latin1(b"z");
        b.push_unit(0xD800);
        let r = b.finish();
        let mut expect: Vec<u16> = "aé😀z".encode_utf16().collect();
        expect.push(0xD800);
        assert_eq!(r.view(), StrView::Utf16(&expect));
    }

    #[test]
    fn narrow_utf16_stays_latin1() {
        let mut b = StrBuilder::new();
        b.push_utf16(&[0x61, 0xFF]);
        assert!(matches!(b.view(), StrView::Latin1(_)));
        assert!(matches!(StrBuf::from_units(&[0x61]), StrBuf::Latin1(_)));
    }
}
