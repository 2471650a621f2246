//! Bytecode to graph: one walk over the blocks in reverse postorder, with what caches and feedback say turned into checks and
//! typed nodes, and callees inlined.
//!
//! Registers of a frame are SSA values in [`Context::env`]; they are stored to the frame only before instructions that the
//! interpreter's own functions run ([`generic`]), before calls, and in exits. Registers 0 (callee), 5, 6 (environment) and 8
//! (`this`) of the compiled function's own frame are in memory at all times; those of inlined frames are stored when something
//! may look at the stack.

mod allocate;
mod analysis;
mod arguments;
mod arith;
mod atomics;
mod body;
mod builtin;
mod cached;
mod call;
mod callees;
mod class;
mod collection;
mod compare;
mod control;
mod derive;
mod element;
mod environment;
mod exceptions;
mod generic;
mod inline;
mod iterate;
mod merge;
mod method;
mod next;
mod property;
mod proxy;
mod spread;
mod steps;
mod string;
mod suspend;
mod types;
mod values;
mod view;
mod visit;
mod yields;

use crate::Decline;
use crate::graph::*;
use crate::layout::{frame, value};
use crate::snapshot::{FunctionSnapshot, Reason, Site, Snapshot, operand};
use analysis::Analysis;
use exceptions::Way;
use generic::changes_environment;
use merge::Edge;
use rustc_hash::FxHashMap;
use sarus_bytecode::{decode::Instruction, opcodes::flags};
use smallvec::SmallVec;
use std::rc::Rc;
use types::Types;

/// Most bytecode instructions of the function itself.
const MAX_INSTRUCTIONS: usize = 16_000;

/// Other forms that a value is at hand in.
#[derive(Clone, Copy, Default)]
struct Forms {
    int: Option<NodeId>,
    float: Option<NodeId>,
    tagged: Option<NodeId>,
}

/// What is known at a point of the walk, beyond what nodes say themselves.
#[derive(Clone, Default)]
struct Info {
    forms: FxHashMap<NodeId, Forms>,
    /// Refined types.
    types: FxHashMap<NodeId, Types>,
    /// Shapes a value was found to have; void after anything that writes headers.
    shapes: FxHashMap<NodeId, SmallVec<[u32; 4]>>,
    /// The method that was loaded last, and the object it was found for, while that has the shape it was found by.
    met: Option<(NodeId, NodeId)>,
    /// What is in arrays that no element was stored to since they were made.
    lists: FxHashMap<NodeId, Vec<NodeId>>,
    /// Inlined frames whose headers are complete in memory. Nothing overwrites them while they run.
    entered: SmallVec<[FrameId; 4]>,
}

/// A built loop header and the phis of registers in it.
type LoopPhis = (BlockId, Vec<(u32, NodeId)>);

/// A frame that is being built.
struct Context {
    function: usize,
    frame: FrameId,
    /// Words above the compiled function's frame pointer.
    base: u32,
    analysis: Rc<Analysis>,
    env: Vec<Option<NodeId>>,
    /// Edges to blocks that are not built yet.
    pending: Vec<Vec<Edge>>,
    /// Graph blocks of bytecode blocks (of loops: where they are entered).
    blocks: Vec<Option<BlockId>>,
    /// Built loop headers and their phis.
    loops: Vec<Option<LoopPhis>>,
    /// Where an inlined frame returned: block and value.
    returns: Vec<Edge>,
    /// Where an inlined frame was left by an exception that its caller (or one further out) handles: block, and the exception if
    /// it is at hand.
    throws: Vec<Edge>,
    /// The state of the caller while this frame runs.
    parent_state: Option<StateId>,
    /// The current bytecode block.
    block: usize,
    /// Index of the current instruction.
    index: usize,
    depth: u32,
    /// `this` of an inlined construct call.
    constructed: Option<NodeId>,
    /// Of an inlined frame that wants them: the actual arguments.
    actuals: Option<Vec<NodeId>>,
    /// The state of the instruction that the current one is built as one with: what goes on from if a check fails.
    restart: Option<StateId>,
    /// Index of the first instruction of the block that was not built together with one before it.
    done: usize,
    /// That control is not on the way to a resume point, if there are any.
    not_resuming: Option<NodeId>,
}

