//! Code that is not used any more makes room for code that is.
//!
//! Compiled code does not count its entries. While there is much of it, functions get, now and then, a native entry that notes the
//! use and puts the real one back: the clock algorithm of page replacement (Corbató, "A Paging Experiment with the Multics System",
//! 1968), with an age in place of the single bit. What has not been entered for longest goes first, when room is short.

use super::{Installed, Tier, enter, policy, with};
use crate::frame::{Fp, Frame};
use crate::vm::vm;
use sarus_runtime::agent::Agent;
use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// How long a period is in which uses are noted.
const PERIOD: Duration = Duration::from_millis(100);
/// Code that was not entered for so many periods may go. One of them may have just begun.
const OLD: u8 = 3;

/// When uses were noted.
#[derive(Default)]
pub struct Aging {
    /// The beginning of the period.
    since: Cell<Option<Instant>>,
}

impl Aging {
    /// Begins a period if the last one is over.
    pub fn pass(&self, tier: &Tier) {
        let over = |since: Instant| since.elapsed() >= PERIOD;
        if self.since.get().is_none_or(over) {
            self.since.set(Some(Instant::now()));
            for code in tier.installed() {
                if code.is_in_use() {
                    code.grow_older();
                }
            }
        }
    }
}

impl Installed {
    /// Whether it can be entered: not if it only has yet to return, because it was given up or replaced.
    fn is_in_use(&self) -> bool {
        let is_this = |code: &Rc<Installed>| std::ptr::eq(&raw const **code, self);
        with(self.root(), |t| t.main.iter().chain(&t.osr).any(is_this))
    }

    /// Another period in which it has yet to be entered.
    fn grow_older(&self) {
        self.age.set(self.age.get().saturating_add(1));
        if !self.is_loop() {
            self.root().set_compiled(enter_noted);
        }
    }

    /// It is entered.
    pub fn note_use(&self) {
        self.age.set(0);
    }
}

/// The native entry of compiled code that was not entered in this period.
///
/// # Safety
/// As for [`enter::interpret`].
unsafe extern "C" fn enter_noted(agent: *mut Agent, fp: Fp) -> u64 {
    let frame = Frame {
        fp,
        pc: std::ptr::null(),
    };
    let code = frame.code();
    let entry = with(code, |t| {
        let main = t.main.as_ref()?;
        main.note_use();
        Some(main.entry())
    });
    match entry {
        Some(entry) => code.set_compiled(entry),
        None => code.reset_compiled(enter::interpret),
    }
    // SAFETY: by the caller's promise; it is the entry of that code.
    unsafe { code.native_entry()(agent, fp) }
}

/// Gives up code that was not entered lately and does not run, until so many bytes are free, or there is no more such code: the
/// bytes.
pub fn make_room(agent: &Agent, wanted: usize) -> usize {
    let tier = &vm(agent).tier;
    let running = super::running_functions(vm(agent).fp());
    let may_go = |code: &Rc<Installed>| {
        code.age.get() >= OLD && code.is_in_use() && !running.contains(&code.functions[0].cell)
    };
    let mut old = tier.installed();
    old.retain(may_go);
    old.sort_by_key(|code| std::cmp::Reverse(code.age.get()));
    let mut free = 0;
    for code in old {
        if free >= wanted {
            break;
        }
        free += code.bytes();
        tier.discard(agent, &code, "it was not used lately");
        // It is not to blame: should it be needed again, it is worth as much as before. But where the program waits for
        // compiles, and uses more code than there is room for, it would do nothing else.
        if !policy::program_waits(&agent.options.tier) {
            with(code.root(), |t| t.uncount_compile(code.osr));
        }
        policy::refill(agent, code.root());
    }
    agent.heap.sub_external(tier.sweep(vm(agent).fp(), 0));
    free
}
