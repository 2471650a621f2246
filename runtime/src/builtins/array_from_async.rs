//! Array.fromAsync (23.1.2.1): the specification's async closure as a state machine whose steps are
//! promise reactions.
//!
//! ```text
//! iterator:    next ─await─► Next ─► mapper ─await─► Mapped ─► define, next
//! array-like:  element ─await─► Element ─► mapper ─await─► MappedElement ─► define, next element
//! failures:    throw into the iterator's return ─await─► Closing ─► reject
//! ```

use super::array_common::{MAX_SAFE, array_create, callable, create_index, get_index, set_length};
use super::async_from_sync_iterator::create_async_from_sync_iterator;
use super::promise::{
    PromiseCapability, context, new_promise, perform_promise_then_native, promise_resolve_intrinsic,
};
use crate::abstract_ops::{
    IteratorRecord, get_iterator_from_method, get_method, iterator_complete, iterator_value,
    length_of_array_like, to_object,
};
use crate::agent::{Agent, CallArgs};
use crate::error::{JsResult, Throw};
use crate::object::Object;
use crate::object::promise::PromiseState;
use crate::property::PropertyKey;
use crate::value::Value;

/// Fields of the record that the steps share.
const STATE: usize = 0;
const PROMISE: usize = 1;
const TARGET: usize = 2;
/// The iterator, or the array-like.
const SOURCE: usize = 3;
/// The iterator's next method, or the array-like's length.
const NEXT: usize = 4;
/// undefined or a function; while closing, the exception.
const MAPPER: usize = 5;
const THIS: usize = 6;
const INDEX: usize = 7;

/// What the record waits for.
#[derive(Copy, Clone)]
enum State {
    Next,
    Mapped,
    Closing,
    Element,
    MappedElement,
}

const STATES: [State; 5] = [
    State::Next,
    State::Mapped,
    State::Closing,
    State::Element,
    State::MappedElement,
];

/// Array.fromAsync ( items [ , mapper [ , thisArg ] ] )
pub(super) fn from_async(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let promise = new_promise(agent);
    match start(agent, cx, promise) {
        Ok(()) => Ok(promise.into()),
        Err(t) => PromiseCapability::of_promise(promise).reject_with_exception(agent, t),
    }
}

fn start(agent: &mut Agent, cx: &CallArgs, promise: Object) -> JsResult<()> {
    let (items, mapper) = (cx.arg(0), cx.arg(1));
    if !mapper.is_undefined() {
        callable(agent, mapper)?;
    }
    let key = PropertyKey::symbol(agent.symbols.async_iterator);
    let async_method = get_method(agent, items, key)?;
    let record = if !async_method.is_undefined() {
        Some(get_iterator_from_method(agent, items, async_method)?)
    } else {
        let key = agent.symbols.iterator_key();
        let method = get_method(agent, items, key)?;
        if method.is_undefined() {
            None
        } else {
            let sync = get_iterator_from_method(agent, items, method)?;
            Some(create_async_from_sync_iterator(agent, sync)?)
        }
    };
    match record {
        Some(record) => start_iterator(agent, cx, promise, record),
        None => start_array_like(agent, cx, promise, items),
    }
}

fn start_iterator(
    agent: &mut Agent,
    cx: &CallArgs,
    promise: Object,
    record: IteratorRecord,
) -> JsResult<()> {
    let target = match cx.this().as_object().filter(|c| c.is_constructor()) {
        Some(c) => agent.construct(c, &[])?,
        None => agent.new_array(),
    };
    let r = context(
        agent,
        &[
            Value::ZERO,
            promise.into(),
            target.into(),
            record.iterator.into(),
            record.next,
            cx.arg(1),
            cx.arg(2),
            Value::ZERO,
        ],
    );
    next(agent, r)
}

fn start_array_like(
    agent: &mut Agent,
    cx: &CallArgs,
    promise: Object,
    items: Value,
) -> JsResult<()> {
    let source = to_object(agent, items)?;
    let len = length_of_array_like(agent, source)?;
    let n = Value::number(len as f64);
    let target = match cx.this().as_object().filter(|c| c.is_constructor()) {
        Some(c) => agent.construct(c, &[n])?,
        None => array_create(agent, len)?,
    };
    let r = context(
        agent,
        &[
            Value::ZERO,
            promise.into(),
            target.into(),
            source.into(),
            n,
            cx.arg(1),
            cx.arg(2),
            Value::ZERO,
        ],
    );
    element(agent, r)
}

/// Await(v), going on in that state.
fn wait(agent: &mut Agent, r: Object, v: Value, state: State) -> JsResult<()> {
    let promise = promise_resolve_intrinsic(agent, v)?;
    r.set_field(agent, STATE, Value::int(state as i32));
    perform_promise_then_native(agent, promise, reaction, r.into());
    Ok(())
}

/// One step: what runs when the awaited promise settled.
fn reaction(agent: &mut Agent, data: Value, state: PromiseState, v: Value) -> JsResult<()> {
    let Some(r) = data.as_object() else {
        return Ok(());
    };
    let result = step(agent, r, state == PromiseState::Rejected, v);
    finish(agent, r, result)
}

