//! From the graph to machine code.
//!
//! ```text
//! Graph ──Lower──► Cranelift IR ──Target──► bytes        blocks ↔ blocks, phis ↔ block parameters, nodes ↔ values
//!            └──► exits                                   (Tagged, Ptr: i64; Int32: i32; Float64: f64; Bool: i8)
//! ```
//!
//! Every node has one value; nothing is decided here that needs to know JavaScript beyond the bits of values. Code that runs
//! rarely (exits, slow paths) stands in cold blocks, which Cranelift places behind everything else. Nothing here fails on a graph
//! that the verifier accepts; what it would not accept is declined, never compiled wrongly.

mod allocate;
mod atomics;
mod branch;
mod cached;
mod call;
mod call_any;
mod check;
mod clear;
mod collection;
mod equal;
mod exit_stores;
mod exits;
mod frame_words;
mod generator;
mod instance;
mod memory;
mod number;
mod proxy;
mod routine;
mod shell;
mod string;
pub(crate) mod target;
mod test;
mod typed;
mod view;

use crate::code::{CompiledCode, Inlined};
use crate::flow::{Dominators, Loop, Loops};
use crate::graph::{Block as GraphBlock, BlockId, End, Graph, Mem, Node, NodeId, NodeOp, Rep};
use crate::helpers::Helper;
use crate::layout::{frame, value};
use crate::snapshot::{Reason, Snapshot};
use crate::{Decline, graph};
use clear::Clearing;
use cranelift_codegen::ir::condcodes::{CondCode, IntCC};
use cranelift_codegen::ir::immediates::Ieee64;
use cranelift_codegen::ir::{
    AbiParam, Block, BlockArg, Function, InstBuilder, InstructionData, JumpTableData, MemFlagsData,
    SigRef, Signature, TrapCode, Type, Value, ValueDef, types,
};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use exits::Exits;
pub use routine::{ROUTINES, Routine, routine};
use rustc_hash::FxHashMap;
pub use shell::{SHELLED, shell};
use smallvec::SmallVec;
use target::Target;

/// Flags of every access: addresses are valid and aligned.
const MEM: MemFlagsData = MemFlagsData::trusted();

/// Lowers a graph to machine code.
///
/// # Errors
/// [`Decline::CodeGenerator`] if the graph does not make sense or Cranelift refuses.
pub fn lower(graph: &Graph, snapshot: &Snapshot) -> Result<CompiledCode, Decline> {
    lower_for(Target::host()?, graph, snapshot)
}

/// [`lower`] without the extensions of the host's processor.
///
/// # Errors
/// See [`lower`].
pub fn lower_plain(graph: &Graph, snapshot: &Snapshot) -> Result<CompiledCode, Decline> {
    lower_for(Target::plain()?, graph, snapshot)
}

fn lower_for(target: &Target, graph: &Graph, snapshot: &Snapshot) -> Result<CompiledCode, Decline> {
    let options = &snapshot.options;
    let mut code = CompiledCode {
        stack_words: graph.stack_words,
        cells: graph.cells.clone(),
        resumes: graph.resumes.clone(),
        instructions: graph.instructions,
        loops: graph.loops.clone(),
        inlined: inlined(graph),
        ..CompiledCode::default()
    };
    let print_clif = options.prints("clif");
    let mut signature = Signature::new(target.isa.default_call_conv());
    signature.params = vec![AbiParam::new(types::I64); 2];
    signature.returns.push(AbiParam::new(types::I64));
    let (mut collects, mut place) = (false, None);
    let mut output = target.generate(signature, options.prints("asm"), |function, buffers| {
        let mut lower = Lower::new(graph, snapshot, target, function, buffers);
        collects = lower.function()?;
        place = lower.exits.place;
        code.exits = std::mem::take(&mut lower.exits.list);
        code.shapes = std::mem::take(&mut lower.shapes);
        lower.builder.seal_all_blocks();
        lower.builder.finalize(target.isa.frontend_config());
        if print_clif {
            code.text.push_str(&function.display().to_string());
        }
        Ok(())
    })?;
    code.shapes.sort_unstable();
    code.shapes.dedup();
    // Loops are entered from the interpreter, which clears what is below.
    if collects && snapshot.osr.is_none() {
        frame_words::clear_before(&mut output);
    }
    code.spilled = place.map_or(0, |place| frame_words::spilled(&output, place));
    code.bytes = output.bytes;
    code.alignment = output.alignment;
    if let Some(assembly) = output.assembly {
        code.text.push_str(&assembly);
    }
    Ok(code)
}

