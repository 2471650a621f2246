//! Host hooks: what ECMA-262 leaves to the host, as one trait.

use crate::agent::Agent;
use crate::error::JsResult;
use crate::object::Object;
use crate::value::Value;
use sarus_gc::Tracer;

/// 27.2.1.9 HostPromiseRejectionTracker operations.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum RejectionOperation {
    /// A promise was rejected without a handler.
    Reject,
    /// A handler was added to a rejected promise.
    Handle,
}

/// A module request as `import` and `import()` make it.
#[derive(Clone, Debug)]
pub struct LoadRequest {
    /// The specifier.
    pub specifier: String,
    /// Import attributes.
    pub attributes: Vec<(String, String)>,
}

/// The host.
pub trait HostHooks {
    /// The host as its own type, for native functions of the host.
    fn as_any(&mut self) -> &mut dyn std::any::Any;
    /// Marks the values the host holds.
    fn trace(&self, _: &mut Tracer) {}
    /// HostPromiseRejectionTracker.
    fn promise_rejection(&mut self, _promise: Object, _operation: RejectionOperation) {}
    /// HostLoadImportedModule, synchronously: resolves the specifier against the referrer (a module
    /// cell, script data or undefined) and returns the module cell, loading it at first use.
    fn load_module(&self) -> LoadModuleFn {
        |agent, _, request| {
            Err(agent.type_error(format!(
                "Cannot load module '{}': this host has no module loader",
                request.specifier
            )))
        }
    }
    /// HostGetImportMetaProperties: fills in `import.meta`.
    fn import_meta(&self) -> ImportMetaFn {
        |_, _, _| Ok(())
    }
    /// Called when finalization registries have cells to clean up.
    fn finalization_pending(&mut self) {}
}

/// Loads a module: referrer, request → module cell value.
pub type LoadModuleFn = fn(&mut Agent, Value, &LoadRequest) -> JsResult<Value>;
/// Fills in `import.meta`: module cell value, the object.
pub type ImportMetaFn = fn(&mut Agent, Value, Object) -> JsResult<()>;

/// A host that has nothing to offer.
pub struct DefaultHost;

impl HostHooks for DefaultHost {
    fn as_any(&mut self) -> &mut dyn std::any::Any {
        self
    }
}
