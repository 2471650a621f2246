//! Numbers in the dispatch loop, and the slow paths of arithmetic and comparison.

use crate::frame::Frame;
use sarus_bytecode::Op;
use sarus_runtime::abstract_ops::{
    self, Hint, Numeric, compare_values, loosely_equals, strict_equals, to_numeric, to_primitive,
};
use sarus_runtime::agent::Agent;
use sarus_runtime::bigint::{self, BigInt};
use sarus_runtime::bigint_math::Operator;
use sarus_runtime::error::JsResult;
use sarus_runtime::numeric;
use sarus_runtime::value::Value;
use std::cmp::Ordering;

/// Bits of feedback bytes: what else than int32 operands and results was seen.
pub mod feedback {
    /// A double took part.
    pub const NUMBER: u8 = 1;
    /// An int32 operation left the int32 range (or made -0).
    pub const OVERFLOW: u8 = 2;
    /// Two strings.
    pub const STRING: u8 = 4;
    /// BigInts.
    pub const BIGINT: u8 = 8;
    /// undefined, null or booleans; for equality also anything equal by identity.
    pub const OTHER: u8 = 16;
    /// Anything.
    pub const ANY: u8 = 32;
}

const INT_TAG: u64 = 0xFFFE_0000_0000_0000;

/// True if both are int32.
#[inline(always)]
pub fn both_int(x: Value, y: Value) -> bool {
    x.bits() & y.bits() >= INT_TAG
}

/// True if both are numbers.
#[inline(always)]
pub fn both_number(x: Value, y: Value) -> bool {
    x.is_number() && y.is_number()
}

/// The number of a number value.
#[inline(always)]
pub fn number_of(v: Value) -> f64 {
    if v.is_int() {
        v.int_unchecked() as f64
    } else {
        v.double_value()
    }
}

/// A number in canonical form.
#[inline(always)]
pub fn number(n: f64) -> Value {
    #[cfg(target_arch = "x86_64")]
    {
        // SAFETY: SSE2 is part of the architecture; out of range gives i32::MIN, which then differs from `n`.
        let i = unsafe { std::arch::x86_64::_mm_cvttsd_si32(std::arch::x86_64::_mm_set_sd(n)) };
        if i as f64 == n && (i != 0 || n.to_bits() == 0) {
            return Value::int(i);
        }
        Value::double_unchecked(n)
    }
    #[cfg(not(target_arch = "x86_64"))]
    Value::number(n)
}

/// ToInt32 of a number value.
#[inline(always)]
pub fn to_int32(v: Value) -> i32 {
    if v.is_int() {
        return v.int_unchecked();
    }
    let n = v.double_value();
    #[cfg(target_arch = "x86_64")]
    {
        // SAFETY: SSE2 is part of the architecture; out of range gives i64::MIN.
        let i = unsafe { std::arch::x86_64::_mm_cvttsd_si64(std::arch::x86_64::_mm_set_sd(n)) };
        if i != i64::MIN {
            return i as i32;
        }
    }
    numeric::to_int32(n)
}

/// ToBoolean.
#[inline(never)]
pub fn to_boolean(v: Value) -> bool {
    if v.is_int() {
        return v.int_unchecked() != 0;
    }
    if v.is_nullish() {
        return false;
    }
    abstract_ops::to_boolean(v)
}

fn kind_bits(x: Value, y: Value) -> u8 {
    let one = |v: Value| {
        if v.is_int() {
            0
        } else if v.is_number() {
            feedback::NUMBER
        } else if v.is_string() {
            feedback::STRING
        } else if v.is_bigint() {
            feedback::BIGINT
        } else if v.is_cell() {
            feedback::ANY
        } else {
            feedback::OTHER
        }
    };
    let (a, b) = (one(x), one(y));
    // Strings with strings only; a mixture is anything.
    if a != b && (a | b) & (feedback::STRING | feedback::BIGINT) != 0 {
        feedback::ANY
    } else {
        a | b
    }
}

