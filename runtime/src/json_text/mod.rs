//! JSON text without values: a parser over code units, and text under construction.
//!
//! [`parse_json_text`] checks the grammar and tells a sink what it finds, which builds the values. It keeps the nesting in a
//! bit stack, so that depth costs a bit per level and no recursion. Error messages are V8's, word for word.
//!
//! **Architecture invariant:** nothing here allocates on the collected heap, runs JavaScript, panics or recurses.

mod error;
mod output;
mod parser;
mod scan;

pub use error::JsonError;
pub use output::{BLOCK, JsonText};
pub use parser::{JsonScalar, JsonSink, parse_json_text};
pub use scan::{JsonNumber, JsonString, JsonUnit, is_special};
