//! Uint8Array to and from Base64 and hexadecimal text (23.3).

use super::array_buffer::check_mutable;
use super::typed_array_constructor::{allocate_intrinsic, detached};
use crate::abstract_ops::{create_data_property_or_throw, display_value, get_str, to_boolean};
use crate::agent::{Agent, CallArgs};
use crate::error::{JsResult, Throw};
use crate::object::Object;
use crate::object::typed_array::{ElementType, TypedArrayCell};
use crate::string::JsString;
use crate::text::StrView;
use crate::value::Value;
use sarus_gc::Gc;

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// What a decoder does with an incomplete last chunk.
#[derive(Copy, Clone, PartialEq, Eq)]
enum LastChunk {
    Loose,
    Strict,
    StopBeforePartial,
}

/// What a decoder found: units read, bytes, and the message of the SyntaxError, if any.
struct Decoded {
    read: usize,
    bytes: Vec<u8>,
    error: Option<&'static str>,
}

/// ValidateUint8Array
fn this_uint8_array(agent: &mut Agent, cx: &CallArgs, name: &str) -> JsResult<Gc<TypedArrayCell>> {
    let cell = cx.this().as_object().and_then(Object::as_typed_array);
    match cell.filter(|c| c.element_type() == ElementType::Uint8) {
        Some(cell) => Ok(cell),
        None => {
            let text = display_value(agent, cx.this());
            Err(agent.type_error(format!(
                "Method Uint8Array.prototype.{name} called on incompatible receiver {text}"
            )))
        }
    }
}

/// The number of bytes, a TypeError when out of bounds.
fn attached_length(agent: &mut Agent, cell: &TypedArrayCell, name: &str) -> JsResult<usize> {
    match cell.current() {
        Some(n) => Ok(n),
        None => Err(detached(agent, &format!("Uint8Array.prototype.{name}"))),
    }
}

fn string_argument(agent: &mut Agent, cx: &CallArgs) -> JsResult<JsString> {
    match cx.arg(0).as_string() {
        Some(s) => Ok(s),
        None => Err(agent.type_error("expected input to be a string")),
    }
}

/// GetOptionsObject
fn options(agent: &mut Agent, v: Value) -> JsResult<Option<Object>> {
    match v.as_object() {
        None if v.is_undefined() => Ok(None),
        None => Err(agent.type_error("expected options to be an object")),
        found => Ok(found),
    }
}

/// One of the texts an option allows, by position; 0 when the option is undefined.
fn choice(
    agent: &mut Agent,
    options: Option<Object>,
    name: &str,
    texts: &[&str],
) -> JsResult<usize> {
    let Some(o) = options else { return Ok(0) };
    let v = get_str(agent, o, name)?;
    if v.is_undefined() {
        return Ok(0);
    }
    let found = v.as_string().and_then(|s| {
        let view = s.view(agent);
        texts.iter().position(|t| view.eq_ascii(t))
    });
    match found {
        Some(i) => Ok(i),
        None => Err(agent.type_error(format!("expected {name} to be one of {}", texts.join(", ")))),
    }
}

fn is_url_alphabet(agent: &mut Agent, options: Option<Object>) -> JsResult<bool> {
    Ok(choice(agent, options, "alphabet", &["base64", "base64url"])? == 1)
}

fn last_chunk(agent: &mut Agent, options: Option<Object>) -> JsResult<LastChunk> {
    let texts = ["loose", "strict", "stop-before-partial"];
    let i = choice(agent, options, "lastChunkHandling", &texts)?;
    Ok(match i {
        0 => LastChunk::Loose,
        1 => LastChunk::Strict,
        _ => LastChunk::StopBeforePartial,
    })
}

/// 23.3.1.1 Uint8Array.prototype.toBase64 ( [ options ] )
pub(super) fn to_base64(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let cell = this_uint8_array(agent, cx, "toBase64")?;
    let options = options(agent, cx.arg(0))?;
    let alphabet = if is_url_alphabet(agent, options)? {
        URL
    } else {
        STANDARD
    };
    let omit = match options {
        Some(o) => to_boolean(get_str(agent, o, "omitPadding")?),
        None => false,
    };
    let n = attached_length(agent, &cell, "toBase64")?;
    agent.check_string_length(n.div_ceil(3).saturating_mul(4))?;
    let bytes = cell.buffer().read_bytes(agent, cell.byte_offset(), n)?;
    let text = encode_base64(&bytes, alphabet, !omit);
    Ok(agent.new_latin1(&text).into())
}

