//! Operators and conditional jumps.

use super::{Compiler, Reg, number};
use crate::asm::Label;
use crate::code_block::IcKind;
use crate::opcodes::{Op, TypeofWhat};
use sarus_parser::ast::{BinaryOp, Expr, ExprKind, LogicalOp, UnaryOp};
use sarus_parser::{Name, Span};

/// The instruction of a binary operator, its form with an 8-bit immediate, and the one with an inline-cache slot.
pub(super) fn binary_op(op: BinaryOp) -> (Op, Option<Op>, Option<IcKind>) {
    match op {
        BinaryOp::Add => (Op::Add, Some(Op::AddImm), None),
        BinaryOp::Sub => (Op::Sub, Some(Op::SubImm), None),
        BinaryOp::Mul => (Op::Mul, Some(Op::MulImm), None),
        BinaryOp::Div => (Op::Div, Some(Op::DivImm), None),
        BinaryOp::Rem => (Op::Mod, Some(Op::ModImm), None),
        BinaryOp::Exp => (Op::Exp, None, None),
        BinaryOp::BitAnd => (Op::BitAnd, Some(Op::BitAndImm), None),
        BinaryOp::BitOr => (Op::BitOr, Some(Op::BitOrImm), None),
        BinaryOp::BitXor => (Op::BitXor, Some(Op::BitXorImm), None),
        BinaryOp::ShiftLeft => (Op::Shl, Some(Op::ShlImm), None),
        BinaryOp::ShiftRight => (Op::Sar, Some(Op::SarImm), None),
        BinaryOp::ShiftRightUnsigned => (Op::Shr, Some(Op::ShrImm), None),
        BinaryOp::Equal => (Op::Eq, None, None),
        BinaryOp::NotEqual => (Op::NotEq, None, None),
        BinaryOp::StrictEqual => (Op::StrictEq, None, None),
        BinaryOp::StrictNotEqual => (Op::StrictNotEq, None, None),
        BinaryOp::Less => (Op::Less, None, None),
        BinaryOp::LessEqual => (Op::LessEq, None, None),
        BinaryOp::Greater => (Op::Greater, None, None),
        BinaryOp::GreaterEqual => (Op::GreaterEq, None, None),
        BinaryOp::In => (Op::In, None, Some(IcKind::In)),
        BinaryOp::Instanceof => (Op::InstanceOf, None, Some(IcKind::InstanceOf)),
    }
}

/// The jumps of a comparison: (if true, if false, if true with immediate, if false with immediate).
fn comparison_jumps(op: BinaryOp) -> Option<[Op; 4]> {
    Some(match op {
        BinaryOp::Less => [
            Op::JumpIfLess,
            Op::JumpIfNotLess,
            Op::JumpIfLessImm,
            Op::JumpIfNotLessImm,
        ],
        BinaryOp::LessEqual => [
            Op::JumpIfLessEq,
            Op::JumpIfNotLessEq,
            Op::JumpIfLessEqImm,
            Op::JumpIfNotLessEqImm,
        ],
        BinaryOp::Greater => [
            Op::JumpIfGreater,
            Op::JumpIfNotGreater,
            Op::JumpIfGreaterImm,
            Op::JumpIfNotGreaterImm,
        ],
        BinaryOp::GreaterEqual => [
            Op::JumpIfGreaterEq,
            Op::JumpIfNotGreaterEq,
            Op::JumpIfGreaterEqImm,
            Op::JumpIfNotGreaterEqImm,
        ],
        BinaryOp::Equal => [
            Op::JumpIfEq,
            Op::JumpIfNotEq,
            Op::JumpIfEqImm,
            Op::JumpIfNotEqImm,
        ],
        BinaryOp::NotEqual => [
            Op::JumpIfNotEq,
            Op::JumpIfEq,
            Op::JumpIfNotEqImm,
            Op::JumpIfEqImm,
        ],
        BinaryOp::StrictEqual => [
            Op::JumpIfStrictEq,
            Op::JumpIfStrictNotEq,
            Op::JumpIfStrictEqImm,
            Op::JumpIfStrictNotEqImm,
        ],
        BinaryOp::StrictNotEqual => [
            Op::JumpIfStrictNotEq,
            Op::JumpIfStrictEq,
            Op::JumpIfStrictNotEqImm,
            Op::JumpIfStrictEqImm,
        ],
        _ => return None,
    })
}

