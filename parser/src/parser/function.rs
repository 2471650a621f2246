//! Functions: parameters, bodies, and what a function's end decides.

use super::{Context, FunctionState, Parser, Res};
use crate::FunctionStart;
use crate::ast::{
    Expr, ExprKind, Function, FunctionBody, FunctionFlags, Ident, Pattern, PatternElement, Stmt,
    StmtKind,
};
use crate::diagnostics::DiagnosticKind as K;
use crate::lexer::{Legacy, Tok};
use crate::names::Name;
use crate::scope::{BindingKind, FunctionId, ScopeId, ScopeKind};
use crate::span::Span;

/// What is restored at the end of a function.
#[derive(Clone, Copy)]
pub(super) struct Outer {
    pub context: Context,
    function: FunctionState,
    last_yield: u32,
    last_await: u32,
    last_await_name: u32,
    pattern_has_expression: bool,
}

/// Flags that an arrow function hands to the function around it.
const SHARED_BY_ARROWS: FunctionFlags = FunctionFlags::USES_THIS
    .with(FunctionFlags::USES_ARGUMENTS)
    .with(FunctionFlags::USES_SUPER_CALL)
    .with(FunctionFlags::USES_SUPER_PROPERTY)
    .with(FunctionFlags::USES_NEW_TARGET);

/// Flags that stand for an implicit binding in the function's scope.
pub(super) const IMPLICIT: FunctionFlags = FunctionFlags::USES_THIS
    .with(FunctionFlags::USES_SUPER_CALL)
    .with(FunctionFlags::USES_SUPER_PROPERTY)
    .with(FunctionFlags::USES_NEW_TARGET);

