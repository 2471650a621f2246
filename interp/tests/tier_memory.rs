//! Memory of compiled code: what is discarded, and what belongs to functions that are gone, is freed and used again.

use sarus_bytecode::{Feature, Features};
use sarus_interp::tier::stats;
use sarus_runtime::abstract_ops::to_string;
use sarus_runtime::agent::{Agent, AgentOptions};
use sarus_runtime::script::evaluate_script;
use sarus_runtime::tier::TierOptions;

fn agent(max_heap_bytes: Option<usize>) -> Box<Agent> {
    let mut options = AgentOptions {
        features: Features::NONE.with(Feature::NativesSyntax),
        tier: TierOptions {
            enabled: true,
            sync: true,
            ..TierOptions::default()
        },
        ..AgentOptions::default()
    };
    if let Some(bytes) = max_heap_bytes {
        options.heap.max_heap_bytes = bytes;
    }
    let mut agent = Agent::new(options);
    sarus_interp::install(&mut agent).expect("the stack can be reserved");
    agent
}

fn run(agent: &mut Agent, source: &str) -> String {
    let result = evaluate_script(agent, source.as_bytes(), "test.js");
    let v = result.unwrap_or_else(|_| panic!("it throws: {:?}", agent.take_exception()));
    to_string(agent, v)
        .expect("a primitive")
        .to_rust_string(agent)
}

/// Resident memory of this process in bytes.
fn resident() -> usize {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = text.split(' ').nth(1).and_then(|n| n.parse::<usize>().ok());
    pages.unwrap_or(0) * 4096
}

/// Makes functions, compiles and calls them; `each` is done with every one.
fn compile_many(from: u32, to: u32, each: &str) -> String {
    format!(
        "var right = 0;
        for (let i = {from}; i < {to}; i++) {{
            const f = new Function('a', 'b', `let s = ${{i}}; for (let k = 0; k < a; k++) s += b.x + k; return s;`);
            %PrepareFunctionForOptimization(f);
            f(2, {{ x: 1 }});
            %OptimizeFunctionOnNextCall(f);
            if (f(3, {{ x: 2 }}) === i + 9) right++;
            {each}
        }}
        right"
    )
}

#[test]
fn ten_thousand_functions_in_bounded_memory() {
    // Those of odd numbers are discarded by hand, all of them are garbage soon.
    let each = "if (i & 1) %DeoptimizeFunction(f);";
    let mut agent = agent(None);
    assert_eq!(run(&mut agent, &compile_many(0, 2_000, each)), "2000");
    let (before, warm) = (stats::memory(&agent), resident());
    assert_eq!(run(&mut agent, &compile_many(2_000, 10_000, each)), "8000");
    let after = stats::memory(&agent);
    let totals = stats::totals(&agent);
    assert!(totals.installed >= 10_000);
    assert!(totals.discarded >= 5_000);
    assert!(
        after.mapped <= before.mapped + (1 << 20),
        "{before:?} {after:?}"
    );
    assert!(after.mapped <= 4 << 20, "{after:?}");
    let grown = resident().saturating_sub(warm);
    assert!(grown < 24 << 20, "{grown} bytes more");
}

#[test]
fn discarded_code_leaves_no_trace() {
    let mut agent = agent(None);
    let source = compile_many(0, 300, "%DeoptimizeFunction(f);") + "; %CollectGarbage(1)";
    run(&mut agent, &source);
    run(&mut agent, "%CollectGarbage(1)");
    let memory = stats::memory(&agent);
    assert!(memory.codes <= 2, "{memory:?}");
    assert!(memory.code + memory.metadata < 16 << 10, "{memory:?}");
}

#[test]
fn code_goes_when_memory_is_short() {
    let mut agent = agent(Some(24 << 20));
    let source = "
        function hot(n) { let s = 0; for (let i = 0; i < n; i++) s += i; return s; }
        for (let i = 0; i < 2000; i++) hot(10);
        const kept = [];
        let stopped = '';
        const before = %GetOptimizationStatus(hot) & 16;
        try { for (;;) kept.push(new Array(1000).fill(kept.length)); } catch (e) { stopped = e.name; }
        before";
    let _ = evaluate_script(&mut agent, source.as_bytes(), "test.js");
    agent.fault = None;
    let totals = stats::totals(&agent);
    assert!(totals.installed > 0 && totals.discarded > 0, "{totals:?}");
    // The program's functions still work, and may be compiled again.
    agent.exception = sarus_runtime::Value::UNDEFINED;
    assert_eq!(run(&mut agent, "kept.length = 0; hot(10)"), "45");
}

#[test]
fn code_of_many_living_functions_is_bounded() {
    let mut agent = agent(None);
    let source = "
        const objects = [{ x: 1 }, { y: 1, x: 2 }, { z: 1, y: 1, x: 3 }, { w: 1, z: 1, y: 1, x: 4 }];
        const body = 's += b.x;'.repeat(16) + 'return s;', kept = [];
        let right = 0;
        for (let i = 0; i < 1800; i++) {
            const f = new Function('b', `let s = ${i};` + body);
            %PrepareFunctionForOptimization(f);
            let s = 0;
            for (let k = 0; k < 3200; k++) s = f(objects[k & 3]);
            if (s === i + 64) right++;
            kept.push(f);
        }
        right";
    assert_eq!(run(&mut agent, source), "1800");
    let memory = stats::memory(&agent);
    assert!(memory.codes >= 300, "{memory:?}");
    let allowed = 3 * memory.bytecode + (4 << 20);
    assert!(memory.code + memory.metadata <= allowed, "{memory:?}");
}

/// What a program does first is compiled first; when it goes on to something else, the code of that finds room, and what is needed
/// once more is compiled once more.
#[test]
fn code_out_of_use_makes_room() {
    let mut agent = agent(None);
    let source = "
        const objects = [{ x: 1 }, { y: 1, x: 2 }, { z: 1, y: 1, x: 3 }, { w: 1, z: 1, y: 1, x: 4 }];
        const body = 's += b.x;'.repeat(40) + 'return s;', kept = [];
        const isCompiled = f => (%GetOptimizationStatus(f) & 16) !== 0;
        const use = (f, i) => {
            let s = 0;
            for (let k = 0; k < 3200; k++) s = f(objects[k & 3]);
            return s === i + 40 * 4;
        };
        let right = 0, compiled = 0;
        const start = Date.now();
        for (let i = 0; i < 800 || Date.now() - start < 1000; i++) {
            const f = new Function('b', `let s = ${i};` + body);
            %PrepareFunctionForOptimization(f);
            if (use(f, i) && isCompiled(f)) right++;
            kept.push(f);
        }
        const gone = !isCompiled(kept[0]);
        for (let n = 0; n < 4; n++) use(kept[0], 0);
        [kept.length - right < 10, gone, isCompiled(kept[0])]";
    assert_eq!(run(&mut agent, source), "true,true,true");
    let memory = stats::memory(&agent);
    let allowed = 3 * memory.bytecode + (4 << 20);
    assert!(memory.code + memory.metadata <= allowed, "{memory:?}");
}
