//! Own enumerable properties of plain objects straight from shape and elements: lists of them as arrays, and copies.
//!
//! **Architecture invariant:** lists are made without running JavaScript, so that nothing changes meanwhile. Copies may run
//! setters: what is read comes from the slots only as long as the object has the shape that it began with.

use super::operations::{Enumerate, enumerable_own_properties, get};
use crate::agent::Agent;
use crate::error::JsResult;
use crate::object::{LAZY, Object, array};
use crate::property::PropertyKey;
use crate::shape::{Entry, ShapeMode};
use crate::value::Value;

/// 7.3.24 EnumerableOwnProperties, and CreateArrayFromList of that.
pub fn enumerable_own_list(agent: &mut Agent, o: Object, what: Enumerate) -> JsResult<Value> {
    if let Some(list) = list_of_plain(agent, o, what)? {
        return Ok(list.into());
    }
    let list = enumerable_own_properties(agent, o, what)?;
    Ok(agent.new_array_from(list.as_slice()).into())
}

fn is_listed(e: &Entry) -> bool {
    e.key != PropertyKey::EMPTY && !e.key.is_symbol() && e.attributes.enumerable()
}

/// The list of an object whose properties are what its shape and its dense elements say; `None` of others, and where an
/// accessor's value is asked for.
fn list_of_plain(agent: &mut Agent, o: Object, what: Enumerate) -> JsResult<Option<Object>> {
    if o.is_exotic() || o.flag(LAZY) || !o.has_dense_elements() {
        return Ok(None);
    }
    let shape = o.shape(agent);
    let named = shape.with_entries(|entries| {
        let listed = || entries.iter().filter(|e| is_listed(e));
        let computed = what != Enumerate::Keys && listed().any(|e| e.attributes.is_accessor());
        (!computed).then(|| listed().count())
    });
    let Some(named) = named else {
        return Ok(None);
    };
    let elements = o.elements();
    let is_there = |i: &usize| !elements.get(*i).is_hole();
    let count = (0..elements.capacity()).filter(is_there).count() + named;
    let list = agent.new_array();
    list.reserve_elements(agent, count)?;
    let to = list.elements();
    let mut at = 0;
    let mut put = |v: Value| {
        to.set(at, v);
        at += 1;
    };
    for i in (0..elements.capacity()).filter(is_there) {
        if what == Enumerate::Values {
            put(elements.get(i));
            continue;
        }
        let key = PropertyKey::index(i as u32).to_value(agent);
        put(member(agent, what, key, elements.get(i)));
    }
    match what {
        // Nothing is allocated meanwhile.
        Enumerate::Keys | Enumerate::Values => shape.with_entries(|entries| {
            for e in entries.iter().filter(|e| is_listed(e)) {
                put(match what {
                    Enumerate::Keys => e.key.cell_value(),
                    _ => o.load_slot(e.slot),
                });
            }
        }),
        Enumerate::Entries => {
            for e in (0..shape.entry_count()).filter_map(|i| shape.entry_at(i)) {
                if is_listed(&e) {
                    put(member(agent, what, e.key.cell_value(), o.load_slot(e.slot)));
                }
            }
        }
    }
    array::set_length_field(list, at as u32);
    Ok(Some(list))
}

/// What the list has for a property.
fn member(agent: &mut Agent, what: Enumerate, key: Value, value: Value) -> Value {
    match what {
        Enumerate::Keys => key,
        Enumerate::Values => value,
        Enumerate::Entries => agent.new_array_from(&[key, value]).into(),
    }
}

/// Gives `put` the own enumerable properties, strings before symbols, of an object that has only data properties and no
/// elements. False for others; then nothing has happened.
pub(crate) fn each_plain_property(
    agent: &mut Agent,
    o: Object,
    mut put: impl FnMut(&mut Agent, PropertyKey, Value) -> JsResult<()>,
) -> JsResult<bool> {
    if o.is_exotic() || o.flag(LAZY) || !o.has_dense_elements() || o.elements().capacity() != 0 {
        return Ok(false);
    }
    let shape = o.shape(agent);
    // The first entries of shared shapes never change.
    let (plain, symbols) = shape.with_entries(|entries| {
        let enumerable = || entries.iter().filter(|e| e.attributes.enumerable());
        let plain = enumerable().all(|e| !e.attributes.is_accessor());
        (plain, enumerable().any(|e| e.key.is_symbol()))
    });
    if !plain || shape.mode() != ShapeMode::Shared {
        return Ok(false);
    }
    for symbols in [false, true].into_iter().take(1 + usize::from(symbols)) {
        for e in (0..shape.entry_count()).filter_map(|i| shape.entry_at(i)) {
            if e.key.is_symbol() != symbols || e.key.is_private() || !e.attributes.enumerable() {
                continue;
            }
            let v = if o.shape_id() == shape.id() {
                o.load_slot(e.slot)
            } else {
                match o.get_own_property(agent, e.key)? {
                    Some(p) if p.enumerable() => get(agent, o, e.key)?,
                    _ => continue,
                }
            };
            put(agent, e.key, v)?;
        }
    }
    Ok(true)
}
