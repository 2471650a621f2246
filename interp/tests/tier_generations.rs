//! A heap that grows gets generations: code without write barriers goes, and then nothing is lost in minor collections and
//! collections in steps. The heap checks itself (`HeapConfig::verify`) around each of them.

use sarus_gc::Generations;
use sarus_interp::tier::stats;
use sarus_runtime::abstract_ops::to_string;
use sarus_runtime::agent::{Agent, AgentOptions};
use sarus_runtime::script::evaluate_script;
use sarus_runtime::tier::TierOptions;

fn agent(generations: Generations, always: bool) -> Box<Agent> {
    let mut options = AgentOptions {
        tier: TierOptions {
            enabled: true,
            sync: true,
            always,
            ..TierOptions::default()
        },
        ..AgentOptions::default()
    };
    options.heap.generations = generations;
    options.heap.initial_threshold = 512 << 10;
    options.heap.verify = true;
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

/// Stores into fields, slots, elements, environments, collections and global variables of what is old.
const PROGRAM: &str = "
    const SIZE = 4000;
    let last = null;
    function Node(v) { this.v = v; this.next = null; this.data = [v, { v }]; }
    const keep = [], map = new Map();
    const counters = [];
    function counter(v) { let held = { v }; return (w) => { const old = held; held = { v: w }; return old.v; }; }
    const many = [];
    function set(o, v) { o.held = v; }
    function put(i, v) {
        const n = keep[i];
        set(many[i], { v });
        n.next = new Node(v);
        n.data[1] = { v };
        n.v = v;
        if (v % 3 == 0) n['p' + v % 7] = { v };
        map.set(i, { v });
        counters[i](v);
        last = n;
    }
    function fill() {
        for (let i = 0; i < SIZE; i++) { keep.push(new Node(i)); map.set(i, { v: i }); counters.push(counter(i));
            many.push({ ['a' + i % 50]: 1, held: { v: i } }); }
    }
    function work(rounds) {
        for (let r = 1; r <= rounds; r++) for (let k = 0; k < SIZE; k++) put(k * 7 % SIZE, r * SIZE + k * 7 % SIZE);
        return rounds * SIZE;
    }
    function wrong(base) {
        let count = 0;
        for (let i = 0; i < SIZE; i++) {
            const n = keep[i], v = base + i;
            if (n.v !== v || n.next.v !== v || n.next.data[1].v !== v || n.data[1].v !== v) count++;
            if (map.get(i).v !== v || counters[i](v) !== v || many[i].held.v !== v) count++;
            if (v % 3 == 0 && n['p' + v % 7].v !== v) count++;
        }
        return count;
    }
    fill();
    let total = 0;
    for (let turn = 0; turn < 24; turn++) total += wrong(work(2));
    String(total + ' ' + (last.v - 2 * SIZE < SIZE));";

#[test]
fn generations_come_with_a_large_heap() {
    let mut agent = agent(Generations::Auto, false);
    assert!(!agent.heap.is_announced());
    assert_eq!(run(&mut agent, PROGRAM), "0 true");
    let heap = agent.heap.stats();
    assert!(agent.heap.is_announced(), "{heap:?}");
    assert!(heap.minor_collections + heap.steps > 0, "{heap:?}");
    assert!(stats::totals(&agent).discarded > 0);
}

#[test]
fn a_small_heap_has_code_without_barriers() {
    let mut agent = agent(Generations::Auto, false);
    let source = "function f(i) { return { v: i }; } let o; for (let i = 0; i < 3e5; i++) o = f(i); String(o.v)";
    assert_eq!(run(&mut agent, source), "299999");
    let heap = agent.heap.stats();
    assert!(heap.collections > 3 && heap.minor_collections + heap.steps == 0);
    assert!(!agent.heap.is_announced() && stats::totals(&agent).discarded == 0);
}

#[test]
fn generations_from_the_beginning() {
    for always in [false, true] {
        let mut agent = agent(Generations::On, always);
        assert_eq!(run(&mut agent, PROGRAM), "0 true");
        let heap = agent.heap.stats();
        assert!(
            heap.minor_collections > 0 && heap.steps > 0,
            "{always} {heap:?}"
        );
    }
}

/// Caches of codes that have survived meet new shapes, prototypes, callees and keys, round by round, and so do the tables of sites with
/// many shapes; each round's are garbage in the next.
const CACHES: &str = "
    const sites = [], keep = [];
    for (let i = 0; i < 40; i++) sites.push(new Function('o', 'key', 'f', 'o.own = ' + i + '; return o.m(f) + o[key] + o.own;'));
    for (let i = 0; i < 3000; i++) keep.push({ i });
    let sum = 0, wrong = 0;
    for (let round = 0; round < 120; round++) {
        class C { constructor(v) { this['a' + v % 7] = 1; this['k' + round] = round; } m(f) { return f(); } get missing() { return 1; } }
        for (let i = 0; i < 40; i++) {
            const o = new C(i + round), v = sites[(i * round) % 40](o, 'k' + round, () => i);
            if (v !== i + round + (i * round) % 40) wrong++;
            if (o['k' + (round - 1)] !== undefined) wrong++;
            sum += v;
        }
        for (let i = 0; i < 900; i++) keep[(i * 7 + round) % 3000] = { i, round: [round] };
    }
    String(wrong + ' ' + sum);";

#[test]
fn caches_of_old_codes_are_traced_when_they_change() {
    for (generations, always) in [
        (Generations::On, false),
        (Generations::On, true),
        (Generations::Off, false),
    ] {
        let mut agent = agent(generations, always);
        assert_eq!(run(&mut agent, CACHES), "0 464400");
        let heap = agent.heap.stats();
        assert!(heap.collections > 3, "{heap:?}");
        assert!(
            generations == Generations::Off || heap.minor_collections + heap.steps > 0,
            "{heap:?}"
        );
    }
}
