//! Generators and async functions: saving frames to generator cells, resuming them.

use crate::call::{Entry, pop};
use crate::exception;
use crate::frame::*;
use crate::iteration;
use crate::tier;
use crate::vm::vm;
use sarus_bytecode::{DELEGATE_RECORD, NO_REGISTER, Op};
use sarus_gc::Gc;
use sarus_runtime::abstract_ops::{
    create_iter_result, get_prototype_from_constructor, read_iter_result,
};
use sarus_runtime::agent::{Agent, ResumeMode};
use sarus_runtime::builtins::{self, async_generator, promise};
use sarus_runtime::code::LinkedCode;
use sarus_runtime::error::{JsResult, Throw};
use sarus_runtime::object::Object;
use sarus_runtime::object::generator::{GeneratorCell, GeneratorKind, GeneratorState, Suspension};
use sarus_runtime::object::promise::PromiseState;
use sarus_runtime::realm::Intrinsic;
use sarus_runtime::value::Value;

/// The generator object or async activation of a frame.
fn activation(f: Frame) -> Option<(Object, Gc<GeneratorCell>)> {
    let reg = f.code().block().generator_reg;
    if reg == NO_REGISTER {
        return None;
    }
    let o = f.reg(reg as usize).as_object()?;
    Some((o, o.as_generator()?))
}

/// Longer frames are copied as a block.
const MAX_WORDS: usize = 64;

/// Copies a frame's words one by one: they were just written as such (or will be read so), and wider accesses would have to wait
/// until the writes reach the cache.
///
/// # Safety
/// `count` words at both addresses are valid, and apart.
#[inline(always)]
unsafe fn copy_words(from: *const u64, to: *mut u64, count: usize) {
    if count > MAX_WORDS {
        // SAFETY: by the caller's promise.
        return unsafe { std::ptr::copy_nonoverlapping(from, to, count) };
    }
    for i in 0..count {
        // SAFETY: by the caller's promise. Volatile, so that the loop stays one.
        unsafe { to.add(i).write_volatile(from.add(i).read_volatile()) };
    }
}

/// Copies the frame to the cell.
#[inline(always)]
fn save_frame(agent: &Agent, f: Frame, cell: Gc<GeneratorCell>, suspension: Suspension) {
    agent.heap.write_barrier(cell.header());
    let words = cell.words();
    // SAFETY: the cell was made for frames of that code, which have as many words; the stack and the cell are apart.
    unsafe {
        let to = words.as_ptr().cast_mut().cast::<u64>();
        copy_words(f.fp.cast::<u64>(), to, words.len());
    }
    cell.set_suspension(suspension, f.offset());
}

/// The saved words as a frame, for reading.
#[inline(always)]
fn saved_frame(cell: Gc<GeneratorCell>) -> Frame {
    Frame {
        fp: cell.words().as_ptr().cast_mut().cast(),
        pc: std::ptr::null(),
    }
}

/// Forgets the frame of an activation that ended.
fn drop_frame(cell: Gc<GeneratorCell>) {
    cell.set_state(GeneratorState::Completed);
    for word in cell.words() {
        word.set(0);
    }
}

/// Copies the frame of an activation to the top of the stack, which is `nf`, and makes it the current one. The position is that
/// of the instruction that suspended it.
#[inline]
fn restore_frame(
    agent: &mut Agent,
    cell: Gc<GeneratorCell>,
    nf: Fp,
    entry: Entry,
) -> JsResult<Frame> {
    let vm = vm(agent);
    debug_assert_eq!(nf, vm.top());
    let words = cell.words();
    if nf.wrapping_add(words.len()) > vm.limit() {
        return Err(agent.stack_overflow());
    }
    let f = Frame {
        fp: nf,
        pc: std::ptr::null(),
    };
    // SAFETY: the stack has room for the frame (asked for just above), and the cell is elsewhere.
    unsafe {
        copy_words(words.as_ptr().cast::<u64>(), nf.cast::<u64>(), words.len());
    }
    let code = saved_frame(cell).code();
    let mut info = entry.info | FLAG_RESUMED;
    if cell.generator_kind() == GeneratorKind::AsyncFunction {
        info |= FLAG_ASYNC;
    }
    if agent.realm != code.realm() {
        info |= FLAG_REALM;
        agent.realm = code.realm();
    }
    f.set(CALLER, Value::from_bits(entry.caller as u64));
    f.set(RETURN_PC, Value::from_bits(entry.return_pc as u64));
    f.set(INFO, Value::from_bits(info));
    cell.forget_resume();
    let (_, offset) = cell.suspension();
    let f = Frame {
        fp: nf,
        pc: code.words().wrapping_add(offset as usize),
    };
    f.save();
    vm.set_fp(nf);
    Ok(f)
}

