//! Loop-invariant code motion: what a loop computes again and again from values outside moves in front of it, checks included.
//!
//! A check that moves exits to the loop's header with the state from before the loop, so it moves only if every round reaches
//! it (or it would exit without need) and if it never failed before. Loads move if nothing in the loop
//! writes what they read. What makes a load valid is control, not data: the checks of its base. So a load, and a check that
//! looks into a cell, moves only if its base is known to be a cell in front of the loop, and every check of the base that
//! comes before it in the loop has moved too.

use super::fold::is_cell;
use super::memory::{Memory, Places};
use crate::flow::{Dominators, Loops};
use crate::graph::*;
use crate::helpers::Helper;
use crate::snapshot::Snapshot;

/// The pass.
pub fn run(graph: &mut Graph, snapshot: &Snapshot) {
    let dominators = Dominators::new(graph);
    let loops = Loops::new(graph, &dominators);
    if loops.loops.is_empty() {
        return;
    }
    let memory = Memory::new(graph);
    let mut motion = Motion {
        checked: checks_by_base(graph),
        held: vec![NONE; graph.nodes.len()],
        graph,
        snapshot,
        dominators,
        loops,
        memory,
    };
    // Inner loops first: what moves in front of them moves on from there.
    for index in (0..motion.loops.loops.len()).rev() {
        motion.loop_(index);
    }
    let Motion { graph, .. } = motion;
    // They have served.
    for block in &mut graph.blocks {
        block.entry_state = None;
    }
}

const NONE: u32 = u32::MAX;

/// Checks that say something about the cell that their input is.
fn looks_into(op: &NodeOp) -> bool {
    matches!(
        op,
        NodeOp::CheckKind(_)
            | NodeOp::CheckShape(_)
            | NodeOp::CheckDense
            | NodeOp::StringData
            | NodeOp::TypedLength
            | NodeOp::ViewData
    )
}

/// What reads words that only cells of the right kind have. Shape and kind are words of every cell.
fn relies_on_kind(op: &NodeOp) -> bool {
    matches!(
        op,
        NodeOp::Load(..)
            | NodeOp::LoadIndexed(..)
            | NodeOp::StringUnit
            | NodeOp::StringData
            | NodeOp::TypedLength
            | NodeOp::ViewData
            | NodeOp::LoadView(..)
            | NodeOp::CheckDense
    )
}

fn is_check_of_value(op: &NodeOp) -> bool {
    looks_into(op)
        || matches!(
            op,
            NodeOp::CheckCell | NodeOp::CheckObject | NodeOp::CheckCode(_) | NodeOp::CheckValue(_)
        )
}

/// The checks of each value, and loads from it, which say the same: it is a cell.
fn checks_by_base(graph: &Graph) -> Vec<Vec<NodeId>> {
    let mut checks = vec![Vec::new(); graph.nodes.len()];
    for &block in &graph.order {
        for &id in &graph.block(block).nodes {
            let node = graph.node(id);
            if is_check_of_value(&node.op) || matches!(node.op, NodeOp::Load(..)) {
                checks[node.inputs[0].index()].push(id);
            }
        }
    }
    checks
}

/// Where a node is that may move.
#[derive(Clone, Copy)]
struct Place {
    /// In which loop.
    index: usize,
    /// Where it would go.
    preheader: BlockId,
    /// Every round gets there.
    always: bool,
    /// Only on one side of a test in the loop of what a cell is: loads there may rely on it.
    tested: bool,
    /// Nothing that stayed in the loop can leave it before.
    at_start: bool,
}

struct Motion<'g> {
    graph: &'g mut Graph,
    snapshot: &'g Snapshot,
    dominators: Dominators,
    loops: Loops,
    memory: Memory,
    checked: Vec<Vec<NodeId>>,
    /// By value: the loop in which a check of it did not move.
    held: Vec<u32>,
}

