//! ArrayBuffer and SharedArrayBuffer: the cell, its memory and every access to that memory
//! (25.1, 25.2, 29).
//!
//! ```text
//! BufferCell ── owned: zeroed allocation of the maximal length, freed with the cell
//!            └─ shared: Arc<SharedBlock>, which cells of several agents may hold
//!            └─ views (weak): typed arrays whose cached pointer and length are refreshed
//! ```
//!
//! The memory never moves while a cell holds it: resizable buffers are allocated at their maximal
//! length (the system commits pages when they are touched), so resizing changes a number.
//!
//! **Immutable buffers** (a proposal) never change: their views have no cached pointer, so that every
//! access takes the slow path, and everything that writes to a buffer refuses.
//!
//! **Data races:** other agents may access a shared block at any time. Accesses of at most eight
//! aligned bytes are Rust atomics, in shared and in owned memory alike (relaxed ones cost nothing);
//! bulk operations on shared memory go byte by byte through atomics.

// The access macros are generic over the element size; for u64 their widening casts are identities.
#![allow(clippy::unnecessary_cast)]
use super::typed_array::TypedArrayCell;
use super::{Object, ObjectCell};
use crate::agent::Agent;
use crate::error::JsResult;
use crate::kind::{CellKind, Trace};
use sarus_gc::{Gc, HeapCell, Tracer, WeakVisitor};
use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU16, AtomicU32, AtomicU64, AtomicUsize, Ordering};

/// Longest buffer, in bytes.
pub const MAX_BYTE_LENGTH: u64 = 1 << 36;
/// Alignment of a block: that of the largest element, with room for vector instructions.
const ALIGN: usize = 16;

/// A zeroed allocation.
struct Memory {
    data: *mut u8,
    capacity: usize,
}

impl Memory {
    fn allocate(capacity: usize) -> Option<Memory> {
        if capacity == 0 {
            return Some(Memory {
                data: std::ptr::without_provenance_mut(ALIGN),
                capacity: 0,
            });
        }
        let layout = Layout::from_size_align(capacity, ALIGN).ok()?;
        // SAFETY: the layout has a size.
        let data = unsafe { alloc_zeroed(layout) };
        (!data.is_null()).then_some(Memory { data, capacity })
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        if self.capacity != 0
            && let Ok(layout) = Layout::from_size_align(self.capacity, ALIGN)
        {
            // SAFETY: `allocate` made the block with this layout, and nothing else frees it.
            unsafe { dealloc(self.data, layout) }
        }
    }
}

/// A Shared Data Block (6.2.9) with the length of a growable buffer.
pub struct SharedBlock {
    memory: Memory,
    length: AtomicUsize,
    growable: bool,
}

// SAFETY: the bytes are only accessed through atomics or, byte by byte, through atomics; length is
// one; the pointer and the capacity never change.
unsafe impl Send for SharedBlock {}
// SAFETY: as for Send.
unsafe impl Sync for SharedBlock {}

impl SharedBlock {
    /// The address, which tells blocks apart and keys waiter lists.
    pub fn address(&self) -> usize {
        self.memory.data as usize
    }
}

enum Block {
    Detached,
    Owned(Memory),
    Shared(Arc<SharedBlock>),
}

/// The cell of an ArrayBuffer or a SharedArrayBuffer.
#[repr(C)]
pub struct BufferCell {
    base: ObjectCell,
    data: Cell<*mut u8>,
    /// Current length in bytes; of growable shared buffers the block has it.
    byte_length: Cell<usize>,
    max_byte_length: Cell<usize>,
    resizable: Cell<bool>,
    immutable: Cell<bool>,
    /// Bytes reported to the heap.
    accounted: Cell<usize>,
    block: RefCell<Block>,
    /// Typed arrays over an unshared buffer, weakly: one, and the rest.
    first_view: Cell<Option<Gc<TypedArrayCell>>>,
    more_views: RefCell<Vec<Gc<TypedArrayCell>>>,
}

// SAFETY: repr(C) with the header first; traced, sized and finalized as BufferCell.
unsafe impl HeapCell for BufferCell {
    const KIND: u8 = CellKind::ArrayBuffer as u8;
}

