//! Frames of captured traces: what they are called, where they are, their text, and V8's call-site objects.
//!
//! Nothing here runs JavaScript: names are read from data properties only.

use super::promise_combinators::combinator_name;
use super::table::{NamespaceSpec, method};
use super::{array_constructor, error_stack, function, proxy, reflect};
use crate::abstract_ops::{display_value, function_name};
use crate::agent::{Agent, CallArgs};
use crate::error::JsResult;
use crate::function::NativeFn;
use crate::kind::{CellKind, mark_value};
use crate::object::data::NativeData;
use crate::object::ordinary::{Lookup, lookup_own};
use crate::object::{Object, accessor_parts};
use crate::property::PropertyKey;
use crate::realm::Intrinsic;
use crate::stack_trace::{FrameFlags, RawFrame};
use crate::value::Value;
use sarus_bytecode::{CodeBlock, CodeKind};
use sarus_gc::Tracer;

/// The prototype of call sites.
pub static CALL_SITE_PROTOTYPE: NamespaceSpec = NamespaceSpec {
    intrinsic: Intrinsic::CallSitePrototype,
    parent: Some(Intrinsic::ObjectPrototype),
    properties: &[
        method("getColumnNumber", 0, |agent, cx| {
            let f = site(agent, cx, "getColumnNumber")?;
            Ok(number_or_null(position(&f).map(|(_, column)| column)))
        }),
        method("getEnclosingColumnNumber", 0, |agent, cx| {
            let f = site(agent, cx, "getEnclosingColumnNumber")?;
            Ok(number_or_null(enclosing(&f).map(|(_, column)| column)))
        }),
        method("getEnclosingLineNumber", 0, |agent, cx| {
            let f = site(agent, cx, "getEnclosingLineNumber")?;
            Ok(number_or_null(enclosing(&f).map(|(line, _)| line)))
        }),
        method("getEvalOrigin", 0, |agent, cx| {
            let f = site(agent, cx, "getEvalOrigin")?;
            let origin = f.code.and_then(|c| c.block().source.eval_origin.clone());
            Ok(match origin {
                Some(text) => agent.new_string(&text).into(),
                None => Value::UNDEFINED,
            })
        }),
        method("getFileName", 0, |agent, cx| {
            let f = site(agent, cx, "getFileName")?;
            Ok(script_name(agent, &f))
        }),
        method("getFunction", 0, |agent, cx| {
            let f = site(agent, cx, "getFunction")?;
            Ok(if f.flags.has(HIDDEN) {
                Value::UNDEFINED
            } else {
                f.function
            })
        }),
        method("getFunctionName", 0, |agent, cx| {
            let f = site(agent, cx, "getFunctionName")?;
            let name = frame_function_name(agent, &f);
            Ok(text_or_null(agent, &name))
        }),
        method("getLineNumber", 0, |agent, cx| {
            let f = site(agent, cx, "getLineNumber")?;
            Ok(number_or_null(position(&f).map(|(line, _)| line)))
        }),
        method("getMethodName", 0, |agent, cx| {
            let f = site(agent, cx, "getMethodName")?;
            let name = method_name(agent, &f);
            Ok(text_or_null(agent, &name))
        }),
        method("getPosition", 0, |agent, cx| {
            let f = site(agent, cx, "getPosition")?;
            Ok(Value::uint(point(&f).unwrap_or(0)))
        }),
        method("getPromiseIndex", 0, |agent, cx| {
            let f = site(agent, cx, "getPromiseIndex")?;
            Ok(if f.flags.has(FrameFlags::COMBINATOR) {
                Value::uint(f.offset)
            } else {
                Value::NULL
            })
        }),
        method("getScriptNameOrSourceURL", 0, |agent, cx| {
            let f = site(agent, cx, "getScriptNameOrSourceURL")?;
            Ok(script_name(agent, &f))
        }),
        method("getScriptHash", 0, |agent, cx| {
            site(agent, cx, "getScriptHash")?;
            Ok(agent.empty_string().into())
        }),
        method("getThis", 0, |agent, cx| {
            let f = site(agent, cx, "getThis")?;
            Ok(if f.flags.has(HIDDEN) {
                Value::UNDEFINED
            } else if f.receiver.is_nullish() && f.code.is_some() {
                agent.realm.global_this()
            } else {
                f.receiver
            })
        }),
        method("getTypeName", 0, |agent, cx| {
            let f = site(agent, cx, "getTypeName")?;
            // Classes are named in texts only.
            let name = match f.receiver.as_object() {
                _ if f.flags.has(FrameFlags::CONSTRUCT) => String::new(),
                Some(o) if o.is_callable() => "Function".into(),
                _ => type_name(agent, f.receiver),
            };
            Ok(text_or_null(agent, &name))
        }),
        method("isAsync", 0, |agent, cx| {
            let f = site(agent, cx, "isAsync")?;
            Ok(Value::bool(f.flags.has(FrameFlags::ASYNC)))
        }),
        method("isConstructor", 0, |agent, cx| {
            let f = site(agent, cx, "isConstructor")?;
            Ok(Value::bool(f.flags.has(FrameFlags::CONSTRUCT)))
        }),
        method("isEval", 0, |agent, cx| {
            let f = site(agent, cx, "isEval")?;
            Ok(Value::bool(is_eval(&f)))
        }),
        method("isNative", 0, |agent, cx| {
            // V8 means scripts of its own; its builtins are not native in this sense.
            site(agent, cx, "isNative")?;
            Ok(Value::FALSE)
        }),
        method("isPromiseAll", 0, |agent, cx| {
            let f = site(agent, cx, "isPromiseAll")?;
            Ok(Value::bool(is_combinator(&f, "all")))
        }),
        method("isToplevel", 0, |agent, cx| {
            let f = site(agent, cx, "isToplevel")?;
            Ok(Value::bool(is_toplevel(&f)))
        }),
        method("toString", 0, |agent, cx| {
            let f = site(agent, cx, "toString")?;
            let text = frame_text(agent, &f);
            Ok(agent.new_string(&text).into())
        }),
    ],
};

