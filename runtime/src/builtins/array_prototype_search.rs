//! Array.prototype methods that look for something: at, includes, indexOf, lastIndexOf, find and
//! its kin (23.1.3).

use super::array_common::{callable, element_at, get_index, is_plain_dense, stored, this_object};
use crate::abstract_ops::{
    length_of_array_like, same_value_zero, strict_equals, to_boolean, to_integer_or_infinity,
};
use crate::agent::{Agent, CallArgs};
use crate::error::JsResult;
use crate::object::Object;
use crate::object::array::length_of;
use crate::value::Value;

/// 23.1.3.1 Array.prototype.at ( index )
pub(super) fn at(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = this_object(agent, cx, "at")?;
    let len = length_of_array_like(agent, o)? as f64;
    let i = to_integer_or_infinity(agent, cx.arg(0))?;
    let k = if i >= 0.0 { i } else { len + i };
    if k < 0.0 || k >= len {
        return Ok(Value::UNDEFINED);
    }
    get_index(agent, o, k as u64)
}

/// What is compared without looking at more than the bits.
enum Needle {
    /// Equal only to the same bits.
    Bits(Value),
    /// 0 and -0.
    Zero,
    /// Never equal by ===, equal to itself by SameValueZero.
    NaN,
    /// Strings and BigInts: compared by contents.
    Contents(Value),
}

fn needle(v: Value) -> Needle {
    match v.as_number() {
        Some(0.0) => Needle::Zero,
        Some(n) if n.is_nan() => Needle::NaN,
        Some(_) => Needle::Bits(v),
        None if v.is_string() || v.is_bigint() => Needle::Contents(v),
        None => Needle::Bits(v),
    }
}

/// The first index from `from` on whose stored value equals the needle. Neither runs JavaScript nor
/// changes the array.
fn find_stored(agent: &mut Agent, o: Object, from: usize, v: Value, nan: bool) -> Option<usize> {
    let elements = o.elements();
    let values = elements.values().get(from..stored(o))?;
    let found = match needle(v) {
        Needle::Bits(v) => values.iter().position(|x| x.get() == v),
        Needle::Zero => values.iter().position(|x| x.get().as_number() == Some(0.0)),
        Needle::NaN if !nan => None,
        Needle::NaN => values.iter().position(|x| x.get() == v),
        Needle::Contents(v) => values.iter().position(|x| {
            let x = x.get();
            x.is_cell() && x.kind_byte() == v.kind_byte() && strict_equals(agent, x, v)
        }),
    };
    found.map(|i| from + i)
}

/// The last index below `end` on which the stored value equals the needle, by ===.
fn find_last_stored(agent: &mut Agent, o: Object, end: usize, v: Value) -> Option<usize> {
    let elements = o.elements();
    let values = elements.values().get(..end.min(stored(o)))?;
    match needle(v) {
        Needle::Bits(v) => values.iter().rposition(|x| x.get() == v),
        Needle::Zero => values
            .iter()
            .rposition(|x| x.get().as_number() == Some(0.0)),
        Needle::NaN => None,
        Needle::Contents(v) => values.iter().rposition(|x| {
            let x = x.get();
            x.is_cell() && x.kind_byte() == v.kind_byte() && strict_equals(agent, x, v)
        }),
    }
}

/// The start index from `fromIndex` as includes and indexOf take it; None when it is beyond the end.
fn start_index(agent: &mut Agent, v: Value, len: u64) -> JsResult<Option<u64>> {
    let n = to_integer_or_infinity(agent, v)?;
    if n >= len as f64 {
        return Ok(None);
    }
    Ok(Some(if n >= 0.0 {
        n as u64
    } else {
        (len as f64 + n).max(0.0) as u64
    }))
}

/// includes() of an array with dense elements whose holes are absent, from an index below its length.
fn includes_stored(agent: &mut Agent, o: Object, start: usize, v: Value) -> bool {
    if find_stored(agent, o, start, v, true).is_some() {
        return true;
    }
    let n = stored(o);
    let len = length_of(o).unwrap_or(0) as usize;
    v.is_undefined()
        && (n < len || {
            let elements = o.elements();
            let rest = elements.values().get(start..n).unwrap_or(&[]);
            rest.iter().any(|x| x.get().is_hole())
        })
}

/// includes() without a start of an array with dense elements; None where there is more to it.
pub fn dense_includes(agent: &mut Agent, o: Object, v: Value) -> Option<bool> {
    is_plain_dense(agent, o).then(|| length_of(o) != Some(0) && includes_stored(agent, o, 0, v))
}

/// indexOf() without a start of an array with dense elements; None where there is more to it.
pub fn dense_index_of(agent: &mut Agent, o: Object, v: Value) -> Option<Option<usize>> {
    is_plain_dense(agent, o).then(|| find_stored(agent, o, 0, v, false))
}

