//! Promise.all, allSettled, any, race and the keyed forms (27.2.4).
//!
//! One loop serves all of them. Its shared state is an internal record:
//!
//! | field | holds |
//! |---|---|
//! | 0 | values (an array) |
//! | 1 | remaining elements, the loop itself counted as one |
//! | 2, 3, 4 | result capability |
//! | 5 | the combinator |
//! | 6 | keys (an array) of the keyed forms |
//!
//! Elements that are promises with the original `then` get Rust reactions instead of functions.

use super::promise::{
    Awaiter, PromiseCapability, context, has_intrinsic_species, is_intrinsic_resolve,
    is_intrinsic_then, new_promise_capability, perform_promise_then_native, promise_resolve,
    receiver,
};
use super::promise_pristine;
use crate::abstract_ops::{
    IteratorRecord, create_data_property, create_non_enumerable, get, get_iterator, get_v,
    iterator_close_throw, iterator_step_value, to_property_key,
};
use crate::agent::{Agent, CallArgs};
use crate::error::{ErrorType, JsResult};
use crate::object::Object;
use crate::object::array;
use crate::object::ordinary::add_named;
use crate::object::promise::{NativeReaction, PromiseState};
use crate::property::Attributes;
use crate::realm::Intrinsic;
use crate::value::Value;

/// Which combinator a record belongs to.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(u8)]
enum Kind {
    All,
    AllSettled,
    Any,
    Race,
}

impl Kind {
    fn from_value(v: Value) -> Kind {
        match v.as_int() {
            Some(1) => Kind::AllSettled,
            Some(2) => Kind::Any,
            Some(3) => Kind::Race,
            _ => Kind::All,
        }
    }
    fn name(self) -> &'static str {
        match self {
            Kind::All => "Promise.all",
            Kind::AllSettled => "Promise.allSettled",
            Kind::Any => "Promise.any",
            Kind::Race => "Promise.race",
        }
    }
}

/// 27.2.4.1 Promise.all ( iterable )
pub(super) fn all(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    combine(agent, cx, Kind::All)
}
/// 27.2.4.2 Promise.allSettled ( iterable )
pub(super) fn all_settled(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    combine(agent, cx, Kind::AllSettled)
}
/// 27.2.4.3 Promise.any ( iterable )
pub(super) fn any(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    combine(agent, cx, Kind::Any)
}
/// 27.2.4.5 Promise.race ( iterable )
pub(super) fn race(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    combine(agent, cx, Kind::Race)
}
/// Promise.allKeyed ( promises )
pub(super) fn all_keyed(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    combine_keyed(agent, cx, Kind::All)
}
/// Promise.allSettledKeyed ( promises )
pub(super) fn all_settled_keyed(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    combine_keyed(agent, cx, Kind::AllSettled)
}

/// What one run of a combinator works with.
struct Run {
    kind: Kind,
    constructor: Object,
    promise_resolve: Value,
    capability: PromiseCapability,
    shared: Object,
    /// `promise_resolve` is %Promise.resolve% and the constructor %Promise%.
    plain: bool,
}

impl Run {
    fn start(
        agent: &mut Agent,
        kind: Kind,
        c: Object,
        capability: PromiseCapability,
    ) -> JsResult<Run> {
        // GetPromiseResolve
        let key = agent.names.resolve;
        let resolve = get(agent, c, key)?;
        if !resolve.is_callable() {
            return Err(agent.type_error("Promise resolve or reject function is not callable"));
        }
        let values = agent.new_array();
        let [promise, resolve_function, reject_function] = capability.parts();
        let shared = context(
            agent,
            &[
                values.into(),
                Value::int(1),
                promise,
                resolve_function,
                reject_function,
                Value::int(kind as i32),
            ],
        );
        let plain =
            c == agent.intrinsic(Intrinsic::Promise) && is_intrinsic_resolve(agent, resolve);
        Ok(Run {
            kind,
            constructor: c,
            promise_resolve: resolve,
            capability,
            shared,
            plain,
        })
    }

    /// One element of the iterable.
    fn element(&mut self, agent: &mut Agent, index: u32, v: Value) -> JsResult<()> {
        if self.kind != Kind::Race
            && let Some(values) = self.shared.field(0).as_object()
        {
            array::push(agent, values, Value::UNDEFINED)?;
        }
        let next: Value = if self.plain {
            promise_resolve(agent, self.constructor, v)?.into()
        } else {
            agent.call(self.promise_resolve, self.constructor.into(), &[v])?
        };
        let inherited = next.as_object();
        let inherited = inherited.and_then(|p| promise_pristine::inherited_then(agent, p));
        let then = match inherited {
            Some(then) => then,
            None => {
                let key = agent.names.then;
                get_v(agent, next, key)?
            }
        };
        if let Some(p) = next.as_promise()
            && is_intrinsic_then(agent, then)
            && has_intrinsic_species(agent, p)
        {
            self.count(agent, 1);
            let data = context(agent, &[self.shared.into(), Value::uint(index)]);
            perform_promise_then_native(agent, p, settled, data.into());
            return Ok(());
        }
        let (fulfilled, rejected) = self.functions(agent, index);
        self.count(agent, 1);
        if !then.is_callable() {
            let text = crate::abstract_ops::display_value(agent, then);
            return Err(agent.type_error(format!("{text} is not a function")));
        }
        agent.call(then, next, &[fulfilled, rejected]).map(|_| ())
    }

