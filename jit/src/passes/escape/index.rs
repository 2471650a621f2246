//! Who uses what: found once for all objects that are looked at, until one of them is rewritten.

use crate::graph::{BlockId, End, Graph, NodeId, StateId};

/// Lists of numbers, one after the other.
struct Lists {
    starts: Vec<u32>,
    items: Vec<u32>,
}

impl Lists {
    /// `count` lists. `each` is called twice, and calls what it gets with every list and item.
    fn new(count: usize, each: impl Fn(&mut dyn FnMut(usize, u32))) -> Lists {
        let mut starts = vec![0; count + 1];
        each(&mut |list, _| starts[list + 1] += 1);
        for i in 0..count {
            starts[i + 1] += starts[i];
        }
        let mut next = starts.clone();
        let mut items = vec![0; starts[count] as usize];
        each(&mut |list, item| {
            items[next[list] as usize] = item;
            next[list] += 1;
        });
        Lists { starts, items }
    }

    fn get(&self, list: usize) -> &[u32] {
        match (self.starts.get(list), self.starts.get(list + 1)) {
            (Some(from), Some(to)) => &self.items[*from as usize..*to as usize],
            _ => &[],
        }
    }
}

/// The uses in a graph.
pub struct Index {
    /// By node: where it stands in the graph's order.
    places: Vec<u32>,
    /// By node: nodes, phis among them.
    users: Lists,
    /// By node: states.
    states: Lists,
    /// By block: states that its nodes and its end refer to, some of them repeatedly.
    of_blocks: Lists,
}

impl Index {
    /// Looks at the whole graph.
    pub fn new(graph: &Graph) -> Index {
        let count = graph.nodes.len();
        let mut places = vec![0; count];
        let mut place = 0;
        for &block in &graph.order {
            let data = graph.block(block);
            for id in data.phis.iter().chain(&data.nodes) {
                place += 1;
                places[id.index()] = place;
            }
        }
        let users = Lists::new(count, |add| {
            for &block in &graph.order {
                let data = graph.block(block);
                for &id in data.phis.iter().chain(&data.nodes) {
                    let inputs = &graph.node(id).inputs;
                    inputs.iter().for_each(|input| add(input.index(), id.0));
                }
            }
        });
        let states = Lists::new(count, |add| {
            for (i, state) in graph.states.iter().enumerate() {
                let registers = state.registers.iter();
                registers.for_each(|(_, value)| add(value.index(), i as u32));
            }
        });
        let of_blocks = Lists::new(graph.blocks.len(), |add| {
            for &block in &graph.order {
                states_of(graph, block, |state| add(block.index(), state.0));
            }
        });
        Index {
            places,
            users,
            states,
            of_blocks,
        }
    }

    /// The users of a node, phis among them.
    pub fn users(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        self.users.get(id.index()).iter().map(|i| NodeId(*i))
    }

    /// Where a node stands in the order of the graph.
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
        for id in nodes {
            let states = self.states.get(id.index()).iter();
            states.for_each(|state| found[*state as usize] = true);
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
        let states = self.of_blocks.get(block.index());
        states.iter().any(|state| mentions[*state as usize])
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
    fn lists_keep_their_items_in_order() {
        let pairs = [(2, 7), (0, 1), (2, 5), (2, 7)];
        let lists = Lists::new(4, |add| pairs.iter().for_each(|(list, i)| add(*list, *i)));
        let all: Vec<&[u32]> = (0..5).map(|i| lists.get(i)).collect();
        assert_eq!(all, [&[1][..], &[], &[7, 5, 7], &[], &[]]);
    }
}
