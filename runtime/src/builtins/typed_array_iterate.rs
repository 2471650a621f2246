//! %TypedArray.prototype% methods that call a function for every element (23.2.3).

use super::array_common::callable;
use super::typed_array_constructor::{species_create, validate};
use super::typed_array_prototype::element;
use crate::abstract_ops::to_boolean;
use crate::agent::{Agent, CallArgs};
use crate::error::JsResult;
use crate::object::Object;
use crate::object::typed_array::set_element;
use crate::value::Value;

fn prologue(agent: &mut Agent, cx: &CallArgs, name: &str) -> JsResult<(Object, usize)> {
    let found = validate(agent, cx.this(), name)?;
    callable(agent, cx.arg(0))?;
    Ok(found)
}

#[inline]
fn call(agent: &mut Agent, cx: &CallArgs, v: Value, k: usize, o: Object) -> JsResult<Value> {
    agent.call(cx.arg(0), cx.arg(1), &[v, Value::usize(k), o.into()])
}

/// The first element, in that direction, for which the callback's result is `wanted`.
fn search(
    agent: &mut Agent,
    cx: &CallArgs,
    name: &str,
    descending: bool,
    wanted: bool,
) -> JsResult<Option<(usize, Value)>> {
    let (o, len) = prologue(agent, cx, name)?;
    for i in 0..len {
        let k = if descending { len - 1 - i } else { i };
        let v = element(agent, o, k);
        if to_boolean(call(agent, cx, v, k, o)?) == wanted {
            return Ok(Some((k, v)));
        }
    }
    Ok(None)
}

fn found_value(found: Option<(usize, Value)>) -> Value {
    found.map_or(Value::UNDEFINED, |(_, v)| v)
}

fn found_index(found: Option<(usize, Value)>) -> Value {
    found.map_or(Value::int(-1), |(k, _)| Value::usize(k))
}

/// 23.2.3.8 %TypedArray%.prototype.every ( callback [ , thisArg ] )
pub(super) fn every(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let found = search(agent, cx, "every", false, false)?;
    Ok(Value::bool(found.is_none()))
}

/// 23.2.3.28 %TypedArray%.prototype.some ( callback [ , thisArg ] )
pub(super) fn some(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let found = search(agent, cx, "some", false, true)?;
    Ok(Value::bool(found.is_some()))
}

/// 23.2.3.11 %TypedArray%.prototype.find ( predicate [ , thisArg ] )
pub(super) fn find(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    search(agent, cx, "find", false, true).map(found_value)
}

/// 23.2.3.12 %TypedArray%.prototype.findIndex ( predicate [ , thisArg ] )
pub(super) fn find_index(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    search(agent, cx, "findIndex", false, true).map(found_index)
}

/// 23.2.3.13 %TypedArray%.prototype.findLast ( predicate [ , thisArg ] )
pub(super) fn find_last(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    search(agent, cx, "findLast", true, true).map(found_value)
}

/// 23.2.3.14 %TypedArray%.prototype.findLastIndex ( predicate [ , thisArg ] )
pub(super) fn find_last_index(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    search(agent, cx, "findLastIndex", true, true).map(found_index)
}

/// 23.2.3.15 %TypedArray%.prototype.forEach ( callback [ , thisArg ] )
pub(super) fn for_each(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (o, len) = prologue(agent, cx, "forEach")?;
    for k in 0..len {
        let v = element(agent, o, k);
        call(agent, cx, v, k, o)?;
    }
    Ok(Value::UNDEFINED)
}

/// 23.2.3.22 %TypedArray%.prototype.map ( callback [ , thisArg ] )
pub(super) fn map(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (o, len) = prologue(agent, cx, "map")?;
    let a = species_create(agent, o, len as u64)?;
    for k in 0..len {
        let v = element(agent, o, k);
        let mapped = call(agent, cx, v, k, o)?;
        set_element(agent, a, k, mapped)?;
    }
    Ok(a.into())
}

/// 23.2.3.10 %TypedArray%.prototype.filter ( callback [ , thisArg ] )
pub(super) fn filter(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (o, len) = prologue(agent, cx, "filter")?;
    let mut kept = agent.heap.root_vec::<Value>();
    for k in 0..len {
        let v = element(agent, o, k);
        if to_boolean(call(agent, cx, v, k, o)?) {
            kept.push(v);
        }
    }
    let a = species_create(agent, o, kept.len() as u64)?;
    for (i, v) in kept.iter().enumerate() {
        set_element(agent, a, i, *v)?;
    }
    Ok(a.into())
}

fn reduce_in_order(
    agent: &mut Agent,
    cx: &CallArgs,
    name: &str,
    descending: bool,
) -> JsResult<Value> {
    let (o, len) = prologue(agent, cx, name)?;
    let index = |i: usize| if descending { len - 1 - i } else { i };
    let (mut accumulator, first) = if cx.argc() > 1 {
        (cx.arg(1), 0)
    } else if len > 0 {
        (element(agent, o, index(0)), 1)
    } else {
        return Err(agent.type_error("Reduce of empty array with no initial value"));
    };
    for i in first..len {
        let k = index(i);
        let v = element(agent, o, k);
        let args = [accumulator, v, Value::usize(k), o.into()];
        accumulator = agent.call(cx.arg(0), Value::UNDEFINED, &args)?;
    }
    Ok(accumulator)
}

/// 23.2.3.23 %TypedArray%.prototype.reduce ( callback [ , initialValue ] )
pub(super) fn reduce(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    reduce_in_order(agent, cx, "reduce", false)
}

/// 23.2.3.24 %TypedArray%.prototype.reduceRight ( callback [ , initialValue ] )
pub(super) fn reduce_right(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    reduce_in_order(agent, cx, "reduceRight", true)
}
