//! The grammatical level: a pull parser that yields one event per value, key or bracket.

use super::error::{JsonError, Problem};
use super::scan::{JsonString, JsonUnit, Scanner};
use std::ops::Range;

/// What the parser came upon.
#[derive(Clone, Debug)]
pub enum JsonEvent {
    /// `{`; keys and values follow until the matching [`JsonEvent::EndObject`].
    StartObject,
    /// A property name; its value follows.
    Key(JsonString),
    /// `}`.
    EndObject,
    /// `[`; values follow until the matching [`JsonEvent::EndArray`].
    StartArray,
    /// `]`.
    EndArray,
    /// A string value.
    String(JsonString),
    /// A number value.
    Number(f64),
    /// `true` or `false`.
    Bool(bool),
    /// `null`.
    Null,
    /// The text is complete; comes once, after its one value.
    End,
}

/// What the grammar wants next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expect {
    Value,
    /// First element or `]`.
    FirstElement,
    /// First key or `}`.
    FirstKey,
    /// A separator or the closing bracket.
    AfterValue,
}

/// Innermost containers, one bit each: set for objects.
#[derive(Default)]
struct Nesting {
    full: Vec<u64>,
    bits: u64,
    used: u32,
}

impl Nesting {
    fn push(&mut self, object: bool) {
        if self.used == 64 {
            self.full.push(self.bits);
            (self.bits, self.used) = (0, 0);
        }
        self.bits = self.bits << 1 | u64::from(object);
        self.used += 1;
    }

    fn pop(&mut self) {
        self.bits >>= 1;
        self.used = self.used.saturating_sub(1);
        if self.used == 0
            && let Some(bits) = self.full.pop()
        {
            (self.bits, self.used) = (bits, 64);
        }
    }

    /// Whether the innermost container is an object; `None` outside of all.
    #[inline]
    fn top(&self) -> Option<bool> {
        (self.used > 0).then_some(self.bits & 1 == 1)
    }
}

/// A pull parser over the units of a text.
pub struct JsonParser<'a, U> {
    scanner: Scanner<'a, U>,
    expect: Expect,
    nesting: Nesting,
    token_start: usize,
}

impl<'a, U: JsonUnit> JsonParser<'a, U> {
    /// A parser at the start of `text`.
    pub fn new(text: &'a [U]) -> Self {
        JsonParser {
            scanner: Scanner { text, at: 0 },
            expect: Expect::Value,
            nesting: Nesting::default(),
            token_start: 0,
        }
    }

