//! Whole programs.

use super::{Context, Parser, Res};
use crate::ast::{FunctionFlags, Program};
use crate::diagnostics::{Diagnostic, DiagnosticKind as K};
use crate::lexer::Tok;
use crate::names::Name;
use crate::scope::{BindingKind, FunctionId, ScopeId, ScopeKind};
use crate::span::{LineTable, Span};
use crate::{EvalContext, FunctionStart, Goal, Options, Parsed};
use bumpalo::Bump;

/// Sources must stay below this so that positions and events fit their fields.
const MAX_SOURCE: usize = (1 << 28) - 1;

/// The context a program starts in.
pub(super) fn context(options: &Options<'_>) -> Context {
    let eval = match options.goal {
        Goal::Eval(eval) => eval,
        Goal::Function(start) => return Context::unpack(start.surroundings),
        _ => EvalContext::default(),
    };
    let is_module = options.goal == Goal::Module;
    Context {
        strict: is_module || eval.strict,
        yields: false,
        awaits: is_module,
        no_await_name: false,
        no_arguments: eval.in_class_field,
        returns: false,
        allow_in: true,
        in_parameters: false,
        new_target: eval.in_function,
        super_property: eval.in_method,
        super_call: eval.in_derived_constructor,
        in_loop: false,
        in_breakable: false,
        in_case: false,
        script_top: !is_module,
    }
}

/// Parses a whole source.
pub(crate) fn parse_program<'a>(
    arena: &'a Bump,
    source: &'a [u8],
    options: &Options<'_>,
) -> Result<Parsed<'a>, Diagnostic> {
    if source.len() > MAX_SOURCE {
        return Err(Diagnostic::new(K::TooLong, Span::new(0, 0), &[]));
    }
    let mut parser = Parser::new(arena, source, options);
    let Ok(program) = parser.program() else {
        let fallback = || Diagnostic::new(K::UnexpectedEnd, Span::new(0, 0), &[]);
        return Err(parser.error.take().unwrap_or_else(fallback));
    };
    let names = parser.lexer.names;
    let alone = matches!(options.goal, Goal::Function(_));
    let (mut scopes, references) = parser.scopes.resolve(names.len(), alone);
    if let Some(module) = program.module {
        for export in module.local_exports {
            if let Some(binding) = references.resolve(export.local.reference).binding {
                scopes.bindings[binding.index()].exported = true;
            }
        }
    }
    Ok(Parsed {
        source,
        program,
        names,
        scopes,
        references,
        lines: LineTable::new(),
        function_count: parser.function_count,
    })
}

impl<'a> Parser<'a, '_> {
    fn program(&mut self) -> Res<&'a Program<'a>> {
        let kind = match self.options.goal {
            Goal::Script | Goal::DynamicFunction | Goal::Function(_) => ScopeKind::Script,
            Goal::Module => ScopeKind::Module,
            Goal::Eval(_) => ScopeKind::Eval,
        };
        let strict = self.context.strict;
        let scope = self.scopes.open_real(kind, FunctionId::PROGRAM, strict);
        let base = self.statements.len();
        if let Goal::Function(start) = self.options.goal {
            return self.function_alone(&start, scope);
        }
        self.token = self.lexer.next();
        if self.options.goal == Goal::DynamicFunction {
            self.dynamic_function()?;
        } else {
            self.directives(true)?;
            while self.token.kind != Tok::End {
                let statement = self.module_item()?;
                self.statements.push(statement);
            }
        }
        let body = self.take_statements(base);
        let mut flags = self.function.flags;
        if self.context.strict {
            flags.insert(FunctionFlags::STRICT);
        }
        self.scopes.settle_candidates();
        if kind != ScopeKind::Eval && flags.uses_this() {
            self.scopes.declare_implicit(Name::THIS, BindingKind::This);
        }
        self.check_private_uses(0)?;
        let module = if kind == ScopeKind::Module {
            if flags.contains_await() {
                flags.insert(FunctionFlags::ASYNC);
            }
            Some(self.finish_module(flags)?)
        } else {
            None
        };
        self.scopes.close();
        Ok(self.alloc(Program {
            span: Span::new(0, self.lexer.source.len() as u32),
            body,
            scope,
            id: FunctionId::PROGRAM,
            flags,
            module,
        }))
    }

    /// One function of the source, as the only statement of a program.
    fn function_alone(&mut self, start: &FunctionStart, scope: ScopeId) -> Res<&'a Program<'a>> {
        let statement = self.function_again(start)?;
        self.scopes.close();
        Ok(self.alloc(Program {
            span: start.span,
            body: self.slice(&[statement]),
            scope,
            id: FunctionId::PROGRAM,
            flags: self.function.flags,
            module: None,
        }))
    }

    /// The source is exactly one function expression.
    fn dynamic_function(&mut self) -> Res<()> {
        let statement = self.function_expression_statement()?;
        if self.token.kind != Tok::End {
            return self.fail(K::SingleFunctionRequired, self.token_span());
        }
        self.statements.push(statement);
        Ok(())
    }

    /// At the end of the outermost class or the program: private names used from `first` on must be visible to an eval.
    pub(super) fn check_private_uses(&mut self, first: usize) -> Res<()> {
        for index in first..self.private_uses.len() {
            let (name, span) = (self.private_uses[index].name, self.private_uses[index].span);
            let text = self.text(name);
            if !self.options.private_names.contains(&text.as_str()) {
                return self.fail_with(K::PrivateUndeclared, span, &[&text]);
            }
        }
        self.private_uses.truncate(first);
        Ok(())
    }
}
