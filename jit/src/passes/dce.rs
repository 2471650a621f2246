//! Removes what nothing needs: nodes without effects whose results are not used (also those that only feed each other around
//! loops), and blocks that are not reachable.
//!
//! What may exit stays even if its result is not used any more: passes before this one may have decided comparisons from the
//! fact that it did not exit, such as that a sum is an int32 or a double no NaN.

use crate::graph::{BlockId, End, Graph, NodeId, NodeOp, StateId};
use crate::snapshot::Snapshot;

/// The pass.
pub fn run(graph: &mut Graph, _: &Snapshot) {
    graph.compute_order();
    let mut marker = Marker {
        nodes: vec![false; graph.nodes.len()],
        states: vec![false; graph.states.len()],
        work: Vec::new(),
    };
    for &block in &graph.order {
        marker.roots(graph, block);
    }
    while let Some(id) = marker.work.pop() {
        let node = graph.node(id);
        for &input in &node.inputs {
            marker.node(input);
        }
        if let Some(state) = node.state {
            marker.state(graph, state);
        }
    }
    for &block in &graph.order {
        let data = &mut graph.blocks[block.index()];
        data.phis.retain(|id| marker.nodes[id.index()]);
        data.nodes.retain(|id| marker.nodes[id.index()]);
    }
    // Others that look at every state need not look at those.
    for (state, used) in graph.states.iter_mut().zip(&marker.states) {
        if !used {
            state.registers = Vec::new();
        }
    }
}

struct Marker {
    nodes: Vec<bool>,
    states: Vec<bool>,
    work: Vec<NodeId>,
}

impl Marker {
    fn roots(&mut self, graph: &Graph, block: BlockId) {
        let data = graph.block(block);
        // Lists that grow around a loop and that nothing looks at: programs that fill the heap end with a message, they do not
        // run forever.
        for phi in &data.phis {
            for &input in &graph.node(*phi).inputs {
                if matches!(graph.node(input).op, NodeOp::New { .. }) {
                    self.node(input);
                }
            }
        }
        for &id in &data.nodes {
            if !graph.node(id).op.is_removable() {
                self.node(id);
            }
        }
        if let Some(input) = data.end.input() {
            self.node(input);
        }
        if let End::Exit { state, .. } = data.end {
            self.state(graph, state);
        }
        if let Some(state) = data.entry_state {
            self.state(graph, state);
        }
    }

    fn node(&mut self, id: NodeId) {
        if !std::mem::replace(&mut self.nodes[id.index()], true) {
            self.work.push(id);
        }
    }

    fn state(&mut self, graph: &Graph, state: StateId) {
        let mut at = Some(state);
        while let Some(id) = at {
            if std::mem::replace(&mut self.states[id.index()], true) {
                break;
            }
            let data = &graph.states[id.index()];
            for (_, value) in &data.registers {
                self.node(*value);
            }
            at = data.parent;
        }
    }
}
