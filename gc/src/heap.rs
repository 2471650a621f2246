//! The heap: allocation, configuration, limits and accounting. Collecting is in `collect.rs`.
//!
//! All methods take `&self`: the heap is single-threaded (`!Send`), its state is in cells, and callers may hold references to
//! cells and to other parts of their context across an allocation.

use crate::cell::{GC_INNER, GC_LARGE, GC_OLD, Gc, Header, HeapCell, KindInfo};
use crate::layout::{self, BLOCK_SIZE, GRANULE, LINE_SIZE, MAX_BLOCK_CELL, round_up};
use crate::roots::{Persistent, PersistentTable, RootVec, RootVecTable};
use crate::space::{self, Space};
use crate::stack;
use crate::stats::{CollectReason, Collection, HeapStats, KindCount};
use crate::steps::Steps;
use crate::tracer::{Purpose, ShapeTraceFn, TraceFn, Tracer, TracerBuffers, WeakVisitor};
use std::cell::{Cell, RefCell, UnsafeCell};
use std::fmt;
use std::ptr;
use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Free lines are zeroed and given to the bump allocator in steps of this many bytes, so that zeroing warms the cache
/// instead of flushing it, and a small heap touches little memory.
const WINDOW: usize = 4 << 10;

/// When a heap tells old cells from new ones.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Generations {
    /// Never: every collection is one of all cells, and no store has to be announced.
    Off,
    /// As soon as much lives: then collecting new cells alone pays, and a collection of everything is done in steps.
    #[default]
    Auto,
    /// Always.
    On,
}

/// How a heap behaves.
#[derive(Clone, Debug)]
pub struct HeapConfig {
    /// Soft limit of cells and external memory, in bytes.
    pub max_heap_bytes: usize,
    /// Whether new cells are collected more often than all cells.
    pub generations: Generations,
    /// Collect every so many allocations.
    pub gc_stress: Option<u32>,
    /// Walk and check the heap before and after each collection.
    pub verify: bool,
    /// Write a line per collection to stderr.
    pub trace: bool,
    /// Keep a record of every collection.
    pub record: bool,
    /// Allocation before the first collection, and the least allocation between two collections, in bytes.
    pub initial_threshold: usize,
    /// Allocation between two collections relative to what was live at the first, in percent.
    pub growth_percent: usize,
    /// Fill dead cells with a pattern.
    pub poison: bool,
    /// Cells the mark stack may hold; when it is full, marking goes on by walking the heap. For tests.
    pub mark_stack_limit: usize,
}

impl Default for HeapConfig {
    fn default() -> HeapConfig {
        HeapConfig {
            max_heap_bytes: 4 << 30,
            generations: Generations::default(),
            gc_stress: None,
            verify: false,
            trace: false,
            record: false,
            initial_threshold: 8 << 20,
            growth_percent: 100,
            poison: cfg!(debug_assertions),
            mark_stack_limit: usize::MAX,
        }
    }
}

/// A request that does not fit into the heap limit, even after a full collection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HeapFull;

impl fmt::Display for HeapFull {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the heap limit does not allow this allocation")
    }
}

impl std::error::Error for HeapFull {}

/// Marks the embedder's roots.
pub type RootsFn = unsafe fn(*mut (), &mut Tracer);
/// Clears the embedder's weak tables.
pub type WeakRootsFn = unsafe fn(*mut (), &WeakVisitor);
/// Called at the end of a collection; may not allocate.
pub type PostGcFn = unsafe fn(*mut (), CollectReason);

