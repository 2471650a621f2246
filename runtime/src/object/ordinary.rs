//! Ordinary object internal methods (10.1), shared by most kinds.
//!
//! Arrays' `length` and functions' lazy properties are seen to here too, since they would otherwise
//! make those kinds exotic for every lookup.

use super::internal_methods::KeyList;
use super::lookup_cache::lookup_in_shape;
use super::{LAZY, Object, accessor_parts, array, proxy};
use crate::abstract_ops::same_value;
use crate::agent::Agent;
use crate::builtins::error_stack;
use crate::error::JsResult;
use crate::kind::CellKind;
use crate::property::{Attributes, OwnProperty, PropertyDescriptor, PropertyKey};
use crate::shape::Entry;
use crate::value::Value;

/// Result of a lookup that neither allocates nor runs JavaScript.
#[derive(Copy, Clone)]
pub(crate) enum Lookup {
    /// A data property: value and attributes.
    Data(Value, Attributes),
    /// An accessor pair and attributes.
    Accessor(Value, Attributes),
    /// Not an own property.
    Absent,
}

/// The own property of an object that is not exotic.
#[inline]
pub(crate) fn lookup_own(agent: &mut Agent, o: Object, key: PropertyKey) -> Lookup {
    lookup(agent, o, key, true)
}

#[inline]
fn lookup(agent: &mut Agent, o: Object, key: PropertyKey, observe: bool) -> Lookup {
    if let Some(i) = key.as_index() {
        return match o.element_entry(i) {
            None => Lookup::Absent,
            Some(e) if e.attributes.is_accessor() => Lookup::Accessor(e.value, e.attributes),
            Some(e) => Lookup::Data(e.value, e.attributes),
        };
    }
    if o.flag(LAZY) {
        crate::function::materialize_if_lazy(agent, o, key);
    }
    if o.is(CellKind::Array) && key == agent.names.length {
        return Lookup::Data(array::length_value(o), array::length_attributes(o));
    }
    lookup_in_shape(agent, o, key, observe)
}

/// What a chain of ordinary objects has for a key.
pub(crate) enum Found {
    /// A data property with that value.
    Data(Value),
    /// Nothing.
    Absent,
    /// What only the internal methods can tell.
    Other,
}

/// [[HasProperty]] and [[Get]] in one, where that runs no JavaScript.
pub(crate) fn find_data(agent: &mut Agent, o: Object, key: PropertyKey) -> Found {
    let mut at = o;
    while !at.is_exotic() {
        match lookup_own(agent, at, key) {
            Lookup::Data(v, _) => return Found::Data(v),
            Lookup::Accessor(..) => return Found::Other,
            Lookup::Absent => {}
        }
        match at.shape(agent).prototype_object() {
            Some(p) => at = p,
            None => return Found::Absent,
        }
    }
    Found::Other
}

/// 10.1.5.1 OrdinaryGetOwnProperty.
pub fn ordinary_get_own_property(
    agent: &mut Agent,
    o: Object,
    key: PropertyKey,
) -> Option<OwnProperty> {
    match lookup(agent, o, key, false) {
        Lookup::Absent => None,
        Lookup::Data(value, attributes) => Some(OwnProperty::Data { value, attributes }),
        Lookup::Accessor(slot, attributes) if error_stack::is_unread_stack(agent, slot) => {
            let value = error_stack::read_stack_quietly(agent, o);
            Some(OwnProperty::Data {
                value,
                attributes: attributes.without(Attributes::ACCESSOR).with(Attributes::W),
            })
        }
        Lookup::Accessor(pair, attributes) => {
            let (get, set) = accessor_parts(pair);
            Some(OwnProperty::Accessor {
                get,
                set,
                attributes,
            })
        }
    }
}

/// 10.1.2.1 OrdinarySetPrototypeOf.
pub fn ordinary_set_prototype_of(
    agent: &mut Agent,
    o: Object,
    proto: Option<Object>,
) -> JsResult<bool> {
    let shape = o.shape(agent);
    if shape.prototype() == Value::from(proto) {
        return Ok(true);
    }
    if !shape.is_extensible() || o.has_immutable_prototype() {
        return Ok(false);
    }
    let mut p = proto;
    while let Some(q) = p {
        if q == o {
            return Ok(false);
        }
        if q.is(CellKind::Proxy) {
            break;
        }
        p = q.shape(agent).prototype_object();
    }
    materialize(agent, o);
    agent.set_prototype_in_shape(o, proto);
    Ok(true)
}

