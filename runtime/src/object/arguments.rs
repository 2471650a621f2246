//! Mapped arguments exotic objects (10.4.4).

use super::ObjectCell;
use crate::kind::{CellKind, Trace, mark_value};
use crate::value::Value;
use sarus_gc::{HeapCell, Tracer};
use std::cell::Cell;

/// The cell.
#[repr(C)]
pub struct MappedArgumentsCell {
    base: ObjectCell,
    value: Cell<Value>,
}

// SAFETY: repr(C) with the header first; traced and sized as MappedArgumentsCell.
unsafe impl HeapCell for MappedArgumentsCell {
    const KIND: u8 = CellKind::MappedArguments as u8;
}

impl Trace for MappedArgumentsCell {
    fn trace(&self, tracer: &mut Tracer) {
        self.base.trace_head(tracer);
        mark_value(tracer, self.value.get());
    }
}

/// Internal methods.
pub const METHODS: super::internal_methods::InternalMethods = super::internal_methods::ORDINARY;
