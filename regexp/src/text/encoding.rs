//! Conversions between code units and UTF-8, and well-formedness.

use super::builder::{StrBuf, StrBuilder};
use super::view::{StrView, is_lead_surrogate, is_trail_surrogate};

/// The contents of UTF-8 text: Latin-1 when every character fits.
pub fn from_utf8(text: &str) -> StrBuf {
    if text.is_ascii() {
        return StrBuf::Latin1(text.as_bytes().to_vec());
    }
    // A lead byte above 0xC3 starts a character above U+00FF.
    if text.bytes().all(|b| b <= 0xC3) {
        return StrBuf::Latin1(text.chars().map(|c| c as u8).collect());
    }
    StrBuf::Utf16(text.encode_utf16().collect())
}

/// Decodes bytes as UTF-8, replacing every maximal ill-formed part by U+FFFD (the "replacement" mode of the WHATWG
/// decoder, without its byte-order-mark handling).
pub fn from_utf8_bytes_lossy(bytes: &[u8]) -> StrBuf {
    from_utf8(&String::from_utf8_lossy(bytes))
}

/// Decodes generalized UTF-8 (WTF-8), in which surrogates may be encoded as three bytes; anything else ill-formed
/// becomes U+FFFD.
pub fn from_wtf8(bytes: &[u8]) -> StrBuf {
    let mut out = StrBuilder::with_capacity(bytes.len());
    let mut rest = bytes;
    loop {
        match std::str::from_utf8(rest) {
            Ok(text) => {
                out.push_str(text);
                return out.finish();
            }
            Err(error) => {
                let (valid, bad) = rest.split_at(error.valid_up_to());
                out.push_str(std::str::from_utf8(valid).unwrap_or_default());
                if let [0xED, second @ 0xA0..=0xBF, third @ 0x80..=0xBF, after @ ..] = bad {
                    out.push_unit(
                        0xD000 | (u16::from(*second & 0x3F) << 6) | u16::from(*third & 0x3F),
                    );
                    rest = after;
                } else {
                    out.push_unit(0xFFFD);
                    rest = &bad[error.error_len().unwrap_or(bad.len())..];
                }
            }
        }
    }
}

/// UTF-8 text with every unpaired surrogate replaced by U+FFFD.
pub fn to_utf8_lossy(view: StrView<'_>) -> String {
    match view {
        StrView::Latin1(s) => match std::str::from_utf8(s) {
            Ok(text) if s.is_ascii() => text.to_owned(),
            _ => s.iter().map(|&b| char::from(b)).collect(),
        },
        StrView::Utf16(s) => String::from_utf16_lossy(s),
    }
}

/// Generalized UTF-8: like UTF-8, with unpaired surrogates encoded as three bytes, so that nothing is lost.
pub fn to_wtf8(view: StrView<'_>) -> Vec<u8> {
    let mut out = Vec::with_capacity(view.len() + view.len() / 4);
    for code_point in view.code_points() {
        match char::from_u32(code_point) {
            Some(c) if c.is_ascii() => out.push(c as u8),
            Some(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            None => out.extend_from_slice(&[
                0xE0 | (code_point >> 12) as u8,
                0x80 | ((code_point >> 6) & 0x3F) as u8,
                0x80 | (code_point & 0x3F) as u8,
            ]),
        }
    }
    out
}

/// The index of the first unpaired surrogate at or after `from`.
pub fn find_unpaired(units: &[u16], from: usize) -> Option<usize> {
    let mut at = from;
    while let Some(&unit) = units.get(at) {
        if is_lead_surrogate(unit) && units.get(at + 1).is_some_and(|&u| is_trail_surrogate(u)) {
            at += 2;
        } else if unit & 0xF800 == 0xD800 {
            return Some(at);
        } else {
            at += 1;
        }
    }
    None
}

/// IsStringWellFormedUnicode.
pub fn is_well_formed(view: StrView<'_>) -> bool {
    match view {
        StrView::Latin1(_) => true,
        StrView::Utf16(s) => find_unpaired(s, 0).is_none(),
    }
}

/// String.prototype.toWellFormed; `None` when the string is well-formed already.
pub fn to_well_formed(view: StrView<'_>) -> Option<StrBuf> {
    let StrView::Utf16(units) = view else {
        return None;
    };
    let mut at = find_unpaired(units, 0)?;
    let mut out = units.to_vec();
    loop {
        out[at] = 0xFFFD;
        match find_unpaired(units, at + 1) {
            Some(next) => at = next,
            None => return Some(StrBuf::Utf16(out)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf8_round_trips() {
        for text in ["", "abc", "aé", "a\u{100}", "日本😀"] {
            let buf = from_utf8(text);
            assert_eq!(to_utf8_lossy(buf.view()), text);
            assert_eq!(from_wtf8(&to_wtf8(buf.view())), buf);
        }
        assert!(matches!(from_utf8("aé\u{ff}"), StrBuf::Latin1(_)));
    }

    #[test]
    fn lone_surrogates() {
        let units = [0x61, 0xD83D, 0x62, 0xDE00];
        let view = StrView::Utf16(&units);
        assert!(!is_well_formed(view));
        assert_eq!(to_utf8_lossy(view), "a\u{FFFD}b\u{FFFD}");
        assert_eq!(to_well_formed(view).unwrap(), "a\u{FFFD}b\u{FFFD}");
        assert_eq!(from_wtf8(&to_wtf8(view)).view(), view);
        assert!(to_well_formed(StrView::ascii("x")).is_none());
        assert_eq!(from_wtf8(b"a\xFF\xE2\x82"), "a\u{FFFD}\u{FFFD}");
        assert_eq!(
            from_utf8_bytes_lossy(b"\xED\xA0\x80"),
            "\u{FFFD}\u{FFFD}\u{FFFD}"
        );
    }
}
