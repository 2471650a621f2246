//! The cells of WeakMap, WeakSet, WeakRef and FinalizationRegistry (24.3, 24.4, 26.1, 26.2).
//!
//! WeakMap and WeakSet are ephemeron tables: a value is kept alive by its key and its map together.
//! Keys are cells, which never move, so their addresses are the hashes.
//!
//! **Architecture invariant:** nothing here runs JavaScript, and no table is borrowed while anything
//! allocates.

use super::{Object, ObjectCell};
use crate::agent::Agent;
use crate::kind::{CellKind, Trace, mark_value};
use crate::value::Value;
use hashbrown::HashTable;
use sarus_gc::{HeapCell, Tracer, WeakVisitor};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// What an entry costs on the Rust heap, roughly, in bytes.
const ENTRY_BYTES: usize = 24;

/// A key and its value (`true` in sets).
type Entry = (Value, Value);

/// What the collector leaves for the agent to do after it has dropped entries.
#[derive(Default)]
pub struct WeakState {
    /// Registries with dead targets.
    pending: RefCell<Vec<Object>>,
}

impl WeakState {
    /// Marks the registries.
    pub(crate) fn trace(&self, tracer: &mut Tracer) {
        for o in self.pending.borrow().iter() {
            tracer.mark(o.0);
        }
    }
}

/// Accounts for a new entry.
fn account_entry(agent: &Agent) {
    agent.heap.add_external(ENTRY_BYTES);
}

/// Takes dead entries off the account, from finalizers and weak functions.
fn note_freed(entries: usize) {
    sarus_gc::external_freed(entries * ENTRY_BYTES);
}

/// The cell of a WeakMap or WeakSet.
#[repr(C)]
pub struct WeakMapCell {
    base: ObjectCell,
    entries: RefCell<HashTable<Entry>>,
}

impl Drop for WeakMapCell {
    fn drop(&mut self) {
        note_freed(self.entries.get_mut().len());
    }
}

// SAFETY: repr(C) with the header first; traced, sized and finalized as WeakMapCell.
unsafe impl HeapCell for WeakMapCell {
    const KIND: u8 = CellKind::WeakMap as u8;
}

impl Trace for WeakMapCell {
    const FINALIZE: bool = true;
    const WEAK: bool = true;
    const EPHEMERON: bool = true;
    fn trace(&self, tracer: &mut Tracer) {
        self.base.trace_head(tracer);
        tracer.defer_ephemeron(&self.base.header);
        tracer.defer_weak(&self.base.header);
    }
    fn ephemeron(&self, tracer: &mut Tracer) -> bool {
        let mut marked = false;
        let entries = self.entries.borrow();
        for (key, value) in entries.iter() {
            if !key.header().is_some_and(|k| tracer.is_marked(k)) {
                continue;
            }
            // A value that is itself a key of this map: following the chain at once keeps long chains linear.
            let mut value = *value;
            while let Some(v) = value.header()
                && !tracer.is_marked(v)
            {
                mark_value(tracer, value);
                marked = true;
                match entries.find(hash(value), |e| e.0 == value) {
                    Some(e) => value = e.1,
                    None => break,
                }
            }
        }
        marked
    }
    fn weak(&self, visitor: &WeakVisitor) {
        let mut entries = self.entries.borrow_mut();
        let before = entries.len();
        entries.retain(|(key, _)| is_live(visitor, *key));
        note_freed(before - entries.len());
    }
}

fn is_live(visitor: &WeakVisitor, v: Value) -> bool {
    v.header().is_none_or(|h| visitor.is_marked(h))
}

