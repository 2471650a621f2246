//! String cells: flat Latin-1, flat UTF-16, rope and slice; and the atom table.
//!
//! ```text
//! head (16 bytes): header | length u32 | hash u32
//!   flat:  code units follow
//!   rope:  left, right            (flattening turns it into a slice of the flat result)
//!   slice: base (flat), offset
//! ```
//!
//! Atoms are interned flat strings; two atoms with the same code units are the same cell, so atom
//! equality is pointer equality. No function here recurses on the depth of a rope.

use crate::agent::Agent;
use crate::error::{JsResult, Throw};
use crate::json_text::JsonText;
use crate::kind::{CellKind, Trace};
use crate::numeric::{self, NumberBuffer};
use crate::text::{self, StrView};
use crate::value::Value;
use hashbrown::HashTable;
use sarus_gc::{Gc, Header, HeapCell, Tracer, WeakVisitor};
use std::cell::Cell;

const LATIN1: u8 = 1;
const ROPE: u8 = 2;
const SLICE: u8 = 4;
const ATOM: u8 = 8;
/// The atom spells a canonical array index.
const INDEX_LIKE: u8 = 16;

/// Longest string, in code units (as V8 on 64-bit machines).
pub const MAX_STRING_LENGTH: usize = (1 << 29) - 24;
/// Concatenations shorter than this are copied instead of becoming ropes.
const MIN_ROPE_LENGTH: usize = 24;
/// Substrings shorter than this are copied instead of becoming slices (10-values-objects.md).
const MIN_SLICE_LENGTH: usize = 16;

/// The fixed head of every string cell.
#[repr(C)]
pub struct StringCell {
    header: Header,
    len: Cell<u32>,
    hash: Cell<u32>,
    /// Rope: left and right; slice: base and offset; flat: the first 16 bytes of the units (cells
    /// of short flat strings end earlier, so flat cells never touch this field by name).
    payload: [Cell<u64>; 0],
}

// SAFETY: repr(C) with the header first; traced and sized by the kind table as StringCell.
unsafe impl HeapCell for StringCell {
    const KIND: u8 = CellKind::String as u8;
}

const HEAD: usize = std::mem::size_of::<StringCell>();
const INDIRECT_SIZE: usize = HEAD + 16;

impl Trace for StringCell {
    fn size(&self) -> usize {
        if self.flags() & (ROPE | SLICE) != 0 {
            INDIRECT_SIZE
        } else {
            flat_size(self.len.get() as usize, self.flags() & LATIN1 != 0)
        }
    }
    fn trace(&self, tracer: &mut Tracer) {
        let flags = self.flags();
        if flags & ROPE != 0 {
            let (left, right) = self.rope_parts();
            tracer.mark(left);
            tracer.mark(right);
        } else if flags & SLICE != 0 {
            tracer.mark(self.slice_base());
        }
    }
}

fn flat_size(len: usize, latin1: bool) -> usize {
    // A cell is never smaller than a rope, so that any cell could be forwarded in place.
    HEAD + if latin1 { len } else { len * 2 }
}

impl StringCell {
    /// Flags as compiled code knows them: bytes, rope, slice, atom.
    pub const FLAGS: [u8; 4] = [LATIN1, ROPE, SLICE, ATOM];
    /// Byte offset of the first unit of flat strings, and of the base and the 64-bit offset of slices.
    pub const DATA_OFFSET: usize = HEAD;
    /// Byte offset of the length (32 bits).
    pub const LENGTH_OFFSET: usize = std::mem::offset_of!(StringCell, len);
    /// Byte offset of the hash (32 bits), 0 if nobody asked for it yet.
    pub const HASH_OFFSET: usize = std::mem::offset_of!(StringCell, hash);

