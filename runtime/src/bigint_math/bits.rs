//! The bitwise operators on infinite two's complement, and the wrapping of `BigInt.asIntN` and `asUintN`.

use super::{BigIntError, BigIntResult, Integer, MAX_BITS, checked};
use num_bigint::{BigUint, Sign};

/// BigInt::bitwiseAND.
pub fn and(a: &Integer, b: &Integer) -> Integer {
    a & b
}

/// BigInt::bitwiseOR.
pub fn or(a: &Integer, b: &Integer) -> Integer {
    a | b
}

/// BigInt::bitwiseXOR.
pub fn xor(a: &Integer, b: &Integer) -> Integer {
    a ^ b
}

/// BigInt::bitwiseNOT.
pub fn not(a: &Integer) -> BigIntResult {
    checked(!a)
}

/// BigInt::leftShift; a negative count shifts right.
pub fn shl(a: &Integer, count: &Integer) -> BigIntResult {
    match count.sign() {
        Sign::NoSign => Ok(a.clone()),
        Sign::Plus => shift_up(a, count.magnitude()),
        Sign::Minus => Ok(shift_down(a, count.magnitude())),
    }
}

/// BigInt::signedRightShift; rounds towards negative infinity.
pub fn shr(a: &Integer, count: &Integer) -> BigIntResult {
    match count.sign() {
        Sign::NoSign => Ok(a.clone()),
        Sign::Plus => Ok(shift_down(a, count.magnitude())),
        Sign::Minus => shift_up(a, count.magnitude()),
    }
}

fn shift_up(a: &Integer, count: &BigUint) -> BigIntResult {
    if a.sign() == Sign::NoSign {
        return Ok(a.clone());
    }
    let count = u64::try_from(count).map_err(|_| BigIntError::TooBig)?;
    if a.bits().saturating_add(count) > MAX_BITS {
        return Err(BigIntError::TooBig);
    }
    Ok(a << count)
}

fn shift_down(a: &Integer, count: &BigUint) -> Integer {
    match u64::try_from(count) {
        Ok(count) if count < a.bits() => a >> count,
        _ if a.sign() == Sign::Minus => Integer::from(-1),
        _ => Integer::ZERO,
    }
}

/// BigInt.asUintN: `a` modulo 2^bits.
pub fn as_uint_n(bits: u64, a: &Integer) -> BigIntResult {
    if a.sign() != Sign::Minus {
        return Ok(if a.bits() <= bits {
            a.clone()
        } else {
            low_bits(bits, a.magnitude())
        });
    }
    if bits == 0 {
        return Ok(Integer::ZERO);
    }
    // The complement of a negative number fills all the bits.
    if bits > MAX_BITS {
        return Err(BigIntError::TooBig);
    }
    let low = low_bits(bits, a.magnitude());
    if low.sign() == Sign::NoSign {
        return Ok(low);
    }
    checked((Integer::from(1) << bits) - low)
}

/// BigInt.asIntN: `a` modulo 2^bits, as a signed number.
pub fn as_int_n(bits: u64, a: &Integer) -> BigIntResult {
    if bits == 0 {
        return Ok(Integer::ZERO);
    }
    if a.bits() < bits {
        return Ok(a.clone());
    }
    // From here on bits <= MAX_BITS.
    let low = as_uint_n(bits, a)?;
    if low.bits() == bits {
        Ok(low - (Integer::from(1) << bits))
    } else {
        Ok(low)
    }
}

/// The `bits` lowest bits of a magnitude.
fn low_bits(bits: u64, magnitude: &BigUint) -> Integer {
    if magnitude.bits() <= bits {
        return Integer::from(magnitude.clone());
    }
    let words = bits.div_ceil(32) as usize;
    let mut digits: Vec<u32> = magnitude.iter_u32_digits().take(words).collect();
    let partial = bits % 32;
    if partial != 0
        && let Some(last) = digits.last_mut()
    {
        *last &= (1 << partial) - 1;
    }
    Integer::from(BigUint::new(digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn int(x: i64) -> Integer {
        Integer::from(x)
    }

    #[test]
    fn twos_complement() {
        for a in -20i64..20 {
            for b in -20i64..20 {
                assert_eq!(and(&int(a), &int(b)), int(a & b));
                assert_eq!(or(&int(a), &int(b)), int(a | b));
                assert_eq!(xor(&int(a), &int(b)), int(a ^ b));
            }
            assert_eq!(not(&int(a)), Ok(int(!a)));
            for s in 0..8i64 {
                assert_eq!(shr(&int(a), &int(s)), Ok(int(a >> s)));
                assert_eq!(shl(&int(a), &int(-s)), Ok(int(a >> s)));
                assert_eq!(shl(&int(a), &int(s)), Ok(int(a << s)));
            }
        }
        assert_eq!(shr(&int(-5), &(int(1) << 80)), Ok(int(-1)));
        assert_eq!(shl(&int(1), &(int(1) << 80)), Err(BigIntError::TooBig));
        assert_eq!(shl(&int(0), &(int(1) << 80)), Ok(int(0)));
        assert_eq!(shl(&int(1), &int(1 << 30)), Err(BigIntError::TooBig));
    }

    #[test]
    fn wrapping() {
        for a in -300i64..300 {
            assert_eq!(as_uint_n(8, &int(a)), Ok(int(i64::from(a as u8))), "{a}");
            assert_eq!(as_int_n(8, &int(a)), Ok(int(i64::from(a as i8))), "{a}");
            assert_eq!(as_uint_n(0, &int(a)), Ok(int(0)));
        }
        let x = (int(1) << 64) + 5;
        assert_eq!(as_uint_n(64, &x), Ok(int(5)));
        assert_eq!(as_int_n(64, &-&x), Ok(int(-5)));
        assert_eq!(as_int_n(64, &(int(1) << 63)), Ok(int(i64::MIN)));
        assert_eq!(as_uint_n((1 << 53) - 1, &int(-1)), Err(BigIntError::TooBig));
        assert_eq!(as_int_n((1 << 53) - 1, &int(-1)), Ok(int(-1)));
        assert_eq!(as_uint_n((1 << 53) - 1, &int(7)), Ok(int(7)));
    }
}
