//! Value ranges of int32 nodes, and what they make unnecessary: overflow exits, checks of signs and bounds, comparisons.
//!
//! Intervals are computed optimistically over the graph in order, until nothing changes; phis of loops jump to the end of the
//! int32 range when they grow, and one more round narrows them again. In blocks behind a comparison the interval of what was
//! compared is cut by the other side's.

use super::edit::{Replacements, become_op, make};
use crate::flow::Dominators;
use crate::graph::*;
use crate::helpers::Helper;
use crate::snapshot::Snapshot;
use smallvec::SmallVec;

/// The pass.
pub fn run(graph: &mut Graph, _: &Snapshot) {
    let mut ranges = Ranges {
        dominators: Dominators::new(graph),
        ranges: vec![None; graph.nodes.len()],
        facts: vec![SmallVec::new(); graph.nodes.len()],
    };
    ranges.collect_facts(graph);
    if ranges.solve(graph) {
        apply(graph, &ranges);
    }
}

/// Rounds after which a graph is left alone; loops nest less deep.
const MAX_ROUNDS: usize = 24;

/// An interval, not empty.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Range {
    lo: i32,
    hi: i32,
}

const FULL: Range = Range {
    lo: i32::MIN,
    hi: i32::MAX,
};

impl Range {
    fn new(lo: i32, hi: i32) -> Range {
        Range { lo, hi }
    }
    /// Cut to int32.
    fn clamp(lo: i64, hi: i64) -> Range {
        let cut = |x: i64| x.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32;
        Range::new(cut(lo), cut(hi))
    }
    /// `None` if it leaves int32.
    fn exact(lo: i64, hi: i64) -> Option<Range> {
        Some(Range::new(i32::try_from(lo).ok()?, i32::try_from(hi).ok()?))
    }
    fn join(self, other: Range) -> Range {
        Range::new(self.lo.min(other.lo), self.hi.max(other.hi))
    }
    /// The first one where they have nothing in common, which only dead code can see.
    fn meet(self, other: Range) -> Range {
        let (lo, hi) = (self.lo.max(other.lo), self.hi.min(other.hi));
        match lo <= hi {
            true => Range::new(lo, hi),
            false => self,
        }
    }
    fn wide(self) -> (i64, i64) {
        (i64::from(self.lo), i64::from(self.hi))
    }
    fn has_zero(self) -> bool {
        self.lo <= 0 && self.hi >= 0
    }
}

/// `value <cond> other`, in a block and what it dominates.
#[derive(Clone, Copy)]
struct Fact {
    block: BlockId,
    cond: Cond,
    other: NodeId,
}

struct Ranges {
    dominators: Dominators,
    ranges: Vec<Option<Range>>,
    facts: Vec<SmallVec<[Fact; 2]>>,
}

fn flipped(cond: Cond) -> Cond {
    match cond {
        Cond::Lt => Cond::Gt,
        Cond::Gt => Cond::Lt,
        Cond::Le => Cond::Ge,
        Cond::Ge => Cond::Le,
        same => same,
    }
}

fn negated(cond: Cond) -> Cond {
    match cond {
        Cond::Eq => Cond::Ne,
        Cond::Ne => Cond::Eq,
        Cond::Lt => Cond::Ge,
        Cond::Ge => Cond::Lt,
        Cond::Gt => Cond::Le,
        Cond::Le => Cond::Gt,
    }
}

impl Ranges {
    fn collect_facts(&mut self, graph: &Graph) {
        for &block in &graph.order {
            let End::Branch {
                cond,
                then,
                otherwise,
            } = graph.block(block).end
            else {
                continue;
            };
            let node = graph.node(cond);
            let NodeOp::IntCmp(cond) = node.op else {
                continue;
            };
            let (x, y) = (node.inputs[0], node.inputs[1]);
            for (block, cond) in [(then, cond), (otherwise, negated(cond))] {
                self.facts[x.index()].push(Fact {
                    block,
                    cond,
                    other: y,
                });
                self.facts[y.index()].push(Fact {
                    block,
                    cond: flipped(cond),
                    other: x,
                });
            }
        }
    }

    /// False if it took too long.
    fn solve(&mut self, graph: &Graph) -> bool {
        for round in 0..MAX_ROUNDS {
            if !self.round(graph, true) {
                // Nothing grew: one more round may only narrow.
                return round + 1 < MAX_ROUNDS && {
                    self.round(graph, false);
                    true
                };
            }
        }
        false
    }

