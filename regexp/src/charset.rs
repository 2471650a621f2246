//! Sets of code points.

/// Largest code point.
pub(super) const MAX_CODE_POINT: u32 = 0x10_FFFF;

/// A set of code points as sorted, disjoint, non-adjacent inclusive ranges.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct CodePointSet {
    ranges: Vec<(u32, u32)>,
}

impl CodePointSet {
    pub(super) fn empty() -> Self {
        Self::default()
    }

    pub(super) fn from_ranges(ranges: impl IntoIterator<Item = (u32, u32)>) -> Self {
        let mut set = CodePointSet {
            ranges: ranges.into_iter().filter(|r| r.0 <= r.1).collect(),
        };
        set.normalize();
        set
    }

    pub(super) fn single(c: u32) -> Self {
        CodePointSet {
            ranges: vec![(c, c)],
        }
    }

    fn normalize(&mut self) {
        self.ranges.sort_unstable();
        let mut out: Vec<(u32, u32)> = Vec::with_capacity(self.ranges.len());
        for &(lo, hi) in &self.ranges {
            match out.last_mut() {
                Some(last) if lo <= last.1.saturating_add(1) => last.1 = last.1.max(hi),
                _ => out.push((lo, hi)),
            }
        }
        self.ranges = out;
    }

    pub(super) fn ranges(&self) -> &[(u32, u32)] {
        &self.ranges
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    pub(super) fn contains(&self, c: u32) -> bool {
        let i = self.ranges.partition_point(|r| r.1 < c);
        self.ranges.get(i).is_some_and(|r| r.0 <= c)
    }

    /// The members, if there are at most `limit`.
    pub(super) fn few(&self, limit: usize) -> Option<Vec<u32>> {
        let count: u64 = self.ranges.iter().map(|r| u64::from(r.1 - r.0) + 1).sum();
        (count <= limit as u64).then(|| self.ranges.iter().flat_map(|r| r.0..=r.1).collect())
    }

    pub(super) fn union(&self, other: &Self) -> Self {
        Self::from_ranges(self.ranges.iter().chain(&other.ranges).copied())
    }

    pub(super) fn complement(&self) -> Self {
        let mut out = Vec::with_capacity(self.ranges.len() + 1);
        let mut next = 0;
        for &(lo, hi) in &self.ranges {
            if lo > next {
                out.push((next, lo - 1));
            }
            next = hi + 1;
        }
        if next <= MAX_CODE_POINT {
            out.push((next, MAX_CODE_POINT));
        }
        CodePointSet { ranges: out }
    }

    pub(super) fn intersect(&self, other: &Self) -> Self {
        let mut out = Vec::new();
        let (mut i, mut j) = (0, 0);
        while let (Some(&a), Some(&b)) = (self.ranges.get(i), other.ranges.get(j)) {
            let (lo, hi) = (a.0.max(b.0), a.1.min(b.1));
            if lo <= hi {
                out.push((lo, hi));
            }
            if a.1 < b.1 {
                i += 1;
            } else {
                j += 1;
            }
        }
        CodePointSet { ranges: out }
    }

    pub(super) fn subtract(&self, other: &Self) -> Self {
        self.intersect(&other.complement())
    }
}

/// A set compiled for matching: a bit map for Latin-1, ranges above.
#[derive(Clone, Debug)]
pub struct SetMatcher {
    low: [u64; 4],
    high: Box<[(u32, u32)]>,
}

impl SetMatcher {
    pub(super) fn new(set: &CodePointSet) -> Self {
        let mut low = [0u64; 4];
        for c in 0..256u32 {
            if set.contains(c) {
                low[(c >> 6) as usize] |= 1 << (c & 63);
            }
        }
        let above = set.intersect(&CodePointSet::from_ranges([(256, MAX_CODE_POINT)]));
        SetMatcher {
            low,
            high: above.ranges.into_boxed_slice(),
        }
    }

    /// The members below 256.
    pub fn low(&self) -> [u64; 4] {
        self.low
    }

    /// The ranges of members from 256 on.
    pub fn high(&self) -> &[(u32, u32)] {
        &self.high
    }

    #[inline(always)]
    pub(super) fn matches(&self, c: u32) -> bool {
        if c < 256 {
            self.low[(c >> 6) as usize & 3] >> (c & 63) & 1 == 1
        } else {
            self.matches_high(c)
        }
    }

    fn matches_high(&self, c: u32) -> bool {
        let i = self.high.partition_point(|r| r.1 < c);
        self.high.get(i).is_some_and(|r| r.0 <= c)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn algebra() {
        let a = CodePointSet::from_ranges([(5, 9), (1, 2), (3, 3), (20, 30)]);
        assert_eq!(a.ranges(), [(1, 3), (5, 9), (20, 30)]);
        assert_eq!(a.complement().complement(), a);
        let b = CodePointSet::from_ranges([(2, 6), (25, 40)]);
        assert_eq!(a.intersect(&b).ranges(), [(2, 3), (5, 6), (25, 30)]);
        assert_eq!(a.subtract(&b).ranges(), [(1, 1), (7, 9), (20, 24)]);
        assert_eq!(a.union(&b).ranges(), [(1, 9), (20, 40)]);
        assert!(a.contains(9) && !a.contains(10) && !a.contains(0));
        assert_eq!(
            CodePointSet::empty().complement().ranges(),
            [(0, MAX_CODE_POINT)]
        );
        assert_eq!(
            CodePointSet::from_ranges([(3, 4), (9, 9)]).few(3),
            Some(vec![3, 4, 9])
        );
        assert_eq!(a.few(3), None);
    }
}
