//! Proxy exotic objects (10.5).
//!
//! Every internal method looks its trap up in the handler and, when there is one, checks the
//! invariants against the target. Proxies behind traps recurse natively, so each method checks the
//! native stack. [[Call]] and [[Construct]] are `call` and `construct`, which the interpreter's call
//! hook uses.

use super::internal_methods::{InternalMethods, KeyList};
use super::{CALLABLE, CONSTRUCTOR, EXOTIC, Object, ObjectCell};
use crate::abstract_ops::{
    create_list_from_array_like, display_value, from_property_descriptor,
    is_compatible_property_descriptor, same_value, to_boolean, to_property_descriptor,
};
use crate::agent::Agent;
use crate::error::{JsResult, Throw};
use crate::kind::{CellKind, Trace, mark_value};
use crate::names::Names;
use crate::object::ordinary::{Found, Lookup, find_data, lookup_own};
use crate::property::{OwnProperty, PropertyDescriptor, PropertyKey};
use crate::value::Value;
use rustc_hash::FxHashSet;
use sarus_gc::{HeapCell, Tracer};
use std::cell::Cell;

/// The cell of a proxy; both values are null after revocation.
#[repr(C)]
pub struct ProxyCell {
    base: ObjectCell,
    target: Cell<Value>,
    handler: Cell<Value>,
}

/// Byte offset of the target, which is null after revocation.
pub const TARGET_OFFSET: usize = std::mem::offset_of!(ProxyCell, target);
/// Byte offset of the handler.
pub const HANDLER_OFFSET: usize = std::mem::offset_of!(ProxyCell, handler);

// SAFETY: repr(C) with the header first; traced and sized as ProxyCell.
unsafe impl HeapCell for ProxyCell {
    const KIND: u8 = CellKind::Proxy as u8;
}

impl Trace for ProxyCell {
    fn trace(&self, tracer: &mut Tracer) {
        self.base.trace_head(tracer);
        mark_value(tracer, self.target.get());
        mark_value(tracer, self.handler.get());
    }
}

/// Internal methods of proxies.
pub const METHODS: InternalMethods = InternalMethods {
    get_prototype_of,
    set_prototype_of,
    is_extensible,
    prevent_extensions,
    get_own_property,
    define_own_property,
    has_property,
    get,
    set,
    delete,
    own_property_keys,
};

fn cell(o: Object) -> Option<sarus_gc::Gc<ProxyCell>> {
    if o.is(CellKind::Proxy) {
        // SAFETY: the kind was checked just above.
        Some(unsafe { o.cell::<ProxyCell>() })
    } else {
        None
    }
}

/// [[ProxyTarget]]; None when revoked or no proxy.
pub fn target_of(o: Object) -> Option<Object> {
    cell(o)?.target.get().as_object()
}

/// [[ProxyHandler]]; None when revoked or no proxy.
pub fn handler_of(o: Object) -> Option<Object> {
    cell(o)?.handler.get().as_object()
}

/// Steps of a revocation function (28.2.2.1.1): the proxy loses target and handler.
pub fn revoke(agent: &Agent, o: Object) {
    if let Some(c) = cell(o) {
        agent.heap.write_barrier(o.header());
        c.target.set(Value::NULL);
        c.handler.set(Value::NULL);
    }
}

/// Who is asked in the end what own property an object has, and to define one: the target of a proxy whose handler plainly has no trap
/// for either, else the object itself.
pub(super) fn owner(agent: &mut Agent, o: Object) -> Object {
    let mut at = o;
    while let (Some(target), Some(handler)) = (target_of(at), handler_of(at)) {
        let names = &agent.names;
        for key in [names.getOwnPropertyDescriptor, names.defineProperty] {
            if !matches!(find_data(agent, handler, key), Found::Absent) {
                return at;
            }
        }
        at = target;
    }
    at
}

/// 10.5.14 ProxyCreate
pub fn proxy_create(agent: &mut Agent, target: Value, handler: Value) -> JsResult<Object> {
    let (Some(t), Some(_)) = (target.as_object(), handler.as_object()) else {
        return Err(agent.type_error("Cannot create proxy with a non-object as target or handler"));
    };
    let mut flags = EXOTIC;
    if t.is_callable() {
        flags |= CALLABLE;
        if t.is_constructor() {
            flags |= CONSTRUCTOR;
        }
    }
    let shape = agent.root_shape(CellKind::Proxy, None, 0);
    let proxy = ProxyCell {
        base: ObjectCell::head(agent, shape, flags),
        target: Cell::new(target),
        handler: Cell::new(handler),
    };
    let proxy = agent.heap.alloc(proxy);
    // SAFETY: a ProxyCell begins with an ObjectCell.
    Ok(Object(unsafe { proxy.cast() }))
}

