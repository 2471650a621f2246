//! Stack traces of errors as V8 has them: the own `stack` property, `Error.captureStackTrace`,
//! `Error.stackTraceLimit`, `Error.prepareStackTrace`; and the `Error.prototype.stack` accessor.
//!
//! An error holds its raw trace, and its `stack` is a data property to everybody who looks, but an accessor pair of the
//! engine's own in the shape. The first access formats the trace (and runs `prepareStackTrace`, if the program installed one,
//! which is never entered while it runs) and makes it the data property that it seemed to be.

use super::call_site::{frame_text, new_call_site};
use super::error::error_to_string;
use crate::abstract_ops::{create_data_property_or_throw, display_value, get, set};
use crate::agent::{Agent, CallArgs};
use crate::error::{JsResult, Throw};
use crate::kind::CellKind;
use crate::object::Object;
use crate::object::ordinary::{Lookup, add_named, lookup_own, set_on_receiver};
use crate::property::{Attributes, PropertyKey};
use crate::realm::Intrinsic;
use crate::stack_trace::{self, Trace};
use crate::value::Value;
use sarus_bytecode::Feature;

/// `Error.stackTraceLimit` of a fresh realm.
pub(super) const DEFAULT_LIMIT: f64 = 10.0;
/// No trace is longer, whatever the program asks for.
const MAX_LIMIT: f64 = 1_000_000.0;
/// The error's field that holds the trace, or what was made of it.
const TRACE: usize = 0;
/// Attributes of a `stack` that was not read yet.
pub(super) const UNREAD: Attributes = Attributes::C.with(Attributes::ACCESSOR);

// ---- the property ----------------------------------------------------------------------------------------------------

/// The pair that stands for `stack` in shapes.
fn accessor(agent: &mut Agent) -> Value {
    let pair = agent.library.stack_accessor;
    if !pair.is_undefined() {
        return pair;
    }
    let get = agent.new_native_function("stack", 0, read_inherited).into();
    let set = agent
        .new_native_function("stack", 1, write_inherited)
        .into();
    let pair = agent.new_accessor(get, set);
    agent.library.stack_accessor = pair;
    pair
}

/// True for the slot of a `stack` that was not read yet: a data property to JavaScript.
#[inline]
pub(crate) fn is_unread_stack(agent: &Agent, slot: Value) -> bool {
    slot == agent.library.stack_accessor
}

fn has_unread(agent: &mut Agent, o: Object) -> bool {
    let key = agent.names.stack;
    !o.is_exotic()
        && matches!(lookup_own(agent, o, key), Lookup::Accessor(slot, _) if is_unread_stack(agent, slot))
}

/// Makes an unread `stack` the data property `v`.
fn settle(agent: &mut Agent, o: Object, v: Value) {
    let key = agent.names.stack;
    if let Some(e) = o.shape(agent).lookup(key) {
        o.store_existing_slot(agent, e.slot, v);
        let attributes = e.attributes.without(Attributes::ACCESSOR);
        agent.reconfigure_property(o, key, attributes.with(Attributes::W));
    }
}

/// Overwrites an unread `stack`.
pub(crate) fn write_stack(agent: &mut Agent, o: Object, v: Value) {
    settle(agent, o, v);
}

/// Reads the unread `stack` of `o`: formats the trace.
///
/// # Errors
/// What `prepareStackTrace` throws; `stack` stays unread then.
pub(crate) fn read_stack(agent: &mut Agent, o: Object) -> JsResult<Value> {
    agent.check_native_stack()?;
    let v = match Trace::of_value(stored_trace(agent, o)) {
        None => Value::UNDEFINED,
        Some(trace) => format(agent, o, trace)?,
    };
    if has_unread(agent, o) {
        settle(agent, o, v);
        if o.is(CellKind::Error) && v.is_string() {
            o.set_field(agent, TRACE, v);
        }
    }
    Ok(v)
}

/// As `read_stack` for operations that report no errors: a `stack` that cannot be formatted is undefined.
pub(crate) fn read_stack_quietly(agent: &mut Agent, o: Object) -> Value {
    match read_stack(agent, o) {
        Ok(v) => v,
        Err(Throw) => {
            agent.take_exception();
            Value::UNDEFINED
        }
    }
}

/// The getter of the pair: finds the object that has the property.
fn read_inherited(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let mut at = cx.this().as_object();
    while let Some(o) = at.filter(|o| !o.is_exotic()) {
        if has_unread(agent, o) {
            return read_stack(agent, o);
        }
        at = o.shape(agent).prototype_object();
    }
    Ok(Value::UNDEFINED)
}

/// The setter of the pair: what assignment to a data property does.
fn write_inherited(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    if let Some(o) = cx.this().as_object() {
        if has_unread(agent, o) {
            write_stack(agent, o, cx.arg(0));
        } else {
            let key = agent.names.stack;
            set_on_receiver(agent, key, cx.arg(0), o.into())?;
        }
    }
    Ok(Value::UNDEFINED)
}

