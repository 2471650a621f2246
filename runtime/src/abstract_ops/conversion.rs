//! Type conversion (7.1).

use crate::agent::Agent;
use crate::bigint::BigInt;
use crate::bigint_math;
use crate::error::JsResult;
use crate::kind::CellKind;
use crate::numeric;
use crate::object::{HTMLDDA, Object};
use crate::property::PropertyKey;
use crate::realm::Intrinsic;
use crate::string::JsString;
use crate::value::Value;

/// ToPrimitive's hint.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Hint {
    /// default
    Default,
    /// string
    String,
    /// number
    Number,
}

/// A Number or a BigInt.
#[derive(Copy, Clone)]
pub enum Numeric {
    /// A Number.
    Number(f64),
    /// A BigInt.
    BigInt(BigInt),
}

/// 7.1.1 ToPrimitive. May run JavaScript.
#[inline]
pub fn to_primitive(agent: &mut Agent, v: Value, hint: Hint) -> JsResult<Value> {
    match v.as_object() {
        None => Ok(v),
        Some(o) => object_to_primitive(agent, o, hint),
    }
}

fn object_to_primitive(agent: &mut Agent, o: Object, hint: Hint) -> JsResult<Value> {
    agent.check_native_stack()?;
    let key = PropertyKey::symbol(agent.symbols.to_primitive);
    let exotic = super::operations::get_method_cached(agent, o.into(), key)?;
    if exotic.is_undefined() {
        return ordinary_to_primitive(agent, o, hint);
    }
    let name = match hint {
        Hint::Default => agent.names.default_,
        Hint::String => agent.names.string,
        Hint::Number => agent.names.number,
    };
    let name = name.to_value(agent);
    let result = agent.call(exotic, o.into(), &[name])?;
    if result.is_object() {
        return Err(agent.type_error("Cannot convert object to primitive value"));
    }
    Ok(result)
}

/// 7.1.1.1 OrdinaryToPrimitive.
pub fn ordinary_to_primitive(agent: &mut Agent, o: Object, hint: Hint) -> JsResult<Value> {
    let (a, b) = (agent.names.toString, agent.names.valueOf);
    let order = if hint == Hint::String { [a, b] } else { [b, a] };
    for key in order {
        let f = (agent.hooks.get)(agent, o.into(), key)?;
        if f.is_callable() {
            let result = agent.call(f, o.into(), &[])?;
            if !result.is_object() {
                return Ok(result);
            }
        }
    }
    Err(agent.type_error("Cannot convert object to primitive value"))
}

/// 7.1.2 ToBoolean. Never throws.
#[inline]
pub fn to_boolean(v: Value) -> bool {
    if let Some(b) = v.as_bool() {
        return b;
    }
    if let Some(i) = v.as_int() {
        return i != 0;
    }
    if let Some(n) = v.as_number() {
        return n != 0.0 && !n.is_nan();
    }
    if let Some(s) = v.as_string() {
        return !s.is_empty();
    }
    if let Some(o) = v.as_object() {
        return o.header().flags() & HTMLDDA == 0;
    }
    if let Some(b) = v.as_bigint() {
        return !b.is_zero();
    }
    !v.is_nullish() && !v.is_hole()
}

/// 7.1.3 ToNumeric.
pub fn to_numeric(agent: &mut Agent, v: Value) -> JsResult<Numeric> {
    if let Some(n) = v.as_number() {
        return Ok(Numeric::Number(n));
    }
    let p = to_primitive(agent, v, Hint::Number)?;
    match p.as_bigint() {
        Some(b) => Ok(Numeric::BigInt(b)),
        None => Ok(Numeric::Number(to_number(agent, p)?)),
    }
}

/// 7.1.4 ToNumber.
#[inline]
pub fn to_number(agent: &mut Agent, v: Value) -> JsResult<f64> {
    match v.as_number() {
        Some(n) => Ok(n),
        None => to_number_slow(agent, v),
    }
}

#[inline(never)]
fn to_number_slow(agent: &mut Agent, v: Value) -> JsResult<f64> {
    if let Some(s) = v.as_string() {
        return Ok(numeric::string_to_number(s.view(agent)));
    }
    if v.is_undefined() || v.is_hole() {
        return Ok(f64::NAN);
    }
    if v.is_null() {
        return Ok(0.0);
    }
    if let Some(b) = v.as_bool() {
        return Ok(b as u8 as f64);
    }
    if v.is_symbol() {
        return Err(agent.type_error("Cannot convert a Symbol value to a number"));
    }
    if v.is_bigint() {
        return Err(agent.type_error("Cannot convert a BigInt value to a number"));
    }
    let p = to_primitive(agent, v, Hint::Number)?;
    if p.is_object() {
        Ok(f64::NAN)
    } else {
        to_number(agent, p)
    }
}

