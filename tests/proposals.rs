//! Proposals behind `--harmony-*`: what test262 does not ask, and that nothing is there without the option.

use sarus::{AgentOptions, Engine, EngineOptions, Feature, Features, HostOptions};
use std::path::PathBuf;

fn engine(features: &[Feature]) -> Engine {
    Engine::new(EngineOptions {
        agent: AgentOptions {
            features: features.iter().copied().collect::<Features>(),
            ..AgentOptions::default()
        },
        host: HostOptions {
            test262: true,
            capture_output: true,
            ..HostOptions::default()
        },
    })
    .expect("an engine")
}

fn finish(engine: &mut Engine) -> Vec<String> {
    engine.run_jobs().expect("no exception");
    engine.run_event_loop();
    engine.take_output()
}

/// What a script prints.
fn script(features: &[Feature], source: &str) -> Vec<String> {
    let mut engine = engine(features);
    engine.eval_script("test", source).expect("no exception");
    finish(&mut engine)
}

/// What the first of some modules prints.
fn modules(name: &str, features: &[Feature], files: &[(&str, &str)]) -> Vec<String> {
    let folder: PathBuf = std::env::temp_dir().join(format!("sarus-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    for (file, source) in files {
        std::fs::write(folder.join(file), source).expect("a file");
    }
    let mut engine = engine(features);
    let result = engine.eval_module_file(&folder.join(files[0].0));
    let lines = match result {
        Ok(_) => finish(&mut engine),
        Err(e) => vec![e.to_string()],
    };
    std::fs::remove_dir_all(&folder).expect("the folder goes");
    lines
}

#[test]
fn nothing_is_there_without_its_option() {
    let lines = script(
        &[],
        "print(typeof ShadowRealm, 'x');
         print('transferToImmutable' in ArrayBuffer.prototype);
         print('immutable' in ArrayBuffer.prototype);
         for (const code of ['import.defer(1)', 'import.source(1)'])
             try { eval(code) } catch (e) { print(e.name + ': ' + e.message) }",
    );
    assert_eq!(lines[..3], ["undefined", "false", "false"]);
    assert!(lines[3].contains("--harmony-import-defer"), "{}", lines[3]);
    assert!(lines[4].contains("--harmony-source-phase"), "{}", lines[4]);
    let lines = modules(
        "off",
        &[],
        &[("a.mjs", "import defer * as b from './a.mjs'")],
    );
    assert!(lines[0].contains("--harmony-import-defer"), "{}", lines[0]);
    let lines = modules(
        "bytes-off",
        &[],
        &[("a.mjs", "import b from './a.mjs' with { type: 'bytes' }")],
    );
    assert!(lines[0].contains("not supported"), "{}", lines[0]);
}

#[test]
fn shadow_realms_let_no_object_through() {
    let lines = script(
        &[Feature::ShadowRealm],
        "const realm = new ShadowRealm();
         const show = f => { try { print(String(f())) } catch (e) { print(e.constructor === TypeError, e.message); print(e.message) } };
         show(() => realm.evaluate('globalThis.x = 1; x + 1'));
         show(() => typeof x);
         show(() => realm.evaluate('[]'));
         show(() => realm.evaluate('throw new RangeError(\"deep\")'));
         show(() => realm.evaluate('throw { message: \"no\" }'));
         show(() => realm.evaluate('(f, v) => f(v) + 1')(v => v * 2, 20));
         show(() => realm.evaluate('f => f({})')(() => 1));
         show(() => realm.evaluate('f => Object.getPrototypeOf(f) === Function.prototype')(() => 1));
         const f = realm.evaluate('function add(a, b) { return a + b } add');
         show(() => [f.name, f.length, 'prototype' in f, Object.getPrototypeOf(f) === Function.prototype]);
         try { realm.evaluate('1 +') } catch (e) { print(String(e.constructor === SyntaxError)) }
         // Wrapping is not undone: each crossing wraps again.
         const id = realm.evaluate('f => f'), g = () => 7;
         show(() => [id(g) === g, id(g)()]);",
    );
    let expected = [
        "2",
        "undefined",
        "true",
        "[object Array] cannot cross a ShadowRealm boundary: it is neither primitive nor callable",
        "true",
        "ShadowRealm evaluate threw (RangeError: deep)",
        "true",
        "ShadowRealm evaluate threw (#<Object>)",
        "41",
        "true",
    ];
    assert_eq!(lines[..expected.len()], expected);
    assert!(lines[10].starts_with("WrappedFunction threw (TypeError: #<Object> cannot cross"));
    assert_eq!(lines[11..], ["true", "add,2,false,true", "true", "false,7"]);
}

#[test]
fn shadow_realms_have_modules_of_their_own() {
    let lines = modules(
        "shadow",
        &[Feature::ShadowRealm],
        &[
            (
                "a.mjs",
                "import { next } from './b.mjs';
                 print(next());
                 const realm = new ShadowRealm();
                 const other = await realm.importValue('./b.mjs', 'next');
                 print(other()); print(other()); print(next());
                 print(await realm.importValue('./b.mjs', 'next') === other);
                 for (const [file, name] of [['./b.mjs', 'nothing'], ['./b.mjs', 'object'], ['./c.mjs', 'x'], ['node:fs', 'readFileSync']])
                     try { await realm.importValue(file, name) } catch (e) { print(e.constructor === TypeError, e.message); print(e.message) }",
            ),
            ("b.mjs", "let n = 0; export const next = () => ++n; export const object = {};"),
            ("c.mjs", "export const x = 1; throw new Error('c');"),
        ],
    );
    assert_eq!(lines[..5], ["1", "1", "2", "2", "false"]);
    assert_eq!(
        lines[5..7],
        ["true", "The module has no export named 'nothing'"]
    );
    assert!(lines[8].contains("cannot cross"), "{}", lines[8]);
    assert!(lines[10].contains("(Error: c)"), "{}", lines[10]);
    assert!(
        lines[12].contains("node:fs in a ShadowRealm"),
        "{}",
        lines[12]
    );
}

#[test]
fn shadow_realms_are_collected() {
    let mut options = EngineOptions::default();
    options.agent.features = Features::NONE.with(Feature::ShadowRealm);
    options.agent.heap.max_heap_bytes = 32 << 20;
    let mut engine = Engine::new(options).expect("an engine");
    // All of them together would be far beyond the limit.
    let source = "for (let i = 0; i < 300; i++)
        new ShadowRealm().evaluate('globalThis.a = new Array(50000).fill(1); () => a.length')()";
    engine.eval_script("test", source).expect("no exception");
}

#[test]
fn deferred_modules_run_when_something_is_looked_up() {
    let lines = modules(
        "defer",
        &[Feature::ImportDefer],
        &[
            (
                "a.mjs",
                "import defer * as b from './b.mjs';
                 print('a');
                 print(Object.prototype.toString.call(b));
                 print(typeof b.then);
                 print('before');
                 print(b.value);
                 print(b.value);
                 const c = await import.defer('./c.mjs');
                 print('loaded');
                 try { c.x } catch (e) { print(e.message) }
                 try { Object.keys(c) } catch (e) { print(e.message) }
                 const again = await import.defer('./b.mjs');
                 print(again === b);",
            ),
            (
                "b.mjs",
                "print('b'); export const value = 42; export const then = 1;",
            ),
            (
                "c.mjs",
                "import './d.mjs'; print('c'); export const x = 1; throw new Error('c fails');",
            ),
            ("d.mjs", "await 0; print('d');"),
        ],
    );
    assert_eq!(
        lines,
        [
            "a",
            "[object Deferred Module]",
            "undefined",
            "before",
            "b",
            "42",
            "42",
            "d",
            "loaded",
            "c",
            "c fails",
            "c fails",
            "true"
        ]
    );
}

#[test]
fn sources_are_imported_without_evaluation() {
    let lines = modules(
        "source",
        &[Feature::SourcePhase],
        &[
            (
                "a.mjs",
                "import source x from '<module source>';
                 print(x instanceof $262.AbstractModuleSource, '');
                 print(Object.prototype.toString.call(x));
                 print(await import.source('<module source>') === x);
                 try { await import.source('./b.mjs') } catch (e) { print(e.name + ': ' + e.message) }",
            ),
            ("b.mjs", "print('evaluated')"),
        ],
    );
    assert_eq!(lines[..3], ["true", "[object Module]", "true"]);
    assert!(lines[3].starts_with("SyntaxError: Source phase import object is not defined"));
    assert_eq!(lines.len(), 4);
}

#[test]
fn immutable_buffers_never_change() {
    let lines = script(
        &[Feature::ImmutableArrayBuffer],
        "'use strict';
         const buffer = new Uint8Array([1, 2, 3, 4]).buffer.transferToImmutable();
         const view = new Uint8Array(buffer);
         const attempts = [
             () => { view[0] = 9 },
             () => Reflect.set(view, 0, 9),
             () => Reflect.defineProperty(view, 0, { value: 9 }),
             () => Reflect.defineProperty(view, 0, { value: 1 }),
             () => view.fill(0),
             () => view.set([5]),
             () => view.sort(),
             () => view.reverse(),
             () => view.copyWithin(0, 1),
             () => new DataView(buffer).setInt8(0, 1),
             () => Atomics.store(view, 0, 1),
             () => buffer.transfer(),
             () => $262.detachArrayBuffer(buffer),
             () => { for (let i = 0; i < 100; i++) try { view[i % 4] = i } catch {} },
             () => { view[10] = 1 },
         ];
         print(attempts.map(f => { try { return String(f()) } catch (e) { return e.name } }).join());
         print(view.join(), Object.isFrozen(Object.freeze(view)));
         print(view.join()); print(String(Object.isFrozen(Object.freeze(view))));
         print(JSON.stringify(Object.getOwnPropertyDescriptor(view, 1)));
         let sum = 0; for (let i = 0; i < 1000; i++) sum += view[i & 3]; print(sum);
         print(buffer.slice(1).immutable); print(buffer.sliceToImmutable(1, 3).byteLength);",
    );
    assert_eq!(
        lines[0],
        "TypeError,false,false,true,TypeError,TypeError,TypeError,TypeError,TypeError,TypeError,\
         TypeError,TypeError,TypeError,undefined,undefined"
    );
    assert_eq!(
        lines[2..],
        [
            "1,2,3,4",
            "true",
            r#"{"value":2,"writable":false,"enumerable":true,"configurable":false}"#,
            "2500",
            "false",
            "2"
        ]
    );
}

#[test]
fn bytes_are_imported() {
    let lines = modules(
        "bytes",
        &[Feature::ImportBytes, Feature::ImmutableArrayBuffer],
        &[
            (
                "a.mjs",
                "import bytes from './b.txt' with { type: 'bytes' };
                 print(bytes.join()); print(bytes.buffer.immutable); print(bytes instanceof Uint8Array);",
            ),
            ("b.txt", "abc"),
        ],
    );
    assert_eq!(lines, ["97,98,99", "true", "true"]);
}
