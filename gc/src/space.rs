//! The spaces a heap is made of: blocks, page runs and huge mappings; which address belongs to which cell; sweeping.
//!
//! The space knows marks and start bits but not roots, limits or when to collect. Every function that can fail for want of
//! memory returns an `Option`.

use crate::cell::{GC_SPANS_LINES, Header, KindInfo};
use crate::chunk;
use crate::layout::{
    self, BLOCK_SIZE, BLOCKS_PER_CHUNK, CHUNK_MASK, CHUNK_SIZE, Chunk, ChunkKind, FIRST_PAGE,
    HUGE_CELL_OFFSET, LINE_OFFSET, LINE_SIZE, LINE_SPANNED, LINE_USED, LINES_PER_BLOCK,
    MARK_OFFSET, MAX_PAGE_CELL, PAGE_SIZE, PAGES_PER_CHUNK, START_OFFSET, TABLE_BYTES_PER_BLOCK,
    round_up,
};
use crate::pages::{HUGE_PAGE_SIZE, populate};
use crate::spare::SpareMappings;
use rustc_hash::{FxHashMap, FxHashSet};
use std::ptr;

/// A block with fewer free lines is left alone until the next collection.
const MIN_FREE_LINES: usize = 8;
/// What freed memory is filled with in debug builds: not a pointer, not a valid kind.
pub(crate) const POISON: u8 = 0xD7;
/// Chunks mapped in advance for when the system refuses more memory.
const EMERGENCY_CHUNKS: usize = 4;

/// What a sweep found.
#[derive(Default, Clone, Copy, Debug)]
pub(crate) struct SweepResult {
    /// Bytes of used lines and live large cells.
    pub live_bytes: usize,
    pub large_bytes: usize,
}

type SideTables = [u8; 3 * layout::BITMAP_BYTES];

const _: () = assert!(LINE_OFFSET == MARK_OFFSET + 2 * layout::BITMAP_BYTES);

/// Marks and line marks of a space.
pub(crate) struct SavedMarks {
    tables: Vec<(usize, Box<SideTables>)>,
    huge: Vec<(usize, bool)>,
}

/// All memory of one heap.
#[derive(Default)]
pub(crate) struct Space {
    block_chunks: Vec<usize>,
    page_chunks: Vec<usize>,
    huge: Vec<usize>,
    /// Mappings of huge cells that died.
    spare: SpareMappings,
    emergency: Vec<usize>,
    /// Chunk number → base address of the chunk or huge mapping it belongs to.
    table: FxHashMap<usize, usize>,
    low: usize,
    high: usize,
    /// Blocks without live lines.
    free_blocks: Vec<usize>,
    /// Blocks with some free lines, in the order in which they are to be taken (last first), and how many lines are used.
    recyclable: Vec<(usize, usize)>,
    /// Blocks taken since the last sweep, and how many of their lines were used then: only these have new cells.
    taken: Vec<(usize, usize)>,
    /// Lines of blocks in use after the last sweep.
    used_lines: usize,
    /// The chunk with blocks that were never used, or 0.
    fresh_chunk: usize,
    /// Bytes mapped.
    mapped: usize,
    /// Where the search for free pages starts.
    page_hint: usize,
    pub(crate) poison: bool,
}

/// A run of free lines.
#[derive(Clone, Copy)]
pub(crate) struct Run {
    pub start: usize,
    pub end: usize,
}

impl Space {
    pub(crate) fn new(poison: bool) -> Space {
        let mut space = Space::default();
        space.low = usize::MAX;
        space.poison = poison;
        space
    }

    // ---- blocks ----------------------------------------------------------------------------------------------------

    /// The next partly free block, to be searched with [`Space::next_run`].
    pub(crate) fn take_recyclable(&mut self) -> Option<usize> {
        let (block, used) = self.recyclable.pop()?;
        self.taken.push((block, used));
        Some(block)
    }

    /// A block without live cells. With `emergency`, one from the chunks mapped in advance if need be.
    pub(crate) fn take_free_block(&mut self, emergency: bool) -> Option<usize> {
        if let Some(block) = self.free_blocks.pop() {
            self.taken.push((block, 0));
            return Some(block);
        }
        if self.fresh_chunk == 0 {
            self.fresh_chunk = self.add_chunk(ChunkKind::Blocks, emergency)?;
        }
        let base = self.fresh_chunk;
        // SAFETY: a chunk of ours.
        let chunk = unsafe { &mut *(base as *mut Chunk) };
        let block = base + chunk.used_blocks as usize * BLOCK_SIZE;
        chunk.used_blocks += 1;
        if self.block_chunks.len() + self.page_chunks.len() <= chunk::SINGLE_CHUNKS {
            // A chunk without huge pages, and the whole block is about to be used: one system call instead of eight page faults.
            populate(block..block + BLOCK_SIZE);
        }
        if chunk.used_blocks as usize == BLOCKS_PER_CHUNK {
            self.fresh_chunk = 0;
        }
        self.taken.push((block, 0));
        Some(block)
    }

