//! Conversions between numbers and the integer types, and index strings.

use super::format::NumberBuffer;
use super::parse::string_to_number;
use crate::text::StrView;

/// 2^53 - 1.
const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

/// ToInt32 of a number.
#[inline]
pub fn to_int32(x: f64) -> i32 {
    // Both casts saturate; a value they do not reproduce takes the slow way.
    let fast = x as i64;
    if fast != i64::MIN && fast != i64::MAX {
        return fast as i32;
    }
    to_int32_slow(x)
}

/// |x| >= 2^63, NaN or infinite: the low 32 bits of the shifted significand.
#[cold]
fn to_int32_slow(x: f64) -> i32 {
    let bits = x.to_bits();
    let exponent = ((bits >> 52) & 0x7FF) as i32 - 1075;
    if exponent >= 32 {
        // The lowest set bit is worth at least 2^32 (or the value is not finite).
        return 0;
    }
    let significand = (bits & ((1 << 52) - 1)) | (1 << 52);
    let magnitude = if exponent >= 0 {
        (significand << exponent) as i32
    } else {
        (significand >> -exponent) as i32
    };
    if x < 0.0 {
        magnitude.wrapping_neg()
    } else {
        magnitude
    }
}

/// ToUint32 of a number.
#[inline]
pub fn to_uint32(x: f64) -> u32 {
    to_int32(x) as u32
}

/// ToInt16 of a number.
#[inline]
pub fn to_int16(x: f64) -> i16 {
    to_int32(x) as i16
}

/// ToUint16 of a number.
#[inline]
pub fn to_uint16(x: f64) -> u16 {
    to_int32(x) as u16
}

/// ToInt8 of a number.
#[inline]
pub fn to_int8(x: f64) -> i8 {
    to_int32(x) as i8
}

/// ToUint8 of a number.
#[inline]
pub fn to_uint8(x: f64) -> u8 {
    to_int32(x) as u8
}

/// ToUint8Clamp of a number: round half to even, clamp to 0..=255, NaN is 0.
#[inline]
pub fn to_uint8_clamp(x: f64) -> u8 {
    x.round_ties_even() as u8
}

/// ToIntegerOrInfinity of a number; never -0.
#[inline]
pub fn to_integer_or_infinity(x: f64) -> f64 {
    if x.is_nan() { 0.0 } else { x.trunc() + 0.0 }
}

/// ToLength of a number.
#[inline]
pub fn to_length_clamped(x: f64) -> f64 {
    to_integer_or_infinity(x).clamp(0.0, MAX_SAFE_INTEGER)
}

/// The number as an int32 if it is one; -0 is not.
#[inline]
pub fn number_as_int32(x: f64) -> Option<i32> {
    let int = x as i32;
    (f64::from(int).to_bits() == x.to_bits()).then_some(int)
}

/// IsIntegralNumber: finite and without fraction (-0 counts).
#[inline]
pub fn is_integral_number(x: f64) -> bool {
    x.is_finite() && x.trunc() == x
}

/// The number as an array index (0 to 2^32 - 2) if it is one. -0 counts as 0, as ToString(-0) is "0".
#[inline]
pub fn array_index_from_number(x: f64) -> Option<u32> {
    let int = x as u32;
    (f64::from(int) == x && int != u32::MAX).then_some(int)
}

/// The decimal digits of a canonical integer string without sign, up to `limit`.
#[inline]
fn canonical_digits(view: StrView<'_>, max_len: usize) -> Option<u64> {
    let len = view.len();
    if len == 0 || len > max_len {
        return None;
    }
    let first = view.get(0)?;
    if first == u16::from(b'0') {
        return (len == 1).then_some(0);
    }
    let mut value = 0u64;
    for unit in view.units() {
        let digit = unit.wrapping_sub(u16::from(b'0'));
        if digit > 9 {
            return None;
        }
        value = value * 10 + u64::from(digit);
    }
    Some(value)
}

/// The array index (0 to 2^32 - 2) the string is the canonical text of.
#[inline]
pub fn string_as_array_index(view: StrView<'_>) -> Option<u32> {
    let value = canonical_digits(view, 10)?;
    u32::try_from(value).ok().filter(|&index| index != u32::MAX)
}

