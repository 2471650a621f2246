//! The marker: what trace functions and root callbacks talk to.
//!
//! Marking a cell sets its bit in the chunk's mark bitmap and pushes it on an explicit stack; a cell's memory is touched only
//! when it is taken off the stack, a few steps after it was prefetched. Nothing here recurses.

use crate::cell::{GC_OLD, GC_SPANS_LINES, Gc, Header, KindInfo};
use crate::layout::{self, LINE_OFFSET, LINE_SIZE, LINE_SPANNED};
use crate::space::Space;
use std::cell::Cell;

pub(crate) type TraceFn = unsafe fn(*const Header, &mut Tracer);

/// Called for every shape id marked for the first time, to mark what the shape refers to.
pub type ShapeTraceFn = unsafe fn(*mut (), u32, &mut Tracer);

/// Cells between taking one off the stack and touching it.
const PREFETCH_DISTANCE: usize = 8;

/// What a tracer traces for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Purpose {
    /// A collection of everything, in a heap without generations.
    Full,
    /// A collection of everything, after which what is marked is old.
    Major,
    /// A collection of what was allocated since the last one: marked cells are old and keep their marks.
    Minor,
    /// The end of a collection of everything that was done in steps: what they marked was written to since, like old cells before
    /// a minor one.
    LastStep,
    /// To find out what a collection of everything would mark, see `verify`.
    Check,
}

/// Marks cells, or, in a visit, reports references without marking.
pub struct Tracer {
    stack: Vec<*const Header>,
    /// Set when the stack could not grow: some marked cells have not been traced.
    overflowed: bool,
    /// It was set at some time.
    has_overflowed: bool,
    stack_limit: usize,
    /// Set during verification and census: references are reported here instead of being marked.
    visitor: Option<NonNullVisitor>,
    space: *const Space,
    kinds: &'static [KindInfo],
    traces: *const [TraceFn; 256],
    purpose: Purpose,
    /// Bit set of the kinds whose old cells are always on the log.
    rescanned: [u64; 4],
    /// What the next minor collection has to trace again.
    log: Vec<*const Header>,
    weak: Vec<*const Header>,
    ephemerons: Vec<*const Header>,
    shapes: Vec<u64>,
    pending_shapes: Vec<u32>,
    shape_tracer: Option<(ShapeTraceFn, *mut ())>,
    marked_cells: usize,
}

/// What is known of each kind of cell.
pub(crate) struct Kinds {
    pub infos: &'static [KindInfo],
    pub traces: *const [TraceFn; 256],
    /// Bit set of the kinds whose old cells are always on the log.
    pub rescanned: [u64; 4],
}

type NonNullVisitor = std::ptr::NonNull<dyn FnMut(*const Header)>;

impl Tracer {
    /// A tracer over `space`, which outlives it.
    pub(crate) fn new(
        space: *const Space,
        kinds: Kinds,
        buffers: TracerBuffers,
        shape_tracer: Option<(ShapeTraceFn, *mut ())>,
        stack_limit: usize,
        purpose: Purpose,
    ) -> Tracer {
        Tracer {
            stack: buffers.stack,
            overflowed: false,
            has_overflowed: false,
            stack_limit,
            visitor: None,
            space,
            kinds: kinds.infos,
            traces: kinds.traces,
            purpose,
            rescanned: kinds.rescanned,
            log: Vec::new(),
            weak: buffers.weak,
            ephemerons: buffers.ephemerons,
            shapes: buffers.shapes,
            pending_shapes: Vec::new(),
            shape_tracer,
            marked_cells: 0,
        }
    }

    /// Forgets the shape marks of the previous collection.
    pub(crate) fn clear_shapes(&mut self) {
        self.shapes.fill(0);
    }

    /// Gives back the buffers for the next collection; `shapes` holds the marks of this one.
    pub(crate) fn into_buffers(self) -> TracerBuffers {
        let (mut stack, mut weak, mut ephemerons) = (self.stack, self.weak, self.ephemerons);
        // Deep graphs are rare: do not keep the memory of one.
        stack.clear();
        stack.shrink_to(64 << 10);
        weak.clear();
        ephemerons.clear();
        TracerBuffers {
            stack,
            weak,
            ephemerons,
            shapes: self.shapes,
        }
    }

