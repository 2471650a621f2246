//! The Date constructor (21.4.2, 21.4.3), the text forms of dates and `@@toPrimitive`. Getters and
//! setters are in `date_fields`.

use super::date_fields as fields;
use super::table::{ClassSpec, alias, method, method_with};
use crate::abstract_ops::{
    Hint, display_value, get_prototype_from_constructor, invoke, ordinary_to_primitive, to_number,
    to_object, to_primitive,
};
use crate::agent::{Agent, CallArgs};
use crate::date_math::{self, LocalZone};
use crate::error::JsResult;
use crate::kind::CellKind;
use crate::object::Object;
use crate::property::Attributes;
use crate::realm::Intrinsic;
use crate::value::Value;

/// %Date%
pub static DATE: ClassSpec = ClassSpec {
    statics: &[
        method("now", 0, now),
        method("parse", 1, parse),
        method("UTC", 7, utc),
    ],
    methods: &[
        method("toString", 0, |a, cx| {
            local_text(a, cx, date_math::to_string)
        }),
        method("toDateString", 0, |a, cx| {
            local_text(a, cx, date_math::to_date_string)
        }),
        method("toTimeString", 0, |a, cx| {
            local_text(a, cx, date_math::to_time_string)
        }),
        method("toISOString", 0, to_iso_string),
        method("toUTCString", 0, to_utc_string),
        alias("toGMTString", "toUTCString"),
        method("getDate", 0, fields::get_date),
        method("setDate", 1, fields::set_date),
        method("getDay", 0, fields::get_day),
        method("getFullYear", 0, fields::get_full_year),
        method("setFullYear", 3, fields::set_full_year),
        method("getHours", 0, fields::get_hours),
        method("setHours", 4, fields::set_hours),
        method("getMilliseconds", 0, fields::get_milliseconds),
        method("setMilliseconds", 1, fields::set_milliseconds),
        method("getMinutes", 0, fields::get_minutes),
        method("setMinutes", 3, fields::set_minutes),
        method("getMonth", 0, fields::get_month),
        method("setMonth", 2, fields::set_month),
        method("getSeconds", 0, fields::get_seconds),
        method("setSeconds", 2, fields::set_seconds),
        method("getTime", 0, fields::get_time),
        method("setTime", 1, fields::set_time),
        method("getTimezoneOffset", 0, fields::get_timezone_offset),
        method("getYear", 0, fields::get_year),
        method("setYear", 1, fields::set_year),
        method("getUTCDate", 0, fields::get_utc_date),
        method("setUTCDate", 1, fields::set_utc_date),
        method("getUTCDay", 0, fields::get_utc_day),
        method("getUTCFullYear", 0, fields::get_utc_full_year),
        method("setUTCFullYear", 3, fields::set_utc_full_year),
        method("getUTCHours", 0, fields::get_utc_hours),
        method("setUTCHours", 4, fields::set_utc_hours),
        method("getUTCMilliseconds", 0, fields::get_utc_milliseconds),
        method("setUTCMilliseconds", 1, fields::set_utc_milliseconds),
        method("getUTCMinutes", 0, fields::get_utc_minutes),
        method("setUTCMinutes", 3, fields::set_utc_minutes),
        method("getUTCMonth", 0, fields::get_utc_month),
        method("setUTCMonth", 2, fields::set_utc_month),
        method("getUTCSeconds", 0, fields::get_utc_seconds),
        method("setUTCSeconds", 2, fields::set_utc_seconds),
        method("valueOf", 0, fields::value_of),
        method("toJSON", 1, to_json),
        method("toLocaleString", 0, |a, cx| {
            local_text(a, cx, date_math::to_locale_string)
        }),
        method("toLocaleDateString", 0, |a, cx| {
            local_text(a, cx, date_math::to_locale_date_string)
        }),
        method("toLocaleTimeString", 0, |a, cx| {
            local_text(a, cx, date_math::to_locale_time_string)
        }),
        method_with("@@toPrimitive", 1, date_to_primitive, Attributes::C),
    ],
    ..ClassSpec::new(
        Intrinsic::Date,
        Intrinsic::DatePrototype,
        "Date",
        7,
        date_constructor,
    )
};

/// Milliseconds since the epoch, now.
fn current_time() -> f64 {
    match std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH) {
        Ok(d) => d.as_millis() as f64,
        Err(e) => -(e.duration().as_millis() as f64),
    }
}

/// 21.4.2.1 Date ( ...values )
fn date_constructor(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let Some(target) = cx.new_target().as_object() else {
        let text = date_math::to_string(current_time(), agent.library.zone());
        return Ok(agent.new_string(&text).into());
    };
    let t = match cx.args() {
        [] => current_time(),
        [v] => time_of_value(agent, *v)?,
        args => {
            let t = time_of_parts(agent, args)?;
            date_math::time_clip(agent.library.zone().to_utc(t))
        }
    };
    let proto = get_prototype_from_constructor(agent, target, Intrinsic::DatePrototype)?;
    let t = Value::number(t);
    Ok(agent
        .new_fields_object(CellKind::Date, Some(proto), [t])
        .into())
}

