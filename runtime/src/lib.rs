//! Values, strings, objects, shapes, realms and builtins of sarus: ECMA-262 semantics.
//!
//! ```text
//!            agent (one per thread: heap, tables, current realm, hooks)
//!   value ── string, symbol, bigint ── object ── shape ── property
//!            abstract_ops (the specification's operations, written once)
//!            builtins (one file per object) ── realm (intrinsics, built at first touch)
//!   pure:    numeric, text, date_math, bigint_math, json_text (and the crate sarus-regexp)
//! ```
//!
//! **Architecture invariant:** this crate knows neither the interpreter nor the host; both install
//! themselves in the agent as hooks.

pub mod abstract_ops;
pub mod agent;
pub mod bigint;
pub mod bigint_math;
pub mod builtins;
pub mod code;
pub mod date_math;
pub mod environment;
pub mod error;
pub mod function;
pub mod host;
pub mod interrupt;
pub mod jobs;
pub mod json_text;
pub mod kind;
pub mod module;
pub mod names;
mod native_stack;
pub mod numeric;
pub mod object;
pub mod property;
pub mod realm;
pub mod script;
pub mod shape;
pub mod stack_trace;
pub mod string;
pub mod symbol;
pub mod text;
pub mod tier;
pub mod value;

pub use agent::{Agent, AgentOptions, CallArgs};
pub use error::{Fault, JsResult, Throw};
pub use interrupt::TerminationHandle;
pub use object::Object;
pub use property::{Attributes, OwnProperty, PropertyDescriptor, PropertyKey};
pub use sarus_bytecode::{Feature, Features};
pub use string::JsString;
pub use value::Value;
