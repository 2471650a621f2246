//! Number to text: Number::toString in base 10 (shortest round-trip digits), exact `toFixed`, `toExponential` and
//! `toPrecision`, and `toString(radix)` with as many fraction digits as tell the number from its neighbours.

/// Scratch space for [`NumberBuffer::format`]; lives on the stack.
pub struct NumberBuffer {
    ryu: ryu_js::Buffer,
    int: [u8; 20],
}

/// The numbers below 100 as two digits.
const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[b'0'; 2]; 100];
    let mut i = 0;
    while i < 100 {
        pairs[i] = [b'0' + (i / 10) as u8, b'0' + (i % 10) as u8];
        i += 1;
    }
    pairs
};

impl Default for NumberBuffer {
    fn default() -> Self {
        Self::new()
    }
}

impl NumberBuffer {
    /// An empty buffer.
    #[inline]
    pub fn new() -> Self {
        NumberBuffer {
            ryu: ryu_js::Buffer::new(),
            int: [0; 20],
        }
    }

    /// Number::toString ( x, 10 ).
    #[inline]
    pub fn format(&mut self, x: f64) -> &str {
        let int = x as i64;
        if int as f64 == x && int.unsigned_abs() < 1 << 53 {
            return self.format_i64(int);
        }
        match self.short_decimal(x) {
            Some(at) => std::str::from_utf8(&self.int[at..]).unwrap_or_default(),
            None => self.ryu.format(x),
        }
    }

    /// Writes a fraction with few decimals, and says where its text begins.
    ///
    /// A decimal of at most 15 digits comes back from the double nearest to it, and no two of them have the same one. So one
    /// whose double is `x` has, without zeros at the end, the shortest digits of `x`; and dividing integers that doubles hold
    /// exactly gives the nearest double.
    #[inline]
    fn short_decimal(&mut self, x: f64) -> Option<usize> {
        const PLACES: usize = 6;
        const SCALE: f64 = 1e6;
        let magnitude = x.abs();
        // Below, numbers have exponents; above, more digits.
        if !(1e-6..1e9).contains(&magnitude) {
            return None;
        }
        let scaled = (magnitude * SCALE + 0.5) as i64;
        if scaled as f64 / SCALE != magnitude {
            return None;
        }
        let (mut digits, mut places) = (scaled as u64, PLACES);
        while digits.is_multiple_of(10) && places > 1 {
            (digits, places) = (digits / 10, places - 1);
        }
        let mut at = self.int.len();
        let mut push = |byte: u8| {
            at -= 1;
            self.int[at] = byte;
        };
        for _ in 0..places {
            push(b'0' + (digits % 10) as u8);
            digits /= 10;
        }
        push(b'.');
        loop {
            push(b'0' + (digits % 10) as u8);
            digits /= 10;
            if digits == 0 {
                break;
            }
        }
        if x < 0.0 {
            push(b'-');
        }
        Some(at)
    }

    /// The decimal digits of an integer.
    #[inline]
    pub fn format_i64(&mut self, value: i64) -> &str {
        std::str::from_utf8(self.digits(value)).unwrap_or_default()
    }

    /// The decimal digits of an integer, as ASCII.
    #[inline]
    pub fn digits(&mut self, value: i64) -> &[u8] {
        let mut at = self.int.len();
        let mut rest = value.unsigned_abs();
        while rest >= 100 {
            let pair = PAIRS[(rest % 100) as usize];
            rest /= 100;
            at -= 2;
            self.int[at..at + 2].copy_from_slice(&pair);
        }
        if rest >= 10 {
            at -= 2;
            self.int[at..at + 2].copy_from_slice(&PAIRS[rest as usize]);
        } else {
            at -= 1;
            self.int[at] = b'0' + rest as u8;
        }
        if value < 0 {
            at -= 1;
            self.int[at] = b'-';
        }
        &self.int[at..]
    }
}

/// How many characters the decimal digits of an integer take, with its sign.
#[inline]
pub fn decimal_length(value: i32) -> usize {
    let digits = value.unsigned_abs().checked_ilog10().unwrap_or(0) as usize + 1;
    digits + usize::from(value < 0)
}

