//! Basic blocks of bytecode, which registers live where, and what loops assign.

use crate::Decline;
use sarus_bytecode::decode::{Instruction, instructions};
use sarus_bytecode::opcodes::flags;
use sarus_bytecode::registers::{
    clobbers_from, for_each_read, for_each_write, writes_only_falling_through,
};
use sarus_bytecode::{CodeBlock, Constant, NO_REGISTER, Op};
use smallvec::SmallVec;
use std::ops::RangeInclusive;

/// Instructions of nested loops up to which all are compiled together when one of them is entered.
const SMALL_LOOPS: usize = 200;

/// A set of registers.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct RegSet(SmallVec<[u64; 2]>);

impl RegSet {
    fn new(registers: u32) -> RegSet {
        RegSet(SmallVec::from_elem(0, registers as usize / 64 + 1))
    }
    /// Membership.
    pub fn has(&self, reg: u32) -> bool {
        self.0
            .get(reg as usize / 64)
            .is_some_and(|w| w >> (reg % 64) & 1 != 0)
    }
    fn insert(&mut self, reg: u32) {
        if let Some(w) = self.0.get_mut(reg as usize / 64) {
            *w |= 1 << (reg % 64);
        }
    }
    fn remove(&mut self, reg: u32) {
        if let Some(w) = self.0.get_mut(reg as usize / 64) {
            *w &= !(1 << (reg % 64));
        }
    }
    fn union(&mut self, other: &RegSet) -> bool {
        let mut changed = false;
        for (a, b) in self.0.iter_mut().zip(&other.0) {
            changed |= *b & !*a != 0;
            *a |= b;
        }
        changed
    }
    fn remove_from(&mut self, reg: u32) {
        for (i, w) in self.0.iter_mut().enumerate() {
            let first = i as u32 * 64;
            if first >= reg {
                *w = 0;
            } else if first + 64 > reg {
                *w &= (1 << (reg - first)) - 1;
            }
        }
    }
    /// The members in order.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.0.iter().enumerate().flat_map(|(i, &word)| {
            let mut word = word;
            std::iter::from_fn(move || {
                let bit = (word != 0).then(|| word.trailing_zeros())?;
                word &= word - 1;
                Some(i as u32 * 64 + bit)
            })
        })
    }
}

/// A basic block of bytecode.
pub struct Block {
    /// First instruction (index).
    pub first: usize,
    /// One after the last.
    pub end: usize,
    /// Blocks it leads to, handlers not included; for conditional jumps the taken one first.
    pub successors: Vec<usize>,
    /// Blocks that exceptions in it lead to.
    pub handlers: Vec<usize>,
    /// Back edges lead here.
    pub is_loop: bool,
    /// Registers that loops headed here write.
    pub assigned: RegSet,
    /// Live at the start.
    pub live: RegSet,
    /// Loop headers: places in [`Analysis::resumes`] of those in the loop, without the header itself.
    pub resumes: Vec<usize>,
}

impl Block {
    fn new(first: usize, end: usize, empty: &RegSet) -> Block {
        Block {
            first,
            end,
            successors: Vec::new(),
            handlers: Vec::new(),
            is_loop: false,
            assigned: empty.clone(),
            live: empty.clone(),
            resumes: Vec::new(),
        }
    }
}

/// A loop's condition, and an empty block before it through which all ways lead that do not come from inside the loop.
struct Split {
    condition: usize,
    before: usize,
    inside: Vec<bool>,
}

/// Where control comes from.
struct Ways {
    /// Predecessors, of blocks that control gets to.
    preds: Vec<Vec<usize>>,
    /// Places in the order, `usize::MAX` where control does not get.
    position: Vec<usize>,
}

impl Ways {
    /// The blocks that lead back to a header.
    fn back_edges(&self, header: usize) -> impl Iterator<Item = usize> {
        let back = move |p: &usize| self.position[*p] >= self.position[header];
        self.preds[header].iter().copied().filter(back)
    }
}

