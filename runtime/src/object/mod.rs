//! Objects: the common head, named slots and the ordinary internal methods' fast paths.
//!
//! ```text
//! header | slots ─► SlotsCell | elements ─► ElementsCell or SparseCell | inline slots or fields
//! ```
//!
//! `header.aux`: bits 0–1 elements kind, bits 2–7 number of inline slots. Exotic kinds have no
//! inline slots; their own fields follow the head.

pub mod arguments;
pub mod array;
pub mod bound;
pub mod buffer;
pub mod collections;
pub mod data;
pub mod dense;
pub mod elements;
pub mod generator;
pub mod global;
pub mod internal_methods;
pub(crate) mod lookup_cache;
pub mod module_namespace;
pub mod ordinary;
pub mod promise;
pub mod proxy;
pub mod regexp;
mod shifted;
pub mod string_object;
pub mod typed_array;
pub mod weak;

use crate::agent::Agent;
use crate::kind::{CellKind, Trace, mark_value};
use crate::shape::{Shape, ShapeId};
use crate::value::Value;
use elements::{ElementsCell, SlotsCell};
use sarus_gc::{Gc, Header, HeapCell, Tracer};
use std::cell::Cell;

/// Header flag: [[GetOwnProperty]] and its kin are overridden.
pub const EXOTIC: u8 = 1;
/// Header flag: has [[Call]].
pub const CALLABLE: u8 = 2;
/// Header flag: has [[Construct]].
pub const CONSTRUCTOR: u8 = 4;
/// Header flag: used as a prototype; its shape is unique.
pub const IS_PROTOTYPE: u8 = 8;
/// Header flag: `length`, `name` and `prototype` of a function are not materialized yet.
pub const LAZY: u8 = 16;
/// Header flag: an array whose `length` is not writable.
pub const LENGTH_READONLY: u8 = 32;
/// Header flag of objects that are no arrays: an immutable prototype exotic object (10.4.7).
pub const IMMUTABLE_PROTOTYPE: u8 = LENGTH_READONLY;
/// Header flag: [[IsHTMLDDA]] (Annex B.3.6), test262's `$262.IsHTMLDDA`.
pub const HTMLDDA: u8 = 64;
/// Header flag: a class constructor (throws when called).
pub const CLASS_CONSTRUCTOR: u8 = 128;
/// Header flag of arrays: the elements begin inside their cell (`shifted.rs`).
pub(crate) const SHIFTED: u8 = CLASS_CONSTRUCTOR;

/// Elements kinds in the low bits of `header.aux`.
pub const DENSE: u8 = 0;
/// Sparse elements: an ordered map with attributes.
pub const SPARSE: u8 = 1;
const ELEMENTS_MASK: u8 = 3;

/// Byte offset of the first inline slot (and of exotic kinds' fields).
pub const INLINE_OFFSET: usize = std::mem::size_of::<ObjectCell>();
/// Most inline slots an object can have.
pub const MAX_INLINE: u8 = 63;
/// Byte offset of the pointer to the out-of-line slots.
pub const SLOTS_OFFSET: usize = std::mem::offset_of!(ObjectCell, slots);
/// Byte offset of the pointer to the elements.
pub const ELEMENTS_OFFSET: usize = std::mem::offset_of!(ObjectCell, elements);

/// The head of every object, 24 bytes.
#[repr(C)]
pub struct ObjectCell {
    pub(crate) header: Header,
    slots: Cell<Option<Gc<SlotsCell>>>,
    elements: Cell<Gc<ElementsCell>>,
}

// SAFETY: repr(C) with the header first; traced and sized by the kind table as ObjectCell.
unsafe impl HeapCell for ObjectCell {
    const KIND: u8 = CellKind::Object as u8;
}

impl Trace for ObjectCell {
    fn size(&self) -> usize {
        INLINE_OFFSET + 8 * (self.header.aux() >> 2) as usize
    }
    fn trace(&self, tracer: &mut Tracer) {
        self.trace_head(tracer);
        for i in 0..(self.header.aux() >> 2) as usize {
            mark_value(tracer, self.inline(i).get());
        }
    }
}

