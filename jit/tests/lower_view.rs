//! Lowered accesses through DataViews, and atomic operations.

mod machine;

use machine::{Machine, Maker, Running, cell, double, int, number, offsets};
use sarus_jit::graph::*;
use sarus_jit::snapshot::Reason;

/// Where the accesses are.
const AT: i32 = 3;

/// A view that begins at the second of these bytes; of a detached buffer, if there are none.
fn view(bytes: Option<&mut [u8]>) -> u64 {
    let data = bytes.map_or(0, |b| b.as_mut_ptr() as u64);
    assert_eq!((offsets().buffer_data, offsets().view_buffer), (8, 24));
    let buffer = cell(0, 30, 0, 0, &[data]);
    cell(0, 31, 0, 0, &[64, 1, buffer])
}

fn code(make: impl FnOnce(&mut Maker, NodeId) -> NodeId) -> Running {
    let mut m = Maker::new();
    let view = m.argument(0);
    let data = m.node(NodeOp::ViewData, &[view]);
    let result = make(&mut m, data);
    m.returns_boxed(result);
    m.finish(Machine::new())
}

fn load(mem: Mem, big: bool) -> Running {
    code(|m, data| {
        let at = m.node(NodeOp::Int(AT), &[]);
        m.node(NodeOp::LoadView(mem, big), &[data, at])
    })
}

fn store(mem: Mem, big: bool) -> Running {
    code(|m, data| {
        let at = m.node(NodeOp::Int(AT), &[]);
        let v = m.argument(1);
        let v = match mem.rep() {
            Rep::Float64 => m.node(NodeOp::NumberToFloat, &[v]),
            _ => m.node(NodeOp::UntagInt, &[v]),
        };
        m.node(NodeOp::StoreView(mem, big), &[data, at, v]);
        v
    })
}

#[test]
fn bytes_are_read_and_written_in_both_orders() {
    let cases: [(Mem, &[u8], u64); 11] = [
        (Mem::U8, &[0xfe], int(0xfe)),
        (Mem::I8, &[0xfe], int(-2)),
        (Mem::U16, &[0x34, 0xf2], int(0xf234)),
        (Mem::I16, &[0x34, 0xf2], int(0xf234 - 0x10000)),
        (Mem::I16, &[0x34, 0x12], int(0x1234)),
        (Mem::I32, &[0x78, 0x56, 0x34, 0x12], int(0x1234_5678)),
        (Mem::I32, &[0xff, 0xff, 0xff, 0x8f], int(-0x7000_0001)),
        (Mem::F32, &[0, 0, 0xc0, 0x3f], double(1.5)),
        (Mem::F32, &[0, 0, 0x80, 0xff], double(f64::NEG_INFINITY)),
        (Mem::F64, &[0, 0, 0, 0, 0, 0, 0xf8, 0x3f], double(1.5)),
        (
            Mem::F64,
            &[1, 0, 0, 0, 0, 0, 0xf0, 0x3f],
            double(1.0 + f64::EPSILON),
        ),
    ];
    for (mem, pattern, expected) in cases {
        for big in [false, true] {
            let place = 1 + AT as usize..1 + AT as usize + pattern.len();
            let mut bytes = [0xaa_u8; 16];
            bytes[place.clone()].copy_from_slice(pattern);
            if big {
                bytes[place.clone()].reverse();
            }
            let wanted = bytes;
            let o = view(Some(&mut bytes));
            assert_eq!(load(mem, big).result(&[o]), Ok(expected), "{mem:?} {big}");
            bytes[place].fill(0);
            let o = view(Some(&mut bytes));
            assert_eq!(store(mem, big).result(&[o, expected]), Ok(expected));
            assert_eq!(bytes, wanted, "{mem:?} {big}");
        }
    }
}

#[test]
fn patterns_that_are_no_numbers_in_the_other_order() {
    // Read as it stands this is a signalling NaN, which must not become a quiet one on the way.
    let mut bytes = [0, 0, 0, 0, 1, 0, 0x80, 0x7f, 0, 0, 0, 0];
    let o = view(Some(&mut bytes));
    let expected = f64::from(f32::from_bits(0x0100_807f));
    assert_eq!(load(Mem::F32, true).result(&[o]), Ok(number(expected)));
}

#[test]
fn detached_buffers_are_left() {
    let o = view(None);
    assert_eq!(load(Mem::U8, false).result(&[o]), Err(Reason::WrongKind));
    assert_eq!(
        store(Mem::I32, true).result(&[o, int(1)]),
        Err(Reason::WrongKind)
    );
}

#[test]
fn atomic_operations() {
    type Reference = fn(i32, i32, i32) -> (i32, i32);
    let cases: [(AtomicOp, Reference); 9] = [
        (AtomicOp::Load, |old, _, _| (old, old)),
        (AtomicOp::Store, |_, x, _| (x, x)),
        (AtomicOp::Add, |old, x, _| (old, old.wrapping_add(x))),
        (AtomicOp::Sub, |old, x, _| (old, old.wrapping_sub(x))),
        (AtomicOp::And, |old, x, _| (old, old & x)),
        (AtomicOp::Or, |old, x, _| (old, old | x)),
        (AtomicOp::Xor, |old, x, _| (old, old ^ x)),
        (AtomicOp::Exchange, |old, x, _| (old, x)),
        (AtomicOp::CompareExchange, |old, x, y| {
            (old, if old == x { y } else { old })
        }),
    ];
    for (op, reference) in cases {
        let mut m = Maker::new();
        let address = m.argument(0);
        let mut inputs = vec![address];
        for i in 1..NodeOp::Atomic(op).input_reps().len() as u32 {
            let v = m.argument(i);
            inputs.push(m.node(NodeOp::UntagInt, &[v]));
        }
        let result = m.node(NodeOp::Atomic(op), &inputs);
        m.returns_boxed(result);
        let mut code = m.finish(Machine::new());
        for (old, x, y) in [(5, 3, 9), (5, 5, 9), (-1, i32::MIN, 1), (i32::MAX, 1, 0)] {
            let mut elements = [7, old, 7];
            let at = elements.as_mut_ptr() as u64;
            let (result, left) = reference(old, x, y);
            let found = code.result(&[at, int(1), int(x), int(y)]);
            assert_eq!((found, elements), (Ok(int(result)), [7, left, 7]), "{op:?}");
        }
    }
}