/// The heap of one agent.
#[repr(C)]
pub struct Heap {
    // The first two fields are at fixed offsets for compiled code.
    cursor: Cell<usize>,
    /// End of the current window, or 0 to send the next allocation to the slow path.
    limit: Cell<usize>,
    /// Bit set of kinds that have a finalizer.
    finalized_kinds: [u64; 4],
    /// Bit set of kinds that every minor collection traces.
    pub(crate) rescanned_kinds: [u64; 4],
    pub(crate) window_end: Cell<usize>,
    pub(crate) run_end: Cell<usize>,
    pub(crate) block: Cell<usize>,
    pub(crate) overflow_cursor: Cell<usize>,
    pub(crate) overflow_end: Cell<usize>,
    /// A collection is due at the next slow path.
    pub(crate) pending: Cell<Option<CollectReason>>,
    /// A collection is due at the next poll ([`Heap::collect_if_due`]), or as `slack` is used up.
    pub(crate) due: Cell<Option<CollectReason>>,
    /// Bytes that may be allocated beyond the threshold until a poll comes.
    pub(crate) slack: Cell<usize>,
    pub(crate) stress_countdown: Cell<u32>,
    pub(crate) collecting: Cell<bool>,
    /// Bytes taken from blocks and the large space since the last collection.
    pub(crate) since_gc: Cell<usize>,
    pub(crate) external: Cell<usize>,
    pub(crate) external_since_gc: Cell<usize>,
    pub(crate) threshold: Cell<usize>,
    pub(crate) limit_reached: Cell<bool>,
    pub(crate) interrupt: Cell<(*const AtomicU32, u32, u32)>,
    pub(crate) stack_base: Cell<*const u8>,
    pub(crate) config: HeapConfig,
    pub(crate) kinds: &'static [KindInfo],
    pub(crate) traces: Box<[TraceFn; 256]>,
    pub(crate) space: UnsafeCell<Space>,
    /// Every cell whose kind has a finalizer.
    pub(crate) finalizers: UnsafeCell<Vec<*mut Header>>,
    /// How many of these were there at the last collection.
    pub(crate) old_finalizers: Cell<usize>,
    /// Old cells that the next minor collection has to trace: those written to, and those of rescanned kinds.
    pub(crate) log: UnsafeCell<Vec<*const Header>>,
    /// The next collection is to be a major one.
    pub(crate) major_due: Cell<bool>,
    /// The last major collection made what survived old, so that minor ones may follow.
    pub(crate) is_aged: Cell<bool>,
    /// The major collection that is done in steps.
    pub(crate) steps: RefCell<Option<Box<Steps>>>,
    /// Every store of a cell into a cell is announced by a barrier.
    pub(crate) announced: Cell<bool>,
    /// Cells traced by the last major collection.
    pub(crate) major_cells: Cell<usize>,
    /// Such collections since the last major one in one piece.
    pub(crate) in_steps: Cell<u32>,
    /// The embedder wants the next major collection to be one in one piece.
    pub(crate) whole_due: Cell<bool>,
    /// In use after the last collection, external memory included.
    pub(crate) used_after_last: Cell<usize>,
    /// How many minor collections in a row freed little, up to a limit.
    pub(crate) futile_minors: Cell<u32>,
    /// Major collections until a minor one is tried again.
    pub(crate) majors_left: Cell<u32>,
    pub(crate) buffers: Cell<TracerBuffers>,
    pub(crate) roots: Cell<Option<(RootsFn, *mut ())>>,
    pub(crate) weak_roots: Cell<Option<(WeakRootsFn, *mut ())>>,
    pub(crate) post_gc: Cell<Option<(PostGcFn, *mut ())>>,
    pub(crate) shape_tracer: Cell<Option<(ShapeTraceFn, *mut ())>>,
    pub(crate) persistents: Rc<PersistentTable>,
    pub(crate) root_vecs: Rc<RootVecTable>,
    pub(crate) stats: Cell<HeapStats>,
    pub(crate) collections: RefCell<Vec<Collection>>,
}

unsafe fn trace_unknown(cell: *const Header, _: &mut Tracer) {
    // SAFETY: trace functions are called on live cells.
    let kind = unsafe { (*cell).kind() };
    panic!("heap corruption: cell {cell:p} has kind {kind}, which the kind table does not have");
}

impl Heap {
    /// Offset of the bump cursor (a `usize` address) in the heap.
    pub const CURSOR_OFFSET: usize = std::mem::offset_of!(Heap, cursor);
    /// Offset of the bump limit (a `usize` address, 0 when the slow path must be taken) in the heap.
    pub const LIMIT_OFFSET: usize = std::mem::offset_of!(Heap, limit);

