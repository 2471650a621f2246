//! Syntax trees to programs.

use super::ast::{Node, Pattern, Repeat};
use super::charset::{CodePointSet, SetMatcher};
use super::program::{CharTest, Inst, Loop, Prefilter, Program, Run};
use super::unicode::{self, CaseMode};

/// Programs larger than this are refused.
const MAX_INSTRUCTIONS: usize = 1 << 22;

/// A body of up to this many nodes is copied to spare a counter.
const COPY_LIMIT: usize = 12;

struct Compiler {
    insts: Vec<Inst>,
    /// The sets of the program, in their algebraic form.
    sets: Vec<CodePointSet>,
    runs: Vec<Run>,
    loops: Vec<Loop>,
    back_references: Vec<Vec<u32>>,
    slots: u32,
    backward: bool,
}

/// Compiles a pattern.
pub(super) fn compile(pattern: &Pattern, unicode: bool) -> Result<Program, &'static str> {
    let groups = pattern.groups + 1;
    let mut compiler = Compiler {
        insts: Vec::new(),
        sets: Vec::new(),
        runs: Vec::new(),
        loops: Vec::new(),
        back_references: Vec::new(),
        slots: groups * 2,
        backward: false,
    };
    compiler.node(&pattern.root)?;
    compiler.insts.push(Inst::Accept);
    compiler.link_runs();
    Ok(Program {
        prefilter: prefilter(&pattern.root),
        insts: compiler.insts,
        sets: compiler.sets.iter().map(SetMatcher::new).collect(),
        runs: compiler.runs,
        loops: compiler.loops,
        back_references: compiler.back_references,
        slots: compiler.slots,
        groups,
        unicode,
        case_mode: if unicode {
            CaseMode::Fold
        } else {
            CaseMode::Upper
        },
    })
}

impl Compiler {
    fn here(&self) -> u32 {
        self.insts.len() as u32
    }

