//! `Date.parse`: the Date Time String Format, and the free forms V8 accepts.
//!
//! One scanner serves both grammars. The standard format is tried first; where the text departs from it, the free
//! grammar goes on from that token with what has been read so far ("2022-03-01 10:00" is a free form with a date in
//! standard order). The free grammar takes numbers, month names, time-zone names, AM/PM, offsets and parenthesized
//! comments in nearly any order, ignores words before the first number, and refuses words after it.

use super::calendar::{make_date, make_day, make_time, time_clip};
use super::zone::LocalZone;
use crate::text::{StrView, is_trimmable};

/// Date.parse: the time value, NaN if the text is no date.
pub fn parse_date(text: StrView<'_>, zone: &LocalZone) -> f64 {
    parse(text, zone).map_or(f64::NAN, time_clip)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    /// 1 to 12.
    Month(u32),
    /// 0 or 12 hours to add.
    AmPm(u32),
    /// Hours east of Greenwich.
    Zone(i32),
    /// `t` between date and time.
    Separator,
    Other,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    /// Value (of the first nine significant digits) and number of digits.
    Number(u32, usize),
    /// Kind and length.
    Word(Word, usize),
    Symbol(u8),
    Space,
    /// Any other character.
    Unknown,
    End,
}

impl Token {
    /// The value of a number of exactly `len` digits.
    fn fixed(self, len: usize) -> Option<u32> {
        match self {
            Token::Number(value, digits) if digits == len => Some(value),
            _ => None,
        }
    }

    /// As `fixed(2)`, within a range.
    fn two_digits(self, range: std::ops::RangeInclusive<u32>) -> Option<u32> {
        self.fixed(2).filter(|value| range.contains(value))
    }

    fn is_sign(self) -> bool {
        matches!(self, Token::Symbol(b'+' | b'-'))
    }

    fn is_z(self) -> bool {
        matches!(self, Token::Word(Word::Zone(0), 1))
    }
}

const WORDS: [(&[u8; 3], Word); 25] = [
    (b"jan", Word::Month(1)),
    (b"feb", Word::Month(2)),
    (b"mar", Word::Month(3)),
    (b"apr", Word::Month(4)),
    (b"may", Word::Month(5)),
    (b"jun", Word::Month(6)),
    (b"jul", Word::Month(7)),
    (b"aug", Word::Month(8)),
    (b"sep", Word::Month(9)),
    (b"oct", Word::Month(10)),
    (b"nov", Word::Month(11)),
    (b"dec", Word::Month(12)),
    (b"am\0", Word::AmPm(0)),
    (b"pm\0", Word::AmPm(12)),
    (b"ut\0", Word::Zone(0)),
    (b"utc", Word::Zone(0)),
    (b"z\0\0", Word::Zone(0)),
    (b"gmt", Word::Zone(0)),
    (b"cdt", Word::Zone(-5)),
    (b"cst", Word::Zone(-6)),
    (b"edt", Word::Zone(-4)),
    (b"est", Word::Zone(-5)),
    (b"mdt", Word::Zone(-6)),
    (b"mst", Word::Zone(-7)),
    (b"t\0\0", Word::Separator),
];
const MORE_WORDS: [(&[u8; 3], Word); 2] = [(b"pdt", Word::Zone(-7)), (b"pst", Word::Zone(-8))];

struct Scanner<'a> {
    text: StrView<'a>,
    at: usize,
    /// The token that `next` returns.
    current: Token,
}

impl<'a> Scanner<'a> {
    fn new(text: StrView<'a>) -> Self {
        let mut scanner = Scanner {
            text,
            at: 0,
            current: Token::End,
        };
        scanner.current = scanner.scan();
        scanner
    }

    fn peek(&self) -> Token {
        self.current
    }

    fn next(&mut self) -> Token {
        let token = self.current;
        self.current = self.scan();
        token
    }

    fn skip_symbol(&mut self, symbol: u8) -> bool {
        let found = self.current == Token::Symbol(symbol);
        if found {
            self.next();
        }
        found
    }

