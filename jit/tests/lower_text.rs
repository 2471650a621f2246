//! Text tests of lowering: `lowering/*.txt` holds cases of a graph and the code generator's input made of it.
//!
//! ```text
//! ==== title
//! graph
//! ----
//! Cranelift IR
//! ```
//!
//! `UPDATE=1 cargo test -p sarus-jit --test lower_text` writes the IR.

mod machine;

use sarus_jit::lower::{ROUTINES, lower};
use sarus_jit::read::read;
use sarus_jit::snapshot::Snapshot;
use sarus_jit::verify::verify;
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// A snapshot whose addresses are the same in every run; the code is not run.
fn snapshot() -> Snapshot {
    let mut snapshot = machine::snapshot(&machine::Machine::new());
    let layout = Arc::make_mut(&mut snapshot.layout);
    layout.agent = 0xA000_0000;
    layout.vm_fp = 0xA000_0008;
    layout.interrupt = 0xA000_0010;
    layout.answer = 0xA000_0018;
    layout.stack_limit = 0xB000_0000;
    layout.native_stack_limit = 0xC000_0000;
    layout.load_table = 0xA100_0000;
    layout.store_table = 0xA200_0000;
    let helpers = Arc::make_mut(&mut snapshot.helpers);
    for (i, address) in helpers.named.iter_mut().enumerate() {
        *address = 0xD000_0000 + 16 * i as u64;
    }
    for (i, address) in helpers.shells.iter_mut().enumerate() {
        if *address != 0 {
            *address = 0xE000_0000 + 16 * i as u64;
        }
    }
    helpers.routines = (0..ROUTINES.len() as u64)
        .map(|i| 0xE800_0000 + 16 * i)
        .collect();
    for (i, address) in helpers.instruction.iter_mut().enumerate() {
        *address = 0xF000_0000 + 16 * i as u64;
    }
    snapshot.options.print = Some("clif".into());
    snapshot
}

/// The IR without the prologue's parts that are the same everywhere.
fn text(graph: &str) -> Result<String, String> {
    let graph = read(graph)?;
    verify(&graph)?;
    let code = lower(&graph, &snapshot()).map_err(|e| format!("{e:?}"))?;
    let mut text: String = code.text;
    for (i, exit) in code.exits.iter().enumerate() {
        let frames: Vec<String> = exit
            .frames
            .iter()
            .map(|f| format!("f{}+{}@{}", f.function, f.base, f.pc))
            .collect();
        let throws = if exit.throws { " throws" } else { "" };
        let frames = frames.join(" ");
        text.push_str(&format!("exit {i}: {:?} {frames}{throws}\n", exit.reason));
    }
    Ok(text)
}

#[test]
fn lowering_does_what_the_files_say() {
    let update = std::env::var_os("UPDATE").is_some();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lowering");
    let mut wrong = Vec::new();
    for entry in fs::read_dir(folder).expect("cases") {
        let file = entry.expect("a file").path();
        let all = fs::read_to_string(&file).expect("readable");
        let mut written = String::new();
        for case in all.split("==== ").skip(1) {
            let (title, rest) = case.split_once('\n').expect("a title");
            let (graph, expected) = rest.split_once("----\n").unwrap_or((rest, ""));
            let got = text(graph).unwrap_or_else(|e| format!("{e}\n"));
            if got.trim_end() != expected.trim_end() {
                wrong.push(format!("{}: {title}\n{got}", file.display()));
            }
            let (graph, got) = (graph.trim_end(), got.trim_end());
            written.push_str(&format!("==== {title}\n{graph}\n----\n{got}\n\n"));
        }
        if update {
            fs::write(&file, written).expect("writable");
        }
    }
    assert!(update || wrong.is_empty(), "{}", wrong.join("\n"));
}