/// Writes the decimal digits of an integer over all of `out`, which has [`decimal_length`] bytes.
#[inline]
pub fn write_decimal(value: i32, out: &mut [u8]) {
    let mut rest = value.unsigned_abs();
    let digits = match out {
        [sign, digits @ ..] if value < 0 => {
            *sign = b'-';
            digits
        }
        digits => digits,
    };
    let mut pairs = digits.rchunks_exact_mut(2);
    for pair in &mut pairs {
        pair.copy_from_slice(&PAIRS[(rest % 100) as usize]);
        rest /= 100;
    }
    if let [first] = pairs.into_remainder() {
        *first = b'0' + (rest % 10) as u8;
    }
}

/// NaN and the infinities, which every format prints alike.
fn non_finite(x: f64) -> Option<String> {
    if x.is_nan() {
        Some("NaN".to_owned())
    } else if x.is_infinite() {
        Some(if x > 0.0 { "Infinity" } else { "-Infinity" }.to_owned())
    } else {
        None
    }
}

/// The powers of ten by which [`fixed_by_product`] multiplies.
const SMALL_POWERS: [f64; 11] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10];

/// [`number_to_fixed`] where one product says how to round: its error is known exactly (a double times a double is the sum of two),
/// and it is not near a tie.
fn fixed_by_product(x: f64, fraction_digits: usize) -> Option<String> {
    let power = *SMALL_POWERS.get(fraction_digits)?;
    let magnitude = x.abs();
    let product = magnitude * power;
    // Of what is below no error could be lost to underflow; what is above has no fraction.
    if !(1e-200..1e15).contains(&product) {
        return None;
    }
    let error = magnitude.mul_add(power, -product);
    let whole = product.floor();
    let above = product - whole + error;
    if (above - 0.5).abs() < 1e-9 {
        return None;
    }
    let rounded = whole as u64 + u64::from(above > 0.5);
    let mut buffer = NumberBuffer::new();
    let digits = buffer.digits(rounded as i64);
    let mut text = String::with_capacity(digits.len() + fraction_digits + 3);
    if x < 0.0 {
        text.push('-');
    }
    let zeros = (fraction_digits + 1).saturating_sub(digits.len());
    let point = digits.len() + zeros - fraction_digits;
    let padded = std::iter::repeat_n(&b'0', zeros).chain(digits);
    for (i, digit) in padded.enumerate() {
        if i == point {
            text.push('.');
        }
        text.push(char::from(*digit));
    }
    Some(text)
}

/// Whether the exact decimal expansion of positive `x` ends in a 5 at decimal place `place` (1 is the first digit
/// after the point, 0 the units, negative further left), so that rounding before it is a tie.
fn is_tie_at(x: f64, place: i32) -> bool {
    let bits = x.to_bits();
    let biased = ((bits >> 52) & 0x7FF) as i32;
    let fraction = bits & ((1 << 52) - 1);
    let (significand, exponent) = if biased == 0 {
        (fraction, -1074)
    } else {
        (fraction | (1 << 52), biased - 1075)
    };
    if significand == 0 {
        return false;
    }
    let zeros = significand.trailing_zeros() as i32;
    let (mut odd, exponent) = (significand >> zeros, exponent + zeros);
    if exponent < 0 {
        // odd * 2^-n has exactly n fraction digits, the last of them 5.
        return place == -exponent;
    }
    // An integer: x / 10^-place has to be an odd multiple of 5.
    if place > 0 || exponent != -place {
        return false;
    }
    for _ in 0..=-place {
        if odd % 5 != 0 {
            return false;
        }
        odd /= 5;
    }
    true
}

/// Adds one to the last of ASCII decimal digits (a point among them is skipped); a carry out of the first digit is put
/// in front.
fn increment_decimal(digits: &mut Vec<u8>) {
    for i in (0..digits.len()).rev() {
        match digits[i] {
            b'.' => {}
            b'9' => digits[i] = b'0',
            _ => {
                digits[i] += 1;
                return;
            }
        }
    }
    digits.insert(0, b'1');
}

