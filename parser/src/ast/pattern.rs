//! Binding and assignment patterns: one type for both.

use super::{Expr, Ident, PropertyKey, Span};

/// What a value is bound or assigned to.
#[derive(Clone, Copy, Debug)]
pub struct Pattern<'a> {
    /// The whole pattern, without any default.
    pub span: Span,
    /// What it is.
    pub kind: PatternKind<'a>,
}

/// The kinds of patterns.
#[derive(Clone, Copy, Debug)]
pub enum PatternKind<'a> {
    /// A variable. In an assignment `(x) = …` the span of the pattern includes the parentheses and differs from that of the
    /// identifier, which matters to function naming.
    Ident(Ident),
    /// `{ … }`
    Object(&'a ObjectPattern<'a>),
    /// `[ … ]`
    Array(&'a ArrayPattern<'a>),
    /// Only in assignments: a member form (`Member`, `Index`, `PrivateMember`, `SuperMember`, never parenthesized here), or in sloppy code
    /// a `Call`, which throws ReferenceError at run time after being evaluated.
    Expr(&'a Expr<'a>),
}

/// `{ a, b: c = 1, ...rest }`
#[derive(Clone, Copy, Debug)]
pub struct ObjectPattern<'a> {
    /// The properties.
    pub properties: &'a [PatternProperty<'a>],
    /// The target of `...`: any target in assignments, an `Ident` in bindings.
    pub rest: Option<&'a Pattern<'a>>,
}

/// A property of an object pattern.
#[derive(Clone, Copy, Debug)]
pub struct PatternProperty<'a> {
    /// The whole property.
    pub span: Span,
    /// The property read.
    pub key: PropertyKey<'a>,
    /// Where the value goes; for `{ a }` the identifier `a`.
    pub element: PatternElement<'a>,
    /// Written as `{ a }` or `{ a = 1 }`.
    pub shorthand: bool,
}

/// `[ a, , b = 1, ...rest ]`
#[derive(Clone, Copy, Debug)]
pub struct ArrayPattern<'a> {
    /// The elements; `None` skips one.
    pub elements: &'a [Option<PatternElement<'a>>],
    /// The target of `...`.
    pub rest: Option<&'a Pattern<'a>>,
}

/// A pattern with an optional default.
#[derive(Clone, Copy, Debug)]
pub struct PatternElement<'a> {
    /// Pattern and default.
    pub span: Span,
    /// The pattern.
    pub pattern: Pattern<'a>,
    /// The default.
    pub default: Option<&'a Expr<'a>>,
}