    fn unit(&self) -> u16 {
        self.text.get(self.at).unwrap_or(0)
    }

    fn scan(&mut self) -> Token {
        let Some(unit) = self.text.get(self.at) else {
            return Token::End;
        };
        match unit {
            0x30..=0x39 => self.number(),
            0x2B | 0x2D | 0x2E | 0x3A | 0x28 | 0x29 => {
                self.at += 1;
                Token::Symbol(unit as u8)
            }
            _ if is_trimmable(unit) => {
                self.at += 1;
                Token::Space
            }
            0x41.. => self.word(),
            _ => {
                self.at += 1;
                Token::Unknown
            }
        }
    }

    fn number(&mut self) -> Token {
        let start = self.at;
        let mut value = 0u32;
        let mut significant = 0;
        while matches!(self.unit(), 0x30..=0x39) {
            let digit = u32::from(self.unit() - 0x30);
            if (significant > 0 || digit != 0) && significant < 9 {
                value = value * 10 + digit;
                significant += 1;
            }
            self.at += 1;
        }
        Token::Number(value, self.at - start)
    }

    /// Any run of characters from `A` up, known by its first three letters; longer words are known only as months.
    fn word(&mut self) -> Token {
        let start = self.at;
        let mut prefix = [0u8; 3];
        while self.unit() >= 0x41 && !is_trimmable(self.unit()) {
            if let Some(slot) = prefix.get_mut(self.at - start) {
                *slot = u8::try_from(self.unit())
                    .unwrap_or(b'?')
                    .to_ascii_lowercase();
            }
            self.at += 1;
        }
        let len = self.at - start;
        let word = WORDS
            .iter()
            .chain(&MORE_WORDS)
            .find(|(text, _)| **text == prefix)
            .map(|w| w.1);
        match word {
            Some(word) if len <= 3 || matches!(word, Word::Month(_)) => Token::Word(word, len),
            _ => Token::Word(Word::Other, len),
        }
    }

    /// Skips to after the parenthesis that closes the one just read.
    fn skip_parentheses(&mut self) {
        let mut depth = 1;
        loop {
            match self.peek() {
                Token::Symbol(b'(') => depth += 1,
                Token::Symbol(b')') => depth -= 1,
                Token::End => return,
                _ => {}
            }
            self.next();
            if depth == 0 {
                return;
            }
        }
    }
}

/// Milliseconds of a fraction by its digits.
fn fraction_ms(value: u32, digits: usize) -> u32 {
    match digits {
        1 => value * 100,
        2 => value * 10,
        3 => value,
        // Nine significant digits at most were kept, and leading zeros count as digits but not as significant.
        _ => value / 10u32.pow(digits.min(9) as u32 - 3),
    }
}

/// Up to three numbers of a date and a month name.
#[derive(Default)]
struct DayParts {
    parts: [i32; 3],
    count: usize,
    named_month: Option<u32>,
    iso: bool,
}

impl DayParts {
    fn add(&mut self, value: i32) -> Option<()> {
        *self.parts.get_mut(self.count)? = value;
        self.count += 1;
        Some(())
    }

    /// (year, month from 1, day), from whichever order the parts must be in.
    fn resolve(&self) -> Option<(i32, i32, i32)> {
        let is_day = |n: i32| (1..=31).contains(&n);
        if self.count == 0 {
            return None;
        }
        let mut parts = self.parts;
        parts[self.count..].fill(1);
        let [a, b, c] = parts;
        let (year, month, day) = match self.named_month {
            // Missing parts have been filled in, so there are always three.
            None if self.iso || !is_day(a) => (a, b, c),
            None => (c, a, b),
            Some(month) if !is_day(a) => (a, month as i32, b),
            Some(month) => (b, month as i32, a),
        };
        let year = match year {
            0..=49 if !self.iso => year + 2000,
            50..=99 if !self.iso => year + 1900,
            _ => year,
        };
        ((1..=12).contains(&month) && is_day(day)).then_some((year, month, day))
    }
}

