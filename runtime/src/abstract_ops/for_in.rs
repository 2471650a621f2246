//! 14.7.5.9 EnumerateObjectProperties: the keys that a `for-in` goes through, as a list that is looked through key by key.
//!
//! ```text
//! list[0]   id > 0: an object that still has the shape of this id has the keys of the list
//!           id < 0: likewise, if moreover the validity cell that the shape keeps with the list is valid
//!           0:      ask for every key
//! list[1..] the keys: strings, and integers in place of the names of elements
//! ```
//!
//! Lists that follow from shapes alone are kept with the object's shape, so that loops over objects of many shapes find them, too.

use super::to_property_key;
use crate::agent::Agent;
use crate::error::JsResult;
use crate::interrupt::PrototypeWalk;
use crate::object::{LAZY, Object, array};
use crate::property::PropertyKey;
use crate::shape::{Entry, KeyList};
use crate::value::Value;
use rustc_hash::FxHashSet;

/// The keys of `o` and what it inherits: the list that [`for_in_key`] understands. Runs JavaScript if proxies do.
pub fn for_in_keys(agent: &mut Agent, o: Object) -> JsResult<Object> {
    let plain = is_plain(o) && o.elements().capacity() == 0 && agent.inherits_no_elements(o);
    let shape = o.shape(agent);
    if plain
        && let Some(kept) = shape.key_list()
        && kept.holds()
    {
        return Ok(kept.list);
    }
    let first = shape.prototype_object();
    if is_plain(o) && inherits_nothing(agent, o) {
        let list = own_keys(agent, o)?;
        if plain && shape.is_cacheable() {
            keep(agent, o, list, 1);
        }
        return Ok(list);
    }
    let list = collect_keys(agent, o)?;
    let has_plain_chain = |agent: &Agent| {
        let mut at = first;
        while let Some(p) = at {
            if !is_plain(p) {
                return false;
            }
            at = p.shape(agent).prototype_object();
        }
        true
    };
    if plain && o.shape(agent).is_cacheable() && has_plain_chain(agent) {
        keep(agent, o, list, -1);
    }
    Ok(list)
}

/// The key that the list has at `i`, as a string; `None` if `o` has no such property any more, or none that is enumerable.
pub fn for_in_key(agent: &mut Agent, o: Object, list: Object, i: u32) -> JsResult<Option<Value>> {
    let key = list.dense_element(i);
    let mark = list.dense_element(0).as_int().unwrap_or(0);
    if mark != 0 && o.shape_id() == mark.unsigned_abs() && (mark > 0 || chain_holds(agent, o)) {
        return Ok(Some(key));
    }
    if let Some(at) = key.as_int() {
        let there = is_plain(o) && !o.dense_element(at as u32).is_hole();
        let key = PropertyKey::index(at as u32);
        if !there && !has_enumerable(agent, o, key)? {
            return Ok(None);
        }
        return Ok(Some(key.to_value(agent)));
    }
    let property = to_property_key(agent, key)?;
    Ok(has_enumerable(agent, o, property)?.then_some(key))
}

fn chain_holds(agent: &Agent, o: Object) -> bool {
    o.shape(agent).key_list().is_some_and(|kept| kept.holds())
}

/// Whether the first object of the chain that has the property says that it is enumerable.
fn has_enumerable(agent: &mut Agent, o: Object, key: PropertyKey) -> JsResult<bool> {
    let mut at = Some(o);
    let mut walk = PrototypeWalk::default();
    while let Some(p) = at {
        if let Some(own) = p.get_own_property(agent, key)? {
            return Ok(own.enumerable());
        }
        at = walk.next(agent, p)?;
    }
    Ok(false)
}

/// Whether own properties are what shape and dense elements say.
fn is_plain(o: Object) -> bool {
    !o.is_exotic() && o.has_dense_elements()
}

/// Whether nothing that `o` inherits is enumerable and has a string for a key. Runs no JavaScript.
fn inherits_nothing(agent: &mut Agent, o: Object) -> bool {
    let Some(first) = o.shape(agent).prototype_object() else {
        return true;
    };
    if !agent.inherits_no_elements(o) {
        return false;
    }
    if let Some(known) = first.shape(agent).enumerates_nothing() {
        return known;
    }
    let mut at = Some(first);
    while let Some(p) = at {
        let shape = p.shape(agent);
        if !is_plain(p) || shape.with_entries(|entries| entries.iter().any(is_listed)) {
            // Objects of other kinds have no place to keep the answer, and it may change unnoticed.
            if is_plain(p) {
                agent.validity_cell(first).note_enumerable(true);
            }
            return false;
        }
        at = shape.prototype_object();
    }
    agent.validity_cell(first).note_enumerable(false);
    true
}

fn is_listed(e: &Entry) -> bool {
    e.key != PropertyKey::EMPTY && !e.key.is_symbol() && e.attributes.enumerable()
}

/// The enumerable own properties of a plain object.
fn own_keys(agent: &mut Agent, o: Object) -> JsResult<Object> {
    let list = agent.new_array();
    let elements = o.elements();
    let elements = elements.values();
    let count = 1 + elements.len() + o.shape(agent).entry_count() as usize;
    list.reserve_elements(agent, count)?;
    let to = list.elements();
    to.set(0, Value::int(0));
    let mut at = 1;
    let mut put = |v: Value| {
        to.set(at, v);
        at += 1;
    };
    // Nothing is allocated from here on. Dense elements are few enough for their indices to be int32.
    for (i, _) in (elements.iter().enumerate()).filter(|(_, v)| !v.get().is_hole()) {
        put(Value::int(i as i32));
    }
    o.shape(agent).with_entries(|entries| {
        for e in entries.iter().filter(|e| is_listed(e)) {
            put(e.key.cell_value());
        }
    });
    array::set_length_field(list, at as u32);
    Ok(list)
}

/// Any object's keys: those of prototypes come after, unless something before has the name, enumerable or not.
#[cold]
#[inline(never)]
fn collect_keys(agent: &mut Agent, o: Object) -> JsResult<Object> {
    let list = agent.new_array();
    array::push(agent, list, Value::int(0))?;
    let mut seen = agent.heap.root_vec::<PropertyKey>();
    let mut set = FxHashSet::default();
    let mut at = Some(o);
    let mut walk = PrototypeWalk::default();
    while let Some(p) = at {
        agent.check_native_stack()?;
        let keys = p.own_property_keys(agent)?;
        for &key in keys.iter().filter(|k| !k.is_symbol()) {
            if !set.insert(key.bits()) {
                continue;
            }
            seen.push(key);
            // What can be told without side effects is told now; the rest when its turn comes.
            if !p.is_exotic() {
                let property = p.get_own_property(agent, key)?;
                if !property.is_some_and(|p| p.enumerable()) {
                    continue;
                }
            }
            let text = key.to_value(agent);
            array::push(agent, list, text)?;
        }
        if !p.is_exotic() && inherits_nothing(agent, p) {
            break;
        }
        at = walk.next(agent, p)?;
    }
    Ok(list)
}

/// Keeps a list for all objects of the shape of `o`; `sign` says on what it depends.
fn keep(agent: &mut Agent, o: Object, list: Object, sign: i32) {
    debug_assert!(!o.flag(LAZY) || sign > 0);
    let first = o.shape(agent).prototype_object();
    let chain = first.map(|first| agent.validity_cell(first));
    let shape = o.shape(agent);
    let Ok(id) = i32::try_from(shape.id()) else {
        return;
    };
    shape.observe();
    list.elements().set(0, Value::int(id * sign));
    shape.set_key_list(agent, KeyList { list, chain });
}