/// The code of a suspended activation.
#[inline(always)]
pub fn code_of(cell: Gc<GeneratorCell>) -> Gc<LinkedCode> {
    saved_frame(cell).code()
}

/// Of a frame that compiled code entered with the registers still in the generator's cell: fetches all of them. The position
/// becomes that at which the generator goes on.
pub fn fetch_registers(fp: Fp) {
    let f = Frame {
        fp,
        pc: std::ptr::null(),
    };
    let info = f.info();
    if info & FLAG_IN_CELL == 0 {
        return;
    }
    let Some(cell) = f.reg(NEW_TARGET).as_object().and_then(|o| o.as_generator()) else {
        return;
    };
    let words = cell.words();
    for (i, word) in words.iter().enumerate() {
        if !matches!(i, CALLER | RETURN_PC | CODE | INFO | SAVED_PC) {
            f.set(i, Value::from_bits(word.get()));
        }
    }
    f.set(INFO, Value::from_bits(info & !FLAG_IN_CELL));
    let (_, offset) = cell.suspension();
    let at = Frame {
        fp,
        pc: f.code().words().wrapping_add(offset as usize),
    };
    match at.op() {
        Op::Yield => at.jump(1).save(),
        Op::YieldDelegate => {
            f.set(at.c(), Value::int(ResumeMode::Next as i32));
            at.next().save();
        }
        _ => at.next().save(),
    }
}

/// Delivers the resumption to a restored frame: where it goes on. A throw is on its way if that is `Frame::THROW`.
fn deliver(
    agent: &mut Agent,
    f: Frame,
    suspension: Suspension,
    mode: ResumeMode,
    v: Value,
) -> Frame {
    match (suspension, mode) {
        (Suspension::Start, _) => f.next(),
        (Suspension::Delegate, _) => {
            f.set(f.a(), v);
            f.set(f.c(), Value::int(mode as i32));
            f.next()
        }
        (_, ResumeMode::Throw) => {
            let _ = agent.throw(v);
            Frame::THROW
        }
        (Suspension::Yield, ResumeMode::Next) => {
            f.set(f.a(), v);
            f.jump(1)
        }
        _ => {
            f.set(f.a(), v);
            f.next()
        }
    }
}

/// Resumes an activation from Rust and runs it until it suspends or ends: what it gives.
pub fn resume(agent: &mut Agent, o: Object, mode: ResumeMode, v: Value) -> JsResult<Value> {
    agent.check_native_stack()?;
    let Some(cell) = o.as_generator() else {
        return Err(agent.type_error("not a generator"));
    };
    let realm = agent.realm;
    let (suspension, _) = cell.suspension();
    let nf = vm(agent).top();
    if mode == ResumeMode::Next
        && let Some(v) = {
            let caller = vm(agent).fp();
            tier::resume_in_cell(agent, cell, caller, nf, v)
        }
    {
        agent.realm = realm;
        return match cell.generator_kind() {
            GeneratorKind::Sync => result_of(agent, cell, v),
            _ if v == Value::EXCEPTION => Err(Throw),
            _ => Ok(v),
        };
    }
    let entry = Entry::from_rust(agent, 0);
    let f = restore_frame(agent, cell, nf, entry)?;
    cell.set_state(GeneratorState::Executing);
    let mut to = deliver(agent, f, suspension, mode, v);
    if to.is_throw() {
        to = exception::unwind(agent, f.fp);
        if to.pc.is_null() {
            agent.realm = realm;
            if to.fp.is_null() {
                return Err(Throw);
            }
            // An exit names the frame that was left, whose first word holds the result.
            return Ok(to.reg(CALLEE));
        }
    }
    let result = match tier::resume(agent, to) {
        Some(v) => Some(v).filter(|v| *v != Value::EXCEPTION),
        None => crate::dispatch::run(agent, to),
    };
    agent.realm = realm;
    result.ok_or(Throw)
}

