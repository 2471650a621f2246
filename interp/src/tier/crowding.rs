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

/// The main thread at some time.
#[derive(Clone, Copy)]
struct Moment {
    at: Instant,
    /// Its processor time until then.
    ran: Duration,
    /// How often it had gone to sleep of its own accord.
    sleeps: libc::c_long,
}

impl Moment {
    fn now() -> Moment {
        Moment {
            at: Instant::now(),
            ran: thread_time(),
            sleeps: sleeps(),
        }
    }
}

/// What compiles cost the main thread lately.
#[derive(Default)]
pub struct Crowding {
    /// When the last job was handed over or answered.
    since: Cell<Option<Moment>>,
    /// How long the main thread did not run during the last compiles, older ones counting less,
    lost: Cell<Duration>,
    /// and their processor time.
    took: Cell<Duration>,
}

impl Crowding {
    /// The main thread hands a job over.
    pub fn begin(&self) {
        self.since.set(Some(Moment::now()));
    }

    /// The main thread takes the answer to a job that took so much processor time.
    pub fn end(&self, took: Duration) {
        let now = Moment::now();
        let Some(start) = self.since.replace(Some(now)) else {
            return;
        };
        // Time in which it had nothing to do is not lost.
        if now.sleeps == start.sleeps {
            let ran = now.ran.saturating_sub(start.ran);
            let passed = now.at.saturating_duration_since(start.at);
            self.note(passed.saturating_sub(ran), took);
        }
    }

    /// More than a compile took nobody lost to it.
    fn note(&self, lost: Duration, took: Duration) {
        self.lost.set(self.lost.get() / 2 + lost.min(took));
        self.took.set(self.took.get() / 2 + took);
    }

    /// How many times the usual number of executions a compile waits for.
    pub fn times(&self) -> u32 {
        let pays = self.lost.get() > self.took.get() / PART;
        if pays { TIMES } else { 1 }
    }
}

/// How often this thread has gone to sleep of its own accord; 0 where the system does not say.
#[cfg(target_os = "linux")]
fn sleeps() -> libc::c_long {
    let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: the system writes to a variable of the type it expects, which zeros are a value of.
    let usage = unsafe {
        libc::getrusage(libc::RUSAGE_THREAD, usage.as_mut_ptr());
        usage.assume_init()
    };
    usage.ru_nvcsw
}

#[cfg(not(target_os = "linux"))]
fn sleeps() -> libc::c_long {
    0
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
        // What was once is forgotten, however long it was.
        crowding.note(ms(5_000), ms(5));
        for _ in 0..2 {
            crowding.note(ms(0), ms(5));
        }
        assert_eq!(crowding.times(), 1);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn who_sleeps_loses_nothing() {
        let crowding = Crowding::default();
        crowding.begin();
        std::thread::sleep(Duration::from_millis(5));
        crowding.end(Duration::from_millis(1));
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
