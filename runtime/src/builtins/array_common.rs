//! What the array builtins share: element access with a fast path for dense elements, species,
//! argument checks.
//!
//! **Why a filled dense element needs no further check:** it is an own data property with the
//! default attributes by the invariant of `object::elements`, so reading it can neither run
//! JavaScript nor depend on the prototype chain. Only holes do.

use super::plain_species::creates_plain;
use crate::abstract_ops::{
    create_data_property_or_throw, delete_property_or_throw, display_value, get, is_array, set,
    to_object,
};
use crate::agent::{Agent, CallArgs};
use crate::error::JsResult;
use crate::kind::CellKind;
use crate::object::Object;
use crate::object::array::{length_of, note_index};
use crate::object::ordinary::{Lookup, lookup_own};
use crate::property::PropertyKey;
use crate::realm::Intrinsic;
use crate::value::Value;

/// 2^53 - 1
pub(crate) const MAX_SAFE: u64 = 9_007_199_254_740_991;
/// Dense results up to this length are reserved at once.
pub(crate) const MAX_RESERVE: u64 = 1 << 25;

/// ToObject(this) with V8's message.
#[inline]
pub(crate) fn this_object(agent: &mut Agent, cx: &CallArgs, name: &str) -> JsResult<Object> {
    match cx.this().as_object() {
        Some(o) => Ok(o),
        None => this_primitive(agent, cx.this(), name),
    }
}

#[cold]
fn this_primitive(agent: &mut Agent, v: Value, name: &str) -> JsResult<Object> {
    if v.is_nullish() {
        return Err(agent.type_error(format!(
            "Array.prototype.{name} called on null or undefined"
        )));
    }
    to_object(agent, v)
}

/// A callback argument that must be callable.
#[inline]
pub(crate) fn callable(agent: &mut Agent, f: Value) -> JsResult<Value> {
    if f.is_callable() {
        return Ok(f);
    }
    let text = display_value(agent, f);
    Err(agent.type_error(format!("{text} is not a function")))
}

/// True for an array with dense elements: extensible, with a writable length.
#[inline(always)]
pub(crate) fn is_dense(o: Object) -> bool {
    o.is(CellKind::Array) && o.has_dense_elements()
}

/// True when no object of the prototype chain has indexed properties, so that a hole is simply
/// absent and storing to one calls no setter.
#[inline]
pub(crate) fn prototypes_lack_elements(agent: &Agent, o: Object) -> bool {
    agent.kind_inherits_no_elements(o) || chain_lacks_elements(agent, o)
}

#[cold]
fn chain_lacks_elements(agent: &Agent, o: Object) -> bool {
    let mut at = o.shape(agent).prototype_object();
    while let Some(p) = at {
        if p.is_exotic() || p.is(CellKind::Proxy) || p.is(CellKind::TypedArray) {
            return false;
        }
        let empty = p.has_dense_elements() && p.elements().capacity() == 0;
        if !empty && !p.has_no_elements() {
            return false;
        }
        at = p.shape(agent).prototype_object();
    }
    true
}

/// A dense array whose holes are just absent: the condition for working on raw values.
#[inline]
pub(crate) fn is_plain_dense(agent: &Agent, o: Object) -> bool {
    is_dense(o) && prototypes_lack_elements(agent, o)
}

/// The own element as it stands, if that can be read without running JavaScript.
#[inline(always)]
pub(super) fn filled(o: Object, i: u64) -> Option<Value> {
    if o.is_exotic() || i > u32::MAX as u64 {
        return None;
    }
    let v = o.dense_element(i as u32);
    if v.is_hole() { None } else { Some(v) }
}

/// Get(O, ToString(i)).
#[inline]
pub(crate) fn get_index(agent: &mut Agent, o: Object, i: u64) -> JsResult<Value> {
    match filled(o, i) {
        Some(v) => Ok(v),
        None => {
            agent.poll_interrupts()?;
            // What is beyond the array indices has names like any other property.
            if i < u64::from(u32::MAX) && is_absent(agent, o) {
                return Ok(Value::UNDEFINED);
            }
            let key = PropertyKey::from_usize(agent, i);
            get(agent, o, key)
        }
    }
}

/// Get(O, ToString(i)) if HasProperty says so.
#[inline]
pub(crate) fn element_at(agent: &mut Agent, o: Object, i: u64) -> JsResult<Option<Value>> {
    match filled(o, i) {
        Some(v) => Ok(Some(v)),
        None => element_at_slow(agent, o, i),
    }
}

#[inline(never)]
fn element_at_slow(agent: &mut Agent, o: Object, i: u64) -> JsResult<Option<Value>> {
    agent.poll_interrupts()?;
    let key = PropertyKey::from_usize(agent, i);
    if o.has_property(agent, key)? {
        Ok(Some(get(agent, o, key)?))
    } else {
        Ok(None)
    }
}

/// Set(O, ToString(i), v, true).
#[inline]
pub(crate) fn set_index(agent: &mut Agent, o: Object, i: u64, v: Value) -> JsResult<()> {
    if filled(o, i).is_some() {
        return o.put_element(agent, i as u32, v);
    }
    let key = PropertyKey::from_usize(agent, i);
    set(agent, o, key, v, true)
}

