//! Numeric literals.

use super::{Legacy, Lexer, Tok, Token};
use crate::diagnostics::DiagnosticKind;

impl Lexer<'_> {
    /// Lexes a number; `token.start` is its first digit or dot.
    pub(super) fn number(&mut self, token: &mut Token) {
        let start = token.start as usize;
        token.kind = Tok::Number;
        let mut at = start;
        // Short plain integers are nearly all numbers.
        let mut value = 0u64;
        while self.byte(at).is_ascii_digit() && at - start < 15 {
            value = value * 10 + u64::from(self.byte(at) - b'0');
            at += 1;
        }
        let next = self.byte(at);
        let leading_zero = self.byte(start) == b'0' && at > start + 1;
        if !leading_zero
            && !matches!(next, b'.' | b'_' | b'\\' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'$' | 0x80..)
        {
            self.number = value as f64;
            self.position = at;
            return;
        }
        if self.byte(start) == b'0' {
            let radix = match self.byte(start + 1) {
                b'x' | b'X' => 16,
                b'o' | b'O' => 8,
                b'b' | b'B' => 2,
                b'0'..=b'9' => return self.legacy_number(token),
                b'_' => {
                    return self.fail(token, DiagnosticKind::ZeroSeparator, start + 1, start + 2);
                }
                _ => 10,
            };
            if radix != 10 {
                return self.radix_number(token, radix);
            }
        }
        self.decimal(token);
    }

    /// Skips digits with separators; `false` after noting an error.
    fn digits(&mut self, token: &mut Token, at: &mut usize, radix: u32) -> bool {
        let start = *at;
        loop {
            let byte = self.byte(*at);
            if char::from(byte).is_digit(radix) {
                *at += 1;
            } else if byte == b'_' {
                let kind = if *at == start {
                    DiagnosticKind::InvalidOrUnexpectedToken
                } else if self.byte(*at + 1) == b'_' {
                    DiagnosticKind::ContinuousSeparator
                } else if !char::from(self.byte(*at + 1)).is_digit(radix) {
                    DiagnosticKind::TrailingSeparator
                } else {
                    *at += 1;
                    continue;
                };
                self.fail(token, kind, *at, *at + 1);
                return false;
            } else {
                return true;
            }
        }
    }

    fn decimal(&mut self, token: &mut Token) {
        let start = token.start as usize;
        let mut at = start;
        if !self.digits(token, &mut at, 10) {
            return;
        }
        if self.byte(at) == b'n' && at > start {
            return self.big_int(token, at);
        }
        if self.byte(at) == b'.' {
            at += 1;
            if self.byte(at) == b'_' {
                return self.fail(token, DiagnosticKind::TrailingSeparator, at, at + 1);
            }
            if !self.digits(token, &mut at, 10) {
                return;
            }
        }
        if !self.exponent(token, &mut at) {
            return;
        }
        self.finish_decimal(token, at);
    }

    fn exponent(&mut self, token: &mut Token, at: &mut usize) -> bool {
        if !matches!(self.byte(*at), b'e' | b'E') {
            return true;
        }
        *at += 1;
        if matches!(self.byte(*at), b'+' | b'-') {
            *at += 1;
        }
        if !self.byte(*at).is_ascii_digit() {
            self.fail(
                token,
                DiagnosticKind::InvalidOrUnexpectedToken,
                token.start as usize,
                *at,
            );
            return false;
        }
        self.digits(token, at, 10)
    }

    fn finish_decimal(&mut self, token: &mut Token, end: usize) {
        let text = &self.source[token.start as usize..end];
        let parsed = if text.contains(&b'_') {
            self.scratch.clear();
            self.scratch
                .extend(text.iter().filter(|&&byte| byte != b'_'));
            fast_float2::parse::<f64, _>(&self.scratch)
        } else {
            fast_float2::parse::<f64, _>(text)
        };
        self.number = parsed.unwrap_or(f64::NAN);
        self.finish_number(token, end);
    }

    /// No identifier or digit may follow directly.
    fn finish_number(&mut self, token: &mut Token, end: usize) {
        self.position = end;
        if self.byte(end).is_ascii_digit() || self.starts_identifier(end) {
            self.fail(
                token,
                DiagnosticKind::InvalidOrUnexpectedToken,
                token.start as usize,
                end + 1,
            );
        }
    }

    /// `017`, `089`, `08.5`
    fn legacy_number(&mut self, token: &mut Token) {
        let start = token.start as usize;
        let mut at = start;
        let mut octal = true;
        while self.byte(at).is_ascii_digit() {
            octal &= self.byte(at) < b'8';
            at += 1;
        }
        if self.byte(at) == b'_' {
            let kind = if octal {
                DiagnosticKind::ZeroSeparator
            } else {
                DiagnosticKind::InvalidOrUnexpectedToken
            };
            return self.fail(token, kind, at, at + 1);
        }
        if octal {
            token.legacy = Legacy::Octal;
            self.number = radix_value(&self.source[start + 1..at], 3);
            return self.finish_number(token, at);
        }
        token.legacy = Legacy::LeadingZero;
        if self.byte(at) == b'.' {
            at += 1;
            if !self.digits(token, &mut at, 10) {
                return;
            }
        }
        if self.exponent(token, &mut at) {
            self.finish_decimal(token, at);
        }
    }

    fn radix_number(&mut self, token: &mut Token, radix: u32) {
        let start = token.start as usize;
        let digits = start + 2;
        let mut at = digits;
        if !self.digits(token, &mut at, radix) {
            return;
        }
        if at == digits {
            return self.fail(
                token,
                DiagnosticKind::InvalidOrUnexpectedToken,
                start,
                at + 1,
            );
        }
        if self.byte(at) == b'n' {
            return self.big_int(token, at);
        }
        self.number = radix_value(&self.source[digits..at], radix.trailing_zeros());
        self.finish_number(token, at);
    }

    fn big_int(&mut self, token: &mut Token, end: usize) {
        let text = &self.source[token.start as usize..end];
        token.kind = Tok::BigInt;
        token.name = if text.contains(&b'_') {
            self.scratch.clear();
            self.scratch
                .extend(text.iter().filter(|&&byte| byte != b'_'));
            self.intern_scratch()
        } else {
            self.names.intern(text)
        };
        self.finish_number(token, end + 1);
    }
}

/// The value of digits (separators ignored) in a radix of `1 << bits`, rounded to nearest, ties to even.
fn radix_value(digits: &[u8], bits: u32) -> f64 {
    let mut value = 0u64;
    let mut dropped = 0i32;
    let mut sticky = false;
    for &digit in digits.iter().filter(|&&digit| digit != b'_') {
        let digit = u64::from(char::from(digit).to_digit(16).unwrap_or(0));
        if value >> 58 == 0 {
            value = value << bits | digit;
        } else {
            // At least 58 significant bits are there: more only matter for ties.
            dropped = dropped.saturating_add(bits as i32);
            sticky |= digit != 0;
        }
    }
    // The sticky bit is far below the last kept one, so the conversion rounds once and correctly.
    (value | u64::from(sticky)) as f64 * 2f64.powi(dropped)
}
