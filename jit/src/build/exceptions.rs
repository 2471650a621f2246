//! Exceptions that are handled in the compiled function: `throw` is a jump, and what may throw ends its block.
//!
//! ```text
//! … node ──► next            no exception
//!     └────► pad ──► Catch   the pad brings the registers of the handler's frame in order
//! throw v ─────────► after Catch, with v
//! ```
//!
//! A handler in a frame that was inlined around the current one is reached through [`Context::throws`](super::Context), which
//! the caller's frame looks at when the callee is built.

use super::Builder;
use super::merge::Edge;
use crate::Decline;
use crate::graph::*;
use crate::helpers::Helper;
use crate::layout::frame;
use sarus_bytecode::decode::Instruction;
use sarus_bytecode::opcodes::flags;
use sarus_bytecode::registers::record_base;
use sarus_bytecode::{Handler, NO_REGISTER};

/// Where exceptions of the current instruction lead.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Out of the compiled function.
    Leave,
    /// To that handler in this frame.
    Here(Handler),
    /// To a handler in a frame that this one is inlined in.
    Caller,
    /// To a handler that is not compiled: the interpreter goes on.
    Interpreter,
}

impl Builder<'_> {
    /// Where exceptions of the current instruction lead.
    pub(super) fn way_of_exceptions(&self) -> Way {
        // What other instructions fail with is not handled.
        if !self.instruction().op.info().has(flags::THROWS) {
            return Way::Leave;
        }
        let analysis = &self.context.analysis;
        if let Some(h) = self.function().code.handler_at(self.at().pc) {
            let target = analysis.block_at(i64::from(h.target));
            return if self.leaves_loops(target) {
                Way::Interpreter
            } else {
                Way::Here(*h)
            };
        }
        let mut frame = self.graph.frames[self.context.frame.index()].caller;
        while let Some((id, pc)) = frame {
            let f = &self.graph.frames[id.index()];
            if let Some(h) = self.snapshot.functions[f.function].code.handler_at(pc) {
                let left = id == FrameId(0) && {
                    let target = self.root.block_at(i64::from(h.target));
                    self.root_leaves_loops(target)
                };
                return if left { Way::Interpreter } else { Way::Caller };
            }
            frame = f.caller;
        }
        Way::Leave
    }

    /// The state for an exception at the current instruction that is handled in the interpreter.
    pub(super) fn throw_state(&mut self, op: &NodeOp) -> StateId {
        let Some(base) = record_base(&self.instruction()) else {
            return self.state_at(self.context.index, None);
        };
        if matches!(op, NodeOp::Call(Helper::StepGenerator)) {
            let iterator = self.context.env[base as usize];
            self.end_record();
            let state = self.state_at(self.context.index, None);
            self.context.env[base as usize] = iterator;
            return state;
        }
        let state = self.state_at(self.context.index, None);
        if matches!(op, NodeOp::Instruction(_)) {
            // What the instruction made of its record is in memory.
            let registers = &mut self.graph.states[state.index()].registers;
            registers.retain(|(r, _)| !(base..base + 3).contains(r));
        }
        state
    }

    /// Ends the block after a node that may throw, if the exception is handled in this compiled function.
    pub(super) fn guard(&mut self, node: NodeId, way: Way) {
        if !matches!(way, Way::Here(_) | Way::Caller) || self.block.is_none() {
            return;
        }
        let state = self.state;
        let next = self.graph.new_block();
        let pad = self.graph.new_block();
        self.graph.block_mut(pad).cold = true;
        self.end(End::Catch {
            node,
            next,
            handler: pad,
        });
        let info = self.info.clone();
        if let Way::Here(h) = way {
            let env = self.context.env.clone();
            self.open(pad);
            match self.graph.node(node).op {
                NodeOp::Instruction(_) => self.reload_record(),
                NodeOp::Call(Helper::StepGenerator) => self.end_record(),
                _ => {}
            }
            self.restore_environment(&h);
            let target = self.context.analysis.block_at(i64::from(h.target));
            self.goto(target);
            self.context.env = env;
        } else {
            self.context.throws.push(Edge {
                from: pad,
                env: Vec::new(),
                value: None,
                info: info.clone(),
            });
        }
        self.info = info;
        self.open(next);
        self.state = state;
    }

    /// An instruction that fails has changed its iterator record in memory.
    fn reload_record(&mut self) {
        let Some(base) = record_base(&self.instruction()) else {
            return;
        };
        for r in base..base + 3 {
            let v = self.emit(NodeOp::LoadReg(self.context.base + r), &[]);
            self.write(r, v);
        }
    }

    /// A step that fails ends its iterator record.
    fn end_record(&mut self) {
        if let Some(base) = record_base(&self.instruction()) {
            let undefined = self.undefined();
            self.write(base, undefined);
        }
    }

    /// The environment in which a handler runs.
    fn restore_environment(&mut self, h: &Handler) {
        if h.env_reg == NO_REGISTER {
            return;
        }
        let saved = self.context.env.get(h.env_reg as usize).copied().flatten();
        if let Some(env) = saved
            && self.context.env[frame::ENV as usize] != Some(env)
        {
            self.write(frame::ENV, env);
        }
    }

    /// Throw.
    pub(super) fn visit_throw(&mut self, at: &Instruction) -> Result<(), Decline> {
        let way = self.way_of_exceptions();
        let v = self.read(at.operands()[0] as u32)?;
        match way {
            Way::Here(h) if self.after_catch(&h).is_some() => {
                self.throw_here(&h, v);
                Ok(())
            }
            Way::Caller => {
                let mut throws = std::mem::take(&mut self.context.throws);
                self.arm(&mut throws, Some(v));
                self.context.throws = throws;
                Ok(())
            }
            _ => self.general(at),
        }
    }

    fn after_catch(&self, h: &Handler) -> Option<(usize, u32)> {
        let analysis = &self.context.analysis;
        analysis.after_catch(analysis.block_at(i64::from(h.target)))
    }

    /// Goes to a handler of this frame with an exception.
    fn throw_here(&mut self, h: &Handler, exception: NodeId) {
        let Some((target, dst)) = self.after_catch(h) else {
            return;
        };
        self.restore_environment(h);
        self.write(dst, exception);
        self.goto(target);
    }

    /// Catch: the exception waits in the agent.
    pub(super) fn visit_catch(&mut self, at: &Instruction) -> Result<(), Decline> {
        let fp = self.emit(NodeOp::FramePtr(0), &[]);
        let v = self.emit(NodeOp::Call(Helper::TakeException), &[fp]);
        self.write(at.operands()[0] as u32, v);
        Ok(())
    }

    /// Leads exceptions that left an inlined callee to the handler.
    pub(super) fn catch_inlined(&mut self, throws: Vec<Edge>) {
        if throws.is_empty() {
            return;
        }
        let way = self.way_of_exceptions();
        let (block, info) = (self.block.take(), std::mem::take(&mut self.info));
        let env = self.context.env.clone();
        let (thrown, waiting): (Vec<Edge>, Vec<Edge>) =
            throws.into_iter().partition(|edge| edge.value.is_some());
        for edges in [waiting, thrown] {
            let value = self.meet(edges);
            if let Some(block) = self.block {
                self.graph.block_mut(block).cold = value.is_none();
                self.pass_on(way, value);
            }
            self.context.env.clone_from(&env);
        }
        self.block = block;
        self.info = info;
        self.state = None;
    }

    /// Goes to the handler with an exception, or with the one that waits in the agent.
    fn pass_on(&mut self, way: Way, value: Option<NodeId>) {
        match (way, value) {
            (Way::Here(h), Some(v)) => self.throw_here(&h, v),
            (Way::Here(h), None) => {
                self.restore_environment(&h);
                let target = self.context.analysis.block_at(i64::from(h.target));
                self.goto(target);
            }
            (_, value) => {
                let mut throws = std::mem::take(&mut self.context.throws);
                self.arm(&mut throws, value);
                self.context.throws = throws;
            }
        }
    }
}
