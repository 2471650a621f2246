//! Walking the heap to check that it is what the collector believes it to be.
//!
//! A failure is a bug in a trace function, a missing root, or the collector itself; it panics with what it found.

use crate::cell::{GC_LARGE, GC_SPANS_LINES, Header};
use crate::heap::Heap;
use crate::layout::{BLOCK_SIZE, GRANULE, LINE_SIZE, MAX_BLOCK_CELL, round_up};
use crate::tracer::Purpose;

/// Checks every cell: kind in the table, size sane, within its block, not overlapping the next, gc bits right; and every
/// strong reference: to the start of a cell.
pub(crate) fn check(heap: &Heap, when: &str) {
    // SAFETY: checks run inside a collection, when nothing else uses the space; they change nothing.
    let space = unsafe { &*heap.space.get() };
    let mut tracer = heap.new_tracer(Purpose::Check);
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

/// How many cells that a minor collection missed are reported.
const REPORTED: usize = 10;

/// After the marking of a minor collection: traces everything from the roots anew, as a major collection would, and compares.
/// What that reaches and the minor collection did not mark would be freed although it is in use: a store without barrier.
pub(crate) fn check_minor(heap: &Heap, stack_pointer: *const u8) {
    // SAFETY: as in `check`; what is changed here is changed back.
    let saved = unsafe { (*heap.space.get()).save_marks() };
    // SAFETY: as above.
    unsafe { (*heap.space.get()).clear_marks() };
    // Not the heap's buffers: the collection under way has them.
    let mut tracer = heap.new_tracer(Purpose::Check);
    tracer.clear_shapes();
    heap.mark_roots(&mut tracer, stack_pointer);
    tracer.drain();
    tracer.run_ephemerons();
    // SAFETY: as above.
    let space = unsafe { &*heap.space.get() };
    let mut reached = Vec::new();
    space.for_each_cell(&mut |cell| {
        if tracer.is_marked(cell) {
            reached.push(cell);
        }
    });
    // SAFETY: as above.
    unsafe { (*heap.space.get()).restore_marks(&saved) };
    // SAFETY: as above.
    let space = unsafe { &*heap.space.get() };
    let is_missed = |cell: *const Header| !is_marked(cell) && space.is_cell(cell as usize);
    let missed = reached.iter().filter(|&&cell| is_missed(cell)).count();
    // The same must hold for old cells that nothing refers to any more.
    let mut marked = Vec::new();
    space.for_each_cell(&mut |cell| {
        if is_marked(cell) {
            marked.push(cell);
        }
    });
    let name = |cell: *const Header| {
        // SAFETY: cells of the heap that were just traced.
        let kind = unsafe { (*cell).kind() };
        heap.kinds.get(kind as usize).map_or("?", |info| info.name)
    };
    let mut shown = 0;
    for &holder in &marked {
        let mut number = 0;
        let mut found = Vec::new();
        tracer.visit_cell(holder, &mut |target| {
            if !is_marked(target) {
                found.push((number, target));
            }
            number += 1;
        });
        for (number, target) in found {
            shown += 1;
            if shown <= REPORTED {
                // SAFETY: a live cell; an old one at least is still there.
                let bits = unsafe { (*holder).gc_bits() };
                // SAFETY: as above.
                let offset = unsafe { offset_of(heap, holder, target) };
                crate::note!(
                    "gc verify (minor): {} {holder:p} (gc bits {bits:#x}) refers to {} {target:p}, which was not marked: reference {number}, at byte {offset:?}",
                    name(holder),
                    name(target),
                );
            }
        }
    }
    if shown == 0 {
        for &cell in reached
            .iter()
            .filter(|&&cell| is_missed(cell))
            .take(REPORTED)
        {
            crate::note!(
                "gc verify (minor): {} {cell:p} is a root, a shape in use or the value of an ephemeron, and was not marked",
                name(cell)
            );
        }
    }
    if missed + shown != 0 {
        panic!(
            "gc verify (minor): {missed} cells in use were not marked, {shown} references of old cells lead to such"
        );
    }
}

/// Whether the collection under way marked the cell.
fn is_marked(cell: *const Header) -> bool {
    // SAFETY: the cell is in the heap, so its chunk is mapped.
    unsafe { crate::layout::is_marked(cell as usize) }
}

/// Where in the holder the reference is, unless it is in memory of its own.
///
/// # Safety
/// The holder is a live cell.
unsafe fn offset_of(heap: &Heap, holder: *const Header, target: *const Header) -> Option<usize> {
    // SAFETY: the caller vouches for the cell; its size is what its kind says.
    unsafe {
        let size = (heap.kinds[(*holder).kind() as usize].size)(holder);
        let words = holder.cast::<usize>();
        (1..size / 8)
            .find(|&i| words.add(i).read() == target as usize)
            .map(|i| i * 8)
    }
}
