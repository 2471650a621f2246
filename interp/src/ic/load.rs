//! Loads of named properties: finding and applying handlers.

use super::{Handler, is_plain_for, place_of, poly_entry};
use crate::frame::Frame;
use crate::vm::{Vm, vm};
use sarus_gc::Gc;
use sarus_runtime::abstract_ops::lookup_base;
use sarus_runtime::agent::Agent;
use sarus_runtime::code::{IC_POLYMORPHIC, IcSlot};
use sarus_runtime::function::{is_lazy_key, materialize_all};
use sarus_runtime::kind::CellKind;
use sarus_runtime::object::{LAZY, Object, SLOTS_OFFSET, array};
use sarus_runtime::property::PropertyKey;
use sarus_runtime::shape::ValidityCell;
use sarus_runtime::value::Value;

/// What a load found.
#[derive(Copy, Clone)]
pub enum Found {
    /// A value.
    Value(Value),
    /// An accessor pair.
    Accessor(Value),
}

/// # Safety
/// `base + offset` is an initialized word of a live cell.
#[inline(always)]
unsafe fn word(base: u64, offset: usize) -> Value {
    // SAFETY: by the caller's promise.
    unsafe { *((base as usize + offset) as *const Value) }
}

#[inline(always)]
fn valid(ic: &IcSlot) -> bool {
    // SAFETY: handlers that depend on a chain keep its validity cell in `b`, which the slot keeps alive.
    unsafe { (*(ic.b as *const ValidityCell)).is_valid() }
}

/// Applies the handler of a slot whose shape is that of `receiver` (a cell); None if it no longer holds.
#[inline(always)]
pub fn apply(ic: &IcSlot, receiver: Value) -> Option<Found> {
    let handler = Handler(ic.handler);
    let offset = handler.offset();
    // SAFETY: the slot was made for the receiver's shape: the offset lies in the object, its slots cell, or in the cell
    // `a`, whose layout does not change while the validity cell is valid.
    unsafe {
        Some(match handler.kind() {
            Handler::OWN => Found::Value(word(receiver.bits(), offset)),
            Handler::OWN_SLOTS => {
                Found::Value(word(word(receiver.bits(), SLOTS_OFFSET).bits(), offset))
            }
            Handler::PROTO if valid(ic) => Found::Value(word(ic.a, offset)),
            Handler::ACCESSOR => Found::Accessor(word(receiver.bits(), offset)),
            Handler::ACCESSOR_SLOTS => {
                Found::Accessor(word(word(receiver.bits(), SLOTS_OFFSET).bits(), offset))
            }
            Handler::ACCESSOR_PROTO if valid(ic) => Found::Accessor(word(ic.a, offset)),
            Handler::ABSENT if valid(ic) => Found::Value(Value::UNDEFINED),
            Handler::ARRAY_LENGTH => {
                Found::Value(Value::uint(array::length_of(receiver.as_object()?)?))
            }
            Handler::PRIMITIVE if receiver.kind_byte() as u64 == ic.c && valid(ic) => {
                Found::Value(word(ic.a, offset))
            }
            Handler::PRIMITIVE_ACCESSOR if receiver.kind_byte() as u64 == ic.c && valid(ic) => {
                Found::Accessor(word(ic.a, offset))
            }
            _ => return None,
        })
    }
}

/// The value that a polymorphic or megamorphic site `ic` finds in `receiver`, or `EXCEPTION` if that takes more than a load.
#[inline(never)]
pub fn fast_load(vm: &Vm, f: Frame, ic: &IcSlot, receiver: Value, shape: u32) -> Value {
    let found = if ic.shape == IC_POLYMORPHIC {
        match poly_entry(ic, shape) {
            Some(e) => apply(&e, receiver),
            None => None,
        }
    } else {
        vm.loads
            .get(shape, f.key(2))
            .and_then(|e| apply(&e, receiver))
    };
    match found {
        Some(Found::Value(v)) => v,
        _ => Value::EXCEPTION,
    }
}

