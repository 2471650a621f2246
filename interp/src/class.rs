//! Closures, classes, private elements.

use crate::frame::*;
use crate::ic::{self, Handler, place_of};
use crate::vm::{callee_of, vm};
use sarus_gc::Gc;
use sarus_runtime::abstract_ops::{
    display_value, get, read_of_nullish, to_property_key, write_of_nullish,
};
use sarus_runtime::agent::Agent;
use sarus_runtime::code::IcSlot;
use sarus_runtime::error::{JsResult, Throw};
use sarus_runtime::function::{self, FunctionCell, materialize_all};
use sarus_runtime::object::ordinary::add_named;
use sarus_runtime::object::{Object, SLOTS_OFFSET, accessor_parts};
use sarus_runtime::property::{Attributes, PropertyKey};
use sarus_runtime::realm::Intrinsic;
use sarus_runtime::shape::Shape;
use sarus_runtime::value::Value;

/// The active function of a frame: its callee, or the one an arrow function remembers.
pub fn active_function(f: Frame) -> Value {
    let Some(callee) = callee_of(f) else {
        return Value::UNDEFINED;
    };
    match callee.as_function() {
        Some(c) if c.code().block().flags.arrow => c.class_or_active(),
        _ => callee.into(),
    }
}

fn closure(
    agent: &mut Agent,
    f: Frame,
    index: usize,
    proto: Option<Object>,
) -> (Object, Gc<FunctionCell>) {
    let code = agent.inner_code(f.code(), index);
    let o = agent.new_function(code, f.env(), proto);
    match o.as_function() {
        Some(cell) => (o, cell),
        None => unreachable!("new_function makes functions"),
    }
}

/// `CreateClosure`.
#[inline(never)]
pub fn create_closure(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let o = new_closure(agent, f, f.x(1) as usize);
    f.set(f.a(), o.into());
    Ok(())
}

/// A closure of inner function `index` in the environment of `f`.
pub fn new_closure(agent: &mut Agent, f: Frame, index: usize) -> Object {
    let (o, cell) = closure(agent, f, index, None);
    if cell.code().block().flags.arrow {
        cell.set_home_or_this(agent, f.reg(THIS));
        cell.set_class_or_active(agent, active_function(f));
        cell.set_shape_or_new_target(agent, f.reg(NEW_TARGET));
    }
    o
}

/// `CreateMethod`.
#[inline(never)]
pub fn create_method(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let (o, cell) = closure(agent, f, f.x(1) as usize, None);
    cell.set_home_or_this(agent, f.reg(f.b()));
    f.set(f.a(), o.into());
    Ok(())
}

/// The property key of a value that is one already.
pub fn key_of(agent: &mut Agent, v: Value) -> PropertyKey {
    if let Some(key) = PropertyKey::from_index_value(v) {
        return key;
    }
    if let Some(s) = v.as_symbol() {
        return PropertyKey::symbol(s);
    }
    // Converting a string or number neither throws nor runs JavaScript.
    to_property_key(agent, v).unwrap_or(agent.names.undefined)
}

/// `SetFunctionName`.
#[inline(never)]
pub fn set_function_name(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let Some(o) = f.reg(f.a()).as_object() else {
        return Ok(());
    };
    let key = key_of(agent, f.reg(f.b()));
    let prefix = match f.c() {
        1 => "get",
        2 => "set",
        _ => "",
    };
    function::set_function_name(agent, o, key, prefix)
}

/// `CreateClass`.
#[inline(never)]
pub fn create_class(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let mut proto_parent = Some(agent.intrinsic(Intrinsic::ObjectPrototype));
    let mut parent = None;
    if f.x(2) & 1 != 0 {
        let heritage = f.reg(f.c());
        if heritage.is_null() {
            proto_parent = None;
        } else {
            let Some(o) = heritage.as_object().filter(|o| o.is_constructor()) else {
                let text = display_value(agent, heritage);
                return Err(agent.type_error(format!(
                    "Class extends value {text} is not a constructor or null"
                )));
            };
            let key = agent.names.prototype;
            let p = get(agent, o, key)?;
            if !p.is_object() && !p.is_null() {
                let text = display_value(agent, p);
                return Err(agent.type_error(format!(
                    "Class extends value does not have valid prototype property {text}"
                )));
            }
            proto_parent = p.as_object();
            parent = Some(o);
        }
    }
    let proto = agent.new_object(proto_parent);
    let (ctor, cell) = closure(agent, f, f.x(1) as usize, parent);
    cell.set_home_or_this(agent, proto.into());
    materialize_all(agent, ctor);
    let key = agent.names.prototype;
    add_named(agent, ctor, key, proto.into(), Attributes::NONE);
    let key = agent.names.constructor;
    add_named(agent, proto, key, ctor.into(), Attributes::WC);
    f.set(f.a(), ctor.into());
    f.set(f.b(), proto.into());
    Ok(())
}

