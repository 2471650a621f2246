//! The cell of a module record and its two kinds.

use crate::agent::Agent;
use crate::code::LinkedCode;
use crate::error::JsResult;
use crate::kind::{CellKind, Trace, mark_value};
use crate::object::global::PropertyCell;
use crate::property::{Attributes, PropertyKey};
use crate::value::Value;
use rustc_hash::FxHashMap;
use sarus_bytecode::{ModuleCode, SourceText};
use sarus_gc::{Gc, Header, HeapCell, Tracer};
use std::cell::{Cell, OnceCell, RefCell};
use std::sync::Arc;

/// A module record.
pub type Module = Gc<ModuleCell>;

/// [[Status]] of a cyclic module record; the order of the variants is the order of life.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ModuleStatus {
    /// Dependencies are not loaded.
    New,
    /// Dependencies are loaded.
    Unlinked,
    /// On the stack of the linker.
    Linking,
    /// Bindings are resolved.
    Linked,
    /// On the stack of the evaluator.
    Evaluating,
    /// Waits for asynchronous dependencies or its own top-level await.
    EvaluatingAsync,
    /// Done, or failed with an error.
    Evaluated,
}

/// Fills in the exports of a synthetic module with [`ModuleCell::set_export`].
pub type SyntheticInit = fn(&mut Agent, Module) -> JsResult<()>;

/// Where an own export of a source text module is described.
#[derive(Copy, Clone)]
pub(super) enum OwnExport {
    /// Index into `local_exports`.
    Local(u32),
    /// Index into `indirect_exports`.
    Indirect(u32),
}

/// The cell of a module record.
#[repr(C)]
pub struct ModuleCell {
    header: Header,
    pub(super) status: Cell<ModuleStatus>,
    /// The code; None for synthetic modules.
    pub(super) code: Option<Gc<LinkedCode>>,
    /// How a synthetic module is evaluated.
    pub(super) init: Option<SyntheticInit>,
    /// Bindings by index; None for an import that is not resolved.
    pub(super) cells: RefCell<Vec<Option<Gc<PropertyCell>>>>,
    /// Export names of a synthetic module, in the order of `cells`.
    pub(super) synthetic_names: Vec<PropertyKey>,
    /// [[LoadedModules]], in the order of the requests.
    pub(super) loaded: RefCell<Vec<Module>>,
    pub(super) namespace: Cell<Value>,
    /// The namespace object of `import defer`.
    pub(super) deferred_namespace: Cell<Value>,
    /// [[ModuleSource]], undefined when there is none.
    pub(super) source: Cell<Value>,
    /// Own exports of source text by name, made when something is first resolved.
    pub(super) export_index: OnceCell<FxHashMap<PropertyKey, OwnExport>>,
    /// The object of `import.meta`.
    pub(super) meta: Cell<Value>,
    /// The suspended activation between linking and evaluation (a generator object).
    frame: Cell<Value>,
    /// [[HostDefined]]: the host's own data, for example the file name.
    host_defined: Cell<Value>,
    /// [[EvaluationError]]; a hole when there is none.
    pub(super) error: Cell<Value>,
    pub(super) dfs_index: Cell<u32>,
    pub(super) dfs_ancestor: Cell<u32>,
    pub(super) cycle_root: Cell<Option<Module>>,
    pub(super) has_tla: bool,
    /// [[AsyncEvaluationOrder]]: 0 unset, `u64::MAX` done.
    pub(super) async_order: Cell<u64>,
    pub(super) pending_async: Cell<u32>,
    pub(super) async_parents: RefCell<Vec<Module>>,
    /// Promise of [[TopLevelCapability]], or undefined.
    pub(super) top_level: Cell<Value>,
}

// SAFETY: repr(C) with the header first; traced, sized and finalized as ModuleCell.
unsafe impl HeapCell for ModuleCell {
    const KIND: u8 = CellKind::Module as u8;
}

impl Trace for ModuleCell {
    const RESCAN: bool = true;
    const FINALIZE: bool = true;
    fn trace(&self, tracer: &mut Tracer) {
        tracer.mark_opt(self.code);
        for c in self.cells.borrow().iter().flatten() {
            tracer.mark(*c);
        }
        let own = self.export_index.get().into_iter().flat_map(|i| i.keys());
        for k in self.synthetic_names.iter().chain(own) {
            k.trace(tracer);
        }
        for m in self
            .loaded
            .borrow()
            .iter()
            .chain(self.async_parents.borrow().iter())
        {
            tracer.mark(*m);
        }
        for v in [
            &self.namespace,
            &self.deferred_namespace,
            &self.source,
            &self.meta,
            &self.frame,
            &self.host_defined,
            &self.error,
            &self.top_level,
        ] {
            mark_value(tracer, v.get());
        }
        tracer.mark_opt(self.cycle_root.get());
    }
}

