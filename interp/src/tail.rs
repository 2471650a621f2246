//! Proper tail calls: the callee's frame takes the place of the caller's.
//!
//! ```text
//! before   … caller's caller │ fp: header │ registers … window: callee, this, arguments │
//! after    … caller's caller │ fp: header │ this, arguments │ the callee's registers … │
//! ```
//!
//! The compiler puts `TailCall` in front of a call whose result is returned as it is. Bound functions, proxies and
//! `call`, `apply` and `Reflect.apply` are followed to the function they would call as their last step; whatever is no
//! closure in the end is called as usual. So are calls in frames that something else waits for: constructors.
//!
//! A replaced frame is gone: it does not show in stack traces.

use crate::call::{Entry, argument_list, call_value, deliver, or_throw, push_closure};
use crate::eval;
use crate::frame::*;
use crate::vm::vm;
use sarus_bytecode::Op;
use sarus_gc::RootVec;
use sarus_runtime::abstract_ops::create_list_from_array_like;
use sarus_runtime::agent::Agent;
use sarus_runtime::builtins::function::{Forwarding, forwarding};
use sarus_runtime::error::{JsResult, Throw};
use sarus_runtime::kind::CellKind;
use sarus_runtime::object::{Object, bound, proxy};
use sarus_runtime::value::Value;

/// Frames whose end is more than handing a value to the caller.
const KEPT: u64 = FLAG_CONSTRUCT | FLAG_ASYNC | FLAG_RESUMED;
/// The argument count in the packed word.
const ARGC_MASK: u64 = u32::MAX as u64;

/// `TailCall`: goes on in the callee's frame, or with the call that follows, or where the callee's compiled code was left to.
#[inline(never)]
pub fn tail_call(agent: &mut Agent, f: Frame) -> Frame {
    or_throw(replace(agent, f))
}

fn is_closure(o: Object) -> bool {
    o.is(CellKind::Function) && !o.is_class_constructor()
}

fn replace(agent: &mut Agent, f: Frame) -> JsResult<Frame> {
    let call = f.next();
    let op = call.op();
    let base = call.bc();
    let spread = match op {
        Op::Call | Op::CallMethod | Op::CallEval => false,
        Op::CallSpread | Op::CallEvalSpread => true,
        _ => return Ok(call),
    };
    let Some(callee) = f.reg(base).as_object() else {
        return Ok(call);
    };
    if f.info() & KEPT != 0 {
        return Ok(call);
    }
    if matches!(op, Op::CallEval | Op::CallEvalSpread) && eval::is_eval(agent, callee.into()) {
        return Ok(call);
    }
    let this = match op {
        Op::Call => Value::UNDEFINED,
        _ => f.reg(base + THIS),
    };
    if is_closure(callee) && !spread {
        let argc = call.x(2) as usize;
        let source = base + ARGS;
        return enter(agent, f, callee, this, argc, |i| f.reg(source + i));
    }
    let arguments = if spread {
        argument_list(agent, f.reg(base + ARGS))
    } else {
        let mut list = agent.heap.root_vec::<Value>();
        list.extend_from_slice(f.regs(base + ARGS, call.x(2) as usize));
        list
    };
    let mut next = Target {
        callee,
        this,
        arguments,
    };
    let mut followed = false;
    while next.follow(agent)? {
        followed = true;
    }
    if is_closure(next.callee) {
        let list = next.arguments.as_slice();
        return enter(agent, f, next.callee, next.this, list.len(), |i| list[i]);
    }
    if !followed {
        return Ok(call);
    }
    let v = call_value(
        agent,
        next.callee.into(),
        next.this,
        next.arguments.as_slice(),
    )?;
    deliver(agent, v, Entry::from_frame(call, call.a(), 0))
}

