//! The grammatical level: one loop over a text, which tells a sink of every value, key and bracket.

use super::error::{JsonError, Problem};
use super::scan::{JsonNumber, JsonString, JsonUnit, Scanner};
use std::ops::Range;

/// What a text is read into.
pub trait JsonSink<U> {
    /// Why the sink gives up, or the text is wrong.
    type Error: From<JsonError>;

    /// `{` or `[`; what it holds follows until the matching end.
    fn start(&mut self, object: bool);
    /// How many units at the beginning of `rest` are the property name that the sink expects now, with quotes and colon; the
    /// value follows. 0 if it expects none, or another one stands there.
    fn expected_key(&mut self, rest: &[U]) -> usize;
    /// A property name; its value follows.
    fn key(&mut self, units: &[U], name: JsonString);
    /// `}`.
    fn end_object(&mut self) -> Result<(), Self::Error>;
    /// `]`.
    fn end_array(&mut self) -> Result<(), Self::Error>;
    /// A value that is no container, and where it stands.
    fn scalar(&mut self, units: &[U], scalar: JsonScalar, range: Range<usize>);
}

/// A value that is no container.
#[derive(Clone, Debug)]
pub enum JsonScalar {
    String(JsonString),
    Number(JsonNumber),
    Bool(bool),
    Null,
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

/// Reads a text, which has to be one value.
///
/// # Errors
/// Those of the grammar, and those of the sink.
pub fn parse_json_text<U: JsonUnit, S: JsonSink<U>>(
    text: &[U],
    sink: &mut S,
) -> Result<(), S::Error> {
    let mut parser = Parser {
        scanner: Scanner { text, at: 0 },
        nesting: Nesting::default(),
    };
    parser.run(sink)
}

struct Parser<'a, U> {
    scanner: Scanner<'a, U>,
    nesting: Nesting,
}

impl<'a, U: JsonUnit> Parser<'a, U> {
    fn run<S: JsonSink<U>>(&mut self, sink: &mut S) -> Result<(), S::Error> {
        loop {
            // Before a value.
            self.scanner.skip_space();
            if self.value(sink)? {
                continue;
            }
            // After a value, until another one follows.
            while !self.after_value(sink)? {
                if self.nesting.top().is_none() {
                    return self.end();
                }
            }
        }
    }

    fn end<E: From<JsonError>>(&mut self) -> Result<(), E> {
        self.scanner.skip_space();
        if !self.scanner.at_end() {
            self.scanner.fail(Problem::AfterJson)?;
        }
        Ok(())
    }

    /// Reads a value, or the beginning of one, in which case it says that a value follows.
    #[inline(always)]
    fn value<S: JsonSink<U>>(&mut self, sink: &mut S) -> Result<bool, S::Error> {
        let start = self.scanner.at;
        let scalar = match u8::try_from(self.scanner.peek()).unwrap_or(0) {
            b'"' => JsonScalar::String(self.scanner.string()?),
            b'-' | b'0'..=b'9' => JsonScalar::Number(self.scanner.number()?),
            b'{' => return self.start_object(sink),
            b'[' => return self.start_array(sink),
            b't' => self
                .scanner
                .literal(b"true")
                .map(|()| JsonScalar::Bool(true))?,
            b'f' => self
                .scanner
                .literal(b"false")
                .map(|()| JsonScalar::Bool(false))?,
            b'n' => self.scanner.literal(b"null").map(|()| JsonScalar::Null)?,
            _ => self.scanner.fail(Problem::Unexpected)?,
        };
        sink.scalar(self.scanner.text, scalar, start..self.scanner.at);
        Ok(false)
    }

    fn start_object<S: JsonSink<U>>(&mut self, sink: &mut S) -> Result<bool, S::Error> {
        self.scanner.at += 1;
        self.nesting.push(true);
        sink.start(true);
        self.scanner.skip_space();
        if self.scanner.peek() == u16::from(b'}') {
            return self.close(sink, true);
        }
        self.key(sink, Problem::PropertyNameOrBrace, Problem::Colon)?;
        Ok(true)
    }

    fn start_array<S: JsonSink<U>>(&mut self, sink: &mut S) -> Result<bool, S::Error> {
        self.scanner.at += 1;
        self.nesting.push(false);
        sink.start(false);
        self.scanner.skip_space();
        if self.scanner.peek() == u16::from(b']') {
            return self.close(sink, false);
        }
        Ok(true)
    }

    fn close<S: JsonSink<U>>(&mut self, sink: &mut S, object: bool) -> Result<bool, S::Error> {
        self.scanner.at += 1;
        self.nesting.pop();
        if object {
            sink.end_object()?;
        } else {
            sink.end_array()?;
        }
        Ok(false)
    }

