//! Jump threading: where a block does nothing but ask what a phi is, and some of its predecessors know, these go straight to
//! where the answer leads.
//!
//! ```text
//!  p1   p2   p3            p1   p2  p3
//!    \  |  /                |     \ |
//!  x = Phi c1 c2 y   ──►    |    x = Phi c2 y
//!  branch x is c1           |    branch x is c1
//!    /      \               |   /      \
//!   t        f               \ e        f
//!                              t
//! ```
//!
//! Methods that shapes tell apart are such phis, and so is what inlined predicates answer. A block that is threaded dominates
//! less afterwards: phis of it that are used behind an answer get a phi there; constants go to the entry; everything else it
//! computes may be used in it alone.

use super::{fold, trivial_phis};
use crate::flow::Dominators;
use crate::graph::*;
use crate::snapshot::Snapshot;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

/// Blocks that are threaded in one graph.
const MAX_THREADED: usize = 100;
/// Nodes that a block may have, constants aside.
const MAX_NODES: usize = 4;

/// The pass.
pub fn run(graph: &mut Graph, snapshot: &Snapshot) {
    let mut changed = false;
    for _ in 0..MAX_THREADED {
        if !thread_one(graph) {
            break;
        }
        changed = true;
    }
    if changed {
        trivial_phis::run(graph, snapshot);
    }
}

/// Threads the first block for which that is possible.
fn thread_one(graph: &mut Graph) -> bool {
    let plan = graph.order.iter().find_map(|b| Plan::new(graph, *b));
    let Some(plan) = plan else {
        return false;
    };
    plan.apply(graph);
    graph.compute_order();
    true
}

/// What is to be done with a block.
struct Plan {
    block: BlockId,
    /// Where it leads if the condition is true, and if it is not.
    sides: [BlockId; 2],
    /// By predecessor: what the condition is, if that is known.
    known: Vec<Option<bool>>,
    /// Nodes that other blocks may use.
    constants: Vec<NodeId>,
    /// Phis used behind the sides: the phi, the side, and its users there.
    outside: Vec<(NodeId, usize, Vec<User>)>,
}

/// Who uses a phi.
#[derive(Clone, Copy)]
enum User {
    /// Any input of a node that is no phi.
    Node(NodeId),
    /// One input of a phi.
    Phi(NodeId, usize),
    End(BlockId),
}

impl Plan {
    fn new(graph: &Graph, block: BlockId) -> Option<Plan> {
        let data = graph.block(block);
        let End::Branch {
            cond,
            then,
            otherwise,
        } = data.end
        else {
            return None;
        };
        let has_phis = |b: BlockId| !graph.block(b).phis.is_empty();
        if data.preds.len() < 2
            || data.is_loop
            || !has_phis(block)
            || has_phis(then)
            || has_phis(otherwise)
        {
            return None;
        }
        let is_constant = |id: &NodeId| is_constant(&graph.node(*id).op);
        let (constants, others): (Vec<NodeId>, Vec<NodeId>) =
            data.nodes.iter().copied().partition(is_constant);
        let is_pure = |id: &NodeId| {
            let op = &graph.node(*id).op;
            op.is_removable() && op.is_value() && op.effects().reads == LocSet::NONE
        };
        if others.len() > MAX_NODES || !others.iter().all(is_pure) {
            return None;
        }
        let mut known = Vec::with_capacity(data.preds.len());
        for (i, pred) in data.preds.iter().enumerate() {
            // An edge that comes around a loop, or from a block that ends otherwise, stays.
            let jumps = graph.block(*pred).end == End::Jump(block) && *pred != block;
            known.push(match jumps {
                true => answer(graph, block, &others, cond, i),
                false => None,
            });
        }
        if known.iter().all(Option::is_none) {
            return None;
        }
        let mut plan = Plan {
            block,
            sides: [then, otherwise],
            known,
            constants,
            outside: Vec::new(),
        };
        plan.find_users(graph, &others).then_some(plan)
    }

    /// Finds the uses of phis behind the sides; false if something is used where neither side dominates.
    fn find_users(&mut self, graph: &Graph, others: &[NodeId]) -> bool {
        let phis = &graph.block(self.block).phis;
        let mine = |id: &NodeId| phis.contains(id) || others.contains(id);
        // States are shared by checks in different blocks.
        let in_states = graph.states.iter().any(|state| {
            let values = state.registers.iter();
            values.into_iter().any(|(_, v)| mine(v))
        });
        if in_states {
            return false;
        }
        let dominators = Dominators::new(graph);
        let side_of = |at: BlockId| self.sides.iter().position(|s| dominators.dominates(*s, at));
        let mut found: FxHashMap<(NodeId, usize), Vec<User>> = FxHashMap::default();
        for &block in &graph.order {
            let data = graph.block(block);
            let ends = data
                .end
                .input()
                .map(|input| (input, User::End(block), block));
            let nodes = data.nodes.iter().flat_map(|&user| {
                let inputs = graph.node(user).inputs.iter();
                inputs.map(move |input| (*input, User::Node(user), block))
            });
            let phi_inputs = data.phis.iter().flat_map(|&user| {
                let inputs = graph.node(user).inputs.iter().zip(&data.preds).enumerate();
                inputs.map(move |(i, (input, pred))| (*input, User::Phi(user, i), *pred))
            });
            for (input, user, at) in nodes.chain(phi_inputs).chain(ends) {
                if !mine(&input) || at == self.block && block == self.block {
                    continue;
                }
                match side_of(at) {
                    Some(side) if phis.contains(&input) => {
                        found.entry((input, side)).or_default().push(user);
                    }
                    _ => return false,
                }
            }
        }
        self.outside = found
            .into_iter()
            .map(|((phi, side), users)| (phi, side, users))
            .collect();
        self.outside
            .sort_unstable_by_key(|(phi, side, _)| (*phi, *side));
        true
    }

