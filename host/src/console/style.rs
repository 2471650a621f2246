//! Text helpers of inspection: colors, escapes, quotes and widths.

use sarus_runtime::text::StrView;

/// What a piece of output is, for its color.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Style {
    /// Markers such as `[Getter]`, functions.
    Special,
    /// Numbers.
    Number,
    /// BigInts.
    BigInt,
    /// Booleans.
    Boolean,
    /// `undefined`.
    Undefined,
    /// `null`.
    Null,
    /// Strings.
    String,
    /// Symbols.
    Symbol,
    /// Dates.
    Date,
    /// Regular expressions.
    RegExp,
    /// Names of properties: no color.
    Name,
}

impl Style {
    /// ANSI codes that switch it on and off.
    fn codes(self) -> Option<(u8, u8)> {
        Some(match self {
            Style::Special => (36, 39),
            Style::Number | Style::BigInt | Style::Boolean => (33, 39),
            Style::Undefined => (90, 39),
            Style::Null => (1, 22),
            Style::String | Style::Symbol => (32, 39),
            Style::Date => (35, 39),
            Style::RegExp => (31, 39),
            Style::Name => return None,
        })
    }
    /// The style that `options.stylize` calls by this name.
    pub fn by_name(name: &str) -> Style {
        match name {
            "special" => Style::Special,
            "number" => Style::Number,
            "bigint" => Style::BigInt,
            "boolean" => Style::Boolean,
            "undefined" => Style::Undefined,
            "null" => Style::Null,
            "string" => Style::String,
            "symbol" => Style::Symbol,
            "date" => Style::Date,
            "regexp" => Style::RegExp,
            _ => Style::Name,
        }
    }
}

/// Text in its color.
pub fn stylize(text: &str, style: Style, colors: bool) -> String {
    match style.codes() {
        Some((on, off)) if colors => format!("\x1b[{on}m{text}\x1b[{off}m"),
        _ => text.to_string(),
    }
}

/// Length in UTF-16 code units.
pub fn units(s: &str) -> usize {
    if s.is_ascii() {
        s.len()
    } else {
        s.encode_utf16().count()
    }
}

