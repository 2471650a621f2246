//! Assignment, compound assignment, `++` and `--`.

use super::scope::{Place, PlaceKind, Store};
use super::{Compiler, Hint, Reg};
use crate::code_block::IcKind;
use crate::js_str::JsStr;
use crate::opcodes::Op;
use sarus_parser::ast::{AssignOp, Expr, ExprKind, LogicalOp, Pattern, PatternKind, SuperKey};
use sarus_parser::{Name, Span};

/// An evaluated assignment target.
#[derive(Clone, Copy)]
pub(super) enum Target {
    Variable {
        place: Place,
        base: Option<Reg>,
    },
    Named {
        object: Reg,
        name: Name,
        span: Span,
        point: u32,
    },
    Keyed {
        object: Reg,
        key: Reg,
        literal: bool,
        span: Span,
        point: u32,
    },
    Private {
        object: Reg,
        name: Reg,
        span: Span,
        point: u32,
    },
    SuperNamed {
        this: Reg,
        base: Reg,
        name: Name,
        span: Span,
    },
    SuperKeyed {
        this: Reg,
        base: Reg,
        key: Reg,
        span: Span,
    },
    /// An expression that cannot be assigned to: code that throws has been emitted.
    Invalid,
}

impl<'a> Compiler<'_, 'a> {
    // ------------------------------------------------------------ targets

    /// Evaluates the parts of an assignment target. `later` is evaluated while they have to keep their values.
    pub(super) fn target(&mut self, expr: &'a Expr<'a>, later: Option<&'a Expr<'a>>) -> Target {
        let expr = expr.unparenthesized();
        let span = expr.span;
        match expr.kind {
            ExprKind::Ident { name, reference } => {
                let place = self.place(reference, name, span);
                self.variable_target(place)
            }
            ExprKind::Member {
                object,
                name,
                name_start,
                ..
            } => {
                let object = self.ev_stable(object, later);
                self.named_target(object, name, span, name_start)
            }
            ExprKind::Index { object, index, .. } => {
                let object = self.ev(object, None);
                let object = self.stabilize(object, [Some(index), later].into_iter().flatten());
                if let ExprKind::String(name) = index.kind {
                    return self.named_target(object, name, span, index.span.start);
                }
                let key = self.ev_stable(index, later);
                Target::Keyed {
                    object,
                    key,
                    literal: Self::is_literal(index),
                    span,
                    point: index.span.start,
                }
            }
            ExprKind::PrivateMember(member) => {
                let object = self.ev_stable(&member.object, later);
                let ident = member.name;
                let name = self.load_private_name(ident.reference, ident.name, ident.span);
                Target::Private {
                    object,
                    name,
                    span,
                    point: ident.span.start,
                }
            }
            ExprKind::SuperMember(member) => {
                let this = self.load_this(member.this, span, None);
                match &member.key {
                    SuperKey::Name(word) if self.array_index(word.name).is_none() => {
                        let base = self.super_base(span);
                        Target::SuperNamed {
                            this,
                            base,
                            name: word.name,
                            span,
                        }
                    }
                    SuperKey::Name(word) => {
                        let key = self.alloc();
                        self.load_name(key, word.name);
                        let base = self.super_base(span);
                        Target::SuperKeyed {
                            this,
                            base,
                            key,
                            span,
                        }
                    }
                    SuperKey::Index(index) => {
                        let key = self.ev_stable(index, later);
                        let base = self.super_base(span);
                        Target::SuperKeyed {
                            this,
                            base,
                            key,
                            span,
                        }
                    }
                }
            }
            _ => {
                // A call in sloppy code: it is made, then the assignment fails.
                self.discard(expr);
                let message =
                    self.string_constant(JsStr::from("Invalid left-hand side in assignment"));
                self.at(span);
                self.emit(Op::ThrowError, &[0, message]);
                Target::Invalid
            }
        }
    }

    fn super_base(&mut self, span: Span) -> Reg {
        let base = self.alloc();
        self.at(span);
        let slot = self.slot(IcKind::Super);
        self.emit(Op::GetSuperBase, &[base, slot]);
        base
    }

    pub(super) fn variable_target(&mut self, place: Place) -> Target {
        let base = self.resolve_for_store(&place);
        Target::Variable { place, base }
    }

    fn named_target(&mut self, object: Reg, name: Name, span: Span, point: u32) -> Target {
        match self.array_index(name) {
            Some(index) => {
                let key = self.alloc();
                self.load_number(key, f64::from(index));
                Target::Keyed {
                    object,
                    key,
                    literal: true,
                    span,
                    point,
                }
            }
            None => Target::Named {
                object,
                name,
                span,
                point,
            },
        }
    }

    /// The current value of a target. The key of an element is converted once, here.
    fn load_target(&mut self, target: &mut Target, dst: Reg) {
        match target {
            Target::Variable { place, base: None } => {
                self.load_place(place, Some(dst), false);
            }
            Target::Variable {
                place,
                base: Some(base),
            } => {
                let (base, strict) = (*base, u32::from(self.f.strict));
                let name = self.name_constant(place.name);
                self.at(place.span);
                self.emit(Op::LoadResolved, &[dst, base, strict, name]);
            }
            Target::Named {
                object,
                name,
                span,
                point,
            } => {
                self.at_point(*span, *point);
                let (object, name) = (*object, *name);
                self.get_named(dst, object, name);
            }
            Target::Keyed {
                object,
                key,
                literal,
                span,
                point,
            } => {
                let slot = self.slot(IcKind::GetElem);
                self.at_point(*span, *point);
                if *literal {
                    self.emit(Op::GetElem, &[dst, *object, *key, slot]);
                    return;
                }
                if self.is_local(*key) {
                    let copy = self.alloc();
                    self.mov(copy, *key);
                    *key = copy;
                }
                self.emit(Op::GetElemRef, &[dst, *object, *key, slot]);
            }
            Target::Private {
                object,
                name,
                span,
                point,
            } => {
                let slot = self.slot(IcKind::Private);
                self.at_point(*span, *point);
                self.emit(Op::GetPrivate, &[dst, *object, *name, slot]);
            }
            Target::SuperNamed {
                this,
                base,
                name,
                span,
            } => {
                let name = self.name_constant(*name);
                self.at(*span);
                let slot = self.slot(IcKind::GetProp);
                self.emit(Op::GetSuperProp, &[dst, *base, *this, slot, name]);
            }
            Target::SuperKeyed {
                this,
                base,
                key,
                span,
            } => {
                self.at(*span);
                let converted = self.alloc();
                self.emit(Op::ToPropertyKey, &[converted, *key]);
                *key = converted;
                self.emit(Op::GetSuperElem, &[dst, *base, converted, *this]);
            }
            Target::Invalid => self.emit(Op::LoadUndefined, &[dst]),
        }
    }

    /// From here on the target is shown at the assignment operator `text` before `value`.
    fn show_at_operator(&self, target: &mut Target, text: &str, value: &Expr<'a>) {
        let Some(at) = self.operator_before(value.span.start, text) else {
            return;
        };
        match target {
            Target::Variable { place, .. } => place.span = Span::new(at, at + text.len() as u32),
            Target::Named { point, .. }
            | Target::Keyed { point, .. }
            | Target::Private { point, .. } => *point = at,
            Target::SuperNamed { span, .. } | Target::SuperKeyed { span, .. } => {
                *span = Span::new(at, at + text.len() as u32);
            }
            Target::Invalid => {}
        }
    }

    /// Assigns to a target.
    pub(super) fn store_target(&mut self, target: &Target, src: Reg, how: Store) {
        let strict = self.f.strict;
        match *target {
            Target::Variable { ref place, base } => self.store_place(place, src, how, base),
            Target::Named {
                object,
                name,
                span,
                point,
            } => {
                self.at_point(span, point);
                let op = if strict {
                    Op::SetProp
                } else {
                    Op::SetPropSloppy
                };
                let name = self.name_constant(name);
                let slot = self.slot(IcKind::SetProp);
                self.emit(op, &[object, src, slot, name]);
            }
            Target::Keyed {
                object,
                key,
                span,
                point,
                ..
            } => {
                self.at_point(span, point);
                let op = if strict {
                    Op::SetElem
                } else {
                    Op::SetElemSloppy
                };
                let slot = self.slot(IcKind::SetElem);
                self.emit(op, &[object, key, src, slot]);
            }
            Target::Private {
                object,
                name,
                span,
                point,
            } => {
                self.at_point(span, point);
                let slot = self.slot(IcKind::Private);
                self.emit(Op::SetPrivate, &[object, name, src, slot]);
            }
            Target::SuperNamed {
                this,
                base,
                name,
                span,
            } => {
                self.at(span);
                let name = self.name_constant(name);
                self.emit(
                    Op::SetSuperProp,
                    &[base, this, src, u32::from(strict), name],
                );
            }
            Target::SuperKeyed {
                this,
                base,
                key,
                span,
            } => {
                self.at(span);
                self.emit(Op::SetSuperElem, &[base, key, src, this, u32::from(strict)]);
            }
            Target::Invalid => {}
        }
    }

    // ------------------------------------------------------------ assignment

    /// A destination for the value of an assignment: a variable may only be written when all else has succeeded.
    fn value_dst(&self, dst: Option<Reg>) -> Option<Reg> {
        dst.filter(|&reg| !self.is_local(reg))
    }

    pub(super) fn assign(
        &mut self,
        op: AssignOp,
        target: &'a Pattern<'a>,
        value: &'a Expr<'a>,
        span: Span,
        dst: Option<Reg>,
    ) -> Reg {
        // Reserved first, so that a result without destination is the lowest temporary.
        let result = match (dst, target.kind) {
            (None, PatternKind::Ident(ident)) => {
                let place = self.ident_place(&ident);
                match self.direct_place(&place, Store::Assign) {
                    Some(_) => None,
                    None => Some(self.alloc()),
                }
            }
            (None, _) => Some(self.alloc()),
            (Some(dst), _) => self.value_dst(Some(dst)),
        };
        let mark = self.f.top;
        let value = if op.logical().is_some() {
            self.logical_assign(op, target, value, result)
        } else if op.binary().is_some() {
            self.compound_assign(op, target, value, span, result)
        } else {
            self.plain_assign(target, value, result)
        };
        match dst {
            Some(dst) => {
                self.mov(dst, value);
                self.f.top = mark;
                dst
            }
            None => {
                // The value may lie in a temporary above the reserved one; locals stay where they are.
                let value = match result {
                    Some(result) if !self.is_local(value) => {
                        self.mov(result, value);
                        result
                    }
                    _ => value,
                };
                self.f.top = mark;
                value
            }
        }
    }

    fn plain_assign(
        &mut self,
        pattern: &'a Pattern<'a>,
        value: &'a Expr<'a>,
        dst: Option<Reg>,
    ) -> Reg {
        match pattern.kind {
            PatternKind::Ident(ident) => {
                let hint = if ident.span == pattern.span {
                    Hint::Name(ident.name)
                } else {
                    Hint::None
                };
                let place = self.ident_place(&ident);
                if let Some(reg) = self.direct_place(&place, Store::Assign) {
                    return self.ev_named(value, Some(reg), hint);
                }
                let mut place = place;
                if self.f.strict
                    && place.kind == PlaceKind::Global
                    && place.binding.is_none()
                    && !Self::is_inert(value)
                {
                    // Whether the name can be resolved is decided before the value is evaluated, which may create the global.
                    place.kind = PlaceKind::Dynamic;
                }
                let base = self.resolve_for_store(&place);
                if let Some(at) = self.operator_before(value.span.start, "=") {
                    place.span = Span::new(at, at + 1);
                }
                let value = self.ev_named(value, dst, hint);
                self.store_place(&place, value, Store::Assign, base);
                value
            }
            PatternKind::Expr(expr) => {
                let mut target = self.target(expr, Some(value));
                self.show_at_operator(&mut target, "=", value);
                let literal = matches!(value.kind, ExprKind::Ident { .. } | ExprKind::This(_));
                // A variable's own register serves as the value.
                let value = self.ev(value, if literal { None } else { dst });
                self.store_target(&target, value, Store::Assign);
                value
            }
            _ => {
                let whole = pattern.span.to(value.span);
                let value = self.ev(value, None);
                self.f.destructured = Some(whole);
                self.destructure(pattern, value, Store::Assign);
                value
            }
        }
    }

    /// Whether evaluating an expression cannot run any code of the program (but a getter on the global object).
    fn is_inert(expr: &Expr<'a>) -> bool {
        Self::is_literal(expr)
            || matches!(
                expr.unparenthesized().kind,
                ExprKind::Ident { .. } | ExprKind::This(_) | ExprKind::Function(_)
            )
    }

    fn pattern_target(&mut self, pattern: &'a Pattern<'a>, later: &'a Expr<'a>) -> Target {
        match pattern.kind {
            PatternKind::Ident(ident) => {
                let place = self.ident_place(&ident);
                self.variable_target(place)
            }
            PatternKind::Expr(expr) => self.target(expr, Some(later)),
            _ => Target::Invalid,
        }
    }

    fn compound_assign(
        &mut self,
        op: AssignOp,
        pattern: &'a Pattern<'a>,
        value: &'a Expr<'a>,
        span: Span,
        dst: Option<Reg>,
    ) -> Reg {
        let Some(op) = op.binary() else {
            return self.dst(dst);
        };
        let mut target = self.pattern_target(pattern, value);
        if let Target::Variable { place, base: None } = target
            && let Some(reg) = self.direct_place(&place, Store::Assign)
        {
            let left = self.stabilize(reg, Some(value));
            self.apply(op, reg, left, value, span);
            return reg;
        }
        let result = self.dst(dst);
        self.load_target(&mut target, result);
        self.apply(op, result, result, value, span);
        self.show_at_operator(&mut target, &format!("{}=", op.text()), value);
        self.store_target(&target, result, Store::Assign);
        result
    }

    fn logical_assign(
        &mut self,
        op: AssignOp,
        pattern: &'a Pattern<'a>,
        value: &'a Expr<'a>,
        dst: Option<Reg>,
    ) -> Reg {
        let hint = match pattern.kind {
            PatternKind::Ident(ident) if ident.span == pattern.span => Hint::Name(ident.name),
            _ => Hint::None,
        };
        let assignment = op;
        let jump = match op.logical() {
            Some(LogicalOp::And) => Op::JumpIfFalse,
            Some(LogicalOp::Or) => Op::JumpIfTrue,
            _ => Op::JumpIfNotNullish,
        };
        let mut target = self.pattern_target(pattern, value);
        let end = self.label();
        if let Target::Variable { place, base: None } = target
            && let Some(reg) = self.direct_place(&place, Store::Assign)
        {
            self.f.asm.jump(jump, &[reg], end);
            self.ev_named(value, Some(reg), hint);
            self.bind(end);
            return reg;
        }
        let result = self.dst(dst);
        self.load_target(&mut target, result);
        self.f.asm.jump(jump, &[result], end);
        self.ev_named(value, Some(result), hint);
        self.show_at_operator(&mut target, assignment.text(), value);
        self.store_target(&target, result, Store::Assign);
        self.bind(end);
        result
    }

    // ------------------------------------------------------------ ++ and --

    /// `want`: the value of the expression is used.
    pub(super) fn update(
        &mut self,
        span: Span,
        increment: bool,
        prefix: bool,
        argument: &'a Expr<'a>,
        dst: Option<Reg>,
        want: bool,
    ) -> Reg {
        let op = if increment { Op::Inc } else { Op::Dec };
        // `a++` is shown at the operator, `++a` at the variable.
        let shown = (!prefix).then(|| Span::new(span.end.saturating_sub(2), span.end));
        let argument = argument.unparenthesized();
        let prefix = prefix || !want;
        if let ExprKind::Ident { name, reference } = argument.kind {
            let place = self.place(reference, name, argument.span);
            if let Some(reg) = self.direct_place(&place, Store::Assign) {
                return self.update_register(span, op, prefix, reg, dst);
            }
        }
        let result = self.dst(dst);
        let mark = self.f.top;
        let old = self.scratch_for(result);
        let mut target = self.target(argument, None);
        self.load_target(&mut target, old);
        if let (Some(shown), Target::Variable { place, .. }) = (shown, &mut target) {
            place.span = shown;
        }
        self.at(span);
        if prefix {
            self.emit(op, &[old, old]);
            self.store_target(&target, old, Store::Assign);
        } else {
            let new = self.alloc();
            self.emit(Op::ToNumeric, &[old, old]);
            self.emit(op, &[new, old]);
            self.store_target(&target, new, Store::Assign);
        }
        self.mov(result, old);
        self.f.top = mark;
        result
    }

    fn update_register(
        &mut self,
        span: Span,
        op: Op,
        prefix: bool,
        reg: Reg,
        dst: Option<Reg>,
    ) -> Reg {
        self.at(span);
        if prefix {
            self.emit(op, &[reg, reg]);
            return self.settle_result(reg, dst);
        }
        let result = self.dst(dst);
        let mark = self.f.top;
        let old = self.scratch_for(result);
        self.emit(Op::ToNumeric, &[old, reg]);
        self.emit(op, &[reg, old]);
        self.mov(result, old);
        self.f.top = mark;
        result
    }
}
