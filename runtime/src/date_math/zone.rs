//! The local time zone: offsets at time values, cached by the interval between two transitions.

use super::calendar::{MS_PER_DAY, MS_PER_MINUTE};
use super::zone_names;
use jiff::{Timestamp, tz::TimeZone};
use std::cell::Cell;

/// 400 Gregorian years: after them, weekdays and leap years repeat, and with them daylight-saving rules.
const CYCLE_MS: f64 = 146_097.0 * MS_PER_DAY;

/// What the library can represent, with some margin: years -9998 to 9998.
const MIN_MS: f64 = -377_673_580_800_000.0;
const MAX_MS: f64 = 253_339_920_000_000.0;

/// A span of time values `start..end` without a transition.
#[derive(Clone, Copy)]
struct Interval {
    start: f64,
    end: f64,
    offset_ms: f64,
    daylight: bool,
}

const EMPTY: Interval = Interval {
    start: f64::INFINITY,
    end: f64::NEG_INFINITY,
    offset_ms: 0.0,
    daylight: false,
};

/// A time zone with a small cache; one per agent.
pub struct LocalZone {
    zone: TimeZone,
    /// The last intervals used, most recent first.
    cache: Cell<[Interval; 4]>,
}

impl LocalZone {
    /// The zone of the `TZ` variable, or else of the system; UTC when neither says anything.
    pub fn system() -> LocalZone {
        Self::with(TimeZone::system())
    }

    /// The zone of that IANA identifier.
    pub fn named(name: &str) -> Option<LocalZone> {
        TimeZone::get(name).ok().map(Self::with)
    }

    fn with(zone: TimeZone) -> LocalZone {
        LocalZone {
            zone,
            cache: Cell::new([EMPTY; 4]),
        }
    }

    /// The IANA identifier, "UTC" if there is none.
    pub fn name(&self) -> &str {
        match self.zone.iana_name() {
            Some("Etc/Unknown") | None => "UTC",
            Some(name) => name,
        }
    }

    /// GetNamedTimeZoneOffset in milliseconds at a finite UTC time value.
    pub fn offset_at(&self, utc: f64) -> f64 {
        self.interval_at(utc).offset_ms
    }

    /// LocalTime.
    pub fn to_local(&self, utc: f64) -> f64 {
        if utc.is_finite() {
            utc + self.offset_at(utc)
        } else {
            f64::NAN
        }
    }

    /// UTC: a local time that occurs twice means the first one; one that is skipped is read with the offset before the
    /// transition.
    pub fn to_utc(&self, local: f64) -> f64 {
        if !local.is_finite() || local.abs() > 9e15 {
            return f64::NAN;
        }
        let before = self.offset_at(local - MS_PER_DAY);
        if self.offset_at(local - before) == before {
            return local - before;
        }
        let after = self.offset_at(local + MS_PER_DAY);
        if self.offset_at(local - after) == after {
            local - after
        } else {
            local - before
        }
    }

    /// Date.prototype.getTimezoneOffset: minutes to add to local time to get UTC.
    pub fn timezone_offset_minutes(&self, utc: f64) -> f64 {
        if utc.is_nan() {
            f64::NAN
        } else {
            -(self.offset_at(utc) / MS_PER_MINUTE) + 0.0
        }
    }

    /// The English name of the zone at that time, such as "Central European Summer Time".
    pub fn long_name_at(&self, utc: f64) -> String {
        let interval = self.interval_at(utc);
        if let Some(name) = self
            .zone
            .iana_name()
            .and_then(|zone| zone_names::long_name(zone, interval.daylight))
        {
            return name;
        }
        let minutes = (interval.offset_ms / MS_PER_MINUTE).trunc() as i64;
        let sign = if minutes < 0 { '-' } else { '+' };
        format!(
            "GMT{sign}{:02}:{:02}",
            minutes.abs() / 60,
            minutes.abs() % 60
        )
    }

