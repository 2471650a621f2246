//! The operators on digits where they stand: two operands in, the digits of the result in a scratch vector.
//!
//! What is rare or pays for its conversion (long products, bitwise operators on long negative numbers, powers) is left to
//! `num-bigint`; [`operate`] then says so.

use super::division::{self, Part};
use super::magnitude;
use super::product;
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
    negative: bool,
    /// Digits of the result; what `memory` holds behind them means nothing, so that no operation has to clear it.
    length: usize,
    memory: Vec<u64>,
    division: Vec<u64>,
}

/// Room for so many digits.
fn room(memory: &mut Vec<u64>, digits: usize) -> &mut [u64] {
    if memory.len() < digits {
        let size = match digits {
            0..KEPT => digits.next_power_of_two(),
            _ => digits,
        };
        memory.resize(size, 0);
    }
    memory
}

impl Scratch {
    /// Sign and magnitude of the result.
    #[inline]
    pub fn parts(&self) -> Parts<'_> {
        Parts {
            negative: self.negative,
            digits: &self.memory[..self.length],
        }
    }
    /// Gives back memory that only a huge number needed.
    #[inline]
    pub fn shrink(&mut self) {
        if self.memory.capacity() > KEPT {
            self.length = 0;
            self.memory = Vec::new();
        }
        if self.division.capacity() > KEPT {
            self.division = Vec::new();
        }
    }
    /// Takes over the result of a slower way.
    pub fn set(&mut self, value: &Integer) {
        self.memory.clear();
        self.memory.extend(value.iter_u64_digits());
        self.length = self.memory.len();
        self.negative = value.sign() == num_bigint::Sign::Minus;
    }
    /// Takes over an operand, perhaps with the other sign.
    pub fn copy(&mut self, parts: Parts, negate: bool) {
        let digits = parts.digits;
        room(&mut self.memory, digits.len())[..digits.len()].copy_from_slice(digits);
        self.length = digits.len();
        self.negative = parts.negative != negate && !digits.is_empty();
    }
    /// The result is what these first digits hold.
    #[inline]
    fn finish(&mut self, length: usize, negative: bool) -> Result<(), BigIntError> {
        self.length = length;
        if magnitude::bits(&self.memory[..length]) > MAX_BITS {
            return Err(BigIntError::TooBig);
        }
        self.negative = negative && length > 0;
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
            let to = room(&mut out.memory, a.digits.len() + b.digits.len());
            let length = product::mul(to, a.digits, b.digits);
            out.finish(length, a.negative != b.negative)?;
        }
        Operator::Div | Operator::Rem => {
            if b.digits.is_empty() {
                return Err(BigIntError::DivisionByZero);
            }
            let (part, negative) = match op {
                Operator::Div => (Part::Quotient, a.negative != b.negative),
                _ => (Part::Remainder, a.negative),
            };
            let size = a.digits.len() + 1;
            let (to, space) = (room(&mut out.memory, size), room(&mut out.division, size));
            let length = division::divide(to, space, a.digits, b.digits, part);
            out.finish(length, negative)?;
        }
        Operator::And | Operator::Or | Operator::Xor => return Ok(bitwise(out, op, a, b)),
        Operator::Shl => shift(out, a, b, !b.negative)?,
        Operator::Shr => shift(out, a, b, b.negative)?,
        Operator::Exp => return Ok(false),
    }
    Ok(true)
}

fn sum(out: &mut Scratch, a: Parts, b: Parts) -> Result<(), BigIntError> {
    let to = room(&mut out.memory, a.digits.len().max(b.digits.len()) + 1);
    if a.negative == b.negative {
        let length = magnitude::add(to, a.digits, b.digits);
        return out.finish(length, a.negative);
    }
    match magnitude::compare(a.digits, b.digits) {
        Ordering::Less => {
            let length = magnitude::sub(to, b.digits, a.digits);
            out.finish(length, b.negative)
        }
        _ => {
            let length = magnitude::sub(to, a.digits, b.digits);
            out.finish(length, a.negative)
        }
    }
}

