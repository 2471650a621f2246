//! Full Unicode case conversion with special casing and final sigma.
//!
//! ASCII and Latin-1 are converted in place; the rest goes through the standard library's locale-independent mappings,
//! and through `icu_casemap` for the three languages whose rules differ. Unpaired surrogates have no case and are not
//! case-ignorable, so converting the well-formed runs between them one by one gives the right answer, final sigma
//! included.

use super::builder::{StrBuf, StrBuilder};
use super::encoding::find_unpaired;
use super::view::StrView;

/// Languages with case rules of their own (SpecialCasing.txt).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaseLocale {
    /// Everything that follows the locale-independent rules.
    Root,
    /// Turkish: dotted and dotless i.
    Turkish,
    /// Azeri: as Turkish.
    Azeri,
    /// Lithuanian: the dot above is kept under accents.
    Lithuanian,
    /// Greek: accents are dropped in upper case.
    Greek,
}

impl CaseLocale {
    /// The rules for a BCP 47 language tag; only its language subtag matters.
    pub fn from_tag(tag: &str) -> CaseLocale {
        match tag
            .split(['-', '_'])
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase()
            .as_str()
        {
            "tr" => CaseLocale::Turkish,
            "az" => CaseLocale::Azeri,
            "lt" => CaseLocale::Lithuanian,
            "el" => CaseLocale::Greek,
            _ => CaseLocale::Root,
        }
    }

    fn tag(self) -> &'static str {
        match self {
            CaseLocale::Root => "und",
            CaseLocale::Turkish => "tr",
            CaseLocale::Azeri => "az",
            CaseLocale::Lithuanian => "lt",
            CaseLocale::Greek => "el",
        }
    }
}

/// String.prototype.toLowerCase; `None` when the string is its own lower case (ASCII and Latin-1 only: other strings
/// are always rebuilt).
pub fn to_lower_case(view: StrView<'_>) -> Option<StrBuf> {
    match view {
        StrView::Latin1(s) => {
            let first = s.iter().position(|&b| lower_latin1(b) != b)?;
            let mut out = s.to_vec();
            out[first..].iter_mut().for_each(|b| *b = lower_latin1(*b));
            Some(StrBuf::Latin1(out))
        }
        StrView::Utf16(s) => Some(map_runs(s, &|text, out| out.push_str(&text.to_lowercase()))),
    }
}

/// String.prototype.toUpperCase; `None` as for [`to_lower_case`].
pub fn to_upper_case(view: StrView<'_>) -> Option<StrBuf> {
    match view {
        StrView::Latin1(s) => {
            let first = s.iter().position(|&b| upper_changes(b))?;
            if !s.iter().any(|&b| matches!(b, 0xB5 | 0xDF | 0xFF)) {
                let mut out = s.to_vec();
                out[first..].iter_mut().for_each(|b| *b = upper_latin1(*b));
                return Some(StrBuf::Latin1(out));
            }
            let mut out = StrBuilder::with_capacity(s.len() + 1);
            for &b in s {
                match b {
                    0xB5 => out.push_unit(0x39C),
                    0xDF => out.push_latin1(b"SS"),
                    0xFF => out.push_unit(0x178),
                    _ => out.push_byte(upper_latin1(b)),
                }
            }
            Some(out.finish())
        }
        StrView::Utf16(s) => Some(map_runs(s, &|text, out| out.push_str(&text.to_uppercase()))),
    }
}

/// String.prototype.toLocaleLowerCase.
pub fn to_lower_case_in(view: StrView<'_>, locale: CaseLocale) -> Option<StrBuf> {
    if locale == CaseLocale::Root {
        return to_lower_case(view);
    }
    let Ok(lang) = locale.tag().parse() else {
        return to_lower_case(view);
    };
    let mapper = icu_casemap::CaseMapper::new();
    Some(map_runs(&to_units(view), &|text, out| {
        out.push_str(&mapper.lowercase_to_string(text, &lang))
    }))
}