struct Builder<'s> {
    snapshot: &'s Snapshot,
    graph: Graph,
    /// The open block; none where control does not get.
    block: Option<BlockId>,
    types: Vec<Types>,
    info: Info,
    /// A state that is still right, because nothing had an effect since.
    state: Option<StateId>,
    context: Context,
    /// new.target of the construct call that is about to be inlined, if it is not the callee.
    new_target: Option<NodeId>,
    /// Else-blocks of chains of tests, and what is known there.
    waiting: Vec<(BlockId, Info)>,
    /// What loads of methods may have found.
    methods: FxHashMap<NodeId, method::Methods>,
    analyses: FxHashMap<usize, Rc<Analysis>>,
    /// The list of actual arguments of the call that is about to be built, if its callee wants one and it is there already.
    actuals: Option<NodeId>,
    /// How many values lists of arguments had when they were made.
    lengths: FxHashMap<NodeId, usize>,
    /// Of the compiled function itself.
    root: Rc<Analysis>,
    /// Instructions in the graph that are the compiled function's own.
    own_instructions: u32,
    /// The compiled function changes its environment, whose register is in memory only where something reads it there.
    changes_environment: bool,
}

/// Builds the graph of a snapshot.
///
/// # Errors
/// Declines what this tier cannot run.
pub fn build(snapshot: &Snapshot) -> Result<Graph, Decline> {
    let Some(root) = snapshot.functions.first() else {
        return Err(Decline::Instruction("none"));
    };
    let entry = snapshot.osr.unwrap_or(0);
    let numbers = |pc: u32| {
        let seen = root.feedback.get(pc as usize).copied().unwrap_or(0);
        let exits = root.exits.get(&entry);
        seen & !(operand::NUMBER | operand::OVERFLOW) == 0
            && !exits.is_some_and(|e| e.has(Reason::NotNumber))
    };
    let analysis = Rc::new(Analysis::new(&root.code, snapshot.osr, numbers)?);
    if analysis.size() > MAX_INSTRUCTIONS {
        return Err(Decline::TooBig);
    }
    let mut graph = Graph {
        stack_words: root.code.register_count,
        loops: snapshot.osr.map_or_else(Vec::new, |_| analysis.loops()),
        ..Graph::default()
    };
    graph.frames.push(Frame {
        function: 0,
        base: 0,
        caller: None,
        return_pc: 0,
        info: 0,
    });
    let first = graph.new_block();
    let mut b = Builder {
        snapshot,
        graph,
        block: Some(first),
        types: Vec::new(),
        info: Info::default(),
        state: None,
        context: Context::new(0, FrameId(0), 0, analysis.clone(), root.code.register_count),
        new_target: None,
        waiting: Vec::new(),
        methods: FxHashMap::default(),
        analyses: FxHashMap::default(),
        actuals: None,
        lengths: FxHashMap::default(),
        root: analysis,
        own_instructions: 0,
        changes_environment: false,
    };
    b.enter_root(root, entry)?;
    b.run()?;
    b.graph.compute_order();
    Ok(b.graph)
}

impl Context {
    fn new(
        function: usize,
        frame: FrameId,
        base: u32,
        analysis: Rc<Analysis>,
        registers: u32,
    ) -> Context {
        let blocks = analysis.blocks.len();
        Context {
            function,
            frame,
            base,
            analysis,
            // One more for the resume point that control is on the way to.
            env: vec![None; registers as usize + 1],
            pending: (0..blocks).map(|_| Vec::new()).collect(),
            blocks: vec![None; blocks],
            loops: (0..blocks).map(|_| None).collect(),
            returns: Vec::new(),
            throws: Vec::new(),
            parent_state: None,
            block: 0,
            index: 0,
            depth: 0,
            constructed: None,
            actuals: None,
            restart: None,
            done: 0,
            not_resuming: None,
        }
    }
}

