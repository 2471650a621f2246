//! What `--trace-opt`, `--trace-deopt`, `--print-snapshot` and `--perf-basic-prof` write.

use super::log::{Event, Unit};
use sarus_bytecode::CodeBlock;
use sarus_gc::note;
use sarus_jit::Snapshot;
use std::io::Write;
use std::time::{Duration, Instant};

/// Name of a function, for people.
pub fn name_of(block: &CodeBlock) -> String {
    let name = block.name.to_string();
    if name.is_empty() {
        "(anonymous)".into()
    } else {
        name
    }
}

/// Name and place of an instruction: `name script:line:column`.
fn describe(block: &CodeBlock, pc: u32) -> String {
    let name = name_of(block);
    let script = &block.source.name;
    // Instructions before the first that has a position belong to the start of the function.
    let place = block.source_map.lookup(pc);
    let at = block
        .source
        .line_column(place.map_or(block.span.start, |p| p.point));
    format!("{name} {script}:{}:{}", at.line, at.column)
}

/// Number, name, place and entry of a unit.
fn describe_unit(unit: &Unit) -> String {
    let what = describe(&unit.block, unit.osr.unwrap_or(0));
    match unit.osr {
        Some(pc) => format!("#{} {what} (loop at {pc})", unit.number),
        None => format!("#{} {what}", unit.number),
    }
}

/// When a compile was asked for, in time since the agent was made, how long it waited for a thread, and then for being noticed.
fn times(began: Instant, asked: Instant, start: Instant, time: Duration) -> String {
    let ms = |from: Instant, to: Instant| to.saturating_duration_since(from).as_secs_f64() * 1e3;
    format!(
        "asked for at {:.2} ms, waited {:.2} ms, noticed after {:.2} ms",
        ms(began, asked),
        ms(asked, start),
        ms(start + time, Instant::now()),
    )
}

/// Prints an event of an agent that was made then.
pub fn event(event: &Event, began: Instant) {
    match event {
        Event::Compiled {
            unit,
            asked,
            start,
            time,
            thread,
            result,
        } => {
            let what = describe_unit(unit);
            let ms = time.as_secs_f64() * 1e3;
            let place = match thread {
                0 => "main thread".to_string(),
                n => format!("thread {n}"),
            };
            let times = times(began, *asked, *start, *time);
            match result {
                Ok(s) => note!(
                    "[opt] {what}: {} instructions, {} bytes, {} exits, {} inlined, {ms:.2} ms, {place}, {times}",
                    s.instructions,
                    s.bytes,
                    s.exits,
                    s.inlined.len(),
                ),
                Err(why) => note!("[opt] {what}: declined, {why}, {ms:.2} ms, {place}, {times}"),
            }
        }
        // Follows the compile at once.
        Event::Installed { .. } => {}
        Event::Overtaken { unit } => {
            note!("[opt] {}: overtaken by exits", describe_unit(unit));
        }
        Event::Discarded { unit, why } => {
            note!("[opt] discarded {}: {why}", describe_unit(unit));
        }
        Event::Exit {
            unit,
            exit,
            reason,
            origin,
            resumed,
            throws,
        } => {
            let origin = origin.as_ref().map_or_else(String::new, |origin| {
                format!("{} +{}", describe(&origin.block, origin.pc), origin.pc)
            });
            note!(
                "[deopt] #{} exit {exit}: {}, {origin}; goes on at {} +{}{}",
                unit.number,
                reason.text(),
                describe(&resumed.block, resumed.pc),
                resumed.pc,
                if *throws { " with an exception" } else { "" },
            );
        }
    }
}

/// What the compiler is going to know.
pub fn snapshot(snapshot: &Snapshot) {
    for (i, f) in snapshot.functions.iter().enumerate() {
        note!(
            "[snapshot #{}] function {i} {}: {} words, warm {}, osr {:?}",
            snapshot.code_number,
            f.code.name.to_string(),
            f.code.words.len(),
            f.warm,
            if i == 0 { snapshot.osr } else { None },
        );
        for (slot, site) in f.sites.iter().enumerate() {
            note!("  slot {slot}: {site:x?}");
        }
        for (pc, bits) in f.feedback.iter().enumerate().filter(|(_, b)| **b != 0) {
            note!("  feedback at {pc}: {bits:#x}");
        }
        for (pc, reasons) in &f.exits {
            note!("  exits at {pc}: {:#x}", reasons.0);
        }
    }
}

/// Adds a unit to the map that `perf` reads.
pub fn perf_map(unit: &Unit, address: usize, size: usize) {
    let what = describe(&unit.block, 0);
    let entry = if unit.osr.is_some() { " (loop)" } else { "" };
    // As V8 names code of its top tier.
    perf_map_line(address, size, &format!("JS:*{what}{entry}"));
}

/// Adds a line to the map that `perf` reads.
pub fn perf_map_line(address: usize, size: usize, name: &str) {
    let path = format!("/tmp/perf-{}.map", std::process::id());
    let file = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(path);
    if let Ok(mut file) = file {
        // A map that cannot be written is no reason to stop.
        let _ = writeln!(file, "{address:x} {size:x} {name}");
    }
}