    /// The first run of free lines at or after `from` in the block that `from` is in or at the end of.
    pub(crate) fn next_run(&self, block: usize, from: usize) -> Option<Run> {
        // SAFETY: the line table of a block of ours.
        let lines = unsafe {
            std::slice::from_raw_parts(layout::block_table(block, LINE_OFFSET), LINES_PER_BLOCK)
        };
        let first = (from - block) / LINE_SIZE;
        let start = first + lines.get(first..)?.iter().position(|&used| used == 0)?;
        let end = lines[start..]
            .iter()
            .position(|&used| used != 0)
            .map_or(LINES_PER_BLOCK, |length| start + length);
        Some(Run {
            start: block + start * LINE_SIZE,
            end: block + end * LINE_SIZE,
        })
    }

    fn add_chunk(&mut self, kind: ChunkKind, emergency: bool) -> Option<usize> {
        let acquired = match chunk::acquire(kind) {
            None if self.release_spare() => chunk::acquire(kind),
            acquired => acquired,
        };
        let base = match acquired {
            Some(base) => base,
            None if !emergency => return None,
            None => {
                let base = self.emergency.pop()?;
                // SAFETY: an unused chunk of ours.
                unsafe {
                    (*(base as *mut Chunk)).kind = kind;
                    (*(base as *mut Chunk)).used_blocks = 1;
                }
                base
            }
        };
        match kind {
            ChunkKind::Blocks => self.block_chunks.push(base),
            _ => self.page_chunks.push(base),
        }
        if self.block_chunks.len() == 4 && self.emergency.is_empty() {
            // Address space only: untouched mappings take no memory.
            self.emergency.extend(
                (0..EMERGENCY_CHUNKS)
                    .map_while(|_| chunk::map_aligned(CHUNK_SIZE, CHUNK_SIZE))
                    .map(|p| p as usize),
            );
        }
        self.register(base, CHUNK_SIZE);
        Some(base)
    }

    fn register(&mut self, base: usize, bytes: usize) {
        for number in base / CHUNK_SIZE..(base + bytes).div_ceil(CHUNK_SIZE) {
            self.table.insert(number, base);
        }
        self.low = self.low.min(base);
        self.high = self.high.max(base + bytes);
        self.mapped += bytes;
    }

    fn unregister(&mut self, base: usize, bytes: usize) {
        for number in base / CHUNK_SIZE..(base + bytes).div_ceil(CHUNK_SIZE) {
            self.table.remove(&number);
        }
        self.mapped -= bytes;
    }

    // ---- large cells -----------------------------------------------------------------------------------------------

    /// Zeroed memory for a cell longer than a block cell.
    pub(crate) fn alloc_large(&mut self, size: usize) -> Option<usize> {
        if size <= MAX_PAGE_CELL {
            self.alloc_pages(size.div_ceil(PAGE_SIZE))
        } else {
            self.alloc_huge(size)
        }
    }

    fn alloc_pages(&mut self, pages: usize) -> Option<usize> {
        let count = self.page_chunks.len();
        for turn in 0..count {
            let index = (self.page_hint + turn) % count;
            if let Some(start) = find_pages(self.page_chunks[index], pages) {
                self.page_hint = index;
                return Some(take_pages(self.page_chunks[index], start, pages));
            }
        }
        let base = self.add_chunk(ChunkKind::Pages, false)?;
        self.page_hint = self.page_chunks.len() - 1;
        Some(take_pages(base, FIRST_PAGE, pages))
    }

