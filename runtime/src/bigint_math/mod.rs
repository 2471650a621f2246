//! Pure BigInt arithmetic with JavaScript semantics: on digits in place where that is simple, over `num-bigint` else.
//!
//! **Architecture invariant:** nothing here allocates on the collected heap, runs JavaScript, or panics. Every
//! operation that can grow its operands checks the size of the result *before* computing it, so that no program can
//! make it allocate more than [`MAX_BITS`] allow.

mod arith;
mod bits;
mod division;
mod magnitude;
mod number;
mod operate;
mod product;
mod text;

pub use arith::{add, div, mul, neg, pow, rem, sub};
pub use bits::{and, as_int_n, as_uint_n, not, or, shl, shr, xor};
pub use magnitude::bits as magnitude_bits;
pub use num_bigint::BigInt as Integer;
pub use number::{
    compare_with_f64, equals_f64, from_f64, to_f64, to_i64_exact, to_i64_wrapping, to_u64_wrapping,
};
pub use operate::{Operator, Parts, Scratch, operate};
pub use text::{parse_literal, string_to_bigint, to_text};

/// Largest magnitude in bits, as in V8.
pub const MAX_BITS: u64 = 1 << 30;

/// Why an operation has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BigIntError {
    /// The result would exceed [`MAX_BITS`].
    TooBig,
    /// Division or remainder by zero.
    DivisionByZero,
    /// A negative exponent.
    NegativeExponent,
}

impl BigIntError {
    /// The text of the RangeError to throw.
    pub const fn message(self) -> &'static str {
        match self {
            BigIntError::TooBig => "Maximum BigInt size exceeded",
            BigIntError::DivisionByZero => "Division by zero",
            BigIntError::NegativeExponent => "Exponent must be non-negative",
        }
    }
}

/// The result of an operation on BigInts.
pub type BigIntResult = Result<Integer, BigIntError>;

/// Passes on what fits.
fn checked(value: Integer) -> BigIntResult {
    if value.bits() > MAX_BITS {
        Err(BigIntError::TooBig)
    } else {
        Ok(value)
    }
}