/// 7.1.5 ToIntegerOrInfinity.
#[inline]
pub fn to_integer_or_infinity(agent: &mut Agent, v: Value) -> JsResult<f64> {
    if let Some(i) = v.as_int() {
        return Ok(i as f64);
    }
    // Left out, mostly.
    if v.is_undefined() {
        return Ok(0.0);
    }
    Ok(numeric::to_integer_or_infinity(to_number(agent, v)?))
}

/// 7.1.6 ToInt32.
#[inline]
pub fn to_int32(agent: &mut Agent, v: Value) -> JsResult<i32> {
    if let Some(i) = v.as_int() {
        return Ok(i);
    }
    Ok(numeric::to_int32(to_number(agent, v)?))
}

/// 7.1.7 ToUint32.
#[inline]
pub fn to_uint32(agent: &mut Agent, v: Value) -> JsResult<u32> {
    Ok(to_int32(agent, v)? as u32)
}

/// 7.1.13 ToBigInt.
pub fn to_bigint(agent: &mut Agent, v: Value) -> JsResult<BigInt> {
    let p = to_primitive(agent, v, Hint::Number)?;
    if let Some(b) = p.as_bigint() {
        return Ok(b);
    }
    if let Some(b) = p.as_bool() {
        return Ok(agent.new_bigint_u64(b as u64));
    }
    if let Some(s) = p.as_string() {
        return match bigint_math::string_to_bigint(s.view(agent)) {
            Ok(Some(n)) => Ok(agent.new_bigint(n)),
            Ok(None) => {
                let text = s.to_rust_string(agent);
                Err(agent.syntax_error(format!("Cannot convert {text} to a BigInt")))
            }
            Err(e) => Err(agent.range_error(e.message())),
        };
    }
    let text = display_value(agent, p);
    Err(agent.type_error(format!("Cannot convert {text} to a BigInt")))
}

/// 7.1.17 ToString.
#[inline]
pub fn to_string(agent: &mut Agent, v: Value) -> JsResult<JsString> {
    match v.as_string() {
        Some(s) => Ok(s),
        None => to_string_slow(agent, v),
    }
}

#[inline(never)]
fn to_string_slow(agent: &mut Agent, v: Value) -> JsResult<JsString> {
    if let Some(i) = v.as_int() {
        return Ok(agent.int_string(i));
    }
    if let Some(n) = v.as_number() {
        return Ok(number_to_string(agent, n));
    }
    if let Some(b) = v.as_bool() {
        return Ok(agent.intern(if b { "true" } else { "false" }));
    }
    if v.is_undefined() || v.is_hole() {
        return Ok(agent.intern("undefined"));
    }
    if v.is_null() {
        return Ok(agent.intern("null"));
    }
    if v.is_symbol() {
        return Err(agent.type_error("Cannot convert a Symbol value to a string"));
    }
    if let Some(b) = v.as_bigint() {
        let text = bigint_math::to_text(&b.value(), 10);
        return Ok(agent.new_string(&text));
    }
    let p = to_primitive(agent, v, Hint::String)?;
    if p.is_object() {
        return Err(agent.type_error("Cannot convert object to primitive value"));
    }
    to_string(agent, p)
}

/// 6.1.6.1.20 Number::toString in base 10.
pub fn number_to_string(agent: &mut Agent, n: f64) -> JsString {
    if let Some(i) = numeric::number_as_int32(n) {
        return agent.int_string(i);
    }
    let mut buffer = numeric::NumberBuffer::new();
    let text = buffer.format(n);
    agent.new_latin1(text.as_bytes())
}

/// 7.1.18 ToObject.
#[inline]
pub fn to_object(agent: &mut Agent, v: Value) -> JsResult<Object> {
    match v.as_object() {
        Some(o) => Ok(o),
        None => primitive_to_object(agent, v),
    }
}

