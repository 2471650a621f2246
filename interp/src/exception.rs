//! Throwing, unwinding, and the messages of errors that instructions make.

use crate::frame::*;
use crate::generator;
use crate::vm::{poll, vm};
use sarus_bytecode::Op;
use sarus_bytecode::describe::Description;
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

/// The text of the failing sub-expression.
fn source_text(f: Frame) -> Option<Vec<u8>> {
    let code = f.code();
    let block = code.block();
    let span = block.source_map.lookup(f.offset())?.span;
    let bytes = block
        .source
        .text
        .get(span.start as usize..span.end as usize)?;
    (!bytes.is_empty()).then(|| bytes.to_vec())
}

fn described(agent: &Agent, f: Frame) -> Option<Description> {
    vm(agent).descriptions.expression(&source_text(f)?)
}

fn callee_text(agent: &mut Agent, f: Frame, v: Value) -> String {
    match described(agent, f) {
        Some(d) => d.text,
        None => display_value(agent, v),
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
    not_iterable_as(agent, f, v, "iterable")
}

/// `… is not async iterable`
#[cold]
#[inline(never)]
pub fn not_async_iterable(agent: &mut Agent, f: Frame, v: Value) -> Throw {
    not_iterable_as(agent, f, v, "async iterable")
}

fn not_iterable_as(agent: &mut Agent, f: Frame, v: Value, what: &str) -> Throw {
    let Some(text) = source_text(f).filter(|_| f.op() != Op::GetIteratorObject) else {
        return abstract_ops::not_iterable(agent, v);
    };
    // A pattern alone says nothing about the value it takes apart.
    let pattern = match f.op() {
        Op::GetIterator => vm(agent).descriptions.destructuring(&text),
        _ => None,
    };
    let d = match pattern {
        Some(pattern) => pattern.value,
        None => vm(agent).descriptions.expression(&text),
    };
    match d {
        None => abstract_ops::not_iterable(agent, v),
        Some(Description {
            callee: Some(callee),
            ..
        }) => agent.type_error(format!(
            "{callee} is not a function or its return value is not {what}"
        )),
        Some(d) => agent.type_error(format!("{} is not {what}", d.text)),
    }
}

/// `f(...x)` where `x` is not iterable.
#[cold]
pub fn not_spreadable(agent: &mut Agent, f: Frame, v: Value) -> Throw {
    let text = source_text(f).unwrap_or_default();
    // The dots belong to the text only where the values become arguments.
    let Some(argument) = text.strip_prefix(b"...") else {
        return not_iterable(agent, f, v);
    };
    if v.is_nullish() {
        return match vm(agent).descriptions.expression(argument) {
            None => abstract_ops::not_iterable(agent, v),
            Some(d) => agent.type_error(format!(
                "{} is not iterable (cannot read property Symbol(Symbol.iterator))",
                d.text
            )),
        };
    }
    agent.type_error("Spread syntax requires ...iterable[Symbol.iterator] to be a function")
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
    let throw = if name.is_empty() {
        agent.type_error("Class constructors cannot be invoked without 'new'")
    } else {
        agent.type_error(format!(
            "Class constructor {name} cannot be invoked without 'new'"
        ))
    };
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
            let (what, key) = (display_value(agent, v), display_value(agent, k));
            agent.type_error(format!(
                "Cannot read properties of {what} (reading '{key}')"
            ))
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
            let (what, key) = (display_value(agent, v), display_value(agent, k));
            agent.type_error(format!("Cannot set properties of {what} (setting '{key}')"))
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

/// Whether the failing pattern is that of a property: `b` in `{ a: { b } }` is told as read.
fn is_property_value(f: Frame) -> bool {
    let code = f.code();
    let block = code.block();
    let Some(position) = block.source_map.lookup(f.offset()) else {
        return false;
    };
    let before = block.source.text.get(..position.span.start as usize);
    before.is_some_and(|text| text.trim_ascii_end().ends_with(b":"))
}

/// `CheckObjectCoercible` of undefined or null.
#[cold]
#[inline(never)]
pub fn not_coercible(agent: &mut Agent, f: Frame) {
    let v = f.reg(f.a());
    let what = display_value(agent, v);
    let found = source_text(f).and_then(|text| vm(agent).descriptions.destructuring(&text));
    let (value, property, reads) = match found {
        Some(d) => (d.value.map(|v| v.text), d.property, d.reads),
        None => (None, None, false),
    };
    let value = value.unwrap_or_else(|| what.clone());
    let _ = match property {
        Some(name) if reads || is_property_value(f) => agent.type_error(format!(
            "Cannot read properties of {what} (reading '{name}')"
        )),
        Some(name) => agent.type_error(format!(
            "Cannot destructure property '{name}' of '{value}' as it is {what}."
        )),
        None => agent.type_error(format!("Cannot destructure '{value}' as it is {what}.")),
    };
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
