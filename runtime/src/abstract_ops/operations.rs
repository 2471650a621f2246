//! Operations on objects (7.3).

use super::own_list::{copy_to_empty, each_plain_property};
use super::{lookup_base, to_boolean, to_length, to_object};
use crate::agent::Agent;
use crate::error::{JsResult, Throw};
use crate::interrupt::PrototypeWalk;
use crate::kind::CellKind;
use crate::object::ordinary::{self, Found, Lookup};
use crate::object::{LAZY, Object, array, bound, proxy};
use crate::property::{Attributes, OwnProperty, PropertyDescriptor, PropertyKey};
use crate::realm::{Intrinsic, Realm};
use crate::string::JsString;
use crate::value::Value;
use sarus_gc::RootVec;

/// 7.3.2 Get.
#[inline]
pub fn get(agent: &mut Agent, o: Object, key: PropertyKey) -> JsResult<Value> {
    o.get(agent, key, o.into())
}

/// Get with a Rust string as key.
pub fn get_str(agent: &mut Agent, o: Object, key: &str) -> JsResult<Value> {
    let key = agent.key(key);
    o.get(agent, key, o.into())
}

/// 7.3.3 GetV.
pub fn get_v(agent: &mut Agent, v: Value, key: PropertyKey) -> JsResult<Value> {
    if let Some(s) = v.as_string()
        && let Some(value) = string_own_property(agent, s, key)
    {
        return Ok(value);
    }
    match lookup_base(agent, v) {
        Some(o) => o.get(agent, key, v),
        None => Err(read_of_nullish(agent, v, key)),
    }
}

/// `length` and the indices of a string primitive.
pub fn string_own_property(agent: &mut Agent, s: JsString, key: PropertyKey) -> Option<Value> {
    if key == agent.names.length {
        return Some(Value::usize(s.len()));
    }
    let i = key.as_index()? as usize;
    if i >= s.len() {
        return None;
    }
    let unit = s.code_unit_at(agent, i);
    Some(agent.unit_string(unit).into())
}

/// `Cannot read properties of undefined (reading 'x')`.
#[cold]
pub fn read_of_nullish(agent: &mut Agent, v: Value, key: PropertyKey) -> Throw {
    let what = if v.is_null() { "null" } else { "undefined" };
    if key == agent.symbols.iterator_key() {
        return super::not_iterable(agent, v);
    }
    let key = key.display(agent);
    agent.type_error(format!(
        "Cannot read properties of {what} (reading '{key}')"
    ))
}

/// `Cannot set properties of undefined (setting 'x')`.
#[cold]
pub fn write_of_nullish(agent: &mut Agent, v: Value, key: PropertyKey) -> Throw {
    let what = if v.is_null() { "null" } else { "undefined" };
    let key = key.display(agent);
    agent.type_error(format!("Cannot set properties of {what} (setting '{key}')"))
}

/// 7.3.4 Set.
#[inline]
pub fn set(agent: &mut Agent, o: Object, key: PropertyKey, v: Value, throw: bool) -> JsResult<()> {
    if !o.set(agent, key, v, o.into())? && throw {
        return Err(readonly_error(agent, o.into(), key));
    }
    Ok(())
}

/// PutValue to a property of any base value (6.2.5.6).
pub fn set_v(
    agent: &mut Agent,
    base: Value,
    key: PropertyKey,
    v: Value,
    strict: bool,
) -> JsResult<()> {
    let Some(o) = lookup_base(agent, base) else {
        return Err(write_of_nullish(agent, base, key));
    };
    let ok = match base.as_string() {
        Some(s) if string_own_property(agent, s, key).is_some() => false,
        _ => o.set(agent, key, v, base)?,
    };
    if !ok && strict {
        return Err(readonly_error(agent, base, key));
    }
    Ok(())
}

