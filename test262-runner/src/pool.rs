//! The parent's side: a pool of worker processes that survives whatever a test does.
//!
//! ```text
//! queue of paths ──> thread 1 ──pipes──> worker process 1
//!                ──> thread 2 ──pipes──> worker process 2      each thread: send, wait with a deadline,
//!                      │                                       on silence kill, on death describe, respawn
//!                      └── TestResult ──> the caller's sink, on the caller's thread
//! ```

use std::collections::VecDeque;
use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::engine::Mode;
use crate::metadata::Metadata;
use crate::suite::Suite;
use crate::worker::MARK;

/// How many lines of a worker's standard error are kept to describe a crash.
const STDERR_LINES: usize = 40;

/// How a test ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// It passed in all its modes.
    Pass,
    /// It did not do what it should.
    Fail,
    /// It was silent for longer than the limit.
    Timeout,
    /// It took the worker process down.
    Crash,
}

impl Status {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Status::Pass => "pass",
            Status::Fail => "fail",
            Status::Timeout => "timeout",
            Status::Crash => "crash",
        }
    }
}

/// The result of one test file.
#[derive(Clone, Debug)]
pub struct TestResult {
    /// The path below the suite's `test` folder.
    pub path: String,
    /// The feature tags.
    pub features: Vec<String>,
    /// How it ended, in its worst mode.
    pub status: Status,
    /// That mode's name; empty for a pass.
    pub mode: &'static str,
    /// Why it did not pass.
    pub message: String,
    /// How long all modes took.
    pub time: Duration,
    /// How many modes were run.
    pub runs: usize,
}

/// How to run workers.
#[derive(Clone, Debug)]
pub struct PoolConfig {
    /// How many worker processes.
    pub jobs: usize,
    /// The limit per test and mode.
    pub timeout: Duration,
    /// The runner's binary.
    pub program: PathBuf,
    /// The arguments that make it a worker.
    pub arguments: Vec<String>,
    /// The limit on a worker's private memory in megabytes; zero for none.
    pub memory: u64,
    /// A worker is replaced after so many runs, which bounds what leaks can add up to.
    pub recycle: usize,
}

/// Runs all `paths`, handing each result to `sink` in order of completion.
pub fn run(
    suite: &Suite,
    paths: &[String],
    config: &PoolConfig,
    mut sink: impl FnMut(TestResult),
) -> Result<(), String> {
    let next = AtomicUsize::new(0);
    let (sender, results) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..config.jobs.max(1) {
            let sender = sender.clone();
            let next = &next;
            scope.spawn(move || {
                let mut slot = Slot {
                    config,
                    worker: None,
                };
                while let Some(path) = paths.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let result = slot.run(suite, path);
                    let failed = result.is_err();
                    if sender.send(result).is_err() || failed {
                        break;
                    }
                }
            });
        }
        drop(sender);
        for result in results {
            match result {
                Ok(result) => sink(result),
                Err(message) => {
                    // Nothing can run without workers: let the other threads find an empty queue.
                    next.store(paths.len(), Ordering::Relaxed);
                    return Err(message);
                }
            }
        }
        Ok(())
    })
}

/// One place in the pool: a worker process or the right to start one.
struct Slot<'a> {
    config: &'a PoolConfig,
    worker: Option<Worker>,
}

