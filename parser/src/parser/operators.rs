//! Unary and binary operators.

use super::{Parser, Res};
use crate::ast::{BinaryOp, Expr, ExprKind, Ident, LogicalOp, PatternKind, UnaryOp};
use crate::diagnostics::DiagnosticKind as K;
use crate::lexer::Tok;
use crate::span::Span;

/// A binary operator waiting for its right operand.
#[derive(Clone, Copy)]
pub(super) struct Pending<'a> {
    operator: Operator,
    precedence: u8,
    left: &'a Expr<'a>,
}

#[derive(Clone, Copy)]
enum Operator {
    Binary(BinaryOp),
    Logical(LogicalOp),
    /// `#name in …`
    PrivateIn(Ident),
}

/// Precedence of relational operators.
const RELATIONAL: u8 = 8;

/// Precedence of `**`, the one right-associative operator.
const EXPONENT: u8 = 12;

/// The operator and precedence of a token; zero precedence for other tokens.
#[inline]
fn binary_operator(kind: Tok) -> (Operator, u8) {
    use BinaryOp as B;
    let (op, precedence) = match kind {
        Tok::Coalesce => return (Operator::Logical(LogicalOp::Coalesce), 1),
        Tok::OrOr => return (Operator::Logical(LogicalOp::Or), 2),
        Tok::AndAnd => return (Operator::Logical(LogicalOp::And), 3),
        Tok::Or => (B::BitOr, 4),
        Tok::Xor => (B::BitXor, 5),
        Tok::And => (B::BitAnd, 6),
        Tok::Eq => (B::Equal, 7),
        Tok::Ne => (B::NotEqual, 7),
        Tok::EqEq => (B::StrictEqual, 7),
        Tok::NeEq => (B::StrictNotEqual, 7),
        Tok::Lt => (B::Less, RELATIONAL),
        Tok::Le => (B::LessEqual, RELATIONAL),
        Tok::Gt => (B::Greater, RELATIONAL),
        Tok::Ge => (B::GreaterEqual, RELATIONAL),
        Tok::In => (B::In, RELATIONAL),
        Tok::Instanceof => (B::Instanceof, RELATIONAL),
        Tok::Shl => (B::ShiftLeft, 9),
        Tok::Sar => (B::ShiftRight, 9),
        Tok::Shr => (B::ShiftRightUnsigned, 9),
        Tok::Plus => (B::Add, 10),
        Tok::Minus => (B::Sub, 10),
        Tok::Star => (B::Mul, 11),
        Tok::Slash => (B::Div, 11),
        Tok::Percent => (B::Rem, 11),
        Tok::StarStar => (B::Exp, EXPONENT),
        _ => return (Operator::Binary(B::Add), 0),
    };
    (Operator::Binary(op), precedence)
}