impl<'s> Builder<'s> {
    /// Values of the registers at the entry of the compiled function.
    fn enter_root(&mut self, root: &'s FunctionSnapshot, entry: u32) -> Result<(), Decline> {
        let analysis = self.context.analysis.clone();
        let start = analysis.at(i64::from(entry));
        self.context.index = start;
        // What suspends is resumed from memory.
        let suspends = |at: &Instruction| at.op.info().has(flags::SUSPENDS);
        let changes = |at: &Instruction| changes_environment(at.op);
        self.changes_environment = analysis.list.iter().any(changes)
            && !analysis.list.iter().any(suspends)
            && !root.code.flags.is_async;
        let fixed = [frame::CALLEE, frame::NEW_TARGET, frame::ENV, frame::THIS];
        for r in fixed {
            let v = self.emit(NodeOp::LoadReg(r), &[]);
            self.context.env[r as usize] = Some(v);
        }
        let load = |b: &mut Self, r: u32| {
            if b.context.env[r as usize].is_none() {
                let v = b.emit(NodeOp::LoadReg(r), &[]);
                b.context.env[r as usize] = Some(v);
            }
        };
        if self.snapshot.osr.is_some() {
            let condition = analysis.entered_condition();
            let places = [Some(start), condition.map(|(first, _)| first)];
            for place in places.into_iter().flatten() {
                for r in analysis.live_before(place).iter() {
                    load(self, r);
                }
            }
            for r in condition.into_iter().flat_map(|(_, compared)| compared) {
                let v = self.read(r)?;
                self.float(v);
            }
        } else {
            for i in 0..root.code.param_count {
                load(self, frame::ARGS + i);
            }
            if root.code.flags.needs_actuals {
                load(self, root.code.actuals_reg);
            }
        }
        self.resume();
        let first = analysis.order.first().copied().unwrap_or_default();
        self.goto(first);
        Ok(())
    }

    /// Builds every block of the current context that control reaches.
    fn run(&mut self) -> Result<(), Decline> {
        let analysis = self.context.analysis.clone();
        for &b in &analysis.order {
            if !self.start_block(b) {
                continue;
            }
            self.context.block = b;
            self.context.done = 0;
            let count = (analysis.blocks[b].end - analysis.blocks[b].first) as u32;
            self.graph.instructions += count;
            if self.context.frame == FrameId(0) {
                self.own_instructions += count;
            }
            for i in analysis.blocks[b].first..analysis.blocks[b].end {
                if i < self.context.done {
                    continue;
                }
                self.context.index = i;
                let at = analysis.list[i];
                self.visit(&at)?;
                if self.block.is_none() {
                    break;
                }
            }
            if self.block.is_some() {
                // Falls into the next block.
                let next = analysis.block_of.get(analysis.blocks[b].end).copied();
                match next {
                    Some(next) => self.goto(analysis.next(b, next)),
                    None => return Err(Decline::Instruction("end")),
                }
            }
        }
        Ok(())
    }

    // ------------------------------------------------------------------ the current place

