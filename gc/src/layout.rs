//! Address arithmetic of chunks: where blocks, lines and side tables are, and the bit operations on the side tables.
//!
//! ```text
//! chunk (1 MiB, aligned)
//! +0x0000  Chunk header (kind, block high-water mark, page map)
//! +0x0400  mark bitmap    1 bit per 16 bytes   8 KiB
//! +0x2400  start bitmap   1 bit per 16 bytes   8 KiB
//! +0x4400  line table     1 byte per line      8 KiB
//! +0x8000  block 1 ... block 31, 32 KiB each, 256 lines of 128 bytes
//! ```
//! One byte of a bitmap covers one line. A huge mapping has the same header and mark bitmap position, and its single cell at
//! +0x1000, so that the mark bit of any cell is found by the same arithmetic.

use crate::cell::{GC_OLD, Header};

/// Granularity and alignment of cells.
pub(crate) const GRANULE: usize = 16;
pub(crate) const LINE_SIZE: usize = 128;
pub(crate) const BLOCK_SIZE: usize = 32 << 10;
pub(crate) const CHUNK_SIZE: usize = 1 << 20;
pub(crate) const CHUNK_MASK: usize = CHUNK_SIZE - 1;
pub(crate) const BLOCKS_PER_CHUNK: usize = CHUNK_SIZE / BLOCK_SIZE;
pub(crate) const LINES_PER_BLOCK: usize = BLOCK_SIZE / LINE_SIZE;

/// In the line table: something was live in the line when it was swept. Lines without are free.
pub(crate) const LINE_USED: u8 = 1 << 0;
/// In the line table: a marked cell longer than a line is in it.
pub(crate) const LINE_SPANNED: u8 = 1 << 1;

/// The largest cell that lives in a block.
pub const MAX_BLOCK_CELL: usize = 8 << 10;
/// The largest cell that lives in a run of pages of a shared chunk; longer ones have mappings of their own.
pub(crate) const MAX_PAGE_CELL: usize = 248 << 10;

pub(crate) const PAGE_SIZE: usize = 4096;
pub(crate) const PAGES_PER_CHUNK: usize = CHUNK_SIZE / PAGE_SIZE;
/// Pages taken by the side tables.
pub(crate) const FIRST_PAGE: usize = BLOCK_SIZE / PAGE_SIZE;

pub(crate) const BITMAP_BYTES: usize = CHUNK_SIZE / GRANULE / 8;
pub(crate) const MARK_OFFSET: usize = 0x400;
pub(crate) const START_OFFSET: usize = MARK_OFFSET + BITMAP_BYTES;
pub(crate) const LINE_OFFSET: usize = START_OFFSET + BITMAP_BYTES;
/// Bytes of each side table that describe one block.
pub(crate) const TABLE_BYTES_PER_BLOCK: usize = BLOCK_SIZE / GRANULE / 8;
/// Offset of the only cell of a huge mapping.
pub(crate) const HUGE_CELL_OFFSET: usize = PAGE_SIZE;

const _: () = assert!(
    LINE_OFFSET + CHUNK_SIZE / LINE_SIZE <= BLOCK_SIZE,
    "side tables fit into block 0"
);
const _: () = assert!(
    TABLE_BYTES_PER_BLOCK == LINES_PER_BLOCK,
    "one bitmap byte per line"
);
const _: () = assert!(
    MARK_OFFSET + HUGE_CELL_OFFSET / LINE_SIZE < HUGE_CELL_OFFSET,
    "a huge cell's mark bit precedes it"
);

/// What a chunk is used for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(crate) enum ChunkKind {
    /// Blocks of lines.
    Blocks,
    /// Runs of pages for cells of 8 to 248 KiB.
    Pages,
    /// A mapping with one cell.
    Huge,
}