    fn apply(self, graph: &mut Graph) {
        self.move_constants(graph);
        let preds = graph.block(self.block).preds.clone();
        let stays = self.known.iter().any(Option::is_none);
        for (i, &side) in self.sides.iter().enumerate() {
            let answer = i == 0;
            let leads: Vec<usize> = (0..preds.len())
                .filter(|p| self.known[*p] == Some(answer))
                .collect();
            if leads.is_empty() && stays {
                continue;
            }
            let mut from: Vec<BlockId> = Vec::new();
            if stays {
                from.push(self.split(graph, i));
            }
            for &p in &leads {
                graph.block_mut(preds[p]).end = End::Jump(side);
                from.push(preds[p]);
            }
            graph.block_mut(side).preds = from;
            self.repair(graph, i, &leads, stays);
        }
        // What is left of the block.
        let mut at = 0;
        let known = &self.known;
        graph.block_mut(self.block).preds.retain(|_| {
            at += 1;
            known[at - 1].is_none()
        });
        for phi in graph.block(self.block).phis.clone() {
            let mut at = 0;
            graph.node_mut(phi).inputs.retain(|_| {
                at += 1;
                known[at - 1].is_none()
            });
        }
    }

    /// Puts an empty block on the edge to a side, which gets other predecessors.
    fn split(&self, graph: &mut Graph, side: usize) -> BlockId {
        let edge = graph.new_block();
        let to = self.sides[side];
        let data = graph.block_mut(edge);
        data.end = End::Jump(to);
        data.preds.push(self.block);
        if let End::Branch {
            then, otherwise, ..
        } = &mut graph.block_mut(self.block).end
        {
            *(if side == 0 { then } else { otherwise }) = edge;
        }
        edge
    }

    /// Constants are wherever they are wanted.
    fn move_constants(&self, graph: &mut Graph) {
        let Some(&entry) = graph.order.first() else {
            return;
        };
        for &id in &self.constants {
            graph.node_mut(id).block = entry;
        }
        let constants = &self.constants;
        let nodes = &mut graph.block_mut(self.block).nodes;
        nodes.retain(|id| !constants.contains(id));
        let nodes = &mut graph.block_mut(entry).nodes;
        nodes.splice(0..0, constants.iter().copied());
    }

    /// Makes the phis at a side that stand for the block's own behind it.
    fn repair(&self, graph: &mut Graph, side: usize, leads: &[usize], stays: bool) {
        let to = self.sides[side];
        for (phi, _, users) in self.outside.iter().filter(|(_, s, _)| *s == side) {
            let old = graph.node(*phi).clone();
            let own = stays.then_some(*phi);
            let inputs: Vec<NodeId> = own
                .into_iter()
                .chain(leads.iter().map(|p| old.inputs[*p]))
                .collect();
            let new = graph.make(Node {
                inputs: SmallVec::from_vec(inputs),
                block: to,
                ..old
            });
            graph.block_mut(to).phis.push(new);
            for user in users {
                let inputs = match *user {
                    User::Node(id) => &mut graph.node_mut(id).inputs[..],
                    User::Phi(id, i) => &mut graph.node_mut(id).inputs[i..=i],
                    User::End(block) => match graph.block_mut(block).end.input_mut() {
                        Some(input) => std::slice::from_mut(input),
                        None => &mut [],
                    },
                };
                for input in inputs.iter_mut().filter(|input| **input == *phi) {
                    *input = new;
                }
            }
        }
    }
}

/// What the condition of a block is if control comes from its predecessor `pred`.
fn answer(
    graph: &Graph,
    block: BlockId,
    others: &[NodeId],
    cond: NodeId,
    pred: usize,
) -> Option<bool> {
    let mut known: SmallVec<[(NodeId, NodeOp); 8]> = SmallVec::new();
    for &phi in &graph.block(block).phis {
        if let Some(op) = constant_of(graph, *graph.node(phi).inputs.get(pred)?, 2) {
            known.push((phi, op));
        }
    }
    for &id in others {
        let node = graph.node(id);
        let op = |i: usize| {
            let input = node.inputs.get(i)?;
            let found = known.iter().find(|(of, _)| of == input);
            match found {
                Some((_, op)) => Some(op.clone()),
                None => Some(graph.node(*input).op.clone()).filter(is_constant),
            }
        };
        let Some(x) = op(0) else { continue };
        let y = op(1);
        if y.is_none() && node.inputs.len() > 1 {
            continue;
        }
        if let Some(result) = fold::of_constants(&node.op, &x, y.as_ref()) {
            known.push((id, result));
        }
    }
    let cond = known.iter().find(|(of, _)| *of == cond);
    match cond {
        Some((_, NodeOp::Bool(is))) => Some(*is),
        _ => None,
    }
}

/// The constant that a value is, perhaps converted.
fn constant_of(graph: &Graph, id: NodeId, depth: u32) -> Option<NodeOp> {
    let node = graph.node(id);
    if is_constant(&node.op) {
        return Some(node.op.clone());
    }
    let converts = matches!(
        node.op,
        NodeOp::BoolToTagged | NodeOp::IntToTagged | NodeOp::FloatToTagged | NodeOp::Not
    );
    if !converts || depth == 0 {
        return None;
    }
    let input = constant_of(graph, *node.inputs.first()?, depth - 1)?;
    fold::of_constants(&node.op, &input, None)
}

fn is_constant(op: &NodeOp) -> bool {
    matches!(
        op,
        NodeOp::Const(_) | NodeOp::Int(_) | NodeOp::Float(_) | NodeOp::Bool(_) | NodeOp::Ptr(_)
    )
}
