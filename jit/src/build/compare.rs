//! Comparisons, and the jumps on them.

use super::Builder;
use super::types::Types;
use crate::Decline;
use crate::graph::*;
use crate::helpers::Helper;
use crate::layout::value;
use crate::snapshot::{Reason, operand};
use sarus_bytecode::Op;
use sarus_bytecode::decode::Instruction;

/// So many cases of a `switch` are worth it to look up an atom.
const CASES: usize = 3;

/// What a comparison asks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// An order.
    Order(Cond),
    /// `===`
    Strict,
    /// `==`
    Loose,
}

/// A jump or value: the relation, whether it is negated.
pub fn relation(op: Op) -> Option<(Relation, bool)> {
    use Relation::*;
    Some(match op {
        Op::Less | Op::JumpIfLess | Op::JumpIfLessImm | Op::LoopIfLess | Op::LoopIfLessImm => {
            (Order(Cond::Lt), false)
        }
        Op::LessEq
        | Op::JumpIfLessEq
        | Op::JumpIfLessEqImm
        | Op::LoopIfLessEq
        | Op::LoopIfLessEqImm => (Order(Cond::Le), false),
        Op::Greater
        | Op::JumpIfGreater
        | Op::JumpIfGreaterImm
        | Op::LoopIfGreater
        | Op::LoopIfGreaterImm => (Order(Cond::Gt), false),
        Op::GreaterEq
        | Op::JumpIfGreaterEq
        | Op::JumpIfGreaterEqImm
        | Op::LoopIfGreaterEq
        | Op::LoopIfGreaterEqImm => (Order(Cond::Ge), false),
        Op::JumpIfNotLess | Op::JumpIfNotLessImm => (Order(Cond::Lt), true),
        Op::JumpIfNotLessEq | Op::JumpIfNotLessEqImm => (Order(Cond::Le), true),
        Op::JumpIfNotGreater | Op::JumpIfNotGreaterImm => (Order(Cond::Gt), true),
        Op::JumpIfNotGreaterEq | Op::JumpIfNotGreaterEqImm => (Order(Cond::Ge), true),
        Op::Eq | Op::JumpIfEq | Op::JumpIfEqImm => (Loose, false),
        Op::NotEq | Op::JumpIfNotEq | Op::JumpIfNotEqImm => (Loose, true),
        Op::StrictEq | Op::JumpIfStrictEq | Op::JumpIfStrictEqImm => (Strict, false),
        Op::StrictNotEq | Op::JumpIfStrictNotEq | Op::JumpIfStrictNotEqImm => (Strict, true),
        _ => return None,
    })
}

