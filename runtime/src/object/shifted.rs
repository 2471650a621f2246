//! Elements that begin inside their cell, so that taking the first value of a long array moves nothing.
//!
//! ```text
//! cell ─► header capacity │ hole hole hole │ header' capacity' │ v0 v1 v2 … hole │
//!                                            ▲
//!                            array.elements ─┘   header'.shape = words back to the cell
//! ```
//! The array points to a second head among the values of the cell. What reads elements finds a header, a capacity and the values
//! behind them as always; only who marks the array's elements has to go back to the cell, and [`SHIFTED`] in the array's header says
//! that it must. The words of a second head are no pointers, whoever takes them for values: the collector, which traces the cell
//! from its beginning, or code that still has an older address of the elements.
//!
//! The empty room in front is used when there is none left behind the values, and given back with the rest when the array has become
//! short.

use super::elements::ElementsCell;
use super::{Object, ObjectCell, SHIFTED};
use crate::agent::Agent;
use crate::kind::CellKind;
use crate::value::Value;
use sarus_gc::{Gc, Header, HeapCell, Tracer};

/// Fewer values are moved.
const MIN_SHIFTED: usize = 24;
/// Words of a head.
const HEAD: usize = ElementsCell::VALUES_OFFSET / 8;
/// In the aux byte of a second head, whose word is a number then.
const MARK: u8 = 0xFF;
/// Beside the capacity of a second head, whose word is a number then.
const TAG: u32 = 0xFFFF_0000;

impl ObjectCell {
    /// As `trace_head`, for arrays.
    #[inline(always)]
    pub(super) fn trace_head_of_array(&self, tracer: &mut Tracer) {
        if self.header.flags() & SHIFTED == 0 {
            self.trace_head(tracer);
            return;
        }
        crate::agent::mark_shape(tracer, self.header.shape());
        if let Some(slots) = self.slots.get() {
            tracer.mark(slots);
        }
        let (cell, _) = whole(self.elements.get());
        tracer.mark(cell);
    }
}

/// The cell that elements which do not begin it belong to, and how many words before them it begins.
fn whole(elements: Gc<ElementsCell>) -> (Gc<ElementsCell>, usize) {
    debug_assert!(elements.header().aux() == MARK);
    let back = elements.header().shape() as usize;
    let cell = elements.as_ptr().cast::<u64>().wrapping_sub(back);
    // SAFETY: a second head says how many words before it its cell begins.
    (unsafe { Gc::from_raw(cell.cast()) }, back)
}

impl Object {
    /// Whether the elements do not begin their cell.
    #[inline(always)]
    pub(super) fn is_shifted(self) -> bool {
        self.flag(SHIFTED) && self.is(CellKind::Array)
    }

    /// How many values the memory of the dense elements has room for.
    #[inline]
    pub(crate) fn elements_room(self) -> usize {
        if self.is_shifted() {
            whole(self.elements()).0.capacity()
        } else {
            self.elements().capacity()
        }
    }

    /// Removes the first of the `stored` values of an array with dense elements; what is left moves down by one. The caller sees to the
    /// length.
    pub(crate) fn drop_first_element(self, agent: &mut Agent, stored: usize) {
        let elements = self.elements();
        agent.heap.write_barrier(elements.header());
        if stored < MIN_SHIFTED || !self.is(CellKind::Array) {
            elements.move_values(1, 0, stored.saturating_sub(1));
            if stored > 0 {
                elements.set(stored - 1, Value::HOLE);
            }
        } else if self.is_shifted() {
            let (cell, back) = whole(elements);
            cell.set(back - HEAD, Value::HOLE);
            self.begin_at(agent, cell, back + 1);
        } else if stored < elements.capacity() {
            // The first step makes room for the head.
            elements.move_values(1, HEAD, stored - 1);
            for i in 0..HEAD {
                elements.set(i, Value::HOLE);
            }
            self.begin_at(agent, elements, HEAD);
        } else {
            elements.move_values(1, 0, stored - 1);
            elements.set(stored - 1, Value::HOLE);
        }
    }

    /// Lets the elements begin `back` words after the beginning of their cell, where two words are to become their head.
    fn begin_at(self, agent: &Agent, cell: Gc<ElementsCell>, back: usize) {
        debug_assert!(back >= HEAD && back <= cell.capacity());
        let head = Header::with(back as u32, ElementsCell::KIND, 0, MARK);
        agent.heap.begin_inner(&head);
        let capacity = (cell.capacity() - back) as u32;
        let at = cell.as_ptr().cast::<u64>().wrapping_add(back);
        // SAFETY: the head lies within the values of the cell, which are written through a shared reference as all values are.
        unsafe {
            at.cast::<Header>().write(head);
            at.add(1).write(u64::from(capacity) | u64::from(TAG) << 32);
        }
        agent.heap.write_barrier(self.header());
        // SAFETY: a complete elements cell but for the collector, which `SHIFTED` tells.
        self.0.elements.set(unsafe { Gc::from_raw(at.cast()) });
        self.set_flag(SHIFTED, true);
    }

    /// Moves the values to the beginning of their cell if a good part of it is empty and there is room for `needed` values then.
    pub(super) fn slide_back(self, agent: &Agent, needed: usize) -> bool {
        if !self.is_shifted() {
            return false;
        }
        let elements = self.elements();
        let (cell, back) = whole(elements);
        let room = cell.capacity();
        if needed > room || back < room / 4 {
            return false;
        }
        let count = elements.capacity();
        agent.heap.write_barrier(cell.header());
        agent.heap.write_barrier(self.header());
        cell.move_values(back, 0, count);
        cell.fill_values(count, room, Value::HOLE);
        self.0.elements.set(cell);
        self.set_flag(SHIFTED, false);
        true
    }
}
