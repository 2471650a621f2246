//! Module records (16.2.1): source text modules and synthetic modules, loading, linking, evaluation.
//!
//! ```text
//! host.load_module ─► parse_module ─► load_requested_modules ─► link ─► evaluate ─► promise
//! ```
//!
//! A module binding is a property cell; an import *is* the exporter's cell, so live bindings need no
//! indirection. The code of a module runs to its `ModuleStart` instruction while it is linked
//! (hoisted functions), and from there when it is evaluated.

mod dynamic;
mod evaluate;
mod link;
mod record;

pub use dynamic::{import_call, import_meta};
pub use evaluate::{evaluate, evaluate_sync};
pub use link::{
    ExportResolution, deferred_namespace_of, exported_names, link, load_requested_modules,
    namespace_of, resolve_export,
};
pub use record::{
    Module, ModuleCell, ModuleStatus, SyntheticInit, create_synthetic_module, module_of_value,
    parse_module,
};