fn encode_base64(bytes: &[u8], alphabet: &[u8; 64], padding: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let at = |i: usize| u32::from(chunk.get(i).copied().unwrap_or(0));
        let word = at(0) << 16 | at(1) << 8 | at(2);
        for i in 0..4 {
            if i <= chunk.len() {
                out.push(alphabet[(word >> (18 - 6 * i)) as usize & 63]);
            } else if padding {
                out.push(b'=');
            }
        }
    }
    out
}

/// 23.3.1.2 Uint8Array.prototype.toHex ( )
pub(super) fn to_hex(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let cell = this_uint8_array(agent, cx, "toHex")?;
    let n = attached_length(agent, &cell, "toHex")?;
    agent.check_string_length(n.saturating_mul(2))?;
    let bytes = cell.buffer().read_bytes(agent, cell.byte_offset(), n)?;
    let digits = b"0123456789abcdef";
    let text: Vec<u8> = bytes
        .iter()
        .flat_map(|b| [digits[usize::from(b >> 4)], digits[usize::from(b & 15)]])
        .collect();
    Ok(agent.new_latin1(&text).into())
}

fn syntax(agent: &mut Agent, message: &str) -> Throw {
    agent.syntax_error(message)
}

fn new_array(agent: &mut Agent, decoded: Decoded) -> JsResult<Value> {
    if let Some(message) = decoded.error {
        return Err(syntax(agent, message));
    }
    let array = allocate_intrinsic(agent, ElementType::Uint8, decoded.bytes.len() as u64)?;
    if let Some(cell) = array.as_typed_array() {
        cell.buffer().write_bytes(0, &decoded.bytes);
    }
    Ok(array.into())
}

/// Writes what was decoded, then throws or returns `{ read, written }`.
fn write_result(agent: &mut Agent, cell: &TypedArrayCell, decoded: Decoded) -> JsResult<Value> {
    cell.buffer()
        .write_bytes(cell.byte_offset(), &decoded.bytes);
    if let Some(message) = decoded.error {
        return Err(syntax(agent, message));
    }
    let o = agent.new_plain_object();
    for (name, n) in [("read", decoded.read), ("written", decoded.bytes.len())] {
        let key = agent.key(name);
        create_data_property_or_throw(agent, o, key, Value::usize(n))?;
    }
    Ok(o.into())
}

/// 23.3.2.1 Uint8Array.fromBase64 ( string [ , options ] )
pub(super) fn from_base64(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let s = string_argument(agent, cx)?;
    let options = options(agent, cx.arg(1))?;
    let url = is_url_alphabet(agent, options)?;
    let last = last_chunk(agent, options)?;
    let decoded = decode_base64(s.view(agent), url, last, usize::MAX);
    new_array(agent, decoded)
}

/// 23.3.1.3 Uint8Array.prototype.setFromBase64 ( string [ , options ] )
pub(super) fn set_from_base64(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let cell = this_uint8_array(agent, cx, "setFromBase64")?;
    check_mutable(agent, &cell.buffer(), "Uint8Array.prototype.setFromBase64")?;
    let s = string_argument(agent, cx)?;
    let options = options(agent, cx.arg(1))?;
    let url = is_url_alphabet(agent, options)?;
    let last = last_chunk(agent, options)?;
    let n = attached_length(agent, &cell, "setFromBase64")?;
    let decoded = decode_base64(s.view(agent), url, last, n);
    write_result(agent, &cell, decoded)
}

/// 23.3.2.2 Uint8Array.fromHex ( string )
pub(super) fn from_hex(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let s = string_argument(agent, cx)?;
    let decoded = decode_hex(s.view(agent), usize::MAX);
    new_array(agent, decoded)
}

/// 23.3.1.4 Uint8Array.prototype.setFromHex ( string )
pub(super) fn set_from_hex(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let cell = this_uint8_array(agent, cx, "setFromHex")?;
    check_mutable(agent, &cell.buffer(), "Uint8Array.prototype.setFromHex")?;
    let s = string_argument(agent, cx)?;
    let n = attached_length(agent, &cell, "setFromHex")?;
    let decoded = decode_hex(s.view(agent), n);
    write_result(agent, &cell, decoded)
}

/// 23.3.3.8 FromHex
fn decode_hex(view: StrView<'_>, max: usize) -> Decoded {
    let mut decoded = Decoded {
        read: 0,
        bytes: Vec::new(),
        error: None,
    };
    let n = view.len();
    if !n.is_multiple_of(2) {
        decoded.error = Some("string should be an even number of characters");
        return decoded;
    }
    let digit = |i: usize| {
        view.get(i)
            .and_then(|u| char::from_u32(u32::from(u)))
            .and_then(|c| c.to_digit(16))
    };
    while decoded.read < n && decoded.bytes.len() < max {
        let (Some(high), Some(low)) = (digit(decoded.read), digit(decoded.read + 1)) else {
            decoded.error = Some("string should only contain hex characters");
            return decoded;
        };
        decoded.bytes.push((high << 4 | low) as u8);
        decoded.read += 2;
    }
    decoded
}

