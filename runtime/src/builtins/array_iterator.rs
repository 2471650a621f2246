//! Array iterators (23.1.5), which typed arrays share, and the methods that make them.

use super::array_common::{filled, get_index, is_dense};
use super::table::{NamespaceSpec, method, tag};
use crate::abstract_ops::{create_iter_result, display_value, length_of_array_like, to_object};
use crate::agent::{Agent, CallArgs};
use crate::error::JsResult;
use crate::function::NativeFn;
use crate::kind::CellKind;
use crate::object::ordinary::{Lookup, lookup_own};
use crate::object::{INLINE_OFFSET, Object, array, typed_array};
use crate::realm::Intrinsic;
use crate::value::Value;

/// Field of an `ArrayIterator`: the array-like, `undefined` once exhausted.
pub const TARGET: usize = 0;
/// Field: the next index.
pub const NEXT_INDEX: usize = 1;
/// Field: keys, values or entries, as in [`IterationKind`].
pub const KIND: usize = 2;

/// What an iterator yields.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(i32)]
pub enum IterationKind {
    /// Indices.
    Keys,
    /// Elements.
    Values,
    /// Pairs of both.
    Entries,
}

/// %ArrayIteratorPrototype%
pub static ARRAY_ITERATOR_PROTOTYPE: NamespaceSpec = NamespaceSpec {
    intrinsic: Intrinsic::ArrayIteratorPrototype,
    parent: Some(Intrinsic::IteratorPrototype),
    properties: &[method("next", 0, next), tag("Array Iterator")],
};

/// 23.1.5.1 CreateArrayIterator
pub fn create_array_iterator(agent: &mut Agent, o: Object, kind: IterationKind) -> Object {
    let proto = agent.intrinsic(Intrinsic::ArrayIteratorPrototype);
    let fields = [
        o.into(),
        Value::ZERO,
        Value::int(kind as i32),
        Value::UNDEFINED,
    ];
    agent.new_fields_object(CellKind::ArrayIterator, Some(proto), fields)
}

fn make(agent: &mut Agent, cx: &CallArgs, name: &str, kind: IterationKind) -> JsResult<Value> {
    if cx.this().is_nullish() {
        return Err(agent.type_error(format!(
            "Array.prototype.{name} called on null or undefined"
        )));
    }
    let o = to_object(agent, cx.this())?;
    Ok(create_array_iterator(agent, o, kind).into())
}

/// 23.1.3.19 Array.prototype.keys ( )
pub(super) fn keys(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    make(agent, cx, "keys", IterationKind::Keys)
}

/// 23.1.3.5 Array.prototype.entries ( )
pub(super) fn entries(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    make(agent, cx, "entries", IterationKind::Entries)
}

/// 23.1.3.38 Array.prototype.values ( )
pub(super) fn values(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    make(agent, cx, "values", IterationKind::Values)
}

/// The length an iterator goes by; a TypeError for a typed array that is out of bounds.
fn target_length(agent: &mut Agent, o: Object) -> JsResult<u64> {
    if o.is(CellKind::TypedArray) {
        return match crate::object::typed_array::length(o) {
            Some(n) => Ok(n as u64),
            None => Err(agent.type_error(
                "Cannot perform %ArrayIteratorPrototype%.next on a detached ArrayBuffer",
            )),
        };
    }
    length_of_array_like(agent, o)
}

/// The builtin `next`.
pub const NEXT: NativeFn = next;
/// Byte offset of the next index.
pub const NEXT_INDEX_OFFSET: usize = INLINE_OFFSET + 8 * NEXT_INDEX;
/// Byte offset of what an iterator yields.
pub const KIND_OFFSET: usize = INLINE_OFFSET + 8 * KIND;

/// Whether an `ArrayIterator` gives pairs.
pub fn gives_entries(iterator: Object) -> bool {
    iterator.field(KIND).as_int() == Some(IterationKind::Entries as i32)
}

/// The next index of an iterator that is not exhausted, if it is an int32 as the one behind it is, and whether the array or
/// typed array goes that far.
fn quick_index(iterator: Object, o: Object) -> Option<(i32, bool)> {
    let index = iterator.field(NEXT_INDEX).as_int()?;
    index.checked_add(1)?;
    let length = match CellKind::from_byte(o.kind()) {
        CellKind::Array => array::length_of(o)? as usize,
        CellKind::TypedArray => typed_array::length(o)?,
        _ => return None,
    };
    Some((index, (index as usize) < length))
}

