//! Iterator helper objects: %IteratorHelperPrototype% (27.1.3.2.2) and the methods of
//! %Iterator.prototype% that make them.
//!
//! The specification writes each helper as an abstract closure that yields. Here a helper is a
//! state machine: what the closure keeps in its variables is in the helper's fields, and `resume`
//! runs from one yield to the next.

use super::array_common::MAX_SAFE;
use super::iterator::{get_iterator_flattenable, receiver, reject_argument, with_callback};
use super::table::{NamespaceSpec, method, tag};
use crate::abstract_ops::{
    IteratorRecord, close_on_throw, create_iter_result, display_value, get_iterator_direct,
    iterator_close, iterator_step, iterator_step_value, to_boolean, to_number,
};
use crate::agent::{Agent, CallArgs};
use crate::error::{ErrorType, JsResult};
use crate::kind::CellKind;
use crate::numeric;
use crate::object::Object;
use crate::object::array::{self, length_of};
use crate::realm::Intrinsic;
use crate::value::Value;

/// Fields of an `IteratorHelper`.
const STATE: usize = 0;
pub(super) const KIND: usize = 1;
/// The underlying iterator.
pub(super) const ITERATOR: usize = 2;
/// Its next method.
pub(super) const NEXT: usize = 3;
/// The callback, the remaining count, or the list of buffered values.
pub(super) const ARGUMENT: usize = 4;
/// How many values were seen, or a size.
pub(super) const COUNTER: usize = 5;
/// The inner iterator of flatMap and concat while it is alive.
pub(super) const INNER: usize = 6;
/// Its next method.
pub(super) const INNER_NEXT: usize = 7;

/// [[GeneratorState]].
#[derive(Copy, Clone, PartialEq, Eq)]
enum State {
    Start,
    Yielded,
    Executing,
    Completed,
}

/// What the helper does.
#[derive(Copy, Clone, PartialEq, Eq)]
pub(super) enum HelperKind {
    Map,
    Filter,
    Take,
    Drop,
    FlatMap,
    Chunks,
    Windows,
    PartialWindows,
    Concat,
    Zip,
}

const KINDS: [HelperKind; 10] = [
    HelperKind::Map,
    HelperKind::Filter,
    HelperKind::Take,
    HelperKind::Drop,
    HelperKind::FlatMap,
    HelperKind::Chunks,
    HelperKind::Windows,
    HelperKind::PartialWindows,
    HelperKind::Concat,
    HelperKind::Zip,
];

/// %IteratorHelperPrototype%
pub static ITERATOR_HELPER_PROTOTYPE: NamespaceSpec = NamespaceSpec {
    intrinsic: Intrinsic::IteratorHelperPrototype,
    parent: Some(Intrinsic::IteratorPrototype),
    properties: &[
        method("next", 0, next),
        method("return", 0, return_),
        tag("Iterator Helper"),
    ],
};

/// A helper with these fields from `ITERATOR` on.
pub(super) fn new_helper(agent: &mut Agent, kind: HelperKind, values: &[Value]) -> Value {
    let mut fields = [Value::UNDEFINED; 8];
    fields[STATE] = Value::int(State::Start as i32);
    fields[KIND] = Value::int(kind as i32);
    for (to, from) in fields[ITERATOR..].iter_mut().zip(values) {
        *to = *from;
    }
    let proto = agent.intrinsic(Intrinsic::IteratorHelperPrototype);
    agent
        .new_fields_object(CellKind::IteratorHelper, Some(proto), fields)
        .into()
}

fn helper_of(agent: &mut Agent, record: &IteratorRecord, kind: HelperKind, v: Value) -> Value {
    let fields = [record.iterator.into(), record.next, v, Value::ZERO];
    new_helper(agent, kind, &fields)
}

/// 27.1.3.3.8 Iterator.prototype.map ( mapper )
pub(super) fn map(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let record = with_callback(agent, cx, "map")?;
    Ok(helper_of(agent, &record, HelperKind::Map, cx.arg(0)))
}

/// 27.1.3.3.4 Iterator.prototype.filter ( predicate )
pub(super) fn filter(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let record = with_callback(agent, cx, "filter")?;
    Ok(helper_of(agent, &record, HelperKind::Filter, cx.arg(0)))
}

/// 27.1.3.3.6 Iterator.prototype.flatMap ( mapper )
pub(super) fn flat_map(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let record = with_callback(agent, cx, "flatMap")?;
    Ok(helper_of(agent, &record, HelperKind::FlatMap, cx.arg(0)))
}

