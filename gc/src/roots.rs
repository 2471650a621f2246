//! Roots that live outside the heap: [`Persistent`] handles and [`RootVec`]s.
//!
//! Both keep their record in tables shared with the heap by `Rc`, so that they may outlive it (they then hold nothing).

use crate::cell::{Gc, Header};
use crate::tracer::Tracer;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;
use std::rc::Rc;

/// Slots of all persistent handles of a heap.
#[derive(Default)]
pub(crate) struct PersistentTable {
    /// Cell addresses, 0 for a free slot.
    slots: RefCell<Vec<usize>>,
    free: RefCell<Vec<u32>>,
}

impl PersistentTable {
    fn insert(&self, addr: usize) -> u32 {
        let mut slots = self.slots.borrow_mut();
        if let Some(index) = self.free.borrow_mut().pop() {
            slots[index as usize] = addr;
            return index;
        }
        slots.push(addr);
        (slots.len() - 1) as u32
    }

    fn remove(&self, index: u32) {
        if let Some(slot) = self.slots.borrow_mut().get_mut(index as usize) {
            *slot = 0;
            self.free.borrow_mut().push(index);
        }
    }

    pub(crate) fn trace(&self, tracer: &mut Tracer) {
        for &addr in self.slots.borrow().iter() {
            if addr != 0 {
                tracer.mark_ptr(addr as *const Header);
            }
        }
    }

    /// Forgets all handles: the heap is going away.
    pub(crate) fn clear(&self) {
        self.slots.borrow_mut().clear();
        self.free.borrow_mut().clear();
    }
}

/// A precise root: keeps one cell alive until dropped, wherever the handle itself is stored.
pub struct Persistent<T> {
    table: Rc<PersistentTable>,
    index: u32,
    marker: PhantomData<*const T>,
}

impl<T> Persistent<T> {
    pub(crate) fn new(table: &Rc<PersistentTable>, cell: Gc<T>) -> Persistent<T> {
        Persistent {
            table: Rc::clone(table),
            index: table.insert(cell.addr()),
            marker: PhantomData,
        }
    }

    /// The cell, or `None` after the heap was dropped.
    pub fn try_get(&self) -> Option<Gc<T>> {
        let addr = *self.table.slots.borrow().get(self.index as usize)?;
        // SAFETY: the slot was filled from a `Gc<T>` and has been marked by every collection since.
        Some(unsafe { Gc::from_raw(addr as *mut T) })
    }

    /// The cell.
    ///
    /// # Panics
    /// When the heap was dropped.
    pub fn get(&self) -> Gc<T> {
        self.try_get().expect("the heap of this handle is gone")
    }

    /// Makes the handle hold another cell of the same heap.
    pub fn set(&self, cell: Gc<T>) {
        if let Some(slot) = self.table.slots.borrow_mut().get_mut(self.index as usize) {
            *slot = cell.addr();
        }
    }
}

impl<T> Clone for Persistent<T> {
    fn clone(&self) -> Persistent<T> {
        Persistent::new(&self.table, self.get())
    }
}

impl<T> Drop for Persistent<T> {
    fn drop(&mut self) {
        self.table.remove(self.index);
    }
}

impl<T> fmt::Debug for Persistent<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Persistent({:?})", self.try_get())
    }
}

/// What the heap sees of a [`RootVec`]: the storage as words.
struct RootVecRecord {
    start: Cell<*const u8>,
    bytes: Cell<usize>,
    /// Position in the table, kept right when another record is moved there.
    index: Cell<usize>,
}

/// All root vectors of a heap.
#[derive(Default)]
pub(crate) struct RootVecTable {
    records: RefCell<Vec<NonNull<RootVecRecord>>>,
    /// Records for vectors to come: most vectors are short-lived.
    spare: RefCell<Vec<NonNull<RootVecRecord>>>,
}

/// So many spare records are kept.
const SPARE_RECORDS: usize = 16;

impl Drop for RootVecTable {
    fn drop(&mut self) {
        for record in self.spare.get_mut().drain(..) {
            // SAFETY: spare records were leaked from boxes by `RootVec::new`, and nobody else has them.
            drop(unsafe { Box::from_raw(record.as_ptr()) });
        }
    }
}

impl RootVecTable {
    /// Scans every vector conservatively.
    pub(crate) fn trace(&self, tracer: &mut Tracer) {
        for record in self.records.borrow().iter() {
            // SAFETY: records unregister before they are freed, and each describes the initialised part of its vector.
            unsafe {
                let record = record.as_ref();
                let start = record.start.get();
                tracer.mark_conservative_range(start, start.add(record.bytes.get()));
            }
        }
    }
}

/// A growable array of plain words (values, cell pointers, or pairs of them) whose contents are roots.
///
/// The contents are scanned conservatively, so any `Copy` type made of eight-byte words will do.
pub struct RootVec<T: Copy> {
    items: Vec<T>,
    record: NonNull<RootVecRecord>,
    table: Rc<RootVecTable>,
}

