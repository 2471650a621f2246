//! Global objects and global bindings: every binding is a property cell that caches can hold.
//!
//! **Invariant:** a cell that a cache holds is a plain data binding as long as its value is not a
//! hole. Deleting, reconfiguring or shadowing a binding retires its cell (sets it to the hole), so
//! a cached access needs no other check.

use super::internal_methods::{InternalMethods, KeyList, ORDINARY};
use super::{EXOTIC, Object, ObjectCell, accessor_parts, ordinary};
use crate::agent::Agent;
use crate::error::JsResult;
use crate::kind::{CellKind, Trace, mark_value};
use crate::property::{Attributes, OwnProperty, PropertyDescriptor, PropertyKey};
use crate::realm::Intrinsic;
use crate::value::Value;
use rustc_hash::FxHashMap;
use sarus_gc::{Gc, Header, HeapCell, Tracer};
use std::cell::{Cell, RefCell};

/// One global, lexical or module binding.
#[repr(C)]
pub struct PropertyCell {
    header: Header,
    value: Cell<Value>,
    attributes: Cell<Attributes>,
    /// Intrinsic to materialize while the value is `LAZY`.
    lazy: Cell<u16>,
}

// SAFETY: repr(C) with the header first; traced and sized as PropertyCell.
unsafe impl HeapCell for PropertyCell {
    const KIND: u8 = CellKind::PropertyCell as u8;
}

impl Trace for PropertyCell {
    fn trace(&self, tracer: &mut Tracer) {
        mark_value(tracer, self.value.get());
    }
}

impl PropertyCell {
    /// Byte offset of the value.
    pub const VALUE_OFFSET: usize = std::mem::offset_of!(PropertyCell, value);

    /// The raw value: a hole when uninitialized or retired, `LAZY` when not materialized.
    #[inline(always)]
    pub fn value(&self) -> Value {
        self.value.get()
    }
    /// Overwrites the value of a data binding.
    #[inline(always)]
    pub fn set_value(&self, agent: &Agent, v: Value) {
        agent.heap.write_barrier_for(&self.header, v.bits());
        self.value.set(v);
    }
    /// The attributes; not writable for `const`.
    #[inline(always)]
    pub fn attributes(&self) -> Attributes {
        self.attributes.get()
    }
    /// True when a cache may read the binding directly.
    pub fn is_cacheable(&self) -> bool {
        !self.attributes.get().is_accessor() && self.value.get() != Value::LAZY
    }
}

impl Agent {
    /// A binding with that value (a hole for one in its temporal dead zone).
    pub fn new_property_cell(&mut self, value: Value, attributes: Attributes) -> Gc<PropertyCell> {
        let header = Header::new(PropertyCell::KIND);
        let cell = PropertyCell {
            header,
            value: Cell::new(value),
            attributes: Cell::new(attributes),
            lazy: Cell::new(0),
        };
        self.heap.alloc(cell)
    }
}

/// Bindings by key in insertion order.
#[derive(Default)]
pub struct BindingTable {
    entries: Vec<Option<(PropertyKey, Gc<PropertyCell>)>>,
    index: FxHashMap<PropertyKey, u32>,
}

impl BindingTable {
    /// The cell of a key.
    #[inline]
    pub fn get(&self, key: PropertyKey) -> Option<Gc<PropertyCell>> {
        let i = *self.index.get(&key)?;
        self.entries[i as usize].map(|(_, c)| c)
    }
    /// Adds a binding that is not there.
    pub fn insert(&mut self, key: PropertyKey, cell: Gc<PropertyCell>) {
        self.index.insert(key, self.entries.len() as u32);
        self.entries.push(Some((key, cell)));
    }
    fn replace(&mut self, key: PropertyKey, cell: Gc<PropertyCell>) {
        if let Some(&i) = self.index.get(&key) {
            self.entries[i as usize] = Some((key, cell));
        }
    }
    fn remove(&mut self, key: PropertyKey) {
        if let Some(i) = self.index.remove(&key) {
            self.entries[i as usize] = None;
        }
    }
    /// Keys in insertion order.
    pub fn keys(&self) -> impl Iterator<Item = PropertyKey> + '_ {
        self.entries.iter().flatten().map(|(k, _)| *k)
    }
    pub(crate) fn trace(&self, tracer: &mut Tracer) {
        for (k, c) in self.entries.iter().flatten() {
            k.trace(tracer);
            tracer.mark(*c);
        }
    }
}

