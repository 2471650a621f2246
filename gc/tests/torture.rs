//! Random graph programs compared with a model that is kept on the Rust heap, under stress and verification.

mod toy;

use sarus_gc::{CollectReason, Gc, Generations, Heap, HeapConfig, RootVec};
use std::cell::Cell;
use std::collections::HashMap;
use toy::*;

/// xorshift64*: the tests must be reproducible from the seed they print.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }
}

/// What the model knows of a node: its children by id.
#[derive(Clone, Default)]
struct Node {
    children: Vec<Option<u64>>,
}

struct Program<'h> {
    heap: &'h Heap,
    random: Random,
    model: HashMap<u64, Node>,
    next_id: u64,
    /// Roots: (cell, id).
    roots: RootVec<(usize, u64)>,
    finalized: &'h Cell<usize>,
    owners: usize,
}

/// Every node is an array: slot 0 holds the id as a double, the others cells or null.
fn id_of(array: Gc<Array>) -> u64 {
    array_slots(array)[0].get() - (1 << 49)
}

impl Program<'_> {
    fn length(&mut self) -> usize {
        match self.random.below(200) {
            0 => 2 + self.random.below(5_000),
            1 if self.random.below(20) == 0 => 2 + self.random.below(80_000),
            2..10 => 2 + self.random.below(900),
            _ => 2 + self.random.below(12),
        }
    }

    fn new_node(&mut self) -> (Gc<Array>, u64) {
        let length = self.length();
        let array = new_array(self.heap, length);
        if let Some(at) = array_slots(array).iter().position(|slot| slot.get() != 0) {
            panic!(
                "fresh cell {array:?} of {length} words: {:#x} at {at}",
                array_slots(array)[at].get()
            );
        }
        let id = self.next_id;
        self.next_id += 1;
        array_slots(array)[0].set(id + (1 << 49));
        self.model.insert(
            id,
            Node {
                children: vec![None; length],
            },
        );
        (array, id)
    }

    /// A random node reachable from a random root.
    fn pick(&mut self) -> Option<(Gc<Array>, u64)> {
        if self.roots.is_empty() {
            return None;
        }
        let (addr, id) = self.roots[self.random.below(self.roots.len())];
        let mut array = as_array(addr as u64).expect("roots are arrays");
        assert_eq!(id_of(array), id);
        for _ in 0..self.random.below(6) {
            let slots = array_slots(array);
            let index = 1 + self.random.below(slots.len() - 1);
            if let Some(child) = as_array(slots[index].get()) {
                array = child;
            }
        }
        Some((array, id_of(array)))
    }

    fn step(&mut self) {
        match self.random.below(100) {
            0..30 => {
                let (array, id) = self.new_node();
                if let Some((parent, parent_id)) = self.pick() {
                    self.link(parent, parent_id, array, id);
                }
            }
            30..40 => {
                let (array, id) = self.new_node();
                self.roots.push((array.addr(), id));
            }
            40..70 => {
                if let (Some((parent, parent_id)), Some((child, child_id))) =
                    (self.pick(), self.pick())
                {
                    self.link(parent, parent_id, child, child_id);
                }
            }
            70..80 => {
                if let Some((parent, parent_id)) = self.pick() {
                    let slots = array_slots(parent);
                    let index = 1 + self.random.below(slots.len() - 1);
                    slots[index].set(0);
                    self.model.get_mut(&parent_id).expect("known").children[index] = None;
                }
            }
            80..89 => {
                if self.roots.len() > 20 {
                    let index = self.random.below(self.roots.len());
                    self.roots.swap_remove(index);
                }
            }
            89..97 => {
                for _ in 0..self.random.below(200) {
                    self.heap.alloc(Pair::new(3));
                }
            }
            97..99 => {
                self.heap.alloc(Owner::new(self.finalized));
                self.owners += 1;
            }
            _ => {
                if self.random.below(20) == 0 {
                    self.roots.truncate(5);
                }
            }
        }
    }

    fn link(&mut self, parent: Gc<Array>, parent_id: u64, child: Gc<Array>, child_id: u64) {
        let slots = array_slots(parent);
        let index = 1 + self.random.below(slots.len() - 1);
        self.heap.write_barrier(parent.header_ptr());
        slots[index].set(child.addr() as u64);
        self.model.get_mut(&parent_id).expect("known").children[index] = Some(child_id);
    }

    /// Compares everything reachable with the model, and forgets what is not reachable.
    fn check(&mut self) {
        let mut reachable = HashMap::new();
        let mut todo: Vec<Gc<Array>> = Vec::new();
        for &(addr, id) in self.roots.iter() {
            let array = as_array(addr as u64).expect("a root is an array");
            assert_eq!(id_of(array), id);
            todo.push(array);
        }
        while let Some(array) = todo.pop() {
            let id = id_of(array);
            if reachable.contains_key(&id) {
                continue;
            }
            let node = self
                .model
                .get(&id)
                .expect("a reachable node is in the model")
                .clone();
            let slots = array_slots(array);
            assert_eq!(slots.len(), node.children.len());
            for (index, child_id) in node.children.iter().enumerate().skip(1) {
                let child = as_array(slots[index].get());
                assert_eq!(child.map(id_of), *child_id);
                todo.extend(child);
            }
            reachable.insert(id, node);
        }
        self.model = reachable;
    }
}

