//! What JSON.stringify remembers of shapes while it serializes a value: the members of their objects with names already quoted, and
//! that nothing on their prototype chains is called `toJSON`.
//!
//! Both follow from a shared shape (and a validity cell) alone. A plan is made when a shape comes for the second time, since one
//! object does not pay for it.

use crate::agent::Agent;
use crate::json_text::quote_json_string_into;
use crate::kind::CellKind;
use crate::object::Object;
use crate::property::PropertyKey;
use crate::shape::{Shape, ShapeId, ShapeMode, ValidityCell};
use crate::text::{StrBuilder, StrView};
use sarus_gc::Gc;
use std::cell::OnceCell;
use std::ops::Range;
use std::rc::Rc;

/// Shapes that are remembered; a power of two.
const SIZE: usize = 8;

/// A member of the objects of a shape.
pub(super) struct Member {
    /// Kept alive by the shape.
    pub(super) key: PropertyKey,
    /// Where the value is; None for accessors.
    pub(super) slot: Option<u32>,
    /// Of the plan's text: comma, quoted name, colon.
    text: Range<usize>,
}

/// The enumerable members of the objects of a shape.
pub(super) struct Plan {
    shape: ShapeId,
    members: Vec<Member>,
    text: StrBuilder,
    /// The text for a builder that has two bytes per unit.
    wide: OnceCell<Vec<u16>>,
}

impl Plan {
    fn new(shape: Gc<Shape>) -> Plan {
        let (mut members, mut text) = (Vec::new(), StrBuilder::new());
        shape.with_entries(|entries| {
            for e in entries {
                let Some(name) = e.key.as_atom().filter(|_| e.attributes.enumerable()) else {
                    continue;
                };
                let start = text.len();
                text.push_byte(b',');
                quote_json_string_into(&mut text, name.atom_view());
                text.push_byte(b':');
                members.push(Member {
                    key: e.key,
                    slot: (!e.attributes.is_accessor()).then_some(e.slot),
                    text: start..text.len(),
                });
            }
        });
        Plan {
            shape: shape.id(),
            members,
            text,
            wide: OnceCell::new(),
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
    /// Appends a member's name and a colon, perhaps after a comma.
    #[inline]
    pub(super) fn push_name(&self, out: &mut StrBuilder, member: &Member, comma: bool) {
        let start = member.text.start + usize::from(!comma);
        let range = start..member.text.end;
        match (self.text.view(), out.view()) {
            (StrView::Latin1(text), StrView::Utf16(_)) => {
                let widened = || text.iter().map(|b| u16::from(*b)).collect();
                out.push_utf16(&self.wide.get_or_init(widened)[range]);
            }
            (StrView::Latin1(text), _) => out.push_latin1(&text[range]),
            (StrView::Utf16(text), _) => out.push_utf16(&text[range]),
        }
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

    /// The plan of a shared shape that came before.
    #[inline]
    pub(super) fn of(&mut self, shape: Gc<Shape>) -> Option<Rc<Plan>> {
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
        let plan = Rc::new(Plan::new(shape));
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
