//! The functions that programs may call under `--allow-natives-syntax`. Their names and arguments stand in
//! `parser/src/natives.rs`; one match says what each does.

use crate::frame::Frame;
use crate::tier::control;
use crate::vm::vm;
use sarus_bytecode::Native;
use sarus_gc::{CollectReason, Gc};
use sarus_runtime::abstract_ops::display_value;
use sarus_runtime::agent::{Agent, CallArgs};
use sarus_runtime::code::LinkedCode;
use sarus_runtime::error::JsResult;
use sarus_runtime::function::NativeFn;
use sarus_runtime::kind::KINDS;
use sarus_runtime::object::Object;
use sarus_runtime::shape::{Shape, ShapeMode};
use sarus_runtime::value::Value;
use std::fmt::Write as _;
use std::io::Write as _;

/// Properties of a shape that `%DebugPrint` shows.
const MAX_NAMES: usize = 20;

/// The implementation of a native.
pub fn function(native: Native) -> NativeFn {
    match native {
        Native::PrepareFunctionForOptimization => |agent, cx| {
            on_code(agent, cx, |agent, code| {
                control::prepare(agent, code).map(|_| ())
            })
        },
        Native::OptimizeFunctionOnNextCall => {
            |agent, cx| on_code(agent, cx, control::optimize_on_next_call)
        }
        Native::NeverOptimizeFunction => |agent, cx| {
            on_code(agent, cx, |_, code| {
                control::never_optimize(code);
                Ok(())
            })
        },
        Native::DeoptimizeFunction => |agent, cx| {
            on_code(agent, cx, |agent, code| {
                control::deoptimize(agent, code);
                Ok(())
            })
        },
        Native::DeoptimizeNow => |agent, _| {
            if let Some(code) = calling_code(agent) {
                control::deoptimize(agent, code);
            }
            Ok(Value::UNDEFINED)
        },
        Native::ClearFunctionFeedback => |agent, cx| {
            on_code(agent, cx, |agent, code| {
                control::forget(agent, code);
                Ok(())
            })
        },
        Native::GetOptimizationStatus => optimization_status,
        Native::ActiveTierIsIgnition => |_, cx| {
            Ok(Value::bool(
                code_of(cx.arg(0)).is_some_and(|c| !c.is_compiled()),
            ))
        },
        Native::ActiveTierIsTurbofan => |_, cx| {
            Ok(Value::bool(
                code_of(cx.arg(0)).is_some_and(|c| c.is_compiled()),
            ))
        },
        Native::OptimizeOsr => |agent, _| {
            if let Some(code) = calling_code(agent) {
                control::optimize_loop(agent, code);
            }
            Ok(Value::UNDEFINED)
        },
        Native::FinalizeOptimization => |agent, _| {
            control::finalize(agent);
            Ok(Value::UNDEFINED)
        },
        // Calls in compiled code are replaced by `false`.
        Native::IsBeingInterpreted => |_, _| Ok(Value::TRUE),
        Native::HasFastProperties => |agent, cx| {
            let fast = |o: Object| o.shape(agent).mode() != ShapeMode::Dictionary;
            Ok(Value::bool(cx.arg(0).as_object().is_some_and(fast)))
        },
        Native::HasDictionaryElements => |_, cx| {
            let sparse = |o: Object| !o.has_dense_elements();
            Ok(Value::bool(cx.arg(0).as_object().is_some_and(sparse)))
        },
        Native::HaveSameMap => |_, cx| {
            let shape = |i| cx.arg(i).as_object().map(Object::shape_id);
            Ok(Value::bool(shape(0).is_some() && shape(0) == shape(1)))
        },
        Native::DebugPrint => |agent, cx| {
            let text = describe(agent, cx.arg(0));
            let _ = std::io::stdout().write_all(text.as_bytes());
            Ok(cx.arg(0))
        },
        Native::CollectGarbage => |agent, _| {
            agent.heap.collect(CollectReason::Explicit);
            Ok(Value::UNDEFINED)
        },
    }
}

/// The linked code of a closure.
fn code_of(v: Value) -> Option<Gc<LinkedCode>> {
    Some(v.as_object()?.as_function()?.code())
}

