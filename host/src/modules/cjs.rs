//! CommonJS: `require`, `module`, `exports`, the cache, JSON modules.

use super::resolve::{Format, Requester, ResolveError};
use crate::state::state;
use sarus_runtime::abstract_ops::{
    create_data_property_or_throw, create_non_enumerable, get_str, invoke, set, to_string,
};
use sarus_runtime::error::ErrorType;
use sarus_runtime::{Agent, CallArgs, JsResult, Object, PropertyKey, Value};
use std::path::{Path, PathBuf};

/// The parameters of a CommonJS module's function.
const PARAMETERS: &str = "exports, require, module, __filename, __dirname";

/// Loads a module as the program's entry would and returns its exports.
pub fn require_main(agent: &mut Agent, specifier: &str) -> JsResult<Value> {
    let folder = std::env::current_dir().unwrap_or_default();
    require_from(agent, specifier, &folder)
}

/// `require(specifier)` in a module in `folder`.
fn require_from(agent: &mut Agent, specifier: &str, folder: &Path) -> JsResult<Value> {
    if let Some(v) = builtin(agent, specifier)? {
        return Ok(v);
    }
    let path = match state(agent)
        .modules
        .resolver()
        .resolve(specifier, folder, Requester::Require)
    {
        Ok(p) => p,
        Err(e) => return Err(throw_resolve_error(agent, &e)),
    };
    load(agent, &path)
}

/// True for specifiers of builtins.
pub fn is_builtin(specifier: &str) -> bool {
    specifier.starts_with("node:") || crate::node::is_builtin(specifier)
}

fn builtin(agent: &mut Agent, specifier: &str) -> JsResult<Option<Value>> {
    let name = specifier.strip_prefix("node:").unwrap_or(specifier);
    if let Some(v) = crate::node::require(agent, name)? {
        return Ok(Some(v));
    }
    if specifier.starts_with("node:") {
        let error = ResolveError {
            code: "ERR_UNKNOWN_BUILTIN_MODULE",
            message: format!("No such built-in module: {specifier}"),
        };
        return Err(throw_resolve_error(agent, &error));
    }
    Ok(None)
}

/// Throws an Error with Node's code.
pub fn throw_resolve_error(agent: &mut Agent, e: &ResolveError) -> sarus_runtime::Throw {
    let throw = agent.throw_error(ErrorType::Error, &e.message);
    if let Some(o) = agent.exception.as_object() {
        let (key, v) = (agent.key("code"), agent.string_value(e.code));
        if let Err(t) = create_data_property_or_throw(agent, o, key, v) {
            return t;
        }
    }
    throw
}

/// The exports of the CommonJS (or JSON) file, loading it at first use.
pub fn load(agent: &mut Agent, path: &Path) -> JsResult<Value> {
    agent.check_native_stack()?;
    let cache = cache(agent);
    let name = path.to_string_lossy().into_owned();
    let key = agent.key(&name);
    if let Some(module) = cache.get(agent, key, cache.into())?.as_object() {
        return get_str(agent, module, "exports");
    }
    let format = state(agent).modules.resolver().format_of(path);
    if format == Format::EsModule {
        return super::esm::require(agent, path);
    }
    let source = read(agent, path)?;
    let module = new_module(agent, &name)?;
    create_data_property_or_throw(agent, cache, key, module.into())?;
    let result = if format == Format::Json {
        load_json(agent, module, &source)
    } else {
        run(agent, module, path, &source)
    };
    if let Err(t) = result {
        if agent.fault.is_none() {
            // A module that throws is loaded again next time.
            let exception = agent.exception;
            cache.delete(agent, key)?;
            agent.exception = exception;
        }
        return Err(t);
    }
    let loaded = agent.key("loaded");
    set(agent, module, loaded, Value::TRUE, false)?;
    get_str(agent, module, "exports")
}

/// The text of a file, or a thrown Error.
pub fn read(agent: &mut Agent, path: &Path) -> JsResult<Vec<u8>> {
    match std::fs::read(path) {
        Ok(bytes) if std::str::from_utf8(&bytes).is_ok() => Ok(bytes),
        Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned().into_bytes()),
        Err(e) => Err(agent.throw_error(
            ErrorType::Error,
            &format!("cannot read '{}': {e}", path.display()),
        )),
    }
}

/// `require.cache`: an object without prototype, by absolute path.
fn cache(agent: &mut Agent) -> Object {
    match state(agent).modules.cache.as_object() {
        Some(c) => c,
        None => {
            let c = agent.new_object(None);
            state(agent).modules.cache = c.into();
            c
        }
    }
}

fn new_module(agent: &mut Agent, name: &str) -> JsResult<Object> {
    let module = agent.new_plain_object();
    let exports = agent.new_plain_object();
    let folder = Path::new(name)
        .parent()
        .unwrap_or(Path::new("/"))
        .to_string_lossy()
        .into_owned();
    let (name, folder) = (agent.string_value(name), agent.string_value(&folder));
    let children = agent.new_array().into();
    let paths = agent.new_array().into();
    let fields = [
        ("id", name),
        ("path", folder),
        ("exports", exports.into()),
        ("filename", name),
        ("loaded", Value::FALSE),
        ("children", children),
        ("paths", paths),
    ];
    for (field, v) in fields {
        let key = agent.key(field);
        create_data_property_or_throw(agent, module, key, v)?;
    }
    Ok(module)
}

fn load_json(agent: &mut Agent, module: Object, source: &[u8]) -> JsResult<()> {
    let v = parse_json(agent, source)?;
    let key = agent.key("exports");
    set(agent, module, key, v, true)
}