    fn alloc_huge(&mut self, size: usize) -> Option<usize> {
        let bytes = round_up(
            size.checked_add(HUGE_CELL_OFFSET + PAGE_SIZE)?,
            os_page_size(),
        );
        let base = match self.spare.take(bytes) {
            Some(spare) => {
                self.mapped -= spare.mapped;
                // SAFETY: the mapping is long enough for the cell, and its last one is dead.
                unsafe { ptr::write_bytes((spare.base + HUGE_CELL_OFFSET) as *mut u8, 0, size) };
                spare.base
            }
            None => self.map_huge(bytes)?,
        };
        // SAFETY: a mapping of ours that nothing else uses.
        let bytes = unsafe {
            let chunk = &mut *(base as *mut Chunk);
            chunk.kind = ChunkKind::Huge;
            chunk.mapping_bytes = chunk.mapping_bytes.max(bytes);
            chunk.mapping_bytes
        };
        self.huge.push(base);
        self.register(base, bytes);
        Some(base + HUGE_CELL_OFFSET)
    }

    fn map_huge(&mut self, bytes: usize) -> Option<usize> {
        let is_short = bytes < HUGE_PAGE_SIZE;
        let alignment = match is_short {
            true => CHUNK_SIZE,
            false => HUGE_PAGE_SIZE,
        };
        let base = match chunk::map_aligned(bytes, alignment) {
            None if self.release_spare() => chunk::map_aligned(bytes, alignment)? as usize,
            mapped => mapped? as usize,
        };
        if is_short {
            // Most such cells are filled at once, and for a page that takes twice as long as in a call for all of them.
            populate(base..base + bytes);
        }
        Some(base)
    }

    /// Gives all spare mappings back to the system; whether there were any.
    fn release_spare(&mut self) -> bool {
        let bytes = self.spare.release_all();
        self.mapped -= bytes;
        bytes != 0
    }

    // ---- addresses -------------------------------------------------------------------------------------------------

    /// Whether the word can be an address in this space at all.
    #[inline(always)]
    pub(crate) fn in_range(&self, word: usize) -> bool {
        word >= self.low && word < self.high
    }

    /// The cell that `addr` points to or into.
    pub(crate) fn resolve(&self, addr: usize, kinds: &[KindInfo]) -> Option<*const Header> {
        let base = *self.table.get(&(addr / CHUNK_SIZE))?;
        // SAFETY: bases in the table are live chunks and mappings.
        let chunk = unsafe { &*(base as *const Chunk) };
        let start = match chunk.kind {
            ChunkKind::Huge => base + HUGE_CELL_OFFSET,
            ChunkKind::Pages => match chunk.run_start[(addr & CHUNK_MASK) / PAGE_SIZE] {
                0 => return None,
                page => base + page as usize * PAGE_SIZE,
            },
            ChunkKind::Blocks => {
                let block = (addr & CHUNK_MASK) / BLOCK_SIZE;
                if block == 0 || block >= chunk.used_blocks as usize {
                    return None;
                }
                // SAFETY: an address in a used block of ours.
                if addr.is_multiple_of(layout::GRANULE) && unsafe { layout::is_start(addr) } {
                    return Some(addr as *const Header);
                }
                // SAFETY: a block of ours.
                unsafe { find_start(addr)? }
            }
        };
        // SAFETY: start bits, runs and huge mappings denote initialised cells.
        let size = unsafe {
            let header = start as *const Header;
            (kinds.get((*header).kind() as usize)?.size)(header)
        };
        (addr >= start && addr < start + size).then_some(start as *const Header)
    }

    /// Whether `addr` is exactly the start of a cell.
    pub(crate) fn is_cell(&self, addr: usize) -> bool {
        let Some(&base) = self.table.get(&(addr / CHUNK_SIZE)) else {
            return false;
        };
        // SAFETY: bases in the table are live chunks and mappings.
        let chunk = unsafe { &*(base as *const Chunk) };
        match chunk.kind {
            ChunkKind::Huge => addr == base + HUGE_CELL_OFFSET,
            ChunkKind::Pages => {
                let page = (addr & CHUNK_MASK) / PAGE_SIZE;
                addr.is_multiple_of(PAGE_SIZE)
                    && page != 0
                    && chunk.run_start[page] as usize == page
            }
            ChunkKind::Blocks => {
                let block = (addr & CHUNK_MASK) / BLOCK_SIZE;
                block != 0
                    && block < chunk.used_blocks as usize
                    && addr.is_multiple_of(layout::GRANULE)
                    // SAFETY: an address in a used block of ours.
                    && unsafe { layout::is_start(addr) }
            }
        }
    }