impl Trace for BufferCell {
    const FINALIZE: bool = true;
    const WEAK: bool = true;
    fn trace(&self, tracer: &mut Tracer) {
        self.base.trace_head(tracer);
        if self.first_view.get().is_some() || !self.more_views.borrow().is_empty() {
            tracer.defer_weak(&self.base.header);
        }
    }
    fn weak(&self, visitor: &WeakVisitor) {
        if let Some(v) = self.first_view.get()
            && !visitor.is_marked(v.header())
        {
            self.first_view.set(None);
        }
        self.more_views
            .borrow_mut()
            .retain(|v| visitor.is_marked(v.header()));
    }
}

impl Drop for BufferCell {
    fn drop(&mut self) {
        sarus_gc::external_freed(self.accounted.get());
    }
}

/// True when the heap's limit allows that many more bytes outside it.
fn may_reserve(agent: &Agent, bytes: usize) -> bool {
    agent.heap.can_reserve(bytes)
}

/// What an atomic read-modify-write does (25.4.2.7 and following).
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum AtomicOperation {
    /// Atomics.add
    Add,
    /// Atomics.and
    And,
    /// Atomics.exchange
    Exchange,
    /// Atomics.or
    Or,
    /// Atomics.sub
    Sub,
    /// Atomics.xor
    Xor,
}

macro_rules! atomic_access {
    ($size:expr, $p:expr, $a:ident => $body:expr) => {
        match $size {
            1 => {
                // SAFETY: by the enclosing function's contract `$p` is valid for this size.
                let $a = unsafe { AtomicU8::from_ptr($p) };
                Some($body)
            }
            2 => {
                // SAFETY: as above, and aligned.
                let $a = unsafe { AtomicU16::from_ptr($p.cast()) };
                Some($body)
            }
            4 => {
                // SAFETY: as above, and aligned.
                let $a = unsafe { AtomicU32::from_ptr($p.cast()) };
                Some($body)
            }
            8 => {
                // SAFETY: as above, and aligned.
                let $a = unsafe { AtomicU64::from_ptr($p.cast()) };
                Some($body)
            }
            _ => None,
        }
    };
}

/// Loads 1, 2, 4 or 8 bytes.
///
/// # Safety
/// `p` is aligned to `size` and valid for reading that many bytes of a block.
#[inline(always)]
pub(super) unsafe fn load_raw(p: *mut u8, size: usize) -> u64 {
    atomic_access!(size, p, a => a.load(Ordering::Relaxed) as u64).unwrap_or(0)
}

/// Stores the low 1, 2, 4 or 8 bytes of `bits`.
///
/// # Safety
/// `p` is aligned to `size` and valid for writing that many bytes of a block.
#[inline(always)]
pub(super) unsafe fn store_raw(p: *mut u8, size: usize, bits: u64) {
    atomic_access!(size, p, a => a.store(bits as _, Ordering::Relaxed));
}