/// What an internal method begins with: the target, and the trap with its handler if there is one.
struct Trap {
    target: Object,
    handler: Value,
    function: Option<Value>,
}

impl Trap {
    fn call(&self, agent: &mut Agent, f: Value, args: &[Value]) -> JsResult<Value> {
        agent.call(f, self.handler, args)
    }
}

/// ValidateNonRevokedProxy and GetMethod(handler, name). A proxy without the trap does to its target
/// what was asked of it, with the same arguments; when that is a proxy too, the search goes on there,
/// so that chains without traps need no native stack.
#[inline]
fn find_trap(
    agent: &mut Agent,
    o: Object,
    name: &str,
    key: impl Fn(&Names) -> PropertyKey,
) -> JsResult<Trap> {
    agent.check_native_stack()?;
    let key = key(&agent.names);
    let mut at = o;
    loop {
        let (Some(target), Some(handler)) = (target_of(at), handler_of(at)) else {
            return Err(agent.type_error(format!(
                "Cannot perform '{name}' on a proxy that has been revoked"
            )));
        };
        let f = match find_data(agent, handler, key) {
            Found::Data(f) => f,
            Found::Absent => Value::UNDEFINED,
            Found::Other => handler.get(agent, key, handler.into())?,
        };
        if f.is_nullish() && target.is(CellKind::Proxy) {
            at = target;
            continue;
        }
        if !f.is_nullish() && !f.is_callable() {
            return Err(no_function(agent, f, name, handler));
        }
        return Ok(Trap {
            target,
            handler: handler.into(),
            function: if f.is_nullish() { None } else { Some(f) },
        });
    }
}

/// Whether an ordinary target's own property promises nothing that the answer of a `get` or `set` trap would have to agree with: there is
/// none, it is configurable, or it is data that may change. False for what only the target's internal methods can tell.
#[inline]
fn promises_nothing(agent: &mut Agent, target: Object, key: PropertyKey) -> bool {
    (!target.is_exotic() || target.is(CellKind::Array))
        && match lookup_own(agent, target, key) {
            Lookup::Absent => true,
            Lookup::Data(_, attributes) => attributes.configurable() || attributes.writable(),
            Lookup::Accessor(_, attributes) => attributes.configurable(),
        }
}

#[cold]
fn no_function(agent: &mut Agent, f: Value, name: &str, handler: Object) -> Throw {
    let text = display_value(agent, f);
    let owner = display_value(agent, handler.into());
    agent.type_error(format!(
        "{text} returned for property '{name}' of object '{owner}' is not a function"
    ))
}

/// A broken invariant: `'get' on proxy: …`.
#[cold]
fn broken(agent: &mut Agent, trap: &str, what: &str) -> Throw {
    agent.type_error(format!("'{trap}' on proxy: {what}"))
}

/// A broken invariant that names a property; `#` in the text stands for it.
#[cold]
fn broken_for(agent: &mut Agent, trap: &str, what: &str, key: PropertyKey) -> Throw {
    let name = key.display(agent);
    let text = what.replacen('#', &name, 1);
    broken(agent, trap, &text)
}

/// 10.5.1 [[GetPrototypeOf]]
fn get_prototype_of(agent: &mut Agent, o: Object) -> JsResult<Option<Object>> {
    const NAME: &str = "getPrototypeOf";
    let trap = find_trap(agent, o, NAME, |n| n.getPrototypeOf)?;
    let Some(f) = trap.function else {
        return trap.target.get_prototype_of(agent);
    };
    let result = trap.call(agent, f, &[trap.target.into()])?;
    let proto = result.as_object();
    if proto.is_none() && !result.is_null() {
        return Err(broken(agent, NAME, "trap returned neither object nor null"));
    }
    if trap.target.is_extensible(agent)? {
        return Ok(proto);
    }
    if trap.target.get_prototype_of(agent)? != proto {
        return Err(broken(
            agent,
            NAME,
            "proxy target is non-extensible but the trap did not return its actual prototype",
        ));
    }
    Ok(proto)
}

