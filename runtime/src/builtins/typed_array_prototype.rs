//! %TypedArray.prototype%: accessors, iteration and searching (23.2.3).

use super::array_iterator::{IterationKind, create_array_iterator};
use super::array_prototype_text::locale_join;
use super::typed_array_constructor::{number_of, type_of, validate};
use crate::abstract_ops::{to_integer_or_infinity, to_string};
use crate::agent::{Agent, CallArgs};
use crate::error::JsResult;
use crate::numeric::NumberBuffer;
use crate::object::Object;
use crate::object::buffer::object_of;
use crate::object::typed_array::{TypedArrayCell, get_element};
use crate::text::StrBuilder;
use crate::value::Value;
use sarus_gc::Gc;

/// `this` with [[TypedArrayName]], which may be out of bounds.
pub(super) fn this_typed_array(
    agent: &mut Agent,
    cx: &CallArgs,
) -> JsResult<(Object, Gc<TypedArrayCell>)> {
    match cx
        .this()
        .as_object()
        .and_then(|o| Some((o, o.as_typed_array()?)))
    {
        Some(found) => Ok(found),
        None => Err(agent.type_error("this is not a typed array.")),
    }
}

/// Get(O, k) for an index.
#[inline]
pub(super) fn element(agent: &mut Agent, o: Object, k: usize) -> Value {
    get_element(agent, o, k).unwrap_or(Value::UNDEFINED)
}

/// 23.2.3.2 get %TypedArray%.prototype.buffer
pub(super) fn buffer(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (_, cell) = this_typed_array(agent, cx)?;
    Ok(object_of(cell.buffer()).into())
}

/// 23.2.3.3 get %TypedArray%.prototype.byteLength
pub(super) fn byte_length(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (_, cell) = this_typed_array(agent, cx)?;
    let n = cell.current().unwrap_or(0);
    Ok(Value::usize(n * cell.element_type().size()))
}

/// 23.2.3.4 get %TypedArray%.prototype.byteOffset
pub(super) fn byte_offset(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (_, cell) = this_typed_array(agent, cx)?;
    Ok(match cell.current() {
        Some(_) => Value::usize(cell.byte_offset()),
        None => Value::ZERO,
    })
}

/// 23.2.3.19 get %TypedArray%.prototype.length
pub(super) fn length(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (_, cell) = this_typed_array(agent, cx)?;
    Ok(Value::usize(cell.current().unwrap_or(0)))
}

/// 23.2.3.38 get %TypedArray%.prototype [ @@toStringTag ]
pub(super) fn to_string_tag(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    match cx.this().as_object().and_then(Object::as_typed_array) {
        Some(cell) => Ok(agent.intern(cell.element_type().constructor_name()).into()),
        None => Ok(Value::UNDEFINED),
    }
}

fn iterator(agent: &mut Agent, cx: &CallArgs, name: &str, kind: IterationKind) -> JsResult<Value> {
    let (o, _) = validate(agent, cx.this(), name)?;
    Ok(create_array_iterator(agent, o, kind).into())
}

/// 23.2.3.7 %TypedArray%.prototype.entries ( )
pub(super) fn entries(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    iterator(agent, cx, "entries", IterationKind::Entries)
}

/// 23.2.3.17 %TypedArray%.prototype.keys ( )
pub(super) fn keys(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    iterator(agent, cx, "keys", IterationKind::Keys)
}

/// 23.2.3.35 %TypedArray%.prototype.values ( )
pub(super) fn values(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    iterator(agent, cx, "values", IterationKind::Values)
}

/// 23.2.3.1 %TypedArray%.prototype.at ( index )
pub(super) fn at(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (o, len) = validate(agent, cx.this(), "at")?;
    let i = to_integer_or_infinity(agent, cx.arg(0))?;
    let k = if i >= 0.0 { i } else { len as f64 + i };
    if k < 0.0 || k >= len as f64 {
        return Ok(Value::UNDEFINED);
    }
    Ok(element(agent, o, k as usize))
}

/// How elements compare with the value searched for.
enum Needle {
    /// As numbers.
    Number(f64),
    /// NaN, which only includes finds.
    NaN,
    /// As 64-bit integers.
    Bits(u64),
    /// Nothing can be equal.
    Absent,
}

fn needle(cell: &TypedArrayCell, v: Value) -> Needle {
    let ty = cell.element_type();
    if ty.is_bigint() {
        let Some(b) = v.as_bigint() else {
            return Needle::Absent;
        };
        let bits = b.to_u64_wrapping();
        let back = if ty == crate::object::typed_array::ElementType::BigInt64 {
            i128::from(bits as i64)
        } else {
            i128::from(bits)
        };
        return if b.parts().small() == Some(back) {
            Needle::Bits(bits)
        } else {
            Needle::Absent
        };
    }
    match v.as_number() {
        Some(n) if n.is_nan() => Needle::NaN,
        Some(n) => Needle::Number(n),
        None => Needle::Absent,
    }
}

