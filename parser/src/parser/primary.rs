//! Primary expressions.

use super::{Parser, Res};
use crate::ast::{
    Expr, ExprKind, FunctionFlags, ImportCall, ImportPhase, SuperCall, SuperKey, SuperMember, Word,
};
use crate::diagnostics::DiagnosticKind as K;
use crate::lexer::{Tok, Token};
use crate::names::Name;
use crate::{Feature, Native};

impl<'a> Parser<'a, '_> {
    /// `PrimaryExpression`, `new`, `super` and `import` forms, and arrow functions when one may start here.
    pub(super) fn primary(&mut self) -> Res<&'a Expr<'a>> {
        let token = self.token;
        match token.kind {
            Tok::Ident => {
                if token.name == Name::ASYNC && !token.escaped {
                    return self.async_primary();
                }
                self.identifier_primary()
            }
            Tok::Number => self.literal(&token, ExprKind::Number(self.lexer.number)),
            Tok::String => self.literal(&token, ExprKind::String(token.name)),
            Tok::This => {
                self.advance();
                self.function.flags.insert(FunctionFlags::USES_THIS);
                let reference = self.scopes.read(Name::THIS);
                Ok(self.node(self.span_from(token.start), ExprKind::This(reference)))
            }
            Tok::LParen => self.parenthesized(),
            Tok::LBrace => self.object_literal(),
            Tok::LBracket => self.array_literal(),
            Tok::Function => self.function_expression(false),
            Tok::Null => self.literal(&token, ExprKind::Null),
            Tok::True => self.literal(&token, ExprKind::Bool(true)),
            Tok::False => self.literal(&token, ExprKind::Bool(false)),
            Tok::New => self.new_expression(),
            Tok::Template => {
                let template = self.template_literal(false)?;
                Ok(self.node(
                    self.span_from(token.start),
                    ExprKind::Template(self.alloc(template)),
                ))
            }
            Tok::Slash | Tok::SlashAssign => self.regexp_literal(),
            Tok::Class => self.class_expression(token.start, &[]),
            Tok::At => self.decorated_class_expression(),
            Tok::Super => self.super_expression(),
            Tok::Import => self.import_expression(),
            Tok::BigInt => self.literal(&token, ExprKind::BigInt(token.name)),
            Tok::Yield | Tok::Await | Tok::Let | Tok::Static => self.identifier_primary(),
            Tok::Percent => self.native_call(),
            Tok::Arrow => self.fail_with(K::UnexpectedToken, self.token_span(), &["=>"]),
            _ => self.unexpected(),
        }
    }

    /// `%Name(…)`: a call of a function of the engine.
    #[cold]
    fn native_call(&mut self) -> Res<&'a Expr<'a>> {
        if !self.options.features.has(Feature::NativesSyntax) {
            return self.unexpected();
        }
        let start = self.token.start;
        self.advance();
        if self.token.kind != Tok::Ident {
            return self.unexpected();
        }
        let text = self.text(self.token.name);
        let Some(native) = Native::from_name(&text) else {
            return self.fail_with(K::UnknownNative, self.token_span(), &[&text]);
        };
        self.advance();
        let span = self.span_from(start);
        if self.token.kind != Tok::LParen {
            return self.unexpected();
        }
        let name = self.lexer.intern_text(native.global_name().as_bytes());
        let callee = self.name_expression(name, span)?;
        let call = self.call(callee, false)?;
        if let ExprKind::Call(c) = call.kind {
            if c.arguments
                .iter()
                .any(|a| matches!(a.kind, ExprKind::Spread(_)))
            {
                return self.fail(K::NativeSpread, call.span);
            }
            let given = c.arguments.len();
            if native.arguments().is_some_and(|n| n as usize != given) {
                return self.fail(K::NativeArguments, call.span);
            }
        }
        Ok(call)
    }

    #[inline]
    fn literal(&mut self, token: &Token, kind: ExprKind<'a>) -> Res<&'a Expr<'a>> {
        self.check_legacy(token)?;
        self.advance();
        Ok(self.node(self.span_from(token.start), kind))
    }

    /// An identifier, or an arrow function with one as its parameter.
    #[inline(never)]
    fn identifier_primary(&mut self) -> Res<&'a Expr<'a>> {
        let (kind, name, start) = (self.token.kind, self.token.name, self.token.start);
        if kind == Tok::Await && !self.is_await_reserved() {
            self.last_await_name = start;
        }
        if !self.names_identifier(kind, name) {
            let token = self.token;
            return self.unexpected_primary(&token);
        }
        self.advance();
        let span = self.span_from(start);
        if self.token.kind == Tok::Arrow && self.arrow_at == start && !self.token.newline_before {
            return self.arrow_from_identifier(name, span, start, false);
        }
        self.name_expression(name, span)
    }

    #[cold]
    fn unexpected_primary<T>(&mut self, token: &Token) -> Res<T> {
        if token.kind == Tok::Await && !self.context.no_await_name && !self.context.awaits {
            return self.fail(K::AwaitOutsideAsync, self.token_span());
        }
        self.unexpected_identifier(token)
    }

    /// `async` as a function, arrow function, call or plain name.
    #[inline(never)]
    fn async_primary(&mut self) -> Res<&'a Expr<'a>> {
        let token = self.token;
        let may_be_arrow = self.arrow_at == token.start;
        let next = self.peek();
        if next.kind == Tok::Function && !next.newline_before {
            return self.function_expression(true);
        }
        if may_be_arrow && !next.newline_before {
            if next.kind == Tok::LParen {
                return self.async_call_or_arrow();
            }
            if (next.kind.is_identifier_name())
                && matches!(
                    next.kind,
                    Tok::Ident | Tok::Yield | Tok::Await | Tok::Let | Tok::Static
                )
                && self.peek_two().1.kind == Tok::Arrow
            {
                self.advance();
                let parameter = self.token;
                if parameter.name == Name::AWAIT {
                    return self.fail(K::UnexpectedReserved, self.token_span());
                }
                let (name, span) = self.identifier()?;
                if self.token.newline_before {
                    return self.unexpected();
                }
                return self.arrow_from_identifier(name, span, token.start, true);
            }
        }
        self.identifier_primary()
    }

    /// `super.x`, `super[x]`, `super(…)`
    #[inline(never)]
    fn super_expression(&mut self) -> Res<&'a Expr<'a>> {
        let token = self.token;
        let span = self.token_span();
        self.advance();
        match self.token.kind {
            Tok::LParen if self.context.super_call => {
                self.function.flags.insert(
                    FunctionFlags::USES_SUPER_CALL
                        .with(FunctionFlags::USES_THIS)
                        .with(FunctionFlags::USES_NEW_TARGET),
                );
                let function = self.scopes.read(Name::ACTIVE_FUNCTION);
                let new_target = self.scopes.read(Name::NEW_TARGET);
                let arguments = self.arguments()?;
                let this = self.scopes.read(Name::THIS);
                let node = self.alloc(SuperCall {
                    arguments,
                    function,
                    new_target,
                    this,
                });
                Ok(self.node(self.span_from(token.start), ExprKind::SuperCall(node)))
            }
            Tok::Dot | Tok::LBracket if self.context.super_property => {
                self.function
                    .flags
                    .insert(FunctionFlags::USES_SUPER_PROPERTY.with(FunctionFlags::USES_THIS));
                let home = self.scopes.read(Name::HOME_OBJECT);
                let this = self.scopes.read(Name::THIS);
                let key = if self.eat(Tok::Dot) {
                    let name = self.token;
                    if !name.kind.is_identifier_name() {
                        return self.unexpected();
                    }
                    self.advance();
                    SuperKey::Name(Word {
                        span: self.span_from(name.start),
                        name: name.name,
                    })
                } else {
                    self.advance();
                    let index = self.expression_in()?;
                    self.expect(Tok::RBracket)?;
                    SuperKey::Index(*index)
                };
                let node = self.alloc(SuperMember { key, home, this });
                Ok(self.node(self.span_from(token.start), ExprKind::SuperMember(node)))
            }
            _ => self.fail(K::UnexpectedSuper, span),
        }
    }

    /// `import(…)`, `import.meta`, `import.defer(…)`, `import.source(…)`
    #[inline(never)]
    fn import_expression(&mut self) -> Res<&'a Expr<'a>> {
        let token = self.token;
        let keyword = self.token_span();
        self.advance();
        let mut phase = ImportPhase::Evaluation;
        if self.token.kind == Tok::Dot {
            self.advance();
            if self.is_word(Name::META) {
                self.advance();
                if !self.is_module() {
                    let span = self.span_from(token.start);
                    return self.fail(K::ImportMetaOutsideModule, span);
                }
                self.module.uses_import_meta = true;
                return Ok(self.node(self.span_from(token.start), ExprKind::ImportMeta));
            }
            let feature;
            (phase, feature) = match self.token.name {
                Name::DEFER if self.is_word(Name::DEFER) => {
                    (ImportPhase::Defer, Feature::ImportDefer)
                }
                Name::SOURCE if self.is_word(Name::SOURCE) => {
                    (ImportPhase::Source, Feature::SourcePhase)
                }
                _ => return self.unexpected(),
            };
            self.require(feature, self.token_span())?;
            self.advance();
            if self.token.kind != Tok::LParen {
                return self.unexpected();
            }
        }
        if self.token.kind != Tok::LParen {
            return if self.is_module() {
                self.unexpected()
            } else {
                self.fail(K::ImportOutsideModule, keyword)
            };
        }
        self.advance();
        if self.token.kind == Tok::RParen {
            return self.fail(K::ImportMissingSpecifier, self.token_span());
        }
        let specifier = self.assignment_in()?;
        let mut options = None;
        if self.eat(Tok::Comma) && self.token.kind != Tok::RParen {
            options = Some(self.assignment_in()?);
            self.eat(Tok::Comma);
        }
        if self.token.kind != Tok::RParen {
            return self.missing_parenthesis();
        }
        self.advance();
        let node = self.alloc(ImportCall {
            phase,
            specifier: *specifier,
            options: options.copied(),
        });
        Ok(self.node(self.span_from(token.start), ExprKind::ImportCall(node)))
    }
}
