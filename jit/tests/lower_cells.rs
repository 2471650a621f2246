//! Lowered tests and checks of cells, and accesses to memory.

mod machine;

use machine::{KINDS, Machine, Maker, Running, boolean, cell, double, int};
use sarus_jit::graph::*;
use sarus_jit::helpers::Helper;
use sarus_jit::layout::value;
use sarus_jit::snapshot::Reason;

/// Values of every sort, and the kind if it is a cell.
fn values() -> Vec<(u64, Option<u8>)> {
    let mut all: Vec<(u64, Option<u8>)> = [
        value::HOLE,
        value::NULL,
        value::UNDEFINED,
        value::FALSE,
        value::TRUE,
        int(0),
        int(-1),
        double(0.5),
        double(-0.0),
        double(f64::INFINITY),
    ]
    .map(|v| (v, None))
    .to_vec();
    for kind in [
        1,
        KINDS.string,
        KINDS.symbol,
        KINDS.object,
        KINDS.function,
        200,
    ] {
        all.push((cell(5, kind, 2, 0, &[3, 0, 0]), Some(kind)));
    }
    all
}

/// Code that returns a test of its argument.
fn test_of(op: NodeOp) -> machine::Running {
    let mut m = Maker::new();
    let a = m.argument(0);
    let result = m.node(op, &[a]);
    m.returns_boxed(result);
    m.finish(Machine::new())
}

#[test]
fn sorts_of_values() {
    type Reference = fn(u64, Option<u8>) -> bool;
    let tests: Vec<(Test, Reference)> = vec![
        (Test::Undefined, |v, _| v == value::UNDEFINED),
        (Test::Null, |v, _| v == value::NULL),
        (Test::Nullish, |v, _| {
            v == value::NULL || v == value::UNDEFINED
        }),
        (Test::LooseNullish, |v, _| {
            v == value::NULL || v == value::UNDEFINED
        }),
        (Test::Hole, |v, _| v == value::HOLE),
        (Test::Bool, |v, _| v == value::TRUE || v == value::FALSE),
        (Test::Int, |v, _| v >= value::INT_TAG),
        (Test::Number, |v, _| v >= value::DOUBLE_OFFSET),
        (Test::Cell, |_, k| k.is_some()),
        (Test::Kind(KINDS.function), |_, k| k == Some(KINDS.function)),
        (Test::Kind(200), |_, k| k == Some(200)),
        (Test::Object, |_, k| {
            k.is_some_and(|k| k >= KINDS.first_object)
        }),
        (Test::Callable, |_, k| {
            k.is_some_and(|k| k >= KINDS.first_object)
        }),
    ];
    for (test, reference) in tests {
        let mut code = test_of(NodeOp::Is(test));
        for (v, kind) in values() {
            let expected = boolean(reference(v, kind));
            assert_eq!(code.result(&[v]), Ok(expected), "{test:?} {v:#x} {kind:?}");
        }
    }
    let mut code = test_of(NodeOp::Is(Test::Callable));
    let not_callable = cell(5, KINDS.object, 0, 0, &[]);
    assert_eq!(code.result(&[not_callable]), Ok(value::FALSE));
    let mut code = test_of(NodeOp::Is(Test::LooseNullish));
    assert_eq!(code.result(&[not_callable]), Ok(value::FALSE));
    for (kind, expected) in [(KINDS.object, value::TRUE), (KINDS.string, value::FALSE)] {
        let odd = cell(5, kind, 4, 0, &[]);
        assert_eq!(code.result(&[odd]), Ok(expected));
    }
}

#[test]
fn truth() {
    let maker = || {
        let mut m = Maker::new();
        let v = m.argument(0);
        let result = m.node(NodeOp::Truthy, &[v]);
        m.returns_boxed(result);
        m
    };
    truth_in(maker().finish(Machine::new()));
    truth_in(maker().finish_with_routines());
    truth_in(maker().finish_warm());
}