impl BufferCell {
    /// Byte offset of the pointer to the first byte, which is null once the buffer is detached.
    pub const DATA_OFFSET: usize = std::mem::offset_of!(BufferCell, data);
    /// The header.
    #[inline(always)]
    pub fn header(&self) -> &sarus_gc::Header {
        &self.base.header
    }
    /// IsSharedArrayBuffer.
    pub fn is_shared(&self) -> bool {
        matches!(*self.block.borrow(), Block::Shared(_))
    }
    /// IsDetachedBuffer.
    pub fn is_detached(&self) -> bool {
        matches!(*self.block.borrow(), Block::Detached)
    }
    /// Not IsFixedLengthArrayBuffer.
    #[inline]
    pub fn is_resizable(&self) -> bool {
        self.resizable.get()
    }
    /// IsImmutableBuffer.
    #[inline]
    pub fn is_immutable(&self) -> bool {
        self.immutable.get()
    }
    /// [[ArrayBufferMaxByteLength]], or the length of a fixed-length buffer.
    pub fn max_byte_length(&self) -> usize {
        if self.resizable.get() {
            self.max_byte_length.get()
        } else {
            self.len()
        }
    }
    /// ArrayBufferByteLength (seq-cst for growable shared buffers); 0 when detached.
    #[inline]
    pub fn len(&self) -> usize {
        if self.resizable.get()
            && let Block::Shared(b) = &*self.block.borrow()
        {
            return b.length.load(Ordering::SeqCst);
        }
        self.byte_length.get()
    }
    /// True when there are no bytes.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The first byte of the block; null when detached.
    #[inline(always)]
    pub(super) fn data(&self) -> *mut u8 {
        self.data.get()
    }
    /// The shared block, for handing it to another agent.
    pub fn shared_block(&self) -> Option<Arc<SharedBlock>> {
        match &*self.block.borrow() {
            Block::Shared(b) => Some(Arc::clone(b)),
            _ => None,
        }
    }
    fn range(&self, at: usize, count: usize) -> Option<*mut u8> {
        let end = at.checked_add(count)?;
        // SAFETY: the sum is at most the length, so it stays inside the block.
        (end <= self.len() && !self.is_detached()).then(|| unsafe { self.data.get().add(at) })
    }
    /// As `range`, for writing.
    fn range_mut(&self, at: usize, count: usize) -> Option<*mut u8> {
        self.range(at, count).filter(|_| !self.is_immutable())
    }
    /// Loads 1, 2, 4 or 8 bytes at any alignment, little-endian; None out of bounds.
    pub fn load(&self, at: usize, size: usize) -> Option<u64> {
        let p = self.range(at, size)?;
        if (p as usize).is_multiple_of(size) {
            // SAFETY: in range by `range`, and aligned.
            return Some(unsafe { load_raw(p, size) });
        }
        let mut bits = 0;
        for i in 0..size {
            // SAFETY: in range by `range`; bytes are always aligned.
            bits |= unsafe { load_raw(p.add(i), 1) } << (8 * i);
        }
        Some(bits)
    }
    /// Stores the low bytes of `bits` at any alignment, little-endian; false out of bounds.
    pub fn store(&self, at: usize, size: usize, bits: u64) -> bool {
        let Some(p) = self.range_mut(at, size) else {
            return false;
        };
        if (p as usize).is_multiple_of(size) {
            // SAFETY: in range by `range`, and aligned.
            unsafe { store_raw(p, size, bits) };
            return true;
        }
        for i in 0..size {
            // SAFETY: in range by `range`; bytes are always aligned.
            unsafe { store_raw(p.add(i), 1, bits >> (8 * i)) };
        }
        true
    }
    fn aligned(&self, at: usize, size: usize) -> Option<*mut u8> {
        self.range(at, size)
            .filter(|p| (*p as usize).is_multiple_of(size))
    }
    fn aligned_mut(&self, at: usize, size: usize) -> Option<*mut u8> {
        self.aligned(at, size).filter(|_| !self.is_immutable())
    }
    /// Sequentially consistent load of an aligned element.
    pub fn atomic_load(&self, at: usize, size: usize) -> Option<u64> {
        let p = self.aligned(at, size)?;
        atomic_access!(size, p, a => a.load(Ordering::SeqCst) as u64)
    }
    /// Sequentially consistent store of an aligned element.
    pub fn atomic_store(&self, at: usize, size: usize, bits: u64) -> Option<()> {
        let p = self.aligned_mut(at, size)?;
        atomic_access!(size, p, a => a.store(bits as _, Ordering::SeqCst))
    }
    /// Sequentially consistent read-modify-write of an aligned element: the old bits.
    pub fn atomic_update(
        &self,
        at: usize,
        size: usize,
        operation: AtomicOperation,
        bits: u64,
    ) -> Option<u64> {
        let p = self.aligned_mut(at, size)?;
        const O: Ordering = Ordering::SeqCst;
        match operation {
            AtomicOperation::Add => atomic_access!(size, p, a => a.fetch_add(bits as _, O) as u64),
            AtomicOperation::And => atomic_access!(size, p, a => a.fetch_and(bits as _, O) as u64),
            AtomicOperation::Exchange => atomic_access!(size, p, a => a.swap(bits as _, O) as u64),
            AtomicOperation::Or => atomic_access!(size, p, a => a.fetch_or(bits as _, O) as u64),
            AtomicOperation::Sub => atomic_access!(size, p, a => a.fetch_sub(bits as _, O) as u64),
            AtomicOperation::Xor => atomic_access!(size, p, a => a.fetch_xor(bits as _, O) as u64),
        }
    }
    /// Sequentially consistent compare-exchange of an aligned element: the old bits.
    pub fn atomic_compare_exchange(
        &self,
        at: usize,
        size: usize,
        expected: u64,
        replacement: u64,
    ) -> Option<u64> {
        let p = self.aligned_mut(at, size)?;
        const O: Ordering = Ordering::SeqCst;
        atomic_access!(size, p, a => {
            match a.compare_exchange(expected as _, replacement as _, O, O) {
                Ok(old) | Err(old) => old as u64,
            }
        })
    }
    /// Copies bytes of another buffer (or of this one: the runs may overlap); clamps to both.
    pub fn copy_from(&self, to: usize, source: &BufferCell, from: usize, count: usize) {
        let count = count
            .min(source.len().saturating_sub(from))
            .min(self.len().saturating_sub(to));
        let (Some(s), Some(t)) = (source.range(from, count), self.range_mut(to, count)) else {
            return;
        };
        if !self.is_shared() && !source.is_shared() {
            // SAFETY: both runs are in range; `copy` allows overlap; no other thread has them.
            unsafe { std::ptr::copy(s, t, count) };
            return;
        }
        let down = (s as usize) < t as usize;
        for i in 0..count {
            let i = if down { count - 1 - i } else { i };
            // SAFETY: both runs are in range; single bytes are aligned.
            unsafe { store_raw(t.add(i), 1, load_raw(s.add(i), 1)) };
        }
    }
    /// Copies a slice into the buffer; clamps to its length.
    pub fn write_bytes(&self, to: usize, bytes: &[u8]) {
        let count = bytes.len().min(self.len().saturating_sub(to));
        let Some(t) = self.range_mut(to, count) else {
            return;
        };
        if !self.is_shared() {
            // SAFETY: the target is in range; a slice never overlaps a block, of which no
            // reference to bytes is ever given out.
            unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), t, count) };
            return;
        }
        for (i, b) in bytes.iter().take(count).enumerate() {
            // SAFETY: in range; single bytes are aligned.
            unsafe { store_raw(t.add(i), 1, u64::from(*b)) };
        }
    }
    /// A copy of a run of bytes; clamps to the length. A RangeError when there is no memory for it.
    pub fn read_bytes(&self, agent: &mut Agent, from: usize, count: usize) -> JsResult<Vec<u8>> {
        let count = count.min(self.len().saturating_sub(from));
        let mut bytes = Vec::new();
        let Some(s) = self.range(from, count) else {
            return Ok(bytes);
        };
        if bytes.try_reserve_exact(count).is_err() {
            return Err(agent.range_error("Array buffer allocation failed"));
        }
        bytes.resize(count, 0);
        if !self.is_shared() {
            // SAFETY: the source is in range and the vector has as many bytes.
            unsafe { std::ptr::copy_nonoverlapping(s, bytes.as_mut_ptr(), count) };
            return Ok(bytes);
        }
        for (i, b) in bytes.iter_mut().enumerate() {
            // SAFETY: in range; single bytes are aligned.
            *b = unsafe { load_raw(s.add(i), 1) } as u8;
        }
        Ok(bytes)
    }
    /// Stores `count` copies of a 1, 2, 4 or 8 byte pattern from an aligned offset on.
    pub fn fill(&self, at: usize, size: usize, count: usize, bits: u64) {
        let count = count.min(self.len().saturating_sub(at) / size.max(1));
        let Some(p) = self
            .range_mut(at, count * size)
            .filter(|p| (*p as usize).is_multiple_of(size))
        else {
            return;
        };
        let byte = bits as u8;
        let uniform = (0..size).all(|i| (bits >> (8 * i)) as u8 == byte);
        if uniform && !self.is_shared() {
            // SAFETY: in range, and no other thread has the block.
            unsafe { std::ptr::write_bytes(p, byte, count * size) };
            return;
        }
        for i in 0..count {
            // SAFETY: in range and aligned, since the first element is.
            unsafe { store_raw(p.add(i * size), size, bits) };
        }
    }

    /// Notes a typed array whose cached pointer must follow the buffer.
    pub(super) fn add_view(&self, view: Gc<TypedArrayCell>) {
        if self.is_shared() {
            // A shared block never shrinks, moves or is detached.
            return;
        }
        if self.first_view.get().is_none() {
            self.first_view.set(Some(view));
        } else {
            self.more_views.borrow_mut().push(view);
        }
    }
    fn refresh_views(&self) {
        if let Some(v) = self.first_view.get() {
            v.refresh();
        }
        for v in self.more_views.borrow().iter() {
            v.refresh();
        }
    }
    fn account(&self, agent: &Agent, bytes: usize) {
        let before = self.accounted.replace(bytes);
        if bytes > before {
            agent.heap.add_external(bytes - before);
        } else {
            agent.heap.sub_external(before - bytes);
        }
    }
    /// Takes the memory away: the block and its length.
    fn take(&self, agent: &Agent) -> Option<Memory> {
        let block = self.block.replace(Block::Detached);
        match block {
            Block::Owned(memory) => {
                self.data.set(std::ptr::null_mut());
                self.byte_length.set(0);
                self.max_byte_length.set(0);
                self.account(agent, 0);
                self.refresh_views();
                Some(memory)
            }
            other => {
                self.block.replace(other);
                None
            }
        }
    }
    /// Makes a buffer of fixed length immutable: one that has no views yet.
    fn freeze(&self) {
        self.immutable.set(true);
        self.refresh_views();
    }
    /// 25.1.6.7 and 25.1.6.8: changes the length of a resizable buffer; false when it is beyond the
    /// maximum. New bytes are zero.
    pub fn resize(&self, agent: &Agent, length: usize) -> bool {
        if !self.resizable.get() || length > self.max_byte_length.get() || self.is_detached() {
            return false;
        }
        let old = self.byte_length.get();
        if length > old && !may_reserve(agent, length - old) {
            return false;
        }
        if length < old {
            // Growing again must find zeroes.
            self.fill(length, 1, old - length, 0);
        }
        self.byte_length.set(length);
        self.account(agent, length);
        self.refresh_views();
        true
    }
    /// 25.2.5.3: grows a growable shared buffer; false when the length is beyond the maximum or
    /// would shrink.
    pub fn grow_shared(&self, agent: &Agent, length: usize) -> bool {
        let Some(block) = self.shared_block() else {
            return false;
        };
        let mut old = block.length.load(Ordering::SeqCst);
        loop {
            if length < old || length > self.max_byte_length.get() {
                return false;
            }
            if !may_reserve(agent, length - old) {
                return false;
            }
            match block
                .length
                .compare_exchange(old, length, Ordering::SeqCst, Ordering::SeqCst)
            {
                Ok(_) => {
                    self.account(agent, length);
                    return true;
                }
                Err(now) => old = now,
            }
        }
    }
}

