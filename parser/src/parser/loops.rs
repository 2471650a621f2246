//! Loops.

use super::statement::Position;
use super::{Parser, Res};
use crate::ast::{
    Expr, For, ForIn, ForInKind, ForInit, ForTarget, FunctionFlags, Pattern, PatternKind, Stmt,
    StmtKind, VarDeclaration, VarKind,
};
use crate::diagnostics::DiagnosticKind as K;
use crate::lexer::{Tok, Token};
use crate::names::Name;
use crate::scope::ScopeKind;
use crate::span::Span;

/// What stands first in a `for` head.
enum Head<'a> {
    /// The first part of a `for (;;)`.
    Classic(Option<ForInit<'a>>),
    /// The left side of a `for-in`/`for-of`; its keyword is the current token. The marks enclose its bindings.
    Each(ForTarget<'a>, u32, u32),
}

impl<'a> Parser<'a, '_> {
    #[inline(never)]
    pub(super) fn while_statement(&mut self) -> Res<Stmt<'a>> {
        let start = self.token.start;
        self.note_loop();
        self.advance();
        self.expect(Tok::LParen)?;
        let test = self.expression()?;
        self.expect(Tok::RParen)?;
        let body = self.loop_body()?;
        Ok(Stmt {
            span: self.span_from(start),
            kind: StmtKind::While {
                test,
                body: self.alloc(body),
            },
        })
    }

    #[inline(never)]
    pub(super) fn do_while_statement(&mut self) -> Res<Stmt<'a>> {
        let start = self.token.start;
        self.note_loop();
        self.advance();
        let body = self.loop_body()?;
        self.expect(Tok::While)?;
        self.expect(Tok::LParen)?;
        let test = self.expression()?;
        self.expect(Tok::RParen)?;
        // A semicolon is always inserted here.
        self.eat(Tok::Semicolon);
        Ok(Stmt {
            span: self.span_from(start),
            kind: StmtKind::DoWhile {
                body: self.alloc(body),
                test,
            },
        })
    }

    #[inline(never)]
    pub(super) fn for_statement(&mut self) -> Res<Stmt<'a>> {
        let start = self.token.start;
        self.note_loop();
        self.advance();
        let is_await = self.token.kind == Tok::Await;
        if is_await {
            if !self.context.awaits {
                return self.unexpected();
            }
            self.function.flags.insert(FunctionFlags::CONTAINS_AWAIT);
            self.last_await = self.token.start;
            self.advance();
        }
        self.expect(Tok::LParen)?;
        self.scopes
            .open(ScopeKind::For, self.function.id, self.context.strict);
        let outer_top = std::mem::replace(&mut self.context.script_top, false);
        let kind = match self.for_head(is_await)? {
            Head::Classic(init) => {
                if is_await {
                    return self.unexpected();
                }
                self.classic_for(init)?
            }
            Head::Each(target, mark, end) => self.each_for(target, is_await, mark, end)?,
        };
        self.context.script_top = outer_top;
        Ok(Stmt {
            span: self.span_from(start),
            kind,
        })
    }

    #[inline(never)]
    fn for_head(&mut self, is_await: bool) -> Res<Head<'a>> {
        let token = self.token;
        match token.kind {
            Tok::Semicolon => Ok(Head::Classic(None)),
            Tok::Var => self.declaration_head(VarKind::Var),
            Tok::Const => self.declaration_head(VarKind::Const),
            Tok::Let => {
                let next = self.peek();
                if self.starts_let_declaration(&next, Position::List)
                    && !(next.kind == Tok::Ident
                        && next.name == Name::OF
                        && self.is_for_of_let(&next))
                {
                    return self.declaration_head(VarKind::Let);
                }
                self.expression_head(&token, is_await)
            }
            Tok::Ident if token.name == Name::USING && self.starts_using_head() => {
                self.declaration_head(VarKind::Using)
            }
            Tok::Await if self.context.awaits && self.starts_await_using() => {
                self.declaration_head(VarKind::AwaitUsing)
            }
            _ => self.expression_head(&token, is_await),
        }
    }

    /// `for (let of` is never an expression; whether it is a declaration of `of` depends on what follows.
    fn is_for_of_let(&mut self, next: &Token) -> bool {
        let (_, after) = self.peek_two();
        let declares = matches!(
            after.kind,
            Tok::Assign | Tok::Semicolon | Tok::Comma | Tok::In
        ) || after.kind == Tok::Ident && after.name == Name::OF;
        !next.escaped && !declares
    }

    /// `using name`, but `using of` only as a declaration of `of` with an initializer.
    fn starts_using_head(&mut self) -> bool {
        if self.token.escaped {
            return false;
        }
        let (next, after) = self.peek_two();
        self.is_using_name(&next)
            && (next.name != Name::OF
                || matches!(after.kind, Tok::Assign | Tok::Semicolon | Tok::Comma))
    }

    #[inline(never)]
    fn declaration_head(&mut self, kind: VarKind) -> Res<Head<'a>> {
        let start = self.token.start;
        self.advance();
        if kind == VarKind::AwaitUsing {
            self.advance();
        }
        let outer_in = std::mem::replace(&mut self.context.allow_in, false);
        let mark = self.scopes.binding_mark();
        let pattern_start = self.token.start;
        let pattern = self.declared_pattern(kind)?;
        let end = self.scopes.binding_mark();
        self.note_using(kind);
        if self.at_each() {
            self.context.allow_in = outer_in;
            let target = ForTarget::Declaration {
                kind,
                pattern,
                init: None,
            };
            return Ok(Head::Each(target, mark, end));
        }
        let first = self.initializer(pattern_start, kind, pattern, mark, end)?;
        if self.at_each() {
            self.context.allow_in = outer_in;
            return self.initialized_each(kind, pattern, first.init, mark, end);
        }
        let mut list = bumpalo::collections::Vec::new_in(self.arena);
        list.push(first);
        if self.token.kind == Tok::Comma {
            self.advance();
            let rest = self.declarators(start, kind)?;
            list.extend_from_slice_copy(rest.declarators);
        }
        self.context.allow_in = outer_in;
        if self.at_each() {
            let span = self.span_from(start);
            let what = self.each_text();
            return self.fail_with(K::ForInMultiple, span, &[what]);
        }
        let declaration = self.alloc(VarDeclaration {
            span: self.span_from(start),
            kind,
            declarators: list.into_bump_slice(),
        });
        Ok(Head::Classic(Some(ForInit::Var(declaration))))
    }

    /// `for (var x = init in …)`: sloppy code only (Annex B).
    fn initialized_each(
        &mut self,
        kind: VarKind,
        pattern: Pattern<'a>,
        init: Option<&'a Expr<'a>>,
        mark: u32,
        end: u32,
    ) -> Res<Head<'a>> {
        let simple = matches!(pattern.kind, PatternKind::Ident(_));
        if kind != VarKind::Var || self.context.strict || !simple || self.token.kind != Tok::In {
            let what = self.each_text();
            return self.fail_with(K::ForInInitializer, pattern.span, &[what]);
        }
        let target = ForTarget::Declaration {
            kind,
            pattern,
            init,
        };
        Ok(Head::Each(target, mark, end))
    }

    #[inline(never)]
    fn expression_head(&mut self, first: &Token, is_await: bool) -> Res<Head<'a>> {
        let outer_in = std::mem::replace(&mut self.context.allow_in, false);
        let outer_cover = self.cover_error.take();
        let expr = self.assignment_or_pattern()?;
        if self.at_each() {
            self.context.allow_in = outer_in;
            let is_of = self.token.kind != Tok::In;
            let is_first = expr.span == Span::new(first.start, first.end);
            if is_of && !first.escaped && first.kind == Tok::Let {
                return self.fail(K::ForOfLet, Span::new(first.start, first.end));
            }
            if is_of && !first.escaped && !is_await && is_first && first.name == Name::ASYNC {
                return self.fail(K::ForOfAsync, expr.span);
            }
            let target = self.assignment_pattern(expr, K::InvalidForTarget)?;
            self.cover_error = outer_cover;
            let mark = self.scopes.binding_mark();
            return Ok(Head::Each(ForTarget::Pattern(target), mark, mark));
        }
        if self.cover_error.is_some() {
            return self.fail_cover();
        }
        self.cover_error = outer_cover;
        let expr = if self.token.kind == Tok::Comma {
            self.sequence(expr)?
        } else {
            expr
        };
        self.context.allow_in = outer_in;
        if self.at_each() {
            return self.fail(K::InvalidForTarget, expr.span);
        }
        Ok(Head::Classic(Some(ForInit::Expr(*expr))))
    }

    /// The current token is `in` or `of`.
    fn at_each(&self) -> bool {
        self.token.kind == Tok::In || self.is_word(Name::OF)
    }

    fn each_text(&self) -> &'static str {
        if self.token.kind == Tok::In {
            "for-in"
        } else {
            "for-of"
        }
    }

    #[inline(never)]
    fn classic_for(&mut self, init: Option<ForInit<'a>>) -> Res<StmtKind<'a>> {
        self.expect(Tok::Semicolon)?;
        let test = if self.token.kind == Tok::Semicolon {
            None
        } else {
            Some(*self.expression()?)
        };
        self.expect(Tok::Semicolon)?;
        let update = if self.token.kind == Tok::RParen {
            None
        } else {
            Some(*self.expression()?)
        };
        self.expect(Tok::RParen)?;
        let body = self.loop_body()?;
        let scope = self.scopes.close();
        Ok(StmtKind::For(self.alloc(For {
            scope,
            init,
            test,
            update,
            body,
        })))
    }

    #[inline(never)]
    fn each_for(
        &mut self,
        target: ForTarget<'a>,
        is_await: bool,
        mark: u32,
        end: u32,
    ) -> Res<StmtKind<'a>> {
        self.scopes.become_for_in();
        let kind = match self.token.kind {
            Tok::In if is_await => return self.unexpected(),
            Tok::In => ForInKind::In,
            _ if is_await => ForInKind::AwaitOf,
            _ => ForInKind::Of,
        };
        if kind == ForInKind::In
            && let ForTarget::Declaration {
                kind: VarKind::Using | VarKind::AwaitUsing,
                pattern,
                ..
            } = target
        {
            return self.fail(K::ForInUsing, pattern.span);
        }
        self.advance();
        let right = if kind == ForInKind::In {
            self.expression()?
        } else {
            self.assignment()?
        };
        self.scopes.mark_initialized(mark, end, self.token.start);
        self.expect(Tok::RParen)?;
        let body = self.loop_body()?;
        let scope = self.scopes.close();
        Ok(StmtKind::ForIn(self.alloc(ForIn {
            kind,
            scope,
            target,
            right: *right,
            body,
        })))
    }
}