    /// A heap for cells described by `kinds`, which is indexed by the kind byte. Maps nothing until the first allocation.
    pub fn new(config: HeapConfig, kinds: &'static [KindInfo]) -> Heap {
        assert!(kinds.len() <= 256, "the kind is a byte");
        let (mut finalized_kinds, mut rescanned_kinds) = ([0; 4], [0; 4]);
        let mut traces: Box<[TraceFn; 256]> = Box::new([trace_unknown; 256]);
        for (kind, info) in kinds.iter().enumerate() {
            traces[kind] = info.trace;
            if info.finalize.is_some() {
                finalized_kinds[kind / 64] |= 1 << (kind % 64);
            }
            if info.rescan {
                rescanned_kinds[kind / 64] |= 1 << (kind % 64);
            }
        }
        let threshold = config.initial_threshold.min(config.max_heap_bytes);
        Heap {
            cursor: Cell::new(0),
            limit: Cell::new(0),
            finalized_kinds,
            rescanned_kinds,
            window_end: Cell::new(0),
            run_end: Cell::new(0),
            block: Cell::new(0),
            overflow_cursor: Cell::new(0),
            overflow_end: Cell::new(0),
            pending: Cell::new(None),
            due: Cell::new(None),
            slack: Cell::new(threshold / 4),
            stress_countdown: Cell::new(config.gc_stress.unwrap_or(0)),
            collecting: Cell::new(false),
            since_gc: Cell::new(0),
            external: Cell::new(0),
            external_since_gc: Cell::new(0),
            threshold: Cell::new(threshold),
            limit_reached: Cell::new(false),
            interrupt: Cell::new((ptr::null(), 0, 0)),
            stack_base: Cell::new(ptr::null()),
            space: UnsafeCell::new(Space::new(config.poison)),
            config,
            kinds,
            traces,
            finalizers: UnsafeCell::new(Vec::new()),
            old_finalizers: Cell::new(0),
            log: UnsafeCell::new(Vec::new()),
            major_due: Cell::new(true),
            is_aged: Cell::new(false),
            steps: RefCell::default(),
            announced: Cell::new(true),
            major_cells: Cell::new(0),
            in_steps: Cell::new(0),
            whole_due: Cell::new(false),
            used_after_last: Cell::new(0),
            futile_minors: Cell::new(0),
            majors_left: Cell::new(0),
            buffers: Cell::new(TracerBuffers::default()),
            roots: Cell::new(None),
            weak_roots: Cell::new(None),
            post_gc: Cell::new(None),
            shape_tracer: Cell::new(None),
            persistents: Rc::default(),
            root_vecs: Rc::default(),
            stats: Cell::new(HeapStats::default()),
            collections: RefCell::default(),
        }
    }

    // ---- configuration ---------------------------------------------------------------------------------------------

    /// Sets the callback that marks the embedder's precise roots and conservative ranges.
    ///
    /// `f` is called with `data` during every collection; `data` must stay valid as long as the heap, and `f` must not use
    /// the heap.
    pub fn set_roots(&self, f: RootsFn, data: *mut ()) {
        self.roots.set(Some((f, data)));
    }

    /// Sets the callback that drops unmarked entries from the embedder's weak tables, called after marking.
    pub fn set_weak_roots(&self, f: WeakRootsFn, data: *mut ()) {
        self.weak_roots.set(Some((f, data)));
    }

    /// Sets the callback that ends every collection.
    pub fn set_post_gc(&self, f: PostGcFn, data: *mut ()) {
        self.post_gc.set(Some((f, data)));
    }

    /// Sets the callback that marks what a shape id refers to, called once per id and collection.
    pub fn set_shape_tracer(&self, f: ShapeTraceFn, data: *mut ()) {
        self.shape_tracer.set(Some((f, data)));
    }

    /// Overrides the high end of the native stack, which otherwise is asked of the system.
    pub fn set_stack_base(&self, base: *const ()) {
        self.stack_base.set(base.cast());
    }

    /// Sets the word and the bits that [`Heap::limit_reached`] and a due collection ([`Heap::collect_if_due`]) are announced in.
    ///
    /// # Safety
    /// `flag` stays valid as long as the heap.
    pub unsafe fn set_interrupt_flag(&self, flag: *const AtomicU32, limit: u32, due: u32) {
        self.interrupt.set((flag, limit, due));
    }

    /// The configuration.
    pub fn config(&self) -> &HeapConfig {
        &self.config
    }

