//! Text to number: StringToNumber, `parseFloat`, `parseInt`. All correctly rounded.

use crate::text::{StrView, is_trimmable, trim, trim_start};
use num_bigint::BigUint;

/// StringToNumber: the whole trimmed string has to be a StringNumericLiteral, else NaN.
pub fn string_to_number(view: StrView<'_>) -> f64 {
    if let StrView::Latin1(bytes) = view
        && let Some(n) = few_digits(bytes)
    {
        return n;
    }
    let trimmed = match view.get(0) {
        // The usual case needs no trimming in front, and one look at the end.
        Some(first)
            if first > 0x20
                && !is_trimmable(first)
                && view.get(view.len() - 1).is_some_and(|u| !is_trimmable(u)) =>
        {
            view
        }
        _ => trim(view),
    };
    match trimmed {
        StrView::Latin1(bytes) => bytes_to_number(bytes),
        StrView::Utf16(units) => with_ascii_prefix(units, |bytes, whole| {
            if whole {
                bytes_to_number(bytes)
            } else {
                f64::NAN
            }
        }),
    }
}

/// The value of what is nothing but digits and short.
fn few_digits(bytes: &[u8]) -> Option<f64> {
    if bytes.is_empty() || bytes.len() > 9 {
        return None;
    }
    let mut n = 0u32;
    for &b in bytes {
        let digit = b.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        n = n * 10 + u32::from(digit);
    }
    Some(f64::from(n))
}

/// Calls `f` with the longest ASCII prefix as bytes and whether that is everything; short ones stay on the stack.
fn with_ascii_prefix<R>(units: &[u16], f: impl FnOnce(&[u8], bool) -> R) -> R {
    let len = units.iter().position(|&u| u >= 0x80).unwrap_or(units.len());
    let whole = len == units.len();
    let mut small = [0u8; 64];
    if let Some(slot) = small.get_mut(..len) {
        for (to, from) in slot.iter_mut().zip(units) {
            *to = *from as u8;
        }
        return f(slot, whole);
    }
    let bytes: Vec<u8> = units[..len].iter().map(|&u| u as u8).collect();
    f(&bytes, whole)
}

fn bytes_to_number(bytes: &[u8]) -> f64 {
    match bytes {
        [] => 0.0,
        [b'0', b'x' | b'X', digits @ ..] => whole_radix(digits, 16),
        [b'0', b'o' | b'O', digits @ ..] => whole_radix(digits, 8),
        [b'0', b'b' | b'B', digits @ ..] => whole_radix(digits, 2),
        _ => match decimal_prefix(bytes) {
            Some((value, len)) if len == bytes.len() => value,
            _ => f64::NAN,
        },
    }
}

fn whole_radix(digits: &[u8], radix: u32) -> f64 {
    if digits.is_empty() || !digits.iter().all(|&b| char::from(b).is_digit(radix)) {
        return f64::NAN;
    }
    radix_digits_to_number(digits, radix)
}

/// The longest prefix that is a StrDecimalLiteral, and its length.
fn decimal_prefix(bytes: &[u8]) -> Option<(f64, usize)> {
    let signed = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    let negative = bytes.first() == Some(&b'-');
    let apply = |x: f64| if negative { -x } else { x };
    let body = &bytes[signed..];
    if body.starts_with(b"Infinity") {
        return Some((apply(f64::INFINITY), signed + 8));
    }
    let digits_from = |at: usize| body[at..].iter().take_while(|b| b.is_ascii_digit()).count();
    let int = digits_from(0);
    let mut end = int;
    let mut digits = int;
    if body.get(int) == Some(&b'.') {
        let fraction = digits_from(int + 1);
        digits += fraction;
        if digits > 0 {
            end = int + 1 + fraction;
        }
    }
    if digits == 0 {
        return None;
    }
    let mantissa_end = end;
    if matches!(body.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(body.get(end + 1), Some(b'+' | b'-')));
        let exponent = digits_from((end + 1 + sign).min(body.len()));
        if exponent > 0 {
            end += 1 + sign + exponent;
        }
    }
    if end == int && int <= 19 {
        // At most 19 digits fit in 64 bits, whose conversion rounds correctly.
        let value = body[..int]
            .iter()
            .fold(0u64, |acc, &b| acc * 10 + u64::from(b - b'0'));
        return Some((apply(value as f64), signed + int));
    }
    let value = fast_float2::parse::<f64, _>(&body[..end])
        .unwrap_or_else(|_| saturated(&body[..mantissa_end], &body[mantissa_end..end]));
    Some((apply(value), signed + end))
}