/// Rejects the promise when a step threw.
fn finish(agent: &mut Agent, r: Object, result: JsResult<()>) -> JsResult<()> {
    if let Err(t) = result
        && let Some(promise) = r.field(PROMISE).as_object()
    {
        PromiseCapability::of_promise(promise).reject_with_exception(agent, t)?;
    }
    Ok(())
}

fn step(agent: &mut Agent, r: Object, rejected: bool, v: Value) -> JsResult<()> {
    let number = r.field(STATE).as_int().unwrap_or(0) as usize;
    let state = STATES.get(number).copied().unwrap_or(State::Closing);
    if rejected && !matches!(state, State::Mapped | State::Closing) {
        return Err(agent.throw(v));
    }
    match state {
        State::Next => got_next(agent, r, v),
        State::Mapped if rejected => {
            let t = agent.throw(v);
            close(agent, r, t)
        }
        State::Mapped => define_and_next(agent, r, v),
        State::Closing => {
            let exception = r.field(MAPPER);
            Err(agent.throw(exception))
        }
        State::Element => got_element(agent, r, v),
        State::MappedElement => define_and_element(agent, r, v),
    }
}

fn index(r: Object) -> u64 {
    r.field(INDEX).as_number().unwrap_or(0.0) as u64
}

fn target(agent: &mut Agent, r: Object) -> JsResult<Object> {
    to_object(agent, r.field(TARGET))
}

fn resolve(agent: &mut Agent, r: Object, k: u64) -> JsResult<()> {
    let a = target(agent, r)?;
    set_length(agent, a, k)?;
    match r.field(PROMISE).as_object() {
        Some(p) => PromiseCapability::of_promise(p).resolve(agent, a.into()),
        None => Ok(()),
    }
}

/// Steps 3.h.iv.1 to 3.h.iv.4: asks the iterator for the next result.
fn next(agent: &mut Agent, r: Object) -> JsResult<()> {
    if index(r) >= MAX_SAFE {
        let t = agent.type_error("Too many elements");
        return close(agent, r, t);
    }
    let result = agent.call(r.field(NEXT), r.field(SOURCE), &[])?;
    wait(agent, r, result, State::Next)
}

fn got_next(agent: &mut Agent, r: Object, result: Value) -> JsResult<()> {
    let Some(result) = result.as_object() else {
        let text = crate::abstract_ops::display_value(agent, result);
        return Err(agent.type_error(format!("Iterator result {text} is not an object")));
    };
    let k = index(r);
    if iterator_complete(agent, result)? {
        return resolve(agent, r, k);
    }
    let v = iterator_value(agent, result)?;
    let mapper = r.field(MAPPER);
    if mapper.is_undefined() {
        return define_and_next(agent, r, v);
    }
    let mapped = agent
        .call(mapper, r.field(THIS), &[v, Value::number(k as f64)])
        .and_then(|mapped| wait(agent, r, mapped, State::Mapped));
    mapped.or_else(|t| close(agent, r, t))
}

fn define_and_next(agent: &mut Agent, r: Object, v: Value) -> JsResult<()> {
    let k = index(r);
    let a = target(agent, r)?;
    if let Err(t) = create_index(agent, a, k, v) {
        return close(agent, r, t);
    }
    r.set_field(agent, INDEX, Value::number((k + 1) as f64));
    next(agent, r)
}

/// AsyncIteratorClose for a throw completion.
fn close(agent: &mut Agent, r: Object, t: Throw) -> JsResult<()> {
    let Some(exception) = agent.take_exception() else {
        return Err(t);
    };
    r.set_field(agent, MAPPER, exception);
    let key = agent.names.return_;
    let iterator = r.field(SOURCE);
    let waiting = get_method(agent, iterator, key).and_then(|f| {
        if f.is_undefined() {
            return Ok(false);
        }
        let result = agent.call(f, iterator, &[])?;
        wait(agent, r, result, State::Closing)?;
        Ok(true)
    });
    match waiting {
        Ok(true) => Ok(()),
        _ if agent.fault.is_some() => Err(t),
        _ => Err(agent.throw(exception)),
    }
}

/// Steps 3.i.vi: the next element of an array-like.
fn element(agent: &mut Agent, r: Object) -> JsResult<()> {
    let k = index(r);
    let len = r.field(NEXT).as_number().unwrap_or(0.0) as u64;
    if k >= len {
        return resolve(agent, r, len);
    }
    let source = to_object(agent, r.field(SOURCE))?;
    let v = get_index(agent, source, k)?;
    wait(agent, r, v, State::Element)
}

fn got_element(agent: &mut Agent, r: Object, v: Value) -> JsResult<()> {
    let mapper = r.field(MAPPER);
    if mapper.is_undefined() {
        return define_and_element(agent, r, v);
    }
    let k = Value::number(index(r) as f64);
    let mapped = agent.call(mapper, r.field(THIS), &[v, k])?;
    wait(agent, r, mapped, State::MappedElement)
}

fn define_and_element(agent: &mut Agent, r: Object, v: Value) -> JsResult<()> {
    let k = index(r);
    let a = target(agent, r)?;
    create_index(agent, a, k, v)?;
    r.set_field(agent, INDEX, Value::number((k + 1) as f64));
    element(agent, r)
}
