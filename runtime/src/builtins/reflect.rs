//! The Reflect object (28.1).

use super::table::{NamespaceSpec, method, tag};
use crate::abstract_ops::{
    create_list_from_array_like, display_value, from_property_descriptor, to_property_descriptor,
    to_property_key,
};
use crate::agent::{Agent, CallArgs};
use crate::error::{JsResult, Throw};
use crate::object::Object;
use crate::realm::Intrinsic;
use crate::value::Value;

/// %Reflect%
pub static REFLECT: NamespaceSpec = NamespaceSpec {
    intrinsic: Intrinsic::Reflect,
    parent: Some(Intrinsic::ObjectPrototype),
    properties: &[
        method("defineProperty", 3, define_property),
        method("deleteProperty", 2, delete_property),
        method("apply", 3, apply),
        method("construct", 2, construct),
        method("get", 2, get),
        method("getOwnPropertyDescriptor", 2, get_own_property_descriptor),
        method("getPrototypeOf", 1, get_prototype_of),
        method("has", 2, has),
        method("isExtensible", 1, is_extensible),
        method("ownKeys", 1, own_keys),
        method("preventExtensions", 1, prevent_extensions),
        method("set", 3, set),
        method("setPrototypeOf", 2, set_prototype_of),
        tag("Reflect"),
    ],
};

fn target(agent: &mut Agent, cx: &CallArgs, name: &str) -> JsResult<Object> {
    match cx.arg(0).as_object() {
        Some(o) => Ok(o),
        None => Err(agent.type_error(format!("Reflect.{name} called on non-object"))),
    }
}

#[cold]
fn not_a(agent: &mut Agent, v: Value, what: &str) -> Throw {
    let text = display_value(agent, v);
    agent.type_error(format!("{text} is not a {what}"))
}

/// 28.1.1 Reflect.apply ( target, thisArgument, argumentsList )
pub(super) fn apply(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    if !cx.arg(0).is_callable() {
        return Err(not_a(agent, cx.arg(0), "function"));
    }
    let list = create_list_from_array_like(agent, cx.arg(2))?;
    agent.call(cx.arg(0), cx.arg(1), list.as_slice())
}

/// 28.1.2 Reflect.construct ( target, argumentsList [ , newTarget ] )
pub(super) fn construct(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let Some(f) = cx.arg(0).as_object().filter(|o| o.is_constructor()) else {
        return Err(not_a(agent, cx.arg(0), "constructor"));
    };
    let new_target = if cx.argc() > 2 { cx.arg(2) } else { cx.arg(0) };
    let Some(new_target) = new_target.as_object().filter(|o| o.is_constructor()) else {
        return Err(not_a(agent, new_target, "constructor"));
    };
    let list = create_list_from_array_like(agent, cx.arg(1))?;
    Ok(agent.construct_with(f, list.as_slice(), new_target)?.into())
}

/// 28.1.3 Reflect.defineProperty ( target, propertyKey, attributes )
fn define_property(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = target(agent, cx, "defineProperty")?;
    let key = to_property_key(agent, cx.arg(1))?;
    let d = to_property_descriptor(agent, cx.arg(2))?;
    o.define_own_property(agent, key, &d).map(Value::bool)
}

/// 28.1.4 Reflect.deleteProperty ( target, propertyKey )
fn delete_property(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = target(agent, cx, "deleteProperty")?;
    let key = to_property_key(agent, cx.arg(1))?;
    o.delete(agent, key).map(Value::bool)
}

/// 28.1.5 Reflect.get ( target, propertyKey [ , receiver ] )
fn get(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = target(agent, cx, "get")?;
    let key = to_property_key(agent, cx.arg(1))?;
    let receiver = if cx.argc() > 2 { cx.arg(2) } else { o.into() };
    o.get(agent, key, receiver)
}

/// 28.1.6 Reflect.getOwnPropertyDescriptor ( target, propertyKey )
fn get_own_property_descriptor(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = target(agent, cx, "getOwnPropertyDescriptor")?;
    let key = to_property_key(agent, cx.arg(1))?;
    match o.get_own_property(agent, key)? {
        None => Ok(Value::UNDEFINED),
        Some(p) => Ok(from_property_descriptor(agent, &p.to_descriptor())?.into()),
    }
}

/// 28.1.7 Reflect.getPrototypeOf ( target )
fn get_prototype_of(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = target(agent, cx, "getPrototypeOf")?;
    Ok(o.get_prototype_of(agent)?.into())
}

/// 28.1.8 Reflect.has ( target, propertyKey )
fn has(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = target(agent, cx, "has")?;
    let key = to_property_key(agent, cx.arg(1))?;
    o.has_property(agent, key).map(Value::bool)
}

/// 28.1.9 Reflect.isExtensible ( target )
fn is_extensible(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = target(agent, cx, "isExtensible")?;
    o.is_extensible(agent).map(Value::bool)
}

/// 28.1.10 Reflect.ownKeys ( target )
fn own_keys(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = target(agent, cx, "ownKeys")?;
    let keys = o.own_property_keys(agent)?;
    let mut list = agent.heap.root_vec::<Value>();
    list.reserve(keys.len());
    for &key in keys.iter() {
        let v = key.to_value(agent);
        list.push(v);
    }
    Ok(agent.new_array_from(list.as_slice()).into())
}

/// 28.1.11 Reflect.preventExtensions ( target )
fn prevent_extensions(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = target(agent, cx, "preventExtensions")?;
    o.prevent_extensions(agent).map(Value::bool)
}

/// 28.1.12 Reflect.set ( target, propertyKey, V [ , receiver ] )
fn set(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = target(agent, cx, "set")?;
    let key = to_property_key(agent, cx.arg(1))?;
    let receiver = if cx.argc() > 3 { cx.arg(3) } else { o.into() };
    o.set(agent, key, cx.arg(2), receiver).map(Value::bool)
}

/// 28.1.13 Reflect.setPrototypeOf ( target, proto )
fn set_prototype_of(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = target(agent, cx, "setPrototypeOf")?;
    let proto = cx.arg(1);
    if !proto.is_object() && !proto.is_null() {
        let text = display_value(agent, proto);
        return Err(agent.type_error(format!(
            "Object prototype may only be an Object or null: {text}"
        )));
    }
    o.set_prototype_of(agent, proto.as_object())
        .map(Value::bool)
}
