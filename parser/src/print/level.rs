//! Precedence: which expressions need parentheses where, and how an expression starts.

use crate::ast::{BinaryOp, Expr, ExprKind, LogicalOp, Name, PatternKind};

/// Levels of the expression grammar, loosest first. An expression stands without parentheses where its level or a lower one is
/// asked for.
pub const SEQUENCE: u8 = 0;
pub const ASSIGN: u8 = 1;
pub const CONDITIONAL: u8 = 2;
pub const COALESCE: u8 = 3;
pub const BIT_OR: u8 = 6;
pub const EXPONENT: u8 = 14;
pub const UNARY: u8 = 15;
pub const UPDATE: u8 = 16;
/// Left-hand sides with optional chains.
pub const LEFT_HAND_SIDE: u8 = 17;
pub const CALL: u8 = 18;
pub const MEMBER: u8 = 19;
pub const PRIMARY: u8 = 20;

/// Level of a binary operator.
pub fn of_binary(op: BinaryOp) -> u8 {
    use BinaryOp as B;
    match op {
        B::BitOr => BIT_OR,
        B::BitXor => 7,
        B::BitAnd => 8,
        B::Equal | B::NotEqual | B::StrictEqual | B::StrictNotEqual => 9,
        B::Less | B::LessEqual | B::Greater | B::GreaterEqual | B::In | B::Instanceof => 10,
        B::ShiftLeft | B::ShiftRight | B::ShiftRightUnsigned => 11,
        B::Add | B::Sub => 12,
        B::Mul | B::Div | B::Rem => 13,
        B::Exp => EXPONENT,
    }
}

/// Level of a logical operator.
pub fn of_logical(op: LogicalOp) -> u8 {
    match op {
        LogicalOp::Coalesce => COALESCE,
        LogicalOp::Or => 4,
        LogicalOp::And => 5,
    }
}

/// Level of an expression without parentheses of its own.
pub fn of(expr: &Expr<'_>) -> u8 {
    match &expr.kind {
        ExprKind::Sequence(_) => SEQUENCE,
        ExprKind::Assign { .. } | ExprKind::Yield { .. } => ASSIGN,
        ExprKind::Function(function) if function.flags.is_arrow() => ASSIGN,
        ExprKind::Conditional(_) => CONDITIONAL,
        ExprKind::Logical { op, .. } => of_logical(*op),
        ExprKind::Binary { op, .. } => of_binary(*op),
        ExprKind::PrivateIn { .. } => 10,
        ExprKind::Unary { .. } | ExprKind::Await(_) => UNARY,
        ExprKind::Update { .. } => UPDATE,
        ExprKind::OptionalChain(_) => LEFT_HAND_SIDE,
        ExprKind::Call(_) | ExprKind::SuperCall(_) | ExprKind::ImportCall(_) => CALL,
        ExprKind::New(_)
        | ExprKind::Member { .. }
        | ExprKind::Index { .. }
        | ExprKind::PrivateMember(_)
        | ExprKind::SuperMember(_)
        | ExprKind::TaggedTemplate(_) => MEMBER,
        _ => PRIMARY,
    }
}

/// Levels that the operands of `a op b` need.
pub fn of_operands(expr: &Expr<'_>) -> (u8, u8) {
    match &expr.kind {
        ExprKind::Binary {
            op: BinaryOp::Exp, ..
        } => (UPDATE, EXPONENT),
        ExprKind::Binary { op, .. } => (of_binary(*op), of_binary(*op) + 1),
        // `??` does not mix with `||` and `&&`; its left operand may be a `??`.
        ExprKind::Logical {
            op: LogicalOp::Coalesce,
            left,
            ..
        } => match left.unparenthesized().kind {
            ExprKind::Logical {
                op: LogicalOp::Coalesce,
                ..
            } => (COALESCE, BIT_OR),
            _ => (BIT_OR, BIT_OR),
        },
        ExprKind::Logical { op, .. } => (of_logical(*op), of_logical(*op) + 1),
        _ => (SEQUENCE, SEQUENCE),
    }
}

/// Whether the expression is an `in`.
pub fn is_in(expr: &Expr<'_>) -> bool {
    matches!(
        expr.kind,
        ExprKind::Binary {
            op: BinaryOp::In,
            ..
        } | ExprKind::PrivateIn { .. }
    )
}

/// Whether a callee of `new` would end too early: a call stands in its spine.
pub fn has_call_in_spine(expr: &Expr<'_>) -> bool {
    let mut expr = expr.unparenthesized();
    loop {
        if of(expr) < MEMBER {
            return true;
        }
        let Some((inner, level)) = first_operand(expr) else {
            return false;
        };
        // In parentheses it is a primary.
        if of(inner) < level {
            return false;
        }
        expr = inner;
    }
}

/// What an expression starts with, if that is an expression, and the level it needs there.
fn first_operand<'t, 'a>(expr: &'t Expr<'a>) -> Option<(&'t Expr<'a>, u8)> {
    let (inner, level) = match &expr.kind {
        ExprKind::Sequence(list) => (list.first()?, ASSIGN),
        ExprKind::Conditional(conditional) => (&conditional.test, COALESCE),
        ExprKind::Binary { left, .. } | ExprKind::Logical { left, .. } => {
            (*left, of_operands(expr).0)
        }
        ExprKind::Update {
            prefix: false,
            argument,
            ..
        } => (*argument, LEFT_HAND_SIDE),
        ExprKind::Assign { target, .. } => match target.kind {
            PatternKind::Expr(inner) => (inner, LEFT_HAND_SIDE),
            _ => return None,
        },
        ExprKind::OptionalChain(inner) => (*inner, CALL),
        ExprKind::Call(call) => (&call.callee, CALL),
        ExprKind::TaggedTemplate(tagged) => (&tagged.tag, CALL),
        ExprKind::Member { object, .. } | ExprKind::Index { object, .. } => (*object, CALL),
        ExprKind::PrivateMember(member) => (&member.object, CALL),
        _ => return None,
    };
    Some((inner.unparenthesized(), level))
}

/// How an expression starts, where that matters to a statement.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// `{`
    Brace,
    /// `function`, `async function`
    Function,
    /// `class`
    Class,
    /// `let [`
    LetBracket,
    /// `let`, otherwise
    Let,
    /// A string literal that is the whole expression.
    String,
    /// Nothing that matters.
    Other,
}

/// How an expression starts that is printed without parentheses around all of it.
pub fn start_of(expr: &Expr<'_>) -> Start {
    let mut expr = expr.unparenthesized();
    if matches!(expr.kind, ExprKind::String(_)) {
        return Start::String;
    }
    let mut indexed = false;
    loop {
        match &expr.kind {
            ExprKind::Object(_) => return Start::Brace,
            ExprKind::Function(function) if !function.flags.is_arrow() => return Start::Function,
            ExprKind::Class(_) => return Start::Class,
            ExprKind::Ident {
                name: Name::LET, ..
            } if indexed => return Start::LetBracket,
            ExprKind::Ident {
                name: Name::LET, ..
            } => return Start::Let,
            ExprKind::Assign { target, .. } => match target.kind {
                PatternKind::Object(_) => return Start::Brace,
                PatternKind::Ident(ident) if ident.name == Name::LET => return Start::Let,
                _ => {}
            },
            _ => {}
        }
        let Some((inner, level)) = first_operand(expr) else {
            return Start::Other;
        };
        if of(inner) < level {
            return Start::Other;
        }
        indexed = matches!(expr.kind, ExprKind::Index { .. });
        expr = inner;
    }
}
