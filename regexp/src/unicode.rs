//! Case equivalence and Unicode properties.

use super::charset::{CodePointSet, MAX_CODE_POINT};
use icu_properties::props::{GeneralCategory, GeneralCategoryGroup, Script};
use icu_properties::script::ScriptWithExtensions;
use icu_properties::{CodePointMapData, CodePointSetData, PropertyParser};
use std::collections::HashMap;
use std::sync::OnceLock;

/// Which Canonicalize applies under the `i` flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CaseMode {
    /// Without `u` or `v`: simple upper case of single code units.
    Upper,
    /// With `u` or `v`: simple case folding.
    Fold,
}

/// Canonicalize.
pub(super) fn canonicalize(c: u32, mode: CaseMode) -> u32 {
    if c < 128 {
        let c = c as u8;
        return u32::from(if mode == CaseMode::Upper {
            c.to_ascii_uppercase()
        } else {
            c.to_ascii_lowercase()
        });
    }
    let Some(ch) = char::from_u32(c) else {
        return c;
    };
    match mode {
        CaseMode::Fold => icu_casemap::CaseMapper::new().simple_fold(ch) as u32,
        CaseMode::Upper => {
            let mut upper = ch.to_uppercase();
            match (upper.next(), upper.next()) {
                // A mapping to several characters, or out of the rest into ASCII, does not count.
                (Some(up), None) if !up.is_ascii() && up as u32 <= 0xFFFF => up as u32,
                _ => c,
            }
        }
    }
}

/// Classes of two and more code points that canonicalize alike.
struct CaseClasses(Vec<Vec<u32>>);

/// Blocks that have letters with case; everything else is its own class.
const CASED: [(u32, u32); 3] = [(0x41, 0x24FF), (0x2C00, 0xFFFF), (0x1_0400, 0x1_EFFF)];

fn classes(mode: CaseMode) -> &'static CaseClasses {
    static UPPER: OnceLock<CaseClasses> = OnceLock::new();
    static FOLD: OnceLock<CaseClasses> = OnceLock::new();
    let (cell, blocks) = match mode {
        CaseMode::Upper => (&UPPER, &CASED[..2]),
        CaseMode::Fold => (&FOLD, &CASED[..]),
    };
    cell.get_or_init(|| {
        let mut by_canonical: HashMap<u32, Vec<u32>> = HashMap::new();
        for c in blocks.iter().flat_map(|b| b.0..=b.1) {
            let canonical = canonicalize(c, mode);
            if canonical != c {
                by_canonical
                    .entry(canonical)
                    .or_insert_with(|| vec![canonical])
                    .push(c);
            }
        }
        CaseClasses(by_canonical.into_values().collect())
    })
}

/// All code points that canonicalize like a member of `set`.
pub(super) fn case_closure(set: &CodePointSet, mode: CaseMode) -> CodePointSet {
    if set.ranges().last().is_none_or(|r| r.1 < 128) {
        return ascii_closure(set, mode);
    }
    if set.ranges() == [(0, MAX_CODE_POINT)] {
        return set.clone();
    }
    let mut extra = Vec::new();
    for class in &classes(mode).0 {
        if class.iter().any(|&c| set.contains(c)) {
            extra.extend(class.iter().map(|&c| (c, c)));
        }
    }
    set.union(&CodePointSet::from_ranges(extra))
}

fn ascii_closure(set: &CodePointSet, mode: CaseMode) -> CodePointSet {
    let mut extra = Vec::new();
    for c in set.ranges().iter().flat_map(|r| r.0..=r.1) {
        if (c as u8).is_ascii_alphabetic() {
            extra.push((c ^ 0x20, c ^ 0x20));
            match (mode, c | 0x20) {
                // The only characters beyond ASCII that fold into it: long s and the Kelvin sign.
                (CaseMode::Fold, 0x73) => extra.push((0x17F, 0x17F)),
                (CaseMode::Fold, 0x6B) => extra.push((0x212A, 0x212A)),
                _ => {}
            }
        }
    }
    if extra.is_empty() {
        set.clone()
    } else {
        set.union(&CodePointSet::from_ranges(extra))
    }
}

/// `\d`.
pub(super) fn digits() -> CodePointSet {
    CodePointSet::from_ranges([(0x30, 0x39)])
}

