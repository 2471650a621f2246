//! Compiling on other threads: snapshots go in, machine code comes out.

use sarus_jit::{CompiledCode, Decline, Snapshot};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Native stack of a compiling thread.
const STACK: usize = 8 << 20;

/// The answer to a job.
pub struct Answer {
    /// The code's number.
    pub number: u32,
    /// What became of it.
    pub result: Result<CompiledCode, Decline>,
    /// When it began.
    pub start: Instant,
    /// How long it took.
    pub time: Duration,
    /// The thread, from 1; 0 is the main thread.
    pub thread: u32,
}

/// Compiles a snapshot, on a thread of that number.
pub fn compile(snapshot: &Snapshot, thread: u32) -> Answer {
    let start = Instant::now();
    let result = sarus_jit::compile(snapshot);
    Answer {
        number: snapshot.code_number,
        result,
        start,
        time: start.elapsed(),
        thread,
    }
}

/// Threads that compile until the jobs' sender is gone.
pub struct Worker {
    jobs: Sender<Snapshot>,
    answers: Receiver<Answer>,
}

impl Worker {
    /// Starts `threads` threads; `None` if the system gives none.
    pub fn start(threads: u32) -> Option<Worker> {
        let (jobs, queue) = channel::<Snapshot>();
        let (results, answers) = channel();
        let queue = Arc::new(Mutex::new(queue));
        let mut started = 0;
        for number in 1..=threads {
            let queue: Arc<Mutex<Receiver<Snapshot>>> = queue.clone();
            let results: Sender<Answer> = results.clone();
            let thread = std::thread::Builder::new()
                .name("sarus-jit".into())
                .stack_size(STACK)
                .spawn(move || {
                    loop {
                        let job = match queue.lock() {
                            Ok(queue) => queue.recv(),
                            Err(_) => return,
                        };
                        let Ok(snapshot) = job else { return };
                        if results.send(compile(&snapshot, number)).is_err() {
                            return;
                        }
                    }
                });
            started += u32::from(thread.is_ok());
        }
        (started > 0).then_some(Worker { jobs, answers })
    }
    /// Hands a job over; gives it back if nobody takes it.
    pub fn submit(&self, snapshot: Snapshot) -> Result<(), Snapshot> {
        self.jobs.send(snapshot).map_err(|e| e.0)
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
