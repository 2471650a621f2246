//! The agent-wide table of megamorphic sites: (shape, key) → handler, direct mapped. A collection drops what refers
//! to dead cells or shapes: filling the tables again after each one took up to a sixth of the time of large programs.
//!
//! Compiled code looks into it by itself (`sarus_jit::layout::cache` says how), with the bits of a value as the key: those of
//! atoms and symbols are their keys' bits, and nothing else has bits that are in the table.

use super::{Handler, load};
use sarus_gc::WeakVisitor;
use sarus_jit::layout::cache;
use sarus_runtime::code::IcSlot;
use sarus_runtime::property::PropertyKey;
use sarus_runtime::value::Value;
use std::cell::Cell;

const SIZE: usize = cache::SIZE as usize;

#[repr(C)]
#[derive(Copy, Clone)]
struct Entry {
    key: u64,
    slot: IcSlot,
}

const _: () = {
    use std::mem::offset_of;
    assert!(size_of::<Entry>() == cache::ENTRY_SIZE as usize);
    assert!(offset_of!(Entry, key) == cache::KEY as usize);
    assert!(offset_of!(Entry, slot) + offset_of!(IcSlot, shape) == cache::SHAPE as usize);
    assert!(offset_of!(Entry, slot) + offset_of!(IcSlot, handler) == cache::HANDLER as usize);
    assert!(offset_of!(Entry, slot) + offset_of!(IcSlot, a) == cache::CELL as usize);
    assert!(offset_of!(Entry, slot) + offset_of!(IcSlot, b) == cache::VALIDITY as usize);
};

/// The table; allocated when something is put into it.
pub struct MegamorphicCache {
    entries: Cell<Option<Box<[Cell<Entry>]>>>,
    data: Cell<*const Cell<Entry>>,
}

/// Where compiled code finds properties that are absent: such entries are in the table as those of prototypes.
static ABSENT: u64 = Value::UNDEFINED.bits();

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
    /// The address of the entries, which stays.
    pub fn address(&self) -> u64 {
        if self.data.get().is_null() {
            let entries = vec![Cell::new(EMPTY); SIZE].into_boxed_slice();
            self.data.set(entries.as_ptr());
            self.entries.set(Some(entries));
        }
        self.data.get() as u64
    }
    #[inline]
    fn entry(&self, shape: u32, key: PropertyKey) -> Option<&Cell<Entry>> {
        let data = self.data.get();
        if data.is_null() {
            return None;
        }
        let at = (shape ^ cache::hash(key.bits())) & cache::MASK;
        // SAFETY: `data` points to SIZE entries that `entries` owns as long as `self` lives.
        Some(unsafe { &*data.add(at as usize) })
    }
    /// The handler for a shape and key.
    #[inline]
    pub fn get(&self, shape: u32, key: PropertyKey) -> Option<IcSlot> {
        let e = self.entry(shape, key)?;
        // SAFETY: nothing writes to the entry meanwhile.
        let e = unsafe { &*e.as_ptr() };
        if e.key != key.bits() || e.slot.shape != shape || e.slot.handler == 0 {
            return None;
        }
        if e.slot.a == &raw const ABSENT as u64 {
            return Some(IcSlot {
                handler: Handler::ABSENT,
                a: 0,
                ..e.slot
            });
        }
        Some(e.slot)
    }
    /// Notes a handler, unless it is for primitive values of the realm at hand: the table is of all realms (see
    /// [`super::load::find_of_primitive`]).
    pub fn put(&self, key: PropertyKey, mut slot: IcSlot) {
        if matches!(
            Handler(slot.handler).kind(),
            Handler::PRIMITIVE | Handler::PRIMITIVE_ACCESSOR
        ) {
            return;
        }
        self.address();
        if Handler(slot.handler).kind() == Handler::ABSENT {
            slot.handler = Handler::new(Handler::PROTO, 0).0;
            slot.a = &raw const ABSENT as u64;
        }
        if let Some(e) = self.entry(slot.shape, key) {
            e.set(Entry {
                key: key.bits(),
                slot,
            });
        }
    }
    /// Forgets entries of shapes whose ids may be given away, and those with dead cells.
    pub fn sweep(&self, visitor: &WeakVisitor) {
        let data = self.data.get();
        if data.is_null() {
            return;
        }
        for i in 0..SIZE {
            // SAFETY: as in `entry`.
            let entry = unsafe { &*data.add(i) };
            let Entry { key, slot } = entry.get();
            if slot.handler == 0 {
                continue;
            }
            let is_shape_live = visitor.is_minor()
                || visitor.is_shape_marked(slot.shape)
                || load::is_of_primitives(slot.shape);
            let words = [key, slot.a, slot.b, slot.c];
            if !(is_shape_live && words.into_iter().all(|word| visitor.is_referent_live(word))) {
                entry.set(EMPTY);
            }
        }
    }
}

impl Default for MegamorphicCache {
    fn default() -> Self {
        Self::new()
    }
}
