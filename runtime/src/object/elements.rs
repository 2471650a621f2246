//! Out-of-line slots, dense elements and sparse elements.
//!
//! **Invariant:** in dense elements every value at or beyond an array's `length` is a hole, so a
//! read needs one bounds check against the capacity and one hole check. Dense elements have the
//! default attributes; anything else makes the elements sparse.

use super::{DENSE, LENGTH_READONLY, Object, SPARSE};
use crate::agent::Agent;
use crate::error::{JsResult, Throw};
use crate::kind::{CellKind, Trace, mark_value};
use crate::property::{Attributes, OwnProperty};
use crate::value::Value;
use rustc_hash::FxHashMap;
use sarus_gc::{Gc, Header, HeapCell, Tracer};
use std::cell::{Cell, RefCell};

/// A write this far beyond the dense part goes sparse.
const MAX_GAP: u32 = 4096;
/// A write this far beyond the dense part keeps it dense, however full it is.
const SMALL_GAP: u32 = 64;
/// Elements that grow through a larger gap have at least one value for so many holes.
const MAX_HOLES_PER_VALUE: usize = 32;
/// Dense elements never grow beyond this many values through gaps inside `length`.
const MAX_DENSE_PREALLOCATION: u32 = 1 << 22;
/// Fewer sparse elements than this stay sparse.
const MIN_PACKED: usize = 256;
/// Most values dense elements can hold at all (1 GiB).
const MAX_DENSE: u32 = 1 << 27;