/// The limit of take and drop, and the receiver's record.
fn with_limit(agent: &mut Agent, cx: &CallArgs, name: &str) -> JsResult<(IteratorRecord, Value)> {
    let o = receiver(agent, cx, name)?;
    let n = to_number(agent, cx.arg(0));
    let n = close_on_throw(agent, o, n)?;
    let limit = numeric::to_integer_or_infinity(n);
    if n.is_nan() || limit < 0.0 || limit.is_finite() && limit > MAX_SAFE as f64 {
        let text = display_value(agent, cx.arg(0));
        let message = format!("{text} must be positive");
        return Err(reject_argument(agent, o, ErrorType::Range, &message));
    }
    let record = get_iterator_direct(agent, o)?;
    Ok((record, Value::number(limit)))
}

/// 27.1.3.3.11 Iterator.prototype.take ( limit )
pub(super) fn take(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (record, limit) = with_limit(agent, cx, "take")?;
    Ok(helper_of(agent, &record, HelperKind::Take, limit))
}

/// 27.1.3.3.2 Iterator.prototype.drop ( limit )
pub(super) fn drop(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (record, limit) = with_limit(agent, cx, "drop")?;
    Ok(helper_of(agent, &record, HelperKind::Drop, limit))
}

/// The size argument of chunks and windows.
fn size_argument(agent: &mut Agent, cx: &CallArgs, o: Object) -> JsResult<Value> {
    let v = cx.arg(0);
    let Some(n) = v.as_number().filter(|n| numeric::is_integral_number(*n)) else {
        let text = display_value(agent, v);
        let message = format!("{text} is not an integral number");
        return Err(reject_argument(agent, o, ErrorType::Type, &message));
    };
    if !(1.0..=4294967295.0).contains(&n) {
        let message = "size must be between 1 and 2 ** 32 - 1";
        return Err(reject_argument(agent, o, ErrorType::Range, message));
    }
    Ok(v)
}

fn buffering_helper(
    agent: &mut Agent,
    o: Object,
    kind: HelperKind,
    size: Value,
) -> JsResult<Value> {
    let record = get_iterator_direct(agent, o)?;
    let buffer = agent.new_array();
    let fields = [record.iterator.into(), record.next, buffer.into(), size];
    Ok(new_helper(agent, kind, &fields))
}

/// Iterator.prototype.chunks ( chunkSize )
pub(super) fn chunks(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = receiver(agent, cx, "chunks")?;
    let size = size_argument(agent, cx, o)?;
    buffering_helper(agent, o, HelperKind::Chunks, size)
}

/// Iterator.prototype.windows ( windowSize [ , undersized ] )
pub(super) fn windows(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = receiver(agent, cx, "windows")?;
    let size = size_argument(agent, cx, o)?;
    let undersized = cx.arg(1);
    let is = |agent: &mut Agent, text: &str| {
        undersized
            .as_string()
            .is_some_and(|s| s.view(agent).eq_ascii(text))
    };
    let kind = if undersized.is_undefined() || is(agent, "only-full") {
        HelperKind::Windows
    } else if is(agent, "allow-partial") {
        HelperKind::PartialWindows
    } else {
        let message = "undersized must be \"only-full\" or \"allow-partial\"";
        return Err(reject_argument(agent, o, ErrorType::Type, message));
    };
    buffering_helper(agent, o, kind, size)
}

/// RequireInternalSlot, GeneratorValidate: the helper and its state, which is not executing.
fn validate(agent: &mut Agent, cx: &CallArgs, name: &str) -> JsResult<(Object, i32)> {
    let Some(h) = cx
        .this()
        .as_object()
        .filter(|o| o.is(CellKind::IteratorHelper))
    else {
        let text = display_value(agent, cx.this());
        return Err(agent.type_error(format!(
            "Method Iterator Helper.prototype.{name} called on incompatible receiver {text}"
        )));
    };
    let state = h.field(STATE).as_int().unwrap_or(0);
    if state == State::Executing as i32 {
        return Err(agent.type_error("Generator is already running"));
    }
    Ok((h, state))
}

fn set_state(agent: &Agent, h: Object, state: State) {
    h.set_field(agent, STATE, Value::int(state as i32));
}

