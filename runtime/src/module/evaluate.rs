//! Evaluation with cycles and top-level await (16.2.1.5.3).

use super::link::{evaluated_requests, phase_of};
use super::record::{Module, ModuleStatus};
use crate::agent::{Agent, CallArgs, ResumeMode};
use crate::builtins::promise::{self, PromiseState};
use crate::error::JsResult;
use crate::object::Object;
use crate::value::Value;
use rustc_hash::FxHashSet;
use sarus_bytecode::ImportPhase;
use sarus_gc::RootVec;

/// [[AsyncEvaluationOrder]] of a module that is done.
const ORDER_DONE: u64 = u64::MAX;

/// 16.2.1.5.3 Evaluate: a promise for the module's evaluation.
///
/// # Errors
/// Only engine faults; exceptions reject the promise.
pub fn evaluate(agent: &mut Agent, module: Module) -> JsResult<Object> {
    let mut module = module;
    if matches!(
        module.status(),
        ModuleStatus::EvaluatingAsync | ModuleStatus::Evaluated
    ) && let Some(root) = module.cycle_root.get()
    {
        module = root;
    }
    if let Some(p) = module.top_level.get().as_object() {
        return Ok(p);
    }
    let capability = promise::new_promise(agent);
    module.top_level.set(capability.into());
    agent.heap.write_barrier(module.header());
    let mut stack = agent.heap.root_vec::<Module>();
    match inner_evaluate(agent, module, &mut stack, &mut 0) {
        Ok(()) => {
            if module.async_order.get() == 0 || module.async_order.get() == ORDER_DONE {
                promise::fulfill_promise(agent, capability, Value::UNDEFINED);
            }
        }
        Err(t) => {
            let Some(error) = agent.take_exception() else {
                return Err(t);
            };
            for m in stack.iter() {
                m.status.set(ModuleStatus::Evaluated);
                m.error.set(error);
                m.cycle_root.set(Some(*m));
            }
            if module.error.get().is_hole() {
                module.error.set(error);
                module.status.set(ModuleStatus::Evaluated);
            }
            promise::reject_promise(agent, capability, error);
        }
    }
    Ok(capability)
}

/// 16.2.1.5.3.1 InnerModuleEvaluation.
fn inner_evaluate(
    agent: &mut Agent,
    m: Module,
    stack: &mut RootVec<Module>,
    index: &mut u32,
) -> JsResult<()> {
    agent.check_native_stack()?;
    match m.status() {
        ModuleStatus::Evaluated | ModuleStatus::EvaluatingAsync => {
            return match m.evaluation_error() {
                Some(e) => Err(agent.throw(e)),
                None => Ok(()),
            };
        }
        ModuleStatus::Evaluating => return Ok(()),
        _ => {}
    }
    if let Some(init) = m.init {
        m.status.set(ModuleStatus::Evaluated);
        m.cycle_root.set(Some(m));
        return init(agent, m).inspect_err(|_| m.error.set(agent_exception(agent)));
    }
    m.status.set(ModuleStatus::Evaluating);
    m.dfs_index.set(*index);
    m.dfs_ancestor.set(*index);
    m.pending_async.set(0);
    *index += 1;
    stack.push(m);
    let list = evaluation_list(agent, m);
    for &required in list.iter() {
        inner_evaluate(agent, required, stack, index)?;
        let mut required = required;
        if required.status() == ModuleStatus::Evaluating {
            m.dfs_ancestor
                .set(m.dfs_ancestor.get().min(required.dfs_ancestor.get()));
        } else {
            required = required.cycle_root.get().unwrap_or(required);
            if let Some(e) = required.evaluation_error() {
                return Err(agent.throw(e));
            }
        }
        let order = required.async_order.get();
        if order != 0 && order != ORDER_DONE {
            m.pending_async.set(m.pending_async.get() + 1);
            required.async_parents.borrow_mut().push(m);
        }
    }
    if m.pending_async.get() > 0 || m.has_tla {
        agent.async_module_order += 1;
        m.async_order.set(agent.async_module_order);
        if m.pending_async.get() == 0 {
            execute_async(agent, m)?;
        }
    } else {
        execute(agent, m)?;
    }
    if m.dfs_ancestor.get() == m.dfs_index.get() {
        while let Some(done) = stack.pop() {
            let is_async = done.async_order.get() != 0;
            done.status.set(if is_async {
                ModuleStatus::EvaluatingAsync
            } else {
                ModuleStatus::Evaluated
            });
            done.cycle_root.set(Some(m));
            if done == m {
                break;
            }
        }
    }
    Ok(())
}

