//! Declarations of variables, functions and classes.

use super::pattern::Binder;
use super::statement::Position;
use super::{Parser, Res};
use crate::ast::{
    ClassDeclaration, Declarator, Decorator, FunctionDeclaration, FunctionFlags, Ident, Pattern,
    PatternKind, Stmt, StmtKind, VarDeclaration, VarKind,
};
use crate::diagnostics::DiagnosticKind as K;
use crate::lexer::Tok;
use crate::names::Name;
use crate::scope::{BindingKind, ScopeKind};
use crate::span::Span;

impl<'a> Parser<'a, '_> {
    /// A variable declaration statement, at its first keyword.
    #[inline(never)]
    pub(super) fn variable_statement(&mut self, kind: VarKind) -> Res<Stmt<'a>> {
        let start = self.token.start;
        self.advance();
        if kind == VarKind::AwaitUsing {
            self.advance();
        }
        self.note_using(kind);
        let declaration = self.declarators(start, kind)?;
        self.semicolon()?;
        Ok(Stmt {
            span: self.span_from(start),
            kind: StmtKind::Var(declaration),
        })
    }

    /// Records that the innermost scope disposes of resources.
    pub(super) fn note_using(&mut self, kind: VarKind) {
        if matches!(kind, VarKind::Using | VarKind::AwaitUsing) {
            self.scopes.set_using();
        }
        if kind == VarKind::AwaitUsing {
            self.function.flags.insert(FunctionFlags::CONTAINS_AWAIT);
        }
    }

    /// Declarators after the keyword.
    pub(super) fn declarators(&mut self, start: u32, kind: VarKind) -> Res<&'a VarDeclaration<'a>> {
        let first = self.declarator(kind)?;
        let list = if self.token.kind == Tok::Comma {
            let mut list = bumpalo::collections::Vec::new_in(self.arena);
            list.push(first);
            while self.eat(Tok::Comma) {
                list.push(self.declarator(kind)?);
            }
            list.into_bump_slice()
        } else {
            self.slice(&[first])
        };
        Ok(self.alloc(VarDeclaration {
            span: self.span_from(start),
            kind,
            declarators: list,
        }))
    }

    fn declarator(&mut self, kind: VarKind) -> Res<Declarator<'a>> {
        let start = self.token.start;
        let mark = self.scopes.binding_mark();
        let pattern = self.declared_pattern(kind)?;
        let end = self.scopes.binding_mark();
        self.initializer(start, kind, pattern, mark, end)
    }

    /// The left side of a declarator.
    pub(super) fn declared_pattern(&mut self, kind: VarKind) -> Res<Pattern<'a>> {
        if matches!(kind, VarKind::Using | VarKind::AwaitUsing)
            && matches!(self.token.kind, Tok::LBrace | Tok::LBracket)
        {
            return self.fail(K::UsingPattern, self.token_span());
        }
        self.binding_pattern(Binder::Declaration(kind))
    }

    /// The right side of a declarator whose bindings were made between two marks.
    pub(super) fn initializer(
        &mut self,
        start: u32,
        kind: VarKind,
        pattern: Pattern<'a>,
        mark: u32,
        end: u32,
    ) -> Res<Declarator<'a>> {
        let mut init = None;
        if self.eat(Tok::Assign) {
            let value = self.assignment()?;
            init = Some(value);
        } else {
            let what = match (kind, pattern.kind) {
                (_, PatternKind::Object(_) | PatternKind::Array(_)) => Some("destructuring"),
                (VarKind::Const, _) => Some("const"),
                (VarKind::Using, _) => Some("using"),
                (VarKind::AwaitUsing, _) => Some("await using"),
                _ => None,
            };
            if let Some(what) = what {
                if self.token.kind == Tok::Error {
                    return self.unexpected();
                }
                return self.fail_with(K::MissingInitializer, pattern.span, &[what]);
            }
            // `var x;` assigns nothing.
            if kind == VarKind::Var
                && let PatternKind::Ident(ident) = pattern.kind
            {
                self.scopes.make_binding(ident.reference);
            }
        }
        if kind != VarKind::Var {
            self.scopes.mark_initialized(mark, end, self.token.start);
        }
        Ok(Declarator {
            span: self.span_from(start),
            pattern,
            init,
        })
    }

    /// A function declaration, at `function` or `async`.
    #[inline(never)]
    pub(super) fn function_statement(
        &mut self,
        is_async: bool,
        position: Position,
    ) -> Res<Stmt<'a>> {
        let start = self.token.start;
        let span = self.token_span();
        if is_async {
            self.advance();
            if position != Position::List {
                return self.fail(K::AsyncFunctionStatement, span);
            }
        }
        self.advance();
        let is_generator = self.token.kind == Tok::Star;
        if is_generator {
            if position == Position::Labeled {
                return self.fail(K::GeneratorStatement, self.token_span());
            }
            self.advance();
        }
        if position != Position::List && self.context.strict {
            return self.fail(K::StrictFunctionStatement, span);
        }
        if position == Position::Single {
            return self.fail(K::SloppyFunctionStatement, span);
        }
        if self.token.kind == Tok::LParen {
            return self.fail(K::MissingFunctionName, self.token_span());
        }
        let (name, name_span) = self.binding_identifier()?;
        let plain = !is_async && !is_generator;
        let (ident, annex_b) = self.declare_function(name, name_span, plain)?;
        let flags =
            super::function::kind_flags(is_async, is_generator).with(FunctionFlags::DECLARATION);
        let function =
            self.nested(|parser| parser.function_rest(start, flags, Some(ident), None))?;
        Ok(Stmt {
            span: self.span_from(start),
            kind: StmtKind::Function(self.alloc(FunctionDeclaration { function, annex_b })),
        })
    }

    /// Declares the name of a function declaration where it stands.
    #[allow(clippy::type_complexity)]
    fn declare_function(
        &mut self,
        name: Name,
        span: Span,
        plain: bool,
    ) -> Res<(Ident, Option<crate::ast::RefId>)> {
        let scope = self.scopes.current_kind();
        if scope.is_var_scope() && scope != ScopeKind::Module {
            if self.scopes.declare_var(name, true).is_err() {
                return self.fail_name(K::Redeclaration, span, name);
            }
            let ident = Ident {
                span,
                name,
                reference: self.scopes.binding_occurrence(name),
            };
            return Ok((ident, None));
        }
        let ident = self.declare_lexical(name, span, BindingKind::LexicalFunction, plain)?;
        let annex_b = (plain && !self.context.strict).then(|| self.scopes.annex_b_candidate(name));
        Ok((ident, annex_b))
    }

    /// A class declaration, at `class`; it starts at `start`, which may be that of its decorators.
    #[inline(never)]
    pub(super) fn class_statement(
        &mut self,
        start: u32,
        decorators: &'a [Decorator<'a>],
    ) -> Res<Stmt<'a>> {
        self.advance();
        let outer = std::mem::replace(&mut self.context.strict, true);
        let (name, span) = self.binding_identifier()?;
        self.context.strict = outer;
        let mark = self.scopes.binding_mark();
        let binding = self.declare_lexical(name, span, BindingKind::Class, false)?;
        let end = self.scopes.binding_mark();
        let class = self.class_rest(start, Some((name, span)), decorators)?;
        self.scopes.mark_initialized(mark, end, self.token.start);
        Ok(Stmt {
            span: self.span_from(start),
            kind: StmtKind::Class(self.alloc(ClassDeclaration { binding, class })),
        })
    }
}