/// What a literal the float parser refuses stands for: only the exponent's size can be at fault.
fn saturated(mantissa: &[u8], exponent: &[u8]) -> f64 {
    let zero = mantissa.iter().all(|&b| matches!(b, b'0' | b'.'));
    if zero || exponent.get(1) == Some(&b'-') {
        0.0
    } else {
        f64::INFINITY
    }
}

/// The integer that digits (already checked) of the radix stand for, rounded to nearest even.
fn radix_digits_to_number(digits: &[u8], radix: u32) -> f64 {
    let first = digits
        .iter()
        .position(|&b| b != b'0')
        .unwrap_or(digits.len());
    let digits = &digits[first..];
    let value = |b: u8| u64::from(char::from(b).to_digit(radix).unwrap_or(0));
    if radix.is_power_of_two() {
        return power_of_two_digits(digits, radix.trailing_zeros(), value);
    }
    // 36^12 < 2^64.
    if digits.len() <= 12 {
        return digits
            .iter()
            .fold(0u64, |acc, &b| acc * u64::from(radix) + value(b)) as f64;
    }
    if radix == 10 {
        return fast_float2::parse(digits).unwrap_or(f64::INFINITY);
    }
    // 3^700 is past the largest double already.
    if digits.len() > 700 {
        return f64::INFINITY;
    }
    let digits: Vec<u8> = digits.iter().map(|&b| value(b) as u8).collect();
    BigUint::from_radix_be(&digits, radix).map_or(f64::NAN, |big| biguint_to_f64(&big))
}

/// The double nearest to a big natural number, ties to even.
pub(crate) fn biguint_to_f64(big: &BigUint) -> f64 {
    let bits = big.bits();
    if bits <= 64 {
        return big.iter_u64_digits().next().unwrap_or(0) as f64;
    }
    if bits > 1024 {
        return f64::INFINITY;
    }
    // 64 leading bits, the lowest of them made sticky: converting those rounds as the whole would.
    let shift = bits - 64;
    let top = (big >> shift).iter_u64_digits().next().unwrap_or(0);
    let sticky = big.trailing_zeros().is_some_and(|zeros| zeros < shift);
    (top | u64::from(sticky)) as f64 * 2f64.powi(shift as i32)
}

fn power_of_two_digits(digits: &[u8], bits: u32, value: impl Fn(u8) -> u64) -> f64 {
    let mut window = 0u64;
    let mut at = 0;
    // Fill the window up to its top bit, then only remember whether anything else is set.
    while at < digits.len() && window >> (64 - bits) == 0 {
        window = (window << bits) | value(digits[at]);
        at += 1;
    }
    let rest = &digits[at..];
    if rest.iter().any(|&b| b != b'0') {
        window |= 1;
    }
    let exponent = rest.len().saturating_mul(bits as usize);
    if exponent > 1024 {
        return if window == 0 { 0.0 } else { f64::INFINITY };
    }
    window as f64 * 2f64.powi(exponent as i32)
}

/// `parseFloat` of a string: the longest prefix, after white space, that is a StrDecimalLiteral.
pub fn parse_float(view: StrView<'_>) -> f64 {
    // Few digits and nothing else: an integer that a double holds.
    if let StrView::Latin1(digits) = view
        && (1..=15).contains(&digits.len())
        && digits.iter().all(u8::is_ascii_digit)
    {
        return digits
            .iter()
            .fold(0u64, |n, d| n * 10 + u64::from(d - b'0')) as f64;
    }
    let value = |bytes: &[u8]| decimal_prefix(bytes).map_or(f64::NAN, |(value, _)| value);
    match trim_start(view) {
        StrView::Latin1(bytes) => value(bytes),
        StrView::Utf16(units) => with_ascii_prefix(units, |bytes, _| value(bytes)),
    }
}

/// `parseInt` of a string; `radix` is the argument after ToInt32, 0 meaning "by the prefix".
pub fn parse_int(view: StrView<'_>, radix: i32) -> f64 {
    match trim_start(view) {
        StrView::Latin1(bytes) => parse_int_bytes(bytes, radix),
        StrView::Utf16(units) => with_ascii_prefix(units, |bytes, _| parse_int_bytes(bytes, radix)),
    }
}

