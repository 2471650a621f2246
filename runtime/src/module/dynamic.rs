//! `import()` (13.3.10) and `import.meta` (13.3.12).

use super::link::{link, namespace_of};
use super::record::{Module, ModuleStatus, module_of_value};
use crate::abstract_ops::{Enumerate, enumerable_own_properties, get, to_string};
use crate::agent::{Agent, CallArgs};
use crate::builtins::promise;
use crate::error::JsResult;
use crate::host::LoadRequest;
use crate::object::Object;
use crate::value::Value;

/// `import(specifier, options)` in code of `referrer` (a module cell, script data or undefined).
/// Returns a promise.
///
/// # Errors
/// Only engine faults; exceptions reject the promise.
pub fn import_call(
    agent: &mut Agent,
    referrer: Value,
    specifier: Value,
    options: Value,
) -> JsResult<Value> {
    let result_promise = promise::new_promise(agent);
    if let Err(t) = start_import(agent, referrer, specifier, options, result_promise) {
        let Some(e) = agent.take_exception() else {
            return Err(t);
        };
        promise::reject_promise(agent, result_promise, e);
    }
    Ok(result_promise.into())
}

fn start_import(
    agent: &mut Agent,
    referrer: Value,
    specifier: Value,
    options: Value,
    result_promise: Object,
) -> JsResult<()> {
    let specifier = to_string(agent, specifier)?;
    let attributes = import_attributes(agent, options)?;
    let request = LoadRequest {
        specifier: specifier.to_rust_string(agent),
        attributes,
    };
    let load = agent.host.load_module();
    let v = load(agent, referrer, &request)?;
    let Some(module) = module_of_value(v) else {
        return Err(agent.type_error(format!("Cannot load module '{}'", request.specifier)));
    };
    continue_import(agent, module, result_promise)
}

/// EvaluateImportCall steps for the options: the `with` object's entries.
fn import_attributes(agent: &mut Agent, options: Value) -> JsResult<Vec<(String, String)>> {
    let mut attributes = Vec::new();
    if options.is_undefined() {
        return Ok(attributes);
    }
    let Some(options) = options.as_object() else {
        return Err(agent.type_error("The second argument of import() must be an object"));
    };
    let key = agent.names.with;
    let with = get(agent, options, key)?;
    if with.is_undefined() {
        return Ok(attributes);
    }
    let Some(with) = with.as_object() else {
        return Err(agent.type_error("The 'options' argument of import() must be an object"));
    };
    let entries = enumerable_own_properties(agent, with, Enumerate::Entries)?;
    for entry in entries.iter() {
        let Some(pair) = entry.as_object() else {
            continue;
        };
        let (k, v) = (pair.dense_element(0), pair.dense_element(1));
        let (Some(k), Some(v)) = (k.as_string(), v.as_string()) else {
            return Err(agent.type_error("Import attribute value must be a string"));
        };
        let (k, v) = (k.to_rust_string(agent), v.to_rust_string(agent));
        if k != "type" {
            return Err(agent.type_error(format!(
                "Import attribute \"{k}\" with value \"{v}\" is not supported"
            )));
        }
        attributes.push((k, v));
    }
    attributes.sort();
    Ok(attributes)
}

/// 13.3.10.3 ContinueDynamicImport.
fn continue_import(agent: &mut Agent, module: Module, result_promise: Object) -> JsResult<()> {
    if module.status() < ModuleStatus::Linked {
        link(agent, module)?;
    }
    let evaluation = super::evaluate(agent, module)?;
    let data = agent.new_array_from(&[result_promise.into()]);
    // The module goes beside the promise: arrays may hold any cell that JavaScript never sees.
    let fulfilled = agent.new_native_closure(on_evaluated, 0, data.into());
    let rejected = agent.new_native_closure(on_failed, 1, data.into());
    crate::object::array::push(agent, data, Value::cell(module))?;
    promise::perform_promise_then(agent, evaluation, fulfilled.into(), rejected.into(), None);
    Ok(())
}

fn parts(cx: &CallArgs) -> Option<(Object, Module)> {
    let data = cx.data().as_object()?;
    Some((
        data.dense_element(0).as_object()?,
        module_of_value(data.dense_element(1))?,
    ))
}

fn on_evaluated(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let Some((result_promise, module)) = parts(cx) else {
        return Ok(Value::UNDEFINED);
    };
    let namespace = namespace_of(agent, module)?;
    promise::resolve_promise(agent, result_promise, namespace.into())?;
    Ok(Value::UNDEFINED)
}

fn on_failed(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    if let Some((result_promise, _)) = parts(cx) {
        promise::reject_promise(agent, result_promise, cx.arg(0));
    }
    Ok(Value::UNDEFINED)
}

/// The object of `import.meta`, filled in by the host at first use.
///
/// # Errors
/// What the host throws.
pub fn import_meta(agent: &mut Agent, module: Module) -> JsResult<Object> {
    if let Some(o) = module.meta.get().as_object() {
        return Ok(o);
    }
    let meta = agent.new_object(None);
    let fill = agent.host.import_meta();
    fill(agent, Value::cell(module), meta)?;
    agent.heap.write_barrier(module.header());
    module.meta.set(meta.into());
    Ok(meta)
}
