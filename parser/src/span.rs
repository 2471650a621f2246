//! Source positions: byte spans and the lazily built line table.
//!
//! Everything in the AST is positioned by byte offsets into the source; lines and columns exist only for people and are
//! computed on demand. Nothing here looks at tokens.

use std::sync::OnceLock;

/// A half-open byte range of the source text.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset one past the last byte.
    pub end: u32,
}

impl Span {
    /// The span from `start` to `end`.
    #[inline]
    pub const fn new(start: u32, end: u32) -> Span {
        Span { start, end }
    }

    /// The smallest span that covers both.
    #[inline]
    pub const fn to(self, other: Span) -> Span {
        Span {
            start: self.start,
            end: other.end,
        }
    }

    /// Length in bytes.
    #[inline]
    pub const fn len(self) -> u32 {
        self.end.saturating_sub(self.start)
    }

    /// Whether the span covers nothing.
    #[inline]
    pub const fn is_empty(self) -> bool {
        self.end <= self.start
    }

    /// The bytes of `source` the span covers (empty if out of range).
    #[inline]
    pub fn slice(self, source: &[u8]) -> &[u8] {
        source
            .get(self.start as usize..self.end as usize)
            .unwrap_or(&[])
    }
}

/// A position for people: both numbers count from one; the column counts UTF-16 code units, as JavaScript hosts do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LineColumn {
    /// Line, from 1.
    pub line: u32,
    /// Column in UTF-16 code units, from 1.
    pub column: u32,
}

/// Start offsets of all lines of a source; built at the first question.
///
/// LF, CR, CRLF, U+2028 and U+2029 end a line, as in ECMA-262.
#[derive(Default, Debug)]
pub struct LineTable {
    starts: OnceLock<Box<[u32]>>,
}

impl LineTable {
    /// An empty table; costs nothing until asked.
    pub const fn new() -> LineTable {
        LineTable {
            starts: OnceLock::new(),
        }
    }

    fn starts(&self, source: &[u8]) -> &[u32] {
        self.starts.get_or_init(|| {
            let mut starts = vec![0u32];
            let mut at = 0;
            while at < source.len() {
                match source[at] {
                    b'\n' => at += 1,
                    b'\r' => at += 1 + usize::from(source.get(at + 1) == Some(&b'\n')),
                    0xE2 if matches!(source.get(at + 1..at + 3), Some([0x80, 0xA8 | 0xA9])) => {
                        at += 3;
                    }
                    _ => {
                        at += 1;
                        continue;
                    }
                }
                starts.push(at as u32);
            }
            starts.into_boxed_slice()
        })
    }

    /// Line and column of byte `offset` of `source` (which must be the same source at every call).
    pub fn line_column(&self, source: &[u8], offset: u32) -> LineColumn {
        let starts = self.starts(source);
        let line = starts.partition_point(|&start| start <= offset).max(1);
        let start = starts[line - 1] as usize;
        let end = (offset as usize).min(source.len()).max(start);
        LineColumn {
            line: line as u32,
            column: utf16_len(&source[start..end]) as u32 + 1,
        }
    }

    /// The bytes of line `line` (from 1) without its terminator, and the offset it starts at.
    pub fn line_text<'s>(&self, source: &'s [u8], line: u32) -> (&'s [u8], u32) {
        let starts = self.starts(source);
        let index = (line.max(1) as usize - 1).min(starts.len() - 1);
        let start = starts[index] as usize;
        let end = starts
            .get(index + 1)
            .map_or(source.len(), |&next| next as usize);
        let mut text = &source[start..end];
        loop {
            match text {
                [rest @ .., b'\n' | b'\r'] | [rest @ .., 0xE2, 0x80, 0xA8 | 0xA9] => text = rest,
                _ => return (text, start as u32),
            }
        }
    }

    /// Number of lines.
    pub fn line_count(&self, source: &[u8]) -> u32 {
        self.starts(source).len() as u32
    }
}

/// Length in UTF-16 code units of WTF-8 text.
pub fn utf16_len(text: &[u8]) -> usize {
    text.iter()
        .map(|&byte| match byte {
            0x80..=0xBF => 0,
            0xF0..=0xFF => 2,
            _ => 1,
        })
        .sum()
}
