//! Entering codes natively: the entry of bytecode, and of compiled code from the interpreter.
//!
//! A compiled activation is always an entry frame (`FLAG_ENTRY`): whoever entered it gets the result natively and does what
//! the frame's other flags ask for.

use super::{Installed, exits, policy};
use crate::exception;
use crate::frame::*;
use crate::generator;
use crate::iteration;
use crate::vm::{Vm, poll, vm};
use sarus_bytecode::Op;
use sarus_gc::Gc;
use sarus_runtime::agent::Agent;
use sarus_runtime::code::{CALL_ACTUALS, CALL_ARROW, CALL_SPECIAL, EntryKind, LinkedCode};
use sarus_runtime::error::{JsResult, Throw};
use sarus_runtime::function::FunctionCell;
use sarus_runtime::object::Object;
use sarus_runtime::object::generator::{GeneratorCell, GeneratorKind, GeneratorState};
use sarus_runtime::tier::NativeEntry;
use sarus_runtime::value::Value;

/// The native entry of codes without compiled code.
///
/// # Safety
/// `agent` is valid and unborrowed; `fp` is its innermost frame, complete, of verified code, with `FLAG_ENTRY`.
pub unsafe extern "C" fn interpret(agent: *mut Agent, fp: Fp) -> u64 {
    // SAFETY: by the caller's promise.
    let agent = unsafe { &mut *agent };
    let start = Frame {
        fp,
        pc: std::ptr::null(),
    };
    let code = start.code();
    let f = Frame {
        fp,
        pc: code.words(),
    };
    f.save();
    if check(agent, f).is_err() {
        return Value::EXCEPTION.bits();
    }
    let left = code.budget.get() - 1;
    code.budget.set(left);
    if left <= 0 {
        policy::call_budget_spent(agent, code);
        if code.entry() == EntryKind::Compiled && vm(agent).tier.has_native_stack() {
            // SAFETY: as for this function.
            return unsafe { code.native_entry()(agent, fp) };
        }
    }
    run_bytecode(agent, f)
}

fn run_bytecode(agent: &mut Agent, f: Frame) -> u64 {
    let result = crate::dispatch::run(agent, f);
    result.unwrap_or(Value::EXCEPTION).bits()
}

/// What compiled code does when its prologue finds a stack limit or an interrupt: 0 to go on, else the result of the frame,
/// which is left then. Loops are entered with the position saved.
pub fn enter_slow(agent: &mut Agent, fp: Fp, is_loop: bool) -> u64 {
    generator::fetch_registers(fp);
    let mut f = Frame::saved(fp);
    let goes_on = is_loop || f.info() & FLAG_RESUMED != 0;
    if !goes_on {
        f.pc = f.code().words();
        f.save();
        let profile = &vm(agent).tier.profile;
        profile.set_in_compiled_code(true);
        let checked = check(agent, f);
        profile.set_in_compiled_code(false);
        if checked.is_err() {
            return Value::EXCEPTION.bits();
        }
    } else if vm(agent).interrupted() && compiled_poll(agent).is_err() {
        return throw_out(agent, f);
    }
    let end = fp.wrapping_add(super::stack_words(f.code()) as usize);
    if end > vm(agent).limit() || !vm(agent).tier.has_native_stack() {
        return run_bytecode(agent, f);
    }
    0
}

/// An exception leaves an activation that runs natively: its result, or `EXCEPTION`. The caller's frame is current then.
pub fn throw_out(agent: &mut Agent, f: Frame) -> u64 {
    let info = f.info();
    vm(agent).set_fp(f.fp);
    let to = if agent.fault.is_none() && info & FLAG_ASYNC != 0 {
        agent.realm = f.code().realm();
        Some(generator::async_throw(agent, f))
    } else if info & FLAG_RESUMED != 0 {
        generator::generator_throw(agent, f)
    } else {
        None
    };
    match to {
        // An exit names the frame that was left, whose first word holds the result.
        Some(to) if !to.is_throw() => to.reg(CALLEE).bits(),
        _ => {
            vm(agent).set_fp(f.caller());
            Value::EXCEPTION.bits()
        }
    }
}