fn run(seed: u64, steps: usize, config: HeapConfig) {
    let finalized = Cell::new(0);
    let heap = Heap::new(config, KINDS);
    let mut program = Program {
        roots: heap.root_vec(),
        heap: &heap,
        random: Random(seed | 1),
        model: HashMap::new(),
        next_id: 1,
        finalized: &finalized,
        owners: 0,
    };
    for step in 0..steps {
        program.step();
        if step % 997 == 0 {
            program.check();
        }
    }
    program.check();
    heap.collect(CollectReason::Explicit);
    program.check();
    let owners = program.owners;
    drop(program);
    heap.collect(CollectReason::Explicit);
    assert!(heap.stats().collections >= 2);
    drop(heap);
    assert_eq!(finalized.get(), owners, "every owner is finalized once");
}

fn generations(seed: u64) -> Generations {
    [Generations::On, Generations::Off, Generations::Auto][seed as usize % 3]
}

#[test]
fn stress_every_allocation() {
    run(
        11,
        3_000,
        HeapConfig {
            gc_stress: Some(1),
            generations: Generations::On,
            verify: true,
            poison: true,
            ..HeapConfig::default()
        },
    );
}

#[test]
fn stress_some_allocations() {
    for seed in 20..24 {
        run(
            seed,
            10_000,
            HeapConfig {
                gc_stress: Some(7 * seed as u32),
                verify: true,
                generations: generations(seed),
                poison: true,
                ..HeapConfig::default()
            },
        );
    }
}

#[test]
fn small_threshold() {
    for seed in 30..34 {
        run(
            seed,
            60_000,
            HeapConfig {
                initial_threshold: 1 << 20,
                verify: true,
                generations: generations(seed),
                poison: true,
                ..HeapConfig::default()
            },
        );
    }
}

#[test]
fn no_checks() {
    for seed in 40..44 {
        run(
            seed,
            100_000,
            HeapConfig {
                initial_threshold: 2 << 20,
                poison: false,
                ..HeapConfig::default()
            },
        );
    }
}

#[test]
fn many_heaps_on_many_threads() {
    std::thread::scope(|scope| {
        for thread in 0..4 {
            scope.spawn(move || {
                for seed in 0..20 {
                    run(
                        100 * thread + seed,
                        3_000,
                        HeapConfig {
                            initial_threshold: 1 << 20,
                            ..HeapConfig::default()
                        },
                    );
                }
            });
        }
    });
}

#[test]
fn small_mark_stack() {
    run(
        50,
        30_000,
        HeapConfig {
            initial_threshold: 1 << 20,
            verify: true,
            mark_stack_limit: 16,
            ..HeapConfig::default()
        },
    );
}