fn skip_white_space(view: StrView<'_>, mut i: usize) -> usize {
    while let Some(u) = view.get(i) {
        if !matches!(u, 0x09 | 0x0A | 0x0C | 0x0D | 0x20) {
            break;
        }
        i += 1;
    }
    i
}

/// The six bits of a character.
fn sextet(unit: u16, url: bool) -> Option<u32> {
    let c = u8::try_from(unit).ok()?;
    let value = match c {
        b'A'..=b'Z' => c - b'A',
        b'a'..=b'z' => c - b'a' + 26,
        b'0'..=b'9' => c - b'0' + 52,
        b'+' if !url => 62,
        b'/' if !url => 63,
        b'-' if url => 62,
        b'_' if url => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

/// Appends the bytes of a chunk of two to four sextets; false when bits that do not fit are set and
/// that matters.
fn push_chunk(bytes: &mut Vec<u8>, chunk: u32, len: usize, strict: bool) -> bool {
    let word = chunk << (6 * (4 - len));
    let count = len * 6 / 8;
    let all = [(word >> 16) as u8, (word >> 8) as u8, word as u8];
    if strict && all[count..].iter().any(|b| *b != 0) {
        return false;
    }
    bytes.extend_from_slice(&all[..count]);
    true
}

/// 23.3.3.6 FromBase64
fn decode_base64(view: StrView<'_>, url: bool, last: LastChunk, max: usize) -> Decoded {
    let mut decoded = Decoded {
        read: 0,
        bytes: Vec::new(),
        error: None,
    };
    if max == 0 {
        return decoded;
    }
    let n = view.len();
    let (mut chunk, mut len, mut i) = (0u32, 0usize, 0usize);
    loop {
        i = skip_white_space(view, i);
        let Some(unit) = view.get(i) else {
            return finish_base64(decoded, chunk, len, n, last);
        };
        i += 1;
        if unit == u16::from(b'=') {
            return finish_padded(decoded, view, chunk, len, i, last);
        }
        let Some(bits) = sextet(unit, url) else {
            decoded.error = Some("Found a character that cannot be part of a valid base64 string.");
            return decoded;
        };
        let room = max - decoded.bytes.len();
        if room == 1 && len == 2 || room == 2 && len == 3 {
            return decoded;
        }
        chunk = chunk << 6 | bits;
        len += 1;
        if len == 4 {
            push_chunk(&mut decoded.bytes, chunk, 4, false);
            (chunk, len) = (0, 0);
            decoded.read = i;
            if decoded.bytes.len() == max {
                return decoded;
            }
        }
    }
}

/// The end of the text without padding.
fn finish_base64(
    mut decoded: Decoded,
    chunk: u32,
    len: usize,
    n: usize,
    last: LastChunk,
) -> Decoded {
    if len > 0 {
        if last == LastChunk::StopBeforePartial {
            return decoded;
        }
        if last == LastChunk::Strict || len == 1 {
            decoded.error = Some("The base64 input terminates with a partial chunk.");
            return decoded;
        }
        push_chunk(&mut decoded.bytes, chunk, len, false);
    }
    decoded.read = n;
    decoded
}

/// After the first padding character, which ended before index `i`.
fn finish_padded(
    mut decoded: Decoded,
    view: StrView<'_>,
    chunk: u32,
    len: usize,
    i: usize,
    last: LastChunk,
) -> Decoded {
    const MISPLACED: &str = "The base64 input has misplaced padding.";
    if len < 2 {
        decoded.error = Some(MISPLACED);
        return decoded;
    }
    let mut i = skip_white_space(view, i);
    if len == 2 {
        match view.get(i) {
            None => {
                if last != LastChunk::StopBeforePartial {
                    decoded.error = Some(MISPLACED);
                }
                return decoded;
            }
            Some(u) if u == u16::from(b'=') => i = skip_white_space(view, i + 1),
            Some(_) => {}
        }
    }
    if i < view.len() {
        decoded.error = Some(MISPLACED);
        return decoded;
    }
    if !push_chunk(&mut decoded.bytes, chunk, len, last == LastChunk::Strict) {
        decoded.error = Some("The base64 input has extra bits in its last chunk.");
        return decoded;
    }
    decoded.read = view.len();
    decoded
}
