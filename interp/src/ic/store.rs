//! Stores to named properties: finding and applying handlers.

use super::load::chain_validity;
use super::{Handler, is_plain_for, place_of, poly_entry};
use crate::frame::Frame;
use crate::vm::vm;
use sarus_runtime::agent::Agent;
use sarus_runtime::code::{IC_POLYMORPHIC, IcSlot};
use sarus_runtime::function::{is_lazy_key, materialize_all};
use sarus_runtime::kind::CellKind;
use sarus_runtime::object::{LAZY, Object, SLOTS_OFFSET};
use sarus_runtime::property::{Attributes, PropertyKey};
use sarus_runtime::shape::{ShapeMode, ValidityCell};
use sarus_runtime::value::Value;

/// What a store has to do.
#[derive(Copy, Clone)]
pub enum Found {
    /// It is done.
    Done,
    /// Call the setter of this accessor pair.
    Accessor(Value),
}

#[inline(always)]
fn valid(ic: &IcSlot) -> bool {
    // SAFETY: handlers that depend on a chain keep its validity cell in `b`, which the slot keeps alive.
    unsafe { (*(ic.b as *const ValidityCell)).is_valid() }
}

/// Applies the handler of a slot whose shape is that of `o`; None if it no longer holds.
#[inline]
pub fn apply(agent: &mut Agent, ic: &IcSlot, o: Object, v: Value) -> Option<Found> {
    let handler = Handler(ic.handler);
    let offset = handler.offset();
    // SAFETY: the slot was made for the object's shape: the offset lies in the object or its slots cell (or, for accessors of
    // prototypes, in the cell `a` while the validity cell is valid).
    unsafe {
        let inline = (o.addr() + offset) as *mut Value;
        match handler.kind() {
            Handler::OWN => {
                agent.heap.write_barrier_for(o.header(), v.bits());
                *inline = v;
            }
            Handler::OWN_SLOTS => {
                let slots = *((o.addr() + SLOTS_OFFSET) as *const usize);
                let holder = slots as *const sarus_gc::Header;
                agent.heap.write_barrier_for(holder, v.bits());
                *((slots + offset) as *mut Value) = v;
            }
            Handler::ADD if valid(ic) => {
                agent.heap.write_barrier_for(o.header(), v.bits());
                *inline = v;
                o.header().set_shape(ic.c as u32);
            }
            Handler::ADD_SLOTS if valid(ic) => {
                let shape = agent.shapes.get(ic.c as u32);
                o.store_slot(agent, shape.slot_count() - 1, v);
                o.header().set_shape(ic.c as u32);
            }
            Handler::ACCESSOR => return Some(Found::Accessor(*inline)),
            Handler::ACCESSOR_SLOTS => {
                let slots = *((o.addr() + SLOTS_OFFSET) as *const usize);
                return Some(Found::Accessor(*((slots + offset) as *const Value)));
            }
            Handler::ACCESSOR_PROTO if valid(ic) => {
                return Some(Found::Accessor(*((ic.a as usize + offset) as *const Value)));
            }
            _ => return None,
        }
    }
    Some(Found::Done)
}

/// Does the `SetProp` at `f.pc`, whose site is polymorphic or megamorphic, on `receiver`; false if that takes more than a store.
///
/// The rest is read from the frame: arguments beyond six would stand in the dispatch loop's own frame, which lives on and
/// is scanned by collections.
#[inline(never)]
pub fn fast_store(agent: &mut Agent, f: Frame, receiver: Value) -> bool {
    let Some(o) = receiver.as_object() else {
        return false;
    };
    let ic = f.ic_copy(1);
    let shape = o.shape_id();
    let entry = if ic.shape == IC_POLYMORPHIC {
        poly_entry(&ic, shape)
    } else {
        vm(agent).stores.get(shape, f.key(2))
    };
    let Some(e) = entry else {
        return false;
    };
    let kind = Handler(e.handler).kind();
    let plain = matches!(
        kind,
        Handler::OWN | Handler::OWN_SLOTS | Handler::ADD | Handler::ADD_SLOTS
    );
    plain && apply(agent, &e, o, f.reg(f.b())).is_some()
}

/// Finds out how `o.key = …` goes without running JavaScript, as a slot. None if that needs the internal methods, or ends in
/// an error.
pub fn find(agent: &mut Agent, o: Object, key: PropertyKey) -> Option<IcSlot> {
    if key.is_index()
        || !is_plain_for(o, key)
        || (o.is(CellKind::Array) && key == agent.names.length)
    {
        return None;
    }
    if is_lazy_key(agent, key) && o.is_callable() {
        if o.flag(LAZY) {
            materialize_all(agent, o);
        }
        // Absence of these is not in the shape.
        o.shape(agent).lookup(key)?;
    }
    let shape = o.shape(agent);
    if !shape.is_cacheable() {
        return None;
    }
    if let Some(e) = shape.lookup(key) {
        let (offset, inline) = place_of(&shape, e.slot)?;
        let kind = match (e.attributes.is_accessor(), inline) {
            (true, true) => Handler::ACCESSOR,
            (true, false) => Handler::ACCESSOR_SLOTS,
            (false, _) if !e.attributes.writable() => return None,
            (false, true) => Handler::OWN,
            (false, false) => Handler::OWN_SLOTS,
        };
        if o.is_prototype() {
            agent.expect_stores(shape);
        }
        shape.observe();
        return Some(IcSlot {
            shape: shape.id(),
            handler: Handler::new(kind, offset).0,
            ..IcSlot::default()
        });
    }
    let first = shape.prototype_object();
    let mut at = first;
    while let Some(p) = at {
        if !is_plain_for(p, key) || (p.is(CellKind::Array) && key == agent.names.length) {
            return None;
        }
        if p.flag(LAZY) && is_lazy_key(agent, key) {
            materialize_all(agent, p);
        }
        if let Some(e) = p.shape(agent).lookup(key) {
            if !e.attributes.is_accessor() {
                if e.attributes.writable() {
                    break;
                }
                return None;
            }
            let validity = agent.validity_cell(first?);
            let (offset, inline) = place_of(&p.shape(agent), e.slot)?;
            let cell = if inline {
                p.addr() as u64
            } else {
                p.slots_cell()?.addr() as u64
            };
            shape.observe();
            return Some(IcSlot {
                shape: shape.id(),
                handler: Handler::new(Handler::ACCESSOR_PROTO, offset).0,
                a: cell,
                b: validity.addr() as u64,
                c: 0,
            });
        }
        at = p.shape(agent).prototype_object();
    }
    find_add(agent, o, key)
}

/// The slot that adds `key` as an ordinary data property, if the object's shape is shared and extensible.
pub fn find_add(agent: &mut Agent, o: Object, key: PropertyKey) -> Option<IcSlot> {
    if o.flag(LAZY) {
        // `length` and its kin come before what is added.
        materialize_all(agent, o);
    }
    let shape = o.shape(agent);
    if shape.mode() != ShapeMode::Shared || !shape.is_extensible() {
        return None;
    }
    let validity = chain_validity(agent, shape.prototype_object());
    let next = agent.shape_with_property(shape, key, Attributes::ALL)?;
    let (offset, inline) = place_of(&next, next.slot_count() - 1)?;
    let kind = if inline {
        Handler::ADD
    } else {
        Handler::ADD_SLOTS
    };
    Some(IcSlot {
        shape: shape.id(),
        handler: Handler::new(kind, offset).0,
        a: next.addr() as u64,
        b: validity.addr() as u64,
        c: next.id() as u64,
    })
}
