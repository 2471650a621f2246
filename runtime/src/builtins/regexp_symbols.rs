//! `@@match`, `@@matchAll`, `@@replace`, `@@search` and `@@split` of %RegExp.prototype% (22.2.6) and
//! %RegExpStringIteratorPrototype% (22.2.9). Each has the specification's generic steps, and a short
//! way for regular expressions that nobody has tampered with.

use super::regexp::this_object;
use super::regexp_exec::{
    Protocol, groups_object, has_default_species, is_of_realm, is_pristine, last_index, note_match,
    original_method, regexp_exec, regexp_search, run, set_last_index,
};
use super::string::{append, append_range, append_view, finish};
use super::string_search::{Match, Replacement, append_substitution};
use super::table::{NamespaceSpec, method, tag};
use crate::abstract_ops::{
    create_iter_result, display_value, get, length_of_array_like, same_value, set,
    species_constructor, to_integer_or_infinity, to_length, to_object, to_string, to_uint32,
};
use crate::agent::{Agent, CallArgs};
use crate::error::JsResult;
use crate::kind::mark_value;
use crate::object::data::NativeData;
use crate::object::regexp::{LAST_INDEX_SLOT, Pattern};
use crate::object::{Object, array};
use crate::property::PropertyKey;
use crate::realm::Intrinsic;
use crate::string::JsString;
use crate::text::{StrBuilder, StrView, SubstitutionPart, SubstitutionParts};
use crate::value::Value;
use sarus_gc::Tracer;
use sarus_regexp::{CompiledRegExp, Flags};
use std::cell::Cell;
use std::ops::Range;
use std::rc::Rc;

/// Longer results are made in memory that may be refused.
const MAX_JOINED: usize = 1 << 16;

/// Most pieces whose list is kept.
const KEPT_PIECES: usize = 1 << 12;

/// ToString(Get(rx, "flags")).
fn flags_string(agent: &mut Agent, rx: Object) -> JsResult<JsString> {
    let key = agent.names.flags;
    let flags = get(agent, rx, key)?;
    to_string(agent, flags)
}

fn contains(agent: &mut Agent, flags: JsString, letter: u8) -> bool {
    flags.view(agent).units().any(|u| u == u16::from(letter))
}

/// 22.2.7.3 AdvanceStringIndex ( S, index, unicode )
fn advance(view: StrView<'_>, index: u64, unicode: bool) -> u64 {
    let width = match usize::try_from(index) {
        Ok(i) if unicode => view.code_point_at(i).map_or(1, |(_, width)| width),
        _ => 1,
    };
    index.saturating_add(width as u64)
}

/// The compiled pattern of a regular expression object.
fn program_of(o: Object) -> Option<Pattern> {
    o.as_regexp().and_then(|c| c.program())
}

/// Set(rx, "lastIndex", n, true) for any object.
fn set_index(agent: &mut Agent, rx: Object, n: Value) -> JsResult<()> {
    let key = agent.names.lastIndex;
    set(agent, rx, key, n, true)
}

/// After an empty match of a global search: lastIndex goes one further.
fn step_over_empty(agent: &mut Agent, rx: Object, s: JsString, unicode: bool) -> JsResult<()> {
    let key = agent.names.lastIndex;
    let index = get(agent, rx, key)?;
    let index = to_length(agent, index)?;
    let next = advance(s.view(agent), index, unicode);
    set_index(agent, rx, Value::number(next as f64))
}

/// The matches of a pristine global regular expression from the start on, as `visit` gets them one
/// by one (the groups are in the state of the last match). `visit` must not run JavaScript.
fn each_match(
    agent: &mut Agent,
    rx: Object,
    program: &Rc<CompiledRegExp>,
    s: JsString,
    mut visit: impl FnMut(&mut Agent) -> JsResult<()>,
) -> JsResult<()> {
    let sticky = program.flags().contains(Flags::STICKY);
    let unicode = program.flags().is_unicode();
    let mut at = 0;
    let mut any = false;
    while at <= s.len() && run(agent, program, s, at, sticky)? {
        any = true;
        let Some(m) = agent.library.regexp.last.group(0) else {
            break;
        };
        visit(agent)?;
        at = if m.is_empty() {
            advance(s.view(agent), m.end as u64, unicode) as usize
        } else {
            m.end
        };
    }
    set_last_index(agent, rx, 0)?;
    if any {
        note_match(agent, rx, s);
    }
    Ok(())
}

