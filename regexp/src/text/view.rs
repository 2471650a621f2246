//! The borrowed view of a flat string and its elementary operations: indexing, slicing, iteration, equality,
//! order, hash.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

/// The contents of a flat string: one byte per code unit when every unit is below U+0100, else two.
///
/// Equality, order and hash are those of the code-unit sequences, whatever the encoding.
#[derive(Clone, Copy, Debug)]
pub enum StrView<'a> {
    /// Every unit is the byte itself (ISO-8859-1).
    Latin1(&'a [u8]),
    /// UTF-16 code units, possibly with unpaired surrogates; may also hold nothing but Latin-1.
    Utf16(&'a [u16]),
}

/// Whether `unit` is a high (leading) surrogate.
#[inline]
pub const fn is_lead_surrogate(unit: u16) -> bool {
    unit & 0xFC00 == 0xD800
}

/// Whether `unit` is a low (trailing) surrogate.
#[inline]
pub const fn is_trail_surrogate(unit: u16) -> bool {
    unit & 0xFC00 == 0xDC00
}

/// The supplementary code point a surrogate pair stands for.
#[inline]
pub const fn join_surrogates(lead: u16, trail: u16) -> u32 {
    0x10000 + (((lead as u32) & 0x3FF) << 10) + ((trail as u32) & 0x3FF)
}

impl<'a> StrView<'a> {
    /// The empty string.
    pub const EMPTY: StrView<'static> = StrView::Latin1(&[]);

    /// A view of a Rust string literal or other text that is known to be ASCII.
    ///
    /// Text that is not ASCII would be read byte for byte as Latin-1; use [`super::from_utf8`] for it.
    #[inline]
    pub fn ascii(text: &'a str) -> Self {
        debug_assert!(text.is_ascii());
        StrView::Latin1(text.as_bytes())
    }

    /// Number of code units.
    #[inline]
    pub fn len(self) -> usize {
        match self {
            StrView::Latin1(s) => s.len(),
            StrView::Utf16(s) => s.len(),
        }
    }

    /// Whether there is no code unit.
    #[inline]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The code unit at `index`, or `None` past the end.
    #[inline]
    pub fn get(self, index: usize) -> Option<u16> {
        match self {
            StrView::Latin1(s) => s.get(index).map(|&b| u16::from(b)),
            StrView::Utf16(s) => s.get(index).copied(),
        }
    }

    /// The code unit at `index`, which the caller has checked to be in range; U+0000 (and a debug assertion) if not.
    #[inline]
    pub fn code_unit_at(self, index: usize) -> u16 {
        let unit = self.get(index);
        debug_assert!(unit.is_some());
        unit.unwrap_or(0)
    }

    /// CodePointAt: the code point starting at `index` and how many units (1 or 2) it takes. An unpaired surrogate
    /// is its own code point. `None` past the end.
    #[inline]
    pub fn code_point_at(self, index: usize) -> Option<(u32, usize)> {
        match self {
            StrView::Latin1(s) => s.get(index).map(|&b| (u32::from(b), 1)),
            StrView::Utf16(s) => {
                let lead = *s.get(index)?;
                if is_lead_surrogate(lead)
                    && let Some(&trail) = s.get(index + 1)
                    && is_trail_surrogate(trail)
                {
                    return Some((join_surrogates(lead, trail), 2));
                }
                Some((u32::from(lead), 1))
            }
        }
    }

    /// The units in `start..end`; both ends are clamped to the string and to each other.
    #[inline]
    pub fn slice(self, start: usize, end: usize) -> StrView<'a> {
        let end = end.min(self.len());
        let start = start.min(end);
        match self {
            StrView::Latin1(s) => StrView::Latin1(&s[start..end]),
            StrView::Utf16(s) => StrView::Utf16(&s[start..end]),
        }
    }

    /// The units from `start` (clamped) to the end.
    #[inline]
    pub fn slice_from(self, start: usize) -> StrView<'a> {
        self.slice(start, self.len())
    }

    /// The code units in order.
    #[inline]
    pub fn units(self) -> CodeUnits<'a> {
        match self {
            StrView::Latin1(s) => CodeUnits(UnitIter::Latin1(s.iter())),
            StrView::Utf16(s) => CodeUnits(UnitIter::Utf16(s.iter())),
        }
    }

    /// The code points in order; unpaired surrogates come out as themselves.
    #[inline]
    pub fn code_points(self) -> CodePoints<'a> {
        CodePoints { view: self, at: 0 }
    }

    /// Whether every unit is below U+0080.
    #[inline]
    pub fn is_ascii(self) -> bool {
        match self {
            StrView::Latin1(s) => s.is_ascii(),
            StrView::Utf16(s) => units_below(s, 0x80),
        }
    }

    /// Whether every unit is below U+0100, so that the string could be stored as Latin-1.
    #[inline]
    pub fn fits_latin1(self) -> bool {
        match self {
            StrView::Latin1(_) => true,
            StrView::Utf16(s) => units_below(s, 0x100),
        }
    }

    /// Whether the string is exactly the given ASCII text.
    #[inline]
    pub fn eq_ascii(self, text: &str) -> bool {
        self == StrView::Latin1(text.as_bytes())
    }

    /// A hash of the code units, the same for both encodings. Not keyed: a table exposed to hostile keys has to bound
    /// its probe lengths itself.
    #[inline]
    pub fn hash_units(self) -> u32 {
        let folded = match self {
            StrView::Latin1(s) => hash_latin1(s),
            StrView::Utf16(s) => hash_utf16(s),
        };
        (folded ^ (folded >> 32)) as u32
    }
}