    fn function(&self) -> &'s FunctionSnapshot {
        &self.snapshot.functions[self.context.function]
    }
    fn at(&self) -> Position {
        let analysis = &self.context.analysis;
        Position {
            frame: self.context.frame,
            pc: analysis
                .list
                .get(self.context.index)
                .map_or(0, |i| i.offset),
        }
    }
    fn instruction(&self) -> Instruction {
        self.context.analysis.list[self.context.index]
    }
    /// Whether an exit for this reason was taken at the current instruction.
    fn has_exited(&self, reason: Reason) -> bool {
        let pc = self.at().pc;
        self.function()
            .exits
            .get(&pc)
            .is_some_and(|set| set.has(reason))
    }
    /// Notes that checks of the current instruction fail for that reason only where something comes by that its site, which has
    /// met so many, has not.
    fn note_met(&mut self, reason: Reason, count: usize) {
        let key = (self.context.function, self.at().pc);
        let count = u8::try_from(count).unwrap_or(0);
        self.graph.met.insert(key, (reason, count));
    }
    /// The feedback byte of the current instruction.
    fn feedback(&self) -> u8 {
        let pc = self.at().pc as usize;
        self.function().feedback.get(pc).copied().unwrap_or(0)
    }

    /// What the cache of a slot operand has seen.
    fn site(&self, slot: i64) -> &'s Site {
        static EMPTY: Site = Site::Empty;
        self.function().sites.get(slot as usize).unwrap_or(&EMPTY)
    }
    /// An instruction that has not run yet: back to the interpreter, unless that has not helped before.
    fn not_seen(&mut self, at: &Instruction) -> Result<(), Decline> {
        if self.has_exited(Reason::NotSeen) {
            return self.general(at);
        }
        self.exit(Reason::NotSeen);
        Ok(())
    }

    // ------------------------------------------------------------------ nodes

    /// Appends a node to the open block.
    fn emit(&mut self, op: NodeOp, inputs: &[NodeId]) -> NodeId {
        self.emit_full(op, inputs, None, None)
    }

    /// Appends a node that exits for `reason`.
    fn check(&mut self, op: NodeOp, inputs: &[NodeId], reason: Reason) -> NodeId {
        let state = self.current_state();
        self.emit_full(op, inputs, Some(state), Some(reason))
    }

    fn emit_full(
        &mut self,
        op: NodeOp,
        inputs: &[NodeId],
        state: Option<StateId>,
        reason: Option<Reason>,
    ) -> NodeId {
        let effects = op.effects();
        let way = if op.may_be_caught() {
            self.way_of_exceptions()
        } else {
            Way::Leave
        };
        let state = match way {
            Way::Interpreter => Some(self.throw_state(&op)),
            _ if effects.throws => None,
            _ => state,
        };
        let block = self.block.unwrap_or(BlockId(0));
        let types = self.types_of_op(&op);
        let rep = op.rep();
        let at = self.at();
        let id = self.graph.make(Node {
            op,
            inputs: inputs.into(),
            rep,
            block,
            at,
            state,
            reason,
        });
        self.types.push(types);
        self.graph.block_mut(block).nodes.push(id);
        // Frame words are rewritten by every exit, and polls and allocations do not undo what was computed.
        let harmless = LocSet::one(Loc::Frame).with(Loc::Machine);
        if effects.writes.0 & !harmless.0 != 0 {
            self.state = None;
        }
        if effects.writes.has(Loc::Header) {
            self.info.shapes.clear();
            self.info.met = None;
        }
        if effects.writes.has(Loc::Element) {
            self.info.lists.clear();
        }
        self.guard(id, way);
        id
    }

    fn types_of_op(&self, op: &NodeOp) -> Types {
        match op {
            NodeOp::Const(bits) => Types::of_bits(*bits),
            NodeOp::IntToTagged => Types::INT,
            NodeOp::FloatToTagged => Types::NUMBER,
            NodeOp::BoolToTagged => Types::BOOL,
            NodeOp::CheckCell => Types::CELL,
            NodeOp::CheckObject | NodeOp::CheckDense | NodeOp::CheckCode(_) => Types::OBJECT,
            NodeOp::CheckKind(k) => self.types_of_kind(*k),
            NodeOp::CheckNotHole | NodeOp::HoleToUndefined => Types::ANY,
            NodeOp::OddballToNumber => Types::NUMBER.or(Types::CELL),
            NodeOp::CharString => Types::STRING,
            NodeOp::Call(h) => self.types_of_helper(*h),
            NodeOp::CallCode { .. } | NodeOp::CallAny { .. } => Types::ANY,
            op => Types::of_rep(op.rep()),
        }
    }

    fn types_of_kind(&self, kind: u8) -> Types {
        let kinds = &self.snapshot.layout.kinds;
        if kind == kinds.string {
            Types::STRING
        } else if kind >= kinds.first_object {
            Types::OBJECT
        } else {
            Types::OTHER
        }
    }

    fn types_of_helper(&self, helper: crate::helpers::Helper) -> Types {
        use crate::helpers::Helper::*;
        match helper {
            Concat | ConcatNumber | JoinText | CharAt | FromCharCode | TypeOf | NumberToString
            | Substring | StringSlice => Types::STRING,
            BigIntBinary | BigIntUnary => Types::OTHER,
            NewObject | NewObjectWith | NewArray | NewArrayOfLength | NewArrayWith | NewClosure => {
                Types::OBJECT
            }
            h => match h.info().ret {
                Rep::Tagged => Types::ANY,
                rep => Types::of_rep(rep),
            },
        }
    }

    /// A node at the end of a block that is already closed (phi inputs).
    fn emit_in(&mut self, block: BlockId, op: NodeOp, inputs: &[NodeId]) -> NodeId {
        let saved = self.block.replace(block);
        let id = self.emit(op, inputs);
        self.block = saved;
        id
    }

    fn constant(&mut self, bits: u64) -> NodeId {
        if (value::FIRST_POINTER..value::POINTER_LIMIT).contains(&bits) {
            self.graph.cells.push(bits);
        }
        self.emit(NodeOp::Const(bits), &[])
    }
    fn undefined(&mut self) -> NodeId {
        self.emit(NodeOp::Const(value::UNDEFINED), &[])
    }
    fn int_constant(&mut self, i: i32) -> NodeId {
        self.emit(NodeOp::Int(i), &[])
    }
    fn float_constant(&mut self, f: f64) -> NodeId {
        self.emit(NodeOp::Float(f.to_bits()), &[])
    }
    /// The address of a cell, which stays alive with the code.
    fn cell_address(&mut self, cell: u64) -> NodeId {
        self.graph.cells.push(cell);
        self.emit(NodeOp::Ptr(cell), &[])
    }

    // ------------------------------------------------------------------ blocks

    /// Ends the open block.
    fn end(&mut self, end: End) {
        if let Some(block) = self.block.take() {
            for s in end.successors() {
                self.graph.block_mut(s).preds.push(block);
            }
            self.graph.block_mut(block).end = end;
        }
    }

    /// Goes back to the interpreter here.
    fn exit(&mut self, reason: Reason) {
        // A state of its own: ends have no position, so that the state's has to be that of the instruction.
        let state = self.state_at(self.context.index, None);
        self.end(End::Exit { state, reason });
    }

    /// Opens a block (whose predecessors come from the ends of others).
    fn open(&mut self, block: BlockId) {
        self.block = Some(block);
        self.state = None;
    }

    /// Ends the open block with a branch; the two new blocks.
    fn branch(&mut self, cond: NodeId) -> (BlockId, BlockId) {
        let then = self.graph.new_block();
        let otherwise = self.graph.new_block();
        self.end(End::Branch {
            cond,
            then,
            otherwise,
        });
        (then, otherwise)
    }

    // ------------------------------------------------------------------ states

    /// The state to go on from if a check of the current instruction fails.
    fn current_state(&mut self) -> StateId {
        if let Some(state) = self.state {
            return state;
        }
        let state = match self.context.restart {
            Some(state) => state,
            None => self.state_at(self.context.index, None),
        };
        self.state = Some(state);
        state
    }

    /// The state before instruction `index`, without register `except`.
    fn state_at(&mut self, index: usize, except: Option<u32>) -> StateId {
        let analysis = self.context.analysis.clone();
        let mut registers: Vec<(u32, NodeId)> = Vec::new();
        let inlined = self.context.frame != FrameId(0);
        let always = [frame::CALLEE, frame::NEW_TARGET, frame::ENV, frame::THIS];
        for r in analysis.live_before(index).iter() {
            if Some(r) == except || always.contains(&r) {
                continue;
            }
            if let Some(Some(v)) = self.context.env.get(r as usize) {
                registers.push((r, *v));
            }
        }
        // What the handler of the current instruction needs, which matters where `index` is after it.
        if let Some(h) = self.function().code.handler_at(self.at().pc) {
            let live = &analysis.blocks[analysis.block_at(i64::from(h.target))].live;
            let env_reg = (h.env_reg != sarus_bytecode::NO_REGISTER).then_some(h.env_reg);
            for r in live.iter().chain(env_reg) {
                let there = registers.iter().any(|(other, _)| *other == r);
                if !there
                    && !always.contains(&r)
                    && let Some(Some(v)) = self.context.env.get(r as usize)
                {
                    registers.push((r, *v));
                }
            }
        }
        for r in always {
            let elsewhere = inlined || r == frame::ENV && self.changes_environment;
            if elsewhere && let Some(v) = self.context.env[r as usize] {
                registers.push((r, v));
            }
        }
        self.graph.states.push(FrameState {
            frame: self.context.frame,
            pc: analysis.list.get(index).map_or(0, |i| i.offset),
            registers,
            parent: self.context.parent_state,
            objects: Vec::new(),
        });
        StateId(self.graph.states.len() as u32 - 1)
    }
}