impl Object {
    /// The cell of an ArrayBuffer or SharedArrayBuffer. Good as long as `self` is on the stack.
    #[inline]
    pub fn as_buffer(self) -> Option<Gc<BufferCell>> {
        self.is(CellKind::ArrayBuffer)
            // SAFETY: the kind was checked just above.
            .then(|| unsafe { self.cell::<BufferCell>() })
    }
}

/// The object of a buffer cell.
pub fn object_of(cell: Gc<BufferCell>) -> Object {
    // SAFETY: a BufferCell begins with an ObjectCell.
    Object(unsafe { cell.cast() })
}

fn new_buffer(
    agent: &mut Agent,
    proto: Object,
    block: Block,
    length: usize,
    max: Option<usize>,
) -> Object {
    let (data, accounted) = match &block {
        Block::Owned(m) => (m.data, length),
        Block::Shared(b) => (b.memory.data, length),
        Block::Detached => (std::ptr::null_mut(), 0),
    };
    let shape = agent.root_shape(CellKind::ArrayBuffer, Some(proto), 0);
    let cell = BufferCell {
        base: ObjectCell::head(agent, shape, 0),
        data: Cell::new(data),
        byte_length: Cell::new(length),
        max_byte_length: Cell::new(max.unwrap_or(length)),
        resizable: Cell::new(max.is_some()),
        immutable: Cell::new(false),
        accounted: Cell::new(accounted),
        block: RefCell::new(block),
        first_view: Cell::new(None),
        more_views: RefCell::new(Vec::new()),
    };
    let cell = agent.heap.alloc(cell);
    if accounted > 0 {
        agent.heap.add_external(accounted);
    }
    object_of(cell)
}

