//! Nodes that read and write the frame and the heap.

use super::{Lower, MEM, broken, type_of};
use crate::Decline;
use crate::graph::{Mem, NodeId, NodeOp, Rep};
use crate::helpers::Helper;
use crate::layout::header;
use cranelift_codegen::ir::{InstBuilder, Type, Value, types};

impl Lower<'_> {
    pub(super) fn memory(&mut self) -> Result<Option<Value>, Decline> {
        let node = self.node;
        match node.op {
            NodeOp::FramePtr(words) => Ok(Some(self.frame_address(words))),
            NodeOp::LoadReg(slot) => Ok(Some(self.load_word(slot))),
            NodeOp::StoreReg(slot) => {
                let value = self.input(0, Rep::Tagged)?;
                self.store_word(value, slot);
                Ok(None)
            }
            NodeOp::StoreRaw(slot, bits) => {
                let value = self.word(bits);
                self.store_word(value, slot);
                Ok(None)
            }
            NodeOp::Load(mem, offset, _) => {
                let base = self.input(0, Rep::Tagged)?;
                Ok(Some(self.load(mem, base, offset)))
            }
            NodeOp::Store(mem, offset, _) => {
                let base = self.input(0, Rep::Tagged)?;
                let value = self.input(1, mem.rep())?;
                self.store(mem, value, base, offset);
                Ok(None)
            }
            NodeOp::LoadIndexed(mem, offset, _) => {
                let address = self.indexed(mem)?;
                Ok(Some(self.load(mem, address, offset)))
            }
            NodeOp::StoreIndexed(mem, offset, _) => {
                let value = self.input(2, mem.rep())?;
                let address = self.indexed(mem)?;
                self.store(mem, value, address, offset);
                Ok(None)
            }
            NodeOp::StoreShape(shape) => {
                let base = self.input(0, Rep::Tagged)?;
                self.shapes.push(shape);
                let shape = self.builder.ins().iconst(types::I32, i64::from(shape));
                self.builder.ins().store(MEM, shape, base, header::SHAPE);
                Ok(None)
            }
            NodeOp::Barrier => {
                let cell = self.unchecked(self.input_node(0)?);
                if !self.fresh.contains(&cell) {
                    let value = self.input_node(1)?;
                    let holder = self.input(0, Rep::Tagged)?;
                    if self.unchecked(value) == cell || self.known_cell(value) {
                        self.write_barrier(holder, None)?;
                        self.fresh.push(cell);
                    } else {
                        let value = self.input(1, Rep::Tagged)?;
                        self.write_barrier(holder, Some(value))?;
                    }
                }
                Ok(None)
            }
            _ => broken(format!("{:?} is no access", node.op)),
        }
    }

    /// After a value was stored into a cell: if the cell is old and the value (unless `None` says that it is) a cell, that is noted.
    pub(super) fn write_barrier(
        &mut self,
        holder: Value,
        value: Option<Value>,
    ) -> Result<(), Decline> {
        if !self.snapshot.layout.barriers {
            return Ok(());
        }
        let byte = self.builder.ins().load(types::I8, MEM, holder, header::GC);
        let old = self.builder.ins().band_imm_s(byte, i64::from(header::OLD));
        let (log, done) = (self.cold_block(), self.builder.create_block());
        self.builder.ins().brif(old, log, &[], done, &[]);
        self.builder.switch_to_block(log);
        if let Some(value) = value {
            // Other small values are noted in vain, which does no harm.
            let call = self.cold_block();
            let high = self.builder.ins().ushr_imm_s(value, 48);
            self.builder.ins().brif(high, done, &[], call, &[]);
            self.builder.switch_to_block(call);
        }
        self.call_rarely(Helper::LogCell, &[holder])?;
        self.builder.ins().jump(done, &[]);
        self.builder.switch_to_block(done);
        Ok(())
    }

    /// The node whose value it is, without the checks of it.
    fn unchecked(&self, mut id: NodeId) -> NodeId {
        loop {
            let node = self.graph.node(id);
            match (&node.op, node.inputs.first()) {
                (
                    NodeOp::CheckCell
                    | NodeOp::CheckObject
                    | NodeOp::CheckKind(_)
                    | NodeOp::CheckShape(_)
                    | NodeOp::CheckDense
                    | NodeOp::CheckNotHole,
                    Some(&input),
                ) => id = input,
                _ => return id,
            }
        }
    }

    /// Keeps the list of fresh cells after a node.
    pub(super) fn note_fresh(&mut self, id: NodeId) {
        use NodeOp::*;
        match self.graph.node(id).op {
            New { .. } => {
                self.fresh.clear();
                self.fresh.push(id);
            }
            Store(..) | StoreIndexed(..) | StoreShape(_) | StoreReg(_) | StoreRaw(..)
            | StoreView(..) | Load(..) | LoadIndexed(..) | LoadReg(_) | Barrier | Const(_)
            | Ptr(_) | Int(_) | Bool(_) | Float(_) | FramePtr(_) | IntToTagged | FloatToTagged
            | BoolToTagged | IntToFloat | FloatToInt | UntagInt | UntagBool | BoolToInt
            | NumberToFloat | CheckInt | CheckNumber | CheckFloatInt | CheckBool | CheckCell
            | CheckObject | CheckKind(_) | CheckShape(_) | CheckValue(_) | CheckNotHole
            | CheckDense | CheckCode(_) | CheckBounds | CheckIs(_) | CheckValid(_)
            | IntArith(_) | FloatArith(_) | IntCmp(_) | UintCmp(_) | FloatCmp(_) | SameBits
            | Eliminated(_) => {}
            _ => self.fresh.clear(),
        }
    }

    /// Whether a node neither calls anything that asks for the current frame nor makes one current. Exits do that.
    pub(super) fn ignores_current(&self, op: &NodeOp) -> bool {
        use NodeOp::*;
        match op {
            Store(..) | StoreIndexed(..) | StoreShape(_) | StoreReg(_) | StoreRaw(..)
            | Load(..) | LoadIndexed(..) | LoadReg(_) | Const(_) | Ptr(_) | Int(_) | Bool(_)
            | Float(_) | FramePtr(_) | Eliminated(_) => true,
            IntToTagged | FloatToTagged | BoolToTagged | IntToFloat | UntagInt | UntagBool
            | BoolToInt | NumberToFloat | IntArith(_) | Bit(_) | FloatArith(_) | IntCmp(_)
            | UintCmp(_) | FloatCmp(_) | SameBits | Is(_) | Not => true,
            CheckInt | CheckNumber | CheckFloatInt | CheckBool | CheckCell | CheckObject
            | CheckKind(_) | CheckShape(_) | CheckValue(_) | CheckNotHole | CheckDense
            | CheckCode(_) | CheckBounds | CheckUint | CheckIs(_) | CheckValid(_) => true,
            Barrier => !self.snapshot.layout.barriers,
            _ => false,
        }
    }

    /// The frame pointer plus that many words.
    pub(super) fn frame_address(&mut self, words: u32) -> Value {
        if words == 0 {
            return self.fp();
        }
        let fp = self.fp();
        self.builder.ins().iadd_imm_s(fp, i64::from(words) * 8)
    }

    /// The first two inputs as base + index * size; written so that it becomes an addressing mode.
    fn indexed(&mut self, mem: Mem) -> Result<Value, Decline> {
        let base = self.input(0, Rep::Tagged)?;
        if let Some(index) = self.input_int(1)? {
            let distance = i64::from(index) * i64::from(mem.size());
            return Ok(self.builder.ins().iadd_imm_s(base, distance));
        }
        let index = self.input(1, Rep::Int32)?;
        Ok(self.element_address(base, index, mem))
    }

    /// `base` + `index` * size.
    pub(super) fn element_address(&mut self, base: Value, index: Value, mem: Mem) -> Value {
        let index = self.builder.ins().uextend(types::I64, index);
        let shift = i64::from(mem.size().trailing_zeros());
        let distance = match shift {
            0 => index,
            _ => self.builder.ins().ishl_imm_s(index, shift),
        };
        self.builder.ins().iadd(base, distance)
    }

    pub(super) fn load(&mut self, mem: Mem, base: Value, offset: i32) -> Value {
        let ins = self.builder.ins();
        match mem {
            Mem::U8 => ins.uload8(types::I32, MEM, base, offset),
            Mem::I8 => ins.sload8(types::I32, MEM, base, offset),
            Mem::U16 => ins.uload16(types::I32, MEM, base, offset),
            Mem::I16 => ins.sload16(types::I32, MEM, base, offset),
            Mem::F32 => {
                let single = ins.load(types::F32, MEM, base, offset);
                self.builder.ins().fpromote(types::F64, single)
            }
            Mem::Value | Mem::Ptr | Mem::I32 | Mem::F64 => {
                ins.load(type_of(mem.rep()), MEM, base, offset)
            }
        }
    }

    pub(super) fn store(&mut self, mem: Mem, value: Value, base: Value, offset: i32) {
        match mem {
            Mem::U8 | Mem::I8 => {
                self.builder.ins().istore8(MEM, value, base, offset);
            }
            Mem::U16 | Mem::I16 => {
                self.builder.ins().istore16(MEM, value, base, offset);
            }
            Mem::F32 => {
                let single = self.builder.ins().fdemote(types::F32, value);
                self.builder.ins().store(MEM, single, base, offset);
            }
            Mem::Value | Mem::Ptr | Mem::I32 | Mem::F64 => {
                self.builder.ins().store(MEM, value, base, offset);
            }
        }
    }

    /// Loads from an address known now.
    pub(super) fn load_absolute(&mut self, ty: Type, address: u64) -> Value {
        let (base, offset) = self.place(address);
        self.builder.ins().load(ty, MEM, base, offset)
    }

    /// Stores to an address known now.
    pub(super) fn store_absolute(&mut self, value: Value, address: u64) {
        let (base, offset) = self.place(address);
        self.builder.ins().store(MEM, value, base, offset);
    }

    /// An address known now as base and offset, near the agent if it is.
    fn place(&mut self, address: u64) -> (Value, i32) {
        let distance = address.wrapping_sub(self.snapshot.layout.agent) as i64;
        match i32::try_from(distance) {
            Ok(distance) => (self.agent(), distance),
            Err(_) => (self.word(address), 0),
        }
    }
}
