//! Modules: cells and the static tables of the module record.

use super::Compiler;
use super::scope::Home;
use crate::code_block::{ImportEntry, ImportedName, IndirectExport, ModuleCode, ModuleRequest};
use sarus_parser::ast::{ImportName, ModuleInfo};
use sarus_parser::scope::BindingKind;
use sarus_parser::{BindingId, RefId};

impl<'a> Compiler<'_, 'a> {
    /// Gives a module-level binding its cell.
    pub(super) fn module_cell(&mut self, id: BindingId) -> Home {
        let binding = self.parsed.scopes.binding(id);
        let Some(module) = &mut self.module else {
            return Home::Global;
        };
        let cell = module.cell_count;
        module.cell_count += 1;
        if binding.kind == BindingKind::Var {
            module.undefined_cells.push(cell);
        }
        Home::Module(cell)
    }

    fn cell_of(&self, reference: RefId) -> Option<u32> {
        let id = self.parsed.resolve(reference).binding?;
        match self.homes[id.index()] {
            Home::Module(cell) => Some(cell),
            _ => None,
        }
    }

    fn imported_name(&self, name: ImportName) -> ImportedName {
        match name {
            ImportName::Name(name) => ImportedName::Name(self.js(name)),
            ImportName::Namespace => ImportedName::Namespace,
            ImportName::Source => ImportedName::Source,
        }
    }

    /// Fills the tables; all cells have been given.
    pub(super) fn module_tables(&mut self, info: &'a ModuleInfo<'a>) {
        let Some(mut module) = self.module.take() else {
            return;
        };
        let ModuleCode {
            requests,
            imports,
            local_exports,
            indirect_exports,
            star_exports,
            has_top_level_await,
            ..
        } = &mut *module;
        *requests = info
            .requests
            .iter()
            .map(|request| ModuleRequest {
                specifier: self.js(request.specifier),
                phase: request.phase,
                attributes: request
                    .attributes
                    .iter()
                    .map(|&(key, value)| (self.js(key), self.js(value)))
                    .collect(),
                span: request.span,
            })
            .collect();
        *imports = info
            .imports
            .iter()
            .filter_map(|import| {
                Some(ImportEntry {
                    request: import.request.0,
                    imported: self.imported_name(import.imported),
                    cell: self.cell_of(import.local.reference)?,
                    local: self.js(import.local.name),
                    span: import.local.span,
                })
            })
            .collect();
        *local_exports = info
            .local_exports
            .iter()
            .filter_map(|export| {
                Some((
                    self.js(export.exported),
                    self.cell_of(export.local.reference)?,
                ))
            })
            .collect();
        *indirect_exports = info
            .indirect_exports
            .iter()
            .map(|export| IndirectExport {
                exported: self.js(export.exported),
                request: export.request.0,
                imported: self.imported_name(export.imported),
                span: export.span,
            })
            .collect();
        *star_exports = info.star_exports.iter().map(|request| request.0).collect();
        *has_top_level_await = info.has_top_level_await;
        self.module = Some(module);
    }
}
