//! Entering the bodies of builtins that are also written in JavaScript (`runtime/src/builtins/bodies.rs`).

use crate::call::{self, Entry};
use crate::frame::*;
use crate::ic::site;
use crate::vm::vm;
use sarus_gc::Gc;
use sarus_runtime::agent::Agent;
use sarus_runtime::builtins::bodies::{APPLIES, Entered, FORWARDS, body_of, prepare};
use sarus_runtime::builtins::plain_species::creates_plain;
use sarus_runtime::error::JsResult;
use sarus_runtime::function::NativeFunctionCell;
use sarus_runtime::kind::CellKind;
use sarus_runtime::object::elements::ElementsCell;
use sarus_runtime::object::{Object, array, bound};
use sarus_runtime::value::Value;

/// Whether a receiver is what a body is for.
pub fn suits(agent: &mut Agent, this: Value, entered: Entered) -> bool {
    let Some(o) = this.as_object().filter(|o| o.is(CellKind::Array)) else {
        return false;
    };
    if !crate::ic::element::has_plain_elements(o.header()) || o.length_is_readonly() {
        return false;
    }
    match entered {
        Entered::Callback | Entered::Initial => true,
        Entered::Creates => creates_plain(agent, o),
        Entered::First => {
            let elements: Gc<ElementsCell> = o.elements();
            !elements.get(0).is_hole()
        }
    }
}

/// The closure of the body to enter for a call of a native function.
fn chosen(
    agent: &mut Agent,
    native: Gc<NativeFunctionCell>,
    this: Value,
    callback: Value,
    argc: usize,
) -> Option<Object> {
    let callback = callback.as_object()?;
    if !callback.is(CellKind::Function) || callback.is_class_constructor() {
        return None;
    }
    let (closure, body) = body_of(native, argc)?;
    suits(agent, this, body.entered).then_some(closure)
}

/// Whether a call with so many arguments may enter a body.
pub fn suits_call(
    agent: &mut Agent,
    native: Gc<NativeFunctionCell>,
    this: Value,
    callback: Value,
    argc: usize,
) -> bool {
    chosen(agent, native, this, callback, argc).is_some()
}

/// Enters the body of a native function that the instruction `f` calls with the window at `base`, if that suits the call.
#[inline(never)]
pub fn enter(
    agent: &mut Agent,
    f: Frame,
    base: usize,
    argc: usize,
    native: Gc<NativeFunctionCell>,
) -> Option<Frame> {
    if native.body() == FORWARDS {
        return forward(agent, f, base, argc);
    }
    if native.body() == APPLIES {
        let nf = f.fp.wrapping_add(base);
        let (target, argc) = spread_apply(agent, nf, argc)?;
        if let Some(function) = target.as_function() {
            site::record_argument(f, function.code().addr() as u64);
        }
        let entry = Entry::from_frame(f, f.a(), 0);
        return Some(call::or_throw(enter_guarded(
            agent, nf, target, argc, entry,
        )));
    }
    let this = f.reg(base + THIS);
    let callback = *f.regs(base + ARGS, argc).first()?;
    let closure = chosen(agent, native, this, callback, argc)?;
    if let Some(code) = callback.as_object().and_then(|o| o.as_function()) {
        site::record_argument(f, code.code().addr() as u64);
    }
    f.set(base + CALLEE, closure.into());
    let nf = f.fp.wrapping_add(base);
    let entry = Entry::from_frame(f, f.a(), 0);
    Some(call::or_throw(call::push_closure(
        agent, nf, closure, argc, entry,
    )))
}

