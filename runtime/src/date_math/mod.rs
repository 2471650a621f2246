//! Pure date arithmetic: the calendar of ECMA-262, the local time zone, and the text forms of dates.
//!
//! A time value is an `f64` of milliseconds since 1970-01-01T00:00:00Z, NaN when invalid.
//!
//! **Architecture invariant:** nothing here allocates on the collected heap, runs JavaScript, or panics. Only
//! [`LocalZone`] looks outside (the `TZ` variable and the system's time-zone files), once, when it is created.

mod calendar;
mod format;
mod parse;
mod zone;
mod zone_names;

pub use calendar::{
    DateFields, MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE, MS_PER_SECOND, date_from_time, day,
    hour_from_time, make_date, make_day, make_full_year, make_time, min_from_time, month_from_time,
    ms_from_time, sec_from_time, time_clip, time_within_day, week_day, year_from_time,
};
pub use format::{
    to_date_string, to_iso_string, to_locale_date_string, to_locale_string, to_locale_time_string,
    to_string, to_time_string, to_utc_string,
};
pub use parse::parse_date;
pub use zone::LocalZone;
