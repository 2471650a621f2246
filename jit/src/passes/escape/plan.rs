//! Where an object is virtual: a forward walk to a fixpoint over the blocks that its definition dominates.

use super::{Object, Use, mentions};
use crate::flow::Dominators;
use crate::graph::{BlockId, End, Graph, NodeId, NodeOp};
use rustc_hash::FxHashSet;

/// What an object is at a point.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// Control was not seen to get here yet.
    Unknown,
    /// Not made; with that shape.
    Virtual(u32),
    /// Made.
    Real,
}

/// What was decided for an object.
pub struct Plan {
    /// Blocks that the definition dominates, in order; the first is its own.
    pub blocks: Vec<BlockId>,
    /// By block: at its start.
    pub starts: Vec<Status>,
    /// By block: the object is used in it or after it.
    pub live: Vec<bool>,
    /// Words that are stored to somewhere.
    pub stored: Vec<bool>,
    /// By state.
    pub mentions: Vec<bool>,
}

/// What happens to the object in a block, in order.
#[derive(Clone)]
enum Event {
    SetShape(u32),
    CheckShape(NodeId),
    Escape,
    /// Something that a virtual object makes cheaper.
    Gain,
}

/// The plan for an object; `None` if it is real from the start. `again`: only elimination counts, not that it is made later.
pub fn make(graph: &Graph, dominators: &Dominators, object: &Object, again: bool) -> Option<Plan> {
    let first = dominators.position(object.block);
    let blocks: Vec<BlockId> = graph.order[first..]
        .iter()
        .copied()
        .filter(|b| dominators.dominates(object.block, *b))
        .collect();
    let mut aliases = FxHashSet::default();
    aliases.insert(object.id);
    collect_aliases(graph, object, &blocks, &mut aliases);
    let is = |id: NodeId| aliases.contains(&id);
    let mentions = mentions(graph, is);
    let count = graph.blocks.len();
    let mut plan = Plan {
        starts: vec![Status::Unknown; count],
        live: vec![false; count],
        stored: vec![false; object.words()],
        mentions,
        blocks,
    };
    let mut events: Vec<Vec<Event>> = vec![Vec::new(); count];
    let mut uses = vec![false; count];
    for &block in &plan.blocks {
        let mut list = Vec::new();
        let used = events_of(graph, object, block, is, &mut plan.stored, &mut list)
            || mentioned(graph, block, &plan.mentions);
        uses[block.index()] = used;
        events[block.index()] = list;
    }
    if parts_change(graph, object, &plan, is) || feeds_after_branch(graph, &plan, is) {
        return None;
    }
    liveness(graph, object, &mut plan, &uses);
    let ends = solve(graph, object, &mut plan, &events);
    worth_it(graph, &plan, &events, &ends, again).then_some(plan)
}

/// Checks whose result is the object.
fn collect_aliases(
    graph: &Graph,
    object: &Object,
    blocks: &[BlockId],
    aliases: &mut FxHashSet<NodeId>,
) {
    for &block in blocks {
        for &id in &graph.block(block).nodes {
            let node = graph.node(id);
            let of_object = node.inputs.first().is_some_and(|v| aliases.contains(v));
            if of_object
                && matches!(
                    object.use_by(graph, id, |v| aliases.contains(&v)),
                    Use::Same | Use::SameIf
                )
            {
                aliases.insert(id);
            }
        }
    }
}

/// Collects what happens in a block; whether the object is used there, states aside.
fn events_of(
    graph: &Graph,
    object: &Object,
    block: BlockId,
    is: impl Fn(NodeId) -> bool + Copy,
    stored: &mut [bool],
    list: &mut Vec<Event>,
) -> bool {
    let data = graph.block(block);
    let mut used = false;
    let mut born = block != object.block;
    for &id in &data.nodes {
        if !born {
            born = id == object.id;
            continue;
        }
        if !graph.node(id).inputs.iter().any(|v| is(*v)) {
            continue;
        }
        used = true;
        list.push(match object.use_by(graph, id, is) {
            Use::Escape => Event::Escape,
            Use::SetShape(shape) => Event::SetShape(shape),
            Use::SameIf => Event::CheckShape(id),
            Use::Store(word, _) => {
                stored[word] = true;
                Event::Gain
            }
            _ => Event::Gain,
        });
    }
    if data.end.input().is_some_and(is) {
        used = true;
        list.push(Event::Escape);
    }
    for to in data.end.successors() {
        let next = graph.block(to);
        for (i, _) in next.preds.iter().enumerate().filter(|(_, p)| **p == block) {
            let feeds = |phi: &NodeId| graph.node(*phi).inputs.get(i).copied().is_some_and(is);
            if next.phis.iter().any(feeds) {
                used = true;
                list.push(Event::Escape);
            }
        }
    }
    used
}