impl Slot<'_> {
    /// Runs a test in all its modes. `Err` only if no worker can be started.
    fn run(&mut self, suite: &Suite, path: &str) -> Result<TestResult, String> {
        let start = Instant::now();
        let bytes = fs::read(suite.file(path)).unwrap_or_default();
        let metadata = Metadata::parse(&String::from_utf8_lossy(&bytes));
        let mut result = TestResult {
            path: path.to_string(),
            features: Vec::new(),
            status: Status::Pass,
            mode: "",
            message: String::new(),
            time: Duration::ZERO,
            runs: 0,
        };
        for &mode in Mode::of(&metadata) {
            let (status, message) = self.run_mode(path, mode)?;
            result.runs += 1;
            if status > result.status {
                result.status = status;
                result.mode = mode.name();
                result.message = message;
            }
            if status == Status::Timeout {
                break;
            }
        }
        result.features = metadata.features;
        result.time = start.elapsed();
        Ok(result)
    }

    fn run_mode(&mut self, path: &str, mode: Mode) -> Result<(Status, String), String> {
        if self
            .worker
            .as_ref()
            .is_some_and(|w| w.runs >= self.config.recycle)
        {
            self.worker = None;
        }
        let worker = match &mut self.worker {
            Some(worker) => worker,
            none => none.insert(Worker::start(self.config)?),
        };
        worker.runs += 1;
        let answer = worker.ask(&format!("{}\t{path}\n", mode.name()), self.config.timeout);
        match answer {
            Answer::Pass => Ok((Status::Pass, String::new())),
            Answer::Fail(message) if message.starts_with("timeout after") => {
                Ok((Status::Timeout, message))
            }
            Answer::Fail(message) => Ok((Status::Fail, message)),
            Answer::Silence => {
                self.worker = None;
                Ok((
                    Status::Timeout,
                    format!("timeout after {} s", self.config.timeout.as_secs()),
                ))
            }
            Answer::Death(message) => {
                self.worker = None;
                Ok((Status::Crash, message))
            }
        }
    }
}

/// What a worker made of a request.
enum Answer {
    Pass,
    Fail(String),
    Silence,
    Death(String),
}

/// A running worker process.
struct Worker {
    child: Child,
    requests: ChildStdin,
    answers: Receiver<String>,
    errors: Arc<Mutex<VecDeque<String>>>,
    runs: usize,
}

impl Worker {
    fn start(config: &PoolConfig) -> Result<Worker, String> {
        let mut command = if config.memory > 0 {
            // The shell sets the limit and becomes the worker; it counts private writable memory,
            // so reserved address space stays free.
            let mut shell = Command::new("/bin/sh");
            let script = format!(
                "ulimit -d {}; ulimit -c 0; exec \"$0\" \"$@\"",
                config.memory * 1024
            );
            shell.arg("-c").arg(script).arg(&config.program);
            shell
        } else {
            Command::new(&config.program)
        };
        command.args(&config.arguments);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command
            .spawn()
            .map_err(|e| format!("cannot start a worker: {e}"))?;
        let (Some(requests), Some(stdout), Some(stderr)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err("a worker has no pipes".to_string());
        };
        let (sender, answers) = mpsc::channel();
        thread::spawn(move || {
            for line in byte_lines(stdout) {
                let Some(line) = line.strip_prefix(MARK) else {
                    continue;
                };
                if sender.send(line.to_string()).is_err() {
                    break;
                }
            }
        });
        let errors = Arc::new(Mutex::new(VecDeque::new()));
        let kept = Arc::clone(&errors);
        thread::spawn(move || {
            for line in byte_lines(stderr) {
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                if kept.len() == STDERR_LINES {
                    kept.pop_front();
                }
                kept.push_back(line);
            }
        });
        Ok(Worker {
            child,
            requests,
            answers,
            errors,
            runs: 0,
        })
    }

    fn ask(&mut self, request: &str, timeout: Duration) -> Answer {
        let sent = self
            .requests
            .write_all(request.as_bytes())
            .and_then(|()| self.requests.flush());
        if sent.is_err() {
            return Answer::Death(self.obituary());
        }
        match self.answers.recv_timeout(timeout) {
            Ok(line) => match line.split_once('\t') {
                Some(("pass", _)) => Answer::Pass,
                Some((_, message)) => Answer::Fail(message.to_string()),
                None => Answer::Fail("malformed answer".to_string()),
            },
            Err(RecvTimeoutError::Timeout) => Answer::Silence,
            Err(RecvTimeoutError::Disconnected) => Answer::Death(self.obituary()),
        }
    }

