//! The JavaScript value: one 64-bit NaN-boxed word.
//!
//! ```text
//! 0x0000_0000_0000_0000              hole (no value; zeroed memory is all holes)
//! 0x0000_0000_0000_0002 | 0x0a       null, undefined
//! 0x0000_0000_0000_0006 | 0x07       false, true
//! 0x0000_0000_0000_0012              exception marker (a reserved return value)
//! 0x0000_pppp_pppp_pppp              pointer to a heap cell, unmasked
//! 0x0002_… to 0xFFFC_…               double: IEEE-754 bits plus 2^49
//! 0xFFFE_0000_iiii_iiii              int32
//! ```
//!
//! **Invariant:** a number that is an int32 (and not -0) is always stored as int32, and NaNs are
//! canonical, so that bit equality is `===` for everything but strings, BigInts, NaN and ±0.

use crate::bigint::{BigInt, BigIntCell};
use crate::kind::{CellKind, FIRST_OBJECT_KIND};
use crate::object::{Object, ObjectCell};
use crate::string::{JsString, StringCell};
use crate::symbol::{Symbol, SymbolCell};
use sarus_gc::{Gc, Header};
use std::fmt;

/// A JavaScript value (or one of the engine's internal markers), 8 bytes.
#[derive(Copy, Clone, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Value(u64);

const DOUBLE_OFFSET: u64 = 1 << 49;
const INT_TAG: u64 = 0xFFFE_0000_0000_0000;
const POINTER_LIMIT: u64 = 1 << 48;
const FIRST_POINTER: u64 = 0x1000;
const CANONICAL_NAN: u64 = 0x7FF8_0000_0000_0000;

impl Value {
    /// Absence of a value: array holes, uninitialized bindings, deleted cells.
    pub const HOLE: Value = Value(0);
    /// `null`.
    pub const NULL: Value = Value(0x02);
    /// `undefined`.
    pub const UNDEFINED: Value = Value(0x0a);
    /// `false`.
    pub const FALSE: Value = Value(0x06);
    /// `true`.
    pub const TRUE: Value = Value(0x07);
    /// The reserved "an exception is pending" return value of native code.
    pub const EXCEPTION: Value = Value(0x12);
    /// Placeholder of a lazily materialized property; never visible to JavaScript.
    pub const LAZY: Value = Value(0x16);
    /// Positive zero.
    pub const ZERO: Value = Value(INT_TAG);

    /// The raw word.
    #[inline(always)]
    pub const fn bits(self) -> u64 {
        self.0
    }
    /// A value from a raw word that `bits` gave.
    #[inline(always)]
    pub const fn from_bits(bits: u64) -> Value {
        Value(bits)
    }
    /// An int32.
    #[inline(always)]
    pub const fn int(i: i32) -> Value {
        Value(INT_TAG | i as u32 as u64)
    }
    /// A boolean.
    #[inline(always)]
    pub const fn bool(b: bool) -> Value {
        Value(0x06 | b as u64)
    }
    /// A number in canonical form: int32 where that is exact.
    #[inline(always)]
    pub fn number(n: f64) -> Value {
        let i = n as i32;
        if i as f64 == n && (i != 0 || n.is_sign_positive()) {
            Value::int(i)
        } else {
            Value::double_unchecked(n)
        }
    }
    /// A double that the caller knows not to be an int32 (or that is -0 or NaN).
    #[inline(always)]
    pub fn double_unchecked(n: f64) -> Value {
        let bits = if n.is_nan() {
            CANONICAL_NAN
        } else {
            n.to_bits()
        };
        Value(bits.wrapping_add(DOUBLE_OFFSET))
    }
    /// An unsigned 32-bit number.
    #[inline(always)]
    pub fn uint(u: u32) -> Value {
        if u <= i32::MAX as u32 {
            Value::int(u as i32)
        } else {
            Value::double_unchecked(u as f64)
        }
    }
    /// A size or index as a number (exact up to 2^53).
    #[inline]
    pub fn usize(u: usize) -> Value {
        if u <= i32::MAX as usize {
            Value::int(u as i32)
        } else {
            Value::number(u as f64)
        }
    }
    /// A heap cell.
    #[inline(always)]
    pub fn cell<T>(cell: Gc<T>) -> Value {
        Value(cell.addr() as u64)
    }

