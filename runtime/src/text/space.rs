//! WhiteSpace and LineTerminator, and the trims over them.

use super::view::StrView;

/// Whether the unit is a LineTerminator.
#[inline]
pub const fn is_line_terminator(unit: u16) -> bool {
    matches!(unit, 0x0A | 0x0D | 0x2028 | 0x2029)
}

/// Whether the unit is WhiteSpace or LineTerminator: what `trim` and StringToNumber strip.
#[inline]
pub const fn is_trimmable(unit: u16) -> bool {
    match unit {
        0x20 | 0x09..=0x0D => true,
        0..=0x9F => false,
        0xA0 | 0x1680 | 0x2000..=0x200A | 0x2028 | 0x2029 | 0x202F | 0x205F | 0x3000 | 0xFEFF => {
            true
        }
        _ => false,
    }
}

fn leading(view: StrView<'_>) -> usize {
    view.units()
        .position(|u| !is_trimmable(u))
        .unwrap_or(view.len())
}

fn trailing(view: StrView<'_>) -> usize {
    view.units()
        .rev()
        .position(|u| !is_trimmable(u))
        .unwrap_or(view.len())
}

/// TrimString with where = start.
#[inline]
pub fn trim_start(view: StrView<'_>) -> StrView<'_> {
    view.slice_from(leading(view))
}

/// TrimString with where = end.
#[inline]
pub fn trim_end(view: StrView<'_>) -> StrView<'_> {
    view.slice(0, view.len() - trailing(view))
}

/// TrimString with where = start+end.
#[inline]
pub fn trim(view: StrView<'_>) -> StrView<'_> {
    trim_end(trim_start(view))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trims() {
        let s = StrView::Latin1(b"\t\xA0 a b \x0B\r\n");
        assert!(trim(s).eq_ascii("a b"));
        let w: Vec<u16> = "\u{FEFF}\u{3000}x\u{2029}\u{180E}\u{200B}"
            .encode_utf16()
            .collect();
        assert_eq!(trim(StrView::Utf16(&w)).len(), 4);
        assert!(trim(StrView::ascii(" \n ")).is_empty());
        assert!(trim_start(StrView::ascii(" a ")).eq_ascii("a "));
        assert!(trim_end(StrView::ascii(" a ")).eq_ascii(" a"));
    }
}
