//! Where compiled code goes on for a suspended activation, by function and word offset: direct mapped, emptied by every
//! collection (functions may have moved out and others in). Which place an offset has depends on the bytecode alone.

use sarus_gc::Gc;
use sarus_runtime::code::LinkedCode;
use std::cell::Cell;

const SIZE: usize = 64;

#[derive(Copy, Clone, Default)]
struct Entry {
    /// Address of the linked code, 0 for none.
    code: usize,
    offset: u32,
    place: u32,
}

/// The table.
pub struct Places([Cell<Entry>; SIZE]);

impl Default for Places {
    fn default() -> Places {
        Places(std::array::from_fn(|_| Cell::default()))
    }
}

impl Places {
    #[inline]
    fn entry(&self, code: Gc<LinkedCode>, offset: u32) -> &Cell<Entry> {
        &self.0[((code.addr() >> 4) + offset as usize) % SIZE]
    }
    /// The place, if it was asked for lately.
    #[inline]
    pub fn get(&self, code: Gc<LinkedCode>, offset: u32) -> Option<u32> {
        let e = self.entry(code, offset).get();
        (e.code == code.addr() && e.offset == offset).then_some(e.place)
    }
    /// Notes a place.
    pub fn put(&self, code: Gc<LinkedCode>, offset: u32, place: u32) {
        let code_address = code.addr();
        self.entry(code, offset).set(Entry {
            code: code_address,
            offset,
            place,
        });
    }
    /// Forgets everything.
    pub fn clear(&self) {
        for e in &self.0 {
            e.set(Entry::default());
        }
    }
}