fn parse_int_bytes(bytes: &[u8], radix: i32) -> f64 {
    let (negative, mut body) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, bytes),
    };
    let mut base = match radix {
        0 => 10,
        2..=36 => radix as u32,
        _ => return f64::NAN,
    };
    if matches!(radix, 0 | 16)
        && let [b'0', b'x' | b'X', rest @ ..] = body
    {
        body = rest;
        base = 16;
    }
    let len = body
        .iter()
        .position(|&b| !char::from(b).is_digit(base))
        .unwrap_or(body.len());
    if len == 0 {
        return f64::NAN;
    }
    let value = radix_digits_to_number(&body[..len], base);
    if negative { -value } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(s: &str) -> f64 {
        let wide: Vec<u16> = s.encode_utf16().collect();
        let a = string_to_number(StrView::Utf16(&wide));
        if s.is_ascii() {
            assert_eq!(
                a.to_bits(),
                string_to_number(StrView::ascii(s)).to_bits(),
                "{s}"
            );
        }
        a
    }

    #[test]
    fn string_to_number_grammar() {
        for (s, x) in [
            ("", 0.0),
            (" \n\u{FEFF}", 0.0),
            ("12", 12.0),
            (" 12.5e1 ", 125.0),
            (".5", 0.5),
            ("5.", 5.0),
            ("5.e1", 50.0),
            ("+5", 5.0),
            ("0x1F", 31.0),
            ("0b101", 5.0),
            ("0O17", 15.0),
            ("Infinity", f64::INFINITY),
            ("-Infinity", f64::NEG_INFINITY),
            ("1e1000", f64::INFINITY),
            ("1e-1000", 0.0),
            ("1e99999999999999999999", f64::INFINITY),
            ("0e99999999999999999999", 0.0),
            ("1e-99999999999999999999", 0.0),
            ("12345678901234567890", 12345678901234567890.0),
            ("9007199254740993", 9007199254740992.0),
            ("0x20000000000001", 9007199254740992.0),
            ("0x20000000000003", 9007199254740996.0),
            ("0x200000000000011", 144115188075855904.0),
            ("00012", 12.0),
        ] {
            assert_eq!(number(s), x, "{s:?}");
        }
        assert!(number("-0").is_sign_negative());
        for s in [
            "1_0",
            "inf",
            "nan",
            "NaN",
            "e5",
            ".",
            "+",
            "-",
            "1e",
            "1e+",
            "0x",
            "0x1p3",
            "-0x10",
            "1 2",
            "infinity",
            "Infinityx",
            "0b2",
            "1n",
            "1\u{e9}",
            "\u{180e}1",
        ] {
            assert!(number(s).is_nan(), "{s:?}");
        }
        let huge = "1".repeat(400);
        assert_eq!(number(&huge), f64::INFINITY);
        let long = format!("0.{}1", "0".repeat(400));
        assert_eq!(number(&long), 0.0);
    }

    #[test]
    fn prefixes() {
        let float = |s| parse_float(StrView::ascii(s));
        assert_eq!(float("  3.25abc"), 3.25);
        assert_eq!(float("1e"), 1.0);
        assert_eq!(float("1.e+"), 1.0);
        assert_eq!(float(".5."), 0.5);
        assert_eq!(float("0x10"), 0.0);
        assert_eq!(float("-Infinityx"), f64::NEG_INFINITY);
        assert!(float("abc").is_nan());
        assert!(float("-.").is_nan());
        assert!(float("-0").is_sign_negative());
        assert_eq!(parse_float(StrView::Utf16(&[0x31, 0x2E, 0x35, 0x100])), 1.5);
    }

    #[test]
    fn ints() {
        fn int(s: &str, r: i32) -> f64 {
            parse_int(StrView::ascii(s), r)
        }
        assert_eq!(int(" 42px", 0), 42.0);
        assert_eq!(int("0x1f", 0), 31.0);
        assert_eq!(int("0x1f", 16), 31.0);
        assert_eq!(int("0x1f", 10), 0.0);
        assert_eq!(int("zz", 36), 1295.0);
        assert_eq!(int("-101", 2), -5.0);
        assert!(int("-0", 10).is_sign_negative());
        assert!(int("2", 2).is_nan());
        assert!(int("1", 1).is_nan());
        assert!(int("1", 37).is_nan());
        assert!(int("0x", 0).is_nan());
        assert!(int("", 0).is_nan());
        assert_eq!(int("9007199254740993", 10), 9007199254740992.0);
        assert_eq!(
            int("100000000000000000000000000000000000000000000000000001", 2),
            9007199254740992.0
        );
        assert_eq!(
            int("100000000000000000000000000000000000000000000000000011", 2),
            9007199254740996.0
        );
        assert_eq!(
            int("1000000000000000000000000000000000000", 3),
            3f64.powi(36)
        );
        assert_eq!(int(&"2".repeat(2000), 3), f64::INFINITY);
        assert_eq!(int(&"1".repeat(2000), 2), f64::INFINITY);
        assert_eq!(int(&"9".repeat(30), 10), 1e30);
    }
}
