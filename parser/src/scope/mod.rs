//! Scopes, bindings and the resolution of every identifier.
//!
//! While parsing, declarations are collected per scope and a flat event log records scope entries, exits and references.
//! After parsing one linear pass over the log resolves every reference (see `resolve.rs`). The results here are plain
//! tables indexed by ids:
//!
//! ```text
//! Ident.reference ──► Parsed::resolve ──► Resolution { binding, dynamic, needs_tdz_check }
//!                                              │
//!                             ScopeTree.bindings[binding] ──► Binding { scope, kind, captured, … }
//!                                                                │
//!                                           ScopeTree.scopes[scope] ──► Scope { kind, parent, function, needs_environment, … }
//! ```
//!
//! What the resolution means for code generation:
//! - `binding` and not `dynamic`: the variable is exactly that binding. Its home is a register of the function if not
//!   [`Binding::captured`], otherwise a slot in the heap environment of its scope. If the scope is the `Script` scope it is a global
//!   (declarative record for `let`/`const`/`class`, object record for `var` and functions); for an import it is the module binding.
//! - `dynamic`: a `with` object or a sloppy direct eval stands between the reference and the binding, so look the name up
//!   at run time along the environments from the innermost scope outwards; `binding`, if any, is what is found when no `with` object or eval-made `var` has it
//!   (that binding is then `captured`, so its environment can be searched by name).
//! - neither: the name is free in this source: a global, or, when the source is an eval or the body of a re-parsed
//!   function, something of the surrounding code.
//!
//! Names in `Scope`/`Binding` lists are in declaration order, which is the order the specification's instantiation
//! algorithms ask for.

mod build;
mod resolve;
mod tree;

pub(crate) use build::*;
pub use tree::*;