/// CreateByteDataBlock: a zeroed block, or a RangeError.
fn allocate(agent: &mut Agent, length: u64, max: Option<u64>) -> JsResult<Memory> {
    let capacity = max.unwrap_or(length).max(length);
    if capacity <= MAX_BYTE_LENGTH
        && may_reserve(agent, length as usize)
        && let Some(memory) = Memory::allocate(capacity as usize)
    {
        return Ok(memory);
    }
    Err(agent.range_error("Array buffer allocation failed"))
}

/// 25.1.3.1 AllocateArrayBuffer, after the prototype was found.
pub fn allocate_array_buffer(
    agent: &mut Agent,
    proto: Object,
    length: u64,
    max: Option<u64>,
) -> JsResult<Object> {
    let memory = allocate(agent, length, max)?;
    let max = max.map(|m| m as usize);
    Ok(new_buffer(
        agent,
        proto,
        Block::Owned(memory),
        length as usize,
        max,
    ))
}

/// 25.2.2.1 AllocateSharedArrayBuffer, after the prototype was found.
pub fn allocate_shared_array_buffer(
    agent: &mut Agent,
    proto: Object,
    length: u64,
    max: Option<u64>,
) -> JsResult<Object> {
    let memory = allocate(agent, length, max)?;
    let block = Arc::new(SharedBlock {
        memory,
        length: AtomicUsize::new(length as usize),
        growable: max.is_some(),
    });
    Ok(new_shared(agent, proto, block))
}

