//! Percent-encoding: `encodeURI`, `decodeURI` and their component forms, `escape` and `unescape`.

use super::builder::{StrBuf, StrBuilder};
use super::view::StrView;

/// The operand is not a valid URI part: the caller throws `URIError: URI malformed`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UriError;

const ALNUM: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const UPPER_HEX: &[u8; 16] = b"0123456789ABCDEF";

/// A set of ASCII characters as a bit set.
#[derive(Clone, Copy)]
struct AsciiSet(u128);

impl AsciiSet {
    const fn of(parts: &[&[u8]]) -> AsciiSet {
        let mut bits = 0u128;
        let mut i = 0;
        while i < parts.len() {
            let mut j = 0;
            while j < parts[i].len() {
                bits |= 1 << parts[i][j];
                j += 1;
            }
            i += 1;
        }
        AsciiSet(bits)
    }

    #[inline]
    const fn has(self, unit: u16) -> bool {
        unit < 128 && self.0 & (1 << unit) != 0
    }
}

/// uriUnescaped: what encodeURIComponent leaves alone.
const UNESCAPED: AsciiSet = AsciiSet::of(&[ALNUM, b"-_.!~*'()"]);
/// uriReserved, uriUnescaped and `#`: what encodeURI leaves alone.
const URI_UNESCAPED: AsciiSet = AsciiSet::of(&[ALNUM, b"-_.!~*'()", b";/?:@&=+$,#"]);
/// uriReserved and `#`: what decodeURI leaves escaped.
const RESERVED: AsciiSet = AsciiSet::of(&[b";/?:@&=+$,#"]);
/// What decodeURIComponent leaves escaped: nothing.
const NONE: AsciiSet = AsciiSet(0);
/// What `escape` leaves alone.
const ESCAPE_UNESCAPED: AsciiSet = AsciiSet::of(&[ALNUM, b"@*_+-./"]);

/// `encodeURI`.
pub fn encode_uri(view: StrView<'_>) -> Result<StrBuf, UriError> {
    encode(view, URI_UNESCAPED)
}

/// `encodeURIComponent`.
pub fn encode_uri_component(view: StrView<'_>) -> Result<StrBuf, UriError> {
    encode(view, UNESCAPED)
}

/// `decodeURI`.
pub fn decode_uri(view: StrView<'_>) -> Result<StrBuf, UriError> {
    decode(view, RESERVED)
}

/// `decodeURIComponent`.
pub fn decode_uri_component(view: StrView<'_>) -> Result<StrBuf, UriError> {
    decode(view, NONE)
}

fn push_percent(out: &mut Vec<u8>, byte: u8) {
    out.extend_from_slice(&[
        b'%',
        UPPER_HEX[usize::from(byte >> 4)],
        UPPER_HEX[usize::from(byte & 15)],
    ]);
}

/// Encode ( string, extraUnescaped ).
fn encode(view: StrView<'_>, unescaped: AsciiSet) -> Result<StrBuf, UriError> {
    let mut out = Vec::with_capacity(view.len() + view.len() / 2);
    for code_point in view.code_points() {
        if code_point < 128 && unescaped.has(code_point as u16) {
            out.push(code_point as u8);
            continue;
        }
        let c = char::from_u32(code_point).ok_or(UriError)?;
        for &byte in c.encode_utf8(&mut [0; 4]).as_bytes() {
            push_percent(&mut out, byte);
        }
    }
    Ok(StrBuf::Latin1(out))
}

fn hex_digit(unit: u16) -> Option<u8> {
    char::from_u32(u32::from(unit))?
        .to_digit(16)
        .map(|d| d as u8)
}

/// The byte of the `%XX` at `at`.
fn percent_byte(view: StrView<'_>, at: usize) -> Option<u8> {
    if view.get(at)? != u16::from(b'%') {
        return None;
    }
    Some(hex_digit(view.get(at + 1)?)? << 4 | hex_digit(view.get(at + 2)?)?)
}

