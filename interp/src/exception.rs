//! Throwing, unwinding, and the messages of errors that instructions make.

use crate::frame::*;
use crate::generator;
use crate::vm::{poll, vm};
use sarus_runtime::abstract_ops::{self, display_value};
use sarus_runtime::agent::Agent;
use sarus_runtime::error::{ErrorType, JsResult, Throw};
use sarus_runtime::object::Object;
use sarus_runtime::property::PropertyKey;
use sarus_runtime::value::Value;

/// Finds the handler of the pending exception from the frame `fp` outwards: the frame to go on in, `Frame::THROW` if the
/// activation ends with the exception, or an exit if an async frame at its bottom turned it into a rejection.
#[cold]
#[inline(never)]
pub fn unwind(agent: &mut Agent, fp: Fp) -> Frame {
    let mut fp = fp;
    loop {
        let f = Frame::saved(fp);
        let code = f.code();
        if agent.fault.is_none() {
            if let Some(handler) = code.block().handler_at(f.offset()) {
                if handler.env_reg != sarus_bytecode::NO_REGISTER {
                    f.set(ENV, f.reg(handler.env_reg as usize));
                }
                agent.realm = code.realm();
                vm(agent).set_fp(fp);
                return Frame {
                    fp,
                    pc: code.words().wrapping_add(handler.target as usize),
                };
            }
            if f.info() & FLAG_ASYNC != 0 {
                agent.realm = code.realm();
                return generator::async_throw(agent, f);
            }
        }
        if f.info() & FLAG_RESUMED != 0 {
            if let Some(to) = generator::generator_throw(agent, f) {
                return to;
            }
        }
        let info = f.info();
        let caller = f.caller();
        vm(agent).set_fp(caller);
        if info & FLAG_ENTRY != 0 {
            return Frame::THROW;
        }
        if info & FLAG_ITERATOR != 0 {
            crate::iteration::mark_done(Frame::saved(caller));
        }
        fp = caller;
    }
}

/// A back edge that may have seen an interrupt.
#[cold]
#[inline(never)]
pub fn poll_back_edge(agent: &mut Agent) -> JsResult<()> {
    if vm(agent).interrupted() {
        poll(agent)
    } else {
        Ok(())
    }
}

/// The text of the failing sub-expression, if it is short enough to be told.
pub fn source_text(f: Frame) -> Option<String> {
    let code = f.code();
    let block = code.block();
    let span = block.source_map.lookup(f.offset())?.span;
    let bytes = block
        .source
        .text
        .get(span.start as usize..span.end as usize)?;
    let text = String::from_utf8_lossy(bytes).into_owned();
    let usable = !text.is_empty() && text.len() <= 200 && !text.contains('\n');
    usable.then_some(text)
}

fn callee_text(agent: &mut Agent, f: Frame, v: Value) -> String {
    match source_text(f) {
        Some(text) => shorten(&text),
        None => display_value(agent, v),
    }
}

/// Replaces what V8 calls intermediate values: literals, calls and function expressions at the head of a callee.
fn shorten(text: &str) -> String {
    let head = text.trim();
    let starts_odd = head.starts_with(['(', '{', '[', '`'])
        || head.starts_with("function")
        || head.starts_with("class ");
    if !starts_odd {
        return head.to_string();
    }
    match head.rfind(['.', ')', ']', '}']) {
        Some(i) if head[i..].starts_with('.') => format!("(intermediate value){}", &head[i..]),
        _ => "(intermediate value)".to_string(),
    }
}

/// `Throw`.
#[inline(never)]
pub fn throw(agent: &mut Agent, f: Frame) {
    let _ = agent.throw(f.reg(f.a()));
}

/// `… is not a function`
#[cold]
#[inline(never)]
pub fn not_a_function(agent: &mut Agent, f: Frame, v: Value) -> Throw {
    let text = callee_text(agent, f, v);
    agent.type_error(format!("{text} is not a function"))
}

/// `… is not a constructor`
#[cold]
#[inline(never)]
pub fn not_a_constructor(agent: &mut Agent, f: Frame, v: Value) -> Throw {
    let text = callee_text(agent, f, v);
    agent.type_error(format!("{text} is not a constructor"))
}

/// `… is not iterable`
#[cold]
#[inline(never)]
pub fn not_iterable(agent: &mut Agent, f: Frame, v: Value) -> Throw {
    let text = match source_text(f) {
        // The span of a pattern says nothing about the value.
        Some(text) if !text.starts_with(['[', '{']) => shorten(&text),
        Some(_) => display_value(agent, v),
        None if v.is_nullish() => return abstract_ops::not_iterable(agent, v),
        None => display_value(agent, v),
    };
    agent.type_error(format!("{text} is not iterable"))
}

/// `Class constructor A cannot be invoked without 'new'`
#[cold]
pub fn class_without_new(agent: &mut Agent, o: Object) -> Throw {
    let name = abstract_ops::function_name(agent, o);
    // The TypeError belongs to the class's realm.
    let saved = agent.realm;
    if let Some(f) = o.as_function() {
        agent.realm = f.code().realm();
    }
    let throw = agent.type_error(format!(
        "Class constructor {name} cannot be invoked without 'new'"
    ));
    agent.realm = saved;
    throw
}

/// `Cannot read properties of undefined (reading 'x')`
#[cold]
#[inline(never)]
pub fn read_of_nullish(agent: &mut Agent, _f: Frame, v: Value, key: PropertyKey) -> Throw {
    abstract_ops::read_of_nullish(agent, v, key)
}