/// The TypeError of a [[Set]] that returned false, with V8's wording.
#[cold]
pub fn readonly_error(agent: &mut Agent, base: Value, key: PropertyKey) -> Throw {
    let name = key.display(agent);
    let Some(o) = base.as_object() else {
        let kind = super::type_of(base);
        let text = super::display_value(agent, base)
            .trim_matches('"')
            .to_string();
        if let Some(s) = base.as_string()
            && string_own_property(agent, s, key).is_some()
        {
            return agent.type_error(format!(
                "Cannot assign to read only property '{name}' of string '{text}'"
            ));
        }
        return agent.type_error(format!(
            "Cannot create property '{name}' on {kind} '{text}'"
        ));
    };
    if o.is(CellKind::Proxy) {
        return agent.type_error(format!(
            "'set' on proxy: trap returned falsish for property '{name}'"
        ));
    }
    if o.is(CellKind::ModuleNamespace) {
        // Looking the property up would evaluate a deferred module.
        return agent.type_error(format!(
            "Cannot assign to read only property '{name}' of object '[object Module]'"
        ));
    }
    let mut at = Some(o);
    while let Some(p) = at {
        if p.is(CellKind::Proxy) {
            break;
        }
        match p.get_own_property(agent, key) {
            Ok(Some(OwnProperty::Accessor { .. })) => {
                let c = super::constructor_name(agent, o);
                return agent.type_error(format!(
                    "Cannot set property {name} of #<{c}> which has only a getter"
                ));
            }
            Ok(Some(_)) => {
                let text = object_text(agent, o);
                return agent.type_error(format!(
                    "Cannot assign to read only property '{name}' of object '{text}'"
                ));
            }
            Ok(None) => at = p.shape(agent).prototype_object(),
            Err(t) => return t,
        }
    }
    agent.type_error(format!(
        "Cannot add property {name}, object is not extensible"
    ))
}

fn object_text(agent: &mut Agent, o: Object) -> String {
    if o.is(CellKind::Array) {
        "[object Array]".into()
    } else {
        super::display_value(agent, o.into())
    }
}

/// 7.3.5 CreateDataProperty.
pub fn create_data_property(
    agent: &mut Agent,
    o: Object,
    key: PropertyKey,
    v: Value,
) -> JsResult<bool> {
    if !o.is_exotic()
        && !o.is(CellKind::Array)
        && o.shape(agent).is_extensible()
        && !o.flag(LAZY)
        && matches!(ordinary::lookup_own(agent, o, key), Lookup::Absent)
    {
        match key.as_index() {
            Some(i) => o.put_element(agent, i, v)?,
            None => ordinary::add_named(agent, o, key, v, Attributes::ALL),
        }
        return Ok(true);
    }
    o.define_own_property(agent, key, &PropertyDescriptor::data(v, Attributes::ALL))
}

/// 7.3.6 CreateDataPropertyOrThrow.
pub fn create_data_property_or_throw(
    agent: &mut Agent,
    o: Object,
    key: PropertyKey,
    v: Value,
) -> JsResult<()> {
    if create_data_property(agent, o, key, v)? {
        Ok(())
    } else {
        Err(define_error(agent, o, key))
    }
}

/// 7.3.7 CreateNonEnumerableDataPropertyOrThrow, for objects the engine made itself.
pub fn create_non_enumerable(
    agent: &mut Agent,
    o: Object,
    key: PropertyKey,
    v: Value,
) -> JsResult<()> {
    define_property_or_throw(agent, o, key, &PropertyDescriptor::data(v, Attributes::WC))
}

/// 7.3.8 DefinePropertyOrThrow.
pub fn define_property_or_throw(
    agent: &mut Agent,
    o: Object,
    key: PropertyKey,
    d: &PropertyDescriptor,
) -> JsResult<()> {
    if o.define_own_property(agent, key, d)? {
        Ok(())
    } else {
        Err(define_error(agent, o, key))
    }
}

#[cold]
fn define_error(agent: &mut Agent, o: Object, key: PropertyKey) -> Throw {
    let name = key.display(agent);
    if o.is(CellKind::Proxy) {
        return agent.type_error(format!(
            "'defineProperty' on proxy: trap returned falsish for property '{name}'"
        ));
    }
    match o.get_own_property(agent, key) {
        Err(t) => t,
        Ok(Some(_)) => agent.type_error(format!("Cannot redefine property: {name}")),
        Ok(None) => agent.type_error(format!(
            "Cannot define property {name}, object is not extensible"
        )),
    }
}

