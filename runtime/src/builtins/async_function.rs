//! Async functions (27.7): %AsyncFunction% and its prototype.

use super::generator::{FunctionKind, build_function_kind};
use crate::agent::{Agent, CallArgs, DynamicFunctionKind};
use crate::error::JsResult;
use crate::realm::Intrinsic;
use crate::value::Value;

/// Builds the two intrinsics.
pub(crate) fn build(agent: &mut Agent) {
    let kind = FunctionKind {
        constructor: Intrinsic::AsyncFunction,
        prototype: Intrinsic::AsyncFunctionPrototype,
        name: "AsyncFunction",
        native: constructor,
    };
    build_function_kind(agent, &kind);
}

/// 27.7.1.1 AsyncFunction.
fn constructor(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    super::dynamic_function::create_dynamic_function(agent, cx, DynamicFunctionKind::Async)
}
