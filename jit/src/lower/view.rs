//! Accesses through DataViews: bytes at any alignment, in either order.

use super::{Lower, broken};
use crate::Decline;
use crate::graph::{Mem, Rep};
use crate::snapshot::Reason;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Value, types};

/// Flags of the accesses: addresses are valid, but not aligned.
const BYTES: MemFlagsData = MemFlagsData::new().with_notrap();

impl Lower<'_> {
    /// The address of a view's first byte.
    pub(super) fn view_data(&mut self) -> Result<Value, Decline> {
        let view = self.input(0, Rep::Tagged)?;
        let offsets = &self.snapshot.layout.offsets;
        let (offset, buffer, data) = (
            offsets.view_offset,
            offsets.view_buffer,
            offsets.buffer_data,
        );
        let buffer = self.load_field(view, buffer);
        let data = self.load_field(buffer, data);
        let detached = self.compare(IntCC::Equal, data, 0);
        self.forbid(detached, self.reason(Reason::WrongKind))?;
        let offset = self.load_field(view, offset);
        Ok(self.builder.ins().iadd(data, offset))
    }

    fn view_address(&mut self) -> Result<Value, Decline> {
        let data = self.input(0, Rep::Tagged)?;
        let at = self.input(1, Rep::Int32)?;
        let at = self.builder.ins().uextend(types::I64, at);
        Ok(self.builder.ins().iadd(data, at))
    }

    pub(super) fn load_view(&mut self, mem: Mem, big: bool) -> Result<Value, Decline> {
        let address = self.view_address()?;
        let ins = self.builder.ins();
        Ok(match mem {
            Mem::U8 => ins.uload8(types::I32, BYTES, address, 0),
            Mem::I8 => ins.sload8(types::I32, BYTES, address, 0),
            Mem::U16 if !big => ins.uload16(types::I32, BYTES, address, 0),
            Mem::I16 if !big => ins.sload16(types::I32, BYTES, address, 0),
            Mem::U16 | Mem::I16 => {
                let bits = ins.uload16(types::I32, BYTES, address, 0);
                let high = self.builder.ins().bswap(bits);
                match mem {
                    Mem::U16 => self.builder.ins().ushr_imm_s(high, 16),
                    _ => self.builder.ins().sshr_imm_s(high, 16),
                }
            }
            Mem::I32 | Mem::F32 => {
                let bits = ins.load(types::I32, BYTES, address, 0);
                let bits = self.in_order(bits, big);
                if mem == Mem::I32 {
                    return Ok(bits);
                }
                let plain = MemFlagsData::new();
                let single = self.builder.ins().bitcast(types::F32, plain, bits);
                self.builder.ins().fpromote(types::F64, single)
            }
            Mem::F64 => {
                let bits = ins.load(types::I64, BYTES, address, 0);
                let bits = self.in_order(bits, big);
                let plain = MemFlagsData::new();
                self.builder.ins().bitcast(types::F64, plain, bits)
            }
            Mem::Value | Mem::Ptr => return broken("a view of values"),
        })
    }

    pub(super) fn store_view(&mut self, mem: Mem, big: bool) -> Result<(), Decline> {
        let address = self.view_address()?;
        let value = self.input(2, mem.rep())?;
        let plain = MemFlagsData::new();
        match mem {
            Mem::U8 | Mem::I8 => {
                self.builder.ins().istore8(BYTES, value, address, 0);
            }
            Mem::U16 | Mem::I16 => {
                let bits = match big {
                    true => {
                        let high = self.builder.ins().bswap(value);
                        self.builder.ins().ushr_imm_s(high, 16)
                    }
                    false => value,
                };
                self.builder.ins().istore16(BYTES, bits, address, 0);
            }
            Mem::I32 => self.store_bits(value, big, address),
            Mem::F32 => {
                let single = self.builder.ins().fdemote(types::F32, value);
                let bits = self.builder.ins().bitcast(types::I32, plain, single);
                self.store_bits(bits, big, address);
            }
            Mem::F64 => {
                let bits = self.builder.ins().bitcast(types::I64, plain, value);
                self.store_bits(bits, big, address);
            }
            Mem::Value | Mem::Ptr => return broken("a view of values"),
        }
        Ok(())
    }

    fn store_bits(&mut self, bits: Value, big: bool, address: Value) {
        let bits = self.in_order(bits, big);
        self.builder.ins().store(BYTES, bits, address, 0);
    }

    fn in_order(&mut self, bits: Value, big: bool) -> Value {
        match big {
            true => self.builder.ins().bswap(bits),
            false => bits,
        }
    }
}
