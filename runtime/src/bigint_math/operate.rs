//! The operators on digits where they stand: two operands in, the digits of the result in a scratch vector.
//!
//! What is rare or pays for its conversion (long products, bitwise operators on long negative numbers, powers) is left to
//! `num-bigint`; [`operate`] then says so.

use super::magnitude::{self, DivisionSpace, Part};
use super::{BigIntError, Integer, MAX_BITS};
use std::cmp::Ordering;

/// Factors of at least so many digits are multiplied by `num-bigint`, which knows faster ways.
const LONG_PRODUCT: usize = 40;
/// Scratch memory of more digits than this is given back.
const KEPT: usize = 1 << 14;

/// The operators.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operator {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    And,
    Or,
    Xor,
    Shl,
    Shr,
    Exp,
}

/// An operand: sign and magnitude, which has no zeros at the end; zero is not negative.
#[derive(Clone, Copy, Debug)]
pub struct Parts<'a> {
    pub negative: bool,
    pub digits: &'a [u64],
}

/// A result, and memory for intermediate ones.
#[derive(Default)]
pub struct Scratch {
    pub negative: bool,
    pub digits: Vec<u64>,
    division: DivisionSpace,
}

impl Scratch {
    /// Sign and magnitude of the result.
    pub fn parts(&self) -> Parts<'_> {
        Parts {
            negative: self.negative,
            digits: &self.digits,
        }
    }
    /// Gives back memory that only a huge number needed.
    pub fn shrink(&mut self) {
        if self.digits.capacity() > KEPT {
            self.digits = Vec::new();
        }
        if self.division.capacity() > KEPT {
            self.division = DivisionSpace::default();
        }
    }
    /// Takes over the result of a slower way.
    pub fn set(&mut self, value: &Integer) {
        self.digits.clear();
        self.digits.extend(value.iter_u64_digits());
        self.negative = value.sign() == num_bigint::Sign::Minus;
    }
    fn set_i128(&mut self, value: i128) {
        let magnitude = value.unsigned_abs();
        self.digits.clear();
        self.digits
            .extend([magnitude as u64, (magnitude >> 64) as u64]);
        magnitude::trim(&mut self.digits);
        self.negative = value < 0;
    }
    fn checked(&mut self, negative: bool) -> Result<(), BigIntError> {
        if magnitude::bits(&self.digits) > MAX_BITS {
            return Err(BigIntError::TooBig);
        }
        self.negative = negative && !self.digits.is_empty();
        Ok(())
    }
}

impl Parts<'_> {
    /// The value, for the slower ways.
    pub fn to_integer(self) -> Integer {
        let words = self
            .digits
            .iter()
            .flat_map(|d| [*d as u32, (*d >> 32) as u32]);
        let magnitude = num_bigint::BigUint::new(words.collect());
        let sign = if self.negative {
            num_bigint::Sign::Minus
        } else {
            num_bigint::Sign::Plus
        };
        Integer::from_biguint(sign, magnitude)
    }
    /// The value if it has one digit at most.
    pub fn small(self) -> Option<i128> {
        let magnitude = match self.digits {
            [] => 0,
            [d] => i128::from(*d),
            _ => return None,
        };
        Some(if self.negative { -magnitude } else { magnitude })
    }
    /// The low 64 bits of the two's complement.
    pub fn low_bits(self) -> u64 {
        let low = self.digits.first().copied().unwrap_or(0);
        if self.negative {
            low.wrapping_neg()
        } else {
            low
        }
    }
    /// The order of two values.
    pub fn compare(self, other: Parts) -> Ordering {
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => magnitude::compare(self.digits, other.digits),
            (true, true) => magnitude::compare(other.digits, self.digits),
        }
    }
}

