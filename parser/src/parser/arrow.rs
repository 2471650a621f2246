//! Parenthesized expressions and arrow functions.

use super::function::Outer;
use super::{NOWHERE, Parser, Res};
use crate::ast::{
    Call, Expr, ExprKind, Function, FunctionBody, FunctionFlags, Ident, Pattern, PatternElement,
    PatternKind,
};
use crate::diagnostics::DiagnosticKind as K;
use crate::lexer::Tok;
use crate::names::Name;
use crate::scope::ScopeKind;
use crate::span::Span;

/// What stood between the parentheses of something that may be parameters.
struct Covered<'a> {
    /// First of the items in `Parser::expressions`.
    base: usize,
    /// The operand of a final `...`, and where that starts.
    rest: Option<(u32, &'a Expr<'a>)>,
    trailing_comma: Option<Span>,
    span: Span,
}

impl<'a> Parser<'a, '_> {
    /// `( … )` or an arrow function, at the parenthesis.
    #[inline(never)]
    pub(super) fn parenthesized(&mut self) -> Res<&'a Expr<'a>> {
        let start = self.token.start;
        if self.arrow_at != start {
            return self.plain_parentheses();
        }
        let likely_called = self.called_at == start;
        let enter = self.scopes.reserve();
        let outer_cover = self.cover_error.take();
        let covered = self.covered(false)?;
        if self.token.kind == Tok::Arrow {
            if self.token.newline_before {
                return self.unexpected();
            }
            self.cover_error = outer_cover;
            if likely_called {
                self.called_at = start;
            }
            return self.arrow_from_covered(start, enter, &covered, false);
        }
        if self.cover_error.is_some() {
            return self.fail_cover();
        }
        self.cover_error = outer_cover;
        if let Some((rest, _)) = covered.rest {
            return self.fail_with(K::UnexpectedToken, Span::new(rest, rest + 3), &["..."]);
        }
        if covered.trailing_comma.is_some() || self.expressions.len() == covered.base {
            let close = Span::new(covered.span.end - 1, covered.span.end);
            return self.fail_with(K::UnexpectedToken, close, &[")"]);
        }
        let inner = self.join(covered.base);
        Ok(self.node(covered.span, ExprKind::Paren(inner)))
    }

    /// `( Expression )` where no arrow function can be.
    #[inline(never)]
    fn plain_parentheses(&mut self) -> Res<&'a Expr<'a>> {
        let start = self.token.start;
        self.advance();
        self.called_at = self.token.start;
        let inner = self.expression_in()?;
        self.expect(Tok::RParen)?;
        Ok(self.node(self.span_from(start), ExprKind::Paren(inner)))
    }

    /// One expression of those from `base` on.
    fn join(&mut self, base: usize) -> &'a Expr<'a> {
        if let [single] = self.expressions[base..] {
            self.expressions.truncate(base);
            return single;
        }
        let list = self.take_expressions(base);
        // Callers have refused an empty list.
        let span = match list {
            [first, .., last] => first.span.to(last.span),
            _ => self.token_span(),
        };
        self.node(span, ExprKind::Sequence(list))
    }

    /// Parses a parenthesized list that may be expressions, arguments or parameters.
    #[inline(never)]
    fn covered(&mut self, spreads: bool) -> Res<Covered<'a>> {
        let start = self.token.start;
        self.advance();
        if !spreads {
            self.called_at = self.token.start;
        }
        let outer_in = std::mem::replace(&mut self.context.allow_in, true);
        let base = self.expressions.len();
        let mut rest = None;
        let mut trailing_comma = None;
        while self.token.kind != Tok::RParen {
            let item_start = self.token.start;
            trailing_comma = None;
            if self.eat(Tok::Ellipsis) {
                let value = self.assignment_or_pattern()?;
                if !spreads {
                    if self.token.kind == Tok::Comma {
                        return self.fail(K::ParameterAfterRest, self.token_span());
                    }
                    rest = Some((item_start, value));
                    break;
                }
                let kind = ExprKind::Spread(value);
                let spread = self.node(self.span_from(item_start), kind);
                self.expressions.push(spread);
            } else {
                let value = self.assignment_or_pattern()?;
                self.expressions.push(value);
            }
            let comma = self.token_span();
            if !self.eat(Tok::Comma) {
                break;
            }
            trailing_comma = Some(comma);
        }
        if self.token.kind != Tok::RParen {
            return if spreads {
                self.missing_parenthesis()
            } else {
                self.unexpected()
            };
        }
        self.advance();
        self.context.allow_in = outer_in;
        Ok(Covered {
            base,
            rest,
            trailing_comma,
            span: self.span_from(start),
        })
    }

    /// `async ( … )`: a call or an async arrow function, at `async`.
    #[inline(never)]
    pub(super) fn async_call_or_arrow(&mut self) -> Res<&'a Expr<'a>> {
        let start = self.token.start;
        let likely_called = self.called_at == start;
        self.advance();
        let span = self.span_from(start);
        let callee = self.name_expression(Name::ASYNC, span)?;
        let enter = self.scopes.reserve();
        let outer_cover = self.cover_error.take();
        let arguments_start = self.token.start;
        let mut covered = self.covered(true)?;
        if self.token.kind == Tok::Arrow && !self.token.newline_before {
            self.cover_error = outer_cover;
            if let ExprKind::Ident { reference, .. } = callee.kind {
                self.scopes.make_nothing(reference);
            }
            // Only the last may be a rest, without a comma after it.
            if let Some(last) = self.expressions[covered.base..].last()
                && let ExprKind::Spread(value) = last.kind
            {
                if let Some(comma) = covered.trailing_comma {
                    return self.fail(K::ParameterAfterRest, comma);
                }
                covered.rest = Some((last.span.start, value));
                self.expressions.pop();
            }
            if likely_called {
                self.called_at = start;
            }
            return self.arrow_from_covered(start, enter, &covered, true);
        }
        if self.cover_error.is_some() {
            return self.fail_cover();
        }
        self.cover_error = outer_cover;
        let arguments = self.take_expressions(covered.base);
        let call = self.alloc(Call {
            callee: *callee,
            arguments,
            arguments_start,
            optional: false,
            is_direct_eval: false,
        });
        Ok(self.node(self.span_from(start), ExprKind::Call(call)))
    }

    /// An arrow function with one plain parameter, at its `=>`.
    #[inline(never)]
    pub(super) fn arrow_from_identifier(
        &mut self,
        name: Name,
        span: Span,
        start: u32,
        is_async: bool,
    ) -> Res<&'a Expr<'a>> {
        let enter = self.scopes.reserve();
        let outer = self.enter_arrow(enter, is_async);
        self.pattern_has_expression = false;
        let ident = Ident {
            span,
            name,
            reference: self.scopes.binding_occurrence(name),
        };
        self.bind_parameter(&ident)?;
        let parameter = PatternElement {
            span,
            pattern: Pattern {
                span,
                kind: PatternKind::Ident(ident),
            },
            default: None,
        };
        let parameters = self.slice(&[parameter]);
        self.arrow_body(outer, start, span, parameters, None)
    }

    /// An arrow function with the parameters just read, at its `=>`.
    #[inline(never)]
    fn arrow_from_covered(
        &mut self,
        start: u32,
        enter: u32,
        covered: &Covered<'a>,
        is_async: bool,
    ) -> Res<&'a Expr<'a>> {
        let inside = |position: u32| position != NOWHERE && position >= covered.span.start;
        if inside(self.last_yield) {
            let at = self.last_yield;
            return self.fail(K::YieldInParameters, Span::new(at, at + 5));
        }
        for at in [self.last_await, self.last_await_name] {
            if inside(at) && (is_async || at == self.last_await) {
                return self.fail(K::AwaitInParameters, Span::new(at, at + 5));
            }
        }
        let outer = self.enter_arrow(enter, is_async);
        self.pattern_has_expression = false;
        let items = self.take_expressions(covered.base);
        let mut parameters = bumpalo::collections::Vec::with_capacity_in(items.len(), self.arena);
        for item in items {
            if matches!(item.kind, ExprKind::Spread(_)) {
                return self.fail(K::ParameterAfterRest, item.span);
            }
            parameters.push(self.pattern_element(item, true)?);
        }
        let rest = match &covered.rest {
            Some((_, value)) => {
                if matches!(value.kind, ExprKind::Assign { .. }) {
                    return self.fail(K::RestInitializer, value.span);
                }
                let pattern = self.pattern(value, true)?;
                Some(self.alloc(pattern))
            }
            None => None,
        };
        self.arrow_body(
            outer,
            start,
            covered.span,
            parameters.into_bump_slice(),
            rest,
        )
    }

    /// Starts an arrow function whose scope opens at the reserved event `enter`.
    fn enter_arrow(&mut self, enter: u32, is_async: bool) -> Outer {
        let mut flags = FunctionFlags::ARROW;
        if is_async {
            flags.insert(FunctionFlags::ASYNC);
        }
        let outer = self.enter_function(flags);
        let context = &mut self.context;
        context.yields = false;
        context.awaits = is_async;
        // Parameters of plain arrows know `await` as their surroundings do; the body does not.
        context.no_await_name = is_async || outer.context.awaits || outer.context.no_await_name;
        self.scopes.open_at(
            enter,
            ScopeKind::Function,
            self.function.id,
            self.context.strict,
        );
        self.scopes.adopt_evals();
        outer
    }

    /// The rest of an arrow function, at its `=>`, parameters declared.
    #[inline(never)]
    fn arrow_body(
        &mut self,
        outer: Outer,
        start: u32,
        parameters_span: Span,
        parameters: &'a [PatternElement<'a>],
        rest: Option<&'a Pattern<'a>>,
    ) -> Res<&'a Expr<'a>> {
        let likely_called = self.called_at == start;
        self.context.no_await_name = false;
        let scope = self.scopes.current_id();
        let has_expressions = std::mem::replace(&mut self.pattern_has_expression, false);
        self.note_parameters(parameters, rest, has_expressions);
        let body_start = self.peek_start();
        self.advance();
        let (body, body_scope) = if self.token.kind == Tok::LBrace {
            self.function_body(has_expressions, None)?
        } else {
            self.context.allow_in = outer.context.allow_in;
            if has_expressions {
                self.open_body_scope();
            }
            let value = self.assignment()?;
            let body_scope = if has_expressions {
                self.scopes.close()
            } else {
                None
            };
            (FunctionBody::Expr(value), body_scope)
        };
        let body_span = self.span_from(body_start);
        let flags = self.leave_function(outer);
        let id = flags.1;
        let function = self.alloc(Function {
            span: self.span_from(start),
            id,
            flags: flags.0,
            name: None,
            name_scope: None,
            scope,
            body_scope,
            parameters,
            rest,
            length: super::function::expected_arguments(parameters),
            parameters_span,
            body,
            body_span,
            surroundings: outer.context.pack(),
            likely_called,
        });
        Ok(self.node(function.span, ExprKind::Function(function)))
    }

    /// Start of the token after the current one.
    fn peek_start(&mut self) -> u32 {
        self.peek().start
    }
}