    /// True for int32.
    #[inline(always)]
    pub const fn is_int(self) -> bool {
        self.0 >= INT_TAG
    }
    /// True for any number.
    #[inline(always)]
    pub const fn is_number(self) -> bool {
        self.0 >= DOUBLE_OFFSET
    }
    /// True for a number stored as a double.
    #[inline(always)]
    pub const fn is_double(self) -> bool {
        self.is_number() && !self.is_int()
    }
    /// True for a pointer to a heap cell.
    #[inline(always)]
    pub const fn is_cell(self) -> bool {
        self.0.wrapping_sub(FIRST_POINTER) < POINTER_LIMIT - FIRST_POINTER
    }
    /// True for `undefined`.
    #[inline(always)]
    pub const fn is_undefined(self) -> bool {
        self.0 == Value::UNDEFINED.0
    }
    /// True for `null`.
    #[inline(always)]
    pub const fn is_null(self) -> bool {
        self.0 == Value::NULL.0
    }
    /// True for `undefined` and `null`.
    #[inline(always)]
    pub const fn is_nullish(self) -> bool {
        self.0 & !8 == 2
    }
    /// True for the hole.
    #[inline(always)]
    pub const fn is_hole(self) -> bool {
        self.0 == 0
    }
    /// True for `true` and `false`.
    #[inline(always)]
    pub const fn is_bool(self) -> bool {
        self.0 & !1 == 6
    }
    /// True for `true`.
    #[inline(always)]
    pub const fn is_true(self) -> bool {
        self.0 == Value::TRUE.0
    }
    /// The int32, unchecked beyond debug builds.
    #[inline(always)]
    pub fn int_unchecked(self) -> i32 {
        debug_assert!(self.is_int());
        self.0 as u32 as i32
    }
    /// The double, unchecked beyond debug builds.
    #[inline(always)]
    pub fn double_value(self) -> f64 {
        debug_assert!(self.is_double());
        f64::from_bits(self.0.wrapping_sub(DOUBLE_OFFSET))
    }
    /// The int32, if it is one.
    #[inline(always)]
    pub fn as_int(self) -> Option<i32> {
        if self.is_int() {
            Some(self.0 as u32 as i32)
        } else {
            None
        }
    }
    /// The number, if it is one.
    #[inline(always)]
    pub fn as_number(self) -> Option<f64> {
        if self.is_int() {
            Some(self.0 as u32 as i32 as f64)
        } else if self.is_number() {
            Some(self.double_value())
        } else {
            None
        }
    }
    /// The boolean, if it is one.
    #[inline(always)]
    pub fn as_bool(self) -> Option<bool> {
        if self.is_bool() {
            Some(self.0 & 1 == 1)
        } else {
            None
        }
    }
    /// The cell's header, if it is a cell.
    #[inline(always)]
    pub fn header(self) -> Option<&'static Header> {
        if self.is_cell() {
            // SAFETY: a cell value points to a live cell (the value itself keeps it alive through
            // the conservative scan), and every cell begins with a header.
            Some(unsafe { &*(self.0 as *const Header) })
        } else {
            None
        }
    }
    /// The cell's kind byte, or 0.
    #[inline(always)]
    pub fn kind_byte(self) -> u8 {
        match self.header() {
            Some(h) => h.kind(),
            None => 0,
        }
    }
    /// True for a cell of that kind.
    #[inline(always)]
    pub fn is_kind(self, kind: CellKind) -> bool {
        self.kind_byte() == kind as u8
    }
    /// True for an object.
    #[inline(always)]
    pub fn is_object(self) -> bool {
        self.kind_byte() >= FIRST_OBJECT_KIND
    }
    /// True for a string.
    #[inline(always)]
    pub fn is_string(self) -> bool {
        self.is_kind(CellKind::String)
    }
    /// True for a symbol.
    #[inline(always)]
    pub fn is_symbol(self) -> bool {
        self.is_kind(CellKind::Symbol)
    }
    /// True for a BigInt.
    #[inline(always)]
    pub fn is_bigint(self) -> bool {
        self.is_kind(CellKind::BigInt)
    }
    /// True for an object with [[Call]].
    #[inline(always)]
    pub fn is_callable(self) -> bool {
        self.as_object().is_some_and(Object::is_callable)
    }
    /// True for an object with [[Construct]].
    #[inline(always)]
    pub fn is_constructor(self) -> bool {
        self.as_object().is_some_and(Object::is_constructor)
    }
    /// The cell pointer as `Gc<T>`.
    ///
    /// # Safety
    /// The value must be a cell whose kind belongs to `T`.
    #[inline(always)]
    pub unsafe fn cell_unchecked<T>(self) -> Gc<T> {
        debug_assert!(self.is_cell());
        // SAFETY: by the caller's promise the word is the address of a live `T`.
        unsafe { Gc::from_raw(self.0 as *mut T) }
    }
    /// The object.
    ///
    /// # Safety
    /// The value must be an object.
    #[inline(always)]
    pub unsafe fn object_unchecked(self) -> Object {
        // SAFETY: by the caller's promise.
        Object(unsafe { self.cell_unchecked::<ObjectCell>() })
    }
    /// The string.
    ///
    /// # Safety
    /// The value must be a string.
    #[inline(always)]
    pub unsafe fn string_unchecked(self) -> JsString {
        // SAFETY: by the caller's promise.
        JsString(unsafe { self.cell_unchecked::<StringCell>() })
    }
    /// The object, if it is one.
    #[inline(always)]
    pub fn as_object(self) -> Option<Object> {
        if self.is_object() {
            // SAFETY: every kind from FIRST_OBJECT_KIND on begins with an ObjectCell.
            Some(Object(unsafe { self.cell_unchecked::<ObjectCell>() }))
        } else {
            None
        }
    }
    /// The string, if it is one.
    #[inline(always)]
    pub fn as_string(self) -> Option<JsString> {
        if self.is_string() {
            // SAFETY: the kind was checked.
            Some(JsString(unsafe { self.cell_unchecked::<StringCell>() }))
        } else {
            None
        }
    }
    /// The symbol, if it is one.
    #[inline(always)]
    pub fn as_symbol(self) -> Option<Symbol> {
        if self.is_symbol() {
            // SAFETY: the kind was checked.
            Some(Symbol(unsafe { self.cell_unchecked::<SymbolCell>() }))
        } else {
            None
        }
    }
    /// The BigInt, if it is one.
    #[inline(always)]
    pub fn as_bigint(self) -> Option<BigInt> {
        if self.is_bigint() {
            // SAFETY: the kind was checked.
            Some(BigInt(unsafe { self.cell_unchecked::<BigIntCell>() }))
        } else {
            None
        }
    }
    /// The value, or `undefined` in place of the hole.
    #[inline(always)]
    pub fn or_undefined(self) -> Value {
        if self.is_hole() {
            Value::UNDEFINED
        } else {
            self
        }
    }
}

