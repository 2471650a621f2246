//! TypedArray exotic objects (10.4.5) and the DataView cell.

use super::ObjectCell;
use crate::kind::{CellKind, Trace, mark_value};
use crate::value::Value;
use sarus_gc::{HeapCell, Tracer};
use std::cell::Cell;

/// The cell.
#[repr(C)]
pub struct TypedArrayCell {
    base: ObjectCell,
    value: Cell<Value>,
}

// SAFETY: repr(C) with the header first; traced and sized as TypedArrayCell.
unsafe impl HeapCell for TypedArrayCell {
    const KIND: u8 = CellKind::TypedArray as u8;
}

impl Trace for TypedArrayCell {
    fn trace(&self, tracer: &mut Tracer) {
        self.base.trace_head(tracer);
        mark_value(tracer, self.value.get());
    }
}

/// Internal methods.
pub const METHODS: super::internal_methods::InternalMethods = super::internal_methods::ORDINARY;

/// The cell of a DataView.
#[repr(C)]
pub struct DataViewCell {
    base: ObjectCell,
    value: Cell<Value>,
}

// SAFETY: repr(C) with the header first; traced and sized as DataViewCell.
unsafe impl HeapCell for DataViewCell {
    const KIND: u8 = CellKind::DataView as u8;
}

impl Trace for DataViewCell {
    fn trace(&self, tracer: &mut Tracer) {
        self.base.trace_head(tracer);
        mark_value(tracer, self.value.get());
    }
}

/// TypedArrayLength, None when out of bounds.
pub fn length(_: super::Object) -> Option<usize> {
    None
}
