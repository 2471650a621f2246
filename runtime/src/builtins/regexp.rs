//! The RegExp constructor (22.2.4, 22.2.5), its legacy static properties, and the accessors,
//! `exec`, `test`, `compile` and `toString` of %RegExp.prototype%. The methods behind
//! `String.prototype.replace` and its kin are in `regexp_symbols`.

use super::regexp_exec::{is_pristine, regexp_builtin_exec, regexp_exec, regexp_search};
use super::regexp_legacy as legacy;
use super::regexp_symbols as symbols;
use super::string::{append_view, finish};
use super::table::{ClassSpec, accessor, getter, method};
use crate::abstract_ops::{
    display_value, get, get_prototype_from_constructor, is_regexp, set, to_boolean, to_string,
};
use crate::agent::{Agent, CallArgs};
use crate::error::JsResult;
use crate::kind::mark_value;
use crate::object::Object;
use crate::object::data::{DataCell, NativeData};
use crate::property::PropertyKey;
use crate::realm::Intrinsic;
use crate::string::JsString;
use crate::text::{self, StrBuilder, StrView};
use crate::value::Value;
use sarus_gc::{Gc, Tracer};
use sarus_regexp::Flags;
use std::cell::Cell;

/// %RegExp%
pub static REGEXP: ClassSpec = ClassSpec {
    statics: &[
        method("escape", 1, escape),
        accessor("input", legacy::get_input, legacy::set_input),
        accessor("$_", legacy::get_input, legacy::set_input),
        getter("lastMatch", legacy::last_match),
        getter("$&", legacy::last_match),
        getter("lastParen", legacy::last_paren),
        getter("$+", legacy::last_paren),
        getter("leftContext", legacy::left_context),
        getter("$`", legacy::left_context),
        getter("rightContext", legacy::right_context),
        getter("$'", legacy::right_context),
        getter("$1", |a, cx| legacy::paren(a, cx, 1)),
        getter("$2", |a, cx| legacy::paren(a, cx, 2)),
        getter("$3", |a, cx| legacy::paren(a, cx, 3)),
        getter("$4", |a, cx| legacy::paren(a, cx, 4)),
        getter("$5", |a, cx| legacy::paren(a, cx, 5)),
        getter("$6", |a, cx| legacy::paren(a, cx, 6)),
        getter("$7", |a, cx| legacy::paren(a, cx, 7)),
        getter("$8", |a, cx| legacy::paren(a, cx, 8)),
        getter("$9", |a, cx| legacy::paren(a, cx, 9)),
        getter("@@species", |_, cx| Ok(cx.this())),
    ],
    methods: &[
        method("exec", 1, exec),
        getter("dotAll", |a, cx| flag(a, cx, "dotAll", Flags::DOT_ALL)),
        getter("flags", flags),
        getter("global", |a, cx| flag(a, cx, "global", Flags::GLOBAL)),
        getter("hasIndices", |a, cx| {
            flag(a, cx, "hasIndices", Flags::HAS_INDICES)
        }),
        getter("ignoreCase", |a, cx| {
            flag(a, cx, "ignoreCase", Flags::IGNORE_CASE)
        }),
        getter("multiline", |a, cx| {
            flag(a, cx, "multiline", Flags::MULTILINE)
        }),
        getter("source", source),
        getter("sticky", |a, cx| flag(a, cx, "sticky", Flags::STICKY)),
        getter("unicode", |a, cx| flag(a, cx, "unicode", Flags::UNICODE)),
        getter("unicodeSets", |a, cx| {
            flag(a, cx, "unicodeSets", Flags::UNICODE_SETS)
        }),
        method("compile", 2, compile),
        method("toString", 0, to_string_method),
        method("test", 1, test),
        method("@@match", 1, symbols::match_),
        method("@@matchAll", 1, symbols::match_all),
        method("@@replace", 2, symbols::replace),
        method("@@search", 1, symbols::search),
        method("@@split", 2, symbols::split),
    ],
    ..ClassSpec::new(
        Intrinsic::RegExp,
        Intrinsic::RegExpPrototype,
        "RegExp",
        2,
        regexp_constructor,
    )
};

/// The getters that `flags` reads, in its order, for the check that they are the original ones.
pub(super) const FLAG_GETTERS: [&str; 8] = [
    "hasIndices",
    "global",
    "ignoreCase",
    "multiline",
    "dotAll",
    "unicode",
    "unicodeSets",
    "sticky",
];

