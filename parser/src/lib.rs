//! Lexer, AST, parser, scope analysis, early errors and diagnostics of sarus.
//!
//! ```text
//! source bytes ──lexer──► tokens ──parser──► AST in a bumpalo arena   ─┐
//!                            │      └──events, declarations──► scopes ─┴─► Parsed
//!                            └──names──► NameTable
//! ```
//!
//! Sources are bytes in WTF-8: UTF-8, with lone surrogates (which `eval` and `new Function` can be handed) as three-byte
//! sequences `ED A0..BF xx` and surrogate pairs always in four-byte form; [`names::utf16_to_wtf8`] makes this from UTF-16.
//! All positions are byte offsets.
//!
//! The parser knows nothing of values, bytecode or the heap, never panics on any input, and never recurses without a bound.

#![forbid(unsafe_code)]

pub mod ast;
pub mod diagnostics;
mod dump;
mod dynamic;
pub mod excerpt;
pub mod features;
mod function_start;
mod lexer;
pub mod names;
mod natives;
mod parser;
mod print;
pub mod regexp;
pub mod scope;
pub mod span;

pub use bumpalo::Bump;
pub use diagnostics::{Diagnostic, DiagnosticKind};
pub use dump::{print_scopes, print_tokens, to_estree_json};
pub use dynamic::{DynamicFunctionKind, dynamic_function_source, parse_dynamic_function};
pub use excerpt::Excerpt;
pub use features::{Feature, Features};
pub use function_start::{FunctionStart, parse_function};
pub use names::{Name, NameTable};
pub use natives::Native;
pub use print::print_program;
pub use scope::{BindingId, FunctionId, RefId, References, Resolution, ScopeId, ScopeTree};
pub use span::{LineColumn, LineTable, Span};

/// What a source text is parsed as.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Goal {
    /// A script.
    Script,
    /// A module.
    Module,
    /// An eval source.
    Eval(EvalContext),
    /// Exactly one function expression, as [`dynamic_function_source`] makes for `new Function`: the program's only statement is an
    /// `Expr` of that function.
    DynamicFunction,
    /// One function of a source that has been parsed before, see [`parse_function`].
    Function(FunctionStart),
}

/// Where a direct eval stands; all false for indirect evals.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct EvalContext {
    /// The calling code is strict.
    pub strict: bool,
    /// Inside a function that is not an arrow at program level: `new.target` is allowed.
    pub in_function: bool,
    /// Inside a method: `super.x` is allowed.
    pub in_method: bool,
    /// Inside a derived constructor: `super()` is allowed.
    pub in_derived_constructor: bool,
    /// Inside a class field initializer: `arguments` is not allowed.
    pub in_class_field: bool,
}

/// How to parse.
#[derive(Clone, Copy, Debug)]
pub struct Options<'o> {
    /// What the source is.
    pub goal: Goal,
    /// Private names (with `#`) visible to an eval.
    pub private_names: &'o [&'o str],
    /// Bytes of native stack the parser may use.
    pub stack_budget: usize,
    /// Greatest nesting of expressions, statements and patterns.
    pub max_depth: u32,
    /// Accept HTML-like comments, hashbang and sloppy-mode functions in blocks as Annex B says (always on; modules never accept HTML-like
    /// comments).
    pub annex_b: bool,
    /// Features that are not on by default.
    pub features: Features,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Options {
            goal: Goal::Script,
            private_names: &[],
            stack_budget: 1 << 20,
            max_depth: 2_500,
            annex_b: true,
            features: Features::NONE,
        }
    }
}

impl Options<'_> {
    /// Default options for a script.
    pub fn script() -> Self {
        Options::default()
    }

    /// Default options for a module.
    pub fn module() -> Self {
        Options {
            goal: Goal::Module,
            ..Options::default()
        }
    }
}

/// A parsed source.
pub struct Parsed<'a> {
    /// The source text.
    pub source: &'a [u8],
    /// The tree.
    pub program: &'a ast::Program<'a>,
    /// All names.
    pub names: NameTable<'a>,
    /// All scopes and bindings.
    pub scopes: ScopeTree,
    /// What each identifier occurrence means.
    pub references: References,
    /// Line starts, built when asked.
    pub lines: LineTable,
    /// Number of functions, the program and class initializers included; `FunctionId`s are below it.
    pub function_count: u32,
}

impl Parsed<'_> {
    /// What an identifier occurrence means.
    #[inline]
    pub fn resolve(&self, reference: RefId) -> Resolution {
        self.references.resolve(reference)
    }

    /// Line and column of a byte offset.
    pub fn line_column(&self, offset: u32) -> LineColumn {
        self.lines.line_column(self.source, offset)
    }
}

/// Parses `source` (WTF-8), reporting the first early error.
pub fn parse<'a>(
    arena: &'a Bump,
    source: &'a [u8],
    options: &Options<'_>,
) -> Result<Parsed<'a>, Diagnostic> {
    parser::parse_program(arena, source, options)
}
