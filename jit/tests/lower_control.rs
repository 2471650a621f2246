//! Lowered control flow: blocks, the prologue, returns, exits, exceptions, calls and the frames they see.

mod machine;

use machine::{EXITED, FRAME, KINDS, Machine, Maker, Running, STACK, boolean, cell, double, int};
use sarus_bytecode::Op;
use sarus_jit::Decline;
use sarus_jit::graph::*;
use sarus_jit::helpers::Helper;
use sarus_jit::layout::{frame, value};
use sarus_jit::lower::lower;
use sarus_jit::snapshot::{ObjectTemplate, Reason};

/// A code address in the fake snapshot's functions.
fn pc_of(function: u64, pc: u64) -> u64 {
    (function + 1) * 0x10_0000 + 4 * pc
}

/// `for (s = 0, i = 0; i < n; i++) s += i` on int32.
fn sum() -> Maker {
    let mut m = Maker::new();
    let n = m.argument(0);
    let n = m.node(NodeOp::CheckInt, &[n]);
    let zero = m.node(NodeOp::Int(0), &[]);
    let one = m.node(NodeOp::Int(1), &[]);
    let header = m.graph.new_block();
    m.jump(header, header);
    let s = m.phi(header, Rep::Int32, &[zero]);
    let i = m.phi(header, Rep::Int32, &[zero]);
    let less = m.node(NodeOp::IntCmp(Cond::Lt), &[i, n]);
    let (_, after) = m.branch(less);
    let state = m.state(&[(10, s), (11, i)]);
    let next_s = m.node_with(NodeOp::IntArith(IntOp::Add), &[s, i], Some(state));
    let next_i = m.node_with(NodeOp::IntArith(IntOp::Add), &[i, one], Some(state));
    m.node(NodeOp::Poll, &[]);
    m.graph.node_mut(s).inputs.push(next_s);
    m.graph.node_mut(i).inputs.push(next_i);
    m.jump(header, after);
    m.returns_boxed(s);
    m
}

#[test]
fn loops() {
    let mut code = sum().finish(Machine::new());
    assert_eq!(code.result(&[int(10)]), Ok(int(45)));
    assert_eq!(code.result(&[int(-10)]), Ok(int(0)));
    assert_eq!(code.result(&[int(100_000)]), Err(Reason::Overflow));
    // 65536 * 65535 / 2 is the last sum in range.
    assert_eq!(code.frame()[10..12], [int(2_147_450_880), int(65536)]);
}

#[test]
fn interrupts_in_loops() {
    let mut machine = Machine::new();
    machine.answer = value::EXCEPTION;
    let mut code = sum().finish(machine);
    code.machine.interrupt = 1;
    // The prologue answers first.
    assert_eq!(code.run(&[int(10)]), value::EXCEPTION);
    assert_eq!(code.machine.log, ["enter 0"]);
    code.machine.log.clear();
    code.machine.answer = 0;
    assert_eq!(code.result(&[int(3)]), Ok(int(3)));
    let at = pc_of(0, 3);
    let poll = format!("poll at {at:#x}");
    assert_eq!(code.machine.log, ["enter 0", &poll, &poll, &poll]);
}

#[test]
fn shells_keep_registers() {
    // A sum of doubles with an interrupt in every round.
    let mut m = Maker::new();
    let n = m.argument(0);
    let n = m.node(NodeOp::UntagInt, &[n]);
    let zero = m.node(NodeOp::Int(0), &[]);
    let one = m.node(NodeOp::Int(1), &[]);
    let start = m.node(NodeOp::Float(0.5f64.to_bits()), &[]);
    let header = m.graph.new_block();
    m.jump(header, header);
    let sums: Vec<NodeId> = (0..12)
        .map(|_| m.phi(header, Rep::Float64, &[start]))
        .collect();
    let i = m.phi(header, Rep::Int32, &[zero]);
    let less = m.node(NodeOp::IntCmp(Cond::Lt), &[i, n]);
    let (_, after) = m.branch(less);
    let x = m.node(NodeOp::IntToFloat, &[i]);
    m.node(NodeOp::Poll, &[]);
    let mut add = x;
    for &s in &sums {
        add = m.node(NodeOp::FloatArith(FloatOp::Add), &[s, add]);
        m.graph.node_mut(s).inputs.push(add);
    }
    let next = m.node(NodeOp::IntArith(IntOp::Add), &[i, one]);
    m.graph.node_mut(i).inputs.push(next);
    m.jump(header, after);
    let last = *sums.last().expect("sums");
    m.returns_boxed(last);
    let mut expected = [0.5f64; 12];
    for i in 0..20 {
        let mut add = f64::from(i);
        for s in &mut expected {
            *s += add;
            add = *s;
        }
    }
    for mut code in m.finish_both() {
        code.machine.interrupt = 1;
        code.machine.answer = 0;
        assert_eq!(code.result(&[int(20)]), Ok(machine::number(expected[11])));
        assert_eq!(code.machine.log.len(), 21);
    }
}

