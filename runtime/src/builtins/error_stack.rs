//! Stack traces of errors as V8 has them: the own `stack` property, `Error.captureStackTrace`,
//! `Error.stackTraceLimit`, `Error.prepareStackTrace` with its call sites; and the
//! `Error.prototype.stack` accessor.
//!
//! The text is made when the error is made. Nothing here runs JavaScript except a
//! `prepareStackTrace` that the program installed, which is never entered while it runs.

use super::table::{NamespaceSpec, method};
use crate::abstract_ops::{
    constructor_name, create_data_property_or_throw, define_property_or_throw, display_value,
    function_name, set,
};
use crate::agent::{Agent, CallArgs, FrameInfo};
use crate::error::{JsResult, Throw};
use crate::kind::CellKind;
use crate::object::Object;
use crate::object::data::NativeData;
use crate::object::ordinary::{Lookup, add_named, lookup_own};
use crate::property::{Attributes, PropertyDescriptor, PropertyKey};
use crate::realm::Intrinsic;
use crate::value::Value;
use sarus_bytecode::Feature;
use sarus_gc::Tracer;

/// `Error.stackTraceLimit` of a fresh realm.
pub(super) const DEFAULT_LIMIT: f64 = 10.0;
/// No trace is longer, whatever the program asks for.
const MAX_LIMIT: f64 = 200.0;
/// Frames that are looked at beyond the limit for the function to start below.
const SKIPPABLE: usize = 64;
/// The error's field that holds the text of the trace.
const TEXT: usize = 0;

/// The prototype of call sites.
pub static CALL_SITE_PROTOTYPE: NamespaceSpec = NamespaceSpec {
    intrinsic: Intrinsic::CallSitePrototype,
    parent: Some(Intrinsic::ObjectPrototype),
    properties: &[
        method("getColumnNumber", 0, |agent, cx| {
            let f = site(agent, cx, "getColumnNumber")?;
            Ok(position(f.is_native, f.column))
        }),
        method("getEnclosingColumnNumber", 0, |agent, cx| {
            let f = site(agent, cx, "getEnclosingColumnNumber")?;
            Ok(position(f.is_native, f.column))
        }),
        method("getEnclosingLineNumber", 0, |agent, cx| {
            let f = site(agent, cx, "getEnclosingLineNumber")?;
            Ok(position(f.is_native, f.line))
        }),
        method("getEvalOrigin", 0, |agent, cx| {
            site(agent, cx, "getEvalOrigin")?;
            Ok(Value::UNDEFINED)
        }),
        method("getFileName", 0, |agent, cx| {
            script(agent, cx, "getFileName")
        }),
        method("getFunction", 0, |agent, cx| {
            // Functions and receivers of strict code are never handed out; neither are others.
            site(agent, cx, "getFunction")?;
            Ok(Value::UNDEFINED)
        }),
        method("getFunctionName", 0, |agent, cx| {
            let name = site(agent, cx, "getFunctionName")?.function_name;
            Ok(text_or_null(agent, &name))
        }),
        method("getLineNumber", 0, |agent, cx| {
            let f = site(agent, cx, "getLineNumber")?;
            Ok(position(f.is_native, f.line))
        }),
        method("getMethodName", 0, |agent, cx| {
            let f = site(agent, cx, "getMethodName")?;
            let name = match f.type_name {
                Some(_) => f.function_name,
                None => String::new(),
            };
            Ok(text_or_null(agent, &name))
        }),
        method("getPosition", 0, |agent, cx| {
            site(agent, cx, "getPosition")?;
            Ok(Value::int(0))
        }),
        method("getPromiseIndex", 0, |agent, cx| {
            site(agent, cx, "getPromiseIndex")?;
            Ok(Value::NULL)
        }),
        method("getScriptNameOrSourceURL", 0, |agent, cx| {
            script(agent, cx, "getScriptNameOrSourceURL")
        }),
        method("getScriptHash", 0, |agent, cx| {
            site(agent, cx, "getScriptHash")?;
            Ok(agent.empty_string().into())
        }),
        method("getThis", 0, |agent, cx| {
            site(agent, cx, "getThis")?;
            Ok(Value::UNDEFINED)
        }),
        method("getTypeName", 0, |agent, cx| {
            let name = site(agent, cx, "getTypeName")?.type_name;
            Ok(text_or_null(agent, &name.unwrap_or_default()))
        }),
        method("isAsync", 0, |agent, cx| {
            Ok(Value::bool(site(agent, cx, "isAsync")?.is_async))
        }),
        method("isConstructor", 0, |agent, cx| {
            Ok(Value::bool(site(agent, cx, "isConstructor")?.is_construct))
        }),
        method("isEval", 0, |agent, cx| {
            Ok(Value::bool(site(agent, cx, "isEval")?.is_eval))
        }),
        method("isNative", 0, |agent, cx| {
            Ok(Value::bool(site(agent, cx, "isNative")?.is_native))
        }),
        method("isPromiseAll", 0, |agent, cx| {
            site(agent, cx, "isPromiseAll")?;
            Ok(Value::FALSE)
        }),
        method("isToplevel", 0, |agent, cx| {
            let f = site(agent, cx, "isToplevel")?;
            Ok(Value::bool(f.is_toplevel || f.type_name.is_none()))
        }),
        method("toString", 0, |agent, cx| {
            let text = frame_text(&site(agent, cx, "toString")?);
            Ok(agent.new_string(&text).into())
        }),
    ],
};

