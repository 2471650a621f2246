//! Runs an engine's process on a file, with a limit of time.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// A command line: program and options.
#[derive(Clone, Debug)]
pub struct Engine {
    words: Vec<String>,
}

/// How a run ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// Exit code 0.
    Finished,
    /// Another exit code: an uncaught exception or an engine fault.
    Failed(i32),
    /// A signal, or an exit code as of an aborted process.
    Crashed(i32),
    /// It had to be stopped.
    TimedOut,
}

/// What a run gave.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Run {
    /// How it ended.
    pub end: End,
    /// Standard output.
    pub output: Vec<u8>,
    /// The start of standard error.
    pub errors: String,
}

impl Engine {
    /// Splits a command line at spaces.
    pub fn parse(text: &str) -> Engine {
        Engine {
            words: text.split_whitespace().map(String::from).collect(),
        }
    }

    /// The program without its options.
    pub fn program(&self) -> &str {
        self.words.first().map_or("", |word| word)
    }

    /// The command line.
    pub fn text(&self) -> String {
        self.words.join(" ")
    }

    /// Runs a file; `place` is a path without extension for the output files.
    ///
    /// # Errors
    /// When the process cannot be started or its output not be kept.
    pub fn run(&self, file: &Path, place: &Path, limit: Duration) -> io::Result<Run> {
        let (out, err): (PathBuf, PathBuf) =
            (place.with_extension("out"), place.with_extension("err"));
        let mut child = Command::new(self.program())
            .args(self.words.iter().skip(1))
            .arg(file)
            .stdin(Stdio::null())
            .stdout(File::create(&out)?)
            .stderr(File::create(&err)?)
            .spawn()?;
        let started = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait()? {
                break Some(status);
            }
            if started.elapsed() > limit {
                child.kill()?;
                child.wait()?;
                break None;
            }
            let pause = if started.elapsed() < Duration::from_millis(20) {
                200
            } else {
                2_000
            };
            std::thread::sleep(Duration::from_micros(pause));
        };
        let mut errors = std::fs::read(&err)?;
        errors.truncate(2_000);
        Ok(Run {
            end: status.map_or(End::TimedOut, end_of),
            output: std::fs::read(&out)?,
            errors: String::from_utf8_lossy(&errors).into_owned(),
        })
    }
}

fn end_of(status: ExitStatus) -> End {
    use std::os::unix::process::ExitStatusExt;
    match (status.code(), status.signal()) {
        (Some(0), _) => End::Finished,
        (Some(code), _) if code >= 101 => End::Crashed(code),
        (Some(code), _) => End::Failed(code),
        (None, signal) => End::Crashed(signal.unwrap_or(0)),
    }
}
