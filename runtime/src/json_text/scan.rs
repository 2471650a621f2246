//! The lexical level: white space, strings and numbers over bytes or 16-bit units.

use super::error::{JsonError, Problem};
use crate::text::{StrBuf, StrBuilder, StrView};
use std::ops::Range;

/// A code unit of either width.
pub trait JsonUnit: Copy + PartialEq + Into<u16> + TryFrom<u16> {
    /// The view of a slice of these units.
    fn view(units: &[Self]) -> StrView<'_>;

    /// Length of the prefix of `units` that a string literal can contain as it stands: up to the first `"`, `\` or
    /// control character.
    fn plain_run(units: &[Self]) -> usize;

    /// The unit as a byte, if it is one.
    fn byte(self) -> Option<u8>;
}

/// Whether the unit ends a plain run.
#[inline]
pub const fn is_special(unit: u16) -> bool {
    unit < 0x20 || unit == 0x22 || unit == 0x5C
}

impl JsonUnit for u8 {
    #[inline]
    fn view(units: &[u8]) -> StrView<'_> {
        StrView::Latin1(units)
    }

    #[inline]
    fn byte(self) -> Option<u8> {
        Some(self)
    }

    #[inline]
    fn plain_run(units: &[u8]) -> usize {
        let length = units.len();
        let mut done = 0;
        let (chunks, rest) = units.as_chunks::<16>();
        for chunk in chunks {
            if let Some(at) = special_of_16(chunk) {
                return done + at;
            }
            done += 16;
        }
        if rest.is_empty() {
            return length;
        }
        // What is shorter is looked at together with what was seen before, or twice in the middle.
        if let Some(last) = units.last_chunk::<16>() {
            return special_of_16(last).map_or(length, |at| length - 16 + at);
        }
        if let (Some(first), Some(last)) = (rest.first_chunk::<8>(), rest.last_chunk::<8>()) {
            let in_last = || special_of_8(*last).map(|at| length - 8 + at);
            return special_of_8(*first).or_else(in_last).unwrap_or(length);
        }
        let special = rest.iter().position(|b| SPECIAL[usize::from(*b)]);
        special.unwrap_or(length)
    }
}

/// [`is_special`] as a table.
const SPECIAL: [bool; 256] = {
    let mut table = [false; 256];
    let mut unit = 0;
    while unit < 256 {
        table[unit] = is_special(unit as u16);
        unit += 1;
    }
    table
};

/// The first special one of eight bytes.
#[inline]
fn special_of_8(bytes: [u8; 8]) -> Option<usize> {
    const ONES: u64 = u64::MAX / 255;
    const TOPS: u64 = ONES * 0x80;
    let word = u64::from_le_bytes(bytes);
    // A byte's top bit gets set where it is zero after the xor (equal) or was below 0x20; exact for the lowest.
    let quote = word ^ (ONES * 0x22);
    let backslash = word ^ (ONES * 0x5C);
    let hit = (quote.wrapping_sub(ONES) & !quote)
        | (backslash.wrapping_sub(ONES) & !backslash)
        | (word.wrapping_sub(ONES * 0x20) & !word);
    (hit & TOPS != 0).then(|| ((hit & TOPS).trailing_zeros() / 8) as usize)
}

/// The first special one of sixteen bytes.
#[cfg(target_arch = "x86_64")]
#[inline]
fn special_of_16(bytes: &[u8; 16]) -> Option<usize> {
    use std::arch::x86_64::*;
    // SAFETY: SSE2 is part of the architecture, and there are sixteen bytes to load.
    let mask = unsafe {
        let x = _mm_loadu_si128(bytes.as_ptr().cast());
        let quote = _mm_cmpeq_epi8(x, _mm_set1_epi8(0x22));
        let backslash = _mm_cmpeq_epi8(x, _mm_set1_epi8(0x5C));
        let control = _mm_cmpeq_epi8(_mm_min_epu8(x, _mm_set1_epi8(0x1F)), x);
        _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quote, backslash), control))
    };
    (mask != 0).then(|| mask.trailing_zeros() as usize)
}

/// The first special one of sixteen bytes.
#[cfg(not(target_arch = "x86_64"))]
#[inline]
fn special_of_16(bytes: &[u8; 16]) -> Option<usize> {
    let (halves, _) = bytes.as_chunks::<8>();
    let second = || special_of_8(halves[1]).map(|at| at + 8);
    special_of_8(halves[0]).or_else(second)
}