/// Frames whose function and receiver are not handed out.
const HIDDEN: FrameFlags = FrameFlags::STRICT
    .with(FrameFlags::NATIVE)
    .with(FrameFlags::COMBINATOR);

struct CallSite(RawFrame);

impl NativeData for CallSite {
    fn trace(&self, tracer: &mut Tracer) {
        mark_value(tracer, self.0.function);
        mark_value(tracer, self.0.receiver);
        if let Some(code) = self.0.code {
            tracer.mark(code);
        }
    }
}

/// A call-site object.
pub(super) fn new_call_site(agent: &mut Agent, f: RawFrame) -> Object {
    let proto = agent.intrinsic(Intrinsic::CallSitePrototype);
    agent.new_data_object(Some(proto), Box::new(CallSite(f)))
}

fn site(agent: &mut Agent, cx: &CallArgs, name: &str) -> JsResult<RawFrame> {
    if let Some(o) = cx.this().as_object()
        && let Some(site) = o.data::<CallSite>()
    {
        return Ok(site.0);
    }
    let text = display_value(agent, cx.this());
    Err(agent.type_error(format!(
        "CallSite method {name} expects CallSite as receiver, got {text}"
    )))
}

fn number_or_null(n: Option<u32>) -> Value {
    n.map_or(Value::NULL, Value::uint)
}

fn text_or_null(agent: &mut Agent, text: &str) -> Value {
    if text.is_empty() {
        Value::NULL
    } else {
        agent.new_string(text).into()
    }
}

fn block_of(f: &RawFrame) -> Option<&CodeBlock> {
    f.code.as_ref().map(|c| c.block())
}

/// Byte offset in the source.
fn point(f: &RawFrame) -> Option<u32> {
    Some(block_of(f)?.source_map.lookup(f.offset)?.point)
}

/// Line and column.
fn position(f: &RawFrame) -> Option<(u32, u32)> {
    let at = block_of(f)?.source.line_column(point(f)?);
    Some((at.line, at.column))
}

/// Line and column of the function's start.
fn enclosing(f: &RawFrame) -> Option<(u32, u32)> {
    let block = block_of(f)?;
    let at = block.source.line_column(block.span.start);
    Some((at.line, at.column))
}

fn script_name(agent: &mut Agent, f: &RawFrame) -> Value {
    match file_of(f) {
        Some(name) => {
            let name = name.to_string();
            agent.new_string(&name).into()
        }
        None => Value::UNDEFINED,
    }
}

/// The file or URL; texts given to `eval` have none unless they name one.
fn file_of(f: &RawFrame) -> Option<&str> {
    let source = &block_of(f)?.source;
    let unnamed =
        source.name.is_empty() || (source.eval_origin.is_some() && &*source.name == "<anonymous>");
    (!unnamed).then_some(&*source.name)
}

fn is_eval(f: &RawFrame) -> bool {
    block_of(f).is_some_and(|b| b.source.eval_origin.is_some())
}

fn is_toplevel(f: &RawFrame) -> bool {
    match f.receiver.as_object() {
        _ if f.flags.has(FrameFlags::CONSTRUCT) => false,
        Some(o) => o.is(CellKind::Global),
        None => f.receiver.is_nullish(),
    }
}

