//! Module loading: CommonJS and ES modules from files and `node_modules`, one registry by path.

pub mod cjs;
pub mod esm;
pub mod resolve;

use resolve::{Format, Resolver};
use sarus_gc::Tracer;
use sarus_runtime::kind::mark_value;
use sarus_runtime::{Agent, JsResult, Value};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

pub use esm::{import_meta, load_imported_module};

/// Realm, path and import attribute `type`.
pub(crate) type ModuleKey = (usize, PathBuf, String);

/// Modules loaded so far.
pub struct Registry {
    resolver: Resolver,
    /// `require.cache`.
    pub(crate) cache: Value,
    /// `require.main`.
    pub(crate) main: Value,
    /// ES modules (module cells) by realm, path and import attribute `type`. A realm that has loaded
    /// something lives as long as the host, so its address is its identity.
    pub(crate) es_modules: HashMap<ModuleKey, Value>,
    /// Those realms.
    pub(crate) realms: Vec<Value>,
}

impl Default for Registry {
    fn default() -> Registry {
        Registry {
            resolver: Resolver::default(),
            cache: Value::UNDEFINED,
            main: Value::UNDEFINED,
            es_modules: HashMap::new(),
            realms: Vec::new(),
        }
    }
}

impl Registry {
    /// The resolver.
    pub fn resolver(&mut self) -> &mut Resolver {
        &mut self.resolver
    }
    /// Adds conditions for package exports.
    pub fn set_conditions(&mut self, conditions: Vec<String>) {
        self.resolver = Resolver::new(conditions);
    }
    /// Marks the loaded modules.
    pub fn trace(&self, tracer: &mut Tracer) {
        mark_value(tracer, self.cache);
        mark_value(tracer, self.main);
        for v in self.es_modules.values().chain(&self.realms) {
            mark_value(tracer, *v);
        }
    }
}

/// The program file that a command-line argument means, as Node resolves its main module.
///
/// # Errors
/// A message for people.
pub fn resolve_main(file: &Path) -> Result<PathBuf, String> {
    let path = std::path::absolute(file).map_err(|e| format!("'{}': {e}", file.display()))?;
    if path.is_file() {
        return Ok(std::fs::canonicalize(&path).unwrap_or(path));
    }
    let mut resolver = Resolver::default();
    let specifier = path.to_string_lossy().into_owned();
    match resolver.resolve(&specifier, Path::new("/"), resolve::Requester::Require) {
        Ok(p) => Ok(p),
        Err(_) if path.is_dir() => Err(format!(
            "'{}' is a directory without an index.js",
            file.display()
        )),
        Err(_) => Err(format!("cannot find the program '{}'", file.display())),
    }
}

/// Runs the program file as CommonJS or as an ES module, as its name and package say.
pub fn run_main(agent: &mut Agent, path: &Path, source: &[u8], force_module: bool) -> JsResult<()> {
    let format = crate::state::state(agent)
        .modules
        .resolver()
        .format_of(path);
    if force_module || format == Format::EsModule {
        return esm::run_main(agent, path, source);
    }
    if format == Format::Json {
        return cjs::load(agent, path).map(|_| ());
    }
    cjs::run_main(agent, path, source)
}