/// The integer index (0 to 2^53 - 1) the string is the canonical text of.
#[inline]
pub fn string_as_safe_integer(view: StrView<'_>) -> Option<u64> {
    canonical_digits(view, 16).filter(|&value| value <= MAX_SAFE_INTEGER as u64)
}

/// As [`string_as_array_index`], for bytes.
#[inline]
pub fn canonical_array_index(bytes: &[u8]) -> Option<u32> {
    string_as_array_index(StrView::Latin1(bytes))
}

/// CanonicalNumericIndexString: the number, if the string is "-0" or what ToString gives for that number.
pub fn canonical_numeric_index(view: StrView<'_>) -> Option<f64> {
    let first = u8::try_from(view.get(0)?).ok()?;
    if !matches!(first, b'0'..=b'9' | b'-' | b'I' | b'N') {
        return None;
    }
    if let Some(value) = string_as_safe_integer(view) {
        return Some(value as f64);
    }
    if view.eq_ascii("-0") {
        return Some(-0.0);
    }
    let number = string_to_number(view);
    let mut buffer = NumberBuffer::new();
    view.eq_ascii(buffer.format(number)).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn int_conversions() {
        let cases: [(f64, i32); 13] = [
            (0.0, 0),
            (-0.0, 0),
            (f64::NAN, 0),
            (f64::INFINITY, 0),
            (1.9, 1),
            (-1.9, -1),
            (2147483648.0, i32::MIN),
            (4294967297.0, 1),
            (-4294967297.0, -1),
            (9007199254740993.0, 0),
            (1e20, 1661992960),
            (-1e20, -1661992960),
            (9223372036854775808.0, 0),
        ];
        for (x, expect) in cases {
            assert_eq!(to_int32(x), expect, "{x}");
        }
        assert_eq!(to_uint32(-1.0), u32::MAX);
        assert_eq!(to_int8(255.0), -1);
        assert_eq!(to_uint8_clamp(0.5), 0);
        assert_eq!(to_uint8_clamp(1.5), 2);
        assert_eq!(to_uint8_clamp(300.0), 255);
        assert_eq!(to_uint8_clamp(-3.0), 0);
        assert_eq!(to_uint8_clamp(f64::NAN), 0);
    }

    #[test]
    fn to_int32_is_modular() {
        // Against exact arithmetic on 128-bit integers.
        for shift in 0..70 {
            for base in [
                1u128,
                3,
                0xFFFF_FFFF,
                0x1F_FFFF_FFFF_FFFF,
                0x10_0000_0000_0001,
            ] {
                let x = base as f64 * 2f64.powi(shift);
                let expect = ((base << shift) & 0xFFFF_FFFF) as u32 as i32;
                assert_eq!(to_int32(x), expect, "{base} << {shift}");
                assert_eq!(to_int32(-x), expect.wrapping_neg());
            }
        }
    }

    #[test]
    fn indices() {
        let idx = |s| string_as_array_index(StrView::ascii(s));
        assert_eq!(idx("0"), Some(0));
        assert_eq!(idx("4294967294"), Some(4294967294));
        assert_eq!(idx("4294967295"), None);
        assert_eq!(idx("01"), None);
        assert_eq!(idx(""), None);
        assert_eq!(idx("-1"), None);
        assert_eq!(
            string_as_safe_integer(StrView::ascii("9007199254740991")),
            Some(9007199254740991)
        );
        assert_eq!(
            string_as_safe_integer(StrView::ascii("9007199254740992")),
            None
        );
        let canon = |s| canonical_numeric_index(StrView::ascii(s));
        assert!(canon("-0").is_some_and(|x| x == 0.0 && x.is_sign_negative()));
        assert_eq!(canon("1.5"), Some(1.5));
        assert_eq!(canon("1.50"), None);
        assert!(canon("NaN").is_some_and(f64::is_nan));
        assert_eq!(canon("-Infinity"), Some(f64::NEG_INFINITY));
        assert_eq!(canon("1e3"), None);
        assert_eq!(canon("+1"), None);
        assert_eq!(array_index_from_number(-0.0), Some(0));
        assert_eq!(array_index_from_number(4294967295.0), None);
        assert_eq!(array_index_from_number(-1.0), None);
        assert_eq!(array_index_from_number(f64::NAN), None);
        assert_eq!(number_as_int32(-0.0), None);
        assert_eq!(number_as_int32(-5.0), Some(-5));
    }
}