impl JsonUnit for u16 {
    #[inline]
    fn view(units: &[u16]) -> StrView<'_> {
        StrView::Utf16(units)
    }

    #[inline]
    fn byte(self) -> Option<u8> {
        u8::try_from(self).ok()
    }

    #[inline]
    fn plain_run(units: &[u16]) -> usize {
        let (chunks, rest) = units.as_chunks::<8>();
        let mut done = 0;
        for chunk in chunks {
            if let Some(at) = special_of_8_units(chunk) {
                return done + at;
            }
            done += 8;
        }
        done + rest
            .iter()
            .position(|&u| is_special(u))
            .unwrap_or(rest.len())
    }
}

/// The first special one of eight units.
#[cfg(target_arch = "x86_64")]
#[inline]
fn special_of_8_units(units: &[u16; 8]) -> Option<usize> {
    use std::arch::x86_64::*;
    // SAFETY: SSE2 is part of the architecture, and there are sixteen bytes to load.
    let mask = unsafe {
        let x = _mm_loadu_si128(units.as_ptr().cast());
        let quote = _mm_cmpeq_epi16(x, _mm_set1_epi16(0x22));
        let backslash = _mm_cmpeq_epi16(x, _mm_set1_epi16(0x5C));
        let control = _mm_cmpeq_epi16(_mm_subs_epu16(x, _mm_set1_epi16(0x1F)), _mm_setzero_si128());
        _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quote, backslash), control))
    };
    (mask != 0).then(|| mask.trailing_zeros() as usize / 2)
}

/// The first special one of eight units.
#[cfg(not(target_arch = "x86_64"))]
#[inline]
fn special_of_8_units(units: &[u16; 8]) -> Option<usize> {
    // No early exit inside the block, so that the test vectorizes.
    if !units.iter().fold(false, |acc, &u| acc | is_special(u)) {
        return None;
    }
    units.iter().position(|&u| is_special(u))
}

/// The contents of a string literal.
#[derive(Clone, Debug)]
pub enum JsonString {
    /// Without escapes: the units in this range of the text.
    Plain(Range<usize>),
    /// With its escapes resolved.
    Escaped(StrBuf),
}

/// Position in a text of units.
pub(super) struct Scanner<'a, U> {
    pub(super) text: &'a [U],
    pub(super) at: usize,
}

impl<'a, U: JsonUnit> Scanner<'a, U> {
    /// The unit at the position; U+FFFF past the end, which no JSON construct starts with.
    #[inline]
    pub(super) fn peek(&self) -> u16 {
        self.text.get(self.at).map_or(0xFFFF, |&u| u.into())
    }

    #[inline]
    pub(super) fn at_end(&self) -> bool {
        self.at >= self.text.len()
    }

    #[inline]
    pub(super) fn skip_space(&mut self) {
        // Texts that programs write have none.
        if self.peek() > 0x20 {
            return;
        }
        while matches!(self.peek(), 0x20 | 0x0A | 0x0D | 0x09) {
            self.at += 1;
        }
    }

    #[cold]
    pub(super) fn fail<T>(&self, problem: Problem) -> Result<T, JsonError> {
        Err(JsonError {
            problem,
            position: self.at,
        })
    }

    /// Reads the rest of `true`, `false` or `null`, whose first letter has been seen.
    pub(super) fn literal(&mut self, word: &[u8]) -> Result<(), JsonError> {
        for &letter in word {
            if self.peek() != u16::from(letter) {
                return self.fail(Problem::Unexpected);
            }
            self.at += 1;
        }
        Ok(())
    }

    /// Reads a string literal from its opening quote on.
    #[inline]
    pub(super) fn string(&mut self) -> Result<JsonString, JsonError> {
        self.at += 1;
        let start = self.at;
        self.at += U::plain_run(&self.text[start.min(self.text.len())..]);
        if self.peek() == 0x22 {
            self.at += 1;
            return Ok(JsonString::Plain(start..self.at - 1));
        }
        self.escaped_string(start)
    }

    fn escaped_string(&mut self, start: usize) -> Result<JsonString, JsonError> {
        let mut out = StrBuilder::with_capacity((self.at - start) * 2);
        let mut run = start;
        loop {
            out.push_view(U::view(&self.text[run..self.at]));
            if self.at_end() {
                return self.fail(Problem::UnterminatedString);
            }
            match self.peek() {
                0x22 => {
                    self.at += 1;
                    return Ok(JsonString::Escaped(out.finish()));
                }
                0x5C => {
                    self.at += 1;
                    self.escape(&mut out)?;
                }
                _ => return self.fail(Problem::ControlCharacter),
            }
            run = self.at;
            self.at += U::plain_run(&self.text[run..]);
        }
    }