    /// Whether cells that were alive at the last collection are taken to be alive. What the embedder keeps in tables whose
    /// changes no barrier announces has to be marked as if it were referred to.
    pub fn is_minor(&self) -> bool {
        matches!(self.purpose, Purpose::Minor | Purpose::LastStep)
    }

    /// Whether a cell of a kind with [`KindInfo::rescan`] need not be traced, because it is old and the embedder has not said in
    /// `changed` that something was stored into it since it was traced last. Takes that back for the next time.
    ///
    /// In the last step of a collection in steps everything is traced: the cell may not have been in this collection.
    #[inline]
    pub fn is_unchanged(&self, changed: &Cell<bool>) -> bool {
        if self.visitor.is_some() || self.purpose == Purpose::Check {
            return false;
        }
        !changed.replace(false) && self.purpose == Purpose::Minor
    }

    /// Says where the space is now: a heap may be moved between steps.
    pub(crate) fn set_space(&mut self, space: *const Space) {
        self.space = space;
    }

    /// Begins the last step of a collection in steps.
    pub(crate) fn begin_last_step(&mut self) {
        self.purpose = Purpose::LastStep;
    }

    /// Takes the cells on the list of those that have to be traced again in any case.
    pub(crate) fn take_rescanned(&mut self) -> Vec<*const Header> {
        std::mem::take(&mut self.log)
    }

    /// Takes the log for the next minor collection.
    pub(crate) fn take_log(&mut self) -> Vec<*const Header> {
        let mut log = std::mem::take(&mut self.log);
        if self.has_overflowed {
            // Cells were traced more than once.
            log.sort_unstable();
            log.dedup();
        }
        log
    }

    /// Notes that old cells that were written to have to be traced again. What is not marked was not traced yet, or is dead.
    pub(crate) fn push_logged(&mut self, log: &[*const Header]) {
        for &cell in log {
            if self.is_marked(cell) {
                self.push(cell);
            }
        }
    }

    /// Marks a cell.
    #[inline(always)]
    pub fn mark<T>(&mut self, cell: Gc<T>) {
        self.mark_ptr(cell.header_ptr());
    }

    /// Marks a cell if there is one.
    #[inline(always)]
    pub fn mark_opt<T>(&mut self, cell: Option<Gc<T>>) {
        if let Some(cell) = cell {
            self.mark_ptr(cell.header_ptr());
        }
    }

    /// Marks the cell at `cell`, which must be the start of a live cell.
    #[inline(always)]
    pub fn mark_ptr(&mut self, cell: *const Header) {
        if self.visitor.is_some() {
            self.visit(cell);
            return;
        }
        // SAFETY: callers pass starts of live cells, whose chunks are mapped.
        if unsafe { layout::test_and_mark(cell as usize) } {
            self.push(cell);
        }
    }

    #[inline(always)]
    fn push(&mut self, cell: *const Header) {
        if self.stack.len() < self.stack.capacity() {
            self.stack.push(cell);
        } else {
            self.push_slow(cell);
        }
    }

    /// Marks the cell a NaN-boxed word refers to, if it does: its top 16 bits are zero and it is at least 4096.
    ///
    /// # Safety
    /// A word that looks like a pointer is the start of a live cell.
    #[inline(always)]
    pub unsafe fn mark_word(&mut self, word: u64) {
        if word >> 48 == 0 && word >= 4096 {
            self.mark_ptr(word as usize as *const Header);
        }
    }

    /// Marks the cells that an array of NaN-boxed words refers to.
    ///
    /// # Safety
    /// As for [`Tracer::mark_word`], for every word from `start` up to `start + count`.
    #[inline]
    pub unsafe fn mark_words(&mut self, start: *const u64, count: usize) {
        for index in 0..count {
            // SAFETY: the caller vouches for the range and its words.
            unsafe { self.mark_word(*start.add(index)) };
        }
    }

    /// Marks every cell that a word in `start..end` points into, wherever in the cell.
    ///
    /// # Safety
    /// The range is readable.
    pub unsafe fn mark_conservative_range(&mut self, start: *const u8, end: *const u8) {
        let mut at = layout::round_up(start as usize, 8);
        // SAFETY: the space outlives the tracer and is not changed while marking.
        let space = unsafe { &*self.space };
        while at + 8 <= end as usize {
            // SAFETY: the caller vouches for the range. Volatile, because the compiler must not reason about whose stack
            // slot or padding this is.
            let word = unsafe { std::ptr::read_volatile(at as *const usize) };
            if space.in_range(word)
                && let Some(cell) = space.resolve(word, self.kinds)
            {
                self.mark_ptr(cell);
            }
            at += 8;
        }
    }

