//! The host that test262 asks for: `$262` and `print` (test262's INTERPRETING.md).

use crate::console::write_line;
use crate::timers;
use sarus_runtime::abstract_ops::{
    create_data_property_or_throw, create_non_enumerable, to_string,
};
use sarus_runtime::builtins::abstract_module_source::new_module_source;
use sarus_runtime::function::NativeFn;
use sarus_runtime::module::{Module, create_synthetic_module};
use sarus_runtime::realm::Intrinsic;
use sarus_runtime::{Agent, CallArgs, JsResult, Object, Value};

/// Defines `print` and `$262` in the current realm.
pub fn define(agent: &mut Agent) {
    // Defining properties on a fresh global object cannot throw.
    let _ = define_in_realm(agent);
}

fn define_in_realm(agent: &mut Agent) -> JsResult<Object> {
    let global = agent.global_object();
    let print = agent.new_native_function("print", 1, print);
    let key = agent.key("print");
    create_non_enumerable(agent, global, key, print.into())?;
    // The harness has a poor replacement for hosts without timers.
    timers::define_set_timeout(agent, global)?;
    let host = agent.new_plain_object();
    let methods: [(&str, u32, NativeFn); 4] = [
        ("createRealm", 0, create_realm),
        ("evalScript", 1, eval_script),
        ("gc", 0, |agent, _| {
            agent.collect_garbage();
            Ok(Value::UNDEFINED)
        }),
        ("detachArrayBuffer", 1, detach_array_buffer),
    ];
    for (name, length, f) in methods {
        let f = agent.new_native_function(name, length, f);
        let key = agent.key(name);
        create_data_property_or_throw(agent, host, key, f.into())?;
    }
    let source = agent.intrinsic(Intrinsic::AbstractModuleSource);
    let key = agent.key("AbstractModuleSource");
    create_data_property_or_throw(agent, host, key, source.into())?;
    let key = agent.key("global");
    create_data_property_or_throw(agent, host, key, global.into())?;
    let agents = crate::test262_agents::parent_object(agent)?;
    let key = agent.key("agent");
    create_data_property_or_throw(agent, host, key, agents.into())?;
    let undetectable = agent.new_undetectable();
    let key = agent.key("IsHTMLDDA");
    create_data_property_or_throw(agent, host, key, undetectable.into())?;
    let key = agent.key("$262");
    create_non_enumerable(agent, global, key, host.into())?;
    Ok(host)
}

/// The specifier of a module that has a source object.
pub const MODULE_SOURCE: &str = "<module source>";

/// A module with a source object, which inherits from %AbstractModuleSource.prototype% through a
/// prototype of its own as those of hosts do.
///
/// # Errors
/// None: the module has no code.
pub fn module_with_source(agent: &mut Agent) -> JsResult<Module> {
    let parent = agent.intrinsic(Intrinsic::AbstractModuleSourcePrototype);
    let proto = agent.new_object(Some(parent));
    let source = new_module_source(agent, proto, "Module");
    let m = create_synthetic_module(agent, &[], |_, _| Ok(()), Value::UNDEFINED);
    m.set_source(agent, source.into());
    Ok(m)
}

fn print(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let line = to_string(agent, cx.arg(0))?.to_rust_string(agent);
    write_line(agent, &line);
    Ok(Value::UNDEFINED)
}

fn create_realm(agent: &mut Agent, _: &CallArgs) -> JsResult<Value> {
    let realm = agent.create_realm();
    let saved = std::mem::replace(&mut agent.realm, realm);
    let result = define_in_realm(agent);
    agent.realm = saved;
    Ok(result?.into())
}

/// Runs a script in the realm of the `$262` object's functions.
fn eval_script(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let source = to_string(agent, cx.arg(0))?;
    let bytes = sarus_runtime::text::to_wtf8(source.view(agent));
    sarus_runtime::script::evaluate_script(agent, &bytes, "evalScript")
}

fn detach_array_buffer(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let Some(o) = cx.arg(0).as_object() else {
        return Err(agent.type_error("detachArrayBuffer: the argument is not an ArrayBuffer"));
    };
    sarus_runtime::object::buffer::detach_array_buffer(agent, o)?;
    Ok(Value::NULL)
}
