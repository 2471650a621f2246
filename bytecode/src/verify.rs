//! The verifier: checks a code block's structure.
//!
//! Operands in range, jumps to instruction starts, handlers sane, nothing falls off the end, and every register defined before
//! it is read on all ways. It never panics on any input, so it also guards code blocks that come from elsewhere. It checks in debug
//! builds; the interpreter relies on what it checks.

use crate::code_block::{CodeBlock, NO_REGISTER, REG_NEW_TARGET, REG_PARAMS, REG_THIS};
use crate::decode::{DecodeError, Instruction, instructions};
use crate::opcodes::{Op, OperandKind, flags};
use crate::registers::{clobbers_from, for_each_write, range_reads, writes_only_falling_through};
use std::fmt;

/// What is wrong, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VerifyError {
    /// Word offset.
    pub offset: u32,
    /// Description.
    pub message: String,
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at {}: {}", self.offset, self.message)
    }
}

fn error<T>(offset: u32, message: impl Into<String>) -> Result<T, VerifyError> {
    Err(VerifyError {
        offset,
        message: message.into(),
    })
}

/// Code blocks with more registers times instructions than this are not checked for definedness, which would take too long.
const MAX_FLOW_WORK: usize = 1 << 24;

/// Checks one code block (not the functions in it).
pub fn verify(code: &CodeBlock) -> Result<(), VerifyError> {
    let mut list = Vec::new();
    for instruction in instructions(&code.words) {
        match instruction {
            Ok(instruction) => list.push(instruction),
            Err(DecodeError::BadOpcode(at)) => return error(at, "bad opcode"),
            Err(DecodeError::Truncated(at)) => return error(at, "truncated instruction"),
        }
    }
    let Some(last) = list.last() else {
        return error(0, "no code");
    };
    if !last.op.info().has(flags::END) {
        return error(last.offset, "falls off the end");
    }
    if code.param_count > code.register_count.saturating_sub(REG_PARAMS) {
        return error(0, "parameters beyond the registers");
    }
    let mut index_of = vec![u32::MAX; code.words.len()];
    for (index, instruction) in list.iter().enumerate() {
        index_of[instruction.offset as usize] = index as u32;
    }
    for instruction in &list {
        check_operands(code, instruction, &index_of)?;
    }
    check_handlers(code, &list, &index_of)?;
    let work = (code.register_count as usize / 64 + 1).saturating_mul(list.len());
    if work <= MAX_FLOW_WORK {
        Flow::new(code, &list, &index_of).run()?;
    }
    Ok(())
}

fn is_start(index_of: &[u32], target: i64) -> bool {
    usize::try_from(target)
        .ok()
        .and_then(|target| index_of.get(target))
        .is_some_and(|&index| index != u32::MAX)
}

fn check_operands(code: &CodeBlock, at: &Instruction, index_of: &[u32]) -> Result<(), VerifyError> {
    for (operand, &value) in at.op.info().operands.iter().zip(at.operands()) {
        let (limit, what) = match operand.kind {
            OperandKind::Read
            | OperandKind::Write
            | OperandKind::ReadWrite
            | OperandKind::ReadW
            | OperandKind::WriteW
            | OperandKind::Base => (code.register_count as usize + 1, "register"),
            OperandKind::Const => (code.constants.len(), "constant"),
            OperandKind::Slot => (code.ic_kinds.len(), "inline-cache slot"),
            OperandKind::Table => (code.jump_tables.len(), "jump table"),
            OperandKind::Jump | OperandKind::Jump24 => {
                if !is_start(index_of, i64::from(at.offset) + value) {
                    return error(at.offset, "jump into the middle of an instruction");
                }
                continue;
            }
            _ => continue,
        };
        if usize::try_from(value).map_or(true, |value| value >= limit) {
            return error(
                at.offset,
                format!("{what} {value} out of range in {}", at.op.info().name),
            );
        }
    }
    if at.op == Op::JumpTable {
        let table = at
            .operands()
            .get(1)
            .and_then(|&index| code.jump_tables.get(index as usize));
        for target in table.map_or(&[][..], |table| &table.targets) {
            if !is_start(index_of, i64::from(at.offset) + i64::from(*target)) {
                return error(at.offset, "jump table into the middle of an instruction");
            }
        }
    }
    Ok(())
}

fn check_handlers(
    code: &CodeBlock,
    list: &[Instruction],
    index_of: &[u32],
) -> Result<(), VerifyError> {
    for handler in &code.handlers {
        if handler.start >= handler.end || handler.end as usize > code.words.len() {
            return error(handler.start, "handler range");
        }
        let target = index_of
            .get(handler.target as usize)
            .and_then(|&index| list.get(index as usize));
        if !target.is_some_and(|target| target.op == Op::Catch) {
            return error(handler.target, "handler does not start with Catch");
        }
        if handler.env_reg != NO_REGISTER && handler.env_reg >= code.register_count {
            return error(handler.start, "handler environment register");
        }
    }
    Ok(())
}

/// Which registers are defined where: a forward data-flow analysis.
struct Flow<'c> {
    code: &'c CodeBlock,
    list: &'c [Instruction],
    index_of: &'c [u32],
    /// Words per set.
    width: usize,
    /// Sets at the start of basic blocks, by instruction index; `None` where not reached or no block starts.
    states: Vec<Option<Box<[u64]>>>,
    block_start: Vec<bool>,
}