    /// Whether the cell has been marked (so far).
    #[inline(always)]
    pub fn is_marked(&self, cell: *const Header) -> bool {
        // SAFETY: callers pass starts of cells that were live at the last collection or allocated since.
        unsafe { layout::is_marked(cell as usize) }
    }

    /// Asks for the kind's `weak` function to be called on this cell after marking.
    pub fn defer_weak(&mut self, cell: *const Header) {
        if self.visitor.is_none() {
            self.weak.push(cell);
        }
    }

    /// Asks for the kind's `ephemeron` function to be called on this cell until nothing more gets marked.
    pub fn defer_ephemeron(&mut self, cell: *const Header) {
        if self.visitor.is_none() {
            self.ephemerons.push(cell);
        }
    }

    /// Marks a shape id. The marks can be read in weak callbacks ([`WeakVisitor::is_shape_marked`]); if the heap has a
    /// shape tracer, it is called once for each newly marked id.
    #[inline(always)]
    pub fn mark_shape(&mut self, id: u32) {
        let bit = 1u64 << (id & 63);
        match self.shapes.get(id as usize / 64) {
            Some(word) if word & bit != 0 => {}
            _ => self.mark_shape_slow(id),
        }
    }

    #[cold]
    #[inline(never)]
    fn mark_shape_slow(&mut self, id: u32) {
        if self.visitor.is_some() {
            return;
        }
        let index = id as usize / 64;
        if index >= self.shapes.len() {
            self.shapes.resize(index + 1, 0);
        }
        self.shapes[index] |= 1 << (id & 63);
        if self.shape_tracer.is_some() {
            self.pending_shapes.push(id);
        }
    }

    #[cold]
    #[inline(never)]
    fn visit(&mut self, cell: *const Header) {
        if let Some(mut visitor) = self.visitor {
            // SAFETY: `visit_cell` keeps the closure alive while the tracer can reach it, and it is not called recursively.
            unsafe { visitor.as_mut()(cell) };
        }
    }

    #[cold]
    #[inline(never)]
    fn push_slow(&mut self, cell: *const Header) {
        let room = self.stack_limit.saturating_sub(self.stack.len());
        let more = self.stack.capacity().max(1024).min(room);
        if more == 0 || self.stack.try_reserve(more).is_err() {
            self.overflowed = true;
        } else {
            self.stack.push(cell);
        }
    }

    /// Traces until the stack is empty.
    pub(crate) fn drain(&mut self) {
        self.drain_up_to::<false>(usize::MAX);
    }

    /// Traces about that many cells; whether there are no more.
    pub(crate) fn drain_some(&mut self, cells: usize) -> bool {
        self.drain_up_to::<true>(cells)
    }

    fn drain_up_to<const BOUNDED: bool>(&mut self, cells: usize) -> bool {
        let end = self.marked_cells.saturating_add(cells);
        let mut ring = [std::ptr::null::<Header>(); PREFETCH_DISTANCE];
        let mut head = 0;
        let mut empty_turns = 0;
        loop {
            let next = match self.stack.pop() {
                Some(cell) => {
                    prefetch(cell);
                    empty_turns = 0;
                    cell
                }
                None if empty_turns == PREFETCH_DISTANCE => {
                    if self.drain_other() {
                        empty_turns = 0;
                        continue;
                    }
                    return true;
                }
                None => {
                    empty_turns += 1;
                    std::ptr::null()
                }
            };
            let cell = std::mem::replace(&mut ring[head], next);
            head = (head + 1) % PREFETCH_DISTANCE;
            if !cell.is_null() {
                self.trace_cell(cell);
                if BOUNDED && self.marked_cells >= end {
                    for cell in ring.into_iter().filter(|cell| !cell.is_null()) {
                        self.push(cell);
                    }
                    return false;
                }
            }
        }
    }