/// The text without color codes.
pub fn without_colors(s: &str) -> String {
    let mut out = String::with_capacity(s.len());
    let mut rest = s;
    while let Some(at) = rest.find("\x1b[") {
        let after = &rest[at + 2..];
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        if (1..=2).contains(&digits) && after.as_bytes().get(digits) == Some(&b'm') {
            out.push_str(&rest[..at]);
            rest = &after[digits + 1..];
        } else {
            out.push_str(&rest[..at + 2]);
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

/// Columns that the text takes on a terminal.
pub fn width(s: &str, colors: bool) -> usize {
    let stripped;
    let s = if colors {
        stripped = without_colors(s);
        &stripped
    } else {
        s
    };
    if s.bytes().all(|b| (0x20..0x7F).contains(&b)) {
        return s.len();
    }
    s.chars().map(char_width).sum()
}

fn char_width(c: char) -> usize {
    let c = c as u32;
    match c {
        0..=0x1F
        | 0x7F..=0x9F
        | 0x300..=0x36F
        | 0x200B..=0x200F
        | 0x20D0..=0x20FF
        | 0xFE00..=0xFE0F
        | 0xFE20..=0xFE2F
        | 0xE0100..=0xE01EF => 0,
        0x1100..=0x115F
        | 0x2329
        | 0x232A
        | 0x2E80..=0x3247
        | 0x3250..=0x4DBF
        | 0x4E00..=0xA4C6
        | 0xA960..=0xA97C
        | 0xAC00..=0xD7A3
        | 0xF900..=0xFAFF
        | 0xFE10..=0xFE19
        | 0xFE30..=0xFE6B
        | 0xFF01..=0xFF60
        | 0xFFE0..=0xFFE6
        | 0x1B000..=0x1B001
        | 0x1F200..=0x1F251
        | 0x1F300..=0x1F64F
        | 0x1F900..=0x1F9FF
        | 0x20000..=0x3FFFD => 2,
        _ => 1,
    }
}

/// Appends code units with everything escaped that does not print, and `quote`.
fn escape_into(out: &mut String, view: StrView<'_>, quote: Option<char>) {
    for c in view.code_points() {
        match c {
            0x08 => out.push_str("\\b"),
            0x09 => out.push_str("\\t"),
            0x0A => out.push_str("\\n"),
            0x0C => out.push_str("\\f"),
            0x0D => out.push_str("\\r"),
            0x5C => out.push_str("\\\\"),
            0..=0x1F | 0x7F..=0x9F => out.push_str(&format!("\\x{c:02X}")),
            0xD800..=0xDFFF => out.push_str(&format!("\\u{c:x}")),
            _ => {
                let c = char::from_u32(c).unwrap_or('\u{FFFD}');
                if Some(c) == quote {
                    out.push('\\');
                }
                out.push(c);
            }
        }
    }
}

/// A string literal: single quotes, others where that saves escapes.
pub fn quote(view: StrView<'_>) -> String {
    let has = |unit: u16| view.units().any(|u| u == unit);
    let q = if !has(u16::from(b'\'')) {
        '\''
    } else if !has(u16::from(b'"')) {
        '"'
    } else if !has(u16::from(b'`')) && !has_template_hole(view) {
        '`'
    } else {
        '\''
    };
    let mut out = String::with_capacity(view.len() + 2);
    out.push(q);
    escape_into(&mut out, view, (q == '\'').then_some('\''));
    out.push(q);
    out
}

fn has_template_hole(view: StrView<'_>) -> bool {
    view.units()
        .zip(view.units().skip(1))
        .any(|(a, b)| a == u16::from(b'$') && b == u16::from(b'{'))
}

/// The text with everything escaped that does not print, for names in brackets.
pub fn escape(view: StrView<'_>) -> String {
    let mut out = String::new();
    escape_into(&mut out, view, Some('\''));
    out
}

/// Whether a property name is printed without quotes.
pub fn is_plain_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes
        .next()
        .is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
        && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// A number's text with `_` between thousands.
pub fn separate_thousands(text: &str) -> String {
    let (integer, fraction) = match text.split_once('.') {
        Some((i, f)) => (i, Some(f)),
        None => (text, None),
    };
    if text.contains(['e', 'N', 'I']) {
        return text.to_string();
    }
    let (sign, digits) = match integer.strip_prefix('-') {
        Some(d) => ("-", d),
        None => ("", integer),
    };
    let group = |digits: &str, from_start: bool| -> String {
        let n = digits.len();
        let mut out = String::new();
        for (i, c) in digits.chars().enumerate() {
            let at_boundary = if from_start {
                i.is_multiple_of(3)
            } else {
                (n - i).is_multiple_of(3)
            };
            if i > 0 && at_boundary {
                out.push('_');
            }
            out.push(c);
        }
        out
    };
    match fraction {
        None => format!("{sign}{}", group(digits, false)),
        Some(f) => format!("{sign}{}.{}", group(digits, false), group(f, true)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes() {
        assert_eq!(quote(StrView::ascii("a")), "'a'");
        assert_eq!(quote(StrView::ascii("it's")), "\"it's\"");
        assert_eq!(quote(StrView::ascii("it's \"x\"")), "`it's \"x\"`");
        assert_eq!(quote(StrView::ascii("'\"`\n")), "'\\'\"`\\n'");
        assert_eq!(quote(StrView::Utf16(&[0xD83D, 0x85])), "'\\ud83d\\x85'");
    }

    #[test]
    fn widths() {
        assert_eq!(width("日本", false), 4);
        assert_eq!(width("\x1b[33m1\x1b[39m", true), 1);
        assert_eq!(separate_thousands("-1234567.8912"), "-1_234_567.891_2");
    }
}
