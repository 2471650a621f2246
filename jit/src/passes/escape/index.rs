//! Who uses what: found once for all objects of a round, and kept while these are rewritten.
//!
//! Entries are only added. What they say of nodes that are gone, or that have other inputs now, is passed over.

use super::Map;
use crate::graph::{BlockId, End, Graph, NodeId, StateId};
use smallvec::SmallVec;

const NONE: u32 = u32::MAX;

/// Lists of numbers that grow.
#[derive(Default)]
struct Lists {
    /// By list: its first entry.
    first: Vec<u32>,
    /// Items, each with the entry behind it.
    entries: Vec<(u32, u32)>,
}

impl Lists {
    fn add(&mut self, list: usize, item: u32) {
        if self.first.len() <= list {
            self.first.resize(list + 1, NONE);
        }
        let next = std::mem::replace(&mut self.first[list], self.entries.len() as u32);
        self.entries.push((item, next));
    }

    /// The items, the last first.
    fn get(&self, list: usize) -> impl Iterator<Item = u32> {
        let entry = |at: u32| self.entries.get(at as usize);
        let first = self.first.get(list).and_then(|at| entry(*at));
        std::iter::successors(first, move |(_, next)| entry(*next)).map(|(item, _)| *item)
    }
}

/// The uses in a graph.
pub struct Index {
    /// By node: where it stands in its block.
    places: Vec<u32>,
    /// By node: whether it is in no block any more.
    gone: Vec<bool>,
    /// By node: nodes, phis among them.
    users: Lists,
    /// By node: states.
    states: Lists,
    /// By block: states that its nodes and its end refer to, some of them repeatedly.
    of_blocks: Vec<SmallVec<[StateId; 4]>>,
    /// How many nodes and states of the graph have been looked at.
    nodes: usize,
    known_states: usize,
}

impl Index {
    /// Looks at the whole graph.
    pub fn new(graph: &Graph) -> Index {
        let mut index = Index {
            places: vec![0; graph.nodes.len()],
            gone: vec![false; graph.nodes.len()],
            users: Lists::default(),
            states: Lists::default(),
            of_blocks: vec![SmallVec::new(); graph.blocks.len()],
            nodes: graph.nodes.len(),
            known_states: 0,
        };
        index.users.first.reserve(graph.nodes.len());
        for &block in &graph.order {
            let data = graph.block(block);
            for &id in data.phis.iter().chain(&data.nodes) {
                index.note_inputs(graph, id);
            }
            index.note_block(graph, block);
        }
        index.note_states(graph);
        index
    }

    fn note_inputs(&mut self, graph: &Graph, id: NodeId) {
        for input in &graph.node(id).inputs {
            self.users.add(input.index(), id.0);
        }
    }

    /// The order of a block, and its states.
    fn note_block(&mut self, graph: &Graph, block: BlockId) {
        for (place, id) in graph.block(block).nodes.iter().enumerate() {
            self.places[id.index()] = place as u32;
        }
        let states = &mut self.of_blocks[block.index()];
        states.clear();
        states_of(graph, block, |state| states.push(state));
    }

    /// Looks at the states that are new.
    fn note_states(&mut self, graph: &Graph) {
        for (i, state) in graph.states.iter().enumerate().skip(self.known_states) {
            for (_, value) in &state.registers {
                self.states.add(value.index(), i as u32);
            }
        }
        self.known_states = graph.states.len();
    }

