//! Decides how phis are held: as int32, double, boolean, or (as the builder makes them) tagged.
//!
//! Every phi starts as "anything" and becomes the join of its inputs, optimistically, until nothing changes:
//!
//! ```text
//! Int32 ⊔ Float64 = Float64 (if what uses the phi likes that, else Tagged)      Bool ⊔ number = Tagged
//! ```
//!
//! A tagged value that enters a loop from outside counts as a number if what uses the phi asks for one and the loop's own inputs
//! are numbers: then it is checked in front of the loop, once. Afterwards conversions on the inputs disappear, checks of the
//! phi become conversions or nothing, and uses that need the tagged value get it boxed, once a block.

use super::edit::{Replacements, append, become_op, make};
use crate::graph::{
    BlockId, Cond, FloatUnary, Graph, Node, NodeId, NodeOp, Position, Rep, StateId, Test,
};
use crate::layout::value;
use crate::snapshot::{Reason, Snapshot};
use smallvec::smallvec;

/// The pass.
pub fn run(graph: &mut Graph, snapshot: &Snapshot) {
    let mut choice = Choice::new(graph);
    choice.collect_uses(graph);
    choice.solve(graph, snapshot);
    let changed: Vec<NodeId> = choice
        .phis
        .iter()
        .copied()
        .filter(|phi| matches!(choice.of(*phi), Held::Int | Held::Float | Held::Bool))
        .collect();
    if changed.is_empty() {
        return;
    }
    for &phi in &changed {
        graph.node_mut(phi).rep = choice.of(phi).rep();
    }
    for &phi in &changed {
        convert_inputs(graph, snapshot, &choice, phi);
    }
    rewrite_uses(graph, &choice);
}

/// How a value is or could be held.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Held {
    /// Nothing is known yet.
    Open,
    Int,
    Float,
    Bool,
    Tagged,
}

impl Held {
    fn rep(self) -> Rep {
        match self {
            Held::Int => Rep::Int32,
            Held::Float => Rep::Float64,
            Held::Bool => Rep::Bool,
            Held::Open | Held::Tagged => Rep::Tagged,
        }
    }
}

/// What the uses of a phi ask for; those of the phis that it feeds included.
#[derive(Clone, Copy, Default)]
struct Uses {
    int: bool,
    float: bool,
    /// Any number will do.
    number: bool,
    tagged: bool,
}

struct Choice {
    phis: Vec<NodeId>,
    held: Vec<Held>,
    uses: Vec<Uses>,
    /// The pass decides on these only.
    mine: Vec<bool>,
}

impl Choice {
    fn new(graph: &Graph) -> Choice {
        let mut phis = Vec::new();
        let mut mine = vec![false; graph.nodes.len()];
        for &block in &graph.order {
            for &phi in &graph.block(block).phis {
                if graph.node(phi).rep == Rep::Tagged {
                    phis.push(phi);
                    mine[phi.index()] = true;
                }
            }
        }
        Choice {
            phis,
            held: vec![Held::Open; graph.nodes.len()],
            uses: vec![Uses::default(); graph.nodes.len()],
            mine,
        }
    }

    fn of(&self, phi: NodeId) -> Held {
        match self.mine.get(phi.index()) {
            Some(true) => self.held[phi.index()],
            _ => Held::Tagged,
        }
    }

    fn collect_uses(&mut self, graph: &Graph) {
        for &block in &graph.order {
            let data = graph.block(block);
            for &id in &data.nodes {
                let node = graph.node(id);
                for &input in &node.inputs {
                    if !self.mine[input.index()] {
                        continue;
                    }
                    let uses = &mut self.uses[input.index()];
                    match node.op {
                        NodeOp::CheckInt | NodeOp::UntagInt => uses.int = true,
                        NodeOp::CheckNumber | NodeOp::NumberToFloat => uses.float = true,
                        NodeOp::CheckTruncate => uses.number = true,
                        NodeOp::Is(_) | NodeOp::Truthy => {}
                        _ => uses.tagged = true,
                    }
                }
            }
            if let Some(input) = data.end.input() {
                self.uses[input.index()].tagged = true;
            }
        }
        // What a phi feeds asks for comes back to it.
        loop {
            let mut changed = false;
            for &phi in self.phis.iter().rev() {
                let from = self.uses[phi.index()];
                for &input in &graph.node(phi).inputs {
                    if self.mine[input.index()] {
                        let to = &mut self.uses[input.index()];
                        changed |= (from.int && !to.int)
                            || (from.float && !to.float)
                            || (from.number && !to.number);
                        to.int |= from.int;
                        to.float |= from.float;
                        to.number |= from.number;
                    }
                }
            }
            if !changed {
                break;
            }
        }
    }

