//! Properties that compiled code did not find in the agent's tables: everything that runs no JavaScript and ends in no error.

use crate::ic::{Handler, element, is_plain_for, load, store};
use crate::vm::vm;
use sarus_runtime::abstract_ops::to_property_key;
use sarus_runtime::agent::Agent;
use sarus_runtime::code::IcSlot;
use sarus_runtime::error::JsResult;
use sarus_runtime::function::is_lazy_key;
use sarus_runtime::kind::CellKind;
use sarus_runtime::object::proxy;
use sarus_runtime::object::{LAZY, Object, accessor_parts};
use sarus_runtime::property::PropertyKey;
use sarus_runtime::value::Value;

/// The key of a string or symbol that is no index.
fn key_of(agent: &mut Agent, key: Value) -> Option<PropertyKey> {
    if !key.is_string() && !key.is_symbol() {
        return None;
    }
    if let Some(s) = key.as_string()
        && s.is_atom()
    {
        return Some(PropertyKey::atom(s)).filter(|k| !k.is_index());
    }
    // Such values are converted without running anything.
    to_property_key(agent, key).ok().filter(|k| !k.is_index())
}

/// `receiver[key]`, if it is a value.
pub fn load_value(agent: &mut Agent, receiver: Value, key: Value) -> Option<Value> {
    match find(agent, receiver, key)? {
        load::Found::Value(v) => Some(v),
        load::Found::Accessor(_) => None,
    }
}

/// The closure that is to be called for `receiver[key]`, if it is one.
pub fn find_getter(agent: &mut Agent, receiver: Value, key: Value) -> Option<Value> {
    match find(agent, receiver, key)? {
        load::Found::Value(_) => None,
        load::Found::Accessor(pair) => {
            let getter = accessor_parts(pair).0;
            getter.is_kind(CellKind::Function).then_some(getter)
        }
    }
}

#[inline]
fn find(agent: &mut Agent, receiver: Value, key: Value) -> Option<load::Found> {
    let key = key_of(agent, key)?;
    let Some(o) = receiver.as_object() else {
        return load::find_of_primitive(agent, receiver, key);
    };
    let known = vm(agent).loads.get(o.shape_id(), key);
    if let Some(found) = known.and_then(|ic| load::apply(&ic, receiver)) {
        return Some(found);
    }
    let (found, slot) = load::find(agent, receiver, key)?;
    if let Some(slot) = slot {
        vm(agent).loads.put(key, slot);
    }
    Some(found)
}

/// The closure that is the trap of that name for a proxy, if a key is known.
pub fn find_trap(agent: &mut Agent, o: Value, name: Value, key: Value) -> Option<Value> {
    if !o.is_kind(CellKind::Proxy) || key == Value::LAZY {
        return None;
    }
    let handler = proxy::handler_of(o.as_object()?)?;
    // Which puts it into the table.
    load_value(agent, handler.into(), name).filter(|trap| trap.is_kind(CellKind::Function))
}

/// What a trap gets as the key.
pub fn trap_key(agent: &mut Agent, key: Value) -> Option<Value> {
    if key.is_string() || key.is_symbol() {
        return Some(key);
    }
    if key.is_object() {
        return None;
    }
    let key = to_property_key(agent, key).ok()?;
    Some(key.to_value(agent))
}

/// What a load gives after the `get` trap did.
pub fn after_get(agent: &mut Agent, target: Object, key: Value, v: Value) -> JsResult<Value> {
    if !target.is(CellKind::Proxy) && key.as_string().is_none_or(|s| s.is_atom()) {
        // Compiled code finds what the table has.
        let _ = find(agent, target.into(), key);
    }
    let key = to_property_key(agent, key)?;
    proxy::check_get(agent, target, key, v)
}

/// Whether a store was done, after the `set` trap said so; with its key.
pub fn after_set(
    agent: &mut Agent,
    target: Object,
    key: Value,
    v: Value,
    answer: Value,
) -> JsResult<(PropertyKey, bool)> {
    let key = to_property_key(agent, key)?;
    Ok((key, proxy::check_set(agent, target, key, v, answer)?))
}

