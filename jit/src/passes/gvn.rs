//! Global value numbering over the dominator tree, with memory.
//!
//! Two nodes with the same operation and inputs have the same value if what they read has not been written between them. Every
//! place in memory ([`super::memory`]) has a version at every point; a write gives it a new one, and so does a merge of
//! different ones (for loop headers: if the loop writes it). A node that reads is looked up together with the version; so loads
//! and checks that a dominating node has done already disappear, and a store makes its value known to the loads after it.

use super::edit::{Replacements, append, become_op};
use super::memory::{Memory, Places};
use crate::flow::{Dominators, Loops};
use crate::graph::*;
use crate::snapshot::Snapshot;
use rustc_hash::FxHasher;
use smallvec::SmallVec;
use std::hash::{Hash, Hasher};

/// The pass.
pub fn run(graph: &mut Graph, snapshot: &Snapshot) {
    let dominators = Dominators::new(graph);
    let loops = Loops::new(graph, &dominators);
    let memory = Memory::new(graph);
    let places = memory.places();
    let block_writes: Vec<Places> = (0..graph.blocks.len())
        .map(|b| memory.block_writes(graph, BlockId(b as u32)))
        .collect();
    let buckets = graph.nodes.len().next_power_of_two();
    let mut gvn = Gvn {
        snapshot,
        replaced: Replacements::new(graph),
        entries: Vec::new(),
        heads: vec![NONE; buckets],
        exits: vec![Vec::new(); graph.blocks.len()],
        versions: Vec::new(),
        next_version: 1,
        conditions: vec![SmallVec::new(); graph.nodes.len()],
        places,
        graph,
        dominators,
        loops,
        memory,
        block_writes,
    };
    for i in 0..gvn.graph.order.len() {
        let block = gvn.graph.order[i];
        gvn.block(block);
    }
    let Gvn {
        mut replaced,
        graph,
        ..
    } = gvn;
    replaced.apply(graph);
}

const NONE: u32 = u32::MAX;

/// A value that is known.
struct Entry {
    op: NodeOp,
    inputs: SmallVec<[NodeId; 3]>,
    /// Version of what it reads, 0 if it reads nothing.
    version: u32,
    /// Where it is known from.
    block: BlockId,
    result: NodeId,
    /// The next one with the same hash.
    next: u32,
}

struct Gvn<'g> {
    snapshot: &'g Snapshot,
    graph: &'g mut Graph,
    dominators: Dominators,
    loops: Loops,
    memory: Memory,
    places: usize,
    block_writes: Vec<Places>,
    replaced: Replacements,
    entries: Vec<Entry>,
    heads: Vec<u32>,
    /// Versions at the ends of blocks, by block.
    exits: Vec<Vec<u32>>,
    /// Versions at the point at hand.
    versions: Vec<u32>,
    next_version: u32,
    /// Where a condition was branched on: the block in which it is known, and what it is there.
    conditions: Vec<SmallVec<[(BlockId, bool); 2]>>,
}

fn hash(op: &NodeOp, inputs: &[NodeId], version: u32) -> u64 {
    let mut hasher = FxHasher::default();
    op.hash(&mut hasher);
    inputs.hash(&mut hasher);
    version.hash(&mut hasher);
    hasher.finish()
}