    /// Work besides the stack: shapes, and cells that did not fit on it. Returns whether there was any.
    #[cold]
    fn drain_other(&mut self) -> bool {
        if let (Some(id), Some((trace, data))) = (self.pending_shapes.pop(), self.shape_tracer) {
            // SAFETY: the embedder's callback with the embedder's data.
            unsafe { trace(data, id, self) };
            return true;
        }
        if self.overflowed {
            self.overflowed = false;
            self.has_overflowed = true;
            // Which cells were dropped is not recorded: trace every marked cell again. Children that are marked already
            // cost a bit test each, and every pass marks at least one cell more, so this ends.
            // SAFETY: the space outlives the tracer and is not changed while marking.
            let space = unsafe { &*self.space };
            space.for_each_cell(&mut |cell| {
                if self.is_marked(cell) {
                    self.trace_cell(cell);
                    while let Some(child) = self.stack.pop() {
                        self.trace_cell(child);
                    }
                }
            });
            return true;
        }
        false
    }

    #[inline(always)]
    fn trace_cell(&mut self, cell: *const Header) {
        self.marked_cells += 1;
        // SAFETY: `cell` is a live cell: it was marked. The table has an entry for every value of the kind byte.
        unsafe {
            let bits = (*cell).gc_bits();
            if bits & (GC_OLD | GC_SPANS_LINES) != GC_OLD {
                self.promote(cell, bits);
            }
            let trace = (*self.traces)[(*cell).kind() as usize];
            trace(cell, self);
        }
    }

    /// What is to be done once a cell is known to survive: its lines are in use, and it is old from now on.
    ///
    /// # Safety
    /// `cell` is a live cell with that gc byte.
    #[inline(always)]
    unsafe fn promote(&mut self, cell: *const Header, bits: u8) {
        // SAFETY: the caller vouches for the cell.
        unsafe {
            if self.purpose == Purpose::Check {
                return;
            }
            if bits & GC_SPANS_LINES != 0 {
                self.mark_lines(cell);
            }
            if bits & GC_OLD != 0 || self.purpose == Purpose::Full {
                return;
            }
            let kind = (*cell).kind() as usize;
            if self.rescanned[kind / 64] & (1 << (kind % 64)) != 0 {
                self.log.push(cell);
            } else {
                (*cell).set_gc_bits(bits | GC_OLD);
            }
        }
    }

    /// Marks the lines a cell spans. (Lines of short cells follow from the mark bitmap.)
    ///
    /// # Safety
    /// `cell` is a live cell in a block.
    #[inline(never)]
    unsafe fn mark_lines(&mut self, cell: *const Header) {
        // SAFETY: a live cell; its lines are in its chunk, whose line table is mapped.
        unsafe {
            let size = (self.kinds[(*cell).kind() as usize].size)(cell);
            let start = cell as usize;
            let table = (layout::chunk_of(start) + LINE_OFFSET) as *mut u8;
            let first = (start & layout::CHUNK_MASK) / LINE_SIZE;
            let last = ((start & layout::CHUNK_MASK) + size - 1) / LINE_SIZE;
            for line in std::slice::from_raw_parts_mut(table.add(first), last - first + 1) {
                *line |= LINE_SPANNED;
            }
        }
    }

    /// Runs the ephemeron functions to a fixpoint. Expects and leaves an empty stack.
    pub(crate) fn run_ephemerons(&mut self) {
        loop {
            let mut progress = false;
            // Marking may defer further cells, so the list is taken and put back.
            let list = std::mem::take(&mut self.ephemerons);
            for &cell in &list {
                // SAFETY: deferred cells are live.
                let kind = unsafe { (*cell).kind() };
                if let Some(ephemeron) = self.kinds[kind as usize].ephemeron {
                    // SAFETY: the kind table's function on a cell of that kind.
                    progress |= unsafe { ephemeron(cell, self) };
                    self.drain();
                }
            }
            let added = std::mem::replace(&mut self.ephemerons, list);
            progress |= !added.is_empty();
            self.ephemerons.extend(added);
            if !progress {
                return;
            }
        }
    }

    /// Runs the weak functions of deferred cells.
    pub(crate) fn run_weak(&mut self, visitor: &WeakVisitor) {
        for cell in std::mem::take(&mut self.weak) {
            // SAFETY: deferred cells are live.
            let kind = unsafe { (*cell).kind() };
            if let Some(weak) = self.kinds[kind as usize].weak {
                // SAFETY: the kind table's function on a cell of that kind.
                unsafe { weak(cell.cast_mut(), visitor) };
            }
        }
    }

