//! Calls of the builtin `next` of generators: resumed as steps are, and the result object is made here, so that it vanishes
//! where it is taken apart at once. So are those of other builtin iterators.
//!
//! What a generator at a `yield*` passes on may be the result object of the inner iterator, which the program must get as it
//! is. That leaves the code behind the call, once; such calls are then left to the helper.

use super::Builder;
use super::call::CallSite;
use crate::graph::*;
use crate::helpers::{Builtin, Helper};
use crate::layout::{frame, generator, value};
use crate::snapshot::Reason;

impl Builder<'_> {
    /// The result of a call of the builtin `next`.
    pub(super) fn generator_next(&mut self, site: &CallSite) -> NodeId {
        let sent = self.argument(site, 0);
        let sent = self.tagged(sent);
        let this = match self.has_template() && !self.has_delegated() {
            true => Some(self.of_kind(site.this, self.snapshot.layout.kinds.generator)),
            false => None,
        };
        // Stack traces look for the native function in the window.
        self.store_register(site.window, site.callee);
        self.store_register(site.window + frame::THIS, site.this);
        self.enter_frames();
        let fp = self.emit(NodeOp::FramePtr(self.context.base), &[]);
        let callee = self.tagged(site.callee);
        let Some(this) = this else {
            let this = self.tagged(site.this);
            let v = NodeOp::Call(Helper::GeneratorNext);
            let v = self.emit(v, &[fp, callee, this, sent]);
            self.leave_frames();
            return v;
        };
        let v = self.emit(
            NodeOp::Call(Helper::ResumeGenerator),
            &[fp, callee, this, sent],
        );
        self.leave_frames();
        let offset = self.snapshot.layout.offsets.generator_state;
        let load = NodeOp::Load(Mem::I32, offset, Loc::Iterator);
        let state = self.emit(load, &[this]);
        self.leave_if_delegated(site.dst, v, state);
        let mask = self.int_constant(generator::STATE_MASK as i32);
        let state = self.emit(NodeOp::Bit(BitOp::And), &[state, mask]);
        let suspended = (generator::SUSPENDED & generator::STATE_MASK) as i32;
        let suspended = self.int_constant(suspended);
        let done = self.emit(NodeOp::IntCmp(Cond::Ne), &[state, suspended]);
        match self.new_object(self.snapshot.iter_result, &[v, done]) {
            Some(result) => result,
            None => v,
        }
    }

    /// The result of a call of the builtin `next` of another builtin iterator: a step, which takes JavaScript or throws nowhere
    /// in what is done here.
    pub(super) fn iterator_next(&mut self, builtin: Builtin, site: &CallSite) -> Option<NodeId> {
        if !self.has_template() {
            return None;
        }
        let kinds = &self.snapshot.layout.kinds;
        let kind = match builtin {
            Builtin::ArrayIteratorNext => kinds.array_iterator,
            Builtin::MapIteratorNext => kinds.map_iterator,
            Builtin::SetIteratorNext => kinds.set_iterator,
            _ => kinds.string_iterator,
        };
        let iterator = self.of_kind(site.this, kind);
        let next = self.tagged(site.callee);
        let state = self.current_state();
        let v = self.emit(NodeOp::Call(Helper::StepNative), &[iterator, next]);
        let lazy = self.emit(NodeOp::Const(value::LAZY), &[]);
        let is = self.emit(NodeOp::SameBits, &[v, lazy]);
        // Nothing was done in that case.
        self.state = Some(state);
        self.check(NodeOp::CheckIs(false), &[is], Reason::WrongKind);
        self.state = None;
        let done = self.emit(NodeOp::Is(Test::Hole), &[v]);
        let value = self.either(done, |b| Some(b.undefined()), |_| Some(v))?;
        self.new_object(self.snapshot.iter_result, &[value, done])
    }

    /// Whether result objects can be made here.
    fn has_template(&self) -> bool {
        let shape = self.snapshot.iter_result;
        let known = |t: &crate::snapshot::ObjectTemplate| t.shape == shape && t.has_room_for(2);
        shape != 0 && self.snapshot.objects.iter().any(known)
    }

    /// The instruction behind the current one, and its word offset.
    fn behind(&self) -> Option<(usize, u32)> {
        let index = self.context.index + 1;
        let next = self.context.analysis.list.get(index)?;
        Some((index, next.offset))
    }

    /// Whether this call has passed on the result object of another iterator, or could not say so.
    fn has_delegated(&self) -> bool {
        let Some((_, offset)) = self.behind() else {
            return true;
        };
        let exits = self.function().exits.get(&offset);
        exits.is_some_and(|set| set.has(Reason::Delegated))
    }

    fn leave_if_delegated(&mut self, dst: u32, v: NodeId, state: NodeId) {
        let Some((index, _)) = self.behind() else {
            return;
        };
        let delegated = self.int_constant(generator::PASSED as i32);
        let is = self.emit(NodeOp::IntCmp(Cond::Eq), &[state, delegated]);
        let (yes, no) = self.branch(is);
        let (env, info) = (self.context.env.clone(), self.info.clone());
        self.graph.block_mut(yes).cold = true;
        self.open(yes);
        self.write(dst, v);
        let state = self.state_at(index, None);
        let reason = Reason::Delegated;
        self.end(End::Exit { state, reason });
        self.context.env = env;
        self.info = info;
        self.open(no);
    }
}
