//! Compiles that wait for a compiling thread.
//!
//! A snapshot is taken when a thread has nothing to do, not when the compile is asked for: until then feedback and exits add
//! to what it says, and what is learned later may make the code useless. Small functions go first, since they are ready
//! sooner and hold up little; and what goes on running, more than what was hot once.

use super::callees::Callees;
use super::profile::thread_time;
use super::{FunctionRef, Pending, policy, snapshot, trace, worker};
use crate::vm::vm;
use sarus_gc::Gc;
use sarus_runtime::agent::Agent;
use sarus_runtime::code::LinkedCode;
use std::cell::{Cell, RefCell};
use std::sync::Arc;

/// What was asked for later goes first if its function is smaller by so many words of bytecode,
const WORDS_PER_TURN: i64 = 20;
/// and what is asked for again, so many words earlier each time.
const WORDS_PER_ADVANCE: i64 = 20;

/// A compile that was asked for: of a linked code, for its start or a loop header.
pub type Compile = (u64, Option<u32>);

/// Compiles that wait, with their turns: the least goes first.
#[derive(Default)]
pub struct Queue {
    list: RefCell<Vec<(i64, Compile)>>,
    asked: Cell<i64>,
}

impl Queue {
    /// Adds a compile of a code of so many words.
    pub fn push(&self, compile: Compile, words: usize) {
        let asked = self.asked.get();
        self.asked.set(asked + 1);
        let turn = asked * WORDS_PER_TURN + words as i64;
        self.list.borrow_mut().push((turn, compile));
    }

    /// A compile was asked for that may be waiting.
    pub fn advance(&self, compile: Compile) {
        let mut list = self.list.borrow_mut();
        if let Some((turn, _)) = list.iter_mut().find(|(_, c)| *c == compile) {
            *turn -= WORDS_PER_ADVANCE;
        }
    }

    /// Whose turn it is.
    fn next(&self) -> Option<Compile> {
        let mut list = self.list.borrow_mut();
        let turns = list.iter().map(|(turn, _)| *turn).enumerate();
        let (i, _) = turns.min_by_key(|(_, turn)| *turn)?;
        Some(list.swap_remove(i).1)
    }

    /// The codes that wait.
    pub fn codes(&self) -> Vec<u64> {
        self.list.borrow().iter().map(|(_, c)| c.0).collect()
    }
}

/// Gives the threads what they need to stay busy.
pub fn feed(agent: &mut Agent) {
    let most = agent.options.tier.threads as usize;
    while vm(agent).tier.pending.borrow().len() < most {
        let Some((code, osr)) = vm(agent).tier.queue.next() else {
            return;
        };
        // SAFETY: what waited was traced, and nothing was allocated since.
        let code = unsafe { Gc::from_raw(code as *mut LinkedCode) };
        start(agent, code, osr, true);
    }
}

/// Takes the snapshot for a compile that its code knows as pending, and compiles it on a thread if there is one.
pub fn start(agent: &mut Agent, code: Gc<LinkedCode>, osr: Option<u32>, background: bool) {
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
        roots,
        functions,
        learned,
        barriers: snapshot.layout.barriers,
    });
    let callees = tier.callees(agent);
    let snapshot = match background {
        true => hand_over(agent, snapshot, callees.clone()),
        false => Some(snapshot),
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
            worker.submit(job);
            None
        }
        None => Some(job),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(queue: &Queue) -> Vec<u64> {
        std::iter::from_fn(|| queue.next()).map(|c| c.0).collect()
    }

    #[test]
    fn small_ones_go_first_within_reason() {
        let queue = Queue::default();
        queue.push((1, None), 500);
        for code in 2..40 {
            queue.push((code, None), 10);
        }
        let order = order(&queue);
        assert_eq!(order[..2], [2, 3]);
        assert!(order.iter().position(|c| *c == 1) < Some(30));
    }

    #[test]
    fn what_is_asked_for_again_goes_earlier() {
        let queue = Queue::default();
        queue.push((1, None), 10);
        queue.push((2, None), 10);
        queue.push((2, Some(7)), 90);
        for _ in 0..10 {
            queue.advance((2, Some(7)));
            queue.advance((3, None));
        }
        assert_eq!(queue.next(), Some((2, Some(7))));
        assert_eq!(order(&queue), [1, 2]);
    }
}
