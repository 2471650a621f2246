//! Statements other than loops and `try`.

use super::control::{Control, ExitTarget};
use super::scope::{PlaceKind, Store};
use super::{Body, Compiler, Hint, Reg};
use crate::opcodes::Op;
use sarus_parser::ast::{
    Block, Case, Declarator, ExportDefaultKind, Expr, ExprKind, FunctionDeclaration, If,
    PatternKind, Stmt, StmtKind, Switch, VarDeclaration, VarKind, With,
};
use sarus_parser::scope::BindingKind;
use sarus_parser::{Name, Span};

/// Fewest integer cases for which a jump table is used.
const MIN_TABLE_CASES: usize = 4;

impl<'a> Compiler<'_, 'a> {
    pub(super) fn statements(&mut self, body: &'a [Stmt<'a>]) {
        for statement in body {
            self.statement(statement);
        }
    }

    /// Sets the completion value to undefined where the specification's `UpdateEmpty` does.
    pub(super) fn reset_completion(&mut self) {
        if let Some(completion) = self.f.completion {
            self.emit(Op::LoadUndefined, &[completion]);
        }
    }

    pub(super) fn statement(&mut self, statement: &'a Stmt<'a>) {
        let mark = self.f.top;
        match statement.kind {
            StmtKind::Empty | StmtKind::Import(_) | StmtKind::ExportAll(_) => {}
            StmtKind::Debugger => self.emit(Op::Debugger, &[]),
            StmtKind::Expr(expr) | StmtKind::Directive(expr) => match self.f.completion {
                Some(completion) => {
                    self.ev(expr, Some(completion));
                }
                None => self.discard(expr),
            },
            StmtKind::Var(declaration) => self.var_declaration(declaration),
            StmtKind::Function(declaration) => self.annex_b_function(declaration),
            StmtKind::Class(declaration) => {
                let place = self.ident_place(&declaration.binding);
                let value = self.class(
                    declaration.class,
                    None,
                    Hint::Name(declaration.binding.name),
                );
                self.store_place(&place, value, Store::Init, None);
            }
            StmtKind::Block(block) => self.block(block),
            StmtKind::If(statement) => self.if_statement(statement),
            StmtKind::For(statement) => self.for_statement(statement),
            StmtKind::ForIn(statement) => self.for_in_statement(statement),
            StmtKind::While { test, body } => self.while_statement(test, body),
            StmtKind::DoWhile { body, test } => self.do_while_statement(body, test),
            StmtKind::Continue(label) => self.continue_statement(label.map(|word| word.name)),
            StmtKind::Break(label) => self.break_statement(label.map(|word| word.name)),
            StmtKind::Return(Some(argument)) if self.in_tail_position() => {
                self.return_tail(argument);
            }
            StmtKind::Return(Some(argument)) if self.return_conditional(argument) => {}
            StmtKind::Return(argument) => {
                let value = match argument {
                    Some(argument) => self.ev(argument, None),
                    None => {
                        // Unlike `return undefined` it does not await in async generators.
                        let value = self.alloc();
                        self.emit(Op::LoadUndefined, &[value]);
                        self.exit(ExitTarget::Return, Some(value));
                        self.set_top(mark);
                        return;
                    }
                };
                self.at(statement.span);
                self.emit_return(value);
            }
            StmtKind::Throw(argument) => {
                let value = self.ev(argument, None);
                self.at(statement.span);
                self.emit(Op::Throw, &[value]);
            }
            StmtKind::Labeled { label, body } => self.labeled(label.name, body),
            StmtKind::With(statement) => self.with_statement(statement),
            StmtKind::Switch(statement) => self.switch(statement),
            StmtKind::Try(statement) => {
                self.reset_completion();
                self.try_statement(statement);
            }
            StmtKind::ExportNamed(export) => {
                if let Some(declaration) = &export.declaration {
                    self.statement(declaration);
                }
            }
            StmtKind::ExportDefault(export) => match export.kind {
                ExportDefaultKind::Function(_) => {}
                ExportDefaultKind::Class(class) => {
                    let place = self.ident_place(&export.binding);
                    let value = self.class(class, None, Hint::Name(Name::DEFAULT));
                    self.store_place(&place, value, Store::Init, None);
                }
                ExportDefaultKind::Expr(expr) => {
                    let place = self.ident_place(&export.binding);
                    let value = self.ev_named(expr, None, Hint::Name(Name::DEFAULT));
                    self.store_place(&place, value, Store::Init, None);
                }
            },
        }
        self.set_top(mark);
    }

    /// `return a ? b : c` returns from each branch when there is nothing to pass on the way out.
    fn return_conditional(&mut self, argument: &'a Expr<'a>) -> bool {
        if !self.f.control.is_empty() {
            return false;
        }
        let mut current = argument.unparenthesized();
        if !matches!(current.kind, ExprKind::Conditional(_)) {
            return false;
        }
        let mark = self.f.top;
        while let ExprKind::Conditional(conditional) = current.kind {
            let otherwise = self.label();
            self.branch(&conditional.test, otherwise, false);
            self.set_top(mark);
            let value = self.ev(&conditional.consequent, None);
            self.emit_return(value);
            self.set_top(mark);
            self.bind(otherwise);
            current = &conditional.alternate;
        }
        let value = self.ev(current, None);
        self.emit_return(value);
        true
    }

    pub(super) fn block(&mut self, block: &Block<'a>) {
        let Some(scope) = block.scope else {
            self.statements(block.body);
            return;
        };
        let mark = self.enter_scope(scope);
        self.hoist_functions(block.body);
        self.with_disposal(scope, |c| c.statements(block.body));
        self.exit_scope(mark);
    }

    // ------------------------------------------------------------ declarations

    pub(super) fn var_declaration(&mut self, declaration: &'a VarDeclaration<'a>) {
        for declarator in declaration.declarators {
            let mark = self.f.top;
            self.declarator(declaration.kind, declarator);
            self.set_top(mark);
        }
    }

    fn declarator(&mut self, kind: VarKind, declarator: &'a Declarator<'a>) {
        let how = if kind == VarKind::Var {
            Store::Assign
        } else {
            Store::Init
        };
        let PatternKind::Ident(ident) = declarator.pattern.kind else {
            if let Some(init) = declarator.init {
                let value = self.ev(init, None);
                self.f.destructured = Some(declarator.pattern.span.to(init.span));
                self.destructure(&declarator.pattern, value, how);
            }
            return;
        };
        let place = self.ident_place(&ident);
        let Some(init) = declarator.init else {
            if how == Store::Init {
                self.initialize_undefined(&place);
            }
            return;
        };
        let base = if how == Store::Assign {
            self.resolve_for_store(&place)
        } else {
            None
        };
        let value = match place.kind {
            // A `let` that nobody can see before its initialization may be computed in place step by step.
            PlaceKind::Reg(reg) if how == Store::Init && !self.may_be_seen_early(&place) => {
                self.mark_local(reg, false);
                self.ev_named(init, Some(reg), Hint::Name(ident.name));
                self.mark_local(reg, true);
                reg
            }
            PlaceKind::Reg(reg) if how == Store::Assign => {
                self.ev_named(init, Some(reg), Hint::Name(ident.name))
            }
            _ => self.ev_named(init, None, Hint::Name(ident.name)),
        };
        if matches!(kind, VarKind::Using | VarKind::AwaitUsing) {
            self.add_disposable(kind, value, declarator.span);
        }
        self.store_place(&place, value, how, base);
    }

    fn may_be_seen_early(&self, place: &super::scope::Place) -> bool {
        place
            .binding
            .is_none_or(|id| self.parsed.scopes.binding(id).maybe_uninitialized)
    }

    pub(super) fn add_disposable(&mut self, kind: VarKind, value: Reg, span: Span) {
        self.at(span);
        if let Some(list) = self.disposal_list() {
            let hint = u32::from(kind == VarKind::AwaitUsing);
            self.emit(Op::AddDisposable, &[list, value, hint]);
        }
    }

    fn initialize_undefined(&mut self, place: &super::scope::Place) {
        let value = match place.kind {
            PlaceKind::Reg(reg) => reg,
            _ => self.alloc(),
        };
        self.emit(Op::LoadUndefined, &[value]);
        self.store_place(place, value, Store::Init, None);
    }

    /// The binding of a hoisted function gets its first value; in scripts and sloppy evals it is a property.
    pub(super) fn store_hoisted(&mut self, place: &super::scope::Place, value: Reg) {
        let top_level = matches!(self.f.body, Body::Program);
        match place.kind {
            PlaceKind::Global if top_level => {
                let name = self.name_constant(place.name);
                let configurable = u32::from(self.program == super::Program::IndirectEval);
                self.emit(Op::InitGlobalFunction, &[value, configurable, name]);
            }
            PlaceKind::Dynamic if top_level => {
                let name = self.name_constant(place.name);
                self.emit(Op::InitEvalFunction, &[value, name]);
            }
            _ => self.store_place(place, value, Store::Init, None),
        }
    }

    /// Annex B.3.3: evaluating a function declaration in a block copies its value to the `var` of the same name.
    fn annex_b_function(&mut self, declaration: &'a FunctionDeclaration<'a>) {
        let (Some(reference), Some(ident)) = (declaration.annex_b, declaration.function.name)
        else {
            return;
        };
        let resolution = self.parsed.resolve(reference);
        if resolution.is_none() {
            return;
        }
        // Neither parameters nor the `arguments` object are replaced.
        let kept = |id| {
            let binding = self.parsed.scopes.binding(id);
            matches!(
                binding.kind,
                BindingKind::Arguments | BindingKind::Parameter
            ) || (binding.name == Name::ARGUMENTS
                && binding.annex_b
                && self.f.flags.uses_arguments())
        };
        if resolution.binding.is_some_and(kept) {
            return;
        }
        let value = self.load_ident(&ident, None);
        let mut place = self.place(reference, ident.name, ident.span);
        place.tdz = false;
        if let Some(id) = resolution.binding {
            place.kind = self.binding_place(id);
        }
        if place.kind == PlaceKind::Dynamic {
            let name = self.name_constant(ident.name);
            self.emit(Op::StoreEvalVar, &[value, name]);
        } else {
            self.store_place(&place, value, Store::Assign, None);
        }
    }

    // ------------------------------------------------------------ if, labels, with

    /// `else if` chains can be very long: a loop.
    fn if_statement(&mut self, statement: &'a If<'a>) {
        let end = self.label();
        let mut current = statement;
        loop {
            let otherwise = self.label();
            let mark = self.f.top;
            self.branch(&current.test, otherwise, false);
            self.set_top(mark);
            self.reset_completion();
            self.statement(&current.consequent);
            let Some(alternate) = &current.alternate else {
                if self.f.completion.is_some() {
                    self.jump(end);
                    self.bind(otherwise);
                    self.reset_completion();
                } else {
                    self.bind(otherwise);
                }
                break;
            };
            self.jump(end);
            self.bind(otherwise);
            if let StmtKind::If(next) = alternate.kind {
                current = next;
                continue;
            }
            self.reset_completion();
            self.statement(alternate);
            break;
        }
        self.bind(end);
    }

    fn labeled(&mut self, label: Name, body: &'a Stmt<'a>) {
        self.f.labels.push(label);
        let mut body = body;
        while let StmtKind::Labeled { label, body: inner } = body.kind {
            self.f.labels.push(label.name);
            body = inner;
        }
        let is_loop = matches!(
            body.kind,
            StmtKind::For(_)
                | StmtKind::ForIn(_)
                | StmtKind::While { .. }
                | StmtKind::DoWhile { .. }
        );
        if is_loop {
            // The loop takes the labels.
            self.statement(body);
            return;
        }
        let labels = std::mem::take(&mut self.f.labels);
        let target = self.target_here();
        self.f.control.push(Control::Target {
            labels,
            breakable: false,
            break_to: target,
            continue_to: None,
        });
        self.statement(body);
        self.f.control.pop();
        self.bind(target.label);
    }

    fn with_statement(&mut self, statement: &'a With<'a>) {
        let object = self.ev(&statement.object, None);
        let target = if self.is_local(object) {
            self.alloc()
        } else {
            object
        };
        self.at(statement.object.span);
        self.emit(Op::ToObject, &[target, object]);
        let outer = std::mem::replace(&mut self.f.scope, statement.scope);
        let constant = self.with_scope_constant(statement.scope);
        self.emit(Op::PushWith, &[target, constant]);
        self.f.level += 1;
        self.scope_levels[statement.scope.index()] = self.f.level;
        self.reset_completion();
        self.statement(&statement.body);
        self.emit(Op::PopEnv, &[]);
        self.f.level -= 1;
        self.f.scope = outer;
    }

    // ------------------------------------------------------------ switch

    fn switch(&mut self, statement: &'a Switch<'a>) {
        let labels = std::mem::take(&mut self.f.labels);
        let break_to = self.target_here();
        let outer_mark = self.f.top;
        let mut value = self.ev(&statement.discriminant, None);
        let tests = statement.cases.iter().filter_map(|case| case.test.as_ref());
        if self.is_local(value) && self.any_may_assign(tests, value) {
            let copy = self.alloc();
            self.mov(copy, value);
            value = copy;
        }
        self.reset_completion();
        let mark = self.enter_optional(statement.scope);
        for case in statement.cases {
            self.hoist_functions(case.body);
        }
        self.f.control.push(Control::Target {
            labels,
            breakable: true,
            break_to,
            continue_to: None,
        });
        match statement.scope {
            Some(scope) => self.with_disposal(scope, |c| c.cases(value, statement.cases)),
            None => self.cases(value, statement.cases),
        }
        self.f.control.pop();
        self.exit_optional(mark);
        self.bind(break_to.label);
        self.set_top(outer_mark);
    }

    fn cases(&mut self, value: Reg, cases: &'a [Case<'a>]) {
        let labels: Vec<_> = cases.iter().map(|_| self.label()).collect();
        let end = self.label();
        let default = cases
            .iter()
            .position(|case| case.test.is_none())
            .map_or(end, |index| labels[index]);
        if !self.case_table(value, cases, &labels, default) {
            for (case, &label) in cases.iter().zip(&labels) {
                let Some(test) = &case.test else { continue };
                let mark = self.f.top;
                self.at(test.span);
                if let Some(int) = self.small_int(test) {
                    self.f
                        .asm
                        .jump(Op::JumpIfStrictEqImm, &[value, int as u32], label);
                } else {
                    let test = self.ev(test, None);
                    self.f.asm.jump(Op::JumpIfStrictEq, &[value, test], label);
                }
                self.set_top(mark);
            }
        }
        self.jump(default);
        for (case, &label) in cases.iter().zip(&labels) {
            self.bind(label);
            self.statements(case.body);
        }
        self.bind(end);
    }

    /// A jump table when all cases are integers that lie close together.
    fn case_table(
        &mut self,
        value: Reg,
        cases: &'a [Case<'a>],
        labels: &[crate::asm::Label],
        default: crate::asm::Label,
    ) -> bool {
        let mut ints = Vec::with_capacity(cases.len());
        for (case, &label) in cases.iter().zip(labels) {
            let Some(test) = &case.test else { continue };
            let Some(int) = self.small_int(test) else {
                return false;
            };
            ints.push((int, label));
        }
        let (Some(low), Some(high)) = (
            ints.iter().map(|entry| entry.0).min(),
            ints.iter().map(|entry| entry.0).max(),
        ) else {
            return false;
        };
        let size = (i64::from(high) - i64::from(low) + 1) as usize;
        if ints.len() < MIN_TABLE_CASES || size > ints.len() * 4 {
            return false;
        }
        let mut targets = vec![default; size];
        for &(int, label) in ints.iter().rev() {
            // Of equal cases the first one counts.
            targets[(int - low) as usize] = label;
        }
        self.f.asm.jump_table(value, low, targets);
        true
    }

    /// The value of a literal (or negated literal) that is a 16-bit integer.
    pub(super) fn small_int(&self, expr: &Expr<'a>) -> Option<i32> {
        let value = super::number::constant(expr)?;
        let int = value as i32;
        let exact = f64::from(int).to_bits() == value.to_bits();
        (exact && i16::try_from(int).is_ok()).then_some(int)
    }

    /// Whether an expression is a plain identifier that is a variable in a register.
    pub(super) fn register_of(&self, expr: &Expr<'a>) -> Option<Reg> {
        match expr.kind {
            ExprKind::Ident { name, reference } => {
                match self.place(reference, name, expr.span).kind {
                    PlaceKind::Reg(reg) => Some(reg),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}
