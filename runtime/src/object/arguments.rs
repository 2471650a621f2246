//! Arguments objects: mapped (10.4.4, exotic) and unmapped (ordinary).
//!
//! A mapped arguments object aliases formal parameters that live in slots of an environment. The
//! element of a mapped index is only a placeholder that carries the attributes; its value is the
//! slot's, and is copied back when the mapping ends.

use super::internal_methods::{InternalMethods, ORDINARY};
use super::{DENSE, EXOTIC, Object, ObjectCell, elements::ElementsCell, ordinary};
use crate::agent::Agent;
use crate::environment::Environment;
use crate::error::JsResult;
use crate::kind::{CellKind, Trace};
use crate::object::ordinary::add_named;
use crate::property::{Attributes, OwnProperty, PropertyDescriptor, PropertyKey};
use crate::realm::Intrinsic;
use crate::shape::{Shape, ShapeMode};
use crate::value::Value;
use sarus_gc::{Gc, HeapCell, Tracer};

/// The cell of a mapped arguments object.
#[repr(C)]
pub struct MappedArgumentsCell {
    base: ObjectCell,
    environment: Environment,
    /// [[ParameterMap]]: by index the environment slot as an int, or a hole.
    map: Gc<ElementsCell>,
}

// SAFETY: repr(C) with the header first; traced and sized as MappedArgumentsCell.
unsafe impl HeapCell for MappedArgumentsCell {
    const KIND: u8 = CellKind::MappedArguments as u8;
}

impl Trace for MappedArgumentsCell {
    fn trace(&self, tracer: &mut Tracer) {
        self.base.trace_head(tracer);
        tracer.mark(self.environment);
        tracer.mark(self.map);
    }
}

/// Internal methods of mapped arguments objects. [[Get]] and [[Set]] are the ordinary ones: they go
/// through the two below.
pub const METHODS: InternalMethods = InternalMethods {
    get_own_property: |agent, o, key| Ok(mapped_get_own_property(agent, o, key)),
    define_own_property: mapped_define_own_property,
    delete: mapped_delete,
    ..ORDINARY
};

fn cell(o: Object) -> Option<Gc<MappedArgumentsCell>> {
    if o.is(CellKind::MappedArguments) {
        // SAFETY: the kind was checked just above.
        Some(unsafe { o.cell::<MappedArgumentsCell>() })
    } else {
        None
    }
}

/// The environment and slot that an index of a mapped arguments object aliases.
pub fn mapped_slot(o: Object, index: u32) -> Option<(Environment, usize)> {
    let c = cell(o)?;
    let slot = c.map.get(index as usize).as_int()?;
    Some((c.environment, slot as usize))
}

fn slot_of_key(o: Object, key: PropertyKey) -> Option<(Environment, usize)> {
    mapped_slot(o, key.as_index()?)
}

fn unmap(agent: &Agent, o: Object, key: PropertyKey) {
    if let (Some(c), Some(i)) = (cell(o), key.as_index()) {
        agent.heap.write_barrier(c.map.header());
        c.map.set(i as usize, Value::HOLE);
    }
}

/// 10.4.4.1 [[GetOwnProperty]]
fn mapped_get_own_property(agent: &mut Agent, o: Object, key: PropertyKey) -> Option<OwnProperty> {
    let own = ordinary::ordinary_get_own_property(agent, o, key)?;
    match (own, slot_of_key(o, key)) {
        (OwnProperty::Data { attributes, .. }, Some((env, slot))) => Some(OwnProperty::Data {
            value: env.get(slot),
            attributes,
        }),
        _ => Some(own),
    }
}

/// 10.4.4.2 [[DefineOwnProperty]]
fn mapped_define_own_property(
    agent: &mut Agent,
    o: Object,
    key: PropertyKey,
    d: &PropertyDescriptor,
) -> JsResult<bool> {
    let Some((env, slot)) = slot_of_key(o, key) else {
        return ordinary::ordinary_define_own_property(agent, o, key, d);
    };
    // The placeholder takes the current value, which the validation and a definition without
    // [[Value]] look at.
    if let Some(i) = key.as_index()
        && let Some(e) = o.element_entry(i)
    {
        o.put_element_with(agent, i, env.get(slot), e.attributes)?;
    }
    if !ordinary::ordinary_define_own_property(agent, o, key, d)? {
        return Ok(false);
    }
    if d.is_accessor() {
        unmap(agent, o, key);
        return Ok(true);
    }
    if let Some(v) = d.value {
        env.set(agent, slot, v);
    }
    if d.writable == Some(false) {
        unmap(agent, o, key);
    }
    Ok(true)
}

/// 10.4.4.5 [[Delete]]
fn mapped_delete(agent: &mut Agent, o: Object, key: PropertyKey) -> JsResult<bool> {
    let deleted = ordinary::ordinary_delete(agent, o, key)?;
    if deleted && slot_of_key(o, key).is_some() {
        unmap(agent, o, key);
    }
    Ok(deleted)
}

