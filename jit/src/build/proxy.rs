//! Properties of proxies: a trap that is a closure is called like any function, and a helper compares what it said with the target.
//!
//! ```text
//! FindTrap ──► the lazy marker: the general way
//!          └─► call (handler, target, key, …) ──► TrapGot, TrapStored
//! ```
//!
//! Traps are not inlined: an exit from one would have to come back to the comparison.

use super::Builder;
use super::call::CallSite;
use super::merge::Edge;
use crate::Decline;
use crate::graph::*;
use crate::helpers::Helper;
use crate::layout::value;
use sarus_bytecode::Op;
use sarus_bytecode::decode::Instruction;

/// A trap that is about to be called, in the block of its own.
struct Trap {
    function: NodeId,
    target: NodeId,
    handler: NodeId,
    key: NodeId,
}

impl Builder<'_> {
    /// Opens the block where `object` is a proxy with a closure for that trap (0 for `get`, 1 for `set`); the other one is given.
    fn open_trap(&mut self, object: NodeId, key: NodeId, which: usize) -> (Trap, BlockId) {
        let name = self.snapshot.layout.trap_names[which];
        let name = self.constant(name);
        let function = self.emit(NodeOp::Call(Helper::FindTrap), &[object, name, key]);
        let lazy = self.constant(value::LAZY);
        let missed = self.emit(NodeOp::SameBits, &[function, lazy]);
        let (other, call) = self.branch(missed);
        self.open(call);
        let offsets = &self.snapshot.layout.offsets;
        let (target, handler) = (offsets.proxy_target, offsets.proxy_handler);
        let target = self.emit(NodeOp::Load(Mem::Value, target, Loc::Field), &[object]);
        let handler = self.emit(NodeOp::Load(Mem::Value, handler, Loc::Field), &[object]);
        let trap = Trap {
            function,
            target,
            handler,
            key,
        };
        (trap, other)
    }

    fn call_trap(&mut self, trap: &Trap, args: Vec<NodeId>) -> NodeId {
        let site = CallSite {
            dst: 0,
            // Above everything of this frame.
            window: self.function().code.register_count,
            callee: trap.function,
            this: trap.handler,
            args,
        };
        self.call_any(&site)
    }

    /// Calls a helper that may throw.
    fn checked(&mut self, helper: Helper, args: &[NodeId]) -> NodeId {
        self.enter_frames();
        let v = self.emit(NodeOp::Call(helper), args);
        self.leave_frames();
        v
    }

    /// `object.name` where proxies were seen; `None` if there is no name.
    pub(super) fn load_name_by_trap(
        &mut self,
        at: &Instruction,
        object: NodeId,
        dst: u32,
    ) -> Result<Option<NodeId>, Decline> {
        let Some(name) = self.name(at) else {
            return Ok(None);
        };
        let object = self.tagged(object);
        self.load_by_trap(at, object, name, dst).map(Some)
    }

    /// `object[key]` where proxies were seen, for GetElem and GetElemRef.
    pub(super) fn load_element_by_trap(
        &mut self,
        at: &Instruction,
        object: NodeId,
        key: NodeId,
    ) -> Result<NodeId, Decline> {
        let (object, key) = (self.tagged(object), self.tagged(key));
        self.with_key(at, key, |b, dst| {
            let key = b.emit(NodeOp::Call(Helper::TrapKey), &[key]);
            b.load_by_trap(at, object, key, dst)
        })
    }

    fn load_by_trap(
        &mut self,
        at: &Instruction,
        object: NodeId,
        key: NodeId,
        dst: u32,
    ) -> Result<NodeId, Decline> {
        let v = self.by_trap(at, [object, key], 0, Some(dst), |b, trap| {
            let args = vec![trap.target, trap.key, object];
            let got = b.call_trap(trap, args);
            Some(b.checked(Helper::TrapGot, &[trap.target, trap.key, got]))
        })?;
        v.ok_or(Decline::Instruction("a load that never ends"))
    }

    /// What `ask` does with the trap where there is one; else the general way, with `dst` as its value.
    fn by_trap(
        &mut self,
        at: &Instruction,
        [object, key]: [NodeId; 2],
        which: usize,
        dst: Option<u32>,
        ask: impl FnOnce(&mut Self, &Trap) -> Option<NodeId>,
    ) -> Result<Option<NodeId>, Decline> {
        let info = self.info.clone();
        let env = self.context.env.clone();
        let mut arms: Vec<Edge> = Vec::new();
        let (trap, other) = self.open_trap(object, key, which);
        let v = ask(self, &trap);
        self.arm(&mut arms, v);
        self.info = info;
        self.context.env = env;
        self.open(other);
        self.graph.block_mut(other).cold = true;
        let v = match dst {
            Some(dst) => Some(self.general_value(at, dst)?),
            None => {
                self.general(at)?;
                None
            }
        };
        self.arm(&mut arms, v);
        let v = self.meet(arms);
        self.state = None;
        Ok(v)
    }

    /// `object.name = v` where proxies were seen; false if there is no name.
    pub(super) fn store_name_by_trap(
        &mut self,
        at: &Instruction,
        object: NodeId,
        v: NodeId,
    ) -> Result<bool, Decline> {
        let Some(name) = self.name(at) else {
            return Ok(false);
        };
        let (object, v) = (self.tagged(object), self.tagged(v));
        let strict = at.op == Op::SetProp;
        self.store_by_trap(at, [object, name, v], strict)?;
        Ok(true)
    }

    /// `object[key] = v` where proxies were seen.
    pub(super) fn store_element_by_trap(
        &mut self,
        at: &Instruction,
        object: NodeId,
        key: NodeId,
        v: NodeId,
    ) -> Result<(), Decline> {
        let (object, key, v) = (self.tagged(object), self.tagged(key), self.tagged(v));
        let key = self.emit(NodeOp::Call(Helper::TrapKey), &[key]);
        let strict = at.op == Op::SetElem;
        self.store_by_trap(at, [object, key, v], strict)
    }

    fn store_by_trap(
        &mut self,
        at: &Instruction,
        [object, key, v]: [NodeId; 3],
        strict: bool,
    ) -> Result<(), Decline> {
        self.by_trap(at, [object, key], 1, None, |b, trap| {
            let args = vec![trap.target, trap.key, v, object];
            let answer = b.call_trap(trap, args);
            let refused = match strict {
                true => object,
                false => b.undefined(),
            };
            let args = [trap.target, trap.key, v, answer, refused];
            b.checked(Helper::TrapStored, &args);
            None
        })?;
        Ok(())
    }
}
