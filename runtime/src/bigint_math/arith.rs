//! The arithmetic operators.

use super::{BigIntError, BigIntResult, Integer, MAX_BITS, checked};
use num_bigint::Sign;

/// BigInt::add.
pub fn add(a: &Integer, b: &Integer) -> BigIntResult {
    checked(a + b)
}

/// BigInt::subtract.
pub fn sub(a: &Integer, b: &Integer) -> BigIntResult {
    checked(a - b)
}

/// BigInt::multiply.
pub fn mul(a: &Integer, b: &Integer) -> BigIntResult {
    // A product of m and n bits has at least m + n - 1.
    if a.bits() + b.bits() > MAX_BITS + 1 && a.sign() != Sign::NoSign && b.sign() != Sign::NoSign {
        return Err(BigIntError::TooBig);
    }
    checked(a * b)
}

/// BigInt::divide, towards zero.
pub fn div(a: &Integer, b: &Integer) -> BigIntResult {
    a.checked_div(b).ok_or(BigIntError::DivisionByZero)
}

/// BigInt::remainder, with the sign of the dividend.
pub fn rem(a: &Integer, b: &Integer) -> BigIntResult {
    if b.sign() == Sign::NoSign {
        return Err(BigIntError::DivisionByZero);
    }
    Ok(a % b)
}

/// BigInt::unaryMinus.
pub fn neg(a: &Integer) -> Integer {
    -a
}

/// BigInt::exponentiate.
pub fn pow(base: &Integer, exponent: &Integer) -> BigIntResult {
    if exponent.sign() == Sign::Minus {
        return Err(BigIntError::NegativeExponent);
    }
    if exponent.sign() == Sign::NoSign {
        return Ok(Integer::from(1));
    }
    let magnitude_bits = base.bits();
    if magnitude_bits <= 1 {
        // 0, 1 and -1 do not grow.
        let odd = exponent.bit(0);
        return Ok(if odd || base.sign() != Sign::Minus {
            base.clone()
        } else {
            Integer::from(1)
        });
    }
    let exponent = u32::try_from(exponent).map_err(|_| BigIntError::TooBig)?;
    // base^e has at least (bits - 1) * e + 1 bits.
    if (magnitude_bits - 1).saturating_mul(u64::from(exponent)) >= MAX_BITS {
        return Err(BigIntError::TooBig);
    }
    let is_power_of_two = base.trailing_zeros() == Some(magnitude_bits - 1);
    if is_power_of_two {
        let value = Integer::from(1) << ((magnitude_bits - 1) * u64::from(exponent));
        let negative = base.sign() == Sign::Minus && exponent & 1 == 1;
        return checked(if negative { -value } else { value });
    }
    checked(base.pow(exponent))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn int(x: i64) -> Integer {
        Integer::from(x)
    }

    #[test]
    fn signs() {
        assert_eq!(div(&int(-7), &int(2)), Ok(int(-3)));
        assert_eq!(rem(&int(-7), &int(2)), Ok(int(-1)));
        assert_eq!(rem(&int(7), &int(-2)), Ok(int(1)));
        assert_eq!(div(&int(1), &int(0)), Err(BigIntError::DivisionByZero));
        assert_eq!(rem(&int(1), &int(0)), Err(BigIntError::DivisionByZero));
        assert_eq!(neg(&int(0)), int(0));
    }

    #[test]
    fn powers() {
        assert_eq!(pow(&int(-2), &int(3)), Ok(int(-8)));
        assert_eq!(pow(&int(-2), &int(4)), Ok(int(16)));
        assert_eq!(pow(&int(10), &int(18)), Ok(int(1_000_000_000_000_000_000)));
        assert_eq!(pow(&int(0), &int(0)), Ok(int(1)));
        assert_eq!(pow(&int(-1), &(int(1) << 100)), Ok(int(1)));
        assert_eq!(pow(&int(-1), &((int(1) << 100) + 1)), Ok(int(-1)));
        assert_eq!(pow(&int(2), &int(-1)), Err(BigIntError::NegativeExponent));
        assert_eq!(pow(&int(2), &int(1 << 30)), Err(BigIntError::TooBig));
        assert_eq!(pow(&int(3), &(int(1) << 70)), Err(BigIntError::TooBig));
        assert_eq!(
            pow(&int(2), &int((1 << 30) - 1)).map(|v| v.bits()),
            Ok(1 << 30)
        );
    }

    #[test]
    fn products_are_limited() {
        let big = int(1) << ((1u64 << 29) + 1);
        assert_eq!(mul(&big, &big), Err(BigIntError::TooBig));
        assert_eq!(mul(&big, &int(0)), Ok(int(0)));
    }
}
