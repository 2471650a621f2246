//! Memory as passes see it: abstract locations, told apart by offset where that is possible, and sets of them.
//!
//! What is read and written comes from [`NodeOp::effects`] alone; a store or load of a named property narrows its location to
//! its own offset, and further to the objects of one shape where [`Graph::owners`] knows it. No object changes its shape for another
//! one and back but in calls, which write everything: so what one of a shape has stays as it is while only objects that have other
//! shapes then are written to.

use crate::graph::{BlockId, Graph, Loc, NodeId, NodeOp};
use std::ops::BitOr;

/// Locations of the table of effects.
const PLAIN: usize = 32;
/// Places that are told apart in all.
pub const PLACES: usize = 128;

/// A set of places.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Places(u128);

impl Places {
    /// Whether they have one in common.
    pub fn meet(self, other: Places) -> bool {
        self.0 & other.0 != 0
    }
    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
    /// The one member, if it has just one.
    pub fn only(self) -> Option<usize> {
        self.0
            .is_power_of_two()
            .then(|| self.0.trailing_zeros() as usize)
    }
    /// The members.
    pub fn iter(self) -> impl Iterator<Item = usize> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            (rest != 0).then(|| {
                let place = rest.trailing_zeros() as usize;
                rest &= rest - 1;
                place
            })
        })
    }
}

impl BitOr for Places {
    type Output = Places;
    fn bitor(self, other: Places) -> Places {
        Places(self.0 | other.0)
    }
}

/// The places of one graph.
#[derive(Debug)]
pub struct Memory {
    /// Locations with offsets that have a place of their own.
    narrow: Vec<(Loc, i32)>,
    /// Those of objects of one shape that have one: index in `narrow`, and the shape.
    owned: Vec<(usize, u32)>,
    /// By index in `narrow`: its place and every owned one.
    all_at: Vec<u128>,
    /// By location: its own place and every narrow one.
    all_of: [u128; PLAIN],
}

fn has_offsets(loc: Loc) -> bool {
    matches!(loc, Loc::Field | Loc::Slot | Loc::Env)
}

impl Memory {
    /// Collects the offsets that occur.
    pub fn new(graph: &Graph) -> Memory {
        let mut narrow = Vec::new();
        for &block in &graph.order {
            for &id in &graph.block(block).nodes {
                if let NodeOp::Load(_, offset, loc) | NodeOp::Store(_, offset, loc) =
                    graph.node(id).op
                    && has_offsets(loc)
                    && narrow.len() < PLACES - PLAIN
                    && !narrow.contains(&(loc, offset))
                {
                    narrow.push((loc, offset));
                }
            }
        }
        let owned = owned_places(graph, &narrow);
        let mut all_at: Vec<u128> = (0..narrow.len()).map(|i| 1 << (PLAIN + i)).collect();
        for (i, (at, _)) in owned.iter().enumerate() {
            all_at[*at] |= 1 << (PLAIN + narrow.len() + i);
        }
        let mut all_of = [0; PLAIN];
        for (loc, set) in all_of.iter_mut().enumerate() {
            *set = 1 << loc;
        }
        for (i, (loc, _)) in narrow.iter().enumerate() {
            all_of[*loc as usize] |= all_at[i];
        }
        Memory {
            narrow,
            owned,
            all_at,
            all_of,
        }
    }

    /// Number of places in use.
    pub fn places(&self) -> usize {
        PLAIN + self.narrow.len() + self.owned.len()
    }

    fn narrow(&self, loc: Loc, offset: i32) -> Option<usize> {
        let found = self.narrow.iter().position(|at| *at == (loc, offset));
        found.filter(|_| has_offsets(loc))
    }

    /// The place of a property in objects of a shape.
    fn owned(&self, at: usize, owner: u32) -> Option<Places> {
        let found = self.owned.iter().position(|o| *o == (at, owner))?;
        Some(Places(1 << (PLAIN + self.narrow.len() + found)))
    }

    fn widen(&self, locs: u32) -> Places {
        let mut set = 0;
        let mut rest = locs;
        while rest != 0 {
            set |= self.all_of[rest.trailing_zeros() as usize];
            rest &= rest - 1;
        }
        Places(set)
    }

    /// What an operation reads, whatever it reads it from.
    pub fn reads(&self, op: &NodeOp) -> Places {
        let locs = op.effects().reads.0;
        match op {
            NodeOp::Load(_, offset, loc) if locs == 1 << *loc as u32 => {
                match self.narrow(*loc, *offset) {
                    Some(at) => Places(1 << (PLAIN + at)),
                    None => Places(1 << *loc as u32),
                }
            }
            _ => self.widen(locs),
        }
    }

    /// What a node reads.
    pub fn reads_of(&self, graph: &Graph, id: NodeId) -> Places {
        let op = &graph.node(id).op;
        self.owned_by(graph, id, op)
            .unwrap_or_else(|| self.reads(op))
    }

    /// The place of an access to a property of objects of a shape.
    fn owned_by(&self, graph: &Graph, id: NodeId, op: &NodeOp) -> Option<Places> {
        let (NodeOp::Load(_, offset, loc) | NodeOp::Store(_, offset, loc)) = op else {
            return None;
        };
        let owner = *graph.owners.get(&id)?;
        self.owned(self.narrow(*loc, *offset)?, owner)
    }

    /// Where a store to a property of objects of a shape puts its value, for loads from such.
    pub fn stored_of(&self, graph: &Graph, id: NodeId) -> Option<Places> {
        self.owned_by(graph, id, &graph.node(id).op)
    }

    /// What a node writes.
    pub fn writes_of(&self, graph: &Graph, id: NodeId) -> Places {
        let op = &graph.node(id).op;
        let locs = op.effects().writes.0;
        let NodeOp::Store(_, offset, loc) = op else {
            return self.widen(locs);
        };
        let Some(at) = self.narrow(*loc, *offset) else {
            return match has_offsets(*loc) {
                // An offset without a place of its own.
                true => self.widen(locs & !(1 << *loc as u32)) | Places(1 << *loc as u32),
                false => self.widen(locs),
            };
        };
        let here = match graph.owners.contains_key(&id) {
            true => {
                let owned = self.owned_by(graph, id, op).unwrap_or_default();
                Places(1 << (PLAIN + at)) | owned
            }
            false => Places(self.all_at[at]),
        };
        self.widen(locs & !(1 << *loc as u32)) | here
    }

    /// What the nodes of a block write.
    pub fn block_writes(&self, graph: &Graph, block: BlockId) -> Places {
        let nodes = &graph.block(block).nodes;
        nodes.iter().fold(Places::default(), |all, id| {
            all | self.writes_of(graph, *id)
        })
    }
}

/// The properties of objects of one shape that are read: index in `narrow`, and the shape.
fn owned_places(graph: &Graph, narrow: &[(Loc, i32)]) -> Vec<(usize, u32)> {
    let mut owned = Vec::new();
    for &block in &graph.order {
        for &id in &graph.block(block).nodes {
            let NodeOp::Load(_, offset, loc) = graph.node(id).op else {
                continue;
            };
            let Some(&owner) = graph.owners.get(&id) else {
                continue;
            };
            let at = narrow.iter().position(|at| *at == (loc, offset));
            if let Some(at) = at
                && PLAIN + narrow.len() + owned.len() < PLACES
                && !owned.contains(&(at, owner))
            {
                owned.push((at, owner));
            }
        }
    }
    owned
}
