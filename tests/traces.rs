//! The driver's traces and figures: what they say, and that nobody has to read them.

use std::process::{Command, Output, Stdio};

const HOT: &str = "
function Point(x, y) { this.x = x; this.y = y; }
Point.prototype.sum = function () { return this.x + this.y; };
function work(n) { let t = 0; for (let i = 0; i < n; i++) t += new Point(i, 1).sum(); return t; }
let total = 0;
for (let i = 0; i < 200; i++) total += work(200);
total += work(2.5) + new Point('a', 'b').sum().length;
console.log(total);
";

fn sarus(options: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sarus"));
    command.args(options).args(["-e", HOT]);
    command
}

fn run(options: &[&str]) -> (Output, String) {
    let output = sarus(options).output().expect("sarus starts");
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    (output, stderr)
}

#[test]
fn nobody_has_to_read_traces() {
    let options = [
        "--jit",
        "--jit-sync",
        "--trace-opt",
        "--trace-deopt",
        "--trace-ic",
        "--trace-gc",
        "--print-snapshot",
        "--print-graph",
        "--stats",
        "--gc-stress=100",
    ];
    let mut child = sarus(&options)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("sarus starts");
    // From here on writing to it fails.
    drop(child.stderr.take());
    let output = child.wait_with_output().expect("sarus ends");
    assert!(output.status.success(), "{:?}", output.status);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "4020008\n");
}

#[test]
fn compiles_and_exits_are_traced() {
    let (output, text) = run(&[
        "--jit",
        "--jit-sync",
        "--trace-opt",
        "--trace-deopt",
        "--stats",
    ]);
    assert!(output.status.success());
    let has = |words: &[&str]| {
        text.lines()
            .any(|line| words.iter().all(|w| line.contains(w)))
    };
    assert!(
        has(&[
            "[opt] #",
            "work [eval]:4:",
            "instructions",
            "inlined",
            "main thread",
            "asked for at"
        ]),
        "{text}"
    );
    assert!(has(&["tier:", "compiles", "codes installed"]), "{text}");
    assert!(
        has(&["tier: compiling took", "main thread", "snapshots"]),
        "{text}"
    );
    assert!(
        has(&["tier:", "KB code", "KB metadata", "KB bytecode of"]),
        "{text}"
    );
}

#[test]
fn caches_are_traced() {
    let (_, text) = run(&["--trace-ic"]);
    assert!(text.contains("[ic] work 4:"), "{text}");
    assert!(text.contains("empty -> monomorphic"), "{text}");
    let has = |words: &[&str]| text.lines().any(|l| words.iter().all(|w| l.contains(w)));
    assert!(
        has(&["CallMethod", "empty -> monomorphic (anonymous)"]),
        "{text}"
    );
    assert!(has(&["Construct", "empty -> monomorphic Point"]), "{text}");
}

#[test]
fn exits_are_counted() {
    let file = std::env::temp_dir().join(format!("sarus-exits-{}", std::process::id()));
    let option = format!("--exit-coverage={}", file.display());
    let (output, _) = run(&["--always-opt", "--stress-exits=3", &option]);
    assert!(output.status.success());
    let text = std::fs::read_to_string(&file).expect("it was written");
    let _ = std::fs::remove_file(&file);
    let taken = |line: &str| line.contains("\tstress\t") && !line.ends_with("\t0");
    assert!(text.lines().any(taken), "{text}");
    assert!(
        text.lines().all(|line| line.split('\t').count() == 4),
        "{text}"
    );
}
