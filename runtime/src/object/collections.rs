//! The cells of Map and Set and their ordered hash table (24.1, 24.2).
//!
//! ```text
//! Map ─► table: head | entries: key, value, hash+chain … in order of insertion | buckets: entry + 1 …
//! ```
//!
//! A deleted entry becomes a tombstone (a hole as its key). A table that fills up is replaced by one
//! without tombstones; the old one then points to its successor, so that a cursor that stands in it
//! finds its place in the new one: its index less the tombstones before it. Iteration therefore
//! survives every change of the collection.
//!
//! **Architecture invariant:** nothing here runs JavaScript. Order never depends on hashes.

use super::{Object, ObjectCell, array};
use crate::agent::Agent;
use crate::error::JsResult;
use crate::kind::{CellKind, Trace, mark_value};
use crate::value::Value;
use sarus_gc::{Gc, Header, HeapCell, Tracer};
use std::cell::Cell;

/// Most entries of a table.
const MAX_ENTRIES: usize = 1 << 27;
/// Entries of the first table.
const FIRST_CAPACITY: usize = 4;
/// Buckets for each entry that a table has room for, a power of two. Each entry of a chain is elsewhere in memory; with two, chains
/// rarely have a second one.
pub const BUCKETS_PER_ENTRY: usize = 2;

/// The cell of a Map or a Set.
#[repr(C)]
pub struct MapCell {
    base: ObjectCell,
    table: Cell<Option<Gc<TableCell>>>,
}

// SAFETY: repr(C) with the header first; traced and sized as MapCell.
unsafe impl HeapCell for MapCell {
    const KIND: u8 = CellKind::Map as u8;
}

impl Trace for MapCell {
    fn trace(&self, tracer: &mut Tracer) {
        self.base.trace_head(tracer);
        tracer.mark_opt(self.table.get());
    }
}

/// What became of a table.
#[derive(Copy, Clone, PartialEq, Eq)]
#[repr(u8)]
enum TableState {
    Current,
    /// Rehashed into `next`.
    Replaced,
    /// The collection was cleared.
    Cleared,
}

/// The head of a table.
#[repr(C)]
pub struct TableCell {
    header: Header,
    next: Cell<Option<Gc<TableCell>>>,
    /// Words per entry: 3 for maps (key, value, link), 2 for sets (key, link).
    stride: u8,
    state: Cell<TableState>,
    capacity: u32,
    /// Entries appended so far, tombstones included; 0 once the table is not the current one any more, so that an index below it
    /// says that the table is.
    used: Cell<u32>,
    /// What `used` was when the table was replaced.
    reached: Cell<u32>,
    live: Cell<u32>,
    /// No live entry comes before this one.
    first: Cell<u32>,
    words: [Cell<u64>; 0],
}

// SAFETY: repr(C) with the header first; traced and sized as TableCell.
unsafe impl HeapCell for TableCell {
    const KIND: u8 = CellKind::MapTable as u8;
}

impl Trace for TableCell {
    fn size(&self) -> usize {
        TableCell::bytes(self.capacity as usize, self.stride as usize)
    }
    fn trace(&self, tracer: &mut Tracer) {
        if self.state.get() != TableState::Current {
            // Only the places of its tombstones still matter.
            tracer.mark_opt(self.next.get());
            return;
        }
        let stride = self.stride as usize;
        for entry in self
            .entries()
            .chunks_exact(stride)
            .take(self.used.get() as usize)
        {
            mark_value(tracer, Value::from_bits(entry[0].get()));
            if stride == 3 {
                mark_value(tracer, Value::from_bits(entry[1].get()));
            }
        }
    }
}

