//! The part of Node's `util` that formats values.

use super::format::format_log_args;
use super::inspect::inspect_function;
use super::options::InspectOptions;
use sarus_runtime::abstract_ops::create_data_property_or_throw;
use sarus_runtime::{Agent, CallArgs, JsResult, Object, Value};

/// An object with `inspect`, `format` and `formatWithOptions`.
pub fn module(agent: &mut Agent) -> JsResult<Value> {
    let util = agent.new_plain_object();
    let inspect = agent.new_native_function("inspect", 2, inspect_function);
    add(agent, util, "inspect", inspect.into())?;
    let f = agent.new_native_function("format", 0, |agent, cx| format(agent, cx, 0));
    add(agent, util, "format", f.into())?;
    let f = agent.new_native_function("formatWithOptions", 1, |agent, cx| format(agent, cx, 1));
    add(agent, util, "formatWithOptions", f.into())?;
    let name = agent.intern("nodejs.util.inspect.custom");
    let custom = agent.symbol_for(name);
    add(agent, inspect, "custom", custom.into())?;
    let defaults = agent.new_plain_object();
    let options = InspectOptions::default();
    for (name, v) in options.entries(agent, Value::number(options.depth)) {
        add(agent, defaults, name, v)?;
    }
    add(agent, inspect, "defaultOptions", defaults.into())?;
    Ok(util.into())
}

fn add(agent: &mut Agent, o: Object, name: &str, v: Value) -> JsResult<()> {
    let key = agent.key(name);
    create_data_property_or_throw(agent, o, key, v)
}

/// `util.format(...args)`, or with the options as the first argument.
fn format(agent: &mut Agent, cx: &CallArgs, skip: usize) -> JsResult<Value> {
    let mut options = InspectOptions::default();
    if skip == 1
        && let Some(o) = cx.arg(0).as_object()
    {
        options.read(agent, o)?;
    }
    let text = format_log_args(agent, cx.rest(skip), &options)?;
    Ok(agent.new_string(&text).into())
}