    /// Calls `f` for every cell, live or not yet swept, in no particular order.
    pub(crate) fn for_each_cell(&self, f: &mut dyn FnMut(*const Header)) {
        for &base in &self.block_chunks {
            for_each_block(base, |block| {
                for_each_bit(block, START_OFFSET, |addr| f(addr as *const Header))
            });
        }
        for &base in &self.page_chunks {
            for_each_run(base, |addr, _| f(addr as *const Header));
        }
        for &base in &self.huge {
            f((base + HUGE_CELL_OFFSET) as *const Header);
        }
    }

    pub(crate) fn mapped_bytes(&self) -> usize {
        self.mapped
    }

    /// Numbers of block chunks, page chunks and huge mappings.
    pub(crate) fn counts(&self) -> (usize, usize, usize) {
        (
            self.block_chunks.len(),
            self.page_chunks.len(),
            self.huge.len(),
        )
    }

    // ---- collection ------------------------------------------------------------------------------------------------

    /// Clears marks and line marks before marking. Which lines are free is still known, so that allocation may go on.
    pub(crate) fn clear_marks(&mut self) {
        for &base in &self.block_chunks {
            // SAFETY: the chunk is ours; the ranges are the side-table parts of its used blocks, which do not overlap.
            unsafe {
                let used = (*(base as *const Chunk)).used_blocks as usize * TABLE_BYTES_PER_BLOCK;
                ptr::write_bytes((base + MARK_OFFSET) as *mut u8, 0, used);
                let lines = std::slice::from_raw_parts_mut((base + LINE_OFFSET) as *mut u8, used);
                for line in lines {
                    *line &= LINE_USED;
                }
            }
        }
        for &base in &self.page_chunks {
            // SAFETY: starts of runs are cells of ours.
            for_each_run(base, |addr, _| unsafe { layout::clear_mark(addr) });
        }
        for &base in &self.huge {
            // SAFETY: the cell of a huge mapping of ours.
            unsafe { layout::clear_mark(base + HUGE_CELL_OFFSET) };
        }
    }

    /// Copies all marks and line marks.
    pub(crate) fn save_marks(&self) -> SavedMarks {
        let tables = self.block_chunks.iter().chain(&self.page_chunks);
        SavedMarks {
            tables: tables
                .map(|&base| {
                    // SAFETY: the side tables of a chunk of ours.
                    let table = unsafe { &*((base + MARK_OFFSET) as *const SideTables) };
                    (base, Box::new(*table))
                })
                .collect(),
            huge: self
                .huge
                .iter()
                // SAFETY: the cell of a huge mapping of ours.
                .map(|&base| (base, unsafe { layout::is_marked(base + HUGE_CELL_OFFSET) }))
                .collect(),
        }
    }

    /// Undoes what happened to marks since they were saved; meanwhile, neither were cells allocated nor memory freed.
    pub(crate) fn restore_marks(&mut self, saved: &SavedMarks) {
        for (base, table) in &saved.tables {
            // SAFETY: as above.
            unsafe { *((base + MARK_OFFSET) as *mut SideTables) = **table };
        }
        for &(base, marked) in &saved.huge {
            // SAFETY: as above.
            unsafe {
                layout::clear_mark(base + HUGE_CELL_OFFSET);
                if marked {
                    layout::test_and_mark(base + HUGE_CELL_OFFSET);
                }
            }
        }
    }

    /// Frees what is unmarked of what was allocated since the last sweep; all that is older must be marked. Takes the time that the
    /// blocks taken since then take, and the large cells.
    pub(crate) fn sweep_new(
        &mut self,
        kinds: &[KindInfo],
        keep_free: impl FnOnce(usize) -> usize,
    ) -> SweepResult {
        let mut result = SweepResult::default();
        self.sweep_pages(kinds, &mut result);
        self.sweep_huge(kinds, &mut result);
        // The last ones taken are the first to be taken again: they are in the cache.
        for (block, before) in std::mem::take(&mut self.taken) {
            if self.poison {
                poison_dead(block, kinds);
            }
            let used = sweep_block(block);
            self.used_lines = self.used_lines + used - before;
            if used == 0 {
                self.free_blocks.push(block);
            } else if LINES_PER_BLOCK - used >= MIN_FREE_LINES {
                self.recyclable.push((block, used));
            }
        }
        result.live_bytes += self.used_lines * LINE_SIZE;
        let keep = keep_free(result.live_bytes);
        self.trim_pages(keep);
        self.mapped -= self.spare.trim(keep);
        self.refresh_range();
        result
    }

