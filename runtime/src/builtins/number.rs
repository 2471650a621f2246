//! The Number constructor and %Number.prototype% (21.1).

use super::table::{ClassSpec, PropValue, constant, method, prop};
use crate::abstract_ops::{
    Numeric, get_prototype_from_constructor, number_to_string, to_integer_or_infinity, to_numeric,
};
use crate::agent::{Agent, CallArgs};
use crate::bigint_math;
use crate::error::JsResult;
use crate::kind::CellKind;
use crate::numeric;
use crate::object::Object;
use crate::property::Attributes;
use crate::realm::Intrinsic;
use crate::value::Value;

/// 2^53 - 1.
const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

/// %Number%
pub static NUMBER: ClassSpec = ClassSpec {
    make_prototype: Some(make_prototype),
    statics: &[
        constant("EPSILON", f64::EPSILON),
        constant("MAX_SAFE_INTEGER", MAX_SAFE_INTEGER),
        constant("MAX_VALUE", f64::MAX),
        constant("MIN_SAFE_INTEGER", -MAX_SAFE_INTEGER),
        constant("MIN_VALUE", 5e-324),
        constant("NaN", f64::NAN),
        constant("NEGATIVE_INFINITY", f64::NEG_INFINITY),
        constant("POSITIVE_INFINITY", f64::INFINITY),
        method("isFinite", 1, is_finite),
        method("isInteger", 1, is_integer),
        method("isNaN", 1, is_nan),
        method("isSafeInteger", 1, is_safe_integer),
        prop(
            "parseFloat",
            PropValue::Intrinsic(Intrinsic::ParseFloat),
            Attributes::WC,
        ),
        prop(
            "parseInt",
            PropValue::Intrinsic(Intrinsic::ParseInt),
            Attributes::WC,
        ),
    ],
    methods: &[
        method("toExponential", 1, to_exponential),
        method("toFixed", 1, to_fixed),
        method("toLocaleString", 0, to_locale_string),
        method("toPrecision", 1, to_precision),
        method("toString", 1, to_string_method),
        method("valueOf", 0, value_of),
    ],
    ..ClassSpec::new(
        Intrinsic::Number,
        Intrinsic::NumberPrototype,
        "Number",
        1,
        number_constructor,
    )
};

/// 21.1.3: %Number.prototype% is a Number object with the value +0.
fn make_prototype(agent: &mut Agent, parent: Option<Object>) -> Object {
    agent.new_fields_object(CellKind::Number, parent, [Value::int(0)])
}

/// 21.1.1.1 Number ( value )
fn number_constructor(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let n = match cx.args().first() {
        None => 0.0,
        Some(v) => match to_numeric(agent, *v)? {
            Numeric::Number(n) => n,
            Numeric::BigInt(b) => b.to_f64(),
        },
    };
    let n = Value::number(n);
    let Some(target) = cx.new_target().as_object() else {
        return Ok(n);
    };
    let proto = get_prototype_from_constructor(agent, target, Intrinsic::NumberPrototype)?;
    Ok(agent
        .new_fields_object(CellKind::Number, Some(proto), [n])
        .into())
}

/// 21.1.2.2 Number.isFinite ( number )
fn is_finite(_: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    Ok(Value::bool(
        cx.arg(0).as_number().is_some_and(f64::is_finite),
    ))
}

/// 21.1.2.3 Number.isInteger ( number )
fn is_integer(_: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    Ok(Value::bool(
        cx.arg(0)
            .as_number()
            .is_some_and(numeric::is_integral_number),
    ))
}

/// 21.1.2.4 Number.isNaN ( number )
fn is_nan(_: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    Ok(Value::bool(cx.arg(0).as_number().is_some_and(f64::is_nan)))
}

/// 21.1.2.5 Number.isSafeInteger ( number )
fn is_safe_integer(_: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    Ok(Value::bool(cx.arg(0).as_number().is_some_and(|n| {
        numeric::is_integral_number(n) && n.abs() <= MAX_SAFE_INTEGER
    })))
}

/// 21.1.3.7.1 ThisNumberValue ( value )
#[inline]
fn this_number(agent: &mut Agent, cx: &CallArgs, method: &str) -> JsResult<f64> {
    let this = cx.this();
    if let Some(n) = this.as_number() {
        return Ok(n);
    }
    if let Some(o) = this.as_object()
        && o.is(CellKind::Number)
        && let Some(n) = o.field(0).as_number()
    {
        return Ok(n);
    }
    Err(agent.type_error(format!(
        "Number.prototype.{method} requires that 'this' be a Number"
    )))
}

/// An ASCII text as a string value.
fn ascii(agent: &mut Agent, text: &str) -> Value {
    agent.new_latin1(text.as_bytes()).into()
}

/// 21.1.3.2 Number.prototype.toExponential ( fractionDigits )
fn to_exponential(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let x = this_number(agent, cx, "toExponential")?;
    let f = to_integer_or_infinity(agent, cx.arg(0))?;
    if !x.is_finite() {
        return Ok(number_to_string(agent, x).into());
    }
    if !(0.0..=100.0).contains(&f) {
        return Err(agent.range_error("toExponential() argument must be between 0 and 100"));
    }
    let digits = (!cx.arg(0).is_undefined()).then_some(f as usize);
    let text = numeric::number_to_exponential(x, digits);
    Ok(ascii(agent, &text))
}