/// Goes on with a suspended activation, whose frame was just restored as an entry, in compiled code: what it is left with.
/// `None` if there is no such code, or no stack for it.
#[inline]
pub fn resume(agent: &mut Agent, f: Frame) -> Option<Value> {
    let code = f.code();
    if code.entry() != EntryKind::Compiled {
        let left = code.budget.get() - 1;
        code.budget.set(left);
        if left > 0 {
            return None;
        }
        policy::call_budget_spent(agent, code);
        if code.entry() != EntryKind::Compiled {
            return None;
        }
    }
    if !vm(agent).tier.has_native_stack() {
        return None;
    }
    let offset = f.offset();
    let places = &vm(agent).tier.places;
    let place = match places.get(code, offset) {
        Some(place) => place,
        None => {
            let place = super::resume_place(code, offset)?;
            places.put(code, offset, place);
            place
        }
    };
    f.set(RETURN_PC, Value::from_bits(u64::from(place)));
    f.save();
    Some(call(agent, code.native_entry(), f.fp))
}

/// Goes on with a generator or an async function that compiled code suspended, in compiled code and with its registers where they
/// are: what it is left with. `None`, with nothing done, if there is no such code or no stack for it.
#[inline]
pub fn resume_in_cell(
    agent: &mut Agent,
    cell: Gc<GeneratorCell>,
    caller: Fp,
    nf: Fp,
    sent: Value,
) -> Option<Value> {
    let (place, register) = cell.compiled_resume()?;
    let words = cell.words();
    let code = generator::code_of(cell);
    let vm = vm(agent);
    if code.entry() != EntryKind::Compiled
        || nf.wrapping_add(words.len()) > vm.limit()
        || !vm.tier.has_native_stack()
    {
        return None;
    }
    let f = Frame {
        fp: nf,
        pc: std::ptr::null(),
    };
    let flags = FLAG_ENTRY | FLAG_RESUMED | FLAG_IN_CELL;
    let flags = match cell.generator_kind() {
        GeneratorKind::AsyncFunction => flags | FLAG_ASYNC,
        _ => flags | FLAG_STEP,
    };
    f.set(CALLER, Value::from_bits(caller as u64));
    f.set(RETURN_PC, Value::from_bits(u64::from(place)));
    f.set(CODE, Value::from_bits(code.addr() as u64));
    f.set(INFO, Value::from_bits(flags));
    f.set(NEW_TARGET, Value::cell(cell));
    words.get(register)?.set(sent.bits());
    agent.heap.write_barrier_for(cell.header(), sent.bits());
    cell.set_state(GeneratorState::Executing);
    cell.forget_resume();
    agent.realm = code.realm();
    vm.set_fp(nf);
    Some(call(agent, code.native_entry(), nf))
}

/// Answers interrupts from compiled code.
pub fn compiled_poll(agent: &mut Agent) -> JsResult<()> {
    let profile = &vm(agent).tier.profile;
    profile.set_in_compiled_code(true);
    let result = poll(agent);
    profile.set_in_compiled_code(false);
    result
}

/// Stack limits and interrupts of a frame that was just pushed; on an error it is popped.
fn check(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let vm = vm(agent);
    if f.top() <= vm.limit() && !vm.interrupted() && agent.check_native_stack().is_ok() {
        return Ok(());
    }
    vm.set_fp(f.caller());
    agent.exception = Value::UNDEFINED;
    if f.top() > vm.limit() {
        return Err(agent.stack_overflow());
    }
    agent.check_native_stack()?;
    // For that the frame is current again: if this is the prologue of its code, the answer of a compiling thread may put other
    // code in its place, and what is out of use is freed where no frame of its function is on the stack.
    vm.set_fp(f.fp);
    poll(agent).inspect_err(|_| vm.set_fp(f.caller()))
}

/// Calls a native entry.
#[inline(always)]
fn call(agent: &mut Agent, entry: NativeEntry, fp: Fp) -> Value {
    // SAFETY: the frame at `fp` is complete and current, and the entry belongs to its code.
    Value::from_bits(unsafe { entry(agent, fp) })
}

