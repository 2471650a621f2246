//! Loading, export resolution and linking (16.2.1.5.1, 16.2.1.6).

use super::record::{Module, ModuleStatus, OwnExport};
use crate::agent::Agent;
use crate::error::{ErrorType, JsResult, Throw};
use crate::host::LoadRequest;
use crate::object::Object;
use crate::object::global::PropertyCell;
use crate::object::internal_methods::KeyList;
use crate::object::module_namespace::create_namespace;
use crate::property::{Attributes, PropertyKey};
use crate::value::Value;
use rustc_hash::{FxHashMap, FxHashSet};
use sarus_bytecode::{ImportPhase, ImportedName, JsStr};
use sarus_gc::Gc;
use std::collections::HashSet;

/// What ResolveExport finds.
#[derive(Copy, Clone)]
pub enum ExportResolution {
    /// A binding.
    Cell(Module, Gc<PropertyCell>),
    /// The namespace of a module.
    Namespace(Module),
    /// The deferred namespace of a module.
    DeferredNamespace(Module),
    /// The source object of a module.
    Source(Module),
    /// Several `export *` give different bindings.
    Ambiguous,
    /// No such export, or a cycle.
    NotFound,
}

pub(super) fn key_of(agent: &mut Agent, s: &JsStr) -> PropertyKey {
    PropertyKey::atom(agent.intern_js_str(s))
}

pub(super) fn js_str_text(s: &JsStr) -> String {
    String::from_utf16_lossy(&s.units().collect::<Vec<_>>())
}

/// The request number `index` of a module, as the host gets it.
pub(super) fn request_of(module: Module, index: usize) -> Option<LoadRequest> {
    let request = module.table()?.requests.get(index)?;
    Some(LoadRequest {
        specifier: js_str_text(&request.specifier),
        attributes: request
            .attributes
            .iter()
            .map(|(k, v)| (js_str_text(k), js_str_text(v)))
            .collect(),
    })
}

/// Import attributes that the engine understands (HostGetSupportedImportAttributes).
const SUPPORTED_ATTRIBUTES: &[&str] = &["type"];

/// The first attribute that is not supported, as text.
pub(super) fn unsupported_attribute(attributes: &[(String, String)]) -> Option<String> {
    let (key, v) = attributes
        .iter()
        .find(|(key, _)| !SUPPORTED_ATTRIBUTES.contains(&key.as_str()))?;
    Some(format!(
        "Import attribute \"{key}\" with value \"{v}\" is not supported"
    ))
}

/// 16.2.1.5.1 LoadRequestedModules, synchronously and without recursion. What was loaded before a
/// failure stays, and a later attempt goes on from there.
///
/// # Errors
/// What the host throws for a module that it cannot load or parse; a SyntaxError for attributes
/// that are not supported.
pub fn load_requested_modules(agent: &mut Agent, module: Module) -> JsResult<()> {
    let mut visited = FxHashSet::default();
    let mut stack = agent.heap.root_vec::<Module>();
    stack.push(module);
    while let Some(m) = stack.pop() {
        if !visited.insert(m.addr()) || m.status() > ModuleStatus::Unlinked {
            continue;
        }
        if m.status() == ModuleStatus::New {
            if let Err(t) = load_requests(agent, m) {
                m.loaded.borrow_mut().clear();
                return Err(t);
            }
            m.status.set(ModuleStatus::Unlinked);
        }
        // The first request is to be loaded next.
        for dependency in evaluated_requests(m).into_iter().rev() {
            stack.push(dependency);
        }
    }
    Ok(())
}

fn load_requests(agent: &mut Agent, m: Module) -> JsResult<()> {
    let count = m.table().map_or(0, |t| t.requests.len());
    let load = agent.host.load_module();
    for i in 0..count {
        let Some(request) = request_of(m, i) else {
            continue;
        };
        if let Some(text) = unsupported_attribute(&request.attributes) {
            return Err(agent.syntax_error(text));
        }
        let v = load(agent, Value::cell(m), &request)?;
        let Some(dependency) = super::module_of_value(v) else {
            return Err(agent.type_error(format!("Cannot load module '{}'", request.specifier)));
        };
        agent.heap.write_barrier(m.header());
        m.loaded.borrow_mut().push(dependency);
    }
    Ok(())
}