/// 22.2.6.8 RegExp.prototype [ %Symbol.match% ] ( string )
pub(super) fn match_(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let rx = this_object(agent, cx, "[Symbol.match]")?;
    let s = to_string(agent, cx.arg(0))?;
    if is_pristine(agent, rx)
        && let Some(program) = program_of(rx)
    {
        if !program.flags().contains(Flags::GLOBAL) {
            return regexp_exec(agent, rx, s);
        }
        return with_pieces(agent, |agent, pieces| {
            each_match(agent, rx, &program, s, |agent| {
                pieces.push(agent.library.regexp.last.group(0));
                Ok(())
            })?;
            if pieces.is_empty() {
                return Ok(Value::NULL);
            }
            Ok(array_of_pieces(agent, s, pieces)?.into())
        });
    }
    let flags = flags_string(agent, rx)?;
    if !contains(agent, flags, b'g') {
        return regexp_exec(agent, rx, s);
    }
    let unicode = contains(agent, flags, b'u') || contains(agent, flags, b'v');
    set_index(agent, rx, Value::int(0))?;
    let result = agent.new_array();
    let mut any = false;
    while let Some(m) = regexp_exec(agent, rx, s)?.as_object() {
        let text = get(agent, m, PropertyKey::index(0))?;
        let text = to_string(agent, text)?;
        array::push(agent, result, text.into())?;
        any = true;
        if text.is_empty() {
            step_over_empty(agent, rx, s, unicode)?;
        }
    }
    Ok(if any { result.into() } else { Value::NULL })
}

/// Parts of a string; `None` stands for `undefined`.
type Pieces = Vec<Option<Range<usize>>>;

/// Lends `f` an empty list, whose memory is kept from one time to the next.
fn with_pieces(
    agent: &mut Agent,
    f: impl FnOnce(&mut Agent, &mut Pieces) -> JsResult<Value>,
) -> JsResult<Value> {
    let mut pieces = std::mem::take(&mut agent.library.regexp.pieces);
    let result = f(agent, &mut pieces);
    if pieces.capacity() <= KEPT_PIECES {
        pieces.clear();
        agent.library.regexp.pieces = pieces;
    }
    result
}

/// An array of substrings.
fn array_of_pieces(
    agent: &mut Agent,
    s: JsString,
    pieces: &[Option<Range<usize>>],
) -> JsResult<Object> {
    let result = agent.new_array();
    result.reserve_elements(agent, pieces.len())?;
    for (i, piece) in pieces.iter().enumerate() {
        let piece = match piece {
            Some(range) => agent.substring(s, range.start, range.end).into(),
            None => Value::UNDEFINED,
        };
        result.put_element(agent, i as u32, piece)?;
    }
    array::set_length_field(result, pieces.len() as u32);
    Ok(result)
}

/// 22.2.6.12 RegExp.prototype [ %Symbol.search% ] ( string )
pub(super) fn search(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let rx = this_object(agent, cx, "[Symbol.search]")?;
    let s = to_string(agent, cx.arg(0))?;
    if is_pristine(agent, rx)
        && let Some(program) = program_of(rx)
    {
        let sticky = program.flags().contains(Flags::STICKY);
        if !run(agent, &program, s, 0, sticky)? {
            return Ok(Value::int(-1));
        }
        note_match(agent, rx, s);
        let start = agent.library.regexp.last.group(0).map_or(0, |m| m.start);
        return Ok(Value::usize(start));
    }
    let key = agent.names.lastIndex;
    let previous = get(agent, rx, key)?;
    if !same_value(agent, previous, Value::int(0)) {
        set_index(agent, rx, Value::int(0))?;
    }
    let result = regexp_exec(agent, rx, s)?;
    let current = get(agent, rx, key)?;
    if !same_value(agent, current, previous) {
        set_index(agent, rx, previous)?;
    }
    match result.as_object() {
        Some(m) => {
            let key = agent.names.index;
            get(agent, m, key)
        }
        None => Ok(Value::int(-1)),
    }
}