/// Whether a closure with compiled code can be entered in the window `nf` right away: all it needs is a frame.
#[inline(always)]
pub fn may_enter(agent: &Agent, vm: &Vm, code: &LinkedCode, nf: Fp) -> bool {
    let word = code.call_word();
    word & CALL_SPECIAL != CALL_SPECIAL
        && word & CALL_ACTUALS == 0
        && code.realm() == agent.realm
        && nf.wrapping_add(code.register_count() as usize) <= vm.limit()
        && vm.tier.has_native_stack()
}

/// Runs the compiled code of a closure in a window whose caller is set: its result or `EXCEPTION`, with the caller current.
///
/// # Safety
/// `agent` is valid and unborrowed; `function` is a closure of `code`, for which [`may_enter`] said yes; callee, `this` and `argc`
/// arguments stand in the window.
#[inline]
pub unsafe fn enter_closure(
    agent: *mut Agent,
    function: u64,
    code: *const LinkedCode,
    nf: Fp,
    argc: usize,
) -> Value {
    let f = Frame {
        fp: nf,
        pc: std::ptr::null(),
    };
    // SAFETY: by the caller's promise; the offsets are those of a closure's fields.
    let (code, function) = unsafe { (&*code, Gc::<FunctionCell>::from_raw(function as *mut _)) };
    for i in argc..code.param_count() as usize {
        f.set(ARGS + i, Value::UNDEFINED);
    }
    f.set(CODE, Value::from_bits(code as *const LinkedCode as u64));
    f.set(INFO, Value::from_bits(argc as u64 | FLAG_ENTRY));
    f.set(NEW_TARGET, Value::UNDEFINED);
    if code.call_word() & CALL_ARROW != 0 {
        f.set(THIS, function.home_or_this());
        f.set(NEW_TARGET, function.shape_or_new_target());
    }
    f.set_env(function.environment());
    // SAFETY: by the caller's promise the agent is valid and not borrowed; the frame is complete.
    unsafe {
        vm(&*agent).set_fp(nf);
        Value::from_bits(code.native_entry()(agent, nf))
    }
}

/// [[Call]] from Rust of a closure with compiled code for which a frame is all it takes; `None` if there is more to it.
#[inline]
pub fn call_from_rust(
    agent: &mut Agent,
    callee: Object,
    this: Value,
    args: &[Value],
) -> Option<JsResult<Value>> {
    let code = callee.as_function()?.code();
    if code.entry() != EntryKind::Compiled {
        return None;
    }
    let vm = vm(agent);
    let nf = vm.top();
    if nf.wrapping_add(ARGS + args.len()) > vm.limit() || !may_enter(agent, vm, &code, nf) {
        return None;
    }
    let window = Frame {
        fp: nf,
        pc: std::ptr::null(),
    };
    window.set(CALLEE, callee.into());
    window.set(THIS, this);
    window.set_arguments(args);
    call_in_window(agent, callee, nf, args.len())
}

/// As [`call_from_rust`], where callee, `this` and arguments stand in the window `nf` already.
#[inline]
pub fn call_in_window(
    agent: &mut Agent,
    callee: Object,
    nf: Fp,
    argc: usize,
) -> Option<JsResult<Value>> {
    let code = callee.as_function()?.code();
    let vm = vm(agent);
    if code.entry() != EntryKind::Compiled
        || nf.wrapping_add(ARGS + argc) > vm.limit()
        || !may_enter(agent, vm, &code, nf)
    {
        return None;
    }
    let window = Frame {
        fp: nf,
        pc: std::ptr::null(),
    };
    window.set(CALLER, Value::from_bits(vm.fp() as u64));
    let realm = agent.realm;
    let function = Value::from(callee).bits();
    // SAFETY: the callee is a closure of that code, the window is filled, and nothing has borrowed the agent.
    let v = unsafe { enter_closure(agent, function, &*code, nf, argc) };
    agent.realm = realm;
    Some(match v {
        Value::EXCEPTION => Err(Throw),
        v => Ok(v),
    })
}

