//! The one walk over the frames of the running code, and over the activations that await it.
//!
//! Everything that looks at the stack for JavaScript's eyes (traces of errors, the place of a throw, the active script) comes
//! through here. The walk only reads; describing frames is the runtime's business.

use crate::frame::*;
use crate::vm::{callee_of, vm};
use sarus_bytecode::{CodeKind, Op};
use sarus_gc::Gc;
use sarus_runtime::agent::Agent;
use sarus_runtime::builtins::call_site::{Forwarding, forwarding};
use sarus_runtime::builtins::generator;
use sarus_runtime::builtins::promise::{self, Awaiter};
use sarus_runtime::code::LinkedCode;
use sarus_runtime::kind::CellKind;
use sarus_runtime::object::Object;
use sarus_runtime::object::bound;
use sarus_runtime::object::generator::{GeneratorKind, GeneratorState};
use sarus_runtime::stack_trace::{Capture, FrameFlags, Place, RawFrame};
use sarus_runtime::value::Value;

/// Promises that are followed from one suspended activation to the next.
const MAX_HOPS: usize = 4096;
/// Functions that a call is followed through until the one that runs.
const MAX_FORWARDS: usize = 8;

/// Shows a capture the frames of the running code, innermost first, then those that await it, until it has enough.
pub fn capture_stack(agent: &Agent, capture: &mut Capture) {
    if walk_frames(agent, capture) {
        walk_awaiting(agent, capture);
    }
}

fn walk_frames(agent: &Agent, capture: &mut Capture) -> bool {
    let mut fp = vm(agent).fp();
    // Whether Rust code runs on top of the frame, and the generator it resumed.
    let mut below_rust = true;
    let mut resumed = None;
    while !fp.is_null() {
        let f = Frame::saved(fp);
        let info = f.info();
        if (below_rust || resumed.is_some())
            && !visit_natives(f, below_rust, resumed.take(), capture)
        {
            return false;
        }
        if let Some(frame) = frame_of(f)
            && !capture.visit(frame)
        {
            return false;
        }
        if info & FLAG_RESUMED != 0 {
            resumed = resumed_generator(f);
        }
        below_rust = info & FLAG_ENTRY != 0;
        fp = f.caller();
    }
    resumed.is_none_or(|frame| capture.visit(frame))
}

/// Shows the native function between a frame and what runs on top of it: what the frame calls if that is Rust code, and `next` of the
/// generator that is resumed.
fn visit_natives(
    f: Frame,
    below_rust: bool,
    resumed: Option<RawFrame>,
    capture: &mut Capture,
) -> bool {
    let native = if below_rust { native_callee(f) } else { None };
    let native = match (native, resumed) {
        (Some(n), Some(g)) if n.receiver == g.receiver && !is_next(n) => Some(n),
        (Some(n), Some(g)) if n.receiver != g.receiver => {
            if !capture.visit(g) {
                return false;
            }
            Some(n)
        }
        (native, g) => g.or(native),
    };
    native.is_none_or(|native| capture.visit(native))
}

/// Whether a native frame is %GeneratorPrototype%.next.
fn is_next(f: RawFrame) -> bool {
    let native = f.function.as_object().and_then(Object::as_native);
    native.is_some_and(|n| std::ptr::fn_addr_eq(n.function(), generator::NEXT))
}

/// The frame as JavaScript sees it; None for a function inside the body of a builtin, which nobody sees.
#[inline(always)]
fn frame_of(f: Frame) -> Option<RawFrame> {
    if f.code().block().source.builtin {
        frame_of_body(f)
    } else {
        Some(frame_of_code(f))
    }
}

/// The closure is the body of a native function, which it keeps.
fn frame_of_body(f: Frame) -> Option<RawFrame> {
    let body = callee_of(f).and_then(|o| o.as_function());
    let native = body.map_or(Value::UNDEFINED, |b| b.class_or_active());
    (!native.is_undefined()).then(|| RawFrame {
        function: native,
        receiver: f.reg(THIS),
        code: None,
        offset: 0,
        flags: FrameFlags::NATIVE,
    })
}

/// The frame of a function or script of the program.
#[inline]
fn frame_of_code(f: Frame) -> RawFrame {
    let code = f.code();
    let block = code.block();
    let is_function = matches!(block.kind, CodeKind::Function | CodeKind::ClassInit);
    let construct =
        block.kind == CodeKind::Function && !block.flags.arrow && !f.reg(NEW_TARGET).is_undefined();
    let this = f.reg(THIS);
    RawFrame {
        function: match callee_of(f) {
            Some(o) if is_function => o.into(),
            _ => Value::UNDEFINED,
        },
        // The `this` of arrow functions is another function's.
        receiver: if !is_function || block.flags.arrow || this.is_hole() {
            Value::UNDEFINED
        } else {
            this
        },
        code: Some(code),
        offset: f.offset(),
        flags: if construct {
            FrameFlags::CONSTRUCT
        } else {
            FrameFlags::default()
        },
    }
}

/// The frame of `next` of the generator whose frame this is, if it was resumed.
fn resumed_generator(f: Frame) -> Option<RawFrame> {
    if f.info() & FLAG_RESUMED == 0 {
        return None;
    }
    let reg = f.code().block().generator_reg;
    if reg == sarus_bytecode::NO_REGISTER {
        return None;
    }
    let v = f.reg(reg as usize);
    let cell = v.as_object()?.as_generator()?;
    (cell.generator_kind() == GeneratorKind::Sync).then(|| RawFrame {
        function: f.reg(CALLEE),
        receiver: v,
        code: None,
        offset: 0,
        flags: FrameFlags::NATIVE.with(FrameFlags::GENERATOR_NEXT),
    })
}