/// String.prototype.toLocaleUpperCase.
pub fn to_upper_case_in(view: StrView<'_>, locale: CaseLocale) -> Option<StrBuf> {
    if locale == CaseLocale::Root {
        return to_upper_case(view);
    }
    let Ok(lang) = locale.tag().parse() else {
        return to_upper_case(view);
    };
    let mapper = icu_casemap::CaseMapper::new();
    Some(map_runs(&to_units(view), &|text, out| {
        out.push_str(&mapper.uppercase_to_string(text, &lang))
    }))
}

#[inline]
const fn lower_latin1(b: u8) -> u8 {
    match b {
        b'A'..=b'Z' | 0xC0..=0xD6 | 0xD8..=0xDE => b + 0x20,
        _ => b,
    }
}

#[inline]
const fn upper_latin1(b: u8) -> u8 {
    match b {
        b'a'..=b'z' | 0xE0..=0xF6 | 0xF8..=0xFE => b - 0x20,
        _ => b,
    }
}

/// Whether upper-casing changes the byte; µ, ß and ÿ leave Latin-1 or grow.
#[inline]
const fn upper_changes(b: u8) -> bool {
    upper_latin1(b) != b || matches!(b, 0xB5 | 0xDF | 0xFF)
}

fn to_units(view: StrView<'_>) -> Vec<u16> {
    view.units().collect()
}

/// Applies `map` to each well-formed run and copies unpaired surrogates through.
fn map_runs(units: &[u16], map: &dyn Fn(&str, &mut StrBuilder)) -> StrBuf {
    let mut out = StrBuilder::with_capacity(units.len());
    let mut at = 0;
    loop {
        let end = find_unpaired(units, at).unwrap_or(units.len());
        if end > at {
            map(&String::from_utf16_lossy(&units[at..end]), &mut out);
        }
        match units.get(end) {
            Some(&surrogate) => out.push_unit(surrogate),
            None => return out.finish(),
        }
        at = end + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::super::encoding::{from_utf8, to_utf8_lossy};
    use super::*;

    fn lower(s: &str) -> String {
        let buf = from_utf8(s);
        to_lower_case(buf.view()).map_or_else(|| s.to_owned(), |r| to_utf8_lossy(r.view()))
    }

    fn upper(s: &str) -> String {
        let buf = from_utf8(s);
        to_upper_case(buf.view()).map_or_else(|| s.to_owned(), |r| to_utf8_lossy(r.view()))
    }

    #[test]
    fn latin1() {
        assert!(to_lower_case(StrView::ascii("abc1")).is_none());
        assert!(to_upper_case(StrView::ascii("ABC1")).is_none());
        assert_eq!(lower("ABÀÞ×"), "abàþ×");
        assert_eq!(upper("abàþ÷"), "ABÀÞ÷");
        assert_eq!(upper("straße ÿ µ"), "STRASSE \u{178} \u{39C}");
        for code in 0..=0xFFu8 {
            let s = char::from(code).to_string();
            assert_eq!(lower(&s), s.to_lowercase());
            assert_eq!(upper(&s), s.to_uppercase());
        }
    }

    #[test]
    fn final_sigma_and_surrogates() {
        assert_eq!(lower("ΑΣ"), "ας");
        assert_eq!(lower("ΑΣΑ"), "ασα");
        assert_eq!(upper("ﬁ ŉ"), "FI ʼN");
        let units = [0x391, 0x3A3, 0xD800, 0x3A3];
        let r = to_lower_case(StrView::Utf16(&units)).unwrap();
        assert_eq!(r.view(), StrView::Utf16(&[0x3B1, 0x3C2, 0xD800, 0x3C3]));
    }

    #[test]
    fn locales() {
        let tr = CaseLocale::from_tag("tr-TR");
        assert_eq!(to_upper_case_in(StrView::ascii("i"), tr).unwrap(), "İ");
        assert_eq!(to_lower_case_in(StrView::ascii("I"), tr).unwrap(), "ı");
        assert_eq!(CaseLocale::from_tag("en"), CaseLocale::Root);
    }
}
