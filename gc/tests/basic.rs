//! Small programs against the public interface.

mod toy;

use sarus_gc::{CollectReason, Generations, Heap, HeapConfig};
use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering};
use toy::*;

fn heap() -> Heap {
    Heap::new(
        HeapConfig {
            verify: true,
            ..HeapConfig::default()
        },
        KINDS,
    )
}

/// Runs `f` in a frame below, so that what it leaves on the stack is overwritten by later calls.
#[inline(never)]
fn far_away<R>(f: impl FnOnce() -> R) -> R {
    let pad = [0u8; 4096];
    std::hint::black_box(&pad);
    f()
}

#[test]
fn allocates_and_reads_back() {
    let heap = heap();
    let a = heap.alloc(Pair::new(1));
    let b = heap.alloc(Pair::new(2));
    a.left.set(Some(b));
    heap.collect(CollectReason::Explicit);
    assert_eq!(a.value.get(), 1);
    assert_eq!(a.left.get().map(|cell| cell.value.get()), Some(2));
    assert_eq!(b.header().kind(), PAIR);
}

#[test]
fn garbage_is_reclaimed() {
    let heap = heap();
    far_away(|| {
        for index in 0..100_000 {
            heap.alloc(Pair::new(index));
        }
    });
    heap.collect(CollectReason::Explicit);
    assert!(heap.stats().live_bytes < 64 << 10, "{:?}", heap.stats());
    let cells: usize = heap.census().iter().map(|count| count.cells).sum();
    assert!(cells < 100);
}

#[test]
fn long_lists_do_not_recurse() {
    let heap = heap();
    let first = heap.alloc(Pair::new(0));
    let mut last = first;
    for index in 1..500_000 {
        let next = heap.alloc(Pair::new(index));
        last.left.set(Some(next));
        last = next;
    }
    heap.collect(CollectReason::Explicit);
    let mut count = 0;
    let mut at = Some(first);
    while let Some(cell) = at {
        assert_eq!(cell.value.get(), count);
        count += 1;
        at = cell.left.get();
    }
    assert_eq!(count, 500_000);
}

#[test]
fn interior_pointers_keep_cells() {
    let heap = heap();
    let array = new_array(&heap, 700);
    let slot: *const Cell<u64> = &array_slots(array)[699];
    array_slots(array)[699].set(double(77.5));
    let slot = std::hint::black_box(slot);
    let _ = array;
    far_away(|| {
        for index in 0..100_000 {
            heap.alloc(Pair::new(index));
        }
    });
    heap.collect(CollectReason::Explicit);
    // SAFETY: the point of the test: the interior pointer keeps the array.
    assert_eq!(unsafe { (*slot).get() }, double(77.5));
}

#[test]
fn roots_outside_the_heap() {
    let heap = heap();
    let mut vec = heap.root_vec();
    let mut other = heap.root_vec::<u64>();
    other.push(12);
    far_away(|| {
        for index in 0..10_000 {
            vec.push(heap.alloc(Pair::new(index)));
        }
    });
    drop(other);
    let kept = heap.persistent(vec[5000]);
    for _ in 0..3 {
        heap.collect(CollectReason::Explicit);
    }
    assert!(
        vec.iter()
            .enumerate()
            .all(|(index, cell)| cell.value.get() == index as u64)
    );
    vec.clear();
    heap.collect(CollectReason::Explicit);
    assert_eq!(kept.get().value.get(), 5000);
    drop(heap);
    assert!(kept.try_get().is_none());
}

#[test]
fn sizes_from_small_to_huge() {
    let heap = heap();
    let mut vec = heap.root_vec();
    for length in [
        0, 1, 13, 14, 15, 100, 1000, 1021, 1022, 1023, 4000, 31_000, 31_743, 31_744, 40_000,
        140_000, 1_000_000,
    ] {
        let array = new_array(&heap, length);
        assert!(array_slots(array).iter().all(|slot| slot.get() == 0));
        if let Some(slot) = array_slots(array).last() {
            slot.set(heap.alloc(Pair::new(length as u64)).addr() as u64);
        }
        vec.push(array);
    }
    for _ in 0..2 {
        heap.collect(CollectReason::Explicit);
        for array in vec.iter() {
            let slots = array_slots(*array);
            if let Some(slot) = slots.last() {
                assert_eq!(
                    as_pair(slot.get()).map(|pair| pair.value.get()),
                    Some(slots.len() as u64)
                );
            }
        }
    }
    vec.clear();
    far_away(|| {});
    heap.collect(CollectReason::Explicit);
    assert!(heap.stats().live_bytes < 9 << 20);
}

#[test]
fn finalizers_run_once() {
    let count = Cell::new(0);
    {
        let heap = heap();
        let kept = far_away(|| {
            for _ in 0..1000 {
                heap.alloc(Owner::new(&count));
            }
            heap.alloc(Owner::new(&count))
        });
        heap.collect(CollectReason::Explicit);
        assert!(count.get() >= 990 && count.get() <= 1000, "{}", count.get());
        std::hint::black_box(kept);
    }
    assert_eq!(count.get(), 1001);
}

