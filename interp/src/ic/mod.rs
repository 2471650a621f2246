//! Inline caches: handlers, their states, and how sites change state.
//!
//! ```text
//! empty ──► monomorphic (in the slot) ──► polymorphic (PolyIc cell, 4 entries) ──► megamorphic (agent-wide table)
//! ```
//!
//! A handler says what to do with an object of the shape it is cached for. Whatever else it relies on is guarded by a
//! validity cell in the slot.

pub mod element;
pub mod load;
pub mod megamorphic;
pub mod site;
pub mod store;

use crate::frame::Frame;
use sarus_gc::Gc;
use sarus_runtime::agent::Agent;
use sarus_runtime::code::{IC_MEGAMORPHIC, IC_POLYMORPHIC, IcSlot, PolyIc};
use sarus_runtime::kind::CellKind;
use sarus_runtime::object::elements::SlotsCell;
use sarus_runtime::object::{INLINE_OFFSET, Object};
use sarus_runtime::property::PropertyKey;
use sarus_runtime::shape::Shape;
use sarus_runtime::value::Value;

/// What a slot does: kind in the low byte, byte offset above.
#[derive(Copy, Clone, PartialEq, Eq)]
pub struct Handler(pub u32);

impl Handler {
    // 0: nothing is cached.
    /// Data in the object at the offset.
    pub const OWN: u32 = 1;
    /// Data in the object's slots cell at the offset.
    pub const OWN_SLOTS: u32 = 2;
    /// Data in the cell `a` (a prototype or its slots cell) at the offset, while `b` is valid.
    pub const PROTO: u32 = 3;
    /// An accessor pair in the object.
    pub const ACCESSOR: u32 = 4;
    /// An accessor pair in the object's slots cell.
    pub const ACCESSOR_SLOTS: u32 = 5;
    /// An accessor pair in the cell `a`, while `b` is valid.
    pub const ACCESSOR_PROTO: u32 = 6;
    /// No such property, while `b` is valid.
    pub const ABSENT: u32 = 7;
    /// An array's length.
    pub const ARRAY_LENGTH: u32 = 8;
    /// As `PROTO` for primitive cells of kind `c`.
    pub const PRIMITIVE: u32 = 9;
    /// As `ACCESSOR_PROTO` for primitive cells of kind `c`.
    pub const PRIMITIVE_ACCESSOR: u32 = 10;
    /// In an otherwise empty slot, for no shape: objects that no handler suits (proxies, say) took the general way.
    pub const GENERAL: u32 = 11;
    /// Store: new property in the object; `a` is the next shape, `c` its id; while `b` is valid.
    pub const ADD: u32 = 16;
    /// Store: new property in the slots cell.
    pub const ADD_SLOTS: u32 = 17;

    /// A handler with a byte offset.
    pub const fn new(kind: u32, offset: usize) -> Handler {
        Handler(kind | (offset as u32) << 8)
    }
    /// The kind.
    #[inline(always)]
    pub const fn kind(self) -> u32 {
        self.0 & 0xFF
    }
    /// The byte offset.
    #[inline(always)]
    pub const fn offset(self) -> usize {
        (self.0 >> 8) as usize
    }
}

/// In the handler word of a megamorphic load: accessors were found.
pub const ACCESSORS: u32 = 1;

/// Notes that the load of a frame's instruction found an accessor, for the optimizing compiler.
#[inline]
pub fn note_accessor(f: Frame) {
    let ic = f.ic_copy(1);
    if ic.shape == IC_MEGAMORPHIC && ic.handler == 0 {
        let handler = ACCESSORS;
        f.set_ic(1, IcSlot { handler, ..ic });
    }
}

/// In `c` of a slot that says [`Handler::GENERAL`]: the first object was a proxy.
pub const PROXIES: u64 = 1;

/// Notes at the site of word `i` that an object took the general way, so that compiled code does not take the site for one that
/// never ran.
#[inline]
pub fn note_general(f: Frame, i: usize, o: Value) {
    let ic = f.ic_copy(i);
    if ic.handler == 0 && ic.shape == 0 {
        let c = if o.is_kind(CellKind::Proxy) {
            PROXIES
        } else {
            0
        };
        let handler = Handler::GENERAL;
        f.set_ic(i, IcSlot { handler, c, ..ic });
    }
}

/// Where a slot is: byte offset, and whether it is in the object itself. None if too far out for a handler.
pub fn place_of(shape: &Shape, slot: u32) -> Option<(usize, bool)> {
    let inline = shape.inline_capacity();
    if slot < inline {
        Some((INLINE_OFFSET + 8 * slot as usize, true))
    } else {
        let offset = SlotsCell::VALUES_OFFSET + 8 * (slot - inline) as usize;
        (offset < 1 << 24).then_some((offset, false))
    }
}

