//! The tree keeps its promises: who imports whom, file sizes, where `unsafe` may stand.

use std::fs;
use std::path::{Path, PathBuf};

/// Crate folder and the workspace crates it may depend on (docs/ARCHITECTURE.md).
const IMPORTS: &[(&str, &[&str])] = &[
    ("gc", &[]),
    ("regexp", &[]),
    ("parser", &["regexp"]),
    ("bytecode", &["parser"]),
    ("runtime", &["gc", "bytecode", "regexp"]),
    ("jit", &["bytecode", "regexp"]),
    ("interp", &["gc", "bytecode", "regexp", "runtime", "jit"]),
    ("host", &["runtime", "interp", "gc"]),
];

/// Longest file in lines, tables excepted.
const MAX_LINES: usize = 1200;

/// Files that are one table or one match over a table.
const TABLES: &[&str] = &["bytecode/src/opcodes.rs", "interp/src/dispatch.rs"];

/// Crates that hold `unsafe` code; the others forbid it.
const UNSAFE_CRATES: &[&str] = &["gc", "runtime", "interp"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            rust_files(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

/// The text of a manifest's [dependencies] table.
fn dependencies(manifest: &str) -> String {
    let start = manifest.find("[dependencies]").unwrap_or(manifest.len());
    let rest = &manifest[start..];
    let end = rest[1..].find("\n[").map_or(rest.len(), |i| i + 1);
    rest[..end].to_string()
}

#[test]
fn crates_import_only_what_they_may() {
    for (folder, allowed) in IMPORTS {
        let manifest = fs::read_to_string(root().join(folder).join("Cargo.toml")).unwrap();
        for line in dependencies(&manifest).lines() {
            if let Some(name) = line.strip_prefix("sarus-") {
                let name = name.split(['.', ' ', '=']).next().unwrap();
                assert!(
                    allowed.contains(&name),
                    "{folder} must not depend on {name}"
                );
            }
        }
    }
}

#[test]
fn files_stay_small() {
    let mut files = Vec::new();
    for (folder, _) in IMPORTS {
        rust_files(&root().join(folder).join("src"), &mut files);
    }
    for folder in ["src", "benches/src", "progen/src", "test262-runner/src"] {
        rust_files(&root().join(folder), &mut files);
    }
    let mut long = Vec::new();
    for file in files {
        let name = file
            .strip_prefix(root())
            .unwrap()
            .to_string_lossy()
            .into_owned();
        let lines = fs::read_to_string(&file).unwrap().lines().count();
        if lines > MAX_LINES && !TABLES.contains(&name.as_str()) {
            long.push(format!("{name}: {lines} lines"));
        }
    }
    assert!(long.is_empty(), "split by family: {long:#?}");
}

#[test]
fn unsafe_stays_where_it_may() {
    for (folder, _) in IMPORTS {
        if UNSAFE_CRATES.contains(folder) {
            continue;
        }
        let lib = fs::read_to_string(root().join(folder).join("src/lib.rs")).unwrap();
        assert!(
            lib.contains("#![forbid(unsafe_code)]"),
            "{folder} must forbid unsafe code"
        );
    }
    let mut files = Vec::new();
    rust_files(&root().join("runtime/src/builtins"), &mut files);
    rust_files(&root().join("runtime/src/abstract_ops"), &mut files);
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        assert!(
            !text.contains("unsafe "),
            "{} must be safe code",
            file.display()
        );
    }
}

#[test]
fn nothing_depends_on_readers_of_standard_output_and_error() {
    let mut files = Vec::new();
    for (folder, _) in IMPORTS {
        rust_files(&root().join(folder).join("src"), &mut files);
    }
    rust_files(&root().join("src"), &mut files);
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let is_code = |line: &&str| !line.trim_start().starts_with("//");
        for line in text.lines().filter(is_code) {
            let prints = ["println!(", "print!("].iter().any(|p| line.contains(p));
            let name = file.display();
            assert!(
                !prints,
                "{name}: these macros panic when nobody reads; see gc/src/note.rs: {line}"
            );
        }
    }
}
