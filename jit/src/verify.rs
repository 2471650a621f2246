//! The graph verifier: what every pass may rely on and has to keep.
//!
//! * Edges: the ends of blocks and the lists of predecessors agree; no critical edges; back edges lead to loop headers only and
//!   are their last predecessors.
//! * Nodes: stand in one block, have the number and representations of inputs that their operation asks for, and the result's
//!   representation; phis have one input per predecessor.
//! * Dominance: every use, those in frame states included, is dominated by its definition.
//! * Exits: what can exit has a state and a reason.
//! * Handlers: of a block whose end is `catch` the node that throws is the last.

use crate::flow::Dominators;
use crate::graph::{BlockId, End, Graph, Node, NodeId, NodeOp, Rep, StateId};
use crate::template::MAX_SIZE;

/// Checks the graph.
///
/// # Errors
/// What is wrong, naming block and node.
pub fn verify(graph: &Graph) -> Result<(), String> {
    let dominators = Dominators::new(graph);
    let mut verifier = Verifier {
        graph,
        places: vec![None; graph.nodes.len()],
        dominators,
    };
    verifier.edges()?;
    verifier.collect()?;
    for &block in &graph.order {
        verifier.block(block)?;
    }
    Ok(())
}

/// Whether a value of one representation may be used where the other is asked for.
fn agree(have: Rep, want: Rep) -> bool {
    have == want
        || matches!(
            (have, want),
            (Rep::Tagged, Rep::Ptr) | (Rep::Ptr, Rep::Tagged)
        )
}

struct Verifier<'a> {
    graph: &'a Graph,
    /// Block and place in it by node; phis have place 0.
    places: Vec<Option<(BlockId, u32)>>,
    dominators: Dominators,
}

