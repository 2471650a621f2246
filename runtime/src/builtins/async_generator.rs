//! Async generators (27.4, 27.6): %AsyncGeneratorFunction%, the prototypes, and the queue of requests.
//!
//! The queue is an array of triples (mode, value, promise). The interpreter runs a frame through the `resume` hook; whoever
//! resumes it looks afterwards what became of the generator: see [`resume_after`].

use super::generator::{FunctionKind, build_function_kind, tie};
use super::promise::{
    new_promise, perform_promise_then_native, promise_resolve_intrinsic, reject_promise,
    resolve_promise,
};
use super::table::{define_properties, method, tag};
use crate::abstract_ops::create_iter_result;
use crate::agent::{Agent, CallArgs, DynamicFunctionKind, ResumeMode};
use crate::error::{JsResult, Throw};
use crate::object::generator::{GeneratorCell, GeneratorKind, GeneratorState};
use crate::object::promise::PromiseState;
use crate::object::{Object, array};
use crate::realm::Intrinsic;
use crate::value::Value;
use sarus_gc::Gc;

/// Builds the three intrinsics.
pub(crate) fn build(agent: &mut Agent) {
    let kind = FunctionKind {
        constructor: Intrinsic::AsyncGeneratorFunction,
        prototype: Intrinsic::AsyncGeneratorFunctionPrototype,
        name: "AsyncGeneratorFunction",
        native: constructor,
    };
    let functions = build_function_kind(agent, &kind);
    let parent = agent.intrinsic(Intrinsic::AsyncIteratorPrototype);
    let instances = agent.new_object(Some(parent));
    agent.set_intrinsic(Intrinsic::AsyncGeneratorPrototype, instances);
    tie(agent, functions, instances);
    define_properties(
        agent,
        instances,
        &[
            method("next", 1, next),
            method("return", 1, return_),
            method("throw", 1, throw),
            tag("AsyncGenerator"),
        ],
    );
}

/// 27.4.1.1 AsyncGeneratorFunction.
fn constructor(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    super::dynamic_function::create_dynamic_function(agent, cx, DynamicFunctionKind::AsyncGenerator)
}

fn queue_of(cell: Gc<GeneratorCell>) -> Option<Object> {
    cell.payload().as_object()
}

fn mode_of(v: Value) -> ResumeMode {
    match v.as_int() {
        Some(1) => ResumeMode::Throw,
        Some(2) => ResumeMode::Return,
        _ => ResumeMode::Next,
    }
}

/// The first request: mode and value.
fn first_request(cell: Gc<GeneratorCell>) -> Option<(ResumeMode, Value)> {
    let queue = queue_of(cell)?;
    if array::length_of(queue)? == 0 {
        return None;
    }
    Some((mode_of(queue.dense_element(0)), queue.dense_element(1)))
}

/// 27.6.3.4 AsyncGeneratorEnqueue.
fn enqueue(
    agent: &mut Agent,
    cell: Gc<GeneratorCell>,
    mode: ResumeMode,
    v: Value,
    promise: Object,
) -> JsResult<()> {
    let Some(queue) = queue_of(cell) else {
        return Ok(());
    };
    for part in [Value::int(mode as i32), v, promise.into()] {
        array::push(agent, queue, part)?;
    }
    Ok(())
}

/// Takes the first request out of the queue: its promise.
fn take_first(agent: &mut Agent, cell: Gc<GeneratorCell>) -> JsResult<Option<Object>> {
    let Some(queue) = queue_of(cell) else {
        return Ok(None);
    };
    let n = array::length_of(queue).unwrap_or(0);
    if n < 3 {
        return Ok(None);
    }
    let promise = queue.dense_element(2).as_object();
    for i in 3..n {
        let v = queue.dense_element(i);
        queue.put_element(agent, i - 3, v)?;
    }
    // Nobody else has the queue: it stays a dense array.
    for i in n - 3..n {
        queue.remove_element(agent, i);
    }
    array::set_length_field(queue, n - 3);
    Ok(promise)
}

/// 27.6.3.5 AsyncGeneratorCompleteStep.
pub fn complete_step(
    agent: &mut Agent,
    o: Object,
    mode: ResumeMode,
    v: Value,
    done: bool,
) -> JsResult<()> {
    let Some(cell) = o.as_generator() else {
        return Ok(());
    };
    let Some(promise) = take_first(agent, cell)? else {
        return Ok(());
    };
    if mode == ResumeMode::Throw {
        reject_promise(agent, promise, v);
        return Ok(());
    }
    let result = create_iter_result(agent, v, done);
    resolve_promise(agent, promise, result)
}

