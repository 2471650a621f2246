//! %TypedArray.prototype% methods that move elements: set, slice, subarray, fill, copyWithin,
//! reverse, sort and the ones that copy (23.2.3).

use super::array_buffer::check_mutable;
use super::array_common::get_index;
use super::array_sort::{comparator_argument, merge_sort};
use super::typed_array_constructor::{
    allocate_intrinsic, content_type_error, convert, copy_elements, detached, number_of,
    species_create, species_create_over, type_of, validate, validate_mutable,
};
use super::typed_array_prototype::{element, this_typed_array};
use crate::abstract_ops::{
    length_of_array_like, relative_index, to_integer_or_infinity, to_number, to_object,
};
use crate::agent::{Agent, CallArgs};
use crate::error::{JsResult, Throw};
use crate::object::Object;
use crate::object::typed_array::{ElementType, TypedArrayCell, length, set_element};
use crate::value::Value;
use sarus_gc::Gc;
use std::cmp::Ordering;

/// The cell of a validated array and its length after JavaScript ran; a TypeError when it is out of
/// bounds by now.
fn revalidate(agent: &mut Agent, o: Object, name: &str) -> JsResult<(Gc<TypedArrayCell>, usize)> {
    match o.as_typed_array().and_then(|c| Some((c, c.current()?))) {
        Some(found) => Ok(found),
        None => Err(detached(agent, &format!("%TypedArray%.prototype.{name}"))),
    }
}

/// 23.2.3.6 %TypedArray%.prototype.copyWithin ( target, start [ , end ] )
pub(super) fn copy_within(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (o, len) = validate_mutable(agent, cx.this(), "copyWithin")?;
    let n = len as u64;
    let to = relative_index(agent, cx.arg(0), n, 0)? as usize;
    let from = relative_index(agent, cx.arg(1), n, 0)? as usize;
    let end = relative_index(agent, cx.arg(2), n, n)? as usize;
    let count = end.saturating_sub(from).min(len - to);
    if count > 0 {
        let (cell, now) = revalidate(agent, o, "copyWithin")?;
        let count = count
            .min(now.saturating_sub(from))
            .min(now.saturating_sub(to));
        let (buffer, size) = (cell.buffer(), cell.element_type().size());
        let base = cell.byte_offset();
        buffer.copy_from(base + to * size, &buffer, base + from * size, count * size);
    }
    Ok(o.into())
}

/// 23.2.3.9 %TypedArray%.prototype.fill ( value [ , start [ , end ] ] )
pub(super) fn fill(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (o, len) = validate_mutable(agent, cx.this(), "fill")?;
    let bits = type_of(o).from_value(agent, cx.arg(0))?;
    let n = len as u64;
    let start = relative_index(agent, cx.arg(1), n, 0)? as usize;
    let end = relative_index(agent, cx.arg(2), n, n)? as usize;
    let (cell, now) = revalidate(agent, o, "fill")?;
    let end = end.min(now);
    if start < end {
        let size = cell.element_type().size();
        let at = cell.byte_offset() + start * size;
        cell.buffer().fill(at, size, end - start, bits);
    }
    Ok(o.into())
}

/// 23.2.3.25 %TypedArray%.prototype.reverse ( )
pub(super) fn reverse(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (o, len) = validate_mutable(agent, cx.this(), "reverse")?;
    if let Some(cell) = o.as_typed_array() {
        for lower in 0..len / 2 {
            let upper = len - 1 - lower;
            if let (Some(a), Some(b)) = (cell.load(lower), cell.load(upper)) {
                cell.store(lower, b);
                cell.store(upper, a);
            }
        }
    }
    Ok(o.into())
}

#[cold]
fn offset_error(agent: &mut Agent) -> Throw {
    agent.range_error("offset is out of bounds")
}

/// 23.2.3.26 %TypedArray%.prototype.set ( source [ , offset ] )
pub(super) fn set(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (o, target) = this_typed_array(agent, cx)?;
    check_mutable(agent, &target.buffer(), "%TypedArray%.prototype.set")?;
    let offset = to_integer_or_infinity(agent, cx.arg(1))?;
    if offset < 0.0 {
        return Err(offset_error(agent));
    }
    match cx.arg(0).as_object().and_then(Object::as_typed_array) {
        Some(source) => set_from_typed_array(agent, &target, offset, &source)?,
        None => set_from_array_like(agent, o, offset, cx.arg(0))?,
    }
    Ok(Value::UNDEFINED)
}

