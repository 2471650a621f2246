//! Array.prototype methods that change the receiver: push, pop, shift, unshift, splice, reverse,
//! fill, copyWithin (23.1.3).
//!
//! Each works on raw values when the receiver is an array with dense elements whose holes are
//! simply absent, and as the specification's text otherwise.

use super::array_common::{
    MAX_RESERVE, MAX_SAFE, array_species_create, copy_run, create_index, delete_index, element_at,
    is_dense, is_plain_dense, prototypes_lack_elements, set_index, set_length, stored, this_object,
};
use crate::abstract_ops::{length_of_array_like, relative_index, to_integer_or_infinity};
use crate::agent::{Agent, CallArgs};
use crate::error::JsResult;
use crate::object::Object;
use crate::object::array::{length_of, note_index, set_length_field};
use crate::value::Value;

/// 23.1.3.23 Array.prototype.push ( ...items )
pub(super) fn push(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = this_object(agent, cx, "push")?;
    let n = cx.argc() as u64;
    if is_dense(o)
        && let Some(len) = length_of(o)
        && u64::from(len) + n < u64::from(u32::MAX)
        && prototypes_lack_elements(agent, o)
    {
        for (i, v) in cx.args().iter().enumerate() {
            let at = len + i as u32;
            o.put_element(agent, at, *v)?;
            note_index(o, at);
        }
        return Ok(Value::number((u64::from(len) + n) as f64));
    }
    let len = length_of_array_like(agent, o)?;
    if len + n > MAX_SAFE {
        return Err(
            agent.type_error("Pushing elements past 9007199254740991 (2 ** 53 - 1) is not allowed")
        );
    }
    for (i, v) in cx.args().iter().enumerate() {
        set_index(agent, o, len + i as u64, *v)?;
    }
    set_length(agent, o, len + n)?;
    Ok(Value::number((len + n) as f64))
}

/// 23.1.3.22 Array.prototype.pop ( )
pub(super) fn pop(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = this_object(agent, cx, "pop")?;
    if let Some(v) = pop_dense(agent, o) {
        return Ok(v);
    }
    let len = length_of_array_like(agent, o)?;
    if len == 0 {
        set_length(agent, o, 0)?;
        return Ok(Value::UNDEFINED);
    }
    let v = super::array_common::get_index(agent, o, len - 1)?;
    delete_index(agent, o, len - 1)?;
    set_length(agent, o, len - 1)?;
    Ok(v)
}

/// Takes the last value of an array with dense elements; None where there is more to it.
pub fn pop_dense(agent: &mut Agent, o: Object) -> Option<Value> {
    if !is_dense(o) {
        return None;
    }
    let last = length_of(o)?.checked_sub(1)?;
    let v = o.dense_element(last);
    if v.is_hole() {
        return None;
    }
    o.elements().set(last as usize, Value::HOLE);
    set_length_field(o, last);
    shrink(agent, o, last);
    Some(v)
}

/// Takes the first value of an array with dense elements; None where there is more to it.
pub fn shift_dense(agent: &mut Agent, o: Object) -> Option<Value> {
    if !is_plain_dense(agent, o) {
        return None;
    }
    let len = length_of(o).filter(|len| *len > 0)?;
    let elements = o.elements();
    let first = elements.get(0).or_undefined();
    o.drop_first_element(agent, stored(o));
    set_length_field(o, len - 1);
    shrink(agent, o, len - 1);
    Some(first)
}

/// Gives memory back when little of it is still used.
#[inline]
fn shrink(agent: &mut Agent, o: Object, len: u32) {
    let room = o.elements_room();
    if room > 64 && (len as usize) < room / 8 {
        o.truncate_elements(agent, len);
    }
}

/// 23.1.3.27 Array.prototype.shift ( )
pub(super) fn shift(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = this_object(agent, cx, "shift")?;
    if let Some(v) = shift_dense(agent, o) {
        return Ok(v);
    }
    let len = length_of_array_like(agent, o)?;
    if len == 0 {
        set_length(agent, o, 0)?;
        return Ok(Value::UNDEFINED);
    }
    let first = super::array_common::get_index(agent, o, 0)?;
    move_elements(agent, o, 1, 0, len - 1)?;
    delete_index(agent, o, len - 1)?;
    set_length(agent, o, len - 1)?;
    Ok(first)
}

