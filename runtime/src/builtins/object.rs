//! The Object constructor (20.1.1, 20.1.2). The prototype is in `object_prototype`.

use super::object_prototype;
use super::table::{ClassSpec, method};
use crate::abstract_ops::{
    Enumerate, IntegrityLevel, close_on_throw, copy_to_empty, create_data_property_or_throw,
    define_property_or_throw, display_value, each_plain_property, enumerable_own_list,
    from_property_descriptor, get, get_iterator, has_own_property, iterator_step_value,
    not_iterable, ordinary_create_from_constructor, same_value, set, set_integrity_level,
    test_integrity_level, to_object, to_property_descriptor, to_property_key,
};
use crate::agent::{Agent, CallArgs};
use crate::error::{JsResult, Throw};
use crate::kind::CellKind;
use crate::object::{Object, array};
use crate::property::{OwnProperty, PropertyKey};
use crate::realm::Intrinsic;
use crate::value::Value;
use rustc_hash::FxHashMap;
use sarus_gc::RootVec;

/// %Object%
pub static OBJECT: ClassSpec = ClassSpec {
    prototype_parent: None,
    make_prototype: Some(object_prototype::make),
    statics: &[
        method("assign", 2, assign),
        method("getOwnPropertyDescriptor", 2, get_own_property_descriptor),
        method("getOwnPropertyDescriptors", 1, get_own_property_descriptors),
        method("getOwnPropertyNames", 1, get_own_property_names),
        method("getOwnPropertySymbols", 1, get_own_property_symbols),
        method("hasOwn", 2, has_own),
        method("is", 2, is),
        method("preventExtensions", 1, prevent_extensions),
        method("seal", 1, seal),
        method("create", 2, create),
        method("defineProperties", 2, define_properties),
        method("defineProperty", 3, define_property),
        method("freeze", 1, freeze),
        method("getPrototypeOf", 1, get_prototype_of),
        method("setPrototypeOf", 2, set_prototype_of),
        method("isExtensible", 1, is_extensible),
        method("isFrozen", 1, is_frozen),
        method("isSealed", 1, is_sealed),
        method("keys", 1, keys),
        method("entries", 1, entries),
        method("fromEntries", 1, from_entries),
        method("values", 1, values),
        method("groupBy", 2, group_by),
    ],
    methods: object_prototype::METHODS,
    ..ClassSpec::new(
        Intrinsic::Object,
        Intrinsic::ObjectPrototype,
        "Object",
        1,
        object_constructor,
    )
};

/// 20.1.1.1 Object ( [ value ] )
fn object_constructor(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    if cx.is_construct() && cx.new_target() != Value::from(cx.callee()) {
        return Ok(ordinary_create_from_constructor(
            agent,
            cx.new_target(),
            Intrinsic::ObjectPrototype,
        )?
        .into());
    }
    if cx.arg(0).is_nullish() {
        return Ok(agent.new_plain_object().into());
    }
    Ok(to_object(agent, cx.arg(0))?.into())
}

/// 20.1.2.1 Object.assign ( target, ...sources )
fn assign(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let to = to_object(agent, cx.arg(0))?;
    for &source in cx.rest(1) {
        if source.is_nullish() {
            continue;
        }
        let from = to_object(agent, source)?;
        if copy_to_empty(agent, from, to) {
            continue;
        }
        if each_plain_property(agent, from, |agent, key, v| set(agent, to, key, v, true))? {
            continue;
        }
        let keys = from.own_property_keys(agent)?;
        for &key in keys.iter() {
            if let Some(p) = from.get_own_property(agent, key)?
                && p.enumerable()
            {
                let v = get(agent, from, key)?;
                set(agent, to, key, v, true)?;
            }
        }
    }
    Ok(to.into())
}

/// 20.1.2.2 Object.create ( O, Properties )
fn create(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let proto = prototype_argument(agent, cx.arg(0))?;
    let o = agent.new_object(proto);
    if !cx.arg(1).is_undefined() {
        object_define_properties(agent, o, cx.arg(1))?;
    }
    Ok(o.into())
}

