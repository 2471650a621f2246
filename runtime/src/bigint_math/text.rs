//! BigInts from and to text.

use super::{BigIntError, Integer, MAX_BITS};
use crate::text::{StrView, trim};
use num_bigint::{BigUint, Sign};

/// StringToBigInt: `Ok(None)` when the string is not a StringIntegerLiteral.
pub fn string_to_bigint(view: StrView<'_>) -> Result<Option<Integer>, BigIntError> {
    let narrowed;
    let bytes = match trim(view) {
        StrView::Latin1(bytes) => bytes,
        StrView::Utf16(units) => {
            narrowed = units
                .iter()
                .map(|&u| u8::try_from(u).unwrap_or(0xFF))
                .collect::<Vec<u8>>();
            narrowed.as_slice()
        }
    };
    match bytes {
        [] => Ok(Some(Integer::ZERO)),
        [b'0', b'x' | b'X' | b'o' | b'O' | b'b' | b'B', ..] => parse_literal(bytes),
        [b'-', digits @ ..] => {
            Ok(parse_digits(digits, 10)?.map(|m| Integer::from_biguint(Sign::Minus, m)))
        }
        [b'+', digits @ ..] | digits => Ok(parse_digits(digits, 10)?.map(Integer::from)),
    }
}

/// The text of a BigInt literal without separators and without the `n`: decimal or with a radix prefix.
pub fn parse_literal(text: &[u8]) -> Result<Option<Integer>, BigIntError> {
    let (digits, radix) = match text {
        [b'0', b'x' | b'X', rest @ ..] => (rest, 16),
        [b'0', b'o' | b'O', rest @ ..] => (rest, 8),
        [b'0', b'b' | b'B', rest @ ..] => (rest, 2),
        _ => (text, 10),
    };
    Ok(parse_digits(digits, radix)?.map(Integer::from))
}

/// Below this many digits the library's quadratic conversion is as good as splitting.
const SPLIT_DIGITS: usize = 1500;

fn parse_digits(digits: &[u8], radix: u32) -> Result<Option<BigUint>, BigIntError> {
    let values: Option<Vec<u8>> = digits
        .iter()
        .map(|&b| char::from(b).to_digit(radix).map(|d| d as u8))
        .collect();
    let Some(values) = values.filter(|v| !v.is_empty()) else {
        return Ok(None);
    };
    let first = values.iter().position(|&d| d != 0).unwrap_or(values.len());
    let values = &values[first..];
    // Each digit is worth at least log2(radix), rounded down, bits.
    if values.len() as u64 * u64::from(radix.ilog2()) > MAX_BITS + 4 {
        return Err(BigIntError::TooBig);
    }
    let big = if radix.is_power_of_two() {
        convert(values, radix)
    } else {
        convert_split(values, radix)
    };
    if big.bits() > MAX_BITS {
        Err(BigIntError::TooBig)
    } else {
        Ok(Some(big))
    }
}

fn convert(values: &[u8], radix: u32) -> BigUint {
    if values.is_empty() {
        return BigUint::ZERO;
    }
    BigUint::from_radix_be(values, radix).unwrap_or_default()
}

/// Halves long inputs so that the fast multiplication does the work. The depth is logarithmic in the length.
fn convert_split(values: &[u8], radix: u32) -> BigUint {
    if values.len() <= SPLIT_DIGITS {
        return convert(values, radix);
    }
    let (high, low) = values.split_at(values.len() / 2);
    let scale = BigUint::from(radix).pow(low.len() as u32);
    convert_split(high, radix) * scale + convert_split(low, radix)
}

/// BigInt::toString; `radix` has been checked to be in 2..=36.
pub fn to_text(a: &Integer, radix: u32) -> String {
    if radix == 10
        && let Ok(small) = i64::try_from(a)
    {
        return crate::numeric::NumberBuffer::new()
            .format_i64(small)
            .to_owned();
    }
    a.to_str_radix(radix.clamp(2, 36))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(s: &str) -> Option<String> {
        string_to_bigint(StrView::ascii(s))
            .unwrap()
            .map(|v| to_text(&v, 10))
    }

    #[test]
    fn strings() {
        for (s, r) in [
            ("", "0"),
            ("  12 ", "12"),
            ("-12", "-12"),
            ("+12", "12"),
            ("-0", "0"),
            ("007", "7"),
            ("0xfF", "255"),
            ("0b11", "3"),
            ("0O17", "15"),
            (
                "123456789012345678901234567890",
                "123456789012345678901234567890",
            ),
        ] {
            assert_eq!(parse(s).as_deref(), Some(r), "{s:?}");
        }
        for s in [
            "a", "1n", "1.0", "1e3", "-0x1", "0x", "--1", "+", "1_0", "Infinity", "0xg", "1 1",
        ] {
            assert_eq!(parse(s), None, "{s:?}");
        }
        assert_eq!(string_to_bigint(StrView::Utf16(&[0x31, 0x131])), Ok(None));
    }

    #[test]
    fn long_strings_and_radices() {
        let digits = "1234567890".repeat(1000);
        let value = parse_literal(digits.as_bytes()).unwrap().unwrap();
        assert_eq!(to_text(&value, 10), digits);
        let hex = to_text(&value, 16);
        assert_eq!(
            parse_literal(format!("0x{hex}").as_bytes())
                .unwrap()
                .unwrap(),
            value
        );
        assert_eq!(to_text(&Integer::from(-255), 36), "-73");
        assert_eq!(
            to_text(&Integer::from(i64::MIN), 10),
            "-9223372036854775808"
        );
    }
}
