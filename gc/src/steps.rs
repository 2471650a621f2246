//! Major collections in steps: while much lives, tracing all of it at once would stop the program for long.
//!
//! ```text
//! due → clear marks, all roots                                  begin
//!     → trace some cells, each time so much was allocated       step, until nothing is left to trace
//!     → trace what was written to meanwhile                     step
//!     → all roots, logged cells → ... → sweep                   the last one: `collect_from`, as in a minor collection
//! ```
//!
//! A cell that was traced gets the bit of old cells, so that the write barrier logs it when it is written to (an incremental
//! update barrier, Dijkstra et al. 1978; tracing again what was written to: Boehm, Demers & Shenker 1991). What the steps marked is
//! to the last one what old cells are to a minor collection, and is checked in the same way (`verify::check_minor`).
//! Cells allocated meanwhile are not marked: the last step finds those that live. What died after it was marked stays until the
//! next major collection, as do shapes that are not in use: so now and then a collection is done in one piece.

use crate::heap::{Generations, Heap};
use crate::stack;
use crate::stats::{CollectReason, CollectionKind, HeapStats};
use crate::tracer::{Purpose, Tracer};
use std::time::{Duration, Instant};

/// A collection is done in steps if so much was in use after the last major one, in first thresholds.
const LEAST_USE: usize = 3;
/// All of the heap is traced while a part of it that is this many times smaller is allocated.
const PACE: usize = 6;
/// Steps it takes, without those that trace again.
const STEPS: usize = 48;
/// The least that a step traces, in cells.
const LEAST_STEP: usize = 4096;
/// How often what was written to is traced again before the last step, unless that was little.
const ROUNDS: u32 = 32;
/// Cells behind what was written to that are little: the last step may have as many to trace.
const FEW: usize = 4096;
/// Every so many major collections one is done in one piece.
const WHOLE: u32 = 8;

/// A major collection that is under way.
pub(crate) struct Steps {
    pub tracer: Tracer,
    /// Cells per step, and bytes that are allocated between two.
    cells: usize,
    bytes: usize,
    /// Allocated since the last collection when the last step ended.
    since: usize,
    /// How often what was written to was traced again, and how many cells the last time.
    rounds: u32,
    in_round: usize,
    count: u32,
    /// The longest of them and all together.
    longest: Duration,
    total: Duration,
}

impl Heap {
    /// Whether a major collection is to be done in steps.
    pub(crate) fn wants_steps(&self, why: CollectReason) -> bool {
        let config = &self.config;
        let is_due = match why {
            CollectReason::Threshold | CollectReason::External => {
                self.stats.get().used_after_major >= config.initial_threshold * LEAST_USE
            }
            // Every other one.
            CollectReason::Stress => self.in_steps.get() == 0,
            CollectReason::Limit | CollectReason::Explicit => false,
        };
        is_due
            && config.generations != Generations::Off
            && self.announced.get()
            && !self.whole_due.get()
            && self.in_steps.get() < WHOLE
            && !self.is_nearly_full()
    }

    /// Whether a collection in steps is under way.
    pub(crate) fn is_in_steps(&self) -> bool {
        self.steps.borrow().is_some()
    }

    /// Gives up a collection in steps, because one of everything follows. The cells it made old are rightly that.
    #[cold]
    #[inline(never)]
    pub(crate) fn give_up_steps(&self) {
        if let Some(steps) = self.steps.take() {
            self.buffers.set(steps.tracer.into_buffers());
        }
    }