impl Gvn<'_> {
    fn block(&mut self, block: BlockId) {
        self.versions = self.versions_at(block);
        let old = std::mem::take(&mut self.graph.block_mut(block).nodes);
        let mut new = Vec::with_capacity(old.len());
        for id in old {
            self.resolve_inputs(id);
            if self.node(id, block) {
                new.push(id);
            }
        }
        self.graph.block_mut(block).nodes = new;
        self.end(block);
        self.exits[block.index()] = std::mem::take(&mut self.versions);
    }

    fn resolve_inputs(&mut self, id: NodeId) {
        for i in 0..self.graph.node(id).inputs.len() {
            let input = self.replaced.get(self.graph.node(id).inputs[i]);
            self.graph.node_mut(id).inputs[i] = input;
        }
    }

    /// Versions at the start of a block.
    fn versions_at(&mut self, block: BlockId) -> Vec<u32> {
        let preds = self.graph.block(block).preds.clone();
        let done: SmallVec<[BlockId; 4]> = preds
            .iter()
            .copied()
            .filter(|p| !self.exits[p.index()].is_empty())
            .collect();
        let Some((&first, rest)) = done.split_first() else {
            let fresh = self.fresh();
            return vec![fresh; self.places];
        };
        let mut versions = self.exits[first.index()].clone();
        for (place, version) in versions.iter_mut().enumerate() {
            if rest
                .iter()
                .any(|p| self.exits[p.index()][place] != *version)
            {
                self.next_version += 1;
                *version = self.next_version;
            }
        }
        if done.len() < preds.len() {
            // Back edges: what the loop writes is not what it was.
            let index = self.loops.of(block);
            let blocks: &[BlockId] = match index {
                Some(i) if self.loops.loops[i].header == block => &self.loops.loops[i].blocks,
                _ => &self.graph.order,
            };
            let written = blocks.iter().fold(Places::default(), |all, b| {
                all | self.block_writes[b.index()]
            });
            let places = self.places;
            for place in written.iter().take_while(|p| *p < places) {
                versions[place] = self.fresh();
            }
        }
        versions
    }

    fn fresh(&mut self) -> u32 {
        self.next_version += 1;
        self.next_version
    }

    /// Whether the node stays.
    fn node(&mut self, id: NodeId, block: BlockId) -> bool {
        let op = self.graph.node(id).op.clone();
        if op.is_value() {
            return self.value(id, op, block);
        }
        if let NodeOp::New { template, .. } = op {
            self.made(id, template, block);
            return true;
        }
        let written = self.memory.writes_of(self.graph, id);
        if written.is_empty() {
            return true;
        }
        let places = self.places;
        for place in written.iter().take_while(|p| *p < places) {
            self.versions[place] = self.fresh();
        }
        self.stored(id, &op, block);
        true
    }

    fn value(&mut self, id: NodeId, op: NodeOp, block: BlockId) -> bool {
        let reads = self.memory.reads_of(self.graph, id);
        let version = match reads.only() {
            _ if reads.is_empty() => 0,
            Some(place) => self.versions[place],
            None => return true,
        };
        if let NodeOp::CheckIs(wanted) = op
            && self.known_condition(self.graph.node(id).inputs[0], block) == Some(wanted)
        {
            return false;
        }
        if version == 0
            && let Some(known) = self.number(id, &op, block)
        {
            self.replaced.set(id, known);
            return false;
        }
        let op = self.graph.node(id).op.clone();
        let commutes = matches!(
            op,
            NodeOp::IntArith(IntOp::Add | IntOp::Mul)
                | NodeOp::FloatArith(FloatOp::Add | FloatOp::Mul)
                | NodeOp::Bit(BitOp::Add | BitOp::Mul | BitOp::And | BitOp::Or | BitOp::Xor)
                | NodeOp::IntCmp(Cond::Eq | Cond::Ne)
                | NodeOp::SameBits
        );
        let mut inputs = self.graph.node(id).inputs.clone();
        if commutes {
            inputs.sort_unstable();
        }
        if let NodeOp::CheckShape(shapes) = &op {
            return self.check_shape(id, shapes, inputs, version, block);
        }
        // What objects of other shapes have is written without a new version for those of this shape; but what was stored in
        // this object while it had another shape is known by the version for all.
        let wide = self.memory.reads(&op).only().filter(|_| version != 0);
        let wide = wide.map_or(version, |place| self.versions[place]);
        let known = self.find(&op, &inputs, version, block);
        let known = known.or_else(|| match wide != version {
            true => self.find(&op, &inputs, wide, block),
            false => None,
        });
        if let Some(known) = known {
            self.replaced.set(id, known);
            return false;
        }
        if wide != version {
            self.know(op.clone(), inputs.clone(), wide, block, id);
        }
        self.know(op, inputs, version, block, id);
        true
    }

    /// Answers what kind of number a value is from a check that dominates: with a value, or by a cheaper operation in place.
    fn number(&mut self, id: NodeId, op: &NodeOp, block: BlockId) -> Option<NodeId> {
        let asks = matches!(
            op,
            NodeOp::CheckNumber
                | NodeOp::CheckTruncate
                | NodeOp::NumberToFloat
                | NodeOp::UntagInt
                | NodeOp::Is(Test::Int | Test::Number)
        );
        if !asks {
            return None;
        }
        let input = [self.graph.node(id).inputs[0]];
        if let Some(int) = self.find(&NodeOp::CheckInt, &input, 0, block) {
            match op {
                NodeOp::UntagInt | NodeOp::CheckTruncate => return Some(int),
                NodeOp::Is(_) => become_op(self.graph, id, NodeOp::Bool(true), &[]),
                _ => become_op(self.graph, id, NodeOp::IntToFloat, &[int]),
            }
        } else if let Some(float) = self.find(&NodeOp::CheckNumber, &input, 0, block) {
            match op {
                NodeOp::NumberToFloat => return Some(float),
                NodeOp::CheckTruncate => become_op(self.graph, id, NodeOp::FloatToInt, &[float]),
                NodeOp::Is(Test::Number) => become_op(self.graph, id, NodeOp::Bool(true), &[]),
                _ => {}
            }
        }
        None
    }

    /// Shape checks are found under no shapes at all: a check of fewer shapes does for one of more.
    fn check_shape(
        &mut self,
        id: NodeId,
        shapes: &[u32],
        inputs: SmallVec<[NodeId; 3]>,
        version: u32,
        block: BlockId,
    ) -> bool {
        let any = NodeOp::CheckShape(SmallVec::new());
        let mut at = self.heads[self.bucket(&any, &inputs, version)];
        while let Some(entry) = self.entries.get(at as usize) {
            let known = self.graph.node(entry.result);
            let enough = match &known.op {
                NodeOp::CheckShape(known) => known.iter().all(|s| shapes.contains(s)),
                NodeOp::StoreShape(shape) => shapes.contains(shape),
                _ => false,
            };
            if enough
                && entry.op == any
                && entry.inputs == inputs
                && entry.version == version
                && self.dominators.dominates(entry.block, block)
            {
                let value = match known.op {
                    NodeOp::StoreShape(_) => known.inputs[0],
                    _ => entry.result,
                };
                self.replaced.set(id, value);
                return false;
            }
            at = entry.next;
        }
        self.know(any, inputs, version, block, id);
        true
    }

    /// What is in a new cell. Nothing else has become known of any other.
    fn made(&mut self, id: NodeId, template: u32, block: BlockId) {
        let Some(template) = self.graph.templates.get(template as usize) else {
            return;
        };
        let fields = template.fields.clone();
        let locs: Vec<Loc> = fields
            .iter()
            .map(|at| template.loc(&self.snapshot.layout, *at))
            .collect();
        for (i, (offset, loc)) in fields.into_iter().zip(locs).enumerate() {
            let value = self.graph.node(id).inputs[i];
            for mem in [Mem::Value, Mem::Ptr] {
                let load = NodeOp::Load(mem, offset, loc);
                let version = match self.memory.reads(&load).only() {
                    Some(place) => self.versions[place],
                    None => continue,
                };
                self.know(load, smallvec::smallvec![id], version, block, value);
            }
        }
    }

    /// What a store makes known.
    fn stored(&mut self, id: NodeId, op: &NodeOp, block: BlockId) {
        let inputs = self.graph.node(id).inputs.clone();
        match *op {
            NodeOp::Store(mem, offset, loc) if keeps_value(mem) && loc != Loc::Header => {
                let load = NodeOp::Load(mem, offset, loc);
                let wide = self.memory.reads(&load);
                // Of objects of its shape, if that is a place.
                let owned = self.memory.stored_of(self.graph, id).filter(|p| *p != wide);
                for place in [Some(wide), owned].into_iter().flatten() {
                    let version = place.only().map(|p| self.versions[p]);
                    if let (Some(version), &[base, value]) = (version, &inputs[..]) {
                        let load = load.clone();
                        self.know(load, smallvec::smallvec![base], version, block, value);
                    }
                }
            }
            NodeOp::StoreIndexed(mem, offset, loc) if keeps_value(mem) => {
                let load = NodeOp::LoadIndexed(mem, offset, loc);
                let version = self.memory.reads(&load).only().map(|p| self.versions[p]);
                if let (Some(version), &[base, index, value]) = (version, &inputs[..]) {
                    let key = smallvec::smallvec![base, index];
                    self.know(load, key, version, block, value);
                }
            }
            NodeOp::StoreShape(_) => {
                let any = NodeOp::CheckShape(SmallVec::new());
                let version = self.memory.reads(&any).only().map(|p| self.versions[p]);
                if let Some(version) = version {
                    self.know(any, inputs, version, block, id);
                }
            }
            _ => {}
        }
    }

    fn bucket(&self, op: &NodeOp, inputs: &[NodeId], version: u32) -> usize {
        let hash = hash(op, inputs, version);
        (hash ^ (hash >> 32)) as usize & (self.heads.len() - 1)
    }

    fn find(&self, op: &NodeOp, inputs: &[NodeId], version: u32, block: BlockId) -> Option<NodeId> {
        let mut at = self.heads[self.bucket(op, inputs, version)];
        while let Some(entry) = self.entries.get(at as usize) {
            if entry.version == version
                && entry.op == *op
                && entry.inputs[..] == *inputs
                && self.dominators.dominates(entry.block, block)
            {
                return Some(entry.result);
            }
            at = entry.next;
        }
        None
    }

    fn know(
        &mut self,
        op: NodeOp,
        inputs: SmallVec<[NodeId; 3]>,
        version: u32,
        block: BlockId,
        result: NodeId,
    ) {
        let bucket = self.bucket(&op, &inputs, version);
        let next = std::mem::replace(&mut self.heads[bucket], self.entries.len() as u32);
        self.entries.push(Entry {
            op,
            inputs,
            version,
            block,
            result,
            next,
        });
    }

    fn known_condition(&self, cond: NodeId, block: BlockId) -> Option<bool> {
        self.conditions
            .get(cond.index())?
            .iter()
            .find(|(at, _)| self.dominators.dominates(*at, block))
            .map(|(_, is)| *is)
    }

    /// Branches on what was branched on before are left to the simplifier, as branches on constants.
    fn end(&mut self, block: BlockId) {
        let Some(input) = self.graph.block(block).end.input() else {
            return;
        };
        let input = self.replaced.get(input);
        if let Some(end) = self.graph.block_mut(block).end.input_mut() {
            *end = input;
        }
        let End::Branch {
            then, otherwise, ..
        } = self.graph.block(block).end
        else {
            return;
        };
        match self.known_condition(input, block) {
            Some(is) if !matches!(self.graph.node(input).op, NodeOp::Bool(_)) => {
                let constant = append(self.graph, NodeOp::Bool(is), &[], block);
                if let Some(end) = self.graph.block_mut(block).end.input_mut() {
                    *end = constant;
                }
            }
            Some(_) => {}
            None if input.index() < self.conditions.len() => {
                let known = &mut self.conditions[input.index()];
                known.push((then, true));
                known.push((otherwise, false));
            }
            None => {}
        }
    }
}

/// Whether a load gives back what a store of the same width was given.
fn keeps_value(mem: Mem) -> bool {
    matches!(mem, Mem::Value | Mem::Ptr | Mem::F64 | Mem::I32)
}
