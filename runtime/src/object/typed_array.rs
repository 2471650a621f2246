//! TypedArray exotic objects (10.4.5) and the DataView cell (25.3).
//!
//! ```text
//! TypedArrayCell: head | data ─► first element | length | type | … | buffer
//! ```
//!
//! **Rule for fast accesses:** for a cell of kind `TypedArray`, element `i` is at
//! `data + i * size(type)` if `i < length` (an unsigned comparison of 64-bit numbers), and may be
//! read and written there as long as no JavaScript has run since the comparison. `length` is 0 when
//! the array is detached or out of bounds, and also for length-tracking arrays over growable shared
//! buffers, which other agents may grow: a failed comparison means "ask the slow path", never
//! "absent". The buffer refreshes both fields when it is detached or resized.

use super::buffer::{BufferCell, load_raw, object_of, store_raw};
use super::internal_methods::{InternalMethods, KeyList, ORDINARY};
use super::{EXOTIC, Object, ObjectCell, ordinary};
use crate::abstract_ops::{same_value, to_bigint, to_number};
use crate::agent::Agent;
use crate::error::JsResult;
use crate::kind::{CellKind, Trace};
use crate::numeric;
use crate::property::{Attributes, OwnProperty, PropertyDescriptor, PropertyKey};
use crate::realm::Intrinsic;
use crate::value::Value;
use sarus_gc::{Gc, HeapCell, Tracer};
use std::cell::Cell;

macro_rules! element_types {
    ($($name:ident, $size:literal, $text:literal, $ctor:ident, $proto:ident;)*) => {
        /// The element type of a typed array (table 72).
        #[derive(Copy, Clone, PartialEq, Eq, Debug)]
        #[repr(u8)]
        #[allow(missing_docs)]
        pub enum ElementType { $($name,)* }

        impl ElementType {
            /// All of them.
            pub const ALL: &'static [ElementType] = &[$(ElementType::$name,)*];
            /// Bytes per element.
            #[inline(always)]
            pub const fn size(self) -> usize {
                match self { $(ElementType::$name => $size,)* }
            }
            /// The constructor's name.
            pub const fn constructor_name(self) -> &'static str {
                match self { $(ElementType::$name => $text,)* }
            }
            /// The constructor.
            pub const fn constructor(self) -> Intrinsic {
                match self { $(ElementType::$name => Intrinsic::$ctor,)* }
            }
            /// Its prototype object.
            pub const fn prototype(self) -> Intrinsic {
                match self { $(ElementType::$name => Intrinsic::$proto,)* }
            }
        }
    };
}

element_types! {
    Int8, 1, "Int8Array", Int8Array, Int8ArrayPrototype;
    Uint8, 1, "Uint8Array", Uint8Array, Uint8ArrayPrototype;
    Uint8Clamped, 1, "Uint8ClampedArray", Uint8ClampedArray, Uint8ClampedArrayPrototype;
    Int16, 2, "Int16Array", Int16Array, Int16ArrayPrototype;
    Uint16, 2, "Uint16Array", Uint16Array, Uint16ArrayPrototype;
    Int32, 4, "Int32Array", Int32Array, Int32ArrayPrototype;
    Uint32, 4, "Uint32Array", Uint32Array, Uint32ArrayPrototype;
    BigInt64, 8, "BigInt64Array", BigInt64Array, BigInt64ArrayPrototype;
    BigUint64, 8, "BigUint64Array", BigUint64Array, BigUint64ArrayPrototype;
    Float16, 2, "Float16Array", Float16Array, Float16ArrayPrototype;
    Float32, 4, "Float32Array", Float32Array, Float32ArrayPrototype;
    Float64, 8, "Float64Array", Float64Array, Float64ArrayPrototype;
}

