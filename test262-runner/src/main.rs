//! The conformance runner of sarus: runs test262 and compares the outcome to committed expectations.
//!
//! ```text
//! main ── options ── suite (which tests) ── pool ══ worker processes ── engine seam ── sarus
//!                                            │                                     └─ another engine's CLI
//!                                            └─ results ── report, html, expectations
//! ```
//!
//! The parent process never runs JavaScript, so no test can take it down; what runs JavaScript never decides
//! about files, filters or expectations.

#![forbid(unsafe_code)]

mod engine;
mod expectations;
mod external;
mod features;
mod front_end_host;
mod glob;
mod html;
mod metadata;
mod options;
mod pool;
mod progress;
mod report;
mod sarus_host;
mod suite;
mod worker;

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::expectations::Expectations;
use crate::front_end_host::FrontEndHost;
use crate::glob::Filter;
use crate::metadata::Metadata;
use crate::options::Options;
use crate::pool::{PoolConfig, Status, TestResult};
use crate::progress::Progress;
use crate::report::Report;
use crate::suite::{Selection, Suite};
use crate::worker::WorkerConfig;

const DEFAULT_EXPECTATIONS: &str = "test262-runner/expectations.txt";

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(message) => {
            eprintln!("test262-runner: {message}");
            ExitCode::from(2)
        }
    }
}

/// Does what the command line asks for; `Ok(false)` if the run is not as expected.
fn run() -> Result<bool, String> {
    let options = Options::parse(std::env::args().skip(1))?;
    if options.has("--help") {
        print!("{}", options::help());
        return Ok(true);
    }
    let suite = Suite::open(options.get("--suite"))?;
    let config = WorkerConfig {
        engine: options.get("--engine").map(str::to_string),
        mode: options.get("--mode").unwrap_or("default").to_string(),
        timeout: seconds(&options)?,
        exit_coverage: options.get("--exit-coverage").map(Into::into),
    };
    if options.has("--worker") {
        worker::run(&suite, &config)?;
        return Ok(true);
    }
    conduct(&options, &suite, &config)
}

/// The parent's work: select, run, report, compare.
fn conduct(options: &Options, suite: &Suite, config: &WorkerConfig) -> Result<bool, String> {
    let mut paths = suite
        .select(&selection(options)?)
        .map_err(|e| e.to_string())?;
    retain_features(options, suite, &mut paths);
    if paths.is_empty() {
        return Err("no test is selected".to_string());
    }
    let pool = pool_config(options, suite, config)?;
    let verbose = options.has("--verbose");
    let start = Instant::now();
    let mut progress = Progress::new(paths.len());
    let mut results: Vec<TestResult> = Vec::with_capacity(paths.len());
    pool::run(suite, &paths, &pool, |result| {
        progress.count(result.status);
        if verbose && result.status != Status::Pass {
            progress.finish();
            println!(
                "{} {} ({}): {}",
                result.status.name(),
                result.path,
                result.mode,
                result.message
            );
        }
        results.push(result);
    })?;
    progress.finish();
    results.sort_unstable_by(|a, b| a.path.cmp(&b.path));

    let file = expectations_file(options);
    let mut difference = None;
    if let Some(file) = &file {
        let mut expectations = Expectations::load(file)?;
        if options.has("--update-expectations") {
            expectations.update(&results);
            expectations.retain(|path| suite.file(path).is_file());
            expectations.save(file)?;
        }
        difference = Some(expectations.compare(&results));
    }
    let subject = config
        .engine
        .clone()
        .unwrap_or_else(|| format!("sarus, mode {}", config.mode));
    let report = Report {
        subject,
        results: &results,
        elapsed: start.elapsed(),
        difference,
    };
    write_reports(options, &report)?;
    print!(
        "{}",
        report.to_text(options.number("--depth", 2)?, options.number("--top", 15)?)
    );
    Ok(report
        .difference
        .as_ref()
        .is_none_or(|difference| difference.is_empty()))
}

