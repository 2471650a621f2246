//! Property access beyond the inlined handlers.

use crate::call::{Entry, call_at, or_throw};
use crate::exception;
use crate::frame::*;
use crate::ic::{self, element, load, site, store};
use crate::vm::vm;
use sarus_bytecode::Op;
use sarus_runtime::abstract_ops::{
    delete_property_or_throw, get_v, readonly_error, set_v, string_own_property, to_object,
    to_property_key,
};
use sarus_runtime::agent::Agent;
use sarus_runtime::code::IC_MEGAMORPHIC;
use sarus_runtime::error::JsResult;
use sarus_runtime::kind::CellKind;
use sarus_runtime::object::{Object, accessor_parts};
use sarus_runtime::property::PropertyKey;
use sarus_runtime::value::Value;

/// `GetProp` and `GetLength`.
#[inline(never)]
pub fn get_prop(agent: &mut Agent, f: Frame) -> Frame {
    or_throw(get_named(agent, f, f.reg(f.b()), f.key(2), f.a()))
}

/// `GetMethod`; `this` is in place already.
#[inline(never)]
pub fn get_method(agent: &mut Agent, f: Frame) -> Frame {
    or_throw(get_named(agent, f, f.reg(f.a()), f.key(2), f.bc()))
}

fn get_named(
    agent: &mut Agent,
    f: Frame,
    receiver: Value,
    key: PropertyKey,
    dst: usize,
) -> JsResult<Frame> {
    if receiver.is_kind(CellKind::Proxy) {
        // What its traps do is not kept at the site.
    } else if let Some(header) = receiver.header() {
        if let Some(ic) = ic::find(&vm(agent).loads, f, 1, header.shape(), key)
            && let Some(found) = load::apply(&ic, receiver)
        {
            if matches!(found, load::Found::Accessor(_)) {
                ic::note_accessor(f);
            }
            return finish_load(agent, f, receiver, found, dst);
        }
        // Sites of many shapes keep nothing of primitive values themselves.
        if !receiver.is_object()
            && f.ic_copy(1).shape == IC_MEGAMORPHIC
            && let Some(found) = load::find_of_primitive(agent, receiver, key)
        {
            return finish_load(agent, f, receiver, found, dst);
        }
        if let Some((found, slot)) = load::find(agent, receiver, key) {
            if let Some(slot) = slot {
                ic::update(agent, &vm(agent).loads, f, 1, key, slot);
            }
            return finish_load(agent, f, receiver, found, dst);
        }
    } else if receiver.is_nullish() {
        return Err(exception::read_of_nullish(agent, f, receiver, key));
    } else if let Some(found) = load::find_of_primitive(agent, receiver, key) {
        return finish_load(agent, f, receiver, found, dst);
    }
    if receiver.is_object() {
        ic::note_general(f, 1, receiver);
    }
    let v = get_v(agent, receiver, key)?;
    f.set(dst, v);
    Ok(f.next())
}

fn finish_load(
    agent: &mut Agent,
    f: Frame,
    receiver: Value,
    found: load::Found,
    dst: usize,
) -> JsResult<Frame> {
    match found {
        load::Found::Value(v) => {
            f.set(dst, v);
            Ok(f.next())
        }
        load::Found::Accessor(pair) => {
            let getter = accessor_parts(pair).0;
            if getter.is_undefined() {
                f.set(dst, getter);
                return Ok(f.next());
            }
            call_accessor(agent, f, getter, receiver, &[], dst)
        }
    }
}

/// Calls a getter or setter above the current frame.
fn call_accessor(
    agent: &mut Agent,
    f: Frame,
    function: Value,
    receiver: Value,
    args: &[Value],
    dst: usize,
) -> JsResult<Frame> {
    let nf = crate::call::new_window(agent, function, receiver, args)?;
    call_at(agent, f, nf, args.len(), Entry::from_frame(f, dst, 0))
}

/// `SetProp` and `SetPropSloppy`.
#[inline(never)]
pub fn set_prop(agent: &mut Agent, f: Frame) -> Frame {
    let strict = f.op() == Op::SetProp;
    or_throw(set_named(
        agent,
        f,
        f.reg(f.a()),
        f.key(2),
        f.reg(f.b()),
        strict,
        Some(1),
    ))
}

fn set_named(
    agent: &mut Agent,
    f: Frame,
    base: Value,
    key: PropertyKey,
    v: Value,
    strict: bool,
    site: Option<usize>,
) -> JsResult<Frame> {
    let Some(o) = base.as_object() else {
        if base.is_nullish() {
            return Err(exception::write_of_nullish(agent, f, base, key));
        }
        set_v(agent, base, key, v, strict)?;
        return Ok(f.next());
    };
    let cached = match site {
        Some(i) => ic::find(&vm(agent).stores, f, i, o.shape_id(), key),
        None => vm(agent).stores.get(o.shape_id(), key),
    };
    if let Some(ic) = cached
        && let Some(found) = store::apply(agent, &ic, o, v)
    {
        return finish_store(agent, f, o, key, v, found, strict);
    }
    if let Some(slot) = store::find(agent, o, key) {
        match site {
            Some(i) => ic::update(agent, &vm(agent).stores, f, i, key, slot),
            None => vm(agent).stores.put(key, slot),
        }
        if let Some(found) = store::apply(agent, &slot, o, v) {
            return finish_store(agent, f, o, key, v, found, strict);
        }
    }
    if let Some(i) = site {
        ic::note_general(f, i, base);
    }
    if !o.set(agent, key, v, base)? && strict {
        return Err(readonly_error(agent, base, key));
    }
    Ok(f.next())
}

