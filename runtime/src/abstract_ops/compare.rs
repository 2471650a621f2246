//! Testing and comparison (7.2).

use super::{Hint, Numeric, to_number, to_numeric, to_primitive};
use crate::agent::Agent;
use crate::bigint_math;
use crate::error::JsResult;
use crate::kind::CellKind;
use crate::object::{HTMLDDA, Object, proxy};
use crate::value::Value;
use std::cmp::Ordering;

/// 7.2.9 SameValue.
pub fn same_value(agent: &mut Agent, a: Value, b: Value) -> bool {
    if a == b {
        return true;
    }
    // Canonical numbers differ in bits when they differ at all.
    if a.is_number() || b.is_number() {
        false
    } else {
        same_non_number(agent, a, b)
    }
}

/// 7.2.10 SameValueZero.
pub fn same_value_zero(agent: &mut Agent, a: Value, b: Value) -> bool {
    if a == b {
        return true;
    }
    match (a.as_number(), b.as_number()) {
        (Some(x), Some(y)) => x == y,
        (None, None) => same_non_number(agent, a, b),
        _ => false,
    }
}

/// 7.2.14 IsStrictlyEqual.
#[inline]
pub fn strict_equals(agent: &mut Agent, a: Value, b: Value) -> bool {
    if a == b {
        return !a.is_double() || !a.double_value().is_nan();
    }
    match (a.as_number(), b.as_number()) {
        (Some(x), Some(y)) => x == y,
        (None, None) => same_non_number(agent, a, b),
        _ => false,
    }
}

fn same_non_number(agent: &mut Agent, a: Value, b: Value) -> bool {
    if let (Some(x), Some(y)) = (a.as_string(), b.as_string()) {
        return agent.string_equals(x, y);
    }
    if let (Some(x), Some(y)) = (a.as_bigint(), b.as_bigint()) {
        return x.equals(y);
    }
    a == b
}

/// IsLooselyEqual (7.2.13) where no object has to be converted; None where one does.
pub fn quick_loose_equality(agent: &mut Agent, a: Value, b: Value) -> Option<bool> {
    let converts = a.is_object() != b.is_object() && !undetectable(a) && !undetectable(b);
    match converts {
        true => None,
        false => loosely_equals(agent, a, b).ok(),
    }
}

/// 7.2.13 IsLooselyEqual.
pub fn loosely_equals(agent: &mut Agent, a: Value, b: Value) -> JsResult<bool> {
    let (mut a, mut b) = (a, b);
    // Each round either decides or makes one operand more primitive.
    loop {
        if a.is_number() && b.is_number() || a.is_object() && b.is_object() {
            return Ok(strict_equals(agent, a, b));
        }
        let (ua, ub) = (undetectable(a), undetectable(b));
        if ua || ub {
            return Ok(ua && ub);
        }
        let same_type = a.kind_byte() == b.kind_byte() && a.is_cell() || a.is_bool() && b.is_bool();
        if same_type {
            return Ok(strict_equals(agent, a, b));
        }
        if let Some(x) = a.as_bool() {
            a = Value::int(x as i32);
        } else if let Some(y) = b.as_bool() {
            b = Value::int(y as i32);
        } else if a.is_object() {
            a = to_primitive(agent, a, Hint::Default)?;
        } else if b.is_object() {
            b = to_primitive(agent, b, Hint::Default)?;
        } else {
            return loosely_equal_primitives(agent, a, b);
        }
    }
}

fn undetectable(v: Value) -> bool {
    v.is_nullish()
        || v.as_object()
            .is_some_and(|o| o.header().flags() & HTMLDDA != 0)
}

/// Numbers, BigInts, strings and symbols of different types.
fn loosely_equal_primitives(agent: &mut Agent, a: Value, b: Value) -> JsResult<bool> {
    if a.is_symbol() || b.is_symbol() {
        return Ok(false);
    }
    let (big, other) = match (a.as_bigint(), b.as_bigint()) {
        (Some(x), _) => (x, b),
        (_, Some(y)) => (y, a),
        _ => {
            let (x, y) = (to_number(agent, a)?, to_number(agent, b)?);
            return Ok(x == y);
        }
    };
    if let Some(n) = other.as_number() {
        return Ok(big.compare_with_f64(n) == Some(Ordering::Equal));
    }
    match other.as_string() {
        Some(s) => Ok(match bigint_math::string_to_bigint(s.view(agent)) {
            Ok(Some(n)) => big.value() == n,
            _ => false,
        }),
        None => Ok(false),
    }
}