/// The first `count` (at least 1) significant digits of positive finite `x`, ties away from zero, and the decimal
/// exponent of the first one.
fn significant_digits(x: f64, count: usize) -> (Vec<u8>, i32) {
    let split = |precision: usize| {
        let text = format!("{x:.precision$e}");
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let digits: Vec<u8> = mantissa.bytes().filter(u8::is_ascii_digit).collect();
        (digits, exponent.parse::<i32>().unwrap_or(0))
    };
    // One digit more than wanted shows whether a 5 follows; the library rounds ties to even, the specification up.
    let (mut digits, mut exponent) = split(count);
    if digits.last() == Some(&b'5') && is_tie_at(x, count as i32 - exponent) {
        digits.pop();
        increment_decimal(&mut digits);
        if digits.len() > count {
            digits.pop();
            exponent += 1;
        }
        return (digits, exponent);
    }
    split(count - 1)
}

/// Number.prototype.toFixed; `fraction_digits` has been checked to be at most 100.
pub fn number_to_fixed(x: f64, fraction_digits: usize) -> String {
    if let Some(text) = fixed_by_product(x, fraction_digits) {
        return text;
    }
    let mut buffer = NumberBuffer::new();
    if !x.is_finite() || x.abs() >= 1e21 {
        return buffer.format(x).to_owned();
    }
    let (sign, x) = if x < 0.0 { ("-", -x) } else { ("", x.abs()) };
    if is_tie_at(x, fraction_digits as i32 + 1) {
        let mut digits = format!("{x:.*}", fraction_digits + 1).into_bytes();
        digits.pop();
        if digits.last() == Some(&b'.') {
            digits.pop();
        }
        increment_decimal(&mut digits);
        return format!("{sign}{}", String::from_utf8(digits).unwrap_or_default());
    }
    format!("{sign}{x:.fraction_digits$}")
}

/// Number.prototype.toExponential; `None` prints as many digits as necessary. `fraction_digits` is at most 100.
pub fn number_to_exponential(x: f64, fraction_digits: Option<usize>) -> String {
    if let Some(text) = non_finite(x) {
        return text;
    }
    let (sign, x) = if x < 0.0 { ("-", -x) } else { ("", x.abs()) };
    let (digits, exponent) = match fraction_digits {
        _ if x == 0.0 => (vec![b'0'; fraction_digits.unwrap_or(0) + 1], 0),
        Some(count) => significant_digits(x, count + 1),
        None => shortest_digits(x),
    };
    format!("{sign}{}", exponential(&digits, exponent))
}

/// The shortest digits that read back as positive `x`, and the decimal exponent of the first.
fn shortest_digits(x: f64) -> (Vec<u8>, i32) {
    let mut buffer = NumberBuffer::new();
    let text = buffer.ryu.format(x);
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let point = mantissa.find('.').unwrap_or(mantissa.len()) as i32;
    let digits: Vec<u8> = mantissa.bytes().filter(u8::is_ascii_digit).collect();
    let first = digits.iter().position(|&d| d != b'0').unwrap_or(0);
    let last = digits.iter().rposition(|&d| d != b'0').unwrap_or(0);
    let exponent = exponent.parse::<i32>().unwrap_or(0) + point - 1 - first as i32;
    (
        digits.get(first..=last).unwrap_or_default().to_vec(),
        exponent,
    )
}

fn exponential(digits: &[u8], exponent: i32) -> String {
    let (first, rest) = digits.split_at(1.min(digits.len()));
    let point = if rest.is_empty() { "" } else { "." };
    let sign = if exponent < 0 { '-' } else { '+' };
    format!(
        "{}{point}{}e{sign}{}",
        lossless(first),
        lossless(rest),
        exponent.unsigned_abs()
    )
}

/// Digits as text.
fn lossless(digits: &[u8]) -> &str {
    std::str::from_utf8(digits).unwrap_or_default()
}

/// Number.prototype.toPrecision; `precision` has been checked to be in 1..=100.
pub fn number_to_precision(x: f64, precision: usize) -> String {
    if let Some(text) = non_finite(x) {
        return text;
    }
    let precision = precision.max(1);
    let (sign, x) = if x < 0.0 { ("-", -x) } else { ("", x.abs()) };
    let (digits, exponent) = if x == 0.0 {
        (vec![b'0'; precision], 0)
    } else {
        significant_digits(x, precision)
    };
    if exponent < -6 || exponent >= precision as i32 {
        return format!("{sign}{}", exponential(&digits, exponent));
    }
    if exponent < 0 {
        let zeros = "0".repeat((-exponent - 1) as usize);
        return format!("{sign}0.{zeros}{}", lossless(&digits));
    }
    let (int, fraction) = digits.split_at((exponent as usize + 1).min(digits.len()));
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{}{point}{}", lossless(int), lossless(fraction))
}

