//! Text to bytes and back, in every encoding of `Buffer`: the native half of `buffer`.

use super::{number_argument, text_argument};
use sarus_runtime::error::ErrorType;
use sarus_runtime::function::NativeFn;
use sarus_runtime::object::buffer::allocate_array_buffer;
use sarus_runtime::object::typed_array::ElementType;
use sarus_runtime::realm::Intrinsic;
use sarus_runtime::text::StrView;
use sarus_runtime::{Agent, CallArgs, JsResult, Value};

pub static FUNCTIONS: &[(&str, u32, NativeFn)] = &[
    ("encode", 2, encode),
    ("decode", 4, decode),
    ("decodeUtf8", 4, decode_utf8_strict),
    ("indexOf", 3, index_of),
    ("compare", 2, compare),
];

/// A Uint8Array with a copy of the bytes.
pub fn new_bytes(agent: &mut Agent, bytes: &[u8]) -> JsResult<Value> {
    let proto = agent.intrinsic(Intrinsic::ArrayBufferPrototype);
    let buffer = allocate_array_buffer(agent, proto, bytes.len() as u64, None)?;
    let proto = agent.intrinsic(Intrinsic::Uint8ArrayPrototype);
    let Some(cell) = buffer.as_buffer() else {
        return Err(agent.type_error("not a buffer"));
    };
    cell.write_bytes(0, bytes);
    let array = agent.new_typed_array(ElementType::Uint8, proto, cell, 0, Some(bytes.len()));
    Ok(array.into())
}

/// The bytes of a typed array, a DataView or an ArrayBuffer.
pub fn bytes_of(agent: &mut Agent, v: Value) -> JsResult<Vec<u8>> {
    if let Some(o) = v.as_object() {
        if let Some(t) = o.as_typed_array() {
            let size = t.current().unwrap_or(0) * t.element_type().size();
            return t.buffer().read_bytes(agent, t.byte_offset(), size);
        }
        if let Some(d) = o.as_data_view() {
            let size = d.current().unwrap_or(0);
            return d.buffer().read_bytes(agent, d.byte_offset(), size);
        }
        if let Some(b) = o.as_buffer() {
            return b.read_bytes(agent, 0, b.len());
        }
    }
    Err(agent.type_error("a buffer is expected"))
}

/// `encode(string, encoding)`: a Uint8Array.
fn encode(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let Some(s) = cx.arg(0).as_string() else {
        return Err(agent.type_error("a string is expected"));
    };
    let encoding = text_argument(agent, cx, 1)?;
    let bytes = match encoding.as_str() {
        "latin1" | "ascii" => match s.view(agent) {
            StrView::Latin1(b) => b.to_vec(),
            StrView::Utf16(u) => u.iter().map(|c| *c as u8).collect(),
        },
        "utf16le" => match s.view(agent) {
            StrView::Latin1(b) => b.iter().flat_map(|c| [*c, 0]).collect(),
            StrView::Utf16(u) => u.iter().flat_map(|c| c.to_le_bytes()).collect(),
        },
        "hex" => from_hex(s.to_rust_string(agent).as_bytes()),
        "base64" | "base64url" => from_base64(s.to_rust_string(agent).as_bytes()),
        _ => s.to_rust_string(agent).into_bytes(),
    };
    new_bytes(agent, &bytes)
}

/// `decode(bytes, encoding, start, end)`: a string.
fn decode(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let bytes = bytes_of(agent, cx.arg(0))?;
    let encoding = text_argument(agent, cx, 1)?;
    let start = (number_argument(cx, 2, 0.0).max(0.0) as usize).min(bytes.len());
    let end = number_argument(cx, 3, bytes.len() as f64).max(0.0) as usize;
    let end = end.min(bytes.len()).max(start);
    let part = &bytes[start..end];
    agent.check_string_length(part.len().saturating_mul(2))?;
    let s = match encoding.as_str() {
        "latin1" => agent.new_latin1(part),
        "ascii" => {
            let low: Vec<u8> = part.iter().map(|b| b & 0x7f).collect();
            agent.new_latin1(&low)
        }
        "utf16le" => {
            let units: Vec<u16> = part
                .chunks_exact(2)
                .map(|c| u16::from_le_bytes([c[0], c[1]]))
                .collect();
            agent.new_utf16(&units)
        }
        "hex" => agent.new_latin1(&to_hex(part)),
        "base64" => agent.new_latin1(&to_base64(part, STANDARD, true)),
        "base64url" => agent.new_latin1(&to_base64(part, URL, false)),
        _ if part.is_ascii() => agent.new_latin1(part),
        _ => agent.new_string(&String::from_utf8_lossy(part)),
    };
    Ok(s.into())
}

/// `decodeUtf8(bytes)`: a string, or a TypeError for what is no UTF-8.
fn decode_utf8_strict(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let bytes = bytes_of(agent, cx.arg(0))?;
    agent.check_string_length(bytes.len())?;
    match std::str::from_utf8(&bytes) {
        Ok(s) => Ok(agent.new_string(s).into()),
        Err(_) => Err(agent.throw_error(
            ErrorType::Type,
            "The encoded data was not valid for encoding utf-8",
        )),
    }
}

/// `indexOf(bytes, wanted, from, backwards)`: -1 when not found.
fn index_of(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let hay = bytes_of(agent, cx.arg(0))?;
    let needle = bytes_of(agent, cx.arg(1))?;
    let from = number_argument(cx, 2, 0.0).max(0.0) as usize;
    let fits = |i: usize| hay.get(i..).is_some_and(|h| h.starts_with(&needle));
    let last = hay.len().checked_sub(needle.len());
    let found = match last {
        None => None,
        Some(last) if cx.arg(3).is_true() => (0..=from.min(last)).rev().find(|i| fits(*i)),
        Some(last) => (from..=last).find(|i| fits(*i)),
    };
    Ok(found.map_or(Value::int(-1), |i| Value::number(i as f64)))
}

/// `compare(a, b)`: -1, 0 or 1.
fn compare(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let a = bytes_of(agent, cx.arg(0))?;
    let b = bytes_of(agent, cx.arg(1))?;
    Ok(Value::int(a.cmp(&b) as i32))
}

/// Pairs of hexadecimal digits up to the first that is none.
fn from_hex(s: &[u8]) -> Vec<u8> {
    let digit = |c: u8| char::from(c).to_digit(16);
    s.chunks_exact(2)
        .map_while(|c| Some((digit(c[0])? * 16 + digit(c[1])?) as u8))
        .collect()
}

fn to_hex(bytes: &[u8]) -> Vec<u8> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|b| [DIGITS[usize::from(b >> 4)], DIGITS[usize::from(b & 15)]])
        .collect()
}

/// Base64 in both alphabets; what belongs to neither is skipped, `=` ends the text.
fn from_base64(s: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(s.len() / 4 * 3 + 3);
    let (mut bits, mut count) = (0u32, 0u32);
    for &c in s {
        let v = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => break,
            _ => continue,
        };
        bits = bits << 6 | u32::from(v);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    out
}

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn to_base64(bytes: &[u8], alphabet: &[u8; 64], pad: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() / 3 * 4 + 4);
    for chunk in bytes.chunks(3) {
        let at = |i: usize| u32::from(chunk.get(i).copied().unwrap_or(0));
        let n = at(0) << 16 | at(1) << 8 | at(2);
        for i in 0..4u32 {
            if i as usize <= chunk.len() {
                out.push(alphabet[(n >> (18 - 6 * i) & 63) as usize]);
            } else if pad {
                out.push(b'=');
            }
        }
    }
    out
}
