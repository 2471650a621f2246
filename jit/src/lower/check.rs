//! Checks: the input, refined, or an exit.

use super::{Lower, MEM, broken};
use crate::Decline;
use crate::graph::{NodeId, NodeOp, Rep};
use crate::layout::{header, value};
use crate::snapshot::Reason;
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{InstBuilder, Value, types};

/// Bits of the auxiliary byte that say how elements are held: 0 is dense.
const ELEMENTS_MODE: i64 = 3;

/// How many nodes behind one it may be looked at first to be of interest.
const NEAR: usize = 24;

/// Checks of a value that the hole fails.
fn fails_for_hole(op: &NodeOp) -> bool {
    match op {
        NodeOp::CheckInt
        | NodeOp::CheckNumber
        | NodeOp::CheckTruncate
        | NodeOp::CheckBool
        | NodeOp::CheckCell
        | NodeOp::CheckObject
        | NodeOp::CheckCode(_) => true,
        NodeOp::CheckValue(bits) => *bits != value::HOLE,
        _ => false,
    }
}

impl Lower<'_> {
    /// Exits unless the condition holds, which nothing else uses.
    pub(super) fn require(&mut self, ok: Value, reason: Reason) -> Result<(), Decline> {
        let exit = self.exit(reason)?;
        self.branch_on_this(ok, exit);
        Ok(())
    }

    /// Exits if the condition holds.
    pub(super) fn forbid(&mut self, bad: Value, reason: Reason) -> Result<(), Decline> {
        let exit = self.exit(reason)?;
        let on = self.builder.create_block();
        self.branch(bad, exit, on);
        Ok(())
    }

    pub(super) fn check_node(&mut self) -> Result<Option<Value>, Decline> {
        let node = self.node;
        match &node.op {
            NodeOp::CheckIs(want) => {
                let ok = self.input(0, Rep::Bool)?;
                let reason = self.reason(Reason::WrongValue);
                if *want {
                    let exit = self.exit(reason)?;
                    self.branch_on(ok, exit);
                } else {
                    self.forbid(ok, reason)?;
                }
                Ok(None)
            }
            NodeOp::CheckValid(cell) => {
                let offset = i64::from(self.snapshot.layout.offsets.validity);
                let valid = self.load_absolute(types::I8, cell.wrapping_add_signed(offset));
                self.require(valid, self.reason(Reason::InvalidChain))?;
                Ok(None)
            }
            NodeOp::CheckFloatInt => {
                let x = self.input(0, Rep::Float64)?;
                self.check_float_int(x).map(Some)
            }
            NodeOp::CheckBounds => {
                let (index, length) = (self.input(0, Rep::Int32)?, self.input(1, Rep::Int32)?);
                let ok = self
                    .builder
                    .ins()
                    .icmp(IntCC::UnsignedLessThan, index, length);
                self.require(ok, self.reason(Reason::OutOfBounds))?;
                Ok(Some(index))
            }
            NodeOp::CheckUint => {
                let v = self.input(0, Rep::Int32)?;
                let negative = self.compare(IntCC::SignedLessThan, v, 0);
                self.forbid(negative, self.reason(Reason::Overflow))?;
                Ok(Some(v))
            }
            _ => self.check_tagged().map(Some),
        }
    }

    fn check_tagged(&mut self) -> Result<Value, Decline> {
        let node = self.node;
        let input = self.input_node(0)?;
        let v = self.value(input, Rep::Tagged)?;
        let layout = &self.snapshot.layout;
        match &node.op {
            NodeOp::CheckInt => {
                let ok = self.is_int(v);
                self.require(ok, self.reason(Reason::NotInt))?;
                return Ok(self.builder.ins().ireduce(types::I32, v));
            }
            NodeOp::CheckNumber => {
                let reason = self.reason(Reason::NotNumber);
                return self.tagged_to_float(v, Some(reason));
            }
            NodeOp::CheckTruncate => return self.check_truncate(v),
            NodeOp::CheckBool => {
                let ok = self.is_bool(v);
                self.require(ok, self.reason(Reason::NotBool))?;
                return Ok(self.tagged_to_bool(v));
            }
            NodeOp::CheckCell => {
                let ok = self.is_cell(v);
                self.require(ok, self.reason(Reason::NotObject))?;
            }
            NodeOp::CheckObject => {
                let reason = self.reason(Reason::NotObject);
                if !self.known_cell(input) {
                    let ok = self.is_cell(v);
                    self.require(ok, reason)?;
                }
                let ok = self.is_object_cell(v);
                self.require(ok, reason)?;
            }
            NodeOp::CheckKind(kind) => {
                let have = self.builder.ins().load(types::I8, MEM, v, header::KIND);
                let ok = self.compare(IntCC::Equal, have, i64::from(*kind as i8));
                self.require(ok, self.reason(Reason::WrongKind))?;
            }
            NodeOp::CheckShape(shapes) => self.check_shape(v, shapes)?,
            NodeOp::CheckValue(bits) => {
                let ok = self.compare(IntCC::Equal, v, *bits as i64);
                self.require(ok, self.reason(Reason::WrongValue))?;
            }
            NodeOp::CheckNotHole => {
                if !self.notices_hole() {
                    let hole = self.compare(IntCC::Equal, v, value::HOLE as i64);
                    self.forbid(hole, self.reason(Reason::Hole))?;
                }
            }
            NodeOp::CheckDense => {
                let first = i64::from(layout.kinds.first_object);
                let mask = 0xFF | i64::from(layout.exotic_flag) << 8 | ELEMENTS_MODE << 24;
                let head = self.header_bits(v);
                // Nothing but an object's kind is left, or the difference is not below what is left of a byte.
                let head = self.builder.ins().band_imm_s(head, mask);
                let head = self.builder.ins().iadd_imm_s(head, -first);
                let ok = self.compare(IntCC::UnsignedLessThan, head, 256 - first);
                self.require(ok, self.reason(Reason::WrongKind))?;
            }
            NodeOp::CheckCode(code) => {
                let reason = self.reason(Reason::WrongCallee);
                if !self.known_cell(input) {
                    let ok = self.is_cell(v);
                    self.require(ok, reason)?;
                }
                let kind = self.builder.ins().load(types::I8, MEM, v, header::KIND);
                let ok = self.compare(IntCC::Equal, kind, i64::from(layout.kinds.function as i8));
                self.require(ok, reason)?;
                let offset = layout.offsets.function_code;
                // A load as the second operand becomes part of the comparison.
                let code = self.word(*code);
                let have = self.builder.ins().load(types::I64, MEM, v, offset);
                let ok = self.builder.ins().icmp(IntCC::Equal, code, have);
                self.require(ok, reason)?;
            }
            op => return broken(format!("{op:?} is no check")),
        }
        Ok(v)
    }

    /// Whether the first that looks at what the check of the node at hand gives is another check, which the hole fails as well, and
    /// which goes back to the same place.
    fn notices_hole(&self) -> bool {
        let state = self.node.state;
        for behind in self.behind.iter().take(NEAR).map(|id| self.graph.node(*id)) {
            let looks = |v: &NodeId| std::ptr::eq(self.graph.node(*v), self.node);
            if behind.inputs.iter().any(looks) {
                return behind.state == state && fails_for_hole(&behind.op);
            }
            if behind.state.is_some() && behind.state != state {
                return false;
            }
        }
        false
    }

    fn check_shape(&mut self, v: Value, shapes: &[u32]) -> Result<(), Decline> {
        let reason = self.reason(Reason::WrongShape);
        self.shapes.extend_from_slice(shapes);
        let Some((last, others)) = shapes.split_last() else {
            return broken("a check for no shape");
        };
        let shape = self.builder.ins().load(types::I32, MEM, v, header::SHAPE);
        if others.is_empty() {
            let ok = self.compare(IntCC::Equal, shape, i64::from(*last as i32));
            return self.require(ok, reason);
        }
        let on = self.builder.create_block();
        for id in others {
            let ok = self.compare(IntCC::Equal, shape, i64::from(*id as i32));
            let next = self.builder.create_block();
            self.branch(ok, on, next);
        }
        let ok = self.compare(IntCC::Equal, shape, i64::from(*last as i32));
        let exit = self.exit(reason)?;
        self.builder.ins().brif(ok, on, &[], exit, &[]);
        self.builder.switch_to_block(on);
        Ok(())
    }

    /// Float64 -> Int32 where that is exact and not -0.
    fn check_float_int(&mut self, x: Value) -> Result<Value, Decline> {
        let reason = self.reason(Reason::Inexact);
        let (int, back) = self.round_to_int(x);
        let exact = self.builder.ins().fcmp(FloatCC::Equal, back, x);
        self.require(exact, reason)?;
        // Only zeros are left to be looked at: the one with a sign bit.
        let zero = self.cold_block();
        self.branch_on(int, zero);
        let on = self.builder.current_block();
        self.builder.switch_to_block(zero);
        let bits = self.builder.ins().bitcast(types::I64, BITS, x);
        let exit = self.exit(self.reason(Reason::MinusZero))?;
        if let Some(on) = on {
            self.builder.ins().brif(bits, exit, &[], on, &[]);
            self.builder.switch_to_block(on);
        }
        Ok(int)
    }

    /// Tagged -> Int32: a number by ToInt32.
    fn check_truncate(&mut self, v: Value) -> Result<Value, Decline> {
        let reason = self.reason(Reason::NotNumber);
        let done = self.builder.create_block();
        self.builder.append_block_param(done, types::I32);
        let is_int = self.is_int(v);
        let int = self.builder.ins().ireduce(types::I32, v);
        let other = self.builder.create_block();
        self.builder
            .ins()
            .brif(is_int, done, &[int.into()], other, &[]);
        self.builder.switch_to_block(other);
        let number = self.is_number(v);
        self.require(number, reason)?;
        let x = self.untag_double(v);
        let int = self.float_to_int(x)?;
        self.jump(done, int);
        self.builder.switch_to_block(done);
        Ok(self.builder.block_params(done)[0])
    }
}

/// Flags of bitcasts.
pub(super) const BITS: cranelift_codegen::ir::MemFlagsData =
    cranelift_codegen::ir::MemFlagsData::new();