/// `NewPrivateName`.
#[inline(never)]
pub fn new_private_name(agent: &mut Agent, f: Frame) -> JsResult<()> {
    if let Some(text) = f.constant(1).as_string() {
        let name = agent.new_private_name(text);
        f.set(f.a(), name.into());
    }
    Ok(())
}

pub fn private_key(v: Value) -> PropertyKey {
    v.as_symbol()
        .map_or(PropertyKey::index(0), PropertyKey::symbol)
}

#[cold]
pub fn private_error(agent: &mut Agent, name: Value, before: &str, after: &str) -> Throw {
    let text = private_key(name).display(agent);
    agent.type_error(format!("{before}{text}{after}"))
}

/// 7.3.29 PrivateFieldAdd.
pub fn add_field(
    agent: &mut Agent,
    o: Object,
    name: Value,
    v: Value,
    a: Attributes,
) -> JsResult<()> {
    let key = private_key(name);
    if o.shape(agent).lookup(key).is_some() {
        return Err(private_error(
            agent,
            name,
            "Cannot initialize ",
            " twice on the same object",
        ));
    }
    // A proxy's own extensibility says nothing: its shape is never told.
    if !o.shape(agent).is_extensible() {
        return Err(private_error(
            agent,
            name,
            "Cannot define private field ",
            " on a non-extensible object",
        ));
    }
    add_named(agent, o, key, v, a);
    Ok(())
}

/// `DefinePrivateMethod`.
#[inline(never)]
pub fn define_private_method(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let Some(o) = f.reg(f.a()).as_object() else {
        return Ok(());
    };
    add_method(agent, o, f.reg(f.b()), f.reg(f.c()), f.x(1))
}

/// 7.3.30 PrivateMethodOrAccessorAdd: kind 0 method, 1 getter, 2 setter; bit 2: the other half may be there.
pub fn add_method(
    agent: &mut Agent,
    o: Object,
    name: Value,
    func: Value,
    kind: u32,
) -> JsResult<()> {
    let (get, set) = match kind & 3 {
        0 => return add_field(agent, o, name, func, Attributes::NONE),
        1 => (func, Value::UNDEFINED),
        _ => (Value::UNDEFINED, func),
    };
    let key = private_key(name);
    if kind & 4 != 0
        && let Some(e) = o.shape(agent).lookup(key)
        && e.attributes.is_accessor()
    {
        let (g, s) = accessor_parts(o.load_slot(e.slot));
        let free = if kind & 3 == 1 { g } else { s };
        if free.is_undefined() {
            let pair = if kind & 3 == 1 {
                agent.new_accessor(get, s)
            } else {
                agent.new_accessor(g, set)
            };
            o.store_existing_slot(agent, e.slot, pair);
            return Ok(());
        }
    }
    let pair = agent.new_accessor(get, set);
    add_field(agent, o, name, pair, Attributes::ACCESSOR)
}

/// Whether a slot holds where the element is: the agent-wide table has what adds it, too.
fn is_own(ic: &IcSlot) -> bool {
    matches!(
        Handler(ic.handler).kind(),
        Handler::OWN | Handler::OWN_SLOTS
    )
}

/// `GetPrivate`.
#[inline(never)]
pub fn get_private(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let (base, name) = (f.reg(f.b()), f.reg(f.c()));
    let Some(o) = base.as_object() else {
        if base.is_nullish() {
            return Err(read_of_nullish(agent, base, private_key(name)));
        }
        return Err(missing_private(agent, name, "read"));
    };
    let key = private_key(name);
    let known = ic::find(&vm(agent).loads, f, 1, o.shape_id(), key);
    if let Some(ic) = known.filter(|ic| ic.c == name.bits() && is_own(ic)) {
        let handler = Handler(ic.handler);
        // SAFETY: the slot was made for this shape and name: the offset lies in the object or its slots cell.
        let v = unsafe {
            let base = if handler.kind() == Handler::OWN {
                o.addr()
            } else {
                *((o.addr() + SLOTS_OFFSET) as *const usize)
            };
            *((base + handler.offset()) as *const Value)
        };
        f.set(f.a(), v);
        return Ok(());
    }
    let shape = o.shape(agent);
    if let Some(e) = shape.lookup(key)
        && !e.attributes.is_accessor()
    {
        if let Some(slot) = cache_private(&shape, e.slot, name) {
            ic::update(agent, &vm(agent).loads, f, 1, key, slot);
        }
        f.set(f.a(), o.load_slot(e.slot));
        return Ok(());
    }
    let v = private_get(agent, base, name)?;
    f.set(f.a(), v);
    Ok(())
}