/// What must be evaluated before a module: its requests; of deferred ones only what is asynchronous,
/// of modules whose source is wanted nothing.
fn evaluation_list(agent: &mut Agent, m: Module) -> RootVec<Module> {
    let mut list = agent.heap.root_vec::<Module>();
    let mut listed = FxHashSet::default();
    for i in 0..m.loaded.borrow().len() {
        let required = m.loaded.borrow()[i];
        let phase = phase_of(m, i as u32);
        if phase == ImportPhase::Source {
            continue;
        }
        if phase == ImportPhase::Defer {
            for d in async_dependencies(agent, required).iter() {
                if listed.insert(d.addr()) {
                    list.push(*d);
                }
            }
        } else if listed.insert(required.addr()) {
            list.push(required);
        }
    }
    list
}

/// IsModuleSCCEvaluated of the import defer proposal: a member of a cycle is done with its cycle.
fn is_cycle_evaluated(m: Module) -> bool {
    m.cycle_root.get().unwrap_or(m).status() == ModuleStatus::Evaluated
}

/// GatherAsynchronousTransitiveDependencies of the import defer proposal.
pub(super) fn async_dependencies(agent: &mut Agent, module: Module) -> RootVec<Module> {
    let mut result = agent.heap.root_vec::<Module>();
    let mut seen = FxHashSet::default();
    let mut work = agent.heap.root_vec::<Module>();
    work.push(module);
    while let Some(m) = work.pop() {
        let done = m.status() == ModuleStatus::Evaluating || is_cycle_evaluated(m);
        if !seen.insert(m.addr()) || done {
            continue;
        }
        if m.has_tla {
            result.push(m);
            continue;
        }
        for required in evaluated_requests(m).into_iter().rev() {
            work.push(required);
        }
    }
    result
}

/// ReadyForSyncExecution of the import defer proposal.
fn is_ready_for_sync_execution(agent: &mut Agent, module: Module) -> bool {
    let mut seen = FxHashSet::default();
    let mut work = agent.heap.root_vec::<Module>();
    work.push(module);
    while let Some(m) = work.pop() {
        if !seen.insert(m.addr()) {
            continue;
        }
        if is_cycle_evaluated(m) {
            continue;
        }
        if m.status() >= ModuleStatus::Evaluating || m.has_tla {
            return false;
        }
        for required in evaluated_requests(m) {
            work.push(required);
        }
    }
    true
}

/// EvaluateModuleSync of the import defer proposal: something was looked up in a deferred namespace.
///
/// # Errors
/// What the module throws; a TypeError while it is being evaluated or needs to wait.
pub fn evaluate_sync(agent: &mut Agent, module: Module) -> JsResult<()> {
    if is_cycle_evaluated(module) && module.evaluation_error().is_none() {
        return Ok(());
    }
    if !is_ready_for_sync_execution(agent, module) {
        return Err(agent.type_error("Deferred module is not ready for synchronous evaluation"));
    }
    let evaluation = evaluate(agent, module)?;
    if promise::promise_state(evaluation) == PromiseState::Rejected {
        // The rejection is handled here: it is thrown to who looked something up.
        promise::perform_promise_then_native(
            agent,
            evaluation,
            |_, _, _, _| Ok(()),
            Value::UNDEFINED,
        );
        return Err(agent.throw(promise::promise_result(evaluation)));
    }
    Ok(())
}

fn agent_exception(agent: &Agent) -> Value {
    agent.exception
}

/// Runs the body of a module without top-level await.
fn execute(agent: &mut Agent, m: Module) -> JsResult<()> {
    if let Some(frame) = m.frame().as_object() {
        m.set_frame(agent, Value::UNDEFINED);
        (agent.hooks.resume)(agent, frame, ResumeMode::Next, Value::UNDEFINED)?;
    }
    Ok(())
}

