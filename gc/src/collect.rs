//! A collection from start to end.
//!
//! ```text
//! verify → clear marks, or in a minor collection (and in the last of several steps: see `steps.rs`) keep them
//!        → roots (callback, handles, vectors, stack), logged cells → trace → ephemerons
//!        → weak cells → weak roots → finalizers → sweep → new threshold → verify
//! ```

use crate::heap::{Generations, Heap};
use crate::space::SweepResult;
use crate::stack;
use crate::stats::{CollectReason, Collection, CollectionKind, HeapStats};
use crate::tracer::{Kinds, Purpose, Tracer};
use crate::verify;
use std::time::{Duration, Instant};

/// With `gc_stress`, every so many collections are major ones.
const STRESSED_MAJORS: u64 = 8;
/// The most that is allocated between two collections of a heap with generations, unless the configuration says more.
const MAX_NURSERY: usize = 32 << 20;
/// A heap with automatic generations has them once so much was in use after a major collection, in first thresholds.
const LEAST_AGED: usize = 3;
/// Growth of a small heap that does not cause a major collection.
const LEAST_GROWTH: usize = 16 << 20;
/// So many first thresholds may grow by [`CHEAP_FACTOR`] times as much more than the rest.
const CHEAP_GROWTH: usize = 4;
/// See [`CHEAP_GROWTH`].
const CHEAP_FACTOR: usize = 3;
/// The least that is allocated between two collections of a heap with generations, in first thresholds.
const LEAST_NURSERY: usize = 2;
/// See [`Heap::judge`].
const MAX_FUTILITY: u32 = 3;

impl Heap {
    /// Runs a collection: of everything, unless it is the heap that asks for it and new cells are likely to be enough.
    #[cold]
    #[inline(never)]
    pub fn collect(&self, why: CollectReason) {
        let in_steps = self.is_in_steps();
        let may_wait = !matches!(why, CollectReason::Limit | CollectReason::Explicit);
        if !(may_wait && in_steps) {
            let kind = self.kind_for(why);
            if kind == CollectionKind::Minor || !self.wants_steps(why) {
                return self.collect_kind(why, kind);
            }
        }
        self.assert_idle();
        self.pending.set(None);
        self.due.set(None);
        match in_steps {
            true => self.step(why),
            false => self.begin_steps(),
        }
    }

    fn assert_idle(&self) {
        assert!(
            !self.collecting.get(),
            "allocation or collection during a collection"
        );
    }

    /// Runs a collection of that kind.
    pub fn collect_kind(&self, why: CollectReason, kind: CollectionKind) {
        self.assert_idle();
        self.pending.set(None);
        self.due.set(None);
        let kind = match self.is_in_steps() {
            // Some old cells are not marked yet.
            true => CollectionKind::Major,
            false => kind,
        };
        self.give_up_steps();
        stack::with_spilled_registers(&mut |stack_pointer| {
            self.collect_from(stack_pointer, why, kind, None);
            if kind == CollectionKind::Minor && self.is_nearly_full() {
                // Only a collection of everything can tell whether the limit has been reached.
                self.collect_from(stack_pointer, why, CollectionKind::Major, None);
            }
        });
    }

    /// What a collection for that reason looks at.
    fn kind_for(&self, why: CollectReason) -> CollectionKind {
        let minor = self.is_aged.get()
            && match why {
                CollectReason::Threshold | CollectReason::External => !self.major_due.get(),
                CollectReason::Stress => {
                    !(self.stats.get().collections + 1).is_multiple_of(STRESSED_MAJORS)
                }
                CollectReason::Limit | CollectReason::Explicit => false,
            };
        match minor {
            true => CollectionKind::Minor,
            false => CollectionKind::Major,
        }
    }

    /// Whether what survives major collections is to be old, once every store is announced.
    pub fn may_age(&self) -> bool {
        match self.config.generations {
            Generations::Off => false,
            Generations::On => true,
            Generations::Auto => {
                self.stats.get().used_after_major >= self.config.initial_threshold * LEAST_AGED
            }
        }
    }

