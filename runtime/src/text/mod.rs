//! Pure string primitives: everything that can be said about a sequence of UTF-16 code units without a heap.
//!
//! The views, owned forms and searches themselves are in `sarus_regexp::text`, since the regular expressions work on
//! them too.
//!
//! [`StrView`] is the one borrowed form of string contents (flat Latin-1 or flat UTF-16) that string cells hand
//! out; [`StrBuf`] is the one owned form that results come back in, and [`StrBuilder`] makes such results piece by
//! piece.
//!
//! **Architecture invariant:** nothing here allocates on the collected heap, runs JavaScript, panics on any input,
//! or recurses. Both encodings of the same code units compare equal, hash alike and give equal results everywhere.

mod case;
mod collate;
mod normalize;
mod space;
mod substitution;
mod uri;

use sarus_regexp::text::{builder, encoding, search, view};

pub use case::{CaseLocale, to_lower_case, to_lower_case_in, to_upper_case, to_upper_case_in};
pub use collate::basic_locale_compare;
pub use normalize::{NormalizationForm, normalize};
pub use sarus_regexp::text::{
    CodePoints, CodeUnits, StrBuf, StrBuilder, StrView, ends_with_at, from_utf8,
    from_utf8_bytes_lossy, from_wtf8, index_of, is_identifier_name, is_lead_surrogate,
    is_trail_surrogate, is_well_formed, last_index_of, starts_with_at, to_utf8_lossy,
    to_well_formed, to_wtf8,
};
pub use space::{is_line_terminator, is_trimmable, trim, trim_end, trim_start};
pub use substitution::{SubstitutionPart, SubstitutionParts, get_substitution};
pub use uri::{
    UriError, decode_uri, decode_uri_component, encode_uri, encode_uri_component, escape, unescape,
};
