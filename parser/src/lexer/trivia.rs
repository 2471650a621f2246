//! White space, line terminators and comments.

use super::Lexer;
use crate::names::decode;
use memchr::{memchr, memchr_iter, memchr2, memchr3};

impl Lexer<'_> {
    /// Skips to the next token: its start, and whether a line terminator was passed. An unterminated comment stops the
    /// position at its `/`.
    #[inline]
    pub(super) fn skip_trivia(&self) -> (usize, bool) {
        let source = self.source;
        let mut at = self.position;
        let mut newline = at == 0;
        while let Some(&byte) = source.get(at) {
            match byte {
                b' ' | b'\t' | 0x0B | 0x0C => at += 1,
                b'\n' => {
                    newline = true;
                    at += 1;
                    // Indentation is the most common white space.
                    while source.get(at) == Some(&b' ') {
                        at += 1;
                    }
                }
                b'\r' => {
                    newline = true;
                    at += 1;
                }
                b'/' => match source.get(at + 1) {
                    Some(b'/') => at = line_end(source, at + 2),
                    Some(b'*') => match block_comment_end(source, at + 2) {
                        Some((end, has_newline)) => {
                            newline |= has_newline;
                            at = end;
                        }
                        None => break,
                    },
                    _ => break,
                },
                b'<' if self.html_comments && source[at..].starts_with(b"<!--") => {
                    at = line_end(source, at + 4);
                }
                b'-' if newline && self.html_comments && source[at..].starts_with(b"-->") => {
                    at = line_end(source, at + 3);
                }
                0x80.. => match decode(source, at) {
                    (0x2028 | 0x2029, len) => {
                        newline = true;
                        at += len;
                    }
                    (code_point, len) if is_space(code_point) => at += len,
                    _ => break,
                },
                _ => break,
            }
        }
        (at, newline)
    }
}

/// `WhiteSpace` outside ASCII.
fn is_space(code_point: u32) -> bool {
    matches!(
        code_point,
        0xA0 | 0x1680 | 0x2000..=0x200A | 0x202F | 0x205F | 0x3000 | 0xFEFF
    )
}

/// The end of the line that `at` is in.
pub(super) fn line_end(source: &[u8], mut at: usize) -> usize {
    while let Some(rest) = source.get(at..) {
        let Some(offset) = memchr3(b'\n', b'\r', 0xE2, rest) else {
            break;
        };
        at += offset;
        match source[at..] {
            [0xE2, 0x80, 0xA8 | 0xA9, ..] | [b'\n' | b'\r', ..] => return at,
            _ => at += 1,
        }
    }
    source.len()
}

/// The end of a block comment whose content starts at `at`, and whether it holds a line terminator.
fn block_comment_end(source: &[u8], mut at: usize) -> Option<(usize, bool)> {
    let start = at;
    loop {
        at += memchr(b'*', source.get(at..)?)? + 1;
        if source.get(at) == Some(&b'/') {
            let text = &source[start..at];
            return Some((at + 1, contains_newline(text)));
        }
    }
}

fn contains_newline(text: &[u8]) -> bool {
    memchr2(b'\n', b'\r', text).is_some()
        || memchr_iter(0xE2, text).any(|at| matches!(text[at..], [0xE2, 0x80, 0xA8 | 0xA9, ..]))
}