/// 22.2.6.11 RegExp.prototype [ %Symbol.replace% ] ( string, replaceValue )
pub(super) fn replace(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let rx = this_object(agent, cx, "[Symbol.replace]")?;
    let s = to_string(agent, cx.arg(0))?;
    let replacement = Replacement::new(agent, cx.arg(1))?;
    // Whatever else `lastIndex` is may run JavaScript, which may give the object another pattern.
    if is_pristine(agent, rx)
        && rx.load_slot(LAST_INDEX_SLOT).as_int().is_some()
        && let Some(program) = program_of(rx)
    {
        if let Replacement::Template(t, false) = replacement
            && !program.flags().contains(Flags::GLOBAL)
        {
            return replace_once(agent, rx, s, t);
        }
        // So may the function.
        let program = Rc::clone(&program);
        return match replacement {
            Replacement::Function(f) => replace_by_function(agent, rx, &program, s, f),
            Replacement::Template(t, special) => {
                replace_by_template(agent, rx, &program, s, t, special)
            }
        };
    }
    replace_generic(agent, rx, s, replacement)
}

/// Visits the matches that `replace` replaces.
fn each_replaced(
    agent: &mut Agent,
    rx: Object,
    program: &Rc<CompiledRegExp>,
    s: JsString,
    mut visit: impl FnMut(&mut Agent) -> JsResult<()>,
) -> JsResult<()> {
    if program.flags().contains(Flags::GLOBAL) {
        return each_match(agent, rx, program, s, visit);
    }
    if regexp_search(agent, rx, s)? {
        visit(agent)?;
    }
    Ok(())
}

/// Replaces one match by a text.
fn replace_once(agent: &mut Agent, rx: Object, s: JsString, text: JsString) -> JsResult<Value> {
    if !regexp_search(agent, rx, s)? {
        return Ok(s.into());
    }
    let Some(m) = agent.library.regexp.last.group(0) else {
        return Ok(s.into());
    };
    if text.is_empty() && m.start == 0 {
        return Ok(agent.substring(s, m.end, s.len()).into());
    }
    if text.is_empty() && m.end == s.len() {
        return Ok(agent.substring(s, 0, m.start).into());
    }
    let (view, text) = (s.view(agent), text.view(agent));
    agent.check_string_length((view.len() - m.len()).saturating_add(text.len()))?;
    if let (StrView::Latin1(s), StrView::Latin1(text)) = (view, text)
        && s.len() + text.len() < MAX_JOINED
    {
        let parts = [&s[..m.start], text, &s[m.end..]];
        return Ok(agent.new_latin1_of(&parts).into());
    }
    let mut out = StrBuilder::with_capacity(view.len() + text.len());
    append_view(agent, &mut out, view.slice(0, m.start))?;
    append_view(agent, &mut out, text)?;
    append_view(agent, &mut out, view.slice_from(m.end))?;
    finish(agent, out)
}

fn replace_by_template(
    agent: &mut Agent,
    rx: Object,
    program: &Rc<CompiledRegExp>,
    s: JsString,
    template: JsString,
    special: bool,
) -> JsResult<Value> {
    let view = s.view(agent);
    let template = template.view(agent);
    let mut out = StrBuilder::new();
    let mut end = 0;
    let mut any = false;
    each_replaced(agent, rx, program, s, |agent| {
        let Some(m) = agent.library.regexp.last.group(0) else {
            return Ok(());
        };
        if !any {
            out.reserve(view.len());
            any = true;
        }
        // A lookbehind can make a match begin before the end of the last one only in theory; the
        // specification skips such results.
        if m.start < end {
            return Ok(());
        }
        append_view(agent, &mut out, view.slice(end, m.start))?;
        if special {
            append_template(agent, &mut out, program, view, template)?;
        } else {
            append_view(agent, &mut out, template)?;
        }
        end = m.end;
        Ok(())
    })?;
    if !any {
        return Ok(s.into());
    }
    append_view(agent, &mut out, view.slice_from(end))?;
    finish(agent, out)
}

