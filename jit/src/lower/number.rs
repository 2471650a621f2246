//! Arithmetic and conversions of numbers.

use super::check::BITS;
use super::{Lower, broken};
use crate::Decline;
use crate::graph::{BitOp, FloatOp, FloatUnary, IntOp, NodeOp, Rep};
use crate::helpers::Helper;
use crate::layout::value;
use crate::snapshot::Reason;
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::immediates::Ieee64;
use cranelift_codegen::ir::{InstBuilder, Value, types};

/// 2^52 + 2^51: a double of int32 size plus this has the integer in its low bits.
const ROUNDER: f64 = 6_755_399_441_055_744.0;
/// 2^52: doubles from here on are integers.
const INTEGERS: f64 = 4_503_599_627_370_496.0;

/// Bits that no int32 has as a double, nor -0, nor a NaN that arithmetic makes: most other doubles have some of them.
const PLAIN_BITS: i64 = 0x3F_FFFF;

impl Lower<'_> {
    pub(super) fn conversion(&mut self) -> Result<Value, Decline> {
        let node = self.node;
        match node.op {
            NodeOp::IntToTagged => {
                let v = self.input(0, Rep::Int32)?;
                Ok(self.int_to_tagged(v))
            }
            NodeOp::FloatToTagged => {
                let v = self.input(0, Rep::Float64)?;
                Ok(self.float_to_tagged(v))
            }
            NodeOp::BoolToTagged => {
                let v = self.input(0, Rep::Bool)?;
                Ok(self.bool_to_tagged(v))
            }
            NodeOp::IntToFloat => {
                let v = self.input(0, Rep::Int32)?;
                Ok(self.builder.ins().fcvt_from_sint(types::F64, v))
            }
            NodeOp::UintToFloat => {
                let v = self.input(0, Rep::Int32)?;
                let v = self.builder.ins().uextend(types::I64, v);
                Ok(self.builder.ins().fcvt_from_sint(types::F64, v))
            }
            NodeOp::FloatToInt => {
                let v = self.input(0, Rep::Float64)?;
                self.float_to_int(v)
            }
            NodeOp::NumberToFloat => {
                let v = self.input(0, Rep::Tagged)?;
                self.tagged_to_float(v, None)
            }
            NodeOp::UntagInt => {
                let v = self.input(0, Rep::Tagged)?;
                Ok(self.builder.ins().ireduce(types::I32, v))
            }
            NodeOp::UntagBool => {
                let v = self.input(0, Rep::Tagged)?;
                Ok(self.tagged_to_bool(v))
            }
            NodeOp::BoolToInt => {
                let v = self.input(0, Rep::Bool)?;
                Ok(self.builder.ins().uextend(types::I32, v))
            }
            NodeOp::OddballToNumber => {
                let v = self.input(0, Rep::Tagged)?;
                Ok(self.oddball_to_number(v))
            }
            _ => broken(format!("{:?} is no conversion", node.op)),
        }
    }

    fn oddball_to_number(&mut self, v: Value) -> Value {
        let (done, other) = (self.block_with(types::I64), self.builder.create_block());
        let number = self.is_number(v);
        self.builder
            .ins()
            .brif(number, done, &[v.into()], other, &[]);
        self.builder.switch_to_block(other);
        let is_bool = self.is_bool(v);
        let int = self
            .builder
            .ins()
            .iadd_imm_s(v, value::INT_TAG.wrapping_sub(value::FALSE) as i64);
        let nan = self.word(value::CANONICAL_NAN.wrapping_add(value::DOUBLE_OFFSET));
        let zero = self.word(value::INT_TAG);
        let undefined = self.compare(IntCC::Equal, v, value::UNDEFINED as i64);
        let null = self.compare(IntCC::Equal, v, value::NULL as i64);
        let v = self.builder.ins().select(is_bool, int, v);
        let v = self.builder.ins().select(undefined, nan, v);
        let v = self.builder.ins().select(null, zero, v);
        self.jump(done, v);
        self.meet_in(done)
    }

    pub(super) fn int_to_tagged(&mut self, v: Value) -> Value {
        let v = self.builder.ins().uextend(types::I64, v);
        let tag = self.word(value::INT_TAG);
        self.builder.ins().bor(v, tag)
    }

    pub(super) fn bool_to_tagged(&mut self, v: Value) -> Value {
        let v = self.builder.ins().uextend(types::I64, v);
        self.builder.ins().bor_imm_s(v, value::FALSE as i64)
    }

    pub(super) fn tagged_to_bool(&mut self, v: Value) -> Value {
        let v = self.builder.ins().ireduce(types::I8, v);
        self.builder.ins().band_imm_s(v, 1)
    }

    /// The canonical tagged number of a double: int32 where that is exact and not -0, one NaN.
    pub(super) fn float_to_tagged(&mut self, x: Value) -> Value {
        let bits = self.builder.ins().bitcast(types::I64, BITS, x);
        let offset = self.word(value::DOUBLE_OFFSET);
        let double = self.builder.ins().iadd(bits, offset);
        // A branch, which is foreseen, so that what is stored and loaded again does not wait for all that follows.
        let low = self.builder.ins().ireduce(types::I32, bits);
        let low = self.builder.ins().band_imm_s(low, PLAIN_BITS);
        let done = self.block_with(types::I64);
        let (special, odd) = (self.builder.create_block(), self.builder.create_block());
        if self.foreign_nans {
            let plain = self.builder.create_block();
            self.builder.ins().brif(low, plain, &[], special, &[]);
            self.builder.switch_to_block(plain);
            let nan = self.builder.ins().fcmp(FloatCC::Unordered, x, x);
            self.builder
                .ins()
                .brif(nan, odd, &[], done, &[double.into()]);
        } else {
            self.builder
                .ins()
                .brif(low, done, &[double.into()], special, &[]);
        }
        self.builder.switch_to_block(special);
        let (int, back) = self.round_to_int(x);
        let int = self.int_to_tagged(int);
        // Equal doubles with other bits are zeros.
        let back = self.builder.ins().bitcast(types::I64, BITS, back);
        let same = self.builder.ins().icmp(IntCC::Equal, back, bits);
        self.builder.ins().brif(same, done, &[int.into()], odd, &[]);
        self.builder.switch_to_block(odd);
        let nan = self.builder.ins().fcmp(FloatCC::Unordered, x, x);
        let canonical = self.word(value::CANONICAL_NAN + value::DOUBLE_OFFSET);
        let odd = self.builder.ins().select(nan, canonical, double);
        self.jump(done, odd);
        self.meet_in(done)
    }

    /// The nearest int32 of a double, and that as a double again, which equals the double exactly if it is an int32 or -0.
    pub(super) fn round_to_int(&mut self, x: Value) -> (Value, Value) {
        let rounder = self.builder.ins().f64const(Ieee64::with_float(ROUNDER));
        let sum = self.builder.ins().fadd(x, rounder);
        let bits = self.builder.ins().bitcast(types::I64, BITS, sum);
        let int = self.builder.ins().ireduce(types::I32, bits);
        let back = self.builder.ins().fcvt_from_sint(types::F64, int);
        (int, back)
    }

    /// The double in a word that holds one.
    pub(super) fn untag_double(&mut self, v: Value) -> Value {
        let offset = self.word(value::DOUBLE_OFFSET);
        let bits = self.builder.ins().isub(v, offset);
        self.builder.ins().bitcast(types::F64, BITS, bits)
    }

    /// Tagged -> Float64: exits with the reason if it is no number; without a reason it is known to be one.
    pub(super) fn tagged_to_float(
        &mut self,
        v: Value,
        reason: Option<Reason>,
    ) -> Result<Value, Decline> {
        let offset = self.word(value::DOUBLE_OFFSET);
        let bits = self.builder.ins().isub(v, offset);
        // What is no number wraps around and is above every double.
        let is_double = self.compare(
            IntCC::UnsignedLessThan,
            bits,
            (value::INT_TAG - value::DOUBLE_OFFSET) as i64,
        );
        let double = self.builder.ins().bitcast(types::F64, BITS, bits);
        if !self.tight[self.node.block.index()] {
            if let Some(reason) = reason {
                let number = self.is_number(v);
                self.require(number, reason)?;
            }
            let int = self.int_word_to_float(v);
            return Ok(self.builder.ins().select(is_double, double, int));
        }
        // Three blocks more, which take long to compile, but nothing is done in vain.
        let done = self.block_with(types::F64);
        let other = self.builder.create_block();
        self.builder
            .ins()
            .brif(is_double, done, &[double.into()], other, &[]);
        self.builder.switch_to_block(other);
        if let Some(reason) = reason {
            let int = self.is_int(v);
            self.require(int, reason)?;
        }
        let int = self.int_word_to_float(v);
        self.jump(done, int);
        Ok(self.meet_in(done))
    }

    /// The int32 in a word that holds one, as a double.
    fn int_word_to_float(&mut self, v: Value) -> Value {
        let int = self.builder.ins().ireduce(types::I32, v);
        self.builder.ins().fcvt_from_sint(types::F64, int)
    }

    /// ToInt32: through 64 bits where the double is small enough, else by the helper.
    pub(super) fn float_to_int(&mut self, x: Value) -> Result<Value, Decline> {
        let done = self.builder.create_block();
        self.builder.append_block_param(done, types::I32);
        let wide = self.builder.ins().fcvt_to_sint_sat(types::I64, x);
        let int = self.builder.ins().ireduce(types::I32, wide);
        // Saturated values (and some more) overflow when doubled.
        let (_, big) = self.builder.ins().sadd_overflow(wide, wide);
        let slow = self.cold_block();
        self.builder.ins().brif(big, slow, &[], done, &[int.into()]);
        self.builder.switch_to_block(slow);
        let int = self.call_rarely(Helper::DoubleToInt32, &[x])?;
        self.jump(done, int);
        self.builder.switch_to_block(done);
        Ok(self.builder.block_params(done)[0])
    }

    pub(super) fn arithmetic(&mut self) -> Result<Value, Decline> {
        let node = self.node;
        match node.op {
            NodeOp::IntArith(op) => self.int_arith(op),
            NodeOp::IntNeg => self.int_neg(),
            NodeOp::Bit(op) => self.bit(op),
            NodeOp::BitNot => {
                let a = self.input(0, Rep::Int32)?;
                Ok(self.builder.ins().bnot(a))
            }
            NodeOp::Clz => {
                let a = self.input(0, Rep::Int32)?;
                Ok(self.builder.ins().clz(a))
            }
            NodeOp::FloatArith(op) => {
                let (a, b) = (self.input(0, Rep::Float64)?, self.input(1, Rep::Float64)?);
                let ins = self.builder.ins();
                Ok(match op {
                    FloatOp::Add => ins.fadd(a, b),
                    FloatOp::Sub => ins.fsub(a, b),
                    FloatOp::Mul => ins.fmul(a, b),
                    FloatOp::Div => ins.fdiv(a, b),
                    FloatOp::Min => ins.fmin(a, b),
                    FloatOp::Max => ins.fmax(a, b),
                })
            }
            NodeOp::FloatUnary(op) => {
                let a = self.input(0, Rep::Float64)?;
                Ok(self.float_unary(op, a))
            }
            _ => broken(format!("{:?} is no arithmetic", node.op)),
        }
    }

    fn int_arith(&mut self, op: IntOp) -> Result<Value, Decline> {
        let (a, b) = (self.input(0, Rep::Int32)?, self.input(1, Rep::Int32)?);
        match op {
            IntOp::Add => self.int_add(a, b),
            IntOp::Sub => self.int_sub(a, b),
            IntOp::Mul => self.int_mul(a, b),
            IntOp::Div => self.int_div(a, b),
            IntOp::Mod => self.int_mod(a, b),
        }
    }

    /// With a constant, an overflow shows as a step in the wrong direction, which is one comparison; Cranelift does not branch on
    /// the overflow flag itself.
    fn int_add(&mut self, a: Value, b: Value) -> Result<Value, Decline> {
        let step = match (self.input_int(0)?, self.input_int(1)?) {
            (_, Some(step)) => Some((a, step)),
            (Some(step), _) => Some((b, step)),
            _ => None,
        };
        if let Some((from, step)) = step {
            let result = self.builder.ins().iadd(a, b);
            return self.stepped(from, result, step >= 0);
        }
        let (result, overflow) = self.builder.ins().sadd_overflow(a, b);
        self.forbid(overflow, Reason::Overflow)?;
        Ok(result)
    }

    fn int_sub(&mut self, a: Value, b: Value) -> Result<Value, Decline> {
        if let Some(step) = self.input_int(1)? {
            let result = self.builder.ins().isub(a, b);
            return self.stepped(a, result, step < 0);
        }
        let (result, overflow) = self.builder.ins().ssub_overflow(a, b);
        self.forbid(overflow, Reason::Overflow)?;
        Ok(result)
    }

    /// The result, if it is not on the wrong side of what it comes from.
    fn stepped(&mut self, from: Value, result: Value, up: bool) -> Result<Value, Decline> {
        let wrong = if up {
            IntCC::SignedLessThan
        } else {
            IntCC::SignedGreaterThan
        };
        let overflow = self.builder.ins().icmp(wrong, result, from);
        self.forbid(overflow, Reason::Overflow)?;
        Ok(result)
    }

    /// Makes a cold block for operands that give a zero, which is -0 if one of `suspects` says so with its sign bit.
    fn minus_zero_if(&mut self, result: Value, suspects: &[Value]) -> Result<(), Decline> {
        let zero = self.cold_block();
        self.branch_on(result, zero);
        let on = self.builder.current_block();
        self.builder.switch_to_block(zero);
        let mut signs = result;
        for (i, v) in suspects.iter().enumerate() {
            signs = match i {
                0 => *v,
                _ => self.builder.ins().bor(signs, *v),
            };
        }
        let negative = self.compare(IntCC::SignedLessThan, signs, 0);
        let exit = self.exit(Reason::MinusZero)?;
        if let Some(on) = on {
            self.builder.ins().brif(negative, exit, &[], on, &[]);
            self.builder.switch_to_block(on);
        }
        Ok(())
    }

    fn int_mul(&mut self, a: Value, b: Value) -> Result<Value, Decline> {
        let (result, overflow) = self.builder.ins().smul_overflow(a, b);
        self.forbid(overflow, Reason::Overflow)?;
        let constants = (self.input_int(0)?, self.input_int(1)?);
        // With a positive factor, zero comes of zero only.
        if !matches!(constants, (Some(1..), _) | (_, Some(1..))) {
            self.minus_zero_if(result, &[a, b])?;
        }
        Ok(result)
    }

    fn int_div(&mut self, a: Value, b: Value) -> Result<Value, Decline> {
        if let Some(divisor) = self.input_int(1)? {
            return self.int_div_constant(a, divisor);
        }
        self.require(b, Reason::Inexact)?;
        // -0 and the one overflow both have a negative divisor.
        let negative = self.cold_block();
        let divide = self.builder.create_block();
        let is_negative = self.compare(IntCC::SignedLessThan, b, 0);
        self.builder
            .ins()
            .brif(is_negative, negative, &[], divide, &[]);
        self.builder.switch_to_block(negative);
        self.require(a, Reason::MinusZero)?;
        let least = self.compare(IntCC::Equal, a, i64::from(i32::MIN));
        let one = self.compare(IntCC::Equal, b, -1);
        let overflow = self.builder.ins().band(least, one);
        let exit = self.exit(Reason::Overflow)?;
        self.builder.ins().brif(overflow, exit, &[], divide, &[]);
        self.builder.switch_to_block(divide);
        let quotient = self.builder.ins().sdiv(a, b);
        let product = self.builder.ins().imul(quotient, b);
        let exact = self.builder.ins().icmp(IntCC::Equal, product, a);
        self.require(exact, Reason::Inexact)?;
        Ok(quotient)
    }

    fn int_div_constant(&mut self, a: Value, divisor: i32) -> Result<Value, Decline> {
        match divisor {
            0 => {
                let never = self.builder.ins().iconst(types::I8, 0);
                self.require(never, Reason::Inexact)?;
                return Ok(a);
            }
            1 => return Ok(a),
            -1 => return self.negated(a),
            _ => {}
        }
        if divisor > 0 && divisor.count_ones() == 1 {
            let rest = self.builder.ins().band_imm_s(a, i64::from(divisor - 1));
            self.forbid(rest, Reason::Inexact)?;
            let shift = i64::from(divisor.trailing_zeros());
            return Ok(self.builder.ins().sshr_imm_s(a, shift));
        }
        if divisor < 0 {
            self.require(a, Reason::MinusZero)?;
        }
        let b = self.builder.ins().iconst(types::I32, i64::from(divisor));
        let quotient = self.builder.ins().sdiv(a, b);
        let product = self.builder.ins().imul(quotient, b);
        let exact = self.builder.ins().icmp(IntCC::Equal, product, a);
        self.require(exact, Reason::Inexact)?;
        Ok(quotient)
    }

    fn int_mod(&mut self, a: Value, b: Value) -> Result<Value, Decline> {
        // The sign of the divisor does not matter; the least int32 is 2^31 as unsigned.
        let divisor = match self.input_int(1)? {
            Some(0) => {
                let never = self.builder.ins().iconst(types::I8, 0);
                self.require(never, Reason::Inexact)?;
                return Ok(a);
            }
            Some(b) => Some(b.unsigned_abs()),
            None => None,
        };
        let (size, fast_if) = match divisor {
            Some(size) => {
                let size = self
                    .builder
                    .ins()
                    .iconst(types::I32, i64::from(size as i32));
                (size, a)
            }
            None => {
                self.require(b, Reason::Inexact)?;
                (b, self.builder.ins().bor(a, b))
            }
        };
        let done = self.builder.create_block();
        self.builder.append_block_param(done, types::I32);
        let slow = self.cold_block();
        let fast = self.builder.create_block();
        let negative = self.compare(IntCC::SignedLessThan, fast_if, 0);
        self.branch(negative, slow, fast);
        let rest = self.remainder(a, size, divisor);
        self.jump(done, rest);

        self.builder.switch_to_block(slow);
        let a_size = self.magnitude(a);
        let b_size = match divisor {
            Some(_) => size,
            None => self.magnitude(b),
        };
        let rest = self.remainder(a_size, b_size, divisor);
        let minus = self.builder.ins().ineg(rest);
        let negative = self.compare(IntCC::SignedLessThan, a, 0);
        let rest = self.builder.ins().select(negative, minus, rest);
        self.minus_zero_if(rest, &[a])?;
        self.jump(done, rest);
        self.builder.switch_to_block(done);
        Ok(self.builder.block_params(done)[0])
    }

    /// Remainder of unsigned numbers.
    fn remainder(&mut self, a: Value, b: Value, constant: Option<u32>) -> Value {
        match constant {
            Some(b) if b.is_power_of_two() => self.builder.ins().band_imm_s(a, i64::from(b - 1)),
            _ => self.builder.ins().urem(a, b),
        }
    }

    /// The absolute value as an unsigned number.
    fn magnitude(&mut self, a: Value) -> Value {
        let minus = self.builder.ins().ineg(a);
        let negative = self.compare(IntCC::SignedLessThan, a, 0);
        self.builder.ins().select(negative, minus, a)
    }

    fn int_neg(&mut self) -> Result<Value, Decline> {
        let a = self.input(0, Rep::Int32)?;
        self.negated(a)
    }

    /// Exits for 0 (whose negative is -0) and the least int32, which are told apart off the fast path.
    fn negated(&mut self, a: Value) -> Result<Value, Decline> {
        let bad = self.cold_block();
        let rest = self.builder.ins().band_imm_s(a, i64::from(i32::MAX));
        self.branch_on(rest, bad);
        let on = self.builder.current_block();
        self.builder.switch_to_block(bad);
        let overflow = self.exit(Reason::Overflow)?;
        let minus_zero = self.exit(Reason::MinusZero)?;
        self.builder.ins().brif(a, overflow, &[], minus_zero, &[]);
        if let Some(on) = on {
            self.builder.switch_to_block(on);
        }
        Ok(self.builder.ins().ineg(a))
    }

    fn bit(&mut self, op: BitOp) -> Result<Value, Decline> {
        let (a, b) = (self.input(0, Rep::Int32)?, self.input(1, Rep::Int32)?);
        let ins = self.builder.ins();
        Ok(match op {
            BitOp::Add => ins.iadd(a, b),
            BitOp::Sub => ins.isub(a, b),
            BitOp::Mul => ins.imul(a, b),
            BitOp::And => ins.band(a, b),
            BitOp::Or => ins.bor(a, b),
            BitOp::Xor => ins.bxor(a, b),
            BitOp::Shl => ins.ishl(a, b),
            BitOp::Sar => ins.sshr(a, b),
            BitOp::Shr => ins.ushr(a, b),
            BitOp::Min => ins.smin(a, b),
            BitOp::Max => ins.smax(a, b),
        })
    }

    fn float_unary(&mut self, op: FloatUnary, a: Value) -> Value {
        let rounds = self.target.rounds;
        match op {
            FloatUnary::Neg => self.builder.ins().fneg(a),
            FloatUnary::Abs => self.builder.ins().fabs(a),
            FloatUnary::Sqrt => self.builder.ins().sqrt(a),
            FloatUnary::Floor if rounds => self.builder.ins().floor(a),
            FloatUnary::Ceil if rounds => self.builder.ins().ceil(a),
            FloatUnary::Trunc if rounds => self.builder.ins().trunc(a),
            FloatUnary::Floor | FloatUnary::Ceil | FloatUnary::Trunc => self.round_plain(op, a),
            FloatUnary::Nearest if rounds => self.builder.ins().nearest(a),
            FloatUnary::Nearest => self.nearest_plain(a),
            FloatUnary::Round => self.round(a),
            FloatUnary::Sign => {
                let one = self.builder.ins().f64const(Ieee64::with_float(1.0));
                let zero = self.builder.ins().f64const(Ieee64::with_float(0.0));
                let signed = self.builder.ins().fcopysign(one, a);
                let other = self.builder.ins().fcmp(FloatCC::OrderedNotEqual, a, zero);
                self.builder.ins().select(other, signed, a)
            }
            FloatUnary::Fround => {
                let single = self.builder.ins().fdemote(types::F32, a);
                self.builder.ins().fpromote(types::F64, single)
            }
        }
    }

    /// Math.round: up, and back where that was more than a half.
    fn round(&mut self, a: Value) -> Value {
        let up = self.float_unary(FloatUnary::Ceil, a);
        let half = self.builder.ins().f64const(Ieee64::with_float(0.5));
        let one = self.builder.ins().f64const(Ieee64::with_float(1.0));
        let middle = self.builder.ins().fsub(up, half);
        let far = self.builder.ins().fcmp(FloatCC::GreaterThan, middle, a);
        let down = self.builder.ins().fsub(up, one);
        self.builder.ins().select(far, down, up)
    }

    /// Ties to the even neighbour: adding and taking away 2^52 leaves integers.
    fn nearest_plain(&mut self, a: Value) -> Value {
        let limit = self.builder.ins().f64const(Ieee64::with_float(INTEGERS));
        let size = self.builder.ins().fabs(a);
        let large = self.builder.ins().fadd(size, limit);
        let rounded = self.builder.ins().fsub(large, limit);
        let rounded = self.builder.ins().fcopysign(rounded, a);
        let small = self.builder.ins().fcmp(FloatCC::LessThan, size, limit);
        self.builder.ins().select(small, rounded, a)
    }

    /// Rounding without an instruction for it: through 64-bit integers where there is something to round.
    fn round_plain(&mut self, op: FloatUnary, a: Value) -> Value {
        let int = self.builder.ins().fcvt_to_sint_sat(types::I64, a);
        let mut rounded = self.builder.ins().fcvt_from_sint(types::F64, int);
        let adjust = match op {
            FloatUnary::Floor => Some((FloatCC::GreaterThan, -1.0)),
            FloatUnary::Ceil => Some((FloatCC::LessThan, 1.0)),
            _ => None,
        };
        if let Some((wrong, by)) = adjust {
            let wrong = self.builder.ins().fcmp(wrong, rounded, a);
            let by = self.builder.ins().f64const(Ieee64::with_float(by));
            let other = self.builder.ins().fadd(rounded, by);
            rounded = self.builder.ins().select(wrong, other, rounded);
        }
        // Zeros keep the sign of what they come from.
        let rounded = self.builder.ins().fcopysign(rounded, a);
        let size = self.builder.ins().fabs(a);
        let limit = self.builder.ins().f64const(Ieee64::with_float(INTEGERS));
        let small = self.builder.ins().fcmp(FloatCC::LessThan, size, limit);
        self.builder.ins().select(small, rounded, a)
    }
}