    /// The functions that are passed to `then`.
    fn functions(&mut self, agent: &mut Agent, index: u32) -> (Value, Value) {
        if self.kind == Kind::Race {
            return self.share_functions(agent);
        }
        let element = context(
            agent,
            &[self.shared.into(), Value::uint(index), Value::FALSE],
        )
        .into();
        let closure = |agent: &mut Agent, rejected: bool| -> Value {
            let f = if rejected {
                |agent: &mut Agent, cx: &CallArgs| {
                    element_function(agent, cx, PromiseState::Rejected)
                }
            } else {
                |agent: &mut Agent, cx: &CallArgs| {
                    element_function(agent, cx, PromiseState::Fulfilled)
                }
            };
            agent.new_native_closure(f, 1, element).into()
        };
        match self.kind {
            Kind::AllSettled => (closure(agent, false), closure(agent, true)),
            Kind::Any => {
                let rejected = closure(agent, true);
                (self.share_functions(agent).0, rejected)
            }
            _ => {
                let fulfilled = closure(agent, false);
                (fulfilled, self.share_functions(agent).1)
            }
        }
    }

    /// The resolving functions of the result, noted in the record.
    fn share_functions(&mut self, agent: &mut Agent) -> (Value, Value) {
        let functions = self.capability.functions(agent);
        self.shared.set_field(agent, 3, functions.0);
        self.shared.set_field(agent, 4, functions.1);
        functions
    }

    fn count(&self, agent: &Agent, by: i32) {
        let n = self.shared.field(1).as_int().unwrap_or(0);
        self.shared
            .set_field(agent, 1, Value::int(n.saturating_add(by)));
    }
}

fn combine(agent: &mut Agent, cx: &CallArgs, kind: Kind) -> JsResult<Value> {
    let c = receiver(agent, cx, kind.name())?;
    let capability = new_promise_capability(agent, c.into())?;
    let started = Run::start(agent, kind, c, capability)
        .and_then(|run| Ok((run, get_iterator(agent, cx.arg(0))?)));
    let (mut run, mut iterator) = match started {
        Ok(x) => x,
        Err(t) => return capability.reject_with_exception(agent, t),
    };
    match iterate(agent, &mut run, &mut iterator) {
        Ok(()) => Ok(run.capability.promise.into()),
        Err(t) => {
            let t = if iterator.done {
                t
            } else {
                iterator_close_throw(agent, iterator.iterator, t)
            };
            run.capability.reject_with_exception(agent, t)
        }
    }
}

fn iterate(agent: &mut Agent, run: &mut Run, iterator: &mut IteratorRecord) -> JsResult<()> {
    let mut index = 0u32;
    while let Some(v) = iterator_step_value(agent, iterator)? {
        run.element(agent, index, v)?;
        index += 1;
    }
    finish_loop(agent, run)
}

fn combine_keyed(agent: &mut Agent, cx: &CallArgs, kind: Kind) -> JsResult<Value> {
    let name = if kind == Kind::All {
        "Promise.allKeyed"
    } else {
        "Promise.allSettledKeyed"
    };
    let c = receiver(agent, cx, name)?;
    let mut capability = new_promise_capability(agent, c.into())?;
    let result = Run::start(agent, kind, c, capability).and_then(|mut run| {
        let Some(promises) = cx.arg(0).as_object() else {
            return Err(agent.type_error(format!("{name} called on non-object")));
        };
        let result = each_key(agent, &mut run, promises);
        capability = run.capability;
        result
    });
    match result {
        Ok(()) => Ok(capability.promise.into()),
        Err(t) => capability.reject_with_exception(agent, t),
    }
}

fn each_key(agent: &mut Agent, run: &mut Run, promises: Object) -> JsResult<()> {
    let key_array = agent.new_array();
    run.shared.set_field(agent, 6, key_array.into());
    let keys = promises.own_property_keys(agent)?;
    let mut index = 0;
    for &key in keys.iter() {
        let property = promises.get_own_property(agent, key)?;
        if !property.is_some_and(|p| p.enumerable()) {
            continue;
        }
        let v = get(agent, promises, key)?;
        let key = key.to_value(agent);
        array::push(agent, key_array, key)?;
        run.element(agent, index, v)?;
        index += 1;
    }
    finish_loop(agent, run)
}

/// The loop's own count goes away.
fn finish_loop(agent: &mut Agent, run: &mut Run) -> JsResult<()> {
    if run.kind == Kind::Race {
        return Ok(());
    }
    match release(agent, run.shared)? {
        Some(v) if run.kind == Kind::Any => Err(agent.throw(v)),
        Some(v) => run.capability.resolve(agent, v),
        None => Ok(()),
    }
}