/// Where the dispatch loop goes on that is to enter the compiled code of the frame at `fp`. It does it itself, so that no frames of what
/// pushed that frame stay on the native stack: collections would keep what their unused words name while the code runs.
pub fn to_enter(fp: Fp) -> Frame {
    static INSTRUCTION: [u32; 1] = [Op::EnterCompiled as u32];
    Frame {
        fp,
        pc: INSTRUCTION.as_ptr(),
    }
}

/// Runs the compiled code of a frame that was just pushed: where its caller goes on.
#[inline(never)]
pub fn enter(agent: &mut Agent, f: Frame) -> JsResult<Frame> {
    let return_to = ReturnTo::new(f);
    f.set(INFO, Value::from_bits(return_to.nested_info()));
    let entry = f.code().native_entry();
    let v = call(agent, entry, f.fp);
    return_to.finish(agent, f.fp, v)
}

/// Goes on in compiled code at a loop header of a frame: where the dispatch loop goes on when the frame is left. `None` if
/// there is no stack for that.
#[inline(never)]
pub fn enter_loop(agent: &mut Agent, f: Frame, code: &Installed) -> Option<Frame> {
    let return_to = ReturnTo::new(f);
    let end = f.fp.wrapping_add(code.stack_words as usize);
    if end > vm(agent).limit() || !vm(agent).tier.has_native_stack() {
        return None;
    }
    f.save();
    f.set(INFO, Value::from_bits(return_to.nested_info()));
    let v = call(agent, code.entry(), f.fp);
    if v == exits::RESUME {
        f.set(INFO, Value::from_bits(return_to.info));
        return Some(Frame::saved(vm(agent).fp()));
    }
    if v == Value::EXCEPTION && vm(agent).fp() != return_to.caller {
        // A handler of the frame, or of one inlined in it, may want it.
        f.set(INFO, Value::from_bits(return_to.info));
        return Some(Frame::THROW);
    }
    Some(match return_to.finish(agent, f.fp, v) {
        Ok(to) => to,
        Err(Throw) if return_to.info & FLAG_ENTRY != 0 => {
            // The activation of the dispatch loop ends with the exception.
            f.set(CALLEE, Value::EXCEPTION);
            Frame::exit(f.fp)
        }
        Err(Throw) => Frame::THROW,
    })
}

/// How a frame is left, taken down before it runs natively: its words may be gone afterwards.
#[derive(Copy, Clone)]
pub struct ReturnTo {
    info: u64,
    caller: Fp,
    return_pc: Pc,
}

impl ReturnTo {
    /// How `f` is to be left.
    #[inline]
    pub fn new(f: Frame) -> ReturnTo {
        ReturnTo {
            info: f.info(),
            caller: f.caller(),
            return_pc: f.reg(RETURN_PC).bits() as Pc,
        }
    }
    /// The packed word while the frame runs natively.
    #[inline]
    pub fn nested_info(self) -> u64 {
        self.info & !(FLAG_ITERATOR | FLAG_REALM) | FLAG_ENTRY
    }
    /// Gives the result of the frame that was at `fp` to its caller.
    pub fn finish(self, agent: &mut Agent, fp: Fp, v: Value) -> JsResult<Frame> {
        if self.info & FLAG_REALM != 0 && self.info & FLAG_ENTRY == 0 {
            agent.realm = Frame::saved(self.caller).code().realm();
        }
        if v == Value::EXCEPTION {
            if self.info & FLAG_ITERATOR != 0 {
                iteration::mark_done(Frame::saved(self.caller));
            }
            return Err(Throw);
        }
        if self.info & FLAG_ENTRY != 0 {
            let left = Frame {
                fp,
                pc: std::ptr::null(),
            };
            left.set(CALLEE, v);
            return Ok(Frame::exit(fp));
        }
        if self.info & FLAG_ITERATOR != 0 {
            return iteration::receive(agent, Frame::saved(self.caller), v);
        }
        let to = Frame {
            fp: self.caller,
            pc: self.return_pc,
        };
        to.set((self.info >> DST_SHIFT & 0xFFFF) as usize, v);
        Ok(to)
    }
}

