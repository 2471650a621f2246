//! Array.prototype.join, toString and toLocaleString (23.1.3).

use super::array_common::{get_index, is_plain_dense, stored, this_object};
use crate::abstract_ops::{invoke, length_of_array_like, to_string};
use crate::agent::{Agent, CallArgs};
use crate::error::JsResult;
use crate::numeric::NumberBuffer;
use crate::object::Object;
use crate::realm::Intrinsic;
use crate::string::JsString;
use crate::text::StrBuilder;
use crate::value::Value;
use std::cell::RefCell;

thread_local! {
    /// Addresses of the objects being joined on this thread: an object inside itself is joined as
    /// the empty string. The objects are on the native stack as long as they are listed.
    static JOINING: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

/// Runs `f` unless `o` is being joined already; `f`'s result or the empty string.
fn unless_cyclic(
    agent: &mut Agent,
    o: Object,
    f: impl FnOnce(&mut Agent) -> JsResult<Value>,
) -> JsResult<Value> {
    agent.check_native_stack()?;
    let cyclic = JOINING.with_borrow_mut(|list| {
        let found = list.contains(&o.addr());
        if !found {
            list.push(o.addr());
        }
        found
    });
    if cyclic {
        return Ok(agent.empty_string().into());
    }
    let result = f(agent);
    JOINING.with_borrow_mut(|list| list.pop());
    result
}

/// 23.1.3.18 Array.prototype.join ( separator )
pub(super) fn join(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = this_object(agent, cx, "join")?;
    unless_cyclic(agent, o, |agent| {
        let len = length_of_array_like(agent, o)?;
        let separator = match cx.arg(0) {
            v if v.is_undefined() => agent.char_string(b','),
            v => to_string(agent, v)?,
        };
        join_elements(agent, o, len, separator)
    })
}

fn join_elements(agent: &mut Agent, o: Object, len: u64, separator: JsString) -> JsResult<Value> {
    if len == 1 {
        let v = get_index(agent, o, 0)?;
        if v.is_nullish() {
            return Ok(agent.empty_string().into());
        }
        return Ok(to_string(agent, v)?.into());
    }
    let mut text = StrBuilder::with_capacity(expected_length(o, &separator));
    let mut k = 0;
    while k < len {
        if k > 0 {
            text.push_view(separator.view(agent));
        }
        if is_hole_tail(agent, o, k) {
            return pad(agent, text, len - 1 - k, separator);
        }
        let v = get_index(agent, o, k)?;
        push_value(agent, &mut text, v)?;
        agent.check_string_length(text.len())?;
        k += 1;
    }
    Ok(agent.new_from_view(text.view()).into())
}

/// About how long the text is that the stored elements make, as far as these are strings.
fn expected_length(o: Object, separator: &JsString) -> usize {
    if !o.has_dense_elements() {
        return 0;
    }
    let values = o.elements();
    let values = values.values().iter().take(stored(o));
    let lengths = values.map(|v| separator.len() + v.get().as_string().map_or(1, |s| s.len()));
    lengths.fold(0, usize::saturating_add).min(LONGEST_EXPECTED)
}

/// Room that is made for a text in advance, in code units.
const LONGEST_EXPECTED: usize = 1 << 20;

/// True when from `k` on there are only holes that read as undefined.
fn is_hole_tail(agent: &Agent, o: Object, k: u64) -> bool {
    o.has_dense_elements() && is_plain_dense(agent, o) && k >= stored(o) as u64
}

/// The rest of a join where nothing but separators is left.
fn pad(agent: &mut Agent, mut text: StrBuilder, n: u64, separator: JsString) -> JsResult<Value> {
    if !separator.is_empty() {
        let units = (separator.len() as u64).saturating_mul(n);
        let total = units.saturating_add(text.len() as u64);
        agent.check_string_length(usize::try_from(total).unwrap_or(usize::MAX))?;
        for _ in 0..n {
            text.push_view(separator.view(agent));
        }
    }
    agent.check_string_length(text.len())?;
    Ok(agent.new_from_view(text.view()).into())
}

fn push_value(agent: &mut Agent, text: &mut StrBuilder, v: Value) -> JsResult<()> {
    if let Some(s) = v.as_string() {
        text.push_view(s.view(agent));
    } else if let Some(i) = v.as_int() {
        text.push_latin1(NumberBuffer::new().format_i64(i64::from(i)).as_bytes());
    } else if let Some(n) = v.as_number() {
        text.push_latin1(NumberBuffer::new().format(n).as_bytes());
    } else if !v.is_nullish() {
        let s = to_string(agent, v)?;
        text.push_view(s.view(agent));
    }
    Ok(())
}

/// 23.1.3.32 Array.prototype.toLocaleString ( [ reserved1 [ , reserved2 ] ] )
pub(super) fn to_locale_string(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = this_object(agent, cx, "toLocaleString")?;
    let len = length_of_array_like(agent, o)?;
    locale_join(agent, o, len)
}

/// The elements' toLocaleString, joined by commas; for arrays and typed arrays.
pub(super) fn locale_join(agent: &mut Agent, o: Object, len: u64) -> JsResult<Value> {
    // Without ECMA-402 the elements get no arguments; it would pass locales and options on.
    unless_cyclic(agent, o, |agent| {
        let mut text = StrBuilder::new();
        for k in 0..len {
            if k > 0 {
                text.push_byte(b',');
            }
            let v = get_index(agent, o, k)?;
            if !v.is_nullish() {
                let key = agent.names.toLocaleString;
                let s = invoke(agent, v, key, &[])?;
                let s = to_string(agent, s)?;
                text.push_view(s.view(agent));
            }
            agent.check_string_length(text.len())?;
        }
        Ok(agent.new_from_view(text.view()).into())
    })
}

/// 23.1.3.36 Array.prototype.toString ( )
fn to_string_method(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = this_object(agent, cx, "toString")?;
    agent.check_native_stack()?;
    let key = agent.names.join;
    let f = crate::abstract_ops::get(agent, o, key)?;
    if f.is_callable() {
        return agent.call(f, o.into(), &[]);
    }
    // %Object.prototype.toString% itself, whatever the property holds now.
    let cx = CallArgs::new(cx.callee(), o.into(), &[], Value::UNDEFINED);
    super::object_prototype::to_string_method(agent, &cx)
}

/// %Array.prototype.toString%, which %TypedArray.prototype% shares.
pub(crate) fn build_to_string(agent: &mut Agent) {
    let f = agent.new_native_function("toString", 0, to_string_method);
    agent.set_intrinsic(Intrinsic::ArrayProtoToString, f);
}
