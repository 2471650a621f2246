//! Sets of characters as the code generator sees them: ranges up to the largest character that the subject can have.

use sarus_regexp::program::{CharTest, Program};

/// Largest code point.
const MAX_CODE_POINT: u32 = 0x10_FFFF;

/// A set of characters: sorted ranges with gaps between them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Class {
    ranges: Vec<(u32, u32)>,
}

impl Class {
    /// What passes a test, of the characters up to `max`.
    pub fn of(program: &Program, test: CharTest, max: u32) -> Class {
        let mut ranges = match test {
            CharTest::Char(c) => vec![(c, c)],
            CharTest::Either(a, b) => vec![(a, a), (b, b)],
            CharTest::Any => vec![(0, MAX_CODE_POINT)],
            CharTest::NotLineTerminator => vec![
                (0, 0x09),
                (0x0B, 0x0C),
                (0x0E, 0x2027),
                (0x202A, MAX_CODE_POINT),
            ],
            CharTest::Set(index) => match program.sets.get(index as usize) {
                Some(set) => {
                    let mut ranges = low_ranges(set.low());
                    ranges.extend_from_slice(set.high());
                    ranges
                }
                None => Vec::new(),
            },
        };
        Class::normalize(&mut ranges, max);
        Class { ranges }
    }

    /// What a prefilter lets through: a bit map below 256, all or nothing above.
    pub fn of_map(low: [u64; 4], high: bool, max: u32) -> Class {
        let mut ranges = low_ranges(low);
        if high {
            ranges.push((256, MAX_CODE_POINT));
        }
        Class::normalize(&mut ranges, max);
        Class { ranges }
    }

    /// The end of a line.
    pub fn line_ends(max: u32) -> Class {
        let mut ranges = vec![(0x0A, 0x0A), (0x0D, 0x0D), (0x2028, 0x2029)];
        Class::normalize(&mut ranges, max);
        Class { ranges }
    }

    fn normalize(ranges: &mut Vec<(u32, u32)>, max: u32) {
        ranges.sort_unstable();
        let mut out: Vec<(u32, u32)> = Vec::with_capacity(ranges.len());
        for &(low, high) in ranges.iter() {
            if low > max {
                break;
            }
            let high = high.min(max);
            match out.last_mut() {
                Some(last) if low <= last.1.saturating_add(1) => last.1 = last.1.max(high),
                _ => out.push((low, high)),
            }
        }
        *ranges = out;
    }

    /// The ranges.
    pub fn ranges(&self) -> &[(u32, u32)] {
        &self.ranges
    }

    /// Members from `first` on.
    pub fn from(&self, first: u32) -> Class {
        let ranges = self.ranges.iter().filter(|r| r.1 >= first);
        Class {
            ranges: ranges.map(|r| (r.0.max(first), r.1)).collect(),
        }
    }

    /// The others from `min` to `max`.
    pub fn complement(&self, min: u32, max: u32) -> Class {
        let mut ranges = Vec::with_capacity(self.ranges.len() + 1);
        let mut next = min;
        for &(low, high) in self.ranges.iter().filter(|r| r.1 >= min) {
            if low > next {
                ranges.push((next, low - 1));
            }
            next = high + 1;
        }
        if next <= max {
            ranges.push((next, max));
        }
        Class { ranges }
    }

    /// Adds the members of another.
    pub fn add(&mut self, other: &Class) {
        self.ranges.extend_from_slice(&other.ranges);
        Class::normalize(&mut self.ranges, MAX_CODE_POINT);
    }

    /// Whether it has that member.
    pub fn contains(&self, c: u32) -> bool {
        let i = self.ranges.partition_point(|r| r.1 < c);
        self.ranges.get(i).is_some_and(|r| r.0 <= c)
    }

    /// Whether nothing is in both.
    pub fn is_disjoint(&self, other: &Class) -> bool {
        let (mut i, mut j) = (0, 0);
        while let (Some(a), Some(b)) = (self.ranges.get(i), other.ranges.get(j)) {
            if a.0.max(b.0) <= a.1.min(b.1) {
                return false;
            }
            if a.1 < b.1 {
                i += 1;
            } else {
                j += 1;
            }
        }
        true
    }

    /// Whether every member is one code unit that is no half of a pair.
    pub fn is_plain(&self) -> bool {
        self.ranges
            .iter()
            .all(|r| r.1 < 0xD800 || (r.0 > 0xDFFF && r.1 <= 0xFFFF))
    }

    /// `(mask, value)` such that the members are the `c` with `c | mask == value`: there is one member, or two that differ in
    /// one bit.
    pub fn masked(&self) -> Option<(u32, u32)> {
        match *self.ranges.as_slice() {
            [(a, b)] if a == b => Some((0, a)),
            [(a, b)] if a + 1 == b && a & 1 == 0 => Some((1, b)),
            [(a, b), (c, d)] if a == b && c == d && (a ^ c).is_power_of_two() => {
                Some((a ^ c, a | c))
            }
            _ => None,
        }
    }
}