struct CallSite(FrameInfo);

impl NativeData for CallSite {
    fn trace(&self, _: &mut Tracer) {}
}

/// The frame of a call site; call sites are rare enough to be copied.
fn site(agent: &mut Agent, cx: &CallArgs, name: &str) -> JsResult<FrameInfo> {
    if let Some(o) = cx.this().as_object()
        && let Some(site) = o.data::<CallSite>()
    {
        return Ok(site.0.clone());
    }
    let text = display_value(agent, cx.this());
    Err(agent.type_error(format!(
        "CallSite method {name} expects CallSite as receiver, got {text}"
    )))
}

fn position(is_native: bool, n: u32) -> Value {
    if is_native || n == 0 {
        Value::NULL
    } else {
        Value::uint(n)
    }
}

fn text_or_null(agent: &mut Agent, text: &str) -> Value {
    if text.is_empty() {
        Value::NULL
    } else {
        agent.new_string(text).into()
    }
}

fn script(agent: &mut Agent, cx: &CallArgs, name: &str) -> JsResult<Value> {
    let f = site(agent, cx, name)?;
    if f.script_name.is_empty() {
        return Ok(Value::UNDEFINED);
    }
    Ok(agent.new_string(&f.script_name).into())
}

/// Gives a new error its `stack`, before anything else as V8 does; `capture` fills it in.
pub(super) fn reserve(agent: &mut Agent, o: Object) {
    if agent.options.features.has(Feature::ErrorStackAccessor) {
        // Only %Error.prototype% has the property.
        return;
    }
    let key = agent.names.stack;
    add_named(agent, o, key, Value::UNDEFINED, Attributes::WC);
}

/// Captures the running code's stack into an error made by `reserve`. The frames of `below` (the
/// constructor that `new` named) and those above it are left out.
pub(super) fn capture(agent: &mut Agent, o: Object, below: Option<Object>) {
    let Some(frames) = frames(agent, below, false) else {
        return;
    };
    let v = stack_value(agent, o, frames);
    let key = agent.names.stack;
    if let Some(e) = o.shape(agent).lookup(key) {
        o.store_existing_slot(agent, e.slot, v);
    }
    o.set_field(agent, TEXT, v);
}

/// `Error.stackTraceLimit` and `Error.prepareStackTrace` are looked at without running JavaScript.
fn own_data_of_error(agent: &mut Agent, key: PropertyKey) -> Option<Value> {
    let error = agent.realm.intrinsic_if_built(Intrinsic::Error)?;
    match lookup_own(agent, error, key) {
        Lookup::Data(v, _) => Some(v),
        _ => None,
    }
}

/// The frames to show; None when there is to be no trace at all.
fn frames(agent: &mut Agent, below: Option<Object>, must_find: bool) -> Option<Vec<FrameInfo>> {
    let limit = match agent.realm.intrinsic_if_built(Intrinsic::Error) {
        None => DEFAULT_LIMIT,
        Some(_) => {
            let key = agent.names.stackTraceLimit;
            own_data_of_error(agent, key)?.as_number()?
        }
    };
    // NaN and negative limits give an empty trace.
    let limit = limit.clamp(0.0, MAX_LIMIT) as usize;
    let skip = below
        .map(|f| function_name(agent, f))
        .filter(|name| !name.is_empty());
    let wanted = if skip.is_some() {
        limit + SKIPPABLE
    } else {
        limit
    };
    let mut frames = (agent.hooks.stack_trace)(agent, wanted);
    if let Some(name) = skip {
        match frames.iter().position(|f| f.function_name == name) {
            Some(i) => {
                frames.drain(..=i);
            }
            None if must_find => frames.clear(),
            None => {}
        }
    }
    frames.truncate(limit);
    Some(frames)
}

/// What `stack` is to hold: the text, or what `Error.prepareStackTrace` makes of the call sites.
fn stack_value(agent: &mut Agent, o: Object, frames: Vec<FrameInfo>) -> Value {
    let key = agent.names.prepareStackTrace;
    if !agent.library.preparing_stack
        && let Some(prepare) = own_data_of_error(agent, key)
        && prepare.is_callable()
    {
        agent.library.preparing_stack = true;
        let prepared = prepare_stack(agent, prepare, o, &frames);
        agent.library.preparing_stack = false;
        match prepared {
            Ok(v) => return v,
            // A formatter that throws is as good as none; a fault stays under way.
            Err(Throw) => {
                agent.take_exception();
            }
        }
    }
    let head = header_text(agent, o);
    let text = format_stack(&head, &frames);
    agent.new_string(&text).into()
}

