//! Module loading: CommonJS and ES modules from files and `node_modules`.

use sarus_gc::Tracer;
use sarus_runtime::host::LoadRequest;
use sarus_runtime::{Agent, JsResult, Object, Value};

/// Modules loaded so far.
#[derive(Default)]
pub struct Registry {}

impl Registry {
    /// Marks the loaded modules.
    pub fn trace(&self, _: &mut Tracer) {}
}

/// HostLoadImportedModule.
pub fn load_imported_module(agent: &mut Agent, _referrer: Value, request: &LoadRequest) -> JsResult<Value> {
    Err(agent.type_error(format!("Cannot load module '{}'", request.specifier)))
}

/// HostGetImportMetaProperties.
pub fn import_meta(_: &mut Agent, _module: Value, _meta: Object) -> JsResult<()> {
    Ok(())
}