impl TableCell {
    fn bytes(capacity: usize, stride: usize) -> usize {
        std::mem::size_of::<TableCell>() + capacity * (stride * 8 + 4 * BUCKETS_PER_ENTRY)
    }
    /// A table of `capacity` entries, a power of two and at least 2.
    fn allocate(agent: &mut Agent, capacity: usize, stride: u8) -> JsResult<Gc<TableCell>> {
        if capacity > MAX_ENTRIES {
            let name = if stride == 3 { "Map" } else { "Set" };
            return Err(agent.range_error(format!("{name} maximum size exceeded")));
        }
        let head = TableCell {
            header: Header::new(TableCell::KIND),
            next: Cell::new(None),
            stride,
            state: Cell::new(TableState::Current),
            capacity: capacity as u32,
            used: Cell::new(0),
            reached: Cell::new(0),
            live: Cell::new(0),
            first: Cell::new(0),
            words: [],
        };
        // SAFETY: the size covers the head, the entries and the buckets, which the heap zeroes:
        // holes and empty buckets.
        let cell = unsafe {
            agent
                .heap
                .try_alloc_large(TableCell::bytes(capacity, stride as usize), head)
        };
        cell.map_err(|_| agent.heap_limit_fault())
    }
    #[inline(always)]
    fn entries(&self) -> &[Cell<u64>] {
        let n = self.capacity as usize * self.stride as usize;
        // SAFETY: `capacity` entries of `stride` words follow the head.
        unsafe { std::slice::from_raw_parts(self.words.as_ptr(), n) }
    }
    #[inline(always)]
    fn buckets(&self) -> &[Cell<u32>] {
        let n = self.capacity as usize * self.stride as usize;
        // SAFETY: that many buckets of four bytes follow the entries.
        unsafe {
            let start = self.words.as_ptr().add(n) as *const Cell<u32>;
            std::slice::from_raw_parts(start, self.capacity as usize * BUCKETS_PER_ENTRY)
        }
    }
    #[inline(always)]
    fn bucket(&self, hash: u32) -> &Cell<u32> {
        let buckets = self.buckets();
        &buckets[hash as usize & (buckets.len() - 1)]
    }
    #[inline(always)]
    fn word(&self, entry: u32, word: usize) -> &Cell<u64> {
        &self.entries()[entry as usize * self.stride as usize + word]
    }
    #[inline(always)]
    fn key(&self, entry: u32) -> Value {
        Value::from_bits(self.word(entry, 0).get())
    }
    /// The value of an entry; a set's key.
    #[inline(always)]
    fn value(&self, entry: u32) -> Value {
        let word = if self.stride == 3 { 1 } else { 0 };
        Value::from_bits(self.word(entry, word).get())
    }
    /// Hash in the low half, next entry of the chain plus one in the high half.
    #[inline(always)]
    fn link(&self, entry: u32) -> &Cell<u64> {
        self.word(entry, self.stride as usize - 1)
    }
    /// The entry of a key that needs no comparison of contents.
    #[inline(always)]
    fn find_bits(&self, key: Value, hash: u32) -> Option<u32> {
        let mut at = self.bucket(hash).get();
        while at != 0 {
            if self.key(at - 1) == key {
                return Some(at - 1);
            }
            at = (self.link(at - 1).get() >> 32) as u32;
        }
        None
    }
    /// The entry of a string or BigInt.
    fn find_contents(&self, agent: &mut Agent, key: Value, hash: u32) -> Option<u32> {
        let mut at = self.bucket(hash).get();
        while at != 0 {
            let link = self.link(at - 1).get();
            if link as u32 == hash && same_contents(agent, self.key(at - 1), key) {
                return Some(at - 1);
            }
            at = (link >> 32) as u32;
        }
        None
    }
    /// Appends an entry; there is room and the key is not in the table.
    fn append(&self, key: Value, value: Value, hash: u32) {
        let entry = self.used.get();
        self.word(entry, 0).set(key.bits());
        if self.stride == 3 {
            self.word(entry, 1).set(value.bits());
        }
        let bucket = self.bucket(hash);
        self.link(entry)
            .set(hash as u64 | (bucket.get() as u64) << 32);
        bucket.set(entry + 1);
        self.used.set(entry + 1);
        self.live.set(self.live.get() + 1);
    }
    /// Appends the live entries of another table with as many words per entry; there is room.
    fn take_over(&self, old: &TableCell) {
        let stride = self.stride as usize;
        let buckets = self.buckets();
        let mask = buckets.len() - 1;
        let (first, last) = (old.first.get() as usize, old.used.get() as usize);
        let from = old.entries()[..last * stride].chunks_exact(stride);
        let mut to = self.entries().chunks_exact(stride);
        let mut entry = 0;
        for from in from.skip(first) {
            if Value::from_bits(from[0].get()).is_hole() {
                continue;
            }
            let Some(to) = to.next() else { break };
            to[0].set(from[0].get());
            if stride == 3 {
                to[1].set(from[1].get());
            }
            let hash = from[stride - 1].get() as u32;
            let bucket = &buckets[hash as usize & mask];
            to[stride - 1].set(hash as u64 | (bucket.get() as u64) << 32);
            entry += 1;
            bucket.set(entry);
        }
        self.used.set(entry);
        self.live.set(entry);
    }
    /// The collection has another table now.
    fn retire(&self, state: TableState) {
        self.state.set(state);
        self.reached.set(self.used.replace(0));
    }
    /// Turns an entry into a tombstone. It stays in its chain, where a hole equals no key.
    fn remove(&self, entry: u32) {
        self.word(entry, 0).set(Value::HOLE.bits());
        if self.stride == 3 {
            self.word(entry, 1).set(Value::HOLE.bits());
        }
        self.live.set(self.live.get() - 1);
        if entry == self.first.get() {
            let mut first = entry + 1;
            while first < self.used.get() && self.key(first).is_hole() {
                first += 1;
            }
            self.first.set(first);
        }
    }
}

