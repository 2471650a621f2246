//! The frame of the code: entering, attempts, the stack of choices, and instructions that move control and slots.

use super::class::{Class, Tables};
use super::plan::{Choice, Plan, loop_ways};
use super::{Context, Mode, Reading, SLACK, status};
use crate::Decline;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{
    Block, BlockArg, Function, InstBuilder, JumpTableData, MemFlagsData, Value, types,
};
use cranelift_codegen::isa::TargetFrontendConfig;
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext, Variable};
use rustc_hash::FxHashMap;
use sarus_regexp::program::{Inst, Loop, Prefilter, Program};
use std::mem::offset_of;

/// Accesses do not fault; several characters are read at once wherever they are.
pub(super) const MEM: MemFlagsData = MemFlagsData::new().with_notrap();

/// An undefined slot.
pub(super) const NONE: i64 = 0xFFFF_FFFF;

/// Words that one stretch of instructions may push.
const MAX_NEED: usize = 2_000;

/// Up to so many ways back are compared with one by one.
const FEW_RESUMES: usize = 3;

/// What a word on the stack of choices says to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Resume {
    /// The attempt has failed.
    Failed,
    /// Go on at an instruction.
    Go(u32),
    /// Put a slot back and pop the next.
    Slot(u32),
    /// Take less in a greedy loop.
    Shorten(u32),
    /// Take more in a lazy loop.
    Lengthen(u32),
}

/// One compile.
pub(super) struct Emit<'a> {
    pub(super) program: &'a Program,
    pub(super) reading: Reading,
    pub(super) plan: Plan,
    pub(super) tables: Tables,
    pub(super) b: FunctionBuilder<'a>,
    ctx: Value,
    pub(super) input: Value,
    pub(super) len: Value,
    pub(super) slots: Value,
    pub(super) table: Value,
    /// Where it is in the subject.
    pub(super) pos: Variable,
    /// The end of the stack of choices.
    pub(super) sp: Variable,
    /// By instruction that is entered.
    blocks: Vec<Option<Block>>,
    /// Where the last choice is taken up.
    pub(super) fail: Block,
    pop: Block,
    scan: Block,
    attempt: Block,
    no_match: Block,
    resumes: FxHashMap<Resume, (u32, Block)>,
    resume_list: Vec<(Resume, Block)>,
    /// Two further slots per lookaround, from here on: how full the stack was, and the position.
    look_slots: FxHashMap<u32, u32>,
    next_slot: u32,
    /// Nothing comes after what was emitted last.
    ended: bool,
}

