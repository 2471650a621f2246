//! Values, strings, objects, shapes, realms and builtins of sarus: ECMA-262 semantics.

pub mod numeric;
pub mod text;
