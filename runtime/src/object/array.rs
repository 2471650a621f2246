//! Array exotic objects (10.4.2).

use super::internal_methods::{InternalMethods, ORDINARY};
use super::{LENGTH_READONLY, Object, ObjectCell, ordinary};
use crate::abstract_ops::{to_number, to_uint32};
use crate::agent::Agent;
use crate::error::JsResult;
use crate::kind::{CellKind, Trace};
use crate::property::{Attributes, PropertyDescriptor, PropertyKey};
use crate::realm::Intrinsic;
use crate::shape::Shape;
use crate::value::Value;
use sarus_gc::{Gc, HeapCell, Tracer};
use std::cell::Cell;

/// The cell of an array: the head and its length.
///
/// The length is here and not in the elements header (10-values-objects.md) so that empty and
/// sparse arrays share one empty elements cell.
#[repr(C)]
pub struct ArrayCell {
    base: ObjectCell,
    length: Cell<u32>,
}

// SAFETY: repr(C) with the header first; traced and sized by the kind table as ArrayCell.
unsafe impl HeapCell for ArrayCell {
    const KIND: u8 = CellKind::Array as u8;
}

impl Trace for ArrayCell {
    fn trace(&self, tracer: &mut Tracer) {
        self.base.trace_head_of_array(tracer);
    }
}

/// Byte offset of an array's length (u32).
pub const LENGTH_OFFSET: usize = std::mem::offset_of!(ArrayCell, length);

/// Size of an array's cell.
pub const ARRAY_SIZE: usize = std::mem::size_of::<ArrayCell>();

/// Internal methods of arrays.
pub const METHODS: InternalMethods = InternalMethods {
    define_own_property: array_define_own_property,
    ..ORDINARY
};

#[inline(always)]
fn cell(o: Object) -> Option<sarus_gc::Gc<ArrayCell>> {
    if o.is(CellKind::Array) {
        // SAFETY: the kind was checked just above.
        Some(unsafe { o.cell::<ArrayCell>() })
    } else {
        None
    }
}

/// An array's length; None for other objects.
#[inline(always)]
pub fn length_of(o: Object) -> Option<u32> {
    cell(o).map(|c| c.length.get())
}

/// An array's length as a value (0 for other objects).
#[inline(always)]
pub(crate) fn length_value(o: Object) -> Value {
    Value::uint(length_of(o).unwrap_or(0))
}

pub(crate) fn length_attributes(o: Object) -> Attributes {
    if o.length_is_readonly() {
        Attributes::NONE
    } else {
        Attributes::W
    }
}

/// Raises an array's length to cover index `i`.
#[inline(always)]
pub fn note_index(o: Object, i: u32) {
    if let Some(c) = cell(o)
        && i >= c.length.get()
    {
        c.length.set(i + 1);
    }
}

/// Sets the length field alone; the caller keeps the elements in step.
#[inline(always)]
pub fn set_length_field(o: Object, length: u32) {
    if let Some(c) = cell(o) {
        c.length.set(length);
    }
}

impl Object {
    /// Makes the `length` of an array without dense elements read-only.
    pub(crate) fn set_length_readonly(self) {
        self.set_flag(LENGTH_READONLY, true);
    }
}

impl Agent {
    /// An array with that prototype and length and no elements (10.4.2.2 for lengths below 2^32).
    pub fn new_array_with(&mut self, proto: Option<Object>, length: u32) -> Object {
        let shape = self.root_shape(CellKind::Array, proto, 0);
        let array = ArrayCell {
            base: ObjectCell::head(self, shape, 0),
            length: Cell::new(length),
        };
        let array = self.heap.alloc(array);
        // SAFETY: an ArrayCell begins with an ObjectCell.
        Object(unsafe { array.cast() })
    }
    /// An empty array of a shape made by adding properties to that of a plain array; the caller stores
    /// their slots right away.
    pub(crate) fn new_array_with_shape(&mut self, shape: Gc<Shape>) -> Object {
        debug_assert!(shape.kind() == CellKind::Array as u8);
        let array = ArrayCell {
            base: ObjectCell::head(self, shape, 0),
            length: Cell::new(0),
        };
        let array = self.heap.alloc(array);
        // SAFETY: an ArrayCell begins with an ObjectCell.
        Object(unsafe { array.cast() })
    }
    /// An empty array of the current realm.
    pub fn new_array(&mut self) -> Object {
        let proto = self.intrinsic(Intrinsic::ArrayPrototype);
        self.new_array_with(Some(proto), 0)
    }
    /// An array of these values, which must be rooted by the caller (stack, RootVec or JS stack).
    pub fn new_array_from(&mut self, values: &[Value]) -> Object {
        let array = self.new_array();
        self.fill_array(array, values);
        array
    }
    /// Appends values to a dense array that has no holes and the default length attributes.
    fn fill_array(&mut self, array: Object, values: &[Value]) {
        if array.reserve_elements(self, values.len()).is_err() {
            return;
        }
        let e = array.elements();
        for (i, v) in values.iter().enumerate() {
            e.set(i, *v);
        }
        set_length_field(array, values.len() as u32);
    }
}

