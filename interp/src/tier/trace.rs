//! What `--trace-opt`, `--trace-deopt`, `--print-snapshot` and `--perf-basic-prof` write.

use super::{Installed, worker};
use crate::frame::Frame;
use sarus_gc::Gc;
use sarus_jit::Snapshot;
use sarus_runtime::code::LinkedCode;
use std::io::Write;

/// Name and place of a code: `name script:line:column`.
fn describe(code: Gc<LinkedCode>, pc: u32) -> String {
    let block = code.block();
    let name = block.name.to_string();
    let name = if name.is_empty() {
        "(anonymous)"
    } else {
        &name
    };
    let script = block.source.name.to_string();
    match block.source_map.lookup(pc) {
        Some(p) => {
            let at = block.source.line_column(p.point);
            format!("{name} {script}:{}:{}", at.line, at.column)
        }
        None => format!("{name} {script}"),
    }
}

/// A compile ended.
pub fn compiled(code: Gc<LinkedCode>, osr: Option<u32>, answer: &worker::Answer) {
    let what = describe(code, osr.unwrap_or(0));
    let entry = match osr {
        Some(pc) => format!(" (loop at {pc})"),
        None => String::new(),
    };
    let ms = answer.time.as_secs_f64() * 1e3;
    match &answer.result {
        Ok(c) => eprintln!(
            "[opt] #{} {what}{entry}: {} instructions, {} bytes, {} exits, {ms:.2} ms",
            answer.number,
            c.instructions,
            c.bytes.len(),
            c.exits.len(),
        ),
        Err(why) => eprintln!(
            "[opt] #{} {what}{entry}: declined, {why:?}, {ms:.2} ms",
            answer.number
        ),
    }
}

/// Code was given up.
pub fn discarded(code: Gc<LinkedCode>) {
    eprintln!("[opt] discarded {}", describe(code, 0));
}

/// Code went back to the interpreter, at `f`.
pub fn exit(code: &Installed, number: usize, f: Frame) {
    let exit = &code.exits[number];
    let (function, pc) = exit.origin;
    let origin = code
        .functions
        .get(function)
        .map_or_else(String::new, |origin| {
            // SAFETY: installed code keeps the codes it refers to alive.
            let origin: Gc<LinkedCode> = unsafe { Gc::from_raw(origin.cell as *mut LinkedCode) };
            format!("{} +{pc}", describe(origin, pc))
        });
    eprintln!(
        "[deopt] #{} exit {number}: {}, {origin}; goes on at {} +{}{}",
        code.number,
        exit.reason.text(),
        describe(f.code(), f.offset()),
        f.offset(),
        if exit.throws {
            " with an exception"
        } else {
            ""
        },
    );
}

/// What the compiler is going to know.
pub fn snapshot(snapshot: &Snapshot) {
    for (i, f) in snapshot.functions.iter().enumerate() {
        let name = f.code.name.to_string();
        eprintln!(
            "[snapshot #{}] function {i} {name}: {} words, warm {}, osr {:?}",
            snapshot.code_number,
            f.code.words.len(),
            f.warm,
            if i == 0 { snapshot.osr } else { None },
        );
        for (slot, site) in f.sites.iter().enumerate() {
            eprintln!("  slot {slot}: {site:x?}");
        }
        for (pc, bits) in f.feedback.iter().enumerate().filter(|(_, b)| **b != 0) {
            eprintln!("  feedback at {pc}: {bits:#x}");
        }
        for (pc, reasons) in &f.exits {
            eprintln!("  exits at {pc}: {:#x}", reasons.0);
        }
    }
}

/// Adds a line to the map that `perf` reads.
pub fn perf_map(code: Gc<LinkedCode>, address: usize, size: usize) {
    let path = format!("/tmp/perf-{}.map", std::process::id());
    let file = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(path);
    if let Ok(mut file) = file {
        // A map that cannot be written is no reason to stop.
        let _ = writeln!(file, "{address:x} {size:x} JS:{}", describe(code, 0));
    }
}
