//! Operations on constants, with JavaScript's results.

use crate::graph::{BitOp, Cond, FloatOp, FloatUnary, Graph, IntOp, Node, NodeId, NodeOp, Test};
use crate::layout::value;

/// The constant that a node's result is, if its inputs are constants and it does not exit.
pub fn constant(graph: &Graph, node: &Node) -> Option<NodeOp> {
    let op = |i: usize| node.inputs.get(i).map(|id: &NodeId| &graph.node(*id).op);
    of_constants(&node.op, op(0)?, op(1))
}

/// [`constant`] of an operation and its inputs, constants or not.
pub fn of_constants(op: &NodeOp, x: &NodeOp, y: Option<&NodeOp>) -> Option<NodeOp> {
    match (x, y) {
        (NodeOp::Int(a), None) => of_int(op, *a),
        (NodeOp::Int(a), Some(NodeOp::Int(b))) => of_ints(op, *a, *b),
        (NodeOp::Float(a), None) => of_float(op, f64::from_bits(*a)),
        (NodeOp::Float(a), Some(NodeOp::Float(b))) => {
            of_floats(op, f64::from_bits(*a), f64::from_bits(*b))
        }
        (NodeOp::Bool(a), None) => match op {
            NodeOp::BoolToTagged => Some(NodeOp::Const(value::FALSE | u64::from(*a))),
            NodeOp::BoolToInt => Some(NodeOp::Int(i32::from(*a))),
            NodeOp::Not => Some(NodeOp::Bool(!a)),
            _ => None,
        },
        (NodeOp::Const(a), None) => of_value(op, *a),
        (NodeOp::Const(a), Some(NodeOp::Const(b))) => match op {
            NodeOp::SameBits => Some(NodeOp::Bool(a == b)),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a node for which [`constant`] knows no result exits whatever happens.
pub fn always_exits(graph: &Graph, node: &Node) -> bool {
    let op = |i: usize| node.inputs.get(i).map(|id: &NodeId| &graph.node(*id).op);
    let Some(x) = op(0) else {
        return false;
    };
    let both_ints = matches!((x, op(1)), (NodeOp::Int(_), Some(NodeOp::Int(_))));
    match &node.op {
        NodeOp::IntArith(_) | NodeOp::CheckBounds => both_ints,
        NodeOp::IntNeg | NodeOp::CheckUint => matches!(x, NodeOp::Int(_)),
        NodeOp::CheckFloatInt => matches!(x, NodeOp::Float(_)),
        NodeOp::CheckIs(wanted) => matches!(x, NodeOp::Bool(is) if is != wanted),
        NodeOp::CheckInt | NodeOp::CheckNumber | NodeOp::CheckTruncate => {
            matches!(x, NodeOp::Const(_) | NodeOp::BoolToTagged)
        }
        NodeOp::CheckBool => {
            matches!(
                x,
                NodeOp::Const(_) | NodeOp::IntToTagged | NodeOp::FloatToTagged
            )
        }
        NodeOp::CheckNotHole => *x == NodeOp::Const(value::HOLE),
        NodeOp::CheckValue(wanted) => matches!(x, NodeOp::Const(bits) if bits != wanted),
        NodeOp::CheckCell | NodeOp::CheckObject | NodeOp::CheckKind(_) => match x {
            NodeOp::Const(bits) => !is_cell(*bits),
            NodeOp::IntToTagged | NodeOp::FloatToTagged | NodeOp::BoolToTagged => true,
            _ => false,
        },
        _ => false,
    }
}

/// Whether the bits are a pointer to a cell.
pub fn is_cell(bits: u64) -> bool {
    (value::FIRST_POINTER..value::POINTER_LIMIT).contains(&bits)
}

/// The bits of a number as a value: int32 where exact, one NaN.
fn boxed(double: f64) -> u64 {
    let int = double as i32;
    if f64::from(int) == double && (int != 0 || double.is_sign_positive()) {
        value::INT_TAG | u64::from(int as u32)
    } else if double.is_nan() {
        value::CANONICAL_NAN + value::DOUBLE_OFFSET
    } else {
        double.to_bits() + value::DOUBLE_OFFSET
    }
}

/// The number that a value is.
fn number(bits: u64) -> Option<f64> {
    match bits {
        value::INT_TAG.. => Some(f64::from(bits as u32 as i32)),
        value::DOUBLE_OFFSET.. => Some(f64::from_bits(bits - value::DOUBLE_OFFSET)),
        _ => None,
    }
}

/// ToInt32.
fn to_int32(double: f64) -> i32 {
    if !double.is_finite() {
        return 0;
    }
    // The remainder is exact and below 2^32.
    (double.trunc() % 4_294_967_296.0) as i64 as i32
}

fn float(double: f64) -> Option<NodeOp> {
    let bits = match double.is_nan() {
        true => value::CANONICAL_NAN,
        false => double.to_bits(),
    };
    Some(NodeOp::Float(bits))
}

fn of_int(op: &NodeOp, a: i32) -> Option<NodeOp> {
    match op {
        NodeOp::IntToTagged => Some(NodeOp::Const(value::INT_TAG | u64::from(a as u32))),
        NodeOp::IntToFloat => float(f64::from(a)),
        NodeOp::UintToFloat => float(f64::from(a as u32)),
        NodeOp::CheckUint if a >= 0 => Some(NodeOp::Int(a)),
        NodeOp::IntNeg if a != 0 => a.checked_neg().map(NodeOp::Int),
        NodeOp::BitNot => Some(NodeOp::Int(!a)),
        NodeOp::Clz => Some(NodeOp::Int(a.leading_zeros() as i32)),
        _ => None,
    }
}

fn of_ints(op: &NodeOp, a: i32, b: i32) -> Option<NodeOp> {
    let result = match op {
        NodeOp::IntArith(IntOp::Add) => a.checked_add(b)?,
        NodeOp::IntArith(IntOp::Sub) => a.checked_sub(b)?,
        NodeOp::IntArith(IntOp::Mul) => {
            a.checked_mul(b).filter(|r| *r != 0 || (a >= 0 && b >= 0))?
        }
        NodeOp::IntArith(IntOp::Div) => {
            let exact = a.checked_rem(b)? == 0 && (a != 0 || b > 0);
            a.checked_div(b).filter(|_| exact)?
        }
        NodeOp::IntArith(IntOp::Mod) => a.checked_rem(b).filter(|r| *r != 0 || a >= 0)?,
        NodeOp::CheckBounds if (a as u32) < b as u32 => a,
        NodeOp::Bit(op) => match op {
            BitOp::Add => a.wrapping_add(b),
            BitOp::Sub => a.wrapping_sub(b),
            BitOp::Mul => a.wrapping_mul(b),
            BitOp::And => a & b,
            BitOp::Or => a | b,
            BitOp::Xor => a ^ b,
            BitOp::Shl => a.wrapping_shl(b as u32),
            BitOp::Sar => a.wrapping_shr(b as u32),
            BitOp::Shr => (a as u32).wrapping_shr(b as u32) as i32,
            BitOp::Min => a.min(b),
            BitOp::Max => a.max(b),
        },
        NodeOp::IntCmp(cond) => return Some(NodeOp::Bool(compare(*cond, a, b))),
        NodeOp::UintCmp(cond) => return Some(NodeOp::Bool(compare(*cond, a as u32, b as u32))),
        _ => return None,
    };
    Some(NodeOp::Int(result))
}

fn compare<T: PartialOrd>(cond: Cond, a: T, b: T) -> bool {
    match cond {
        Cond::Eq => a == b,
        Cond::Ne => a != b,
        Cond::Lt => a < b,
        Cond::Le => a <= b,
        Cond::Gt => a > b,
        Cond::Ge => a >= b,
    }
}

fn of_float(op: &NodeOp, a: f64) -> Option<NodeOp> {
    match op {
        NodeOp::FloatToTagged => Some(NodeOp::Const(boxed(a))),
        NodeOp::FloatToInt => Some(NodeOp::Int(to_int32(a))),
        NodeOp::CheckFloatInt => match boxed(a) {
            bits @ value::INT_TAG.. => Some(NodeOp::Int(bits as u32 as i32)),
            _ => None,
        },
        NodeOp::FloatUnary(op) => float(match op {
            FloatUnary::Neg => -a,
            FloatUnary::Abs => a.abs(),
            FloatUnary::Sqrt => a.sqrt(),
            FloatUnary::Floor => a.floor(),
            FloatUnary::Ceil => a.ceil(),
            FloatUnary::Trunc => a.trunc(),
            FloatUnary::Fround => f64::from(a as f32),
            FloatUnary::Round if a.ceil() - 0.5 > a => a.ceil() - 1.0,
            FloatUnary::Round => a.ceil(),
            FloatUnary::Sign if a != 0.0 && !a.is_nan() => 1f64.copysign(a),
            FloatUnary::Sign => a,
            FloatUnary::Nearest => a.round_ties_even(),
        }),
        _ => None,
    }
}

fn of_floats(op: &NodeOp, a: f64, b: f64) -> Option<NodeOp> {
    match op {
        NodeOp::FloatArith(FloatOp::Add) => float(a + b),
        NodeOp::FloatArith(FloatOp::Sub) => float(a - b),
        NodeOp::FloatArith(FloatOp::Mul) => float(a * b),
        NodeOp::FloatArith(FloatOp::Div) => float(a / b),
        // Minimum and maximum of numbers that are equal or not ordered are left to the code generator.
        NodeOp::FloatArith(FloatOp::Min) if a < b || b < a => float(a.min(b)),
        NodeOp::FloatArith(FloatOp::Max) if a < b || b < a => float(a.max(b)),
        NodeOp::FloatCmp(cond) => Some(NodeOp::Bool(compare(*cond, a, b))),
        _ => None,
    }
}

fn of_value(op: &NodeOp, bits: u64) -> Option<NodeOp> {
    match op {
        NodeOp::UntagInt | NodeOp::CheckInt if bits >= value::INT_TAG => {
            Some(NodeOp::Int(bits as u32 as i32))
        }
        NodeOp::NumberToFloat | NodeOp::CheckNumber => number(bits).and_then(float),
        NodeOp::CheckTruncate => number(bits).map(|double| NodeOp::Int(to_int32(double))),
        NodeOp::UntagBool | NodeOp::CheckBool => match bits {
            value::FALSE | value::TRUE => Some(NodeOp::Bool(bits == value::TRUE)),
            _ => None,
        },
        NodeOp::CheckValue(wanted) if *wanted == bits => Some(NodeOp::Const(bits)),
        NodeOp::Truthy => match bits {
            value::FALSE | value::NULL | value::UNDEFINED => Some(NodeOp::Bool(false)),
            value::TRUE => Some(NodeOp::Bool(true)),
            _ => number(bits).map(|d| NodeOp::Bool(!d.is_nan() && d != 0.0)),
        },
        NodeOp::Is(test) => is(*test, bits).map(NodeOp::Bool),
        _ => None,
    }
}

fn is(test: Test, bits: u64) -> Option<bool> {
    let cell = is_cell(bits);
    Some(match test {
        Test::Undefined => bits == value::UNDEFINED,
        Test::Null => bits == value::NULL,
        Test::Nullish => matches!(bits, value::UNDEFINED | value::NULL),
        Test::Hole => bits == value::HOLE,
        Test::Bool => matches!(bits, value::FALSE | value::TRUE),
        Test::Int => bits >= value::INT_TAG,
        Test::Number => bits >= value::DOUBLE_OFFSET,
        Test::Cell => cell,
        // What is in the cell is not known here.
        _ if cell => return None,
        Test::LooseNullish => matches!(bits, value::UNDEFINED | value::NULL),
        Test::Kind(_) | Test::Object | Test::Callable => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_those_of_the_language() {
        assert_eq!(to_int32(4_294_967_297.0), 1);
        assert_eq!(to_int32(-1.9), -1);
        assert_eq!(to_int32(2_147_483_648.0), i32::MIN);
        assert_eq!(to_int32(-2_147_483_649.0), i32::MAX);
        assert_eq!(to_int32(1e300), 0);
        assert_eq!(boxed(-0.0), value::DOUBLE_OFFSET + (1 << 63));
        assert_eq!(boxed(7.0), value::INT_TAG | 7);
        assert_eq!(of_ints(&NodeOp::IntArith(IntOp::Mul), -1, 0), None);
        assert_eq!(of_ints(&NodeOp::IntArith(IntOp::Mod), -4, 2), None);
        assert_eq!(of_ints(&NodeOp::IntArith(IntOp::Div), 7, 2), None);
        assert_eq!(of_ints(&NodeOp::IntArith(IntOp::Div), i32::MIN, -1), None);
        assert_eq!(
            of_ints(&NodeOp::Bit(BitOp::Shl), 1, 33),
            Some(NodeOp::Int(2))
        );
    }
}