/// The calls in whose place bodies stand.
fn inlined(graph: &Graph) -> Vec<Inlined> {
    let of = |frame: &graph::Frame| {
        let (caller, pc) = frame.caller?;
        Some(Inlined {
            caller: graph.frames.get(caller.index())?.function,
            pc,
            function: frame.function,
            depth: depth(graph, frame),
        })
    };
    graph.frames.iter().filter_map(of).collect()
}

/// How many frames a frame is inlined in.
fn depth(graph: &Graph, frame: &graph::Frame) -> u32 {
    let outer = |frame: &graph::Frame| {
        let (caller, _) = frame.caller?;
        graph.frames.get(caller.index())
    };
    std::iter::successors(outer(frame), |frame| outer(frame)).fold(0, |n, _| n + 1)
}

/// A graph that should not exist.
fn broken<T>(text: impl Into<String>) -> Result<T, Decline> {
    Err(Decline::CodeGenerator(text.into()))
}

/// How a representation is held in the machine.
fn type_of(rep: Rep) -> Type {
    match rep {
        Rep::Int32 => types::I32,
        Rep::Float64 => types::F64,
        Rep::Bool => types::I8,
        Rep::Tagged | Rep::Ptr | Rep::None => types::I64,
    }
}

/// One lowering.
struct Lower<'a> {
    graph: &'a Graph,
    snapshot: &'a Snapshot,
    target: &'a Target,
    builder: FunctionBuilder<'a>,
    /// By node.
    values: Vec<Option<Value>>,
    /// By block of the graph.
    blocks: Vec<Option<Block>>,
    /// The arguments.
    /// By block of the graph: whether it is in a small loop without loops in it.
    tight: Vec<bool>,
    loops: Loops,
    /// Doubles may be NaNs with any bits: they come from bytes that the program wrote.
    foreign_nans: bool,
    getters: cached::Getters,
    /// Constants, with the blocks they were made in last.
    constants: FxHashMap<NodeId, (Block, Value)>,
    /// The block in which the frame pointer was read last from its register, and the value. Gone after calls, so that it is never kept across one.
    frame_pointer: Option<(Block, Value)>,
    /// The same of the agent's address.
    agent: Option<(Block, Value)>,
    /// By node: whether it is lowered by the branch that asks for it.
    branched: Vec<bool>,
    /// What the register had in it before.
    outer: Value,
    /// The node being lowered.
    node: &'a Node,
    /// The nodes behind it in its block.
    behind: &'a [NodeId],
    exits: Exits,
    /// Shape ids in the code.
    shapes: Vec<u32>,
    /// By argument and result types.
    signatures: FxHashMap<u32, SigRef>,
    /// Cells that are not old: made or noted since what may have collected.
    fresh: Vec<NodeId>,
    /// The same where blocks of the graph end.
    fresh_behind: Vec<Vec<NodeId>>,
    /// The position that was saved last in this block of the graph.
    saved: Option<graph::Position>,
    /// Leaves with a value after making the caller's frame current.
    leave: Option<Block>,
    /// Leaves with an exception.
    throw: Option<Block>,
}

/// Nodes of the largest loop in which compiled code may take longer to make for being a little faster.
const TIGHT: usize = 120;

/// Which blocks are in small loops without loops in them.
fn tight_loops(graph: &Graph, loops: &[Loop]) -> Vec<bool> {
    let mut tight = vec![false; graph.blocks.len()];
    for (i, l) in loops.iter().enumerate() {
        let nodes: usize = l.blocks.iter().map(|b| graph.block(*b).nodes.len()).sum();
        let is_tight = nodes <= TIGHT && !loops.iter().any(|inner| inner.parent == Some(i));
        if is_tight {
            l.blocks.iter().for_each(|b| tight[b.index()] = true);
        }
    }
    tight
}