/// 16.2.1.6.2 GetExportedNames.
pub fn exported_names(agent: &mut Agent, module: Module) -> KeyList {
    let mut names: KeyList = agent.heap.root_vec();
    let mut seen = HashSet::new();
    let mut visited = HashSet::new();
    let default = agent.names.default_;
    let mut stack = vec![(module, false)];
    while let Some((m, through_star)) = stack.pop() {
        if !visited.insert(m.addr()) {
            continue;
        }
        let mut add = |key: PropertyKey| {
            if !(through_star && key == default) && seen.insert(key) {
                names.push(key);
            }
        };
        for key in &m.synthetic_names {
            add(*key);
        }
        let Some(table) = m.table() else { continue };
        for name in table
            .local_exports
            .iter()
            .map(|(n, _)| n)
            .chain(table.indirect_exports.iter().map(|e| &e.exported))
        {
            add(PropertyKey::atom(agent.intern_js_str(name)));
        }
        for star in &table.star_exports {
            if let Some(d) = m.loaded.borrow().get(*star as usize) {
                stack.push((*d, true));
            }
        }
    }
    names
}

/// 16.2.1.6.3 ResolveExport.
///
/// # Errors
/// A RangeError when re-exports nest too deeply.
pub fn resolve_export(
    agent: &mut Agent,
    module: Module,
    name: PropertyKey,
) -> JsResult<ExportResolution> {
    resolve(agent, module, name, &mut FxHashSet::default())
}

fn resolve(
    agent: &mut Agent,
    module: Module,
    name: PropertyKey,
    set: &mut FxHashSet<(usize, PropertyKey)>,
) -> JsResult<ExportResolution> {
    agent.check_native_stack()?;
    if let Some(i) = module.synthetic_names.iter().position(|n| *n == name) {
        return Ok(module.cell(i).map_or(ExportResolution::NotFound, |c| {
            ExportResolution::Cell(module, c)
        }));
    }
    if !set.insert((module.addr(), name)) {
        // A circular import request.
        return Ok(ExportResolution::NotFound);
    }
    let Some(table) = module.table() else {
        return Ok(ExportResolution::NotFound);
    };
    match own_export(agent, module, name) {
        Some(OwnExport::Local(i)) => {
            if let Some((_, cell)) = table.local_exports.get(i as usize) {
                return local_binding(agent, module, *cell, set);
            }
        }
        Some(OwnExport::Indirect(i)) => {
            if let Some(e) = table.indirect_exports.get(i as usize) {
                return resolve_imported(agent, module, e.request, &e.imported, set);
            }
        }
        None => {}
    }
    if name == agent.names.default_ {
        return Ok(ExportResolution::NotFound);
    }
    let mut star: Option<ExportResolution> = None;
    for request in &table.star_exports {
        let Some(dependency) = loaded(module, *request) else {
            continue;
        };
        let found = resolve(agent, dependency, name, set)?;
        match (found, star) {
            (ExportResolution::Ambiguous, _) => return Ok(found),
            (ExportResolution::NotFound, _) => {}
            (_, None) => star = Some(found),
            (_, Some(before)) if same_binding(before, found) => {}
            _ => return Ok(ExportResolution::Ambiguous),
        }
    }
    Ok(star.unwrap_or(ExportResolution::NotFound))
}

/// The own export of that name, through an index that is made at first use.
fn own_export(agent: &mut Agent, module: Module, name: PropertyKey) -> Option<OwnExport> {
    if let Some(index) = module.export_index.get() {
        return index.get(&name).copied();
    }
    let table = module.table()?;
    // Rooted here until the record has the index.
    let mut keys: KeyList = agent.heap.root_vec();
    let local = table.local_exports.iter().map(|(n, _)| n);
    for text in local.chain(table.indirect_exports.iter().map(|e| &e.exported)) {
        let key = key_of(agent, text);
        keys.push(key);
    }
    let locals = table.local_exports.len();
    let mut index = FxHashMap::default();
    for (i, key) in keys.iter().enumerate() {
        let place = if i < locals {
            OwnExport::Local(i as u32)
        } else {
            OwnExport::Indirect((i - locals) as u32)
        };
        index.entry(*key).or_insert(place);
    }
    agent.heap.write_barrier(module.header());
    module
        .export_index
        .get_or_init(|| index)
        .get(&name)
        .copied()
}

/// The phase of a request.
pub(super) fn phase_of(module: Module, request: u32) -> ImportPhase {
    module
        .table()
        .and_then(|t| t.requests.get(request as usize))
        .map_or(ImportPhase::Evaluation, |r| r.phase)
}

/// The loaded modules that are linked and evaluated with `m`: all but those of which it wants the
/// source. The list is good as long as `m` is on the stack.
pub(super) fn evaluated_requests(m: Module) -> Vec<Module> {
    let loaded = m.loaded.borrow();
    (0u32..)
        .zip(loaded.iter())
        .filter(|&(i, _)| phase_of(m, i) != ImportPhase::Source)
        .map(|(_, dependency)| *dependency)
        .collect()
}

fn loaded(module: Module, request: u32) -> Option<Module> {
    module.loaded.borrow().get(request as usize).copied()
}

