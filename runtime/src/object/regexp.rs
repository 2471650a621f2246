//! The cell of regular expression objects (22.2).

use super::ObjectCell;
use crate::kind::{CellKind, Trace, mark_value};
use crate::value::Value;
use sarus_gc::{HeapCell, Tracer};
use std::cell::Cell;

/// The cell.
#[repr(C)]
pub struct RegExpCell {
    base: ObjectCell,
    value: Cell<Value>,
}

// SAFETY: repr(C) with the header first; traced and sized as RegExpCell.
unsafe impl HeapCell for RegExpCell {
    const KIND: u8 = CellKind::RegExp as u8;
}

impl Trace for RegExpCell {
    fn trace(&self, tracer: &mut Tracer) {
        self.base.trace_head(tracer);
        mark_value(tracer, self.value.get());
    }
}
