//! The Atomics object (25.4). Waiting and waking is in `atomics_wait`.

use super::array_buffer::check_mutable;
use super::atomics_wait as wait;
use super::table::{NamespaceSpec, method, tag};
use super::typed_array_constructor::{detached, type_of, validate};
use crate::abstract_ops::{display_value, to_bigint, to_index, to_integer_or_infinity};
use crate::agent::{Agent, CallArgs};
use crate::error::{JsResult, Throw};
use crate::numeric;
use crate::object::Object;
use crate::object::buffer::{AtomicOperation, BufferCell};
use crate::object::typed_array::ElementType;
use crate::realm::Intrinsic;
use crate::value::Value;
use sarus_gc::Gc;

macro_rules! update_row {
    ($name:literal, $operation:ident) => {
        method($name, 3, |agent, cx| {
            read_modify_write(agent, cx, AtomicOperation::$operation)
        })
    };
}

/// %Atomics%
pub static ATOMICS: NamespaceSpec = NamespaceSpec {
    intrinsic: Intrinsic::Atomics,
    parent: Some(Intrinsic::ObjectPrototype),
    properties: &[
        method("load", 2, load),
        method("store", 3, store),
        update_row!("add", Add),
        update_row!("sub", Sub),
        update_row!("and", And),
        update_row!("or", Or),
        update_row!("xor", Xor),
        update_row!("exchange", Exchange),
        method("compareExchange", 4, compare_exchange),
        method("isLockFree", 1, is_lock_free),
        method("wait", 4, wait::wait),
        method("waitAsync", 4, wait::wait_async),
        method("notify", 3, wait::notify),
        method("pause", 0, pause),
        tag("Atomics"),
    ],
};

/// A validated element: where in which buffer.
pub(super) struct Element {
    pub(super) array: Object,
    pub(super) ty: ElementType,
    pub(super) index: u64,
    pub(super) buffer: Gc<BufferCell>,
    /// Offset in the buffer.
    pub(super) at: usize,
}

/// 25.4.3.1 ValidateIntegerTypedArray: the array and its length.
pub(super) fn validate_integer_array(
    agent: &mut Agent,
    v: Value,
    waitable: bool,
) -> JsResult<(Object, usize)> {
    let (o, len) = match v.as_object().and_then(Object::as_typed_array) {
        Some(_) => validate(agent, v, "Atomics")?,
        None => {
            let text = display_value(agent, v);
            return Err(agent.type_error(format!("{text} is not an integer typed array.")));
        }
    };
    let fits = match type_of(o) {
        ElementType::Int32 | ElementType::BigInt64 => true,
        ElementType::Uint8Clamped
        | ElementType::Float16
        | ElementType::Float32
        | ElementType::Float64 => false,
        _ => !waitable,
    };
    if !fits {
        let sort = if waitable {
            "int32 or BigInt64"
        } else {
            "integer"
        };
        return Err(agent.type_error(format!("[object Array] is not an {sort} typed array.")));
    }
    Ok((o, len))
}

#[cold]
fn bad_index(agent: &mut Agent) -> Throw {
    agent.range_error("Invalid atomic access index")
}

/// 25.4.3.2 ValidateAtomicAccess
pub(super) fn validate_access(
    agent: &mut Agent,
    array: Object,
    len: usize,
    index: Value,
) -> JsResult<Element> {
    let index = to_index(agent, index, "Invalid atomic access index")?;
    let Some(cell) = array.as_typed_array().filter(|_| index < len as u64) else {
        return Err(bad_index(agent));
    };
    let ty = cell.element_type();
    Ok(Element {
        array,
        ty,
        index,
        buffer: cell.buffer(),
        at: cell.byte_offset() + index as usize * ty.size(),
    })
}

/// 25.4.3.3 ValidateAtomicAccessOnIntegerTypedArray
pub(super) fn validate_element(
    agent: &mut Agent,
    cx: &CallArgs,
    waitable: bool,
) -> JsResult<Element> {
    let (array, len) = validate_integer_array(agent, cx.arg(0), waitable)?;
    validate_access(agent, array, len, cx.arg(1))
}