/// 10.5.2 [[SetPrototypeOf]]
fn set_prototype_of(agent: &mut Agent, o: Object, proto: Option<Object>) -> JsResult<bool> {
    const NAME: &str = "setPrototypeOf";
    let trap = find_trap(agent, o, NAME, |n| n.setPrototypeOf)?;
    let Some(f) = trap.function else {
        return trap.target.set_prototype_of(agent, proto);
    };
    let result = trap.call(agent, f, &[trap.target.into(), proto.into()])?;
    if !to_boolean(result) {
        return Ok(false);
    }
    if trap.target.is_extensible(agent)? {
        return Ok(true);
    }
    if trap.target.get_prototype_of(agent)? != proto {
        return Err(broken(
            agent,
            NAME,
            "trap returned truish for setting a new prototype on the non-extensible proxy target",
        ));
    }
    Ok(true)
}

/// 10.5.3 [[IsExtensible]]
fn is_extensible(agent: &mut Agent, o: Object) -> JsResult<bool> {
    const NAME: &str = "isExtensible";
    let trap = find_trap(agent, o, NAME, |n| n.isExtensible)?;
    let Some(f) = trap.function else {
        return trap.target.is_extensible(agent);
    };
    let result = trap.call(agent, f, &[trap.target.into()])?;
    let result = to_boolean(result);
    let actual = trap.target.is_extensible(agent)?;
    if result != actual {
        let what = format!(
            "trap result does not reflect extensibility of proxy target (which is '{actual}')"
        );
        return Err(broken(agent, NAME, &what));
    }
    Ok(result)
}

/// 10.5.4 [[PreventExtensions]]
fn prevent_extensions(agent: &mut Agent, o: Object) -> JsResult<bool> {
    const NAME: &str = "preventExtensions";
    let trap = find_trap(agent, o, NAME, |n| n.preventExtensions)?;
    let Some(f) = trap.function else {
        return trap.target.prevent_extensions(agent);
    };
    let result = trap.call(agent, f, &[trap.target.into()])?;
    let result = to_boolean(result);
    if result && trap.target.is_extensible(agent)? {
        return Err(broken(agent, NAME, "the proxy target is extensible"));
    }
    Ok(result)
}

/// 10.5.5 [[GetOwnProperty]]
fn get_own_property(
    agent: &mut Agent,
    o: Object,
    key: PropertyKey,
) -> JsResult<Option<OwnProperty>> {
    const NAME: &str = "getOwnPropertyDescriptor";
    let trap = find_trap(agent, o, NAME, |n| n.getOwnPropertyDescriptor)?;
    let target = trap.target;
    let Some(f) = trap.function else {
        return target.get_own_property(agent, key);
    };
    let key_value = key.to_value(agent);
    let result = trap.call(agent, f, &[target.into(), key_value])?;
    if !result.is_object() && !result.is_undefined() {
        let what = "trap returned neither object nor undefined for property '#'";
        return Err(broken_for(agent, NAME, what, key));
    }
    let current = target.get_own_property(agent, key)?;
    if result.is_undefined() {
        let Some(current) = current else {
            return Ok(None);
        };
        if !current.configurable() {
            let what = "trap returned undefined for property '#' which is non-configurable in the \
                        proxy target";
            return Err(broken_for(agent, NAME, what, key));
        }
        if !target.is_extensible(agent)? {
            let what = "trap returned undefined for property '#' which exists in the \
                        non-extensible proxy target";
            return Err(broken_for(agent, NAME, what, key));
        }
        return Ok(None);
    }
    let extensible = target.is_extensible(agent)?;
    let own = to_property_descriptor(agent, result)?.complete();
    let d = own.to_descriptor();
    if !is_compatible_property_descriptor(agent, extensible, &d, current)? {
        let what = "trap returned descriptor for property '#' that is incompatible with the \
                    existing property in the proxy target";
        return Err(broken_for(agent, NAME, what, key));
    }
    if !own.configurable() {
        let Some(current) = current.filter(|c| !c.configurable()) else {
            let what = "trap reported non-configurability for property '#' which is either \
                        non-existent or configurable in the proxy target";
            return Err(broken_for(agent, NAME, what, key));
        };
        if d.writable == Some(false) && current.writable() {
            let what = "trap reported non-configurable and writable for property '#' which is \
                        non-configurable, non-writable in the proxy target";
            return Err(broken_for(agent, NAME, what, key));
        }
    }
    Ok(Some(own))
}

