//! The agent-wide table of megamorphic sites: (shape, key) → handler, direct mapped, emptied by every collection.

use sarus_runtime::code::IcSlot;
use sarus_runtime::property::PropertyKey;
use std::cell::Cell;

const SIZE: usize = 4096;

#[derive(Copy, Clone)]
struct Entry {
    key: u64,
    slot: IcSlot,
}

/// The table; allocated when something is put into it.
pub struct MegamorphicCache {
    entries: Cell<Option<Box<[Cell<Entry>]>>>,
    data: Cell<*const Cell<Entry>>,
}

const EMPTY: Entry = Entry {
    key: 0,
    slot: IcSlot {
        shape: 0,
        handler: 0,
        a: 0,
        b: 0,
        c: 0,
    },
};

impl MegamorphicCache {
    /// An empty table.
    pub fn new() -> MegamorphicCache {
        MegamorphicCache {
            entries: Cell::new(None),
            data: Cell::new(std::ptr::null()),
        }
    }
    fn entry(&self, shape: u32, key: PropertyKey) -> Option<&Cell<Entry>> {
        let data = self.data.get();
        if data.is_null() {
            return None;
        }
        let hash = (key.bits() >> 4) as u32 ^ key.bits() as u32 ^ shape.wrapping_mul(0x9E37_79B1);
        let at = (hash ^ hash >> 15) as usize % SIZE;
        // SAFETY: `data` points to SIZE entries that `entries` owns as long as `self` lives.
        Some(unsafe { &*data.add(at) })
    }
    /// The handler for a shape and key.
    #[inline]
    pub fn get(&self, shape: u32, key: PropertyKey) -> Option<IcSlot> {
        let e = self.entry(shape, key)?.get();
        (e.key == key.bits() && e.slot.shape == shape && e.slot.handler != 0).then_some(e.slot)
    }
    /// Notes a handler.
    pub fn put(&self, key: PropertyKey, slot: IcSlot) {
        if self.data.get().is_null() {
            let entries = vec![Cell::new(EMPTY); SIZE].into_boxed_slice();
            self.data.set(entries.as_ptr());
            self.entries.set(Some(entries));
        }
        if let Some(e) = self.entry(slot.shape, key) {
            e.set(Entry {
                key: key.bits(),
                slot,
            });
        }
    }
    /// Forgets everything.
    pub fn clear(&self) {
        let data = self.data.get();
        if !data.is_null() {
            for i in 0..SIZE {
                // SAFETY: as in `entry`.
                unsafe { &*data.add(i) }.set(EMPTY);
            }
        }
    }
}

impl Default for MegamorphicCache {
    fn default() -> Self {
        Self::new()
    }
}