/// GetSubstitution from the state of the last match.
fn append_template(
    agent: &mut Agent,
    out: &mut StrBuilder,
    program: &Rc<CompiledRegExp>,
    view: StrView<'_>,
    template: StrView<'_>,
) -> JsResult<()> {
    let names = program.group_names();
    let captures = program.group_count().saturating_sub(1);
    for part in SubstitutionParts::new(template, captures, !names.is_empty()) {
        let state = &agent.library.regexp.last;
        let group = |i: usize| {
            state
                .group(i)
                .map_or(StrView::EMPTY, |m| view.slice(m.start, m.end))
        };
        let whole = state.group(0).unwrap_or(0..0);
        let text = match part {
            SubstitutionPart::Literal(text) => text,
            SubstitutionPart::Matched => group(0),
            SubstitutionPart::Before => view.slice(0, whole.start),
            SubstitutionPart::After => view.slice_from(whole.end),
            SubstitutionPart::Capture(n) => group(n),
            SubstitutionPart::Named(name) => names
                .iter()
                .find(|n| n.name.view() == name)
                .and_then(|n| {
                    n.groups
                        .iter()
                        .find(|&&i| state.group(i as usize).is_some())
                })
                .map_or(StrView::EMPTY, |&i| group(i as usize)),
        };
        append_view(agent, out, text)?;
    }
    Ok(())
}

fn replace_by_function(
    agent: &mut Agent,
    rx: Object,
    program: &Rc<CompiledRegExp>,
    s: JsString,
    f: Value,
) -> JsResult<Value> {
    // All matching comes before the first call, so the groups of all matches are kept, `groups`
    // ranges per match.
    let groups = program.group_count();
    let mut ranges: Vec<Option<(u32, u32)>> = Vec::new();
    each_replaced(agent, rx, program, s, |agent| {
        let state = &agent.library.regexp.last;
        ranges.extend((0..groups).map(|i| state.group(i).map(|m| (m.start as u32, m.end as u32))));
        Ok(())
    })?;
    if ranges.is_empty() {
        return Ok(s.into());
    }
    let mut out = StrBuilder::with_capacity(s.len());
    let mut end = 0;
    let mut args = agent.heap.root_vec::<Value>();
    for found in ranges.chunks(groups.max(1)) {
        let Some((start, stop)) = found.first().copied().flatten() else {
            continue;
        };
        args.clear();
        for range in found {
            let v = match *range {
                Some((a, b)) => agent.substring(s, a as usize, b as usize).into(),
                None => Value::UNDEFINED,
            };
            args.push(v);
        }
        let named = groups_object(agent, program, |_, i| {
            args.get(i).copied().unwrap_or(Value::UNDEFINED)
        })?;
        args.push(Value::uint(start));
        args.push(s.into());
        if !named.is_undefined() {
            args.push(named);
        }
        let v = agent.call(f, Value::UNDEFINED, &args)?;
        let v = to_string(agent, v)?;
        if (start as usize) < end {
            continue;
        }
        append_range(agent, &mut out, s, end, start as usize)?;
        append(agent, &mut out, v)?;
        end = stop as usize;
    }
    append_range(agent, &mut out, s, end, s.len())?;
    finish(agent, out)
}

/// The specification's steps.
fn replace_generic(
    agent: &mut Agent,
    rx: Object,
    s: JsString,
    replacement: Replacement,
) -> JsResult<Value> {
    let flags = flags_string(agent, rx)?;
    let global = contains(agent, flags, b'g');
    let unicode = contains(agent, flags, b'u') || contains(agent, flags, b'v');
    if global {
        set_index(agent, rx, Value::int(0))?;
    }
    let mut results = agent.heap.root_vec::<Value>();
    while let Some(m) = regexp_exec(agent, rx, s)?.as_object() {
        results.push(m.into());
        if !global {
            break;
        }
        let text = get(agent, m, PropertyKey::index(0))?;
        if to_string(agent, text)?.is_empty() {
            step_over_empty(agent, rx, s, unicode)?;
        }
    }
    let mut out = StrBuilder::new();
    let mut end = 0;
    for i in 0..results.len() {
        let Some(result) = results.get(i).and_then(|v| v.as_object()) else {
            continue;
        };
        replace_one(agent, &mut out, &mut end, s, result, replacement)?;
    }
    append_range(agent, &mut out, s, end, s.len())?;
    finish(agent, out)
}

