//! Where keys were found in shapes lately, or that they were not: lookups in Rust ask the same again and again (traps of handlers,
//! `valueOf`, `constructor`, whatever `Reflect` is asked for), and a shape's own table is five loads away.

use super::Object;
use super::ordinary::Lookup;
use crate::agent::Agent;
use crate::property::{Attributes, PropertyKey};
use crate::shape::ShapeMode;
use sarus_gc::WeakVisitor;

/// A power of two.
const SIZE: usize = 1024;

#[derive(Copy, Clone)]
struct Line {
    key: u64,
    shape: u32,
    /// Slot and attributes, or that the key is absent.
    place: Option<(u32, Attributes)>,
}

const EMPTY: Line = Line {
    key: 0,
    shape: 0,
    place: None,
};

/// The table. Ids of shapes and addresses of keys are used again after a collection, which therefore drops those of the dead.
pub(crate) struct LookupCache {
    lines: [Line; SIZE],
    /// The shape of a prototype that has and inherits no part of a property descriptor; 0 for none.
    pub(crate) partless: u32,
}

impl Default for LookupCache {
    fn default() -> Self {
        LookupCache {
            lines: [EMPTY; SIZE],
            partless: 0,
        }
    }
}

impl LookupCache {
    /// Forgets lines of dead keys and of shapes whose ids may be given away.
    pub(crate) fn sweep(&mut self, visitor: &WeakVisitor) {
        let is_shape_live = |id: u32| visitor.is_minor() || visitor.is_shape_marked(id);
        for line in &mut self.lines {
            if line.shape != 0 && !(is_shape_live(line.shape) && visitor.is_referent_live(line.key))
            {
                *line = EMPTY;
            }
        }
        if !is_shape_live(self.partless) {
            self.partless = 0;
        }
    }
}

/// The property of an object that its shape has, if any. With `observe`, the id of a prototype's shape is kept too, which costs that
/// shape its id when it changes: not for those who look because they are about to change it.
#[inline]
pub(super) fn lookup_in_shape(
    agent: &mut Agent,
    o: Object,
    key: PropertyKey,
    observe: bool,
) -> Lookup {
    let shape = o.shape_id();
    let at = ((key.bits() >> 4) as usize ^ (shape as usize).wrapping_mul(37)) % SIZE;
    let line = agent.lookups.lines[at];
    let place = if line.shape == shape && line.key == key.bits() {
        line.place
    } else {
        look_up(agent, o, key, at, observe)
    };
    match place {
        None => Lookup::Absent,
        Some((slot, a)) if a.is_accessor() => Lookup::Accessor(o.load_slot(slot), a),
        Some((slot, a)) => Lookup::Data(o.load_slot(slot), a),
    }
}

impl Object {
    /// PrivateElementFind, and whether it found something.
    #[inline]
    pub fn has_private(self, agent: &mut Agent, name: PropertyKey) -> bool {
        !matches!(lookup_in_shape(agent, self, name, true), Lookup::Absent)
    }
}

#[inline(never)]
fn look_up(
    agent: &mut Agent,
    o: Object,
    key: PropertyKey,
    at: usize,
    observe: bool,
) -> Option<(u32, Attributes)> {
    let shape = o.shape(agent);
    let place = shape.lookup(key).map(|e| (e.slot, e.attributes));
    if shape.mode() == ShapeMode::Shared || observe && shape.is_cacheable() {
        shape.observe();
        agent.lookups.lines[at] = Line {
            key: key.bits(),
            shape: shape.id(),
            place,
        };
    }
    place
}

#[cfg(test)]
mod tests {
    use crate::agent::{Agent, AgentOptions};
    use crate::property::{Attributes, PropertyDescriptor};
    use crate::value::Value;

    #[test]
    fn changes_of_prototypes_are_seen() {
        let mut agent = Agent::new(AgentOptions::default());
        let (p, o) = (agent.new_plain_object(), agent.new_plain_object());
        let key = agent.key("late");
        assert!(matches!(o.set_prototype_of(&mut agent, Some(p)), Ok(true)));
        for n in 0..4 {
            let before = if n == 0 {
                Value::UNDEFINED
            } else {
                Value::int(n - 1)
            };
            for _ in 0..2 {
                assert_eq!(o.get(&mut agent, key, o.into()).ok(), Some(before));
            }
            if n == 2 {
                assert!(matches!(p.delete(&mut agent, key), Ok(true)));
                assert_eq!(
                    o.get(&mut agent, key, o.into()).ok(),
                    Some(Value::UNDEFINED)
                );
            }
            let d = PropertyDescriptor::data(Value::int(n), Attributes::ALL);
            assert!(matches!(
                p.define_own_property(&mut agent, key, &d),
                Ok(true)
            ));
        }
    }
}