/// The value of a JSON text, by %JSON%.parse.
pub fn parse_json(agent: &mut Agent, source: &[u8]) -> JsResult<Value> {
    let text = String::from_utf8_lossy(source);
    let text = agent.string_value(text.trim_start_matches('\u{feff}'));
    let json = agent.intrinsic(sarus_runtime::realm::Intrinsic::JSON);
    let key = agent.key("parse");
    invoke(agent, json.into(), key, &[text])
}

/// Runs the program file as the main CommonJS module.
pub fn run_main(agent: &mut Agent, path: &Path, source: &[u8]) -> JsResult<()> {
    let cache = cache(agent);
    let name = path.to_string_lossy().into_owned();
    let module = new_module(agent, &name)?;
    let (id, dot) = (agent.key("id"), agent.string_value("."));
    set(agent, module, id, dot, true)?;
    let key = agent.key(&name);
    create_data_property_or_throw(agent, cache, key, module.into())?;
    state(agent).modules.main = module.into();
    run(agent, module, path, source)
}

/// Compiles a module's function and calls it.
fn run(agent: &mut Agent, module: Object, path: &Path, source: &[u8]) -> JsResult<()> {
    let name = path.to_string_lossy().into_owned();
    let function = compile(agent, source, &name)?;
    let exports = get_str(agent, module, "exports")?;
    let folder = path.parent().unwrap_or(Path::new("/")).to_path_buf();
    let require = new_require(agent, &folder, Some(module))?;
    let dirname = agent.string_value(&folder.to_string_lossy());
    let filename = agent.string_value(&name);
    agent
        .call(
            function,
            exports,
            &[exports, require.into(), module.into(), filename, dirname],
        )
        .map(|_| ())
}

/// The function around a CommonJS source. It begins on the source's first line, so that line numbers
/// are the file's own.
pub(crate) fn compile(agent: &mut Agent, source: &[u8], name: &str) -> JsResult<Value> {
    let source = source.strip_prefix(b"\xef\xbb\xbf").unwrap_or(source);
    let mut before = format!("(function ({PARAMETERS}) {{");
    if source.starts_with(b"#!") {
        before.push_str("//");
    }
    sarus_runtime::script::evaluate_wrapped(agent, before.as_bytes(), source, b"\n})", name)
}

/// A `require` function for modules in `folder`.
pub fn new_require(agent: &mut Agent, folder: &Path, _parent: Option<Object>) -> JsResult<Object> {
    let data = agent.string_value(&folder.to_string_lossy());
    let require = agent.new_native_closure(
        |agent, cx| {
            let folder = folder_of(agent, cx);
            let specifier = specifier_argument(agent, cx.arg(0))?;
            require_from(agent, &specifier, &folder)
        },
        1,
        data,
    );
    let name = agent.key("name");
    let text = agent.string_value("require");
    sarus_runtime::abstract_ops::define_property_or_throw(
        agent,
        require,
        name,
        &sarus_runtime::PropertyDescriptor::data(text, sarus_runtime::Attributes::C),
    )?;
    let resolve = agent.new_native_closure(
        |agent, cx| {
            let folder = folder_of(agent, cx);
            let specifier = specifier_argument(agent, cx.arg(0))?;
            if is_builtin(&specifier) {
                return Ok(agent.string_value(&specifier));
            }
            match state(agent)
                .modules
                .resolver()
                .resolve(&specifier, &folder, Requester::Require)
            {
                Ok(p) => Ok(agent.string_value(&p.to_string_lossy())),
                Err(e) => Err(throw_resolve_error(agent, &e)),
            }
        },
        1,
        data,
    );
    let cache = cache(agent).into();
    let main = state(agent).modules.main;
    let extensions = agent.new_object(None).into();
    for (field, v) in [
        ("resolve", resolve.into()),
        ("cache", cache),
        ("main", main),
        ("extensions", extensions),
    ] {
        let key = agent.key(field);
        create_data_property_or_throw(agent, require, key, v)?;
    }
    Ok(require)
}

fn folder_of(agent: &mut Agent, cx: &CallArgs) -> PathBuf {
    match cx.data().as_string() {
        Some(s) => PathBuf::from(s.to_rust_string(agent)),
        None => PathBuf::new(),
    }
}

fn specifier_argument(agent: &mut Agent, v: Value) -> JsResult<String> {
    if !v.is_string() {
        let received = crate::report::received(agent, v);
        return Err(agent.type_error(format!(
            "The \"id\" argument must be of type string. Received {received}"
        )));
    }
    Ok(to_string(agent, v)?.to_rust_string(agent))
}

/// `require`, `module`, `exports`, `__filename` and `__dirname` for code from the command line.
pub fn define_repl_globals(agent: &mut Agent) -> JsResult<()> {
    let folder = std::env::current_dir().unwrap_or_default();
    let name = folder.join("[eval]").to_string_lossy().into_owned();
    let module = new_module(agent, &name)?;
    let require = new_require(agent, &folder, Some(module))?;
    let exports = get_str(agent, module, "exports")?;
    let (filename, dirname) = (agent.string_value("[eval]"), agent.string_value("."));
    let global = agent.global_object();
    let fields = [
        ("require", require.into()),
        ("module", module.into()),
        ("exports", exports),
        ("__filename", filename),
        ("__dirname", dirname),
    ];
    for (field, v) in fields {
        let key: PropertyKey = agent.key(field);
        create_non_enumerable(agent, global, key, v)?;
    }
    Ok(())
}