#[test]
fn weak_references_are_cleared() {
    let heap = heap();
    let mut weaks = heap.root_vec();
    let mut strong = heap.root_vec();
    far_away(|| {
        for index in 0..1000 {
            let target = heap.alloc(Pair::new(index));
            weaks.push(heap.alloc(Weak::new(target)));
            if index % 2 == 0 {
                strong.push(target);
            }
        }
    });
    heap.collect(CollectReason::Explicit);
    let live = weaks
        .iter()
        .filter(|weak| weak.target.get().is_some())
        .count();
    assert!((500..510).contains(&live), "{live}");
}

#[test]
fn ephemeron_chains() {
    let heap = heap();
    let first = heap.alloc(Pair::new(0));
    let mut tables = heap.root_vec();
    far_away(|| {
        // Key n's value is key n+1; the tables are visited in an order that needs many rounds.
        let mut key = first;
        for index in 1..200 {
            let value = heap.alloc(Pair::new(index));
            tables.push(heap.alloc(Ephemeron::new(key, value)));
            key = value;
        }
        tables.reverse();
        for _ in 0..200 {
            let (key, value) = (heap.alloc(Pair::new(0)), heap.alloc(Pair::new(0)));
            tables.push(heap.alloc(Ephemeron::new(key, value)));
        }
    });
    heap.collect(CollectReason::Explicit);
    let live: Vec<bool> = tables
        .iter()
        .map(|table| table.value.get().is_some())
        .collect();
    assert!(live[..199].iter().all(|&live| live));
    assert!(live[199..].iter().filter(|&&live| live).count() < 5);
    assert_eq!(
        tables[0].value.get().map(|cell| cell.value.get()),
        Some(199)
    );
    std::hint::black_box(first);
}

#[test]
fn the_limit_is_soft() {
    let config = HeapConfig {
        max_heap_bytes: 16 << 20,
        verify: true,
        ..HeapConfig::default()
    };
    let flag = AtomicU32::new(0);
    let heap = Heap::new(config, KINDS);
    // SAFETY: the flag is declared before the heap and so outlives it.
    unsafe { heap.set_interrupt_flag(&flag, 4, 0) };
    // SAFETY: the size matches the length.
    assert!(unsafe { heap.try_alloc_large(64 << 20, Array::new((64 << 20) / 8 - 2)) }.is_err());
    assert!(!heap.limit_reached());
    assert!(!heap.can_reserve(17 << 20));
    assert!(heap.can_reserve(10 << 20));
    let mut vec = heap.root_vec();
    let mut allocated = 0;
    while !heap.limit_reached() {
        vec.push(heap.alloc(Pair::new(1)));
        allocated += 1;
        assert!(allocated < 1_000_000);
    }
    assert_eq!(flag.load(Ordering::Relaxed), 4);
    assert!(allocated > 100_000, "{allocated}");
    for _ in 0..100_000 {
        vec.push(heap.alloc(Pair::new(1)));
    }
    // SAFETY: the size matches the length.
    assert!(unsafe { heap.try_alloc_large(8 << 20, Array::new((8 << 20) / 8 - 2)) }.is_err());
    vec.clear();
    heap.clear_limit_reached();
    heap.collect(CollectReason::Explicit);
    assert!(!heap.limit_reached());
}

#[test]
fn external_memory_triggers_collections() {
    let heap = heap();
    for _ in 0..100 {
        heap.add_external(1 << 20);
        heap.alloc(Pair::new(1));
        heap.sub_external(1 << 20);
    }
    assert_eq!(heap.stats().collections, 0);
    for _ in 0..10 {
        heap.add_external(1 << 20);
        heap.alloc(Pair::new(1));
    }
    assert_eq!(heap.stats().collections, 1);
    assert_eq!(heap.stats().external_bytes, 10 << 20);
}

#[test]
fn shapes_are_marked_once() {
    let heap = heap();
    let seen = Cell::new(0u32);
    unsafe fn trace_shape(data: *mut (), id: u32, _: &mut sarus_gc::Tracer) {
        // SAFETY: the data is the counter below.
        let seen = unsafe { &*data.cast::<Cell<u32>>() };
        seen.set(seen.get() + id);
    }
    heap.set_shape_tracer(trace_shape, (&raw const seen).cast_mut().cast());
    let mut vec = heap.root_vec();
    for index in 0..100 {
        let cell = heap.alloc(Pair::new(index));
        cell.header().set_shape(1000 + (index as u32) % 2);
        vec.push(cell);
    }
    heap.collect(CollectReason::Explicit);
    assert_eq!(seen.get(), 2001);
    heap.collect(CollectReason::Explicit);
    assert_eq!(seen.get(), 4002);
}

#[test]
fn heaps_grow_by_four_times_what_lives_at_first() {
    const THRESHOLD: usize = 1 << 20;
    let config = HeapConfig {
        initial_threshold: THRESHOLD,
        generations: Generations::Off,
        ..HeapConfig::default()
    };
    let heap = Heap::new(config, KINDS);
    let mut kept = None;
    for megabytes in [1, 2, 6] {
        let list = new_array(&heap, megabytes << 17);
        heap.collect(CollectReason::Explicit);
        let (used, growth) = (heap.stats().used_bytes, heap.stats().threshold_bytes);
        let expected = used + 3 * used.min(4 * THRESHOLD);
        assert!(growth.abs_diff(expected) < 4096, "{used} {growth}");
        assert_eq!(array_slots(list).len(), megabytes << 17);
        kept = Some(list);
    }
    assert!(kept.is_some());
}