/// 10.1.4.1 OrdinaryPreventExtensions.
pub fn ordinary_prevent_extensions(agent: &mut Agent, o: Object) -> JsResult<bool> {
    materialize(agent, o);
    if o.shape(agent).is_extensible() {
        // Stores to elements check extensibility by the elements kind: only sparse ones look.
        if !o.is(CellKind::TypedArray) {
            o.make_sparse(agent);
        }
        agent.prevent_extensions_in_shape(o);
    }
    Ok(true)
}

#[inline]
fn materialize(agent: &mut Agent, o: Object) {
    o.materialize(agent);
}

impl Object {
    /// Gives a function its `length`, `name` and `prototype` for good, so that properties may be added.
    #[inline]
    pub(crate) fn materialize(self, agent: &mut Agent) {
        if self.flag(LAZY) {
            crate::function::materialize_all(agent, self);
        }
    }
}

/// 10.1.6.1 OrdinaryDefineOwnProperty.
pub fn ordinary_define_own_property(
    agent: &mut Agent,
    o: Object,
    key: PropertyKey,
    descriptor: &PropertyDescriptor,
) -> JsResult<bool> {
    materialize(agent, o);
    let current = ordinary_get_own_property(agent, o, key);
    let extensible = o.shape(agent).is_extensible();
    validate_and_apply(agent, Some(o), key, extensible, descriptor, current)
}

/// 10.1.6.3 ValidateAndApplyPropertyDescriptor. With `o` absent it only validates.
pub fn validate_and_apply(
    agent: &mut Agent,
    o: Option<Object>,
    key: PropertyKey,
    extensible: bool,
    d: &PropertyDescriptor,
    current: Option<OwnProperty>,
) -> JsResult<bool> {
    let Some(current) = current else {
        if !extensible {
            return Ok(false);
        }
        if let Some(o) = o {
            store_own(agent, o, key, d.complete(), false)?;
        }
        return Ok(true);
    };
    if !is_compatible_change(agent, d, &current) {
        return Ok(false);
    }
    let Some(o) = o else { return Ok(true) };
    let a = current.attributes();
    let enumerable = d.enumerable.unwrap_or(a.enumerable());
    let configurable = d.configurable.unwrap_or(a.configurable());
    let merged = match current {
        OwnProperty::Data { value, attributes } if !d.is_accessor() => OwnProperty::Data {
            value: d.value.unwrap_or(value),
            attributes: Attributes::new(
                d.writable.unwrap_or(attributes.writable()),
                enumerable,
                configurable,
            ),
        },
        OwnProperty::Accessor { get, set, .. } if !d.is_data() => OwnProperty::Accessor {
            get: d.get.unwrap_or(get),
            set: d.set.unwrap_or(set),
            attributes: Attributes::new(false, enumerable, configurable).with(Attributes::ACCESSOR),
        },
        _ => PropertyDescriptor {
            enumerable: Some(enumerable),
            configurable: Some(configurable),
            ..*d
        }
        .complete(),
    };
    store_own(agent, o, key, merged, true)?;
    Ok(true)
}

/// Steps 4 to 6 of 10.1.6.3: may the property change like that?
fn is_compatible_change(agent: &mut Agent, d: &PropertyDescriptor, current: &OwnProperty) -> bool {
    if current.configurable() {
        return true;
    }
    if d.configurable == Some(true) || d.enumerable.is_some_and(|e| e != current.enumerable()) {
        return false;
    }
    match *current {
        _ if d.is_generic() => true,
        OwnProperty::Accessor { get, set, .. } => {
            !d.is_data() && d.get.is_none_or(|g| g == get) && d.set.is_none_or(|s| s == set)
        }
        OwnProperty::Data { value, attributes } => {
            if d.is_accessor() {
                return false;
            }
            attributes.writable()
                || (d.writable != Some(true) && d.value.is_none_or(|v| same_value(agent, v, value)))
        }
    }
}

/// Writes a complete property, new or existing.
fn store_own(
    agent: &mut Agent,
    o: Object,
    key: PropertyKey,
    p: OwnProperty,
    exists: bool,
) -> JsResult<()> {
    let (value, attributes) = match p {
        OwnProperty::Data { value, attributes } => (value, attributes),
        OwnProperty::Accessor {
            get,
            set,
            attributes,
        } => (agent.new_accessor(get, set), attributes),
    };
    if let Some(i) = key.as_index() {
        o.put_element_with(agent, i, value, attributes)?;
        array::note_index(o, i);
        return Ok(());
    }
    if exists {
        let Some(e) = o.shape(agent).lookup(key) else {
            return Ok(());
        };
        o.store_existing_slot(agent, e.slot, value);
        if e.attributes != attributes {
            agent.reconfigure_property(o, key, attributes);
        }
        return Ok(());
    }
    add_named(agent, o, key, value, attributes);
    Ok(())
}