/// DeletePropertyOrThrow(O, ToString(i)).
pub(crate) fn delete_index(agent: &mut Agent, o: Object, i: u64) -> JsResult<()> {
    let key = PropertyKey::from_usize(agent, i);
    delete_property_or_throw(agent, o, key)
}

/// Whether an index at which [`filled`] finds nothing is no property, neither of the object nor of what it inherits from.
#[inline(always)]
fn is_absent(agent: &Agent, o: Object) -> bool {
    !o.is_exotic() && o.has_dense_elements() && agent.inherits_no_elements(o)
}

/// CreateDataPropertyOrThrow(O, ToString(i), v).
#[inline]
pub(crate) fn create_index(agent: &mut Agent, o: Object, i: u64, v: Value) -> JsResult<()> {
    if is_dense(o) && i < u32::MAX as u64 {
        // A new or filled dense element is what CreateDataProperty makes.
        let i = i as u32;
        o.put_element(agent, i, v)?;
        note_index(o, i);
        return Ok(());
    }
    let key = PropertyKey::from_usize(agent, i);
    create_data_property_or_throw(agent, o, key, v)
}

/// Set(O, "length", n, true).
pub(crate) fn set_length(agent: &mut Agent, o: Object, n: u64) -> JsResult<()> {
    let key = agent.names.length;
    set(agent, o, key, Value::number(n as f64), true)
}

/// 10.4.2.2 ArrayCreate with the intrinsic prototype.
pub(crate) fn array_create(agent: &mut Agent, n: u64) -> JsResult<Object> {
    let Ok(n) = u32::try_from(n) else {
        return Err(agent.range_error("Invalid array length"));
    };
    let proto = agent.intrinsic(Intrinsic::ArrayPrototype);
    Ok(agent.new_array_with(Some(proto), n))
}

/// What ArraySpeciesCreate made.
pub(crate) struct Species {
    /// The object.
    pub(crate) object: Object,
    /// True for a fresh array that no JavaScript has seen.
    pub(crate) fresh: bool,
}

/// 10.4.2.3 ArraySpeciesCreate.
pub(crate) fn array_species_create(agent: &mut Agent, o: Object, n: u64) -> JsResult<Species> {
    let fresh = |agent: &mut Agent| {
        Ok(Species {
            object: array_create(agent, n)?,
            fresh: true,
        })
    };
    if creates_plain(agent, o) || !is_array(agent, o.into())? {
        return fresh(agent);
    }
    let key = agent.names.constructor;
    let mut c = (agent.hooks.get)(agent, o.into(), key)?;
    let own_array = agent.intrinsic(Intrinsic::Array);
    if let Some(f) = c.as_object()
        && f != own_array
        && f.is_constructor()
    {
        let realm = crate::abstract_ops::get_function_realm(agent, f)?;
        if realm != agent.realm && f == agent.intrinsic_of(realm, Intrinsic::Array) {
            c = Value::UNDEFINED;
        }
    }
    if let Some(f) = c.as_object() {
        if f == own_array && has_original_species(agent, f) {
            return fresh(agent);
        }
        let key = PropertyKey::symbol(agent.symbols.species);
        c = (agent.hooks.get)(agent, f.into(), key)?;
        if c.is_null() {
            c = Value::UNDEFINED;
        }
    }
    // %Array% of this realm makes what ArrayCreate does.
    if c.is_undefined() || c == own_array.into() {
        return fresh(agent);
    }
    match c.as_object().filter(|f| f.is_constructor()) {
        Some(f) => Ok(Species {
            object: agent.construct(f, &[Value::number(n as f64)])?,
            fresh: false,
        }),
        None => Err(agent.type_error("object.constructor[Symbol.species] is not a constructor")),
    }
}

/// get Array [ @@species ] and its like: returns `this`.
pub(crate) fn species_getter(_: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    Ok(cx.this())
}

/// True when a constructor's own @@species is the getter the realm gave it.
pub(crate) fn has_original_species(agent: &mut Agent, c: Object) -> bool {
    if c.is_exotic() {
        return false;
    }
    let key = PropertyKey::symbol(agent.symbols.species);
    match lookup_own(agent, c, key) {
        Lookup::Accessor(pair, _) => crate::object::accessor_parts(pair)
            .0
            .as_object()
            .and_then(Object::as_native)
            .is_some_and(|n| {
                std::ptr::fn_addr_eq(n.function(), species_getter as crate::function::NativeFn)
            }),
        _ => false,
    }
}

/// Number of the values of a dense array that exist in memory: the rest up to `length` are holes.
#[inline]
pub(crate) fn stored(o: Object) -> usize {
    (length_of(o).unwrap_or(0) as usize).min(o.elements().capacity())
}

/// A dense array of `n` values copied from a run of a dense array; holes stay holes.
pub(crate) fn copy_run(
    agent: &mut Agent,
    to: Object,
    at: usize,
    from: Object,
    start: usize,
    count: usize,
) -> JsResult<()> {
    let count = count.min(stored(from).saturating_sub(start));
    if count == 0 {
        return Ok(());
    }
    to.reserve_elements(agent, at + count)?;
    let target = to.elements();
    agent.heap.write_barrier(target.header());
    target.copy_values(&from.elements(), start, at, count);
    Ok(())
}
