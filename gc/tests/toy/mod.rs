//! A toy kind table for the tests: pairs, arrays of words, weak references, ephemerons, cells that own memory.
#![allow(dead_code)]

use sarus_gc::{Gc, Header, Heap, HeapCell, KindInfo, Tracer, WeakVisitor};
use std::cell::Cell;

pub const PAIR: u8 = 1;
pub const ARRAY: u8 = 2;
pub const WEAK: u8 = 3;
pub const EPHEMERON: u8 = 4;
pub const OWNER: u8 = 5;
/// A pair of a kind that minor collections always trace.
pub const BUSY: u8 = 6;
pub const SLY: u8 = 7;

#[repr(C)]
pub struct Pair {
    header: Header,
    pub value: Cell<u64>,
    pub left: Cell<Option<Gc<Pair>>>,
    pub right: Cell<u64>,
    pub changed: Cell<bool>,
}

impl Pair {
    pub fn new(value: u64) -> Pair {
        Pair {
            header: Header::new(PAIR),
            value: Cell::new(value),
            left: Cell::new(None),
            right: Cell::new(0),
            changed: Cell::new(true),
        }
    }
}

#[repr(C)]
pub struct Array {
    header: Header,
    length: usize,
}

impl Array {
    pub fn new(length: usize) -> Array {
        Array {
            header: Header::new(ARRAY),
            length,
        }
    }
}

#[repr(C)]
pub struct Weak {
    header: Header,
    pub target: Cell<Option<Gc<Pair>>>,
}

impl Weak {
    pub fn new(target: Gc<Pair>) -> Weak {
        Weak {
            header: Header::new(WEAK),
            target: Cell::new(Some(target)),
        }
    }
}

#[repr(C)]
pub struct Ephemeron {
    header: Header,
    pub key: Cell<Option<Gc<Pair>>>,
    pub value: Cell<Option<Gc<Pair>>>,
}

impl Ephemeron {
    pub fn new(key: Gc<Pair>, value: Gc<Pair>) -> Ephemeron {
        Ephemeron {
            header: Header::new(EPHEMERON),
            key: Cell::new(Some(key)),
            value: Cell::new(Some(value)),
        }
    }
}

#[repr(C)]
pub struct Owner {
    header: Header,
    boxed: Box<u64>,
    count: *const Cell<usize>,
}

impl Owner {
    /// `count` is incremented when the cell is finalized.
    pub fn new(count: &Cell<usize>) -> Owner {
        Owner {
            header: Header::new(OWNER),
            boxed: Box::new(42),
            count,
        }
    }
}

// SAFETY: repr(C), header first, rows below.
unsafe impl HeapCell for Pair {
    const KIND: u8 = PAIR;
}
// SAFETY: as above.
unsafe impl HeapCell for Array {
    const KIND: u8 = ARRAY;
}
// SAFETY: as above.
unsafe impl HeapCell for Weak {
    const KIND: u8 = WEAK;
}
// SAFETY: as above.
unsafe impl HeapCell for Ephemeron {
    const KIND: u8 = EPHEMERON;
}
// SAFETY: as above.
unsafe impl HeapCell for Owner {
    const KIND: u8 = OWNER;
}

unsafe fn size_of_cell<T>(_: *const Header) -> usize {
    size_of::<T>()
}

unsafe fn no_trace(_: *const Header, _: &mut Tracer) {}

unsafe fn trace_pair(cell: *const Header, tracer: &mut Tracer) {
    // SAFETY: a live pair, whose words are pairs, arrays or non-pointers.
    unsafe {
        let pair = &*cell.cast::<Pair>();
        tracer.mark_opt(pair.left.get());
        tracer.mark_word(pair.right.get());
        if (*cell).shape() != 0 {
            tracer.mark_shape((*cell).shape());
        }
    }
}

unsafe fn trace_sly(cell: *const Header, tracer: &mut Tracer) {
    // SAFETY: a live pair of that kind.
    unsafe {
        if !tracer.is_unchanged(&(*cell.cast::<Pair>()).changed) {
            trace_pair(cell, tracer);
        }
    }
}

unsafe fn size_array(cell: *const Header) -> usize {
    // SAFETY: a live array.
    size_of::<Array>() + 8 * unsafe { (*cell.cast::<Array>()).length }
}

unsafe fn trace_array(cell: *const Header, tracer: &mut Tracer) {
    // SAFETY: a live array of words.
    unsafe {
        let array = cell.cast::<Array>();
        tracer.mark_words(array.add(1).cast(), (*array).length);
    }
}

