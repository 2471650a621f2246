//! Whether the compiling threads have processors of their own.
//!
//! Where they have, code that never pays for its compile costs nothing but energy. Where everything shares one processor, because
//! there is one or because others keep the rest busy, the program waits for as long as they run, and a compile has to be worth
//! that. The main thread knows: it compares how long a compile took it with how long it ran meanwhile.

use super::profile::thread_time;
use std::cell::Cell;
use std::time::{Duration, Instant};

/// Compiles wait for so many times the usual executions while the program pays for them.
const TIMES: u32 = 16;
/// It pays if it loses this part of their processor time.
const PART: u32 = 2;

/// What compiles cost the main thread lately.
pub struct Crowding {
    /// When the last job was handed over or answered, and the processor time of the main thread until then.
    since: Cell<(Instant, Duration)>,
    /// How long the main thread did not run during the last compiles, older ones counting less,
    lost: Cell<Duration>,
    /// and their processor time.
    took: Cell<Duration>,
}

impl Default for Crowding {
    fn default() -> Crowding {
        Crowding {
            since: Cell::new((Instant::now(), Duration::ZERO)),
            lost: Cell::default(),
            took: Cell::default(),
        }
    }
}

impl Crowding {
    /// The main thread hands a job over.
    pub fn begin(&self) {
        self.since.set((Instant::now(), thread_time()));
    }

    /// The main thread takes the answer to a job that took so much processor time.
    pub fn end(&self, took: Duration) {
        let (start, ran_before) = self.since.get();
        self.begin();
        let (end, ran) = self.since.get();
        let passed = end.saturating_duration_since(start);
        self.note(passed.saturating_sub(ran.saturating_sub(ran_before)), took);
    }

    fn note(&self, lost: Duration, took: Duration) {
        self.lost.set(self.lost.get() / 2 + lost);
        self.took.set(self.took.get() / 2 + took);
    }

    /// How many times the usual number of executions a compile waits for.
    pub fn times(&self) -> u32 {
        let pays = self.lost.get() > self.took.get() / PART;
        if pays { TIMES } else { 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_loses_time_waits_with_compiles() {
        let ms = Duration::from_millis;
        let crowding = Crowding::default();
        assert_eq!(crowding.times(), 1);
        crowding.note(ms(0), ms(5));
        assert_eq!(crowding.times(), 1);
        for _ in 0..2 {
            crowding.note(ms(5), ms(5));
        }
        assert_eq!(crowding.times(), TIMES);
        // What was once is forgotten.
        for _ in 0..4 {
            crowding.note(ms(0), ms(5));
        }
        assert_eq!(crowding.times(), 1);
    }

    #[test]
    fn who_runs_meanwhile_loses_nothing() {
        let crowding = Crowding::default();
        crowding.begin();
        let ran = thread_time();
        while thread_time() - ran < Duration::from_millis(2) {}
        // A busy machine makes it lose something; it is not asleep, so that is not what it ran for.
        crowding.end(Duration::from_secs(1));
        assert_eq!(crowding.times(), 1);
    }
}
