//! Methods of %String.prototype% that search, compare, split and replace (22.1.3).

use super::regexp::regexp_create_value;
use super::regexp_exec::{Protocol, original_method};
use super::regexp_symbols as symbols;
use super::string::{
    append, append_range, append_view, clamped, finish, not_coercible, this_string,
};
use crate::abstract_ops::{get, get_method, invoke, is_regexp, to_number, to_string, to_uint32};
use crate::agent::{Agent, CallArgs};
use crate::error::JsResult;
use crate::object::{Object, array};
use crate::property::PropertyKey;
use crate::string::JsString;
use crate::symbol::Symbol;
use crate::text::{self, StrBuilder, StrView, SubstitutionPart, SubstitutionParts};
use crate::value::Value;
use sarus_regexp::Flags;
use std::cmp::Ordering;

/// The search argument of `includes`, `startsWith` and `endsWith`, which refuse regular expressions.
fn search_string(agent: &mut Agent, v: Value, method: &str) -> JsResult<JsString> {
    if is_regexp(agent, v)? {
        return Err(agent.type_error(format!(
            "First argument to String.prototype.{method} must not be a regular expression"
        )));
    }
    to_string(agent, v)
}

/// 22.1.3.7 String.prototype.endsWith ( searchString [ , endPosition ] )
pub(super) fn ends_with(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let s = this_string(agent, cx, "endsWith")?;
    let search = search_string(agent, cx.arg(0), "endsWith")?;
    let end = if cx.arg(1).is_undefined() {
        s.len()
    } else {
        clamped(agent, cx.arg(1), s.len())?
    };
    let found = text::ends_with_at(s.view(agent), search.view(agent), end);
    Ok(Value::bool(found))
}

/// 22.1.3.24 String.prototype.startsWith ( searchString [ , position ] )
pub(super) fn starts_with(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let s = this_string(agent, cx, "startsWith")?;
    let search = search_string(agent, cx.arg(0), "startsWith")?;
    let start = clamped(agent, cx.arg(1), s.len())?;
    let found = text::starts_with_at(s.view(agent), search.view(agent), start);
    Ok(Value::bool(found))
}

/// 22.1.3.8 String.prototype.includes ( searchString [ , position ] )
pub(super) fn includes(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let s = this_string(agent, cx, "includes")?;
    let search = search_string(agent, cx.arg(0), "includes")?;
    let start = clamped(agent, cx.arg(1), s.len())?;
    let found = text::index_of(s.view(agent), search.view(agent), start);
    Ok(Value::bool(found.is_some()))
}

/// An index or -1.
fn index_value(index: Option<usize>) -> Value {
    index.map_or(Value::int(-1), Value::usize)
}

/// 22.1.3.9 String.prototype.indexOf ( searchString [ , position ] )
pub(super) fn index_of(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let s = this_string(agent, cx, "indexOf")?;
    let search = to_string(agent, cx.arg(0))?;
    let start = clamped(agent, cx.arg(1), s.len())?;
    let found = text::index_of(s.view(agent), search.view(agent), start);
    Ok(index_value(found))
}

/// 22.1.3.11 String.prototype.lastIndexOf ( searchString [ , position ] )
pub(super) fn last_index_of(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let s = this_string(agent, cx, "lastIndexOf")?;
    let search = to_string(agent, cx.arg(0))?;
    let n = to_number(agent, cx.arg(1))?;
    let start = if n.is_nan() {
        s.len()
    } else {
        n.clamp(0.0, s.len() as f64) as usize
    };
    let found = text::last_index_of(s.view(agent), search.view(agent), start);
    Ok(index_value(found))
}

/// 22.1.3.12 String.prototype.localeCompare ( that )
pub(super) fn locale_compare(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let s = this_string(agent, cx, "localeCompare")?;
    let that = to_string(agent, cx.arg(0))?;
    let order = text::basic_locale_compare(s.view(agent), that.view(agent));
    Ok(Value::int(match order {
        Ordering::Less => -1,
        Ordering::Equal => 0,
        Ordering::Greater => 1,
    }))
}

/// The method by which an object argument takes part in `match`, `replace` and so on.
fn protocol_method(agent: &mut Agent, v: Value, symbol: Symbol) -> JsResult<Option<Value>> {
    if !v.is_object() {
        return Ok(None);
    }
    let f = get_method(agent, v, PropertyKey::symbol(symbol))?;
    Ok((!f.is_undefined()).then_some(f))
}

