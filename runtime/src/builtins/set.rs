//! Set objects (24.2).

use super::map::{bad_adder, incompatible, is_native, not_a_function};
use super::table::{ClassSpec, alias, getter, method, requires_new, tag};
use crate::abstract_ops::{
    close_on_throw, display_value, get, get_iterator, iterator_step_value, prototype_for_new,
};
use crate::agent::{Agent, CallArgs};
use crate::error::JsResult;
use crate::kind::CellKind;
use crate::object::Object;
use crate::object::collections::{self, Cursor, IterationKind};
use crate::realm::Intrinsic;
use crate::value::Value;

/// %Set%
pub static SET: ClassSpec = ClassSpec {
    statics: &[getter("@@species", |_, cx| Ok(cx.this()))],
    methods: &[
        method("has", 1, has_method),
        method("add", 1, add_method),
        method("delete", 1, delete_method),
        method("clear", 0, clear_method),
        method("entries", 0, |agent, cx| {
            iterator(agent, cx, "entries", IterationKind::Entries)
        }),
        method("forEach", 1, for_each),
        getter("size", size),
        method("values", 0, |agent, cx| {
            iterator(agent, cx, "values", IterationKind::Values)
        }),
        alias("keys", "values"),
        method("union", 1, super::set_methods::union),
        method("intersection", 1, super::set_methods::intersection),
        method("difference", 1, super::set_methods::difference),
        method(
            "symmetricDifference",
            1,
            super::set_methods::symmetric_difference,
        ),
        method("isSubsetOf", 1, super::set_methods::is_subset_of),
        method("isSupersetOf", 1, super::set_methods::is_superset_of),
        method("isDisjointFrom", 1, super::set_methods::is_disjoint_from),
        tag("Set"),
        alias("@@iterator", "values"),
    ],
    ..ClassSpec::new(
        Intrinsic::Set,
        Intrinsic::SetPrototype,
        "Set",
        0,
        constructor,
    )
};

pub(super) fn receiver(agent: &mut Agent, cx: &CallArgs, name: &str) -> JsResult<Object> {
    match cx.this().as_object() {
        Some(o) if o.is(CellKind::Set) => Ok(o),
        _ => Err(incompatible(agent, cx, &format!("Set.prototype.{name}"))),
    }
}

/// An empty Set of the current realm.
pub(super) fn new_set(agent: &mut Agent) -> Object {
    let proto = agent.intrinsic(Intrinsic::SetPrototype);
    agent.new_collection(CellKind::Set, proto)
}

/// Adds a value.
#[inline]
pub(super) fn add(agent: &mut Agent, set: Object, v: Value) -> JsResult<()> {
    collections::insert(agent, set, v, v)
}

/// 24.2.2.1 Set ( [ iterable ] )
fn constructor(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    requires_new(agent, cx, "Set")?;
    let proto = prototype_for_new(agent, cx.new_target(), Intrinsic::SetPrototype)?;
    let set = agent.new_collection(CellKind::Set, proto);
    if cx.arg(0).is_nullish() {
        return Ok(set.into());
    }
    let key = agent.names.add;
    let adder = get(agent, set, key)?;
    if !adder.is_callable() {
        return Err(bad_adder(agent, adder, "add", set));
    }
    let plain = is_native(agent, adder, add_method);
    let mut r = get_iterator(agent, cx.arg(0))?;
    while let Some(v) = iterator_step_value(agent, &mut r)? {
        if plain {
            add(agent, set, v)?;
        } else {
            let added = agent.call(adder, set.into(), &[v]);
            close_on_throw(agent, r.iterator, added)?;
        }
    }
    Ok(set.into())
}

/// 24.2.4.1 Set.prototype.add ( value )
fn add_method(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let set = receiver(agent, cx, "add")?;
    add(agent, set, cx.arg(0))?;
    Ok(set.into())
}

/// 24.2.4.2 Set.prototype.clear ( )
fn clear_method(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let set = receiver(agent, cx, "clear")?;
    collections::clear(agent, set);
    Ok(Value::UNDEFINED)
}

/// 24.2.4.4 Set.prototype.delete ( value )
fn delete_method(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let set = receiver(agent, cx, "delete")?;
    Ok(collections::remove(agent, set, cx.arg(0))?.into())
}

/// 24.2.4.7 Set.prototype.forEach ( callback [ , thisArg ] )
fn for_each(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let set = receiver(agent, cx, "forEach")?;
    let callback = cx.arg(0);
    if !callback.is_callable() {
        return Err(not_a_function(agent, callback));
    }
    let mut cursor = Cursor::start();
    while let Some((v, _)) = cursor.next(set) {
        agent.call(callback, cx.arg(1), &[v, v, set.into()])?;
    }
    Ok(Value::UNDEFINED)
}

/// 24.2.4.8 Set.prototype.has ( value )
fn has_method(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let set = receiver(agent, cx, "has")?;
    Ok(collections::has(agent, set, cx.arg(0)).into())
}

/// 24.2.4.14 get Set.prototype.size
fn size(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    match cx.this().as_object() {
        Some(o) if o.is(CellKind::Set) => Ok(Value::usize(collections::size(o))),
        _ => {
            let text = display_value(agent, cx.this());
            Err(agent.type_error(format!(
                "Method get Set.prototype.size called on incompatible receiver {text}"
            )))
        }
    }
}

/// 24.2.6.1 CreateSetIterator
fn iterator(agent: &mut Agent, cx: &CallArgs, name: &str, kind: IterationKind) -> JsResult<Value> {
    let set = receiver(agent, cx, name)?;
    let proto = agent.intrinsic(Intrinsic::SetIteratorPrototype);
    Ok(agent.new_collection_iterator(set, proto, kind).into())
}