    /// The kind table.
    pub fn kinds(&self) -> &'static [KindInfo] {
        self.kinds
    }

    // ---- allocation ------------------------------------------------------------------------------------------------

    /// Allocates a cell. May collect. Never fails: over the limit it sets [`Heap::limit_reached`] and goes on.
    #[inline(always)]
    pub fn alloc<T: HeapCell>(&self, init: T) -> Gc<T> {
        const { assert!(align_of::<T>() <= GRANULE && size_of::<T>() >= size_of::<Header>()) };
        debug_assert!(
            !std::mem::needs_drop::<T>() || self.is_finalized(T::KIND),
            "a cell that owns memory must have a finalizer in the kind table"
        );
        let size = const { round_up(size_of::<T>(), GRANULE) };
        if size > MAX_BLOCK_CELL {
            // SAFETY: the size is that of the type.
            return unsafe { self.alloc_sized(size, init) };
        }
        let cell = self.alloc_block(size) as *mut T;
        // SAFETY: `size` bytes at `cell` are ours, zeroed and aligned; the trait says that a header comes first.
        unsafe {
            cell.write(init);
            if size > LINE_SIZE {
                (*cell.cast::<Header>()).set_gc_bits(space::gc_bits_for(size));
            }
            if self.is_finalized(T::KIND) {
                self.register_finalizer(cell.cast());
            }
            Gc::from_raw(cell)
        }
    }

    /// Allocates a cell of `size` bytes that begins with `init`; the rest is zero. May collect. Never fails for sizes up to
    /// 8 KiB; longer cells should use [`Heap::try_alloc_large`], but get memory here as long as the system has any.
    ///
    /// # Safety
    /// `size` is at least the size of `T`, and is what the kind's size function will say of this cell.
    #[inline]
    pub unsafe fn alloc_sized<T: HeapCell>(&self, size: usize, init: T) -> Gc<T> {
        debug_assert!(size >= size_of::<T>());
        let cell = if size <= MAX_BLOCK_CELL {
            self.alloc_block(round_up(size, GRANULE)) as *mut T
        } else {
            self.alloc_large_slow(size) as *mut T
        };
        // SAFETY: `size` bytes at `cell` are ours, zeroed and aligned.
        unsafe { self.finish_sized(cell, size, init) }
    }

    /// Allocates a cell of any size that begins with `init`; the rest is zero. May collect. Fails when the heap limit does
    /// not allow it even after a full collection.
    ///
    /// # Safety
    /// As for [`Heap::alloc_sized`].
    pub unsafe fn try_alloc_large<T: HeapCell>(
        &self,
        size: usize,
        init: T,
    ) -> Result<Gc<T>, HeapFull> {
        if size <= MAX_BLOCK_CELL {
            // SAFETY: the caller vouches for the size.
            return Ok(unsafe { self.alloc_sized(size, init) });
        }
        let cell = self.try_large(size).ok_or(HeapFull)? as *mut T;
        // SAFETY: `size` bytes at `cell` are ours, zeroed and aligned.
        Ok(unsafe { self.finish_sized(cell, size, init) })
    }

    /// # Safety
    /// `cell` has `size` zeroed bytes.
    #[inline(always)]
    unsafe fn finish_sized<T: HeapCell>(&self, cell: *mut T, size: usize, init: T) -> Gc<T> {
        // SAFETY: the caller vouches for the memory; the trait says that a header comes first.
        unsafe {
            cell.write(init);
            if size > LINE_SIZE {
                let bits = if size > MAX_BLOCK_CELL {
                    GC_LARGE
                } else {
                    space::gc_bits_for(size)
                };
                (*cell.cast::<Header>()).set_gc_bits(bits);
            }
            if self.is_finalized(T::KIND) {
                self.register_finalizer(cell.cast());
            }
            Gc::from_raw(cell)
        }
    }

    /// Zeroed memory for a block cell of `size` bytes (a multiple of 16, at most 8 KiB), its start bit set.
    #[inline(always)]
    fn alloc_block(&self, size: usize) -> usize {
        let start = self.cursor.get();
        let end = start + size;
        let start = if end <= self.limit.get() {
            self.cursor.set(end);
            start
        } else {
            self.alloc_slow(size)
        };
        // SAFETY: `start` is in a block of ours.
        unsafe { layout::set_start(start) };
        start
    }

    #[inline(always)]
    fn is_finalized(&self, kind: u8) -> bool {
        self.finalized_kinds[kind as usize / 64] & (1 << (kind % 64)) != 0
    }

    #[cold]
    #[inline(never)]
    fn register_finalizer(&self, cell: *mut Header) {
        // SAFETY: the list is not in use elsewhere: collections neither allocate nor call back into allocation.
        unsafe { (*self.finalizers.get()).push(cell) };
    }

    /// Allocates a small cell with that header word whose other words are 0, and gives its address. May collect.
    ///
    /// # Safety
    /// The header's kind has no finalizer, and its size function says `size`, a multiple of 16 of at most 128 bytes, once the
    /// caller has filled the cell in, which is before anything is allocated.
    pub unsafe fn alloc_raw(&self, size: usize, header: u64) -> usize {
        debug_assert!(size.is_multiple_of(GRANULE) && size <= LINE_SIZE);
        let cell = self.alloc_block(size);
        // SAFETY: `size` bytes at `cell` are ours and aligned.
        unsafe { (cell as *mut u64).write(header) };
        cell
    }

    /// The bump cursor and limit (addresses). A fast path that advances the cursor itself must also set the start bit:
    /// bit `(addr >> 4) & 63` of the `u64` at `(addr & !0xF_FFFF) + START_BITMAP_OFFSET + ((addr & 0xF_FFFF) >> 10) * 8`.
    #[inline(always)]
    pub fn bump(&self) -> (&Cell<usize>, &Cell<usize>) {
        (&self.cursor, &self.limit)
    }

    /// Where the start bitmap is in a chunk; see [`Heap::bump`].
    pub const START_BITMAP_OFFSET: usize = layout::START_OFFSET;

    #[cold]
    #[inline(never)]
    fn alloc_slow(&self, size: usize) -> usize {
        assert!(!self.collecting.get(), "allocation during a collection");
        let stressed = self.config.gc_stress.is_some();
        if stressed {
            self.stress();
        }
        if let Some(why) = self.pending.take() {
            self.collect(why);
        }
        let start = self
            .find_room(size, false)
            .unwrap_or_else(|| self.find_room_at_last(size));
        if stressed || self.pending.get().is_some() {
            self.limit.set(0);
        }
        start
    }

    /// The system refuses more memory: collects, then falls back on the emergency chunks.
    #[cold]
    fn find_room_at_last(&self, size: usize) -> usize {
        self.collect(CollectReason::Limit);
        if let Some(start) = self.find_room(size, false) {
            return start;
        }
        self.announce_limit();
        self.find_room(size, true)
            .unwrap_or_else(|| out_of_memory())
    }

    #[cold]
    fn stress(&self) {
        let left = self.stress_countdown.get().saturating_sub(1);
        self.stress_countdown.set(left);
        if left == 0 {
            self.stress_countdown
                .set(self.config.gc_stress.unwrap_or(1).max(1));
            // Some at once, and some at the next poll, where other things have to be roots.
            if self.due.get().is_some() || !self.announce_due(CollectReason::Stress) {
                self.pending.set(Some(CollectReason::Stress));
            }
        }
    }

    /// Advances the bump allocator until `size` bytes fit. `None` when no memory can be had.
    fn find_room(&self, size: usize, emergency: bool) -> Option<usize> {
        loop {
            let start = self.cursor.get();
            let window_end = self.window_end.get();
            if start + size <= window_end {
                self.cursor.set(start + size);
                self.limit.set(window_end);
                return Some(start);
            }
            let run_end = self.run_end.get();
            if start + size <= run_end {
                let end = (start + size.max(WINDOW)).min(run_end);
                // SAFETY: free lines of a block that only the bump allocator uses.
                unsafe { ptr::write_bytes(window_end as *mut u8, 0, end - window_end) };
                self.window_end.set(end);
                self.count(end - window_end);
                continue;
            }
            if size > LINE_SIZE && run_end & (BLOCK_SIZE - 1) != 0 {
                // The run ends at a used line, so there may be small gaps to come: keep it for small cells.
                return self.alloc_overflow(size, emergency);
            }
            self.next_run(emergency)?;
        }
    }

    /// Moves the bump allocator to the next run of free lines.
    fn next_run(&self, emergency: bool) -> Option<()> {
        // SAFETY: no other reference to the space is live: allocation is not re-entered.
        let space = unsafe { &mut *self.space.get() };
        let mut block = self.block.get();
        let mut from = self.run_end.get();
        let run = loop {
            if block != 0
                && from < block + BLOCK_SIZE
                && let Some(run) = space.next_run(block, from)
            {
                break run;
            }
            if let Some(next) = space.take_recyclable() {
                (block, from) = (next, next);
                continue;
            }
            block = space.take_free_block(emergency)?;
            break space::Run {
                start: block,
                end: block + BLOCK_SIZE,
            };
        };
        self.block.set(block);
        self.cursor.set(run.start);
        self.window_end.set(run.start);
        self.run_end.set(run.end);
        // Nothing of the run is zeroed yet; the old limit may well be above the new cursor.
        self.limit.set(run.start);
        Some(())
    }

    /// Allocates a cell longer than a line from a block of its own kind, so that the gap it did not fit into is not lost.
    fn alloc_overflow(&self, size: usize, emergency: bool) -> Option<usize> {
        let mut start = self.overflow_cursor.get();
        if start + size > self.overflow_end.get() {
            // SAFETY: as in `next_run`.
            start = unsafe { (*self.space.get()).take_free_block(emergency)? };
            self.overflow_end.set(start + BLOCK_SIZE);
        }
        // SAFETY: free memory of a block that only the overflow allocator uses.
        unsafe { ptr::write_bytes(start as *mut u8, 0, size) };
        self.overflow_cursor.set(start + size);
        self.count(size);
        Some(start)
    }

    /// Adds to the allocation counter and requests a collection when it is due.
    fn count(&self, bytes: usize) {
        let since = self.since_gc.get() + bytes;
        self.since_gc.set(since);
        let since = since.saturating_add(self.external_since_gc.get());
        let threshold = self.threshold.get();
        if since <= threshold || self.pending.get().is_some() {
            return;
        }
        let is_late = since > threshold.saturating_add(self.slack.get());
        if is_late || !self.announce_due(CollectReason::Threshold) {
            self.request(CollectReason::Threshold);
        }
    }

    /// Asks for a collection at the next poll; false if nobody polls.
    fn announce_due(&self, why: CollectReason) -> bool {
        let (flag, _, bit) = self.interrupt.get();
        if flag.is_null() {
            return false;
        }
        self.due.set(Some(why));
        // SAFETY: `set_interrupt_flag` demands that the flag outlive the heap.
        unsafe { &*flag }.fetch_or(bit, Ordering::Relaxed);
        true
    }

    /// Runs the collection that allocation has asked for. To be called where few native frames are on the stack, and those that
    /// are hold nothing but what they need: what lies in words that frames do not use is kept alive by the conservative scan.
    #[inline]
    pub fn collect_if_due(&self) {
        if let Some(why) = self.due.take() {
            self.collect(why);
        }
    }

    /// Makes the next allocation collect.
    fn request(&self, why: CollectReason) {
        if !self.collecting.get() {
            self.pending.set(Some(why));
            self.limit.set(0);
        }
    }

    // ---- large cells -----------------------------------------------------------------------------------------------

    #[cold]
    fn try_large(&self, size: usize) -> Option<usize> {
        assert!(!self.collecting.get(), "allocation during a collection");
        let max = self.config.max_heap_bytes;
        if size > max {
            return None;
        }
        if self.config.gc_stress.is_some() {
            self.stress();
        }
        let mut collected = false;
        if let Some(why) = self.pending.take() {
            self.collect(why);
            collected = true;
        } else if self.since_gc.get() + self.external_since_gc.get() + size > self.threshold.get()
            && self.since_gc.get() != 0
        {
            self.collect(CollectReason::Threshold);
            collected = true;
        }
        if self.used_bytes() + size > max {
            if !collected {
                self.collect(CollectReason::Limit);
                collected = true;
            }
            if self.used_bytes() + size > max {
                return None;
            }
        }
        self.map_large(size).or_else(|| {
            if !collected {
                self.collect(CollectReason::Limit);
            }
            self.map_large(size)
        })
    }

    fn map_large(&self, size: usize) -> Option<usize> {
        // SAFETY: no other reference to the space is live: allocation is not re-entered.
        let start = unsafe { (*self.space.get()).alloc_large(size)? };
        self.since_gc.set(self.since_gc.get() + size);
        Some(start)
    }

    #[cold]
    fn alloc_large_slow(&self, size: usize) -> usize {
        if let Some(start) = self.try_large(size) {
            return start;
        }
        self.announce_limit();
        match self.map_large(size) {
            Some(start) => start,
            None => out_of_memory(),
        }
    }

    // ---- accounting ------------------------------------------------------------------------------------------------

    /// Accounts for memory that cells own outside the heap.
    #[inline]
    pub fn add_external(&self, bytes: usize) {
        self.external.set(self.external.get().saturating_add(bytes));
        let since = self.external_since_gc.get().saturating_add(bytes);
        self.external_since_gc.set(since);
        if since.saturating_add(self.since_gc.get()) > self.threshold.get()
            && self.pending.get().is_none()
        {
            self.request(CollectReason::External);
        }
    }

    /// Takes back [`Heap::add_external`].
    #[inline]
    pub fn sub_external(&self, bytes: usize) {
        self.external.set(self.external.get().saturating_sub(bytes));
        self.external_since_gc
            .set(self.external_since_gc.get().saturating_sub(bytes));
    }

    /// Whether `bytes` more would fit into the limit; collects to find out if need be.
    pub fn can_reserve(&self, bytes: usize) -> bool {
        let max = self.config.max_heap_bytes;
        let fits = || {
            self.used_bytes()
                .checked_add(bytes)
                .is_some_and(|total| total <= max)
        };
        if bytes > max {
            return false;
        }
        if !fits() && !self.collecting.get() {
            self.collect(CollectReason::Limit);
        }
        fits()
    }

    /// Bytes in use now: cells and external memory.
    #[inline]
    pub fn used_bytes(&self) -> usize {
        self.stats.get().live_bytes + self.since_gc.get() + self.external.get()
    }

    /// Whether the heap was over its limit after a full collection. Allocation goes on; the embedder is to stop the program.
    #[inline]
    pub fn limit_reached(&self) -> bool {
        self.limit_reached.get()
    }

    /// Forgets that the limit was reached, after the embedder has dealt with it.
    pub fn clear_limit_reached(&self) {
        self.limit_reached.set(false);
    }

    #[cold]
    pub(crate) fn announce_limit(&self) {
        self.limit_reached.set(true);
        let (flag, bit, _) = self.interrupt.get();
        if !flag.is_null() {
            // SAFETY: `set_interrupt_flag` demands that the flag outlive the heap.
            let flag = unsafe { &*flag };
            flag.fetch_or(bit, Ordering::Relaxed);
        }
    }

    /// What `HeapConfig::record` kept, in order.
    pub fn collections(&self) -> Vec<Collection> {
        self.collections.borrow().clone()
    }

    /// The counters.
    pub fn stats(&self) -> HeapStats {
        // SAFETY: a short shared use; nothing below changes the space.
        let space = unsafe { &*self.space.get() };
        let (block_chunks, page_chunks, huge_cells) = space.counts();
        let stats = self.stats.get();
        HeapStats {
            used_bytes: stats.live_bytes + self.since_gc.get(),
            external_bytes: self.external.get(),
            mapped_bytes: space.mapped_bytes(),
            limit_bytes: self.config.max_heap_bytes,
            allocated_bytes: stats.allocated_bytes + self.since_gc.get() as u64,
            block_chunks,
            page_chunks,
            huge_cells,
            threshold_bytes: self.threshold.get(),
            ..stats
        }
    }

    /// Calls `f` with every cell in the heap, including dead ones that no collection has found yet. `f` must not allocate.
    pub fn for_each_cell(&self, mut f: impl FnMut(*const Header)) {
        // SAFETY: `f` does not allocate, so the space does not change.
        unsafe { (*self.space.get()).for_each_cell(&mut f) };
    }

    /// Calls `f` with every strong reference of `cell`, as its trace function reports them. For snapshots and diagnostics.
    ///
    /// # Safety
    /// `cell` is the start of a live cell; `f` neither allocates nor calls this again.
    pub unsafe fn for_each_reference(&self, cell: *const Header, mut f: impl FnMut(*const Header)) {
        let mut tracer = self.new_tracer(Purpose::Check);
        tracer.visit_cell(cell, &mut f);
        self.buffers.set(tracer.into_buffers());
    }

    /// Counts cells by kind, biggest total first.
    pub fn census(&self) -> Vec<KindCount> {
        let mut counts: Vec<KindCount> = self
            .kinds
            .iter()
            .enumerate()
            .map(|(kind, info)| KindCount {
                kind: kind as u8,
                name: info.name,
                cells: 0,
                bytes: 0,
            })
            .collect();
        self.for_each_cell(|cell| {
            // SAFETY: the walk yields cells, whose kinds are in the table.
            unsafe {
                let kind = (*cell).kind() as usize;
                counts[kind].cells += 1;
                counts[kind].bytes += (self.kinds[kind].size)(cell);
            }
        });
        counts.retain(|count| count.cells != 0);
        counts.sort_by_key(|count| std::cmp::Reverse(count.bytes));
        counts
    }

    // ---- roots and barriers ----------------------------------------------------------------------------------------

    /// To be called with each live cell that a reference is stored into, before or after the store, but with no allocation in
    /// between: an old cell is noted for the next minor collection, once.
    #[inline(always)]
    pub fn write_barrier(&self, cell: *const Header) {
        if layout::gc_byte(cell) & GC_OLD != 0 {
            self.log_cell(cell);
        }
    }

    /// As [`Heap::write_barrier`] where it is known what is stored: unless it is a cell, there is nothing to note.
    #[inline(always)]
    pub fn write_barrier_for(&self, cell: *const Header, word: u64) {
        if layout::gc_byte(cell) & GC_OLD != 0 && word >> 48 == 0 {
            self.log_cell(cell);
        }
    }

    /// Notes an old cell for the next minor collection. What compiled code calls when it finds the cell's byte at
    /// [`Header::GC_OFFSET`] to have the bit [`Header::GC_OLD`].
    #[cold]
    #[inline(never)]
    pub fn log_cell(&self, cell: *const Header) {
        let mut cell = cell;
        if layout::gc_byte(cell) & GC_INNER != 0 {
            // SAFETY: a short shared use; nothing below changes the space.
            let space = unsafe { &*self.space.get() };
            match space.resolve(cell as usize, self.kinds) {
                Some(whole) if layout::gc_byte(whole) & GC_OLD != 0 => cell = whole,
                _ => return,
            }
        }
        layout::clear_old(cell);
        // SAFETY: nothing else uses the log meanwhile: collections neither run embedder code that stores nor call this.
        unsafe { (*self.log.get()).push(cell) };
    }

    /// To be called for a header that the embedder writes into the middle of a cell and uses as if a cell began there: barriers
    /// with it are barriers with the cell.
    pub fn begin_inner(&self, header: &Header) {
        if self.config.generations != Generations::Off {
            header.set_gc_bits(GC_OLD | GC_INNER);
        }
    }

    /// Whether barriers announce every store of a cell into a cell; else there are no old cells. Once they do, they always do.
    pub fn is_announced(&self) -> bool {
        self.announced.get()
    }

    /// See [`Heap::is_announced`], which is so unless the embedder says otherwise in the beginning.
    pub fn set_announced(&self, announced: bool) {
        self.announced.set(announced);
    }

    /// Calls `f` with every word of the native stack: return addresses tell what code is running.
    pub fn for_each_stack_word(&self, mut f: impl FnMut(usize)) {
        stack::with_spilled_registers(&mut |stack_pointer| {
            let mut at = layout::round_up(stack_pointer as usize, 8);
            while at + 8 <= self.stack_end() as usize {
                // SAFETY: from the stack pointer to the base, the stack is readable. Volatile, because the compiler must not
                // reason about whose slot this is.
                f(unsafe { ptr::read_volatile(at as *const usize) });
                at += 8;
            }
        });
    }

    /// The high end of the native stack.
    pub(crate) fn stack_end(&self) -> *const u8 {
        let base = self.stack_base.get();
        match base.is_null() {
            true => stack::stack_base(),
            false => base,
        }
    }

    /// Makes the next collection a major one, in which shapes that are not in use die (see [`Tracer::is_minor`]).
    pub fn want_major(&self) {
        self.major_due.set(true);
        self.whole_due.set(true);
    }

    /// A handle that keeps `cell` alive until it is dropped.
    pub fn persistent<T>(&self, cell: Gc<T>) -> Persistent<T> {
        Persistent::new(&self.persistents, cell)
    }

    /// An empty vector whose contents are roots.
    pub fn root_vec<T: Copy>(&self) -> RootVec<T> {
        RootVec::new(&self.root_vecs)
    }

    /// Takes the bump allocator off its block, before a collection.
    pub(crate) fn retire(&self) {
        self.cursor.set(0);
        self.limit.set(0);
        self.window_end.set(0);
        self.run_end.set(0);
        self.block.set(0);
        self.overflow_cursor.set(0);
        self.overflow_end.set(0);
    }
}

/// The last resort when the system refuses even the emergency chunks.
#[cold]
fn out_of_memory() -> ! {
    crate::note!("sarus: the operating system refuses more memory for the heap");
    std::process::exit(134)
}

impl Drop for Heap {
    fn drop(&mut self) {
        self.persistents.clear();
        // Finalizers may not allocate.
        self.collecting.set(true);
        self.retire();
        for cell in std::mem::take(self.finalizers.get_mut()) {
            // SAFETY: cells on the list are in the heap and have not been finalized; the kind table matches them.
            unsafe {
                if let Some(finalize) = self.kinds[(*cell).kind() as usize].finalize {
                    finalize(cell);
                }
            }
        }
    }
}