fn prepare_stack(
    agent: &mut Agent,
    prepare: Value,
    o: Object,
    frames: &[FrameInfo],
) -> JsResult<Value> {
    agent.check_native_stack()?;
    // The exception under way, if any, is not this call's.
    let saved = agent.exception;
    let proto = agent.intrinsic(Intrinsic::CallSitePrototype);
    let mut sites = agent.heap.root_vec::<Value>();
    for f in frames {
        let site = agent.new_data_object(Some(proto), Box::new(CallSite(f.clone())));
        sites.push(site.into());
    }
    let sites = agent.new_array_from(sites.as_slice());
    let this = agent.intrinsic(Intrinsic::Error).into();
    let v = agent.call(prepare, this, &[o.into(), sites.into()])?;
    agent.exception = saved;
    Ok(v)
}

/// `name: message` as Error.prototype.toString gives it, without running JavaScript.
fn header_text(agent: &mut Agent, o: Object) -> String {
    let (name, message) = (agent.names.name, agent.names.message);
    let name = inherited_text(agent, o, name).unwrap_or_else(|| {
        if o.is(CellKind::Error) {
            "Error".into()
        } else {
            constructor_name(agent, o)
        }
    });
    let message = inherited_text(agent, o, message).unwrap_or_default();
    match (name.is_empty(), message.is_empty()) {
        (_, true) => name,
        (true, _) => message,
        _ => format!("{name}: {message}"),
    }
}

/// A data property that is a string, looked up along ordinary prototypes.
fn inherited_text(agent: &mut Agent, o: Object, key: PropertyKey) -> Option<String> {
    let mut at = Some(o);
    while let Some(p) = at {
        if p.is_exotic() {
            return None;
        }
        match lookup_own(agent, p, key) {
            Lookup::Data(v, _) => return v.as_string().map(|s| s.to_rust_string(agent)),
            Lookup::Accessor(..) => return None,
            Lookup::Absent => at = p.shape(agent).prototype_object(),
        }
    }
    None
}

/// V8's stack format: `Error: message\n    at f (file:line:column)`.
pub fn format_stack(head: &str, frames: &[FrameInfo]) -> String {
    let mut text = head.to_string();
    for f in frames {
        text.push_str("\n    at ");
        text.push_str(&frame_text(f));
    }
    text
}

/// One line of a trace, without the `at`.
fn frame_text(f: &FrameInfo) -> String {
    let place = if f.is_native || f.script_name.is_empty() {
        "<anonymous>".to_string()
    } else {
        format!("{}:{}:{}", f.script_name, f.line, f.column)
    };
    let name = &f.function_name;
    let called = match &f.type_name {
        _ if f.is_construct && name.is_empty() => "new <anonymous>".to_string(),
        _ if f.is_construct => format!("new {name}"),
        Some(class) if name.is_empty() => format!("{class}.<anonymous>"),
        Some(class) if !name.starts_with(class.as_str()) => format!("{class}.{name}"),
        _ => name.clone(),
    };
    let is_async = if f.is_async { "async " } else { "" };
    if called.is_empty() {
        format!("{is_async}{place}")
    } else {
        format!("{is_async}{called} ({place})")
    }
}

/// `Error.captureStackTrace ( object [ , function ] )` of V8.
pub(super) fn capture_stack_trace(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let Some(o) = cx.arg(0).as_object() else {
        let text = display_value(agent, cx.arg(0));
        return Err(agent.type_error(format!("Invalid argument: {text}")));
    };
    let below = cx.arg(1).as_object().filter(|f| f.is_callable());
    let v = match frames(agent, below, true) {
        Some(frames) => stack_value(agent, o, frames),
        None => Value::UNDEFINED,
    };
    let key = agent.names.stack;
    let d = PropertyDescriptor::data(v, Attributes::WC);
    define_property_or_throw(agent, o, key, &d)?;
    Ok(Value::UNDEFINED)
}

/// get Error.prototype.stack: the trace of an error, whatever its own `stack` says.
pub(super) fn get_stack(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let Some(o) = cx.this().as_object() else {
        return Err(agent.type_error("Error.prototype.stack getter called on non-object"));
    };
    if !o.is(CellKind::Error) {
        return Ok(Value::UNDEFINED);
    }
    let v = o.field(TEXT);
    Ok(if v.is_string() {
        v
    } else {
        let head = header_text(agent, o);
        agent.new_string(&head).into()
    })
}

/// set Error.prototype.stack
pub(super) fn set_stack(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let Some(o) = cx.this().as_object() else {
        return Err(agent.type_error("Error.prototype.stack setter called on non-object"));
    };
    let v = cx.arg(0);
    if !v.is_string() {
        let text = display_value(agent, v);
        return Err(agent.type_error(format!("Error stack must be a string, got {text}")));
    }
    // 7.3.33 SetterThatIgnoresPrototypeProperties
    let home = agent.intrinsic(Intrinsic::ErrorPrototype);
    let key = agent.names.stack;
    if o == home {
        return Err(agent.type_error("Cannot assign to read only property 'stack' of object"));
    }
    if o.get_own_property(agent, key)?.is_none() {
        create_data_property_or_throw(agent, o, key, v)?;
    } else {
        set(agent, o, key, v, true)?;
    }
    Ok(Value::UNDEFINED)
}
