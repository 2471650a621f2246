//! Accesses of properties by the agent's tables: sites that have met many shapes, or keys that change. What the tables (and the
//! helpers behind them) do not do goes the general way.

use super::Builder;
use super::call::CallSite;
use crate::Decline;
use crate::graph::*;
use crate::helpers::Helper;
use crate::layout::value;
use crate::snapshot::Reason;
use sarus_bytecode::Op;
use sarus_bytecode::decode::Instruction;
use sarus_bytecode::opcodes::OperandKind;

impl Builder<'_> {
    /// The name in an instruction, as the bits of its key.
    fn name_of(&self, at: &Instruction) -> Option<u64> {
        let operands = at.op.info().operands.iter().zip(at.operands());
        let mut operands = operands.filter(|(operand, _)| operand.kind == OperandKind::Const);
        let constant = *operands.next()?.1 as usize;
        self.function().constants.get(constant).copied()
    }

    /// The name in an instruction, as a node.
    pub(super) fn name(&mut self, at: &Instruction) -> Option<NodeId> {
        let name = self.name_of(at)?;
        self.graph.cells.push(name);
        Some(self.constant(name))
    }

    /// Goes the general way where `missed`, in an arm with `dst` as its value, else on with `v`.
    fn or_general(
        &mut self,
        at: &Instruction,
        missed: NodeId,
        dst: Option<u32>,
        v: Option<NodeId>,
    ) -> Result<Option<NodeId>, Decline> {
        let (slow, fast) = self.branch(missed);
        let mut arms = Vec::new();
        let info = self.info.clone();
        self.open(slow);
        self.graph.block_mut(slow).cold = true;
        let env = self.context.env.clone();
        self.general(at)?;
        let value = match dst {
            Some(dst) => Some(self.read(dst)?),
            None => None,
        };
        self.context.env = env;
        self.arm(&mut arms, value);
        self.info = info;
        self.open(fast);
        self.arm(&mut arms, v);
        let v = self.meet(arms);
        self.state = None;
        Ok(v)
    }

    /// `object[key]` of any kind of object and key, for GetElem and GetElemRef.
    pub(super) fn load_element_by_table(
        &mut self,
        at: &Instruction,
        object: NodeId,
        key: NodeId,
    ) -> Result<NodeId, Decline> {
        self.with_key(at, key, |b, dst| b.load_by_table(at, object, key, dst))
    }

    /// Loads an element by `load`, which gets the destination; the general way of GetElemRef may convert the key in its register.
    pub(super) fn with_key(
        &mut self,
        at: &Instruction,
        key: NodeId,
        load: impl FnOnce(&mut Self, u32) -> Result<NodeId, Decline>,
    ) -> Result<NodeId, Decline> {
        let (dst, register) = (at.operands()[0] as u32, at.operands()[2] as u32);
        let converts = at.op == Op::GetElemRef;
        if converts {
            self.store_register(register, key);
        }
        let v = load(self, dst)?;
        if converts {
            let word = self.context.base + register;
            let key = self.emit(NodeOp::LoadReg(word), &[]);
            self.write(register, key);
        }
        Ok(v)
    }

    /// `object[key]` of any kind of object and key.
    fn load_by_table(
        &mut self,
        at: &Instruction,
        object: NodeId,
        key: NodeId,
        dst: u32,
    ) -> Result<NodeId, Decline> {
        let (object, key) = (self.tagged(object), self.tagged(key));
        let v = self.emit(NodeOp::LoadCached, &[object, key]);
        let lazy = self.constant(value::LAZY);
        let missed = self.emit(NodeOp::SameBits, &[v, lazy]);
        match self.or_general(at, missed, Some(dst), Some(v))? {
            Some(v) => Ok(v),
            None => Err(Decline::Instruction("a load that never ends")),
        }
    }

    /// `object.name` at a site with many shapes; `None` if there is no name. With `getters` there may be closures to call.
    pub(super) fn load_name_by_table(
        &mut self,
        at: &Instruction,
        object: NodeId,
        dst: u32,
        getters: bool,
    ) -> Result<Option<NodeId>, Decline> {
        match self.name(at) {
            Some(name) if getters => self.get_by_table(at, object, name, dst).map(Some),
            Some(name) => self.load_by_table(at, object, name, dst).map(Some),
            None => Ok(None),
        }
    }

    /// `object.name` where getters are called.
    fn get_by_table(
        &mut self,
        at: &Instruction,
        object: NodeId,
        name: NodeId,
        dst: u32,
    ) -> Result<NodeId, Decline> {
        let object = self.tagged(object);
        let v = self.emit(NodeOp::LoadCached, &[object, name]);
        let lazy = self.constant(value::LAZY);
        let missed = self.emit(NodeOp::SameBits, &[v, lazy]);
        let (slow, fast) = self.branch(missed);
        let mut arms = Vec::new();
        let info = self.info.clone();
        self.open(slow);
        let getter = self.emit(NodeOp::Call(Helper::FindGetter), &[object, name]);
        let lazy = self.constant(value::LAZY);
        let missed = self.emit(NodeOp::SameBits, &[getter, lazy]);
        let (general, call) = self.branch(missed);
        self.open(general);
        self.graph.block_mut(general).cold = true;
        let env = self.context.env.clone();
        let value = self.general_value(at, dst)?;
        self.arm(&mut arms, Some(value));
        self.info = info.clone();
        self.open(call);
        let site = CallSite {
            dst,
            // Above everything of this frame.
            window: self.function().code.register_count,
            callee: getter,
            this: object,
            args: Vec::new(),
        };
        let value = self.call_any(&site);
        self.context.env = env;
        self.arm(&mut arms, Some(value));
        self.info = info;
        self.open(fast);
        self.arm(&mut arms, Some(v));
        let v = self.meet(arms);
        self.state = None;
        v.ok_or(Decline::Instruction("a load that never ends"))
    }

    /// `object[key] = v` of any kind of object and key.
    pub(super) fn store_by_table(
        &mut self,
        at: &Instruction,
        object: NodeId,
        key: NodeId,
        v: NodeId,
    ) -> Result<(), Decline> {
        let args = [object, key, v].map(|v| self.tagged(v));
        let done = self.emit(NodeOp::StoreCached, &args);
        let missed = self.emit(NodeOp::Not, &[done]);
        self.or_general(at, missed, None, None)?;
        Ok(())
    }

    /// `object.name = v` at a site with many shapes; false if there is no name.
    pub(super) fn store_name_by_table(
        &mut self,
        at: &Instruction,
        object: NodeId,
        v: NodeId,
    ) -> Result<bool, Decline> {
        match self.name(at) {
            Some(name) => self.store_by_table(at, object, name, v).map(|()| true),
            None => Ok(false),
        }
    }

    /// `key in object` of any kind of object and key.
    pub(super) fn in_by_table(&mut self, at: &Instruction) -> Result<(), Decline> {
        let o = at.operands();
        let (dst, key) = (o[0] as u32, self.read(o[1] as u32)?);
        let object = self.read(o[2] as u32)?;
        let (object, key) = (self.tagged(object), self.tagged(key));
        let found = self.emit(NodeOp::Call(Helper::HasProperty), &[object, key]);
        let zero = self.int_constant(0);
        let missed = self.emit(NodeOp::IntCmp(Cond::Lt), &[found, zero]);
        let is = self.emit(NodeOp::IntCmp(Cond::Ne), &[found, zero]);
        if let Some(v) = self.or_general(at, missed, Some(dst), Some(is))? {
            self.write(dst, v);
        }
        Ok(())
    }

    /// Object.hasOwn, Object.prototype.hasOwnProperty.
    pub(super) fn has_own(&mut self, object: NodeId, key: NodeId) -> NodeId {
        let (object, key) = (self.tagged(object), self.tagged(key));
        let found = self.emit(NodeOp::Call(Helper::HasOwn), &[object, key]);
        let zero = self.int_constant(0);
        let odd = self.emit(NodeOp::IntCmp(Cond::Lt), &[found, zero]);
        self.check(NodeOp::CheckIs(false), &[odd], Reason::WrongKind);
        self.emit(NodeOp::IntCmp(Cond::Ne), &[found, zero])
    }
}
