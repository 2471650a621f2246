//! Symbols and private names (20.4).

use crate::kind::{CellKind, Trace};
use crate::string::JsString;
use crate::value::Value;
use sarus_gc::{Gc, Header, HeapCell, Tracer};
use std::cell::Cell;

/// Flag: the symbol is a private name (`#x`); never visible as a value.
const PRIVATE: u8 = 1;
/// Flag: the symbol is in the global symbol registry (`Symbol.for`).
const REGISTERED: u8 = 2;

/// The heap cell of a symbol.
#[repr(C)]
pub struct SymbolCell {
    header: Header,
    description: Cell<Value>,
    hash: Cell<u32>,
}

// SAFETY: repr(C) with the header first; traced and sized by the kind table as SymbolCell.
unsafe impl HeapCell for SymbolCell {
    const KIND: u8 = CellKind::Symbol as u8;
}

impl Trace for SymbolCell {
    fn trace(&self, tracer: &mut Tracer) {
        crate::kind::mark_value(tracer, self.description.get());
    }
}

/// A symbol.
#[derive(Copy, Clone, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Symbol(pub(crate) Gc<SymbolCell>);

impl SymbolCell {
    /// A fresh symbol cell; `description` is `undefined` or a string.
    pub(crate) fn new(description: Value, private: bool, hash: u32) -> SymbolCell {
        let header = Header::new(Self::KIND);
        header.set_flags(if private { PRIVATE } else { 0 });
        SymbolCell {
            header,
            description: Cell::new(description),
            hash: Cell::new(hash),
        }
    }
}

impl Symbol {
    /// The description, `undefined` when there is none.
    pub fn description(self) -> Value {
        self.0.description.get()
    }
    /// The description as a string, if there is one.
    pub fn description_string(self) -> Option<JsString> {
        self.0.description.get().as_string()
    }
    /// True for private names.
    #[inline]
    pub fn is_private(self) -> bool {
        self.0.header.flags() & PRIVATE != 0
    }
    /// True for symbols made by `Symbol.for`.
    pub fn is_registered(self) -> bool {
        self.0.header.flags() & REGISTERED != 0
    }
    /// Marks the symbol as registered.
    pub(crate) fn set_registered(self) {
        self.0.header.set_flags(self.0.header.flags() | REGISTERED);
    }
    /// A hash that does not change.
    #[inline]
    pub fn hash(self) -> u32 {
        self.0.hash.get()
    }
}