    #[inline(always)]
    fn flags(&self) -> u8 {
        self.header.flags()
    }
    #[inline(always)]
    fn data(&self) -> *mut u8 {
        self.payload.as_ptr() as *mut u8
    }
    fn word(&self, index: usize) -> &Cell<u64> {
        debug_assert!(self.flags() & (ROPE | SLICE) != 0 && index < 2);
        // SAFETY: rope and slice cells are allocated with INDIRECT_SIZE bytes: two words follow.
        unsafe { &*self.payload.as_ptr().add(index) }
    }
    fn rope_parts(&self) -> (Gc<StringCell>, Gc<StringCell>) {
        // SAFETY: both words of a rope hold string cells.
        unsafe {
            (
                Gc::from_raw(self.word(0).get() as *mut StringCell),
                Gc::from_raw(self.word(1).get() as *mut StringCell),
            )
        }
    }
    fn slice_base(&self) -> Gc<StringCell> {
        // SAFETY: the first word of a slice holds its flat base.
        unsafe { Gc::from_raw(self.word(0).get() as *mut StringCell) }
    }
    /// The code units of a flat string or slice.
    #[inline]
    fn flat_view(&self) -> StrView<'_> {
        let len = self.len.get() as usize;
        let flags = self.flags();
        debug_assert!(flags & ROPE == 0);
        let (data, offset) = if flags & SLICE != 0 {
            (self.slice_base().data(), self.word(1).get() as usize)
        } else {
            (self.data(), 0)
        };
        // SAFETY: a flat cell holds `len` units of its encoding behind the head; a slice lies
        // inside its base, which has the same encoding. Cells never move.
        unsafe {
            if flags & LATIN1 != 0 {
                StrView::Latin1(std::slice::from_raw_parts(data.add(offset), len))
            } else {
                StrView::Utf16(std::slice::from_raw_parts(
                    (data as *const u16).add(offset),
                    len,
                ))
            }
        }
    }
}

/// A string value.
#[derive(Copy, Clone, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct JsString(pub(crate) Gc<StringCell>);

impl JsString {
    /// Length in code units.
    #[inline(always)]
    pub fn len(self) -> usize {
        self.0.len.get() as usize
    }
    /// True for the empty string.
    #[inline(always)]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
    /// True for interned strings.
    #[inline(always)]
    pub fn is_atom(self) -> bool {
        self.0.flags() & ATOM != 0
    }
    /// True for an atom that spells a canonical array index.
    #[inline(always)]
    pub(crate) fn is_index_like(self) -> bool {
        self.0.flags() & INDEX_LIKE != 0
    }
    /// True when all units are stored as bytes.
    #[inline(always)]
    pub fn is_latin1(self) -> bool {
        self.0.flags() & LATIN1 != 0
    }
    /// True for a concatenation that was not flattened yet.
    #[inline(always)]
    pub fn is_rope(self) -> bool {
        self.0.flags() & ROPE != 0
    }
    /// The code units, flattening a rope first. Good as long as `self` is on the stack.
    #[inline]
    pub fn view(&self, agent: &mut Agent) -> StrView<'_> {
        if self.is_rope() {
            flatten(agent, *self);
        }
        self.0.flat_view()
    }
    /// The address of the first code unit, flattening a rope first.
    pub fn data_address(self, agent: &mut Agent) -> usize {
        match self.view(agent) {
            StrView::Latin1(b) => b.as_ptr() as usize,
            StrView::Utf16(u) => u.as_ptr() as usize,
        }
    }
    /// The code units if the string is not a rope.
    #[inline]
    pub fn flat(&self) -> Option<StrView<'_>> {
        if self.is_rope() {
            None
        } else {
            Some(self.0.flat_view())
        }
    }
    /// The code units of an atom (atoms are always flat).
    #[inline]
    pub fn atom_view(&self) -> StrView<'_> {
        debug_assert!(self.is_atom());
        self.0.flat_view()
    }
    /// The code unit at `index`, which must be below the length.
    #[inline]
    pub fn code_unit_at(self, agent: &mut Agent, index: usize) -> u16 {
        match self.view(agent) {
            StrView::Latin1(b) => b[index] as u16,
            StrView::Utf16(u) => u[index],
        }
    }
    /// A Rust string; lone surrogates become U+FFFD.
    pub fn to_rust_string(self, agent: &mut Agent) -> String {
        text::to_utf8_lossy(self.view(agent))
    }
    /// The cached hash of the code units.
    pub(crate) fn hash_code(self, agent: &mut Agent) -> u32 {
        if self.0.hash.get() == 0 {
            let h = hash_view(self.view(agent));
            self.0.hash.set(h);
        }
        self.0.hash.get()
    }
}

