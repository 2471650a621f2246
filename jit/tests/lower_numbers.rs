//! Lowered arithmetic, conversions and comparisons against their definitions, over awkward operands.

mod machine;

use machine::{Maker, boolean, double, int, number, to_int32};
use sarus_jit::graph::*;
use sarus_jit::layout::value;
use sarus_jit::snapshot::Reason;

const INTS: &[i32] = &[
    0,
    1,
    -1,
    2,
    -2,
    3,
    -3,
    7,
    8,
    -8,
    10,
    31,
    32,
    33,
    100,
    -100,
    1 << 16,
    -(1 << 16),
    46341,
    -46341,
    1 << 30,
    -(1 << 30),
    i32::MAX - 1,
    i32::MAX,
    i32::MIN + 1,
    i32::MIN,
];

const FLOATS: &[f64] = &[
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    -0.5,
    1.5,
    2.5,
    -2.5,
    0.1,
    1e-300,
    5e-324,
    2147483647.0,
    2147483647.5,
    2147483648.0,
    -2147483648.0,
    -2147483648.5,
    -2147483649.0,
    4294967295.0,
    4294967296.0,
    4294967301.0,
    -4294967301.0,
    4503599627370495.5,
    4503599627370496.0,
    9007199254740993.0,
    4611686018427387904.0,
    9223372036854775807.0,
    -9223372036854775808.0,
    18446744073709551616.0,
    1e300,
    -1e300,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
];

/// Not only the canonical NaN.
fn floats() -> Vec<f64> {
    let mut all = FLOATS.to_vec();
    all.push(f64::from_bits(0xFFF8_0000_0000_0000));
    all.push(f64::from_bits(0xFFFF_FFFF_FFFF_FFFF));
    all
}

/// What integer arithmetic gives.
fn int_arith(op: IntOp, a: i32, b: i32) -> Result<u64, Reason> {
    let (x, y) = (f64::from(a), f64::from(b));
    let exact = match op {
        IntOp::Add => x + y,
        IntOp::Sub => x - y,
        IntOp::Mul => x * y,
        IntOp::Div => x / y,
        IntOp::Mod => x % y,
    };
    if exact == 0.0 && exact.is_sign_negative() {
        Err(Reason::MinusZero)
    } else if !exact.is_finite() || exact != exact.trunc() {
        Err(Reason::Inexact)
    } else if f64::from(exact as i32) != exact {
        Err(Reason::Overflow)
    } else {
        Ok(int(exact as i32))
    }
}

const INT_OPS: [IntOp; 5] = [IntOp::Add, IntOp::Sub, IntOp::Mul, IntOp::Div, IntOp::Mod];

#[test]
fn integers() {
    for op in INT_OPS {
        let mut m = Maker::new();
        let (a, b) = (m.argument(0), m.argument(1));
        let (a, b) = (
            m.node(NodeOp::CheckInt, &[a]),
            m.node(NodeOp::CheckInt, &[b]),
        );
        let result = m.node(NodeOp::IntArith(op), &[a, b]);
        m.returns_boxed(result);
        for mut code in m.finish_both() {
            for &a in INTS {
                for &b in INTS {
                    let result = code.result(&[int(a), int(b)]);
                    assert_eq!(result, int_arith(op, a, b), "{a} {op:?} {b}");
                }
            }
            assert_eq!(code.result(&[value::TRUE, int(1)]), Err(Reason::NotInt));
            assert_eq!(code.result(&[int(1), double(0.5)]), Err(Reason::NotInt));
        }
    }
}

#[test]
fn integers_with_constants() {
    for op in INT_OPS {
        for &b in INTS {
            let mut m = Maker::new();
            let a = m.argument(0);
            let a = m.node(NodeOp::CheckInt, &[a]);
            let constant = m.node(NodeOp::Int(b), &[]);
            let result = m.node(NodeOp::IntArith(op), &[a, constant]);
            m.returns_boxed(result);
            let mut code = m.finish(machine::Machine::new());
            for &a in INTS {
                let expected = int_arith(op, a, b);
                assert_eq!(code.result(&[int(a)]), expected, "{a} {op:?} {b}");
            }
        }
    }
}