/// 10.5.6 [[DefineOwnProperty]]
fn define_own_property(
    agent: &mut Agent,
    o: Object,
    key: PropertyKey,
    d: &PropertyDescriptor,
) -> JsResult<bool> {
    const NAME: &str = "defineProperty";
    let trap = find_trap(agent, o, NAME, |n| n.defineProperty)?;
    let target = trap.target;
    let Some(f) = trap.function else {
        return target.define_own_property(agent, key, d);
    };
    let descriptor = from_property_descriptor(agent, d)?;
    let key_value = key.to_value(agent);
    let result = trap.call(agent, f, &[target.into(), key_value, descriptor.into()])?;
    if !to_boolean(result) {
        return Ok(false);
    }
    let current = target.get_own_property(agent, key)?;
    let extensible = target.is_extensible(agent)?;
    let fixed = d.configurable == Some(false);
    let Some(current) = current else {
        if !extensible {
            let what =
                "trap returned truish for adding property '#'  to the non-extensible proxy target";
            return Err(broken_for(agent, NAME, what, key));
        }
        if fixed {
            return Err(fixed_but_absent(agent, key));
        }
        return Ok(true);
    };
    if !is_compatible_property_descriptor(agent, extensible, d, Some(current))? {
        let what = "trap returned truish for adding property '#'  that is incompatible with the \
                    existing property in the proxy target";
        return Err(broken_for(agent, NAME, what, key));
    }
    if fixed && current.configurable() {
        return Err(fixed_but_absent(agent, key));
    }
    if !current.configurable() && current.writable() && d.writable == Some(false) {
        let what = "trap returned truish for defining non-configurable property '#' which cannot \
                    be non-writable";
        return Err(broken_for(agent, NAME, what, key));
    }
    Ok(true)
}

#[cold]
fn fixed_but_absent(agent: &mut Agent, key: PropertyKey) -> Throw {
    let what = "trap returned truish for defining non-configurable property '#' which is either \
                non-existent or configurable in the proxy target";
    broken_for(agent, "defineProperty", what, key)
}

/// 10.5.7 [[HasProperty]]
fn has_property(agent: &mut Agent, o: Object, key: PropertyKey) -> JsResult<bool> {
    const NAME: &str = "has";
    let trap = find_trap(agent, o, NAME, |n| n.has)?;
    let target = trap.target;
    let Some(f) = trap.function else {
        return target.has_property(agent, key);
    };
    let key_value = key.to_value(agent);
    let result = trap.call(agent, f, &[target.into(), key_value])?;
    if to_boolean(result) {
        return Ok(true);
    }
    if let Some(current) = target.get_own_property(agent, key)? {
        if !current.configurable() {
            let what = "trap returned falsish for property '#' which exists in the proxy target \
                        as non-configurable";
            return Err(broken_for(agent, NAME, what, key));
        }
        if !target.is_extensible(agent)? {
            let what =
                "trap returned falsish for property '#' but the proxy target is not extensible";
            return Err(broken_for(agent, NAME, what, key));
        }
    }
    Ok(false)
}

/// 10.5.8 [[Get]]
fn get(agent: &mut Agent, o: Object, key: PropertyKey, receiver: Value) -> JsResult<Value> {
    const NAME: &str = "get";
    let trap = find_trap(agent, o, NAME, |n| n.get)?;
    let target = trap.target;
    let Some(f) = trap.function else {
        return target.get(agent, key, receiver);
    };
    let key_value = key.to_value(agent);
    let result = trap.call(agent, f, &[target.into(), key_value, receiver])?;
    check_get(agent, target, key, result)
}

/// What [[Get]] gives after the `get` trap did (steps 8 to 10).
pub fn check_get(
    agent: &mut Agent,
    target: Object,
    key: PropertyKey,
    result: Value,
) -> JsResult<Value> {
    const NAME: &str = "get";
    if promises_nothing(agent, target, key) {
        return Ok(result);
    }
    match target.get_own_property(agent, key)? {
        Some(OwnProperty::Data { value, attributes })
            if !attributes.configurable()
                && !attributes.writable()
                && !same_value(agent, result, value) =>
        {
            let (want, got) = (display_value(agent, value), display_value(agent, result));
            let what = format!(
                "property '#' is a read-only and non-configurable data property on the proxy \
                 target but the proxy did not return its actual value (expected '{want}' but got \
                 '{got}')"
            );
            Err(broken_for(agent, NAME, &what, key))
        }
        Some(OwnProperty::Accessor {
            get, attributes, ..
        }) if !attributes.configurable() && get.is_undefined() && !result.is_undefined() => {
            let got = display_value(agent, result);
            let what = format!(
                "property '#' is a non-configurable accessor property on the proxy target and \
                 does not have a getter function, but the trap did not return 'undefined' (got \
                 '{got}')"
            );
            Err(broken_for(agent, NAME, &what, key))
        }
        _ => Ok(result),
    }
}