fn same_contents(agent: &mut Agent, a: Value, b: Value) -> bool {
    if a == b {
        return true;
    }
    if let (Some(x), Some(y)) = (a.as_string(), b.as_string()) {
        return agent.string_equals(x, y);
    }
    if let (Some(x), Some(y)) = (a.as_bigint(), b.as_bigint()) {
        return x.equals(y);
    }
    false
}

/// Bits of a key times this, shifted by 32, are its hash, unless contents decide.
pub const HASH_FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
/// The addresses of cells are shifted by so many bits before.
pub const ADDRESS_SHIFT: u32 = 3;

#[inline(always)]
fn mix(bits: u64) -> u32 {
    (bits.wrapping_mul(HASH_FACTOR) >> 32) as u32
}

/// A key made ready: -0 as +0, its hash, and whether contents decide equality.
#[derive(Copy, Clone)]
struct HashedKey {
    key: Value,
    hash: u32,
    contents: bool,
}

#[inline(always)]
fn hashed(agent: &mut Agent, key: Value) -> HashedKey {
    if !key.is_cell() {
        let key = normalize(key);
        return HashedKey {
            key,
            hash: mix(key.bits()),
            contents: false,
        };
    }
    hashed_cell(agent, key)
}

fn hashed_cell(agent: &mut Agent, key: Value) -> HashedKey {
    if let Some(s) = key.as_string() {
        return HashedKey {
            key,
            hash: s.hash_code(agent),
            contents: true,
        };
    }
    if let Some(b) = key.as_bigint() {
        let parts = b.parts();
        let hash = (parts.digits.iter()).fold(mix(parts.negative as u64), |h, d| mix(d ^ h as u64));
        return HashedKey {
            key,
            hash,
            contents: true,
        };
    }
    // Cells never move.
    HashedKey {
        key,
        hash: mix(key.bits() >> ADDRESS_SHIFT),
        contents: false,
    }
}

/// 24.5.1 CanonicalizeKeyedCollectionKey: -0 becomes +0.
#[inline(always)]
pub fn normalize(key: Value) -> Value {
    if key.is_double() && key.double_value() == 0.0 {
        Value::ZERO
    } else {
        key
    }
}

impl TableCell {
    #[inline(always)]
    fn find(&self, agent: &mut Agent, k: HashedKey) -> Option<u32> {
        if k.contents {
            self.find_contents(agent, k.key, k.hash)
        } else {
            self.find_bits(k.key, k.hash)
        }
    }
}