/// Up to four numbers of a time of day and AM/PM.
#[derive(Default)]
struct TimeParts {
    parts: [u32; 4],
    count: usize,
    half: Option<u32>,
}

impl TimeParts {
    fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Whether `n` can be the next part of a time that has begun.
    fn expects(&self, n: u32) -> bool {
        match self.count {
            1 | 2 => n < 60,
            3 => n < 1000,
            _ => false,
        }
    }

    fn add(&mut self, n: u32) -> Option<()> {
        *self.parts.get_mut(self.count)? = n;
        self.count += 1;
        Some(())
    }

    /// Adds the last part, if there is room; the rest are zeros.
    fn add_final(&mut self, n: u32) {
        let _ = self.add(n);
        self.count = 4;
    }

    /// Milliseconds into the day.
    fn resolve(&self) -> Option<f64> {
        let [mut hour, minute, second, ms] = self.parts;
        if let Some(half) = self.half {
            if hour > 12 {
                return None;
            }
            hour = hour % 12 + half;
        }
        let valid = hour < 24 && minute < 60 && second < 60 && ms < 1000;
        let midnight = hour == 24 && minute == 0 && second == 0 && ms == 0;
        (valid || midnight).then(|| {
            make_time(
                f64::from(hour),
                f64::from(minute),
                f64::from(second),
                f64::from(ms),
            )
        })
    }
}

/// An offset from UTC, complete or in the making.
#[derive(Default)]
struct ZoneParts {
    sign: Option<i32>,
    hour: Option<u32>,
    minute: Option<u32>,
}

impl ZoneParts {
    fn set(&mut self, hours: i32) {
        self.sign = Some(if hours < 0 { -1 } else { 1 });
        self.hour = Some(hours.unsigned_abs());
        self.minute = Some(0);
    }

    fn is_utc(&self) -> bool {
        self.hour == Some(0) && self.minute == Some(0)
    }

    fn expects_minute(&self, n: u32) -> bool {
        self.hour.is_some() && self.minute.is_none() && n < 60
    }

    /// Milliseconds east of UTC, `None` for local time.
    fn resolve(&self) -> Option<f64> {
        let minutes =
            f64::from(self.hour.unwrap_or(0)) * 60.0 + f64::from(self.minute.unwrap_or(0));
        Some(f64::from(self.sign?) * minutes * 60_000.0)
    }
}

#[derive(Default)]
struct Parser {
    day: DayParts,
    time: TimeParts,
    zone: ZoneParts,
}

fn parse(text: StrView<'_>, zone: &LocalZone) -> Option<f64> {
    let mut scanner = Scanner::new(text);
    let mut parser = Parser::default();
    let rest = parser.standard(&mut scanner)?;
    parser.free(rest, &mut scanner)?;
    let (year, month, day) = parser.day.resolve()?;
    let day = make_day(f64::from(year), f64::from(month - 1), f64::from(day));
    let local = make_date(day, parser.time.resolve()?);
    match parser.zone.resolve() {
        Some(offset) => Some(local - offset),
        None => Some(zone.to_utc(local)),
    }
}