/// `Function.prototype.call`: enters the closure to be called, with the arguments moved down by one.
fn forward(agent: &mut Agent, f: Frame, base: usize, argc: usize) -> Option<Frame> {
    let target = f.reg(base + THIS).as_object()?;
    let code = target.as_function()?.code();
    if target.is_class_constructor() {
        return None;
    }
    site::record_argument(f, code.addr() as u64);
    let this = match argc {
        0 => Value::UNDEFINED,
        _ => f.reg(base + ARGS),
    };
    f.set(base + CALLEE, target.into());
    f.set(base + THIS, this);
    let argc = argc.saturating_sub(1);
    for i in 0..argc {
        f.set(base + ARGS + i, f.reg(base + ARGS + i + 1));
    }
    let nf = f.fp.wrapping_add(base);
    let entry = Entry::from_frame(f, f.a(), 0);
    Some(call::or_throw(call::push_closure(
        agent, nf, target, argc, entry,
    )))
}

/// Most arguments that `apply` is followed with.
pub const MAX_APPLIED: usize = 64;

/// `Function.prototype.apply` of a closure to a list whose elements can be read without running anything: makes its window
/// that of the closure, which it gives with the number of arguments.
pub fn spread_apply(agent: &mut Agent, nf: Fp, argc: usize) -> Option<(Object, usize)> {
    let window = Frame {
        fp: nf,
        pc: std::ptr::null(),
    };
    let target = window.reg(THIS).as_object()?;
    if argc != 2 || !target.is(CellKind::Function) || target.is_class_constructor() {
        return None;
    }
    let list = window.reg(ARGS + 1).as_object()?;
    if !crate::ic::element::has_plain_elements(list.header()) {
        return None;
    }
    let length = if list.is(CellKind::Array) {
        array::length_of(list)? as usize
    } else if list.is(CellKind::Arguments) {
        let shape = list.shape(agent);
        let e = shape.lookup(agent.names.length)?;
        let n = list.load_slot(e.slot).as_int();
        usize::try_from(n.filter(|_| !e.attributes.is_accessor())?).ok()?
    } else {
        return None;
    };
    let elements: Gc<ElementsCell> = list.elements();
    let values = elements.values().get(..length)?;
    let holes = values.iter().any(|v| v.get().is_hole());
    if holes || length > MAX_APPLIED || nf.wrapping_add(ARGS + length) > vm(agent).limit() {
        return None;
    }
    window.set(CALLEE, target.into());
    window.set(THIS, window.reg(ARGS));
    for (i, v) in values.iter().enumerate() {
        window.set(ARGS + i, v.get());
    }
    Some((target, length))
}

/// Makes the window of a bound function that of the closure it is bound to, which it gives with the number of arguments.
pub fn unbind(agent: &Agent, nf: Fp, o: Object, argc: usize) -> Option<(Object, usize)> {
    let window = Frame {
        fp: nf,
        pc: std::ptr::null(),
    };
    let b = bound::bound_target(o)?;
    if !b.target.is(CellKind::Function) || b.target.is_class_constructor() {
        return None;
    }
    let count = b.arguments.capacity();
    if count + argc > MAX_APPLIED || nf.wrapping_add(ARGS + count + argc) > vm(agent).limit() {
        return None;
    }
    for i in (0..argc).rev() {
        window.set(ARGS + count + i, window.reg(ARGS + i));
    }
    for i in 0..count {
        window.set(ARGS + i, b.arguments.get(i));
    }
    window.set(CALLEE, b.target.into());
    window.set(THIS, b.this);
    Some((b.target, count + argc))
}

/// Pushes the frame of a closure whose window may reach above everything that collections look at.
pub fn enter_guarded(
    agent: &mut Agent,
    nf: Fp,
    target: Object,
    argc: usize,
    entry: Entry,
) -> JsResult<Frame> {
    vm(agent).guard_window(nf.wrapping_add(ARGS + argc));
    let f = call::push_closure(agent, nf, target, argc, entry);
    vm(agent).guard_window(std::ptr::null_mut());
    f
}

/// Records a native function at the call site of word 1, and makes its bodies.
#[cold]
#[inline(never)]
pub fn record(agent: &mut Agent, f: Frame, native: u64) {
    site::record(agent, f, native);
    if f.code().has_feedback()
        && let Some(o) = Value::from_bits(native).as_object()
    {
        prepare(agent, o);
    }
}