/// What the builder needs to know of a function's bytecode.
pub struct Analysis {
    /// The instructions.
    pub list: Vec<Instruction>,
    /// Index of the instruction at each word offset, `u32::MAX` inside instructions.
    pub index_of: Vec<u32>,
    /// Blocks in order of offsets.
    pub blocks: Vec<Block>,
    /// The block of each instruction.
    pub block_of: Vec<usize>,
    /// Live before each instruction.
    live: Vec<RegSet>,
    /// The order in which to build: reverse postorder from the entry.
    pub order: Vec<usize>,
    /// Blocks at which a suspended activation goes on, in order; empty for code that is entered at a loop: it ends there.
    pub resumes: Vec<usize>,
    /// Headers of the loops around each of them, from the outermost in.
    pub loops_around: Vec<Vec<usize>>,
    /// Where the entry is a loop header: blocks of the loops around it. What comes after them is not worth compiling with
    /// them.
    pub entry_loops: Option<Vec<bool>>,
    /// The condition of the loop that is entered, if it is entered there.
    split: Option<Split>,
}

fn targets(code: &CodeBlock, at: &Instruction) -> Vec<i64> {
    let mut all: Vec<i64> = at.jump_target().into_iter().collect();
    if at.op == Op::JumpTable
        && let Some(table) = at
            .operands()
            .get(1)
            .and_then(|i| code.jump_tables.get(*i as usize))
    {
        all.extend(
            table
                .targets
                .iter()
                .map(|t| i64::from(at.offset) + i64::from(*t)),
        );
    }
    all
}

/// Number of values `NewObjectWith` takes.
pub fn key_count(code: &CodeBlock, at: &Instruction) -> u32 {
    let keys = at
        .operands()
        .get(3)
        .and_then(|i| code.constants.get(*i as usize));
    match keys {
        Some(Constant::ObjectKeys(keys)) => keys.len() as u32,
        _ => 0,
    }
}

/// All registers an instruction reads.
pub fn reads_of(code: &CodeBlock, at: &Instruction, mut f: impl FnMut(u32)) {
    for_each_read(at, &mut f);
    if at.op == Op::NewObjectWith {
        let base = at.operands()[1] as u32;
        (base..base + key_count(code, at)).for_each(f);
    }
}

impl Analysis {
    /// Analyses `code` from its start, or for an entry at the loop header `osr`. At the instructions for which `numbers` says so
    /// nothing but numbers has been seen.
    ///
    /// # Errors
    /// Declines code that only the interpreter can run.
    pub fn new(
        code: &CodeBlock,
        osr: Option<u32>,
        numbers: impl Fn(u32) -> bool,
    ) -> Result<Analysis, Decline> {
        let entry = osr.unwrap_or(0);
        let mut list = Vec::new();
        for at in instructions(&code.words) {
            let Ok(at) = at else {
                return Err(Decline::Instruction("malformed"));
            };
            list.push(at);
        }
        let mut index_of = vec![u32::MAX; code.words.len()];
        for (i, at) in list.iter().enumerate() {
            index_of[at.offset as usize] = i as u32;
        }
        let mut analysis = Analysis {
            list,
            index_of,
            blocks: Vec::new(),
            block_of: Vec::new(),
            live: Vec::new(),
            order: Vec::new(),
            resumes: Vec::new(),
            loops_around: Vec::new(),
            entry_loops: None,
            split: None,
        };
        analysis.find_blocks(code, entry);
        if entry == 0 {
            analysis.find_resumes(code);
        }
        let first = analysis.block_at(i64::from(entry));
        analysis.find_order(first);
        if osr.is_some() {
            analysis.find_entry_loops(first);
            analysis.enter_at_condition(first, numbers);
        }
        analysis.find_loops(code);
        analysis.find_loops_around();
        analysis.find_live(code);
        Ok(analysis)
    }

    /// Index of the instruction at a word offset.
    pub fn at(&self, offset: i64) -> usize {
        let i = usize::try_from(offset)
            .ok()
            .and_then(|o| self.index_of.get(o).copied())
            .unwrap_or(0);
        if i == u32::MAX { 0 } else { i as usize }
    }

    /// The block that starts at a word offset.
    pub fn block_at(&self, offset: i64) -> usize {
        self.block_of[self.at(offset)]
    }

    /// The block that control gets to that leaves block `from` for `to`.
    pub fn next(&self, from: usize, to: usize) -> usize {
        match &self.split {
            Some(s) if s.condition == to && from != s.before && !s.inside[from] => s.before,
            _ => to,
        }
    }

