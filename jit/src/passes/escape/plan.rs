//! Where an object is virtual: a forward walk to a fixpoint over the blocks that its definition dominates.

use super::index::Index;
use super::{Object, Use};
use crate::flow::Dominators;
use crate::graph::{BlockId, Graph, NodeId, NodeOp};
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
pub fn make(
    graph: &Graph,
    dominators: &Dominators,
    index: &Index,
    object: &Object,
    again: bool,
) -> Option<Plan> {
    let first = dominators.position(object.block);
    let blocks: Vec<BlockId> = graph.order[first..]
        .iter()
        .copied()
        .filter(|b| dominators.dominates(object.block, *b))
        .collect();
    let aliases = aliases(graph, index, object);
    let is = |id: NodeId| aliases.contains(&id);
    let count = graph.blocks.len();
    let mut plan = Plan {
        starts: vec![Status::Unknown; count],
        live: vec![false; count],
        stored: vec![false; object.words()],
        mentions: index.mentions(graph, aliases.iter()),
        blocks,
    };
    let mut users: Vec<NodeId> = aliases
        .iter()
        .flat_map(|a| index.users(graph, *a))
        .collect();
    users.sort_unstable_by_key(|id| (index.place(*id), id.0));
    users.dedup();
    let (phis, users): (Vec<NodeId>, Vec<NodeId>) = users
        .into_iter()
        .partition(|id| graph.node(*id).op == NodeOp::Phi);
    let mut events: Vec<Vec<Event>> = vec![Vec::new(); count];
    for &id in &users {
        let event = event(graph, object, id, is, &mut plan.stored);
        events[graph.node(id).block.index()].push(event);
    }
    for &phi in &phis {
        let preds = &graph.block(graph.node(phi).block).preds;
        for (pred, input) in preds.iter().zip(&graph.node(phi).inputs) {
            if is(*input) {
                events[pred.index()].push(Event::Escape);
            }
        }
    }
    let mut uses = vec![false; count];
    for &block in &plan.blocks {
        let list = &mut events[block.index()];
        if graph.block(block).end.input().is_some_and(is) {
            list.push(Event::Escape);
        }
        uses[block.index()] = !list.is_empty() || index.mentioned(block, &plan.mentions);
    }
    if parts_change(graph, object, &plan, &users, is)
        || feeds_after_branch(graph, dominators, object, &phis)
    {
        return None;
    }
    liveness(graph, object, &mut plan, &uses);
    let ends = solve(graph, object, &mut plan, &events);
    worth_it(graph, &plan, &events, &ends, again).then_some(plan)
}

/// The object, and checks whose result it is.
fn aliases(graph: &Graph, index: &Index, object: &Object) -> FxHashSet<NodeId> {
    let mut aliases = FxHashSet::default();
    aliases.insert(object.id);
    let mut work = vec![object.id];
    while let Some(of) = work.pop() {
        for id in index.users(graph, of) {
            if graph.node(id).inputs.first() == Some(&of)
                && matches!(
                    object.use_by(graph, id, |v| aliases.contains(&v)),
                    Use::Same | Use::SameIf
                )
                && aliases.insert(id)
            {
                work.push(id);
            }
        }
    }
    aliases
}

/// What a user means to the object.
fn event(
    graph: &Graph,
    object: &Object,
    id: NodeId,
    is: impl Fn(NodeId) -> bool,
    stored: &mut [bool],
) -> Event {
    match object.use_by(graph, id, is) {
        Use::Escape => Event::Escape,
        Use::SetShape(shape) => Event::SetShape(shape),
        Use::SameIf => Event::CheckShape(id),
        Use::Store(word, _) => {
            stored[word] = true;
            Event::Gain
        }
        _ => Event::Gain,
    }
}

/// Whether a word that is read in parts is stored to.
fn parts_change(
    graph: &Graph,
    object: &Object,
    plan: &Plan,
    users: &[NodeId],
    is: impl Fn(NodeId) -> bool + Copy,
) -> bool {
    users.iter().any(|id| {
        matches!(graph.node(*id).op, NodeOp::Load(..))
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
fn feeds_after_branch(
    graph: &Graph,
    dominators: &Dominators,
    object: &Object,
    phis: &[NodeId],
) -> bool {
    let mut preds = phis
        .iter()
        .flat_map(|phi| &graph.block(graph.node(*phi).block).preds);
    preds.any(|pred| {
        dominators.dominates(object.block, *pred) && graph.block(*pred).end.successors().len() > 1
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