impl Parser {
    /// The standard format. Returns the first token that does not belong to it (`End` when it all did), `None` when
    /// the text cannot be a date.
    fn standard(&mut self, scanner: &mut Scanner<'_>) -> Option<Token> {
        if scanner.peek().is_sign() {
            // Kept for the free grammar, which gets it back if no expanded year follows.
            let sign = scanner.next();
            let Some(year) = scanner.peek().fixed(6) else {
                return Some(sign);
            };
            scanner.next();
            if sign == Token::Symbol(b'-') && year == 0 {
                return Some(sign);
            }
            self.day.add(if sign == Token::Symbol(b'-') {
                -(year as i32)
            } else {
                year as i32
            })?;
        } else if let Some(year) = scanner.peek().fixed(4) {
            scanner.next();
            self.day.add(year as i32)?;
        } else {
            return Some(scanner.next());
        }
        if scanner.skip_symbol(b'-') {
            let Some(month) = scanner.peek().two_digits(1..=12) else {
                return Some(scanner.next());
            };
            scanner.next();
            self.day.add(month as i32)?;
            if scanner.skip_symbol(b'-') {
                let Some(day) = scanner.peek().two_digits(1..=31) else {
                    return Some(scanner.next());
                };
                scanner.next();
                self.day.add(day as i32)?;
            }
        }
        if matches!(scanner.peek(), Token::Word(Word::Separator, _)) {
            scanner.next();
            self.standard_time(scanner)?;
        } else if scanner.peek() != Token::End {
            return Some(scanner.next());
        }
        // Dates alone are UTC, date-times without offset local.
        if self.zone.sign.is_none() && self.time.is_empty() {
            self.zone.set(0);
        }
        self.day.iso = true;
        Some(Token::End)
    }

    /// `HH:mm[:ss[.sss]][Z|±HH:mm]` to the end of the text.
    fn standard_time(&mut self, scanner: &mut Scanner<'_>) -> Option<()> {
        let hour = scanner.next().two_digits(0..=24)?;
        let limit = if hour == 24 { 0 } else { 59 };
        self.time.add(hour)?;
        if !scanner.skip_symbol(b':') {
            return None;
        }
        self.time.add(scanner.next().two_digits(0..=limit)?)?;
        if scanner.skip_symbol(b':') {
            self.time.add(scanner.next().two_digits(0..=limit)?)?;
            if scanner.skip_symbol(b'.') {
                let Token::Number(value, digits) = scanner.next() else {
                    return None;
                };
                if hour == 24 && value > 0 {
                    return None;
                }
                self.time.add(fraction_ms(value, digits))?;
            }
        }
        if scanner.peek().is_z() {
            scanner.next();
            self.zone.set(0);
        } else if scanner.peek().is_sign() {
            self.zone.sign = Some(if scanner.next() == Token::Symbol(b'+') {
                1
            } else {
                -1
            });
            let (hour, minute) = match scanner.next() {
                Token::Number(n, 4) => (n / 100, n % 100),
                token => {
                    let hour = token.fixed(2)?;
                    if !scanner.skip_symbol(b':') {
                        return None;
                    }
                    (hour, scanner.next().fixed(2)?)
                }
            };
            if hour > 23 || minute > 59 {
                return None;
            }
            (self.zone.hour, self.zone.minute) = (Some(hour), Some(minute));
        }
        (scanner.peek() == Token::End).then_some(())
    }

    /// The free grammar, from `token` on.
    fn free(&mut self, mut token: Token, scanner: &mut Scanner<'_>) -> Option<()> {
        let mut seen_number = self.day.count > 0;
        while token != Token::End {
            match token {
                Token::Number(n, _) => {
                    seen_number = true;
                    self.free_number(n, scanner)?;
                }
                Token::Word(Word::AmPm(half), _) if !self.time.is_empty() => {
                    self.time.half = Some(half)
                }
                Token::Word(Word::Month(month), _) => {
                    self.day.named_month = Some(month);
                    scanner.skip_symbol(b'-');
                }
                Token::Word(Word::Zone(hours), _) if seen_number => self.zone.set(hours),
                // Words before the first number are comments, if set apart from it.
                Token::Word(..) if seen_number || matches!(scanner.peek(), Token::Number(..)) => {
                    return None;
                }
                Token::Symbol(sign @ (b'+' | b'-'))
                    if self.zone.is_utc() || !self.time.is_empty() =>
                {
                    seen_number = true;
                    self.free_offset(sign, scanner)?;
                }
                Token::Symbol(b'+' | b'-' | b')') if seen_number => return None,
                Token::Symbol(b'(') => scanner.skip_parentheses(),
                _ => {}
            }
            token = scanner.next();
        }
        Some(())
    }

