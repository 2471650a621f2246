//! Suspending where compiled code, or a step of `for-of`, waits for the value: what lives goes straight to the generator's cell.
//!
//! An `await` of an async function does the same, where what it waits for needs no JavaScript to find out.
//!
//! Whoever resumes such a generator in compiled code leaves the registers where they are (`FLAG_IN_CELL`); the prologue of the
//! compiled code fetches those that live at some resume point (`Graph::restored`). Words of registers that live at another
//! place alone are cleared, so that the cell keeps nothing alive that the program is done with.
//!
//! A `yield*` whose inner iterator is a generator gets result objects that were made in this code. Nobody else has them, so
//! that the value alone is passed on.

use super::Builder;
use super::generic::is_fixed;
use crate::graph::*;
use crate::helpers::Helper;
use crate::layout::{frame, generator, value};
use sarus_bytecode::Op;
use sarus_bytecode::decode::Instruction;
use std::collections::BTreeSet;

/// Generators that keep more registers suspend in the general way.
const MAX_WORDS: usize = 100;
/// Frames with more words are taken down in the general way.
const MAX_CLEARED: u32 = 40;

/// Instructions that compiled code suspends at in place.
fn suspends_in_place(op: Op) -> bool {
    matches!(op, Op::Yield | Op::YieldDelegate | Op::Await)
}

