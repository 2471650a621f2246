//! Getters and setters of Date objects (21.4.4, B.2.3).
//!
//! A setter converts all its arguments before it looks at whether the date is valid, and writes to
//! the object whatever the conversions did to it in the meantime.

use super::date::this_date;
use super::state::LastDate;
use crate::abstract_ops::to_number;
use crate::agent::{Agent, CallArgs};
use crate::date_math::{self, DateFields};
use crate::error::JsResult;
use crate::value::Value;

/// Whether a method means local time or UTC.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Reading {
    Local,
    Utc,
}
use Reading::{Local, Utc};

/// One field of the date, NaN for an invalid one.
#[inline]
fn field(
    agent: &mut Agent,
    cx: &CallArgs,
    reading: Reading,
    f: fn(&DateFields) -> i64,
) -> JsResult<Value> {
    let (_, t) = this_date(agent, cx)?;
    if t.is_nan() {
        return Ok(Value::number(f64::NAN));
    }
    // Programs ask for several fields of a date in turn.
    let last = agent.library.last_date;
    if last.time == t && last.local == (reading == Local) {
        return Ok(Value::number(f(&last.fields) as f64));
    }
    let shown = match reading {
        Local => agent.library.zone().to_local(t),
        Utc => t,
    };
    let Some(fields) = DateFields::from_time(shown) else {
        return Ok(Value::number(f64::NAN));
    };
    agent.library.last_date = LastDate {
        time: t,
        local: reading == Local,
        fields,
    };
    Ok(Value::number(f(&fields) as f64))
}

macro_rules! getters {
    ($($local:ident $utc:ident |$f:ident| $e:expr;)*) => {
        $(
            pub(super) fn $local(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
                field(agent, cx, Local, |$f| $e)
            }
            pub(super) fn $utc(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
                field(agent, cx, Utc, |$f| $e)
            }
        )*
    };
}

getters! {
    get_date get_utc_date |f| f.day as i64;
    get_day get_utc_day |f| f.weekday as i64;
    get_full_year get_utc_full_year |f| f.year as i64;
    get_hours get_utc_hours |f| f.hour as i64;
    get_milliseconds get_utc_milliseconds |f| f.millisecond as i64;
    get_minutes get_utc_minutes |f| f.minute as i64;
    get_month get_utc_month |f| f.month as i64;
    get_seconds get_utc_seconds |f| f.second as i64;
}

/// B.2.3.1 Date.prototype.getYear ( )
pub(super) fn get_year(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    field(agent, cx, Local, |f| f.year as i64 - 1900)
}

/// 21.4.4.10 Date.prototype.getTime ( )
pub(super) fn get_time(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (_, t) = this_date(agent, cx)?;
    Ok(Value::number(t))
}

/// 21.4.4.44 Date.prototype.valueOf ( )
pub(super) fn value_of(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    get_time(agent, cx)
}

/// 21.4.4.11 Date.prototype.getTimezoneOffset ( )
pub(super) fn get_timezone_offset(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (_, t) = this_date(agent, cx)?;
    Ok(Value::number(
        agent.library.zone().timezone_offset_minutes(t),
    ))
}

/// What a setter sets first; its further arguments set the fields after it.
#[derive(Copy, Clone, PartialEq, Eq)]
enum First {
    Year,
    Month,
    Date,
    Hours,
    Minutes,
    Seconds,
    Milliseconds,
}

/// All setters but `setTime` and `setYear`. `most` is the number of arguments it takes.
fn set_fields(
    agent: &mut Agent,
    cx: &CallArgs,
    reading: Reading,
    first: First,
    most: usize,
) -> JsResult<Value> {
    let (o, mut t) = this_date(agent, cx)?;
    let mut given = [None; 4];
    let count = cx.argc().clamp(1, most.min(given.len()));
    for (i, slot) in given.iter_mut().take(count).enumerate() {
        *slot = Some(to_number(agent, cx.arg(i))?);
    }
    if t.is_nan() {
        if first != First::Year {
            return Ok(Value::number(f64::NAN));
        }
        t = 0.0;
    } else if reading == Local {
        t = agent.library.zone().to_local(t);
    }
    let new = with_fields(t, first, given);
    let new = match reading {
        Local => agent.library.zone().to_utc(new),
        Utc => new,
    };
    let v = Value::number(date_math::time_clip(new));
    o.set_field(agent, 0, v);
    Ok(v)
}

/// The time `t` with the given fields from `first` on replaced.
fn with_fields(t: f64, first: First, given: [Option<f64>; 4]) -> f64 {
    let Some(f) = DateFields::from_time(t) else {
        return f64::NAN;
    };
    let mut parts = [
        f.year as f64,
        f.month as f64,
        f.day as f64,
        f.hour as f64,
        f.minute as f64,
        f.second as f64,
        f.millisecond as f64,
    ];
    for (part, v) in parts[first as usize..].iter_mut().zip(given) {
        if let Some(v) = v {
            *part = v;
        }
    }
    let [year, month, date, hours, minutes, seconds, ms] = parts;
    let day = date_math::make_day(year, month, date);
    date_math::make_date(day, date_math::make_time(hours, minutes, seconds, ms))
}

macro_rules! setters {
    ($($local:ident $utc:ident $first:ident $most:literal;)*) => {
        $(
            pub(super) fn $local(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
                set_fields(agent, cx, Local, First::$first, $most)
            }
            pub(super) fn $utc(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
                set_fields(agent, cx, Utc, First::$first, $most)
            }
        )*
    };
}

setters! {
    set_full_year set_utc_full_year Year 3;
    set_month set_utc_month Month 2;
    set_date set_utc_date Date 1;
    set_hours set_utc_hours Hours 4;
    set_minutes set_utc_minutes Minutes 3;
    set_seconds set_utc_seconds Seconds 2;
    set_milliseconds set_utc_milliseconds Milliseconds 1;
}

/// 21.4.4.27 Date.prototype.setTime ( time )
pub(super) fn set_time(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (o, _) = this_date(agent, cx)?;
    let t = to_number(agent, cx.arg(0))?;
    let v = Value::number(date_math::time_clip(t));
    o.set_field(agent, 0, v);
    Ok(v)
}

/// B.2.3.2 Date.prototype.setYear ( year )
pub(super) fn set_year(agent: &mut Agent, cx: &CallArgs) -> JsResult<Value> {
    let (o, t) = this_date(agent, cx)?;
    let year = to_number(agent, cx.arg(0))?;
    let new = if year.is_nan() {
        f64::NAN
    } else {
        let local = if t.is_nan() {
            0.0
        } else {
            agent.library.zone().to_local(t)
        };
        let year = date_math::make_full_year(year);
        let new = with_fields(local, First::Year, [Some(year), None, None, None]);
        date_math::time_clip(agent.library.zone().to_utc(new))
    };
    let v = Value::number(new);
    o.set_field(agent, 0, v);
    Ok(v)
}