/// The record at the start of every chunk and huge mapping.
#[repr(C)]
pub(crate) struct Chunk {
    pub kind: ChunkKind,
    /// Blocks: one past the highest block ever handed out since the side tables were cleared. Pages: unused.
    pub used_blocks: u8,
    /// Pages: how many belong to runs.
    pub pages_in_use: u16,
    /// Pages: no page was taken since a sweep found none in use.
    pub unused: bool,
    /// Huge: length of the mapping in bytes.
    pub mapping_bytes: usize,
    /// Pages: for each page the first page of the run it belongs to, or 0 when free.
    pub run_start: [u8; PAGES_PER_CHUNK],
    /// Pages: bit set when a page may hold old contents and must be zeroed before use.
    pub dirty_pages: [u64; PAGES_PER_CHUNK / 64],
}

const _: () = assert!(size_of::<Chunk>() <= MARK_OFFSET);

#[inline(always)]
pub(crate) const fn round_up(bytes: usize, to: usize) -> usize {
    (bytes + (to - 1)) & !(to - 1)
}

#[inline(always)]
pub(crate) const fn chunk_of(addr: usize) -> usize {
    addr & !CHUNK_MASK
}

/// Position of the bit of `addr` in a bitmap at `table_offset`: the word and the bit mask.
#[inline(always)]
fn bit_of(addr: usize, table_offset: usize) -> (*mut u64, u64) {
    let offset = addr & CHUNK_MASK;
    let word = chunk_of(addr) + table_offset + (offset >> 10) * 8;
    (word as *mut u64, 1 << ((offset >> 4) & 63))
}

/// # Safety
/// `addr` is in a block or page run of a live chunk.
#[inline(always)]
pub(crate) unsafe fn set_start(addr: usize) {
    let (word, bit) = bit_of(addr, START_OFFSET);
    // SAFETY: the chunk is live, so its start bitmap is mapped; the heap is single-threaded.
    unsafe { *word |= bit }
}

/// # Safety
/// As for [`set_start`].
#[inline(always)]
pub(crate) unsafe fn is_start(addr: usize) -> bool {
    let (word, bit) = bit_of(addr, START_OFFSET);
    // SAFETY: as in `set_start`.
    unsafe { *word & bit != 0 }
}

/// # Safety
/// `addr` is the start of a cell in a live chunk or huge mapping.
#[inline(always)]
pub(crate) unsafe fn is_marked(addr: usize) -> bool {
    let (word, bit) = bit_of(addr, MARK_OFFSET);
    // SAFETY: the chunk is live, so its mark bitmap is mapped.
    unsafe { *word & bit != 0 }
}

/// Sets the mark bit and returns whether it was clear.
///
/// # Safety
/// As for [`is_marked`].
#[inline(always)]
pub(crate) unsafe fn test_and_mark(addr: usize) -> bool {
    let (word, bit) = bit_of(addr, MARK_OFFSET);
    // SAFETY: as in `is_marked`; single-threaded.
    unsafe {
        let old = *word;
        if old & bit != 0 {
            return false;
        }
        *word = old | bit;
    }
    true
}

/// # Safety
/// As for [`is_marked`].
#[inline(always)]
pub(crate) unsafe fn clear_mark(addr: usize) {
    let (word, bit) = bit_of(addr, MARK_OFFSET);
    // SAFETY: as in `is_marked`; single-threaded.
    unsafe { *word &= !bit }
}

/// The gc byte of a cell.
#[inline(always)]
pub(crate) fn gc_byte(cell: *const Header) -> u8 {
    // SAFETY: callers pass live cells, and every cell starts with a header.
    unsafe { (*cell).gc_bits() }
}

/// Makes an old cell one that is on the log.
#[inline(always)]
pub(crate) fn clear_old(cell: *const Header) {
    // SAFETY: as in `gc_byte`.
    unsafe { (*cell).set_gc_bits((*cell).gc_bits() & !GC_OLD) };
}

/// The part of a side table that describes the block at `block`.
#[inline(always)]
pub(crate) fn block_table(block: usize, table_offset: usize) -> *mut u8 {
    (chunk_of(block) + table_offset + (block & CHUNK_MASK) / LINE_SIZE) as *mut u8
}