    /// Frees everything unmarked. `keep_free` bytes of free blocks, and as much of free pages and mappings, are kept for coming
    /// allocations, the rest goes back to the system. Pages and mappings that were not used since the last sweep do too.
    pub(crate) fn sweep(
        &mut self,
        kinds: &[KindInfo],
        keep_free: impl FnOnce(usize) -> usize,
    ) -> SweepResult {
        let mut result = SweepResult::default();
        self.sweep_pages(kinds, &mut result);
        self.sweep_huge(kinds, &mut result);
        self.recyclable.clear();
        self.free_blocks.clear();
        self.taken.clear();
        self.used_lines = 0;
        let mut empty_chunks = Vec::new();
        let mut free_bytes = 0;
        for index in 0..self.block_chunks.len() {
            let base = self.block_chunks[index];
            let free_before = self.free_blocks.len();
            let mut used_lines = 0;
            for_each_block(base, |block| {
                if self.poison {
                    poison_dead(block, kinds);
                }
                let used = sweep_block(block);
                used_lines += used;
                if used == 0 {
                    self.free_blocks.push(block);
                } else if LINES_PER_BLOCK - used >= MIN_FREE_LINES {
                    self.recyclable.push((block, used));
                }
            });
            free_bytes += (self.free_blocks.len() - free_before) * BLOCK_SIZE;
            if used_lines == 0 && base != self.fresh_chunk {
                empty_chunks.push((base, (self.free_blocks.len() - free_before) * BLOCK_SIZE));
            }
            self.used_lines += used_lines;
        }
        result.live_bytes += self.used_lines * LINE_SIZE;
        let keep = keep_free(result.live_bytes);
        self.trim_pages(keep);
        self.mapped -= self.spare.trim(keep);
        let mut released = FxHashSet::default();
        for &(base, bytes) in empty_chunks.iter().rev() {
            if free_bytes < keep + bytes {
                break;
            }
            free_bytes -= bytes;
            released.insert(base);
        }
        if !released.is_empty() {
            self.free_blocks
                .retain(|&block| !released.contains(&layout::chunk_of(block)));
            self.block_chunks.retain(|base| !released.contains(base));
            for &base in &released {
                self.unregister(base, CHUNK_SIZE);
                // SAFETY: no live cell is left in the chunk; its blocks are in no list.
                unsafe { chunk::release(base, false) };
            }
        }
        // Lists are popped from the end: take low addresses first.
        self.recyclable.reverse();
        self.free_blocks.reverse();
        self.refresh_range();
        result
    }

    fn sweep_pages(&mut self, kinds: &[KindInfo], result: &mut SweepResult) {
        for &base in &self.page_chunks {
            let mut live = 0;
            for_each_run(base, |addr, pages| {
                // SAFETY: a run of ours.
                unsafe {
                    if layout::is_marked(addr) {
                        live += pages;
                    } else {
                        if self.poison {
                            poison_range(addr, cell_size(addr, kinds));
                        }
                        free_pages(addr, pages);
                    }
                }
            });
            result.live_bytes += live * PAGE_SIZE;
            result.large_bytes += live * PAGE_SIZE;
        }
        self.page_hint = 0;
    }

    /// Gives back chunks without runs that were not used since the last sweep or are more than `keep` bytes together; one stays.
    fn trim_pages(&mut self, keep: usize) {
        let mut chunks = std::mem::take(&mut self.page_chunks);
        let mut kept = 0;
        chunks.retain(|&base| {
            // SAFETY: a chunk of ours.
            let chunk = unsafe { &mut *(base as *mut Chunk) };
            if chunk.pages_in_use != 0 {
                return true;
            }
            let unused = std::mem::replace(&mut chunk.unused, true);
            if kept == 0 || (!unused && kept + CHUNK_SIZE <= keep) {
                kept += CHUNK_SIZE;
                return true;
            }
            self.unregister(base, CHUNK_SIZE);
            // SAFETY: no run is left in it.
            unsafe { chunk::release(base, false) };
            false
        });
        self.page_chunks = chunks;
    }

    fn sweep_huge(&mut self, kinds: &[KindInfo], result: &mut SweepResult) {
        let mut huge = std::mem::take(&mut self.huge);
        huge.retain(|&base| {
            let cell = base + HUGE_CELL_OFFSET;
            // SAFETY: a mapping of ours with an initialised cell.
            unsafe {
                if layout::is_marked(cell) {
                    let size = cell_size(cell, kinds);
                    result.live_bytes += size;
                    result.large_bytes += size;
                    return true;
                }
                if self.poison {
                    poison_range(cell, cell_size(cell, kinds));
                }
                let bytes = (*(base as *const Chunk)).mapping_bytes;
                self.unregister(base, bytes);
                // It is still mapped, but no address in it is a cell's.
                self.mapped += bytes;
                self.spare.put(base, bytes);
            }
            false
        });
        self.huge = huge;
    }

