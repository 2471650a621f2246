//! Shapes (hidden classes): what properties an object has and where they are.
//!
//! ```text
//! header.shape (u32) ──► ShapeTable[id] ──► Shape cell ──► PropertyTable (shared along a chain)
//!                                              │ parent (strong), transitions (weak)
//!                                              └ prototype, validity cell
//! ```
//!
//! Three modes: *shared* shapes form a transition tree and never change; a *unique* shape belongs to
//! one object (every prototype has one), changes in place and takes a fresh id when an inline cache
//! has seen the old one; a *dictionary* shape belongs to one object and is never cached. A small dictionary that is read
//! again and again without a change counts as unique until it changes once more.
//!
//! **Invariant:** equal shape ids mean the same cell kind, prototype, property layout and
//! extensibility. An id is reused only after a collection in which every cache that named it was
//! cleared.

use crate::agent::Agent;
use crate::builtins::plain_species::PlainSpecies;
use crate::kind::{CellKind, Trace, mark_value};
use crate::object::Object;
use crate::property::{Attributes, PropertyKey};
use crate::value::Value;
use rustc_hash::FxHashMap;
use sarus_gc::{Gc, Header, HeapCell, Tracer, WeakVisitor};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

mod no_elements;

use no_elements::NoElements;

/// Shared shapes with more properties than this turn into dictionaries.
const MAX_SHARED_PROPERTIES: u32 = 512;
/// Lookups without a change after which a dictionary may be cached,
const SETTLED: u8 = 16;
/// if it has no more properties than this: caches would hold few of many keys anyway.
const MAX_SETTLED: u32 = 32;
/// See [`Shape::note_lookup`].
const RESTLESS: u8 = u8::MAX;
/// Property tables up to this size are searched linearly.
const LINEAR_SEARCH: usize = 8;

/// A shape id as object headers hold it; 0 is never a shape.
pub type ShapeId = u32;

/// One property of a table.
#[derive(Copy, Clone, Debug)]
pub struct Entry {
    /// The key; empty for a deleted entry.
    pub key: PropertyKey,
    /// The slot number: below the inline capacity inline, else out of line.
    pub slot: u32,
    /// The attributes.
    pub attributes: Attributes,
}

/// Properties in insertion order with a hash index once there are more than a few.
#[derive(Default)]
pub struct PropertyTable {
    entries: Vec<Entry>,
    /// Open addressing; entry number + 1, 0 is free. Empty while the search is linear.
    index: Vec<u32>,
    deleted: u32,
}

impl PropertyTable {
    fn find(&self, key: PropertyKey) -> Option<usize> {
        if self.index.is_empty() {
            return self.entries.iter().position(|e| e.key == key);
        }
        let mask = self.index.len() - 1;
        let mut at = key.hash() as usize & mask;
        loop {
            match self.index[at] {
                0 => return None,
                n => {
                    let i = n as usize - 1;
                    if self.entries[i].key == key {
                        return Some(i);
                    }
                }
            }
            at = (at + 1) & mask;
        }
    }
    fn push(&mut self, entry: Entry) {
        self.entries.push(entry);
        let n = self.entries.len();
        if n <= LINEAR_SEARCH && self.index.is_empty() {
            return;
        }
        if (n + 1) * 2 > self.index.len() {
            self.rebuild_index();
        } else {
            let mask = self.index.len() - 1;
            let mut at = entry.key.hash() as usize & mask;
            while self.index[at] != 0 {
                at = (at + 1) & mask;
            }
            self.index[at] = n as u32;
        }
    }
    fn rebuild_index(&mut self) {
        let size = (self.entries.len() * 4).next_power_of_two().max(32);
        self.index.clear();
        self.index.resize(size, 0);
        let mask = size - 1;
        for (i, e) in self.entries.iter().enumerate() {
            if e.key == PropertyKey::EMPTY {
                continue;
            }
            let mut at = e.key.hash() as usize & mask;
            while self.index[at] != 0 {
                at = (at + 1) & mask;
            }
            self.index[at] = i as u32 + 1;
        }
    }
    fn prefix(&self, count: usize) -> PropertyTable {
        let mut t = PropertyTable {
            entries: self.entries[..count].to_vec(),
            index: Vec::new(),
            deleted: 0,
        };
        t.deleted = t
            .entries
            .iter()
            .filter(|e| e.key == PropertyKey::EMPTY)
            .count() as u32;
        if count > LINEAR_SEARCH {
            t.rebuild_index();
        }
        t
    }
}

/// How a shape may be shared and cached.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum ShapeMode {
    /// Part of a transition tree; immutable.
    Shared,
    /// One object's; cacheable, takes a new id on change.
    Unique,
    /// One object's; not cacheable.
    Dictionary,
}

/// A transition out of a shared shape.
#[derive(Copy, Clone, PartialEq, Eq, Hash)]
struct TransitionKey(u64, u8);

