//! Running programs in every mode of the optimizing tier: all must agree.

use sarus_runtime::abstract_ops::to_string;
use sarus_runtime::agent::{Agent, AgentOptions};
use sarus_runtime::script::evaluate_script;
use sarus_runtime::tier::TierOptions;

fn options(set: impl FnOnce(&mut TierOptions)) -> TierOptions {
    let mut options = TierOptions {
        enabled: true,
        sync: true,
        verify: true,
        ..TierOptions::default()
    };
    set(&mut options);
    options
}

fn modes() -> Vec<(&'static str, TierOptions, Option<u32>)> {
    let always = |o: &mut TierOptions| o.always = true;
    let mut modes = vec![
        ("default", options(|_| ()), None),
        ("always", options(always), None),
        ("always, collections", options(always), Some(11)),
        ("threads", options(|o| o.sync = false), None),
        (
            "stress-osr",
            options(|o| {
                o.always = true;
                o.stress_osr = true;
            }),
            None,
        ),
    ];
    for n in [1, 3, 7] {
        modes.push((
            "stress-exits",
            options(|o| {
                o.always = true;
                o.stress_exits = n;
            }),
            None,
        ));
        modes.push((
            "random-thresholds",
            options(|o| {
                o.random_thresholds = true;
                o.seed = u64::from(n);
            }),
            None,
        ));
    }
    modes
}

fn run_with(
    source: &str,
    finish: Option<&str>,
    tier: TierOptions,
    gc_stress: Option<u32>,
) -> String {
    let mut options = AgentOptions {
        tier,
        ..AgentOptions::default()
    };
    options.heap.gc_stress = gc_stress;
    options.heap.verify = gc_stress.is_some();
    if gc_stress.is_some() {
        // Every collection scans the stack: recursion that allocates takes time in proportion to the square of its depth.
        options.stack_size = 256 << 10;
    }
    let mut agent = Agent::new(options);
    sarus_interp::install(&mut agent).expect("the stack can be reserved");
    let agent = &mut agent;
    let mut result = evaluate_script(agent, source.as_bytes(), "test.js");
    if finish.is_some() {
        agent.run_jobs().expect("no job throws");
    }
    if let (Some(finish), Ok(_)) = (finish, &result) {
        result = evaluate_script(agent, finish.as_bytes(), "finish.js");
    }
    match result {
        Ok(v) => to_string(agent, v)
            .expect("a primitive")
            .to_rust_string(agent),
        Err(_) => {
            let e = agent.take_exception().expect("no fault");
            let text = to_string(agent, e).expect("errors have a text");
            format!("threw {}", text.to_rust_string(agent))
        }
    }
}

/// Runs a program in every mode; the answer, which has to be that of the interpreter.
#[allow(dead_code)]
pub fn run(source: &str) -> String {
    run_and(source, None)
}

/// [`run`], then all jobs; the answer is that of the program `finish`, which runs last.
#[allow(dead_code)]
pub fn run_jobs(source: &str, finish: &str) -> String {
    run_and(source, Some(finish))
}

fn run_and(source: &str, finish: Option<&str>) -> String {
    let jitless = TierOptions {
        enabled: false,
        ..TierOptions::default()
    };
    let expected = run_with(source, finish, jitless, None);
    for (name, tier, gc_stress) in modes() {
        let found = run_with(source, finish, tier, gc_stress);
        assert_eq!(found, expected, "mode {name}: {source}");
    }
    expected
}