    fn round(&mut self, graph: &Graph, widen: bool) -> bool {
        let mut changed = false;
        for &block in &graph.order {
            let data = graph.block(block);
            for &id in data.phis.iter().chain(&data.nodes) {
                let node = graph.node(id);
                if node.rep != Rep::Int32 {
                    continue;
                }
                let mut new = match node.op {
                    NodeOp::Phi => match self.phi(graph, node) {
                        Some(range) => range,
                        None => continue,
                    },
                    _ => self.node(graph, node),
                };
                let old = self.ranges[id.index()];
                if let Some(old) = old
                    && widen
                {
                    new = new.join(old);
                    if node.op == NodeOp::Phi && data.is_loop {
                        if new.lo < old.lo {
                            new.lo = if new.lo >= 0 { 0 } else { i32::MIN };
                        }
                        if new.hi > old.hi {
                            new.hi = i32::MAX;
                        }
                    }
                }
                changed |= old != Some(new);
                self.ranges[id.index()] = Some(new);
            }
        }
        changed
    }

    /// The interval of a value where it is computed.
    fn own(&self, id: NodeId) -> Range {
        self.ranges[id.index()].unwrap_or(FULL)
    }

    /// The interval of a value in a block.
    fn at(&self, id: NodeId, block: BlockId) -> Range {
        let mut range = self.own(id);
        for fact in &self.facts[id.index()] {
            if !self.dominators.dominates(fact.block, block) {
                continue;
            }
            let (lo, hi) = self.own(fact.other).wide();
            let (min, max) = FULL.wide();
            let cut = match fact.cond {
                Cond::Lt => Range::clamp(min, hi - 1),
                Cond::Le => Range::clamp(min, hi),
                Cond::Gt => Range::clamp(lo + 1, max),
                Cond::Ge => Range::clamp(lo, max),
                Cond::Eq => Range::clamp(lo, hi),
                Cond::Ne => continue,
            };
            range = range.meet(cut);
        }
        range
    }

    fn phi(&self, graph: &Graph, node: &Node) -> Option<Range> {
        let preds = &graph.block(node.block).preds;
        let mut all: Option<Range> = None;
        for (&input, &pred) in node.inputs.iter().zip(preds) {
            if self.ranges[input.index()].is_none() {
                continue;
            }
            let range = self.at(input, pred);
            all = Some(all.map_or(range, |all| all.join(range)));
        }
        all
    }

    fn node(&self, graph: &Graph, node: &Node) -> Range {
        let input = |i: usize| self.at(node.inputs[i], node.block);
        match &node.op {
            NodeOp::Int(i) => Range::new(*i, *i),
            NodeOp::IntArith(op) => arith(*op, input(0), input(1)),
            NodeOp::IntNeg => {
                let (lo, hi) = input(0).wide();
                Range::clamp(-hi, -lo)
            }
            NodeOp::Bit(op) => bit(*op, input(0), input(1)),
            NodeOp::BitNot => {
                let a = input(0);
                Range::new(!a.hi, !a.lo)
            }
            NodeOp::CheckBounds => {
                let below = self.at(node.inputs[1], node.block).hi.saturating_sub(1);
                input(0).meet(Range::new(0, below.max(0)))
            }
            NodeOp::CheckUint => input(0).meet(Range::new(0, i32::MAX)),
            NodeOp::TypedLength => Range::new(0, i32::MAX),
            NodeOp::StringUnit => Range::new(0, 0xffff),
            NodeOp::Clz => Range::new(0, 32),
            NodeOp::BoolToInt => Range::new(0, 1),
            NodeOp::Load(mem, _, loc) => loaded(*mem, *loc),
            NodeOp::LoadIndexed(mem, _, loc) => loaded(*mem, *loc),
            NodeOp::LoadView(mem, _) => loaded(*mem, Loc::Bytes),
            NodeOp::Call(Helper::CharCodeAt) => Range::new(-1, 0xffff),
            NodeOp::Call(Helper::CodePointAt) => Range::new(-1, 0x10_ffff),
            NodeOp::Call(Helper::StringCompare) => Range::new(-1, 1),
            NodeOp::FloatToInt | NodeOp::CheckFloatInt => match graph.node(node.inputs[0]).op {
                NodeOp::IntToFloat => self.own(graph.node(node.inputs[0]).inputs[0]),
                _ => FULL,
            },
            _ => FULL,
        }
    }
}

