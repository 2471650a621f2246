//! What is known of a program before code is generated: where it is entered, which choices need no second thought, and which
//! changes of slots have to be undone.

use super::class::Class;
use crate::Decline;
use rustc_hash::FxHashSet;
use sarus_regexp::program::{CharTest, Inst, Program};

/// Programs with more instructions stay with the matcher.
const MAX_INSTS: usize = 4_000;
/// Programs with more slots do.
const MAX_SLOTS: usize = 600;
/// Choices × instructions that are looked at.
const MAX_ANALYSIS: usize = 4_000_000;
/// Instructions that are looked at for what can come next.
const MAX_AHEAD: usize = 300;

/// What a choice between two ways needs.
#[derive(Clone, Debug)]
pub enum Choice {
    /// The next character says which way: it is in the class, or the first way fails.
    Either(Class),
    /// The first way fails unless the next character is in the class.
    First(Class),
    /// The second way would fail unless the next character is in the class.
    Second(Class),
    /// Both have to be tried.
    Both,
}

/// What follows a loop over one test.
#[derive(Clone, Debug)]
pub struct After {
    /// What the next character has to be in, if that is known.
    pub next: Option<Class>,
    /// No other length of the loop can match if this one does not.
    pub only: bool,
}

/// The plan.
pub struct Plan {
    /// Largest character.
    pub max: u32,
    /// Instructions that are entered otherwise than from the one before.
    pub leaders: Vec<bool>,
    /// By instruction, for `Split` and `LoopHead`.
    pub choices: Vec<Option<Choice>>,
    /// By instruction, for `Run`.
    pub after: Vec<Option<After>>,
    /// The `Look` that an `Accept` ends; `None` for the end of the pattern.
    pub looks: Vec<Option<u32>>,
    /// Slots that an instruction changes and that have to be undone: instruction, slot.
    undone: FxHashSet<(u32, u32)>,
}

impl Plan {
    /// Plans code for subjects with characters up to `max`.
    ///
    /// # Errors
    /// [`Decline::TooBig`]
    pub fn new(program: &Program, max: u32) -> Result<Plan, Decline> {
        let count = program.insts.len();
        if count > MAX_INSTS || program.slots as usize > MAX_SLOTS {
            return Err(Decline::TooBig);
        }
        let mut plan = Plan {
            max,
            leaders: vec![false; count],
            choices: vec![None; count],
            after: vec![None; count],
            looks: vec![None; count],
            undone: FxHashSet::default(),
        };
        for (pc, inst) in program.insts.iter().enumerate() {
            if let Inst::Look { end, .. } = inst
                && let Some(accept) = (*end as usize).checked_sub(1)
                && let Some(look) = plan.looks.get_mut(accept)
            {
                *look = Some(pc as u32);
            }
        }
        plan.find_leaders(program);
        for pc in 0..count {
            match program.insts[pc] {
                Inst::Split { first, second } => {
                    plan.choices[pc] = Some(plan.choice(program, first, second));
                }
                Inst::LoopHead(index) => {
                    let Some(data) = program.loops.get(index as usize) else {
                        continue;
                    };
                    let (first, second) = loop_ways(data);
                    plan.choices[pc] = Some(plan.choice(program, first, second));
                }
                Inst::Run(index) => {
                    let run = &program.runs[index as usize];
                    let next = plan.ahead(program, pc as u32 + 1);
                    let class = plan.class(program, run.test);
                    let clear = next.as_ref().is_some_and(|next| next.is_disjoint(&class));
                    plan.after[pc] = Some(After {
                        only: clear || run.possessive,
                        next,
                    });
                }
                _ => {}
            }
        }
        plan.find_undone(program)?;
        Ok(plan)
    }

    /// What passes a test.
    pub fn class(&self, program: &Program, test: CharTest) -> Class {
        Class::of(program, test, self.max)
    }

    /// Whether a change that an instruction makes of a slot has to be undone.
    pub fn is_undone(&self, pc: usize, slot: u32) -> bool {
        self.undone.contains(&(pc as u32, slot))
    }

    /// Slots changed between two instructions that have to be undone.
    pub fn undone_between(&self, first: u32, end: u32) -> Vec<u32> {
        let within = self
            .undone
            .iter()
            .filter(|(pc, _)| (first..end).contains(pc));
        let mut slots: Vec<u32> = within.map(|(_, slot)| *slot).collect();
        slots.sort_unstable();
        slots.dedup();
        slots
    }

