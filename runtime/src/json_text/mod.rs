//! JSON text without values: a pull parser over code units, and text under construction.
//!
//! [`JsonParser`] checks the grammar and yields events; whoever drives it builds the values. It keeps the nesting in a
//! bit stack, so that depth costs a bit per level and no recursion. Error messages are V8's, word for word.
//!
//! **Architecture invariant:** nothing here allocates on the collected heap, runs JavaScript, panics or recurses.

mod error;
mod output;
mod parser;
mod scan;

pub use error::JsonError;
pub use output::{BLOCK, JsonText};
pub use parser::{JsonEvent, JsonParser};
pub use scan::{JsonString, JsonUnit};
