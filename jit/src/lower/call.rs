//! Nodes that call: helpers, instructions of the interpreter, other compiled code; and the frames that calls see.

use super::{Lower, MEM, Routine, broken, type_of};
use crate::Decline;
use crate::graph::{End, FrameId, NodeOp, Position, Rep};
use crate::helpers::{Helper, HelperEffect};
use crate::layout::{frame, value};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{AbiParam, InstBuilder, SigRef, Signature, Type, Value, types};
use cranelift_codegen::isa::CallConv;
use sarus_bytecode::Op;
use smallvec::SmallVec;

/// The machine's type of a helper's result.
pub(super) fn result_type(helper: Helper) -> Type {
    match helper.info().ret {
        Rep::Bool => types::I32,
        rep => type_of(rep),
    }
}

impl Lower<'_> {
    pub(super) fn call(&mut self) -> Result<Option<Value>, Decline> {
        let node = self.node;
        match &node.op {
            NodeOp::EnterFrame(f) => {
                self.enter_frame(*f)?;
                Ok(None)
            }
            NodeOp::LeaveFrame(f) => {
                let base = self.frame_base(*f)?;
                self.make_current(base);
                Ok(None)
            }
            NodeOp::Call(helper @ (Helper::NewObject | Helper::NewObjectWith)) => {
                self.new_object(*helper)
            }
            NodeOp::Call(helper @ (Helper::StringEqual | Helper::StringIs)) => {
                self.string_equal(*helper == Helper::StringIs).map(Some)
            }
            NodeOp::Call(Helper::AtomOf) => self.atom_of().map(Some),
            NodeOp::Call(Helper::IsInstance) => {
                match self.call_routine(Routine::IsInstance, &[0, 1])? {
                    Some(is) => Ok(Some(is)),
                    None => self.is_instance(),
                }
            }
            NodeOp::Call(Helper::StrictEqual) => self.strict_equal().map(Some),
            NodeOp::Call(Helper::LooseEqual) => self.loose_equal().map(Some),
            NodeOp::Call(helper @ (Helper::FindInMap | Helper::FindInSet)) => {
                self.find_entry(*helper).map(Some)
            }
            NodeOp::Call(Helper::NumberToString) => self.number_to_string(),
            NodeOp::Call(Helper::TypedLoad) => self.typed_load().map(Some),
            NodeOp::Call(Helper::TypedStore) => self.typed_store().map(Some),
            NodeOp::Call(Helper::FindTrap) => self.find_trap(),
            NodeOp::Call(Helper::TrapGot) => self.trap_got(),
            NodeOp::Call(Helper::FindGetter) => self.find_getter().map(Some),
            NodeOp::Call(Helper::ResumeGenerator) => self.resume_generator().map(Some),
            NodeOp::Call(Helper::StepGenerator) => self.step_generator().map(Some),
            NodeOp::Call(helper) => self.helper_node(*helper),
            NodeOp::Instruction(op) => self.instruction(*op).map(Some),
            NodeOp::Suspend(op) => {
                let result = self.run_instruction(*op)?;
                Ok(Some(result))
            }
            NodeOp::CallCode { .. } => self.call_code().map(Some),
            NodeOp::CallAny { .. } => self.call_any().map(Some),
            NodeOp::Poll => {
                self.poll()?;
                Ok(None)
            }
            op => broken(format!("{op:?} is no call")),
        }
    }

    /// A call of a function of these types.
    pub(super) fn call_address(
        &mut self,
        address: Value,
        args: &[Value],
        ret: Type,
    ) -> Result<Value, Decline> {
        let signature = self.signature(args, Some(ret));
        let call = self.builder.ins().call_indirect(signature, address, args);
        self.frame_pointer = None;
        self.agent = None;
        match self.builder.inst_results(call) {
            [result] => Ok(*result),
            _ => broken("a call without a result"),
        }
    }

    /// The signature of a function of these types, or (without a result) of a shell.
    pub(super) fn signature(&mut self, args: &[Value], ret: Option<Type>) -> SigRef {
        let of = |ty: Type| match ty {
            types::I64 => 0,
            types::I32 => 1,
            _ => 2,
        };
        let args: SmallVec<[Type; 6]> = args
            .iter()
            .map(|a| self.builder.func.dfg.value_type(*a))
            .collect();
        let first = 4 | ret.map_or(3, of);
        let key = args.iter().fold(first, |key, ty| key << 2 | of(*ty));
        if let Some(known) = self.signatures.get(&key) {
            return *known;
        }
        let convention = match ret {
            Some(_) => self.target.isa.default_call_conv(),
            None => CallConv::PreserveAll,
        };
        let mut signature = Signature::new(convention);
        signature.params = args.iter().map(|ty| AbiParam::new(*ty)).collect();
        signature.returns.extend(ret.map(AbiParam::new));
        let reference = self.builder.import_signature(signature);
        self.signatures.insert(key, reference);
        reference
    }

    /// Calls a helper where that happens rarely: through its shell, if there is one, so that everything around stays in registers.
    pub(super) fn call_rarely(&mut self, helper: Helper, args: &[Value]) -> Result<Value, Decline> {
        let Some(address) = self.snapshot.helpers.shell(helper) else {
            return self.call_helper(helper, args);
        };
        let mut all: SmallVec<[Value; 6]> = SmallVec::new();
        all.push(self.agent());
        all.extend_from_slice(args);
        let signature = self.signature(&all, None);
        let address = self.word(address);
        self.builder.ins().call_indirect(signature, address, &all);
        let answer = self.snapshot.layout.answer;
        Ok(self.load_absolute(result_type(helper), answer))
    }

    /// Calls a helper with the agent and these arguments. The result is as the machine has it: `Bool` as 32 bits.
    pub(super) fn call_helper(&mut self, helper: Helper, args: &[Value]) -> Result<Value, Decline> {
        let addresses = &self.snapshot.helpers.named;
        let Some(&address) = addresses.get(helper as usize).filter(|a| **a != 0) else {
            return broken(format!("no address of {helper:?}"));
        };
        let address = self.word(address);
        let mut all: SmallVec<[Value; 6]> = SmallVec::new();
        all.push(self.agent());
        all.extend_from_slice(args);
        self.call_address(address, &all, result_type(helper))
    }

    pub(super) fn helper_node(&mut self, helper: Helper) -> Result<Option<Value>, Decline> {
        let info = helper.info();
        let mut args: SmallVec<[Value; 6]> = SmallVec::new();
        for (i, &rep) in info.args.iter().enumerate() {
            let arg = self.input(i, rep)?;
            args.push(match rep {
                Rep::Bool => self.builder.ins().uextend(types::I32, arg),
                _ => arg,
            });
        }
        if info.throws || info.effect == HelperEffect::Anything {
            self.save_position()?;
        }
        let result = self.call_helper(helper, &args)?;
        if info.throws {
            self.check_exception(result)?;
        }
        Ok(match info.ret {
            Rep::Bool => Some(self.builder.ins().ireduce(types::I8, result)),
            Rep::None => None,
            _ => Some(result),
        })
    }

    /// Runs an instruction of the interpreter on the node's frame: whether it jumps.
    fn instruction(&mut self, op: Op) -> Result<Value, Decline> {
        let status = self.run_instruction(op)?;
        Ok(self.builder.ins().ireduce(types::I32, status))
    }

    fn run_instruction(&mut self, op: Op) -> Result<Value, Decline> {
        let Some(address) = self.snapshot.helpers.of_instruction(op) else {
            return broken(format!("no address of instruction {op:?}"));
        };
        let at = self.node.at;
        let base = self.frame_base(at.frame)?;
        self.save_position()?;
        let function = self.graph.frames[at.frame.index()].function;
        let pc = self.position_address(function, at.pc)?;
        let pc = self.word(pc);
        let fp = self.frame_address(base);
        let address = self.word(address);
        let agent = self.agent();
        let status = self.call_address(address, &[agent, fp, pc], types::I64)?;
        self.check_exception(status)?;
        Ok(status)
    }

    /// Words above the frame pointer at which a frame begins.
    pub(super) fn frame_base(&self, id: FrameId) -> Result<u32, Decline> {
        match self.graph.frames.get(id.index()) {
            Some(frame) => Ok(frame.base),
            None => broken("a frame that does not exist"),
        }
    }

    /// Makes the frame at `base` the innermost one, unless another one will be before somebody may ask for it: of frames that are
    /// entered one in the other only the innermost is, and a call of code makes its own current.
    fn make_current(&mut self, base: u32) {
        let mut behind = self.behind.iter().map(|id| &self.graph.node(*id).op);
        let next = behind.find(|op| !self.ignores_current(op));
        let superseded = match next {
            Some(op) => matches!(
                op,
                NodeOp::EnterFrame(_) | NodeOp::LeaveFrame(_) | NodeOp::CallCode { .. }
            ),
            // The ways out say themselves what is current then.
            None => matches!(
                self.graph.block(self.node.block).end,
                End::Return { .. } | End::Exit { .. }
            ),
        };
        if !superseded {
            let fp = self.frame_address(base);
            self.store_absolute(fp, self.snapshot.layout.vm_fp);
        }
    }

    /// Writes the constant words of an inlined frame's header and makes it current. Where its caller goes on is written by exits,
    /// without which nothing returns from it.
    fn enter_frame(&mut self, id: FrameId) -> Result<(), Decline> {
        let graph = self.graph;
        let Some(inlined) = graph.frames.get(id.index()) else {
            return broken("a frame that does not exist");
        };
        let Some((caller, call_pc)) = inlined.caller else {
            return broken("the outermost frame is entered by its caller");
        };
        let caller_base = self.frame_base(caller)?;
        let Some(function) = self.snapshot.functions.get(inlined.function) else {
            return broken("a function that is not in the snapshot");
        };
        let base = inlined.base;
        let caller_fp = self.frame_address(caller_base);
        self.store_word(caller_fp, base + frame::CALLER);
        for (slot, bits) in [
            (frame::CODE, function.code_cell),
            (frame::INFO, inlined.info),
        ] {
            let bits = self.word(bits);
            self.store_word(bits, base + slot);
        }
        let at = Position {
            frame: caller,
            pc: call_pc,
        };
        if self.saved != Some(at) {
            self.store_position(at)?;
        }
        // The new frame may lie where one was whose position is remembered.
        self.saved = None;
        self.make_current(base);
        Ok(())
    }

    /// Calls the native entry of a known function's code.
    fn call_code(&mut self) -> Result<Value, Decline> {
        let node = self.node;
        let NodeOp::CallCode {
            code,
            base,
            argc,
            arrow,
            construct,
        } = node.op
        else {
            return broken("not a call of code");
        };
        let offsets = &self.snapshot.layout.offsets;
        let closure = self.input(0, Rep::Tagged)?;
        let caller = self.frame_base(node.at.frame)?;
        let caller = self.frame_address(caller);
        self.store_word(caller, base + frame::CALLER);
        let code = self.word(code);
        self.store_word(code, base + frame::CODE);
        let mut info = u64::from(argc) | frame::FLAG_ENTRY;
        if construct {
            info |= frame::FLAG_CONSTRUCT;
        }
        let info = self.word(info);
        self.store_word(info, base + frame::INFO);
        let new_target = if construct {
            self.input(1, Rep::Tagged)?
        } else if arrow {
            self.load_field(closure, offsets.arrow_new_target)
        } else {
            self.word(value::UNDEFINED)
        };
        self.store_word(new_target, base + frame::NEW_TARGET);
        let env = self.load_field(closure, offsets.function_env);
        self.store_word(env, base + frame::ENV);
        if arrow {
            let this = self.load_field(closure, offsets.arrow_this);
            self.store_word(this, base + frame::THIS);
        }
        self.save_position()?;
        let window = self.frame_address(base);
        self.store_absolute(window, self.snapshot.layout.vm_fp);
        let entry = self.load_field(code, offsets.native_entry);
        let agent = self.agent();
        let result = self.call_address(entry, &[agent, window], types::I64)?;
        self.check_exception(result)?;
        Ok(result)
    }

    pub(super) fn load_field(&mut self, cell: Value, offset: i32) -> Value {
        self.builder.ins().load(types::I64, MEM, cell, offset)
    }

    /// Looks whether something wants attention.
    fn poll(&mut self) -> Result<(), Decline> {
        let interrupt = self.load_absolute(types::I32, self.snapshot.layout.interrupt);
        let slow = self.cold_block();
        let on = self.builder.create_block();
        self.builder.ins().brif(interrupt, slow, &[], on, &[]);
        self.builder.switch_to_block(slow);
        let at = self.node.at;
        self.store_position(at)?;
        let base = self.frame_base(at.frame)?;
        let fp = self.frame_address(base);
        let status = self.call_rarely(Helper::Poll, &[fp])?;
        let throw = self.throw_block()?;
        let thrown = self.compare(IntCC::NotEqual, status, 0);
        self.builder.ins().brif(thrown, throw, &[], on, &[]);
        self.builder.switch_to_block(on);
        self.count_entry()
    }
}
