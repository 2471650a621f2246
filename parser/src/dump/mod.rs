//! Stable textual dumps of what the parser makes: tokens, the tree (ESTree-shaped JSON), scopes.
//!
//! These only read; they never recurse on the depth of the source.

mod estree;
mod estree_expr;
mod estree_stmt;
mod scopes;
mod tokens;

pub use estree::to_estree_json;
pub use scopes::print_scopes;
pub use tokens::print_tokens;

use std::fmt::Write;

/// Appends WTF-8 text as a JSON string; lone surrogates as `\u` escapes.
fn push_json_string(out: &mut String, text: &[u8]) {
    out.push('"');
    for unit in char::decode_utf16(crate::names::wtf8_to_utf16(text)) {
        match unit {
            Ok('"') => out.push_str("\\\""),
            Ok('\\') => out.push_str("\\\\"),
            Ok('\n') => out.push_str("\\n"),
            Ok('\r') => out.push_str("\\r"),
            Ok('\t') => out.push_str("\\t"),
            Ok(character) if (character as u32) < 0x20 || character as u32 == 0x7F => {
                let _ = write!(out, "\\u{:04x}", character as u32);
            }
            Ok(character) => out.push(character),
            Err(lone) => {
                let _ = write!(out, "\\u{:04x}", lone.unpaired_surrogate());
            }
        }
    }
    out.push('"');
}
