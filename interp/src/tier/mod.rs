//! The optimizing tier's runtime side: when to compile, what the compiler may know, and how compiled code lives.
//!
//! ```text
//! budgets ─► policy ─► snapshot ─► compiler (worker thread or here) ─► install ─► memory
//!               ▲                                                        │
//!               └──────── exits ◄──────── compiled code ◄──── enter ◄────┘
//!                                           │
//!                                           └─► helpers, instructions
//! ```
//!
//! **Invariant:** with `--jitless`, and until something is hot, nothing here allocates.
//!
//! Compiled code belongs to its `LinkedCode` ([`FunctionTier`] in `LinkedCode::tier`), which marks the cells it refers to.
//! Code that is discarded is *retired* until no frame of its function is on the stack.

mod aging;
mod cached;
mod callees;
pub mod control;
pub mod coverage;
mod crowding;
mod enter;
mod exits;
mod helpers;
mod instructions;
mod layout;
pub mod log;
mod memory;
pub mod places;
pub mod policy;
pub mod profile;
mod queue;
pub mod regexp;
mod snapshot;
pub mod stats;
pub mod trace;
mod worker;

pub use enter::{
    back_edge, call_from_rust, enter, enter_closure, interpret, may_enter, resume, resume_in_cell,
    to_enter,
};
pub use policy::call_budget_spent;

use crate::frame::{CODE, Fp, Frame};
use memory::CodeMemory;
use rustc_hash::FxHashSet;
use sarus_gc::{Gc, Generations, Tracer};
use sarus_jit::helpers::Builtin;
use sarus_jit::layout::Layout;
use sarus_jit::snapshot::ReasonSet;
use sarus_jit::{CompiledCode, ExitTable};
use sarus_runtime::agent::Agent;
use sarus_runtime::code::LinkedCode;
use sarus_runtime::tier::{NativeEntry, TierData};
use std::any::Any;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::time::Instant;

/// The tier's part of the interpreter's state.
#[derive(Default)]
pub struct Tier {
    /// Compiled code is not entered when the native stack reaches below: the interpreter, which needs none, goes on.
    native_limit: usize,
    /// Without and with write barriers.
    layouts: [OnceCell<Arc<Layout>>; 2],
    /// Code that is compiled from now on announces its stores; never taken back.
    barriers: Cell<bool>,
    callees: OnceCell<Arc<callees::Callees>>,
    /// Builtins by the address of their Rust function.
    builtins: OnceCell<Vec<(usize, Builtin)>>,
    /// Installed codes by number.
    codes: RefCell<Vec<Slot>>,
    /// Compiles that run.
    pending: RefCell<Vec<Pending>>,
    /// Compiles that wait.
    queue: queue::Queue,
    /// Discarded codes that may still be running.
    retired: RefCell<Vec<Rc<Installed>>>,
    /// Codes that exited and return when the interpreter has gone on to the end, the innermost last: a tail call may have given
    /// their frames to other functions.
    exited: RefCell<Vec<Rc<Installed>>>,
    memory: CodeMemory,
    /// Where shells put what helpers answer.
    answer: Cell<u64>,
    worker: RefCell<Option<worker::Worker>>,
    /// Whether it has processors of its own.
    crowding: crowding::Crowding,
    /// Counts down to exits that a stress mode asks for.
    stress_counter: OnceCell<Box<Cell<u32>>>,
    random: Cell<u64>,
    /// Bytes by which compiled code may grow, and for how many compiles that holds.
    room: Cell<(u32, usize)>,
    /// Which of the code is used.
    aging: aging::Aging,
    /// All code was given up because memory was short.
    pub flushed: Cell<bool>,
    /// Resume points that were asked for lately.
    pub places: places::Places,
    /// Regular expressions.
    regexps: regexp::RegExps,
    /// What happened.
    pub log: log::Log,
    /// Where time goes.
    pub profile: profile::Profile,
}

/// What a code number stands for.
enum Slot {
    Free,
    Compiling,
    Installed(Weak<Installed>),
}

