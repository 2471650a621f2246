//! Entry points, and the code of scripts, modules and evals.

use super::control::ExitTarget;
use super::lazy::Policy;
use super::scope::Home;
use super::{Body, Compiler, Func, Hint, Pending, Program};
use crate::asm::AsmError;
use crate::code_block::{CodeBlock, CodeKind, Constant, Declarations, ModuleCode, SourceText};
use crate::js_str::JsStr;
use crate::opcodes::Op;
use sarus_parser::ast::{ExprKind, StmtKind};
use sarus_parser::scope::BindingKind;
use sarus_parser::{
    Bump, Diagnostic, DynamicFunctionKind, EvalContext, Features, Goal, Name, Options, Parsed,
    ScopeId,
};
use std::fmt;
use std::sync::Arc;

/// Why a source could not be compiled.
#[derive(Debug)]
pub enum CompileError {
    /// An early error (a SyntaxError).
    Syntax(Diagnostic),
    /// Too large for the bytecode format (a RangeError).
    TooLarge,
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CompileError::Syntax(diagnostic) => f.write_str(&diagnostic.message),
            CompileError::TooLarge => f.write_str("Function is too large"),
        }
    }
}

impl std::error::Error for CompileError {}

impl From<Diagnostic> for CompileError {
    fn from(diagnostic: Diagnostic) -> Self {
        CompileError::Syntax(diagnostic)
    }
}

impl From<AsmError> for CompileError {
    fn from(_: AsmError) -> Self {
        CompileError::TooLarge
    }
}

/// How to compile.
#[derive(Clone, Copy, Default, Debug)]
pub struct CompileOptions {
    /// A script returns its completion value (evals always do).
    pub completion: bool,
    /// Most inner functions are compiled at their first call, see [`super::compile_lazy`].
    pub lazy: bool,
}

/// Compiles a script.
pub fn compile_script(
    source: &Arc<SourceText>,
    options: CompileOptions,
) -> Result<Arc<CodeBlock>, CompileError> {
    let arena = Bump::new();
    let how = Options {
        features: source.features,
        ..Options::script()
    };
    let parsed = sarus_parser::parse(&arena, &source.text, &how)?;
    compile(source, &parsed, Program::Script, options)
}

/// Compiles a module.
pub fn compile_module(
    source: &Arc<SourceText>,
    options: CompileOptions,
) -> Result<Arc<CodeBlock>, CompileError> {
    let arena = Bump::new();
    let how = Options {
        features: source.features,
        ..Options::module()
    };
    let parsed = sarus_parser::parse(&arena, &source.text, &how)?;
    compile(
        source,
        &parsed,
        Program::Module,
        CompileOptions {
            completion: false,
            ..options
        },
    )
}

/// Compiles an eval source. `direct` is where a direct eval stands, with the private names visible there (with `#`); `None` for an
/// indirect one.
pub fn compile_eval(
    source: &Arc<SourceText>,
    direct: Option<(EvalContext, &[String])>,
    options: CompileOptions,
) -> Result<Arc<CodeBlock>, CompileError> {
    let arena = Bump::new();
    let private_names: Vec<&str> = direct.map_or_else(Vec::new, |(_, names)| {
        names.iter().map(String::as_str).collect()
    });
    let context = direct.map_or_else(EvalContext::default, |(context, _)| context);
    let how = Options {
        goal: Goal::Eval(context),
        private_names: &private_names,
        features: source.features,
        ..Options::default()
    };
    let parsed = sarus_parser::parse(&arena, &source.text, &how)?;
    let program = match direct {
        Some((context, _)) => Program::DirectEval(context),
        None => Program::IndirectEval,
    };
    compile(
        source,
        &parsed,
        program,
        CompileOptions {
            completion: true,
            ..options
        },
    )
}

/// Compiles a function made by `CreateDynamicFunction` from the texts (WTF-8) of its parameters, joined by commas, and its body; the
/// result is the code block of the function itself, whose environment is the global one. `origin` says for stack traces where that happened.
pub fn compile_function(
    kind: DynamicFunctionKind,
    parameters: &[u8],
    body: &[u8],
    origin: String,
    features: Features,
    options: CompileOptions,
) -> Result<Arc<CodeBlock>, CompileError> {
    let arena = Bump::new();
    let how = Options {
        features,
        ..Options::default()
    };
    let parsed = sarus_parser::parse_dynamic_function(&arena, kind, parameters, body, &how)?;
    let source = SourceText::of_eval(parsed.source, origin, features);
    let program = compile(&source, &parsed, Program::DynamicFunction, options)?;
    program
        .functions
        .first()
        .cloned()
        .ok_or(CompileError::TooLarge)
}

/// Compiles a source that has been parsed as a script or module (`source` must be what was parsed).
pub fn compile_parsed(
    source: &Arc<SourceText>,
    parsed: &Parsed<'_>,
    options: CompileOptions,
) -> Result<Arc<CodeBlock>, CompileError> {
    let program = if parsed.program.module.is_some() {
        Program::Module
    } else {
        Program::Script
    };
    compile(source, parsed, program, options)
}

