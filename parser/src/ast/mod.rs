//! The syntax tree: plain enums of arena references, never mutated after parsing.
//!
//! - Every node carries a byte [`Span`] of the source.
//! - Identifiers that name variables carry a [`RefId`]; [`crate::Parsed::resolve`] says what it is bound to. Implicit
//!   uses (`this`, `super`, `new.target`, private names, class helpers) carry one as well, so that one mechanism answers
//!   "register, captured slot, global or dynamic" for all of them.
//! - Cover grammars do not appear: what reads like an expression but is a pattern is a [`Pattern`] here.
//! - **Depth.** The parser bounds true nesting (see [`crate::Options::max_depth`]), but *left spines* are built by loops and can
//!   be hundreds of thousands of nodes deep: `Binary`/`Logical` through `left`, `Member`/`Index`/`PrivateMember` through
//!   `object`, `Call`/`TaggedTemplate` through `callee`/`tag`, and on the right `Conditional` through `alternate` and `If`
//!   through `alternate`. Whoever walks the tree must walk these iteratively.

mod expr;
mod function;
mod module;
mod pattern;
mod stmt;

pub use expr::*;
pub use function::*;
pub use module::*;
pub use pattern::*;
pub use stmt::*;

pub use crate::names::Name;
pub use crate::scope::{FunctionId, RefId, ScopeId};
pub use crate::span::Span;

/// An identifier that names a variable: a reference or a binding occurrence.
///
/// For a binding occurrence of `let`, `const`, `class`, `function`, a parameter, a catch parameter or an import, `reference` resolves
/// to the declared binding itself. For `var x = 1` it resolves as the *assignment* does, which by the specification can be a
/// catch parameter of the same name or, inside `with`, dynamic.
#[derive(Clone, Copy, Debug)]
pub struct Ident {
    /// Where it is written.
    pub span: Span,
    /// Its name (escapes decoded).
    pub name: Name,
    /// Key of its resolution.
    pub reference: RefId,
}

/// An identifier used as a word, not as a variable: labels, import and export names.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    /// Where it is written.
    pub span: Span,
    /// Its text.
    pub name: Name,
}

/// A whole source text.
#[derive(Clone, Copy, Debug)]
pub struct Program<'a> {
    /// The whole source.
    pub span: Span,
    /// Top-level statements (for a module: module items).
    pub body: &'a [Stmt<'a>],
    /// The outermost scope: kind `Script`, `Module` or `Eval`.
    pub scope: ScopeId,
    /// Always [`FunctionId::PROGRAM`].
    pub id: FunctionId,
    /// `STRICT`, `HAS_DIRECT_EVAL`, `USES_THIS`, `IS_ASYNC` (a module with top-level await), … as for functions.
    pub flags: FunctionFlags,
    /// Imports and exports, for modules.
    pub module: Option<&'a ModuleInfo<'a>>,
}
