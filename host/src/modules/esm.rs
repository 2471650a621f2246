//! ES modules from files: the registry, `import.meta`, and interop with CommonJS and JSON.

use super::ModuleKey;
use super::cjs;
use super::resolve::{Format, Requester};
use crate::state::state;
use crate::test262;
use sarus_runtime::abstract_ops::{
    Enumerate, create_data_property_or_throw, enumerable_own_properties, get, to_string,
};
use sarus_runtime::builtins::promise::{PromiseState, promise_result, promise_state};
use sarus_runtime::error::ErrorType;
use sarus_runtime::host::LoadRequest;
use sarus_runtime::module::{self, Module};
use sarus_runtime::object::buffer;
use sarus_runtime::object::typed_array::ElementType;
use sarus_runtime::realm::{Intrinsic, Realm};
use sarus_runtime::{Agent, CallArgs, Feature, JsResult, Object, PropertyKey, Value};
use std::path::{Path, PathBuf};

/// Parses a module whose source is given and registers it under its path.
///
/// # Errors
/// A SyntaxError.
pub fn parse(agent: &mut Agent, path: &Path, source: &[u8]) -> JsResult<Module> {
    let name = path.to_string_lossy().into_owned();
    let host_defined = agent.string_value(&name);
    let url = format!("file://{name}");
    let module = module::parse_module(agent, source, &url, host_defined)?;
    register(agent, path, "", module);
    Ok(module)
}

fn key_in(realm: Realm, path: &Path, kind: &str) -> ModuleKey {
    (realm.addr(), path.to_path_buf(), kind.to_string())
}

fn register(agent: &mut Agent, path: &Path, kind: &str, m: Module) {
    let realm = agent.realm;
    let modules = &mut state(agent).modules;
    modules
        .es_modules
        .insert(key_in(realm, path, kind), Value::cell(m));
    let realm = Value::cell(realm);
    if !modules.realms.contains(&realm) {
        modules.realms.push(realm);
    }
}

/// The module of the current realm that was loaded from there.
fn registered(agent: &mut Agent, path: &Path, kind: &str) -> Option<Module> {
    let key = key_in(agent.realm, path, kind);
    let v = state(agent).modules.es_modules.get(&key).copied();
    v.and_then(module::module_of_value)
}

/// Modules whose objects are of the main realm must not come into that of a ShadowRealm.
fn check_isolation(agent: &mut Agent, what: &str) -> JsResult<()> {
    if agent.realm.is_isolated() {
        return Err(agent.type_error(format!("Cannot import {what} in a ShadowRealm")));
    }
    Ok(())
}

/// Loads the dependencies of a module and links it.
///
/// # Errors
/// Resolution and link errors.
pub fn link(agent: &mut Agent, m: Module) -> JsResult<()> {
    module::link(agent, m)
}

/// Evaluates a linked module: its promise, or what it threw synchronously.
///
/// # Errors
/// What the module threw before its first await.
pub fn evaluate(agent: &mut Agent, m: Module) -> JsResult<Value> {
    let promise = module::evaluate(agent, m)?;
    if promise_state(promise) == PromiseState::Rejected {
        mark_handled(agent, promise);
        let reason = promise_result(promise);
        return Err(agent.throw(reason));
    }
    // A later rejection is reported as an unhandled one.
    Ok(promise.into())
}

/// The host reports the rejection itself.
fn mark_handled(agent: &mut Agent, promise: Object) {
    state(agent).rejections.remove(promise.into());
}

/// Runs the program file as an ES module.
///
/// # Errors
/// Early, resolution and synchronous evaluation errors.
pub fn run_main(agent: &mut Agent, path: &Path, source: &[u8]) -> JsResult<()> {
    let m = parse(agent, path, source)?;
    link(agent, m)?;
    evaluate(agent, m).map(|_| ())
}

