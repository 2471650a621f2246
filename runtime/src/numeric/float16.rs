//! IEEE 754 binary16, for Float16Array, DataView and `Math.f16round`.

/// The bits of the half float nearest to `x`, ties to even, rounded once from the double. NaN is the quiet one.
pub fn f64_to_f16_bits(x: f64) -> u16 {
    let bits = x.to_bits();
    let sign = ((bits >> 48) & 0x8000) as u16;
    let exponent = ((bits >> 52) & 0x7FF) as i32 - 1023;
    let fraction = bits & ((1 << 52) - 1);
    match exponent {
        1024 if fraction != 0 => sign | 0x7E00,
        16.. => sign | 0x7C00,
        -14..=15 => {
            // Rounding up may carry into the exponent, up to infinity: the encoding makes that right by itself.
            let half = (((exponent + 15) as u64) << 10) | (fraction >> 42);
            sign | round_shifted(half, fraction & ((1 << 42) - 1), 1 << 41)
        }
        -25..=-15 => {
            let significand = fraction | (1 << 52);
            let shift = 42 + (-14 - exponent);
            let dropped = significand & ((1 << shift) - 1);
            sign | round_shifted(significand >> shift, dropped, 1 << (shift - 1))
        }
        _ => sign,
    }
}

/// `kept` rounded to nearest even by the bits that were dropped.
fn round_shifted(kept: u64, dropped: u64, half: u64) -> u16 {
    let up = dropped > half || (dropped == half && kept & 1 == 1);
    (kept + u64::from(up)) as u16
}

/// The value of a half float.
pub fn f16_bits_to_f64(bits: u16) -> f64 {
    let sign = u64::from(bits & 0x8000) << 48;
    let fraction = u64::from(bits & 0x3FF);
    let magnitude = match (bits >> 10) & 0x1F {
        0 => (fraction as f64 * 2f64.powi(-24)).to_bits(),
        0x1F if fraction == 0 => f64::INFINITY.to_bits(),
        0x1F => f64::NAN.to_bits() & !(1 << 63),
        exponent => ((u64::from(exponent) + 1008) << 52) | (fraction << 42),
    };
    f64::from_bits(sign | magnitude)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_half_round_trips() {
        for bits in 0..=u16::MAX {
            let x = f16_bits_to_f64(bits);
            if x.is_nan() {
                assert_eq!(f64_to_f16_bits(x) & 0x7FFF, 0x7E00);
            } else {
                assert_eq!(f64_to_f16_bits(x), bits);
            }
        }
    }

    #[test]
    fn rounds_once_to_nearest_even() {
        for bits in 0..0x7BFFu16 {
            let (lo, hi) = (f16_bits_to_f64(bits), f16_bits_to_f64(bits + 1));
            let mid = (lo + hi) / 2.0;
            assert_eq!(
                f64_to_f16_bits(mid),
                if bits & 1 == 0 { bits } else { bits + 1 }
            );
            assert_eq!(f64_to_f16_bits(mid.next_down()), bits);
            assert_eq!(f64_to_f16_bits(mid.next_up()), bits + 1);
        }
        assert_eq!(f64_to_f16_bits(65520.0), 0x7C00);
        assert_eq!(f64_to_f16_bits(65519.99), 0x7BFF);
        assert_eq!(f64_to_f16_bits(2f64.powi(-25)), 0);
        assert_eq!(f64_to_f16_bits(-2f64.powi(-25).next_up()), 0x8001);
        assert_eq!(f64_to_f16_bits(5e-324), 0);
        assert_eq!(f64_to_f16_bits(f64::INFINITY), 0x7C00);
    }
}
