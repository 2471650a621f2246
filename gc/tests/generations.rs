//! Minor and major collections, and the write barrier.

mod toy;

use sarus_gc::{
    CollectReason, CollectionKind, Gc, Generations, Header, Heap, HeapCell, HeapConfig,
};
use std::cell::Cell;
use toy::*;

fn heap() -> Heap {
    Heap::new(
        HeapConfig {
            verify: true,
            poison: true,
            generations: Generations::On,
            ..HeapConfig::default()
        },
        KINDS,
    )
}

/// A heap that is collected when it is due, and soon.
fn small_heap() -> Heap {
    Heap::new(
        HeapConfig {
            initial_threshold: 1 << 20,
            generations: Generations::On,
            ..HeapConfig::default()
        },
        KINDS,
    )
}

fn minor(heap: &Heap) {
    heap.collect_kind(CollectReason::Explicit, CollectionKind::Minor);
}

/// Runs `f` in a frame below, so that what it leaves on the stack is overwritten by later calls.
#[inline(never)]
fn far_away<R>(f: impl FnOnce() -> R) -> R {
    let pad = [0u8; 4096];
    std::hint::black_box(&pad);
    f()
}

/// Cells in the heap.
fn cells(heap: &Heap) -> usize {
    heap.census().iter().map(|count| count.cells).sum()
}

#[test]
fn what_is_stored_into_old_cells_survives() {
    let heap = heap();
    let old = heap.alloc(Pair::new(0));
    minor(&heap);
    for round in 1..5 {
        far_away(|| {
            heap.write_barrier(old.header_ptr());
            let value = heap.alloc(Pair::new(round));
            old.left.set(Some(value));
        });
        minor(&heap);
        assert_eq!(old.left.get().map(|cell| cell.value.get()), Some(round));
    }
    assert_eq!(heap.stats().minor_collections, 5);
}

#[test]
#[should_panic(expected = "gc verify (minor)")]
fn a_missing_barrier_is_found() {
    let heap = heap();
    let old = heap.alloc(Pair::new(0));
    minor(&heap);
    far_away(|| {
        let value = heap.alloc(Pair::new(1));
        old.left.set(Some(value));
    });
    far_away(|| minor(&heap));
}

#[test]
fn old_cells_die_in_major_collections() {
    let heap = heap();
    let list = heap.persistent(heap.alloc(Pair::new(0)));
    far_away(|| {
        for index in 1..1000 {
            let next = heap.alloc(Pair::new(index));
            next.left.set(Some(list.get()));
            list.set(next);
        }
    });
    minor(&heap);
    let kept = heap.alloc(Pair::new(7));
    list.set(kept);
    minor(&heap);
    assert!(cells(&heap) >= 1000);
    heap.collect_kind(CollectReason::Explicit, CollectionKind::Major);
    assert!(cells(&heap) < 100);
    assert_eq!(kept.value.get(), 7);
}

#[test]
fn new_cells_die_in_minor_collections() {
    let heap = heap();
    let finalized = Cell::new(0);
    let old = heap.alloc(Owner::new(&finalized));
    minor(&heap);
    for _ in 0..3 {
        far_away(|| {
            for _ in 0..100 {
                heap.alloc(Owner::new(&finalized));
                heap.alloc(Pair::new(1));
            }
        });
        far_away(|| minor(&heap));
    }
    assert!(finalized.get() > 250 && cells(&heap) < 50);
    assert_eq!(old.header().kind(), OWNER);
    drop(heap);
    assert_eq!(finalized.get(), 301);
}

#[test]
fn old_weak_cells_forget_new_targets() {
    let heap = heap();
    let (weak, ephemeron) = far_away(|| {
        let target = heap.alloc(Pair::new(1));
        (
            heap.alloc(Weak::new(target)),
            heap.alloc(Ephemeron::new(target, target)),
        )
    });
    minor(&heap);
    let key = heap.alloc(Pair::new(2));
    far_away(|| {
        heap.write_barrier(weak.header_ptr());
        weak.target.set(Some(heap.alloc(Pair::new(3))));
        heap.write_barrier(ephemeron.header_ptr());
        ephemeron.key.set(Some(key));
        ephemeron.value.set(Some(heap.alloc(Pair::new(4))));
    });
    far_away(|| minor(&heap));
    assert!(weak.target.get().is_none());
    assert_eq!(ephemeron.value.get().map(|cell| cell.value.get()), Some(4));
}