impl MapCell {
    #[inline(always)]
    fn find(&self, agent: &mut Agent, key: Value) -> Option<(Gc<TableCell>, u32)> {
        let table = self.table.get()?;
        let k = hashed(agent, key);
        Some((table, table.find(agent, k)?))
    }
    /// Number of live entries.
    #[inline(always)]
    pub fn size(&self) -> usize {
        self.table.get().map_or(0, |t| t.live.get() as usize)
    }
    fn stride(&self) -> u8 {
        if self.base.header.kind() == CellKind::Map as u8 {
            3
        } else {
            2
        }
    }
    /// A table with room for one more entry.
    fn room(&self, agent: &mut Agent) -> JsResult<Gc<TableCell>> {
        match self.table.get() {
            None => {
                let t = TableCell::allocate(agent, FIRST_CAPACITY, self.stride())?;
                self.set_table(agent, Some(t));
                Ok(t)
            }
            Some(t) if t.used.get() < t.capacity => Ok(t),
            Some(t) => {
                // With many tombstones the same size will do for a while. With fewer it would soon be full again: each new entry
                // then costs more than one that is moved.
                let capacity = t.capacity as usize;
                let capacity = if (t.live.get() as usize) < capacity / 2 {
                    capacity
                } else {
                    capacity * 2
                };
                self.rehash(agent, t, capacity)
            }
        }
    }
    /// Adds an entry for a key that is not there.
    #[inline(always)]
    fn append(&self, agent: &mut Agent, k: HashedKey, value: Value) -> JsResult<()> {
        let table = self.room(agent)?;
        if k.key.is_cell() || value.is_cell() {
            agent.heap.write_barrier(&table.header);
        }
        table.append(k.key, value, k.hash);
        Ok(())
    }
    fn rehash(
        &self,
        agent: &mut Agent,
        old: Gc<TableCell>,
        capacity: usize,
    ) -> JsResult<Gc<TableCell>> {
        let new = TableCell::allocate(agent, capacity, old.stride)?;
        new.take_over(&old);
        agent.heap.write_barrier(&old.header);
        old.retire(TableState::Replaced);
        old.next.set(Some(new));
        self.set_table(agent, Some(new));
        Ok(new)
    }
    fn set_table(&self, agent: &Agent, table: Option<Gc<TableCell>>) {
        agent.heap.write_barrier(&self.base.header);
        self.table.set(table);
    }
}

/// Maps and sets. Functions on other objects do nothing and find nothing.
impl Object {
    /// The cell of a Map or Set.
    #[inline(always)]
    fn keyed(self) -> Option<Gc<MapCell>> {
        if self.is(CellKind::Map) || self.is(CellKind::Set) {
            // SAFETY: the kind was checked just above.
            Some(unsafe { self.cell() })
        } else {
            None
        }
    }
}

/// Number of entries.
#[inline]
pub fn size(o: Object) -> usize {
    o.keyed().map_or(0, |c| c.size())
}

/// The value of a key in a Map (in a Set: the key as stored).
#[inline]
pub fn lookup(agent: &mut Agent, o: Object, key: Value) -> Option<Value> {
    let (table, entry) = o.keyed()?.find(agent, key)?;
    Some(table.value(entry))
}

/// The number of a key's entry in the collection's table; valid until the collection changes.
#[inline]
pub fn find_entry(agent: &mut Agent, o: Object, key: Value) -> Option<u32> {
    let (_, entry) = o.keyed()?.find(agent, key)?;
    Some(entry)
}

/// True when the collection has the key.
#[inline]
pub fn has(agent: &mut Agent, o: Object, key: Value) -> bool {
    o.keyed().is_some_and(|c| c.find(agent, key).is_some())
}

/// Sets the value of a key (a Set ignores the value).
#[inline]
pub fn insert(agent: &mut Agent, o: Object, key: Value, value: Value) -> JsResult<()> {
    let Some(cell) = o.keyed() else {
        return Ok(());
    };
    let k = hashed(agent, key);
    if let Some(table) = cell.table.get()
        && let Some(entry) = table.find(agent, k)
    {
        if table.stride == 3 {
            agent.heap.write_barrier_for(&table.header, value.bits());
            table.word(entry, 1).set(value.bits());
        }
        return Ok(());
    }
    cell.append(agent, k, value)
}

/// [`insert`] of a key that is not there.
pub fn append(agent: &mut Agent, o: Object, key: Value, value: Value) -> JsResult<()> {
    let Some(cell) = o.keyed() else {
        return Ok(());
    };
    let k = hashed(agent, key);
    debug_assert!(cell.table.get().is_none_or(|t| t.find(agent, k).is_none()));
    cell.append(agent, k, value)
}