    /// Whether code for the block is wanted, not only a way out to it.
    pub fn is_compiled(&self, block: usize) -> bool {
        self.entry_loops.as_ref().is_none_or(|loops| loops[block])
    }

    /// Headers of the loops to compile, by word offset.
    pub fn loops(&self) -> Vec<u32> {
        let blocks = self.order.iter().filter(|b| self.is_compiled(**b));
        let ends = blocks.filter_map(|b| self.list[..self.blocks[*b].end].last());
        let backs = ends.filter(|at| at.op.info().has(flags::LOOP));
        let headers = backs.filter_map(|at| u32::try_from(at.jump_target()?).ok());
        headers.collect()
    }

    /// Number of instructions to compile.
    pub fn size(&self) -> usize {
        let compiled = self.order.iter().filter(|b| self.is_compiled(**b));
        compiled
            .map(|b| self.blocks[*b].end - self.blocks[*b].first)
            .sum()
    }

    /// Registers live before instruction `i`, which is to be compiled or starts a block.
    pub fn live_before(&self, i: usize) -> &RegSet {
        &self.live[i]
    }

    fn find_blocks(&mut self, code: &CodeBlock, entry: u32) {
        let mut starts = vec![false; self.list.len()];
        starts[0] = true;
        let entry = self.at(i64::from(entry));
        starts[entry] = true;
        for i in 0..self.list.len() {
            let at = self.list[i];
            for target in targets(code, &at) {
                let t = self.at(target);
                starts[t] = true;
            }
            let info = at.op.info();
            let ends = flags::END | flags::JUMP | flags::SUSPENDS;
            if info.flags & ends != 0 && i + 1 < starts.len() {
                starts[i + 1] = true;
            }
        }
        for h in &code.handlers {
            let t = self.at(i64::from(h.target));
            starts[t] = true;
            // After `Catch`: where `throw` leads to.
            if let Some(start) = starts.get_mut(t + 1) {
                *start = true;
            }
        }
        self.block_of = vec![0; self.list.len()];
        for (i, start) in starts.iter().enumerate() {
            if *start {
                self.blocks
                    .push(Block::new(i, i, &RegSet::new(code.register_count)));
            }
            let last = self.blocks.len() - 1;
            self.block_of[i] = last;
            self.blocks[last].end = i + 1;
        }
        for b in 0..self.blocks.len() {
            let last = self.blocks[b].end - 1;
            let at = self.list[last];
            let mut successors: Vec<usize> = targets(code, &at)
                .into_iter()
                .map(|t| self.block_at(t))
                .collect();
            if !at.op.info().has(flags::END) && last + 1 < self.list.len() {
                successors.push(self.block_of[last + 1]);
            }
            self.blocks[b].successors = successors;
            self.blocks[b].handlers = self.handlers_of(b, code);
        }
    }

    fn handlers_of(&self, b: usize, code: &CodeBlock) -> Vec<usize> {
        let mut handlers = Vec::new();
        for at in &self.list[self.blocks[b].first..self.blocks[b].end] {
            let Some(h) = code.handler_at(at.offset) else {
                continue;
            };
            let target = self.block_at(i64::from(h.target));
            let direct =
                (at.op == Op::Throw && target + 1 < self.blocks.len()).then_some(target + 1);
            for block in [Some(target), direct].into_iter().flatten() {
                if !handlers.contains(&block) {
                    handlers.push(block);
                }
            }
        }
        handlers
    }

    /// After what suspends, where it jumps to, and the handlers that an exception leads to that it is resumed with.
    fn find_resumes(&mut self, code: &CodeBlock) {
        let mut resumes = Vec::new();
        for (i, at) in self.list.iter().enumerate() {
            if !at.op.info().has(flags::SUSPENDS) {
                continue;
            }
            resumes.extend(self.block_of.get(i + 1));
            resumes.extend(at.jump_target().map(|t| self.block_at(t)));
            let handler = code.handler_at(at.offset);
            resumes.extend(handler.map(|h| self.block_at(i64::from(h.target))));
        }
        resumes.sort_unstable();
        resumes.dedup();
        self.resumes = resumes;
    }

