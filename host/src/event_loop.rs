//! The event loop: timers, immediates, and between any two callbacks `process.nextTick` and microtasks.
//!
//! Phases as Node documents them, as far as there are sources: timers, then check (immediates).

use crate::report;
use crate::state::state;
use sarus_runtime::abstract_ops::create_list_from_array_like;
use sarus_runtime::builtins::atomics_wait::{
    has_async_waits, settle_async_waits, sleep_for_async_waits,
};
use sarus_runtime::{Agent, JsResult, Value};
use std::time::{Duration, Instant};

/// How long the loop sleeps at most before it looks whether the program is to stop.
const LONGEST_SLEEP: Duration = Duration::from_millis(200);

/// How a program ended.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Ending {
    /// Nothing is left to do.
    Finished,
    /// `process.exit`.
    Exit(i32),
    /// An uncaught exception or an unhandled rejection was reported.
    Uncaught,
    /// An engine fault was raised.
    Fault,
}

/// What one step came to.
type Step = Result<(), Ending>;

/// Runs until nothing referenced is left.
pub fn run(agent: &mut Agent) -> Ending {
    match run_phases(agent) {
        Ok(()) => Ending::Finished,
        Err(ending) => ending,
    }
}

fn run_phases(agent: &mut Agent) -> Step {
    drain(agent)?;
    loop {
        let polled = agent.poll_interrupts();
        settle(agent, polled)?;
        run_timers(agent)?;
        run_immediates(agent)?;
        run_finalizers(agent)?;
        let settled = settle_async_waits(agent).map(|_| ());
        settle(agent, settled)?;
        drain(agent)?;
        let waiting = has_async_waits(agent);
        if !state(agent).timers.has_referenced() && !waiting {
            return Ok(());
        }
        if state(agent).timers.has_immediates() {
            continue;
        }
        let due = state(agent).timers.next_due();
        let pause = due.map(|d| d.saturating_duration_since(Instant::now()));
        if waiting {
            sleep_for_async_waits(agent, pause.unwrap_or(LONGEST_SLEEP).min(LONGEST_SLEEP));
        } else if let Some(pause) = pause {
            std::thread::sleep(pause.min(LONGEST_SLEEP));
        }
    }
}

fn run_timers(agent: &mut Agent) -> Step {
    let now = Instant::now();
    while let Some((callback, arguments, object)) = state(agent).timers.take_due(now) {
        call_back(agent, callback, object, arguments)?;
    }
    Ok(())
}

fn run_immediates(agent: &mut Agent) -> Step {
    // Those that callbacks add run in the next turn.
    for _ in 0..state(agent).timers.immediate_count() {
        let Some((callback, arguments)) = state(agent).timers.take_immediate() else {
            break;
        };
        call_back(agent, callback, Value::UNDEFINED, arguments)?;
    }
    Ok(())
}

/// Runs the callbacks of finalization registries whose targets died.
fn run_finalizers(agent: &mut Agent) -> Step {
    if !agent.has_finalization_work() {
        return Ok(());
    }
    let result = agent.run_finalization_cleanup();
    settle(agent, result)?;
    drain(agent)
}

/// Calls a callback with an array of arguments, reports what it throws, and drains the queues.
fn call_back(agent: &mut Agent, callback: Value, this: Value, arguments: Value) -> Step {
    let result = apply(agent, callback, this, arguments);
    settle(agent, result)?;
    drain(agent)
}

fn apply(agent: &mut Agent, callback: Value, this: Value, arguments: Value) -> JsResult<()> {
    let list = create_list_from_array_like(agent, arguments)?;
    agent.call(callback, this, &list).map(|_| ())
}

/// Turns a throw into the ending it means, after reporting it.
pub fn settle(agent: &mut Agent, result: JsResult<()>) -> Step {
    if let Some(code) = state(agent).exit_code {
        return Err(Ending::Exit(code));
    }
    if result.is_ok() {
        return Ok(());
    }
    match agent.take_exception() {
        None => Err(Ending::Fault),
        Some(v) => {
            report::uncaught(agent, v);
            Err(Ending::Uncaught)
        }
    }
}

/// Empties the nextTick queue and the microtask queue, then checks for unhandled rejections.
pub fn drain(agent: &mut Agent) -> Step {
    loop {
        while let Some(tick) = state(agent).ticks.pop_front() {
            let result = apply(agent, tick.callback, Value::UNDEFINED, tick.arguments);
            settle(agent, result)?;
            let result = agent.run_jobs();
            settle(agent, result)?;
        }
        let result = agent.run_jobs();
        settle(agent, result)?;
        if !state(agent).ticks.is_empty() {
            continue;
        }
        let Some(promise) = state(agent).rejections.pop_first() else {
            return Ok(());
        };
        state(agent).rejections.clear();
        report::unhandled_rejection(agent, promise);
        return Err(Ending::Uncaught);
    }
}