#[test]
fn negation() {
    let mut m = Maker::new();
    let a = m.argument(0);
    let a = m.node(NodeOp::CheckInt, &[a]);
    let result = m.node(NodeOp::IntNeg, &[a]);
    m.returns_boxed(result);
    let mut code = m.finish(machine::Machine::new());
    for &a in INTS {
        let expected = match a {
            0 => Err(Reason::MinusZero),
            i32::MIN => Err(Reason::Overflow),
            _ => Ok(int(-a)),
        };
        assert_eq!(code.result(&[int(a)]), expected, "-{a}");
    }
}

fn bit(op: BitOp, a: i32, b: i32) -> i32 {
    match op {
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
    }
}

#[test]
fn bits() {
    for op in [
        BitOp::Add,
        BitOp::Sub,
        BitOp::Mul,
        BitOp::And,
        BitOp::Or,
        BitOp::Xor,
        BitOp::Shl,
        BitOp::Sar,
        BitOp::Shr,
        BitOp::Min,
        BitOp::Max,
    ] {
        let mut m = Maker::new();
        let (a, b) = (m.argument(0), m.argument(1));
        let (a, b) = (
            m.node(NodeOp::UntagInt, &[a]),
            m.node(NodeOp::UntagInt, &[b]),
        );
        let result = m.node(NodeOp::Bit(op), &[a, b]);
        m.returns_boxed(result);
        let mut code = m.finish(machine::Machine::new());
        for &a in INTS {
            for &b in INTS {
                let result = code.result(&[int(a), int(b)]);
                assert_eq!(result, Ok(int(bit(op, a, b))), "{a} {op:?} {b}");
            }
        }
    }
    for (op, reference) in [
        (NodeOp::BitNot, (|a| !a) as fn(i32) -> i32),
        (NodeOp::Clz, |a| a.leading_zeros() as i32),
    ] {
        let mut m = Maker::new();
        let a = m.argument(0);
        let a = m.node(NodeOp::UntagInt, &[a]);
        let result = m.node(op.clone(), &[a]);
        m.returns_boxed(result);
        for mut code in m.finish_both() {
            for &a in INTS {
                assert_eq!(code.result(&[int(a)]), Ok(int(reference(a))), "{op:?} {a}");
            }
        }
    }
}

/// Math.min and Math.max.
fn least(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() {
        f64::NAN
    } else if a == b {
        if a.is_sign_negative() { a } else { b }
    } else {
        a.min(b)
    }
}

fn float(op: FloatOp, a: f64, b: f64) -> f64 {
    match op {
        FloatOp::Add => a + b,
        FloatOp::Sub => a - b,
        FloatOp::Mul => a * b,
        FloatOp::Div => a / b,
        FloatOp::Min => least(a, b),
        FloatOp::Max => -least(-a, -b),
    }
}

#[test]
fn doubles() {
    for op in [
        FloatOp::Add,
        FloatOp::Sub,
        FloatOp::Mul,
        FloatOp::Div,
        FloatOp::Min,
        FloatOp::Max,
    ] {
        let mut m = Maker::new();
        let (a, b) = (m.argument(0), m.argument(1));
        let a = m.node(NodeOp::CheckNumber, &[a]);
        let b = m.node(NodeOp::NumberToFloat, &[b]);
        let result = m.node(NodeOp::FloatArith(op), &[a, b]);
        m.returns_boxed(result);
        for mut code in m.finish_both() {
            for &a in FLOATS {
                for &b in FLOATS {
                    let result = code.result(&[number(a), number(b)]);
                    assert_eq!(result, Ok(number(float(op, a, b))), "{a} {op:?} {b}");
                }
            }
            for other in [value::UNDEFINED, value::HOLE, value::FALSE, 0x12_3450] {
                let result = code.result(&[other, int(1)]);
                assert_eq!(result, Err(Reason::NotNumber));
            }
        }
    }
}

