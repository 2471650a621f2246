//! Node's builtin modules: JavaScript sources embedded in the executable, over small native bindings.
//!
//! A module is compiled at its first `require`; a program that requires none pays for none, not even
//! for the globals that come from them: these are accessors that replace themselves with the value.
//! Nothing here runs JavaScript but from a call of the program, or of the event loop.

mod bytes;
mod fs;
mod globals;
mod kinds;
mod system;

pub use fs::Files;
pub use globals::define as define_globals;

use crate::state::state;
use sarus_runtime::abstract_ops::{create_data_property_or_throw, get_str, set};
use sarus_runtime::function::NativeFn;
use sarus_runtime::{Agent, CallArgs, JsResult, Object, Value};

/// One builtin module: its name and its source.
struct Builtin {
    name: &'static str,
    source: &'static str,
}

macro_rules! builtins {
    ($($name:literal => $file:literal,)*) => {
        /// Every builtin module. Names that begin with `internal/` are for other builtins alone.
        const BUILTINS: &[Builtin] = &[
            $(Builtin { name: $name, source: include_str!($file) },)*
        ];
    };
}

include!("table.rs");

/// Modules that Node has and sarus does not have yet.
const MISSING: &[&str] = &[
    "async_hooks",
    "child_process",
    "cluster",
    "crypto",
    "dgram",
    "diagnostics_channel",
    "dns",
    "dns/promises",
    "domain",
    "http",
    "http2",
    "https",
    "inspector",
    "net",
    "readline",
    "readline/promises",
    "repl",
    "stream/web",
    "test",
    "tls",
    "trace_events",
    "v8",
    "vm",
    "wasi",
    "worker_threads",
    "zlib",
];

/// The parameters of a builtin's function.
const PARAMETERS: &str = "exports, require, module, binding, process, globalThis";

fn find(name: &str) -> Option<&'static Builtin> {
    BUILTINS.iter().find(|b| b.name == name)
}

/// True for the names (without `node:`) that programs can require.
pub fn is_builtin(name: &str) -> bool {
    if name.starts_with("internal/") {
        return false;
    }
    matches!(name, "console" | "process") || find(name).is_some() || is_missing(name)
}

fn is_missing(name: &str) -> bool {
    MISSING.contains(&name) && find(name).is_none()
}

/// The exports of a builtin that programs can require, loading it at first use.
///
/// # Errors
/// An Error when the module is not implemented.
pub fn require(agent: &mut Agent, name: &str) -> JsResult<Option<Value>> {
    if !is_builtin(name) {
        return Ok(None);
    }
    if is_missing(name) {
        let throw = agent.throw_error(
            sarus_runtime::error::ErrorType::Error,
            &format!("not implemented in sarus yet: {name}"),
        );
        if let Some(o) = agent.exception.as_object() {
            text_property(agent, o, "code", "ERR_UNKNOWN_BUILTIN_MODULE")?;
        }
        return Err(throw);
    }
    if matches!(name, "console" | "process") {
        let global = agent.global_object();
        return get_str(agent, global, name).map(Some);
    }
    load(agent, name).map(Some)
}

/// The exports of any builtin of the table.
///
/// # Errors
/// What the module's code throws.
pub fn load(agent: &mut Agent, name: &str) -> JsResult<Value> {
    let Some(builtin) = find(name) else {
        return Err(agent.type_error(format!("no such builtin: {name}")));
    };
    let registry = registry(agent)?;
    let key = agent.key(name);
    if let Some(module) = registry.get(agent, key, registry.into())?.as_object() {
        return get_str(agent, module, "exports");
    }
    let module = agent.new_plain_object();
    let exports = agent.new_plain_object();
    let exports_key = agent.key("exports");
    create_data_property_or_throw(agent, module, exports_key, exports.into())?;
    create_data_property_or_throw(agent, registry, key, module.into())?;
    let result = evaluate(agent, builtin, module, exports);
    if let Err(t) = result {
        if agent.fault.is_none() {
            let exception = agent.exception;
            registry.delete(agent, key)?;
            agent.exception = exception;
        }
        return Err(t);
    }
    get_str(agent, module, "exports")
}

fn evaluate(agent: &mut Agent, b: &Builtin, module: Object, exports: Object) -> JsResult<()> {
    let source = source_of(b);
    let text = format!("(function ({PARAMETERS}) {{ 'use strict'; {source}\n}})");
    let file = format!("node:{}", b.name);
    let function = sarus_runtime::script::evaluate_script(agent, text.as_bytes(), &file)?;
    let binding = binding(agent)?;
    let require = agent.new_native_function("require", 1, |agent, cx| {
        let name = text_argument(agent, cx, 0)?;
        load(agent, &name)
    });
    let global = agent.global_object();
    let process = state(agent).process;
    let arguments = [
        exports.into(),
        require.into(),
        module.into(),
        binding.into(),
        process,
        global.into(),
    ];
    agent
        .call(function, Value::UNDEFINED, &arguments)
        .map(|_| ())
}

/// The source of a builtin: the embedded one, or with the feature `live-builtins` the file, so that
/// work on the modules needs no build.
fn source_of(b: &Builtin) -> std::borrow::Cow<'static, str> {
    #[cfg(feature = "live-builtins")]
    {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/node/");
        let path = format!("{folder}{}.js", b.name);
        if let Ok(text) = std::fs::read_to_string(path) {
            return text.into();
        }
    }
    b.source.into()
}

