//! [[Construct]]: allocation of `this`, derived constructors, `super()`.

use crate::call::{
    Entry, argument_list, call_native, deliver, new_window, or_throw, pop, push_closure,
    spread_arguments,
};
use crate::exception;
use crate::frame::*;
use crate::vm::run_entry;
use sarus_gc::Gc;
use sarus_runtime::abstract_ops::{
    constructor_name, display_value, get_prototype_from_constructor,
};
use sarus_runtime::agent::Agent;
use sarus_runtime::code::{IcSlot, LinkedCode};
use sarus_runtime::error::{JsResult, Throw};
use sarus_runtime::kind::CellKind;
use sarus_runtime::object::{LAZY, MAX_INLINE, Object, bound, proxy};
use sarus_runtime::realm::Intrinsic;
use sarus_runtime::shape::Shape;
use sarus_runtime::value::Value;

/// Instances that are counted before the size is settled.
const COUNTED: u8 = 8;
/// Inline slots while instances are counted.
const PROVISIONAL: u8 = 8;

/// `Construct`.
#[inline(never)]
pub fn construct(agent: &mut Agent, f: Frame) -> Frame {
    let base = f.bc();
    let callee = f.reg(base);
    if !callee.is_constructor() {
        let _ = exception::not_a_constructor(agent, f, callee);
        return Frame::THROW;
    }
    or_throw(construct_at(
        agent,
        f,
        f.fp.wrapping_add(base),
        f.x(2) as usize,
        callee,
    ))
}

/// `ConstructSpread`.
#[inline(never)]
pub fn construct_spread(agent: &mut Agent, f: Frame) -> Frame {
    let callee = f.reg(f.bc());
    if !callee.is_constructor() {
        let _ = exception::not_a_constructor(agent, f, callee);
        return Frame::THROW;
    }
    or_throw(spread(agent, f, callee))
}

fn spread(agent: &mut Agent, f: Frame, new_target: Value) -> JsResult<Frame> {
    let base = f.bc();
    if let Some(argc) = spread_arguments(agent, f, base)? {
        return construct_at(agent, f, f.fp.wrapping_add(base), argc, new_target);
    }
    let list = argument_list(agent, f.reg(base + ARGS));
    let nf = new_window(agent, f.reg(base), Value::UNDEFINED, list.as_slice())?;
    construct_at(agent, f, nf, list.len(), new_target)
}

/// `SuperCall`.
#[inline(never)]
pub fn super_call(agent: &mut Agent, f: Frame) -> Frame {
    let base = f.bc();
    if !f.reg(base).is_constructor() {
        let _ = bad_super(agent, f);
        return Frame::THROW;
    }
    let new_target = f.reg(f.x(3) as usize);
    or_throw(construct_at(
        agent,
        f,
        f.fp.wrapping_add(base),
        f.x(2) as usize,
        new_target,
    ))
}

/// `SuperCallSpread`.
#[inline(never)]
pub fn super_call_spread(agent: &mut Agent, f: Frame) -> Frame {
    if !f.reg(f.bc()).is_constructor() {
        let _ = bad_super(agent, f);
        return Frame::THROW;
    }
    let new_target = f.reg(f.x(2) as usize);
    or_throw(spread(agent, f, new_target))
}

#[cold]
fn bad_super(agent: &mut Agent, f: Frame) -> Throw {
    let parent = display_value(agent, f.reg(f.bc()));
    agent.type_error(format!(
        "Super constructor {parent} of anonymous class is not a constructor"
    ))
}

/// Constructs with the constructor and arguments in the window `nf`.
fn construct_at(
    agent: &mut Agent,
    f: Frame,
    nf: Fp,
    argc: usize,
    new_target: Value,
) -> JsResult<Frame> {
    let window = Frame { fp: nf, pc: f.pc };
    let Some(o) = window.reg(CALLEE).as_object() else {
        return Err(Throw);
    };
    let entry = Entry::from_frame(f, f.a(), 0);
    if let Some(function) = o.as_function() {
        let code = function.code();
        let (this, flags) = this_for(agent, f, code, new_target)?;
        window.set(THIS, this);
        let entry = Entry {
            info: entry.info | flags,
            new_target,
            ..entry
        };
        return push_closure(agent, nf, o, argc, entry);
    }
    let args = window.regs(ARGS, argc);
    let result = if o.is(CellKind::NativeFunction) {
        call_native(agent, o, Value::UNDEFINED, args, new_target)?
    } else {
        let Some(target) = new_target.as_object() else {
            return Err(Throw);
        };
        construct_value(agent, o, args, target)?.into()
    };
    deliver(agent, result, entry)
}

/// `this` and frame flags of a construct call of `code`.
fn this_for(
    agent: &mut Agent,
    f: Frame,
    code: Gc<LinkedCode>,
    new_target: Value,
) -> JsResult<(Value, u64)> {
    let derived = code.block().flags.derived;
    let tracked = new_target
        .as_object()
        .and_then(|t| t.as_function())
        .is_some_and(|t| t.code().instance_slots.get().seen < COUNTED);
    if derived {
        return Ok((Value::HOLE, if tracked { FLAG_TRACK } else { 0 }));
    }
    let shape = instance_shape(agent, Some(f), new_target)?;
    let this = agent.new_object_with_shape(shape);
    Ok((
        this.into(),
        FLAG_CONSTRUCT | if tracked { FLAG_TRACK } else { 0 },
    ))
}