    /// Calls `f` with every strong reference of `cell`, marking nothing.
    pub(crate) fn visit_cell(&mut self, cell: *const Header, f: &mut dyn FnMut(*const Header)) {
        // SAFETY: only the lifetime is erased; the pointer is removed again before `f` goes out of scope.
        let visitor = unsafe {
            std::mem::transmute::<
                &mut dyn FnMut(*const Header),
                std::ptr::NonNull<dyn FnMut(*const Header)>,
            >(f)
        };
        self.visitor = Some(visitor);
        // SAFETY: `cell` is a live cell; the table has an entry for every kind.
        unsafe {
            let trace = (*self.traces)[(*cell).kind() as usize];
            trace(cell, self);
        }
        self.visitor = None;
    }

    pub(crate) fn weak_visitor(&self) -> WeakVisitor {
        WeakVisitor {
            shapes: self.shapes.as_ptr(),
            shape_words: self.shapes.len(),
            minor: self.is_minor(),
            new_only: self.purpose == Purpose::Minor,
            space: self.space,
            kinds: self.kinds,
        }
    }

    pub(crate) fn marked_cells(&self) -> usize {
        self.marked_cells
    }
}

/// Buffers that are kept between collections.
#[derive(Default)]
pub(crate) struct TracerBuffers {
    pub stack: Vec<*const Header>,
    pub weak: Vec<*const Header>,
    pub ephemerons: Vec<*const Header>,
    pub shapes: Vec<u64>,
}

/// Answers, after marking, whether something survived. Valid inside weak callbacks only.
pub struct WeakVisitor {
    shapes: *const u64,
    shape_words: usize,
    minor: bool,
    new_only: bool,
    space: *const Space,
    kinds: &'static [KindInfo],
}

impl WeakVisitor {
    /// Whether the collection is a minor one; see [`Tracer::is_minor`].
    pub fn is_minor(&self) -> bool {
        self.minor
    }

    /// Whether only cells that were allocated since the last collection can be dead: so in minor collections, except in the last
    /// step of one in steps.
    pub fn frees_new_only(&self) -> bool {
        self.new_only
    }

    /// Whether the cell survives.
    #[inline(always)]
    pub fn is_marked(&self, cell: *const Header) -> bool {
        // SAFETY: weak references are cleared by the collection that frees their target, so the target's chunk is mapped.
        unsafe { layout::is_marked(cell as usize) }
    }

    /// Whether the cell survives.
    #[inline(always)]
    pub fn is_live<T>(&self, cell: Gc<T>) -> bool {
        self.is_marked(cell.header_ptr())
    }

    /// Whether a NaN-boxed word survives: it is not a pointer, or a pointer to a marked cell.
    #[inline(always)]
    pub fn is_word_live(&self, word: u64) -> bool {
        word >> 48 != 0 || word < 4096 || self.is_marked(word as usize as *const Header)
    }

    /// Whether what a word points to or into survives, if it does point to a cell; any word may be asked about.
    pub fn is_referent_live(&self, word: u64) -> bool {
        // SAFETY: the space is not changed while weak callbacks run.
        let space = unsafe { &*self.space };
        let word = word as usize;
        !space.in_range(word)
            || space
                .resolve(word, self.kinds)
                .is_none_or(|cell| self.is_marked(cell))
    }

    /// Whether [`Tracer::mark_shape`] was called with this id.
    #[inline(always)]
    pub fn is_shape_marked(&self, id: u32) -> bool {
        let index = id as usize / 64;
        // SAFETY: the index is checked; the bitset is not changed while weak callbacks run.
        index < self.shape_words && unsafe { *self.shapes.add(index) } & (1 << (id & 63)) != 0
    }
}

#[inline(always)]
fn prefetch(cell: *const Header) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a prefetch has no effect but on the cache.
    unsafe {
        std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T0 }>(cell.cast());
    }
    #[cfg(target_arch = "aarch64")]
    // SAFETY: as above.
    unsafe {
        std::arch::asm!("prfm pldl1keep, [{}]", in(reg) cell, options(nostack, preserves_flags, readonly));
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    let _ = cell;
}