/// Deletes a key; false when it was not there.
pub fn remove(agent: &mut Agent, o: Object, key: Value) -> JsResult<bool> {
    let Some(cell) = o.keyed() else {
        return Ok(false);
    };
    let Some((table, entry)) = cell.find(agent, key) else {
        return Ok(false);
    };
    table.remove(entry);
    let capacity = table.capacity as usize;
    if capacity > 4 * FIRST_CAPACITY && (table.live.get() as usize) < capacity / 4 {
        cell.rehash(agent, table, capacity / 2)?;
    }
    Ok(true)
}

/// Deletes all keys.
pub fn clear(agent: &mut Agent, o: Object) {
    if let Some(cell) = o.keyed()
        && let Some(table) = cell.table.get()
    {
        agent.heap.write_barrier(&table.header);
        table.retire(TableState::Cleared);
        cell.set_table(agent, None);
    }
}

/// A place in the order of a collection's entries. Keep it on the stack.
#[derive(Copy, Clone, Default)]
pub struct Cursor {
    table: Option<Gc<TableCell>>,
    index: u32,
}

impl Cursor {
    /// Before the first entry.
    pub fn start() -> Cursor {
        Cursor::default()
    }
    /// The next entry of the collection: key and value (the key again for sets).
    #[inline]
    pub fn next(&mut self, o: Object) -> Option<(Value, Value)> {
        let table = self.seek(o)?;
        let i = self.index;
        self.index = i + 1;
        Some((table.key(i), table.value(i)))
    }
    /// Goes to the next entry and stays there: its table.
    #[inline]
    fn seek(&mut self, o: Object) -> Option<Gc<TableCell>> {
        let cell = o.keyed()?;
        let table = match self.table {
            Some(t) if t.state.get() == TableState::Current => t,
            _ => self.arrive(&cell)?,
        };
        let mut i = self.index.max(table.first.get());
        while i < table.used.get() {
            if !table.key(i).is_hole() {
                self.index = i;
                return Some(table);
            }
            i += 1;
        }
        self.index = i;
        None
    }
    /// Moves to the collection's current table.
    #[cold]
    fn arrive(&mut self, cell: &MapCell) -> Option<Gc<TableCell>> {
        while let Some(t) = self.table {
            match t.state.get() {
                TableState::Current => return Some(t),
                TableState::Replaced => {
                    let removed = (0..self.index.min(t.reached.get()))
                        .filter(|&i| t.key(i).is_hole())
                        .count();
                    self.index -= removed as u32;
                    self.table = t.next.get();
                }
                TableState::Cleared => {
                    *self = Cursor::start();
                }
            }
        }
        self.table = cell.table.get();
        self.index = 0;
        self.table
    }
}

/// Fields of Map and Set iterators.
const COLLECTION: usize = 0;
const TABLE: usize = 1;
const INDEX: usize = 2;
const KIND: usize = 3;

/// What an iterator gives.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum IterationKind {
    /// Keys.
    Keys,
    /// Values.
    Values,
    /// Pairs.
    Entries,
}

/// What a Map or Set iterator gives.
pub fn iterator_kind(iterator: Object) -> IterationKind {
    match iterator.field(KIND).as_int() {
        Some(0) => IterationKind::Keys,
        Some(1) => IterationKind::Values,
        _ => IterationKind::Entries,
    }
}

/// The collection of a Map or Set iterator; None when it is exhausted.
pub fn iterator_collection(iterator: Object) -> Option<Object> {
    iterator.field(COLLECTION).as_object()
}

/// The place of a Map or Set iterator.
pub fn iterator_cursor(iterator: Object) -> Cursor {
    let table = iterator.field(TABLE);
    Cursor {
        table: if table.is_kind(CellKind::MapTable) {
            // SAFETY: the kind was checked just above.
            Some(unsafe { table.cell_unchecked() })
        } else {
            None
        },
        index: iterator.field(INDEX).as_int().unwrap_or(0) as u32,
    }
}

