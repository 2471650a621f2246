//! Time values and their parts: the proleptic Gregorian calendar without leap seconds.
//!
//! Names are those of ECMA-262, section "Time-related constants and functions". The fields of finite time values are
//! integers; functions over fields take and return numbers, because the arguments of `Date` methods are any numbers.

/// Milliseconds in a day.
pub const MS_PER_DAY: f64 = 86_400_000.0;
/// Milliseconds in an hour.
pub const MS_PER_HOUR: f64 = 3_600_000.0;
/// Milliseconds in a minute.
pub const MS_PER_MINUTE: f64 = 60_000.0;
/// Milliseconds in a second.
pub const MS_PER_SECOND: f64 = 1000.0;

/// The parts of a finite time value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateFields {
    /// Astronomical year.
    pub year: i32,
    /// 0 to 11.
    pub month: u32,
    /// 1 to 31.
    pub day: u32,
    /// 0 to 23.
    pub hour: u32,
    /// 0 to 59.
    pub minute: u32,
    /// 0 to 59.
    pub second: u32,
    /// 0 to 999.
    pub millisecond: u32,
    /// 0 is Sunday.
    pub weekday: u32,
}

impl DateFields {
    /// The parts of a time value, `None` if it is NaN or far out of range.
    pub fn from_time(t: f64) -> Option<DateFields> {
        // Local times may lie a day outside the range of time values.
        if t.is_nan() || t.abs() > 9e15 {
            return None;
        }
        let ms = t.floor() as i64;
        let days = ms.div_euclid(86_400_000);
        let in_day = ms.rem_euclid(86_400_000) as u32;
        let (year, month, day) = civil_from_days(days);
        Some(DateFields {
            year,
            month,
            day,
            hour: in_day / 3_600_000,
            minute: in_day / 60_000 % 60,
            second: in_day / 1000 % 60,
            millisecond: in_day % 1000,
            weekday: (days + 4).rem_euclid(7) as u32,
        })
    }
}

/// Days in a 400-year cycle.
const DAYS_PER_ERA: i64 = 146_097;

/// (year, month from 0, day from 1) of a day number. The year is taken to start in March, so that the leap day is its
/// last and month lengths follow a linear formula.
fn civil_from_days(days: i64) -> (i32, u32, u32) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(DAYS_PER_ERA);
    let day_of_era = shifted.rem_euclid(DAYS_PER_ERA);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = (march_month + 2) % 12;
    let year = year_of_era + era * 400 + i64::from(month < 2);
    (year as i32, month as u32, day as u32)
}

/// The day number of the first of a month (0 to 11).
fn days_from_civil(year: i64, month: i64) -> i64 {
    let march_year = if month < 2 { year - 1 } else { year };
    let march_month = (month + 10) % 12;
    let era = march_year.div_euclid(400);
    let year_of_era = march_year.rem_euclid(400);
    let day_of_year = (153 * march_month + 2) / 5;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * DAYS_PER_ERA + day_of_era - 719_468
}

/// Day.
pub fn day(t: f64) -> f64 {
    (t / MS_PER_DAY).floor()
}

/// TimeWithinDay.
pub fn time_within_day(t: f64) -> f64 {
    t - day(t) * MS_PER_DAY
}