impl ModuleCell {
    fn new(code: Option<Gc<LinkedCode>>, host_defined: Value) -> ModuleCell {
        let table = code.and_then(|c| c.block_arc().module.clone());
        ModuleCell {
            header: Header::new(ModuleCell::KIND),
            status: Cell::new(ModuleStatus::New),
            code,
            init: None,
            cells: RefCell::new(vec![
                None;
                table.as_ref().map_or(0, |t| t.cell_count as usize)
            ]),
            synthetic_names: Vec::new(),
            loaded: RefCell::default(),
            namespace: Cell::new(Value::UNDEFINED),
            deferred_namespace: Cell::new(Value::UNDEFINED),
            source: Cell::new(Value::UNDEFINED),
            export_index: OnceCell::new(),
            meta: Cell::new(Value::UNDEFINED),
            frame: Cell::new(Value::UNDEFINED),
            host_defined: Cell::new(host_defined),
            error: Cell::new(Value::HOLE),
            dfs_index: Cell::new(0),
            dfs_ancestor: Cell::new(0),
            cycle_root: Cell::new(None),
            has_tla: table.is_some_and(|t| t.has_top_level_await),
            async_order: Cell::new(0),
            pending_async: Cell::new(0),
            async_parents: RefCell::default(),
            top_level: Cell::new(Value::UNDEFINED),
        }
    }
    /// [[Status]]
    pub fn status(&self) -> ModuleStatus {
        self.status.get()
    }
    /// The cell of binding `index`; None while an import is not resolved.
    #[inline]
    pub fn cell(&self, index: usize) -> Option<Gc<PropertyCell>> {
        self.cells.borrow().get(index).copied().flatten()
    }
    /// The suspended activation: a generator object that `hooks.resume` continues.
    pub fn frame(&self) -> Value {
        self.frame.get()
    }
    /// Keeps the activation that `ModuleStart` suspended.
    pub fn set_frame(&self, agent: &Agent, frame: Value) {
        agent.heap.write_barrier(&self.header);
        self.frame.set(frame);
    }
    /// [[HostDefined]]
    pub fn host_defined(&self) -> Value {
        self.host_defined.get()
    }
    /// The linked code of a source text module.
    pub fn code(&self) -> Option<Gc<LinkedCode>> {
        self.code
    }
    /// The error that evaluation ended with.
    pub fn evaluation_error(&self) -> Option<Value> {
        Some(self.error.get()).filter(|e| !e.is_hole())
    }
    /// [[ModuleSource]]: what `import source` gives, undefined when there is nothing.
    pub fn source(&self) -> Value {
        self.source.get()
    }
    /// Gives a module of the host its source object.
    pub fn set_source(&self, agent: &Agent, source: Value) {
        agent.heap.write_barrier(&self.header);
        self.source.set(source);
    }
    /// The static tables of a source text module.
    pub(super) fn table(&self) -> Option<&ModuleCode> {
        self.code.as_ref().and_then(|c| c.block().module.as_deref())
    }
    /// 16.2.1.7.2 SetSyntheticModuleExport.
    pub fn set_export(&self, agent: &Agent, name: PropertyKey, v: Value) {
        if let Some(i) = self.synthetic_names.iter().position(|n| *n == name)
            && let Some(c) = self.cell(i)
        {
            c.set_value(agent, v);
        }
    }
}

/// The module of a value that is a module cell.
pub fn module_of_value(v: Value) -> Option<Module> {
    if v.is_kind(CellKind::Module) {
        // SAFETY: the kind was checked just above.
        Some(unsafe { v.cell_unchecked() })
    } else {
        None
    }
}

/// 16.2.1.6.1 ParseModule.
///
/// # Errors
/// A SyntaxError.
pub fn parse_module(
    agent: &mut Agent,
    source: &[u8],
    name: &str,
    host_defined: Value,
) -> JsResult<Module> {
    let text = SourceText::with_features(source, name, agent.options.features);
    let block = match sarus_bytecode::compile_module(&text, agent.compile_options()) {
        Ok(b) => b,
        Err(e) => return Err(crate::code::throw_compile_error(agent, &e, &text)),
    };
    let code = agent.link_code(Arc::clone(&block), None);
    let module = agent.heap.alloc(ModuleCell::new(Some(code), host_defined));
    code.set_script_or_module(Value::cell(module));
    let imported: Vec<u32> = block
        .module
        .iter()
        .flat_map(|t| t.imports.iter().map(|i| i.cell))
        .collect();
    let undefined: Vec<u32> = block
        .module
        .iter()
        .flat_map(|t| t.undefined_cells.iter().copied())
        .collect();
    let count = module.cells.borrow().len();
    for i in 0..count {
        if imported.contains(&(i as u32)) {
            continue;
        }
        let initial = if undefined.contains(&(i as u32)) {
            Value::UNDEFINED
        } else {
            Value::HOLE
        };
        let cell = agent.new_property_cell(initial, Attributes::W.with(Attributes::E));
        module.cells.borrow_mut()[i] = Some(cell);
    }
    Ok(module)
}

/// 16.2.1.7.1 CreateSyntheticModule.
pub fn create_synthetic_module(
    agent: &mut Agent,
    names: &[PropertyKey],
    init: SyntheticInit,
    host_defined: Value,
) -> Module {
    let mut record = ModuleCell::new(None, host_defined);
    record.init = Some(init);
    record.synthetic_names = names.to_vec();
    record.cells = RefCell::new(vec![None; names.len()]);
    // The names are atoms that the caller keeps; the cells are made while the record is reachable.
    let module = agent.heap.alloc(record);
    for i in 0..names.len() {
        let cell = agent.new_property_cell(Value::UNDEFINED, Attributes::W.with(Attributes::E));
        module.cells.borrow_mut()[i] = Some(cell);
    }
    module
}