/// Decode ( string, preserveEscapeSet ).
fn decode(view: StrView<'_>, preserve: AsciiSet) -> Result<StrBuf, UriError> {
    let mut out = StrBuilder::with_capacity(view.len());
    let mut at = 0;
    while let Some(unit) = view.get(at) {
        if unit != u16::from(b'%') {
            out.push_unit(unit);
            at += 1;
            continue;
        }
        let start = at;
        let first = percent_byte(view, at).ok_or(UriError)?;
        at += 3;
        if first < 0x80 {
            if preserve.has(u16::from(first)) {
                out.push_view(view.slice(start, at));
            } else {
                out.push_byte(first);
            }
            continue;
        }
        let len = match first {
            0xC2..=0xDF => 2,
            0xE0..=0xEF => 3,
            0xF0..=0xF4 => 4,
            _ => return Err(UriError),
        };
        let mut bytes = [first, 0, 0, 0];
        for slot in &mut bytes[1..len] {
            *slot = percent_byte(view, at).ok_or(UriError)?;
            at += 3;
        }
        out.push_str(std::str::from_utf8(&bytes[..len]).map_err(|_| UriError)?);
    }
    Ok(out.finish())
}

/// Annex B `escape`.
pub fn escape(view: StrView<'_>) -> StrBuf {
    let mut out = Vec::with_capacity(view.len() + view.len() / 2);
    for unit in view.units() {
        if ESCAPE_UNESCAPED.has(unit) {
            out.push(unit as u8);
        } else if let Ok(byte) = u8::try_from(unit) {
            push_percent(&mut out, byte);
        } else {
            out.extend_from_slice(b"%u");
            for shift in [12, 8, 4, 0] {
                out.push(UPPER_HEX[usize::from((unit >> shift) & 15)]);
            }
        }
    }
    StrBuf::Latin1(out)
}

/// The unit of the `%uXXXX` at `at`.
fn percent_u_unit(view: StrView<'_>, at: usize) -> Option<u16> {
    if view.get(at)? != u16::from(b'%') || view.get(at + 1)? != u16::from(b'u') {
        return None;
    }
    (2..6).try_fold(0u16, |acc, i| {
        Some(acc << 4 | u16::from(hex_digit(view.get(at + i)?)?))
    })
}

/// Annex B `unescape`.
pub fn unescape(view: StrView<'_>) -> StrBuf {
    let mut out = StrBuilder::with_capacity(view.len());
    let mut at = 0;
    while let Some(unit) = view.get(at) {
        if let Some(unit) = percent_u_unit(view, at) {
            out.push_unit(unit);
            at += 6;
        } else if let Some(byte) = percent_byte(view, at) {
            out.push_byte(byte);
            at += 3;
        } else {
            out.push_unit(unit);
            at += 1;
        }
    }
    out.finish()
}

#[cfg(test)]
mod tests {
    use super::super::encoding::from_utf8;
    use super::*;

    #[test]
    fn encode_decode() {
        let s = from_utf8("a b/é€😀#");
        assert_eq!(
            encode_uri(s.view()).unwrap(),
            "a%20b/%C3%A9%E2%82%AC%F0%9F%98%80#"
        );
        assert_eq!(
            encode_uri_component(s.view()).unwrap(),
            "a%20b%2F%C3%A9%E2%82%AC%F0%9F%98%80%23"
        );
        let e = encode_uri_component(s.view()).unwrap();
        assert_eq!(decode_uri_component(e.view()).unwrap(), s);
        assert_eq!(decode_uri(StrView::ascii("%2f%41")).unwrap(), "%2fA");
        assert_eq!(encode_uri(StrView::Utf16(&[0xD800])), Err(UriError));
        for bad in [
            "%",
            "%4",
            "%zz",
            "%80",
            "%C3",
            "%C3%",
            "%C3A9",
            "%C0%80",
            "%ED%A0%80",
            "%F5%80%80%80",
            "%E2%28%A1",
        ] {
            assert_eq!(
                decode_uri_component(StrView::ascii(bad)),
                Err(UriError),
                "{bad}"
            );
        }
    }

    #[test]
    fn escape_unescape() {
        let s = from_utf8("a é\u{20AC}+");
        assert_eq!(escape(s.view()), "a%20%E9%u20AC+");
        assert_eq!(unescape(escape(s.view()).view()), s);
        assert_eq!(unescape(StrView::ascii("%u12%4")), "%u12%4");
    }
}