/// 16.2.1.5.3.2 ExecuteAsyncModule: the body gives a promise.
fn execute_async(agent: &mut Agent, m: Module) -> JsResult<()> {
    let Some(frame) = m.frame().as_object() else {
        return Ok(());
    };
    m.set_frame(agent, Value::UNDEFINED);
    let result = match (agent.hooks.resume)(agent, frame, ResumeMode::Next, Value::UNDEFINED) {
        Ok(v) => v,
        // The compiler makes async modules return a promise; a throw before that is a rejection.
        Err(t) => {
            let Some(e) = agent.take_exception() else {
                return Err(t);
            };
            let p = promise::new_promise(agent);
            promise::reject_promise(agent, p, e);
            p.into()
        }
    };
    let constructor = agent.intrinsic(crate::realm::Intrinsic::Promise);
    let p = promise::promise_resolve(agent, constructor, result)?;
    let module = Value::cell(m);
    let fulfilled = agent.new_native_closure(on_fulfilled, 0, module);
    let rejected = agent.new_native_closure(on_rejected, 1, module);
    promise::perform_promise_then(agent, p, fulfilled.into(), rejected.into(), None);
    Ok(())
}

fn on_fulfilled(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    if let Some(m) = super::module_of_value(cx.data()) {
        async_execution_fulfilled(agent, m)?;
    }
    Ok(Value::UNDEFINED)
}

fn on_rejected(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    if let Some(m) = super::module_of_value(cx.data()) {
        async_execution_rejected(agent, m, cx.arg(0));
    }
    Ok(Value::UNDEFINED)
}

/// 16.2.1.5.3.3 GatherAvailableAncestors.
fn gather_available(agent: &mut Agent, module: Module) -> RootVec<Module> {
    let mut list = agent.heap.root_vec::<Module>();
    let mut stack = agent.heap.root_vec::<Module>();
    stack.push(module);
    while let Some(at) = stack.pop() {
        for parent in at.async_parents.borrow().iter() {
            let failed = parent
                .cycle_root
                .get()
                .is_some_and(|r| r.evaluation_error().is_some());
            if list.contains(parent) || failed {
                continue;
            }
            parent
                .pending_async
                .set(parent.pending_async.get().saturating_sub(1));
            if parent.pending_async.get() == 0 {
                list.push(*parent);
                if !parent.has_tla {
                    stack.push(*parent);
                }
            }
        }
    }
    list.as_mut_slice().sort_by_key(|m| m.async_order.get());
    list
}

/// 16.2.1.5.3.4 AsyncModuleExecutionFulfilled.
fn async_execution_fulfilled(agent: &mut Agent, m: Module) -> JsResult<()> {
    if m.status() == ModuleStatus::Evaluated {
        return Ok(());
    }
    m.async_order.set(ORDER_DONE);
    m.status.set(ModuleStatus::Evaluated);
    settle_top_level(agent, m, None);
    let list = gather_available(agent, m);
    for &parent in list.iter() {
        if parent.status() == ModuleStatus::Evaluated {
            continue;
        }
        if parent.has_tla {
            execute_async(agent, parent)?;
            continue;
        }
        match execute(agent, parent) {
            Ok(()) => {
                parent.async_order.set(ORDER_DONE);
                parent.status.set(ModuleStatus::Evaluated);
                settle_top_level(agent, parent, None);
            }
            Err(t) => {
                let Some(e) = agent.take_exception() else {
                    return Err(t);
                };
                async_execution_rejected(agent, parent, e);
            }
        }
    }
    Ok(())
}

/// 16.2.1.5.3.5 AsyncModuleExecutionRejected.
fn async_execution_rejected(agent: &mut Agent, module: Module, error: Value) {
    let mut stack = agent.heap.root_vec::<Module>();
    stack.push(module);
    while let Some(m) = stack.pop() {
        if m.status() == ModuleStatus::Evaluated {
            continue;
        }
        m.error.set(error);
        m.status.set(ModuleStatus::Evaluated);
        m.async_order.set(ORDER_DONE);
        settle_top_level(agent, m, Some(error));
        for parent in m.async_parents.borrow().iter().rev() {
            stack.push(*parent);
        }
    }
}

fn settle_top_level(agent: &mut Agent, m: Module, error: Option<Value>) {
    if let Some(p) = m.top_level.get().as_object() {
        match error {
            None => promise::fulfill_promise(agent, p, Value::UNDEFINED),
            Some(e) => promise::reject_promise(agent, p, e),
        }
    }
}