/// Resumes the frame, then goes on with what waits in the queue.
pub fn resume_after(agent: &mut Agent, o: Object, mode: ResumeMode, v: Value) -> JsResult<()> {
    let Some(cell) = o.as_generator() else {
        return Ok(());
    };
    let (mut mode, mut v) = (mode, v);
    loop {
        (agent.hooks.resume)(agent, o, mode, v)?;
        match cell.state() {
            // It yielded; the next request is answered at once.
            GeneratorState::SuspendedYield => match first_request(cell) {
                Some(next) => (mode, v) = next,
                None => return Ok(()),
            },
            GeneratorState::DrainingQueue => return drain_queue(agent, o),
            _ => return Ok(()),
        }
    }
}

/// 27.6.3.11 AsyncGeneratorDrainQueue.
fn drain_queue(agent: &mut Agent, o: Object) -> JsResult<()> {
    let Some(cell) = o.as_generator() else {
        return Ok(());
    };
    loop {
        match first_request(cell) {
            None => {
                cell.set_state(GeneratorState::Completed);
                return Ok(());
            }
            Some((ResumeMode::Return, v)) => {
                if await_return(agent, o, v)? {
                    return Ok(());
                }
            }
            Some((ResumeMode::Throw, v)) => complete_step(agent, o, ResumeMode::Throw, v, true)?,
            Some((ResumeMode::Next, _)) => {
                complete_step(agent, o, ResumeMode::Next, Value::UNDEFINED, true)?
            }
        }
    }
}

/// 27.6.3.10 AsyncGeneratorAwaitReturn; false if the request was answered already.
fn await_return(agent: &mut Agent, o: Object, v: Value) -> JsResult<bool> {
    let Some(cell) = o.as_generator() else {
        return Ok(false);
    };
    cell.set_state(GeneratorState::AwaitingReturn);
    match promise_resolve_intrinsic(agent, v) {
        Ok(promise) => {
            perform_promise_then_native(agent, promise, return_settled, o.into());
            Ok(true)
        }
        Err(t) => {
            let Some(reason) = agent.take_exception() else {
                return Err(t);
            };
            cell.set_state(GeneratorState::DrainingQueue);
            complete_step(agent, o, ResumeMode::Throw, reason, true)?;
            Ok(false)
        }
    }
}

/// The value of a `return` request arrived.
fn return_settled(
    agent: &mut Agent,
    generator: Value,
    state: PromiseState,
    v: Value,
) -> JsResult<()> {
    let Some(o) = generator.as_object() else {
        return Ok(());
    };
    let Some(cell) = o.as_generator() else {
        return Ok(());
    };
    cell.set_state(GeneratorState::DrainingQueue);
    let mode = if state == PromiseState::Rejected {
        ResumeMode::Throw
    } else {
        ResumeMode::Next
    };
    complete_step(agent, o, mode, v, true)?;
    drain_queue(agent, o)
}

/// 27.6.1.2 to 27.6.1.4: all three methods.
fn request(agent: &mut Agent, cx: &CallArgs, mode: ResumeMode, name: &str) -> JsResult<Value> {
    let v = cx.arg(0);
    let promise = new_promise(agent);
    let generator = cx
        .this()
        .as_object()
        .and_then(|o| Some((o, o.as_generator()?)));
    let Some((o, cell)) = generator.filter(|(_, c)| c.generator_kind() == GeneratorKind::Async)
    else {
        let text = crate::abstract_ops::display_value(agent, cx.this());
        let _: Throw = agent.type_error(format!(
            "Method [AsyncGenerator].prototype.{name} called on incompatible receiver {text}"
        ));
        if let Some(reason) = agent.take_exception() {
            reject_promise(agent, promise, reason);
        }
        return Ok(promise.into());
    };
    let state = cell.state();
    match mode {
        ResumeMode::Next if state == GeneratorState::Completed => {
            let result = create_iter_result(agent, Value::UNDEFINED, true);
            resolve_promise(agent, promise, result)?;
            return Ok(promise.into());
        }
        ResumeMode::Throw
            if matches!(
                state,
                GeneratorState::SuspendedStart | GeneratorState::Completed
            ) =>
        {
            cell.set_state(GeneratorState::Completed);
            reject_promise(agent, promise, v);
            return Ok(promise.into());
        }
        _ => {}
    }
    enqueue(agent, cell, mode, v, promise)?;
    match state {
        GeneratorState::SuspendedStart | GeneratorState::Completed
            if mode == ResumeMode::Return =>
        {
            let waits = await_return(agent, o, v)?;
            if !waits {
                drain_queue(agent, o)?;
            }
        }
        GeneratorState::SuspendedStart | GeneratorState::SuspendedYield => {
            resume_after(agent, o, mode, v)?
        }
        _ => {}
    }
    Ok(promise.into())
}

/// 27.6.1.2 AsyncGenerator.prototype.next
fn next(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    request(agent, cx, ResumeMode::Next, "next")
}

/// 27.6.1.3 AsyncGenerator.prototype.return
fn return_(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    request(agent, cx, ResumeMode::Return, "return")
}

/// 27.6.1.4 AsyncGenerator.prototype.throw
fn throw(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    request(agent, cx, ResumeMode::Throw, "throw")
}
