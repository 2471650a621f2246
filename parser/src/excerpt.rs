//! The source line of an error with carets under what is wrong.

use crate::span::LineTable;

/// Lines up to this many columns are shown whole.
const WHOLE: usize = 200;
/// What is shown on either side of an error in longer lines (minified files have lines of megabytes).
const AROUND: usize = 80;

/// A line of source and what to print under it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Excerpt {
    /// Line, from 1.
    pub line: u32,
    /// Column in UTF-16 code units, from 1.
    pub column: u32,
    /// The line, or the part of it around the error.
    pub text: String,
    /// Blanks and carets; tabs stand under tabs, and wide characters count as two columns.
    pub marks: String,
}

/// The line of byte `start` of `source` with `start..end` marked.
pub fn excerpt(lines: &LineTable, source: &[u8], start: u32, end: u32) -> Excerpt {
    let place = lines.line_column(source, start);
    let (text, line_start) = lines.line_text(source, place.line);
    let from = (start.saturating_sub(line_start) as usize).min(text.len());
    let to = (end.saturating_sub(line_start) as usize).clamp(from, text.len());
    let boundary = |mut at: usize| {
        while at > 0 && text.get(at).is_some_and(|byte| byte & 0xC0 == 0x80) {
            at -= 1;
        }
        at
    };
    let (mut first, mut last) = (0, text.len());
    if text.len() > WHOLE {
        first = boundary(from.saturating_sub(AROUND));
        last = boundary((to + AROUND).min(text.len()).min(from + 2 * AROUND)).max(first);
    }
    let from = boundary(from).clamp(first, last);
    let to = to.clamp(from, last);
    let lossy = |range: std::ops::Range<usize>| String::from_utf8_lossy(&text[range]).into_owned();
    let mut shown = lossy(first..last);
    let mut marks: String = lossy(first..from)
        .chars()
        .flat_map(|c| match c {
            '\t' => std::iter::repeat_n('\t', 1),
            c => std::iter::repeat_n(' ', columns(c)),
        })
        .collect();
    if first > 0 {
        shown.insert(0, '…');
        marks.insert(0, ' ');
    }
    if last < text.len() {
        shown.push('…');
    }
    let marked: usize = lossy(from..to).chars().map(columns).sum();
    marks.push_str(&"^".repeat(marked.max(1)));
    Excerpt {
        line: place.line,
        column: place.column,
        text: shown,
        marks,
    }
}

/// Ranges of characters that terminals show in two columns.
const WIDE: &[(u32, u32)] = &[
    (0x1100, 0x115F),
    (0x231A, 0x231B),
    (0x2E80, 0x303E),
    (0x3041, 0x4DBF),
    (0x4E00, 0xA4CF),
    (0xA960, 0xA97C),
    (0xAC00, 0xD7A3),
    (0xF900, 0xFAFF),
    (0xFE30, 0xFE6F),
    (0xFF01, 0xFF60),
    (0xFFE0, 0xFFE6),
    (0x1F300, 0x1F64F),
    (0x1F680, 0x1F6FF),
    (0x1F900, 0x1F9FF),
    (0x20000, 0x3FFFD),
];

/// Ranges of characters that take no column.
const COMBINING: &[(u32, u32)] = &[
    (0x0300, 0x036F),
    (0x0483, 0x0489),
    (0x0591, 0x05BD),
    (0x064B, 0x065F),
    (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1DFF),
    (0x200B, 0x200F),
    (0x20D0, 0x20FF),
    (0xFE00, 0xFE0F),
    (0xFE20, 0xFE2F),
    (0xFEFF, 0xFEFF),
];

/// Columns that a terminal gives a character.
fn columns(c: char) -> usize {
    let c = c as u32;
    let inside =
        |ranges: &[(u32, u32)]| ranges.iter().any(|&(first, last)| first <= c && c <= last);
    match c {
        0..0x300 => 1,
        _ if inside(COMBINING) => 0,
        _ if inside(WIDE) => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(source: &str, needle: &str) -> String {
        let start = source.find(needle).unwrap_or(0) as u32;
        let e = excerpt(
            &LineTable::new(),
            source.as_bytes(),
            start,
            start + needle.len() as u32,
        );
        format!("{}:{} {}\n{}", e.line, e.column, e.text, e.marks)
    }

    #[test]
    fn tabs_wide_and_combining_characters() {
        assert_eq!(marks("a\n\tb c", "c"), "2:4 \tb c\n\t  ^");
        assert_eq!(marks("日本 x", "x"), "1:4 日本 x\n     ^");
        assert_eq!(marks("x = 日本", "日本"), "1:5 x = 日本\n    ^^^^");
        assert_eq!(marks("e\u{301} x", "x"), "1:4 e\u{301} x\n  ^");
        assert_eq!(marks("😀 x", "x"), "1:4 😀 x\n   ^");
    }

    #[test]
    fn long_lines_are_cut_around_the_error() {
        let line = format!("{}bad{}", "a".repeat(1000), "z".repeat(1000));
        let e = excerpt(&LineTable::new(), line.as_bytes(), 1000, 1003);
        assert_eq!(e.column, 1001);
        assert_eq!(e.text, format!("…{}bad{}…", "a".repeat(80), "z".repeat(80)));
        assert_eq!(e.marks, format!("{}^^^", " ".repeat(81)));
    }

    #[test]
    fn ranges_outside_the_line() {
        let e = excerpt(&LineTable::new(), b"ab", 90, 99);
        assert_eq!((e.text.as_str(), e.marks.as_str()), ("ab", "  ^"));
    }
}
