//! A collection from start to end.
//!
//! ```text
//! verify → clear marks → roots (callback, handles, vectors, stack) → trace → ephemerons
//!        → weak cells → weak roots → finalizers → sweep → new threshold → verify
//! ```

use crate::heap::Heap;
use crate::stack;
use crate::stats::{CollectReason, Collection, HeapStats};
use crate::tracer::Tracer;
use crate::verify;
use std::time::{Duration, Instant};

impl Heap {
    /// Runs a full collection.
    #[cold]
    #[inline(never)]
    pub fn collect(&self, why: CollectReason) {
        assert!(
            !self.collecting.replace(true),
            "allocation or collection during a collection"
        );
        self.pending.set(None);
        self.due.set(None);
        stack::with_spilled_registers(&mut |stack_pointer| self.collect_from(stack_pointer, why));
    }

    fn collect_from(&self, stack_pointer: *const u8, why: CollectReason) {
        if self.config.verify {
            verify::check(self, "before");
        }
        let started = Instant::now();
        let used_before = self.used_bytes();
        self.retire();
        // What another heap's end left behind is not this heap's.
        crate::external::take_freed();
        // SAFETY: `collecting` keeps allocation, the only other user, out.
        unsafe { (*self.space.get()).clear_marks() };
        let mut tracer = self.new_tracer();
        tracer.clear_shapes();
        self.mark_roots(&mut tracer, stack_pointer);
        tracer.drain();
        tracer.run_ephemerons();
        let visitor = tracer.weak_visitor();
        tracer.run_weak(&visitor);
        if let Some((weak_roots, data)) = self.weak_roots.get() {
            // SAFETY: the embedder's callback with the embedder's data.
            unsafe { weak_roots(data, &visitor) };
        }
        self.finalize_dead(&tracer);
        self.sub_external(crate::external::take_freed());
        let marked_cells = tracer.marked_cells();
        self.buffers.set(tracer.into_buffers());
        let min = self.config.initial_threshold;
        let growth = |live: usize| min.max(live / 100 * self.config.growth_percent);
        // SAFETY: as above.
        let swept = unsafe { (*self.space.get()).sweep(self.kinds, growth) };
        let pause = started.elapsed();
        let old = self.stats.get();
        self.stats.set(HeapStats {
            live_bytes: swept.live_bytes,
            large_bytes: swept.large_bytes,
            allocated_bytes: old.allocated_bytes + self.since_gc.get() as u64,
            collections: old.collections + 1,
            marked_cells,
            last_pause: pause,
            max_pause: old.max_pause.max(pause),
            total_pause: old.total_pause + pause,
            ..old
        });
        self.since_gc.set(0);
        self.external_since_gc.set(0);
        self.set_threshold(growth(self.used_bytes()));
        if self.config.verify {
            verify::check(self, "after");
        }
        self.collecting.set(false);
        if self.config.trace {
            self.trace_line(why, used_before, pause);
        }
        if self.config.record {
            self.collections.borrow_mut().push(Collection {
                start: started,
                pause,
                reason: why,
                used: (used_before, self.used_bytes()),
            });
        }
        if let Some((post_gc, data)) = self.post_gc.get() {
            // SAFETY: the embedder's callback with the embedder's data.
            unsafe { post_gc(data, why) };
        }
    }

    pub(crate) fn new_tracer(&self) -> Tracer {
        Tracer::new(
            self.space.get(),
            self.kinds,
            &*self.traces,
            self.buffers.take(),
            self.shape_tracer.get(),
            self.config.mark_stack_limit,
        )
    }

    fn mark_roots(&self, tracer: &mut Tracer, stack_pointer: *const u8) {
        if let Some((roots, data)) = self.roots.get() {
            // SAFETY: the embedder's callback with the embedder's data.
            unsafe { roots(data, tracer) };
        }
        self.persistents.trace(tracer);
        self.root_vecs.trace(tracer);
        let mut base = self.stack_base.get();
        if base.is_null() {
            base = stack::stack_base();
        }
        // SAFETY: from the stack pointer to the base, the stack is readable.
        unsafe { tracer.mark_conservative_range(stack_pointer, base) };
    }

    /// Runs the finalizers of unmarked cells and takes them off the list.
    fn finalize_dead(&self, tracer: &Tracer) {
        // SAFETY: only allocation uses the list otherwise, and it is kept out.
        let mut list = unsafe { std::mem::take(&mut *self.finalizers.get()) };
        list.retain(|&cell| {
            if tracer.is_marked(cell) {
                return true;
            }
            // SAFETY: the cell is dead but not swept; the kind table matches it.
            unsafe {
                if let Some(finalize) = self.kinds[(*cell).kind() as usize].finalize {
                    finalize(cell);
                }
            }
            false
        });
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

    fn trace_line(&self, why: CollectReason, used_before: usize, pause: Duration) {
        let stats = self.stats();
        let after = self.used_bytes();
        let mb = |bytes: usize| bytes as f64 / (1 << 20) as f64;
        crate::note!(
            "[gc {}] full ({}) {:.2} -> {:.2} MB, mapped {:.2} MB, external {:.2} MB, pause {:.3} ms, survival {:.1} %, {} cells",
            stats.collections,
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
