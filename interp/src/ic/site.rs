//! Call and construct sites, and element accesses: what they have met, for the optimizing compiler.
//!
//! A call site's slot has the shape `IC_MEGAMORPHIC`, which collections leave alone, its state in `handler`, and up to two
//! targets in `a` and `b`: the linked code of a closure or a native function object. With three or four targets `a` is a
//! `PolyIc` whose entries have them, and `b` the one that was called last. `c` has the code of the first argument of
//! builtins that call it. A construct site's slot belongs to the cache of instance shapes (see `construct.rs`), which leaves
//! `c` for the target; with two to four of them `c` is a `PolyIc`, whose entries are such slots for one target each.

use super::{poly_entries, poly_of};
use crate::frame::Frame;
use sarus_gc::Gc;
use sarus_jit::snapshot::element;
use sarus_runtime::agent::Agent;
use sarus_runtime::code::{IC_MEGAMORPHIC, IcSlot, PolyIc};
use sarus_runtime::kind::CellKind;
use sarus_runtime::object::Object;
use sarus_runtime::object::typed_array::TYPE_OFFSET;
use sarus_runtime::value::Value;

/// One target, in `a`.
pub const ONE: u32 = 1;
/// Two targets, in `a` and `b`.
pub const TWO: u32 = 2;
/// More than that.
pub const MANY: u32 = 3;
/// Three or four targets, in the `PolyIc` in `a`.
pub const FEW: u32 = 4;
/// `c` of a site with several targets (or first arguments).
pub const SEVERAL: u64 = 1;

/// What is recorded for a callee: its code, itself if it is a native function, or 0.
pub fn target_of(o: Object) -> u64 {
    if let Some(function) = o.as_function() {
        return function.code().addr() as u64;
    }
    if o.is(CellKind::NativeFunction) {
        o.addr() as u64
    } else {
        0
    }
}

/// The targets of a call site's slot.
pub fn targets(ic: &IcSlot) -> Vec<u64> {
    match ic.handler {
        ONE => vec![ic.a],
        TWO => vec![ic.a, ic.b],
        FEW => {
            let known = poly_entries(ic).into_iter().map(|e| e.a);
            known.filter(|target| *target != 0).collect()
        }
        _ => Vec::new(),
    }
}

/// Records a target at the call site of word 1 that is not in the slot itself.
#[cold]
#[inline(never)]
pub fn record(agent: &mut Agent, f: Frame, target: u64) {
    if !f.code().has_feedback() {
        return;
    }
    let old = f.ic_copy(1);
    let (handler, a, b) = match old.handler {
        _ if target == 0 => (MANY, 0, 0),
        0 => (ONE, target, 0),
        ONE => (TWO, old.a, target),
        TWO => {
            let few = agent.new_poly_ic();
            let all = [old.a, old.b, target];
            for (i, target) in all.into_iter().enumerate() {
                few.set_entry(i, entry_of(target));
            }
            (FEW, few.addr() as u64, target)
        }
        FEW => match add(&old, target) {
            Some(true) => (FEW, old.a, target),
            Some(false) => {
                f.set_ic(1, IcSlot { b: target, ..old });
                return;
            }
            None => (MANY, 0, 0),
        },
        _ => (MANY, 0, 0),
    };
    f.set_ic(
        1,
        IcSlot {
            shape: IC_MEGAMORPHIC,
            handler,
            a,
            b,
            c: old.c,
        },
    );
    if agent.options.trace_ic {
        trace(f, old.handler, handler, target);
    }
}

fn entry_of(target: u64) -> IcSlot {
    IcSlot {
        shape: IC_MEGAMORPHIC,
        handler: ONE,
        a: target,
        ..IcSlot::default()
    }
}

/// Adds a target to those of a site with a few; false if it is there, `None` if there are too many.
fn add(ic: &IcSlot, target: u64) -> Option<bool> {
    let few = poly_of(ic);
    for (i, entry) in few.entries().enumerate() {
        match entry.a {
            known if known == target => return Some(false),
            0 => {
                few.set_entry(i, entry_of(target));
                return Some(true);
            }
            _ => {}
        }
    }
    None
}

/// Prints that a call site has met another target.
#[cold]
fn trace(f: Frame, before: u32, after: u32, target: u64) {
    let state = |handler: u32| match handler {
        0 => "empty",
        ONE => "monomorphic",
        TWO | FEW => "polymorphic",
        _ => "megamorphic",
    };
    let name = match Value::from_bits(target).as_linked_code() {
        _ if target == 0 => "something else".into(),
        Some(code) => crate::tier::trace::name_of(code.block()),
        None => "a builtin".into(),
    };
    super::trace_line(f, state(before), state(after), &name);
}

