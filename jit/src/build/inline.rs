//! Inlining: building a callee's body in place of a call.

use super::analysis::Analysis;
use super::call::CallSite;
use super::merge::Edge;
use super::{Builder, Context};
use crate::Decline;
use crate::graph::*;
use crate::layout::frame;
use crate::snapshot::{FunctionSnapshot, Inlining, PropertyCase, PropertyKind, Reason};
use sarus_bytecode::Op;
use sarus_bytecode::decode::Instruction;
use std::rc::Rc;

/// Deepest nesting of inlined frames.
const MAX_DEPTH: u32 = 5;
/// Largest callee, in instructions.
const MAX_CALLEE: usize = 120;
/// Callees up to this size are inlined even when the budget is spent.
const TINY: usize = 12;
/// Inlined instructions beyond which only tiny callees are inlined, in hot code,
const BUDGET: u32 = 200;
/// and small ones,
const SMALL_BUDGET: u32 = 300;
/// which have at most so many instructions.
const SMALL: usize = 30;
/// Instructions of the whole graph beyond which only tiny callees are inlined, in hot code,
const MOST: u32 = 600;
/// and in warm code.
const LITTLE: u32 = 60;

impl Builder<'_> {
    /// Whether calls of that function are to be replaced by its body.
    pub(super) fn may_inline(&mut self, index: usize, argc: usize) -> bool {
        let f = &self.snapshot.functions[index];
        if self.snapshot.options.inline == Inlining::Nothing
            || !f.same_realm
            || f.code.flags.needs_actuals && !self.can_list(argc)
            || f.code.flags.has_direct_eval
            || f.code.param_count > 16
            || self.context.depth >= MAX_DEPTH
            || self.is_active(index) && !self.is_wrapper(index)
        {
            return false;
        }
        let Some(analysis) = self.analysis_of(index) else {
            return false;
        };
        let size = analysis.list.len();
        if size <= TINY {
            return true;
        }
        let inlined = self.graph.instructions - self.own_instructions;
        let most = if size <= SMALL { SMALL_BUDGET } else { BUDGET };
        let budget = inlined < most && self.graph.instructions < MOST;
        if !(f.warm && budget && size <= MAX_CALLEE) {
            return false;
        }
        // Bodies of builtins are what calls back, which is known only where they are inlined.
        let builtin = |f: &FunctionSnapshot| f.code.source.builtin;
        let waits = self.snapshot.options.inline == Inlining::Little
            && self.graph.instructions >= LITTLE
            && !builtin(f)
            && !builtin(self.function());
        self.graph.wants_inlining |= waits;
        !waits
    }

    fn is_active(&self, index: usize) -> bool {
        let mut at = Some(self.context.frame);
        while let Some(id) = at {
            let f = &self.graph.frames[id.index()];
            // Bodies of builtins differ by what they call.
            if f.function == index && !self.snapshot.functions[index].code.source.builtin {
                return true;
            }
            at = f.caller.map(|(id, _)| id);
        }
        false
    }

    /// Whether a function is small and passes its arguments on, as what constructors of class helpers have in common: one
    /// inside another is no recursion worth the name.
    fn is_wrapper(&mut self, index: usize) -> bool {
        let flags = &self.snapshot.functions[index].code.flags;
        flags.needs_actuals
            && self.analysis_of(index).is_some_and(|a| {
                let makes = |at: &Instruction| at.op == Op::CreateMappedArguments;
                a.list.len() <= TINY && a.list.iter().any(makes)
            })
    }

    fn analysis_of(&mut self, index: usize) -> Option<Rc<Analysis>> {
        if let Some(a) = self.analyses.get(&index) {
            return Some(a.clone());
        }
        let a = Rc::new(Analysis::new(&self.snapshot.functions[index].code, None, |_| false).ok()?);
        // What has no helper cannot be inlined either.
        let unknown = a.list.iter().any(|at| !self.is_known(at.op));
        if unknown {
            return None;
        }
        self.analyses.insert(index, a.clone());
        Some(a)
    }

    /// Builds the body of `index` for a call whose callee was checked; the result, or `None` if it never returns.
    pub(super) fn inline_call(
        &mut self,
        site: &CallSite,
        index: usize,
        constructed: Option<NodeId>,
    ) -> Result<Option<NodeId>, Decline> {
        let flags = if constructed.is_some() {
            frame::FLAG_CONSTRUCT
        } else {
            0
        };
        let info = site.args.len() as u64 | u64::from(site.dst) << frame::DST_SHIFT | flags;
        self.inline(site, index, constructed, info)
    }

    fn inline(
        &mut self,
        site: &CallSite,
        index: usize,
        constructed: Option<NodeId>,
        info: u64,
    ) -> Result<Option<NodeId>, Decline> {
        let new_target = self.new_target.take();
        let actuals = self.actuals.take();
        let Some(analysis) = self.analysis_of(index) else {
            return Err(Decline::Instruction("inlined"));
        };
        let callee = &self.snapshot.functions[index];
        let closure = self.tagged(site.callee);
        let offsets = self.snapshot.layout.offsets.clone();
        let env = self.emit(
            NodeOp::Load(Mem::Ptr, offsets.function_env, Loc::Immutable),
            &[closure],
        );
        let (this, new_target) = if callee.code.flags.arrow {
            (
                self.emit(
                    NodeOp::Load(Mem::Value, offsets.arrow_this, Loc::Immutable),
                    &[closure],
                ),
                self.emit(
                    NodeOp::Load(Mem::Value, offsets.arrow_new_target, Loc::Immutable),
                    &[closure],
                ),
            )
        } else {
            let target = if let Some(target) = new_target {
                target
            } else if constructed.is_some() {
                closure
            } else {
                self.undefined()
            };
            (site.this, target)
        };
        let index_here = self.context.index;
        let at = self.at();
        let next = self.instruction().next();
        // The state of this frame while it waits: what lives after the call, without its result.
        let parent = self.state_at(index_here + 1, Some(site.dst));
        let state = &mut self.graph.states[parent.index()];
        state.pc = at.pc;
        // A register that only a step which ends its loop leaves alone looks as if it lived, but the window and what follows is the
        // callee's now.
        state.registers.retain(|(r, _)| *r < site.window);
        let base = self.context.base + site.window;
        self.graph.frames.push(Frame {
            function: index,
            base,
            caller: Some((self.context.frame, at.pc)),
            return_pc: next,
            info,
        });
        self.graph.stack_words = self
            .graph
            .stack_words
            .max(base + callee.code.register_count);
        let id = FrameId(self.graph.frames.len() as u32 - 1);
        let mut context = Context::new(
            index,
            id,
            base,
            analysis.clone(),
            callee.code.register_count,
        );
        context.parent_state = Some(parent);
        context.depth = self.context.depth + 1;
        context.constructed = constructed;
        let fixed = [
            (frame::CALLEE, closure),
            (frame::NEW_TARGET, new_target),
            (frame::ENV, env),
            (frame::THIS, this),
        ];
        for (r, v) in fixed {
            context.env[r as usize] = Some(v);
        }
        for i in 0..callee.code.param_count {
            let v = self.argument(site, i as usize);
            context.env[(frame::ARGS + i) as usize] = Some(v);
        }
        if callee.code.flags.needs_actuals {
            let list = actuals.or_else(|| {
                context.actuals = Some(site.args.clone());
                self.new_actuals(&site.args)
            });
            context.env[callee.code.actuals_reg as usize] = list;
        }
        let outer = std::mem::replace(&mut self.context, context);
        self.state = None;
        let first = analysis.block_of.first().copied().unwrap_or(0);
        self.goto(first);
        let result = self.run();
        let inner = std::mem::replace(&mut self.context, outer);
        result?;
        let returns: Vec<Edge> = inner.returns;
        let value = self.meet(returns);
        self.state = None;
        self.catch_inlined(inner.throws);
        Ok(value)
    }

    /// A property store whose only case is a setter that can be inlined; false for the general way.
    pub(super) fn inline_setter(
        &mut self,
        object: NodeId,
        v: NodeId,
        cases: &[PropertyCase],
    ) -> Result<bool, Decline> {
        let [case] = cases else { return Ok(false) };
        let (PropertyKind::AccessorProto, Some(index)) = (case.kind, case.accessor) else {
            return Ok(false);
        };
        let surprised = [
            Reason::WrongShape,
            Reason::NotObject,
            Reason::InvalidChain,
            Reason::WrongCallee,
        ];
        let callee = &self.snapshot.functions[index];
        if callee.code.flags.arrow
            || surprised.iter().any(|r| self.has_exited(*r))
            || !self.may_inline(index, 1)
        {
            return Ok(false);
        }
        let window = self.function().code.register_count;
        let receiver = self.cell(object, Reason::NotObject);
        self.check_shapes(receiver, &[case.shape]);
        self.check_chain(case);
        let set = self.snapshot.layout.offsets.accessor_set;
        let setter = self.accessor_function(case, set, callee.code_cell);
        let site = CallSite {
            // As in the interpreter: a word of the header that nobody reads when the result arrives.
            dst: frame::SAVED_PC,
            window,
            callee: setter,
            this: receiver,
            args: vec![v],
        };
        let info = 1 | u64::from(site.dst) << frame::DST_SHIFT;
        self.inline(&site, index, None, info)?;
        Ok(true)
    }

    /// The getter or setter (at a byte offset in the pair) that a case finds, which has that code.
    fn accessor_function(&mut self, case: &PropertyCase, offset: i32, code: u64) -> NodeId {
        if case.constant {
            self.graph.cells.extend([case.accessor_value, code]);
            return self.emit(NodeOp::Const(case.accessor_value), &[]);
        }
        let pair = self.cell_address(case.cell);
        let pair = self.emit(NodeOp::Load(Mem::Ptr, case.offset, Loc::Proto), &[pair]);
        let function = self.emit(NodeOp::Load(Mem::Value, offset, Loc::Proto), &[pair]);
        self.graph.cells.push(code);
        self.check(NodeOp::CheckCode(code), &[function], Reason::WrongCallee);
        function
    }

    /// A property load whose only case is a getter that can be inlined, with that `this`.
    pub(super) fn inline_getter(
        &mut self,
        object: NodeId,
        this: NodeId,
        cases: &[PropertyCase],
        dst: u32,
    ) -> Result<Option<NodeId>, Decline> {
        let [case] = cases else { return Ok(None) };
        let (PropertyKind::AccessorProto, Some(index)) = (case.kind, case.accessor) else {
            return Ok(None);
        };
        let code = self.function().code.clone();
        // The getter's frame lies above everything of this one.
        let window = code.register_count;
        let callee = &self.snapshot.functions[index];
        if !self.may_inline(index, 0) || callee.code.flags.arrow || callee.code.param_count > 0 {
            return Ok(None);
        }
        let v = self.cell(object, Reason::NotObject);
        self.check_shapes(v, &[case.shape]);
        self.check_chain(case);
        let get = self.snapshot.layout.offsets.accessor_get;
        let getter = self.accessor_function(case, get, callee.code_cell);
        let site = CallSite {
            dst,
            window,
            callee: getter,
            this,
            args: Vec::new(),
        };
        let info = u64::from(dst) << frame::DST_SHIFT;
        self.inline(&site, index, None, info)
    }
}