    /// Begins a collection in steps.
    #[cold]
    #[inline(never)]
    pub(crate) fn begin_steps(&self) {
        let started = Instant::now();
        self.collecting.set(true);
        // What was logged is traced like everything.
        // SAFETY: barriers, the only other users, do not run during a collection.
        unsafe { (*self.log.get()).clear() };
        // SAFETY: `collecting` keeps allocation, the only other user, out.
        unsafe { (*self.space.get()).clear_marks() };
        let mut tracer = self.new_tracer(Purpose::Major);
        tracer.clear_shapes();
        stack::with_spilled_registers(&mut |stack_pointer| {
            self.mark_roots(&mut tracer, stack_pointer);
        });
        self.is_aged.set(true);
        let stats = self.stats.get();
        let mut steps = Steps {
            tracer,
            cells: (self.major_cells.get() / STEPS).max(LEAST_STEP),
            bytes: (stats.used_after_major / PACE / STEPS).max(1),
            since: self.allocated_since(),
            rounds: 0,
            in_round: 0,
            count: 0,
            longest: Duration::ZERO,
            total: Duration::ZERO,
        };
        if self.config.gc_stress.is_some() {
            steps.cells = 64;
        }
        self.end_step(steps, started);
        self.collecting.set(false);
    }

    /// Goes on with the collection in steps.
    #[cold]
    #[inline(never)]
    pub(crate) fn step(&self, why: CollectReason) {
        let Some(steps) = self.steps.take() else {
            return;
        };
        let mut steps = *steps;
        steps.tracer.set_space(self.space.get());
        let started = Instant::now();
        self.collecting.set(true);
        // As much more as more was allocated.
        let allocated = self.allocated_since().saturating_sub(steps.since);
        let share = (allocated / steps.bytes).clamp(1, STEPS);
        let mut budget = steps.cells.saturating_mul(share);
        let is_done = loop {
            let before = steps.tracer.marked_cells();
            let is_empty = steps.tracer.drain_some(budget);
            let traced = steps.tracer.marked_cells() - before;
            budget = budget.saturating_sub(traced);
            steps.in_round += traced;
            if !is_empty {
                break false;
            }
            if (steps.rounds != 0 && steps.in_round < FEW) || steps.rounds == ROUNDS {
                break true;
            }
            steps.rounds += 1;
            steps.in_round = 0;
            // SAFETY: barriers, the only other users, do not run during a collection.
            let log = unsafe { std::mem::take(&mut *self.log.get()) };
            steps.tracer.push_logged(&log);
        };
        if !is_done && !self.is_nearly_full() {
            self.end_step(steps, started);
            self.collecting.set(false);
            return;
        }
        self.count_step(&mut steps, started);
        self.in_steps.set(self.in_steps.get() + 1);
        if self.config.trace {
            let ms = |time: Duration| time.as_secs_f64() * 1e3;
            let Steps {
                count,
                rounds,
                total,
                longest,
                ..
            } = steps;
            let (total, longest) = (ms(total), ms(longest));
            crate::note!(
                "[gc] {count} steps, {rounds} rounds, {total:.3} ms, the longest {longest:.3} ms"
            );
        }
        let mut tracer = Some(steps.tracer);
        stack::with_spilled_registers(&mut |stack_pointer| {
            self.collect_from(stack_pointer, why, CollectionKind::Major, tracer.take());
        });
    }

    fn end_step(&self, mut steps: Steps, started: Instant) {
        steps.since = self.allocated_since();
        self.count_step(&mut steps, started);
        self.threshold.set(steps.since.saturating_add(steps.bytes));
        self.slack.set(steps.bytes);
        *self.steps.borrow_mut() = Some(Box::new(steps));
    }

    fn count_step(&self, steps: &mut Steps, started: Instant) {
        let pause = started.elapsed();
        steps.count += 1;
        steps.total += pause;
        steps.longest = steps.longest.max(pause);
        let stats = self.stats.get();
        self.stats.set(HeapStats {
            steps: stats.steps + 1,
            last_pause: pause,
            max_pause: stats.max_pause.max(pause),
            total_pause: stats.total_pause + pause,
            ..stats
        });
    }

    /// Bytes allocated since the last collection, external memory included.
    fn allocated_since(&self) -> usize {
        let external = self.external_since_gc.get();
        self.since_gc.get().saturating_add(external)
    }
}