/// Computes into `out`; false if this operation is one for `num-bigint`.
pub fn operate(out: &mut Scratch, op: Operator, a: Parts, b: Parts) -> Result<bool, BigIntError> {
    match op {
        Operator::Add => sum(out, a, b)?,
        Operator::Sub => {
            let negative = !b.negative;
            sum(out, a, Parts { negative, ..b })?;
        }
        Operator::Mul => {
            if a.digits.len().min(b.digits.len()) >= LONG_PRODUCT {
                return Ok(false);
            }
            // A product of m and n bits has at least m + n - 1.
            let bits = magnitude::bits(a.digits) + magnitude::bits(b.digits);
            if bits > MAX_BITS + 1 && !a.digits.is_empty() && !b.digits.is_empty() {
                return Err(BigIntError::TooBig);
            }
            magnitude::mul(&mut out.digits, a.digits, b.digits);
            out.checked(a.negative != b.negative)?;
        }
        Operator::Div | Operator::Rem => {
            if b.digits.is_empty() {
                return Err(BigIntError::DivisionByZero);
            }
            let (part, negative) = match op {
                Operator::Div => (Part::Quotient, a.negative != b.negative),
                _ => (Part::Remainder, a.negative),
            };
            let (digits, space) = (&mut out.digits, &mut out.division);
            magnitude::divide(digits, space, a.digits, b.digits, part);
            out.checked(negative)?;
        }
        Operator::And | Operator::Or | Operator::Xor => return Ok(bitwise(out, op, a, b)),
        Operator::Shl => shift(out, a, b, !b.negative)?,
        Operator::Shr => shift(out, a, b, b.negative)?,
        Operator::Exp => return Ok(false),
    }
    Ok(true)
}

fn sum(out: &mut Scratch, a: Parts, b: Parts) -> Result<(), BigIntError> {
    if a.negative == b.negative {
        magnitude::add(&mut out.digits, a.digits, b.digits);
        return out.checked(a.negative);
    }
    match magnitude::compare(a.digits, b.digits) {
        Ordering::Less => {
            magnitude::sub(&mut out.digits, b.digits, a.digits);
            out.checked(b.negative)
        }
        _ => {
            magnitude::sub(&mut out.digits, a.digits, b.digits);
            out.checked(a.negative)
        }
    }
}

fn bitwise(out: &mut Scratch, op: Operator, a: Parts, b: Parts) -> bool {
    if let (Some(x), Some(y)) = (a.small(), b.small()) {
        out.set_i128(match op {
            Operator::And => x & y,
            Operator::Or => x | y,
            _ => x ^ y,
        });
        return true;
    }
    if a.negative || b.negative {
        return false;
    }
    let (long, short) = if a.digits.len() >= b.digits.len() {
        (a.digits, b.digits)
    } else {
        (b.digits, a.digits)
    };
    out.digits.clear();
    let both = long.iter().zip(short);
    match op {
        Operator::And => out.digits.extend(both.map(|(x, y)| x & y)),
        Operator::Or => out.digits.extend(both.map(|(x, y)| x | y)),
        _ => out.digits.extend(both.map(|(x, y)| x ^ y)),
    }
    if op != Operator::And {
        out.digits.extend_from_slice(&long[short.len()..]);
    }
    magnitude::trim(&mut out.digits);
    out.negative = false;
    true
}

/// `a` shifted by the magnitude of `b`; down means rounded towards negative infinity.
fn shift(out: &mut Scratch, a: Parts, b: Parts, up: bool) -> Result<(), BigIntError> {
    let count = match b.digits {
        [] => 0,
        [d] => *d,
        _ => u64::MAX,
    };
    if up && !a.digits.is_empty() {
        if magnitude::bits(a.digits).saturating_add(count) > MAX_BITS {
            return Err(BigIntError::TooBig);
        }
        magnitude::shl(&mut out.digits, a.digits, count);
    } else {
        let inexact = magnitude::shr(&mut out.digits, a.digits, count);
        if inexact && a.negative {
            increment(&mut out.digits);
        }
    }
    out.checked(a.negative)
}

fn increment(digits: &mut Vec<u64>) {
    for d in digits.iter_mut() {
        let carry;
        (*d, carry) = d.overflowing_add(1);
        if !carry {
            return;
        }
    }
    digits.push(1);
}

#[cfg(test)]
mod tests {
    use super::super as slow;
    use super::*;