/// Steps of `@@replace` for one result object.
fn replace_one(
    agent: &mut Agent,
    out: &mut StrBuilder,
    end: &mut usize,
    s: JsString,
    result: Object,
    replacement: Replacement,
) -> JsResult<()> {
    let captures = length_of_array_like(agent, result)?.saturating_sub(1);
    let matched = get(agent, result, PropertyKey::index(0))?;
    let matched = to_string(agent, matched)?;
    let key = agent.names.index;
    let position = get(agent, result, key)?;
    let position = to_integer_or_infinity(agent, position)?;
    let position = position.clamp(0.0, s.len() as f64) as usize;
    let mut args = agent.heap.root_vec::<Value>();
    args.push(matched.into());
    for n in 1..=captures {
        let key = PropertyKey::from_usize(agent, n);
        let mut c = get(agent, result, key)?;
        if !c.is_undefined() {
            c = to_string(agent, c)?.into();
        }
        args.push(c);
    }
    let key = agent.names.groups;
    let named = get(agent, result, key)?;
    let before = *end;
    match replacement {
        Replacement::Function(f) => {
            args.push(Value::usize(position));
            args.push(s.into());
            if !named.is_undefined() {
                args.push(named);
            }
            let v = agent.call(f, Value::UNDEFINED, &args)?;
            let v = to_string(agent, v)?;
            if position >= before {
                append_range(agent, out, s, before, position)?;
                append(agent, out, v)?;
            }
        }
        Replacement::Template(t, _) => {
            let named = if named.is_undefined() {
                None
            } else {
                Some(to_object(agent, named)?)
            };
            let m = Match {
                string: s,
                position,
                matched,
                captures: args.get(1..).unwrap_or(&[]),
                named,
            };
            // Named captures may run JavaScript, so the text is made even if it is not used.
            let mut text = StrBuilder::new();
            append_substitution(agent, &mut text, &m, t)?;
            if position >= before {
                append_range(agent, out, s, before, position)?;
                append_view(agent, out, text.view())?;
            }
        }
    }
    if position >= before {
        *end = position.saturating_add(matched.len()).min(s.len());
    }
    Ok(())
}

/// 22.2.6.14 RegExp.prototype [ %Symbol.split% ] ( string, limit )
pub(super) fn split(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let rx = this_object(agent, cx, "[Symbol.split]")?;
    let s = to_string(agent, cx.arg(0))?;
    if is_copied_plainly(agent, rx)
        && (cx.arg(1).is_undefined() || cx.arg(1).is_number())
        && let Some(program) = program_of(rx)
    {
        let limit = if cx.arg(1).is_undefined() {
            u32::MAX
        } else {
            to_uint32(agent, cx.arg(1))?
        };
        return split_fast(agent, rx, &program, s, limit);
    }
    let c = species_constructor(agent, rx, Intrinsic::RegExp)?;
    let flags = flags_string(agent, rx)?;
    let unicode = contains(agent, flags, b'u') || contains(agent, flags, b'v');
    let new_flags = if contains(agent, flags, b'y') {
        flags
    } else {
        agent.concat_str(flags, "y")?
    };
    let splitter = agent.construct(c, &[rx.into(), new_flags.into()])?;
    let result = agent.new_array();
    let limit = if cx.arg(1).is_undefined() {
        u32::MAX
    } else {
        to_uint32(agent, cx.arg(1))?
    };
    if limit == 0 {
        return Ok(result.into());
    }
    if s.is_empty() {
        if regexp_exec(agent, splitter, s)?.is_null() {
            array::push(agent, result, s.into())?;
        }
        return Ok(result.into());
    }
    split_generic(agent, splitter, s, limit, unicode, result)?;
    Ok(result.into())
}

