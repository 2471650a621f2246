//! 20.2.1.1.1 CreateDynamicFunction, shared by the constructors of all four kinds of functions.

use crate::abstract_ops::{get_prototype_from_constructor, to_string};
use crate::agent::{Agent, CallArgs, DynamicFunctionKind};
use crate::error::JsResult;
use crate::realm::Intrinsic;
use crate::string::JsString;
use crate::value::Value;
use sarus_gc::RootVec;

/// Makes a function of the arguments of `Function(p1, …, body)` and its siblings. It belongs to the
/// realm of the constructor, which is the current one.
pub(crate) fn create_dynamic_function(
    agent: &mut Agent,
    cx: &CallArgs,
    kind: DynamicFunctionKind,
) -> JsResult<Value> {
    let mut texts: RootVec<JsString> = agent.heap.root_vec();
    for v in cx.args() {
        let text = to_string(agent, *v)?;
        texts.push(text);
    }
    let body = match texts.pop() {
        Some(body) => body,
        None => agent.empty_string(),
    };
    // The body stays on the stack, the parameters in `texts`. Early errors come before the
    // prototype is looked up.
    let compile = agent.hooks.dynamic_function;
    let f = compile(agent, kind, texts.as_slice(), body, None)?;
    if let Some(target) = cx.new_target().as_object()
        && target != cx.callee()
    {
        let fallback = match kind {
            DynamicFunctionKind::Normal => Intrinsic::FunctionPrototype,
            DynamicFunctionKind::Generator => Intrinsic::GeneratorFunctionPrototype,
            DynamicFunctionKind::Async => Intrinsic::AsyncFunctionPrototype,
            DynamicFunctionKind::AsyncGenerator => Intrinsic::AsyncGeneratorFunctionPrototype,
        };
        let proto = get_prototype_from_constructor(agent, target, fallback)?;
        f.set_prototype_of(agent, Some(proto))?;
    }
    Ok(f.into())
}