fn loaded(mem: Mem, loc: Loc) -> Range {
    match mem {
        Mem::U8 => Range::new(0, 0xff),
        Mem::I8 => Range::new(-0x80, 0x7f),
        Mem::U16 => Range::new(0, 0xffff),
        Mem::I16 => Range::new(-0x8000, 0x7fff),
        // Lengths of strings and capacities are below 2^31.
        Mem::I32 if loc == Loc::Immutable => Range::new(0, i32::MAX),
        _ => FULL,
    }
}

/// Products of the ends.
fn product(a: Range, b: Range) -> (i64, i64) {
    let ((a_lo, a_hi), (b_lo, b_hi)) = (a.wide(), b.wide());
    let all = [a_lo * b_lo, a_lo * b_hi, a_hi * b_lo, a_hi * b_hi];
    let lo = all.iter().copied().fold(i64::MAX, i64::min);
    (lo, all.iter().copied().fold(i64::MIN, i64::max))
}

/// The exact interval of an addition, subtraction or multiplication.
fn exact(op: IntOp, a: Range, b: Range) -> Option<(i64, i64)> {
    let ((a_lo, a_hi), (b_lo, b_hi)) = (a.wide(), b.wide());
    match op {
        IntOp::Add => Some((a_lo + b_lo, a_hi + b_hi)),
        IntOp::Sub => Some((a_lo - b_hi, a_hi - b_lo)),
        IntOp::Mul => Some(product(a, b)),
        IntOp::Div | IntOp::Mod => None,
    }
}

fn arith(op: IntOp, a: Range, b: Range) -> Range {
    if let Some((lo, hi)) = exact(op, a, b) {
        // It exits where the result leaves int32.
        return Range::clamp(lo, hi);
    }
    let ((a_lo, a_hi), (b_lo, b_hi)) = (a.wide(), b.wide());
    match op {
        IntOp::Mod => {
            let below = (b_lo.abs().max(b_hi.abs()) - 1).max(0);
            Range::clamp(a_lo.min(0).max(-below), a_hi.max(0).min(below))
        }
        _ => {
            // Quotients are no larger than what is divided.
            let most = a_lo.abs().max(a_hi.abs());
            let negative = a_lo < 0 || b_lo < 0;
            Range::clamp(if negative { -most } else { 0 }, most)
        }
    }
}

fn bit(op: BitOp, a: Range, b: Range) -> Range {
    let wrapping = |bounds: Option<(i64, i64)>| {
        bounds
            .and_then(|(lo, hi)| Range::exact(lo, hi))
            .unwrap_or(FULL)
    };
    let count = (b.lo == b.hi).then_some(b.lo & 31);
    match op {
        BitOp::Add => wrapping(exact(IntOp::Add, a, b)),
        BitOp::Sub => wrapping(exact(IntOp::Sub, a, b)),
        BitOp::Mul => wrapping(exact(IntOp::Mul, a, b)),
        BitOp::And if a.lo >= 0 && b.lo >= 0 => Range::new(0, a.hi.min(b.hi)),
        BitOp::And if a.lo >= 0 => Range::new(0, a.hi),
        BitOp::And if b.lo >= 0 => Range::new(0, b.hi),
        BitOp::Or | BitOp::Xor if a.lo >= 0 && b.lo >= 0 => {
            let bits = 32 - (a.hi | b.hi).leading_zeros();
            Range::new(0, ((1u64 << bits) - 1) as i32)
        }
        BitOp::Shl => match count {
            Some(count) => Range::exact(a.wide().0 << count, a.wide().1 << count).unwrap_or(FULL),
            None => FULL,
        },
        BitOp::Sar => match count {
            Some(count) => Range::new(a.lo >> count, a.hi >> count),
            None => Range::new(a.lo.min(0), a.hi.max(-1)),
        },
        BitOp::Shr => match count {
            Some(count) if a.lo >= 0 => Range::new(a.lo >> count, a.hi >> count),
            Some(count) if count > 0 => Range::new(0, (u32::MAX >> count) as i32),
            _ if a.lo >= 0 => Range::new(0, a.hi),
            _ => FULL,
        },
        BitOp::Min => Range::new(a.lo.min(b.lo), a.hi.min(b.hi)),
        BitOp::Max => Range::new(a.lo.max(b.lo), a.hi.max(b.hi)),
        _ => FULL,
    }
}