impl TransitionKey {
    fn add(key: PropertyKey, a: Attributes) -> Self {
        TransitionKey(key.bits(), a.0)
    }
    fn reconfigure(key: PropertyKey, a: Attributes) -> Self {
        TransitionKey(key.bits(), 0x80 | a.0)
    }
    fn prototype(proto: Value) -> Self {
        TransitionKey(proto.bits(), 0x40)
    }
    const PREVENT_EXTENSIONS: TransitionKey = TransitionKey(0, 0x41);
    const SEAL: TransitionKey = TransitionKey(0, 0x42);
    const FREEZE: TransitionKey = TransitionKey(0, 0x43);
}

enum Transitions {
    Few(Vec<(TransitionKey, Gc<Shape>)>),
    Many(FxHashMap<TransitionKey, Gc<Shape>>),
}

impl Transitions {
    fn get(&self, key: TransitionKey) -> Option<Gc<Shape>> {
        match self {
            Transitions::Few(v) => v.iter().find(|(k, _)| *k == key).map(|(_, s)| *s),
            Transitions::Many(m) => m.get(&key).copied(),
        }
    }
    fn insert(&mut self, key: TransitionKey, shape: Gc<Shape>) {
        match self {
            Transitions::Few(v) if v.len() < 16 => v.push((key, shape)),
            Transitions::Few(v) => {
                let mut m: FxHashMap<_, _> = v.drain(..).collect();
                m.insert(key, shape);
                *self = Transitions::Many(m);
            }
            Transitions::Many(m) => {
                m.insert(key, shape);
            }
        }
    }
    fn is_empty(&self) -> bool {
        matches!(self, Transitions::Few(v) if v.is_empty())
    }
}

/// A flag that says whether what was cached through a prototype chain still holds.
#[repr(C)]
pub struct ValidityCell {
    header: Header,
    valid: Cell<u64>,
    /// Cells of objects that have this cell's object in their prototype chain.
    dependents: RefCell<Vec<Gc<ValidityCell>>>,
    /// Whether objects on the chain have enumerable properties with strings for keys, once that was asked.
    enumerable: Cell<Option<bool>>,
    /// Whether objects on the chain have `@@toStringTag`, once that was asked.
    tagged: Cell<Option<bool>>,
}

// SAFETY: repr(C) with the header first; traced, sized and finalized as ValidityCell.
unsafe impl HeapCell for ValidityCell {
    const KIND: u8 = CellKind::ValidityCell as u8;
}

impl Trace for ValidityCell {
    const FINALIZE: bool = true;
    const WEAK: bool = true;
    fn trace(&self, tracer: &mut Tracer) {
        tracer.defer_weak(&self.header);
    }
    fn weak(&self, visitor: &WeakVisitor) {
        self.dependents
            .borrow_mut()
            .retain(|c| visitor.is_marked(&c.header));
    }
}

impl ValidityCell {
    /// Byte offset of a byte that is 1 while valid.
    pub const VALID_OFFSET: usize = std::mem::offset_of!(ValidityCell, valid);

    /// True as long as nothing on the chain changed.
    #[inline(always)]
    pub fn is_valid(&self) -> bool {
        self.valid.get() != 0
    }
    /// Keeps whether objects on the chain have enumerable properties with strings for keys, elements aside.
    pub(crate) fn note_enumerable(&self, any: bool) {
        self.enumerable.set(Some(any));
    }
    /// Keeps whether objects on the chain have `@@toStringTag`.
    pub(crate) fn note_tagged(&self, any: bool) {
        self.tagged.set(Some(any));
    }
    fn invalidate(&self) {
        // An explicit stack: chains of dependents may be long. The cells are all reachable from
        // here, and nothing allocates.
        let mut stack: Vec<Gc<ValidityCell>> = Vec::new();
        self.valid.set(0);
        stack.append(&mut self.dependents.borrow_mut());
        while let Some(cell) = stack.pop() {
            if cell.is_valid() {
                cell.valid.set(0);
                stack.append(&mut cell.dependents.borrow_mut());
            }
        }
    }
}

/// A hidden class.
#[repr(C)]
pub struct Shape {
    header: Header,
    id: Cell<ShapeId>,
    kind: u8,
    inline_capacity: u8,
    mode: Cell<ShapeMode>,
    extensible: Cell<bool>,
    /// An inline cache holds the current id (unique shapes only).
    observed: Cell<bool>,
    /// Values of the object, a prototype, change (or may do so unnoticed, by inline caches).
    variable: Cell<bool>,
    /// Something that is no ordinary object inherits from the object, a prototype.
    below_others: Cell<bool>,
    /// Lookups in a dictionary since it changed, up to [`SETTLED`]; [`RESTLESS`] for good if it changed after that.
    lookups: Cell<u8>,
    /// Entries of the table that belong to this shape.
    count: Cell<u32>,
    slot_count: Cell<u32>,
    proto: Cell<Value>,
    parent: Option<Gc<Shape>>,
    last_key: PropertyKey,
    table: RefCell<Rc<RefCell<PropertyTable>>>,
    transitions: RefCell<Transitions>,
    validity: Cell<Option<Gc<ValidityCell>>>,
    key_list: Cell<Option<KeyList>>,
    copies: Cell<Option<Copies>>,
}