/// Whether every unit is below `limit`, a power of two. Checked by or-ing, which the compiler vectorizes.
fn units_below(units: &[u16], limit: u16) -> bool {
    let (chunks, rest) = units.as_chunks::<32>();
    chunks
        .iter()
        .all(|chunk| chunk.iter().fold(0, |acc, &u| acc | u) < limit)
        && rest.iter().fold(0, |acc, &u| acc | u) < limit
}

const HASH_SEED: u64 = 0x2d35_8dcc_aa6c_78a5;
const HASH_MULTIPLIER: u64 = 0x8bb8_4b93_962e_acc9;

/// Mixes four code units into the running hash by a folded 64×64→128 multiplication.
#[inline(always)]
fn mix(hash: u64, word: u64) -> u64 {
    let product = u128::from(hash ^ word) * u128::from(HASH_MULTIPLIER);
    (product as u64) ^ ((product >> 64) as u64)
}

/// Finishes a hash: the tail word cannot tell "a" from "a\0", the length can.
#[inline(always)]
fn mix_tail(hash: u64, tail: u64, len: usize) -> u64 {
    mix(mix(hash, tail), len as u64 ^ HASH_SEED)
}

/// Spreads four Latin-1 bytes to the four 16-bit lanes they would take as UTF-16.
#[inline(always)]
fn spread(bytes: u32) -> u64 {
    let x = u64::from(bytes);
    let x = (x | (x << 16)) & 0x0000_FFFF_0000_FFFF;
    (x | (x << 8)) & 0x00FF_00FF_00FF_00FF
}

fn hash_latin1(s: &[u8]) -> u64 {
    let (chunks, rest) = s.as_chunks::<4>();
    let mut hash = HASH_SEED;
    for chunk in chunks {
        hash = mix(hash, spread(u32::from_le_bytes(*chunk)));
    }
    let tail = rest
        .iter()
        .rev()
        .fold(0u64, |acc, &b| (acc << 16) | u64::from(b));
    mix_tail(hash, tail, s.len())
}

fn hash_utf16(s: &[u16]) -> u64 {
    let (chunks, rest) = s.as_chunks::<4>();
    let mut hash = HASH_SEED;
    for &[a, b, c, d] in chunks {
        let word =
            u64::from(a) | (u64::from(b) << 16) | (u64::from(c) << 32) | (u64::from(d) << 48);
        hash = mix(hash, word);
    }
    let tail = rest
        .iter()
        .rev()
        .fold(0u64, |acc, &u| (acc << 16) | u64::from(u));
    mix_tail(hash, tail, s.len())
}

/// Equality of a Latin-1 and a UTF-16 sequence of the same length, in blocks so that it vectorizes.
fn eq_mixed(latin: &[u8], wide: &[u16]) -> bool {
    if latin.len() != wide.len() {
        return false;
    }
    let (a, a_rest) = latin.as_chunks::<16>();
    let (b, b_rest) = wide.as_chunks::<16>();
    let differ = |x: &[u8], y: &[u16]| {
        x.iter()
            .zip(y)
            .fold(0, |acc, (&x, &y)| acc | (u16::from(x) ^ y))
            != 0
    };
    !a.iter().zip(b).any(|(x, y)| differ(x, y)) && !differ(a_rest, b_rest)
}

impl PartialEq for StrView<'_> {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        match (*self, *other) {
            // Empty slices dangle, and a vectorized comparison that touches their address, be it under a mask without a single
            // bit, is a hundred times slower than others.
            (StrView::Latin1(a), StrView::Latin1(b)) => {
                a.len() == b.len() && (a.is_empty() || a == b)
            }
            (StrView::Utf16(a), StrView::Utf16(b)) => {
                a.len() == b.len() && (a.is_empty() || a == b)
            }
            (StrView::Latin1(a), StrView::Utf16(b)) | (StrView::Utf16(b), StrView::Latin1(a)) => {
                eq_mixed(a, b)
            }
        }
    }
}

impl Eq for StrView<'_> {}

impl PartialOrd for StrView<'_> {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for StrView<'_> {
    /// The order of `<` on strings: by code units, not by code points.
    fn cmp(&self, other: &Self) -> Ordering {
        match (*self, *other) {
            (StrView::Latin1(a), StrView::Latin1(b)) => a.cmp(b),
            (StrView::Utf16(a), StrView::Utf16(b)) => a.cmp(b),
            (StrView::Latin1(a), StrView::Utf16(b)) => {
                a.iter().map(|&x| u16::from(x)).cmp(b.iter().copied())
            }
            (StrView::Utf16(a), StrView::Latin1(b)) => {
                a.iter().copied().cmp(b.iter().map(|&x| u16::from(x)))
            }
        }
    }
}

