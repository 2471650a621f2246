//! Strings as sequences of UTF-16 code units, borrowed and owned, in both encodings of the engine.
//!
//! **Architecture invariant:** nothing here allocates on the collected heap, panics on any input, or recurses. Both
//! encodings of the same code units compare equal, hash alike and give equal results everywhere.

pub mod builder;
pub mod encoding;
pub mod search;
pub mod view;

pub use builder::{StrBuf, StrBuilder};
pub use encoding::{
    from_utf8, from_utf8_bytes_lossy, from_wtf8, is_well_formed, to_utf8_lossy, to_well_formed,
    to_wtf8,
};
pub use search::{ends_with_at, index_of, last_index_of, starts_with_at};
pub use view::{
    CodePoints, CodeUnits, StrView, is_identifier_name, is_lead_surrogate, is_trail_surrogate,
    join_surrogates,
};
