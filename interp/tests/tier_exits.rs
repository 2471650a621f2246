//! Guesses that fail are not made again: programs whose values keep changing leave compiled code only so often.

use sarus_interp::tier::stats;
use sarus_runtime::agent::{Agent, AgentOptions};
use sarus_runtime::script::evaluate_script;
use sarus_runtime::tier::TierOptions;

/// The number a program gives, and how often it left compiled code.
fn run(source: &str) -> (Option<i32>, u64) {
    let mut agent = Agent::new(AgentOptions {
        tier: TierOptions {
            enabled: true,
            sync: true,
            ..TierOptions::default()
        },
        ..AgentOptions::default()
    });
    sarus_interp::install(&mut agent).expect("the stack can be reserved");
    let result = evaluate_script(&mut agent, source.as_bytes(), "test.js");
    let v = result.unwrap_or_else(|_| panic!("it throws: {:?}", agent.take_exception()));
    (v.as_int(), stats::totals(&agent).exits)
}

#[test]
fn strings_and_integers_are_compared_without_exits() {
    let (v, exits) = run("
        function compare(a, b) {
            if (a !== b) {
                if (a > b) return 1;
                if (a < b) return -1;
            }
            return 0;
        }
        function equal(a, b) { return a === b || a != b && a !== a; }
        let sum = 0;
        for (let i = 0; i < 20000; i++) {
            sum += compare(i % 7, i % 5) + compare('n' + i % 7, 'n' + i % 5);
            sum += equal(i % 3, 1) + equal('n' + i % 3, 'n1');
        }
        sum");
    let order = |i: i32| (i % 7).cmp(&(i % 5)) as i32;
    let sum = (0..20_000).map(|i| 2 * order(i) + 2 * i32::from(i % 3 == 1));
    assert_eq!(v, Some(sum.sum()));
    assert!(exits < 2_000, "{exits} exits");
}

#[test]
fn loops_that_are_entered_in_vain_ask_for_no_integers() {
    let (v, exits) = run("
        function end(list, offset) {
            for (const item of list) offset += item.length;
            return offset;
        }
        const some = [{ length: 1 }, { length: 2 }], none = [];
        let sum = 0;
        for (let i = 0; i < 20000; i++) {
            sum += end(some, i);
            if (end(none, undefined) !== undefined) sum = -1;
        }
        sum | 0");
    assert_eq!(v, Some((0..20_000).map(|i| i + 3).sum()));
    assert!(exits < 2_000, "{exits} exits");
}

#[test]
fn unsigned_shifts_are_known_to_exceed_int32() {
    let (v, exits) = run("
        let seed = 7;
        const next = (n) => {
            seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
            return Math.floor((seed / 4294967296) * n);
        };
        let sum = 0;
        for (let i = 0; i < 20000; i++) sum += next(10);
        sum");
    let mut seed = 7_u32;
    let next = |_| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (f64::from(seed) / 4_294_967_296.0 * 10.0) as i32
    };
    assert_eq!(v, Some((0..20_000).map(next).sum()));
    assert!(exits < 20, "{exits} exits");
}

#[test]
fn elements_of_uint32_arrays_are_known_to_exceed_int32() {
    let (v, exits) = run("
        const keys = Uint32Array.from({ length: 500 }, (_, i) => Math.imul(i, 2654435761) >>> 0);
        function digits(shift) {
            let sum = 0;
            for (let i = 0; i < keys.length; i++) sum += (keys[i] >>> shift) & 255;
            return sum;
        }
        let sum = 0;
        for (let i = 0; i < 100; i++) sum += digits(i & 24);
        sum");
    let digits = |i: u32| {
        let keys = (0..500_u32).map(|k| k.wrapping_mul(2_654_435_761));
        keys.map(|k| (k >> (i & 24) & 255) as i32).sum::<i32>()
    };
    assert_eq!(v, Some((0..100).map(digits).sum()));
    assert!(exits < 20, "{exits} exits");
}

#[test]
fn callbacks_of_builtins_are_not_guessed() {
    let (v, exits) = run("
        const list = Array.from({ length: 40 }, (_, i) => i);
        const any = (f) => list.some(f);
        let sum = 0;
        for (let i = 0; i < 2000; i++) {
            sum += any((x) => x === 41) + any((x) => x === i % 80) + any((x) => x > 38) + any((x) => x < 0);
            sum += any((x) => x === 7) + any((x) => x === -i);
        }
        sum");
    assert_eq!(v, Some(2000 + 1000 + 2000 + 1));
    assert!(exits < 60, "{exits} exits");
}

#[test]
fn objects_in_templates_and_arrays_that_are_no_plain_ones_are_no_surprise() {
    let (v, exits) = run("
        class List extends Array {}
        class Money { constructor(n) { this.n = n; } toString() { return '$' + this.n; } }
        const list = List.from([1, 2, 3].map((n) => new Money(n)));
        let sum = 0;
        for (let i = 0; i < 20000; i++) sum += `${list[i % 3]}`.length + list.map(String).length;
        sum");
    assert_eq!(v, Some(20_000 * 5));
    assert!(exits < 5, "{exits} exits");
}