impl Needle {
    /// Whether element `i` is it; elements that are not valid never are.
    fn is_at(&self, cell: &TypedArrayCell, i: usize, nan: bool) -> bool {
        let Some(bits) = cell.load(i) else {
            return false;
        };
        match self {
            Needle::Number(n) => number_of(cell.element_type(), bits) == *n,
            Needle::NaN => nan && number_of(cell.element_type(), bits).is_nan(),
            Needle::Bits(b) => *b == bits,
            Needle::Absent => false,
        }
    }
}

/// The start index of includes and indexOf.
fn start_index(agent: &mut Agent, v: Value, len: usize) -> JsResult<usize> {
    let n = to_integer_or_infinity(agent, v)?;
    Ok(if n >= 0.0 {
        n.min(len as f64) as usize
    } else {
        (len as f64 + n).max(0.0) as usize
    })
}

/// 23.2.3.15 %TypedArray%.prototype.includes ( searchElement [ , fromIndex ] )
pub(super) fn includes(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (o, len) = validate(agent, cx.this(), "includes")?;
    if len == 0 {
        return Ok(Value::FALSE);
    }
    let start = start_index(agent, cx.arg(1), len)?;
    let Some(cell) = o.as_typed_array() else {
        return Ok(Value::FALSE);
    };
    // The conversion may have shrunk the array: what is gone reads as undefined.
    let now = cell.current().unwrap_or(0).min(len);
    if cx.arg(0).is_undefined() {
        return Ok(Value::bool(start < len && now < len));
    }
    let needle = needle(&cell, cx.arg(0));
    Ok(Value::bool(
        (start..now).any(|i| needle.is_at(&cell, i, true)),
    ))
}

/// 23.2.3.16 %TypedArray%.prototype.indexOf ( searchElement [ , fromIndex ] )
pub(super) fn index_of(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (o, len) = validate(agent, cx.this(), "indexOf")?;
    if len == 0 {
        return Ok(Value::int(-1));
    }
    let start = start_index(agent, cx.arg(1), len)?;
    let Some(cell) = o.as_typed_array() else {
        return Ok(Value::int(-1));
    };
    let needle = needle(&cell, cx.arg(0));
    let now = cell.current().unwrap_or(0).min(len);
    let found = (start..now).find(|&i| needle.is_at(&cell, i, false));
    Ok(found.map_or(Value::int(-1), Value::usize))
}

/// 23.2.3.20 %TypedArray%.prototype.lastIndexOf ( searchElement [ , fromIndex ] )
pub(super) fn last_index_of(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (o, len) = validate(agent, cx.this(), "lastIndexOf")?;
    if len == 0 {
        return Ok(Value::int(-1));
    }
    let n = if cx.argc() > 1 {
        to_integer_or_infinity(agent, cx.arg(1))?
    } else {
        len as f64 - 1.0
    };
    let last = if n >= 0.0 {
        n.min(len as f64 - 1.0)
    } else {
        len as f64 + n
    };
    let Some(cell) = o.as_typed_array().filter(|_| last >= 0.0) else {
        return Ok(Value::int(-1));
    };
    let needle = needle(&cell, cx.arg(0));
    let end = (last as usize + 1).min(cell.current().unwrap_or(0));
    let found = (0..end).rev().find(|&i| needle.is_at(&cell, i, false));
    Ok(found.map_or(Value::int(-1), Value::usize))
}

/// 23.2.3.18 %TypedArray%.prototype.join ( separator )
pub(super) fn join(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (o, len) = validate(agent, cx.this(), "join")?;
    let separator = match cx.arg(0) {
        v if v.is_undefined() => agent.char_string(b','),
        v => to_string(agent, v)?,
    };
    let ty = type_of(o);
    let mut text = StrBuilder::new();
    for k in 0..len {
        if k > 0 {
            text.push_view(separator.view(agent));
        }
        if ty.is_bigint() {
            let v = element(agent, o, k);
            if !v.is_undefined() {
                let s = to_string(agent, v)?;
                text.push_view(s.view(agent));
            }
        } else if let Some(bits) = o.as_typed_array().and_then(|c| c.load(k)) {
            text.push_latin1(NumberBuffer::new().format(number_of(ty, bits)).as_bytes());
        }
        agent.check_string_length(text.len())?;
    }
    Ok(agent.new_from_view(text.view()).into())
}

/// 23.2.3.31 %TypedArray%.prototype.toLocaleString ( [ reserved1 [ , reserved2 ] ] )
pub(super) fn to_locale_string(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (o, len) = validate(agent, cx.this(), "toLocaleString")?;
    locale_join(agent, o, len as u64)
}
