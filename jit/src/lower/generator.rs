//! Steps of generators, compiled code to compiled code.
//!
//! A generator that compiled code suspended is resumed by entering its code with a frame of which only the header is there: the
//! registers stay in its cell, and the prologue of its code fetches those it needs. Everything else a generator can be takes
//! the helpers.

use super::{Lower, MEM, broken};
use crate::Decline;
use crate::graph::Rep;
use crate::helpers::Helper;
use crate::layout::{frame, generator, header, value};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{Block, InstBuilder, Value, types};

impl Lower<'_> {
    /// `StepGenerator`: in place if compiled code suspended the generator.
    pub(super) fn step_generator(&mut self) -> Result<Value, Decline> {
        let fp = self.input(0, Rep::Ptr)?;
        let (iterator, next) = (self.input(1, Rep::Tagged)?, self.input(2, Rep::Tagged)?);
        self.save_position()?;
        let slow = self.cold_block();
        let done = self.block_with(types::I64);
        let layout = &self.snapshot.layout;
        let (function, builtin) = (layout.kinds.native_function, layout.generator_next);
        self.or_slow_kind(next, 2, function, slow)?;
        let native = self.load_field(next, self.snapshot.layout.offsets.native_code);
        let builtin = self.word(builtin);
        let same = self.builder.ins().icmp(IntCC::Equal, native, builtin);
        self.branch_on(same, slow);
        let sent = self.word(value::UNDEFINED);
        let v = self.resume_in_cell(iterator, 1, sent, slow)?;
        let offset = self.snapshot.layout.offsets.generator_state;
        let state = self.builder.ins().load(types::I32, MEM, iterator, offset);
        let mask = i64::from(generator::PLAIN_MASK as i32);
        let plain = self.builder.ins().band_imm_s(state, mask);
        let plain = self.compare(IntCC::Equal, plain, i64::from(generator::PLAIN));
        let (ended, other) = (self.builder.create_block(), self.cold_block());
        let on = [v.into()];
        self.builder.ins().brif(plain, done, &on, ended, &[]);
        self.builder.switch_to_block(ended);
        let thrown = self.compare(IntCC::Equal, v, value::EXCEPTION as i64);
        let hole = self.word(value::HOLE);
        let answer = self.builder.ins().select(thrown, v, hole);
        let completed = self
            .builder
            .ins()
            .band_imm_s(state, i64::from(generator::STATE_MASK));
        let last = i64::from(generator::COMPLETED & generator::STATE_MASK);
        let completed = self.compare(IntCC::Equal, completed, last);
        let on = [answer.into()];
        self.builder.ins().brif(completed, done, &on, other, &[]);
        self.builder.switch_to_block(other);
        let v = self.call_helper(Helper::AfterStep, &[iterator, v])?;
        self.jump(done, v);
        self.builder.switch_to_block(slow);
        let v = self.call_helper(Helper::StepGenerator, &[fp, iterator, next])?;
        self.answer_at(done, v)
    }

    /// `ResumeGenerator`, likewise.
    pub(super) fn resume_generator(&mut self) -> Result<Value, Decline> {
        let fp = self.input(0, Rep::Ptr)?;
        let callee = self.input(1, Rep::Tagged)?;
        let (this, sent) = (self.input(2, Rep::Tagged)?, self.input(3, Rep::Tagged)?);
        self.save_position()?;
        let slow = self.cold_block();
        let done = self.block_with(types::I64);
        let v = self.resume_in_cell(this, 2, sent, slow)?;
        self.jump(done, v);
        self.builder.switch_to_block(slow);
        let v = self.call_helper(Helper::ResumeGenerator, &[fp, callee, this, sent])?;
        self.answer_at(done, v)
    }

    /// Goes to `slow` unless the value, which is that input, is a cell of that kind.
    fn or_slow_kind(
        &mut self,
        v: Value,
        input: usize,
        kind: u8,
        slow: Block,
    ) -> Result<(), Decline> {
        if !self.known_cell(self.input_node(input)?) {
            let cell = self.is_cell(v);
            self.branch_on(cell, slow);
        }
        let have = self.builder.ins().load(types::I8, MEM, v, header::KIND);
        let is = self.compare(IntCC::Equal, have, i64::from(kind as i8));
        self.branch_on(is, slow);
        Ok(())
    }

    /// Resumes what is that input with a value: what it is left with. Goes to `slow`, with nothing done, if it is no generator
    /// that compiled code suspended.
    fn resume_in_cell(
        &mut self,
        cell: Value,
        input: usize,
        sent: Value,
        slow: Block,
    ) -> Result<Value, Decline> {
        let offsets = &self.snapshot.layout.offsets;
        let at = self.node.at;
        let caller_base = self.frame_base(at.frame)?;
        let function = self.graph.frames[at.frame.index()].function;
        let Some(consumer) = self.snapshot.functions.get(function) else {
            return broken("a function that is not in the snapshot");
        };
        let base = caller_base + consumer.code.register_count;
        let word = |r: u32| offsets.generator_words + 8 * r as i32;
        let (code_word, state_offset) = (word(frame::CODE), offsets.generator_state);
        let (resume_offset, length_offset) =
            (offsets.generator_offset + 4, offsets.generator_length);
        let (realm_offset, entry_offset) = (offsets.code_realm, offsets.native_entry);
        let first_word = offsets.generator_words;
        self.or_slow_kind(cell, input, self.snapshot.layout.kinds.generator, slow)?;
        let ins = self.builder.ins();
        let resume = ins.load(types::I32, MEM, cell, resume_offset);
        let none = i64::from(generator::NO_RESUME as i32);
        let known = self.compare(IntCC::NotEqual, resume, none);
        self.branch_on(known, slow);
        // The whole frame fits, so that the interpreter can go on with it.
        let length = self
            .builder
            .ins()
            .load(types::I32, MEM, cell, length_offset);
        let length = self.builder.ins().uextend(types::I64, length);
        let length = self.builder.ins().ishl_imm_s(length, 3);
        let window = self.frame_address(base);
        let end = self.builder.ins().iadd(window, length);
        let limit = self.word(self.snapshot.layout.stack_limit);
        let fits = self.builder.ins().icmp(IntCC::UnsignedLessThan, end, limit);
        self.branch_on(fits, slow);
        let code = self.load_field(cell, code_word);
        let realm = self.load_field(code, realm_offset);
        let own = self.word(self.snapshot.realm);
        let same = self.builder.ins().icmp(IntCC::Equal, realm, own);
        self.branch_on(same, slow);
        let entry = self.load_field(code, entry_offset);
        let interpreter = self.word(self.snapshot.layout.interpreter_entry);
        let compiled = self.builder.ins().icmp(IntCC::NotEqual, entry, interpreter);
        self.branch_on(compiled, slow);
        // From here on the generator runs.
        let caller = self.frame_address(caller_base);
        self.store_word(caller, base + frame::CALLER);
        let mask = i64::from(generator::PLACE_MASK);
        let place = self.builder.ins().band_imm_s(resume, mask);
        let place = self.builder.ins().uextend(types::I64, place);
        self.store_word(place, base + frame::RETURN_PC);
        self.store_word(code, base + frame::CODE);
        let flags =
            frame::FLAG_ENTRY | frame::FLAG_STEP | frame::FLAG_RESUMED | frame::FLAG_IN_CELL;
        let info = self.word(flags);
        self.store_word(info, base + frame::INFO);
        self.store_word(cell, base + frame::NEW_TARGET);
        let shift = i64::from(generator::REGISTER_SHIFT);
        let register = self.builder.ins().ushr_imm_s(resume, shift);
        let register = self.builder.ins().uextend(types::I64, register);
        let distance = self.builder.ins().ishl_imm_s(register, 3);
        let receiver = self.builder.ins().iadd(cell, distance);
        self.builder.ins().store(MEM, sent, receiver, first_word);
        self.write_barrier(cell, Some(sent))?;
        let running = i64::from(generator::EXECUTING as i32);
        let running = self.builder.ins().iconst(types::I32, running);
        self.builder.ins().store(MEM, running, cell, state_offset);
        let none = self.builder.ins().iconst(types::I32, none);
        self.builder.ins().store(MEM, none, cell, resume_offset);
        self.store_absolute(window, self.snapshot.layout.vm_fp);
        let agent = self.agent();
        self.call_address(entry, &[agent, window], types::I64)
    }

    /// In the prologue of a generator: fetches the registers if they are still in its cell, and goes to the first block.
    pub(super) fn fetch_registers(&mut self, start: Block) {
        if self.graph.restored.is_empty() {
            self.builder.ins().jump(start, &[]);
            return;
        }
        let info = self.load_word(frame::INFO);
        let flag = frame::FLAG_IN_CELL as i64;
        let in_cell = self.builder.ins().band_imm_s(info, flag);
        let fetch = self.builder.create_block();
        self.builder.ins().brif(in_cell, fetch, &[], start, &[]);
        self.builder.switch_to_block(fetch);
        let cell = self.load_word(frame::NEW_TARGET);
        let first = self.snapshot.layout.offsets.generator_words;
        for &r in &self.graph.restored {
            let v = self.load_field(cell, first + 8 * r as i32);
            self.store_word(v, r);
        }
        let info = self.builder.ins().band_imm_s(info, !flag);
        self.store_word(info, frame::INFO);
        self.builder.ins().jump(start, &[]);
    }
}