    fn emit(&mut self, inst: Inst) -> Result<u32, &'static str> {
        if self.insts.len() >= MAX_INSTRUCTIONS {
            return Err("Regular expression too large");
        }
        self.insts.push(inst);
        Ok(self.here() - 1)
    }

    fn intern(&mut self, set: &CodePointSet) -> u32 {
        if let Some(i) = self.sets.iter().position(|s| s == set) {
            return i as u32;
        }
        self.sets.push(set.clone());
        self.sets.len() as u32 - 1
    }

    /// The test for a node that matches exactly one character.
    fn char_test(&mut self, node: &Node) -> Option<CharTest> {
        match node {
            Node::Char(c) => Some(CharTest::Char(*c)),
            Node::Set(set) => Some(match set.few(2).as_deref() {
                Some(&[c]) => CharTest::Char(c),
                Some(&[a, b]) => CharTest::Either(a, b),
                _ if set.complement().is_empty() => CharTest::Any,
                _ if set.complement() == unicode::line_terminators() => CharTest::NotLineTerminator,
                _ => CharTest::Set(self.intern(set)),
            }),
            _ => None,
        }
    }

    fn node(&mut self, node: &Node) -> Result<(), &'static str> {
        match node {
            Node::Empty => {}
            Node::Char(_) | Node::Set(_) => {
                if let Some(test) = self.char_test(node) {
                    self.test(test)?;
                }
            }
            Node::Sequence(items) => {
                for i in 0..items.len() {
                    let i = if self.backward {
                        items.len() - 1 - i
                    } else {
                        i
                    };
                    self.node(&items[i])?;
                }
            }
            Node::Alternatives(items) => self.alternatives(items)?,
            Node::Capture(body, index) => {
                let (open, close) = (index * 2, index * 2 + 1);
                let (first, last) = if self.backward {
                    (close, open)
                } else {
                    (open, close)
                };
                self.emit(Inst::Save(first))?;
                self.node(body)?;
                self.emit(Inst::Save(last))?;
            }
            Node::Repeat(repeat) => self.repeat(repeat)?,
            Node::Look(look) => {
                let at = self.emit(Inst::Look {
                    negated: look.negated,
                    end: 0,
                })?;
                let outer = std::mem::replace(&mut self.backward, look.behind);
                self.node(&look.body)?;
                self.backward = outer;
                self.emit(Inst::Accept)?;
                self.insts[at as usize] = Inst::Look {
                    negated: look.negated,
                    end: self.here(),
                };
            }
            Node::Start { multiline } => {
                self.emit(Inst::Start {
                    multiline: *multiline,
                })?;
            }
            Node::End { multiline } => {
                self.emit(Inst::End {
                    multiline: *multiline,
                })?;
            }
            Node::WordBoundary { negated, folding } => {
                let set = self.intern(&unicode::word_characters(*folding));
                self.emit(Inst::WordBoundary {
                    set,
                    negated: *negated,
                })?;
            }
            Node::BackReference {
                groups,
                ignore_case,
            } => {
                let index = self.back_references.len() as u32;
                self.back_references.push(groups.clone());
                self.emit(Inst::BackReference {
                    index,
                    ignore_case: *ignore_case,
                    backward: self.backward,
                })?;
            }
        }
        Ok(())
    }

    fn test(&mut self, test: CharTest) -> Result<(), &'static str> {
        if self.backward {
            self.emit(Inst::StepBack)?;
            self.emit(Inst::Test(test))?;
            self.emit(Inst::StepBack)?;
        } else {
            self.emit(Inst::Test(test))?;
        }
        Ok(())
    }

    /// Alternatives of one character each are one set: their order does not show.
    fn merged_set(items: &[Node]) -> Option<CodePointSet> {
        let mut ranges = Vec::new();
        for item in items {
            match item {
                Node::Char(c) => ranges.push((*c, *c)),
                Node::Set(set) => ranges.extend_from_slice(set.ranges()),
                _ => return None,
            }
        }
        Some(CodePointSet::from_ranges(ranges))
    }

    fn alternatives(&mut self, items: &[Node]) -> Result<(), &'static str> {
        if let Some(set) = Self::merged_set(items) {
            return self.node(&Node::Set(set));
        }
        let mut ends = Vec::with_capacity(items.len());
        for (i, item) in items.iter().enumerate() {
            if i + 1 == items.len() {
                self.node(item)?;
                break;
            }
            let split = self.emit(Inst::Split {
                first: 0,
                second: 0,
            })?;
            self.node(item)?;
            ends.push(self.emit(Inst::Jump(0))?);
            self.insts[split as usize] = Inst::Split {
                first: split + 1,
                second: self.here(),
            };
        }
        for end in ends {
            self.insts[end as usize] = Inst::Jump(self.here());
        }
        Ok(())
    }

    fn split(&self, greedy: bool, body: u32, exit: u32) -> Inst {
        let (first, second) = if greedy { (body, exit) } else { (exit, body) };
        Inst::Split { first, second }
    }

    fn repeat(&mut self, repeat: &Repeat) -> Result<(), &'static str> {
        let Repeat {
            body,
            min,
            max,
            greedy,
            captures,
        } = repeat;
        let (min, max, greedy) = (*min, *max, *greedy);
        if max == 0 {
            return Ok(());
        }
        if (min, max) == (1, 1) {
            return self.node(body);
        }
        if !self.backward
            && let Some(test) = self.char_test(body)
        {
            let index = self.runs.len() as u32;
            self.runs.push(Run {
                test,
                min,
                max,
                greedy,
                possessive: false,
                next: None,
            });
            self.emit(Inst::Run(index))?;
            return Ok(());
        }
        let clear = (captures.0 * 2, captures.1 * 2);
        let advances = !body.can_be_empty();
        if advances && (min, max) == (0, 1) {
            let split = self.emit(Inst::Jump(0))?;
            self.node(body)?;
            self.insts[split as usize] = self.split(greedy, split + 1, self.here());
            return Ok(());
        }
        if advances
            && max == u32::MAX
            && (min == 0 || (min == 1 && size(body, COPY_LIMIT) <= COPY_LIMIT))
        {
            if min == 1 {
                self.node(body)?;
            }
            let split = self.emit(Inst::Jump(0))?;
            if clear.0 < clear.1 {
                self.emit(Inst::Clear {
                    first: clear.0,
                    end: clear.1,
                })?;
            }
            self.node(body)?;
            self.emit(Inst::Jump(split))?;
            self.insts[split as usize] = self.split(greedy, split + 1, self.here());
            return Ok(());
        }
        let index = self.loops.len() as u32;
        let (count_slot, start_slot) = (self.slots, self.slots + 1);
        self.slots += 2;
        self.loops.push(Loop {
            min,
            max,
            greedy,
            count_slot,
            start_slot,
            clear,
            head: 0,
            body: 0,
            exit: 0,
        });
        self.emit(Inst::Zero(count_slot))?;
        let head = self.emit(Inst::LoopHead(index))?;
        let start = self.emit(Inst::LoopBody(index))?;
        self.node(body)?;
        self.emit(Inst::LoopEnd(index))?;
        let exit = self.here();
        if let Some(data) = self.loops.get_mut(index as usize) {
            (data.head, data.body, data.exit) = (head, start, exit);
        }
        Ok(())
    }

    /// Finds out for every run what has to come after it, and whether it can be made possessive: when nothing the run
    /// takes could be what comes next, a shorter run cannot match either.
    fn link_runs(&mut self) {
        for at in 0..self.insts.len() {
            let Inst::Run(index) = self.insts[at] else {
                continue;
            };
            let index = index as usize;
            let mut next = at + 1;
            // Jumps forward only, so this ends.
            loop {
                match self.insts.get(next) {
                    Some(Inst::Save(_)) => next += 1,
                    Some(Inst::Jump(target)) if *target as usize > next => next = *target as usize,
                    _ => break,
                }
            }
            let Some(run) = self.runs.get(index).copied() else {
                continue;
            };
            let (hint, possessive) = match self.insts.get(next) {
                Some(Inst::Accept) => (None, true),
                Some(Inst::Test(test)) => (Some(*test), self.disjoint(run.test, *test)),
                Some(Inst::Run(other)) => match self.runs.get(*other as usize) {
                    Some(other) if other.min > 0 => {
                        (Some(other.test), self.disjoint(run.test, other.test))
                    }
                    _ => (None, false),
                },
                Some(Inst::End { multiline: false }) => (None, true),
                _ => (None, false),
            };
            if let Some(run) = self.runs.get_mut(index) {
                run.next = hint;
                run.possessive = possessive && run.greedy;
            }
        }
    }

    fn set_of(&self, test: CharTest) -> CodePointSet {
        match test {
            CharTest::Char(c) => CodePointSet::single(c),
            CharTest::Either(a, b) => CodePointSet::from_ranges([(a, a), (b, b)]),
            CharTest::Set(index) => self.sets.get(index as usize).cloned().unwrap_or_default(),
            CharTest::NotLineTerminator => unicode::line_terminators().complement(),
            CharTest::Any => CodePointSet::empty().complement(),
        }
    }

    fn disjoint(&self, a: CharTest, b: CharTest) -> bool {
        self.set_of(a).intersect(&self.set_of(b)).is_empty()
    }
}

