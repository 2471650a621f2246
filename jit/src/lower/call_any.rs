//! Calls of functions that are not known when the code is made.
//!
//! Closures of the same realm that need nothing but a frame, and perhaps the list of their arguments, are entered right here,
//! compiled or not; everything else goes through the runtime.

use super::{Lower, MEM, broken};
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
        let slow = self.cold_block();
        let done = self.block_with(types::I64);
        let (code, word) = self.simple_callee(callee, argc, slow)?;
        self.give_actuals(word, base, argc, slow);
        let mask = i64::from(frame::CALL_ARROW);
        let arrow = self.builder.ins().band_imm_s(word, mask);
        let caller = self.frame_address(caller_base);
        let window = self.frame_address(base);
        self.store_header(callee, code, arrow, base, caller, u64::from(argc));
        self.store_absolute(window, self.snapshot.layout.vm_fp);
        let entry = self.load_field(code, self.snapshot.layout.offsets.native_entry);
        let agent = self.agent();
        let result = self.call_address(entry, &[agent, window], types::I64)?;
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

    /// The code of a closure that can be called with nothing but a frame (and perhaps a list of arguments), and its call word;
    /// goes to `slow` with anything else.
    fn simple_callee(
        &mut self,
        callee: Value,
        argc: u32,
        slow: Block,
    ) -> Result<(Value, Value), Decline> {
        let layout = &self.snapshot.layout;
        if !self.known_cell(self.input_node(0)?) {
            let cell = self.is_cell(callee);
            self.branch_on(cell, slow);
        }
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
        let most = (argc + SPARE_ARGUMENTS).min(frame::CALL_SPECIAL - 1);
        let fits = self.compare(IntCC::UnsignedLessThanOrEqual, params, i64::from(most));
        self.branch_on(fits, slow);
        let realm = self.load_field(code, layout.offsets.code_realm);
        let own = self.word(self.snapshot.realm);
        let same = self.builder.ins().icmp(IntCC::Equal, realm, own);
        self.branch_on(same, slow);
        Ok((code, word))
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
        let shift = i64::from(frame::CALL_ACTUALS_SHIFT);
        let register = self.builder.ins().ushr_imm_s(word, shift);
        let register = self.builder.ins().uextend(types::I64, register);
        let distance = self.builder.ins().ishl_imm_s(register, 3);
        let window = self.frame_address(base);
        let place = self.builder.ins().iadd(window, distance);
        // The callee looks at the stack's limit only after that.
        let limit = self.word(self.snapshot.layout.stack_limit);
        let inside = self
            .builder
            .ins()
            .icmp(IntCC::UnsignedLessThan, place, limit);
        self.branch_on(inside, slow);
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

    /// Writes the header of the callee's frame.
    fn store_header(
        &mut self,
        callee: Value,
        code: Value,
        arrow: Value,
        base: u32,
        caller: Value,
        argc: u64,
    ) {
        let offsets = &self.snapshot.layout.offsets;
        self.store_word(caller, base + frame::CALLER);
        self.store_word(code, base + frame::CODE);
        let info = self.word(argc | frame::FLAG_ENTRY);
        self.store_word(info, base + frame::INFO);
        // Functions that are no arrows have something else there, which is not looked at.
        let captured = self.load_field(callee, offsets.arrow_new_target);
        let undefined = self.word(value::UNDEFINED);
        let new_target = self.builder.ins().select(arrow, captured, undefined);
        self.store_word(new_target, base + frame::NEW_TARGET);
        let captured = self.load_field(callee, offsets.arrow_this);
        let given = self.load_word(base + frame::THIS);
        let this = self.builder.ins().select(arrow, captured, given);
        self.store_word(this, base + frame::THIS);
        let env = self.load_field(callee, offsets.function_env);
        self.store_word(env, base + frame::ENV);
    }
}