/// Value of a function's `length`.
pub(super) fn expected_arguments(parameters: &[PatternElement<'_>]) -> u32 {
    parameters
        .iter()
        .take_while(|parameter| parameter.default.is_none())
        .count() as u32
}

impl<'a> Parser<'a, '_> {
    /// Starts collecting for a new function; contexts for `yield` and `await` are the caller's.
    pub(super) fn enter_function(&mut self, flags: FunctionFlags) -> Outer {
        let outer = Outer {
            context: self.context,
            function: self.function,
            last_yield: self.last_yield,
            last_await: self.last_await,
            last_await_name: self.last_await_name,
            pattern_has_expression: self.pattern_has_expression,
        };
        let id = self.next_function_id();
        self.function = FunctionState {
            id,
            flags,
            labels: self.labels.len(),
            names: self.parameter_names.len(),
            duplicate: None,
            exposed_arguments: 0,
            tries: 0,
        };
        let context = &mut self.context;
        context.returns = true;
        context.allow_in = true;
        context.in_loop = false;
        context.in_breakable = false;
        context.in_parameters = false;
        context.in_case = false;
        context.script_top = false;
        outer
    }

    /// Ends the function whose scope is innermost: implicit bindings, flags, restoring. Gives the final flags and the id.
    #[inline(never)]
    pub(super) fn leave_function(&mut self, outer: Outer) -> (FunctionFlags, FunctionId) {
        let mut flags = self.function.flags;
        if self.context.strict {
            flags.insert(FunctionFlags::STRICT);
        }
        let id = self.function.id;
        let mut exposed = self.function.exposed_arguments;
        if exposed > 0 {
            flags.insert(FunctionFlags::ARGUMENTS_EXPOSED);
        }
        if !flags.is_arrow() {
            exposed = 0;
        }
        self.scopes.settle_candidates();
        if !flags.is_arrow() {
            flags = self.declare_implicit_bindings(flags);
        }
        self.scopes.close();
        self.parameter_names.truncate(self.function.names);
        let mut shared = flags.and(FunctionFlags::CONTAINS_EVAL);
        if flags.is_arrow() {
            shared.insert(flags.and(SHARED_BY_ARROWS));
        }
        self.context = outer.context;
        self.function = outer.function;
        self.function.exposed_arguments += exposed;
        self.function.flags.insert(shared);
        self.function
            .flags
            .insert(FunctionFlags::HAS_INNER_FUNCTIONS);
        self.last_yield = outer.last_yield;
        self.last_await = outer.last_await;
        self.last_await_name = outer.last_await_name;
        self.pattern_has_expression = outer.pattern_has_expression;
        (flags, id)
    }

    #[inline(never)]
    fn declare_implicit_bindings(&mut self, mut flags: FunctionFlags) -> FunctionFlags {
        let implicit = [
            (FunctionFlags::USES_THIS, Name::THIS, BindingKind::This),
            (
                FunctionFlags::USES_NEW_TARGET,
                Name::NEW_TARGET,
                BindingKind::NewTarget,
            ),
            (
                FunctionFlags::USES_SUPER_PROPERTY,
                Name::HOME_OBJECT,
                BindingKind::HomeObject,
            ),
            (
                FunctionFlags::USES_SUPER_CALL,
                Name::ACTIVE_FUNCTION,
                BindingKind::ActiveFunction,
            ),
        ];
        for (flag, name, kind) in implicit {
            if flags.contains(flag) {
                self.scopes.declare_implicit(name, kind);
            }
        }
        if flags.uses_arguments() && !flags.is_class_init() {
            match self.scopes.find_current(Name::ARGUMENTS) {
                None => self
                    .scopes
                    .declare_implicit(Name::ARGUMENTS, BindingKind::Arguments),
                Some(BindingKind::Var) => {}
                Some(_) => flags = flags.without(FunctionFlags::USES_ARGUMENTS),
            }
        }
        flags
    }

    /// `function …`, or with `is_async` `async function …`, as an expression.
    #[inline(never)]
    pub(super) fn function_expression(&mut self, is_async: bool) -> Res<&'a Expr<'a>> {
        let start = self.token.start;
        let function = self.nested(|parser| {
            if is_async {
                parser.advance();
            }
            parser.advance();
            let is_generator = parser.eat(Tok::Star);
            let mut name = None;
            let mut name_scope = None;
            if parser.token.kind != Tok::LParen {
                let outer = parser.context;
                parser.context.yields = is_generator;
                parser.context.awaits = is_async;
                parser.context.no_await_name = false;
                parser.context.no_arguments = false;
                let (text, span) = parser.binding_identifier()?;
                parser.context = outer;
                name_scope = Some(parser.open_name_scope(text));
                name = Some(parser.own_name(text, span));
            }
            let flags = kind_flags(is_async, is_generator);
            let function = parser.function_rest(start, flags, name, name_scope)?;
            if let Some(scope) = name_scope {
                parser.close_name_scope(scope, function.id);
            }
            Ok(function)
        })?;
        Ok(self.node(function.span, ExprKind::Function(function)))
    }

    /// The statement of a `new Function` source.
    pub(super) fn function_expression_statement(&mut self) -> Res<Stmt<'a>> {
        let start = self.token.start;
        let is_async = self.is_word(Name::ASYNC);
        if is_async {
            self.advance();
        }
        self.expect(Tok::Function)?;
        let is_generator = self.eat(Tok::Star);
        // The name is in the text only: nothing inside sees a binding of it.
        self.identifier()?;
        let flags = kind_flags(is_async, is_generator);
        let function = self.nested(|parser| parser.function_rest(start, flags, None, None))?;
        let expr = self.node(function.span, ExprKind::Function(function));
        Ok(Stmt {
            span: expr.span,
            kind: StmtKind::Expr(expr),
        })
    }

    /// A function that was parsed before, as an expression statement.
    pub(super) fn function_again(&mut self, start: &FunctionStart) -> Res<Stmt<'a>> {
        self.last_end = start.at;
        let expr = if start.flags.is_arrow() {
            self.move_to(start.at);
            self.assignment()?
        } else {
            let mut name = None;
            let mut name_scope = None;
            if let Some(at) = start.own_name {
                self.move_to(at);
                let (text, span) = (self.token.name, self.token_span());
                name_scope = Some(self.open_name_scope(text));
                name = Some(self.own_name(text, span));
            }
            self.move_to(start.at);
            let function = self.nested(|parser| {
                parser.function_rest(start.span.start, start.flags, name, name_scope)
            })?;
            if let Some(scope) = name_scope {
                self.close_name_scope(scope, function.id);
            }
            self.node(function.span, ExprKind::Function(function))
        };
        Ok(Stmt {
            span: expr.span,
            kind: StmtKind::Expr(expr),
        })
    }

    /// Goes on with the token at `at`.
    fn move_to(&mut self, at: u32) {
        self.lexer.position = at as usize;
        self.lexer.next_into(&mut self.token);
    }

    /// Opens the scope of a function expression's own name.
    fn open_name_scope(&mut self, name: Name) -> ScopeId {
        let scope = self.scopes.open_real(
            ScopeKind::FunctionName,
            self.function.id,
            self.context.strict,
        );
        let _ = self
            .scopes
            .declare_lexical(name, BindingKind::FunctionName, false);
        scope
    }

    fn own_name(&mut self, name: Name, span: Span) -> Ident {
        Ident {
            span,
            name,
            reference: self.scopes.binding_occurrence(name),
        }
    }

    fn close_name_scope(&mut self, scope: ScopeId, function: FunctionId) {
        // The function's own uses of its name are no captures: the name is its callee.
        self.scopes.set_function(scope, function);
        self.scopes.close();
    }

    /// A method, at its `(`. `start` is where its source text starts.
    #[inline(never)]
    pub(super) fn method(&mut self, start: u32, flags: FunctionFlags) -> Res<&'a Function<'a>> {
        if self.token.kind != Tok::LParen {
            return self.unexpected();
        }
        self.nested(|parser| parser.function_rest(start, flags, None, None))
    }

    /// Parameters and body of anything but an arrow function, at the `(`.
    #[inline(never)]
    pub(super) fn function_rest(
        &mut self,
        start: u32,
        flags: FunctionFlags,
        name: Option<Ident>,
        name_scope: Option<ScopeId>,
    ) -> Res<&'a Function<'a>> {
        let likely_called = self.called_at == start;
        let outer = self.enter_function(flags);
        let has_home = flags.is_method() || flags.is_class_constructor();
        let context = &mut self.context;
        context.yields = flags.is_generator();
        context.awaits = flags.is_async();
        context.no_await_name = false;
        context.no_arguments = false;
        context.new_target = true;
        context.super_property = has_home;
        context.super_call = flags.is_derived();
        context.in_parameters = true;
        let scope =
            self.scopes
                .open_real(ScopeKind::Function, self.function.id, self.context.strict);
        if flags.is_declaration() {
            self.scopes.set_hoisted(scope);
        }
        self.pattern_has_expression = false;
        let parameters_start = self.token.start;
        self.expect(Tok::LParen)?;
        let (parameters, rest) = self.parameters()?;
        let parameters_span = self.span_from(parameters_start);
        self.check_accessor_parameters(flags, parameters.len(), rest.is_some(), parameters_span)?;
        self.context.in_parameters = false;
        let has_expressions = self.pattern_has_expression;
        self.note_parameters(parameters, rest, has_expressions);
        let body_start = self.token.start;
        if self.token.kind != Tok::LBrace {
            return self.unexpected();
        }
        let (body, body_scope) = self.function_body(has_expressions, name)?;
        let body_span = self.span_from(body_start);
        if let Some(span) = self.function.duplicate {
            let flags = self.function.flags;
            if self.context.strict || !flags.has_simple_parameters() || flags.is_method() {
                return self.fail(K::DuplicateParameter, span);
            }
        }
        let (flags, id) = self.leave_function(outer);
        Ok(self.alloc(Function {
            span: self.span_from(start),
            id,
            flags,
            name,
            name_scope,
            scope,
            body_scope,
            parameters,
            rest,
            length: expected_arguments(parameters),
            parameters_span,
            body,
            body_span,
            surroundings: outer.context.pack(),
            likely_called,
        }))
    }

    fn check_accessor_parameters(
        &mut self,
        flags: FunctionFlags,
        count: usize,
        has_rest: bool,
        span: Span,
    ) -> Res<()> {
        if flags.is_getter() && (count != 0 || has_rest) {
            return self.fail(K::GetterParameters, span);
        }
        if flags.is_setter() && has_rest {
            return self.fail(K::SetterRest, span);
        }
        if flags.is_setter() && count != 1 {
            return self.fail(K::SetterParameters, span);
        }
        Ok(())
    }

    /// Records what kind of parameters the function has.
    pub(super) fn note_parameters(
        &mut self,
        parameters: &[PatternElement<'a>],
        rest: Option<&Pattern<'a>>,
        has_expressions: bool,
    ) {
        let flags = &mut self.function.flags;
        if rest.is_none()
            && parameters.iter().all(|parameter| {
                parameter.default.is_none() && super::literal::is_simple(&parameter.pattern.kind)
            })
        {
            flags.insert(FunctionFlags::SIMPLE_PARAMETERS);
        }
        if has_expressions {
            flags.insert(FunctionFlags::PARAMETER_EXPRESSIONS);
            self.scopes.mark_parameters_initialized(self.token.start);
        }
    }

    /// Formal parameters, after the `(`, through the `)`.
    #[allow(clippy::type_complexity)]
    #[inline(never)]
    fn parameters(&mut self) -> Res<(&'a [PatternElement<'a>], Option<&'a Pattern<'a>>)> {
        if self.eat(Tok::RParen) {
            return Ok((&[], None));
        }
        let mut list = bumpalo::collections::Vec::new_in(self.arena);
        let mut rest = None;
        while self.token.kind != Tok::RParen {
            if self.eat(Tok::Ellipsis) {
                let pattern = self.binding_pattern(super::pattern::Binder::Parameter)?;
                rest = Some(self.alloc(pattern));
                if self.token.kind == Tok::Assign {
                    return self.fail(K::RestInitializer, self.token_span());
                }
                if self.token.kind != Tok::RParen {
                    return if self.token.kind == Tok::Comma {
                        self.fail(K::ParameterAfterRest, self.token_span())
                    } else {
                        self.unexpected()
                    };
                }
                break;
            }
            let mark = self.scopes.binding_mark();
            let parameter = self.binding_element(super::pattern::Binder::Parameter)?;
            let end = self.scopes.binding_mark();
            self.scopes.mark_initialized(mark, end, self.token.start);
            list.push(parameter);
            if self.token.kind != Tok::RParen {
                self.expect(Tok::Comma)?;
            }
        }
        self.advance();
        Ok((list.into_bump_slice(), rest))
    }

    /// Opens the separate scope of a body whose parameters have expressions.
    pub(super) fn open_body_scope(&mut self) {
        let strict = self.context.strict;
        self.scopes
            .open_real(ScopeKind::FunctionBody, self.function.id, strict);
    }

    /// `{ … }` of a function. `name` is the function's own, which a "use strict" inside must suit.
    #[inline(never)]
    pub(super) fn function_body(
        &mut self,
        separate_scope: bool,
        name: Option<Ident>,
    ) -> Res<(FunctionBody<'a>, Option<ScopeId>)> {
        self.advance();
        if separate_scope {
            self.open_body_scope();
        }
        let base = self.statements.len();
        self.directives(false)?;
        if let Some(name) = name
            && self.context.strict
        {
            self.check_strict_name(name.name, name.span)?;
        }
        while self.token.kind != Tok::RBrace {
            if self.token.kind == Tok::End {
                return self.unexpected();
            }
            let statement = self.statement_list_item()?;
            self.statements.push(statement);
        }
        let body = self.take_statements(base);
        // What follows the brace belongs to the code around; a regular expression there is the caller's matter.
        self.advance();
        let body_scope = if separate_scope {
            self.scopes.close()
        } else {
            None
        };
        Ok((FunctionBody::Block(body), body_scope))
    }

    /// The directive prologue of a program or function body.
    #[inline(never)]
    pub(super) fn directives(&mut self, is_program: bool) -> Res<()> {
        let mut legacy = None;
        while self.token.kind == Tok::String {
            let token = self.token;
            if token.legacy != Legacy::None && legacy.is_none() {
                legacy = Some((token.legacy, self.token_span()));
            }
            let statement = self.statement_list_item()?;
            let directive = match statement.kind {
                StmtKind::Expr(expr) if expr.span.end == token.end => {
                    matches!(expr.kind, ExprKind::String(_)).then_some(expr)
                }
                _ => None,
            };
            let Some(directive) = directive else {
                self.statements.push(statement);
                return Ok(());
            };
            self.statements.push(Stmt {
                span: statement.span,
                kind: StmtKind::Directive(directive),
            });
            if token.name == Name::USE_STRICT && !token.escaped {
                let span = Span::new(token.start, token.end);
                self.use_strict(is_program, span)?;
                if let Some((legacy, span)) = legacy {
                    return self.fail_legacy(legacy, span);
                }
            }
        }
        Ok(())
    }

    /// Makes the current function or program strict, and checks what was accepted before that was known.
    fn use_strict(&mut self, is_program: bool, span: Span) -> Res<()> {
        let flags = &mut self.function.flags;
        flags.insert(FunctionFlags::USE_STRICT);
        if !is_program && !flags.has_simple_parameters() {
            return self.fail(K::IllegalUseStrict, span);
        }
        if self.context.strict {
            return Ok(());
        }
        self.context.strict = true;
        self.scopes.set_strict(self.function.id);
        for index in self.function.names..self.parameter_names.len() {
            let (name, span) = self.parameter_names[index];
            self.check_strict_name(name, span)?;
        }
        Ok(())
    }

    /// A name bound in strict code.
    pub(super) fn check_strict_name(&mut self, name: Name, span: Span) -> Res<()> {
        if super::is_strict_reserved(name) {
            return self.fail(K::UnexpectedStrictReserved, span);
        }
        if name == Name::EVAL || name == Name::ARGUMENTS {
            return self.fail(K::StrictEvalArguments, span);
        }
        Ok(())
    }
}

/// Flags of `function`, `function*`, `async function`, `async function*`.
pub(super) fn kind_flags(is_async: bool, is_generator: bool) -> FunctionFlags {
    let mut flags = FunctionFlags::NONE;
    if is_async {
        flags.insert(FunctionFlags::ASYNC);
    }
    if is_generator {
        flags.insert(FunctionFlags::GENERATOR);
    }
    flags
}