    /// The units of the text.
    #[inline]
    pub fn text(&self) -> &'a [U] {
        self.scanner.text
    }

    /// Where the last event stands in the text: for scalars, their source text.
    #[inline]
    pub fn last_range(&self) -> Range<usize> {
        self.token_start..self.scanner.at
    }

    /// The next event. After an error or [`JsonEvent::End`] there is nothing more to ask.
    #[inline]
    pub fn next_event(&mut self) -> Result<JsonEvent, JsonError> {
        self.scanner.skip_space();
        match self.expect {
            Expect::Value => self.value(),
            Expect::AfterValue => self.after_value(),
            Expect::FirstElement => {
                if self.scanner.peek() == u16::from(b']') {
                    return Ok(self.close(JsonEvent::EndArray));
                }
                self.value()
            }
            Expect::FirstKey => {
                if self.scanner.peek() == u16::from(b'}') {
                    return Ok(self.close(JsonEvent::EndObject));
                }
                self.key(Problem::PropertyNameOrBrace, Problem::Colon)
            }
        }
    }

    fn close(&mut self, event: JsonEvent) -> JsonEvent {
        self.token_start = self.scanner.at;
        self.scanner.at += 1;
        self.nesting.pop();
        self.expect = Expect::AfterValue;
        event
    }

    fn after_value(&mut self) -> Result<JsonEvent, JsonError> {
        match (
            self.nesting.top(),
            u8::try_from(self.scanner.peek()).unwrap_or(0),
        ) {
            (Some(false), b',') => {
                self.scanner.at += 1;
                self.scanner.skip_space();
                self.value()
            }
            (Some(true), b',') => {
                self.scanner.at += 1;
                self.scanner.skip_space();
                self.key(Problem::DoubleQuotedPropertyName, Problem::Unexpected)
            }
            (Some(false), b']') => Ok(self.close(JsonEvent::EndArray)),
            (Some(true), b'}') => Ok(self.close(JsonEvent::EndObject)),
            (Some(false), _) => self.scanner.fail(Problem::CommaOrBracket),
            (Some(true), _) => self.scanner.fail(Problem::CommaOrBrace),
            (None, _) if self.scanner.at_end() => Ok(JsonEvent::End),
            (None, _) => self.scanner.fail(Problem::AfterJson),
        }
    }

    /// A property name and its colon, and what it is called when either is missing.
    #[inline]
    fn key(&mut self, no_name: Problem, no_colon: Problem) -> Result<JsonEvent, JsonError> {
        if self.scanner.peek() != u16::from(b'"') {
            return self.scanner.fail(no_name);
        }
        self.token_start = self.scanner.at;
        let key = self.scanner.string()?;
        self.scanner.skip_space();
        if self.scanner.peek() != u16::from(b':') {
            return self.scanner.fail(no_colon);
        }
        self.scanner.at += 1;
        self.expect = Expect::Value;
        Ok(JsonEvent::Key(key))
    }

    #[inline]
    fn value(&mut self) -> Result<JsonEvent, JsonError> {
        self.token_start = self.scanner.at;
        self.expect = Expect::AfterValue;
        match u8::try_from(self.scanner.peek()).unwrap_or(0) {
            b'"' => Ok(JsonEvent::String(self.scanner.string()?)),
            b'-' | b'0'..=b'9' => Ok(JsonEvent::Number(self.scanner.number()?)),
            b'{' => {
                self.scanner.at += 1;
                self.nesting.push(true);
                self.expect = Expect::FirstKey;
                Ok(JsonEvent::StartObject)
            }
            b'[' => {
                self.scanner.at += 1;
                self.nesting.push(false);
                self.expect = Expect::FirstElement;
                Ok(JsonEvent::StartArray)
            }
            b't' => self
                .scanner
                .literal(b"true")
                .map(|()| JsonEvent::Bool(true)),
            b'f' => self
                .scanner
                .literal(b"false")
                .map(|()| JsonEvent::Bool(false)),
            b'n' => self.scanner.literal(b"null").map(|()| JsonEvent::Null),
            _ => self.scanner.fail(Problem::Unexpected),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::to_utf8_lossy;

    /// Runs a text through both widths and prints its events, or the error's message.
    fn run(text: &str) -> String {
        let wide: Vec<u16> = text.encode_utf16().collect();
        let from_wide = events(&wide);
        if text.is_ascii() {
            assert_eq!(events(text.as_bytes()), from_wide);
        }
        from_wide
    }

    fn events<U: JsonUnit>(text: &[U]) -> String {
        let mut parser = JsonParser::new(text);
        let mut out = String::new();
        loop {
            let string = |s: JsonString| match s {
                JsonString::Plain(range) => to_utf8_lossy(U::view(&text[range])),
                JsonString::Escaped(buf) => to_utf8_lossy(buf.view()),
            };
            match parser.next_event() {
                Ok(JsonEvent::StartObject) => out.push('{'),
                Ok(JsonEvent::EndObject) => out.push('}'),
                Ok(JsonEvent::StartArray) => out.push('['),
                Ok(JsonEvent::EndArray) => out.push(']'),
                Ok(JsonEvent::Key(key)) => out.push_str(&format!("{}:", string(key))),
                Ok(JsonEvent::String(s)) => out.push_str(&format!("'{}' ", string(s))),
                Ok(JsonEvent::Number(x)) => out.push_str(&format!("{x} ")),
                Ok(JsonEvent::Bool(b)) => out.push_str(&format!("{b} ")),
                Ok(JsonEvent::Null) => out.push_str("null "),
                Ok(JsonEvent::End) => return out,
                Err(error) => return to_utf8_lossy(error.message(U::view(text)).view()),
            }
        }
    }

    #[test]
    fn valid_texts() {
        assert_eq!(
            run(" {\"a\" : [1, -2.5e1, true], \"b\\n\\u0041\": {}} "),
            "{a:[1 -25 true ]b\nA:{}}"
        );
        assert_eq!(
            run("\"long enough to need several words \\\"x\\\" and an end\""),
            "'long enough to need several words \"x\" and an end' "
        );
        assert_eq!(run("[]"), "[]");
        assert_eq!(run("-0"), "-0 ");
        assert_eq!(run("12345678901234567890"), "12345678901234567000 ");
        assert_eq!(run("[null,false,\"é😀\"]"), "[null false 'é😀' ]");
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(run(&deep), deep);
        let mixed = format!("{}1{}", "[{\"a\":".repeat(200), "}]".repeat(200));
        assert!(run(&mixed).ends_with("}]}]"));
    }

    #[test]
    fn messages() {
        for (text, message) in [
            ("", "Unexpected end of JSON input"),
            ("abc", "Unexpected token 'a', \"abc\" is not valid JSON"),
            (
                "{a",
                "Expected property name or '}' in JSON at position 1 (line 1 column 2)",
            ),
            (
                "{\"a\"",
                "Expected ':' after property name in JSON at position 4 (line 1 column 5)",
            ),
            (
                "{\"a\":1",
                "Expected ',' or '}' after property value in JSON at position 6 (line 1 column 7)",
            ),
            (
                "{\"a\":1,}",
                "Expected double-quoted property name in JSON at position 7 (line 1 column 8)",
            ),
            (
                "[1 2]",
                "Expected ',' or ']' after array element in JSON at position 3 (line 1 column 4)",
            ),
            ("[1,]", "Unexpected token ']', \"[1,]\" is not valid JSON"),
            (
                "\"abc",
                "Unterminated string in JSON at position 4 (line 1 column 5)",
            ),
            ("\"abc\\", "Unexpected end of JSON input"),
            (
                "[\r\n\r 1 \n\"a\tb\"",
                "Expected ',' or ']' after array element in JSON at position 8 (line 4 column 1)",
            ),
            (
                "\"a\tb\"",
                "Bad control character in string literal in JSON at position 2 (line 1 column 3)",
            ),
            (
                "\"\\x\"",
                "Bad escaped character in JSON at position 2 (line 1 column 3)",
            ),
            (
                "\"\\u00zz\"",
                "Bad Unicode escape in JSON at position 5 (line 1 column 6)",
            ),
            (
                "01",
                "Unexpected number in JSON at position 1 (line 1 column 2)",
            ),
            (
                "-a",
                "No number after minus sign in JSON at position 1 (line 1 column 2)",
            ),
            (
                "1.a",
                "Unterminated fractional number in JSON at position 2 (line 1 column 3)",
            ),
            (
                "1.5e+",
                "Exponent part is missing a number in JSON at position 5 (line 1 column 6)",
            ),
            (
                "{}}",
                "Unexpected non-whitespace character after JSON at position 2 (line 1 column 3)",
            ),
            ("tru", "Unexpected end of JSON input"),
            ("undefined", "\"undefined\" is not valid JSON"),
            ("[object Object]", "\"[object Object]\" is not valid JSON"),
            (
                "x[1,2,3,4,5,6,7,8,9,10,11]",
                "Unexpected token 'x', \"x[1,2,3,4,\"... is not valid JSON",
            ),
            (
                "[1,2,3,4,5,6,7,8,x,10,11,12]",
                "Unexpected token 'x', ...\"4,5,6,7,8,x,10,11,12\"... is not valid JSON",
            ),
            (
                "[1,2,3,4,5,6,7,8,9,10,x]",
                "Unexpected token 'x', ...\",7,8,9,10,x]\" is not valid JSON",
            ),
        ] {
            assert_eq!(run(text), message, "{text:?}");
        }
    }
}