fn split_generic(
    agent: &mut Agent,
    splitter: Object,
    s: JsString,
    limit: u32,
    unicode: bool,
    result: Object,
) -> JsResult<()> {
    let size = s.len();
    let (mut p, mut q) = (0, 0);
    while q < size {
        set_index(agent, splitter, Value::usize(q))?;
        let z = regexp_exec(agent, splitter, s)?;
        let key = agent.names.lastIndex;
        let end = match z.as_object() {
            Some(z) => {
                let e = get(agent, splitter, key)?;
                let e = to_length(agent, e)?.min(size as u64) as usize;
                Some((z, e)).filter(|(_, e)| *e != p)
            }
            None => None,
        };
        let Some((z, e)) = end else {
            q = advance(s.view(agent), q as u64, unicode) as usize;
            continue;
        };
        let piece = agent.substring(s, p.min(q), q).into();
        array::push(agent, result, piece)?;
        if array::length_of(result) == Some(limit) {
            return Ok(());
        }
        p = e;
        let captures = length_of_array_like(agent, z)?.saturating_sub(1);
        for i in 1..=captures {
            let key = PropertyKey::from_usize(agent, i);
            let c = get(agent, z, key)?;
            array::push(agent, result, c)?;
            if array::length_of(result) == Some(limit) {
                return Ok(());
            }
        }
        q = p;
    }
    let piece = agent.substring(s, p, size).into();
    array::push(agent, result, piece)
}

/// `split` by searching instead of trying every position with a sticky copy.
fn split_fast(
    agent: &mut Agent,
    rx: Object,
    program: &Rc<CompiledRegExp>,
    s: JsString,
    limit: u32,
) -> JsResult<Value> {
    if limit == 0 {
        return Ok(agent.new_array().into());
    }
    if s.is_empty() {
        let result = agent.new_array();
        if !run(agent, program, s, 0, true)? {
            array::push(agent, result, s.into())?;
        }
        return Ok(result.into());
    }
    with_pieces(agent, |agent, pieces| {
        split_pieces(agent, rx, program, s, limit as usize, pieces)?;
        Ok(array_of_pieces(agent, s, pieces)?.into())
    })
}

/// What a string is split into, at most `limit` pieces.
fn split_pieces(
    agent: &mut Agent,
    rx: Object,
    program: &Rc<CompiledRegExp>,
    s: JsString,
    limit: usize,
    pieces: &mut Pieces,
) -> JsResult<()> {
    let size = s.len();
    let unicode = program.flags().is_unicode();
    let groups = program.group_count();
    let (mut p, mut q) = (0, 0);
    while q < size && run(agent, program, s, q, false)? {
        note_match(agent, rx, s);
        let Some(m) = agent.library.regexp.last.group(0) else {
            break;
        };
        if m.start >= size {
            break;
        }
        if m.end == p {
            // An empty match right where the last one ended.
            q = advance(s.view(agent), m.start.max(q) as u64, unicode) as usize;
            continue;
        }
        pieces.push(Some(p.min(m.start)..m.start));
        p = m.end;
        let last = &agent.library.regexp.last;
        pieces.extend((1..groups).map(|i| last.group(i).filter(|c| c.start <= c.end)));
        if pieces.len() >= limit {
            pieces.truncate(limit);
            return Ok(());
        }
        q = p;
    }
    pieces.push(Some(p..size));
    Ok(())
}

