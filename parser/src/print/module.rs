//! Imports and exports.

use super::expr::at;
use super::{Part, Parts, Printer, level, separated, text};
use crate::ast::{
    ExportAll, ExportDefault, ExportDefaultKind, ExportNamed, Import, ImportAttribute, ImportName,
    ImportPhase, ImportSpecifier, Name,
};

impl<'t, 'a> Printer<'t, 'a> {
    pub(super) fn import(&self, import: &'t Import<'a>) -> Parts<'t, 'a> {
        let mut parts = vec![Part::Text(match import.phase {
            ImportPhase::Evaluation => "import ",
            ImportPhase::Defer => "import defer ",
            ImportPhase::Source => "import source ",
        })];
        if !import.specifiers.is_empty() {
            parts.extend(self.import_specifiers(import.specifiers));
            parts.push(Part::Text(" from "));
        }
        parts.push(self.string_part(import.source.name));
        parts.extend(self.attributes(import.attributes));
        parts.push(Part::Text(";"));
        parts
    }

    fn import_specifiers(&self, list: &'t [ImportSpecifier]) -> Parts<'t, 'a> {
        let mut parts = Vec::new();
        let mut named = list;
        // The default import stands first, without braces, if it was written so.
        if let Some((first, rest)) = list.split_first()
            && (first.imported == ImportName::Source || is_bare_default(first))
        {
            parts.push(Part::Name(first.local.name));
            named = rest;
            if rest.is_empty() {
                return parts;
            }
            parts.push(Part::Text(", "));
        }
        if let [only] = named
            && only.imported == ImportName::Namespace
        {
            parts.extend([Part::Text("* as "), Part::Name(only.local.name)]);
            return parts;
        }
        parts.push(Part::Text("{"));
        parts.extend(separated(named, ", ", |specifier| {
            let local = Part::Name(specifier.local.name);
            match specifier.imported {
                ImportName::Name(name)
                    if name != specifier.local.name || specifier.span != specifier.local.span =>
                {
                    vec![self.export_name(name), Part::Text(" as "), local]
                }
                _ => vec![local],
            }
        }));
        parts.push(Part::Text("}"));
        parts
    }

    /// A name of another module.
    fn export_name(&self, name: Name) -> Part<'t, 'a> {
        if text::is_identifier_name(self.parsed.names.bytes(name)) {
            Part::Name(name)
        } else {
            self.string_part(name)
        }
    }

    pub(super) fn export_named(&self, export: &'t ExportNamed<'a>) -> Parts<'t, 'a> {
        if let Some(declaration) = &export.declaration {
            return vec![Part::Text("export "), Part::Stmt(declaration)];
        }
        let mut parts = vec![Part::Text("export {")];
        parts.extend(separated(export.specifiers, ", ", |specifier| {
            let local = self.word_part(&specifier.local);
            if specifier.local.span == specifier.exported.span {
                vec![local]
            } else {
                vec![
                    local,
                    Part::Text(" as "),
                    self.word_part(&specifier.exported),
                ]
            }
        }));
        parts.push(Part::Text("}"));
        if let Some((_, source)) = &export.request {
            parts.extend([Part::Text(" from "), self.string_part(source.name)]);
            parts.extend(self.attributes(export.attributes));
        }
        parts.push(Part::Text(";"));
        parts
    }

    pub(super) fn export_default(&self, export: &'t ExportDefault<'a>) -> Parts<'t, 'a> {
        let mut parts = vec![Part::Text("export default ")];
        match &export.kind {
            ExportDefaultKind::Function(function) => parts.push(Part::Function(function)),
            ExportDefaultKind::Class(class) => parts.push(Part::Class(class)),
            ExportDefaultKind::Expr(expr) => {
                let start = level::start_of(expr);
                if matches!(start, level::Start::Function | level::Start::Class) {
                    parts.extend([Part::Text("("), at(expr, level::SEQUENCE), Part::Text(")")]);
                } else {
                    parts.push(at(expr, level::ASSIGN));
                }
                parts.push(Part::Text(";"));
            }
        }
        parts
    }

    pub(super) fn export_all(&self, export: &'t ExportAll<'a>) -> Parts<'t, 'a> {
        let mut parts = vec![Part::Text("export *")];
        if let Some(name) = &export.exported {
            parts.extend([Part::Text(" as "), self.word_part(name)]);
        }
        parts.extend([Part::Text(" from "), self.string_part(export.source.name)]);
        parts.extend(self.attributes(export.attributes));
        parts.push(Part::Text(";"));
        parts
    }

    fn attributes(&self, list: &'t [ImportAttribute]) -> Parts<'t, 'a> {
        if list.is_empty() {
            return Vec::new();
        }
        let mut parts = vec![Part::Text(" with {")];
        parts.extend(separated(list, ", ", |attribute| {
            vec![
                self.word_part(&attribute.key),
                Part::Text(": "),
                self.string_part(attribute.value.name),
            ]
        }));
        parts.push(Part::Text("}"));
        parts
    }
}

/// `import x from`, not `import { default as x } from`.
fn is_bare_default(specifier: &ImportSpecifier) -> bool {
    specifier.imported == ImportName::Name(Name::DEFAULT) && specifier.span == specifier.local.span
}
