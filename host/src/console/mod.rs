//! `console` and value formatting.

use crate::state::state;
use sarus_runtime::abstract_ops::{create_data_property_or_throw, to_string};
use sarus_runtime::{Agent, CallArgs, JsResult, Object, Value};
use std::io::Write;

/// Text of a value for people.
pub fn inspect(agent: &mut Agent, v: Value) -> String {
    match to_string(agent, v) {
        Ok(s) => s.to_rust_string(agent),
        Err(_) => String::from("[object]"),
    }
}

/// Text of a value as `-p` prints it.
pub fn inspect_top_level(agent: &mut Agent, v: Value) -> String {
    inspect(agent, v)
}

/// Defines `console` on the global object.
pub fn define(agent: &mut Agent, global: Object) -> JsResult<()> {
    let console = agent.new_plain_object();
    for (name, f) in [
        ("log", log as sarus_runtime::function::NativeFn),
        ("error", log),
    ] {
        let f = agent.new_native_function(name, 0, f);
        let key = agent.key(name);
        create_data_property_or_throw(agent, console, key, f.into())?;
    }
    let key = agent.key("console");
    create_data_property_or_throw(agent, global, key, console.into())
}

fn log(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let mut parts = Vec::new();
    for v in cx.args() {
        parts.push(inspect(agent, *v));
    }
    write_line(agent, &parts.join(" "));
    Ok(Value::UNDEFINED)
}

/// Writes a line to standard output, or collects it.
pub fn write_line(agent: &mut Agent, line: &str) {
    let host = state(agent);
    if host.options.capture_output {
        host.output.push(line.to_string());
        return;
    }
    let mut out = std::io::stdout().lock();
    // A closed pipe is no reason to fail.
    let _ = writeln!(out, "{line}");
}
