//! Operations on iterator objects (7.4).

use super::{get, get_method, to_boolean};
use crate::agent::Agent;
use crate::error::{JsResult, Throw};
use crate::function::NativeFn;
use crate::kind::CellKind;
use crate::object::Object;
use crate::realm::Intrinsic;
use crate::value::Value;
use sarus_gc::RootVec;

/// 7.4.1 Iterator Record. Keep it on the stack.
#[derive(Copy, Clone, Debug)]
pub struct IteratorRecord {
    /// [[Iterator]]
    pub iterator: Object,
    /// [[NextMethod]]
    pub next: Value,
    /// [[Done]]
    pub done: bool,
}

/// 7.4.2 GetIteratorDirect.
pub fn get_iterator_direct(agent: &mut Agent, iterator: Object) -> JsResult<IteratorRecord> {
    let key = agent.names.next;
    let next = get(agent, iterator, key)?;
    Ok(IteratorRecord {
        iterator,
        next,
        done: false,
    })
}

/// 7.4.3 GetIteratorFromMethod.
pub fn get_iterator_from_method(
    agent: &mut Agent,
    v: Value,
    method: Value,
) -> JsResult<IteratorRecord> {
    let iterator = agent.call(method, v, &[])?;
    match iterator.as_object() {
        Some(i) => get_iterator_direct(agent, i),
        None => Err(agent.type_error("Result of the Symbol.iterator method is not an object")),
    }
}

/// 7.4.4 GetIterator(v, sync).
pub fn get_iterator(agent: &mut Agent, v: Value) -> JsResult<IteratorRecord> {
    let key = agent.symbols.iterator_key();
    if v.is_nullish() {
        return Err(not_iterable(agent, v));
    }
    let method = super::get_v(agent, v, key)?;
    if !method.is_callable() {
        return Err(not_iterable(agent, v));
    }
    get_iterator_from_method(agent, v, method)
}

/// `x is not iterable`.
#[cold]
pub fn not_iterable(agent: &mut Agent, v: Value) -> Throw {
    let text = super::display_value(agent, v);
    let what = match super::type_of(v) {
        "undefined" => text,
        kind @ ("object" | "function") if !v.is_null() => kind.to_string(),
        kind => format!("{kind} {text}"),
    };
    agent.type_error(format!(
        "{what} is not iterable (cannot read property Symbol(Symbol.iterator))"
    ))
}

/// 7.4.6 IteratorNext.
pub fn iterator_next(
    agent: &mut Agent,
    r: &mut IteratorRecord,
    v: Option<Value>,
) -> JsResult<Object> {
    let args = [v.unwrap_or(Value::UNDEFINED)];
    let args = if v.is_some() { &args[..] } else { &[] };
    let result = match agent.call(r.next, r.iterator.into(), args) {
        Ok(v) => v,
        Err(t) => {
            r.done = true;
            return Err(t);
        }
    };
    match result.as_object() {
        Some(o) => Ok(o),
        None => {
            r.done = true;
            let text = super::display_value(agent, result);
            Err(agent.type_error(format!("Iterator result {text} is not an object")))
        }
    }
}

/// 7.4.7 IteratorComplete.
pub fn iterator_complete(agent: &mut Agent, result: Object) -> JsResult<bool> {
    let key = agent.names.done;
    Ok(to_boolean(get(agent, result, key)?))
}

/// 7.4.8 IteratorValue.
pub fn iterator_value(agent: &mut Agent, result: Object) -> JsResult<Value> {
    let key = agent.names.value;
    get(agent, result, key)
}

/// 7.4.9 IteratorStep: the result object, None when done.
pub fn iterator_step(agent: &mut Agent, r: &mut IteratorRecord) -> JsResult<Option<Object>> {
    let result = iterator_next(agent, r, None)?;
    match iterator_complete(agent, result) {
        Ok(false) => Ok(Some(result)),
        Ok(true) => {
            r.done = true;
            Ok(None)
        }
        Err(t) => {
            r.done = true;
            Err(t)
        }
    }
}

/// 7.4.10 IteratorStepValue: the next value, None when done.
pub fn iterator_step_value(agent: &mut Agent, r: &mut IteratorRecord) -> JsResult<Option<Value>> {
    if let Some(stepped) = native_step(agent, r.iterator, r.next) {
        // As below: done after the last value and after an exception.
        r.done = !matches!(stepped, Ok(Some(_)));
        return stepped;
    }
    let Some(result) = iterator_step(agent, r)? else {
        return Ok(None);
    };
    match iterator_value(agent, result) {
        Ok(v) => Ok(Some(v)),
        Err(t) => {
            r.done = true;
            Err(t)
        }
    }
}

/// The step of a builtin array, Map or Set iterator whose `next` is the original one: its result
/// object would not be seen, so there is none. None for other iterators.
#[inline]
pub fn native_step(
    agent: &mut Agent,
    iterator: Object,
    next: Value,
) -> Option<JsResult<Option<Value>>> {
    use crate::builtins::{array_iterator, collection_iterators, string_iterator};
    let next = next.as_object()?.as_native()?.function();
    let is = |f: NativeFn| std::ptr::fn_addr_eq(next, f);
    match CellKind::from_byte(iterator.kind()) {
        CellKind::ArrayIterator if is(array_iterator::next) => {
            Some(array_iterator::array_iterator_step(agent, iterator))
        }
        CellKind::MapIterator if is(collection_iterators::map_next) => {
            Some(Ok(collection_iterators::step(agent, iterator)))
        }
        CellKind::SetIterator if is(collection_iterators::set_next) => {
            Some(Ok(collection_iterators::step(agent, iterator)))
        }
        CellKind::StringIterator if is(string_iterator::next) => {
            Some(Ok(string_iterator::string_iterator_step(agent, iterator)))
        }
        _ => None,
    }
}