/// Whether doubles are read as bytes.
fn reads_double_bytes(graph: &Graph) -> bool {
    let mut blocks = graph.order.iter().map(|id| graph.block(*id));
    blocks.any(|block| {
        block.nodes.iter().any(|id| {
            matches!(
                graph.node(*id).op,
                NodeOp::Load(Mem::F64, ..)
                    | NodeOp::LoadIndexed(Mem::F64, ..)
                    | NodeOp::LoadView(Mem::F64, _)
                    | NodeOp::Call(Helper::TypedLoad)
            )
        })
    })
}

impl<'a> Lower<'a> {
    fn new(
        graph: &'a Graph,
        snapshot: &'a Snapshot,
        target: &'a Target,
        function: &'a mut Function,
        buffers: &'a mut FunctionBuilderContext,
    ) -> Lower<'a> {
        let mut builder = FunctionBuilder::new(function, buffers);
        let entry = builder.create_block();
        builder.append_block_params_for_function_params(entry);
        // The signature has two parameters; the agent is a constant.
        let fp = match *builder.block_params(entry) {
            [_, fp] => fp,
            _ => Value::from_u32(0),
        };
        builder.switch_to_block(entry);
        let outer = builder.ins().get_pinned_reg(types::I64);
        builder.ins().set_pinned_reg(fp);
        let mut lower = Lower::with(graph, snapshot, target, builder, outer);
        lower.frame_pointer = Some((entry, fp));
        lower
    }

    /// What is in the current block of a function so far is not of the graph.
    fn with(
        graph: &'a Graph,
        snapshot: &'a Snapshot,
        target: &'a Target,
        builder: FunctionBuilder<'a>,
        outer: Value,
    ) -> Lower<'a> {
        /// Stands in where no node is being lowered.
        static NOWHERE: std::sync::LazyLock<Node> = std::sync::LazyLock::new(|| Node {
            op: NodeOp::Poll,
            inputs: SmallVec::new(),
            rep: Rep::None,
            block: BlockId(0),
            at: graph::Position {
                frame: graph::FrameId(0),
                pc: 0,
            },
            state: None,
            reason: None,
        });
        let loops = Loops::new(graph, &Dominators::new(graph));
        Lower {
            graph,
            snapshot,
            target,
            builder,
            values: vec![None; graph.nodes.len()],
            blocks: vec![None; graph.blocks.len()],
            constants: FxHashMap::default(),
            tight: tight_loops(graph, &loops.loops),
            loops,
            foreign_nans: reads_double_bytes(graph),
            getters: cached::Getters::of(graph),
            frame_pointer: None,
            agent: None,
            branched: branch::conditions(graph, snapshot),
            outer,
            node: &NOWHERE,
            exits: Exits::new(graph),
            shapes: Vec::new(),
            signatures: FxHashMap::default(),
            fresh: Vec::new(),
            fresh_behind: vec![Vec::new(); graph.blocks.len()],
            saved: None,
            behind: &[],
            leave: None,
            throw: None,
        }
    }

    /// Whether the code has loops in which collections may happen.
    fn function(&mut self) -> Result<bool, Decline> {
        let graph = self.graph;
        for &id in &graph.order {
            let block = self.builder.create_block();
            let graph_block = graph.block(id);
            if graph_block.cold {
                self.builder.set_cold_block(block);
            }
            self.blocks[id.index()] = Some(block);
            for &phi in &graph_block.phis {
                let ty = type_of(graph.node(phi).rep);
                let param = self.builder.append_block_param(block, ty);
                self.values[phi.index()] = Some(param);
            }
        }
        self.prologue()?;
        let mut clearing = Clearing::new(graph, self.snapshot, &self.loops.loops);
        let collects = clearing.is_some();
        if let Some(clearing) = &clearing {
            self.exits.store_always(&clearing.taken);
        }
        for (i, &id) in graph.order.iter().enumerate() {
            if i == 0 || !self.runs_on(graph.order[i - 1], id) {
                let block = self.block(id)?;
                self.builder.switch_to_block(block);
                self.saved = None;
                self.fresh.clear();
                if let [before] = graph.block(id).preds[..] {
                    self.fresh.extend(&self.fresh_behind[before.index()]);
                }
            }
            let graph_block = graph.block(id);
            for (n, &node) in graph_block.nodes.iter().enumerate() {
                if let Some(c) = clearing.take_if(|c| c.behind == n) {
                    self.clear(&c);
                }
                self.behind = &graph_block.nodes[n + 1..];
                self.node(node)?;
            }
            if let Some(c) = clearing.take() {
                self.clear(&c);
            }
            self.fresh_behind[id.index()].clone_from(&self.fresh);
            let next = graph.order.get(i + 1);
            if !next.is_some_and(|next| self.runs_on(id, *next)) {
                self.end(id, graph_block)?;
            }
        }
        self.finish_exits()?;
        self.epilogues()?;
        Ok(collects)
    }

    /// Whether a block can be lowered as one with the only one that leads to it.
    fn runs_on(&self, from: BlockId, to: BlockId) -> bool {
        let (before, block) = (self.graph.block(from), self.graph.block(to));
        matches!(before.end, End::Jump(next) if next == to)
            && block.preds.len() == 1
            && block.phis.is_empty()
            && block.cold == before.cold
    }

    /// Stack limits and interrupts, before the first block.
    fn prologue(&mut self) -> Result<(), Decline> {
        let layout = &self.snapshot.layout;
        let slow = self.cold_block();
        let need = u64::from(self.graph.stack_words) * 8;
        let Some(highest) = layout.stack_limit.checked_sub(need) else {
            return Err(Decline::TooBig);
        };
        let fp = self.fp();
        let high = self.compare(IntCC::UnsignedGreaterThan, fp, highest as i64);
        let fits = self.builder.create_block();
        self.branch(high, slow, fits);
        let sp = self.builder.ins().get_stack_pointer(types::I64);
        let low = self.compare(
            IntCC::UnsignedLessThan,
            sp,
            layout.native_stack_limit as i64,
        );
        let deep = self.builder.create_block();
        self.branch(low, slow, deep);
        let interrupt = self.load_absolute(types::I32, layout.interrupt);
        let start = self.block(BlockId(0))?;
        let quiet = self.builder.create_block();
        self.builder.ins().brif(interrupt, slow, &[], quiet, &[]);
        self.builder.switch_to_block(quiet);
        self.count_entry()?;
        self.fetch_registers(start);
        self.builder.switch_to_block(slow);
        let osr = i64::from(self.snapshot.osr.is_some());
        let osr = self.builder.ins().iconst(types::I32, osr);
        let fp = self.fp();
        let status = self.call_rarely(Helper::EnterSlow, &[fp, osr])?;
        let failed = self.cold_block();
        self.builder.ins().brif(status, failed, &[], start, &[]);
        self.builder.switch_to_block(failed);
        self.leave(status);
        Ok(())
    }

    /// Counts that warm code is run, if there is more to be had from hot code.
    fn count_entry(&mut self) -> Result<(), Decline> {
        let entries = self.snapshot.options.entries;
        if entries == 0 || !self.graph.wants_inlining {
            return Ok(());
        }
        let left = self.load_absolute(types::I32, entries);
        let left = self.builder.ins().iadd_imm_s(left, -1);
        self.store_absolute(left, entries);
        let (hot, on) = (self.cold_block(), self.builder.create_block());
        self.builder.ins().brif(left, on, &[], hot, &[]);
        self.builder.switch_to_block(hot);
        let fp = self.fp();
        self.call_rarely(Helper::Hot, &[fp])?;
        self.builder.ins().jump(on, &[]);
        self.builder.switch_to_block(on);
        Ok(())
    }

    /// The frame pointer.
    fn fp(&mut self) -> Value {
        let block = self.builder.current_block();
        if let Some((read, fp)) = self.frame_pointer
            && Some(read) == block
        {
            return fp;
        }
        let fp = self.builder.ins().get_pinned_reg(types::I64);
        self.frame_pointer = block.map(|block| (block, fp));
        fp
    }

    /// Returns a result to whatever entered this code.
    fn leave(&mut self, result: Value) {
        self.builder.ins().set_pinned_reg(self.outer);
        self.builder.ins().return_(&[result]);
    }

    /// The shared ways out, as far as they are used.
    fn epilogues(&mut self) -> Result<(), Decline> {
        if let Some(throw) = self.throw {
            let leave = self.leave_block();
            self.builder.switch_to_block(throw);
            let flags = self.snapshot.functions.first().map(|f| &f.code.flags);
            // An exception ends an activation of its own in a way of its own.
            let result = if flags.is_some_and(|f| f.generator || f.is_async) {
                let fp = self.fp();
                self.call_helper(Helper::ThrowOut, &[fp])?
            } else {
                self.exception()
            };
            self.jump(leave, result);
        }
        if let Some(leave) = self.leave {
            self.builder.switch_to_block(leave);
            let value = self.builder.block_params(leave)[0];
            let caller = self.load_word(frame::CALLER);
            self.store_absolute(caller, self.snapshot.layout.vm_fp);
            self.leave(value);
        }
        Ok(())
    }

    fn end(&mut self, id: BlockId, block: &'a GraphBlock) -> Result<(), Decline> {
        match &block.end {
            End::Jump(target) => {
                let args = self.phi_args(id, *target)?;
                let target = self.block(*target)?;
                self.builder.ins().jump(target, &args);
            }
            End::Branch {
                cond,
                then,
                otherwise,
            } => {
                let (mut cond, mut then, mut otherwise) = (*cond, *then, *otherwise);
                while let NodeOp::Not = self.graph.node(cond).op {
                    cond = self.input_of(cond, 0)?;
                    std::mem::swap(&mut then, &mut otherwise);
                }
                if self.branched[cond.index()] {
                    return self.branch_by_ways(id, cond, then, otherwise);
                }
                let mut cond = self.value(cond, Rep::Bool)?;
                if self.goes_last(id, otherwise, then) {
                    cond = self.negation(cond);
                    std::mem::swap(&mut then, &mut otherwise);
                }
                let then_args = self.phi_args(id, then)?;
                let else_args = self.phi_args(id, otherwise)?;
                let (then, otherwise) = (self.block(then)?, self.block(otherwise)?);
                self.builder
                    .ins()
                    .brif(cond, then, &then_args, otherwise, &else_args);
            }
            End::Switch {
                value,
                low,
                targets,
                default,
            } => self.switch(id, *value, *low, targets, *default)?,
            End::Catch { next, .. } => {
                let args = self.phi_args(id, *next)?;
                let next = self.block(*next)?;
                self.builder.ins().jump(next, &args);
            }
            End::Return { value, construct } => self.return_value(*value, *construct)?,
            End::Exit { state, reason } => {
                let to = self.graph.states.get(state.index());
                let Some(to) = to else {
                    return broken("an exit without a state");
                };
                let at = graph::Position {
                    frame: to.frame,
                    pc: to.pc,
                };
                let exit = self.exit_at(*state, *reason, at, false)?;
                self.builder.ins().jump(exit, &[]);
            }
            End::Unreachable => {
                // A user trap has no meaning to anyone; it stops what must not happen.
                self.builder.ins().trap(TrapCode::unwrap_user(1));
            }
            End::Open => return broken("a block without an end"),
        }
        Ok(())
    }

    /// Whether block `a` is better placed further away from `from`, which branches to it, than block `b` is. The generator puts
    /// the first target of a branch behind the second and all that it leads to, and gives registers to values by their
    /// ranges in that order: cold blocks would tear these to pieces, and what follows a loop is best not amid it.
    fn goes_last(&self, from: BlockId, a: BlockId, b: BlockId) -> bool {
        let (cold, other_cold) = (self.graph.block(a).cold, self.graph.block(b).cold);
        if cold != other_cold {
            return cold;
        }
        let inside = |index, block| self.loops.contains(index, block);
        let around = self.loops.of(from);
        around.is_some_and(|l| !inside(l, a) && inside(l, b))
    }

    fn switch(
        &mut self,
        id: BlockId,
        value: NodeId,
        low: i32,
        targets: &[BlockId],
        default: BlockId,
    ) -> Result<(), Decline> {
        let value = self.value(value, Rep::Int32)?;
        let index = if low == 0 {
            value
        } else {
            self.builder.ins().iadd_imm_s(value, -i64::from(low))
        };
        let mut calls = Vec::with_capacity(targets.len() + 1);
        for &target in targets.iter().chain([&default]) {
            let args = self.phi_args(id, target)?;
            let block = self.block(target)?;
            calls.push(self.builder.func.dfg.block_call(block, &args));
        }
        let Some(default) = calls.pop() else {
            return broken("a switch without a default");
        };
        let table = self
            .builder
            .create_jump_table(JumpTableData::new(default, &calls));
        self.builder.ins().br_table(index, table);
        Ok(())
    }

    fn return_value(&mut self, value: NodeId, construct: bool) -> Result<(), Decline> {
        let result = self.value(value, Rep::Tagged)?;
        let leave = self.leave_block();
        let known = self.known_object(value);
        if !construct || known == Some(true) {
            self.jump(leave, result);
            return Ok(());
        }
        let info = self.load_word(frame::INFO);
        let flag = self
            .builder
            .ins()
            .band_imm_s(info, frame::FLAG_CONSTRUCT as i64);
        let by_construct = self.builder.create_block();
        self.builder
            .ins()
            .brif(flag, by_construct, &[], leave, &[result.into()]);
        self.builder.switch_to_block(by_construct);
        let this = self.load_word(frame::THIS);
        let chosen = if known == Some(false) {
            this
        } else {
            let object = self.is_object(result, false);
            self.builder.ins().select(object, result, this)
        };
        self.jump(leave, chosen);
        Ok(())
    }

    /// Lowers one node. The work is in the modules by family; this is the table.
    fn node(&mut self, id: NodeId) -> Result<(), Decline> {
        use NodeOp::*;
        if self.branched[id.index()] {
            return Ok(());
        }
        self.node = self.graph.node(id);
        let op = &self.node.op;
        if op.effects().exits {
            self.stress()?;
        }
        let result =
            match op {
                Phi => return broken("a phi among the nodes"),
                // Made where they are used, see `Lower::value`.
                Const(_) | Ptr(_) | Int(_) | Bool(_) => None,
                Float(bits) => Some(self.builder.ins().f64const(Ieee64::with_bits(*bits))),
                FramePtr(_) | LoadReg(_) | StoreReg(_) | StoreRaw(..) | Load(..) | Store(..)
                | LoadIndexed(..) | StoreIndexed(..) | StoreShape(_) | Barrier => self.memory()?,
                EnterFrame(_)
                | LeaveFrame(_)
                | Call(_)
                | Instruction(_)
                | Suspend(_)
                | CallCode { .. }
                | CallAny { .. }
                | Poll => self.call()?,
                LoadCached => Some(match self.call_routine(Routine::LoadCached, &[0, 1])? {
                    Some(found) => found,
                    None => self.load_cached()?,
                }),
                StoreCached => Some(match self.call_routine(Routine::StoreCached, &[0, 1, 2])? {
                    Some(done) => done,
                    None => self.store_cached()?,
                }),
                New { template, .. } => Some(self.new_cell(*template)?),
                // Only frame states refer to it.
                Eliminated(_) => None,
                IntToTagged | FloatToTagged | BoolToTagged | IntToFloat | UintToFloat
                | FloatToInt | NumberToFloat | UntagInt | UntagBool | BoolToInt
                | OddballToNumber => Some(self.conversion()?),
                CheckInt | CheckNumber | CheckFloatInt | CheckTruncate | CheckBool | CheckCell
                | CheckObject | CheckKind(_) | CheckShape(_) | CheckValue(_) | CheckNotHole
                | CheckDense | CheckCode(_) | CheckBounds | CheckUint | CheckIs(_)
                | CheckValid(_) => self.check_node()?,
                IntArith(_) | IntNeg | Bit(_) | BitNot | Clz | FloatArith(_) | FloatUnary(_) => {
                    Some(self.arithmetic()?)
                }
                IntCmp(_) | UintCmp(_) | FloatCmp(_) | SameBits | Is(_) | Not | Truthy => {
                    Some(self.test()?)
                }
                Atomic(op) => Some(self.atomic(*op)?),
                ViewData => Some(self.view_data()?),
                LoadView(mem, big) => Some(self.load_view(*mem, *big)?),
                StoreView(mem, big) => {
                    self.store_view(*mem, *big)?;
                    None
                }
                StringData | StringUnit | CharString | TypedLength | HoleToUndefined => {
                    Some(self.string_node()?)
                }
            };
        self.values[id.index()] = result;
        self.note_fresh(id);
        Ok(())
    }

    // ---- small things

    /// The value of a node, which must have that representation. Constants are made anew in every block that uses them: most
    /// become part of an instruction, and the others need no register from block to block.
    fn value(&mut self, id: NodeId, rep: Rep) -> Result<Value, Decline> {
        let have = self.graph.node(id).rep;
        let value = match self.graph.node(id).op {
            NodeOp::Const(_) | NodeOp::Ptr(_) | NodeOp::Int(_) | NodeOp::Bool(_) => {
                self.constant_here(id)
            }
            _ => self.values[id.index()],
        };
        match value {
            Some(value) if type_of(have) == type_of(rep) => Ok(value),
            Some(_) => broken(format!("node {} is {have:?}, not {rep:?}", id.0)),
            None => broken(format!("node {} has no value", id.0)),
        }
    }

    /// The value of a constant node in the current block.
    fn constant_here(&mut self, id: NodeId) -> Option<Value> {
        let block = self.builder.current_block();
        if let Some((made_in, value)) = self.constants.get(&id)
            && Some(*made_in) == block
        {
            return Some(*value);
        }
        let (ty, bits) = match self.graph.node(id).op {
            NodeOp::Const(bits) | NodeOp::Ptr(bits) => (types::I64, bits as i64),
            NodeOp::Int(i) => (types::I32, i64::from(i)),
            NodeOp::Bool(b) => (types::I8, i64::from(b)),
            _ => return None,
        };
        let value = self.builder.ins().iconst(ty, bits);
        self.constants.insert(id, (block?, value));
        Some(value)
    }

    /// The node's input.
    fn input_of(&self, id: NodeId, i: usize) -> Result<NodeId, Decline> {
        match self.graph.node(id).inputs.get(i) {
            Some(&input) => Ok(input),
            None => broken(format!("node {} without input {i}", id.0)),
        }
    }

    /// The current node's input.
    fn input_node(&self, i: usize) -> Result<NodeId, Decline> {
        match self.node.inputs.get(i) {
            Some(&input) => Ok(input),
            None => broken(format!("{:?} without input {i}", self.node.op)),
        }
    }

    /// The value of the current node's input.
    fn input(&mut self, i: usize, rep: Rep) -> Result<Value, Decline> {
        self.value(self.input_node(i)?, rep)
    }

    /// The current node's input if it is an int32 constant.
    fn input_int(&self, i: usize) -> Result<Option<i32>, Decline> {
        Ok(match self.graph.node(self.input_node(i)?).op {
            NodeOp::Int(i) => Some(i),
            _ => None,
        })
    }

    /// Why the current node exits, if it does not say it itself.
    fn reason(&self, default: Reason) -> Reason {
        self.node.reason.unwrap_or(default)
    }

    fn block(&self, id: BlockId) -> Result<Block, Decline> {
        match self.blocks.get(id.index()) {
            Some(Some(block)) => Ok(*block),
            _ => broken(format!("block {} is not in the order", id.0)),
        }
    }

    /// What a block passes to a successor's phis.
    fn phi_args(&mut self, from: BlockId, to: BlockId) -> Result<SmallVec<[BlockArg; 8]>, Decline> {
        let block = self.graph.block(to);
        if block.phis.is_empty() {
            return Ok(SmallVec::new());
        }
        let Some(edge) = block.preds.iter().position(|p| *p == from) else {
            return broken(format!("block {} is no predecessor of {}", from.0, to.0));
        };
        let mut args = SmallVec::with_capacity(block.phis.len());
        for &phi in &block.phis {
            let input = self.input_of(phi, edge)?;
            args.push(self.value(input, self.graph.node(phi).rep)?.into());
        }
        Ok(args)
    }

    fn cold_block(&mut self) -> Block {
        let block = self.builder.create_block();
        self.builder.set_cold_block(block);
        block
    }

    /// Branches and goes on in the second block.
    fn branch(&mut self, cond: Value, then: Block, otherwise: Block) {
        self.builder.ins().brif(cond, then, &[], otherwise, &[]);
        self.builder.switch_to_block(otherwise);
    }

    /// Branches to a new block if the condition holds and goes on there, else to the given one, which is placed further away
    /// ([`Lower::goes_last`]).
    fn branch_on(&mut self, cond: Value, otherwise: Block) {
        let not = self.negation(cond);
        let on = self.builder.create_block();
        self.branch(not, otherwise, on);
    }

    /// The same with a condition that nothing else uses, and that was made last: a comparison becomes the opposite one in place.
    fn branch_on_this(&mut self, cond: Value, otherwise: Block) {
        let made = self.builder.func.dfg.value_def(cond).inst();
        let Some(inst) = made.filter(|inst| {
            let block = self.builder.current_block();
            block.and_then(|b| self.builder.func.layout.last_inst(b)) == Some(*inst)
        }) else {
            return self.branch_on(cond, otherwise);
        };
        match &mut self.builder.func.dfg.insts[inst] {
            InstructionData::IntCompare { cond, .. } => *cond = cond.complement(),
            InstructionData::FloatCompare { cond, .. } => *cond = cond.complement(),
            _ => return self.branch_on(cond, otherwise),
        }
        let on = self.builder.create_block();
        self.branch(cond, otherwise, on);
    }

    /// What holds if a condition does not; a comparison becomes the opposite one, so that it stays part of a branch.
    fn negation(&mut self, cond: Value) -> Value {
        let dfg = &self.builder.func.dfg;
        if let ValueDef::Result(inst, 0) = dfg.value_def(cond)
            && self.builder.func.layout.inst_block(inst) == self.builder.current_block()
        {
            match dfg.insts[inst] {
                InstructionData::IntCompare {
                    cond, args: [a, b], ..
                } => {
                    return self.builder.ins().icmp(cond.complement(), a, b);
                }
                InstructionData::FloatCompare {
                    cond, args: [a, b], ..
                } => {
                    return self.builder.ins().fcmp(cond.complement(), a, b);
                }
                _ => {}
            }
        }
        self.compare(IntCC::Equal, cond, 0)
    }

    /// Jumps to a block with one parameter.
    fn jump(&mut self, block: Block, argument: Value) {
        self.builder.ins().jump(block, &[argument.into()]);
    }

    /// The agent's address, once per block: its words, and much else that belongs to it, are told by their distance from there.
    fn agent(&mut self) -> Value {
        let block = self.builder.current_block();
        if let Some((made, agent)) = self.agent
            && Some(made) == block
        {
            return agent;
        }
        let agent = self.word(self.snapshot.layout.agent);
        self.agent = block.map(|block| (block, agent));
        agent
    }

    fn word(&mut self, bits: u64) -> Value {
        self.builder.ins().iconst(types::I64, bits as i64)
    }

    fn exception(&mut self) -> Value {
        self.word(value::EXCEPTION)
    }

    fn compare(&mut self, cond: IntCC, a: Value, b: i64) -> Value {
        self.builder.ins().icmp_imm_s(cond, a, b)
    }

    /// The block that leaves the function with a value.
    fn leave_block(&mut self) -> Block {
        if let Some(block) = self.leave {
            return block;
        }
        let block = self.builder.create_block();
        self.builder.append_block_param(block, types::I64);
        self.leave = Some(block);
        block
    }

    /// Where the current node goes when it throws.
    fn throw_block(&mut self) -> Result<Block, Decline> {
        if let End::Catch { node, handler, .. } = self.graph.block(self.node.block).end
            && std::ptr::eq(self.graph.node(node), self.node)
        {
            return self.block(handler);
        }
        if let Some(state) = self.node.state {
            return self.exit_at(state, Reason::Exception, self.node.at, true);
        }
        if let Some(block) = self.throw {
            return Ok(block);
        }
        let block = self.cold_block();
        self.throw = Some(block);
        Ok(block)
    }
}
