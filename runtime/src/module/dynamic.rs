//! `import()` (13.3.10) in its three phases, and `import.meta` (13.3.12).

use super::evaluate::async_dependencies;
use super::link::{
    deferred_namespace_of, link, load_requested_modules, namespace_of, unsupported_attribute,
};
use super::record::{Module, module_of_value};
use crate::abstract_ops::{Enumerate, enumerable_own_properties, get, to_string};
use crate::agent::Agent;
use crate::builtins::promise::{
    PromiseCapability, PromiseState, new_fulfilled_promise, new_promise,
    perform_promise_then_native,
};
use crate::error::JsResult;
use crate::host::LoadRequest;
use crate::kind::CellKind;
use crate::object::Object;
use crate::value::Value;
use sarus_bytecode::ImportPhase;

/// 13.3.10.2 EvaluateImportCall in code of `referrer` (a module cell, script data or undefined);
/// `options` is undefined when absent. Returns a promise.
///
/// # Errors
/// Only engine faults; exceptions reject the promise.
pub fn import_call(
    agent: &mut Agent,
    referrer: Value,
    specifier: Value,
    options: Value,
    phase: ImportPhase,
) -> JsResult<Value> {
    let promise = new_promise(agent);
    match start_import(agent, referrer, specifier, options, phase, promise) {
        Ok(()) => Ok(promise.into()),
        Err(t) => PromiseCapability::of_promise(promise).reject_with_exception(agent, t),
    }
}

fn start_import(
    agent: &mut Agent,
    referrer: Value,
    specifier: Value,
    options: Value,
    phase: ImportPhase,
    promise: Object,
) -> JsResult<()> {
    let specifier = to_string(agent, specifier)?;
    let attributes = import_attributes(agent, options)?;
    if let Some(text) = unsupported_attribute(&attributes) {
        return Err(agent.type_error(text));
    }
    let request = LoadRequest {
        specifier: specifier.to_rust_string(agent),
        attributes,
    };
    let load = agent.host.load_module();
    let v = load(agent, referrer, &request)?;
    let Some(module) = module_of_value(v) else {
        return Err(agent.type_error(format!("Cannot load module '{}'", request.specifier)));
    };
    if phase == ImportPhase::Source {
        // GetModuleSource
        let source = module.source();
        if !source.is_undefined() {
            return PromiseCapability::of_promise(promise).resolve(agent, source);
        }
        return Err(agent.syntax_error(format!(
            "Source phase import object is not defined for module '{}'",
            request.specifier
        )));
    }
    load_requested_modules(agent, module)?;
    // The load promise is fulfilled by now: linking and evaluation follow in a job of their own, so
    // that `import()` never evaluates in the middle of the code that calls it.
    let deferred = Value::bool(phase == ImportPhase::Defer);
    let values = [
        Value::cell(module),
        promise.into(),
        deferred,
        Value::UNDEFINED,
    ];
    let realm = agent.realm;
    agent.enqueue_job(link_and_evaluate, values, Some(realm));
    Ok(())
}

/// EvaluateImportCall's steps for the options: the entries of `with`, sorted by key.
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
        attributes.push((k.to_rust_string(agent), v.to_rust_string(agent)));
    }
    attributes.sort();
    Ok(attributes)
}

/// linkAndEvaluateClosure of 13.3.10.4 ContinueDynamicImport.
fn link_and_evaluate(agent: &mut Agent, values: &[Value; 4]) -> JsResult<()> {
    let (Some(module), Some(promise)) = (module_of_value(values[0]), values[1].as_object()) else {
        return Ok(());
    };
    if let Err(t) = link(agent, module) {
        let capability = PromiseCapability::of_promise(promise);
        return capability.reject_with_exception(agent, t).map(|_| ());
    }
    if !values[2].is_true() {
        let evaluation = super::evaluate(agent, module)?;
        let data = pending(agent, module, promise, false, 1);
        perform_promise_then_native(agent, evaluation, evaluated, data);
        return Ok(());
    }
    // `import.defer()`: only the asynchronous dependencies are evaluated.
    let list = async_dependencies(agent, module);
    let data = pending(agent, module, promise, true, list.len().max(1));
    if list.is_empty() {
        let done = new_fulfilled_promise(agent, Value::UNDEFINED);
        perform_promise_then_native(agent, done, evaluated, data);
    }
    for &m in list.iter() {
        let evaluation = super::evaluate(agent, m)?;
        perform_promise_then_native(agent, evaluation, evaluated, data);
    }
    Ok(())
}

/// What the reactions to evaluations share: module, promise, phase, and how many are to come. The
/// object is never visible to JavaScript.
fn pending(
    agent: &mut Agent,
    module: Module,
    promise: Object,
    deferred: bool,
    count: usize,
) -> Value {
    let mut fields = [Value::UNDEFINED; 8];
    fields[0] = Value::cell(module);
    fields[1] = promise.into();
    fields[2] = Value::bool(deferred);
    fields[3] = Value::usize(count);
    agent
        .new_fields_object(CellKind::Fields, None, fields)
        .into()
}

fn evaluated(agent: &mut Agent, data: Value, state: PromiseState, v: Value) -> JsResult<()> {
    let Some(record) = data.as_object() else {
        return Ok(());
    };
    let (module, promise) = (
        module_of_value(record.field(0)),
        record.field(1).as_object(),
    );
    let (Some(module), Some(promise)) = (module, promise) else {
        return Ok(());
    };
    let capability = PromiseCapability::of_promise(promise);
    if state == PromiseState::Rejected {
        return capability.reject(agent, v);
    }
    let left = record.field(3).as_int().unwrap_or(1) - 1;
    record.set_field(agent, 3, Value::int(left));
    if left > 0 {
        return Ok(());
    }
    let namespace = if record.field(2).is_true() {
        deferred_namespace_of(agent, module)
    } else {
        namespace_of(agent, module)
    };
    match namespace {
        Ok(namespace) => capability.resolve(agent, namespace.into()),
        Err(t) => capability.reject_with_exception(agent, t).map(|_| ()),
    }
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