/// 7.3.9 DeletePropertyOrThrow.
pub fn delete_property_or_throw(agent: &mut Agent, o: Object, key: PropertyKey) -> JsResult<()> {
    if o.delete(agent, key)? {
        return Ok(());
    }
    let name = key.display(agent);
    let text = object_text(agent, o);
    Err(agent.type_error(format!("Cannot delete property '{name}' of {text}")))
}

/// 7.3.10 GetMethod: a callable or `undefined`.
pub fn get_method(agent: &mut Agent, v: Value, key: PropertyKey) -> JsResult<Value> {
    let f = get_v(agent, v, key)?;
    callable_or_undefined(agent, f)
}

/// [`get_method`] where the same property of like objects is looked up again and again.
pub fn get_method_cached(agent: &mut Agent, v: Value, key: PropertyKey) -> JsResult<Value> {
    let f = (agent.hooks.get)(agent, v, key)?;
    callable_or_undefined(agent, f)
}

fn callable_or_undefined(agent: &mut Agent, f: Value) -> JsResult<Value> {
    if f.is_nullish() {
        return Ok(Value::UNDEFINED);
    }
    if !f.is_callable() {
        let what = super::display_value(agent, f);
        return Err(agent.type_error(format!("{what} is not a function")));
    }
    Ok(f)
}

/// 7.3.12 HasOwnProperty.
pub fn has_own_property(agent: &mut Agent, o: Object, key: PropertyKey) -> JsResult<bool> {
    Ok(o.get_own_property(agent, key)?.is_some())
}

/// SetIntegrityLevel's and TestIntegrityLevel's level.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum IntegrityLevel {
    /// Nothing configurable.
    Sealed,
    /// And nothing writable.
    Frozen,
}

/// 7.3.16 SetIntegrityLevel.
pub fn set_integrity_level(agent: &mut Agent, o: Object, level: IntegrityLevel) -> JsResult<bool> {
    // All that such an object has is in its shape and its elements.
    let plain =
        (o.is(CellKind::Object) || o.is(CellKind::Array)) && !o.is_exotic() && !o.flag(LAZY);
    let frozen = level == IntegrityLevel::Frozen;
    if plain && agent.set_integrity_in_shape(o, frozen) {
        // Stores to elements check extensibility by the elements' kind: only sparse ones look.
        o.make_sparse(agent);
        o.set_integrity_of_elements(frozen);
        if frozen && o.is(CellKind::Array) {
            o.set_length_readonly();
        }
        return Ok(true);
    }
    if !o.prevent_extensions(agent)? {
        return Ok(false);
    }
    let keys = o.own_property_keys(agent)?;
    for &key in keys.iter() {
        let mut d = PropertyDescriptor {
            configurable: Some(false),
            ..Default::default()
        };
        if level == IntegrityLevel::Frozen {
            let Some(p) = o.get_own_property(agent, key)? else {
                continue;
            };
            if matches!(p, OwnProperty::Data { .. }) {
                d.writable = Some(false);
            }
        }
        define_property_or_throw(agent, o, key, &d)?;
    }
    Ok(true)
}

/// 7.3.17 TestIntegrityLevel.
pub fn test_integrity_level(agent: &mut Agent, o: Object, level: IntegrityLevel) -> JsResult<bool> {
    if o.is_extensible(agent)? {
        return Ok(false);
    }
    if o.is(CellKind::Object) && !o.is_exotic() && !o.flag(LAZY) && o.element_indices().is_empty() {
        let shape = o.shape(agent);
        let mut named = (0..shape.entry_count()).filter_map(|i| shape.entry_at(i));
        let holds = named.all(|e| {
            let a = e.attributes;
            let writable = level == IntegrityLevel::Frozen && !a.is_accessor() && a.writable();
            let hidden = e.key == PropertyKey::EMPTY || e.key.is_private();
            hidden || !a.configurable() && !writable
        });
        return Ok(holds);
    }
    let keys = o.own_property_keys(agent)?;
    for &key in keys.iter() {
        if let Some(p) = o.get_own_property(agent, key)?
            && (p.configurable() || level == IntegrityLevel::Frozen && p.writable())
        {
            return Ok(false);
        }
    }
    Ok(true)
}

/// 7.3.18 CreateArrayFromList; the values must be rooted by the caller.
pub fn create_array_from_list(agent: &mut Agent, values: &[Value]) -> Object {
    agent.new_array_from(values)
}