/// The result object for what a generator was left with that was stepped.
fn result_of(agent: &mut Agent, cell: Gc<GeneratorCell>, v: Value) -> JsResult<Value> {
    if v == Value::EXCEPTION {
        return Err(Throw);
    }
    let done = cell.state() == GeneratorState::Completed;
    if !done && cell.passes_result() {
        return Ok(v);
    }
    Ok(create_iter_result(agent, v, done))
}

/// How a step of `for-of` begins.
enum Step {
    /// Not a generator with the builtin `next` that is suspended or not started.
    Other,
    /// It is done.
    Done,
    /// Its cell, and what suspended it.
    Suspended(Gc<GeneratorCell>, Suspension),
}

#[inline(always)]
fn is_builtin_next(next: Value) -> bool {
    let native = next.as_object().and_then(|n| n.as_native());
    native.is_some_and(|n| std::ptr::fn_addr_eq(n.function(), builtins::generator::NEXT))
}

#[inline]
fn begin_step(iterator: Value, next: Value) -> Step {
    let Some(cell) = iterator.as_object().and_then(|o| o.as_generator()) else {
        return Step::Other;
    };
    if !is_builtin_next(next) || cell.generator_kind() != GeneratorKind::Sync {
        return Step::Other;
    }
    match cell.state() {
        GeneratorState::SuspendedStart | GeneratorState::SuspendedYield => {}
        GeneratorState::Completed => return Step::Done,
        _ => return Step::Other,
    }
    Step::Suspended(cell, cell.suspension().0)
}

/// Makes the frame of a generator current and delivers `undefined` to it: where it goes on.
#[inline]
fn enter_step(
    agent: &mut Agent,
    f: Frame,
    cell: Gc<GeneratorCell>,
    suspension: Suspension,
    info: u64,
) -> JsResult<Frame> {
    let entry = Entry {
        caller: f.fp,
        return_pc: std::ptr::null(),
        info,
        new_target: Value::UNDEFINED,
    };
    // That frame is the current one: asking it, not the agent, the processor need not wait for what the last step stored there.
    let g = restore_frame(agent, cell, f.top(), entry)?;
    cell.set_state(GeneratorState::Executing);
    let mode = ResumeMode::Next;
    Ok(deliver(agent, g, suspension, mode, Value::UNDEFINED))
}

/// A step of `for-of` over a generator with the builtin `next`: goes on in the generator's frame. None if it is not that.
pub fn step_in_place(
    agent: &mut Agent,
    f: Frame,
    iterator: Value,
    next: Value,
) -> JsResult<Option<Frame>> {
    match begin_step(iterator, next) {
        Step::Other => Ok(None),
        Step::Done => Ok(Some(iteration::receive_value(f, Value::UNDEFINED, true))),
        Step::Suspended(cell, suspension) => {
            if let Some(v) = tier::resume_in_cell(agent, cell, f.fp, f.top(), Value::UNDEFINED) {
                return received(agent, f, cell, v).map(Some);
            }
            let to = enter_step(agent, f, cell, suspension, FLAG_ITERATOR)?;
            step_natively(agent, f, cell, to)
        }
    }
}