/// What `for-in` goes through for objects of a shape.
#[derive(Copy, Clone)]
pub(crate) struct KeyList {
    /// An array that JavaScript never sees.
    pub list: Object,
    /// Of the prototype, if there is one: what the list depends on besides the shape.
    pub chain: Option<Gc<ValidityCell>>,
}

/// What copying all properties of an object of a shape to an empty object comes to.
#[derive(Copy, Clone)]
pub(crate) struct Copies {
    /// The empty object's shape.
    pub from: Gc<Shape>,
    /// What it becomes: the same properties in the same slots.
    pub to: Gc<Shape>,
    /// Of the empty object's prototype: nothing on the chain has one of these properties as long as it is valid.
    pub chain: Option<Gc<ValidityCell>>,
}

impl KeyList {
    /// Whether the chain is as it was when the list was made, elements aside.
    #[inline]
    pub fn holds(self) -> bool {
        self.chain.is_none_or(|chain| chain.is_valid())
    }
}

// SAFETY: repr(C) with the header first; traced, sized and finalized as Shape.
unsafe impl HeapCell for Shape {
    const KIND: u8 = CellKind::Shape as u8;
}

impl Trace for Shape {
    const FINALIZE: bool = true;
    const WEAK: bool = true;
    fn trace(&self, tracer: &mut Tracer) {
        mark_value(tracer, self.proto.get());
        if let Some(v) = self.validity.get() {
            tracer.mark(v);
        }
        if let Some(kept) = self.key_list.get() {
            tracer.mark(kept.list.0);
            if let Some(chain) = kept.chain {
                tracer.mark(chain);
            }
        }
        if let Some(copies) = self.copies.get() {
            tracer.mark(copies.from);
            tracer.mark(copies.to);
            if let Some(chain) = copies.chain {
                tracer.mark(chain);
            }
        }
        match self.parent {
            // The chain marks the other keys.
            Some(parent) => {
                tracer.mark(parent);
                self.last_key.trace(tracer);
            }
            None => {
                for e in &self.table.borrow().borrow().entries[..self.count.get() as usize] {
                    e.key.trace(tracer);
                }
            }
        }
        if !self.transitions.borrow().is_empty() {
            tracer.defer_weak(&self.header);
        }
    }
    fn weak(&self, visitor: &WeakVisitor) {
        match &mut *self.transitions.borrow_mut() {
            Transitions::Few(v) => v.retain(|(_, s)| visitor.is_marked(&s.header)),
            Transitions::Many(m) => m.retain(|_, s| visitor.is_marked(&s.header)),
        }
    }
}

const _: () = assert!(size_of::<Option<Gc<Shape>>>() == size_of::<usize>());