/// The private name under which objects that are no errors keep their trace.
fn trace_key(agent: &mut Agent) -> PropertyKey {
    if let Some(symbol) = agent.library.trace_name {
        return PropertyKey::symbol(symbol);
    }
    let description = agent.intern("#trace");
    let symbol = agent.new_private_name(description);
    agent.library.trace_name = Some(symbol);
    PropertyKey::symbol(symbol)
}

/// The trace of an error or of an object that `captureStackTrace` was given; undefined if there is none.
pub fn stored_trace(agent: &mut Agent, o: Object) -> Value {
    if o.is(CellKind::Error) {
        return o.field(TRACE);
    }
    if o.is_exotic() || agent.library.trace_name.is_none() {
        return Value::UNDEFINED;
    }
    let key = trace_key(agent);
    match lookup_own(agent, o, key) {
        Lookup::Data(v, _) => v,
        _ => Value::UNDEFINED,
    }
}

// ---- capturing -------------------------------------------------------------------------------------------------------

/// Whether errors have a `stack` of their own; otherwise only the accessor of `Error.prototype` tells it.
pub fn have_own_stack(agent: &Agent) -> bool {
    !agent.options.features.has(Feature::ErrorStackAccessor)
}

/// The first slot of a new error, if it is to have a `stack` of its own, which stands before everything else as in V8.
pub(super) fn reserved(agent: &mut Agent) -> Option<Value> {
    // Otherwise only %Error.prototype% has the property.
    have_own_stack(agent).then(|| accessor(agent))
}

/// The running code's stack as an error's field `TRACE` holds it: all of it for errors that the engine makes, else what is below the
/// constructor that was called.
pub(super) fn capture(agent: &mut Agent, made_by: Option<&CallArgs>) -> Value {
    let Some(limit) = limit(agent) else {
        return Value::UNDEFINED;
    };
    let hidden = made_by.map(|cx| cx.callee());
    let below = made_by
        .and_then(|cx| cx.new_target().as_object())
        .filter(|target| Some(*target) != hidden);
    stack_trace::capture(agent, limit, hidden, below).value()
}

/// How many frames to show; None when there is to be no trace at all.
fn limit(agent: &mut Agent) -> Option<usize> {
    let limit = match agent.realm.intrinsic_if_built(Intrinsic::Error) {
        None => DEFAULT_LIMIT,
        Some(error) => {
            let key = agent.names.stackTraceLimit;
            // Looked at without running JavaScript.
            match lookup_own(agent, error, key) {
                Lookup::Data(v, _) => v.as_number()?,
                _ => return None,
            }
        }
    };
    // NaN and negative limits give an empty trace.
    Some(limit.clamp(0.0, MAX_LIMIT) as usize)
}

/// `Error.captureStackTrace ( object [ , function ] )` of V8.
pub(super) fn capture_stack_trace(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let Some(o) = cx.arg(0).as_object() else {
        let text = display_value(agent, cx.arg(0));
        return Err(agent.type_error(format!("Invalid argument: {text}")));
    };
    let below = cx.arg(1).as_object().filter(|f| f.is_callable());
    let key = agent.names.stack;
    if o.is_exotic() {
        // Only plain objects can hold the pair: these get the text at once.
        let v = match limit(agent) {
            None => Value::UNDEFINED,
            Some(limit) => {
                let trace = stack_trace::capture(agent, limit, Some(cx.callee()), below);
                format(agent, o, trace)?
            }
        };
        let d = crate::property::PropertyDescriptor::data(v, Attributes::WC);
        crate::abstract_ops::define_property_or_throw(agent, o, key, &d)?;
        return Ok(Value::UNDEFINED);
    }
    let own = o.get_own_property(agent, key)?;
    if own.is_some_and(|p| !p.configurable()) {
        return Err(agent.type_error("Cannot redefine property: stack"));
    }
    if own.is_none() && !o.is_extensible(agent)? {
        return Err(agent.type_error("Cannot define property stack, object is not extensible"));
    }
    let trace = match limit(agent) {
        None => Value::UNDEFINED,
        Some(limit) => stack_trace::capture(agent, limit, Some(cx.callee()), below).value(),
    };
    store_trace(agent, o, trace);
    let pair = accessor(agent);
    match o.shape(agent).lookup(key) {
        Some(e) => {
            o.store_existing_slot(agent, e.slot, pair);
            if e.attributes != UNREAD {
                agent.reconfigure_property(o, key, UNREAD);
            }
        }
        None => {
            o.materialize(agent);
            add_named(agent, o, key, pair, UNREAD);
        }
    }
    Ok(Value::UNDEFINED)
}

