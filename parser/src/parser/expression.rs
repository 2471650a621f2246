//! Expressions: comma, assignment, conditional, `yield`, and what may follow a primary expression.

use super::{Parser, Res};
use crate::ast::{
    AssignOp, Call, Conditional, Expr, ExprKind, FunctionFlags, Ident, New, PatternKind,
    PrivateMember, TaggedTemplate,
};
use crate::diagnostics::DiagnosticKind as K;
use crate::lexer::Tok;
use crate::names::Name;
use crate::span::Span;

impl<'a> Parser<'a, '_> {
    /// `Expression`, complete: nothing in it may be left that is only good in a pattern.
    pub(super) fn expression(&mut self) -> Res<&'a Expr<'a>> {
        let first = self.assignment()?;
        if self.token.kind != Tok::Comma {
            return Ok(first);
        }
        self.sequence(first)
    }

    /// The rest of a comma expression, at the first comma.
    #[inline(never)]
    pub(super) fn sequence(&mut self, first: &'a Expr<'a>) -> Res<&'a Expr<'a>> {
        let base = self.expressions.len();
        self.expressions.push(first);
        while self.eat(Tok::Comma) {
            let next = self.assignment()?;
            self.expressions.push(next);
        }
        let span = self.span_from(first.span.start);
        let list = self.take_expressions(base);
        Ok(self.node(span, ExprKind::Sequence(list)))
    }

    /// `Expression` with `in` allowed, whatever the surroundings.
    pub(super) fn expression_in(&mut self) -> Res<&'a Expr<'a>> {
        let outer = std::mem::replace(&mut self.context.allow_in, true);
        let result = self.expression();
        self.context.allow_in = outer;
        result
    }

    /// `AssignmentExpression` with `in` allowed.
    pub(super) fn assignment_in(&mut self) -> Res<&'a Expr<'a>> {
        let outer = std::mem::replace(&mut self.context.allow_in, true);
        let result = self.assignment();
        self.context.allow_in = outer;
        result
    }

    /// `AssignmentExpression`, complete.
    #[inline]
    pub(super) fn assignment(&mut self) -> Res<&'a Expr<'a>> {
        let outer = self.cover_error.take();
        let expr = self.assignment_or_pattern()?;
        if self.cover_error.is_some() {
            return self.fail_cover();
        }
        self.cover_error = outer;
        Ok(expr)
    }

    #[cold]
    pub(super) fn fail_cover<T>(&mut self) -> Res<T> {
        let (kind, span) = self
            .cover_error
            .unwrap_or((K::InvalidShorthandInitializer, self.token_span()));
        self.fail(kind, span)
    }

    /// `AssignmentExpression` that may still turn out to be a pattern: if it is a bare object or array literal,
    /// `cover_error` may be left set.
    pub(super) fn assignment_or_pattern(&mut self) -> Res<&'a Expr<'a>> {
        self.nested(Self::assignment_inner)
    }

    fn assignment_inner(&mut self) -> Res<&'a Expr<'a>> {
        let start = self.token.start;
        if self.token.kind == Tok::Yield && self.context.yields {
            return self.yield_expression();
        }
        let outer_cover = self.cover_error.take();
        self.arrow_at = start;
        let left = self.unary()?;
        if let ExprKind::Function(function) = left.kind
            && function.flags.is_arrow()
        {
            self.cover_error = outer_cover;
            return Ok(left);
        }
        let left = self.binary_rest(left)?;
        let mut expr = if self.token.kind == Tok::Question {
            self.conditional(left)?
        } else {
            left
        };
        if self.token.kind.is_assignment() {
            expr = self.assign(expr, start)?;
        } else if self.cover_error.is_some()
            && !matches!(expr.kind, ExprKind::Object(_) | ExprKind::Array(_))
        {
            return self.fail_cover();
        }
        if outer_cover.is_some() {
            self.cover_error = outer_cover;
        }
        Ok(expr)
    }

    /// After a left side, at the assignment operator.
    #[inline(never)]
    fn assign(&mut self, left: &'a Expr<'a>, start: u32) -> Res<&'a Expr<'a>> {
        let op = match self.token.kind {
            Tok::Assign => AssignOp::Assign,
            Tok::PlusAssign => AssignOp::Add,
            Tok::MinusAssign => AssignOp::Sub,
            Tok::StarAssign => AssignOp::Mul,
            Tok::SlashAssign => AssignOp::Div,
            Tok::PercentAssign => AssignOp::Rem,
            Tok::StarStarAssign => AssignOp::Exp,
            Tok::ShlAssign => AssignOp::ShiftLeft,
            Tok::SarAssign => AssignOp::ShiftRight,
            Tok::ShrAssign => AssignOp::ShiftRightUnsigned,
            Tok::AndAssign => AssignOp::BitAnd,
            Tok::OrAssign => AssignOp::BitOr,
            Tok::XorAssign => AssignOp::BitXor,
            Tok::AndAndAssign => AssignOp::And,
            Tok::OrOrAssign => AssignOp::Or,
            _ => AssignOp::Coalesce,
        };
        let target = if op == AssignOp::Assign {
            self.assignment_pattern(left, K::InvalidAssignmentTarget)?
        } else {
            self.simple_target(left, K::InvalidAssignmentTarget)?
        };
        if op.logical().is_some()
            && let PatternKind::Expr(expr) = target.kind
            && matches!(expr.kind, ExprKind::Call(_))
        {
            return self.fail(K::InvalidAssignmentTarget, left.span);
        }
        // What was only good in a pattern is in one now.
        self.cover_error = None;
        let target = self.alloc(target);
        self.advance();
        let value = self.assignment()?;
        Ok(self.node(
            self.span_from(start),
            ExprKind::Assign { op, target, value },
        ))
    }

    /// `? b : c`, with any number more of them in `c`.
    #[inline(never)]
    fn conditional(&mut self, test: &'a Expr<'a>) -> Res<&'a Expr<'a>> {
        if self.cover_error.is_some() {
            return self.fail_cover();
        }
        let base = self.expressions.len();
        let mut test = test;
        let last = loop {
            self.advance();
            let consequent = self.assignment_in()?;
            self.expect(Tok::Colon)?;
            self.expressions.push(test);
            self.expressions.push(consequent);
            // The alternate is an assignment expression; when it is a conditional itself, go on here instead of inside.
            match self.alternate()? {
                Alternate::Whole(expr) => break expr,
                Alternate::Test(expr) => test = expr,
            }
        };
        let mut alternate = last;
        while self.expressions.len() > base {
            if let (Some(consequent), Some(test)) = (self.expressions.pop(), self.expressions.pop())
            {
                let span = test.span.to(alternate.span);
                let node = self.alloc(Conditional {
                    test: *test,
                    consequent: *consequent,
                    alternate: *alternate,
                });
                alternate = self.node(span, ExprKind::Conditional(node));
            }
        }
        Ok(alternate)
    }

    #[inline(never)]
    fn alternate(&mut self) -> Res<Alternate<'a>> {
        self.nested(|parser| {
            let start = parser.token.start;
            if parser.token.kind == Tok::Yield && parser.context.yields {
                return Ok(Alternate::Whole(parser.yield_expression()?));
            }
            parser.arrow_at = start;
            let left = parser.unary()?;
            if let ExprKind::Function(function) = left.kind
                && function.flags.is_arrow()
            {
                return Ok(Alternate::Whole(left));
            }
            let left = parser.binary_rest(left)?;
            if parser.token.kind == Tok::Question {
                if parser.cover_error.is_some() {
                    return parser.fail_cover();
                }
                return Ok(Alternate::Test(left));
            }
            let expr = if parser.token.kind.is_assignment() {
                parser.assign(left, start)?
            } else {
                left
            };
            if parser.cover_error.is_some() {
                return parser.fail_cover();
            }
            Ok(Alternate::Whole(expr))
        })
    }

    #[inline(never)]
    fn yield_expression(&mut self) -> Res<&'a Expr<'a>> {
        let start = self.token.start;
        if self.context.in_parameters {
            return self.fail(K::YieldInParameters, self.token_span());
        }
        if self.token.escaped {
            return self.fail(K::EscapedKeyword, self.token_span());
        }
        self.last_yield = start;
        self.function.flags.insert(FunctionFlags::CONTAINS_YIELD);
        self.advance();
        let mut delegate = false;
        let has_argument = !self.token.newline_before
            && !matches!(
                self.token.kind,
                Tok::RParen
                    | Tok::RBracket
                    | Tok::RBrace
                    | Tok::Comma
                    | Tok::Semicolon
                    | Tok::Colon
                    | Tok::End
                    | Tok::In
            );
        let argument = if has_argument {
            delegate = self.eat(Tok::Star);
            let argument = self.assignment()?;
            Some(argument)
        } else {
            None
        };
        Ok(self.node(
            self.span_from(start),
            ExprKind::Yield { delegate, argument },
        ))
    }

    /// Member accesses, calls and templates after `expr`.
    #[inline(never)]
    pub(super) fn suffixes(
        &mut self,
        mut expr: &'a Expr<'a>,
        allow_calls: bool,
    ) -> Res<&'a Expr<'a>> {
        let start = expr.span.start;
        let mut in_chain = false;
        let only_pattern = self.cover_error.is_some();
        loop {
            expr = match self.token.kind {
                Tok::Dot => {
                    self.advance();
                    self.member(expr, false)?
                }
                Tok::QuestionDot => {
                    if !allow_calls {
                        return self.fail(K::OptionalChainNew, self.token_span());
                    }
                    in_chain = true;
                    self.advance();
                    match self.token.kind {
                        Tok::LParen => self.call(expr, true)?,
                        Tok::LBracket => self.index(expr, true)?,
                        Tok::Template => {
                            return self.fail(K::OptionalChainTemplate, self.token_span());
                        }
                        _ => self.member(expr, true)?,
                    }
                }
                Tok::LBracket => self.index(expr, false)?,
                Tok::LParen if allow_calls => self.call(expr, false)?,
                Tok::Template => {
                    if in_chain {
                        return self.fail(K::OptionalChainTemplate, self.token_span());
                    }
                    let template_start = self.token.start;
                    self.note_arguments_member(expr);
                    let template = self.template_literal(true)?;
                    let node = self.alloc(TaggedTemplate {
                        tag: *expr,
                        template,
                        template_span: self.span_from(template_start),
                    });
                    self.node(self.span_from(start), ExprKind::TaggedTemplate(node))
                }
                _ => break,
            };
            if only_pattern {
                return self.fail_cover();
            }
        }
        if in_chain {
            expr = self.node(expr.span, ExprKind::OptionalChain(expr));
        }
        Ok(expr)
    }

    /// After `.` or `?.`, at the name.
    pub(super) fn member(&mut self, object: &'a Expr<'a>, optional: bool) -> Res<&'a Expr<'a>> {
        if self.token.kind.is_identifier_name() {
            let (name, name_start) = (self.token.name, self.token.start);
            self.advance();
            if is_arguments(object) && !matches!(name, Name::LENGTH | Name::CALLEE) {
                // A getter may be inherited.
                self.function.exposed_arguments += 1;
            }
            let kind = ExprKind::Member {
                optional,
                name,
                name_start,
                object,
            };
            return Ok(self.node(self.span_from(object.span.start), kind));
        }
        if self.token.kind == Tok::PrivateName {
            let name = self.private_name()?;
            let kind = ExprKind::PrivateMember(self.alloc(PrivateMember {
                object: *object,
                name,
                optional,
            }));
            return Ok(self.node(self.span_from(object.span.start), kind));
        }
        self.unexpected()
    }

    /// Consumes a use of a private name.
    pub(super) fn private_name(&mut self) -> Res<Ident> {
        let (name, span) = (self.token.name, self.token_span());
        self.advance();
        if self.class_depth == 0 && self.options.private_names.is_empty() {
            return self.fail_name(K::PrivateUndeclared, span, name);
        }
        self.private_uses.push(super::PrivateUse { name, span });
        Ok(Ident {
            span,
            name,
            reference: self.scopes.read(name),
        })
    }

    #[inline(never)]
    fn index(&mut self, object: &'a Expr<'a>, optional: bool) -> Res<&'a Expr<'a>> {
        self.advance();
        let index = self.expression_in()?;
        self.expect(Tok::RBracket)?;
        let kind = ExprKind::Index {
            optional,
            object,
            index,
        };
        Ok(self.node(self.span_from(object.span.start), kind))
    }

    #[inline(never)]
    pub(super) fn call(&mut self, callee: &'a Expr<'a>, optional: bool) -> Res<&'a Expr<'a>> {
        let arguments_start = self.token.start;
        self.calls_arguments = is_called_function(callee);
        self.note_arguments_member(callee);
        let arguments = self.arguments()?;
        let is_direct_eval = !optional
            && matches!(
                callee.unparenthesized().kind,
                ExprKind::Ident {
                    name: Name::EVAL,
                    ..
                }
            );
        if is_direct_eval {
            self.note_direct_eval();
        }
        let kind = ExprKind::Call(self.alloc(Call {
            callee: *callee,
            arguments,
            arguments_start,
            optional,
            is_direct_eval,
        }));
        Ok(self.node(self.span_from(callee.span.start), kind))
    }

    /// A member that is assigned to, or called: if it is one of `arguments`, that is changed or given away as `this`.
    pub(super) fn note_arguments_member(&mut self, member: &Expr<'a>) {
        if let ExprKind::Member { object, .. } | ExprKind::Index { object, .. } =
            member.unparenthesized().kind
            && is_arguments(object)
        {
            self.function.exposed_arguments += 1;
        }
    }

    /// The value of a `return`: what its calls are given they get when the function is done with it, unless something is left
    /// to do on the way out.
    pub(super) fn note_returned(&mut self, value: &Expr<'a>) {
        if self.function.flags.is_arrow() || self.function.tries > 0 {
            return;
        }
        match value.unparenthesized().kind {
            ExprKind::Call(call) => {
                let given = call.arguments.iter().filter(|a| is_arguments(a)).count() as u32;
                let function = &mut self.function;
                if given > 0 && function.exposed_arguments >= given {
                    function.exposed_arguments -= given;
                    function.flags.insert(FunctionFlags::ARGUMENTS_LEAVE);
                }
            }
            ExprKind::Conditional(choice) => {
                for way in [&choice.consequent, &choice.alternate] {
                    if let ExprKind::Call(_) = way.unparenthesized().kind {
                        self.note_returned(way);
                    }
                }
            }
            _ => {}
        }
    }

    /// A direct eval may use everything around it.
    fn note_direct_eval(&mut self) {
        self.function.exposed_arguments += 1;
        let flags = &mut self.function.flags;
        flags.insert(
            FunctionFlags::HAS_DIRECT_EVAL
                .with(FunctionFlags::CONTAINS_EVAL)
                .with(FunctionFlags::USES_THIS)
                .with(FunctionFlags::USES_ARGUMENTS),
        );
        if self.context.new_target {
            flags.insert(FunctionFlags::USES_NEW_TARGET);
        }
        if self.context.super_property {
            flags.insert(FunctionFlags::USES_SUPER_PROPERTY);
        }
        if self.context.super_call {
            flags.insert(FunctionFlags::USES_SUPER_CALL);
        }
        self.scopes.direct_eval(!self.context.strict);
    }

    /// `( … )` after a callee.
    #[inline(never)]
    pub(super) fn arguments(&mut self) -> Res<&'a [Expr<'a>]> {
        self.advance();
        let outer_in = std::mem::replace(&mut self.context.allow_in, true);
        let base = self.expressions.len();
        let likely_called = std::mem::take(&mut self.calls_arguments);
        while self.token.kind != Tok::RParen {
            let start = self.token.start;
            if likely_called {
                self.called_at = start;
            }
            let argument = if self.eat(Tok::Ellipsis) {
                let value = self.assignment()?;
                self.node(self.span_from(start), ExprKind::Spread(value))
            } else {
                self.assignment()?
            };
            self.expressions.push(argument);
            if !self.eat(Tok::Comma) {
                break;
            }
        }
        if self.token.kind != Tok::RParen {
            return self.missing_parenthesis();
        }
        self.advance();
        self.context.allow_in = outer_in;
        Ok(self.take_expressions(base))
    }

    #[cold]
    pub(super) fn missing_parenthesis<T>(&mut self) -> Res<T> {
        if self.token.kind == Tok::Arrow {
            return self.unexpected();
        }
        self.fail(K::MissingParenthesis, self.token_span())
    }

    /// `new F(…)`, `new F`, `new.target`
    #[inline(never)]
    pub(super) fn new_expression(&mut self) -> Res<&'a Expr<'a>> {
        let start = self.token.start;
        self.advance();
        if self.eat(Tok::Dot) {
            if !self.is_word(Name::TARGET) {
                return self.unexpected();
            }
            self.advance();
            let span = self.span_from(start);
            if !self.context.new_target {
                return self.fail(K::UnexpectedNewTarget, span);
            }
            self.function.flags.insert(FunctionFlags::USES_NEW_TARGET);
            let reference = self.scopes.read(Name::NEW_TARGET);
            return Ok(self.node(span, ExprKind::NewTarget(reference)));
        }
        self.called_at = self.token.start;
        let callee = self.nested(|parser| {
            if parser.token.kind == Tok::New {
                let inner = parser.new_expression()?;
                // `new new F()` takes no arguments beyond its own; a member chain may follow.
                return parser.suffixes(inner, false);
            }
            if parser.token.kind == Tok::Import {
                let next = parser.peek();
                let after_dot = if next.kind == Tok::Dot {
                    parser.peek_two().1.name
                } else {
                    Name::META
                };
                if next.kind == Tok::LParen || after_dot != Name::META {
                    return parser.fail(K::NewImport, parser.token_span());
                }
            }
            parser.arrow_at = super::NOWHERE;
            let primary = parser.primary()?;
            parser.suffixes(primary, false)
        })?;
        if self.cover_error.is_some() {
            return self.fail_cover();
        }
        if self.token.kind == Tok::QuestionDot {
            return self.fail(K::OptionalChainNew, self.token_span());
        }
        let arguments = if self.token.kind == Tok::LParen {
            self.arguments()?
        } else {
            &[]
        };
        Ok(self.node(
            self.span_from(start),
            ExprKind::New(self.alloc(New {
                callee: *callee,
                arguments,
            })),
        ))
    }

    /// An expression from an identifier already consumed.
    #[inline]
    pub(super) fn name_expression(&mut self, name: Name, span: Span) -> Res<&'a Expr<'a>> {
        if name == Name::ARGUMENTS {
            if self.context.no_arguments {
                return self.fail(K::ArgumentsInClassField, span);
            }
            self.function.flags.insert(FunctionFlags::USES_ARGUMENTS);
            if !matches!(self.token.kind, Tok::Dot | Tok::LBracket) {
                self.function.exposed_arguments += 1;
            }
        }
        let reference = self.scopes.read(name);
        Ok(self.node(span, ExprKind::Ident { name, reference }))
    }
}

/// Whether it is the name `arguments`, of whatever that is.
fn is_arguments(expr: &Expr<'_>) -> bool {
    matches!(
        expr.kind,
        ExprKind::Ident {
            name: Name::ARGUMENTS,
            ..
        }
    )
}

/// A function expression that is called where it stands: the functions it is given are usually called too.
fn is_called_function(callee: &Expr<'_>) -> bool {
    match callee.kind {
        ExprKind::Paren(inner) => matches!(inner.kind, ExprKind::Function(_)),
        ExprKind::Function(function) => function.likely_called,
        _ => false,
    }
}

/// What stands after the `:` of a conditional.
enum Alternate<'a> {
    /// All of it.
    Whole(&'a Expr<'a>),
    /// The condition of a further conditional; its `?` is the current token.
    Test(&'a Expr<'a>),
}
