//! Figures of the tier for `--stats`.

use super::log::Totals;
use super::{FunctionTier, Installed, Slot, coverage};
use crate::vm::vm;
use rustc_hash::FxHashMap;
use sarus_bytecode::Op;
use sarus_jit::Exit;
use sarus_runtime::agent::Agent;
use std::fmt::Write;
use std::time::Duration;

/// What compiled code takes.
#[derive(Clone, Copy, Default, Debug)]
pub struct Memory {
    /// Machine code.
    pub code: usize,
    /// Exit tables, references to cells, what is known of functions.
    pub metadata: usize,
    /// Mapped for machine code.
    pub mapped: usize,
    /// Bytecode of the functions that have compiled code, without what is inlined in them.
    pub bytecode: usize,
    /// Functions that have compiled code.
    pub functions: usize,
    /// Codes.
    pub codes: usize,
    /// Of these such as are out of use, but still run.
    pub retired: usize,
}

/// What the compiled code that is there takes, in bytes.
pub fn memory(agent: &Agent) -> Memory {
    let tier = &vm(agent).tier;
    let mut memory = Memory {
        mapped: tier.memory.usage().0,
        retired: tier.retired.borrow().len(),
        ..Memory::default()
    };
    let mut functions: FxHashMap<u64, usize> = FxHashMap::default();
    for slot in tier.codes.borrow().iter() {
        let Slot::Installed(code) = slot else {
            continue;
        };
        let Some(code) = code.upgrade() else { continue };
        memory.codes += 1;
        memory.code += code.block.size();
        memory.metadata += code.metadata_bytes();
        let bytes = code.root().block().words.len() * 4;
        functions.insert(code.functions[0].cell, bytes);
    }
    memory.functions = functions.len();
    memory.bytecode = functions.values().sum();
    memory.metadata += functions.len() * size_of::<FunctionTier>();
    memory
}

impl Installed {
    /// What it takes in all.
    pub fn bytes(&self) -> usize {
        self.block.size() + self.metadata_bytes()
    }
    /// What it takes besides machine code.
    fn metadata_bytes(&self) -> usize {
        size_of::<Installed>()
            + size_of_val(&*self.functions)
            + self.exits.bytes()
            + size_of_val(&self.cells[..])
            + size_of_val(&self.shapes[..])
    }
}

/// The operation of a check.
fn operation(code: &Installed, (function, pc): (usize, u32)) -> Option<Op> {
    let block = code.functions.get(function)?.block();
    Op::from_u8(*block.words.get(pc as usize)? as u8)
}

/// Counts the exits that a code has.
pub fn count_exits(code: &Installed) {
    for exit in code.exits.heads() {
        if let Some(op) = operation(code, exit.origin) {
            coverage::compiled(op, exit.reason);
        }
    }
}

/// Counts an exit that was taken.
pub fn count_taken(code: &Installed, exit: &Exit) {
    if let Some(op) = operation(code, exit.origin) {
        coverage::taken(op, exit.reason);
    }
}

/// The totals of the log.
pub fn totals(agent: &Agent) -> Totals {
    vm(agent).tier.log.totals()
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// The figures as lines of text; `run` is how long the program ran.
pub fn report(agent: &Agent, run: Duration) -> String {
    let Totals {
        compiles,
        declined,
        overtaken,
        installed,
        discarded,
        exits,
        instructions,
        compile_time,
        main,
    } = vm(agent).tier.log.totals();
    let on_main = main.snapshot + main.compile + main.install;
    let m = memory(agent);
    let kb = |bytes: usize| bytes as f64 / 1024.0;
    let mut text = String::new();
    let _ = writeln!(
        text,
        "tier: {compiles} compiles ({declined} declined, {overtaken} overtaken by exits), {installed} codes installed, \
         {discarded} discarded, {exits} exits"
    );
    let _ = writeln!(
        text,
        "tier: compiling took {:.2} ms of processor time for {instructions} instructions; main thread {:.2} ms ({:.2} snapshots, {:.2} compiling, \
         {:.2} installing), {:.2} % of {:.1} ms",
        ms(compile_time),
        ms(on_main),
        ms(main.snapshot),
        ms(main.compile),
        ms(main.install),
        on_main.as_secs_f64() * 100.0 / run.as_secs_f64().max(1e-9),
        ms(run),
    );
    let _ = writeln!(
        text,
        "tier: {:.1} KB code and {:.1} KB metadata of {} codes ({} retired) for {:.1} KB bytecode of {} functions, {:.1} KB mapped",
        kb(m.code),
        kb(m.metadata),
        m.codes,
        m.retired,
        kb(m.bytecode),
        m.functions,
        kb(m.mapped),
    );
    let kinds = coverage::rows();
    let taken = kinds.iter().filter(|r| r.taken > 0).count();
    let _ = writeln!(
        text,
        "tier: {taken} of {} pairs of operation and exit reason in the code were taken",
        kinds.len()
    );
    text
}