/// 10.5.9 [[Set]]
fn set(
    agent: &mut Agent,
    o: Object,
    key: PropertyKey,
    v: Value,
    receiver: Value,
) -> JsResult<bool> {
    const NAME: &str = "set";
    let trap = find_trap(agent, o, NAME, |n| n.set)?;
    let target = trap.target;
    let Some(f) = trap.function else {
        return target.set(agent, key, v, receiver);
    };
    let key_value = key.to_value(agent);
    let result = trap.call(agent, f, &[target.into(), key_value, v, receiver])?;
    check_set(agent, target, key, v, result)
}

/// What [[Set]] gives after the `set` trap did (steps 8 to 12).
pub fn check_set(
    agent: &mut Agent,
    target: Object,
    key: PropertyKey,
    v: Value,
    result: Value,
) -> JsResult<bool> {
    const NAME: &str = "set";
    if !to_boolean(result) {
        return Ok(false);
    }
    if promises_nothing(agent, target, key) {
        return Ok(true);
    }
    match target.get_own_property(agent, key)? {
        Some(OwnProperty::Data { value, attributes })
            if !attributes.configurable()
                && !attributes.writable()
                && !same_value(agent, v, value) =>
        {
            let what = "trap returned truish for property '#' which exists in the proxy target as \
                        a non-configurable and non-writable data property with a different value";
            Err(broken_for(agent, NAME, what, key))
        }
        Some(OwnProperty::Accessor {
            set, attributes, ..
        }) if !attributes.configurable() && set.is_undefined() => {
            let what = "trap returned truish for property '#' which exists in the proxy target as \
                        a non-configurable and non-writable accessor property without a setter";
            Err(broken_for(agent, NAME, what, key))
        }
        _ => Ok(true),
    }
}

/// 10.5.10 [[Delete]]
fn delete(agent: &mut Agent, o: Object, key: PropertyKey) -> JsResult<bool> {
    const NAME: &str = "deleteProperty";
    let trap = find_trap(agent, o, NAME, |n| n.deleteProperty)?;
    let target = trap.target;
    let Some(f) = trap.function else {
        return target.delete(agent, key);
    };
    let key_value = key.to_value(agent);
    let result = trap.call(agent, f, &[target.into(), key_value])?;
    if !to_boolean(result) {
        return Ok(false);
    }
    let Some(current) = target.get_own_property(agent, key)? else {
        return Ok(true);
    };
    if !current.configurable() {
        let what =
            "trap returned truish for property '#' which is non-configurable in the proxy target";
        return Err(broken_for(agent, NAME, what, key));
    }
    if !target.is_extensible(agent)? {
        let what = "trap returned truish for property '#' but the proxy target is non-extensible";
        return Err(broken_for(agent, NAME, what, key));
    }
    Ok(true)
}

/// 10.5.11 [[OwnPropertyKeys]]
fn own_property_keys(agent: &mut Agent, o: Object) -> JsResult<KeyList> {
    const NAME: &str = "ownKeys";
    let trap = find_trap(agent, o, NAME, |n| n.ownKeys)?;
    let target = trap.target;
    let Some(f) = trap.function else {
        return target.own_property_keys(agent);
    };
    let result = trap.call(agent, f, &[target.into()])?;
    let list = create_list_from_array_like(agent, result)?;
    let keys = key_list(agent, list.as_slice())?;
    if has_duplicates(&keys) {
        return Err(broken(agent, NAME, "trap returned duplicate entries"));
    }
    if !promises_no_keys(agent, target) {
        check_keys(agent, target, &keys)?;
    }
    Ok(keys)
}

fn has_duplicates(keys: &[PropertyKey]) -> bool {
    /// So many are compared with each other faster than they are put into a table.
    const FEW: usize = 16;
    if keys.len() <= FEW {
        let mut rest = keys;
        while let Some((key, others)) = rest.split_first() {
            if others.contains(key) {
                return true;
            }
            rest = others;
        }
        return false;
    }
    let mut seen: FxHashSet<PropertyKey> = FxHashSet::default();
    !keys.iter().all(|key| seen.insert(*key))
}

