//! Words of the frame that hold nothing yet are cleared before loops that allocate.
//!
//! Compiled code keeps most registers out of memory, so what the interpreter or an earlier frame left in their words would stay
//! there as long as the code runs. Collections scan the whole stack, and the first node of a list that goes on growing keeps
//! all later ones alive.

use super::{Lower, MEM};
use crate::flow::Loop;
use crate::graph::{BlockId, Graph, NodeId, NodeOp};
use crate::layout::frame;
use crate::snapshot::Snapshot;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{ConstantData, InstBuilder, MemFlagsData, types};
use rustc_hash::FxHashSet;

/// Words that are cleared one after the other; a loop clears the rest.
const UNROLLED: u32 = 32;

/// What to clear, and where in the first block.
pub(super) struct Clearing {
    /// Behind so many nodes of the first block.
    pub behind: usize,
    /// Words that keep what they hold.
    kept: FxHashSet<u32>,
    /// Words whose registers are loaded first, and change in loops.
    pub taken: Vec<u32>,
    /// The first word that is not cleared.
    end: u32,
}

impl Clearing {
    /// What there is to clear on entry; `None` if no loop allocates, or for activations that are suspended with all their words.
    pub fn new(graph: &Graph, snapshot: &Snapshot, loops: &[Loop]) -> Option<Clearing> {
        let is_loop = snapshot.osr.is_some();
        let flags = snapshot.functions.first().map(|f| &f.code.flags);
        let nodes = |b: &BlockId| graph.block(*b).nodes.iter().copied();
        let mut all = graph.order.iter().flat_map(nodes);
        let suspends = flags.is_some_and(|f| f.generator || f.is_async)
            || all.any(|id| matches!(graph.node(id).op, NodeOp::Suspend(_)));
        let mut repeated = loops.iter().flat_map(|l| &l.blocks).flat_map(nodes);
        // A collection that was due before may come at a poll, but no other one after it.
        let allocates = |op: &NodeOp| op.effects().allocates && !matches!(op, NodeOp::Poll);
        let collects = repeated.any(|id| allocates(&graph.node(id).op));
        if !collects || suspends {
            return None;
        }
        let first = &graph.block(*graph.order.first()?).nodes;
        let leads = |id: &NodeId| {
            let op = &graph.node(*id).op;
            matches!(
                op,
                NodeOp::LoadReg(_)
                    | NodeOp::Const(_)
                    | NodeOp::Ptr(_)
                    | NodeOp::Int(_)
                    | NodeOp::Bool(_)
                    | NodeOp::Float(_)
            )
        };
        let behind = first.iter().take_while(|id| leads(id)).count();
        let slot = |id: NodeId| match graph.node(id).op {
            NodeOp::LoadReg(slot) => Some(slot),
            _ => None,
        };
        let mut kept: FxHashSet<u32> = first.iter().filter_map(|id| slot(*id)).collect();
        let mut taken = Vec::new();
        if is_loop {
            let phis = graph.order.iter().flat_map(|b| &graph.block(*b).phis);
            let changed: FxHashSet<NodeId> = phis
                .flat_map(|phi| graph.node(*phi).inputs.iter().copied())
                .collect();
            // Loads behind these read what an instruction that runs in the interpreter has written since.
            for id in &first[..behind] {
                if let Some(word) = slot(*id)
                    && word >= frame::ARGS
                    && changed.contains(id)
                {
                    kept.remove(&word);
                    taken.push(word);
                }
            }
        }
        // Loops are entered once, functions over and over.
        let end = match is_loop {
            true => graph.stack_words,
            false => graph.stack_words.min(frame::ARGS + UNROLLED),
        };
        Some(Clearing {
            behind,
            kept,
            taken,
            end,
        })
    }
}

impl Lower<'_> {
    /// Clears the words.
    pub(super) fn clear(&mut self, clearing: &Clearing) {
        let unrolled = clearing.end.min(frame::ARGS + UNROLLED);
        let free = |word: u32| word < unrolled && !clearing.kept.contains(&word);
        let mut word = frame::ARGS;
        let zero = ConstantData::from(&[0u8; 16][..]);
        let zero = self.builder.func.dfg.constants.insert(zero);
        let zero = self.builder.ins().vconst(types::I8X16, zero);
        while word < unrolled {
            if free(word) && free(word + 1) {
                let offset = word as i32 * 8;
                // Words are aligned to 8 bytes.
                let flags = MemFlagsData::new().with_notrap();
                let fp = self.fp();
                self.builder.ins().store(flags, zero, fp, offset);
                word += 2;
                continue;
            }
            if free(word) {
                let none = self.word(0);
                self.store_word(none, word);
            }
            word += 1;
        }
        let kept = (unrolled..clearing.end).any(|word| clearing.kept.contains(&word));
        if unrolled < clearing.end && !kept {
            self.clear_range(unrolled, clearing.end);
        }
    }

    /// Clears words in a loop, from the last to the first.
    fn clear_range(&mut self, from: u32, to: u32) {
        let start = self.frame_address(from);
        let end = self.frame_address(to);
        let header = self.block_with(types::I64);
        let done = self.builder.create_block();
        self.jump(header, end);
        self.builder.switch_to_block(header);
        let at = self.builder.block_params(header)[0];
        let at = self.builder.ins().iadd_imm_s(at, -8);
        let none = self.word(0);
        self.builder.ins().store(MEM, none, at, 0);
        let more = self
            .builder
            .ins()
            .icmp(IntCC::UnsignedGreaterThan, at, start);
        self.builder
            .ins()
            .brif(more, header, &[at.into()], done, &[]);
        self.builder.switch_to_block(done);
    }
}
