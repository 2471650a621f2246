//! Unicode normalization forms over `icu_normalizer`.
//!
//! The library maps unpaired surrogates to U+FFFD; JavaScript keeps them. They are starters that compose with
//! nothing, so the runs between them are normalized one by one.

use super::builder::StrBuf;
use super::encoding::find_unpaired;
use super::view::StrView;
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use std::borrow::Cow;

/// The four forms of String.prototype.normalize.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NormalizationForm {
    /// Canonical composition.
    Nfc,
    /// Canonical decomposition.
    Nfd,
    /// Compatibility composition.
    Nfkc,
    /// Compatibility decomposition.
    Nfkd,
}

impl NormalizationForm {
    /// The form of that name, exactly as `normalize` accepts it.
    pub fn from_name(name: StrView<'_>) -> Option<NormalizationForm> {
        [
            ("NFC", NormalizationForm::Nfc),
            ("NFD", NormalizationForm::Nfd),
            ("NFKC", NormalizationForm::Nfkc),
            ("NFKD", NormalizationForm::Nfkd),
        ]
        .into_iter()
        .find_map(|(text, form)| name.eq_ascii(text).then_some(form))
    }

    fn apply(self, units: &[u16]) -> Cow<'_, [u16]> {
        match self {
            NormalizationForm::Nfc => ComposingNormalizerBorrowed::new_nfc().normalize_utf16(units),
            NormalizationForm::Nfkc => {
                ComposingNormalizerBorrowed::new_nfkc().normalize_utf16(units)
            }
            NormalizationForm::Nfd => {
                DecomposingNormalizerBorrowed::new_nfd().normalize_utf16(units)
            }
            NormalizationForm::Nfkd => {
                DecomposingNormalizerBorrowed::new_nfkd().normalize_utf16(units)
            }
        }
    }
}

/// String.prototype.normalize; `None` when the string is known to be in the form already.
pub fn normalize(view: StrView<'_>, form: NormalizationForm) -> Option<StrBuf> {
    let widened;
    let units = match view {
        StrView::Latin1(_) if form == NormalizationForm::Nfc => return None,
        StrView::Latin1(s) if s.is_ascii() => return None,
        StrView::Latin1(s) => {
            widened = s.iter().map(|&b| u16::from(b)).collect::<Vec<u16>>();
            widened.as_slice()
        }
        StrView::Utf16(s) => s,
    };
    let Some(mut bad) = find_unpaired(units, 0) else {
        return match form.apply(units) {
            Cow::Borrowed(_) => None,
            Cow::Owned(out) => Some(StrBuf::from_units(&out)),
        };
    };
    let mut out = Vec::with_capacity(units.len());
    let mut at = 0;
    loop {
        out.extend_from_slice(&form.apply(&units[at..bad]));
        let Some(&surrogate) = units.get(bad) else {
            return Some(StrBuf::Utf16(out));
        };
        out.push(surrogate);
        at = bad + 1;
        bad = find_unpaired(units, at).unwrap_or(units.len());
    }
}

#[cfg(test)]
mod tests {
    use super::super::encoding::from_utf8;
    use super::*;

    #[test]
    fn forms() {
        let s = from_utf8("\u{1E9B}\u{0323}");
        let get = |form| normalize(s.view(), form).unwrap_or_else(|| s.clone());
        assert_eq!(get(NormalizationForm::Nfc), "\u{1E9B}\u{0323}");
        assert_eq!(get(NormalizationForm::Nfd), "\u{017F}\u{0323}\u{0307}");
        assert_eq!(get(NormalizationForm::Nfkc), "\u{1E69}");
        assert_eq!(get(NormalizationForm::Nfkd), "s\u{0323}\u{0307}");
        assert_eq!(
            normalize(StrView::Latin1(&[0xE9]), NormalizationForm::Nfd).unwrap(),
            "e\u{301}"
        );
        assert!(normalize(StrView::Latin1(&[0xE9]), NormalizationForm::Nfc).is_none());
        assert_eq!(NormalizationForm::from_name(StrView::ascii("nfc")), None);
    }

    #[test]
    fn unpaired_surrogates_survive() {
        let units = [0x65, 0x301, 0xDC00, 0xD800, 0x65, 0x301];
        let r = normalize(StrView::Utf16(&units), NormalizationForm::Nfc).unwrap();
        assert_eq!(r.view(), StrView::Utf16(&[0xE9, 0xDC00, 0xD800, 0xE9]));
    }
}