impl ElementType {
    /// [[ContentType]] is bigint.
    #[inline]
    pub fn is_bigint(self) -> bool {
        matches!(self, ElementType::BigInt64 | ElementType::BigUint64)
    }
    /// RawBytesToNumeric of little-endian bits.
    #[inline]
    pub fn to_value(self, agent: &mut Agent, bits: u64) -> Value {
        match self {
            ElementType::Int8 => Value::int(bits as i8 as i32),
            ElementType::Uint8 | ElementType::Uint8Clamped => Value::int(bits as u8 as i32),
            ElementType::Int16 => Value::int(bits as i16 as i32),
            ElementType::Uint16 => Value::int(bits as u16 as i32),
            ElementType::Int32 => Value::int(bits as i32),
            ElementType::Uint32 => Value::uint(bits as u32),
            ElementType::BigInt64 => agent.new_bigint_i64(bits as i64).into(),
            ElementType::BigUint64 => agent.new_bigint_u64(bits).into(),
            ElementType::Float16 => Value::number(numeric::f16_bits_to_f64(bits as u16)),
            ElementType::Float32 => Value::number(f64::from(f32::from_bits(bits as u32))),
            ElementType::Float64 => Value::number(f64::from_bits(bits)),
        }
    }
    /// NumericToRawBytes of a Number, as little-endian bits.
    #[inline]
    pub fn from_number(self, n: f64) -> u64 {
        match self {
            ElementType::Uint8Clamped => u64::from(numeric::to_uint8_clamp(n)),
            ElementType::Float16 => u64::from(numeric::f64_to_f16_bits(n)),
            ElementType::Float32 => u64::from((n as f32).to_bits()),
            ElementType::Float64 => n.to_bits(),
            _ => numeric::to_int32(n) as u32 as u64,
        }
    }
    /// ToNumber or ToBigInt, then NumericToRawBytes. May run JavaScript.
    #[inline]
    pub fn from_value(self, agent: &mut Agent, v: Value) -> JsResult<u64> {
        if self.is_bigint() {
            let b = to_bigint(agent, v)?;
            return Ok(b.to_u64_wrapping());
        }
        Ok(self.from_number(to_number(agent, v)?))
    }
}

/// Length tracking: [[ArrayLength]] or [[ByteLength]] is auto.
const AUTO: usize = usize::MAX;

/// The cell of a typed array.
#[repr(C)]
pub struct TypedArrayCell {
    base: ObjectCell,
    data: Cell<*mut u8>,
    length: Cell<usize>,
    element_type: ElementType,
    byte_offset: usize,
    /// [[ArrayLength]], AUTO when it follows the buffer.
    array_length: usize,
    buffer: Gc<BufferCell>,
}

/// Byte offset of the pointer to the first element.
pub const DATA_OFFSET: usize = std::mem::offset_of!(TypedArrayCell, data);
/// Byte offset of the number of elements that may be accessed through the pointer (u64).
pub const LENGTH_OFFSET: usize = std::mem::offset_of!(TypedArrayCell, length);
/// Byte offset of the element type (u8, as in [`ElementType`]).
pub const TYPE_OFFSET: usize = std::mem::offset_of!(TypedArrayCell, element_type);

// SAFETY: repr(C) with the header first; traced and sized as TypedArrayCell.
unsafe impl HeapCell for TypedArrayCell {
    const KIND: u8 = CellKind::TypedArray as u8;
}

impl Trace for TypedArrayCell {
    fn trace(&self, tracer: &mut Tracer) {
        self.base.trace_head(tracer);
        tracer.mark(self.buffer);
    }
}

/// Length in units of `size` of a view, None when it is detached or out of bounds.
fn view_length(buffer: &BufferCell, offset: usize, fixed: usize, size: usize) -> Option<usize> {
    if buffer.is_detached() {
        return None;
    }
    let available = buffer.len().checked_sub(offset)? / size;
    if fixed == AUTO {
        Some(available)
    } else {
        (fixed <= available).then_some(fixed)
    }
}

