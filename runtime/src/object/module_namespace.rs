//! Module namespace exotic objects (10.4.6).

use super::internal_methods::{InternalMethods, KeyList};
use super::{EXOTIC, Object, ObjectCell, ordinary};
use crate::abstract_ops::same_value;
use crate::agent::Agent;
use crate::error::JsResult;
use crate::kind::{CellKind, Trace};
use crate::module::Module;
use crate::object::global::PropertyCell;
use crate::property::{Attributes, OwnProperty, PropertyDescriptor, PropertyKey};
use crate::value::Value;
use rustc_hash::FxHashMap;
use sarus_gc::{Gc, HeapCell, Tracer};
use std::cell::Cell;

/// The cell of a namespace: its module and its exports, sorted by name.
#[repr(C)]
pub struct NamespaceCell {
    base: ObjectCell,
    module: Cell<Module>,
    /// [[Exports]] with their bindings, in code unit order.
    exports: Vec<(PropertyKey, Gc<PropertyCell>)>,
    index: FxHashMap<PropertyKey, u32>,
    /// Of `import defer`: looking something up evaluates the module first.
    deferred: bool,
}

// SAFETY: repr(C) with the header first; traced, sized and finalized as NamespaceCell.
unsafe impl HeapCell for NamespaceCell {
    const KIND: u8 = CellKind::ModuleNamespace as u8;
}

impl Trace for NamespaceCell {
    const FINALIZE: bool = true;
    fn trace(&self, tracer: &mut Tracer) {
        self.base.trace_head(tracer);
        tracer.mark(self.module.get());
        for (k, c) in &self.exports {
            k.trace(tracer);
            tracer.mark(*c);
        }
    }
}

/// Internal methods.
pub const METHODS: InternalMethods = InternalMethods {
    get_prototype_of: |_, _| Ok(None),
    set_prototype_of: |_, _, proto| Ok(proto.is_none()),
    is_extensible: |_, _| Ok(false),
    prevent_extensions: |_, _| Ok(true),
    get_own_property,
    define_own_property,
    has_property: |agent, o, key| {
        if is_symbol_like(agent, o, key) {
            return Ok(ordinary::ordinary_get_own_property(agent, o, key).is_some());
        }
        ensure_evaluated(agent, o)?;
        Ok(export(o, key).is_some())
    },
    get,
    set: |_, _, _, _, _| Ok(false),
    delete: |agent, o, key| {
        if is_symbol_like(agent, o, key) {
            return Ok(ordinary::ordinary_get_own_property(agent, o, key).is_none());
        }
        ensure_evaluated(agent, o)?;
        Ok(export(o, key).is_none())
    },
    own_property_keys,
};

/// 10.4.6.12 ModuleNamespaceCreate. The cells must be reachable from `module` or the caller's stack.
pub fn create_namespace(
    agent: &mut Agent,
    module: Module,
    mut exports: Vec<(PropertyKey, Gc<PropertyCell>)>,
    deferred: bool,
) -> Object {
    let mut roots = agent.heap.root_vec::<Value>();
    for (_, c) in &exports {
        roots.push(Value::cell(*c));
    }
    exports.sort_by_cached_key(|(k, _)| match (k.as_atom(), k.as_index()) {
        (Some(s), _) => s.atom_view().units().collect::<Vec<u16>>(),
        (None, i) => i.unwrap_or(0).to_string().encode_utf16().collect(),
    });
    let shape = agent.root_shape(CellKind::ModuleNamespace, None, 0);
    let base = ObjectCell::head(agent, shape, EXOTIC);
    let cell = agent.heap.alloc(NamespaceCell {
        base,
        module: Cell::new(module),
        index: exports
            .iter()
            .enumerate()
            .map(|(i, (key, _))| (*key, i as u32))
            .collect(),
        exports,
        deferred,
    });
    // SAFETY: a NamespaceCell begins with an ObjectCell.
    let o = Object(unsafe { cell.cast() });
    let tag = PropertyKey::symbol(agent.symbols.to_string_tag);
    let text = agent
        .intern(if deferred {
            "Deferred Module"
        } else {
            "Module"
        })
        .into();
    ordinary::add_named(agent, o, tag, text, Attributes::NONE);
    agent.prevent_extensions_in_shape(o);
    o
}

