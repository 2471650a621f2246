//! Calls: pushing frames, native and bound callees, entries from Rust, leaving frames.

use crate::frame::*;
use crate::ic::site;
use crate::vm::{poll, run_entry, vm};
use crate::{eval, exception, iteration, tier};
use sarus_bytecode::NO_REGISTER;
use sarus_gc::Gc;
use sarus_runtime::abstract_ops::{display_value, to_object};
use sarus_runtime::agent::{Agent, CallArgs};
use sarus_runtime::code::{EntryKind, LinkedCode};
use sarus_runtime::environment::Environment;
use sarus_runtime::error::{JsResult, Throw};
use sarus_runtime::kind::CellKind;
use sarus_runtime::object::elements::ElementsCell;
use sarus_runtime::object::{Object, array, bound, proxy};
use sarus_runtime::value::Value;

/// Who pushes a frame and how it is left.
#[derive(Copy, Clone)]
pub struct Entry {
    /// The frame to return to; the current one for entries from Rust.
    pub caller: Fp,
    /// Where the caller goes on; null for entries from Rust.
    pub return_pc: Pc,
    /// Destination register and flags, in place.
    pub info: u64,
    /// new.target.
    pub new_target: Value,
}

impl Entry {
    #[inline(always)]
    /// A call from instruction `f` whose result goes to register `dst`.
    pub fn from_frame(f: Frame, dst: usize, flags: u64) -> Entry {
        Entry {
            caller: f.fp,
            return_pc: f.next().pc,
            info: (dst as u64) << DST_SHIFT | flags,
            new_target: Value::UNDEFINED,
        }
    }
    /// An entry from Rust.
    pub fn from_rust(agent: &Agent, flags: u64) -> Entry {
        Entry {
            caller: vm(agent).fp(),
            return_pc: std::ptr::null(),
            info: FLAG_ENTRY | flags,
            new_target: Value::UNDEFINED,
        }
    }
}

/// Pushes the frame of a closure whose callee, `this` and arguments stand in the window `nf`.
#[inline(never)]
pub fn push_closure(
    agent: &mut Agent,
    nf: Fp,
    callee: Object,
    argc: usize,
    entry: Entry,
) -> JsResult<Frame> {
    let Some(function) = callee.as_function() else {
        return Err(not_a_function_value(agent, callee.into()));
    };
    let code = function.code();
    let env = function.environment();
    let is_arrow = match code.entry() {
        EntryKind::Plain => false,
        EntryKind::Arrow => true,
        EntryKind::Special | EntryKind::Compiled => code.block().flags.arrow,
    };
    let mut new_target = entry.new_target;
    if is_arrow {
        let window = Frame {
            fp: nf,
            pc: code.words(),
        };
        window.set(THIS, function.home_or_this());
        new_target = function.shape_or_new_target();
    }
    push_code(agent, nf, code, env, argc, &entry, new_target)
}

/// Words of a common frame, to estimate the depth of the stack.
const TYPICAL_FRAME: usize = 32;
/// Where node's one-megabyte stack has long overflowed: 6,000 levels with as many arguments each.
const MAX_DEPTH_TIMES_ARGUMENTS: usize = 32 << 20;