impl ObjectCell {
    /// The head of a new object of that shape. `elements` is the agent's empty elements cell. Inlined, so that its parts go straight
    /// to where the object is: a copy in between would be read wider than it was written, which waits for the writes.
    #[inline(always)]
    pub(crate) fn head(agent: &Agent, shape: Gc<Shape>, flags: u8) -> ObjectCell {
        // The header holds only the id; the allocation that follows must not free the shape.
        agent.pending_shape.set(Some(shape));
        let header = Header::new(shape.kind());
        header.set_shape(shape.id());
        header.set_flags(flags);
        header.set_aux((shape.inline_capacity() as u8) << 2);
        ObjectCell {
            header,
            slots: Cell::new(None),
            elements: Cell::new(agent.empty_elements),
        }
    }
    /// What [`Agent::new_object_with_shape`] makes of a shape, for code that does it itself: size in bytes, header word, word of
    /// the elements; everything else is zero. `None` where there is more to it.
    pub fn template(agent: &Agent, shape: Gc<Shape>) -> Option<(u32, u64, u64)> {
        let size = (INLINE_OFFSET + 8 * shape.inline_capacity() as usize).next_multiple_of(16);
        // Longer cells have a mark in their header.
        let plain = [CellKind::Object as u8, CellKind::Arguments as u8];
        if !plain.contains(&shape.kind()) || size > 128 {
            return None;
        }
        let aux = u64::from(shape.inline_capacity() as u8) << 2;
        let header = u64::from(shape.id()) | u64::from(shape.kind()) << 32 | aux << 56;
        Some((size as u32, header, agent.empty_elements.addr() as u64))
    }
    /// Address of the elements of new objects, for code that makes them itself.
    pub fn empty_elements(agent: &Agent) -> u64 {
        agent.empty_elements.addr() as u64
    }
    /// Marks what the head refers to; exotic kinds call this first.
    #[inline(always)]
    pub(crate) fn trace_head(&self, tracer: &mut Tracer) {
        crate::agent::mark_shape(tracer, self.header.shape());
        if let Some(s) = self.slots.get() {
            tracer.mark(s);
        }
        tracer.mark(self.elements.get());
    }
    #[inline(always)]
    fn inline(&self, i: usize) -> &Cell<Value> {
        debug_assert!(i < (self.header.aux() >> 2) as usize);
        // SAFETY: the object was allocated with this many inline slots behind the head.
        unsafe {
            &*(self as *const ObjectCell)
                .add(1)
                .cast::<Cell<Value>>()
                .add(i)
        }
    }
}

/// Getter and setter of an accessor property.
#[repr(C)]
pub struct AccessorCell {
    header: Header,
    /// A function or `undefined`.
    pub get: Cell<Value>,
    /// A function or `undefined`.
    pub set: Cell<Value>,
}

// SAFETY: repr(C) with the header first; traced and sized as AccessorCell.
unsafe impl HeapCell for AccessorCell {
    const KIND: u8 = CellKind::Accessor as u8;
}

impl Trace for AccessorCell {
    fn trace(&self, tracer: &mut Tracer) {
        mark_value(tracer, self.get.get());
        mark_value(tracer, self.set.get());
    }
}

/// An object with `N` internal slots that hold values.
#[repr(C)]
pub struct FieldsCell<const N: usize> {
    base: ObjectCell,
    fields: [Cell<Value>; N],
}

// SAFETY: repr(C) with the header first; several kinds share the type, each with its row.
unsafe impl<const N: usize> HeapCell for FieldsCell<N> {
    const KIND: u8 = CellKind::Fields as u8;
}

impl<const N: usize> Trace for FieldsCell<N> {
    fn trace(&self, tracer: &mut Tracer) {
        self.base.trace_head(tracer);
        for f in &self.fields {
            mark_value(tracer, f.get());
        }
    }
}

/// How many value fields an object kind has (see the kind table).
#[inline(always)]
fn field_count(kind: u8) -> usize {
    static COUNTS: [u8; 256] = {
        let mut counts = [0; 256];
        let mut kind = 0;
        while kind < 256 {
            counts[kind] = count_fields(kind as u8);
            kind += 1;
        }
        counts
    };
    COUNTS[kind as usize] as usize
}

const fn count_fields(kind: u8) -> u8 {
    const ERROR: u8 = CellKind::Error as u8;
    const FIELDS: u8 = CellKind::Fields as u8;
    const HELPER: u8 = CellKind::IteratorHelper as u8;
    const WRAPPER: u8 = CellKind::WrapForValidIterator as u8;
    const ONE: [u8; 6] = [
        CellKind::Boolean as u8,
        CellKind::Number as u8,
        CellKind::SymbolObject as u8,
        CellKind::BigIntObject as u8,
        CellKind::StringObject as u8,
        CellKind::Date as u8,
    ];
    const FOUR: [u8; 4] = [
        CellKind::ArrayIterator as u8,
        CellKind::MapIterator as u8,
        CellKind::SetIterator as u8,
        CellKind::StringIterator as u8,
    ];
    match kind {
        ERROR => 2,
        FIELDS | HELPER => 8,
        WRAPPER => 4,
        k if k == ONE[0]
            || k == ONE[1]
            || k == ONE[2]
            || k == ONE[3]
            || k == ONE[4]
            || k == ONE[5] =>
        {
            1
        }
        k if k == FOUR[0] || k == FOUR[1] || k == FOUR[2] || k == FOUR[3] => 4,
        _ => 0,
    }
}