#[test]
fn objects_are_allocated_in_place() {
    for count in [0, 2, 3] {
        let mut m = Maker::new();
        let (a, b) = (m.argument(0), m.argument(1));
        let shape = m.node(NodeOp::Ptr(0x5000), &[]);
        let made = if count == 0 {
            m.node(NodeOp::Call(Helper::NewObject), &[shape])
        } else {
            m.node(NodeOp::StoreReg(20), &[a]);
            m.node(NodeOp::StoreReg(21), &[b]);
            let values = m.node(NodeOp::FramePtr(20), &[]);
            let count = m.node(NodeOp::Int(count), &[]);
            m.node(NodeOp::Call(Helper::NewObjectWith), &[shape, values, count])
        };
        m.returns(made);
        m.graph.compute_order();
        let mut machine = Machine::new();
        // Two chunks, so that one begins in them at a multiple of its size.
        let memory = vec![0_u64; 2 << 17].leak();
        let chunk = (memory.as_ptr() as u64).next_multiple_of(1 << 20);
        let start = chunk + 0x4_0430;
        (machine.cursor, machine.limit) = (start, start + 2 * 48);
        machine.answer = 0x1230;
        let mut snapshot = machine::snapshot(&machine);
        snapshot.objects.push(ObjectTemplate {
            shape: 0x5000,
            size: 48,
            header: 0x77,
            elements: 0x88,
        });
        let mut code = Running::new(machine, &snapshot, &m.graph, false);
        if count == 3 {
            // As many as there are slots.
            assert_eq!(code.result(&[int(1), int(2)]), Ok(start));
            continue;
        }
        for i in 0..3 {
            let expected = if i < 2 { start + 48 * i } else { 0x1230 };
            assert_eq!(code.result(&[int(1), int(2)]), Ok(expected));
        }
        assert_eq!(code.machine.log.len(), 1);
        // SAFETY: in the leaked memory.
        let word = |at: u64| unsafe { *(at as *const u64) };
        let slots = if count == 0 { [0, 0] } else { [int(1), int(2)] };
        let object = start + 48;
        let words = [0, 8, 16, 24, 32, 40].map(|i| word(object + i));
        assert_eq!(words, [0x77, 0, 0x88, slots[0], slots[1], 0]);
        // Bits 3 and 6 of the word for 0x40400.
        assert_eq!(word(chunk + 0x8000 + (0x4_0400 >> 10) * 8), 0b100_1000);
    }
}

#[test]
fn stack_limits() {
    let m = sum();
    let machine = Machine::new();
    let mut graph = m.graph;
    graph.compute_order();
    for (words, expected) in [(STACK - FRAME, 0), (STACK - FRAME + 1, 1)] {
        graph.stack_words = words as u32;
        let machine = Machine::new();
        let snapshot = machine::snapshot(&machine);
        let mut code = Running::new(machine, &snapshot, &graph, false);
        code.machine.answer = 0;
        assert_eq!(code.result(&[int(3)]), Ok(int(3)));
        assert_eq!(code.machine.log.len(), expected);
        assert_eq!(code.code.stack_words, words as u32);
    }
    let mut snapshot = machine::snapshot(&machine);
    graph.stack_words = 64;
    snapshot.osr = Some(3);
    let layout = std::sync::Arc::make_mut(&mut snapshot.layout);
    layout.native_stack_limit = u64::MAX >> 1;
    let mut code = Running::new(machine, &snapshot, &graph, false);
    code.machine.answer = 0;
    assert_eq!(code.result(&[int(3)]), Ok(int(3)));
    assert_eq!(code.machine.log, ["enter 1"]);
}