/// 7.3.19 LengthOfArrayLike.
#[inline]
pub fn length_of_array_like(agent: &mut Agent, o: Object) -> JsResult<u64> {
    if let Some(n) = array::length_of(o) {
        return Ok(n as u64);
    }
    let key = agent.names.length;
    let v = get(agent, o, key)?;
    to_length(agent, v)
}

/// Longest list that is made from an array-like (a call with more arguments overflows the stack).
const MAX_LIST: u64 = 1 << 24;

/// 7.3.20 CreateListFromArrayLike, any element type.
pub fn create_list_from_array_like(agent: &mut Agent, v: Value) -> JsResult<RootVec<Value>> {
    let Some(o) = v.as_object() else {
        return Err(agent.type_error("CreateListFromArrayLike called on non-object"));
    };
    let n = length_of_array_like(agent, o)?;
    if n > MAX_LIST {
        return Err(agent.range_error("Invalid array length"));
    }
    let mut list = agent.heap.root_vec::<Value>();
    list.reserve(n.min(o.elements().capacity() as u64) as usize);
    for i in 0..n {
        let fast = o.dense_element(i as u32);
        let v = if fast.is_hole() || o.is_exotic() {
            get(agent, o, PropertyKey::index(i as u32))?
        } else {
            fast
        };
        list.push(v);
    }
    Ok(list)
}

/// 7.3.21 Invoke.
pub fn invoke(agent: &mut Agent, v: Value, key: PropertyKey, args: &[Value]) -> JsResult<Value> {
    let f = get_v(agent, v, key)?;
    if !f.is_callable() {
        let (base, name) = (super::display_value(agent, v), key.display(agent));
        return Err(agent.type_error(format!("{base}.{name} is not a function")));
    }
    agent.call(f, v, args)
}

/// 7.3.22 OrdinaryHasInstance.
pub fn ordinary_has_instance(agent: &mut Agent, c: Value, v: Value) -> JsResult<bool> {
    let Some(c) = c.as_object().filter(|c| c.is_callable()) else {
        return Ok(false);
    };
    if let Some(b) = bound::bound_target(c) {
        agent.check_native_stack()?;
        return instance_of(agent, v, b.target.into());
    }
    let Some(mut o) = v.as_object() else {
        return Ok(false);
    };
    let key = agent.names.prototype;
    let prototype = get(agent, c, key)?;
    let Some(p) = prototype.as_object() else {
        let prototype = super::conversion::display_value(agent, prototype);
        let text = format!("Function has non-object prototype '{prototype}' in instanceof check");
        return Err(agent.type_error(text));
    };
    let mut walk = PrototypeWalk::default();
    loop {
        match walk.next(agent, o)? {
            None => return Ok(false),
            Some(q) if q == p => return Ok(true),
            Some(q) => o = q,
        }
    }
}

/// 13.10.2 InstanceofOperator.
pub fn instance_of(agent: &mut Agent, v: Value, target: Value) -> JsResult<bool> {
    if !target.is_object() {
        return Err(agent.type_error("Right-hand side of 'instanceof' is not an object"));
    }
    let key = PropertyKey::symbol(agent.symbols.has_instance);
    let handler = get_method(agent, target, key)?;
    if !handler.is_undefined() {
        let result = agent.call(handler, target, &[v])?;
        return Ok(to_boolean(result));
    }
    if !target.is_callable() {
        return Err(agent.type_error("Right-hand side of 'instanceof' is not callable"));
    }
    ordinary_has_instance(agent, target, v)
}

/// 7.3.23 SpeciesConstructor.
pub fn species_constructor(agent: &mut Agent, o: Object, default: Intrinsic) -> JsResult<Object> {
    let key = agent.names.constructor;
    let c = get(agent, o, key)?;
    if c.is_undefined() {
        return Ok(agent.intrinsic(default));
    }
    let Some(c) = c.as_object() else {
        return Err(agent.type_error("The .constructor property is not an object"));
    };
    let key = PropertyKey::symbol(agent.symbols.species);
    let s = get(agent, c, key)?;
    if s.is_nullish() {
        return Ok(agent.intrinsic(default));
    }
    match s.as_object().filter(|s| s.is_constructor()) {
        Some(s) => Ok(s),
        None => Err(agent.type_error("object.constructor[Symbol.species] is not a constructor")),
    }
}

