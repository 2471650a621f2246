//! The String constructor (22.1.2) and the parts of %String.prototype% that look at characters,
//! cut, pad and convert; searching and replacing are in `string_search`, Annex B in `string_html`.

use super::string_html as html;
use super::string_iterator;
use super::string_search as search;
use super::table::{ClassSpec, alias, method};
use crate::abstract_ops::{
    get_prototype_from_constructor, length_of_array_like, relative_index, to_integer_or_infinity,
    to_length, to_number, to_object, to_string, to_uint32,
};
use crate::agent::{Agent, CallArgs};
use crate::error::{JsResult, Throw};
use crate::kind::CellKind;
use crate::numeric;
use crate::object::Object;
use crate::property::PropertyKey;
use crate::realm::Intrinsic;
use crate::string::{JsString, MAX_STRING_LENGTH};
use crate::text::{self, CaseLocale, NormalizationForm, StrBuf, StrBuilder, StrView};
use crate::value::Value;

/// %String%
pub static STRING: ClassSpec = ClassSpec {
    make_prototype: Some(make_prototype),
    statics: &[
        method("fromCharCode", 1, from_char_code),
        method("fromCodePoint", 1, from_code_point),
        method("raw", 1, raw),
    ],
    methods: &[
        method("anchor", 1, html::anchor),
        method("at", 1, at),
        method("big", 0, html::big),
        method("blink", 0, html::blink),
        method("bold", 0, html::bold),
        method("charAt", 1, char_at),
        method("charCodeAt", 1, char_code_at),
        method("codePointAt", 1, code_point_at),
        method("concat", 1, concat),
        method("endsWith", 1, search::ends_with),
        method("fontcolor", 1, html::fontcolor),
        method("fontsize", 1, html::fontsize),
        method("fixed", 0, html::fixed),
        method("includes", 1, search::includes),
        method("indexOf", 1, search::index_of),
        method("italics", 0, html::italics),
        method("lastIndexOf", 1, search::last_index_of),
        method("link", 1, html::link),
        method("localeCompare", 1, search::locale_compare),
        method("match", 1, search::match_),
        method("matchAll", 1, search::match_all),
        method("normalize", 0, normalize),
        method("padEnd", 1, |a, cx| pad(a, cx, "padEnd", false)),
        method("padStart", 1, |a, cx| pad(a, cx, "padStart", true)),
        method("repeat", 1, repeat),
        method("replace", 2, search::replace),
        method("replaceAll", 2, search::replace_all),
        method("search", 1, search::search),
        method("slice", 2, slice),
        method("small", 0, html::small),
        method("split", 2, search::split),
        method("strike", 0, html::strike),
        method("sub", 0, html::sub),
        method("substr", 2, substr),
        method("substring", 2, substring),
        method("sup", 0, html::sup),
        method("startsWith", 1, search::starts_with),
        method("toString", 0, |a, cx| this_string_value(a, cx, "toString")),
        method("toWellFormed", 0, to_well_formed),
        method("trim", 0, |a, cx| trim(a, cx, "trim", text::trim)),
        method("trimStart", 0, |a, cx| {
            trim(a, cx, "trimStart", text::trim_start)
        }),
        alias("trimLeft", "trimStart"),
        method("trimEnd", 0, |a, cx| trim(a, cx, "trimEnd", text::trim_end)),
        alias("trimRight", "trimEnd"),
        method("toLocaleLowerCase", 0, to_locale_lower_case),
        method("toLocaleUpperCase", 0, to_locale_upper_case),
        method("toLowerCase", 0, to_lower_case),
        method("toUpperCase", 0, to_upper_case),
        method("valueOf", 0, |a, cx| this_string_value(a, cx, "valueOf")),
        method("isWellFormed", 0, is_well_formed),
        method("@@iterator", 0, string_iterator::iterator),
    ],
    ..ClassSpec::new(
        Intrinsic::String,
        Intrinsic::StringPrototype,
        "String",
        1,
        string_constructor,
    )
};

/// 22.1.3: %String.prototype% is a String object with the empty string.
fn make_prototype(agent: &mut Agent, parent: Option<Object>) -> Object {
    let empty = agent.empty_string().into();
    agent.new_fields_object(CellKind::StringObject, parent, [empty])
}