impl TypedArrayCell {
    /// Recomputes pointer and length after a change of the buffer.
    pub(super) fn refresh(&self) {
        let foreign =
            self.array_length == AUTO && self.buffer.is_shared() || self.buffer.is_immutable();
        let length = if foreign { None } else { self.current_length() };
        match length {
            Some(n) if n > 0 => {
                // SAFETY: the view's first element lies inside the block, as view_length found.
                let first = unsafe { self.buffer.data().add(self.byte_offset) };
                self.data.set(first);
                self.length.set(n);
            }
            _ => {
                self.data.set(std::ptr::null_mut());
                self.length.set(0);
            }
        }
    }
    fn current_length(&self) -> Option<usize> {
        let size = self.element_type.size();
        view_length(&self.buffer, self.byte_offset, self.array_length, size)
    }
    /// The element type.
    #[inline(always)]
    pub fn element_type(&self) -> ElementType {
        self.element_type
    }
    /// [[ByteOffset]].
    pub fn byte_offset(&self) -> usize {
        self.byte_offset
    }
    /// [[ViewedArrayBuffer]].
    #[inline(always)]
    pub fn buffer(&self) -> Gc<BufferCell> {
        self.buffer
    }
    /// The length as the cell has it, None where other agents or the buffer have a say in it. Detached arrays have none.
    pub fn stored_length(&self) -> Option<usize> {
        let foreign = self.array_length == AUTO && self.buffer.is_shared();
        (!foreign && !self.buffer.is_immutable()).then(|| self.length.get())
    }
    /// [[ArrayLength]] is auto.
    pub fn is_length_tracking(&self) -> bool {
        self.array_length == AUTO
    }
    /// TypedArrayLength, None when out of bounds.
    #[inline]
    pub fn current(&self) -> Option<usize> {
        match self.length.get() {
            0 => self.current_length(),
            n => Some(n),
        }
    }
    /// The bits of a valid element.
    #[inline]
    pub fn load(&self, i: usize) -> Option<u64> {
        let size = self.element_type.size();
        if i < self.length.get() {
            // SAFETY: the rule for fast accesses; elements are aligned because the block is and
            // the offset is a multiple of the size.
            return Some(unsafe { load_raw(self.data.get().add(i * size), size) });
        }
        if i >= self.current_length()? {
            return None;
        }
        self.buffer.load(self.byte_offset + i * size, size)
    }
    /// Overwrites a valid element; nothing happens to others.
    #[inline]
    pub fn store(&self, i: usize, bits: u64) {
        let size = self.element_type.size();
        if i < self.length.get() {
            // SAFETY: as in `load`.
            unsafe { store_raw(self.data.get().add(i * size), size, bits) };
        } else if self.current_length().is_some_and(|n| i < n) {
            self.buffer.store(self.byte_offset + i * size, size, bits);
        }
    }
}

impl Object {
    /// The cell of a typed array. Good as long as `self` is on the stack.
    #[inline(always)]
    pub fn as_typed_array(self) -> Option<Gc<TypedArrayCell>> {
        self.is(CellKind::TypedArray)
            // SAFETY: the kind was checked just above.
            .then(|| unsafe { self.cell::<TypedArrayCell>() })
    }
    /// The cell of a DataView. Good as long as `self` is on the stack.
    pub fn as_data_view(self) -> Option<Gc<DataViewCell>> {
        self.is(CellKind::DataView)
            // SAFETY: the kind was checked just above.
            .then(|| unsafe { self.cell::<DataViewCell>() })
    }
}

/// TypedArrayLength; None when out of bounds or no typed array.
#[inline]
pub fn length(o: Object) -> Option<usize> {
    o.as_typed_array()?.current()
}

/// TypedArrayGetElement; None when the index is not valid.
#[inline]
pub fn get_element(agent: &mut Agent, o: Object, i: usize) -> Option<Value> {
    let cell = o.as_typed_array()?;
    let bits = cell.load(i)?;
    Some(cell.element_type.to_value(agent, bits))
}

/// TypedArraySetElement. May run JavaScript.
#[inline]
pub fn set_element(agent: &mut Agent, o: Object, i: usize, v: Value) -> JsResult<()> {
    if let Some(cell) = o.as_typed_array() {
        let bits = cell.element_type.from_value(agent, v)?;
        cell.store(i, bits);
    }
    Ok(())
}

impl Agent {
    /// A typed array over a buffer. `length` None follows the buffer's length. The caller has
    /// checked offset, alignment and length.
    pub fn new_typed_array(
        &mut self,
        element_type: ElementType,
        proto: Object,
        buffer: Gc<BufferCell>,
        byte_offset: usize,
        length: Option<usize>,
    ) -> Object {
        debug_assert!(byte_offset.is_multiple_of(element_type.size()));
        let shape = self.root_shape(CellKind::TypedArray, Some(proto), 0);
        let cell = TypedArrayCell {
            base: ObjectCell::head(self, shape, EXOTIC),
            data: Cell::new(std::ptr::null_mut()),
            length: Cell::new(0),
            element_type,
            byte_offset,
            array_length: length.unwrap_or(AUTO),
            buffer,
        };
        let cell = self.heap.alloc(cell);
        cell.refresh();
        self.heap.write_barrier(buffer.header_ptr());
        buffer.add_view(cell);
        // SAFETY: a TypedArrayCell begins with an ObjectCell.
        Object(unsafe { cell.cast() })
    }
    /// A DataView; `length` None follows the buffer's length.
    pub fn new_data_view(
        &mut self,
        proto: Object,
        buffer: Gc<BufferCell>,
        byte_offset: usize,
        length: Option<usize>,
    ) -> Object {
        let shape = self.root_shape(CellKind::DataView, Some(proto), 0);
        let cell = DataViewCell {
            base: ObjectCell::head(self, shape, 0),
            direct_length: if buffer.is_resizable() || buffer.is_immutable() {
                0
            } else {
                length.and_then(|n| i32::try_from(n).ok()).unwrap_or(0) as u32
            },
            byte_offset,
            byte_length: length.unwrap_or(AUTO),
            buffer,
        };
        let cell = self.heap.alloc(cell);
        // SAFETY: a DataViewCell begins with an ObjectCell.
        Object(unsafe { cell.cast() })
    }
}

