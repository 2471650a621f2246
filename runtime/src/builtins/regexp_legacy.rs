//! Legacy static properties of RegExp: what the last match of an unsubclassed regular expression
//! found (proposal-regexp-legacy-features).

use crate::abstract_ops::to_string;
use crate::agent::{Agent, CallArgs};
use crate::error::JsResult;
use crate::realm::Intrinsic;
use crate::string::JsString;
use crate::value::Value;
use std::ops::Range;

/// Only the constructor itself is a receiver.
fn check_receiver(agent: &mut Agent, cx: &CallArgs) -> JsResult<()> {
    let own = Value::from(agent.intrinsic(Intrinsic::RegExp));
    if cx.this() == own {
        return Ok(());
    }
    Err(agent.type_error("RegExp static property accessed on an incompatible receiver"))
}

/// The input of the last match; `None` before the first.
fn last_input(agent: &mut Agent, cx: &CallArgs) -> JsResult<Option<JsString>> {
    check_receiver(agent, cx)?;
    let v = agent.library.regexp.last_input;
    if v.is_null() {
        return Err(agent.type_error(
            "RegExp static properties are not available after a match of a subclass instance",
        ));
    }
    Ok(v.as_string())
}

/// A range of the last input as a string value.
fn part(
    agent: &mut Agent,
    cx: &CallArgs,
    range: fn(&Agent, usize) -> Option<Range<usize>>,
) -> JsResult<Value> {
    let Some(s) = last_input(agent, cx)? else {
        return Ok(agent.empty_string().into());
    };
    let len = s.len();
    Ok(
        match range(agent, len).filter(|r| r.start <= r.end && r.end <= len) {
            Some(r) => agent.substring(s, r.start, r.end).into(),
            None => agent.empty_string().into(),
        },
    )
}

fn group(agent: &Agent, i: usize) -> Option<Range<usize>> {
    agent.library.regexp.last.group(i)
}

/// get RegExp.input
pub(super) fn get_input(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    check_receiver(agent, cx)?;
    let assigned = agent.library.regexp.assigned_input;
    if assigned.is_string() {
        return Ok(assigned);
    }
    Ok(match last_input(agent, cx)? {
        Some(s) => s.into(),
        None => agent.empty_string().into(),
    })
}

/// set RegExp.input
pub(super) fn set_input(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    check_receiver(agent, cx)?;
    let s = to_string(agent, cx.arg(0))?;
    agent.library.regexp.assigned_input = s.into();
    Ok(Value::UNDEFINED)
}

/// get RegExp.lastMatch
pub(super) fn last_match(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    part(agent, cx, |agent, _| group(agent, 0))
}

/// get RegExp.lastParen
pub(super) fn last_paren(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    part(agent, cx, |agent, _| {
        match agent.library.regexp.last.len() {
            0 | 1 => None,
            n => group(agent, n - 1),
        }
    })
}

/// get RegExp.leftContext
pub(super) fn left_context(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    part(agent, cx, |agent, _| group(agent, 0).map(|r| 0..r.start))
}

/// get RegExp.rightContext
pub(super) fn right_context(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    part(agent, cx, |agent, len| group(agent, 0).map(|r| r.end..len))
}

/// get RegExp.$1 … RegExp.$9
pub(super) fn paren(agent: &mut Agent, cx: &CallArgs, i: usize) -> JsResult<Value> {
    let Some(s) = last_input(agent, cx)? else {
        return Ok(agent.empty_string().into());
    };
    Ok(match group(agent, i).filter(|r| r.end <= s.len()) {
        Some(r) => agent.substring(s, r.start, r.end).into(),
        None => agent.empty_string().into(),
    })
}
