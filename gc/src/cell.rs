//! The cell header, typed cell pointers and the kind table.
//!
//! A cell is a `repr(C)` struct whose first field is a [`Header`]. What the collector knows about it stands in one row of the
//! embedder's kind table ([`KindInfo`]), found by the header's kind byte. Nothing here allocates or frees.

use crate::tracer::{Tracer, WeakVisitor};
use std::cell::Cell;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::ops::Deref;
use std::ptr::NonNull;

/// Set in the gc byte of a block cell longer than a line: the marker must mark every line it spans.
pub(crate) const GC_SPANS_LINES: u8 = 1 << 0;
/// Set in the gc byte of a cell that lives in the large-object space.
pub(crate) const GC_LARGE: u8 = 1 << 1;
/// Set, with `GC_OLD`, in the gc byte of what looks like a cell but is a part of one: that one is to be logged.
pub(crate) const GC_INNER: u8 = 1 << 3;
/// Set in the gc byte of a cell that survived a collection and was not written to since: the write barrier must log it.
pub(crate) const GC_OLD: u8 = 1 << 2;

/// The first eight bytes of every cell.
///
/// As a little-endian word: `shape | kind << 32 | flags << 40 | gc << 48 | aux << 56`.
#[repr(C, align(8))]
pub struct Header {
    shape: Cell<u32>,
    kind: Cell<u8>,
    flags: Cell<u8>,
    gc: Cell<u8>,
    aux: Cell<u8>,
}

impl Header {
    /// A header of `kind` with everything else zero.
    #[inline(always)]
    pub const fn new(kind: u8) -> Header {
        Header::with(0, kind, 0, 0)
    }

    /// A header with all the embedder's fields given.
    #[inline(always)]
    pub const fn with(shape: u32, kind: u8, flags: u8, aux: u8) -> Header {
        Header {
            shape: Cell::new(shape),
            kind: Cell::new(kind),
            flags: Cell::new(flags),
            gc: Cell::new(0),
            aux: Cell::new(aux),
        }
    }

    /// The embedder's 32-bit shape id.
    #[inline(always)]
    pub fn shape(&self) -> u32 {
        self.shape.get()
    }

    /// Replaces the shape id.
    #[inline(always)]
    pub fn set_shape(&self, shape: u32) {
        self.shape.set(shape);
    }

    /// The index of this cell's row in the kind table.
    #[inline(always)]
    pub fn kind(&self) -> u8 {
        self.kind.get()
    }

    /// Replaces the kind. The new kind must describe the same memory: same size, and finalized exactly if the old one was.
    #[inline(always)]
    pub fn set_kind(&self, kind: u8) {
        self.kind.set(kind);
    }

    /// The embedder's flag byte.
    #[inline(always)]
    pub fn flags(&self) -> u8 {
        self.flags.get()
    }

    /// Replaces the flag byte.
    #[inline(always)]
    pub fn set_flags(&self, flags: u8) {
        self.flags.set(flags);
    }

    /// The embedder's auxiliary byte.
    #[inline(always)]
    pub fn aux(&self) -> u8 {
        self.aux.get()
    }

    /// Replaces the auxiliary byte.
    #[inline(always)]
    pub fn set_aux(&self, aux: u8) {
        self.aux.set(aux);
    }

    /// Byte offset of the byte that the write barrier looks at.
    pub const GC_OFFSET: usize = std::mem::offset_of!(Header, gc);
    /// The bit of that byte that says that a cell must be logged before a reference is stored into it.
    pub const GC_OLD: u8 = GC_OLD;

    #[inline(always)]
    pub(crate) fn gc_bits(&self) -> u8 {
        self.gc.get()
    }

    #[inline(always)]
    pub(crate) fn set_gc_bits(&self, bits: u8) {
        self.gc.set(bits);
    }
}

impl fmt::Debug for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Header")
            .field("shape", &self.shape.get())
            .field("kind", &self.kind.get())
            .field("flags", &self.flags.get())
            .field("gc", &self.gc.get())
            .field("aux", &self.aux.get())
            .finish()
    }
}

/// A type that can live in the heap.
///
/// # Safety
/// `Self` is `repr(C)` with a [`Header`] as its first field and an alignment of at most 16; the header it is built with has
/// kind [`HeapCell::KIND`]; and row `KIND` of the kind table given to the heap has size, trace and finalize functions that
/// match the type.
pub unsafe trait HeapCell {
    /// The row of the kind table that describes this type.
    const KIND: u8;
}