impl Motion<'_> {
    fn loop_(&mut self, index: usize) {
        let Some(preheader) = self.loops.loops[index].preheader else {
            return;
        };
        let header = self.loops.loops[index].header;
        let state = self.graph.block(header).entry_state;
        let blocks = self.loops.loops[index].blocks.clone();
        let written = blocks.iter().fold(Places::default(), |all, b| {
            all | self.memory.block_writes(self.graph, *b)
        });
        // Where nothing can have left the loop yet, what comes next is as good in front of it.
        let mut first = Some(header);
        for block in blocks {
            // What can move out of inner loops is in front of them already.
            if self.loops.of(block) != Some(index) {
                continue;
            }
            let mut at_start = first == Some(block);
            let latches = &self.loops.loops[index].latches;
            let always = latches
                .iter()
                .all(|latch| self.dominators.dominates(block, *latch));
            let tested = self.is_tested(index, block);
            let old = std::mem::take(&mut self.graph.block_mut(block).nodes);
            let mut kept = Vec::with_capacity(old.len());
            for id in old {
                let place = Place {
                    index,
                    preheader,
                    always,
                    tested,
                    at_start,
                };
                if self.can_move(id, place, written, state) {
                    self.move_to(id, preheader, state);
                } else {
                    let node = self.graph.node(id);
                    let effects = node.op.effects();
                    at_start &= !effects.exits && !effects.throws;
                    if is_check_of_value(&node.op) {
                        self.held[node.inputs[0].index()] = index as u32;
                    }
                    kept.push(id);
                }
            }
            self.graph.block_mut(block).nodes = kept;
            if at_start {
                first = match self.graph.block(block).end {
                    End::Jump(next) if self.graph.block(next).preds.len() == 1 => Some(next),
                    _ => None,
                };
            }
        }
    }

    /// Whether a block of a loop is reached only by one side of a branch in it that asks what a cell is. The other side may
    /// leave the loop, so that every round that goes on gets to the block.
    fn is_tested(&self, index: usize, block: BlockId) -> bool {
        self.loops.loops[index].blocks.iter().any(|at| {
            let End::Branch {
                cond,
                then,
                otherwise,
            } = self.graph.block(*at).end
            else {
                return false;
            };
            let node = self.graph.node(cond);
            let asks = match node.op {
                NodeOp::SameBits | NodeOp::Is(_) => true,
                NodeOp::IntCmp(_) => node
                    .inputs
                    .iter()
                    .any(|v| matches!(self.graph.node(*v).op, NodeOp::Load(_, _, Loc::Header))),
                _ => false,
            };
            asks && [then, otherwise]
                .iter()
                .any(|side| self.dominators.dominates(*side, block))
        })
    }

    fn move_to(&mut self, id: NodeId, preheader: BlockId, state: Option<StateId>) {
        // Its position stays: a failure is remembered where the check was asked for.
        if self.graph.node(id).op.effects().exits {
            self.graph.node_mut(id).state = state;
        }
        self.graph.node_mut(id).block = preheader;
        self.graph.block_mut(preheader).nodes.push(id);
    }

    fn can_move(&self, id: NodeId, place: Place, written: Places, state: Option<StateId>) -> bool {
        let node = self.graph.node(id);
        if !node.op.is_value() {
            return false;
        }
        let invariant = node
            .inputs
            .iter()
            .all(|v| !self.loops.contains(place.index, self.graph.node(*v).block));
        let reads = self.memory.reads_of(self.graph, id);
        if !invariant || reads.meet(written) {
            return false;
        }
        let effects = node.op.effects();
        if effects.exits && !(place.always && state.is_some() && self.may_exit(node)) {
            return false;
        }
        match node.op {
            NodeOp::LoadReg(_) => false,
            // What it looks into is of the right kind only where it is.
            NodeOp::Call(Helper::FindInMap | Helper::FindInSet) => false,
            // Not for nothing if the loop might not need it.
            NodeOp::Call(helper) => place.always && self.may_ask(node, helper, place),
            // What it is of was only asked for on the way there.
            _ if place.tested && relies_on_kind(&node.op) => false,
            NodeOp::Load(..) => place.always && self.is_sound(node.inputs[0], place),
            NodeOp::StringUnit => {
                place.always && self.graph.node(node.inputs[2]).op == NodeOp::CheckBounds
            }
            NodeOp::LoadView(..) => {
                place.always && self.graph.node(node.inputs[1]).op == NodeOp::CheckBounds
            }
            // Other indexes may be in bounds because of a condition in the loop.
            NodeOp::LoadIndexed(..) => {
                place.always
                    && self.is_sound(node.inputs[0], place)
                    && self.graph.node(node.inputs[1]).op == NodeOp::CheckBounds
            }
            _ if looks_into(&node.op) => self.is_sound(node.inputs[0], place),
            _ => true,
        }
    }

    /// Whether a helper's arguments are as well checked in front of the loop as in it.
    fn may_ask(&self, node: &Node, helper: Helper, place: Place) -> bool {
        let any = [
            Helper::Truthy,
            Helper::TypeOf,
            Helper::TestTypeof,
            Helper::AtomOf,
        ];
        any.contains(&helper)
            || node
                .inputs
                .iter()
                .skip(usize::from(helper == Helper::StringIs))
                .all(|v| {
                    let known = self.graph.node(*v).rep != Rep::Tagged;
                    known || self.is_sound(*v, place)
                })
    }

    /// Whether a check never failed where it is.
    fn may_exit(&self, node: &Node) -> bool {
        let Some(reason) = node.reason else {
            return false;
        };
        let function = self.graph.frames.get(node.at.frame.index());
        let exits = function
            .and_then(|frame| self.snapshot.functions.get(frame.function))
            .and_then(|function| function.exits.get(&node.at.pc));
        !exits.is_some_and(|reasons| reasons.has(reason))
    }

    /// Whether `base` is a cell in front of the loop, as well checked as in it so far.
    fn is_sound(&self, base: NodeId, place: Place) -> bool {
        if place.at_start {
            return true;
        }
        if self.held[base.index()] == place.index as u32 {
            return false;
        }
        let node = self.graph.node(base);
        match &node.op {
            NodeOp::Ptr(_) | NodeOp::FramePtr(_) => true,
            // An address comes from a load that was allowed.
            NodeOp::Load(Mem::Ptr, ..) => true,
            op if is_check_of_value(op) => true,
            NodeOp::New { .. } => true,
            NodeOp::Const(bits) => is_cell(*bits),
            NodeOp::Call(
                Helper::NewObject
                | Helper::NewObjectWith
                | Helper::NewArray
                | Helper::NewArrayWith
                | Helper::NewClosure
                | Helper::NewEnvironment
                | Helper::CloneEnvironment
                | Helper::Concat
                | Helper::ConcatNumber
                | Helper::BigIntBinary
                | Helper::BigIntUnary
                | Helper::JoinText
                | Helper::CharAt
                | Helper::FromCharCode,
            )
            | NodeOp::CharString => true,
            _ => self.checked[base.index()].iter().any(|check| {
                self.dominators
                    .dominates(self.graph.node(*check).block, place.preheader)
            }),
        }
    }
}
