//! What passes ask of the control flow: dominators and loops, as vectors by block.
//!
//! Both are computed from [`Graph::order`] alone and describe the graph at that moment; a pass that changes blocks computes
//! them again.

use crate::graph::{BlockId, Graph};

const NONE: u32 = u32::MAX;

/// The dominator tree of the reachable blocks.
#[derive(Debug)]
pub struct Dominators {
    /// Position in `Graph::order` by block; `NONE` for blocks that are not reachable.
    position: Vec<u32>,
    /// Immediate dominator by block.
    idom: Vec<u32>,
    /// Intervals of a walk over the tree: `a` dominates `b` if it contains `b`.
    enter: Vec<u32>,
    leave: Vec<u32>,
}

impl Dominators {
    /// Computes them (Cooper, Harvey and Kennedy's iteration, which is linear for the loops that JavaScript makes).
    pub fn new(graph: &Graph) -> Dominators {
        let count = graph.blocks.len();
        let mut position = vec![NONE; count];
        for (i, block) in graph.order.iter().enumerate() {
            position[block.index()] = i as u32;
        }
        // By position in the order.
        let mut idom = vec![NONE; graph.order.len()];
        if let Some(first) = idom.first_mut() {
            *first = 0;
        }
        let mut changed = true;
        while changed {
            changed = false;
            for (i, &block) in graph.order.iter().enumerate().skip(1) {
                let mut new = NONE;
                for pred in &graph.block(block).preds {
                    let pred = position[pred.index()];
                    if pred == NONE || idom[pred as usize] == NONE {
                        continue;
                    }
                    new = if new == NONE {
                        pred
                    } else {
                        meet(&idom, new, pred)
                    };
                }
                if new != NONE && idom[i] != new {
                    idom[i] = new;
                    changed = true;
                }
            }
        }
        let (enter, leave) = intervals(&idom);
        let mut result = Dominators {
            position,
            idom: vec![NONE; count],
            enter: vec![NONE; count],
            leave: vec![0; count],
        };
        for (i, block) in graph.order.iter().enumerate() {
            let b = block.index();
            result.idom[b] = match idom[i] {
                NONE => NONE,
                at => graph.order[at as usize].0,
            };
            result.enter[b] = enter[i];
            result.leave[b] = leave[i];
        }
        result
    }

    /// Whether `a` dominates `b` (every block dominates itself).
    pub fn dominates(&self, a: BlockId, b: BlockId) -> bool {
        self.enter[a.index()] <= self.enter[b.index()]
            && self.enter[b.index()] <= self.leave[a.index()]
            && self.is_reachable(a)
            && self.is_reachable(b)
    }

    /// The closest other block that dominates `block`; `None` for the entry.
    pub fn parent(&self, block: BlockId) -> Option<BlockId> {
        let parent = self.idom[block.index()];
        (parent != NONE && parent != block.0).then_some(BlockId(parent))
    }

    /// Whether the block is in the order.
    pub fn is_reachable(&self, block: BlockId) -> bool {
        self.position[block.index()] != NONE
    }

    /// The block's place in the order.
    pub fn position(&self, block: BlockId) -> usize {
        self.position[block.index()] as usize
    }
}

/// The closest common dominator of two positions.
fn meet(idom: &[u32], mut a: u32, mut b: u32) -> u32 {
    while a != b {
        while a > b {
            a = idom[a as usize];
        }
        while b > a {
            b = idom[b as usize];
        }
    }
    a
}

/// Numbers of entering and the last number inside, for every node of the tree, by position.
fn intervals(idom: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let mut size = vec![1u32; idom.len()];
    for i in (1..idom.len()).rev() {
        if idom[i] != NONE {
            size[idom[i] as usize] += size[i];
        }
    }
    let mut enter = vec![NONE; idom.len()];
    let mut leave = vec![0; idom.len()];
    let mut next = vec![0u32; idom.len()];
    for i in 0..idom.len() {
        let at = match idom[i] {
            _ if i == 0 => 0,
            NONE => continue,
            parent => {
                let at = next[parent as usize];
                next[parent as usize] += size[i];
                at
            }
        };
        enter[i] = at;
        leave[i] = at + size[i] - 1;
        next[i] = at + 1;
    }
    (enter, leave)
}

/// A natural loop.
#[derive(Debug)]
pub struct Loop {
    /// Its header.
    pub header: BlockId,
    /// The loop around it: index in [`Loops::loops`].
    pub parent: Option<usize>,
    /// The one block outside that jumps to the header, if there is exactly one and it leads nowhere else.
    pub preheader: Option<BlockId>,
    /// Predecessors of the header inside.
    pub latches: Vec<BlockId>,
    /// Blocks in reverse postorder, those of inner loops included.
    pub blocks: Vec<BlockId>,
}

/// The loops of a graph.
#[derive(Debug)]
pub struct Loops {
    /// Outer loops come before inner ones.
    pub loops: Vec<Loop>,
    /// The innermost loop by block.
    innermost: Vec<Option<usize>>,
}

impl Loops {
    /// Finds them.
    pub fn new(graph: &Graph, dominators: &Dominators) -> Loops {
        let mut result = Loops {
            loops: Vec::new(),
            innermost: vec![None; graph.blocks.len()],
        };
        for &header in graph.order.iter().filter(|b| graph.block(**b).is_loop) {
            let preds = &graph.block(header).preds;
            let (latches, outside): (Vec<BlockId>, Vec<BlockId>) = preds
                .iter()
                .partition(|pred| dominators.dominates(header, **pred));
            if latches.is_empty() {
                continue;
            }
            let preheader = match outside[..] {
                [one] if graph.block(one).end.successors().len() == 1 => Some(one),
                _ => None,
            };
            result.loops.push(Loop {
                header,
                parent: None,
                preheader,
                latches,
                blocks: Vec::new(),
            });
        }
        // Inner loops first: what they contain is skipped over by the walks of the outer ones.
        let mut member = vec![NONE; graph.blocks.len()];
        for i in (0..result.loops.len()).rev() {
            let header = result.loops[i].header;
            let mut work = result.loops[i].latches.clone();
            let mut blocks = vec![header];
            member[header.index()] = i as u32;
            while let Some(block) = work.pop() {
                if std::mem::replace(&mut member[block.index()], i as u32) == i as u32 {
                    continue;
                }
                blocks.push(block);
                work.extend(&graph.block(block).preds);
            }
            blocks.sort_unstable_by_key(|b| dominators.position(*b));
            for &block in &blocks {
                match result.innermost[block.index()] {
                    None => result.innermost[block.index()] = Some(i),
                    Some(inner) if block == result.loops[inner].header => {
                        if result.loops[inner].parent.is_none() && inner != i {
                            result.loops[inner].parent = Some(i);
                        }
                    }
                    Some(_) => {}
                }
            }
            result.loops[i].blocks = blocks;
        }
        result
    }

    /// The innermost loop that contains the block.
    pub fn of(&self, block: BlockId) -> Option<usize> {
        self.innermost[block.index()]
    }

    /// Whether loop `index` contains the block.
    pub fn contains(&self, index: usize, block: BlockId) -> bool {
        let mut at = self.of(block);
        while let Some(inner) = at {
            if inner == index {
                return true;
            }
            at = self.loops[inner].parent;
        }
        false
    }
}
