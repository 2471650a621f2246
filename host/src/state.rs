//! The state of a host: queues, loader registries and settings, as the agent's host hooks.

use crate::HostOptions;
use crate::modules::Registry;
use crate::rejections::Rejections;
use crate::timers::Timers;
use sarus_gc::Tracer;
use sarus_runtime::host::{HostHooks, ImportMetaFn, LoadModuleFn, RejectionOperation};
use sarus_runtime::kind::mark_value;
use sarus_runtime::{Agent, Object, Value};
use std::any::Any;
use std::collections::VecDeque;
use std::time::Instant;

/// One `process.nextTick` callback.
#[derive(Clone)]
pub struct Tick {
    /// The callback.
    pub callback: Value,
    /// An array of its arguments.
    pub arguments: Value,
}

/// The host of one agent.
pub struct HostState {
    /// Settings.
    pub options: HostOptions,
    /// Timers and immediates.
    pub timers: Timers,
    /// `process.nextTick` queue.
    pub ticks: VecDeque<Tick>,
    /// Promises rejected without a handler since the last check; traced with the host.
    pub rejections: Rejections,
    /// Modules loaded so far.
    pub modules: Registry,
    /// When the host started, for `performance.now`.
    pub start: Instant,
    /// Output collected under `capture_output`.
    pub output: Vec<String>,
    /// Set by `process.exit`: stop with this code.
    pub exit_code: Option<i32>,
    /// The `process` object, once built.
    pub process: Value,
    /// Loaded builtin modules and their native functions, once one was required.
    pub builtins: Value,
    /// Calls the listeners of `process` events, once the program has any.
    pub dispatch: Value,
    /// Open files.
    pub files: crate::node::Files,
    /// Agents that test262's `$262.agent` started.
    pub agents: crate::test262_agents::Agents,
}

impl HostState {
    /// A host with nothing loaded.
    pub fn new(options: HostOptions) -> HostState {
        HostState {
            options,
            timers: Timers::default(),
            ticks: VecDeque::new(),
            rejections: Rejections::default(),
            modules: Registry::default(),
            start: Instant::now(),
            output: Vec::new(),
            exit_code: None,
            process: Value::UNDEFINED,
            builtins: Value::UNDEFINED,
            dispatch: Value::UNDEFINED,
            files: crate::node::Files::default(),
            agents: Default::default(),
        }
    }
}

impl HostHooks for HostState {
    fn as_any(&mut self) -> &mut dyn Any {
        self
    }
    fn trace(&self, tracer: &mut Tracer) {
        self.timers.trace(tracer);
        for t in &self.ticks {
            mark_value(tracer, t.callback);
            mark_value(tracer, t.arguments);
        }
        for v in self.rejections.iter() {
            mark_value(tracer, *v);
        }
        mark_value(tracer, self.process);
        mark_value(tracer, self.builtins);
        mark_value(tracer, self.dispatch);
        self.modules.trace(tracer);
    }
    fn promise_rejection(&mut self, promise: Object, operation: RejectionOperation) {
        if self.options.test262 {
            // test262 leaves rejections unhandled on purpose.
            return;
        }
        match operation {
            RejectionOperation::Reject => self.rejections.push(promise.into()),
            RejectionOperation::Handle => self.rejections.remove(promise.into()),
        }
    }
    fn load_module(&self) -> LoadModuleFn {
        crate::modules::load_imported_module
    }
    fn import_meta(&self) -> ImportMetaFn {
        crate::modules::import_meta
    }
}

/// The host state of an agent that [`crate::install`] has seen.
///
/// # Panics
/// When the agent has another host: an embedder's error.
pub fn state(agent: &mut Agent) -> &mut HostState {
    match agent.host.as_any().downcast_mut::<HostState>() {
        Some(s) => s,
        None => panic!("the agent was not set up by sarus_host::install"),
    }
}
