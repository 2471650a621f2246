//! Calls of functions that are not known when the code is made.
//!
//! Closures of the same realm that need nothing but a frame, and perhaps the list of their arguments, are entered right here,
//! compiled or not; everything else goes through the runtime. Only small loops have that in place, all other code calls a routine
//! of it ([`super::routine`]).

use super::{Lower, MEM, Routine, broken};
use crate::Decline;
use crate::graph::{NodeOp, Rep, SPARE_ARGUMENTS};
use crate::helpers::Helper;
use crate::layout::{frame, header, value};
use crate::template::MAX_SIZE;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{Block, InstBuilder, Value, types};

impl Lower<'_> {
    pub(super) fn call_any(&mut self) -> Result<Value, Decline> {
        let node = self.node;
        let NodeOp::CallAny { base, argc } = node.op else {
            return broken("not a call of anything");
        };
        let callee = self.input(0, Rep::Tagged)?;
        let caller_base = self.frame_base(node.at.frame)?;
        self.save_position()?;
        if !self.tight[node.block.index()]
            && let Some(address) = self.snapshot.helpers.routine(Routine::CallAny)
        {
            let args = [
                callee,
                self.frame_address(caller_base),
                self.frame_address(base),
                self.word(u64::from(argc)),
                self.word(self.snapshot.realm),
            ];
            let address = self.word(address);
            let result = self.call_address(address, &args, types::I64)?;
            self.check_exception(result)?;
            return Ok(result);
        }
        let slow = self.cold_block();
        let done = self.block_with(types::I64);
        if !self.known_cell(self.input_node(0)?) {
            let cell = self.is_cell(callee);
            self.branch_on(cell, slow);
        }
        let most = (argc + SPARE_ARGUMENTS).min(frame::CALL_SPECIAL - 1);
        let most = self.builder.ins().iconst(types::I32, i64::from(most));
        let realm = self.word(self.snapshot.realm);
        let (code, word) = self.simple_callee(callee, most, realm, slow);
        self.give_actuals(word, base, argc, slow);
        let caller = self.frame_address(caller_base);
        let info = self.word(u64::from(argc) | frame::FLAG_ENTRY);
        let fp = self.fp();
        self.store_header((callee, code, word), (fp, base), caller, info);
        let window = self.frame_address(base);
        let result = self.enter(code, window)?;
        self.jump(done, result);
        self.builder.switch_to_block(slow);
        let caller = self.frame_address(caller_base);
        let window = self.frame_address(base);
        let argc = self.builder.ins().iconst(types::I32, i64::from(argc));
        let result = self.call_helper(Helper::CallWindow, &[caller, window, argc])?;
        self.answer_at(done, result)
    }

    /// Where the ways of a call meet: goes there with an answer, and on from there unless it is `EXCEPTION`.
    pub(super) fn answer_at(&mut self, done: Block, answer: Value) -> Result<Value, Decline> {
        self.jump(done, answer);
        let answer = self.meet_in(done);
        self.check_exception(answer)?;
        Ok(answer)
    }

    /// The body of the routine: takes the callee, the frames of the caller and the callee, the number of arguments, and the
    /// caller's realm.
    pub(super) fn call_any_routine(&mut self, params: &[Value]) -> Result<Value, Decline> {
        let &[callee, caller, window, argc, realm] = params else {
            return broken("a call of anything takes five words");
        };
        if self.snapshot.layout.stack_limit == 0 {
            return broken("no limit of the stack");
        }
        let slow = self.cold_block();
        let done = self.block_with(types::I64);
        let cell = self.is_cell(callee);
        self.branch_on(cell, slow);
        let few = self.builder.ins().ireduce(types::I32, argc);
        let most = self
            .builder
            .ins()
            .iadd_imm_s(few, i64::from(SPARE_ARGUMENTS));
        let limit = i64::from(frame::CALL_SPECIAL - 1);
        let limit = self.builder.ins().iconst(types::I32, limit);
        let most = self.builder.ins().umin(most, limit);
        let (code, word) = self.simple_callee(callee, most, realm, slow);
        let mask = i64::from(frame::CALL_ACTUALS);
        let wanted = self.builder.ins().band_imm_s(word, mask);
        let (list, ready) = (self.builder.create_block(), self.builder.create_block());
        self.builder.ins().brif(wanted, list, &[], ready, &[]);
        self.builder.switch_to_block(list);
        let place = self.place_of_actuals(word, window, slow);
        let cell = self.copy_arguments(window, argc, slow);
        self.builder.ins().store(MEM, cell, place, 0);
        self.builder.ins().jump(ready, &[]);
        self.builder.switch_to_block(ready);
        let info = self.builder.ins().bor_imm_s(argc, frame::FLAG_ENTRY as i64);
        self.store_header((callee, code, word), (window, 0), caller, info);
        let result = self.enter(code, window)?;
        self.jump(done, result);
        self.builder.switch_to_block(slow);
        let argc = self.builder.ins().ireduce(types::I32, argc);
        let result = self.call_helper(Helper::CallWindow, &[caller, window, argc])?;
        self.jump(done, result);
        Ok(self.meet_in(done))
    }

    /// A new list of the arguments in a window; goes to `slow` where there is no room for it.
    fn copy_arguments(&mut self, window: Value, argc: Value, slow: Block) -> Value {
        let layout = &self.snapshot.layout;
        let (first, most) = (layout.offsets.values, i64::from(MAX_SIZE));
        let empty = self.word(layout.empty_elements);
        let done = self.block_with(types::I64);
        let (some, fits) = (self.builder.create_block(), self.builder.create_block());
        self.builder
            .ins()
            .brif(argc, some, &[], done, &[empty.into()]);
        self.builder.switch_to_block(some);
        let bytes = self.builder.ins().ishl_imm_s(argc, 3);
        let size = self.builder.ins().iadd_imm_s(bytes, i64::from(first) + 15);
        let size = self.builder.ins().band_imm_s(size, !15);
        let big = self.compare(IntCC::UnsignedGreaterThan, size, most);
        self.branch(big, slow, fits);
        let cell = self.bump(size, slow);
        let head = self.word(u64::from(self.snapshot.layout.kinds.elements) << 32);
        self.builder.ins().store(MEM, head, cell, 0);
        let offset = self.snapshot.layout.offsets.capacity;
        self.builder.ins().store(MEM, argc, cell, offset);
        let copy = self.block_with(types::I64);
        let none = self.word(0);
        self.jump(copy, none);
        let at = self.meet_in(copy);
        let from = self.builder.ins().iadd(window, at);
        let offset = 8 * frame::ARGS as i32;
        let v = self.builder.ins().load(types::I64, MEM, from, offset);
        let to = self.builder.ins().iadd(cell, at);
        self.builder.ins().store(MEM, v, to, first);
        let next = self.builder.ins().iadd_imm_s(at, 8);
        let more = self
            .builder
            .ins()
            .icmp(IntCC::UnsignedLessThan, next, bytes);
        self.builder
            .ins()
            .brif(more, copy, &[next.into()], done, &[cell.into()]);
        self.meet_in(done)
    }

    /// The code of a closure that can be called with nothing but a frame (and perhaps a list of arguments), and its call word;
    /// goes to `slow` with any other cell, one with more than `most` parameters, and one of another realm.
    fn simple_callee(
        &mut self,
        callee: Value,
        most: Value,
        own: Value,
        slow: Block,
    ) -> (Value, Value) {
        let layout = &self.snapshot.layout;
        let kind = self
            .builder
            .ins()
            .load(types::I8, MEM, callee, header::KIND);
        let is = self.compare(IntCC::Equal, kind, i64::from(layout.kinds.function as i8));
        self.branch_on(is, slow);
        let code = self.load_field(callee, layout.offsets.function_code);
        let offset = layout.offsets.call_word;
        let word = self.builder.ins().load(types::I32, MEM, code, offset);
        let mask = i64::from(frame::CALL_SPECIAL);
        let params = self.builder.ins().band_imm_s(word, mask);
        let fits = self
            .builder
            .ins()
            .icmp(IntCC::UnsignedLessThanOrEqual, params, most);
        self.branch_on(fits, slow);
        let realm = self.load_field(code, layout.offsets.code_realm);
        let same = self.builder.ins().icmp(IntCC::Equal, realm, own);
        self.branch_on(same, slow);
        (code, word)
    }

    /// Makes the list of actual arguments of a callee that wants one; goes to `slow` where that takes more than a few stores.
    fn give_actuals(&mut self, word: Value, base: u32, argc: u32, slow: Block) {
        let layout = &self.snapshot.layout;
        let first = layout.offsets.values;
        let size = (i64::from(first) + 8 * i64::from(argc) + 15) & !15;
        let mask = i64::from(frame::CALL_ACTUALS);
        let wanted = self.builder.ins().band_imm_s(word, mask);
        if layout.heap_cursor == 0 || layout.stack_limit == 0 || size > i64::from(MAX_SIZE) {
            let plain = self.compare(IntCC::Equal, wanted, 0);
            self.branch_on(plain, slow);
            return;
        }
        let (list, ready) = (self.builder.create_block(), self.builder.create_block());
        self.builder.ins().brif(wanted, list, &[], ready, &[]);
        self.builder.switch_to_block(list);
        let window = self.frame_address(base);
        let place = self.place_of_actuals(word, window, slow);
        let cell = match argc {
            0 => self.word(self.snapshot.layout.empty_elements),
            _ => {
                let size = self.word(size as u64);
                let cell = self.bump(size, slow);
                let head = self.word(u64::from(self.snapshot.layout.kinds.elements) << 32);
                self.builder.ins().store(MEM, head, cell, 0);
                let capacity = self.word(u64::from(argc));
                let offset = self.snapshot.layout.offsets.capacity;
                self.builder.ins().store(MEM, capacity, cell, offset);
                for i in 0..argc {
                    let v = self.load_word(base + frame::ARGS + i);
                    let offset = first + 8 * i as i32;
                    self.builder.ins().store(MEM, v, cell, offset);
                }
                cell
            }
        };
        self.builder.ins().store(MEM, cell, place, 0);
        self.builder.ins().jump(ready, &[]);
        self.builder.switch_to_block(ready);
    }

    /// Where the callee in a window wants the list of its arguments; goes to `slow` beyond the end of the stack, at which the
    /// callee looks only after that.
    fn place_of_actuals(&mut self, word: Value, window: Value, slow: Block) -> Value {
        let shift = i64::from(frame::CALL_ACTUALS_SHIFT);
        let register = self.builder.ins().ushr_imm_s(word, shift);
        let register = self.builder.ins().uextend(types::I64, register);
        let distance = self.builder.ins().ishl_imm_s(register, 3);
        let place = self.builder.ins().iadd(window, distance);
        let limit = self.word(self.snapshot.layout.stack_limit);
        let inside = self
            .builder
            .ins()
            .icmp(IntCC::UnsignedLessThan, place, limit);
        self.branch_on(inside, slow);
        place
    }

    /// Makes the callee's frame, which is complete, the current one, and runs its code.
    fn enter(&mut self, code: Value, window: Value) -> Result<Value, Decline> {
        self.store_absolute(window, self.snapshot.layout.vm_fp);
        let entry = self.load_field(code, self.snapshot.layout.offsets.native_entry);
        let agent = self.agent();
        self.call_address(entry, &[agent, window], types::I64)
    }

    /// Writes the header of the frame, which is so many words from an address, of a callee with that code and call word.
    fn store_header(
        &mut self,
        (callee, code, word): (Value, Value, Value),
        (window, base): (Value, u32),
        caller: Value,
        info: Value,
    ) {
        let offsets = &self.snapshot.layout.offsets;
        let mask = i64::from(frame::CALL_ARROW);
        let arrow = self.builder.ins().band_imm_s(word, mask);
        let at = |word: u32| 8 * (base + word) as i32;
        let mut store = |v: Value, word: u32| {
            self.builder.ins().store(MEM, v, window, at(word));
        };
        store(caller, frame::CALLER);
        store(code, frame::CODE);
        store(info, frame::INFO);
        // Functions that are no arrows have something else there, which is not looked at.
        let captured = self.load_field(callee, offsets.arrow_new_target);
        let undefined = self.word(value::UNDEFINED);
        let new_target = self.builder.ins().select(arrow, captured, undefined);
        self.builder
            .ins()
            .store(MEM, new_target, window, at(frame::NEW_TARGET));
        let captured = self.load_field(callee, offsets.arrow_this);
        let given = self.load_field(window, at(frame::THIS));
        let this = self.builder.ins().select(arrow, captured, given);
        self.builder.ins().store(MEM, this, window, at(frame::THIS));
        let env = self.load_field(callee, offsets.function_env);
        self.builder.ins().store(MEM, env, window, at(frame::ENV));
    }
}