    /// A collection in one piece, or the last step of one that was done with this tracer.
    pub(crate) fn collect_from(
        &self,
        stack_pointer: *const u8,
        why: CollectReason,
        kind: CollectionKind,
        last_step: Option<Tracer>,
    ) {
        self.collecting.set(true);
        if self.config.verify {
            verify::check(self, "before");
        }
        let started = Instant::now();
        let used_before = self.used_bytes();
        let allocated = used_before.saturating_sub(self.used_after_last.get());
        let is_minor = kind == CollectionKind::Minor;
        self.retire();
        // What another heap's end left behind is not this heap's.
        crate::external::take_freed();
        // SAFETY: barriers, the only other users, do not run during a collection.
        let log = unsafe { std::mem::take(&mut *self.log.get()) };
        let has_old = is_minor || last_step.is_some();
        let mut tracer = match last_step {
            Some(mut tracer) => {
                tracer.begin_last_step();
                let rescanned = tracer.take_rescanned();
                tracer.push_logged(&rescanned);
                tracer
            }
            None if is_minor => self.new_tracer(Purpose::Minor),
            None => {
                self.in_steps.set(0);
                self.whole_due.set(false);
                self.is_aged.set(self.may_age() && self.announced.get());
                let mut tracer = self.new_tracer(match self.is_aged.get() {
                    true => Purpose::Major,
                    false => Purpose::Full,
                });
                // SAFETY: `collecting` keeps allocation, the only other user, out.
                unsafe { (*self.space.get()).clear_marks() };
                tracer.clear_shapes();
                tracer
            }
        };
        self.mark_roots(&mut tracer, stack_pointer);
        if has_old {
            tracer.push_logged(&log);
        }
        tracer.drain();
        tracer.run_ephemerons();
        if has_old && self.config.verify {
            verify::check_minor(self, stack_pointer);
        }
        let visitor = tracer.weak_visitor();
        tracer.run_weak(&visitor);
        if let Some((weak_roots, data)) = self.weak_roots.get() {
            // SAFETY: the embedder's callback with the embedder's data.
            unsafe { weak_roots(data, &visitor) };
        }
        self.finalize_dead(&tracer, is_minor);
        self.sub_external(crate::external::take_freed());
        let marked_cells = tracer.marked_cells();
        // SAFETY: as above.
        unsafe { *self.log.get() = tracer.take_log() };
        self.buffers.set(tracer.into_buffers());
        let growth = |live: usize| self.growth(live);
        // SAFETY: as above.
        let space = unsafe { &mut *self.space.get() };
        let swept = match is_minor {
            true => space.sweep_new(self.kinds, growth),
            false => space.sweep(self.kinds, growth),
        };
        if !is_minor {
            self.major_cells.set(marked_cells);
        }
        let pause = started.elapsed();
        self.count_collection(kind, pause, marked_cells, swept);
        self.plan(kind, allocated);
        if self.config.verify {
            verify::check(self, "after");
        }
        self.collecting.set(false);
        if self.config.trace {
            self.trace_line(why, kind, used_before, pause);
        }
        if self.config.record {
            self.collections.borrow_mut().push(Collection {
                start: started,
                pause,
                reason: why,
                kind,
                used: (used_before, self.used_bytes()),
            });
        }
        if let Some((post_gc, data)) = self.post_gc.get() {
            // SAFETY: the embedder's callback with the embedder's data.
            unsafe { post_gc(data, why) };
        }
    }

    fn count_collection(
        &self,
        kind: CollectionKind,
        pause: Duration,
        marked_cells: usize,
        swept: SweepResult,
    ) {
        let old = self.stats.get();
        let is_minor = kind == CollectionKind::Minor;
        let minor_pause = if is_minor { pause } else { Duration::ZERO };
        self.stats.set(HeapStats {
            live_bytes: swept.live_bytes,
            large_bytes: swept.large_bytes,
            allocated_bytes: old.allocated_bytes + self.since_gc.get() as u64,
            collections: old.collections + 1,
            minor_collections: old.minor_collections + u64::from(is_minor),
            used_after_major: match kind {
                CollectionKind::Minor => old.used_after_major,
                CollectionKind::Major => swept.live_bytes + self.external.get(),
            },
            marked_cells,
            last_pause: pause,
            max_pause: old.max_pause.max(pause),
            total_pause: old.total_pause + pause,
            minor_pause: old.minor_pause + minor_pause,
            ..old
        });
        self.since_gc.set(0);
        self.external_since_gc.set(0);
    }

    /// How much the heap may grow beyond `live` bytes before everything is collected again.
    fn growth(&self, live: usize) -> usize {
        let least = self.config.initial_threshold;
        // Several times as much for the first part of what lives: that costs little memory, and saves half of the collections or
        // more. (Compilers and linters with 20 MB in use spent a tenth of their time in them.)
        let more = live.min(least * CHEAP_GROWTH) * CHEAP_FACTOR;
        least.max((live + more) / 100 * self.config.growth_percent)
    }

    /// After a collection: when the next one is due, and of which kind.
    fn plan(&self, kind: CollectionKind, allocated: usize) {
        let used = self.used_bytes();
        if !self.is_aged.get() {
            self.used_after_last.set(used);
            return self.set_threshold(self.growth(used));
        }
        if kind == CollectionKind::Minor && self.is_nearly_full() {
            // A collection of everything follows.
            return;
        }
        let at_major = self.stats.get().used_after_major;
        // As long as little gets old, a small heap need not be collected as a whole.
        let least = LEAST_GROWTH.min(self.config.initial_threshold * 2);
        let growth = self.growth(at_major).max(least);
        let promoted = used.saturating_sub(at_major);
        let nursery = (at_major / 4)
            .min(MAX_NURSERY)
            .max(self.config.initial_threshold * LEAST_NURSERY);
        let only_major = self.judge(kind, used, allocated);
        self.used_after_last.set(used);
        self.major_due
            .set(only_major || promoted + nursery > growth);
        self.set_threshold(match only_major {
            true => nursery.max(growth.saturating_sub(promoted)),
            false => nursery,
        });
    }

