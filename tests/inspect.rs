//! Programs in `tests/inspect` print values; beside each stands what Node 20 prints for it.

use std::path::Path;
use std::process::Command;

#[test]
fn values_print_as_in_node() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/inspect");
    let mut failed = Vec::new();
    let mut programs: Vec<_> = std::fs::read_dir(&folder)
        .expect("tests/inspect")
        .filter_map(|e| Some(e.ok()?.path()))
        .filter(|p| p.extension().is_some_and(|e| e == "js"))
        .collect();
    programs.sort();
    assert!(!programs.is_empty());
    for program in programs {
        let expected = std::fs::read_to_string(program.with_extension("out")).expect("expected");
        let output = Command::new(env!("CARGO_BIN_EXE_sarus"))
            .arg(&program)
            .output()
            .expect("run");
        let actual = String::from_utf8_lossy(&output.stdout);
        if actual != expected {
            failed.push(difference(&program, &expected, &actual));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// The first line that differs.
fn difference(program: &Path, expected: &str, actual: &str) -> String {
    let (mut e, mut a) = (expected.lines(), actual.lines());
    let mut n = 1;
    loop {
        match (e.next(), a.next()) {
            (Some(x), Some(y)) if x == y => n += 1,
            (x, y) => {
                return format!(
                    "{}: line {n}\n  expected {}\n  got      {}",
                    program.display(),
                    x.unwrap_or("the end"),
                    y.unwrap_or("the end")
                );
            }
        }
    }
}