macro_rules! value_array_cell {
    ($(#[$meta:meta])* $name:ident, $kind:ident) => {
        $(#[$meta])*
        #[repr(C)]
        pub struct $name {
            header: Header,
            capacity: u32,
            /// Where this head stands among the values of another cell (`shifted.rs`), the bits that
            /// keep it from looking like a pointer.
            pub(super) tag: u32,
            values: [Cell<Value>; 0],
        }

        // SAFETY: repr(C) with the header first; traced and sized by the kind table as this type.
        unsafe impl HeapCell for $name {
            const KIND: u8 = CellKind::$kind as u8;
        }

        impl Trace for $name {
            fn size(&self) -> usize {
                Self::size_for(self.capacity())
            }
            fn trace(&self, tracer: &mut Tracer) {
                for v in self.values() {
                    mark_value(tracer, v.get());
                }
            }
        }

        impl $name {
            /// Byte offset of the capacity (32 bits).
            pub const CAPACITY_OFFSET: usize = std::mem::offset_of!($name, capacity);
            /// Byte offset of the first value.
            pub const VALUES_OFFSET: usize = 16;

            fn size_for(capacity: usize) -> usize {
                Self::VALUES_OFFSET + 8 * capacity
            }
            fn head(capacity: usize) -> Self {
                $name { header: Header::new(Self::KIND), capacity: capacity as u32, tag: 0, values: [] }
            }
            /// A cell of `capacity` holes. Over the heap limit it still succeeds and the limit flag
            /// is raised.
            pub fn allocate(agent: &mut Agent, capacity: usize) -> Gc<Self> {
                // SAFETY: the size covers the head and the values, which the heap zeroes (holes).
                unsafe { agent.heap.alloc_sized(Self::size_for(capacity), Self::head(capacity)) }
            }
            /// As `allocate`, or the heap-limit fault.
            pub fn try_allocate(agent: &mut Agent, capacity: usize) -> Result<Gc<Self>, Throw> {
                // SAFETY: as in `allocate`.
                let cell = unsafe { agent.heap.try_alloc_large(Self::size_for(capacity), Self::head(capacity)) };
                cell.map_err(|_| agent.heap_limit_fault())
            }
            /// The header.
            #[inline(always)]
            pub fn header(&self) -> &Header {
                &self.header
            }
            /// Number of values.
            #[inline(always)]
            pub fn capacity(&self) -> usize {
                self.capacity as usize
            }
            /// All values.
            #[inline(always)]
            pub fn values(&self) -> &[Cell<Value>] {
                // SAFETY: `capacity` values follow the head.
                unsafe { std::slice::from_raw_parts(self.values.as_ptr(), self.capacity as usize) }
            }
            /// The value at `i`, or a hole beyond the capacity.
            #[inline(always)]
            pub fn get(&self, i: usize) -> Value {
                match self.values().get(i) {
                    Some(v) => v.get(),
                    None => Value::HOLE,
                }
            }
            /// Overwrites a value inside the capacity; the caller runs the barrier.
            #[inline(always)]
            pub(crate) fn set(&self, i: usize, v: Value) {
                if let Some(slot) = self.values().get(i) {
                    slot.set(v);
                }
            }
            /// Copies the leading values of another cell.
            pub(crate) fn copy_from(&self, other: &Self) {
                let (to, from) = (self.values(), other.values());
                let count = to.len().min(from.len());
                // SAFETY: both have that many values, which are plain words, and the one is new, so that they do not overlap;
                // cells may be written to through shared references.
                unsafe {
                    let to = to.as_ptr().cast::<Value>().cast_mut();
                    std::ptr::copy_nonoverlapping(from.as_ptr().cast::<Value>(), to, count);
                }
            }
        }
    };
}

value_array_cell! {
    /// Out-of-line property slots.
    SlotsCell, Slots
}
value_array_cell! {
    /// Dense elements: contiguous values, holes for what is absent.
    ElementsCell, Elements
}

impl Value {
    /// The elements cell, if it is one: never a value that JavaScript sees.
    pub(crate) fn as_elements_cell(self) -> Option<Gc<ElementsCell>> {
        if self.is_kind(CellKind::Elements) {
            // SAFETY: the kind was checked just above.
            Some(unsafe { self.cell_unchecked() })
        } else {
            None
        }
    }
}

impl ElementsCell {
    /// The cell without values that every new object shares.
    pub(crate) fn empty(heap: &sarus_gc::Heap) -> Gc<ElementsCell> {
        heap.alloc(ElementsCell::head(0))
    }
}

/// One sparse element.
#[derive(Copy, Clone)]
pub struct SparseEntry {
    /// The value, or the accessor pair.
    pub value: Value,
    /// The attributes.
    pub attributes: Attributes,
}

/// Sparse elements by index. They are sorted when somebody asks for all, which is rarer than that somebody asks for one.
#[repr(C)]
pub struct SparseCell {
    header: Header,
    map: RefCell<FxHashMap<u32, SparseEntry>>,
}

impl SparseCell {
    fn new(agent: &Agent, map: FxHashMap<u32, SparseEntry>) -> Gc<SparseCell> {
        agent.heap.alloc(SparseCell {
            header: Header::new(SparseCell::KIND),
            map: RefCell::new(map),
        })
    }
    /// No elements.
    pub(crate) fn empty(heap: &sarus_gc::Heap) -> Gc<SparseCell> {
        heap.alloc(SparseCell {
            header: Header::new(SparseCell::KIND),
            map: RefCell::default(),
        })
    }
}

impl Drop for SparseCell {
    fn drop(&mut self) {
        sarus_gc::external_freed(self.map.get_mut().len() * SPARSE_ENTRY_BYTES);
    }
}

// SAFETY: repr(C) with the header first; traced, sized and finalized as SparseCell.
unsafe impl HeapCell for SparseCell {
    const KIND: u8 = CellKind::SparseElements as u8;
}

impl Trace for SparseCell {
    const FINALIZE: bool = true;
    fn trace(&self, tracer: &mut Tracer) {
        for e in self.map.borrow().values() {
            mark_value(tracer, e.value);
        }
    }
}

fn own_property(e: SparseEntry) -> OwnProperty {
    if e.attributes.is_accessor() {
        let (get, set) = super::accessor_parts(e.value);
        OwnProperty::Accessor {
            get,
            set,
            attributes: e.attributes,
        }
    } else {
        OwnProperty::Data {
            value: e.value,
            attributes: e.attributes,
        }
    }
}

/// Own indexed properties of ordinary objects and arrays.
impl Object {
    fn sparse(self) -> Gc<SparseCell> {
        debug_assert!(!self.has_dense_elements());
        // SAFETY: the elements kind says that the cell is a SparseCell.
        unsafe { self.elements().cast() }
    }
    /// The value of a dense element, or a hole.
    #[inline(always)]
    pub fn dense_element(self, i: u32) -> Value {
        if self.has_dense_elements() {
            self.elements().get(i as usize)
        } else {
            Value::HOLE
        }
    }
    /// The raw entry of an own element: value (or accessor pair) and attributes.
    #[inline]
    pub fn element_entry(self, i: u32) -> Option<SparseEntry> {
        if self.has_dense_elements() {
            let value = self.elements().get(i as usize);
            if value.is_hole() {
                None
            } else {
                Some(SparseEntry {
                    value,
                    attributes: Attributes::ALL,
                })
            }
        } else {
            self.sparse().map.borrow().get(&i).copied()
        }
    }
    /// The own element as a property.
    pub fn element_property(self, i: u32) -> Option<OwnProperty> {
        self.element_entry(i).map(own_property)
    }
    /// Overwrites or adds an element with the default attributes. The caller has checked
    /// extensibility and keeps an array's length.
    #[inline]
    pub fn put_element(self, agent: &mut Agent, i: u32, v: Value) -> JsResult<()> {
        if self.has_dense_elements() {
            let e = self.elements();
            if (i as usize) < e.capacity() {
                agent.heap.write_barrier_for(e.header(), v.bits());
                e.set(i as usize, v);
                return Ok(());
            }
        }
        self.put_element_slow(agent, i, v, Attributes::ALL)
    }
    /// Overwrites or adds an element with any attributes.
    pub(crate) fn put_element_with(
        self,
        agent: &mut Agent,
        i: u32,
        v: Value,
        a: Attributes,
    ) -> JsResult<()> {
        if a == Attributes::ALL {
            self.put_element(agent, i, v)
        } else {
            self.put_element_slow(agent, i, v, a)
        }
    }
    #[inline(never)]
    fn put_element_slow(self, agent: &mut Agent, i: u32, v: Value, a: Attributes) -> JsResult<()> {
        if self.has_dense_elements() {
            if a == Attributes::ALL && self.may_stay_dense(i) {
                self.grow_elements(agent, i + 1)?;
                let e = self.elements();
                agent.heap.write_barrier_for(e.header(), v.bits());
                e.set(i as usize, v);
                return Ok(());
            }
            self.make_sparse(agent);
        }
        let mut cell = self.sparse();
        if cell.addr() == agent.no_sparse_elements.addr() {
            // That one is shared by all objects without any.
            cell = SparseCell::new(agent, FxHashMap::default());
            // SAFETY: the elements kind recorded beside the pointer tells the two cell types apart.
            self.set_elements(agent, unsafe { cell.cast() }, SPARSE);
        }
        agent.heap.write_barrier(&cell.header);
        let before = cell.map.borrow().len();
        cell.map.borrow_mut().insert(
            i,
            SparseEntry {
                value: v,
                attributes: a,
            },
        );
        let after = cell.map.borrow().len();
        if after > before {
            agent.heap.add_external(SPARSE_ENTRY_BYTES);
            if after >= MIN_PACKED && after.is_power_of_two() {
                self.make_dense(agent);
            }
        }
        Ok(())
    }
    /// Turns sparse elements into dense ones, if they may be and that takes no more memory.
    fn make_dense(self, agent: &mut Agent) {
        if self.is_exotic() || self.length_is_readonly() || !self.shape(agent).is_extensible() {
            return;
        }
        let cell = self.sparse();
        let map = cell.map.borrow();
        let capacity = map.keys().max().map_or(0, |&last| last as usize + 1);
        let most = map.len() * (SPARSE_ENTRY_BYTES / size_of::<Value>());
        if capacity > most.min(MAX_DENSE as usize)
            || map.values().any(|e| e.attributes != Attributes::ALL)
        {
            return;
        }
        // The cell is traced while the new one is made, which only reads the map.
        let new = ElementsCell::allocate(agent, capacity);
        for (&i, e) in map.iter() {
            new.set(i as usize, e.value);
        }
        self.set_elements(agent, new, DENSE);
    }
    fn may_stay_dense(self, i: u32) -> bool {
        let capacity = self.elements().capacity() as u32;
        if i >= MAX_DENSE {
            return false;
        }
        if i <= capacity.saturating_add(SMALL_GAP) {
            return true;
        }
        if i < capacity.saturating_mul(2).saturating_add(MAX_GAP) && self.is_well_filled(i) {
            return true;
        }
        let declared = super::array::length_of(self).unwrap_or(0);
        i < declared && declared <= MAX_DENSE_PREALLOCATION
    }
    /// Whether dense elements up to `i` would not be mostly holes. (Indices that double, as flags of enumerations do, would otherwise
    /// keep elements dense up to any size.)
    fn is_well_filled(self, i: u32) -> bool {
        if i < MAX_GAP {
            return true;
        }
        let e = self.elements();
        let used = e.values().iter().filter(|v| !v.get().is_hole()).count();
        used.saturating_mul(MAX_HOLES_PER_VALUE) >= i as usize
    }
    /// Grows dense elements to at least `needed` values: 1.5 times plus a constant, or twice.
    pub(crate) fn grow_elements(self, agent: &mut Agent, needed: u32) -> JsResult<()> {
        let old = self.elements();
        if old.capacity() >= needed as usize || self.slide_back(agent, needed as usize) {
            return Ok(());
        }
        let grown = match old.capacity() {
            small @ ..1024 => small + small / 2 + 8,
            // What grew this far is likely to go on, and each step copies everything to pages that nobody touched before.
            large => large * 2,
        };
        self.reserve_elements(agent, (needed as usize).max(grown))
    }
    /// Makes room for exactly `capacity` dense values.
    pub fn reserve_elements(self, agent: &mut Agent, capacity: usize) -> JsResult<()> {
        let old = self.elements();
        if old.capacity() >= capacity {
            return Ok(());
        }
        let new = ElementsCell::try_allocate(agent, capacity)?;
        new.copy_from(&old);
        self.set_elements(agent, new, DENSE);
        Ok(())
    }
    /// Seals or freezes the elements of an object that is not extensible any more.
    pub(crate) fn set_integrity_of_elements(self, frozen: bool) {
        if self.has_dense_elements() {
            return;
        }
        for e in self.sparse().map.borrow_mut().values_mut() {
            let lost = match frozen && !e.attributes.is_accessor() {
                true => Attributes::WC,
                false => Attributes::C,
            };
            e.attributes = e.attributes.without(lost);
        }
    }
    /// Turns dense elements into sparse ones.
    pub(crate) fn make_sparse(self, agent: &mut Agent) {
        if !self.has_dense_elements() {
            return;
        }
        let old = self.elements();
        if old.capacity() == 0 {
            // SAFETY: as below.
            let none = unsafe { agent.no_sparse_elements.cast() };
            self.set_elements(agent, none, SPARSE);
            return;
        }
        let filled = old.values().iter().enumerate().filter_map(|(i, v)| {
            let value = v.get();
            let attributes = Attributes::ALL;
            (!value.is_hole()).then_some((i as u32, SparseEntry { value, attributes }))
        });
        let map: FxHashMap<u32, SparseEntry> = filled.collect();
        agent.heap.add_external(map.len() * SPARSE_ENTRY_BYTES);
        // `self` keeps the old cell and so the values alive until the new cell holds them.
        let cell = SparseCell::new(agent, map);
        // SAFETY: the elements kind recorded beside the pointer tells the two cell types apart.
        self.set_elements(agent, unsafe { cell.cast() }, SPARSE);
    }
    /// Removes an element; the caller has checked that it is configurable.
    pub(crate) fn remove_element(self, agent: &mut Agent, i: u32) {
        if self.has_dense_elements() {
            self.elements().set(i as usize, Value::HOLE);
        } else if self.sparse().map.borrow_mut().remove(&i).is_some() {
            agent.heap.sub_external(SPARSE_ENTRY_BYTES);
        }
    }
    /// Indices of the own elements in ascending order.
    pub fn element_indices(self) -> Vec<u32> {
        if self.has_dense_elements() {
            let e = self.elements();
            e.values()
                .iter()
                .enumerate()
                .filter(|(_, v)| !v.get().is_hole())
                .map(|(i, _)| i as u32)
                .collect()
        } else {
            let mut indices: Vec<u32> = self.sparse().map.borrow().keys().copied().collect();
            indices.sort_unstable();
            indices
        }
    }
    /// True when there is no own element.
    pub fn has_no_elements(self) -> bool {
        if self.has_dense_elements() {
            self.elements().values().iter().all(|v| v.get().is_hole())
        } else {
            self.sparse().map.borrow().is_empty()
        }
    }
    /// Removes the elements from `new_length` on, from the last down, as 10.4.2.4 ArraySetLength
    /// does: stops at one that is not configurable. Returns the length that results.
    pub(crate) fn truncate_elements(self, agent: &mut Agent, new_length: u32) -> u32 {
        if self.has_dense_elements() {
            let e = self.elements();
            for v in e.values().iter().skip(new_length as usize) {
                v.set(Value::HOLE);
            }
            // Give memory back when most of it became unused.
            let room = self.elements_room();
            if room > 64 && (new_length as usize) < room / 4 {
                let small = ElementsCell::allocate(agent, new_length as usize);
                small.copy_from(&e);
                self.set_elements(agent, small, DENSE);
            }
            return new_length;
        }
        let cell = self.sparse();
        let mut map = cell.map.borrow_mut();
        let before = map.len();
        let mut result = new_length;
        let length = super::array::length_of(self).unwrap_or(u32::MAX);
        let mut lost: Vec<u32> = match (length.saturating_sub(new_length) as usize) < before {
            // Arrays that lose one after the other.
            true => (new_length..length)
                .filter(|i| map.contains_key(i))
                .collect(),
            false => map.keys().copied().filter(|&i| i >= new_length).collect(),
        };
        lost.sort_unstable();
        for i in lost.into_iter().rev() {
            if map.get(&i).is_some_and(|e| !e.attributes.configurable()) {
                result = i + 1;
                break;
            }
            map.remove(&i);
        }
        agent
            .heap
            .sub_external((before - map.len()) * SPARSE_ENTRY_BYTES);
        result
    }
    /// True for an array whose length may not change.
    #[inline(always)]
    pub fn length_is_readonly(self) -> bool {
        self.flag(LENGTH_READONLY)
    }
}

/// What one sparse entry costs on the Rust heap, roughly, in bytes.
const SPARSE_ENTRY_BYTES: usize = 32;
