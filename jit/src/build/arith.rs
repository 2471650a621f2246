//! Arithmetic: int32 or double by feedback, strings, BigInts, the general way for the rest.

use super::Builder;
use super::types::Types;
use crate::Decline;
use crate::graph::*;
use crate::helpers::Helper;
use crate::layout::value;
use crate::snapshot::{Reason, operand};
use sarus_bytecode::Op;
use sarus_bytecode::decode::Instruction;

/// The operation of an arithmetic instruction, without its immediate form.
pub fn plain(op: Op) -> Op {
    match op {
        Op::AddImm | Op::Inc => Op::Add,
        Op::SubImm | Op::Dec => Op::Sub,
        Op::MulImm => Op::Mul,
        Op::DivImm => Op::Div,
        Op::ModImm => Op::Mod,
        Op::BitAndImm => Op::BitAnd,
        Op::BitOrImm => Op::BitOr,
        Op::BitXorImm => Op::BitXor,
        Op::ShlImm => Op::Shl,
        Op::SarImm => Op::Sar,
        Op::ShrImm => Op::Shr,
        op => op,
    }
}

impl Builder<'_> {
    /// A binary operation on two values; `None` if it has to be done the general way.
    pub(super) fn binary(&mut self, op: Op, x: NodeId, y: NodeId) -> Option<NodeId> {
        if self.feedback() == operand::BIGINT {
            return self.bigint_binary(op, x, y);
        }
        let (x, y, seen) = self.numbers_of_oddballs(x, y);
        if matches!(
            op,
            Op::BitAnd | Op::BitOr | Op::BitXor | Op::Shl | Op::Sar | Op::Shr
        ) {
            return self.bitwise(op, x, y, seen);
        }
        if op == Op::Add && (seen & !operand::STRING == 0 && seen != 0 || self.both_strings(x, y)) {
            let (x, y) = (self.string(x), self.string(y));
            return Some(self.emit(NodeOp::Call(Helper::Concat), &[x, y]));
        }
        if op == Op::Add && self.string_and_number(x, y) {
            let (x, y) = (self.tagged(x), self.tagged(y));
            return Some(self.emit(NodeOp::Call(Helper::ConcatNumber), &[x, y]));
        }
        let float_operands = self.rep(x) == Rep::Float64 || self.rep(y) == Rep::Float64;
        if seen & !(operand::NUMBER | operand::OVERFLOW) != 0
            && !(self.is_number(x) && self.is_number(y))
        {
            return None;
        }
        if seen & (operand::NUMBER | operand::OVERFLOW) == 0 && !float_operands {
            let int_op = match op {
                Op::Add => Some(IntOp::Add),
                Op::Sub => Some(IntOp::Sub),
                Op::Mul => Some(IntOp::Mul),
                Op::Div => Some(IntOp::Div),
                Op::Mod => Some(IntOp::Mod),
                _ => None,
            };
            if let Some(int_op) = int_op {
                let (x, y) = (self.int(x), self.int(y));
                let reason = match int_op {
                    IntOp::Div | IntOp::Mod => Reason::Inexact,
                    _ => Reason::Overflow,
                };
                return Some(self.check(NodeOp::IntArith(int_op), &[x, y], reason));
            }
        }
        // Results that are no int32 do not say that operands were none. But next to a double that is stored as an int32 now and then
        // (elements of a typed array, say) int32s say little.
        let ints =
            seen & operand::NUMBER == 0 && !float_operands && !self.has_exited(Reason::NotInt);
        let mut float = |v: NodeId| {
            if ints && !self.is_number(v) && self.rep(v) != Rep::Bool {
                self.int(v);
            }
            self.float(v)
        };
        let (x, y) = (float(x), float(y));
        Some(match op {
            Op::Add => self.emit(NodeOp::FloatArith(FloatOp::Add), &[x, y]),
            Op::Sub => self.emit(NodeOp::FloatArith(FloatOp::Sub), &[x, y]),
            Op::Mul => self.emit(NodeOp::FloatArith(FloatOp::Mul), &[x, y]),
            Op::Div => self.emit(NodeOp::FloatArith(FloatOp::Div), &[x, y]),
            Op::Mod => self.emit(NodeOp::Call(Helper::Mod), &[x, y]),
            _ => self.emit(NodeOp::Call(Helper::Pow), &[x, y]),
        })
    }

    /// An operator on BigInts; exits where an operand is none.
    fn bigint_binary(&mut self, op: Op, x: NodeId, y: NodeId) -> Option<NodeId> {
        // Int32s leave no trace in the feedback.
        let others = self.has_exited(Reason::NotObject) || self.has_exited(Reason::WrongKind);
        if op == Op::Shr || others || self.is_number(x) || self.is_number(y) {
            return None;
        }
        let kind = self.snapshot.layout.kinds.bigint;
        let (x, y) = (self.of_kind(x, kind), self.of_kind(y, kind));
        let op = self.int_constant(op as i32);
        Some(self.emit(NodeOp::Call(Helper::BigIntBinary), &[x, y, op]))
    }

    /// Operands of an operation on numbers, and what was seen there but for `undefined`, `null` and booleans: what the operands
    /// are then stands for those.
    pub(super) fn numbers_of_oddballs(&mut self, x: NodeId, y: NodeId) -> (NodeId, NodeId, u8) {
        let seen = self.feedback();
        let numeric = operand::NUMBER | operand::OVERFLOW;
        if seen & operand::OTHER == 0 || seen & !(numeric | operand::OTHER) != 0 {
            return (x, y, seen);
        }
        let a = self.number_of_oddball(x);
        let (x, y) = (a, if y == x { a } else { self.number_of_oddball(y) });
        let ints = self.is_int(x) && self.is_int(y);
        let seen = seen & !operand::OTHER;
        (x, y, if ints { seen } else { seen | operand::NUMBER })
    }

    fn number_of_oddball(&mut self, v: NodeId) -> NodeId {
        let is_one = matches!(self.graph.node(v).op, NodeOp::OddballToNumber);
        if is_one || self.is_number(v) {
            return v;
        }
        match self.constant_bits(v) {
            Some(value::UNDEFINED) => return self.float_constant(f64::NAN),
            Some(value::NULL) => return self.int_constant(0),
            _ => {}
        }
        if self.rep(v) == Rep::Bool {
            return self.emit(NodeOp::BoolToInt, &[v]);
        }
        if self.types(v).within(Types::BOOL) {
            let v = self.emit(NodeOp::UntagBool, &[v]);
            return self.emit(NodeOp::BoolToInt, &[v]);
        }
        self.emit(NodeOp::OddballToNumber, &[v])
    }

    fn both_strings(&self, x: NodeId, y: NodeId) -> bool {
        self.types(x).within(Types::STRING) && self.types(y).within(Types::STRING)
    }

    fn string_and_number(&self, x: NodeId, y: NodeId) -> bool {
        let (tx, ty) = (self.types(x), self.types(y));
        tx.within(Types::STRING) && self.is_number(y)
            || self.is_number(x) && ty.within(Types::STRING)
    }

    fn bitwise(&mut self, op: Op, x: NodeId, y: NodeId, seen: u8) -> Option<NodeId> {
        let numbers = self.is_number(x) && self.is_number(y);
        if seen & !(operand::NUMBER | operand::OVERFLOW) != 0 && !numbers {
            return None;
        }
        let (x, y) = if seen & operand::NUMBER == 0 && !numbers {
            (
                self.int_or_float_truncated(x),
                self.int_or_float_truncated(y),
            )
        } else {
            (self.truncated(x), self.truncated(y))
        };
        let bit = match op {
            Op::BitAnd => BitOp::And,
            Op::BitOr => BitOp::Or,
            Op::BitXor => BitOp::Xor,
            Op::Shl => BitOp::Shl,
            Op::Sar => BitOp::Sar,
            _ => BitOp::Shr,
        };
        let v = self.emit(NodeOp::Bit(bit), &[x, y]);
        if bit != BitOp::Shr {
            return Some(v);
        }
        let shifted = self.graph_int(y).is_some_and(|count| count & 31 != 0);
        Some(if shifted {
            v
        } else if seen & operand::OVERFLOW == 0 && !self.has_exited(Reason::Overflow) {
            self.check(NodeOp::CheckUint, &[v], Reason::Overflow)
        } else {
            self.emit(NodeOp::UintToFloat, &[v])
        })
    }

    fn graph_int(&self, v: NodeId) -> Option<i32> {
        match self.graph.node(v).op {
            NodeOp::Int(i) => Some(i),
            _ => None,
        }
    }

    /// An int32, or a double at hand converted.
    fn int_or_float_truncated(&mut self, v: NodeId) -> NodeId {
        if self.rep(v) == Rep::Float64 {
            self.truncated(v)
        } else {
            self.int(v)
        }
    }

    /// Binary arithmetic instructions.
    pub(super) fn visit_binary(&mut self, at: &Instruction) -> Result<(), Decline> {
        let o = at.operands();
        let x = self.read(o[1] as u32)?;
        let y = match at.op {
            Op::Add
            | Op::Sub
            | Op::Mul
            | Op::Div
            | Op::Mod
            | Op::Exp
            | Op::BitAnd
            | Op::BitOr
            | Op::BitXor
            | Op::Shl
            | Op::Sar
            | Op::Shr => self.read(o[2] as u32)?,
            _ => self.int_constant(o[2] as i32),
        };
        match self.binary(plain(at.op), x, y) {
            Some(v) => {
                self.write(o[0] as u32, v);
                Ok(())
            }
            None => self.general(at),
        }
    }

    /// Inc, Dec, Neg, BitNot, ToNumber, ToNumeric.
    pub(super) fn visit_unary(&mut self, at: &Instruction) -> Result<(), Decline> {
        let o = at.operands();
        let x = self.read(o[1] as u32)?;
        let seen = self.feedback();
        let bigint = matches!(
            at.op,
            Op::Inc | Op::Dec | Op::Neg | Op::BitNot | Op::ToNumeric
        );
        let others = self.has_exited(Reason::NotObject) || self.has_exited(Reason::WrongKind);
        if bigint && seen == operand::BIGINT && !others && !self.is_number(x) {
            let x = self.of_kind(x, self.snapshot.layout.kinds.bigint);
            let v = match at.op {
                Op::ToNumeric => x,
                op => {
                    let op = self.int_constant(op as i32);
                    self.emit(NodeOp::Call(Helper::BigIntUnary), &[x, op])
                }
            };
            self.write(o[0] as u32, v);
            return Ok(());
        }
        let (x, _, seen) = self.numbers_of_oddballs(x, x);
        let general = seen & !(operand::NUMBER | operand::OVERFLOW) != 0 && !self.is_number(x);
        if general {
            return self.general(at);
        }
        let ints = seen & (operand::NUMBER | operand::OVERFLOW) == 0 && self.rep(x) != Rep::Float64;
        let v = match at.op {
            Op::Inc | Op::Dec => {
                let one = self.int_constant(1);
                match self.binary(plain(at.op), x, one) {
                    Some(v) => v,
                    None => return self.general(at),
                }
            }
            Op::Neg if ints => {
                let x = self.int(x);
                self.check(NodeOp::IntNeg, &[x], Reason::MinusZero)
            }
            Op::Neg => {
                let x = self.float(x);
                self.emit(NodeOp::FloatUnary(FloatUnary::Neg), &[x])
            }
            Op::BitNot => {
                let x = self.truncated(x);
                self.emit(NodeOp::BitNot, &[x])
            }
            _ if self.is_number(x) => x,
            _ => {
                let t = self.tagged(x);
                let is = self.emit(NodeOp::Is(Test::Number), &[t]);
                self.check(NodeOp::CheckIs(true), &[is], Reason::NotNumber);
                self.refine(x, Types::NUMBER);
                x
            }
        };
        self.write(o[0] as u32, v);
        Ok(())
    }
}