/// A step of compiled code in the frame `f` over what is probably a generator: the value, the hole at the end, `EXCEPTION`, or
/// `LAZY` if it has to be done the general way.
pub fn step_compiled(agent: &mut Agent, f: Frame, iterator: Value, next: Value) -> Value {
    let cell = match begin_step(iterator, next) {
        Step::Other => return Value::LAZY,
        Step::Done => return Value::HOLE,
        Step::Suspended(cell, _) => cell,
    };
    let v = resume_plainly(agent, f, cell, Value::UNDEFINED);
    stepped(agent, cell, v)
}

/// Resumes a generator with a value for compiled code in the frame `f`: what it is left with, or `EXCEPTION`. Its state says whether it
/// is done, or passed on the result object of another iterator.
pub fn resume_compiled(
    agent: &mut Agent,
    f: Frame,
    callee: Object,
    this: Object,
    v: Value,
) -> Value {
    if let Some(cell) = this.as_generator()
        && cell.generator_kind() == GeneratorKind::Sync
    {
        match cell.state() {
            GeneratorState::Completed => return Value::UNDEFINED,
            GeneratorState::SuspendedStart | GeneratorState::SuspendedYield => {
                return resume_plainly(agent, f, cell, v);
            }
            _ => {}
        }
    }
    // An error.
    match crate::call::call_native(agent, callee, this.into(), &[v], Value::UNDEFINED) {
        Ok(v) => v,
        Err(Throw) => Value::EXCEPTION,
    }
}

/// Resumes a suspended generator from compiled code in the frame `f`: what it is left with, without a result object.
fn resume_plainly(agent: &mut Agent, f: Frame, cell: Gc<GeneratorCell>, v: Value) -> Value {
    let realm = agent.realm;
    let (suspension, _) = cell.suspension();
    if let Some(v) = tier::resume_in_cell(agent, cell, f.fp, f.top(), v) {
        agent.realm = realm;
        return v;
    }
    let entry = Entry {
        caller: f.fp,
        return_pc: std::ptr::null(),
        info: FLAG_ENTRY | FLAG_STEP,
        new_target: Value::UNDEFINED,
    };
    let Ok(g) = restore_frame(agent, cell, f.top(), entry) else {
        return Value::EXCEPTION;
    };
    cell.set_state(GeneratorState::Executing);
    let to = deliver(agent, g, suspension, ResumeMode::Next, v);
    let v = match tier::resume(agent, to) {
        Some(v) => v,
        None => match agent.check_native_stack() {
            Ok(()) => crate::dispatch::run(agent, to).unwrap_or(Value::EXCEPTION),
            Err(Throw) => {
                drop_frame(cell);
                vm(agent).set_fp(f.fp);
                Value::EXCEPTION
            }
        },
    };
    agent.realm = realm;
    v
}

/// What a step gives whose generator was left with `v`: the value, the hole at the end, or `EXCEPTION`.
fn stepped(agent: &mut Agent, cell: Gc<GeneratorCell>, v: Value) -> Value {
    if v == Value::EXCEPTION {
        return v;
    }
    if cell.state() == GeneratorState::Completed {
        return Value::HOLE;
    }
    if cell.passes_result() {
        // `v` is the inner iterator's result object.
        return match iteration::unwrap_result(agent, v) {
            Ok(v) => v.unwrap_or(Value::HOLE),
            Err(Throw) => Value::EXCEPTION,
        };
    }
    v
}

/// [`stepped`], for compiled code that entered a generator itself.
pub fn after_step(agent: &mut Agent, iterator: Object, v: Value) -> Value {
    match iterator.as_generator() {
        Some(cell) => stepped(agent, cell, v),
        None => v,
    }
}