/// 23.2.3.26.1 SetTypedArrayFromTypedArray
fn set_from_typed_array(
    agent: &mut Agent,
    target: &TypedArrayCell,
    offset: f64,
    source: &TypedArrayCell,
) -> JsResult<()> {
    let (Some(len), Some(count)) = (target.current(), source.current()) else {
        return Err(detached(agent, "%TypedArray%.prototype.set"));
    };
    if source.element_type().is_bigint() != target.element_type().is_bigint() {
        return Err(content_type_error(agent));
    }
    if offset + count as f64 > len as f64 {
        return Err(offset_error(agent));
    }
    let at = offset as usize;
    if source.element_type() == target.element_type() || !same_block(source, target) {
        copy_elements(source, 0, target, at, count);
        return Ok(());
    }
    // Different types over the same memory: convert from a copy of the source.
    let (s, t) = (source.element_type(), target.element_type());
    let bytes = source
        .buffer()
        .read_bytes(agent, source.byte_offset(), count * s.size())?;
    for (i, chunk) in bytes.chunks_exact(s.size()).enumerate() {
        let mut word = [0; 8];
        word[..s.size()].copy_from_slice(chunk);
        target.store(at + i, convert(s, t, u64::from_le_bytes(word)));
    }
    Ok(())
}

/// True when the two views may overlap.
fn same_block(a: &TypedArrayCell, b: &TypedArrayCell) -> bool {
    if a.buffer() == b.buffer() {
        return true;
    }
    match (a.buffer().shared_block(), b.buffer().shared_block()) {
        (Some(x), Some(y)) => x.address() == y.address(),
        _ => false,
    }
}

/// 23.2.3.26.2 SetTypedArrayFromArrayLike
fn set_from_array_like(
    agent: &mut Agent,
    target: Object,
    offset: f64,
    source: Value,
) -> JsResult<()> {
    let Some(len) = length(target) else {
        return Err(detached(agent, "%TypedArray%.prototype.set"));
    };
    let source = to_object(agent, source)?;
    let count = length_of_array_like(agent, source)?;
    if offset + count as f64 > len as f64 {
        return Err(offset_error(agent));
    }
    for k in 0..count {
        let v = get_index(agent, source, k)?;
        set_element(agent, target, offset as usize + k as usize, v)?;
    }
    Ok(())
}

/// 23.2.3.27 %TypedArray%.prototype.slice ( start, end )
pub(super) fn slice(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (o, len) = validate(agent, cx.this(), "slice")?;
    let n = len as u64;
    let start = relative_index(agent, cx.arg(0), n, 0)? as usize;
    let end = relative_index(agent, cx.arg(1), n, n)? as usize;
    let count = end.saturating_sub(start);
    let a = species_create(agent, o, count as u64)?;
    if count == 0 {
        return Ok(a.into());
    }
    let (source, now) = revalidate(agent, o, "slice")?;
    let end = end.min(now);
    let count = end.saturating_sub(start);
    let Some(target) = a.as_typed_array() else {
        return Ok(a.into());
    };
    if source.element_type() != target.element_type() {
        for k in 0..count {
            let v = element(agent, o, start + k);
            set_element(agent, a, k, v)?;
        }
        return Ok(a.into());
    }
    let count = count.min(target.current().unwrap_or(0));
    if !same_block(&source, &target) {
        copy_elements(&source, start, &target, 0, count);
        return Ok(a.into());
    }
    // Bytes in ascending order, whatever they overwrite.
    let size = source.element_type().size();
    let (from, to) = (source.byte_offset() + start * size, target.byte_offset());
    for i in 0..count * size {
        if let Some(byte) = source.buffer().load(from + i, 1) {
            target.buffer().store(to + i, 1, byte);
        }
    }
    Ok(a.into())
}

/// 23.2.3.30 %TypedArray%.prototype.subarray ( start, end )
pub(super) fn subarray(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (o, cell) = this_typed_array(agent, cx)?;
    let len = cell.current().unwrap_or(0) as u64;
    let start = relative_index(agent, cx.arg(0), len, 0)?;
    let new_len = if cell.is_length_tracking() && cx.arg(1).is_undefined() {
        None
    } else {
        let end = relative_index(agent, cx.arg(1), len, len)?;
        Some(end.saturating_sub(start))
    };
    let offset = cell.byte_offset() as u64 + start * cell.element_type().size() as u64;
    Ok(species_create_over(agent, o, offset, new_len)?.into())
}

/// 23.2.3.29 %TypedArray%.prototype.sort ( comparator )
pub(super) fn sort(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let comparator = comparator_argument(agent, cx)?;
    let (o, len) = validate_mutable(agent, cx.this(), "sort")?;
    sort_into(agent, o, len, o, comparator)?;
    Ok(o.into())
}

