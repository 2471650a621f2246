//! The BigInt cell, which holds its digits, and the operators on cells; pure arithmetic is in `bigint_math`.

use crate::agent::Agent;
use crate::bigint_math::{self, BigIntError, Integer, Operator, Parts, operate};
use crate::error::JsResult;
use crate::kind::{CellKind, Trace};
use sarus_gc::{Gc, Header, HeapCell, Tracer};
use std::cmp::Ordering;

/// The heap cell of a BigInt: sign, and 64-bit digits from the least significant on, the last of which is not zero.
#[repr(C)]
pub struct BigIntCell {
    header: Header,
    length: u32,
    negative: bool,
    digits: [u64; 0],
}

// SAFETY: repr(C) with the header first; traced and sized as BigIntCell.
unsafe impl HeapCell for BigIntCell {
    const KIND: u8 = CellKind::BigInt as u8;
}

impl Trace for BigIntCell {
    fn size(&self) -> usize {
        BigIntCell::bytes(self.length as usize)
    }
    fn trace(&self, _: &mut Tracer) {}
}

impl BigIntCell {
    fn bytes(length: usize) -> usize {
        std::mem::size_of::<BigIntCell>() + length * 8
    }
}

/// A BigInt value.
#[derive(Copy, Clone, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct BigInt(pub(crate) Gc<BigIntCell>);

impl BigInt {
    /// The digits, least significant first. The reference is good as long as `self` is on the stack.
    #[inline]
    pub fn digits(&self) -> &[u64] {
        let cell = &*self.0;
        // SAFETY: `length` digits follow the head, written when the cell was made and never changed.
        unsafe { std::slice::from_raw_parts(cell.digits.as_ptr(), cell.length as usize) }
    }
    /// Sign and digits.
    #[inline]
    pub fn parts(&self) -> Parts<'_> {
        Parts {
            negative: self.0.negative,
            digits: self.digits(),
        }
    }
    /// True for 0n.
    pub fn is_zero(self) -> bool {
        self.0.length == 0
    }
    /// The mathematical value, copied.
    pub fn value(&self) -> Integer {
        self.parts().to_integer()
    }
    /// The order of two values.
    pub fn compare(self, other: BigInt) -> Ordering {
        self.parts().compare(other.parts())
    }
    /// BigInt::equal.
    pub fn equals(self, other: BigInt) -> bool {
        self.0.negative == other.0.negative && self.digits() == other.digits()
    }
    /// The low 64 bits of the two's complement: ToBigUint64.
    pub fn to_u64_wrapping(self) -> u64 {
        self.parts().low_bits()
    }
    /// The double nearest to the value.
    pub fn to_f64(self) -> f64 {
        match self.digits() {
            [d] if self.0.negative => -(*d as f64),
            [d] => *d as f64,
            _ => bigint_math::to_f64(&self.value()),
        }
    }
    /// BigInt against Number as mathematical values; `None` for NaN.
    pub fn compare_with_f64(self, x: f64) -> Option<Ordering> {
        match self.parts().small() {
            // Below 2^63 a double without fraction is an integer that conversion keeps.
            Some(n) if x.abs() < 9.2e18 && x.trunc() == x => Some(n.cmp(&i128::from(x as i64))),
            _ => bigint_math::compare_with_f64(&self.value(), x),
        }
    }
}

/// What is said of a failed operation.
pub fn range_error(agent: &mut Agent, e: BigIntError) -> crate::error::Throw {
    agent.range_error(e.message())
}

/// Products and powers that the heap has no room for are not worth computing first.
fn check_room(agent: &mut Agent, op: Operator, a: BigInt, b: BigInt) -> JsResult<()> {
    let bits = |x: BigInt| bigint_math::magnitude_bits(x.digits());
    let result = match op {
        Operator::Mul => bits(a) + bits(b),
        Operator::Exp => match b.parts().small() {
            Some(n) => bits(a).saturating_mul(u64::try_from(n).unwrap_or(0)),
            None => 0,
        },
        _ => return Ok(()),
    };
    let large = result > 1 << 23 && result <= bigint_math::MAX_BITS;
    if large && !agent.heap.can_reserve((result / 8) as usize) {
        return Err(range_error(agent, BigIntError::TooBig));
    }
    Ok(())
}