/// As [`validate_element`] for integers of any sort in a buffer that may be written to.
fn validate_mutable_element(agent: &mut Agent, cx: &CallArgs) -> JsResult<Element> {
    let (array, len) = validate_integer_array(agent, cx.arg(0), false)?;
    if let Some(cell) = array.as_typed_array() {
        check_mutable(agent, &cell.buffer(), "an atomic write")?;
    }
    validate_access(agent, array, len, cx.arg(1))
}

/// 25.4.3.4 RevalidateAtomicAccess
pub(super) fn revalidate(agent: &mut Agent, e: &Element) -> JsResult<()> {
    match e.array.as_typed_array().and_then(|c| c.current()) {
        None => Err(detached(agent, "Atomics operation")),
        Some(len) if e.index >= len as u64 => Err(bad_index(agent)),
        Some(_) => Ok(()),
    }
}

/// The integer an operand converts to: as the value store returns, and as bits.
fn operand(agent: &mut Agent, ty: ElementType, v: Value) -> JsResult<(Value, u64)> {
    if ty.is_bigint() {
        let b = to_bigint(agent, v)?;
        return Ok((b.into(), b.to_u64_wrapping()));
    }
    let n = to_integer_or_infinity(agent, v)?;
    Ok((Value::number(n), ty.from_number(n)))
}

/// 25.4.3.17 AtomicReadModifyWrite
fn read_modify_write(
    agent: &mut Agent,
    cx: &CallArgs,
    operation: AtomicOperation,
) -> JsResult<Value> {
    let e = validate_mutable_element(agent, cx)?;
    let (_, bits) = operand(agent, e.ty, cx.arg(2))?;
    revalidate(agent, &e)?;
    let old = e.buffer.atomic_update(e.at, e.ty.size(), operation, bits);
    result(agent, &e, old)
}

fn result(agent: &mut Agent, e: &Element, bits: Option<u64>) -> JsResult<Value> {
    match bits {
        Some(bits) => Ok(e.ty.to_value(agent, bits)),
        None => Err(bad_index(agent)),
    }
}

/// 25.4.6 Atomics.compareExchange ( typedArray, index, expectedValue, replacementValue )
fn compare_exchange(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let e = validate_mutable_element(agent, cx)?;
    let (_, expected) = operand(agent, e.ty, cx.arg(2))?;
    let (_, replacement) = operand(agent, e.ty, cx.arg(3))?;
    revalidate(agent, &e)?;
    let size = e.ty.size();
    let old = e
        .buffer
        .atomic_compare_exchange(e.at, size, expected, replacement);
    result(agent, &e, old)
}

/// 25.4.8 Atomics.isLockFree ( size )
fn is_lock_free(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let n = to_integer_or_infinity(agent, cx.arg(0))?;
    Ok(Value::bool([1.0, 2.0, 4.0, 8.0].contains(&n)))
}

/// 25.4.9 Atomics.load ( typedArray, index )
fn load(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let e = validate_element(agent, cx, false)?;
    revalidate(agent, &e)?;
    let bits = e.buffer.atomic_load(e.at, e.ty.size());
    result(agent, &e, bits)
}

/// 25.4.12 Atomics.store ( typedArray, index, value )
fn store(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let e = validate_mutable_element(agent, cx)?;
    let (v, bits) = operand(agent, e.ty, cx.arg(2))?;
    revalidate(agent, &e)?;
    match e.buffer.atomic_store(e.at, e.ty.size(), bits) {
        Some(()) => Ok(v),
        None => Err(bad_index(agent)),
    }
}

/// 25.4.11 Atomics.pause ( [ N ] )
fn pause(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let v = cx.arg(0);
    if !v.is_undefined() && !v.as_number().is_some_and(numeric::is_integral_number) {
        let text = display_value(agent, v);
        return Err(agent.type_error(format!("{text} is not an integral number")));
    }
    std::hint::spin_loop();
    Ok(Value::UNDEFINED)
}