/// 22.1.1.1 String ( value )
fn string_constructor(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let s = match cx.args().first() {
        None => agent.empty_string(),
        Some(v) => {
            if !cx.is_construct()
                && let Some(symbol) = v.as_symbol()
            {
                let text = PropertyKey::symbol(symbol);
                let text = symbol_descriptive_string(agent, text)?;
                return Ok(text.into());
            }
            to_string(agent, *v)?
        }
    };
    let Some(target) = cx.new_target().as_object() else {
        return Ok(s.into());
    };
    let proto = get_prototype_from_constructor(agent, target, Intrinsic::StringPrototype)?;
    Ok(agent
        .new_fields_object(CellKind::StringObject, Some(proto), [s.into()])
        .into())
}

/// 20.4.3.3.1 SymbolDescriptiveString ( sym )
fn symbol_descriptive_string(agent: &mut Agent, key: PropertyKey) -> JsResult<JsString> {
    let description = key.as_symbol().and_then(|s| s.description_string());
    let open = agent.new_string("Symbol(");
    let head = match description {
        Some(d) => agent.concat(open, d)?,
        None => open,
    };
    agent.concat_str(head, ")")
}

/// 22.1.2.1 String.fromCharCode ( ...codeUnits )
fn from_char_code(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    if let [v] = cx.args() {
        let unit = to_uint32(agent, *v)? as u16;
        return Ok(agent.unit_string(unit).into());
    }
    let mut units = Vec::with_capacity(cx.argc());
    for v in cx.args() {
        units.push(to_uint32(agent, *v)? as u16);
    }
    Ok(agent.try_new_utf16(&units)?.into())
}

/// 22.1.2.2 String.fromCodePoint ( ...codePoints )
fn from_code_point(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    if let [v] = cx.args()
        && let Some(point @ 0..=0x10_FFFF) = v.as_int()
    {
        return Ok(agent.point_string(point as u32).into());
    }
    let mut out = StrBuilder::with_capacity(cx.argc());
    for v in cx.args() {
        let n = to_number(agent, *v)?;
        if !numeric::is_integral_number(n) || !(0.0..=1_114_111.0).contains(&n) {
            let text = to_string(agent, *v)?.to_rust_string(agent);
            return Err(agent.range_error(format!("Invalid code point {text}")));
        }
        out.push_code_point(n as u32);
    }
    finish(agent, out)
}

/// 22.1.2.4 String.raw ( template, ...substitutions )
fn raw(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let cooked = to_object(agent, cx.arg(0))?;
    let key = agent.names.raw;
    let literals = crate::abstract_ops::get(agent, cooked, key)?;
    let literals = to_object(agent, literals)?;
    let len = length_of_array_like(agent, literals)?;
    let mut out = StrBuilder::new();
    for i in 0..len {
        let key = PropertyKey::from_usize(agent, i);
        let literal = crate::abstract_ops::get(agent, literals, key)?;
        let literal = to_string(agent, literal)?;
        append(agent, &mut out, literal)?;
        if i + 1 < len
            && let Some(v) = cx.rest(1).get(i as usize)
        {
            let s = to_string(agent, *v)?;
            append(agent, &mut out, s)?;
        }
    }
    finish(agent, out)
}

/// Appends to a result under construction, checking its length.
pub(super) fn append(agent: &mut Agent, out: &mut StrBuilder, s: JsString) -> JsResult<()> {
    let view = s.view(agent);
    append_view(agent, out, view)
}

/// Appends the units `start..end` (clamped) of a string, checking the length.
pub(super) fn append_range(
    agent: &mut Agent,
    out: &mut StrBuilder,
    s: JsString,
    start: usize,
    end: usize,
) -> JsResult<()> {
    let view = s.view(agent).slice(start, end);
    append_view(agent, out, view)
}

/// Appends to a result under construction, checking its length.
pub(super) fn append_view(
    agent: &mut Agent,
    out: &mut StrBuilder,
    view: StrView<'_>,
) -> JsResult<()> {
    agent.check_string_length(out.len().saturating_add(view.len()))?;
    out.push_view(view);
    Ok(())
}

/// The finished string.
pub(super) fn finish(agent: &mut Agent, out: StrBuilder) -> JsResult<Value> {
    let buffer = out.finish();
    from_buffer(agent, &buffer)
}