#[test]
fn switches() {
    for low in [0, 5, -2, i32::MIN] {
        let mut m = Maker::new();
        let a = m.argument(0);
        let a = m.node(NodeOp::UntagInt, &[a]);
        let blocks: Vec<BlockId> = (0..4).map(|_| m.graph.new_block()).collect();
        for &b in &blocks {
            m.graph.block_mut(b).preds.push(m.block);
        }
        m.end(
            End::Switch {
                value: a,
                low,
                targets: blocks[..3].to_vec(),
                default: blocks[3],
            },
            blocks[0],
        );
        for (i, &b) in blocks.iter().enumerate() {
            m.block = b;
            let result = m.node(NodeOp::Const(int(i as i32)), &[]);
            m.returns(result);
        }
        let mut code = m.finish(Machine::new());
        for step in [0, 1, 2, 3, 100, -1, i32::MIN] {
            let expected = if (0..3).contains(&step) { step } else { 3 };
            let a = low.wrapping_add(step);
            assert_eq!(code.result(&[int(a)]), Ok(int(expected)), "{low} {a}");
        }
    }
}

#[test]
fn constructors_return_objects() {
    let object = cell(0, KINDS.object, 0, 0, &[]);
    let string = cell(0, KINDS.string, 0, 0, &[0]);
    for constant in [false, true] {
        let mut m = Maker::new();
        let v = if constant {
            m.node(NodeOp::Const(value::UNDEFINED), &[])
        } else {
            m.argument(0)
        };
        m.graph.block_mut(m.block).end = End::Return {
            value: v,
            construct: true,
        };
        let mut code = m.finish(Machine::new());
        code.frame()[frame::THIS as usize] = 0x7777;
        for (info, v) in [
            (0, int(3)),
            (frame::FLAG_CONSTRUCT, int(3)),
            (frame::FLAG_CONSTRUCT, value::UNDEFINED),
            (frame::FLAG_CONSTRUCT | 3, string),
            (frame::FLAG_CONSTRUCT | frame::FLAG_ENTRY, object),
        ] {
            code.frame()[frame::INFO as usize] = info;
            let v = if constant { value::UNDEFINED } else { v };
            let expected = if info != 0 && v != object { 0x7777 } else { v };
            assert_eq!(code.result(&[v]), Ok(expected));
        }
    }
}

#[test]
fn exits_store_what_is_alive() {
    let mut m = Maker::new();
    let (a, b) = (m.argument(0), m.argument(1));
    let i = m.node(NodeOp::UntagInt, &[a]);
    let f = m.node(NodeOp::NumberToFloat, &[b]);
    let t = m.node(NodeOp::IntCmp(Cond::Eq), &[i, i]);
    let k = m.node(NodeOp::Const(value::NULL), &[]);
    let inner = m.inlined(30, 3, 5);
    let outer_at = m.at;
    let outer = m.state_in(outer_at, &[(9, a), (10, b), (12, i), (13, f)], None);
    m.at = Position {
        frame: inner,
        pc: 11,
    };
    let state = m.state_in(m.at, &[(0, k), (8, t), (9, f)], Some(outer));
    // Two checks of one state, and one of another.
    let same = m.node(NodeOp::IntCmp(Cond::Ne), &[i, i]);
    let c = m.argument(2);
    let c = m.node_with(NodeOp::CheckInt, &[c], Some(state));
    let limit = m.node(NodeOp::Int(100), &[]);
    let c = m.node_with(NodeOp::CheckBounds, &[c, limit], Some(state));
    let empty = m.state_in(outer_at, &[(20, c)], None);
    m.node_with(NodeOp::CheckIs(true), &[same], Some(empty));
    m.returns(k);
    let mut code = m.finish(Machine::new());
    let expected = |number: f64| [int(7), machine::number(number), value::NULL, boolean(true)];
    for x in [0.5, 3.0, -0.0, f64::NAN] {
        code.frame()[12..64].fill(0x5555);
        let result = code.result(&[int(7), machine::number(x), value::NULL]);
        assert_eq!(result, Err(Reason::NotInt));
        let words = code.frame().to_vec();
        assert_eq!([words[12], words[13], words[30], words[38]], expected(x));
        assert_eq!(words[39], machine::number(x));
        assert_eq!((words[14], words[31], words[40]), (0x5555, 0x5555, 0x5555));
    }
    let number = code.machine.last_exit.unwrap_or_default() as u32 as usize;
    let exit = &code.code.exits[number];
    assert_eq!((exit.origin, exit.throws), ((1, 11), false));
    let frames: Vec<_> = exit
        .frames
        .iter()
        .map(|f| (f.function, f.base, f.pc, f.return_pc, f.info))
        .collect();
    assert_eq!(frames, [(0, 0, 3, 5, 0), (1, 30, 11, 0, 0x1234)]);
    let result = code.result(&[int(7), int(8), int(100)]);
    assert_eq!(result, Err(Reason::OutOfBounds));
    assert_eq!(code.frame()[39], int(8));
    let result = code.result(&[int(7), int(8), int(99)]);
    assert_eq!(result, Err(Reason::WrongValue));
    assert_eq!(code.frame()[20], int(99));
}

