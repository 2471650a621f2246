//! Lowered accesses through the tables of loads and stores.

mod machine;

use machine::{KINDS, Machine, Maker, Running, cell, int, snapshot};
use sarus_jit::graph::*;
use sarus_jit::helpers::Helper;
use sarus_jit::layout::{cache, value};
use std::sync::Arc;

const SHAPE: u32 = 70_000;
const KEY: u64 = 0x12_3456_7890;

/// A table with one entry: what a load or store of `KEY` does with `SHAPE`.
fn table(kind: i64, offset: u64, holder: u64, validity: u64) -> u64 {
    let words = cache::ENTRY_SIZE as usize / 8;
    let mut all = vec![0u64; words * cache::SIZE as usize];
    let at = words * ((SHAPE ^ cache::hash(KEY)) & cache::MASK) as usize;
    let entry = &mut all[at..at + words];
    entry[cache::KEY as usize / 8] = KEY;
    entry[cache::SHAPE as usize / 8] =
        u64::from(SHAPE) | (kind as u64 | offset << cache::OFFSET_SHIFT) << 32;
    entry[cache::CELL as usize / 8] = holder;
    entry[cache::VALIDITY as usize / 8] = validity;
    all.leak().as_ptr() as u64
}

/// How code is made.
#[derive(Copy, Clone, PartialEq)]
enum Mode {
    /// With its arguments.
    Plain,
    /// With `KEY` as a constant in place of the second argument.
    Constant,
    /// It calls a routine.
    Warm,
}

const MODES: [Mode; 3] = [Mode::Plain, Mode::Constant, Mode::Warm];

/// Code that does the operation.
fn code(op: NodeOp, table: u64, mode: Mode) -> Running {
    let mut m = Maker::new();
    let mut inputs: Vec<NodeId> = (0..op.input_reps().len())
        .map(|i| m.argument(i as u32))
        .collect();
    if mode == Mode::Constant {
        inputs[1] = m.node(NodeOp::Const(KEY), &[]);
    }
    let result = m.node(op, &inputs);
    m.returns_boxed(result);
    m.graph.compute_order();
    let machine = Machine::new();
    let mut snapshot = snapshot(&machine);
    let layout = Arc::make_mut(&mut snapshot.layout);
    (layout.load_table, layout.store_table) = (table, table);
    if mode == Mode::Warm {
        machine::warm(&mut snapshot);
    }
    Running::new(machine, &snapshot, &m.graph, false)
}

fn object(shape: u32, fields: &[u64]) -> u64 {
    cell(shape, KINDS.object, 0, 0, fields)
}

#[test]
fn loads() {
    let slots = cell(0, 9, 0, 0, &[int(6), int(7)]);
    let o = object(SHAPE, &[slots, 0, int(3), int(4)]);
    let (valid, invalid) = (cell(0, 10, 0, 0, &[1]), cell(0, 10, 0, 0, &[0]));
    let cases = [
        (table(cache::OWN, 32, 0, 0), int(4), 0),
        (table(cache::OWN_SLOTS, 16, 0, 0), int(7), 0),
        (table(cache::PROTO, 8, slots, valid), int(6), 0),
        (table(cache::PROTO, 8, slots, invalid), value::LAZY, 1),
        // Accessors are no more than that; other kinds are the helper's.
        (table(cache::LAST_ACCESSOR, 32, 0, 0), value::LAZY, 0),
        (table(cache::LAST_ACCESSOR + 2, 32, 0, 0), value::LAZY, 1),
    ];
    for (table, expected, asked) in cases {
        for mode in MODES {
            let mut code = code(NodeOp::LoadCached, table, mode);
            code.machine.answer = value::LAZY;
            assert_eq!(code.result(&[o, KEY]), Ok(expected));
            assert_eq!(code.machine.log.len(), asked);
            for other in [object(SHAPE + 1, &[0; 4]), int(5), value::UNDEFINED] {
                assert_eq!(code.result(&[other, KEY]), Ok(value::LAZY));
            }
            assert_eq!(code.machine.log.len(), asked + 3);
        }
        let mut code = code(NodeOp::LoadCached, table, Mode::Plain);
        code.machine.answer = int(9);
        for key in [KEY + 16, int(1), value::UNDEFINED] {
            assert_eq!(code.result(&[o, key]), Ok(int(9)));
        }
        assert_eq!(code.machine.log.len(), 3);
    }
}

#[test]
fn getters() {
    let function = cell(1, KINDS.function, 0, 0, &[0; 8]);
    let pair = cell(0, 8, 0, 0, &[function, value::UNDEFINED]);
    let without = cell(0, 8, 0, 0, &[value::UNDEFINED, function]);
    let slots = cell(0, 9, 0, 0, &[int(6), pair]);
    let o = object(SHAPE, &[slots, 0, pair, without]);
    let (valid, invalid) = (cell(0, 10, 0, 0, &[1]), cell(0, 10, 0, 0, &[0]));
    let cases = [
        (table(cache::ACCESSOR, 24, 0, 0), function, 0),
        (table(cache::ACCESSOR, 32, 0, 0), value::LAZY, 1),
        (table(cache::ACCESSOR_SLOTS, 16, 0, 0), function, 0),
        (table(cache::LAST_ACCESSOR, 16, slots, valid), function, 0),
        (
            table(cache::LAST_ACCESSOR, 16, slots, invalid),
            value::LAZY,
            1,
        ),
        (table(cache::OWN, 24, 0, 0), value::LAZY, 1),
    ];
    for (table, expected, asked) in cases {
        for mode in [Mode::Plain, Mode::Constant] {
            let mut code = code(NodeOp::Call(Helper::FindGetter), table, mode);
            code.machine.answer = value::LAZY;
            assert_eq!(code.result(&[o, KEY]), Ok(expected));
            assert_eq!(code.machine.log.len(), asked);
            assert_eq!(code.result(&[int(5), KEY]), Ok(value::LAZY));
        }
    }
}

#[test]
fn stores() {
    let read = |address: u64| {
        // SAFETY: a word of a cell that is never freed.
        unsafe { *(address as *const u64) }
    };
    for mode in MODES {
        let slots = cell(0, 9, 0, 0, &[int(6), int(7)]);
        let o = object(SHAPE, &[slots, 0, int(3), int(4)]);
        let own = table(cache::OWN, 24, 0, 0);
        let mut running = code(NodeOp::StoreCached, own, mode);
        assert_eq!(running.result(&[o, KEY, int(1)]), Ok(value::TRUE));
        assert_eq!((read(o + 24), read(o + 32)), (int(1), int(4)));
        let other = object(SHAPE + 1, &[0; 4]);
        assert_eq!(running.result(&[other, KEY, int(1)]), Ok(value::FALSE));
        assert_eq!(read(other + 24), 0);
        assert_eq!(running.machine.log.len(), 1);
        let mut running = code(NodeOp::StoreCached, table(cache::OWN_SLOTS, 16, 0, 0), mode);
        assert_eq!(running.result(&[o, KEY, int(2)]), Ok(value::TRUE));
        assert_eq!((read(slots + 8), read(slots + 16)), (int(6), int(2)));
        // A store never goes to a prototype.
        let valid = cell(0, 10, 0, 0, &[1]);
        let mut running = code(
            NodeOp::StoreCached,
            table(cache::PROTO, 8, slots, valid),
            mode,
        );
        assert_eq!(running.result(&[o, KEY, int(2)]), Ok(value::FALSE));
        assert_eq!(read(slots + 8), int(6));
    }
}
