//! What exits store, arranged so that they have as much of it in common as possible.
//!
//! Of two states that follow each other most registers hold the same. The stores of every state are brought into one order, those
//! that most states have coming last; what two states have in common is then mostly the end of both lists, and is there once:
//!
//! ```text
//! exit 1: a ──► b ──┐
//!                   ├──► c ──► d ──┐
//! exit 2: e ────────┘              ├──► call the helper
//! exit 3: a ──► f ─────────────────┘
//! ```
//!
//! Every store is a use of a value far from its other uses, and half of the work of giving out registers would be for these.

use super::{Lower, broken};
use crate::Decline;
use crate::graph::{NodeId, NodeOp, Rep, StateId};
use cranelift_codegen::ir::{Block, InstBuilder};
use rustc_hash::{FxHashMap, FxHashSet};
use std::cmp::Reverse;

/// A word of the frame, and what is stored there.
type Store = (u32, NodeId);

/// The stores of all states.
pub(super) struct Stores {
    /// By state, and the states in the order in which they came.
    lists: FxHashMap<StateId, Vec<Store>>,
    order: Vec<StateId>,
    /// The first step of each state.
    first: FxHashMap<StateId, usize>,
    /// A tree that is walked towards its root, which is step 0.
    steps: Vec<Step>,
}

struct Step {
    store: Store,
    next: usize,
    /// How many steps and states lead here.
    ways: u32,
    /// Where it is done, if that was decided.
    block: Option<Block>,
}

impl Stores {
    /// No states yet; all of them will end in `tail`.
    pub fn new(tail: Block) -> Stores {
        let root = Step {
            store: (0, NodeId(0)),
            next: 0,
            ways: 0,
            block: Some(tail),
        };
        Stores {
            lists: FxHashMap::default(),
            order: Vec::new(),
            first: FxHashMap::default(),
            steps: vec![root],
        }
    }

    /// Whether the state's stores are known.
    pub fn knows(&self, state: StateId) -> bool {
        self.lists.contains_key(&state)
    }

    /// An exit to a state, with what it stores if that is not known.
    pub fn add(&mut self, state: StateId, list: Vec<Store>) {
        if !self.knows(state) {
            self.lists.insert(state, list);
        }
        self.order.push(state);
    }

    /// Finds what the states have in common.
    pub fn share(&mut self) {
        let mut uses: FxHashMap<Store, u32> = FxHashMap::default();
        for store in self.lists.values().flatten() {
            *uses.entry(*store).or_default() += 1;
        }
        let mut known: FxHashMap<(usize, Store), usize> = FxHashMap::default();
        for state in &self.order {
            if let Some(first) = self.first.get(state) {
                self.steps[*first].ways += 1;
                continue;
            }
            let mut list = self.lists.remove(state).unwrap_or_default();
            list.sort_unstable_by_key(|s| (Reverse(uses.get(s).copied()), s.0, s.1));
            let mut at = 0;
            for store in list {
                at = *known.entry((at, store)).or_insert_with(|| {
                    self.steps[at].ways += 1;
                    self.steps.push(Step {
                        store,
                        next: at,
                        ways: 0,
                        block: None,
                    });
                    self.steps.len() - 1
                });
            }
            self.steps[at].ways += 1;
            self.first.insert(*state, at);
        }
    }
}

impl Lower<'_> {
    /// What an exit to a state stores. Boxing is the translator's work.
    pub(super) fn stores(&self, innermost: StateId) -> Result<Vec<Store>, Decline> {
        let graph = self.graph;
        let mut list = Vec::new();
        let mut next = Some(innermost);
        while let Some(id) = next {
            let state = self.state(id)?;
            let Some(frame) = graph.frames.get(state.frame.index()) else {
                return broken("a state of no frame");
            };
            for &(register, node) in &state.registers {
                let slot = frame.base + register;
                let op = &graph.node(node).op;
                let is_there = matches!(op, NodeOp::LoadReg(s) if *s == slot);
                if is_there && !self.exits.written.has(slot)
                    || matches!(op, NodeOp::Eliminated(_))
                    || self.constant(node).is_some()
                {
                    continue;
                }
                if graph.node(node).rep == Rep::None {
                    return broken("a state with a node that has no result");
                }
                list.push((slot, node));
            }
            next = state.parent;
        }
        // A callee's frame begins in its caller's: where both say what is in a word, the callee is right.
        let mut seen = FxHashSet::default();
        list.retain(|(slot, _)| seen.insert(*slot));
        Ok(list)
    }

    /// Goes from the current block through the stores of a state to the tail.
    pub(super) fn store_all(&mut self, stores: &mut Stores, state: StateId) -> Result<(), Decline> {
        let Some(mut at) = stores.first.get(&state).copied() else {
            return broken("an exit to a state that was not counted");
        };
        loop {
            let step = &mut stores.steps[at];
            if let Some(block) = step.block {
                self.builder.ins().jump(block, &[]);
                return Ok(());
            }
            if step.ways > 1 {
                let block = self.cold_block();
                step.block = Some(block);
                self.builder.ins().jump(block, &[]);
                self.builder.switch_to_block(block);
            }
            let (slot, node) = step.store;
            at = step.next;
            let value = self.value(node, self.graph.node(node).rep)?;
            self.store_word(value, slot);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stores(lists: &[&[Store]]) -> Stores {
        let mut stores = Stores::new(Block::from_u32(0));
        for (i, list) in lists.iter().enumerate() {
            stores.add(StateId(i as u32), list.to_vec());
        }
        stores.share();
        stores
    }

    /// What a state stores, from its first step on.
    fn walk(stores: &Stores, state: u32) -> Vec<Store> {
        let mut at = stores.first[&StateId(state)];
        let mut found = Vec::new();
        while at != 0 {
            found.push(stores.steps[at].store);
            at = stores.steps[at].next;
        }
        found.sort_unstable();
        found
    }

    #[test]
    fn common_stores_are_there_once() {
        let [a, b, c, d] = [1, 2, 3, 4].map(|i| (i, NodeId(10 * i)));
        let lists: [&[Store]; 4] = [&[a, b, c], &[c, d, b], &[b], &[]];
        let stores = stores(&lists);
        for (i, list) in lists.iter().enumerate() {
            let mut list = list.to_vec();
            list.sort_unstable();
            assert_eq!(walk(&stores, i as u32), list);
        }
        // The root, then b ◄── c ◄── a and d.
        assert_eq!(stores.steps.len(), 5);
        let ways: Vec<u32> = stores.steps.iter().map(|s| s.ways).collect();
        assert_eq!(ways.iter().filter(|w| **w == 1).count(), 2);
    }

    #[test]
    fn another_value_for_a_word_is_another_store() {
        let stores = stores(&[&[(1, NodeId(1))], &[(1, NodeId(2))]]);
        assert_eq!(walk(&stores, 0), [(1, NodeId(1))]);
        assert_eq!(walk(&stores, 1), [(1, NodeId(2))]);
    }
}
