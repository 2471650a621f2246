//! Compiles that wait for a compiling thread.
//!
//! A snapshot is taken when a thread has nothing to do, not when the compile is asked for: until then feedback and exits add
//! to what it says, and what is learned later may make the code useless. Small functions go first, since they are ready
//! sooner and hold up little; and what goes on running, more than what was hot once. While compiles cost the program time
//! ([`super::crowding`]), they wait until they are worth more.

use super::callees::Callees;
use super::profile::thread_time;
use super::{FunctionRef, Pending, policy, snapshot, trace, worker};
use crate::vm::vm;
use sarus_gc::Gc;
use sarus_runtime::agent::Agent;
use sarus_runtime::code::LinkedCode;
use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::time::Instant;

/// What was asked for later goes first if its function is smaller by so many words of bytecode,
const WORDS_PER_TURN: i64 = 20;
/// and what is asked for again, so many words earlier each time.
const WORDS_PER_ADVANCE: i64 = 20;
/// So many wait at most: they stay alive.
const MOST: usize = 256;

/// A compile that was asked for: of a linked code, for its start or a loop header.
pub type Compile = (u64, Option<u32>);

/// One that waits.
struct Waiting {
    compile: Compile,
    /// The least goes first.
    turn: i64,
    /// Executions that were counted before it was asked for,
    before: u32,
    /// and since then.
    since: u32,
    /// When it was asked for last.
    last: u64,
    /// When it was asked for first.
    asked: Instant,
}

/// Compiles that wait.
#[derive(Default)]
pub struct Queue {
    list: RefCell<Vec<Waiting>>,
    asked: Cell<i64>,
    clock: Cell<u64>,
}

impl Queue {
    fn tick(&self) -> u64 {
        let now = self.clock.get() + 1;
        self.clock.set(now);
        now
    }

    /// Adds a compile of a code of so many words that was executed so often. If there are too many, the one comes back that
    /// was not asked for again for longest.
    pub fn push(&self, compile: Compile, words: usize, before: u32) -> Option<Compile> {
        let asked = self.asked.get();
        self.asked.set(asked + 1);
        let mut list = self.list.borrow_mut();
        list.push(Waiting {
            compile,
            turn: asked * WORDS_PER_TURN + words as i64,
            before,
            since: 0,
            last: self.tick(),
            asked: Instant::now(),
        });
        if list.len() <= MOST {
            return None;
        }
        let ages = list.iter().map(|w| w.last).enumerate();
        let (i, _) = ages.min_by_key(|(_, last)| *last)?;
        Some(list.swap_remove(i).compile)
    }

    /// A compile was asked for that may be waiting, after so many more executions.
    pub fn advance(&self, compile: Compile, executions: u32) {
        let mut list = self.list.borrow_mut();
        if let Some(waiting) = list.iter_mut().find(|w| w.compile == compile) {
            waiting.turn -= WORDS_PER_ADVANCE;
            waiting.since = waiting.since.saturating_add(executions);
            waiting.last = self.tick();
        }
    }

    /// Takes a compile out; whether it was waiting.
    pub fn remove(&self, compile: Compile) -> bool {
        let mut list = self.list.borrow_mut();
        let place = list.iter().position(|w| w.compile == compile);
        place.map(|i| list.swap_remove(i)).is_some()
    }

    /// Whose turn it is, of those that were executed so many times as often as they are when they are asked for; and when that was.
    fn next(&self, times: u32) -> Option<(Compile, Instant)> {
        let mut list = self.list.borrow_mut();
        let is_ready = |w: &Waiting| w.since >= w.before.saturating_mul(times - 1);
        let ready = list.iter().enumerate().filter(|(_, w)| is_ready(w));
        let (i, _) = ready.min_by_key(|(_, w)| w.turn)?;
        let next = list.swap_remove(i);
        Some((next.compile, next.asked))
    }

    /// The codes that wait.
    pub fn codes(&self) -> Vec<u64> {
        self.list.borrow().iter().map(|w| w.compile.0).collect()
    }
}

/// Gives the threads what they need to stay busy, of what is worth it.
pub fn feed(agent: &mut Agent) {
    let times = vm(agent).tier.crowding.times();
    feed_worth(agent, times);
}

/// The same of everything that waits.
pub fn feed_all(agent: &mut Agent) {
    feed_worth(agent, 1);
}

fn feed_worth(agent: &mut Agent, times: u32) {
    let most = agent.options.tier.threads as usize;
    while vm(agent).tier.pending.borrow().len() < most {
        let Some(((code, osr), asked)) = vm(agent).tier.queue.next(times) else {
            return;
        };
        // SAFETY: what waited was traced, and nothing was allocated since.
        let code = unsafe { Gc::from_raw(code as *mut LinkedCode) };
        start(agent, code, osr, Some(asked));
    }
}

