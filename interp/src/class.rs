//! Closures, classes, private elements and `super`.

use crate::exception;
use crate::frame::*;
use crate::ic::{self, Handler, load, place_of};
use crate::vm::{callee_of, vm};
use sarus_gc::Gc;
use sarus_runtime::abstract_ops::{
    display_value, get, get_v, lookup_base, read_of_nullish, readonly_error, to_property_key,
    write_of_nullish,
};
use sarus_runtime::agent::Agent;
use sarus_runtime::code::IcSlot;
use sarus_runtime::error::{JsResult, Throw};
use sarus_runtime::function::{self, FunctionCell, materialize_all};
use sarus_runtime::object::ordinary::add_named;
use sarus_runtime::object::{Object, SLOTS_OFFSET, accessor_parts, array};
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

/// Index of the field initializer in the class data.
const DATA_FIELDS: u32 = 0;
/// Index of the initializers that decorators of instance methods added.
const DATA_INITIALIZERS: u32 = 1;
/// Index of the first triple (name, function, kind) in the class data.
const DATA_METHODS: u32 = 2;

/// The class data of a constructor: an array of the field initializer, further initializers and triples for private methods.
fn class_data(agent: &mut Agent, ctor: Value) -> Option<Object> {
    let cell = ctor.as_object()?.as_function()?;
    if let Some(data) = cell.class_or_active().as_object() {
        return Some(data);
    }
    let data = agent.new_array_from(&[Value::UNDEFINED, Value::UNDEFINED]);
    cell.set_class_or_active(agent, data.into());
    Some(data)
}

/// `SetClassFields`.
#[inline(never)]
pub fn set_class_fields(agent: &mut Agent, f: Frame) -> JsResult<()> {
    if let Some(data) = class_data(agent, f.reg(f.a())) {
        data.put_element(agent, DATA_FIELDS, f.reg(f.b()))?;
    }
    Ok(())
}

/// `AddPrivateMethod`.
#[inline(never)]
pub fn add_private_method(agent: &mut Agent, f: Frame) -> JsResult<()> {
    match f.reg(f.a()).as_object() {
        Some(ctor) => add_instance_method(agent, ctor, f.reg(f.b()), f.reg(f.c()), f.x(1)),
        None => Ok(()),
    }
}

/// Adds a private method or accessor half to those that instances of the class get.
pub fn add_instance_method(
    agent: &mut Agent,
    ctor: Object,
    name: Value,
    func: Value,
    kind: u32,
) -> JsResult<()> {
    if let Some(data) = class_data(agent, ctor.into()) {
        array::push(agent, data, name)?;
        array::push(agent, data, func)?;
        array::push(agent, data, Value::int(kind as i32))?;
    }
    Ok(())
}

/// Sets the functions that run for each instance before its fields are initialized.
pub fn set_class_initializers(agent: &mut Agent, ctor: Object, list: Object) -> JsResult<()> {
    match class_data(agent, ctor.into()) {
        Some(data) => data.put_element(agent, DATA_INITIALIZERS, list.into()),
        None => Ok(()),
    }
}

/// Calls the functions of an array that no program sees.
pub fn call_all(agent: &mut Agent, list: Value, this: Value) -> JsResult<()> {
    let Some(list) = list.as_object() else {
        return Ok(());
    };
    for i in 0..array::length_of(list).unwrap_or(0) {
        agent.call(list.dense_element(i), this, &[])?;
    }
    Ok(())
}

/// `InitInstance`.
#[inline(never)]
pub fn init_instance(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let this = f.reg(f.a());
    let Some(ctor) = f.reg(f.b()).as_object() else {
        return Ok(());
    };
    initialize_instance_elements(agent, this, ctor)
}

/// 7.3.33 InitializeInstanceElements.
pub fn initialize_instance_elements(agent: &mut Agent, this: Value, ctor: Object) -> JsResult<()> {
    let Some(cell) = ctor.as_function() else {
        return Ok(());
    };
    let Some(data) = cell.class_or_active().as_object() else {
        return Ok(());
    };
    let Some(o) = this.as_object() else {
        return Ok(());
    };
    let n = array::length_of(data).unwrap_or(0);
    let mut i = DATA_METHODS;
    while i + 2 < n {
        let kind = data.dense_element(i + 2).as_int().unwrap_or(0) as u32;
        let (name, func) = (data.dense_element(i), data.dense_element(i + 1));
        add_method(agent, o, name, func, kind)?;
        i += 3;
    }
    call_all(agent, data.dense_element(DATA_INITIALIZERS), this)?;
    let init = data.dense_element(DATA_FIELDS);
    if init.is_object() {
        agent.call(init, this, &[])?;
    }
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

fn private_key(v: Value) -> PropertyKey {
    v.as_symbol()
        .map_or(PropertyKey::index(0), PropertyKey::symbol)
}

#[cold]
fn private_error(agent: &mut Agent, name: Value, before: &str, after: &str) -> Throw {
    let text = private_key(name).display(agent);
    agent.type_error(format!("{before}{text}{after}"))
}

/// 7.3.29 PrivateFieldAdd.
fn add_field(agent: &mut Agent, o: Object, name: Value, v: Value, a: Attributes) -> JsResult<()> {
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

/// `DefinePrivateField`.
#[inline(never)]
pub fn define_private_field(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let Some(o) = f.reg(f.a()).as_object() else {
        return Ok(());
    };
    add_field(agent, o, f.reg(f.b()), f.reg(f.c()), Attributes::W)
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
    if let Some(ic) = known.filter(|ic| ic.c == name.bits()) {
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
    if let Some(ic) = known.filter(|ic| ic.c == name.bits()) {
        let handler = Handler(ic.handler);
        agent.heap.write_barrier(o.header());
        // SAFETY: the slot was made for this shape and name: the offset lies in the object or its slots cell.
        unsafe {
            let base = if handler.kind() == Handler::OWN {
                o.addr()
            } else {
                *((o.addr() + SLOTS_OFFSET) as *const usize)
            };
            *((base + handler.offset()) as *mut Value) = v;
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
    let answer = o.shape(agent).lookup(private_key(name)).is_some();
    f.set(f.a(), Value::bool(answer));
    Ok(())
}

// ---- super ---------------------------------------------------------------------------------------------------------

/// `GetSuperBase`.
#[inline(never)]
pub fn get_super_base(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let home = active_function(f)
        .as_object()
        .and_then(|o| o.as_function())
        .map(|c| c.home_or_this());
    let base = match home.and_then(|h| h.as_object()) {
        Some(home) => home.get_prototype_of(agent)?.into(),
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

/// `GetSuperProp`.
#[inline(never)]
pub fn get_super_prop(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let key = f.key(1);
    let v = super_get(agent, f.reg(f.b()), key, f.reg(f.c()))?;
    f.set(f.a(), v);
    Ok(())
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
        Some(o) => o.get_prototype_of(agent)?.into(),
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