    /// Reads what stands after a value inside of a container, and says whether another value follows.
    #[inline(always)]
    fn after_value<S: JsonSink<U>>(&mut self, sink: &mut S) -> Result<bool, S::Error> {
        let Some(object) = self.nesting.top() else {
            return Ok(false);
        };
        self.scanner.skip_space();
        match (object, u8::try_from(self.scanner.peek()).unwrap_or(0)) {
            (false, b',') => {
                self.scanner.at += 1;
                Ok(true)
            }
            (true, b',') => {
                self.scanner.at += 1;
                self.scanner.skip_space();
                let no_name = Problem::DoubleQuotedPropertyName;
                self.key(sink, no_name, Problem::Unexpected)?;
                Ok(true)
            }
            (false, b']') => self.close(sink, false),
            (true, b'}') => self.close(sink, true),
            (false, _) => Ok(self.scanner.fail(Problem::CommaOrBracket)?),
            (true, _) => Ok(self.scanner.fail(Problem::CommaOrBrace)?),
        }
    }

    /// A property name and its colon, and what it is called when either is missing.
    #[inline(always)]
    fn key<S: JsonSink<U>>(
        &mut self,
        sink: &mut S,
        no_name: Problem,
        no_colon: Problem,
    ) -> Result<(), JsonError> {
        let rest = self.scanner.text.get(self.scanner.at..).unwrap_or(&[]);
        let expected = sink.expected_key(rest);
        if expected > 0 {
            self.scanner.at += expected;
            return Ok(());
        }
        if self.scanner.peek() != u16::from(b'"') {
            return self.scanner.fail(no_name);
        }
        let name = self.scanner.string()?;
        self.scanner.skip_space();
        if self.scanner.peek() != u16::from(b':') {
            return self.scanner.fail(no_colon);
        }
        self.scanner.at += 1;
        sink.key(self.scanner.text, name);
        Ok(())
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
        let mut out = Events(String::new());
        match parse_json_text(text, &mut out) {
            Ok(()) => out.0,
            Err(error) => to_utf8_lossy(error.message(U::view(text)).view()),
        }
    }

    struct Events(String);

    fn string<U: JsonUnit>(units: &[U], s: JsonString) -> String {
        match s {
            JsonString::Plain(range) => to_utf8_lossy(U::view(&units[range])),
            JsonString::Escaped(buf) => to_utf8_lossy(buf.view()),
        }
    }

    impl<U: JsonUnit> JsonSink<U> for Events {
        type Error = JsonError;

        fn start(&mut self, object: bool) {
            self.0.push(if object { '{' } else { '[' });
        }
        fn expected_key(&mut self, _: &[U]) -> usize {
            0
        }
        fn key(&mut self, units: &[U], name: JsonString) {
            self.0.push_str(&format!("{}:", string(units, name)));
        }
        fn end_object(&mut self) -> Result<(), JsonError> {
            self.0.push('}');
            Ok(())
        }
        fn end_array(&mut self) -> Result<(), JsonError> {
            self.0.push(']');
            Ok(())
        }
        fn scalar(&mut self, units: &[U], scalar: JsonScalar, _: Range<usize>) {
            let text = match scalar {
                JsonScalar::String(s) => format!("'{}' ", string(units, s)),
                JsonScalar::Number(JsonNumber::Int(i)) => format!("{i} "),
                JsonScalar::Number(JsonNumber::Double(x)) => format!("{x} "),
                JsonScalar::Bool(b) => format!("{b} "),
                JsonScalar::Null => "null ".to_owned(),
            };
            self.0.push_str(&text);
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
    fn numbers() {
        for text in [
            "0",
            "7",
            "-7",
            "999999999",
            "1000000000",
            "-2147483648",
            "2147483648",
            "123456789012345678",
            "0.5",
            "-0.25",
            "1e3",
            "1E-3",
            "123.456e+5",
            "0.1",
            "0.30000000000000004",
            "9007199254740993",
            "9007199254740992.5",
            "1e22",
            "1e23",
            "123e-22",
            "123e-23",
            "4.35",
            "5e-324",
            "1e400",
            "0.000001",
            "2.2250738585072011e-308",
            "8.41e21",
            "9.109e-31",
            "1234567890123456789.5",
            "0.00000000000000000000001",
            "12345678901234567890123456789012345678901234567890123456789012345678901234567890.5e-10",
            "100000000000000000000000000000000000000000000000000000000000000000000000000000",
        ] {
            let x: f64 = text.parse().unwrap();
            assert_eq!(run(text), format!("{x} "), "{text}");
        }
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