/// Takes the snapshot for a compile that its code knows as pending, and compiles it: on a thread if there is one and it has waited
/// for that, since then.
pub fn start(
    agent: &mut Agent,
    code: Gc<LinkedCode>,
    osr: Option<u32>,
    waiting_since: Option<Instant>,
) {
    let tier = &vm(agent).tier;
    let started = thread_time();
    let number = tier.take_number();
    let inline = policy::inlining(agent, code, osr);
    let (snapshot, roots) = snapshot::take(agent, code, osr, number, inline);
    if agent.options.tier.print_snapshot {
        trace::snapshot(&snapshot);
    }
    let freed = tier.sweep(vm(agent).fp(), policy::KEPT_CODES);
    agent.heap.sub_external(freed);
    let functions: Box<[FunctionRef]> = snapshot
        .functions
        .iter()
        .map(|f| FunctionRef {
            cell: f.code_cell,
            words: f.words as *const u32,
        })
        .collect();
    let learned = snapshot.functions.iter().map(|f| f.exits.clone()).collect();
    tier.pending.borrow_mut().push(Pending {
        number,
        code: code.addr() as u64,
        osr,
        asked: waiting_since.unwrap_or_else(Instant::now),
        roots,
        functions,
        learned,
        barriers: snapshot.layout.barriers,
    });
    let callees = tier.callees(agent);
    let snapshot = match waiting_since {
        Some(_) => hand_over(agent, snapshot, callees.clone()),
        None => Some(snapshot),
    };
    tier.log
        .count(|t| t.main.snapshot += thread_time().saturating_sub(started));
    // Without a thread it is done here.
    if let Some(mut snapshot) = snapshot {
        let answer = worker::compile(&mut snapshot, &callees, 0);
        tier.log.count(|t| t.main.compile += answer.cpu);
        policy::finish(agent, answer);
    }
}

/// Gives a snapshot to the compiling threads; back if there are none.
fn hand_over(
    agent: &Agent,
    snapshot: sarus_jit::Snapshot,
    callees: Arc<Callees>,
) -> Option<sarus_jit::Snapshot> {
    match submit(agent, worker::Job::Function(Box::new(snapshot), callees)) {
        Some(worker::Job::Function(snapshot, _)) => Some(*snapshot),
        _ => None,
    }
}

/// Gives a job to the compiling threads; back if there are none.
pub fn submit(agent: &Agent, job: worker::Job) -> Option<worker::Job> {
    let threads = agent.options.tier.threads;
    let mut worker = vm(agent).tier.worker.borrow_mut();
    if worker.is_none() {
        *worker = worker::Worker::start(threads, agent.interrupt.clone());
    }
    match &*worker {
        Some(worker) => {
            vm(agent).tier.crowding.begin();
            worker.submit(job);
            None
        }
        None => Some(job),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(queue: &Queue, times: u32) -> Option<Compile> {
        queue.next(times).map(|(compile, _)| compile)
    }

    fn order(queue: &Queue) -> Vec<u64> {
        std::iter::from_fn(|| next(queue, 1)).map(|c| c.0).collect()
    }

    #[test]
    fn small_ones_go_first_within_reason() {
        let queue = Queue::default();
        queue.push((1, None), 500, 0);
        for code in 2..40 {
            queue.push((code, None), 10, 0);
        }
        let order = order(&queue);
        assert_eq!(order[..2], [2, 3]);
        assert!(order.iter().position(|c| *c == 1) < Some(30));
    }

    #[test]
    fn what_is_asked_for_again_goes_earlier() {
        let queue = Queue::default();
        queue.push((1, None), 10, 0);
        queue.push((2, None), 10, 0);
        queue.push((2, Some(7)), 90, 0);
        for _ in 0..10 {
            queue.advance((2, Some(7)), 1);
            queue.advance((3, None), 1);
        }
        assert_eq!(next(&queue, 1), Some((2, Some(7))));
        assert_eq!(order(&queue), [1, 2]);
    }

    #[test]
    fn what_is_taken_out_is_not_done() {
        let queue = Queue::default();
        queue.push((1, Some(3)), 10, 0);
        queue.push((1, None), 10, 0);
        assert!(queue.remove((1, Some(3))));
        assert!(!queue.remove((1, Some(3))));
        assert_eq!(next(&queue, 1), Some((1, None)));
        assert_eq!(next(&queue, 1), None);
    }

    #[test]
    fn what_costs_time_waits_for_more_executions() {
        let queue = Queue::default();
        queue.push((1, None), 10, 1_000);
        queue.push((2, None), 10, 1_000);
        assert_eq!(next(&queue, 3), None);
        queue.advance((2, None), 1_500);
        assert_eq!(next(&queue, 3), None);
        queue.advance((2, None), 500);
        assert_eq!(next(&queue, 3), Some((2, None)));
        assert_eq!(next(&queue, 3), None);
        assert_eq!(next(&queue, 1), Some((1, None)));
    }

    #[test]
    fn what_is_not_asked_for_again_makes_room() {
        let queue = Queue::default();
        for code in 0..MOST as u64 {
            assert_eq!(queue.push((code, None), 10, 1_000), None);
        }
        queue.advance((0, None), 1);
        assert_eq!(queue.push((1_000, None), 10, 1_000), Some((1, None)));
        assert_eq!(queue.codes().len(), MOST);
    }
}