/// What EnumerableOwnProperties lists.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Enumerate {
    /// Keys.
    Keys,
    /// Values.
    Values,
    /// Pairs as arrays.
    Entries,
}

/// 7.3.24 EnumerableOwnProperties.
pub fn enumerable_own_properties(
    agent: &mut Agent,
    o: Object,
    what: Enumerate,
) -> JsResult<RootVec<Value>> {
    let keys = o.own_property_keys(agent)?;
    let mut list = agent.heap.root_vec::<Value>();
    list.reserve(keys.len());
    for &key in keys.iter().filter(|k| !k.is_symbol()) {
        let Some(p) = o.get_own_property(agent, key)? else {
            continue;
        };
        if !p.enumerable() {
            continue;
        }
        if what == Enumerate::Keys {
            let v = key.to_value(agent);
            list.push(v);
            continue;
        }
        let value = match p {
            OwnProperty::Data { value, .. } if !o.is_exotic() => value,
            _ => get(agent, o, key)?,
        };
        if what == Enumerate::Values {
            list.push(value);
        } else {
            let k = key.to_value(agent);
            let pair = agent.new_array_from(&[k, value]);
            list.push(pair.into());
        }
    }
    Ok(list)
}

/// 7.3.26 CopyDataProperties.
pub fn copy_data_properties(
    agent: &mut Agent,
    target: Object,
    source: Value,
    excluded: &[PropertyKey],
) -> JsResult<()> {
    if source.is_nullish() {
        return Ok(());
    }
    let from = to_object(agent, source)?;
    if excluded.is_empty() && copy_to_empty(agent, from, target) {
        return Ok(());
    }
    let copied = each_plain_property(agent, from, |agent, key, v| {
        if excluded.contains(&key) {
            return Ok(());
        }
        create_data_property_or_throw(agent, target, key, v)
    });
    if copied? {
        return Ok(());
    }
    let keys = from.own_property_keys(agent)?;
    for &key in keys.iter() {
        if excluded.contains(&key) {
            continue;
        }
        if let Some(p) = from.get_own_property(agent, key)?
            && p.enumerable()
        {
            let v = match p {
                OwnProperty::Data { value, .. } if !from.is_exotic() => value,
                _ => get(agent, from, key)?,
            };
            create_data_property_or_throw(agent, target, key, v)?;
        }
    }
    Ok(())
}

/// 7.3.25 GetFunctionRealm.
pub fn get_function_realm(agent: &mut Agent, f: Object) -> JsResult<Realm> {
    let mut o = f;
    loop {
        if let Some(f) = o.as_function() {
            return Ok(f.code().realm());
        }
        if let Some(n) = o.as_native() {
            return Ok(n.realm());
        }
        if let Some(b) = bound::bound_target(o) {
            o = b.target;
        } else if o.is(CellKind::Proxy) {
            match proxy::target_of(o) {
                Some(t) => o = t,
                None => {
                    return Err(
                        agent.type_error("Cannot perform 'get' on a proxy that has been revoked")
                    );
                }
            }
        } else {
            return Ok(agent.realm);
        }
    }
}

/// 10.1.14 GetPrototypeFromConstructor.
pub fn get_prototype_from_constructor(
    agent: &mut Agent,
    c: Object,
    default: Intrinsic,
) -> JsResult<Object> {
    let key = agent.names.prototype;
    let v = (agent.hooks.get)(agent, c.into(), key)?;
    match v.as_object() {
        Some(p) => Ok(p),
        None => {
            let realm = get_function_realm(agent, c)?;
            Ok(agent.intrinsic_of(realm, default))
        }
    }
}

/// The prototype for an object that a native constructor makes: from NewTarget, or the default when
/// it was called without `new`.
pub fn prototype_for_new(
    agent: &mut Agent,
    new_target: Value,
    default: Intrinsic,
) -> JsResult<Object> {
    match new_target.as_object() {
        Some(c) => get_prototype_from_constructor(agent, c, default),
        None => Ok(agent.intrinsic(default)),
    }
}

