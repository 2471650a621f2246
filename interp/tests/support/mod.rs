//! Running programs with optional language features.

use sarus_bytecode::{Feature, Features};
use sarus_runtime::abstract_ops::to_string;
use sarus_runtime::agent::{Agent, AgentOptions};
use sarus_runtime::script::evaluate_script;

/// An agent with a feature.
pub fn agent(feature: Feature, gc_stress: Option<u32>) -> Box<Agent> {
    let mut options = options(feature);
    options.heap.gc_stress = gc_stress;
    options.heap.verify = gc_stress.is_some();
    make(options)
}

fn options(feature: Feature) -> AgentOptions {
    AgentOptions {
        features: Features::NONE.with(feature),
        ..AgentOptions::default()
    }
}

fn make(options: AgentOptions) -> Box<Agent> {
    let mut agent = Agent::new(options);
    sarus_interp::install(&mut agent).expect("the stack can be reserved");
    agent
}

/// An agent with a feature that compiles functions as soon as it can.
pub fn compiling(feature: Feature) -> Box<Agent> {
    let mut options = options(feature);
    options.tier.enabled = true;
    options.tier.always = true;
    make(options)
}

/// The text of the program's completion value, or of what it throws.
pub fn run_in(agent: &mut Agent, source: &str) -> String {
    match evaluate_script(agent, source.as_bytes(), "test.js") {
        Ok(v) => {
            agent.run_jobs().expect("no job throws");
            to_string(agent, v)
                .expect("a primitive")
                .to_rust_string(agent)
        }
        Err(_) => {
            let e = agent.take_exception().expect("no fault");
            let text = to_string(agent, e).expect("errors have a text");
            format!("threw {}", text.to_rust_string(agent))
        }
    }
}

/// Runs a program plainly, under a collection every few allocations, and compiled; all must agree.
pub fn run(feature: Feature, source: &str) -> String {
    let plain = run_in(&mut agent(feature, None), source);
    let stressed = run_in(&mut agent(feature, Some(7)), source);
    assert_eq!(
        plain, stressed,
        "a collection changed the result of {source}"
    );
    let compiled = run_in(&mut compiling(feature), source);
    assert_eq!(plain, compiled, "compiling changed the result of {source}");
    plain
}
