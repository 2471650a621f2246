//! Async-from-sync iterators (27.1.6).

use super::promise::PromiseCapability;
use super::promise::{
    new_promise, perform_promise_then, promise_resolve_intrinsic, reject_promise, resolve_promise,
};
use super::table::{define_properties, method};
use crate::abstract_ops::{
    IteratorRecord, create_iter_result, display_value, get, get_method, iterator_close,
    iterator_close_throw, to_boolean,
};
use crate::agent::{Agent, CallArgs};
use crate::error::{JsResult, Throw};
use crate::kind::CellKind;
use crate::object::Object;
use crate::realm::Intrinsic;
use crate::value::Value;

/// Fields: the sync iterator and its `next` method.
const ITERATOR: usize = 0;
const NEXT_METHOD: usize = 1;

/// Builds %AsyncFromSyncIteratorPrototype%.
pub(crate) fn build(agent: &mut Agent) {
    let parent = agent.intrinsic(Intrinsic::AsyncIteratorPrototype);
    let o = agent.new_object(Some(parent));
    agent.set_intrinsic(Intrinsic::AsyncFromSyncIteratorPrototype, o);
    define_properties(
        agent,
        o,
        &[
            method("next", 1, next),
            method("return", 1, return_),
            method("throw", 1, throw),
        ],
    );
}

/// Builds %AsyncIteratorPrototype% (27.1.5).
pub(crate) fn build_async_iterator_prototype(agent: &mut Agent) {
    let parent = agent.intrinsic(Intrinsic::ObjectPrototype);
    let o = agent.new_object(Some(parent));
    agent.set_intrinsic(Intrinsic::AsyncIteratorPrototype, o);
    define_properties(
        agent,
        o,
        &[
            method("@@asyncIterator", 0, |_, cx| Ok(cx.this())),
            method("@@asyncDispose", 0, async_dispose),
        ],
    );
}

/// 27.1.5.2 %AsyncIteratorPrototype%[@@asyncDispose]
fn async_dispose(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let promise = new_promise(agent);
    let key = agent.names.return_;
    let method = match get_method(agent, cx.this(), key) {
        Ok(m) => m,
        Err(t) => return reject(agent, promise, t),
    };
    if method.is_undefined() {
        resolve_promise(agent, promise, Value::UNDEFINED)?;
        return Ok(promise.into());
    }
    let result = match agent.call(method, cx.this(), &[]) {
        Ok(v) => v,
        Err(t) => return reject(agent, promise, t),
    };
    let wrapper = match promise_resolve_intrinsic(agent, result) {
        Ok(p) => p,
        Err(t) => return reject(agent, promise, t),
    };
    let drop_value: Value = agent
        .new_native_closure(|_, _| Ok(Value::UNDEFINED), 1, Value::UNDEFINED)
        .into();
    let capability = PromiseCapability::of_promise(promise);
    perform_promise_then(
        agent,
        wrapper,
        drop_value,
        Value::UNDEFINED,
        Some(capability),
    );
    Ok(promise.into())
}

/// 27.1.6.1 CreateAsyncFromSyncIterator.
pub fn create_async_from_sync_iterator(
    agent: &mut Agent,
    sync: IteratorRecord,
) -> JsResult<IteratorRecord> {
    let proto = agent.intrinsic(Intrinsic::AsyncFromSyncIteratorPrototype);
    let mut fields = [Value::UNDEFINED; 8];
    fields[ITERATOR] = sync.iterator.into();
    fields[NEXT_METHOD] = sync.next;
    let iterator = agent.new_fields_object(CellKind::Fields, Some(proto), fields);
    let key = agent.names.next;
    let next = get(agent, iterator, key)?;
    Ok(IteratorRecord {
        iterator,
        next,
        done: false,
    })
}

fn parts(cx: &CallArgs) -> Option<(Object, Value)> {
    let o = cx.this().as_object().filter(|o| o.is(CellKind::Fields))?;
    Some((o.field(ITERATOR).as_object()?, o.field(NEXT_METHOD)))
}

/// IfAbruptRejectPromise.
fn reject(agent: &mut Agent, promise: Object, t: Throw) -> JsResult<Value> {
    let Some(reason) = agent.take_exception() else {
        return Err(t);
    };
    reject_promise(agent, promise, reason);
    Ok(promise.into())
}

