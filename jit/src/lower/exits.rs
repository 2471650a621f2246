//! Exits: cold blocks that store what the interpreter needs and call the exit helper.
//!
//! A check branches to the stub of its exit, which puts its number into a slot of the native frame. What follows stores registers
//! ([`super::exit_stores`]); all of them end in one block that calls the helper.

use super::exit_stores::Stores;
use super::{Lower, MEM, broken, frame_words};
use crate::Decline;
use crate::code::{Exit, ExitFrame, ExitObject, Unboxed};
use crate::graph::{FrameState, Graph, Node, NodeId, NodeOp, Position, Rep, StateId};
use crate::helpers::{Helper, HelperEffect};
use crate::layout::{frame, value};
use crate::snapshot::Reason;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{
    Block, InstBuilder, StackSlot, StackSlotData, StackSlotKind, Value, types,
};
use rustc_hash::FxHashMap;

/// What makes an exit.
type Key = (StateId, Reason, u32, u32, bool);

struct Stub {
    block: Block,
    state: StateId,
    number: u32,
}

/// The exits of one function.
pub(super) struct Exits {
    /// By number.
    pub list: Vec<Exit>,
    stubs: Vec<Stub>,
    known: FxHashMap<Key, Block>,
    /// The slot with the number, and behind it what is needed when the helper returns.
    pub place: Option<StackSlot>,
    /// Slots of the frame that may be written after entry.
    pub(super) written: Written,
}

/// Which words above the frame pointer the code may write (or have written by what it calls).
pub(super) struct Written {
    /// One by one.
    slots: Vec<bool>,
    /// And everything from here on.
    from: u32,
}

impl Written {
    fn new(graph: &Graph) -> Written {
        let mut written = Written {
            slots: vec![false; graph.stack_words as usize],
            from: graph.stack_words,
        };
        for &block in &graph.order {
            for &node in &graph.block(block).nodes {
                match graph.node(node).op {
                    NodeOp::StoreReg(slot) | NodeOp::StoreRaw(slot, _) => {
                        if let Some(s) = written.slots.get_mut(slot as usize) {
                            *s = true;
                        }
                    }
                    // Windows of calls, and arrays of values.
                    NodeOp::FramePtr(slot) => written.all_from(slot),
                    NodeOp::CallCode { base, .. } | NodeOp::CallAny { base, .. } => {
                        written.all_from(base);
                    }
                    NodeOp::EnterFrame(f) => {
                        let base = graph.frames.get(f.index()).map_or(0, |f| f.base);
                        written.all_from(base);
                    }
                    // Writes registers of its frame.
                    NodeOp::Instruction(_) => {
                        let at = graph.node(node).at.frame;
                        let base = graph.frames.get(at.index()).map_or(0, |f| f.base);
                        written.all_from(base);
                    }
                    _ => {}
                }
            }
        }
        written
    }

    fn all_from(&mut self, slot: u32) {
        // Frame pointers themselves are passed as "words from 0 on" without being written through.
        if slot != 0 || self.from == 0 {
            self.from = self.from.min(slot);
        }
    }

    pub(super) fn has(&self, slot: u32) -> bool {
        slot >= self.from || self.slots.get(slot as usize).copied().unwrap_or(true)
    }
}

impl Exits {
    /// These words do not hold their registers any more.
    pub fn store_always(&mut self, words: &[u32]) {
        for word in words {
            if let Some(slot) = self.written.slots.get_mut(*word as usize) {
                *slot = true;
            }
        }
    }

    pub fn new(graph: &Graph) -> Exits {
        Exits {
            list: Vec::new(),
            stubs: Vec::new(),
            known: FxHashMap::default(),
            place: None,
            written: Written::new(graph),
        }
    }
}

/// The canonical tagged number of a constant.
fn boxed_float(x: f64) -> u64 {
    let int = x as i32;
    if f64::from(int) == x && (int != 0 || x.is_sign_positive()) {
        return value::INT_TAG | u64::from(int as u32);
    }
    let bits = if x.is_nan() {
        value::CANONICAL_NAN
    } else {
        x.to_bits()
    };
    bits.wrapping_add(value::DOUBLE_OFFSET)
}

