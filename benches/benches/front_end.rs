//! Speed of the front end in bytes of source: parsing with scope analysis and early errors, and compiling to bytecode.

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use criterion::{
    BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main, measurement::WallTime,
};
use sarus_bytecode::{CompileOptions, SourceText, compile_parsed};
use sarus_parser::{Bump, Options, parse};

/// The sources of the macro programs.
fn programs() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("macro");
    let mut paths: Vec<_> = fs::read_dir(folder)
        .expect("the folder of macro programs")
        .map(|entry| entry.expect("a folder entry").path())
        .collect();
    paths.sort();
    paths
        .iter()
        .map(|path| fs::read_to_string(path).expect("a readable program"))
        .collect()
}

/// A source that repeats `piece`, each time with another number in place of `@`, up to about `bytes`.
fn repeat(piece: &str, bytes: usize) -> String {
    (0..bytes / piece.len())
        .map(|index| piece.replace('@', &index.to_string()))
        .collect()
}

/// Sources that are about one thing each, so that a slow path shows.
const PIECES: [(&str, &str); 6] = [
    (
        "identifiers",
        "let alpha@ = beta.gamma.delta.epsilon + zeta@0.eta;\nvar zeta@0 = { eta: 1 }, beta@;\n",
    ),
    (
        "numbers",
        "f(@, 1.5e3, 0x1f, 1_000, .25, 123456789, 0.1, 7n, 0b101);\n",
    ),
    (
        "strings",
        "g('single @', \"double \\n @\", `template ${@} end`, 'üñïcode');\n",
    ),
    (
        "arrows",
        "h((a, b) => a + b, async x => await x, ({ p, q = 1 }, [r, ...s]) => ({ p, q, r, s }));\n",
    ),
    (
        "classes",
        "class A@ extends B { #x = 1; static y = 2; get z() { return this.#x; } async *m(a = 1, ...b) { yield a; } }\n",
    ),
    (
        "nesting",
        "function n@(a) { if (a) { for (let i = 0; i < a; i++) { try { (() => { n@(i); })(); } catch { break; } } } }\n",
    ),
];

/// All inputs by name; the macro programs are one input.
fn inputs() -> Vec<(&'static str, Vec<Arc<SourceText>>)> {
    let text = |text: String| SourceText::new(text.into_bytes(), "bench.js");
    let mut inputs = vec![("macro programs", programs().into_iter().map(text).collect())];
    for (name, piece) in PIECES {
        inputs.push((name, vec![text(repeat(piece, 100_000))]));
    }
    inputs
}

fn set_throughput(group: &mut BenchmarkGroup<'_, WallTime>, sources: &[Arc<SourceText>]) {
    group.throughput(Throughput::Bytes(
        sources.iter().map(|s| s.text.len() as u64).sum(),
    ));
}

fn parsing(c: &mut Criterion) {
    let mut group = c.benchmark_group("parse");
    for (name, sources) in inputs() {
        set_throughput(&mut group, &sources);
        group.bench_function(name, |b| {
            let mut arena = Bump::new();
            b.iter(|| {
                for source in &sources {
                    arena.reset();
                    let parsed = parse(&arena, &source.text, &Options::script());
                    assert!(black_box(&parsed).is_ok());
                }
            });
        });
    }
    group.finish();
}

fn compiling(c: &mut Criterion) {
    let mut group = c.benchmark_group("compile");
    for (name, sources) in inputs() {
        set_throughput(&mut group, &sources);
        let arena = Bump::new();
        let parsed: Vec<_> = sources
            .iter()
            .map(|source| {
                (
                    source,
                    parse(&arena, &source.text, &Options::script()).expect("valid source"),
                )
            })
            .collect();
        group.bench_function(name, |b| {
            b.iter(|| {
                for (source, parsed) in &parsed {
                    let code = compile_parsed(source, parsed, CompileOptions::default());
                    assert!(black_box(&code).is_ok());
                }
            });
        });
    }
    group.finish();
}

criterion_group!(benches, parsing, compiling);
criterion_main!(benches);