fn bitwise(out: &mut Scratch, op: Operator, a: Parts, b: Parts) -> bool {
    if a.negative || b.negative {
        return false;
    }
    let (long, short) = if a.digits.len() >= b.digits.len() {
        (a.digits, b.digits)
    } else {
        (b.digits, a.digits)
    };
    let to = &mut room(&mut out.memory, long.len())[..long.len()];
    let (low, high) = to.split_at_mut(short.len());
    let digits = low.iter_mut().zip(long.iter().zip(short));
    let length = if op == Operator::And {
        digits.for_each(|(o, (x, y))| *o = x & y);
        magnitude::significant(low)
    } else {
        high.copy_from_slice(&long[short.len()..]);
        match op {
            Operator::Or => digits.for_each(|(o, (x, y))| *o = x | y),
            _ => digits.for_each(|(o, (x, y))| *o = x ^ y),
        }
        magnitude::significant(to)
    };
    (out.length, out.negative) = (length, false);
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
        let size = a.digits.len() + (count / 64) as usize + 1;
        let length = magnitude::shl(room(&mut out.memory, size), a.digits, count);
        return out.finish(length, a.negative);
    }
    let to = room(&mut out.memory, a.digits.len() + 1);
    let (mut length, inexact) = magnitude::shr(to, a.digits, count);
    if inexact && a.negative {
        length = increment(to, length);
    }
    out.finish(length, a.negative)
}

/// Adds one to the first `length` of some digits.
fn increment(digits: &mut [u64], length: usize) -> usize {
    for d in &mut digits[..length] {
        let carry;
        (*d, carry) = d.overflowing_add(1);
        if !carry {
            return length;
        }
    }
    digits[length] = 1;
    length + 1
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
        let digits = &digits[..magnitude::significant(&digits)];
        let negative = next() % 2 == 0 && !digits.is_empty();
        Parts { negative, digits }.to_integer()
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
            let most = [2, 5, 12, 60][round % 4];
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
            let op = ops[round / 4 % ops.len()];
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
            // The same operand twice is a square, which has a way of its own.
            let (b, y) = match op {
                Operator::Mul if round % 3 == 0 => (a.clone(), x),
                _ => (b, y),
            };
            assert_eq!(x.compare(y), a.cmp(&b));
            assert_eq!(x.low_bits(), slow::to_u64_wrapping(&a));
            match operate(&mut out, op, x, y) {
                Ok(false) => match op {
                    Operator::Mul => assert!(x.digits.len().min(y.digits.len()) >= LONG_PRODUCT),
                    _ => assert!(a < Integer::ZERO || b < Integer::ZERO),
                },
                Ok(true) => {
                    let found = out.parts().to_integer();
                    assert_eq!(Ok(&found), expected(op, &a, &b).as_ref(), "{a} {op:?} {b}");
                    let parts = out.parts();
                    assert_eq!(digits_of(&found), (parts.negative, parts.digits.to_vec()));
                }
                Err(e) => assert_eq!(Err(e), expected(op, &a, &b)),
            }
        }
    }

    #[test]
    fn long_dividends_by_one_digit() {
        let mut seed = 0x2545_F491_4F6C_DD1D;
        let mut out = Scratch::default();
        for round in 0..400 {
            let a = number(&mut seed, 90);
            for d in [
                3,
                57_121,
                (1 << 60) - 1,
                1 << 60,
                1 << 63,
                u64::MAX,
                seed >> (round % 64),
            ] {
                let (b, (_, x)) = (Integer::from(d.max(1)), digits_of(&a));
                let x = Parts {
                    negative: false,
                    digits: &x,
                };
                let (_, y) = digits_of(&b);
                let y = Parts {
                    negative: false,
                    digits: &y,
                };
                let a = x.to_integer();
                for op in [Operator::Div, Operator::Rem] {
                    assert_eq!(operate(&mut out, op, x, y), Ok(true));
                    let found = out.parts().to_integer();
                    assert_eq!(Ok(found), expected(op, &a, &b), "{a} {op:?} {b}");
                }
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
        assert!(out.parts().digits.is_empty());
        let minus = Parts {
            negative: true,
            digits: &[1],
        };
        assert_eq!(operate(&mut out, Operator::Shr, minus, count), Ok(true));
        assert_eq!((out.parts().negative, out.parts().digits), (true, &[1][..]));
    }
}
