//! Text tests of the passes: `ir/<pass>.txt` holds cases of a graph before and after the pass.
//!
//! ```text
//! ==== title
//! graph before
//! ----
//! graph after
//! ```
//!
//! A title may end with `[pass pass …]` to run others than the file's. `UPDATE=1 cargo test -p sarus-jit --test ir` writes
//! the graphs after.

use sarus_jit::layout::Layout;
use sarus_jit::passes::{PASSES, run};
use sarus_jit::print::print;
use sarus_jit::read::read;
use sarus_jit::snapshot::{HelperAddresses, Options, Snapshot};
use sarus_jit::verify::verify;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn layout() -> Layout {
    let mut layout = Layout::default();
    layout.kinds.first_object = 20;
    layout.kinds.object = 20;
    layout.kinds.array = 21;
    layout.kinds.function = 22;
    layout.kinds.elements = 6;
    layout.kinds.environment = 7;
    layout.offsets.elements = 16;
    layout.empty_elements = 0x8000;
    layout
}

fn snapshot() -> Snapshot {
    Snapshot {
        functions: Vec::new(),
        osr: None,
        code_number: 0,
        no_elements: 0,
        all_no_elements: 0,
        objects: Vec::new(),
        realm: 0,
        array_shape: 0,
        iter_result: 0,
        iteration: None,
        arguments: [None, None],
        known: Vec::new(),
        layout: Arc::new(layout()),
        helpers: Arc::new(HelperAddresses::default()),
        options: Options::default(),
    }
}

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ir");
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

/// The text after the passes, or what is wrong.
fn after(before: &str, passes: &[&str]) -> Result<String, String> {
    let mut graph = read(before)?;
    verify(&graph).map_err(|why| format!("before: {why}"))?;
    let again = print(&graph);
    assert_eq!(
        again,
        print(&read(&again).unwrap()),
        "text is not read as printed"
    );
    for name in passes {
        let (_, pass) = PASSES
            .iter()
            .find(|(known, _)| known == name)
            .ok_or_else(|| format!("unknown pass {name}"))?;
        pass(&mut graph, &snapshot());
        verify(&graph).map_err(|why| format!("after {name}: {why}\n{}", print(&graph)))?;
    }
    Ok(print(&graph))
}

#[test]
fn passes_do_what_the_files_say() {
    let update = std::env::var_os("UPDATE").is_some();
    let mut wrong = Vec::new();
    for file in files() {
        let text = fs::read_to_string(&file).unwrap();
        let stem = file.file_stem().unwrap().to_string_lossy().into_owned();
        let mut written = String::new();
        for case in text.split("==== ").skip(1) {
            let (title, rest) = case.split_once('\n').unwrap();
            let (before, expected) = rest.split_once("----\n").unwrap_or((rest, ""));
            let passes: Vec<&str> = match title.split_once('[') {
                Some((_, passes)) => passes.trim_end_matches(']').split(' ').collect(),
                None => vec![&stem],
            };
            let found = match after(before, &passes) {
                Ok(text) => text,
                Err(why) => {
                    wrong.push(format!("{stem}: {title}: {why}"));
                    continue;
                }
            };
            if found.trim() != expected.trim() && !update {
                wrong.push(format!("{stem}: {title}: found\n{found}"));
            }
            let before = before.trim_end();
            written.push_str(&format!("==== {title}\n{before}\n----\n{found}\n"));
        }
        if update && wrong.is_empty() {
            fs::write(&file, written.trim_end().to_string() + "\n").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn loops_without_header_are_declined() {
    let mut graph = read("b0:\n jump b1\nb1:\n jump b1").unwrap();
    let result = run(&mut graph, &snapshot(), &mut String::new());
    assert!(result.unwrap_err().contains("no loop header"));
}

#[test]
fn verifier_finds_faults() {
    let fault = |text: &str| verify(&read(text).unwrap()).unwrap_err();
    assert!(fault("b0:\n v0 = Int(1)\n return v0").contains("is Int32, not Tagged"));
    assert!(fault("b0:\n v0 = IntToTagged v1\n v1 = Int(1)\n return v0").contains("dominate"));
    assert!(
        fault("b0:\n v0 = LoadReg(9)\n v1 = CheckInt v0\n unreachable").contains("without state")
    );
    assert!(
        fault("b0:\n v0 = Bool(true)\n branch v0 b1 else b2\nb1:\n jump b2\nb2:\n unreachable")
            .contains("critical edge")
    );
    assert!(fault("b0:\n jump b1\nb1:\n jump b1").contains("no loop header"));
    assert!(
        fault(
            "b0:\n v0 = LoadReg(9)\n jump b1\nb1: loop\n v1 = Phi Tagged v0\n jump b1\n"
                .replace("Phi Tagged", "Phi")
                .replace("v1 =", "v1: Tagged =")
                .as_str()
        )
        .contains("1 inputs for 2 predecessors")
    );
    assert!(
        fault("b0:\n v0 = LoadReg(9)\n v1 = CheckInt v0 s0 NotInt\n unreachable\ns0: f0@0 r9=v1")
            .contains("dominate")
    );
}
