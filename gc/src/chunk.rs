//! Memory from the operating system: aligned mappings, and a small pool of chunks per thread.
//!
//! Heaps that grow beyond a few chunks get them from regions for which huge pages are asked: a page fault for every 4 KiB took a
//! tenth of the time of programs that allocate much.
//!
//! The pool makes creating and dropping a heap cheap: a pooled chunk has clear side tables, its blocks may hold anything.

use crate::layout::{CHUNK_SIZE, Chunk, ChunkKind, round_up};
use std::cell::{Cell, RefCell};
use std::ptr;

/// Chunks kept per thread when heaps drop.
const POOL_CHUNKS: usize = 8;

/// Chunks that a thread maps one by one, before it takes regions: a heap that stays small should not touch a huge page.
const SINGLE_CHUNKS: usize = 2;
/// Bytes of a region of chunks.
const REGION_SIZE: usize = 16 << 20;
/// Bytes of a huge page, on the machines that have transparent ones.
const HUGE_PAGE_SIZE: usize = 2 << 20;

/// The part of a thread's newest region that no chunk was made of.
struct Region {
    start: Cell<usize>,
    end: Cell<usize>,
    /// Chunks that were mapped one by one.
    singles: Cell<usize>,
}

impl Region {
    /// The next chunk of the region, or of a new one.
    fn take(&self) -> Option<usize> {
        if self.start.get() == self.end.get() {
            if self.singles.get() < SINGLE_CHUNKS {
                self.singles.set(self.singles.get() + 1);
                return Some(map_aligned(CHUNK_SIZE, CHUNK_SIZE)? as usize);
            }
            let Some(start) = map_aligned(REGION_SIZE, HUGE_PAGE_SIZE) else {
                return Some(map_aligned(CHUNK_SIZE, CHUNK_SIZE)? as usize);
            };
            self.start.set(start as usize);
            self.end.set(start as usize + REGION_SIZE);
        }
        let chunk = self.start.get();
        self.start.set(chunk + CHUNK_SIZE);
        Some(chunk)
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        let (start, end) = (self.start.get(), self.end.get());
        if start != end {
            // SAFETY: nothing was made of this part.
            unsafe { unmap(start as *mut u8, end - start) };
        }
    }
}

struct Pool(RefCell<Vec<usize>>);

impl Drop for Pool {
    fn drop(&mut self) {
        for chunk in self.0.get_mut().drain(..) {
            // SAFETY: pooled chunks belong to the pool alone.
            unsafe { unmap(chunk as *mut u8, CHUNK_SIZE) };
        }
    }
}

thread_local! {
    static POOL: Pool = const { Pool(RefCell::new(Vec::new())) };
    static REGION: Region = const {
        Region { start: Cell::new(0), end: Cell::new(0), singles: Cell::new(0) }
    };
    /// Where the next aligned mapping will probably fit: below the last one.
    static HINT: Cell<usize> = const { Cell::new(0) };
}

/// Maps zeroed memory; `None` when the system refuses.
fn map(hint: usize, bytes: usize) -> Option<*mut u8> {
    // SAFETY: a fresh anonymous mapping; without MAP_FIXED the hint cannot replace anything.
    let address = unsafe {
        libc::mmap(
            hint as *mut libc::c_void,
            bytes,
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_PRIVATE | libc::MAP_ANON | libc::MAP_NORESERVE,
            -1,
            0,
        )
    };
    (address != libc::MAP_FAILED).then_some(address.cast())
}

/// # Safety
/// The range was mapped by this module and nothing refers to it any more.
pub(crate) unsafe fn unmap(start: *mut u8, bytes: usize) {
    // SAFETY: the caller gives up the range.
    unsafe { libc::munmap(start.cast(), bytes) };
}

/// Asks for huge pages in a range of at least one.
fn advise_huge_pages(start: *mut u8, bytes: usize) {
    #[cfg(target_os = "linux")]
    if bytes >= HUGE_PAGE_SIZE {
        // SAFETY: the range was just mapped; the advice changes no contents. A kernel without huge pages refuses, and all is as before.
        unsafe { libc::madvise(start.cast(), bytes, libc::MADV_HUGEPAGE) };
    }
}

