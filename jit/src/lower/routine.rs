//! Routines: what some nodes do, as code of its own that warm code calls.
//!
//! Most of what becomes warm in large programs never becomes hot, and making its code takes longer than running it. So their code
//! that is only warm calls one routine where other code has everything in place; and all code calls some on rarer ways. A routine
//! is lowered by the same functions; like a shell ([`super::shell`]) it keeps every register and puts its answer into a word of
//! memory. It is made when the first code asks for it.

use super::target::Target;
use super::{Lower, broken, type_of};
use crate::Decline;
use crate::code::CompiledCode;
use crate::graph::{BlockId, FrameId, Graph, Node, NodeId, NodeOp, Position, Rep};
use crate::helpers::Helper;
use crate::layout::Layout;
use crate::snapshot::{HelperAddresses, Options, Snapshot};
use cranelift_codegen::ir::{AbiParam, InstBuilder, Signature, Value, types};
use cranelift_codegen::isa::CallConv;
use cranelift_frontend::FunctionBuilder;
use smallvec::SmallVec;
use std::sync::Arc;

/// What there are routines for.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Routine {
    /// Room for a cell of a size in bytes.
    Room,
    /// [`NodeOp::LoadCached`].
    LoadCached,
    /// [`NodeOp::StoreCached`].
    StoreCached,
    /// [`NodeOp::Truthy`].
    Truthy,
    /// A call of [`Helper::IsInstance`].
    IsInstance,
    /// [`NodeOp::CallAny`]; called and answers as functions do, since that is what it calls.
    CallAny,
}

/// Every routine, in the order of their numbers.
pub const ROUTINES: &[Routine] = &[
    Routine::Room,
    Routine::LoadCached,
    Routine::StoreCached,
    Routine::Truthy,
    Routine::IsInstance,
    Routine::CallAny,
];

impl Routine {
    /// The representations of what it takes.
    fn inputs(self) -> &'static [Rep] {
        match self {
            Routine::Room => &[Rep::Ptr],
            Routine::Truthy => &[Rep::Tagged],
            Routine::LoadCached | Routine::IsInstance => &[Rep::Tagged; 2],
            Routine::StoreCached => &[Rep::Tagged; 3],
            Routine::CallAny => &[Rep::Ptr; 5],
        }
    }

    /// The node in whose place it is called, and the representation of what it answers.
    fn node(self) -> (NodeOp, Rep) {
        match self {
            Routine::Room => (NodeOp::FramePtr(0), Rep::Ptr),
            Routine::CallAny => (NodeOp::FramePtr(0), Rep::Tagged),
            Routine::LoadCached => (NodeOp::LoadCached, Rep::Tagged),
            Routine::StoreCached => (NodeOp::StoreCached, Rep::Bool),
            Routine::Truthy => (NodeOp::Truthy, Rep::Bool),
            Routine::IsInstance => (NodeOp::Call(Helper::IsInstance), Rep::Int32),
        }
    }

    /// A graph of its inputs and its node.
    fn graph(self) -> Graph {
        let mut graph = Graph::default();
        let block = graph.new_block();
        graph.order.push(block);
        let mut inputs = SmallVec::new();
        let (op, rep) = self.node();
        let given = self.inputs().iter().zip(0..);
        for (&rep, i) in given {
            let node = node(NodeOp::LoadReg(i), SmallVec::new(), rep, block);
            inputs.push(graph.make(node));
        }
        graph.make(node(op, inputs, rep, block));
        graph
    }
}

fn node(op: NodeOp, inputs: SmallVec<[NodeId; 3]>, rep: Rep, block: BlockId) -> Node {
    Node {
        op,
        inputs,
        rep,
        block,
        at: Position {
            frame: FrameId(0),
            pc: 0,
        },
        state: None,
        reason: None,
    }
}