unsafe fn trace_weak(cell: *const Header, tracer: &mut Tracer) {
    tracer.defer_weak(cell);
}

unsafe fn clear_weak(cell: *mut Header, visitor: &WeakVisitor) {
    // SAFETY: a live weak cell.
    let weak = unsafe { &*cell.cast::<Weak>() };
    if weak
        .target
        .get()
        .is_some_and(|target| !visitor.is_live(target))
    {
        weak.target.set(None);
    }
}

unsafe fn trace_ephemeron(cell: *const Header, tracer: &mut Tracer) {
    tracer.defer_ephemeron(cell);
    tracer.defer_weak(cell);
}

unsafe fn mark_ephemeron(cell: *const Header, tracer: &mut Tracer) -> bool {
    // SAFETY: a live ephemeron.
    let ephemeron = unsafe { &*cell.cast::<Ephemeron>() };
    match (ephemeron.key.get(), ephemeron.value.get()) {
        (Some(key), Some(value))
            if tracer.is_marked(key.header_ptr()) && !tracer.is_marked(value.header_ptr()) =>
        {
            tracer.mark(value);
            true
        }
        _ => false,
    }
}

unsafe fn clear_ephemeron(cell: *mut Header, visitor: &WeakVisitor) {
    // SAFETY: a live ephemeron.
    let ephemeron = unsafe { &*cell.cast::<Ephemeron>() };
    if ephemeron.key.get().is_some_and(|key| !visitor.is_live(key)) {
        ephemeron.key.set(None);
        ephemeron.value.set(None);
    }
}

unsafe fn finalize_owner(cell: *mut Header) {
    // SAFETY: a dead owner, dropped once.
    unsafe {
        let owner = cell.cast::<Owner>();
        assert_eq!(*(*owner).boxed, 42);
        let count = &*(*owner).count;
        count.set(count.get() + 1);
        std::ptr::drop_in_place(owner);
    }
}

pub static KINDS: &[KindInfo] = &[
    KindInfo::leaf("invalid", size_of_cell::<Header>),
    KindInfo {
        trace: trace_pair,
        ..KindInfo::leaf("pair", size_of_cell::<Pair>)
    },
    KindInfo {
        trace: trace_array,
        ..KindInfo::leaf("array", size_array)
    },
    KindInfo {
        trace: trace_weak,
        weak: Some(clear_weak),
        ..KindInfo::leaf("weak", size_of_cell::<Weak>)
    },
    KindInfo {
        trace: trace_ephemeron,
        weak: Some(clear_ephemeron),
        ephemeron: Some(mark_ephemeron),
        ..KindInfo::leaf("ephemeron", size_of_cell::<Ephemeron>)
    },
    KindInfo {
        finalize: Some(finalize_owner),
        trace: no_trace,
        ..KindInfo::leaf("owner", size_of_cell::<Owner>)
    },
    KindInfo {
        trace: trace_pair,
        rescan: true,
        ..KindInfo::leaf("busy", size_of_cell::<Pair>)
    },
    KindInfo {
        trace: trace_sly,
        rescan: true,
        ..KindInfo::leaf("sly", size_of_cell::<Pair>)
    },
];

/// An array of `length` words, all zero.
pub fn new_array(heap: &Heap, length: usize) -> Gc<Array> {
    let size = size_of::<Array>() + 8 * length;
    // SAFETY: the size is what `size_array` computes.
    unsafe { heap.try_alloc_large(size, Array::new(length)) }.expect("under the limit")
}

pub fn array_slots(array: Gc<Array>) -> &'static [Cell<u64>] {
    // SAFETY: the words follow the head; callers keep the array alive.
    unsafe { std::slice::from_raw_parts(array.as_ptr().add(1).cast(), array.length) }
}

/// A word that is a double in the NaN-boxing of the engine.
pub fn double(value: f64) -> u64 {
    value.to_bits() + (1 << 49)
}

/// The pair a word refers to.
pub fn as_pair(word: u64) -> Option<Gc<Pair>> {
    if word == 0 || word >> 48 != 0 {
        return None;
    }
    // SAFETY: tests store pairs and arrays in words; the header tells which.
    unsafe {
        let cell = Gc::<Pair>::from_raw(word as usize as *mut Pair);
        (cell.header().kind() == PAIR).then_some(cell)
    }
}

pub fn as_array(word: u64) -> Option<Gc<Array>> {
    if word == 0 || word >> 48 != 0 {
        return None;
    }
    // SAFETY: as in `as_pair`.
    unsafe {
        let cell = Gc::<Array>::from_raw(word as usize as *mut Array);
        (cell.header().kind() == ARRAY).then_some(cell)
    }
}