#[test]
fn double_functions() {
    for (op, reference) in [
        (FloatUnary::Neg, (|x| -x) as fn(f64) -> f64),
        (FloatUnary::Abs, f64::abs),
        (FloatUnary::Sqrt, f64::sqrt),
        (FloatUnary::Floor, f64::floor),
        (FloatUnary::Ceil, f64::ceil),
        (FloatUnary::Trunc, f64::trunc),
        (FloatUnary::Fround, |x| f64::from(x as f32)),
    ] {
        let mut m = Maker::new();
        let a = m.argument(0);
        let a = m.node(NodeOp::CheckNumber, &[a]);
        let result = m.node(NodeOp::FloatUnary(op), &[a]);
        m.returns_boxed(result);
        for mut code in m.finish_both() {
            for &a in FLOATS {
                let result = code.result(&[number(a)]);
                assert_eq!(result, Ok(number(reference(a))), "{op:?} {a}");
            }
        }
    }
}

/// Code that loads a raw double from memory and converts it.
fn of_raw_double(then: impl Fn(&mut Maker, NodeId) -> NodeId) -> [machine::Running; 2] {
    let mut m = Maker::new();
    let place = m.node(NodeOp::FramePtr(9), &[]);
    let raw = m.node(NodeOp::Load(Mem::F64, 0, Loc::Bytes), &[place]);
    let result = then(&mut m, raw);
    m.returns_boxed(result);
    m.finish_both()
}

#[test]
fn doubles_become_values() {
    for mut code in of_raw_double(|_, x| x) {
        for x in floats() {
            assert_eq!(code.result(&[x.to_bits()]), Ok(number(x)), "{x}");
        }
    }
}

#[test]
fn doubles_become_integers() {
    for mut code in of_raw_double(|m, x| m.node(NodeOp::FloatToInt, &[x])) {
        for x in floats() {
            assert_eq!(code.result(&[x.to_bits()]), Ok(int(to_int32(x))), "{x}");
        }
    }
    for mut code in of_raw_double(|m, x| m.node(NodeOp::CheckFloatInt, &[x])) {
        for x in floats() {
            let expected = if x == 0.0 && x.is_sign_negative() {
                Err(Reason::MinusZero)
            } else if f64::from(x as i32) == x {
                Ok(int(x as i32))
            } else {
                Err(Reason::Inexact)
            };
            assert_eq!(code.result(&[x.to_bits()]), expected, "{x}");
        }
    }
}

#[test]
fn numbers_are_truncated() {
    let mut m = Maker::new();
    let a = m.argument(0);
    let a = m.node(NodeOp::CheckTruncate, &[a]);
    m.returns_boxed(a);
    for mut code in m.finish_both() {
        for x in floats() {
            assert_eq!(code.result(&[number(x)]), Ok(int(to_int32(x))), "{x}");
        }
        assert_eq!(code.result(&[value::NULL]), Err(Reason::NotNumber));
        assert_eq!(code.result(&[0x12_3450]), Err(Reason::NotNumber));
    }
}

#[test]
fn integers_become_doubles() {
    for (op, reference) in [
        (NodeOp::IntToFloat, f64::from as fn(i32) -> f64),
        (NodeOp::UintToFloat, |a| f64::from(a as u32)),
    ] {
        let mut m = Maker::new();
        let a = m.argument(0);
        let a = m.node(NodeOp::UntagInt, &[a]);
        let result = m.node(op, &[a]);
        m.returns_boxed(result);
        let mut code = m.finish(machine::Machine::new());
        for &a in INTS {
            assert_eq!(code.result(&[int(a)]), Ok(number(reference(a))));
        }
    }
}