/// 10.4.4.7 CreateMappedArgumentsObject. `mapping` gives for each formal parameter the slot of `env`
/// it lives in; `actuals` must be rooted by the caller.
pub fn create_mapped_arguments(
    agent: &mut Agent,
    actuals: &[Value],
    callee: Object,
    env: Environment,
    mapping: &[Option<u32>],
) -> JsResult<Object> {
    let mapped = mapping.len().min(actuals.len());
    if mapping[..mapped].iter().all(Option::is_none) {
        return create_ordinary(agent, actuals, callee.into(), Attributes::WC);
    }
    let map = ElementsCell::allocate(agent, mapped);
    for (i, slot) in mapping.iter().take(mapped).enumerate() {
        if let Some(slot) = slot {
            map.set(i, Value::uint(*slot));
        }
    }
    let proto = agent.intrinsic(Intrinsic::ObjectPrototype);
    let shape = agent.root_shape(CellKind::MappedArguments, Some(proto), 0);
    let arguments = MappedArgumentsCell {
        base: ObjectCell::head(agent, shape, EXOTIC),
        environment: env,
        map,
    };
    let arguments = agent.heap.alloc(arguments);
    // SAFETY: a MappedArgumentsCell begins with an ObjectCell.
    let o = Object(unsafe { arguments.cast() });
    fill(agent, o, actuals)?;
    let key = agent.names.callee;
    add_named(agent, o, key, callee.into(), Attributes::WC);
    Ok(o)
}

/// 10.4.4.6 CreateUnmappedArgumentsObject. `actuals` must be rooted by the caller.
pub fn create_unmapped_arguments(agent: &mut Agent, actuals: &[Value]) -> JsResult<Object> {
    let thrower = agent.intrinsic(Intrinsic::ThrowTypeError).into();
    let pair = agent.new_accessor(thrower, thrower);
    create_ordinary(agent, actuals, pair, Attributes::ACCESSOR)
}

/// As `create_mapped_arguments` or `create_unmapped_arguments`, taking over `actuals`, which nothing else writes to. `None` if
/// that takes more than filling in a cell.
pub fn adopt_actuals(
    agent: &mut Agent,
    actuals: Gc<ElementsCell>,
    callee: Object,
    mapping: &[Option<u32>],
) -> Option<Object> {
    let mapped = mapping.len().min(actuals.capacity());
    let (realm, shape) = agent.arguments_shapes[0].get()?;
    if realm != agent.realm.addr() || mapping[..mapped].iter().any(Option::is_some) {
        return None;
    }
    let o = agent.new_object_with_shape(shape);
    o.set_elements(agent, actuals, DENSE);
    let values = agent.intrinsic(Intrinsic::ArrayProtoValues).into();
    let length = Value::usize(actuals.capacity());
    for (slot, v) in (0..).zip([length, values, callee.into()]) {
        o.store_existing_slot(agent, slot, v);
    }
    Some(o)
}

/// What compiled code has to know to make arguments objects of the current realm that alias nothing: their shape, the value of
/// @@iterator and, of strict functions, that of `callee` (else `undefined`). `None` if they have no shape in common.
pub fn plain_arguments(agent: &mut Agent, strict: bool) -> Option<(Gc<Shape>, Value, Value)> {
    let values = agent.intrinsic(Intrinsic::ArrayProtoValues).into();
    let thrower = agent.intrinsic(Intrinsic::ThrowTypeError).into();
    let (callee, attributes) = match strict {
        true => (agent.new_accessor(thrower, thrower), Attributes::ACCESSOR),
        false => (Value::UNDEFINED, Attributes::WC),
    };
    // Leaves the shape with the agent.
    create_ordinary(agent, &[], callee, attributes).ok()?;
    let (realm, shape) = agent.arguments_shapes[usize::from(strict)].get()?;
    (realm == agent.realm.addr()).then_some((shape, values, callee))
}

/// An arguments object that aliases nothing, with that property `callee`. `actuals` must be rooted by the caller.
fn create_ordinary(
    agent: &mut Agent,
    actuals: &[Value],
    callee: Value,
    attributes: Attributes,
) -> JsResult<Object> {
    // What the last one became, unless that was in another realm; forgotten by every collection.
    let known = agent.arguments_shapes[usize::from(attributes.is_accessor())].get();
    if let Some((realm, shape)) = known
        && realm == agent.realm.addr()
    {
        let o = agent.new_object_with_shape(shape);
        o.reserve_elements(agent, actuals.len())?;
        o.elements().store_values(0, actuals);
        let values = agent.intrinsic(Intrinsic::ArrayProtoValues).into();
        for (slot, v) in (0..).zip([Value::usize(actuals.len()), values, callee]) {
            o.store_existing_slot(agent, slot, v);
        }
        return Ok(o);
    }
    let proto = agent.intrinsic(Intrinsic::ObjectPrototype);
    let shape = agent.root_shape(CellKind::Arguments, Some(proto), 4);
    let o = agent.new_object_with_shape(shape);
    fill(agent, o, actuals)?;
    let key = agent.names.callee;
    add_named(agent, o, key, callee, attributes);
    let shape = o.shape(agent);
    if shape.mode() == ShapeMode::Shared {
        let of = (agent.realm.addr(), shape);
        agent.arguments_shapes[usize::from(attributes.is_accessor())].set(Some(of));
    }
    Ok(o)
}

/// The elements, `length` and @@iterator.
fn fill(agent: &mut Agent, o: Object, actuals: &[Value]) -> JsResult<()> {
    o.reserve_elements(agent, actuals.len())?;
    let elements = o.elements();
    for (i, v) in actuals.iter().enumerate() {
        elements.set(i, *v);
    }
    let key = agent.names.length;
    add_named(agent, o, key, Value::usize(actuals.len()), Attributes::WC);
    let values = agent.intrinsic(Intrinsic::ArrayProtoValues).into();
    let key = agent.symbols.iterator_key();
    add_named(agent, o, key, values, Attributes::WC);
    Ok(())
}
