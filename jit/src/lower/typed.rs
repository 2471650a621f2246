//! Elements of typed arrays whose element type is known only when the code runs: one arm for each type that has an access in place.

use super::{Lower, MEM};
use crate::Decline;
use crate::graph::{Mem, Rep};
use crate::helpers::Helper;
use cranelift_codegen::ir::{Block, InstBuilder, JumpTableData, Value, types};

/// Accesses by element type, in the order of the runtime's `ElementType`.
const ACCESSES: [Option<Access>; 12] = [
    Some(Access::Int(Mem::I8)),
    Some(Access::Int(Mem::U8)),
    Some(Access::Clamped),
    Some(Access::Int(Mem::I16)),
    Some(Access::Int(Mem::U16)),
    Some(Access::Int(Mem::I32)),
    Some(Access::Uint),
    // BigInts are checked for, halves are rare.
    None,
    None,
    None,
    Some(Access::Float(Mem::F32)),
    Some(Access::Float(Mem::F64)),
];

#[derive(Clone, Copy)]
enum Access {
    /// Stores wrap.
    Int(Mem),
    /// Bytes; stores clamp.
    Clamped,
    /// Unsigned 32 bits.
    Uint,
    Float(Mem),
}

impl Access {
    fn mem(self) -> Mem {
        match self {
            Access::Int(mem) | Access::Float(mem) => mem,
            Access::Clamped => Mem::U8,
            Access::Uint => Mem::I32,
        }
    }
}

impl Lower<'_> {
    /// An element as a double.
    pub(super) fn typed_load(&mut self) -> Result<Value, Decline> {
        let array = self.input(0, Rep::Tagged)?;
        let index = self.input(1, Rep::Int32)?;
        let done = self.block_with(types::F64);
        let other = self.cold_block();
        let arms = self.by_type(array, other, |_| true);
        for (access, block) in arms {
            self.builder.switch_to_block(block);
            let address = self.typed_address(array, index, access);
            let element = self.load(access.mem(), address, 0);
            let ins = self.builder.ins();
            let element = match access {
                Access::Float(_) => element,
                Access::Uint => ins.fcvt_from_uint(types::F64, element),
                Access::Int(_) | Access::Clamped => ins.fcvt_from_sint(types::F64, element),
            };
            self.jump(done, element);
        }
        self.builder.switch_to_block(other);
        let element = self.call_helper(Helper::TypedLoad, &[array, index])?;
        self.jump(done, element);
        self.builder.switch_to_block(done);
        Ok(self.builder.block_params(done)[0])
    }

    /// Stores a double as an element.
    pub(super) fn typed_store(&mut self) -> Result<Value, Decline> {
        let array = self.input(0, Rep::Tagged)?;
        let index = self.input(1, Rep::Int32)?;
        let value = self.input(2, Rep::Float64)?;
        let done = self.builder.create_block();
        let ints = self.builder.create_block();
        let arms = self.by_type(array, ints, |access| matches!(access, Access::Float(_)));
        self.typed_arms(arms, array, index, value, done);
        // Bytes, halves and words take the low bits of one conversion.
        self.builder.switch_to_block(ints);
        let int = self.float_to_int(value)?;
        let other = self.cold_block();
        let wraps = |access| matches!(access, Access::Int(_) | Access::Uint);
        let arms = self.by_type(array, other, wraps);
        self.typed_arms(arms, array, index, int, done);
        self.builder.switch_to_block(other);
        self.call_helper(Helper::TypedStore, &[array, index, value])?;
        self.builder.ins().jump(done, &[]);
        self.builder.switch_to_block(done);
        Ok(self.builder.ins().iconst(types::I32, 0))
    }

    /// Fills the arms of a store, which go on at `done`.
    fn typed_arms(
        &mut self,
        arms: Vec<(Access, Block)>,
        array: Value,
        index: Value,
        value: Value,
        done: Block,
    ) {
        for (access, block) in arms {
            self.builder.switch_to_block(block);
            let address = self.typed_address(array, index, access);
            self.store(access.mem(), value, address, 0);
            self.builder.ins().jump(done, &[]);
        }
    }

    /// Branches by the element type: the blocks of those that are `wanted`; the others go to `other`.
    fn by_type(
        &mut self,
        array: Value,
        other: Block,
        wanted: impl Fn(Access) -> bool,
    ) -> Vec<(Access, Block)> {
        let offset = self.snapshot.layout.offsets.typed_type;
        let element_type = self.builder.ins().uload8(types::I32, MEM, array, offset);
        let (mut arms, mut calls) = (Vec::new(), Vec::new());
        for access in ACCESSES {
            let block = match access.filter(|access| wanted(*access)) {
                Some(access) => {
                    let block = self.builder.create_block();
                    arms.push((access, block));
                    block
                }
                None => other,
            };
            calls.push(self.builder.func.dfg.block_call(block, &[]));
        }
        let default = self.builder.func.dfg.block_call(other, &[]);
        let table = JumpTableData::new(default, &calls);
        let table = self.builder.create_jump_table(table);
        self.builder.ins().br_table(element_type, table);
        arms
    }

    fn typed_address(&mut self, array: Value, index: Value, access: Access) -> Value {
        let data = self.load_field(array, self.snapshot.layout.offsets.typed_data);
        self.element_address(data, index, access.mem())
    }
}