/// Closes a generator by the builtin `return` if nothing of it would run: it has not started, is done, or no handler is around
/// the `yield` it waits at. Nobody sees the result object, so there is none.
pub fn close_in_place(o: Object, method: Value) -> bool {
    let Some(cell) = o.as_generator() else {
        return false;
    };
    let builtin = method
        .as_object()
        .and_then(|n| n.as_native())
        .is_some_and(|n| std::ptr::fn_addr_eq(n.function(), builtins::generator::RETURN));
    if !builtin || cell.generator_kind() != GeneratorKind::Sync {
        return false;
    }
    match cell.state() {
        GeneratorState::Completed => return true,
        GeneratorState::SuspendedStart => {}
        GeneratorState::SuspendedYield => {
            let (suspension, offset) = cell.suspension();
            if suspension != Suspension::Yield || !returns_at_once(cell, offset) {
                return false;
            }
        }
        _ => return false,
    }
    drop_frame(cell);
    true
}

/// Whether a `return` at the `yield` at that offset just ends the generator.
fn returns_at_once(cell: Gc<GeneratorCell>, offset: u32) -> bool {
    let frame = saved_frame(cell);
    let code = frame.code();
    let at = Frame {
        fp: frame.fp,
        pc: code.words().wrapping_add(offset as usize),
    };
    let (mut next, mut value) = (at.next(), at.a());
    if next.op() == Op::Move && next.b() == value {
        (next, value) = (next.next(), next.a());
    }
    next.op() == Op::GeneratorReturn && next.a() == value
}

/// Calls the builtin `next` of generators for compiled code.
pub fn call_next(agent: &mut Agent, callee: Object, this: Value, v: Value) -> JsResult<Value> {
    if let Some(o) = this.as_object()
        && let Some(cell) = o.as_generator()
        && cell.generator_kind() == GeneratorKind::Sync
        && matches!(
            cell.state(),
            GeneratorState::SuspendedStart | GeneratorState::SuspendedYield
        )
        && callee.as_native().is_some_and(|n| n.realm() == agent.realm)
    {
        return resume(agent, o, ResumeMode::Next, v);
    }
    crate::call::call_native(agent, callee, this, &[v], Value::UNDEFINED)
}

/// A step whose generator's frame is restored, in compiled code if there is some.
fn step_natively(
    agent: &mut Agent,
    f: Frame,
    cell: Gc<GeneratorCell>,
    to: Frame,
) -> JsResult<Option<Frame>> {
    let info = to.info();
    to.set(
        INFO,
        Value::from_bits(info & !(FLAG_ITERATOR | FLAG_REALM) | FLAG_ENTRY | FLAG_STEP),
    );
    let Some(v) = tier::resume(agent, to) else {
        to.set(INFO, Value::from_bits(info));
        return Ok(Some(to));
    };
    received(agent, f, cell, v).map(Some)
}

/// Where the frame of a step goes on whose generator was left with `v`.
fn received(agent: &mut Agent, f: Frame, cell: Gc<GeneratorCell>, v: Value) -> JsResult<Frame> {
    agent.realm = f.code().realm();
    if v == Value::EXCEPTION {
        return Err(Throw);
    }
    if cell.state() == GeneratorState::Completed {
        return Ok(iteration::receive_value(f, v, true));
    }
    if cell.passes_result() {
        // `v` is the inner iterator's result object.
        return iteration::receive(agent, f, v);
    }
    Ok(iteration::receive_value(f, v, false))
}

/// Leaves a resumed generator's frame with a value for the consumer.
fn leave_generator(agent: &mut Agent, f: Frame, v: Value, done: bool) -> Frame {
    if f.info() & FLAG_ITERATOR != 0 {
        let caller = f.caller();
        vm(agent).set_fp(caller);
        let to = Frame::saved(caller);
        agent.realm = to.code().realm();
        return iteration::receive_value(to, v, done);
    }
    if f.info() & FLAG_STEP != 0 {
        return pop(agent, f, v);
    }
    let result = create_iter_result(agent, v, done);
    pop(agent, f, result)
}