/// `match`, `matchAll` and `search`: the argument's own method, or that of a new regular expression.
fn by_regexp(
    agent: &mut Agent,
    cx: &CallArgs,
    name: &str,
    symbol: Symbol,
    flags: Value,
    which: Protocol,
) -> JsResult<Value> {
    if let Some(f) = original_method(agent, cx.arg(0), which) {
        let args = [cx.this()];
        let call = CallArgs::new(f, cx.arg(0), &args, Value::UNDEFINED);
        return match which {
            Protocol::Match => symbols::match_(agent, &call),
            Protocol::MatchAll => symbols::match_all(agent, &call),
            _ => symbols::search(agent, &call),
        };
    }
    if let Some(f) = protocol_method(agent, cx.arg(0), symbol)? {
        return agent.call(f, cx.arg(0), &[cx.this()]);
    }
    let s = this_string(agent, cx, name)?;
    let rx = regexp_create_value(agent, cx.arg(0), flags)?;
    invoke(agent, rx.into(), PropertyKey::symbol(symbol), &[s.into()])
}

/// RequireObjectCoercible of `this`, which is handed on unconverted.
fn require_coercible(agent: &mut Agent, cx: &CallArgs, name: &str) -> JsResult<()> {
    if cx.this().is_nullish() {
        return Err(not_coercible(agent, name));
    }
    Ok(())
}

/// 22.1.3.13 String.prototype.match ( regexp )
pub(super) fn match_(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    require_coercible(agent, cx, "match")?;
    let symbol = agent.symbols.match_;
    let none = Value::UNDEFINED;
    by_regexp(agent, cx, "match", symbol, none, Protocol::Match)
}

/// 22.1.3.23 String.prototype.search ( regexp )
pub(super) fn search(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    require_coercible(agent, cx, "search")?;
    let symbol = agent.symbols.search;
    let none = Value::UNDEFINED;
    by_regexp(agent, cx, "search", symbol, none, Protocol::Search)
}

/// 22.1.3.14 String.prototype.matchAll ( regexp )
pub(super) fn match_all(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    require_coercible(agent, cx, "matchAll")?;
    let message = "String.prototype.matchAll called with a non-global RegExp argument";
    require_global(agent, cx.arg(0), message)?;
    let symbol = agent.symbols.match_all;
    let flags = agent.char_string(b'g').into();
    by_regexp(agent, cx, "matchAll", symbol, flags, Protocol::MatchAll)
}

/// The check of `matchAll` and `replaceAll` that a regular expression has the `g` flag.
fn require_global(agent: &mut Agent, v: Value, message: &str) -> JsResult<()> {
    let Some(o) = v.as_object() else {
        return Ok(());
    };
    // Its `@@match` is a function, its flags are what they seem.
    if original_method(agent, v, Protocol::Match).is_some()
        && let Some(program) = o.as_regexp().and_then(|cell| cell.program())
    {
        return match program.flags().contains(Flags::GLOBAL) {
            true => Ok(()),
            false => Err(agent.type_error(message)),
        };
    }
    if !is_regexp(agent, v)? {
        return Ok(());
    }
    let key = agent.names.flags;
    let flags = get(agent, o, key)?;
    if flags.is_nullish() {
        return Err(agent.type_error(message));
    }
    let flags = to_string(agent, flags)?;
    if flags.view(agent).units().any(|u| u == u16::from(b'g')) {
        return Ok(());
    }
    Err(agent.type_error(message))
}

/// The replacement argument after conversion.
#[derive(Copy, Clone)]
pub(super) enum Replacement {
    /// A function to call for each match.
    Function(Value),
    /// A template, with whether it has a `$` at all.
    Template(JsString, bool),
}

impl Replacement {
    /// ToString unless it is callable.
    pub fn new(agent: &mut Agent, v: Value) -> JsResult<Replacement> {
        if v.is_callable() {
            return Ok(Replacement::Function(v));
        }
        let s = to_string(agent, v)?;
        let special = match s.view(agent) {
            StrView::Latin1(s) => s.contains(&b'$'),
            StrView::Utf16(s) => s.contains(&u16::from(b'$')),
        };
        Ok(Replacement::Template(s, special))
    }
}

