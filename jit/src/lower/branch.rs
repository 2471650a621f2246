//! Branches on what takes several tests: each goes to where the branch leads, instead of to a boolean that is tested once more.

use super::{Lower, MEM, Routine, broken};
use crate::Decline;
use crate::graph::{BlockId, End, Graph, NodeId, NodeOp, Rep};
use crate::helpers::Helper;
use crate::layout::{header, value};
use crate::snapshot::Snapshot;
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{Block, InstBuilder, Value, types};

/// By node: whether it is the truth of a value, or the negation of that, which nothing but a branch asks for.
pub(super) fn conditions(graph: &Graph, snapshot: &Snapshot) -> Vec<bool> {
    let mut found = vec![false; graph.nodes.len()];
    // Code with routines calls one, which is less.
    if snapshot.options.routines {
        return found;
    }
    let mut uses = vec![0_u32; graph.nodes.len()];
    let mut branches = Vec::new();
    for block in graph.order.iter().map(|id| graph.block(*id)) {
        for id in block.phis.iter().chain(&block.nodes) {
            for input in &graph.node(*id).inputs {
                uses[input.index()] += 1;
            }
        }
        if let End::Branch { cond, .. } = block.end {
            uses[cond.index()] += 1;
            branches.push(cond);
        }
    }
    for (_, node) in graph.states.iter().flat_map(|s| &s.registers) {
        uses[node.index()] += 1;
    }
    for cond in branches {
        let mut chain = Vec::new();
        let mut next = Some(cond);
        while let Some(id) = next.filter(|id| uses[id.index()] == 1) {
            chain.push(id);
            let node = graph.node(id);
            match node.op {
                NodeOp::Not => next = node.inputs.first().copied(),
                NodeOp::Truthy => {
                    chain.iter().for_each(|id| found[id.index()] = true);
                    break;
                }
                _ => break,
            }
        }
    }
    found
}

/// Where a branch leads.
#[derive(Copy, Clone)]
struct Ways {
    yes: Block,
    no: Block,
    /// `no` is better placed further away ([`Lower::goes_last`]).
    no_last: bool,
}