fn same_binding(a: ExportResolution, b: ExportResolution) -> bool {
    match (a, b) {
        (ExportResolution::Cell(_, x), ExportResolution::Cell(_, y)) => x == y,
        (ExportResolution::Namespace(x), ExportResolution::Namespace(y))
        | (ExportResolution::DeferredNamespace(x), ExportResolution::DeferredNamespace(y))
        | (ExportResolution::Source(x), ExportResolution::Source(y)) => x == y,
        _ => false,
    }
}

/// A local export: its own cell, or what it imports when the local name is an import.
fn local_binding(
    agent: &mut Agent,
    module: Module,
    index: u32,
    set: &mut FxHashSet<(usize, PropertyKey)>,
) -> JsResult<ExportResolution> {
    let Some(table) = module.table() else {
        return Ok(ExportResolution::NotFound);
    };
    if let Some(import) = table.imports.iter().find(|i| i.cell == index) {
        return resolve_imported(agent, module, import.request, &import.imported, set);
    }
    Ok(module
        .cell(index as usize)
        .map_or(ExportResolution::NotFound, |c| {
            ExportResolution::Cell(module, c)
        }))
}

fn resolve_imported(
    agent: &mut Agent,
    module: Module,
    request: u32,
    imported: &ImportedName,
    set: &mut FxHashSet<(usize, PropertyKey)>,
) -> JsResult<ExportResolution> {
    let Some(dependency) = loaded(module, request) else {
        return Ok(ExportResolution::NotFound);
    };
    match imported {
        ImportedName::Namespace if phase_of(module, request) == ImportPhase::Defer => {
            Ok(ExportResolution::DeferredNamespace(dependency))
        }
        ImportedName::Namespace => Ok(ExportResolution::Namespace(dependency)),
        ImportedName::Source if dependency.source().is_undefined() => {
            Ok(ExportResolution::NotFound)
        }
        ImportedName::Source => Ok(ExportResolution::Source(dependency)),
        ImportedName::Name(name) => {
            let key = key_of(agent, name);
            resolve(agent, dependency, key, set)
        }
    }
}

/// 16.2.1.5.2 Link.
///
/// # Errors
/// A SyntaxError for unresolvable imports; what a dependency cannot be linked for.
pub fn link(agent: &mut Agent, module: Module) -> JsResult<()> {
    load_requested_modules(agent, module)?;
    let mut stack = agent.heap.root_vec::<Module>();
    let result = inner_link(agent, module, &mut stack, &mut 0);
    if result.is_err() {
        for m in stack.iter() {
            m.status.set(ModuleStatus::Unlinked);
        }
    }
    result
}

/// 16.2.1.5.2.1 InnerModuleLinking.
fn inner_link(
    agent: &mut Agent,
    m: Module,
    stack: &mut sarus_gc::RootVec<Module>,
    index: &mut u32,
) -> JsResult<()> {
    agent.check_native_stack()?;
    if m.status() >= ModuleStatus::Linking {
        return Ok(());
    }
    m.status.set(ModuleStatus::Linking);
    m.dfs_index.set(*index);
    m.dfs_ancestor.set(*index);
    *index += 1;
    stack.push(m);
    for dependency in evaluated_requests(m) {
        inner_link(agent, dependency, stack, index)?;
        if dependency.status() == ModuleStatus::Linking {
            m.dfs_ancestor
                .set(m.dfs_ancestor.get().min(dependency.dfs_ancestor.get()));
        }
    }
    initialize_environment(agent, m)?;
    if m.dfs_ancestor.get() == m.dfs_index.get() {
        while let Some(done) = stack.pop() {
            done.status.set(ModuleStatus::Linked);
            if done == m {
                break;
            }
        }
    }
    Ok(())
}

/// 16.2.1.6.4 InitializeEnvironment.
fn initialize_environment(agent: &mut Agent, m: Module) -> JsResult<()> {
    let Some(code) = m.code() else { return Ok(()) };
    let block = code.block_arc();
    let Some(table) = &block.module else {
        return Ok(());
    };
    for e in &table.indirect_exports {
        let key = key_of(agent, &e.exported);
        let found = resolve_export(agent, m, key)?;
        check_resolved(agent, m, found, e.request, &e.imported)?;
    }
    for import in &table.imports {
        let set = &mut FxHashSet::default();
        let found = resolve_imported(agent, m, import.request, &import.imported, set)?;
        check_resolved(agent, m, found, import.request, &import.imported)?;
        let cell = match found {
            ExportResolution::Cell(_, cell) => cell,
            ExportResolution::Namespace(target) => {
                let namespace = namespace_of(agent, target)?;
                agent.new_property_cell(namespace.into(), Attributes::E)
            }
            ExportResolution::DeferredNamespace(target) => {
                let namespace = deferred_namespace_of(agent, target)?;
                agent.new_property_cell(namespace.into(), Attributes::E)
            }
            ExportResolution::Source(target) => {
                agent.new_property_cell(target.source(), Attributes::E)
            }
            ExportResolution::Ambiguous | ExportResolution::NotFound => continue,
        };
        m.cells.borrow_mut()[import.cell as usize] = Some(cell);
    }
    // Runs to ModuleStart, which keeps the frame in the record.
    (agent.hooks.run_code)(agent, code, Value::UNDEFINED, None).map(|_| ())
}

