//! Compiling on other threads: snapshots go in, machine code comes out.

use super::profile::thread_time;
use sarus_jit::{CompiledCode, Decline, ExitTable, Snapshot};
use sarus_runtime::interrupt::INTERRUPT_COMPILED;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

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
pub fn compile(snapshot: &Snapshot, thread: u32) -> Answer {
    let start = Instant::now();
    let cpu = thread_time();
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

/// A job that was submitted later goes first if its functions are smaller by so many words of bytecode.
const WORDS_PER_TURN: u64 = 100;

/// Snapshots that wait, and whether more may come.
struct Queue {
    /// By when their turn is.
    jobs: Vec<(u64, Snapshot)>,
    submitted: u64,
    closed: bool,
}

/// A queue that is shared with the threads.
struct Shared {
    queue: Mutex<Queue>,
    changed: Condvar,
}

impl Shared {
    /// The next job; waits for one, `None` after the end.
    fn next(&self) -> Option<Snapshot> {
        let mut queue = self.queue.lock().ok()?;
        loop {
            let turns = queue.jobs.iter().map(|(turn, _)| *turn).enumerate();
            if let Some((i, _)) = turns.min_by_key(|(_, turn)| *turn) {
                return Some(queue.jobs.swap_remove(i).1);
            }
            if queue.closed {
                return None;
            }
            queue = self.changed.wait(queue).ok()?;
        }
    }
}

/// Threads that compile until this is dropped. Small functions go first, within reason: they are ready sooner and hold up
/// little.
pub struct Worker {
    shared: Arc<Shared>,
    answers: Receiver<Answer>,
}

impl Worker {
    /// Starts `threads` threads, which set a bit of `interrupt` with every answer; `None` if the system gives none.
    pub fn start(threads: u32, interrupt: Arc<AtomicU32>) -> Option<Worker> {
        let shared = Arc::new(Shared {
            queue: Mutex::new(Queue {
                jobs: Vec::new(),
                submitted: 0,
                closed: false,
            }),
            changed: Condvar::new(),
        });
        let (results, answers) = channel();
        let mut started = 0;
        for number in 1..=threads {
            let shared = shared.clone();
            let results: Sender<Answer> = results.clone();
            let interrupt = interrupt.clone();
            let thread = std::thread::Builder::new()
                .name("sarus-jit".into())
                .stack_size(STACK)
                .spawn(move || {
                    while let Some(snapshot) = shared.next() {
                        if results.send(compile(&snapshot, number)).is_err() {
                            return;
                        }
                        interrupt.fetch_or(INTERRUPT_COMPILED, Ordering::Release);
                    }
                });
            started += u32::from(thread.is_ok());
        }
        (started > 0).then_some(Worker { shared, answers })
    }
    /// Hands a job over; the size of an urgent one does not matter.
    pub fn submit(&self, snapshot: Snapshot, urgent: bool) {
        let words = |f: &sarus_jit::snapshot::FunctionSnapshot| f.code.words.len() as u64;
        let size: u64 = snapshot.functions.iter().map(words).sum();
        let Ok(mut queue) = self.shared.queue.lock() else {
            return;
        };
        let turn = queue.submitted * WORDS_PER_TURN + if urgent { 0 } else { size };
        queue.submitted += 1;
        queue.jobs.push((turn, snapshot));
        self.shared.changed.notify_one();
    }
    /// The next answer, once there is one; `None` if nobody will give any.
    pub fn wait(&self) -> Option<Answer> {
        self.answers.recv().ok()
    }
    /// The next answer that is there.
    pub fn poll(&self) -> Option<Answer> {
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
