//! Exact summation of doubles for `Math.sumPrecise`: a fixed-point accumulator as wide as the double range.

/// Limbs of 32 bits each, from 2^-1074 up: 2098 bits for the doubles themselves, the rest for carries.
const LIMBS: usize = 68;

/// Additions before carries have to be propagated: each adds less than 2^32 to a signed 64-bit limb.
const MAX_PENDING: u32 = 1 << 29;

/// The mathematically exact sum of the doubles added so far.
#[derive(Clone, Debug)]
pub struct ExactSum {
    limbs: [i64; LIMBS],
    pending: u32,
    /// Whether anything but -0 was added; the empty sum is -0.
    seen_other_than_minus_zero: bool,
    plus_infinity: bool,
    minus_infinity: bool,
    nan: bool,
}

impl Default for ExactSum {
    fn default() -> Self {
        ExactSum {
            limbs: [0; LIMBS],
            pending: 0,
            seen_other_than_minus_zero: false,
            plus_infinity: false,
            minus_infinity: false,
            nan: false,
        }
    }
}

impl ExactSum {
    /// The empty sum.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a number.
    pub fn add(&mut self, x: f64) {
        let bits = x.to_bits();
        if bits == (-0.0f64).to_bits() {
            return;
        }
        self.seen_other_than_minus_zero = true;
        let exponent = ((bits >> 52) & 0x7FF) as usize;
        let fraction = bits & ((1 << 52) - 1);
        if exponent == 0x7FF {
            match (fraction, x > 0.0) {
                (0, true) => self.plus_infinity = true,
                (0, false) => self.minus_infinity = true,
                _ => self.nan = true,
            }
            return;
        }
        // Bit position of the significand's lowest bit above 2^-1074.
        let (significand, position) = if exponent == 0 {
            (fraction, 0)
        } else {
            (fraction | (1 << 52), exponent - 1)
        };
        let (limb, shift) = (position / 32, position % 32);
        let shifted = u128::from(significand) << shift;
        let sign = if x < 0.0 { -1 } else { 1 };
        for i in 0..3 {
            self.limbs[limb + i] += sign * ((shifted >> (32 * i)) as u32 as i64);
        }
        self.pending += 1;
        if self.pending >= MAX_PENDING {
            self.propagate();
        }
    }

    /// Brings every limb but the top one into 0..2^32.
    fn propagate(&mut self) {
        let mut carry = 0i64;
        for limb in &mut self.limbs[..LIMBS - 1] {
            let value = *limb + carry;
            carry = value >> 32;
            *limb = value & 0xFFFF_FFFF;
        }
        self.limbs[LIMBS - 1] += carry;
        self.pending = 0;
    }

    /// The sum rounded to the nearest double, ties to even.
    pub fn value(mut self) -> f64 {
        if self.nan || (self.plus_infinity && self.minus_infinity) {
            return f64::NAN;
        }
        if self.plus_infinity {
            return f64::INFINITY;
        }
        if self.minus_infinity {
            return f64::NEG_INFINITY;
        }
        if !self.seen_other_than_minus_zero {
            return -0.0;
        }
        self.propagate();
        let negative = self.limbs[LIMBS - 1] < 0;
        if negative {
            for limb in &mut self.limbs {
                *limb = -*limb;
            }
            self.propagate();
        }
        let magnitude = self.round_magnitude();
        if negative { -magnitude } else { magnitude }
    }

    /// Rounds the non-negative normalized accumulator.
    fn round_magnitude(&self) -> f64 {
        let Some(top) = self.limbs.iter().rposition(|&l| l != 0) else {
            return 0.0;
        };
        // The top 96 bits hold the significand, the rounding bit and more; everything below only matters as "not zero".
        let low = top.saturating_sub(2);
        let mut window = 0u128;
        for i in (low..=top).rev() {
            window = (window << 32) | self.limbs[i] as u128;
        }
        let sticky = self.limbs[..low].iter().any(|&l| l != 0);
        let width = 128 - window.leading_zeros() as usize;
        let base = low * 32;
        // Keep 53 bits, or fewer where the lowest bit would be below 2^-1074 (then nothing is dropped).
        let drop = width.saturating_sub(53);
        let mut significand = (window >> drop) as u64;
        if drop > 0 {
            let dropped = window & ((1 << drop) - 1);
            let half = 1u128 << (drop - 1);
            if dropped > half || (dropped == half && (sticky || significand & 1 == 1)) {
                significand += 1;
            }
        }
        scale(significand, base + drop)
    }
}

/// `significand` (at most 2^53) times 2^(position - 1074), exact or infinite.
fn scale(significand: u64, position: usize) -> f64 {
    let mut value = significand as f64;
    let mut exponent = position as i32 - 1074;
    while exponent < -1000 {
        // The significand has its full width unless the position is 0, so this cannot round.
        value *= 2f64.powi(-512);
        exponent += 512;
    }
    while exponent > 900 {
        value *= 2f64.powi(512);
        exponent -= 512;
    }
    value * 2f64.powi(exponent)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(xs: &[f64]) -> f64 {
        let mut s = ExactSum::new();
        xs.iter().for_each(|&x| s.add(x));
        s.value()
    }

    #[test]
    fn exact() {
        assert_eq!(sum(&[1e20, 0.1, -1e20]), 0.1);
        assert_eq!(sum(&[0.1; 10]), 1.0);
        assert_eq!(sum(&[f64::MAX, f64::MAX, -f64::MAX]), f64::MAX);
        assert_eq!(sum(&[f64::MAX, f64::MAX]), f64::INFINITY);
        assert_eq!(sum(&[-f64::MAX, -f64::MAX]), f64::NEG_INFINITY);
        assert_eq!(sum(&[5e-324, 5e-324]), 1e-323);
        assert_eq!(sum(&[5e-324]), 5e-324);
        assert_eq!(
            sum(&[2.2250738585072014e-308, -5e-324]),
            2.225073858507201e-308
        );
        assert_eq!(sum(&[1.0, 2f64.powi(-53), 5e-324]), 1.0 + f64::EPSILON);
        assert_eq!(sum(&[1.0, 2f64.powi(-53)]), 1.0);
        assert_eq!(
            sum(&[
                8.98846567431158e307,
                8.988465674311579e307,
                -1.7976931348623157e308
            ]),
            9.9792015476736e291
        );
        assert_eq!(sum(&[-1.5, 0.25]), -1.25);
        assert!(sum(&[]).is_sign_negative());
        assert!(sum(&[-0.0, -0.0]).is_sign_negative());
        assert!(sum(&[-0.0, 0.0]).is_sign_positive());
        assert!(sum(&[1.0, -1.0]).is_sign_positive());
        assert!(sum(&[f64::INFINITY, f64::NEG_INFINITY]).is_nan());
        assert_eq!(sum(&[f64::INFINITY, 1.0]), f64::INFINITY);
    }

    #[test]
    fn single_values_round_trip() {
        for bits in (0..0x7FEF_FFFF_FFFF_FFFFu64).step_by(0x0001_2345_6789_ABCD) {
            let x = f64::from_bits(bits);
            assert_eq!(sum(&[x]), x);
            assert_eq!(sum(&[-x, x, -x]), -x);
        }
    }
}
