//! Memory as passes see it: abstract locations, told apart by offset where that is possible, and sets of them.
//!
//! What is read and written comes from [`NodeOp::effects`] alone; a store or load of a named property narrows its location to
//! its own offset.

use crate::graph::{BlockId, Graph, Loc, NodeOp};
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
        let mut all_of = [0; PLAIN];
        for (loc, set) in all_of.iter_mut().enumerate() {
            *set = 1 << loc;
        }
        for (i, (loc, _)) in narrow.iter().enumerate() {
            all_of[*loc as usize] |= 1 << (PLAIN + i);
        }
        Memory { narrow, all_of }
    }

    /// Number of places in use.
    pub fn places(&self) -> usize {
        PLAIN + self.narrow.len()
    }

    fn place(&self, loc: Loc, offset: i32) -> Places {
        match self.narrow.iter().position(|at| *at == (loc, offset)) {
            Some(i) if has_offsets(loc) => Places(1 << (PLAIN + i)),
            _ => Places(1 << loc as u32),
        }
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

    /// What a node reads.
    pub fn reads(&self, op: &NodeOp) -> Places {
        let locs = op.effects().reads.0;
        match op {
            NodeOp::Load(_, offset, loc) if locs == 1 << *loc as u32 => self.place(*loc, *offset),
            _ => self.widen(locs),
        }
    }

    /// What a node writes.
    pub fn writes(&self, op: &NodeOp) -> Places {
        let locs = op.effects().writes.0;
        match op {
            NodeOp::Store(_, offset, loc) if has_offsets(*loc) => {
                self.widen(locs & !(1 << *loc as u32)) | self.place(*loc, *offset)
            }
            _ => self.widen(locs),
        }
    }

    /// What the nodes of a block write.
    pub fn block_writes(&self, graph: &Graph, block: BlockId) -> Places {
        let nodes = &graph.block(block).nodes;
        nodes.iter().fold(Places::default(), |all, id| {
            all | self.writes(&graph.node(*id).op)
        })
    }
}