/// Finds `key` from a cell receiver without running JavaScript: what it is and the slot that would find it again. None if
/// that needs the internal methods.
pub fn find(
    agent: &mut Agent,
    receiver: Value,
    key: PropertyKey,
) -> Option<(Found, Option<IcSlot>)> {
    if key.is_index() {
        return None;
    }
    match receiver.as_object() {
        Some(o) => find_in_object(agent, o, key),
        None => find_in_primitive(agent, receiver, key),
    }
}

fn settle_lazy(agent: &mut Agent, o: Object, key: PropertyKey) -> bool {
    if o.flag(LAZY) && is_lazy_key(agent, key) {
        materialize_all(agent, o);
        return true;
    }
    o.is_callable() && is_lazy_key(agent, key)
}

fn find_in_object(
    agent: &mut Agent,
    o: Object,
    key: PropertyKey,
) -> Option<(Found, Option<IcSlot>)> {
    if !is_plain_for(o, key) {
        return None;
    }
    // Functions take and lose these without their shape telling: only found ones are cached.
    let lazy = settle_lazy(agent, o, key);
    if o.is(CellKind::Array) && key == agent.names.length {
        let ic = IcSlot {
            shape: o.shape_id(),
            handler: Handler::ARRAY_LENGTH,
            ..IcSlot::default()
        };
        return Some((Found::Value(Value::uint(array::length_of(o)?)), Some(ic)));
    }
    let shape = o.shape(agent);
    shape.note_lookup();
    if let Some(e) = shape.lookup(key) {
        let v = o.load_slot(e.slot);
        let accessor = e.attributes.is_accessor();
        let ic = place_of(&shape, e.slot)
            .filter(|_| shape.is_cacheable())
            .map(|(offset, inline)| {
                shape.observe();
                let kind = match (accessor, inline) {
                    (false, true) => Handler::OWN,
                    (false, false) => Handler::OWN_SLOTS,
                    (true, true) => Handler::ACCESSOR,
                    (true, false) => Handler::ACCESSOR_SLOTS,
                };
                IcSlot {
                    shape: shape.id(),
                    handler: Handler::new(kind, offset).0,
                    ..IcSlot::default()
                }
            });
        return Some((
            if accessor {
                Found::Accessor(v)
            } else {
                Found::Value(v)
            },
            ic,
        ));
    }
    let proto = shape.prototype_object();
    let (found, rest) = find_in_chain(agent, proto, key)?;
    let cacheable = shape.is_cacheable() && !lazy;
    let ic = rest.filter(|_| cacheable).map(|rest| {
        shape.observe();
        IcSlot {
            shape: shape.id(),
            ..rest
        }
    });
    Some((found, ic))
}

/// Finds `key` from an object on that is the prototype of another one, as [`find`]: what is cached depends on the validity of the
/// chain in any case, and says in which cell the property is (and in `c`, from where on it was looked for).
pub fn find_from(
    agent: &mut Agent,
    first: Object,
    key: PropertyKey,
) -> Option<(Found, Option<IcSlot>)> {
    if key.is_index() {
        return None;
    }
    let (found, ic) = find_in_chain(agent, Some(first), key)?;
    // Having a validity cell, it has a shape of its own.
    let shape = first.shape(agent);
    let ic = ic.filter(|_| shape.is_cacheable()).map(|ic| {
        shape.observe();
        IcSlot {
            shape: shape.id(),
            c: Value::from(first).bits(),
            ..ic
        }
    });
    Some((found, ic))
}

