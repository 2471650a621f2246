//! Cells and objects around Rust data with a trace function of its own, for what is not hot:
//! registries, formatters, host objects, parser state.

use super::{Object, ObjectCell};
use crate::agent::Agent;
use crate::kind::{CellKind, Trace};
use crate::realm::Intrinsic;
use crate::value::Value;
use sarus_gc::{Gc, Header, HeapCell, Tracer};
use std::any::Any;

/// Rust data inside a heap cell. Values in it must be reached by `trace` and stored through
/// interior mutability.
pub trait NativeData: Any {
    /// Marks every value inside.
    fn trace(&self, tracer: &mut Tracer);
}

/// A cell that is no object around Rust data.
#[repr(C)]
pub struct DataCell {
    header: Header,
    data: Box<dyn NativeData>,
}

// SAFETY: repr(C) with the header first; traced, sized and finalized as DataCell.
unsafe impl HeapCell for DataCell {
    const KIND: u8 = CellKind::Data as u8;
}

impl Trace for DataCell {
    const RESCAN: bool = true;
    const FINALIZE: bool = true;
    fn trace(&self, tracer: &mut Tracer) {
        self.data.trace(tracer);
    }
}

impl DataCell {
    /// The data as `T`.
    pub fn data<T: NativeData>(&self) -> Option<&T> {
        (self.data.as_ref() as &dyn Any).downcast_ref()
    }
    /// The data as `T`.
    ///
    /// # Safety
    /// It is a `T`.
    #[inline]
    pub(crate) unsafe fn data_unchecked<T: NativeData>(&self) -> &T {
        debug_assert!(self.data::<T>().is_some());
        let data: *const dyn NativeData = self.data.as_ref();
        // SAFETY: the caller vouches for the type.
        unsafe { &*data.cast::<T>() }
    }
}

/// An object around Rust data.
#[repr(C)]
pub struct DataObjectCell {
    base: ObjectCell,
    data: Box<dyn NativeData>,
}

// SAFETY: repr(C) with the header first; traced, sized and finalized as DataObjectCell.
unsafe impl HeapCell for DataObjectCell {
    const KIND: u8 = CellKind::DataObject as u8;
}

impl Trace for DataObjectCell {
    const RESCAN: bool = true;
    const FINALIZE: bool = true;
    fn trace(&self, tracer: &mut Tracer) {
        self.base.trace_head(tracer);
        self.data.trace(tracer);
    }
}

impl Object {
    /// The Rust data of a data object, if it is a `T`. Good as long as `self` is on the stack.
    pub fn data<T: NativeData>(&self) -> Option<&T> {
        if !self.is(CellKind::DataObject) {
            return None;
        }
        // SAFETY: the kind was checked; the cell lives as long as `self` is on the stack.
        let cell: &DataObjectCell = unsafe { &*self.cell::<DataObjectCell>().as_ptr() };
        (cell.data.as_ref() as &dyn Any).downcast_ref()
    }
}

impl Agent {
    /// An object around Rust data.
    pub fn new_data_object(&mut self, proto: Option<Object>, data: Box<dyn NativeData>) -> Object {
        let shape = self.root_shape(CellKind::DataObject, proto, 0);
        let base = ObjectCell::head(self, shape, 0);
        let cell = self.heap.alloc(DataObjectCell { base, data });
        // SAFETY: a DataObjectCell begins with an ObjectCell.
        Object(unsafe { cell.cast() })
    }
    /// A data object that inherits from %Object.prototype%.
    pub fn new_plain_data_object(&mut self, data: Box<dyn NativeData>) -> Object {
        let proto = self.intrinsic(Intrinsic::ObjectPrototype);
        self.new_data_object(Some(proto), data)
    }
    /// A cell around Rust data.
    pub fn new_data_cell(&mut self, data: Box<dyn NativeData>) -> Gc<DataCell> {
        self.heap.alloc(DataCell {
            header: Header::new(DataCell::KIND),
            data,
        })
    }
}

impl Value {
    /// The data cell, if it is one.
    pub fn as_data_cell(self) -> Option<Gc<DataCell>> {
        if self.is_kind(CellKind::Data) {
            // SAFETY: the kind was checked just above.
            Some(unsafe { self.cell_unchecked() })
        } else {
            None
        }
    }
}
