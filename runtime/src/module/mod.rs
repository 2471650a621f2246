//! Module records (16.2).

use crate::kind::{CellKind, Trace, mark_value};
use crate::value::Value;
use sarus_gc::{Header, HeapCell, Tracer};
use std::cell::Cell;

/// The cell of a module record.
#[repr(C)]
pub struct ModuleCell {
    header: Header,
    namespace: Cell<Value>,
}

// SAFETY: repr(C) with the header first; traced and sized as ModuleCell.
unsafe impl HeapCell for ModuleCell {
    const KIND: u8 = CellKind::Module as u8;
}

impl Trace for ModuleCell {
    fn trace(&self, tracer: &mut Tracer) {
        mark_value(tracer, self.namespace.get());
    }
}
