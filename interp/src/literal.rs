//! Literals: objects, arrays, regular expressions, templates, arguments objects.

use crate::class::key_of;
use crate::frame::*;
use crate::ic::{self, store};
use crate::vm::vm;
use sarus_bytecode::{Constant, LiteralElement};
use sarus_gc::{Gc, RootVec};
use sarus_runtime::abstract_ops::{IntegrityLevel, define_property_or_throw, set_integrity_level};
use sarus_runtime::abstract_ops::{
    copy_data_properties as copy_properties, create_data_property_or_throw,
};
use sarus_runtime::agent::Agent;
use sarus_runtime::builtins::regexp::regexp_literal;
use sarus_runtime::code::{IcSlot, js_str_view};
use sarus_runtime::environment::EnvironmentKind;
use sarus_runtime::error::JsResult;
use sarus_runtime::function::is_lazy_key;
use sarus_runtime::kind::CellKind;
use sarus_runtime::object::elements::ElementsCell;
use sarus_runtime::object::ordinary::add_named;
use sarus_runtime::object::{MAX_INLINE, Object, arguments, array};
use sarus_runtime::property::{Attributes, OwnProperty, PropertyDescriptor, PropertyKey};
use sarus_runtime::realm::Intrinsic;
use sarus_runtime::shape::{Shape, ShapeMode};
use sarus_runtime::value::Value;

fn cached_shape(f: Frame, word: usize) -> Option<Gc<Shape>> {
    let ic = f.ic_copy(word);
    if ic.a == 0 {
        return None;
    }
    // SAFETY: only literals write these slots, always with a shape that the slot keeps alive.
    Some(unsafe { Gc::from_raw(ic.a as *mut Shape) })
}

fn cache_shape(f: Frame, word: usize, shape: Gc<Shape>) {
    f.set_ic(
        word,
        IcSlot {
            handler: 1,
            a: shape.addr() as u64,
            ..IcSlot::default()
        },
    );
}

fn plain_root(agent: &mut Agent, capacity: usize) -> Gc<Shape> {
    let proto = agent.intrinsic(Intrinsic::ObjectPrototype);
    let capacity = capacity.min(MAX_INLINE as usize) as u8;
    agent.root_shape(
        CellKind::Object,
        Some(proto),
        if capacity == 0 { 4 } else { capacity },
    )
}

/// `NewObject`.
#[inline(never)]
pub fn new_object(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let shape = match cached_shape(f, 1) {
        Some(shape) => shape,
        None => {
            let shape = plain_root(agent, f.bc());
            cache_shape(f, 1, shape);
            shape
        }
    };
    let o = agent.new_object_with_shape(shape);
    f.set(f.a(), o.into());
    Ok(())
}

/// `NewObjectWith`.
#[inline(never)]
pub fn new_object_with(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let base = f.bc();
    if let Some(shape) = cached_shape(f, 1) {
        let o = agent.new_object_with_shape(shape);
        for i in 0..shape.slot_count() {
            o.store_existing_slot(agent, i, f.reg(base + i as usize));
        }
        f.set(f.a(), o.into());
        return Ok(());
    }
    let code = f.code();
    let Some(Constant::ObjectKeys(keys)) = code.block().constants.get(f.x(2) as usize) else {
        return Ok(());
    };
    let root = plain_root(agent, keys.len());
    let o = agent.new_object_with_shape(root);
    for (i, key) in keys.iter().enumerate() {
        let key = PropertyKey::atom(agent.intern_js_str(key));
        add_named(agent, o, key, f.reg(base + i), Attributes::ALL);
    }
    let shape = o.shape(agent);
    if keys.len() <= MAX_INLINE as usize && shape.mode() == ShapeMode::Shared {
        cache_shape(f, 1, shape);
    }
    f.set(f.a(), o.into());
    Ok(())
}

/// `DefineOwn`.
#[inline(never)]
pub fn define_own(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let (base, v, key) = (f.reg(f.a()), f.reg(f.b()), f.key(2));
    let Some(o) = base.as_object() else {
        return Ok(());
    };
    if let Some(ic) = ic::find(&vm(agent).defines, f, 1, o.shape_id(), key) {
        return apply_add(agent, &ic, o, v);
    }
    let lazy = o.is_callable() && is_lazy_key(agent, key);
    let special = o.is_exotic() || key.is_index() || lazy;
    if !special
        && !o.is(CellKind::Array)
        && o.shape(agent).lookup(key).is_none()
        && let Some(slot) = store::find_add(agent, o, key)
    {
        ic::update(agent, &vm(agent).defines, f, 1, key, slot);
        return apply_add(agent, &slot, o, v);
    }
    create_data_property_or_throw(agent, o, key, v)
}

fn apply_add(agent: &mut Agent, slot: &IcSlot, o: Object, v: Value) -> JsResult<()> {
    let shape = agent.shapes.get(slot.c as u32);
    o.store_slot(agent, shape.slot_count() - 1, v);
    o.header().set_shape(slot.c as u32);
    Ok(())
}

