//! QuoteJSONString.

use crate::text::{StrBuilder, StrView, is_lead_surrogate, is_trail_surrogate};

const HEX: &[u8; 16] = b"0123456789abcdef";

/// QuoteJSONString into a fresh builder.
pub fn quote_json_string(view: StrView<'_>) -> StrBuilder {
    let mut out = StrBuilder::with_capacity(view.len() + 2);
    quote_json_string_into(&mut out, view);
    out
}

/// Appends the string between quotes, with `"`, `\`, control characters and unpaired surrogates escaped.
pub fn quote_json_string_into(out: &mut StrBuilder, view: StrView<'_>) {
    out.push_byte(b'"');
    match view {
        StrView::Latin1(bytes) => quote_latin1(out, bytes),
        StrView::Utf16(units) => quote_utf16(out, units),
    }
    out.push_byte(b'"');
}

fn quote_latin1(out: &mut StrBuilder, mut bytes: &[u8]) {
    use super::scan::JsonUnit;
    loop {
        let (plain, rest) = bytes.split_at(u8::plain_run(bytes));
        out.push_latin1(plain);
        let Some((&special, after)) = rest.split_first() else {
            return;
        };
        push_escape(out, u16::from(special));
        bytes = after;
    }
}

fn quote_utf16(out: &mut StrBuilder, units: &[u16]) {
    let mut run = 0;
    let mut at = 0;
    while let Some(&unit) = units.get(at) {
        let width = match unit {
            0x22 | 0x5C | 0..0x20 => 0,
            0xD800..=0xDFFF => {
                let paired = is_lead_surrogate(unit)
                    && units
                        .get(at + 1)
                        .is_some_and(|&next| is_trail_surrogate(next));
                if paired { 2 } else { 0 }
            }
            _ => 1,
        };
        if width == 0 {
            out.push_utf16(&units[run..at]);
            push_escape(out, unit);
            run = at + 1;
        }
        at += width.max(1);
    }
    out.push_utf16(&units[run.min(units.len())..]);
}

fn push_escape(out: &mut StrBuilder, unit: u16) {
    let short = match unit {
        0x08 => b'b',
        0x09 => b't',
        0x0A => b'n',
        0x0C => b'f',
        0x0D => b'r',
        0x22 => b'"',
        0x5C => b'\\',
        _ => {
            let digit = |shift: u16| HEX[usize::from((unit >> shift) & 15)];
            out.push_latin1(&[b'\\', b'u', digit(12), digit(8), digit(4), digit(0)]);
            return;
        }
    };
    out.push_latin1(&[b'\\', short]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::from_utf8;

    #[test]
    fn quoting() {
        let q = |s: &str| quote_json_string(from_utf8(s).view()).finish();
        assert_eq!(q(""), "\"\"");
        assert_eq!(q("plain é"), "\"plain é\"");
        assert_eq!(q("a\"b\\c\n\u{1}\u{7f}"), "\"a\\\"b\\\\c\\n\\u0001\u{7f}\"");
        assert_eq!(q("日\n😀\u{2028}"), "\"日\\n😀\u{2028}\"");
        let lone =
            quote_json_string(StrView::Utf16(&[0xDC00, 0x61, 0xD83D, 0xDE00, 0xD83D])).finish();
        assert_eq!(lone, "\"\\udc00a😀\\ud83d\"");
    }
}