impl Hash for StrView<'_> {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u32(self.hash_units());
    }
}

enum UnitIter<'a> {
    Latin1(std::slice::Iter<'a, u8>),
    Utf16(std::slice::Iter<'a, u16>),
}

/// Iterator over code units, from [`StrView::units`].
pub struct CodeUnits<'a>(UnitIter<'a>);

impl Iterator for CodeUnits<'_> {
    type Item = u16;

    #[inline]
    fn next(&mut self) -> Option<u16> {
        match &mut self.0 {
            UnitIter::Latin1(it) => it.next().map(|&b| u16::from(b)),
            UnitIter::Utf16(it) => it.next().copied(),
        }
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        match &self.0 {
            UnitIter::Latin1(it) => it.size_hint(),
            UnitIter::Utf16(it) => it.size_hint(),
        }
    }
}

impl DoubleEndedIterator for CodeUnits<'_> {
    #[inline]
    fn next_back(&mut self) -> Option<u16> {
        match &mut self.0 {
            UnitIter::Latin1(it) => it.next_back().map(|&b| u16::from(b)),
            UnitIter::Utf16(it) => it.next_back().copied(),
        }
    }
}

impl ExactSizeIterator for CodeUnits<'_> {}

/// Iterator over code points, from [`StrView::code_points`].
#[derive(Clone)]
pub struct CodePoints<'a> {
    view: StrView<'a>,
    at: usize,
}

impl CodePoints<'_> {
    /// The code-unit index of the code point that comes next.
    #[inline]
    pub fn position(&self) -> usize {
        self.at
    }
}

impl Iterator for CodePoints<'_> {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        let (code_point, width) = self.view.code_point_at(self.at)?;
        self.at += width;
        Some(code_point)
    }
}

/// Whether the string is an IdentifierName without escapes (`$`, `_`, ID_Start, then ID_Continue, ZWNJ, ZWJ).
pub fn is_identifier_name(view: StrView<'_>) -> bool {
    let is_start = |c: u32| match char::from_u32(c) {
        Some('$' | '_') => true,
        Some(c) if c.is_ascii() => c.is_ascii_alphabetic(),
        Some(c) => unicode_id_start::is_id_start_unicode(c),
        None => false,
    };
    let is_part = |c: u32| match char::from_u32(c) {
        Some('$' | '_' | '\u{200C}' | '\u{200D}') => true,
        Some(c) if c.is_ascii() => c.is_ascii_alphanumeric(),
        Some(c) => unicode_id_start::is_id_continue_unicode(c),
        None => false,
    };
    let mut points = view.code_points();
    points.next().is_some_and(is_start) && points.all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wide(s: &str) -> Vec<u16> {
        s.encode_utf16().collect()
    }

    #[test]
    fn encodings_agree() {
        for text in [
            "",
            "a",
            "abc",
            "abcd",
            "hello, world! this is rather longer than a chunk",
            "a\0",
            "\u{ff}\u{80}x",
        ] {
            let latin: Vec<u8> = text.chars().map(|c| c as u8).collect();
            let w = wide(text);
            let (a, b) = (StrView::Latin1(&latin), StrView::Utf16(&w));
            assert_eq!(a, b);
            assert_eq!(a.hash_units(), b.hash_units());
            assert_eq!(a.cmp(&b), Ordering::Equal);
            assert!(b.fits_latin1());
        }
        assert_ne!(
            StrView::ascii("a").hash_units(),
            StrView::ascii("a\0").hash_units()
        );
        let w = wide("ab\u{100}");
        assert!(StrView::ascii("abc") < StrView::Utf16(&w));
        assert!(StrView::Utf16(&w) > StrView::ascii("ab"));
    }

    #[test]
    fn code_points() {
        let mut w = wide("a😀");
        w.push(0xD83D);
        let view = StrView::Utf16(&w);
        assert_eq!(
            view.code_points().collect::<Vec<_>>(),
            [0x61, 0x1F600, 0xD83D]
        );
        assert_eq!(view.code_point_at(2), Some((0xDE00, 1)));
        assert_eq!(view.code_point_at(4), None);
        assert_eq!(view.slice(3, 99).len(), 1);
        assert_eq!(view.slice(3, 1).len(), 0);
    }

    #[test]
    fn identifiers() {
        assert!(is_identifier_name(StrView::ascii("$a_1")));
        assert!(!is_identifier_name(StrView::ascii("1a")));
        assert!(!is_identifier_name(StrView::ascii("")));
        assert!(is_identifier_name(StrView::Latin1(&[0xE9, b'1'])));
        assert!(!is_identifier_name(StrView::Utf16(&[0xD800])));
    }
}