/// The loaded builtins: an object without prototype, by name.
fn registry(agent: &mut Agent) -> JsResult<Object> {
    object_in(agent, "registry", |_, _| Ok(()))
}

/// The object with the native functions that builtins are written over.
fn binding(agent: &mut Agent) -> JsResult<Object> {
    object_in(agent, "binding", |agent, o| {
        for list in [
            fs::FUNCTIONS,
            bytes::FUNCTIONS,
            system::FUNCTIONS,
            kinds::FUNCTIONS,
            FUNCTIONS,
        ] {
            methods(agent, o, list)?;
        }
        let inspection = crate::console::util::module(agent)?;
        let key = agent.key("inspection");
        create_data_property_or_throw(agent, o, key, inspection)
    })
}

fn object_in(
    agent: &mut Agent,
    name: &str,
    fill: fn(&mut Agent, Object) -> JsResult<()>,
) -> JsResult<Object> {
    let root = match state(agent).builtins.as_object() {
        Some(o) => o,
        None => {
            let o = agent.new_object(None);
            state(agent).builtins = o.into();
            o
        }
    };
    if let Some(o) = get_str(agent, root, name)?.as_object() {
        return Ok(o);
    }
    let o = agent.new_object(None);
    fill(agent, o)?;
    let key = agent.key(name);
    create_data_property_or_throw(agent, root, key, o.into())?;
    Ok(o)
}

static FUNCTIONS: &[(&str, u32, NativeFn)] = &[
    ("builtinNames", 0, builtin_names),
    ("isBuiltin", 1, |agent, cx| {
        let name = text_argument(agent, cx, 0)?;
        Ok(Value::bool(is_builtin(
            name.strip_prefix("node:").unwrap_or(&name),
        )))
    }),
    ("createRequire", 1, |agent, cx| {
        let folder = text_argument(agent, cx, 0)?;
        let f = crate::modules::cjs::new_require(agent, std::path::Path::new(&folder), None)?;
        Ok(f.into())
    }),
    ("setDispatch", 1, |agent, cx| {
        state(agent).dispatch = cx.arg(0);
        Ok(Value::UNDEFINED)
    }),
    ("compileCommonJs", 2, |agent, cx| {
        let source = text_argument(agent, cx, 0)?;
        let name = text_argument(agent, cx, 1)?;
        crate::modules::cjs::compile(agent, source.as_bytes(), &name)
    }),
    ("checkScript", 2, |agent, cx| {
        let source = text_argument(agent, cx, 0)?;
        let name = text_argument(agent, cx, 1)?;
        sarus_runtime::script::parse_script(agent, source.as_bytes(), &name)?;
        Ok(Value::UNDEFINED)
    }),
    ("runScript", 2, |agent, cx| {
        let source = text_argument(agent, cx, 0)?;
        let name = text_argument(agent, cx, 1)?;
        sarus_runtime::script::evaluate_script(agent, source.as_bytes(), &name)
    }),
];

fn builtin_names(agent: &mut Agent, _: &CallArgs) -> JsResult<Value> {
    let mut list = agent.heap.root_vec::<Value>();
    let names = BUILTINS
        .iter()
        .map(|b| b.name)
        .filter(|n| !n.starts_with("internal/"));
    let mut names: Vec<&str> = names
        .chain(["console", "process"])
        .chain(MISSING.iter().copied().filter(|n| find(n).is_none()))
        .collect();
    names.sort_unstable();
    for n in names {
        let v = agent.string_value(n);
        list.push(v);
    }
    Ok(agent.new_array_from(&list).into())
}

/// Emits an event on `process` for the host: true when a listener took it.
///
/// # Errors
/// What a listener throws.
pub fn emit(agent: &mut Agent, event: &str, arguments: &[Value]) -> JsResult<bool> {
    let dispatch = state(agent).dispatch;
    if !dispatch.is_callable() {
        return Ok(false);
    }
    let mut list = agent.heap.root_vec::<Value>();
    let name = agent.string_value(event);
    list.push(name);
    list.extend(arguments.iter().copied());
    let v = agent.call(dispatch, Value::UNDEFINED, &list)?;
    Ok(v.is_true())
}

/// Adds native functions to an object.
pub(crate) fn methods(
    agent: &mut Agent,
    o: Object,
    list: &[(&str, u32, NativeFn)],
) -> JsResult<()> {
    for &(name, length, f) in list {
        let f = agent.new_native_function(name, length, f);
        let key = agent.key(name);
        create_data_property_or_throw(agent, o, key, f.into())?;
    }
    Ok(())
}

fn text_property(agent: &mut Agent, o: Object, name: &str, text: &str) -> JsResult<()> {
    let (key, v) = (agent.key(name), agent.string_value(text));
    create_data_property_or_throw(agent, o, key, v)
}

fn number_property(agent: &mut Agent, o: Object, name: &str, n: f64) -> JsResult<()> {
    let key = agent.key(name);
    set(agent, o, key, Value::number(n), true)
}

/// An argument as text; the callers in JavaScript have checked that it is a string.
fn text_argument(agent: &mut Agent, cx: &CallArgs, i: usize) -> JsResult<String> {
    Ok(sarus_runtime::abstract_ops::to_string(agent, cx.arg(i))?.to_rust_string(agent))
}

/// An argument as a number, `default` when it is none.
fn number_argument(cx: &CallArgs, i: usize, default: f64) -> f64 {
    cx.arg(i).as_number().unwrap_or(default)
}