/// 27.1.6.2.1 %AsyncFromSyncIteratorPrototype%.next
fn next(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let promise = new_promise(agent);
    let Some((sync, method)) = parts(cx) else {
        return Ok(promise.into());
    };
    let args = &cx.args()[..cx.argc().min(1)];
    let result = match agent.call(method, sync.into(), args) {
        Ok(v) => v,
        Err(t) => return reject(agent, promise, t),
    };
    continuation(agent, result, promise, sync, true)
}

/// 27.1.6.2.2 %AsyncFromSyncIteratorPrototype%.return
fn return_(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let promise = new_promise(agent);
    let Some((sync, _)) = parts(cx) else {
        return Ok(promise.into());
    };
    let key = agent.names.return_;
    let method = match get_method(agent, sync.into(), key) {
        Ok(m) => m,
        Err(t) => return reject(agent, promise, t),
    };
    if method.is_undefined() {
        let result = create_iter_result(agent, cx.arg(0), true);
        resolve_promise(agent, promise, result)?;
        return Ok(promise.into());
    }
    let args = &cx.args()[..cx.argc().min(1)];
    let result = match agent.call(method, sync.into(), args) {
        Ok(v) => v,
        Err(t) => return reject(agent, promise, t),
    };
    continuation(agent, result, promise, sync, false)
}

/// 27.1.6.2.3 %AsyncFromSyncIteratorPrototype%.throw
fn throw(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let promise = new_promise(agent);
    let Some((sync, _)) = parts(cx) else {
        return Ok(promise.into());
    };
    let key = agent.names.throw_;
    let method = match get_method(agent, sync.into(), key) {
        Ok(m) => m,
        Err(t) => return reject(agent, promise, t),
    };
    if method.is_undefined() {
        if let Err(t) = iterator_close(agent, sync) {
            return reject(agent, promise, t);
        }
        let t = agent.type_error("The iterator does not provide a 'throw' method");
        return reject(agent, promise, t);
    }
    let args = &cx.args()[..cx.argc().min(1)];
    let result = match agent.call(method, sync.into(), args) {
        Ok(v) => v,
        Err(t) => return reject(agent, promise, t),
    };
    continuation(agent, result, promise, sync, true)
}

/// 27.1.6.4 AsyncFromSyncIteratorContinuation.
fn continuation(
    agent: &mut Agent,
    result: Value,
    promise: Object,
    sync: Object,
    close_on_rejection: bool,
) -> JsResult<Value> {
    let Some(result) = result.as_object() else {
        let text = display_value(agent, result);
        let t = agent.type_error(format!("Iterator result {text} is not an object"));
        return reject(agent, promise, t);
    };
    let (done_key, value_key) = (agent.names.done, agent.names.value);
    let done = match get(agent, result, done_key) {
        Ok(v) => to_boolean(v),
        Err(t) => return reject(agent, promise, t),
    };
    let value = match get(agent, result, value_key) {
        Ok(v) => v,
        Err(t) => return reject(agent, promise, t),
    };
    let wrapper = match promise_resolve_intrinsic(agent, value) {
        Ok(p) => p,
        Err(t) => {
            let t = if !done && close_on_rejection {
                iterator_close_throw(agent, sync, t)
            } else {
                t
            };
            return reject(agent, promise, t);
        }
    };
    let unwrap = if done { unwrap_done } else { unwrap_value };
    let on_fulfilled: Value = agent.new_native_closure(unwrap, 1, Value::UNDEFINED).into();
    let on_rejected: Value = if done || !close_on_rejection {
        Value::UNDEFINED
    } else {
        agent
            .new_native_closure(close_iterator, 1, sync.into())
            .into()
    };
    let capability = PromiseCapability::of_promise(promise);
    perform_promise_then(agent, wrapper, on_fulfilled, on_rejected, Some(capability));
    Ok(promise.into())
}

fn unwrap_value(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    Ok(create_iter_result(agent, cx.arg(0), false))
}

fn unwrap_done(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    Ok(create_iter_result(agent, cx.arg(0), true))
}

/// Closes the sync iterator when the value it gave is a promise that is rejected.
fn close_iterator(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let t = agent.throw(cx.arg(0));
    match cx.data().as_object() {
        Some(sync) => Err(iterator_close_throw(agent, sync, t)),
        None => Err(t),
    }
}