/// `require` of an ES module: its namespace, when it evaluates synchronously.
///
/// # Errors
/// Those of the module; ERR_REQUIRE_ASYNC_MODULE when it awaits.
pub fn require(agent: &mut Agent, path: &Path) -> JsResult<Value> {
    let m = load_file(agent, path, "")?;
    link(agent, m)?;
    let promise = evaluate(agent, m)?;
    if promise
        .as_object()
        .is_some_and(|p| promise_state(p) == PromiseState::Pending)
    {
        return Err(agent.throw_error(
            ErrorType::Error,
            "require() cannot be used on an ESM graph with top-level await. Use import() instead.",
        ));
    }
    Ok(module::namespace_of(agent, m)?.into())
}

/// The folder that specifiers in the referrer are relative to.
fn folder_of(agent: &mut Agent, referrer: Value) -> PathBuf {
    let path = match module::module_of_value(referrer) {
        Some(m) => m.host_defined(),
        None => referrer,
    };
    match path.as_string() {
        Some(s) => Path::new(&s.to_rust_string(agent))
            .parent()
            .map(Path::to_path_buf)
            .unwrap_or_default(),
        None => std::env::current_dir().unwrap_or_default(),
    }
}

/// HostLoadImportedModule.
///
/// # Errors
/// Resolution errors, read errors, SyntaxErrors.
pub fn load_imported_module(
    agent: &mut Agent,
    referrer: Value,
    request: &LoadRequest,
) -> JsResult<Value> {
    let mut kind = "";
    let bytes = agent.options.features.has(Feature::ImportBytes);
    for (key, v) in &request.attributes {
        let known = matches!(v.as_str(), "json" | "text") || v == "bytes" && bytes;
        if key != "type" || !known {
            return Err(agent.type_error(format!(
                "Import attribute \"{key}\" with value \"{v}\" is not supported"
            )));
        }
        kind = v;
    }
    if state(agent).options.test262 && request.specifier == test262::MODULE_SOURCE {
        let path = Path::new(test262::MODULE_SOURCE);
        if let Some(m) = registered(agent, path, "") {
            return Ok(Value::cell(m));
        }
        let m = test262::module_with_source(agent)?;
        register(agent, path, "", m);
        return Ok(Value::cell(m));
    }
    let folder = folder_of(agent, referrer);
    if cjs::is_builtin(&request.specifier) {
        return builtin(agent, &request.specifier);
    }
    let path = match state(agent).modules.resolver().resolve(
        &request.specifier,
        &folder,
        Requester::Import,
    ) {
        Ok(p) => p,
        Err(e) => return Err(cjs::throw_resolve_error(agent, &e)),
    };
    Ok(Value::cell(load_file(agent, &path, kind)?))
}

fn builtin(agent: &mut Agent, specifier: &str) -> JsResult<Value> {
    check_isolation(agent, specifier)?;
    let path = PathBuf::from(specifier);
    if let Some(m) = registered(agent, &path, "") {
        return Ok(Value::cell(m));
    }
    let exports = cjs::require_main(agent, specifier)?;
    let m = module_around(agent, exports)?;
    register(agent, &path, "", m);
    Ok(Value::cell(m))
}

/// The module record of a file, loading it at first use.
fn load_file(agent: &mut Agent, path: &Path, kind: &str) -> JsResult<Module> {
    if let Some(m) = registered(agent, path, kind) {
        return Ok(m);
    }
    let format = state(agent).modules.resolver().format_of(path);
    let m = match (kind, format) {
        ("json", _) => {
            let source = cjs::read(agent, path)?;
            let v = cjs::parse_json(agent, &source)?;
            default_module(agent, v)
        }
        ("bytes", _) => {
            let source = cjs::read(agent, path)?;
            let v = immutable_bytes(agent, &source)?;
            default_module(agent, v)
        }
        ("text", _) => {
            let source = cjs::read(agent, path)?;
            let v = agent.string_value(&String::from_utf8_lossy(&source));
            default_module(agent, v)
        }
        (_, Format::Json) => {
            let name = path.display();
            return Err(agent.type_error(format!(
                "Module \"file://{name}\" needs an import attribute of \"type: json\""
            )));
        }
        (_, Format::CommonJs) if !state(agent).options.test262 => {
            check_isolation(agent, "a CommonJS module")?;
            let exports = cjs::load(agent, path)?;
            module_around(agent, exports)?
        }
        _ => {
            let source = cjs::read(agent, path)?;
            return parse(agent, path, &source);
        }
    };
    register(agent, path, kind, m);
    Ok(m)
}

