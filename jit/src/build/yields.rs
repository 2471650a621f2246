//! `yield` where compiled code, or a step of `for-of`, waits for the value: what lives goes straight to the generator's cell.
//!
//! Whoever resumes such a generator in compiled code leaves the registers where they are (`FLAG_IN_CELL`); the prologue of the
//! compiled code fetches those that live at some resume point (`Graph::restored`). Words of registers that live at another
//! `yield` alone are cleared, so that the cell keeps nothing alive that the program is done with.

use super::Builder;
use super::generic::is_fixed;
use crate::graph::*;
use crate::layout::{frame, generator, value};
use sarus_bytecode::Op;
use sarus_bytecode::decode::Instruction;
use std::collections::BTreeSet;

/// Generators that keep more registers suspend in the general way.
const MAX_WORDS: usize = 100;

impl Builder<'_> {
    /// Whether this is the code of a generator that is entered at its start.
    fn is_generator(&self) -> bool {
        let flags = &self.function().code.flags;
        let whole = self.snapshot.osr.is_none() && self.context.frame == FrameId(0);
        whole && flags.generator && !flags.is_async
    }

    /// At the entry of the function: notes the registers that resume points after a `yield` need.
    pub(super) fn find_restored(&mut self) {
        if !self.is_generator() || self.function().code.register_count > u32::from(u16::MAX) {
            return;
        }
        let analysis = &self.context.analysis;
        let fixed = (0..=frame::THIS).filter(|r| is_fixed(*r));
        let mut words: BTreeSet<u32> = fixed.collect();
        words.insert(u32::from(self.function().code.generator_reg));
        let mut yields = false;
        for at in analysis.list.iter().filter(|at| at.op == Op::Yield) {
            yields = true;
            let target = analysis.block_at(at.jump_target().unwrap_or_default());
            words.extend(analysis.blocks[target].live.iter());
        }
        words.retain(|r| *r < self.function().code.register_count);
        if yields && words.len() <= MAX_WORDS {
            self.graph.restored = words.into_iter().collect();
        }
    }

    /// The registers that live when the instruction with that index suspends, besides the fixed ones.
    fn kept_at(&self, index: usize) -> BTreeSet<u32> {
        let analysis = &self.context.analysis;
        let live = analysis.live_before(index).iter();
        live.filter(|r| !is_fixed(*r)).collect()
    }

    /// Of a `yield` that is stepped natively: suspends in place, and opens the way of all others.
    pub(super) fn yield_in_place(&mut self, at: &Instruction) {
        let code = self.function().code.clone();
        let place = self.place_after(at);
        let (Some(place), false) = (place, self.graph.restored.is_empty()) else {
            return;
        };
        let fp = self.emit(NodeOp::FramePtr(0), &[]);
        let flags = self.load_half(fp, frame::INFO, 4);
        let step = self.int_constant((frame::FLAG_STEP >> 32) as i32);
        let flag = self.emit(NodeOp::Bit(BitOp::And), &[flags, step]);
        let zero = self.int_constant(0);
        let stepped = self.emit(NodeOp::IntCmp(Cond::Ne), &[flag, zero]);
        let (yes, no) = self.branch(stepped);
        let info = self.info.clone();
        self.open(yes);
        let cell = self.emit(NodeOp::LoadReg(u32::from(code.generator_reg)), &[]);
        self.emit(NodeOp::Barrier, &[cell]);
        let here = self.kept_at(self.context.index);
        for r in here.iter().copied() {
            if let Some(v) = self.context.env[r as usize] {
                self.keep_word(cell, r, v);
            }
        }
        for r in [frame::ENV, frame::THIS] {
            let v = self.emit(NodeOp::LoadReg(r), &[]);
            self.keep_word(cell, r, v);
        }
        let mut others = BTreeSet::new();
        let list = &self.context.analysis.list;
        for (i, other) in list.iter().enumerate() {
            if other.op == Op::Yield {
                others.extend(self.kept_at(i));
                others.extend(other.operands().first().map(|r| *r as u32));
            }
        }
        let nothing = self.emit(NodeOp::Const(value::HOLE), &[]);
        for r in others.difference(&here).copied() {
            if r != u32::from(code.generator_reg) {
                self.keep_word(cell, r, nothing);
            }
        }
        let offsets = self.snapshot.layout.offsets.clone();
        let register = at.operands()[0] as u64;
        let resume = u64::from(place) | register << generator::REGISTER_SHIFT;
        let position = self.emit(NodeOp::Ptr(u64::from(at.offset) | resume << 32), &[]);
        let store = NodeOp::Store(Mem::Ptr, offsets.generator_offset, Loc::Iterator);
        self.emit(store, &[cell, position]);
        let state = self.int_constant(generator::SUSPENDED as i32);
        let store = NodeOp::Store(Mem::I32, offsets.generator_state, Loc::Iterator);
        self.emit(store, &[cell, state]);
        let v = self.context.env[at.operands()[1] as usize];
        let v = match v {
            Some(v) => self.tagged(v),
            None => self.undefined(),
        };
        self.end(End::Return {
            value: v,
            construct: false,
        });
        self.info = info;
        self.open(no);
    }

    /// Where the code goes on after a `yield`, if that can be told in a generator's cell.
    fn place_after(&self, at: &Instruction) -> Option<u32> {
        let target = self.target(at);
        let place = self.context.analysis.resumes.binary_search(&target).ok()?;
        let most = generator::PLACE_MASK - 1;
        u32::try_from(place).ok().filter(|place| *place <= most)
    }

    fn keep_word(&mut self, cell: NodeId, register: u32, v: NodeId) {
        let v = self.tagged(v);
        let mem = match self.graph.node(v).rep {
            Rep::Ptr => Mem::Ptr,
            _ => Mem::Value,
        };
        let offset = self.snapshot.layout.offsets.generator_words + 8 * register as i32;
        self.emit(NodeOp::Store(mem, offset, Loc::Frame), &[cell, v]);
    }
}