/// Left and right operand of an arithmetic instruction (register or immediate), and the operation without immediate.
fn operands(f: Frame) -> (Op, Value, Value) {
    let imm = || Value::int(f.word() as i32 >> 24);
    let x = f.reg(f.b());
    let op = f.op();
    let plain = match op {
        Op::AddImm => Op::Add,
        Op::SubImm => Op::Sub,
        Op::MulImm => Op::Mul,
        Op::DivImm => Op::Div,
        Op::ModImm => Op::Mod,
        Op::BitAndImm => Op::BitAnd,
        Op::BitOrImm => Op::BitOr,
        Op::BitXorImm => Op::BitXor,
        Op::ShlImm => Op::Shl,
        Op::SarImm => Op::Sar,
        Op::ShrImm => Op::Shr,
        _ => return (op, x, f.reg(f.c())),
    };
    (plain, x, imm())
}

/// Every binary arithmetic instruction, in full.
#[inline(never)]
pub fn binary(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let (op, x, y) = operands(f);
    f.feed(kind_bits(x, y));
    let v = match (x.as_number(), y.as_number()) {
        (Some(a), Some(b)) => number_op(op, a, b),
        _ if let (Some(a), Some(b)) = (x.as_bigint(), y.as_bigint()) => bigint_op(agent, op, a, b)?,
        _ if op == Op::Add => add(agent, x, y)?,
        _ => {
            let a = to_numeric(agent, x)?;
            let b = to_numeric(agent, y)?;
            match (a, b) {
                (Numeric::Number(a), Numeric::Number(b)) => number_op(op, a, b),
                (Numeric::BigInt(a), Numeric::BigInt(b)) => bigint_op(agent, op, a, b)?,
                _ => return Err(mixed(agent)),
            }
        }
    };
    f.set(f.a(), v);
    Ok(())
}

#[cold]
fn mixed(agent: &mut Agent) -> sarus_runtime::error::Throw {
    agent.type_error("Cannot mix BigInt and other types, use explicit conversions")
}

fn add(agent: &mut Agent, x: Value, y: Value) -> JsResult<Value> {
    if let (Some(a), Some(b)) = (x.as_string(), y.as_string()) {
        return Ok(agent.concat(a, b)?.into());
    }
    let a = to_primitive(agent, x, Hint::Default)?;
    let b = to_primitive(agent, y, Hint::Default)?;
    if a.is_string() || b.is_string() {
        let s = abstract_ops::to_string(agent, a)?;
        let t = abstract_ops::to_string(agent, b)?;
        return Ok(agent.concat(s, t)?.into());
    }
    match (to_numeric(agent, a)?, to_numeric(agent, b)?) {
        (Numeric::Number(a), Numeric::Number(b)) => Ok(number(a + b)),
        (Numeric::BigInt(a), Numeric::BigInt(b)) => bigint_op(agent, Op::Add, a, b),
        _ => Err(mixed(agent)),
    }
}

fn number_op(op: Op, a: f64, b: f64) -> Value {
    let (i, j) = (|| numeric::to_int32(a), || numeric::to_int32(b));
    match op {
        Op::Add => number(a + b),
        Op::Sub => number(a - b),
        Op::Mul => number(a * b),
        Op::Div => number(a / b),
        Op::Mod => number(numeric::math::remainder(a, b)),
        Op::Exp => number(numeric::math::pow(a, b)),
        Op::BitAnd => Value::int(i() & j()),
        Op::BitOr => Value::int(i() | j()),
        Op::BitXor => Value::int(i() ^ j()),
        Op::Shl => Value::int(i().wrapping_shl(j() as u32)),
        Op::Sar => Value::int(i().wrapping_shr(j() as u32)),
        _ => Value::uint((i() as u32).wrapping_shr(j() as u32)),
    }
}

fn bigint_op(agent: &mut Agent, op: Op, a: BigInt, b: BigInt) -> JsResult<Value> {
    let operator = match op {
        Op::Add => Operator::Add,
        Op::Sub => Operator::Sub,
        Op::Mul => Operator::Mul,
        Op::Div => Operator::Div,
        Op::Mod => Operator::Rem,
        Op::Exp => Operator::Exp,
        Op::BitAnd => Operator::And,
        Op::BitOr => Operator::Or,
        Op::BitXor => Operator::Xor,
        Op::Shl => Operator::Shl,
        Op::Sar => Operator::Shr,
        _ => return Err(agent.type_error("BigInts have no unsigned right shift, use >> instead")),
    };
    Ok(bigint::binary(agent, operator, a, b)?.into())
}

/// A binary operator on what is two BigInts, for compiled code, which has checked that.
pub fn bigint_binary(agent: &mut Agent, op: u8, x: Value, y: Value) -> JsResult<Value> {
    match (Op::from_u8(op), x.as_bigint(), y.as_bigint()) {
        (Some(op), Some(a), Some(b)) => bigint_op(agent, op, a, b),
        _ => Ok(Value::UNDEFINED),
    }
}