    fn refresh_range(&mut self) {
        self.low = usize::MAX;
        self.high = 0;
        for &base in self.block_chunks.iter().chain(&self.page_chunks) {
            self.low = self.low.min(base);
            self.high = self.high.max(base + CHUNK_SIZE);
        }
        for &base in &self.huge {
            self.low = self.low.min(base);
            // SAFETY: a mapping of ours.
            let bytes = unsafe { (*(base as *const Chunk)).mapping_bytes };
            self.high = self.high.max(base + bytes);
        }
    }
}

impl Drop for Space {
    fn drop(&mut self) {
        for &base in &self.block_chunks {
            // SAFETY: the chunk is ours and nothing refers to it after this; clearing the parts of the side tables that were
            // used makes it fit for the pool.
            unsafe {
                let used = (*(base as *const Chunk)).used_blocks as usize * TABLE_BYTES_PER_BLOCK;
                for table in [MARK_OFFSET, START_OFFSET, LINE_OFFSET] {
                    ptr::write_bytes((base + table) as *mut u8, 0, used);
                }
                chunk::release(base, true);
            }
        }
        for &base in &self.page_chunks {
            // SAFETY: as above; page chunks use the mark bitmap only.
            unsafe {
                for_each_run(base, |addr, _| layout::clear_mark(addr));
                chunk::release(base, true);
            }
        }
        for &base in &self.huge {
            // SAFETY: as above.
            unsafe { chunk::unmap(base as *mut u8, (*(base as *const Chunk)).mapping_bytes) };
        }
        self.spare.release_all();
        for &base in &self.emergency {
            // SAFETY: as above.
            unsafe { chunk::unmap(base as *mut u8, CHUNK_SIZE) };
        }
    }
}

fn os_page_size() -> usize {
    // Larger than any page size in use, so that it need not be asked for.
    64 << 10
}

/// # Safety
/// `addr` is the start of a live cell whose kind is in the table.
unsafe fn cell_size(addr: usize, kinds: &[KindInfo]) -> usize {
    // SAFETY: the caller vouches for the cell.
    unsafe { (kinds[(*(addr as *const Header)).kind() as usize].size)(addr as *const Header) }
}

fn for_each_block(base: usize, mut f: impl FnMut(usize)) {
    // SAFETY: callers pass live block chunks.
    let used = unsafe { (*(base as *const Chunk)).used_blocks as usize };
    for block in 1..used {
        f(base + block * BLOCK_SIZE);
    }
}

/// Calls `f` with the address of every bit set in the block's part of a bitmap.
fn for_each_bit(block: usize, table_offset: usize, mut f: impl FnMut(usize)) {
    let table = layout::block_table(block, table_offset).cast::<u64>();
    for word in 0..TABLE_BYTES_PER_BLOCK / 8 {
        // SAFETY: the block's part of the table; eight-byte aligned because the tables and parts are.
        let mut bits = unsafe { *table.add(word) };
        while bits != 0 {
            f(block + (word * 64 + bits.trailing_zeros() as usize) * layout::GRANULE);
            bits &= bits - 1;
        }
    }
}

/// The nearest cell start at or before `addr` in its block, at most the longest block cell away.
///
/// # Safety
/// `addr` is in a block of a live chunk.
unsafe fn find_start(addr: usize) -> Option<usize> {
    let block = addr & !(BLOCK_SIZE - 1);
    let table = layout::block_table(block, START_OFFSET).cast::<u64>();
    let granule = (addr - block) / layout::GRANULE;
    let mut word = granule / 64;
    // SAFETY: `word` stays within the block's part of the table.
    unsafe {
        let mut bits = *table.add(word) & (u64::MAX >> (63 - granule % 64));
        let last = word.saturating_sub(layout::MAX_BLOCK_CELL / layout::GRANULE / 64);
        while bits == 0 {
            if word == last {
                return None;
            }
            word -= 1;
            bits = *table.add(word);
        }
        Some(block + (word * 64 + 63 - bits.leading_zeros() as usize) * layout::GRANULE)
    }
}

