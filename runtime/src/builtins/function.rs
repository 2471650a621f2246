//! The Function constructor and %Function.prototype% (20.2).

use super::dynamic_function::create_dynamic_function;
use super::table::{ClassSpec, PropValue, method, method_with, prop};
use crate::abstract_ops::{
    create_list_from_array_like, display_value, get, has_own_property, ordinary_has_instance,
};
use crate::agent::{Agent, CallArgs, DynamicFunctionKind};
use crate::error::JsResult;
use crate::function::{LazyName, NativeFn, lazy_length_and_name};
use crate::numeric;
use crate::object::Object;
use crate::object::bound::{bound_function_create, set_lazy_properties};
use crate::property::Attributes;
use crate::realm::Intrinsic;
use crate::string::JsString;
use crate::text;
use crate::value::Value;
use sarus_bytecode::Feature;

/// %Function%
pub static FUNCTION: ClassSpec = ClassSpec {
    make_prototype: Some(make_prototype),
    methods: &[
        prop("arguments", PropValue::Custom(poison), POISON),
        prop("caller", PropValue::Custom(poison), POISON),
        method("apply", 2, apply),
        method("bind", 1, bind),
        method("call", 1, call),
        method("toString", 0, to_string_method),
        method_with("@@hasInstance", 1, has_instance, Attributes::NONE),
        prop(
            "@@metadata",
            PropValue::Custom(|_| Value::NULL),
            Attributes::NONE,
        )
        .only_with(Feature::Decorators),
    ],
    ..ClassSpec::new(
        Intrinsic::Function,
        Intrinsic::FunctionPrototype,
        "Function",
        1,
        |agent, cx| create_dynamic_function(agent, cx, DynamicFunctionKind::Normal),
    )
};

const POISON: Attributes = Attributes::C.with(Attributes::ACCESSOR);

/// 10.2.4 AddRestrictedFunctionProperties
fn poison(agent: &mut Agent) -> Value {
    let f = agent.intrinsic(Intrinsic::ThrowTypeError).into();
    agent.new_accessor(f, f)
}

/// 20.2.3 %Function.prototype% is itself a function.
fn make_prototype(agent: &mut Agent, parent: Option<Object>) -> Object {
    agent.new_function_prototype(parent)
}

/// 20.2.3.1 Function.prototype.apply ( thisArg, argArray )
pub(super) fn apply(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let f = cx.this();
    if !f.is_callable() {
        let text = display_value(agent, f);
        let kind = crate::abstract_ops::type_of(f);
        return Err(agent.type_error(format!(
            "Function.prototype.apply was called on {text}, which is {} {kind} and not a function",
            if kind == "object" || kind == "undefined" {
                "an"
            } else {
                "a"
            }
        )));
    }
    if cx.arg(1).is_nullish() {
        return agent.call(f, cx.arg(0), &[]);
    }
    let list = create_list_from_array_like(agent, cx.arg(1))?;
    agent.call(f, cx.arg(0), list.as_slice())
}

/// 20.2.3.2 Function.prototype.bind ( thisArg, ...args )
fn bind(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let Some(target) = cx.this().as_object().filter(|o| o.is_callable()) else {
        return Err(agent.type_error("Bind must be called on a function"));
    };
    let args = cx.rest(1);
    let bound = |length: f64| Value::number((length - args.len() as f64).max(0.0));
    if let Some((length, name)) = lazy_length_and_name(target) {
        let properties = (bound(f64::from(length)), name);
        return Ok(bound_function_create(agent, target, cx.arg(0), args, properties)?.into());
    }
    let placeholders = (Value::int(0), LazyName::NONE);
    let f = bound_function_create(agent, target, cx.arg(0), args, placeholders)?;
    let (length_key, name_key) = (agent.names.length, agent.names.name);
    let mut length = Value::int(0);
    if has_own_property(agent, target, length_key)?
        && let Some(n) = get(agent, target, length_key)?.as_number()
    {
        length = bound(numeric::to_integer_or_infinity(n));
    }
    let name = LazyName::of_property(get(agent, target, name_key)?);
    if !name.can_wait() {
        name.bound(agent)?;
    }
    set_lazy_properties(agent, f, length, name);
    Ok(f.into())
}

/// 20.2.3.3 Function.prototype.call ( thisArg, ...args )
pub(super) fn call(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    agent.call(cx.this(), cx.arg(0), cx.rest(1))
}

/// Native functions whose last step is a call in tail position of what they were given.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Forwarding {
    /// Function.prototype.call
    Call,
    /// Function.prototype.apply
    Apply,
    /// Reflect.apply
    ReflectApply,
}

/// Which of the forwarding functions `function` is.
pub fn forwarding(function: NativeFn) -> Option<Forwarding> {
    [
        (call as NativeFn, Forwarding::Call),
        (apply, Forwarding::Apply),
        (super::reflect::apply, Forwarding::ReflectApply),
    ]
    .into_iter()
    .find(|&(known, _)| std::ptr::fn_addr_eq(known, function))
    .map(|(_, kind)| kind)
}

/// 20.2.3.5 Function.prototype.toString ( )
fn to_string_method(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let Some(f) = cx.this().as_object().filter(|o| o.is_callable()) else {
        return Err(
            agent.type_error("Function.prototype.toString requires that 'this' be a Function")
        );
    };
    if let Some(c) = f.as_function() {
        let block = c.code().block_arc();
        let (start, end) = (block.span.start as usize, block.span.end as usize);
        if let Some(bytes) = block.source.text.get(start..end) {
            let text = text::from_wtf8(bytes);
            return Ok(agent.new_from_view(text.view()).into());
        }
    }
    let name = match f.as_native().and_then(|n| n.initial_name().as_string()) {
        Some(s) if is_property_name(agent, s) => s.to_rust_string(agent),
        _ => String::new(),
    };
    let text = format!("function {name}() {{ [native code] }}");
    Ok(agent.new_string(&text).into())
}

/// True for a name that can stand in the syntax of NativeFunction: an identifier or a symbol in
/// brackets, perhaps after `get` or `set` (`get $&` of RegExp cannot).
fn is_property_name(agent: &mut Agent, name: JsString) -> bool {
    let view = name.view(agent);
    let view = if view.len() > 4
        && (view.slice(0, 4).eq_ascii("get ") || view.slice(0, 4).eq_ascii("set "))
    {
        view.slice_from(4)
    } else {
        view
    };
    view.get(0) == Some(u16::from(b'[')) || text::is_identifier_name(view)
}

/// 20.2.3.6 Function.prototype [ %Symbol.hasInstance% ] ( V )
fn has_instance(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    ordinary_has_instance(agent, cx.this(), cx.arg(0)).map(Value::bool)
}

/// 10.2.4.1 %ThrowTypeError%
pub(crate) fn build_throw_type_error(agent: &mut Agent) {
    let f = agent.new_native_function("", 0, throw_type_error);
    crate::function::materialize_all(agent, f);
    for key in [agent.names.length, agent.names.name] {
        agent.reconfigure_property(f, key, Attributes::NONE);
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