/// Byte offset of an iterator's table, or of what is no cell while it has none.
pub const ITERATOR_TABLE_OFFSET: usize = super::INLINE_OFFSET + 8 * TABLE;
/// Byte offset of the next index in an iterator's table, an int32 value.
pub const ITERATOR_INDEX_OFFSET: usize = super::INLINE_OFFSET + 8 * INDEX;
/// Byte offset of what an iterator gives, an [`IterationKind`] as a value.
pub const ITERATOR_KIND_OFFSET: usize = super::INLINE_OFFSET + 8 * KIND;
/// Byte offset of the number of entries (32 bits) of a table that an iterator may be in.
pub const TABLE_USED_OFFSET: usize = std::mem::offset_of!(TableCell, used);
/// Byte offset of a table's capacity (32 bits), a power of two. As many buckets of 32 bits, which hold the number of an entry plus
/// one, or 0, stand behind the entries; an entry's link is its hash, then (32 bits each) the next entry's number plus one.
pub const TABLE_CAPACITY_OFFSET: usize = std::mem::offset_of!(TableCell, capacity);
/// Byte offset of the pointer to a collection's table, null while there is none.
pub const TABLE_OFFSET: usize = std::mem::offset_of!(MapCell, table);
/// Byte offset of a table's entries: three words each in Maps (key, value, link), two in Sets.
pub const TABLE_ENTRIES_OFFSET: usize = std::mem::offset_of!(TableCell, words);

/// Brings a Map or Set iterator to the next entry, which its table has at its index then; false if it is exhausted (for good).
pub fn iterator_seek(agent: &mut Agent, iterator: Object) -> bool {
    let Some(o) = iterator_collection(iterator) else {
        return false;
    };
    let mut cursor = iterator_cursor(iterator);
    match cursor.seek(o) {
        Some(table) => {
            iterator.set_field(agent, TABLE, Value::cell(table));
            iterator.set_field(agent, INDEX, Value::uint(cursor.index));
            true
        }
        None => {
            iterator.set_field(agent, COLLECTION, Value::UNDEFINED);
            iterator.set_field(agent, TABLE, Value::UNDEFINED);
            false
        }
    }
}

/// Advances a Map or Set iterator: the next key and value, None when it is exhausted (for good).
#[inline]
pub fn iterator_advance(agent: &mut Agent, iterator: Object) -> Option<(Value, Value)> {
    let o = iterator_collection(iterator)?;
    let mut cursor = iterator_cursor(iterator);
    match cursor.next(o) {
        Some(entry) => {
            let table = cursor.table.map_or(Value::UNDEFINED, Value::cell);
            iterator.set_field(agent, TABLE, table);
            iterator.set_field(agent, INDEX, Value::uint(cursor.index));
            Some(entry)
        }
        None => {
            iterator.set_field(agent, COLLECTION, Value::UNDEFINED);
            iterator.set_field(agent, TABLE, Value::UNDEFINED);
            None
        }
    }
}

/// Appends all that a Map or Set iterator has left to an array that the engine made and nobody else changed. Runs no JavaScript.
///
/// # Errors
/// The heap limit.
pub fn append_rest(agent: &mut Agent, list: Object, iterator: Object) -> JsResult<()> {
    let Some(o) = iterator_collection(iterator) else {
        return Ok(());
    };
    let kind = iterator_kind(iterator);
    let mut cursor = iterator_cursor(iterator);
    let mut at = array::length_of(list).unwrap_or(0) as usize;
    list.reserve_elements(agent, at + size(o))?;
    let to = list.elements();
    while let Some((key, value)) = cursor.next(o) {
        let v = match kind {
            IterationKind::Keys => key,
            IterationKind::Values => value,
            IterationKind::Entries => agent.new_array_from(&[key, value]).into(),
        };
        agent.heap.write_barrier(to.header());
        to.set(at, v);
        at += 1;
    }
    array::set_length_field(list, at as u32);
    iterator.set_field(agent, COLLECTION, Value::UNDEFINED);
    iterator.set_field(agent, TABLE, Value::UNDEFINED);
    Ok(())
}