/// Makes the frame `f` that of `callee`.
fn enter(
    agent: &mut Agent,
    f: Frame,
    callee: Object,
    this: Value,
    argc: usize,
    argument: impl Fn(usize) -> Value,
) -> JsResult<Frame> {
    if f.fp.wrapping_add(ARGS + argc) > vm(agent).limit() {
        return Err(agent.stack_overflow());
    }
    let entry = Entry {
        caller: f.caller(),
        return_pc: f.reg(RETURN_PC).bits() as Pc,
        info: f.info() & !ARGC_MASK,
        new_target: Value::UNDEFINED,
    };
    f.set(CALLEE, callee.into());
    f.set(THIS, this);
    // The window lies above its new place: what is overwritten has been moved.
    for i in 0..argc {
        f.set(ARGS + i, argument(i));
    }
    match push_closure(agent, f.fp, callee, argc, entry) {
        // The callee ran natively and has left the frame, which ended an activation of the dispatch loop.
        Err(Throw) if entry.info & FLAG_ENTRY != 0 && vm(agent).fp() != f.fp => {
            f.set(CALLEE, Value::EXCEPTION);
            Ok(Frame::exit(f.fp))
        }
        to => to,
    }
}

/// A call that is about to happen.
struct Target {
    callee: Object,
    this: Value,
    arguments: RootVec<Value>,
}

impl Target {
    /// Replaces a call of a function that only forwards by the call it forwards to; false if it is none.
    fn follow(&mut self, agent: &mut Agent) -> JsResult<bool> {
        if let Some(b) = bound::bound_target(self.callee) {
            let mut all = agent.heap.root_vec::<Value>();
            for i in 0..b.arguments.capacity() {
                all.push(b.arguments.get(i));
            }
            all.extend_from_slice(self.arguments.as_slice());
            self.callee = b.target;
            self.this = b.this;
            self.arguments = all;
            return Ok(true);
        }
        if self.callee.is(CellKind::Proxy) && self.callee.is_callable() {
            return self.follow_proxy(agent);
        }
        if let Some(native) = self.callee.as_native()
            && native.realm() == agent.realm
            && let Some(kind) = forwarding(native.function())
        {
            return self.follow_native(agent, kind);
        }
        Ok(false)
    }

    fn follow_proxy(&mut self, agent: &mut Agent) -> JsResult<bool> {
        let (target, trap) = proxy::apply_trap(agent, self.callee)?;
        let Some((trap, handler)) = trap else {
            self.callee = target;
            return Ok(true);
        };
        let array = agent.new_array_from(self.arguments.as_slice());
        let mut arguments = agent.heap.root_vec::<Value>();
        arguments.extend_from_slice(&[target.into(), self.this, array.into()]);
        self.callee = trap;
        self.this = handler.into();
        self.arguments = arguments;
        Ok(true)
    }

    fn follow_native(&mut self, agent: &mut Agent, kind: Forwarding) -> JsResult<bool> {
        let given = self.arguments.as_slice();
        let argument = |i: usize| given.get(i).copied().unwrap_or(Value::UNDEFINED);
        let (callee, this, list) = match kind {
            Forwarding::Call => (self.this, argument(0), None),
            Forwarding::Apply => (self.this, argument(0), Some(argument(1))),
            Forwarding::ReflectApply => (argument(0), argument(1), Some(argument(2))),
        };
        // Errors of the arguments are the native function's own.
        let is_list = match (list, kind) {
            (Some(v), Forwarding::Apply) => v.is_object() || v.is_nullish(),
            (Some(v), _) => v.is_object(),
            (None, _) => true,
        };
        let Some(callee) = callee.as_object().filter(|o| o.is_callable() && is_list) else {
            return Ok(false);
        };
        let arguments = match list {
            Some(v) if v.is_object() => create_list_from_array_like(agent, v)?,
            Some(_) => agent.heap.root_vec::<Value>(),
            None => {
                let mut rest = agent.heap.root_vec::<Value>();
                rest.extend_from_slice(given.get(1..).unwrap_or(&[]));
                rest
            }
        };
        self.callee = callee;
        self.this = this;
        self.arguments = arguments;
        Ok(true)
    }
}
