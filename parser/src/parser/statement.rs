//! Statements.

use super::pattern::Binder;
use super::{Label, Parser, Res};
use crate::ast::{
    Block, Case, Catch, ExprKind, If, Stmt, StmtKind, Switch, Try, VarKind, With, Word,
};
use crate::diagnostics::DiagnosticKind as K;
use crate::lexer::{Tok, Token};
use crate::names::Name;
use crate::scope::ScopeKind;
use crate::span::Span;

/// Where a statement stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Position {
    /// In a statement list: declarations are allowed.
    List,
    /// The body of a loop, `if` or `with`.
    Single,
    /// After a label in a statement list: sloppy code may declare a function.
    Labeled,
}

impl<'a> Parser<'a, '_> {
    /// `StatementListItem`
    pub(super) fn statement_list_item(&mut self) -> Res<Stmt<'a>> {
        self.statement(Position::List)
    }

    /// A statement, or in lists a declaration.
    pub(super) fn statement(&mut self, position: Position) -> Res<Stmt<'a>> {
        self.nested(|parser| parser.statement_inner(position))
    }

    fn statement_inner(&mut self, position: Position) -> Res<Stmt<'a>> {
        let token = self.token;
        let is_list = position == Position::List;
        match token.kind {
            Tok::LBrace => {
                let block = self.block(ScopeKind::Block)?;
                Ok(Stmt {
                    span: block.span,
                    kind: StmtKind::Block(self.alloc(block)),
                })
            }
            Tok::Var => self.variable_statement(VarKind::Var),
            Tok::Const => {
                if !is_list {
                    return self.unexpected();
                }
                self.variable_statement(VarKind::Const)
            }
            Tok::Let => {
                let next = self.peek();
                if self.starts_let_declaration(&next, position) {
                    if !is_list {
                        return self.fail(K::LexicalInStatement, self.token_span());
                    }
                    return self.variable_statement(VarKind::Let);
                }
                self.expression_statement(position)
            }
            Tok::If => self.if_statement(),
            Tok::Return => self.return_statement(),
            Tok::Function => self.function_statement(false, position),
            Tok::For => self.for_statement(),
            Tok::Semicolon => {
                self.advance();
                self.finish(token.start, StmtKind::Empty)
            }
            Tok::While => self.while_statement(),
            Tok::Do => self.do_while_statement(),
            Tok::Continue | Tok::Break => self.jump_statement(),
            Tok::Throw => self.throw_statement(),
            Tok::Try => self.try_statement(),
            Tok::Switch => self.switch_statement(),
            Tok::With => self.with_statement(),
            Tok::Class => {
                if !is_list {
                    return self.unexpected();
                }
                self.class_statement(token.start, &[])
            }
            Tok::At => {
                if !is_list {
                    return self.unexpected();
                }
                self.decorated_class_statement()
            }
            Tok::Debugger => {
                self.advance();
                self.semicolon()?;
                self.finish(token.start, StmtKind::Debugger)
            }
            Tok::Import => {
                if matches!(self.peek().kind, Tok::LParen | Tok::Dot) {
                    return self.expression_statement(position);
                }
                if self.is_module() {
                    return self.unexpected();
                }
                self.fail(K::ImportOutsideModule, self.token_span())
            }
            Tok::Ident if token.name == Name::ASYNC && !token.escaped => {
                let next = self.peek();
                if next.kind == Tok::Function && !next.newline_before {
                    return self.function_statement(true, position);
                }
                self.expression_statement(position)
            }
            Tok::Ident if token.name == Name::USING && self.starts_using() => {
                self.using_statement(VarKind::Using, position)
            }
            Tok::Await if self.context.awaits && self.starts_await_using() => {
                self.using_statement(VarKind::AwaitUsing, position)
            }
            _ => self.expression_statement(position),
        }
    }

    #[inline]
    fn finish(&self, start: u32, kind: StmtKind<'a>) -> Res<Stmt<'a>> {
        Ok(Stmt {
            span: self.span_from(start),
            kind,
        })
    }

    /// Whether `let`, followed by `next`, starts a declaration.
    pub(super) fn starts_let_declaration(&self, next: &Token, position: Position) -> bool {
        match next.kind {
            // `let [` never starts an expression statement.
            Tok::LBracket => true,
            // In a body, `let` before a line break is an expression and a semicolon is inserted.
            Tok::LBrace => position == Position::List || !next.newline_before,
            Tok::Ident | Tok::Yield | Tok::Await | Tok::Let | Tok::Static => {
                position == Position::List || !next.newline_before
            }
            Tok::EscapedKeyword => position == Position::List,
            _ => false,
        }
    }

    /// Whether the current `using` starts a declaration.
    pub(super) fn starts_using(&mut self) -> bool {
        if self.token.escaped {
            return false;
        }
        let next = self.peek();
        self.is_using_name(&next)
    }

    pub(super) fn is_using_name(&self, next: &Token) -> bool {
        !next.newline_before
            && matches!(
                next.kind,
                Tok::Ident | Tok::Yield | Tok::Await | Tok::Let | Tok::Static
            )
    }

    /// Whether the current `await` starts `await using name`.
    pub(super) fn starts_await_using(&mut self) -> bool {
        let (using, name) = self.peek_two();
        using.kind == Tok::Ident
            && using.name == Name::USING
            && !using.escaped
            && !using.newline_before
            && self.is_using_name(&name)
    }

    #[inline(never)]
    fn using_statement(&mut self, kind: VarKind, position: Position) -> Res<Stmt<'a>> {
        if position != Position::List {
            return self.fail(K::LexicalInStatement, self.token_span());
        }
        if self.context.script_top || self.context.in_case {
            return self.fail(K::UsingNotAllowed, self.token_span());
        }
        self.variable_statement(kind)
    }

    /// `{ … }` with a scope of its own.
    #[inline(never)]
    pub(super) fn block(&mut self, kind: ScopeKind) -> Res<Block<'a>> {
        let start = self.token.start;
        self.expect(Tok::LBrace)?;
        let context = (self.context.in_case, self.context.script_top);
        self.context.in_case = false;
        self.context.script_top = false;
        self.scopes
            .open(kind, self.function.id, self.context.strict);
        let base = self.statements.len();
        while self.token.kind != Tok::RBrace {
            if self.token.kind == Tok::End {
                return self.unexpected();
            }
            let statement = self.statement_list_item()?;
            self.statements.push(statement);
        }
        self.advance();
        (self.context.in_case, self.context.script_top) = context;
        let scope = self.scopes.close();
        Ok(Block {
            span: self.span_from(start),
            scope,
            body: self.take_statements(base),
        })
    }

    /// An expression statement, or a label and its statement.
    #[inline(never)]
    fn expression_statement(&mut self, position: Position) -> Res<Stmt<'a>> {
        let token = self.token;
        if matches!(token.kind, Tok::Export) {
            return self.unexpected();
        }
        let expr = self.expression()?;
        if self.token.kind == Tok::Colon
            && let ExprKind::Ident { name, reference } = expr.kind
            && expr.span == Span::new(token.start, token.end)
        {
            self.scopes.make_nothing(reference);
            let label = Word {
                span: expr.span,
                name,
            };
            return self.labeled_statement(label, position);
        }
        if self.token.kind != Tok::Semicolon && !self.can_insert_semicolon() {
            return self.unexpected_after_statement(&token);
        }
        self.semicolon()?;
        self.finish(token.start, StmtKind::Expr(expr))
    }

    #[cold]
    fn unexpected_after_statement<T>(&mut self, first: &Token) -> Res<T> {
        if first.kind == Tok::Ident && self.context.strict && super::is_strict_reserved(first.name)
        {
            return self.fail(
                K::UnexpectedStrictReserved,
                Span::new(first.start, first.end),
            );
        }
        self.semicolon()?;
        self.unexpected()
    }

    #[inline(never)]
    fn labeled_statement(&mut self, label: Word, position: Position) -> Res<Stmt<'a>> {
        self.advance();
        let first = self.function.labels;
        if self.labels[first..]
            .iter()
            .any(|other| other.name == label.name)
        {
            return self.fail_name(K::LabelRedeclaration, label.span, label.name);
        }
        // Labels in front of a label name the same statement.
        let statement = self.token.start;
        for outer in self.labels[first..].iter_mut().rev() {
            if outer.statement != label.span.start {
                break;
            }
            outer.statement = statement;
        }
        self.labels.push(Label {
            name: label.name,
            statement,
            is_loop: false,
        });
        let inner = match position {
            Position::List | Position::Labeled => Position::Labeled,
            Position::Single => Position::Single,
        };
        let body = self.statement(inner)?;
        self.labels.pop();
        let body = self.alloc(body);
        self.finish(label.span.start, StmtKind::Labeled { label, body })
    }

    /// The current token starts a loop: labels right before it may be continued to.
    pub(super) fn note_loop(&mut self) {
        let start = self.token.start;
        let first = self.function.labels;
        for label in self.labels[first..].iter_mut().rev() {
            if label.statement != start {
                break;
            }
            label.is_loop = true;
        }
    }

    /// The body of a loop.
    pub(super) fn loop_body(&mut self) -> Res<Stmt<'a>> {
        let outer = (self.context.in_loop, self.context.in_breakable);
        self.context.in_loop = true;
        self.context.in_breakable = true;
        let body = self.statement(Position::Single)?;
        (self.context.in_loop, self.context.in_breakable) = outer;
        Ok(body)
    }

    /// `else if` chains are read by a loop.
    #[inline(never)]
    fn if_statement(&mut self) -> Res<Stmt<'a>> {
        let mut arms = Vec::new();
        let last = loop {
            let start = self.token.start;
            self.advance();
            self.expect(Tok::LParen)?;
            let test = self.expression()?;
            self.expect(Tok::RParen)?;
            let consequent = self.if_body()?;
            let end = self.last_end;
            arms.push((start, test, consequent, end));
            if !self.eat(Tok::Else) {
                break None;
            }
            if self.token.kind != Tok::If {
                break Some(self.if_body()?);
            }
        };
        let end = self.last_end;
        let mut alternate = last;
        while let Some((start, test, consequent, _)) = arms.pop() {
            let node = self.alloc(If {
                test: *test,
                consequent,
                alternate,
            });
            alternate = Some(Stmt {
                span: Span::new(start, end),
                kind: StmtKind::If(node),
            });
        }
        match alternate {
            Some(statement) => Ok(statement),
            None => self.unexpected(),
        }
    }

    /// A branch of an `if`: sloppy code may declare a function, in a scope of its own.
    #[inline(never)]
    fn if_body(&mut self) -> Res<Stmt<'a>> {
        if self.token.kind != Tok::Function || self.context.strict {
            return self.statement(Position::Single);
        }
        let start = self.token.start;
        self.scopes
            .open(ScopeKind::Block, self.function.id, self.context.strict);
        let function = self.function_statement(false, Position::Labeled)?;
        let scope = self.scopes.close();
        let span = self.span_from(start);
        let block = Block {
            span,
            scope,
            body: self.slice(&[function]),
        };
        Ok(Stmt {
            span,
            kind: StmtKind::Block(self.alloc(block)),
        })
    }

    #[inline(never)]
    fn return_statement(&mut self) -> Res<Stmt<'a>> {
        let start = self.token.start;
        if !self.context.returns {
            return self.fail(K::IllegalReturn, self.token_span());
        }
        self.advance();
        let value = if self.token.kind == Tok::Semicolon || self.can_insert_semicolon() {
            None
        } else {
            let value = self.expression()?;
            self.note_returned(value);
            Some(value)
        };
        self.semicolon()?;
        self.finish(start, StmtKind::Return(value))
    }

    #[inline(never)]
    fn throw_statement(&mut self) -> Res<Stmt<'a>> {
        let start = self.token.start;
        self.advance();
        if self.token.newline_before {
            return self.fail(K::NewlineAfterThrow, Span::new(start, start + 5));
        }
        let value = self.expression()?;
        self.semicolon()?;
        self.finish(start, StmtKind::Throw(value))
    }

    /// `break` and `continue`
    #[inline(never)]
    fn jump_statement(&mut self) -> Res<Stmt<'a>> {
        let start = self.token.start;
        let keyword = self.token_span();
        let is_break = self.token.kind == Tok::Break;
        self.advance();
        let mut label = None;
        if self.token.kind != Tok::Semicolon && !self.can_insert_semicolon() {
            let (name, span) = self.identifier()?;
            let found = self.labels[self.function.labels..]
                .iter()
                .rev()
                .find(|label| label.name == name);
            match found {
                None => return self.fail_name(K::UndefinedLabel, span, name),
                Some(found) if !is_break && !found.is_loop => {
                    return self.fail_name(K::ContinueToNonLoop, span, name);
                }
                Some(_) => {}
            }
            label = Some(Word { span, name });
        } else if is_break && !self.context.in_breakable {
            return self.fail(K::IllegalBreak, keyword);
        } else if !is_break && !self.context.in_loop {
            return self.fail(K::IllegalContinue, keyword);
        }
        self.semicolon()?;
        let kind = if is_break {
            StmtKind::Break(label)
        } else {
            StmtKind::Continue(label)
        };
        self.finish(start, kind)
    }

    #[inline(never)]
    fn with_statement(&mut self) -> Res<Stmt<'a>> {
        let start = self.token.start;
        if self.context.strict {
            return self.fail(K::StrictWith, self.token_span());
        }
        self.advance();
        self.expect(Tok::LParen)?;
        let object = self.expression()?;
        self.expect(Tok::RParen)?;
        let scope = self
            .scopes
            .open_real(ScopeKind::With, self.function.id, false);
        let body = self.statement(Position::Single)?;
        self.scopes.close();
        let node = self.alloc(With {
            scope,
            object: *object,
            body,
        });
        self.finish(start, StmtKind::With(node))
    }

    #[inline(never)]
    fn switch_statement(&mut self) -> Res<Stmt<'a>> {
        let start = self.token.start;
        self.advance();
        self.expect(Tok::LParen)?;
        let discriminant = self.expression()?;
        self.expect(Tok::RParen)?;
        self.expect(Tok::LBrace)?;
        let context = self.context;
        self.context.in_breakable = true;
        self.context.in_case = true;
        self.context.script_top = false;
        self.scopes
            .open(ScopeKind::Switch, self.function.id, self.context.strict);
        let mut cases = bumpalo::collections::Vec::new_in(self.arena);
        let mut has_default = false;
        while !self.eat(Tok::RBrace) {
            let case_start = self.token.start;
            let test = match self.token.kind {
                Tok::Case => {
                    self.advance();
                    Some(*self.expression()?)
                }
                Tok::Default => {
                    if has_default {
                        return self.fail(K::MultipleDefaults, self.token_span());
                    }
                    has_default = true;
                    self.advance();
                    None
                }
                _ => return self.unexpected(),
            };
            self.expect(Tok::Colon)?;
            let base = self.statements.len();
            while !matches!(
                self.token.kind,
                Tok::Case | Tok::Default | Tok::RBrace | Tok::End
            ) {
                let statement = self.statement_list_item()?;
                self.statements.push(statement);
            }
            let body = self.take_statements(base);
            cases.push(Case {
                span: self.span_from(case_start),
                test,
                body,
            });
        }
        self.context = context;
        let scope = self.scopes.close();
        let node = self.alloc(Switch {
            discriminant: *discriminant,
            scope,
            cases: cases.into_bump_slice(),
        });
        self.finish(start, StmtKind::Switch(node))
    }

    #[inline(never)]
    fn try_statement(&mut self) -> Res<Stmt<'a>> {
        let start = self.token.start;
        self.advance();
        self.function.tries += 1;
        let block = self.block(ScopeKind::Block)?;
        let mut handler = None;
        if self.token.kind == Tok::Catch {
            handler = Some(self.catch_clause()?);
        }
        let mut finalizer = None;
        if self.eat(Tok::Finally) {
            finalizer = Some(self.block(ScopeKind::Block)?);
        }
        self.function.tries -= 1;
        if handler.is_none() && finalizer.is_none() {
            return if self.token.kind == Tok::Error {
                self.unexpected()
            } else {
                self.fail(K::MissingCatchOrFinally, self.token_span())
            };
        }
        let node = self.alloc(Try {
            block,
            handler,
            finalizer,
        });
        self.finish(start, StmtKind::Try(node))
    }

    #[inline(never)]
    fn catch_clause(&mut self) -> Res<Catch<'a>> {
        let start = self.token.start;
        self.advance();
        self.scopes
            .open(ScopeKind::Catch, self.function.id, self.context.strict);
        let mut parameter = None;
        if self.eat(Tok::LParen) {
            let binder = if matches!(self.token.kind, Tok::LBrace | Tok::LBracket) {
                Binder::CatchPattern
            } else {
                Binder::CatchSimple
            };
            let mark = self.scopes.binding_mark();
            parameter = Some(self.binding_pattern(binder)?);
            let end = self.scopes.binding_mark();
            self.scopes.mark_initialized(mark, end, self.token.start);
            self.expect(Tok::RParen)?;
        }
        let body = self.block(ScopeKind::Block)?;
        let scope = self.scopes.close();
        Ok(Catch {
            span: self.span_from(start),
            scope,
            parameter,
            body,
        })
    }
}