#[test]
fn exits_at_ends() {
    let mut m = Maker::new();
    let a = m.argument(0);
    let state = m.state(&[(15, a)]);
    m.graph.block_mut(m.block).end = End::Exit {
        state,
        reason: Reason::NotSeen,
    };
    let mut code = m.finish(Machine::new());
    assert_eq!(code.result(&[double(2.5)]), Err(Reason::NotSeen));
    assert_eq!(code.frame()[15], double(2.5));
}

#[test]
fn registers_that_change_are_stored() {
    // Register 9 is overwritten between its load and the exit; register 10 is not.
    let mut m = Maker::new();
    let (a, b) = (m.argument(0), m.argument(1));
    m.node(NodeOp::StoreReg(9), &[b]);
    let state = m.state(&[(9, a), (10, b)]);
    m.node_with(NodeOp::CheckBool, &[b], Some(state));
    m.returns(a);
    let mut code = m.finish(Machine::new());
    assert_eq!(code.result(&[int(1), int(2)]), Err(Reason::NotBool));
    assert_eq!(code.frame()[9..11], [int(1), int(2)]);
}

#[test]
fn exceptions() {
    for handled in [false, true] {
        let mut m = Maker::new();
        let (a, b) = (m.argument(0), m.argument(1));
        let state = handled.then(|| m.state(&[(15, a)]));
        let first = m.node_with(NodeOp::Call(Helper::Concat), &[a, b], state);
        m.at.pc = 4;
        m.node_with(NodeOp::Call(Helper::Concat), &[b, first], state);
        let same = m.node(NodeOp::Call(Helper::StrictEqual), &[a, b]);
        m.returns_boxed(same);
        let mut code = m.finish(Machine::new());
        code.machine.answer = int(3);
        assert_eq!(code.result(&[int(1), int(2)]), Ok(value::FALSE));
        let expected = [
            format!("concat {:#x} {:#x} at {:#x}", int(1), int(2), pc_of(0, 3)),
            format!("concat {:#x} {:#x} at {:#x}", int(2), int(3), pc_of(0, 4)),
        ];
        assert_eq!(code.machine.log, expected);
        code.machine.answer = value::EXCEPTION;
        let result = code.result(&[int(1), int(2)]);
        if handled {
            assert_eq!(result, Err(Reason::Exception));
            assert_eq!(code.frame()[15], int(1));
            assert!(code.code.exits.iter().all(|e| e.throws));
        } else {
            assert_eq!(result, Ok(value::EXCEPTION));
        }
    }
}

#[test]
fn frames_of_inlined_calls() {
    let mut m = Maker::new();
    let (a, b) = (m.argument(0), m.argument(1));
    let inner = m.inlined(30, 3, 5);
    m.node(NodeOp::StoreReg(39), &[b]);
    m.node(NodeOp::EnterFrame(inner), &[]);
    m.at = Position {
        frame: inner,
        pc: 8,
    };
    m.node(NodeOp::Call(Helper::Concat), &[a, b]);
    let taken = m.node(NodeOp::Instruction(Op::Nop), &[]);
    m.node(NodeOp::LeaveFrame(FrameId(0)), &[]);
    m.returns_boxed(taken);
    let mut code = m.finish(Machine::new());
    code.machine.answer = 1;
    assert_eq!(code.result(&[int(1), int(2)]), Ok(int(1)));
    let stack = code.machine.stack.as_ptr() as u64;
    let words = code.frame()[30..40].to_vec();
    assert_eq!(words[frame::CALLER as usize], stack + 8 * FRAME as u64);
    assert_eq!(words[frame::CODE as usize], 0x20_0010);
    assert_eq!(words[frame::INFO as usize], 0x1234);
    assert_eq!(words[frame::SAVED_PC as usize], pc_of(1, 8));
    assert_eq!(words[9], int(2));
    assert_eq!(code.frame()[frame::SAVED_PC as usize], pc_of(0, 3));
    let instruction = format!("instruction {} {:#x}", FRAME + 30, pc_of(1, 8));
    assert_eq!(code.machine.log[1], instruction);
    assert!(code.machine.log[0].ends_with(&format!("{:#x}", pc_of(1, 8))));
    code.machine.answer = value::EXCEPTION;
    assert_eq!(code.result(&[int(1), int(2)]), Ok(value::EXCEPTION));
}