/// 7.3.31 PrivateGet.
pub fn private_get(agent: &mut Agent, base: Value, name: Value) -> JsResult<Value> {
    let found = base
        .as_object()
        .and_then(|o| Some((o, o.shape(agent).lookup(private_key(name))?)));
    let Some((o, e)) = found else {
        return Err(missing_private(agent, name, "read"));
    };
    let v = o.load_slot(e.slot);
    if !e.attributes.is_accessor() {
        return Ok(v);
    }
    let getter = accessor_parts(v).0;
    if getter.is_undefined() {
        return Err(private_error(
            agent,
            name,
            "'",
            "' was defined without a getter",
        ));
    }
    agent.call(getter, base, &[])
}

/// What a cache holds for a private field of objects of a shape.
fn cache_private(shape: &Shape, slot: u32, name: Value) -> Option<IcSlot> {
    let (offset, inline) = place_of(shape, slot).filter(|_| shape.is_cacheable())?;
    shape.observe();
    let kind = if inline {
        Handler::OWN
    } else {
        Handler::OWN_SLOTS
    };
    Some(IcSlot {
        shape: shape.id(),
        handler: Handler::new(kind, offset).0,
        a: 0,
        b: 0,
        c: name.bits(),
    })
}

#[cold]
fn missing_private(agent: &mut Agent, name: Value, what: &str) -> Throw {
    let preposition = if what == "read" { "from" } else { "to" };
    let after = format!(" {preposition} an object whose class did not declare it");
    private_error(
        agent,
        name,
        &format!("Cannot {what} private member "),
        &after,
    )
}

/// `SetPrivate`.
#[inline(never)]
pub fn set_private(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let (base, name, v) = (f.reg(f.a()), f.reg(f.b()), f.reg(f.c()));
    let Some(o) = base.as_object() else {
        if base.is_nullish() {
            return Err(write_of_nullish(agent, base, private_key(name)));
        }
        return Err(missing_private(agent, name, "write"));
    };
    let key = private_key(name);
    let known = ic::find(&vm(agent).stores, f, 1, o.shape_id(), key);
    if let Some(ic) = known.filter(|ic| ic.c == name.bits() && is_own(ic)) {
        let handler = Handler(ic.handler);
        // SAFETY: the slot was made for this shape and name: the offset lies in the object or its slots cell.
        unsafe {
            let base = if handler.kind() == Handler::OWN {
                o.addr()
            } else {
                *((o.addr() + SLOTS_OFFSET) as *const usize)
            };
            *((base + handler.offset()) as *mut Value) = v;
            let holder = base as *const sarus_gc::Header;
            agent.heap.write_barrier_for(holder, v.bits());
        }
        return Ok(());
    }
    let shape = o.shape(agent);
    if let Some(e) = shape.lookup(key)
        && !e.attributes.is_accessor()
        && e.attributes.writable()
    {
        o.store_existing_slot(agent, e.slot, v);
        if let Some(slot) = cache_private(&shape, e.slot, name) {
            ic::update(agent, &vm(agent).stores, f, 1, key, slot);
        }
        return Ok(());
    }
    private_set(agent, base, name, v)
}

/// 7.3.32 PrivateSet.
pub fn private_set(agent: &mut Agent, base: Value, name: Value, v: Value) -> JsResult<()> {
    let found = base
        .as_object()
        .and_then(|o| Some((o, o.shape(agent).lookup(private_key(name))?)));
    let Some((o, e)) = found else {
        return Err(missing_private(agent, name, "write"));
    };
    if e.attributes.is_accessor() {
        let setter = accessor_parts(o.load_slot(e.slot)).1;
        if setter.is_undefined() {
            return Err(private_error(
                agent,
                name,
                "'",
                "' was defined without a setter",
            ));
        }
        agent.call(setter, base, &[v])?;
        return Ok(());
    }
    if !e.attributes.writable() {
        return Err(private_error(
            agent,
            name,
            "Private method '",
            "' is not writable",
        ));
    }
    o.store_existing_slot(agent, e.slot, v);
    Ok(())
}

/// `PrivateIn`.
#[inline(never)]
pub fn private_in(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let (name, v) = (f.reg(f.b()), f.reg(f.c()));
    let Some(o) = v.as_object() else {
        let (key, text) = (private_key(name).display(agent), display_value(agent, v));
        return Err(agent.type_error(format!(
            "Cannot use 'in' operator to search for '{key}' in {text}"
        )));
    };
    let answer = o.has_private(agent, private_key(name));
    f.set(f.a(), Value::bool(answer));
    Ok(())
}