impl Lower<'_> {
    /// Ends a block with a branch on a node of [`conditions`].
    pub(super) fn branch_by_ways(
        &mut self,
        from: BlockId,
        cond: NodeId,
        then: BlockId,
        otherwise: BlockId,
    ) -> Result<(), Decline> {
        let (yes, no) = (self.way_to(then)?, self.way_to(otherwise)?);
        let no_last = self.goes_last(from, otherwise, then);
        let input = self.input_of(cond, 0)?;
        let v = self.value(input, Rep::Tagged)?;
        let known = self.known_cell(input);
        self.branch_on_truth(
            v,
            known,
            self.tight[from.index()],
            Ways { yes, no, no_last },
        )?;
        for (way, to) in [(yes, then), (no, otherwise)] {
            let block = self.block(to)?;
            if way != block {
                self.builder.switch_to_block(way);
                let args = self.phi_args(from, to)?;
                self.builder.ins().jump(block, &args);
            }
        }
        Ok(())
    }

    /// The block itself, or one that will bring what its phis need: that once, not for every test.
    fn way_to(&mut self, to: BlockId) -> Result<Block, Decline> {
        let graph_block = self.graph.block(to);
        if graph_block.phis.is_empty() {
            return self.block(to);
        }
        Ok(match graph_block.cold {
            true => self.cold_block(),
            false => self.builder.create_block(),
        })
    }

    /// ToBoolean: what it is mostly asked of (booleans, `undefined` and `null`, objects, and int32) here, all else by the routine;
    /// the `whole` of it (but for BigInts) here where there is none, or in small loops.
    fn branch_on_truth(
        &mut self,
        v: Value,
        known_cell: bool,
        tight: bool,
        ways: Ways,
    ) -> Result<(), Decline> {
        let whole = tight || self.snapshot.helpers.routine(Routine::Truthy).is_none();
        let slow = self.cold_block();
        if !known_cell {
            let (low, high) = (self.builder.create_block(), self.builder.create_block());
            let (cell, number) = (self.builder.create_block(), self.builder.create_block());
            let below = self.compare(IntCC::UnsignedLessThan, v, value::FIRST_POINTER as i64);
            self.builder.ins().brif(below, low, &[], high, &[]);
            self.builder.switch_to_block(low);
            let is_true = self.compare(IntCC::Equal, v, value::TRUE as i64);
            self.way(is_true, ways);
            self.builder.switch_to_block(high);
            let limit = value::POINTER_LIMIT as i64;
            let above = self.compare(IntCC::UnsignedGreaterThanOrEqual, v, limit);
            self.builder.ins().brif(above, number, &[], cell, &[]);
            self.builder.switch_to_block(number);
            self.branch_on_number(v, whole, slow, ways);
            self.builder.switch_to_block(cell);
        }
        self.branch_on_cell(v, whole, slow, ways);
        self.builder.switch_to_block(slow);
        let truthy = match whole {
            true => self.call_rarely(Helper::Truthy, &[v])?,
            false => match self.ask_routine(Routine::Truthy, &[v]) {
                Some(truthy) => truthy,
                None => return broken("no routine any more"),
            },
        };
        self.way(truthy, ways);
        Ok(())
    }

    fn branch_on_number(&mut self, v: Value, whole: bool, slow: Block, ways: Ways) {
        let (int, double) = match whole {
            true => (self.builder.create_block(), self.builder.create_block()),
            false => (self.builder.create_block(), slow),
        };
        let is_int = self.is_int(v);
        self.builder.ins().brif(is_int, int, &[], double, &[]);
        self.builder.switch_to_block(int);
        let int = self.builder.ins().ireduce(types::I32, v);
        self.way(int, ways);
        if whole {
            self.builder.switch_to_block(double);
            let float = self.untag_double(v);
            let zero = self.builder.ins().f64const(0.0);
            // NaN is neither less nor greater.
            let not_zero = self
                .builder
                .ins()
                .fcmp(FloatCC::OrderedNotEqual, float, zero);
            self.way(not_zero, ways);
        }
    }

    fn branch_on_cell(&mut self, v: Value, whole: bool, slow: Block, ways: Ways) {
        let layout = &self.snapshot.layout;
        let (first, string) = (i64::from(layout.kinds.first_object), layout.kinds.string);
        let length = layout.offsets.string_length;
        let mask = 0xFF | i64::from(layout.htmldda_flag) << 8;
        let head = self.header_bits(v);
        // Nothing but an object's kind is left, or the difference is not below what is left of a byte.
        let head = self.builder.ins().band_imm_s(head, mask);
        let head = self.builder.ins().iadd_imm_s(head, -first);
        let plain = self.compare(IntCC::UnsignedLessThan, head, 256 - first);
        if !whole {
            self.builder.ins().brif(plain, ways.yes, &[], slow, &[]);
            return;
        }
        let other = self.builder.create_block();
        self.builder.ins().brif(plain, ways.yes, &[], other, &[]);
        self.builder.switch_to_block(other);
        let kind = self.builder.ins().load(types::I8, MEM, v, header::KIND);
        let is_string = self.compare(IntCC::Equal, kind, i64::from(string as i8));
        let odd = self.cold_block();
        self.branch_on(is_string, odd);
        let length = self.builder.ins().load(types::I32, MEM, v, length);
        self.way(length, ways);
        // Objects that are false, and BigInts.
        self.builder.switch_to_block(odd);
        let object = self.is_object_cell(v);
        self.builder.ins().brif(object, ways.no, &[], slow, &[]);
    }

    fn way(&mut self, cond: Value, ways: Ways) {
        let Ways { yes, no, no_last } = ways;
        if no_last {
            let cond = self.negation(cond);
            self.builder.ins().brif(cond, no, &[], yes, &[]);
        } else {
            self.builder.ins().brif(cond, yes, &[], no, &[]);
        }
    }
}
