//! String comparison for `localeCompare` while no collator is at hand: the root collation for ASCII, and a fair
//! approximation of it elsewhere.
//!
//! Three levels as in UTS #10. Primary: punctuation < symbols < digits < letters (ASCII by table, other characters
//! after ASCII letters by code point of their decomposition). Secondary: combining marks. Tertiary: lower case before
//! upper case. Canonically equivalent strings compare equal.

use super::normalize::{NormalizationForm, normalize};
use super::view::StrView;
use std::cmp::Ordering;

/// Printable ASCII below the digits in the order of the root collation.
const PUNCTUATION: &[u8] = b"\t\n\x0B\x0C\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$";

/// First primary weight after everything in `PUNCTUATION`.
const DIGIT_BASE: u32 = 0x40;
const LETTER_BASE: u32 = 0x50;
/// Non-ASCII characters come after all ASCII letters.
const OTHER_BASE: u32 = 0x100;

/// Primary weights of ASCII, 0 for ignorable control characters.
static ASCII_PRIMARY: [u8; 128] = ascii_primary();

const fn ascii_primary() -> [u8; 128] {
    let mut table = [0; 128];
    let mut i = 0;
    while i < PUNCTUATION.len() {
        table[PUNCTUATION[i] as usize] = i as u8 + 1;
        i += 1;
    }
    let mut i = 0;
    while i < 10 {
        table[b'0' as usize + i] = DIGIT_BASE as u8 + i as u8;
        i += 1;
    }
    let mut i = 0;
    while i < 26 {
        table[b'a' as usize + i] = LETTER_BASE as u8 + i as u8;
        table[b'A' as usize + i] = LETTER_BASE as u8 + i as u8;
        i += 1;
    }
    table
}

/// Whether the code point is a combining mark of the blocks that matter for European accents and vowel signs; such
/// marks weigh on the second level only.
fn is_mark(c: u32) -> bool {
    matches!(c, 0x300..=0x36F | 0x483..=0x487 | 0x591..=0x5BD | 0x64B..=0x65F | 0x1AB0..=0x1AFF | 0x1DC0..=0x1DFF | 0x20D0..=0x20FF | 0xFE20..=0xFE2F)
}

/// (primary, tertiary) of a code point that is not a mark; primary 0 means ignorable.
fn weights(c: u32) -> (u32, u8) {
    if let Some(&primary) = ASCII_PRIMARY.get(c as usize) {
        return (u32::from(primary), u8::from((0x41..=0x5A).contains(&c)));
    }
    match char::from_u32(c) {
        Some(ch) if ch.is_uppercase() => {
            let mut lower = ch.to_lowercase();
            let folded = lower.next().map_or(c, u32::from);
            (OTHER_BASE + folded, 1)
        }
        _ => (OTHER_BASE + c, 0),
    }
}

struct Keys {
    primary: Vec<u32>,
    secondary: Vec<u32>,
    tertiary: Vec<u8>,
}

fn keys(view: StrView<'_>) -> Keys {
    let decomposed = normalize(view, NormalizationForm::Nfd);
    let view = decomposed.as_ref().map_or(view, |buf| buf.view());
    let mut keys = Keys {
        primary: Vec::with_capacity(view.len()),
        secondary: Vec::new(),
        tertiary: Vec::new(),
    };
    for c in view.code_points() {
        if is_mark(c) {
            keys.secondary.push(c);
            continue;
        }
        let (primary, tertiary) = weights(c);
        if primary != 0 {
            keys.primary.push(primary);
            // A base character weighs less than any mark, so "ab" < "áb" < "áb́".
            keys.secondary.push(1);
            keys.tertiary.push(tertiary);
        }
    }
    keys
}

/// Compares two strings the way a user expects lists to be sorted.
pub fn basic_locale_compare(a: StrView<'_>, b: StrView<'_>) -> Ordering {
    if a == b {
        return Ordering::Equal;
    }
    if let (StrView::Latin1(x), StrView::Latin1(y)) = (a, b)
        && x.is_ascii()
        && y.is_ascii()
    {
        return compare_ascii(x, y);
    }
    let (x, y) = (keys(a), keys(b));
    x.primary
        .cmp(&y.primary)
        .then_with(|| x.secondary.cmp(&y.secondary))
        .then_with(|| x.tertiary.cmp(&y.tertiary))
}

fn compare_ascii(a: &[u8], b: &[u8]) -> Ordering {
    let primary = |s: &[u8]| {
        s.iter()
            .map(|&c| ASCII_PRIMARY[usize::from(c & 0x7F)])
            .filter(|&w| w != 0)
            .collect::<Vec<_>>()
    };
    let case = |s: &[u8]| {
        s.iter()
            .filter(|&&c| ASCII_PRIMARY[usize::from(c & 0x7F)] != 0)
            .map(u8::is_ascii_uppercase)
            .collect::<Vec<_>>()
    };
    // The usual case is a difference before any ignorable character: no allocation.
    for (&x, &y) in a.iter().zip(b) {
        let (p, q) = (
            ASCII_PRIMARY[usize::from(x & 0x7F)],
            ASCII_PRIMARY[usize::from(y & 0x7F)],
        );
        if p == 0 || q == 0 {
            break;
        }
        if p != q {
            return p.cmp(&q);
        }
    }
    primary(a)
        .cmp(&primary(b))
        .then_with(|| case(a).cmp(&case(b)))
}

#[cfg(test)]
mod tests {
    use super::super::encoding::from_utf8;
    use super::*;

    fn cmp(a: &str, b: &str) -> i32 {
        basic_locale_compare(from_utf8(a).view(), from_utf8(b).view()) as i32
    }

    #[test]
    fn like_the_root_collation() {
        assert_eq!(cmp("a", "B"), -1);
        assert_eq!(cmp("a", "A"), -1);
        assert_eq!(cmp("A", "b"), -1);
        assert_eq!(cmp("aB", "Ab"), -1);
        assert_eq!(cmp("a", "á"), -1);
        assert_eq!(cmp("á", "b"), -1);
        assert_eq!(cmp("z", "é"), 1);
        assert_eq!(cmp("10", "9"), -1);
        assert_eq!(cmp("_a", "a"), -1);
        assert_eq!(cmp("résumé", "resume"), 1);
        assert_eq!(cmp("ä", "a\u{308}"), 0);
        assert_eq!(cmp("", "a"), -1);
        assert_eq!(cmp("ж", "Ж"), -1);
    }
}
