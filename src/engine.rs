//! An engine: agent, interpreter and host in one object, with Rust errors.

use sarus_host::event_loop::{self, Ending};
use sarus_host::{HostOptions, state};
use sarus_runtime::abstract_ops::{constructor_name, display_value, get_str};
use sarus_runtime::builtins::promise::{PromiseState, promise_result, promise_state};
use sarus_runtime::{Agent, AgentOptions, Fault, JsResult, Object, Value};
use std::path::Path;

/// How to set an engine up.
#[derive(Clone, Debug, Default)]
pub struct EngineOptions {
    /// Heap, stacks, tracing.
    pub agent: AgentOptions,
    /// Globals and program arguments.
    pub host: HostOptions,
}

/// When an error happened, in test262's words.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Phase {
    /// Early errors.
    Parse,
    /// Module resolution and linking.
    Resolution,
    /// Evaluation.
    Runtime,
}

/// A JavaScript exception as Rust data.
#[derive(Clone, Debug)]
pub struct ErrorInfo {
    /// When.
    pub phase: Phase,
    /// Name of the thrown object's constructor; empty for primitives.
    pub name: String,
    /// The message, or the text of a thrown primitive.
    pub message: String,
    /// The `stack` property, if it is a string.
    pub stack: Option<String>,
    /// The thrown value. Keep it on the stack, or it may be collected.
    pub value: Value,
}

/// What can go wrong.
#[derive(Clone, Debug)]
pub enum EngineError {
    /// An exception.
    Exception(Box<ErrorInfo>),
    /// An engine fault: heap limit, termination.
    Fault(Fault),
}

impl std::fmt::Display for EngineError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            EngineError::Exception(e) if e.name.is_empty() => f.write_str(&e.message),
            EngineError::Exception(e) => write!(f, "{}: {}", e.name, e.message),
            EngineError::Fault(fault) => write!(f, "engine fault: {fault:?}"),
        }
    }
}

impl std::error::Error for EngineError {}

/// One JavaScript engine: not `Send`, one per thread.
pub struct Engine {
    agent: Box<Agent>,
}

impl Engine {
    /// An engine with its first realm.
    ///
    /// # Errors
    /// A message when the system refuses the address space for the JavaScript stack.
    pub fn new(options: EngineOptions) -> Result<Engine, String> {
        let mut agent = Agent::new(options.agent);
        sarus_interp::install(&mut agent)?;
        sarus_host::install(&mut agent, options.host);
        Ok(Engine { agent })
    }
    /// The agent, for everything the facade does not cover.
    pub fn agent(&mut self) -> &mut Agent {
        &mut self.agent
    }
    /// Runs a script; its completion value must be kept on the stack.
    ///
    /// # Errors
    /// Early errors and uncaught exceptions.
    pub fn eval_script(
        &mut self,
        name: &str,
        source: impl AsRef<[u8]>,
    ) -> Result<Value, EngineError> {
        let compiled = sarus_runtime::script::parse_script(&mut self.agent, source.as_ref(), name);
        let code = self.check(Phase::Parse, compiled)?;
        let result = sarus_runtime::script::script_evaluation(&mut self.agent, code);
        self.check(Phase::Runtime, result)
    }
    /// Loads, links and evaluates an ES module file; the loop still has to run for asynchronous ones.
    ///
    /// # Errors
    /// Early errors, resolution errors and exceptions of the synchronous part.
    pub fn eval_module_file(&mut self, path: &Path) -> Result<Value, EngineError> {
        let source = std::fs::read(path).unwrap_or_default();
        self.eval_module(path, &source)
    }
    /// As [`Engine::eval_module_file`] with the source given; `path` is what specifiers are relative to.
    ///
    /// # Errors
    /// As for [`Engine::eval_module_file`].
    pub fn eval_module(&mut self, path: &Path, source: &[u8]) -> Result<Value, EngineError> {
        let module = sarus_host::modules::esm::parse(&mut self.agent, path, source);
        let module = self.check(Phase::Parse, module)?;
        let linked = sarus_host::modules::esm::link(&mut self.agent, module);
        self.check(Phase::Resolution, linked)?;
        let result = sarus_host::modules::esm::evaluate(&mut self.agent, module);
        self.check(Phase::Runtime, result)
    }
    /// Whether a value is a promise that is not settled yet.
    pub fn is_pending(&self, value: Value) -> bool {
        value
            .as_object()
            .and_then(Object::promise_cell)
            .is_some_and(|p| p.state() == PromiseState::Pending)
    }
    /// Why a promise was rejected, if the value is such a promise.
    pub fn rejection(&mut self, value: Value) -> Option<ErrorInfo> {
        let promise = value.as_object()?;
        if promise_state(promise) != PromiseState::Rejected {
            return None;
        }
        let reason = promise_result(promise);
        Some(self.describe(Phase::Runtime, reason))
    }
    /// Runs microtasks until none is left.
    ///
    /// # Errors
    /// The exception of a job that throws (promise jobs do not).
    pub fn run_jobs(&mut self) -> Result<(), EngineError> {
        let result = self.agent.run_jobs();
        self.check(Phase::Runtime, result)
    }
    /// Runs the event loop until nothing is left to do, reporting uncaught errors on standard error.
    pub fn run_event_loop(&mut self) -> Ending {
        event_loop::run(&mut self.agent)
    }
    /// What `print` and `console.log` wrote, when `capture_output` is set.
    pub fn take_output(&mut self) -> Vec<String> {
        std::mem::take(&mut state::state(&mut self.agent).output)
    }
    /// Text of a value for people, without running JavaScript.
    pub fn display(&mut self, v: Value) -> String {
        display_value(&mut self.agent, v)
    }
    /// Turns a throw into an error with its description.
    ///
    /// # Errors
    /// That error.
    pub fn check<T>(&mut self, phase: Phase, result: JsResult<T>) -> Result<T, EngineError> {
        match result {
            Ok(v) => Ok(v),
            Err(_) => Err(self.take_error(phase)),
        }
    }
    fn take_error(&mut self, phase: Phase) -> EngineError {
        match self.agent.take_exception() {
            Some(value) => EngineError::Exception(Box::new(self.describe(phase, value))),
            None => EngineError::Fault(self.agent.fault.take().unwrap_or(Fault::Terminated)),
        }
    }
    /// Describes a thrown value.
    pub fn describe(&mut self, phase: Phase, value: Value) -> ErrorInfo {
        let agent = &mut *self.agent;
        let Some(o) = value.as_object() else {
            return ErrorInfo {
                phase,
                name: String::new(),
                message: display_value(agent, value),
                stack: None,
                value,
            };
        };
        let mut text = |name: &str| match get_str(agent, o, name) {
            Ok(v) => v.as_string().map(|s| s.to_rust_string(agent)),
            Err(_) => {
                agent.take_exception();
                None
            }
        };
        let (message, stack) = (text("message"), text("stack"));
        let name = constructor_name(agent, o);
        ErrorInfo {
            phase,
            name,
            message: message.unwrap_or_default(),
            stack,
            value,
        }
    }
}