/// Makes the start bits of a block its mark bits and its line table the map of used lines. Returns how many are used.
fn sweep_block(block: usize) -> usize {
    // SAFETY: the three parts of the side tables that describe the block; they do not overlap.
    let (marks, starts, lines) = unsafe {
        (
            &*layout::block_table(block, MARK_OFFSET).cast::<[u8; LINES_PER_BLOCK]>(),
            &mut *layout::block_table(block, START_OFFSET).cast::<[u8; LINES_PER_BLOCK]>(),
            &mut *layout::block_table(block, LINE_OFFSET).cast::<[u8; LINES_PER_BLOCK]>(),
        )
    };
    *starts = *marks;
    // A cell of at most a line may reach into the line after the one it starts in.
    let mut before = [0u8; LINES_PER_BLOCK];
    before[1..].copy_from_slice(&marks[..LINES_PER_BLOCK - 1]);
    let mut used = 0usize;
    for line in 0..LINES_PER_BLOCK {
        let spanned = lines[line] & LINE_SPANNED;
        let in_use = u8::from((marks[line] | before[line] | spanned) != 0);
        lines[line] = (in_use * LINE_USED) | spanned;
        used += in_use as usize;
    }
    used
}

fn poison_dead(block: usize, kinds: &[KindInfo]) {
    for_each_bit(block, START_OFFSET, |addr| {
        // SAFETY: a cell of ours that nothing refers to any more.
        unsafe {
            if !layout::is_marked(addr) {
                poison_range(addr, cell_size(addr, kinds));
            }
        }
    });
}

/// # Safety
/// The range is a dead cell.
unsafe fn poison_range(addr: usize, bytes: usize) {
    // SAFETY: the caller vouches for the range.
    unsafe { ptr::write_bytes(addr as *mut u8, POISON, bytes) };
}

fn for_each_run(base: usize, mut f: impl FnMut(usize, usize)) {
    let mut page = FIRST_PAGE;
    while page < PAGES_PER_CHUNK {
        // SAFETY: callers pass live page chunks. Read anew for each page, because `f` may free the run.
        let map = unsafe { (*(base as *const Chunk)).run_start };
        let start = map[page];
        let length = map[page..]
            .iter()
            .position(|&other| other != start)
            .unwrap_or(PAGES_PER_CHUNK - page);
        if start != 0 {
            f(base + page * PAGE_SIZE, length);
        }
        page += length;
    }
}

fn find_pages(base: usize, pages: usize) -> Option<usize> {
    // SAFETY: a live page chunk.
    let chunk = unsafe { &*(base as *const Chunk) };
    if PAGES_PER_CHUNK - FIRST_PAGE - (chunk.pages_in_use as usize) < pages {
        return None;
    }
    let map = &chunk.run_start;
    let mut free = 0;
    for (page, &start) in map.iter().enumerate().skip(FIRST_PAGE) {
        free = if start == 0 { free + 1 } else { 0 };
        if free == pages {
            return Some(page + 1 - pages);
        }
    }
    None
}

fn take_pages(base: usize, first: usize, pages: usize) -> usize {
    // SAFETY: a live page chunk and free pages of it.
    unsafe {
        let chunk = &mut *(base as *mut Chunk);
        chunk.pages_in_use += pages as u16;
        chunk.unused = false;
        for page in first..first + pages {
            chunk.run_start[page] = first as u8;
            if chunk.dirty_pages[page / 64] & (1 << (page % 64)) != 0 {
                ptr::write_bytes((base + page * PAGE_SIZE) as *mut u8, 0, PAGE_SIZE);
            }
            chunk.dirty_pages[page / 64] |= 1 << (page % 64);
        }
    }
    base + first * PAGE_SIZE
}

/// # Safety
/// `addr` is the start of a run of `pages` pages that nothing refers to any more.
unsafe fn free_pages(addr: usize, pages: usize) {
    let first = (addr & CHUNK_MASK) / PAGE_SIZE;
    // SAFETY: the run's chunk is live.
    let chunk = unsafe { &mut *(layout::chunk_of(addr) as *mut Chunk) };
    chunk.pages_in_use -= pages as u16;
    chunk.run_start[first..first + pages].fill(0);
}