/// The back-edge form of a conditional jump, if there is one.
fn loop_form(op: Op) -> Option<Op> {
    Some(match op {
        Op::JumpIfTrue => Op::LoopIfTrue,
        Op::JumpIfFalse => Op::LoopIfFalse,
        Op::JumpIfLess => Op::LoopIfLess,
        Op::JumpIfLessEq => Op::LoopIfLessEq,
        Op::JumpIfGreater => Op::LoopIfGreater,
        Op::JumpIfGreaterEq => Op::LoopIfGreaterEq,
        Op::JumpIfLessImm => Op::LoopIfLessImm,
        Op::JumpIfLessEqImm => Op::LoopIfLessEqImm,
        Op::JumpIfGreaterImm => Op::LoopIfGreaterImm,
        Op::JumpIfGreaterEqImm => Op::LoopIfGreaterEqImm,
        _ => return None,
    })
}

/// The conditional jump with the opposite condition.
fn inverse(op: Op) -> Op {
    match op {
        Op::JumpIfTrue => Op::JumpIfFalse,
        Op::JumpIfFalse => Op::JumpIfTrue,
        Op::JumpIfNullish => Op::JumpIfNotNullish,
        Op::JumpIfNotNullish => Op::JumpIfNullish,
        Op::JumpIfUndefined => Op::JumpIfNotUndefined,
        Op::JumpIfNotUndefined => Op::JumpIfUndefined,
        Op::JumpIfNull => Op::JumpIfNotNull,
        Op::JumpIfNotNull => Op::JumpIfNull,
        Op::JumpIfNotLess => Op::JumpIfLess,
        Op::JumpIfNotLessEq => Op::JumpIfLessEq,
        Op::JumpIfNotGreater => Op::JumpIfGreater,
        Op::JumpIfNotGreaterEq => Op::JumpIfGreaterEq,
        Op::JumpIfNotLessImm => Op::JumpIfLessImm,
        Op::JumpIfNotLessEqImm => Op::JumpIfLessEqImm,
        Op::JumpIfNotGreaterImm => Op::JumpIfGreaterImm,
        Op::JumpIfNotGreaterEqImm => Op::JumpIfGreaterEqImm,
        Op::JumpIfEq => Op::JumpIfNotEq,
        Op::JumpIfNotEq => Op::JumpIfEq,
        Op::JumpIfStrictEq => Op::JumpIfStrictNotEq,
        Op::JumpIfStrictNotEq => Op::JumpIfStrictEq,
        Op::JumpIfEqImm => Op::JumpIfNotEqImm,
        Op::JumpIfNotEqImm => Op::JumpIfEqImm,
        Op::JumpIfStrictEqImm => Op::JumpIfStrictNotEqImm,
        Op::JumpIfStrictNotEqImm => Op::JumpIfStrictEqImm,
        other => other,
    }
}

/// The type number of a `typeof` result.
fn typeof_number(text: &[u8]) -> Option<TypeofWhat> {
    Some(match text {
        b"undefined" => TypeofWhat::Undefined,
        b"boolean" => TypeofWhat::Boolean,
        b"number" => TypeofWhat::Number,
        b"bigint" => TypeofWhat::BigInt,
        b"string" => TypeofWhat::String,
        b"symbol" => TypeofWhat::Symbol,
        b"function" => TypeofWhat::Function,
        b"object" => TypeofWhat::Object,
        _ => return None,
    })
}

const fn is_equality(op: BinaryOp) -> Option<bool> {
    match op {
        BinaryOp::Equal | BinaryOp::StrictEqual => Some(true),
        BinaryOp::NotEqual | BinaryOp::StrictNotEqual => Some(false),
        _ => None,
    }
}