/// 22.2.6.9 RegExp.prototype [ %Symbol.matchAll% ] ( string )
pub(super) fn match_all(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let rx = this_object(agent, cx, "[Symbol.matchAll]")?;
    let s = to_string(agent, cx.arg(0))?;
    let (matcher, global, unicode) = match pristine_copy(agent, rx) {
        Some((matcher, flags)) => (matcher, flags.contains(Flags::GLOBAL), flags.is_unicode()),
        None => {
            let c = species_constructor(agent, rx, Intrinsic::RegExp)?;
            let flags = flags_string(agent, rx)?;
            let matcher = agent.construct(c, &[rx.into(), flags.into()])?;
            let unicode = contains(agent, flags, b'u') || contains(agent, flags, b'v');
            (matcher, contains(agent, flags, b'g'), unicode)
        }
    };
    let key = agent.names.lastIndex;
    let index = get(agent, rx, key)?;
    let index = to_length(agent, index)?;
    set_index(agent, matcher, Value::number(index as f64))?;
    let data = StringIterator {
        matcher: Cell::new(matcher.into()),
        string: Cell::new(s.into()),
        global,
        unicode,
        done: Cell::new(false),
    };
    let proto = agent.intrinsic(Intrinsic::RegExpStringIteratorPrototype);
    Ok(agent.new_data_object(Some(proto), Box::new(data)).into())
}

/// True when the species constructor of a pristine regular expression is %RegExp%, and the @@match by which that tells regular
/// expressions is the original one.
fn is_copied_plainly(agent: &mut Agent, rx: Object) -> bool {
    original_method(agent, rx.into(), Protocol::Match).is_some() && has_default_species(agent, rx)
}

/// What the default species constructor makes of a pristine regular expression and its flags.
fn pristine_copy(agent: &mut Agent, rx: Object) -> Option<(Object, Flags)> {
    if !is_copied_plainly(agent, rx) || !is_of_realm(agent) {
        return None;
    }
    let cell = rx.as_regexp()?;
    let (source, program) = (cell.source()?, cell.program_cell()?);
    let flags = cell.program()?.flags();
    let proto = agent.intrinsic(Intrinsic::RegExpPrototype);
    let copy = agent.new_regexp_with(proto, true);
    copy.as_regexp()?.initialize(agent, source, program);
    Some((copy, flags))
}

/// Internal slots of RegExp String Iterators (22.2.9.1).
struct StringIterator {
    matcher: Cell<Value>,
    string: Cell<Value>,
    global: bool,
    unicode: bool,
    done: Cell<bool>,
}

impl NativeData for StringIterator {
    fn trace(&self, tracer: &mut Tracer) {
        mark_value(tracer, self.matcher.get());
        mark_value(tracer, self.string.get());
    }
}

/// %RegExpStringIteratorPrototype%
pub static REGEXP_STRING_ITERATOR: NamespaceSpec = NamespaceSpec {
    intrinsic: Intrinsic::RegExpStringIteratorPrototype,
    parent: Some(Intrinsic::IteratorPrototype),
    properties: &[
        method("next", 0, iterator_next),
        tag("RegExp String Iterator"),
    ],
};

/// 22.2.9.2.1 %RegExpStringIteratorPrototype%.next ( )
fn iterator_next(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let this = cx.this().as_object();
    let Some(data) = this.as_ref().and_then(|o| o.data::<StringIterator>()) else {
        let text = display_value(agent, cx.this());
        return Err(agent.type_error(format!(
            "Method RegExp String Iterator.prototype.next called on incompatible receiver {text}"
        )));
    };
    let parts = (
        data.matcher.get().as_object(),
        data.string.get().as_string(),
    );
    let (Some(rx), Some(s), false) = (parts.0, parts.1, data.done.get()) else {
        return Ok(create_iter_result(agent, Value::UNDEFINED, true));
    };
    // An exception ends the iteration, as it would a generator.
    data.done.set(true);
    let result = regexp_exec(agent, rx, s)?;
    let Some(m) = result.as_object() else {
        return Ok(create_iter_result(agent, Value::UNDEFINED, true));
    };
    if data.global {
        let text = get(agent, m, PropertyKey::index(0))?;
        if to_string(agent, text)?.is_empty() {
            if is_pristine(agent, rx) {
                let index = last_index(agent, rx)?;
                let next = advance(s.view(agent), index, data.unicode);
                set_last_index(agent, rx, next as usize)?;
            } else {
                step_over_empty(agent, rx, s, data.unicode)?;
            }
        }
        data.done.set(false);
    }
    Ok(create_iter_result(agent, result, false))
}