/// Number of nodes, counted up to a little over `limit`.
fn size(node: &Node, limit: usize) -> usize {
    let sum = |items: &[Node]| {
        let mut total = 1;
        for item in items {
            if total > limit {
                break;
            }
            total += size(item, limit);
        }
        total
    };
    match node {
        Node::Sequence(items) | Node::Alternatives(items) => sum(items),
        Node::Capture(body, _) => 1 + size(body, limit),
        Node::Repeat(repeat) => 2 + 2 * size(&repeat.body, limit),
        Node::Look(look) => 1 + size(&look.body, limit),
        _ => 1,
    }
}

/// What characters a match can start with.
#[derive(Default)]
struct First {
    low: [u64; 4],
    high: bool,
}

impl First {
    fn add(&mut self, c: u32) {
        if c < 256 {
            self.low[(c >> 6) as usize & 3] |= 1 << (c & 63);
        } else {
            self.high = true;
        }
    }

    fn add_set(&mut self, set: &CodePointSet) {
        for &(lo, hi) in set.ranges() {
            (lo..=hi.min(255)).for_each(|c| self.add(c));
            self.high |= hi > 255;
        }
    }

    /// Adds what `node` can start with; returns whether it can be empty, so that what follows counts as well.
    fn node(&mut self, node: &Node) -> bool {
        match node {
            Node::Char(c) => {
                self.add(*c);
                false
            }
            Node::Set(set) => {
                self.add_set(set);
                false
            }
            Node::Sequence(items) => items.iter().all(|item| self.node(item)),
            Node::Alternatives(items) => items
                .iter()
                .fold(false, |empty, item| self.node(item) | empty),
            Node::Capture(body, _) => self.node(body),
            Node::Repeat(repeat) => repeat.max == 0 || self.node(&repeat.body) | (repeat.min == 0),
            Node::BackReference { .. } => {
                (self.low, self.high) = ([u64::MAX; 4], true);
                true
            }
            Node::Empty
            | Node::Look(_)
            | Node::Start { .. }
            | Node::End { .. }
            | Node::WordBoundary { .. } => true,
        }
    }
}

/// Whether every match starts at the start of the input.
fn anchored(node: &Node) -> bool {
    match node {
        Node::Start { multiline } => !multiline,
        Node::Sequence(items) => items.first().is_some_and(anchored),
        Node::Alternatives(items) => items.iter().all(anchored),
        Node::Capture(body, _) => anchored(body),
        _ => false,
    }
}