    /// The register of which the builder makes use for the resume point that control is on the way to.
    pub fn resume_register(code: &CodeBlock) -> u32 {
        code.register_count
    }

    /// The block after a handler's `Catch`, and the register that gets the exception.
    pub fn after_catch(&self, target: usize) -> Option<(usize, u32)> {
        let catch = self.list.get(self.blocks[target].first)?;
        let dst = *catch.operands().first()? as u32;
        let next = target + 1;
        (catch.op == Op::Catch && next < self.blocks.len()).then_some((next, dst))
    }

    fn find_order(&mut self, first: usize) {
        for block in &mut self.blocks {
            block.is_loop = false;
        }
        let mut state = vec![0u8; self.blocks.len()];
        let mut stack = vec![(first, 0usize)];
        state[first] = 1;
        let mut post = Vec::new();
        while let Some((b, i)) = stack.pop() {
            let block = &self.blocks[b];
            let all = block.successors.iter().chain(&block.handlers);
            match all.copied().nth(i) {
                Some(next) => {
                    stack.push((b, i + 1));
                    match state[next] {
                        0 => {
                            state[next] = 1;
                            stack.push((next, 0));
                        }
                        1 => self.blocks[next].is_loop = true,
                        _ => {}
                    }
                }
                None => {
                    state[b] = 2;
                    post.push(b);
                }
            }
        }
        post.reverse();
        self.order = post;
    }

    /// What a loop assigns: everything written in the blocks between the header and its last back edge. The compiler lays loops
    /// out in one piece, so that is little more than the natural loop.
    fn find_loops(&mut self, code: &CodeBlock) {
        let ways = self.ways();
        for header in 0..self.blocks.len() {
            if !self.blocks[header].is_loop {
                continue;
            }
            let inside = self.natural_loop(header, &ways);
            let contained = |(_, b): &(usize, &usize)| inside[**b] && **b != header;
            let resumes = self.resumes.iter().enumerate().filter(contained);
            self.blocks[header].resumes = resumes.map(|(k, _)| k).collect();
            let mut assigned = RegSet::new(code.register_count);
            if !self.blocks[header].resumes.is_empty() {
                assigned.insert(Self::resume_register(code));
            }
            for (b, inside) in inside.iter().enumerate() {
                if *inside {
                    for i in self.blocks[b].first..self.blocks[b].end {
                        self.note_writes(i, code, &mut assigned);
                    }
                }
            }
            // Code that is entered at an inner loop can come around the outer one without passing this header, by a `continue`
            // with a label: it then brings values from before the header.
            if self
                .order
                .first()
                .is_some_and(|entry| inside[*entry] && *entry != header)
            {
                (0..code.register_count).for_each(|r| assigned.insert(r));
            }
            self.blocks[header].assigned = assigned;
        }
    }

    /// Predecessors that control gets to, and the order.
    fn ways(&self) -> Ways {
        let mut position = vec![usize::MAX; self.blocks.len()];
        for (i, b) in self.order.iter().enumerate() {
            position[*b] = i;
        }
        let mut preds = vec![Vec::new(); self.blocks.len()];
        for b in &self.order {
            let block = &self.blocks[*b];
            for s in block.successors.iter().chain(&block.handlers) {
                preds[*s].push(*b);
            }
        }
        Ways { preds, position }
    }

    /// The natural loop: blocks that reach a back edge without passing the header.
    fn natural_loop(&self, header: usize, ways: &Ways) -> Vec<bool> {
        let mut inside = vec![false; self.blocks.len()];
        inside[header] = true;
        let mut work: Vec<usize> = ways.back_edges(header).collect();
        while let Some(b) = work.pop() {
            if !std::mem::replace(&mut inside[b], true) {
                work.extend(&ways.preds[b]);
            }
        }
        inside
    }

    /// Whether these loops are entered at their headers alone, if the first of them is at `entry`: a loop around it that an
    /// inner one is left for in its middle is not.
    fn are_entered_at_headers(&self, entry: usize, loops: &[bool]) -> bool {
        let ways = self.ways();
        let mut headers = (0..self.blocks.len()).filter(|b| self.blocks[*b].is_loop && loops[*b]);
        headers.all(|header| header == entry || !self.natural_loop(header, &ways)[entry])
    }