/// As `read_of_nullish`, where the key was not converted yet.
#[cold]
#[inline(never)]
pub fn read_element_of_nullish(agent: &mut Agent, _f: Frame, v: Value, k: Value) -> Throw {
    match key_for_message(agent, k) {
        Some(key) => abstract_ops::read_of_nullish(agent, v, key),
        None => {
            let what = display_value(agent, v);
            agent.type_error(format!("Cannot read properties of {what}"))
        }
    }
}

/// `Cannot set properties of undefined (setting 'x')`
#[cold]
#[inline(never)]
pub fn write_of_nullish(agent: &mut Agent, _f: Frame, v: Value, key: PropertyKey) -> Throw {
    abstract_ops::write_of_nullish(agent, v, key)
}

/// As `write_of_nullish`, where the key was not converted yet.
#[cold]
#[inline(never)]
pub fn write_element_of_nullish(agent: &mut Agent, _f: Frame, v: Value, k: Value) -> Throw {
    match key_for_message(agent, k) {
        Some(key) => abstract_ops::write_of_nullish(agent, v, key),
        None => {
            let what = display_value(agent, v);
            agent.type_error(format!("Cannot set properties of {what}"))
        }
    }
}

/// The key of a primitive; objects are not converted for a message.
fn key_for_message(agent: &mut Agent, k: Value) -> Option<PropertyKey> {
    if k.is_object() {
        return None;
    }
    abstract_ops::to_property_key(agent, k).ok()
}

/// `Cannot convert undefined or null to object`
#[cold]
pub fn convert_nullish(agent: &mut Agent, _v: Value) -> Throw {
    agent.type_error("Cannot convert undefined or null to object")
}

/// `Cannot use 'in' operator to search for 'x' in y`
#[cold]
pub fn in_of_primitive(agent: &mut Agent, k: Value, v: Value) -> Throw {
    let key = match key_for_message(agent, k) {
        Some(key) => key.display(agent),
        None => display_value(agent, k),
    };
    let text = match v.as_string() {
        Some(s) => s.to_rust_string(agent),
        None => display_value(agent, v),
    };
    agent.type_error(format!(
        "Cannot use 'in' operator to search for '{key}' in {text}"
    ))
}

fn name_constant(agent: &mut Agent, f: Frame, word: usize) -> String {
    f.constant(word)
        .as_string()
        .map(|s| s.to_rust_string(agent))
        .unwrap_or_default()
}

/// `Cannot access 'x' before initialization`; the name is in extra word `word`.
#[cold]
#[inline(never)]
pub fn tdz_error(agent: &mut Agent, f: Frame, word: usize) {
    let name = name_constant(agent, f, word);
    let _ = tdz(agent, &name);
}

/// `Cannot access 'x' before initialization`
#[cold]
pub fn tdz(agent: &mut Agent, name: &str) -> Throw {
    if name == "this" {
        this_uninitialized(agent);
        return Throw;
    }
    agent.reference_error(format!("Cannot access '{name}' before initialization"))
}

/// `x is not defined`
#[cold]
pub fn not_defined(agent: &mut Agent, name: &str) -> Throw {
    agent.reference_error(format!("{name} is not defined"))
}

/// `this` before `super()`.
#[cold]
#[inline(never)]
pub fn this_uninitialized(agent: &mut Agent) {
    let _ = agent.reference_error(
        "Must call super constructor in derived class before accessing 'this' or returning from derived constructor",
    );
}

/// `ThrowConstAssign`.
#[inline(never)]
pub fn throw_const_assign(agent: &mut Agent, _f: Frame) -> JsResult<()> {
    Err(const_assign(agent))
}

/// `Assignment to constant variable.`
#[cold]
pub fn const_assign(agent: &mut Agent) -> Throw {
    agent.type_error("Assignment to constant variable.")
}

/// `ThrowError`.
#[inline(never)]
pub fn throw_error(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let message = name_constant(agent, f, 1);
    let kind = match f.a() {
        0 => ErrorType::Reference,
        1 => ErrorType::Type,
        _ => ErrorType::Syntax,
    };
    Err(agent.throw_error(kind, &message))
}

/// `CheckObjectCoercible` of undefined or null.
#[cold]
#[inline(never)]
pub fn not_coercible(agent: &mut Agent, f: Frame) {
    let what = display_value(agent, f.reg(f.a()));
    let text = source_text(f).unwrap_or_else(|| what.clone());
    let _ = match text.strip_prefix('{') {
        None => agent.type_error(format!("Cannot destructure '{text}' as it is {what}.")),
        Some(rest) => match first_property(rest) {
            Some(name) => agent.type_error(format!(
                "Cannot destructure property '{name}' of '{what}' as it is {what}."
            )),
            None => agent.type_error(format!("Cannot destructure '{what}' as it is {what}.")),
        },
    };
}

/// The first property name of an object pattern's text after the brace.
fn first_property(text: &str) -> Option<&str> {
    let text = text.trim_start();
    let end = text
        .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'))
        .unwrap_or(text.len());
    (end > 0).then(|| &text[..end])
}

/// `CheckObject`.
#[inline(never)]
pub fn check_object(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let v = f.reg(f.a());
    if v.is_object() {
        return Ok(());
    }
    let text = display_value(agent, v);
    Err(match f.b() {
        0 => agent.type_error(format!("Iterator result {text} is not an object")),
        _ => agent.type_error(format!("{text} is not an object")),
    })
}

/// `CheckCallable`.
#[inline(never)]
pub fn check_callable(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let v = f.reg(f.a());
    if v.is_callable() {
        Ok(())
    } else {
        Err(not_a_function(agent, f, v))
    }
}