    /// How the process ended and the most telling line it wrote.
    fn obituary(&mut self) -> String {
        let how = match self.child.wait() {
            Ok(status) => describe(status),
            Err(error) => error.to_string(),
        };
        // The pipe's reader may still be at work on the last lines.
        thread::sleep(Duration::from_millis(20));
        let lines = self.errors.lock().unwrap_or_else(PoisonError::into_inner);
        let at = lines.iter().rposition(|line| line.contains("panicked at"));
        let text = match at {
            // The panic's message stands on the line after its place.
            Some(at) => {
                let place = lines
                    .get(at)
                    .map_or("", |l| l.split("panicked at ").last().unwrap_or(l));
                format!("{} {}", place, lines.get(at + 1).map_or("", String::as_str))
            }
            None => lines
                .iter()
                .rev()
                .find(|l| !l.trim().is_empty())
                .cloned()
                .unwrap_or_default(),
        };
        format!("{how} {text}").trim().to_string()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // Already dead is fine; waiting reaps it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The lines of a pipe, whatever bytes they hold.
fn byte_lines(pipe: impl io::Read) -> impl Iterator<Item = String> {
    BufReader::new(pipe)
        .split(b'\n')
        .map_while(Result::ok)
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

fn describe(status: ExitStatus) -> String {
    const SIGNALS: [(i32, &str); 7] = [
        (4, "SIGILL"),
        (5, "SIGTRAP"),
        (6, "SIGABRT"),
        (7, "SIGBUS"),
        (8, "SIGFPE"),
        (9, "SIGKILL"),
        (11, "SIGSEGV"),
    ];
    match status.signal() {
        Some(number) => match SIGNALS.iter().find(|(n, _)| *n == number) {
            Some((_, name)) => (*name).to_string(),
            None => format!("signal {number}"),
        },
        None => format!("exit {}", status.code().unwrap_or(-1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A worker made of shell: what it does depends on the test's name.
    const WORKER: &str = r#"
        while read -r mode path; do
          case $path in
            *crash*) echo "thread panicked at src/x.rs:1:2:" >&2; echo "oh no" >&2; kill -SEGV $$ ;;
            *hang*) exec sleep 30 ;;
            *fail*) printf 'noise\n\037fail\tTypeError: no\n' ;;
            *) printf '\037pass\t\n' ;;
          esac
        done"#;

    #[test]
    fn survives_failures_hangs_and_crashes() {
        let root = std::env::temp_dir().join(format!("test262-pool-{}", std::process::id()));
        fs::create_dir_all(root.join("test")).unwrap();
        fs::create_dir_all(root.join("harness")).unwrap();
        fs::write(root.join("harness/sta.js"), "").unwrap();
        let paths: Vec<String> = ["a.js", "crash.js", "b.js", "hang.js", "fail.js", "c.js"]
            .map(str::to_string)
            .to_vec();
        for path in &paths {
            fs::write(root.join("test").join(path), "/*---\nfeatures: [F]\n---*/").unwrap();
        }
        let suite = Suite::open(root.to_str()).unwrap();
        let config = PoolConfig {
            jobs: 2,
            timeout: Duration::from_millis(400),
            program: PathBuf::from("/bin/sh"),
            arguments: vec!["-c".to_string(), WORKER.to_string()],
            memory: 0,
            recycle: 3,
        };
        let mut results = Vec::new();
        run(&suite, &paths, &config, |result| results.push(result)).unwrap();
        fs::remove_dir_all(&root).unwrap();
        results.sort_by(|a, b| a.path.cmp(&b.path));
        let statuses: Vec<Status> = results.iter().map(|r| r.status).collect();
        let expected = [
            Status::Pass,
            Status::Pass,
            Status::Pass,
            Status::Crash,
            Status::Fail,
            Status::Timeout,
        ];
        assert_eq!(statuses, expected);
        assert_eq!(results[0].features, ["F"]);
        assert_eq!(results[0].runs, 2);
        assert_eq!(results[3].message, "SIGSEGV src/x.rs:1:2: oh no");
        assert_eq!(results[4].message, "TypeError: no");
        assert_eq!(results[5].runs, 1);
    }

    #[test]
    fn without_workers_there_is_an_error() {
        let config = PoolConfig {
            jobs: 2,
            timeout: Duration::from_secs(1),
            program: PathBuf::from("/nonexistent/program"),
            arguments: Vec::new(),
            memory: 0,
            recycle: 1,
        };
        let suite_root = std::env::temp_dir().join(format!("test262-none-{}", std::process::id()));
        fs::create_dir_all(suite_root.join("test")).unwrap();
        fs::create_dir_all(suite_root.join("harness")).unwrap();
        fs::write(suite_root.join("harness/sta.js"), "").unwrap();
        let suite = Suite::open(suite_root.to_str()).unwrap();
        assert!(run(&suite, &["a.js".to_string()], &config, |_| {}).is_err());
        fs::remove_dir_all(&suite_root).unwrap();
    }
}