#[test]
fn branches_on_truth() {
    let maker = |negated: bool, phi: bool| {
        let mut m = Maker::new();
        let v = m.argument(0);
        let mut cond = m.node(NodeOp::Truthy, &[v]);
        if negated {
            cond = m.node(NodeOp::Not, &[cond]);
        }
        let [yes, no] = [!negated, negated].map(|b| m.node(NodeOp::Const(boolean(b)), &[]));
        if phi {
            // One way leads to the block with the phi, the other through an empty block.
            let (then, join) = (m.graph.new_block(), m.graph.new_block());
            for to in [join, then] {
                m.graph.block_mut(to).preds.push(m.block);
            }
            let otherwise = join;
            let branch = End::Branch {
                cond,
                then,
                otherwise,
            };
            m.end(branch, then);
            m.jump(join, join);
            let result = m.phi(join, Rep::Tagged, &[no, yes]);
            m.returns(result);
        } else {
            let (_, otherwise) = m.branch(cond);
            m.returns(yes);
            m.block = otherwise;
            m.returns(no);
        }
        m
    };
    for (negated, phi) in [(false, false), (true, false), (false, true), (true, true)] {
        truth_in(maker(negated, phi).finish(Machine::new()));
        truth_in(maker(negated, phi).finish_with_routines());
        truth_in(maker(negated, phi).finish_warm());
    }
}

fn truth_in(mut code: Running) {
    let string = |length| cell(0, KINDS.string, 0, 0, &[length]);
    let mut expect = |v, expected| assert_eq!(code.result(&[v]), Ok(boolean(expected)), "{v:#x}");
    expect(value::UNDEFINED, false);
    expect(value::NULL, false);
    expect(value::FALSE, false);
    expect(value::TRUE, true);
    expect(int(0), false);
    expect(int(-7), true);
    expect(string(0), false);
    expect(string(3), true);
    expect(cell(0, KINDS.object, 0, 0, &[]), true);
    expect(cell(0, KINDS.object, 4, 0, &[]), false);
    expect(cell(0, 200, 3, 0, &[]), true);
    assert!(code.machine.log.is_empty());
    assert_eq!(code.result(&[double(0.5)]), Ok(value::TRUE));
    for (x, expected) in [
        (0.0, false),
        (-0.0, false),
        (f64::NAN, false),
        (-1e300, true),
    ] {
        assert_eq!(code.result(&[double(x)]), Ok(boolean(expected)), "{x}");
    }
    assert!(code.machine.log.is_empty());
    let bigint = cell(0, KINDS.bigint, 0, 0, &[]);
    assert_eq!(code.result(&[bigint]), Ok(value::TRUE));
    assert_eq!(code.machine.log.len(), 1);
}

/// Code that checks its argument and returns it.
fn check(ops: &[NodeOp]) -> machine::Running {
    let mut m = Maker::new();
    let mut a = m.argument(0);
    for op in ops {
        a = m.node(op.clone(), &[a]);
    }
    m.returns(a);
    m.finish(Machine::new())
}

#[test]
fn checks_of_cells() {
    let mut cells = check(&[NodeOp::CheckCell]);
    let mut objects = check(&[NodeOp::CheckObject]);
    let mut kinds = check(&[NodeOp::CheckCell, NodeOp::CheckKind(200)]);
    for (v, kind) in values() {
        let expect = |ok, reason| if ok { Ok(v) } else { Err(reason) };
        assert_eq!(
            cells.result(&[v]),
            expect(kind.is_some(), Reason::NotObject)
        );
        let object = kind.is_some_and(|k| k >= KINDS.first_object);
        assert_eq!(objects.result(&[v]), expect(object, Reason::NotObject));
        let reason = match kind {
            Some(_) => Reason::WrongKind,
            None => Reason::NotObject,
        };
        assert_eq!(kinds.result(&[v]), expect(kind == Some(200), reason));
    }
}

#[test]
fn checks_of_values() {
    let mut code = check(&[NodeOp::CheckValue(double(0.5)), NodeOp::CheckNotHole]);
    assert_eq!(code.result(&[double(0.5)]), Ok(double(0.5)));
    assert_eq!(code.result(&[int(1)]), Err(Reason::WrongValue));
    let mut code = check(&[NodeOp::CheckNotHole]);
    assert_eq!(code.result(&[value::HOLE]), Err(Reason::Hole));
    assert_eq!(code.result(&[value::NULL]), Ok(value::NULL));
}

#[test]
fn checks_of_shapes() {
    let high = 0xF000_0001;
    for shapes in [vec![5], vec![high], vec![5, 6], vec![4, 5, 6, high]] {
        let op = NodeOp::CheckShape(shapes.as_slice().into());
        let mut code = check(&[NodeOp::CheckCell, op]);
        assert_eq!(code.code.shapes, shapes);
        for shape in [0, 3, 4, 5, 6, 7, high, high + 1] {
            let object = cell(shape, KINDS.object, 0, 0, &[]);
            let expected = if shapes.contains(&shape) {
                Ok(object)
            } else {
                Err(Reason::WrongShape)
            };
            assert_eq!(code.result(&[object]), expected);
        }
    }
}

