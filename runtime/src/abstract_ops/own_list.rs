//! Own enumerable properties of plain objects straight from shape and elements: lists of them as arrays, and copies.
//!
//! **Architecture invariant:** lists are made without running JavaScript, so that nothing changes meanwhile. Copies may run
//! setters: what is read comes from the slots only as long as the object has the shape that it began with.

use super::operations::{Enumerate, enumerable_own_properties, get};
use crate::agent::Agent;
use crate::error::JsResult;
use crate::kind::CellKind;
use crate::object::{LAZY, Object, array};
use crate::property::{Attributes, PropertyKey};
use crate::shape::{Copies, Entry, Shape, ShapeMode};
use crate::value::Value;
use sarus_gc::Gc;

/// 7.3.24 EnumerableOwnProperties, and CreateArrayFromList of that.
pub fn enumerable_own_list(agent: &mut Agent, o: Object, what: Enumerate) -> JsResult<Value> {
    if let Some(list) = list_of_plain(agent, o, what)? {
        return Ok(list.into());
    }
    let list = enumerable_own_properties(agent, o, what)?;
    Ok(agent.new_array_from(list.as_slice()).into())
}

#[inline]
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
        let (mut named, mut computed) = (0, false);
        for e in entries.iter().filter(|e| is_listed(e)) {
            named += 1;
            computed |= e.attributes.is_accessor();
        }
        (what == Enumerate::Keys || !computed).then_some(named)
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
    if what != Enumerate::Entries && count == named {
        // Nothing is allocated from here on: the list is as young as can be.
        shape.with_entries(|entries| {
            for (at, e) in entries.iter().filter(|e| is_listed(e)).enumerate() {
                let v = match what {
                    Enumerate::Keys => e.key.cell_value(),
                    _ => o.load_slot(e.slot),
                };
                to.set(at, v);
            }
        });
        array::set_length_field(list, count as u32);
        return Ok(Some(list));
    }
    let mut at = 0;
    let mut put = |agent: &Agent, v: Value| {
        agent.heap.write_barrier_for(to.header(), v.bits());
        to.set(at, v);
        at += 1;
    };
    for i in (0..elements.capacity()).filter(is_there) {
        let mut v = elements.get(i);
        if what != Enumerate::Values {
            let key = PropertyKey::index(i as u32).to_value(agent);
            v = member(agent, what, key, v);
        }
        put(agent, v);
    }
    match what {
        // Nothing is allocated meanwhile.
        Enumerate::Keys | Enumerate::Values => shape.with_entries(|entries| {
            for e in entries.iter().filter(|e| is_listed(e)) {
                let v = match what {
                    Enumerate::Keys => e.key.cell_value(),
                    _ => o.load_slot(e.slot),
                };
                put(agent, v);
            }
        }),
        Enumerate::Entries => {
            for e in (0..shape.entry_count()).filter_map(|i| shape.entry_at(i)) {
                if is_listed(&e) {
                    let v = member(agent, what, e.key.cell_value(), o.load_slot(e.slot));
                    put(agent, v);
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

/// Copies all properties of a plain object to one that has none yet, if that comes to copying the slots: all are enumerable and
/// writable data properties with strings for keys, and nothing that the empty object inherits has one of the names. False
/// otherwise; then nothing has happened. Runs no JavaScript.
pub(crate) fn copy_to_empty(agent: &mut Agent, from: Object, to: Object) -> bool {
    let is_simple = |o: Object| {
        o.is(CellKind::Object)
            && !o.is_exotic()
            && !o.flag(LAZY)
            && o.has_dense_elements()
            && o.elements().capacity() == 0
    };
    let (source, empty) = (from.shape(agent), to.shape(agent));
    if !is_simple(from) || !is_simple(to) || empty.entry_count() != 0 {
        return false;
    }
    let known = source.copies().filter(|known| {
        known.from.id() == empty.id() && known.chain.is_none_or(|chain| chain.is_valid())
    });
    let result = match known {
        Some(known) => known.to,
        None => match shape_of_copy(agent, source, empty) {
            Some(result) => result,
            None => return false,
        },
    };
    let count = result.slot_count();
    if let Some(rest) = count
        .checked_sub(result.inline_capacity())
        .filter(|n| *n > 0)
    {
        to.slots_with_room(agent, rest as usize);
    }
    to.set_shape(result);
    for slot in 0..count {
        to.store_existing_slot(agent, slot, from.load_slot(slot));
    }
    true
}

/// The shape of an object that was `empty` and got the properties of one with the shape `source`.
#[cold]
fn shape_of_copy(agent: &mut Agent, source: Gc<Shape>, empty: Gc<Shape>) -> Option<Gc<Shape>> {
    let shared = |s: &Shape| s.mode() == ShapeMode::Shared;
    if !shared(&source) || !shared(&empty) || !empty.is_extensible() || empty.slot_count() != 0 {
        return None;
    }
    let entries = source.entries();
    let plain = |(i, e): (usize, &Entry)| {
        e.slot as usize == i && !e.key.is_symbol() && e.attributes == Attributes::ALL
    };
    if !entries.iter().enumerate().all(plain) || source.slot_count() as usize != entries.len() {
        return None;
    }
    let mut at = empty.prototype_object();
    while let Some(p) = at {
        let shape = p.shape(agent);
        let may_have = |e: &Entry| shape.lookup(e.key).is_some();
        if p.is_exotic() || p.is_callable() || entries.iter().any(may_have) {
            return None;
        }
        at = shape.prototype_object();
    }
    let chain = empty.prototype_object().map(|p| agent.validity_cell(p));
    let mut to = empty;
    for e in &entries {
        to = agent.shape_with_property(to, e.key, e.attributes)?;
    }
    let copies = Copies {
        from: empty,
        to,
        chain,
    };
    source.set_copies(agent, copies);
    Some(to)
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
