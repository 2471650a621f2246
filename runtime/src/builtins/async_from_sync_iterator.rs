//! Async-from-sync iterators (27.1.6) and %AsyncIteratorPrototype% (27.1.4).
//!
//! The objects are never visible to JavaScript code, so their methods need no brand checks that
//! throw; they are `Fields` cells: sync iterator, its next method.

use super::promise::{
    PromiseCapability, context, new_promise, perform_promise_then_native, promise_resolve_intrinsic,
};
use super::table::{NamespaceSpec, method};
use crate::abstract_ops::{
    IteratorRecord, create_iter_result, get_method, iterator_close, iterator_close_throw,
    iterator_complete, iterator_next, iterator_value,
};
use crate::agent::{Agent, CallArgs};
use crate::error::{JsResult, Throw};
use crate::kind::CellKind;
use crate::object::Object;
use crate::object::promise::PromiseState;
use crate::realm::Intrinsic;
use crate::value::Value;

/// %AsyncFromSyncIteratorPrototype%
pub static ASYNC_FROM_SYNC_ITERATOR_PROTOTYPE: NamespaceSpec = NamespaceSpec {
    intrinsic: Intrinsic::AsyncFromSyncIteratorPrototype,
    parent: Some(Intrinsic::AsyncIteratorPrototype),
    properties: &[
        method("next", 1, next),
        method("return", 1, return_),
        method("throw", 1, throw),
    ],
};

/// %AsyncIteratorPrototype%
pub static ASYNC_ITERATOR_PROTOTYPE: NamespaceSpec = NamespaceSpec {
    intrinsic: Intrinsic::AsyncIteratorPrototype,
    parent: Some(Intrinsic::ObjectPrototype),
    properties: &[
        method("@@asyncIterator", 0, |_, cx| Ok(cx.this())),
        method("@@asyncDispose", 0, async_dispose),
    ],
};

/// 27.1.6.1 CreateAsyncFromSyncIterator
pub fn create_async_from_sync_iterator(
    agent: &mut Agent,
    sync: IteratorRecord,
) -> JsResult<IteratorRecord> {
    let proto = agent.intrinsic(Intrinsic::AsyncFromSyncIteratorPrototype);
    let mut fields = [Value::UNDEFINED; 8];
    fields[0] = sync.iterator.into();
    fields[1] = sync.next;
    let iterator = agent.new_fields_object(CellKind::Fields, Some(proto), fields);
    crate::abstract_ops::get_iterator_direct(agent, iterator)
}

/// The sync iterator record behind `this`.
fn sync_record(agent: &mut Agent, cx: &CallArgs) -> JsResult<IteratorRecord> {
    let record = cx.this().as_object().filter(|o| o.is(CellKind::Fields));
    let iterator = record.and_then(|o| o.field(0).as_object());
    match (record, iterator) {
        (Some(o), Some(iterator)) => Ok(IteratorRecord {
            iterator,
            next: o.field(1),
            done: false,
        }),
        _ => Err(agent.type_error("not an async-from-sync iterator")),
    }
}

/// Runs the body of a method; what it throws rejects the promise.
fn with_promise(
    agent: &mut Agent,
    body: impl FnOnce(&mut Agent, PromiseCapability) -> JsResult<()>,
) -> JsResult<Value> {
    let promise = new_promise(agent);
    let capability = PromiseCapability::of_promise(promise);
    match body(agent, capability) {
        Ok(()) => Ok(promise.into()),
        Err(t) => capability.reject_with_exception(agent, t),
    }
}

/// 27.1.6.2.1 %AsyncFromSyncIteratorPrototype%.next ( [ value ] )
fn next(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let mut sync = sync_record(agent, cx)?;
    with_promise(agent, |agent, capability| {
        let result = iterator_next(agent, &mut sync, cx.args().first().copied())?;
        continuation(agent, result, capability, &sync, true)
    })
}

#[cold]
fn not_an_object(agent: &mut Agent, v: Value) -> Throw {
    let text = crate::abstract_ops::display_value(agent, v);
    agent.type_error(format!("Iterator result {text} is not an object"))
}