/// 27.1.3.2.2.1 %IteratorHelperPrototype%.next ( )
fn next(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (h, state) = validate(agent, cx, "next")?;
    if state == State::Completed as i32 {
        return Ok(create_iter_result(agent, Value::UNDEFINED, true));
    }
    agent.check_native_stack()?;
    set_state(agent, h, State::Executing);
    let result = resume(agent, h);
    let after = match result {
        Ok(Some(_)) => State::Yielded,
        _ => State::Completed,
    };
    set_state(agent, h, after);
    let v = result?;
    Ok(create_iter_result(
        agent,
        v.unwrap_or(Value::UNDEFINED),
        v.is_none(),
    ))
}

/// 27.1.3.2.2.2 %IteratorHelperPrototype%.return ( )
fn return_(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (h, state) = validate(agent, cx, "return")?;
    if state != State::Completed as i32 {
        agent.check_native_stack()?;
        // From the first yield on the closing runs inside the generator.
        let running = if state == State::Start as i32 {
            State::Completed
        } else {
            State::Executing
        };
        set_state(agent, h, running);
        let result = close(agent, h);
        set_state(agent, h, State::Completed);
        result?;
    }
    Ok(create_iter_result(agent, Value::UNDEFINED, true))
}

fn kind_of(h: Object) -> HelperKind {
    let n = h.field(KIND).as_int().unwrap_or(0) as usize;
    KINDS.get(n).copied().unwrap_or(HelperKind::Map)
}

/// The record of an iterator field and its next method.
pub(super) fn record_at(h: Object, at: usize) -> Option<IteratorRecord> {
    Some(IteratorRecord {
        iterator: h.field(at).as_object()?,
        next: h.field(at + 1),
        done: false,
    })
}

/// Closes what is open when the consumer returns early.
fn close(agent: &mut Agent, h: Object) -> JsResult<()> {
    let kind = kind_of(h);
    if kind == HelperKind::Zip {
        return super::iterator_zip::close_all(agent, h, Ok(()));
    }
    let outer = record_at(h, ITERATOR);
    if let Some(inner) = record_at(h, INNER) {
        let result = iterator_close(agent, inner.iterator);
        if let Some(outer) = &outer {
            close_on_throw(agent, outer.iterator, result)?;
        } else {
            result?;
        }
    }
    match outer {
        Some(outer) => iterator_close(agent, outer.iterator),
        None => Ok(()),
    }
}

/// Runs to the next yield: the yielded value, None at the end.
fn resume(agent: &mut Agent, h: Object) -> JsResult<Option<Value>> {
    match kind_of(h) {
        HelperKind::Concat => super::iterator_zip::resume_concat(agent, h),
        HelperKind::Zip => super::iterator_zip::resume_zip(agent, h),
        kind => {
            let Some(mut record) = record_at(h, ITERATOR) else {
                return Ok(None);
            };
            match kind {
                HelperKind::Map => resume_map(agent, h, &mut record),
                HelperKind::Filter => resume_filter(agent, h, &mut record),
                HelperKind::Take => resume_take(agent, h, &mut record),
                HelperKind::Drop => resume_drop(agent, h, &mut record),
                HelperKind::FlatMap => resume_flat_map(agent, h, &mut record),
                HelperKind::Chunks => resume_chunks(agent, h, &mut record),
                _ => resume_windows(agent, h, &mut record, kind == HelperKind::PartialWindows),
            }
        }
    }
}

/// Calls the callback with a value and the counter, which goes up; closes the iterator on a throw.
fn call_counted(
    agent: &mut Agent,
    h: Object,
    record: &IteratorRecord,
    v: Value,
) -> JsResult<Value> {
    let counter = h.field(COUNTER);
    let n = counter.as_number().unwrap_or(0.0);
    let result = agent.call(h.field(ARGUMENT), Value::UNDEFINED, &[v, counter]);
    h.set_field(
        agent,
        COUNTER,
        Value::number((n + 1.0).min(MAX_SAFE as f64)),
    );
    close_on_throw(agent, record.iterator, result)
}

fn resume_map(agent: &mut Agent, h: Object, r: &mut IteratorRecord) -> JsResult<Option<Value>> {
    match iterator_step_value(agent, r)? {
        Some(v) => call_counted(agent, h, r, v).map(Some),
        None => Ok(None),
    }
}

