//! Array.prototype methods that make a new array: concat, slice, flat, flatMap, toReversed,
//! toSpliced, with (23.1.3).

use super::array_common::{
    MAX_RESERVE, MAX_SAFE, Species, array_create, array_species_create, callable, copy_run,
    create_index, element_at, get_index, is_dense, is_plain_dense, set_length, stored, this_object,
};
use super::plain_species::creates_plain;
use crate::abstract_ops::{
    get, is_array, length_of_array_like, relative_index, to_boolean, to_integer_or_infinity,
};
use crate::agent::{Agent, CallArgs};
use crate::error::JsResult;
use crate::kind::CellKind;
use crate::object::Object;
use crate::object::array::{length_of, set_length_field};
use crate::property::PropertyKey;
use crate::value::Value;

/// 23.1.3.2.1 IsConcatSpreadable
fn is_concat_spreadable(agent: &mut Agent, v: Value) -> JsResult<Option<Object>> {
    let Some(o) = v.as_object() else {
        return Ok(None);
    };
    let key = PropertyKey::symbol(agent.symbols.is_concat_spreadable);
    let flag = get(agent, o, key)?;
    let spread = if flag.is_undefined() {
        is_array(agent, v)?
    } else {
        to_boolean(flag)
    };
    Ok(spread.then_some(o))
}

/// 23.1.3.2 Array.prototype.concat ( ...items )
pub(super) fn concat(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = this_object(agent, cx, "concat")?;
    let a = array_species_create(agent, o, 0)?;
    let expected =
        expected_length(o.into()) + cx.args().iter().map(|v| expected_length(*v)).sum::<usize>();
    if a.fresh && expected as u64 <= MAX_RESERVE {
        a.object.reserve_elements(agent, expected)?;
    }
    let mut n = 0;
    append(agent, &a, Value::from(o), &mut n)?;
    for v in cx.args() {
        append(agent, &a, *v, &mut n)?;
    }
    set_length(agent, a.object, n)?;
    Ok(a.object.into())
}

/// How much an argument of concat probably adds.
fn expected_length(v: Value) -> usize {
    match v.as_object().filter(|o| is_dense(*o)) {
        Some(o) => stored(o),
        None => 1,
    }
}

fn append(agent: &mut Agent, a: &Species, v: Value, n: &mut u64) -> JsResult<()> {
    let Some(e) = is_concat_spreadable(agent, v)? else {
        if *n >= MAX_SAFE {
            return Err(agent.type_error("Invalid array length"));
        }
        create_index(agent, a.object, *n, v)?;
        *n += 1;
        return Ok(());
    };
    let len = length_of_array_like(agent, e)?;
    if *n + len > MAX_SAFE {
        return Err(agent.type_error("Invalid array length"));
    }
    if a.fresh && is_dense(a.object) && is_plain_dense(agent, e) && *n + len <= MAX_RESERVE {
        copy_run(agent, a.object, *n as usize, e, 0, len as usize)?;
        *n += len;
        set_length_field(a.object, *n as u32);
        return Ok(());
    }
    for k in 0..len {
        if let Some(v) = element_at(agent, e, k)? {
            create_index(agent, a.object, *n + k, v)?;
        }
    }
    *n += len;
    Ok(())
}

/// The part of a plain array between two places, which count from its end if they are negative, where that takes no JavaScript and
/// there is room. `None` otherwise; then nothing has happened.
pub fn slice_plain(agent: &mut Agent, o: Object, from: i64, to: i64) -> Option<Object> {
    if !o.is(CellKind::Array) || !creates_plain(agent, o) || !is_plain_dense(agent, o) {
        return None;
    }
    let len = i64::from(length_of(o)?);
    let place = |i: i64| if i < 0 { (len + i).max(0) } else { i.min(len) };
    let (start, end) = (place(from), place(to));
    let count = (end - start).max(0);
    if count as u64 > MAX_RESERVE {
        return None;
    }
    let part = array_create(agent, count as u64).ok()?;
    if copy_run(agent, part, 0, o, start as usize, count as usize).is_err() {
        agent.exception = Value::UNDEFINED;
        return None;
    }
    Some(part)
}

/// 23.1.3.28 Array.prototype.slice ( start, end )
pub(super) fn slice(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = this_object(agent, cx, "slice")?;
    let len = length_of_array_like(agent, o)?;
    let start = relative_index(agent, cx.arg(0), len, 0)?;
    let end = relative_index(agent, cx.arg(1), len, len)?;
    let count = end.saturating_sub(start);
    let a = array_species_create(agent, o, count)?;
    if a.fresh && count <= MAX_RESERVE && is_plain_dense(agent, o) {
        copy_run(agent, a.object, 0, o, start as usize, count as usize)?;
        return Ok(a.object.into());
    }
    if a.fresh && count <= MAX_RESERVE && copy_of_arguments(agent, a.object, o, start, count)? {
        return Ok(a.object.into());
    }
    for k in 0..count {
        if let Some(v) = element_at(agent, o, start + k)? {
            create_index(agent, a.object, k, v)?;
        }
    }
    set_length(agent, a.object, count)?;
    Ok(a.object.into())
}