#[test]
fn frames_in_frames() {
    let mut m = Maker::new();
    let (a, b) = (m.argument(0), m.argument(1));
    let outer = m.inlined(30, 3, 5);
    m.node(NodeOp::EnterFrame(outer), &[]);
    m.at = Position {
        frame: outer,
        pc: 7,
    };
    let inner = m.inlined(50, 7, 8);
    m.graph.frames[inner.index()].caller = Some((outer, 7));
    m.node(NodeOp::EnterFrame(inner), &[]);
    m.at = Position {
        frame: inner,
        pc: 9,
    };
    let joined = m.node(NodeOp::Call(Helper::Concat), &[a, b]);
    m.node(NodeOp::LeaveFrame(outer), &[]);
    m.node(NodeOp::LeaveFrame(FrameId(0)), &[]);
    m.returns(joined);
    let mut code = m.finish(Machine::new());
    code.machine.answer = int(1);
    assert_eq!(code.result(&[int(1), int(2)]), Ok(int(1)));
    // The helper looks for the position in the current frame.
    let place = format!("{:#x}", pc_of(1, 9));
    assert!(code.machine.log[0].ends_with(&place));
    let stack = code.machine.stack.as_ptr() as u64;
    let callers = [30, 50].map(|base| code.frame()[base + frame::CALLER as usize]);
    let at = |word: u64| stack + 8 * (FRAME as u64 + word);
    assert_eq!(callers, [at(0), at(30)]);
}

/// A native entry: notes its frame, leaves it, and answers its first argument.
extern "C" fn callee(agent: *mut Machine, fp: *const u64) -> u64 {
    // SAFETY: called by compiled code with the agent and a frame.
    unsafe {
        let machine = &mut *agent;
        assert_eq!(machine.vm_fp, fp as u64);
        machine.vm_fp = *fp.add(frame::CALLER as usize);
        *fp.add(frame::ARGS as usize)
    }
}

#[test]
fn calls_of_code() {
    let entry = callee as *const () as u64;
    let code_cell = cell(0, 9, 0, 0, &[0, entry]);
    for (arrow, construct) in [(false, false), (true, false), (false, true)] {
        let mut m = Maker::new();
        let (closure, argument) = (m.argument(0), m.argument(1));
        m.node(NodeOp::StoreReg(20), &[closure]);
        m.node(NodeOp::StoreReg(28), &[argument]);
        m.node(NodeOp::StoreReg(29), &[argument]);
        let inputs = [closure, argument];
        let op = NodeOp::CallCode {
            code: code_cell,
            base: 20,
            argc: 1,
            arrow,
            construct,
        };
        let result = m.node(op, &inputs[..1 + usize::from(construct)]);
        m.returns(result);
        let mut code = m.finish(Machine::new());
        let fields = [0, 0, code_cell, 0xE0, 0xA1, 0xA2];
        let closure = cell(0, KINDS.function, 0, 0, &fields);
        assert_eq!(code.result(&[closure, int(5)]), Ok(int(5)));
        let window = code.frame()[20..30].to_vec();
        let fp = code.machine.stack.as_ptr() as u64 + 8 * FRAME as u64;
        let at = |slot: u32| window[slot as usize];
        assert_eq!((at(frame::CALLEE), at(frame::CALLER)), (closure, fp));
        assert_eq!((at(frame::CODE), at(frame::ENV)), (code_cell, 0xE0));
        let flags = if construct { frame::FLAG_CONSTRUCT } else { 0 };
        assert_eq!(at(frame::INFO), 1 | frame::FLAG_ENTRY | flags);
        let (new_target, this) = match (arrow, construct) {
            (true, _) => (0xA2, 0xA1),
            (_, true) => (int(5), int(5)),
            _ => (value::UNDEFINED, int(5)),
        };
        assert_eq!((at(frame::NEW_TARGET), at(frame::THIS)), (new_target, this));
        assert_eq!(code.frame()[frame::SAVED_PC as usize], pc_of(0, 3));
        assert_eq!(
            code.result(&[closure, value::EXCEPTION]),
            Ok(value::EXCEPTION)
        );
    }
}