/// 21.1.3.3 Number.prototype.toFixed ( fractionDigits )
fn to_fixed(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let x = this_number(agent, cx, "toFixed")?;
    let f = to_integer_or_infinity(agent, cx.arg(0))?;
    if !(0.0..=100.0).contains(&f) {
        return Err(agent.range_error("toFixed() digits argument must be between 0 and 100"));
    }
    if !x.is_finite() {
        return Ok(number_to_string(agent, x).into());
    }
    let text = numeric::number_to_fixed(x, f as usize);
    Ok(ascii(agent, &text))
}

/// 21.1.3.4 Number.prototype.toLocaleString ( )
fn to_locale_string(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let x = this_number(agent, cx, "toLocaleString")?;
    if x.is_nan() {
        return Ok(ascii(agent, "NaN"));
    }
    let text = if x.is_infinite() {
        let text = if x < 0.0 { "-∞" } else { "∞" };
        return Ok(agent.new_string(text).into());
    } else {
        group_thousands(&locale_digits(x))
    };
    Ok(ascii(agent, &text))
}

/// At most three fraction digits, without trailing zeros. Large numbers are printed in full.
fn locale_digits(x: f64) -> String {
    if x.abs() >= 1e21 {
        let big = bigint_math::from_f64(x).unwrap_or_default();
        return bigint_math::to_text(&big, 10);
    }
    let text = numeric::number_to_fixed(x, 3);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    // Number::toFixed has no negative zero; the locale's format has.
    if x.is_sign_negative() && !text.starts_with('-') {
        format!("-{text}")
    } else {
        text.to_owned()
    }
}

/// Puts a comma between groups of three digits of the integer part.
pub(crate) fn group_thousands(text: &str) -> String {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text),
    };
    let (int, fraction) = match digits.find('.') {
        Some(at) => digits.split_at(at),
        None => (digits, ""),
    };
    let mut out = String::with_capacity(text.len() + int.len() / 3);
    out.push_str(sign);
    for (i, c) in int.chars().enumerate() {
        if i > 0 && (int.len() - i) % 3 == 0 {
            out.push(',');
        }
        out.push(c);
    }
    out.push_str(fraction);
    out
}

/// 21.1.3.5 Number.prototype.toPrecision ( precision )
fn to_precision(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let x = this_number(agent, cx, "toPrecision")?;
    if cx.arg(0).is_undefined() {
        return Ok(number_to_string(agent, x).into());
    }
    let p = to_integer_or_infinity(agent, cx.arg(0))?;
    if !x.is_finite() {
        return Ok(number_to_string(agent, x).into());
    }
    if !(1.0..=100.0).contains(&p) {
        return Err(agent.range_error("toPrecision() argument must be between 1 and 100"));
    }
    let text = numeric::number_to_precision(x, p as usize);
    Ok(ascii(agent, &text))
}

/// 21.1.3.6 Number.prototype.toString ( [ radix ] )
fn to_string_method(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let x = this_number(agent, cx, "toString")?;
    let radix = radix_argument(agent, cx.arg(0))?;
    if radix == 10 {
        return Ok(number_to_string(agent, x).into());
    }
    // One digit: the usual case in hexadecimal printers.
    if x >= 0.0 && x < radix as f64 && x.fract() == 0.0 && !x.is_sign_negative() {
        let digit = char::from_digit(x as u32, radix).unwrap_or('0');
        return Ok(agent.char_string(digit as u8).into());
    }
    if x.abs() <= 9_007_199_254_740_991.0 && x.fract() == 0.0 {
        let mut buffer = [0; 64];
        let digits = integer_digits(x as i64, radix, &mut buffer);
        return Ok(agent.new_latin1(digits).into());
    }
    let text = numeric::number_to_radix(x, radix);
    Ok(ascii(agent, &text))
}

/// The digits of a safe integer (54 at most) with a sign if it is negative, in the buffer.
fn integer_digits(x: i64, radix: u32, buffer: &mut [u8; 64]) -> &[u8] {
    let mut rest = x.unsigned_abs();
    let mut at = buffer.len();
    loop {
        at -= 1;
        let digit = (rest % u64::from(radix)) as u8;
        buffer[at] = if digit < 10 {
            b'0' + digit
        } else {
            b'a' + digit - 10
        };
        rest /= u64::from(radix);
        if rest == 0 {
            break;
        }
    }
    if x < 0 {
        at -= 1;
        buffer[at] = b'-';
    }
    &buffer[at..]
}

/// The radix of `toString`: `undefined` is 10.
pub(crate) fn radix_argument(agent: &mut Agent, v: Value) -> JsResult<u32> {
    if v.is_undefined() {
        return Ok(10);
    }
    let radix = to_integer_or_infinity(agent, v)?;
    if !(2.0..=36.0).contains(&radix) {
        return Err(agent.range_error("toString() radix argument must be between 2 and 36"));
    }
    Ok(radix as u32)
}

/// 21.1.3.7 Number.prototype.valueOf ( )
fn value_of(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    Ok(Value::number(this_number(agent, cx, "valueOf")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grouping() {
        for (x, text) in [
            (0.0, "0"),
            (-0.0, "-0"),
            (999.0, "999"),
            (1000.0, "1,000"),
            (-1234567.891, "-1,234,567.891"),
            (1234.5678, "1,234.568"),
            (1e21, "1,000,000,000,000,000,000,000"),
        ] {
            assert_eq!(group_thousands(&locale_digits(x)), text);
        }
    }
}
