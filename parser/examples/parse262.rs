//! Parses all of test262 and reports what is wrongly accepted or rejected.
//!
//! `cargo run --profile fast -p sarus-parser --example parse262 -- /path/to/test262/test [filter]`

use sarus_parser::{Bump, Goal, Options, parse};
use std::path::{Path, PathBuf};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let root = arguments
        .next()
        .unwrap_or_else(|| String::from("test262/test"));
    let filter = arguments.next().unwrap_or_default();
    let mut files = Vec::new();
    collect(Path::new(&root), &mut files);
    files.sort();
    let (mut runs, mut accepted, mut rejected) = (0, 0, 0);
    let mut arena = Bump::new();
    for file in &files {
        let name = file.to_string_lossy();
        if !name.contains(&filter) || name.contains("_FIXTURE") {
            continue;
        }
        let Ok(source) = std::fs::read(file) else {
            continue;
        };
        let text = String::from_utf8_lossy(&source);
        let meta = text
            .split_once("/*---")
            .and_then(|(_, rest)| rest.split_once("---*/"))
            .map_or("", |(meta, _)| meta);
        let is_negative = meta.contains("phase: parse") || meta.contains("phase: early");
        for (goal, strict) in modes(&flags(meta)) {
            runs += 1;
            arena.reset();
            let mut input = Vec::new();
            if strict {
                input.extend_from_slice(b"\"use strict\";\n");
            }
            input.extend_from_slice(&source);
            let options = Options {
                goal,
                ..Options::default()
            };
            let mode = match (goal, strict) {
                (Goal::Module, _) => "module",
                (_, true) => "strict",
                _ => "sloppy",
            };
            match parse(&arena, &input, &options) {
                Ok(_) if is_negative => {
                    accepted += 1;
                    println!("ACCEPTED {mode} {name}");
                }
                Err(error) if !is_negative => {
                    rejected += 1;
                    println!("REJECTED {mode} {}", error.render(&name, &input));
                }
                _ => {}
            }
        }
    }
    println!("{runs} runs, {accepted} false accepts, {rejected} false rejects");
}

/// The flags of a test's front matter, written on one line or as a list.
fn flags(meta: &str) -> String {
    let mut flags = String::new();
    let mut inside = false;
    for line in meta.lines() {
        if let Some(rest) = line.trim_start().strip_prefix("flags:") {
            inside = true;
            flags.push_str(rest);
        } else if inside && line.trim_start().starts_with("- ") {
            flags.push_str(line);
        } else {
            inside = false;
        }
    }
    flags
}

fn modes(flags: &str) -> Vec<(Goal, bool)> {
    if flags.contains("module") {
        vec![(Goal::Module, false)]
    } else if flags.contains("raw") || flags.contains("noStrict") {
        vec![(Goal::Script, false)]
    } else if flags.contains("onlyStrict") {
        vec![(Goal::Script, true)]
    } else {
        vec![(Goal::Script, false), (Goal::Script, true)]
    }
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(path) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "js") {
            files.push(path);
        }
    }
}
