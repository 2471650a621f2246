//! Side-by-side runs of JavaScript engines: macro programs and startup.
//!
//! ```text
//! options ── compare ── run (one process, timed) ── rusage (wait4)
//!               └─ Comparison ── report (text, Markdown, JSON), html (plots)
//! ```
//!
//! Knows engines only as command lines, so any engine can take part. Never reports a single absolute time as
//! a result: everything is a ratio of medians that were measured in alternation.

mod compare;
mod html;
mod options;
mod report;
mod run;
mod rusage;
mod stats;

use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use crate::compare::{Comparison, Plan, Row};
use crate::options::Options;
use crate::run::Engine;

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(message) => {
            eprintln!("sarus-benches: {message}");
            ExitCode::from(2)
        }
    }
}

/// Does what the command line asks for; `Ok(false)` if an engine failed or printed something else.
fn run() -> Result<bool, String> {
    let Some(options) = Options::parse(std::env::args().skip(1))? else {
        print!("{}", options::help());
        return Ok(true);
    };
    let mut engines = options
        .all("--engine")
        .map(Engine::new)
        .collect::<Result<Vec<_>, _>>()?;
    if engines.is_empty() {
        engines.push(Engine::new("node")?);
    }
    let startup = options.command == "startup";
    let folder = options.get("--programs").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("macro"),
        PathBuf::from,
    );
    let plan = Plan {
        engines,
        folder,
        filters: options.all("--filter").map(str::to_string).collect(),
        runs: options
            .number("--runs", if startup { 20 } else { 5 })?
            .max(1),
        timeout: Duration::from_secs(options.number("--timeout", 120)?),
    };
    let comparison = if startup {
        compare::startup(&plan)?
    } else {
        compare::compare(&plan, progress)?
    };
    clear_progress();
    if startup {
        print!("{}", startup_table(&comparison));
    } else {
        print!("{}", report::markdown(&comparison));
    }
    write_files(&options, &comparison)?;
    Ok(comparison.is_clean())
}

fn progress(name: &str) {
    if io::stderr().is_terminal() {
        // A display that cannot be written is no reason to stop.
        let _ = write!(io::stderr(), "\r{name}\x1b[K");
    }
}

fn clear_progress() {
    if io::stderr().is_terminal() {
        let _ = write!(io::stderr(), "\r\x1b[K");
    }
}

fn write_files(options: &Options, comparison: &Comparison) -> Result<(), String> {
    let write =
        |file: &str, text: String| fs::write(file, text).map_err(|e| format!("{file}: {e}"));
    if let Some(file) = options.get("--json") {
        let text =
            serde_json::to_string_pretty(&report::json(comparison)).map_err(|e| e.to_string())?;
        write(file, text)?;
    }
    if let Some(file) = options.get("--markdown") {
        write(file, report::markdown(comparison))?;
    }
    if let Some(file) = options.get("--html") {
        write(file, html::page(comparison))?;
    }
    Ok(())
}

/// Engines down, time and memory across.
fn startup_table(comparison: &Comparison) -> String {
    let Row { cells, .. } = &comparison.startup;
    let mut rows = vec![
        ["engine", "ms", "×", "MB", "×"]
            .map(str::to_string)
            .to_vec(),
    ];
    let first = cells
        .first()
        .and_then(|cell| Some((cell.median()?, cell.rss)));
    for (engine, cell) in comparison.engines.iter().zip(cells) {
        let mut row = vec![engine.clone()];
        match (cell.median(), first) {
            (Some(time), Some((time0, rss0))) => {
                row.extend([
                    format!("{time:.2}"),
                    format!("{:.2}", time / time0),
                    format!("{:.1}", cell.rss),
                    format!("{:.2}", cell.rss / rss0),
                ]);
            }
            _ => row.push(cell.failure.clone().unwrap_or_else(|| "failed".to_string())),
        }
        rows.push(row);
    }
    report::align(&rows)
}
