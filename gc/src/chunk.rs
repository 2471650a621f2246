//! Memory from the operating system: aligned mappings, and a small pool of chunks per thread.
//!
//! The pool makes creating and dropping a heap cheap: a pooled chunk has clear side tables, its blocks may hold anything.

use crate::layout::{CHUNK_SIZE, Chunk, ChunkKind, round_up};
use std::cell::{Cell, RefCell};
use std::ptr;

/// Chunks kept per thread when heaps drop.
const POOL_CHUNKS: usize = 8;

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

/// Maps `bytes` (a multiple of the page size) of zeroed memory aligned to a chunk boundary.
pub(crate) fn map_aligned(bytes: usize) -> Option<*mut u8> {
    let hint = HINT.get();
    let start = map(hint, bytes)?;
    let start = if (start as usize).is_multiple_of(CHUNK_SIZE) {
        start
    } else {
        // SAFETY: just mapped, unused.
        unsafe { unmap(start, bytes) };
        let total = bytes.checked_add(CHUNK_SIZE)?;
        let wide = map(0, total)?;
        let aligned = round_up(wide as usize, CHUNK_SIZE) as *mut u8;
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
        None => map_aligned(CHUNK_SIZE)? as usize,
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
