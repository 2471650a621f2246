//! Snapshot tests: `snapshots/x.js` (or `x.mjs` for modules) beside any of `x.tokens`, `x.ast.json`, `x.scopes`, `x.err`.
//!
//! A source that parses is compared with its dumps, one that does not with its rendered error. `UPDATE=1 cargo test` rewrites
//! the expectations. Options of language features (`--harmony-…`) in the first line are on.

use sarus_parser::{
    Bump, Features, Goal, Options, parse, print_scopes, print_tokens, to_estree_json,
};
use std::path::Path;

#[test]
fn snapshots() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots");
    let update = std::env::var_os("UPDATE").is_some();
    let mut sources: Vec<_> = std::fs::read_dir(&folder)
        .expect("the folder of snapshots")
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "js" || extension == "mjs")
        })
        .collect();
    sources.sort();
    assert!(!sources.is_empty());
    let mut wrong = Vec::new();
    for path in sources {
        let source = std::fs::read(&path).expect("a readable source");
        let goal = if path.extension().is_some_and(|extension| extension == "mjs") {
            Goal::Module
        } else {
            Goal::Script
        };
        let options = Options {
            goal,
            features: Features::named_in(first_line(&source)),
            ..Options::default()
        };
        let arena = Bump::new();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let outputs = match parse(&arena, &source, &options) {
            Ok(parsed) => vec![
                ("tokens", print_tokens(&source, goal)),
                ("ast.json", pretty(&to_estree_json(&parsed))),
                ("scopes", print_scopes(&parsed)),
            ],
            Err(error) => vec![("err", error.render(&name, &source))],
        };
        for (extension, actual) in outputs {
            let file = path.with_extension(extension);
            let expected = std::fs::read_to_string(&file).ok();
            if update {
                // New sources get the dump that shows what they are about; the others are kept up to date.
                let wanted = expected.is_some() || extension == "err" || extension == "scopes";
                if wanted {
                    std::fs::write(&file, &actual).expect("a writable expectation");
                }
            } else if expected.is_some_and(|expected| expected != actual) {
                wrong.push(format!("{}:\n{actual}", file.display()));
            } else if extension == "err" && !file.exists() {
                wrong.push(format!("{name} fails without an expectation:\n{actual}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn first_line(source: &[u8]) -> &str {
    let line = source.split(|&byte| byte == b'\n').next();
    std::str::from_utf8(line.unwrap_or_default()).unwrap_or_default()
}

/// One node per line, indented.
fn pretty(json: &str) -> String {
    let mut out = String::new();
    let mut depth = 0usize;
    let mut in_string = false;
    let mut escaped = false;
    for character in json.chars() {
        if in_string {
            out.push(character);
            in_string = escaped || character != '"';
            escaped = character == '\\' && !escaped;
            continue;
        }
        match character {
            '"' => {
                in_string = true;
                out.push('"');
            }
            '{' | '[' => {
                out.push(character);
                depth += 1;
            }
            '}' | ']' => {
                out.push(character);
                depth = depth.saturating_sub(1);
            }
            ',' => out.push(','),
            _ => out.push(character),
        }
        if character == '{' {
            let at = out.len() - 1;
            out.insert_str(at, &format!("\n{}", "  ".repeat(depth.saturating_sub(1))));
        }
    }
    out.push('\n');
    out
}
