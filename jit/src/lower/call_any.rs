//! Calls of functions that are not known when the code is made.
//!
//! Closures of the same realm that need nothing but a frame are entered right here, compiled or not; everything else goes
//! through the runtime.

use super::{Lower, MEM, broken};
use crate::Decline;
use crate::graph::{NodeOp, Rep, SPARE_ARGUMENTS};
use crate::helpers::Helper;
use crate::layout::{frame, header, value};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Value, types};

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
        let done = self.builder.create_block();
        self.builder.append_block_param(done, types::I64);
        let (code, arrow) = self.simple_callee(callee, argc, slow)?;
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
        self.jump(done, result);
        self.builder.switch_to_block(done);
        let result = self.builder.block_params(done)[0];
        self.check_exception(result)?;
        Ok(result)
    }

    /// The code of a closure that can be called with nothing but a frame, and whether it is that of an arrow function; goes to
    /// `slow` with anything else.
    fn simple_callee(
        &mut self,
        callee: Value,
        argc: u32,
        slow: cranelift_codegen::ir::Block,
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
        let arrow = self
            .builder
            .ins()
            .band_imm_s(word, i64::from(frame::CALL_ARROW));
        Ok((code, arrow))
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
