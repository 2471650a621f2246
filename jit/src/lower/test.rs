//! Nodes that give a boolean: comparisons and tests of values.

use super::{Lower, MEM, Routine, broken};
use crate::Decline;
use crate::graph::{Cond, NodeId, NodeOp, Rep, Test};
use crate::helpers::{Helper, HelperEffect};
use crate::layout::{header, value};
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{Block, InstBuilder, Value, types};

/// Cells begin with the header; tests look at its second half.
const KIND_BITS: i64 = 0xFF;

fn signed(cond: Cond) -> IntCC {
    match cond {
        Cond::Eq => IntCC::Equal,
        Cond::Ne => IntCC::NotEqual,
        Cond::Lt => IntCC::SignedLessThan,
        Cond::Le => IntCC::SignedLessThanOrEqual,
        Cond::Gt => IntCC::SignedGreaterThan,
        Cond::Ge => IntCC::SignedGreaterThanOrEqual,
    }
}

fn float(cond: Cond) -> FloatCC {
    match cond {
        Cond::Eq => FloatCC::Equal,
        Cond::Ne => FloatCC::NotEqual,
        Cond::Lt => FloatCC::LessThan,
        Cond::Le => FloatCC::LessThanOrEqual,
        Cond::Gt => FloatCC::GreaterThan,
        Cond::Ge => FloatCC::GreaterThanOrEqual,
    }
}