    fn solve(&mut self, graph: &Graph, snapshot: &Snapshot) {
        loop {
            self.descend(graph, snapshot);
            // Phis that are one tagged value after all, which only speculation looked away from.
            let mut open = false;
            for &phi in &self.phis {
                if self.held[phi.index()] == Held::Open {
                    self.held[phi.index()] = Held::Tagged;
                    open = true;
                }
            }
            if !open {
                break;
            }
        }
    }

    fn descend(&mut self, graph: &Graph, snapshot: &Snapshot) {
        loop {
            let mut changed = false;
            for i in 0..self.phis.len() {
                let phi = self.phis[i];
                let old = self.of(phi);
                if old == Held::Tagged {
                    continue;
                }
                let new = self.join_inputs(graph, snapshot, phi);
                if new != old {
                    self.held[phi.index()] = new;
                    changed = true;
                }
            }
            if !changed {
                break;
            }
        }
    }

    fn join_inputs(&self, graph: &Graph, snapshot: &Snapshot, phi: NodeId) -> Held {
        let node = graph.node(phi);
        let mut all = self.of(phi);
        for (i, &input) in node.inputs.iter().enumerate() {
            let mut held = self.input(graph, input);
            if held == Held::Tagged {
                held = self.speculation(graph, snapshot, phi, i);
            }
            all = self.join(all, held, phi);
        }
        all
    }

    fn join(&self, a: Held, b: Held, phi: NodeId) -> Held {
        let uses = self.uses[phi.index()];
        match (a, b) {
            (Held::Open, other) | (other, Held::Open) => other,
            _ if a == b => a,
            // A double as an index needs a conversion with a check at every use, and one that is boxed again is no gain.
            (Held::Int | Held::Float, Held::Int | Held::Float)
                if uses.float || (!uses.int && !uses.tagged) =>
            {
                Held::Float
            }
            _ => Held::Tagged,
        }
    }

    /// How an input is held before it is boxed.
    fn input(&self, graph: &Graph, input: NodeId) -> Held {
        match graph.node(input).op {
            NodeOp::IntToTagged => Held::Int,
            NodeOp::FloatToTagged => Held::Float,
            NodeOp::BoolToTagged => Held::Bool,
            NodeOp::Const(bits) => match bits {
                value::FALSE | value::TRUE => Held::Bool,
                value::INT_TAG.. => Held::Int,
                value::DOUBLE_OFFSET.. => Held::Float,
                _ => Held::Tagged,
            },
            NodeOp::Phi => self.of(input),
            _ => Held::Tagged,
        }
    }

    /// What a tagged input may be taken for, because it can be checked in front of the loop.
    fn speculation(&self, graph: &Graph, snapshot: &Snapshot, phi: NodeId, i: usize) -> Held {
        let uses = self.uses[phi.index()];
        let block = graph.block(graph.node(phi).block);
        let Some(state) = outside_state(graph, phi, i) else {
            return Held::Tagged;
        };
        // Without a number from inside the loop there is nothing to gain.
        let inside = block.preds.iter().zip(&graph.node(phi).inputs).skip(i + 1);
        let mut from_inside = Held::Open;
        for (_, &input) in inside {
            from_inside = self.join(from_inside, self.input(graph, input), phi);
        }
        // Also where it is used as a double: what stays an integer in the loop was one before it, most likely.
        let numeric = uses.int || uses.float || uses.number;
        // Which phi of the loop failed is not recorded: where an operation of the loop asks for an integer, one more failure
        // is needed. The operation might never run with what failed here, so that it goes on asking.
        let int = from_inside == Held::Int
            && (may_check(graph, snapshot, state, Reason::EntersNoInt)
                || uses.int && may_check(graph, snapshot, state, Reason::EntersNoIntAgain));
        if numeric && int {
            return Held::Int;
        }
        if numeric
            && matches!(from_inside, Held::Int | Held::Float)
            && may_check(graph, snapshot, state, Reason::EntersNoNumber)
        {
            return Held::Float;
        }
        match from_inside {
            Held::Open if graph.node(phi).inputs.iter().skip(i + 1).any(|v| *v != phi) => {
                Held::Open
            }
            _ => Held::Tagged,
        }
    }
}

/// The state in front of the loop, if `phi` is a loop header's and its input `i` comes from outside.
fn outside_state(graph: &Graph, phi: NodeId, i: usize) -> Option<StateId> {
    let block = graph.block(graph.node(phi).block);
    (block.is_loop && i == 0 && block.preds.len() > 1)
        .then_some(block.entry_state)
        .flatten()
}

/// Whether a check with that reason never failed in that state.
fn may_check(graph: &Graph, snapshot: &Snapshot, state: StateId, reason: Reason) -> bool {
    let state = &graph.states[state.index()];
    let function = graph.frames.get(state.frame.index()).map(|f| f.function);
    let exits = function
        .and_then(|f| snapshot.functions.get(f))
        .and_then(|f| f.exits.get(&state.pc));
    !exits.is_some_and(|reasons| reasons.has(reason))
}