impl<'a> Emit<'a> {
    pub(super) fn new(
        program: &'a Program,
        reading: Reading,
        plan: Plan,
        function: &'a mut Function,
        buffers: &'a mut FunctionBuilderContext,
    ) -> Result<Emit<'a>, Decline> {
        let mut b = FunctionBuilder::new(function, buffers);
        let entry = b.create_block();
        b.append_block_params_for_function_params(entry);
        b.switch_to_block(entry);
        let [ctx, start, mode] = *b.block_params(entry) else {
            return Err(Decline::CodeGenerator("parameters".into()));
        };
        let load = |b: &mut FunctionBuilder, offset: usize| {
            b.ins().load(types::I64, MEM, ctx, offset as i32)
        };
        let input = load(&mut b, offset_of!(Context, input));
        let len = load(&mut b, offset_of!(Context, len));
        let slots = load(&mut b, offset_of!(Context, slots));
        let table = load(&mut b, offset_of!(Context, tables));
        let sp_then = load(&mut b, offset_of!(Context, sp));
        let (pos, sp) = (b.declare_var(types::I64), b.declare_var(types::I64));
        b.def_var(pos, start);
        b.def_var(sp, sp_then);
        let [fail, pop, scan, attempt, no_match, fresh] = [(); 6].map(|()| b.create_block());
        let again = b.ins().icmp_imm_u(IntCC::Equal, mode, Mode::Resume as i64);
        b.ins().brif(again, pop, &[], fresh, &[]);
        b.switch_to_block(fresh);
        let once = b.ins().icmp_imm_u(IntCC::Equal, mode, Mode::Attempt as i64);
        b.ins().brif(once, attempt, &[], scan, &[]);
        let count = program.insts.len();
        Ok(Emit {
            program,
            reading,
            plan,
            tables: Tables::default(),
            b,
            ctx,
            input,
            len,
            slots,
            table,
            pos,
            sp,
            blocks: vec![None; count],
            fail,
            pop,
            scan,
            attempt,
            no_match,
            resumes: FxHashMap::default(),
            resume_list: Vec::new(),
            look_slots: FxHashMap::default(),
            next_slot: program.slots,
            ended: true,
        })
    }

    /// Ends the function; its tables and number of slots.
    pub(super) fn finish(mut self, config: TargetFrontendConfig) -> (Vec<u8>, usize) {
        self.b.seal_all_blocks();
        self.b.finalize(config);
        (self.tables.bytes, self.next_slot as usize)
    }

    // Small things.

    pub(super) fn imm(&mut self, value: i64) -> Value {
        self.b.ins().iconst(types::I64, value)
    }

    pub(super) fn context(&mut self, offset: usize) -> Value {
        self.b.ins().load(types::I64, MEM, self.ctx, offset as i32)
    }

    pub(super) fn set_context(&mut self, offset: usize, value: Value) {
        self.b.ins().store(MEM, value, self.ctx, offset as i32);
    }

    pub(super) fn at(&mut self) -> Value {
        self.b.use_var(self.pos)
    }

    pub(super) fn go_to(&mut self, pos: Value) {
        self.b.def_var(self.pos, pos);
    }

    pub(super) fn jump(&mut self, block: Block) {
        self.b.ins().jump(block, &[]);
        self.ended = true;
    }

    /// Goes on in `block`.
    pub(super) fn enter(&mut self, block: Block) {
        self.b.switch_to_block(block);
        self.ended = false;
    }

    pub(super) fn branch(&mut self, condition: Value, yes: Block, no: Block) {
        self.b.ins().brif(condition, yes, &[], no, &[]);
        self.ended = true;
    }

    /// Goes on if the condition holds, and to `no` otherwise.
    pub(super) fn require(&mut self, condition: Value, no: Block) {
        let next = self.b.create_block();
        self.branch(condition, next, no);
        self.enter(next);
    }

    /// Goes to `yes` if the condition holds, and on otherwise.
    pub(super) fn leave_if(&mut self, condition: Value, yes: Block) {
        let next = self.b.create_block();
        self.branch(condition, yes, next);
        self.enter(next);
    }

    pub(super) fn compare(&mut self, cc: IntCC, a: Value, b: Value) -> Value {
        self.b.ins().icmp(cc, a, b)
    }

    pub(super) fn compare_imm(&mut self, cc: IntCC, a: Value, b: i64) -> Value {
        self.b.ins().icmp_imm_u(cc, a, b)
    }

    pub(super) fn plus(&mut self, a: Value, b: i64) -> Value {
        if b == 0 {
            return a;
        }
        self.b.ins().iadd_imm_s(a, b)
    }

    /// Counts steps; whether they are spent is looked at when something fails.
    pub(super) fn count_steps(&mut self, steps: Value) {
        let left = self.context(offset_of!(Context, steps));
        let left = self.b.ins().isub(left, steps);
        self.set_context(offset_of!(Context, steps), left);
    }

    pub(super) fn slot(&mut self, slot: u32) -> Value {
        self.b.ins().uload32(MEM, self.slots, (slot * 4) as i32)
    }

    pub(super) fn store_slot(&mut self, slot: u32, value: Value) {
        self.b
            .ins()
            .istore32(MEM, value, self.slots, (slot * 4) as i32);
    }

    // The stack of choices.

    /// The number of a way back, and the block that takes it; the block's parameter is the upper half of the word.
    pub(super) fn resume(&mut self, resume: Resume) -> (u32, Block) {
        if let Some(known) = self.resumes.get(&resume) {
            return *known;
        }
        let block = self.b.create_block();
        self.b.append_block_param(block, types::I64);
        let number = self.resume_list.len() as u32;
        self.resumes.insert(resume, (number, block));
        self.resume_list.push((resume, block));
        (number, block)
    }

    /// The word in the upper half of which `payload` is.
    fn word(&mut self, resume: Resume, payload: Value) -> Value {
        let (number, _) = self.resume(resume);
        let upper = self.b.ins().ishl_imm_s(payload, 32);
        if number == 0 {
            return upper;
        }
        self.b.ins().bor_imm_s(upper, i64::from(number))
    }

    pub(super) fn push_word(&mut self, word: Value) {
        let sp = self.b.use_var(self.sp);
        self.b.ins().store(MEM, word, sp, 0);
        let sp = self.plus(sp, 8);
        self.b.def_var(self.sp, sp);
    }

    pub(super) fn pop_word(&mut self) -> Value {
        let sp = self.b.use_var(self.sp);
        let sp = self.plus(sp, -8);
        self.b.def_var(self.sp, sp);
        self.b.ins().load(types::I64, MEM, sp, 0)
    }

    pub(super) fn push(&mut self, resume: Resume, payload: Value) {
        let word = self.word(resume, payload);
        self.push_word(word);
    }

    /// Returns to the caller, to be entered again with [`Mode::Resume`].
    pub(super) fn ask(&mut self, status: u64) {
        let sp = self.b.use_var(self.sp);
        self.set_context(offset_of!(Context, sp), sp);
        let status = self.imm(status as i64);
        self.b.ins().return_(&[status]);
        self.ended = true;
    }

    /// Sees that there is room for what the instructions from `pc` to the next that is entered push.
    fn reserve(&mut self, pc: usize) -> Result<(), Decline> {
        let mut need = self.need(pc);
        let mut end = pc + 1;
        while end < self.program.insts.len() && !self.plan.leaders[end] {
            need += self.need(end);
            end += 1;
        }
        if need == 0 {
            return Ok(());
        }
        if need > MAX_NEED {
            return Err(Decline::TooBig);
        }
        let sp = self.b.use_var(self.sp);
        // The word that is pushed to be taken up again has room anyway.
        let top = if need < SLACK {
            sp
        } else {
            self.plus(sp, need as i64 * 8)
        };
        let limit = self.context(offset_of!(Context, limit));
        let full = self.compare(IntCC::UnsignedGreaterThan, top, limit);
        let (grow, room) = (self.b.create_block(), self.b.create_block());
        self.branch(full, grow, room);
        self.b.set_cold_block(grow);
        self.enter(grow);
        let pos = self.at();
        self.push(Resume::Go(pc as u32), pos);
        let words = self.imm(need as i64);
        self.set_context(offset_of!(Context, request), words);
        self.ask(status::GROW);
        self.enter(room);
        Ok(())
    }

    /// The most words that an instruction pushes.
    fn need(&self, pc: usize) -> usize {
        let undone = |slots: &mut dyn Iterator<Item = u32>| {
            slots.filter(|slot| self.plan.is_undone(pc, *slot)).count()
        };
        match self.program.insts[pc] {
            Inst::Save(slot) | Inst::Zero(slot) => undone(&mut std::iter::once(slot)),
            Inst::Clear { first, end } => undone(&mut (first..end)),
            Inst::Split { .. } | Inst::LoopHead(_) | Inst::BackReference { .. } => 1,
            Inst::Run(_) => 2,
            Inst::LoopBody(_) | Inst::LoopEnd(_) => match self.loop_at(pc) {
                Some(data) => {
                    let start_and_count = [data.start_slot, data.count_slot];
                    1 + undone(&mut (data.clear.0..data.clear.1).chain(start_and_count))
                }
                None => 0,
            },
            Inst::Look { end, .. } => self.plan.undone_between(pc as u32, end).len() + 1,
            _ => 0,
        }
    }

    fn loop_at(&self, pc: usize) -> Option<Loop> {
        match self.program.insts[pc] {
            Inst::LoopHead(index) | Inst::LoopBody(index) | Inst::LoopEnd(index) => {
                self.program.loops.get(index as usize).copied()
            }
            _ => None,
        }
    }

    // The parts around the instructions.

    /// Emits everything.
    pub(super) fn program(&mut self) -> Result<(), Decline> {
        // The word at the bottom has number 0.
        self.resume(Resume::Failed);
        self.scan();
        self.attempt()?;
        let count = self.program.insts.len();
        let mut pc = 0;
        while pc < count {
            if self.plan.leaders[pc] {
                let block = self.block(pc as u32)?;
                if !self.ended {
                    self.jump(block);
                }
                self.enter(block);
                self.reserve(pc)?;
            } else if self.ended {
                // Nothing leads here.
                pc += 1;
                continue;
            }
            pc += self.instruction(pc)?;
        }
        if !self.ended {
            return Err(Decline::CodeGenerator("a program without end".into()));
        }
        self.fail();
        self.ways_back()?;
        self.enter(self.no_match);
        let status = self.imm(status::NO_MATCH as i64);
        self.b.ins().return_(&[status]);
        Ok(())
    }

    /// The block of an instruction that is entered.
    pub(super) fn block(&mut self, pc: u32) -> Result<Block, Decline> {
        match self.blocks.get_mut(pc as usize) {
            Some(slot) => Ok(*slot.get_or_insert_with(|| self.b.create_block())),
            None => Err(Decline::CodeGenerator("a jump out of the program".into())),
        }
    }

    /// Looks for where a match can start.
    fn scan(&mut self) {
        self.enter(self.scan);
        let first = match &self.program.prefilter {
            Prefilter::First { low, high, .. } => {
                // Surrogates are looked at one by one: the first of a pair counts for it.
                Class::of_map(*low, *high, self.reading.max().min(0xFFFF))
            }
            _ => {
                self.jump(self.attempt);
                return;
            }
        };
        let (head, next) = (self.b.create_block(), self.b.create_block());
        self.jump(head);
        self.enter(head);
        let pos = self.at();
        let more = self.compare(IntCC::UnsignedLessThan, pos, self.len);
        self.require(more, self.no_match);
        let unit = self.unit(pos, 0);
        self.test(&first, unit, self.attempt, next, 0xFFFF);
        self.enter(next);
        let pos = self.plus(pos, 1);
        self.go_to(pos);
        self.jump(head);
    }

    /// Begins and ends an attempt.
    fn attempt(&mut self) -> Result<(), Decline> {
        self.enter(self.attempt);
        let pos = self.at();
        let stack = self.context(offset_of!(Context, stack));
        self.b.def_var(self.sp, stack);
        self.push(Resume::Failed, pos);
        self.clear_groups();
        let first = self.block(0)?;
        self.jump(first);

        let (_, failed) = self.resume(Resume::Failed);
        self.enter(failed);
        let start = self.b.block_params(failed)[0];
        let once = self.context(offset_of!(Context, once));
        self.leave_if(once, self.no_match);
        let more = self.compare(IntCC::UnsignedLessThan, start, self.len);
        self.require(more, self.no_match);
        let (_, next) = self.read(start);
        self.go_to(next);
        self.jump(self.scan);
        Ok(())
    }

    /// Makes the slots of groups undefined.
    fn clear_groups(&mut self) {
        const UNROLLED: u32 = 24;
        let groups = self.program.groups;
        let undefined = self.imm(-1);
        if groups <= UNROLLED {
            for group in 1..groups {
                self.b
                    .ins()
                    .store(MEM, undefined, self.slots, (group * 8) as i32);
            }
            return;
        }
        let place = self.b.declare_var(types::I64);
        let (first, end) = (
            self.plus(self.slots, 8),
            self.plus(self.slots, i64::from(groups) * 8),
        );
        self.b.def_var(place, first);
        let (head, done) = (self.b.create_block(), self.b.create_block());
        self.jump(head);
        self.enter(head);
        let at = self.b.use_var(place);
        self.b.ins().store(MEM, undefined, at, 0);
        let next = self.plus(at, 8);
        self.b.def_var(place, next);
        let more = self.compare(IntCC::UnsignedLessThan, next, end);
        self.branch(more, head, done);
        self.enter(done);
    }

    /// Takes up the last choice.
    fn fail(&mut self) {
        self.enter(self.fail);
        let left = self.context(offset_of!(Context, steps));
        let left = self.plus(left, -1);
        self.set_context(offset_of!(Context, steps), left);
        let spent = self.b.ins().icmp_imm_s(IntCC::SignedLessThan, left, 0);
        let poll = self.b.create_block();
        self.branch(spent, poll, self.pop);
        self.b.set_cold_block(poll);
        self.enter(poll);
        self.ask(status::POLL);
    }

    /// Emits what is left of the ways back, and what tells them apart.
    fn ways_back(&mut self) -> Result<(), Decline> {
        let mut i = 0;
        while i < self.resume_list.len() {
            let (resume, block) = self.resume_list[i];
            i += 1;
            match resume {
                Resume::Go(pc) => {
                    self.enter(block);
                    let pos = self.b.block_params(block)[0];
                    self.go_to(pos);
                    let target = self.block(pc)?;
                    self.jump(target);
                }
                Resume::Slot(slot) => {
                    self.enter(block);
                    let old = self.b.block_params(block)[0];
                    self.store_slot(slot, old);
                    self.jump(self.pop);
                }
                // Emitted where the attempt and the loops are.
                Resume::Failed | Resume::Shorten(_) | Resume::Lengthen(_) => {}
            }
        }
        self.enter(self.pop);
        let word = self.pop_word();
        let payload = self.b.ins().ushr_imm_u(word, 32);
        let number = self.b.ins().ireduce(types::I32, word);
        let blocks: Vec<Block> = self.resume_list.iter().map(|(_, block)| *block).collect();
        let args = [BlockArg::Value(payload)];
        let Some((&last, others)) = blocks.split_last() else {
            return Err(Decline::CodeGenerator("no way back".into()));
        };
        if others.len() <= FEW_RESUMES {
            for (i, &block) in others.iter().enumerate().rev() {
                let is = self.b.ins().icmp_imm_u(IntCC::Equal, number, i as i64);
                let next = self.b.create_block();
                self.b.ins().brif(is, block, &args, next, &[]);
                self.b.switch_to_block(next);
            }
            self.b.ins().jump(last, &args);
            self.ended = true;
            return Ok(());
        }
        let pool = &mut self.b.func.dfg.value_lists;
        let calls: Vec<_> = blocks
            .iter()
            .map(|block| cranelift_codegen::ir::BlockCall::new(*block, args, pool))
            .collect();
        let default = calls[0];
        let table = self
            .b
            .create_jump_table(JumpTableData::new(default, &calls));
        self.b.ins().br_table(number, table);
        self.ended = true;
        Ok(())
    }

    // Instructions.

    /// Emits an instruction, or several at once; how many.
    fn instruction(&mut self, pc: usize) -> Result<usize, Decline> {
        match self.program.insts[pc] {
            Inst::Test(_) => return self.tests(pc),
            Inst::Run(index) => self.run(pc, index)?,
            Inst::StepBack => {
                let pos = self.at();
                let inside = self.compare_imm(IntCC::NotEqual, pos, 0);
                self.require(inside, self.fail);
                let before = self.before(pos);
                self.go_to(before);
            }
            Inst::Split { first, second } => self.choose(pc, first, second)?,
            Inst::Jump(target) => {
                let target = self.block(target)?;
                self.jump(target);
            }
            Inst::Save(slot) => {
                let pos = self.at();
                self.set_slot(pc, slot, pos);
            }
            Inst::Zero(slot) => {
                let zero = self.imm(0);
                self.set_slot(pc, slot, zero);
            }
            Inst::Clear { first, end } => self.clear_slots(pc, first, end),
            Inst::LoopHead(_) | Inst::LoopBody(_) | Inst::LoopEnd(_) => {
                let Some(data) = self.loop_at(pc) else {
                    return Err(Decline::CodeGenerator("an unknown loop".into()));
                };
                match self.program.insts[pc] {
                    Inst::LoopHead(_) => self.loop_head(pc, &data)?,
                    Inst::LoopBody(_) => {
                        let pos = self.at();
                        self.set_slot(pc, data.start_slot, pos);
                        self.clear_slots(pc, data.clear.0, data.clear.1);
                    }
                    _ => self.loop_end(pc, &data)?,
                }
            }
            Inst::Look { negated, end } => self.look(pc, negated, end)?,
            Inst::Accept => self.accept(pc)?,
            Inst::BackReference { .. } => self.back_reference(pc)?,
            Inst::Start { multiline } => self.start(multiline),
            Inst::End { multiline } => self.end(multiline),
            Inst::WordBoundary { set, negated } => self.word_boundary(set, negated),
        }
        Ok(1)
    }

    fn set_slot(&mut self, pc: usize, slot: u32, value: Value) {
        if self.plan.is_undone(pc, slot) {
            let old = self.slot(slot);
            self.push(Resume::Slot(slot), old);
        }
        self.store_slot(slot, value);
    }

    fn clear_slots(&mut self, pc: usize, first: u32, end: u32) {
        for slot in first..end {
            let undefined = self.imm(NONE);
            if !self.plan.is_undone(pc, slot) {
                self.store_slot(slot, undefined);
                continue;
            }
            let old = self.slot(slot);
            let (clear, done) = (self.b.create_block(), self.b.create_block());
            let defined = self.compare(IntCC::NotEqual, old, undefined);
            self.branch(defined, clear, done);
            self.enter(clear);
            self.push(Resume::Slot(slot), old);
            self.store_slot(slot, undefined);
            self.jump(done);
            self.enter(done);
        }
    }

    /// Goes on at `first`, and keeps `second` for later unless that is known to be in vain.
    fn choose(&mut self, pc: usize, first: u32, second: u32) -> Result<(), Decline> {
        let (first_block, second_block) = (self.block(first)?, self.block(second)?);
        let pos = self.at();
        let keep = self.b.create_block();
        match self.plan.choices[pc].clone() {
            Some(Choice::Either(class)) => {
                self.peek(&class, pos, first_block, second_block);
                return Ok(());
            }
            Some(Choice::First(class)) => self.peek(&class, pos, keep, second_block),
            Some(Choice::Second(class)) => self.peek(&class, pos, keep, first_block),
            Some(Choice::Both) | None => self.jump(keep),
        }
        self.enter(keep);
        self.push(Resume::Go(second), pos);
        self.jump(first_block);
        Ok(())
    }

    fn loop_head(&mut self, pc: usize, data: &Loop) -> Result<(), Decline> {
        let count = self.slot(data.count_slot);
        let (body, exit) = (self.block(data.body)?, self.block(data.exit)?);
        if data.min > 0 {
            let few = self.compare_imm(IntCC::UnsignedLessThan, count, i64::from(data.min));
            self.leave_if(few, body);
        }
        if data.max < u32::MAX {
            let most = i64::from(data.max);
            let many = self.compare_imm(IntCC::UnsignedGreaterThanOrEqual, count, most);
            self.leave_if(many, exit);
        }
        let (first, second) = loop_ways(data);
        self.choose(pc, first, second)
    }

    fn loop_end(&mut self, pc: usize, data: &Loop) -> Result<(), Decline> {
        let (count, start) = (self.slot(data.count_slot), self.slot(data.start_slot));
        let pos = self.at();
        let (same, goes_on) = (self.b.create_block(), self.b.create_block());
        let idle = self.compare(IntCC::Equal, pos, start);
        self.branch(idle, same, goes_on);
        // An optional iteration has to consume something.
        self.enter(same);
        let few = self.compare_imm(IntCC::UnsignedLessThan, count, i64::from(data.min));
        self.branch(few, goes_on, self.fail);
        self.enter(goes_on);
        let next = self.plus(count, 1);
        // It stays at the largest number.
        let over = self.b.ins().ushr_imm_u(next, 32);
        let next = self.b.ins().isub(next, over);
        self.set_slot(pc, data.count_slot, next);
        // Iterations that consume nothing fail never, however many there are.
        let left = self.context(offset_of!(Context, steps));
        let left = self.plus(left, -1);
        self.set_context(offset_of!(Context, steps), left);
        let spent = self.b.ins().icmp_imm_s(IntCC::SignedLessThan, left, 0);
        let (poll, head) = (self.b.create_block(), self.block(data.head)?);
        self.branch(spent, poll, head);
        self.b.set_cold_block(poll);
        self.enter(poll);
        self.push(Resume::Go(data.head), pos);
        self.ask(status::POLL);
        Ok(())
    }

    /// Begins a lookaround. What it may change is put on the stack first, so that its choices can be dropped all at once when it has
    /// matched.
    fn look(&mut self, pc: usize, negated: bool, end: u32) -> Result<(), Decline> {
        for slot in self.plan.undone_between(pc as u32, end) {
            let old = self.slot(slot);
            self.push(Resume::Slot(slot), old);
        }
        let place = self.look_place(pc as u32);
        let (sp, stack) = (
            self.b.use_var(self.sp),
            self.context(offset_of!(Context, stack)),
        );
        let height = self.b.ins().isub(sp, stack);
        self.store_slot(place, height);
        let pos = self.at();
        if negated {
            self.push(Resume::Go(end), pos);
        } else {
            self.store_slot(place + 1, pos);
        }
        let body = self.block(pc as u32 + 1)?;
        self.jump(body);
        Ok(())
    }

    fn look_place(&mut self, look: u32) -> u32 {
        let next = &mut self.next_slot;
        *self.look_slots.entry(look).or_insert_with(|| {
            *next += 2;
            *next - 2
        })
    }

    fn accept(&mut self, pc: usize) -> Result<(), Decline> {
        let pos = self.at();
        let Some(look) = self.plan.looks[pc] else {
            let stack = self.context(offset_of!(Context, stack));
            let start = self.b.ins().uload32(MEM, stack, 4);
            self.store_slot(0, start);
            self.store_slot(1, pos);
            self.b.ins().return_(&[start]);
            self.ended = true;
            return Ok(());
        };
        let place = self.look_place(look);
        let (height, stack) = (self.slot(place), self.context(offset_of!(Context, stack)));
        let sp = self.b.ins().iadd(stack, height);
        self.b.def_var(self.sp, sp);
        if let Some(Inst::Look {
            negated: false,
            end,
        }) = self.program.insts.get(look as usize)
        {
            let pos = self.slot(place + 1);
            self.go_to(pos);
            let end = self.block(*end)?;
            self.jump(end);
        } else {
            self.jump(self.fail);
        }
        Ok(())
    }
}