/// A binary operator.
pub fn binary(agent: &mut Agent, op: Operator, a: BigInt, b: BigInt) -> JsResult<BigInt> {
    if let (Some(x), Some(y)) = (a.parts().small(), b.parts().small())
        && let Some(result) = small(op, x, y)
    {
        return Ok(agent.new_bigint_i128(result));
    }
    check_room(agent, op, a, b)?;
    match operate(&mut agent.bigint_scratch, op, a.parts(), b.parts()) {
        Ok(true) => agent.bigint_result(),
        Ok(false) => {
            let result = match op {
                Operator::Mul => bigint_math::mul(&a.value(), &b.value()),
                Operator::Exp => bigint_math::pow(&a.value(), &b.value()),
                Operator::And => Ok(bigint_math::and(&a.value(), &b.value())),
                Operator::Or => Ok(bigint_math::or(&a.value(), &b.value())),
                _ => Ok(bigint_math::xor(&a.value(), &b.value())),
            };
            match result {
                Ok(value) => {
                    agent.bigint_scratch.set(&value);
                    drop(value);
                    agent.bigint_result()
                }
                Err(e) => Err(range_error(agent, e)),
            }
        }
        Err(e) => Err(range_error(agent, e)),
    }
}

/// The operators that are simple on operands of one digit; None where that is too small for the result, or is an error.
#[inline]
fn small(op: Operator, x: i128, y: i128) -> Option<i128> {
    match op {
        Operator::Add => Some(x + y),
        Operator::Sub => Some(x - y),
        Operator::Mul => x.checked_mul(y),
        Operator::Div | Operator::Rem => {
            // Division of machine words is much faster.
            let (a, b) = (x.unsigned_abs() as u64, y.unsigned_abs() as u64);
            let (q, r) = (a.checked_div(b)?, a.checked_rem(b)?);
            let (result, negative) = match op {
                Operator::Div => (q, (x < 0) != (y < 0)),
                _ => (r, x < 0),
            };
            let result = i128::from(result);
            Some(if negative { -result } else { result })
        }
        Operator::And => Some(x & y),
        Operator::Or => Some(x | y),
        Operator::Xor => Some(x ^ y),
        Operator::Shl | Operator::Shr => {
            let up = (op == Operator::Shl) == (y >= 0);
            let count = u32::try_from(y.unsigned_abs()).unwrap_or(u32::MAX);
            match up {
                true if count < 63 => Some(x << count),
                true => None,
                false => Some(x >> count.min(127)),
            }
        }
        Operator::Exp => None,
    }
}

const ONE: Parts = Parts {
    negative: false,
    digits: &[1],
};
const MINUS_ONE: Parts = Parts {
    negative: true,
    digits: &[1],
};

/// `a + 1` or, if `down`, `a - 1`.
pub fn step(agent: &mut Agent, a: BigInt, down: bool) -> JsResult<BigInt> {
    if let Some(x) = a.parts().small() {
        return Ok(agent.new_bigint_i128(if down { x - 1 } else { x + 1 }));
    }
    let by = if down { MINUS_ONE } else { ONE };
    match operate(&mut agent.bigint_scratch, Operator::Add, a.parts(), by) {
        Ok(_) => agent.bigint_result(),
        Err(e) => Err(range_error(agent, e)),
    }
}

/// BigInt::bitwiseNOT: `-1 - a`.
pub fn not(agent: &mut Agent, a: BigInt) -> JsResult<BigInt> {
    let scratch = &mut agent.bigint_scratch;
    match operate(scratch, Operator::Sub, MINUS_ONE, a.parts()) {
        Ok(_) => agent.bigint_result(),
        Err(e) => Err(range_error(agent, e)),
    }
}