/// An object value.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
#[repr(transparent)]
pub struct Object(pub(crate) Gc<ObjectCell>);

impl std::fmt::Debug for ObjectCell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "object(kind {}, {:p})", self.header.kind(), self)
    }
}

impl Object {
    /// The header.
    #[inline(always)]
    pub fn header(&self) -> &Header {
        &self.0.header
    }
    /// The kind byte.
    #[inline(always)]
    pub fn kind(self) -> u8 {
        self.0.header.kind()
    }
    /// True for objects of that kind.
    #[inline(always)]
    pub fn is(self, kind: CellKind) -> bool {
        self.kind() == kind as u8
    }
    #[inline(always)]
    /// True if the header flag is set.
    pub fn flag(self, flag: u8) -> bool {
        self.0.header.flags() & flag != 0
    }
    #[inline]
    pub(crate) fn set_flag(self, flag: u8, on: bool) {
        let f = self.0.header.flags();
        self.0
            .header
            .set_flags(if on { f | flag } else { f & !flag });
    }
    /// True when property lookups must go through the internal methods' table.
    #[inline(always)]
    pub fn is_exotic(self) -> bool {
        self.flag(EXOTIC)
    }
    /// 7.2.3 IsCallable.
    #[inline(always)]
    pub fn is_callable(self) -> bool {
        self.flag(CALLABLE)
    }
    /// 7.2.4 IsConstructor.
    #[inline(always)]
    pub fn is_constructor(self) -> bool {
        self.flag(CONSTRUCTOR)
    }
    /// True for objects that are some object's prototype.
    #[inline(always)]
    pub fn is_prototype(self) -> bool {
        self.flag(IS_PROTOTYPE)
    }
    pub(crate) fn set_is_prototype(self) {
        self.set_flag(IS_PROTOTYPE, true);
    }
    /// True for immutable prototype exotic objects.
    pub fn has_immutable_prototype(self) -> bool {
        self.flag(IMMUTABLE_PROTOTYPE) && !self.is(CellKind::Array)
    }
    /// Makes the object an immutable prototype exotic object.
    pub fn set_immutable_prototype(self) {
        debug_assert!(!self.is(CellKind::Array));
        self.set_flag(IMMUTABLE_PROTOTYPE, true);
    }
    /// The address, for identity hashes and messages.
    #[inline(always)]
    pub fn addr(self) -> usize {
        self.0.addr()
    }

    /// The shape id.
    #[inline(always)]
    pub fn shape_id(self) -> ShapeId {
        self.0.header.shape()
    }
    /// The shape.
    #[inline(always)]
    pub fn shape(self, agent: &Agent) -> Gc<Shape> {
        agent.shapes.get(self.shape_id())
    }
    /// Replaces the shape; the slots must already fit.
    #[inline(always)]
    pub(crate) fn set_shape(self, shape: Gc<Shape>) {
        self.0.header.set_shape(shape.id());
    }

