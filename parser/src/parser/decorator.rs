//! Decorators: <https://tc39.es/proposal-decorators/#sec-syntax>.
//!
//! A list of decorators stands in front of a class, of a class element, or of the `export` of a class.

use super::{Parser, Res};
use crate::Feature;
use crate::ast::{Decorator, Expr, Stmt};
use crate::diagnostics::DiagnosticKind as K;
use crate::lexer::Tok;

impl<'a> Parser<'a, '_> {
    /// `DecoratorList`, at the first `@`.
    #[inline(never)]
    pub(super) fn decorators(&mut self) -> Res<&'a [Decorator<'a>]> {
        self.require(Feature::Decorators, self.token_span())?;
        let mut list = bumpalo::collections::Vec::<Decorator<'a>>::new_in(self.arena);
        while self.token.kind == Tok::At {
            let start = self.token.start;
            self.advance();
            let expr = self.decorator_expression()?;
            list.push(Decorator {
                span: self.span_from(start),
                expr,
            });
        }
        Ok(list.into_bump_slice())
    }

    /// `( Expression )`, or names joined by dots with at most one argument list.
    fn decorator_expression(&mut self) -> Res<&'a Expr<'a>> {
        if self.token.kind == Tok::LParen {
            // Not the parameters of an arrow function.
            self.arrow_at = super::NOWHERE;
            return self.parenthesized();
        }
        let (name, span) = self.identifier()?;
        let mut expr = self.name_expression(name, span)?;
        while self.eat(Tok::Dot) {
            expr = self.member(expr, false)?;
        }
        if self.token.kind == Tok::LParen {
            expr = self.call(expr, false)?;
        }
        Ok(expr)
    }

    /// A class expression with decorators, at the first `@`.
    #[inline(never)]
    pub(super) fn decorated_class_expression(&mut self) -> Res<&'a Expr<'a>> {
        let start = self.token.start;
        let decorators = self.decorators()?;
        self.expect_class()?;
        self.class_expression(start, decorators)
    }

    /// A class declaration with decorators, at the first `@`.
    #[inline(never)]
    pub(super) fn decorated_class_statement(&mut self) -> Res<Stmt<'a>> {
        let start = self.token.start;
        let decorators = self.decorators()?;
        self.expect_class()?;
        self.class_statement(start, decorators)
    }

    /// At the top level of a module: the decorators of a class or of an exported class, at the first `@`.
    #[inline(never)]
    pub(super) fn decorated_module_item(&mut self) -> Res<Stmt<'a>> {
        let start = self.token.start;
        let decorators = self.decorators()?;
        if self.token.kind == Tok::Export {
            return self.export_declaration(start, decorators);
        }
        self.expect_class()?;
        self.class_statement(start, decorators)
    }

    /// After a list of decorators.
    pub(super) fn expect_class(&mut self) -> Res<()> {
        match self.token.kind {
            Tok::Class => Ok(()),
            Tok::End | Tok::Error => self.unexpected(),
            _ => self.fail(K::DecoratorsWithoutClass, self.token_span()),
        }
    }

    /// After `export`, where a second list of decorators may start.
    pub(super) fn one_decorator_list(&mut self, before: &[Decorator<'a>]) -> Res<()> {
        if self.token.kind == Tok::At && !before.is_empty() {
            return self.fail(K::DecoratorsAroundExport, self.token_span());
        }
        Ok(())
    }

    /// Some elements take no decorators.
    pub(super) fn refuse_decorators(&mut self, decorators: &[Decorator<'a>], kind: K) -> Res<()> {
        match decorators {
            [] => Ok(()),
            [first, ..] => self.fail(kind, first.span),
        }
    }
}
