//! Proxy exotic objects (10.5).

use super::internal_methods::{InternalMethods, ORDINARY};
use super::{Object, ObjectCell};
use crate::kind::{CellKind, Trace, mark_value};
use crate::value::Value;
use sarus_gc::{HeapCell, Tracer};
use std::cell::Cell;

/// The cell of a proxy; both values are null after revocation.
#[repr(C)]
pub struct ProxyCell {
    base: ObjectCell,
    target: Cell<Value>,
    handler: Cell<Value>,
}

// SAFETY: repr(C) with the header first; traced and sized as ProxyCell.
unsafe impl HeapCell for ProxyCell {
    const KIND: u8 = CellKind::Proxy as u8;
}

impl Trace for ProxyCell {
    fn trace(&self, tracer: &mut Tracer) {
        self.base.trace_head(tracer);
        mark_value(tracer, self.target.get());
        mark_value(tracer, self.handler.get());
    }
}

/// Internal methods of proxies.
pub const METHODS: InternalMethods = ORDINARY;

/// [[ProxyTarget]]; None when revoked or no proxy.
pub fn target_of(o: Object) -> Option<Object> {
    if !o.is(CellKind::Proxy) {
        return None;
    }
    // SAFETY: the kind was checked.
    unsafe { o.cell::<ProxyCell>() }.target.get().as_object()
}

/// [[ProxyHandler]]; None when revoked or no proxy.
pub fn handler_of(o: Object) -> Option<Object> {
    if !o.is(CellKind::Proxy) {
        return None;
    }
    // SAFETY: the kind was checked.
    unsafe { o.cell::<ProxyCell>() }.handler.get().as_object()
}
