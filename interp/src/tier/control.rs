//! The tier by hand: what natives (`interp/src/natives.rs`) ask of it for one function.

use super::{policy, queue, with};
use crate::frame::{CODE, Frame};
use crate::vm::vm;
use sarus_gc::Gc;
use sarus_jit::snapshot::Inlining;
use sarus_runtime::agent::Agent;
use sarus_runtime::code::{EntryKind, LinkedCode};
use sarus_runtime::error::JsResult;

/// Where a function is on its way through the tiers.
#[derive(Clone, Copy, Default, Debug)]
pub struct State {
    /// It has compiled code for its start.
    pub compiled: bool,
    /// It is to be compiled at its next call.
    pub asked: bool,
    /// A compile runs.
    pub pending: bool,
    /// It stays in the interpreter.
    pub never: bool,
    /// It has a frame on the stack.
    pub executing: bool,
}

/// The state of a function.
pub fn state(agent: &Agent, code: Gc<LinkedCode>) -> State {
    let mut state = State {
        compiled: code.is_compiled(),
        executing: is_active(agent, code),
        ..State::default()
    };
    if code.tier.borrow().is_some() {
        with(code, |t| {
            state.asked = t.asked;
            state.pending = !t.pending.is_empty();
            state.never = t.never;
        });
    }
    state
}

fn is_active(agent: &Agent, code: Gc<LinkedCode>) -> bool {
    let mut fp = vm(agent).fp();
    while !fp.is_null() {
        let f = Frame {
            fp,
            pc: std::ptr::null(),
        };
        if f.reg(CODE).bits() == code.addr() as u64 {
            return true;
        }
        fp = f.caller();
    }
    false
}

/// Gives a function what it records in.
///
/// # Errors
/// When its text, read only now, is too large.
pub fn prepare(agent: &mut Agent, code: Gc<LinkedCode>) -> JsResult<()> {
    if let Some(block) = agent.compile_lazy(code)? {
        agent.install_lazy(code, &block);
    }
    if !code.has_feedback() {
        code.allocate_feedback();
        policy::refill(agent, code);
    }
    Ok(())
}

/// The next call of a function compiles it first.
///
/// # Errors
/// As for [`prepare`].
pub fn optimize_on_next_call(agent: &mut Agent, code: Gc<LinkedCode>) -> JsResult<()> {
    prepare(agent, code)?;
    if agent.options.tier.enabled && code.entry() != EntryKind::Compiled {
        with(code, |t| t.asked = !t.never);
        policy::grant(agent, code, 0);
    }
    Ok(())
}

/// The next loop iteration of a function, which is running, compiles the loop first.
pub fn optimize_loop(agent: &Agent, code: Gc<LinkedCode>) {
    if agent.options.tier.enabled {
        code.allocate_feedback();
        with(code, |t| t.asked = !t.never);
        policy::grant(agent, code, 0);
    }
}

/// A function stays in the interpreter from now on.
pub fn never_optimize(code: Gc<LinkedCode>) {
    with(code, |t| {
        t.never = true;
        t.asked = false;
    });
}

/// Takes all compiled code of a function out of use; activations of it that run go on.
pub fn deoptimize(agent: &Agent, code: Gc<LinkedCode>) {
    if code.tier.borrow().is_none() {
        return;
    }
    let codes: Vec<_> = with(code, |t| t.main.iter().chain(&t.osr).cloned().collect());
    for compiled in codes {
        vm(agent).tier.discard(agent, &compiled, "asked for");
    }
}

/// A function forgets what it has seen and what was compiled for it.
pub fn forget(agent: &Agent, code: Gc<LinkedCode>) {
    deoptimize(agent, code);
    if code.tier.borrow().is_some() {
        with(code, |t| {
            t.exits.clear();
            t.met.clear();
            t.declined.clear();
            t.asked = false;
        });
    }
    code.clear_feedback();
}

/// What the compiler would be told of a function now, for benchmarks. What it refers to must be kept alive.
pub fn snapshot(agent: &mut Agent, code: Gc<LinkedCode>) -> sarus_jit::Snapshot {
    let inline = match agent.options.tier.inline {
        true => Inlining::All,
        false => Inlining::Nothing,
    };
    super::snapshot::take(agent, code, None, 0, inline).0
}

/// Waits for every compile that runs or was asked for.
pub fn finalize(agent: &mut Agent) {
    loop {
        queue::feed_all(agent);
        if vm(agent).tier.pending.borrow().is_empty() || !policy::wait(agent) {
            return;
        }
    }
}