/// A call of the first argument with two arguments, in place or by the routine.
fn call_of_anything(routine: bool) -> (Running, u64) {
    let mut m = Maker::new();
    let (callee, argument) = (m.argument(0), m.argument(1));
    for slot in [20, 28, 29, 30] {
        let value = if slot == 20 { callee } else { argument };
        m.node(NodeOp::StoreReg(slot), &[value]);
    }
    let result = m.node(NodeOp::CallAny { base: 20, argc: 2 }, &[callee]);
    m.returns(result);
    let mut code = match routine {
        true => m.finish_with_routines(),
        false => m.finish(Machine::new()),
    };
    // Two chunks, so that one begins in them at a multiple of its size.
    let memory = vec![0_u64; 2 << 17].leak();
    let chunk = (memory.as_ptr() as u64).next_multiple_of(1 << 20);
    let start = chunk + 0x4_0430;
    (code.machine.cursor, code.machine.limit) = (start, start + 2 * 32);
    (code, start)
}

#[test]
fn calls_of_anything() {
    let entry = callee as *const () as u64;
    let of_code = |word: u32, realm| {
        let code = cell(0, 9, 0, 0, &[0, entry, u64::from(word), realm]);
        let fields = [0, 0, code, 0xE0, 0xA1, 0xA2];
        (code, cell(0, KINDS.function, 0, 0, &fields))
    };
    let list = frame::CALL_ACTUALS | 13 << frame::CALL_ACTUALS_SHIFT;
    for routine in [false, true] {
        let (mut code, heap) = call_of_anything(routine);
        for (word, lists) in [(4, 0), (frame::CALL_ARROW, 0), (list, 1), (list, 2)] {
            let (code_cell, closure) = of_code(word, 0);
            assert_eq!(code.result(&[closure, int(5)]), Ok(int(5)));
            let window = code.frame()[20..34].to_vec();
            let fp = code.machine.stack.as_ptr() as u64 + 8 * FRAME as u64;
            let at = |slot: u32| window[slot as usize];
            assert_eq!((at(frame::CALLEE), at(frame::CALLER)), (closure, fp));
            assert_eq!((at(frame::CODE), at(frame::ENV)), (code_cell, 0xE0));
            assert_eq!(at(frame::INFO), 2 | frame::FLAG_ENTRY);
            let expected = match word {
                frame::CALL_ARROW => (0xA2, 0xA1),
                _ => (value::UNDEFINED, int(5)),
            };
            assert_eq!((at(frame::NEW_TARGET), at(frame::THIS)), expected);
            if lists > 0 {
                let cell = heap + 32 * (lists - 1);
                assert_eq!(at(13), cell);
                // SAFETY: in the leaked memory.
                let word = |at: u64| unsafe { *((cell + at) as *const u64) };
                assert_eq!(word(0), u64::from(KINDS.elements) << 32);
                assert_eq!([word(8), word(16), word(24)], [2, int(5), int(5)]);
            }
        }
        assert!(code.machine.log.is_empty());
        // No room for a list, too many parameters, another realm, no closure, no cell.
        let odd = [
            of_code(list, 0).1,
            of_code(5, 0).1,
            of_code(frame::CALL_SPECIAL, 0).1,
            of_code(0, 8).1,
            cell(0, KINDS.object, 0, 0, &[]),
            int(1),
        ];
        code.machine.answer = int(7);
        for (i, callee) in odd.into_iter().enumerate() {
            assert_eq!(code.result(&[callee, int(5)]), Ok(int(7)));
            assert_eq!(code.machine.log.len(), i + 1);
            assert_eq!(code.machine.log[i], format!("call {} with 2", FRAME + 20));
        }
        code.machine.answer = value::EXCEPTION;
        assert_eq!(code.result(&[int(1), int(5)]), Ok(value::EXCEPTION));
    }
}

