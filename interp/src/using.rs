//! `using` and `await using`: the list of resources of a scope (7.5.4 to 7.5.8).
//!
//! The list is an internal array: 0 whether there is an error, 1 the error, 2 bits (1 an await is owed, 2 something was
//! awaited), then triples (value, method or undefined, hint: 0 sync, 1 async, 2 async that falls back to a sync method).

use crate::frame::Frame;
use sarus_runtime::abstract_ops::get_method;
use sarus_runtime::agent::Agent;
use sarus_runtime::error::{ErrorType, JsResult, Throw};
use sarus_runtime::object::ordinary::add_named;
use sarus_runtime::object::{Object, array};
use sarus_runtime::property::{Attributes, PropertyKey};
use sarus_runtime::value::Value;

const HAS_ERROR: u32 = 0;
const ERROR: u32 = 1;
const STATE: u32 = 2;
const FIRST: u32 = 3;
const OWED: i32 = 1;
const AWAITED: i32 = 2;

/// `NewDisposeList`.
#[inline(never)]
pub fn new_list(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let list = agent.new_array_from(&[Value::FALSE, Value::UNDEFINED, Value::int(0)]);
    f.set(f.a(), list.into());
    Ok(())
}

fn list_of(f: Frame, reg: usize) -> JsResult<Object> {
    f.reg(reg).as_object().ok_or(Throw)
}

/// `AddDisposable`.
#[inline(never)]
pub fn add(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let list = list_of(f, f.a())?;
    let v = f.reg(f.b());
    let is_async = f.c() != 0;
    if v.is_nullish() {
        if is_async {
            push(agent, list, Value::UNDEFINED, Value::UNDEFINED, 1)?;
        }
        return Ok(());
    }
    if !v.is_object() {
        return Err(agent
            .type_error("The value of a using declaration must be an object, null or undefined"));
    }
    let mut hint = i32::from(is_async);
    let mut method = Value::UNDEFINED;
    if is_async {
        let key = PropertyKey::symbol(agent.symbols.async_dispose);
        method = get_method(agent, v, key)?;
    }
    if method.is_undefined() {
        let key = PropertyKey::symbol(agent.symbols.dispose);
        method = get_method(agent, v, key)?;
        hint *= 2;
    }
    if method.is_undefined() {
        let name = if is_async {
            "Symbol.asyncDispose"
        } else {
            "Symbol.dispose"
        };
        return Err(agent.type_error(format!("The resource has no {name} method")));
    }
    push(agent, list, v, method, hint)
}

fn push(agent: &mut Agent, list: Object, v: Value, method: Value, hint: i32) -> JsResult<()> {
    array::push(agent, list, v)?;
    array::push(agent, list, method)?;
    array::push(agent, list, Value::int(hint))
}

/// `DisposeError`.
#[inline(never)]
pub fn error(agent: &mut Agent, f: Frame) -> JsResult<()> {
    record(agent, list_of(f, f.a())?, f.reg(f.b()))
}

fn record(agent: &mut Agent, list: Object, error: Value) -> JsResult<()> {
    let mut error = error;
    if list.dense_element(HAS_ERROR).is_true() {
        let suppressed = list.dense_element(ERROR);
        let _ = agent.throw_error(
            ErrorType::Suppressed,
            "An error was suppressed during disposal",
        );
        let Some(wrapper) = agent.take_exception() else {
            return Err(Throw);
        };
        if let Some(o) = wrapper.as_object() {
            let (error_key, suppressed_key) = (agent.names.error, agent.names.suppressed);
            add_named(agent, o, error_key, error, Attributes::WC);
            add_named(agent, o, suppressed_key, suppressed, Attributes::WC);
        }
        error = wrapper;
    }
    list.put_element(agent, HAS_ERROR, Value::TRUE)?;
    list.put_element(agent, ERROR, error)
}

/// `DisposeNext`: true when nothing is left.
#[inline(never)]
pub fn next(agent: &mut Agent, f: Frame) -> JsResult<bool> {
    let list = list_of(f, f.b())?;
    loop {
        let state = list.dense_element(STATE).as_int().unwrap_or(0);
        let owed = state & OWED != 0 && state & AWAITED == 0;
        let n = array::length_of(list).unwrap_or(0);
        let hint = if n > FIRST {
            list.dense_element(n - 1).as_int().unwrap_or(0)
        } else {
            0
        };
        if owed && (n <= FIRST || hint == 0) {
            list.put_element(agent, STATE, Value::int(state & !OWED))?;
            f.set(f.a(), Value::UNDEFINED);
            return Ok(false);
        }
        if n <= FIRST {
            return Ok(true);
        }
        let (v, method) = (list.dense_element(n - 3), list.dense_element(n - 2));
        array::set_length(agent, list, n - 3)?;
        if method.is_undefined() {
            list.put_element(agent, STATE, Value::int(state | OWED))?;
            continue;
        }
        match agent.call(method, v, &[]) {
            Ok(_) if hint == 0 => {}
            Ok(result) => {
                list.put_element(agent, STATE, Value::int(state | AWAITED))?;
                f.set(f.a(), if hint == 1 { result } else { Value::UNDEFINED });
                return Ok(false);
            }
            Err(t) => {
                let Some(e) = agent.take_exception() else {
                    return Err(t);
                };
                record(agent, list, e)?;
            }
        }
    }
}

/// `DisposeEnd`.
#[inline(never)]
pub fn end(agent: &mut Agent, f: Frame) -> JsResult<()> {
    let list = list_of(f, f.a())?;
    if list.dense_element(HAS_ERROR).is_true() {
        return Err(agent.throw(list.dense_element(ERROR)));
    }
    Ok(())
}