fn is_combinator(f: &RawFrame, name: &str) -> bool {
    f.flags.has(FrameFlags::COMBINATOR) && combinator_name(f.function) == name
}

/// What the function is called; empty for anonymous ones, scripts and modules.
pub(super) fn frame_function_name(agent: &mut Agent, f: &RawFrame) -> String {
    if f.flags.has(FrameFlags::COMBINATOR) {
        return combinator_name(f.function).into();
    }
    if f.flags.has(FrameFlags::GENERATOR_NEXT) {
        return "next".into();
    }
    match (f.code, f.function.as_object()) {
        (Some(code), _) if code.block().kind == CodeKind::Eval => "eval".into(),
        (Some(code), _) if code.block().kind == CodeKind::ClassInit => {
            if f.receiver.is_callable() {
                "<static_initializer>".into()
            } else {
                "<instance_members_initializer>".into()
            }
        }
        // The function that a text given to `Function` became.
        (Some(code), Some(_)) if code.is_outermost() && is_eval(f) => "eval".into(),
        (_, Some(o)) => function_name(agent, o),
        _ => String::new(),
    }
}

/// What V8 calls the class of a receiver; empty for undefined and null.
fn type_name(agent: &mut Agent, receiver: Value) -> String {
    let Some(o) = receiver.as_object() else {
        let intrinsic = if receiver.is_string() {
            "String"
        } else if receiver.is_number() {
            "Number"
        } else if receiver.is_symbol() {
            "Symbol"
        } else if receiver.is_bigint() {
            "BigInt"
        } else if receiver.is_nullish() {
            ""
        } else {
            "Boolean"
        };
        return intrinsic.into();
    };
    if o.is(CellKind::Proxy) {
        return "Proxy".into();
    }
    if o.is_callable() {
        let class = o
            .as_function()
            .is_some_and(|c| c.code().block().flags.class_constructor);
        let name = function_name(agent, o);
        return if class && !name.is_empty() {
            name
        } else {
            "Function".into()
        };
    }
    constructor_name(agent, o)
}

/// The nearest string tag or named constructor along the prototypes. A prototype object's own constructor makes others.
fn constructor_name(agent: &mut Agent, o: Object) -> String {
    let tag = PropertyKey::symbol(agent.symbols.to_string_tag);
    let key = agent.names.constructor;
    let mut at = Some(o);
    while let Some(p) = at {
        if p.is_exotic() && p.is(CellKind::Proxy) {
            break;
        }
        if let Lookup::Data(v, _) = lookup_own(agent, p, tag)
            && let Some(s) = v.as_string()
        {
            return s.to_rust_string(agent);
        }
        let own_prototype = p == o && p.is_prototype();
        if !own_prototype
            && let Lookup::Data(v, _) = lookup_own(agent, p, key)
            && let Some(c) = v.as_object()
        {
            let name = function_name(agent, c);
            if !name.is_empty() {
                return name;
            }
        }
        at = p.shape(agent).prototype_object();
    }
    "Object".into()
}

/// The property of the receiver that holds the function; empty if there is none, or more than one.
fn method_name(agent: &mut Agent, f: &RawFrame) -> String {
    let Some(function) = f.function.as_object() else {
        return String::new();
    };
    let constructed = f.flags.has(FrameFlags::CONSTRUCT);
    let Some(receiver) = f.receiver.as_object().filter(|_| !constructed) else {
        return String::new();
    };
    let name = function_name(agent, function);
    let plain = name
        .strip_prefix("get ")
        .or(name.strip_prefix("set "))
        .unwrap_or(&name);
    if !plain.is_empty() {
        let key = agent.key(plain);
        let mut at = Some(receiver);
        while let Some(p) = at.filter(|p| !p.is_exotic()) {
            match holds(lookup_own(agent, p, key), function) {
                Some(true) => return plain.to_string(),
                Some(false) => break,
                None => at = p.shape(agent).prototype_object(),
            }
        }
    }
    search_method(agent, receiver, function)
}

/// Whether a property is or calls the function; None if there is no such property.
fn holds(found: Lookup, function: Object) -> Option<bool> {
    match found {
        Lookup::Absent => None,
        Lookup::Data(v, _) => Some(v == function.into()),
        Lookup::Accessor(pair, _) => {
            let (get, set) = accessor_parts(pair);
            Some(get == function.into() || set == function.into())
        }
    }
}