/// Throws V8's SyntaxError for an import that has no unique binding.
fn check_resolved(
    agent: &mut Agent,
    m: Module,
    found: ExportResolution,
    request: u32,
    imported: &ImportedName,
) -> JsResult<()> {
    let specifier = request_of(m, request as usize)
        .map(|r| r.specifier)
        .unwrap_or_default();
    let name = match imported {
        ImportedName::Name(n) => js_str_text(n),
        _ => String::from("source"),
    };
    match found {
        ExportResolution::NotFound if matches!(imported, ImportedName::Source) => Err(agent
            .syntax_error(format!(
                "Source phase import object is not defined for module '{specifier}'"
            ))),
        ExportResolution::NotFound => Err(link_error(
            agent,
            &format!(
                "The requested module '{specifier}' does not provide an export named '{name}'"
            ),
        )),
        ExportResolution::Ambiguous => Err(link_error(
            agent,
            &format!(
                "The requested module '{specifier}' contains conflicting star exports for name '{name}'"
            ),
        )),
        _ => Ok(()),
    }
}

fn link_error(agent: &mut Agent, message: &str) -> Throw {
    agent.throw_error(ErrorType::Syntax, message)
}

/// 16.2.1.10 GetModuleNamespace.
///
/// # Errors
/// A RangeError when re-exports nest too deeply.
pub fn namespace_of(agent: &mut Agent, module: Module) -> JsResult<Object> {
    if let Some(o) = module.namespace.get().as_object() {
        return Ok(o);
    }
    make_namespace(agent, module, false)
}

/// GetModuleNamespace for the defer phase: the object evaluates the module when something is looked
/// up in it.
///
/// # Errors
/// A RangeError when re-exports nest too deeply.
pub fn deferred_namespace_of(agent: &mut Agent, module: Module) -> JsResult<Object> {
    if let Some(o) = module.deferred_namespace.get().as_object() {
        return Ok(o);
    }
    make_namespace(agent, module, true)
}

fn make_namespace(agent: &mut Agent, module: Module, deferred: bool) -> JsResult<Object> {
    let names = exported_names(agent, module);
    let mut exports = Vec::new();
    // The cells made here, and the records whose namespaces they are to hold.
    let mut roots = agent.heap.root_vec::<Value>();
    let mut fill = Vec::new();
    for &name in names.iter() {
        if deferred && name == agent.names.then {
            // A deferred namespace must not look like a thenable.
            continue;
        }
        let (target, target_deferred) = match resolve_export(agent, module, name)? {
            ExportResolution::Cell(_, cell) => {
                exports.push((name, cell));
                continue;
            }
            ExportResolution::Source(target) => {
                let cell = agent.new_property_cell(target.source(), Attributes::E);
                roots.push(Value::cell(cell));
                roots.push(Value::UNDEFINED);
                fill.push(false);
                exports.push((name, cell));
                continue;
            }
            ExportResolution::Namespace(target) => (target, false),
            ExportResolution::DeferredNamespace(target) => (target, true),
            ExportResolution::Ambiguous | ExportResolution::NotFound => continue,
        };
        // A namespace re-export has no cell of its own; one that holds the namespace will do. It is
        // filled in after this namespace exists, since the two may be the same.
        let cell = agent.new_property_cell(Value::HOLE, Attributes::E);
        roots.push(Value::cell(cell));
        roots.push(Value::cell(target));
        fill.push(target_deferred);
        exports.push((name, cell));
    }
    let namespace = create_namespace(agent, module, exports, deferred);
    agent.heap.write_barrier(module.header());
    if deferred {
        module.deferred_namespace.set(namespace.into());
    } else {
        module.namespace.set(namespace.into());
    }
    for (i, target_deferred) in fill.into_iter().enumerate() {
        let (cell, target) = (roots[2 * i], roots[2 * i + 1]);
        let (Some(cell), Some(target)) = (property_cell_of(cell), super::module_of_value(target))
        else {
            continue;
        };
        let inner = if target_deferred {
            deferred_namespace_of(agent, target)?
        } else {
            namespace_of(agent, target)?
        };
        cell.set_value(agent, inner.into());
    }
    Ok(namespace)
}

fn property_cell_of(v: Value) -> Option<Gc<PropertyCell>> {
    if v.is_kind(crate::kind::CellKind::PropertyCell) {
        // SAFETY: the kind was checked just above.
        Some(unsafe { v.cell_unchecked() })
    } else {
        None
    }
}
