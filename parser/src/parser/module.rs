//! Module items, and the tables of the module record.

use super::{Parser, Res};
use crate::Feature;
use crate::ast::{
    Decorator, ExportAll, ExportDefault, ExportDefaultKind, ExportNamed, ExportSpecifier,
    FunctionFlags, Ident, Import, ImportAttribute, ImportEntry, ImportName, ImportPhase,
    ImportSpecifier, IndirectExport, LocalExport, ModuleInfo, ModuleRequest, ModuleRequestId,
    Pattern, PatternKind, Stmt, StmtKind, VarKind, Word,
};
use crate::diagnostics::DiagnosticKind as K;
use crate::lexer::Tok;
use crate::names::Name;
use crate::scope::BindingKind;
use crate::span::Span;
use rustc_hash::{FxHashMap, FxHashSet};

/// `export { local as exported }` without `from`, resolved at the end of the module.
struct PendingExport {
    exported: Name,
    local: Ident,
}

/// What is collected about a module.
#[derive(Default)]
pub(super) struct ModuleBuilder<'a> {
    requests: Vec<ModuleRequest<'a>>,
    /// Indices into `requests` by specifier.
    requested: FxHashMap<Name, Vec<usize>>,
    imports: Vec<ImportEntry>,
    /// Index into `imports` by local name.
    imported: FxHashMap<Name, usize>,
    exports: Vec<PendingExport>,
    indirect: Vec<IndirectExport>,
    star: Vec<ModuleRequestId>,
    names: FxHashSet<Name>,
    pub uses_import_meta: bool,
}