/// A string value from an owned result, or a RangeError when it is too long or memory is short.
pub(super) fn from_buffer(agent: &mut Agent, buffer: &StrBuf) -> JsResult<Value> {
    let view = buffer.view();
    agent.check_string_length(view.len())?;
    let bytes = match view {
        StrView::Latin1(b) => b.len(),
        StrView::Utf16(u) => u.len() * 2,
    };
    if bytes > 1 << 20 && !agent.heap.can_reserve(bytes) {
        return Err(agent.invalid_string_length());
    }
    Ok(agent.new_from_view(view).into())
}

/// RequireObjectCoercible and ToString of `this`.
#[inline]
pub(super) fn this_string(agent: &mut Agent, cx: &CallArgs, name: &str) -> JsResult<JsString> {
    let this = cx.this();
    if let Some(s) = this.as_string() {
        return Ok(s);
    }
    if this.is_nullish() {
        return Err(not_coercible(agent, name));
    }
    to_string(agent, this)
}

/// The TypeError for a null or undefined `this`.
#[cold]
pub(super) fn not_coercible(agent: &mut Agent, name: &str) -> Throw {
    agent.type_error(format!(
        "String.prototype.{name} called on null or undefined"
    ))
}

/// 22.1.3.35.1 ThisStringValue ( value ), for `toString` and `valueOf`.
fn this_string_value(agent: &mut Agent, cx: &CallArgs, name: &str) -> JsResult<Value> {
    let this = cx.this();
    if this.is_string() {
        return Ok(this);
    }
    match this.as_object() {
        Some(o) if o.is(CellKind::StringObject) => Ok(o.field(0)),
        _ => Err(agent.type_error(format!(
            "String.prototype.{name} requires that 'this' be a String"
        ))),
    }
}

/// The position argument of the character functions, if it lies inside the string.
#[inline]
fn position(agent: &mut Agent, v: Value, len: usize) -> JsResult<Option<usize>> {
    let p = match v.as_int() {
        Some(i) => i as f64,
        None => to_integer_or_infinity(agent, v)?,
    };
    Ok((p >= 0.0 && p < len as f64).then_some(p as usize))
}

/// 22.1.3.1 String.prototype.at ( index )
fn at(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let s = this_string(agent, cx, "at")?;
    let index = to_integer_or_infinity(agent, cx.arg(0))?;
    let k = if index < 0.0 {
        index + s.len() as f64
    } else {
        index
    };
    if k < 0.0 || k >= s.len() as f64 {
        return Ok(Value::UNDEFINED);
    }
    let unit = s.code_unit_at(agent, k as usize);
    Ok(agent.unit_string(unit).into())
}

/// 22.1.3.2 String.prototype.charAt ( pos )
fn char_at(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let s = this_string(agent, cx, "charAt")?;
    match position(agent, cx.arg(0), s.len())? {
        Some(i) => {
            let unit = s.code_unit_at(agent, i);
            Ok(agent.unit_string(unit).into())
        }
        None => Ok(agent.empty_string().into()),
    }
}

/// 22.1.3.3 String.prototype.charCodeAt ( pos )
fn char_code_at(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let s = this_string(agent, cx, "charCodeAt")?;
    Ok(match position(agent, cx.arg(0), s.len())? {
        Some(i) => Value::int(s.code_unit_at(agent, i) as i32),
        None => Value::number(f64::NAN),
    })
}

/// 22.1.3.4 String.prototype.codePointAt ( pos )
fn code_point_at(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let s = this_string(agent, cx, "codePointAt")?;
    let point = match position(agent, cx.arg(0), s.len())? {
        Some(i) => s.view(agent).code_point_at(i),
        None => None,
    };
    Ok(point.map_or(Value::UNDEFINED, |(c, _)| Value::uint(c)))
}

/// 22.1.3.5 String.prototype.concat ( ...args )
fn concat(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let mut s = this_string(agent, cx, "concat")?;
    for v in cx.args() {
        let next = to_string(agent, *v)?;
        s = agent.concat(s, next)?;
    }
    Ok(s.into())
}

/// 22.1.3.10 String.prototype.isWellFormed ( )
fn is_well_formed(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let s = this_string(agent, cx, "isWellFormed")?;
    Ok(Value::bool(text::is_well_formed(s.view(agent))))
}