    /// Finds what to compile for an entry at a loop header.
    fn find_entry_loops(&mut self, entry: usize) {
        if self.blocks[entry].is_loop {
            let around = self.natural_loop(entry, &self.ways());
            let whole = self.are_entered_at_headers(entry, &around);
            self.entry_loops = Some(self.worth_compiling(entry, around, whole));
        }
    }

    /// The instructions of a loop, from its header to its last back edge: the bytecode compiler lays loops out in one piece.
    fn extent(&self, header: usize) -> RangeInclusive<usize> {
        let start = self.blocks[header].first;
        let target = i64::from(self.list[start].offset);
        let back =
            |at: &Instruction| at.op.info().has(flags::LOOP) && at.jump_target() == Some(target);
        start..=self.list.iter().rposition(back).unwrap_or(start)
    }

    /// Lets code that is entered at an innermost loop, of which it compiles the loops around as well, begin where these begin
    /// it: at its condition. A loop that is entered in two places keeps nothing from one round to the next. The condition held when
    /// the interpreter came to the header; if it compares numbers, asking again is no difference.
    fn enter_at_condition(&mut self, entry: usize, numbers: impl Fn(u32) -> bool) {
        let Some(loops) = self.entry_loops.clone() else {
            return;
        };
        let Some(condition) = self.condition_of(entry, numbers) else {
            return;
        };
        let extent = self.extent(entry);
        let inside = |b: usize| loops[b] && extent.contains(&self.blocks[b].first);
        let inside = (0..loops.len()).map(inside).collect();
        let before = self.split(condition, inside);
        let mut all = loops;
        all.push(true);
        self.find_order(before);
        if self.blocks[before].is_loop && self.are_entered_at_headers(before, &all) {
            self.entry_loops = Some(all);
        } else {
            self.split = None;
            self.blocks.pop();
            self.lead_elsewhere(before, condition, |_| true);
            self.find_order(entry);
        }
    }

    /// The block of an innermost loop's condition, if that is but a comparison of numbers.
    fn condition_of(&self, header: usize, numbers: impl Fn(u32) -> bool) -> Option<usize> {
        let extent = self.extent(header);
        // What is left by a `continue` with a label has its last back edge before its header.
        if extent.is_empty() {
            return None;
        }
        let end = *extent.end();
        let backs = self.list[extent].iter();
        let is_innermost = backs.filter(|at| at.op.info().has(flags::LOOP)).count() == 1;
        let condition = self.block_of[end];
        let is_all = condition != header && self.blocks[condition].first == end;
        Self::compared(&self.list[end])?;
        (is_innermost && is_all && numbers(self.list[end].offset)).then_some(condition)
    }

    /// Puts an empty block before a loop's condition, for the ways to it from outside the loop.
    fn split(&mut self, condition: usize, inside: Vec<bool>) -> usize {
        let before = self.blocks.len();
        self.lead_elsewhere(condition, before, |b| !inside[b]);
        let first = self.blocks[condition].first;
        let mut block = Block::new(first, first, &self.blocks[condition].live);
        block.successors.push(condition);
        self.blocks.push(block);
        self.split = Some(Split {
            condition,
            before,
            inside,
        });
        before
    }

    /// Lets the blocks for which `which` holds lead to another block instead of one.
    fn lead_elsewhere(&mut self, from: usize, to: usize, which: impl Fn(usize) -> bool) {
        let blocks = self.blocks.iter_mut().enumerate();
        let successors = blocks.filter(|(b, _)| which(*b));
        let successors = successors.flat_map(|(_, block)| &mut block.successors);
        successors.filter(|s| **s == from).for_each(|s| *s = to);
    }

    /// The registers of which a conditional jump compares the order, if that is all it does; of one, twice.
    fn compared(at: &Instruction) -> Option<[u32; 2]> {
        let operand = |i: usize| at.operands().get(i).map(|r| *r as u32);
        match at.op {
            Op::LoopIfLess | Op::LoopIfLessEq | Op::LoopIfGreater | Op::LoopIfGreaterEq => {
                Some([operand(0)?, operand(1)?])
            }
            Op::LoopIfLessImm
            | Op::LoopIfLessEqImm
            | Op::LoopIfGreaterImm
            | Op::LoopIfGreaterEqImm => Some([operand(0)?; 2]),
            _ => None,
        }
    }