impl Lower<'_> {
    /// The block that exits from the current node.
    pub(super) fn exit(&mut self, reason: Reason) -> Result<Block, Decline> {
        match self.node.state {
            Some(state) => self.exit_at(state, reason, self.node.at, false),
            None => broken(format!("{:?} exits without a state", self.node.op)),
        }
    }

    /// The block of an exit.
    pub(super) fn exit_at(
        &mut self,
        state: StateId,
        reason: Reason,
        at: Position,
        throws: bool,
    ) -> Result<Block, Decline> {
        let key = (state, reason, at.frame.0, at.pc, throws);
        if let Some(block) = self.exits.known.get(&key) {
            return Ok(*block);
        }
        let Some(function) = self.graph.frames.get(at.frame.index()).map(|f| f.function) else {
            return broken("an exit from no frame");
        };
        let met = self.graph.met.get(&(function, at.pc)).copied();
        let met = met.filter(|(r, _)| *r == reason).map_or(0, |(_, n)| n);
        let frames = self.exit_frames(state)?;
        let objects = self.exit_objects(state)?;
        let block = self.cold_block();
        let number = self.exits.list.len() as u32;
        self.exits.list.push(Exit {
            frames,
            reason,
            origin: (function, at.pc),
            met,
            throws,
            objects,
        });
        self.exits.stubs.push(Stub {
            block,
            state,
            number,
        });
        self.exits.known.insert(key, block);
        Ok(block)
    }

    pub(super) fn state(&self, id: StateId) -> Result<&FrameState, Decline> {
        match self.graph.states.get(id.index()) {
            Some(state) => Ok(state),
            None => broken("a state that does not exist"),
        }
    }

    /// The objects that an exit makes.
    fn exit_objects(&mut self, innermost: StateId) -> Result<Vec<ExitObject>, Decline> {
        let state = self.state(innermost)?;
        let Some(frame) = self.graph.frames.get(state.frame.index()) else {
            return broken("a state of no frame");
        };
        let base = frame.base;
        let made: Vec<ExitObject> = state
            .objects
            .iter()
            .map(|o| ExitObject {
                size: o.size,
                header: o.header,
                words: o.words.clone(),
                fields: o.fields.iter().map(|(at, r)| (*at, base + r)).collect(),
            })
            .collect();
        let shapes = made.iter().map(|o| o.header as u32);
        self.shapes.extend(shapes.filter(|shape| *shape != 0));
        Ok(made)
    }

    fn exit_frames(&self, innermost: StateId) -> Result<Vec<ExitFrame>, Decline> {
        let mut frames = Vec::new();
        let mut next = Some(innermost);
        let mut return_pc = 0;
        let made = &self.state(innermost)?.objects;
        while let Some(id) = next {
            let state = self.state(id)?;
            let Some(frame) = self.graph.frames.get(state.frame.index()) else {
                return broken("a state of no frame");
            };
            if state.parent.is_none() != frame.caller.is_none() {
                return broken(format!("state {} ends in the wrong frame", id.0));
            }
            let mut constants = Vec::new();
            let mut unboxed = Vec::new();
            let mut objects = Vec::new();
            for &(register, node) in &state.registers {
                if let NodeOp::Eliminated(number) = self.graph.node(node).op {
                    let Some(i) = made.iter().position(|o| o.number == number) else {
                        return broken(format!("state {} lacks an object", id.0));
                    };
                    objects.push((register, i as u32));
                    continue;
                }
                if let Some(bits) = self.constant(node) {
                    constants.push((register, bits));
                    continue;
                }
                match self.graph.node(node).rep {
                    Rep::Int32 => unboxed.push((register, Unboxed::Int32)),
                    Rep::Float64 => unboxed.push((register, Unboxed::Float64)),
                    Rep::Bool => unboxed.push((register, Unboxed::Bool)),
                    _ => {}
                }
            }
            frames.push(ExitFrame {
                function: frame.function,
                base: frame.base,
                pc: state.pc,
                return_pc,
                info: frame.info,
                constants,
                unboxed,
                objects,
            });
            if frames.len() > self.graph.frames.len() {
                return broken("states in a circle");
            }
            return_pc = frame.return_pc;
            next = state.parent;
        }
        frames.reverse();
        Ok(frames)
    }

    /// Whether the node checks that a helper did its work: its state, from before the call, holds only if it did not.
    fn judges_a_call(&self) -> bool {
        let input = |node: &Node| node.inputs.first().map(|i| self.graph.node(*i));
        let mut answer = match self.node.op {
            NodeOp::CheckIs(_) | NodeOp::CheckNotHole => input(self.node),
            _ => None,
        };
        let compares = |op: &NodeOp| matches!(op, NodeOp::IntCmp(_) | NodeOp::SameBits);
        if let Some(node) = answer.filter(|node| compares(&node.op)) {
            answer = input(node);
        }
        let harmless = [HelperEffect::Pure, HelperEffect::Allocates];
        matches!(answer.map(|node| &node.op), Some(NodeOp::Call(h)) if !harmless.contains(&h.info().effect))
    }

    /// Counts down to an exit of every check, if that is asked for.
    pub(super) fn stress(&mut self) -> Result<(), Decline> {
        let options = &self.snapshot.options;
        if options.stress_exits == 0 || self.node.state.is_none() || self.judges_a_call() {
            return Ok(());
        }
        let counter = self.word(options.stress_counter);
        let count = self.builder.ins().load(types::I32, MEM, counter, 0);
        let count = self.builder.ins().iadd_imm_s(count, -1);
        self.builder.ins().store(MEM, count, counter, 0);
        let fire = self.cold_block();
        self.branch_on(count, fire);
        let on = self.builder.current_block();
        self.builder.switch_to_block(fire);
        let again = i64::from(options.stress_exits);
        let again = self.builder.ins().iconst(types::I32, again);
        let counter = self.word(options.stress_counter);
        self.builder.ins().store(MEM, again, counter, 0);
        let exit = self.exit(Reason::Stress)?;
        self.builder.ins().jump(exit, &[]);
        if let Some(on) = on {
            self.builder.switch_to_block(on);
        }
        Ok(())
    }

    /// Fills the blocks of the exits that were asked for.
    pub(super) fn finish_exits(&mut self) -> Result<(), Decline> {
        let stubs = std::mem::take(&mut self.exits.stubs);
        if stubs.is_empty() {
            return Ok(());
        }
        let data = StackSlotData::new(StackSlotKind::ExplicitSlot, frame_words::PLACE, 3);
        let slot = self.builder.create_sized_stack_slot(data);
        self.exits.place = Some(slot);
        let tail = self.cold_block();
        let mut stores = Stores::new(tail);
        for stub in &stubs {
            let list = match stores.knows(stub.state) {
                true => Vec::new(),
                false => self.stores(stub.state)?,
            };
            stores.add(stub.state, list);
        }
        stores.share();
        for stub in &stubs {
            self.builder.switch_to_block(stub.block);
            let number = i64::from(stub.number);
            let number = self.builder.ins().iconst(types::I32, number);
            self.builder.ins().stack_store(types::I64, number, slot, 0);
            self.store_all(&mut stores, stub.state)?;
        }
        self.builder.switch_to_block(tail);
        let number = self
            .builder
            .ins()
            .stack_load(types::I64, types::I32, slot, 0);
        let number = self.builder.ins().uextend(types::I64, number);
        let code = u64::from(self.snapshot.code_number) << 32;
        let number = self.builder.ins().bor_imm_s(number, code as i64);
        let fp = self.fp();
        // The helper clears spilled values; this one is needed behind it.
        let outer = self.outer;
        self.builder.ins().stack_store(types::I64, outer, slot, 8);
        let place = self.builder.ins().stack_addr(types::I64, slot, 0);
        let result = self.call_helper(Helper::Exit, &[fp, number, place])?;
        let outer = self
            .builder
            .ins()
            .stack_load(types::I64, types::I64, slot, 8);
        self.builder.ins().set_pinned_reg(outer);
        self.builder.ins().return_(&[result]);
        Ok(())
    }

    /// The value bits of a constant node.
    pub(super) fn constant(&self, id: NodeId) -> Option<u64> {
        Some(match self.graph.node(id).op {
            NodeOp::Int(i) => value::INT_TAG | u64::from(i as u32),
            NodeOp::Bool(b) => value::FALSE | u64::from(b),
            NodeOp::Float(bits) => boxed_float(f64::from_bits(bits)),
            NodeOp::Const(bits) => bits,
            _ => return None,
        })
    }

    /// Stores a word of the frame.
    pub(super) fn store_word(&mut self, value: Value, slot: u32) {
        let offset = slot as i32 * 8;
        let fp = self.fp();
        self.builder.ins().store(MEM, value, fp, offset);
    }

    /// Loads a word of the frame.
    pub(super) fn load_word(&mut self, slot: u32) -> Value {
        let offset = slot as i32 * 8;
        let fp = self.fp();
        self.builder.ins().load(types::I64, MEM, fp, offset)
    }

    /// Saves the current node's position in its frame, for everything that looks at the stack.
    pub(super) fn save_position(&mut self) -> Result<(), Decline> {
        let at = self.node.at;
        if self.saved == Some(at) {
            return Ok(());
        }
        self.store_position(at)?;
        self.saved = Some(at);
        Ok(())
    }

    /// Stores a position to its frame.
    pub(super) fn store_position(&mut self, at: Position) -> Result<(), Decline> {
        let Some(frame) = self.graph.frames.get(at.frame.index()) else {
            return broken("a position in no frame");
        };
        let address = self.position_address(frame.function, at.pc)?;
        let address = self.word(address);
        self.store_word(address, frame.base + frame::SAVED_PC);
        Ok(())
    }

    /// Address of an instruction.
    pub(super) fn position_address(&self, function: usize, pc: u32) -> Result<u64, Decline> {
        match self.snapshot.functions.get(function) {
            Some(f) => Ok(f.words + u64::from(pc) * 4),
            None => broken("a function that is not in the snapshot"),
        }
    }

    /// Throws if a result is the exception marker.
    pub(super) fn check_exception(&mut self, result: Value) -> Result<(), Decline> {
        let throw = self.throw_block()?;
        let thrown = self.compare(IntCC::Equal, result, value::EXCEPTION as i64);
        let on = self.builder.create_block();
        self.branch(thrown, throw, on);
        Ok(())
    }
}
