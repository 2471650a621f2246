//! Agents, interrupts and what stops a program, through the library.

use sarus::{Engine, EngineError, EngineOptions, HostOptions};
use sarus_runtime::Fault;
use std::time::{Duration, Instant};

fn engine(test262: bool) -> Engine {
    let host = HostOptions {
        test262,
        capture_output: true,
        ..HostOptions::default()
    };
    Engine::new(EngineOptions {
        host,
        ..EngineOptions::default()
    })
    .expect("an engine")
}

fn output(engine: &mut Engine, source: &str) -> Vec<String> {
    engine.eval_script("test", source).expect("no exception");
    engine.run_jobs().expect("no exception");
    engine.run_event_loop();
    engine.take_output()
}

/// Runs a program that never ends by itself and stops it.
fn terminate(source: &str) {
    let mut engine = engine(false);
    let handle = engine.agent().termination_handle();
    let thread = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(100));
        handle.terminate();
    });
    let start = Instant::now();
    match engine.eval_script("test", source) {
        Err(EngineError::Fault(Fault::Terminated)) => {}
        other => panic!("{source}: {other:?}"),
    }
    assert!(start.elapsed() < Duration::from_secs(10), "{source}");
    thread.join().expect("the thread ends");
    // The engine can be used again.
    engine.eval_script("test", "1 + 1").expect("no exception");
}

#[test]
fn programs_are_stopped_from_another_thread() {
    const PROGRAMS: &[&str] = &[
        "for (;;) {}",
        "try { for (;;) {} } finally { for (;;) {} }",
        "(function f() { try { f() } finally { f() } })()",
        "/(x+x+)+y/.test('x'.repeat(40))",
        "Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)",
        "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)",
        "const o = {}; Object.setPrototypeOf(o, new Proxy(o, {}));
         for (;;) try { o instanceof Map } catch {}",
        "const o = {}; Object.setPrototypeOf(o, new Proxy(o, {})); for (;;) try { for (x in o); } catch {}",
    ];
    for source in PROGRAMS {
        terminate(source);
    }
}

#[test]
fn prototype_cycles_through_proxies_throw() {
    let mut engine = engine(true);
    let lines = output(
        &mut engine,
        "const o = {}; Object.setPrototypeOf(o, new Proxy(o, {}));
         for (const f of [
             () => { for (const x in o); },
             () => o instanceof Map,
             () => Map.isPrototypeOf(o),
         ]) try { f(); print('no error') } catch (e) { print(e.name + ': ' + e.message) }",
    );
    assert_eq!(lines, ["RangeError: Maximum call stack size exceeded"; 3]);
}

#[test]
fn recursion_through_function_ends_soon() {
    let mut engine = engine(true);
    let start = Instant::now();
    let lines = output(
        &mut engine,
        "let depth = 0;
         function f() { if (++depth > 30000) throw 'deep'; return Function('return f()')() }
         try { f() } catch (e) { print(e) }",
    );
    assert_eq!(lines, ["deep"]);
    assert!(start.elapsed() < Duration::from_secs(20));
}

#[test]
fn agents_report_and_receive() {
    let mut engine = engine(true);
    let lines = output(
        &mut engine,
        "const { agent } = $262;
         for (const n of [1, 2])
             agent.start(`
                 $262.agent.receiveBroadcast(async (buffer, extra) => {
                     const array = new Int32Array(buffer);
                     $262.agent.report('got ' + extra);
                     const waited = Atomics.waitAsync(array, 0, 0);
                     Atomics.add(array, 1, 1);
                     $262.agent.report(await waited.value);
                     $262.agent.leaving();
                 })`);
         const array = new Int32Array(new SharedArrayBuffer(8));
         agent.broadcast(array.buffer, 7n);
         const next = () => {
             for (;;) {
                 const r = agent.getReport();
                 if (r !== null) return r;
                 agent.sleep(1);
             }
         };
         print(next()); print(next());
         while (Atomics.load(array, 1) < 2) agent.sleep(1);
         print(Atomics.notify(array, 0));
         print(next()); print(next());
         print(agent.getReport());
         const now = agent.monotonicNow(); agent.sleep(5);
         print(agent.monotonicNow() - now >= 4);",
    );
    assert_eq!(lines, ["got 7", "got 7", "2", "ok", "ok", "null", "true"]);
}

#[test]
fn the_driver_stops_a_program() {
    for program in ["for (;;) {}", "setTimeout(() => {}, 1e8)"] {
        let start = Instant::now();
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_sarus"))
            .args(["--timeout=50", "-e", program])
            .output()
            .expect("the driver runs");
        assert_eq!(output.status.code(), Some(5), "{program}");
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(text.contains("terminated"), "{text}");
        assert!(start.elapsed() < Duration::from_secs(10), "{program}");
    }
}

#[test]
fn agents_end_with_their_parent() {
    let mut engine = engine(true);
    let start = Instant::now();
    output(
        &mut engine,
        "$262.agent.start('for (;;) {}');
         $262.agent.start('Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)');
         $262.agent.start('$262.agent.receiveBroadcast(() => {})');
         $262.agent.start('$262.agent.sleep(1e9)');",
    );
    drop(engine);
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[test]
fn properties_of_primitives_are_those_of_the_realm_at_hand() {
    let mut engine = engine(true);
    let lines = output(
        &mut engine,
        "const other = $262.createRealm().global;
         const define = realm => realm.eval(`(name => {
             for (const o of [String, Symbol, Number]) o.prototype.realm = name;
         })`);
         define(globalThis)('main'), define(other)('other');
         const code = '((o, key) => key === undefined ? o.realm : o[key])';
         const here = eval(code), there = other.eval(code);
         const objects = [1, 2, 3, 4, 5, 6].map(i => ({ ['p' + i]: i, realm: i }));
         let answers = new Set();
         for (let i = 0; i < 20; i++)
             for (const o of [...objects, 'a', Symbol.iterator, i])
                 for (const key of [undefined, 'realm'])
                     if (typeof o !== 'object') answers.add(here(o, key) + ' ' + there(o, key));
                     else here(o, key), there(o, key);
         print([...answers].join());",
    );
    assert_eq!(lines, ["main other"]);
}