impl<T: Copy> RootVec<T> {
    const WORDS_ONLY: () =
        assert!(size_of::<T>().is_multiple_of(8) && size_of::<T>() != 0 && align_of::<T>() == 8);

    pub(crate) fn new(table: &Rc<RootVecTable>) -> RootVec<T> {
        let () = Self::WORDS_ONLY;
        let mut records = table.records.borrow_mut();
        let record = table.spare.borrow_mut().pop().unwrap_or_else(|| {
            NonNull::from(Box::leak(Box::new(RootVecRecord {
                start: Cell::new(std::ptr::null()),
                bytes: Cell::new(0),
                index: Cell::new(0),
            })))
        });
        // SAFETY: a record belongs to one vector, which is this one.
        unsafe { record.as_ref() }.index.set(records.len());
        records.push(record);
        drop(records);
        RootVec {
            items: Vec::new(),
            record,
            table: Rc::clone(table),
        }
    }

    /// Tells the heap where the items are now. Called after every change of length or storage; no collection can happen
    /// between the change and this.
    #[inline(always)]
    fn publish(&mut self) {
        // SAFETY: the record lives as long as `self`; only this thread reads it, and never during this call.
        let record = unsafe { self.record.as_ref() };
        record.start.set(self.items.as_ptr().cast());
        record.bytes.set(self.items.len() * size_of::<T>());
    }

    /// Appends an item.
    #[inline]
    pub fn push(&mut self, item: T) {
        self.items.push(item);
        self.publish();
    }

    /// Removes and returns the last item.
    #[inline]
    pub fn pop(&mut self) -> Option<T> {
        let item = self.items.pop();
        self.publish();
        item
    }

    /// Shortens to `len` items.
    pub fn truncate(&mut self, len: usize) {
        self.items.truncate(len);
        self.publish();
    }

    /// Removes all items.
    pub fn clear(&mut self) {
        self.items.clear();
        self.publish();
    }

    /// Makes room for `additional` more items.
    pub fn reserve(&mut self, additional: usize) {
        self.items.reserve(additional);
        self.publish();
    }

    /// Makes room for `additional` more items, or fails when the memory cannot be had.
    pub fn try_reserve(
        &mut self,
        additional: usize,
    ) -> Result<(), std::collections::TryReserveError> {
        let result = self.items.try_reserve(additional);
        self.publish();
        result
    }

    /// Grows with copies of `item` or shortens.
    pub fn resize(&mut self, len: usize, item: T) {
        self.items.resize(len, item);
        self.publish();
    }

    /// Inserts before `index`.
    pub fn insert(&mut self, index: usize, item: T) {
        self.items.insert(index, item);
        self.publish();
    }

    /// Removes and returns the item at `index`.
    pub fn remove(&mut self, index: usize) -> T {
        let item = self.items.remove(index);
        self.publish();
        item
    }

    /// Removes the item at `index`, putting the last one in its place.
    pub fn swap_remove(&mut self, index: usize) -> T {
        let item = self.items.swap_remove(index);
        self.publish();
        item
    }

    /// Keeps the items for which `keep` says so; `keep` must not allocate cells.
    pub fn retain(&mut self, keep: impl FnMut(&T) -> bool) {
        self.items.retain(keep);
        self.publish();
    }

    /// Appends a slice.
    pub fn extend_from_slice(&mut self, items: &[T]) {
        self.items.extend_from_slice(items);
        self.publish();
    }

    /// The items as a slice.
    #[inline(always)]
    pub fn as_slice(&self) -> &[T] {
        &self.items
    }

    /// The items as a mutable slice.
    #[inline(always)]
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        &mut self.items
    }
}

impl<T: Copy> Extend<T> for RootVec<T> {
    /// Item by item, so that the iterator may allocate cells.
    fn extend<I: IntoIterator<Item = T>>(&mut self, iter: I) {
        for item in iter {
            self.push(item);
        }
    }
}

impl<T: Copy> Deref for RootVec<T> {
    type Target = [T];

    #[inline(always)]
    fn deref(&self) -> &[T] {
        &self.items
    }
}

impl<T: Copy> DerefMut for RootVec<T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.items
    }
}

impl<'a, T: Copy> IntoIterator for &'a RootVec<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

impl<T: Copy + fmt::Debug> fmt::Debug for RootVec<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.items.fmt(f)
    }
}

impl<T: Copy> Drop for RootVec<T> {
    fn drop(&mut self) {
        let mut records = self.table.records.borrow_mut();
        // SAFETY: the record is this vector's own.
        let record = unsafe { self.record.as_ref() };
        record.start.set(std::ptr::null());
        record.bytes.set(0);
        let index = record.index.get();
        records.swap_remove(index);
        if let Some(moved) = records.get(index) {
            // SAFETY: records in the table are live.
            unsafe { moved.as_ref() }.index.set(index);
        }
        let mut spare = self.table.spare.borrow_mut();
        if spare.len() < SPARE_RECORDS {
            spare.push(self.record);
        } else {
            // SAFETY: the record was leaked from a box by `new`, and nobody else has it.
            drop(unsafe { Box::from_raw(self.record.as_ptr()) });
        }
    }
}
