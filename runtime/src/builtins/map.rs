//! Map objects (24.1).

use super::table::{ClassSpec, alias, getter, method, requires_new, tag};
use crate::abstract_ops::{
    close_on_throw, display_value, get, get_iterator, iterator_close_throw, iterator_step_value,
    prototype_for_new,
};
use crate::agent::{Agent, CallArgs};
use crate::error::{JsResult, Throw};
use crate::function::NativeFn;
use crate::kind::CellKind;
use crate::object::Object;
use crate::object::array;
use crate::object::collections::{self, Cursor, IterationKind, normalize};
use crate::property::PropertyKey;
use crate::realm::Intrinsic;
use crate::value::Value;

/// %Map%
pub static MAP: ClassSpec = ClassSpec {
    statics: &[
        method("groupBy", 2, group_by),
        getter("@@species", |_, cx| Ok(cx.this())),
    ],
    methods: &[
        method("get", 1, get_method),
        method("set", 2, set_method),
        method("has", 1, has_method),
        method("delete", 1, delete_method),
        method("clear", 0, clear_method),
        method("entries", 0, |agent, cx| {
            iterator(agent, cx, "entries", IterationKind::Entries)
        }),
        method("forEach", 1, for_each),
        method("keys", 0, |agent, cx| {
            iterator(agent, cx, "keys", IterationKind::Keys)
        }),
        getter("size", size),
        method("values", 0, |agent, cx| {
            iterator(agent, cx, "values", IterationKind::Values)
        }),
        method("getOrInsert", 2, get_or_insert),
        method("getOrInsertComputed", 2, get_or_insert_computed),
        tag("Map"),
        alias("@@iterator", "entries"),
    ],
    ..ClassSpec::new(
        Intrinsic::Map,
        Intrinsic::MapPrototype,
        "Map",
        0,
        constructor,
    )
};

/// The TypeError of a method of collections on the wrong receiver.
#[cold]
pub(super) fn incompatible(agent: &mut Agent, cx: &CallArgs, method: &str) -> Throw {
    let text = display_value(agent, cx.this());
    let text = text.trim_matches('"');
    agent.type_error(format!(
        "Method {method} called on incompatible receiver {text}"
    ))
}

/// `'1' returned for property 'set' of object '#<Map>' is not a function`
#[cold]
pub(super) fn bad_adder(agent: &mut Agent, adder: Value, name: &str, o: Object) -> Throw {
    let (adder, o) = (display_value(agent, adder), display_value(agent, o.into()));
    agent.type_error(format!(
        "'{adder}' returned for property '{name}' of object '{o}' is not a function"
    ))
}

/// `number 1 is not a function`
#[cold]
pub(super) fn not_a_function(agent: &mut Agent, v: Value) -> Throw {
    let text = display_value(agent, v);
    agent.type_error(format!("{text} is not a function"))
}

fn receiver(agent: &mut Agent, cx: &CallArgs, name: &str) -> JsResult<Object> {
    match cx.this().as_object() {
        Some(o) if o.is(CellKind::Map) => Ok(o),
        _ => Err(incompatible(agent, cx, &format!("Map.prototype.{name}"))),
    }
}

/// 24.1.1.1 Map ( [ iterable ] )
fn constructor(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    requires_new(agent, cx, "Map")?;
    let proto = prototype_for_new(agent, cx.new_target(), Intrinsic::MapPrototype)?;
    let map = agent.new_collection(CellKind::Map, proto);
    if cx.arg(0).is_nullish() {
        return Ok(map.into());
    }
    let key = agent.names.set;
    let adder = get(agent, map, key)?;
    if !adder.is_callable() {
        return Err(bad_adder(agent, adder, "set", map));
    }
    if is_native(agent, adder, set_method) {
        add_entries(agent, cx.arg(0), |agent, k, v| {
            collections::insert(agent, map, k, v)
        })?;
    } else {
        add_entries(agent, cx.arg(0), |agent, k, v| {
            agent.call(adder, map.into(), &[k, v]).map(|_| ())
        })?;
    }
    Ok(map.into())
}

/// True for that native function of the current realm.
pub(super) fn is_native(agent: &Agent, f: Value, function: NativeFn) -> bool {
    f.as_object()
        .and_then(Object::as_native)
        .is_some_and(|n| std::ptr::fn_addr_eq(n.function(), function) && n.realm() == agent.realm)
}

