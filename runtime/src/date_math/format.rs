//! Text forms of time values, as Node prints them.

use super::calendar::{DateFields, MS_PER_MINUTE};
use super::zone::LocalZone;

const INVALID: &str = "Invalid Date";
const WEEKDAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

fn weekday(f: &DateFields) -> &'static str {
    WEEKDAYS
        .get(f.weekday as usize)
        .copied()
        .unwrap_or_default()
}

fn month(f: &DateFields) -> &'static str {
    MONTHS.get(f.month as usize).copied().unwrap_or_default()
}

/// A year of at least four digits, with a sign if negative.
fn year(year: i32) -> String {
    let sign = if year < 0 { "-" } else { "" };
    format!("{sign}{:04}", year.unsigned_abs())
}

/// DateString.
fn date_part(f: &DateFields) -> String {
    format!("{} {} {:02} {}", weekday(f), month(f), f.day, year(f.year))
}

/// TimeString and TimeZoneString.
fn time_part(f: &DateFields, utc: f64, zone: &LocalZone) -> String {
    let offset = (zone.offset_at(utc) / MS_PER_MINUTE).trunc() as i64;
    let sign = if zone.offset_at(utc) < 0.0 { '-' } else { '+' };
    let minutes = offset.abs();
    format!(
        "{:02}:{:02}:{:02} GMT{sign}{:02}{:02} ({})",
        f.hour,
        f.minute,
        f.second,
        minutes / 60,
        minutes % 60,
        zone.long_name_at(utc)
    )
}

/// Formats the local parts of a time value, or says that it is invalid.
fn with_local(t: f64, zone: &LocalZone, format: impl FnOnce(&DateFields) -> String) -> String {
    match DateFields::from_time(zone.to_local(t)) {
        Some(fields) => format(&fields),
        None => INVALID.to_owned(),
    }
}

/// Date.prototype.toString (ToDateString).
pub fn to_string(t: f64, zone: &LocalZone) -> String {
    with_local(t, zone, |f| {
        format!("{} {}", date_part(f), time_part(f, t, zone))
    })
}

/// Date.prototype.toDateString.
pub fn to_date_string(t: f64, zone: &LocalZone) -> String {
    with_local(t, zone, date_part)
}

/// Date.prototype.toTimeString.
pub fn to_time_string(t: f64, zone: &LocalZone) -> String {
    with_local(t, zone, |f| time_part(f, t, zone))
}

/// Date.prototype.toUTCString.
pub fn to_utc_string(t: f64) -> String {
    match DateFields::from_time(t) {
        Some(f) => format!(
            "{}, {:02} {} {} {:02}:{:02}:{:02} GMT",
            weekday(&f),
            f.day,
            month(&f),
            year(f.year),
            f.hour,
            f.minute,
            f.second
        ),
        None => INVALID.to_owned(),
    }
}

/// Date.prototype.toISOString; `None` for an invalid time value (a RangeError, "Invalid time value").
pub fn to_iso_string(t: f64) -> Option<String> {
    let f = DateFields::from_time(t)?;
    let year = match f.year {
        0..=9999 => format!("{:04}", f.year),
        y => format!("{}{:06}", if y < 0 { '-' } else { '+' }, y.unsigned_abs()),
    };
    Some(format!(
        "{year}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        f.month + 1,
        f.day,
        f.hour,
        f.minute,
        f.second,
        f.millisecond
    ))
}

/// The default en-US date: month/day/year, with years before 1 counted back from 1 BC.
fn us_date(f: &DateFields) -> String {
    let year = if f.year > 0 { f.year } else { 1 - f.year };
    format!("{}/{}/{year}", f.month + 1, f.day)
}

/// The default en-US time on the 12-hour clock.
fn us_time(f: &DateFields) -> String {
    let hour = if f.hour.is_multiple_of(12) {
        12
    } else {
        f.hour % 12
    };
    let half = if f.hour < 12 { "AM" } else { "PM" };
    format!("{hour}:{:02}:{:02} {half}", f.minute, f.second)
}

/// Date.prototype.toLocaleString in en-US with default options.
pub fn to_locale_string(t: f64, zone: &LocalZone) -> String {
    with_local(t, zone, |f| format!("{}, {}", us_date(f), us_time(f)))
}

/// Date.prototype.toLocaleDateString in en-US with default options.
pub fn to_locale_date_string(t: f64, zone: &LocalZone) -> String {
    with_local(t, zone, us_date)
}

/// Date.prototype.toLocaleTimeString in en-US with default options.
pub fn to_locale_time_string(t: f64, zone: &LocalZone) -> String {
    with_local(t, zone, us_time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts() {
        let zone = LocalZone::named("America/New_York").unwrap();
        let t = 1646154309000.0;
        assert_eq!(
            to_string(t, &zone),
            "Tue Mar 01 2022 12:05:09 GMT-0500 (Eastern Standard Time)"
        );
        assert_eq!(to_date_string(t, &zone), "Tue Mar 01 2022");
        assert_eq!(
            to_time_string(t, &zone),
            "12:05:09 GMT-0500 (Eastern Standard Time)"
        );
        assert_eq!(to_locale_string(t, &zone), "3/1/2022, 12:05:09 PM");
        assert_eq!(to_locale_date_string(t, &zone), "3/1/2022");
        assert_eq!(to_locale_time_string(t, &zone), "12:05:09 PM");
        assert_eq!(to_utc_string(t), "Tue, 01 Mar 2022 17:05:09 GMT");
        assert_eq!(to_iso_string(t).unwrap(), "2022-03-01T17:05:09.000Z");
        assert_eq!(
            to_string(-1e14, &zone),
            "Thu Feb 15 -1199 09:17:18 GMT-0456 (Eastern Standard Time)"
        );
        assert_eq!(to_iso_string(-1e14).unwrap(), "-001199-02-15T14:13:20.000Z");
        assert_eq!(to_utc_string(-1e14), "Thu, 15 Feb -1199 14:13:20 GMT");
        assert_eq!(to_locale_string(-1e14, &zone), "2/15/1200, 9:17:18 AM");
        assert_eq!(
            to_iso_string(8.64e15).unwrap(),
            "+275760-09-13T00:00:00.000Z"
        );
        assert_eq!(to_string(f64::NAN, &zone), "Invalid Date");
        assert_eq!(to_utc_string(f64::NAN), "Invalid Date");
        assert_eq!(to_iso_string(f64::NAN), None);
        let utc = LocalZone::named("UTC").unwrap();
        assert_eq!(
            to_string(0.0, &utc),
            "Thu Jan 01 1970 00:00:00 GMT+0000 (Coordinated Universal Time)"
        );
    }
}