    fn find_leaders(&mut self, program: &Program) {
        let mut lead = |pc: u32| {
            if let Some(leader) = self.leaders.get_mut(pc as usize) {
                *leader = true;
            }
        };
        lead(0);
        for (pc, inst) in program.insts.iter().enumerate() {
            let next = pc as u32 + 1;
            match *inst {
                Inst::Split { first, second } => [first, second].into_iter().for_each(&mut lead),
                Inst::Jump(target) => lead(target),
                Inst::Look { end, .. } => [next, end].into_iter().for_each(&mut lead),
                Inst::Run(_) | Inst::BackReference { .. } | Inst::Accept => lead(next),
                Inst::LoopHead(index) => {
                    if let Some(data) = program.loops.get(index as usize) {
                        [data.head, data.body, data.exit]
                            .into_iter()
                            .for_each(&mut lead);
                    }
                }
                _ => {}
            }
        }
    }

    fn choice(&self, program: &Program, first: u32, second: u32) -> Choice {
        let ways = (self.ahead(program, first), self.ahead(program, second));
        match ways {
            (Some(a), Some(b)) if a.is_disjoint(&b) => Choice::Either(a),
            (Some(a), _) => Choice::First(a),
            (None, Some(b)) => Choice::Second(b),
            (None, None) => Choice::Both,
        }
    }

    /// What the next character has to be in for a match to go on from an instruction; `None` if that is not known, or no
    /// character is needed.
    fn ahead(&self, program: &Program, pc: u32) -> Option<Class> {
        let mut class = Class::default();
        let mut seen: Vec<u32> = Vec::new();
        let mut todo = vec![pc];
        while let Some(pc) = todo.pop() {
            if seen.contains(&pc) {
                continue;
            }
            if seen.len() >= MAX_AHEAD {
                return None;
            }
            seen.push(pc);
            match *program.insts.get(pc as usize)? {
                Inst::Test(test) => class.add(&self.class(program, test)),
                Inst::Run(index) => {
                    let run = program.runs.get(index as usize)?;
                    class.add(&self.class(program, run.test));
                    if run.min == 0 {
                        todo.push(pc + 1);
                    }
                }
                Inst::Split { first, second } => todo.extend([first, second]),
                Inst::Jump(target) => todo.push(target),
                // These may fail, but need no character.
                Inst::Save(_)
                | Inst::Clear { .. }
                | Inst::Zero(_)
                | Inst::Start { .. }
                | Inst::End { .. }
                | Inst::WordBoundary { .. }
                | Inst::LoopBody(_) => todo.push(pc + 1),
                Inst::Look { end, .. } => todo.push(end),
                Inst::LoopHead(index) => {
                    let data = program.loops.get(index as usize)?;
                    todo.extend([data.body, data.exit]);
                }
                Inst::LoopEnd(index) => todo.push(program.loops.get(index as usize)?.head),
                Inst::StepBack | Inst::BackReference { .. } | Inst::Accept => return None,
            }
        }
        Some(class)
    }

    /// The instructions that can come after one, those after a failure aside.
    fn successors(&self, program: &Program, pc: usize) -> [Option<u32>; 2] {
        let next = Some(pc as u32 + 1);
        match program.insts[pc] {
            Inst::Split { first, second } => [Some(first), Some(second)],
            Inst::Jump(target) => [Some(target), None],
            Inst::Look { negated, end } => [next, negated.then_some(end)],
            Inst::LoopHead(index) => match program.loops.get(index as usize) {
                Some(data) => [Some(data.body), Some(data.exit)],
                None => [None, None],
            },
            Inst::LoopEnd(index) => [program.loops.get(index as usize).map(|d| d.head), None],
            Inst::Accept => match self.looks[pc].map(|look| program.insts[look as usize]) {
                Some(Inst::Look {
                    negated: false,
                    end,
                }) => [Some(end), None],
                _ => [None, None],
            },
            _ => [next, None],
        }
    }

    /// The choices that stay open: where each goes on at first, and where it is taken up again.
    fn open_choices(&self, program: &Program) -> Vec<(u32, u32)> {
        let mut open = Vec::new();
        for (pc, inst) in program.insts.iter().enumerate() {
            let next = pc as u32 + 1;
            let decided = matches!(self.choices[pc], Some(Choice::Either(_)));
            match *inst {
                Inst::Split { first, second } if !decided => open.push((first, second)),
                Inst::LoopHead(index) if !decided => {
                    if let Some(data) = program.loops.get(index as usize) {
                        open.push(loop_ways(data));
                    }
                }
                Inst::Run(_) if self.after[pc].as_ref().is_some_and(|after| !after.only) => {
                    open.push((next, next));
                }
                Inst::Look { negated: true, end } => open.push((next, end)),
                _ => {}
            }
        }
        open
    }