fn search_method(agent: &mut Agent, receiver: Object, function: Object) -> String {
    let mut at = Some(receiver);
    while let Some(p) = at.filter(|p| !p.is_exotic()) {
        let mut found: Option<PropertyKey> = None;
        for e in p.shape(agent).entries() {
            if e.key.is_symbol() || holds(lookup_own(agent, p, e.key), function) != Some(true) {
                continue;
            }
            if found.is_some() {
                return String::new();
            }
            found = Some(e.key);
        }
        if let Some(key) = found {
            return key.display(agent);
        }
        at = p.shape(agent).prototype_object();
    }
    String::new()
}

fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    let start = |c: char| c.is_alphabetic() || c == '_' || c == '$';
    chars.next().is_some_and(start) && chars.all(|c| start(c) || c.is_numeric())
}

/// One line of a trace, without the `at`.
pub(super) fn frame_text(agent: &mut Agent, f: &RawFrame) -> String {
    if f.flags.has(FrameFlags::COMBINATOR) {
        let name = combinator_name(f.function);
        return format!("async Promise.{name} (index {})", f.offset);
    }
    let name = frame_function_name(agent, f);
    let called = if f.flags.has(FrameFlags::CONSTRUCT) {
        let name = if name.is_empty() {
            "<anonymous>"
        } else {
            &name
        };
        format!("new {name}")
    } else if is_toplevel(f) {
        name
    } else {
        method_call(agent, f, name)
    };
    let place = place_text(f);
    let is_async = if f.flags.has(FrameFlags::ASYNC) {
        "async "
    } else {
        ""
    };
    if called.is_empty() {
        format!("{is_async}{place}")
    } else {
        format!("{is_async}{called} ({place})")
    }
}

/// `Type.function [as method]`
fn method_call(agent: &mut Agent, f: &RawFrame, name: String) -> String {
    let mut class = type_name(agent, f.receiver);
    if f.flags.has(FrameFlags::GENERATOR_NEXT)
        && let Some(o) = f.function.as_object()
    {
        // V8 takes the generator function for the constructor of its generators.
        let generator = function_name(agent, o);
        if is_identifier(&generator) {
            class = generator;
        }
    }
    let method = method_name(agent, f);
    if name.is_empty() {
        let method = if method.is_empty() {
            "<anonymous>"
        } else {
            &method
        };
        return if class.is_empty() {
            method.to_string()
        } else {
            format!("{class}.{method}")
        };
    }
    let mut text = if !class.is_empty() && is_identifier(&name) {
        format!("{class}.{name}")
    } else {
        name.clone()
    };
    let told = name == method
        || name
            .strip_suffix(method.as_str())
            .is_some_and(|head| head.ends_with('.'));
    if !method.is_empty() && !told {
        text.push_str(&format!(" [as {method}]"));
    }
    text
}

/// `file:line:column`, for evals with where the text came from.
pub(super) fn place_text(f: &RawFrame) -> String {
    let Some(block) = block_of(f) else {
        return "<anonymous>".into();
    };
    let at = position(f).map_or(String::new(), |(line, column)| format!(":{line}:{column}"));
    match (file_of(f), &block.source.eval_origin) {
        (Some(file), _) => format!("{file}{at}"),
        (None, Some(origin)) => format!("{origin}, <anonymous>{at}"),
        (None, None) => format!("<anonymous>{at}"),
    }
}

/// Where a text given to `eval` in that frame comes from: `eval at f (file:1:1)`.
pub fn eval_origin(agent: &mut Agent, f: &RawFrame) -> String {
    let mut name = match f.function.as_object() {
        Some(o) => function_name(agent, o),
        None => String::new(),
    };
    if name.is_empty() {
        name = "<anonymous>".into();
    }
    let outer = block_of(f).and_then(|b| b.source.eval_origin.as_deref());
    match outer.filter(|_| file_of(f).is_none()) {
        Some(outer) => format!("eval at {name} ({outer})"),
        None => format!("eval at {name} ({})", place_text(f)),
    }
}

/// How a native function hands its call on.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Forwarding {
    /// It is a frame of its own.
    None,
    /// `Function.prototype.call`, `apply`: `this` is called with the first argument as receiver.
    This,
    /// `Reflect.apply`: the first argument is called with the second as receiver.
    Argument,
    /// No frame, as in V8: constructors of arrays and proxies, `Reflect.construct`, `captureStackTrace`.
    Hidden,
}

/// How stack traces treat a native function.
pub fn forwarding(native: NativeFn) -> Forwarding {
    let is = |f: NativeFn| std::ptr::fn_addr_eq(native, f);
    if is(function::call) || is(function::apply) {
        Forwarding::This
    } else if is(reflect::apply) {
        Forwarding::Argument
    } else if is(reflect::construct)
        || is(array_constructor::array_constructor)
        || is(proxy::constructor)
        || is(error_stack::capture_stack_trace)
    {
        Forwarding::Hidden
    } else {
        Forwarding::None
    }
}
