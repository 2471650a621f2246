//! Arithmetic whose result is only looked at modulo 2^32 wraps instead of exiting or going through doubles.
//!
//! * int32 additions, subtractions and multiplications (which exit where the result leaves the range) become wrapping ones if
//!   all uses truncate and no frame state holds the result.
//! * ToInt32 of a tree of double operations over integers becomes the tree of wrapping operations.
//!
//! JavaScript's own result is a double: modulo 2^32 it is that of integers as long as it is exact, below 2^53. So magnitudes
//! are bounded along the way.

use super::edit::make;
use crate::graph::*;
use crate::helpers::Helper;
use crate::snapshot::Snapshot;
use smallvec::SmallVec;

/// The part of the pass that concerns int32 operations: simplification takes truncating ones for what they truncate.
pub fn wrap(graph: &mut Graph, _: &Snapshot) {
    wrap_ints(graph);
}

/// The pass.
pub fn run(graph: &mut Graph, _: &Snapshot) {
    wrap_ints(graph);
    for i in 0..graph.order.len() {
        let block = graph.order[i];
        if graph
            .block(block)
            .nodes
            .iter()
            .any(|id| graph.node(*id).op == NodeOp::FloatToInt)
        {
            wrap_floats(graph, block);
        }
    }
}

/// Magnitudes that doubles hold exactly.
const EXACT_BITS: u32 = 53;

fn bit_op(op: IntOp) -> Option<BitOp> {
    match op {
        IntOp::Add => Some(BitOp::Add),
        IntOp::Sub => Some(BitOp::Sub),
        IntOp::Mul => Some(BitOp::Mul),
        IntOp::Div | IntOp::Mod => None,
    }
}

/// Bits of the magnitude of an int32 node: the value is at most 2^bits.
fn int_bits(graph: &Graph, id: NodeId) -> u32 {
    let node = graph.node(id);
    let constant = |i: usize| match node.inputs.get(i).map(|v| &graph.node(*v).op) {
        Some(NodeOp::Int(c)) => Some(*c),
        _ => None,
    };
    match &node.op {
        NodeOp::Int(c) => bits_of(u64::from(c.unsigned_abs())),
        NodeOp::Bit(BitOp::And) => match constant(1).or(constant(0)) {
            Some(c) if c >= 0 => bits_of(c as u64),
            _ => 31,
        },
        NodeOp::Bit(BitOp::Shr | BitOp::Sar) => match constant(1) {
            Some(c) if c & 31 != 0 => 32 - (c as u32 & 31),
            _ => 31,
        },
        NodeOp::Load(Mem::U8 | Mem::I8, ..) | NodeOp::LoadIndexed(Mem::U8 | Mem::I8, ..) => 8,
        NodeOp::Load(Mem::U16 | Mem::I16, ..) | NodeOp::LoadIndexed(Mem::U16 | Mem::I16, ..) => 16,
        NodeOp::LoadView(Mem::U8 | Mem::I8, _) => 8,
        NodeOp::LoadView(Mem::U16 | Mem::I16, _) => 16,
        NodeOp::BoolToInt => 1,
        NodeOp::Clz => 6,
        NodeOp::Call(Helper::CharCodeAt) | NodeOp::StringUnit => 16,
        _ => 31,
    }
}

fn bits_of(magnitude: u64) -> u32 {
    u64::BITS - magnitude.leading_zeros()
}

// ---------------------------------------------------------------------- int32

/// Whether only the value of input `i` modulo 2^32 matters to a node.
fn truncates(op: &NodeOp, i: usize) -> bool {
    match op {
        NodeOp::Bit(op) => !matches!(op, BitOp::Min | BitOp::Max),
        NodeOp::BitNot => true,
        NodeOp::StoreIndexed(mem, ..) | NodeOp::StoreView(mem, _) => {
            i == 2 && matches!(mem, Mem::U8 | Mem::I8 | Mem::U16 | Mem::I16 | Mem::I32)
        }
        NodeOp::Call(Helper::FromCharCode) => true,
        NodeOp::Atomic(op) => i >= 2 && *op != AtomicOp::Store,
        _ => false,
    }
}

fn wrap_ints(graph: &mut Graph) {
    let mut may = vec![false; graph.nodes.len()];
    let mut candidates: Vec<NodeId> = Vec::new();
    for &block in &graph.order {
        for &id in &graph.block(block).nodes {
            if matches!(graph.node(id).op, NodeOp::IntArith(op) if bit_op(op).is_some()) {
                may[id.index()] = true;
                candidates.push(id);
            }
        }
    }
    if candidates.is_empty() {
        return;
    }
    let mut held = HeldInStates::new(graph);
    deny_exact_uses(graph, &mut may, &mut held);
    // From users to inputs, and from small results to large ones, until nothing changes.
    loop {
        let mut changed = false;
        let mut bits = vec![0u8; graph.nodes.len()];
        for &id in &candidates {
            let node = graph.node(id);
            let of = |v: NodeId| match may[v.index()] {
                true => u32::from(bits[v.index()]),
                false => int_bits(graph, v),
            };
            let (a, b) = (of(node.inputs[0]), of(node.inputs[1]));
            let all = match node.op {
                NodeOp::IntArith(IntOp::Mul) => a + b,
                _ => a.max(b) + 1,
            };
            bits[id.index()] = all.min(100) as u8;
            if may[id.index()] && all > EXACT_BITS {
                may[id.index()] = false;
                changed = true;
            }
        }
        for &id in candidates.iter().rev() {
            if may[id.index()] {
                continue;
            }
            for input in &graph.node(id).inputs {
                changed |= std::mem::replace(&mut may[input.index()], false);
            }
            // It goes on exiting: what its state holds is looked at.
            changed |= held.deny(graph, graph.node(id).state, &mut may);
        }
        if !changed {
            break;
        }
    }
    for id in candidates {
        if let NodeOp::IntArith(op) = graph.node(id).op
            && may[id.index()]
            && let Some(op) = bit_op(op)
        {
            let node = graph.node_mut(id);
            node.op = NodeOp::Bit(op);
            node.state = None;
            node.reason = None;
        }
    }
}