impl Builder<'_> {
    /// The truth of a relation (not negated); `None` if only the general way can tell.
    pub(super) fn compare(&mut self, relation: Relation, x: NodeId, y: NodeId) -> Option<NodeId> {
        let (x, y, seen) = match relation {
            Relation::Order(_) => self.numbers_of_oddballs(x, y),
            _ => (x, y, self.feedback()),
        };
        let cond = match relation {
            Relation::Order(cond) => cond,
            _ => Cond::Eq,
        };
        let numbers = self.is_number(x) && self.is_number(y);
        let ints = self.is_int(x) && self.is_int(y);
        let floats = self.rep(x) == Rep::Float64 || self.rep(y) == Rep::Float64;
        if ints || seen == 0 && !floats && self.may_be_ints(x, y) {
            let (x, y) = (self.int(x), self.int(y));
            return Some(self.emit(NodeOp::IntCmp(cond), &[x, y]));
        }
        if numbers || seen & !operand::NUMBER == 0 && self.may_be_numbers(x, y) {
            let (x, y) = (self.float(x), self.float(y));
            return Some(self.emit(NodeOp::FloatCmp(cond), &[x, y]));
        }
        match relation {
            Relation::Order(cond) => self.compare_strings(cond, seen, x, y),
            _ => self.compare_equal(relation, seen, x, y),
        }
    }

    fn may_be_ints(&self, x: NodeId, y: NodeId) -> bool {
        let may = |v: NodeId| self.types(v).meets(Types::INT) && self.rep(v) != Rep::Bool;
        may(x) && may(y)
    }

    fn may_be_numbers(&self, x: NodeId, y: NodeId) -> bool {
        let may = |v: NodeId| self.types(v).meets(Types::NUMBER) && self.rep(v) != Rep::Bool;
        may(x) && may(y)
    }

    fn compare_strings(&mut self, cond: Cond, seen: u8, x: NodeId, y: NodeId) -> Option<NodeId> {
        if let Some(v) = self.compare_characters(cond, x, y) {
            return Some(v);
        }
        if seen != operand::STRING {
            return None;
        }
        let (x, y) = (self.string(x), self.string(y));
        let order = self.emit(NodeOp::Call(Helper::StringCompare), &[x, y]);
        let zero = self.int_constant(0);
        Some(self.emit(NodeOp::IntCmp(cond), &[order, zero]))
    }

    fn compare_equal(
        &mut self,
        relation: Relation,
        seen: u8,
        x: NodeId,
        y: NodeId,
    ) -> Option<NodeId> {
        let loose = relation == Relation::Loose;
        // With undefined or null on one side.
        for (a, b) in [(x, y), (y, x)] {
            match self.constant_bits(b) {
                Some(value::UNDEFINED | value::NULL) if loose => {
                    let a = self.tagged(a);
                    return Some(self.emit(NodeOp::Is(Test::LooseNullish), &[a]));
                }
                Some(bits @ (value::UNDEFINED | value::NULL | value::FALSE | value::TRUE))
                    if !loose =>
                {
                    if self.rep(a) == Rep::Bool && matches!(bits, value::FALSE | value::TRUE) {
                        return Some(if bits == value::TRUE {
                            a
                        } else {
                            self.emit(NodeOp::Not, &[a])
                        });
                    }
                    if let Some(same) = self.is_constant(a, bits) {
                        return Some(self.emit(NodeOp::Bool(same), &[]));
                    }
                    let (a, b) = (self.tagged(a), self.tagged(b));
                    return Some(self.emit(NodeOp::SameBits, &[a, b]));
                }
                _ => {}
            }
        }
        if let Some(v) = self.compare_characters(Cond::Eq, x, y) {
            return Some(v);
        }
        if seen == operand::STRING
            || self.types(x).within(Types::STRING) && self.types(y).within(Types::STRING)
        {
            let (x, y) = (self.string(x), self.string(y));
            return Some(self.emit(NodeOp::Call(Helper::StringEqual), &[x, y]));
        }
        if loose {
            return self.compare_loosely(x, y);
        }
        for (any, string) in [(x, y), (y, x)] {
            if self.types(string).within(Types::STRING) {
                let any = self.tagged(any);
                return Some(self.emit(NodeOp::Call(Helper::StringIs), &[any, string]));
            }
        }
        // Only numbers, strings and BigInts can be equal without being identical.
        let by_identity = |t: Types| !t.meets(Types::NUMBER.or(Types::STRING).or(Types::OTHER));
        let (x, y) = (self.tagged(x), self.tagged(y));
        if by_identity(self.types(x)) || by_identity(self.types(y)) {
            return Some(self.emit(NodeOp::SameBits, &[x, y]));
        }
        Some(self.emit(NodeOp::Call(Helper::StrictEqual), &[x, y]))
    }

    /// Whether a value is that constant, which no other value equals, if its type or value tells.
    fn is_constant(&self, v: NodeId, bits: u64) -> Option<bool> {
        match self.constant_bits(v) {
            Some(known) => Some(known == bits),
            None if !self.types(v).meets(Types::of_bits(bits)) => Some(false),
            None => None,
        }
    }

    /// Equality of two booleans.
    fn compare_booleans(&mut self, x: NodeId, y: NodeId) -> Option<NodeId> {
        if !self.types(x).or(self.types(y)).within(Types::BOOL) {
            return None;
        }
        for (a, b) in [(x, y), (y, x)] {
            if let Some(bits) = self.constant_bits(b) {
                let a = self.truth(a);
                return Some(match bits {
                    value::TRUE => a,
                    _ => self.emit(NodeOp::Not, &[a]),
                });
            }
        }
        let (x, y) = (self.tagged(x), self.tagged(y));
        Some(self.emit(NodeOp::SameBits, &[x, y]))
    }

    /// Loose equality where no object has to be converted.
    fn compare_loosely(&mut self, x: NodeId, y: NodeId) -> Option<NodeId> {
        if let Some(v) = self.compare_booleans(x, y) {
            return Some(v);
        }
        if self.has_exited(Reason::WrongKind) {
            return None;
        }
        let (x, y) = (self.tagged(x), self.tagged(y));
        let answer = self.emit(NodeOp::Call(Helper::LooseEqual), &[x, y]);
        let (one, two) = (self.int_constant(1), self.int_constant(2));
        let known = self.emit(NodeOp::UintCmp(Cond::Lt), &[answer, two]);
        self.check(NodeOp::CheckIs(true), &[known], Reason::WrongKind);
        Some(self.emit(NodeOp::IntCmp(Cond::Eq), &[answer, one]))
    }

    /// A comparison that gives a value.
    pub(super) fn visit_comparison(&mut self, at: &Instruction) -> Result<(), Decline> {
        let o = at.operands();
        let (x, y) = (self.read(o[1] as u32)?, self.read(o[2] as u32)?);
        let Some((relation, negated)) = relation(at.op) else {
            return self.general(at);
        };
        match self.compare(relation, x, y) {
            Some(mut v) => {
                if negated {
                    v = self.emit(NodeOp::Not, &[v]);
                }
                self.write(o[0] as u32, v);
                Ok(())
            }
            None => self.general(at),
        }
    }

    /// A case of a `switch` over strings: the atom is looked up once, and all constants are atoms.
    fn compare_case(&mut self, at: &Instruction, x: NodeId, y: NodeId) -> Option<NodeId> {
        let is_string = self.types(y).within(Types::STRING) && self.constant_bits(y).is_some();
        let may_be = self.types(x).meets(Types::STRING) && self.constant_bits(x).is_none();
        if !is_string || !may_be || !self.is_one_of_many_cases(at) {
            return None;
        }
        let x = self.tagged(x);
        let atom = self.emit(NodeOp::Call(Helper::AtomOf), &[x]);
        Some(self.emit(NodeOp::SameBits, &[atom, y]))
    }

    /// Whether the current instruction is one of a few that compare the same register with constants, one after the other.
    fn is_one_of_many_cases(&self, at: &Instruction) -> bool {
        let is_case = |i: usize| {
            let (load, jump) = (
                self.context.analysis.list.get(i.wrapping_sub(1)),
                self.context.analysis.list.get(i),
            );
            let (Some(load), Some(jump)) = (load, jump) else {
                return false;
            };
            let compared = |n: usize| jump.operands().get(n).copied();
            load.op == Op::LoadConst
                && jump.op == Op::JumpIfStrictEq
                && compared(0) == at.operands().first().copied()
                && compared(1) == load.operands().first().copied()
        };
        let here = self.context.index;
        let after = (0..CASES).take_while(|n| is_case(here + 2 * n)).count();
        let before = (1..CASES)
            .take_while(|n| here >= 2 * n && is_case(here - 2 * n))
            .count();
        after > 0 && before + after >= CASES
    }

    /// A jump on a comparison.
    pub(super) fn visit_compare_jump(
        &mut self,
        at: &Instruction,
        immediate: bool,
    ) -> Result<(), Decline> {
        let o = at.operands();
        let x = self.read(o[0] as u32)?;
        let y = if immediate {
            self.int_constant(o[1] as i32)
        } else {
            self.read(o[1] as u32)?
        };
        let Some((relation, negated)) = relation(at.op) else {
            return self.general_jump(at);
        };
        let compared = match self.compare_case(at, x, y) {
            None => self.compare(relation, x, y),
            case => case,
        };
        match compared {
            Some(cond) => {
                self.jump_on(at, cond, negated);
                Ok(())
            }
            None => self.general_jump(at),
        }
    }
}
