//! Peephole simplification: constants are computed, conversions and checks that undo each other disappear, operations with a
//! neutral operand are that operand, branches on constants become jumps, checks that always fail end their block (the code
//! generator would find out as well, but take the code behind them for reachable).
//!
//! Every rule looks at a node and its inputs only. A node is either replaced by an existing one or changed in place.

use super::edit::{Replacements, become_op, make};
use super::fold;
use super::trivial_phis;
use crate::graph::*;
use crate::layout::value;
use crate::snapshot::Snapshot;

/// The pass.
pub fn run(graph: &mut Graph, snapshot: &Snapshot) {
    let mut s = Simplifier {
        replaced: Replacements::new(graph),
        list: Vec::new(),
        graph,
        changed_flow: false,
    };
    for i in 0..s.graph.order.len() {
        let block = s.graph.order[i];
        s.block(block);
    }
    let Simplifier {
        mut replaced,
        changed_flow,
        graph,
        ..
    } = s;
    replaced.apply(graph);
    if changed_flow {
        graph.compute_order();
        forget_broken_loops(graph);
        trivial_phis::run(graph, snapshot);
    }
}

/// Headers whose back edges are gone are plain blocks.
fn forget_broken_loops(graph: &mut Graph) {
    let mut seen = vec![false; graph.blocks.len()];
    for i in 0..graph.order.len() {
        let block = graph.order[i];
        seen[block.index()] = true;
        let data = &mut graph.blocks[block.index()];
        if data.is_loop && data.preds.iter().all(|p| *p != block && seen[p.index()]) {
            data.is_loop = false;
            data.entry_state = None;
        }
    }
}

/// What a rule says.
enum Outcome {
    /// Nothing.
    Keep,
    /// The node was changed in place; other rules may apply now.
    Changed,
    /// That value stands for it.
    Is(NodeId),
    /// It does nothing.
    Drop,
    /// It always exits: the block ends here.
    Exits,
}

struct Simplifier<'g> {
    graph: &'g mut Graph,
    replaced: Replacements,
    /// The new nodes of the block at hand.
    list: Vec<NodeId>,
    changed_flow: bool,
}