fn new_shared(agent: &mut Agent, proto: Object, block: Arc<SharedBlock>) -> Object {
    let length = block.length.load(Ordering::SeqCst);
    let max = block.growable.then_some(block.memory.capacity);
    new_buffer(agent, proto, Block::Shared(block), length, max)
}

/// A SharedArrayBuffer of the current realm over a block of any agent.
pub fn shared_buffer_from_block(agent: &mut Agent, block: Arc<SharedBlock>) -> Object {
    let proto = agent.intrinsic(crate::realm::Intrinsic::SharedArrayBufferPrototype);
    new_shared(agent, proto, block)
}

/// AllocateImmutableArrayBuffer with these contents.
///
/// # Errors
/// A RangeError when there is no memory.
pub fn allocate_immutable_array_buffer(agent: &mut Agent, bytes: &[u8]) -> JsResult<Object> {
    let proto = agent.intrinsic(crate::realm::Intrinsic::ArrayBufferPrototype);
    let o = allocate_array_buffer(agent, proto, bytes.len() as u64, None)?;
    if let Some(b) = o.as_buffer() {
        b.write_bytes(0, bytes);
        b.freeze();
    }
    Ok(o)
}

/// ArrayBufferCopyAndDetach for an immutable result: as [`transfer`].
///
/// # Errors
/// A RangeError when there is no memory.
pub fn transfer_to_immutable(
    agent: &mut Agent,
    o: Object,
    proto: Object,
    length: u64,
) -> JsResult<Object> {
    let new = transfer(agent, o, proto, length, None)?;
    if let Some(b) = new.as_buffer() {
        b.freeze();
    }
    Ok(new)
}

/// 25.1.3.5 DetachArrayBuffer. A TypeError for shared and immutable buffers and for what is no buffer.
pub fn detach_array_buffer(agent: &mut Agent, o: Object) -> JsResult<()> {
    match o.as_buffer() {
        Some(b) if !b.is_shared() && !b.is_immutable() => {
            b.take(agent);
            Ok(())
        }
        _ => Err(agent.type_error("Cannot detach: not an ArrayBuffer that can be detached")),
    }
}

/// Steps 5 to 13 of 25.1.3.15 ArrayBufferCopyAndDetach: a new buffer of that length with the bytes
/// of `o`, which is detached. The memory itself moves where it fits.
pub fn transfer(
    agent: &mut Agent,
    o: Object,
    proto: Object,
    length: u64,
    max: Option<u64>,
) -> JsResult<Object> {
    let Some(b) = o.as_buffer() else {
        return Err(agent.type_error("not an ArrayBuffer"));
    };
    let old = b.len();
    let capacity = match &*b.block.borrow() {
        Block::Owned(m) => m.capacity,
        _ => usize::MAX,
    };
    if capacity as u64 == max.unwrap_or(length) {
        if (length as usize) < old {
            b.fill(length as usize, 1, old - length as usize, 0);
        }
        if let Some(memory) = b.take(agent) {
            let max = max.map(|m| m as usize);
            let block = Block::Owned(memory);
            return Ok(new_buffer(agent, proto, block, length as usize, max));
        }
    }
    let new = allocate_array_buffer(agent, proto, length, max)?;
    if let Some(target) = new.as_buffer() {
        target.copy_from(0, &b, 0, old.min(length as usize));
    }
    b.take(agent);
    Ok(new)
}