/// A pair of the kind that needs no barriers.
#[repr(C)]
struct Busy(Pair);

// SAFETY: a pair with another row of the table.
unsafe impl HeapCell for Busy {
    const KIND: u8 = BUSY;
}

#[test]
fn some_kinds_need_no_barrier() {
    let heap = heap();
    let busy: Gc<Busy> = heap.alloc(Busy(Pair::new(0)));
    let header: &Header = busy.header();
    header.set_kind(BUSY);
    for round in 1..5 {
        minor(&heap);
        far_away(|| busy.0.left.set(Some(heap.alloc(Pair::new(round)))));
        far_away(|| minor(&heap));
        assert_eq!(busy.0.left.get().map(|cell| cell.value.get()), Some(round));
    }
}

#[test]
fn what_says_that_it_changed_is_traced_again() {
    let heap = heap();
    let sly: Gc<Sly> = heap.alloc(Sly(Pair::new(0)));
    let header: &Header = sly.header();
    header.set_kind(SLY);
    for round in 1..8 {
        let is_major = round % 3 == 0;
        far_away(|| {
            sly.0.left.set(Some(heap.alloc(Pair::new(round))));
            sly.0.changed.set(true);
        });
        far_away(|| match is_major {
            true => heap.collect(CollectReason::Explicit),
            false => minor(&heap),
        });
        // Nothing was stored: it keeps what it has.
        far_away(|| minor(&heap));
        let left = sly.0.left.get().map(|cell| cell.value.get());
        assert_eq!((left, sly.0.changed.get()), (Some(round), false));
    }
}

struct Sly(Pair);

// SAFETY: a pair with another row of the table.
unsafe impl HeapCell for Sly {
    const KIND: u8 = SLY;
}

#[test]
fn cells_of_all_sizes_get_old() {
    for length in [1, 20, 900, 2000, 40_000, 200_000] {
        let heap = heap();
        let array = new_array(&heap, length);
        minor(&heap);
        for round in 0..3 {
            far_away(|| {
                heap.write_barrier(array.header_ptr());
                let cell = heap.alloc(Pair::new(round));
                array_slots(array)[length - 1].set(cell.addr() as u64);
            });
            far_away(|| minor(&heap));
            let cell = as_pair(array_slots(array)[length - 1].get());
            assert_eq!(cell.map(|cell| cell.value.get()), Some(round));
        }
    }
}

#[test]
fn a_full_mark_stack_is_no_problem() {
    let heap = Heap::new(
        HeapConfig {
            verify: true,
            mark_stack_limit: 8,
            gc_stress: Some(64),
            generations: Generations::On,
            ..HeapConfig::default()
        },
        KINDS,
    );
    let array = new_array(&heap, 300);
    for index in 0..3000u64 {
        let cell = heap.alloc(Pair::new(index));
        heap.write_barrier(array.header_ptr());
        array_slots(array)[index as usize % 300].set(cell.addr() as u64);
    }
    for (index, slot) in array_slots(array).iter().enumerate() {
        let value = as_pair(slot.get()).map(|cell| cell.value.get());
        assert_eq!(value, Some(2700 + index as u64));
    }
    assert!(heap.stats().minor_collections > 10);
}

#[test]
fn little_survives_little_is_major() {
    let heap = small_heap();
    far_away(|| {
        for index in 0..1_000_000 {
            heap.alloc(Pair::new(index));
        }
    });
    let stats = heap.stats();
    assert!(stats.collections > 20 && stats.minor_collections + 2 >= stats.collections);
}

