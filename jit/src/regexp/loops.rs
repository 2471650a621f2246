//! Loops over one test.

use super::class::Class;
use super::emit::{Emit, Resume};
use super::plan::After;
use crate::Decline;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{Block, InstBuilder, Value, types};
use sarus_regexp::program::Run;

/// Loops of at most so many rounds are not counted as work.
const SHORT: u32 = 16;

impl Emit<'_> {
    /// Emits a loop over one test.
    pub(super) fn run(&mut self, pc: usize, index: u32) -> Result<(), Decline> {
        let Some(run) = self.program.runs.get(index as usize).copied() else {
            return Err(Decline::CodeGenerator("an unknown run".into()));
        };
        let class = self.plan.class(self.program, run.test);
        let after = self.plan.after[pc].clone().unwrap_or(After {
            next: None,
            only: false,
        });
        self.at_least(&class, run.min);
        if run.greedy {
            self.greedy(pc, &class, &run, &after)
        } else {
            self.lazy(pc, &class, &run, &after)
        }
    }

    /// Whether every character passes, and each is one unit.
    fn takes_all(&self, class: &Class) -> bool {
        self.reading != super::Reading::CodePoints
            && class.complement(0, self.reading.max()).ranges().is_empty()
    }

    /// Takes so many characters, or fails.
    fn at_least(&mut self, class: &Class, min: u32) {
        if min == 0 {
            return;
        }
        let pos = self.at();
        if self.takes_all(class) {
            let next = self.plus(pos, i64::from(min));
            let inside = self.compare(IntCC::UnsignedLessThanOrEqual, next, self.len);
            self.require(inside, self.fail);
            self.go_to(next);
            return;
        }
        if min == 1 {
            let next = self.step(class, pos, self.len, self.fail);
            self.go_to(next);
            return;
        }
        let left = self.b.declare_var(types::I64);
        let count = self.imm(i64::from(min));
        self.b.def_var(left, count);
        let (head, done) = (self.b.create_block(), self.b.create_block());
        self.jump(head);
        self.enter(head);
        let pos = self.at();
        let next = self.step(class, pos, self.len, self.fail);
        self.go_to(next);
        let count = self.b.use_var(left);
        let count = self.plus(count, -1);
        self.b.def_var(left, count);
        self.branch(count, head, done);
        self.enter(done);
        if min > SHORT {
            let count = self.imm(i64::from(min));
            self.count_steps(count);
        }
    }

    /// Takes characters while they pass, at most `most`.
    fn take(&mut self, class: &Class, most: u32) {
        let start = self.at();
        if self.takes_all(class) {
            let end = self.limit(start, most);
            self.go_to(end);
            return;
        }
        let (head, done) = (self.b.create_block(), self.b.create_block());
        if most < u32::MAX && !self.single_units(class) {
            let left = self.b.declare_var(types::I64);
            let count = self.imm(i64::from(most));
            self.b.def_var(left, count);
            self.jump(head);
            self.enter(head);
            let count = self.b.use_var(left);
            self.require(count, done);
            let pos = self.at();
            let next = self.step(class, pos, self.len, done);
            self.go_to(next);
            let count = self.plus(count, -1);
            self.b.def_var(left, count);
            self.jump(head);
        } else {
            let limit = self.limit(start, most);
            self.jump(head);
            self.enter(head);
            let pos = self.at();
            let next = self.step(class, pos, limit, done);
            self.go_to(next);
            self.jump(head);
        }
        self.enter(done);
        if most > SHORT {
            let end = self.at();
            let taken = self.b.ins().isub(end, start);
            self.count_steps(taken);
        }
    }

    /// Whether every character of the class is one unit.
    fn single_units(&self, class: &Class) -> bool {
        self.reading != super::Reading::CodePoints || class.is_plain()
    }

    /// So many units after a position, or the end.
    fn limit(&mut self, pos: Value, most: u32) -> Value {
        if most == u32::MAX {
            return self.len;
        }
        let limit = self.plus(pos, i64::from(most));
        let over = self.compare(IntCC::UnsignedGreaterThan, limit, self.len);
        self.b.ins().select(over, self.len, limit)
    }

    fn greedy(
        &mut self,
        pc: usize,
        class: &Class,
        run: &Run,
        after: &After,
    ) -> Result<(), Decline> {
        let least_now = self.at();
        self.take(class, most(run));
        let next = self.block(pc as u32 + 1)?;
        if after.only {
            self.jump(next);
            return Ok(());
        }
        let least = self.b.declare_var(types::I64);
        self.b.def_var(least, least_now);
        let [look, fits, shorter, keep] = [(); 4].map(|()| self.b.create_block());
        self.jump(look);

        // Does what comes next begin here?
        self.enter(look);
        let pos = self.at();
        self.next_fits(after.next.as_ref(), pos, fits, shorter);
        self.enter(fits);
        let shortest = self.b.use_var(least);
        let is_last = self.compare(IntCC::Equal, pos, shortest);
        self.branch(is_last, next, keep);
        self.enter(keep);
        self.push_word(shortest);
        self.push(Resume::Shorten(pc as u32), pos);
        self.jump(next);

        let (_, resume) = self.resume(Resume::Shorten(pc as u32));
        self.enter(resume);
        let pos = self.b.block_params(resume)[0];
        self.go_to(pos);
        let shortest = self.pop_word();
        self.b.def_var(least, shortest);
        self.jump(shorter);

        self.enter(shorter);
        let pos = self.at();
        let shortest = self.b.use_var(least);
        let more = self.compare(IntCC::NotEqual, pos, shortest);
        self.require(more, self.fail);
        let before = self.before(pos);
        self.go_to(before);
        self.jump(look);
        Ok(())
    }

    fn next_fits(&mut self, next: Option<&Class>, pos: Value, yes: Block, no: Block) {
        match next {
            Some(class) => self.peek(class, pos, yes, no),
            // The block `no` is entered otherwise.
            None => self.jump(yes),
        }
    }

    fn lazy(&mut self, pc: usize, class: &Class, run: &Run, after: &After) -> Result<(), Decline> {
        let next = self.block(pc as u32 + 1)?;
        let most = most(run);
        let bounded = most < u32::MAX;
        let (left, from) = (
            self.b.declare_var(types::I64),
            self.b.declare_var(types::I64),
        );
        let start = self.at();
        self.b.def_var(from, start);
        if bounded {
            let count = self.imm(i64::from(most));
            self.b.def_var(left, count);
        }
        let [look, fits, longer, stop] = [(); 4].map(|()| self.b.create_block());
        self.jump(look);

        self.enter(look);
        let pos = self.at();
        self.next_fits(after.next.as_ref(), pos, fits, longer);
        self.enter(fits);
        self.count_from(from);
        if !after.only {
            if bounded {
                let count = self.b.use_var(left);
                self.push_word(count);
            }
            self.push(Resume::Lengthen(pc as u32), pos);
        }
        self.jump(next);

        if !after.only {
            let (_, resume) = self.resume(Resume::Lengthen(pc as u32));
            self.enter(resume);
            let pos = self.b.block_params(resume)[0];
            self.go_to(pos);
            self.b.def_var(from, pos);
            if bounded {
                let count = self.pop_word();
                self.b.def_var(left, count);
            }
            self.jump(longer);
        }

        self.enter(longer);
        let pos = self.at();
        if bounded {
            let count = self.b.use_var(left);
            self.require(count, stop);
            let count = self.plus(count, -1);
            self.b.def_var(left, count);
        }
        let one_more = self.step(class, pos, self.len, stop);
        self.go_to(one_more);
        self.jump(look);

        self.enter(stop);
        self.count_from(from);
        self.jump(self.fail);
        Ok(())
    }

    fn count_from(&mut self, from: cranelift_frontend::Variable) {
        let (pos, from) = (self.at(), self.b.use_var(from));
        let taken = self.b.ins().isub(pos, from);
        self.count_steps(taken);
    }
}

/// Characters beyond the least.
fn most(run: &Run) -> u32 {
    match run.max {
        u32::MAX => u32::MAX,
        max => max.saturating_sub(run.min),
    }
}