impl Shape {
    /// Byte offset of the prototype.
    pub const PROTOTYPE_OFFSET: usize = std::mem::offset_of!(Shape, proto);
    /// The id that object headers hold.
    #[inline(always)]
    pub fn id(&self) -> ShapeId {
        self.id.get()
    }
    /// The cell kind of the objects.
    #[inline(always)]
    pub fn kind(&self) -> u8 {
        self.kind
    }
    /// Slots inside the object.
    #[inline(always)]
    pub fn inline_capacity(&self) -> u32 {
        self.inline_capacity as u32
    }
    /// The mode.
    #[inline(always)]
    pub fn mode(&self) -> ShapeMode {
        self.mode.get()
    }
    /// The validity cell, unless what a prototype further up did has made it invalid.
    pub fn valid_cell(&self) -> Option<Gc<ValidityCell>> {
        self.validity.get().filter(|cell| cell.is_valid())
    }
    /// Of a prototype: whether nothing on the chain from there is enumerable and has a string for a key, elements aside;
    /// `None` if that has to be found out.
    pub(crate) fn enumerates_nothing(&self) -> Option<bool> {
        Some(!self.valid_cell()?.enumerable.get()?)
    }
    /// Of a prototype: whether an object on the chain from there has `@@toStringTag`; `None` if that has to be found out.
    pub(crate) fn is_tagged(&self) -> Option<bool> {
        self.valid_cell()?.tagged.get()
    }
    /// What [`Shape::set_key_list`] was told.
    #[inline]
    pub(crate) fn key_list(&self) -> Option<KeyList> {
        self.key_list.get()
    }
    /// Keeps a list until the shape changes; the caller observes the shape.
    pub(crate) fn set_key_list(&self, agent: &Agent, list: KeyList) {
        agent.heap.write_barrier(&self.header);
        self.key_list.set(Some(list));
    }
    /// What [`Shape::set_copies`] was told.
    #[inline]
    pub(crate) fn copies(&self) -> Option<Copies> {
        self.copies.get()
    }
    /// Keeps, with a shared shape, what copies of its objects are.
    pub(crate) fn set_copies(&self, agent: &Agent, copies: Copies) {
        agent.heap.write_barrier(&self.header);
        self.copies.set(Some(copies));
    }
    /// True while the values of the object's properties are as they were when its validity cell was made: a store makes
    /// that cell invalid.
    pub fn has_constant_values(&self) -> bool {
        self.mode.get() == ShapeMode::Unique && !self.variable.get() && self.valid_cell().is_some()
    }
    /// True when an inline cache may hold the id for own properties.
    #[inline(always)]
    pub fn is_cacheable(&self) -> bool {
        self.mode.get() != ShapeMode::Dictionary
    }
    /// Tells a unique shape that a cache holds its id.
    #[inline]
    pub fn observe(&self) {
        self.observed.set(true);
    }
    /// Counts a lookup that found nothing cached: a dictionary that stays as it is becomes cacheable.
    pub fn note_lookup(&self) {
        let n = self.lookups.get();
        if self.is_cacheable() || n >= SETTLED || self.count.get() > MAX_SETTLED {
            return;
        }
        self.lookups.set(n + 1);
        if n + 1 == SETTLED {
            self.mode.set(ShapeMode::Unique);
        }
    }
    /// [[Extensible]].
    #[inline(always)]
    pub fn is_extensible(&self) -> bool {
        self.extensible.get()
    }
    /// [[Prototype]]: an object or null.
    #[inline(always)]
    pub fn prototype(&self) -> Value {
        self.proto.get()
    }
    /// [[Prototype]].
    #[inline(always)]
    pub fn prototype_object(&self) -> Option<Object> {
        self.proto.get().as_object()
    }
    /// Slots in use, inline ones included.
    #[inline(always)]
    pub fn slot_count(&self) -> u32 {
        self.slot_count.get()
    }
    /// Number of named properties.
    pub fn property_count(&self) -> u32 {
        let table = self.table.borrow();
        let table = table.borrow();
        if self.parent.is_some() {
            self.count.get()
        } else {
            self.count.get() - table.deleted
        }
    }
    /// The entry of a key.
    #[inline]
    pub fn lookup(&self, key: PropertyKey) -> Option<Entry> {
        let table = self.table.borrow();
        let table = table.borrow();
        let i = table.find(key)?;
        if i < self.count.get() as usize {
            Some(table.entries[i])
        } else {
            None
        }
    }
    /// All entries in insertion order.
    pub fn entries(&self) -> Vec<Entry> {
        let table = self.table.borrow();
        let table = table.borrow();
        table.entries[..self.count.get() as usize]
            .iter()
            .filter(|e| e.key != PropertyKey::EMPTY)
            .copied()
            .collect()
    }
    /// Looks at the entries in insertion order, deleted ones (with the empty key) included.
    pub fn with_entries<T>(&self, look: impl FnOnce(&[Entry]) -> T) -> T {
        let table = self.table.borrow();
        let table = table.borrow();
        look(&table.entries[..self.count.get() as usize])
    }
    /// The entry number `i` (insertion order, deleted ones included), for iteration without a copy.
    pub fn entry_at(&self, i: u32) -> Option<Entry> {
        if i >= self.count.get() {
            return None;
        }
        self.table
            .borrow()
            .borrow()
            .entries
            .get(i as usize)
            .copied()
    }
    /// Number of entries to iterate with `entry_at`.
    pub fn entry_count(&self) -> u32 {
        self.count.get()
    }
    fn table_rc(&self) -> Rc<RefCell<PropertyTable>> {
        self.table.borrow().clone()
    }
}

/// The side table from ids to shapes, and the roots of the transition trees.
#[derive(Default)]
pub struct ShapeTable {
    shapes: Vec<Option<Gc<Shape>>>,
    /// Where `shapes` begins, for compiled code.
    start: Cell<usize>,
    free: Vec<ShapeId>,
    retired: Vec<ShapeId>,
    /// Ids in use after the last major collection.
    at_major: usize,
    roots: FxHashMap<(u64, u8, u8), Gc<Shape>>,
    /// Direct-mapped front of `roots`, emptied by every collection.
    recent: [Option<(RootKey, Gc<Shape>)>; RECENT_ROOTS],
    /// Shapes of new errors, by their prototype and what they have; emptied by every collection.
    pub(crate) errors: [Option<(Object, u8, Gc<Shape>)>; RECENT_ERRORS],
    /// See [`Agent::prototypes_lack_elements`].
    no_elements: NoElements,
    /// See [`Agent::elements_validity`].
    no_elements_below_others: NoElements,
    /// Of plain arrays, forgotten by every collection.
    pub(crate) plain_species: Cell<Option<PlainSpecies>>,
}

