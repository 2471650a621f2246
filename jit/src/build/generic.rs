//! Instructions that the interpreter's own functions run: registers are passed in the frame.

use super::Builder;
use super::analysis::reads_of;
use crate::Decline;
use crate::graph::*;
use crate::layout::{frame, value};
use sarus_bytecode::decode::Instruction;
use sarus_bytecode::registers::{for_each_write, record_base};
use sarus_bytecode::{Op, opcodes::flags};

impl Builder<'_> {
    /// The value of a register.
    pub(super) fn read(&mut self, reg: u32) -> Result<NodeId, Decline> {
        match self.context.env.get(reg as usize).copied().flatten() {
            Some(v) => Ok(v),
            None => Err(Decline::Instruction("undefined register")),
        }
    }

    /// Sets a register.
    pub(super) fn write(&mut self, reg: u32, v: NodeId) {
        if reg == frame::ENV || reg == frame::THIS {
            self.write_fixed(reg, v);
        } else if let Some(slot) = self.context.env.get_mut(reg as usize) {
            *slot = Some(v);
        }
    }

    /// Stores a value to a register of the current frame in memory.
    pub(super) fn store_register(&mut self, reg: u32, v: NodeId) {
        let v = self.tagged(v);
        let word = self.context.base + reg;
        self.emit(NodeOp::StoreReg(word), &[v]);
    }

    /// Completes the frames of inlined functions in memory, before something that may look at the stack or throws. Undone by
    /// [`Builder::leave_frames`].
    pub(super) fn enter_frames(&mut self) {
        if self.context.frame == FrameId(0) {
            return;
        }
        let mut chain = Vec::new();
        let mut state = self.context.parent_state;
        let mut at = Some(self.context.frame);
        while let Some(id) = at.filter(|id| *id != FrameId(0)) {
            chain.push(id);
            at = self.graph.frames[id.index()].caller.map(|(id, _)| id);
        }
        let done = |b: &Self, id: &FrameId| b.info.entered.contains(id);
        if chain.iter().all(|id| done(self, id)) {
            self.emit(NodeOp::LeaveFrame(self.context.frame), &[]);
            return;
        }
        // The outer inlined frames' fixed registers are in their states.
        let mut fixed: Vec<(FrameId, Vec<(u32, NodeId)>)> = Vec::new();
        while let Some(id) = state {
            let s = &self.graph.states[id.index()];
            let registers = s.registers.iter().filter(|(r, _)| is_fixed(*r)).copied();
            fixed.push((s.frame, registers.collect()));
            state = s.parent;
        }
        chain.retain(|id| !done(self, id));
        for id in chain.into_iter().rev() {
            self.info.entered.push(id);
            let base = self.graph.frames[id.index()].base;
            let registers: Vec<(u32, NodeId)> = if id == self.context.frame {
                (0..=frame::THIS)
                    .filter(|r| is_fixed(*r))
                    .filter_map(|r| Some((r, self.context.env[r as usize]?)))
                    .collect()
            } else {
                fixed
                    .iter()
                    .find(|(f, _)| *f == id)
                    .map(|(_, r)| r.clone())
                    .unwrap_or_default()
            };
            for (r, v) in registers {
                let v = self.tagged(v);
                self.emit(NodeOp::StoreReg(base + r), &[v]);
            }
            self.emit(NodeOp::EnterFrame(id), &[]);
        }
    }

    /// Makes the compiled function's own frame the innermost one again.
    pub(super) fn leave_frames(&mut self) {
        if self.context.frame != FrameId(0) {
            self.emit(NodeOp::LeaveFrame(FrameId(0)), &[]);
        }
    }

    fn run_instruction(&mut self, at: &Instruction) -> Result<NodeId, Decline> {
        if self.snapshot.helpers.of_instruction(at.op).is_none() {
            return Err(Decline::Instruction(at.op.info().name));
        }
        let code = self.function().code.clone();
        let mut reads = Vec::new();
        reads_of(&code, at, |r| reads.push(r));
        for r in reads {
            let fixed_in_memory = is_fixed(r) && self.context.frame == FrameId(0);
            if !fixed_in_memory && let Some(v) = self.context.env[r as usize] {
                self.store_register(r, v);
            }
        }
        if self.context.frame == FrameId(0) && self.changes_environment && reads_environment(at.op)
        {
            let env = self.read(frame::ENV)?;
            self.store_register(frame::ENV, env);
        }
        self.enter_frames();
        let status = self.emit(NodeOp::Instruction(at.op), &[]);
        self.leave_frames();
        Ok(status)
    }

    fn load_results(&mut self, at: &Instruction) {
        let mut writes = Vec::new();
        for_each_write(at, |r| writes.push(r));
        if let Some(base) = record_base(at) {
            writes.extend(base..base + 3);
        }
        match at.op {
            op if changes_environment(op) => writes.push(frame::ENV),
            Op::CoerceThis => writes.push(frame::THIS),
            _ => {}
        }
        for r in writes {
            let word = self.context.base + r;
            let v = self.emit(NodeOp::LoadReg(word), &[]);
            // Not `write`: it comes from memory.
            self.context.env[r as usize] = Some(v);
        }
    }

    /// Runs an instruction the general way.
    pub(super) fn general(&mut self, at: &Instruction) -> Result<(), Decline> {
        self.run_instruction(at)?;
        self.load_results(at);
        if at.op.info().has(flags::END) {
            self.end(End::Unreachable);
        }
        Ok(())
    }

    /// Runs a jump the general way.
    pub(super) fn general_jump(&mut self, at: &Instruction) -> Result<(), Decline> {
        let status = self.run_instruction(at)?;
        let zero = self.int_constant(0);
        let taken = self.emit(NodeOp::IntCmp(Cond::Ne), &[status, zero]);
        self.load_results(at);
        self.jump_on(at, taken, false);
        Ok(())
    }

    /// `undefined` in a range of registers.
    pub(super) fn undefined_range(&mut self, base: u32, count: u32) {
        let v = self.emit(NodeOp::Const(value::UNDEFINED), &[]);
        for r in base..base + count {
            self.write(r, v);
        }
    }
}