impl<'a> Parser<'a, '_> {
    /// A statement, or in modules an import or export.
    pub(super) fn module_item(&mut self) -> Res<Stmt<'a>> {
        if self.is_module() {
            if self.token.kind == Tok::Export {
                return self.export_declaration(self.token.start, &[]);
            }
            if self.token.kind == Tok::At {
                return self.decorated_module_item();
            }
            let is_import = self.token.kind == Tok::Import
                && !matches!(self.peek().kind, Tok::LParen | Tok::Dot);
            if is_import {
                return self.import_declaration();
            }
        }
        self.statement_list_item()
    }

    fn import_declaration(&mut self) -> Res<Stmt<'a>> {
        let start = self.token.start;
        self.advance();
        let mut specifiers = bumpalo::collections::Vec::new_in(self.arena);
        let mut phase = ImportPhase::Evaluation;
        if self.token.kind != Tok::String {
            phase = self.import_phase()?;
            let mut more = true;
            if self.is_binding_start() {
                let (name, span) = self.binding_identifier()?;
                let imported = if phase == ImportPhase::Source {
                    ImportName::Source
                } else {
                    ImportName::Name(Name::DEFAULT)
                };
                let local = self.import_binding(name, span)?;
                specifiers.push(ImportSpecifier {
                    span,
                    imported,
                    local,
                });
                more = phase == ImportPhase::Evaluation && self.eat(Tok::Comma);
            }
            if more {
                match self.token.kind {
                    Tok::Star => specifiers.push(self.import_namespace()?),
                    Tok::LBrace if phase == ImportPhase::Evaluation => {
                        self.import_list(&mut specifiers)?;
                    }
                    _ => return self.unexpected(),
                }
            }
            self.from()?;
        }
        let source = self.module_specifier()?;
        let attributes = self.import_attributes()?;
        self.semicolon()?;
        let request = self.request(source, phase, attributes);
        for specifier in &specifiers {
            let index = self.module.imports.len();
            self.module.imported.insert(specifier.local.name, index);
            self.module.imports.push(ImportEntry {
                request,
                imported: specifier.imported,
                local: specifier.local,
            });
        }
        let node = self.alloc(Import {
            phase,
            specifiers: specifiers.into_bump_slice(),
            request,
            source,
            attributes,
        });
        Ok(Stmt {
            span: self.span_from(start),
            kind: StmtKind::Import(node),
        })
    }

    fn is_binding_start(&self) -> bool {
        matches!(
            self.token.kind,
            Tok::Ident | Tok::Yield | Tok::Await | Tok::Let | Tok::Static
        )
    }

    /// Consumes `defer` or `source` where it is a phase and not a name.
    fn import_phase(&mut self) -> Res<ImportPhase> {
        if self.is_word(Name::DEFER) && self.peek().kind == Tok::Star {
            self.require(Feature::ImportDefer, self.token_span())?;
            self.advance();
            return Ok(ImportPhase::Defer);
        }
        if self.is_word(Name::SOURCE) {
            let (next, after) = self.peek_two();
            let named = next.kind == Tok::Ident || next.kind.is_identifier_name();
            let is_from = next.kind == Tok::Ident && next.name == Name::FROM;
            let after_is_from = after.kind == Tok::Ident && after.name == Name::FROM;
            if named && (!is_from || after_is_from) {
                self.require(Feature::SourcePhase, self.token_span())?;
                self.advance();
                return Ok(ImportPhase::Source);
            }
        }
        Ok(ImportPhase::Evaluation)
    }

    fn import_binding(&mut self, name: Name, span: Span) -> Res<Ident> {
        self.declare_lexical(name, span, BindingKind::Import, false)
    }

    fn import_namespace(&mut self) -> Res<ImportSpecifier> {
        let start = self.token.start;
        self.advance();
        self.expect_word(Name::AS)?;
        let (name, span) = self.binding_identifier()?;
        Ok(ImportSpecifier {
            span: self.span_from(start),
            imported: ImportName::Namespace,
            local: self.import_binding(name, span)?,
        })
    }

    fn import_list(
        &mut self,
        specifiers: &mut bumpalo::collections::Vec<'a, ImportSpecifier>,
    ) -> Res<()> {
        self.advance();
        while !self.eat(Tok::RBrace) {
            let token = self.token;
            let imported = self.module_export_name()?;
            let local = if self.is_word(Name::AS) {
                self.advance();
                let (name, span) = self.binding_identifier()?;
                self.import_binding(name, span)?
            } else {
                if !self.is_identifier(&token) {
                    return self.unexpected_identifier(&token);
                }
                self.check_bound_name(token.name, imported.span)?;
                self.import_binding(token.name, imported.span)?
            };
            specifiers.push(ImportSpecifier {
                span: self.span_from(token.start),
                imported: ImportName::Name(imported.name),
                local,
            });
            if self.token.kind != Tok::RBrace {
                self.expect(Tok::Comma)?;
            }
        }
        Ok(())
    }

    fn expect_word(&mut self, name: Name) -> Res<()> {
        if !self.is_word(name) {
            return self.unexpected();
        }
        self.advance();
        Ok(())
    }

    fn from(&mut self) -> Res<()> {
        self.expect_word(Name::FROM)
    }

    fn module_specifier(&mut self) -> Res<Word> {
        let token = self.token;
        if token.kind != Tok::String {
            return self.unexpected();
        }
        self.check_legacy(&token)?;
        self.advance();
        Ok(Word {
            span: self.span_from(token.start),
            name: token.name,
        })
    }

    /// `ModuleExportName`: an identifier name or a well-formed string.
    fn module_export_name(&mut self) -> Res<Word> {
        let token = self.token;
        let span = self.token_span();
        if token.kind == Tok::String {
            self.check_legacy(&token)?;
            if self.lexer.names.as_str(token.name).is_none() {
                return self.fail(K::UnpairedSurrogateName, span);
            }
        } else if !token.kind.is_identifier_name() {
            return self.unexpected();
        }
        self.advance();
        Ok(Word {
            span,
            name: token.name,
        })
    }

    /// `with { key: "value", … }`, if there.
    fn import_attributes(&mut self) -> Res<&'a [ImportAttribute]> {
        if self.token.kind != Tok::With {
            return Ok(&[]);
        }
        self.advance();
        self.expect(Tok::LBrace)?;
        let mut list = bumpalo::collections::Vec::<ImportAttribute>::new_in(self.arena);
        while !self.eat(Tok::RBrace) {
            let token = self.token;
            if token.kind != Tok::String && !token.kind.is_identifier_name() {
                return self.unexpected();
            }
            self.check_legacy(&token)?;
            self.advance();
            let key = Word {
                span: self.span_from(token.start),
                name: token.name,
            };
            if list.iter().any(|other| other.key.name == key.name) {
                return self.fail_name(K::DuplicateAttribute, key.span, key.name);
            }
            self.expect(Tok::Colon)?;
            let value = self.module_specifier()?;
            list.push(ImportAttribute { key, value });
            if self.token.kind != Tok::RBrace {
                self.expect(Tok::Comma)?;
            }
        }
        Ok(list.into_bump_slice())
    }

    /// The module request for these, made at its first appearance.
    fn request(
        &mut self,
        source: Word,
        phase: ImportPhase,
        attributes: &[ImportAttribute],
    ) -> ModuleRequestId {
        let mut pairs: Vec<(Name, Name)> = attributes
            .iter()
            .map(|attribute| (attribute.key.name, attribute.value.name))
            .collect();
        let names = &self.lexer.names;
        pairs.sort_by(|left, right| names.bytes(left.0).cmp(names.bytes(right.0)));
        let known = self.module.requested.get(&source.name);
        let found = known.into_iter().flatten().copied().find(|&index| {
            let request = &self.module.requests[index];
            request.phase == phase && request.attributes == pairs.as_slice()
        });
        let index = found.unwrap_or_else(|| {
            let attributes = self.slice(&pairs);
            self.module.requests.push(ModuleRequest {
                span: source.span,
                specifier: source.name,
                phase,
                attributes,
            });
            let index = self.module.requests.len() - 1;
            let same = self.module.requested.entry(source.name).or_default();
            same.push(index);
            index
        });
        ModuleRequestId(index as u32)
    }

    /// An export, at `export`; `decorators` stand before it, and only a class may follow them.
    pub(super) fn export_declaration(
        &mut self,
        start: u32,
        decorators: &'a [Decorator<'a>],
    ) -> Res<Stmt<'a>> {
        self.advance();
        let kind = match self.token.kind {
            Tok::Default => self.export_default(decorators)?,
            _ if !decorators.is_empty() => {
                self.one_decorator_list(decorators)?;
                self.expect_class()?;
                self.export_of_declaration(decorators)?
            }
            Tok::Star => self.export_star()?,
            Tok::LBrace => self.export_list()?,
            _ => self.export_of_declaration(&[])?,
        };
        Ok(Stmt {
            span: self.span_from(start),
            kind,
        })
    }

    fn add_export_name(&mut self, name: Name, span: Span) -> Res<()> {
        if !self.module.names.insert(name) {
            return self.fail_name(K::DuplicateExport, span, name);
        }
        Ok(())
    }

    fn export_star(&mut self) -> Res<StmtKind<'a>> {
        self.advance();
        let mut exported = None;
        if self.is_word(Name::AS) {
            self.advance();
            let name = self.module_export_name()?;
            self.add_export_name(name.name, name.span)?;
            exported = Some(name);
        }
        self.from()?;
        let source = self.module_specifier()?;
        let attributes = self.import_attributes()?;
        self.semicolon()?;
        let request = self.request(source, ImportPhase::Evaluation, attributes);
        match exported {
            Some(name) => self.module.indirect.push(IndirectExport {
                exported: name.name,
                request,
                imported: ImportName::Namespace,
                span: name.span,
            }),
            None => self.module.star.push(request),
        }
        Ok(StmtKind::ExportAll(self.alloc(ExportAll {
            exported,
            request,
            source,
            attributes,
        })))
    }

    fn export_list(&mut self) -> Res<StmtKind<'a>> {
        self.advance();
        let mut specifiers = bumpalo::collections::Vec::<ExportSpecifier>::new_in(self.arena);
        let mut locals = Vec::new();
        while !self.eat(Tok::RBrace) {
            let token = self.token;
            let local = self.module_export_name()?;
            locals.push(token);
            let exported = if self.is_word(Name::AS) {
                self.advance();
                self.module_export_name()?
            } else {
                local
            };
            self.add_export_name(exported.name, exported.span)?;
            specifiers.push(ExportSpecifier {
                span: self.span_from(token.start),
                local,
                exported,
            });
            if self.token.kind != Tok::RBrace {
                self.expect(Tok::Comma)?;
            }
        }
        let mut request = None;
        let mut attributes: &[ImportAttribute] = &[];
        if self.is_word(Name::FROM) {
            self.advance();
            let source = self.module_specifier()?;
            attributes = self.import_attributes()?;
            let id = self.request(source, ImportPhase::Evaluation, attributes);
            request = Some((id, source));
        }
        self.semicolon()?;
        for (specifier, token) in specifiers.iter().zip(&locals) {
            if let Some((request, _)) = request {
                self.module.indirect.push(IndirectExport {
                    exported: specifier.exported.name,
                    request,
                    imported: ImportName::Name(specifier.local.name),
                    span: specifier.span,
                });
                continue;
            }
            if !self.is_identifier(token) {
                return self.unexpected_identifier(token);
            }
            let local = Ident {
                span: specifier.local.span,
                name: specifier.local.name,
                reference: self.scopes.binding_occurrence(specifier.local.name),
            };
            self.module.exports.push(PendingExport {
                exported: specifier.exported.name,
                local,
            });
        }
        Ok(StmtKind::ExportNamed(self.alloc(ExportNamed {
            declaration: None,
            specifiers: specifiers.into_bump_slice(),
            request,
            attributes,
        })))
    }

    fn export_default(&mut self, decorators: &'a [Decorator<'a>]) -> Res<StmtKind<'a>> {
        self.add_export_name(Name::DEFAULT, self.token_span())?;
        self.advance();
        let start = self.token.start;
        self.one_decorator_list(decorators)?;
        let decorators = match self.token.kind {
            Tok::At => self.decorators()?,
            _ => decorators,
        };
        if !decorators.is_empty() {
            self.expect_class()?;
        }
        let is_async = self.is_word(Name::ASYNC) && {
            let next = self.peek();
            next.kind == Tok::Function && !next.newline_before
        };
        let node = if is_async || self.token.kind == Tok::Function {
            self.export_default_function(start, is_async)?
        } else if self.token.kind == Tok::Class {
            self.export_default_class(start, decorators)?
        } else {
            let mark = self.scopes.binding_mark();
            let binding =
                self.declare_default(Span::new(start, start), BindingKind::Const, false)?;
            let end = self.scopes.binding_mark();
            let value = self.assignment()?;
            self.scopes.mark_initialized(mark, end, self.token.start);
            self.semicolon()?;
            ExportDefault {
                binding,
                kind: ExportDefaultKind::Expr(value),
            }
        };
        self.module.exports.push(PendingExport {
            exported: Name::DEFAULT,
            local: node.binding,
        });
        Ok(StmtKind::ExportDefault(self.alloc(node)))
    }

    fn declare_default(&mut self, span: Span, kind: BindingKind, plain: bool) -> Res<Ident> {
        self.declare_lexical(Name::STAR_DEFAULT, span, kind, plain)
    }

    fn export_default_function(&mut self, start: u32, is_async: bool) -> Res<ExportDefault<'a>> {
        if is_async {
            self.advance();
        }
        self.advance();
        let is_generator = self.eat(Tok::Star);
        let mut name = None;
        let binding = if self.token.kind == Tok::LParen {
            self.declare_default(Span::new(start, start), BindingKind::LexicalFunction, false)?
        } else {
            let (text, span) = self.binding_identifier()?;
            let ident = self.declare_lexical(text, span, BindingKind::LexicalFunction, false)?;
            name = Some(ident);
            ident
        };
        let flags =
            super::function::kind_flags(is_async, is_generator).with(FunctionFlags::DECLARATION);
        let function = self.nested(|parser| parser.function_rest(start, flags, name, None))?;
        Ok(ExportDefault {
            binding,
            kind: ExportDefaultKind::Function(function),
        })
    }

    fn export_default_class(
        &mut self,
        start: u32,
        decorators: &'a [Decorator<'a>],
    ) -> Res<ExportDefault<'a>> {
        self.advance();
        let mark = self.scopes.binding_mark();
        let mut name = None;
        let binding = if matches!(self.token.kind, Tok::LBrace | Tok::Extends) {
            self.declare_default(Span::new(start, start), BindingKind::Class, false)?
        } else {
            let (text, span) = self.binding_identifier()?;
            name = Some((text, span));
            self.declare_lexical(text, span, BindingKind::Class, false)?
        };
        let end = self.scopes.binding_mark();
        let class = self.class_rest(start, name, decorators)?;
        self.scopes.mark_initialized(mark, end, self.token.start);
        Ok(ExportDefault {
            binding,
            kind: ExportDefaultKind::Class(class),
        })
    }

    /// `export var …`, `export function …`, …
    fn export_of_declaration(&mut self, decorators: &'a [Decorator<'a>]) -> Res<StmtKind<'a>> {
        let is_async = self.is_word(Name::ASYNC) && {
            let next = self.peek();
            next.kind == Tok::Function && !next.newline_before
        };
        let allowed = is_async
            || matches!(
                self.token.kind,
                Tok::Var | Tok::Let | Tok::Const | Tok::Function | Tok::Class | Tok::At
            );
        if !allowed {
            return self.unexpected();
        }
        let declaration = match self.token.kind {
            Tok::Let => self.variable_statement(VarKind::Let)?,
            Tok::Class => self.class_statement(self.token.start, decorators)?,
            _ => self.statement_list_item()?,
        };
        match declaration.kind {
            StmtKind::Var(list) => {
                for declarator in list.declarators {
                    self.export_pattern(&declarator.pattern)?;
                }
            }
            StmtKind::Function(function) => {
                if let Some(name) = function.function.name {
                    self.export_binding(&name)?;
                }
            }
            StmtKind::Class(class) => self.export_binding(&class.binding)?,
            _ => return self.unexpected(),
        }
        Ok(StmtKind::ExportNamed(self.alloc(ExportNamed {
            declaration: Some(declaration),
            specifiers: &[],
            request: None,
            attributes: &[],
        })))
    }

    fn export_binding(&mut self, name: &Ident) -> Res<()> {
        self.add_export_name(name.name, name.span)?;
        let local = Ident {
            reference: self.scopes.binding_occurrence(name.name),
            ..*name
        };
        self.module.exports.push(PendingExport {
            exported: name.name,
            local,
        });
        Ok(())
    }

    fn export_pattern(&mut self, pattern: &Pattern<'a>) -> Res<()> {
        match pattern.kind {
            PatternKind::Ident(ident) => self.export_binding(&ident),
            PatternKind::Object(object) => {
                for property in object.properties {
                    self.export_pattern(&property.element.pattern)?;
                }
                object.rest.map_or(Ok(()), |rest| self.export_pattern(rest))
            }
            PatternKind::Array(array) => {
                for element in array.elements.iter().flatten() {
                    self.export_pattern(&element.pattern)?;
                }
                array.rest.map_or(Ok(()), |rest| self.export_pattern(rest))
            }
            PatternKind::Expr(_) => Ok(()),
        }
    }

    /// The tables of the module record; local exports must exist.
    pub(super) fn finish_module(&mut self, flags: FunctionFlags) -> Res<&'a ModuleInfo<'a>> {
        let mut local_exports = Vec::new();
        let exports = std::mem::take(&mut self.module.exports);
        for export in exports {
            let imported = self
                .module
                .imported
                .get(&export.local.name)
                .map(|&index| self.module.imports[index]);
            match imported {
                // Exporting an imported name is a re-export, except of a namespace object.
                Some(entry)
                    if entry.imported != ImportName::Namespace
                        && entry.imported != ImportName::Source =>
                {
                    self.module.indirect.push(IndirectExport {
                        exported: export.exported,
                        request: entry.request,
                        imported: entry.imported,
                        span: export.local.span,
                    });
                }
                _ => {
                    if self.scopes.find_current(export.local.name).is_none() {
                        return self.fail_name(
                            K::UnresolvableExport,
                            export.local.span,
                            export.local.name,
                        );
                    }
                    local_exports.push(LocalExport {
                        exported: export.exported,
                        local: export.local,
                    });
                }
            }
        }
        let info = ModuleInfo {
            requests: self.slice(&self.module.requests),
            imports: self.slice(&self.module.imports),
            local_exports: self.slice(&local_exports),
            indirect_exports: self.slice(&self.module.indirect),
            star_exports: self.slice(&self.module.star),
            has_top_level_await: flags.contains_await(),
            uses_import_meta: self.module.uses_import_meta,
        };
        Ok(self.alloc(info))
    }
}
