//! Validity of regular expressions, asked of the engine that runs them.

use sarus_regexp::Flags;
use sarus_regexp::text::{StrView, from_wtf8};

/// Checks a pattern (WTF-8) with flags (already known to be a valid set). The error is the reason in V8's words.
pub fn validate(pattern: &[u8], flags: &[u8]) -> Result<(), String> {
    let Some(flags) = Flags::parse(StrView::Latin1(flags)) else {
        return Err("Invalid flags".to_owned());
    };
    sarus_regexp::validate(from_wtf8(pattern).view(), flags)
}