/// A compile that runs; keeps what its snapshot refers to alive.
struct Pending {
    number: u32,
    code: u64,
    osr: Option<u32>,
    /// When it was asked for.
    asked: Instant,
    roots: snapshot::Roots,
    functions: Box<[FunctionRef]>,
    /// What exits had taught about each of the functions when the snapshot was taken.
    learned: Box<[BTreeMap<u32, ReasonSet>]>,
    /// It will announce its stores.
    barriers: bool,
}

/// A function that code refers to.
#[derive(Copy, Clone)]
pub struct FunctionRef {
    /// Its linked code.
    pub cell: u64,
    /// Its first instruction.
    pub words: *const u32,
}

impl FunctionRef {
    /// Its code; the function has to be alive.
    fn block(&self) -> Arc<sarus_bytecode::CodeBlock> {
        // SAFETY: whoever holds a function keeps its linked code alive.
        let code: Gc<LinkedCode> = unsafe { Gc::from_raw(self.cell as *mut LinkedCode) };
        code.block_arc()
    }
}

/// Machine code in memory.
pub struct Installed {
    number: u32,
    block: memory::CodeBlock,
    /// The functions of the snapshot; the first is the one compiled.
    pub functions: Box<[FunctionRef]>,
    /// By exit number.
    pub exits: ExitTable,
    /// Word offsets at which it goes on with suspended activations, in order.
    resumes: Vec<u32>,
    /// Words of the JavaScript stack it may use from its frame pointer on.
    pub stack_words: u32,
    /// Words of its native frame that hold spilled values.
    spilled: u32,
    osr: Option<u32>,
    cells: Vec<u64>,
    shapes: Vec<u32>,
    /// Bytecode instructions in it.
    instructions: u32,
    /// If it is a loop's: the headers of the loops in it.
    loops: Vec<u32>,
    /// Periods that have begun since it was entered last.
    age: Cell<u8>,
    /// Exits that count, weighted.
    exit_weight: Cell<u32>,
    discarded: Cell<bool>,
    /// It announces its stores.
    barriers: bool,
}

impl Installed {
    /// Its first byte as a function.
    pub fn entry(&self) -> NativeEntry {
        // SAFETY: the compiler's code begins with a function of that type.
        unsafe { std::mem::transmute::<usize, NativeEntry>(self.block.address()) }
    }
    /// Whether it is entered at a loop header.
    pub fn is_loop(&self) -> bool {
        self.osr.is_some()
    }
    /// What it is the code of.
    fn unit(&self) -> log::Unit {
        log::Unit {
            number: self.number,
            block: self.root().block_arc(),
            osr: self.osr,
        }
    }
    fn root(&self) -> Gc<LinkedCode> {
        // SAFETY: the linked code owns compiled code, and retired code is kept only while a frame holds the linked code.
        unsafe { Gc::from_raw(self.functions[0].cell as *mut LinkedCode) }
    }
    fn trace(&self, tracer: &mut Tracer) {
        mark_words(tracer, &self.cells);
        for f in &self.functions {
            mark_words(tracer, &[f.cell]);
        }
        for &shape in &self.shapes {
            tracer.mark_shape(shape);
        }
    }
}

fn mark_words(tracer: &mut Tracer, words: &[u64]) {
    let range = words.as_ptr_range();
    // SAFETY: the range is that of the slice.
    unsafe { tracer.mark_conservative_range(range.start.cast(), range.end.cast()) };
}

/// The codes of the frames from that one outwards.
fn running_functions(innermost: Fp) -> FxHashSet<u64> {
    let mut running = FxHashSet::default();
    let mut fp = innermost;
    while !fp.is_null() {
        let f = Frame {
            fp,
            pc: std::ptr::null(),
        };
        running.insert(f.reg(CODE).bits());
        fp = f.caller();
    }
    running
}

/// Words of the JavaScript stack that the compiled codes of a function may use.
fn stack_words(code: Gc<LinkedCode>) -> u32 {
    with(code, |t| {
        let codes = t.main.iter().chain(&t.osr);
        codes.map(|c| c.stack_words).max().unwrap_or(0)
    })
}

/// What compiled code is told to go on at a word offset with a suspended activation.
fn resume_place(code: Gc<LinkedCode>, offset: u32) -> Option<u32> {
    with(code, |t| {
        let place = t.main.as_ref()?.resumes.binary_search(&offset).ok()?;
        u32::try_from(place).ok()
    })
}