type RootKey = (u64, u8, u8);
const RECENT_ROOTS: usize = 32;
/// Length of [`ShapeTable::errors`].
pub(crate) const RECENT_ERRORS: usize = 16;
/// See [`ShapeTable::has_grown`].
const MANY_SHAPES: usize = 20_000;

impl ShapeTable {
    pub(crate) fn new() -> ShapeTable {
        ShapeTable {
            shapes: vec![None],
            ..ShapeTable::default()
        }
    }
    /// Address of the word that says where the shapes are: a table of pointers, null where an id is not in use.
    pub fn address(&self) -> u64 {
        self.start.set(self.shapes.as_ptr() as usize);
        self.start.as_ptr() as u64
    }
    /// The shape of an id that an object or a cache holds.
    #[inline(always)]
    pub fn get(&self, id: ShapeId) -> Gc<Shape> {
        match self.shapes[id as usize] {
            Some(s) => s,
            // An id in a live header always has its shape.
            None => unreachable!("shape {id} is not alive"),
        }
    }
    /// The shape of an id, if the id is in use.
    pub fn try_get(&self, id: ShapeId) -> Option<Gc<Shape>> {
        self.shapes.get(id as usize).copied().flatten()
    }
    /// Number of shapes.
    pub fn len(&self) -> usize {
        self.shapes.iter().flatten().count()
    }
    /// True when there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    fn take_id(&mut self) -> ShapeId {
        self.free.pop().unwrap_or_else(|| {
            self.shapes.push(None);
            self.start.set(self.shapes.as_ptr() as usize);
            (self.shapes.len() - 1) as ShapeId
        })
    }
    /// In a minor collection, all shapes stay: no barrier announces that an object gets another one.
    pub(crate) fn trace_all(&self, tracer: &mut Tracer) {
        for (id, shape) in self.shapes.iter().enumerate() {
            if let Some(s) = shape {
                tracer.mark(*s);
                tracer.mark_shape(id as ShapeId);
            }
        }
    }
    /// Whether so many shapes were made since the last major collection that another one is worth while.
    pub(crate) fn has_grown(&self) -> bool {
        let in_use = self.shapes.len() - self.free.len();
        in_use > 2 * self.at_major + MANY_SHAPES
    }
    /// Forgets dead shapes; their ids become free (caches were swept before), and those of the retired ones that nothing mentions
    /// any more: compiled code does, which would take another shape for the old one.
    pub(crate) fn sweep(&mut self, visitor: &WeakVisitor) {
        self.recent = [None; RECENT_ROOTS];
        self.errors = [None; RECENT_ERRORS];
        self.plain_species.set(None);
        self.no_elements.sweep(visitor);
        self.no_elements_below_others.sweep(visitor);
        if visitor.is_minor() {
            return;
        }
        self.roots.retain(|_, s| visitor.is_marked(&s.header));
        for (id, slot) in self.shapes.iter_mut().enumerate() {
            if slot.is_some_and(|s| !visitor.is_marked(&s.header)) {
                *slot = None;
                self.free.push(id as ShapeId);
            }
        }
        let free = &mut self.free;
        self.retired.retain(|&id| {
            let is_mentioned = visitor.is_shape_marked(id);
            if !is_mentioned {
                free.push(id);
            }
            is_mentioned
        });
        self.at_major = self.shapes.len() - self.free.len();
    }
}

struct NewShape {
    kind: u8,
    inline_capacity: u8,
    mode: ShapeMode,
    extensible: bool,
    count: u32,
    slot_count: u32,
    proto: Value,
    parent: Option<Gc<Shape>>,
    last_key: PropertyKey,
    table: Rc<RefCell<PropertyTable>>,
}

impl NewShape {
    fn like(s: &Shape, parent: Option<Gc<Shape>>) -> NewShape {
        NewShape {
            kind: s.kind,
            inline_capacity: s.inline_capacity,
            mode: ShapeMode::Shared,
            extensible: s.extensible.get(),
            count: s.count.get(),
            slot_count: s.slot_count.get(),
            proto: s.proto.get(),
            parent,
            last_key: PropertyKey::EMPTY,
            table: s.table_rc(),
        }
    }
}

