//! Stack traces: the frames of the running code as plain data.

use crate::frame::*;
use crate::vm::{callee_of, vm};
use sarus_bytecode::{CodeKind, Op};
use sarus_runtime::abstract_ops::{constructor_name, function_name};
use sarus_runtime::agent::{Agent, FrameInfo};
use sarus_runtime::kind::CellKind;
use sarus_runtime::value::Value;

/// The frames of the running code, innermost first, at most `limit`.
pub fn stack_trace(agent: &mut Agent, limit: usize) -> Vec<FrameInfo> {
    let mut frames = Vec::new();
    let mut fp = vm(agent).fp();
    while !fp.is_null() && frames.len() < limit {
        let f = Frame::saved(fp);
        if let Some(info) = native_callee(agent, f) {
            frames.push(info);
            if frames.len() == limit {
                break;
            }
        }
        frames.push(describe(agent, f));
        fp = f.caller();
    }
    frames
}

/// The native function that the instruction of a frame is calling, unless it makes the error itself.
fn native_callee(agent: &mut Agent, f: Frame) -> Option<FrameInfo> {
    let construct = match f.op() {
        Op::Call | Op::CallMethod | Op::CallSpread => false,
        Op::Construct | Op::ConstructSpread => true,
        _ => return None,
    };
    let o = f.reg(f.bc()).as_object()?;
    if !o.is(CellKind::NativeFunction) {
        return None;
    }
    let name = function_name(agent, o);
    if name.ends_with("Error") || name == "captureStackTrace" {
        return None;
    }
    let this = f.reg(f.bc() + THIS);
    let type_name = if construct {
        None
    } else {
        this.as_object().map(|o| constructor_name(agent, o))
    };
    Some(FrameInfo {
        function_name: name,
        type_name,
        is_native: true,
        is_construct: construct,
        ..FrameInfo::default()
    })
}

fn describe(agent: &mut Agent, f: Frame) -> FrameInfo {
    let code = f.code();
    let block = code.block();
    let at = block
        .source_map
        .lookup(f.offset())
        .map(|p| block.source.line_column(p.point));
    let (line, column) = at.map_or((0, 0), |at| (at.line, at.column));
    let function_name = match callee_of(f) {
        Some(o) if block.kind == CodeKind::Function || block.kind == CodeKind::ClassInit => {
            function_name(agent, o)
        }
        _ if block.kind == CodeKind::Eval => "eval".to_string(),
        _ => String::new(),
    };
    let is_construct = !f.reg(NEW_TARGET).is_undefined() && !block.flags.arrow;
    let this: Value = f.reg(THIS);
    let type_name = match this.as_object() {
        Some(o)
            if !is_construct && !block.flags.arrow && !o.is(CellKind::Global) && !o.is_exotic() =>
        {
            Some(constructor_name(agent, o))
        }
        _ => None,
    };
    FrameInfo {
        function_name,
        type_name,
        script_name: block.source.name.to_string(),
        line,
        column,
        is_native: false,
        is_construct,
        is_async: false,
        is_toplevel: matches!(block.kind, CodeKind::Script | CodeKind::Module),
        is_eval: block.kind == CodeKind::Eval,
    }
}

/// GetActiveScriptOrModule.
pub fn active_script_or_module(agent: &Agent) -> Value {
    let mut fp = vm(agent).fp();
    while !fp.is_null() {
        let f = Frame::saved(fp);
        let v = f.code().script_or_module();
        if !v.is_undefined() {
            return v;
        }
        fp = f.caller();
    }
    Value::UNDEFINED
}
