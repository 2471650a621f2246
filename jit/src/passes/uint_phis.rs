//! Phis of doubles that are unsigned 32-bit integers, such as the hash in `h = (h ^ x) >>> 0`, are held as their bits.
//!
//! A phi qualifies if every input is known to be such a number and something asks for it modulo 2^32. A value that enters a
//! loop from outside is checked in front of it. Where the number itself is wanted, in states mostly, it is converted back.

use super::edit::{Replacements, append, become_op, make};
use crate::graph::*;
use crate::snapshot::{Reason, Snapshot};
use smallvec::smallvec;

/// The pass.
pub fn run(graph: &mut Graph, snapshot: &Snapshot) {
    let mut phis: Vec<NodeId> = Vec::new();
    let mut mine = vec![false; graph.nodes.len()];
    for &block in &graph.order {
        for &phi in &graph.block(block).phis {
            if graph.node(phi).rep == Rep::Float64 {
                phis.push(phi);
                mine[phi.index()] = true;
            }
        }
    }
    if phis.is_empty() {
        return;
    }
    drop_unfit(graph, snapshot, &mut phis, &mut mine);
    let wanted = asked_modulo(graph, &mine);
    phis.retain(|phi| {
        let has_bits = graph
            .node(*phi)
            .inputs
            .iter()
            .any(|v| graph.node(*v).op == NodeOp::UintToFloat);
        wanted[phi.index()] && has_bits
    });
    // Phis that feed each other have to agree.
    mine.fill(false);
    for phi in &phis {
        mine[phi.index()] = true;
    }
    drop_unfit(graph, snapshot, &mut phis, &mut mine);
    for &phi in &phis {
        graph.node_mut(phi).rep = Rep::Int32;
    }
    for &phi in &phis {
        hold_inputs(graph, phi);
    }
    convert_uses(graph, &phis, &mine);
}

/// Takes phis with other inputs off the list until none is left to be taken off.
fn drop_unfit(graph: &Graph, snapshot: &Snapshot, phis: &mut Vec<NodeId>, mine: &mut [bool]) {
    loop {
        let before = phis.len();
        phis.retain(|&phi| {
            let node = graph.node(phi);
            let fits = (0..node.inputs.len()).all(|i| fits(graph, snapshot, phi, i, mine));
            if !fits {
                mine[phi.index()] = false;
            }
            fits
        });
        if phis.len() == before {
            return;
        }
    }
}

fn fits(graph: &Graph, snapshot: &Snapshot, phi: NodeId, i: usize, mine: &[bool]) -> bool {
    let input = graph.node(phi).inputs[i];
    match graph.node(input).op {
        NodeOp::UintToFloat => true,
        NodeOp::Float(bits) => uint(bits).is_some(),
        NodeOp::Phi => mine[input.index()],
        // From outside of a loop, checked in front of it.
        NodeOp::CheckNumber => {
            let state = graph.block(graph.node(phi).block).entry_state;
            i == 0 && state.is_some_and(|state| may_exit(graph, snapshot, state))
        }
        _ => false,
    }
}

/// Whether a check in front of the loop never failed.
fn may_exit(graph: &Graph, snapshot: &Snapshot, state: StateId) -> bool {
    let state = &graph.states[state.index()];
    let frame = graph.frames.get(state.frame.index());
    let function = frame.and_then(|frame| snapshot.functions.get(frame.function));
    let exits = function.and_then(|function| function.exits.get(&state.pc));
    !exits.is_some_and(|reasons| reasons.has(Reason::Inexact))
}

/// The bits of an unsigned 32-bit integer.
fn uint(bits: u64) -> Option<i32> {
    let double = f64::from_bits(bits);
    let int = double as u32;
    (f64::from(int).to_bits() == bits).then_some(int as i32)
}

/// Values that something wants modulo 2^32.
fn asked_modulo(graph: &Graph, mine: &[bool]) -> Vec<bool> {
    let mut wanted = vec![false; graph.nodes.len()];
    for &block in &graph.order {
        for &id in &graph.block(block).nodes {
            let node = graph.node(id);
            if node.op == NodeOp::FloatToInt && mine[node.inputs[0].index()] {
                wanted[node.inputs[0].index()] = true;
            }
        }
    }
    wanted
}