/// lastIndexOf() without a start of an array with dense elements; None where there is more to it.
pub fn dense_last_index_of(agent: &mut Agent, o: Object, v: Value) -> Option<Option<usize>> {
    is_plain_dense(agent, o).then(|| find_last_stored(agent, o, usize::MAX, v))
}

/// 23.1.3.16 Array.prototype.includes ( searchElement [ , fromIndex ] )
pub(super) fn includes(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = this_object(agent, cx, "includes")?;
    let len = length_of_array_like(agent, o)?;
    if len == 0 {
        return Ok(Value::FALSE);
    }
    let Some(start) = start_index(agent, cx.arg(1), len)? else {
        return Ok(Value::FALSE);
    };
    let v = cx.arg(0);
    if is_plain_dense(agent, o) && length_of(o).map(u64::from) == Some(len) {
        return Ok(Value::bool(includes_stored(agent, o, start as usize, v)));
    }
    for k in start..len {
        let x = get_index(agent, o, k)?;
        if same_value_zero(agent, x, v) {
            return Ok(Value::TRUE);
        }
    }
    Ok(Value::FALSE)
}

/// 23.1.3.17 Array.prototype.indexOf ( searchElement [ , fromIndex ] )
pub(super) fn index_of(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = this_object(agent, cx, "indexOf")?;
    let len = length_of_array_like(agent, o)?;
    if len == 0 {
        return Ok(Value::int(-1));
    }
    let Some(start) = start_index(agent, cx.arg(1), len)? else {
        return Ok(Value::int(-1));
    };
    let v = cx.arg(0);
    if is_plain_dense(agent, o) && length_of(o).map(u64::from) == Some(len) {
        let found = find_stored(agent, o, start as usize, v, false);
        return Ok(found.map_or(Value::int(-1), Value::usize));
    }
    for k in start..len {
        if let Some(x) = element_at(agent, o, k)?
            && strict_equals(agent, x, v)
        {
            return Ok(Value::number(k as f64));
        }
    }
    Ok(Value::int(-1))
}

/// 23.1.3.20 Array.prototype.lastIndexOf ( searchElement [ , fromIndex ] )
pub(super) fn last_index_of(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = this_object(agent, cx, "lastIndexOf")?;
    let len = length_of_array_like(agent, o)?;
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
    if last < 0.0 {
        return Ok(Value::int(-1));
    }
    let mut k = last as u64 + 1;
    if is_plain_dense(agent, o) {
        // What lies beyond the stored values is absent.
        let end = usize::try_from(k).unwrap_or(usize::MAX);
        let found = find_last_stored(agent, o, end, cx.arg(0));
        return Ok(found.map_or(Value::int(-1), Value::usize));
    }
    while k > 0 {
        k -= 1;
        if let Some(x) = element_at(agent, o, k)?
            && strict_equals(agent, x, cx.arg(0))
        {
            return Ok(Value::number(k as f64));
        }
    }
    Ok(Value::int(-1))
}

/// 23.1.3.12.1 FindViaPredicate: index and value, if found.
fn find_via_predicate(
    agent: &mut Agent,
    cx: &CallArgs,
    name: &str,
    descending: bool,
) -> JsResult<Option<(u64, Value)>> {
    let o = this_object(agent, cx, name)?;
    let len = length_of_array_like(agent, o)?;
    let f = callable(agent, cx.arg(0))?;
    for i in 0..len {
        let k = if descending { len - 1 - i } else { i };
        let v = get_index(agent, o, k)?;
        let hit = agent.call(f, cx.arg(1), &[v, Value::number(k as f64), o.into()])?;
        if to_boolean(hit) {
            return Ok(Some((k, v)));
        }
    }
    Ok(None)
}

fn found_value(found: Option<(u64, Value)>) -> Value {
    found.map_or(Value::UNDEFINED, |(_, v)| v)
}

fn found_index(found: Option<(u64, Value)>) -> Value {
    found.map_or(Value::int(-1), |(k, _)| Value::number(k as f64))
}

/// 23.1.3.9 Array.prototype.find ( predicate [ , thisArg ] )
pub(super) fn find(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    find_via_predicate(agent, cx, "find", false).map(found_value)
}

/// 23.1.3.10 Array.prototype.findIndex ( predicate [ , thisArg ] )
pub(super) fn find_index(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    find_via_predicate(agent, cx, "findIndex", false).map(found_index)
}

/// 23.1.3.11 Array.prototype.findLast ( predicate [ , thisArg ] )
pub(super) fn find_last(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    find_via_predicate(agent, cx, "findLast", true).map(found_value)
}

/// 23.1.3.12 Array.prototype.findLastIndex ( predicate [ , thisArg ] )
pub(super) fn find_last_index(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    find_via_predicate(agent, cx, "findLastIndex", true).map(found_index)
}