/// Whether an instruction gives its frame another environment.
pub(super) fn changes_environment(op: Op) -> bool {
    matches!(
        op,
        Op::PushEnv | Op::PopEnv | Op::CloneEnv | Op::PushWith | Op::SetEnv
    )
}

/// Whether an instruction that the interpreter runs may look at its frame's environment.
fn reads_environment(op: Op) -> bool {
    use Op::*;
    let operates = op.info().has(flags::FEEDBACK);
    let accesses = matches!(
        op,
        InstanceOf
            | In
            | GetProp
            | GetLength
            | GetMethod
            | SetProp
            | SetPropSloppy
            | GetElem
            | GetElemRef
            | SetElem
            | SetElemSloppy
            | DeleteProp
            | DeleteElem
            | DefineOwn
            | DefineElem
            | CopyDataProperties
            | LoadGlobal
            | StoreGlobal
            | GetPrivate
            | SetPrivate
    );
    let calls = matches!(
        op,
        Call | CallMethod
            | CallSpread
            | Construct
            | ConstructSpread
            | Throw
            | ToString
            | ToObject
            | ConcatStrings
    );
    let iterates = matches!(
        op,
        GetIterator
            | IteratorStep
            | IteratorNextOrUndefined
            | IteratorRest
            | IteratorClose
            | IteratorCloseSilent
            | ArrayPush
            | ArraySpread
            | ForInPrepare
            | ForInNext
    );
    !(operates || accesses || calls || iterates)
}

pub(super) fn is_fixed(r: u32) -> bool {
    matches!(
        r,
        frame::CALLEE | frame::NEW_TARGET | frame::ENV | frame::THIS
    )
}