/// An object or null as a prototype.
fn prototype_argument(agent: &mut Agent, v: Value) -> JsResult<Option<Object>> {
    match v.as_object() {
        Some(o) => Ok(Some(o)),
        None if v.is_null() => Ok(None),
        None => {
            let text = display_value(agent, v);
            Err(agent.type_error(format!(
                "Object prototype may only be an Object or null: {text}"
            )))
        }
    }
}

/// 20.1.2.3 Object.defineProperties ( O, Properties )
fn define_properties(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = object_argument(agent, cx.arg(0), "defineProperties")?;
    object_define_properties(agent, o, cx.arg(1))?;
    Ok(o.into())
}

fn object_argument(agent: &mut Agent, v: Value, name: &str) -> JsResult<Object> {
    match v.as_object() {
        Some(o) => Ok(o),
        None => Err(agent.type_error(format!("Object.{name} called on non-object"))),
    }
}

/// 20.1.2.3.1 ObjectDefineProperties
fn object_define_properties(agent: &mut Agent, o: Object, properties: Value) -> JsResult<()> {
    let source = to_object(agent, properties)?;
    let keys = source.own_property_keys(agent)?;
    let mut descriptors = Vec::with_capacity(keys.len());
    // The values inside the descriptors, for the collector.
    let mut roots = agent.heap.root_vec::<Value>();
    roots.reserve(2 * keys.len());
    for &key in keys.iter() {
        if let Some(p) = source.get_own_property(agent, key)?
            && p.enumerable()
        {
            let v = match p {
                OwnProperty::Data { value, .. } if !source.is_exotic() => value,
                _ => get(agent, source, key)?,
            };
            let d = to_property_descriptor(agent, v)?;
            for v in [d.value, d.get, d.set].into_iter().flatten() {
                roots.push(v);
            }
            descriptors.push((key, d));
        }
    }
    for (key, d) in &descriptors {
        define_property_or_throw(agent, o, *key, d)?;
    }
    Ok(())
}

/// 20.1.2.4 Object.defineProperty ( O, P, Attributes )
fn define_property(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = object_argument(agent, cx.arg(0), "defineProperty")?;
    let key = to_property_key(agent, cx.arg(1))?;
    let d = to_property_descriptor(agent, cx.arg(2))?;
    define_property_or_throw(agent, o, key, &d)?;
    Ok(o.into())
}

fn enumerate(agent: &mut Agent, cx: &CallArgs, what: Enumerate) -> JsResult<Value> {
    let o = to_object(agent, cx.arg(0))?;
    enumerable_own_list(agent, o, what)
}

/// 20.1.2.5 Object.entries ( O )
fn entries(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    enumerate(agent, cx, Enumerate::Entries)
}

/// 20.1.2.6 Object.freeze ( O )
fn freeze(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    raise_integrity(agent, cx, IntegrityLevel::Frozen, "freeze")
}

/// 20.1.2.22 Object.seal ( O )
fn seal(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    raise_integrity(agent, cx, IntegrityLevel::Sealed, "seal")
}

fn raise_integrity(
    agent: &mut Agent,
    cx: &CallArgs,
    level: IntegrityLevel,
    name: &str,
) -> JsResult<Value> {
    let Some(o) = cx.arg(0).as_object() else {
        return Ok(cx.arg(0));
    };
    if !set_integrity_level(agent, o, level)? {
        return Err(cannot(agent, o, name));
    }
    Ok(o.into())
}

/// A [[PreventExtensions]] that returned false.
#[cold]
fn cannot(agent: &mut Agent, o: Object, what: &str) -> Throw {
    if o.is(CellKind::Proxy) {
        return agent.type_error("'preventExtensions' on proxy: trap returned falsish");
    }
    agent.type_error(format!("Cannot {what}"))
}