/// Counts down; when nothing remains, gives what the result settles with.
fn release(agent: &mut Agent, shared: Object) -> JsResult<Option<Value>> {
    let n = shared.field(1).as_int().unwrap_or(0) - 1;
    shared.set_field(agent, 1, Value::int(n));
    if n != 0 {
        return Ok(None);
    }
    let values = shared.field(0);
    if Kind::from_value(shared.field(5)) == Kind::Any {
        let error =
            super::error::new_error(agent, ErrorType::Aggregate, "All promises were rejected");
        let key = agent.names.errors;
        create_non_enumerable(agent, error, key, values)?;
        return Ok(Some(error.into()));
    }
    match (shared.field(6).as_object(), values.as_object()) {
        (Some(keys), Some(values)) => keyed_result(agent, keys, values).map(Some),
        _ => Ok(Some(values)),
    }
}

/// CreateKeyedPromiseCombinatorResultObject
fn keyed_result(agent: &mut Agent, keys: Object, values: Object) -> JsResult<Value> {
    let o = agent.new_object(None);
    for i in 0..array::length_of(keys).unwrap_or(0) {
        let key = to_property_key(agent, keys.dense_element(i))?;
        create_data_property(agent, o, key, values.dense_element(i))?;
    }
    Ok(o.into())
}

fn capability_of(shared: Object) -> Option<PromiseCapability> {
    let promise = shared.field(2).as_object()?;
    Some(PromiseCapability::from_parts(
        promise,
        shared.field(3),
        shared.field(4),
    ))
}

/// The name of a combinator, by the number that its records hold.
pub(super) fn combinator_name(kind: Value) -> &'static str {
    let name = Kind::from_value(kind).name();
    name.strip_prefix("Promise.").unwrap_or(name)
}

/// What awaits the element that a reaction stands for.
pub(super) fn awaiter_of_element(run: NativeReaction, data: Object) -> Option<Awaiter> {
    if !std::ptr::fn_addr_eq(run, settled as NativeReaction) {
        return None;
    }
    let shared = data.field(0).as_object()?;
    let kind = Kind::from_value(shared.field(5));
    let promise = shared.field(2).as_promise()?;
    if kind == Kind::Race {
        return Some(Awaiter::Promise(promise));
    }
    let index = data.field(1).as_int()? as u32;
    Some(Awaiter::Combinator(shared.field(5), index, promise))
}

/// An element promise settled: the reaction in Rust.
fn settled(agent: &mut Agent, data: Value, state: PromiseState, v: Value) -> JsResult<()> {
    let Some(element) = data.as_object() else {
        return Ok(());
    };
    settle_element(agent, element, state, v)
}

/// The functions of the specification (Promise.all Resolve Element Functions and the like).
fn element_function(agent: &mut Agent, cx: &CallArgs, state: PromiseState) -> JsResult<Value> {
    if let Some(element) = cx.data().as_object()
        && !element.field(2).is_true()
    {
        element.set_field(agent, 2, Value::TRUE);
        settle_element(agent, element, state, cx.arg(0))?;
    }
    Ok(Value::UNDEFINED)
}

fn settle_element(
    agent: &mut Agent,
    element: Object,
    state: PromiseState,
    v: Value,
) -> JsResult<()> {
    let Some(shared) = element.field(0).as_object() else {
        return Ok(());
    };
    let Some(capability) = capability_of(shared) else {
        return Ok(());
    };
    let kind = Kind::from_value(shared.field(5));
    let v = match (kind, state) {
        (Kind::All, PromiseState::Rejected) | (Kind::Race, PromiseState::Rejected) => {
            return capability.reject(agent, v);
        }
        (Kind::Any, PromiseState::Fulfilled) | (Kind::Race, _) => {
            return capability.resolve(agent, v);
        }
        (Kind::AllSettled, _) => settlement(agent, state, v),
        _ => v,
    };
    if let (Some(values), Some(i)) = (shared.field(0).as_object(), element.field(1).as_int()) {
        values.put_element(agent, i as u32, v)?;
    }
    match release(agent, shared)? {
        Some(v) if kind == Kind::Any => capability.reject(agent, v),
        Some(v) => capability.resolve(agent, v),
        None => Ok(()),
    }
}

/// `{ status: "fulfilled", value }` or `{ status: "rejected", reason }`.
fn settlement(agent: &mut Agent, state: PromiseState, v: Value) -> Value {
    let o = agent.new_plain_object();
    let names = &agent.names;
    let (status, key) = match state {
        PromiseState::Rejected => (names.rejected, names.reason),
        _ => (names.fulfilled, names.value),
    };
    let (status_key, status) = (names.status, status.to_value(agent));
    add_named(agent, o, status_key, status, Attributes::ALL);
    add_named(agent, o, key, v, Attributes::ALL);
    o.into()
}