    /// Keeps up with a graph in which these blocks have been rewritten, `changed` nodes have got other inputs, and others are
    /// gone; uses of what something else stands for become uses of that.
    pub fn follow(
        &mut self,
        graph: &mut Graph,
        blocks: &[BlockId],
        changed: &[NodeId],
        gone: &[NodeId],
        replaced: &mut Map,
    ) {
        self.places.resize(graph.nodes.len(), 0);
        self.gone.resize(graph.nodes.len(), false);
        gone.iter().for_each(|id| self.gone[id.index()] = true);
        for id in replaced.sources() {
            let to = replaced.get(id);
            self.replace(graph, id, to);
        }
        for i in self.nodes..graph.nodes.len() {
            graph.nodes[i]
                .inputs
                .iter_mut()
                .for_each(|v| *v = replaced.get(*v));
            self.note_inputs(graph, NodeId(i as u32));
        }
        self.nodes = graph.nodes.len();
        for state in &mut graph.states[self.known_states..] {
            let registers = state.registers.iter_mut();
            registers.for_each(|(_, value)| *value = replaced.get(*value));
        }
        self.note_states(graph);
        changed.iter().for_each(|id| self.note_inputs(graph, *id));
        for i in 0..graph.order.len() {
            let block = graph.order[i];
            if let Some(input) = graph.block_mut(block).end.input_mut() {
                *input = replaced.get(*input);
            }
        }
        blocks
            .iter()
            .for_each(|block| self.note_block(graph, *block));
    }

    /// Uses of `from` that were known before become uses of `to`.
    fn replace(&mut self, graph: &mut Graph, from: NodeId, to: NodeId) {
        let users: SmallVec<[NodeId; 8]> = self.users(graph, from).collect();
        for user in users {
            let inputs = &mut graph.node_mut(user).inputs;
            inputs
                .iter_mut()
                .filter(|v| **v == from)
                .for_each(|v| *v = to);
            self.users.add(to.index(), user.0);
        }
        let states: SmallVec<[u32; 8]> = self.states.get(from.index()).collect();
        for state in states {
            let registers = graph.states[state as usize].registers.iter_mut();
            let mentions = registers.filter(|(_, value)| *value == from);
            mentions.for_each(|(_, value)| *value = to);
            self.states.add(to.index(), state);
        }
    }

    /// The users of a node, phis among them, some of them repeatedly.
    pub fn users(&self, graph: &Graph, id: NodeId) -> impl Iterator<Item = NodeId> {
        let users = self.users.get(id.index()).map(NodeId);
        users.filter(move |user| !self.gone[user.index()] && graph.node(*user).inputs.contains(&id))
    }

    /// Where a node stands in its block.
    pub fn place(&self, id: NodeId) -> u32 {
        self.places[id.index()]
    }

    /// Which states refer to some nodes, themselves or by those of callers.
    pub fn mentions<'n>(
        &self,
        graph: &Graph,
        nodes: impl Iterator<Item = &'n NodeId>,
    ) -> Vec<bool> {
        let mut found = vec![false; graph.states.len()];
        let mut any = false;
        for id in nodes {
            for state in self.states.get(id.index()) {
                found[state as usize] = true;
                any = true;
            }
        }
        if !any {
            return found;
        }
        for (i, state) in graph.states.iter().enumerate() {
            // Callers' states come first.
            let parent = state.parent.and_then(|p| found.get(p.index()).copied());
            found[i] |= parent == Some(true);
        }
        found
    }

    /// Whether one of some states belongs to the block.
    pub fn mentioned(&self, block: BlockId, mentions: &[bool]) -> bool {
        let mut states = self.of_blocks[block.index()].iter();
        states.any(|state| mentions[state.index()])
    }
}

/// The states of a block. What the header of a loop says about its entry counts for the block in front.
fn states_of(graph: &Graph, block: BlockId, mut add: impl FnMut(StateId)) {
    let data = graph.block(block);
    let mut last = None;
    for &id in &data.nodes {
        let state = graph.node(id).state;
        if state != last {
            state.into_iter().for_each(&mut add);
            last = state;
        }
    }
    if let End::Exit { state, .. } = data.end {
        add(state);
    }
    for to in data.end.successors() {
        graph.block(to).entry_state.into_iter().for_each(&mut add);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_keep_what_is_added() {
        let mut lists = Lists::default();
        for (list, item) in [(2, 7), (0, 1), (2, 5), (2, 7)] {
            lists.add(list, item);
        }
        let all: Vec<Vec<u32>> = (0..5).map(|i| lists.get(i).collect()).collect();
        assert_eq!(all, [&[1][..], &[], &[7, 5, 7], &[], &[]]);
    }
}
