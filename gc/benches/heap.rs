//! Allocation rate, marking rate, and the cost of a heap.

#[path = "../tests/toy/mod.rs"]
mod toy;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use sarus_gc::{CollectReason, Gc, Heap, HeapConfig};
use std::hint::black_box;
use toy::*;

fn heap() -> Heap {
    Heap::new(
        HeapConfig {
            poison: false,
            ..HeapConfig::default()
        },
        KINDS,
    )
}

/// A binary tree of 2^depth - 1 pairs, depth first.
fn tree(heap: &Heap, depth: u32) -> Gc<Pair> {
    let pair = heap.alloc(Pair::new(u64::from(depth)));
    if depth > 1 {
        pair.left.set(Some(tree(heap, depth - 1)));
        pair.right.set(tree(heap, depth - 1).addr() as u64);
    }
    pair
}

/// The pairs of a tree linked in an order that has nothing to do with their addresses.
fn shuffled(heap: &Heap, count: usize) -> Gc<Pair> {
    let mut cells = heap.root_vec();
    for index in 0..count {
        cells.push(heap.alloc(Pair::new(index as u64)));
    }
    let mut state = 88172645463325252u64;
    for index in (1..count).rev() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        cells.swap(index, (state % (index as u64 + 1)) as usize);
    }
    for index in 1..count {
        let parent = cells[(index - 1) / 2];
        if index % 2 == 1 {
            parent.left.set(Some(cells[index]));
        } else {
            parent.right.set(cells[index].addr() as u64);
        }
    }
    cells[0]
}

fn allocation(c: &mut Criterion) {
    let mut group = c.benchmark_group("allocate");
    group.throughput(Throughput::Elements(1000));
    let heap = heap();
    group.bench_function("pair, all garbage", |b| {
        b.iter(|| {
            for index in 0..1000 {
                black_box(heap.alloc(Pair::new(index)));
            }
        });
    });
    group.bench_function("array of 20, all garbage", |b| {
        b.iter(|| {
            for _ in 0..1000 {
                black_box(new_array(&heap, 20));
            }
        });
    });
    group.bench_function("array of 400, all garbage", |b| {
        b.iter(|| {
            for _ in 0..1000 {
                black_box(new_array(&heap, 400));
            }
        });
    });
    group.bench_function("array of 4000, all garbage", |b| {
        b.iter(|| {
            for _ in 0..1000 {
                black_box(new_array(&heap, 4000));
            }
        });
    });
    // A third of the lines of a big live heap are free, here and there.
    let mut live = heap.root_vec();
    for index in 0..600_000 {
        live.push(heap.alloc(Pair::new(index)));
    }
    let mut index = 0;
    live.retain(|_| {
        index += 1;
        index % 30 < 20
    });
    group.bench_function("pair, into a fragmented heap", |b| {
        b.iter(|| {
            for index in 0..1000 {
                black_box(heap.alloc(Pair::new(index)));
            }
        });
    });
    group.finish();
}

fn collection(c: &mut Criterion) {
    let mut group = c.benchmark_group("collect");
    group.sample_size(20);
    for (name, count) in [("32 MB", 20), ("4 MB", 17)] {
        group.throughput(Throughput::Bytes((32 << count) as u64));
        let heap1 = heap();
        let root = heap1.persistent(tree(&heap1, count));
        group.bench_function(format!("tree of pairs, {name}"), |b| {
            b.iter(|| heap1.collect(CollectReason::Explicit));
        });
        drop(root);
        let heap2 = heap();
        let root = heap2.persistent(shuffled(&heap2, 1 << count));
        group.bench_function(format!("shuffled tree of pairs, {name}"), |b| {
            b.iter(|| heap2.collect(CollectReason::Explicit));
        });
        drop(root);
    }
    group.finish();
}

fn lifetime(c: &mut Criterion) {
    let mut group = c.benchmark_group("heap");
    group.bench_function("create and drop", |b| b.iter(heap));
    group.bench_function("create, allocate 100 KB, drop", |b| {
        b.iter(|| {
            let heap = heap();
            for index in 0..3200 {
                black_box(heap.alloc(Pair::new(index)));
            }
        });
    });
    group.bench_function("create, allocate 2 MB, drop", |b| {
        b.iter(|| {
            let heap = heap();
            for index in 0..65536 {
                black_box(heap.alloc(Pair::new(index)));
            }
        });
    });
    group.finish();
}

criterion_group!(benches, allocation, collection, lifetime);
criterion_main!(benches);
