//! The host of sarus: event loop, timers, process, console and module loading.
//!
//! ```text
//! program ─► modules (CommonJS, ES modules) ─► interpreter
//!                     │ timers, immediates, nextTick
//!                     ▼
//!              event loop ─► microtasks drained between any two callbacks
//! ```
//!
//! **Architecture invariant:** everything asynchronous ends as a job or a callback that the loop calls;
//! nothing here runs JavaScript from another place.

#![forbid(unsafe_code)]

pub mod console;
pub mod event_loop;
pub mod globals;
pub mod modules;
pub mod node;
pub mod process;
mod rejections;
pub mod report;
pub mod state;
pub mod test262;
pub mod test262_agents;
pub mod timers;

use sarus_runtime::Agent;
use state::HostState;

/// What a host offers to programs.
#[derive(Clone, Debug, Default)]
pub struct HostOptions {
    /// `process.argv` from the program's path on.
    pub argv: Vec<String>,
    /// Path of the executable, `process.argv[0]`.
    pub exec_path: String,
    /// Options before the program, `process.execArgv`.
    pub exec_argv: Vec<String>,
    /// Conditions for package exports besides the usual ones.
    pub conditions: Vec<String>,
    /// Define `gc()`.
    pub expose_gc: bool,
    /// Define `$262` and `print`.
    pub test262: bool,
    /// Collect what `print` and `console.log` write instead of writing it.
    pub capture_output: bool,
}

/// Makes the agent a Node-like host: installs hooks and globals.
pub fn install(agent: &mut Agent, options: HostOptions) {
    let test262 = options.test262;
    let conditions = options.conditions.clone();
    agent.host = Box::new(HostState::new(options));
    state::state(agent).modules.set_conditions(conditions);
    if test262 {
        test262::define(agent);
    } else {
        globals::define(agent);
    }
}
