//! Shells: code between compiled code and a helper that keeps every register.
//!
//! What a loop holds in registers would have to be saved around a call in it even if that call hardly ever happens, because of
//! what the helper may do to registers (all floating-point ones, by the System V convention). A shell saves them itself, and only
//! when it runs. Its convention allows no result: that goes to a word of memory ([`crate::layout::Layout::answer`]), from where the
//! caller fetches it at once.

use super::call::result_type;
use super::target::Target;
use super::{MEM, broken, type_of};
use crate::Decline;
use crate::code::CompiledCode;
use crate::helpers::Helper;
use cranelift_codegen::ir::{AbiParam, InstBuilder, Signature, types};
use cranelift_codegen::isa::CallConv;
use cranelift_frontend::FunctionBuilder;

/// Helpers that compiled code calls through shells.
pub const SHELLED: &[Helper] = &[
    Helper::EnterSlow,
    Helper::Hot,
    Helper::Poll,
    Helper::Truthy,
    Helper::DoubleToInt32,
    Helper::NewCell,
    Helper::StringEqual,
    Helper::AtomOf,
    Helper::StrictEqual,
    Helper::LooseEqual,
    Helper::IsInstance,
    Helper::StringData,
    Helper::FromCharCode,
    Helper::TypedLength,
    Helper::LoadCached,
    Helper::StoreCached,
    Helper::NewObject,
    Helper::NewObjectWith,
    Helper::LogCell,
];

/// Makes the shell of a helper that is at an address; answers go to the word at another one.
///
/// # Errors
/// [`Decline::CodeGenerator`] if the host has no such calling convention.
pub fn shell(helper: Helper, address: u64, answer: u64) -> Result<CompiledCode, Decline> {
    let target = Target::host()?;
    if target.isa.default_call_conv() != CallConv::SystemV {
        return broken("no shells on this system");
    }
    let mut inner = Signature::new(CallConv::SystemV);
    inner.params.push(AbiParam::new(types::I64));
    for &rep in helper.info().args {
        inner.params.push(AbiParam::new(type_of(rep)));
    }
    let mut outer = Signature::new(CallConv::PreserveAll);
    outer.params = inner.params.clone();
    inner.returns.push(AbiParam::new(result_type(helper)));
    let output = target.generate(outer, false, |function, buffers| {
        let mut builder = FunctionBuilder::new(function, buffers);
        let entry = builder.create_block();
        builder.append_block_params_for_function_params(entry);
        builder.switch_to_block(entry);
        let params = builder.block_params(entry).to_vec();
        let signature = builder.import_signature(inner);
        let address = builder.ins().iconst(types::I64, address as i64);
        let call = builder.ins().call_indirect(signature, address, &params);
        let [result] = *builder.inst_results(call) else {
            return broken("a call without a result");
        };
        let place = builder.ins().iconst(types::I64, answer as i64);
        builder.ins().store(MEM, result, place, 0);
        builder.ins().return_(&[]);
        builder.seal_all_blocks();
        builder.finalize(target.isa.frontend_config());
        Ok(())
    })?;
    Ok(CompiledCode {
        bytes: output.bytes,
        alignment: output.alignment,
        ..CompiledCode::default()
    })
}
