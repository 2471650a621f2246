//! What `--explain` shows, as plain data: functions, what was seen at each place of them, and what the tier did when.
//!
//! The driver makes a page of it. Everything is collected when the program has ended; while it runs, the log and the profile
//! of the tier and the list of linked codes are all that is kept.

mod sites;

use crate::tier::log::{Entry, Event, ExitCount, Inlined, Site, Unit};
use crate::tier::profile::{Counts, Time, Times};
use crate::tier::trace::name_of;
use crate::vm::vm;
use rustc_hash::FxHashMap;
use sarus_bytecode::{CodeBlock, CodeKind, SourceText};
use sarus_gc::{Collection, Gc};
use sarus_runtime::agent::Agent;
use sarus_runtime::code::LinkedCode;
pub use sites::{SiteNote, State};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Everything about a run.
pub struct Report {
    /// The texts that were run, in the order in which they were loaded.
    pub sources: Vec<Arc<SourceText>>,
    /// The functions in them that were linked, in the order of their places.
    pub functions: Vec<Function>,
    /// What the tier did, by time.
    pub events: Vec<Entry>,
    /// Events that were not kept.
    pub dropped: u64,
    /// Garbage collections.
    pub collections: Vec<Collection>,
    /// Number of samples of the stack.
    pub samples: u64,
}

/// How far a function got.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Tier {
    /// It was never called.
    NotCalled,
    /// It ran in the interpreter.
    Interpreted,
    /// Loops of it were compiled.
    Loops,
    /// It was compiled.
    Compiled,
}

/// One function, script or module.
pub struct Function {
    /// Index in [`Report::sources`].
    pub source: usize,
    /// Its name, for people.
    pub name: String,
    /// Its code.
    pub block: Arc<CodeBlock>,
    /// How far it got.
    pub tier: Tier,
    /// Calls in the interpreter.
    pub calls: u64,
    /// Back edges in the interpreter: place of the loop header in the source, and how many.
    pub loops: Vec<(u32, u64)>,
    /// Time by place in the source.
    pub times: BTreeMap<u32, Time>,
    /// Time in all of it.
    pub time: Time,
    /// Compiles of it that were installed, and that were declined with why.
    pub compiles: u32,
    /// Why it was declined last.
    pub declined: Option<String>,
    /// Exits of its own code.
    pub exits: u64,
    /// Its code that was discarded.
    pub discards: u32,
    /// What was seen where, by place in the source.
    pub sites: Vec<SiteNote>,
    /// What was inlined at calls in it: place, callee, in the code of which function.
    pub inlined: Vec<(u32, Arc<CodeBlock>, Arc<CodeBlock>)>,
    /// Exits that come from checks in it: place, and what.
    pub exit_counts: Vec<(u32, ExitCount)>,
}

/// Source positions of a block's instructions, found by binary search.
struct Positions {
    start: u32,
    entries: Vec<(u32, u32)>,
}

impl Positions {
    fn new(block: &CodeBlock) -> Positions {
        let start = match block.kind {
            CodeKind::Function | CodeKind::ClassInit => block.span.start,
            _ => block.source.wrapper.0,
        };
        Positions {
            start,
            entries: block
                .source_map
                .iter()
                .map(|(at, p)| (at, p.point))
                .collect(),
        }
    }
    /// The place of an instruction, or of the last before it that has one; else where the function begins.
    fn of(&self, pc: u32) -> u32 {
        let i = self.entries.partition_point(|(at, _)| *at <= pc);
        match i.checked_sub(1).and_then(|i| self.entries.get(i)) {
            Some(&(_, point)) => point,
            None => self.start,
        }
    }
    /// The place of a sample: those at the first instruction are taken where the function is called.
    fn of_sample(&self, pc: u32) -> u32 {
        if pc == 0 { self.start } else { self.of(pc) }
    }
    /// The place of a loop: of the first instruction in it that has one.
    fn of_loop(&self, header: u32) -> u32 {
        let i = self.entries.partition_point(|(at, _)| *at < header);
        match self.entries.get(i) {
            Some(&(_, point)) => point,
            None => self.of(header),
        }
    }
}

/// Starts keeping what a report needs; the agent must have been made with `TierOptions::explain`.
pub fn start(agent: &Agent) {
    crate::tier::profile::start(agent);
}

/// Collects the report of a run.
pub fn report(agent: &mut Agent) -> Report {
    let mut builder = Builder::default();
    let codes: Vec<Gc<LinkedCode>> = agent.linked.as_slice().to_vec();
    for &code in &codes {
        let counts = vm(agent).tier.profile.counts(code);
        builder.add_code(agent, code, &counts);
    }
    let tier = &vm(agent).tier;
    for (block, times) in tier.profile.times() {
        builder.add_times(&block, &times);
    }
    let events = tier.log.entries();
    for entry in &events {
        builder.add_event(&entry.event);
    }
    for count in tier.log.exits() {
        builder.add_exit(count);
    }
    let mut report = builder.finish();
    report.events = events;
    report.dropped = tier.log.dropped.get();
    report.collections = agent.heap.collections();
    report.samples = tier.profile.samples();
    report
}

