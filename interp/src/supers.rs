//! `super`: its base, properties read and written through it, and the constructor that `super(…)` calls.
//!
//! The base is the prototype of an object that was there when the class or literal was made, and that object's shape says what it
//! is: one cache for `super` itself (`GetSuperBase`, `GetSuperConstructor`), one for what is found through it.

use crate::class::active_function;
use crate::exception;
use crate::frame::*;
use crate::ic::{self, load};
use crate::vm::vm;
use sarus_runtime::abstract_ops::{
    get_v, lookup_base, readonly_error, to_property_key, write_of_nullish,
};
use sarus_runtime::agent::Agent;
use sarus_runtime::code::IcSlot;
use sarus_runtime::error::JsResult;
use sarus_runtime::object::{Object, accessor_parts};
use sarus_runtime::property::PropertyKey;
use sarus_runtime::value::Value;

/// Handler of sites that hold the prototype of objects of a shape, in `a`.
pub const PROTOTYPE: u32 = 1;

/// The prototype of `o`, by the cache of word 1.
fn prototype(agent: &mut Agent, f: Frame, o: Object) -> JsResult<Value> {
    let ic = f.ic_copy(1);
    if ic.handler == PROTOTYPE && ic.shape == o.shape_id() {
        return Ok(Value::from_bits(ic.a));
    }
    let proto: Value = o.get_prototype_of(agent)?.into();
    let shape = o.shape(agent);
    if !o.is_exotic() && shape.is_cacheable() {
        shape.observe();
        let slot = IcSlot {
            shape: shape.id(),
            handler: PROTOTYPE,
            a: proto.bits(),
            ..IcSlot::default()
        };
        f.set_ic(1, slot);
    }
    Ok(proto)
}

/// `GetSuperBase`.
#[inline(never)]
pub fn get_super_base(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let home = active_function(f)
        .as_object()
        .and_then(|o| o.as_function())
        .map(|c| c.home_or_this());
    let base = match home.and_then(|h| h.as_object()) {
        Some(home) => prototype(agent, f, home)?,
        None => return Err(agent.syntax_error("'super' keyword unexpected here")),
    };
    f.set(f.a(), base);
    Ok(())
}

fn super_get(agent: &mut Agent, base: Value, key: PropertyKey, this: Value) -> JsResult<Value> {
    let Some(o) = base.as_object() else {
        return get_v(agent, base, key);
    };
    let cached = vm(agent)
        .loads
        .get(o.shape_id(), key)
        .and_then(|ic| load::apply(&ic, base));
    let found = match cached {
        Some(found) => found,
        None => match load::find(agent, base, key) {
            Some((found, slot)) => {
                if let Some(slot) = slot {
                    vm(agent).loads.put(key, slot);
                }
                found
            }
            None => return o.get(agent, key, this),
        },
    };
    value_of(agent, found, this)
}

/// `GetSuperProp`.
#[inline(never)]
pub fn get_super_prop(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let (base, key, this) = (f.reg(f.b()), f.key(2), f.reg(f.c()));
    let Some(o) = base.as_object() else {
        let v = get_v(agent, base, key)?;
        f.set(f.a(), v);
        return Ok(());
    };
    let cached = ic::find(&vm(agent).loads, f, 1, o.shape_id(), key);
    let found = match cached.and_then(|ic| load::apply(&ic, base)) {
        Some(found) => Some(found),
        None => load::find_from(agent, o, key).map(|(found, slot)| {
            if let Some(slot) = slot {
                ic::update(agent, &vm(agent).loads, f, 1, key, slot);
            }
            found
        }),
    };
    let v = match found {
        Some(found) => value_of(agent, found, this)?,
        None => o.get(agent, key, this)?,
    };
    f.set(f.a(), v);
    Ok(())
}

/// What was found, with `this` for a getter.
fn value_of(agent: &mut Agent, found: load::Found, this: Value) -> JsResult<Value> {
    match found {
        load::Found::Value(v) => Ok(v),
        load::Found::Accessor(pair) => {
            let getter = accessor_parts(pair).0;
            if getter.is_undefined() {
                Ok(getter)
            } else {
                agent.call(getter, this, &[])
            }
        }
    }
}

/// `GetSuperElem`.
#[inline(never)]
pub fn get_super_elem(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let base = f.reg(f.b());
    if base.is_nullish() {
        return Err(exception::read_element_of_nullish(
            agent,
            f,
            base,
            f.reg(f.c()),
        ));
    }
    let key = to_property_key(agent, f.reg(f.c()))?;
    let v = super_get(agent, base, key, f.reg(f.x(1) as usize))?;
    f.set(f.a(), v);
    Ok(())
}

fn super_set(
    agent: &mut Agent,
    base: Value,
    key: PropertyKey,
    v: Value,
    this: Value,
    strict: bool,
) -> JsResult<()> {
    let Some(o) = lookup_base(agent, base) else {
        return Err(write_of_nullish(agent, base, key));
    };
    if !o.set(agent, key, v, this)? && strict {
        return Err(readonly_error(agent, this, key));
    }
    Ok(())
}

/// `SetSuperProp`.
#[inline(never)]
pub fn set_super_prop(agent: &mut Agent, f: Frame) -> JsResult<()> {
    super_set(
        agent,
        f.reg(f.a()),
        f.key(2),
        f.reg(f.c()),
        f.reg(f.b()),
        f.x(1) & 1 != 0,
    )
}

/// `SetSuperElem`.
#[inline(never)]
pub fn set_super_elem(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let base = f.reg(f.a());
    if base.is_nullish() {
        return Err(exception::write_element_of_nullish(
            agent,
            f,
            base,
            f.reg(f.b()),
        ));
    }
    let key = to_property_key(agent, f.reg(f.b()))?;
    super_set(
        agent,
        base,
        key,
        f.reg(f.c()),
        f.reg(f.x(1) as usize),
        f.x(2) & 1 != 0,
    )
}

/// `GetSuperConstructor`.
#[inline(never)]
pub fn get_super_constructor(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let parent = match f.reg(f.b()).as_object() {
        Some(o) => prototype(agent, f, o)?,
        None => Value::NULL,
    };
    f.set(f.a(), parent);
    Ok(())
}

/// `CheckThisUninitialized`.
#[inline(never)]
pub fn check_this_uninitialized(agent: &mut Agent, f: Frame) -> JsResult<()> {
    if f.reg(f.a()).is_hole() {
        return Ok(());
    }
    Err(agent.reference_error("Super constructor may only be called once"))
}