impl Verifier<'_> {
    fn edges(&self) -> Result<(), String> {
        let graph = self.graph;
        let mut incoming = vec![0usize; graph.blocks.len()];
        for &block in &graph.order {
            let successors = graph.block(block).end.successors();
            if graph.block(block).end == End::Open {
                return Err(format!("b{} has no end", block.0));
            }
            for &to in &successors {
                if to.index() >= graph.blocks.len() || !self.dominators.is_reachable(to) {
                    return Err(format!("b{} leads to b{}, not in order", block.0, to.0));
                }
                incoming[to.index()] += 1;
                let preds = &graph.block(to).preds;
                if !preds.contains(&block) {
                    return Err(format!(
                        "b{} is missing in the predecessors of b{}",
                        block.0, to.0
                    ));
                }
                if successors.len() > 1 && preds.len() > 1 {
                    return Err(format!("b{} -> b{} is a critical edge", block.0, to.0));
                }
            }
        }
        for &block in &graph.order {
            let data = graph.block(block);
            if data.preds.len() != incoming[block.index()] {
                return Err(format!("b{} has predecessors without an edge", block.0));
            }
            let mut back = false;
            for &pred in &data.preds {
                let is_back = self.dominators.position(pred) >= self.dominators.position(block);
                if is_back && !data.is_loop {
                    return Err(format!("back edge to b{}, no loop header", block.0));
                }
                if back && !is_back {
                    return Err(format!("back edges of b{} are not the last", block.0));
                }
                back = is_back;
            }
        }
        Ok(())
    }

    fn collect(&mut self) -> Result<(), String> {
        let graph = self.graph;
        for &id in &graph.order {
            let block = graph.block(id);
            let phis = block.phis.iter().map(|phi| (phi, 0));
            for (&node, place) in phis.chain(block.nodes.iter().zip(1..)) {
                if self.places[node.index()].replace((id, place)).is_some() {
                    return Err(format!("v{} is in two places", node.0));
                }
                if graph.node(node).block != id {
                    return Err(format!("v{} does not know that it is in b{}", node.0, id.0));
                }
                if (graph.node(node).op == NodeOp::Phi) != (place == 0) {
                    return Err(format!("v{} of b{} is in the wrong list", node.0, id.0));
                }
            }
        }
        Ok(())
    }

    /// `value` has to be defined before place `place` of `block`.
    fn available(&self, value: NodeId, block: BlockId, place: u32) -> Result<(), String> {
        let Some(Some((at, before))) = self.places.get(value.index()) else {
            return Err(format!("uses v{}, which is in no block", value.0));
        };
        let fine = if *at == block {
            *before < place
        } else {
            self.dominators.dominates(*at, block)
        };
        if !fine {
            return Err(format!("uses v{}, which does not dominate it", value.0));
        }
        if self.graph.node(value).rep == Rep::None {
            return Err(format!("uses v{}, which has no result", value.0));
        }
        Ok(())
    }

    /// What an innermost state says of eliminated objects has to be all that it and its parents refer to.
    fn objects(&self, state: StateId) -> Result<(), String> {
        let states = &self.graph.states;
        let Some(innermost) = states.get(state.index()) else {
            return Err(format!("no state s{}", state.0));
        };
        for object in &innermost.objects {
            for (_, register) in &object.fields {
                if innermost.registers.iter().all(|(r, _)| r != register) {
                    return Err(format!("s{} lacks r{register} of an object", state.0));
                }
            }
        }
        let mut at = Some(innermost);
        while let Some(data) = at {
            for (register, value) in &data.registers {
                if let NodeOp::Eliminated(number) = self.graph.node(*value).op
                    && innermost.objects.iter().all(|o| o.number != number)
                {
                    return Err(format!("s{} lacks object {number} of r{register}", state.0));
                }
            }
            at = data.parent.and_then(|parent| states.get(parent.index()));
        }
        Ok(())
    }

    fn state(&self, state: StateId, block: BlockId, place: u32) -> Result<(), String> {
        self.objects(state)?;
        let mut at = Some(state);
        while let Some(id) = at {
            let data = self
                .graph
                .states
                .get(id.index())
                .ok_or_else(|| format!("no state s{}", id.0))?;
            for (register, value) in &data.registers {
                self.available(*value, block, place)
                    .map_err(|why| format!("s{} r{register} {why}", id.0))?;
            }
            if data.frame.index() >= self.graph.frames.len() {
                return Err(format!("s{} is of no frame", id.0));
            }
            if data.parent.is_some_and(|parent| parent.0 >= id.0) {
                return Err(format!("s{} comes before its parent", id.0));
            }
            at = data.parent;
        }
        Ok(())
    }

    fn block(&self, id: BlockId) -> Result<(), String> {
        let block = self.graph.block(id);
        for &phi in &block.phis {
            self.phi(phi, id)
                .map_err(|why| format!("b{} v{}: {why}", id.0, phi.0))?;
        }
        for (&node, place) in block.nodes.iter().zip(1..) {
            self.node(node, id, place)
                .map_err(|why| format!("b{} v{}: {why}", id.0, node.0))?;
        }
        let last = block.nodes.len() as u32 + 1;
        self.end(id, last)
            .map_err(|why| format!("end of b{}: {why}", id.0))?;
        if let Some(state) = block.entry_state {
            for pred in &block.preds {
                if self.dominators.position(*pred) < self.dominators.position(id) {
                    self.state(state, *pred, u32::MAX)
                        .map_err(|why| format!("entry of b{}: {why}", id.0))?;
                }
            }
        }
        Ok(())
    }

    fn phi(&self, id: NodeId, block: BlockId) -> Result<(), String> {
        let node = self.graph.node(id);
        let preds = &self.graph.block(block).preds;
        if node.inputs.len() != preds.len() {
            return Err(format!(
                "{} inputs for {} predecessors",
                node.inputs.len(),
                preds.len()
            ));
        }
        if node.rep == Rep::None {
            return Err("a phi without representation".to_string());
        }
        for (&input, &pred) in node.inputs.iter().zip(preds) {
            self.available(input, pred, u32::MAX)?;
            let have = self.graph.node(input).rep;
            if !agree(have, node.rep) {
                return Err(format!("v{} is {have:?}, not {:?}", input.0, node.rep));
            }
        }
        Ok(())
    }

    fn node(&self, id: NodeId, block: BlockId, place: u32) -> Result<(), String> {
        let node = self.graph.node(id);
        let reps = node.op.input_reps();
        if reps.len() != node.inputs.len() {
            return Err(format!(
                "{} inputs instead of {}",
                node.inputs.len(),
                reps.len()
            ));
        }
        for (&input, &want) in node.inputs.iter().zip(&reps) {
            self.available(input, block, place)?;
            let have = self.graph.node(input).rep;
            if !agree(have, want) {
                return Err(format!("v{} is {have:?}, not {want:?}", input.0));
            }
            if let NodeOp::Eliminated(_) = self.graph.node(input).op {
                return Err(format!("uses v{}, which there is not", input.0));
            }
        }
        self.template(node)?;
        if node.rep != node.op.rep() {
            return Err(format!("{:?} gives {:?}", node.op, node.op.rep()));
        }
        if node.op.effects().exits && (node.state.is_none() || node.reason.is_none()) {
            return Err("exits without state or reason".to_string());
        }
        match node.state {
            Some(state) => self.state(state, block, place),
            None => Ok(()),
        }
    }

    /// A new cell's fields lie in it.
    fn template(&self, node: &Node) -> Result<(), String> {
        let NodeOp::New { template, fields } = node.op else {
            return Ok(());
        };
        let Some(t) = self.graph.templates.get(template as usize) else {
            return Err(format!("no template {template}"));
        };
        let offsets = t.fields.iter().chain(t.words.iter().map(|(at, _)| at));
        let outside = |at: &i32| *at < 8 || *at % 8 != 0 || *at as u32 + 8 > t.size;
        if t.fields.len() != fields as usize || t.size % 16 != 0 || t.size > MAX_SIZE {
            return Err(format!("template {template} does not fit"));
        }
        match offsets.copied().find(|at| outside(at)) {
            Some(at) => Err(format!("template {template} has a word at {at}")),
            None => Ok(()),
        }
    }

    fn end(&self, id: BlockId, place: u32) -> Result<(), String> {
        let end = &self.graph.block(id).end;
        let want = match end {
            End::Branch { .. } => Rep::Bool,
            End::Switch { .. } => Rep::Int32,
            _ => Rep::Tagged,
        };
        if let Some(input) = end.input() {
            self.available(input, id, place)?;
            let have = self.graph.node(input).rep;
            if !agree(have, want) {
                return Err(format!("v{} is {have:?}, not {want:?}", input.0));
            }
        }
        match end {
            End::Exit { state, .. } => self.state(*state, id, place),
            End::Catch { node, .. } => {
                let nodes = &self.graph.block(id).nodes;
                if nodes.iter().rev().skip(1).any(|other| other == node) {
                    return Err(format!("v{}, which may throw, is not last", node.0));
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }
}
