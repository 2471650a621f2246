//! Function properties of the global object (19.2, B.2.1).

use crate::abstract_ops::{to_int32, to_number, to_string};
use crate::agent::{Agent, CallArgs};
use crate::error::{ErrorType, JsResult};
use crate::function::NativeFn;
use crate::numeric;
use crate::realm::Intrinsic;
use crate::text::{self, StrBuf, StrView, UriError};
use crate::value::Value;

/// Intrinsic, name, length, function.
static FUNCTIONS: &[(Intrinsic, &str, u32, NativeFn)] = &[
    (Intrinsic::Eval, "eval", 1, eval),
    (Intrinsic::IsFinite, "isFinite", 1, is_finite),
    (Intrinsic::IsNaN, "isNaN", 1, is_nan),
    (Intrinsic::ParseFloat, "parseFloat", 1, parse_float),
    (Intrinsic::ParseInt, "parseInt", 2, parse_int),
    (Intrinsic::DecodeURI, "decodeURI", 1, decode_uri),
    (
        Intrinsic::DecodeURIComponent,
        "decodeURIComponent",
        1,
        decode_uri_component,
    ),
    (Intrinsic::EncodeURI, "encodeURI", 1, encode_uri),
    (
        Intrinsic::EncodeURIComponent,
        "encodeURIComponent",
        1,
        encode_uri_component,
    ),
    (Intrinsic::Escape, "escape", 1, escape),
    (Intrinsic::Unescape, "unescape", 1, unescape),
];

/// The intrinsics of the table.
pub(super) const INTRINSICS: &[Intrinsic] = &[
    Intrinsic::Eval,
    Intrinsic::IsFinite,
    Intrinsic::IsNaN,
    Intrinsic::ParseFloat,
    Intrinsic::ParseInt,
    Intrinsic::DecodeURI,
    Intrinsic::DecodeURIComponent,
    Intrinsic::EncodeURI,
    Intrinsic::EncodeURIComponent,
    Intrinsic::Escape,
    Intrinsic::Unescape,
];

/// Builds those that nothing has touched yet.
pub(super) fn build(agent: &mut Agent) {
    for &(i, name, length, f) in FUNCTIONS {
        if agent.realm.intrinsic_if_built(i).is_none() {
            let o = agent.new_native_function(name, length, f);
            agent.set_intrinsic(i, o);
        }
    }
}

/// 19.2.1 eval ( x ). Direct eval never comes here: the interpreter recognises the function.
fn eval(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    match cx.arg(0).as_string() {
        Some(s) => (agent.hooks.indirect_eval)(agent, s),
        None => Ok(cx.arg(0)),
    }
}

/// 19.2.2 isFinite ( number )
fn is_finite(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    Ok(Value::bool(to_number(agent, cx.arg(0))?.is_finite()))
}

/// 19.2.3 isNaN ( number )
fn is_nan(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    Ok(Value::bool(to_number(agent, cx.arg(0))?.is_nan()))
}

/// 19.2.4 parseFloat ( string )
fn parse_float(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let s = to_string(agent, cx.arg(0))?;
    Ok(Value::number(numeric::parse_float(s.view(agent))))
}

/// 19.2.5 parseInt ( string, radix )
fn parse_int(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    if let Some(i) = cx.arg(0).as_int()
        && cx.arg(1).is_undefined()
    {
        return Ok(Value::int(i));
    }
    let s = to_string(agent, cx.arg(0))?;
    let radix = to_int32(agent, cx.arg(1))?;
    Ok(Value::number(numeric::parse_int(s.view(agent), radix)))
}

fn uri_function(
    agent: &mut Agent,
    cx: &CallArgs,
    f: fn(StrView<'_>) -> Result<StrBuf, UriError>,
) -> JsResult<Value> {
    let s = to_string(agent, cx.arg(0))?;
    match f(s.view(agent)) {
        Ok(text) => finish(agent, &text),
        Err(_) => Err(agent.throw_error(ErrorType::Uri, "URI malformed")),
    }
}

fn finish(agent: &mut Agent, text: &StrBuf) -> JsResult<Value> {
    agent.check_string_length(text.len())?;
    Ok(agent.new_from_view(text.view()).into())
}

/// 19.2.6.1 decodeURI ( encodedURI )
fn decode_uri(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    uri_function(agent, cx, text::decode_uri)
}

/// 19.2.6.2 decodeURIComponent ( encodedURIComponent )
fn decode_uri_component(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    uri_function(agent, cx, text::decode_uri_component)
}

/// 19.2.6.3 encodeURI ( uri )
fn encode_uri(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    uri_function(agent, cx, text::encode_uri)
}

/// 19.2.6.4 encodeURIComponent ( uriComponent )
fn encode_uri_component(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    uri_function(agent, cx, text::encode_uri_component)
}

/// B.2.1.1 escape ( string )
fn escape(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let s = to_string(agent, cx.arg(0))?;
    let text = text::escape(s.view(agent));
    finish(agent, &text)
}

/// B.2.1.2 unescape ( string )
fn unescape(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let s = to_string(agent, cx.arg(0))?;
    let text = text::unescape(s.view(agent));
    finish(agent, &text)
}