/// Appends the first `count` elements of another array, if it has them all in dense elements, to an array that the engine made and
/// nobody else changed. False otherwise; then nothing has happened.
///
/// # Errors
/// The heap limit.
pub fn append_elements(
    agent: &mut Agent,
    array: Object,
    from: Object,
    count: u32,
) -> JsResult<bool> {
    let at = length_of(array).unwrap_or(0) as usize;
    if !from.has_dense_elements() || !array.has_dense_elements() {
        return Ok(false);
    }
    let source = from.elements();
    let Some(values) = source.values().get(..count as usize) else {
        return Ok(false);
    };
    let Ok(length) = u32::try_from(at + values.len()) else {
        return Ok(false);
    };
    if values.iter().any(|v| v.get().is_hole()) {
        return Ok(false);
    }
    array.reserve_elements(agent, at + values.len())?;
    let to = array.elements();
    agent.heap.write_barrier(to.header());
    for (i, v) in values.iter().enumerate() {
        to.set(at + i, v.get());
    }
    set_length_field(array, length);
    Ok(true)
}

/// Appends to an array that the engine made and nobody else changed.
pub fn push(agent: &mut Agent, array: Object, v: Value) -> JsResult<()> {
    let i = length_of(array).unwrap_or(0);
    array.put_element(agent, i, v)?;
    note_index(array, i);
    Ok(())
}

/// 10.4.2.1 [[DefineOwnProperty]].
fn array_define_own_property(
    agent: &mut Agent,
    o: Object,
    key: PropertyKey,
    d: &PropertyDescriptor,
) -> JsResult<bool> {
    if key == agent.names.length {
        return array_set_length(agent, o, d);
    }
    if let Some(i) = key.as_index()
        && o.length_is_readonly()
        && length_of(o).is_some_and(|n| i >= n)
    {
        return Ok(false);
    }
    ordinary::ordinary_define_own_property(agent, o, key, d)
}

/// 10.4.2.4 ArraySetLength.
fn array_set_length(agent: &mut Agent, o: Object, d: &PropertyDescriptor) -> JsResult<bool> {
    let new_length = match d.value {
        None => None,
        Some(v) => {
            let n = to_uint32(agent, v)?;
            if to_number(agent, v)? != n as f64 {
                return Err(agent.range_error("Invalid array length"));
            }
            Some(n)
        }
    };
    if d.is_accessor() || d.configurable == Some(true) || d.enumerable == Some(true) {
        return Ok(false);
    }
    let old = length_of(o).unwrap_or(0);
    let readonly = o.length_is_readonly();
    if readonly && (d.writable == Some(true) || new_length.is_some_and(|n| n != old)) {
        return Ok(false);
    }
    let mut ok = true;
    if let Some(n) = new_length {
        let mut result = n;
        if n < old {
            result = o.truncate_elements(agent, n);
            ok = result == n;
        }
        set_length_field(o, result);
    }
    if d.writable == Some(false) {
        // Appending stores look at the flag only when the elements are sparse.
        o.make_sparse(agent);
        o.set_flag(LENGTH_READONLY, true);
    }
    Ok(ok)
}

/// Sets the length of an array as `array.length = n` does; false when elements stay.
pub fn set_length(agent: &mut Agent, o: Object, n: u32) -> JsResult<bool> {
    array_set_length(
        agent,
        o,
        &PropertyDescriptor {
            value: Some(Value::uint(n)),
            ..Default::default()
        },
    )
}
