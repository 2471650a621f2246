//! Mappings of huge cells that died, kept for the next ones: touching a fresh mapping costs a page fault for every 4 KiB, several
//! times what zeroing a used one does.

use crate::chunk;
use crate::layout::{Chunk, PAGE_SIZE};

/// A mapping that no cell is in. Its record (see [`Chunk`]) still says how long it is.
#[derive(Clone, Copy)]
struct Mapping {
    base: usize,
    bytes: usize,
    /// It was here at the last sweep already.
    unused: bool,
}

/// What [`SpareMappings::take`] found.
pub(crate) struct Spare {
    pub base: usize,
    /// Bytes that were mapped; the record says how many still are.
    pub mapped: usize,
}

/// The spare mappings of a heap.
#[derive(Default)]
pub(crate) struct SpareMappings(Vec<Mapping>);

impl SpareMappings {
    /// Keeps a mapping, which must be the caller's alone.
    pub(crate) fn put(&mut self, base: usize, bytes: usize) {
        self.0.push(Mapping {
            base,
            bytes,
            unused: false,
        });
    }

    /// The shortest mapping of at least `bytes` (a multiple of the page size). What is much longer is cut. Its contents are old.
    pub(crate) fn take(&mut self, bytes: usize) -> Option<Spare> {
        let fitting = self.0.iter().enumerate().filter(|(_, m)| m.bytes >= bytes);
        let (index, _) = fitting.min_by_key(|(_, m)| m.bytes)?;
        let Mapping {
            base,
            bytes: mapped,
            ..
        } = self.0.swap_remove(index);
        if mapped - bytes > bytes / 4 {
            debug_assert!(bytes.is_multiple_of(PAGE_SIZE));
            // SAFETY: the mapping is ours, no cell is in it, and its record is in the part that stays.
            unsafe {
                (*(base as *mut Chunk)).mapping_bytes = bytes;
                chunk::unmap((base + bytes) as *mut u8, mapped - bytes);
            }
        }
        Some(Spare { base, mapped })
    }

    /// At the end of a sweep: gives back what was here at the last one, and what is more than `keep` bytes together. Returns how
    /// many bytes are not mapped any more.
    pub(crate) fn trim(&mut self, keep: usize) -> usize {
        let (mut kept, mut released) = (0, 0);
        self.0.retain_mut(|mapping| {
            let stays = !mapping.unused && kept + mapping.bytes <= keep;
            if stays {
                kept += mapping.bytes;
                mapping.unused = true;
            } else {
                released += mapping.bytes;
                // SAFETY: the mapping is ours and no cell is in it.
                unsafe { chunk::unmap(mapping.base as *mut u8, mapping.bytes) };
            }
            stays
        });
        released
    }

    /// Gives everything back: the number of bytes.
    pub(crate) fn release_all(&mut self) -> usize {
        let mappings = std::mem::take(&mut self.0);
        for mapping in &mappings {
            // SAFETY: the mapping is ours and no cell is in it.
            unsafe { chunk::unmap(mapping.base as *mut u8, mapping.bytes) };
        }
        mappings.iter().map(|m| m.bytes).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::CHUNK_SIZE;

    const MB: usize = 1 << 20;

    fn put(spare: &mut SpareMappings, bytes: usize) -> usize {
        let base = chunk::map_aligned(bytes, CHUNK_SIZE).expect("memory") as usize;
        // SAFETY: just mapped.
        unsafe { (*(base as *mut Chunk)).mapping_bytes = bytes };
        spare.put(base, bytes);
        base
    }

    #[test]
    fn the_shortest_that_fits_is_taken_and_cut() {
        let mut spare = SpareMappings::default();
        let (long, short) = (put(&mut spare, 4 * MB), put(&mut spare, 2 * MB));
        assert!(spare.take(5 * MB).is_none());
        let taken = spare.take(2 * MB - (64 << 10)).expect("two");
        assert_eq!((taken.base, taken.mapped), (short, 2 * MB));
        // SAFETY: the mapping's record.
        assert_eq!(unsafe { (*(short as *const Chunk)).mapping_bytes }, 2 * MB);
        let taken = spare.take(MB).expect("four");
        assert_eq!((taken.base, taken.mapped), (long, 4 * MB));
        // SAFETY: as above.
        assert_eq!(unsafe { (*(long as *const Chunk)).mapping_bytes }, MB);
        assert_eq!(spare.release_all(), 0);
        // SAFETY: both are the test's.
        unsafe {
            chunk::unmap(short as *mut u8, 2 * MB);
            chunk::unmap(long as *mut u8, MB);
        }
    }

    #[test]
    fn what_is_not_used_goes_back() {
        let mut spare = SpareMappings::default();
        put(&mut spare, 2 * MB);
        put(&mut spare, 3 * MB);
        put(&mut spare, MB);
        // Three do not fit beside two.
        assert_eq!(spare.trim(4 * MB), 3 * MB);
        put(&mut spare, MB);
        assert_eq!(spare.trim(4 * MB), 3 * MB);
        assert_eq!(spare.trim(4 * MB), MB);
        assert_eq!(spare.release_all(), 0);
    }
}