/// Pushes a frame of `code` in the window `nf` (callee, `this` and arguments are in place): where to go on, which is at its start, or
/// at [`tier::to_enter`] if there is compiled code. Frames that Rust entered are left already in that case. (The entry is not copied:
/// it was just written word by word, and the processor would have to wait for that.)
#[inline]
pub fn push_code(
    agent: &mut Agent,
    nf: Fp,
    code: Gc<LinkedCode>,
    env: Option<Environment>,
    argc: usize,
    entry: &Entry,
    new_target: Value,
) -> JsResult<Frame> {
    let vm = vm(agent);
    let needed = (code.register_count() as usize).max(ARGS + argc);
    if nf.wrapping_add(needed) > vm.limit() {
        return Err(agent.stack_overflow());
    }
    if vm.interrupted() {
        vm.guard_window(nf.wrapping_add(ARGS + argc));
        let polled = poll(agent);
        vm.guard_window(std::ptr::null_mut());
        polled?;
    }
    let mut compiled = code.entry() == EntryKind::Compiled;
    if !compiled {
        let left = code.budget.get() - 1;
        code.budget.set(left);
        if left <= 0 {
            // Taking a snapshot may allocate; callee, `this` and arguments may be nowhere but in the window.
            vm.guard_window(nf.wrapping_add(ARGS + argc));
            tier::call_budget_spent(agent, code);
            vm.guard_window(std::ptr::null_mut());
            compiled = code.entry() == EntryKind::Compiled;
        }
    }
    let f = Frame {
        fp: nf,
        pc: code.words(),
    };
    let mut info = entry.info | argc as u64;
    let mut actuals = None;
    if code.entry() >= EntryKind::Special && code.block().flags.needs_actuals {
        // Recursion that adds an argument per level keeps lists whose sizes add up to the square of its depth: it has to
        // end at the stack's limit, not at the heap's.
        if argc > 256 && vm.depth_of(nf) / TYPICAL_FRAME * argc > MAX_DEPTH_TIMES_ARGUMENTS {
            return Err(agent.stack_overflow());
        }
        // Callee, `this` and arguments may be nowhere but in a window above the innermost frame.
        vm.guard_window(nf.wrapping_add(ARGS + argc));
        let cell = ElementsCell::try_allocate(agent, argc);
        vm.guard_window(std::ptr::null_mut());
        let cell = cell?;
        for (to, from) in cell.values().iter().zip(f.regs(ARGS, argc)) {
            to.set(*from);
        }
        actuals = Some(cell);
    }
    if agent.realm != code.realm() {
        info |= FLAG_REALM;
        agent.realm = code.realm();
    }
    for i in argc..code.param_count() as usize {
        f.set(ARGS + i, Value::UNDEFINED);
    }
    if let Some(cell) = actuals {
        f.set(code.block().actuals_reg as usize, Value::cell(cell));
    }
    f.set(CALLER, Value::from_bits(entry.caller as u64));
    f.set(RETURN_PC, Value::from_bits(entry.return_pc as u64));
    f.set(CODE, Value::cell(code));
    f.set(INFO, Value::from_bits(info));
    f.set(NEW_TARGET, new_target);
    f.set_env(env);
    f.save();
    vm.set_fp(nf);
    if !compiled || !vm.tier.has_native_stack() {
        return Ok(f);
    }
    if entry.info & FLAG_ENTRY != 0 {
        return tier::enter(agent, f);
    }
    Ok(tier::to_enter(nf))
}

/// `CompileLazy`: the frame's code is made, and starts in the same frame.
#[cold]
#[inline(never)]
pub fn compile_lazy(agent: &mut Agent, f: Frame) -> Frame {
    let code = f.code();
    let block = match agent.compile_lazy(code) {
        Ok(Some(block)) => block,
        _ => return Frame::THROW,
    };
    // The frame was pushed for the stand-in: now it has more registers, and the list of actual arguments may stand in another.
    let argc = f.info() as u32 as usize;
    let needed = (block.register_count as usize).max(ARGS + argc);
    if f.fp.wrapping_add(needed) > vm(agent).limit() {
        let _ = agent.stack_overflow();
        return Frame::THROW;
    }
    let actuals = code.block().actuals_reg;
    agent.install_lazy(code, &block);
    if actuals != NO_REGISTER {
        f.set(block.actuals_reg as usize, f.reg(actuals as usize));
    }
    let start = Frame {
        fp: f.fp,
        pc: code.words(),
    };
    start.save();
    start
}

/// The dispatch loop's answer to a result that may be a throw.
#[inline(always)]
pub fn or_throw(to: JsResult<Frame>) -> Frame {
    to.unwrap_or(Frame::THROW)
}

