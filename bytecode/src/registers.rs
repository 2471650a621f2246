//! Which registers an instruction reads and writes: from the operand kinds of the opcode table, and for windows, ranges and
//! iterator records from the tables here.

use crate::decode::Instruction;
use crate::opcodes::{DecorateWhat, Op, OperandKind};

/// Calls `f` with every register that is read, those of records and ranges included.
pub fn for_each_read(at: &Instruction, mut f: impl FnMut(u32)) {
    for (operand, &value) in at.op.info().operands.iter().zip(at.operands()) {
        if matches!(
            operand.kind,
            OperandKind::Read | OperandKind::ReadWrite | OperandKind::ReadW
        ) {
            f(value as u32);
        }
    }
    match record_base(at) {
        Some(base) => (base..base + 3).for_each(f),
        None => range_reads(at).for_each(f),
    }
}

/// Calls `f` with every register that is written, not counting clobbered windows.
pub fn for_each_write(at: &Instruction, mut f: impl FnMut(u32)) {
    for (operand, &value) in at.op.info().operands.iter().zip(at.operands()) {
        if matches!(
            operand.kind,
            OperandKind::Write | OperandKind::ReadWrite | OperandKind::WriteW
        ) {
            f(value as u32);
        }
    }
    let base = operand(at, 1) & 0xFFFF;
    match at.op {
        Op::LoadUndefinedRange => (base..base + operand(at, 0)).for_each(f),
        Op::GetMethod => {
            f(base);
            f(base + 8);
        }
        Op::GetIterator | Op::GetIteratorObject | Op::GetAsyncIterator | Op::ForInPrepare => {
            (base..base + 3).for_each(f);
        }
        Op::Decorate => {
            let count = decorate(at).map_or(0, DecorateWhat::results);
            (base..base + count).for_each(f);
        }
        _ => {}
    }
}

/// First register of the three of the iterator (or enumeration) record that an instruction works on, and may change.
pub fn record_base(at: &Instruction) -> Option<u32> {
    match at.op {
        Op::IteratorStep
        | Op::IteratorNextOrUndefined
        | Op::IteratorRest
        | Op::IteratorCallNext
        | Op::IteratorCallReturn
        | Op::ForInNext => Some(operand(at, 1)),
        Op::IteratorUnwrap => Some(operand(at, 2)),
        Op::IteratorClose | Op::IteratorCloseSilent => Some(operand(at, 0)),
        _ => None,
    }
}

/// Jumps whose register write happens only when the jump is not taken.
pub fn writes_only_falling_through(op: Op) -> bool {
    matches!(
        op,
        Op::IteratorStep
            | Op::IteratorUnwrap
            | Op::IteratorCallReturn
            | Op::ForInNext
            | Op::DisposeNext
    )
}

fn decorate(at: &Instruction) -> Option<DecorateWhat> {
    DecorateWhat::from_operand(operand(at, 0) as u8)
}

fn operand(at: &Instruction, index: usize) -> u32 {
    at.operands().get(index).map_or(0, |&value| value as u32)
}

/// Registers of the range an instruction reads besides its register operands.
pub fn range_reads(at: &Instruction) -> impl Iterator<Item = u32> {
    // Where it is a base at all, it has 16 bits.
    let base = operand(at, 1) & 0xFFFF;
    let count = |index| operand(at, index);
    let arguments_end = || (base + 9).saturating_add(count(3));
    let (head, range) = match at.op {
        Op::Decorate => {
            let count = decorate(at).map_or(0, DecorateWhat::registers);
            (None, base..base + count)
        }
        Op::Call | Op::Construct | Op::SuperCall => (Some(base), base + 9..arguments_end()),
        Op::CallMethod | Op::CallEval => (Some(base), base + 8..arguments_end()),
        Op::CallSpread | Op::CallEvalSpread => (Some(base), base + 8..base + 10),
        Op::ConstructSpread | Op::SuperCallSpread => (Some(base), base + 9..base + 10),
        Op::ConcatStrings => (None, base..base.saturating_add(count(2))),
        Op::NewArrayWith | Op::CopyDataProperties => (None, base..base.saturating_add(count(3))),
        Op::IteratorStep
        | Op::IteratorNextOrUndefined
        | Op::IteratorRest
        | Op::IteratorCallNext
        | Op::IteratorCallReturn
        | Op::ForInNext => (None, base..base + 1),
        Op::IteratorClose | Op::IteratorCloseSilent => {
            let base = operand(at, 0);
            (None, base..base + 1)
        }
        _ => (None, 0..0),
    };
    head.into_iter().chain(range)
}

/// First register of the window an instruction clobbers.
pub fn clobbers_from(at: &Instruction) -> Option<u32> {
    match at.op {
        Op::Call
        | Op::CallMethod
        | Op::CallSpread
        | Op::CallEval
        | Op::CallEvalSpread
        | Op::Construct
        | Op::ConstructSpread
        | Op::SuperCall
        | Op::SuperCallSpread => Some(operand(at, 1)),
        _ => None,
    }
}
