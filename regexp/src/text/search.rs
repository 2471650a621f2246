//! Substring search. Latin-1 in Latin-1 goes to `memchr`; everything else finds candidates by the first unit and falls
//! back to Knuth-Morris-Pratt when candidates keep failing late, so that the time stays linear on any input.

use super::view::StrView;

/// A code unit of either width, comparable across widths.
trait Unit: Copy + Into<u16> + PartialEq {}
impl Unit for u8 {}
impl Unit for u16 {}

/// StringIndexOf: the first index at or after `from` where `needle` occurs. An empty needle occurs everywhere up to
/// and including the end.
pub fn index_of(hay: StrView<'_>, needle: StrView<'_>, from: usize) -> Option<usize> {
    if from > hay.len() || needle.len() > hay.len() - from {
        return None;
    }
    if needle.is_empty() {
        return Some(from);
    }
    let found = match (hay, needle) {
        (StrView::Latin1(h), StrView::Latin1(n)) => find_latin1(&h[from..], n),
        (StrView::Latin1(h), StrView::Utf16(n)) => find_latin1(&h[from..], &narrow(n)?),
        (StrView::Utf16(h), StrView::Latin1(n)) => find_utf16(&h[from..], n),
        (StrView::Utf16(h), StrView::Utf16(n)) => find_utf16(&h[from..], n),
    };
    found.map(|i| i + from)
}

/// The last index at or before `from` where `needle` occurs (String.prototype.lastIndexOf).
pub fn last_index_of(hay: StrView<'_>, needle: StrView<'_>, from: usize) -> Option<usize> {
    let last_start = hay.len().checked_sub(needle.len())?.min(from);
    if needle.is_empty() {
        return Some(last_start);
    }
    let hay = hay.slice(0, last_start + needle.len());
    match (hay, needle) {
        (StrView::Latin1(h), StrView::Latin1(n)) => rfind_latin1(h, n),
        (StrView::Latin1(h), StrView::Utf16(n)) => rfind_latin1(h, &narrow(n)?),
        (StrView::Utf16(h), StrView::Latin1(n)) => rfind_utf16(h, n),
        (StrView::Utf16(h), StrView::Utf16(n)) => rfind_utf16(h, n),
    }
}

/// Whether `needle` occurs in `hay` exactly at `at`.
#[inline]
pub fn starts_with_at(hay: StrView<'_>, needle: StrView<'_>, at: usize) -> bool {
    at <= hay.len() && needle.len() <= hay.len() - at && hay.slice(at, at + needle.len()) == needle
}

/// Whether the part of `hay` before `end` ends with `needle`.
#[inline]
pub fn ends_with_at(hay: StrView<'_>, needle: StrView<'_>, end: usize) -> bool {
    let end = end.min(hay.len());
    needle.len() <= end && hay.slice(end - needle.len(), end) == needle
}

/// The needle as Latin-1, or `None` if it cannot occur in a Latin-1 string.
fn narrow(needle: &[u16]) -> Option<Vec<u8>> {
    needle.iter().map(|&u| u8::try_from(u).ok()).collect()
}

fn find_latin1(hay: &[u8], needle: &[u8]) -> Option<usize> {
    match needle {
        [one] => memchr::memchr(*one, hay),
        _ => memchr::memmem::find(hay, needle),
    }
}

fn rfind_latin1(hay: &[u8], needle: &[u8]) -> Option<usize> {
    match needle {
        [one] => memchr::memrchr(*one, hay),
        _ => rfind_in_blocks(hay, needle),
    }
}

/// The last occurrence, by forward searches (which are vectorized, unlike those that `memchr` does backwards) of blocks from
/// the end. What blocks have in common is short beside them, and only one of them is searched backwards, so that the time
/// stays linear.
fn rfind_in_blocks(hay: &[u8], needle: &[u8]) -> Option<usize> {
    const BLOCK: usize = 1024;
    let size = BLOCK.max(needle.len().saturating_mul(4));
    let finder = memchr::memmem::Finder::new(needle);
    // Occurrences that begin at `end` or later have been looked for.
    let mut end = (hay.len() + 1).checked_sub(needle.len())?;
    while end > 0 {
        let start = end.saturating_sub(size);
        let block = hay.get(start..end + needle.len() - 1)?;
        if finder.find(block).is_some() {
            return memchr::memmem::rfind(block, needle).map(|i| start + i);
        }
        end = start;
    }
    None
}

/// The index of the first `unit`, testing blocks without an early exit so that the test vectorizes.
fn find_unit(hay: &[u16], unit: u16) -> Option<usize> {
    let (chunks, rest) = hay.as_chunks::<32>();
    for (i, chunk) in chunks.iter().enumerate() {
        if chunk.iter().fold(false, |acc, &u| acc | (u == unit)) {
            return chunk.iter().position(|&u| u == unit).map(|j| i * 32 + j);
        }
    }
    rest.iter()
        .position(|&u| u == unit)
        .map(|j| chunks.len() * 32 + j)
}

#[inline]
fn matches_at<N: Unit>(window: &[u16], needle: &[N]) -> usize {
    window
        .iter()
        .zip(needle)
        .take_while(|&(&h, &n)| h == n.into())
        .count()
}