/// The characters that every match begins with.
fn literal_prefix(node: &Node) -> Vec<u16> {
    let items = match node {
        Node::Sequence(items) => items.as_slice(),
        single => std::slice::from_ref(single),
    };
    let mut units = Vec::new();
    for item in items {
        let Node::Char(c) = item else { break };
        match char::from_u32(*c) {
            Some(c) => units.extend_from_slice(c.encode_utf16(&mut [0; 2])),
            // An unpaired surrogate of a `u` pattern is no prefix of units: it must not match half a pair.
            None => break,
        }
    }
    units
}

/// A finder for Latin-1 input.
fn latin1_finder(units: &[u16]) -> Option<Box<memchr::memmem::Finder<'static>>> {
    let narrow: Option<Vec<u8>> = units.iter().map(|&u| u8::try_from(u).ok()).collect();
    narrow.map(|bytes| Box::new(memchr::memmem::Finder::new(&bytes).into_owned()))
}

/// Matches that begin further before a text than this are not looked for by it.
const MAX_DISTANCE: u32 = 16;

/// Fewest and most code units that a node takes; `None` if it takes more than [`MAX_DISTANCE`], or any number.
fn width(node: &Node) -> Option<(u32, u32)> {
    let (min, max) = match node {
        Node::Empty
        | Node::Look(_)
        | Node::Start { .. }
        | Node::End { .. }
        | Node::WordBoundary { .. } => (0, 0),
        Node::Char(c) if *c <= 0xFFFF => (1, 1),
        Node::Char(_) => (2, 2),
        Node::Set(set) => {
            let (first, last) = (set.ranges().first()?.0, set.ranges().last()?.1);
            (1 + u32::from(first > 0xFFFF), 1 + u32::from(last > 0xFFFF))
        }
        Node::Sequence(items) => items.iter().try_fold((0_u32, 0_u32), |sum, item| {
            let (min, max) = width(item)?;
            Some((sum.0 + min, sum.1 + max))
        })?,
        Node::Alternatives(items) => {
            let widths: Option<Vec<_>> = items.iter().map(width).collect();
            let widths = widths?;
            (
                widths.iter().map(|w| w.0).min()?,
                widths.iter().map(|w| w.1).max()?,
            )
        }
        Node::Capture(body, _) => width(body)?,
        Node::Repeat(repeat) => {
            let (min, max) = width(&repeat.body)?;
            (min.checked_mul(repeat.min)?, max.checked_mul(repeat.max)?)
        }
        Node::BackReference { .. } => return None,
    };
    (max <= MAX_DISTANCE).then_some((min, max))
}

/// A text that every match has near its start, the longest one.
fn inner_literal(root: &Node) -> Option<Prefilter> {
    let Node::Sequence(items) = root else {
        return None;
    };
    let (mut min, mut max) = (0, 0);
    let mut best: Option<(Vec<u16>, u32, u32)> = None;
    let mut i = 0;
    while let Some(item) = items.get(i) {
        let rest = items.get(i..).unwrap_or_default();
        let chars = rest.iter().take_while(|n| matches!(n, Node::Char(_)));
        let count = chars.count();
        let units = literal_prefix(&Node::Sequence(rest[..count].to_vec()));
        if !units.is_empty() && best.as_ref().is_none_or(|b| b.0.len() < units.len()) {
            best = Some((units, min, max));
        }
        for node in items
            .get(i..i + count.max(1))
            .unwrap_or(std::slice::from_ref(item))
        {
            let Some((least, most)) = width(node) else {
                i = items.len();
                break;
            };
            (min, max) = (min + least, max + most);
        }
        if max > MAX_DISTANCE {
            break;
        }
        i = i.saturating_add(count.max(1));
    }
    let (units, min, max) = best?;
    Some(Prefilter::Inner {
        latin1: latin1_finder(&units),
        units,
        min,
        max,
    })
}

fn prefilter(root: &Node) -> Prefilter {
    if anchored(root) {
        return Prefilter::Anchored;
    }
    let units = literal_prefix(root);
    if units.len() >= 2 {
        let latin1 = latin1_finder(&units);
        return Prefilter::Literal { units, latin1 };
    }
    let mut first = First::default();
    let anywhere = first.node(root) || (first.high && first.low.iter().all(|&w| w == u64::MAX));
    let members: Vec<u8> = (0..=255u8)
        .filter(|&b| first.low[usize::from(b >> 6)] >> (b & 63) & 1 == 1)
        .collect();
    let few = if members.len() <= 3 {
        members
    } else {
        Vec::new()
    };
    if (anywhere || few.is_empty())
        && let Some(inner) = inner_literal(root)
    {
        return inner;
    }
    if anywhere {
        return Prefilter::None;
    }
    Prefilter::First {
        low: first.low,
        high: first.high,
        few,
    }
}
