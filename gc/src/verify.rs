//! Walking the heap to check that it is what the collector believes it to be.
//!
//! A failure is a bug in a trace function, a missing root, or the collector itself; it panics with what it found.

use crate::cell::{GC_LARGE, GC_SPANS_LINES, Header};
use crate::heap::Heap;
use crate::layout::{BLOCK_SIZE, GRANULE, LINE_SIZE, MAX_BLOCK_CELL, round_up};

/// Checks every cell: kind in the table, size sane, within its block, not overlapping the next, gc bits right; and every
/// strong reference: to the start of a cell.
pub(crate) fn check(heap: &Heap, when: &str) {
    // SAFETY: checks run inside a collection, when nothing else uses the space; they change nothing.
    let space = unsafe { &*heap.space.get() };
    let mut tracer = heap.new_tracer();
    let mut previous_end = 0;
    space.for_each_cell(&mut |cell| {
        let addr = cell as usize;
        // SAFETY: start bits and runs denote initialised cells; if that does not hold, the checks are what is to find out.
        let (kind, bits) = unsafe { ((*cell).kind(), (*cell).gc_bits()) };
        let Some(info) = heap.kinds.get(kind as usize) else {
            panic!("gc verify ({when}): cell {cell:p} has kind {kind}, which is not in the kind table");
        };
        // SAFETY: as above.
        let size = unsafe { (info.size)(cell) };
        if size < size_of::<Header>() {
            panic!("gc verify ({when}): {} {cell:p} has size {size}", info.name);
        }
        let expected = match size {
            _ if size > MAX_BLOCK_CELL => GC_LARGE,
            _ if size > LINE_SIZE => GC_SPANS_LINES,
            _ => 0,
        };
        if bits & (GC_LARGE | GC_SPANS_LINES) != expected {
            panic!("gc verify ({when}): {} {cell:p} says it has {size} bytes but was allocated with other (gc bits {bits:#x})", info.name);
        }
        if size <= MAX_BLOCK_CELL {
            let end = addr + round_up(size, GRANULE);
            if addr < previous_end && addr / BLOCK_SIZE == (previous_end - 1) / BLOCK_SIZE {
                panic!("gc verify ({when}): {} {cell:p} overlaps the cell before it", info.name);
            }
            if (end - 1) / BLOCK_SIZE != addr / BLOCK_SIZE {
                panic!("gc verify ({when}): {} {cell:p} of {size} bytes crosses its block", info.name);
            }
            previous_end = end;
        }
        tracer.visit_cell(cell, &mut |target| {
            if !space.is_cell(target as usize) {
                panic!(
                    "gc verify ({when}): {} {cell:p} refers to {target:p}, which is not a cell: freed or never allocated",
                    info.name
                );
            }
        });
    });
    heap.buffers.set(tracer.into_buffers());
}
