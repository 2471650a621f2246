//! Compiling on other threads: snapshots and patterns go in, machine code comes out.

use super::callees::Callees;
use super::profile::thread_time;
use super::regexp;
use sarus_gc::placement::spawn_elsewhere;
use sarus_jit::{CompiledCode, Decline, ExitTable, Snapshot};
use sarus_runtime::interrupt::INTERRUPT_COMPILED;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

/// What threads do.
pub enum Job {
    /// Compile a function, which may call these.
    Function(Box<Snapshot>, Arc<Callees>),
    /// Compile a pattern.
    RegExp(regexp::Job),
}

/// What came of it.
pub enum Done {
    /// Of a function.
    Function(Box<Answer>),
    /// Of a pattern.
    RegExp(Box<regexp::Answer>),
}

/// Native stack of a compiling thread.
const STACK: usize = 8 << 20;

/// The answer to a job.
pub struct Answer {
    /// The code's number.
    pub number: u32,
    /// What became of it.
    pub result: Result<(CompiledCode, ExitTable), Decline>,
    /// When it began.
    pub start: Instant,
    /// How long it took.
    pub time: Duration,
    /// Processor time of it.
    pub cpu: Duration,
    /// The thread, from 1; 0 is the main thread.
    pub thread: u32,
}

/// Compiles a snapshot, on a thread of that number.
pub fn compile(snapshot: &mut Snapshot, callees: &Callees, thread: u32) -> Answer {
    let start = Instant::now();
    let cpu = thread_time();
    snapshot.helpers = callees.addresses();
    let result = sarus_jit::compile(snapshot).and_then(|mut code| {
        let exits = ExitTable::new(&std::mem::take(&mut code.exits)).ok_or(Decline::TooBig)?;
        code.cells.sort_unstable();
        code.cells.dedup();
        code.cells.shrink_to_fit();
        Ok((code, exits))
    });
    Answer {
        number: snapshot.code_number,
        result,
        start,
        time: start.elapsed(),
        cpu: thread_time().saturating_sub(cpu),
        thread,
    }
}

fn run(job: Job, thread: u32) -> Done {
    match job {
        Job::Function(mut snapshot, callees) => {
            Done::Function(Box::new(compile(&mut snapshot, &callees, thread)))
        }
        Job::RegExp(job) => Done::RegExp(Box::new(regexp::compile(&job, thread))),
    }
}

/// Jobs that wait, and whether more may come.
struct Queue {
    jobs: VecDeque<Job>,
    closed: bool,
}

/// A queue that is shared with the threads.
struct Shared {
    queue: Mutex<Queue>,
    changed: Condvar,
}

impl Shared {
    /// The next job; waits for one, `None` after the end.
    fn next(&self) -> Option<Job> {
        let mut queue = self.queue.lock().ok()?;
        loop {
            if let Some(job) = queue.jobs.pop_front() {
                return Some(job);
            }
            if queue.closed {
                return None;
            }
            queue = self.changed.wait(queue).ok()?;
        }
    }
}

/// Threads that compile until this is dropped.
pub struct Worker {
    shared: Arc<Shared>,
    answers: Receiver<Done>,
}

impl Worker {
    /// Starts `threads` threads, which set a bit of `interrupt` with every answer; `None` if the system gives none.
    pub fn start(threads: u32, interrupt: Arc<AtomicU32>) -> Option<Worker> {
        let shared = Arc::new(Shared {
            queue: Mutex::new(Queue {
                jobs: VecDeque::new(),
                closed: false,
            }),
            changed: Condvar::new(),
        });
        let (results, answers) = channel();
        let mut started = 0;
        for number in 1..=threads {
            let shared = shared.clone();
            let results: Sender<Done> = results.clone();
            let interrupt = interrupt.clone();
            let builder = std::thread::Builder::new()
                .name("sarus-jit".into())
                .stack_size(STACK);
            let thread = spawn_elsewhere(builder, move || {
                while let Some(job) = shared.next() {
                    if results.send(run(job, number)).is_err() {
                        return;
                    }
                    interrupt.fetch_or(INTERRUPT_COMPILED, Ordering::Release);
                }
            });
            started += u32::from(thread.is_ok());
        }
        (started > 0).then_some(Worker { shared, answers })
    }
    /// Hands a job over.
    pub fn submit(&self, job: Job) {
        let Ok(mut queue) = self.shared.queue.lock() else {
            return;
        };
        queue.jobs.push_back(job);
        self.shared.changed.notify_one();
    }
    /// The next answer, once there is one; `None` if nobody will give any.
    pub fn wait(&self) -> Option<Done> {
        self.answers.recv().ok()
    }
    /// The next answer that is there.
    pub fn poll(&self) -> Option<Done> {
        self.answers.try_recv().ok()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        if let Ok(mut queue) = self.shared.queue.lock() {
            queue.closed = true;
            queue.jobs.clear();
        }
        self.shared.changed.notify_all();
    }
}
