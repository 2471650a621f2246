//! The library facade of sarus: an [`Engine`] is one agent with interpreter and host.
//!
//! ```no_run
//! let mut engine = sarus::Engine::new(sarus::EngineOptions::default()).expect("memory for the stacks");
//! let value = engine.eval_script("sum.js", "1 + 1").expect("no exception");
//! assert_eq!(engine.display(value), "2");
//! ```

mod engine;
pub mod explain;
pub mod options;

pub use engine::{Engine, EngineError, EngineOptions, ErrorInfo, Phase};
pub use sarus_bytecode::{Feature, Features};
pub use sarus_host::HostOptions;
pub use sarus_host::event_loop::Ending;
pub use sarus_interp::tier::coverage as exit_coverage;
pub use sarus_runtime::{Agent, AgentOptions, Fault, JsResult, Value};