/// 22.2.4.1 RegExp ( pattern, flags )
fn regexp_constructor(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (pattern, flags) = (cx.arg(0), cx.arg(1));
    let pattern_is_regexp = is_regexp(agent, pattern)?;
    let mut new_target = cx.new_target();
    if !cx.is_construct() {
        new_target = cx.callee().into();
        if pattern_is_regexp
            && flags.is_undefined()
            && let Some(p) = pattern.as_object()
        {
            let key = agent.names.constructor;
            if get(agent, p, key)? == new_target {
                return Ok(pattern);
            }
        }
    }
    let (p, f) = match pattern.as_object() {
        Some(o) if o.as_regexp().is_some() => {
            let (source, original) = original_parts(agent, o);
            (
                source,
                if flags.is_undefined() {
                    original
                } else {
                    flags
                },
            )
        }
        Some(o) if pattern_is_regexp => {
            let key = agent.names.source;
            let p = get(agent, o, key)?;
            let key = agent.names.flags;
            let f = if flags.is_undefined() {
                get(agent, o, key)?
            } else {
                flags
            };
            (p, f)
        }
        _ => (pattern, flags),
    };
    let own = new_target == Value::from(cx.callee());
    let proto = match new_target.as_object() {
        Some(target) if !own => {
            get_prototype_from_constructor(agent, target, Intrinsic::RegExpPrototype)?
        }
        _ => agent.intrinsic(Intrinsic::RegExpPrototype),
    };
    let o = agent.new_regexp_with(proto, own);
    initialize(agent, o, p, f)?;
    Ok(o.into())
}

/// [[OriginalSource]] and [[OriginalFlags]] as string values.
fn original_parts(agent: &mut Agent, o: Object) -> (Value, Value) {
    let Some(cell) = o.as_regexp() else {
        return (Value::UNDEFINED, Value::UNDEFINED);
    };
    let letters = cell
        .program()
        .map(|p| p.flags().letters())
        .unwrap_or_default();
    let flags = agent.intern(&letters).into();
    let source = cell.source().map_or(Value::UNDEFINED, Value::from);
    (source, flags)
}

/// 22.2.3.3 RegExpInitialize ( obj, pattern, flags ) without the store to `lastIndex`.
fn initialize(agent: &mut Agent, o: Object, pattern: Value, flags: Value) -> JsResult<()> {
    let p = if pattern.is_undefined() {
        agent.empty_string()
    } else {
        to_string(agent, pattern)?
    };
    let f = if flags.is_undefined() {
        agent.empty_string()
    } else {
        to_string(agent, flags)?
    };
    initialize_strings(agent, o, p, f)
}

fn initialize_strings(
    agent: &mut Agent,
    o: Object,
    pattern: JsString,
    flags: JsString,
) -> JsResult<()> {
    let Some(parsed) = Flags::parse(flags.view(agent)) else {
        let text = flags.to_rust_string(agent);
        return Err(agent.syntax_error(format!(
            "Invalid flags supplied to RegExp constructor '{text}'"
        )));
    };
    let view = pattern.view(agent);
    match agent.library.regexp.cache.get(view, parsed) {
        Ok(program) => {
            let program = agent.new_program_cell(program);
            if let Some(cell) = o.as_regexp() {
                cell.initialize(agent, pattern, program);
            }
            Ok(())
        }
        Err(message) => {
            let text = text::to_utf8_lossy(message.view());
            Err(agent.syntax_error(text))
        }
    }
}

/// A literal of linked code: source and flags, and the compiled pattern after the first evaluation.
struct Literal {
    source: JsString,
    flags: JsString,
    program: Cell<Option<Gc<DataCell>>>,
}

impl NativeData for Literal {
    fn trace(&self, tracer: &mut Tracer) {
        mark_value(tracer, self.source.into());
        mark_value(tracer, self.flags.into());
        tracer.mark_opt(self.program.get());
    }
}

/// What linked code keeps for a literal.
pub fn regexp_literal_constant(agent: &mut Agent, source: JsString, flags: JsString) -> Value {
    let data = Literal {
        source,
        flags,
        program: Cell::new(None),
    };
    Value::cell(agent.new_data_cell(Box::new(data)))
}

/// 13.2.7.3 the value of a literal: a new object each time, compiled once.
pub fn regexp_literal(agent: &mut Agent, constant: Value) -> JsResult<Object> {
    let cell = constant.as_data_cell();
    let Some(literal) = cell.as_ref().and_then(|c| c.data::<Literal>()) else {
        let empty = agent.empty_string();
        return regexp_create(agent, empty, empty);
    };
    let proto = agent.intrinsic(Intrinsic::RegExpPrototype);
    let o = agent.new_regexp_with(proto, true);
    let Some(object) = o.as_regexp() else {
        return Ok(o);
    };
    match literal.program.get() {
        Some(program) => object.initialize(agent, literal.source, program),
        None => {
            initialize_strings(agent, o, literal.source, literal.flags)?;
            literal.program.set(object.program_cell());
        }
    }
    Ok(o)
}