    /// Numbers whose digits are often extreme, which is where divisions go wrong.
    fn number(seed: &mut u64, most: usize) -> Integer {
        let mut next = || {
            *seed ^= *seed << 13;
            *seed ^= *seed >> 7;
            *seed ^= *seed << 17;
            *seed
        };
        let n = next() as usize % (most + 1);
        let digits: Vec<u64> = (0..n)
            .map(|_| match next() % 6 {
                0 => 0,
                1 => u64::MAX,
                2 => 1 << 63,
                3 => next() % 3,
                4 => u64::MAX << (next() % 64),
                _ => next(),
            })
            .collect();
        let mut digits = digits;
        magnitude::trim(&mut digits);
        let negative = next() % 2 == 0 && !digits.is_empty();
        Parts {
            negative,
            digits: &digits,
        }
        .to_integer()
    }

    fn digits_of(x: &Integer) -> (bool, Vec<u64>) {
        (
            x.sign() == num_bigint::Sign::Minus,
            x.iter_u64_digits().collect(),
        )
    }

    fn expected(op: Operator, a: &Integer, b: &Integer) -> slow::BigIntResult {
        match op {
            Operator::Add => slow::add(a, b),
            Operator::Sub => slow::sub(a, b),
            Operator::Mul => slow::mul(a, b),
            Operator::Div => slow::div(a, b),
            Operator::Rem => slow::rem(a, b),
            Operator::And => Ok(slow::and(a, b)),
            Operator::Or => Ok(slow::or(a, b)),
            Operator::Xor => Ok(slow::xor(a, b)),
            Operator::Shl => slow::shl(a, b),
            Operator::Shr => slow::shr(a, b),
            Operator::Exp => slow::pow(a, b),
        }
    }

    #[test]
    fn agrees_with_num_bigint() {
        let mut seed = 0x9E37_79B9_7F4A_7C15;
        let mut out = Scratch::default();
        for round in 0..60_000 {
            let most = [2, 5, 12][round % 3];
            let (a, mut b) = (number(&mut seed, most), number(&mut seed, most));
            let ops = [
                Operator::Add,
                Operator::Sub,
                Operator::Mul,
                Operator::Div,
                Operator::Rem,
                Operator::And,
                Operator::Or,
                Operator::Xor,
                Operator::Shl,
                Operator::Shr,
            ];
            let op = ops[round / 3 % ops.len()];
            if matches!(op, Operator::Shl | Operator::Shr) {
                b = slow::as_int_n(9, &b).unwrap_or_default();
            }
            let ((s, x), (t, y)) = (digits_of(&a), digits_of(&b));
            let x = Parts {
                negative: s,
                digits: &x,
            };
            let y = Parts {
                negative: t,
                digits: &y,
            };
            assert_eq!(x.compare(y), a.cmp(&b));
            assert_eq!(x.low_bits(), slow::to_u64_wrapping(&a));
            match operate(&mut out, op, x, y) {
                Ok(false) => assert!(a < Integer::ZERO || b < Integer::ZERO),
                Ok(true) => {
                    let found = out.parts().to_integer();
                    assert_eq!(Ok(&found), expected(op, &a, &b).as_ref(), "{a} {op:?} {b}");
                    assert_eq!(digits_of(&found), (out.negative, out.digits.clone()));
                }
                Err(e) => assert_eq!(Err(e), expected(op, &a, &b)),
            }
        }
    }

    #[test]
    fn sizes_are_limited() {
        let mut out = Scratch::default();
        let one = Parts {
            negative: false,
            digits: &[1],
        };
        let count = Parts {
            negative: false,
            digits: &[MAX_BITS],
        };
        let shifted = operate(&mut out, Operator::Shl, one, count);
        assert_eq!(shifted, Err(BigIntError::TooBig));
        let zero = Parts {
            negative: false,
            digits: &[],
        };
        assert_eq!(operate(&mut out, Operator::Shl, zero, count), Ok(true));
        assert!(out.digits.is_empty());
        let minus = Parts {
            negative: true,
            digits: &[1],
        };
        assert_eq!(operate(&mut out, Operator::Shr, minus, count), Ok(true));
        assert_eq!((out.negative, &out.digits[..]), (true, &[1][..]));
    }
}