impl Agent {
    /// An empty Map or Set (`kind`) with that prototype.
    pub fn new_collection(&mut self, kind: CellKind, proto: Object) -> Object {
        debug_assert!(kind == CellKind::Map || kind == CellKind::Set);
        let shape = self.root_shape(kind, Some(proto), 0);
        let cell = MapCell {
            base: ObjectCell::head(self, shape, 0),
            table: Cell::new(None),
        };
        let cell = self.heap.alloc(cell);
        // SAFETY: a MapCell begins with an ObjectCell.
        Object(unsafe { cell.cast() })
    }
    /// A Map or Set iterator over `collection` with the prototype `proto`.
    pub fn new_collection_iterator(
        &mut self,
        collection: Object,
        proto: Object,
        kind: IterationKind,
    ) -> Object {
        let cell_kind = if collection.is(CellKind::Map) {
            CellKind::MapIterator
        } else {
            CellKind::SetIterator
        };
        // Entries are visited from the first on; if the collection has no table yet, it is looked up at the first step.
        let table = collection.keyed().and_then(|c| c.table.get());
        self.new_fields_object(
            cell_kind,
            Some(proto),
            [
                collection.into(),
                table.map_or(Value::UNDEFINED, Value::cell),
                Value::int(0),
                Value::int(kind as i32),
            ],
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::AgentOptions;
    use crate::realm::Intrinsic;

    fn map(agent: &mut Agent) -> Object {
        let proto = agent.intrinsic(Intrinsic::ObjectPrototype);
        agent.new_collection(CellKind::Map, proto)
    }

    fn keys(o: Object) -> Vec<i32> {
        let mut c = Cursor::start();
        std::iter::from_fn(|| c.next(o))
            .filter_map(|(k, _)| k.as_int())
            .collect()
    }

    #[test]
    fn order_and_equality() {
        let mut options = AgentOptions::default();
        options.heap.gc_stress = Some(5);
        let mut agent = Agent::new(options);
        let m = map(&mut agent);
        for i in 0..1000 {
            insert(&mut agent, m, Value::int(i), Value::int(i * 2)).unwrap();
        }
        assert_eq!(keys(m), (0..1000).collect::<Vec<_>>());
        for i in (0..1000).filter(|i| i % 3 != 0) {
            assert!(remove(&mut agent, m, Value::int(i)).unwrap());
        }
        assert_eq!(size(m), 334);
        assert_eq!(keys(m), (0..1000).step_by(3).collect::<Vec<_>>());
        assert_eq!(lookup(&mut agent, m, Value::int(9)), Some(Value::int(18)));
        assert_eq!(lookup(&mut agent, m, Value::int(10)), None);

        let a: Value = agent.new_string("a longer key").into();
        insert(&mut agent, m, a, Value::TRUE).unwrap();
        let b: Value = agent.intern("a longer key").into();
        assert_eq!(lookup(&mut agent, m, b), Some(Value::TRUE));
        insert(&mut agent, m, Value::number(-0.0), Value::NULL).unwrap();
        assert_eq!(lookup(&mut agent, m, Value::int(0)), Some(Value::NULL));
        let nan = Value::number(f64::NAN);
        insert(&mut agent, m, nan, Value::int(7)).unwrap();
        assert_eq!(lookup(&mut agent, m, nan), Some(Value::int(7)));
        let x: Value = agent.new_bigint(num_bigint::BigInt::from(5)).into();
        let y: Value = agent.new_bigint(num_bigint::BigInt::from(5)).into();
        insert(&mut agent, m, x, Value::int(8)).unwrap();
        assert_eq!(lookup(&mut agent, m, y), Some(Value::int(8)));
    }

    #[test]
    fn cursors_survive_changes() {
        let mut agent = Agent::new(AgentOptions::default());
        let m = map(&mut agent);
        for i in 0..20 {
            insert(&mut agent, m, Value::int(i), Value::NULL).unwrap();
        }
        let mut c = Cursor::start();
        for i in 0..10 {
            assert_eq!(c.next(m).unwrap().0, Value::int(i));
        }
        for i in 0..20 {
            if i != 15 {
                remove(&mut agent, m, Value::int(i)).unwrap();
            }
        }
        for i in 20..40 {
            insert(&mut agent, m, Value::int(i), Value::NULL).unwrap();
        }
        assert_eq!(c.next(m).unwrap().0, Value::int(15));
        assert_eq!(c.next(m).unwrap().0, Value::int(20));
        clear(&mut agent, m);
        assert!(c.next(m).is_none());
        insert(&mut agent, m, Value::int(1), Value::NULL).unwrap();
        assert_eq!(c.next(m).unwrap().0, Value::int(1));
    }
}