/// Moves `count` properties from index `from` to index `to`, holes included, in the order that
/// never overwrites what is still to be read.
fn move_elements(agent: &mut Agent, o: Object, from: u64, to: u64, count: u64) -> JsResult<()> {
    for i in 0..count {
        let k = if from < to { count - 1 - i } else { i };
        match element_at(agent, o, from + k)? {
            Some(v) => set_index(agent, o, to + k, v)?,
            None => delete_index(agent, o, to + k)?,
        }
    }
    Ok(())
}

/// 23.1.3.34 Array.prototype.unshift ( ...items )
pub(super) fn unshift(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = this_object(agent, cx, "unshift")?;
    let n = cx.argc();
    if is_plain_dense(agent, o)
        && let Some(len) = length_of(o)
        && u64::from(len) + (n as u64) < MAX_RESERVE
    {
        if n > 0 {
            replace_run(agent, o, 0, 0, cx.args())?;
        }
        return Ok(Value::usize(len as usize + n));
    }
    let len = length_of_array_like(agent, o)?;
    let n = n as u64;
    if n > 0 {
        if len + n > MAX_SAFE {
            return Err(agent.type_error("Invalid array length"));
        }
        move_elements(agent, o, 0, n, len)?;
        for (i, v) in cx.args().iter().enumerate() {
            set_index(agent, o, i as u64, *v)?;
        }
    }
    set_length(agent, o, len + n)?;
    Ok(Value::number((len + n) as f64))
}

/// Replaces `removed` values of a plain dense array from `start` on by `items`, moving what follows.
fn replace_run(
    agent: &mut Agent,
    o: Object,
    start: usize,
    removed: usize,
    items: &[Value],
) -> JsResult<()> {
    let len = length_of(o).unwrap_or(0) as usize;
    let before = stored(o);
    let tail_start = start + removed;
    let tail = before.saturating_sub(tail_start);
    let new_len = len - removed + items.len();
    if tail > 0 || !items.is_empty() {
        let needed = start + items.len() + tail;
        o.grow_elements(agent, needed as u32)?;
    }
    let elements = o.elements();
    agent.heap.write_barrier(elements.header());
    elements.move_values(tail_start, start + items.len(), tail);
    elements.store_values(start, items);
    let end = if tail > 0 || !items.is_empty() {
        start + items.len() + tail
    } else {
        start.min(before)
    };
    elements.fill_values(end, before, Value::HOLE);
    set_length_field(o, new_len as u32);
    Ok(())
}

/// 23.1.3.31 Array.prototype.splice ( start, deleteCount, ...items )
pub(super) fn splice(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = this_object(agent, cx, "splice")?;
    let len = length_of_array_like(agent, o)?;
    let start = relative_index(agent, cx.arg(0), len, 0)?;
    let items = cx.rest(2);
    let count = delete_count(agent, cx, len, start)?;
    let new_len = len - count + items.len() as u64;
    if new_len > MAX_SAFE {
        return Err(agent.type_error("Invalid array length"));
    }
    let a = array_species_create(agent, o, count)?;
    if a.fresh
        && is_plain_dense(agent, o)
        && length_of(o).map(u64::from) == Some(len)
        && new_len < MAX_RESERVE
    {
        copy_run(agent, a.object, 0, o, start as usize, count as usize)?;
        replace_run(agent, o, start as usize, count as usize, items)?;
        return Ok(a.object.into());
    }
    let a = a.object;
    for k in 0..count {
        if let Some(v) = element_at(agent, o, start + k)? {
            create_index(agent, a, k, v)?;
        }
    }
    set_length(agent, a, count)?;
    let inserted = items.len() as u64;
    if inserted != count {
        move_elements(
            agent,
            o,
            start + count,
            start + inserted,
            len - count - start,
        )?;
        for k in (new_len..len).rev() {
            delete_index(agent, o, k)?;
        }
    }
    for (i, v) in items.iter().enumerate() {
        set_index(agent, o, start + i as u64, *v)?;
    }
    set_length(agent, o, new_len)?;
    Ok(a.into())
}