#[test]
fn checks_of_dense_objects() {
    let mut code = check(&[NodeOp::CheckCell, NodeOp::CheckDense]);
    let mut expect = |kind, flags, aux, ok: bool| {
        let object = cell(1, kind, flags, aux, &[]);
        let expected = if ok {
            Ok(object)
        } else {
            Err(Reason::WrongKind)
        };
        let result = code.result(&[object]);
        assert_eq!(result, expected, "kind {kind} flags {flags} aux {aux}");
    };
    expect(KINDS.object, 0, 0, true);
    expect(255, 0, 0, true);
    expect(KINDS.array, 2, 0xF4, true);
    expect(KINDS.array, 1, 0, false);
    expect(KINDS.array, 0, 1, false);
    expect(KINDS.array, 0, 2, false);
    expect(KINDS.first_object - 1, 0, 0, false);
    expect(KINDS.string, 0, 0, false);
}

#[test]
fn checks_of_code() {
    let code_cell = cell(0, 9, 0, 0, &[0, 0]);
    let mut code = check(&[NodeOp::CheckCode(code_cell)]);
    let closure = |kind, code| cell(0, kind, 0, 0, &[0, 0, code]);
    let right = closure(KINDS.function, code_cell);
    assert_eq!(code.result(&[right]), Ok(right));
    for wrong in [
        closure(KINDS.native_function, code_cell),
        closure(KINDS.function, code_cell + 8),
        int(3),
    ] {
        assert_eq!(code.result(&[wrong]), Err(Reason::WrongCallee));
    }
}

#[test]
fn checks_of_conditions() {
    let validity = cell(0, 1, 0, 0, &[1]);
    for want in [true, false] {
        let mut m = Maker::new();
        m.node(NodeOp::CheckValid(validity), &[]);
        let a = m.argument(0);
        let a = m.node(NodeOp::UntagBool, &[a]);
        m.node(NodeOp::CheckIs(want), &[a]);
        m.returns_boxed(a);
        let mut code = m.finish(Machine::new());
        assert_eq!(code.result(&[boolean(want)]), Ok(boolean(want)));
        assert_eq!(code.result(&[boolean(!want)]), Err(Reason::WrongValue));
    }
    let broken = cell(0, 1, 0, 0, &[0xFF00]);
    let mut m = Maker::new();
    m.node(NodeOp::CheckValid(broken), &[]);
    let a = m.argument(0);
    m.returns(a);
    let mut code = m.finish(Machine::new());
    assert_eq!(code.result(&[int(0)]), Err(Reason::InvalidChain));
}

#[test]
fn memory() {
    let reads: &[(Mem, u64)] = &[
        (Mem::U8, int(0xF5)),
        (Mem::I8, int(-11)),
        (Mem::U16, int(0xF4F5)),
        (Mem::I16, int(0xF4F5_u16 as i16 as i32)),
        (Mem::I32, int(0xF2F3_F4F5_u32 as i32)),
        (Mem::Value, 0xF2F3_F4F5),
        (Mem::Ptr, 0xF2F3_F4F5),
    ];
    for &(mem, expected) in reads {
        for indexed in [None, Some(false), Some(true)] {
            let mut m = Maker::new();
            let (base, index) = (m.argument(0), m.argument(1));
            let loaded = match indexed {
                None => m.node(NodeOp::Load(mem, 8, Loc::Bytes), &[base]),
                Some(constant) => {
                    let index = if constant {
                        m.node(NodeOp::Int(8 / mem.size() as i32), &[])
                    } else {
                        m.node(NodeOp::UntagInt, &[index])
                    };
                    m.node(NodeOp::LoadIndexed(mem, 0, Loc::Bytes), &[base, index])
                }
            };
            m.returns_boxed(loaded);
            let mut code = m.finish(Machine::new());
            let place = cell(0, 0, 0, 0, &[0xF2F3_F4F5]);
            let index = int(8 / mem.size() as i32);
            assert_eq!(code.result(&[place, index]), Ok(expected), "{mem:?}");
        }
    }
}