/// Runs a frame that an instruction of another frame pushed, until control is back there: where that frame goes on.
pub fn run_nested(agent: &mut Agent, to: Frame) -> JsResult<Frame> {
    if to.pc == to_enter(to.fp).pc {
        return enter(agent, to);
    }
    let return_to = ReturnTo::new(to);
    if agent.check_native_stack().is_err() {
        vm(agent).set_fp(return_to.caller);
        return return_to.finish(agent, to.fp, Value::EXCEPTION);
    }
    to.set(INFO, Value::from_bits(return_to.nested_info()));
    let v = crate::dispatch::run(agent, to).unwrap_or(Value::EXCEPTION);
    return_to.finish(agent, to.fp, v)
}

/// A back edge to `target` that ran out of budget or saw an interrupt: where the dispatch loop goes on.
///
/// Frames below may stay for as long as the program runs. What earlier calls left where their unused words come to lie would be
/// kept alive by every collection of that time, so it is cleared.
#[cold]
#[inline(never)]
pub fn back_edge(agent: &mut Agent, f: Frame, target: Pc) -> Frame {
    sarus_gc::clear_dead_stack::<512>();
    turn_back(agent, f, target)
}

#[inline(never)]
fn turn_back(agent: &mut Agent, f: Frame, target: Pc) -> Frame {
    let code = f.code();
    if code.budget.get() <= 0 {
        let header = Frame {
            fp: f.fp,
            pc: target,
        };
        if let Some(compiled) = policy::loop_budget_spent(agent, header)
            && let Some(to) = enter_loop(agent, header, &compiled)
        {
            return to;
        }
    }
    if exception::poll_back_edge(agent).is_err() {
        return Frame::THROW;
    }
    Frame {
        fp: f.fp,
        pc: target,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sarus_bytecode::{Feature, Features};
    use sarus_runtime::agent::AgentOptions;
    use sarus_runtime::interrupt::INTERRUPT_COMPILED;
    use sarus_runtime::script::evaluate_script;
    use sarus_runtime::tier::TierOptions;
    use std::sync::atomic::{AtomicU32, Ordering};

    /// Interrupts until all code is given up.
    static LEFT: AtomicU32 = AtomicU32::new(0);

    /// In place of what takes answers of compiling threads.
    fn give_up(agent: &mut Agent) {
        match LEFT.fetch_sub(1, Ordering::Relaxed) {
            0 => {
                let tier = &vm(agent).tier;
                tier.flush(agent);
                tier.sweep(vm(agent).fp(), 0);
                LEFT.store(u32::MAX, Ordering::Relaxed);
            }
            _ => {
                agent
                    .interrupt
                    .fetch_or(INTERRUPT_COMPILED, Ordering::Relaxed);
            }
        }
    }

    #[test]
    fn code_that_is_replaced_in_its_prologue_lives_on() {
        let mut agent = Agent::new(AgentOptions {
            features: Features::NONE.with(Feature::NativesSyntax),
            tier: TierOptions {
                sync: true,
                ..TierOptions::default()
            },
            ..AgentOptions::default()
        });
        crate::install(&mut agent).expect("the stack can be reserved");
        agent.hooks.compiled = give_up;
        let mut run = |source: &str, at: u32| {
            LEFT.store(at, Ordering::Relaxed);
            if at != u32::MAX {
                agent
                    .interrupt
                    .fetch_or(INTERRUPT_COMPILED, Ordering::Relaxed);
            }
            let v = evaluate_script(&mut agent, source.as_bytes(), "test.js");
            agent.interrupt.store(0, Ordering::Relaxed);
            v.ok().and_then(Value::as_int)
        };
        for at in 0..12 {
            let prepare = "
                function f(o) { return o.x; }
                function g(o) { return f(o) + 1; }
                for (const h of [f, g]) %PrepareFunctionForOptimization(h);
                g({ x: 1 });
                for (const h of [f, g]) %OptimizeFunctionOnNextCall(h);
                f({ x: 1 }) + g({ x: 1 })";
            assert_eq!(run(prepare, u32::MAX), Some(3));
            // The first thing it does is an exit.
            assert_eq!(run("f({ y: 1, x: 3 })", at), Some(3), "poll {at}");
            assert_eq!(run("g({ y: 1, x: 3 })", at), Some(4), "poll {at}");
        }
    }
}