/// How many elements splice and toSpliced remove.
pub(super) fn delete_count(
    agent: &mut Agent,
    cx: &CallArgs,
    len: u64,
    start: u64,
) -> JsResult<u64> {
    match cx.argc() {
        0 => Ok(0),
        1 => Ok(len - start),
        _ => {
            let n = to_integer_or_infinity(agent, cx.arg(1))?;
            Ok(n.clamp(0.0, (len - start) as f64) as u64)
        }
    }
}

/// 23.1.3.26 Array.prototype.reverse ( )
pub(super) fn reverse(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = this_object(agent, cx, "reverse")?;
    let len = length_of_array_like(agent, o)?;
    if is_plain_dense(agent, o) && o.elements().capacity() as u64 >= len {
        let elements = o.elements();
        agent.heap.write_barrier(elements.header());
        let values = elements.values().get(..len as usize).unwrap_or(&[]);
        let (mut i, mut j) = (0, values.len());
        while i + 1 < j {
            j -= 1;
            values[i].swap(&values[j]);
            i += 1;
        }
        return Ok(o.into());
    }
    for lower in 0..len / 2 {
        let upper = len - 1 - lower;
        let a = element_at(agent, o, lower)?;
        let b = element_at(agent, o, upper)?;
        match b {
            Some(v) => set_index(agent, o, lower, v)?,
            None if a.is_some() => delete_index(agent, o, lower)?,
            None => {}
        }
        match a {
            Some(v) => set_index(agent, o, upper, v)?,
            None if b.is_some() => delete_index(agent, o, upper)?,
            None => {}
        }
    }
    Ok(o.into())
}

/// 23.1.3.7 Array.prototype.fill ( value [ , start [ , end ] ] )
pub(super) fn fill(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = this_object(agent, cx, "fill")?;
    let len = length_of_array_like(agent, o)?;
    let start = relative_index(agent, cx.arg(1), len, 0)?;
    let end = relative_index(agent, cx.arg(2), len, len)?;
    if is_plain_dense(agent, o)
        && end <= MAX_RESERVE
        && length_of(o).is_some_and(|n| u64::from(n) >= end)
    {
        if start < end {
            o.reserve_elements(agent, end as usize)?;
            let elements = o.elements();
            agent.heap.write_barrier(elements.header());
            elements.fill_values(start as usize, end as usize, cx.arg(0));
        }
        return Ok(o.into());
    }
    // An array that the heap cannot hold is refused before the work, not in its midst.
    let bytes = end.saturating_sub(start).saturating_mul(8);
    if is_plain_dense(agent, o) && bytes > MAX_RESERVE && !agent.heap.can_reserve(bytes as usize) {
        return Err(agent.range_error("Invalid array length"));
    }
    for k in start..end {
        set_index(agent, o, k, cx.arg(0))?;
    }
    Ok(o.into())
}

/// 23.1.3.4 Array.prototype.copyWithin ( target, start [ , end ] )
pub(super) fn copy_within(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = this_object(agent, cx, "copyWithin")?;
    let len = length_of_array_like(agent, o)?;
    let to = relative_index(agent, cx.arg(0), len, 0)?;
    let from = relative_index(agent, cx.arg(1), len, 0)?;
    let end = relative_index(agent, cx.arg(2), len, len)?;
    let count = end.saturating_sub(from).min(len - to);
    if is_plain_dense(agent, o)
        && length_of(o).map(u64::from) == Some(len)
        && o.elements().capacity() as u64 >= len
    {
        let elements = o.elements();
        agent.heap.write_barrier(elements.header());
        elements.move_values(from as usize, to as usize, count as usize);
        return Ok(o.into());
    }
    // Moving down goes up and the other way round, except that runs that do not overlap go up.
    if from < to && to < from + count {
        move_elements(agent, o, from, to, count)?;
    } else {
        for k in 0..count {
            match element_at(agent, o, from + k)? {
                Some(v) => set_index(agent, o, to + k, v)?,
                None => delete_index(agent, o, to + k)?,
            }
        }
    }
    Ok(o.into())
}