const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// Number::toString with a radix in 2..=36 other than 10 (10 is [`NumberBuffer::format`], and what other radices get).
///
/// The specification leaves the digits open. These are the ones users know: fraction digits are produced until the
/// rest is below half the distance to the next double, the last one rounded; integer digits beyond the 53 bits of the
/// significand are zeros.
pub fn number_to_radix(x: f64, radix: u32) -> String {
    if radix == 10 || !(2..=36).contains(&radix) || !x.is_finite() {
        return NumberBuffer::new().format(x).to_owned();
    }
    if x == 0.0 {
        return "0".to_owned();
    }
    let magnitude = x.abs();
    let mut int = magnitude.floor();
    let fraction = fraction_digits_radix(magnitude, radix, &mut int);
    // Least significant digit first.
    let mut int_digits = Vec::with_capacity(64);
    integer_digits_radix(int, f64::from(radix), &mut int_digits);
    let mut out = String::with_capacity(int_digits.len() + fraction.len() + 2);
    if x < 0.0 {
        out.push('-');
    }
    out.extend(
        int_digits
            .iter()
            .rev()
            .map(|&d| char::from(DIGITS[usize::from(d)])),
    );
    if !fraction.is_empty() {
        out.push('.');
        out.extend(fraction.iter().map(|&d| char::from(DIGITS[usize::from(d)])));
    }
    out
}

/// Digits of the fraction of `magnitude`; rounding may carry into `int`.
fn fraction_digits_radix(magnitude: f64, radix: u32, int: &mut f64) -> Vec<u8> {
    let base = f64::from(radix);
    let mut digits = Vec::new();
    let mut rest = magnitude - *int;
    // Half the distance to the next double: digits below it say nothing.
    let mut delta = (0.5 * (magnitude.next_up() - magnitude)).max(5e-324);
    if rest < delta {
        return digits;
    }
    loop {
        rest *= base;
        delta *= base;
        let digit = rest as u8;
        digits.push(digit);
        rest -= f64::from(digit);
        let above_half = rest > 0.5 || (rest == 0.5 && digit & 1 == 1);
        if above_half && rest + delta > 1.0 {
            // Round up; digits that overflow disappear into their left neighbour.
            while let Some(last) = digits.pop() {
                if u32::from(last) + 1 < radix {
                    digits.push(last + 1);
                    return digits;
                }
            }
            *int += 1.0;
            return digits;
        }
        if rest < delta {
            return digits;
        }
    }
}