/// Hash of code units, never 0 (0 means "not computed").
fn hash_view(view: StrView<'_>) -> u32 {
    let hash = view.hash_units();
    hash + u32::from(hash == 0)
}

/// Allocates a flat string of `len` units and lets `fill` write them.
fn new_flat_latin1(agent: &mut Agent, len: usize, fill: impl FnOnce(&mut [u8])) -> JsString {
    let head = new_head(len, LATIN1);
    // SAFETY: the size is that of a flat Latin-1 cell of `len` units; the heap zeroes the tail.
    let cell = unsafe {
        agent
            .heap
            .alloc_sized::<StringCell>(flat_size(len, true), head)
    };
    // SAFETY: `len` bytes follow the head and nobody else sees the cell yet.
    fill(unsafe { std::slice::from_raw_parts_mut(cell.data(), len) });
    JsString(cell)
}

fn new_flat_utf16(agent: &mut Agent, len: usize, fill: impl FnOnce(&mut [u16])) -> JsString {
    let head = new_head(len, 0);
    // SAFETY: the size is that of a flat UTF-16 cell of `len` units; the heap zeroes the tail.
    let cell = unsafe {
        agent
            .heap
            .alloc_sized::<StringCell>(flat_size(len, false), head)
    };
    // SAFETY: `len` 16-bit units follow the head (which is 8-aligned) and nobody else sees them.
    fill(unsafe { std::slice::from_raw_parts_mut(cell.data() as *mut u16, len) });
    JsString(cell)
}

fn new_head(len: usize, flags: u8) -> StringCell {
    debug_assert!(len <= MAX_STRING_LENGTH);
    let header = Header::new(StringCell::KIND);
    header.set_flags(flags);
    StringCell {
        header,
        len: Cell::new(len as u32),
        hash: Cell::new(0),
        payload: [],
    }
}

fn new_indirect(agent: &mut Agent, len: usize, flags: u8, a: u64, b: u64) -> JsString {
    let head = new_head(len, flags);
    // SAFETY: INDIRECT_SIZE is the size of rope and slice cells; both words are set below, before
    // anything else can allocate.
    let cell = unsafe { agent.heap.alloc_sized::<StringCell>(INDIRECT_SIZE, head) };
    cell.word(0).set(a);
    cell.word(1).set(b);
    JsString(cell)
}

/// Copies the leaves of a rope into one flat string and makes the rope a slice of it.
#[cold]
#[inline(never)]
fn flatten(agent: &mut Agent, rope: JsString) {
    let len = rope.len();
    let flat = if rope.is_latin1() {
        new_flat_latin1(agent, len, |out| {
            for_each_leaf_backwards(rope, len, |view, at| {
                if let StrView::Latin1(b) = view {
                    out[at..at + b.len()].copy_from_slice(b);
                }
            })
        })
    } else {
        new_flat_utf16(agent, len, |out| {
            for_each_leaf_backwards(rope, len, |view, at| match view {
                StrView::Latin1(b) => {
                    for (o, &c) in out[at..at + b.len()].iter_mut().zip(b) {
                        *o = c as u16;
                    }
                }
                StrView::Utf16(u) => out[at..at + u.len()].copy_from_slice(u),
            })
        })
    };
    let cell = rope.0;
    cell.header.set_flags((cell.flags() & !ROPE) | SLICE);
    agent.heap.write_barrier(&cell.header);
    cell.word(0).set(flat.0.addr() as u64);
    cell.word(1).set(0);
}