/// Transitions. All of these may allocate; none runs JavaScript.
impl Agent {
    fn add_shape(&mut self, new: NewShape) -> Gc<Shape> {
        let cell = self.heap.alloc(Shape {
            header: Header::new(Shape::KIND),
            id: Cell::new(0),
            kind: new.kind,
            inline_capacity: new.inline_capacity,
            mode: Cell::new(new.mode),
            extensible: Cell::new(new.extensible),
            observed: Cell::new(false),
            lookups: Cell::new(0),
            variable: Cell::new(false),
            below_others: Cell::new(false),
            count: Cell::new(new.count),
            slot_count: Cell::new(new.slot_count),
            proto: Cell::new(new.proto),
            parent: new.parent,
            last_key: new.last_key,
            table: RefCell::new(new.table),
            transitions: RefCell::new(Transitions::Few(Vec::new())),
            validity: Cell::new(None),
            key_list: Cell::new(None),
            copies: Cell::new(None),
        });
        let id = self.shapes.take_id();
        cell.id.set(id);
        self.shapes.shapes[id as usize] = Some(cell);
        cell
    }

    /// The shape of a new object of `kind` with that prototype and no properties.
    pub fn root_shape(
        &mut self,
        kind: CellKind,
        proto: Option<Object>,
        inline_capacity: u8,
    ) -> Gc<Shape> {
        let key = (Value::from(proto).bits(), kind as u8, inline_capacity);
        let recent = (key.0 >> 4) as usize ^ (kind as usize * 5) ^ inline_capacity as usize;
        let recent = recent % RECENT_ROOTS;
        if let Some((k, s)) = self.shapes.recent[recent]
            && k == key
        {
            return s;
        }
        if let Some(s) = self.shapes.roots.get(&key) {
            self.shapes.recent[recent] = Some((key, *s));
            return *s;
        }
        if let Some(p) = proto {
            self.mark_as_prototype(p);
            if kind != CellKind::Object {
                self.note_below_others(p);
            }
        }
        let shape = self.add_shape(NewShape {
            kind: kind as u8,
            inline_capacity,
            mode: ShapeMode::Shared,
            extensible: true,
            count: 0,
            slot_count: 0,
            proto: proto.into(),
            parent: None,
            last_key: PropertyKey::EMPTY,
            table: Rc::default(),
        });
        self.shapes.roots.insert(key, shape);
        shape
    }

    fn transition(
        &mut self,
        from: Gc<Shape>,
        key: TransitionKey,
        make: impl FnOnce() -> NewShape,
    ) -> Gc<Shape> {
        if let Some(s) = from.transitions.borrow().get(key) {
            return s;
        }
        let shape = self.add_shape(make());
        from.transitions.borrow_mut().insert(key, shape);
        shape
    }

    /// The shape after adding `key` to a shared shape; None when it should become a dictionary.
    pub fn shape_with_property(
        &mut self,
        from: Gc<Shape>,
        key: PropertyKey,
        a: Attributes,
    ) -> Option<Gc<Shape>> {
        debug_assert!(from.mode() == ShapeMode::Shared);
        if from.count.get() >= MAX_SHARED_PROPERTIES {
            return None;
        }
        Some(self.transition(from, TransitionKey::add(key, a), || {
            let slot = from.slot_count.get();
            let entry = Entry {
                key,
                slot,
                attributes: a,
            };
            let count = from.count.get();
            let rc = from.table_rc();
            let own = rc.borrow().entries.len() == count as usize;
            let table = if own {
                rc
            } else {
                Rc::new(RefCell::new(rc.borrow().prefix(count as usize)))
            };
            table.borrow_mut().push(entry);
            NewShape {
                count: count + 1,
                slot_count: slot + 1,
                last_key: key,
                table,
                ..NewShape::like(&from, Some(from))
            }
        }))
    }

    /// Adds a property to the object's shape and returns its slot; the caller stores the value
    /// there (`Object::store_slot` grows the slots).
    pub(crate) fn add_property_to_shape(
        &mut self,
        object: Object,
        key: PropertyKey,
        a: Attributes,
    ) -> u32 {
        let shape = object.shape(self);
        if shape.mode() == ShapeMode::Shared {
            match self.shape_with_property(shape, key, a) {
                Some(next) => {
                    object.set_shape(next);
                    return next.slot_count() - 1;
                }
                None => self.make_unique(object, ShapeMode::Dictionary),
            }
        }
        let shape = self.changing(object);
        let slot = shape.slot_count.get();
        let rc = shape.table_rc();
        rc.borrow_mut().push(Entry {
            key,
            slot,
            attributes: a,
        });
        shape.count.set(shape.count.get() + 1);
        shape.slot_count.set(slot + 1);
        slot
    }