fn compile(
    source: &Arc<SourceText>,
    parsed: &Parsed<'_>,
    program: Program,
    options: CompileOptions,
) -> Result<Arc<CodeBlock>, CompileError> {
    let context = match program {
        Program::DirectEval(context) => context,
        _ => EvalContext::default(),
    };
    let pending = Pending {
        body: Body::Program,
        name: JsStr::default(),
        level: 0,
        context,
    };
    let mut compiler = Compiler::new(source, parsed, program, pending);
    compiler.want_completion = options.completion;
    compiler.module = (program == Program::Module).then(Box::<ModuleCode>::default);
    // What a direct eval makes finds its names through the code around it, of which only the running code knows.
    if options.lazy && !matches!(program, Program::DirectEval(_)) {
        compiler.lazy = Some(Policy::default());
    }
    Ok(compiler.run()?)
}

impl<'p, 'a> Compiler<'p, 'a> {
    /// A compiler of `first` and all that is in it.
    pub(super) fn new(
        source: &Arc<SourceText>,
        parsed: &'p Parsed<'a>,
        program: Program,
        first: Pending<'a>,
    ) -> Compiler<'p, 'a> {
        Compiler {
            parsed,
            source: source.clone(),
            program,
            want_completion: false,
            homes: vec![Home::Unset; parsed.scopes.bindings.len()],
            scope_levels: vec![0; parsed.scopes.scopes.len()],
            unseen_slots: Default::default(),
            name_constants: vec![(0, 0); parsed.names.len()],
            generation: 0,
            queue: vec![first],
            module: None,
            lazy: None,
            outer: None,
            outer_scopes: Vec::new(),
            f: Func::new(Body::Program, 0, parsed.program.scope),
        }
    }
}

impl<'a> Compiler<'_, 'a> {
    /// The code of the program itself.
    pub(super) fn program_body(&mut self) {
        let program = self.parsed.program;
        let scope = program.scope;
        self.f.kind = match self.program {
            Program::Script | Program::DynamicFunction => CodeKind::Script,
            Program::Module => CodeKind::Module,
            Program::DirectEval(_) | Program::IndirectEval => CodeKind::Eval,
        };
        self.at(program.span);
        if self.want_completion {
            let completion = self.alloc_local();
            self.emit(Op::LoadUndefined, &[completion]);
            self.f.completion = Some(completion);
        }
        if self.program == Program::Module && program.flags.is_async() {
            self.f.generator_reg = self.alloc_local();
        }
        if let Some(module) = &mut self.module {
            // A second attempt starts over.
            **module = ModuleCode::default();
        }
        self.settle_rest_of(scope);
        if self.needs_env(scope) {
            self.push_env(scope);
        }
        if let Some(info) = program.module {
            self.module_tables(info);
        }
        self.initialize_bindings(scope);
        self.declare(scope);
        self.hoist_functions(program.body);
        if self.program == Program::Module {
            self.emit(Op::ModuleStart, &[]);
            if program.flags.is_async() {
                let reg = self.f.generator_reg;
                self.emit(Op::AsyncStart, &[reg]);
            }
        }
        if self.program == Program::DynamicFunction {
            self.dynamic_function();
            return;
        }
        self.with_disposal(scope, |c| c.statements(program.body));
        match self.f.completion {
            Some(completion) => self.exit(ExitTarget::Return, Some(completion)),
            None => self.return_undefined(),
        }
    }

    /// The only statement of a dynamic function's source: the function, named `anonymous`.
    fn dynamic_function(&mut self) {
        let value = self.alloc();
        for statement in self.parsed.program.body {
            if let StmtKind::Expr(expr) = statement.kind
                && let ExprKind::Function(function) = expr.unparenthesized().kind
            {
                self.closure(function, value, Hint::Name(Name::ANONYMOUS));
                self.emit(Op::Return, &[value]);
                return;
            }
        }
        self.return_undefined();
    }

    /// Global or eval declaration instantiation, of what is not a local variable of the program.
    fn declare(&mut self, scope: ScopeId) {
        let parsed = self.parsed;
        let script = matches!(self.program, Program::Script);
        let eval = self.f.kind == CodeKind::Eval;
        let sloppy_eval = eval && !self.f.strict;
        if !(script || sloppy_eval) {
            return;
        }
        let mut declarations = Declarations::default();
        for (_, binding) in parsed.scopes.bindings_of(scope) {
            let name = self.js(binding.name);
            match binding.kind {
                _ if binding.annex_b => declarations.annex_b.push(name),
                BindingKind::Function => declarations.functions.push(name),
                BindingKind::Var => declarations.vars.push(name),
                kind if kind.is_lexical() && script => {
                    declarations.lexical.push((name, kind.is_immutable()));
                }
                _ => {}
            }
        }
        if declarations == Declarations::default() {
            return;
        }
        let constant = self.f.asm.constant(Constant::Declarations(declarations));
        let op = if eval {
            Op::DeclareEvalVars
        } else {
            Op::DeclareGlobals
        };
        self.emit(op, &[constant]);
    }
}