/// Does something with the code of the first argument, if that is a closure.
fn on_code(
    agent: &mut Agent,
    cx: &CallArgs,
    f: impl FnOnce(&mut Agent, Gc<LinkedCode>) -> JsResult<()>,
) -> JsResult<Value> {
    if let Some(code) = code_of(cx.arg(0)) {
        f(agent, code)?;
    }
    Ok(Value::UNDEFINED)
}

/// The code of the innermost frame: natives have none.
fn calling_code(agent: &Agent) -> Option<Gc<LinkedCode>> {
    let fp = vm(agent).fp();
    (!fp.is_null()).then(|| Frame::saved(fp).code())
}

/// Bits of `%GetOptimizationStatus`, as V8's `OptimizationStatus`.
mod status {
    pub const FUNCTION: i32 = 1;
    pub const NEVER: i32 = 1 << 1;
    pub const ALWAYS: i32 = 1 << 2;
    pub const OPTIMIZED: i32 = 1 << 4;
    pub const TOP_TIER: i32 = 1 << 6;
    pub const INTERPRETED: i32 = 1 << 7;
    pub const MARKED: i32 = 1 << 8;
    pub const IN_PROGRESS: i32 = 1 << 10;
    pub const EXECUTING: i32 = 1 << 11;
    pub const LAZY: i32 = 1 << 18;
}

fn optimization_status(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let Some(code) = code_of(cx.arg(0)) else {
        let is_function = cx.arg(0).as_object().is_some_and(Object::is_callable);
        return Ok(if is_function {
            Value::int(status::FUNCTION)
        } else {
            Value::UNDEFINED
        });
    };
    let state = control::state(agent, code);
    let mut bits = status::FUNCTION;
    let mut add = |is: bool, bit: i32| bits |= if is { bit } else { 0 };
    add(state.never, status::NEVER);
    add(agent.options.tier.always, status::ALWAYS);
    add(state.compiled, status::OPTIMIZED | status::TOP_TIER);
    add(!state.compiled && !code.is_lazy(), status::INTERPRETED);
    add(code.is_lazy(), status::LAZY);
    add(state.asked, status::MARKED);
    add(state.pending, status::IN_PROGRESS);
    add(state.executing, status::EXECUTING);
    Ok(Value::int(bits))
}

/// What the engine knows of a value.
fn describe(agent: &mut Agent, v: Value) -> String {
    let mut text = String::from("DebugPrint: ");
    let Some(o) = v.as_object() else {
        let kind = if v.is_int() {
            "int32"
        } else if v.is_number() {
            "double"
        } else if v.is_cell() {
            "cell"
        } else {
            "immediate"
        };
        let shown = display_value(agent, v);
        let _ = writeln!(text, "{shown} ({kind}, {:#x})", v.bits());
        return text;
    };
    let kind = KINDS[o.kind() as usize].name;
    let _ = writeln!(text, "{:#x}: [{kind}]", o.addr());
    let shape = o.shape(agent);
    let mode = match shape.mode() {
        ShapeMode::Shared => "shared",
        ShapeMode::Unique => "its own",
        ShapeMode::Dictionary => "dictionary",
    };
    let names = shape_names(agent, shape, MAX_NAMES);
    let _ = writeln!(
        text,
        " - shape: #{} ({mode}) {names}, {} slots inline",
        shape.id(),
        shape.inline_capacity()
    );
    let prototype = display_value(agent, shape.prototype());
    let _ = writeln!(text, " - prototype: {prototype}");
    if o.has_dense_elements() {
        let _ = writeln!(text, " - elements: {} dense", o.elements().values().len());
    } else {
        text.push_str(" - elements: sparse\n");
    }
    if let Some(code) = code_of(v) {
        let state = control::state(agent, code);
        let tier = match (state.compiled, code.is_lazy()) {
            (true, _) => "compiled",
            (_, true) => "not parsed yet",
            _ => "interpreted",
        };
        let words = code.block().words.len();
        let _ = writeln!(
            text,
            " - code: {tier}, {words} words, feedback: {}",
            code.has_feedback()
        );
    }
    text
}

/// The names of a shape's properties, `{x, y, …}`.
pub fn shape_names(agent: &mut Agent, shape: Gc<Shape>, most: usize) -> String {
    let entries = shape.entries();
    let names: Vec<String> = entries
        .iter()
        .take(most)
        .map(|e| e.key.display(agent))
        .collect();
    let rest = if entries.len() > most { ", …" } else { "" };
    format!("{{{}{rest}}}", names.join(", "))
}