    fn free_number(&mut self, n: u32, scanner: &mut Scanner<'_>) -> Option<()> {
        if scanner.skip_symbol(b':') {
            if scanner.skip_symbol(b':') {
                // `n::` stands for `n:00:`.
                if !self.time.is_empty() {
                    return None;
                }
                self.time.add(n)?;
                self.time.add(0)?;
            } else {
                self.time.add(n)?;
                scanner.skip_symbol(b'.');
            }
            return Some(());
        }
        if scanner.peek() == Token::Symbol(b'.') && self.time.expects(n) {
            scanner.next();
            self.time.add(n)?;
            let Token::Number(value, digits) = scanner.next() else {
                return None;
            };
            self.time.add_final(fraction_ms(value, digits));
            return Some(());
        }
        if self.zone.expects_minute(n) {
            self.zone.minute = Some(n);
            return Some(());
        }
        if self.time.expects(n) {
            self.time.add_final(n);
            // Nothing but white space, an offset or the end may follow directly.
            let next = scanner.peek();
            return (matches!(next, Token::End | Token::Space) || next.is_z() || next.is_sign())
                .then_some(());
        }
        scanner.skip_symbol(b'.');
        self.day.add(i32::try_from(n).ok()?)?;
        scanner.skip_symbol(b'-');
        Some(())
    }

    /// `hh`, `hhmm` or `hh:` (minutes to follow) after a sign.
    fn free_offset(&mut self, sign: u8, scanner: &mut Scanner<'_>) -> Option<()> {
        self.zone.sign = Some(if sign == b'+' { 1 } else { -1 });
        let (n, digits) = match scanner.peek() {
            Token::Number(n, digits) => {
                scanner.next();
                (n, digits)
            }
            _ => (0, 0),
        };
        (self.zone.hour, self.zone.minute) = match digits {
            _ if scanner.peek() == Token::Symbol(b':') => (Some(n), None),
            1 | 2 => (Some(n), Some(0)),
            3 | 4 => (Some(n / 100), Some(n % 100)),
            _ => return None,
        };
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> f64 {
        let zone = LocalZone::named("America/New_York").unwrap();
        parse_date(StrView::ascii(text), &zone)
    }

    #[test]
    fn standard_format() {
        assert_eq!(date("2022-03-01"), 1646092800000.0);
        assert_eq!(date("2022-03"), 1646092800000.0);
        assert_eq!(date("2022-03-01T10:00"), 1646146800000.0);
        assert_eq!(date("2022-03-01T10:00Z"), 1646128800000.0);
        assert_eq!(date("2022-03-01T10:00:00.1234+02:00"), 1646121600123.0);
        assert_eq!(date("2022-03-01T24:00Z"), 1646179200000.0);
        assert_eq!(date("+275760-09-13T00:00:00.000Z"), 8.64e15);
        assert!(date("+275760-09-13T00:00:00.001Z").is_nan());
        assert!(date("2022-03-01T24:01Z").is_nan());
        assert!(date("2022-03-01T10Z").is_nan());
        assert!(date("2022-13-01").is_nan());
    }

    #[test]
    fn free_forms() {
        assert_eq!(
            date("Tue Mar 01 2022 12:00:00 GMT+0100 (CET)"),
            1646132400000.0
        );
        assert_eq!(date("Tue, 01 Mar 2022 12:00:00 GMT"), 1646136000000.0);
        assert_eq!(date("Mar 1, 2022"), 1646110800000.0);
        assert_eq!(date("2022/03/01 10:00"), 1646146800000.0);
        assert_eq!(date("3/1/22 5:00 pm"), 1646172000000.0);
        assert_eq!(date("Dec 25, 1995 13:30 PST"), 819927000000.0);
        assert_eq!(date("2022-03-01 10:00"), 1646146800000.0);
        assert!(date("").is_nan());
        assert!(date("hello").is_nan());
        assert!(date("Mar 1 2022 foo").is_nan());
        assert!(date(&"(".repeat(100_000)).is_nan());
    }
}
