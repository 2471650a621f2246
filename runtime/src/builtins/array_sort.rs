//! Sorting: Array.prototype.sort and toSorted (23.1.3.30, 23.1.3.34), and the merge sort that
//! typed arrays share.
//!
//! ```text
//! values ─► undefined counted and set aside ─► sorted ─► undefined appended ─► written back
//!                     comparator: runs extended by insertion, merged as they balance
//!                     default:    keys made once when no conversion can run JavaScript
//! ```

use super::array_common::{
    array_create, delete_index, element_at, get_index, is_plain_dense, prototypes_lack_elements,
    set_index, stored, this_object,
};
use crate::abstract_ops::{length_of_array_like, to_number, to_string};
use crate::agent::{Agent, CallArgs};
use crate::error::JsResult;
use crate::kind::CellKind;
use crate::object::Object;
use crate::object::array::length_of;
use crate::value::Value;
use sarus_gc::RootVec;
use std::cmp::Ordering;

/// Natural runs shorter than this are extended by insertion.
const MIN_RUN: usize = 32;

/// A comparison that may run JavaScript: `Greater` means that the two are in the wrong order.
pub(super) type Compare<'a> = &'a mut dyn FnMut(&mut Agent, Value, Value) -> JsResult<Ordering>;

/// 23.1.3.30 Array.prototype.sort ( comparator )
pub(super) fn sort(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let comparator = comparator_argument(agent, cx)?;
    let o = this_object(agent, cx, "sort")?;
    let len = length_of_array_like(agent, o)?;
    let mut values = agent.heap.root_vec::<Value>();
    let mut rest = None;
    if is_plain_dense(agent, o) && length_of(o).map(u64::from) == Some(len) {
        for v in o.elements().values().iter().take(stored(o)) {
            if !v.get().is_hole() {
                values.push(v.get());
            }
        }
    } else if let Some(indices) = sparse_indices(agent, o, len) {
        for &i in &indices {
            let v = get_index(agent, o, u64::from(i))?;
            values.push(v);
        }
        rest = Some(indices);
    } else {
        for k in 0..len {
            if let Some(v) = element_at(agent, o, k)? {
                values.push(v);
            }
        }
    }
    sort_values(agent, &mut values, comparator)?;
    write_back(agent, o, len, &values, rest)?;
    Ok(o.into())
}

/// undefined or a callable.
pub(super) fn comparator_argument(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let f = cx.arg(0);
    if f.is_undefined() || f.is_callable() {
        return Ok(f);
    }
    Err(agent.type_error("The comparison function must be either a function or undefined"))
}

/// Indices of the elements of a sparse array of data properties, where walking up to `len` would
/// take too long.
fn sparse_indices(agent: &mut Agent, o: Object, len: u64) -> Option<Vec<u32>> {
    if len < 1 << 20
        || !o.is(CellKind::Array)
        || o.has_dense_elements()
        || !prototypes_lack_elements(agent, o)
    {
        return None;
    }
    let indices = o.element_indices();
    let plain = indices.iter().all(|&i| {
        o.element_entry(i)
            .is_some_and(|e| !e.attributes.is_accessor())
    });
    plain.then_some(indices)
}

/// Steps 7 to 10 of sort.
fn write_back(
    agent: &mut Agent,
    o: Object,
    len: u64,
    values: &RootVec<Value>,
    indices: Option<Vec<u32>>,
) -> JsResult<()> {
    let n = values.len();
    if is_plain_dense(agent, o)
        && length_of(o).map(u64::from) == Some(len)
        && o.elements().capacity() >= n
    {
        let elements = o.elements();
        agent.heap.write_barrier(elements.header());
        elements.store_values(0, values);
        elements.fill_values(n, stored(o), Value::HOLE);
        return Ok(());
    }
    for (i, v) in values.iter().enumerate() {
        set_index(agent, o, i as u64, *v)?;
    }
    match indices {
        Some(indices) => {
            for i in indices.into_iter().filter(|&i| i as usize >= n) {
                delete_index(agent, o, u64::from(i))?;
            }
        }
        None => {
            for k in n as u64..len {
                delete_index(agent, o, k)?;
            }
        }
    }
    Ok(())
}