/// BigInt::unaryMinus.
pub fn neg(agent: &mut Agent, a: BigInt) -> JsResult<BigInt> {
    agent.bigint_scratch.copy(a.parts(), true);
    agent.bigint_result()
}

/// `BigInt.asUintN` and, if `signed`, `BigInt.asIntN` of at most 64 bits.
pub fn wrap_small(agent: &mut Agent, bits: u32, a: BigInt, signed: bool) -> BigInt {
    let low = match bits {
        0 => return agent.new_bigint_u64(0),
        _ => a.to_u64_wrapping() << (64 - bits),
    };
    if signed {
        agent.new_bigint_i64(low as i64 >> (64 - bits))
    } else {
        agent.new_bigint_u64(low >> (64 - bits))
    }
}

impl Agent {
    /// A BigInt cell.
    pub fn new_bigint(&mut self, value: Integer) -> BigInt {
        self.bigint_scratch.set(&value);
        let parts = self.bigint_scratch.parts();
        let head = head(parts);
        // SAFETY: the size is what `size` says; the digits are filled in below.
        let cell = unsafe {
            self.heap
                .alloc_sized(BigIntCell::bytes(parts.digits.len()), head)
        };
        let b = fill(cell, self.bigint_scratch.parts());
        self.bigint_scratch.shrink();
        b
    }
    /// A BigInt of 64 bits.
    pub fn new_bigint_u64(&mut self, value: u64) -> BigInt {
        self.new_bigint_digit(false, value)
    }
    /// A BigInt of 64 bits with a sign.
    pub fn new_bigint_i64(&mut self, value: i64) -> BigInt {
        self.new_bigint_digit(value < 0, value.unsigned_abs())
    }
    fn new_bigint_i128(&mut self, value: i128) -> BigInt {
        let magnitude = value.unsigned_abs();
        let (low, high) = (magnitude as u64, (magnitude >> 64) as u64);
        if high == 0 {
            return self.new_bigint_digit(value < 0, low);
        }
        let parts = Parts {
            negative: value < 0,
            digits: &[low, high],
        };
        // SAFETY: the size is what `size` says; the digits are filled in below.
        let cell = unsafe { self.heap.alloc_sized(BigIntCell::bytes(2), head(parts)) };
        fill(cell, parts)
    }
    fn new_bigint_digit(&mut self, negative: bool, digit: u64) -> BigInt {
        let digits = [digit];
        let digits = if digit == 0 { &[] } else { &digits[..] };
        let parts = Parts { negative, digits };
        // SAFETY: the size is what `size` says; the digits are filled in below.
        let cell = unsafe {
            self.heap
                .alloc_sized(BigIntCell::bytes(digits.len()), head(parts))
        };
        fill(cell, parts)
    }
    /// The cell of what the last operation left in the scratch memory.
    fn bigint_result(&mut self) -> JsResult<BigInt> {
        let parts = self.bigint_scratch.parts();
        let size = BigIntCell::bytes(parts.digits.len());
        // SAFETY: the size is what `size` says; the digits are filled in below.
        let cell = unsafe { self.heap.try_alloc_large(size, head(parts)) };
        let Ok(cell) = cell else {
            self.bigint_scratch.shrink();
            return Err(self.heap_limit_fault());
        };
        let b = fill(cell, self.bigint_scratch.parts());
        self.bigint_scratch.shrink();
        Ok(b)
    }
}

fn head(parts: Parts) -> BigIntCell {
    BigIntCell {
        header: Header::new(BigIntCell::KIND),
        length: parts.digits.len() as u32,
        negative: parts.negative,
        digits: [],
    }
}

