//! The BigInt constructor and %BigInt.prototype% (21.2).

use super::number::{group_thousands, radix_argument};
use super::table::{ClassSpec, method, tag};
use crate::abstract_ops::{Hint, display_value, to_bigint, to_index, to_primitive};
use crate::agent::{Agent, CallArgs};
use crate::bigint::{BigInt, wrap_small};
use crate::bigint_math::{self, magnitude_bits};
use crate::error::JsResult;
use crate::kind::CellKind;
use crate::realm::Intrinsic;
use crate::value::Value;

/// %BigInt%
pub static BIGINT: ClassSpec = ClassSpec {
    statics: &[
        method("asIntN", 2, |agent, cx| wrap(agent, cx, true)),
        method("asUintN", 2, |agent, cx| wrap(agent, cx, false)),
    ],
    methods: &[
        method("toLocaleString", 0, to_locale_string),
        method("toString", 0, to_string_method),
        method("valueOf", 0, value_of),
        tag("BigInt"),
    ],
    ..ClassSpec::new(
        Intrinsic::BigInt,
        Intrinsic::BigIntPrototype,
        "BigInt",
        1,
        bigint_constructor,
    )
};

/// 21.2.1.1 BigInt ( value )
///
/// It has [[Construct]] (`class extends BigInt` is allowed) which always throws.
fn bigint_constructor(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    if cx.is_construct() {
        return Err(agent.type_error("BigInt is not a constructor"));
    }
    let v = to_primitive(agent, cx.arg(0), Hint::Number)?;
    let Some(n) = v.as_number() else {
        return Ok(to_bigint(agent, v)?.into());
    };
    match bigint_math::from_f64(n) {
        Some(b) => Ok(agent.new_bigint(b).into()),
        None => {
            let text = display_value(agent, v);
            Err(agent.range_error(format!(
                "The number {text} cannot be converted to a BigInt because it is not an integer"
            )))
        }
    }
}

/// 21.2.2.1 BigInt.asIntN ( bits, bigint ) and 21.2.2.2 BigInt.asUintN ( bits, bigint )
fn wrap(agent: &mut Agent, cx: &CallArgs, signed: bool) -> JsResult<Value> {
    let bits = to_index(
        agent,
        cx.arg(0),
        "Invalid value: not (convertible to) a safe integer",
    )?;
    let b = to_bigint(agent, cx.arg(1))?;
    if bits <= 64 {
        return Ok(wrap_small(agent, bits as u32, b, signed).into());
    }
    // Most numbers are short enough to stay what they are.
    if !b.parts().negative && magnitude_bits(b.digits()) < bits {
        return Ok(b.into());
    }
    let wrapped = if signed {
        bigint_math::as_int_n(bits, &b.value())
    } else {
        bigint_math::as_uint_n(bits, &b.value())
    };
    match wrapped {
        Ok(r) => Ok(agent.new_bigint(r).into()),
        Err(e) => Err(agent.range_error(e.message())),
    }
}

/// 21.2.3.4.1 ThisBigIntValue ( value )
fn this_bigint(agent: &mut Agent, cx: &CallArgs, method: &str) -> JsResult<BigInt> {
    let this = cx.this();
    let inner = match this.as_object() {
        Some(o) if o.is(CellKind::BigIntObject) => o.field(0),
        _ => this,
    };
    match inner.as_bigint() {
        Some(b) => Ok(b),
        None => Err(agent.type_error(format!(
            "BigInt.prototype.{method} requires that 'this' be a BigInt"
        ))),
    }
}

/// 21.2.3.2 BigInt.prototype.toLocaleString ( )
fn to_locale_string(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let b = this_bigint(agent, cx, "toLocaleString")?;
    let text = group_thousands(&bigint_math::to_text(&b.value(), 10));
    agent.check_string_length(text.len())?;
    Ok(agent.new_latin1(text.as_bytes()).into())
}

/// 21.2.3.3 BigInt.prototype.toString ( [ radix ] )
fn to_string_method(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let b = this_bigint(agent, cx, "toString")?;
    let radix = radix_argument(agent, cx.arg(0))?;
    // No digit carries more than the bits of base 2, so this bounds the text from above.
    if magnitude_bits(b.digits()) / radix.ilog2() as u64 > crate::string::MAX_STRING_LENGTH as u64 {
        return Err(agent.invalid_string_length());
    }
    let text = bigint_math::to_text(&b.value(), radix);
    agent.check_string_length(text.len())?;
    Ok(agent.new_latin1(text.as_bytes()).into())
}

/// 21.2.3.4 BigInt.prototype.valueOf ( )
fn value_of(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    Ok(this_bigint(agent, cx, "valueOf")?.into())
}
