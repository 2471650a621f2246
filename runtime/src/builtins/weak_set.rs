//! WeakSet objects (24.4).

use super::map::{bad_adder, incompatible};
use super::table::{ClassSpec, method, requires_new, tag};
use super::weak_map::can_be_held_weakly;
use crate::abstract_ops::{
    close_on_throw, get, get_iterator, iterator_step_value, prototype_for_new,
};
use crate::agent::{Agent, CallArgs};
use crate::error::JsResult;
use crate::kind::CellKind;
use crate::object::Object;
use crate::object::weak::{weak_insert, weak_lookup, weak_remove};
use crate::realm::Intrinsic;
use crate::value::Value;

/// %WeakSet%
pub static WEAK_SET: ClassSpec = ClassSpec {
    methods: &[
        method("delete", 1, delete_method),
        method("has", 1, has_method),
        method("add", 1, add_method),
        tag("WeakSet"),
    ],
    ..ClassSpec::new(
        Intrinsic::WeakSet,
        Intrinsic::WeakSetPrototype,
        "WeakSet",
        0,
        constructor,
    )
};

fn receiver(agent: &mut Agent, cx: &CallArgs, name: &str) -> JsResult<Object> {
    match cx.this().as_object() {
        Some(o) if o.is(CellKind::WeakSet) => Ok(o),
        _ => Err(incompatible(
            agent,
            cx,
            &format!("WeakSet.prototype.{name}"),
        )),
    }
}

/// 24.4.1.1 WeakSet ( [ iterable ] )
fn constructor(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    requires_new(agent, cx, "WeakSet")?;
    let proto = prototype_for_new(agent, cx.new_target(), Intrinsic::WeakSetPrototype)?;
    let set = agent.new_weak_collection(CellKind::WeakSet, proto);
    if cx.arg(0).is_nullish() {
        return Ok(set.into());
    }
    let key = agent.names.add;
    let adder = get(agent, set, key)?;
    if !adder.is_callable() {
        return Err(bad_adder(agent, adder, "add", set));
    }
    let mut r = get_iterator(agent, cx.arg(0))?;
    while let Some(v) = iterator_step_value(agent, &mut r)? {
        let added = agent.call(adder, set.into(), &[v]);
        close_on_throw(agent, r.iterator, added)?;
    }
    Ok(set.into())
}

/// 24.4.3.1 WeakSet.prototype.add ( value )
fn add_method(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let set = receiver(agent, cx, "add")?;
    if !can_be_held_weakly(cx.arg(0)) {
        return Err(agent.type_error("Invalid value used in weak set"));
    }
    weak_insert(agent, set, cx.arg(0), Value::TRUE);
    Ok(set.into())
}

/// 24.4.3.3 WeakSet.prototype.delete ( value )
fn delete_method(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let set = receiver(agent, cx, "delete")?;
    Ok(weak_remove(agent, set, cx.arg(0)).into())
}

/// 24.4.3.4 WeakSet.prototype.has ( value )
fn has_method(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let set = receiver(agent, cx, "has")?;
    Ok(weak_lookup(set, cx.arg(0)).is_some().into())
}