/// What a property key means to a typed array.
enum NumericKey {
    /// A canonical numeric string that is an index below 2^53.
    Index(usize),
    /// Any other canonical numeric string: never a valid index.
    Invalid,
    /// A property like any other.
    Named,
}

#[inline]
fn numeric_key(key: PropertyKey) -> NumericKey {
    if let Some(i) = key.as_index() {
        return NumericKey::Index(i as usize);
    }
    let number = key
        .as_atom()
        .and_then(|s| numeric::canonical_numeric_index(s.atom_view()));
    match number {
        None => NumericKey::Named,
        Some(n) if (0.0..=9007199254740991.0).contains(&n) && n.trunc() == n => {
            if n == 0.0 && n.is_sign_negative() {
                NumericKey::Invalid
            } else {
                NumericKey::Index(n as usize)
            }
        }
        Some(_) => NumericKey::Invalid,
    }
}

/// IsValidIntegerIndex.
fn is_valid(o: Object, i: usize) -> bool {
    length(o).is_some_and(|n| i < n)
}

fn is_immutable(o: Object) -> bool {
    o.as_typed_array().is_some_and(|c| c.buffer.is_immutable())
}

/// Internal methods of typed arrays.
pub const METHODS: InternalMethods = InternalMethods {
    prevent_extensions: typed_array_prevent_extensions,
    get_own_property: typed_array_get_own_property,
    has_property: typed_array_has_property,
    define_own_property: typed_array_define_own_property,
    get: typed_array_get,
    set: typed_array_set,
    delete: typed_array_delete,
    own_property_keys: typed_array_own_property_keys,
    ..ORDINARY
};

/// 10.4.5.1 [[PreventExtensions]]
fn typed_array_prevent_extensions(agent: &mut Agent, o: Object) -> JsResult<bool> {
    let fixed = o.as_typed_array().is_none_or(|c| {
        !c.is_length_tracking() && (!c.buffer.is_resizable() || c.buffer.is_shared())
    });
    if !fixed {
        return Ok(false);
    }
    ordinary::ordinary_prevent_extensions(agent, o)
}

/// 10.4.5.2 [[GetOwnProperty]]
fn typed_array_get_own_property(
    agent: &mut Agent,
    o: Object,
    key: PropertyKey,
) -> JsResult<Option<OwnProperty>> {
    Ok(match numeric_key(key) {
        NumericKey::Index(i) => get_element(agent, o, i).map(|value| OwnProperty::Data {
            value,
            attributes: if is_immutable(o) {
                Attributes::E
            } else {
                Attributes::ALL
            },
        }),
        NumericKey::Invalid => None,
        NumericKey::Named => ordinary::ordinary_get_own_property(agent, o, key),
    })
}

/// 10.4.5.3 [[HasProperty]]
fn typed_array_has_property(agent: &mut Agent, o: Object, key: PropertyKey) -> JsResult<bool> {
    match numeric_key(key) {
        NumericKey::Index(i) => Ok(is_valid(o, i)),
        NumericKey::Invalid => Ok(false),
        NumericKey::Named => ordinary::ordinary_has_property(agent, o, key),
    }
}

/// 10.4.5.4 [[DefineOwnProperty]]
fn typed_array_define_own_property(
    agent: &mut Agent,
    o: Object,
    key: PropertyKey,
    d: &PropertyDescriptor,
) -> JsResult<bool> {
    let i = match numeric_key(key) {
        NumericKey::Index(i) => i,
        NumericKey::Invalid => return Ok(false),
        NumericKey::Named => {
            return ordinary::ordinary_define_own_property(agent, o, key, d);
        }
    };
    if is_valid(o, i) && is_immutable(o) {
        let current = get_element(agent, o, i).unwrap_or(Value::UNDEFINED);
        return Ok(!d.is_accessor()
            && d.configurable != Some(true)
            && d.enumerable != Some(false)
            && d.writable != Some(true)
            && d.value.is_none_or(|v| same_value(agent, v, current)));
    }
    if !is_valid(o, i)
        || d.configurable == Some(false)
        || d.enumerable == Some(false)
        || d.is_accessor()
        || d.writable == Some(false)
    {
        return Ok(false);
    }
    if let Some(v) = d.value {
        set_element(agent, o, i, v)?;
    }
    Ok(true)
}