fn write_reports(options: &Options, report: &Report<'_>) -> Result<(), String> {
    if let Some(file) = options.get("--json") {
        let text = serde_json::to_string_pretty(&report.to_json()).map_err(|e| e.to_string())?;
        fs::write(file, text).map_err(|e| format!("{file}: {e}"))?;
    }
    if let Some(file) = options.get("--html") {
        fs::write(file, html::page(report)).map_err(|e| format!("{file}: {e}"))?;
    }
    Ok(())
}

/// The list to compare to; another engine has none unless it is named.
fn expectations_file(options: &Options) -> Option<PathBuf> {
    match options.get("--expectations") {
        Some(file) => Some(PathBuf::from(file)),
        None if options.has("--engine") || front_end_only(options) => None,
        None => Some(PathBuf::from(DEFAULT_EXPECTATIONS)),
    }
}

/// Whether the mode runs nothing; known failures are about running.
fn front_end_only(options: &Options) -> bool {
    options
        .get("--mode")
        .is_some_and(|mode| FrontEndHost::for_mode(mode).is_some())
}

fn seconds(options: &Options) -> Result<Duration, String> {
    let seconds: f64 = options.number("--timeout", 10.0)?;
    Duration::try_from_secs_f64(seconds).map_err(|e| format!("--timeout: {e}"))
}

fn selection(options: &Options) -> Result<Selection, String> {
    let list = match options.get("--list") {
        Some(file) => Some(read_list(Path::new(file))?),
        None => None,
    };
    let sample = match options.get("--sample") {
        Some(_) => Some((
            options.number("--sample", 1.0)?,
            options.number("--seed", 1)?,
        )),
        None => None,
    };
    let shard = match options.get("--shard") {
        Some(text) => Some(
            parse_shard(text)
                .ok_or_else(|| format!("--shard: {text} is not I/N with 1 <= I <= N"))?,
        ),
        None => None,
    };
    Ok(Selection {
        filters: options.all("--filter").map(Filter::new).collect(),
        excludes: options.all("--exclude").map(Filter::new).collect(),
        list,
        sample,
        shard,
    })
}

fn parse_shard(text: &str) -> Option<(usize, usize)> {
    let (index, count) = text.split_once('/')?;
    let (index, count): (usize, usize) = (index.parse().ok()?, count.parse().ok()?);
    (1..=count).contains(&index).then_some((index - 1, count))
}

fn read_list(file: &Path) -> Result<HashSet<String>, String> {
    let text = fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))?;
    let path = |line: &str| {
        let path = line.split(" #").next().unwrap_or("").trim();
        path.strip_prefix("test/").unwrap_or(path).to_string()
    };
    Ok(text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(path)
        .filter(|p| !p.is_empty())
        .collect())
}

/// Keeps tests that have one of the features asked for.
fn retain_features(options: &Options, suite: &Suite, paths: &mut Vec<String>) {
    let wanted: Vec<&str> = options.all("--feature").collect();
    if wanted.is_empty() {
        return;
    }
    paths.retain(|path| {
        let bytes = fs::read(suite.file(path)).unwrap_or_default();
        let metadata = Metadata::parse(&String::from_utf8_lossy(&bytes));
        metadata
            .features
            .iter()
            .any(|feature| wanted.contains(&feature.as_str()))
    });
}

fn pool_config(
    options: &Options,
    suite: &Suite,
    config: &WorkerConfig,
) -> Result<PoolConfig, String> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut arguments = vec![
        "--worker".to_string(),
        format!("--suite={}", suite.root().display()),
    ];
    arguments.push(format!("--mode={}", config.mode));
    arguments.push(format!("--timeout={}", config.timeout.as_secs_f64()));
    if let Some(file) = options.get("--exit-coverage") {
        arguments.push(format!("--exit-coverage={file}"));
    }
    let mut timeout = config.timeout;
    let mut memory = options.number("--memory", 4096)?;
    if let Some(engine) = &config.engine {
        arguments.push(format!("--engine={engine}"));
        // The worker ends the other engine's process itself and then answers.
        timeout += Duration::from_secs(5);
        memory = 0;
    }
    Ok(PoolConfig {
        jobs: options.number("--jobs", cores)?,
        timeout,
        program: std::env::current_exe().map_err(|e| e.to_string())?,
        arguments,
        memory,
        recycle: options.number("--recycle", 1000)?.max(1),
    })
}