/// Appends what replaces a match of a plain string.
fn append_replacement(
    agent: &mut Agent,
    out: &mut StrBuilder,
    s: JsString,
    search: JsString,
    position: usize,
    replacement: Replacement,
) -> JsResult<()> {
    match replacement {
        Replacement::Function(f) => {
            let args = [search.into(), Value::usize(position), s.into()];
            let v = agent.call(f, Value::UNDEFINED, &args)?;
            let v = to_string(agent, v)?;
            append(agent, out, v)
        }
        Replacement::Template(t, false) => append(agent, out, t),
        Replacement::Template(t, true) => {
            let whole = Match {
                string: s,
                position,
                matched: search,
                captures: &[],
                named: None,
            };
            append_substitution(agent, out, &whole, t)
        }
    }
}

/// 22.1.3.19 String.prototype.replace ( searchValue, replaceValue )
pub(super) fn replace(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    require_coercible(agent, cx, "replace")?;
    if let Some(f) = original_method(agent, cx.arg(0), Protocol::Replace) {
        let args = [cx.this(), cx.arg(1)];
        let call = CallArgs::new(f, cx.arg(0), &args, Value::UNDEFINED);
        return symbols::replace(agent, &call);
    }
    let symbol = agent.symbols.replace;
    if let Some(f) = protocol_method(agent, cx.arg(0), symbol)? {
        return agent.call(f, cx.arg(0), &[cx.this(), cx.arg(1)]);
    }
    let s = this_string(agent, cx, "replace")?;
    let search = to_string(agent, cx.arg(0))?;
    let replacement = Replacement::new(agent, cx.arg(1))?;
    let Some(position) = text::index_of(s.view(agent), search.view(agent), 0) else {
        return Ok(s.into());
    };
    let mut out = StrBuilder::with_capacity(s.len());
    append_range(agent, &mut out, s, 0, position)?;
    append_replacement(agent, &mut out, s, search, position, replacement)?;
    let rest = s.view(agent).slice_from(position + search.len());
    append_view(agent, &mut out, rest)?;
    finish(agent, out)
}

/// 22.1.3.20 String.prototype.replaceAll ( searchValue, replaceValue )
pub(super) fn replace_all(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    require_coercible(agent, cx, "replaceAll")?;
    let message = "String.prototype.replaceAll called with a non-global RegExp argument";
    require_global(agent, cx.arg(0), message)?;
    let symbol = agent.symbols.replace;
    if let Some(f) = protocol_method(agent, cx.arg(0), symbol)? {
        return agent.call(f, cx.arg(0), &[cx.this(), cx.arg(1)]);
    }
    let s = this_string(agent, cx, "replaceAll")?;
    let search = to_string(agent, cx.arg(0))?;
    let replacement = Replacement::new(agent, cx.arg(1))?;
    let step = search.len().max(1);
    let mut next = text::index_of(s.view(agent), search.view(agent), 0);
    if next.is_none() {
        return Ok(s.into());
    }
    let mut out = StrBuilder::with_capacity(s.len());
    let mut end = 0;
    while let Some(position) = next {
        append_range(agent, &mut out, s, end, position)?;
        append_replacement(agent, &mut out, s, search, position, replacement)?;
        end = position + search.len();
        next = text::index_of(s.view(agent), search.view(agent), position + step);
    }
    append_range(agent, &mut out, s, end, s.len())?;
    finish(agent, out)
}

/// What GetSubstitution refers to.
pub(super) struct Match<'a> {
    /// The input.
    pub string: JsString,
    /// Where the match begins.
    pub position: usize,
    /// The matched text.
    pub matched: JsString,
    /// Captures without group 0: strings or `undefined`.
    pub captures: &'a [Value],
    /// The groups object.
    pub named: Option<Object>,
}

