//! What JSON.stringify remembers of shapes while it serializes a value: the members of their objects with names already quoted, and
//! that nothing on their prototype chains is called `toJSON`.
//!
//! Both follow from a shared shape (and a validity cell) alone. A plan is made when a shape comes for the second time, since one
//! object does not pay for it.

use crate::agent::Agent;
use crate::json_text::{BLOCK, JsonText};
use crate::kind::CellKind;
use crate::object::Object;
use crate::property::PropertyKey;
use crate::shape::{Shape, ShapeId, ShapeMode, ValidityCell};
use sarus_gc::Gc;
use std::rc::Rc;

/// Shapes that are remembered; a power of two.
const SIZE: usize = 16;

/// A member of the objects of a shape.
pub(super) struct Member {
    /// Kept alive by the shape.
    pub(super) key: PropertyKey,
    /// Where the value is; None for accessors.
    pub(super) slot: Option<u32>,
    /// Quoted name and colon, in one block if they are short: with a comma in front, or a space behind if there is a gap.
    block: [u8; BLOCK],
    /// How much of the block counts, 0 if the name does not fit.
    length: usize,
}

impl Member {
    /// Appends the name, between comma and colon or between nothing and a space.
    #[inline]
    pub(super) fn push_name(&self, out: &mut JsonText, gap: bool) {
        if self.length > 0 {
            out.push_block(&self.block, self.length);
        } else {
            push_name(out, self.key, gap);
        }
    }
}

/// The name of a member as text.
pub(super) fn push_name(out: &mut JsonText, key: PropertyKey, gap: bool) {
    if !gap {
        out.push_byte(b',');
    }
    match key.as_atom() {
        Some(atom) => out.push_quoted(atom.atom_view()),
        None => {
            let text = format!("\"{}\"", key.as_index().unwrap_or(0));
            out.push_bytes(text.as_bytes());
        }
    }
    out.push_byte(b':');
    if gap {
        out.push_byte(b' ');
    }
}

/// The enumerable members of the objects of a shape.
pub(super) struct Plan {
    shape: ShapeId,
    members: Vec<Member>,
}

impl Plan {
    fn new(shape: Gc<Shape>, gap: bool) -> Plan {
        let mut members = Vec::new();
        shape.with_entries(|entries| {
            for e in entries {
                if e.key.as_atom().is_none() || !e.attributes.enumerable() {
                    continue;
                }
                let mut text = JsonText::default();
                push_name(&mut text, e.key, gap);
                let (mut block, mut length) = ([0; BLOCK], 0);
                if let Some(bytes) = text.narrow().filter(|b| b.len() <= BLOCK) {
                    block[..bytes.len()].copy_from_slice(bytes);
                    length = bytes.len();
                }
                members.push(Member {
                    key: e.key,
                    slot: (!e.attributes.is_accessor()).then_some(e.slot),
                    block,
                    length,
                });
            }
        });
        Plan {
            shape: shape.id(),
            members,
        }
    }
    /// In the order of their creation.
    pub(super) fn members(&self) -> &[Member] {
        &self.members
    }
    /// The id of the shape, as long as that is remembered.
    pub(super) fn shape_id(&self) -> ShapeId {
        self.shape
    }
}

/// A shape whose objects inherit no `toJSON`, and have none of their own, while the cell is valid.
#[derive(Copy, Clone)]
struct Quiet {
    shape: Gc<Shape>,
    chain: Gc<ValidityCell>,
}

/// What one serialization remembers. It is on the native stack, which keeps the shapes, so that their ids stay theirs.
pub(super) struct Plans {
    plans: [Option<(Gc<Shape>, Rc<Plan>)>; SIZE],
    /// The shapes that came last.
    seen: [ShapeId; SIZE],
    quiet: [Option<Quiet>; SIZE],
}

impl Plans {
    pub(super) fn new() -> Plans {
        Plans {
            plans: [const { None }; SIZE],
            seen: [0; SIZE],
            quiet: [None; SIZE],
        }
    }

    /// The plan of a shared shape that came before. Whether there is a gap does not change.
    #[inline]
    pub(super) fn of(&mut self, shape: Gc<Shape>, gap: bool) -> Option<Rc<Plan>> {
        let at = shape.id() as usize % SIZE;
        if let Some((kept, plan)) = &self.plans[at]
            && *kept == shape
        {
            return Some(plan.clone());
        }
        if self.seen[at] != shape.id() {
            self.seen[at] = shape.id();
            return None;
        }
        let plan = Rc::new(Plan::new(shape, gap));
        self.plans[at] = Some((shape, plan.clone()));
        Some(plan)
    }

    /// Whether a search for `toJSON` would find nothing and be seen by nobody.
    #[inline]
    pub(super) fn inherits_no_to_json(&mut self, agent: &mut Agent, o: Object) -> bool {
        let at = o.shape_id() as usize % SIZE;
        match &self.quiet[at] {
            Some(q) if q.shape.id() == o.shape_id() && q.chain.is_valid() => true,
            _ => self.look_for_to_json(agent, o, at),
        }
    }

    #[inline(never)]
    fn look_for_to_json(&mut self, agent: &mut Agent, o: Object, at: usize) -> bool {
        let (shape, key) = (o.shape(agent), agent.names.toJSON);
        let plain = o.is(CellKind::Object) || o.is(CellKind::Array);
        if !plain || shape.mode() != ShapeMode::Shared || shape.lookup(key).is_some() {
            return false;
        }
        let Some(first) = shape.prototype_object() else {
            return false;
        };
        let mut next = Some(first);
        while let Some(p) = next {
            if p.is_exotic() || p.shape(agent).lookup(key).is_some() {
                return false;
            }
            next = p.shape(agent).prototype_object();
        }
        let chain = agent.validity_cell(first);
        self.quiet[at] = Some(Quiet { shape, chain });
        true
    }
}