/// States whose values are known to be looked at.
struct HeldInStates {
    done: Vec<bool>,
}

impl HeldInStates {
    fn new(graph: &Graph) -> HeldInStates {
        HeldInStates {
            done: vec![false; graph.states.len()],
        }
    }

    /// Takes the values of a state and its outer ones off the list; whether one was on it.
    fn deny(&mut self, graph: &Graph, state: Option<StateId>, may: &mut [bool]) -> bool {
        let mut changed = false;
        let mut at = state;
        while let Some(id) = at {
            if std::mem::replace(&mut self.done[id.index()], true) {
                break;
            }
            let state = &graph.states[id.index()];
            for (_, value) in &state.registers {
                changed |= std::mem::replace(&mut may[value.index()], false);
            }
            at = state.parent;
        }
        changed
    }
}

/// Values that something else than truncating operations and candidates use. The states of candidates do not count yet: who
/// wraps does not exit.
fn deny_exact_uses(graph: &Graph, may: &mut [bool], held: &mut HeldInStates) {
    for &block in &graph.order {
        let data = graph.block(block);
        for &id in data.phis.iter().chain(&data.nodes) {
            let node = graph.node(id);
            let candidate = matches!(node.op, NodeOp::IntArith(op) if bit_op(op).is_some());
            for (i, input) in node.inputs.iter().enumerate() {
                if !candidate && !truncates(&node.op, i) {
                    may[input.index()] = false;
                }
            }
            if !candidate {
                held.deny(graph, node.state, may);
            }
        }
        if let Some(input) = data.end.input() {
            may[input.index()] = false;
        }
        if let End::Exit { state, .. } = data.end {
            held.deny(graph, Some(state), may);
        }
        held.deny(graph, data.entry_state, may);
    }
}

// ---------------------------------------------------------------------- doubles

fn wrap_floats(graph: &mut Graph, block: BlockId) {
    let old = std::mem::take(&mut graph.block_mut(block).nodes);
    let mut list = Vec::with_capacity(old.len());
    for id in old {
        if graph.node(id).op == NodeOp::FloatToInt {
            let tree = graph.node(id).inputs[0];
            let is_arith = matches!(graph.node(tree).op, NodeOp::FloatArith(_));
            if is_arith && float_bits(graph, tree, 0).is_some_and(|bits| bits <= EXACT_BITS) {
                let (op, inputs) = wrapped(graph, tree, id, &mut list);
                let node = graph.node_mut(id);
                node.op = op;
                node.inputs = inputs;
            }
        }
        list.push(id);
    }
    graph.block_mut(block).nodes = list;
}

/// Deepest trees that are looked at.
const MAX_DEPTH: u32 = 8;

/// Bits of the magnitude of a double that is an integer for certain.
fn float_bits(graph: &Graph, id: NodeId, depth: u32) -> Option<u32> {
    if depth > MAX_DEPTH {
        return None;
    }
    let node = graph.node(id);
    let of = |i: usize| float_bits(graph, node.inputs[i], depth + 1);
    match node.op {
        NodeOp::IntToFloat => Some(int_bits(graph, node.inputs[0])),
        NodeOp::UintToFloat => Some(32),
        NodeOp::Float(bits) => {
            let double = f64::from_bits(bits).abs();
            (double.fract() == 0.0 && double < 9e15).then(|| bits_of(double as u64))
        }
        NodeOp::FloatArith(FloatOp::Add | FloatOp::Sub) => Some(of(0)?.max(of(1)?) + 1),
        NodeOp::FloatArith(FloatOp::Mul) => Some(of(0)? + of(1)?),
        _ => None,
    }
    .filter(|bits| *bits <= EXACT_BITS)
}

/// The operation modulo 2^32 of a double operation, with its inputs made in front of `at`.
fn wrapped(
    graph: &mut Graph,
    id: NodeId,
    at: NodeId,
    list: &mut Vec<NodeId>,
) -> (NodeOp, SmallVec<[NodeId; 3]>) {
    let inputs = graph.node(id).inputs.clone();
    match graph.node(id).op {
        NodeOp::FloatArith(op) => {
            let op = match op {
                FloatOp::Add => BitOp::Add,
                FloatOp::Sub => BitOp::Sub,
                _ => BitOp::Mul,
            };
            let inputs = inputs
                .iter()
                .map(|v| int_value(graph, *v, at, list))
                .collect();
            (NodeOp::Bit(op), inputs)
        }
        NodeOp::Float(bits) => {
            // An integer below 2^53.
            let int = f64::from_bits(bits) as i64 as i32;
            (NodeOp::Int(int), SmallVec::new())
        }
        _ => (NodeOp::FloatToInt, smallvec::smallvec![id]),
    }
}

fn int_value(graph: &mut Graph, id: NodeId, at: NodeId, list: &mut Vec<NodeId>) -> NodeId {
    if let NodeOp::IntToFloat | NodeOp::UintToFloat = graph.node(id).op {
        return graph.node(id).inputs[0];
    }
    let (op, inputs) = wrapped(graph, id, at, list);
    let (block, position) = (graph.node(at).block, graph.node(at).at);
    let new = make(graph, op, &inputs, block, position);
    list.push(new);
    new
}
