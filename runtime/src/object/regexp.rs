//! The cell of regular expression objects (22.2).
//!
//! `lastIndex` is an ordinary own property, always the first one: its slot is the one inline slot of
//! the cell, right behind the object head. The compiled pattern is in a cell of its own that all objects of
//! one pattern share, so that regular expression objects need no finalizer.

use super::{Object, ObjectCell};
use crate::agent::Agent;
use crate::kind::{CellKind, Trace, mark_value};
use crate::object::data::{DataCell, NativeData};
use crate::property::Attributes;
use crate::realm::Realm;
use crate::shape::Shape;
use crate::string::JsString;
use crate::value::Value;
use sarus_gc::{Gc, HeapCell, Tracer};
use sarus_regexp::CompiledRegExp;
use std::cell::Cell;
use std::ops::Deref;
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
    program: Cell<Option<Gc<DataCell>>>,
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
    fn trace(&self, tracer: &mut Tracer) {
        self.base.trace_head(tracer);
        for v in [&self.last_index, &self.source, &self.escaped_source] {
            mark_value(tracer, v.get());
        }
        tracer.mark_opt(self.program.get());
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
    pub fn program(&self) -> Option<Pattern> {
        let cell = self.program.get()?;
        Some(Pattern(cell))
    }
    /// The cell of the compiled pattern.
    pub fn program_cell(&self) -> Option<Gc<DataCell>> {
        self.program.get()
    }
    /// Steps of RegExpInitialize that set internal slots; `program` is a cell of `new_program_cell`.
    pub fn initialize(&self, agent: &Agent, source: JsString, program: Gc<DataCell>) {
        assert!(program.data::<Program>().is_some());
        agent.heap.write_barrier(&self.base.header);
        self.source.set(source.into());
        self.escaped_source.set(Value::UNDEFINED);
        self.program.set(Some(program));
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

/// The compiled pattern of a regular expression object. On the native stack it keeps the pattern alive.
#[derive(Copy, Clone)]
pub struct Pattern(Gc<DataCell>);

impl Deref for Pattern {
    type Target = Rc<CompiledRegExp>;

    #[inline]
    fn deref(&self) -> &Rc<CompiledRegExp> {
        // SAFETY: it is made of what `initialize` has checked alone.
        unsafe { &self.0.data_unchecked::<Program>().0 }
    }
}

/// A compiled pattern as cell contents.
struct Program(Rc<CompiledRegExp>);

impl NativeData for Program {
    fn trace(&self, _: &mut Tracer) {}
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
    /// A cell of a compiled pattern.
    pub fn new_program_cell(&mut self, program: Rc<CompiledRegExp>) -> Gc<DataCell> {
        self.new_data_cell(Box::new(Program(program)))
    }
    /// 22.2.3.2 RegExpAlloc with the prototype at hand. `lastIndex` is 0 already.
    pub fn new_regexp_with(&mut self, proto: Object, legacy: bool) -> Object {
        let shape = self.regexp_shape(proto);
        let cell = RegExpCell {
            base: ObjectCell::head(self, shape, 0),
            last_index: Cell::new(Value::int(0)),
            source: Cell::new(Value::UNDEFINED),
            escaped_source: Cell::new(Value::UNDEFINED),
            program: Cell::new(None),
            realm: Cell::new(self.realm),
            legacy: Cell::new(legacy),
        };
        let cell = self.heap.alloc(cell);
        // SAFETY: a RegExpCell begins with an ObjectCell.
        Object(unsafe { cell.cast() })
    }
    /// The shape of instances: `lastIndex` in the inline slot.
    fn regexp_shape(&mut self, proto: Object) -> Gc<Shape> {
        if let Some((p, shape)) = self.library.regexp.instances
            && p == proto
        {
            return shape;
        }
        let root = self.root_shape(CellKind::RegExp, Some(proto), 1);
        let key = self.names.lastIndex;
        let shape = self
            .shape_with_property(root, key, Attributes::W)
            .unwrap_or(root);
        debug_assert!(shape.lookup(key).is_some_and(|e| e.slot == LAST_INDEX_SLOT));
        self.library.regexp.instances = Some((proto, shape));
        shape
    }
}
