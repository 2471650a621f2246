//! Generators and async functions: suspending, and going on with what was suspended.
//!
//! What suspends stores the registers that live and leaves the compiled function; what resumes it restores the frame and enters
//! the compiled code again, which goes to the resume point. Resume points in loops are reached through the loops' headers,
//! so that loops keep their one entry:
//!
//! ```text
//! entry ── resumed? ──► which? ──► resume point outside of loops
//!   │                        └───► preheader ► header ── on the way? ──► resume point in the loop
//!   └─► start ─────────────────────────┘          └─► the loop's first instruction
//! ```
//!
//! A pseudo-register says which resume point control is on the way to, -1 for none. A register that the loop writes is
//! loaded from the frame when control gets to the resume point; the others come in through the header.

use super::Builder;
use super::analysis::Analysis;
use super::generic::is_fixed;
use crate::Decline;
use crate::graph::*;
use crate::layout::frame;
use sarus_bytecode::decode::Instruction;

/// Not on the way to a resume point.
const NONE: i32 = -1;

impl Builder<'_> {
    fn resume_register(&self) -> usize {
        Analysis::resume_register(&self.function().code) as usize
    }

    /// At the entry of the function: frames that go on are led to where they were suspended.
    pub(super) fn resume(&mut self) {
        let analysis = self.context.analysis.clone();
        if analysis.resumes.is_empty() || self.snapshot.osr.is_some() {
            return;
        }
        let offset = |b: &usize| analysis.list[analysis.blocks[*b].first].offset;
        self.graph.resumes = analysis.resumes.iter().map(offset).collect();
        self.find_restored();
        let none = self.int_constant(NONE);
        let register = self.resume_register();
        self.context.not_resuming = Some(none);
        self.context.env[register] = Some(none);
        let fp = self.emit(NodeOp::FramePtr(0), &[]);
        let flags = self.load_half(fp, frame::INFO, 4);
        let resumed = self.int_constant((frame::FLAG_RESUMED >> 32) as i32);
        let flag = self.emit(NodeOp::Bit(BitOp::And), &[flags, resumed]);
        let zero = self.int_constant(0);
        let goes_on = self.emit(NodeOp::IntCmp(Cond::Ne), &[flag, zero]);
        let (yes, no) = self.branch(goes_on);
        let (env, info) = (self.context.env.clone(), self.info.clone());
        self.open(yes);
        let which = self.load_half(fp, frame::RETURN_PC, 0);
        let all: Vec<usize> = (0..analysis.resumes.len()).collect();
        self.resume_one_of(which, &all, None);
        self.context.env = env;
        self.info = info;
        self.open(no);
    }

    /// Half of a word of the frame.
    pub(super) fn load_half(&mut self, fp: NodeId, word: u32, offset: i32) -> NodeId {
        let offset = word as i32 * 8 + offset;
        self.emit(NodeOp::Load(Mem::I32, offset, Loc::Frame), &[fp])
    }

    /// In a loop's header: what is on the way to a resume point in the loop goes there.
    pub(super) fn resume_in_loop(&mut self, header: usize) {
        let analysis = self.context.analysis.clone();
        let resumes = &analysis.blocks[header].resumes;
        let register = self.resume_register();
        let (false, Some(phi)) = (resumes.is_empty(), self.context.env[register]) else {
            return;
        };
        let which = self.emit(NodeOp::UntagInt, &[phi]);
        let zero = self.int_constant(0);
        let on_the_way = self.emit(NodeOp::IntCmp(Cond::Ge), &[which, zero]);
        let (yes, no) = self.branch(on_the_way);
        let (env, info) = (self.context.env.clone(), self.info.clone());
        self.open(yes);
        self.resume_one_of(which, resumes, Some(header));
        self.context.env = env;
        self.info = info;
        self.open(no);
        self.context.env[register] = self.context.not_resuming;
    }

    /// Goes to one of several resume points (of the loop with that header).
    fn resume_one_of(&mut self, which: NodeId, resumes: &[usize], header: Option<usize>) {
        let (env, info) = (self.context.env.clone(), self.info.clone());
        let mut rest = resumes;
        while let Some((&k, others)) = rest.split_first() {
            if others.is_empty() {
                self.resume_at(k, header);
                break;
            }
            let number = self.int_constant(k as i32);
            let is = self.emit(NodeOp::IntCmp(Cond::Eq), &[which, number]);
            let (yes, no) = self.branch(is);
            self.open(yes);
            self.resume_at(k, header);
            self.context.env.clone_from(&env);
            self.info = info.clone();
            self.open(no);
            rest = others;
        }
    }

    /// Goes to a resume point, or to the header of the next loop around it.
    fn resume_at(&mut self, k: usize, header: Option<usize>) {
        let analysis = self.context.analysis.clone();
        let place = analysis.resumes[k];
        let loops = &analysis.loops_around[k];
        let next = match header {
            None => loops.first(),
            Some(header) => loops.iter().skip_while(|b| **b != header).nth(1),
        };
        let target = next.copied().unwrap_or(place);
        let assigned = header.map(|h| &analysis.blocks[h].assigned);
        let parameters = frame::ARGS..frame::ARGS + self.function().code.param_count;
        for r in analysis.blocks[place].live.iter() {
            // In front of all loops the memory is as it was at the entry.
            let known = match assigned {
                None => is_fixed(r) || parameters.contains(&r),
                Some(assigned) => !assigned.has(r),
            };
            if !known || self.context.env[r as usize].is_none() {
                self.context.env[r as usize] = Some(self.emit(NodeOp::LoadReg(r), &[]));
            }
        }
        for r in (0..=frame::THIS).filter(|r| is_fixed(*r)) {
            if assigned.is_some_and(|a| a.has(r)) {
                self.context.env[r as usize] = Some(self.emit(NodeOp::LoadReg(r), &[]));
            }
        }
        // Registers that live in the loop but not where control goes on.
        let live: Vec<u32> = analysis.blocks[target].live.iter().collect();
        for r in live {
            if self.context.env[r as usize].is_none() {
                let nothing = self.undefined();
                self.context.env[r as usize] = Some(nothing);
            }
        }
        let register = self.resume_register();
        self.context.env[register] = match next {
            Some(_) => Some(self.int_constant(k as i32)),
            None => self.context.not_resuming,
        };
        self.goto(target);
    }

    /// Instructions that suspend or end an activation.
    pub(super) fn visit_suspend(&mut self, at: &Instruction) -> Result<(), Decline> {
        if self.snapshot.helpers.of_instruction(at.op).is_none() {
            return Err(Decline::Instruction(at.op.info().name));
        }
        self.suspend_in_place(at);
        let live: Vec<u32> = {
            let analysis = &self.context.analysis;
            let before = analysis.live_before(self.context.index);
            before.iter().filter(|r| !is_fixed(*r)).collect()
        };
        for r in live {
            if let Some(v) = self.context.env[r as usize] {
                self.store_register(r, v);
            }
        }
        let v = self.emit(NodeOp::Suspend(at.op), &[]);
        self.note_start(at, v);
        self.end(End::Return {
            value: v,
            construct: false,
        });
        Ok(())
    }
}