/// Gives the phi inputs of its new representation.
fn convert_inputs(graph: &mut Graph, snapshot: &Snapshot, choice: &Choice, phi: NodeId) {
    let block = graph.node(phi).block;
    for i in 0..graph.node(phi).inputs.len() {
        let pred = graph.block(block).preds[i];
        let input = graph.node(phi).inputs[i];
        let new = convert(graph, choice, input, choice.of(phi), pred).unwrap_or_else(|| {
            // Only what `speculation` lets through gets here.
            let state = outside_state(graph, phi, i);
            let again = state.is_some_and(|s| !may_check(graph, snapshot, s, Reason::EntersNoInt));
            let (op, reason) = match choice.of(phi) {
                Held::Int if again => (NodeOp::CheckInt, Reason::EntersNoIntAgain),
                Held::Int => (NodeOp::CheckInt, Reason::EntersNoInt),
                _ => (NodeOp::CheckNumber, Reason::EntersNoNumber),
            };
            check_outside(graph, input, op, reason, pred, state)
        });
        graph.node_mut(phi).inputs[i] = new;
    }
}

/// `input` held as `held`, at the end of `pred`; `None` if only a check can tell.
fn convert(
    graph: &mut Graph,
    choice: &Choice,
    input: NodeId,
    held: Held,
    pred: BlockId,
) -> Option<NodeId> {
    let node = graph.node(input);
    let source = node.inputs.first().copied();
    let have = choice.input(graph, input);
    if have == Held::Tagged {
        return None;
    }
    if let NodeOp::Const(bits) = node.op {
        let op = match held {
            Held::Int => NodeOp::Int(bits as u32 as i32),
            Held::Bool => NodeOp::Bool(bits == value::TRUE),
            _ if have == Held::Int => NodeOp::Float(f64::from(bits as u32 as i32).to_bits()),
            _ => NodeOp::Float(bits.wrapping_sub(value::DOUBLE_OFFSET)),
        };
        return Some(append(graph, op, &[], pred));
    }
    let raw = if node.op == NodeOp::Phi {
        input
    } else {
        source?
    };
    if held == Held::Float && have == Held::Int {
        return Some(append(graph, NodeOp::IntToFloat, &[raw], pred));
    }
    Some(raw)
}

/// A check of a value that enters a loop, in front of it.
fn check_outside(
    graph: &mut Graph,
    input: NodeId,
    op: NodeOp,
    reason: Reason,
    pred: BlockId,
    state: Option<StateId>,
) -> NodeId {
    let at = state.map_or(super::edit::START, |state| {
        let state = &graph.states[state.index()];
        Position {
            frame: state.frame,
            pc: state.pc,
        }
    });
    let id = graph.make(Node {
        rep: op.rep(),
        op,
        inputs: smallvec![input],
        block: pred,
        at,
        state,
        reason: Some(reason),
    });
    graph.block_mut(pred).nodes.push(id);
    id
}

/// Walks over every use of the phis that are not tagged any more.
fn rewrite_uses(graph: &mut Graph, choice: &Choice) {
    let mut replaced = Replacements::new(graph);
    // What is boxed in the block at hand already.
    let mut boxed: Vec<(NodeId, NodeId)> = Vec::new();
    for b in 0..graph.order.len() {
        let block = graph.order[b];
        boxed.clear();
        let old = std::mem::take(&mut graph.block_mut(block).nodes);
        let mut new = Vec::with_capacity(old.len() + 4);
        for id in old {
            if graph.node(id).inputs.iter().any(|v| is_changed(choice, *v))
                && !specialize(graph, choice, id, &mut replaced, &mut new)
            {
                box_inputs(graph, choice, id, &mut boxed, &mut new);
            }
            if !replaced.has(id) {
                new.push(id);
            }
        }
        graph.block_mut(block).nodes = new;
        box_at_end(graph, choice, block, &mut boxed);
    }
    replaced.apply(graph);
}

fn is_changed(choice: &Choice, id: NodeId) -> bool {
    matches!(choice.of(id), Held::Int | Held::Float | Held::Bool)
}