fn cell(o: Object) -> Option<Gc<NamespaceCell>> {
    if o.is(CellKind::ModuleNamespace) {
        // SAFETY: the kind was checked just above.
        Some(unsafe { o.cell() })
    } else {
        None
    }
}

fn export(o: Object, key: PropertyKey) -> Option<Gc<PropertyCell>> {
    let c = cell(o)?;
    let i = *c.index.get(&key)?;
    c.exports.get(i as usize).map(|(_, cell)| *cell)
}

/// IsSymbolLikeNamespaceKey: symbols, and `then` of deferred namespaces, never touch the exports.
fn is_symbol_like(agent: &Agent, o: Object, key: PropertyKey) -> bool {
    key.is_symbol() || key == agent.names.then && cell(o).is_some_and(|c| c.deferred)
}

/// Evaluates the module of a deferred namespace.
fn ensure_evaluated(agent: &mut Agent, o: Object) -> JsResult<()> {
    match cell(o) {
        Some(c) if c.deferred => crate::module::evaluate_sync(agent, c.module.get()),
        _ => Ok(()),
    }
}

/// The value of an export, or a ReferenceError in its temporal dead zone.
fn value_of(agent: &mut Agent, cell: Gc<PropertyCell>, key: PropertyKey) -> JsResult<Value> {
    let v = cell.value();
    if v.is_hole() {
        let name = key.display(agent);
        return Err(agent.reference_error(format!("Cannot access '{name}' before initialization")));
    }
    Ok(v)
}

/// 10.4.6.5 [[GetOwnProperty]]
fn get_own_property(
    agent: &mut Agent,
    o: Object,
    key: PropertyKey,
) -> JsResult<Option<OwnProperty>> {
    if is_symbol_like(agent, o, key) {
        return Ok(ordinary::ordinary_get_own_property(agent, o, key));
    }
    ensure_evaluated(agent, o)?;
    match export(o, key) {
        None => Ok(None),
        Some(c) => {
            let value = value_of(agent, c, key)?;
            Ok(Some(OwnProperty::Data {
                value,
                attributes: Attributes::W.with(Attributes::E),
            }))
        }
    }
}

/// 10.4.6.6 [[DefineOwnProperty]]
fn define_own_property(
    agent: &mut Agent,
    o: Object,
    key: PropertyKey,
    d: &PropertyDescriptor,
) -> JsResult<bool> {
    if is_symbol_like(agent, o, key) {
        return ordinary::ordinary_define_own_property(agent, o, key, d);
    }
    let Some(OwnProperty::Data { value, .. }) = get_own_property(agent, o, key)? else {
        return Ok(false);
    };
    if d.configurable == Some(true)
        || d.enumerable == Some(false)
        || d.is_accessor()
        || d.writable == Some(false)
    {
        return Ok(false);
    }
    Ok(match d.value {
        Some(v) => same_value(agent, v, value),
        None => true,
    })
}

/// 10.4.6.8 [[Get]]
fn get(agent: &mut Agent, o: Object, key: PropertyKey, _receiver: Value) -> JsResult<Value> {
    if is_symbol_like(agent, o, key) {
        // Own symbol properties are data properties, and there is no prototype.
        return Ok(match ordinary::ordinary_get_own_property(agent, o, key) {
            Some(OwnProperty::Data { value, .. }) => value,
            _ => Value::UNDEFINED,
        });
    }
    ensure_evaluated(agent, o)?;
    match export(o, key) {
        None => Ok(Value::UNDEFINED),
        Some(c) => value_of(agent, c, key),
    }
}

/// 10.4.6.11 [[OwnPropertyKeys]]
fn own_property_keys(agent: &mut Agent, o: Object) -> JsResult<KeyList> {
    ensure_evaluated(agent, o)?;
    let mut keys: KeyList = agent.heap.root_vec();
    if let Some(c) = cell(o) {
        for (k, _) in &c.exports {
            keys.push(*k);
        }
    }
    ordinary::push_named_keys(agent, o, &mut keys);
    Ok(keys)
}