#[test]
fn where_everything_survives_minor_collections_are_few() {
    let heap = small_heap();
    let ring = new_array(&heap, 100_000);
    far_away(|| {
        for index in 0..3_000_000 {
            let cell = heap.alloc(Pair::new(index as u64));
            heap.write_barrier(ring.header_ptr());
            array_slots(ring)[index % 100_000].set(cell.addr() as u64);
        }
    });
    let stats = heap.stats();
    assert!(stats.minor_collections * 3 < stats.collections, "{stats:?}");
}

#[test]
fn without_generations_everything_is_collected() {
    let heap = Heap::new(
        HeapConfig {
            generations: Generations::Off,
            initial_threshold: 1 << 20,
            ..HeapConfig::default()
        },
        KINDS,
    );
    let old = heap.alloc(Pair::new(0));
    heap.collect(CollectReason::Explicit);
    far_away(|| {
        for index in 0..200_000 {
            old.left.set(Some(heap.alloc(Pair::new(index))));
        }
    });
    assert_eq!(old.left.get().map(|cell| cell.value.get()), Some(199_999));
    assert!(heap.stats().collections > 3 && heap.stats().minor_collections == 0);
}

/// A heap in which so much lives that it is collected in steps: an array of pairs.
fn large_heap(config: HeapConfig, pairs: usize) -> (Heap, Gc<Array>) {
    let heap = Heap::new(config, KINDS);
    let array = new_array(&heap, pairs);
    far_away(|| {
        for index in 0..pairs {
            store_pair(&heap, array, index, index as u64);
        }
    });
    (heap, array)
}

/// Stores a pair that leads to another one, so that tracing has something to do behind what is written to.
fn store_pair(heap: &Heap, array: Gc<Array>, index: usize, value: u64) {
    let inner = heap.alloc(Pair::new(value));
    let outer = heap.alloc(Pair::new(value));
    outer.left.set(Some(inner));
    heap.write_barrier(array.header_ptr());
    array_slots(array)[index].set(outer.addr() as u64);
}

fn value_of(array: Gc<Array>, index: usize) -> Option<(u64, u64)> {
    let outer = as_pair(array_slots(array)[index].get())?;
    Some((outer.value.get(), outer.left.get()?.value.get()))
}

#[test]
fn a_large_heap_is_collected_in_steps() {
    const PAIRS: usize = 500_000;
    for generations in [Generations::Auto, Generations::On] {
        let (heap, array) = large_heap(
            HeapConfig {
                generations,
                verify: true,
                ..HeapConfig::default()
            },
            PAIRS,
        );
        let start = heap.stats();
        far_away(|| {
            for round in 0..3 * PAIRS {
                store_pair(&heap, array, round * 7 % PAIRS, round as u64);
            }
        });
        let stats = heap.stats();
        assert!(stats.steps > start.steps + 30, "{stats:?}");
        for index in 0..PAIRS {
            let (outer, inner) = value_of(array, index).expect("a pair");
            assert!(outer == inner && outer * 7 % PAIRS as u64 == index as u64);
        }
        heap.collect(CollectReason::Explicit);
        assert!(cells(&heap) < 2 * PAIRS + 100);
    }
}

#[test]
fn steps_are_given_up_for_a_collection_of_everything() {
    const PAIRS: usize = 500_000;
    let (heap, array) = large_heap(
        HeapConfig {
            verify: true,
            ..HeapConfig::default()
        },
        PAIRS,
    );
    let start = heap.stats().steps;
    let mut index = 0;
    while heap.stats().steps < start + 5 {
        store_pair(&heap, array, index % PAIRS, index as u64);
        index += 1;
    }
    heap.collect(CollectReason::Explicit);
    assert!(cells(&heap) < 2 * PAIRS + 100);
    far_away(|| minor(&heap));
    assert!((0..PAIRS).all(|index| value_of(array, index).is_some()));
}

#[test]
fn a_small_heap_has_no_generations() {
    let heap = Heap::new(
        HeapConfig {
            initial_threshold: 1 << 20,
            ..HeapConfig::default()
        },
        KINDS,
    );
    far_away(|| {
        for index in 0..1_000_000 {
            heap.alloc(Pair::new(index));
        }
    });
    let stats = heap.stats();
    assert!(stats.collections > 20 && stats.minor_collections == 0 && stats.steps == 0);
}
