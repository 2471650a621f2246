//! Captured variables, globals, TDZ.

use super::Builder;
use crate::Decline;
use crate::graph::*;
use crate::layout::frame;
use crate::snapshot::{Reason, Site};
use sarus_bytecode::Op;
use sarus_bytecode::decode::Instruction;

impl Builder<'_> {
    fn environment(&mut self, depth: u32) -> Result<NodeId, Decline> {
        let mut env = self.read(frame::ENV)?;
        let parent = self.snapshot.layout.offsets.env_parent;
        for _ in 0..depth {
            env = self.emit(NodeOp::Load(Mem::Ptr, parent, Loc::Immutable), &[env]);
        }
        Ok(env)
    }

    fn env_offset(&self, index: u32) -> i32 {
        self.snapshot.layout.offsets.env_slots + 8 * index as i32
    }

    fn load_env(&mut self, depth: u32, index: u32) -> Result<NodeId, Decline> {
        let env = self.environment(depth)?;
        let offset = self.env_offset(index);
        Ok(self.emit(NodeOp::Load(Mem::Value, offset, Loc::Env), &[env]))
    }

    fn store_env(&mut self, v: NodeId, depth: u32, index: u32) -> Result<(), Decline> {
        let env = self.environment(depth)?;
        let offset = self.env_offset(index);
        let v = self.tagged(v);
        self.emit(NodeOp::Store(Mem::Value, offset, Loc::Env), &[env, v]);
        self.small_barrier(env, v);
        Ok(())
    }

    /// A value that is not in its temporal dead zone; the error is the interpreter's.
    fn initialized(&mut self, v: NodeId) -> NodeId {
        self.check(NodeOp::CheckNotHole, &[v], Reason::Uninitialized)
    }

    pub(super) fn visit_env(&mut self, at: &Instruction) -> Result<(), Decline> {
        let o = at.operands();
        let n = |i: usize| o[i] as u32;
        match at.op {
            Op::LoadEnv0 => {
                let v = self.load_env(0, n(1))?;
                self.write(n(0), v);
            }
            Op::LoadEnv1 => {
                let v = self.load_env(1, n(1))?;
                self.write(n(0), v);
            }
            Op::LoadEnv => {
                let v = self.load_env(n(1), n(2))?;
                self.write(n(0), v);
            }
            Op::LoadEnvChecked => {
                if self.has_exited(Reason::Uninitialized) {
                    return self.general(at);
                }
                let v = self.load_env(n(1), n(2))?;
                let v = self.initialized(v);
                self.write(n(0), v);
            }
            Op::StoreEnv0 => {
                let v = self.read(n(0))?;
                self.store_env(v, 0, n(1))?;
            }
            Op::StoreEnv1 => {
                let v = self.read(n(0))?;
                self.store_env(v, 1, n(1))?;
            }
            Op::StoreEnv => {
                let v = self.read(n(0))?;
                self.store_env(v, n(1), n(2))?;
            }
            Op::StoreEnvChecked => {
                if self.has_exited(Reason::Uninitialized) {
                    return self.general(at);
                }
                let old = self.load_env(n(1), n(2))?;
                self.initialized(old);
                let v = self.read(n(0))?;
                self.store_env(v, n(1), n(2))?;
            }
            Op::PopEnv => {
                let parent = self.environment(1)?;
                self.write(frame::ENV, parent);
            }
            Op::GetEnv => {
                let env = self.read(frame::ENV)?;
                self.write(n(0), env);
            }
            Op::SetEnv => {
                let env = self.read(n(0))?;
                self.write(frame::ENV, env);
            }
            _ => return self.general(at),
        }
        Ok(())
    }

    /// CheckTdz, CheckThis.
    pub(super) fn visit_tdz(&mut self, at: &Instruction) -> Result<(), Decline> {
        if self.has_exited(Reason::Uninitialized) {
            return self.general(at);
        }
        let reg = at.operands()[0] as u32;
        let v = self.read(reg)?;
        if !self.types(v).meets(super::types::Types::HOLE) {
            return Ok(());
        }
        let v = self.tagged(v);
        let v = self.initialized(v);
        if reg != frame::THIS {
            self.write(reg, v);
        } else {
            // In memory it is already.
            self.context.env[reg as usize] = Some(v);
        }
        Ok(())
    }

    pub(super) fn visit_load_global(&mut self, at: &Instruction) -> Result<(), Decline> {
        let o = at.operands();
        match self.site(o[1]) {
            Site::Global { cell, .. } => {
                if self.has_exited(Reason::Uninitialized) {
                    return self.general(at);
                }
                let offset = self.snapshot.layout.offsets.cell_value;
                let cell = self.cell_address(*cell);
                let v = self.emit(NodeOp::Load(Mem::Value, offset, Loc::Cell), &[cell]);
                let v = self.initialized(v);
                self.write(o[0] as u32, v);
                Ok(())
            }
            Site::Empty => self.not_seen(at),
            _ => self.general(at),
        }
    }

    pub(super) fn visit_store_global(&mut self, at: &Instruction) -> Result<(), Decline> {
        let o = at.operands();
        match self.site(o[1]) {
            Site::Global { cell, .. } if !self.has_exited(Reason::Uninitialized) => {
                let offset = self.snapshot.layout.offsets.cell_value;
                let v = self.read(o[0] as u32)?;
                let v = self.tagged(v);
                let cell = self.cell_address(*cell);
                let old = self.emit(NodeOp::Load(Mem::Value, offset, Loc::Cell), &[cell]);
                self.initialized(old);
                self.emit(NodeOp::Store(Mem::Value, offset, Loc::Cell), &[cell, v]);
                self.small_barrier(cell, v);
                Ok(())
            }
            Site::Empty => self.not_seen(at),
            _ => self.general(at),
        }
    }
}