/// `GeneratorStart`.
#[inline(never)]
pub fn generator_start(agent: &mut Agent, f: Frame) -> Frame {
    let is_async = f.code().block().flags.is_async;
    let (kind, default) = if is_async {
        (GeneratorKind::Async, Intrinsic::AsyncGeneratorPrototype)
    } else {
        (GeneratorKind::Sync, Intrinsic::GeneratorPrototype)
    };
    let Some(callee) = f.reg(CALLEE).as_object() else {
        return Frame::THROW;
    };
    let Ok(proto) = get_prototype_from_constructor(agent, callee, default) else {
        return Frame::THROW;
    };
    let o = agent.new_generator(kind, Some(proto), f.code().register_count() as usize);
    f.set(f.a(), o.into());
    if let Some(cell) = o.as_generator() {
        save_frame(agent, f, cell, Suspension::Start);
        if is_async {
            let queue = agent.new_array();
            cell.set_payload(agent, queue.into());
        }
    }
    pop(agent, f, o.into())
}

/// `Yield`.
#[inline(never)]
pub fn yield_(agent: &mut Agent, f: Frame) -> Frame {
    suspend_yield(agent, f, f.reg(f.b()), Suspension::Yield)
}

/// `YieldDelegate`.
#[inline(never)]
pub fn yield_delegate(agent: &mut Agent, f: Frame) -> Frame {
    suspend_yield(agent, f, f.reg(f.b()), Suspension::Delegate)
}

fn suspend_yield(agent: &mut Agent, f: Frame, v: Value, suspension: Suspension) -> Frame {
    let Some((o, cell)) = activation(f) else {
        return Frame::THROW;
    };
    save_frame(agent, f, cell, suspension);
    cell.set_state(GeneratorState::SuspendedYield);
    if cell.generator_kind() == GeneratorKind::Async {
        if async_generator::complete_step(agent, o, ResumeMode::Next, v, false).is_err() {
            return Frame::THROW;
        }
        return pop(agent, f, Value::UNDEFINED);
    }
    if suspension == Suspension::Delegate {
        if f.info() & FLAG_STEP != 0
            && let Some(v) = delegated_value(agent, f, v)
        {
            return pop(agent, f, v);
        }
        // `v` is the inner iterator's result object; `pop` lets a waiting step take it apart.
        cell.set_passes_result(true);
        return pop(agent, f, v);
    }
    leave_generator(agent, f, v, false)
}

/// What the result object at a `yield*` says, if the inner iterator is a generator that made the object itself: then nobody has it
/// but the frame, and nobody sees whether it is there.
fn delegated_value(agent: &Agent, f: Frame, result: Value) -> Option<Value> {
    let base = f.a().checked_sub(DELEGATE_RECORD)?;
    let inner = f.reg(base).as_object()?.as_generator()?;
    let made = is_builtin_next(f.reg(base + 1))
        && inner.generator_kind() == GeneratorKind::Sync
        && !inner.passes_result();
    let (value, done) = read_iter_result(agent, result).filter(|_| made)?;
    (done == Value::FALSE).then_some(value)
}

/// `GeneratorReturn`.
#[inline(never)]
pub fn generator_return(agent: &mut Agent, f: Frame) -> Frame {
    let v = f.reg(f.a());
    if let Some((_, cell)) = activation(f) {
        drop_frame(cell);
    }
    leave_generator(agent, f, v, true)
}

/// An exception leaves a resumed frame: where to go on if that ends here.
#[inline(never)]
pub fn generator_throw(agent: &mut Agent, f: Frame) -> Option<Frame> {
    let (o, cell) = activation(f)?;
    drop_frame(cell);
    if cell.generator_kind() != GeneratorKind::Async || agent.fault.is_some() {
        return None;
    }
    let reason = agent.take_exception()?;
    cell.set_state(GeneratorState::DrainingQueue);
    match async_generator::complete_step(agent, o, ResumeMode::Throw, reason, true) {
        Ok(()) => Some(pop(agent, f, Value::UNDEFINED)),
        Err(Throw) => None,
    }
}