impl From<Object> for Value {
    #[inline(always)]
    fn from(o: Object) -> Value {
        Value::cell(o.0)
    }
}
impl From<JsString> for Value {
    #[inline(always)]
    fn from(s: JsString) -> Value {
        Value::cell(s.0)
    }
}
impl From<Symbol> for Value {
    #[inline(always)]
    fn from(s: Symbol) -> Value {
        Value::cell(s.0)
    }
}
impl From<BigInt> for Value {
    #[inline(always)]
    fn from(b: BigInt) -> Value {
        Value::cell(b.0)
    }
}
impl From<bool> for Value {
    #[inline(always)]
    fn from(b: bool) -> Value {
        Value::bool(b)
    }
}
impl From<i32> for Value {
    #[inline(always)]
    fn from(i: i32) -> Value {
        Value::int(i)
    }
}
impl From<u32> for Value {
    #[inline(always)]
    fn from(u: u32) -> Value {
        Value::uint(u)
    }
}
impl From<f64> for Value {
    #[inline(always)]
    fn from(n: f64) -> Value {
        Value::number(n)
    }
}
impl From<Option<Object>> for Value {
    /// `None` is `null`, as prototypes have it.
    #[inline(always)]
    fn from(o: Option<Object>) -> Value {
        o.map_or(Value::NULL, Value::from)
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Value::HOLE => f.write_str("hole"),
            Value::UNDEFINED => f.write_str("undefined"),
            Value::NULL => f.write_str("null"),
            Value::TRUE => f.write_str("true"),
            Value::FALSE => f.write_str("false"),
            v => match v.as_number() {
                Some(n) => write!(f, "{n}"),
                None => write!(f, "cell(kind {}, {:#x})", v.kind_byte(), v.0),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_canonical() {
        assert_eq!(Value::number(5.0), Value::int(5));
        assert!(Value::number(-0.0).is_double());
        assert!(Value::number(0.5).is_double());
        assert!(Value::number(f64::NAN).is_double());
        assert_eq!(Value::number(f64::NAN), Value::number(-f64::NAN));
        assert!(Value::number(2147483648.0).is_double());
        assert_eq!(Value::number(-2147483648.0).as_int(), Some(i32::MIN));
        assert_eq!(
            Value::number(f64::NEG_INFINITY).as_number(),
            Some(f64::NEG_INFINITY)
        );
    }

    #[test]
    fn constants_are_not_numbers_or_cells() {
        for v in [
            Value::HOLE,
            Value::NULL,
            Value::UNDEFINED,
            Value::TRUE,
            Value::FALSE,
            Value::EXCEPTION,
        ] {
            assert!(!v.is_number() && !v.is_cell());
        }
        assert!(Value::NULL.is_nullish() && Value::UNDEFINED.is_nullish());
        assert!(!Value::FALSE.is_nullish() && !Value::HOLE.is_nullish());
    }
}
