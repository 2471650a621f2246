//! The cells of keyed collections and weak references (24, 26.1).

use super::ObjectCell;
use crate::kind::{CellKind, Trace, mark_value};
use crate::value::Value;
use sarus_gc::{HeapCell, Tracer};
use std::cell::Cell;

/// The cell.
#[repr(C)]
pub struct MapCell {
    base: ObjectCell,
    value: Cell<Value>,
}

// SAFETY: repr(C) with the header first; traced and sized as MapCell.
unsafe impl HeapCell for MapCell {
    const KIND: u8 = CellKind::Map as u8;
}

impl Trace for MapCell {
    fn trace(&self, tracer: &mut Tracer) {
        self.base.trace_head(tracer);
        mark_value(tracer, self.value.get());
    }
}

/// The cell of a WeakMap.
#[repr(C)]
pub struct WeakMapCell {
    base: ObjectCell,
    value: Cell<Value>,
}

// SAFETY: repr(C) with the header first; traced and sized as WeakMapCell.
unsafe impl HeapCell for WeakMapCell {
    const KIND: u8 = CellKind::WeakMap as u8;
}

impl Trace for WeakMapCell {
    fn trace(&self, tracer: &mut Tracer) {
        self.base.trace_head(tracer);
        mark_value(tracer, self.value.get());
    }
}

/// The cell of a WeakRef.
#[repr(C)]
pub struct WeakRefCell {
    base: ObjectCell,
    value: Cell<Value>,
}

// SAFETY: repr(C) with the header first; traced and sized as WeakRefCell.
unsafe impl HeapCell for WeakRefCell {
    const KIND: u8 = CellKind::WeakRef as u8;
}

impl Trace for WeakRefCell {
    fn trace(&self, tracer: &mut Tracer) {
        self.base.trace_head(tracer);
        mark_value(tracer, self.value.get());
    }
}
