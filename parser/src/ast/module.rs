//! Module items and the tables a module record is made of.

use super::{Class, Expr, Function, Ident, Name, Span, Stmt, Word};

/// What is asked of an imported module.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ImportPhase {
    /// `import …`
    Evaluation,
    /// `import defer * as ns from …`, `import.defer(…)`
    Defer,
    /// `import source x from …`, `import.source(…)`
    Source,
}

/// An import declaration.
#[derive(Clone, Copy, Debug)]
pub struct Import<'a> {
    /// Defer, source or plain.
    pub phase: ImportPhase,
    /// What is imported; empty for `import "x"` and `import {} from "x"`.
    pub specifiers: &'a [ImportSpecifier],
    /// The module.
    pub request: ModuleRequestId,
    /// The specifier string as written.
    pub source: Word,
    /// `with { … }`
    pub attributes: &'a [ImportAttribute],
}

/// An imported name.
#[derive(Clone, Copy, Debug)]
pub struct ImportSpecifier {
    /// The whole specifier.
    pub span: Span,
    /// The name in the other module.
    pub imported: ImportName,
    /// The local binding.
    pub local: Ident,
}

/// What an import or re-export takes from the other module.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ImportName {
    /// A named export (`default` is one).
    Name(Name),
    /// `*`: the namespace object.
    Namespace,
    /// The module source (`import source`).
    Source,
}

/// An import attribute.
#[derive(Clone, Copy, Debug)]
pub struct ImportAttribute {
    /// The key.
    pub key: Word,
    /// The value.
    pub value: Word,
}

/// `export { … }`, `export { … } from "x"`, `export <declaration>`
#[derive(Clone, Copy, Debug)]
pub struct ExportNamed<'a> {
    /// The declaration.
    pub declaration: Option<Stmt<'a>>,
    /// The specifiers.
    pub specifiers: &'a [ExportSpecifier],
    /// The module and its specifier string.
    pub request: Option<(ModuleRequestId, Word)>,
    /// `with { … }`
    pub attributes: &'a [ImportAttribute],
}

/// `local as exported`
#[derive(Clone, Copy, Debug)]
pub struct ExportSpecifier {
    /// The whole specifier.
    pub span: Span,
    /// The name here, or in the other module when re-exporting.
    pub local: Word,
    /// The exported name.
    pub exported: Word,
}

/// `export default …`
#[derive(Clone, Copy, Debug)]
pub struct ExportDefault<'a> {
    /// The binding it initializes: the declared name, or `Name::STAR_DEFAULT`.
    pub binding: Ident,
    /// What is exported.
    pub kind: ExportDefaultKind<'a>,
}

/// What `export default` exports.
#[derive(Clone, Copy, Debug)]
pub enum ExportDefaultKind<'a> {
    /// A function declaration (hoisted). Without a name its function name is `default`.
    Function(&'a Function<'a>),
    /// A class declaration. Without a name its function name is `default`.
    Class(&'a Class<'a>),
    /// An expression; an anonymous function definition gets the name `default`.
    Expr(&'a Expr<'a>),
}

/// `export * from "x"`, `export * as name from "x"`
#[derive(Clone, Copy, Debug)]
pub struct ExportAll<'a> {
    /// `as name`
    pub exported: Option<Word>,
    /// The module.
    pub request: ModuleRequestId,
    /// The specifier string as written.
    pub source: Word,
    /// `with { … }`
    pub attributes: &'a [ImportAttribute],
}

/// Index into [`ModuleInfo::requests`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ModuleRequestId(pub u32);

/// A distinct module request (`[[RequestedModules]]`), in source order of first appearance.
#[derive(Clone, Copy, Debug)]
pub struct ModuleRequest<'a> {
    /// Position of the first specifier string.
    pub span: Span,
    /// The specifier string.
    pub specifier: Name,
    /// Defer, source or plain.
    pub phase: ImportPhase,
    /// Attributes `(key, value)`, sorted by key.
    pub attributes: &'a [(Name, Name)],
}

/// `ImportEntry Record`.
#[derive(Clone, Copy, Debug)]
pub struct ImportEntry {
    /// The module.
    pub request: ModuleRequestId,
    /// The name in the other module.
    pub imported: ImportName,
    /// The local binding (its `reference` resolves to a binding of kind `Import`).
    pub local: Ident,
}

/// A local export: `[[LocalExportEntries]]`.
#[derive(Clone, Copy, Debug)]
pub struct LocalExport {
    /// The exported name.
    pub exported: Name,
    /// The local binding (`Name::STAR_DEFAULT` for anonymous defaults); its `reference` resolves to it.
    pub local: Ident,
}

/// A re-export: `[[IndirectExportEntries]]`, including exports of imported bindings, and `export * as ns from`.
#[derive(Clone, Copy, Debug)]
pub struct IndirectExport {
    /// The exported name.
    pub exported: Name,
    /// The module.
    pub request: ModuleRequestId,
    /// The name in the other module; `Namespace` for `export * as ns`.
    pub imported: ImportName,
    /// Where it is written.
    pub span: Span,
}

/// The tables of a source text module record.
#[derive(Clone, Copy, Debug)]
pub struct ModuleInfo<'a> {
    /// `[[RequestedModules]]`
    pub requests: &'a [ModuleRequest<'a>],
    /// `[[ImportEntries]]`
    pub imports: &'a [ImportEntry],
    /// `[[LocalExportEntries]]`
    pub local_exports: &'a [LocalExport],
    /// `[[IndirectExportEntries]]`
    pub indirect_exports: &'a [IndirectExport],
    /// `[[StarExportEntries]]`: `export * from`.
    pub star_exports: &'a [ModuleRequestId],
    /// `[[HasTLA]]`
    pub has_top_level_await: bool,
    /// Contains `import.meta`.
    pub uses_import_meta: bool,
}
