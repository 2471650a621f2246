//! Which entries of functions are compiled: loops that run for long, and functions that are called again and again.

use sarus_interp::tier::stats;
use sarus_runtime::agent::{Agent, AgentOptions};
use sarus_runtime::script::evaluate_script;
use sarus_runtime::tier::TierOptions;

/// The number a program gives, with callees inlined or not, and how many codes were installed for it.
fn run(source: &str, inline: bool) -> (Option<i32>, u64) {
    let mut agent = Agent::new(AgentOptions {
        tier: TierOptions {
            enabled: true,
            sync: true,
            inline,
            ..TierOptions::default()
        },
        ..AgentOptions::default()
    });
    sarus_interp::install(&mut agent).expect("the stack can be reserved");
    let result = evaluate_script(&mut agent, source.as_bytes(), "test.js");
    let v = result.unwrap_or_else(|_| panic!("it throws: {:?}", agent.take_exception()));
    (v.as_int(), stats::totals(&agent).installed)
}

#[test]
fn a_function_with_many_loops_is_compiled_once() {
    let (v, installed) = run(
        "
        function loops(n) {
            let s = 0;
            for (let i = 0; i < n; i++) s += i;
            for (let i = 0; i < n; i++) s ^= i;
            for (let i = 0; i < n; i++) s += i & 1;
            for (let i = n; i > 0; i--) s -= i;
            return s | 0;
        }
        function calls(depth) { return depth === 0 ? 0 : calls(depth - 1) + loops(100); }
        let sum = 0;
        calls(200); calls(200); calls(200);
        sum = calls(200)",
        false,
    );
    assert!(v.is_some());
    // The two functions.
    assert!((1..=3).contains(&installed), "{installed} codes");
}

#[test]
fn loops_that_run_for_long_are_compiled_where_they_are() {
    let (v, installed) = run(
        "
        function once(n) {
            let s = 0;
            for (let i = 0; i < n; i++) s = (s + i) | 0;
            for (let i = 0; i < n; i++) for (let k = 0; k < 10; k++) s = (s ^ k) | 0;
            return s;
        }
        once(50000)",
        false,
    );
    assert_eq!(v, Some((0..50_000).fold(0_i32, |s, i| s.wrapping_add(i))));
    assert!((2..=4).contains(&installed), "{installed} codes");
}

/// What a function that is large enough makes of `n`, by calling another one that is not tiny, so many times.
fn calls(times: u32) -> String {
    let steps = "s = (s * 3 + n) | 0; s ^= s >>> 5; ".repeat(12);
    format!(
        "function callee(n) {{ let s = n; {} return s; }}
         function large(n) {{ let s = 1; {steps} return (s + callee(n)) | 0; }}
         function often(n) {{ return n === 0 ? 0 : (large(n) + often(n - 1)) | 0; }}
         let sum = 0;
         {} sum",
        "s = (s * 5 + 1) | 0; ".repeat(4),
        "sum = (sum ^ often(500)) | 0; ".repeat(times as usize / 500),
    )
}

#[test]
fn warm_code_that_becomes_hot_is_compiled_again() {
    let (warm, few) = run(&calls(10_000), true);
    let (hot, more) = run(&calls(40_000), true);
    assert!(warm.is_some() && hot.is_some());
    assert!(
        more > few,
        "{few} codes of warm functions, {more} of hot ones"
    );
    // And then left alone.
    assert_eq!(more, run(&calls(160_000), true).1);
    assert_eq!(hot, run(&calls(40_000), false).0);
}

/// Code that is entered at the inner loop would come around the outer one into the middle of it.
#[test]
fn an_inner_loop_that_is_left_in_its_middle_is_compiled_alone() {
    let mut options = AgentOptions::default();
    options.tier.enabled = true;
    options.tier.sync = true;
    options.tier.verify = true;
    let mut agent = Agent::new(options);
    sarus_interp::install(&mut agent).expect("the stack can be reserved");
    let source = "
        function primes(n) {
            let count = 0;
            for (let i = 2; i < n; i++) {
                let prime = true;
                for (let j = 2; j < i; j++) if (i % j === 0) { prime = false; break; }
                if (prime) count++;
            }
            return count;
        }
        primes(3000)";
    let result = evaluate_script(&mut agent, source.as_bytes(), "test.js");
    assert_eq!(result.ok().and_then(|v| v.as_int()), Some(430));
    let totals = stats::totals(&agent);
    assert!(totals.installed > 0);
    assert_eq!(totals.declined, 0);
}

/// The loops of a long activation, each compiled once: what a loop does that follows another is not known before it has run.
#[test]
fn loops_that_follow_one_another_are_compiled_once_each() {
    let (v, installed) = run(
        "
        function once(a, n) {
            let s = 0;
            for (let i = 0; i < n; i++) s += i & 3;
            for (let i = 0; i < n; i++) s += a[i & 7].x * 0.5;
            for (let i = 0; i < n; i++) s += a[i & 7].y.length;
            return s | 0;
        }
        once(Array.from({ length: 8 }, (_, i) => ({ x: i, y: 'y'.repeat(i) })), 60000)",
        false,
    );
    assert_eq!(v, Some(405_000));
    assert_eq!(installed, 3);
}
