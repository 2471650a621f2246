//! Regular-expression literals: found by the parser, checked by the engine that will run them.

use super::{Parser, Res};
use crate::ast::{Expr, ExprKind};
use crate::diagnostics::DiagnosticKind as K;
use crate::names::{Name, decode, lossy};
use crate::span::Span;
use rustc_hash::FxHashMap;

/// Literals found valid so far.
#[derive(Default)]
pub(super) struct Validated {
    seen: FxHashMap<(Name, Name), ()>,
}

impl<'a> Parser<'a, '_> {
    /// A regular-expression literal; the current token is the `/` or `/=` it starts with.
    #[inline(never)]
    pub(super) fn regexp_literal(&mut self) -> Res<&'a Expr<'a>> {
        if self.at_open_comment(&self.token) {
            return self.unexpected();
        }
        let start = self.token.start;
        let Some(end) = self.regexp_body_end(start as usize + 1) else {
            let span = Span::new(start, self.token.end);
            return self.fail(K::UnterminatedRegExp, span);
        };
        let source = self.lexer.source;
        let pattern = self.lexer.names.intern(&source[start as usize + 1..end]);
        let flags_start = end + 1;
        let flags_end = self.regexp_flags_end(flags_start);
        let flags = self.lexer.names.intern(&source[flags_start..flags_end]);
        let span = Span::new(start, flags_end as u32);
        self.check_regexp(pattern, flags, span)?;
        self.lexer.position = flags_end;
        self.token.end = flags_end as u32;
        self.advance();
        Ok(self.node(span, ExprKind::RegExp { pattern, flags }))
    }

    /// Where the closing `/` is.
    fn regexp_body_end(&self, start: usize) -> Option<usize> {
        let source = self.lexer.source;
        let mut at = start;
        let mut in_class = false;
        loop {
            match *source.get(at)? {
                b'/' if !in_class => return Some(at),
                b'[' => in_class = true,
                b']' => in_class = false,
                b'\\' => {
                    at += 1;
                    if matches!(source.get(at)?, b'\n' | b'\r') || is_separator(source, at) {
                        return None;
                    }
                }
                b'\n' | b'\r' => return None,
                0xE2 if is_separator(source, at) => return None,
                _ => {}
            }
            at += 1;
        }
    }

    /// Flags are identifier characters; anything but the known letters is found bad later.
    fn regexp_flags_end(&self, start: usize) -> usize {
        let source = self.lexer.source;
        let mut at = start;
        while let Some(&byte) = source.get(at) {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'$' | b'_' | b'\\' => at += 1,
                0x80.. => {
                    let (code_point, len) = decode(source, at);
                    let is_part = char::from_u32(code_point)
                        .is_some_and(unicode_id_start::is_id_continue_unicode);
                    if !is_part {
                        break;
                    }
                    at += len;
                }
                _ => break,
            }
        }
        at
    }

    fn check_regexp(&mut self, pattern: Name, flags: Name, span: Span) -> Res<()> {
        let flag_bytes = self.lexer.names.bytes(flags);
        let mut seen = 0u32;
        for &flag in flag_bytes {
            let Some(index) = b"dgimsuvy".iter().position(|&known| known == flag) else {
                return self.fail(K::InvalidRegExpFlags, span);
            };
            if seen & 1 << index != 0 {
                return self.fail(K::InvalidRegExpFlags, span);
            }
            seen |= 1 << index;
        }
        let both = 1 << 5 | 1 << 6;
        if seen & both == both {
            return self.fail(K::InvalidRegExpFlags, span);
        }
        let body = self.lexer.names.bytes(pattern);
        if is_plain(body) || self.regexps.seen.contains_key(&(pattern, flags)) {
            return Ok(());
        }
        match crate::regexp::validate(body, flag_bytes) {
            Ok(()) => {
                self.regexps.seen.insert((pattern, flags), ());
                Ok(())
            }
            Err(reason) => {
                let (body, flags) = (lossy(body).into_owned(), lossy(flag_bytes).into_owned());
                self.fail_with(K::InvalidRegExp, span, &[&body, &flags, &reason])
            }
        }
    }
}

fn is_separator(source: &[u8], at: usize) -> bool {
    matches!(source.get(at..at + 3), Some([0xE2, 0x80, 0xA8 | 0xA9]))
}

/// Patterns of nothing but literal characters and the plainest of escapes are valid with any flags.
fn is_plain(body: &[u8]) -> bool {
    let mut at = 0;
    while let Some(&byte) = body.get(at) {
        match byte {
            b'a'..=b'z'
            | b'A'..=b'Z'
            | b'0'..=b'9'
            | b' '
            | b'_'
            | b'-'
            | b','
            | b';'
            | b':'
            | b'\''
            | b'"'
            | b'<'
            | b'>'
            | b'='
            | b'!'
            | b'@'
            | b'#'
            | b'%'
            | b'&'
            | b'~'
            | b'`'
            | b'.'
            | b'^'
            | b'$' => at += 1,
            b'\\' => match body.get(at + 1) {
                Some(
                    b'n' | b'r' | b't' | b's' | b'S' | b'd' | b'D' | b'w' | b'W' | b'.' | b'/'
                    | b'\\' | b'*' | b'+' | b'?' | b'(' | b')' | b'[' | b']' | b'{' | b'}' | b'|'
                    | b'^' | b'$' | b'b' | b'B',
                ) => at += 2,
                _ => return false,
            },
            _ => return false,
        }
    }
    true
}