    /// Changes the attributes of an existing property.
    pub(crate) fn reconfigure_property(&mut self, object: Object, key: PropertyKey, a: Attributes) {
        let shape = object.shape(self);
        if shape.mode() == ShapeMode::Shared {
            let next = self.transition(shape, TransitionKey::reconfigure(key, a), || {
                let mut table = shape.table_rc().borrow().prefix(shape.count.get() as usize);
                if let Some(i) = table.find(key) {
                    table.entries[i].attributes = a;
                }
                NewShape {
                    table: Rc::new(RefCell::new(table)),
                    last_key: key,
                    ..NewShape::like(&shape, Some(shape))
                }
            });
            object.set_shape(next);
            return;
        }
        let shape = self.changing(object);
        let rc = shape.table_rc();
        let mut table = rc.borrow_mut();
        if let Some(i) = table.find(key) {
            table.entries[i].attributes = a;
        }
    }

    /// Removes a property from the object's shape; the slot's value is cleared by the caller.
    pub(crate) fn remove_property_from_shape(&mut self, object: Object, key: PropertyKey) {
        let shape = object.shape(self);
        if shape.mode() == ShapeMode::Shared {
            if let Some(parent) = shape.parent {
                // The last-added property: go back one transition.
                let added = parent.count.get() + 1 == shape.count.get()
                    && parent.proto.get() == shape.proto.get();
                if added
                    && shape.last_key == key
                    && parent.extensible.get() == shape.extensible.get()
                {
                    object.set_shape(parent);
                    return;
                }
            }
            self.make_unique(object, ShapeMode::Dictionary);
        }
        let shape = self.changing(object);
        let rc = shape.table_rc();
        let mut table = rc.borrow_mut();
        if let Some(i) = table.find(key) {
            table.entries[i].key = PropertyKey::EMPTY;
            table.deleted += 1;
        }
        // Compact the entries (not the slots) when most are deleted, so that a queue-like use of
        // an object stays linear.
        if table.deleted > 32 && table.deleted as usize * 2 > table.entries.len() {
            drop(table);
            self.compact_dictionary(object);
        }
    }

    /// Renumbers the slots of a dictionary so that freed ones are used again.
    fn compact_dictionary(&mut self, object: Object) {
        let shape = object.shape(self);
        let live = shape.entries();
        let mut table = PropertyTable::default();
        for (slot, e) in live.iter().enumerate() {
            // Slots are in ascending order, so moving down never overwrites one still to be read.
            let value = object.load_slot(e.slot);
            object.store_existing_slot(self, slot as u32, value);
            table.push(Entry {
                slot: slot as u32,
                ..*e
            });
        }
        for slot in live.len() as u32..shape.slot_count.get() {
            object.store_existing_slot(self, slot, Value::HOLE);
        }
        shape.count.set(live.len() as u32);
        shape.slot_count.set(live.len() as u32);
        *shape.table.borrow_mut() = Rc::new(RefCell::new(table));
    }

    /// Sets the prototype in the object's shape.
    pub(crate) fn set_prototype_in_shape(&mut self, object: Object, proto: Option<Object>) {
        let shape = object.shape(self);
        if let Some(p) = proto {
            self.mark_as_prototype(p);
            if shape.kind != CellKind::Object as u8 || shape.below_others.get() {
                self.note_below_others(p);
            }
        }
        if shape.mode() == ShapeMode::Shared {
            let next =
                self.transition(shape, TransitionKey::prototype(proto.into()), || NewShape {
                    proto: proto.into(),
                    ..NewShape::like(&shape, Some(shape))
                });
            object.set_shape(next);
            return;
        }
        let shape = self.changing(object);
        shape.proto.set(proto.into());
        // The caches of objects that inherit from this one looked through the old chain.
        self.invalidate(shape);
    }

    /// Makes the object's shape not extensible.
    pub(crate) fn prevent_extensions_in_shape(&mut self, object: Object) {
        let shape = object.shape(self);
        if shape.mode() == ShapeMode::Shared {
            let next = self.transition(shape, TransitionKey::PREVENT_EXTENSIONS, || NewShape {
                extensible: false,
                ..NewShape::like(&shape, Some(shape))
            });
            object.set_shape(next);
        } else {
            self.changing(object).extensible.set(false);
        }
    }

    /// Seals or freezes the named properties of an object with a shared shape, which is not extensible from then on; false if it
    /// has a shape of its own. Private elements stay as they are.
    pub(crate) fn set_integrity_in_shape(&mut self, object: Object, frozen: bool) -> bool {
        let shape = object.shape(self);
        if shape.mode() != ShapeMode::Shared {
            return false;
        }
        let key = match frozen {
            true => TransitionKey::FREEZE,
            false => TransitionKey::SEAL,
        };
        let next = self.transition(shape, key, || {
            let mut table = shape.table_rc().borrow().prefix(shape.count.get() as usize);
            for e in &mut table.entries {
                if e.key == PropertyKey::EMPTY || e.key.is_private() {
                    continue;
                }
                let lost = match frozen && !e.attributes.is_accessor() {
                    true => Attributes::WC,
                    false => Attributes::C,
                };
                e.attributes = Attributes(e.attributes.0 & !lost.0);
            }
            NewShape {
                extensible: false,
                table: Rc::new(RefCell::new(table)),
                ..NewShape::like(&shape, Some(shape))
            }
        });
        object.set_shape(next);
        true
    }

