//! The cell of regular expression objects (22.2).
//!
//! `lastIndex` is an ordinary own property, always the first one: its slot is the one inline slot of
//! the cell, right behind the object head.

use super::{Object, ObjectCell};
use crate::agent::Agent;
use crate::kind::{CellKind, Trace, mark_value};
use crate::object::ordinary::add_named;
use crate::property::Attributes;
use crate::realm::Realm;
use crate::string::JsString;
use crate::value::Value;
use sarus_gc::{Gc, HeapCell, Tracer};
use sarus_regexp::CompiledRegExp;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// The cell.
#[repr(C)]
pub struct RegExpCell {
    base: ObjectCell,
    /// The inline slot: `lastIndex`.
    last_index: Cell<Value>,
    /// [[OriginalSource]]
    source: Cell<Value>,
    /// What the `source` getter gives; `undefined` until asked for.
    escaped_source: Cell<Value>,
    /// [[RegExpMatcher]] and [[OriginalFlags]]; `None` between allocation and initialization.
    program: RefCell<Option<Rc<CompiledRegExp>>>,
    /// [[Realm]]
    realm: Cell<Realm>,
    /// [[LegacyFeaturesEnabled]]: false for instances of subclasses.
    legacy: Cell<bool>,
}

// SAFETY: repr(C) with the header first; traced, sized and finalized as RegExpCell.
unsafe impl HeapCell for RegExpCell {
    const KIND: u8 = CellKind::RegExp as u8;
}

impl Trace for RegExpCell {
    const FINALIZE: bool = true;
    fn trace(&self, tracer: &mut Tracer) {
        self.base.trace_head(tracer);
        for v in [&self.last_index, &self.source, &self.escaped_source] {
            mark_value(tracer, v.get());
        }
        tracer.mark(self.realm.get());
    }
}

/// The slot of `lastIndex`.
pub const LAST_INDEX_SLOT: u32 = 0;

impl RegExpCell {
    /// [[OriginalSource]]; `None` before initialization.
    pub fn source(&self) -> Option<JsString> {
        self.source.get().as_string()
    }
    /// The cached escaped source.
    pub fn escaped_source(&self) -> Option<JsString> {
        self.escaped_source.get().as_string()
    }
    /// Caches the escaped source.
    pub fn set_escaped_source(&self, agent: &Agent, s: JsString) {
        agent.heap.write_barrier(&self.base.header);
        self.escaped_source.set(s.into());
    }
    /// The compiled pattern; `None` before initialization.
    #[inline]
    pub fn program(&self) -> Option<Rc<CompiledRegExp>> {
        self.program.borrow().clone()
    }
    /// Steps of RegExpInitialize that set internal slots.
    pub fn initialize(&self, agent: &Agent, source: JsString, program: Rc<CompiledRegExp>) {
        agent.heap.write_barrier(&self.base.header);
        self.source.set(source.into());
        self.escaped_source.set(Value::UNDEFINED);
        self.program.replace(Some(program));
    }
    /// [[Realm]]
    pub fn realm(&self) -> Realm {
        self.realm.get()
    }
    /// [[LegacyFeaturesEnabled]]
    #[inline]
    pub fn legacy(&self) -> bool {
        self.legacy.get()
    }
}

impl Object {
    /// The cell of a regular expression object.
    #[inline]
    pub fn as_regexp(self) -> Option<Gc<RegExpCell>> {
        if self.is(CellKind::RegExp) {
            // SAFETY: the kind was checked.
            Some(unsafe { self.cell::<RegExpCell>() })
        } else {
            None
        }
    }
}

impl Agent {
    /// 22.2.3.2 RegExpAlloc with the prototype at hand. `lastIndex` is 0 already.
    pub fn new_regexp_with(&mut self, proto: Object, legacy: bool) -> Object {
        let shape = self.root_shape(CellKind::RegExp, Some(proto), 1);
        let cell = RegExpCell {
            base: ObjectCell::head(self, shape, 0),
            last_index: Cell::new(Value::UNDEFINED),
            source: Cell::new(Value::UNDEFINED),
            escaped_source: Cell::new(Value::UNDEFINED),
            program: RefCell::new(None),
            realm: Cell::new(self.realm),
            legacy: Cell::new(legacy),
        };
        let cell = self.heap.alloc(cell);
        // SAFETY: a RegExpCell begins with an ObjectCell.
        let o = Object(unsafe { cell.cast() });
        let key = self.names.lastIndex;
        add_named(self, o, key, Value::int(0), Attributes::W);
        o
    }
}