impl<'a> Compiler<'_, 'a> {
    // ------------------------------------------------------------ binary

    /// A binary operator with its whole left spine.
    pub(super) fn binary(&mut self, expr: &'a Expr<'a>, dst: Option<Reg>) -> Reg {
        let dst = self.dst(dst);
        let mark = self.f.top;
        if let Some(value) = number::constant(expr) {
            self.load_number(dst, value);
            return dst;
        }
        let ExprKind::Binary { op, left, right } = expr.kind else {
            return dst;
        };
        if self.typeof_test(op, left, right, dst) {
            self.f.top = mark;
            return dst;
        }
        if !matches!(left.kind, ExprKind::Binary { .. }) {
            let value = self.ev_left(left, right, dst);
            self.apply(op, dst, value, right, expr.span);
            self.f.top = mark;
            return dst;
        }
        let mut spine = Vec::new();
        let mut current = expr;
        while let ExprKind::Binary { op, left, right } = current.kind {
            spine.push((op, right, current.span));
            current = left;
            if number::constant(current).is_some() {
                break;
            }
        }
        let accumulator = self.scratch_for(dst);
        let first = spine.last().map_or(right, |entry| entry.1);
        let mut value = self.ev_left(current, first, accumulator);
        let inner = self.f.top;
        while let Some((op, right, span)) = spine.pop() {
            let target = if spine.is_empty() { dst } else { accumulator };
            self.apply(op, target, value, right, span);
            self.f.top = inner;
            value = target;
        }
        self.f.top = mark;
        dst
    }

    /// The left operand: in `scratch` if that is a temporary, unless it is a variable the right operand leaves alone.
    fn ev_left(&mut self, left: &'a Expr<'a>, right: &'a Expr<'a>, scratch: Reg) -> Reg {
        if let ExprKind::Ident { .. } | ExprKind::This(_) = left.unparenthesized().kind {
            return self.ev_stable(left, Some(right));
        }
        if self.is_local(scratch) {
            return self.ev_stable(left, Some(right));
        }
        self.ev(left, Some(scratch))
    }

    /// Position of a binary operator, or of the assignment it is part of.
    fn at_binary(&mut self, op: BinaryOp, span: Span, right: &Expr<'a>) {
        let end = right.span.start;
        let point = self.operator_before(end, op.text()).or_else(|| {
            let before = self.operator_before(end, "=")?;
            let head = self.parsed.source.get(..before as usize)?;
            head.strip_suffix(op.text().as_bytes())
                .map(|head| head.len() as u32)
        });
        self.at_point(span, point.unwrap_or(span.start));
    }

    /// Evaluates the right operand and applies the operator.
    pub(super) fn apply(
        &mut self,
        op: BinaryOp,
        dst: Reg,
        left: Reg,
        right: &'a Expr<'a>,
        span: Span,
    ) {
        let (plain, immediate, ic) = binary_op(op);
        if let Some(immediate) = immediate
            && let Some(value) = self.small_int(right)
            && i8::try_from(value).is_ok()
        {
            self.at_binary(op, span, right);
            self.emit(immediate, &[dst, left, value as u32]);
            return;
        }
        let value = self.ev(right, None);
        self.at_binary(op, span, right);
        let right = value;
        match ic {
            Some(kind) => {
                let slot = self.slot(kind);
                self.emit(plain, &[dst, left, right, slot]);
            }
            None => self.emit(plain, &[dst, left, right]),
        }
    }

    /// `typeof x == "…"` in one instruction.
    fn typeof_test(
        &mut self,
        op: BinaryOp,
        left: &'a Expr<'a>,
        right: &'a Expr<'a>,
        dst: Reg,
    ) -> bool {
        let Some((argument, what, equal)) = self.typeof_parts(op, left, right) else {
            return false;
        };
        let value = self.typeof_operand(argument);
        self.emit(Op::TestTypeof, &[dst, value, what as u32]);
        if !equal {
            self.emit(Op::Not, &[dst, dst]);
        }
        true
    }

    fn typeof_parts(
        &self,
        op: BinaryOp,
        left: &'a Expr<'a>,
        right: &'a Expr<'a>,
    ) -> Option<(&'a Expr<'a>, TypeofWhat, bool)> {
        let equal = is_equality(op)?;
        let ExprKind::Unary {
            op: UnaryOp::Typeof,
            argument,
        } = left.kind
        else {
            return None;
        };
        let ExprKind::String(name) = right.kind else {
            return None;
        };
        Some((
            argument,
            typeof_number(self.parsed.names.bytes(name))?,
            equal,
        ))
    }

    /// The operand of `typeof`: an unresolvable name is undefined.
    fn typeof_operand(&mut self, argument: &'a Expr<'a>) -> Reg {
        match argument.unparenthesized().kind {
            ExprKind::Ident { name, reference } => {
                let place = self.place(reference, name, argument.span);
                self.load_place(&place, None, true)
            }
            _ => self.ev(argument, None),
        }
    }

    // ------------------------------------------------------------ unary

    pub(super) fn unary(
        &mut self,
        expr: &'a Expr<'a>,
        op: UnaryOp,
        argument: &'a Expr<'a>,
        dst: Option<Reg>,
    ) -> Reg {
        let dst = self.dst(dst);
        let mark = self.f.top;
        if let Some(value) = number::constant(expr) {
            self.load_number(dst, value);
            return dst;
        }
        let instruction = match op {
            UnaryOp::Minus => Op::Neg,
            UnaryOp::Plus => Op::ToNumber,
            UnaryOp::Not => Op::Not,
            UnaryOp::BitNot => Op::BitNot,
            UnaryOp::Typeof => {
                let value = self.typeof_operand(argument);
                self.emit(Op::Typeof, &[dst, value]);
                self.f.top = mark;
                return dst;
            }
            UnaryOp::Void => {
                self.discard(argument);
                self.emit(Op::LoadUndefined, &[dst]);
                return dst;
            }
            UnaryOp::Delete => {
                self.delete(argument, dst);
                self.f.top = mark;
                return dst;
            }
        };
        let value = self.ev(argument, None);
        self.at(expr.span);
        self.emit(instruction, &[dst, value]);
        self.f.top = mark;
        dst
    }

    // ------------------------------------------------------------ logical, conditional

    /// The operands of a spine of one logical operator.
    pub(super) fn logical_parts(expr: &'a Expr<'a>) -> (LogicalOp, Vec<&'a Expr<'a>>) {
        let mut parts = Vec::new();
        let mut current = expr;
        let mut of = LogicalOp::And;
        if let ExprKind::Logical { op, .. } = expr.kind {
            of = op;
        }
        while let ExprKind::Logical { op, left, right } = current.kind {
            if op != of {
                break;
            }
            parts.push(right);
            current = left;
        }
        parts.push(current);
        parts.reverse();
        (of, parts)
    }

    /// The jump that ends the evaluation of a spine early.
    pub(super) fn short_circuit(op: LogicalOp) -> Op {
        match op {
            LogicalOp::And => Op::JumpIfFalse,
            LogicalOp::Or => Op::JumpIfTrue,
            LogicalOp::Coalesce => Op::JumpIfNotNullish,
        }
    }

    pub(super) fn logical(&mut self, expr: &'a Expr<'a>, dst: Option<Reg>) -> Reg {
        let dst = self.dst(dst);
        let mark = self.f.top;
        let (op, parts) = Self::logical_parts(expr);
        let value = self.scratch_for(dst);
        let end = self.label();
        let inner = self.f.top;
        for (index, part) in parts.iter().enumerate() {
            self.ev(part, Some(value));
            self.f.top = inner;
            if index + 1 < parts.len() {
                self.f.asm.jump(Self::short_circuit(op), &[value], end);
            }
        }
        self.bind(end);
        self.mov(dst, value);
        self.f.top = mark;
        dst
    }

    pub(super) fn logical_discard(&mut self, expr: &'a Expr<'a>) {
        let ExprKind::Logical { op, left, right } = expr.kind else {
            return;
        };
        let end = self.label();
        match op {
            LogicalOp::And => self.branch(left, end, false),
            LogicalOp::Or => self.branch(left, end, true),
            LogicalOp::Coalesce => {
                let value = self.ev(left, None);
                self.f.asm.jump(Op::JumpIfNotNullish, &[value], end);
            }
        }
        self.discard(right);
        self.bind(end);
    }

    /// `a ? b : c ? d : …` as a loop.
    pub(super) fn conditional(&mut self, expr: &'a Expr<'a>, dst: Option<Reg>) -> Reg {
        let dst = self.dst(dst);
        let mark = self.f.top;
        let end = self.label();
        let mut current = expr;
        while let ExprKind::Conditional(conditional) = current.kind {
            let otherwise = self.label();
            self.branch(&conditional.test, otherwise, false);
            self.f.top = mark;
            self.ev(&conditional.consequent, Some(dst));
            self.f.top = mark;
            self.jump(end);
            self.bind(otherwise);
            current = &conditional.alternate;
        }
        self.ev(current, Some(dst));
        self.bind(end);
        self.f.top = mark;
        dst
    }

    pub(super) fn conditional_discard(&mut self, expr: &'a Expr<'a>) {
        let end = self.label();
        let mut current = expr;
        while let ExprKind::Conditional(conditional) = current.kind {
            let otherwise = self.label();
            let mark = self.f.top;
            self.branch(&conditional.test, otherwise, false);
            self.set_top(mark);
            self.discard(&conditional.consequent);
            self.jump(end);
            self.bind(otherwise);
            current = &conditional.alternate;
        }
        self.discard(current);
        self.bind(end);
    }

    // ------------------------------------------------------------ jumps

    /// A conditional jump; a back edge if the label stands before.
    pub(super) fn jump_if(&mut self, op: Op, operands: &[u32], label: Label) {
        if !self.f.asm.is_bound(label) {
            self.f.asm.jump(op, operands, label);
        } else if let Some(op) = loop_form(op) {
            self.f.asm.jump(op, operands, label);
        } else {
            let skip = self.label();
            self.f.asm.jump(inverse(op), operands, skip);
            self.f.asm.jump(Op::JumpLoop, &[], label);
            self.bind(skip);
        }
    }

    /// Jumps to `label` if the truth of `expr` is `when`, else falls through.
    pub(super) fn branch(&mut self, expr: &'a Expr<'a>, label: Label, when: bool) {
        let mark = self.f.top;
        match expr.kind {
            ExprKind::Paren(inner) => self.branch(inner, label, when),
            ExprKind::Bool(value) => {
                if value == when {
                    self.jump(label);
                }
            }
            ExprKind::Number(value) => {
                if (value != 0.0 && !value.is_nan()) == when {
                    self.jump(label);
                }
            }
            ExprKind::Unary {
                op: UnaryOp::Not,
                argument,
            } => self.branch(argument, label, !when),
            ExprKind::Logical {
                op: LogicalOp::And | LogicalOp::Or,
                ..
            } => self.branch_logical(expr, label, when),
            ExprKind::Binary { op, left, right }
                if self.branch_comparison(op, left, right, expr.span, label, when) => {}
            _ => {
                let value = self.ev(expr, None);
                let op = if when {
                    Op::JumpIfTrue
                } else {
                    Op::JumpIfFalse
                };
                self.jump_if(op, &[value], label);
            }
        }
        self.f.top = mark;
    }

    fn branch_logical(&mut self, expr: &'a Expr<'a>, label: Label, when: bool) {
        let (op, parts) = Self::logical_parts(expr);
        let ends_on = op == LogicalOp::Or;
        if when == ends_on {
            for part in parts {
                self.branch(part, label, when);
            }
            return;
        }
        let skip = self.label();
        if let Some((last, rest)) = parts.split_last() {
            for part in rest {
                self.branch(part, skip, ends_on);
            }
            self.branch(last, label, when);
        }
        self.bind(skip);
    }

    fn branch_comparison(
        &mut self,
        op: BinaryOp,
        left: &'a Expr<'a>,
        right: &'a Expr<'a>,
        span: Span,
        label: Label,
        when: bool,
    ) -> bool {
        let Some(jumps) = comparison_jumps(op) else {
            return false;
        };
        if let Some((argument, what, equal)) = self.typeof_parts(op, left, right) {
            let value = self.typeof_operand(argument);
            let test = self.alloc();
            self.emit(Op::TestTypeof, &[test, value, what as u32]);
            let op = if equal == when {
                Op::JumpIfTrue
            } else {
                Op::JumpIfFalse
            };
            self.jump_if(op, &[test], label);
            return true;
        }
        if let Some((yes, no)) = self.nullish_jumps(op, right) {
            let value = self.ev(left, None);
            let op = if when { yes } else { no };
            self.jump_if(op, &[value], label);
            return true;
        }
        if let Some(int) = self.small_int(right) {
            let value = self.ev(left, None);
            self.at_binary(op, span, right);
            let op = if when { jumps[2] } else { jumps[3] };
            self.jump_if(op, &[value, int as u32], label);
            return true;
        }
        let left = self.ev_stable(left, Some(right));
        let operand = right;
        let right = self.ev(right, None);
        self.at_binary(op, span, operand);
        let op = if when { jumps[0] } else { jumps[1] };
        self.jump_if(op, &[left, right], label);
        true
    }

    /// The jumps of a comparison with `null` or `undefined`.
    fn nullish_jumps(&self, op: BinaryOp, right: &Expr<'a>) -> Option<(Op, Op)> {
        let equal = is_equality(op)?;
        let is_null = matches!(right.kind, ExprKind::Null);
        if !is_null && !self.is_undefined(right) {
            return None;
        }
        let (yes, no) = match op {
            BinaryOp::Equal | BinaryOp::NotEqual => (Op::JumpIfNullish, Op::JumpIfNotNullish),
            _ if is_null => (Op::JumpIfNull, Op::JumpIfNotNull),
            _ => (Op::JumpIfUndefined, Op::JumpIfNotUndefined),
        };
        Some(if equal { (yes, no) } else { (no, yes) })
    }

    /// Whether an expression is the global `undefined`, or `void` of a literal.
    fn is_undefined(&self, expr: &Expr<'a>) -> bool {
        match expr.kind {
            ExprKind::Ident { name, reference } => {
                name == Name::UNDEFINED && self.is_global(reference, name)
            }
            ExprKind::Unary {
                op: UnaryOp::Void,
                argument,
            } => Self::is_literal(argument),
            _ => false,
        }
    }
}
