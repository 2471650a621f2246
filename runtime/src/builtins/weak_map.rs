//! WeakMap objects (24.3).

use super::map::{add_entries, bad_adder, incompatible, not_a_function};
use super::table::{ClassSpec, method, requires_new, tag};
use crate::abstract_ops::{get, prototype_for_new};
use crate::agent::{Agent, CallArgs};
use crate::error::{JsResult, Throw};
use crate::kind::CellKind;
use crate::object::Object;
use crate::object::weak::{weak_insert, weak_lookup, weak_remove};
use crate::realm::Intrinsic;
use crate::value::Value;

/// %WeakMap%
pub static WEAK_MAP: ClassSpec = ClassSpec {
    methods: &[
        method("delete", 1, delete_method),
        method("get", 1, get_method),
        method("set", 2, set_method),
        method("has", 1, has_method),
        method("getOrInsert", 2, get_or_insert),
        method("getOrInsertComputed", 2, get_or_insert_computed),
        tag("WeakMap"),
    ],
    ..ClassSpec::new(
        Intrinsic::WeakMap,
        Intrinsic::WeakMapPrototype,
        "WeakMap",
        0,
        constructor,
    )
};

/// 9.14 CanBeHeldWeakly
pub fn can_be_held_weakly(v: Value) -> bool {
    v.is_object() || v.as_symbol().is_some_and(|s| !s.is_registered())
}

fn receiver(agent: &mut Agent, cx: &CallArgs, name: &str) -> JsResult<Object> {
    match cx.this().as_object() {
        Some(o) if o.is(CellKind::WeakMap) => Ok(o),
        _ => Err(incompatible(
            agent,
            cx,
            &format!("WeakMap.prototype.{name}"),
        )),
    }
}

#[cold]
fn bad_key(agent: &mut Agent) -> Throw {
    agent.type_error("Invalid value used as weak map key")
}

/// 24.3.1.1 WeakMap ( [ iterable ] )
fn constructor(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    requires_new(agent, cx, "WeakMap")?;
    let proto = prototype_for_new(agent, cx.new_target(), Intrinsic::WeakMapPrototype)?;
    let map = agent.new_weak_collection(CellKind::WeakMap, proto);
    if cx.arg(0).is_nullish() {
        return Ok(map.into());
    }
    let key = agent.names.set;
    let adder = get(agent, map, key)?;
    if !adder.is_callable() {
        return Err(bad_adder(agent, adder, "set", map));
    }
    add_entries(agent, cx.arg(0), |agent, k, v| {
        agent.call(adder, map.into(), &[k, v]).map(|_| ())
    })?;
    Ok(map.into())
}

/// 24.3.3.2 WeakMap.prototype.delete ( key )
fn delete_method(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let map = receiver(agent, cx, "delete")?;
    Ok(weak_remove(agent, map, cx.arg(0)).into())
}

/// 24.3.3.3 WeakMap.prototype.get ( key )
fn get_method(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let map = receiver(agent, cx, "get")?;
    Ok(weak_lookup(map, cx.arg(0)).unwrap_or(Value::UNDEFINED))
}

/// WeakMap.prototype.getOrInsert ( key, value )
fn get_or_insert(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let map = receiver(agent, cx, "getOrInsert")?;
    if !can_be_held_weakly(cx.arg(0)) {
        return Err(bad_key(agent));
    }
    if let Some(v) = weak_lookup(map, cx.arg(0)) {
        return Ok(v);
    }
    weak_insert(agent, map, cx.arg(0), cx.arg(1));
    Ok(cx.arg(1))
}

/// WeakMap.prototype.getOrInsertComputed ( key, callback )
fn get_or_insert_computed(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let map = receiver(agent, cx, "getOrInsertComputed")?;
    let (key, callback) = (cx.arg(0), cx.arg(1));
    if !can_be_held_weakly(key) {
        return Err(bad_key(agent));
    }
    if !callback.is_callable() {
        return Err(not_a_function(agent, callback));
    }
    if let Some(v) = weak_lookup(map, key) {
        return Ok(v);
    }
    let v = agent.call(callback, Value::UNDEFINED, &[key])?;
    weak_insert(agent, map, key, v);
    Ok(v)
}

/// 24.3.3.4 WeakMap.prototype.has ( key )
fn has_method(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let map = receiver(agent, cx, "has")?;
    Ok(weak_lookup(map, cx.arg(0)).is_some().into())
}

/// 24.3.3.5 WeakMap.prototype.set ( key, value )
fn set_method(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let map = receiver(agent, cx, "set")?;
    if !can_be_held_weakly(cx.arg(0)) {
        return Err(bad_key(agent));
    }
    weak_insert(agent, map, cx.arg(0), cx.arg(1));
    Ok(map.into())
}
