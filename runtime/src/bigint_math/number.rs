//! BigInts against numbers and machine integers.

use super::Integer;
use crate::numeric::biguint_to_f64;
use num_bigint::Sign;
use std::cmp::Ordering;

/// The double nearest to the value, ties to even; infinite when out of range.
pub fn to_f64(a: &Integer) -> f64 {
    let magnitude = biguint_to_f64(a.magnitude());
    if a.sign() == Sign::Minus {
        -magnitude
    } else {
        magnitude
    }
}

/// NumberToBigInt: `None` unless the number is integral.
pub fn from_f64(x: f64) -> Option<Integer> {
    if !x.is_finite() || x.trunc() != x {
        return None;
    }
    if x.abs() < 9.2e18 {
        return Some(Integer::from(x as i64));
    }
    let bits = x.to_bits();
    let exponent = ((bits >> 52) & 0x7FF).saturating_sub(1075);
    let magnitude = Integer::from((bits & ((1 << 52) - 1)) | (1 << 52)) << exponent;
    Some(if x < 0.0 { -magnitude } else { magnitude })
}

/// BigInt against Number as mathematical values; `None` for NaN.
pub fn compare_with_f64(a: &Integer, x: f64) -> Option<Ordering> {
    if x.is_nan() {
        return None;
    }
    if x.is_infinite() {
        return Some(if x > 0.0 {
            Ordering::Less
        } else {
            Ordering::Greater
        });
    }
    let whole = from_f64(x.trunc())?;
    let fraction = x - x.trunc();
    Some(
        a.cmp(&whole)
            .then_with(|| 0.0f64.partial_cmp(&fraction).unwrap_or(Ordering::Equal)),
    )
}

/// Whether a BigInt and a Number are the same mathematical value.
pub fn equals_f64(a: &Integer, x: f64) -> bool {
    compare_with_f64(a, x) == Some(Ordering::Equal)
}

/// The low 64 bits of the two's complement: ToBigUint64.
pub fn to_u64_wrapping(a: &Integer) -> u64 {
    let low = a.iter_u64_digits().next().unwrap_or(0);
    if a.sign() == Sign::Minus {
        low.wrapping_neg()
    } else {
        low
    }
}

/// The low 64 bits of the two's complement as a signed number: ToBigInt64.
pub fn to_i64_wrapping(a: &Integer) -> i64 {
    to_u64_wrapping(a) as i64
}

/// The value if it fits in 64 signed bits.
pub fn to_i64_exact(a: &Integer) -> Option<i64> {
    i64::try_from(a).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_to_double() {
        let p53 = Integer::from(1u64 << 53);
        assert_eq!(to_f64(&(&p53 + 1)), 9007199254740992.0);
        assert_eq!(to_f64(&(&p53 + 3)), 9007199254740996.0);
        assert_eq!(
            to_f64(&((&p53 + 1) * 1024u32 + 1)),
            9007199254740994.0 * 1024.0
        );
        assert_eq!(
            to_f64(&-((&p53 + 1u32) << 900u32)),
            -(9007199254740992.0 * 2f64.powi(900))
        );
        assert_eq!(to_f64(&(Integer::from(1) << 1024u32)), f64::INFINITY);
        let half_ulp_below = (Integer::from(1) << 1024u32) - (Integer::from(1) << 970u32);
        assert_eq!(to_f64(&half_ulp_below), f64::INFINITY);
        assert_eq!(to_f64(&(half_ulp_below - 1)), f64::MAX);
        assert_eq!(to_f64(&Integer::ZERO), 0.0);
    }

    #[test]
    fn from_double_and_compare() {
        assert_eq!(from_f64(1.5), None);
        assert_eq!(from_f64(f64::NAN), None);
        assert_eq!(from_f64(-0.0), Some(Integer::ZERO));
        for x in [1e20, -1e300, 9.3e18, -9007199254740993.0, f64::MAX] {
            assert_eq!(to_f64(&from_f64(x).unwrap()), x);
        }
        let big = Integer::from(9007199254740993u64);
        assert_eq!(
            compare_with_f64(&big, 9007199254740992.0),
            Some(Ordering::Greater)
        );
        assert_eq!(
            compare_with_f64(&Integer::from(1), 1.5),
            Some(Ordering::Less)
        );
        assert_eq!(
            compare_with_f64(&Integer::from(-1), -1.5),
            Some(Ordering::Greater)
        );
        assert_eq!(compare_with_f64(&Integer::from(1), f64::NAN), None);
        assert!(equals_f64(&Integer::ZERO, -0.0));
    }

    #[test]
    fn wrapping() {
        assert_eq!(to_u64_wrapping(&Integer::from(-1)), u64::MAX);
        assert_eq!(to_i64_wrapping(&(Integer::from(1) << 63)), i64::MIN);
        assert_eq!(to_i64_wrapping(&((Integer::from(1) << 64) + 7)), 7);
        assert_eq!(to_i64_exact(&Integer::from(i64::MIN)), Some(i64::MIN));
        assert_eq!(to_i64_exact(&(Integer::from(1) << 63)), None);
    }
}