/// Adds a named property that does not exist yet, without any check.
#[inline]
pub fn add_named(agent: &mut Agent, o: Object, key: PropertyKey, value: Value, a: Attributes) {
    let slot = agent.add_property_to_shape(o, key, a);
    o.store_slot(agent, slot, value);
}

/// 10.1.7.1 OrdinaryHasProperty.
pub fn ordinary_has_property(agent: &mut Agent, o: Object, key: PropertyKey) -> JsResult<bool> {
    let mut at = o;
    loop {
        if at != o && at.is_exotic() {
            return at.has_property(agent, key);
        }
        let own = if at.is_exotic() {
            at.get_own_property(agent, key)?.is_some()
        } else {
            !matches!(lookup_own(agent, at, key), Lookup::Absent)
        };
        if own {
            return Ok(true);
        }
        match at.shape(agent).prototype_object() {
            Some(p) => at = p,
            None => return Ok(false),
        }
    }
}

/// 10.1.8.1 OrdinaryGet.
pub fn ordinary_get(
    agent: &mut Agent,
    o: Object,
    key: PropertyKey,
    receiver: Value,
) -> JsResult<Value> {
    let mut at = o;
    loop {
        if at.is_exotic() {
            if at != o {
                return at.get(agent, key, receiver);
            }
            match at.get_own_property(agent, key)? {
                Some(OwnProperty::Data { value, .. }) => return Ok(value),
                Some(OwnProperty::Accessor { get, .. }) => {
                    return call_getter(agent, get, receiver);
                }
                None => {}
            }
        } else {
            match lookup_own(agent, at, key) {
                Lookup::Data(v, _) => return Ok(v),
                Lookup::Accessor(slot, _) if error_stack::is_unread_stack(agent, slot) => {
                    return error_stack::read_stack(agent, at);
                }
                Lookup::Accessor(pair, _) => {
                    return call_getter(agent, accessor_parts(pair).0, receiver);
                }
                Lookup::Absent => {}
            }
        }
        match at.shape(agent).prototype_object() {
            Some(p) => at = p,
            None => return Ok(Value::UNDEFINED),
        }
    }
}

fn call_getter(agent: &mut Agent, getter: Value, receiver: Value) -> JsResult<Value> {
    if getter.is_undefined() {
        Ok(Value::UNDEFINED)
    } else {
        agent.call(getter, receiver, &[])
    }
}

/// 10.1.9.1 OrdinarySet.
pub fn ordinary_set(
    agent: &mut Agent,
    o: Object,
    key: PropertyKey,
    v: Value,
    receiver: Value,
) -> JsResult<bool> {
    let mut at = o;
    loop {
        let own = if at.is_exotic() {
            if at != o {
                return at.set(agent, key, v, receiver);
            }
            at.get_own_property(agent, key)?
        } else {
            match lookup_own(agent, at, key) {
                Lookup::Data(_, a) if a.writable() && receiver == Value::from(at) => {
                    return store_existing(agent, at, key, v);
                }
                Lookup::Data(value, attributes) => Some(OwnProperty::Data { value, attributes }),
                Lookup::Accessor(slot, _) if error_stack::is_unread_stack(agent, slot) => {
                    if receiver == Value::from(at) {
                        error_stack::write_stack(agent, at, v);
                        return Ok(true);
                    }
                    break;
                }
                Lookup::Accessor(pair, attributes) => {
                    let (get, set) = accessor_parts(pair);
                    Some(OwnProperty::Accessor {
                        get,
                        set,
                        attributes,
                    })
                }
                Lookup::Absent => None,
            }
        };
        match own {
            Some(OwnProperty::Accessor { set, .. }) => {
                if set.is_undefined() {
                    return Ok(false);
                }
                agent.call(set, receiver, &[v])?;
                return Ok(true);
            }
            Some(p) if !p.writable() => return Ok(false),
            Some(_) => break,
            None => match at.shape(agent).prototype_object() {
                Some(p) => at = p,
                None => break,
            },
        }
    }
    set_on_receiver(agent, key, v, receiver)
}

/// Overwrites an own writable data property of an object that is not exotic.
fn store_existing(agent: &mut Agent, o: Object, key: PropertyKey, v: Value) -> JsResult<bool> {
    if let Some(i) = key.as_index() {
        if o.has_dense_elements() {
            o.put_element(agent, i, v)?;
        } else if let Some(e) = o.element_entry(i) {
            o.put_element_with(agent, i, v, e.attributes)?;
        }
        return Ok(true);
    }
    if o.is(CellKind::Array) && key == agent.names.length {
        return o.define_own_property(
            agent,
            key,
            &PropertyDescriptor {
                value: Some(v),
                ..Default::default()
            },
        );
    }
    if let Some(e) = o.shape(agent).lookup(key) {
        o.store_existing_slot(agent, e.slot, v);
    }
    Ok(true)
}