/// 27.1.6.2.2 %AsyncFromSyncIteratorPrototype%.return ( [ value ] )
fn return_(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let sync = sync_record(agent, cx)?;
    with_promise(agent, |agent, capability| {
        let key = agent.names.return_;
        let f = get_method(agent, sync.iterator.into(), key)?;
        if f.is_undefined() {
            let result = create_iter_result(agent, cx.arg(0), true);
            return capability.resolve(agent, result);
        }
        let args = cx.args().get(..1).unwrap_or(&[]);
        let result = agent.call(f, sync.iterator.into(), args)?;
        match result.as_object() {
            Some(result) => continuation(agent, result, capability, &sync, false),
            None => Err(not_an_object(agent, result)),
        }
    })
}

/// 27.1.6.2.3 %AsyncFromSyncIteratorPrototype%.throw ( [ value ] )
fn throw(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let sync = sync_record(agent, cx)?;
    with_promise(agent, |agent, capability| {
        let key = agent.names.throw_;
        let f = get_method(agent, sync.iterator.into(), key)?;
        if f.is_undefined() {
            iterator_close(agent, sync.iterator)?;
            return Err(agent.type_error("The iterator does not provide a 'throw' method"));
        }
        let args = cx.args().get(..1).unwrap_or(&[]);
        let result = agent.call(f, sync.iterator.into(), args)?;
        match result.as_object() {
            Some(result) => continuation(agent, result, capability, &sync, true),
            None => Err(not_an_object(agent, result)),
        }
    })
}

/// 27.1.6.4 AsyncFromSyncIteratorContinuation
fn continuation(
    agent: &mut Agent,
    result: Object,
    capability: PromiseCapability,
    sync: &IteratorRecord,
    close_on_rejection: bool,
) -> JsResult<()> {
    let done = iterator_complete(agent, result)?;
    let value = iterator_value(agent, result)?;
    let close = !done && close_on_rejection;
    let wrapper = match promise_resolve_intrinsic(agent, value) {
        Ok(p) => p,
        Err(t) if close => return Err(iterator_close_throw(agent, sync.iterator, t)),
        Err(t) => return Err(t),
    };
    let data = context(
        agent,
        &[
            capability.promise.into(),
            Value::bool(done),
            sync.iterator.into(),
            Value::bool(close),
        ],
    );
    perform_promise_then_native(agent, wrapper, settled, data.into());
    Ok(())
}

/// The value's promise settled: the closures `unwrap` and `closeIterator` of the specification.
fn settled(agent: &mut Agent, data: Value, state: PromiseState, v: Value) -> JsResult<()> {
    let Some(data) = data.as_object() else {
        return Ok(());
    };
    let Some(promise) = data.field(0).as_object() else {
        return Ok(());
    };
    let capability = PromiseCapability::of_promise(promise);
    if state == PromiseState::Fulfilled {
        let result = create_iter_result(agent, v, data.field(1).is_true());
        return capability.resolve(agent, result);
    }
    if data.field(3).is_true()
        && let Some(iterator) = data.field(2).as_object()
    {
        let t = agent.throw(v);
        let t = iterator_close_throw(agent, iterator, t);
        return capability.reject_with_exception(agent, t).map(|_| ());
    }
    capability.reject(agent, v)
}

/// 27.1.4.2 %AsyncIteratorPrototype% [ @@asyncDispose ] ( )
fn async_dispose(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    with_promise(agent, |agent, capability| {
        let key = agent.names.return_;
        let f = get_method(agent, cx.this(), key)?;
        if f.is_undefined() {
            return capability.resolve(agent, Value::UNDEFINED);
        }
        let result = agent.call(f, cx.this(), &[])?;
        let wrapper = promise_resolve_intrinsic(agent, result)?;
        perform_promise_then_native(agent, wrapper, disposed, capability.promise.into());
        Ok(())
    })
}

fn disposed(agent: &mut Agent, data: Value, state: PromiseState, v: Value) -> JsResult<()> {
    let Some(promise) = data.as_object() else {
        return Ok(());
    };
    let capability = PromiseCapability::of_promise(promise);
    if state == PromiseState::Fulfilled {
        capability.resolve(agent, Value::UNDEFINED)
    } else {
        capability.reject(agent, v)
    }
}