/// Copies a run of an arguments object that aliases nothing to a fresh array, if the object has all of it itself. False
/// otherwise; then nothing has happened.
fn copy_of_arguments(
    agent: &mut Agent,
    to: Object,
    from: Object,
    start: u64,
    count: u64,
) -> JsResult<bool> {
    if !from.is(CellKind::Arguments) || from.is_exotic() || !from.has_dense_elements() {
        return Ok(false);
    }
    let source = from.elements();
    let run = source.values().iter().skip(start as usize);
    let there = run.take_while(|v| !v.get().is_hole()).take(count as usize);
    if there.count() as u64 != count {
        return Ok(false);
    }
    to.reserve_elements(agent, count as usize)?;
    let target = to.elements();
    agent.heap.write_barrier(target.header());
    target.copy_values(&source, start as usize, 0, count as usize);
    Ok(true)
}

/// 23.1.3.13.1 FlattenIntoArray without a mapper; `to` is the next index of the target.
fn flatten(
    agent: &mut Agent,
    target: Object,
    source: Object,
    len: u64,
    to: &mut u64,
    depth: f64,
) -> JsResult<()> {
    agent.check_native_stack()?;
    for k in 0..len {
        if let Some(v) = element_at(agent, source, k)? {
            append_flat(agent, target, v, to, depth)?;
        }
    }
    Ok(())
}

fn append_flat(
    agent: &mut Agent,
    target: Object,
    v: Value,
    to: &mut u64,
    depth: f64,
) -> JsResult<()> {
    if depth > 0.0
        && let Some(inner) = v.as_object()
        && is_array(agent, v)?
    {
        let len = length_of_array_like(agent, inner)?;
        return flatten(agent, target, inner, len, to, depth - 1.0);
    }
    if *to >= MAX_SAFE {
        return Err(agent.type_error("Invalid array length"));
    }
    create_index(agent, target, *to, v)?;
    *to += 1;
    Ok(())
}

/// 23.1.3.13 Array.prototype.flat ( [ depth ] )
pub(super) fn flat(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = this_object(agent, cx, "flat")?;
    let len = length_of_array_like(agent, o)?;
    let depth = if cx.arg(0).is_undefined() {
        1.0
    } else {
        to_integer_or_infinity(agent, cx.arg(0))?
    };
    let a = array_species_create(agent, o, 0)?.object;
    flatten(agent, a, o, len, &mut 0, depth)?;
    Ok(a.into())
}

/// 23.1.3.14 Array.prototype.flatMap ( mapper [ , thisArg ] )
pub(super) fn flat_map(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = this_object(agent, cx, "flatMap")?;
    let len = length_of_array_like(agent, o)?;
    if !cx.arg(0).is_callable() {
        return Err(agent.type_error("flatMap mapper function is not callable"));
    }
    let f = callable(agent, cx.arg(0))?;
    let a = array_species_create(agent, o, 0)?.object;
    let mut to = 0;
    for k in 0..len {
        if let Some(v) = element_at(agent, o, k)? {
            let mapped = agent.call(f, cx.arg(1), &[v, Value::number(k as f64), o.into()])?;
            append_flat(agent, a, mapped, &mut to, 1.0)?;
        }
    }
    Ok(a.into())
}

/// 23.1.3.33 Array.prototype.toReversed ( )
pub(super) fn to_reversed(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = this_object(agent, cx, "toReversed")?;
    let len = length_of_array_like(agent, o)?;
    let a = array_create(agent, len)?;
    reserve(agent, a, len)?;
    for k in 0..len {
        let v = get_index(agent, o, len - 1 - k)?;
        create_index(agent, a, k, v)?;
    }
    Ok(a.into())
}

/// Room for `len` values, if that is not out of all proportion.
fn reserve(agent: &mut Agent, a: Object, len: u64) -> JsResult<()> {
    if len <= 1 << 20 {
        a.reserve_elements(agent, len as usize)?;
    }
    Ok(())
}

/// 23.1.3.35 Array.prototype.toSpliced ( start, skipCount, ...items )
pub(super) fn to_spliced(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = this_object(agent, cx, "toSpliced")?;
    let len = length_of_array_like(agent, o)?;
    let start = relative_index(agent, cx.arg(0), len, 0)?;
    let items = cx.rest(2);
    let skip = super::array_prototype_mutate::delete_count(agent, cx, len, start)?;
    let new_len = len - skip + items.len() as u64;
    if new_len > MAX_SAFE {
        return Err(agent.type_error("Invalid array length"));
    }
    let a = array_create(agent, new_len)?;
    reserve(agent, a, new_len)?;
    let mut to = 0;
    for k in 0..start {
        let v = get_index(agent, o, k)?;
        create_index(agent, a, to, v)?;
        to += 1;
    }
    for v in items {
        create_index(agent, a, to, *v)?;
        to += 1;
    }
    for k in start + skip..len {
        let v = get_index(agent, o, k)?;
        create_index(agent, a, to, v)?;
        to += 1;
    }
    Ok(a.into())
}

/// 23.1.3.39 Array.prototype.with ( index, value )
pub(super) fn with(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = this_object(agent, cx, "with")?;
    let len = length_of_array_like(agent, o)?;
    let i = to_integer_or_infinity(agent, cx.arg(0))?;
    let at = if i >= 0.0 { i } else { len as f64 + i };
    if at < 0.0 || at >= len as f64 {
        return Err(agent.range_error("Invalid index : ".to_string() + &display_index(i)));
    }
    let a = array_create(agent, len)?;
    reserve(agent, a, len)?;
    for k in 0..len {
        let v = if k == at as u64 {
            cx.arg(1)
        } else {
            get_index(agent, o, k)?
        };
        create_index(agent, a, k, v)?;
    }
    debug_assert!(length_of(a).map(u64::from) == Some(len));
    Ok(a.into())
}

fn display_index(i: f64) -> String {
    crate::numeric::NumberBuffer::new().format(i).to_string()
}
