//! Runs one program with one engine, once.

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use crate::rusage;

/// An engine: its command line, split at spaces.
#[derive(Clone, Debug)]
pub struct Engine {
    /// The command as it was given, which is also its name in reports.
    pub name: String,
    command: Vec<String>,
}

/// One finished run.
#[derive(Clone, Debug)]
pub struct Run {
    /// From just before the start of the process to its end.
    pub wall: Duration,
    /// Processor time, which on a busy machine varies less.
    pub cpu: Duration,
    /// The largest resident set, in bytes.
    pub max_rss: u64,
    /// What the program printed.
    pub output: String,
}

impl Engine {
    /// The engine that `command` starts.
    pub fn new(command: &str) -> Result<Engine, String> {
        let words: Vec<String> = command.split_whitespace().map(str::to_string).collect();
        if words.is_empty() {
            return Err("an engine's command is empty".to_string());
        }
        Ok(Engine {
            name: command.to_string(),
            command: words,
        })
    }

    /// Runs `program`; `Err` says why it failed.
    pub fn run(&self, program: &Path, timeout: Duration) -> Result<Run, String> {
        let (executable, arguments) = self.command.split_first().ok_or("empty command")?;
        let mut command = Command::new(executable);
        command.args(arguments).arg(program);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let start = Instant::now();
        let mut child = command.spawn().map_err(|e| format!("{executable}: {e}"))?;
        let stdout = child.stdout.take().map(collect);
        let stderr = child.stderr.take().map(collect);
        let guard = Watchdog::start(child.id(), timeout);
        let (status, usage) = rusage::wait(child).map_err(|e| e.to_string())?;
        let wall = start.elapsed();
        let timed_out = guard.stop();
        let join = |reader: Option<thread::JoinHandle<String>>| {
            reader.and_then(|r| r.join().ok()).unwrap_or_default()
        };
        let (output, errors) = (join(stdout), join(stderr));
        if timed_out {
            return Err(format!("longer than {} s", timeout.as_secs()));
        }
        if !status.success() {
            let line = telling_line(&errors, &output);
            return Err(format!("{status}: {line}"));
        }
        Ok(Run {
            wall,
            cpu: usage.cpu,
            max_rss: usage.max_rss,
            output,
        })
    }
}

/// The line that says most about a failure: the one that begins with an error's name, else the first.
fn telling_line<'a>(errors: &'a str, output: &'a str) -> &'a str {
    let lines = || {
        errors
            .lines()
            .chain(output.lines())
            .map(str::trim)
            .filter(|l| !l.is_empty())
    };
    let is_error = |line: &&str| {
        let line = line.strip_prefix("Uncaught ").unwrap_or(line);
        line.split(':')
            .next()
            .is_some_and(|name| name.ends_with("Error") && !name.contains(' '))
    };
    lines()
        .find(is_error)
        .or_else(|| lines().next())
        .unwrap_or("")
}

/// Reads a pipe to its end on a thread of its own, so that a talkative child cannot block.
fn collect(mut pipe: impl Read + Send + 'static) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // What has arrived before a read error is all there is.
        let _ = pipe.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// Ends a process that takes too long.
struct Watchdog {
    stop: mpsc::Sender<()>,
    thread: thread::JoinHandle<bool>,
}

impl Watchdog {
    fn start(pid: u32, timeout: Duration) -> Watchdog {
        let (stop, stopped) = mpsc::channel();
        let thread = thread::spawn(move || {
            let late = stopped.recv_timeout(timeout) == Err(RecvTimeoutError::Timeout);
            if late {
                // By the command, as the handle is with the waiting thread; the process is not reaped yet.
                let _ = Command::new("kill")
                    .arg("-KILL")
                    .arg(pid.to_string())
                    .status();
            }
            late
        });
        Watchdog { stop, thread }
    }

    /// Calls it off; true if it has struck.
    fn stop(self) -> bool {
        // It has ended by itself if it struck.
        let _ = self.stop.send(());
        self.thread.join().unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_itself_is_shown() {
        let text = "x.js:1\n  throw new TypeError('no');\n  ^\n\nTypeError: no\n    at x.js:1";
        assert_eq!(telling_line(text, ""), "TypeError: no");
        assert_eq!(telling_line("", "\nsomething else\n"), "something else");
        assert_eq!(telling_line("", ""), "");
    }
}
