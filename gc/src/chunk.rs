//! Memory from the operating system: aligned mappings, and a small pool of chunks per thread.
//!
//! Heaps that grow beyond a few chunks get them from regions for which huge pages are asked: a page fault for every 4 KiB took a
//! tenth of the time of programs that allocate much. Where huge pages are slow to come, the next one is asked for ahead of its use
//! (see `prefault.rs`).
//!
//! The pool makes creating and dropping a heap cheap: a pooled chunk has clear side tables, its blocks may hold anything.

use crate::layout::{CHUNK_SIZE, Chunk, ChunkKind, round_up};
use crate::pages::{self, HUGE_PAGE_SIZE};
use crate::prefault;
use std::cell::{Cell, RefCell};
use std::ptr;

/// Chunks kept per thread when heaps drop.
const POOL_CHUNKS: usize = 8;

/// Chunks that a thread maps one by one, before it takes regions: a heap that stays small should not touch a huge page.
pub(crate) const SINGLE_CHUNKS: usize = 2;
/// Bytes of a region of chunks.
const REGION_SIZE: usize = 16 << 20;

/// The part of a thread's newest region that no chunk was made of.
struct Region {
    start: Cell<usize>,
    end: Cell<usize>,
    /// Start of the region to come after this one, or 0.
    next: Cell<usize>,
    /// A huge page was begun.
    is_grown: Cell<bool>,
    /// Chunks that were mapped one by one.
    singles: Cell<usize>,
}

impl Region {
    const fn new() -> Region {
        Region {
            start: Cell::new(0),
            end: Cell::new(0),
            next: Cell::new(0),
            is_grown: Cell::new(false),
            singles: Cell::new(0),
        }
    }

    /// The next chunk of the region, or of a new one.
    fn take(&self) -> Option<usize> {
        if self.start.get() == self.end.get() {
            if self.singles.get() < SINGLE_CHUNKS {
                self.singles.set(self.singles.get() + 1);
                return Some(map_aligned(CHUNK_SIZE, CHUNK_SIZE)? as usize);
            }
            let start = match self.next.take() {
                0 => map_region(),
                next => Some(next),
            };
            let Some(start) = start else {
                return Some(map_aligned(CHUNK_SIZE, CHUNK_SIZE)? as usize);
            };
            self.start.set(start);
            self.end.set(start + REGION_SIZE);
        }
        let chunk = self.start.get();
        if chunk.is_multiple_of(HUGE_PAGE_SIZE) {
            self.begin_page(chunk);
        }
        self.start.set(chunk + CHUNK_SIZE);
        Some(chunk)
    }

    /// Makes a huge page present, and asks for the one after it if they are slow to come. The first asks for none: many heaps end
    /// in it.
    fn begin_page(&self, page: usize) {
        let is_slow = prefault::begin(page..page + HUGE_PAGE_SIZE);
        let is_first = !self.is_grown.replace(true);
        if is_slow
            && !is_first
            && let Some(after) = self.page_after(page)
        {
            prefault::request(after..after + HUGE_PAGE_SIZE);
        }
    }

    /// The huge page after one of the region, which may be the first of the next region.
    fn page_after(&self, page: usize) -> Option<usize> {
        let after = page + HUGE_PAGE_SIZE;
        if after < self.end.get() {
            return Some(after);
        }
        if self.next.get() == 0 {
            self.next.set(map_region()?);
        }
        Some(self.next.get())
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        let (start, end) = (self.start.get(), self.end.get());
        if start != end {
            // SAFETY: nothing was made of this part.
            unsafe { unmap(start as *mut u8, end - start) };
        }
        let next = self.next.get();
        if next != 0 {
            // SAFETY: as above.
            unsafe { unmap(next as *mut u8, REGION_SIZE) };
        }
    }
}

fn map_region() -> Option<usize> {
    Some(map_aligned(REGION_SIZE, HUGE_PAGE_SIZE)? as usize)
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
    static REGION: Region = const { Region::new() };
    /// The last aligned mapping: the next one will probably fit below it.
    static LAST: Cell<usize> = const { Cell::new(0) };
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
    prefault::forget(start as usize..start as usize + bytes);
    // SAFETY: the caller gives up the range.
    unsafe { libc::munmap(start.cast(), bytes) };
}

/// Maps `bytes` (a multiple of the page size) of zeroed memory aligned to `alignment`, which is a multiple of a chunk's.
pub(crate) fn map_aligned(bytes: usize, alignment: usize) -> Option<*mut u8> {
    let hint = LAST.get().saturating_sub(bytes) & !(alignment - 1);
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
    LAST.set(start as usize);
    pages::advise_huge(start as usize..start as usize + bytes);
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
        let region = Region::new();
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

    #[test]
    fn mappings_of_all_lengths_are_aligned() {
        let lengths = [
            CHUNK_SIZE,
            5 << 16,
            HUGE_PAGE_SIZE,
            3 << 20,
            7 << 16,
            37 << 16,
        ];
        let mappings = lengths.map(|bytes| {
            let alignment = match bytes < HUGE_PAGE_SIZE {
                true => CHUNK_SIZE,
                false => HUGE_PAGE_SIZE,
            };
            let start = map_aligned(bytes, alignment).expect("memory");
            assert!((start as usize).is_multiple_of(alignment));
            // SAFETY: the mapping is the test's alone. What is 0 belongs to no mapping before.
            unsafe {
                for at in [0, bytes - 8] {
                    let word = start.add(at).cast::<u64>();
                    assert_eq!(word.read(), 0);
                    word.write(1);
                }
            }
            (start, bytes)
        });
        for (start, bytes) in mappings {
            // SAFETY: as above.
            unsafe { unmap(start, bytes) };
        }
    }

    #[test]
    fn the_page_after_the_last_is_the_first_of_the_next_region() {
        let region = Region::new();
        let single = |_| region.take().expect("memory");
        let mut chunks: Vec<usize> = (0..SINGLE_CHUNKS + 1).map(single).collect();
        let first = chunks[SINGLE_CHUNKS];
        assert_eq!(region.page_after(first), Some(first + HUGE_PAGE_SIZE));
        assert_eq!(region.next.get(), 0);
        let last = first + REGION_SIZE - HUGE_PAGE_SIZE;
        let next = region.page_after(last).expect("memory");
        prefault::request(next..next + HUGE_PAGE_SIZE);
        chunks.extend((1..REGION_SIZE / CHUNK_SIZE).map(single));
        assert_eq!(*chunks.last().expect("many"), last + CHUNK_SIZE);
        chunks.push(single(0));
        assert_eq!(*chunks.last().expect("many"), next);
        // SAFETY: the chunk is the test's alone.
        assert_eq!(unsafe { *(next as *const u64) }, 0);
        for chunk in chunks {
            // SAFETY: as above.
            unsafe { unmap(chunk as *mut u8, CHUNK_SIZE) };
        }
        // A region that was mapped in advance is unmapped with the rest.
        let start = region.start.get();
        let next = region.page_after(region.end.get() - HUGE_PAGE_SIZE);
        prefault::request(start..start + HUGE_PAGE_SIZE);
        assert_eq!(next, Some(region.next.get()));
        drop(region);
    }
}