    #[inline(always)]
    fn inline_capacity(self) -> u32 {
        (self.0.header.aux() >> 2) as u32
    }
    /// Reads a property slot by number.
    #[inline(always)]
    pub fn load_slot(self, slot: u32) -> Value {
        let inline = self.inline_capacity();
        if slot < inline {
            self.0.inline(slot as usize).get()
        } else {
            match self.0.slots.get() {
                Some(s) => s.get((slot - inline) as usize),
                None => Value::UNDEFINED,
            }
        }
    }
    /// Stores to a slot of an object that was allocated just now, with at least so many inline slots.
    #[inline(always)]
    pub(crate) fn init_inline_slot(self, slot: u32, v: Value) {
        debug_assert!(!self.is_prototype());
        self.0.inline(slot as usize).set(v);
    }
    /// Overwrites a slot that exists.
    #[inline(always)]
    pub fn store_existing_slot(self, agent: &Agent, slot: u32, v: Value) {
        if self.is_prototype() {
            agent.note_stored_value(self);
        }
        let inline = self.inline_capacity();
        if slot < inline {
            agent.heap.write_barrier_for(&self.0.header, v.bits());
            self.0.inline(slot as usize).set(v);
        } else if let Some(s) = self.0.slots.get() {
            agent.heap.write_barrier_for(s.header(), v.bits());
            s.set((slot - inline) as usize, v);
        }
    }
    /// Stores to a slot, growing the out-of-line slots when it is new.
    #[inline]
    pub fn store_slot(self, agent: &mut Agent, slot: u32, v: Value) {
        let inline = self.inline_capacity();
        if slot >= inline {
            let i = (slot - inline) as usize;
            let capacity = self.0.slots.get().map_or(0, |s| s.capacity());
            if i >= capacity {
                self.grow_slots(agent, i + 1);
            }
        }
        self.store_existing_slot(agent, slot, v);
    }
    /// Sets the first slots of an object that was just made of a shape that has them.
    pub(crate) fn fill_slots(self, agent: &mut Agent, values: &[Value]) {
        let inline = self.inline_capacity() as usize;
        let (inside, outside) = values.split_at(inline.min(values.len()));
        if !outside.is_empty() {
            self.fill_new_slots(agent, outside);
            for (slot, v) in inside.iter().enumerate() {
                self.store_existing_slot(agent, slot as u32, *v);
            }
            return;
        }
        // Nothing was allocated since, so that the object needs no barrier.
        for (slot, v) in inside.iter().enumerate() {
            self.0.inline(slot).set(*v);
        }
    }
    /// Gives an object that has no out-of-line slots yet these.
    pub(crate) fn fill_new_slots(self, agent: &mut Agent, values: &[Value]) {
        // Nothing is allocated after the cell, so that it needs no barrier.
        let slots = self.grow_slots(agent, values.len());
        for (slot, v) in values.iter().enumerate() {
            slots.set(slot, *v);
        }
    }
    /// The out-of-line slots, with room for so many.
    pub fn slots_with_room(self, agent: &mut Agent, needed: usize) -> Gc<SlotsCell> {
        if let Some(slots) = self.0.slots.get().filter(|s| s.capacity() >= needed) {
            return slots;
        }
        self.grow_slots(agent, needed)
    }
    #[cold]
    #[inline(never)]
    fn grow_slots(self, agent: &mut Agent, needed: usize) -> Gc<SlotsCell> {
        let old = self.0.slots.get();
        let capacity = needed.max(old.map_or(4, |s| s.capacity() * 2));
        let new = SlotsCell::allocate(agent, capacity);
        if let Some(old) = old {
            new.copy_from(&old);
        }
        agent.heap.write_barrier(&self.0.header);
        self.0.slots.set(Some(new));
        new
    }

    /// The out-of-line slots, if there are any.
    #[inline(always)]
    pub fn slots_cell(self) -> Option<Gc<SlotsCell>> {
        self.0.slots.get()
    }
    /// True when the elements are dense.
    #[inline(always)]
    pub fn has_dense_elements(self) -> bool {
        self.0.header.aux() & ELEMENTS_MASK == DENSE
    }
    /// The dense elements cell; meaningless when the elements are sparse.
    #[inline(always)]
    pub fn elements(self) -> Gc<ElementsCell> {
        self.0.elements.get()
    }
    /// Whether it may have indexed properties of its own, of whatever kind.
    pub(crate) fn may_have_elements(self) -> bool {
        if !self.has_dense_elements() || self.elements().capacity() != 0 {
            return true;
        }
        if self.is(CellKind::StringObject) {
            return self.field(0).as_string().is_some_and(|s| !s.is_empty());
        }
        self.flag(EXOTIC)
    }
    pub(crate) fn set_elements(self, agent: &Agent, e: Gc<ElementsCell>, kind: u8) {
        if self.is_prototype() {
            agent.note_elements_of_prototype(self);
        }
        agent.heap.write_barrier(&self.0.header);
        if self.is_shifted() {
            self.set_flag(SHIFTED, false);
        }
        self.0.elements.set(e);
        self.0
            .header
            .set_aux((self.0.header.aux() & !ELEMENTS_MASK) | kind);
    }

