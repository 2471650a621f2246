//! Expressions: the central dispatch, hazards, simple kinds.

use super::{Compiler, Hint, Reg};
use crate::code_block::Constant;
use crate::opcodes::Op;
use sarus_parser::ast::{Expr, ExprKind, ImportPhase, Pattern, PatternKind, PropertyKind, UnaryOp};

/// How many nodes [`Compiler::may_assign`] looks at before it answers "perhaps".
const HAZARD_BUDGET: u32 = 48;

impl<'a> Compiler<'_, 'a> {
    /// Evaluates an expression. With a destination the value is there afterwards (and that is the result); without one the
    /// result is any register that holds it: a variable's own, or a new temporary at the top of the register stack.
    pub(super) fn ev(&mut self, expr: &'a Expr<'a>, dst: Option<Reg>) -> Reg {
        self.ev_named(expr, dst, Hint::None)
    }

    /// As [`Self::ev`]; `hint` names an anonymous function.
    pub(super) fn ev_named(&mut self, expr: &'a Expr<'a>, dst: Option<Reg>, hint: Hint) -> Reg {
        match expr.kind {
            ExprKind::Paren(inner) => return self.ev_named(inner, dst, hint),
            ExprKind::Ident { name, reference } => {
                let place = self.place(reference, name, expr.span);
                return self.load_place(&place, dst, false);
            }
            ExprKind::This(reference) => return self.load_this(reference, expr.span, dst),
            ExprKind::NewTarget(_) => return self.load_new_target(dst),
            ExprKind::Assign { op, target, value } => {
                return self.assign(op, target, value, expr.span, dst);
            }
            ExprKind::Sequence(list) => return self.sequence(list, dst),
            ExprKind::Binary { .. } => return self.binary(expr, dst),
            ExprKind::Logical { .. } => return self.logical(expr, dst),
            ExprKind::Conditional(_) => return self.conditional(expr, dst),
            ExprKind::Unary { op, argument } => return self.unary(expr, op, argument, dst),
            ExprKind::Update {
                increment,
                prefix,
                argument,
            } => return self.update(expr.span, increment, prefix, argument, dst, true),
            ExprKind::Class(class) => {
                let value = self.class(class, dst, hint);
                return self.settle_result(value, dst);
            }
            ExprKind::Call(_)
            | ExprKind::Member { .. }
            | ExprKind::Index { .. }
            | ExprKind::PrivateMember(_)
            | ExprKind::TaggedTemplate(_) => return self.chain(expr, dst, None),
            ExprKind::OptionalChain(inner) => return self.optional_chain(inner, dst),
            _ => {}
        }
        let dst = self.dst(dst);
        let mark = self.f.top;
        self.ev_simple(expr, dst, hint);
        self.f.top = mark;
        dst
    }

    /// Kinds whose result always goes to a register of its own.
    fn ev_simple(&mut self, expr: &'a Expr<'a>, dst: Reg, hint: Hint) {
        self.at(expr.span);
        match expr.kind {
            ExprKind::Null => self.emit(Op::LoadNull, &[dst]),
            ExprKind::Bool(true) => self.emit(Op::LoadTrue, &[dst]),
            ExprKind::Bool(false) => self.emit(Op::LoadFalse, &[dst]),
            ExprKind::Number(value) => self.load_number(dst, value),
            ExprKind::String(name) => self.load_name(dst, name),
            ExprKind::BigInt(text) => {
                let text = self.js(text);
                let constant = self.f.asm.constant(Constant::BigInt(text));
                self.emit(Op::LoadConst, &[dst, constant]);
            }
            ExprKind::RegExp { pattern, flags } => {
                let (pattern, flags) = (self.js(pattern), self.js(flags));
                let constant = self.f.asm.constant(Constant::RegExp { pattern, flags });
                self.emit(Op::NewRegExp, &[dst, constant]);
            }
            ExprKind::Template(template) => self.template(template, dst),
            ExprKind::Array(elements) => self.array(elements, dst),
            ExprKind::Object(properties) => self.object(properties, dst),
            ExprKind::Function(function) => self.closure(function, dst, hint),
            ExprKind::New(new) => self.construct(new, expr.span, dst),
            ExprKind::SuperMember(member) => self.super_member(member, expr.span, dst),
            ExprKind::SuperCall(call) => self.super_call(call, expr.span, dst),
            ExprKind::Yield {
                delegate: true,
                argument: Some(argument),
            } => self.yield_delegate(argument, dst),
            ExprKind::Yield { argument, .. } => self.yield_expression(argument, dst),
            ExprKind::Await(argument) => {
                let value = self.ev(argument, None);
                self.at(expr.span);
                self.emit(Op::Await, &[dst, value]);
            }
            ExprKind::ImportCall(call) => {
                let specifier = self.ev_stable(&call.specifier, call.options.as_ref());
                let options = match &call.options {
                    Some(options) => self.ev(options, None),
                    None => {
                        let reg = self.alloc();
                        self.emit(Op::LoadUndefined, &[reg]);
                        reg
                    }
                };
                let phase = match call.phase {
                    ImportPhase::Evaluation => 0,
                    ImportPhase::Source => 1,
                    ImportPhase::Defer => 2,
                };
                self.at(expr.span);
                self.emit(Op::ImportCall, &[dst, specifier, options, phase]);
            }
            ExprKind::ImportMeta => self.emit(Op::ImportMeta, &[dst]),
            ExprKind::PrivateIn {
                name,
                reference,
                right,
            } => {
                let object = self.ev(right, None);
                let name = self.load_private_name(reference, name, expr.span);
                let point = self.operator_before(right.span.start, "in");
                self.at_point(expr.span, point.unwrap_or(expr.span.start));
                self.emit(Op::PrivateIn, &[dst, name, object]);
            }
            ExprKind::Hole => self.emit(Op::LoadHole, &[dst]),
            // Only where it is handled by those who evaluate lists.
            _ => self.emit(Op::LoadUndefined, &[dst]),
        }
    }

    /// Evaluates for side effects only.
    pub(super) fn discard(&mut self, expr: &'a Expr<'a>) {
        let mark = self.f.top;
        match expr.kind {
            ExprKind::Paren(inner) => self.discard(inner),
            ExprKind::Update {
                increment,
                prefix,
                argument,
            } => {
                self.update(expr.span, increment, prefix, argument, None, false);
            }
            ExprKind::Sequence(list) => list.iter().for_each(|item| self.discard(item)),
            ExprKind::Unary {
                op: UnaryOp::Void | UnaryOp::Not,
                argument,
            } => self.discard(argument),
            ExprKind::Logical { .. } => self.logical_discard(expr),
            ExprKind::Conditional(_) => self.conditional_discard(expr),
            ExprKind::Null | ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::String(_) => {}
            _ => {
                self.ev(expr, None);
            }
        }
        self.set_top(mark);
    }

    fn sequence(&mut self, list: &'a [Expr<'a>], dst: Option<Reg>) -> Reg {
        let Some((last, rest)) = list.split_last() else {
            let dst = self.dst(dst);
            self.emit(Op::LoadUndefined, &[dst]);
            return dst;
        };
        for item in rest {
            self.discard(item);
        }
        self.ev(last, dst)
    }

    /// Puts a value where it is wanted and frees the temporaries above it.
    pub(super) fn settle_result(&mut self, value: Reg, dst: Option<Reg>) -> Reg {
        match dst {
            Some(dst) => {
                self.mov(dst, value);
                dst
            }
            None => value,
        }
    }

    // ------------------------------------------------------------ hazards

    /// Evaluates an operand that has to keep its value while `next` is evaluated: a variable that `next` may assign is
    /// copied.
    pub(super) fn ev_stable(&mut self, expr: &'a Expr<'a>, next: Option<&'a Expr<'a>>) -> Reg {
        let reg = self.ev(expr, None);
        self.stabilize(reg, next)
    }

    /// See [`Self::ev_stable`].
    pub(super) fn stabilize(
        &mut self,
        reg: Reg,
        next: impl IntoIterator<Item = &'a Expr<'a>>,
    ) -> Reg {
        if !self.is_local(reg) || !self.any_may_assign(next, reg) {
            return reg;
        }
        let copy = self.alloc();
        self.mov(copy, reg);
        copy
    }

    /// Whether evaluating one of `exprs` may write the variable in `reg`.
    pub(super) fn any_may_assign(
        &self,
        exprs: impl IntoIterator<Item = &'a Expr<'a>>,
        reg: Reg,
    ) -> bool {
        let mut budget = HAZARD_BUDGET;
        exprs
            .into_iter()
            .any(|expr| self.may_assign(expr, reg, &mut budget))
    }

    fn may_assign(&self, expr: &Expr<'a>, reg: Reg, budget: &mut u32) -> bool {
        if *budget == 0 {
            return true;
        }
        *budget -= 1;
        let mut any = |list: &[Expr<'a>]| list.iter().any(|e| self.may_assign(e, reg, budget));
        match expr.kind {
            ExprKind::Assign { target, value, .. } => {
                self.pattern_may_assign(target, reg) || any(std::slice::from_ref(value))
            }
            ExprKind::Update { argument, .. } => {
                let argument = argument.unparenthesized();
                self.register_of(argument) == Some(reg) || any(std::slice::from_ref(argument))
            }
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Number(_)
            | ExprKind::String(_)
            | ExprKind::BigInt(_)
            | ExprKind::RegExp { .. }
            | ExprKind::Ident { .. }
            | ExprKind::This(_)
            | ExprKind::Function(_)
            | ExprKind::ImportMeta
            | ExprKind::NewTarget(_)
            | ExprKind::Hole => false,
            ExprKind::Template(template) => any(template.expressions),
            ExprKind::Array(list) | ExprKind::Sequence(list) => any(list),
            ExprKind::Object(properties) => {
                properties.iter().any(|property| match &property.kind {
                    PropertyKind::Value { value, key } => {
                        matches!(key, sarus_parser::ast::PropertyKey::Computed(_))
                            || self.may_assign(value, reg, budget)
                    }
                    PropertyKind::Shorthand(_) => false,
                    _ => true,
                })
            }
            ExprKind::Unary { argument, .. }
            | ExprKind::Await(argument)
            | ExprKind::Spread(argument)
            | ExprKind::Paren(argument)
            | ExprKind::OptionalChain(argument) => any(std::slice::from_ref(argument)),
            ExprKind::PrivateIn { right, .. } => any(std::slice::from_ref(right)),
            ExprKind::Binary { left, right, .. } | ExprKind::Logical { left, right, .. } => {
                any(std::slice::from_ref(right)) || any(std::slice::from_ref(left))
            }
            ExprKind::Conditional(c) => {
                let mut any = |e: &Expr<'a>| self.may_assign(e, reg, budget);
                any(&c.test) || any(&c.consequent) || any(&c.alternate)
            }
            ExprKind::Member { object, .. } => any(std::slice::from_ref(object)),
            ExprKind::Index { object, index, .. } => {
                any(std::slice::from_ref(index)) || any(std::slice::from_ref(object))
            }
            ExprKind::PrivateMember(member) => any(std::slice::from_ref(&member.object)),
            ExprKind::Call(call) => any(call.arguments) || any(std::slice::from_ref(&call.callee)),
            ExprKind::New(new) => any(new.arguments) || any(std::slice::from_ref(&new.callee)),
            _ => true,
        }
    }

    fn pattern_may_assign(&self, pattern: &Pattern<'a>, reg: Reg) -> bool {
        match pattern.kind {
            PatternKind::Ident(ident) => {
                self.ident_place(&ident).kind == super::scope::PlaceKind::Reg(reg)
            }
            // A member: only its parts could.
            _ => true,
        }
    }

    /// Whether an expression is a literal without side effects.
    pub(super) fn is_literal(expr: &Expr<'_>) -> bool {
        matches!(
            expr.kind,
            ExprKind::Null | ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::String(_)
        )
    }
}