/// Looks `key` up from the prototype `first` on. The slot lacks its shape.
fn find_in_chain(
    agent: &mut Agent,
    first: Option<Object>,
    key: PropertyKey,
) -> Option<(Found, Option<IcSlot>)> {
    let mut at = first;
    while let Some(p) = at {
        if !is_plain_for(p, key) || (p.is(CellKind::Array) && key == agent.names.length) {
            return None;
        }
        settle_lazy(agent, p, key);
        let shape = p.shape(agent);
        if let Some(e) = shape.lookup(key) {
            let v = p.load_slot(e.slot);
            let accessor = e.attributes.is_accessor();
            let found = if accessor {
                Found::Accessor(v)
            } else {
                Found::Value(v)
            };
            let ic = first.and_then(|first| {
                let validity = agent.validity_cell(first);
                // Being looked through as a prototype may have changed the shape, not the slots.
                let (offset, inline) = place_of(&p.shape(agent), e.slot)?;
                let cell = if inline {
                    p.addr() as u64
                } else {
                    p.slots_cell()?.addr() as u64
                };
                let kind = if accessor {
                    Handler::ACCESSOR_PROTO
                } else {
                    Handler::PROTO
                };
                Some(IcSlot {
                    shape: 0,
                    handler: Handler::new(kind, offset).0,
                    a: cell,
                    b: validity.addr() as u64,
                    c: 0,
                })
            });
            return Some((found, ic));
        }
        at = shape.prototype_object();
    }
    let validity = chain_validity(agent, first);
    let ic = IcSlot {
        shape: 0,
        handler: Handler::ABSENT,
        a: 0,
        b: validity.addr() as u64,
        c: 0,
    };
    Some((Found::Value(Value::UNDEFINED), Some(ic)))
}

/// The validity cell of a chain that may be empty.
pub fn chain_validity(agent: &mut Agent, first: Option<Object>) -> Gc<ValidityCell> {
    match first {
        Some(first) => agent.validity_cell(first),
        None => vm(agent).no_chain(agent),
    }
}

const FIRST_OF_PRIMITIVES: u32 = u32::MAX - 2;

/// Whether a shape of the agent-wide table is none, but stands for primitive values.
pub fn is_of_primitives(shape: u32) -> bool {
    (FIRST_OF_PRIMITIVES - 4..=FIRST_OF_PRIMITIVES).contains(&shape)
}

/// In place of a shape, in the agent-wide table: primitive values of a kind, so that kinds do not drive each other out.
fn shape_of_primitive(v: Value) -> u32 {
    const FIRST: u32 = FIRST_OF_PRIMITIVES;
    if v.is_string() {
        FIRST
    } else if v.is_number() {
        FIRST - 1
    } else if v.is_bool() {
        FIRST - 2
    } else if v.is_symbol() {
        FIRST - 3
    } else {
        FIRST - 4
    }
}

/// Finds `key` from a primitive value as [`find`], by the agent-wide table if it can. The prototype, which is the realm's, is
/// part of what the table's entry is for.
pub fn find_of_primitive(agent: &mut Agent, receiver: Value, key: PropertyKey) -> Option<Found> {
    if key.is_index() {
        return None;
    }
    if let Some(s) = receiver.as_string()
        && key == agent.names.length
    {
        return Some(Found::Value(Value::usize(s.len())));
    }
    let proto = lookup_base(agent, receiver)?;
    let shape = shape_of_primitive(receiver);
    let known = vm(agent).loads.get(shape, key);
    if let Some(ic) = known.filter(|ic| ic.c == Value::from(proto).bits())
        && let Some(found) = apply(&ic, receiver)
    {
        return Some(found);
    }
    let (found, ic) = find_in_chain(agent, Some(proto), key)?;
    if let Some(ic) = ic {
        let ic = IcSlot {
            shape,
            c: Value::from(proto).bits(),
            ..ic
        };
        vm(agent).loads.put(key, ic);
    }
    Some(found)
}

fn find_in_primitive(
    agent: &mut Agent,
    receiver: Value,
    key: PropertyKey,
) -> Option<(Found, Option<IcSlot>)> {
    if let Some(s) = receiver.as_string()
        && key == agent.names.length
    {
        return Some((Found::Value(Value::usize(s.len())), None));
    }
    let proto = lookup_base(agent, receiver)?;
    let (found, ic) = find_in_chain(agent, Some(proto), key)?;
    let ic = ic.and_then(|ic| {
        let kind = match Handler(ic.handler).kind() {
            Handler::PROTO => Handler::PRIMITIVE,
            Handler::ACCESSOR_PROTO => Handler::PRIMITIVE_ACCESSOR,
            _ => return None,
        };
        let handler = Handler::new(kind, Handler(ic.handler).offset()).0;
        receiver.is_cell().then_some(IcSlot {
            handler,
            c: receiver.kind_byte() as u64,
            ..ic
        })
    });
    Some((found, ic))
}
