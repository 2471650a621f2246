//! Atomic operations on elements of Int32Arrays.

use super::{Lower, MEM};
use crate::Decline;
use crate::graph::{AtomicOp, Rep};
use cranelift_codegen::ir::{AtomicRmwOp, InstBuilder, Value, types};

impl Lower<'_> {
    pub(super) fn atomic(&mut self, op: AtomicOp) -> Result<Value, Decline> {
        let data = self.input(0, Rep::Tagged)?;
        let index = self.input(1, Rep::Int32)?;
        let index = self.builder.ins().uextend(types::I64, index);
        let distance = self.builder.ins().ishl_imm_s(index, 2);
        let address = self.builder.ins().iadd(data, distance);
        let change = match op {
            AtomicOp::Load => {
                return Ok(self.builder.ins().atomic_load(types::I32, MEM, address));
            }
            AtomicOp::Store => {
                let v = self.input(2, Rep::Int32)?;
                self.builder.ins().atomic_store(MEM, v, address);
                return Ok(v);
            }
            AtomicOp::CompareExchange => {
                let (expected, v) = (self.input(2, Rep::Int32)?, self.input(3, Rep::Int32)?);
                return Ok(self.builder.ins().atomic_cas(MEM, address, expected, v));
            }
            AtomicOp::Add => AtomicRmwOp::Add,
            AtomicOp::Sub => AtomicRmwOp::Sub,
            AtomicOp::And => AtomicRmwOp::And,
            AtomicOp::Or => AtomicRmwOp::Or,
            AtomicOp::Xor => AtomicRmwOp::Xor,
            AtomicOp::Exchange => AtomicRmwOp::Xchg,
        };
        let v = self.input(2, Rep::Int32)?;
        let ins = self.builder.ins();
        Ok(ins.atomic_rmw(types::I32, MEM, change, address, v))
    }
}
