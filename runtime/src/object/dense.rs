//! Bulk operations on dense elements: moving, copying and filling runs of values.
//!
//! Every function clamps to the capacity, so a wrong length can lose values but never touches
//! memory outside the cell. Callers keep array lengths in step and run the write barrier.

use super::elements::ElementsCell;
use crate::value::Value;

impl ElementsCell {
    /// Moves `count` values from index `from` to index `to`; the runs may overlap.
    pub(crate) fn move_values(&self, from: usize, to: usize, count: usize) {
        let capacity = self.capacity();
        let count = count
            .min(capacity.saturating_sub(from))
            .min(capacity.saturating_sub(to));
        if count == 0 {
            return;
        }
        let base = self.values().as_ptr().cast_mut();
        // SAFETY: both runs end at or before `capacity` values, which belong to the cell; `copy`
        // allows overlap; `Cell<Value>` permits writing through a shared reference.
        unsafe { std::ptr::copy(base.add(from), base.add(to), count) }
    }

    /// Copies `count` values of another cell, from index `from` there to index `to` here.
    pub(crate) fn copy_values(&self, other: &ElementsCell, from: usize, to: usize, count: usize) {
        let count = count
            .min(other.capacity().saturating_sub(from))
            .min(self.capacity().saturating_sub(to));
        if count == 0 {
            return;
        }
        let source = other.values().as_ptr();
        let target = self.values().as_ptr().cast_mut();
        // SAFETY: both runs lie inside their cells; `copy` allows that the cells are the same one.
        unsafe { std::ptr::copy(source.add(from), target.add(to), count) }
    }

    /// Stores `v` to the indices from `start` up to `end`.
    pub(crate) fn fill_values(&self, start: usize, end: usize, v: Value) {
        let end = end.min(self.capacity());
        if let Some(run) = self.values().get(start..end) {
            for slot in run {
                slot.set(v);
            }
        }
    }

    /// Stores a slice of values from index `to` on.
    pub(crate) fn store_values(&self, to: usize, values: &[Value]) {
        if let Some(run) = self.values().get(to..) {
            for (slot, v) in run.iter().zip(values) {
                slot.set(*v);
            }
        }
    }
}
