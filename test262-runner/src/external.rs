//! Runs tests with another engine's command line, to compare engines. A process per test, so slow.
//!
//! A script test is written, with its harness in front, to a temporary file, and the command gets that file's
//! name. A module test stays where it is, as its imports are relative to it: the command gets the harness
//! file, `--module` and the test's own path. The command has to supply `print` and `$262`, exit with zero
//! if the test completes, and otherwise name the error's constructor in the text it writes.
//! `hosts/node.js` wraps node that way.

use std::fs;
use std::io::Read;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::engine::{Execution, Host, Mode, TestCase, Thrown};

/// The command that runs tests.
#[derive(Debug)]
pub struct ExternalHost {
    command: Vec<String>,
    timeout: Duration,
    script: PathBuf,
}

impl ExternalHost {
    /// A host that runs `command`, split at spaces, for at most `timeout` per test.
    pub fn new(command: &str, timeout: Duration) -> ExternalHost {
        let command = command.split_whitespace().map(str::to_string).collect();
        let script = std::env::temp_dir().join(format!("test262-{}.js", std::process::id()));
        ExternalHost {
            command,
            timeout,
            script,
        }
    }

    fn execute(&self, test: &TestCase) -> Result<Execution, String> {
        let (program, arguments) = self.command.split_first().ok_or("empty engine command")?;
        let mut command = Command::new(program);
        command.args(arguments);
        let mut text = String::new();
        if test.mode == Mode::Strict {
            text.push_str("\"use strict\";\n");
        }
        for file in &test.harness {
            text.push_str(&format!("// harness/{}\n{}\n", file.name, file.source));
        }
        if test.mode == Mode::Module {
            command.arg(&self.script).arg("--module").arg(&test.file);
        } else {
            text.push_str(&test.source);
            command.arg(&self.script);
        }
        fs::write(&self.script, text).map_err(|e| e.to_string())?;
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|e| format!("{program}: {e}"))?;
        let stdout = child.stdout.take().map(collect);
        let stderr = child.stderr.take().map(collect);
        let status = wait(&mut child, self.timeout)?;
        let stdout = stdout
            .and_then(|reader| reader.join().ok())
            .unwrap_or_default();
        let stderr = stderr
            .and_then(|reader| reader.join().ok())
            .unwrap_or_default();
        let output = stdout.lines().map(str::to_string).collect();
        let error = if status.success() {
            None
        } else {
            Some(thrown(test, &stdout, &stderr, status))
        };
        Ok(Execution { error, output })
    }
}

impl Host for ExternalHost {
    fn run(&mut self, test: &TestCase) -> Execution {
        self.execute(test).unwrap_or_else(|message| Execution {
            error: Some(Thrown {
                message,
                ..Thrown::default()
            }),
            output: Vec::new(),
        })
    }
}

impl Drop for ExternalHost {
    fn drop(&mut self) {
        // It does not exist if no test ran.
        let _ = fs::remove_file(&self.script);
    }
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

fn wait(child: &mut Child, timeout: Duration) -> Result<ExitStatus, String> {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().map_err(|e| e.to_string())? {
            return Ok(status);
        }
        if start.elapsed() > timeout {
            child
                .kill()
                .and_then(|()| child.wait())
                .map_err(|e| e.to_string())?;
            return Err(format!("timeout after {} s", timeout.as_secs()));
        }
        thread::sleep(Duration::from_millis(1));
    }
}

/// Makes an error of what a failing engine wrote: the expected constructor's name if a line begins with it,
/// else the name that the first line with an error's shape begins with.
fn thrown(test: &TestCase, stdout: &str, stderr: &str, status: ExitStatus) -> Thrown {
    let lines = || stderr.lines().chain(stdout.lines()).map(str::trim);
    let expected = test.metadata.negative.as_ref().map(|n| n.error.as_str());
    let named = lines().find_map(|line| {
        let line = line.strip_prefix("Uncaught ").unwrap_or(line);
        let name = line.split([':', ' ']).next().unwrap_or("");
        let is_error = name.ends_with("Error") && name.chars().all(|c| c.is_ascii_alphanumeric());
        (is_error || (Some(name) == expected)).then(|| (name.to_string(), line.to_string()))
    });
    let (name, message) = named.unwrap_or_else(|| {
        let line = lines().find(|line| !line.is_empty()).unwrap_or("");
        (String::new(), format!("{status}: {line}"))
    });
    Thrown {
        phase: None,
        name,
        message,
    }
}
