//! Equality of values of which nothing is known: what identity decides, in place; numbers, strings and BigInts by helpers.

use super::Lower;
use crate::Decline;
use crate::graph::Rep;
use crate::helpers::Helper;
use crate::layout::value;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{Block, InstBuilder, Value, types};

impl Lower<'_> {
    /// `StrictEqual`.
    pub(super) fn strict_equal(&mut self) -> Result<Value, Decline> {
        let (a, b) = (self.input(0, Rep::Tagged)?, self.input(1, Rep::Tagged)?);
        let done = self.block_with(types::I8);
        let slow = self.cold_block();
        let yes = self.builder.ins().iconst(types::I8, 1);
        self.if_identical(a, b, yes, done, slow);
        let no = self.builder.ins().iconst(types::I8, 0);
        let ints = self.builder.ins().band(a, b);
        let ints = self.is_int(ints);
        let other = self.builder.create_block();
        self.builder
            .ins()
            .brif(ints, done, &[no.into()], other, &[]);
        self.builder.switch_to_block(other);
        // Objects, and undefined, null and booleans, equal nothing else.
        for v in [a, b] {
            let (cell, other) = (self.builder.create_block(), self.builder.create_block());
            let next = self.builder.create_block();
            let is_cell = self.is_cell(v);
            self.builder.ins().brif(is_cell, cell, &[], other, &[]);
            self.builder.switch_to_block(cell);
            let object = self.is_object_cell(v);
            self.builder
                .ins()
                .brif(object, done, &[no.into()], next, &[]);
            self.builder.switch_to_block(other);
            let below = value::FIRST_POINTER as i64;
            let constant = self.compare(IntCC::UnsignedLessThan, v, below);
            self.builder
                .ins()
                .brif(constant, done, &[no.into()], next, &[]);
            self.builder.switch_to_block(next);
        }
        self.builder.ins().jump(slow, &[]);
        self.builder.switch_to_block(slow);
        let answer = self.call_rarely(Helper::StrictEqual, &[a, b])?;
        let answer = self.builder.ins().ireduce(types::I8, answer);
        self.jump(done, answer);
        Ok(self.meet_in(done))
    }

    /// `LooseEqual`.
    pub(super) fn loose_equal(&mut self) -> Result<Value, Decline> {
        let (a, b) = (self.input(0, Rep::Tagged)?, self.input(1, Rep::Tagged)?);
        for (boolean, other) in [(0, b), (1, a)] {
            let boolean = self.constant(self.input_node(boolean)?);
            if let Some(bits @ (value::FALSE | value::TRUE)) = boolean {
                return self.equals_boolean(other, bits);
            }
        }
        let done = self.block_with(types::I32);
        let slow = self.cold_block();
        let yes = self.builder.ins().iconst(types::I32, 1);
        self.if_identical(a, b, yes, done, slow);
        let no = self.builder.ins().iconst(types::I32, 0);
        // The one that may be an object, and the other.
        let is_cell = self.is_cell(a);
        let first = self.builder.ins().select(is_cell, a, b);
        let second = self.builder.ins().select(is_cell, b, a);
        let is_cell = self.is_cell(first);
        self.branch_on(is_cell, slow);
        let object = self.is_object_cell(first);
        self.branch_on(object, slow);
        let (cell, other) = (self.builder.create_block(), self.builder.create_block());
        let is_cell = self.is_cell(second);
        self.builder.ins().brif(is_cell, cell, &[], other, &[]);
        self.builder.switch_to_block(cell);
        let object = self.is_object_cell(second);
        self.builder
            .ins()
            .brif(object, done, &[no.into()], slow, &[]);
        self.builder.switch_to_block(other);
        let nullish = self.is_nullish(second);
        self.branch_on(nullish, slow);
        let head = self.header_bits(first);
        let flag = i64::from(self.snapshot.layout.htmldda_flag) << 8;
        let odd = self.builder.ins().band_imm_s(head, flag);
        self.builder.ins().brif(odd, slow, &[], done, &[no.into()]);
        self.builder.switch_to_block(slow);
        let answer = self.call_rarely(Helper::LooseEqual, &[a, b])?;
        self.jump(done, answer);
        Ok(self.meet_in(done))
    }

    /// `LooseEqual` with `true` or `false`: other booleans, `undefined` and `null` differ.
    fn equals_boolean(&mut self, v: Value, bits: u64) -> Result<Value, Decline> {
        let done = self.block_with(types::I32);
        let slow = self.cold_block();
        let below = value::FIRST_POINTER as i64;
        let constant = self.compare(IntCC::UnsignedLessThan, v, below);
        self.branch_on(constant, slow);
        let same = self.compare(IntCC::Equal, v, bits as i64);
        let same = self.builder.ins().uextend(types::I32, same);
        self.jump(done, same);
        self.builder.switch_to_block(slow);
        let boolean = self.word(bits);
        let answer = self.call_rarely(Helper::LooseEqual, &[v, boolean])?;
        self.jump(done, answer);
        Ok(self.meet_in(done))
    }

    /// Ends with `yes` for identical values, but for doubles, one of which may be NaN; goes on where they differ.
    fn if_identical(&mut self, a: Value, b: Value, yes: Value, done: Block, slow: Block) {
        let (same, differ) = (self.builder.create_block(), self.builder.create_block());
        let identical = self.builder.ins().icmp(IntCC::Equal, a, b);
        self.builder.ins().brif(identical, same, &[], differ, &[]);
        self.builder.switch_to_block(same);
        let range = value::INT_TAG.wrapping_sub(value::DOUBLE_OFFSET) as i64;
        let offset = -(value::DOUBLE_OFFSET as i64);
        let v = self.builder.ins().iadd_imm_s(a, offset);
        let double = self.compare(IntCC::UnsignedLessThan, v, range);
        self.builder
            .ins()
            .brif(double, slow, &[], done, &[yes.into()]);
        self.builder.switch_to_block(differ);
    }
}