/// Steps 2.c to 2.e of 10.1.9.2 OrdinarySetWithOwnDescriptor.
pub(crate) fn set_on_receiver(
    agent: &mut Agent,
    key: PropertyKey,
    v: Value,
    receiver: Value,
) -> JsResult<bool> {
    let Some(r) = receiver.as_object() else {
        return Ok(false);
    };
    let r = proxy::owner(agent, r);
    if !r.is_exotic() && !r.flag(LAZY) {
        match lookup_own(agent, r, key) {
            Lookup::Absent => return create_own_data(agent, r, key, v),
            Lookup::Data(_, a) if a.writable() => return store_existing(agent, r, key, v),
            _ => {}
        }
    }
    match r.get_own_property(agent, key)? {
        Some(OwnProperty::Accessor { .. }) => Ok(false),
        Some(p) if !p.writable() => Ok(false),
        Some(_) => r.define_own_property(
            agent,
            key,
            &PropertyDescriptor {
                value: Some(v),
                ..Default::default()
            },
        ),
        None => r.define_own_property(agent, key, &PropertyDescriptor::data(v, Attributes::ALL)),
    }
}

/// CreateDataProperty on an object that is not exotic and does not have the property.
fn create_own_data(agent: &mut Agent, o: Object, key: PropertyKey, v: Value) -> JsResult<bool> {
    if !o.shape(agent).is_extensible() {
        return Ok(false);
    }
    let Some(i) = key.as_index() else {
        add_named(agent, o, key, v, Attributes::ALL);
        return Ok(true);
    };
    if array::length_of(o).is_some_and(|n| i >= n) && o.length_is_readonly() {
        return Ok(false);
    }
    o.put_element(agent, i, v)?;
    array::note_index(o, i);
    Ok(true)
}

/// 10.1.10.1 OrdinaryDelete.
pub fn ordinary_delete(agent: &mut Agent, o: Object, key: PropertyKey) -> JsResult<bool> {
    materialize(agent, o);
    if !o.is_exotic() && !key.is_index() {
        return Ok(delete_named(agent, o, key));
    }
    let Some(own) = o.get_own_property(agent, key)? else {
        return Ok(true);
    };
    if !own.configurable() {
        return Ok(false);
    }
    match key.as_index() {
        Some(i) => o.remove_element(agent, i),
        None => {
            if let Some(e) = o.shape(agent).lookup(key) {
                // Clear first: going back one transition forgets the slot.
                o.store_existing_slot(agent, e.slot, Value::HOLE);
                agent.remove_property_from_shape(o, key);
            }
        }
    }
    Ok(true)
}

/// Deletes a named property of an object that is not exotic.
fn delete_named(agent: &mut Agent, o: Object, key: PropertyKey) -> bool {
    if o.is(CellKind::Array) && key == agent.names.length {
        return false;
    }
    let Some(e) = o.shape(agent).lookup(key) else {
        return true;
    };
    if !e.attributes.configurable() {
        return false;
    }
    // Clear first: going back one transition forgets the slot.
    o.store_existing_slot(agent, e.slot, Value::HOLE);
    agent.remove_property_from_shape(o, key);
    true
}

/// 10.1.11.1 OrdinaryOwnPropertyKeys.
pub fn ordinary_own_property_keys(agent: &mut Agent, o: Object) -> JsResult<KeyList> {
    materialize(agent, o);
    let mut keys: KeyList = agent.heap.root_vec();
    keys.reserve(o.shape(agent).entry_count() as usize + 1);
    for i in o.element_indices() {
        keys.push(PropertyKey::index(i));
    }
    if o.is(CellKind::Array) {
        keys.push(agent.names.length);
    }
    push_named_keys(agent, o, &mut keys);
    Ok(keys)
}

/// Appends the named keys of the shape: strings, then symbols, each in insertion order.
pub(crate) fn push_named_keys(agent: &Agent, o: Object, keys: &mut KeyList) {
    // Nothing is allocated meanwhile that would look at shapes.
    o.shape(agent).with_entries(|entries| {
        let is_name = |e: &&Entry| !e.key.is_symbol() && e.key != PropertyKey::EMPTY;
        keys.extend(entries.iter().filter(is_name).map(|e| e.key));
        let is_symbol = |e: &&Entry| e.key.is_symbol() && !e.key.is_private();
        keys.extend(entries.iter().filter(is_symbol).map(|e| e.key));
    });
}