#[test]
fn stores() {
    let source: Vec<(Mem, u64, u64)> = vec![
        (Mem::U8, int(-2), 0xFE),
        (Mem::I16, int(-2), 0xFFFE),
        (Mem::I32, int(-2), 0xFFFF_FFFE),
        (Mem::Value, int(-2), int(-2)),
        (Mem::F64, double(1.5), 1.5f64.to_bits()),
        (Mem::F32, double(1.5), u64::from(1.5f32.to_bits())),
    ];
    for (mem, input, expected) in source {
        for indexed in [false, true] {
            let mut m = Maker::new();
            let (base, index, v) = (m.argument(0), m.argument(1), m.argument(2));
            let index = m.node(NodeOp::UntagInt, &[index]);
            let v = match mem.rep() {
                Rep::Int32 => m.node(NodeOp::UntagInt, &[v]),
                Rep::Float64 => m.node(NodeOp::NumberToFloat, &[v]),
                _ => v,
            };
            m.node(NodeOp::Barrier, &[base, base]);
            if indexed {
                m.node(NodeOp::StoreIndexed(mem, 8, Loc::Bytes), &[base, index, v]);
            } else {
                m.node(NodeOp::Store(mem, 16, Loc::Bytes), &[base, v]);
            }
            m.node(NodeOp::StoreShape(77), &[base]);
            let read = m.node(NodeOp::Load(Mem::Ptr, 16, Loc::Bytes), &[base]);
            m.returns(read);
            let mut code = m.finish(Machine::new());
            let place = cell(3, 9, 0, 0, &[0, 0]);
            let index = int(8 / mem.size() as i32);
            assert_eq!(code.result(&[place, index, input]), Ok(expected), "{mem:?}");
            assert_eq!(code.code.shapes, [77]);
            // SAFETY: the fake cell is alive and nothing runs.
            let header = unsafe { *(place as *const u64) };
            assert_eq!(header, 77 | 9 << 32);
        }
    }
}

/// What walks along chains of these shapes, which are at their ids' places in a table.
#[test]
fn prototype_chains() {
    let shape = |prototype: u64| cell(0, 8, 0, 0, &[0, prototype]);
    let object = |id, kind| cell(id, kind, 0, 0, &[0, 0]);
    let top = object(1, KINDS.object);
    let middle = object(2, KINDS.function);
    let proxy = object(3, KINDS.proxy);
    let table = [
        0,
        shape(value::NULL),
        shape(top),
        shape(value::NULL),
        shape(middle),
        shape(proxy),
    ];
    let table = table.to_vec().leak().as_ptr() as u64;
    let mut m = Maker::new();
    let (v, prototype) = (m.argument(0), m.argument(1));
    let found = m.node(NodeOp::Call(Helper::IsInstance), &[v, prototype]);
    let found = m.node(NodeOp::IntToTagged, &[found]);
    m.returns_boxed(found);
    m.graph.compute_order();
    let machine = Machine::new();
    let mut snapshot = machine::snapshot(&machine);
    let layout = std::sync::Arc::make_mut(&mut snapshot.layout);
    layout.shape_table = Box::leak(Box::new(table)) as *const u64 as u64;
    layout.offsets.shape_prototype = 16;
    let code = machine::Running::new(machine, &snapshot, &m.graph, false);
    let machine = Machine::new();
    let mut warm = machine::snapshot(&machine);
    let layout = std::sync::Arc::make_mut(&mut warm.layout);
    layout.shape_table = snapshot.layout.shape_table;
    layout.offsets.shape_prototype = 16;
    machine::warm(&mut warm);
    let warm = machine::Running::new(machine, &warm, &m.graph, false);
    let low = object(4, KINDS.array);
    for mut code in [code, warm] {
        for (v, prototype, expected) in [
            (top, top, 0),
            (middle, top, 1),
            (low, top, 1),
            (low, middle, 1),
            (low, low, 0),
            (low, proxy, 0),
            (int(5), top, 0),
            (value::NULL, top, 0),
            (cell(4, KINDS.string, 0, 0, &[0, 0]), top, 0),
        ] {
            assert_eq!(code.result(&[v, prototype]), Ok(int(expected)));
        }
        // A chain with the proxy looked for in it says yes without asking.
        assert_eq!(code.result(&[object(5, KINDS.object), proxy]), Ok(int(1)));
        assert!(code.machine.log.is_empty());
    }
}