fn store_trace(agent: &mut Agent, o: Object, trace: Value) {
    if o.is(CellKind::Error) {
        o.set_field(agent, TRACE, trace);
        return;
    }
    let key = trace_key(agent);
    match o.shape(agent).lookup(key) {
        Some(e) => o.store_existing_slot(agent, e.slot, trace),
        None => {
            o.materialize(agent);
            add_named(agent, o, key, trace, Attributes::NONE.with(Attributes::W));
        }
    }
}

// ---- formatting ------------------------------------------------------------------------------------------------------

/// What `stack` is to hold: the text, or what `Error.prepareStackTrace` makes of the call sites.
fn format(agent: &mut Agent, o: Object, trace: Trace) -> JsResult<Value> {
    // The realm of the innermost code decides whose `Error` is asked.
    let saved = agent.realm;
    if let Some(code) = trace.frames().find_map(|f| f.code) {
        agent.realm = code.realm();
    }
    let v = format_in_realm(agent, o, trace);
    agent.realm = saved;
    v
}

fn format_in_realm(agent: &mut Agent, o: Object, trace: Trace) -> JsResult<Value> {
    if !agent.library.preparing_stack
        && let Some(error) = agent.realm.intrinsic_if_built(Intrinsic::Error)
    {
        let key = agent.names.prepareStackTrace;
        let prepare = get(agent, error, key)?;
        if prepare.is_callable() {
            agent.library.preparing_stack = true;
            let prepared = prepare_stack(agent, prepare, o, trace);
            agent.library.preparing_stack = false;
            return prepared;
        }
    }
    let text = default_text(agent, o, trace)?;
    Ok(agent.new_string(&text).into())
}

fn prepare_stack(agent: &mut Agent, prepare: Value, o: Object, trace: Trace) -> JsResult<Value> {
    let mut sites = agent.heap.root_vec::<Value>();
    for f in trace.frames() {
        let site = new_call_site(agent, f);
        sites.push(site.into());
    }
    let sites = agent.new_array_from(sites.as_slice());
    let this = agent.intrinsic(Intrinsic::Error).into();
    agent.call(prepare, this, &[o.into(), sites.into()])
}

/// `Error: message\n    at f (file:line:column)`
fn default_text(agent: &mut Agent, o: Object, trace: Trace) -> JsResult<String> {
    let mut text = header(agent, o)?;
    for f in trace.frames() {
        text.push_str("\n    at ");
        text.push_str(&frame_text(agent, &f));
    }
    Ok(text)
}

/// What Error.prototype.toString gives, or says of what it threw.
fn header(agent: &mut Agent, o: Object) -> JsResult<String> {
    let thrown = match error_to_string(agent, o) {
        Ok(s) => return Ok(s.to_rust_string(agent)),
        Err(t) => agent.take_exception().ok_or(t)?,
    };
    let told = match thrown.as_object() {
        Some(e) => error_to_string(agent, e),
        None => crate::abstract_ops::to_string(agent, thrown),
    };
    match told {
        Ok(s) => Ok(format!("<error: {}>", s.to_rust_string(agent))),
        Err(t) => match agent.take_exception() {
            Some(_) => Ok("<error>".into()),
            None => Err(t),
        },
    }
}

// ---- Error.prototype.stack -------------------------------------------------------------------------------------------

/// get Error.prototype.stack: the trace of an error, whatever its own `stack` says.
pub(super) fn get_stack(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let Some(o) = cx.this().as_object() else {
        return Err(agent.type_error("Error.prototype.stack getter called on non-object"));
    };
    if !o.is(CellKind::Error) {
        return Ok(Value::UNDEFINED);
    }
    let v = o.field(TRACE);
    if v.is_string() {
        return Ok(v);
    }
    let text = match Trace::of_value(v) {
        Some(trace) => default_text(agent, o, trace)?,
        None => header(agent, o)?,
    };
    Ok(agent.new_string(&text).into())
}

/// set Error.prototype.stack
pub(super) fn set_stack(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let Some(o) = cx.this().as_object() else {
        return Err(agent.type_error("Error.prototype.stack setter called on non-object"));
    };
    let v = cx.arg(0);
    if !v.is_string() {
        let text = display_value(agent, v);
        return Err(agent.type_error(format!("Error stack must be a string, got {text}")));
    }
    // 7.3.33 SetterThatIgnoresPrototypeProperties
    let home = agent.intrinsic(Intrinsic::ErrorPrototype);
    let key = agent.names.stack;
    if o == home {
        return Err(agent.type_error("Cannot assign to read only property 'stack' of object"));
    }
    if o.get_own_property(agent, key)?.is_none() {
        create_data_property_or_throw(agent, o, key, v)?;
    } else {
        set(agent, o, key, v, true)?;
    }
    Ok(Value::UNDEFINED)
}