/// `Call` and `CallMethod` beyond the fast path.
#[inline(never)]
pub fn call(agent: &mut Agent, f: Frame) -> Frame {
    site::record_callee(agent, f, f.reg(f.bc()));
    or_throw(call_window(agent, f, f.bc(), f.x(2) as usize, f.a()))
}

/// Calls what stands in the window at `base`; the result goes to register `dst` of `f`.
pub fn call_window(
    agent: &mut Agent,
    f: Frame,
    base: usize,
    argc: usize,
    dst: usize,
) -> JsResult<Frame> {
    call_at(
        agent,
        f,
        f.fp.wrapping_add(base),
        argc,
        Entry::from_frame(f, dst, 0),
    )
}

/// Calls what stands in the window `nf` (a callee, `this`, and arguments), with the caller `f` still current.
#[inline(never)]
pub fn call_at(agent: &mut Agent, f: Frame, nf: Fp, argc: usize, entry: Entry) -> JsResult<Frame> {
    let window = Frame { fp: nf, pc: f.pc };
    let callee = window.reg(CALLEE);
    let Some(o) = callee.as_object() else {
        return Err(exception::not_a_function(agent, f, callee));
    };
    if o.is(CellKind::Function) {
        if o.is_class_constructor() {
            return Err(exception::class_without_new(agent, o));
        }
        return push_closure(agent, nf, o, argc, entry);
    }
    let args = window.regs(ARGS, argc);
    let this = window.reg(THIS);
    let result = if o.is(CellKind::NativeFunction) {
        call_native(agent, o, this, args, Value::UNDEFINED)?
    } else if let Some(b) = bound::bound_target(o)
        && b.target.is(CellKind::Function)
        && !b.target.is_class_constructor()
        && let Some(code) = b.target.as_function().map(|t| t.code())
        && !code.block().flags.needs_actuals
    {
        // Arguments beyond the parameters are of no use: the rest fits into the callee's frame.
        let bound = b.arguments.capacity();
        let params = code.param_count() as usize;
        if nf.wrapping_add(ARGS + params) > vm(agent).limit() {
            return Err(agent.stack_overflow());
        }
        for i in (0..argc.min(params.saturating_sub(bound))).rev() {
            window.set(ARGS + bound + i, window.reg(ARGS + i));
        }
        for i in 0..bound.min(params) {
            window.set(ARGS + i, b.arguments.get(i));
        }
        window.set(CALLEE, b.target.into());
        window.set(THIS, b.this);
        return push_closure(agent, nf, b.target, (bound + argc).min(params), entry);
    } else if o.is_callable() {
        call_value(agent, callee, this, args)?
    } else {
        return Err(exception::not_a_function(agent, f, callee));
    };
    deliver(agent, result, entry)
}

/// Gives a result to where the entry wants it.
pub fn deliver(agent: &mut Agent, result: Value, entry: Entry) -> JsResult<Frame> {
    let caller = Frame {
        fp: entry.caller,
        pc: entry.return_pc,
    };
    if entry.info & FLAG_ITERATOR != 0 {
        return iteration::receive(agent, Frame::saved(entry.caller), result);
    }
    caller.set((entry.info >> DST_SHIFT & 0xFFFF) as usize, result);
    Ok(caller)
}

/// Calls a native function in its realm.
#[inline]
pub fn call_native(
    agent: &mut Agent,
    o: Object,
    this: Value,
    args: &[Value],
    new_target: Value,
) -> JsResult<Value> {
    let Some(native) = o.as_native() else {
        return Err(not_a_function_value(agent, o.into()));
    };
    let saved = std::mem::replace(&mut agent.realm, native.realm());
    let cx = CallArgs::new(o, this, args, new_target);
    let result = (native.function())(agent, &cx);
    agent.realm = saved;
    result
}

#[cold]
fn not_a_function_value(agent: &mut Agent, v: Value) -> Throw {
    let text = display_value(agent, v);
    agent.type_error(format!("{text} is not a function"))
}