impl<'c> Flow<'c> {
    fn new(code: &'c CodeBlock, list: &'c [Instruction], index_of: &'c [u32]) -> Self {
        let mut block_start = vec![false; list.len()];
        let mut mark = |target: i64| {
            let index = usize::try_from(target)
                .ok()
                .and_then(|target| index_of.get(target));
            if let Some(start) = index.and_then(|&index| block_start.get_mut(index as usize)) {
                *start = true;
            }
        };
        for at in list {
            if let Some(target) = at.jump_target() {
                mark(target);
            }
            if at.op == Op::JumpTable {
                for target in table_targets(code, at) {
                    mark(target);
                }
            }
        }
        for handler in &code.handlers {
            mark(i64::from(handler.target));
        }
        Flow {
            code,
            list,
            index_of,
            width: code.register_count as usize / 64 + 1,
            states: vec![None; list.len()],
            block_start,
        }
    }

    fn entry(&self) -> Box<[u64]> {
        let mut set = vec![0u64; self.width].into_boxed_slice();
        let params = REG_PARAMS..REG_PARAMS.saturating_add(self.code.param_count);
        for reg in [0, REG_NEW_TARGET, REG_THIS].into_iter().chain(params) {
            insert(&mut set, reg);
        }
        if self.code.flags.needs_actuals {
            insert(&mut set, self.code.actuals_reg);
        }
        set
    }

    fn run(mut self) -> Result<(), VerifyError> {
        let mut work = vec![0usize];
        self.states[0] = Some(self.entry());
        while let Some(start) = work.pop() {
            let Some(mut set) = self.states[start].clone() else {
                continue;
            };
            let mut index = start;
            loop {
                let at = self.list[index];
                self.check_reads(&at, &set)?;
                self.flow_to_handlers(&at, &set, &mut work);
                let before = writes_only_falling_through(at.op).then(|| set.clone());
                define_writes(&at, &mut set);
                let taken = before.as_deref().unwrap_or(&set);
                if let Some(target) = at.jump_target() {
                    self.flow_to(target, taken, &mut work);
                }
                if at.op == Op::JumpTable {
                    for target in table_targets(self.code, &at) {
                        self.flow_to(target, taken, &mut work);
                    }
                }
                if at.op.info().has(flags::END) {
                    break;
                }
                index += 1;
                if index >= self.list.len() {
                    break;
                }
                if self.block_start[index] {
                    self.flow_to(i64::from(self.list[index].offset), &set, &mut work);
                    break;
                }
            }
        }
        Ok(())
    }

    fn flow_to_handlers(&mut self, at: &Instruction, set: &[u64], work: &mut Vec<usize>) {
        if !at.op.info().has(flags::THROWS) {
            return;
        }
        let code = self.code;
        if let Some(handler) = code.handler_at(at.offset) {
            let mut set: Box<[u64]> = set.into();
            // An instruction that throws may have clobbered the window it works on.
            if let Some(base) = clobbers_from(at) {
                clear_from(&mut set, base);
            }
            self.flow_to(i64::from(handler.target), &set, work);
        }
    }

    /// Joins `set` into the state at `target`.
    fn flow_to(&mut self, target: i64, set: &[u64], work: &mut Vec<usize>) {
        let Some(&index) = usize::try_from(target)
            .ok()
            .and_then(|target| self.index_of.get(target))
        else {
            return;
        };
        let Some(state) = self.states.get_mut(index as usize) else {
            return;
        };
        let changed = match state {
            None => {
                *state = Some(set.into());
                true
            }
            Some(old) => {
                let mut changed = false;
                for (old, new) in old.iter_mut().zip(set) {
                    changed |= *old & !new != 0;
                    *old &= new;
                }
                changed
            }
        };
        if changed {
            work.push(index as usize);
        }
    }

    fn check_reads(&self, at: &Instruction, set: &[u64]) -> Result<(), VerifyError> {
        for (operand, &value) in at.op.info().operands.iter().zip(at.operands()) {
            let read = matches!(
                operand.kind,
                OperandKind::Read | OperandKind::ReadWrite | OperandKind::ReadW
            );
            if read && !contains(set, value as u32) {
                return error(
                    at.offset,
                    format!(
                        "r{value} read before it is defined in {}",
                        at.op.info().name
                    ),
                );
            }
        }
        for reg in range_reads(at) {
            if !contains(set, reg) {
                return error(
                    at.offset,
                    format!(
                        "r{reg} of the range is not defined in {}",
                        at.op.info().name
                    ),
                );
            }
        }
        Ok(())
    }
}

fn table_targets<'c>(code: &'c CodeBlock, at: &Instruction) -> impl Iterator<Item = i64> + 'c {
    let offset = i64::from(at.offset);
    at.operands()
        .get(1)
        .and_then(|&index| code.jump_tables.get(index as usize))
        .map_or(&[][..], |table| &table.targets)
        .iter()
        .map(move |&target| offset + i64::from(target))
}

fn define_writes(at: &Instruction, set: &mut [u64]) {
    if let Some(base) = clobbers_from(at) {
        clear_from(set, base);
    }
    for_each_write(at, |reg| insert(set, reg));
}

fn insert(set: &mut [u64], reg: u32) {
    if let Some(word) = set.get_mut(reg as usize / 64) {
        *word |= 1 << (reg % 64);
    }
}

fn contains(set: &[u64], reg: u32) -> bool {
    set.get(reg as usize / 64)
        .is_some_and(|word| word >> (reg % 64) & 1 != 0)
}

fn clear_from(set: &mut [u64], reg: u32) {
    for (index, word) in set.iter_mut().enumerate() {
        let first = index as u32 * 64;
        if first >= reg {
            *word = 0;
        } else if first + 64 > reg {
            *word &= (1 << (reg - first)) - 1;
        }
    }
}