#[test]
fn booleans() {
    let mut m = Maker::new();
    let a = m.argument(0);
    let a = m.node(NodeOp::CheckBool, &[a]);
    let a = m.node(NodeOp::Not, &[a]);
    let a = m.node(NodeOp::BoolToInt, &[a]);
    m.returns_boxed(a);
    let mut code = m.finish(machine::Machine::new());
    assert_eq!(code.result(&[value::TRUE]), Ok(int(0)));
    assert_eq!(code.result(&[value::FALSE]), Ok(int(1)));
    for other in [value::NULL, value::UNDEFINED, int(6), int(7), double(1.5)] {
        assert_eq!(code.result(&[other]), Err(Reason::NotBool));
    }
}

const CONDS: [Cond; 6] = [Cond::Eq, Cond::Ne, Cond::Lt, Cond::Le, Cond::Gt, Cond::Ge];

fn holds<T: PartialOrd>(cond: Cond, a: T, b: T) -> bool {
    match cond {
        Cond::Eq => a == b,
        Cond::Ne => a != b,
        Cond::Lt => a < b,
        Cond::Le => a <= b,
        Cond::Gt => a > b,
        Cond::Ge => a >= b,
    }
}

#[test]
fn comparisons() {
    for cond in CONDS {
        for (op, is_unsigned) in [(NodeOp::IntCmp(cond), false), (NodeOp::UintCmp(cond), true)] {
            let mut m = Maker::new();
            let (a, b) = (m.argument(0), m.argument(1));
            let (a, b) = (
                m.node(NodeOp::UntagInt, &[a]),
                m.node(NodeOp::UntagInt, &[b]),
            );
            let result = m.node(op, &[a, b]);
            m.returns_boxed(result);
            let mut code = m.finish(machine::Machine::new());
            for &a in INTS {
                for &b in INTS {
                    let expected = if is_unsigned {
                        holds(cond, a as u32, b as u32)
                    } else {
                        holds(cond, a, b)
                    };
                    assert_eq!(code.result(&[int(a), int(b)]), Ok(boolean(expected)));
                }
            }
        }
        // As a value, and fused with a branch.
        for fused in [false, true] {
            let mut m = Maker::new();
            let (a, b) = (m.argument(0), m.argument(1));
            let a = m.node(NodeOp::NumberToFloat, &[a]);
            let b = m.node(NodeOp::NumberToFloat, &[b]);
            let result = m.node(NodeOp::FloatCmp(cond), &[a, b]);
            if fused {
                let not = m.node(NodeOp::Not, &[result]);
                let (_, otherwise) = m.branch(not);
                let no = m.node(NodeOp::Const(value::FALSE), &[]);
                m.returns(no);
                m.block = otherwise;
                let yes = m.node(NodeOp::Const(value::TRUE), &[]);
                m.returns(yes);
            } else {
                m.returns_boxed(result);
            }
            let mut code = m.finish(machine::Machine::new());
            for &a in FLOATS {
                for &b in FLOATS {
                    let expected = boolean(holds(cond, a, b));
                    assert_eq!(code.result(&[number(a), number(b)]), Ok(expected));
                }
            }
        }
    }
}

#[test]
fn unsigned_and_bounds() {
    let mut m = Maker::new();
    let (a, b) = (m.argument(0), m.argument(1));
    let (a, b) = (
        m.node(NodeOp::UntagInt, &[a]),
        m.node(NodeOp::UntagInt, &[b]),
    );
    let a = m.node(NodeOp::CheckBounds, &[a, b]);
    let b = m.node(NodeOp::CheckUint, &[b]);
    let sum = m.node(NodeOp::Bit(BitOp::Add), &[a, b]);
    m.returns_boxed(sum);
    let mut code = m.finish(machine::Machine::new());
    assert_eq!(code.result(&[int(2), int(5)]), Ok(int(7)));
    assert_eq!(code.result(&[int(5), int(5)]), Err(Reason::OutOfBounds));
    assert_eq!(code.result(&[int(-1), int(5)]), Err(Reason::OutOfBounds));
    assert_eq!(code.result(&[int(2), int(-5)]), Err(Reason::Overflow));
}