/// A Uint8Array over an immutable ArrayBuffer with these bytes.
fn immutable_bytes(agent: &mut Agent, bytes: &[u8]) -> JsResult<Value> {
    let buffer = buffer::allocate_immutable_array_buffer(agent, bytes)?;
    let proto = agent.intrinsic(Intrinsic::Uint8ArrayPrototype);
    Ok(match buffer.as_buffer() {
        Some(cell) => {
            let length = Some(bytes.len());
            let array = agent.new_typed_array(ElementType::Uint8, proto, cell, 0, length);
            array.into()
        }
        None => Value::UNDEFINED,
    })
}

/// A module whose only export is `default`.
fn default_module(agent: &mut Agent, v: Value) -> Module {
    let key = agent.key("default");
    module::create_synthetic_module(
        agent,
        &[key],
        |agent, m| {
            let (key, v) = (agent.key("default"), m.host_defined());
            m.set_export(agent, key, v);
            Ok(())
        },
        v,
    )
}

/// The module that `import` of a CommonJS file gives: `default` is `module.exports`, the other names are
/// the properties it has now.
fn module_around(agent: &mut Agent, exports: Value) -> JsResult<Module> {
    let default = agent.key("default");
    let mut names = vec![default];
    // The names are atoms; the list of values keeps them alive.
    let keys = match exports.as_object() {
        Some(o) => enumerable_own_properties(agent, o, Enumerate::Keys)?,
        None => agent.heap.root_vec::<Value>(),
    };
    for k in keys.iter() {
        let s = to_string(agent, *k)?;
        let key = PropertyKey::string(agent, s);
        if key != default {
            names.push(key);
        }
    }
    Ok(module::create_synthetic_module(
        agent,
        &names,
        fill_from_exports,
        exports,
    ))
}

fn fill_from_exports(agent: &mut Agent, m: Module) -> JsResult<()> {
    let exports = m.host_defined();
    let names = module::exported_names(agent, m);
    for &key in names.iter() {
        let is_default = key == agent.key("default");
        let v = match exports.as_object() {
            Some(o) if !is_default => get(agent, o, key)?,
            _ => exports,
        };
        m.set_export(agent, key, v);
    }
    Ok(())
}

/// HostGetImportMetaProperties.
///
/// # Errors
/// None in practice: the object is fresh.
pub fn import_meta(agent: &mut Agent, module: Value, meta: Object) -> JsResult<()> {
    if state(agent).options.test262 {
        return Ok(());
    }
    let Some(path) = module::module_of_value(module).and_then(|m| m.host_defined().as_string())
    else {
        return Ok(());
    };
    let path = path.to_rust_string(agent);
    let folder = Path::new(&path)
        .parent()
        .unwrap_or(Path::new("/"))
        .to_string_lossy()
        .into_owned();
    for (name, text) in [
        ("dirname", folder.clone()),
        ("filename", path.clone()),
        ("url", format!("file://{path}")),
    ] {
        let (key, v) = (agent.key(name), agent.string_value(&text));
        create_data_property_or_throw(agent, meta, key, v)?;
    }
    let data = agent.string_value(&folder);
    let resolve = agent.new_native_closure(meta_resolve, 1, data);
    let key = agent.key("resolve");
    create_data_property_or_throw(agent, meta, key, resolve.into())
}

/// `import.meta.resolve(specifier)`
fn meta_resolve(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let specifier = to_string(agent, cx.arg(0))?.to_rust_string(agent);
    let folder = match cx.data().as_string() {
        Some(s) => PathBuf::from(s.to_rust_string(agent)),
        None => PathBuf::new(),
    };
    match state(agent)
        .modules
        .resolver()
        .resolve(&specifier, &folder, Requester::Import)
    {
        Ok(p) => Ok(agent.string_value(&format!("file://{}", p.display()))),
        Err(e) => Err(cjs::throw_resolve_error(agent, &e)),
    }
}
