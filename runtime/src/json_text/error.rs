//! Syntax errors of JSON text in V8's words.

use crate::text::{StrBuf, StrBuilder, StrView};

/// What is wrong, before it is put into words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// Whatever stands at the position cannot stand there.
    Unexpected,
    PropertyNameOrBrace,
    DoubleQuotedPropertyName,
    Colon,
    CommaOrBrace,
    CommaOrBracket,
    AfterJson,
    UnterminatedString,
    ControlCharacter,
    EscapedCharacter,
    UnicodeEscape,
    NoNumberAfterMinus,
    LeadingZero,
    Fraction,
    Exponent,
}

impl Problem {
    /// The words before the position; empty for `Unexpected`, which quotes the text instead.
    const fn words(self) -> &'static str {
        match self {
            Problem::Unexpected => "",
            Problem::PropertyNameOrBrace => "Expected property name or '}' in JSON",
            Problem::DoubleQuotedPropertyName => "Expected double-quoted property name in JSON",
            Problem::Colon => "Expected ':' after property name in JSON",
            Problem::CommaOrBrace => "Expected ',' or '}' after property value in JSON",
            Problem::CommaOrBracket => "Expected ',' or ']' after array element in JSON",
            Problem::AfterJson => "Unexpected non-whitespace character after JSON",
            Problem::UnterminatedString => "Unterminated string in JSON",
            Problem::ControlCharacter => "Bad control character in string literal in JSON",
            Problem::EscapedCharacter => "Bad escaped character in JSON",
            Problem::UnicodeEscape => "Bad Unicode escape in JSON",
            Problem::NoNumberAfterMinus => "No number after minus sign in JSON",
            Problem::LeadingZero => "Unexpected number in JSON",
            Problem::Fraction => "Unterminated fractional number in JSON",
            Problem::Exponent => "Exponent part is missing a number in JSON",
        }
    }
}

/// Code units quoted on either side of an unexpected token.
const CONTEXT: usize = 10;

/// Texts that come from passing the wrong thing to `JSON.parse`.
const SPECIAL: [&str; 4] = ["undefined", "NaN", "Infinity", "[object Object]"];

/// A syntax error at a position of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonError {
    pub(super) problem: Problem,
    /// Code-unit index.
    pub(super) position: usize,
}

impl JsonError {
    /// The message of the SyntaxError; `source` is the whole text that was parsed.
    pub fn message(&self, source: StrView<'_>) -> StrBuf {
        let mut out = StrBuilder::new();
        if self.problem != Problem::Unexpected {
            self.located(self.problem.words(), source, &mut out);
            return out.finish();
        }
        match source.code_point_at(self.position) {
            None => out.push_str("Unexpected end of JSON input"),
            Some((0x30..=0x39 | 0x2D, _)) => {
                self.located("Unexpected number in JSON", source, &mut out)
            }
            Some((0x22, _)) => self.located("Unexpected string in JSON", source, &mut out),
            Some(_) if SPECIAL.iter().any(|text| source.eq_ascii(text)) => {
                out.push_str("\"");
                out.push_view(source);
                out.push_str("\" is not valid JSON");
            }
            Some(_) => self.token(source, &mut out),
        }
        out.finish()
    }

    /// `words at position p (line l column c)`.
    fn located(&self, words: &str, source: StrView<'_>, out: &mut StrBuilder) {
        let before = source.slice(0, self.position);
        let (mut line, mut line_start) = (1, 0);
        let mut previous = 0;
        for (i, unit) in before.units().enumerate() {
            // A CR LF pair is one line break, counted at its first half.
            if unit == 0x0D || (unit == 0x0A && previous != 0x0D) {
                line += 1;
            }
            if matches!(unit, 0x0A | 0x0D) {
                line_start = i + 1;
            }
            previous = unit;
        }
        let column = self.position.saturating_sub(line_start) + 1;
        out.push_str(&format!(
            "{words} at position {} (line {line} column {column})",
            self.position
        ));
    }

    fn token(&self, source: StrView<'_>, out: &mut StrBuilder) {
        let len = source.len();
        let (mut start, mut end) = (0, len);
        let long = len > 2 * CONTEXT;
        if long {
            start = self.position.saturating_sub(CONTEXT);
            if self.position < len - CONTEXT {
                end = self.position + CONTEXT;
            }
        }
        out.push_str("Unexpected token '");
        out.push_view(source.slice(self.position, self.position + 1));
        out.push_str(if long && self.position >= CONTEXT {
            "', ...\""
        } else {
            "', \""
        });
        out.push_view(source.slice(start, end));
        out.push_str(if end < len {
            "\"... is not valid JSON"
        } else {
            "\" is not valid JSON"
        });
    }
}