/// The cell of a global object.
#[repr(C)]
pub struct GlobalCell {
    base: ObjectCell,
    /// Whose intrinsics the lazy bindings are, whichever realm reads them first.
    realm: crate::realm::Realm,
    bindings: RefCell<BindingTable>,
}

// SAFETY: repr(C) with the header first; traced, sized and finalized as GlobalCell.
unsafe impl HeapCell for GlobalCell {
    const KIND: u8 = CellKind::Global as u8;
}

impl Trace for GlobalCell {
    const FINALIZE: bool = true;
    fn trace(&self, tracer: &mut Tracer) {
        self.base.trace_head(tracer);
        tracer.mark(self.realm);
        self.bindings.borrow().trace(tracer);
    }
}

/// Internal methods of global objects.
pub const METHODS: InternalMethods = InternalMethods {
    get_own_property: |agent, o, key| Ok(global_get_own_property(agent, o, key)),
    define_own_property: global_define_own_property,
    delete: global_delete,
    own_property_keys: global_own_property_keys,
    ..ORDINARY
};

fn bindings(o: Object) -> Option<Gc<GlobalCell>> {
    if o.is(CellKind::Global) {
        // SAFETY: the kind was checked just above.
        Some(unsafe { o.cell::<GlobalCell>() })
    } else {
        None
    }
}

impl Agent {
    /// A global object of the current realm with that prototype and no bindings.
    pub fn new_global_object(&mut self, proto: Option<Object>) -> Object {
        let shape = self.root_shape(CellKind::Global, proto, 0);
        let base = ObjectCell::head(self, shape, EXOTIC);
        let cell = self.heap.alloc(GlobalCell {
            base,
            realm: self.realm,
            bindings: RefCell::default(),
        });
        // SAFETY: a GlobalCell begins with an ObjectCell.
        Object(unsafe { cell.cast() })
    }
    /// The cell of a binding of a global object, materialized.
    pub fn global_cell(&mut self, global: Object, key: PropertyKey) -> Option<Gc<PropertyCell>> {
        let owner = bindings(global)?;
        let cell = owner.bindings.borrow().get(key)?;
        if cell.value.get() == Value::LAZY {
            // The cell stays reachable from the table while the intrinsic is built.
            cell.value.set(Value::UNDEFINED);
            let v = self.materialize_global(owner.realm, cell.lazy.get());
            cell.set_value(self, v);
        }
        Some(cell)
    }
    /// Adds a binding whose value is built at first touch.
    pub(crate) fn add_lazy_global(
        &mut self,
        global: Object,
        key: PropertyKey,
        lazy: u16,
        a: Attributes,
    ) {
        let cell = self.new_property_cell(Value::LAZY, a);
        cell.lazy.set(lazy);
        if let Some(g) = bindings(global) {
            self.heap.write_barrier(global.header());
            g.bindings.borrow_mut().insert(key, cell);
        }
    }
    /// Moves a binding to a fresh cell, so that caches of the old cell miss. Called when a lexical
    /// declaration shadows a property of the global object.
    pub(crate) fn retire_global_cell(&mut self, global: Object, key: PropertyKey) {
        if let (Some(cell), Some(g)) = (self.global_cell(global, key), bindings(global)) {
            let fresh = self.new_property_cell(cell.value.get(), cell.attributes.get());
            self.heap.write_barrier(global.header());
            g.bindings.borrow_mut().replace(key, fresh);
            cell.value.set(Value::HOLE);
        }
    }
    fn materialize_global(&mut self, realm: crate::realm::Realm, lazy: u16) -> Value {
        match Intrinsic::from_number(lazy) {
            Some(i) => self.intrinsic_of(realm, i).into(),
            None => Value::UNDEFINED,
        }
    }
}