fn fill(cell: Gc<BigIntCell>, parts: Parts) -> BigInt {
    let to = cell.digits.as_ptr().cast_mut();
    // SAFETY: the cell was just allocated with room for so many digits, and nobody else has it yet.
    unsafe { std::ptr::copy_nonoverlapping(parts.digits.as_ptr(), to, parts.digits.len()) };
    BigInt(cell)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::AgentOptions;

    #[test]
    fn cells_hold_values() {
        let mut agent = Agent::new(AgentOptions::default());
        let big: Integer = (Integer::from(1) << 100_000u32) - 7;
        for value in [Integer::ZERO, Integer::from(-5), -big.clone(), big] {
            let b = agent.new_bigint(value.clone());
            assert_eq!(b.value(), value);
            assert_eq!(b.is_zero(), value == Integer::ZERO);
            let n = neg(&mut agent, b).map(|n| n.value());
            assert_eq!(n.ok(), Some(-value.clone()));
            let n = not(&mut agent, b).map(|n| n.value());
            assert_eq!(n.ok(), Some(!value.clone()));
            let n = step(&mut agent, b, true).map(|n| n.value());
            assert_eq!(n.ok(), Some(value.clone() - 1));
            for bits in 0..=64 {
                let unsigned = wrap_small(&mut agent, bits, b, false).value();
                let signed = wrap_small(&mut agent, bits, b, true).value();
                let bits = u64::from(bits);
                assert_eq!(Ok(unsigned), bigint_math::as_uint_n(bits, &value));
                assert_eq!(Ok(signed), bigint_math::as_int_n(bits, &value));
            }
        }
    }

    #[test]
    fn small_operands() {
        let mut agent = Agent::new(AgentOptions::default());
        let all = [
            0,
            1,
            -1,
            2,
            -3,
            62,
            63,
            64,
            -64,
            1 << 62,
            i64::MAX,
            i64::MIN,
        ];
        let ops = [
            (
                Operator::Add,
                bigint_math::add as fn(&Integer, &Integer) -> _,
            ),
            (Operator::Sub, bigint_math::sub),
            (Operator::Mul, bigint_math::mul),
            (Operator::Div, bigint_math::div),
            (Operator::Rem, bigint_math::rem),
            (Operator::And, |a, b| Ok(bigint_math::and(a, b))),
            (Operator::Or, |a, b| Ok(bigint_math::or(a, b))),
            (Operator::Xor, |a, b| Ok(bigint_math::xor(a, b))),
            (Operator::Shl, bigint_math::shl),
            (Operator::Shr, bigint_math::shr),
        ];
        for (a, b) in all.iter().flat_map(|a| all.iter().map(move |b| (*a, *b))) {
            let x = agent.new_bigint_i64(a);
            // One more digit of the second operand, so that all of its bits are in use.
            let unsigned = agent.new_bigint_u64(b as u64);
            for y in [agent.new_bigint_i64(b), unsigned] {
                for (op, slow) in ops {
                    if matches!(op, Operator::Shl | Operator::Shr) && b.unsigned_abs() > 1 << 10 {
                        continue;
                    }
                    let expected = slow(&x.value(), &y.value()).ok();
                    let found = binary(&mut agent, op, x, y).ok().map(|b| b.value());
                    assert_eq!(found, expected, "{a} {op:?} {b}");
                }
            }
        }
    }

    #[test]
    fn against_doubles() {
        let mut agent = Agent::new(AgentOptions::default());
        for n in [0, 1, -1, 1 << 53, i64::MAX, i64::MIN] {
            let b = agent.new_bigint_i64(n);
            for x in [
                0.0,
                0.5,
                -1.0,
                2f64.powi(53),
                2f64.powi(63),
                -2f64.powi(63),
                f64::NAN,
                f64::INFINITY,
            ] {
                let slow = bigint_math::compare_with_f64(&Integer::from(n), x);
                assert_eq!(b.compare_with_f64(x), slow, "{n} {x}");
            }
            assert_eq!(b.to_f64(), n as f64);
        }
    }
}