/// 24.1.1.2 AddEntriesFromIterable
pub(super) fn add_entries(
    agent: &mut Agent,
    iterable: Value,
    mut add: impl FnMut(&mut Agent, Value, Value) -> JsResult<()>,
) -> JsResult<()> {
    let mut r = get_iterator(agent, iterable)?;
    while let Some(item) = iterator_step_value(agent, &mut r)? {
        let Some(entry) = item.as_object() else {
            let text = display_value(agent, item);
            let text = text.trim_matches('"');
            let t = agent.type_error(format!("Iterator value {text} is not an entry object"));
            return Err(iterator_close_throw(agent, r.iterator, t));
        };
        let key = get(agent, entry, PropertyKey::index(0));
        let key = close_on_throw(agent, r.iterator, key)?;
        let value = get(agent, entry, PropertyKey::index(1));
        let value = close_on_throw(agent, r.iterator, value)?;
        let added = add(agent, key, value);
        close_on_throw(agent, r.iterator, added)?;
    }
    Ok(())
}

/// 24.1.2.1 Map.groupBy ( items, callback )
fn group_by(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (items, callback) = (cx.arg(0), cx.arg(1));
    if items.is_nullish() {
        return Err(crate::abstract_ops::not_iterable(agent, items));
    }
    if !callback.is_callable() {
        return Err(not_a_function(agent, callback));
    }
    let mut r = get_iterator(agent, items)?;
    let proto = agent.intrinsic(Intrinsic::MapPrototype);
    let map = agent.new_collection(CellKind::Map, proto);
    let mut k = 0u64;
    while let Some(v) = iterator_step_value(agent, &mut r)? {
        let key = agent.call(callback, Value::UNDEFINED, &[v, Value::number(k as f64)]);
        let key = close_on_throw(agent, r.iterator, key)?;
        let group = match collections::lookup(agent, map, key).and_then(Value::as_object) {
            Some(g) => g,
            None => {
                let g = agent.new_array();
                collections::insert(agent, map, key, g.into())?;
                g
            }
        };
        array::push(agent, group, v)?;
        k += 1;
    }
    Ok(map.into())
}

/// 24.1.3.1 Map.prototype.clear ( )
fn clear_method(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let map = receiver(agent, cx, "clear")?;
    collections::clear(agent, map);
    Ok(Value::UNDEFINED)
}

/// 24.1.3.3 Map.prototype.delete ( key )
fn delete_method(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let map = receiver(agent, cx, "delete")?;
    Ok(collections::remove(agent, map, cx.arg(0))?.into())
}

/// 24.1.3.5 Map.prototype.forEach ( callback [ , thisArg ] )
fn for_each(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let map = receiver(agent, cx, "forEach")?;
    let callback = cx.arg(0);
    if !callback.is_callable() {
        return Err(not_a_function(agent, callback));
    }
    let mut cursor = Cursor::start();
    while let Some((key, value)) = cursor.next(map) {
        agent.call(callback, cx.arg(1), &[value, key, map.into()])?;
    }
    Ok(Value::UNDEFINED)
}

/// 24.1.3.6 Map.prototype.get ( key )
fn get_method(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let map = receiver(agent, cx, "get")?;
    Ok(collections::lookup(agent, map, cx.arg(0)).unwrap_or(Value::UNDEFINED))
}

/// Map.prototype.getOrInsert ( key, value )
fn get_or_insert(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let map = receiver(agent, cx, "getOrInsert")?;
    if let Some(v) = collections::lookup(agent, map, cx.arg(0)) {
        return Ok(v);
    }
    collections::insert(agent, map, cx.arg(0), cx.arg(1))?;
    Ok(cx.arg(1))
}

/// Map.prototype.getOrInsertComputed ( key, callback )
fn get_or_insert_computed(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let map = receiver(agent, cx, "getOrInsertComputed")?;
    let callback = cx.arg(1);
    if !callback.is_callable() {
        return Err(not_a_function(agent, callback));
    }
    let key = normalize(cx.arg(0));
    if let Some(v) = collections::lookup(agent, map, key) {
        return Ok(v);
    }
    let v = agent.call(callback, Value::UNDEFINED, &[key])?;
    collections::insert(agent, map, key, v)?;
    Ok(v)
}

/// 24.1.3.7 Map.prototype.has ( key )
fn has_method(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let map = receiver(agent, cx, "has")?;
    Ok(collections::has(agent, map, cx.arg(0)).into())
}

/// 24.1.3.9 Map.prototype.set ( key, value )
fn set_method(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let map = receiver(agent, cx, "set")?;
    collections::insert(agent, map, cx.arg(0), cx.arg(1))?;
    Ok(map.into())
}

/// 24.1.3.10 get Map.prototype.size
fn size(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    match cx.this().as_object() {
        Some(o) if o.is(CellKind::Map) => Ok(Value::usize(collections::size(o))),
        _ => Err(incompatible(agent, cx, "get Map.prototype.size")),
    }
}

/// 24.1.5.1 CreateMapIterator
fn iterator(agent: &mut Agent, cx: &CallArgs, name: &str, kind: IterationKind) -> JsResult<Value> {
    let map = receiver(agent, cx, name)?;
    let proto = agent.intrinsic(Intrinsic::MapIteratorPrototype);
    Ok(agent.new_collection_iterator(map, proto, kind).into())
}
