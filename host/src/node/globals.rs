//! Globals that come from builtin modules: accessors until they are used.

use sarus_runtime::abstract_ops::{define_property_or_throw, get_str};
use sarus_runtime::{Agent, Attributes, CallArgs, JsResult, Object, PropertyDescriptor, Value};

/// Name of the global, module that has it, name there.
const GLOBALS: &[(&str, &str, &str)] = &[
    ("Buffer", "buffer", "Buffer"),
    ("atob", "buffer", "atob"),
    ("btoa", "buffer", "btoa"),
    ("Blob", "buffer", "Blob"),
    ("URL", "url", "URL"),
    ("URLSearchParams", "url", "URLSearchParams"),
    ("TextEncoder", "internal/text", "TextEncoder"),
    ("TextDecoder", "internal/text", "TextDecoder"),
    ("Event", "internal/event_target", "Event"),
    ("EventTarget", "internal/event_target", "EventTarget"),
    ("CustomEvent", "internal/event_target", "CustomEvent"),
    (
        "AbortController",
        "internal/event_target",
        "AbortController",
    ),
    ("AbortSignal", "internal/event_target", "AbortSignal"),
    ("DOMException", "internal/dom_exception", "DOMException"),
    ("structuredClone", "internal/clone", "structuredClone"),
    ("crypto", "internal/webcrypto", "crypto"),
    ("performance", "perf_hooks", "performance"),
];

/// Defines the lazy globals.
///
/// # Errors
/// None on a fresh global object.
pub fn define(agent: &mut Agent) -> JsResult<()> {
    let global = agent.global_object();
    for (name, module, _) in GLOBALS {
        if super::find(module).is_some() {
            lazy(agent, global, name, get, set)?;
        }
    }
    Ok(())
}

/// Defines an accessor that knows its own name.
pub fn lazy(
    agent: &mut Agent,
    o: Object,
    name: &str,
    getter: sarus_runtime::function::NativeFn,
    setter: sarus_runtime::function::NativeFn,
) -> JsResult<()> {
    let data = agent.string_value(name);
    let g = agent.new_native_closure(getter, 0, data);
    let s = agent.new_native_closure(setter, 1, data);
    let key = agent.key(name);
    define_property_or_throw(
        agent,
        o,
        key,
        &PropertyDescriptor::accessor(g.into(), s.into(), Attributes::C),
    )
}

fn name_of(agent: &mut Agent, cx: &CallArgs) -> String {
    match cx.data().as_string() {
        Some(s) => s.to_rust_string(agent),
        None => String::new(),
    }
}

fn get(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let name = name_of(agent, cx);
    let Some((_, module, property)) = GLOBALS.iter().find(|row| row.0 == name) else {
        return Ok(Value::UNDEFINED);
    };
    let exports = super::load(agent, module)?;
    let v = match exports.as_object() {
        Some(o) => get_str(agent, o, property)?,
        None => Value::UNDEFINED,
    };
    replace(agent, &name, v)?;
    Ok(v)
}

fn set(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let name = name_of(agent, cx);
    replace(agent, &name, cx.arg(0))?;
    Ok(Value::UNDEFINED)
}

fn replace(agent: &mut Agent, name: &str, v: Value) -> JsResult<()> {
    let global = agent.global_object();
    let key = agent.key(name);
    define_property_or_throw(
        agent,
        global,
        key,
        &PropertyDescriptor::data(v, Attributes::WC),
    )
}