    /// Whether the next collection is to be a major one because minor ones free too little of what was allocated: then each cell
    /// is traced by one in vain, and no less often by major ones. That is tried again after some major collections.
    fn judge(&self, kind: CollectionKind, used: usize, allocated: usize) -> bool {
        if kind == CollectionKind::Major {
            let left = self.majors_left.get().saturating_sub(1);
            self.majors_left.set(left);
            return left != 0;
        }
        let survived = used.saturating_sub(self.used_after_last.get());
        let is_futile = survived > allocated / 2;
        let level = match is_futile {
            true => (self.futile_minors.get() + 1).min(MAX_FUTILITY),
            false => 0,
        };
        self.futile_minors.set(level);
        if is_futile {
            self.majors_left.set(1 << level);
        }
        is_futile
    }

    /// Whether there is too little room left to go on without a collection of everything.
    pub(crate) fn is_nearly_full(&self) -> bool {
        let max = self.config.max_heap_bytes;
        max.saturating_sub(self.used_bytes())
            < max / 64 + self.config.initial_threshold.min(max / 16)
    }

    pub(crate) fn new_tracer(&self, purpose: Purpose) -> Tracer {
        Tracer::new(
            self.space.get(),
            Kinds {
                infos: self.kinds,
                traces: &*self.traces,
                rescanned: self.rescanned_kinds,
            },
            self.buffers.take(),
            self.shape_tracer.get(),
            self.config.mark_stack_limit,
            purpose,
        )
    }

    pub(crate) fn mark_roots(&self, tracer: &mut Tracer, stack_pointer: *const u8) {
        if let Some((roots, data)) = self.roots.get() {
            // SAFETY: the embedder's callback with the embedder's data.
            unsafe { roots(data, tracer) };
        }
        self.persistents.trace(tracer);
        self.root_vecs.trace(tracer);
        // SAFETY: from the stack pointer to the base, the stack is readable.
        unsafe { tracer.mark_conservative_range(stack_pointer, self.stack_end()) };
    }

    /// Runs the finalizers of unmarked cells and takes them off the list.
    fn finalize_dead(&self, tracer: &Tracer, is_minor: bool) {
        // SAFETY: only allocation uses the list otherwise, and it is kept out.
        let mut list = unsafe { std::mem::take(&mut *self.finalizers.get()) };
        // Old cells do not die in minor collections, and new ones are behind them.
        let from = if is_minor {
            self.old_finalizers.get()
        } else {
            0
        };
        let mut kept = from;
        for at in from..list.len() {
            let cell = list[at];
            if tracer.is_marked(cell) {
                list[kept] = cell;
                kept += 1;
                continue;
            }
            // SAFETY: the cell is dead but not swept; the kind table matches it.
            unsafe {
                if let Some(finalize) = self.kinds[(*cell).kind() as usize].finalize {
                    finalize(cell);
                }
            }
        }
        list.truncate(kept);
        self.old_finalizers.set(kept);
        // SAFETY: as above.
        unsafe { *self.finalizers.get() = list };
    }

    /// Decides how much may be allocated until the next collection, and whether the limit has been reached.
    fn set_threshold(&self, growth: usize) {
        let max = self.config.max_heap_bytes;
        let headroom = max.saturating_sub(self.used_bytes());
        if headroom < max / 64 {
            // Collecting again and again for the last percent would look like a hang. Say so and go on with the reserve.
            self.announce_limit();
            self.threshold.set((max / 8).clamp(8 << 20, 64 << 20));
            self.slack.set(0);
        } else {
            let threshold = growth.min(headroom);
            self.threshold.set(threshold);
            self.slack.set((threshold / 4).min(headroom - threshold));
        }
    }

    fn trace_line(
        &self,
        why: CollectReason,
        kind: CollectionKind,
        used_before: usize,
        pause: Duration,
    ) {
        let stats = self.stats();
        let after = self.used_bytes();
        let mb = |bytes: usize| bytes as f64 / (1 << 20) as f64;
        crate::note!(
            "[gc {}] {} ({}) {:.2} -> {:.2} MB, mapped {:.2} MB, external {:.2} MB, pause {:.3} ms, survival {:.1} %, {} cells",
            stats.collections,
            kind.name(),
            why.name(),
            mb(used_before),
            mb(after),
            mb(stats.mapped_bytes),
            mb(stats.external_bytes),
            pause.as_secs_f64() * 1e3,
            if used_before == 0 {
                0.0
            } else {
                after as f64 * 100.0 / used_before as f64
            },
            stats.marked_cells,
        );
    }
}