/// 23.1.3.34 Array.prototype.toSorted ( comparator )
pub(super) fn to_sorted(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let comparator = comparator_argument(agent, cx)?;
    let o = this_object(agent, cx, "toSorted")?;
    let len = length_of_array_like(agent, o)?;
    let a = array_create(agent, len)?;
    let mut values = agent.heap.root_vec::<Value>();
    // The list has a value for every index, also for holes.
    let bytes = usize::try_from(len).map_or(usize::MAX, |n| n.saturating_mul(8));
    if !agent.heap.can_reserve(bytes) || values.try_reserve(len as usize).is_err() {
        return Err(agent.range_error("Invalid array length"));
    }
    for k in 0..len {
        let v = get_index(agent, o, k)?;
        values.push(v);
    }
    sort_values(agent, &mut values, comparator)?;
    a.reserve_elements(agent, values.len())?;
    a.elements().store_values(0, &values);
    Ok(a.into())
}

/// Sorts by SortCompare (23.1.3.30.2).
fn sort_values(agent: &mut Agent, values: &mut RootVec<Value>, comparator: Value) -> JsResult<()> {
    let total = values.len();
    values.retain(|v| !v.is_undefined());
    if comparator.is_undefined() {
        sort_by_text(agent, values)?;
    } else {
        let mut compare = |agent: &mut Agent, a: Value, b: Value| {
            let v = agent.call(comparator, Value::UNDEFINED, &[a, b])?;
            let n = match v.as_int() {
                Some(i) => f64::from(i),
                None => to_number(agent, v)?,
            };
            Ok(n.partial_cmp(&0.0).unwrap_or(Ordering::Equal))
        };
        merge_sort(agent, values, &mut compare)?;
    }
    values.resize(total, Value::UNDEFINED);
    Ok(())
}

/// The default order: by ToString.
fn sort_by_text(agent: &mut Agent, values: &mut RootVec<Value>) -> JsResult<()> {
    if values.iter().all(|v| v.is_int()) {
        values.sort_by_cached_key(|v| decimal_key(v.as_int().unwrap_or(0)));
        return Ok(());
    }
    if values.iter().any(|v| v.is_object() || v.is_symbol()) {
        // Conversions may run JavaScript or throw: compare as the specification does.
        let mut compare = |agent: &mut Agent, a: Value, b: Value| {
            let x = to_string(agent, a)?;
            let y = to_string(agent, b)?;
            x.view(agent);
            y.view(agent);
            Ok(x.view(agent).cmp(&y.view(agent)))
        };
        return merge_sort(agent, values, &mut compare);
    }
    let mut pairs = agent.heap.root_vec::<[Value; 2]>();
    for v in values.iter() {
        let text = to_string(agent, *v)?;
        // Flattened here, so that comparing needs no allocation.
        text.view(agent);
        pairs.push([text.into(), *v]);
    }
    pairs.sort_by(|a, b| match (a[0].as_string(), b[0].as_string()) {
        (Some(x), Some(y)) => x.flat().cmp(&y.flat()),
        _ => Ordering::Equal,
    });
    for (to, pair) in values.iter_mut().zip(pairs.iter()) {
        *to = pair[1];
    }
    Ok(())
}

/// A key by which integers order as their decimal texts do: sign, digits as a fraction, length.
fn decimal_key(i: i32) -> u64 {
    let magnitude = u64::from(i.unsigned_abs());
    let mut padded = magnitude;
    let mut digits = 10;
    if magnitude == 0 {
        digits = 1;
    } else {
        while padded < 1_000_000_000 {
            padded *= 10;
            digits -= 1;
        }
    }
    u64::from(i >= 0) << 60 | padded << 5 | digits
}

/// A stable merge sort with as few comparisons as natural runs allow. An inconsistent comparator
/// gives some permutation, never a failure.
pub(super) fn merge_sort(
    agent: &mut Agent,
    values: &mut RootVec<Value>,
    compare: Compare<'_>,
) -> JsResult<()> {
    let n = values.len();
    let mut runs: Vec<(usize, usize)> = Vec::new();
    let mut spare = agent.heap.root_vec::<Value>();
    let mut start = 0;
    while start < n {
        let natural = natural_run(agent, values, start, compare)?;
        let end = natural.max((start + MIN_RUN).min(n));
        insert_tail(agent, values, start, natural, end, compare)?;
        runs.push((start, end));
        start = end;
        while must_merge(&runs) {
            let at = merge_position(&runs);
            merge_at(agent, values, &mut spare, &mut runs, at, compare)?;
        }
    }
    while runs.len() > 1 {
        let at = merge_position(&runs);
        merge_at(agent, values, &mut spare, &mut runs, at, compare)?;
    }
    Ok(())
}