/// What the tier keeps for one function.
#[derive(Default)]
pub struct FunctionTier {
    /// Reasons of exits that were taken, by word offset.
    exits: BTreeMap<u32, ReasonSet>,
    /// By word offset, where checks failed for what a site had not met: the most it had met when such a check was made.
    met: BTreeMap<u32, u8>,
    /// The budget that runs, as far as it counts for a loop.
    granted: u32,
    /// The header of the loop whose code was left last, until the next budget is spent.
    left: Option<u32>,
    /// A loop of some activation has used up a budget.
    looped: bool,
    /// What loop headers used up in activations that had used up a budget before.
    heat: Vec<(u32, u32)>,
    /// Compiles that were installed, by entry.
    compiles: Vec<(Option<u32>, u32)>,
    main: Option<Rc<Installed>>,
    osr: Vec<Rc<Installed>>,
    /// To be compiled at the next call or iteration, at once.
    asked: bool,
    /// How often its warm code may run before it is hot.
    entries: Option<Box<Cell<u32>>>,
    /// It is.
    hot: bool,
    /// Not to be compiled.
    never: bool,
    /// What is being compiled.
    pending: Vec<Option<u32>>,
    /// What the compiler declined, and for how many budgets that is remembered.
    declined: Vec<(Option<u32>, u32)>,
}

impl Drop for FunctionTier {
    fn drop(&mut self) {
        let codes = self.main.iter().chain(&self.osr);
        sarus_gc::external_freed(codes.map(|code| code.bytes()).sum());
    }
}

impl FunctionTier {
    /// How often code for that entry was installed.
    fn compiles(&self, osr: Option<u32>) -> u32 {
        let found = self.compiles.iter().find(|(entry, _)| *entry == osr);
        found.map_or(0, |(_, n)| *n)
    }

    /// Address of the counter of entries, which is made at first use.
    fn entries(&mut self, first: u32) -> u64 {
        let entries = self
            .entries
            .get_or_insert_with(|| Box::new(Cell::new(first)));
        entries.as_ptr() as u64
    }

    /// Counts a compile.
    fn count_compile(&mut self, osr: Option<u32>) {
        match self.compiles.iter_mut().find(|(entry, _)| *entry == osr) {
            Some((_, n)) => *n += 1,
            None => self.compiles.push((osr, 1)),
        }
    }

    /// Forgets a compile.
    fn uncount_compile(&mut self, osr: Option<u32>) {
        if let Some((_, n)) = self.compiles.iter_mut().find(|(entry, _)| *entry == osr) {
            *n = n.saturating_sub(1);
        }
    }

    /// Whether there is code for that entry.
    fn has(&self, osr: Option<u32>) -> bool {
        match osr {
            None => self.main.is_some(),
            Some(_) => self.osr.iter().any(|c| c.osr == osr),
        }
    }
}

impl TierData for FunctionTier {
    fn trace(&self, tracer: &mut Tracer) {
        for code in self.main.iter().chain(&self.osr) {
            code.trace(tracer);
        }
    }
    fn as_any(&mut self) -> &mut dyn Any {
        self
    }
}

/// The tier's data of a code, made at first use. Nothing may allocate in the heap inside.
fn with<R>(code: Gc<LinkedCode>, f: impl FnOnce(&mut FunctionTier) -> R) -> R {
    let mut slot = code.tier.borrow_mut();
    let data = slot.get_or_insert_with(|| Box::<FunctionTier>::default());
    match data.as_any().downcast_mut::<FunctionTier>() {
        Some(tier) => f(tier),
        None => unreachable!("only this module fills it in"),
    }
}

/// Native stack that is left to Rust and the interpreter when compiled code has used up the rest.
const NATIVE_RESERVE: usize = 1 << 20;

