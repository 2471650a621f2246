//! Compares engines: the same generated programs, many to a process, must print the same.
//!
//! ```text
//! batches ──► worker ──► engine A ─┐
//!        ╰──► worker ──► engine B ─┴─► lines `id checksum count` ──differ──► the program alone ──► shrink ──► folder
//! ```

pub mod engine;
pub mod shrink;

use crate::semantic;
use engine::{End, Engine, Run};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::io;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// What to compare.
#[derive(Clone, Debug)]
pub struct Config {
    /// The reference.
    pub engine_a: Engine,
    /// What is tested.
    pub engine_b: Engine,
    /// How many programs.
    pub count: u64,
    /// Number of the first.
    pub start: u64,
    /// The series.
    pub seed: u64,
    /// Worker threads.
    pub jobs: usize,
    /// Programs per process.
    pub batch: u64,
    /// Limit for one program; a batch has ten times that.
    pub timeout: Duration,
    /// Compare messages of errors.
    pub messages: bool,
    /// Where differing programs go.
    pub folder: PathBuf,
    /// After so many differences nothing more is started.
    pub max_findings: usize,
    /// Make differing programs small.
    pub shrink: bool,
}

/// The outcome.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Programs compared.
    pub programs: u64,
    /// Programs that neither engine finished in time.
    pub timeouts: u64,
    /// Files with the differences.
    pub findings: Vec<PathBuf>,
}

/// Shared by the workers.
struct State<'c> {
    config: &'c Config,
    next: AtomicU64,
    done: AtomicU64,
    timeouts: AtomicU64,
    found: AtomicUsize,
    findings: Mutex<Vec<PathBuf>>,
    started: Instant,
}

/// Compares; reports differences on standard output as they come.
///
/// # Errors
/// When an engine cannot be started or files cannot be written.
pub fn run(config: &Config) -> io::Result<Summary> {
    std::fs::create_dir_all(&config.folder)?;
    let state = State {
        config,
        next: AtomicU64::new(config.start),
        done: AtomicU64::new(0),
        timeouts: AtomicU64::new(0),
        found: AtomicUsize::new(0),
        findings: Mutex::new(Vec::new()),
        started: Instant::now(),
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..config.jobs.max(1))
            .map(|number| {
                let state = &state;
                scope.spawn(move || Worker::new(state, number)?.work())
            })
            .collect();
        for worker in workers {
            if let Ok(result) = worker.join() {
                result?;
            }
        }
        io::Result::Ok(())
    })?;
    let mut findings = state
        .findings
        .into_inner()
        .unwrap_or_else(|error| error.into_inner());
    findings.sort();
    Ok(Summary {
        programs: state.done.into_inner(),
        timeouts: state.timeouts.into_inner(),
        findings,
    })
}

/// A file that runs programs; `verbose` prints every logged value.
pub fn file_of(programs: &[String], messages: bool, verbose: bool) -> String {
    let mut text = format!("var messages = {messages};\n{}", semantic::PRELUDE);
    if verbose {
        text.push_str("verbose = true;\n");
    }
    for program in programs {
        text.push_str(program);
    }
    text.push_str("go();\n");
    text
}

struct Worker<'s, 'c> {
    state: &'s State<'c>,
    config: &'c Config,
    /// Files of this worker, without extension.
    place: PathBuf,
}

impl<'s, 'c> Worker<'s, 'c> {
    fn new(state: &'s State<'c>, number: usize) -> io::Result<Worker<'s, 'c>> {
        let folder = std::env::temp_dir().join(format!("progen-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        Ok(Worker {
            state,
            config: state.config,
            place: folder.join(format!("worker{number}")),
        })
    }

    fn work(&self) -> io::Result<()> {
        let end = self.config.start + self.config.count;
        loop {
            let first = self
                .state
                .next
                .fetch_add(self.config.batch, Ordering::Relaxed);
            let enough = self.state.found.load(Ordering::Relaxed) >= self.config.max_findings;
            if first >= end || enough {
                return Ok(());
            }
            let last = (first + self.config.batch).min(end);
            self.batch(first, last)?;
            let done = self.state.done.fetch_add(last - first, Ordering::Relaxed) + last - first;
            if done / 5_000 != (done - (last - first)) / 5_000 {
                let seconds = self.state.started.elapsed().as_secs_f64();
                println!("{done} programs, {seconds:.0} s");
            }
        }
    }

    fn both(&self, text: &str, limit: Duration) -> io::Result<(Run, Run)> {
        let file = self.place.with_extension("js");
        std::fs::write(&file, text)?;
        Ok((
            self.config.engine_a.run(&file, &self.place, limit)?,
            self.config.engine_b.run(&file, &self.place, limit)?,
        ))
    }

    fn batch(&self, first: u64, last: u64) -> io::Result<()> {
        let programs: Vec<String> = (first..last)
            .map(|index| semantic::program(self.config.seed, index))
            .collect();
        let text = file_of(&programs, self.config.messages, false);
        let (a, b) = self.both(&text, self.config.timeout * 10)?;
        if a.output == b.output && a.end == End::Finished && b.end == End::Finished {
            return Ok(());
        }
        let (lines_a, lines_b) = (lines_of(&a.output), lines_of(&b.output));
        let mut reproduced = false;
        for (index, program) in (first..last).zip(&programs) {
            let same = lines_a.get(&index) == lines_b.get(&index);
            if !(same && lines_a.contains_key(&index)) {
                reproduced |= self.single(index, program)?;
                if self.state.found.load(Ordering::Relaxed) >= self.config.max_findings {
                    return Ok(());
                }
            }
        }
        if !reproduced && differ(&a, &b) {
            self.together(first, programs)?;
        }
        Ok(())
    }