/// `DefineElem`.
#[inline(never)]
pub fn define_elem(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let Some(o) = f.reg(f.a()).as_object() else {
        return Ok(());
    };
    let key = key_of(agent, f.reg(f.b()));
    create_data_property_or_throw(agent, o, key, f.reg(f.c()))
}

/// `DefineMethod`.
#[inline(never)]
pub fn define_method(agent: &mut Agent, f: Frame) -> JsResult<()> {
    match f.reg(f.a()).as_object() {
        Some(o) => define_method_on(agent, o, f.reg(f.b()), f.reg(f.c()), f.x(1)),
        None => Ok(()),
    }
}

/// Defines a method, getter or setter; `flags` as in `DefineMethod`.
pub fn define_method_on(
    agent: &mut Agent,
    o: Object,
    key: Value,
    func: Value,
    flags: u32,
) -> JsResult<()> {
    let key = key_of(agent, key);
    let enumerable = Some(flags & 4 != 0);
    let mut d = PropertyDescriptor {
        enumerable,
        configurable: Some(true),
        ..Default::default()
    };
    match flags & 3 {
        0 => {
            d.value = Some(func);
            d.writable = Some(true);
        }
        1 => d.get = Some(func),
        _ => d.set = Some(func),
    }
    define_property_or_throw(agent, o, key, &d)
}

/// `SetProto`.
#[inline(never)]
pub fn set_proto(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let v = f.reg(f.b());
    if let Some(o) = f.reg(f.a()).as_object()
        && (v.is_object() || v.is_null())
    {
        o.set_prototype_of(agent, v.as_object())?;
    }
    Ok(())
}

/// `CopyDataProperties`.
#[inline(never)]
pub fn copy_data_properties(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let Some(target) = f.reg(f.a()).as_object() else {
        return Ok(());
    };
    let source = f.reg(f.x(1) as usize);
    let mut excluded = agent.heap.root_vec::<PropertyKey>();
    for v in f.regs(f.bc(), f.x(2) as usize) {
        let key = key_of(agent, *v);
        excluded.push(key);
    }
    copy_properties(agent, target, source, excluded.as_slice())
}

/// `NewArray`.
#[inline(never)]
pub fn new_array(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let o = agent.new_array();
    let capacity = f.x(2);
    if capacity > 0 {
        o.reserve_elements(agent, capacity as usize)?;
    }
    f.set(f.a(), o.into());
    Ok(())
}

/// `NewArrayWith`.
#[inline(never)]
pub fn new_array_with(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let o = agent.new_array_from(f.regs(f.bc(), f.x(2) as usize));
    f.set(f.a(), o.into());
    Ok(())
}

/// `NewArrayConst`.
#[inline(never)]
pub fn new_array_const(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let ic = f.ic_copy(1);
    let boilerplate: Gc<ElementsCell> = if ic.a != 0 {
        // SAFETY: only this function writes the slot, with the elements it keeps alive.
        unsafe { Gc::from_raw(ic.a as *mut ElementsCell) }
    } else {
        let code = f.code();
        let Some(Constant::ArrayLiteral(list)) = code.block().constants.get(f.x(2) as usize) else {
            return Ok(());
        };
        let cell = ElementsCell::try_allocate(agent, list.len())?;
        for (slot, e) in cell.values().iter().zip(list) {
            slot.set(match e {
                LiteralElement::Hole => Value::HOLE,
                LiteralElement::Undefined => Value::UNDEFINED,
                LiteralElement::Null => Value::NULL,
                LiteralElement::Bool(b) => Value::bool(*b),
                LiteralElement::Number(n) => Value::number(*n),
                LiteralElement::String(s) => agent.intern_js_str(s).into(),
            });
            // Strings are made meanwhile.
            agent.heap.write_barrier(cell.header());
        }
        f.set_ic(
            1,
            IcSlot {
                handler: 1,
                a: cell.addr() as u64,
                ..IcSlot::default()
            },
        );
        cell
    };
    let o = agent.new_array();
    o.reserve_elements(agent, boilerplate.capacity())?;
    let elements = o.elements();
    for (to, from) in elements.values().iter().zip(boilerplate.values()) {
        to.set(from.get());
    }
    array::set_length_field(o, boilerplate.capacity() as u32);
    f.set(f.a(), o.into());
    Ok(())
}

/// `ArrayPush`.
#[inline(never)]
pub fn array_push(agent: &mut Agent, f: Frame) -> JsResult<()> {
    match f.reg(f.a()).as_object() {
        Some(o) => push(agent, o, f.reg(f.b())),
        None => Ok(()),
    }
}