/// 10.4.5.5 [[Get]]
fn typed_array_get(
    agent: &mut Agent,
    o: Object,
    key: PropertyKey,
    receiver: Value,
) -> JsResult<Value> {
    match numeric_key(key) {
        NumericKey::Index(i) => Ok(get_element(agent, o, i).unwrap_or(Value::UNDEFINED)),
        NumericKey::Invalid => Ok(Value::UNDEFINED),
        NumericKey::Named => ordinary::ordinary_get(agent, o, key, receiver),
    }
}

/// 10.4.5.6 [[Set]]
fn typed_array_set(
    agent: &mut Agent,
    o: Object,
    key: PropertyKey,
    v: Value,
    receiver: Value,
) -> JsResult<bool> {
    // An index beyond every length: the value is converted and nothing stored.
    let i = match numeric_key(key) {
        NumericKey::Index(i) => i,
        NumericKey::Invalid => usize::MAX,
        NumericKey::Named => return ordinary::ordinary_set(agent, o, key, v, receiver),
    };
    if receiver == Value::from(o) {
        if is_valid(o, i) && is_immutable(o) {
            return Ok(false);
        }
        set_element(agent, o, i, v)?;
        return Ok(true);
    }
    if !is_valid(o, i) {
        return Ok(true);
    }
    ordinary::ordinary_set(agent, o, key, v, receiver)
}

/// 10.4.5.7 [[Delete]]
fn typed_array_delete(agent: &mut Agent, o: Object, key: PropertyKey) -> JsResult<bool> {
    match numeric_key(key) {
        NumericKey::Index(i) => Ok(!is_valid(o, i)),
        NumericKey::Invalid => Ok(true),
        NumericKey::Named => ordinary::ordinary_delete(agent, o, key),
    }
}

/// 10.4.5.8 [[OwnPropertyKeys]]
fn typed_array_own_property_keys(agent: &mut Agent, o: Object) -> JsResult<KeyList> {
    let mut keys: KeyList = agent.heap.root_vec();
    for i in 0..length(o).unwrap_or(0) {
        let key = PropertyKey::from_usize(agent, i as u64);
        keys.push(key);
    }
    ordinary::push_named_keys(agent, o, &mut keys);
    Ok(keys)
}

/// The cell of a DataView.
#[repr(C)]
pub struct DataViewCell {
    base: ObjectCell,
    /// The view's length where it lasts until the buffer is detached and bytes may be written, at most `i32::MAX`; else 0.
    direct_length: u32,
    byte_offset: usize,
    /// [[ByteLength]], AUTO when it follows the buffer.
    byte_length: usize,
    buffer: Gc<BufferCell>,
}

// SAFETY: repr(C) with the header first; traced and sized as DataViewCell.
unsafe impl HeapCell for DataViewCell {
    const KIND: u8 = CellKind::DataView as u8;
}

impl Trace for DataViewCell {
    fn trace(&self, tracer: &mut Tracer) {
        self.base.trace_head(tracer);
        tracer.mark(self.buffer);
    }
}

impl DataViewCell {
    /// Byte offset of the number of bytes (32 bits, an int32) that may be accessed unless the buffer is detached: what lies beyond
    /// is a question for the slow path.
    pub const DIRECT_LENGTH_OFFSET: usize = std::mem::offset_of!(DataViewCell, direct_length);
    /// Byte offset of [[ByteOffset]] (64 bits).
    pub const BYTE_OFFSET_OFFSET: usize = std::mem::offset_of!(DataViewCell, byte_offset);
    /// Byte offset of the pointer to the buffer.
    pub const BUFFER_OFFSET: usize = std::mem::offset_of!(DataViewCell, buffer);
    /// [[ByteOffset]].
    pub fn byte_offset(&self) -> usize {
        self.byte_offset
    }
    /// [[ViewedArrayBuffer]].
    pub fn buffer(&self) -> Gc<BufferCell> {
        self.buffer
    }
    /// [[ViewedArrayBuffer]] as an object.
    pub fn buffer_object(&self) -> Object {
        object_of(self.buffer)
    }
    /// GetViewByteLength, None when out of bounds or detached.
    pub fn current(&self) -> Option<usize> {
        view_length(&self.buffer, self.byte_offset, self.byte_length, 1)
    }
}
