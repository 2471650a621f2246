//! Loops.
//!
//! The test stands at the bottom, so an iteration has one branch; back edges are `Loop…` instructions.

use super::control::{Control, JumpTarget};
use super::scope::{Place, PlaceKind, ScopeMark, Store};
use super::{Compiler, Hint, Reg};
use crate::asm::Label;
use crate::code_block::IcKind;
use crate::opcodes::Op;
use sarus_parser::ast::{
    Expr, ExprKind, For, ForIn, ForInKind, ForInit, ForTarget, Pattern, PatternKind, Stmt, VarKind,
};
use sarus_parser::scope::BindingKind;
use sarus_parser::{Name, ScopeId};

impl<'a> Compiler<'_, 'a> {
    fn take_labels(&mut self) -> Vec<Name> {
        std::mem::take(&mut self.f.labels)
    }

    /// Compiles a loop body; `break` goes to `break_to`, `continue` to the label that is bound right after the body.
    fn loop_body(&mut self, labels: Vec<Name>, break_to: JumpTarget, body: &'a Stmt<'a>) {
        let continue_to = self.target_here();
        self.f.control.push(Control::Target {
            labels,
            breakable: true,
            break_to,
            continue_to: Some(continue_to),
        });
        self.statement(body);
        self.f.control.pop();
        self.bind(continue_to.label);
    }

    fn loop_header(&mut self) -> Label {
        let top = self.label();
        let live = self.f.top;
        self.f.asm.bind_loop(top, live);
        top
    }

    pub(super) fn while_statement(&mut self, test: &'a Expr<'a>, body: &'a Stmt<'a>) {
        let labels = self.take_labels();
        self.reset_completion();
        let break_to = self.target_here();
        let forever = is_true(test);
        let live = self.f.top;
        if forever {
            let top = self.loop_header();
            self.loop_body(labels, break_to, body);
            self.jump(top);
        } else {
            let (top, test_label) = (self.label(), self.label());
            self.f.asm.enter_loop_at_test(top, test_label, live);
            self.loop_body(labels, break_to, body);
            self.bind(test_label);
            self.branch(test, top, true);
            self.f.top = live;
        }
        self.bind(break_to.label);
    }

    pub(super) fn do_while_statement(&mut self, body: &'a Stmt<'a>, test: &'a Expr<'a>) {
        let labels = self.take_labels();
        self.reset_completion();
        let break_to = self.target_here();
        let top = self.loop_header();
        self.loop_body(labels, break_to, body);
        let mark = self.f.top;
        self.branch(test, top, true);
        self.f.top = mark;
        self.bind(break_to.label);
    }

    pub(super) fn for_statement(&mut self, statement: &'a For<'a>) {
        let labels = self.take_labels();
        self.reset_completion();
        let mark = self.enter_optional(statement.scope);
        let run = |c: &mut Self| c.for_parts(statement, labels);
        match statement.scope {
            Some(scope) => self.with_disposal(scope, run),
            None => run(self),
        }
        self.exit_optional(mark);
    }

    fn for_parts(&mut self, statement: &'a For<'a>, labels: Vec<Name>) {
        match statement.init {
            Some(ForInit::Var(declaration)) => self.var_declaration(declaration),
            Some(ForInit::Expr(ref expr)) => self.discard(expr),
            None => {}
        }
        // `break` leaves through the end of the head's scope, which may have an environment or resources.
        let break_to = self.target_here();
        let per_iteration = statement
            .scope
            .is_some_and(|scope| self.needs_env(scope) && self.has_let(scope));
        if per_iteration {
            self.emit(Op::CloneEnv, &[]);
        }
        let test = statement.test.as_ref().filter(|test| !is_true(test));
        let (top, test_label) = (self.label(), self.label());
        let live = self.f.top;
        if test.is_some() {
            self.f.asm.enter_loop_at_test(top, test_label, live);
        } else {
            self.f.asm.bind_loop(top, live);
        }
        self.loop_body(labels, break_to, &statement.body);
        if per_iteration {
            self.emit(Op::CloneEnv, &[]);
        }
        if let Some(update) = &statement.update {
            self.discard(update);
        }
        match test {
            Some(test) => {
                self.bind(test_label);
                self.branch(test, top, true);
                self.f.top = live;
            }
            None => self.jump(top),
        }
        self.bind(break_to.label);
    }

    fn has_let(&self, scope: ScopeId) -> bool {
        self.parsed
            .scopes
            .bindings_of(scope)
            .any(|(_, binding)| binding.kind == BindingKind::Let)
    }

    // ------------------------------------------------------------ for-in, for-of

    pub(super) fn for_in_statement(&mut self, statement: &'a ForIn<'a>) {
        let labels = self.take_labels();
        let mark = self.f.top;
        if let ForTarget::Declaration {
            pattern,
            init: Some(init),
            ..
        } = &statement.target
            && let PatternKind::Ident(ident) = pattern.kind
        {
            let place = self.ident_place(&ident);
            let base = self.resolve_for_store(&place);
            let value = self.ev_named(init, None, Hint::Name(ident.name));
            self.store_place(&place, value, Store::Assign, base);
            self.set_top(mark);
        }
        self.reset_completion();
        let break_to = self.target_here();
        let base = self.alloc_local();
        for _ in 0..3 {
            self.alloc_local();
        }
        self.for_in_head(statement, base);
        match statement.kind {
            ForInKind::In => self.for_in_loop(statement, base, labels, break_to),
            kind => {
                let env = self.save_env();
                let is_async = kind == ForInKind::AwaitOf;
                self.with_iterator(base, is_async, env, |c| {
                    c.for_of_loop(statement, base, labels, break_to);
                });
            }
        }
        self.bind(break_to.label);
        self.set_top(mark);
    }

    /// Evaluates the right side, with the head's bindings uninitialized around it, and starts the iteration.
    fn for_in_head(&mut self, statement: &'a ForIn<'a>, base: Reg) {
        let scope = statement.scope.filter(|&scope| self.head_is_visible(scope));
        let mark = scope.map(|scope| self.enter_scope(scope));
        let value = self.ev(&statement.right, None);
        self.at_point(statement.right.span, Self::shown_point(&statement.right));
        let op = match statement.kind {
            ForInKind::In => Op::ForInPrepare,
            ForInKind::Of => Op::GetIterator,
            ForInKind::AwaitOf => Op::GetAsyncIterator,
        };
        if op == Op::ForInPrepare {
            self.emit(op, &[value, base]);
        } else {
            let slot = self.slot(IcKind::Iterator);
            self.emit(op, &[value, base, slot]);
        }
        if let Some(mark) = mark {
            self.exit_scope(mark);
        }
        self.f.top = base + 4;
    }

    /// Whether anything can see the head's bindings before an iteration: they may be uninitialized when used.
    fn head_is_visible(&self, scope: ScopeId) -> bool {
        self.parsed
            .scopes
            .bindings_of(scope)
            .any(|(_, binding)| binding.maybe_uninitialized)
    }

    fn for_in_loop(
        &mut self,
        statement: &'a ForIn<'a>,
        base: Reg,
        labels: Vec<Name>,
        break_to: JumpTarget,
    ) {
        let end = self.label();
        let top = self.loop_header();
        let early = self.enter_early(statement);
        let (key, direct) = self.iteration_value(statement, base + 3, early.is_some());
        self.at(statement.right.span);
        self.f.asm.jump(Op::ForInNext, &[key, base], end);
        self.iteration(statement, key, direct, early, labels, break_to);
        self.jump(top);
        self.bind(end);
    }

    fn for_of_loop(
        &mut self,
        statement: &'a ForIn<'a>,
        base: Reg,
        labels: Vec<Name>,
        break_to: JumpTarget,
    ) {
        let end = self.label();
        let top = self.loop_header();
        let early = self.enter_early(statement);
        let (value, direct) = self.iteration_value(statement, base + 3, early.is_some());
        let point = match &statement.target {
            ForTarget::Declaration { pattern, .. } => pattern.span.start,
            ForTarget::Pattern(pattern) => pattern.span.start,
        };
        self.at_point(statement.right.span, point);
        if statement.kind == ForInKind::AwaitOf {
            let result = base + 3;
            self.emit(Op::IteratorCallNext, &[result, base]);
            self.await_next(result, base);
            self.f
                .asm
                .jump(Op::IteratorUnwrap, &[value, result, base], end);
        } else {
            let slot = self.slot(IcKind::Iterator);
            self.f.asm.jump(Op::IteratorStep, &[value, base, slot], end);
        }
        self.iteration(statement, value, direct, early, labels, break_to);
        self.jump(top);
        self.bind(end);
    }

    /// Enters the head's scope before the step when that is only a matter of registers, so that the step can write the variable.
    fn enter_early(&mut self, statement: &'a ForIn<'a>) -> Option<ScopeMark> {
        let scope = statement.scope?;
        let info = self.parsed.scopes.scope(scope);
        (!info.has_using && !self.needs_env(scope)).then(|| self.enter_scope(scope))
    }

    /// Awaits the result of `next`. If the promise is rejected the iterator is not closed.
    fn await_next(&mut self, result: Reg, base: Reg) {
        let iterator = self.alloc();
        self.mov(iterator, base);
        self.emit(Op::LoadUndefined, &[base]);
        self.emit(Op::Await, &[result, result]);
        self.mov(base, iterator);
        self.f.top = iterator;
    }

    /// The register an iteration's value goes to: the loop variable itself if that is a register without checks.
    fn iteration_value(
        &mut self,
        statement: &'a ForIn<'a>,
        spare: Reg,
        entered: bool,
    ) -> (Reg, bool) {
        let (pattern, how) = match &statement.target {
            ForTarget::Declaration { kind, pattern, .. } => (pattern, declare_how(*kind)),
            ForTarget::Pattern(pattern) => (pattern, Store::Assign),
        };
        // A declared variable has its register only when its scope has been entered.
        if how == Store::Init && !entered {
            return (spare, false);
        }
        match self.direct_target(pattern, how) {
            Some(reg) => (reg, true),
            None => (spare, false),
        }
    }

    /// One iteration: scope, binding, body.
    fn iteration(
        &mut self,
        statement: &'a ForIn<'a>,
        value: Reg,
        direct: bool,
        early: Option<ScopeMark>,
        labels: Vec<Name>,
        break_to: JumpTarget,
    ) {
        let continue_to = self.target_here();
        self.f.control.push(Control::Target {
            labels,
            breakable: true,
            break_to,
            continue_to: Some(continue_to),
        });
        let mark = match early {
            Some(mark) => Some(mark),
            None => self.enter_optional(statement.scope),
        };
        let run = |c: &mut Self| {
            if !direct {
                c.bind_iteration(statement, value);
            }
            c.statement(&statement.body);
        };
        match statement.scope {
            Some(scope) => self.with_disposal(scope, run),
            None => run(self),
        }
        self.exit_optional(mark);
        self.f.control.pop();
        self.bind(continue_to.label);
    }

    fn bind_iteration(&mut self, statement: &'a ForIn<'a>, value: Reg) {
        match &statement.target {
            ForTarget::Declaration { kind, pattern, .. } => {
                if matches!(kind, VarKind::Using | VarKind::AwaitUsing) {
                    self.add_disposable(*kind, value, pattern.span);
                }
                self.bind_pattern(pattern, value, declare_how(*kind));
            }
            ForTarget::Pattern(pattern) => self.bind_pattern(pattern, value, Store::Assign),
        }
    }

    fn bind_pattern(&mut self, pattern: &'a Pattern<'a>, value: Reg, how: Store) {
        let mark = self.f.top;
        self.destructure(pattern, value, how);
        self.f.top = mark;
    }

    /// The register of a pattern that is a variable which can be written without any check.
    pub(super) fn direct_target(&self, pattern: &Pattern<'a>, how: Store) -> Option<Reg> {
        let PatternKind::Ident(ident) = pattern.kind else {
            return None;
        };
        let place = self.ident_place(&ident);
        self.direct_place(&place, how)
    }

    /// The register of a variable that can be written without any check.
    pub(super) fn direct_place(&self, place: &Place, how: Store) -> Option<Reg> {
        let PlaceKind::Reg(reg) = place.kind else {
            return None;
        };
        if how == Store::Init {
            return Some(reg);
        }
        let immutable = place
            .binding
            .is_some_and(|id| self.binding_kind(id).is_immutable());
        (!place.tdz && !immutable).then_some(reg)
    }
}

fn declare_how(kind: VarKind) -> Store {
    if kind == VarKind::Var {
        Store::Assign
    } else {
        Store::Init
    }
}

/// Whether a test is the literal `true` or a number that counts as true.
fn is_true(test: &Expr<'_>) -> bool {
    match test.unparenthesized().kind {
        ExprKind::Bool(value) => value,
        ExprKind::Number(value) => value != 0.0 && !value.is_nan(),
        _ => false,
    }
}
