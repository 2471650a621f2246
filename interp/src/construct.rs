//! [[Construct]]: allocation of `this`, derived constructors, `super()`.

use crate::call::{
    Entry, argument_list, call_native, deliver, new_window, or_throw, pop, push_closure,
    spread_arguments,
};
use crate::class::active_function;
use crate::exception;
use crate::frame::*;
use crate::ic::site;
use crate::vm::run_entry;
use sarus_bytecode::{CodeBlock, Op};
use sarus_gc::Gc;
use sarus_runtime::abstract_ops::{
    constructor_name, display_value, function_name, get_prototype_from_constructor,
};
use sarus_runtime::agent::Agent;
use sarus_runtime::code::{IcSlot, LinkedCode};
use sarus_runtime::error::{JsResult, Throw};
use sarus_runtime::kind::CellKind;
use sarus_runtime::object::{LAZY, MAX_INLINE, Object, bound, proxy};
use sarus_runtime::realm::Intrinsic;
use sarus_runtime::shape::Shape;
use sarus_runtime::value::Value;

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
    let v = f.reg(f.bc());
    let parent = match v.as_object().filter(|o| o.is_callable()) {
        Some(o) => function_name(agent, o),
        None => display_value(agent, v),
    };
    let class = match active_function(f).as_object() {
        Some(o) => function_name(agent, o),
        None => String::new(),
    };
    let class = if class.is_empty() {
        "anonymous class"
    } else {
        &class
    };
    agent.type_error(format!(
        "Super constructor {parent} of {class} is not a constructor"
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
    site::record_constructor(agent, f, o);
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

/// Constructs, for compiled code, with the constructor and arguments in the window `nf`; `f` is at a construct instruction.
pub fn construct_in_window(
    agent: &mut Agent,
    f: Frame,
    nf: Fp,
    argc: usize,
    new_target: Value,
) -> JsResult<Value> {
    let window = Frame { fp: nf, pc: f.pc };
    let (Some(o), Some(target)) = (window.reg(CALLEE).as_object(), new_target.as_object()) else {
        return Err(Throw);
    };
    let Some(function) = o.as_function() else {
        return construct_value(agent, o, window.regs(ARGS, argc), target).map(Value::from);
    };
    let (this, flags) = this_for(agent, f, function.code(), new_target)?;
    window.set(THIS, this);
    let entry = Entry {
        new_target,
        ..Entry::from_rust(agent, flags)
    };
    let realm = agent.realm;
    let frame = push_closure(agent, nf, o, argc, entry);
    let result = run_entry(agent, frame);
    agent.realm = realm;
    result
}

/// `this` and frame flags of a construct call of `code`.
fn this_for(
    agent: &mut Agent,
    f: Frame,
    code: Gc<LinkedCode>,
    new_target: Value,
) -> JsResult<(Value, u64)> {
    let derived = code.block().flags.derived;
    if derived {
        return Ok((Value::HOLE, 0));
    }
    let shape = instance_shape(agent, Some((f, code)), new_target)?;
    let this = agent.new_object_with_shape(shape);
    Ok((this.into(), FLAG_CONSTRUCT))
}

/// Slots of `prototype` from here on are not cached.
const MAX_CACHED_SLOT: u32 = 1 << 16;

/// The handler word of a construct site: inline slots of instances and the slot of `prototype` in the constructor.
fn pack(capacity: u8, slot: u32) -> u32 {
    1 | u32::from(capacity) << 8 | slot << 16
}

/// What [`pack`] packed.
pub fn unpack(handler: u32) -> (u8, u32) {
    ((handler >> 8) as u8, handler >> 16)
}

/// What a construct site's slot says of the instances of `target`.
fn cached_instance(ic: &IcSlot, target: Object, capacity: u8) -> Option<Gc<Shape>> {
    let (slots, slot) = unpack(ic.handler);
    let hit =
        ic.shape == target.shape_id() && slots == capacity && target.load_slot(slot).bits() == ic.a;
    // SAFETY: the slot keeps the shape alive, and only `instance_shape` fills in what has the shape of a constructor.
    hit.then(|| unsafe { Gc::from_raw(ic.b as *mut Shape) })
}

/// The shape of a new instance for `new_target`; cached at the site (slot in word 1), where that code is called.
fn instance_shape(
    agent: &mut Agent,
    site: Option<(Frame, Gc<LinkedCode>)>,
    new_target: Value,
) -> JsResult<Gc<Shape>> {
    let Some(target) = new_target.as_object() else {
        return Err(Throw);
    };
    let capacity = inline_capacity(agent, target);
    if let Some((f, _)) = site {
        let ic = f.ic_copy(1);
        if let Some(shape) = cached_instance(&ic, target, capacity) {
            return Ok(shape);
        }
        if let Some(few) = site::constructors(&ic) {
            let mut known = few.entries();
            if let Some(shape) = known.find_map(|e| cached_instance(&e, target, capacity)) {
                return Ok(shape);
            }
        }
    }
    if target.flag(LAZY) {
        sarus_runtime::function::materialize_all(agent, target);
    }
    let proto = get_prototype_from_constructor(agent, target, Intrinsic::ObjectPrototype)?;
    let shape = agent.root_shape(CellKind::Object, Some(proto), capacity);
    if let Some((f, code)) = site
        && !target.is_exotic()
    {
        let own = target.shape(agent);
        let key = agent.names.prototype;
        if let Some(e) = own.lookup(key)
            && own.is_cacheable()
            && !e.attributes.is_accessor()
            && e.slot < MAX_CACHED_SLOT
            && target.load_slot(e.slot) == Value::from(proto)
        {
            own.observe();
            let instance = IcSlot {
                shape: own.id(),
                handler: pack(capacity, e.slot),
                a: Value::from(proto).bits(),
                b: shape.addr() as u64,
                c: 0,
            };
            site::note_instance(f, code.addr() as u64, instance);
        }
    }
    Ok(shape)
}

/// Inline slots of instances made by `target`.
#[inline]
fn inline_capacity(agent: &mut Agent, target: Object) -> u8 {
    match target.as_function() {
        None => 4,
        Some(t) => match t.code().instance_slots.get() {
            Some(n) => n,
            None => estimate(agent, target),
        },
    }
}

/// Estimates how many properties the constructor and those it extends give to an instance: the stores to `this` in their
/// code and field initializers.
#[cold]
fn estimate(agent: &mut Agent, target: Object) -> u8 {
    let mut count = 0;
    let mut at = Some(target);
    for _ in 0..8 {
        let Some(o) = at else { break };
        let Some(function) = o.as_function() else {
            break;
        };
        if let Ok(Some(block)) = agent.compile_lazy(function.code()) {
            agent.install_lazy(function.code(), &block);
        }
        count += stores_to_this(function.code().block());
        let data = function.class_or_active().as_object();
        if let Some(init) = data
            .and_then(|d| d.dense_element(0).as_object())
            .and_then(|i| i.as_function())
        {
            count += stores_to_this(init.code().block());
        }
        if !function.code().block().flags.derived {
            break;
        }
        at = o.shape(agent).prototype_object();
    }
    let n = if count == 0 {
        4
    } else {
        count.min(MAX_INLINE as usize) as u8
    };
    if let Some(function) = target.as_function() {
        function.code().instance_slots.set(Some(n));
    }
    n
}

fn stores_to_this(block: &CodeBlock) -> usize {
    let mut count = 0;
    let mut at = 0;
    while let Some(&word) = block.words.get(at) {
        let Some(op) = Op::from_u8(word as u8) else {
            break;
        };
        let stores = matches!(
            op,
            Op::SetProp
                | Op::SetPropSloppy
                | Op::DefineOwn
                | Op::DefinePrivateField
                | Op::DefineElem
        );
        if stores && (word >> 8 & 0xFF) as usize == THIS {
            count += 1;
        }
        at += op.words();
    }
    count
}

/// The errors of a derived constructor's result are made after its context is gone, in the caller's realm (10.2.2).
/// Unwinding sets the realm of whoever catches them.
#[cold]
fn enter_caller_realm(agent: &mut Agent, f: Frame) {
    let caller = f.caller();
    if f.info() & FLAG_REALM != 0 && !caller.is_null() {
        agent.realm = Frame::saved(caller).code().realm();
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
        enter_caller_realm(agent, f);
        let _ = agent.type_error("Derived constructors may only return object or undefined");
        return Frame::THROW;
    }
    if this.is_hole() {
        enter_caller_realm(agent, f);
        exception::this_uninitialized(agent);
        return Frame::THROW;
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