    /// Of code that is entered at a loop's condition instead of its header: the condition, and the registers that it compares.
    pub fn entered_condition(&self) -> Option<(usize, [u32; 2])> {
        let first = self.blocks.get(self.split.as_ref()?.condition)?.first;
        Some((first, Self::compared(&self.list[first])?))
    }

    /// In the order outer loops come before inner ones.
    fn find_loops_around(&mut self) {
        let mut around = vec![Vec::new(); self.resumes.len()];
        for header in &self.order {
            for k in &self.blocks[*header].resumes {
                around[*k].push(*header);
            }
        }
        self.loops_around = around;
    }

    /// Of code that is entered at a loop: the loops around the header if they are small, else the loop itself, which the
    /// bytecode compiler lays out in one piece.
    fn worth_compiling(&self, header: usize, around: Vec<bool>, whole: bool) -> Vec<bool> {
        let size = |set: &[bool]| -> usize {
            let blocks = self.blocks.iter().zip(set).filter(|(_, inside)| **inside);
            blocks.map(|(b, _)| b.end - b.first).sum()
        };
        if whole && size(&around) <= SMALL_LOOPS {
            return around;
        }
        let extent = self.extent(header);
        let inside = |(b, around): (&Block, &bool)| *around && extent.contains(&b.first);
        self.blocks.iter().zip(&around).map(inside).collect()
    }

    fn note_writes(&self, i: usize, code: &CodeBlock, set: &mut RegSet) {
        let at = &self.list[i];
        for_each_write(at, |r| set.insert(r));
        if let Some(base) = sarus_bytecode::registers::record_base(at) {
            (base..base + 3).for_each(|r| set.insert(r));
        }
        if let Some(base) = clobbers_from(at) {
            (base..code.register_count).for_each(|r| set.insert(r));
        }
        match at.op {
            Op::PushEnv | Op::PopEnv | Op::CloneEnv | Op::PushWith | Op::SetEnv => set.insert(6),
            Op::CoerceThis => set.insert(8),
            _ => {}
        }
    }

    fn find_live(&mut self, code: &CodeBlock) {
        let mut live_out: Vec<RegSet> = vec![RegSet::new(code.register_count); self.blocks.len()];
        loop {
            let mut changed = false;
            for b in (0..self.blocks.len()).rev() {
                let mut out = std::mem::take(&mut live_out[b]);
                for s in &self.blocks[b].successors {
                    out.union(&self.blocks[*s].live);
                }
                let live = self.through(code, b, out.clone(), |_, _| {});
                live_out[b] = out;
                changed |= self.blocks[b].live.union(&live);
            }
            if !changed {
                break;
            }
        }
        let mut all = vec![RegSet::default(); self.list.len()];
        for (b, out) in live_out.into_iter().enumerate() {
            all[self.blocks[b].first] = self.blocks[b].live.clone();
            if self.is_compiled(b) {
                self.through(code, b, out, |i, live| all[i] = live.clone());
            }
        }
        self.live = all;
    }

    /// Walks a block backwards from what lives after it; tells what lives before each instruction.
    fn through(
        &self,
        code: &CodeBlock,
        b: usize,
        mut live: RegSet,
        mut each: impl FnMut(usize, &RegSet),
    ) -> RegSet {
        for i in (self.blocks[b].first..self.blocks[b].end).rev() {
            let at = &self.list[i];
            // A write that happens on one of two ways does not end a life.
            if !writes_only_falling_through(at.op) {
                for_each_write(at, |r| live.remove(r));
            }
            if let Some(base) = clobbers_from(at) {
                live.remove_from(base);
            }
            // What a handler needs lives all through the region it guards.
            if let Some(h) = code.handler_at(at.offset) {
                live.union(&self.blocks[self.block_at(i64::from(h.target))].live);
                if h.env_reg != NO_REGISTER {
                    live.insert(h.env_reg);
                }
            }
            reads_of(code, at, |r| live.insert(r));
            each(i, &live);
        }
        live
    }
}
