//! What passes change graphs with.

use crate::graph::{BlockId, Graph, Node, NodeId, NodeOp, Position};
use smallvec::SmallVec;

/// Makes a node without state; the caller puts it into a list.
pub fn make(
    graph: &mut Graph,
    op: NodeOp,
    inputs: &[NodeId],
    block: BlockId,
    at: Position,
) -> NodeId {
    let rep = op.rep();
    graph.make(Node {
        op,
        inputs: SmallVec::from_slice(inputs),
        rep,
        block,
        at,
        state: None,
        reason: None,
    })
}

/// Makes a node without state and puts it at the end of a block.
pub fn append(graph: &mut Graph, op: NodeOp, inputs: &[NodeId], block: BlockId) -> NodeId {
    let at = graph
        .block(block)
        .nodes
        .last()
        .map_or(START, |last| graph.node(*last).at);
    let id = make(graph, op, inputs, block, at);
    graph.block_mut(block).nodes.push(id);
    id
}

/// The position of nodes that come from no instruction.
pub const START: Position = Position {
    frame: crate::graph::FrameId(0),
    pc: 0,
};

/// Makes a node a constant or conversion in place: it keeps its number and loses state and reason.
pub fn become_op(graph: &mut Graph, id: NodeId, op: NodeOp, inputs: &[NodeId]) {
    let node = graph.node_mut(id);
    node.rep = op.rep();
    node.op = op;
    node.inputs = SmallVec::from_slice(inputs);
    node.state = None;
    node.reason = None;
}

/// Which nodes stand for which, collected and then applied to the whole graph at once.
#[derive(Debug)]
pub struct Replacements {
    to: Vec<u32>,
    /// What is replaced, in the order in which that was said.
    from: Vec<NodeId>,
}

const SELF: u32 = u32::MAX;

impl Replacements {
    /// None yet.
    pub fn new(graph: &Graph) -> Replacements {
        Replacements {
            to: vec![SELF; graph.nodes.len()],
            from: Vec::new(),
        }
    }

    /// From now on `to` stands for `from`. They must not lead back to `from`.
    pub fn set(&mut self, from: NodeId, to: NodeId) {
        if self.to.len() <= from.index() {
            self.to.resize(from.index() + 1, SELF);
        }
        self.to[from.index()] = to.0;
        self.from.push(from);
    }

    /// What stands for `id`.
    pub fn get(&mut self, id: NodeId) -> NodeId {
        let next = |to: &Vec<u32>, at: u32| to.get(at as usize).copied().unwrap_or(SELF);
        let mut last = id.0;
        while next(&self.to, last) != SELF {
            last = self.to[last as usize];
        }
        // Later questions take the short way.
        let mut at = id.0;
        while at != last {
            at = std::mem::replace(&mut self.to[at as usize], last);
        }
        NodeId(last)
    }

    /// Whether something else stands for `id`.
    pub fn has(&self, id: NodeId) -> bool {
        self.to.get(id.index()).is_some_and(|to| *to != SELF)
    }

    /// What something else stands for.
    pub fn sources(&self) -> Vec<NodeId> {
        self.from.clone()
    }

    /// Rewrites every use: inputs, ends, and states.
    pub fn apply(&mut self, graph: &mut Graph) {
        if self.from.is_empty() {
            return;
        }
        for i in 0..graph.order.len() {
            let block = graph.order[i];
            for list in 0..2 {
                let data = &graph.blocks[block.index()];
                let nodes = if list == 0 { &data.phis } else { &data.nodes };
                for id in nodes {
                    for input in &mut graph.nodes[id.index()].inputs {
                        *input = self.get(*input);
                    }
                }
            }
            if let Some(input) = graph.blocks[block.index()].end.input_mut() {
                *input = self.get(*input);
            }
        }
        for state in &mut graph.states {
            for (_, value) in &mut state.registers {
                *value = self.get(*value);
            }
        }
    }

    /// Drops the replaced nodes from the lists of blocks.
    pub fn remove_replaced(&self, graph: &mut Graph) {
        if self.from.is_empty() {
            return;
        }
        for &block in &graph.order {
            let data = &mut graph.blocks[block.index()];
            data.phis.retain(|id| !self.has(*id));
            data.nodes.retain(|id| !self.has(*id));
        }
    }
}