/// Whether any list of keys is right for a target: a plain object that may get properties and lose all that it has.
fn promises_no_keys(agent: &Agent, target: Object) -> bool {
    if !target.is(CellKind::Object) || target.is_exotic() || !target.has_dense_elements() {
        return false;
    }
    let shape = target.shape(agent);
    shape.is_extensible()
        && shape.with_entries(|entries| {
            let mut entries = entries.iter();
            entries.all(|e| e.key == PropertyKey::EMPTY || e.attributes.configurable())
        })
}

/// Steps 12 and following of 10.5.11: what the target's keys ask of the trap's answer.
fn check_keys(agent: &mut Agent, target: Object, keys: &[PropertyKey]) -> JsResult<()> {
    const NAME: &str = "ownKeys";
    // The caller keeps the keys alive.
    let mut unchecked: FxHashSet<PropertyKey> = keys.iter().copied().collect();
    let extensible = target.is_extensible(agent)?;
    let target_keys = target.own_property_keys(agent)?;
    let mut configurable: KeyList = agent.heap.root_vec();
    let mut fixed: KeyList = agent.heap.root_vec();
    for &key in target_keys.iter() {
        match target.get_own_property(agent, key)? {
            Some(p) if !p.configurable() => fixed.push(key),
            _ => configurable.push(key),
        }
    }
    if extensible && fixed.is_empty() {
        return Ok(());
    }
    let missing = fixed.iter().find(|key| !unchecked.remove(*key)).copied();
    let missing = missing.or_else(|| {
        let mut others = configurable.iter().filter(|_| !extensible);
        others.find(|key| !unchecked.remove(*key)).copied()
    });
    if let Some(key) = missing {
        let what = "trap result did not include '#'";
        return Err(broken_for(agent, NAME, what, key));
    }
    if !extensible && !unchecked.is_empty() {
        let what = "trap returned extra keys but proxy target is non-extensible";
        return Err(broken(agent, NAME, what));
    }
    Ok(())
}

/// The elements of CreateListFromArrayLike(v, property-key) as keys.
fn key_list(agent: &mut Agent, list: &[Value]) -> JsResult<KeyList> {
    let mut keys: KeyList = agent.heap.root_vec();
    keys.reserve(list.len());
    for &v in list {
        let key = if let Some(s) = v.as_string() {
            PropertyKey::string(agent, s)
        } else if let Some(s) = v.as_symbol() {
            PropertyKey::symbol(s)
        } else {
            let text = display_value(agent, v);
            return Err(agent.type_error(format!("{text} is not a valid property name")));
        };
        keys.push(key);
    }
    Ok(keys)
}

/// 10.5.12 [[Call]] of a callable proxy.
pub fn call(agent: &mut Agent, o: Object, this: Value, args: &[Value]) -> JsResult<Value> {
    let trap = find_trap(agent, o, "apply", |n| n.apply)?;
    let Some(f) = trap.function else {
        return agent.call(trap.target.into(), this, args);
    };
    let array = agent.new_array_from(args);
    trap.call(agent, f, &[trap.target.into(), this, array.into()])
}

/// What [[Call]] of a callable proxy calls: its target, or the `apply` trap (for that target) with the handler as `this`.
pub fn apply_trap(agent: &mut Agent, o: Object) -> JsResult<(Object, Option<(Object, Object)>)> {
    let trap = find_trap(agent, o, "apply", |n| n.apply)?;
    let function = trap.function.and_then(Value::as_object);
    Ok((trap.target, function.zip(trap.handler.as_object())))
}

/// 10.5.13 [[Construct]] of a proxy that is a constructor.
pub fn construct(
    agent: &mut Agent,
    o: Object,
    args: &[Value],
    new_target: Object,
) -> JsResult<Object> {
    let trap = find_trap(agent, o, "construct", |n| n.construct)?;
    let Some(f) = trap.function else {
        return agent.construct_with(trap.target, args, new_target);
    };
    let array = agent.new_array_from(args);
    let result = trap.call(
        agent,
        f,
        &[trap.target.into(), array.into(), new_target.into()],
    )?;
    match result.as_object() {
        Some(o) => Ok(o),
        None => {
            let text = display_value(agent, result);
            Err(agent.type_error(format!("proxy [[Construct]] must return an object: {text}")))
        }
    }
}