    /// Reads what follows a backslash.
    fn escape(&mut self, out: &mut StrBuilder) -> Result<(), JsonError> {
        if self.at_end() {
            return self.fail(Problem::Unexpected);
        }
        let byte = match self.peek() {
            0x62 => 0x08,
            0x66 => 0x0C,
            0x6E => 0x0A,
            0x72 => 0x0D,
            0x74 => 0x09,
            unit @ (0x22 | 0x5C | 0x2F) => unit as u8,
            0x75 => return self.unicode_escape(out),
            0x100.. => return self.fail(Problem::Unexpected),
            _ => return self.fail(Problem::EscapedCharacter),
        };
        self.at += 1;
        out.push_byte(byte);
        Ok(())
    }

    fn unicode_escape(&mut self, out: &mut StrBuilder) -> Result<(), JsonError> {
        self.at += 1;
        let mut unit = 0;
        for _ in 0..4 {
            match char::from_u32(u32::from(self.peek())).and_then(|c| c.to_digit(16)) {
                Some(digit) => unit = unit << 4 | digit as u16,
                None => return self.fail(Problem::UnicodeEscape),
            }
            self.at += 1;
        }
        out.push_unit(unit);
        Ok(())
    }

    /// Reads digits and adds them to a number, which may wrap if there are more than 19; says how many there were.
    #[inline(always)]
    fn digits(&mut self, value: &mut u64) -> usize {
        let start = self.at;
        while let digit @ 0x30..=0x39 = self.peek() {
            *value = value.wrapping_mul(10).wrapping_add(u64::from(digit - 0x30));
            self.at += 1;
        }
        self.at - start
    }

    /// Reads a number from its sign or first digit on.
    #[inline]
    pub(super) fn number(&mut self) -> Result<JsonNumber, JsonError> {
        let start = self.at;
        let negative = self.peek() == 0x2D;
        if negative {
            self.at += 1;
        }
        let first = self.peek();
        let mut value = 0u64;
        let int_start = self.at;
        let digits = self.digits(&mut value);
        if digits == 0 {
            return self.fail(Problem::NoNumberAfterMinus);
        }
        if first == 0x30 && digits > 1 {
            self.at = int_start + 1;
            return self.fail(Problem::LeadingZero);
        }
        if matches!(self.peek(), 0x2E | 0x65 | 0x45) {
            return self.fraction(start, value, digits);
        }
        if digits <= 9 && (value != 0 || !negative) {
            let value = value as i32;
            return Ok(JsonNumber::Int(if negative { -value } else { value }));
        }
        if digits <= 18 {
            let magnitude = value as f64;
            return Ok(JsonNumber::Double(if negative {
                -magnitude
            } else {
                magnitude
            }));
        }
        Ok(JsonNumber::Double(self.any_number(start)))
    }

    /// The rest of a number starting at `start`, whose integer part has so many digits.
    fn fraction(
        &mut self,
        start: usize,
        mut value: u64,
        mut digits: usize,
    ) -> Result<JsonNumber, JsonError> {
        let mut exponent = 0;
        if self.peek() == 0x2E {
            self.at += 1;
            let decimals = self.digits(&mut value);
            if decimals == 0 {
                return self.fail(Problem::Fraction);
            }
            digits += decimals;
            exponent = -(decimals.min(1 << 20) as i64);
        }
        if matches!(self.peek(), 0x65 | 0x45) {
            self.at += 1;
            let down = self.peek() == 0x2D;
            if down || self.peek() == 0x2B {
                self.at += 1;
            }
            let mut power = 0;
            match self.digits(&mut power) {
                0 => return self.fail(Problem::Exponent),
                1..4 => exponent += if down { -(power as i64) } else { power as i64 },
                // Not for the fast way.
                _ => digits = usize::MAX,
            }
        }
        // Where a double holds digits and power of ten exactly, one operation gives the nearest double of the number.
        let power = POWERS.get(exponent.unsigned_abs() as usize);
        let x = match power {
            Some(power) if digits <= 19 && value <= 1 << 53 => {
                let magnitude = if exponent < 0 {
                    value as f64 / power
                } else {
                    value as f64 * power
                };
                match self.text.get(start).map(|&u| u.into()) {
                    Some(0x2D) => -magnitude,
                    _ => magnitude,
                }
            }
            _ => self.any_number(start),
        };
        Ok(JsonNumber::Double(x))
    }

    /// The number between `start` and here.
    fn any_number(&self, start: usize) -> f64 {
        let units = &self.text[start..self.at];
        let mut bytes = [0; 64];
        let Some(bytes) = bytes.get_mut(..units.len()) else {
            return crate::numeric::string_to_number(U::view(units));
        };
        for (byte, unit) in bytes.iter_mut().zip(units) {
            *byte = unit.byte().unwrap_or(0);
        }
        fast_float2::parse(bytes).unwrap_or(f64::NAN)
    }
}

/// A number as it is kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum JsonNumber {
    /// An integer of 32 bits, not -0.
    Int(i32),
    /// Any number.
    Double(f64),
}

/// The powers of ten that doubles hold exactly.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];
