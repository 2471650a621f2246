//! Where keys were found in shapes lately, or that they were not: for lookups in Rust that ask the same again and again, as those of
//! traps in handlers do.

use super::ordinary::{Lookup, lookup_own};
use super::{LAZY, Object};
use crate::agent::Agent;
use crate::kind::CellKind;
use crate::property::{Attributes, PropertyKey};
use crate::shape::ShapeMode;

/// A power of two.
const SIZE: usize = 128;

#[derive(Copy, Clone)]
struct Line {
    key: u64,
    shape: u32,
    /// Slot and attributes, or that the key is absent.
    place: Option<(u32, Attributes)>,
}

/// The table. Ids of shapes and addresses of keys are used again after a collection, which therefore empties it.
pub(crate) struct LookupCache([Line; SIZE]);

impl Default for LookupCache {
    fn default() -> Self {
        LookupCache(
            [Line {
                key: 0,
                shape: 0,
                place: None,
            }; SIZE],
        )
    }
}

impl LookupCache {
    pub(crate) fn clear(&mut self) {
        *self = LookupCache::default();
    }
}

/// The own property of an object that is not exotic.
#[inline]
pub(crate) fn lookup_own_cached(agent: &mut Agent, o: Object, key: PropertyKey) -> Lookup {
    if key.as_index().is_some() || o.flag(LAZY) || o.is(CellKind::Array) {
        return lookup_own(agent, o, key);
    }
    let shape = o.shape_id();
    let at = ((key.bits() >> 4) as usize ^ shape as usize) % SIZE;
    let line = agent.lookups.0[at];
    let place = if line.shape == shape && line.key == key.bits() {
        line.place
    } else {
        let cell = o.shape(agent);
        let place = cell.lookup(key).map(|e| (e.slot, e.attributes));
        if cell.mode() != ShapeMode::Dictionary {
            agent.lookups.0[at] = Line {
                key: key.bits(),
                shape,
                place,
            };
        }
        place
    };
    match place {
        None => Lookup::Absent,
        Some((slot, a)) if a.is_accessor() => Lookup::Accessor(o.load_slot(slot), a),
        Some((slot, a)) => Lookup::Data(o.load_slot(slot), a),
    }
}