fn global_get_own_property(agent: &mut Agent, o: Object, key: PropertyKey) -> Option<OwnProperty> {
    if key.is_index() {
        return ordinary::ordinary_get_own_property(agent, o, key);
    }
    let cell = agent.global_cell(o, key)?;
    let (value, attributes) = (cell.value.get(), cell.attributes.get());
    if attributes.is_accessor() {
        let (get, set) = accessor_parts(value);
        return Some(OwnProperty::Accessor {
            get,
            set,
            attributes,
        });
    }
    Some(OwnProperty::Data { value, attributes })
}

fn global_define_own_property(
    agent: &mut Agent,
    o: Object,
    key: PropertyKey,
    d: &PropertyDescriptor,
) -> JsResult<bool> {
    if key.is_index() {
        return ordinary::ordinary_define_own_property(agent, o, key, d);
    }
    let current = global_get_own_property(agent, o, key);
    let extensible = o.shape(agent).is_extensible();
    if !ordinary::validate_and_apply(agent, None, key, extensible, d, current)? {
        return Ok(false);
    }
    let Some(g) = bindings(o) else {
        return Ok(false);
    };
    let merged = merge(d, current);
    let (value, attributes) = match merged.complete() {
        OwnProperty::Data { value, attributes } => (value, attributes),
        OwnProperty::Accessor {
            get,
            set,
            attributes,
        } => (agent.new_accessor(get, set), attributes),
    };
    let old = g.bindings.borrow().get(key);
    match old {
        Some(cell) if cell.attributes.get() == attributes => cell.set_value(agent, value),
        Some(cell) => {
            let fresh = agent.new_property_cell(value, attributes);
            g.bindings.borrow_mut().replace(key, fresh);
            cell.value.set(Value::HOLE);
        }
        None => {
            let fresh = agent.new_property_cell(value, attributes);
            g.bindings.borrow_mut().insert(key, fresh);
        }
    }
    agent.heap.write_barrier(o.header());
    Ok(true)
}

/// The descriptor with what it leaves out taken from the current property.
fn merge(d: &PropertyDescriptor, current: Option<OwnProperty>) -> PropertyDescriptor {
    let Some(current) = current else { return *d };
    let c = current.to_descriptor();
    let base = PropertyDescriptor {
        enumerable: d.enumerable.or(c.enumerable),
        configurable: d.configurable.or(c.configurable),
        ..*d
    };
    let stays_accessor = c.is_accessor() && !d.is_data();
    let stays_data = c.is_data() && !d.is_accessor();
    PropertyDescriptor {
        value: if stays_data {
            d.value.or(c.value)
        } else {
            d.value
        },
        writable: if stays_data {
            d.writable.or(c.writable)
        } else {
            d.writable
        },
        get: if stays_accessor {
            d.get.or(c.get)
        } else {
            d.get
        },
        set: if stays_accessor {
            d.set.or(c.set)
        } else {
            d.set
        },
        ..base
    }
}

fn global_delete(agent: &mut Agent, o: Object, key: PropertyKey) -> JsResult<bool> {
    if key.is_index() {
        return ordinary::ordinary_delete(agent, o, key);
    }
    let Some(g) = bindings(o) else {
        return Ok(true);
    };
    let Some(cell) = g.bindings.borrow().get(key) else {
        return Ok(true);
    };
    if !cell.attributes.get().configurable() {
        return Ok(false);
    }
    g.bindings.borrow_mut().remove(key);
    cell.value.set(Value::HOLE);
    Ok(true)
}

fn global_own_property_keys(agent: &mut Agent, o: Object) -> JsResult<KeyList> {
    let mut keys: KeyList = agent.heap.root_vec();
    for i in o.element_indices() {
        keys.push(PropertyKey::index(i));
    }
    if let Some(g) = bindings(o) {
        let table = g.bindings.borrow();
        for k in table.keys().filter(|k| !k.is_symbol()) {
            keys.push(k);
        }
        for k in table.keys().filter(|k| k.is_symbol() && !k.is_private()) {
            keys.push(k);
        }
    }
    Ok(keys)
}
