//! What the optimizing compiler costs: per bytecode instruction, and per pass.
//!
//! Each row of the table is a program that runs in the interpreter until its functions have seen enough; a snapshot is taken
//! of the function it ends with. `compile` measures the whole, `stage` building, every pass and lowering by themselves, each
//! on what the stages before it made. Throughput is in bytecode instructions, inlined ones included.

use std::hint::black_box;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use sarus::{Engine, EngineOptions};
use sarus_jit::Snapshot;
use sarus_jit::graph::Graph;
use sarus_jit::passes::PASSES;

/// A function to compile: name, and a program whose last value it is.
const ROWS: &[(&str, &str)] = &[
    (
        "sieve",
        "function sieve(n) {
            const composite = new Uint8Array(n + 1);
            let count = 0;
            for (let i = 2; i <= n; i++) {
                if (composite[i]) continue;
                count++;
                for (let k = i * i; k <= n; k += i) composite[k] = 1;
            }
            return count;
        }
        for (let i = 0; i < 20; i++) sieve(500);
        sieve",
    ),
    (
        "nbody",
        "class Body { constructor(x, y, z, m) { this.x = x; this.y = y; this.z = z; this.vx = 0; this.vy = 0; this.vz = 0; this.m = m; } }
        const bodies = [1, 2, 3, 4, 5].map((i) => new Body(i * 1.5, i * 0.3, -i * 0.7, i * 0.01));
        function advance(dt) {
            for (let i = 0; i < bodies.length; i++) {
                const a = bodies[i];
                for (let j = i + 1; j < bodies.length; j++) {
                    const b = bodies[j];
                    const dx = a.x - b.x, dy = a.y - b.y, dz = a.z - b.z;
                    const d = dx * dx + dy * dy + dz * dz;
                    const mag = dt / (d * Math.sqrt(d));
                    a.vx -= dx * b.m * mag; a.vy -= dy * b.m * mag; a.vz -= dz * b.m * mag;
                    b.vx += dx * a.m * mag; b.vy += dy * a.m * mag; b.vz += dz * a.m * mag;
                }
            }
            for (const b of bodies) { b.x += dt * b.vx; b.y += dt * b.vy; b.z += dt * b.vz; }
        }
        for (let i = 0; i < 50; i++) advance(0.01);
        advance",
    ),
    (
        "objects",
        "class Vec {
            constructor(x, y) { this.x = x; this.y = y; }
            plus(o) { return new Vec(this.x + o.x, this.y + o.y); }
            times(k) { return new Vec(this.x * k, this.y * k); }
            dot(o) { return this.x * o.x + this.y * o.y; }
        }
        class Shape { area() { return 0; } }
        class Box extends Shape { constructor(d) { super(); this.d = d; } area() { return this.d.dot(this.d); } }
        class Dot extends Shape { area() { return 1; } }
        function work(shapes, n) {
            let v = new Vec(0, 0), total = 0;
            for (let i = 0; i < n; i++) {
                v = v.plus(new Vec(i, 1)).times(2);
                total += shapes[i % shapes.length].area() + v.dot(v);
            }
            return total;
        }
        const shapes = [new Box(new Vec(1, 2)), new Dot(), new Box(new Vec(3, 4))];
        for (let i = 0; i < 50; i++) work(shapes, 20);
        work",
    ),
    (
        "interpreter",
        "function run(code, n) {
            let pc = 0, a = 0, b = 1, steps = 0;
            const stack = [];
            while (steps++ < n) {
                switch (code[pc++]) {
                    case 0: a = a + b | 0; break;
                    case 1: b = b ^ a; break;
                    case 2: stack.push(a); break;
                    case 3: if (stack.length > 0) a = stack.pop(); break;
                    case 4: if (a > 1000) pc = 0; break;
                    case 5: a = a * 3 & 0xFFFF; break;
                    case 6: b = b + 1; break;
                    default: pc = 0;
                }
            }
            return a + b;
        }
        const code = [0, 1, 2, 5, 3, 6, 4, 0, 2, 1, 3, 7];
        for (let i = 0; i < 50; i++) run(code, 100);
        run",
    ),
];

/// The engine, which the snapshot refers to, and the snapshot.
fn snapshot(program: &str) -> (Engine, Snapshot) {
    let mut options = EngineOptions::default();
    options.agent.tier.enabled = false;
    options.agent.tier.inline = true;
    options.agent.tier.verify = false;
    let mut engine = Engine::new(options).expect("memory for the stacks");
    let function = engine
        .eval_script("bench.js", program)
        .expect("programs do not throw");
    let code = function
        .as_object()
        .and_then(|o| o.as_function())
        .map(|f| f.code())
        .expect("programs end with a function");
    let snapshot = sarus_interp::tier::control::snapshot(engine.agent(), code);
    (engine, snapshot)
}

fn build(snapshot: &Snapshot) -> Graph {
    sarus_jit::build::build(snapshot).expect("nothing in the programs is declined")
}

fn whole(c: &mut Criterion) {
    let mut group = c.benchmark_group("compile");
    for (name, program) in ROWS {
        let (_engine, snapshot) = snapshot(program);
        let instructions = u64::from(build(&snapshot).instructions);
        group.throughput(Throughput::Elements(instructions));
        group.bench_function(*name, |b| {
            b.iter(|| sarus_jit::compile(black_box(&snapshot)).expect("it compiles"));
        });
    }
    group.finish();
}

fn stages(c: &mut Criterion) {
    let mut group = c.benchmark_group("stage");
    for (name, program) in ROWS {
        let (_engine, snapshot) = snapshot(program);
        let mut graph = build(&snapshot);
        group.throughput(Throughput::Elements(u64::from(graph.instructions)));
        group.bench_function(BenchmarkId::new("build", name), |b| {
            b.iter(|| build(black_box(&snapshot)));
        });
        for (pass, run) in PASSES {
            group.bench_function(BenchmarkId::new(*pass, name), |b| {
                b.iter_batched_ref(
                    || graph.clone(),
                    |graph| run(graph, &snapshot),
                    BatchSize::SmallInput,
                );
            });
            run(&mut graph, &snapshot);
        }
        group.bench_function(BenchmarkId::new("lower", name), |b| {
            b.iter(|| sarus_jit::lower(black_box(&graph), &snapshot).expect("it is lowered"));
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = whole, stages
}
criterion_main!(benches);