/// 22.1.3.33 String.prototype.toWellFormed ( )
fn to_well_formed(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let s = this_string(agent, cx, "toWellFormed")?;
    let changed = text::to_well_formed(s.view(agent));
    or_same(agent, s, changed)
}

/// The changed text, or the string itself.
fn or_same(agent: &mut Agent, s: JsString, changed: Option<StrBuf>) -> JsResult<Value> {
    match changed {
        Some(buffer) => from_buffer(agent, &buffer),
        None => Ok(s.into()),
    }
}

/// 22.1.3.15 String.prototype.normalize ( [ form ] )
fn normalize(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let s = this_string(agent, cx, "normalize")?;
    let form = if cx.arg(0).is_undefined() {
        NormalizationForm::Nfc
    } else {
        let name = to_string(agent, cx.arg(0))?;
        match NormalizationForm::from_name(name.view(agent)) {
            Some(form) => form,
            None => {
                return Err(agent
                    .range_error("The normalization form should be one of NFC, NFD, NFKC, NFKD."));
            }
        }
    };
    let changed = text::normalize(s.view(agent), form);
    or_same(agent, s, changed)
}

/// 22.1.3.17.1 StringPaddingBuiltinsImpl ( O, maxLength, fillString, placement )
fn pad(agent: &mut Agent, cx: &CallArgs, name: &str, at_start: bool) -> JsResult<Value> {
    let s = this_string(agent, cx, name)?;
    let max = to_length(agent, cx.arg(0))?;
    let len = s.len() as u64;
    if max <= len {
        return Ok(s.into());
    }
    let filler = if cx.arg(1).is_undefined() {
        agent.char_string(b' ')
    } else {
        to_string(agent, cx.arg(1))?
    };
    if filler.is_empty() {
        return Ok(s.into());
    }
    if max > MAX_STRING_LENGTH as u64 {
        return Err(agent.invalid_string_length());
    }
    let missing = (max - len) as usize;
    let times = missing / filler.len() + 1;
    let fill = repeat_string(agent, filler, times.min(missing))?;
    let fill = agent.substring(fill, 0, missing.min(fill.len()));
    let result = if at_start {
        agent.concat(fill, s)?
    } else {
        agent.concat(s, fill)?
    };
    Ok(result.into())
}

/// 22.1.3.18 String.prototype.repeat ( count )
fn repeat(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let s = this_string(agent, cx, "repeat")?;
    let n = to_integer_or_infinity(agent, cx.arg(0))?;
    if n < 0.0 || n.is_infinite() {
        let text = to_string(agent, cx.arg(0))?.to_rust_string(agent);
        return Err(agent.range_error(format!("Invalid count value: {text}")));
    }
    if n == 0.0 || s.is_empty() {
        return Ok(agent.empty_string().into());
    }
    if n > (MAX_STRING_LENGTH / s.len()) as f64 {
        return Err(agent.invalid_string_length());
    }
    Ok(repeat_string(agent, s, n as usize)?.into())
}

/// Repetition by doubling: long results are ropes that share their halves.
fn repeat_string(agent: &mut Agent, s: JsString, times: usize) -> JsResult<JsString> {
    let len = s.len().saturating_mul(times);
    if len <= 1024 {
        let view = s.view(agent);
        let mut out = StrBuilder::with_capacity(len);
        for _ in 0..times {
            out.push_view(view);
        }
        return Ok(agent.new_from_view(out.view()));
    }
    let mut result = agent.empty_string();
    let mut piece = s;
    let mut left = times;
    loop {
        if left & 1 != 0 {
            result = agent.concat(result, piece)?;
        }
        left >>= 1;
        if left == 0 {
            return Ok(result);
        }
        piece = agent.concat(piece, piece)?;
    }
}

/// 22.1.3.22 String.prototype.slice ( start, end )
fn slice(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let s = this_string(agent, cx, "slice")?;
    let len = s.len() as u64;
    let from = relative_index(agent, cx.arg(0), len, 0)?;
    let to = relative_index(agent, cx.arg(1), len, len)?;
    if from >= to {
        return Ok(agent.empty_string().into());
    }
    Ok(agent.substring(s, from as usize, to as usize).into())
}

/// A position clamped to the string.
#[inline]
pub(super) fn clamped(agent: &mut Agent, v: Value, len: usize) -> JsResult<usize> {
    let p = to_integer_or_infinity(agent, v)?;
    Ok(p.clamp(0.0, len as f64) as usize)
}

