//! GetSubstitution: replacement templates of String.prototype.replace.
//!
//! The template is split into parts first, since named groups have to be fetched from a JavaScript object by the
//! caller; [`get_substitution`] does the whole thing where there are none to fetch.

use super::builder::StrBuilder;
use super::view::StrView;

/// One piece of a replacement template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubstitutionPart<'t> {
    /// Text to copy.
    Literal(StrView<'t>),
    /// `$&`.
    Matched,
    /// `` $` ``.
    Before,
    /// `$'`.
    After,
    /// `$n` or `$nn`: 1-based capture number, at most the number of captures.
    Capture(usize),
    /// `$<name>`.
    Named(StrView<'t>),
}

/// Iterator over the parts of a template.
pub struct SubstitutionParts<'t> {
    template: StrView<'t>,
    captures: usize,
    has_named: bool,
    at: usize,
}

impl<'t> SubstitutionParts<'t> {
    /// Reads `template` for a match with `captures` groups (without group 0); `has_named` says whether the match has a
    /// groups object, without which `$<` is literal.
    pub fn new(template: StrView<'t>, captures: usize, has_named: bool) -> Self {
        SubstitutionParts {
            template,
            captures,
            has_named,
            at: 0,
        }
    }

    /// The special part at the `$` at `self.at` and its length, or `None` if the `$` is literal.
    fn special(&self) -> Option<(SubstitutionPart<'t>, usize)> {
        let next = self.template.get(self.at + 1)?;
        let digit = |i: usize| {
            let unit = self.template.get(self.at + i)?;
            (0x30..=0x39)
                .contains(&unit)
                .then(|| usize::from(unit - 0x30))
        };
        match u8::try_from(next).ok()? {
            b'$' => Some((
                SubstitutionPart::Literal(self.template.slice(self.at, self.at + 1)),
                2,
            )),
            b'&' => Some((SubstitutionPart::Matched, 2)),
            b'`' => Some((SubstitutionPart::Before, 2)),
            b'\'' => Some((SubstitutionPart::After, 2)),
            b'0'..=b'9' => {
                let first = digit(1)?;
                if let Some(second) = digit(2) {
                    let number = first * 10 + second;
                    if (1..=self.captures).contains(&number) {
                        return Some((SubstitutionPart::Capture(number), 3));
                    }
                }
                (1..=self.captures)
                    .contains(&first)
                    .then_some((SubstitutionPart::Capture(first), 2))
            }
            b'<' if self.has_named => {
                let start = self.at + 2;
                let end = super::search::index_of(self.template, StrView::ascii(">"), start)?;
                Some((
                    SubstitutionPart::Named(self.template.slice(start, end)),
                    end + 1 - self.at,
                ))
            }
            _ => None,
        }
    }
}

impl<'t> Iterator for SubstitutionParts<'t> {
    type Item = SubstitutionPart<'t>;

    fn next(&mut self) -> Option<SubstitutionPart<'t>> {
        let len = self.template.len();
        if self.at >= len {
            return None;
        }
        let dollar = StrView::ascii("$");
        let start = self.at;
        if self.template.get(start) == Some(u16::from(b'$')) {
            if let Some((part, width)) = self.special() {
                self.at += width;
                return Some(part);
            }
            self.at += 1;
        }
        self.at = super::search::index_of(self.template, dollar, self.at).unwrap_or(len);
        Some(SubstitutionPart::Literal(
            self.template.slice(start, self.at),
        ))
    }
}

/// GetSubstitution without named groups. `captures` excludes group 0; undefined captures are `None`.
pub fn get_substitution(
    out: &mut StrBuilder,
    string: StrView<'_>,
    position: usize,
    matched: StrView<'_>,
    captures: &[Option<StrView<'_>>],
    template: StrView<'_>,
) {
    for part in SubstitutionParts::new(template, captures.len(), false) {
        match part {
            SubstitutionPart::Literal(text) | SubstitutionPart::Named(text) => out.push_view(text),
            SubstitutionPart::Matched => out.push_view(matched),
            SubstitutionPart::Before => out.push_view(string.slice(0, position)),
            SubstitutionPart::After => {
                out.push_view(string.slice_from(position.saturating_add(matched.len())))
            }
            SubstitutionPart::Capture(n) => {
                if let Some(text) = n
                    .checked_sub(1)
                    .and_then(|i| captures.get(i))
                    .copied()
                    .flatten()
                {
                    out.push_view(text);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sub(template: &str, captures: &[Option<&str>]) -> String {
        let mut out = StrBuilder::new();
        let captures: Vec<_> = captures.iter().map(|c| c.map(StrView::ascii)).collect();
        get_substitution(
            &mut out,
            StrView::ascii("abcde"),
            1,
            StrView::ascii("bc"),
            &captures,
            StrView::ascii(template),
        );
        super::super::encoding::to_utf8_lossy(out.view())
    }

    #[test]
    fn templates() {
        assert_eq!(sub("[$&]", &[]), "[bc]");
        assert_eq!(sub("$`|$'|$$", &[]), "a|de|$");
        assert_eq!(sub("$1$2$3", &[Some("x"), None]), "x$3");
        assert_eq!(sub("$01 $10 $0 $00", &[Some("x")]), "x x0 $0 $00");
        assert_eq!(sub("$<a>$", &[Some("x")]), "$<a>$");
        assert_eq!(sub("plain", &[]), "plain");
        let many: Vec<_> = (0..11).map(|i| Some(["a", "b"][i % 2])).collect();
        assert_eq!(sub("$11$12", &many), "aa2");
        let parts: Vec<_> = SubstitutionParts::new(StrView::ascii("$<n>x$<"), 0, true).collect();
        assert_eq!(parts[0], SubstitutionPart::Named(StrView::ascii("n")));
        assert_eq!(parts.len(), 3);
    }
}