/// The time value of the only argument.
fn time_of_value(agent: &mut Agent, v: Value) -> JsResult<f64> {
    if let Some(t) = time_value(v) {
        return Ok(t);
    }
    let v = to_primitive(agent, v, Hint::Default)?;
    if let Some(s) = v.as_string() {
        let view = s.view(agent);
        return Ok(date_math::parse_date(view, agent.library.zone()));
    }
    let n = to_number(agent, v)?;
    Ok(date_math::time_clip(n))
}

/// [[DateValue]] of a Date object.
pub(super) fn time_value(v: Value) -> Option<f64> {
    let o = v.as_object()?;
    if o.is(CellKind::Date) {
        o.field(0).as_number()
    } else {
        None
    }
}

/// Year, month and so on as a time that is local or UTC as the caller takes it.
fn time_of_parts(agent: &mut Agent, args: &[Value]) -> JsResult<f64> {
    let mut parts = [f64::NAN, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0];
    for (part, v) in parts.iter_mut().zip(args) {
        *part = to_number(agent, *v)?;
    }
    let [year, month, date, hours, minutes, seconds, ms] = parts;
    let year = date_math::make_full_year(year);
    let day = date_math::make_day(year, month, date);
    let time = date_math::make_time(hours, minutes, seconds, ms);
    Ok(date_math::make_date(day, time))
}

/// 21.4.3.1 Date.now ( )
fn now(_: &mut Agent, _: &CallArgs) -> JsResult<Value> {
    Ok(Value::number(current_time()))
}

/// 21.4.3.2 Date.parse ( string )
fn parse(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let s = crate::abstract_ops::to_string(agent, cx.arg(0))?;
    let view = s.view(agent);
    let t = date_math::parse_date(view, agent.library.zone());
    Ok(Value::number(t))
}

/// 21.4.3.4 Date.UTC ( year [ , month [ , date [ , hours [ , minutes [ , seconds [ , ms ] ] ] ] ] ] )
fn utc(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let t = time_of_parts(agent, cx.args())?;
    Ok(Value::number(date_math::time_clip(t)))
}

/// The Date object a method is called on, with its time value.
#[inline]
pub(super) fn this_date(agent: &mut Agent, cx: &CallArgs) -> JsResult<(Object, f64)> {
    if let Some(o) = cx.this().as_object()
        && let Some(t) = time_value(cx.this())
    {
        return Ok((o, t));
    }
    Err(agent.type_error("this is not a Date object."))
}

/// A text form in local time.
fn local_text(
    agent: &mut Agent,
    cx: &CallArgs,
    format: fn(f64, &LocalZone) -> String,
) -> JsResult<Value> {
    let (_, t) = this_date(agent, cx)?;
    let text = format(t, agent.library.zone());
    Ok(agent.new_string(&text).into())
}

/// 21.4.4.36 Date.prototype.toISOString ( )
fn to_iso_string(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (_, t) = this_date(agent, cx)?;
    match date_math::to_iso_string(t) {
        Some(text) => Ok(agent.new_string(&text).into()),
        None => Err(agent.range_error("Invalid time value")),
    }
}

/// 21.4.4.43 Date.prototype.toUTCString ( )
fn to_utc_string(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (_, t) = this_date(agent, cx)?;
    let text = date_math::to_utc_string(t);
    Ok(agent.new_string(&text).into())
}

/// 21.4.4.37 Date.prototype.toJSON ( key )
fn to_json(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let o = to_object(agent, cx.this())?;
    let tv = to_primitive(agent, o.into(), Hint::Number)?;
    if tv.as_number().is_some_and(|n| !n.is_finite()) {
        return Ok(Value::NULL);
    }
    let key = agent.names.toISOString;
    invoke(agent, o.into(), key, &[])
}

/// 21.4.4.45 Date.prototype [ %Symbol.toPrimitive% ] ( hint )
fn date_to_primitive(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let Some(o) = cx.this().as_object() else {
        let text = display_value(agent, cx.this());
        return Err(agent.type_error(format!(
            "Method Date.prototype [ @@toPrimitive ] called on incompatible receiver {text}"
        )));
    };
    let hint = match cx.arg(0).as_string() {
        Some(s) => {
            let view = s.view(agent);
            if view.eq_ascii("string") || view.eq_ascii("default") {
                Some(Hint::String)
            } else if view.eq_ascii("number") {
                Some(Hint::Number)
            } else {
                None
            }
        }
        None => None,
    };
    match hint {
        Some(hint) => ordinary_to_primitive(agent, o, hint),
        None => {
            let text = display_value(agent, cx.arg(0));
            Err(agent.type_error(format!("Invalid hint: {text}")))
        }
    }
}