#[derive(Default)]
struct Builder {
    sources: Vec<Arc<SourceText>>,
    source_index: FxHashMap<usize, usize>,
    functions: Vec<Function>,
    index: FxHashMap<usize, usize>,
}

impl Builder {
    fn source(&mut self, source: &Arc<SourceText>) -> usize {
        let next = self.sources.len();
        let known = self
            .source_index
            .entry(Arc::as_ptr(source) as usize)
            .or_insert(next);
        if *known == next {
            self.sources.push(source.clone());
        }
        *known
    }
    /// The function of a block, which may be linked several times.
    fn function(&mut self, block: &Arc<CodeBlock>) -> &mut Function {
        let source = self.source(&block.source);
        let next = self.functions.len();
        let key = Arc::as_ptr(block) as usize;
        let i = *self.index.entry(key).or_insert(next);
        if i == next {
            let name = match block.kind {
                CodeKind::Script => "(script)".into(),
                CodeKind::Module => "(module)".into(),
                CodeKind::Eval => "(eval)".into(),
                CodeKind::ClassInit => "(fields)".into(),
                // The function that wraps a CommonJS module.
                _ if block.span.start < block.source.wrapper.0 => "(module)".into(),
                CodeKind::Function => name_of(block),
            };
            self.functions.push(Function {
                source,
                name,
                block: block.clone(),
                tier: Tier::NotCalled,
                calls: 0,
                loops: Vec::new(),
                times: BTreeMap::new(),
                time: Time::default(),
                compiles: 0,
                declined: None,
                exits: 0,
                discards: 0,
                sites: Vec::new(),
                inlined: Vec::new(),
                exit_counts: Vec::new(),
            });
        }
        &mut self.functions[i]
    }
    fn add_code(&mut self, agent: &mut Agent, code: Gc<LinkedCode>, counts: &Counts) {
        let block = code.block_arc();
        let sites = if code.has_feedback() {
            sites::notes(agent, code)
        } else {
            Vec::new()
        };
        let positions = Positions::new(&block);
        let function = self.function(&block);
        function.calls += counts.calls;
        for (&header, &count) in &counts.loops {
            function.loops.push((positions.of_loop(header), count));
        }
        if counts.calls > 0 || !counts.loops.is_empty() {
            function.reach(Tier::Interpreted);
        }
        function.sites.extend(sites);
    }
    fn add_times(&mut self, block: &Arc<CodeBlock>, times: &Times) {
        let positions = Positions::new(block);
        let function = self.function(block);
        function.reach(Tier::Interpreted);
        for (&pc, time) in times {
            add_time(
                function.times.entry(positions.of_sample(pc)).or_default(),
                time,
            );
            add_time(&mut function.time, time);
        }
    }
    fn add_event(&mut self, event: &Event) {
        match event {
            Event::Compiled { unit, result, .. } => match result {
                Ok(summary) => {
                    for inlined in &summary.inlined {
                        self.add_inlined(unit, inlined);
                    }
                }
                Err(why) => self.function(&unit.block).declined = Some(why.clone()),
            },
            Event::Installed { unit } => {
                let function = self.function(&unit.block);
                function.compiles += 1;
                function.reach(match unit.osr {
                    Some(_) => Tier::Loops,
                    None => Tier::Compiled,
                });
            }
            Event::Discarded { unit, .. } => self.function(&unit.block).discards += 1,
            Event::Overtaken { .. } | Event::Exit { .. } => {}
        }
    }
    fn add_inlined(&mut self, unit: &Unit, inlined: &Inlined) {
        let Site { block, pc } = &inlined.call;
        let place = Positions::new(block).of(*pc);
        // What is inlined has run, if nowhere else.
        self.function(&inlined.callee).reach(Tier::Interpreted);
        let row = (place, inlined.callee.clone(), unit.block.clone());
        let function = self.function(block);
        let same = |r: &(u32, Arc<CodeBlock>, Arc<CodeBlock>)| {
            r.0 == place && Arc::ptr_eq(&r.1, &row.1) && Arc::ptr_eq(&r.2, &row.2)
        };
        if !function.inlined.iter().any(same) {
            function.inlined.push(row);
        }
    }
    fn add_exit(&mut self, count: ExitCount) {
        self.function(&count.root).exits += count.count;
        let block = count.origin.block.clone();
        let place = Positions::new(&block).of(count.origin.pc);
        self.function(&block).exit_counts.push((place, count));
    }
    fn finish(mut self) -> Report {
        self.functions
            .sort_by_key(|f| (f.source, f.block.span.start, f.block.span.end));
        for f in &mut self.functions {
            f.exit_counts
                .sort_by_key(|(place, c)| (*place, std::cmp::Reverse(c.count)));
        }
        Report {
            sources: self.sources,
            functions: self.functions,
            events: Vec::new(),
            dropped: 0,
            collections: Vec::new(),
            samples: 0,
        }
    }
}

impl Function {
    fn reach(&mut self, tier: Tier) {
        self.tier = self.tier.max(tier);
    }
}

fn add_time(to: &mut Time, time: &Time) {
    to.own += time.own;
    to.compiled += time.compiled;
    to.total += time.total;
}