impl Tier {
    /// For an agent that lives on the current thread.
    pub fn new(agent: &Agent) -> Tier {
        let here = 0_u8;
        let size = (&here as *const u8 as usize).saturating_sub(agent.native_stack_limit);
        let generations = agent.heap.config().generations;
        let barriers = generations == Generations::On;
        // Until much lives, code does without write barriers.
        let is_later = agent.options.tier.enabled && generations == Generations::Auto;
        agent.heap.set_announced(!is_later);
        Tier {
            barriers: Cell::new(barriers),
            native_limit: agent.native_stack_limit + (size / 4).min(NATIVE_RESERVE),
            log: log::Log::since(Instant::now()),
            ..Tier::default()
        }
    }
    /// Whether there is native stack to enter compiled code.
    #[inline]
    pub fn has_native_stack(&self) -> bool {
        let here = 0_u8;
        &here as *const u8 as usize > self.native_limit
    }
    /// The installed code of a number.
    pub fn code(&self, number: u32) -> Option<Rc<Installed>> {
        match self.codes.borrow().get(number as usize) {
            Some(Slot::Installed(code)) => code.upgrade(),
            _ => None,
        }
    }
    /// The interpreter goes on for an activation of that code.
    fn begin_exit(&self, code: Rc<Installed>) {
        self.exited.borrow_mut().push(code);
    }
    /// It has come to the end, and the code has yet to return.
    fn end_exit(&self) {
        if let Some(code) = self.exited.borrow_mut().pop()
            && Rc::strong_count(&code) == 1
        {
            self.retired.borrow_mut().push(code);
        }
    }
    fn take_number(&self) -> u32 {
        let mut codes = self.codes.borrow_mut();
        let free = codes.iter().position(|slot| match slot {
            Slot::Free => true,
            Slot::Compiling => false,
            Slot::Installed(code) => code.strong_count() == 0,
        });
        let number = free.unwrap_or(codes.len());
        if number == codes.len() {
            codes.push(Slot::Compiling);
        } else {
            codes[number] = Slot::Compiling;
        }
        number as u32
    }
    fn set_slot(&self, number: u32, slot: Slot) {
        if let Some(at) = self.codes.borrow_mut().get_mut(number as usize) {
            *at = slot;
        }
    }
    fn layout(&self, agent: &Agent) -> Arc<Layout> {
        let vm = crate::vm::vm(agent);
        self.layouts[usize::from(self.barriers.get())]
            .get_or_init(|| Arc::new(layout::layout(agent, vm)))
            .clone()
    }
    fn callees(&self, agent: &Agent) -> Arc<callees::Callees> {
        self.callees
            .get_or_init(|| {
                // Routines stay when code without barriers goes.
                let layout = Layout {
                    barriers: agent.heap.config().generations != Generations::Off,
                    ..(*self.layout(agent)).clone()
                };
                Arc::new(callees::Callees::new(Arc::new(layout)))
            })
            .clone()
    }
    /// Marks what compiles that run and retired codes refer to.
    pub fn trace(&self, tracer: &mut Tracer) {
        for p in self.pending.borrow().iter() {
            mark_words(tracer, &[p.code]);
            mark_words(tracer, &p.roots.cells);
            for &shape in &p.roots.shapes {
                tracer.mark_shape(shape);
            }
        }
        mark_words(tracer, &self.queue.codes());
        for code in self
            .retired
            .borrow()
            .iter()
            .chain(self.exited.borrow().iter())
        {
            code.trace(tracer);
        }
    }
    /// Frees retired codes that no frame is in, if there are more than `keep`; how many bytes that were.
    pub fn sweep(&self, innermost: Fp, keep: usize) -> usize {
        if self.retired.borrow().len() <= keep {
            return 0;
        }
        let running = running_functions(innermost);
        let mut freed = 0;
        self.retired.borrow_mut().retain(|code| {
            let keep = running.contains(&code.functions[0].cell);
            freed += if keep { 0 } else { code.bytes() };
            keep
        });
        freed
    }
    /// Takes all compiled code out of use: memory is short.
    pub fn flush(&self, agent: &Agent) {
        for code in self.installed() {
            if !code.discarded.get() {
                self.discard(agent, &code, "memory is short");
            }
        }
    }
    fn installed(&self) -> Vec<Rc<Installed>> {
        let slots = self.codes.borrow();
        let installed = slots.iter().filter_map(|slot| match slot {
            Slot::Installed(code) => code.upgrade(),
            _ => None,
        });
        installed.collect()
    }
    /// Once so much lives that generations pay: what is compiled from now on announces its stores, code that
    /// does not is taken out of use, and when no frame of such is on the native stack (a return address would say so), the heap
    /// hears of it.
    pub fn announce_stores(&self, agent: &Agent) {
        let heap = &agent.heap;
        if heap.is_announced() || !heap.may_age() {
            return;
        }
        // What has to be compiled again costs as much as before: so long pauses have to have cost as much.
        // What is to be checked comes as soon as it can.
        let pays = heap.stats().total_pause >= self.log.totals().compile_time;
        if !(self.barriers.get() || pays || heap.config().verify) {
            return;
        }
        self.barriers.set(true);
        let mut left = Vec::new();
        for code in self.installed() {
            if !code.barriers {
                left.push(code.block.address()..code.block.address() + code.block.size());
                if !code.discarded.get() {
                    self.discard(agent, &code, "its stores have no barriers");
                }
            }
        }
        let mut is_running = false;
        if !left.is_empty() {
            heap.for_each_stack_word(|word| {
                is_running |= left.iter().any(|code| code.contains(&word));
            });
        }
        heap.set_announced(!is_running);
    }
    /// Puts a finished compile to use.
    fn install(
        &self,
        agent: &mut Agent,
        pending: Pending,
        (compiled, exits): (CompiledCode, ExitTable),
    ) -> bool {
        let started = profile::thread_time();
        let Some(block) = self.memory.install(&compiled.bytes, compiled.alignment) else {
            self.set_slot(pending.number, Slot::Free);
            return false;
        };
        let mut shapes = compiled.shapes;
        shapes.extend_from_slice(&pending.roots.shapes);
        shapes.sort_unstable();
        shapes.dedup();
        shapes.shrink_to_fit();
        let installed = Rc::new(Installed {
            number: pending.number,
            block,
            functions: pending.functions,
            exits,
            resumes: compiled.resumes,
            stack_words: compiled.stack_words,
            spilled: compiled.spilled,
            osr: pending.osr,
            cells: compiled.cells,
            instructions: compiled.instructions,
            loops: compiled.loops,
            shapes,
            age: Cell::new(0),
            exit_weight: Cell::new(0),
            discarded: Cell::new(false),
            barriers: pending.barriers,
        });
        self.set_slot(pending.number, Slot::Installed(Rc::downgrade(&installed)));
        let bytes = installed.bytes();
        let code = installed.root();
        if agent.options.tier.perf_map {
            let (address, size) = (installed.block.address(), installed.block.size());
            trace::perf_map(&installed.unit(), address, size);
        }
        stats::count_exits(&installed);
        self.log.record(agent, || log::Event::Installed {
            unit: installed.unit(),
        });
        if installed.osr.is_none() {
            code.set_compiled(installed.entry());
        }
        code.note_change();
        let old = with(code, |t| {
            t.count_compile(installed.osr);
            t.asked = false;
            match installed.osr {
                None => t.main.replace(installed),
                Some(header) => {
                    let at = t.osr.iter().position(|c| c.osr == Some(header));
                    let old = at.map(|i| t.osr.swap_remove(i));
                    t.osr.push(installed);
                    old
                }
            }
        });
        self.retired.borrow_mut().extend(old);
        self.log.count(|t| {
            t.installed += 1;
            t.main.install += profile::thread_time().saturating_sub(started);
        });
        // Functions that are garbage are found by a collection, which their code is a reason for.
        agent.heap.add_external(bytes);
        true
    }
    /// Takes compiled code out of use.
    fn discard(&self, agent: &Agent, code: &Rc<Installed>, why: &'static str) {
        let root = code.root();
        self.log.count(|t| t.discarded += 1);
        self.log.record(agent, || log::Event::Discarded {
            unit: code.unit(),
            why,
        });
        code.discarded.set(true);
        with(root, |t| {
            t.osr.retain(|c| !Rc::ptr_eq(c, code));
            if t.main.as_ref().is_some_and(|c| Rc::ptr_eq(c, code)) {
                t.main = None;
                root.reset_compiled(agent.hooks.native_entry);
            }
        });
        self.retired.borrow_mut().push(code.clone());
    }
}