fn low_ranges(low: [u64; 4]) -> Vec<(u32, u32)> {
    let member = |c: u32| low[(c >> 6) as usize & 3] >> (c & 63) & 1 == 1;
    (0..256).filter(|c| member(*c)).map(|c| (c, c)).collect()
}

/// Where the map of a set begins in the tables.
#[derive(Clone, Copy, Debug)]
pub struct TableAt(pub u32);

/// The tables that code looks characters up in; the code gets their address.
#[derive(Debug, Default)]
pub struct Tables {
    /// Their bytes.
    pub bytes: Vec<u8>,
    maps: Vec<(Class, TableAt)>,
    pages: Vec<(Class, TableAt, TableAt)>,
}

impl Tables {
    /// A byte for every character below 256: whether it is a member.
    pub fn map(&mut self, class: &Class) -> TableAt {
        if let Some((_, at)) = self.maps.iter().find(|(known, _)| known == class) {
            return *at;
        }
        let at = TableAt(self.bytes.len() as u32);
        self.bytes
            .extend((0..256).map(|c| u8::from(class.contains(c))));
        self.maps.push((class.clone(), at));
        at
    }

    /// Two levels for characters up to `max`: the number of a page in two bytes for every 256 characters, and pages of 32 bytes,
    /// a bit for each.
    pub fn pages(&mut self, class: &Class, max: u32) -> (TableAt, TableAt) {
        if let Some((_, index, pages)) = self.pages.iter().find(|(known, ..)| known == class) {
            return (*index, *pages);
        }
        let mut pages: Vec<[u8; 32]> = Vec::new();
        let mut index: Vec<u8> = Vec::new();
        for first in (0..=max).step_by(256) {
            let mut page = [0_u8; 32];
            for c in (0..256).filter(|c| class.contains(first + c)) {
                page[(c >> 3) as usize] |= 1 << (c & 7);
            }
            let known = pages.iter().position(|p| *p == page);
            let number = known.unwrap_or(pages.len());
            if known.is_none() {
                pages.push(page);
            }
            index.extend_from_slice(&(number as u16).to_le_bytes());
        }
        self.bytes.resize(self.bytes.len().next_multiple_of(8), 0);
        let at = TableAt(self.bytes.len() as u32);
        self.bytes.extend_from_slice(&index);
        let first_page = TableAt(self.bytes.len() as u32);
        self.bytes.extend(pages.iter().flatten());
        self.pages.push((class.clone(), at, first_page));
        (at, first_page)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(ranges: &[(u32, u32)]) -> Class {
        let mut ranges = ranges.to_vec();
        Class::normalize(&mut ranges, MAX_CODE_POINT);
        Class { ranges }
    }

    #[test]
    fn algebra() {
        let a = class(&[(5, 9), (1, 2), (3, 3), (300, 400)]);
        assert_eq!(a.ranges(), [(1, 3), (5, 9), (300, 400)]);
        assert_eq!(
            a.complement(0, 500).ranges(),
            [(0, 0), (4, 4), (10, 299), (401, 500)]
        );
        assert_eq!(a.complement(6, 310).ranges(), [(10, 299)]);
        assert_eq!(a.from(7).ranges(), [(7, 9), (300, 400)]);
        assert!(a.is_disjoint(&class(&[(4, 4), (10, 20)])));
        assert!(!a.is_disjoint(&class(&[(4, 5)])));
        assert!(a.contains(9) && !a.contains(4) && a.contains(400));
    }

    #[test]
    fn masks() {
        assert_eq!(
            class(&[(0x41, 0x41), (0x61, 0x61)]).masked(),
            Some((0x20, 0x61))
        );
        assert_eq!(class(&[(0x30, 0x31)]).masked(), Some((1, 0x31)));
        assert_eq!(class(&[(0x31, 0x32)]).masked(), None);
        assert_eq!(class(&[(7, 7)]).masked(), Some((0, 7)));
        assert_eq!(class(&[(1, 1), (4, 4)]).masked(), None);
    }

    #[test]
    fn pages_agree_with_the_class() {
        let a = class(&[(0x100, 0x17F), (0x4E00, 0x9FFF), (0x1_F600, 0x1_F64F)]);
        let mut tables = Tables::default();
        let (index, pages) = tables.pages(&a, MAX_CODE_POINT);
        for c in (0..=MAX_CODE_POINT).step_by(7) {
            let at = index.0 as usize + (c as usize >> 8) * 2;
            let page = u16::from_le_bytes([tables.bytes[at], tables.bytes[at + 1]]) as usize;
            let byte = tables.bytes[pages.0 as usize + page * 32 + (c as usize >> 3 & 31)];
            assert_eq!(byte >> (c & 7) & 1 == 1, a.contains(c), "{c:x}");
        }
    }
}