/// The native function that the instruction of a frame is calling.
fn native_callee(f: Frame) -> Option<RawFrame> {
    let construct = match f.op() {
        Op::Call | Op::CallMethod | Op::CallSpread => false,
        Op::Construct | Op::ConstructSpread | Op::SuperCall | Op::SuperCallSpread => true,
        _ => return None,
    };
    let base = f.bc();
    let mut callee = f.reg(base).as_object()?;
    let mut receiver = if construct {
        Value::UNDEFINED
    } else {
        f.reg(base + THIS)
    };
    // Arguments stand in the window unless they were spread.
    let mut arguments = match f.op() {
        Op::Call | Op::CallMethod => base + ARGS..base + ARGS + f.x(2) as usize,
        _ => 0..0,
    };
    for _ in 0..MAX_FORWARDS {
        if let Some(b) = bound::bound_target(callee) {
            (callee, receiver, arguments) = (b.target, b.this, 0..0);
            continue;
        }
        if !callee.is(CellKind::NativeFunction) {
            return None;
        }
        let mut next = || arguments.next().map_or(Value::UNDEFINED, |i| f.reg(i));
        match forwarding(callee.as_native()?.function()) {
            Forwarding::None => return Some(native_frame(callee, receiver, construct)),
            Forwarding::Hidden => return None,
            Forwarding::This => {
                let target = receiver;
                receiver = next();
                callee = target.as_object()?;
            }
            Forwarding::Argument => {
                callee = next().as_object()?;
                receiver = next();
            }
        }
    }
    None
}

fn native_frame(callee: Object, receiver: Value, construct: bool) -> RawFrame {
    let flags = if construct {
        FrameFlags::NATIVE.with(FrameFlags::CONSTRUCT)
    } else {
        FrameFlags::NATIVE
    };
    RawFrame {
        function: callee.into(),
        receiver,
        code: None,
        offset: 0,
        flags,
    }
}

/// Follows the promises from what the running job reacts to.
fn walk_awaiting(agent: &Agent, capture: &mut Capture) {
    let mut next = promise::current_reaction(agent);
    // The innermost activation runs: it is on the stack already.
    if let Some(Awaiter::Activation(running)) = next {
        let executing = running
            .as_generator()
            .is_some_and(|g| g.state() == GeneratorState::Executing);
        next = promise::activation_promise(running)
            .filter(|_| executing)
            .map(Awaiter::Promise);
    }
    for _ in 0..MAX_HOPS {
        let promise = match next {
            None => return,
            Some(Awaiter::Promise(promise)) => promise,
            Some(Awaiter::Combinator(kind, index, promise)) => {
                let frame = RawFrame {
                    function: kind,
                    receiver: Value::UNDEFINED,
                    code: None,
                    offset: index,
                    flags: FrameFlags::ASYNC.with(FrameFlags::COMBINATOR),
                };
                if !capture.visit(frame) {
                    return;
                }
                promise
            }
            Some(Awaiter::Activation(activation)) => {
                if let Some(frame) = suspended_frame(activation)
                    && !capture.visit(frame)
                {
                    return;
                }
                let Some(promise) = promise::activation_promise(activation) else {
                    return;
                };
                promise
            }
        };
        next = promise::awaiter(promise);
    }
}

/// The frame that a suspended activation saved.
fn suspended_frame(activation: Object) -> Option<RawFrame> {
    let cell = activation.as_generator()?;
    let word = |i: usize| cell.words().get(i).map(|w| Value::from_bits(w.get()));
    let code = word(CODE)?.as_linked_code()?;
    let arrow = code.block().flags.arrow;
    Some(RawFrame {
        function: word(CALLEE)
            .filter(|v| v.is_object())
            .unwrap_or(Value::UNDEFINED),
        receiver: word(THIS)
            .filter(|v| !arrow && !v.is_hole())
            .unwrap_or(Value::UNDEFINED),
        code: Some(code),
        offset: cell.suspension().1,
        flags: FrameFlags::ASYNC,
    })
}

/// The instruction that runs.
pub fn position(agent: &Agent) -> Place {
    let mut fp = vm(agent).fp();
    while !fp.is_null() {
        let f = Frame::saved(fp);
        if !f.code().block().source.builtin {
            return Place::Code(f.code(), f.offset());
        }
        fp = f.caller();
    }
    Place::Unknown
}

/// Where a text given to `eval` or `Function` comes from: `eval at f (file:1:1)`.
pub fn eval_origin(agent: &mut Agent) -> String {
    let fp = vm(agent).fp();
    let frame = (!fp.is_null()).then(|| Frame::saved(fp));
    match frame.and_then(frame_of) {
        None => "eval at <anonymous>".into(),
        Some(frame) => sarus_runtime::builtins::call_site::eval_origin(agent, &frame),
    }
}

/// GetActiveScriptOrModule.
pub fn active_script_or_module(agent: &Agent) -> Value {
    let mut fp = vm(agent).fp();
    while !fp.is_null() {
        let f = Frame::saved(fp);
        let code: Gc<LinkedCode> = f.code();
        let v = code.script_or_module();
        if !v.is_undefined() {
            return v;
        }
        fp = f.caller();
    }
    Value::UNDEFINED
}