fn find_utf16<N: Unit>(hay: &[u16], needle: &[N]) -> Option<usize> {
    let (&first, rest) = needle.split_first()?;
    if rest.is_empty() {
        return find_unit(hay, first.into());
    }
    // Wasted comparisons tolerated before the linear-time algorithm takes over.
    let mut budget = 64 + hay.len();
    let last_start = hay.len().checked_sub(needle.len())?;
    let mut at = 0;
    while at <= last_start {
        at += find_unit(&hay[at..=last_start], first.into())?;
        let matched = matches_at(&hay[at + 1..], rest);
        if matched == rest.len() {
            return Some(at);
        }
        if matched + 1 > budget {
            return kmp(hay, needle, at, false);
        }
        budget -= matched + 1;
        at += 1;
    }
    None
}

fn rfind_utf16<N: Unit>(hay: &[u16], needle: &[N]) -> Option<usize> {
    let (&first, rest) = needle.split_first()?;
    let mut budget = 64 + hay.len();
    let mut end = hay.len().checked_sub(needle.len())? + 1;
    while end > 0 {
        let at = hay[..end].iter().rposition(|&u| u == first.into())?;
        let matched = matches_at(&hay[at + 1..], rest);
        if matched == rest.len() {
            return Some(at);
        }
        if matched + 1 > budget {
            return kmp(&hay[..at + rest.len()], needle, 0, true);
        }
        budget -= matched + 1;
        end = at;
    }
    None
}

/// Knuth-Morris-Pratt from `start`: the first occurrence, or the last one if `last` is set.
fn kmp<N: Unit>(hay: &[u16], needle: &[N], start: usize, last: bool) -> Option<usize> {
    let mut fail = vec![0usize; needle.len()];
    let mut k = 0;
    for i in 1..needle.len() {
        while k > 0 && needle[i] != needle[k] {
            k = fail[k - 1];
        }
        if needle[i] == needle[k] {
            k += 1;
        }
        fail[i] = k;
    }
    let mut found = None;
    let mut matched = 0;
    for (i, &unit) in hay.iter().enumerate().skip(start) {
        while matched > 0 && unit != needle[matched].into() {
            matched = fail[matched - 1];
        }
        if unit == needle[matched].into() {
            matched += 1;
        }
        if matched == needle.len() {
            found = Some(i + 1 - matched);
            if !last {
                break;
            }
            matched = fail[matched - 1];
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all_forms(hay: &str, needle: &str, check: impl Fn(StrView<'_>, StrView<'_>)) {
        let (h, n): (Vec<u16>, Vec<u16>) = (
            hay.encode_utf16().collect(),
            needle.encode_utf16().collect(),
        );
        check(StrView::ascii(hay), StrView::ascii(needle));
        check(StrView::Utf16(&h), StrView::ascii(needle));
        check(StrView::ascii(hay), StrView::Utf16(&n));
        check(StrView::Utf16(&h), StrView::Utf16(&n));
    }

    #[test]
    fn forward_and_backward() {
        all_forms("abcabcabd", "abc", |h, n| {
            assert_eq!(index_of(h, n, 0), Some(0));
            assert_eq!(index_of(h, n, 1), Some(3));
            assert_eq!(index_of(h, n, 4), None);
            assert_eq!(last_index_of(h, n, usize::MAX), Some(3));
            assert_eq!(last_index_of(h, n, 2), Some(0));
            assert!(starts_with_at(h, n, 3) && !starts_with_at(h, n, 4));
            assert!(ends_with_at(h, n, 6) && !ends_with_at(h, n, 7));
        });
        all_forms("abc", "", |h, n| {
            assert_eq!(index_of(h, n, 3), Some(3));
            assert_eq!(index_of(h, n, 4), None);
            assert_eq!(last_index_of(h, n, 9), Some(3));
        });
        all_forms("a", "abc", |h, n| {
            assert_eq!((index_of(h, n, 0), last_index_of(h, n, 9)), (None, None))
        });
    }

    #[test]
    fn wide_needle_never_in_latin1() {
        assert_eq!(
            index_of(StrView::Latin1(b"\x61\x62"), StrView::Utf16(&[0x161]), 0),
            None
        );
    }

    #[test]
    fn the_last_of_many_across_blocks() {
        for len in [1, 2, 3, 700, 5000] {
            let needle = vec![b'x'; len];
            for at in [0, 1, 1023, 1024, 1025, 2047, 4096, 9000] {
                let mut hay = vec![b'.'; 10_000 + len];
                hay[at..at + len].fill(b'x');
                let found =
                    last_index_of(StrView::Latin1(&hay), StrView::Latin1(&needle), usize::MAX);
                assert_eq!(found, Some(at), "{len} at {at}");
                hay.fill(b'x');
                let found = last_index_of(StrView::Latin1(&hay), StrView::Latin1(&needle), at);
                assert_eq!(found, Some(at), "{len} from {at}");
            }
        }
    }

    #[test]
    fn pathological_input_is_linear() {
        let hay = vec![0x100u16; 200_000];
        let mut needle = vec![0x100u16; 50_000];
        needle.push(0x101);
        assert_eq!(
            index_of(StrView::Utf16(&hay), StrView::Utf16(&needle), 0),
            None
        );
        let mut hay2 = hay.clone();
        hay2[60_000] = 0x101;
        assert_eq!(
            index_of(StrView::Utf16(&hay2), StrView::Utf16(&needle), 0),
            Some(10_000)
        );
        assert_eq!(
            last_index_of(StrView::Utf16(&hay2), StrView::Utf16(&needle), usize::MAX),
            Some(10_000)
        );
        needle.insert(0, 0x101);
        assert_eq!(
            last_index_of(StrView::Utf16(&hay), StrView::Utf16(&needle), usize::MAX),
            None
        );
    }
}
