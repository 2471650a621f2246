//! The table of instructions: which method builds each.

use super::types::Types;
use super::{Builder, compare};
use crate::Decline;
use crate::graph::*;
use crate::helpers::Helper;
use crate::layout::{frame, value};
use sarus_bytecode::Op;
use sarus_bytecode::decode::Instruction;
use sarus_bytecode::opcodes::flags;

impl Builder<'_> {
    /// Whether there is a way to build the instruction.
    pub(super) fn is_known(&self, op: Op) -> bool {
        let own = matches!(
            op,
            Op::Jump
                | Op::JumpLoop
                | Op::JumpTable
                | Op::Return
                | Op::ReturnUndefined
                | Op::ReturnDerived
                | Op::Nop
                | Op::Move
                | Op::LoadFar
                | Op::StoreFar
                | Op::Debugger
                | Op::TailCall
                | Op::PopEnv
                | Op::GetEnv
                | Op::SetEnv
        ) || op.info().name.starts_with("Load")
            || op.info().has(flags::JUMP);
        own || self.snapshot.helpers.of_instruction(op).is_some()
    }

    /// Builds one instruction.
    pub(super) fn visit(&mut self, at: &Instruction) -> Result<(), Decline> {
        let o = at.operands();
        let n = |i: usize| o.get(i).map_or(0, |v| *v as u32);
        match at.op {
            Op::Nop | Op::Debugger => Ok(()),
            Op::LoadUndefined => self.load_bits(n(0), value::UNDEFINED),
            Op::LoadNull => self.load_bits(n(0), value::NULL),
            Op::LoadHole => self.load_bits(n(0), value::HOLE),
            Op::LoadTrue | Op::LoadFalse => {
                let v = self.emit(NodeOp::Bool(at.op == Op::LoadTrue), &[]);
                self.write(n(0), v);
                Ok(())
            }
            Op::LoadUndefinedRange => {
                self.undefined_range(n(1), n(0));
                Ok(())
            }
            Op::LoadInt => {
                let v = self.int_constant(o[1] as i32);
                self.write(n(0), v);
                Ok(())
            }
            Op::LoadConst => self.load_constant(n(0), n(1)),
            Op::Move | Op::LoadFar => {
                let v = self.read(n(1))?;
                self.write(n(0), v);
                Ok(())
            }
            Op::StoreFar => {
                let v = self.read(n(0))?;
                self.write(n(1), v);
                Ok(())
            }
            Op::Add
            | Op::Sub
            | Op::Mul
            | Op::Div
            | Op::Mod
            | Op::Exp
            | Op::BitAnd
            | Op::BitOr
            | Op::BitXor
            | Op::Shl
            | Op::Sar
            | Op::Shr
            | Op::AddImm
            | Op::SubImm
            | Op::MulImm
            | Op::DivImm
            | Op::ModImm
            | Op::BitAndImm
            | Op::BitOrImm
            | Op::BitXorImm
            | Op::ShlImm
            | Op::SarImm
            | Op::ShrImm => self.visit_binary(at),
            Op::Inc | Op::Dec | Op::Neg | Op::BitNot | Op::ToNumber | Op::ToNumeric => {
                self.visit_unary(at)
            }
            Op::Not => {
                let v = self.read(n(1))?;
                let truth = self.truth(v);
                let v = self.emit(NodeOp::Not, &[truth]);
                self.write(n(0), v);
                Ok(())
            }
            Op::ToString => self.visit_to_string(at),
            Op::ConcatStrings => self.visit_concat_strings(at),
            Op::ToPropertyKey | Op::ToObject => self.visit_conversion(at),
            Op::Typeof => {
                let v = self.read(n(1))?;
                let v = self.tagged(v);
                let v = self.emit(NodeOp::Call(Helper::TypeOf), &[v]);
                self.write(n(0), v);
                Ok(())
            }
            Op::TestTypeof => self.visit_test_typeof(at),
            Op::InstanceOf => self.visit_instance_of(at),
            Op::Less
            | Op::LessEq
            | Op::Greater
            | Op::GreaterEq
            | Op::Eq
            | Op::NotEq
            | Op::StrictEq
            | Op::StrictNotEq => self.visit_comparison(at),
            Op::Jump
            | Op::JumpLoop
            | Op::JumpTable
            | Op::JumpIfTrue
            | Op::JumpIfFalse
            | Op::LoopIfTrue
            | Op::LoopIfFalse
            | Op::JumpIfNullish
            | Op::JumpIfNotNullish
            | Op::JumpIfUndefined
            | Op::JumpIfNotUndefined
            | Op::JumpIfNull
            | Op::JumpIfNotNull => self.visit_jump(at),
            op if compare::relation(op).is_some() => {
                let immediate = op.info().name.ends_with("Imm");
                self.visit_compare_jump(at, immediate)
            }
            Op::LoadEnv0
            | Op::LoadEnv1
            | Op::LoadEnv
            | Op::LoadEnvChecked
            | Op::StoreEnv0
            | Op::StoreEnv1
            | Op::StoreEnv
            | Op::StoreEnvChecked
            | Op::PopEnv
            | Op::GetEnv
            | Op::SetEnv => self.visit_env(at),
            Op::CheckTdz | Op::CheckThis => self.visit_tdz(at),
            Op::LoadGlobal | Op::LoadGlobalOrUndefined => self.visit_load_global(at),
            Op::StoreGlobal | Op::StoreGlobalSloppy => self.visit_store_global(at),
            Op::GetProp | Op::GetLength => self.visit_get(at, n(1), n(0), o[2]),
            Op::GetMethod => self.visit_get(at, n(0), n(1), o[2]),
            Op::SetProp | Op::SetPropSloppy | Op::DefineOwn => self.visit_set(at),
            Op::GetPrivate => self.visit_get_private(at),
            Op::SetPrivate | Op::DefinePrivateField => self.visit_set_private(at),
            Op::GetElem | Op::GetElemRef => self.visit_get_elem(at),
            Op::SetElem | Op::SetElemSloppy => self.visit_set_elem(at),
            Op::Call | Op::CallMethod => self.visit_call(at),
            Op::Construct => self.visit_construct(at),
            Op::CoerceThis => self.visit_coerce_this(at),
            Op::Return => {
                let v = self.read(n(0))?;
                self.visit_return(v);
                Ok(())
            }
            Op::ReturnUndefined => {
                let v = self.undefined();
                self.visit_return(v);
                Ok(())
            }
            Op::ReturnDerived => self.visit_return_derived(at),
            Op::GeneratorStart
            | Op::ModuleStart
            | Op::Yield
            | Op::YieldDelegate
            | Op::Await
            | Op::GeneratorReturn
            | Op::AsyncReturn
            | Op::AsyncGeneratorReturn => self.visit_suspend(at),
            Op::TailCall => {
                self.visit_tail_call();
                Ok(())
            }
            Op::Throw => self.visit_throw(at),
            Op::Catch => self.visit_catch(at),
            Op::CheckObjectCoercible => self.visit_coercible(at),
            Op::In => self.visit_in(at),
            Op::IteratorStep => self.visit_iterator_step(at),
            Op::IteratorNextOrUndefined => self.visit_iterator_next(at),
            Op::GetIterator => self.visit_get_iterator(at),
            Op::IteratorClose => self.visit_iterator_close(at),
            Op::GetSuperProp => self.visit_super_get(at),
            Op::InitInstance => self.visit_init_instance(at),
            Op::GetSuperConstructor => self.visit_super_constructor(at),
            Op::GetSuperBase => self.visit_super_base(at),
            Op::CheckThisUninitialized => self.visit_this_uninitialized(at),
            Op::SuperCall | Op::SuperCallSpread => self.visit_super_call(at),
            Op::CreateMappedArguments | Op::CreateUnmappedArguments => {
                self.visit_create_arguments(at)
            }
            Op::CreateRest => self.visit_create_rest(at),
            Op::ArrayPush => self.visit_list_push(at),
            Op::ConstructSpread => self.visit_construct_spread(at),
            Op::CallSpread => self.visit_call_spread(at),
            Op::ArraySpread => self.visit_array_spread(at),
            Op::NewObject
            | Op::NewObjectWith
            | Op::NewArray
            | Op::NewArrayWith
            | Op::NewArrayConst
            | Op::CreateClosure
            | Op::PushEnv
            | Op::CloneEnv => self.visit_allocation(at),
            op if op.info().has(flags::JUMP) => self.general_jump(at),
            _ => self.general(at),
        }
    }

    fn load_bits(&mut self, dst: u32, bits: u64) -> Result<(), Decline> {
        let v = self.emit(NodeOp::Const(bits), &[]);
        self.write(dst, v);
        Ok(())
    }

    fn load_constant(&mut self, dst: u32, index: u32) -> Result<(), Decline> {
        let bits = self.function().constants.get(index as usize).copied();
        let bits = bits.unwrap_or(value::UNDEFINED);
        let v = if bits >= value::INT_TAG {
            self.int_constant(bits as u32 as i32)
        } else if bits >= value::DOUBLE_OFFSET {
            self.emit(NodeOp::Float(bits - value::DOUBLE_OFFSET), &[])
        } else {
            let v = self.constant(bits);
            let code = self.function().code.clone();
            if let Some(sarus_bytecode::Constant::String(_)) = code.constants.get(index as usize) {
                self.types[v.index()] = Types::STRING;
            }
            v
        };
        self.write(dst, v);
        Ok(())
    }

    /// Conversions of what is already what they give.
    fn visit_conversion(&mut self, at: &Instruction) -> Result<(), Decline> {
        let o = at.operands();
        let v = self.read(o[1] as u32)?;
        let types = self.types(v);
        let done = match at.op {
            Op::ToPropertyKey => {
                // Numbers that are no indices are converted to strings.
                types.within(Types::STRING)
            }
            _ => types.within(Types::OBJECT),
        };
        if !done {
            return self.general(at);
        }
        self.write(o[0] as u32, v);
        Ok(())
    }

    fn visit_coerce_this(&mut self, at: &Instruction) -> Result<(), Decline> {
        let this = self.read(frame::THIS)?;
        if self.types(this).within(Types::OBJECT) {
            return Ok(());
        }
        let bits = self.constant_bits(this);
        if bits.is_some() || self.has_exited(crate::snapshot::Reason::NotObject) {
            return self.general(at);
        }
        let this = self.tagged(this);
        self.check(
            NodeOp::CheckObject,
            &[this],
            crate::snapshot::Reason::NotObject,
        );
        self.refine(this, Types::OBJECT);
        Ok(())
    }

    fn visit_coercible(&mut self, at: &Instruction) -> Result<(), Decline> {
        let v = self.read(at.operands()[0] as u32)?;
        if !self.types(v).meets(Types::UNDEFINED.or(Types::NULL)) {
            return Ok(());
        }
        if self.has_exited(crate::snapshot::Reason::WrongValue) {
            return self.general(at);
        }
        let is = self.is(Test::Nullish, v);
        self.check(
            NodeOp::CheckIs(false),
            &[is],
            crate::snapshot::Reason::WrongValue,
        );
        Ok(())
    }
}