/// `\s`: WhiteSpace and LineTerminator.
pub(super) fn spaces() -> CodePointSet {
    CodePointSet::from_ranges([
        (0x09, 0x0D),
        (0x20, 0x20),
        (0xA0, 0xA0),
        (0x1680, 0x1680),
        (0x2000, 0x200A),
        (0x2028, 0x2029),
        (0x202F, 0x202F),
        (0x205F, 0x205F),
        (0x3000, 0x3000),
        (0xFEFF, 0xFEFF),
    ])
}

/// WordCharacters; with `u` or `v` and `i`, what folds to an ASCII letter is one too.
pub(super) fn word_characters(folding: bool) -> CodePointSet {
    let mut ranges = vec![(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)];
    if folding {
        ranges.extend([(0x17F, 0x17F), (0x212A, 0x212A)]);
    }
    CodePointSet::from_ranges(ranges)
}

/// What `.` does not match without the `s` flag.
pub(super) fn line_terminators() -> CodePointSet {
    CodePointSet::from_ranges([(0x0A, 0x0A), (0x0D, 0x0D), (0x2028, 0x2029)])
}

fn from_inclusive(ranges: impl Iterator<Item = std::ops::RangeInclusive<u32>>) -> CodePointSet {
    CodePointSet::from_ranges(ranges.map(|r| (*r.start(), *r.end())))
}

fn general_category(name: &str) -> Option<CodePointSet> {
    let group = PropertyParser::<GeneralCategoryGroup>::new().get_strict(name)?;
    let set = CodePointMapData::<GeneralCategory>::new().get_set_for_value_group(group);
    Some(from_inclusive(set.as_borrowed().iter_ranges()))
}

fn script(name: &str) -> Option<Script> {
    PropertyParser::<Script>::new().get_strict(name)
}

/// UnicodeMatchProperty and UnicodeMatchPropertyValue: the set for `\p{name}` or `\p{name=value}`.
pub(super) fn property(name: &str, value: Option<&str>) -> Option<CodePointSet> {
    let Some(value) = value else {
        return match name {
            "Any" => Some(CodePointSet::from_ranges([(0, MAX_CODE_POINT)])),
            "ASCII" => Some(CodePointSet::from_ranges([(0, 0x7F)])),
            "Assigned" => general_category("Cn").map(|s| s.complement()),
            _ => general_category(name).or_else(|| {
                let set = CodePointSetData::new_for_ecma262(name.as_bytes())?;
                Some(from_inclusive(set.iter_ranges()))
            }),
        };
    };
    match name {
        "General_Category" | "gc" => general_category(value),
        "Script" | "sc" => {
            let ranges = CodePointMapData::<Script>::new().iter_ranges_for_value(script(value)?);
            Some(from_inclusive(ranges))
        }
        "Script_Extensions" | "scx" => {
            let data = ScriptWithExtensions::new();
            let set = data.get_script_extensions_set(script(value)?);
            Some(from_inclusive(set.iter_ranges()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closures() {
        let close = |c: char, mode| {
            case_closure(&CodePointSet::single(c as u32), mode)
                .few(9)
                .unwrap()
        };
        assert_eq!(close('k', CaseMode::Upper), [0x4B, 0x6B]);
        assert_eq!(close('k', CaseMode::Fold), [0x4B, 0x6B, 0x212A]);
        assert_eq!(close('µ', CaseMode::Upper), [0xB5, 0x39C, 0x3BC]);
        assert_eq!(close('ß', CaseMode::Upper), [0xDF]);
        assert_eq!(close('ß', CaseMode::Fold), [0xDF, 0x1E9E]);
        assert_eq!(close('\u{10400}', CaseMode::Fold), [0x10400, 0x10428]);
        assert_eq!(close('1', CaseMode::Fold), [0x31]);
    }

    #[test]
    fn properties() {
        assert!(property("Lu", None).unwrap().contains(0x41));
        assert!(property("Letter", None).unwrap().contains(0xE9));
        assert!(property("gc", Some("Nd")).unwrap().contains(0x660));
        assert!(property("Script", Some("Greek")).unwrap().contains(0x3B1));
        assert!(property("scx", Some("Deva")).unwrap().contains(0x964));
        assert!(property("White_Space", None).unwrap().contains(0x20));
        assert!(property("Any", None).unwrap().contains(MAX_CODE_POINT));
        assert!(property("lu", None).is_none());
        assert!(property("Script", None).is_none());
        assert!(property("Script", Some("greek")).is_none());
        assert!(property("Block", Some("Basic_Latin")).is_none());
    }
}
