//! Pure string primitives: everything that can be said about a sequence of UTF-16 code units without a heap.
//!
//! [`StrView`] is the one borrowed form of string contents (flat Latin-1 or flat UTF-16) that string cells hand
//! out; [`StrBuf`] is the one owned form that results come back in, and [`StrBuilder`] makes such results piece by
//! piece.
//!
//! **Architecture invariant:** nothing here allocates on the collected heap, runs JavaScript, panics on any input,
//! or recurses. Both encodings of the same code units compare equal, hash alike and give equal results everywhere.

mod builder;
mod case;
mod collate;
mod encoding;
mod normalize;
mod search;
mod space;
mod substitution;
mod uri;
mod view;

pub use builder::{StrBuf, StrBuilder};
pub use case::{CaseLocale, to_lower_case, to_lower_case_in, to_upper_case, to_upper_case_in};
pub use collate::basic_locale_compare;
pub use encoding::{
    from_utf8, from_utf8_bytes_lossy, from_wtf8, is_well_formed, to_utf8_lossy, to_well_formed,
    to_wtf8,
};
pub use normalize::{NormalizationForm, normalize};
pub use search::{ends_with_at, index_of, last_index_of, starts_with_at};
pub use space::{is_line_terminator, is_trimmable, trim, trim_end, trim_start};
pub use substitution::{SubstitutionPart, SubstitutionParts, get_substitution};
pub use uri::{
    UriError, decode_uri, decode_uri_component, encode_uri, encode_uri_component, escape, unescape,
};
pub(crate) use view::join_surrogates;
pub use view::{
    CodePoints, CodeUnits, StrView, is_identifier_name, is_lead_surrogate, is_trail_surrogate,
};