/// The entry for a shape at the site of word `i`, whatever its state. `key` finds it when the site is megamorphic.
#[inline]
pub fn find(
    cache: &megamorphic::MegamorphicCache,
    f: Frame,
    i: usize,
    shape: u32,
    key: PropertyKey,
) -> Option<IcSlot> {
    let ic = f.ic_copy(i);
    if ic.shape == shape {
        return Some(ic);
    }
    if ic.shape == IC_POLYMORPHIC {
        return poly_entry(&ic, shape);
    }
    if ic.shape == IC_MEGAMORPHIC {
        cache.get(shape, key)
    } else {
        None
    }
}

/// The entry of a polymorphic slot for a shape.
#[inline(always)]
pub fn poly_entry(ic: &IcSlot, shape: u32) -> Option<IcSlot> {
    let poly = poly_of(ic);
    poly.entries().find(|e| e.shape == shape && e.handler != 0)
}

/// All entries of a polymorphic slot.
pub fn poly_entries(ic: &IcSlot) -> Vec<IcSlot> {
    poly_of(ic).entries().collect()
}

#[inline(always)]
fn poly_of(ic: &IcSlot) -> Gc<PolyIc> {
    // SAFETY: a slot in the polymorphic state holds its PolyIc cell, which it keeps alive.
    unsafe { Gc::from_raw(ic.a as *mut PolyIc) }
}

/// Moves the site of word `i` on after a miss for which `new` would have been right.
pub fn update(
    agent: &mut Agent,
    cache: &megamorphic::MegamorphicCache,
    f: Frame,
    i: usize,
    key: PropertyKey,
    new: IcSlot,
) {
    if !f.code().has_feedback() {
        return;
    }
    let old = f.ic_copy(i);
    let before = state_name(&old);
    if old.shape == IC_MEGAMORPHIC {
        cache.put(key, new);
    } else if old.shape == IC_POLYMORPHIC {
        let poly = poly_of(&old);
        let entry = poly
            .entries()
            .position(|e| e.shape == new.shape)
            .or_else(|| poly.entries().position(|e| e.handler == 0));
        match entry {
            Some(i) => poly.set_entry(i, new),
            None => {
                for e in poly.entries() {
                    cache.put(key, e);
                }
                cache.put(key, new);
                f.set_ic(
                    i,
                    IcSlot {
                        shape: IC_MEGAMORPHIC,
                        ..IcSlot::default()
                    },
                );
            }
        }
    } else if old.handler == 0 || old.handler == Handler::GENERAL || old.shape == new.shape {
        f.set_ic(i, new);
    } else {
        let poly = agent.new_poly_ic();
        poly.set_entry(0, old);
        poly.set_entry(1, new);
        let ic = IcSlot {
            shape: IC_POLYMORPHIC,
            a: poly.addr() as u64,
            ..IcSlot::default()
        };
        f.set_ic(i, ic);
    }
    if agent.options.trace_ic {
        trace(agent, f, i, before, key);
    }
}

fn state_name(ic: &IcSlot) -> &'static str {
    match ic.shape {
        IC_MEGAMORPHIC => "megamorphic",
        IC_POLYMORPHIC => "polymorphic",
        _ if ic.handler == 0 => "empty",
        _ => "monomorphic",
    }
}

#[cold]
fn trace(agent: &mut Agent, f: Frame, i: usize, before: &str, key: PropertyKey) {
    let after = state_name(&f.ic_copy(i));
    let key = key.display(agent);
    trace_line(f, before, after, &key);
}

/// Prints that the site of a frame's instruction changed its state.
fn trace_line(f: Frame, before: &str, after: &str, what: &str) {
    let code = f.code();
    let block = code.block();
    let at = block
        .source_map
        .lookup(f.offset())
        .map(|p| block.source.line_column(p.point));
    let (line, column) = at.map_or((0, 0), |at| (at.line, at.column));
    let name = block.name.to_string();
    sarus_gc::note!(
        "[ic] {name} {line}:{column} {:?} {before} -> {after} {what}",
        f.op()
    );
}

/// True if the object's named properties are all in its shape and lookups of `key` in it have no side effects.
pub fn is_plain_for(o: Object, key: PropertyKey) -> bool {
    use sarus_runtime::kind::CellKind;
    if !o.is_exotic() {
        return true;
    }
    // Indices are special to these, named keys that cannot be numbers are not.
    (o.is(CellKind::TypedArray) && !may_be_numeric(key))
        || (o.is(CellKind::StringObject) && !is_of_string(key))
        || o.is(CellKind::MappedArguments)
}

/// Whether a String object may have the key by itself.
fn is_of_string(key: PropertyKey) -> bool {
    match key.as_atom() {
        None => key.is_index(),
        Some(s) => {
            matches!(s.flat(), Some(sarus_runtime::text::StrView::Latin1(b)) if b == b"length")
        }
    }
}

/// Whether a key could be a CanonicalNumericIndexString.
fn may_be_numeric(key: PropertyKey) -> bool {
    match key.as_atom() {
        None => false,
        Some(s) => match s.flat() {
            Some(sarus_runtime::text::StrView::Latin1(b)) => b
                .first()
                .is_none_or(|c| c.is_ascii_digit() || matches!(c, b'-' | b'I' | b'N')),
            _ => false,
        },
    }
}
