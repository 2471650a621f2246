//! Errors as users see them. Each program in `tests/errors` stands beside its expected output:
//!
//! * `syntax`, `runtime`: what sarus reports for an early error or an uncaught exception (`.err`); `UPDATE=1` rewrites those.
//! * `print`, `stack`, `uncaught`: what Node 20 prints (`.out`), without frames of Node's own JavaScript; written by
//!   `scripts/error-messages.py --expect`.

use std::path::{Path, PathBuf};
use std::process::Command;

fn programs(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/errors")
        .join(folder);
    let mut programs: Vec<_> = std::fs::read_dir(&folder)
        .expect("folder")
        .filter_map(|e| Some(e.ok()?.path()))
        .filter(|p| p.extension().is_some_and(|e| e == "js" || e == "mjs"))
        .collect();
    programs.sort();
    programs
}

/// Standard output, and standard error without the version line; paths are those of the folder.
fn run(program: &Path) -> (String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_sarus"))
        .arg(program)
        .output()
        .expect("run");
    let folder = format!("{}/", program.parent().expect("folder").display());
    let text = |bytes: &[u8]| {
        String::from_utf8_lossy(bytes)
            .replace("file://", "")
            .replace(&folder, "")
    };
    let stderr = text(&output.stderr);
    let stderr = match stderr.rfind("\nsarus v") {
        Some(at) => stderr[..at].trim_end().to_string() + "\n",
        None => stderr,
    };
    (text(&output.stdout), stderr)
}

fn difference(program: &Path, expected: &str, actual: &str) -> String {
    format!(
        "{}\n--- expected\n{expected}\n--- got\n{actual}\n",
        program.display()
    )
}

#[test]
fn reports() {
    let update = std::env::var_os("UPDATE").is_some();
    let mut failed = Vec::new();
    let mut count = 0;
    for program in programs("syntax").into_iter().chain(programs("runtime")) {
        count += 1;
        let (_, actual) = run(&program);
        let expected = program.with_extension("err");
        if update {
            std::fs::write(&expected, &actual).expect("writable");
        } else {
            let expected = std::fs::read_to_string(&expected).unwrap_or_default();
            if actual != expected {
                failed.push(difference(&program, &expected, &actual));
            }
        }
    }
    assert!(count >= 150, "{count} programs");
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

fn as_in_node(folder: &str, of_stderr: bool) {
    let mut failed = Vec::new();
    for program in programs(folder) {
        let (stdout, stderr) = run(&program);
        let actual = if of_stderr { stdout + &stderr } else { stdout };
        // Node names an option of its own here.
        let actual: String = actual
            .lines()
            .filter(|line| !line.starts_with("(Use `"))
            .map(|line| format!("{line}\n"))
            .collect();
        let expected = std::fs::read_to_string(program.with_extension("out")).expect("expected");
        if actual != expected {
            failed.push(difference(&program, &expected, &actual));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn printed_as_in_node() {
    as_in_node("print", false);
}

#[test]
fn stacks_as_in_node() {
    as_in_node("stack", false);
}

#[test]
fn uncaught_as_in_node() {
    as_in_node("uncaught", true);
}