/// A step that runs no JavaScript and gives what `read` makes of the index: the hole at the end, `LAZY` if it takes more. The
/// next index is an int32 after a step.
#[inline(always)]
fn quick(
    agent: &mut Agent,
    iterator: Object,
    read: impl FnOnce(&mut Agent, Object, i32) -> Option<Value>,
) -> Value {
    let Some(o) = iterator.field(TARGET).as_object() else {
        return Value::HOLE;
    };
    match quick_index(iterator, o) {
        Some((index, true)) => match read(agent, o, index) {
            Some(v) => {
                iterator.set_field(agent, NEXT_INDEX, Value::int(index + 1));
                v
            }
            None => Value::LAZY,
        },
        Some((_, false)) => {
            iterator.set_field(agent, TARGET, Value::UNDEFINED);
            Value::HOLE
        }
        None => Value::LAZY,
    }
}

#[inline(always)]
fn element(agent: &mut Agent, o: Object, index: i32) -> Option<Value> {
    match o.is(CellKind::Array) {
        true => filled(o, index as u64),
        false => typed_array::get_element(agent, o, index as usize),
    }
}

/// A quick step that gives the element, whatever the iterator yields.
pub fn quick_element(agent: &mut Agent, iterator: Object) -> Value {
    quick(agent, iterator, element)
}

/// A quick step that gives what the iterator yields.
pub fn quick_step(agent: &mut Agent, iterator: Object) -> Value {
    match iterator.field(KIND).as_int() {
        Some(0) => quick(agent, iterator, |_, _, index| Some(Value::int(index))),
        Some(1) => quick_element(agent, iterator),
        _ => quick(agent, iterator, |agent, o, index| {
            let v = element(agent, o, index)?;
            Some(agent.new_array_from(&[Value::int(index), v]).into())
        }),
    }
}

/// Advances an `ArrayIterator` object: the next value, None when it is exhausted. For the
/// interpreter, which needs no result object.
pub fn array_iterator_step(agent: &mut Agent, iterator: Object) -> JsResult<Option<Value>> {
    let v = quick_step(agent, iterator);
    if v != Value::LAZY {
        return Ok(Some(v).filter(|v| !v.is_hole()));
    }
    let Some(o) = iterator.field(TARGET).as_object() else {
        return Ok(None);
    };
    let index = iterator.field(NEXT_INDEX).as_number().unwrap_or(0.0) as u64;
    if index >= target_length(agent, o)? {
        iterator.set_field(agent, TARGET, Value::UNDEFINED);
        return Ok(None);
    }
    iterator.set_field(agent, NEXT_INDEX, Value::number((index + 1) as f64));
    let key = Value::number(index as f64);
    let kind = iterator.field(KIND).as_int();
    if kind == Some(IterationKind::Keys as i32) {
        return Ok(Some(key));
    }
    let v = get_index(agent, o, index)?;
    if kind == Some(IterationKind::Values as i32) {
        return Ok(Some(v));
    }
    Ok(Some(agent.new_array_from(&[key, v]).into()))
}

/// 23.1.5.2.1 %ArrayIteratorPrototype%.next ( )
pub(crate) fn next(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let Some(iterator) = cx
        .this()
        .as_object()
        .filter(|o| o.is(CellKind::ArrayIterator))
    else {
        let text = display_value(agent, cx.this());
        return Err(agent.type_error(format!(
            "Method Array Iterator.prototype.next called on incompatible receiver {text}"
        )));
    };
    let step = array_iterator_step(agent, iterator)?;
    let done = step.is_none();
    Ok(create_iter_result(
        agent,
        step.unwrap_or(Value::UNDEFINED),
        done,
    ))
}

/// True when %ArrayIteratorPrototype%.next is what the realm made it, so that iterating over an
/// array by %Array.prototype.values% needs no iterator object.
pub fn array_iteration_is_pristine(agent: &mut Agent) -> bool {
    let proto = agent.intrinsic(Intrinsic::ArrayIteratorPrototype);
    let key = agent.names.next;
    match lookup_own(agent, proto, key) {
        Lookup::Data(v, _) => v
            .as_object()
            .and_then(Object::as_native)
            .is_some_and(|n| std::ptr::fn_addr_eq(n.function(), next as crate::function::NativeFn)),
        _ => false,
    }
}

/// True when iterating over `o` with its iterator method `method` just walks the elements of a
/// dense array by index.
pub fn iterates_as_array(agent: &mut Agent, o: Object, method: Value) -> bool {
    is_dense(o)
        && method == Value::from(agent.intrinsic(Intrinsic::ArrayProtoValues))
        && array_iteration_is_pristine(agent)
}
