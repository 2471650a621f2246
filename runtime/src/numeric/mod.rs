//! Pure number primitives: conversions between numbers, integers, half floats and text, and the `Math` functions.
//!
//! **Architecture invariant:** nothing here allocates on the collected heap, runs JavaScript, or panics on any input.
//! Every result is the one the specification fixes; where it leaves a choice (digits of `toString(radix)`, the last
//! bit of transcendental functions), it is the one a V8 user sees.

mod convert;
mod exact_sum;
mod float16;
mod format;
pub mod math;
mod parse;
mod random;

pub use convert::{
    array_index_from_number, canonical_array_index, canonical_numeric_index, is_integral_number,
    number_as_int32, string_as_array_index, string_as_safe_integer, to_int8, to_int16, to_int32,
    to_integer_or_infinity, to_length_clamped, to_uint8, to_uint8_clamp, to_uint16, to_uint32,
};
pub use exact_sum::ExactSum;
pub use float16::{f16_bits_to_f64, f64_to_f16_bits};
pub use format::{
    NumberBuffer, decimal_length, number_to_exponential, number_to_fixed, number_to_precision,
    number_to_radix, write_decimal,
};

pub(crate) use parse::biguint_to_f64;
pub use parse::{parse_float, parse_int, string_to_number};
pub use random::Xorshift128Plus;
