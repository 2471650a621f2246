//! Boolean objects (20.3).

use super::table::{ClassSpec, method};
use crate::abstract_ops::{prototype_for_new, to_boolean};
use crate::agent::{Agent, CallArgs};
use crate::error::JsResult;
use crate::kind::CellKind;
use crate::object::Object;
use crate::realm::Intrinsic;
use crate::value::Value;

/// %Boolean%
pub static BOOLEAN: ClassSpec = ClassSpec {
    make_prototype: Some(make_prototype),
    methods: &[
        method("toString", 0, to_string_method),
        method("valueOf", 0, value_of),
    ],
    ..ClassSpec::new(
        Intrinsic::Boolean,
        Intrinsic::BooleanPrototype,
        "Boolean",
        1,
        constructor,
    )
};

/// 20.3.3 %Boolean.prototype% is a Boolean object.
fn make_prototype(agent: &mut Agent, parent: Option<Object>) -> Object {
    agent.new_fields_object(CellKind::Boolean, parent, [Value::FALSE])
}

/// 20.3.1.1 Boolean ( value )
fn constructor(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let b = Value::bool(to_boolean(cx.arg(0)));
    if !cx.is_construct() {
        return Ok(b);
    }
    let proto = prototype_for_new(agent, cx.new_target(), Intrinsic::BooleanPrototype)?;
    let o = agent.new_fields_object(CellKind::Boolean, Some(proto), [b]);
    Ok(o.into())
}

/// 20.3.3.3.1 ThisBooleanValue
fn this_boolean(agent: &mut Agent, cx: &CallArgs, name: &str) -> JsResult<bool> {
    if let Some(b) = cx.this().as_bool() {
        return Ok(b);
    }
    if let Some(o) = cx.this().as_object()
        && o.is(CellKind::Boolean)
    {
        return Ok(o.field(0).is_true());
    }
    Err(agent.type_error(format!(
        "Boolean.prototype.{name} requires that 'this' be a Boolean"
    )))
}

/// 20.3.3.2 Boolean.prototype.toString ( )
fn to_string_method(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let b = this_boolean(agent, cx, "toString")?;
    Ok(agent.intern(if b { "true" } else { "false" }).into())
}

/// 20.3.3.3 Boolean.prototype.valueOf ( )
fn value_of(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    this_boolean(agent, cx, "valueOf").map(Value::bool)
}