/// The comparison's result, if the intervals say it.
fn decide(cond: Cond, a: Range, b: Range) -> Option<bool> {
    match cond {
        Cond::Lt if a.hi < b.lo => Some(true),
        Cond::Lt if a.lo >= b.hi => Some(false),
        Cond::Le if a.hi <= b.lo => Some(true),
        Cond::Le if a.lo > b.hi => Some(false),
        Cond::Gt | Cond::Ge => decide(flipped(cond), b, a),
        Cond::Eq if a.hi < b.lo || a.lo > b.hi => Some(false),
        Cond::Ne if a.hi < b.lo || a.lo > b.hi => Some(true),
        _ => None,
    }
}

fn apply(graph: &mut Graph, ranges: &Ranges) {
    let mut replaced = Replacements::new(graph);
    for i in 0..graph.order.len() {
        let block = graph.order[i];
        let old = std::mem::take(&mut graph.block_mut(block).nodes);
        let mut list = Vec::with_capacity(old.len());
        for id in old {
            match better(graph, ranges, id, &mut list) {
                Some(other) => replaced.set(id, other),
                None => list.push(id),
            }
        }
        graph.block_mut(block).nodes = list;
    }
    replaced.apply(graph);
}

/// Makes a node cheaper in place, or names the value that it is.
fn better(
    graph: &mut Graph,
    ranges: &Ranges,
    id: NodeId,
    list: &mut Vec<NodeId>,
) -> Option<NodeId> {
    let node = graph.node(id);
    let (block, position) = (node.block, node.at);
    let inputs = node.inputs.clone();
    // Nodes of other representations have no interval; their operations are not asked about.
    let range = |i: usize| ranges.at(inputs[i], block);
    match node.op {
        NodeOp::IntArith(op @ (IntOp::Add | IntOp::Sub | IntOp::Mul)) => {
            let (a, b) = (range(0), range(1));
            let (lo, hi) = exact(op, a, b)?;
            Range::exact(lo, hi)?;
            let minus_zero = a.has_zero() && b.lo < 0 || b.has_zero() && a.lo < 0;
            let op = match op {
                IntOp::Add => BitOp::Add,
                IntOp::Sub => BitOp::Sub,
                _ if minus_zero => return None,
                _ => BitOp::Mul,
            };
            become_op(graph, id, NodeOp::Bit(op), &inputs);
        }
        NodeOp::IntArith(IntOp::Mod) => {
            let (a, b) = (range(0), range(1));
            if a.lo < 0 || b.lo <= 0 {
                return None;
            }
            if a.hi < b.lo {
                return Some(inputs[0]);
            }
            if b.lo == b.hi && b.lo.count_ones() == 1 {
                let mask = make(graph, NodeOp::Int(b.lo - 1), &[], block, position);
                list.push(mask);
                become_op(graph, id, NodeOp::Bit(BitOp::And), &[inputs[0], mask]);
            }
        }
        NodeOp::IntNeg => {
            let a = range(0);
            if !a.has_zero() && a.lo > i32::MIN {
                let zero = make(graph, NodeOp::Int(0), &[], block, position);
                list.push(zero);
                become_op(graph, id, NodeOp::Bit(BitOp::Sub), &[zero, inputs[0]]);
            }
        }
        NodeOp::CheckUint if range(0).lo >= 0 => return Some(inputs[0]),
        NodeOp::UintToFloat if range(0).lo >= 0 => {
            become_op(graph, id, NodeOp::IntToFloat, &inputs);
        }
        NodeOp::CheckBounds => {
            let (index, length) = (range(0), range(1));
            let below = ranges.facts[inputs[0].index()].iter().any(|fact| {
                fact.cond == Cond::Lt
                    && fact.other == inputs[1]
                    && ranges.dominators.dominates(fact.block, block)
            });
            if index.lo >= 0 && (below || index.hi < length.lo) {
                return Some(inputs[0]);
            }
        }
        NodeOp::IntCmp(cond) => {
            let is = decide(cond, range(0), range(1))?;
            become_op(graph, id, NodeOp::Bool(is), &[]);
        }
        NodeOp::UintCmp(cond) => {
            let (a, b) = (range(0), range(1));
            if a.lo >= 0 && b.lo >= 0 {
                let is = decide(cond, a, b)?;
                become_op(graph, id, NodeOp::Bool(is), &[]);
            }
        }
        _ => {}
    }
    None
}
