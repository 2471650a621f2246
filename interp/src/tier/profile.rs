//! Where a program spends its time, for `--explain`: nothing here runs without that option.
//!
//! *Counts* are exact for the interpreter: budgets are handed out one tick at a time, so every call and every back edge comes
//! by here before the policy sees the whole budget spent. *Samples* cover both tiers: another thread asks for one every
//! millisecond by an interrupt bit, and the program takes it at its next poll, which is at a call or a back edge. A sample
//! stands for the processor time since the one before.

use crate::frame::Frame;
use crate::vm::vm;
use rustc_hash::FxHashMap;
use sarus_bytecode::CodeBlock;
use sarus_gc::Gc;
use sarus_runtime::agent::Agent;
use sarus_runtime::code::LinkedCode;
use sarus_runtime::interrupt::INTERRUPT_SAMPLE;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Time between two samples.
const INTERVAL: Duration = Duration::from_millis(1);
/// Frames of a sample that are looked at.
const MAX_FRAMES: usize = 100;
/// What is left of the budget of a code that was just linked.
const FIRST_BUDGET: i32 = 2;

/// What was counted for one code.
#[derive(Clone, Default, Debug)]
pub struct Counts {
    /// Ticks that the policy has granted and the code has not spent.
    granted: i32,
    /// Calls in the interpreter.
    pub calls: u64,
    /// Back edges in the interpreter, by word offset of the loop header.
    pub loops: BTreeMap<u32, u64>,
}

/// Time that belongs to an instruction.
#[derive(Clone, Copy, Default, Debug)]
pub struct Time {
    /// It was the innermost.
    pub own: Duration,
    /// Of that: in compiled code.
    pub compiled: Duration,
    /// It was on the stack.
    pub total: Duration,
}

/// Times by word offset.
pub type Times = BTreeMap<u32, Time>;

/// The profile of a run.
#[derive(Default)]
pub struct Profile {
    counts: RefCell<FxHashMap<u64, Counts>>,
    times: RefCell<FxHashMap<usize, (Arc<CodeBlock>, Times)>>,
    /// Processor time at the last sample.
    last: Cell<Duration>,
    /// Compiled code is what polls.
    in_compiled_code: Cell<bool>,
    samples: Cell<u64>,
}

impl Profile {
    /// A tick of a code: by a call, or by a back edge to a loop header. True if the policy's budget is spent with it.
    pub fn tick(&self, code: Gc<LinkedCode>, header: Option<u32>) -> bool {
        let mut counts = self.counts.borrow_mut();
        let counts = counts.entry(code.addr() as u64).or_insert_with(|| Counts {
            granted: FIRST_BUDGET,
            ..Counts::default()
        });
        counts.granted -= match header {
            None => {
                counts.calls += 1;
                1
            }
            Some(header) => {
                *counts.loops.entry(header).or_default() += 1;
                2
            }
        };
        code.budget.set(1);
        counts.granted <= 0
    }
    /// The policy grants a code a budget.
    pub fn grant(&self, code: Gc<LinkedCode>, budget: i32) {
        let mut counts = self.counts.borrow_mut();
        counts.entry(code.addr() as u64).or_default().granted = budget;
        code.budget.set(budget.min(1));
    }
    /// What was counted for a code.
    pub fn counts(&self, code: Gc<LinkedCode>) -> Counts {
        let counts = self.counts.borrow();
        counts
            .get(&(code.addr() as u64))
            .cloned()
            .unwrap_or_default()
    }
    /// Times by code block.
    pub fn times(&self) -> Vec<(Arc<CodeBlock>, Times)> {
        self.times.borrow().values().cloned().collect()
    }
    /// Number of samples.
    pub fn samples(&self) -> u64 {
        self.samples.get()
    }
    /// What polls from here on.
    pub fn set_in_compiled_code(&self, is: bool) {
        self.in_compiled_code.set(is);
    }
    fn add(&self, f: Frame, change: impl FnOnce(&mut Time)) {
        let block = f.code().block_arc();
        let mut times = self.times.borrow_mut();
        let (_, times) = times
            .entry(Arc::as_ptr(&block) as usize)
            .or_insert_with(|| (block, Times::new()));
        change(times.entry(f.offset()).or_default());
    }
    fn sample(&self, innermost: Frame) {
        let now = thread_time();
        let passed = now.saturating_sub(self.last.replace(now));
        self.samples.set(self.samples.get() + 1);
        let compiled = self.in_compiled_code.get();
        self.add(innermost, |t| {
            t.own += passed;
            if compiled {
                t.compiled += passed;
            }
        });
        // Recursion counts a place once.
        let mut seen = Vec::new();
        let mut f = innermost;
        for _ in 0..MAX_FRAMES {
            let place = (f.code().addr(), f.offset());
            if !seen.contains(&place) {
                seen.push(place);
                self.add(f, |t| t.total += passed);
            }
            let caller = f.caller();
            if caller.is_null() {
                break;
            }
            f = Frame::saved(caller);
        }
    }
}

/// Answers a request for a sample: the innermost frame has its position saved.
pub fn sample(agent: &mut Agent) {
    let vm = vm(agent);
    if !vm.fp().is_null() {
        vm.tier.profile.sample(Frame::saved(vm.fp()));
    }
}

/// Processor time of this thread.
pub fn thread_time() -> Duration {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the system writes to a variable of the type it expects.
    let failed = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    if failed != 0 {
        return Duration::ZERO;
    }
    Duration::new(
        u64::try_from(time.tv_sec).unwrap_or(0),
        u32::try_from(time.tv_nsec).unwrap_or(0),
    )
}

/// Asks an agent for samples as long as it lives.
pub fn start(agent: &Agent) {
    vm(agent).tier.profile.last.set(thread_time());
    let word = Arc::downgrade(&agent.interrupt);
    let thread = std::thread::Builder::new().name("sarus-sampler".into());
    // Without it there are counts only.
    let _ = thread.spawn(move || {
        while let Some(word) = word.upgrade() {
            word.fetch_or(INTERRUPT_SAMPLE, Ordering::Relaxed);
            drop(word);
            std::thread::sleep(INTERVAL);
        }
    });
}