/// 20.1.2.7 Object.fromEntries ( iterable )
fn from_entries(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let iterable = cx.arg(0);
    if iterable.is_nullish() {
        return Err(not_iterable(agent, iterable));
    }
    let o = agent.new_plain_object();
    let mut record = get_iterator(agent, iterable)?;
    while let Some(item) = iterator_step_value(agent, &mut record)? {
        let added = add_entry(agent, o, item);
        close_on_throw(agent, record.iterator, added)?;
    }
    Ok(o.into())
}

fn add_entry(agent: &mut Agent, o: Object, item: Value) -> JsResult<()> {
    let Some(pair) = item.as_object() else {
        let text = display_value(agent, item);
        return Err(agent.type_error(format!("Iterator value {text} is not an entry object")));
    };
    let k = get(agent, pair, PropertyKey::index(0))?;
    let v = get(agent, pair, PropertyKey::index(1))?;
    let key = to_property_key(agent, k)?;
    create_data_property_or_throw(agent, o, key, v)
}

/// 20.1.2.8 Object.getOwnPropertyDescriptor ( O, P )
fn get_own_property_descriptor(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = to_object(agent, cx.arg(0))?;
    let key = to_property_key(agent, cx.arg(1))?;
    match o.get_own_property(agent, key)? {
        None => Ok(Value::UNDEFINED),
        Some(p) => Ok(from_property_descriptor(agent, &p.to_descriptor())?.into()),
    }
}

/// 20.1.2.9 Object.getOwnPropertyDescriptors ( O )
fn get_own_property_descriptors(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = to_object(agent, cx.arg(0))?;
    let keys = o.own_property_keys(agent)?;
    let result = agent.new_plain_object();
    for &key in keys.iter() {
        if let Some(p) = o.get_own_property(agent, key)? {
            let d = from_property_descriptor(agent, &p.to_descriptor())?;
            create_data_property_or_throw(agent, result, key, d.into())?;
        }
    }
    Ok(result.into())
}

/// 20.1.2.11.1 GetOwnPropertyKeys
fn own_keys(agent: &mut Agent, v: Value, symbols: bool) -> JsResult<Value> {
    let o = to_object(agent, v)?;
    let keys = o.own_property_keys(agent)?;
    let mut list = agent.heap.root_vec::<Value>();
    list.reserve(keys.len());
    for &key in keys.iter().filter(|k| k.is_symbol() == symbols) {
        let v = key.to_value(agent);
        list.push(v);
    }
    Ok(agent.new_array_from(list.as_slice()).into())
}

/// 20.1.2.10 Object.getOwnPropertyNames ( O )
fn get_own_property_names(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    own_keys(agent, cx.arg(0), false)
}

/// 20.1.2.11 Object.getOwnPropertySymbols ( O )
fn get_own_property_symbols(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    own_keys(agent, cx.arg(0), true)
}

/// 20.1.2.12 Object.getPrototypeOf ( O )
fn get_prototype_of(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = to_object(agent, cx.arg(0))?;
    Ok(o.get_prototype_of(agent)?.into())
}

/// 20.1.2.13 Object.groupBy ( items, callback )
fn group_by(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (items, callback) = (cx.arg(0), cx.arg(1));
    if items.is_nullish() {
        return Err(not_iterable(agent, items));
    }
    if !callback.is_callable() {
        let text = display_value(agent, callback);
        return Err(agent.type_error(format!("{text} is not a function")));
    }
    let mut record = get_iterator(agent, items)?;
    // Groups in order of their first element; keys and arrays are rooted by the two lists.
    let mut index: FxHashMap<PropertyKey, usize> = FxHashMap::default();
    let mut keys: RootVec<PropertyKey> = agent.heap.root_vec();
    let mut groups: RootVec<Value> = agent.heap.root_vec();
    let mut k = 0.0;
    while let Some(v) = iterator_step_value(agent, &mut record)? {
        let key = group_key(agent, callback, v, k);
        let key = close_on_throw(agent, record.iterator, key)?;
        let i = *index.entry(key).or_insert(groups.len());
        if i == groups.len() {
            keys.push(key);
            let group = agent.new_array();
            groups.push(group.into());
        }
        if let Some(group) = groups[i].as_object() {
            array::push(agent, group, v)?;
        }
        k += 1.0;
    }
    let o = agent.new_object(None);
    for (i, &key) in keys.iter().enumerate() {
        create_data_property_or_throw(agent, o, key, groups[i])?;
    }
    Ok(o.into())
}