/// Visits the flat leaves of a rope from the last to the first with an explicit stack.
fn for_each_leaf_backwards(rope: JsString, len: usize, mut visit: impl FnMut(StrView<'_>, usize)) {
    // The whole rope is reachable from `rope`, so the plain vector holds no roots.
    let mut stack: Vec<Gc<StringCell>> = vec![rope.0];
    let mut end = len;
    while let Some(cell) = stack.pop() {
        if cell.flags() & ROPE != 0 {
            let (left, right) = cell.rope_parts();
            stack.push(left);
            stack.push(right);
        } else {
            end -= cell.len.get() as usize;
            visit(cell.flat_view(), end);
        }
    }
}

fn copy_units(view: StrView<'_>, out: &mut [u16]) {
    match view {
        StrView::Latin1(b) => {
            for (o, &c) in out.iter_mut().zip(b) {
                *o = c as u16;
            }
        }
        StrView::Utf16(u) => out.copy_from_slice(u),
    }
}

/// Constructors.
impl Agent {
    /// A string from Latin-1 bytes.
    pub fn new_latin1(&mut self, bytes: &[u8]) -> JsString {
        match bytes {
            [] => self.empty_string(),
            [c] => self.char_string(*c),
            _ => new_flat_latin1(self, bytes.len(), |out| out.copy_from_slice(bytes)),
        }
    }
    /// A string of `len` Latin-1 units, two at least, that `fill` writes.
    pub(crate) fn new_latin1_with(&mut self, len: usize, fill: impl FnOnce(&mut [u8])) -> JsString {
        debug_assert!(len >= 2);
        new_flat_latin1(self, len, fill)
    }
    /// A string of Latin-1 parts, whose sum is no longer than a string may be.
    pub(crate) fn new_latin1_of(&mut self, parts: &[&[u8]]) -> JsString {
        let len = parts.iter().map(|p| p.len()).sum();
        match len {
            0 => self.empty_string(),
            1 => {
                let c = parts.iter().find_map(|p| p.first()).copied();
                self.char_string(c.unwrap_or(0))
            }
            _ => new_flat_latin1(self, len, |mut out| {
                for part in parts {
                    let (start, rest) = std::mem::take(&mut out).split_at_mut(part.len());
                    start.copy_from_slice(part);
                    out = rest;
                }
            }),
        }
    }
    /// A string from UTF-16 units; stored as Latin-1 when all units allow it.
    pub fn new_utf16(&mut self, units: &[u16]) -> JsString {
        if StrView::Utf16(units).fits_latin1() {
            if units.len() == 1 {
                return self.char_string(units[0] as u8);
            }
            if units.is_empty() {
                return self.empty_string();
            }
            return new_flat_latin1(self, units.len(), |out| {
                for (o, &u) in out.iter_mut().zip(units) {
                    *o = u as u8;
                }
            });
        }
        new_flat_utf16(self, units.len(), |out| out.copy_from_slice(units))
    }
    /// A string from UTF-8.
    pub fn new_string(&mut self, s: &str) -> JsString {
        if s.is_ascii() {
            return self.new_latin1(s.as_bytes());
        }
        let units: Vec<u16> = s.encode_utf16().collect();
        self.new_utf16(&units)
    }
    /// A string from a view of either encoding.
    pub fn new_from_view(&mut self, view: StrView<'_>) -> JsString {
        match view {
            StrView::Latin1(b) => self.new_latin1(b),
            StrView::Utf16(u) => self.new_utf16(u),
        }
    }
    /// A string from a JSON text that is no longer than a string may be.
    pub(crate) fn new_json_string(&mut self, text: &JsonText) -> JsString {
        match text.narrow() {
            Some(bytes) => self.new_latin1(bytes),
            None => new_flat_utf16(self, text.len(), |out| text.copy_to(out)),
        }
    }
    /// A string from UTF-16 units, or a RangeError when it is too long.
    pub fn try_new_utf16(&mut self, units: &[u16]) -> JsResult<JsString> {
        self.check_string_length(units.len())?;
        Ok(self.new_utf16(units))
    }
    /// A RangeError when a string of that many units cannot exist.
    pub fn check_string_length(&mut self, len: usize) -> JsResult<()> {
        if len > MAX_STRING_LENGTH {
            Err(self.invalid_string_length())
        } else {
            Ok(())
        }
    }
    #[cold]
    pub(crate) fn invalid_string_length(&mut self) -> Throw {
        self.range_error("Invalid string length")
    }
    /// `""`.
    #[inline]
    pub fn empty_string(&self) -> JsString {
        self.strings.empty
    }
    /// The one-unit string of a Latin-1 character (cached).
    #[inline]
    pub fn char_string(&self, c: u8) -> JsString {
        self.strings.chars[c as usize]
    }
    /// Address of the first of the 256 cached one-unit strings (cell addresses).
    pub fn char_strings(&self) -> *const JsString {
        self.strings.chars.as_ptr()
    }
    /// The one-unit string of any code unit.
    pub fn unit_string(&mut self, unit: u16) -> JsString {
        if unit < 0x100 {
            self.char_string(unit as u8)
        } else {
            new_flat_utf16(self, 1, |out| out[0] = unit)
        }
    }
    /// The string of a code point, which is at most 0x10FFFF.
    pub fn point_string(&mut self, point: u32) -> JsString {
        match char::from_u32(point) {
            Some(c @ '\u{10000}'..) => new_flat_utf16(self, 2, |out| {
                c.encode_utf16(out);
            }),
            // Surrogates are code points, too.
            _ => self.unit_string(point as u16),
        }
    }
    /// Concatenation; a RangeError when the result is too long.
    pub fn concat(&mut self, a: JsString, b: JsString) -> JsResult<JsString> {
        let (la, lb) = (a.len(), b.len());
        if la == 0 {
            return Ok(b);
        }
        if lb == 0 {
            return Ok(a);
        }
        let len = la + lb;
        let latin1 = a.is_latin1() && b.is_latin1();
        if len >= MIN_ROPE_LENGTH {
            self.check_string_length(len)?;
            let flags = ROPE | if latin1 { LATIN1 } else { 0 };
            return Ok(new_indirect(
                self,
                len,
                flags,
                a.0.addr() as u64,
                b.0.addr() as u64,
            ));
        }
        // Strings this short are never ropes.
        let (va, vb) = (a.0.flat_view(), b.0.flat_view());
        Ok(match (va, vb) {
            (StrView::Latin1(x), StrView::Latin1(y)) => new_flat_latin1(self, len, |out| {
                out[..la].copy_from_slice(x);
                out[la..].copy_from_slice(y);
            }),
            _ => new_flat_utf16(self, len, |out| {
                copy_units(va, &mut out[..la]);
                copy_units(vb, &mut out[la..]);
            }),
        })
    }
    /// Concatenation with a Rust string.
    pub fn concat_str(&mut self, a: JsString, b: &str) -> JsResult<JsString> {
        let b = self.new_string(b);
        self.concat(a, b)
    }
    /// The units `start..end` (which must lie inside the string).
    pub fn substring(&mut self, s: JsString, start: usize, end: usize) -> JsString {
        debug_assert!(start <= end && end <= s.len());
        let len = end - start;
        if len == s.len() {
            return s;
        }
        let view = s.view(self);
        if len >= MIN_SLICE_LENGTH {
            let (base, offset) = if s.0.flags() & SLICE != 0 {
                (s.0.slice_base(), s.0.word(1).get() as usize)
            } else {
                (s.0, 0)
            };
            let flags = SLICE | (s.0.flags() & LATIN1);
            return new_indirect(
                self,
                len,
                flags,
                base.addr() as u64,
                (offset + start) as u64,
            );
        }
        match view {
            StrView::Latin1(b) => self.new_latin1(&b[start..end]),
            StrView::Utf16(u) => self.new_utf16(&u[start..end]),
        }
    }
    /// Equality of code units.
    #[inline]
    pub fn string_equals(&mut self, a: JsString, b: JsString) -> bool {
        if a == b {
            return true;
        }
        if a.len() != b.len() || (a.is_atom() && b.is_atom()) {
            return false;
        }
        let (ha, hb) = (a.0.hash.get(), b.0.hash.get());
        if ha != 0 && hb != 0 && ha != hb {
            return false;
        }
        {
            a.view(self);
            b.view(self);
            a.view(self) == b.view(self)
        }
    }
    /// The string of an int32, if it is cached.
    #[inline]
    pub fn known_int_string(&self, i: i32) -> Option<JsString> {
        let i = usize::try_from(i).ok()?;
        *self.strings.ints.get(i)?
    }
    /// The string of an int32 (small ones are cached).
    pub fn int_string(&mut self, i: i32) -> JsString {
        if let Some(Some(s)) = usize::try_from(i)
            .ok()
            .and_then(|i| self.strings.ints.get(i))
        {
            return *s;
        }
        let mut buffer = [0u8; 12];
        let s = self.new_latin1(write_int(i, &mut buffer));
        if let Some(slot) = usize::try_from(i)
            .ok()
            .and_then(|i| self.strings.ints.get_mut(i))
        {
            *slot = Some(s);
        }
        s
    }
}

fn write_int(i: i32, buffer: &mut [u8; 12]) -> &[u8] {
    let mut digits = NumberBuffer::new();
    let digits = digits.digits(i64::from(i));
    let at = buffer.len() - digits.len();
    buffer[at..].copy_from_slice(digits);
    &buffer[at..]
}

/// Caches and the atom table of an agent.
pub struct StringTable {
    atoms: HashTable<Gc<StringCell>>,
    /// Atoms made since the last collection.
    new: Vec<Gc<StringCell>>,
    empty: JsString,
    chars: [JsString; 256],
    ints: [Option<JsString>; 1024],
    /// Addresses of strings that are no atoms, and the atoms equal to them: direct-mapped, emptied by every collection.
    recent: [(usize, Option<Gc<StringCell>>); RECENT_ATOMS],
}

/// Strings whose atoms are remembered.
const RECENT_ATOMS: usize = 256;

/// Where the atom of a string is remembered.
fn recent_place(s: Gc<StringCell>) -> usize {
    (s.addr() >> 4) % RECENT_ATOMS
}

impl StringTable {
    /// The table with the single-character strings.
    pub(crate) fn new(heap: &sarus_gc::Heap) -> StringTable {
        let mut atoms = HashTable::with_capacity(2048);
        let empty = static_atom(&mut atoms, heap, b"");
        let chars = std::array::from_fn(|i| static_atom(&mut atoms, heap, &[i as u8]));
        StringTable {
            atoms,
            new: Vec::new(),
            empty,
            chars,
            ints: [None; 1024],
            recent: [(0, None); RECENT_ATOMS],
        }
    }
    /// An atom while the agent is being built; `text` is ASCII.
    pub(crate) fn intern_static(&mut self, heap: &sarus_gc::Heap, text: &str) -> JsString {
        let atom = static_atom(&mut self.atoms, heap, text.as_bytes());
        self.new.push(atom.0);
        atom
    }
    /// Roots: the caches (atoms themselves are weak).
    pub(crate) fn trace(&self, tracer: &mut Tracer) {
        tracer.mark(self.empty.0);
        for s in self.chars.iter().chain(self.ints.iter().flatten()) {
            tracer.mark(s.0);
        }
    }
    /// Drops dead atoms.
    pub(crate) fn sweep(&mut self, visitor: &WeakVisitor) {
        let is_dead = |cell: &Gc<StringCell>| !visitor.is_marked(&cell.header);
        if visitor.frees_new_only() && self.new.len() < self.atoms.len() / 4 {
            // Old ones do not die.
            for cell in self.new.drain(..).filter(is_dead) {
                let hash = spread(cell.hash.get());
                if let Ok(entry) = self.atoms.find_entry(hash, |c| *c == cell) {
                    entry.remove();
                }
            }
        } else {
            self.atoms.retain(|cell| !is_dead(cell));
            self.new.clear();
        }
        self.recent = [(0, None); RECENT_ATOMS];
    }
    /// Number of atoms.
    pub fn len(&self) -> usize {
        self.atoms.len()
    }
    /// True when there are no atoms.
    pub fn is_empty(&self) -> bool {
        self.atoms.is_empty()
    }
}

/// The atom of Latin-1 bytes while there is no agent yet.
fn static_atom(
    atoms: &mut HashTable<Gc<StringCell>>,
    heap: &sarus_gc::Heap,
    bytes: &[u8],
) -> JsString {
    let view = StrView::Latin1(bytes);
    let hash = hash_view(view);
    if let Some(c) = atoms.find(spread(hash), |c| c.flat_view() == view) {
        return JsString(*c);
    }
    let head = new_head(bytes.len(), LATIN1 | ATOM | index_flag(view));
    head.hash.set(hash);
    // SAFETY: the size is that of the flat cell.
    let cell = unsafe { heap.alloc_sized::<StringCell>(flat_size(bytes.len(), true), head) };
    // SAFETY: the units follow the head.
    unsafe { std::slice::from_raw_parts_mut(cell.data(), bytes.len()) }.copy_from_slice(bytes);
    atoms.insert_unique(spread(hash), cell, |c| spread(c.hash.get()));
    JsString(cell)
}

/// hashbrown wants its entropy in the high bits; ours is a 32-bit hash.
fn spread(hash: u32) -> u64 {
    (hash as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

fn index_flag(view: StrView<'_>) -> u8 {
    if numeric::string_as_array_index(view).is_some() {
        INDEX_LIKE
    } else {
        0
    }
}

/// Interning.
impl Agent {
    /// The atom with these code units.
    pub fn intern_view(&mut self, view: StrView<'_>) -> JsString {
        let hash = hash_view(view);
        if let Some(cell) = self.find_atom(view, hash) {
            return JsString(cell);
        }
        let s = match view {
            StrView::Latin1(b) => new_flat_latin1(self, b.len(), |out| out.copy_from_slice(b)),
            // Not `new_utf16`, whose strings of one unit are atoms already.
            StrView::Utf16(u) if view.fits_latin1() => new_flat_latin1(self, u.len(), |out| {
                for (o, &u) in out.iter_mut().zip(u) {
                    *o = u as u8;
                }
            }),
            StrView::Utf16(u) => new_flat_utf16(self, u.len(), |out| out.copy_from_slice(u)),
        };
        self.add_atom(s, hash)
    }
    /// The atom of a string from UTF-8.
    pub fn intern(&mut self, s: &str) -> JsString {
        if s.is_ascii() {
            return self.intern_view(StrView::Latin1(s.as_bytes()));
        }
        let units: Vec<u16> = s.encode_utf16().collect();
        self.intern_view(StrView::Utf16(&units))
    }
    /// The atom equal to `s`.
    #[inline]
    pub fn intern_string(&mut self, s: JsString) -> JsString {
        if s.is_atom() { s } else { self.intern_slow(s) }
    }
    fn intern_slow(&mut self, s: JsString) -> JsString {
        // `o[k] = o[k] + 1` asks twice.
        let place = recent_place(s.0);
        if let (address, Some(atom)) = self.strings.recent[place]
            && address == s.0.addr()
        {
            return JsString(atom);
        }
        let hash = s.hash_code(self);
        let view = s.view(self);
        if let Some(cell) = self.find_atom(view, hash) {
            self.strings.recent[place] = (s.0.addr(), Some(cell));
            return JsString(cell);
        }
        if s.0.flags() & SLICE == 0 {
            return self.add_atom(s, hash);
        }
        self.intern_view(view)
    }
    fn find_atom(&self, view: StrView<'_>, hash: u32) -> Option<Gc<StringCell>> {
        self.strings
            .atoms
            .find(spread(hash), |c| {
                c.hash.get() == hash && c.flat_view() == view
            })
            .copied()
    }
    fn add_atom(&mut self, s: JsString, hash: u32) -> JsString {
        let cell = s.0;
        cell.hash.set(hash);
        cell.header
            .set_flags(cell.flags() | ATOM | index_flag(cell.flat_view()));
        self.strings
            .atoms
            .insert_unique(spread(hash), cell, |c| spread(c.hash.get()));
        self.strings.new.push(cell);
        s
    }
    /// Value of a string constant.
    pub fn string_value(&mut self, s: &str) -> Value {
        self.new_string(s).into()
    }
}
