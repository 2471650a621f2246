//! The generator behind `Math.random`: xorshift128+, seeded through a splitmix step so that any seed is good.

/// Xorshift128+ state; never all zero.
#[derive(Clone, Debug)]
pub struct Xorshift128Plus {
    a: u64,
    b: u64,
}

impl Xorshift128Plus {
    /// A generator whose sequence depends on `seed` alone.
    pub fn new(seed: u64) -> Self {
        let a = splitmix(seed);
        let b = splitmix(a ^ 0x9E37_79B9_7F4A_7C15);
        Xorshift128Plus { a: a | 1, b }
    }

    /// The next 64 random bits.
    #[inline]
    pub fn next_u64(&mut self) -> u64 {
        let mut x = self.a;
        let y = self.b;
        self.a = y;
        x ^= x << 23;
        x ^= x >> 17;
        x ^= y ^ (y >> 26);
        self.b = x;
        x.wrapping_add(y)
    }

    /// A double in [0, 1) with 53 random bits.
    #[inline]
    pub fn next_f64(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }
}

fn splitmix(seed: u64) -> u64 {
    let z = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn range_and_mean() {
        let mut rng = Xorshift128Plus::new(42);
        let n = 100_000;
        let mut sum = 0.0;
        for _ in 0..n {
            let x = rng.next_f64();
            assert!((0.0..1.0).contains(&x));
            sum += x;
        }
        assert!((sum / f64::from(n) - 0.5).abs() < 0.01);
    }
}