/// 22.1.3.19.1 GetSubstitution ( matched, str, position, captures, namedCaptures, replacementTemplate )
pub(super) fn append_substitution(
    agent: &mut Agent,
    out: &mut StrBuilder,
    m: &Match<'_>,
    template: JsString,
) -> JsResult<()> {
    let string = m.string;
    let view = template.view(agent);
    for part in SubstitutionParts::new(view, m.captures.len(), m.named.is_some()) {
        match part {
            SubstitutionPart::Literal(text) => append_view(agent, out, text)?,
            SubstitutionPart::Matched => append(agent, out, m.matched)?,
            SubstitutionPart::Before => append_range(agent, out, string, 0, m.position)?,
            SubstitutionPart::After => {
                let at = m.position.saturating_add(m.matched.len());
                append_range(agent, out, string, at, string.len())?
            }
            SubstitutionPart::Capture(n) => {
                let capture = n.checked_sub(1).and_then(|i| m.captures.get(i));
                if let Some(c) = capture.and_then(|c| c.as_string()) {
                    append(agent, out, c)?;
                }
            }
            SubstitutionPart::Named(name) => {
                if let Some(groups) = m.named {
                    let name = agent.new_from_view(name);
                    let key = PropertyKey::string(agent, name);
                    let capture = get(agent, groups, key)?;
                    if !capture.is_undefined() {
                        let capture = to_string(agent, capture)?;
                        append(agent, out, capture)?;
                    }
                }
            }
        }
    }
    Ok(())
}

/// 22.1.3.23 String.prototype.split ( separator, limit )
pub(super) fn split(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    require_coercible(agent, cx, "split")?;
    if let Some(f) = original_method(agent, cx.arg(0), Protocol::Split) {
        let args = [cx.this(), cx.arg(1)];
        let call = CallArgs::new(f, cx.arg(0), &args, Value::UNDEFINED);
        return symbols::split(agent, &call);
    }
    let symbol = agent.symbols.split;
    if let Some(f) = protocol_method(agent, cx.arg(0), symbol)? {
        return agent.call(f, cx.arg(0), &[cx.this(), cx.arg(1)]);
    }
    let s = this_string(agent, cx, "split")?;
    let limit = if cx.arg(1).is_undefined() {
        u32::MAX
    } else {
        to_uint32(agent, cx.arg(1))?
    };
    let separator = to_string(agent, cx.arg(0))?;
    if limit == 0 {
        return Ok(agent.new_array().into());
    }
    if cx.arg(0).is_undefined() {
        return Ok(agent.new_array_from(&[s.into()]).into());
    }
    if s.is_empty() {
        return Ok(if separator.is_empty() {
            agent.new_array().into()
        } else {
            agent.new_array_from(&[s.into()]).into()
        });
    }
    if separator.is_empty() {
        return split_units(agent, s, limit);
    }
    let pieces = pieces_between(s.view(agent), separator.view(agent), limit as usize);
    Ok(array_of_pieces(agent, s, &pieces)?.into())
}

/// The ranges between separators, at most `limit`.
fn pieces_between(view: StrView<'_>, separator: StrView<'_>, limit: usize) -> Vec<(usize, usize)> {
    let mut pieces = Vec::new();
    let mut start = 0;
    if let (StrView::Latin1(bytes), StrView::Latin1([c])) = (view, separator) {
        for at in memchr::memchr_iter(*c, bytes) {
            if pieces.len() == limit {
                return pieces;
            }
            pieces.push((start, at));
            start = at + 1;
        }
    } else {
        while let Some(at) = text::index_of(view, separator, start) {
            if pieces.len() == limit {
                return pieces;
            }
            pieces.push((start, at));
            start = at + separator.len();
        }
    }
    if pieces.len() < limit {
        pieces.push((start, view.len()));
    }
    pieces
}

/// An array of substrings.
fn array_of_pieces(agent: &mut Agent, s: JsString, pieces: &[(usize, usize)]) -> JsResult<Object> {
    let result = agent.new_array();
    result.reserve_elements(agent, pieces.len())?;
    for (i, &(start, end)) in pieces.iter().enumerate() {
        let piece = agent.substring(s, start, end).into();
        result.put_element(agent, i as u32, piece)?;
    }
    array::set_length_field(result, pieces.len() as u32);
    Ok(result)
}

/// `split("")`.
fn split_units(agent: &mut Agent, s: JsString, limit: u32) -> JsResult<Value> {
    let len = s.len().min(limit as usize);
    let result = agent.new_array();
    result.reserve_elements(agent, len)?;
    for i in 0..len {
        let unit = s.code_unit_at(agent, i);
        let unit = agent.unit_string(unit).into();
        result.put_element(agent, i as u32, unit)?;
    }
    array::set_length_field(result, len as u32);
    Ok(result.into())
}
