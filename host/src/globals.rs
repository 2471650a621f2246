//! The host's properties of the global object.

use crate::state::state;
use crate::{console, process, timers};
use sarus_runtime::abstract_ops::{create_data_property_or_throw, define_property_or_throw};
use sarus_runtime::{Agent, Attributes, CallArgs, JsResult, PropertyDescriptor, Value};

/// Defines the globals that Node programs expect.
pub fn define(agent: &mut Agent) {
    // Defining properties on a fresh global object cannot throw.
    let _ = define_all(agent);
}

fn define_all(agent: &mut Agent) -> JsResult<()> {
    let global = agent.global_object();
    let key = agent.key("global");
    define_property_or_throw(
        agent,
        global,
        key,
        &PropertyDescriptor::data(global.into(), Attributes::WC),
    )?;
    let key = sarus_runtime::PropertyKey::symbol(agent.symbols.to_string_tag);
    let tag = agent.string_value("global");
    define_property_or_throw(
        agent,
        global,
        key,
        &PropertyDescriptor::data(tag, Attributes::C),
    )?;
    console::define(agent, global)?;
    timers::define(agent, global)?;
    process::define(agent, global)?;
    define_performance(agent)?;
    crate::node::define_globals(agent)?;
    if state(agent).options.expose_gc {
        let f = agent.new_native_function("gc", 0, |agent, _| {
            agent.collect_garbage();
            Ok(Value::UNDEFINED)
        });
        let key = agent.key("gc");
        create_data_property_or_throw(agent, global, key, f.into())?;
    }
    Ok(())
}

fn define_performance(agent: &mut Agent) -> JsResult<()> {
    let performance = agent.new_plain_object();
    let f = agent.new_native_function("now", 0, performance_now);
    let key = agent.key("now");
    create_data_property_or_throw(agent, performance, key, f.into())?;
    let origin = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0.0, |d| d.as_secs_f64() * 1e3);
    let key = agent.key("timeOrigin");
    create_data_property_or_throw(agent, performance, key, Value::number(origin))?;
    let global = agent.global_object();
    let key = agent.key("performance");
    define_property_or_throw(
        agent,
        global,
        key,
        &PropertyDescriptor::data(performance.into(), Attributes::ALL),
    )
}

fn performance_now(agent: &mut Agent, _: &CallArgs) -> JsResult<Value> {
    Ok(Value::number(
        state(agent).start.elapsed().as_secs_f64() * 1e3,
    ))
}