/// 7.2.12 IsLessThan for values: `None` is undefined (a NaN took part). `left_first` gives the order
/// of the conversions.
pub fn compare_values(
    agent: &mut Agent,
    a: Value,
    b: Value,
    left_first: bool,
) -> JsResult<Option<Ordering>> {
    let (pa, pb) = if left_first {
        let pa = to_primitive(agent, a, Hint::Number)?;
        (pa, to_primitive(agent, b, Hint::Number)?)
    } else {
        let pb = to_primitive(agent, b, Hint::Number)?;
        (to_primitive(agent, a, Hint::Number)?, pb)
    };
    if let (Some(x), Some(y)) = (pa.as_string(), pb.as_string()) {
        x.view(agent);
        y.view(agent);
        return Ok(Some(x.view(agent).cmp(&y.view(agent))));
    }
    if let (Some(x), Some(s)) = (pa.as_bigint(), pb.as_string()) {
        return Ok(match bigint_math::string_to_bigint(s.view(agent)) {
            Ok(Some(n)) => Some(x.value().cmp(&n)),
            _ => None,
        });
    }
    if let (Some(s), Some(y)) = (pa.as_string(), pb.as_bigint()) {
        return Ok(match bigint_math::string_to_bigint(s.view(agent)) {
            Ok(Some(n)) => Some(n.cmp(&y.value())),
            _ => None,
        });
    }
    let na = to_numeric(agent, pa)?;
    let nb = to_numeric(agent, pb)?;
    Ok(match (na, nb) {
        (Numeric::Number(x), Numeric::Number(y)) => x.partial_cmp(&y),
        (Numeric::BigInt(x), Numeric::BigInt(y)) => Some(x.compare(y)),
        (Numeric::BigInt(x), Numeric::Number(y)) => x.compare_with_f64(y),
        (Numeric::Number(x), Numeric::BigInt(y)) => y.compare_with_f64(x).map(Ordering::reverse),
    })
}

/// 7.2.2 IsArray.
pub fn is_array(agent: &mut Agent, v: Value) -> JsResult<bool> {
    let Some(mut o) = v.as_object() else {
        return Ok(false);
    };
    loop {
        if o.is(CellKind::Array) {
            return Ok(true);
        }
        if !o.is(CellKind::Proxy) {
            return Ok(false);
        }
        match proxy::target_of(o) {
            Some(t) => o = t,
            None => {
                return Err(
                    agent.type_error("Cannot perform 'IsArray' on a proxy that has been revoked")
                );
            }
        }
    }
}

/// 7.2.6 IsRegExp.
pub fn is_regexp(agent: &mut Agent, v: Value) -> JsResult<bool> {
    let Some(o) = v.as_object() else {
        return Ok(false);
    };
    let key = crate::property::PropertyKey::symbol(agent.symbols.match_);
    let matcher = o.get(agent, key, v)?;
    if !matcher.is_undefined() {
        return Ok(super::to_boolean(matcher));
    }
    Ok(o.is(CellKind::RegExp))
}

/// 13.5.3.1 typeof, as text.
pub fn type_of(v: Value) -> &'static str {
    if v.is_number() {
        return "number";
    }
    if v.is_string() {
        return "string";
    }
    if let Some(o) = v.as_object() {
        return type_of_object(o);
    }
    if v.is_bool() {
        "boolean"
    } else if v.is_null() {
        "object"
    } else if v.is_symbol() {
        "symbol"
    } else if v.is_bigint() {
        "bigint"
    } else {
        "undefined"
    }
}

fn type_of_object(o: Object) -> &'static str {
    if o.header().flags() & HTMLDDA != 0 {
        "undefined"
    } else if o.is_callable() {
        "function"
    } else {
        "object"
    }
}