fn resume_filter(agent: &mut Agent, h: Object, r: &mut IteratorRecord) -> JsResult<Option<Value>> {
    while let Some(v) = iterator_step_value(agent, r)? {
        if to_boolean(call_counted(agent, h, r, v)?) {
            return Ok(Some(v));
        }
    }
    Ok(None)
}

fn remaining(h: Object) -> f64 {
    h.field(ARGUMENT).as_number().unwrap_or(0.0)
}

fn resume_take(agent: &mut Agent, h: Object, r: &mut IteratorRecord) -> JsResult<Option<Value>> {
    let n = remaining(h);
    if n == 0.0 {
        iterator_close(agent, r.iterator)?;
        return Ok(None);
    }
    h.set_field(agent, ARGUMENT, Value::number(n - 1.0));
    iterator_step_value(agent, r)
}

fn resume_drop(agent: &mut Agent, h: Object, r: &mut IteratorRecord) -> JsResult<Option<Value>> {
    let mut n = remaining(h);
    while n > 0.0 {
        n -= 1.0;
        h.set_field(agent, ARGUMENT, Value::number(n));
        if iterator_step(agent, r)?.is_none() {
            return Ok(None);
        }
    }
    iterator_step_value(agent, r)
}

fn resume_flat_map(
    agent: &mut Agent,
    h: Object,
    r: &mut IteratorRecord,
) -> JsResult<Option<Value>> {
    loop {
        if let Some(mut inner) = record_at(h, INNER) {
            let v = iterator_step_value(agent, &mut inner);
            if let Some(v) = close_on_throw(agent, r.iterator, v)? {
                return Ok(Some(v));
            }
            h.set_field(agent, INNER, Value::UNDEFINED);
        }
        let Some(v) = iterator_step_value(agent, r)? else {
            return Ok(None);
        };
        let mapped = call_counted(agent, h, r, v)?;
        let inner = get_iterator_flattenable(agent, mapped, false);
        let inner = close_on_throw(agent, r.iterator, inner)?;
        h.set_field(agent, INNER, inner.iterator.into());
        h.set_field(agent, INNER_NEXT, inner.next);
    }
}

/// The buffered values and the size they may reach.
fn buffer(agent: &mut Agent, h: Object) -> (Object, u32) {
    let size = h.field(COUNTER).as_number().unwrap_or(1.0) as u32;
    let list = match h.field(ARGUMENT).as_object() {
        Some(list) => list,
        None => agent.new_array(),
    };
    (list, size)
}

fn resume_chunks(agent: &mut Agent, h: Object, r: &mut IteratorRecord) -> JsResult<Option<Value>> {
    let (list, size) = buffer(agent, h);
    loop {
        let v = iterator_step_value(agent, r)?;
        if let Some(v) = v {
            array::push(agent, list, v)?;
        }
        let len = length_of(list).unwrap_or(0);
        if v.is_none() && len == 0 {
            return Ok(None);
        }
        if v.is_none() || len >= size {
            // The yielded array is the consumer's; after the end the next call finds the iterator
            // exhausted, as this one did.
            let fresh = agent.new_array();
            h.set_field(agent, ARGUMENT, fresh.into());
            if v.is_none() {
                finish_after_yield(agent, h);
            }
            return Ok(Some(list.into()));
        }
    }
}

/// Makes the next resumption end at once, without asking the underlying iterator again.
fn finish_after_yield(agent: &mut Agent, h: Object) {
    h.set_field(agent, ITERATOR, Value::UNDEFINED);
}

fn resume_windows(
    agent: &mut Agent,
    h: Object,
    r: &mut IteratorRecord,
    partial: bool,
) -> JsResult<Option<Value>> {
    let (list, size) = buffer(agent, h);
    loop {
        let v = iterator_step_value(agent, r)?;
        let len = length_of(list).unwrap_or(0);
        let Some(v) = v else {
            if partial && len > 0 && len < size {
                finish_after_yield(agent, h);
                return Ok(Some(list.into()));
            }
            return Ok(None);
        };
        if len == size {
            let elements = list.elements();
            agent.heap.write_barrier(elements.header());
            elements.move_values(1, 0, len as usize - 1);
            elements.set(len as usize - 1, v);
        } else {
            array::push(agent, list, v)?;
        }
        if length_of(list) == Some(size) {
            let mut values = agent.heap.root_vec::<Value>();
            for i in 0..size {
                values.push(list.dense_element(i));
            }
            return Ok(Some(agent.new_array_from(&values).into()));
        }
    }
}