/// Makes a routine for an agent's memory.
///
/// # Errors
/// [`Decline::CodeGenerator`] if the host has no such calling convention.
pub fn routine(
    routine: Routine,
    layout: Arc<Layout>,
    helpers: Arc<HelperAddresses>,
) -> Result<CompiledCode, Decline> {
    let target = Target::host()?;
    if target.isa.default_call_conv() != CallConv::SystemV || layout.heap_cursor == 0 {
        return broken("no routines on this system");
    }
    let answer = layout.answer;
    let snapshot = Snapshot {
        functions: Vec::new(),
        osr: None,
        realm: 0,
        layout,
        helpers,
        objects: Vec::new(),
        array_shape: 0,
        iteration: None,
        arguments: [None, None],
        iter_result: 0,
        known: Vec::new(),
        no_elements: 0,
        all_no_elements: 0,
        options: Options::default(),
        code_number: 0,
    };
    let graph = routine.graph();
    let calls = routine == Routine::CallAny;
    let mut signature = match calls {
        true => Signature::new(CallConv::SystemV),
        false => Signature::new(CallConv::PreserveAll),
    };
    let params = routine.inputs().iter();
    signature.params = params.map(|rep| AbiParam::new(type_of(*rep))).collect();
    if calls {
        signature.returns.push(AbiParam::new(types::I64));
    }
    let output = target.generate(signature, false, |function, buffers| {
        let mut builder = FunctionBuilder::new(function, buffers);
        let entry = builder.create_block();
        builder.append_block_params_for_function_params(entry);
        builder.switch_to_block(entry);
        let params = builder.block_params(entry).to_vec();
        let nowhere = Value::from_u32(0);
        let mut lower = Lower::with(&graph, &snapshot, target, builder, nowhere);
        for (slot, &param) in lower.values.iter_mut().zip(&params) {
            *slot = Some(param);
        }
        let (Some(node), Some(&first)) = (graph.nodes.last(), params.first()) else {
            return broken("a routine of nothing");
        };
        lower.node = node;
        let result = match routine {
            Routine::Room => lower.room(first, None)?,
            Routine::LoadCached => lower.load_cached()?,
            Routine::StoreCached => lower.store_cached()?,
            Routine::Truthy => lower.whole_truthy(first)?,
            Routine::IsInstance => match lower.is_instance()? {
                Some(result) => result,
                None => return broken("no answer"),
            },
            Routine::CallAny => lower.call_any_routine(&params)?,
        };
        if calls {
            lower.builder.ins().return_(&[result]);
        } else {
            lower.store_absolute(result, answer);
            lower.builder.ins().return_(&[]);
        }
        lower.builder.seal_all_blocks();
        lower.builder.finalize(target.isa.frontend_config());
        Ok(())
    })?;
    Ok(CompiledCode {
        bytes: output.bytes,
        alignment: output.alignment,
        ..CompiledCode::default()
    })
}

impl Lower<'_> {
    /// Calls the routine with these inputs in place of the current node, if there is one and it is asked for.
    pub(super) fn call_routine(
        &mut self,
        routine: Routine,
        inputs: &[usize],
    ) -> Result<Option<Value>, Decline> {
        if !self.snapshot.options.routines {
            return Ok(None);
        }
        let mut args: SmallVec<[Value; 3]> = SmallVec::new();
        for (&i, &rep) in inputs.iter().zip(routine.inputs()) {
            args.push(self.input(i, rep)?);
        }
        Ok(self.ask_routine(routine, &args))
    }

    /// Room for a cell from the routine, if it is asked.
    pub(super) fn ask_for_room(&mut self, size: u32) -> Option<Value> {
        if !self.snapshot.options.routines {
            return None;
        }
        let size = self.builder.ins().iconst(types::I64, i64::from(size));
        self.ask_routine(Routine::Room, &[size])
    }

    /// Calls a routine with these values, if there is one.
    pub(super) fn ask_routine(&mut self, routine: Routine, args: &[Value]) -> Option<Value> {
        let address = self.snapshot.helpers.routine(routine)?;
        let signature = self.signature(args, None);
        let address = self.word(address);
        self.builder.ins().call_indirect(signature, address, args);
        let ty = type_of(routine.node().1);
        Some(self.load_absolute(ty, self.snapshot.layout.answer))
    }
}