/// The same for Inc, Dec, Neg and BitNot.
pub fn bigint_unary(agent: &mut Agent, op: u8, x: Value) -> JsResult<Value> {
    match (Op::from_u8(op), x.as_bigint()) {
        (Some(op), Some(a)) => bigint_step(agent, op, a),
        _ => Ok(Value::UNDEFINED),
    }
}

fn bigint_step(agent: &mut Agent, op: Op, b: BigInt) -> JsResult<Value> {
    let result = match op {
        Op::Inc => bigint::step(agent, b, false)?,
        Op::Dec => bigint::step(agent, b, true)?,
        Op::Neg => bigint::neg(agent, b)?,
        Op::BitNot => bigint::not(agent, b)?,
        _ => b,
    };
    Ok(result.into())
}

/// Inc, Dec, Neg, BitNot, ToNumber, ToNumeric, in full.
#[inline(never)]
pub fn unary(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let x = f.reg(f.b());
    f.feed(kind_bits(x, x));
    let op = f.op();
    if op == Op::ToNumber {
        let n = abstract_ops::to_number(agent, x)?;
        f.set(f.a(), number(n));
        return Ok(());
    }
    let v = match to_numeric(agent, x)? {
        Numeric::Number(n) => match op {
            Op::Inc => number(n + 1.0),
            Op::Dec => number(n - 1.0),
            Op::Neg => number(-n),
            Op::BitNot => Value::int(!numeric::to_int32(n)),
            _ => number(n),
        },
        Numeric::BigInt(b) => bigint_step(agent, op, b)?,
    };
    f.set(f.a(), v);
    Ok(())
}

/// The relation an instruction asks for, of `x` and `y`, when they are not both numbers.
#[inline(never)]
pub fn compare(agent: &mut Agent, f: Frame, x: Value, y: Value) -> JsResult<bool> {
    f.feed(kind_bits(x, y));
    let order = match (x.as_string(), y.as_string()) {
        (Some(a), Some(b)) => {
            // Flattening first: a view of one must not be in use while the other is flattened.
            a.view(agent);
            b.view(agent);
            Some(a.view(agent).cmp(&b.view(agent)))
        }
        _ => compare_values(agent, x, y, true)?,
    };
    Ok(match f.op() {
        Op::Less
        | Op::JumpIfLess
        | Op::JumpIfNotLess
        | Op::JumpIfLessImm
        | Op::JumpIfNotLessImm
        | Op::LoopIfLess
        | Op::LoopIfLessImm => order == Some(Ordering::Less),
        Op::LessEq
        | Op::JumpIfLessEq
        | Op::JumpIfNotLessEq
        | Op::JumpIfLessEqImm
        | Op::JumpIfNotLessEqImm
        | Op::LoopIfLessEq
        | Op::LoopIfLessEqImm => matches!(order, Some(Ordering::Less | Ordering::Equal)),
        Op::Greater
        | Op::JumpIfGreater
        | Op::JumpIfNotGreater
        | Op::JumpIfGreaterImm
        | Op::JumpIfNotGreaterImm
        | Op::LoopIfGreater
        | Op::LoopIfGreaterImm => order == Some(Ordering::Greater),
        _ => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
    })
}

/// `x === y` for two cells.
#[inline(never)]
pub fn strict_equal_cells(agent: &mut Agent, f: Frame, x: Value, y: Value) -> bool {
    if let (Some(a), Some(b)) = (x.as_string(), y.as_string()) {
        f.feed(feedback::STRING);
        // Two different atoms are different strings.
        return !(a.is_atom() && b.is_atom()) && agent.string_equals(a, b);
    }
    f.feed(kind_bits(x, y));
    strict_equals(agent, x, y)
}

/// `x == y` when they are not both numbers.
#[inline(never)]
pub fn loose_equal(agent: &mut Agent, f: Frame, x: Value, y: Value) -> JsResult<bool> {
    f.feed(kind_bits(x, y));
    if x == y && !x.is_double() {
        return Ok(true);
    }
    if let (Some(a), Some(b)) = (x.as_string(), y.as_string()) {
        return Ok(!(a.is_atom() && b.is_atom()) && agent.string_equals(a, b));
    }
    loosely_equals(agent, x, y)
}