fn primitive_to_object(agent: &mut Agent, v: Value) -> JsResult<Object> {
    let (kind, proto) = if v.is_string() {
        (CellKind::StringObject, Intrinsic::StringPrototype)
    } else if v.is_number() {
        (CellKind::Number, Intrinsic::NumberPrototype)
    } else if v.is_bool() {
        (CellKind::Boolean, Intrinsic::BooleanPrototype)
    } else if v.is_symbol() {
        (CellKind::SymbolObject, Intrinsic::SymbolPrototype)
    } else if v.is_bigint() {
        (CellKind::BigIntObject, Intrinsic::BigIntPrototype)
    } else {
        return Err(agent.type_error("Cannot convert undefined or null to object"));
    };
    let proto = agent.intrinsic(proto);
    Ok(agent.new_fields_object(kind, Some(proto), [v]))
}

/// The object on which a property of `v` is looked up without creating a wrapper: `v` itself or the
/// prototype for its type. None for undefined and null.
pub fn lookup_base(agent: &mut Agent, v: Value) -> Option<Object> {
    if let Some(o) = v.as_object() {
        return Some(o);
    }
    let i = if v.is_string() {
        Intrinsic::StringPrototype
    } else if v.is_number() {
        Intrinsic::NumberPrototype
    } else if v.is_bool() {
        Intrinsic::BooleanPrototype
    } else if v.is_symbol() {
        Intrinsic::SymbolPrototype
    } else if v.is_bigint() {
        Intrinsic::BigIntPrototype
    } else {
        return None;
    };
    Some(agent.intrinsic(i))
}

/// 7.1.19 ToPropertyKey.
#[inline]
pub fn to_property_key(agent: &mut Agent, v: Value) -> JsResult<PropertyKey> {
    if let Some(key) = PropertyKey::from_index_value(v) {
        return Ok(key);
    }
    if let Some(s) = v.as_string() {
        return Ok(PropertyKey::string(agent, s));
    }
    let p = to_primitive(agent, v, Hint::String)?;
    if let Some(s) = p.as_symbol() {
        return Ok(PropertyKey::symbol(s));
    }
    if let Some(i) = p.as_number().and_then(numeric::array_index_from_number) {
        return Ok(PropertyKey::index(i));
    }
    let s = to_string(agent, p)?;
    Ok(PropertyKey::string(agent, s))
}

/// 7.1.20 ToLength: an integer from 0 to 2^53 - 1.
#[inline]
pub fn to_length(agent: &mut Agent, v: Value) -> JsResult<u64> {
    if let Some(i) = v.as_int() {
        return Ok(i.max(0) as u64);
    }
    Ok(numeric::to_length_clamped(to_number(agent, v)?) as u64)
}

/// 7.1.22 ToIndex: an integer from 0 to 2^53 - 1, or a RangeError with this message.
pub fn to_index(agent: &mut Agent, v: Value, message: &str) -> JsResult<u64> {
    if v.is_undefined() {
        return Ok(0);
    }
    let n = to_integer_or_infinity(agent, v)?;
    if !(0.0..=9007199254740991.0).contains(&n) {
        return Err(agent.range_error(message));
    }
    Ok(n as u64)
}

/// A relative index as `slice` and its kin take it: clamps `start + len` for negative ones.
pub fn relative_index(agent: &mut Agent, v: Value, len: u64, default: u64) -> JsResult<u64> {
    if let Some(i) = v.as_int() {
        return Ok(match u64::try_from(i) {
            Ok(i) => i.min(len),
            Err(_) => len.saturating_sub(u64::from(i.unsigned_abs())),
        });
    }
    if v.is_undefined() {
        return Ok(default);
    }
    let n = to_integer_or_infinity(agent, v)?;
    Ok(if n < 0.0 {
        (len as f64 + n).max(0.0) as u64
    } else {
        n.min(len as f64) as u64
    })
}

/// Text of a value for messages, never running JavaScript: strings quoted, `#<Foo>` for objects.
pub fn display_value(agent: &mut Agent, v: Value) -> String {
    if let Some(s) = v.as_string() {
        return format!("\"{}\"", s.to_rust_string(agent));
    }
    if let Some(s) = v.as_symbol() {
        return PropertyKey::symbol(s).display(agent);
    }
    if let Some(o) = v.as_object() {
        if o.is_callable() {
            return super::function_source(agent, o);
        }
        if o.is(CellKind::Array) {
            return "[object Array]".to_string();
        }
        return format!("#<{}>", super::constructor_name(agent, o));
    }
    match to_string(agent, v) {
        Ok(s) => s.to_rust_string(agent),
        Err(_) => String::new(),
    }
}