fn group_key(agent: &mut Agent, callback: Value, v: Value, k: f64) -> JsResult<PropertyKey> {
    let key = agent.call(callback, Value::UNDEFINED, &[v, Value::number(k)])?;
    to_property_key(agent, key)
}

/// 20.1.2.14 Object.hasOwn ( O, P )
fn has_own(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = to_object(agent, cx.arg(0))?;
    let key = to_property_key(agent, cx.arg(1))?;
    Ok(Value::bool(has_own_property(agent, o, key)?))
}

/// 20.1.2.15 Object.is ( value1, value2 )
fn is(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    Ok(Value::bool(same_value(agent, cx.arg(0), cx.arg(1))))
}

/// 20.1.2.16 Object.isExtensible ( O )
fn is_extensible(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    match cx.arg(0).as_object() {
        None => Ok(Value::FALSE),
        Some(o) => Ok(Value::bool(o.is_extensible(agent)?)),
    }
}

/// 20.1.2.17 Object.isFrozen ( O )
fn is_frozen(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    match cx.arg(0).as_object() {
        None => Ok(Value::TRUE),
        Some(o) => test_integrity_level(agent, o, IntegrityLevel::Frozen).map(Value::bool),
    }
}

/// 20.1.2.18 Object.isSealed ( O )
fn is_sealed(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    match cx.arg(0).as_object() {
        None => Ok(Value::TRUE),
        Some(o) => test_integrity_level(agent, o, IntegrityLevel::Sealed).map(Value::bool),
    }
}

/// 20.1.2.19 Object.keys ( O )
fn keys(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    enumerate(agent, cx, Enumerate::Keys)
}

/// 20.1.2.20 Object.preventExtensions ( O )
fn prevent_extensions(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let Some(o) = cx.arg(0).as_object() else {
        return Ok(cx.arg(0));
    };
    if !o.prevent_extensions(agent)? {
        return Err(cannot(agent, o, "prevent extensions"));
    }
    Ok(o.into())
}

/// 20.1.2.23 Object.setPrototypeOf ( O, proto )
fn set_prototype_of(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let target = cx.arg(0);
    if target.is_nullish() {
        return Err(agent.type_error("Object.setPrototypeOf called on null or undefined"));
    }
    let proto = prototype_argument(agent, cx.arg(1))?;
    if let Some(o) = target.as_object() {
        set_prototype_or_throw(agent, o, proto)?;
    }
    Ok(target)
}

/// [[SetPrototypeOf]] with V8's TypeErrors.
pub(super) fn set_prototype_or_throw(
    agent: &mut Agent,
    o: Object,
    proto: Option<Object>,
) -> JsResult<()> {
    if o.set_prototype_of(agent, proto)? {
        return Ok(());
    }
    if o.is(CellKind::Proxy) {
        return Err(agent.type_error(
            "'setPrototypeOf' on proxy: trap returned falsish for property 'undefined'",
        ));
    }
    if o.has_immutable_prototype() {
        return Err(agent.type_error(
            "Immutable prototype object 'Object.prototype' cannot have their prototype set",
        ));
    }
    if !o.is_extensible(agent)? {
        let text = display_value(agent, o.into());
        return Err(agent.type_error(format!("{text} is not extensible")));
    }
    Err(agent.type_error("Cyclic __proto__ value"))
}

/// 20.1.2.24 Object.values ( O )
fn values(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    enumerate(agent, cx, Enumerate::Values)
}