fn hold_inputs(graph: &mut Graph, phi: NodeId) {
    for i in 0..graph.node(phi).inputs.len() {
        let input = graph.node(phi).inputs[i];
        let block = graph.node(phi).block;
        let pred = graph.block(block).preds[i];
        let held = match graph.node(input).op {
            NodeOp::UintToFloat => graph.node(input).inputs[0],
            NodeOp::Float(bits) => {
                let int = uint(bits).unwrap_or(0);
                append(graph, NodeOp::Int(int), &[], pred)
            }
            NodeOp::CheckNumber => checked(graph, input, pred, block),
            _ => continue,
        };
        graph.node_mut(phi).inputs[i] = held;
    }
}

/// The bits of a number from outside of a loop, in front of it: numbers are stored in one way only.
fn checked(graph: &mut Graph, number: NodeId, pred: BlockId, header: BlockId) -> NodeId {
    let tagged = graph.node(number).inputs[0];
    let bits = append(graph, NodeOp::FloatToInt, &[number], pred);
    let back = append(graph, NodeOp::UintToFloat, &[bits], pred);
    let back = append(graph, NodeOp::FloatToTagged, &[back], pred);
    let same = append(graph, NodeOp::SameBits, &[back, tagged], pred);
    let state = graph.block(header).entry_state;
    let at = state.map_or(super::edit::START, |state| {
        let state = &graph.states[state.index()];
        Position {
            frame: state.frame,
            pc: state.pc,
        }
    });
    let check = graph.make(Node {
        op: NodeOp::CheckIs(true),
        inputs: smallvec![same],
        rep: Rep::None,
        block: pred,
        at,
        state,
        reason: Some(Reason::Inexact),
    });
    graph.block_mut(pred).nodes.push(check);
    bits
}

/// Uses of the phis: the bits where those are enough, the number elsewhere.
fn convert_uses(graph: &mut Graph, phis: &[NodeId], mine: &[bool]) {
    if phis.is_empty() {
        return;
    }
    let mut numbers = Replacements::new(graph);
    let mut made: Vec<(NodeId, NodeId)> = Vec::new();
    for &phi in phis {
        let (block, at) = (graph.node(phi).block, graph.node(phi).at);
        let number = make(graph, NodeOp::UintToFloat, &[phi], block, at);
        made.push((phi, number));
        numbers.set(phi, number);
    }
    // Who wants bits must not be given the number.
    let mut keep: Vec<(NodeId, usize, NodeId)> = Vec::new();
    for &block in &graph.order.clone() {
        for &id in &graph.block(block).nodes.clone() {
            let node = graph.node(id);
            if node.op == NodeOp::FloatToInt && is_mine(mine, node.inputs[0]) {
                let phi = node.inputs[0];
                let zero = NodeOp::Bit(BitOp::Or);
                let none = make(graph, NodeOp::Int(0), &[], block, graph.node(id).at);
                become_op(graph, id, zero, &[phi, none]);
                let list = &mut graph.block_mut(block).nodes;
                let at = list.iter().position(|n| *n == id).unwrap_or(0);
                list.insert(at, none);
                keep.push((id, 0, phi));
            }
        }
        for &phi in &graph.block(block).phis {
            if is_mine(mine, phi) {
                for (i, &input) in graph.node(phi).inputs.iter().enumerate() {
                    if is_mine(mine, input) {
                        keep.push((phi, i, input));
                    }
                }
            }
        }
    }
    numbers.apply(graph);
    for (id, i, phi) in keep {
        graph.node_mut(id).inputs[i] = phi;
    }
    for (phi, number) in made {
        let block = graph.node(phi).block;
        graph.node_mut(number).inputs[0] = phi;
        graph.block_mut(block).nodes.insert(0, number);
    }
}

fn is_mine(mine: &[bool], id: NodeId) -> bool {
    mine.get(id.index()).copied().unwrap_or(false)
}