/// 22.2.3.1 RegExpCreate ( P, F ) for the engine's own use.
pub fn regexp_create(agent: &mut Agent, pattern: JsString, flags: JsString) -> JsResult<Object> {
    let proto = agent.intrinsic(Intrinsic::RegExpPrototype);
    let o = agent.new_regexp_with(proto, true);
    initialize_strings(agent, o, pattern, flags)?;
    Ok(o)
}

/// 22.2.3.1 RegExpCreate ( P, F )
pub fn regexp_create_value(agent: &mut Agent, pattern: Value, flags: Value) -> JsResult<Object> {
    let proto = agent.intrinsic(Intrinsic::RegExpPrototype);
    let o = agent.new_regexp_with(proto, true);
    initialize(agent, o, pattern, flags)?;
    Ok(o)
}

/// `this` as an object, for the generic methods.
pub(super) fn this_object(agent: &mut Agent, cx: &CallArgs, name: &str) -> JsResult<Object> {
    match cx.this().as_object() {
        Some(o) => Ok(o),
        None => Err(incompatible(agent, cx, name)),
    }
}

#[cold]
fn incompatible(agent: &mut Agent, cx: &CallArgs, name: &str) -> crate::error::Throw {
    let text = display_value(agent, cx.this());
    agent.type_error(format!(
        "Method RegExp.prototype.{name} called on incompatible receiver {text}"
    ))
}

/// 22.2.6.2 RegExp.prototype.exec ( string )
pub(super) fn exec(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = match cx.this().as_object() {
        Some(o) if o.as_regexp().is_some() => o,
        _ => return Err(incompatible(agent, cx, "exec")),
    };
    let s = to_string(agent, cx.arg(0))?;
    regexp_builtin_exec(agent, o, s)
}

/// 22.2.6.16 RegExp.prototype.test ( S )
fn test(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = this_object(agent, cx, "test")?;
    let s = to_string(agent, cx.arg(0))?;
    if is_pristine(agent, o) {
        return Ok(Value::bool(regexp_search(agent, o, s)?));
    }
    let found = regexp_exec(agent, o, s)?;
    Ok(Value::bool(!found.is_null()))
}

/// 22.2.6.17 RegExp.prototype.toString ( )
fn to_string_method(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = this_object(agent, cx, "toString")?;
    let key = agent.names.source;
    let source = get(agent, o, key)?;
    let source = to_string(agent, source)?;
    let key = agent.names.flags;
    let flags = get(agent, o, key)?;
    let flags = to_string(agent, flags)?;
    let slash = agent.char_string(b'/');
    let head = agent.concat(slash, source)?;
    let head = agent.concat(head, slash)?;
    Ok(agent.concat(head, flags)?.into())
}

/// B.2.4.1 RegExp.prototype.compile ( pattern, flags )
fn compile(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (o, cell) = match cx.this().as_object().map(|o| (o, o.as_regexp())) {
        Some((o, Some(cell))) => (o, cell),
        _ => return Err(incompatible(agent, cx, "compile")),
    };
    if !cell.legacy() || cell.realm() != agent.realm {
        return Err(incompatible(agent, cx, "compile"));
    }
    let (pattern, flags) = match cx.arg(0).as_object() {
        Some(p) if p.as_regexp().is_some() => {
            if !cx.arg(1).is_undefined() {
                return Err(
                    agent.type_error("Invalid flags supplied to RegExp constructor: flags given with a RegExp pattern")
                );
            }
            original_parts(agent, p)
        }
        _ => (cx.arg(0), cx.arg(1)),
    };
    initialize(agent, o, pattern, flags)?;
    let key = agent.names.lastIndex;
    set(agent, o, key, Value::int(0), true)?;
    Ok(o.into())
}

/// 22.2.6.4.1 RegExpHasFlag ( R, codeUnit )
fn flag(agent: &mut Agent, cx: &CallArgs, name: &str, flag: Flags) -> JsResult<Value> {
    let Some(o) = cx.this().as_object() else {
        let text = display_value(agent, cx.this());
        return Err(agent.type_error(format!(
            "RegExp.prototype.{name} getter called on non-object {text}"
        )));
    };
    match o.as_regexp().and_then(|cell| cell.program()) {
        Some(program) => Ok(Value::bool(program.flags().contains(flag))),
        None if o == agent.intrinsic(Intrinsic::RegExpPrototype) => Ok(Value::UNDEFINED),
        None => Err(agent.type_error(format!(
            "RegExp.prototype.{name} getter called on non-RegExp object"
        ))),
    }
}

