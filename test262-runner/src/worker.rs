//! The worker process: runs tests one after the other for the parent.
//!
//! ```text
//! parent                                    worker (the same binary with --worker)
//!   "<mode>\t<path>\n"      --- stdin --->    loads, runs, judges
//!   "\x1f<status>\t<text>\n" <-- stdout ---   status is "pass" or "fail", text is escaped
//! ```
//!
//! A worker never decides about timeouts and never survives a crash: both are the parent's business
//! (`pool.rs`). Lines that do not begin with [`MARK`] are a test's own output and are ignored.

use std::io::{self, BufRead, Write};
use std::path::PathBuf;
use std::time::Duration;

use crate::engine::{Host, Mode, TestCase, judge};
use crate::external::ExternalHost;
use crate::front_end_host::FrontEndHost;
use crate::sarus_host::SarusHost;
use crate::suite::{Harness, Suite};

/// The first character of each result line.
pub const MARK: char = '\x1f';

/// What a worker needs to know.
#[derive(Clone, Debug)]
pub struct WorkerConfig {
    /// The command of another engine, if not sarus.
    pub engine: Option<String>,
    /// The engine options that `--mode` names.
    pub mode: String,
    /// The limit per test; only other engines' processes are limited by the worker itself.
    pub timeout: Duration,
    /// Where exits of compiled code are counted.
    pub exit_coverage: Option<PathBuf>,
}

/// Serves requests until standard input ends.
pub fn run(suite: &Suite, config: &WorkerConfig) -> Result<(), String> {
    let mut host: Box<dyn Host> = match (&config.engine, FrontEndHost::for_mode(&config.mode)) {
        (Some(command), _) => Box::new(ExternalHost::new(command, config.timeout)),
        (None, Some(host)) => Box::new(host),
        (None, None) => Box::new(SarusHost::new(&config.mode)?),
    };
    let mut harness = Harness::new(suite.root());
    for line in io::stdin().lock().lines() {
        let line = line.map_err(|e| e.to_string())?;
        let result = answer(suite, &mut harness, host.as_mut(), &line);
        // The parent ends workers without asking.
        if let Some(file) = &config.exit_coverage {
            sarus::exit_coverage::append(file).map_err(|e| format!("{}: {e}", file.display()))?;
        }
        let text = match result {
            Ok(()) => format!("{MARK}pass\t\n"),
            Err(reason) => format!("{MARK}fail\t{}\n", escape(&reason)),
        };
        let mut stdout = io::stdout().lock();
        stdout
            .write_all(text.as_bytes())
            .and_then(|()| stdout.flush())
            .map_err(|e| e.to_string())?;
    }
    Ok(())
}

fn answer(
    suite: &Suite,
    harness: &mut Harness,
    host: &mut dyn Host,
    request: &str,
) -> Result<(), String> {
    let (mode, path) = request.split_once('\t').ok_or("malformed request")?;
    let mode = Mode::from_name(mode).ok_or("unknown mode")?;
    let mut test = TestCase::load(suite, harness, path, mode)?;
    host.adapt(&mut test.metadata);
    judge(&test, &host.run(&test))
}

/// Makes one line of a message, and a short one: a reason is read by people.
fn escape(message: &str) -> String {
    const LIMIT: usize = 300;
    let mut text: String = message
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(LIMIT)
        .collect();
    if message.chars().nth(LIMIT).is_some() {
        text.push('…');
    }
    text
}
