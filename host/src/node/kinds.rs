//! What a value is, beyond what JavaScript can tell: the native half of `util.types`.

use sarus_runtime::builtins::promise::{PromiseState, promise_result, promise_state};
use sarus_runtime::function::NativeFn;
use sarus_runtime::kind::CellKind;
use sarus_runtime::object::proxy;
use sarus_runtime::{Agent, CallArgs, JsResult, Value};

pub static FUNCTIONS: &[(&str, u32, NativeFn)] = &[
    ("kindOf", 1, kind_of),
    ("promiseDetails", 1, promise_details),
    ("proxyDetails", 1, proxy_details),
];

/// The engine's name of an object's kind; the empty string for primitives.
fn kind_of(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let Some(o) = cx.arg(0).as_object() else {
        return Ok(agent.string_value(""));
    };
    if o.as_buffer().is_some_and(|b| b.is_shared()) {
        return Ok(agent.string_value("SharedArrayBuffer"));
    }
    let kind = CellKind::from_byte(o.kind());
    let name = format!("{kind:?}");
    Ok(agent.string_value(&name))
}

/// `[state, result]` of a promise; state is 0 while pending, 1 when fulfilled, 2 when rejected.
fn promise_details(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let Some(p) = cx.arg(0).as_promise() else {
        return Ok(Value::UNDEFINED);
    };
    let state = match promise_state(p) {
        PromiseState::Pending => 0,
        PromiseState::Fulfilled => 1,
        PromiseState::Rejected => 2,
    };
    let list = [Value::int(state), promise_result(p)];
    Ok(agent.new_array_from(&list).into())
}

/// `[target, handler]` of a proxy.
fn proxy_details(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let Some(o) = cx.arg(0).as_object().filter(|o| o.is(CellKind::Proxy)) else {
        return Ok(Value::UNDEFINED);
    };
    let part = |o: Option<sarus_runtime::Object>| o.map_or(Value::NULL, Value::from);
    let list = [part(proxy::target_of(o)), part(proxy::handler_of(o))];
    Ok(agent.new_array_from(&list).into())
}
