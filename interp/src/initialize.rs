//! What a class gives to its instances: private methods and accessors, initializers of decorators, fields.
//!
//! The constructor keeps it as an array that no program sees: the function that initializes fields, further initializers, whether
//! a cache relies on the array, then triples (name, function, kind) for private methods and halves of private accessors. An
//! array that a cache relies on does not change any more; the class gets a copy.

use crate::class::{add_field, add_method, private_key};
use crate::frame::*;
use crate::ic::{self, Handler, place_of};
use crate::vm::vm;
use sarus_gc::Gc;
use sarus_runtime::agent::Agent;
use sarus_runtime::code::{IC_MEGAMORPHIC, IcSlot};
use sarus_runtime::error::JsResult;
use sarus_runtime::object::{Object, array};
use sarus_runtime::property::Attributes;
use sarus_runtime::shape::{Shape, ShapeMode};
use sarus_runtime::value::Value;

/// Index of the field initializer in the class data.
const DATA_FIELDS: u32 = 0;
/// Index of the initializers that decorators of instance methods added.
const DATA_INITIALIZERS: u32 = 1;
/// Index of the mark of an array that a cache relies on.
const DATA_SEEN: u32 = 2;
/// Index of the first triple (name, function, kind) in the class data.
const DATA_METHODS: u32 = 3;

/// Handlers of `InitInstance`: the site holds the class data in `a`; there are no private methods.
pub const FIELDS: u32 = 1;
/// As [`FIELDS`] with private methods: objects of the slot's shape get the shape cell in `b` and the values of the array in `c`.
pub const METHODS: u32 = 2;
/// Several classes.
pub const SEVERAL: u32 = 3;

/// Most private methods that a cache holds.
const MAX_METHODS: u32 = 32;

/// The class data of a constructor, which it gets if it has none.
fn class_data(agent: &mut Agent, ctor: Value) -> Option<Object> {
    let cell = ctor.as_object()?.as_function()?;
    let data = match cell.class_or_active().as_object() {
        Some(data) if data.dense_element(DATA_SEEN) == Value::FALSE => return Some(data),
        Some(old) => {
            let mut values = agent.heap.root_vec::<Value>();
            for i in 0..array::length_of(old).unwrap_or(0) {
                values.push(old.dense_element(i));
            }
            if let Some(seen) = values.get_mut(DATA_SEEN as usize) {
                *seen = Value::FALSE;
            }
            agent.new_array_from(values.as_slice())
        }
        None => agent.new_array_from(&[Value::UNDEFINED, Value::UNDEFINED, Value::FALSE]),
    };
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
    let data = f
        .reg(f.b())
        .as_object()
        .and_then(|o| o.as_function())
        .and_then(|cell| cell.class_or_active().as_object());
    let (Some(data), Some(o)) = (data, this.as_object()) else {
        return Ok(());
    };
    let ic = f.ic_copy(1);
    let known = ic.a == Value::from(data).bits();
    if known && ic.handler == FIELDS {
        return initialize_fields(agent, data, this);
    }
    if known && ic.handler == METHODS && ic.shape == o.shape_id() {
        add_known_methods(agent, &ic, o);
        return initialize_fields(agent, data, this);
    }
    let before = o.shape(agent);
    add_methods(agent, o, data)?;
    let after = o.shape(agent);
    if ic.handler != SEVERAL {
        let slot = cache_class(agent, &ic, data, (before, after), o)?;
        f.set_ic(1, slot);
    }
    initialize_fields(agent, data, this)
}

