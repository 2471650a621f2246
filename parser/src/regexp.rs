//! Validity of regular expressions, asked of the engine that runs them.

use crate::names::decode;
use regress::{Flags, Regex};

/// The code points a pattern (WTF-8) is compiled from: code points with the `u` or `v` flag, else UTF-16 code units, except
/// that group names are code points always.
pub fn code_points(pattern: &[u8], unicode: bool) -> Vec<u32> {
    let mut out = Vec::with_capacity(pattern.len());
    let mut at = 0;
    let mut in_name = false;
    while at < pattern.len() {
        match pattern[at..] {
            [b'\\', b'k', b'<', ..] | [b'(', b'?', b'<', ..]
                if !matches!(pattern.get(at + 3), Some(b'=' | b'!')) =>
            {
                out.extend(pattern[at..at + 3].iter().map(|&byte| u32::from(byte)));
                at += 3;
                in_name = true;
                continue;
            }
            // The engine reads `\uD83D\u{…}` as the start of a pair; the braced form of the lead keeps it alone.
            [
                b'\\',
                b'u',
                b'D' | b'd',
                b'8' | b'9' | b'A' | b'B' | b'a' | b'b',
                third,
                fourth,
                ref rest @ ..,
            ] if unicode
                && third.is_ascii_hexdigit()
                && fourth.is_ascii_hexdigit()
                && rest.starts_with(b"\\u{") =>
            {
                out.extend([b'\\', b'u', b'{'].map(u32::from));
                out.extend(pattern[at + 2..at + 6].iter().map(|&byte| u32::from(byte)));
                out.push(u32::from(b'}'));
                at += 6;
                continue;
            }
            // Any other escape: the next character is not syntax.
            [b'\\', next, ..] if next < 0x80 && !in_name => {
                out.extend([u32::from(b'\\'), u32::from(next)]);
                at += 2;
                continue;
            }
            [b'>', ..] => in_name = false,
            _ => {}
        }
        let (code_point, len) = decode(pattern, at);
        at += len;
        if code_point > 0xFFFF && !unicode && !in_name {
            out.push(0xD7C0 + (code_point >> 10));
            out.push(0xDC00 + (code_point & 0x3FF));
        } else {
            out.push(code_point);
        }
    }
    out
}

/// Checks a pattern (WTF-8) with flags (already known to be a valid set). The error is the reason, in V8's words where it has
/// some.
pub fn validate(pattern: &[u8], flags: &[u8]) -> Result<(), String> {
    let unicode = flags.iter().any(|&flag| matches!(flag, b'u' | b'v'));
    let mut flags = Flags::new(flags.iter().map(|&flag| u32::from(flag)));
    flags.no_opt = true;
    match Regex::from_unicode(code_points(pattern, unicode).into_iter(), flags) {
        Ok(_) => Ok(()),
        Err(error) => Err(reason(&error.text, pattern, unicode)),
    }
}

/// V8's words for what the engine says.
pub fn reason(text: &str, pattern: &[u8], unicode: bool) -> String {
    let reason = match text {
        "Unbalanced parenthesis" if has_open_group(pattern) => "Unterminated group",
        "Unbalanced parenthesis" => "Unmatched ')'",
        "Invalid group modifier" => "Invalid group",
        "Invalid token at named capture group identifier" => "Invalid capture group name",
        "Invalid atom character" if unicode && !has_quantifier(pattern) => {
            "Lone quantifier brackets"
        }
        "Invalid atom character" | "Invalid braced quantifier" => "Nothing to repeat",
        "Quantifier not allowed here" => "Invalid quantifier",
        "Invalid quantifier" => "numbers out of order in {} quantifier",
        "Invalid unicode escape" => "Invalid Unicode escape",
        "Invalid character escape" | "Incomplete escape" | "Unterminated escape" => {
            "Invalid escape"
        }
        "Invalid named backreference syntax" => "Invalid named reference",
        "Invalid character range" | "Invalid class set range" => "Invalid character class",
        "Unbalanced bracket" | "Unbalanced class set bracket" => "Unterminated character class",
        "Invalid class set character"
        | "Unexpected character in class set intersection"
        | "Unexpected character in class set subtraction" => "Invalid character in character class",
        "Invalid property escape" | "Invalid character at property escape start" => {
            "Invalid property name"
        }
        "Capture group count limit exceeded" => "Too many captures",
        "Regular expression is too deeply nested" => "Regular expression too large",
        _ if text.starts_with("Backreference to invalid named") => {
            "Invalid named capture referenced"
        }
        _ if text.starts_with("Range values reversed") => "Range out of order in character class",
        _ => text,
    };
    reason.to_owned()
}

/// Whether more groups are opened than closed.
fn has_open_group(pattern: &[u8]) -> bool {
    let mut depth = 0i64;
    let mut in_class = false;
    let mut at = 0;
    while let Some(&byte) = pattern.get(at) {
        match byte {
            b'\\' => at += 1,
            b'[' => in_class = true,
            b']' => in_class = false,
            b'(' if !in_class => depth += 1,
            b')' if !in_class => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return false;
        }
        at += 1;
    }
    depth > 0
}

fn has_quantifier(pattern: &[u8]) -> bool {
    pattern.iter().any(|byte| b"*+?".contains(byte))
}