/// A pointer to a live cell.
///
/// On the native stack or in a register it keeps its cell alive. In memory the collector does not see (a `Vec` or `Box` on
/// the Rust heap) it does not: use [`crate::RootVec`], [`crate::Persistent`] or a field that a trace function marks.
#[repr(transparent)]
pub struct Gc<T>(NonNull<T>, PhantomData<*const T>);

impl<T> Gc<T> {
    /// # Safety
    /// `ptr` is the start of a live cell of type `T`.
    #[inline(always)]
    pub const unsafe fn from_raw(ptr: *mut T) -> Gc<T> {
        // SAFETY: a live cell is never at address zero.
        Gc(unsafe { NonNull::new_unchecked(ptr) }, PhantomData)
    }

    /// # Safety
    /// `cell` is a cell of the heap, not a value elsewhere.
    #[inline(always)]
    pub const unsafe fn from_ref(cell: &T) -> Gc<T> {
        Gc(NonNull::from_ref(cell), PhantomData)
    }

    /// The address as a pointer.
    #[inline(always)]
    pub const fn as_ptr(self) -> *mut T {
        self.0.as_ptr()
    }

    /// The address as a number.
    #[inline(always)]
    pub fn addr(self) -> usize {
        self.0.as_ptr() as usize
    }

    /// # Safety
    /// The cell is also a valid `U` (its kind says so).
    #[inline(always)]
    pub const unsafe fn cast<U>(self) -> Gc<U> {
        Gc(self.0.cast(), PhantomData)
    }

    /// The header every cell starts with.
    #[inline(always)]
    pub fn header(self) -> &'static Header {
        // SAFETY: a `Gc` points to a live cell, and every cell starts with a header. The lifetime is that of the `Gc` in
        // the caller's hands, which the conservative stack scan honours; it is not written as a borrow because `Gc` is `Copy`.
        unsafe { self.0.cast::<Header>().as_ref() }
    }

    /// The header as the pointer that barriers and tracers take.
    #[inline(always)]
    pub const fn header_ptr(self) -> *const Header {
        self.0.as_ptr().cast_const().cast()
    }
}

impl<T> Clone for Gc<T> {
    #[inline(always)]
    fn clone(&self) -> Gc<T> {
        *self
    }
}

impl<T> Copy for Gc<T> {}

impl<T> PartialEq for Gc<T> {
    #[inline(always)]
    fn eq(&self, other: &Gc<T>) -> bool {
        self.0 == other.0
    }
}

impl<T> Eq for Gc<T> {}

impl<T> Hash for Gc<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.addr().hash(state);
    }
}

impl<T> Deref for Gc<T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: a `Gc` points to a live cell of type `T`.
        unsafe { self.0.as_ref() }
    }
}

impl<T> fmt::Debug for Gc<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Gc({:p})", self.0)
    }
}

/// One row of the kind table: all that the collector knows about a kind of cell. The functions may neither allocate cells
/// nor start a collection.
#[derive(Clone, Copy)]
pub struct KindInfo {
    /// The name in statistics and diagnostics.
    pub name: &'static str,
    /// Size of this cell in bytes, as it was requested when the cell was allocated; constant over the life of the cell.
    pub size: unsafe fn(*const Header) -> usize,
    /// Marks every strong reference of the cell; defers weak and ephemeron work.
    pub trace: unsafe fn(*const Header, &mut Tracer),
    /// Drops what a dead cell owns outside the heap. Other dead cells it refers to are still intact. Also run for every
    /// live cell when the heap drops.
    pub finalize: Option<unsafe fn(*mut Header)>,
    /// Called after marking for the marked cells that called [`Tracer::defer_weak`]: clears references to unmarked cells.
    pub weak: Option<unsafe fn(*mut Header, &WeakVisitor)>,
    /// Stores into old cells of the kind are not announced by barriers: every minor collection traces them all. For kinds
    /// of which there are few, but with many writers.
    pub rescan: bool,
    /// Called until nothing changes for the marked cells that called [`Tracer::defer_ephemeron`]: marks the values of
    /// marked keys and returns whether it marked anything.
    pub ephemeron: Option<unsafe fn(*const Header, &mut Tracer) -> bool>,
}

impl KindInfo {
    /// A row for cells of the fixed size `bytes` that hold no references and own nothing.
    pub const fn leaf(name: &'static str, size: unsafe fn(*const Header) -> usize) -> KindInfo {
        unsafe fn nothing(_: *const Header, _: &mut Tracer) {}
        KindInfo {
            name,
            size,
            trace: nothing,
            finalize: None,
            weak: None,
            rescan: false,
            ephemeron: None,
        }
    }
}