/// The end of the run that begins at `start`; a descending one is reversed.
fn natural_run(
    agent: &mut Agent,
    values: &mut RootVec<Value>,
    start: usize,
    compare: Compare<'_>,
) -> JsResult<usize> {
    let n = values.len();
    let mut end = start + 1;
    if end >= n {
        return Ok(n);
    }
    let descending = compare(agent, values[start], values[end])? == Ordering::Greater;
    end += 1;
    while end < n {
        let greater = compare(agent, values[end - 1], values[end])? == Ordering::Greater;
        if greater != descending {
            break;
        }
        end += 1;
    }
    if descending {
        values[start..end].reverse();
    }
    Ok(end)
}

/// Inserts the values from `sorted_end` to `end` into the sorted ones before them, by binary search.
fn insert_tail(
    agent: &mut Agent,
    values: &mut RootVec<Value>,
    start: usize,
    sorted_end: usize,
    end: usize,
    compare: Compare<'_>,
) -> JsResult<()> {
    for i in sorted_end..end {
        let v = values[i];
        let (mut low, mut high) = (start, i);
        while low < high {
            let mid = low + (high - low) / 2;
            if compare(agent, values[mid], v)? == Ordering::Greater {
                high = mid;
            } else {
                low = mid + 1;
            }
        }
        values[low..=i].rotate_right(1);
    }
    Ok(())
}

fn run_length(runs: &[(usize, usize)], from_top: usize) -> usize {
    runs.len()
        .checked_sub(from_top + 1)
        .map_or(usize::MAX, |i| runs[i].1 - runs[i].0)
}

/// The invariants of the run stack: each run is longer than the next, and than the next two
/// together.
fn must_merge(runs: &[(usize, usize)]) -> bool {
    let (a, b, c, d) = (
        run_length(runs, 3),
        run_length(runs, 2),
        run_length(runs, 1),
        run_length(runs, 0),
    );
    runs.len() > 1
        && (c <= d || runs.len() > 2 && b <= c + d || runs.len() > 3 && a <= b.saturating_add(c))
}

/// Which run to merge with its successor: the smaller neighbour of the middle one.
fn merge_position(runs: &[(usize, usize)]) -> usize {
    if runs.len() > 2 && run_length(runs, 2) < run_length(runs, 0) {
        runs.len() - 3
    } else {
        runs.len() - 2
    }
}

/// Merges run `at` with the one after it.
fn merge_at(
    agent: &mut Agent,
    values: &mut RootVec<Value>,
    spare: &mut RootVec<Value>,
    runs: &mut Vec<(usize, usize)>,
    at: usize,
    compare: Compare<'_>,
) -> JsResult<()> {
    let (start, mid) = runs[at];
    let end = runs[at + 1].1;
    runs[at].1 = end;
    runs.remove(at + 1);
    spare.clear();
    spare.extend_from_slice(&values[start..mid]);
    let (mut i, mut j, mut to) = (0, mid, start);
    while i < spare.len() && j < end {
        if compare(agent, spare[i], values[j])? == Ordering::Greater {
            values[to] = values[j];
            j += 1;
        } else {
            values[to] = spare[i];
            i += 1;
        }
        to += 1;
    }
    let left = &spare[i..];
    values[to..to + left.len()].copy_from_slice(left);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::AgentOptions;

    #[test]
    fn integers_order_as_texts() {
        let list = [
            0,
            1,
            -1,
            10,
            100,
            9,
            99,
            -10,
            -2,
            i32::MAX,
            i32::MIN,
            2147,
            21,
        ];
        for a in list {
            for b in list {
                let expected = a.to_string().cmp(&b.to_string());
                assert_eq!(decimal_key(a).cmp(&decimal_key(b)), expected, "{a} {b}");
            }
        }
    }

    #[test]
    fn merge_sort_is_stable_and_total() {
        let mut agent = Agent::new(AgentOptions::default());
        let mut seed = 1u32;
        for n in [0usize, 1, 2, 31, 33, 100, 1000, 4097] {
            let mut values = agent.heap.root_vec::<Value>();
            for i in 0..n {
                seed = seed.wrapping_mul(1664525).wrapping_add(1013904223);
                // The key in the upper part, the original position in the lower.
                values.push(Value::int((((seed >> 20) as i32 % 50) << 16) | i as i32));
            }
            let mut expected: Vec<i32> = values.iter().filter_map(|v| v.as_int()).collect();
            expected.sort_by_key(|v| v >> 16);
            let mut compare = |_: &mut Agent, a: Value, b: Value| {
                Ok((a.as_int().unwrap() >> 16).cmp(&(b.as_int().unwrap() >> 16)))
            };
            merge_sort(&mut agent, &mut values, &mut compare).unwrap();
            let got: Vec<i32> = values.iter().filter_map(|v| v.as_int()).collect();
            assert_eq!(got, expected);
        }
    }
}