/// Sorts the first `len` elements of one array into another of the same type.
fn sort_into(
    agent: &mut Agent,
    o: Object,
    len: usize,
    target: Object,
    comparator: Value,
) -> JsResult<()> {
    let (Some(source), Some(cell)) = (o.as_typed_array(), target.as_typed_array()) else {
        return Ok(());
    };
    let ty = source.element_type();
    if comparator.is_undefined() {
        if ty.size() == 1 {
            sort_bytes(&source, len, &cell);
            return Ok(());
        }
        let mut bits: Vec<u64> = Vec::new();
        if bits.try_reserve_exact(len).is_err() {
            return Err(agent.range_error("Array buffer allocation failed"));
        }
        bits.extend((0..len).filter_map(|i| source.load(i)));
        sort_bits(ty, &mut bits);
        for (i, b) in bits.into_iter().enumerate() {
            cell.store(i, b);
        }
        return Ok(());
    }
    let mut values = agent.heap.root_vec::<Value>();
    if values.try_reserve(len).is_err() {
        return Err(agent.range_error("Array buffer allocation failed"));
    }
    for i in 0..len {
        let v = element(agent, o, i);
        values.push(v);
    }
    let mut compare = |agent: &mut Agent, a: Value, b: Value| {
        let v = agent.call(comparator, Value::UNDEFINED, &[a, b])?;
        let n = to_number(agent, v)?;
        Ok(n.partial_cmp(&0.0).unwrap_or(Ordering::Equal))
    };
    merge_sort(agent, &mut values, &mut compare)?;
    for (i, v) in values.iter().enumerate() {
        set_element(agent, target, i, *v)?;
    }
    Ok(())
}

/// Sorts elements of one byte by counting them.
fn sort_bytes(source: &TypedArrayCell, len: usize, target: &TypedArrayCell) {
    // Signed bytes order like unsigned ones with the sign bit flipped.
    let flip = if source.element_type() == ElementType::Int8 {
        0x80
    } else {
        0
    };
    let mut counts = [0usize; 256];
    for i in 0..len {
        if let Some(bits) = source.load(i) {
            counts[usize::from(bits as u8 ^ flip)] += 1;
        }
    }
    let mut at = 0;
    for (value, count) in counts.into_iter().enumerate() {
        let start = target.byte_offset() + at;
        target
            .buffer()
            .fill(start, 1, count, u64::from(value as u8 ^ flip));
        at += count;
    }
}

/// The default order: numeric, -0 before 0, NaN last.
fn sort_bits(ty: ElementType, bits: &mut [u64]) {
    match ty {
        ElementType::BigInt64 => bits.sort_unstable_by_key(|&b| b as i64),
        ElementType::BigUint64
        | ElementType::Uint8
        | ElementType::Uint8Clamped
        | ElementType::Uint16
        | ElementType::Uint32 => bits.sort_unstable(),
        ElementType::Int8 => bits.sort_unstable_by_key(|&b| b as i8),
        ElementType::Int16 => bits.sort_unstable_by_key(|&b| b as i16),
        ElementType::Int32 => bits.sort_unstable_by_key(|&b| b as i32),
        ElementType::Float16 | ElementType::Float32 | ElementType::Float64 => {
            bits.sort_unstable_by(|&a, &b| {
                let (x, y) = (number_of(ty, a), number_of(ty, b));
                // total_cmp puts negative NaNs first.
                match (x.is_nan(), y.is_nan()) {
                    (false, false) => x.total_cmp(&y),
                    (x, y) => x.cmp(&y),
                }
            });
        }
    }
}

/// 23.2.3.32 %TypedArray%.prototype.toReversed ( )
pub(super) fn to_reversed(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (o, len) = validate(agent, cx.this(), "toReversed")?;
    let a = allocate_intrinsic(agent, type_of(o), len as u64)?;
    if let (Some(source), Some(target)) = (o.as_typed_array(), a.as_typed_array()) {
        for k in 0..len {
            if let Some(bits) = source.load(len - 1 - k) {
                target.store(k, bits);
            }
        }
    }
    Ok(a.into())
}

/// 23.2.3.33 %TypedArray%.prototype.toSorted ( comparator )
pub(super) fn to_sorted(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let comparator = comparator_argument(agent, cx)?;
    let (o, len) = validate(agent, cx.this(), "toSorted")?;
    let a = allocate_intrinsic(agent, type_of(o), len as u64)?;
    sort_into(agent, o, len, a, comparator)?;
    Ok(a.into())
}

/// 23.2.3.36 %TypedArray%.prototype.with ( index, value )
pub(super) fn with(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (o, len) = validate(agent, cx.this(), "with")?;
    let i = to_integer_or_infinity(agent, cx.arg(0))?;
    let at = if i >= 0.0 { i } else { len as f64 + i };
    let ty = type_of(o);
    let bits = ty.from_value(agent, cx.arg(1))?;
    let now = length(o).unwrap_or(0);
    if at < 0.0 || at >= now as f64 {
        return Err(agent.range_error("Invalid typed array index"));
    }
    let at = at as usize;
    let a = allocate_intrinsic(agent, ty, len as u64)?;
    for k in 0..len {
        if k == at {
            if let Some(target) = a.as_typed_array() {
                target.store(k, bits);
            }
        } else {
            // An element that is gone by now converts from undefined.
            let v = element(agent, o, k);
            set_element(agent, a, k, v)?;
        }
    }
    Ok(a.into())
}
