//! 20.2.1.1.1 CreateDynamicFunction, shared by the constructors of all four kinds of functions.

use crate::abstract_ops::{get_function_realm, get_prototype_from_constructor, to_string};
use crate::agent::{Agent, CallArgs, DynamicFunctionKind};
use crate::error::JsResult;
use crate::realm::Intrinsic;
use crate::value::Value;

/// Makes a function of the arguments of `Function(p1, …, body)` and its siblings.
pub(crate) fn create_dynamic_function(
    agent: &mut Agent,
    cx: &CallArgs,
    kind: DynamicFunctionKind,
) -> JsResult<Value> {
    let mut texts = agent.heap.root_vec();
    for v in cx.args() {
        let text = to_string(agent, *v)?;
        texts.push(text);
    }
    let body = match texts.pop() {
        Some(body) => body,
        None => agent.empty_string(),
    };
    let fallback = match kind {
        DynamicFunctionKind::Normal => Intrinsic::FunctionPrototype,
        DynamicFunctionKind::Generator => Intrinsic::GeneratorFunctionPrototype,
        DynamicFunctionKind::Async => Intrinsic::AsyncFunctionPrototype,
        DynamicFunctionKind::AsyncGenerator => Intrinsic::AsyncGeneratorFunctionPrototype,
    };
    // The function belongs to the realm of the constructor that was called.
    let realm = get_function_realm(agent, cx.callee())?;
    let saved = std::mem::replace(&mut agent.realm, realm);
    let proto = match cx.new_target().as_object() {
        Some(target) if target != cx.callee() => {
            get_prototype_from_constructor(agent, target, fallback).map(Some)
        }
        _ => Ok(None),
    };
    let result = proto.and_then(|proto| {
        (agent.hooks.dynamic_function)(agent, kind, texts.as_slice(), body, proto)
    });
    agent.realm = saved;
    Ok(result?.into())
}
