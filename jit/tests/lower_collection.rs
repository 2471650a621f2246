//! Lowered searches for keys of Maps and Sets.

mod machine;

use machine::{KINDS, Machine, Maker, Running, cell, double, int, snapshot};
use sarus_jit::graph::*;
use sarus_jit::helpers::Helper;
use sarus_jit::layout::{collection, value};

const CAPACITY: u64 = 4;

/// A string with that hash.
fn string(hash: u64) -> u64 {
    cell(0, KINDS.string, 0, 0, &[5 | hash << 32, 0])
}

/// The hash of a key that its bits decide about.
fn hash(key: u64) -> u64 {
    let bits = match key {
        value::FIRST_POINTER..value::POINTER_LIMIT => key >> collection::ADDRESS_SHIFT,
        number => number,
    };
    bits.wrapping_mul(collection::HASH_FACTOR) >> collection::HASH_SHIFT & u64::from(u32::MAX)
}

/// A collection with these keys, whose bits decide.
fn collection_of(helper: Helper, keys: &[u64]) -> u64 {
    let keys: Vec<(u64, u64)> = keys.iter().map(|key| (*key, hash(*key))).collect();
    collection_with(helper, &keys)
}

/// A collection with these keys and hashes.
fn collection_with(helper: Helper, keys: &[(u64, u64)]) -> u64 {
    let mut fields = vec![CAPACITY];
    const BUCKETS: u64 = CAPACITY * collection::BUCKETS_PER_ENTRY as u64;
    let mut buckets = [0_u64; BUCKETS as usize];
    for (i, (key, hash)) in keys.iter().enumerate() {
        let bucket = &mut buckets[(hash & (BUCKETS - 1)) as usize];
        fields.push(*key);
        if helper == Helper::FindInMap {
            fields.push(int(-1));
        }
        fields.push(hash | *bucket << 32);
        *bucket = i as u64 + 1;
    }
    let words = if helper == Helper::FindInMap { 3 } else { 2 };
    fields.resize(1 + words * CAPACITY as usize, value::HOLE);
    fields.extend(buckets.chunks(2).map(|pair| pair[0] | pair[1] << 32));
    cell(0, 30, 0, 0, &[cell(0, 31, 0, 0, &fields)])
}

/// Code that looks for its second argument in its first, with or without knowing that the key is a number or an object.
fn code(helper: Helper, known: Option<NodeOp>) -> Running {
    let mut m = Maker::new();
    let (collection, mut key) = (m.argument(0), m.argument(1));
    if let Some(check) = known {
        let checked = m.node(check.clone(), &[key]);
        key = match check {
            NodeOp::UntagInt => m.node(NodeOp::IntToTagged, &[checked]),
            _ => checked,
        };
    }
    let found = m.node(NodeOp::Call(helper), &[collection, key]);
    m.returns_boxed(found);
    m.graph.compute_order();
    let machine = Machine::new();
    let snapshot = snapshot(&machine);
    Running::new(machine, &snapshot, &m.graph, false)
}

#[test]
fn numbers_and_objects_are_found_in_place() {
    let object = || cell(70, KINDS.object, 0, 0, &[0; 4]);
    let objects = [object(), object(), object(), object()];
    let ints = [int(7), int(-1), int(0), int(1 << 30)];
    for helper in [Helper::FindInMap, Helper::FindInSet] {
        let cases = [
            (ints, int(8), Some(NodeOp::UntagInt)),
            (ints, int(8), None),
            (objects, object(), Some(NodeOp::CheckObject)),
            (objects, object(), None),
        ];
        for (keys, other, known) in cases {
            let mut code = code(helper, known);
            for n in 0..=keys.len() {
                let o = collection_of(helper, &keys[..n]);
                for (i, key) in keys.iter().enumerate() {
                    let expected = if i < n { i as i32 } else { -1 };
                    assert_eq!(code.result(&[o, *key]), Ok(int(expected)));
                }
                assert_eq!(code.result(&[o, other]), Ok(int(-1)));
            }
            // Without a table there is nothing.
            let empty = cell(0, 30, 0, 0, &[0]);
            assert_eq!(code.result(&[empty, keys[0]]), Ok(int(-1)));
            assert!(code.machine.log.is_empty());
        }
    }
}

#[test]
fn other_keys_are_left_to_the_helper() {
    for helper in [Helper::FindInMap, Helper::FindInSet] {
        let string = cell(0, KINDS.string, 0, 0, &[0; 2]);
        let symbol = cell(0, KINDS.symbol, 0, 0, &[0; 2]);
        let o = collection_of(helper, &[int(3), string]);
        let mut code = code(helper, None);
        code.machine.answer = 2;
        let keys = [string, symbol, double(-0.0), double(0.5), value::UNDEFINED];
        for key in keys {
            assert_eq!(code.result(&[o, key]), Ok(int(2)));
        }
        assert_eq!(code.machine.log.len(), keys.len());
    }
}

#[test]
fn strings_are_found_by_their_hash() {
    let (a, b, far) = (string(9), string(9), string(17));
    let keys = [(a, 9), (far, 17), (int(9), hash(int(9)))];
    for helper in [Helper::FindInMap, Helper::FindInSet] {
        let o = collection_with(helper, &keys);
        let mut code = code(helper, None);
        code.machine.answer = 7;
        for (i, (key, _)) in keys.iter().enumerate() {
            assert_eq!(code.result(&[o, *key]), Ok(int(i as i32)));
        }
        // Neither the same bucket nor another one holds an entry with that hash.
        for hash in [25, 10] {
            assert_eq!(code.result(&[o, string(hash)]), Ok(int(-1)));
        }
        assert!(code.machine.log.is_empty());
        // The helper compares contents, and finds out the hash.
        for (i, key) in [b, string(0)].into_iter().enumerate() {
            assert_eq!(code.result(&[o, key]), Ok(int(7)));
            assert_eq!(code.machine.log.len(), i + 1);
        }
    }
}
