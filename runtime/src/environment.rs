//! Environments: heap scopes that hold captured variables, and the dynamic scopes of `with` and
//! sloppy direct `eval` (9.1).

use crate::agent::Agent;
use crate::kind::{CellKind, Trace, mark_value};
use crate::value::Value;
use sarus_gc::{Gc, Header, HeapCell, Tracer};
use std::cell::Cell;

/// What an environment is for; kept in `header.aux`.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum EnvironmentKind {
    /// Captured variables of a declarative scope.
    Declarative,
    /// A `with` object: slot 0 is the binding object.
    With,
    /// Variables that sloppy direct eval may add to a function: slot 0 is an ordinary object
    /// without prototype that holds them.
    EvalVariables,
}

/// The cell of an environment: parent, scope description and slots.
#[repr(C)]
pub struct EnvironmentCell {
    header: Header,
    parent: Cell<Option<Gc<EnvironmentCell>>>,
    /// The scope description for lookups by name: the linked code that owns it, or a hole.
    code: Cell<Value>,
    /// Index of the scope constant in that code.
    scope: Cell<u32>,
    len: Cell<u32>,
    slots: [Cell<Value>; 0],
}

const _: () = assert!(
    std::mem::offset_of!(EnvironmentCell, len) == EnvironmentCell::SCOPE_OFFSET + 4,
    "compiled code writes both in one word"
);

// SAFETY: repr(C) with the header first; traced and sized as EnvironmentCell.
unsafe impl HeapCell for EnvironmentCell {
    const KIND: u8 = CellKind::Environment as u8;
}

impl Trace for EnvironmentCell {
    fn size(&self) -> usize {
        EnvironmentCell::SLOTS_OFFSET + 8 * self.len.get() as usize
    }
    fn trace(&self, tracer: &mut Tracer) {
        if let Some(p) = self.parent.get() {
            tracer.mark(p);
        }
        mark_value(tracer, self.code.get());
        for s in self.slots() {
            mark_value(tracer, s.get());
        }
    }
}

/// An environment.
pub type Environment = Gc<EnvironmentCell>;

impl EnvironmentCell {
    /// Byte offset of the first slot.
    pub const SLOTS_OFFSET: usize = std::mem::size_of::<EnvironmentCell>();
    /// Byte offset of the enclosing environment (0 for none).
    pub const PARENT_OFFSET: usize = std::mem::offset_of!(EnvironmentCell, parent);

    /// Byte offset of the linked code that owns the scope.
    pub const CODE_OFFSET: usize = std::mem::offset_of!(EnvironmentCell, code);
    /// Byte offset of the scope's index (32 bits), which the number of slots (32 bits) follows.
    pub const SCOPE_OFFSET: usize = std::mem::offset_of!(EnvironmentCell, scope);

    /// The enclosing environment.
    #[inline(always)]
    pub fn parent(&self) -> Option<Environment> {
        self.parent.get()
    }
    /// The kind.
    #[inline(always)]
    pub fn kind(&self) -> EnvironmentKind {
        match self.header.aux() {
            1 => EnvironmentKind::With,
            2 => EnvironmentKind::EvalVariables,
            _ => EnvironmentKind::Declarative,
        }
    }
    /// Number of slots.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.len.get() as usize
    }
    /// True when there are no slots.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    #[inline(always)]
    fn slots(&self) -> &[Cell<Value>] {
        // SAFETY: `len` slots follow the head.
        unsafe { std::slice::from_raw_parts(self.slots.as_ptr(), self.len.get() as usize) }
    }
    /// A slot's value; a hole beyond the last.
    #[inline(always)]
    pub fn get(&self, i: usize) -> Value {
        match self.slots().get(i) {
            Some(s) => s.get(),
            None => Value::HOLE,
        }
    }
    /// Stores to a slot.
    #[inline(always)]
    pub fn set(&self, agent: &Agent, i: usize, v: Value) {
        agent.heap.write_barrier_for(&self.header, v.bits());
        if let Some(s) = self.slots().get(i) {
            s.set(v);
        }
    }
    /// The linked code (as a cell value, or a hole) and constant index that describe the scope.
    pub fn scope(&self) -> (Value, u32) {
        (self.code.get(), self.scope.get())
    }
}

impl Agent {
    /// A declarative environment whose slots are holes (temporal dead zone).
    #[inline]
    pub fn new_environment(
        &mut self,
        parent: Option<Environment>,
        kind: EnvironmentKind,
        len: usize,
        code: Value,
        scope: u32,
    ) -> Environment {
        let header = Header::new(EnvironmentCell::KIND);
        header.set_aux(kind as u8);
        let head = EnvironmentCell {
            header,
            parent: Cell::new(parent),
            code: Cell::new(code),
            scope: Cell::new(scope),
            len: Cell::new(len as u32),
            slots: [],
        };
        // SAFETY: the size covers the head and the slots, which the heap zeroes (holes).
        unsafe {
            self.heap
                .alloc_sized(EnvironmentCell::SLOTS_OFFSET + 8 * len, head)
        }
    }
}