/// 22.1.3.26 String.prototype.substring ( start, end )
fn substring(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let s = this_string(agent, cx, "substring")?;
    let len = s.len();
    let a = clamped(agent, cx.arg(0), len)?;
    let b = if cx.arg(1).is_undefined() {
        len
    } else {
        clamped(agent, cx.arg(1), len)?
    };
    Ok(agent.substring(s, a.min(b), a.max(b)).into())
}

/// B.2.2.1 String.prototype.substr ( start, length )
fn substr(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let s = this_string(agent, cx, "substr")?;
    let size = s.len();
    let start = relative_index(agent, cx.arg(0), size as u64, 0)? as usize;
    let length = if cx.arg(1).is_undefined() {
        size
    } else {
        clamped(agent, cx.arg(1), size)?
    };
    let end = start.saturating_add(length).min(size);
    if start >= end {
        return Ok(agent.empty_string().into());
    }
    Ok(agent.substring(s, start, end).into())
}

/// 22.1.3.32 String.prototype.trim ( ) and its halves
fn trim(
    agent: &mut Agent,
    cx: &CallArgs,
    name: &str,
    f: for<'a> fn(StrView<'a>) -> StrView<'a>,
) -> JsResult<Value> {
    let s = this_string(agent, cx, name)?;
    let view = s.view(agent);
    let trimmed = f(view);
    if trimmed.len() == view.len() {
        return Ok(s.into());
    }
    if trimmed.is_empty() {
        return Ok(agent.empty_string().into());
    }
    let start = if name == "trimEnd" {
        0
    } else {
        view.len() - text::trim_start(view).len()
    };
    Ok(agent.substring(s, start, start + trimmed.len()).into())
}

/// 22.1.3.28 String.prototype.toLowerCase ( )
fn to_lower_case(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let s = this_string(agent, cx, "toLowerCase")?;
    let changed = text::to_lower_case(s.view(agent));
    or_same(agent, s, changed)
}

/// 22.1.3.30 String.prototype.toUpperCase ( )
fn to_upper_case(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let s = this_string(agent, cx, "toUpperCase")?;
    let changed = text::to_upper_case(s.view(agent));
    or_same(agent, s, changed)
}

/// The case rules of the first locale asked for.
fn case_locale(agent: &mut Agent, locales: Value) -> JsResult<CaseLocale> {
    let first = match locales.as_object() {
        Some(o) => {
            let len = length_of_array_like(agent, o)?;
            if len == 0 {
                return Ok(CaseLocale::from_tag(""));
            }
            crate::abstract_ops::get(agent, o, PropertyKey::index(0))?
        }
        None if locales.is_undefined() => return Ok(CaseLocale::from_tag("")),
        None if locales.is_null() => {
            return Err(agent.type_error("Cannot convert undefined or null to object"));
        }
        None => locales,
    };
    match first.as_string() {
        Some(s) => {
            let tag = s.to_rust_string(agent);
            let language = tag.split('-').next().unwrap_or_default();
            if !(2..=8).contains(&language.len())
                || !language.bytes().all(|b| b.is_ascii_alphabetic())
            {
                return Err(
                    agent.range_error(format!("Incorrect locale information provided: {tag}"))
                );
            }
            Ok(CaseLocale::from_tag(&tag))
        }
        None if first.is_object() => Ok(CaseLocale::from_tag("")),
        None if locales.is_object() => {
            Err(agent.type_error("Language ID should be string or object."))
        }
        None => Ok(CaseLocale::from_tag("")),
    }
}

/// 22.1.3.26 String.prototype.toLocaleLowerCase ( [ locales ] )
fn to_locale_lower_case(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let s = this_string(agent, cx, "toLocaleLowerCase")?;
    let locale = case_locale(agent, cx.arg(0))?;
    let changed = text::to_lower_case_in(s.view(agent), locale);
    or_same(agent, s, changed)
}

/// 22.1.3.27 String.prototype.toLocaleUpperCase ( [ locales ] )
fn to_locale_upper_case(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let s = this_string(agent, cx, "toLocaleUpperCase")?;
    let locale = case_locale(agent, cx.arg(0))?;
    let changed = text::to_upper_case_in(s.view(agent), locale);
    or_same(agent, s, changed)
}