fn hash(key: Value) -> u64 {
    (key.bits() >> 3).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

impl Object {
    #[inline]
    fn weak_map(self) -> Option<sarus_gc::Gc<WeakMapCell>> {
        if self.is(CellKind::WeakMap) || self.is(CellKind::WeakSet) {
            // SAFETY: the kind was checked just above.
            Some(unsafe { self.cell() })
        } else {
            None
        }
    }
}

/// The value of a key in a WeakMap.
pub fn weak_lookup(o: Object, key: Value) -> Option<Value> {
    let cell = o.weak_map()?;
    let entries = cell.entries.borrow();
    entries.find(hash(key), |e| e.0 == key).map(|e| e.1)
}

/// Sets the value of a key, which can be held weakly.
pub fn weak_insert(agent: &mut Agent, o: Object, key: Value, value: Value) {
    let Some(cell) = o.weak_map() else {
        return;
    };
    agent.heap.write_barrier(o.header());
    {
        let mut entries = cell.entries.borrow_mut();
        if let Some(e) = entries.find_mut(hash(key), |e| e.0 == key) {
            e.1 = value;
            return;
        }
        entries.insert_unique(hash(key), (key, value), |e| hash(e.0));
    }
    account_entry(agent);
}

/// Deletes a key; false when it was not there.
pub fn weak_remove(agent: &mut Agent, o: Object, key: Value) -> bool {
    let Some(cell) = o.weak_map() else {
        return false;
    };
    let removed = match cell
        .entries
        .borrow_mut()
        .find_entry(hash(key), |e| e.0 == key)
    {
        Ok(e) => {
            e.remove();
            true
        }
        Err(_) => false,
    };
    if removed {
        agent.heap.sub_external(ENTRY_BYTES);
    }
    removed
}

/// The entries of a WeakMap or the values of a WeakSet, for inspection by the host.
pub fn weak_entries(agent: &mut Agent, o: Object) -> sarus_gc::RootVec<Value> {
    let mut list = agent.heap.root_vec::<Value>();
    if let Some(cell) = o.weak_map() {
        for (k, v) in cell.entries.borrow().iter() {
            list.push(*k);
            if o.is(CellKind::WeakMap) {
                list.push(*v);
            }
        }
    }
    list
}

/// The cell of a WeakRef.
#[repr(C)]
pub struct WeakRefCell {
    base: ObjectCell,
    target: Cell<Value>,
    /// The period of [[KeptAlive]] in which the target was added.
    kept: Cell<u32>,
}

// SAFETY: repr(C) with the header first; traced and sized as WeakRefCell.
unsafe impl HeapCell for WeakRefCell {
    const KIND: u8 = CellKind::WeakRef as u8;
}

impl Trace for WeakRefCell {
    const WEAK: bool = true;
    fn trace(&self, tracer: &mut Tracer) {
        self.base.trace_head(tracer);
        tracer.defer_weak(&self.base.header);
    }
    fn weak(&self, visitor: &WeakVisitor) {
        if !is_live(visitor, self.target.get()) {
            self.target.set(Value::UNDEFINED);
        }
    }
}

/// 26.1.4.1 WeakRefDeref: the target is then kept alive until the job ends.
pub fn weak_ref_deref(agent: &mut Agent, o: Object) -> Value {
    let Some(cell) = weak_ref(o) else {
        return Value::UNDEFINED;
    };
    let target = cell.target.get();
    if !target.is_undefined() && cell.kept.get() != agent.kept_period {
        cell.kept.set(agent.kept_period);
        agent.kept_alive.push(target);
    }
    target
}

/// The target of a WeakRef without keeping it alive.
pub fn weak_ref_target(o: Object) -> Value {
    weak_ref(o).map_or(Value::UNDEFINED, |c| c.target.get())
}

fn weak_ref(o: Object) -> Option<sarus_gc::Gc<WeakRefCell>> {
    if o.is(CellKind::WeakRef) {
        // SAFETY: the kind was checked just above.
        Some(unsafe { o.cell() })
    } else {
        None
    }
}

/// One registration.
#[derive(Copy, Clone)]
struct Registration {
    target: Value,
    held: Value,
    token: Value,
}

/// The cell of a FinalizationRegistry.
#[repr(C)]
pub struct RegistryCell {
    base: ObjectCell,
    callback: Value,
    cells: RefCell<Vec<Registration>>,
    /// Held values of dead targets.
    dead: RefCell<Vec<Value>>,
    state: Rc<WeakState>,
}

impl Drop for RegistryCell {
    fn drop(&mut self) {
        note_freed(self.cells.get_mut().len());
    }
}

// SAFETY: repr(C) with the header first; traced, sized and finalized as RegistryCell.
unsafe impl HeapCell for RegistryCell {
    const KIND: u8 = CellKind::FinalizationRegistry as u8;
}

impl Trace for RegistryCell {
    const FINALIZE: bool = true;
    const WEAK: bool = true;
    fn trace(&self, tracer: &mut Tracer) {
        self.base.trace_head(tracer);
        mark_value(tracer, self.callback);
        for c in self.cells.borrow().iter() {
            mark_value(tracer, c.held);
        }
        for v in self.dead.borrow().iter() {
            mark_value(tracer, *v);
        }
        tracer.defer_weak(&self.base.header);
    }
    fn weak(&self, visitor: &WeakVisitor) {
        let mut dead = self.dead.borrow_mut();
        let before = dead.len();
        self.cells.borrow_mut().retain_mut(|c| {
            if !is_live(visitor, c.token) {
                c.token = Value::UNDEFINED;
            }
            let live = is_live(visitor, c.target);
            if !live {
                dead.push(c.held);
            }
            live
        });
        note_freed(dead.len() - before);
        if dead.len() > before {
            // SAFETY: a RegistryCell begins with an ObjectCell, and this one was just marked.
            let me = Object(unsafe { sarus_gc::Gc::from_raw(&raw const self.base as *mut _) });
            let mut pending = self.state.pending.borrow_mut();
            if !pending.contains(&me) {
                pending.push(me);
            }
        }
    }
}

fn registry(o: Object) -> Option<sarus_gc::Gc<RegistryCell>> {
    if o.is(CellKind::FinalizationRegistry) {
        // SAFETY: the kind was checked just above.
        Some(unsafe { o.cell() })
    } else {
        None
    }
}

/// Adds a registration; `token` is `undefined` when there is none.
pub fn registry_add(agent: &mut Agent, o: Object, target: Value, held: Value, token: Value) {
    let Some(cell) = registry(o) else {
        return;
    };
    agent.heap.write_barrier(o.header());
    cell.cells.borrow_mut().push(Registration {
        target,
        held,
        token,
    });
    account_entry(agent);
}

/// Removes the registrations with that token; true if there were any.
pub fn registry_remove(agent: &mut Agent, o: Object, token: Value) -> bool {
    let Some(cell) = registry(o) else {
        return false;
    };
    let removed = {
        let mut cells = cell.cells.borrow_mut();
        let before = cells.len();
        cells.retain(|c| c.token != token);
        before - cells.len()
    };
    agent.heap.sub_external(removed * ENTRY_BYTES);
    removed > 0
}

/// The cleanup callback.
pub fn registry_callback(o: Object) -> Value {
    registry(o).map_or(Value::UNDEFINED, |c| c.callback)
}

/// Takes the held value of a dead target.
pub fn registry_take_dead(o: Object) -> Option<Value> {
    let cell = registry(o)?;
    let mut dead = cell.dead.borrow_mut();
    if dead.is_empty() {
        None
    } else {
        Some(dead.remove(0))
    }
}

impl Agent {
    /// An empty WeakMap or WeakSet (`kind`) with that prototype.
    pub fn new_weak_collection(&mut self, kind: CellKind, proto: Object) -> Object {
        debug_assert!(kind == CellKind::WeakMap || kind == CellKind::WeakSet);
        let shape = self.root_shape(kind, Some(proto), 0);
        let cell = WeakMapCell {
            base: ObjectCell::head(self, shape, 0),
            entries: RefCell::default(),
        };
        let cell = self.heap.alloc(cell);
        // SAFETY: a WeakMapCell begins with an ObjectCell.
        Object(unsafe { cell.cast() })
    }
    /// A WeakRef; the target is kept alive until the job ends.
    pub fn new_weak_ref(&mut self, target: Value, proto: Object) -> Object {
        let shape = self.root_shape(CellKind::WeakRef, Some(proto), 0);
        let cell = WeakRefCell {
            base: ObjectCell::head(self, shape, 0),
            target: Cell::new(target),
            kept: Cell::new(self.kept_period),
        };
        let cell = self.heap.alloc(cell);
        self.kept_alive.push(target);
        // SAFETY: a WeakRefCell begins with an ObjectCell.
        Object(unsafe { cell.cast() })
    }
    /// A FinalizationRegistry.
    pub fn new_finalization_registry(&mut self, callback: Value, proto: Object) -> Object {
        let shape = self.root_shape(CellKind::FinalizationRegistry, Some(proto), 0);
        let cell = RegistryCell {
            base: ObjectCell::head(self, shape, 0),
            callback,
            cells: RefCell::default(),
            dead: RefCell::default(),
            state: self.weak_state.clone(),
        };
        let cell = self.heap.alloc(cell);
        // SAFETY: a RegistryCell begins with an ObjectCell.
        Object(unsafe { cell.cast() })
    }
    /// True when finalization registries wait for their cleanup.
    pub fn has_finalization_work(&self) -> bool {
        !self.weak_state.pending.borrow().is_empty()
    }
    /// Takes the registries that wait for their cleanup.
    pub(crate) fn take_pending_registries(&mut self) -> sarus_gc::RootVec<Object> {
        let mut list = self.heap.root_vec::<Object>();
        for o in self.weak_state.pending.borrow_mut().drain(..) {
            list.push(o);
        }
        list
    }
    /// Puts registries back whose cleanup is not complete.
    pub(crate) fn return_pending_registries(&mut self, registries: &[Object]) {
        let mut pending = self.weak_state.pending.borrow_mut();
        for o in registries {
            if !pending.contains(o) {
                pending.push(*o);
            }
        }
    }
    /// 9.9.4 ClearKeptObjects, at the end of a synchronous sequence of jobs.
    pub fn clear_kept_objects(&mut self) {
        self.kept_alive.clear();
        self.kept_period = self.kept_period.wrapping_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::AgentOptions;
    use crate::realm::Intrinsic;

    /// Makes garbage in a frame of its own, so that no word of it stays on the native stack.
    #[inline(never)]
    fn fill(agent: &mut Agent, o: Object, n: i32) {
        for i in 0..n {
            let key = agent.new_plain_object();
            let value = agent.new_plain_object();
            weak_insert(agent, o, key.into(), value.into());
            registry_add(agent, o, key.into(), Value::int(i), Value::UNDEFINED);
        }
    }

    #[test]
    fn dead_keys_go() {
        let mut agent = Agent::new(AgentOptions::default());
        let proto = agent.intrinsic(Intrinsic::ObjectPrototype);
        let o = agent.new_weak_collection(CellKind::WeakMap, proto);
        fill(&mut agent, o, 1000);
        let key = agent.new_plain_object();
        // A chain of ephemerons: each value is the next key.
        let mut k = key;
        for _ in 0..10 {
            let next = agent.new_plain_object();
            weak_insert(&mut agent, o, k.into(), next.into());
            k = next;
        }
        agent.collect_garbage();
        let left = weak_entries(&mut agent, o).len() / 2;
        assert!((10..100).contains(&left), "{left}");
        let mut at: Value = key.into();
        for _ in 0..10 {
            at = weak_lookup(o, at).unwrap();
        }
        assert_eq!(at, k.into());
    }

    #[test]
    fn registries_note_dead_targets() {
        let mut agent = Agent::new(AgentOptions::default());
        let proto = agent.intrinsic(Intrinsic::ObjectPrototype);
        let o = agent.new_finalization_registry(Value::UNDEFINED, proto);
        fill(&mut agent, o, 1000);
        agent.collect_garbage();
        let mut dead = 0;
        while registry_take_dead(o).is_some() {
            dead += 1;
        }
        assert!(dead > 900, "{dead}");
        assert!(agent.has_finalization_work());
    }
}