    /// Gives the object a shape of its own.
    pub(crate) fn make_unique(&mut self, object: Object, mode: ShapeMode) {
        let shape = object.shape(self);
        if shape.mode() != ShapeMode::Shared {
            if mode == ShapeMode::Unique {
                shape.mode.set(mode);
            }
            return;
        }
        let table = shape.table_rc().borrow().prefix(shape.count.get() as usize);
        let unique = self.add_shape(NewShape {
            mode,
            table: Rc::new(RefCell::new(table)),
            ..NewShape::like(&shape, None)
        });
        object.set_shape(unique);
    }

    /// Notes that the object is used as a prototype: it gets a unique shape.
    pub fn mark_as_prototype(&mut self, object: Object) {
        if object.is_prototype() {
            return;
        }
        object.set_is_prototype();
        if object.may_have_elements() {
            self.note_elements_of_prototype(object);
        }
        self.make_unique(object, ShapeMode::Unique);
    }

    /// Notes that something that is no ordinary object (an array, say) inherits from `first`, and so from all above it.
    fn note_below_others(&mut self, first: Object) {
        let mut at = Some(first);
        while let Some(p) = at {
            self.mark_as_prototype(p);
            let shape = p.shape(self);
            if shape.below_others.replace(true) {
                return;
            }
            if p.may_have_elements() {
                self.note_elements_of_prototype(p);
            }
            at = shape.prototype_object();
        }
    }

    /// Prepares a unique or dictionary shape for a change: caches that saw it must not match.
    fn changing(&mut self, object: Object) -> Gc<Shape> {
        let shape = object.shape(self);
        self.heap.write_barrier(&shape.header);
        self.invalidate(shape);
        shape.key_list.set(None);
        if shape.observed.get() && shape.mode() == ShapeMode::Unique {
            let old = shape.id.get();
            let id = self.shapes.take_id();
            self.shapes.shapes[old as usize] = None;
            self.shapes.retired.push(old);
            self.shapes.shapes[id as usize] = Some(shape);
            shape.id.set(id);
            shape.observed.set(false);
            object.set_shape(shape);
        }
        match shape.lookups.get() {
            SETTLED => {
                shape.lookups.set(RESTLESS);
                if !object.is_prototype() {
                    shape.mode.set(ShapeMode::Dictionary);
                }
            }
            RESTLESS => {}
            _ => shape.lookups.set(0),
        }
        shape
    }

    /// Notes that an object, a prototype, gets another value for a property it has: once that happens below a validity cell,
    /// nobody takes its values for constants any more.
    #[cold]
    pub(crate) fn note_stored_value(&self, object: Object) {
        let shape = object.shape(self);
        if shape.valid_cell().is_some() {
            self.expect_stores(shape);
        }
    }

    /// Prepares a prototype's shape for stores that go unnoticed.
    pub fn expect_stores(&self, shape: Gc<Shape>) {
        if !shape.variable.replace(true) {
            self.invalidate(shape);
        }
    }

    fn invalidate(&self, shape: Gc<Shape>) {
        if let Some(cell) = shape.validity.take() {
            cell.invalidate();
        }
    }

    /// The validity cell of a prototype object and all above it. Invalid as soon as any of them
    /// gains, loses or reconfigures a property, changes its prototype, or (unless its shape expects stores) changes a value.
    pub fn validity_cell(&mut self, prototype: Object) -> Gc<ValidityCell> {
        self.mark_as_prototype(prototype);
        let first = prototype.shape(self);
        if let Some(cell) = first.valid_cell() {
            return cell;
        }
        let mut shape = first;
        let top = self.new_validity_cell(shape);
        let mut below = top;
        while let Some(next) = shape.prototype_object() {
            self.mark_as_prototype(next);
            shape = next.shape(self);
            if let Some(cell) = shape.valid_cell() {
                self.heap.write_barrier(&cell.header);
                cell.dependents.borrow_mut().push(below);
                break;
            }
            let cell = self.new_validity_cell(shape);
            cell.dependents.borrow_mut().push(below);
            below = cell;
        }
        top
    }

    fn new_validity_cell(&mut self, shape: Gc<Shape>) -> Gc<ValidityCell> {
        let cell = self.heap.alloc(ValidityCell {
            header: Header::new(ValidityCell::KIND),
            valid: Cell::new(1),
            dependents: RefCell::new(Vec::new()),
            enumerable: Cell::new(None),
            tagged: Cell::new(None),
        });
        self.heap.write_barrier(&shape.header);
        shape.validity.set(Some(cell));
        cell
    }
}