impl Builder<'_> {
    /// Whether this is the code of a generator or an async function that is entered at its start. (Async generators are seen by
    /// JavaScript, and are not told apart from others where they are resumed.)
    fn may_suspend_in_place(&self) -> bool {
        let flags = &self.function().code.flags;
        let whole = self.snapshot.osr.is_none() && self.context.frame == FrameId(0);
        whole && flags.generator != flags.is_async
    }

    /// At the entry of the function: notes the registers that resume points need.
    pub(super) fn find_restored(&mut self) {
        if !self.may_suspend_in_place() || self.function().code.register_count > u32::from(u16::MAX)
        {
            return;
        }
        let analysis = &self.context.analysis;
        let fixed = (0..=frame::THIS).filter(|r| is_fixed(*r));
        let mut words: BTreeSet<u32> = fixed.collect();
        words.insert(self.function().code.generator_reg);
        let list = analysis.list.iter().enumerate();
        let resumed = |op: Op| suspends_in_place(op) || op == Op::GeneratorStart;
        for (i, at) in list.filter(|(_, at)| resumed(at.op)) {
            if let Some(block) = self.block_behind(i, at) {
                words.extend(analysis.blocks[block].live.iter());
            }
        }
        words.retain(|r| *r < self.function().code.register_count);
        if words.len() <= MAX_WORDS {
            self.graph.restored = words.into_iter().collect();
        }
    }

    /// Where control goes on when `next` resumes what the instruction with that index suspended.
    fn block_behind(&self, index: usize, at: &Instruction) -> Option<usize> {
        let analysis = &self.context.analysis;
        match at.jump_target() {
            Some(target) => Some(analysis.block_at(target)),
            None => analysis.block_of.get(index + 1).copied(),
        }
    }

    /// The registers that live when the instruction with that index suspends, besides the fixed ones.
    fn kept_at(&self, index: usize) -> BTreeSet<u32> {
        let analysis = &self.context.analysis;
        let live = analysis.live_before(index).iter();
        live.filter(|r| !is_fixed(*r)).collect()
    }

    /// Of what suspends or ends a generator that is stepped natively: does so in place, and opens the way of all others.
    pub(super) fn suspend_in_place(&mut self, at: &Instruction) {
        if self.graph.restored.is_empty() || self.context.frame != FrameId(0) {
            return;
        }
        match at.op {
            Op::Yield => {
                let v = self.context.env[at.operands()[1] as usize];
                self.yield_in_place(at, v);
            }
            Op::YieldDelegate => {
                if let Some(v) = self.delegated_value(at) {
                    self.yield_in_place(at, Some(v));
                    // The object vanishes where the value is enough.
                    let no = self.emit(NodeOp::Bool(false), &[]);
                    if let Some(copy) = self.new_object(self.snapshot.iter_result, &[v, no]) {
                        self.context.env[at.operands()[1] as usize] = Some(copy);
                    }
                }
            }
            Op::Await => {
                let v = self.context.env[at.operands()[1] as usize];
                self.await_in_place(at, v);
            }
            Op::GeneratorReturn => self.return_in_place(at),
            _ => {}
        }
    }

    /// The value of a result object that was made here.
    fn delegated_value(&self, at: &Instruction) -> Option<NodeId> {
        let result = self.context.env[at.operands()[1] as usize]?;
        let node = self.graph.node(result);
        let NodeOp::New { template, .. } = node.op else {
            return None;
        };
        let shape = self.graph.templates.get(template as usize)?.shape();
        let known = |t: &&crate::snapshot::ObjectTemplate| t.shape == self.snapshot.iter_result;
        let results = self.snapshot.objects.iter().find(known)?;
        (shape == results.header as u32).then(|| node.inputs.first().copied())?
    }

    /// Goes on only where the generator is stepped natively: the block of all others.
    fn if_stepped(&mut self) -> BlockId {
        let fp = self.emit(NodeOp::FramePtr(0), &[]);
        let flags = self.load_half(fp, frame::INFO, 4);
        let step = self.int_constant((frame::FLAG_STEP >> 32) as i32);
        let flag = self.emit(NodeOp::Bit(BitOp::And), &[flags, step]);
        let zero = self.int_constant(0);
        let stepped = self.emit(NodeOp::IntCmp(Cond::Ne), &[flag, zero]);
        let (yes, no) = self.branch(stepped);
        self.open(yes);
        no
    }

    fn yield_in_place(&mut self, at: &Instruction, v: Option<NodeId>) {
        let Some(place) = self.place_after(at) else {
            return;
        };
        let info = self.info.clone();
        let generator_reg = self.function().code.generator_reg;
        let no = self.if_stepped();
        let cell = self.emit(NodeOp::LoadReg(generator_reg), &[]);
        self.keep_frame(at, cell, place);
        self.leave_stepped(v);
        self.info = info;
        self.open(no);
    }

    /// Waits for a value or a plain promise; everything else opens the general way.
    fn await_in_place(&mut self, at: &Instruction, v: Option<NodeId>) {
        let (Some(place), Some(v)) = (self.place_after(at), v) else {
            return;
        };
        let v = self.tagged(v);
        let generator_reg = self.function().code.generator_reg;
        let fp = self.emit(NodeOp::FramePtr(0), &[]);
        let cell = self.emit(NodeOp::LoadReg(generator_reg), &[]);
        let left = self.emit(NodeOp::Call(Helper::Await), &[fp, cell, v]);
        let general = self.emit(NodeOp::Is(Test::Hole), &[left]);
        let (yes, no) = self.branch(general);
        let info = self.info.clone();
        self.graph.block_mut(yes).cold = true;
        self.open(no);
        self.keep_frame(at, cell, place);
        self.leave_stepped(Some(left));
        self.info = info;
        self.open(yes);
    }

    /// Stores what lives to the cell of an activation that is suspended here.
    fn keep_frame(&mut self, at: &Instruction, cell: NodeId, place: u32) {
        let generator_reg = self.function().code.generator_reg;
        let mut here = self.kept_at(self.context.index);
        let nothing = self.emit(NodeOp::Const(value::HOLE), &[]);
        if at.op == Op::YieldDelegate {
            let [_, result, mode] = [0, 1, 2].map(|i| at.operands()[i] as u32);
            here.remove(&result);
            let next = self.int_constant(0);
            self.keep_word(cell, mode, next);
            here.insert(mode);
            self.keep_registers(cell, here.iter().copied().filter(|r| *r != mode));
        } else {
            self.keep_registers(cell, here.iter().copied());
        }
        for r in [frame::ENV, frame::THIS] {
            let v = self.emit(NodeOp::LoadReg(r), &[]);
            self.keep_word(cell, r, v);
        }
        let mut others = BTreeSet::new();
        let list = &self.context.analysis.list;
        for (i, other) in list.iter().enumerate() {
            if suspends_in_place(other.op) {
                others.extend(self.kept_at(i));
                others.extend(other.operands().first().map(|r| *r as u32));
            }
        }
        for r in others.difference(&here).copied() {
            if r != generator_reg {
                self.keep_word(cell, r, nothing);
            }
        }
        let register = at.operands()[0] as u64;
        let resume = u64::from(place) | register << generator::REGISTER_SHIFT;
        let state = match at.op {
            Op::YieldDelegate => generator::DELEGATED,
            Op::Await => generator::AWAITING,
            _ => generator::SUSPENDED,
        };
        self.set_suspension(cell, u64::from(at.offset) | resume << 32, state);
        // Registers hold cells.
        self.emit(NodeOp::Barrier, &[cell, cell]);
    }

    /// A generator was just made, by `GeneratorStart`: it can be started in place.
    pub(super) fn note_start(&mut self, at: &Instruction, cell: NodeId) {
        let place = self.place_after(at);
        let starts = at.op == Op::GeneratorStart && self.context.frame == FrameId(0);
        let (Some(place), true, false) = (place, starts, self.graph.restored.is_empty()) else {
            return;
        };
        // Nothing receives what the first `next` is given: the word is not one of those that are fetched.
        let register = u64::from(frame::RETURN_PC);
        let resume = u64::from(place) | register << generator::REGISTER_SHIFT;
        self.set_position(cell, u64::from(at.offset) | resume << 32);
    }

    fn set_position(&mut self, cell: NodeId, position: u64) {
        let offset = self.snapshot.layout.offsets.generator_offset;
        let position = self.emit(NodeOp::Ptr(position), &[]);
        let store = NodeOp::Store(Mem::Ptr, offset, Loc::Iterator);
        self.emit(store, &[cell, position]);
    }

    fn set_suspension(&mut self, cell: NodeId, position: u64, state: u32) {
        self.set_position(cell, position);
        let offset = self.snapshot.layout.offsets.generator_state;
        let state = self.int_constant(state as i32);
        let store = NodeOp::Store(Mem::I32, offset, Loc::Iterator);
        self.emit(store, &[cell, state]);
    }

    fn leave_stepped(&mut self, v: Option<NodeId>) {
        let value = match v {
            Some(v) => self.tagged(v),
            None => self.undefined(),
        };
        self.end(End::Return {
            value,
            construct: false,
        });
    }

    fn return_in_place(&mut self, at: &Instruction) {
        let words = self.function().code.register_count;
        if words > MAX_CLEARED {
            return;
        }
        let info = self.info.clone();
        let generator_reg = self.function().code.generator_reg;
        let no = self.if_stepped();
        let cell = self.emit(NodeOp::LoadReg(generator_reg), &[]);
        let nothing = self.emit(NodeOp::Const(value::HOLE), &[]);
        for r in 0..words {
            self.keep_word(cell, r, nothing);
        }
        let never = u64::from(generator::NO_RESUME) << 32;
        self.set_suspension(cell, never, generator::COMPLETED);
        let v = self.context.env[at.operands()[0] as usize];
        self.leave_stepped(v);
        self.info = info;
        self.open(no);
    }

    /// Where the code goes on, if that can be told in a generator's cell.
    fn place_after(&self, at: &Instruction) -> Option<u32> {
        let block = self.block_behind(self.context.index, at)?;
        let place = self.context.analysis.resumes.binary_search(&block).ok()?;
        let most = generator::PLACE_MASK - 1;
        u32::try_from(place).ok().filter(|place| *place <= most)
    }

    fn keep_registers(&mut self, cell: NodeId, registers: impl Iterator<Item = u32>) {
        for r in registers {
            if let Some(v) = self.context.env[r as usize] {
                self.keep_word(cell, r, v);
            }
        }
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