    /// An internal value field of the kinds made of `FieldsCell`; `undefined` beyond the last.
    #[inline]
    pub fn field(self, i: usize) -> Value {
        match self.field_cell(i) {
            Some(c) => c.get(),
            None => Value::UNDEFINED,
        }
    }
    /// Sets an internal value field.
    #[inline]
    pub fn set_field(self, agent: &Agent, i: usize, v: Value) {
        agent.heap.write_barrier_for(&self.0.header, v.bits());
        if let Some(c) = self.field_cell(i) {
            c.set(v);
        }
    }
    #[inline]
    fn field_cell(&self, i: usize) -> Option<&Cell<Value>> {
        if i >= field_count(self.kind()) {
            debug_assert!(false, "kind {} has no field {i}", self.kind());
            return None;
        }
        // SAFETY: `field_count` gives the number of value fields that the kind's cells have behind
        // the head (FieldsCell<N> is ObjectCell followed by N cells).
        Some(unsafe { &*(self.0.as_ptr().add(1) as *const Cell<Value>).add(i) })
    }
    /// The cell of an exotic kind.
    ///
    /// # Safety
    /// The object's kind must be one that the kind table pairs with `T`.
    #[inline(always)]
    pub(crate) unsafe fn cell<T>(self) -> Gc<T> {
        // SAFETY: by the caller's promise.
        unsafe { self.0.cast::<T>() }
    }
}

/// Allocation.
impl Agent {
    /// An object of a shape whose slots are all still to be stored (they read as holes).
    #[inline]
    pub fn new_object_with_shape(&mut self, shape: Gc<Shape>) -> Object {
        debug_assert!(
            shape.kind() == CellKind::Object as u8 || shape.kind() == CellKind::Arguments as u8
        );
        let head = ObjectCell::head(self, shape, 0);
        let size = INLINE_OFFSET + 8 * shape.inline_capacity() as usize;
        // SAFETY: the size covers the head and the inline slots, which the heap zeroes (holes).
        Object(unsafe { self.heap.alloc_sized(size, head) })
    }
    /// 10.1.12 OrdinaryObjectCreate with the default inline slots.
    pub fn new_object(&mut self, proto: Option<Object>) -> Object {
        let shape = self.root_shape(CellKind::Object, proto, 4);
        self.new_object_with_shape(shape)
    }
    /// `{}`.
    pub fn new_plain_object(&mut self) -> Object {
        let proto = self.intrinsic(crate::realm::Intrinsic::ObjectPrototype);
        self.new_object(Some(proto))
    }
    /// An object of a kind made of `FieldsCell<N>` (`N` as in the kind table). Inlined, so that the fields are written where they
    /// stay: copied right after they were written they would keep the processor waiting.
    #[inline(always)]
    pub fn new_fields_object<const N: usize>(
        &mut self,
        kind: CellKind,
        proto: Option<Object>,
        fields: [Value; N],
    ) -> Object {
        assert_eq!(field_count(kind as u8), N, "field count of {kind:?}");
        let flags = if kind == CellKind::StringObject {
            EXOTIC
        } else {
            0
        };
        let shape = self.root_shape(kind, proto, 0);
        let cell = FieldsCell {
            base: ObjectCell::head(self, shape, flags),
            fields: fields.map(Cell::new),
        };
        let cell = self.heap.alloc(cell);
        // SAFETY: a FieldsCell begins with an ObjectCell.
        Object(unsafe { cell.cast() })
    }
    /// A new object with internal slots whose shape has properties; their values are in `slots`.
    pub(crate) fn new_fields_object_with<const N: usize>(
        &mut self,
        shape: Gc<Shape>,
        slots: Gc<SlotsCell>,
        fields: [Value; N],
    ) -> Object {
        let kind = shape.kind();
        assert_eq!(field_count(kind), N, "field count of kind {kind}");
        let base = ObjectCell::head(self, shape, 0);
        base.slots.set(Some(slots));
        let cell = FieldsCell {
            base,
            fields: fields.map(Cell::new),
        };
        let cell = self.heap.alloc(cell);
        // SAFETY: a FieldsCell begins with an ObjectCell.
        Object(unsafe { cell.cast() })
    }
    /// The pair behind an accessor property.
    pub fn new_accessor(&mut self, get: Value, set: Value) -> Value {
        let header = Header::new(AccessorCell::KIND);
        Value::cell(self.heap.alloc(AccessorCell {
            header,
            get: Cell::new(get),
            set: Cell::new(set),
        }))
    }
}

/// Getter and setter of an accessor slot's value.
#[inline]
pub fn accessor_parts(v: Value) -> (Value, Value) {
    if !v.is_kind(CellKind::Accessor) {
        return (Value::UNDEFINED, Value::UNDEFINED);
    }
    // SAFETY: the kind was checked.
    let pair = unsafe { v.cell_unchecked::<AccessorCell>() };
    (pair.get.get(), pair.set.get())
}
