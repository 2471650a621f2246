//! The log of the tier: every compile, installation, exit and discard is one [`Event`].
//!
//! Traces print events when they happen (`trace.rs`), `--explain` keeps them, and totals are counted always. Events refer to
//! code blocks, not to cells, so they outlive the functions they are about.

use super::trace;
use rustc_hash::FxHashMap;
use sarus_bytecode::CodeBlock;
use sarus_bytecode::source_map::Position;
use sarus_jit::snapshot::Reason;
use sarus_runtime::agent::Agent;
use std::cell::{Cell, OnceCell, RefCell};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Events that are kept; exits beyond are still counted.
const MAX_EVENTS: usize = 20_000;

/// An instruction of a function.
#[derive(Clone, Debug)]
pub struct Site {
    /// The function's code.
    pub block: Arc<CodeBlock>,
    /// Word offset.
    pub pc: u32,
}

impl Site {
    /// Its place in the source.
    pub fn position(&self) -> Option<Position> {
        self.block.source_map.lookup(self.pc)
    }
}

/// What is compiled at once.
#[derive(Clone, Debug)]
pub struct Unit {
    /// Number of the code: no two codes that live at the same time have the same.
    pub number: u32,
    /// The function.
    pub block: Arc<CodeBlock>,
    /// The loop header at which the code is entered, if it is not entered at its start.
    pub osr: Option<u32>,
}

/// A call whose callee's body stands in the code of the caller.
#[derive(Clone, Debug)]
pub struct Inlined {
    /// The call.
    pub call: Site,
    /// The callee.
    pub callee: Arc<CodeBlock>,
    /// 1 for calls of the compiled function itself.
    pub depth: u32,
}

/// What a compile made.
#[derive(Clone, Debug)]
pub struct Summary {
    /// Bytecode instructions, with inlined ones.
    pub instructions: u32,
    /// Bytes of machine code.
    pub bytes: usize,
    /// Number of ways back to the interpreter.
    pub exits: usize,
    /// What was inlined.
    pub inlined: Vec<Inlined>,
}

/// What happens in the tier.
#[derive(Clone, Debug)]
pub enum Event {
    /// A compile ended.
    Compiled {
        /// What.
        unit: Unit,
        /// When it was asked for.
        asked: Instant,
        /// When it began.
        start: Instant,
        /// How long it took.
        time: Duration,
        /// Which thread: 0 is the main thread.
        thread: u32,
        /// What came of it, or why the function was declined.
        result: Result<Summary, String>,
    },
    /// Code became reachable.
    Installed {
        /// What.
        unit: Unit,
    },
    /// Code was not installed: while it was compiled, exits showed that it would guess wrong.
    Overtaken {
        /// What.
        unit: Unit,
    },
    /// A check failed, and the interpreter went on.
    Exit {
        /// The code.
        unit: Unit,
        /// Number of the exit.
        exit: u32,
        /// Why.
        reason: Reason,
        /// Where the check comes from.
        origin: Option<Site>,
        /// Where the interpreter went on.
        resumed: Site,
        /// An exception was on its way.
        throws: bool,
    },
    /// Code was given up.
    Discarded {
        /// What.
        unit: Unit,
        /// Why.
        why: &'static str,
    },
}

/// An event and when it happened.
#[derive(Clone, Debug)]
pub struct Entry {
    /// When.
    pub at: Instant,
    /// What.
    pub event: Event,
}

/// Times that the main thread spends for compiling.
#[derive(Clone, Copy, Default, Debug)]
pub struct MainTime {
    /// Taking snapshots and handing them over.
    pub snapshot: Duration,
    /// Compiling, when it is done there.
    pub compile: Duration,
    /// Putting code in place.
    pub install: Duration,
}

/// Totals of a run.
#[derive(Clone, Copy, Default, Debug)]
pub struct Totals {
    /// Compiles that ended.
    pub compiles: u64,
    /// Compiles that were declined.
    pub declined: u64,
    /// Compiles that exits had overtaken.
    pub overtaken: u64,
    /// Codes installed.
    pub installed: u64,
    /// Codes discarded.
    pub discarded: u64,
    /// Exits, without those that merely leave a compiled loop.
    pub exits: u64,
    /// Bytecode instructions in the codes compiled.
    pub instructions: u64,
    /// Time of all compiles, on whatever thread.
    pub compile_time: Duration,
    /// Time of the main thread.
    pub main: MainTime,
}

/// How often an exit was taken: by function and word offset of the check, reason, and function that was compiled.
#[derive(Clone, Debug)]
pub struct ExitCount {
    /// Where the check comes from.
    pub origin: Site,
    /// Why.
    pub reason: Reason,
    /// The function that was compiled.
    pub root: Arc<CodeBlock>,
    /// How often.
    pub count: u64,
}

/// What makes an [`ExitCount`].
type ExitKey = (usize, u32, Reason, usize);

/// The log.
#[derive(Default)]
pub struct Log {
    /// When the agent was made.
    began: OnceCell<Instant>,
    totals: Cell<Totals>,
    entries: RefCell<Vec<Entry>>,
    exits: RefCell<FxHashMap<ExitKey, ExitCount>>,
    /// Events that were not kept.
    pub dropped: Cell<u64>,
}

impl Log {
    /// The log of an agent that was made then.
    pub fn since(began: Instant) -> Log {
        Log {
            began: OnceCell::from(began),
            ..Log::default()
        }
    }
    /// The totals so far.
    pub fn totals(&self) -> Totals {
        self.totals.get()
    }
    /// Changes the totals.
    pub fn count(&self, change: impl FnOnce(&mut Totals)) {
        let mut totals = self.totals.get();
        change(&mut totals);
        self.totals.set(totals);
    }
    /// The events kept, in the order in which they became known.
    pub fn entries(&self) -> Vec<Entry> {
        self.entries.borrow().clone()
    }
    /// How often exits were taken.
    pub fn exits(&self) -> Vec<ExitCount> {
        self.exits.borrow().values().cloned().collect()
    }
    /// Prints and keeps an event, if anyone wants it.
    pub fn record(&self, agent: &Agent, event: impl FnOnce() -> Event) {
        let options = &agent.options.tier;
        if !(options.trace_opt || options.trace_deopt || options.explain) {
            return;
        }
        let event = event();
        let wanted = match event {
            Event::Exit { .. } => options.trace_deopt,
            Event::Discarded { .. } => options.trace_opt || options.trace_deopt,
            _ => options.trace_opt,
        };
        if wanted {
            trace::event(&event, *self.began.get_or_init(Instant::now));
        }
        if options.explain {
            self.keep(event);
        }
    }
    fn keep(&self, event: Event) {
        if let Event::Exit {
            unit,
            reason,
            origin: Some(origin),
            ..
        } = &event
        {
            let key = (
                Arc::as_ptr(&origin.block) as usize,
                origin.pc,
                *reason,
                Arc::as_ptr(&unit.block) as usize,
            );
            let mut exits = self.exits.borrow_mut();
            let entry = exits.entry(key).or_insert_with(|| ExitCount {
                origin: origin.clone(),
                reason: *reason,
                root: unit.block.clone(),
                count: 0,
            });
            entry.count += 1;
        }
        let mut entries = self.entries.borrow_mut();
        if entries.len() >= MAX_EVENTS {
            self.dropped.set(self.dropped.get() + 1);
            return;
        }
        entries.push(Entry {
            at: Instant::now(),
            event,
        });
    }
}
