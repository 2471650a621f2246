//! Validity of regular expressions, asked of the engine that runs them.

use crate::names::decode;
use regress::{Flags, Regex};

/// Checks a pattern (WTF-8) with flags (already known to be a valid set). The error is the reason, in V8's words where it has
/// some.
pub fn validate(pattern: &[u8], flags: &[u8]) -> Result<(), String> {
    let mut code_points = Vec::with_capacity(pattern.len());
    let mut at = 0;
    let unicode = flags.iter().any(|&flag| matches!(flag, b'u' | b'v'));
    while at < pattern.len() {
        let (code_point, len) = decode(pattern, at);
        at += len;
        if code_point > 0xFFFF && !unicode {
            code_points.push(0xD7C0 + (code_point >> 10));
            code_points.push(0xDC00 + (code_point & 0x3FF));
        } else {
            code_points.push(code_point);
        }
    }
    let mut flags = Flags::new(flags.iter().map(|&flag| u32::from(flag)));
    flags.no_opt = true;
    match Regex::from_unicode(code_points.into_iter(), flags) {
        Ok(_) => Ok(()),
        Err(error) => Err(error.text),
    }
}