#[test]
fn every_nth_check_exits() {
    let m = sum();
    let mut graph = m.graph;
    graph.compute_order();
    let mut machine = Machine::new();
    machine.stress = 8;
    let mut snapshot = machine::snapshot(&machine);
    snapshot.options.stress_exits = 5;
    let mut code = Running::new(machine, &snapshot, &graph, false);
    // One check before the loop, two in each round.
    assert_eq!(code.result(&[int(3)]), Ok(int(3)));
    assert_eq!(code.result(&[int(3)]), Err(Reason::Stress));
    assert_eq!(code.machine.stress, 5);
    assert_eq!(code.result(&[int(3)]), Err(Reason::Stress));
    assert_eq!(code.frame()[10..12], [int(0), int(1)]);
}

#[test]
fn broken_graphs_are_declined() {
    let decline = |m: Maker| {
        let mut graph = m.graph;
        graph.compute_order();
        let machine = Machine::new();
        match lower(&graph, &machine::snapshot(&machine)) {
            Err(Decline::CodeGenerator(text)) => text,
            other => panic!("{other:?}"),
        }
    };
    let mut m = Maker::new();
    let a = m.argument(0);
    let b = m.node(NodeOp::IntToTagged, &[a]);
    m.returns(b);
    assert_eq!(decline(m), "node 0 is Tagged, not Int32");
    let mut m = Maker::new();
    m.argument(0);
    assert_eq!(decline(m), "a block without an end");
    let mut m = Maker::new();
    let a = m.argument(0);
    let b = m.node_with(NodeOp::CheckInt, &[a], None);
    m.returns_boxed(b);
    assert_eq!(decline(m), "CheckInt exits without a state");
    // The next one is not disturbed.
    let mut code = sum().finish(Machine::new());
    assert_eq!(code.result(&[int(10)]), Ok(int(45)));
    assert_ne!(code.run(&[int(10)]), EXITED);
}

#[test]
fn texts() {
    let m = sum();
    let mut graph = m.graph;
    graph.compute_order();
    let machine = Machine::new();
    let mut snapshot = machine::snapshot(&machine);
    snapshot.options.print = Some("clif,asm".into());
    let text = lower(&graph, &snapshot).map(|c| c.text).unwrap_or_default();
    assert!(text.contains("sadd_overflow"), "{text}");
    assert!(text.contains("brif"), "{text}");
    assert!(text.contains("retq"), "{text}");
}

/// Not a check: `cargo test -p sarus-jit --profile fast -- --ignored --nocapture` prints how long lowering takes.
#[test]
#[ignore = "a measurement"]
fn time_of_lowering() {
    let machine = Machine::new();
    let snapshot = machine::snapshot(&machine);
    for rounds in [4, 40, 200] {
        // A chain of property loads with checks, arithmetic on them, a diamond, and a call: about what code is made of.
        let mut m = Maker::new();
        let object = m.argument(0);
        let mut sum = m.node(NodeOp::Int(0), &[]);
        for i in 0..rounds {
            let state = Some(m.state(&[(9, object), (10, sum), (11, object), (12, sum)]));
            let cell = m.node_with(NodeOp::CheckCell, &[object], state);
            let shape = NodeOp::CheckShape([5].as_slice().into());
            let cell = m.node_with(shape, &[cell], state);
            let field = m.node(NodeOp::Load(Mem::Value, 16 + i, Loc::Field), &[cell]);
            let number = m.node_with(NodeOp::CheckInt, &[field], state);
            sum = m.node_with(NodeOp::IntArith(IntOp::Add), &[sum, number], state);
            let less = m.node(NodeOp::IntCmp(Cond::Lt), &[sum, number]);
            let (then, otherwise) = m.branch(less);
            let join = m.graph.new_block();
            m.block = then;
            let boxed = m.boxed(sum);
            let call = m.node(NodeOp::Call(Helper::Concat), &[boxed, object]);
            m.node(NodeOp::Store(Mem::Value, 16, Loc::Field), &[cell, call]);
            m.jump(join, otherwise);
            m.jump(join, join);
        }
        m.returns_boxed(sum);
        let mut graph = m.graph;
        graph.compute_order();
        let mut best = f64::MAX;
        let mut size = 0;
        for _ in 0..5 {
            let start = std::time::Instant::now();
            let code = lower(&graph, &snapshot).unwrap_or_else(|e| panic!("{e:?}"));
            best = best.min(start.elapsed().as_secs_f64());
            size = code.bytes.len();
        }
        let nodes = graph.nodes.len();
        println!(
            "{nodes} nodes: {:.0} us, {:.2} us and {:.1} bytes a node",
            best * 1e6,
            best * 1e6 / nodes as f64,
            size as f64 / nodes as f64
        );
    }
}
