//! Jumps, loops, returns.

use super::Builder;
use super::types::Types;
use crate::Decline;
use crate::graph::*;
use crate::layout::{frame, value};
use crate::snapshot::Reason;
use sarus_bytecode::Op;
use sarus_bytecode::decode::Instruction;
use sarus_bytecode::opcodes::flags;

impl Builder<'_> {
    /// The bytecode block a jump leads to.
    pub(super) fn target(&self, at: &Instruction) -> usize {
        self.block_at(at.jump_target().unwrap_or_default())
    }

    /// The bytecode block that a way from the current one to a word offset leads to.
    fn block_at(&self, offset: i64) -> usize {
        let analysis = &self.context.analysis;
        analysis.next(self.context.block, analysis.block_at(offset))
    }

    /// The bytecode block after the current instruction.
    pub(super) fn fallthrough(&self) -> usize {
        let next = self.context.index + 1;
        let analysis = &self.context.analysis;
        let next = analysis.block_of.get(next).copied().unwrap_or(0);
        analysis.next(self.context.block, next)
    }

    /// Jumps to the instruction's target if `cond` (or, negated, if not), else goes on. Back edges poll.
    pub(super) fn jump_on(&mut self, at: &Instruction, cond: NodeId, negated: bool) {
        let (target, next) = (self.target(at), self.fallthrough());
        let in_loop = at.op.info().has(flags::LOOP);
        if let NodeOp::Bool(truth) = self.graph.node(cond).op
            && !in_loop
        {
            self.goto(if truth != negated { target } else { next });
            return;
        }
        let (t, o) = self.branch(cond);
        let (taken, not_taken) = if negated { (o, t) } else { (t, o) };
        let info = self.info.clone();
        self.open(taken);
        if in_loop {
            self.emit(NodeOp::Poll, &[]);
        }
        self.goto(target);
        self.info = info;
        self.open(not_taken);
        self.goto(next);
    }

    /// Jumps without comparison.
    pub(super) fn visit_jump(&mut self, at: &Instruction) -> Result<(), Decline> {
        match at.op {
            Op::Jump => {
                let target = self.target(at);
                self.goto(target);
                return Ok(());
            }
            Op::JumpLoop => {
                self.emit(NodeOp::Poll, &[]);
                let target = self.target(at);
                self.goto(target);
                return Ok(());
            }
            Op::JumpTable => return self.visit_table(at),
            _ => {}
        }
        let x = self.read(at.operands()[0] as u32)?;
        let (cond, negated) = match at.op {
            Op::JumpIfTrue | Op::LoopIfTrue => (self.truth(x), false),
            Op::JumpIfFalse | Op::LoopIfFalse => (self.truth(x), true),
            Op::JumpIfNullish => (self.is(Test::Nullish, x), false),
            Op::JumpIfNotNullish => (self.is(Test::Nullish, x), true),
            Op::JumpIfUndefined => (self.is(Test::Undefined, x), false),
            Op::JumpIfNotUndefined => (self.is(Test::Undefined, x), true),
            Op::JumpIfNull => (self.is(Test::Null, x), false),
            _ => (self.is(Test::Null, x), true),
        };
        self.jump_on(at, cond, negated);
        Ok(())
    }

    pub(super) fn is(&mut self, test: Test, x: NodeId) -> NodeId {
        let wanted = match test {
            Test::Undefined => Types::UNDEFINED,
            Test::Null => Types::NULL,
            Test::Nullish => Types::UNDEFINED.or(Types::NULL),
            _ => Types::ALL,
        };
        let types = self.types(x);
        if !types.meets(wanted) {
            return self.emit(NodeOp::Bool(false), &[]);
        }
        if wanted != Types::ALL && types.within(wanted) {
            return self.emit(NodeOp::Bool(true), &[]);
        }
        let x = self.tagged(x);
        self.emit(NodeOp::Is(test), &[x])
    }

    fn visit_table(&mut self, at: &Instruction) -> Result<(), Decline> {
        let o = at.operands();
        let x = self.read(o[0] as u32)?;
        let code = self.function().code.clone();
        let Some(table) = code.jump_tables.get(o[1] as usize) else {
            return Err(Decline::Instruction("JumpTable"));
        };
        let next = self.fallthrough();
        let mut failed = None;
        // What is no int32 goes the general way (falls through, unless it is a double that equals an integer: those are
        // stored as int32).
        let value = if self.is_int(x) {
            self.int(x)
        } else {
            let t = self.tagged(x);
            let is = self.emit(NodeOp::Is(Test::Int), &[t]);
            let (yes, no) = self.branch(is);
            failed = Some((no, self.info.clone()));
            self.open(yes);
            self.emit(NodeOp::UntagInt, &[t])
        };
        let blocks: Vec<BlockId> = table
            .targets
            .iter()
            .map(|_| self.graph.new_block())
            .collect();
        let default = self.graph.new_block();
        self.end(End::Switch {
            value,
            low: table.low,
            targets: blocks.clone(),
            default,
        });
        let info = std::mem::take(&mut self.info);
        for (block, target) in blocks.into_iter().zip(&table.targets) {
            let target = i64::from(at.offset) + i64::from(*target);
            let target = self.block_at(target);
            self.info = info.clone();
            self.open(block);
            self.goto(target);
        }
        self.info = info;
        self.open(default);
        self.goto(next);
        if let Some((block, info)) = failed {
            self.info = info;
            self.open(block);
            self.goto(next);
        }
        Ok(())
    }

    /// Return, ReturnUndefined.
    pub(super) fn visit_return(&mut self, v: NodeId) {
        if self.context.frame == FrameId(0) {
            let v = self.tagged(v);
            let construct = self.function().code.flags.is_constructor();
            self.end(End::Return {
                value: v,
                construct,
            });
            return;
        }
        let mut returns = std::mem::take(&mut self.context.returns);
        match self.context.constructed {
            None => self.arm(&mut returns, Some(v)),
            Some(this) if self.constant_bits(v) == Some(value::UNDEFINED) => {
                self.arm(&mut returns, Some(this));
            }
            Some(this) => {
                let v = self.tagged(v);
                let is = self.emit(NodeOp::Is(Test::Object), &[v]);
                let (yes, no) = self.branch(is);
                let info = self.info.clone();
                self.open(yes);
                self.arm(&mut returns, Some(v));
                self.info = info;
                self.open(no);
                self.arm(&mut returns, Some(this));
            }
        }
        self.context.returns = returns;
    }

    /// ReturnDerived: the errors are the interpreter's.
    pub(super) fn visit_return_derived(&mut self, at: &Instruction) -> Result<(), Decline> {
        let o = at.operands();
        let (v, this) = (self.read(o[0] as u32)?, self.read(o[1] as u32)?);
        if self.constant_bits(v) != Some(value::UNDEFINED) {
            let v = self.tagged(v);
            let undefined = self.undefined();
            let is = self.emit(NodeOp::SameBits, &[v, undefined]);
            self.check(NodeOp::CheckIs(true), &[is], Reason::Unsupported);
        }
        let this = self.tagged(this);
        let this = self.check(NodeOp::CheckNotHole, &[this], Reason::Uninitialized);
        if self.context.frame == FrameId(0) {
            self.end(End::Return {
                value: this,
                construct: false,
            });
        } else {
            let mut returns = std::mem::take(&mut self.context.returns);
            self.arm(&mut returns, Some(this));
            self.context.returns = returns;
        }
        Ok(())
    }

    /// Registers 6 and 8 of the compiled function's own frame are in memory at all times, but for an environment that states
    /// tell of.
    pub(super) fn write_fixed(&mut self, reg: u32, v: NodeId) {
        let v = self.tagged(v);
        self.context.env[reg as usize] = Some(v);
        if self.context.frame == FrameId(0) {
            if reg == frame::ENV && self.changes_environment {
                return;
            }
            debug_assert!(reg == frame::ENV || reg == frame::THIS);
            self.emit(NodeOp::StoreReg(reg), &[v]);
            // An older state does not put it back.
            self.state = None;
        } else {
            let frame = self.context.frame;
            self.info.entered.retain(|f| *f != frame);
        }
    }
}
