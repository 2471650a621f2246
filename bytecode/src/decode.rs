//! The decoder: words back to opcodes and operands.
//!
//! Total on any input: a malformed word gives an error, never a panic.

use crate::opcodes::{Op, OperandKind};

/// Greatest number of operands of an instruction.
pub const MAX_OPERANDS: usize = 6;

/// A decoded instruction.
#[derive(Clone, Copy, Debug)]
pub struct Instruction {
    /// Word offset.
    pub offset: u32,
    /// The opcode.
    pub op: Op,
    values: [i64; MAX_OPERANDS],
}

/// What is wrong with a word.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DecodeError {
    /// No such opcode.
    BadOpcode(u32),
    /// The code ends within the instruction.
    Truncated(u32),
}

impl Instruction {
    /// Values of the operands in order: registers and unsigned immediates as such, signed ones sign-extended, jumps as offsets
    /// relative to the instruction.
    pub fn operands(&self) -> &[i64] {
        &self.values[..self.op.info().operands.len().min(MAX_OPERANDS)]
    }

    /// Word offset of the jump target, if the instruction has a jump operand.
    pub fn jump_target(&self) -> Option<i64> {
        let index = self
            .op
            .info()
            .operands
            .iter()
            .position(|operand| operand.kind.is_jump())?;
        Some(i64::from(self.offset) + self.values[index])
    }

    /// Offset of the next instruction.
    pub fn next(&self) -> u32 {
        self.offset + self.op.words() as u32
    }
}

/// Decodes the instruction at `offset`.
pub fn decode(words: &[u32], offset: u32) -> Result<Instruction, DecodeError> {
    let truncated = DecodeError::Truncated(offset);
    let &word = words.get(offset as usize).ok_or(truncated)?;
    let op = Op::from_u8(word as u8).ok_or(DecodeError::BadOpcode(offset))?;
    let mut values = [0i64; MAX_OPERANDS];
    let mut shift = 8;
    let mut extra = offset as usize + 1;
    for (operand, value) in op.info().operands.iter().zip(&mut values) {
        let kind = operand.kind;
        *value = match kind {
            OperandKind::Read | OperandKind::Write | OperandKind::ReadWrite | OperandKind::U8 => {
                i64::from(word >> shift & 0xFF)
            }
            OperandKind::I8 => i64::from((word >> shift) as u8 as i8),
            OperandKind::Base | OperandKind::U16 => i64::from(word >> 16),
            OperandKind::I16 => i64::from((word >> 16) as u16 as i16),
            OperandKind::Jump24 => i64::from(word as i32 >> 8),
            OperandKind::Jump | OperandKind::I32 => {
                i64::from(*words.get(extra).ok_or(truncated)? as i32)
            }
            _ => i64::from(*words.get(extra).ok_or(truncated)?),
        };
        match kind.inline_bytes() {
            0 => extra += 1,
            1 => shift = (shift + 8).min(24),
            _ => {}
        }
    }
    Ok(Instruction { offset, op, values })
}

/// All instructions of `words`; stops after the first malformed one.
pub fn instructions(words: &[u32]) -> impl Iterator<Item = Result<Instruction, DecodeError>> + '_ {
    let mut offset = Some(0u32);
    std::iter::from_fn(move || {
        let at = offset?;
        if at as usize >= words.len() {
            return None;
        }
        let result = decode(words, at);
        offset = result.as_ref().ok().map(Instruction::next);
        Some(result)
    })
}