impl<'a> Parser<'a, '_> {
    /// Binary operators after a first operand, by an explicit operator stack.
    #[inline]
    pub(super) fn binary_rest(&mut self, left: &'a Expr<'a>) -> Res<&'a Expr<'a>> {
        let (_, precedence) = binary_operator(self.token.kind);
        if precedence == 0 {
            return Ok(left);
        }
        self.binary_operators(left)
    }

    #[inline(never)]
    fn binary_operators(&mut self, first: &'a Expr<'a>) -> Res<&'a Expr<'a>> {
        let base = self.operators.len();
        let mut operand = first;
        loop {
            let (operator, precedence) = binary_operator(self.token.kind);
            let ends = precedence == 0 || self.token.kind == Tok::In && !self.context.allow_in;
            if !ends && self.cover_error.is_some() {
                return self.fail_cover();
            }
            while self.operators.len() > base
                && let Some(pending) = self.operators.last()
                && (ends
                    || pending.precedence > precedence
                    || pending.precedence == precedence && precedence != EXPONENT)
            {
                let pending = *pending;
                self.operators.pop();
                operand = self.combine(pending, operand)?;
            }
            if ends {
                return Ok(operand);
            }
            if precedence == EXPONENT {
                self.check_exponent_base(operand)?;
                if self.operators.len() - base > self.options.max_depth as usize {
                    return self.too_deep();
                }
            }
            self.operators.push(Pending {
                operator,
                precedence,
                left: operand,
            });
            self.advance();
            operand = self.operand(base)?;
            if self.cover_error.is_some() {
                return self.fail_cover();
            }
        }
    }

    /// A right operand; may be `#name` before `in` where a relational operator can start.
    fn operand(&mut self, base: usize) -> Res<&'a Expr<'a>> {
        self.arrow_at = super::NOWHERE;
        if self.token.kind != Tok::PrivateName {
            return self.unary();
        }
        let outer = self.operators[base..]
            .last()
            .map_or(0, |pending| pending.precedence);
        self.private_in(outer)
    }

    /// `#name in`, leaving the operator pending; the right operand is what is returned.
    fn private_in(&mut self, outer_precedence: u8) -> Res<&'a Expr<'a>> {
        let span = self.token_span();
        if outer_precedence >= RELATIONAL || !self.context.allow_in || self.peek().kind != Tok::In {
            if self.class_depth == 0 && self.options.private_names.is_empty() {
                let name = self.token.name;
                return self.fail_name(K::PrivateUndeclared, span, name);
            }
            return self.unexpected();
        }
        let name = self.private_name()?;
        self.advance();
        self.operators.push(Pending {
            operator: Operator::PrivateIn(name),
            precedence: RELATIONAL,
            left: self.node(span, ExprKind::Hole),
        });
        self.arrow_at = super::NOWHERE;
        self.unary()
    }

    fn combine(&mut self, pending: Pending<'a>, right: &'a Expr<'a>) -> Res<&'a Expr<'a>> {
        let span = Span::new(pending.left.span.start, right.span.end);
        let kind = match pending.operator {
            Operator::Binary(op) => ExprKind::Binary {
                op,
                left: pending.left,
                right,
            },
            Operator::Logical(op) => {
                self.check_coalesce(op, pending.left, right)?;
                ExprKind::Logical {
                    op,
                    left: pending.left,
                    right,
                }
            }
            Operator::PrivateIn(name) => ExprKind::PrivateIn {
                name: name.name,
                reference: name.reference,
                right,
            },
        };
        Ok(self.node(span, kind))
    }

    /// `??` does not mix with `&&` and `||` without parentheses.
    fn check_coalesce(&mut self, op: LogicalOp, left: &Expr<'a>, right: &Expr<'a>) -> Res<()> {
        for operand in [left, right] {
            if let ExprKind::Logical {
                op: inner,
                left: a,
                right: b,
            } = operand.kind
                && (inner == LogicalOp::Coalesce) != (op == LogicalOp::Coalesce)
            {
                // The operator that comes second is the one that is wrong.
                let (wrong, between) = if std::ptr::eq(operand, left) {
                    (op, Span::new(left.span.end, right.span.start))
                } else {
                    (inner, Span::new(a.span.end, b.span.start))
                };
                let text = between.slice(self.lexer.source);
                let at = text
                    .windows(2)
                    .position(|pair| pair == wrong.text().as_bytes())
                    .unwrap_or(0) as u32;
                let span = Span::new(between.start + at, between.start + at + 2);
                return self.fail_with(K::UnexpectedToken, span, &[wrong.text()]);
            }
        }
        Ok(())
    }

    fn check_exponent_base(&mut self, operand: &Expr<'a>) -> Res<()> {
        if matches!(operand.kind, ExprKind::Unary { .. } | ExprKind::Await(_)) {
            return self.fail(K::UnaryBeforeExponent, operand.span);
        }
        Ok(())
    }

    /// `UnaryExpression`; an arrow function where `arrow_at` allows one.
    #[inline(never)]
    pub(super) fn unary(&mut self) -> Res<&'a Expr<'a>> {
        let op = match self.token.kind {
            Tok::Not => UnaryOp::Not,
            Tok::Minus => UnaryOp::Minus,
            Tok::Plus => UnaryOp::Plus,
            Tok::Tilde => UnaryOp::BitNot,
            Tok::Typeof => UnaryOp::Typeof,
            Tok::Void => UnaryOp::Void,
            Tok::Delete => UnaryOp::Delete,
            Tok::PlusPlus | Tok::MinusMinus => return self.prefix_update(),
            Tok::Await if self.context.awaits => return self.await_expression(),
            Tok::PrivateName if self.arrow_at == self.token.start => {
                // The first operand of a binary expression.
                let base = self.operators.len();
                let right = self.private_in(0)?;
                return self.private_in_rest(base, right);
            }
            _ => return self.postfix(),
        };
        let start = self.token.start;
        self.advance();
        self.arrow_at = super::NOWHERE;
        self.called_at = self.token.start;
        let argument = self.nested(Self::unary)?;
        if self.cover_error.is_some() {
            return self.fail_cover();
        }
        let span = self.span_from(start);
        if op == UnaryOp::Delete {
            self.check_delete(argument)?;
        }
        Ok(self.node(span, ExprKind::Unary { op, argument }))
    }

    /// Completes `#name in shift-expression` when it opens a binary expression.
    #[inline(never)]
    fn private_in_rest(&mut self, base: usize, right: &'a Expr<'a>) -> Res<&'a Expr<'a>> {
        if self.cover_error.is_some() {
            return self.fail_cover();
        }
        let Some(pending) = self.operators.pop() else {
            return self.unexpected();
        };
        debug_assert_eq!(self.operators.len(), base);
        let mut operand = right;
        // Only operators that bind tighter than `in` belong to the right operand.
        let (_, precedence) = binary_operator(self.token.kind);
        if precedence > RELATIONAL {
            operand = self.tighter(operand)?;
        }
        self.combine(pending, operand)
    }

    /// Binary operators that bind tighter than relational ones.
    fn tighter(&mut self, first: &'a Expr<'a>) -> Res<&'a Expr<'a>> {
        let base = self.operators.len();
        let mut operand = first;
        loop {
            let (operator, precedence) = binary_operator(self.token.kind);
            let ends = precedence <= RELATIONAL;
            while self.operators.len() > base
                && let Some(pending) = self.operators.last()
                && (ends
                    || pending.precedence > precedence
                    || pending.precedence == precedence && precedence != EXPONENT)
            {
                let pending = *pending;
                self.operators.pop();
                operand = self.combine(pending, operand)?;
            }
            if ends {
                return Ok(operand);
            }
            if precedence == EXPONENT {
                self.check_exponent_base(operand)?;
                if self.operators.len() - base > self.options.max_depth as usize {
                    return self.too_deep();
                }
            }
            self.operators.push(Pending {
                operator,
                precedence,
                left: operand,
            });
            self.advance();
            operand = self.operand(base)?;
        }
    }

    fn check_delete(&mut self, argument: &Expr<'a>) -> Res<()> {
        let mut target = argument.unparenthesized();
        if let ExprKind::OptionalChain(chain) = target.kind {
            target = chain.unparenthesized();
        }
        match target.kind {
            ExprKind::Ident { .. } if self.context.strict => {
                self.fail(K::StrictDelete, target.span)
            }
            ExprKind::PrivateMember(member) => self.fail(K::PrivateDelete, member.name.span),
            _ => Ok(()),
        }
    }

    #[inline(never)]
    fn prefix_update(&mut self) -> Res<&'a Expr<'a>> {
        let start = self.token.start;
        let increment = self.token.kind == Tok::PlusPlus;
        self.advance();
        self.arrow_at = super::NOWHERE;
        let argument = self.nested(Self::unary)?;
        if self.cover_error.is_some() {
            return self.fail_cover();
        }
        self.check_update_target(argument, K::InvalidPrefixTarget)?;
        Ok(self.node(
            self.span_from(start),
            ExprKind::Update {
                increment,
                prefix: true,
                argument,
            },
        ))
    }

    /// `LeftHandSideExpression` and a possible `++` or `--` after it.
    #[inline(never)]
    fn postfix(&mut self) -> Res<&'a Expr<'a>> {
        let primary = self.primary()?;
        if let ExprKind::Function(function) = primary.kind
            && function.flags.is_arrow()
        {
            return Ok(primary);
        }
        let expr = if matches!(
            self.token.kind,
            Tok::Dot | Tok::LParen | Tok::LBracket | Tok::QuestionDot | Tok::Template
        ) {
            self.suffixes(primary, true)?
        } else {
            primary
        };
        if !matches!(self.token.kind, Tok::PlusPlus | Tok::MinusMinus) || self.token.newline_before
        {
            return Ok(expr);
        }
        self.check_update_target(expr, K::InvalidPostfixTarget)?;
        let increment = self.token.kind == Tok::PlusPlus;
        self.advance();
        Ok(self.node(
            self.span_from(expr.span.start),
            ExprKind::Update {
                increment,
                prefix: false,
                argument: expr,
            },
        ))
    }

    fn check_update_target(&mut self, argument: &Expr<'a>, kind: K) -> Res<()> {
        let target = self.simple_target(argument, kind)?;
        debug_assert!(matches!(
            target.kind,
            PatternKind::Ident(_) | PatternKind::Expr(_)
        ));
        Ok(())
    }

    #[inline(never)]
    fn await_expression(&mut self) -> Res<&'a Expr<'a>> {
        let start = self.token.start;
        if self.context.in_parameters {
            return self.fail(K::AwaitInParameters, self.token_span());
        }
        self.last_await = start;
        self.function
            .flags
            .insert(crate::ast::FunctionFlags::CONTAINS_AWAIT);
        self.advance();
        self.arrow_at = super::NOWHERE;
        let argument = self.nested(Self::unary)?;
        if self.cover_error.is_some() {
            return self.fail_cover();
        }
        Ok(self.node(self.span_from(start), ExprKind::Await(argument)))
    }
}