    fn interval_at(&self, utc: f64) -> Interval {
        let mut cache = self.cache.get();
        if let Some(i) = cache.iter().position(|c| c.start <= utc && utc < c.end) {
            if i != 0 {
                cache[..=i].rotate_right(1);
                self.cache.set(cache);
            }
            return cache[0];
        }
        let found = self.look_up(utc);
        cache.rotate_right(1);
        cache[0] = found;
        self.cache.set(cache);
        found
    }

    fn look_up(&self, utc: f64) -> Interval {
        if utc.is_nan() {
            return EMPTY;
        }
        // Far in the past nothing changes any more; far in the future everything repeats.
        let cycles = if utc > MAX_MS {
            ((utc - MAX_MS) / CYCLE_MS).ceil()
        } else {
            0.0
        };
        let shift = cycles * CYCLE_MS;
        let near = (utc - shift).max(MIN_MS);
        let Ok(timestamp) = Timestamp::from_millisecond(near.floor() as i64) else {
            return EMPTY;
        };
        let info = self.zone.to_offset_info(timestamp);
        let ms = |t: Timestamp| t.as_millisecond() as f64;
        // The library lists transitions strictly before and after an instant.
        let next_ms = timestamp
            .checked_add(jiff::SignedDuration::from_millis(1))
            .unwrap_or(timestamp);
        let start = self
            .zone
            .preceding(next_ms)
            .next()
            .map(|t| ms(t.timestamp()));
        let end = self
            .zone
            .following(timestamp)
            .next()
            .map(|t| ms(t.timestamp()));
        Interval {
            start: start
                .map_or(f64::NEG_INFINITY, |s| s + shift)
                .max(if cycles > 0.0 {
                    MAX_MS
                } else {
                    f64::NEG_INFINITY
                }),
            end: end.map_or(MAX_MS, |e| e.min(MAX_MS)) + shift,
            offset_ms: f64::from(info.offset().seconds()) * 1000.0,
            daylight: info.dst().is_dst(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_and_folds() {
        let zone = LocalZone::named("Europe/Berlin").unwrap();
        let hour = 3_600_000.0;
        // 2022-03-27T02:30 does not exist: read as +1, that is 01:30Z.
        assert_eq!(zone.to_utc(1648348200000.0), 1648348200000.0 - hour);
        assert_eq!(
            zone.to_local(1648348200000.0 - hour),
            1648348200000.0 + hour
        );
        // 2022-10-30T02:30 occurs twice: the first is +2.
        assert_eq!(zone.to_utc(1667097000000.0), 1667097000000.0 - 2.0 * hour);
        assert_eq!(zone.timezone_offset_minutes(1656633600000.0), -120.0);
        assert_eq!(
            zone.long_name_at(1656633600000.0),
            "Central European Summer Time"
        );
        assert_eq!(
            zone.long_name_at(1643673600000.0),
            "Central European Standard Time"
        );
        // Exactly at a transition, and a millisecond before.
        assert_eq!(zone.offset_at(1648342800000.0), 2.0 * hour);
        assert_eq!(zone.offset_at(1648342799999.0), hour);
    }

    #[test]
    fn extremes() {
        let zone = LocalZone::named("America/New_York").unwrap();
        for t in [8.64e15, -8.64e15, 4e14, -4e14, 2.5e14] {
            assert!(zone.offset_at(t).abs() < MS_PER_DAY, "{t}");
            assert_eq!(zone.offset_at(t), zone.offset_at(t));
        }
        // July of a year far ahead is still daylight time: 2023-07-01 plus 15 cycles.
        let july = 1688169600000.0;
        assert_eq!(zone.offset_at(july + 15.0 * CYCLE_MS), zone.offset_at(july));
        assert!(zone.to_utc(f64::NAN).is_nan());
        let fixed = LocalZone::named("Etc/GMT+3").unwrap();
        assert_eq!(fixed.long_name_at(0.0), "GMT-03:00");
        assert_eq!(fixed.to_utc(fixed.to_local(1e12)), 1e12);
        assert!(LocalZone::named("Nowhere/Land").is_none());
    }
}
