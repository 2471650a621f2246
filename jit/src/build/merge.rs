//! Control flow: edges between bytecode blocks, merges with their phis, loops.

use super::analysis::Analysis;
use super::generic::is_fixed;
use super::types::Types;
use super::{Builder, Forms, Info};
use crate::graph::*;
use crate::layout::{frame, value};
use crate::snapshot::Reason;
use sarus_bytecode::Op;
use std::convert::Infallible;

/// Shapes that are remembered of a value.
const MAX_SHAPES: usize = 4;

/// A way into a block that is not built yet.
pub struct Edge {
    /// The graph block it comes from (its end is set).
    pub from: BlockId,
    /// Registers there.
    pub env: Vec<Option<NodeId>>,
    /// For returns of inlined frames: the value.
    pub value: Option<NodeId>,
    /// What is known there.
    pub info: Info,
}

impl Builder<'_> {
    /// Goes to a bytecode block of the current frame, and closes the open block.
    pub(super) fn goto(&mut self, target: usize) {
        if let Some((header, phis)) = self.context.loops[target].take() {
            let mut inputs = Vec::new();
            for (r, phi) in &phis {
                let input = match self.context.env[*r as usize] {
                    Some(v) => self.tagged(v),
                    None => self.constant(value::HOLE),
                };
                inputs.push((*phi, input));
            }
            self.end(End::Jump(header));
            for (phi, input) in inputs {
                self.graph.node_mut(phi).inputs.push(input);
            }
            self.context.loops[target] = Some((header, phis));
            return;
        }
        let Some(from) = self.block else { return };
        if self.leaves_loops(target) {
            let index = self.context.analysis.blocks[target].first;
            let state = self.state_at(index, None);
            let reason = Reason::LoopLeft;
            self.end(End::Exit { state, reason });
            return;
        }
        let block = match self.context.blocks[target] {
            Some(b) => b,
            None => {
                let b = self.graph.new_block();
                self.context.blocks[target] = Some(b);
                b
            }
        };
        self.end(End::Jump(block));
        let edge = Edge {
            from,
            env: self.context.env.clone(),
            value: None,
            info: std::mem::take(&mut self.info),
        };
        self.context.pending[target].push(edge);
    }

    /// Whether a block of code that is entered at a loop lies behind the loops around it.
    pub(super) fn leaves_loops(&self, target: usize) -> bool {
        self.context.frame == FrameId(0) && self.root_leaves_loops(target)
    }

    /// [`Builder::leaves_loops`] for blocks of the compiled function's own code.
    pub(super) fn root_leaves_loops(&self, target: usize) -> bool {
        !self.root.is_compiled(target)
    }

    /// Opens the graph block of a bytecode block; false if nothing leads there.
    pub(super) fn start_block(&mut self, b: usize) -> bool {
        let edges = std::mem::take(&mut self.context.pending[b]);
        let Some(block) = self.context.blocks[b] else {
            return false;
        };
        if edges.is_empty() {
            return false;
        }
        let analysis = self.context.analysis.clone();
        self.context.index = analysis.blocks[b].first;
        let resume = match self.context.not_resuming {
            None => u32::MAX,
            Some(_) => Analysis::resume_register(&self.function().code),
        };
        self.open(block);
        self.merge(block, edges, |r| {
            // These are no operands, but always there.
            r == 0 || r == 5 || r == 6 || r == 8 || analysis.blocks[b].live.has(r) || r == resume
        });
        if analysis.blocks[b].is_loop {
            self.start_loop(b);
        }
        true
    }

    /// Makes the registers of the open block from those of its predecessors.
    fn merge(&mut self, block: BlockId, mut edges: Vec<Edge>, live: impl Fn(u32) -> bool) {
        if edges.len() == 1 {
            if let Some(edge) = edges.pop() {
                self.context.env = edge.env;
                self.info = edge.info;
            }
        } else {
            let registers = edges[0].env.len();
            self.info = Info::default();
            self.join_info(&edges);
            let mut env = vec![None; registers];
            for (r, slot) in env.iter_mut().enumerate().filter(|(r, _)| live(*r as u32)) {
                let values: Option<Vec<NodeId>> = edges.iter().map(|e| e.env[r]).collect();
                if let Some(values) = values {
                    let froms: Vec<BlockId> = edges.iter().map(|e| e.from).collect();
                    *slot = Some(self.join(block, &froms, &values));
                }
            }
            self.context.env = env;
            return;
        }
        for (r, v) in self.context.env.iter_mut().enumerate() {
            if !live(r as u32) {
                *v = None;
            }
        }
    }

    /// Keeps what is known on every way in.
    fn join_info(&mut self, edges: &[Edge]) {
        let Some((first, rest)) = edges.split_first() else {
            return;
        };
        self.info.entered = first.info.entered.clone();
        self.info
            .entered
            .retain(|f| rest.iter().all(|e| e.info.entered.contains(f)));
        for (v, t) in &first.info.types {
            let mut all = *t;
            let known = rest.iter().all(|e| match e.info.types.get(v) {
                Some(other) => {
                    all = all.or(*other);
                    true
                }
                None => false,
            });
            if known {
                self.info.types.insert(*v, all);
            }
        }
        for (v, shapes) in &first.info.shapes {
            let mut all = shapes.clone();
            let known = rest.iter().all(|e| {
                let other = e.info.shapes.get(v);
                for shape in other.into_iter().flatten() {
                    if !all.contains(shape) {
                        all.push(*shape);
                    }
                }
                other.is_some()
            });
            if known && all.len() <= MAX_SHAPES {
                self.info.shapes.insert(*v, all);
            }
        }
        for (v, forms) in &first.info.forms {
            let mut kept = *forms;
            for e in rest {
                let other = e.info.forms.get(v).copied().unwrap_or_default();
                let same = |a: Option<NodeId>, b: Option<NodeId>| a.filter(|a| Some(*a) == b);
                kept = Forms {
                    int: same(kept.int, other.int),
                    float: same(kept.float, other.float),
                    tagged: same(kept.tagged, other.tagged),
                };
            }
            if kept.int.or(kept.float).or(kept.tagged).is_some() {
                self.info.forms.insert(*v, kept);
            }
        }
    }

    /// One value of several that come from different blocks.
    pub(super) fn join(&mut self, block: BlockId, froms: &[BlockId], values: &[NodeId]) -> NodeId {
        if values.iter().all(|v| *v == values[0]) {
            return values[0];
        }
        if let Some(bits) = self.constant_bits(values[0])
            && self.block == Some(block)
            && values.iter().all(|v| self.constant_bits(*v) == Some(bits))
        {
            return self.constant(bits);
        }
        let reps: Vec<Rep> = values.iter().map(|v| self.graph.node(*v).rep).collect();
        let rep = if reps.iter().all(|r| *r == reps[0]) && reps[0] != Rep::None {
            reps[0]
        } else if reps.iter().all(|r| matches!(r, Rep::Int32 | Rep::Float64)) {
            Rep::Float64
        } else {
            Rep::Tagged
        };
        let mut types = Types(0);
        let mut inputs: smallvec::SmallVec<[NodeId; 3]> = Default::default();
        for (from, v) in froms.iter().zip(values) {
            types = types.or(self.types[v.index()]);
            inputs.push(self.convert_in(*from, *v, rep));
        }
        self.add_phi(block, inputs, rep, types)
    }

    fn add_phi(
        &mut self,
        block: BlockId,
        inputs: smallvec::SmallVec<[NodeId; 3]>,
        rep: Rep,
        types: Types,
    ) -> NodeId {
        let at = self.at();
        let phi = self.graph.make(Node {
            op: NodeOp::Phi,
            inputs,
            rep,
            block,
            at,
            state: None,
            reason: None,
        });
        self.types.push(types);
        self.graph.block_mut(block).phis.push(phi);
        phi
    }

    /// A value in another representation, at the end of a closed block.
    fn convert_in(&mut self, block: BlockId, v: NodeId, rep: Rep) -> NodeId {
        let op = match (self.graph.node(v).rep, rep) {
            (Rep::Int32, Rep::Float64) => NodeOp::IntToFloat,
            (Rep::Int32, Rep::Tagged) => NodeOp::IntToTagged,
            (Rep::Float64, Rep::Tagged) => NodeOp::FloatToTagged,
            (Rep::Bool, Rep::Tagged) => NodeOp::BoolToTagged,
            _ => return v,
        };
        self.emit_in(block, op, &[v])
    }

    /// Turns the open block into the preheader of a loop and opens its header, with phis for what the loop assigns.
    fn start_loop(&mut self, b: usize) {
        let analysis = self.context.analysis.clone();
        let loop_ = &analysis.blocks[b];
        // The interpreter cannot go on at a handler: the exception is taken already.
        let entry_state = match analysis.list.get(loop_.first) {
            Some(at) if at.op == Op::Catch => None,
            // Nor may what is on its way into the middle of the loop exit to its start.
            _ if !loop_.resumes.is_empty() => None,
            _ => Some(self.state_at(loop_.first, None)),
        };
        let header = self.graph.new_block();
        let mut phis = Vec::new();
        let assigned: Vec<u32> = (0..self.context.env.len() as u32)
            .filter(|r| loop_.assigned.has(*r))
            .collect();
        for r in assigned {
            if let Some(v) = self.context.env[r as usize] {
                let input = self.tagged(v);
                phis.push((r, input));
            }
        }
        self.end(End::Jump(header));
        self.open(header);
        self.info.shapes.clear();
        self.info.met = None;
        self.info.lists.clear();
        // An inlined frame's header in memory may come around the loop with an older environment.
        if (0..=frame::THIS).any(|r| is_fixed(r) && loop_.assigned.has(r)) {
            let frame = self.context.frame;
            self.info.entered.retain(|f| *f != frame);
        }
        let block = self.graph.block_mut(header);
        block.is_loop = true;
        block.entry_state = entry_state;
        let phis: Vec<(u32, NodeId)> = phis
            .into_iter()
            .map(|(r, input)| {
                let phi = self.add_phi(header, smallvec::smallvec![input], Rep::Tagged, Types::ALL);
                self.context.env[r as usize] = Some(phi);
                (r, phi)
            })
            .collect();
        self.context.loops[b] = Some((header, phis));
        self.resume_in_loop(b);
    }

    /// Opens a block where several inlined returns (or arms of one instruction) meet; the joined value.
    pub(super) fn meet(&mut self, edges: Vec<Edge>) -> Option<NodeId> {
        if edges.is_empty() {
            self.block = None;
            return None;
        }
        let block = self.graph.new_block();
        for edge in &edges {
            self.graph.block_mut(edge.from).end = End::Jump(block);
            self.graph.block_mut(block).preds.push(edge.from);
        }
        self.open(block);
        let froms: Vec<BlockId> = edges.iter().map(|e| e.from).collect();
        let values: Option<Vec<NodeId>> = edges.iter().map(|e| e.value).collect();
        self.info = Info::default();
        if edges.len() == 1 {
            self.info = edges.into_iter().next().map(|e| e.info).unwrap_or_default();
        } else {
            self.join_info(&edges);
        }
        values.map(|values| self.join(block, &froms, &values))
    }

    /// What one of two arms gives, by a condition. Checks in an arm exit to before both; behind them there is no state, which
    /// whoever knows that neither changed anything sets again.
    pub(super) fn try_either<E>(
        &mut self,
        cond: NodeId,
        yes: impl FnOnce(&mut Self) -> Result<Option<NodeId>, E>,
        no: impl FnOnce(&mut Self) -> Result<Option<NodeId>, E>,
    ) -> Result<Option<NodeId>, E> {
        let state = self.current_state();
        let (then, otherwise) = self.branch(cond);
        let info = self.info.clone();
        let mut arms = Vec::new();
        self.open(then);
        self.state = Some(state);
        let v = yes(self)?;
        self.arm(&mut arms, v);
        self.info = info;
        self.open(otherwise);
        self.state = Some(state);
        let v = no(self)?;
        self.arm(&mut arms, v);
        Ok(self.meet(arms))
    }

    /// [`Builder::try_either`] of arms that can always be built.
    pub(super) fn either(
        &mut self,
        cond: NodeId,
        yes: impl FnOnce(&mut Self) -> Option<NodeId>,
        no: impl FnOnce(&mut Self) -> Option<NodeId>,
    ) -> Option<NodeId> {
        let Ok(v) = self.try_either::<Infallible>(cond, |b| Ok(yes(b)), |b| Ok(no(b)));
        v
    }

    /// [`Builder::either`] of arms that change nothing: what follows may exit to before them, too.
    pub(super) fn either_pure(
        &mut self,
        cond: NodeId,
        yes: impl FnOnce(&mut Self) -> Option<NodeId>,
        no: impl FnOnce(&mut Self) -> Option<NodeId>,
    ) -> Option<NodeId> {
        let state = self.current_state();
        let v = self.either(cond, yes, no);
        self.state = Some(state);
        v
    }

    /// Leaves the open block for a later [`Builder::meet`], with a value.
    pub(super) fn arm(&mut self, arms: &mut Vec<Edge>, value: Option<NodeId>) {
        if let Some(from) = self.block.take() {
            arms.push(Edge {
                from,
                env: Vec::new(),
                value,
                info: std::mem::take(&mut self.info),
            });
        }
    }
}