/// Appends to an array under construction; the hole makes a hole.
pub fn push(agent: &mut Agent, o: Object, v: Value) -> JsResult<()> {
    let n = array::length_of(o).unwrap_or(0);
    if n == u32::MAX {
        return Err(agent.range_error("Invalid array length"));
    }
    if !v.is_hole() {
        o.put_element(agent, n, v)?;
    }
    array::set_length_field(o, n + 1);
    Ok(())
}

/// `NewRegExp`.
#[inline(never)]
pub fn new_regexp(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let constant = f.constant(1);
    let o = regexp_literal(agent, constant)?;
    f.set(f.a(), o.into());
    Ok(())
}

/// `GetTemplateObject`.
#[inline(never)]
pub fn get_template_object(agent: &mut Agent, f: Frame) -> JsResult<()> {
    // The object must stay the same from the first evaluation on.
    f.code().allocate_feedback();
    let ic = f.ic_copy(1);
    if ic.a != 0 {
        f.set(f.a(), Value::from_bits(ic.a));
        return Ok(());
    }
    let code = f.code();
    let Some(Constant::Template { cooked, raw }) = code.block().constants.get(f.x(2) as usize)
    else {
        return Ok(());
    };
    let strings = agent.new_array();
    for s in cooked {
        let v = match s {
            Some(s) => agent.intern_js_str(s).into(),
            None => Value::UNDEFINED,
        };
        push(agent, strings, v)?;
    }
    let raws = agent.new_array();
    for s in raw {
        let v = agent.intern_js_str(s).into();
        push(agent, raws, v)?;
    }
    set_integrity_level(agent, raws, IntegrityLevel::Frozen)?;
    let key = agent.names.raw;
    let d = OwnProperty::Data {
        value: raws.into(),
        attributes: Attributes::NONE,
    }
    .to_descriptor();
    define_property_or_throw(agent, strings, key, &d)?;
    set_integrity_level(agent, strings, IntegrityLevel::Frozen)?;
    let v: Value = strings.into();
    f.set_ic(
        1,
        IcSlot {
            handler: 1,
            a: v.bits(),
            ..IcSlot::default()
        },
    );
    f.set(f.a(), v);
    Ok(())
}

/// The cell of actual arguments in a register.
fn actuals(f: Frame, reg: usize) -> Option<Gc<ElementsCell>> {
    let v = f.reg(reg);
    v.is_kind(CellKind::Elements)
        // SAFETY: the kind was checked just above; the register was filled at entry of the function.
        .then(|| unsafe { v.cell_unchecked() })
}

fn values_of(agent: &Agent, cell: Gc<ElementsCell>) -> RootVec<Value> {
    let mut list = agent.heap.root_vec::<Value>();
    for v in cell.values() {
        list.push(v.get());
    }
    list
}

/// `CreateMappedArguments`.
#[inline(never)]
pub fn create_mapped_arguments(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let code = f.code();
    let Some(Constant::MappedArguments(slots)) = code.block().constants.get(f.x(1) as usize) else {
        return Ok(());
    };
    let (Some(args), Some(callee)) = (actuals(f, f.b()), f.reg(CALLEE).as_object()) else {
        return create_unmapped_arguments(agent, f);
    };
    if let Some(o) = arguments::adopt_actuals(agent, args, callee, slots) {
        f.set(f.a(), o.into());
        return Ok(());
    }
    // Without captured parameters there is no environment, and nothing is mapped.
    let env = match f.env() {
        Some(env) => env,
        None => agent.new_environment(None, EnvironmentKind::Declarative, 0, Value::HOLE, 0),
    };
    let values = values_of(agent, args);
    let o = arguments::create_mapped_arguments(agent, values.as_slice(), callee, env, slots)?;
    f.set(f.a(), o.into());
    Ok(())
}

/// `CreateUnmappedArguments`.
#[inline(never)]
pub fn create_unmapped_arguments(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let Some(args) = actuals(f, f.b()) else {
        return Ok(());
    };
    let values = values_of(agent, args);
    let o = arguments::create_unmapped_arguments(agent, values.as_slice())?;
    f.set(f.a(), o.into());
    Ok(())
}

/// `CreateRest`.
#[inline(never)]
pub fn create_rest(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let Some(args) = actuals(f, f.b()) else {
        return Ok(());
    };
    let start = (f.x(1) as usize).min(args.capacity());
    let o = agent.new_array();
    let n = args.capacity() - start;
    if n > 0 {
        o.reserve_elements(agent, n)?;
        let elements = o.elements();
        for (to, from) in elements.values().iter().zip(&args.values()[start..]) {
            to.set(from.get());
        }
        array::set_length_field(o, n as u32);
    }
    f.set(f.a(), o.into());
    Ok(())
}

/// True if a plain-data string has the units of a key.
pub fn same_text(s: &sarus_bytecode::JsStr, key: PropertyKey) -> bool {
    match key.as_atom() {
        Some(a) => js_str_view(s) == a.atom_view(),
        None => key.as_index().is_some() && s.array_index() == key.as_index(),
    }
}