/// 10.1.13 OrdinaryCreateFromConstructor.
pub fn ordinary_create_from_constructor(
    agent: &mut Agent,
    new_target: Value,
    default: Intrinsic,
) -> JsResult<Object> {
    let proto = prototype_for_new(agent, new_target, default)?;
    Ok(agent.new_object(Some(proto)))
}

/// The objects that 6.2.6.4 FromPropertyDescriptor makes of whole properties: values in the order of the names, from the beginning.
fn whole_descriptor(agent: &mut Agent, accessor: bool, values: [Value; 4]) -> Object {
    let proto = agent.intrinsic(Intrinsic::ObjectPrototype);
    let kept = agent.library.descriptors[usize::from(accessor)];
    let shape = match kept.filter(|(p, _)| *p == proto) {
        Some((_, shape)) => shape,
        None => {
            let n = &agent.names;
            let (first, second) = match accessor {
                true => (n.get, n.set),
                false => (n.value, n.writable),
            };
            let names = [first, second, n.enumerable, n.configurable];
            let mut shape = agent.root_shape(CellKind::Object, Some(proto), 4);
            for key in names {
                // There is room for a few properties in every shape.
                if let Some(next) = agent.shape_with_property(shape, key, Attributes::ALL) {
                    shape = next;
                }
            }
            agent.library.descriptors[usize::from(accessor)] = Some((proto, shape));
            shape
        }
    };
    let o = agent.new_object_with_shape(shape);
    for (i, v) in values.into_iter().enumerate() {
        o.store_existing_slot(agent, i as u32, v);
    }
    o
}

/// 6.2.6.4 FromPropertyDescriptor.
pub fn from_property_descriptor(agent: &mut Agent, d: &PropertyDescriptor) -> JsResult<Object> {
    if let (Some(enumerable), Some(configurable)) = (d.enumerable, d.configurable) {
        let (enumerable, configurable) = (Value::bool(enumerable), Value::bool(configurable));
        match *d {
            PropertyDescriptor {
                value: Some(value),
                writable: Some(writable),
                get: None,
                set: None,
                ..
            } => {
                let values = [value, Value::bool(writable), enumerable, configurable];
                return Ok(whole_descriptor(agent, false, values));
            }
            PropertyDescriptor {
                value: None,
                writable: None,
                get: Some(get),
                set: Some(set),
                ..
            } => {
                let values = [get, set, enumerable, configurable];
                return Ok(whole_descriptor(agent, true, values));
            }
            _ => {}
        }
    }
    let o = agent.new_plain_object();
    let n = &agent.names;
    let fields = [
        (n.value, d.value),
        (n.writable, d.writable.map(Value::bool)),
        (n.get, d.get),
        (n.set, d.set),
        (n.enumerable, d.enumerable.map(Value::bool)),
        (n.configurable, d.configurable.map(Value::bool)),
    ];
    for (key, v) in fields {
        if let Some(v) = v {
            ordinary::add_named(agent, o, key, v, Attributes::ALL);
        }
    }
    Ok(o)
}

/// What an object has for each of the keys, in their order.
fn parts(agent: &mut Agent, o: Object, keys: &[PropertyKey; 6]) -> JsResult<[Option<Value>; 6]> {
    let mut found = [None; 6];
    for (found, &key) in found.iter_mut().zip(keys) {
        *found = match ordinary::find_data(agent, o, key) {
            Found::Data(v) => Some(v),
            Found::Absent => None,
            Found::Other if o.has_property(agent, key)? => Some(get(agent, o, key)?),
            Found::Other => None,
        };
    }
    Ok(found)
}

/// The same of an object with few properties, all of them data, that inherits none of the keys.
fn plain_parts(
    agent: &mut Agent,
    o: Object,
    keys: &[PropertyKey; 6],
) -> Option<[Option<Value>; 6]> {
    /// So many are looked through.
    const FEW: u32 = 8;
    if !o.is(CellKind::Object) || o.is_exotic() {
        return None;
    }
    let shape = o.shape(agent);
    if shape.entry_count() > FEW || !inherits_nothing(agent, shape.prototype_object()?, keys) {
        return None;
    }
    let mut found = [None; 6];
    shape.with_entries(|entries| {
        for e in entries {
            if let Some(i) = keys.iter().position(|key| *key == e.key) {
                if e.attributes.is_accessor() {
                    return None;
                }
                found[i] = Some(o.load_slot(e.slot));
            }
        }
        Some(found)
    })
}