impl Lower<'_> {
    pub(super) fn test(&mut self) -> Result<Value, Decline> {
        let node = self.node;
        match &node.op {
            NodeOp::IntCmp(cond) => {
                let (a, b) = (self.input(0, Rep::Int32)?, self.input(1, Rep::Int32)?);
                Ok(self.builder.ins().icmp(signed(*cond), a, b))
            }
            NodeOp::UintCmp(cond) => {
                let (a, b) = (self.input(0, Rep::Int32)?, self.input(1, Rep::Int32)?);
                let cond = signed(*cond).unsigned();
                Ok(self.builder.ins().icmp(cond, a, b))
            }
            NodeOp::FloatCmp(cond) => {
                let (a, b) = (self.input(0, Rep::Float64)?, self.input(1, Rep::Float64)?);
                Ok(self.builder.ins().fcmp(float(*cond), a, b))
            }
            NodeOp::SameBits => {
                let (a, b) = (self.input(0, Rep::Tagged)?, self.input(1, Rep::Tagged)?);
                Ok(self.builder.ins().icmp(IntCC::Equal, a, b))
            }
            NodeOp::Not => {
                let a = self.input(0, Rep::Bool)?;
                Ok(self.compare(IntCC::Equal, a, 0))
            }
            NodeOp::Is(test) => self.is(*test),
            NodeOp::Truthy => match self.call_routine(Routine::Truthy, &[0])? {
                Some(truthy) => Ok(truthy),
                None => self.truthy(),
            },
            op => broken(format!("{op:?} is no test")),
        }
    }

    fn is(&mut self, test: Test) -> Result<Value, Decline> {
        let input = self.input_node(0)?;
        let v = self.value(input, Rep::Tagged)?;
        let cell = self.known_cell(input);
        Ok(match test {
            Test::Undefined => self.compare(IntCC::Equal, v, value::UNDEFINED as i64),
            Test::Null => self.compare(IntCC::Equal, v, value::NULL as i64),
            Test::Hole => self.compare(IntCC::Equal, v, value::HOLE as i64),
            Test::Nullish => self.is_nullish(v),
            Test::LooseNullish => {
                let flag = i64::from(self.snapshot.layout.htmldda_flag) << 8;
                let odd = self.header_test(v, cell, |lower, head| lower.object_flag(v, head, flag));
                let nullish = self.is_nullish(v);
                self.builder.ins().bor(nullish, odd)
            }
            Test::Bool => self.is_bool(v),
            Test::Int => self.is_int(v),
            Test::Number => self.is_number(v),
            Test::Cell => self.is_cell(v),
            Test::Kind(kind) => self.header_test(v, cell, |lower, head| {
                let byte = lower.builder.ins().band_imm_s(head, KIND_BITS);
                lower.compare(IntCC::Equal, byte, i64::from(kind))
            }),
            Test::Object => self.is_object(v, cell),
            Test::Callable => {
                let flag = i64::from(self.snapshot.layout.callable_flag) << 8;
                self.header_test(v, cell, |lower, head| lower.object_flag(v, head, flag))
            }
        })
    }

    /// Whether a cell is an object with the flag: other cells may use its bit for something else.
    fn object_flag(&mut self, cell: Value, head: Value, flag: i64) -> Value {
        let object = self.is_object_cell(cell);
        let flag = self.builder.ins().band_imm_s(head, flag);
        let has = self.compare(IntCC::NotEqual, flag, 0);
        self.builder.ins().band(has, object)
    }

    pub(super) fn is_nullish(&mut self, v: Value) -> Value {
        let differ = (value::NULL ^ value::UNDEFINED) as i64;
        let masked = self.builder.ins().band_imm_s(v, !differ);
        self.compare(IntCC::Equal, masked, value::NULL as i64)
    }

    pub(super) fn is_int(&mut self, v: Value) -> Value {
        self.compare(IntCC::UnsignedGreaterThanOrEqual, v, value::INT_TAG as i64)
    }

    pub(super) fn is_number(&mut self, v: Value) -> Value {
        self.compare(
            IntCC::UnsignedGreaterThanOrEqual,
            v,
            value::DOUBLE_OFFSET as i64,
        )
    }

    pub(super) fn is_bool(&mut self, v: Value) -> Value {
        let v = self.builder.ins().band_imm_s(v, !1);
        self.compare(IntCC::Equal, v, value::FALSE as i64)
    }

    pub(super) fn is_cell(&mut self, v: Value) -> Value {
        let range = (value::POINTER_LIMIT - value::FIRST_POINTER) as i64;
        let v = self
            .builder
            .ins()
            .iadd_imm_s(v, -(value::FIRST_POINTER as i64));
        self.compare(IntCC::UnsignedLessThan, v, range)
    }

    /// Kind, flags and the auxiliary byte of a cell: `kind | flags << 8 | gc << 16 | aux << 24`.
    pub(super) fn header_bits(&mut self, cell: Value) -> Value {
        self.builder.ins().load(types::I32, MEM, cell, header::KIND)
    }

    /// Whether a cell is an object.
    pub(super) fn is_object_cell(&mut self, cell: Value) -> Value {
        let kind = self.builder.ins().load(types::I8, MEM, cell, header::KIND);
        // The constant of an 8-bit comparison is given sign-extended.
        let first = i64::from(self.snapshot.layout.kinds.first_object as i8);
        self.compare(IntCC::UnsignedGreaterThanOrEqual, kind, first)
    }

    /// Whether a value is an object; `cell` if it is known to be a cell.
    pub(super) fn is_object(&mut self, v: Value, cell: bool) -> Value {
        if cell {
            return self.is_object_cell(v);
        }
        self.cell_test(v, |lower| lower.is_object_cell(v))
    }

    /// A test of the header of a value that is false if it is no cell.
    fn header_test(
        &mut self,
        v: Value,
        cell: bool,
        test: impl FnOnce(&mut Self, Value) -> Value,
    ) -> Value {
        if cell {
            let head = self.header_bits(v);
            return test(self, head);
        }
        self.cell_test(v, |lower| {
            let head = lower.header_bits(v);
            test(lower, head)
        })
    }

    /// A test that is only made of cells; false for other values.
    fn cell_test(&mut self, v: Value, test: impl FnOnce(&mut Self) -> Value) -> Value {
        let is_cell = self.is_cell(v);
        let no = self.builder.ins().iconst(types::I8, 0);
        let done = self.bool_block();
        let cell = self.builder.create_block();
        self.builder
            .ins()
            .brif(is_cell, cell, &[], done, &[no.into()]);
        self.builder.switch_to_block(cell);
        let result = test(self);
        self.jump(done, result);
        self.builder.switch_to_block(done);
        self.builder.block_params(done)[0]
    }

    fn bool_block(&mut self) -> Block {
        let block = self.builder.create_block();
        self.builder.append_block_param(block, types::I8);
        block
    }

    /// ToBoolean: what it is mostly asked of (booleans, `undefined` and `null`, objects, and int32) here, all else by the routine,
    /// but for small loops.
    fn truthy(&mut self) -> Result<Value, Decline> {
        let v = self.input(0, Rep::Tagged)?;
        let tight = self.tight[self.node.block.index()];
        if tight || self.snapshot.helpers.routine(Routine::Truthy).is_none() {
            return self.whole_truthy(v);
        }
        let done = self.bool_block();
        let (cell, number) = self.truth_of_constants(v, done);
        let slow = self.cold_block();

        self.builder.switch_to_block(cell);
        let layout = &self.snapshot.layout;
        let first = i64::from(layout.kinds.first_object);
        let mask = KIND_BITS | i64::from(layout.htmldda_flag) << 8;
        let head = self.header_bits(v);
        // Nothing but an object's kind is left, or the difference is not below what is left of a byte.
        let head = self.builder.ins().band_imm_s(head, mask);
        let head = self.builder.ins().iadd_imm_s(head, -first);
        let plain = self.compare(IntCC::UnsignedLessThan, head, 256 - first);
        self.builder
            .ins()
            .brif(plain, done, &[plain.into()], slow, &[]);

        self.builder.switch_to_block(number);
        self.truth_of_int(v, done, slow);

        self.builder.switch_to_block(slow);
        let Some(truthy) = self.ask_routine(Routine::Truthy, &[v]) else {
            return broken("no routine any more");
        };
        self.jump(done, truthy);
        self.builder.switch_to_block(done);
        Ok(self.builder.block_params(done)[0])
    }

    /// Goes to `done` with the truth of booleans, `undefined` and `null`; the open blocks for cells and for numbers.
    fn truth_of_constants(&mut self, v: Value, done: Block) -> (Block, Block) {
        let below = self.compare(IntCC::UnsignedLessThan, v, value::FIRST_POINTER as i64);
        let is_true = self.compare(IntCC::Equal, v, value::TRUE as i64);
        let more = self.builder.create_block();
        self.builder
            .ins()
            .brif(below, done, &[is_true.into()], more, &[]);

        self.builder.switch_to_block(more);
        let (cell, number) = (self.builder.create_block(), self.builder.create_block());
        let is_cell = self.compare(IntCC::UnsignedLessThan, v, value::POINTER_LIMIT as i64);
        self.builder.ins().brif(is_cell, cell, &[], number, &[]);
        (cell, number)
    }

    /// Goes to `done` with the truth of an int32, and to `double` with a double.
    fn truth_of_int(&mut self, v: Value, done: Block, double: Block) {
        let is_int = self.is_int(v);
        let int = self.builder.ins().ireduce(types::I32, v);
        let not_zero = self.compare(IntCC::NotEqual, int, 0);
        self.builder
            .ins()
            .brif(is_int, done, &[not_zero.into()], double, &[]);
    }

    /// ToBoolean of a value: BigInts by the helper, all else here.
    pub(super) fn whole_truthy(&mut self, v: Value) -> Result<Value, Decline> {
        let layout = &self.snapshot.layout;
        let done = self.bool_block();
        let (cell, number) = self.truth_of_constants(v, done);

        self.builder.switch_to_block(number);
        let (double, slow) = (self.builder.create_block(), self.cold_block());
        self.truth_of_int(v, done, double);
        self.builder.switch_to_block(double);
        let float = self.untag_double(v);
        let zero = self.builder.ins().f64const(0.0);
        // NaN is neither less nor greater.
        let not_zero = self
            .builder
            .ins()
            .fcmp(FloatCC::OrderedNotEqual, float, zero);
        self.jump(done, not_zero);

        self.builder.switch_to_block(cell);
        let head = self.header_bits(v);
        let kind = self.builder.ins().band_imm_s(head, KIND_BITS);
        let first = i64::from(layout.kinds.first_object);
        let is_object = self.compare(IntCC::UnsignedGreaterThanOrEqual, kind, first);
        let flag = i64::from(layout.htmldda_flag) << 8;
        let flag = self.builder.ins().band_imm_s(head, flag);
        let plain = self.compare(IntCC::Equal, flag, 0);
        let string = self.builder.create_block();
        self.builder
            .ins()
            .brif(is_object, done, &[plain.into()], string, &[]);

        self.builder.switch_to_block(string);
        let is_string = self.compare(IntCC::Equal, kind, i64::from(layout.kinds.string));
        self.branch_on(is_string, slow);
        let offset = layout.offsets.string_length;
        let length = self.builder.ins().load(types::I32, MEM, v, offset);
        let not_empty = self.compare(IntCC::NotEqual, length, 0);
        self.jump(done, not_empty);

        self.builder.switch_to_block(slow);
        let result = self.call_rarely(Helper::Truthy, &[v])?;
        let result = self.builder.ins().ireduce(types::I8, result);
        self.jump(done, result);
        self.builder.switch_to_block(done);
        Ok(self.builder.block_params(done)[0])
    }

    /// Whether a node's value is a cell for certain.
    pub(super) fn known_cell(&self, id: NodeId) -> bool {
        match &self.graph.node(id).op {
            NodeOp::CheckCell
            | NodeOp::CheckObject
            | NodeOp::CheckKind(_)
            | NodeOp::CheckShape(_)
            | NodeOp::CheckDense
            | NodeOp::CheckCode(_) => true,
            NodeOp::Const(bits) | NodeOp::CheckValue(bits) => {
                (value::FIRST_POINTER..value::POINTER_LIMIT).contains(bits)
            }
            NodeOp::Call(helper) => {
                let info = helper.info();
                info.effect == HelperEffect::Allocates && self.known_object(id) == Some(true)
            }
            NodeOp::New { .. } => true,
            _ => false,
        }
    }

    /// Whether a node's value is an object, if that is certain.
    pub(super) fn known_object(&self, id: NodeId) -> Option<bool> {
        match &self.graph.node(id).op {
            NodeOp::CheckObject | NodeOp::CheckDense | NodeOp::CheckCode(_) => Some(true),
            NodeOp::Const(bits) if *bits < value::FIRST_POINTER => Some(false),
            NodeOp::Const(bits) if *bits >= value::POINTER_LIMIT => Some(false),
            NodeOp::IntToTagged | NodeOp::FloatToTagged | NodeOp::BoolToTagged => Some(false),
            NodeOp::Call(
                Helper::NewObject
                | Helper::NewObjectWith
                | Helper::NewArray
                | Helper::NewArrayWith
                | Helper::NewClosure,
            ) => Some(true),
            NodeOp::New { template, .. } => {
                let template = self.graph.templates.get(*template as usize)?;
                Some(template.kind() >= self.snapshot.layout.kinds.first_object)
            }
            _ => None,
        }
    }
}