/// `AsyncGeneratorReturn`.
#[inline(never)]
pub fn async_generator_return(agent: &mut Agent, f: Frame) -> Frame {
    let v = f.reg(f.a());
    if let Some((o, cell)) = activation(f) {
        drop_frame(cell);
        cell.set_state(GeneratorState::DrainingQueue);
        if async_generator::complete_step(agent, o, ResumeMode::Next, v, true).is_err() {
            return Frame::THROW;
        }
    }
    pop(agent, f, Value::UNDEFINED)
}

// ---- async functions -----------------------------------------------------------------------------------------------

/// `AsyncStart`.
#[inline(never)]
pub fn async_start(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let o = agent.new_generator(
        GeneratorKind::AsyncFunction,
        None,
        f.code().register_count() as usize,
    );
    f.set(f.a(), o.into());
    if let Some(cell) = o.as_generator() {
        cell.set_state(GeneratorState::Executing);
        // Compiled code keeps only what changes where it suspends.
        for (i, word) in cell.words().iter().enumerate().take(ARGS) {
            word.set(f.reg(i).bits());
        }
        if let Some(own) = cell.words().get(f.a()) {
            own.set(Value::from(o).bits());
        }
        let promise = promise::new_promise(agent);
        cell.set_payload(agent, promise.into());
    }
    // A module's body is resumed once before it gets here; only its own suspensions count.
    f.set(
        INFO,
        Value::from_bits(f.info() & !FLAG_RESUMED | FLAG_ASYNC),
    );
    Ok(())
}

/// Leaves the frame of an async function: to its caller with the promise, or to the job that resumed it.
fn leave_async(agent: &mut Agent, f: Frame, cell: Gc<GeneratorCell>) -> Frame {
    let v = if f.info() & FLAG_RESUMED != 0 {
        Value::UNDEFINED
    } else {
        cell.payload()
    };
    pop(agent, f, v)
}

/// `Await`.
#[inline(never)]
pub fn await_(agent: &mut Agent, f: Frame) -> Frame {
    let Some((o, cell)) = activation(f) else {
        return Frame::THROW;
    };
    let Ok(awaited) = awaited(agent, f.reg(f.b())) else {
        return Frame::THROW;
    };
    save_frame(agent, f, cell, Suspension::Await);
    wait_for(agent, o, awaited);
    if cell.generator_kind() == GeneratorKind::Async {
        return pop(agent, f, Value::UNDEFINED);
    }
    leave_async(agent, f, cell)
}

/// An `await` of an async function that runs compiled: what the frame `f` is left with, once the code has stored what lives to the
/// activation. The hole, with nothing done, if the instruction has to be run as it is.
pub fn await_in_place(agent: &mut Agent, f: Frame, o: Object, v: Value) -> Value {
    let Some(cell) = o.as_generator() else {
        return Value::HOLE;
    };
    let awaited = match v.as_object() {
        None => Awaited::Value(v),
        Some(p) if promise::is_plain(agent, p) => Awaited::of_promise(p),
        Some(_) => return Value::HOLE,
    };
    wait_for(agent, o, awaited);
    match f.info() & FLAG_RESUMED {
        0 => cell.payload(),
        _ => Value::UNDEFINED,
    }
}

/// What an `await` waits for.
enum Awaited {
    /// A value that is there: of no object, or of a fulfilled promise. Nobody sees a promise, so there is none.
    Value(Value),
    /// A promise.
    Promise(Object),
}

impl Awaited {
    #[inline]
    fn of_promise(promise: Object) -> Awaited {
        match promise::fulfilled_value(promise) {
            Some(v) => Awaited::Value(v),
            None => Awaited::Promise(promise),
        }
    }
}