/// Whether a prototype and what it inherits has none of the keys of descriptors: known as long as its shape keeps its id.
fn inherits_nothing(agent: &mut Agent, proto: Object, keys: &[PropertyKey; 6]) -> bool {
    let shape = proto.shape(agent);
    if agent.lookups.partless == shape.id() {
        return true;
    }
    if proto.is_exotic()
        || proto.flag(LAZY)
        || !shape.prototype().is_null()
        || !shape.is_cacheable()
    {
        return false;
    }
    let has = |key: &PropertyKey| shape.lookup(*key).is_some();
    if keys.iter().any(has) {
        return false;
    }
    shape.observe();
    agent.lookups.partless = shape.id();
    true
}

/// 6.2.6.5 ToPropertyDescriptor.
pub fn to_property_descriptor(agent: &mut Agent, v: Value) -> JsResult<PropertyDescriptor> {
    let Some(o) = v.as_object() else {
        let text = super::display_value(agent, v);
        return Err(agent.type_error(format!("Property description must be an object: {text}")));
    };
    let n = &agent.names;
    let keys = [
        n.enumerable,
        n.configurable,
        n.value,
        n.writable,
        n.get,
        n.set,
    ];
    let found = match plain_parts(agent, o, &keys) {
        Some(found) => found,
        None => parts(agent, o, &keys)?,
    };
    let [enumerable, configurable, value, writable, get, set] = found;
    for (half, name) in [(get, "Getter"), (set, "Setter")] {
        if let Some(f) = half
            && !f.is_undefined()
            && !f.is_callable()
        {
            let text = super::display_value(agent, f);
            return Err(agent.type_error(format!("{name} must be a function: {text}")));
        }
    }
    let d = PropertyDescriptor {
        value,
        get,
        set,
        writable: writable.map(to_boolean),
        enumerable: enumerable.map(to_boolean),
        configurable: configurable.map(to_boolean),
    };
    if d.is_accessor() && d.is_data() {
        let text = object_text(agent, o);
        return Err(agent.type_error(format!(
            "Invalid property descriptor. Cannot both specify accessors and a value or writable attribute, {text}"
        )));
    }
    Ok(d)
}

/// IsCompatiblePropertyDescriptor (10.1.6.2).
pub fn is_compatible_property_descriptor(
    agent: &mut Agent,
    extensible: bool,
    d: &PropertyDescriptor,
    current: Option<OwnProperty>,
) -> JsResult<bool> {
    ordinary::validate_and_apply(agent, None, PropertyKey::index(0), extensible, d, current)
}

/// Name of the object's constructor for messages, without running JavaScript.
pub fn constructor_name(agent: &mut Agent, o: Object) -> String {
    let key = agent.names.constructor;
    let mut at = Some(o);
    while let Some(p) = at {
        if p.is_exotic() {
            break;
        }
        if let Lookup::Data(v, _) = ordinary::lookup_own(agent, p, key) {
            if let Some(c) = v.as_object() {
                let name = function_name(agent, c);
                if !name.is_empty() {
                    return name;
                }
            }
            break;
        }
        at = p.shape(agent).prototype_object();
    }
    "Object".into()
}

/// A function's own `name` if it is a string, without running JavaScript.
pub fn function_name(agent: &mut Agent, f: Object) -> String {
    if f.is_exotic() {
        return String::new();
    }
    let key = agent.names.name;
    match ordinary::lookup_own(agent, f, key) {
        Lookup::Data(v, _) => v
            .as_string()
            .map(|s| s.to_rust_string(agent))
            .unwrap_or_default(),
        _ => String::new(),
    }
}

/// Source text of a function for messages.
pub fn function_source(agent: &mut Agent, f: Object) -> String {
    if let Some(c) = f.as_function() {
        let block = c.code().block_arc();
        let (start, end) = (block.span.start as usize, block.span.end as usize);
        if let Some(bytes) = block.source.text.get(start..end) {
            return String::from_utf8_lossy(bytes).into_owned();
        }
    }
    let name = function_name(agent, f);
    format!("function {name}() {{ [native code] }}")
}