/// Gives a node that asks what kind of value its input is a better answer. `false` if it needs the tagged value.
fn specialize(
    graph: &mut Graph,
    choice: &Choice,
    id: NodeId,
    replaced: &mut Replacements,
    list: &mut Vec<NodeId>,
) -> bool {
    let phi = graph.node(id).inputs[0];
    let held = choice.of(phi);
    let (block, at) = (graph.node(id).block, graph.node(id).at);
    match (&graph.node(id).op, held) {
        (NodeOp::CheckInt | NodeOp::UntagInt | NodeOp::CheckTruncate, Held::Int)
        | (NodeOp::CheckNumber | NodeOp::NumberToFloat, Held::Float)
        | (NodeOp::CheckBool | NodeOp::UntagBool | NodeOp::Truthy, Held::Bool) => {
            replaced.set(id, phi);
        }
        (NodeOp::CheckNumber | NodeOp::NumberToFloat, Held::Int) => {
            become_op(graph, id, NodeOp::IntToFloat, &[phi]);
        }
        (NodeOp::CheckTruncate | NodeOp::UntagInt, Held::Float) => {
            become_op(graph, id, NodeOp::FloatToInt, &[phi]);
        }
        (NodeOp::CheckInt, Held::Float) => graph.node_mut(id).op = NodeOp::CheckFloatInt,
        (NodeOp::Truthy, Held::Int) => {
            let zero = make(graph, NodeOp::Int(0), &[], block, at);
            list.push(zero);
            become_op(graph, id, NodeOp::IntCmp(Cond::Ne), &[phi, zero]);
        }
        (NodeOp::Truthy, Held::Float) => {
            // Neither zero nor NaN.
            let zero = make(graph, NodeOp::Float(0), &[], block, at);
            let abs = make(
                graph,
                NodeOp::FloatUnary(FloatUnary::Abs),
                &[phi],
                block,
                at,
            );
            list.extend([zero, abs]);
            become_op(graph, id, NodeOp::FloatCmp(Cond::Gt), &[abs, zero]);
        }
        (NodeOp::Is(test), held) => {
            let is = match (test, held) {
                (Test::Int, Held::Float) => return false,
                (Test::Int, Held::Int)
                | (Test::Number, Held::Int | Held::Float)
                | (Test::Bool, Held::Bool) => true,
                _ => false,
            };
            become_op(graph, id, NodeOp::Bool(is), &[]);
        }
        _ => return false,
    }
    true
}

/// The tagged value of a phi in the block at hand.
fn boxed_value(
    graph: &mut Graph,
    choice: &Choice,
    phi: NodeId,
    block: BlockId,
    at: Position,
    boxed: &mut Vec<(NodeId, NodeId)>,
    list: &mut Vec<NodeId>,
) -> NodeId {
    if let Some((_, value)) = boxed.iter().find(|(of, _)| *of == phi) {
        return *value;
    }
    let op = match choice.of(phi) {
        Held::Int => NodeOp::IntToTagged,
        Held::Float => NodeOp::FloatToTagged,
        _ => NodeOp::BoolToTagged,
    };
    let value = make(graph, op, &[phi], block, at);
    list.push(value);
    boxed.push((phi, value));
    value
}

fn box_inputs(
    graph: &mut Graph,
    choice: &Choice,
    id: NodeId,
    boxed: &mut Vec<(NodeId, NodeId)>,
    list: &mut Vec<NodeId>,
) {
    let (block, at) = (graph.node(id).block, graph.node(id).at);
    let wants = graph.node(id).op.input_reps();
    for i in 0..graph.node(id).inputs.len() {
        let input = graph.node(id).inputs[i];
        // Inputs that `specialize` and `convert_inputs` made are right already.
        let tagged = matches!(wants.get(i), Some(Rep::Tagged | Rep::Ptr));
        if tagged && is_changed(choice, input) {
            let value = boxed_value(graph, choice, input, block, at, boxed, list);
            graph.node_mut(id).inputs[i] = value;
        }
    }
}

/// Boxes what the block's end and the tagged phis of its successors use.
fn box_at_end(
    graph: &mut Graph,
    choice: &Choice,
    block: BlockId,
    boxed: &mut Vec<(NodeId, NodeId)>,
) {
    let mut list = std::mem::take(&mut graph.block_mut(block).nodes);
    let at = list
        .last()
        .map_or(super::edit::START, |last| graph.node(*last).at);
    if let Some(input) = graph.block(block).end.input()
        && is_changed(choice, input)
    {
        let value = boxed_value(graph, choice, input, block, at, boxed, &mut list);
        if let Some(input) = graph.block_mut(block).end.input_mut() {
            *input = value;
        }
    }
    for next in graph.block(block).end.successors() {
        let Some(i) = graph.block(next).preds.iter().position(|p| *p == block) else {
            continue;
        };
        for phi in graph.block(next).phis.clone() {
            let input = graph.node(phi).inputs[i];
            if graph.node(phi).rep == Rep::Tagged && is_changed(choice, input) {
                let value = boxed_value(graph, choice, input, block, at, boxed, &mut list);
                graph.node_mut(phi).inputs[i] = value;
            }
        }
    }
    graph.block_mut(block).nodes = list;
}