/// Records a callee at the call site of word 1.
#[inline]
pub fn record_callee(agent: &mut Agent, f: Frame, callee: Value) {
    let Some(o) = callee.as_object() else { return };
    let target = target_of(o);
    let ic = f.ic_copy(1);
    let known = target != 0 && (ic.a == target || ic.b == target);
    if !known && ic.handler != MANY {
        record(agent, f, target);
    }
}

/// Records the code of the first argument at the call site of word 1, for callees that call it.
#[inline]
pub fn record_argument(f: Frame, code: u64) {
    let ic = f.ic_copy(1);
    if ic.c == code || ic.c == SEVERAL {
        return;
    }
    let c = if ic.c == 0 { code } else { SEVERAL };
    f.set_ic(1, IcSlot { c, ..ic });
}

/// What is known of each constructor of a construct site that has seen two to four.
pub fn constructors(ic: &IcSlot) -> Option<Gc<PolyIc>> {
    let is_few = ic.c != SEVERAL && Value::from_bits(ic.c).is_kind(CellKind::PolyIc);
    // SAFETY: the kind was checked.
    is_few.then(|| unsafe { Gc::from_raw(ic.c as *mut PolyIc) })
}

/// Records a constructor at the construct site of word 1.
#[inline]
pub fn record_constructor(agent: &mut Agent, f: Frame, o: Object) {
    let target = target_of(o);
    let ic = f.ic_copy(1);
    // Nothing is recorded of what is no closure or native function, but that it came by.
    if (ic.c != target || target == 0) && ic.c != SEVERAL {
        add_constructor(agent, f, target);
    }
}

#[inline(never)]
fn add_constructor(agent: &mut Agent, f: Frame, target: u64) {
    if !f.code().has_feedback() {
        return;
    }
    let ic = f.ic_copy(1);
    let unknown = IcSlot {
        shape: IC_MEGAMORPHIC,
        c: target,
        ..IcSlot::default()
    };
    let c = if target == 0 {
        SEVERAL
    } else if ic.c == 0 {
        target
    } else if let Some(few) = constructors(&ic) {
        if few.entries().any(|e| e.c == target) {
            return;
        }
        match few.entries().position(|e| e.c == 0) {
            Some(free) => {
                few.set_entry(free, unknown);
                ic.c
            }
            None => SEVERAL,
        }
    } else {
        let few = agent.new_poly_ic();
        let first = match ic.shape {
            0 => IcSlot { c: ic.c, ..unknown },
            _ => ic,
        };
        few.set_entry(0, first);
        few.set_entry(1, unknown);
        few.addr() as u64
    };
    f.set_ic(1, IcSlot { c, ..ic });
    if agent.options.trace_ic {
        let before = match ic.c {
            0 => 0,
            _ if constructors(&ic).is_some() => FEW,
            _ => ONE,
        };
        let after = match c {
            SEVERAL => MANY,
            _ if c == target => ONE,
            _ => FEW,
        };
        trace(f, before, after, target);
    }
}

/// Notes what instances a constructor makes at the construct site of word 1.
pub fn note_instance(f: Frame, target: u64, instance: IcSlot) {
    let old = f.ic_copy(1);
    if let Some(few) = constructors(&old)
        && let Some(i) = few.entries().position(|e| e.c == target)
    {
        let entry = IcSlot {
            c: target,
            ..instance
        };
        few.set_entry(i, entry);
    }
    f.set_ic(
        1,
        IcSlot {
            c: old.c,
            ..instance
        },
    );
}

/// Records an access to an element of a typed array.
#[inline]
pub fn feed_typed(f: Frame, array: Value, large: bool) {
    let feedback = f.code().feedback();
    if feedback.is_null() {
        return;
    }
    // SAFETY: the caller checked the kind; there is one feedback byte per word of code, and element accesses have two words.
    unsafe {
        let kind = *((array.bits() as usize + TYPE_OFFSET) as *const u8) + 1;
        let at = feedback.add(f.offset() as usize);
        *at |= element::TYPED;
        let seen = &mut *at.add(1);
        let large = *seen & element::LARGE | if large { element::LARGE } else { 0 };
        *seen = match *seen & !element::LARGE {
            before if before == 0 || before == kind => kind | large,
            _ => u8::MAX,
        };
    }
}

/// Records an element access that takes the general way.
#[cold]
pub fn feed_general(f: Frame, base: Value, k: Value) {
    let bits = if base.is_kind(CellKind::Proxy) {
        element::PROXY
    } else if !k.is_int() {
        element::NAMED
    } else if base.is_kind(CellKind::TypedArray) {
        feed_typed(f, base, false);
        element::OUTSIDE
    } else if base.is_string() {
        element::STRING | element::OUTSIDE
    } else if base
        .header()
        .is_some_and(super::element::has_plain_elements)
    {
        element::OUTSIDE
    } else {
        element::OTHER
    };
    f.feed(bits);
}