fn finish_store(
    agent: &mut Agent,
    f: Frame,
    o: Object,
    key: PropertyKey,
    v: Value,
    found: store::Found,
    strict: bool,
) -> JsResult<Frame> {
    let store::Found::Accessor(pair) = found else {
        return Ok(f.next());
    };
    let setter = accessor_parts(pair).1;
    if setter.is_undefined() {
        if strict {
            return Err(readonly_error(agent, o.into(), key));
        }
        return Ok(f.next());
    }
    // The result goes to the saved-pc word, which is scratch.
    call_accessor(agent, f, setter, o.into(), &[v], SAVED_PC)
}

/// `GetElem` beyond plain elements.
#[inline(never)]
pub fn get_elem(agent: &mut Agent, f: Frame) -> Frame {
    site::feed_general(f, f.reg(f.b()), f.reg(f.c()));
    or_throw(get_keyed(agent, f, f.reg(f.b()), f.reg(f.c()), f.a()))
}

fn get_keyed(agent: &mut Agent, f: Frame, base: Value, k: Value, dst: usize) -> JsResult<Frame> {
    if base.is_nullish() {
        return Err(exception::read_element_of_nullish(agent, f, base, k));
    }
    let key = match PropertyKey::from_index_value(k) {
        Some(key) => key,
        None => {
            let key = to_property_key(agent, k)?;
            if f.op() == Op::GetElemRef && k.is_object() {
                let v = key.to_value(agent);
                f.set(f.c(), v);
            }
            key
        }
    };
    if key.is_index() {
        let v = match (base.as_object(), base.as_string()) {
            (Some(o), _) => o.get(agent, key, base)?,
            (_, Some(s)) => match string_own_property(agent, s, key) {
                Some(v) => v,
                None => get_v(agent, base, key)?,
            },
            _ => get_v(agent, base, key)?,
        };
        f.set(dst, v);
        return Ok(f.next());
    }
    if let Some(o) = base.as_object() {
        if let Some(ic) = vm(agent).loads.get(o.shape_id(), key)
            && let Some(found) = load::apply(&ic, base)
        {
            return finish_load(agent, f, base, found, dst);
        }
        if let Some((found, slot)) = load::find(agent, base, key) {
            if let Some(slot) = slot {
                vm(agent).loads.put(key, slot);
            }
            return finish_load(agent, f, base, found, dst);
        }
    } else if let Some(found) = load::find_of_primitive(agent, base, key) {
        return finish_load(agent, f, base, found, dst);
    }
    let v = get_v(agent, base, key)?;
    f.set(dst, v);
    Ok(f.next())
}

/// `SetElem` and `SetElemSloppy` beyond plain elements.
#[inline(never)]
pub fn set_elem(agent: &mut Agent, f: Frame) -> Frame {
    site::feed_general(f, f.reg(f.a()), f.reg(f.b()));
    or_throw(set_keyed(agent, f))
}

fn set_keyed(agent: &mut Agent, f: Frame) -> JsResult<Frame> {
    let (base, k, v) = (f.reg(f.a()), f.reg(f.b()), f.reg(f.c()));
    let strict = f.op() == Op::SetElem;
    if base.is_nullish() {
        return Err(exception::write_element_of_nullish(agent, f, base, k));
    }
    let key = match PropertyKey::from_index_value(k) {
        Some(key) => key,
        None => to_property_key(agent, k)?,
    };
    let Some(i) = key.as_index() else {
        return set_named(agent, f, base, key, v, strict, None);
    };
    let Some(o) = base.as_object() else {
        set_v(agent, base, key, v, strict)?;
        return Ok(f.next());
    };
    if element::append(agent, o, i, v)? {
        return Ok(f.next());
    }
    if !o.set(agent, key, v, base)? && strict {
        return Err(readonly_error(agent, base, key));
    }
    Ok(f.next())
}

/// `DeleteProp`.
#[inline(never)]
pub fn delete_prop(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let base = f.reg(f.b());
    let key = f.key(1);
    if base.is_nullish() {
        return Err(exception::convert_nullish(agent, base));
    }
    delete(agent, f, base, key, f.c() & 1 != 0)
}

/// `DeleteElem`.
#[inline(never)]
pub fn delete_elem(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let base = f.reg(f.b());
    if base.is_nullish() {
        return Err(exception::convert_nullish(agent, base));
    }
    let key = to_property_key(agent, f.reg(f.c()))?;
    delete(agent, f, base, key, f.x(1) & 1 != 0)
}

fn delete(
    agent: &mut Agent,
    f: Frame,
    base: Value,
    key: PropertyKey,
    strict: bool,
) -> JsResult<()> {
    let o = to_object(agent, base)?;
    let done = if strict {
        delete_property_or_throw(agent, o, key)?;
        true
    } else {
        o.delete(agent, key)?
    };
    f.set(f.a(), Value::bool(done));
    Ok(())
}
