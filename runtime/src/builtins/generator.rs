//! Generator objects (27.3 to 27.5): %GeneratorFunction%, its prototype, and %GeneratorPrototype%.

use super::table::{define_properties, method, tag};
use crate::abstract_ops::create_iter_result;
use crate::agent::{Agent, CallArgs, DynamicFunctionKind, ResumeMode};
use crate::error::{JsResult, Throw};
use crate::function::NativeFn;
use crate::object::Object;
use crate::object::generator::{GeneratorKind, GeneratorState};
use crate::object::ordinary::add_named;
use crate::property::{Attributes, PropertyKey};
use crate::realm::Intrinsic;
use crate::value::Value;

/// The builtin `next`, by which the interpreter knows that it may step a generator in place.
pub const NEXT: NativeFn = next;

/// The builtin `return`, which interpreters need not call to close a generator that has nothing left to run.
pub const RETURN: NativeFn = return_;

/// The pieces of a function kind with objects of its own.
pub(crate) struct FunctionKind {
    pub constructor: Intrinsic,
    pub prototype: Intrinsic,
    pub name: &'static str,
    pub native: NativeFn,
}

/// Builds the constructor and the prototype object that functions of the kind inherit from.
pub(crate) fn build_function_kind(agent: &mut Agent, kind: &FunctionKind) -> Object {
    let parent = agent.intrinsic(Intrinsic::FunctionPrototype);
    let prototype = agent.new_object(Some(parent));
    agent.set_intrinsic(kind.prototype, prototype);
    let constructor = agent.new_native_constructor(kind.name, 1, kind.native);
    agent.set_intrinsic(kind.constructor, constructor);
    let function = agent.intrinsic(Intrinsic::Function);
    agent.set_prototype_in_shape(constructor, Some(function));
    crate::function::materialize_all(agent, constructor);
    let key = agent.names.prototype;
    add_named(agent, constructor, key, prototype.into(), Attributes::NONE);
    let key = agent.names.constructor;
    add_named(agent, prototype, key, constructor.into(), Attributes::C);
    let tag = PropertyKey::symbol(agent.symbols.to_string_tag);
    let name: Value = agent.intern(kind.name).into();
    add_named(agent, prototype, tag, name, Attributes::C);
    prototype
}

/// Ties a function prototype to the prototype of its generator objects.
pub(crate) fn tie(agent: &mut Agent, function_prototype: Object, instances: Object) {
    let key = agent.names.prototype;
    add_named(
        agent,
        function_prototype,
        key,
        instances.into(),
        Attributes::C,
    );
    let key = agent.names.constructor;
    add_named(
        agent,
        instances,
        key,
        function_prototype.into(),
        Attributes::C,
    );
}

/// Builds the three intrinsics of generators.
pub(crate) fn build(agent: &mut Agent) {
    let kind = FunctionKind {
        constructor: Intrinsic::GeneratorFunction,
        prototype: Intrinsic::GeneratorFunctionPrototype,
        name: "GeneratorFunction",
        native: constructor,
    };
    let functions = build_function_kind(agent, &kind);
    let parent = agent.intrinsic(Intrinsic::IteratorPrototype);
    let instances = agent.new_object(Some(parent));
    agent.set_intrinsic(Intrinsic::GeneratorPrototype, instances);
    tie(agent, functions, instances);
    define_properties(
        agent,
        instances,
        &[
            method("next", 1, next),
            method("return", 1, return_),
            method("throw", 1, throw),
            tag("Generator"),
        ],
    );
}

/// 27.3.1.1 GeneratorFunction.
fn constructor(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    super::dynamic_function::create_dynamic_function(agent, cx, DynamicFunctionKind::Generator)
}

/// 27.5.3.2 GeneratorValidate, then 27.5.3.3 GeneratorResume or 27.5.3.4 GeneratorResumeAbrupt.
fn resume(agent: &mut Agent, cx: &CallArgs, mode: ResumeMode, name: &str) -> JsResult<Value> {
    let v = cx.arg(0);
    let generator = cx
        .this()
        .as_object()
        .and_then(|o| Some((o, o.as_generator()?)));
    let Some((o, cell)) = generator.filter(|(_, c)| c.generator_kind() == GeneratorKind::Sync)
    else {
        let text = crate::abstract_ops::display_value(agent, cx.this());
        return Err(agent.type_error(format!(
            "Method [Generator].prototype.{name} called on incompatible receiver {text}"
        )));
    };
    match cell.state() {
        GeneratorState::SuspendedYield => {}
        GeneratorState::SuspendedStart if mode == ResumeMode::Next => {}
        GeneratorState::SuspendedStart | GeneratorState::Completed => {
            cell.set_state(GeneratorState::Completed);
            return finished(agent, mode, v);
        }
        _ => return Err(agent.type_error("Generator is already running")),
    }
    (agent.hooks.resume)(agent, o, mode, v)
}

/// What a completed generator answers.
fn finished(agent: &mut Agent, mode: ResumeMode, v: Value) -> JsResult<Value> {
    match mode {
        ResumeMode::Next => Ok(create_iter_result(agent, Value::UNDEFINED, true)),
        ResumeMode::Return => Ok(create_iter_result(agent, v, true)),
        ResumeMode::Throw => {
            let t: Throw = agent.throw(v);
            Err(t)
        }
    }
}

/// 27.5.1.2 Generator.prototype.next
fn next(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    resume(agent, cx, ResumeMode::Next, "next")
}

/// 27.5.1.3 Generator.prototype.return
fn return_(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    resume(agent, cx, ResumeMode::Return, "return")
}

/// 27.5.1.4 Generator.prototype.throw
fn throw(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    resume(agent, cx, ResumeMode::Throw, "throw")
}
