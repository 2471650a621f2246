//! Function objects' constructor and prototype (20.2).

use super::table::ClassSpec;
use crate::agent::{Agent, CallArgs};
use crate::error::JsResult;
use crate::object::Object;
use crate::realm::Intrinsic;
use crate::value::Value;

/// %Function%
pub static FUNCTION: ClassSpec = ClassSpec {
    make_prototype: Some(make_prototype),
    ..ClassSpec::new(
        Intrinsic::Function,
        Intrinsic::FunctionPrototype,
        "Function",
        1,
        |_, _| Ok(Value::UNDEFINED),
    )
};

/// 20.2.3 %Function.prototype% is itself a function.
fn make_prototype(agent: &mut Agent, parent: Option<Object>) -> Object {
    agent.new_function_prototype(parent)
}

/// 10.2.4.1 %ThrowTypeError%
pub(crate) fn build_throw_type_error(agent: &mut Agent) {
    let f = agent.new_native_function("", 0, throw_type_error);
    crate::function::materialize_all(agent, f);
    for key in [agent.names.length, agent.names.name] {
        agent.reconfigure_property(f, key, crate::property::Attributes::NONE);
    }
    agent.prevent_extensions_in_shape(f);
    agent.set_intrinsic(Intrinsic::ThrowTypeError, f);
}

fn throw_type_error(agent: &mut Agent, _: &CallArgs) -> JsResult<Value> {
    Err(agent.type_error(
        "'caller', 'callee', and 'arguments' properties may not be accessed on strict mode functions or the \
         arguments objects for calls to them",
    ))
}
