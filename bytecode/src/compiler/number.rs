//! Numbers at compile time: constant folding and the text of numeric property keys.

use sarus_parser::ast::{BinaryOp, Expr, ExprKind, UnaryOp};

/// How deep constant expressions are looked into.
const MAX_DEPTH: u32 = 6;

/// The value of a numeric literal, possibly negated, or of arithmetic on such.
pub(super) fn constant(expr: &Expr<'_>) -> Option<f64> {
    constant_at(expr, MAX_DEPTH)
}

fn constant_at(expr: &Expr<'_>, depth: u32) -> Option<f64> {
    let depth = depth.checked_sub(1)?;
    match expr.kind {
        ExprKind::Number(value) => Some(value),
        ExprKind::Paren(inner) => constant_at(inner, depth),
        ExprKind::Unary { op, argument } => {
            let value = constant_at(argument, depth)?;
            match op {
                UnaryOp::Minus => Some(-value),
                UnaryOp::Plus => Some(value),
                UnaryOp::BitNot => Some(f64::from(!to_int32(value))),
                _ => None,
            }
        }
        ExprKind::Binary { op, left, right } => {
            let right = constant_at(right, depth)?;
            fold(op, constant_at(left, depth)?, right)
        }
        _ => None,
    }
}

/// Applies an operator to two numbers if that gives a number (exponentiation is left to the runtime).
pub(super) fn fold(op: BinaryOp, left: f64, right: f64) -> Option<f64> {
    let shift = to_int32(right) as u32 & 31;
    Some(match op {
        BinaryOp::Add => left + right,
        BinaryOp::Sub => left - right,
        BinaryOp::Mul => left * right,
        BinaryOp::Div => left / right,
        BinaryOp::Rem => left % right,
        BinaryOp::BitAnd => f64::from(to_int32(left) & to_int32(right)),
        BinaryOp::BitOr => f64::from(to_int32(left) | to_int32(right)),
        BinaryOp::BitXor => f64::from(to_int32(left) ^ to_int32(right)),
        BinaryOp::ShiftLeft => f64::from(to_int32(left) << shift),
        BinaryOp::ShiftRight => f64::from(to_int32(left) >> shift),
        BinaryOp::ShiftRightUnsigned => f64::from(to_int32(left) as u32 >> shift),
        _ => return None,
    })
}

/// `ToInt32`
fn to_int32(value: f64) -> i32 {
    if !value.is_finite() {
        return 0;
    }
    let modulus = 4_294_967_296.0;
    let wrapped = value.trunc() % modulus;
    let positive = if wrapped < 0.0 {
        wrapped + modulus
    } else {
        wrapped
    };
    positive as u32 as i32
}

/// `Number::toString(value)` in base ten.
pub(crate) fn to_text(value: f64) -> String {
    if value.is_nan() {
        return String::from("NaN");
    }
    if value == 0.0 {
        return String::from("0");
    }
    if value.is_infinite() {
        return String::from(if value < 0.0 { "-Infinity" } else { "Infinity" });
    }
    // The formatter gives the shortest digits that read back as the same number, as the specification asks.
    let scientific = format!("{:e}", value.abs());
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let digits: String = mantissa.chars().filter(|c| *c != '.').collect();
    let point = exponent.parse::<i32>().unwrap_or(0) + 1;
    let count = digits.len() as i32;
    let sign = if value < 0.0 { "-" } else { "" };
    let text = if (count..=21).contains(&point) {
        format!("{digits}{}", "0".repeat((point - count) as usize))
    } else if (1..=21).contains(&point) {
        let (whole, fraction) = digits.split_at(point as usize);
        format!("{whole}.{fraction}")
    } else if (-5..=0).contains(&point) {
        format!("0.{}{digits}", "0".repeat(-point as usize))
    } else {
        let (first, rest) = digits.split_at(1);
        let dot = if rest.is_empty() { "" } else { "." };
        let exponent = point - 1;
        let plus = if exponent > 0 { "+" } else { "" };
        format!("{first}{dot}{rest}e{plus}{exponent}")
    };
    format!("{sign}{text}")
}

/// Decimal text of a BigInt literal given without `n` (`0x1f` → `31`).
pub(super) fn bigint_text(text: &str) -> String {
    let (radix, digits) = match text.get(..2) {
        Some("0x" | "0X") => (16, &text[2..]),
        Some("0o" | "0O") => (8, &text[2..]),
        Some("0b" | "0B") => (2, &text[2..]),
        _ => return String::from(text),
    };
    // Base 10^9 little-endian; keys of this kind are short, so the quadratic conversion does not matter.
    let mut limbs: Vec<u32> = vec![0];
    for digit in digits.chars().filter_map(|c| c.to_digit(radix)) {
        let mut carry = u64::from(digit);
        for limb in &mut limbs {
            let value = u64::from(*limb) * u64::from(radix) + carry;
            *limb = (value % 1_000_000_000) as u32;
            carry = value / 1_000_000_000;
        }
        if carry > 0 {
            limbs.push(carry as u32);
        }
    }
    let mut text = String::new();
    for (index, limb) in limbs.iter().rev().enumerate() {
        if index == 0 {
            text += &limb.to_string();
        } else {
            text += &format!("{limb:09}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{bigint_text, to_text};

    #[test]
    fn number_texts() {
        for (value, text) in [
            (1.0, "1"),
            (1.5, "1.5"),
            (123456789.0, "123456789"),
            (1e21, "1e+21"),
            (1e20, "100000000000000000000"),
            (1e-6, "0.000001"),
            (1e-7, "1e-7"),
            (1.25e-9, "1.25e-9"),
            (123e-20, "1.23e-18"),
            (0.1, "0.1"),
            (1.7976931348623157e308, "1.7976931348623157e+308"),
        ] {
            assert_eq!(to_text(value), text);
        }
    }

    #[test]
    fn bigint_texts() {
        assert_eq!(bigint_text("0x1f"), "31");
        assert_eq!(
            bigint_text("0xffffffffffffffffffff"),
            "1208925819614629174706175"
        );
        assert_eq!(bigint_text("42"), "42");
    }
}
