//! Assertions and back references.

use super::class::Class;
use super::emit::{Emit, NONE, Resume};
use super::{Context, Reading, status};
use crate::Decline;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, types};
use sarus_regexp::program::{CharTest, Inst};
use std::mem::offset_of;

impl Emit<'_> {
    /// `^`
    pub(super) fn start(&mut self, multiline: bool) {
        let pos = self.at();
        let is_start = self.compare_imm(IntCC::Equal, pos, 0);
        if !multiline {
            self.require(is_start, self.fail);
            return;
        }
        let next = self.b.create_block();
        self.leave_if(is_start, next);
        self.line_end_at(pos, -1, next);
    }

    /// `$`
    pub(super) fn end(&mut self, multiline: bool) {
        let pos = self.at();
        let is_end = self.compare(IntCC::Equal, pos, self.len);
        if !multiline {
            self.require(is_end, self.fail);
            return;
        }
        let next = self.b.create_block();
        self.leave_if(is_end, next);
        self.line_end_at(pos, 0, next);
    }

    /// Goes on in `next` if a unit ends a line, and fails otherwise.
    fn line_end_at(
        &mut self,
        pos: cranelift_codegen::ir::Value,
        delta: i32,
        next: cranelift_codegen::ir::Block,
    ) {
        let max = self.reading.max().min(0xFFFF);
        let unit = self.unit(pos, delta);
        self.test(&Class::line_ends(max), unit, next, self.fail, max);
        self.enter(next);
    }

    /// `\b` and `\B`
    pub(super) fn word_boundary(&mut self, set: u32, negated: bool) {
        let class = self.plan.class(self.program, CharTest::Set(set));
        let [back, inside, outside, next] = [(); 4].map(|()| self.b.create_block());
        let pos = self.at();
        let (same, differs) = if negated {
            (next, self.fail)
        } else {
            (self.fail, next)
        };
        let is_start = self.compare_imm(IntCC::Equal, pos, 0);
        self.branch(is_start, outside, back);
        self.enter(back);
        let before = self.before(pos);
        self.peek_inside(&class, before, inside, outside);
        self.enter(inside);
        self.peek(&class, pos, same, differs);
        self.enter(outside);
        self.peek(&class, pos, differs, same);
        self.enter(next);
    }

    /// What a group took, once more.
    pub(super) fn back_reference(&mut self, pc: usize) -> Result<(), Decline> {
        let Inst::BackReference {
            index,
            ignore_case,
            backward,
        } = self.program.insts[pc]
        else {
            return Err(Decline::CodeGenerator("a back reference".into()));
        };
        let next = self.block(pc as u32 + 1)?;
        let groups = self.program.back_references.get(index as usize);
        let simple = !ignore_case && !backward && self.reading != Reading::CodePoints;
        if let Some(&[group]) = groups.map(Vec::as_slice)
            && simple
        {
            self.same_again(group, next);
            return Ok(());
        }
        let pos = self.at();
        self.push(Resume::Go(pc as u32 + 1), pos);
        let number = self.imm(pc as i64);
        self.set_request(number);
        self.ask(status::BACK_REFERENCE);
        Ok(())
    }

    fn set_request(&mut self, number: cranelift_codegen::ir::Value) {
        self.set_context(offset_of!(Context, request), number);
    }

    /// Compares unit by unit.
    fn same_again(&mut self, group: u32, next: cranelift_codegen::ir::Block) {
        let (first, end) = (self.slot(group * 2), self.slot(group * 2 + 1));
        // A group that has not matched refers to nothing.
        for slot in [first, end] {
            let undefined = self.compare_imm(IntCC::Equal, slot, NONE);
            self.leave_if(undefined, next);
        }
        let nothing = self.compare(IntCC::UnsignedGreaterThanOrEqual, first, end);
        self.leave_if(nothing, next);
        let pos = self.at();
        let length = self.b.ins().isub(end, first);
        let behind = self.b.ins().iadd(pos, length);
        let inside = self.compare(IntCC::UnsignedLessThanOrEqual, behind, self.len);
        self.require(inside, self.fail);
        self.count_steps(length);
        let at = self.b.declare_var(types::I64);
        let zero = self.imm(0);
        self.b.def_var(at, zero);
        let (head, done) = (self.b.create_block(), self.b.create_block());
        self.jump(head);
        self.enter(head);
        let offset = self.b.use_var(at);
        let left = self.b.ins().iadd(first, offset);
        let right = self.b.ins().iadd(pos, offset);
        let (a, b) = (self.unit(left, 0), self.unit(right, 0));
        let same = self.compare(IntCC::Equal, a, b);
        self.require(same, self.fail);
        let offset = self.plus(offset, 1);
        self.b.def_var(at, offset);
        let more = self.compare(IntCC::UnsignedLessThan, offset, length);
        self.branch(more, head, done);
        self.enter(done);
        self.go_to(behind);
        self.jump(next);
    }
}