/// The shape of a new instance for `new_target`; cached at the site `f` (slot in word 1).
fn instance_shape(agent: &mut Agent, f: Option<Frame>, new_target: Value) -> JsResult<Gc<Shape>> {
    let Some(target) = new_target.as_object() else {
        return Err(Throw);
    };
    let capacity = inline_capacity(target);
    if let Some(f) = f {
        let ic = f.ic_copy(1);
        if ic.shape == target.shape_id() && ic.c >> 32 == capacity as u64 {
            let prototype = target.load_slot(ic.c as u32);
            if prototype.bits() == ic.a {
                // SAFETY: the slot keeps the shape alive, and only this function writes the slot.
                return Ok(unsafe { Gc::from_raw(ic.b as *mut Shape) });
            }
        }
    }
    if target.flag(LAZY) {
        sarus_runtime::function::materialize_all(agent, target);
    }
    let proto = get_prototype_from_constructor(agent, target, Intrinsic::ObjectPrototype)?;
    let shape = agent.root_shape(CellKind::Object, Some(proto), capacity);
    if let Some(f) = f
        && !target.is_exotic()
    {
        let own = target.shape(agent);
        let key = agent.names.prototype;
        if let Some(e) = own.lookup(key)
            && own.is_cacheable()
            && !e.attributes.is_accessor()
            && target.load_slot(e.slot) == Value::from(proto)
        {
            own.observe();
            f.set_ic(
                1,
                IcSlot {
                    shape: own.id(),
                    handler: 1,
                    a: Value::from(proto).bits(),
                    b: shape.addr() as u64,
                    c: (capacity as u64) << 32 | e.slot as u64,
                },
            );
        }
    }
    Ok(shape)
}

fn inline_capacity(target: Object) -> u8 {
    match target.as_function() {
        None => 4,
        Some(t) => {
            let counted = t.code().instance_slots.get();
            if counted.seen < COUNTED {
                PROVISIONAL
            } else {
                counted.most.min(MAX_INLINE)
            }
        }
    }
}

/// Counts the slots of an instance that was just constructed.
#[cold]
pub fn note_instance(agent: &mut Agent, f: Frame, instance: Value) {
    let (Some(o), Some(target)) = (instance.as_object(), f.reg(NEW_TARGET).as_object()) else {
        return;
    };
    // Only the outermost constructor sees the whole instance.
    if f.reg(CALLEE) != f.reg(NEW_TARGET) {
        return;
    }
    if let Some(t) = target.as_function() {
        let code = t.code();
        let mut counted = code.instance_slots.get();
        let slots = o.shape(agent).slot_count().min(MAX_INLINE as u32) as u8;
        counted.seen = counted.seen.saturating_add(1);
        counted.most = counted.most.max(slots);
        code.instance_slots.set(counted);
    }
}

/// `ReturnDerived`.
#[inline(never)]
pub fn return_derived(agent: &mut Agent, f: Frame) -> Frame {
    let (v, this) = (f.reg(f.a()), f.reg(f.b()));
    if v.is_object() {
        return pop(agent, f, v);
    }
    if !v.is_undefined() {
        let _ = agent.type_error("Derived constructors may only return object or undefined");
        return Frame::THROW;
    }
    if this.is_hole() {
        exception::this_uninitialized(agent);
        return Frame::THROW;
    }
    if f.info() & FLAG_TRACK != 0 {
        note_instance(agent, f, this);
    }
    pop(agent, f, this)
}

/// [[Construct]] of any constructor, from Rust.
pub fn construct_value(
    agent: &mut Agent,
    o: Object,
    args: &[Value],
    new_target: Object,
) -> JsResult<Object> {
    agent.check_native_stack()?;
    let result = if let Some(function) = o.as_function() {
        let code = function.code();
        let (this, flags) = if code.block().flags.derived {
            (Value::HOLE, 0)
        } else {
            let shape = instance_shape(agent, None, new_target.into())?;
            (agent.new_object_with_shape(shape).into(), FLAG_CONSTRUCT)
        };
        let nf = new_window(agent, o.into(), this, args)?;
        let entry = Entry {
            new_target: new_target.into(),
            ..Entry::from_rust(agent, flags)
        };
        let realm = agent.realm;
        let frame = push_closure(agent, nf, o, args.len(), entry);
        let result = run_entry(agent, frame);
        agent.realm = realm;
        result?
    } else if o.is(CellKind::NativeFunction) {
        call_native(agent, o, Value::UNDEFINED, args, new_target.into())?
    } else if let Some(b) = bound::bound_target(o) {
        let mut all = agent.heap.root_vec::<Value>();
        for i in 0..b.arguments.capacity() {
            all.push(b.arguments.get(i));
        }
        all.extend_from_slice(args);
        let new_target = if new_target == o {
            b.target
        } else {
            new_target
        };
        return construct_value(agent, b.target, all.as_slice(), new_target);
    } else if o.is(CellKind::Proxy) && o.is_constructor() {
        return proxy::construct(agent, o, args, new_target);
    } else {
        let name = constructor_name(agent, o);
        return Err(agent.type_error(format!("{name} is not a constructor")));
    };
    match result.as_object() {
        Some(o) => Ok(o),
        None => Err(agent.type_error("object expected from constructor")),
    }
}