/// Copies callee, `this` and arguments to the top of the stack; the window.
#[inline]
pub fn new_window(agent: &mut Agent, callee: Value, this: Value, args: &[Value]) -> JsResult<Fp> {
    let vm = vm(agent);
    let nf = vm.top();
    if nf.wrapping_add(ARGS + args.len()) > vm.limit() {
        return Err(agent.stack_overflow());
    }
    let window = Frame {
        fp: nf,
        pc: std::ptr::null(),
    };
    window.set(CALLEE, callee);
    window.set(THIS, this);
    window.set_arguments(args);
    Ok(nf)
}

/// [[Call]] of any value, from Rust.
pub fn call_value(
    agent: &mut Agent,
    callee: Value,
    this: Value,
    args: &[Value],
) -> JsResult<Value> {
    agent.check_native_stack()?;
    let Some(o) = callee.as_object() else {
        return Err(not_a_function_value(agent, callee));
    };
    if o.is(CellKind::Function) {
        if let Some(result) = tier::call_from_rust(agent, o, this, args) {
            return result;
        }
        if o.is_class_constructor() {
            return Err(exception::class_without_new(agent, o));
        }
        let nf = new_window(agent, callee, this, args)?;
        let entry = Entry::from_rust(agent, 0);
        let realm = agent.realm;
        let frame = push_closure(agent, nf, o, args.len(), entry);
        let result = run_entry(agent, frame);
        agent.realm = realm;
        return result;
    }
    if o.is(CellKind::NativeFunction) {
        return call_native(agent, o, this, args, Value::UNDEFINED);
    }
    if let Some(b) = bound::bound_target(o) {
        let mut all = agent.heap.root_vec::<Value>();
        for i in 0..b.arguments.capacity() {
            all.push(b.arguments.get(i));
        }
        all.extend_from_slice(args);
        return call_value(agent, b.target.into(), b.this, all.as_slice());
    }
    if o.is(CellKind::Proxy) && o.is_callable() {
        return proxy::call(agent, o, this, args);
    }
    Err(not_a_function_value(agent, callee))
}

/// Runs script, module or eval code.
pub fn run_code(
    agent: &mut Agent,
    code: Gc<LinkedCode>,
    this: Value,
    env: Option<Environment>,
) -> JsResult<Value> {
    run_code_with(agent, code, Value::UNDEFINED, this, Value::UNDEFINED, env)
}

/// Runs code with everything a frame can hold.
pub fn run_code_with(
    agent: &mut Agent,
    code: Gc<LinkedCode>,
    callee: Value,
    this: Value,
    new_target: Value,
    env: Option<Environment>,
) -> JsResult<Value> {
    agent.check_native_stack()?;
    let nf = new_window(agent, callee, this, &[])?;
    let entry = Entry {
        new_target,
        ..Entry::from_rust(agent, 0)
    };
    let realm = agent.realm;
    let frame = push_code(agent, nf, code, env, 0, &entry, entry.new_target);
    let result = run_entry(agent, frame);
    agent.realm = realm;
    result
}

/// Leaves a frame with result `v` where the frame's flags ask for more than the fast path does.
#[inline(never)]
pub fn leave(agent: &mut Agent, f: Frame, v: Value) -> Frame {
    let info = f.info();
    let mut v = v;
    if info & FLAG_CONSTRUCT != 0 && !v.is_object() {
        v = f.reg(THIS);
    }
    pop(agent, f, v)
}

/// Pops a frame and gives `v` to its caller.
#[inline(never)]
pub fn pop(agent: &mut Agent, f: Frame, v: Value) -> Frame {
    let info = f.info();
    let caller = f.caller();
    vm(agent).set_fp(caller);
    if info & FLAG_ENTRY != 0 {
        f.set(CALLEE, v);
        return Frame::exit(f.fp);
    }
    if info & FLAG_REALM != 0 {
        agent.realm = Frame::saved(caller).code().realm();
    }
    if info & FLAG_ITERATOR != 0 {
        return or_throw(iteration::receive(agent, Frame::saved(caller), v));
    }
    let to = Frame {
        fp: caller,
        pc: f.reg(RETURN_PC).bits() as Pc,
    };
    to.set((info >> DST_SHIFT & 0xFFFF) as usize, v);
    to
}

