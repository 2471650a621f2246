//! Values, strings, objects, shapes, realms and builtins of sarus: ECMA-262 semantics.

pub mod bigint_math;
pub mod date_math;
pub mod numeric;
pub mod text;
