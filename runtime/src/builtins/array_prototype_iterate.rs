//! Array.prototype methods that call a function for every element: forEach, map, filter, every,
//! some, reduce, reduceRight (23.1.3).

use super::array_common::{
    MAX_RESERVE, array_species_create, callable, create_index, element_at, this_object,
};
use crate::abstract_ops::{length_of_array_like, to_boolean};
use crate::agent::{Agent, CallArgs};
use crate::error::{JsResult, Throw};
use crate::object::Object;
use crate::value::Value;

/// The receiver, its length and the callback, in the order of the specification.
fn prologue(agent: &mut Agent, cx: &CallArgs, name: &str) -> JsResult<(Object, u64, Value)> {
    let o = this_object(agent, cx, name)?;
    let len = length_of_array_like(agent, o)?;
    let f = callable(agent, cx.arg(0))?;
    Ok((o, len, f))
}

#[inline]
fn call(agent: &mut Agent, f: Value, this: Value, v: Value, k: u64, o: Object) -> JsResult<Value> {
    agent.call(f, this, &[v, Value::number(k as f64), o.into()])
}

/// 23.1.3.15 Array.prototype.forEach ( callback [ , thisArg ] )
pub(super) fn for_each(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (o, len, f) = prologue(agent, cx, "forEach")?;
    for k in 0..len {
        if let Some(v) = element_at(agent, o, k)? {
            call(agent, f, cx.arg(1), v, k, o)?;
        }
    }
    Ok(Value::UNDEFINED)
}

/// 23.1.3.21 Array.prototype.map ( callback [ , thisArg ] )
pub(super) fn map(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (o, len, f) = prologue(agent, cx, "map")?;
    let a = array_species_create(agent, o, len)?;
    if a.fresh
        && len <= MAX_RESERVE
        && o.has_dense_elements()
        && o.elements().capacity() as u64 >= len
    {
        a.object.reserve_elements(agent, len as usize)?;
    }
    for k in 0..len {
        if let Some(v) = element_at(agent, o, k)? {
            let mapped = call(agent, f, cx.arg(1), v, k, o)?;
            create_index(agent, a.object, k, mapped)?;
        }
    }
    Ok(a.object.into())
}

/// 23.1.3.8 Array.prototype.filter ( callback [ , thisArg ] )
pub(super) fn filter(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (o, len, f) = prologue(agent, cx, "filter")?;
    let a = array_species_create(agent, o, 0)?.object;
    let mut to = 0;
    for k in 0..len {
        if let Some(v) = element_at(agent, o, k)?
            && to_boolean(call(agent, f, cx.arg(1), v, k, o)?)
        {
            create_index(agent, a, to, v)?;
            to += 1;
        }
    }
    Ok(a.into())
}

/// 23.1.3.6 Array.prototype.every ( callback [ , thisArg ] )
pub(super) fn every(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (o, len, f) = prologue(agent, cx, "every")?;
    for k in 0..len {
        if let Some(v) = element_at(agent, o, k)?
            && !to_boolean(call(agent, f, cx.arg(1), v, k, o)?)
        {
            return Ok(Value::FALSE);
        }
    }
    Ok(Value::TRUE)
}

/// 23.1.3.29 Array.prototype.some ( callback [ , thisArg ] )
pub(super) fn some(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (o, len, f) = prologue(agent, cx, "some")?;
    for k in 0..len {
        if let Some(v) = element_at(agent, o, k)?
            && to_boolean(call(agent, f, cx.arg(1), v, k, o)?)
        {
            return Ok(Value::TRUE);
        }
    }
    Ok(Value::FALSE)
}

#[cold]
fn empty_reduce(agent: &mut Agent) -> Throw {
    agent.type_error("Reduce of empty array with no initial value")
}

fn reduce_in_order(
    agent: &mut Agent,
    cx: &CallArgs,
    name: &str,
    descending: bool,
) -> JsResult<Value> {
    let (o, len, f) = prologue(agent, cx, name)?;
    let index = |i: u64| if descending { len - 1 - i } else { i };
    let mut i = 0;
    let mut accumulator = (cx.argc() > 1).then(|| cx.arg(1));
    while accumulator.is_none() && i < len {
        accumulator = element_at(agent, o, index(i))?;
        i += 1;
    }
    let Some(mut accumulator) = accumulator else {
        return Err(empty_reduce(agent));
    };
    while i < len {
        let k = index(i);
        if let Some(v) = element_at(agent, o, k)? {
            let args = [accumulator, v, Value::number(k as f64), o.into()];
            accumulator = agent.call(f, Value::UNDEFINED, &args)?;
        }
        i += 1;
    }
    Ok(accumulator)
}

/// 23.1.3.24 Array.prototype.reduce ( callback [ , initialValue ] )
pub(super) fn reduce(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    reduce_in_order(agent, cx, "reduce", false)
}

/// 23.1.3.25 Array.prototype.reduceRight ( callback [ , initialValue ] )
pub(super) fn reduce_right(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    reduce_in_order(agent, cx, "reduceRight", true)
}