/// Whether a slot of the table of stores is one of a plain data property.
fn stores_data(ic: &IcSlot) -> bool {
    matches!(
        Handler(ic.handler).kind(),
        Handler::OWN | Handler::OWN_SLOTS | Handler::ADD | Handler::ADD_SLOTS
    )
}

/// `receiver[key] = v`, if that is no more than a store.
pub fn store_value(agent: &mut Agent, receiver: Value, key: Value, v: Value) -> bool {
    let Some(o) = receiver.as_object() else {
        return false;
    };
    let Some(key) = key_of(agent, key) else {
        return false;
    };
    let known = vm(agent).stores.get(o.shape_id(), key);
    if let Some(ic) = known.filter(stores_data)
        && store::apply(agent, &ic, o, v).is_some()
    {
        return true;
    }
    let Some(slot) = store::find(agent, o, key) else {
        return false;
    };
    vm(agent).stores.put(key, slot);
    stores_data(&slot) && store::apply(agent, &slot, o, v).is_some()
}

/// What a slot of the table of loads says of a property: it is the object's own, or a prototype's, or there is none.
enum Place {
    Own,
    Prototype,
    Nowhere,
}

fn place_of(ic: &IcSlot) -> Option<Place> {
    Some(match Handler(ic.handler).kind() {
        Handler::OWN
        | Handler::OWN_SLOTS
        | Handler::ACCESSOR
        | Handler::ACCESSOR_SLOTS
        | Handler::ARRAY_LENGTH => Place::Own,
        Handler::PROTO | Handler::ACCESSOR_PROTO => Place::Prototype,
        Handler::ABSENT => Place::Nowhere,
        _ => return None,
    })
}

/// `key in o`.
pub fn has_property(agent: &mut Agent, o: Value, key: Value) -> Option<bool> {
    let o = o.as_object()?;
    if key.is_int() {
        let own = has_element(o, key)?;
        return (own || element::chain_has_no_elements(agent, o)).then_some(own);
    }
    let key = key_of(agent, key)?;
    if let Some(ic) = vm(agent).loads.get(o.shape_id(), key)
        && let Some(place) = place_of(&ic)
    {
        match place {
            Place::Own => return Some(true),
            // Valid as long as the chain has not changed.
            _ if load::apply(&ic, o.into()).is_some() => {
                return Some(matches!(place, Place::Prototype));
            }
            _ => {}
        }
    }
    let (_, slot) = load::find(agent, o.into(), key)?;
    let slot = slot?;
    vm(agent).loads.put(key, slot);
    place_of(&slot).map(|place| !matches!(place, Place::Nowhere))
}

/// Whether an object with plain elements has one at an index.
fn has_element(o: Object, key: Value) -> Option<bool> {
    let i = usize::try_from(key.as_int()?).ok()?;
    element::has_plain_elements(o.header()).then(|| !o.elements().get(i).is_hole())
}

/// HasOwnProperty(o, key).
pub fn has_own(agent: &mut Agent, o: Value, key: Value) -> Option<bool> {
    let o = o.as_object()?;
    if key.is_int() {
        return has_element(o, key);
    }
    let key = key_of(agent, key)?;
    // Its slot names a place by the shape alone: absence among own properties needs no validity.
    let known = vm(agent).loads.get(o.shape_id(), key);
    match known.as_ref().and_then(place_of) {
        Some(place) => Some(matches!(place, Place::Own)),
        None => look(agent, o, key),
    }
}

fn look(agent: &Agent, o: Object, key: PropertyKey) -> Option<bool> {
    let special = (o.is(CellKind::Array) && key == agent.names.length)
        || (is_lazy_key(agent, key) && (o.flag(LAZY) || o.is_callable()));
    if special || !is_plain_for(o, key) {
        return None;
    }
    Some(o.shape(agent).lookup(key).is_some())
}