/// Maps `bytes` (a multiple of the page size) of zeroed memory aligned to `alignment`, which is a multiple of a chunk's.
pub(crate) fn map_aligned(bytes: usize, alignment: usize) -> Option<*mut u8> {
    let hint = HINT.get();
    let start = map(hint, bytes)?;
    let start = if (start as usize).is_multiple_of(alignment) {
        start
    } else {
        // SAFETY: just mapped, unused.
        unsafe { unmap(start, bytes) };
        let total = bytes.checked_add(alignment)?;
        let wide = map(0, total)?;
        let aligned = round_up(wide as usize, alignment) as *mut u8;
        let before = aligned as usize - wide as usize;
        // SAFETY: the parts cut off are inside the new mapping and outside `aligned..aligned + bytes`.
        unsafe {
            if before != 0 {
                unmap(wide, before);
            }
            if total - before > bytes {
                unmap(aligned.add(bytes), total - before - bytes);
            }
        }
        aligned
    };
    HINT.set((start as usize).saturating_sub(CHUNK_SIZE));
    advise_huge_pages(start, bytes);
    Some(start)
}

/// A chunk of the given kind with clear side tables, from the pool or the system.
pub(crate) fn acquire(kind: ChunkKind) -> Option<usize> {
    let pooled = POOL
        .try_with(|pool| pool.0.borrow_mut().pop())
        .ok()
        .flatten();
    let base = match pooled {
        Some(base) => base,
        None => REGION.try_with(Region::take).ok().flatten()?,
    };
    // SAFETY: the chunk is ours; pooled chunks have a clear header.
    unsafe {
        let chunk = base as *mut Chunk;
        (*chunk).kind = kind;
        (*chunk).used_blocks = 1;
        if kind == ChunkKind::Pages {
            // A pooled chunk's pages may hold anything; a fresh one's are zero, but which it is costs only a memset.
            (*chunk).dirty_pages = [if pooled.is_some() { u64::MAX } else { 0 }; 4];
        }
    }
    Some(base)
}

/// Gives back a chunk whose side tables are clear.
///
/// # Safety
/// Nothing refers to the chunk any more.
pub(crate) unsafe fn release(base: usize, keep: bool) {
    let pooled = keep
        && POOL
            .try_with(|pool| {
                let mut pool = pool.0.borrow_mut();
                let room = pool.len() < POOL_CHUNKS;
                if room {
                    // SAFETY: the header is mapped and ours.
                    unsafe { ptr::write_bytes(base as *mut Chunk, 0, 1) };
                    pool.push(base);
                }
                room
            })
            .unwrap_or(false);
    if !pooled {
        // SAFETY: the caller gives up the chunk.
        unsafe { unmap(base as *mut u8, CHUNK_SIZE) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_of_regions_are_aligned_distinct_and_zero() {
        let region = Region {
            start: Cell::new(0),
            end: Cell::new(0),
            singles: Cell::new(0),
        };
        let count = SINGLE_CHUNKS + REGION_SIZE / CHUNK_SIZE + 1;
        let mut chunks: Vec<usize> = (0..count).map(|_| region.take().expect("memory")).collect();
        assert!(chunks.iter().all(|chunk| chunk.is_multiple_of(CHUNK_SIZE)));
        for &chunk in &chunks {
            // SAFETY: the chunk is the test's alone.
            unsafe {
                assert_eq!(*(chunk as *const u64), 0);
                *((chunk + CHUNK_SIZE - 8) as *mut u64) = 1;
            }
        }
        chunks.sort_unstable();
        assert!(chunks.windows(2).all(|pair| pair[0] < pair[1]));
        // The second region has room for more.
        assert_eq!(
            region.end.get() - region.start.get(),
            REGION_SIZE - CHUNK_SIZE
        );
        for chunk in chunks {
            // SAFETY: as above.
            unsafe { unmap(chunk as *mut u8, CHUNK_SIZE) };
        }
    }
}