/// Whether a block cell's gc byte says what its size demands.
pub(crate) fn gc_bits_for(size: usize) -> u8 {
    if size > LINE_SIZE { GC_SPANS_LINES } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block_of(space: &mut Space) -> usize {
        space.take_free_block(false).expect("memory")
    }

    #[test]
    fn interior_addresses_lead_to_starts() {
        let mut space = Space::new(false);
        let block = block_of(&mut space);
        // SAFETY: addresses in the block.
        unsafe {
            assert_eq!(find_start(block), None);
            for offset in [0, 16, 48, 8192, 16384] {
                layout::set_start(block + offset);
            }
            assert_eq!(find_start(block), Some(block));
            assert_eq!(find_start(block + 15), Some(block));
            assert_eq!(find_start(block + 47), Some(block + 16));
            assert_eq!(find_start(block + 8191), Some(block + 48));
            assert_eq!(find_start(block + 16383), Some(block + 8192));
            assert_eq!(find_start(block + 16384 + 8191), Some(block + 16384));
        }
        let mut starts = Vec::new();
        for_each_bit(block, START_OFFSET, |addr| starts.push(addr - block));
        assert_eq!(starts, [0, 16, 48, 8192, 16384]);
    }

    #[test]
    fn used_lines_follow_from_marks() {
        let mut space = Space::new(false);
        let block = block_of(&mut space);
        // SAFETY: addresses in the block.
        unsafe {
            for offset in [0, 20 * LINE_SIZE + 64, 255 * LINE_SIZE] {
                layout::set_start(block + offset);
                assert!(layout::test_and_mark(block + offset));
                assert!(!layout::test_and_mark(block + offset));
            }
            layout::set_start(block + 4096);
        }
        assert_eq!(sweep_block(block), 5);
        // SAFETY: an address in the block.
        assert!(!unsafe { layout::is_start(block + 4096) });
        let run = space.next_run(block, block).expect("free lines");
        assert_eq!(
            (run.start, run.end),
            (block + 2 * LINE_SIZE, block + 20 * LINE_SIZE)
        );
        let run = space.next_run(block, run.end).expect("free lines");
        assert_eq!(
            (run.start, run.end),
            (block + 22 * LINE_SIZE, block + 255 * LINE_SIZE)
        );
        assert!(space.next_run(block, run.end).is_none());
        assert!(space.next_run(block, block + BLOCK_SIZE).is_none());
    }

    #[test]
    fn page_runs_are_reused() {
        let mut space = Space::new(false);
        let first = space.alloc_large(10_000).expect("memory");
        let second = space.alloc_large(100_000).expect("memory");
        assert_eq!(second - first, 3 * PAGE_SIZE);
        // SAFETY: a run of three pages of ours.
        unsafe {
            (first as *mut u64).write(77);
            free_pages(first, 3);
        }
        let third = space.alloc_large(12_000).expect("memory");
        assert_eq!(third, first);
        // SAFETY: the run that was just allocated.
        assert_eq!(unsafe { (third as *const u64).read() }, 0);
        assert!(
            space.is_cell(third) && space.is_cell(second) && !space.is_cell(second + PAGE_SIZE)
        );
        let mut runs = Vec::new();
        for_each_run(layout::chunk_of(first), |addr, pages| {
            runs.push((addr, pages))
        });
        assert_eq!(runs, [(third, 3), (second, 25)]);
    }

    #[test]
    fn huge_cells_are_found_from_their_far_end() {
        unsafe fn size(_: *const Header) -> usize {
            5 << 20
        }
        let mut space = Space::new(false);
        let cell = space.alloc_large(5 << 20).expect("memory");
        let kinds = [KindInfo::leaf("huge", size)];
        let resolve = |addr| space.resolve(addr, &kinds).map(|cell| cell as usize);
        assert_eq!(resolve(cell), Some(cell));
        assert_eq!(resolve(cell + (5 << 20) - 1), Some(cell));
        assert_eq!(resolve(cell + (5 << 20)), None);
        assert_eq!(resolve(cell - 1), None);
    }

    #[test]
    fn pooled_chunks_are_clean() {
        for _ in 0..3 {
            let mut space = Space::new(false);
            let block = block_of(&mut space);
            let mut bits = 0;
            for_each_bit(block, START_OFFSET, |_| bits += 1);
            for_each_bit(block, MARK_OFFSET, |_| bits += 1);
            assert_eq!(bits, 0);
            // SAFETY: an address in the block.
            unsafe {
                layout::set_start(block);
                layout::test_and_mark(block);
            }
            let large = space.alloc_large(9_000).expect("memory");
            // SAFETY: the memory just allocated.
            unsafe {
                assert_eq!((large as *const u64).read(), 0);
                ptr::write_bytes(large as *mut u8, 0xFF, 9_000);
                assert!(layout::test_and_mark(large));
            }
        }
    }
}
