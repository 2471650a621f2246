//! The cell of ArrayBuffer and SharedArrayBuffer (25.1, 25.2).

use super::ObjectCell;
use crate::kind::{CellKind, Trace, mark_value};
use crate::value::Value;
use sarus_gc::{HeapCell, Tracer};
use std::cell::Cell;

/// The cell.
#[repr(C)]
pub struct BufferCell {
    base: ObjectCell,
    value: Cell<Value>,
}

// SAFETY: repr(C) with the header first; traced and sized as BufferCell.
unsafe impl HeapCell for BufferCell {
    const KIND: u8 = CellKind::ArrayBuffer as u8;
}

impl Trace for BufferCell {
    fn trace(&self, tracer: &mut Tracer) {
        self.base.trace_head(tracer);
        mark_value(tracer, self.value.get());
    }
}

/// 25.1.3.5 DetachArrayBuffer without a key.
pub fn detach_array_buffer(agent: &mut crate::Agent, _: super::Object) -> crate::JsResult<()> {
    Err(agent.type_error("ArrayBuffers cannot be detached yet"))
}