macro_rules! field {
    ($($(#[$doc:meta])* $name:ident = $field:ident;)*) => {
        $($(#[$doc])* pub fn $name(t: f64) -> f64 { DateFields::from_time(t).map_or(f64::NAN, |f| f64::from(f.$field)) })*
    };
}

field! {
    /// YearFromTime; NaN for NaN, as all of these.
    year_from_time = year;
    /// MonthFromTime, 0 to 11.
    month_from_time = month;
    /// DateFromTime, 1 to 31.
    date_from_time = day;
    /// WeekDay, 0 is Sunday.
    week_day = weekday;
    /// HourFromTime.
    hour_from_time = hour;
    /// MinFromTime.
    min_from_time = minute;
    /// SecFromTime.
    sec_from_time = second;
    /// msFromTime.
    ms_from_time = millisecond;
}

/// MakeTime.
pub fn make_time(hour: f64, min: f64, sec: f64, ms: f64) -> f64 {
    if !(hour.is_finite() && min.is_finite() && sec.is_finite() && ms.is_finite()) {
        return f64::NAN;
    }
    hour.trunc() * MS_PER_HOUR
        + min.trunc() * MS_PER_MINUTE
        + sec.trunc() * MS_PER_SECOND
        + ms.trunc()
}

/// MakeDay: the month may be any number, the date any offset from the first of the month.
pub fn make_day(year: f64, month: f64, date: f64) -> f64 {
    if !(year.is_finite() && month.is_finite() && date.is_finite()) {
        return f64::NAN;
    }
    let (year, month, date) = (year.trunc(), month.trunc(), date.trunc());
    // Past these no time value exists, whatever the date adds (it would have to be that large to come back, and then
    // the specification allows NaN).
    if year.abs() > 400_000.0 || month.abs() > 4_800_000.0 {
        return f64::NAN;
    }
    let months = year as i64 * 12 + month as i64;
    let first = days_from_civil(months.div_euclid(12), months.rem_euclid(12));
    first as f64 + date - 1.0
}

/// MakeDate.
pub fn make_date(day: f64, time: f64) -> f64 {
    let t = day * MS_PER_DAY + time;
    if t.is_finite() { t } else { f64::NAN }
}

/// MakeFullYear: 0 to 99 mean 1900 to 1999.
pub fn make_full_year(year: f64) -> f64 {
    let truncated = year.trunc();
    if (0.0..=99.0).contains(&truncated) {
        1900.0 + truncated
    } else {
        truncated
    }
}

/// TimeClip.
pub fn time_clip(time: f64) -> f64 {
    if time.abs() <= 8.64e15 {
        time.trunc() + 0.0
    } else {
        f64::NAN
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_round_trips() {
        let mut previous = None;
        for days in (-100_000_100i64..=100_000_100).step_by(97) {
            let (y, m, d) = civil_from_days(days);
            assert_eq!(
                make_day(f64::from(y), f64::from(m), f64::from(d)),
                days as f64
            );
            assert!(previous < Some((y, m, d)));
            previous = Some((y, m, d));
        }
        for days in -1000i64..=30_000 {
            let (y, m, d) = civil_from_days(days);
            assert_eq!(
                days_from_civil(i64::from(y), i64::from(m)) + i64::from(d) - 1,
                days
            );
        }
    }

    #[test]
    fn fields() {
        let f = DateFields::from_time(1646135999123.0).unwrap();
        assert_eq!(
            f,
            DateFields {
                year: 2022,
                month: 2,
                day: 1,
                hour: 11,
                minute: 59,
                second: 59,
                millisecond: 123,
                weekday: 2
            }
        );
        let f = DateFields::from_time(-1.0).unwrap();
        assert_eq!(
            (f.year, f.month, f.day, f.hour, f.millisecond, f.weekday),
            (1969, 11, 31, 23, 999, 3)
        );
        assert_eq!(year_from_time(8.64e15), 275760.0);
        assert_eq!(year_from_time(-8.64e15), -271821.0);
        assert!(year_from_time(f64::NAN).is_nan());
    }

    #[test]
    fn making() {
        assert_eq!(
            make_date(make_day(2022.0, 14.0, 0.0), make_time(25.0, 0.0, 0.0, 0.0)),
            1677632400000.0
        );
        assert_eq!(make_day(1970.0, -1.0, 1.0), -31.0);
        assert!(make_day(f64::INFINITY, 0.0, 1.0).is_nan());
        assert!(make_day(1e10, -12e10, 1.0).is_nan());
        assert_eq!(time_clip(8.64e15), 8.64e15);
        assert!(time_clip(8.64e15 + 1.0).is_nan());
        assert!(time_clip(-0.5).is_sign_positive());
        assert_eq!(make_full_year(99.9), 1999.0);
        assert_eq!(make_full_year(-1.0), -1.0);
    }
}