fn integer_digits_radix(mut int: f64, base: f64, out: &mut Vec<u8>) {
    // Digits that a quotient of at least 2^53 leaves behind are below the double's precision.
    while int / base >= 9_007_199_254_740_992.0 {
        int /= base;
        out.push(0);
    }
    loop {
        let digit = int % base;
        out.push(digit as u8);
        int = (int - digit) / base;
        if int <= 0.0 {
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_in_place() {
        for n in [
            0,
            7,
            10,
            99,
            100,
            12345,
            123456,
            -1,
            -10,
            -123,
            i32::MAX,
            i32::MIN,
        ] {
            let mut out = vec![0; decimal_length(n)];
            write_decimal(n, &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), n.to_string());
        }
    }

    #[test]
    fn decimal() {
        let mut b = NumberBuffer::new();
        for (x, s) in [
            (0.0, "0"),
            (-0.0, "0"),
            (-1.0, "-1"),
            (9007199254740991.0, "9007199254740991"),
            (1e21, "1e+21"),
            (123456789012345680000.0, "123456789012345680000"),
            (1e-7, "1e-7"),
            (0.000001, "0.000001"),
            (5e-324, "5e-324"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-Infinity"),
            (0.1 + 0.2, "0.30000000000000004"),
        ] {
            assert_eq!(b.format(x), s);
        }
        assert_eq!(b.format_i64(i64::MIN), "-9223372036854775808");
    }

    #[test]
    fn few_decimals() {
        let (mut b, mut ryu) = (NumberBuffer::new(), ryu_js::Buffer::new());
        let mut seed = 0x9E37_79B9_7F4A_7C15u64;
        let mut next = || {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            seed
        };
        let mut check = |x: f64| {
            for x in [x, -x, x.next_up(), x.next_down()] {
                assert_eq!(b.format(x), ryu.format(x));
            }
        };
        for round in 0..200_000 {
            let power = 10f64.powi(round % 9);
            check((next() >> (11 + next() % 53)) as f64 / power);
            check(1.0 / (1 + round) as f64);
        }
        for edge in [
            1e-6,
            1e-5,
            1e9,
            999999999.999999,
            0.999999,
            0.9999995,
            1e15 / 1e6,
        ] {
            check(edge);
        }
    }

    #[test]
    fn fixed_by_one_product() {
        // What the product may not decide: ties, and what a double cannot tell from one.
        for (x, digits) in [
            (2.5, 0),
            (0.125, 2),
            (1.005, 2),
            (1e-300, 3),
            (1e15, 0),
            (0.0, 2),
        ] {
            let by_product = fixed_by_product(x, digits);
            assert!(by_product.is_none() || x == 1.005, "{x}");
        }
        let mut seed = 88_172_645_463_325_252u64;
        for round in 0..100_000 {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            let digits = round % 11;
            let x = match round % 3 {
                0 => (seed >> 40) as f64 / 1000.0,
                1 => -((seed >> 30) as f64) / 2f64.powi((seed % 40) as i32),
                _ => f64::from_bits(seed >> 2 | 0x3000_0000_0000_0000),
            };
            if let Some(text) = fixed_by_product(x, digits) {
                assert_eq!(text, format!("{x:.digits$}"), "{x} {digits}");
            }
        }
    }

    #[test]
    fn fixed() {
        for (x, f, s) in [
            (2.5, 0, "3"),
            (-2.5, 0, "-3"),
            (0.5, 0, "1"),
            (1.5, 0, "2"),
            (1.005, 2, "1.00"),
            (1.45, 1, "1.4"),
            (0.125, 2, "0.13"),
            (99.5, 0, "100"),
            (9.995, 2, "9.99"),
            (0.0, 2, "0.00"),
            (-0.0, 2, "0.00"),
            (-0.0000001, 2, "-0.00"),
            (1e21, 2, "1e+21"),
            (123.456, 10, "123.4560000000"),
            (1000000000000000128.0, 1, "1000000000000000128.0"),
        ] {
            assert_eq!(number_to_fixed(x, f), s, "{x} {f}");
        }
    }

    #[test]
    fn exponential_and_precision() {
        for (x, f, s) in [
            (25.0, Some(0), "3e+1"),
            (-25.0, Some(0), "-3e+1"),
            (35.0, Some(0), "4e+1"),
            (95.0, Some(0), "1e+2"),
            (0.0, Some(2), "0.00e+0"),
            (0.0, None, "0e+0"),
            (123456.0, None, "1.23456e+5"),
            (0.00015, Some(3), "1.500e-4"),
            (f64::NAN, Some(3), "NaN"),
        ] {
            assert_eq!(number_to_exponential(x, f), s, "{x}");
        }
        for (x, p, s) in [
            (123.456, 4, "123.5"),
            (0.000001, 2, "0.0000010"),
            (0.0000001, 2, "1.0e-7"),
            (0.0, 1, "0"),
            (-0.0, 3, "0.00"),
            (1e21, 3, "1.00e+21"),
            (12345.0, 5, "12345"),
            (12345.0, 4, "1.235e+4"),
            (999.5, 3, "1.00e+3"),
            (1.25, 2, "1.3"),
            (1.35, 2, "1.4"),
            (-1.25, 2, "-1.3"),
        ] {
            assert_eq!(number_to_precision(x, p), s, "{x} {p}");
        }
    }

    #[test]
    fn radix() {
        for (x, r, s) in [
            (
                0.1,
                2,
                "0.0001100110011001100110011001100110011001100110011001101",
            ),
            (1e21, 7, "5135235413265003022600000"),
            (255.5, 16, "ff.8"),
            (-255.0, 36, "-73"),
            (-0.0, 3, "0"),
            (1e-7, 36, "0.000061oezo085tl"),
            (1.0 / 3.0, 3, "0.1"),
            (0.5, 2, "0.1"),
            (f64::NAN, 2, "NaN"),
        ] {
            assert_eq!(number_to_radix(x, r), s, "{x} {r}");
        }
        assert_eq!(number_to_radix(5e-324, 2).len(), 1076);
    }
}