/// 22.2.6.4 get RegExp.prototype.flags
pub(super) fn flags(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let Some(o) = cx.this().as_object() else {
        let text = display_value(agent, cx.this());
        return Err(agent.type_error(format!(
            "RegExp.prototype.flags getter called on non-object {text}"
        )));
    };
    if is_pristine(agent, o)
        && let Some(program) = o.as_regexp().and_then(|cell| cell.program())
    {
        return Ok(agent.intern(&program.flags().letters()).into());
    }
    let mut letters = String::new();
    for (name, letter) in FLAG_GETTERS.iter().zip("dgimsuvy".chars()) {
        let key = PropertyKey::from_str(agent, name);
        let v = get(agent, o, key)?;
        if to_boolean(v) {
            letters.push(letter);
        }
    }
    Ok(agent.intern(&letters).into())
}

/// 22.2.6.13 get RegExp.prototype.source
fn source(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let Some(o) = cx.this().as_object() else {
        let text = display_value(agent, cx.this());
        return Err(agent.type_error(format!(
            "RegExp.prototype.source getter called on non-object {text}"
        )));
    };
    let Some(cell) = o.as_regexp() else {
        if o == agent.intrinsic(Intrinsic::RegExpPrototype) {
            return Ok(agent.intern("(?:)").into());
        }
        return Err(agent.type_error("RegExp.prototype.source getter called on non-RegExp object"));
    };
    if let Some(s) = cell.escaped_source() {
        return Ok(s.into());
    }
    let source = cell.source().unwrap_or_else(|| agent.empty_string());
    let escaped = escape_pattern(agent, source)?;
    cell.set_escaped_source(agent, escaped);
    Ok(escaped.into())
}

/// 22.2.6.13.1 EscapeRegExpPattern ( P, F ): slashes outside classes and line terminators.
fn escape_pattern(agent: &mut Agent, source: JsString) -> JsResult<JsString> {
    if source.is_empty() {
        return Ok(agent.intern("(?:)"));
    }
    let view = source.view(agent);
    let plain = |u: u16| u != u16::from(b'/') && !text::is_line_terminator(u);
    if view.units().all(plain) {
        return Ok(source);
    }
    agent.check_string_length(view.len().saturating_mul(6))?;
    let mut out = StrBuilder::with_capacity(view.len() + 8);
    let (mut escaped, mut in_class) = (false, false);
    for unit in view.units() {
        let break_text = match unit {
            0x0A => "n",
            0x0D => "r",
            0x2028 => "u2028",
            0x2029 => "u2029",
            _ => "",
        };
        if !break_text.is_empty() {
            // After a backslash, the backslash is there already.
            if !escaped {
                out.push_str("\\");
            }
            out.push_str(break_text);
            escaped = false;
            continue;
        }
        if !escaped {
            match u8::try_from(unit) {
                Ok(b'[') => in_class = true,
                Ok(b']') => in_class = false,
                Ok(b'/') if !in_class => out.push_str("\\"),
                _ => {}
            }
        }
        escaped = !escaped && unit == u16::from(b'\\');
        out.push_unit(unit);
    }
    Ok(agent.new_from_view(out.view()))
}

/// 22.2.5.1 RegExp.escape ( S )
fn escape(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let Some(s) = cx.arg(0).as_string() else {
        let text = display_value(agent, cx.arg(0));
        return Err(agent.type_error(format!("{text} is not a string")));
    };
    let view = s.view(agent);
    let mut out = StrBuilder::with_capacity(view.len() + 8);
    for point in view.code_points() {
        if out.is_empty() && u8::try_from(point).is_ok_and(|c| c.is_ascii_alphanumeric()) {
            out.push_str(&format!("\\x{point:02x}"));
        } else {
            escape_code_point(agent, &mut out, point)?;
        }
    }
    finish(agent, out)
}

/// 22.2.5.1.1 EncodeForRegExpEscape ( cp )
fn escape_code_point(agent: &mut Agent, out: &mut StrBuilder, point: u32) -> JsResult<()> {
    let control = match point {
        0x09 => Some("\\t"),
        0x0A => Some("\\n"),
        0x0B => Some("\\v"),
        0x0C => Some("\\f"),
        0x0D => Some("\\r"),
        _ => None,
    };
    let ascii = u8::try_from(point).ok().filter(u8::is_ascii);
    let syntax = ascii.is_some_and(|c| b"^$\\.*+?()[]{}|/".contains(&c));
    let other = ascii.is_some_and(|c| b",-=<>#&!%:;@~'`\"".contains(&c));
    let unit = u16::try_from(point).ok();
    let blank = unit.is_some_and(text::is_trimmable);
    let surrogate = unit.is_some_and(|u| text::is_lead_surrogate(u) || text::is_trail_surrogate(u));
    let escaped = if let Some(text) = control {
        text.to_owned()
    } else if syntax {
        format!("\\{}", char::from(point as u8))
    } else if other || blank || surrogate {
        if point < 0x100 {
            format!("\\x{point:02x}")
        } else {
            format!("\\u{point:04x}")
        }
    } else {
        out.push_code_point(point);
        return agent.check_string_length(out.len());
    };
    append_view(agent, out, StrView::ascii(&escaped))
}