/// Whether a frame state of the block mentions the object. What the header of a loop says about its entry counts for the block
/// in front.
fn mentioned(graph: &Graph, block: BlockId, mentions: &[bool]) -> bool {
    let data = graph.block(block);
    let by_node = |id: &NodeId| graph.node(*id).state.is_some_and(|s| mentions[s.index()]);
    let by_end = matches!(data.end, End::Exit { state, .. } if mentions[state.index()]);
    let by_entry = data.end.successors().iter().any(|to| {
        let entry = graph.block(*to).entry_state;
        entry.is_some_and(|s| mentions[s.index()])
    });
    by_end || by_entry || data.nodes.iter().any(by_node)
}

/// Whether a word that is read in parts is stored to.
fn parts_change(
    graph: &Graph,
    object: &Object,
    plan: &Plan,
    is: impl Fn(NodeId) -> bool + Copy,
) -> bool {
    let mut nodes = plan.blocks.iter().flat_map(|b| &graph.block(*b).nodes);
    nodes.any(|id| {
        let reads = matches!(graph.node(*id).op, NodeOp::Load(..))
            && graph.node(*id).inputs.iter().any(|v| is(*v));
        reads
            && match object.use_by(graph, *id, is) {
                Use::Part(offset, _) => {
                    let word = object.word(offset & !7);
                    word.is_none_or(|word| plan.stored[word])
                }
                Use::Half(word) => plan.stored[word],
                _ => false,
            }
    })
}

/// Whether a phi behind a branch has the object as an input: there is no place to make it for that way alone. (Such phis have one
/// input and go away elsewhere.)
fn feeds_after_branch(graph: &Graph, plan: &Plan, is: impl Fn(NodeId) -> bool) -> bool {
    let mut blocks = plan.blocks.iter().flat_map(|block| {
        let successors = graph.block(*block).end.successors();
        let several = successors.len() > 1;
        successors.into_iter().filter(move |_| several)
    });
    blocks.any(|to| {
        let mut phis = graph.block(to).phis.iter();
        phis.any(|phi| graph.node(*phi).inputs.iter().any(|v| is(*v)))
    })
}

fn liveness(graph: &Graph, object: &Object, plan: &mut Plan, uses: &[bool]) {
    loop {
        let mut changed = false;
        for &block in plan.blocks.iter().rev() {
            let live = uses[block.index()]
                || graph
                    .block(block)
                    .end
                    .successors()
                    .iter()
                    .any(|to| *to != object.block && plan.live[to.index()]);
            if live && !std::mem::replace(&mut plan.live[block.index()], true) {
                changed = true;
            }
        }
        if !changed {
            return;
        }
    }
}

fn meet(a: Status, b: Status) -> Status {
    match (a, b) {
        (Status::Unknown, other) | (other, Status::Unknown) => other,
        (Status::Virtual(a), Status::Virtual(b)) if a == b => Status::Virtual(a),
        _ => Status::Real,
    }
}

/// Finds the statuses at the starts of blocks; gives those at the ends.
fn solve(graph: &Graph, object: &Object, plan: &mut Plan, events: &[Vec<Event>]) -> Vec<Status> {
    let mut ends = vec![Status::Unknown; graph.blocks.len()];
    loop {
        let mut changed = false;
        for i in 0..plan.blocks.len() {
            let block = plan.blocks[i];
            let start = if block == object.block {
                Status::Virtual(object.template.shape())
            } else {
                let preds = &graph.block(block).preds;
                let ends = preds.iter().map(|p| ends[p.index()]);
                ends.fold(Status::Unknown, meet)
            };
            let end = through(graph, start, &events[block.index()]);
            changed |= plan.starts[block.index()] != start || ends[block.index()] != end;
            plan.starts[block.index()] = start;
            ends[block.index()] = end;
        }
        if !changed {
            return ends;
        }
    }
}

fn through(graph: &Graph, start: Status, events: &[Event]) -> Status {
    let mut at = start;
    for event in events {
        if let Status::Virtual(shape) = at {
            at = match event {
                Event::SetShape(new) => Status::Virtual(*new),
                Event::CheckShape(id) if !allows(graph, *id, shape) => Status::Real,
                Event::Escape => Status::Real,
                _ => at,
            };
        }
    }
    at
}

/// Whether a check of shapes lets a shape through.
pub fn allows(graph: &Graph, check: NodeId, shape: u32) -> bool {
    matches!(&graph.node(check).op, NodeOp::CheckShape(shapes) if shapes.contains(&shape))
}

/// Whether anything is won: something becomes cheaper while the object is virtual, or some way never makes it.
fn worth_it(
    graph: &Graph,
    plan: &Plan,
    events: &[Vec<Event>],
    ends: &[Status],
    again: bool,
) -> bool {
    plan.blocks.iter().any(|block| {
        let b = block.index();
        let successors = graph.block(*block).end.successors();
        let is_last = successors.iter().all(|to| !plan.live[to.index()]);
        ends[b] != Status::Real && is_last || !again && gains(graph, plan.starts[b], &events[b])
    })
}

/// Whether something becomes cheaper in a block.
fn gains(graph: &Graph, start: Status, events: &[Event]) -> bool {
    let first_real =
        (0..events.len()).find(|i| through(graph, start, &events[..=*i]) == Status::Real);
    start != Status::Real && first_real != Some(0) && !events.is_empty()
}