    /// Finds the changes that have to be undone: those that a choice that may be open meanwhile would see when it is taken up
    /// again, because what comes after it does not write the slot anew before it is read.
    fn find_undone(&mut self, program: &Program) -> Result<(), Decline> {
        let choices = self.open_choices(program);
        let count = program.insts.len();
        if choices.len().saturating_mul(count) > MAX_ANALYSIS {
            return Err(Decline::TooBig);
        }
        let live = self.liveness(program);
        let mut undone = FxHashSet::default();
        for (first, again) in choices {
            let Some(live) = live.get(again as usize) else {
                continue;
            };
            let mut seen = vec![false; count];
            let mut todo = vec![first];
            while let Some(pc) = todo.pop() {
                if std::mem::replace(&mut seen[pc as usize], true) {
                    continue;
                }
                for slot in writes(program, program.insts[pc as usize]) {
                    if live.has(slot) {
                        undone.insert((pc, slot));
                    }
                }
                let next = self.successors(program, pc as usize);
                todo.extend(next.into_iter().flatten());
            }
        }
        self.undone = undone;
        Ok(())
    }

    /// The slots that may be read after an instruction is reached, before they are written.
    fn liveness(&self, program: &Program) -> Vec<Slots> {
        let count = program.insts.len();
        let empty = Slots(vec![0; (program.slots as usize).div_ceil(64)]);
        let mut live = vec![empty.clone(); count];
        loop {
            let mut changed = false;
            for pc in (0..count).rev() {
                let inst = program.insts[pc];
                let mut now = empty.clone();
                for next in self.successors(program, pc).into_iter().flatten() {
                    if let Some(next) = live.get(next as usize) {
                        now.add_all(next);
                    }
                }
                for slot in writes(program, inst) {
                    now.remove(slot);
                }
                self.add_reads(program, pc, &mut now);
                if now != live[pc] {
                    live[pc] = now;
                    changed = true;
                }
            }
            if !changed {
                return live;
            }
        }
    }

    fn add_reads(&self, program: &Program, pc: usize, slots: &mut Slots) {
        match program.insts[pc] {
            // The result.
            Inst::Accept if self.looks[pc].is_none() => {
                (0..program.groups * 2).for_each(|slot| slots.add(slot));
            }
            Inst::BackReference { index, .. } => {
                let groups = program.back_references.get(index as usize);
                for &group in groups.into_iter().flatten() {
                    slots.add(group * 2);
                    slots.add(group * 2 + 1);
                }
            }
            Inst::LoopHead(index) | Inst::LoopEnd(index) => {
                if let Some(data) = program.loops.get(index as usize) {
                    slots.add(data.count_slot);
                    slots.add(data.start_slot);
                }
            }
            _ => {}
        }
    }
}

/// Where a counted loop goes on at first, and where if that fails.
pub fn loop_ways(data: &sarus_regexp::program::Loop) -> (u32, u32) {
    if data.greedy {
        (data.body, data.exit)
    } else {
        (data.exit, data.body)
    }
}

/// The slots that an instruction writes whenever it succeeds.
fn writes(program: &Program, inst: Inst) -> Vec<u32> {
    let of = |index: u32| program.loops.get(index as usize);
    match inst {
        Inst::Save(slot) | Inst::Zero(slot) => vec![slot],
        Inst::Clear { first, end } => (first..end).collect(),
        Inst::LoopBody(index) => of(index).map_or_else(Vec::new, |data| {
            let mut slots: Vec<u32> = (data.clear.0..data.clear.1).collect();
            slots.push(data.start_slot);
            slots
        }),
        Inst::LoopEnd(index) => of(index).map_or_else(Vec::new, |data| vec![data.count_slot]),
        _ => Vec::new(),
    }
}

/// A set of slots.
#[derive(Clone, PartialEq, Eq)]
struct Slots(Vec<u64>);

impl Slots {
    fn has(&self, slot: u32) -> bool {
        self.0
            .get(slot as usize / 64)
            .is_some_and(|word| word >> (slot % 64) & 1 == 1)
    }
    fn add(&mut self, slot: u32) {
        if let Some(word) = self.0.get_mut(slot as usize / 64) {
            *word |= 1 << (slot % 64);
        }
    }
    fn remove(&mut self, slot: u32) {
        if let Some(word) = self.0.get_mut(slot as usize / 64) {
            *word &= !(1 << (slot % 64));
        }
    }
    fn add_all(&mut self, other: &Slots) {
        for (word, more) in self.0.iter_mut().zip(&other.0) {
            *word |= more;
        }
    }
}