/// What the cache holds after an instance of that class got its private methods.
fn cache_class(
    agent: &mut Agent,
    old: &IcSlot,
    data: Object,
    (before, after): (Gc<Shape>, Gc<Shape>),
    o: Object,
) -> JsResult<IcSlot> {
    let several = IcSlot {
        shape: IC_MEGAMORPHIC,
        handler: SEVERAL,
        ..IcSlot::default()
    };
    let a = Value::from(data).bits();
    let other = old.handler != 0 && old.a != a;
    if other || !data.dense_element(DATA_INITIALIZERS).is_undefined() {
        return Ok(several);
    }
    let mut slot = IcSlot {
        handler: FIELDS,
        a,
        ..several
    };
    if array::length_of(data).unwrap_or(0) > DATA_METHODS {
        let (first, end) = (before.slot_count(), after.slot_count());
        let shared = before.mode() == ShapeMode::Shared && after.mode() == ShapeMode::Shared;
        if !shared || end - first > MAX_METHODS || end > after.inline_capacity() {
            return Ok(several);
        }
        slot.shape = before.id();
        slot.handler = METHODS;
        slot.b = after.addr() as u64;
        slot.c = match old.handler {
            METHODS => old.c,
            _ => {
                // Accessor pairs do not change: all instances may have the same.
                let mut values = agent.heap.root_vec::<Value>();
                for i in first..end {
                    values.push(o.load_slot(i));
                }
                Value::from(agent.new_array_from(values.as_slice())).bits()
            }
        };
    }
    data.put_element(agent, DATA_SEEN, Value::TRUE)?;
    Ok(slot)
}

/// Gives an object of the slot's shape the private methods of its class.
fn add_known_methods(agent: &mut Agent, ic: &IcSlot, o: Object) {
    let (Some(values), Some(after)) = (known_methods(ic), shape_after(ic)) else {
        return;
    };
    let count = array::length_of(values).unwrap_or(0);
    let first = after.slot_count() - count;
    o.header().set_shape(after.id());
    for i in 0..count {
        o.store_existing_slot(agent, first + i, values.dense_element(i));
    }
}

/// The values that a slot with [`METHODS`] adds to objects.
pub fn known_methods(ic: &IcSlot) -> Option<Object> {
    Value::from_bits(ic.c).as_object()
}

/// The shape that objects have then.
pub fn shape_after(ic: &IcSlot) -> Option<Gc<Shape>> {
    // SAFETY: slots with that handler hold a shape cell in `b`, which they keep alive.
    (ic.handler == METHODS).then(|| unsafe { Gc::from_raw(ic.b as *mut Shape) })
}

/// The function that initializes fields of class data.
pub fn field_initializer(data: Object) -> Option<Object> {
    data.dense_element(DATA_FIELDS).as_object()
}

/// Adds the private methods of a class.
fn add_methods(agent: &mut Agent, o: Object, data: Object) -> JsResult<()> {
    let n = array::length_of(data).unwrap_or(0);
    let mut i = DATA_METHODS;
    while i + 2 < n {
        let kind = data.dense_element(i + 2).as_int().unwrap_or(0) as u32;
        let (name, func) = (data.dense_element(i), data.dense_element(i + 1));
        add_method(agent, o, name, func, kind)?;
        i += 3;
    }
    Ok(())
}

/// Runs the initializers of a class.
fn initialize_fields(agent: &mut Agent, data: Object, this: Value) -> JsResult<()> {
    call_all(agent, data.dense_element(DATA_INITIALIZERS), this)?;
    if let Some(init) = field_initializer(data) {
        agent.call(init.into(), this, &[])?;
    }
    Ok(())
}

/// `DefinePrivateField`.
#[inline(never)]
pub fn define_private_field(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let Some(o) = f.reg(f.a()).as_object() else {
        return Ok(());
    };
    let (name, v) = (f.reg(f.b()), f.reg(f.c()));
    let key = private_key(name);
    let known = ic::find(&vm(agent).defines, f, 1, o.shape_id(), key);
    let known =
        known.filter(|ic| ic.c == name.bits() && Handler(ic.handler).kind() == Handler::ADD);
    if let Some(ic) = known {
        // SAFETY: such slots hold the next shape in `a`, and keep it alive.
        let next: Gc<Shape> = unsafe { Gc::from_raw(ic.a as *mut Shape) };
        o.header().set_shape(next.id());
        o.store_existing_slot(agent, next.slot_count() - 1, v);
        return Ok(());
    }
    let before = o.shape(agent);
    add_field(agent, o, name, v, Attributes::W)?;
    let after = o.shape(agent);
    if before.mode() == ShapeMode::Shared
        && after.mode() == ShapeMode::Shared
        && let Some((offset, true)) = place_of(&after, after.slot_count() - 1)
    {
        let slot = IcSlot {
            shape: before.id(),
            handler: Handler::new(Handler::ADD, offset).0,
            a: after.addr() as u64,
            b: 0,
            c: name.bits(),
        };
        ic::update(agent, &vm(agent).defines, f, 1, key, slot);
    }
    Ok(())
}
