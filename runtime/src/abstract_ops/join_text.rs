//! The text of a template: strings and numbers one after the other.

use super::to_string;
use crate::agent::Agent;
use crate::error::JsResult;
use crate::numeric::{NumberBuffer, decimal_length, write_decimal};
use crate::string::JsString;
use crate::text::StrView;
use crate::value::Value;

/// Texts of three parts or more are written down at once up to this length; two parts, and longer texts, are concatenated.
const MAX_LENGTH: usize = 120;
/// The longest text of two parts that is written down: longer ones are ropes.
const MAX_PAIR: usize = 23;

/// The text of strings and numbers one after the other.
///
/// # Errors
/// RangeError if it is too long for a string.
pub fn join_text(agent: &mut Agent, parts: &[Value]) -> JsResult<JsString> {
    if let [a, b] = parts {
        return join_pair(agent, *a, *b);
    }
    if let Some(length) = plain_length(parts).filter(|n| (2..=MAX_LENGTH).contains(n)) {
        return Ok(agent.new_latin1_with(length, |out| write_plain(parts, out)));
    }
    let mut buffer = [0; MAX_LENGTH];
    if let Some(length) = write_parts(parts, &mut buffer) {
        return Ok(agent.new_latin1(&buffer[..length]));
    }
    let mut text = agent.empty_string();
    for part in parts {
        let part = to_string(agent, *part)?;
        text = agent.concat(text, part)?;
    }
    Ok(text)
}

/// The text of two strings or numbers.
fn join_pair(agent: &mut Agent, a: Value, b: Value) -> JsResult<JsString> {
    // Small integers have strings already, which makes it a concatenation.
    let ready = |agent: &Agent, v: Value| match v.as_int() {
        Some(i) => agent.known_int_string(i),
        None => v.as_string(),
    };
    if let (Some(a), Some(b)) = (ready(agent, a), ready(agent, b)) {
        return agent.concat(a, b);
    }
    let parts = [a, b];
    if let Some(length) = plain_length(&parts).filter(|n| (2..=MAX_PAIR).contains(n)) {
        return Ok(agent.new_latin1_with(length, |out| write_plain(&parts, out)));
    }
    let mut buffer = [0; MAX_PAIR];
    if let Some(length) = write_parts(&parts, &mut buffer) {
        return Ok(agent.new_latin1(&buffer[..length]));
    }
    let a = to_string(agent, a)?;
    let b = to_string(agent, b)?;
    agent.concat(a, b)
}

/// The length of the text of flat Latin-1 strings and integers, which can be written where it is to be: what was just written to a
/// buffer in pieces the processor cannot copy before it has reached the cache. None if there are other parts.
#[inline]
fn plain_length(parts: &[Value]) -> Option<usize> {
    let mut length = 0;
    for part in parts {
        length += match (part.as_int(), part.as_string()) {
            (Some(i), _) => decimal_length(i),
            (_, Some(s)) => match s.flat()? {
                StrView::Latin1(text) => text.len(),
                StrView::Utf16(_) => return None,
            },
            _ => return None,
        };
    }
    Some(length)
}

/// Writes parts that have a [`plain_length`], which is that of `out`.
#[inline]
fn write_plain(parts: &[Value], mut out: &mut [u8]) {
    for part in parts {
        if let Some(i) = part.as_int() {
            let (place, rest) = std::mem::take(&mut out).split_at_mut(decimal_length(i));
            write_decimal(i, place);
            out = rest;
        } else if let Some(StrView::Latin1(text)) = part.as_string().as_ref().and_then(|s| s.flat())
        {
            let (place, rest) = std::mem::take(&mut out).split_at_mut(text.len());
            place.copy_from_slice(text);
            out = rest;
        }
    }
}

/// Writes the parts down: the length of the text. None if it does not fit, or has other characters than Latin-1's.
#[inline]
fn write_parts(parts: &[Value], out: &mut [u8]) -> Option<usize> {
    let mut at = 0;
    for part in parts {
        let mut digits = NumberBuffer::new();
        let text = if let Some(s) = part.as_string() {
            match s.flat()? {
                StrView::Latin1(text) => {
                    let place = out.get_mut(at..at + text.len())?;
                    place.copy_from_slice(text);
                    at += text.len();
                    continue;
                }
                StrView::Utf16(_) => return None,
            }
        } else if let Some(i) = part.as_int() {
            digits.digits(i64::from(i))
        } else {
            digits.format(part.as_number()?).as_bytes()
        };
        out.get_mut(at..at + text.len())?.copy_from_slice(text);
        at += text.len();
    }
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::AgentOptions;

    fn text_of(agent: &mut Agent, parts: &[Value]) -> String {
        let text = join_text(agent, parts).unwrap();
        text.to_rust_string(agent)
    }

    #[test]
    fn parts_of_all_kinds() {
        let mut agent = Agent::new(AgentOptions::default());
        let agent = &mut agent;
        let word = agent.new_string("word");
        let wide = agent.new_string("Ω");
        let long = agent.new_string(&"long".repeat(40));
        let (word, wide, long) = (word.into(), wide.into(), long.into());
        let numbers = [Value::int(-12), Value::number(0.5), Value::number(f64::NAN)];
        assert_eq!(text_of(agent, &[]), "");
        assert_eq!(text_of(agent, &[word, numbers[0]]), "word-12");
        assert_eq!(text_of(agent, &numbers), "-120.5NaN");
        assert_eq!(text_of(agent, &[word, wide, word]), "wordΩword");
        for parts in [&[long, word][..], &[word, long, numbers[1]]] {
            let text = text_of(agent, parts);
            assert_eq!(text.len(), 164 + if parts.len() == 3 { 3 } else { 0 });
        }
    }
}