impl Simplifier<'_> {
    fn block(&mut self, block: BlockId) {
        let old = std::mem::take(&mut self.graph.block_mut(block).nodes);
        self.list = Vec::with_capacity(old.len());
        let exits = old.into_iter().find(|id| self.node(*id));
        self.graph.block_mut(block).nodes = std::mem::take(&mut self.list);
        match exits.and_then(|id| self.exit_of(id)) {
            Some(end) => {
                self.cut(block);
                self.graph.block_mut(block).end = end;
                self.changed_flow = true;
            }
            None => self.end(block),
        }
    }

    /// Takes the edges that leave a block away.
    fn cut(&mut self, block: BlockId) {
        for to in self.graph.block(block).end.successors() {
            let data = self.graph.block_mut(to);
            let Some(at) = data.preds.iter().position(|pred| *pred == block) else {
                continue;
            };
            data.preds.remove(at);
            for phi in data.phis.clone() {
                self.graph.node_mut(phi).inputs.remove(at);
            }
        }
    }

    /// True for a node that always exits: it and what follows it in the block are gone.
    fn node(&mut self, id: NodeId) -> bool {
        // Chains of rules are short; the limit is for rules that would undo each other.
        for _ in 0..8 {
            for i in 0..self.graph.node(id).inputs.len() {
                let input = self.replaced.get(self.graph.node(id).inputs[i]);
                self.graph.node_mut(id).inputs[i] = input;
            }
            match self.rule(id) {
                Outcome::Keep => break,
                Outcome::Changed => {}
                Outcome::Is(other) => {
                    self.replaced.set(id, other);
                    return false;
                }
                Outcome::Drop => return false,
                Outcome::Exits => return true,
            }
        }
        self.list.push(id);
        false
    }

    fn exit_of(&self, id: NodeId) -> Option<End> {
        let node = self.graph.node(id);
        Some(End::Exit {
            state: node.state?,
            reason: node.reason?,
        })
    }

    fn end(&mut self, block: BlockId) {
        let Some(input) = self.graph.block(block).end.input() else {
            return;
        };
        let input = self.replaced.get(input);
        let end = match &self.graph.block(block).end {
            End::Branch {
                then, otherwise, ..
            } => match self.op(input) {
                NodeOp::Bool(cond) => End::Jump(if *cond { *then } else { *otherwise }),
                NodeOp::Not => End::Branch {
                    cond: self.input(input, 0),
                    then: *otherwise,
                    otherwise: *then,
                },
                _ => return,
            },
            End::Switch {
                low,
                targets,
                default,
                ..
            } => match self.op(input) {
                NodeOp::Int(i) => {
                    let at = i64::from(*i) - i64::from(*low);
                    let target = usize::try_from(at).ok().and_then(|at| targets.get(at));
                    End::Jump(*target.unwrap_or(default))
                }
                _ => return,
            },
            _ => return,
        };
        self.changed_flow |= matches!(end, End::Jump(_));
        self.graph.block_mut(block).end = end;
    }

    fn op(&self, id: NodeId) -> &NodeOp {
        &self.graph.node(id).op
    }

    fn input(&self, id: NodeId, i: usize) -> NodeId {
        self.graph.node(id).inputs[i]
    }

    /// A new node in front of `id`.
    fn add(&mut self, id: NodeId, op: NodeOp, inputs: &[NodeId]) -> NodeId {
        let (block, at) = (self.graph.node(id).block, self.graph.node(id).at);
        let new = make(self.graph, op, inputs, block, at);
        self.list.push(new);
        new
    }

    /// Changes `id` into an operation without state.
    fn become_op(&mut self, id: NodeId, op: NodeOp, inputs: &[NodeId]) -> Outcome {
        become_op(self.graph, id, op, inputs);
        Outcome::Changed
    }

    /// Changes `id` into an operation that exits as `id` does.
    fn become_check(&mut self, id: NodeId, op: NodeOp, input: NodeId) -> Outcome {
        let node = self.graph.node_mut(id);
        node.rep = op.rep();
        node.op = op;
        node.inputs = smallvec::smallvec![input];
        Outcome::Changed
    }

    fn rule(&mut self, id: NodeId) -> Outcome {
        use NodeOp::*;
        let node = self.graph.node(id);
        if let Some(op) = fold::constant(self.graph, node) {
            return match node.op == op {
                true => Outcome::Keep,
                false => self.become_op(id, op, &[]),
            };
        }
        if self.exit_of(id).is_some() && fold::always_exits(self.graph, node) {
            return Outcome::Exits;
        }
        match &node.op {
            IntToTagged | FloatToTagged | BoolToTagged => self.boxing(id),
            IntToFloat | FloatToInt | NumberToFloat | UntagInt | UntagBool | BoolToInt => {
                self.conversion(id)
            }
            CheckInt | CheckNumber | CheckTruncate | CheckBool | CheckFloatInt | CheckCell
            | CheckNotHole | CheckIs(_) => self.check(id),
            IntArith(_) | Bit(_) | BitNot => self.int(id),
            FloatArith(_) | FloatUnary(_) => self.float(id),
            IntCmp(_) | FloatCmp(_) | SameBits | Not | Truthy | Is(_) => self.test(id),
            _ => Outcome::Keep,
        }
    }

    fn boxing(&mut self, id: NodeId) -> Outcome {
        use NodeOp::*;
        let x = self.input(id, 0);
        match (self.op(id), self.op(x)) {
            (IntToTagged, CheckInt | UntagInt)
            | (FloatToTagged, CheckNumber | NumberToFloat)
            | (BoolToTagged, CheckBool | UntagBool) => Outcome::Is(self.input(x, 0)),
            (FloatToTagged, IntToFloat) => {
                let int = self.input(x, 0);
                self.become_op(id, IntToTagged, &[int])
            }
            _ => Outcome::Keep,
        }
    }

    fn conversion(&mut self, id: NodeId) -> Outcome {
        use NodeOp::*;
        let x = self.input(id, 0);
        match (self.op(id), self.op(x)) {
            (IntToFloat, CheckFloatInt)
            | (FloatToInt, IntToFloat | UintToFloat)
            | (NumberToFloat, FloatToTagged)
            | (UntagInt, IntToTagged)
            | (UntagBool, BoolToTagged) => Outcome::Is(self.input(x, 0)),
            (NumberToFloat, IntToTagged) => {
                let int = self.input(x, 0);
                self.become_op(id, IntToFloat, &[int])
            }
            (UntagInt, FloatToTagged) | (FloatToInt, FloatUnary(self::FloatUnary::Trunc)) => {
                let float = self.input(x, 0);
                self.become_op(id, FloatToInt, &[float])
            }
            _ => Outcome::Keep,
        }
    }

    fn check(&mut self, id: NodeId) -> Outcome {
        use NodeOp::*;
        let x = self.input(id, 0);
        match (self.op(id), self.op(x)) {
            (CheckInt | CheckTruncate, IntToTagged)
            | (CheckNumber, FloatToTagged)
            | (CheckBool, BoolToTagged)
            | (CheckFloatInt, IntToFloat) => Outcome::Is(self.input(x, 0)),
            (CheckNumber, IntToTagged) => {
                let int = self.input(x, 0);
                self.become_op(id, IntToFloat, &[int])
            }
            (CheckTruncate, FloatToTagged) => {
                let float = self.input(x, 0);
                self.become_op(id, FloatToInt, &[float])
            }
            (CheckInt, FloatToTagged) => {
                let float = self.input(x, 0);
                self.become_check(id, CheckFloatInt, float)
            }
            (CheckFloatInt, UintToFloat) => {
                let int = self.input(x, 0);
                self.become_check(id, CheckUint, int)
            }
            (CheckNotHole, IntToTagged | FloatToTagged | BoolToTagged) => Outcome::Is(x),
            (CheckNotHole, Const(bits)) if *bits != value::HOLE => Outcome::Is(x),
            (
                CheckCell,
                CheckCell
                | CheckObject
                | CheckKind(_)
                | CheckShape(_)
                | CheckDense
                | CheckCode(_)
                | New { .. },
            ) => Outcome::Is(x),
            (CheckCell, Const(bits) | CheckValue(bits)) if fold::is_cell(*bits) => Outcome::Is(x),
            (CheckIs(wanted), Bool(is)) if wanted == is => Outcome::Drop,
            (CheckIs(wanted), Not) => {
                let op = CheckIs(!wanted);
                let cond = self.input(x, 0);
                self.become_check(id, op, cond)
            }
            _ => Outcome::Keep,
        }
    }

    fn int_of(&self, id: NodeId) -> Option<i32> {
        match self.op(id) {
            NodeOp::Int(i) => Some(*i),
            _ => None,
        }
    }

    fn int(&mut self, id: NodeId) -> Outcome {
        use NodeOp::*;
        let x = self.input(id, 0);
        if *self.op(id) == BitNot {
            return match self.op(x) {
                BitNot => Outcome::Is(self.input(x, 0)),
                _ => Outcome::Keep,
            };
        }
        let y = self.input(id, 1);
        let (a, b) = (self.int_of(x), self.int_of(y));
        match (self.op(id), a, b) {
            (IntArith(IntOp::Add | IntOp::Sub), _, Some(0))
            | (IntArith(IntOp::Mul | IntOp::Div), _, Some(1)) => Outcome::Is(x),
            (IntArith(IntOp::Add), Some(0), _) | (IntArith(IntOp::Mul), Some(1), _) => {
                Outcome::Is(y)
            }
            (Bit(op), _, b) => {
                let op = *op;
                self.bit(id, op, x, y, b)
            }
            _ => Outcome::Keep,
        }
    }

    fn bit(&mut self, id: NodeId, op: BitOp, x: NodeId, y: NodeId, b: Option<i32>) -> Outcome {
        use BitOp::*;
        let commutes = matches!(op, Add | Mul | And | Or | Xor | Min | Max);
        if b.is_none() && commutes && self.int_of(x).is_some() {
            self.graph.node_mut(id).inputs.swap(0, 1);
            return Outcome::Changed;
        }
        match (op, b) {
            (Add | Sub | Or | Xor, Some(0)) | (Mul, Some(1)) | (And, Some(-1)) => Outcome::Is(x),
            (Shl | Sar | Shr, Some(count)) if count & 31 == 0 => Outcome::Is(x),
            (And | Or | Min | Max, _) if x == y => Outcome::Is(x),
            (And | Mul, Some(0)) => self.become_op(id, NodeOp::Int(0), &[]),
            (Sub | Xor, _) if x == y => self.become_op(id, NodeOp::Int(0), &[]),
            (And, Some(mask)) => match (self.op(x), self.graph.node(x).inputs.get(1)) {
                (NodeOp::Bit(And), Some(&inner)) => match self.int_of(inner) {
                    Some(other) => {
                        let value = self.input(x, 0);
                        let both = self.add(id, NodeOp::Int(mask & other), &[]);
                        self.become_op(id, NodeOp::Bit(And), &[value, both])
                    }
                    None => Outcome::Keep,
                },
                (NodeOp::Load(mem, ..) | NodeOp::LoadIndexed(mem, ..), _)
                    if (*mem == Mem::U8 && mask & 0xff == 0xff)
                        || (*mem == Mem::U16 && mask & 0xffff == 0xffff) =>
                {
                    Outcome::Is(x)
                }
                _ => Outcome::Keep,
            },
            _ => Outcome::Keep,
        }
    }

    fn float_of(&self, id: NodeId) -> Option<f64> {
        match self.op(id) {
            NodeOp::Float(bits) => Some(f64::from_bits(*bits)),
            _ => None,
        }
    }

    fn float(&mut self, id: NodeId) -> Outcome {
        use NodeOp::{FloatArith, FloatUnary};
        let x = self.input(id, 0);
        if let FloatUnary(op) = *self.op(id) {
            use self::FloatUnary::*;
            return match (op, self.op(x)) {
                (Neg, FloatUnary(Neg)) => Outcome::Is(self.input(x, 0)),
                (Abs, FloatUnary(Neg | Abs)) => {
                    let inner = self.input(x, 0);
                    self.become_op(id, FloatUnary(Abs), &[inner])
                }
                (Floor | Ceil | Trunc, NodeOp::IntToFloat | NodeOp::UintToFloat)
                | (Floor | Ceil | Trunc, FloatUnary(Floor | Ceil | Trunc)) => Outcome::Is(x),
                _ => Outcome::Keep,
            };
        }
        let y = self.input(id, 1);
        let (a, b) = (self.float_of(x), self.float_of(y));
        match (self.op(id), a, b) {
            (FloatArith(FloatOp::Mul | FloatOp::Div), _, Some(1.0)) => Outcome::Is(x),
            (FloatArith(FloatOp::Mul), Some(1.0), _) => Outcome::Is(y),
            // Zeros of the sign that changes nothing, not even a zero of the other sign.
            (FloatArith(FloatOp::Sub), _, Some(0.0)) if b.is_some_and(f64::is_sign_positive) => {
                Outcome::Is(x)
            }
            (FloatArith(FloatOp::Add), _, Some(0.0)) if b.is_some_and(f64::is_sign_negative) => {
                Outcome::Is(x)
            }
            (FloatArith(FloatOp::Div), _, Some(divisor)) if has_exact_inverse(divisor) => {
                let inverse = self.add(id, NodeOp::Float(divisor.recip().to_bits()), &[]);
                self.become_op(id, FloatArith(FloatOp::Mul), &[x, inverse])
            }
            _ => Outcome::Keep,
        }
    }

    fn test(&mut self, id: NodeId) -> Outcome {
        use NodeOp::*;
        let x = self.input(id, 0);
        let y = self.graph.node(id).inputs.get(1).copied();
        match (self.op(id), self.op(x)) {
            (Not, Not) => Outcome::Is(self.input(x, 0)),
            (Not, IntCmp(cond)) => {
                let op = IntCmp(negated(*cond));
                let inputs = self.graph.node(x).inputs.clone();
                self.become_op(id, op, &inputs)
            }
            (Not, FloatCmp(cond @ (Cond::Eq | Cond::Ne))) => {
                let op = FloatCmp(negated(*cond));
                let inputs = self.graph.node(x).inputs.clone();
                self.become_op(id, op, &inputs)
            }
            (Truthy, BoolToTagged) => Outcome::Is(self.input(x, 0)),
            (Truthy, IntToTagged) => {
                let int = self.input(x, 0);
                let zero = self.add(id, Int(0), &[]);
                self.become_op(id, IntCmp(Cond::Ne), &[int, zero])
            }
            (Truthy, FloatToTagged) => {
                let float = self.input(x, 0);
                let abs = self.add(id, FloatUnary(self::FloatUnary::Abs), &[float]);
                let zero = self.add(id, Float(0), &[]);
                self.become_op(id, FloatCmp(Cond::Gt), &[abs, zero])
            }
            (Is(test), IntToTagged) => {
                let is = matches!(test, Test::Int | Test::Number);
                self.become_op(id, Bool(is), &[])
            }
            (Is(test), BoolToTagged) => {
                let is = matches!(test, Test::Bool);
                self.become_op(id, Bool(is), &[])
            }
            (Is(test), FloatToTagged) if *test != Test::Int => {
                let is = matches!(test, Test::Number);
                self.become_op(id, Bool(is), &[])
            }
            (IntCmp(cond), _) if Some(x) == y => {
                let is = matches!(cond, Cond::Eq | Cond::Le | Cond::Ge);
                self.become_op(id, Bool(is), &[])
            }
            (IntCmp(cond @ (Cond::Eq | Cond::Ne)), BoolToInt)
                if y.is_some_and(|y| self.int_of(y) == Some(0)) =>
            {
                let same = *cond == Cond::Ne;
                let cond = self.input(x, 0);
                match same {
                    true => Outcome::Is(cond),
                    false => self.become_op(id, Not, &[cond]),
                }
            }
            (SameBits, _) if Some(x) == y => self.become_op(id, Bool(true), &[]),
            (FloatCmp(_), _) => match y {
                Some(y) => self.float_compare(id, x, y),
                None => Outcome::Keep,
            },
            (SameBits, _) => match y {
                Some(y) => self.same_bits(id, x, y),
                None => Outcome::Keep,
            },
            _ => Outcome::Keep,
        }
    }

    /// The int32 that a double is made of, or a constant that is one.
    fn int_source(&mut self, id: NodeId, float: NodeId) -> Option<NodeId> {
        match *self.op(float) {
            NodeOp::IntToFloat => Some(self.input(float, 0)),
            NodeOp::Float(bits) => {
                let double = f64::from_bits(bits);
                let int = double as i32;
                (f64::from(int) == double).then(|| self.add(id, NodeOp::Int(int), &[]))
            }
            _ => None,
        }
    }

    fn float_compare(&mut self, id: NodeId, x: NodeId, y: NodeId) -> Outcome {
        let NodeOp::FloatCmp(cond) = *self.op(id) else {
            return Outcome::Keep;
        };
        if !matches!(self.op(x), NodeOp::IntToFloat) && !matches!(self.op(y), NodeOp::IntToFloat) {
            return Outcome::Keep;
        }
        let Some(a) = self.int_source(id, x) else {
            return Outcome::Keep;
        };
        match self.int_source(id, y) {
            Some(b) => self.become_op(id, NodeOp::IntCmp(cond), &[a, b]),
            None => Outcome::Keep,
        }
    }

    fn same_bits(&mut self, id: NodeId, x: NodeId, y: NodeId) -> Outcome {
        use NodeOp::*;
        match (self.op(x), self.op(y)) {
            (IntToTagged, IntToTagged) => {
                let (a, b) = (self.input(x, 0), self.input(y, 0));
                self.become_op(id, IntCmp(Cond::Eq), &[a, b])
            }
            (IntToTagged, Const(bits)) if *bits >= value::INT_TAG => {
                let constant = Int(*bits as u32 as i32);
                let a = self.input(x, 0);
                let b = self.add(id, constant, &[]);
                self.become_op(id, IntCmp(Cond::Eq), &[a, b])
            }
            (BoolToTagged, Const(value::TRUE)) => Outcome::Is(self.input(x, 0)),
            (BoolToTagged, Const(value::FALSE)) => {
                let cond = self.input(x, 0);
                self.become_op(id, Not, &[cond])
            }
            (Const(_), IntToTagged | BoolToTagged) => {
                self.graph.node_mut(id).inputs.swap(0, 1);
                Outcome::Changed
            }
            _ => Outcome::Keep,
        }
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

/// Whether dividing by it is multiplying by its inverse: powers of two whose inverses are normal.
fn has_exact_inverse(divisor: f64) -> bool {
    let mantissa = divisor.to_bits() & ((1 << 52) - 1);
    mantissa == 0 && divisor.is_normal() && divisor.recip().is_normal()
}