/// Copies the elements of the array in the window's first argument over the arguments; their number.
#[inline(never)]
pub fn spread_arguments(agent: &mut Agent, f: Frame, base: usize) -> JsResult<Option<usize>> {
    let Some(list) = f.reg(base + ARGS).as_object() else {
        return Ok(Some(0));
    };
    let n = array::length_of(list).unwrap_or(0) as usize;
    let room = f.code().register_count() as usize - base;
    if ARGS + n > room {
        return Ok(None);
    }
    let _ = agent;
    for i in 0..n {
        f.set(base + ARGS + i, list.dense_element(i as u32));
    }
    Ok(Some(n))
}

/// The elements of an argument list as a rooted list.
pub fn argument_list(agent: &mut Agent, list: Value) -> sarus_gc::RootVec<Value> {
    let mut all = agent.heap.root_vec::<Value>();
    if let Some(list) = list.as_object() {
        let n = array::length_of(list).unwrap_or(0);
        all.reserve(n as usize);
        for i in 0..n {
            all.push(list.dense_element(i).or_undefined());
        }
    }
    all
}

/// `CallSpread`.
#[inline(never)]
pub fn call_spread(agent: &mut Agent, f: Frame) -> Frame {
    site::record_callee(agent, f, f.reg(f.bc()));
    or_throw(call_spread_window(agent, f))
}

fn call_spread_window(agent: &mut Agent, f: Frame) -> JsResult<Frame> {
    let base = f.bc();
    if let Some(argc) = spread_arguments(agent, f, base)? {
        return call_window(agent, f, base, argc, f.a());
    }
    // Too many for the caller's frame: a window of their own above it.
    let list = argument_list(agent, f.reg(base + ARGS));
    let nf = new_window(agent, f.reg(base), f.reg(base + THIS), list.as_slice())?;
    let callee = f.reg(base);
    match callee.as_object() {
        Some(o) if o.is(CellKind::Function) => {
            call_at(agent, f, nf, list.len(), Entry::from_frame(f, f.a(), 0))
        }
        _ if callee.is_callable() => {
            let v = call_value(agent, callee, f.reg(base + THIS), list.as_slice())?;
            f.set(f.a(), v);
            Ok(f.next())
        }
        _ => Err(exception::not_a_function(agent, f, callee)),
    }
}

/// `CallEval`.
#[inline(never)]
pub fn call_eval(agent: &mut Agent, f: Frame) -> Frame {
    let base = f.bc();
    if !eval::is_eval(agent, f.reg(base)) {
        return call(agent, f);
    }
    let source = if f.x(2) == 0 {
        Value::UNDEFINED
    } else {
        f.reg(base + ARGS)
    };
    direct_eval(agent, f, source, 3)
}

/// `CallEvalSpread`.
#[inline(never)]
pub fn call_eval_spread(agent: &mut Agent, f: Frame) -> Frame {
    let base = f.bc();
    if !eval::is_eval(agent, f.reg(base)) {
        return call_spread(agent, f);
    }
    let list = argument_list(agent, f.reg(base + ARGS));
    let source = list.first().copied().unwrap_or(Value::UNDEFINED);
    direct_eval(agent, f, source, 2)
}

fn direct_eval(agent: &mut Agent, f: Frame, source: Value, site: usize) -> Frame {
    match eval::direct_eval(agent, f, source, f.x(site) as usize) {
        Ok(v) => {
            f.set(f.a(), v);
            f.next()
        }
        Err(Throw) => Frame::THROW,
    }
}

/// `CoerceThis` when `this` is not an object.
#[inline(never)]
pub fn coerce_this(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let this = f.reg(THIS);
    let v = if this.is_nullish() {
        agent.realm.global_this()
    } else {
        to_object(agent, this)?.into()
    };
    f.set(THIS, v);
    Ok(())
}