    /// Runs one program alone; true if it differs or never ends.
    fn single(&self, index: u64, program: &String) -> io::Result<bool> {
        let one = std::slice::from_ref(program);
        let text = file_of(one, self.config.messages, true);
        let (a, b) = self.both(&text, self.config.timeout)?;
        if a.end == End::TimedOut && b.end == End::TimedOut {
            self.state.timeouts.fetch_add(1, Ordering::Relaxed);
            return Ok(true);
        }
        if !differ(&a, &b) {
            if a.end != End::Finished {
                // What ends the process ends it for the programs after it.
                println!("program {index}: {:?} in both engines", a.end);
            }
            return Ok(false);
        }
        self.state.found.fetch_add(1, Ordering::Relaxed);
        let small = if self.config.shrink {
            self.shrink_program(program, (&a, &b))?
        } else {
            text
        };
        self.report(&format!("{}-{index}", self.config.seed), &small)?;
        Ok(true)
    }

    /// A difference that needs several programs.
    fn together(&self, first: u64, mut programs: Vec<String>) -> io::Result<()> {
        let limit = self.config.timeout * 10;
        let until = Instant::now() + Duration::from_secs(120);
        let mut run = programs.len() / 2;
        while run > 0 && self.config.shrink {
            let mut at = 0;
            while at < programs.len() && Instant::now() < until {
                let mut fewer = programs.clone();
                fewer.drain(at..(at + run).min(programs.len()));
                let text = file_of(&fewer, self.config.messages, false);
                let (a, b) = self.both(&text, limit)?;
                if differ(&a, &b) {
                    programs = fewer;
                } else {
                    at += run;
                }
            }
            run /= 2;
        }
        let text = file_of(&programs, self.config.messages, false);
        let (a, b) = self.both(&text, limit)?;
        if !differ(&a, &b) {
            println!("batch from {first}: differed once, not again");
            return self.report(&format!("{}-{first}-flaky", self.config.seed), &text);
        }
        self.state.found.fetch_add(1, Ordering::Relaxed);
        self.report(&format!("{}-{first}-batch", self.config.seed), &text)
    }

    /// Shrinks the program, then, for two runs of one engine, what it runs with.
    fn shrink_program(&self, program: &str, (a, b): (&Run, &Run)) -> io::Result<String> {
        let ends = (class(a.end), class(b.end));
        let slow = a.end == End::TimedOut || b.end == End::TimedOut;
        let limit = if slow {
            self.config.timeout.min(Duration::from_secs(3))
        } else {
            self.config.timeout
        };
        let effort = shrink::Effort {
            tries: if slow { 60 } else { 4_000 },
            time: Duration::from_secs(120),
        };
        let still = |text: &str| {
            self.both(text, limit).is_ok_and(|(a, b)| {
                differ(&a, &b) && (class(a.end), class(b.end)) == ends && !text_is_unstable(&a, &b)
            })
        };
        let whole = |program: &str| file_of(&[program.to_string()], self.config.messages, true);
        let small = shrink::shrink(program, effort, &mut |text| still(&whole(text)));
        let text = whole(&small);
        if self.config.engine_a.program() == self.config.engine_b.program() {
            return Ok(shrink::shrink(&text, effort, &mut |text| still(text)));
        }
        Ok(text)
    }

    fn report(&self, name: &str, text: &str) -> io::Result<()> {
        let path = self.config.folder.join(format!("{name}.js"));
        let (a, b) = self.both(text, self.config.timeout)?;
        let mut note = String::new();
        let _ = writeln!(note, "// {name}: {:?} against {:?}", a.end, b.end);
        for (engine, run) in [(&self.config.engine_a, &a), (&self.config.engine_b, &b)] {
            let _ = writeln!(note, "// {}:", engine.text());
            let lines = String::from_utf8_lossy(&run.output).into_owned();
            let other = if std::ptr::eq(run, &a) { &b } else { &a };
            let same = common_lines(&run.output, &other.output);
            for line in lines.lines().skip(same.saturating_sub(1)).take(6) {
                let _ = writeln!(note, "//   {line}");
            }
            for line in run.errors.lines().take(4) {
                let _ = writeln!(note, "//   error: {line}");
            }
        }
        std::fs::write(&path, format!("{note}{text}"))?;
        print!("{}\n{note}", path.display());
        if let Ok(mut findings) = self.state.findings.lock() {
            findings.push(path);
        }
        Ok(())
    }
}

fn class(end: End) -> u8 {
    match end {
        End::Finished => 0,
        End::Failed(_) => 1,
        End::Crashed(_) => 2,
        End::TimedOut => 3,
    }
}

fn differ(a: &Run, b: &Run) -> bool {
    class(a.end) != class(b.end) || (a.end != End::TimedOut && a.output != b.output)
}

/// A shrunk program must not print what depends on the engine, as a stack overflow does.
fn text_is_unstable(a: &Run, b: &Run) -> bool {
    [a, b].iter().any(|run| {
        let has = |needle: &[u8]| run.output.windows(needle.len()).any(|part| part == needle);
        has(b"call stack size")
    })
}

fn common_lines(a: &[u8], b: &[u8]) -> usize {
    let lines = |text| <[u8]>::split(text, |byte| *byte == b'\n');
    lines(a).zip(lines(b)).take_while(|(a, b)| a == b).count()
}

/// The lines `id …` by program.
fn lines_of(output: &[u8]) -> HashMap<u64, String> {
    String::from_utf8_lossy(output)
        .lines()
        .filter_map(|line| {
            let (id, rest) = line.split_once(' ')?;
            Some((id.parse().ok()?, rest.to_string()))
        })
        .collect()
}