/// PromiseResolve(%Promise%, v).
fn awaited(agent: &mut Agent, v: Value) -> JsResult<Awaited> {
    let Some(o) = v.as_object() else {
        return Ok(Awaited::Value(v));
    };
    if promise::is_plain(agent, o) {
        return Ok(Awaited::of_promise(o));
    }
    let c = agent.intrinsic(Intrinsic::Promise);
    let promise = match v.as_promise() {
        Some(p) => {
            let key = agent.names.constructor;
            match iteration::cached_get(agent, v, key)? == c.into() {
                true => p,
                false => promise::resolve_in_new(agent, c, v)?,
            }
        }
        None => promise::resolve_in_new(agent, c, v)?,
    };
    Ok(Awaited::of_promise(promise))
}

/// Lets a suspended activation go on when what it awaits is there.
#[inline]
fn wait_for(agent: &mut Agent, o: Object, awaited: Awaited) {
    match awaited {
        Awaited::Value(v) => {
            let context = agent.async_context;
            promise::continue_activation(agent, o, PromiseState::Fulfilled, v, context);
        }
        Awaited::Promise(p) => promise::await_promise(agent, p, o, continue_await),
    }
}

/// The job of an `await` whose promise is settled.
pub fn awaited_job(agent: &mut Agent, values: &[Value; 4]) -> JsResult<()> {
    let [activation, v, rejected, context] = *values;
    let state = match rejected.is_true() {
        true => PromiseState::Rejected,
        false => PromiseState::Fulfilled,
    };
    let saved = std::mem::replace(&mut agent.async_context, context);
    let result = match continue_in_cell(agent, activation, state, v) {
        Some(result) => result,
        None => continue_await(agent, activation, state, v),
    };
    agent.async_context = saved;
    match result {
        Err(t) if agent.fault.is_some() => Err(t),
        _ => Ok(()),
    }
}

/// Goes on with an async function that compiled code suspended, in that code, if it can.
#[inline]
fn continue_in_cell(
    agent: &mut Agent,
    activation: Value,
    state: PromiseState,
    v: Value,
) -> Option<JsResult<()>> {
    let cell = activation.as_object()?.as_generator()?;
    if state != PromiseState::Fulfilled || cell.generator_kind() != GeneratorKind::AsyncFunction {
        return None;
    }
    let (realm, vm) = (agent.realm, vm(agent));
    let (caller, nf) = (vm.fp(), vm.top());
    let v = tier::resume_in_cell(agent, cell, caller, nf, v)?;
    agent.realm = realm;
    Some(match v {
        Value::EXCEPTION => Err(Throw),
        _ => Ok(()),
    })
}

/// The awaited promise settled.
#[inline(never)]
fn continue_await(
    agent: &mut Agent,
    activation: Value,
    state: PromiseState,
    v: Value,
) -> JsResult<()> {
    let Some(o) = activation.as_object() else {
        return Ok(());
    };
    let mode = if state == PromiseState::Rejected {
        ResumeMode::Throw
    } else {
        ResumeMode::Next
    };
    match o.as_generator() {
        Some(cell) if cell.generator_kind() == GeneratorKind::Async => {
            async_generator::resume_after(agent, o, mode, v)
        }
        _ => resume(agent, o, mode, v).map(|_| ()),
    }
}

/// `AsyncReturn`.
#[inline(never)]
pub fn async_return(agent: &mut Agent, f: Frame) -> Frame {
    let Some((_, cell)) = activation(f) else {
        return Frame::THROW;
    };
    let v = f.reg(f.a());
    if let Some(p) = cell.payload().as_object()
        && promise::resolve_promise(agent, p, v).is_err()
    {
        return Frame::THROW;
    }
    drop_frame(cell);
    leave_async(agent, f, cell)
}

/// An exception leaves the frame of an async function.
#[inline(never)]
pub fn async_throw(agent: &mut Agent, f: Frame) -> Frame {
    let Some((_, cell)) = activation(f) else {
        return Frame::THROW;
    };
    let reason = agent.take_exception().unwrap_or(Value::UNDEFINED);
    if let Some(p) = cell.payload().as_object() {
        promise::reject_promise(agent, p, reason);
    }
    drop_frame(cell);
    vm(agent).set_fp(f.fp);
    leave_async(agent, f, cell)
}