/// Appends all that an iterator has left to an array that the engine made and nobody else changed, if it is a builtin one of a
/// Map or a Set with the builtin `next`. False for others; then nothing has happened.
pub fn append_native_rest(
    agent: &mut Agent,
    list: Object,
    iterator: Object,
    next: Value,
) -> JsResult<bool> {
    use crate::builtins::collection_iterators::{map_next, set_next};
    let Some(next) = next.as_object().and_then(|n| n.as_native()) else {
        return Ok(false);
    };
    let is = |f: NativeFn| std::ptr::fn_addr_eq(next.function(), f);
    let kind = CellKind::from_byte(iterator.kind());
    let known = kind == CellKind::MapIterator && is(map_next)
        || kind == CellKind::SetIterator && is(set_next);
    if known {
        crate::object::collections::append_rest(agent, list, iterator)?;
    }
    Ok(known)
}

/// As [`native_step`], where that runs no JavaScript and throws nothing: the value, the hole at the end, or `LAZY` for what it
/// is not for.
pub fn quick_step(agent: &mut Agent, iterator: Value, next: Value) -> Value {
    use crate::builtins::{array_iterator, collection_iterators, string_iterator};
    let (Some(o), Some(next)) = (
        iterator.as_object(),
        next.as_object().and_then(|n| n.as_native()),
    ) else {
        return Value::LAZY;
    };
    let is = |f: NativeFn| std::ptr::fn_addr_eq(next.function(), f);
    let v = match CellKind::from_byte(o.kind()) {
        CellKind::ArrayIterator if is(array_iterator::next) => {
            return array_iterator::quick_step(agent, o);
        }
        CellKind::MapIterator if is(collection_iterators::map_next) => {
            collection_iterators::step(agent, o)
        }
        CellKind::SetIterator if is(collection_iterators::set_next) => {
            collection_iterators::step(agent, o)
        }
        CellKind::StringIterator if is(string_iterator::next) => {
            string_iterator::string_iterator_step(agent, o)
        }
        _ => return Value::LAZY,
    };
    v.unwrap_or(Value::HOLE)
}

/// 7.4.11 IteratorClose for a normal completion.
pub fn iterator_close(agent: &mut Agent, iterator: Object) -> JsResult<()> {
    let key = agent.names.return_;
    let f = get_method(agent, iterator.into(), key)?;
    if f.is_undefined() {
        return Ok(());
    }
    let result = agent.call(f, iterator.into(), &[])?;
    if !result.is_object() {
        let text = super::display_value(agent, result);
        return Err(agent.type_error(format!("{text} is not an object")));
    }
    Ok(())
}

/// 7.4.11 IteratorClose for a throw completion: what `return` does is ignored, the first exception
/// is thrown on.
pub fn iterator_close_throw(agent: &mut Agent, iterator: Object, throw: Throw) -> Throw {
    if agent.fault.is_some() {
        return throw;
    }
    let exception = agent.exception;
    let key = agent.names.return_;
    if let Ok(f) = get_method(agent, iterator.into(), key)
        && !f.is_undefined()
    {
        let _ = agent.call(f, iterator.into(), &[]);
    }
    if agent.fault.is_some() {
        throw
    } else {
        agent.throw(exception)
    }
}

/// IfAbruptCloseIterator.
pub fn close_on_throw<T>(agent: &mut Agent, iterator: Object, result: JsResult<T>) -> JsResult<T> {
    result.map_err(|t| iterator_close_throw(agent, iterator, t))
}

/// 7.4.14 CreateIterResultObject.
pub fn create_iter_result(agent: &mut Agent, value: Value, done: bool) -> Value {
    if let Some(shape) = agent.realm.iter_result_shape() {
        let o = agent.new_object_with_shape(shape);
        o.init_inline_slot(0, value);
        o.init_inline_slot(1, Value::bool(done));
        return o.into();
    }
    // The shape of a literal with these two, as programs' own iterators give.
    let proto = agent.intrinsic(Intrinsic::ObjectPrototype);
    let shape = agent.root_shape(CellKind::Object, Some(proto), 2);
    let o = agent.new_object_with_shape(shape);
    let (v, d) = (agent.names.value, agent.names.done);
    crate::object::ordinary::add_named(agent, o, v, value, crate::property::Attributes::ALL);
    crate::object::ordinary::add_named(
        agent,
        o,
        d,
        Value::bool(done),
        crate::property::Attributes::ALL,
    );
    let shape = o.shape(agent);
    agent.realm.set_iter_result_shape(shape);
    o.into()
}

/// What a result that looks as [`create_iter_result`] made it says: its value, and `done`. None for others.
#[inline]
pub fn read_iter_result(agent: &Agent, result: Value) -> Option<(Value, Value)> {
    let o = result.as_object()?;
    let shape = agent.realm.iter_result_shape()?;
    (o.shape_id() == shape.id()).then(|| (o.load_slot(0), o.load_slot(1)))
}

/// 7.4.16 IteratorToList on an iterable.
pub fn iterable_to_list(agent: &mut Agent, v: Value) -> JsResult<RootVec<Value>> {
    let mut r = get_iterator(agent, v)?;
    let mut list = agent.heap.root_vec::<Value>();
    while let Some(v) = iterator_step_value(agent, &mut r)? {
        list.push(v);
    }
    Ok(list)
}
